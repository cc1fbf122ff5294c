"""What is owed, and what stands for it: the version that counts among those that came."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Mapping

from msgspec import Struct

from cchc_xlsx.lang import Text
from cchc_xlsx.ledger.book import moment, read_moment, read_words, writing
from cchc_xlsx.ledger.model import Slot, VersionState

VIETNAM = dt.timezone(dt.timedelta(hours=7))
_PLAUSIBLE_BEFORE, _PLAUSIBLE_AFTER = dt.timedelta(days=7), dt.timedelta(hours=1)


class Obligation(Struct, frozen=True):
    """Who owes which form for which period by the end of which day, Vietnam's time."""

    slot: Slot
    due: dt.date
    excluded: str | None = None
    extended: bool = False

    def is_late(self, at: dt.datetime) -> bool:
        """Whether a moment is after the last second of the last day."""
        return at.astimezone(VIETNAM).date() > self.due


class Version(Struct, frozen=True):
    """One version of a workbook that came, with the last that a check said of it."""

    id: int
    slot: Slot
    number: int
    sha256: str
    token: str
    state: VersionState
    arrived: dt.datetime
    sent: dt.datetime | None
    sender: str | None
    why: Text | None
    source: str
    name: str
    status: str | None = None
    errors: int = 0
    warnings: int = 0
    checking: int | None = None


def settle(book: sqlite3.Connection, owed: Mapping[Slot, dt.date], now_excluded: str) -> None:
    """Make the obligations those of the set-up: new ones are added, deadlines follow, those no longer asked are excluded.

    An obligation that something came for is never forgotten.
    """
    with writing(book):
        before = {Slot(*row) for row in book.execute("SELECT form, period, unit FROM obligation")}
        for slot, due in owed.items():
            book.execute(
                "INSERT INTO obligation (form, period, unit, due) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET due = excluded.due,"
                " excluded = CASE WHEN excluded = ? THEN NULL ELSE obligation.excluded END",
                (*slot, due.isoformat(), now_excluded),
            )
        for slot in before - owed.keys():
            book.execute(
                "UPDATE obligation SET excluded = coalesce(excluded, ?) WHERE form = ? AND period = ? AND unit = ?",
                (now_excluded, *slot),
            )


def all_of(book: sqlite3.Connection, period: str | None = None) -> tuple[Obligation, ...]:
    """The obligations of a period, or all, in the order of period, form, unit; with what was extended."""
    rows = book.execute(
        "SELECT o.*, (SELECT max(until) FROM extension e WHERE e.form = o.form AND e.period = o.period"
        " AND e.unit = o.unit) AS until FROM obligation o WHERE ? IS NULL OR o.period = ? ORDER BY period, form, unit",
        (period, period),
    )
    return tuple(_obligation(row) for row in rows)


def of(book: sqlite3.Connection, slot: Slot) -> Obligation | None:
    """One obligation; None where it is not owed."""
    return next((one for one in all_of(book, slot.period) if one.slot == slot), None)


def _obligation(row: sqlite3.Row) -> Obligation:
    due = max(row["due"], row["until"] or "")
    slot = Slot(row["form"], row["period"], row["unit"])
    return Obligation(slot, dt.date.fromisoformat(due), row["excluded"], extended=due > row["due"])


def extend(book: sqlite3.Connection, slot: Slot, until: dt.date, who: str, why: str, now: dt.datetime) -> None:
    """Enter that a unit was given until another day."""
    with writing(book):
        book.execute(
            "INSERT INTO extension (form, period, unit, until, who, why, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*slot, until.isoformat(), who, why, moment(now)),
        )


class Extension(Struct, frozen=True):
    """A further day that a unit was given: by whom, why, when."""

    until: dt.date
    who: str
    why: str
    at: dt.datetime


def extensions(book: sqlite3.Connection) -> Mapping[Slot, tuple[Extension, ...]]:
    """Every extension by slot, in the order in which they were given."""
    found: dict[Slot, tuple[Extension, ...]] = {}
    for row in book.execute("SELECT * FROM extension ORDER BY id"):
        slot = Slot(row["form"], row["period"], row["unit"])
        one = Extension(dt.date.fromisoformat(row["until"]), row["who"], row["why"], read_moment(row["at"]))
        found[slot] = (*found.get(slot, ()), one)
    return found


def versions(
    book: sqlite3.Connection, period: str | None = None, *, form: str | None = None, unit: str | None = None
) -> tuple[Version, ...]:
    """Every version that came for a period, a form and a unit, or for all of them, in the order of arrival."""
    rows = book.execute(
        "SELECT v.*, c.status, c.errors, c.warnings, c.id AS checking, o.name, d.source FROM version v"
        " LEFT JOIN checking c ON c.id = (SELECT max(id) FROM checking WHERE version = v.id)"
        " LEFT JOIN occurrence o ON o.message = v.message AND o.version = v.id"
        " LEFT JOIN delivery d ON d.id = (SELECT min(id) FROM delivery WHERE message = v.message)"
        " WHERE v.period = coalesce(?, v.period) AND v.form = coalesce(?, v.form) AND v.unit = coalesce(?, v.unit)"
        " GROUP BY v.id ORDER BY v.arrived, v.id",
        (period, form, unit),
    )
    return tuple(_version(row) for row in rows)


def _version(row: sqlite3.Row) -> Version:
    return Version(
        row["id"],
        Slot(row["form"], row["period"], row["unit"]),
        row["number"],
        row["sha256"],
        row["token"],
        row["state"],
        read_moment(row["arrived"]),
        read_moment(row["sent"]) if row["sent"] else None,
        row["sender"],
        read_words(row["why"]) if row["why"] else None,
        row["source"] or "",
        row["name"] or "",
        row["status"],
        row["errors"] or 0,
        row["warnings"] or 0,
        row["checking"],
    )


class Current(Struct, frozen=True):
    """The version that counts, and whether that is not the last that arrived: the sender's clock says another order."""

    version: Version
    is_conflict: bool = False


def by_slot(came: Iterable[Version]) -> Mapping[Slot, tuple[Version, ...]]:
    """The versions of each slot for which some came, in the order in which they are given."""
    slots: dict[Slot, list[Version]] = {}
    for one in came:
        slots.setdefault(one.slot, []).append(one)
    return {slot: tuple(found) for slot, found in slots.items()}


def current_by_slot(came: Iterable[Version]) -> Mapping[Slot, Version]:
    """The version that counts of each slot for which one was taken; the versions are in the order of arrival."""
    counting = {slot: current(found) for slot, found in by_slot(came).items()}
    return {slot: one.version for slot, one in counting.items() if one}


def current(versions_of_slot: tuple[Version, ...]) -> Current | None:
    """The version that counts among those of one slot, in the order of arrival; None where none was taken.

    It is the latest that arrived, except where the same sender's plausible Dates say the other order: one that was
    sent before another of that sender, which is here already, changes nothing.
    """
    taken = [one for one in versions_of_slot if one.state == "taken"]
    if not taken:
        return None
    best = [
        one for index, one in enumerate(taken) if not any(_was_overtaken(earlier, one) for earlier in taken[:index])
    ][-1]
    return Current(best, best is not taken[-1])


def _was_overtaken(earlier: Version, later: Version) -> bool:
    """Whether the version that arrived later was sent before the other, by one sender's plausible Dates."""
    if earlier.sender is None or earlier.sender != later.sender:
        return False
    return (
        _is_plausible(earlier)
        and _is_plausible(later)
        and bool(later.sent and earlier.sent and later.sent < earlier.sent)
    )


def _is_plausible(one: Version) -> bool:
    return one.sent is not None and one.arrived - _PLAUSIBLE_BEFORE <= one.sent <= one.arrived + _PLAUSIBLE_AFTER


def told(book: sqlite3.Connection, checking: int) -> str:
    """What a check said of a version: values, inputs and findings as the fixed JSON has them, without braces."""
    return str(book.execute("SELECT told FROM checking WHERE id = ?", (checking,)).fetchone()[0])


def held(book: sqlite3.Connection) -> tuple[Version, ...]:
    """The versions that wait for the clerk's decision."""
    return tuple(one for one in versions(book) if one.state == "held")


def decide(book: sqlite3.Connection, version: int, *, accept: bool, who: str, why: str, now: dt.datetime) -> bool:
    """Enter the clerk's decision about a held version; gives whether it was held. Inside a transaction."""
    made = book.execute(
        "UPDATE version SET state = ?, decided_by = ?, decided_why = ?, decided_at = ? WHERE id = ? AND state = 'held'",
        ("taken" if accept else "rejected", who, why, moment(now), version),
    )
    return made.rowcount > 0


def remember(book: sqlite3.Connection, issued: Mapping[str, str], now: dt.datetime) -> None:
    """Enter what workbooks were issued with, by token."""
    with writing(book):
        book.executemany(
            "INSERT INTO issued (token, carried, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(token, carried, moment(now)) for token, carried in issued.items()],
        )


def issued(book: sqlite3.Connection) -> Mapping[str, str]:
    """What workbooks were issued with, by token."""
    return {row["token"]: row["carried"] for row in book.execute("SELECT token, carried FROM issued")}
