"""Communes beside each other: places with ties, and values far from the others by median and MAD."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from msgspec import Struct

from cchc_xlsx.consolidate.model import NO_DATA, PROVISIONAL
from cchc_xlsx.expr import Scalar
from cchc_xlsx.fields import NOT_REACHED, REACHED
from cchc_xlsx.issue import Line

LEAST = 5  # values below which nobody can say what is usual
FAR = 3.5  # robust standard deviations from the median (Iglewicz and Hoaglin)
_TO_SIGMA = 1.4826  # of a normal distribution, the standard deviation in units of the MAD
# Where most communes agree the MAD is 0 and any other value would be far away: no spread counts as less than this.
_LEAST_SHARE, _LEAST_VALUE = 0.01, 1.0


class Bounds(Struct, frozen=True):
    """What is usual in a line: the median, the MAD, and between which values nobody is asked."""

    median: float
    mad: float
    low: float
    high: float

    def is_far(self, value: Scalar) -> bool:
        """Whether a value lies outside."""
        return isinstance(value, (int, float)) and not self.low <= value <= self.high


def bounds(values: Sequence[float], *, is_share: bool) -> Bounds | None:
    """The bounds of a line's values; None where there are too few."""
    if len(values) < LEAST:
        return None
    median = statistics.median(values)
    mad = statistics.median(abs(one - median) for one in values)
    reach = FAR * max(_TO_SIGMA * mad, _LEAST_SHARE if is_share else _LEAST_VALUE)
    return Bounds(median, mad, median - reach, median + reach)


def ascending(line: Line) -> bool | None:
    """Whether the smallest value has the first place; None where a line has no places."""
    kind, target = line.measure.kind, line.target
    if kind in ("task", "narrative", "grade"):
        return None
    if target and target.op in ("<", "<=", "="):
        return True
    return None if kind == "count" and not target else kind == "rank"


def places(values: Sequence[Scalar], *, ascending: bool) -> list[int | None]:
    """The place of each value, equal ones the same, the next after them as many places on; None for what is no number."""
    numbers = [one for one in values if isinstance(one, (int, float))]
    first: dict[float, int] = {}
    for place, one in enumerate(sorted(numbers, reverse=not ascending), 1):
        first.setdefault(one, place)
    return [first[one] if isinstance(one, (int, float)) else None for one in values]


def share_met(outcomes: Iterable[str]) -> float | None:
    """Met, of all lines that should have a result: those without data are not met; None where there is none of them."""
    found = list(outcomes)
    met = found.count(REACHED)
    asked = met + found.count(NOT_REACHED) + found.count(PROVISIONAL) + found.count(NO_DATA)
    return met / asked if asked else None
