"""Workbooks as they were written: the file, its cells by openpyxl and its raw XML, for tests that look at the finished thing."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path
from xml.etree import ElementTree

import fill
import openpyxl
from msgspec import Struct
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from cchc_xlsx import writer
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import Layout, Place

KINDS: dict[str, Callable[[str], Issue]] = {
    "plan": fill.plan,
    "year": lambda form_id: fill.report(form_id, "N"),
    "quarter": lambda form_id: fill.report(form_id, "Q2"),
}
REPORTS = ("year", "quarter")
Make = Callable[[str, str], "Written"]
_NAMESPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_ROW_KEY = re.compile(r"(r\d+)([a-z]?)(?:/\d+)?")


class Written(Struct, frozen=True, dict=True):
    """One issue and its workbook on disk."""

    layout: Layout
    path: Path

    @cached_property
    def book(self) -> Workbook:
        """Formulas as text."""
        return openpyxl.load_workbook(self.path)

    @cached_property
    def cached(self) -> Worksheet:
        """The form sheet with the values that its formulas carry."""
        return openpyxl.load_workbook(self.path, data_only=True).worksheets[0]

    @property
    def sheet(self) -> Worksheet:
        """The form sheet."""
        return self.book.worksheets[0]

    @property
    def is_report(self) -> bool:
        """Whether units fill it in with results."""
        return self.layout.context.issue.kind == "report"

    def xml(self, part: str) -> ElementTree.Element:
        """A part of the package: "xl/styles.xml"."""
        with zipfile.ZipFile(self.path) as package:
            return ElementTree.fromstring(package.read(part))

    def sheet_xml(self, number: int = 1) -> ElementTree.Element:
        """A worksheet of the package, from 1."""
        return self.xml(f"xl/worksheets/sheet{number}.xml")

    def column_a(self) -> dict[int, str]:
        """The row keys in column A, by row."""
        return {row: str(cell.value) for row, (cell,) in enumerate(self.sheet.iter_rows(max_col=1), 1) if cell.value}

    def grid_rows(self) -> dict[str, list[int]]:
        """The grid rows of each row of the table, in the order of the sheet: r05 and r05/2, or r08a and r08b."""
        found: dict[str, list[int]] = {}
        for row, key in self.column_a().items():
            if match := _ROW_KEY.fullmatch(key):
                found.setdefault(match[1], []).append(row)
        return found

    def rows_of(self, prefix: str) -> list[int]:
        """The rows whose key is `prefix` with a number: heading.1, heading.2."""
        return [row for row, key in self.column_a().items() if re.fullmatch(rf"{prefix}\.\d+", key)]

    def merge_of(self, place: Place) -> tuple[int, int, int, int]:
        """The merge that a cell belongs to as first row, first column, last row, last column; else the cell alone."""
        return self._merged.get(place, (*place, *place))

    @cached_property
    def _merged(self) -> dict[Place, tuple[int, int, int, int]]:
        found = {}
        for area in self.sheet.merged_cells.ranges:
            bounds = (area.min_row, area.min_col, area.max_row, area.max_col)
            found |= {
                (row, column): bounds
                for row in range(bounds[0], bounds[2] + 1)
                for column in range(bounds[1], bounds[3] + 1)
            }
        return found

    def merges(self, first_row: int, last_row: int) -> set[tuple[int, int, int, int]]:
        """The merges that touch these rows."""
        return {area for (row, _), area in self._merged.items() if first_row <= row <= last_row}

    def unlocked(self) -> set[Place]:
        """The cells of the form sheet that can be typed into; a merge counts as its first cell."""
        cells = [cell for line in self.sheet.iter_rows() for cell in line if not cell.protection.locked]
        return {self.merge_of((cell.row, cell.column))[:2] for cell in cells}


def maker(folder: Path) -> Make:
    """A function that gives the written workbook of a form and kind, each made once."""

    @cache
    def make(form_id: str, kind: str) -> Written:
        return write(KINDS[kind](form_id), folder / f"{form_id}_{kind}.xlsx")

    return make


def write(issue: Issue, path: Path) -> Written:
    """The issue placed and written at `path`."""
    layout = place.place(issue)
    writer.write(layout, path)
    return Written(layout, path)


def elements(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """All elements of that name in the main namespace."""
    yield from root.iterfind(f".//m:{name}", _NAMESPACE)


def text(element: ElementTree.Element) -> str:
    """All text below an element."""
    return "".join(element.itertext())
