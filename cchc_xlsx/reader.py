"""Workbook → grids: what the raw XML says where it is sure of every value; else values by calamine, else by openpyxl."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence

from python_calamine import CalamineError, CalamineWorkbook

from cchc_xlsx import package, second
from cchc_xlsx.grid import Book, Grid, Place, Raw
from cchc_xlsx.identity import PROPERTY
from cchc_xlsx.package import Package, Refusal, SheetFacts, SheetPart


def read(data: bytes, *, by_openpyxl: bool = False) -> Book | Refusal:
    """The workbook in these bytes, or why it is not taken. No exception comes out for any bytes.

    `by_openpyxl`: openpyxl is the first to try, not the last.
    """
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
    # What one is not sure of, or cannot read, such as an error that it does not know, the next may.
    for grids in (second.grids, own, by_calamine) if by_openpyxl else (own, by_calamine, second.grids):
        try:
            return grids(opened, facts)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # Rust's panics are no Exception
            why = type(error).__name__
    return Refusal("F014", (("what", why),))


def own(opened: Package, facts: Sequence[tuple[SheetPart, SheetFacts]]) -> Book:
    """The book by what the scan is sure of. Raises ValueError where that is not every value."""
    grids = [_grid(sheet, found, found.values) for sheet, found in facts if found.values is not None]
    if not grids or len(grids) < len(facts):
        raise ValueError("in doubt")
    return Book(tuple(grids), package.custom_properties(opened).get(PROPERTY))


def by_calamine(opened: Package, facts: Sequence[tuple[SheetPart, SheetFacts]]) -> Book:
    """The book by calamine; lets out whatever it raises of broken workbooks."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(opened.data))
    names = set(workbook.sheet_names)
    grids = [_grid(sheet, found, dict(_values(workbook, sheet))) for sheet, found in facts if sheet.name in names]
    if not grids:
        raise CalamineError("no worksheet")
    return Book(tuple(grids), package.custom_properties(opened).get(PROPERTY))


def _grid(sheet: SheetPart, facts: SheetFacts, values: Mapping[Place, Raw]) -> Grid:
    return Grid(
        name=sheet.name,
        values=values,
        formulas=facts.formulas,
        errors=facts.errors,
        bools=facts.bools,
        dates=facts.dates,
        merges=facts.merges,
        is_visible=sheet.state == "visible",
        is_protected=facts.protected,
    )


def _values(workbook: CalamineWorkbook, sheet: SheetPart) -> Iterator[tuple[Place, Raw]]:
    # Without skip_empty_area=False leading blank rows shift every address.
    rows = workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
    for row, cells in enumerate(rows, 1):
        for column, value in enumerate(cells, 1):
            if value != "":
                yield (row, column), value
