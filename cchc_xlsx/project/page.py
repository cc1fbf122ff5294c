"""What a sheet of the set-up workbook is, as data: its columns or lines, and what each asks for."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from cchc_xlsx.lang import Text

Kind = Literal["text", "whole", "date", "list", "mark"]


class Ask(Struct, frozen=True):
    """What a cell is to hold: its kind, what is said while it is filled in, and within what."""

    kind: Kind
    prompt: Text
    source: str = ""  # for a list: its name on the sheet of lists, or "page.column"
    low: int = 0
    high: int = 0
    is_needed: bool = False  # yellow while it is blank
    is_open: bool = False  # for a list: more may be meant than it knew when it was made


class Column(Struct, frozen=True):
    """A column: its key in the hidden row, its heading, its width in characters, what its cells ask for (None: locked)."""

    key: str
    title: Text
    width: float
    ask: Ask | None = None
    is_centred: bool = False
    is_date: bool = False


class Line(Struct, frozen=True):
    """A row that is always there: its key in the hidden column, and what it asks for in the column “value”."""

    key: str
    title: Text
    ask: Ask
    group: Text | None = None  # a heading above it


class Page(Struct, frozen=True):
    """A sheet: either fixed lines with one input each, or rows of columns, `room` of them beyond what is filled in."""

    key: str
    name: Text
    title: Text
    note: Text
    columns: tuple[Column, ...]
    lines: tuple[Line, ...] = ()
    room: int = 0
    lines_high: int = 1  # of a row that is prefilled: what is typed later does not make it higher
    is_landscape: bool = True

    @property
    def marker(self) -> str:
        """What stands in the first cell, so that the sheet is known under any name."""
        return f"cchc.{self.key}"

    def column(self, key: str) -> Column:
        """The column of that key."""
        return next(one for one in self.columns if one.key == key)
