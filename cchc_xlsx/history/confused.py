"""Quý III and 9 tháng close on one day: the figures of one that are reported for the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from cchc_xlsx.history.model import Claim, Said
from cchc_xlsx.history.view import View, counts, number, told
from cchc_xlsx.issue import Line
from cchc_xlsx.rules import registry

_SUMS = ("flow",)  # what two periods have in common is counted once: they add up
_MOST_ROWS = 3  # that a message names
# Rows, their share of all, and things in each, until quarter III looks like nine months.
_ROWS_ALIKE, _NEARLY_ALL, _TEN = 3, 0.8, 10.0


class _Alike(Struct, frozen=True):
    """A row in which quarter III and nine months may be confused."""

    line: Line
    name: str
    quarter: float
    half: float
    nine: float | None


def confused(view: View) -> Iterator[Claim]:
    """Quarter III closes on the day of nine months, whose figures are then reported for it."""
    is_quarter = (view.period.kind, view.period.number) == ("quarter", 3)
    if not is_quarter and view.period.kind != "nine":
        return
    quarter = view.said if is_quarter else view.of("Q3")
    nine = view.of("9T") if is_quarter else view.said
    rows = [row for line in view.lines if (row := list(_row(view, line, quarter, nine)))]
    same = [next(filter(_is_same, row)) for row in rows if any(map(_is_same, row))]
    if same:
        yield _about(view, "H805" if is_quarter else "H824", same)
        return
    large = [row[0] for row in rows if row[0].nine is None and row[0].half >= _TEN]
    above = [one for one in large if one.quarter > one.half]
    if is_quarter and len(above) >= max(_ROWS_ALIKE, _NEARLY_ALL * len(large)):
        yield _about(view, "H824", above)


def _row(view: View, line: Line, quarter: Said, nine: Said) -> Iterator[_Alike]:
    """The figures of a line of which the quarter and the six months before it are known, the total first."""
    for name in counts(line, _SUMS):
        now, half = number(quarter, line, name), _half(view, line, name)
        if now is not None and half:
            yield _Alike(line, name, now, half, number(nine, line, name))


def _half(view: View, line: Line, name: str) -> float | None:
    """A figure of the first six months, or of the first two quarters together."""
    known = number(view.of("6T"), line, name)
    if known is not None:
        return known
    parts = [number(view.of(code), line, name) for code in ("Q1", "Q2")]
    return sum(one for one in parts if one is not None) if None not in parts else None


def _is_same(row: _Alike) -> bool:
    """Whether the quarter has what nine months have, though the first six had a good part of that."""
    if row.nine is None or row.quarter <= row.half or row.half * 10 < row.quarter:
        return False
    return abs(row.quarter - row.nine) <= 0.02 * row.nine


def _about(view: View, code: str, rows: Sequence[_Alike]) -> Claim:
    """One claim for all rows, at the first of them."""
    first = rows[0]
    lines = list(dict.fromkeys(one.line.id for one in rows))
    labels = [f"“{registry.shown(view.ctx.by_line[line].label)}”" for line in lines[:_MOST_ROWS]]
    shown = ", ".join(labels) + ("…" if len(lines) > _MOST_ROWS else "")
    said = {"quarter": told(first.quarter), "half": told(first.half), "known": told(first.nine)}
    return view.claim(code, first.line, first.name, **said, count=len(lines), rows=shown)
