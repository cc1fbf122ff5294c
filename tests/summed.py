"""The workbooks that the units of a commune send, with figures that differ from unit to unit, and their sums by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import fill
import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from cchc_xlsx import issue as issues
from cchc_xlsx import writer
from cchc_xlsx.fields import NIL
from cchc_xlsx.issue import Issue, Line
from cchc_xlsx.layout import place
from cchc_xlsx.sample import Typed

# A period in which each form asks what it asks, and both kinds of ends, to date and not.
PERIODS = dict.fromkeys(fill.FORMS, "N") | {
    "cchc-xa": "Q1",
    "cam-hiep-2025-phu-luc": "Q3",
    "tay-xuan-2024-phu-luc-1": "6T",
}
SHARES = (2, 3, 5, 7, 11)  # of the units: primes, so that no two sums of different units are alike
REASON = "Hồ sơ liên thông chờ ý kiến của cơ quan khác."


def whole(form_id: str) -> Issue:
    """The commune's issue of a form."""
    return fill.report(form_id, PERIODS[form_id])


def typed(one: Issue, number: int) -> Typed:
    """What the unit types: every figure of its own; some lines missed, one without anything to report."""
    found = fill.valid(one)
    related = {key.partition(".")[0] for relation in one.form.relations for key in (relation.part, relation.whole)}
    lines = [line for line in issues.lines(one) if line.is_open and line.measure.kind == "rate"]
    for index, line in enumerate(lines):
        num, den = line.key("num"), line.key("den")
        found[num] = float(found[num]) * SHARES[number % len(SHARES)]
        found[den] = float(found[den]) * SHARES[number % len(SHARES)]
        if line.id in related:
            continue
        if index % 3 == 0:
            found[num] = float(int(float(found[den]) * 0.85))
            found[line.key("reason")] = REASON
        if index % 4 == 1 and number == 1 and line.measure.basis == "flow":
            found |= {line.key("nil"): NIL}
            del found[num], found[den]
    for line in lines:
        if line.id in related:
            continue
        if line.key("reason") not in found and is_missed(line, found):
            found[line.key("reason")] = REASON
    found["difficulties.text"] = f"Khó khăn thứ {number + 1}: phần mềm một cửa gián đoạn."
    return found


def is_missed(line: Line, found: Mapping[str, str | float]) -> bool:
    """Whether a rate is below its target."""
    num, den = found.get(line.key("num")), found.get(line.key("den"))
    target = line.target.value if line.target else None
    return isinstance(target, float) and bool(den) and float(num or 0) * 100 < float(den or 0) * target


def write(one: Issue, folder: Path, values: Mapping[str, str | float | None] | None = None, name: str = "") -> Path:
    """A unit's workbook in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or issues.file_name(one))
    path.write_bytes(writer.to_bytes(place.place(one, fill.valid(one) if values is None else values)))
    return path


def send(form_id: str, folder: Path, without: tuple[str, ...] = ()) -> dict[str, Path]:
    """The workbooks of all units of a form but some, by unit."""
    units = issues.reporting_units(whole(form_id))
    made = {}
    for number, unit in enumerate(units):
        if unit not in without:
            one = fill.report(form_id, PERIODS[form_id], unit)
            made[unit] = write(one, folder, typed(one, number))
    return made


# ------------------------------------------------------------------------------------------- read with openpyxl alone


def cells(sheet: Worksheet) -> dict[tuple[str, str], object]:
    """What stands on a form's sheet, by the keys of row and column that the workbook itself carries."""
    columns = {cell.column: str(cell.value).removeprefix("c.") for cell in sheet[1] if str(cell.value).startswith("c.")}
    found = {}
    for row in sheet.iter_rows(min_row=2):
        key = row[0].value
        if isinstance(key, str):
            found |= {(key, columns[cell.column]): cell.value for cell in row if cell.column in columns}
    return found


def raw(path: Path) -> dict[tuple[str, str], object]:
    """What a unit's workbook holds."""
    book = openpyxl.load_workbook(path)
    try:
        return {place: value for place, value in cells(book.worksheets[0]).items() if value is not None}
    finally:
        book.close()
