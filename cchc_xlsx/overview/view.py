"""The ledger of a year's folder at a moment: each period with its counts, its units the most urgent first, and what came."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from cchc_xlsx import owing, periods, standing, units, values
from cchc_xlsx.form import render
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import obligations
from cchc_xlsx.ledger.model import Slot
from cchc_xlsx.ledger.obligations import VIETNAM, Extension, Version
from cchc_xlsx.owing import Unassigned
from cchc_xlsx.project.model import Project, Setup
from cchc_xlsx.results import Told
from cchc_xlsx.rules.model import Severity
from cchc_xlsx.standing import Seen, Standing, State, Tally

_URGENT: tuple[State, ...] = ("rejected", "held", "expected", "received", "warnings", "accepted", "nil", "excluded")
_SOON_DAYS = 30  # a period whose last day is farther off is only named, unless something came


class Line(Struct, frozen=True):
    """One obligation with what is told about it: days late, days left, what its last day was put off by."""

    standing: Standing
    days_late: int
    days_left: int | None
    extensions: tuple[Extension, ...] = ()

    @property
    def state(self) -> State:
        """How it stands."""
        return self.standing.state

    @property
    def slot(self) -> Slot:
        """Form, period and unit."""
        return self.standing.obligation.slot

    @property
    def findings(self) -> Mapping[Severity, int]:
        """How many open findings there are of each severity."""
        return Counter(one.severity for one in self.standing.findings)


class UnitView(Struct, frozen=True):
    """What one unit owes for a period, the most urgent first."""

    code: str
    name: str
    lines: tuple[Line, ...]
    tally: Tally


class PeriodView(Struct, frozen=True):
    """One period: its last days for the units and for the commune, its counts, its units, the most urgent first.

    `is_ahead`: nothing came and its last day is more than a month away.
    """

    code: str
    name: Text
    due: dt.date | None  # None where the set-up no longer has it
    upward_due: dt.date | None
    tally: Tally
    units: tuple[UnitView, ...]
    is_ahead: bool

    @property
    def lines(self) -> Iterator[Line]:
        """Every obligation, the most urgent unit first."""
        return (line for unit in self.units for line in unit.lines)


class Waiting(Struct, frozen=True):
    """A version that the clerk has to decide about, with the name of the unit that its workbook is of."""

    version: Version
    unit_name: str


class Overview(Struct, frozen=True):
    """The whole: the office, the moment (+07:00), the periods, what waits for the clerk, every mail and file that came.

    `plans` are the forms of these periods whose plan in force leaves contents without a target.
    """

    commune: str
    year: int
    at: dt.datetime
    periods: tuple[PeriodView, ...]
    held: tuple[Waiting, ...]
    seen: tuple[Seen, ...]
    plans: tuple[Unassigned, ...]

    @property
    def findings(self) -> Iterator[tuple[Line, Told]]:
        """Every open finding with its obligation."""
        return ((line, told) for period in self.periods for line in period.lines for told in line.standing.findings)


def drawn(project: Project, book: sqlite3.Connection, at: dt.datetime, period: str | None = None) -> Overview:
    """The view of a ledger whose obligations are settled, of one period or of all."""
    given = obligations.extensions(book)
    by_period: dict[str, list[Line]] = {}
    for one in standing.standings(book, at, period):
        slot = one.obligation.slot
        line = Line(one, one.days_late(at), one.days_left(at), given.get(slot, ()))
        by_period.setdefault(slot.period, []).append(line)
    waiting = (one for one in obligations.held(book) if period in (None, one.slot.period))
    setup = project.setup
    return Overview(
        setup.office.commune,
        setup.office.year,
        at.astimezone(VIETNAM),
        tuple(sorted((_period(setup, code, lines, at) for code, lines in by_period.items()), key=_order)),
        tuple(Waiting(one, unit_name(setup, one.slot.unit)) for one in waiting),
        standing.seen(book),
        tuple(one for one in owing.unassigned(project, book) if period is None or one.form in setup.owed(period)),
    )


def unit_name(setup: Setup, code: str) -> str:
    """What a unit is called in the set-up; the commune itself for XA, the code where nobody knows it."""
    if code == units.COMMUNE:
        return f"UBND {render.full(setup.office.commune)}"
    known = setup.by_code.get(code)
    return known.name if known else code


def _period(setup: Setup, code: str, lines: Sequence[Line], at: dt.datetime) -> PeriodView:
    by_unit: dict[str, list[Line]] = {}
    for line in lines:
        by_unit.setdefault(line.slot.unit, []).append(line)
    found = [_unit(setup, unit, of_unit) for unit, of_unit in by_unit.items()]
    found.sort(key=lambda one: (_urgency(one.lines[0]), values.collation_key(one.name)))
    known = setup.by_period.get(code)
    last = min(line.standing.obligation.due for line in lines)
    is_quiet = all(line.state in ("expected", "excluded") for line in lines)
    return PeriodView(
        code,
        periods.name(periods.parse(code)),
        known.unit_deadline if known else None,
        known.upward_deadline if known else None,
        standing.tally([line.standing for line in lines]),
        tuple(found),
        is_quiet and (last - at.astimezone(VIETNAM).date()).days > _SOON_DAYS,
    )


def _unit(setup: Setup, code: str, lines: Sequence[Line]) -> UnitView:
    urgent = tuple(sorted(lines, key=lambda line: (_urgency(line), line.slot.form)))
    return UnitView(code, unit_name(setup, code), urgent, standing.tally([line.standing for line in lines]))


def _urgency(line: Line) -> tuple[int, int, int]:
    """Who is late and sent nothing comes first, the latest before the others; then by what is to be done."""
    is_missing = line.state == "expected" and line.days_late > 0
    return 0 if is_missing else 1, -line.days_late if is_missing else _URGENT.index(line.state), -line.days_late


def _order(one: PeriodView) -> tuple[dt.date, str]:
    found = periods.parse(one.code)
    return found.end, one.code
