"""Writes docs/findings.md, the page of all codes, from the rules themselves: `python docs/make_findings.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Rule

_PLACE = re.compile(r"{\w+}")
_SEVERITIES = {
    "error": Text("lỗi", "error"),
    "warning": Text("cảnh báo", "warning"),
    "info": Text("thông tin", "information"),
}
_HEAD = """# Mã lỗi / Findings

`cchc-xlsx explain MÃ` nói về một mã; `--lang en` cho tiếng Anh. […] là chỗ của số liệu trong từng tệp.

`cchc-xlsx explain CODE` tells about one code; `--lang en` in English. […] stands for what each file says.

<!-- Made by `python docs/make_findings.py` from cchc_xlsx/rules: change the rules, not this page. -->
"""


def page() -> str:
    """The whole page: one section a letter, one entry a code, in both languages."""
    return "\n".join([_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for letter, title in registry.LETTERS.items():
        yield f"## {letter}: {title.vi} / {title.en}\n"
        yield from (_entry(rule) for rule in registry.RULES if rule.code.startswith(letter))


def _entry(rule: Rule) -> str:
    severity = _SEVERITIES[rule.severity]
    rows = [
        (Text("Báo", "Says"), rule.message),
        (Text("Vì sao", "Why"), rule.why),
        (Text("Ví dụ sai", "Bad"), rule.bad),
        (Text("Ví dụ đúng", "Good"), rule.good),
        (Text("Cách sửa", "Mend"), rule.fix),
    ]
    table = [f"| {_cell(name, text, 'vi')} | {_cell(name, text, 'en')} |" for name, text in rows]
    head = f"### {rule.code} {rule.title.vi} / {rule.title.en}"
    return "\n".join([head, "", f"| {severity.vi} | {severity.en} |", "| --- | --- |", *table, ""])


def _cell(name: Text, text: Text, lang: Lang) -> str:
    said = _PLACE.sub("[…]", text.say(lang)).replace("|", "\\|")
    return f"*{name.say(lang)}:* {said}"


if __name__ == "__main__":
    Path(__file__).with_name("findings.md").write_text(page(), encoding="utf-8", newline="\n")
