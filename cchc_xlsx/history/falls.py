"""What contradicts an earlier report: counts that fell, tasks no longer finished, altered figures, what was carried over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from cchc_xlsx import periods
from cchc_xlsx.fields import DONE
from cchc_xlsx.history.model import Claim, Said
from cchc_xlsx.history.view import View, called, counts, figures, number, share, told
from cchc_xlsx.issue import Line
from cchc_xlsx.lang import Text
from cchc_xlsx.periods import Period
from cchc_xlsx.rules import registry

_OF_WINDOW = ("flow", "distinct", "survey")  # counted over the window of the period
_LIKE_PERCENT = 0.0005  # half of the last digit that a percentage shows


def fallen(view: View) -> Iterator[Claim]:
    """Only 6T, 9T and N contain one another; a running total falls nowhere in a year, but its words are easily overlooked."""
    for line in view.lines:
        running = ("num",) if line.measure.kind == "rate" else ("value",)
        is_running = line.measure.basis == "cumulative"
        for name in running if is_running else counts(line, _OF_WINDOW):
            now = number(view.said, line, name)
            if now is None:
                continue
            held = [one for one in figures(view.this_year, line, name) if periods.contains(view.period, one[0])]
            claim = _fall(view, "H801", line, name, now, held)
            if claim is None and is_running:
                claim = _fall(view, "H822", line, name, now, list(figures(view.this_year, line, name)))
            if claim:
                yield claim


def _fall(
    view: View, code: str, line: Line, name: str, now: float, before: Sequence[tuple[Period, float]]
) -> Claim | None:
    most = max(before, key=lambda one: one[1], default=None)
    if most is None or most[1] <= now:
        return None
    return view.claim(code, line, name, before=called(most[0]), known=told(most[1]))


def unfinished(view: View) -> Iterator[Claim]:
    """Tasks that an earlier report of the year has as finished."""
    for line in view.lines:
        key = line.key("status")
        if line.measure.kind == "task" and view.said.get(key) not in (None, DONE):
            for before, said in view.this_year:
                if said.get(key) == DONE:
                    yield view.claim("H802", line, "status", before=called(before), known=DONE)
                    break


_PREVIOUS = {"rank": {"previous": "value", "previous_of": "of"}, "trend": {"previous": "value"}}


def altered(view: View) -> Iterator[Claim]:
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


def _differing(view: View, code: str, line: Line, name: str, before: tuple[Period, Said], was: str) -> Iterator[Claim]:
    now, known = number(view.said, line, name), number(before[1], line, was)
    is_share = line.measure.kind == "trend"
    if now is None or known is None or abs(now - known) <= (_LIKE_PERCENT if is_share else 0) + 1e-9:
        return
    tell: Callable[[float], Text] = share if is_share else told
    yield view.claim(code, line, name, now=tell(now), before=called(before[0]), known=tell(known))


def carried(view: View) -> Iterator[Claim]:
    """What is carried over, against the period that ended on the day before: one of the same kind, else the longest."""
    ended = view.period.start - dt.timedelta(days=1)
    adjacent = [one for one in view.known if one[0].end == ended]
    adjacent.sort(key=lambda one: (one[0].kind != view.period.kind, one[0].start))
    for relation in view.ctx.issue.form.relations:
        if relation.kind != "carry" or relation.part not in view.ctx.fields:
            continue
        (line, name), (other, left) = (_placed(view, key) for key in (relation.part, relation.whole))
        now = number(view.said, line, name)
        known = next(((one, value) for one, value in figures(iter(adjacent), other, left)), None)
        if now is not None and known and abs(now - known[1]) > 1e-9:
            said = {"before": called(known[0]), "known": told(known[1]), "other_label": registry.shown(other.label)}
            yield view.claim("H804", line, name, **said)


def _placed(view: View, key: str) -> tuple[Line, str]:
    row, _, name = key.partition(".")
    return view.ctx.by_line[row], name
