"""The year's folder and its ledger → who owes what by when, and the workbooks that are sent out for it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import earlier, extras, generate, periods, results, values
from cchc_xlsx.errors import CchcError
from cchc_xlsx.extras import Extras
from cchc_xlsx.form import load
from cchc_xlsx.generate import Made, Order
from cchc_xlsx.issue import Issue, Local, Plan, lines
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import earlier_years, obligations, plans
from cchc_xlsx.ledger.earlier_years import OfYear
from cchc_xlsx.ledger.model import Slot
from cchc_xlsx.ledger.obligations import Obligation
from cchc_xlsx.periods import Period, unit_deadline
from cchc_xlsx.project.model import Project
from cchc_xlsx.recognise import GivenPlan

_NOT_ASKED = "cchc.xlsx"  # why an obligation is excluded: the set-up no longer has it
_NOT_IN_USE = Text(
    "Kỳ {period} không được dùng trong trang “Kỳ báo cáo” của tệp cchc.xlsx. Các kỳ đang dùng: {known}.",
    "The period {period} is not in use on the sheet “Kỳ báo cáo” of cchc.xlsx. In use: {known}.",
)
_NOT_OWED = Text(
    "Không có biểu nào phải nộp cho kỳ {period}; xem trang “Biểu” của tệp cchc.xlsx.",
    "No form is owed for {period}; see the sheet “Biểu” of cchc.xlsx.",
)
_NOT_THIS_UNIT = Text(
    "Đơn vị “{unit}” không phải nộp biểu nào như vậy cho kỳ {period}. Phải nộp: {known}.",
    "“{unit}” owes no such form for {period}. Who does: {known}.",
)
_NO_LATER = Text(
    "Hạn mới {until} phải sau hạn đang có {due} ({form}).",
    "The new last day {until} has to be after the present one, {due} ({form}).",
)
_NO_WHY = Text("Ghi lý do gia hạn trong --why.", "Say in --why why it is put off.")


class Unassigned(Struct, frozen=True):
    """How much of a form is without a target: `without` of the `asked` contents that need one. `plan` is the number of the plan
    in force, 0 while there is none."""

    form: str
    plan: int
    without: int
    asked: int


def unassigned(project: Project, book: sqlite3.Connection) -> tuple[Unassigned, ...]:
    """The forms in use that have contents without a target: no report says of these whether they are met."""
    found = (_unassigned(project, book, one.form) for one in project.setup.forms)
    return tuple(one for one in found if one.without)


def _unassigned(project: Project, book: sqlite3.Connection, form: str) -> Unassigned:
    number, overlay = plans.latest(book, form)
    office, found = project.setup.office, load.find(form, own=project.own_forms)
    whose = Issue(found, office.commune, office.year, "plan", plan=Plan(number, overlay))
    asked = [line for line in lines(whose) if line.needs_target]
    return Unassigned(found.id, number, sum(line.target is None for line in asked), len(asked))


def settled(project: Project, book: sqlite3.Connection) -> Mapping[Slot, Obligation]:
    """The obligations by slot, made those of the set-up and of the plans in force."""
    obligations.settle(book, dict(_owed(project, book)), _NOT_ASKED)
    return {one.slot: one for one in obligations.all_of(book) if one.excluded is None}


def _owed(project: Project, book: sqlite3.Connection) -> Iterator[tuple[Slot, dt.date]]:
    for one in project.setup.rounds:
        code = one.period.code
        for form in project.setup.owed(code):
            for issue in generate.issues(_order(project, book, form, code, Path(), names_only=True)):
                yield Slot(form, code, issue.unit), one.unit_deadline


def owed(project: Project, period: str) -> Sequence[str]:
    """The forms that are owed for a period. Raises CchcError where there are none, naming the periods in use."""
    if period not in project.setup.by_period:
        raise CchcError(_NOT_IN_USE.format(period=period, known=", ".join(project.setup.by_period)))
    found = project.setup.owed(period)
    if not found:
        raise CchcError(_NOT_OWED.format(period=period))
    return found


def extend(
    project: Project,
    book: sqlite3.Connection,
    period: str,
    unit: str,
    form: str | None,
    until: dt.date,
    *,
    who: str,
    why: str,
    now: dt.datetime,
) -> Sequence[Obligation]:
    """Put off a unit's last day for a form, or for all that it owes for a period; gives what was put off.

    Raises CchcError where that unit owes nothing of the kind, or the day is no later one.
    """
    code = periods.parse(period).code
    owed(project, code)
    asked = [one for one in settled(project, book).values() if one.slot.period == code]
    found = [one for one in asked if one.slot.unit == unit.strip().upper() and form in (None, one.slot.form)]
    if not found:
        known = ", ".join(dict.fromkeys(one.slot.unit for one in asked if form in (None, one.slot.form))) or "–"
        raise CchcError(_NOT_THIS_UNIT.format(unit=unit, period=code, known=known))
    for one in found:
        if until <= one.due:
            raise CchcError(_NO_LATER.format(until=_said(until), due=_said(one.due), form=one.slot.form))
    if not why.strip():
        raise CchcError(_NO_WHY)
    for one in found:
        obligations.extend(book, one.slot, until, who, why.strip(), now)
    return found


def _said(day: dt.date) -> Text:
    return Text(values.say_date(day), day.isoformat())


def made(
    project: Project, book: sqlite3.Connection, period: str | None, forms: Sequence[str], out: Path | None = None
) -> tuple[Made, ...]:
    """The workbooks of forms for a period, one a unit; the plan of the year without a period. Nothing is written yet."""
    out = out or project.outgoing(period)
    return tuple(one for form in forms for one in generate.make(_order(project, book, form, period, out)))


def remember(book: sqlite3.Connection, workbooks: Sequence[Made], now: dt.datetime) -> None:
    """Enter what workbooks carry: one that comes back without that is known all the same."""
    obligations.remember(book, {one.identity.token: one.carried for one in workbooks}, now)


def _order(
    project: Project, book: sqlite3.Connection, form: str, period: str | None, out: Path, *, names_only: bool = False
) -> Order:
    office = project.setup.office
    found = load.find(form, own=project.own_forms)
    whose = Issue(found, office.commune, office.year, "plan", commune_code=office.commune_code)
    plan = _plan(book, whose, period)
    known = {} if names_only else _previous(project, book, whose, period)
    last = {} if names_only else _last_year(book, whose)
    plan = replace(plan, overlay={**plan.overlay, **earlier.baseline(whose, last)})
    plain = local(project, period)

    def of(unit: str) -> Local:
        if period is None or not last:
            return Local(plain.due, plain.names, plain.spellings, known.get(unit, {}))
        known_here = extras.fitting(Extras(local=plain), found).local
        one = replace(whose, kind="report", period=periods.parse(period), unit=unit, plan=plan, local=known_here)
        return replace(plain, previous={**earlier.last_year(one, last), **known.get(unit, {})})

    return Order(
        office.commune,
        out,
        form,
        office.commune_code,
        office.year,
        period,
        all_units=period is not None,
        kind="report" if period else "plan",
        plan=GivenPlan(whose, plan.overlay, plan.number),
        key=project.key,
        local=of,
        own_forms=project.own_forms,
    )


def _plan(book: sqlite3.Connection, whose: Issue, period: str | None) -> Plan:
    """The plan in force. While there is none the plan workbook alone offers what was proposed from the year before."""
    number, overlay = plans.latest(book, whose.form.id)
    if period is not None or number:
        return Plan(number, overlay)
    return Plan(0, extras.fitting(Extras(earlier_years.proposal(book, whose.form.id)), whose.form).overlay)


def _last_year(book: sqlite3.Connection, whose: Issue) -> Mapping[str, object]:
    """What the commune's units reported for the whole of last year."""
    return earlier_years.whole(earlier_years.of(book, whose.form.id, f"{whose.year - 1}-N"))


def local(project: Project, period: str | None) -> Local:
    """What the set-up adds to every issue of a period: names, other names, the deadline where it is not the decree's."""
    setup = project.setup
    one = setup.by_period.get(period) if period else None
    due = one.unit_deadline if one and one.unit_deadline != unit_deadline(one.period) else None
    names = {unit.code: unit.name for unit in setup.units}
    spellings = {unit.code: unit.other_names for unit in setup.units if unit.other_names}
    return Local(due, names, spellings)


def _previous(
    project: Project, book: sqlite3.Connection, whose: Issue, period: str | None
) -> dict[str, dict[str, str | float]]:
    """What each unit reported for the period before, by unit."""
    rounds = project.setup.by_period
    if period is None:
        return {}
    before = periods.before(rounds[period].period, [one.period for one in project.setup.rounds])
    if before is None:
        return {}
    whole = replace(whose, kind="report", period=before)
    reports = (one for one in reported(book, before) if one.slot.form == whose.form.id)
    return {one.slot.unit: dict(earlier.prior(whole, one.said)) for one in reports}


def reported(book: sqlite3.Connection, period: Period | None = None) -> Iterator[OfYear]:
    """What each unit reported, where the version that counts has no errors: for a period, or for all of the year."""
    came = obligations.versions(book, period.code if period else None)
    for slot, version in obligations.current_by_slot(came).items():
        if slot.period and version.checking and not version.errors:
            told = results.from_members(obligations.told(book, version.checking))[1]
            said = {key: value for key, (_, value, _) in told.items() if value is not None}
            yield OfYear(slot, said, version.token, version.sha256)
