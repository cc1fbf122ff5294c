"""A report beside those of other periods: what the rules ask of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from msgspec import Struct

from cchc_xlsx import periods, values
from cchc_xlsx.fields import NIL, Context
from cchc_xlsx.history.model import Claim, Said
from cchc_xlsx.issue import Line
from cchc_xlsx.lang import Text
from cchc_xlsx.periods import Period
from cchc_xlsx.rules import registry


class View(Struct, frozen=True):
    """A workbook's inputs and what is known of other periods, in their order: by the last day, the shorter first."""

    ctx: Context
    period: Period
    said: Said
    known: tuple[tuple[Period, Said], ...]

    @property
    def earlier(self) -> Iterator[tuple[Period, Said]]:
        """The periods before this one, the last first."""
        return ((one, said) for one, said in reversed(self.known) if order(one) < order(self.period))

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
        now = data.pop("now", None) or told(self.said.get(at))
        return Claim(code, at, {"what": self.ctx.fields[key].title, "now": now, **data})


def order(period: Period) -> tuple[dt.date, int]:
    """Where a period stands: T06, Q2 and 6T close on one day, and are reported in this order."""
    return period.end, -period.start.toordinal()


def number(said: Said, line: Line, name: str) -> float | None:
    """A figure; 0 where nothing happened."""
    value = said.get(line.key(name))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    return 0.0 if value is None and said.get(line.key("nil")) == NIL else None


def counts(line: Line, bases: Sequence[str]) -> tuple[str, ...]:
    """The fields of a line that are counts of such a basis."""
    if line.measure.basis not in bases:
        return ()
    return {"rate": ("den", "num"), "count": ("value",)}.get(line.measure.kind, ())


def told(value: object) -> Text:
    """A figure or an answer as a message tells it."""
    return registry.told(value)


def share(value: float) -> Text:
    """A fraction as a percentage."""
    return Text(values.say_percent(value), f"{value * 100:,.4g}%")


def called(period: Period) -> Text:
    """What a period is called inside a sentence: "quý I năm 2027"."""
    name = periods.name(period)
    return Text(name.vi[:1].lower() + name.vi[1:], name.en[:1].lower() + name.en[1:])


def figures(known: Iterator[tuple[Period, Said]], line: Line, name: str) -> Iterator[tuple[Period, float]]:
    """What is known of a figure."""
    return ((one, value) for one, said in known if (value := number(said, line, name)) is not None)
