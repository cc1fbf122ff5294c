"""Edits of a form sheet as data, each done twice: on the grid that was read, which is fast, and in the XML of the file.

Rows are deleted as spreadsheet programs do it: merges shrink or move along, references follow, those to the row become #REF!.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from checked import escape
from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx.grid import Grid, Place, Range, Raw
from cchc_xlsx.layout.model import a1, a1_range

T = TypeVar("T")
_LITERAL = re.compile(r'("[^"]*")')
_RANGE = re.compile(r"(?<![A-Za-z0-9_!$.'])([A-Z]{1,2})([1-9]\d*)(?::([A-Z]{1,2})([1-9]\d*))?(?![\w(!])")
_ROW = re.compile(r'<row r="(\d+)"([^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+)(\d+)"(?: s="(\d+)")?([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_FORMULA = re.compile(r"<f>([^<]*)</f>")
_MERGE = re.compile(r'<mergeCell ref="([^"]+)"/>')


class Put(Struct, frozen=True, dict=True):
    """Something else in a cell: a value, a formula with the value that it shows, an error, or nothing."""

    at: Place
    value: Raw | None = None
    formula: str | None = None
    error: str | None = None

    def __str__(self) -> str:
        return f"{a1(self.at)}: {f'={self.formula}' if self.formula else self.error or repr(self.value)}"


class Delete(Struct, frozen=True, dict=True):
    """A row deleted."""

    row: int

    def __str__(self) -> str:
        return f"row {self.row} deleted"


class Swap(Struct, frozen=True, dict=True):
    """The contents of two rows exchanged, from a column on."""

    first: int
    second: int
    from_column: int = 1

    def __str__(self) -> str:
        return f"rows {self.first} and {self.second} swapped from column {self.from_column} on"


class Unmerge(Struct, frozen=True, dict=True):
    """A merge undone."""

    area: Range

    def __str__(self) -> str:
        return f"{a1_range(self.area)} unmerged"


Edit = Put | Delete | Swap | Unmerge

# --------------------------------------------------------------------------------------------------------- on the grid


def on_grid(edit: Edit, grid: Grid) -> Grid:
    """The sheet as the reader would give it had the file been edited so."""
    match edit:
        case Put():
            return _put(edit, grid)
        case Unmerge(area):
            return replace(grid, merges=grid.merges - {area})
        case Swap(first, second, from_column):
            other = {first: second, second: first}
            return _moved(grid, lambda at: (other.get(at[0], at[0]), at[1]) if at[1] >= from_column else at)
        case Delete(row):
            merges = frozenset(area for one in grid.merges if (area := shrunk(one, row)))
            moved = _moved(grid, lambda at: None if at[0] == row else (at[0] - (at[0] > row), at[1]))
            formulas = {at: without_row(text, row) for at, text in moved.formulas.items()}
            return replace(moved, merges=merges, formulas=formulas)


def _put(edit: Put, grid: Grid) -> Grid:
    at = edit.at
    values, formulas, errors = ({**one} for one in (grid.values, grid.formulas, grid.errors))
    for kept in (values, formulas, errors):
        kept.pop(at, None)
    if edit.value not in (None, ""):
        values[at] = edit.value  # type: ignore[assignment]
    if edit.formula is not None:
        formulas[at] = edit.formula
    if edit.error is not None:
        errors[at] = edit.error
    bools = grid.bools | {at} if isinstance(edit.value, bool) else grid.bools - {at}
    return replace(grid, values=values, formulas=formulas, errors=errors, bools=bools)


def _moved(grid: Grid, where: Callable[[Place], Place | None]) -> Grid:
    def mapped(found: Mapping[Place, T]) -> dict[Place, T]:
        return {to: one for at, one in found.items() if (to := where(at))}

    def kept(found: Iterable[Place]) -> frozenset[Place]:
        return frozenset(to for at in found if (to := where(at)))

    return replace(
        grid,
        values=mapped(grid.values),
        formulas=mapped(grid.formulas),
        errors=mapped(grid.errors),
        bools=kept(grid.bools),
        dates=kept(grid.dates),
    )


def shrunk(area: Range, row: int) -> Range | None:
    """A merge after a row was deleted; None where nothing is left to merge."""
    first, left, last, right = area
    first, last = first - (first > row), last - (last >= row)
    return (first, left, last, right) if (first, left) < (last, right) and first <= last else None


def without_row(formula: str, row: int) -> str:
    """A formula after a row was deleted."""

    def moved(found: re.Match[str]) -> str:
        left, first, right, last = found[1], int(found[2]), found[3], int(found[4] or found[2])
        if first == last == row:
            return "#REF!"
        first, last = first - (first > row), last - (last >= row)
        return f"{left}{first}:{right}{last}" if right else f"{left}{first}"

    parts = _LITERAL.split(formula)
    return "".join(part if index % 2 else _RANGE.sub(moved, part) for index, part in enumerate(parts))


# ---------------------------------------------------------------------------------------------------------- in the file


def on_xml(edit: Edit, part: bytes) -> bytes:
    """The XML of the form sheet, as XlsxWriter wrote it, edited."""
    text = part.decode()
    match edit:
        case Put(at):
            return _one(rf'<c r="{a1(at)}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)', _put_xml(edit), text)
        case Unmerge(area):
            return _one(f'<mergeCell ref="{a1_range(area)}"/>()', "", text)
        case Swap(first, second, from_column):
            return _swapped(text, first, second, from_column).encode()
        case Delete(row):
            text = _ROW.sub(lambda found: _row_without(found, row), text)
            return _MERGE.sub(lambda found: _merge_without(found[1], row), text).encode()


def _one(pattern: str, new: str, text: str) -> bytes:
    text, count = re.subn(pattern, lambda found: new.replace("@@", found[1] or ""), text)
    assert count == 1, pattern
    return text.encode()


def _put_xml(edit: Put) -> str:
    formula = "" if edit.formula is None else f"<f>{escape(edit.formula)}</f>"
    start = f'<c r="{a1(edit.at)}"@@'
    if edit.error is not None:
        return f'{start} t="e">{formula}<v>{edit.error}</v></c>'
    if isinstance(edit.value, bool):
        return f'{start} t="b">{formula}<v>{edit.value:d}</v></c>'
    if isinstance(edit.value, str) and formula:
        return f'{start} t="str">{formula}<v>{escape(edit.value)}</v></c>'
    if isinstance(edit.value, str) and edit.value:
        return f'{start} t="inlineStr"><is><t xml:space="preserve">{escape(edit.value)}</t></is></c>'
    value = "" if edit.value in (None, "") else f"<v>{edit.value!r}</v>"
    return f"{start}>{formula}{value}</c>"


def _row_without(found: re.Match[str], row: int) -> str:
    number = int(found[1])
    if number == row:
        return ""
    new = number - (number > row)
    cells = _CELL.sub(lambda cell: cell[0].replace(f'r="{cell[1]}{number}"', f'r="{cell[1]}{new}"', 1), found[3] or "")
    cells = _FORMULA.sub(lambda formula: f"<f>{_quoted(without_row(_plain(formula[1]), row))}</f>", cells)
    return f'<row r="{new}"{found[2]}>{cells}</row>'


def _merge_without(ref: str, row: int) -> str:
    found = _RANGE.fullmatch(ref)
    assert found
    area = shrunk((int(found[2]), _number(found[1]), int(found[4]), _number(found[3])), row)
    return f'<mergeCell ref="{a1_range(area)}"/>' if area else ""


def _swapped(text: str, first: int, second: int, from_column: int) -> str:
    def cells(row: int) -> tuple[str, dict[str, str]]:
        found = next(one for one in _ROW.finditer(text) if int(one[1]) == row)
        return found[0], {one[1]: one[0] for one in _CELL.finditer(found[3])}

    rows = {first: cells(first), second: cells(second)}
    for row, other in ((first, second), (second, first)):
        (old, mine), (_, theirs) = rows[row], rows[other]
        taken = {
            column: cell.replace(f'r="{column}{other}"', f'r="{column}{row}"', 1)
            for column, cell in theirs.items()
            if _number(column) >= from_column
        }
        kept = {column: cell for column, cell in mine.items() if _number(column) < from_column}
        inner = "".join(cell for _, cell in sorted((kept | taken).items(), key=lambda pair: _number(pair[0])))
        text = text.replace(old, f'<row r="{row}">{inner}</row>')
    return text


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def _quoted(text: str) -> str:
    return escape(text)
