"""An overview for other programs: JSON whose names and meanings stay."""

from __future__ import annotations

import datetime as dt
import json

from cchc_xlsx import __version__, standing
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger.obligations import VIETNAM, Extension, Version
from cchc_xlsx.overview.view import Line, Overview, PeriodView, Waiting
from cchc_xlsx.owing import Unassigned
from cchc_xlsx.results import finding_json
from cchc_xlsx.standing import Seen, Tally


def told(view: Overview) -> str:
    """The whole view as JSON; moments at +07:00, days and shares (fractions) as such, words in both languages."""
    counts: dict[str, object] = {"seen": len(view.seen), **dict(standing.by_status(view.seen).items())}
    said = {
        "tool": "cchc-xlsx",
        "version": __version__,
        "at": _moment(view.at),
        "commune": view.commune,
        "year": view.year,
        "periods": [_period(one) for one in view.periods],
        "held": [_waiting(one) for one in view.held],
        "plans": [unassigned(one) for one in view.plans],
        "mails": counts | {"list": [_seen(one) for one in view.seen]},
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def unassigned(one: Unassigned) -> dict[str, object]:
    """A form with contents that have no target, of those that need one; `plan` is the number of its plan, 0 without one."""
    return {"form": one.form, "plan": one.plan, "without_target": one.without, "contents": one.asked}


def _moment(one: dt.datetime | None) -> str | None:
    return one.astimezone(VIETNAM).isoformat(timespec="seconds") if one else None


def _day(one: dt.date | None) -> str | None:
    return one.isoformat() if one else None


def _words(one: Text | None) -> dict[str, str] | None:
    return {"vi": one.vi, "en": one.en} if one else None


def _period(one: PeriodView) -> dict[str, object]:
    return {
        "period": one.code,
        "name": _words(one.name),
        "unit_deadline": _day(one.due),
        "upward_deadline": _day(one.upward_due),
        "tally": _tally(one.tally),
        "units": [{"unit": unit.code, "name": unit.name, "tally": _tally(unit.tally)} for unit in one.units],
        "obligations": [_line(line, unit.name) for unit in one.units for line in unit.lines],
    }


def _tally(one: Tally) -> dict[str, object]:
    return {
        "owed": one.owed,
        "complete": one.complete,
        "completeness": one.completeness,
        "asked": one.asked,
        "in_time": one.in_time,
        "timeliness": one.timeliness,
        "late": one.late,
        "states": dict(one.states),
    }


def _line(line: Line, unit_name: str) -> dict[str, object]:
    one = line.standing
    return {
        "form": line.slot.form,
        "unit": line.slot.unit,
        "unit_name": unit_name,
        "state": line.state,
        "due": _day(one.obligation.due),
        "late": one.is_late,
        "days_late": line.days_late,
        "days_left": line.days_left,
        "came": _moment(one.came),
        "extensions": [_extension(given) for given in line.extensions],
        "current": _version(one.current) if one.current else None,
        "conflict": one.is_conflict,
        "superseded": one.superseded,
        "held": [version.id for version in one.held],
        "findings": [finding_json(finding) for finding in one.findings],
    }


def _extension(one: Extension) -> dict[str, object]:
    return {"until": _day(one.until), "who": one.who, "why": one.why, "at": _moment(one.at)}


def _version(one: Version) -> dict[str, object]:
    return {
        "number": one.number,
        "sha256": one.sha256,
        "token": one.token,
        "arrived": _moment(one.arrived),
        "sent": _moment(one.sent),
        "sender": one.sender,
        "source": one.source,
        "name": one.name,
        "status": one.status,
        "errors": one.errors,
        "warnings": one.warnings,
    }


def _waiting(one: Waiting) -> dict[str, object]:
    version = one.version
    whose = {
        "number": version.id,
        "form": version.slot.form,
        "period": version.slot.period or None,
        "unit": version.slot.unit,
        "unit_name": one.unit_name,
        "why": _words(version.why),
    }
    return {**whose, "version": _version(version)}


def _seen(one: Seen) -> dict[str, object]:
    return {
        "source": one.source,
        "status": one.status,
        "reason": _words(one.reason),
        "sender": one.sender,
        "subject": one.subject,
        "arrived": _moment(one.arrived),
        "tries": one.tries,
    }
