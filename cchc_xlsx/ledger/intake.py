"""Entering what came: one transaction a message, so that a run which is broken off can be run again."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable

from cchc_xlsx import __version__
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import outbox
from cchc_xlsx.ledger.book import moment, words, writing
from cchc_xlsx.ledger.model import Attached, Checked, Delivery, DeliveryStatus, Entered, Letter, Message, Outcome

TOOL = f"cchc-xlsx {__version__}"  # who checked
MOST_TRIES = 3  # of a mail that cannot be read: then it is shown and left
_CAME_AGAIN = Text(
    "tệp “{name}” đã được nhận từ một thư khác, từ địa chỉ được tin cậy",
    "“{name}” was taken from another mail, of an address that is trusted",
)


def finished(book: sqlite3.Connection, account: str, folder: str, uidvalidity: str) -> frozenset[str]:
    """The numbers of a mailbox's folder that need not be fetched again."""
    rows = book.execute(
        "SELECT uid FROM delivery WHERE account = ? AND folder = ? AND uidvalidity = ?"
        " AND (status <> 'failed' OR tries >= ?)",
        (account, folder, uidvalidity, MOST_TRIES),
    )
    return frozenset(row["uid"] for row in rows)


def enter(
    book: sqlite3.Connection,
    delivery: Delivery,
    message: Message,
    now: dt.datetime,
    tell: Callable[[Outcome], Text],
    answer: Callable[[Outcome], Letter | None],
) -> Outcome:
    """Enter a message with its files, versions, what the check said, and the answer that is to go out; all or nothing.

    `tell` says in words what became of it, `answer` which mail of ours follows.
    """
    with writing(book):
        outcome = _message(book, message, now)
        status = _again(book, delivery, outcome)
        _delivery(book, delivery, message, outcome, status, tell(outcome), now)
        letter = answer(outcome) if outcome.is_new else None
        if letter:
            outbox.queue(book, letter, now, outcome.message)
    return outcome


def _again(book: sqlite3.Connection, delivery: Delivery, outcome: Outcome) -> DeliveryStatus:
    """What a file tells that is collected once more from the same place: still what it was at first."""
    row = book.execute(
        "SELECT status FROM delivery WHERE account = ? AND folder = ? AND uidvalidity = ? AND uid = ? AND message = ?",
        (delivery.account, delivery.folder, delivery.uidvalidity, delivery.uid, outcome.message),
    ).fetchone()
    return row["status"] if row and row["status"] != "failed" else outcome.status


def failed(
    book: sqlite3.Connection, delivery: Delivery, why: Text, now: dt.datetime, arrived: dt.datetime | None = None
) -> None:
    """Enter that a message could not be read this time."""
    with writing(book):
        book.execute(
            "INSERT INTO delivery (account, folder, uidvalidity, uid, source, status, reason, arrived, seen_at)"
            " VALUES (?, ?, ?, ?, ?, 'failed', ?, ?, ?)"
            " ON CONFLICT (account, folder, uidvalidity, uid) DO UPDATE SET"
            " tries = tries + 1, reason = excluded.reason, seen_at = excluded.seen_at WHERE status = 'failed'",
            (*_key(delivery), delivery.source, words(why), arrived and moment(arrived), moment(now)),
        )


def passed(book: sqlite3.Connection, delivery: Delivery, why: Text, now: dt.datetime) -> None:
    """Enter that something was seen and not looked into."""
    with writing(book):
        book.execute(
            "INSERT INTO delivery (account, folder, uidvalidity, uid, source, status, reason, seen_at)"
            " VALUES (?, ?, ?, ?, ?, 'none', ?, ?) ON CONFLICT DO NOTHING",
            (*_key(delivery), delivery.source, words(why), moment(now)),
        )


def marked(book: sqlite3.Connection, delivery: Delivery, mark: str) -> None:
    """Enter that a mail was marked in the mailbox ('done'), or was no longer there ('gone')."""
    with writing(book):
        book.execute(
            "UPDATE delivery SET mark = ? WHERE account = ? AND folder = ? AND uidvalidity = ? AND uid = ?",
            (mark, *_key(delivery)),
        )


def unmarked(book: sqlite3.Connection, account: str, folder: str, uidvalidity: str) -> tuple[str, ...]:
    """The numbers of mails with workbooks that were entered and not marked since."""
    rows = book.execute(
        "SELECT uid FROM delivery WHERE account = ? AND folder = ? AND uidvalidity = ? AND mark IS NULL"
        " AND status IN ('ok', 'duplicate', 'hold') ORDER BY id",
        (account, folder, uidvalidity),
    )
    return tuple(row["uid"] for row in rows)


def _key(one: Delivery) -> tuple[str, str, str, str]:
    return one.account, one.folder, one.uidvalidity, one.uid


def _delivery(
    book: sqlite3.Connection,
    one: Delivery,
    message: Message,
    outcome: Outcome,
    status: DeliveryStatus,
    reason: Text,
    now: dt.datetime,
) -> None:
    book.execute(
        "INSERT INTO delivery (account, folder, uidvalidity, uid, source, message, status, reason, arrived,"
        " arrived_source, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (account, folder, uidvalidity, uid) DO UPDATE SET message = excluded.message,"
        " status = excluded.status, reason = CASE WHEN status = excluded.status THEN reason ELSE excluded.reason END,"
        " arrived = excluded.arrived, arrived_source = excluded.arrived_source",
        (
            *(*_key(one), one.source, outcome.message, status, words(reason)),
            *(moment(message.arrived), message.arrived_source, moment(now)),
        ),
    )


def _message(book: sqlite3.Connection, message: Message, now: dt.datetime) -> Outcome:
    known = book.execute("SELECT id FROM message WHERE key = ?", (message.key,)).fetchone()
    if known:
        return _seen_before(book, known["id"], message)
    made = book.execute(
        "INSERT INTO message (key, raw, message_id, sender, inner_from, subject, machine, sent, arrived, arrived_source)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(message.key, message.raw, message.message_id, message.sender, message.inner_from, message.subject),
            *(message.machine, message.sent and moment(message.sent)),
            *(moment(message.arrived), message.arrived_source),
        ),
    )
    number = made.lastrowid
    assert number is not None
    entered = tuple(_attached(book, number, message, one, now) for one in message.attached)
    return Outcome(_status(message, entered), entered, number, is_new=True)


def _seen_before(book: sqlite3.Connection, number: int, message: Message) -> Outcome:
    """A message that is known: nothing is new, unless it was held as it came the first time and may be taken as it comes now."""
    rows = book.execute(
        "SELECT o.route, v.id, v.number, v.state FROM occurrence o JOIN version v ON v.id = o.version WHERE o.message = ?",
        (number,),
    )
    found = {row["route"]: row for row in rows}
    entered = tuple(
        _upgraded(book, found[one.route], number, message, one) if one.route in found else Entered(one)
        for one in message.attached
    )
    is_new = any(one.is_new for one in entered)
    return Outcome("ok" if is_new else "duplicate", entered, number, is_new)


def _status(message: Message, entered: tuple[Entered, ...]) -> DeliveryStatus:
    ours = [one for one in entered if one.version is not None]
    if any(one.is_new and one.attached.state == "held" for one in ours):
        return "hold"
    if any(one.is_new for one in ours):
        return "ok"
    if any(one.attached.refused for one in entered):
        return "quarantine"
    if ours:
        return "duplicate"
    return "auto" if message.machine else "none"


def _attached(book: sqlite3.Connection, message: int, whole: Message, one: Attached, now: dt.datetime) -> Entered:
    entered = _version(book, message, whole, one) if one.slot else Entered(one)
    if entered.is_new and entered.version is not None and one.checked:
        checked(book, entered.version, one.checked, now)
    book.execute(
        "INSERT INTO occurrence (message, route, name, sha256, size, refused, version) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (message, one.route, one.name, one.sha256, one.size, one.refused and words(one.refused), entered.version),
    )
    return entered


def _version(book: sqlite3.Connection, message: int, whole: Message, one: Attached) -> Entered:
    assert one.slot
    known = book.execute(
        "SELECT id, number, state, message FROM version WHERE form = ? AND period = ? AND unit = ? AND sha256 = ?",
        (*one.slot, one.sha256),
    ).fetchone()
    if known:
        return _upgraded(book, known, message, whole, one)
    count = book.execute(
        "SELECT count(*) FROM version WHERE form = ? AND period = ? AND unit = ?", tuple(one.slot)
    ).fetchone()[0]
    made = book.execute(
        "INSERT INTO version (form, period, unit, sha256, number, token, message, sender, sent, arrived, state, why)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(*one.slot, one.sha256, count + 1, one.token, message, whole.sender),
            *(whole.sent and moment(whole.sent), moment(whole.arrived), one.state, one.why and words(one.why)),
        ),
    )
    return Entered(one, made.lastrowid, count + 1, is_new=True)


def _upgraded(book: sqlite3.Connection, known: sqlite3.Row, message: int, whole: Message, one: Attached) -> Entered:
    """A held version that now comes from one who is trusted is taken; the mail that it came with first waits for nobody then."""
    if known["state"] != "held" or one.state != "taken":
        return Entered(one, known["id"], known["number"])
    book.execute(
        "UPDATE delivery SET status = 'duplicate', reason = ? WHERE message = ? AND status = 'hold' AND NOT EXISTS"
        " (SELECT 1 FROM version v WHERE v.message = delivery.message AND v.state = 'held' AND v.id <> ?)",
        (words(_CAME_AGAIN.format(name=one.name)), known["message"], known["id"]),
    )
    book.execute(
        "UPDATE version SET state = 'taken', why = NULL, message = ?, sender = ?, sent = ?, arrived = ? WHERE id = ?",
        (message, whole.sender, whole.sent and moment(whole.sent), moment(whole.arrived), known["id"]),
    )
    return Entered(one, known["id"], known["number"], is_new=True)


def checked(book: sqlite3.Connection, version: int, said: Checked, now: dt.datetime) -> None:
    """Enter what a check said of a version; earlier checks stay. Inside a transaction."""
    book.execute(
        "INSERT INTO checking (version, at, tool, status, errors, warnings, told) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (version, moment(now), TOOL, said.status, said.errors, said.warnings, said.told),
    )


def checked_again(book: sqlite3.Connection, version: int, said: Checked, now: dt.datetime) -> None:
    """The same, where it is not what the last check said."""
    last = book.execute("SELECT told FROM checking WHERE version = ? ORDER BY id DESC LIMIT 1", (version,)).fetchone()
    if last is None or last["told"] != said.told:
        checked(book, version, said, now)


def attached(book: sqlite3.Connection, message: int) -> list[sqlite3.Row]:
    """The files of a message with the versions that they are."""
    return book.execute(
        "SELECT o.name, o.sha256, o.refused, o.version, v.form, v.period, v.unit, v.state FROM occurrence o"
        " LEFT JOIN version v ON v.id = o.version WHERE o.message = ? ORDER BY o.route",
        (message,),
    ).fetchall()


def kept(book: sqlite3.Connection) -> frozenset[str]:
    """The sha256 of every file that a row speaks of."""
    rows = book.execute(
        "SELECT raw FROM message UNION SELECT sha256 FROM occurrence UNION SELECT sha256 FROM version"
        " UNION SELECT raw FROM outbox UNION SELECT sha256 FROM plan"
    )
    return frozenset(row[0] for row in rows if row[0])
