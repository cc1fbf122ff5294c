"""Comparing a workbook that came back with the issue placed again: what of the locked content is not as it was."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Set

from msgspec import Struct

from cchc_xlsx import values
from cchc_xlsx.grid import Book, Grid, Place, Range
from cchc_xlsx.lang import Text
from cchc_xlsx.layout import fixes
from cchc_xlsx.layout.model import Cell, Formula, Layout, a1, a1_range, column_number
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding

_MAX_EXTRA = 20  # more content outside the form than this is one habit, not many findings
_EMPTY = Text("(trống)", "(empty)")
_LITERAL = re.compile(r'("(?:[^"]|"")*")')
_REFERENCE = re.compile(r"\$?\b([A-Z]{1,3})\$?([0-9]+)\b")
_ONE_CELL = re.compile(r"(?<![A-Z0-9$:])(\$?[A-Z]{1,3}\$?[0-9]{1,7}+):\1(?![0-9])")
_NUMERAL = re.compile(r"(?<![A-Z0-9_.$])[0-9]{1,40}+(?:\.[0-9]{0,40}+)?+(?:E[+-]?[0-9]{1,4}+)?+(?![A-Z0-9_.$(!:])")
_SHEET_QUOTES = re.compile(r"'([^'!]+)'!")


class Aligned(Struct, frozen=True):
    """Where the layout's rows and columns are in the sheet: by their keys, so that an inserted row shifts nothing."""

    rows: Mapping[int, int]
    columns: Mapping[int, int]
    strays: Set[Place] | None = None  # where all rows and columns stand in their places: what else holds anything

    def find(self, place: Place) -> Place | None:
        """Where a cell of the layout stands in the sheet; None where its row or column is gone."""
        row, column = self.rows.get(place[0]), self.columns.get(place[1])
        return None if row is None or column is None else (row, column)

    @property
    def is_shifted(self) -> bool:
        """Whether anything stands elsewhere than the layout says."""
        return self.strays is None and any(a != b for a, b in (*self.rows.items(), *self.columns.items()))


def align(layout: Layout, grid: Grid) -> tuple[Aligned, tuple[Finding, ...]]:
    """The rows and columns of the form found again by key, and what is wrong with their order."""
    strays = _strays(layout, grid)
    if strays is not None:
        return Aligned(*layout.in_place, strays), ()
    in_rows: dict[str, list[int]] = {}
    in_columns: dict[str, list[int]] = {}
    for (row, column), value in grid.values.items():
        if (row > 1 < column) or not isinstance(value, str) or (row, column) in grid.formulas:
            continue  # what a formula shows is only what the file says of it
        if column == 1:
            in_rows.setdefault(value.strip(), []).append(row)
        if row == 1:
            in_columns.setdefault(value.strip(), []).append(column)
    findings: list[Finding] = []
    rows = _rows(layout, in_rows, findings)
    columns = _columns(layout, in_columns, findings)
    _inserted(layout, rows, findings)
    return Aligned(rows, columns), tuple(findings)


def _strays(layout: Layout, grid: Grid) -> Set[Place] | None:
    """What holds anything outside the form's cells; None where a key is not in its place, or there is another."""
    locked = layout.locked
    if not locked.keys.items() <= grid.values.items() or not grid.formulas.keys().isdisjoint(locked.keys):
        return None
    strays: set[Place] = set()
    for held in (grid.values, grid.formulas, grid.errors):
        if not held.keys() <= locked.known:
            strays |= held.keys() - locked.known
            if held is grid.values and any(row == 1 or column == 1 for row, column in strays):
                return None
    return strays


def _rows(layout: Layout, found: Mapping[str, list[int]], findings: list[Finding]) -> dict[int, int]:
    if len(found) < 3:  # column A is gone altogether: go by position, the texts will tell
        return {row: row for row in layout.row_keys}
    rows: dict[int, int] = {}
    for row, key in layout.row_keys.items():
        places = sorted(found.get(key, []))
        if not places:
            if row > 1:
                findings.append(_row_finding("T304", layout, row, None))
            continue
        rows[row] = row if row in places else places[0]
        if len(places) > 1 and row > 1:
            findings.append(_row_finding("T305", layout, row, places[1]))
    findings += [_row_finding("T305", layout, row, rows[row]) for row in _out_of_order(rows)]
    return rows


def _row_finding(code: str, layout: Layout, row: int, found: int | None) -> Finding:
    label = layout.labels.get(row) or layout.row_keys[row]
    cell = a1((found or row, 2))
    return Finding(code, "error", None, layout.form_sheet.name, cell, layout.labels.get(row), label, {"row": label})


def _out_of_order(rows: Mapping[int, int]) -> list[int]:
    """The rows outside the longest run that kept its order: those that were moved."""
    expected = list(rows)
    tails: list[int] = []
    lengths: list[int] = []
    for row in expected:
        at = bisect_left(tails, rows[row])
        tails[at : at + 1] = [rows[row]]
        lengths.append(at + 1)
    keep: set[int] = set()
    need = len(tails)
    for row, length in zip(reversed(expected), reversed(lengths), strict=True):
        if length == need:
            keep.add(row)
            need -= 1
    return [row for row in expected if row not in keep]


def _columns(layout: Layout, found: Mapping[str, list[int]], findings: list[Finding]) -> dict[int, int]:
    keys = {column: key for column, key in layout.column_keys.items() if column > 1}
    if sum(key in found for key in keys.values()) < 3:
        return {column: column for column in layout.column_keys}
    columns = {1: 1}
    offset = gone = 0
    for column, key in keys.items():
        places = found.get(key, [])
        if not places:
            findings.append(_column_finding(layout, column, column))
            gone += 1
            continue
        columns[column] = column if column in places else places[0]
        shift = columns[column] - column
        # Only the first column of those that moved together is told; a column whose key alone was wiped out moves none.
        if not offset - gone <= shift <= offset or len(places) > 1:
            findings.append(_column_finding(layout, column, columns[column]))
        offset, gone = shift, 0
    return columns


def _column_finding(layout: Layout, column: int, found: int) -> Finding:
    rows = range(layout.table[0], layout.table[1] + 1)
    cells = ((row, layout.form_sheet.cells.get((row, column))) for row in rows)
    row, name = next(
        ((row, str(cell.content)) for row, cell in cells if cell and isinstance(cell.content, str)),
        (layout.table[0], layout.column_keys[column]),
    )
    cell = a1((row, found))
    return Finding("T307", "error", None, layout.form_sheet.name, cell, None, name, {"column": name})


def _inserted(layout: Layout, rows: Mapping[int, int], findings: list[Finding]) -> None:
    kept = [row for row in rows if row > 1]
    if not kept or any(finding.code == "T305" for finding in findings):
        return
    missing = (kept[-1] - kept[0] + 1) - len(kept)  # a row whose key was wiped out still takes its place
    count = (rows[kept[-1]] - rows[kept[0]] + 1) - len(kept) - missing
    if count > 0:
        findings.append(Finding("T312", "warning", None, layout.form_sheet.name, None, None, None, {"count": count}))


def compare(layout: Layout, grid: Grid, aligned: Aligned) -> Iterator[Finding]:
    """Every locked cell that does not say what the layout says, every merge undone, content where none belongs."""
    for place in sorted(_suspects(layout, grid, aligned), key=layout.order.__getitem__):
        at = aligned.find(place)
        finding = _compare_cell(layout, grid, place, at, layout.form_sheet.cells[place], aligned) if at else None
        if finding:
            yield finding
    yield from _merges(layout, grid, aligned)
    if aligned.strays or aligned.strays is None:
        yield from _extra(layout, grid, aligned)
    if not grid.is_protected:
        yield Finding("T321", "info", None, layout.form_sheet.name)


def _suspects(layout: Layout, grid: Grid, aligned: Aligned) -> Set[Place]:
    """The locked cells that are looked at one by one; where nothing was moved, those that differ at first sight."""
    locked = layout.locked
    if aligned.strays is None:
        return locked.texts.keys() | locked.formulas.keys()
    value, formula = grid.values.get, grid.formulas.get
    suspects = {place for place, text in locked.texts.items() if value(place) != text}
    suspects.update(place for place, text in locked.formulas.items() if formula(place) != text)
    # A text may be there and come from a formula; TRUE equals 1.
    return suspects | (locked.texts.keys() & (grid.formulas.keys() | grid.bools))


def _compare_cell(layout: Layout, grid: Grid, place: Place, at: Place, cell: Cell, aligned: Aligned) -> Finding | None:
    found = grid.errors.get(at) or grid.values.get(at)
    if isinstance(cell.content, Formula):
        formula = grid.formulas.get(at)
        if formula is None:
            return _altered("T303", layout, place, at, f"={cell.content.text}", found)
        if _same_moved(cell.content.text, formula, aligned):
            return None
        return _altered("T303", layout, place, at, f"={cell.content.text}", f"={formula}")
    if at in grid.formulas:
        return _altered(_code(cell), layout, place, at, cell.content, f"={grid.formulas[at]}")
    if not same_content(cell.content, found):
        return _altered(_code(cell), layout, place, at, cell.content, found)
    return None


def _code(cell: Cell) -> str:
    return "T302" if cell.role == "target" else "T301"


def _altered(code: str, layout: Layout, place: Place, at: Place, expected: object, found: object) -> Finding:
    told = registry.told(found) if found not in (None, "") else _EMPTY
    data = {"expected": registry.told(expected), "value": told}
    seen = None if found in (None, "") else registry.shown(found)
    return Finding(code, "error", None, layout.form_sheet.name, a1(at), layout.labels.get(place[0]), seen, data)


def same_content(expected: object, found: object) -> bool:
    """Whether a cell says what it should: texts without white space and NFC, numbers to 12 digits, "5" is 5."""
    if expected == found and type(expected) is type(found):
        return True  # what most programs give back; the rest is 20 times slower
    if isinstance(expected, (int, float)) and isinstance(found, (int, float)) and not isinstance(found, bool):
        return f"{expected:.12g}" == f"{found:.12g}"
    return _plain(expected) == _plain(found)


def _plain(value: object) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.12g}"
    return values.squash("" if value is None else str(value))


def same_formula(expected: str, found: str) -> bool:
    """Whether two formulas are one but for how a program writes them."""
    return expected == found or _formula(expected) == _formula(found)


def _formula(text: str) -> str:
    parts = _LITERAL.split(text.removeprefix("="))
    joined = "".join(part if part.startswith('"') else _code_part(part) for part in parts)
    for old, new in (("_XLFN.", ""), ("_XLWS.", ""), ("TRUE()", "TRUE"), ("FALSE()", "FALSE")):
        joined = joined.replace(old, new)
    return values.nfc(joined)


def _code_part(text: str) -> str:
    """A formula between its texts: Gnumeric writes H19 for H19:H19, and 0.01 with 20 digits."""
    plain = "".join(_SHEET_QUOTES.sub(r"\1!", text).split()).upper()
    return _NUMERAL.sub(lambda found: f"{float(found[0]):.12g}", _ONE_CELL.sub(r"\1", plain))


def _same_moved(expected: str, found: str, aligned: Aligned) -> bool:
    """Whether a formula is as it was, or as a program rewrites it when rows or columns move."""
    if same_formula(expected, found):
        return True
    if not aligned.is_shifted:
        return False
    moved = _moved(expected, aligned)
    return moved is None or same_formula(moved, found)


def _moved(formula: str, aligned: Aligned) -> str | None:
    """The formula with its references where their cells now stand; None where a row or column of one is gone."""

    def move(reference: re.Match[str]) -> str:
        place = aligned.find((int(reference[2]), column_number(reference[1])))
        if place is None:
            raise LookupError(reference[0])
        return a1(place)

    parts = _LITERAL.split(formula)
    try:
        return "".join(part if part.startswith('"') else _REFERENCE.sub(move, part) for part in parts)
    except LookupError:
        return None


def _merges(layout: Layout, grid: Grid, aligned: Aligned) -> Iterator[Finding]:
    if grid.merges == layout.merges and not aligned.is_shifted:
        return
    first, last = layout.table
    expected = {area for area in layout.form_sheet.merges if first <= area[0] <= last}
    found = {area for area in grid.merges if first <= area[0] <= last or area[0] < first <= area[2]}
    if aligned.is_shifted:
        wrong = {area for area in expected if area not in grid.merges and not _is_moved(area, grid, aligned)}
    else:
        wrong = expected ^ found
    for area in sorted(wrong):
        at = aligned.find(area[:2]) or area[:2]
        data = {"expected": _ranges(area, expected)}
        yield Finding("T306", "error", None, layout.form_sheet.name, a1(at), layout.labels.get(area[0]), None, data)


def _is_moved(area: Range, grid: Grid, aligned: Aligned) -> bool:
    """Whether a merge is there at its new place; one that lost a row or column at its edge has shrunk with it."""
    first, last = aligned.find(area[:2]), aligned.find(area[2:])
    return first is None or last is None or (*first, *last) in grid.merges


def _ranges(area: Range, expected: set[Range]) -> str:
    touched = [one for one in sorted(expected) if _overlap(one, area)]
    return ", ".join(a1_range(one) for one in touched) or a1_range(area)


def _overlap(one: Range, other: Range) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _extra(layout: Layout, grid: Grid, aligned: Aligned) -> Iterator[Finding]:
    known = set()
    for place, cell in layout.form_sheet.cells.items():
        at = aligned.find(place)
        if at and (cell.role == "input" or cell.content not in (None, "")):
            known.add(at)
    rows = {row: expected for expected, row in aligned.rows.items()}
    keys = set(layout.row_keys.values())
    doubled = {row for (row, column), text in grid.values.items() if column == 1 and text in keys} - set(rows)
    count = 0
    for place in sorted({*grid.values, *grid.formulas, *grid.errors}):
        value = grid.errors.get(place) or grid.values.get(place)
        if (
            place in known
            or place[1] == 1
            or place[0] == 1
            or place[0] in doubled
            or value is None
            or not str(value).strip()
        ):
            continue
        count += 1
        if count <= _MAX_EXTRA:
            label = layout.labels.get(rows.get(place[0], 0))
            shown = registry.shown(value)
            yield Finding("T311", "warning", None, layout.form_sheet.name, a1(place), label, shown)


def extra_sheets(layout: Layout, book: Book, form_sheet: Grid) -> Iterator[Finding]:
    """Visible sheets that the workbook did not have when it was issued."""
    names = {sheet.name for sheet in layout.sheets}
    starts = {str(cell.content) for sheet in layout.sheets if (cell := sheet.cells.get((1, 1)))}
    starts |= {fixes.TITLE.vi, fixes.TITLE.en}  # a marked copy that comes back has the list of its findings
    for sheet in book.sheets:
        is_ours = sheet is form_sheet or sheet.name in names or sheet.values.get((1, 1)) in starts
        if sheet.is_visible and not is_ours and sheet.values:
            yield Finding("T313", "warning", sheet=sheet.name, data={"sheet": sheet.name})
