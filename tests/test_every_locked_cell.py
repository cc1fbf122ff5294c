"""Every locked cell of every shipped form, edited in every way; every row deleted and swapped, every merge undone: all is told.

The edits are made on the grid that the reader gave, by the thousand; a sample of them, drawn by a fixed seed, is made in the
XML of the file too, and the reader gives the same grid.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import checked
import fill
import pytest
from edits import Delete, Edit, Put, Swap, Unmerge, on_grid, on_xml
from forms_filled import KINDS, WORKBOOKS
from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import alteration, filled, findings, reader
from cchc_xlsx.grid import Book, Grid, Place
from cchc_xlsx.layout.model import Cell, Formula, Layout, a1
from cchc_xlsx.rules.model import Finding

NUMBER = 98765.25
SAMPLES = 15  # of each workbook, through real files
every_workbook = pytest.mark.parametrize(("form_id", "kind"), WORKBOOKS)


class Honest(Struct, frozen=True, dict=True):
    """A rightly filled workbook: its layout, its bytes, and what the reader gives of it."""

    layout: Layout
    data: bytes
    book: Book

    @property
    def grid(self) -> Grid:
        """Its form sheet."""
        return self.book.sheets[0]


@cache
def honest(form_id: str, kind: str) -> Honest:
    """The workbook of a form and kind."""
    layout, data = checked.filled(KINDS[kind](form_id))
    book = reader.read(data)
    assert isinstance(book, Book)
    return Honest(layout, data, book)


def told(one: Honest, grid: Grid) -> list[Finding]:
    """What the checker says of the form sheet but for the values in it: the steps of `check` from the grid on."""
    layout, book = one.layout, replace(one.book, sheets=(grid, *one.book.sheets[1:]))
    aligned, moved = alteration.align(layout, grid)
    read = filled.fill(layout, grid, aligned)
    altered = [
        *moved,
        *alteration.compare(layout, grid, aligned),
        *alteration.extra_sheets(layout, book, grid),
    ]
    return list(findings.totals(read, grid, aligned, altered))


def lines(found: Sequence[Finding]) -> list[str]:
    """Code and cell of each finding."""
    return [" ".join(filter(None, (finding.code, finding.cell))) for finding in found]


def errors(found: Sequence[Finding]) -> list[str]:
    """Code and cell of each error."""
    return lines([finding for finding in found if finding.severity == "error"])


# --------------------------------------------------------------------------------------------------------- locked cells


def locked(layout: Layout) -> Iterator[tuple[Place, Cell]]:
    """Every locked cell with content, but for the keys and the token."""
    for at, cell in layout.form_sheet.cells.items():
        if cell.role not in ("input", "blank") and cell.content not in (None, "") and min(at) > 1:
            yield at, cell


def edits_of(at: Place, cell: Cell, grid: Grid) -> Iterator[Put]:
    """What may be done to one locked cell."""
    content, shown = cell.content, grid.values.get(at)
    yield Put(at)
    yield Put(at, "Đã sửa")
    yield Put(at, NUMBER)
    yield Put(at, value=True)
    yield Put(at, error="#N/A")
    yield Put(at, shown, "1+1")  # a formula that shows what stood there
    if isinstance(content, Formula):
        yield Put(at, shown)
        yield Put(at, shown, f"{content.text}+0")
        yield Put(at, shown, _other_letter(content.text))
    elif isinstance(content, str):
        yield Put(at, f"{content}.")
        yield Put(at, content[:-1])
        yield Put(at, content.swapcase() if content.swapcase() != content else content + content)
    elif content is not None:
        yield Put(at, content + 0.01)
        yield Put(at, -content or 1.0)


def _other_letter(formula: str) -> str:
    """The formula with its first figure changed, where it has one: another cell or another limit."""
    at = next((index for index, letter in enumerate(formula) if letter.isdigit()), None)
    return f"-{formula}" if at is None else f"{formula[:at]}{(int(formula[at]) + 1) % 10}{formula[at + 1 :]}"


def expected(layout: Layout, at: Place, cell: Cell, edit: Put) -> str:
    """The one finding that an edit of a locked cell is."""
    if isinstance(cell.content, Formula):
        is_total = at in {total for total, _ in layout.totals.values()}
        return f"{'L407' if is_total and edit.value == NUMBER else 'T303'} {a1(at)}"
    return f"{'T302' if cell.role == 'target' else 'T301'} {a1(at)}"


@every_workbook
def test_an_edit_of_a_locked_cell_is_one_error_at_that_cell(form_id: str, kind: str) -> None:
    one = honest(form_id, kind)
    wrong = [
        (str(edit), lines(found))
        for at, cell in locked(one.layout)
        for edit in edits_of(at, cell, one.grid)
        if lines(found := told(one, on_grid(edit, one.grid))) != [expected(one.layout, at, cell, edit)]
    ]
    assert wrong == []


@every_workbook
def test_an_honest_workbook_has_no_finding(form_id: str, kind: str) -> None:
    one = honest(form_id, kind)
    assert lines(told(one, one.grid)) == []
    assert sum(1 for _ in locked(one.layout)) > 40


# -------------------------------------------------------------------------------------------------------- hidden cells


def edits_of_key(at: Place, neighbour: str, grid: Grid) -> Iterator[Put]:
    """What may be done to the cell with the key of a row or column; the last takes a neighbour's key."""
    shown = grid.values[at]
    yield Put(at)
    yield Put(at, "Đã sửa")
    yield Put(at, f"{shown}x")
    yield Put(at, NUMBER)
    yield Put(at, error="#N/A")
    yield Put(at, 2.0, "1+1")
    yield Put(at, neighbour)


@every_workbook
def test_an_edit_of_a_row_key_is_a_missing_row(form_id: str, kind: str) -> None:
    one = honest(form_id, kind)
    keys = {row: key for row, key in one.layout.row_keys.items() if row > 1}
    wrong = []
    for row in keys:
        doubled = row - 1 if row > 2 else row + 1
        for edit in edits_of_key((row, 1), keys[doubled], one.grid):
            due = {f"T304 B{row}"} | ({f"T305 B{max(row, doubled)}"} if edit.value == keys[doubled] else set())
            found = told(one, on_grid(edit, one.grid))
            if set(errors(found)) != due:
                wrong.append((str(edit), lines(found)))
    assert wrong == []


@every_workbook
def test_an_edit_of_a_column_key_is_a_missing_column(form_id: str, kind: str) -> None:
    one = honest(form_id, kind)
    keys = {column: key for column, key in one.layout.column_keys.items() if column > 1}
    wrong = []
    for column in keys:
        doubled = column - 1 if column > 2 else column + 1
        for edit in edits_of_key((1, column), keys[doubled], one.grid):
            found = told(one, on_grid(edit, one.grid))
            here = {column, doubled} if edit.value == keys[doubled] else {column}
            if not _are_columns(one.layout, found, here):
                wrong.append((str(edit), lines(found)))
    assert wrong == []


def _are_columns(layout: Layout, found: Sequence[Finding], columns: set[int]) -> bool:
    """Whether the errors are that these columns are not as they were, each told in its header, and nothing else."""
    rows = range(layout.table[0], layout.table[1] + 1)
    cells = {column: {f"T307 {a1((row, column))}" for row in rows} for column in columns}
    told_errors = errors(found)
    return len(told_errors) == len(columns) and all(cells[column] & set(told_errors) for column in columns)


@every_workbook
def test_a_formula_that_shows_a_key_is_no_key(form_id: str, kind: str) -> None:
    """What a formula shows is what the file says that it shows; nothing of that kind is believed."""
    one = honest(form_id, kind)
    wrong = []
    for at in [
        *((row, 1) for row in one.layout.row_keys if row > 1),
        *((1, at) for at in one.layout.column_keys if at > 1),
    ]:
        shown = one.grid.values[at]
        found = told(one, on_grid(Put(at, shown, f'"{shown}"'), one.grid))
        is_told = _are_columns(one.layout, found, {at[1]}) if at[0] == 1 else errors(found) == [f"T304 B{at[0]}"]
        if not is_told:
            wrong.append((a1(at), lines(found)))
    assert wrong == []


TOKENS: dict[str, tuple[Callable[[str, str], str], list[str]]] = {
    "another workbook's": (lambda _, other: other, ["I503"]),
    "one letter more": (lambda mine, _: f"{mine}0", ["I503"]),
    "no token any more": (lambda *_: "CCHC1", []),  # one copy of several; the others are still there
}


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("form_id", fill.FORMS)
def test_an_edit_of_the_token_is_a_contradiction(form_id: str, name: str, tmp_path: Path) -> None:
    one, other = honest(form_id, "report"), honest(form_id, "plan")
    make, due = TOKENS[name]
    edit = Put((1, 1), make(one.layout.identity.token, other.layout.identity.token))
    data = checked.with_part(one.data, checked.SHEET, lambda part: on_xml(edit, part))
    assert checked.lines(checked.result(data, tmp_path)) == due


# ----------------------------------------------------------------------------------------------------- rows and merges


def table_rows(layout: Layout) -> range:
    """The rows of the table, its header first."""
    return range(layout.table[0], layout.table[1] + 1)


@every_workbook
def test_each_row_that_is_deleted_is_told_once(form_id: str, kind: str) -> None:
    one = honest(form_id, kind)
    found = {row: lines(told(one, on_grid(Delete(row), one.grid))) for row in table_rows(one.layout)}
    assert {row: said for row, said in found.items() if said != [f"T304 B{row}"]} == {}


@every_workbook
def test_two_neighbouring_rows_that_are_swapped_are_told(form_id: str, kind: str) -> None:
    one = honest(form_id, kind)
    first, *others = table_rows(one.layout)
    wrong = []
    for row, other in zip((first, *others), others, strict=False):
        found = errors(told(one, on_grid(Swap(row, other), one.grid)))
        if found not in ([f"T305 B{row}"], [f"T305 B{other}"]):
            wrong.append((row, other, found))
    assert wrong == []


@every_workbook
def test_swapped_rows_whose_keys_stayed_are_told_cell_by_cell(form_id: str, kind: str) -> None:
    one = honest(form_id, kind)
    cells = dict(locked(one.layout))
    first, *others = table_rows(one.layout)
    wrong = []
    for row, other in zip((first, *others), others, strict=False):
        found = told(one, on_grid(Swap(row, other, from_column=2), one.grid))
        differ = {at for at in cells if at[0] in (row, other) and _differs(cells, at, row + other - at[0])}
        if {finding.cell for finding in found if finding.severity == "error"} != {
            a1(at) for at in differ
        } or not differ:
            wrong.append((row, other, lines(found)))
    assert wrong == []


def _differs(cells: dict[Place, Cell], at: Place, other_row: int) -> bool:
    """Whether another row holds something else in the same column."""
    mine, other = cells[at].content, cells.get((other_row, at[1]))
    theirs = other.content if other else None
    if isinstance(mine, Formula):
        return not isinstance(theirs, Formula) or mine.text != theirs.text
    return mine != theirs


@every_workbook
def test_each_merge_of_the_table_that_is_undone_is_told_once(form_id: str, kind: str) -> None:
    one = honest(form_id, kind)
    first, last = one.layout.table
    areas = [area for area in one.layout.form_sheet.merges if first <= area[0] <= last]
    found = {area: lines(told(one, on_grid(Unmerge(area), one.grid))) for area in areas}
    assert {area: said for area, said in found.items() if said != [f"T306 {a1(area[:2])}"]} == {}
    assert areas or kind == "plan"  # where every header is one row high


# -------------------------------------------------------------------------------------------------- through real files


def every_edit(one: Honest) -> list[Edit]:
    """Every edit of this file."""
    layout, grid = one.layout, one.grid
    rows = table_rows(layout)
    first, last = layout.table
    return [
        *(edit for at, cell in locked(layout) for edit in edits_of(at, cell, grid)),
        *(edit for row in layout.row_keys if row > 1 for edit in edits_of_key((row, 1), "r01", grid)),
        *(edit for column in layout.column_keys if column > 1 for edit in edits_of_key((1, column), "c.stt", grid)),
        *map(Delete, rows),
        *(Swap(row, row + 1, from_column) for row in rows[:-1] for from_column in (1, 2)),
        *(Unmerge(area) for area in layout.form_sheet.merges if first <= area[0] <= last),
    ]


def sample(one: Honest, seed: str) -> list[Edit]:
    """Some edits of each sort, the same each time."""
    draw = random.Random(seed)
    sorts: dict[type, list[Edit]] = {}
    for edit in every_edit(one):
        sorts.setdefault(type(edit), []).append(edit)
    some = [edit for edits in sorts.values() for edit in draw.sample(edits, min(2, len(edits)))]
    return some + draw.sample(sorts[Put], SAMPLES - len(some))


@every_workbook
def test_an_edit_of_the_file_is_the_edit_of_the_grid(form_id: str, kind: str) -> None:
    one = honest(form_id, kind)
    differ = []
    for edit in sample(one, f"{form_id} {kind}"):
        book = reader.read(checked.with_part(one.data, checked.SHEET, lambda part: on_xml(edit, part)))  # noqa: B023
        assert isinstance(book, Book), edit
        grid = on_grid(edit, one.grid)
        if book.sheets[0] != grid or told(one, book.sheets[0]) != told(one, grid):
            differ.append(str(edit))
    assert differ == []
