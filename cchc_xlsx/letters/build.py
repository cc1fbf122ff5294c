"""What each kind of our mails says, and to whom: from the year's folder and its ledger."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from cchc_xlsx import owing, periods, results, standing, values, wire
from cchc_xlsx.form import load, render
from cchc_xlsx.generate import Made
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.ledger import intake, outbox
from cchc_xlsx.ledger.book import read_moment, read_words
from cchc_xlsx.ledger.model import Letter, LetterKind
from cchc_xlsx.ledger.obligations import VIETNAM
from cchc_xlsx.letters.compose import File
from cchc_xlsx.project.model import Project, UnitSetup
from cchc_xlsx.results import Told
from cchc_xlsx.standing import Standing
from cchc_xlsx.store import Store
from cchc_xlsx.workers import Answer

SOON = dt.timedelta(days=5)  # who is reminded before the deadline
_MOST_FINDINGS = 12  # in a mail; the marked copy has all
_OVERDUE_STATES = ("expected", "rejected")
_WEIGHT = {"error": Text("Lỗi", "Error"), "warning": Text("Cảnh báo", "Warning")}
_MISSING = Text("chưa nhận được", "nothing has come")
_TO_MEND = Text("còn {count} lỗi cần sửa", "{count} errors are to be mended")
_CELL = Text("ô {cell}", "cell {cell}")
_NO_SUBJECT = Text("báo cáo CCHC", "administrative reform report")


class Content(Struct, frozen=True):
    """What a mail is made from: its template, what that tells, the files that go with it, which mail it answers."""

    template: LetterKind
    data: Mapping[str, object]
    files: tuple[File, ...] = ()
    answers: str | None = None


class Draft(Struct, frozen=True):
    """A mail that is to be queued, and what it will say."""

    letter: Letter
    content: Content


def sent_out(
    project: Project, book: sqlite3.Connection, period: str
) -> tuple[tuple[Draft, ...], tuple[Made, ...], tuple[str, ...]]:
    """A mail with its workbooks for each unit that owes some, the workbooks, and the units without an address."""
    made = owing.made(project, book, period, owing.owed(project, period))
    due = project.setup.by_period[period].unit_deadline
    drafts, lost = [], []
    for code in dict.fromkeys(one.issue.unit for one in made):
        mine = [one for one in made if one.issue.unit == code]
        unit = project.setup.by_code.get(code)
        if unit is None or not unit.addresses:
            lost.append(code)
            continue
        files = tuple(File(one.path.name, one.data) for one in mine)
        data = {
            "period": periods.name(project.setup.by_period[period].period).say(project.setup.office.lang),
            "workbooks": [{"file": one.path.name, "name": form_name(project, one.issue.form.id)} for one in mine],
            "due": values.say_date(due),
        }
        content = hashlib.sha256(b"".join(one.data for one in mine)).hexdigest()
        dedupe = f"send:{period}:{code}:{content}"
        drafts.append(_draft(project, unit, "send", dedupe, data, files, period))
    return tuple(drafts), made, tuple(lost)


def reminders(
    project: Project, book: sqlite3.Connection, now: dt.datetime, period: str | None = None
) -> tuple[tuple[Draft, ...], tuple[str, ...]]:
    """A mail for each unit of which something is late, to be mended, or due within five days; and those without an address."""
    today = now.astimezone(VIETNAM).date()
    owing_units: dict[str, list[Standing]] = {}
    for one in standing.standings(book, now, period):
        if one.state in _OVERDUE_STATES and one.obligation.due <= today + SOON:
            owing_units.setdefault(one.obligation.slot.unit, []).append(one)
    drafts, lost = [], []
    for code, found in owing_units.items():
        unit = project.setup.by_code.get(code)
        if unit is None or not unit.addresses:
            lost.append(code)
            continue
        lang = project.setup.office.lang
        data = {"now": _moment(now), "missing": [_missing(project, one, today, lang) for one in found]}
        drafts.append(_draft(project, unit, "remind", f"remind:{code}:{today}", data, (), period))
    return tuple(drafts), tuple(lost)


def _missing(project: Project, one: Standing, today: dt.date, lang: Lang) -> dict[str, object]:
    errors = [finding for finding in one.findings if finding.severity == "error"]
    what = _MISSING if one.state == "expected" else _TO_MEND.format(count=len(errors))
    slot = one.obligation.slot
    return {
        "name": form_name(project, slot.form),
        "period": periods.name(periods.parse(slot.period)).say(lang),
        "what": what.say(lang),
        "due": values.say_date(one.obligation.due),
        "is_late": one.obligation.due < today,
        "findings": [f"{each.code} {_where(each, lang)}: {each.message}" for each in errors[:_MOST_FINDINGS]],
    }


def answer(
    project: Project, book: sqlite3.Connection, store: Store, ask: Callable[[dict[str, Any]], Answer], row: sqlite3.Row
) -> Content:
    """What a queued answer says: what came with the mail that it answers, the findings, a marked copy of what is to be mended.

    `ask` examines a kept workbook and makes its marked copy.
    """
    lang = project.setup.office.lang
    message = book.execute("SELECT * FROM message WHERE id = ?", (row["message"],)).fetchone()
    workbooks, files = [], []
    attached = intake.attached(book, row["message"])
    for came in attached:
        if came["refused"] or came["version"] is None or came["state"] != "taken":
            continue
        said = ask({"file": str(store.place(came["sha256"])), "name": came["name"]})
        if isinstance(said, str):
            continue  # it was examined before; that it cannot be now is no matter of the unit's
        read = wire.from_line(said)
        workbooks.append(_answered(project, came, read, lang))
        if read.copy_name:
            files.append(File(read.copy_name, read.copy))
    refused = [
        {"file": came["name"], "why": _sentence(read_words(came["refused"]).say(lang))}
        for came in attached
        if came["refused"]
    ]
    subject = message["subject"] or _NO_SUBJECT.say(lang)
    data = {
        "arrived": _moment(read_moment(message["arrived"])),
        "subject": subject,
        "errors": sum(bool(one["errors"]) for one in workbooks),
        "workbooks": workbooks,
        "refused": refused,
    }
    return Content("reply", data, tuple(files), message["message_id"])


def _answered(project: Project, came: sqlite3.Row, read: wire.Answer, lang: Lang) -> dict[str, Any]:
    told = [one for one in results.from_members(read.told.decode())[0] if not one.waived and one.severity != "info"]
    told.sort(key=lambda one: one.severity)
    period = periods.name(periods.parse(came["period"])).say(lang) if came["period"] else str(project.setup.office.year)
    return {
        "file": came["name"],
        "name": form_name(project, came["form"]),
        "period": period,
        "errors": sum(one.severity == "error" for one in told),
        "findings": [_finding(one, lang) for one in told[:_MOST_FINDINGS]],
        "more": max(0, len(told) - _MOST_FINDINGS),
        "marked": read.copy_name,
    }


def _finding(one: Told, lang: Lang) -> dict[str, str]:
    weight = _WEIGHT[one.severity].say(lang)
    return {"weight": weight, "code": one.code, "where": _where(one, lang), "message": one.message, "fix": one.fix}


def _where(one: Told, lang: Lang) -> str:
    parts = (_CELL.format(cell=one.cell).say(lang) if one.cell else "", one.label or "")
    return " · ".join(part for part in parts if part)


def _draft(
    project: Project,
    unit: UnitSetup,
    kind: LetterKind,
    dedupe: str,
    data: Mapping[str, object],
    files: Sequence[File],
    period: str | None,
) -> Draft:
    identity = outbox.message_id(project.setup.mail.address, dedupe)
    letter = Letter(dedupe, kind, ", ".join(unit.addresses), identity, unit.code, period)
    return Draft(letter, Content(kind, data, tuple(files)))


def shared(project: Project, unit: str | None) -> dict[str, object]:
    """What every mail tells: who it is from and to."""
    office = office_name(project)
    found = project.setup.by_code.get(unit) if unit else None
    return {"office": office, "signature": office, "unit": found.name if found else ""}


def office_name(project: Project) -> str:
    """Who our mails are from."""
    return f"UBND {render.full(project.setup.office.commune)}"


def form_name(project: Project, form: str) -> str:
    """What a form is called."""
    found = load.find(form, own=project.own_forms)
    return found.name if project.setup.office.lang == "vi" else found.name_en


def _moment(at: dt.datetime) -> str:
    local = at.astimezone(VIETNAM)
    return f"{local:%H:%M}, {values.say_date(local.date())}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
