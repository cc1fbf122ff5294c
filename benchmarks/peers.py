"""What else reads the workbooks: calamine and openpyxl, which only read, and frictionless, which checks against a schema."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
from msgspec import Struct
from python_calamine import CalamineWorkbook

from cchc_xlsx import examine
from cchc_xlsx.examine import Layouts
from cchc_xlsx.fields import Field
from cchc_xlsx.layout.model import Formula, Layout
from cchc_xlsx.recognise import Asked

HAS_FRICTIONLESS = importlib.util.find_spec("frictionless") is not None
_NUMERIC = {"whole": "integer", "percent": "number", "score": "number"}
Columns = list[dict[str, Any]]


def calamine(path: Path) -> int:
    """Every sheet's values read; how many there are."""
    book = CalamineWorkbook.from_path(str(path))
    sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    return sum(value != "" for rows in sheets for row in rows for value in row)


def load_openpyxl(path: Path) -> None:
    """The workbook loaded as openpyxl does when nothing else is said."""
    openpyxl.load_workbook(path)


# -------------------------------------------------------------------------------------------------------- frictionless


class Table(Struct, frozen=True):
    """The table of a form sheet for frictionless: where it is, and what may stand in each of its columns."""

    path: Path
    sheet: str
    columns: Columns
    other_rows: list[int]  # titles and headers above it, signatures below


def tables(paths: Sequence[Path]) -> list[Table]:
    """The tables of those workbooks whose form sheet can be told."""
    found = []
    for path in paths:
        read = examine.examine(path, Asked(), Layouts()).filled
        if read:
            found.append(_table(path, read.layout))
    return found


def _table(path: Path, layout: Layout) -> Table:
    first, last = layout.table
    rows = [row for row in range(first, last + 1) if not layout.row_keys[row].startswith("header.")]
    others = set(range(2, max(row for row, _ in layout.form_sheet.cells) + 1)) - set(rows)
    columns = [_column(layout, column, name, rows) for column, name in sorted(layout.column_keys.items())]
    return Table(path, layout.form_sheet.name, columns, sorted(others))


def _column(layout: Layout, column: int, name: str, rows: Sequence[int]) -> dict[str, Any]:
    """Type and constraints that hold for every row of a column: all that a Table Schema can say of it."""
    at = {place: layout.field(key) for key, place in layout.inputs.items()}
    inputs = [at[row, column] for row in rows if (row, column) in at]
    contents = [cell.content for row in rows if (cell := layout.form_sheet.cells.get((row, column)))]
    kind, limits = "any", {}
    if column == 1:
        kind, limits = "string", {"required": True, "unique": True, "enum": [layout.row_keys[row] for row in rows]}
    elif inputs and not any(isinstance(one, Formula) for one in contents):
        kind, limits = _typed(inputs)
        if len(inputs) == len(rows) and all(_is_owed(one) for one in inputs):
            limits["required"] = True
    elif name.startswith("c.code."):
        kind = "integer"
    elif name in ("c.judged", "c.verdict") or all(one is None or isinstance(one, str) for one in contents):
        kind = "string"
    return {"name": name, "type": kind, "constraints": limits}


def _typed(inputs: Sequence[Field]) -> tuple[str, dict[str, Any]]:
    kinds = {one.type for one in inputs}
    if kinds == {"choice"}:
        return "string", {"enum": sorted({option for one in inputs for option in one.options})}
    if kinds <= _NUMERIC.keys():
        highest = [one.maximum for one in inputs if one.maximum is not None]
        limits = {"minimum": min(one.minimum for one in inputs)}
        if len(highest) == len(inputs):
            limits["maximum"] = max(highest)
        # A whole number that a program saved as 5.0 is an integer to frictionless too.
        return ("integer" if kinds == {"whole"} else "number"), limits
    return {"date": "date"}.get(next(iter(kinds)), "string") if len(kinds) == 1 else "any", {}


def _is_owed(one: Field) -> bool:
    return one.slot in ("first", "second") and not one.is_remark


def validations(found: Sequence[Table]) -> Iterator[tuple[Path, Callable[[], bool]]]:
    """For each table its path and what validates it; that says whether it is valid."""
    from frictionless import Dialect, Schema  # noqa: PLC0415  an extra that may not be installed
    from frictionless.formats import ExcelControl  # noqa: PLC0415

    for one in found:
        schema = Schema.from_descriptor({"fields": one.columns})
        dialect = Dialect(header_rows=[1], comment_rows=one.other_rows, controls=[ExcelControl(sheet=one.sheet)])
        yield one.path, partial(_is_valid, one.path, schema, dialect)


def _is_valid(path: Path, schema: Any, dialect: Any) -> bool:
    import frictionless  # noqa: PLC0415  an extra that may not be installed

    # It refuses absolute paths unless told where they start.
    report = frictionless.validate(path.name, basepath=str(path.parent), schema=schema, dialect=dialect)
    return bool(report.valid)
