"""A plausible year of one unit: what happens month by month, and what each of its nineteen reports then says of it."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from cchc_xlsx import fields, periods
from cchc_xlsx.fields import Context
from cchc_xlsx.form.model import Form
from cchc_xlsx.issue import Issue, Line
from cchc_xlsx.periods import Period

Said = dict[str, object]
_DAY = dt.timedelta(days=1)


@cache
def context(form: Form, year: int, code: str) -> Context:
    """The inputs of a report that the whole commune fills in."""
    return fields.context(Issue(form, "Nhơn Hậu", year, "report", periods.parse(f"{year}-{code}")))


def months(period: Period) -> range:
    """The months that a period counts, from 0."""
    last = period.end.month
    held = {"month": 1, "quarter": 3}.get(period.kind, last)
    return range(last - held, last)


def year(form: Form, number: int, chance: random.Random, calm: bool = False) -> dict[str, Said]:
    """What the reports of a year say, by code of the period (“T01”): counts of a period are those of its months together."""
    codes = [code.partition("-")[2] for code in periods.codes(number)]
    lines = context(form, number, "N").lines
    told = {line.id: _MAKERS[line.measure.kind](line, chance, calm) for line in lines}
    found: dict[str, Said] = {code: {} for code in codes}
    for code in codes:
        window = months(periods.parse(f"{number}-{code}"))
        for line in lines:
            found[code] |= {line.key(name): value for name, value in told[line.id](window).items()}
    return found


Tell = Callable[[range], Mapping[str, object]]


def _amounts(chance: random.Random, level: float, calm: bool) -> list[int]:
    """Twelve months of something that happens so often a month, with seasons, growth, and better and worse months."""
    growth = chance.uniform(-0.03, 0.06)
    swing = 0.1 if calm else chance.uniform(0.1, 0.35)
    tet = chance.uniform(0.5, 1)
    return [
        _poisson(chance, level * math.exp(chance.gauss(0, swing) + growth * month) * (tet if month == 1 else 1))
        for month in range(12)
    ]


def _poisson(chance: random.Random, mean: float) -> int:
    if mean > 50:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def _rate(line: Line, chance: random.Random, calm: bool) -> Tell:
    basis = line.measure.basis
    if basis == "distinct":
        return _distinct(chance)
    if basis == "stock":
        den = chance.randint(3, 400)
        return lambda _: {"num": round(den * 0.9), "den": den}
    whole = _amounts(chance, math.exp(chance.uniform(math.log(0.3), math.log(3000))), calm)
    share = chance.uniform(0.3, 1)
    parts = [sum(chance.random() < _near(share, chance) for _ in range(one)) for one in whole]
    if basis == "cumulative":
        return lambda window: {"num": sum(parts[: window.stop]), "den": sum(whole)}
    return lambda window: _shares(sum(parts[m] for m in window), sum(whole[m] for m in window))


def _near(share: float, chance: random.Random) -> float:
    return min(1.0, max(0.0, share + chance.uniform(-0.02, 0.02)))


def _shares(num: int, den: int) -> Mapping[str, object]:
    return {"num": num, "den": den} if den else {"nil": fields.NIL}


def _distinct(chance: random.Random) -> Tell:
    """Procedures of which some are used in a month: a longer period has more of them, and not their sum."""
    count, often = chance.randint(5, 120), chance.uniform(0.1, 0.7)
    used = [{one for one in range(count) if chance.random() < often} for _ in range(12)]

    def tell(window: range) -> Mapping[str, object]:
        every = set().union(*(used[month] for month in window))
        return _shares(sum(one % 4 > 0 for one in every), len(every))

    return tell


def _count(line: Line, chance: random.Random, calm: bool) -> Tell:
    each = _amounts(chance, chance.uniform(0.2, 40), calm)
    if line.measure.basis == "stock":
        return lambda window: {"value": each[window.stop - 1]}
    if line.measure.basis == "cumulative":
        return lambda window: {"value": sum(each[: window.stop])}
    return lambda window: {"value": sum(each[month] for month in window)}


def _task(_: Line, chance: random.Random, calm: bool) -> Tell:
    done = chance.randint(0, 15)
    return lambda window: {"status": fields.DONE if window.stop > done else fields.DOING}


def _fixed(**said: object) -> Callable[[Line, random.Random, bool], Tell]:
    return lambda _line, _chance, _calm: lambda _window: said


def _percent(_: Line, chance: random.Random, calm: bool) -> Tell:
    share = chance.uniform(0.5, 0.95)
    each = [round(_near(share, chance), 3) for _ in range(12)]
    return lambda window: {"value": each[window.stop - 1]}


_MAKERS: Mapping[str, Callable[[Line, random.Random, bool], Tell]] = {
    "rate": _rate,
    "percent": _percent,
    "count": _count,
    "task": _task,
    "rank": _fixed(value=3, of=12, previous=5, previous_of=12),
    "trend": _fixed(value=0.9, previous=0.85),
    "score": _fixed(value=5),
    "grade": _fixed(value="Tốt"),
    "narrative": _fixed(status=fields.REACHED),
}


def carried(found: Mapping[str, Said], part: str, whole: str, before: float, number: int) -> None:
    """Let what is carried over be what was left on the day before."""
    all_periods = {code: periods.parse(f"{number}-{code}") for code in found}
    left = {one.end: found[code][whole] for code, one in all_periods.items()}
    for code, one in all_periods.items():
        found[code][part] = left.get(one.start - _DAY, before)


def ordered(codes: Sequence[str], number: int) -> list[str]:
    """Codes in the order in which their reports are sent."""
    all_periods = {code: periods.parse(f"{number}-{code}") for code in codes}
    return sorted(codes, key=lambda code: (all_periods[code].end, -all_periods[code].start.toordinal()))
