"""Jumps far outside a unit's past, by median and MAD: a warning, and none for what any year brings."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from cchc_xlsx.history.model import Claim, Said
from cchc_xlsx.history.view import View, number, share, told
from cchc_xlsx.issue import Line
from cchc_xlsx.lang import Text

# The bounds were set so that drawn years with seasons, growth, few things and bad months have none (tests/year_drawn.py).
_FEWEST = 4  # periods of the same kind
_WIDTH = 6.5  # how often the spread; 1.4826 × MAD is the spread of normal figures
_SPREAD, _SPREAD_SHARE = 0.25, 0.4 / _WIDTH  # the least spread: a quarter more or less, as a logarithm; of shares
_FEWEST_MORE = 20.0  # things: below that no difference is worth a word
_TEN = 10.0  # things: of fewer there is no share worth the name
_RATIO = Text("Tỷ lệ", "The share")


def jumps(view: View) -> Iterator[Claim]:
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


def _of_line(view: View, line: Line, alike: Sequence[Said]) -> Iterator[Claim | None]:
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
    return number(said, line, name) if line.key(name) in said else None


def _count_jump(view: View, line: Line, name: str, alike: Sequence[Said]) -> Claim | None:
    """Counts are compared as logarithms: twice as many and half as many are equally far.

    The spread is never below a quarter more or less, so that equal figures (MAD 0) bind nobody, together with that of
    chance, which for a few things is large.
    """
    now = _plain(view.said, line, name)
    known = [value for said in alike if (value := _plain(said, line, name)) is not None]
    if now is None or len(known) < _FEWEST:
        return None
    middle = _median(known)
    logs = [math.log1p(one) for one in known]
    spread = max(_mad(logs), math.hypot(_SPREAD, 1 / math.sqrt(1 + middle)))
    if abs(now - middle) < _FEWEST_MORE or abs(math.log1p(now) - math.log1p(middle)) <= _WIDTH * spread:
        return None
    return _jump(view, line, name, known, now, told)


def _share_jump(view: View, line: Line, name: str, of: str | None, alike: Sequence[Said]) -> Claim | None:
    """Shares as they are; one of few things says little, one of very few nothing."""
    now = _ratio(view.said, line, name, of)
    known = [value[0] for said in alike if (value := _ratio(said, line, name, of))]
    if now is None or len(known) < _FEWEST:
        return None
    middle = _median(known)
    chance = min(max(middle, 0.1), 0.9)
    spread = max(_mad(known), _SPREAD_SHARE, math.sqrt(chance * (1 - chance) / now[1]))
    if abs(now[0] - middle) <= _WIDTH * spread:
        return None
    return _jump(view, line, name, known, now[0], share)


def _ratio(said: Said, line: Line, name: str, of: str | None) -> tuple[float, float] | None:
    """A share, and of how many things it is one, where they are not too few; a bare percentage may be one of any number."""
    value = _plain(said, line, name)
    whole = _plain(said, line, of) if of else math.inf
    if value is None or whole is None or whole < _TEN:
        return None
    return (value / whole if of else value), whole


def _median(known: Iterable[float]) -> float:
    """The middle one; `statistics` has it too, and takes longer to load than all of this."""
    ordered = sorted(known)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _mad(known: Sequence[float]) -> float:
    """The spread of figures by their median distance from the median, as of normal ones."""
    middle = _median(known)
    return 1.4826 * _median(abs(one - middle) for one in known)


def _jump(
    view: View, line: Line, name: str, known: Sequence[float], now: float, tell: Callable[[float], Text]
) -> Claim:
    low, high, middle = (tell(one(known)) for one in (min, max, _median))
    claim = view.claim("H821", line, name, now=tell(now), count=len(known), low=low, high=high, middle=middle)
    is_ratio = tell is share and line.measure.kind == "rate"
    return replace(claim, data={**claim.data, "what": _RATIO}) if is_ratio else claim
