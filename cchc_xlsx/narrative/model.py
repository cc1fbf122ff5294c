"""What a periodic report says: its opening, each annex with its counts, findings in words and table, what units ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from cchc_xlsx.periods import Period

Align = Literal["left", "center"]


class Office(Struct, frozen=True):
    """Who reports, and what is known of the letter: the level above, the year's plan, number and date where they are given."""

    superior: str = ""
    plan_number: str = ""
    plan_date: dt.date | None = None
    number: str = ""
    day: dt.date | None = None


class Cell(Struct, frozen=True):
    """One cell of the annex's table; `rows` and `columns` are what it covers, itself included; `is_head`: what is below belongs to it."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    bold: bool = False
    align: Align = "left"
    is_head: bool = False


class Table(Struct, frozen=True):
    """The annex's table: widths of its columns in mm, its cells in reading order; the first `head` rows are its header."""

    widths: tuple[float, ...]
    head: int
    rows: int
    cells: tuple[Cell, ...]


class Item(Struct, frozen=True):
    """One thing that is told, and what is said about it."""

    text: str
    notes: tuple[str, ...] = ()


class Part(Struct, frozen=True):
    """Things of one kind: "a) Chỉ tiêu chưa đạt"."""

    letter: str
    title: str
    items: tuple[Item, ...]


class Bar(Struct, frozen=True):
    """A result beside its target, both as shares of the same whole, and both as they are said."""

    name: str
    result: float | None
    target: float
    said: str
    wanted: str
    outcome: str


class Group(Struct, frozen=True):
    """Lines of the annex that stand together, counted by outcome."""

    name: str
    counts: Mapping[str, int]


class Annex(Struct, frozen=True):
    """One form's results; `number` is "Phụ lục" or "Phụ lục II", `unit_count` who is in the figures of how many."""

    form: str
    number: str
    title: tuple[str, ...]
    about: str
    unit_count: tuple[int, int]
    completeness: tuple[str, ...]
    overall: tuple[str, ...]
    parts: tuple[Part, ...]
    table: Table
    codes: str
    counts: Mapping[str, int]
    groups: tuple[Group, ...]
    bars: tuple[Bar, ...]


class Voice(Struct, frozen=True):
    """What one unit says in a free text, line by line."""

    unit: str
    lines: tuple[str, ...]


class Narrative(Struct, frozen=True):
    """The whole report of one commune for one period."""

    commune: str  # "xã Nhơn Hậu"
    place: str  # "Nhơn Hậu"
    year: int
    period: Period
    period_name: str
    office: Office
    basis: tuple[str, ...]  # căn cứ
    opening: str
    warning: str
    annexes: tuple[Annex, ...]
    difficulties: tuple[Voice, ...]
    proposals: tuple[Voice, ...]
