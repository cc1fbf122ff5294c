"""Small cases for rules: what is typed, drawn as text, in a real workbook on disk; what is found, as lines of text.

Drawn inputs: `r18: num=- den=200 r20: reason='Mất điện'`. `-` empties a cell, a bare number is a number, all else is text;
`"'95"` is the text 95; `!TRUE` a logical value, `!NaN` and `!INF` as some programs write them, `!#N/A` an error, `!=45+50` a formula. What is not drawn is filled in right.
"""

from __future__ import annotations

import io
import re
import shlex
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import fill
from msgspec.structs import replace

from cchc_xlsx import folder as folder_of
from cchc_xlsx import writer
from cchc_xlsx.examine import Examined, Layouts, examine
from cchc_xlsx.issue import Issue, Plan
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import Layout, a1
from cchc_xlsx.recognise import Asked
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding

SHEET = "xl/worksheets/sheet1.xml"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def typed(drawn: str) -> dict[str, str]:
    """The drawn inputs by key."""
    found: dict[str, str] = {}
    row = ""
    for token in shlex.split(drawn):
        name, equals, value = token.partition("=")
        if equals:
            found[f"{row}.{name}"] = value
        else:
            assert name.endswith(":"), token
            row = name[:-1]
    return found


def raw(value: str) -> str:
    """Attributes and content of a cell that holds a drawn value."""
    if value == "-":
        return "/>"
    if _NUMBER.fullmatch(value):
        return f"><v>{value}</v></c>"
    if value in ("!TRUE", "!FALSE"):
        return f' t="b"><v>{int(value == "!TRUE")}</v></c>'
    if value in ("!NaN", "!INF", "!-INF", "!1E999"):
        return f"><v>{value[1:]}</v></c>"
    if value.startswith("!#"):
        return f' t="e"><v>{value[1:]}</v></c>'
    if value.startswith("!="):
        return f"><f>{escape(value[2:])}</f><v>0</v></c>"
    text = escape(value.removeprefix("'"))
    return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def with_cells(data: bytes, cells: Mapping[str, str]) -> bytes:
    """The workbook with cells of its form sheet typed anew; drawn values by address."""

    def edit(part: bytes) -> bytes:
        text = part.decode()
        for address, value in cells.items():
            text, count = re.subn(rf'<c r="{address}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)', rf'<c r="{address}"\1@@', text)
            assert count == 1, address
            text = text.replace("@@", raw(value))
        return text.encode()

    return with_part(data, SHEET, edit)


def with_part(data: bytes, part: str, edit: object) -> bytes:
    """The workbook with one part changed by a function of bytes."""
    assert callable(edit)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            content = source.read(name)
            out.writestr(name, edit(content) if name == part else content)
    return target.getvalue()


@cache
def _filled(form_id: str, period: str, unit: str) -> tuple[Layout, bytes]:
    one = fill.plan(form_id) if period == "plan" else fill.report(form_id, period, unit)
    return filled(one)


def filled(one: Issue) -> tuple[Layout, bytes]:
    """An issue with every input right (as its form has it in a plan), and its workbook."""
    layout = place.place(one, fill.valid(one) if one.kind == "report" else {})
    return layout, writer.to_bytes(layout)


def workbook(form_id: str, drawn: str = "", period: str = "N", unit: str = "XA") -> bytes:
    """A workbook of a shipped form, rightly filled in but for what is drawn; period "plan" for a plan."""
    layout, data = _filled(form_id, period, unit)
    return typed_into(layout, data, drawn)


def typed_into(layout: Layout, data: bytes, drawn: str) -> bytes:
    """The workbook of a layout with drawn inputs typed into it."""
    return with_cells(data, {a1(layout.inputs[key]): value for key, value in typed(drawn).items()})


def planned(form_id: str, overlay: Mapping[str, str | float], period: str = "N", unit: str = "XA") -> Issue:
    """A report by a changed plan."""
    return fill.report(form_id, period, unit, Plan(1, overlay))


def result(data: bytes, folder: Path, asked: Asked | None = None, name: str = "bao-cao.xlsx") -> Examined:
    """What the checker says of a file of these bytes."""
    path = folder / name
    path.write_bytes(data)
    return _examined(path, asked or Asked(), Layouts())


def _examined(path: Path, asked: Asked, layouts: Layouts) -> Examined:
    [entry] = folder_of.entries((path,))
    return Examined("skipped", (entry.skipped,)) if entry.skipped else examine(path, asked, layouts)


def results(folder: Path, asked: Asked | None = None) -> dict[str, Examined]:
    """What the checker says of each file of a folder, by name; here, without worker processes."""
    layouts = Layouts()
    return {path.name: _examined(path, asked or Asked(), layouts) for path in sorted(folder.iterdir())}


def lines(found: Examined) -> list[str]:
    """Code and input of each finding, or code and cell where no input is at fault."""
    for finding in found.findings:
        said(finding)
    return [" ".join(filter(None, (one.code, one.key or one.cell))) for one in found.findings]


def said(finding: Finding) -> tuple[str, str, str, str]:
    """Message and fix in Vietnamese, then in English, whole: a place left unfilled or a KeyError fails the test."""
    texts = [say(finding, lang) for say in (registry.message, registry.fix) for lang in ("vi", "en")]  # type: ignore[arg-type]
    for text in texts:
        assert text.strip(), finding.code
        assert not re.search(r"[{}]|\bNone\b|Text\(|Ref\(", text), text
    rule = registry.by_code()[finding.code]
    assert finding.severity == rule.severity
    return texts[0], texts[2], texts[1], texts[3]


def edited(layout: Layout, **sheet: object) -> Layout:
    """The layout with parts of its form sheet replaced."""
    return replace(layout, sheets=(replace(layout.form_sheet, **sheet), *layout.sheets[1:]))  # type: ignore[arg-type]
