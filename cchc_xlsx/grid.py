"""A workbook as it was read: what stands in each cell, before anything is believed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct, field

Place = tuple[int, int]
Range = tuple[int, int, int, int]
Raw = str | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta


class Grid(Struct, frozen=True):
    """One worksheet: values by row and column from 1, and what the values alone do not show."""

    name: str
    values: Mapping[Place, Raw]
    formulas: Mapping[Place, str] = field(default_factory=dict)
    errors: Mapping[Place, str] = field(default_factory=dict)
    bools: frozenset[Place] = frozenset()
    dates: frozenset[Place] = frozenset()  # numbers that the cell's format shows as a date
    merges: frozenset[Range] = frozenset()
    is_visible: bool = True
    is_protected: bool = True


class Book(Struct, frozen=True):
    """All worksheets of a workbook and the identity that its properties carry."""

    sheets: tuple[Grid, ...]
    property_token: str | None = None
