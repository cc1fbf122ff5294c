"""openpyxl as last reader: used where neither the scan is sure of a workbook that passed the guards nor calamine can read it."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cchc_xlsx import package
from cchc_xlsx.grid import Book, Grid, Place, Raw
from cchc_xlsx.identity import PROPERTY
from cchc_xlsx.package import Package, SheetFacts, SheetPart

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_KINDS = frozenset({"n", "s", "b", "d", "str", "inlineStr"})
_CONTROL = re.compile(r"_x(00[01][0-9A-Fa-f])_")  # calamine undoes it, openpyxl does not


def grids(opened: Package, facts: Sequence[tuple[SheetPart, SheetFacts]]) -> Book:
    """The book that `reader` gives of the same workbook, its values by openpyxl: whole numbers as floats, no empty texts.

    Lets out whatever openpyxl raises of broken workbooks, which is of many types, and ValueError where it passed over a cell
    or made something else of it (an error of a day that is none).
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - 160 ms, and few files need it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that are not read here
        # A full load empties every cell that a merge covers; what somebody hid there would not be seen.
        book = load_workbook(io.BytesIO(opened.data), read_only=True, data_only=True, keep_links=False)
        sheets = {sheet.title: sheet for sheet in book.worksheets}
        found = [_grid(sheets[sheet.name], sheet, known) for sheet, known in facts if sheet.name in sheets]
    if not found:
        raise ValueError("no worksheet")
    return Book(tuple(found), package.custom_properties(opened).get(PROPERTY))


def _grid(source: ReadOnlyWorksheet, sheet: SheetPart, facts: SheetFacts) -> Grid:
    return Grid(
        name=sheet.name,
        values=_values(source, facts),
        formulas=facts.formulas,
        errors=facts.errors,
        bools=facts.bools,
        dates=facts.dates,
        merges=facts.merges,
        is_visible=sheet.state == "visible",
        is_protected=facts.protected,
    )


def _values(source: ReadOnlyWorksheet, facts: SheetFacts) -> Mapping[Place, Raw]:
    source.reset_dimensions()  # the file may say less than there is
    found: dict[Place, Raw] = {}
    count = 0
    for cells in source.rows:
        for cell in cells:
            row, column = getattr(cell, "row", None), getattr(cell, "column", None)
            if row is None or column is None:
                continue  # a gap between cells
            count += 1
            if (row, column) in facts.errors:
                continue
            value = _value(cell.value, cell.data_type)
            if value is not None:
                found[row, column] = value
    if count != facts.cells:  # openpyxl passes over rows and cells that are not in order
        raise ValueError(f"{count} of {facts.cells} cells")
    return found


def _value(value: object, kind: str) -> Raw | None:
    """A cell's value as calamine gives it; None for an empty one."""
    if kind not in _KINDS:
        raise ValueError(f"a cell of type {kind}")
    if isinstance(value, str):
        return _CONTROL.sub(lambda found: chr(int(found[1], 16)), value) or None
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    if value is None or isinstance(value, (dt.date, dt.time, dt.timedelta)):
        return value
    raise TypeError(type(value).__name__)
