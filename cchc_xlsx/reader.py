"""Workbook → grids: values by calamine, and from the raw XML what calamine does not tell."""

from __future__ import annotations

import io
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook

from cchc_xlsx import package, second
from cchc_xlsx.grid import Book, Grid, Place, Raw
from cchc_xlsx.identity import PROPERTY
from cchc_xlsx.package import Package, Refusal, SheetFacts, SheetPart


def read(data: bytes) -> Book | Refusal:
    """The workbook in these bytes, or why it is not taken. No exception comes out for any bytes."""
    opened = package.open_bytes(data)
    if isinstance(opened, Refusal):
        return opened
    facts: list[tuple[SheetPart, SheetFacts]] = []
    for sheet in opened.sheets:
        if not sheet.is_worksheet:
            continue
        scanned = package.scan(opened, sheet)
        if isinstance(scanned, Refusal):
            return scanned
        facts.append((sheet, scanned))
    why = ""
    for grids in (_book, second.grids):  # what the first cannot read, such as an error it does not know, the second may
        try:
            return grids(opened, facts)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # Rust's panics are no Exception
            why = type(error).__name__
    return Refusal("F014", (("what", why),))


def _book(opened: Package, facts: list[tuple[SheetPart, SheetFacts]]) -> Book:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(opened.data))
    names = set(workbook.sheet_names)
    grids = [_grid(workbook, sheet, found) for sheet, found in facts if sheet.name in names]
    if not grids:
        raise CalamineError("no worksheet")
    return Book(tuple(grids), package.custom_properties(opened).get(PROPERTY))


def _grid(workbook: CalamineWorkbook, sheet: SheetPart, facts: SheetFacts) -> Grid:
    # Without skip_empty_area=False leading blank rows shift every address.
    rows = workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
    return Grid(
        name=sheet.name,
        values=dict(_values(rows)),
        formulas=facts.formulas,
        errors=facts.errors,
        bools=facts.bools,
        dates=facts.dates,
        merges=frozenset(facts.merges),
        is_visible=sheet.state == "visible",
        is_protected=facts.protected,
    )


def _values(rows: list[list[Raw]]) -> Iterator[tuple[Place, Raw]]:
    for row, cells in enumerate(rows, 1):
        for column, value in enumerate(cells, 1):
            if value != "":
                yield (row, column), value
