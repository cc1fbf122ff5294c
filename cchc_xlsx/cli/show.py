"""Results as a person reads them and as programs read them."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from rich.console import Console
from rich.text import Text as RichText

from cchc_xlsx import __version__, check, units
from cchc_xlsx.check import FileResult, Report
from cchc_xlsx.cli.base import LANG, say
from cchc_xlsx.issue import unit_name
from cchc_xlsx.lang import Lang
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding, Rule

_COLOURS = {"error": "bold red", "warning": "yellow", "info": "cyan", "ok": "green", "skipped": "dim"}


def console() -> Console:
    """Standard output: colours on a terminal, plain and unwrapped when piped."""
    is_terminal = sys.stdout.isatty()
    return Console(highlight=False, soft_wrap=not is_terminal, no_color=not is_terminal, emoji=False, markup=False)


def captured(show: Callable[[Console], None]) -> str:
    """What would be shown, as plain text for a file."""
    buffer = io.StringIO()
    show(Console(file=buffer, highlight=False, soft_wrap=True, no_color=True, emoji=False, markup=False))
    return buffer.getvalue()


def clean(text: str) -> str:
    """Text that cannot steer a terminal: control and direction characters are escaped (safety.md)."""
    return "".join(
        letter if letter.isprintable() and unicodedata.category(letter) != "Cf" else f"\\u{ord(letter):04x}"
        for letter in text
    )


def status_word(status: str) -> str:
    """What a person reads for a status or severity."""
    words = {
        "ok": say("ĐẠT", "OK"),
        "warning": say("CẢNH BÁO", "WARNING"),
        "error": say("LỖI", "ERROR"),
        "skipped": say("BỎ QUA", "SKIPPED"),
        "info": say("THÔNG TIN", "INFO"),
    }
    return words[status]


def report_text(report: Report, out: Console) -> None:
    """The findings, grouped by file, and a line that sums up."""
    for one in report.files:
        for line in _file(one):
            out.print(line)
    out.print(_summary(report))


def _file(one: FileResult) -> Iterator[RichText]:
    head = RichText(f"{clean(one.path)}  ", style="bold")
    head.append(status_word(one.status), style=_COLOURS[one.status])
    about = _about(one)
    if about:
        head.append(f"  {about}", style="dim")
    yield head
    for finding in one.findings:
        yield from _finding(finding)


def _about(one: FileResult) -> str:
    who = one.identity
    if who is None:
        return ""
    parts = [who.form, who.period or str(who.year)]
    if one.filled and who.unit != units.COMMUNE:
        parts.append(unit_name(one.filled.layout.context.issue, who.unit))
    elif who.unit != units.COMMUNE:
        parts.append(who.unit)
    return clean(" · ".join(parts))


def _finding(finding: Finding) -> Iterator[RichText]:
    line = RichText("  ")
    line.append(finding.code, style=_COLOURS[finding.severity])
    if finding.severity != "error":
        line.append(f" {status_word(finding.severity).lower()}", style=_COLOURS[finding.severity])
    where = [finding.cell and say(f"ô {finding.cell}", f"cell {finding.cell}"), finding.label]
    place = clean(" · ".join(part for part in where if part))
    line.append(f"  {place}" if place else "", style="bold")
    yield line
    yield RichText(f"      {clean(registry.message(finding, LANG))}")
    if finding.severity != "info":
        yield RichText(f"      → {clean(registry.fix(finding, LANG))}", style="green")


def _summary(report: Report) -> RichText:
    counts = [(report.count(status), status) for status in ("ok", "warning", "error", "skipped")]
    line = RichText(say(f"{len(report.files)} tệp: ", f"{len(report.files)} files: "), style="bold")
    for index, (count, status) in enumerate(counts):
        line.append(", " if index else "")
        line.append(f"{count} {status_word(status).lower()}", style=_COLOURS[status] if count else "")
    return line


def report_json(report: Report, lang: Lang) -> str:
    """The fixed JSON of design §8."""
    body = {
        "tool": "cchc-xlsx",
        "version": __version__,
        "summary": {
            "files": len(report.files),
            **{status: report.count(status) for status in ("ok", "warning", "error", "skipped")},
        },
        "files": [_file_json(one, lang) for one in report.files],
        "findings": [finding_json(finding, lang) for finding in report.findings],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _file_json(one: FileResult, lang: Lang) -> dict[str, object]:
    who = one.identity
    accepted = check.accepted(one)
    numbers = {
        cell: value
        for cell, value, _ in accepted.values()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }
    return {
        "path": one.path,
        "status": one.status,
        "form": who.form if who else None,
        "form_version": who.version if who else None,
        "plan": who.plan if who else None,
        "commune": who.commune if who else None,
        "commune_code": who.commune_code if who else None,
        "year": who.year if who else None,
        "period": who.period if who else None,
        "unit": who.unit if who else None,
        "kind": who.kind if who else None,
        "sha256": one.sha256,
        "values": numbers,
        "fields": {
            key: {"cell": cell, "value": value, "state": state} for key, (cell, value, state) in accepted.items()
        },
        "findings": [finding_json(finding, lang) for finding in one.findings],
    }


def finding_json(finding: Finding, lang: Lang) -> dict[str, object]:
    """One finding as the fixed JSON has it."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "key": finding.key,
        "label": finding.label,
        "value": finding.value,
        "message": registry.message(finding, lang),
        "fix": registry.fix(finding, lang),
        "waived": None,
    }


def rules_text(out: Console) -> None:
    """All codes with their titles, by letter."""
    for letter, title in registry.LETTERS.items():
        out.print(RichText(f"{letter}  {title.say(LANG)}", style="bold"))
        for rule in registry.RULES:
            if rule.code.startswith(letter):
                line = RichText(f"  {rule.code}  ", style=_COLOURS[rule.severity])
                line.append(rule.title.say(LANG), style="default")
                out.print(line)
    out.print(say("Xem một mã: cchc-xlsx explain L401", "One code: cchc-xlsx explain L401"))


def rule_text(rule: Rule, out: Console) -> None:
    """One code: what it means, a bad and a good example, how to mend it."""
    head = RichText(f"{rule.code}  ", style=_COLOURS[rule.severity])
    head.append(rule.title.say(LANG), style="bold")
    head.append(f"  ({status_word(rule.severity).lower()})", style="dim")
    out.print(head)
    rows = (
        (say("Vì sao", "Why"), rule.why),
        (say("Ví dụ sai", "Bad"), rule.bad),
        (say("Ví dụ đúng", "Good"), rule.good),
        (say("Cách sửa", "Mend"), rule.fix),
    )
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        out.print(RichText(f"  {name:<{width}}  {_plain(text.say(LANG))}"))


def _plain(text: str) -> str:
    """A fix without the places that only a finding can fill."""
    return text.replace("{maximum}", "20").replace("{read}", say("kết quả", "the result"))


def table(rows: Iterable[tuple[str, ...]], out: Console) -> None:
    """Rows in columns of equal width."""
    found = [tuple(clean(text) for text in row) for row in rows]
    widths = [max(len(row[index]) for row in found) for index in range(len(found[0]))] if found else []
    for row in found:
        out.print(RichText("  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()))
