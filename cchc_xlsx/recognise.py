"""Which issue a workbook is: from its token, never from its name; the issue is then placed again from our own forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct, field

from cchc_xlsx import extras, fields, identity, periods, units
from cchc_xlsx.errors import CchcError
from cchc_xlsx.extras import Extras
from cchc_xlsx.form import load
from cchc_xlsx.form.model import Form
from cchc_xlsx.grid import Book, Grid
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue, Overlay, Plan
from cchc_xlsx.lang import Text
from cchc_xlsx.periods import Period
from cchc_xlsx.rules.model import Finding

_NOT_A_UNIT = Text(
    "Đơn vị “{unit}” không có trong danh mục của biểu.", "The unit “{unit}” is not in the form's catalogue."
)

NOT_KNOWN = Text(
    "Biểu “{form}”, phiên bản hoặc kỳ của nó không có trên máy này.",
    "The form “{form}”, its version or its period is not known on this computer.",
)


class GivenPlan(Struct, frozen=True):
    """A filled plan: its issue, and what it changes in its form; `number` is that of the revision in a project."""

    issue: Issue
    overlay: Overlay
    number: int | None = None

    @property
    def plan(self) -> Plan:
        """What reports follow; without a project a plan that changes nothing is the form as shipped."""
        number = self.number if self.number is not None else int(bool(self.overlay))
        return Plan(number, self.overlay)

    def is_for(self, who: Identity) -> bool:
        """Whether reports of that identity have to follow it."""
        issue = self.issue
        plan = (issue.form.id, issue.form.version, issue.commune, issue.commune_code, issue.year)
        return who.kind == "report" and plan == (who.form, who.version, who.commune, who.commune_code, who.year)


class Asked(Struct, frozen=True):
    """What the person at the keyboard wants: a period, a plan, forms and a key of their own.

    `issued` is what the office has sent out, by token: the JSON that a workbook carries, for those that have lost it.
    """

    period: str | None = None
    plan: GivenPlan | None = None
    own_forms: Path | None = None
    key: bytes | None = None
    issued: Mapping[str, str] = field(default_factory=dict)


class Recognised(Struct, frozen=True):
    """What a workbook says it is, the issue to place again, its form sheet, and what is wrong with that."""

    identity: Identity | None = None
    issue: Issue | None = None
    sheet: Grid | None = None
    findings: tuple[Finding, ...] = ()


class _Refused(Exception):  # noqa: N818  not an error of ours: it carries the finding that ends the reading
    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.finding = Finding(code, "error", data=data)


class _Found(Struct):
    """What is gathered on the way."""

    identity: Identity | None = None
    findings: list[Finding] = field(default_factory=list)


def recognise(book: Book, asked: Asked) -> Recognised:
    """The issue of a workbook. Findings tell what is missing, contradictory or unknown; then the issue may be None."""
    found = _Found()
    try:
        return _recognise(book, asked, found)
    except _Refused as refused:
        return Recognised(found.identity, None, None, (*found.findings, refused.finding))


def _recognise(book: Book, asked: Asked, found: _Found) -> Recognised:
    who = found.identity = _agreed(book)
    given = asked.plan.overlay if asked.plan and asked.plan.is_for(who) else None
    own = extras.read(_carried(book)) or extras.read(asked.issued.get(who.token))
    beyond = own or _lent(who, given)
    is_lent = own is None and who.plan > 0
    _verify(who, extras.write(beyond), asked, found, "I507" if is_lent else "I502")
    if asked.period and who.period and who.period != asked.period:
        raise _Refused("I505", found=who.period, wanted=asked.period)
    issue = _issue(who, beyond, asked, found)
    if given is not None and dict(given) != dict(beyond.overlay):
        raise _Refused("I507")
    sheet = _form_sheet(book, who)
    if sheet is None:
        raise _Refused("I508")
    return Recognised(who, issue, sheet, tuple(found.findings))


def _agreed(book: Book) -> Identity:
    """The one identity of the workbook. All copies that can be read must be the same."""
    tokens: Mapping[str, Identity] = {who.token: who for text in _copies(book) if (who := identity.parse(text))}
    if not tokens:
        raise _Refused("I501")
    if len(tokens) > 1:
        first, second = list(tokens.values())[:2]
        raise _Refused("I503", first=_called(first), second=_called(second))
    return next(iter(tokens.values()))


def _copies(book: Book) -> Iterator[object]:
    yield _undone(book.property_token) if book.property_token else None
    for sheet in book.sheets:
        yield sheet.values.get((1, 1))
        if sheet.name == identity.SHEET:
            yield sheet.values.get((1, 2))


def _undone(text: str) -> str:
    """A property as it was written: SheetJS reads its UTF-8 as Latin-1 and saves what it sees then."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _called(who: Identity) -> str:
    return " ".join((who.form, who.period or str(who.year), who.unit, who.short))


def _carried(book: Book) -> str | None:
    meta = next((sheet for sheet in book.sheets if sheet.name == identity.SHEET), None)
    if meta is None:
        return None
    rows = [row for (row, column), text in sorted(meta.values.items()) if column == 1 and text == "carried"]
    return "".join(str(meta.values.get((row, 2), "")) for row in rows) or None


def _lent(who: Identity, given: Overlay | None) -> Extras:
    """What a workbook that carries nothing any more was issued with: nothing for p0, or the plan that was asked for."""
    if who.is_local:
        raise _Refused("I509")
    if who.plan == 0:
        return Extras()
    if given is not None:
        return Extras(given)
    raise _Refused("I506", plan=who.plan)


def _verify(who: Identity, carried: str, asked: Asked, found: _Found, code: str) -> None:
    verdict = identity.verify(who, carried, asked.key)
    if verdict == "bad":
        raise _Refused(code)
    if verdict == "unknown key":
        found.findings.append(Finding("I511", "info"))
    if asked.key is not None and not who.is_keyed:
        found.findings.append(Finding("I521", "warning"))


def _issue(who: Identity, beyond: Extras, asked: Asked, found: _Found) -> Issue:
    try:
        form = load.find(who.form, who.version, asked.own_forms)
        period = periods.parse(who.period) if who.period else None
    except CchcError as error:
        raise _Refused("I504", what=error.text) from error
    newest = load.newest(who.form, asked.own_forms)
    if newest > who.version:
        found.findings.append(Finding("I512", "info", data={"version": who.version, "newest": newest}))
    if not _is_unit(form, who.unit) or (who.kind == "report") != (period is not None):
        raise _Refused("I504", what=_NOT_A_UNIT.format(unit=who.unit))
    return _issue_of(who, form, period, beyond, who.unit)


def whole(who: Identity, beyond: Extras, own_forms: Path | None = None) -> Issue | None:
    """The commune's whole issue of which a workbook is one unit's; None where its form or period is not known."""
    try:
        form = load.find(who.form, who.version, own_forms)
        period = periods.parse(who.period) if who.period else None
    except CchcError:
        return None
    return _issue_of(who, form, period, beyond, units.COMMUNE)


def _issue_of(who: Identity, form: Form, period: Period | None, beyond: Extras, unit: str) -> Issue:
    known = extras.fitting(beyond, form)  # it came with the workbook and is not to be trusted
    plan = Plan(who.plan, known.overlay)
    return Issue(
        form,
        who.commune,
        who.year,
        who.kind,
        period,
        unit,
        commune_code=who.commune_code,
        plan=plan,
        local=known.local,
    )


def _is_unit(form: Form, code: str) -> bool:
    return code == units.COMMUNE or code in units.catalogue(form.era).units


def _form_sheet(book: Book, who: Identity) -> Grid | None:
    """The sheet whose A1 is the token; without one, the sheet that holds the most row keys in column A."""
    by_token = next((sheet for sheet in book.sheets if sheet.values.get((1, 1)) == who.token), None)
    if by_token:
        return by_token
    keyed = [(sum(column == 1 and text == "status" for (_, column), text in s.values.items()), s) for s in book.sheets]
    best = max(keyed, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] else None


def plan_overlay(issue: Issue, values: Mapping[str, object]) -> Overlay:
    """What a filled plan changes in its form: the inputs that differ from what was printed there."""
    found: dict[str, str | float] = {}
    for key, one in fields.context(issue).fields.items():
        value = values.get(key)
        given = "" if value is None else value
        if given != ("" if one.prefill is None else one.prefill):
            found[key] = given if isinstance(given, (str, float, int)) else str(given)
    return found
