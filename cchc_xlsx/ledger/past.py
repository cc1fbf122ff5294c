"""What the units reported so far, as later reports are held against it: of each period the version that counts, and earlier years."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from cchc_xlsx import history, identity, results
from cchc_xlsx.history import Past, Reported
from cchc_xlsx.ledger import earlier_years, obligations
from cchc_xlsx.ledger.earlier_years import OfYear
from cchc_xlsx.ledger.model import Slot
from cchc_xlsx.ledger.obligations import Version


def of_all(book: sqlite3.Connection) -> Past:
    """What every unit reported for every period."""
    return (*_earlier(earlier_years.of(book)), *_reported(book, obligations.versions(book)))


def of_unit(book: sqlite3.Connection, slot: Slot) -> Past:
    """What one unit reported for other periods of one form."""
    came = obligations.versions(book, form=slot.form, unit=slot.unit)
    before = [one for one in earlier_years.of(book, slot.form) if one.slot.unit == slot.unit]
    return (*_earlier(before), *(one for one in _reported(book, came) if one.period != slot.period))


def _earlier(found: Iterable[OfYear]) -> Iterator[Reported]:
    """What is known of the years before, as this year's ledger keeps it."""
    for one in found:
        who = identity.parse(one.token)
        said = history.reported(who, {key: ("", value, "value") for key, value in one.said.items()}) if who else None
        if said:
            yield said


def _reported(book: sqlite3.Connection, came: tuple[Version, ...]) -> Iterator[Reported]:
    for slot, version in obligations.current_by_slot(came).items():
        if version.checking and slot.period:
            found = _of(version, obligations.told(book, version.checking))
            if found:
                yield found


def _of(version: Version, told: str) -> Reported | None:
    """What a version reports, unless it has errors.

    That it contradicts another period is none here: which of the two is wrong nobody knows yet, and what is found must not
    depend on the order in which the periods are checked again.
    """
    findings, fields = results.from_members(told)
    own = [one for one in findings if one.code[0] != history.LETTER]
    who = identity.parse(version.token)
    return history.reported(who, fields) if who and results.status(own) != "error" else None
