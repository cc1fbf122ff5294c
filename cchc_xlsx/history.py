"""What a workbook says against what the same unit reported for other periods: figures alone, wherever they are kept."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, NamedTuple

from cchc_xlsx import periods, values
from cchc_xlsx.fields import DONE, NIL, Context
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Line
from cchc_xlsx.lang import Text
from cchc_xlsx.periods import Period
from cchc_xlsx.rules import registry

Said = Mapping[str, object]  # accepted inputs by key: percents as fractions, as a check tells them
Accepted = Mapping[str, tuple[str, object, str]]  # the same with their cells and states

LETTER = "H"  # of the codes
_KEPT = ("num", "den", "value", "of", "previous", "previous_of", "status", "nil")
_MERGED = dt.date(2025, 7, 1)  # the communes that exist since then are others: no series goes over this day
_OF_WINDOW = ("flow", "distinct", "survey")  # counted over the window of the period
_SUMS = ("flow",)  # what two periods have in common is counted once: they add up
_LIKE_PERCENT = 0.0005  # half of the last digit that a percentage shows
_MOST_ROWS = 3  # that a message names

# A jump: at least four periods of the same kind, and further from their median than any year's ups and downs.
_FEWEST = 4
_WIDTH = 7.0  # how often the spread; 1.4826 × MAD is the spread of normal figures
_SPREAD, _SPREAD_SHARE = 0.25, 0.4 / _WIDTH  # the least spread: a quarter more or less, as a logarithm; of shares
_FEWEST_MORE = 20.0  # things: below that no difference is worth a word
_TEN = 10.0  # things: of fewer there is no share worth the name
_ROWS_ALIKE, _NEARLY_ALL = (
    3,
    0.8,
)  # rows of ten things or more, and their share, until quarter III looks like nine months


class Whose(NamedTuple):
    """Who reports what: the periods of one such are compared."""

    form: str
    commune: str
    commune_code: str | None
    unit: str


@dataclass(frozen=True, slots=True)
class Reported:
    """What a unit reported for a period: the figures and answers that may be compared, by key."""

    whose: Whose
    period: str
    said: Said


Past = Sequence[Reported]
_RATIO = Text("Tỷ lệ", "The share")


@dataclass(frozen=True, slots=True)
class Claim:
    """What is wrong with an input: the code of the rule, and the places of its message."""

    code: str
    key: str
    data: Mapping[str, object]


def whose(who: Identity) -> Whose:
    """Whose reports a workbook is one of."""
    return Whose(who.form, values.nfc(who.commune), who.commune_code, who.unit)


def reported(who: Identity, accepted: Accepted) -> Reported | None:
    """What a workbook reports; None for a plan."""
    if who.kind != "report" or who.period is None:
        return None
    kept = {
        key: value for key, (_, value, _) in accepted.items() if value is not None and key.rpartition(".")[2] in _KEPT
    }
    return Reported(whose(who), who.period, kept)


def of(past: Past, who: Identity) -> Past:
    """What the same unit reported for other periods."""
    mine = whose(who)
    return [one for one in past if one.whose == mine and one.period != who.period]


def to_json(past: Past) -> list[Any]:
    """The past as plain data."""
    return [[*one.whose, one.period, dict(one.said)] for one in past]


def from_json(said: Sequence[Any]) -> Past:
    """The past that plain data tell."""
    return [Reported(Whose(*who), period, figures) for *who, period, figures in said]


# --------------------------------------------------------------------------------------------------------------- claims


@dataclass(frozen=True, slots=True)
class _View:
    """A workbook's inputs and what is known of other periods, in their order: by the last day, the shorter first."""

    ctx: Context
    period: Period
    said: Said
    known: tuple[tuple[Period, Said], ...]

    @property
    def earlier(self) -> Iterator[tuple[Period, Said]]:
        """The periods before this one, the last first."""
        return ((one, said) for one, said in reversed(self.known) if _order(one) < _order(self.period))

    @property
    def this_year(self) -> Iterator[tuple[Period, Said]]:
        """Those of the same year."""
        return ((one, said) for one, said in self.earlier if one.year == self.period.year)

    @property
    def lines(self) -> Iterator[Line]:
        """The lines that this workbook reports."""
        return (line for line in self.ctx.lines if line.is_open)

    def of(self, code: str) -> Said:
        """What is known of a period of this year; nothing where it is not."""
        return next((said for one, said in self.known if one.code == f"{self.period.year}-{code}"), {})

    def claim(self, code: str, line: Line, name: str, **data: object) -> Claim:
        """The claim about a figure; where “không phát sinh” stands instead of it, about that."""
        key = line.key(name)
        at = key if key in self.said else line.key("nil")
        now = data.pop("now", None) or _told(self.said.get(at))
        return Claim(code, at, {"what": self.ctx.fields[key].title, "now": now, **data})


def _order(period: Period) -> tuple[dt.date, int]:
    return period.end, -period.start.toordinal()


def claims(ctx: Context, said: Said, past: Past) -> tuple[Claim, ...]:
    """What contradicts the past in a report, one claim an input at most, the gravest; `past` is that of its own unit."""
    period = ctx.issue.period
    if period is None or not past:
        return ()
    known = [(periods.parse(one.period), one.said) for one in past if one.period != period.code]
    alike = [one for one in known if not _is_broken(ctx, one[0], period)]
    view = _View(ctx, period, said, tuple(sorted(alike, key=lambda one: _order(one[0]))))
    found: dict[str, Claim] = {}
    for one in sorted((one for ask in _RULES for one in ask(view)), key=lambda one: one.code):  # errors before warnings
        found.setdefault(one.key, one)
    return tuple(found.values())


def _is_broken(ctx: Context, one: Period, other: Period) -> bool:
    """Whether the communes were merged between two periods: a form of the time since then belongs to another commune."""
    first, last = sorted((one.end, other.end))
    return ctx.issue.form.era == "post" and first < _MERGED <= last


def _number(said: Said, line: Line, name: str) -> float | None:
    """A figure; 0 where nothing happened."""
    value = said.get(line.key(name))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    return 0.0 if value is None and said.get(line.key("nil")) == NIL else None


def _counts(line: Line, bases: Sequence[str]) -> tuple[str, ...]:
    """The fields of a line that are counts of such a basis."""
    if line.measure.basis not in bases:
        return ()
    return {"rate": ("den", "num"), "count": ("value",)}.get(line.measure.kind, ())


def _told(value: object) -> Text:
    return registry.told(value)


def _share(value: float) -> Text:
    return Text(values.say_percent(value), f"{value * 100:,.4g}%")


def _name(period: Period) -> Text:
    """What a period is called inside a sentence: "quý I năm 2027"."""
    name = periods.name(period)
    return Text(name.vi[:1].lower() + name.vi[1:], name.en[:1].lower() + name.en[1:])


# ---------------------------------------------------------------------------------------------------- falls, tasks, years


def _fallen(view: _View) -> Iterator[Claim]:
    """Only 6T, 9T and N contain one another; a running total falls nowhere in a year, but its words are easily overlooked."""
    for line in view.lines:
        running = ("num",) if line.measure.kind == "rate" else ("value",)
        is_running = line.measure.basis == "cumulative"
        for name in running if is_running else _counts(line, _OF_WINDOW):
            now = _number(view.said, line, name)
            if now is None:
                continue
            held = [one for one in _figures(view.this_year, line, name) if periods.contains(view.period, one[0])]
            claim = _fall(view, "H801", line, name, now, held)
            if claim is None and is_running:
                claim = _fall(view, "H822", line, name, now, list(_figures(view.this_year, line, name)))
            if claim:
                yield claim


def _figures(known: Iterator[tuple[Period, Said]], line: Line, name: str) -> Iterator[tuple[Period, float]]:
    """What is known of a figure."""
    return ((one, value) for one, said in known if (value := _number(said, line, name)) is not None)


def _fall(
    view: _View, code: str, line: Line, name: str, now: float, before: Sequence[tuple[Period, float]]
) -> Claim | None:
    most = max(before, key=lambda one: one[1], default=None)
    if most is None or most[1] <= now:
        return None
    return view.claim(code, line, name, before=_name(most[0]), known=_told(most[1]))


def _unfinished(view: _View) -> Iterator[Claim]:
    for line in view.lines:
        key = line.key("status")
        if line.measure.kind == "task" and view.said.get(key) not in (None, DONE):
            for before, said in view.this_year:
                if said.get(key) == DONE:
                    yield view.claim("H802", line, "status", before=_name(before), known=DONE)
                    break


_PREVIOUS = {"rank": {"previous": "value", "previous_of": "of"}, "trend": {"previous": "value"}}


def _altered(view: _View) -> Iterator[Claim]:
    """What is typed of last year, against last year's report; else against an earlier report of this year."""
    last = next((one for one in view.known if one[0].code == f"{view.period.year - 1}-N"), None)
    for line in view.lines:
        for name, was in _PREVIOUS.get(line.measure.kind, {}).items():
            if line.key(name) not in view.said:
                continue
            if last and line.key(was) in last[1]:
                yield from _differing(view, "H803", line, name, last, was)
            else:
                before = next((one for one in view.this_year if line.key(name) in one[1]), None)
                if before:
                    yield from _differing(view, "H823", line, name, before, name)


def _differing(view: _View, code: str, line: Line, name: str, before: tuple[Period, Said], was: str) -> Iterator[Claim]:
    now, known = _number(view.said, line, name), _number(before[1], line, was)
    is_share = line.measure.kind == "trend"
    if now is None or known is None or abs(now - known) <= (_LIKE_PERCENT if is_share else 0) + 1e-9:
        return
    tell: Callable[[float], Text] = _share if is_share else _told
    yield view.claim(code, line, name, now=tell(now), before=_name(before[0]), known=tell(known))


def _carried(view: _View) -> Iterator[Claim]:
    """What is carried over, against the period that ended on the day before: one of the same kind, else the longest."""
    ended = view.period.start - dt.timedelta(days=1)
    adjacent = [one for one in view.known if one[0].end == ended]
    adjacent.sort(key=lambda one: (one[0].kind != view.period.kind, one[0].start))
    for relation in view.ctx.issue.form.relations:
        if relation.kind != "carry" or relation.part not in view.ctx.fields:
            continue
        (line, name), (other, left) = (_placed(view, key) for key in (relation.part, relation.whole))
        now = _number(view.said, line, name)
        known = next(((one, value) for one, value in _figures(iter(adjacent), other, left)), None)
        if now is not None and known and abs(now - known[1]) > 1e-9:
            said = {"before": _name(known[0]), "known": _told(known[1]), "other_label": registry.shown(other.label)}
            yield view.claim("H804", line, name, **said)


def _placed(view: _View, key: str) -> tuple[Line, str]:
    row, _, name = key.partition(".")
    return view.ctx.by_line[row], name


# --------------------------------------------------------------------------------------------------- quý III, 9 tháng


@dataclass(frozen=True, slots=True)
class _Alike:
    """A row in which quarter III and nine months may be confused."""

    line: Line
    name: str
    quarter: float
    half: float
    nine: float | None


def _confused(view: _View) -> Iterator[Claim]:
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


def _row(view: _View, line: Line, quarter: Said, nine: Said) -> Iterator[_Alike]:
    """The figures of a line of which the quarter and the six months before it are known, the total first."""
    for name in _counts(line, _SUMS):
        now, half = _number(quarter, line, name), _half(view, line, name)
        if now is not None and half:
            yield _Alike(line, name, now, half, _number(nine, line, name))


def _half(view: _View, line: Line, name: str) -> float | None:
    """A figure of the first six months, or of the first two quarters together."""
    known = _number(view.of("6T"), line, name)
    if known is not None:
        return known
    parts = [_number(view.of(code), line, name) for code in ("Q1", "Q2")]
    return sum(one for one in parts if one is not None) if None not in parts else None


def _is_same(row: _Alike) -> bool:
    """Whether the quarter has what nine months have, though the first six had a good part of that."""
    if row.nine is None or row.quarter <= row.half or row.half * 10 < row.quarter:
        return False
    return abs(row.quarter - row.nine) <= 0.02 * row.nine


def _about(view: _View, code: str, rows: Sequence[_Alike]) -> Claim:
    """One claim for all rows, at the first of them."""
    first = rows[0]
    lines = list(dict.fromkeys(one.line.id for one in rows))
    labels = [f"“{registry.shown(view.ctx.by_line[line].label)}”" for line in lines[:_MOST_ROWS]]
    shown = ", ".join(labels) + ("…" if len(lines) > _MOST_ROWS else "")
    said = {"quarter": _told(first.quarter), "half": _told(first.half), "known": _told(first.nine)}
    return view.claim(code, first.line, first.name, **said, count=len(lines), rows=shown)


# ---------------------------------------------------------------------------------------------------------------- jumps


def _jumps(view: _View) -> Iterator[Claim]:
    """At most one a line: a total ten times too large makes its share too small as well."""
    alike = [said for one, said in view.earlier if one.kind == view.period.kind]
    if len(alike) < _FEWEST:
        return
    for line in view.lines:
        if line.once_a_year or line.measure.basis == "cumulative":
            continue
        claim = next((one for one in _of_line(view, line, alike) if one), None)
        if claim:
            yield claim


def _of_line(view: _View, line: Line, alike: Sequence[Said]) -> Iterator[Claim | None]:
    if line.measure.kind == "rate":
        yield _count_jump(view, line, "den", alike)
        yield _count_jump(view, line, "num", alike)
        yield _share_jump(view, line, "num", "den", alike)
    elif line.measure.kind == "count":
        yield _count_jump(view, line, "value", alike)
    elif line.measure.kind == "percent":
        yield _share_jump(view, line, "value", None, alike)


def _plain(said: Said, line: Line, name: str) -> float | None:
    """A figure that was typed: a period in which nothing happened says nothing about the others."""
    return _number(said, line, name) if line.key(name) in said else None


def _count_jump(view: _View, line: Line, name: str, alike: Sequence[Said]) -> Claim | None:
    """Counts are compared as logarithms: twice as many and half as many are equally far.

    The spread is never below a quarter more or less, so that equal figures (MAD 0) bind nobody, nor below that of chance,
    which for a few things is large.
    """
    now = _plain(view.said, line, name)
    known = [value for said in alike if (value := _plain(said, line, name)) is not None]
    if now is None or len(known) < _FEWEST:
        return None
    middle = median(known)
    logs = [math.log1p(one) for one in known]
    spread = max(_mad(logs), _SPREAD, 1 / math.sqrt(1 + middle))
    if abs(now - middle) < _FEWEST_MORE or abs(math.log1p(now) - math.log1p(middle)) <= _WIDTH * spread:
        return None
    return _jump(view, line, name, known, now, _told)


def _share_jump(view: _View, line: Line, name: str, of: str | None, alike: Sequence[Said]) -> Claim | None:
    """Shares as they are; one of few things says little, one of very few nothing."""
    now = _ratio(view.said, line, name, of)
    known = [value[0] for said in alike if (value := _ratio(said, line, name, of))]
    if now is None or len(known) < _FEWEST:
        return None
    middle = median(known)
    chance = min(max(middle, 0.1), 0.9)
    spread = max(_mad(known), _SPREAD_SHARE, math.sqrt(chance * (1 - chance) / now[1]))
    if abs(now[0] - middle) <= _WIDTH * spread:
        return None
    return _jump(view, line, name, known, now[0], _share)


def _ratio(said: Said, line: Line, name: str, of: str | None) -> tuple[float, float] | None:
    """A share, and of how many things it is one, where they are not too few; a bare percentage may be one of any number."""
    value = _plain(said, line, name)
    whole = _plain(said, line, of) if of else math.inf
    if value is None or whole is None or whole < _TEN:
        return None
    return (value / whole if of else value), whole


def _mad(known: Sequence[float]) -> float:
    """The spread of figures by their median distance from the median, as of normal ones."""
    middle = median(known)
    return 1.4826 * median(abs(one - middle) for one in known)


def _jump(
    view: _View, line: Line, name: str, known: Sequence[float], now: float, tell: Callable[[float], Text]
) -> Claim:
    low, high, middle = (tell(one(known)) for one in (min, max, median))
    claim = view.claim("H821", line, name, now=tell(now), count=len(known), low=low, high=high, middle=middle)
    is_ratio = tell is _share and line.measure.kind == "rate"
    return replace(claim, data={**claim.data, "what": _RATIO}) if is_ratio else claim


_RULES: tuple[Callable[[_View], Iterator[Claim]], ...] = (
    _confused,
    _fallen,
    _unfinished,
    _altered,
    _carried,
    _jumps,
)
