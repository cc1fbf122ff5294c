"""The sheets of a set-up workbook as they were read: found by hidden keys, else by their names and headings."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from cchc_xlsx import values
from cchc_xlsx.grid import Book, Grid, Raw
from cchc_xlsx.lang import Text
from cchc_xlsx.layout.model import a1
from cchc_xlsx.project.draw import HEAD_ROW, KEY_ROW
from cchc_xlsx.project.mistakes import Mistake
from cchc_xlsx.project.page import Column, Page
from cchc_xlsx.project.pages import PAGES, ROUNDS

_HEAD_WITHIN = 40  # rows
_OF_A_ROUND = re.compile(
    r"-(T[01]\d|Q[1-4]|[69]T|N)\"?\)?$", re.ASCII
)  # at the end of a code, or of the formula that gives it
_NO_SHEET = Text(
    "thiếu trang “{name}”; lấy lại tệp từ bản sao, hoặc tạo tệp mới trong một thư mục khác (cchc-xlsx init) rồi chép sang.",
    "the sheet “{name}” is missing; take the file from a copy, or make a new one in another folder (cchc-xlsx init) and copy over.",
)
_NO_COLUMN = Text(
    "thiếu cột “{name}”; ghi lại đúng tiêu đề cột ở dòng tiêu đề.",
    "the column “{name}” is missing; write its heading again.",
)


class Entry(Struct, frozen=True):
    """What stands in a cell: its value, the formula that gave it, the error that it shows."""

    sheet: str
    cell: str = ""
    value: Raw | None = None
    formula: str = ""
    error: str = ""


class Row(Struct, frozen=True):
    """A row that is not empty: its key where it has one, and its cells by the key of their column."""

    key: str
    cells: Mapping[str, Entry]


class Table(Struct, frozen=True):
    """A sheet: what it is called in the file, where its columns stand, and its rows."""

    page: Page
    sheet: str
    rows: tuple[Row, ...] = ()
    begin: str = ""  # the first cell to be filled in; empty where the sheet or a column is missing

    def row(self, key: str) -> Row | None:
        """The row of that key."""
        return next((one for one in self.rows if one.key == key), None)

    def field(self, key: str) -> Entry:
        """The input of a sheet that has one a line."""
        row = self.row(key)
        return row.cells["value"] if row else Entry(self.sheet)

    def first(self) -> Entry:
        """The first cell to be filled in, for what is said of the sheet as a whole."""
        return Entry(self.sheet, self.begin)


def tables(book: Book, mistakes: list[Mistake]) -> Mapping[str, Table]:
    """The sheets by their keys; one that is not there is told, and empty."""
    return {page.key: _table(page, _grid(book, page), mistakes) for page in PAGES}


def _grid(book: Book, page: Page) -> Grid | None:
    """The sheet by its marker, of several copies the one that has kept its name; else by its name."""
    names = {values.fold(page.name.vi), values.fold(page.name.en)}
    called = [one for one in book.sheets if values.fold(one.name) in names]
    marked = [one for one in book.sheets if _text(one, KEY_ROW, 1) == page.marker]
    both = [one for one in marked if one in called]
    return next(iter([*both, *marked, *called]), None)


def _table(page: Page, grid: Grid | None, mistakes: list[Mistake]) -> Table:
    name = page.name.vi
    if grid is None:
        mistakes.append(Mistake("", "", _NO_SHEET.format(name=page.name)))
        return Table(page, name)
    columns, after = _columns(page, grid)
    missing = [one for one in page.columns if one.ask and one.key not in columns]
    mistakes += [Mistake(grid.name, "", _NO_COLUMN.format(name=one.title)) for one in missing]
    if missing:
        return Table(page, grid.name)
    asked = next(one.key for one in page.columns if one.ask)
    return Table(page, grid.name, tuple(_rows(page, grid, columns, after)), a1((after + 1, columns[asked])))


def _columns(page: Page, grid: Grid) -> tuple[Mapping[str, int], int]:
    """Where each column stands, and the row after which what is filled in begins."""
    found: dict[int, dict[str, int]] = {}
    for row, column in grid.values:
        if row <= _HEAD_WITHIN:
            for one in page.columns:
                if _is_head(one, _text(grid, row, column)):
                    found.setdefault(row, {}).setdefault(one.key, column)
    most = max(map(len, found.values()), default=0)
    rows = [row for row, one in found.items() if len(one) == most] or [KEY_ROW]
    first, last = min(rows), max(rows)
    under_keys = HEAD_ROW if _text(grid, KEY_ROW, 1) == page.marker and first == KEY_ROW else 0
    return found.get(first, {}), max(last, under_keys)


def _is_head(column: Column, text: str) -> bool:
    return text == column.key or values.fold(text) in (values.fold(column.title.vi), values.fold(column.title.en))


def _rows(page: Page, grid: Grid, columns: Mapping[str, int], after: int) -> Iterator[Row]:
    used = {row for row, _ in (*grid.values, *grid.errors) if row > after}
    asked = [one.key for one in page.columns if one.ask]
    for number in sorted(used):
        cells = {key: _entry(grid, number, column) for key, column in columns.items()}
        key = _key(page, _text(grid, number, 1), cells)
        if key if page.lines or page is ROUNDS else any(not _is_blank(cells[one]) for one in asked):
            yield Row(key, cells)


def _key(page: Page, hidden: str, cells: Mapping[str, Entry]) -> str:
    """The key of a row: the hidden one, else what its label or code says."""
    if page is ROUNDS:
        code = cells.get("code")
        found = _OF_A_ROUND.search(_said(code).upper() or (code.formula if code else ""))
        return hidden or (found[1] if found else "")
    if page.lines and not any(one.key == hidden for one in page.lines):
        said = values.fold(_said(cells.get("label")))
        names = {values.fold(name): one.key for one in page.lines for name in (one.title.vi, one.title.en)}
        return names.get(said, "")
    return hidden


def _entry(grid: Grid, row: int, column: int) -> Entry:
    place = row, column
    value = grid.values.get(place)
    if place in grid.dates and isinstance(value, float):
        value = values.from_serial(value) or value
    if isinstance(value, dt.datetime):
        value = value.date()
    return Entry(grid.name, a1(place), value, grid.formulas.get(place, ""), grid.errors.get(place, ""))


def _is_blank(entry: Entry) -> bool:
    return not entry.error and not _said(entry)


def _said(entry: Entry | None) -> str:
    return values.squash(str(entry.value)) if entry and entry.value is not None else ""


def _text(grid: Grid, row: int, column: int) -> str:
    value = grid.values.get((row, column))
    return values.nfc(value).strip() if isinstance(value, str) else ""
