"""What both ways of scanning a sheet share: cells as they stand in the XML, what stands round them, and the limits."""

from __future__ import annotations

import re
from typing import NamedTuple

from cchc_xlsx.package.formulas import Formula
from cchc_xlsx.package.refusal import Limit, damaged, over

MAX_ROW = 20_000
MAX_COLUMN = 512
MAX_BOX = 2_000_000
MAX_CELLS = 200_000
MAX_ELEMENTS = 1_500_000  # of a sheet: each cell with its value and formula, and then as much again
MAX_RANGES = 5_000
MAX_RANGE_CELLS = 50_000

Range = tuple[int, int, int, int]  # first row, first column, last row, last column
Cell = tuple[int, int, int, str, Formula | None, str]  # row, column, style, kind, formula, value

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?", re.ASCII)


class Around(NamedTuple):
    """What stands round the cells."""

    merges: frozenset[Range]
    protected: bool


def check(what: Limit, value: int, limit: int) -> None:
    """Refused if `value` is over its limit."""
    if value > limit:
        raise over(what, value, limit)


def check_box(row: int, column: int) -> None:
    """Refused if a sheet reaches further than any form."""
    check("row", row, MAX_ROW)
    check("column", column, MAX_COLUMN)
    check("box", row * column, MAX_BOX)


def column_number(letters: str) -> int:
    """The number of a column from 1: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def address(row: int, column: int) -> str:
    """ "AB7" for row 7 and column 28."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def read_range(ref: str, key: str) -> Range:
    """A range such as "A1:B2"; Refused if it is none."""
    match = _RANGE.fullmatch(ref)
    if not match:
        raise damaged("range", key)
    left, top = column_number(match[1]), int(match[2])
    right, bottom = (column_number(match[3]), int(match[4])) if match[3] else (left, top)
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def area(ref: Range) -> int:
    """How many cells a range covers."""
    return (ref[2] - ref[0] + 1) * (ref[3] - ref[1] + 1)
