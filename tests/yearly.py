"""A year's folder for tests: made once, copied, its set-up workbook edited as an office would."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import openpyxl

from cchc_xlsx import project
from cchc_xlsx.project.draw import at
from cchc_xlsx.project.mistakes import SetupError
from cchc_xlsx.project.names import SETUP
from cchc_xlsx.project.pages import PAGES

COMMUNE, YEAR = "Nhơn Hậu", 2027
Typed = str | float | bool | dt.date | None


@cache
def _workbook() -> bytes:
    folder = Path(mkdtemp())
    try:
        project.init(folder, commune=COMMUNE, year=YEAR)
        return (folder / SETUP).read_bytes()
    finally:
        shutil.rmtree(folder)


def workbook(folder: Path, edits: Mapping[str, Typed] | None = None) -> Path:
    """A set-up workbook of the year 2027 after these edits ("Đơn vị!B7" → what is typed)."""
    path = folder / SETUP
    path.write_bytes(_workbook())
    edit(path, edits or {})
    return path


def edit(path: Path, edits: Mapping[str, Typed]) -> None:
    """Cells typed over in a workbook, saved by openpyxl (which drops what formulas gave)."""
    if not edits:
        return
    book = openpyxl.load_workbook(path)
    for place, typed in edits.items():
        sheet, _, cell = place.rpartition("!")
        book[sheet][cell].value = typed
    book.save(path)


def drawn(text: str) -> dict[str, Typed]:
    """Edits drawn one a line: "Đơn vị!B7: VP"; nothing after the colon clears the cell, a day like 2027-03-01 is a date."""
    found: dict[str, Typed] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        place, _, typed = line.partition(": ")
        found[place.removesuffix(":")] = _typed(typed)
    return found


def _typed(text: str) -> Typed:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return text.replace("\\n", "\n") or None


def told(path: Path) -> list[str]:
    """The lines of the mistakes in a set-up workbook; none where it has none."""
    try:
        project.read(path)
    except SetupError as error:
        return error.text.vi.splitlines()[1:]
    return []


def place(page: str, line: int | str, column: str = "value") -> str:
    """Where a field stands, as in an edit: "Thư điện tử!C6"."""
    found = next(one for one in PAGES if one.key == page)
    row, number = at(found, line, column)
    return f"{found.name.vi}!{openpyxl.utils.get_column_letter(number)}{row}"
