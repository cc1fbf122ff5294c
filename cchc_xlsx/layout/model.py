"""A placed issue: sheets of cells with addresses, and the inputs by key."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from cchc_xlsx.compiled import Holds, condition
from cchc_xlsx.fields import Context, Field
from cchc_xlsx.identity import Identity
from cchc_xlsx.rules.registry import Constraints

Place = tuple[int, int]  # row and column, both from 1
Range = tuple[int, int, int, int]  # first row, first column, last row, last column


class Style(Struct, frozen=True):
    """How a cell looks, apart from any program."""

    size: float = 11
    bold: bool = False
    italic: bool = False
    color: str = "#000000"
    fill: str = ""
    align: Literal["left", "center", "right"] = "left"
    valign: Literal["vcenter", "top"] = "vcenter"
    border: str = "lrtb"  # the sides that have a line
    number_format: str = "@"
    locked: bool = True
    wrap: bool = True
    underline: bool = False


@lru_cache(maxsize=4096)
def restyled(style: Style, **changes: Any) -> Style:  # noqa: ANN401  as `replace` has it
    """The style with some of it changed; the sheets of a form share a few dozens of them."""
    return replace(style, **changes)


class Formula(Struct, frozen=True):
    """A formula without its equals sign, and the value it has when the workbook is written."""

    text: str
    value: str | float


Content = str | float | Formula | None


class Note(Struct, frozen=True):
    """A note on a cell, and the size of its box."""

    text: str
    width_pt: float
    height_pt: float


class Link(Struct, frozen=True):
    """A jump to a cell of another sheet of the workbook."""

    sheet: str
    place: Place


class Cell(Struct, frozen=True):
    """One cell: what stands in it and how it looks; `role` says what an alteration of it means."""

    content: Content
    style: Style
    role: Literal["text", "target", "formula", "input", "blank"] = "text"
    note: Note | None = None
    link: Link | None = None
    address: str = ""  # of a file, as seen from where the workbook is saved; with a place in it behind "#"


class Validation(Struct, frozen=True):
    """What a range of inputs accepts, with the words shown while it is filled in; `areas` share it."""

    areas: tuple[Range, ...]
    rule: Literal["whole", "decimal", "date", "list", "any"]
    minimum: float = 0
    maximum: float = 0
    source: str = ""  # for a list: its range on the list sheet
    title: str = ""
    prompt: str = ""
    error: str = ""
    stop: bool = True


class Highlight(Struct, frozen=True):
    """A conditional format: a formula, relative to the first cell of the range, and a fill."""

    area: Range
    formula: str
    fill: str


class Table(Struct, frozen=True):
    """A range that filters: its first row holds the headings, which must be different texts."""

    name: str
    area: Range


class Series(Struct, frozen=True):
    """One series of a chart: where its name, categories and values stand on the chart's own sheet."""

    name: Place
    categories: Range
    values: Range
    color: str


class Chart(Struct, frozen=True):
    """Horizontal bars whose upper left corner is the cell `at`; `stacked` to 100 % or side by side."""

    title: str
    at: Place
    width_pt: float
    height_pt: float
    series: tuple[Series, ...]
    stacked: bool = False
    number_format: str = "0%"
    maximum: float | None = None


class Print(Struct, frozen=True):
    """How a sheet goes onto A4; `fit_pages` are its pages in width and height, 0 for as many as it takes, or None; `first_page` is the
    number of its first page, where it is not to go on from the sheet before."""

    landscape: bool = True
    scale: int = 100
    fit_pages: tuple[int, int] | None = None
    first_page: int | None = None
    area: Range | None = None
    repeat_rows: tuple[int, int] | None = None
    repeat_columns: tuple[int, int] | None = None
    breaks: tuple[int, ...] = ()  # the last row of each page but the last
    margins_mm: tuple[float, float, float, float] = (30, 15, 20, 20)  # left, right, top, bottom


class Body(Struct, frozen=True):
    """The rows of a long sheet below its own cells, made only while it is written: each a height in pt and its cells.

    A cell is its content and the number of its style; `links` lead from a cell to an address, with the text of the cell.
    """

    first: int
    count: int
    columns: int
    styles: tuple[Style, ...]
    rows: Callable[[], Iterable[tuple[float, Sequence[tuple[Content, int]]]]]
    links: Mapping[Place, tuple[str, str]] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.first + self.count - 1


class Sheet(Struct, frozen=True):
    """One worksheet."""

    name: str
    cells: Mapping[Place, Cell]
    widths: Mapping[int, float]
    heights: Mapping[int, float] = field(default_factory=dict)
    merges: tuple[Range, ...] = ()
    validations: tuple[Validation, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    freeze: Place | None = None
    paper: Print = Print()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    body: Body | None = None  # of a sheet that only `writer.save_long` writes


class Verdict(Struct, frozen=True):
    """Where a row's verdict stands, and the cells with the codes of its inputs."""

    place: Place
    codes: Mapping[str, Place]  # field key → cell that holds the number of the finding, 0 for none


class Locked(Struct, frozen=True):
    """What the form sheet holds that nobody may change, by place: what a workbook that came back is held against."""

    texts: Mapping[Place, str | float]  # texts and numbers, without the keys
    formulas: Mapping[Place, str]
    keys: Mapping[Place, str]  # of rows and columns
    known: frozenset[Place]  # wherever something may stand: all of these, and the inputs


class Layout(Struct, frozen=True, dict=True):
    """The placed issue. `sheets[0]` is the form; every other room asks here where a cell is."""

    context: Context
    constraints: Constraints  # what can be wrong with each input, in the order in which it is asked
    identity: Identity
    sheets: tuple[Sheet, ...]
    inputs: Mapping[str, Place]
    row_keys: Mapping[int, str]  # grid row → key in column A of the form sheet
    column_keys: Mapping[int, str]  # column → key in row 1
    labels: Mapping[int, str]  # grid row → what messages call it
    table: tuple[int, int]  # first and last grid row of the table with its header
    verdicts: Mapping[str, Verdict]  # id of the grid line → its verdict
    counts: Place  # the live line: its formula names the two counts below
    totals: Mapping[str, tuple[Place, tuple[str, ...]]] = field(default_factory=dict)  # total → cell, keys it adds up
    opens_on: int = 0  # the sheet that is seen first
    is_for_reading: bool = False  # its texts are right, its heights and pages are not: it must not be written

    @property
    def form_sheet(self) -> Sheet:
        """The sheet that is filled in."""
        return self.sheets[0]

    def field(self, key: str) -> Field:
        """The input of that key."""
        return self.context.fields[key]

    @cached_property
    def addresses(self) -> Mapping[str, str]:
        """The inputs' addresses as messages name them."""
        return {key: a1(place) for key, place in self.inputs.items()}

    @cached_property
    def keys(self) -> Mapping[Place, str]:
        """The key of the input at each place."""
        return {place: key for key, place in self.inputs.items()}

    @cached_property
    def order(self) -> Mapping[Place, int]:
        """The number of each cell of the form sheet, in the order in which they were placed."""
        return {place: number for number, place in enumerate(self.form_sheet.cells)}

    @cached_property
    def in_place(self) -> tuple[Mapping[int, int], Mapping[int, int]]:
        """The rows and the columns that have keys, each to itself: where they stand in a sheet that nobody shifted."""
        return {row: row for row in self.row_keys}, {column: column for column in self.column_keys}

    @cached_property
    def blank(self) -> Mapping[str, tuple[str, None, str]]:
        """The inputs as a workbook has them in which nothing was filled in: cell, value, state."""
        return {key: (at, None, "blank") for key, at in self.addresses.items()}

    @cached_property
    def merges(self) -> frozenset[Range]:
        """The merged ranges of the form sheet."""
        return frozenset(self.form_sheet.merges)

    @cached_property
    def conditions(self) -> Mapping[str, tuple[Holds, ...]]:
        """What tells whether something is wrong with an input, in the order of its constraints."""
        return {key: tuple(condition(one) for _, one, _ in claims) for key, claims in self.constraints.items()}

    @cached_property
    def locked(self) -> Locked:
        """What must be in the form sheet as it is."""
        keys = {(row, 1): key for row, key in self.row_keys.items()}
        keys |= {(1, column): key for column, key in self.column_keys.items()}
        texts: dict[Place, str | float] = {}
        formulas: dict[Place, str] = {}
        known = set(keys)
        for place, cell in self.form_sheet.cells.items():
            if cell.role == "input" or cell.content not in (None, ""):
                known.add(place)
            if place[0] == 1 or place[1] == 1 or cell.role in ("input", "blank") or cell.content in (None, ""):
                continue
            if isinstance(cell.content, Formula):
                formulas[place] = sys.intern(cell.content.text)
            else:
                assert cell.content is not None
                texts[place] = sys.intern(cell.content) if type(cell.content) is str else cell.content
        return Locked(texts, formulas, keys, frozenset(known))


def column_letters(column: int) -> str:
    """ "A" for 1, "AA" for 27."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """1 for "A", 27 for "AA"."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def a1(place: Place) -> str:
    """ "B7" for (7, 2)."""
    return f"{column_letters(place[1])}{place[0]}"


def from_a1(address: str) -> Place:
    """(7, 2) for "B7"."""
    letters = address.rstrip("0123456789")
    return int(address[len(letters) :]), column_number(letters)


def a1_range(area: Range) -> str:
    """ "B7:C9" for (7, 2, 9, 3), "B7" where it is one cell."""
    first, last = a1(area[:2]), a1(area[2:])
    return first if first == last else f"{first}:{last}"
