"""All that is asked of a report beside those of other periods, the gravest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from cchc_xlsx import periods
from cchc_xlsx.fields import Context
from cchc_xlsx.history import confused, falls, jumps
from cchc_xlsx.history.model import Claim, Past, Said
from cchc_xlsx.history.view import View, order
from cchc_xlsx.periods import Period

_MERGED = dt.date(2025, 7, 1)  # the communes that exist since then are others: no series goes over this day
_RULES: tuple[Callable[[View], Iterator[Claim]], ...] = (
    confused.confused,
    falls.fallen,
    falls.unfinished,
    falls.altered,
    falls.carried,
    jumps.jumps,
)


def claims(ctx: Context, said: Said, past: Past) -> tuple[Claim, ...]:
    """What contradicts the past in a report, one claim an input at most, the gravest; `past` is that of its own unit."""
    period = ctx.issue.period
    if period is None or not past:
        return ()
    known = [(periods.parse(one.period), one.said) for one in past if one.period != period.code]
    alike = [one for one in known if not _is_broken(ctx, one[0], period)]
    view = View(ctx, period, said, tuple(sorted(alike, key=lambda one: order(one[0]))))
    found: dict[str, Claim] = {}
    for one in sorted((one for ask in _RULES for one in ask(view)), key=lambda one: one.code):  # errors before warnings
        found.setdefault(one.key, one)
    return tuple(found.values())


def _is_broken(ctx: Context, one: Period, other: Period) -> bool:
    """Whether the communes were merged between two periods: a form of the time since then belongs to another commune."""
    first, last = sorted((one.end, other.end))
    return ctx.issue.form.era == "post" and first < _MERGED <= last
