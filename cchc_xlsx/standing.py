"""How each obligation stands: what came for it, whether in time, what is still wrong with it; and the shares of a period."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from cchc_xlsx import results
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import obligations
from cchc_xlsx.ledger.book import moment, read_moment, read_words
from cchc_xlsx.ledger.model import DELIVERY_STATUSES, DeliveryStatus
from cchc_xlsx.ledger.obligations import VIETNAM, Obligation, Version
from cchc_xlsx.results import Fields, Told

State = Literal["expected", "held", "received", "rejected", "warnings", "accepted", "nil", "excluded"]
STATES: tuple[State, ...] = ("expected", "held", "received", "rejected", "warnings", "accepted", "nil", "excluded")
COMPLETE: tuple[State, ...] = ("warnings", "accepted", "nil")
_FIGURES = ("num", "den", "value", "status")


class Standing(Struct, frozen=True):
    """One obligation: its state, the version that counts, those that wait for the clerk, how many others were taken.

    `is_late`: nothing came by the end of the last day, or the first version that was taken came after it; where none was taken,
    the first that waits for the clerk, as the unit has done its part. `findings` are those of the version that counts, waived
    ones apart. `came` is when the first of them arrived.
    """

    obligation: Obligation
    state: State
    is_late: bool = False
    current: Version | None = None
    is_conflict: bool = False
    held: tuple[Version, ...] = ()
    superseded: int = 0
    findings: tuple[Told, ...] = ()
    came: dt.datetime | None = None

    def days_late(self, now: dt.datetime) -> int:
        """Days from the last day to the day on which it came, or to today; 0 where it is not late."""
        if not self.is_late:
            return 0
        return ((self.came or now).astimezone(VIETNAM).date() - self.obligation.due).days

    def days_left(self, now: dt.datetime) -> int | None:
        """Days until the last day; None where something came, nothing is owed, or it is late."""
        if self.came or self.is_late or self.state == "excluded":
            return None
        return (self.obligation.due - now.astimezone(VIETNAM).date()).days


class Tally(Struct, frozen=True):
    """The counts of some obligations.

    `completeness`: those for which a workbook without errors came, of all that are owed. `timeliness`: those for which the
    first workbook came in time, of those that came or should have; what came in time and waits for the clerk is counted once
    it is decided. Both are fractions, None where there is nothing to divide by.
    """

    states: Mapping[State, int]
    owed: int
    complete: int
    asked: int  # came, or should have
    in_time: int
    late: int

    @property
    def completeness(self) -> float | None:
        """Complete of owed."""
        return self.complete / self.owed if self.owed else None

    @property
    def timeliness(self) -> float | None:
        """In time of what came or should have."""
        return self.in_time / self.asked if self.asked else None


def standings(book: sqlite3.Connection, now: dt.datetime, period: str | None = None) -> tuple[Standing, ...]:
    """Every obligation of a period, or of the year, in the order of period, form, unit."""
    came = obligations.by_slot(obligations.versions(book, period))
    return tuple(_standing(book, one, came.get(one.slot, ()), now) for one in obligations.all_of(book, period))


def _standing(book: sqlite3.Connection, owed: Obligation, all_came: tuple[Version, ...], now: dt.datetime) -> Standing:
    held = tuple(one for one in all_came if one.state == "held")
    counts = obligations.current(all_came)
    taken = [one for one in all_came if one.state == "taken"]
    came = next((one.arrived for one in (*taken, *held)), None)
    is_late = owed.is_late(came or now) and not owed.excluded
    if counts is None:
        state: State = "excluded" if owed.excluded else "held" if held else "expected"
        return Standing(owed, state, is_late, held=held, came=came)
    version = counts.version
    findings, fields = results.from_members(obligations.told(book, version.checking)) if version.checking else ((), {})
    return Standing(
        owed,
        "excluded" if owed.excluded else _state(version, fields),
        is_late,
        version,
        counts.is_conflict,
        held,
        len(taken) - 1,
        tuple(one for one in findings if not one.waived),
        came,
    )


def _state(version: Version, fields: Fields) -> State:
    if version.checking is None:
        return "received"
    if version.errors:
        return "rejected"
    if _is_nil(fields):
        return "nil"
    return "warnings" if version.warnings else "accepted"


def _is_nil(fields: Fields) -> bool:
    """Whether a workbook says of everything in it that nothing happened."""
    figures = [
        value for key, (_, value, state) in fields.items() if key.rpartition(".")[2] in _FIGURES and state == "value"
    ]
    is_said = any(state == "nil" for _, _, state in fields.values())
    return is_said and all(value == 0 for value in figures)


def tally(found: Sequence[Standing]) -> Tally:
    """The counts of some obligations; those that are excluded count nowhere but among the states."""
    states = Counter(one.state for one in found)
    owed = [one for one in found if one.state != "excluded"]
    came = [one for one in owed if one.current]
    late = [one for one in owed if one.is_late]
    in_time = [one for one in came if not one.is_late]
    missing = [one for one in late if not one.current]
    return Tally(
        {state: states[state] for state in STATES},
        len(owed),
        sum(one.state in COMPLETE for one in owed),
        len(came) + len(missing),
        len(in_time),
        len(late),
    )


def as_of(book: sqlite3.Connection, at: dt.datetime) -> None:
    """Forget whatever arrived after a moment; decisions and extensions stay. For a copy of the ledger alone."""
    book.execute("DELETE FROM version WHERE arrived > ?", (moment(at),))
    book.execute("DELETE FROM delivery WHERE coalesce(arrived, seen_at) > ?", (moment(at),))


class Seen(Struct, frozen=True):
    """One mail or file that came, with what became of it."""

    source: str
    status: DeliveryStatus
    reason: Text
    sender: str | None
    subject: str
    arrived: dt.datetime | None
    tries: int


def seen(book: sqlite3.Connection) -> tuple[Seen, ...]:
    """Every mail and file that came, in the order of arrival; the last are those without a known one."""
    rows = book.execute(
        "SELECT d.*, m.sender, m.subject FROM delivery d LEFT JOIN message m ON m.id = d.message"
        " ORDER BY d.arrived IS NULL, d.arrived, d.id"
    )
    return tuple(
        Seen(
            *(row["source"], row["status"], read_words(row["reason"]), row["sender"], row["subject"] or ""),
            *(read_moment(row["arrived"]) if row["arrived"] else None, row["tries"]),
        )
        for row in rows
    )


def by_status(found: Sequence[Seen]) -> Mapping[DeliveryStatus, int]:
    """How many came of each kind: their sum is all that came."""
    counts = Counter(one.status for one in found)
    return {status: counts[status] for status in DELIVERY_STATUSES}
