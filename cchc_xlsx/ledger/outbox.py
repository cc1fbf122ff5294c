"""The mails that go out: queued in the same transaction as what they are about, each sent once."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3

from cchc_xlsx.lang import Text
from cchc_xlsx.ledger.book import moment, words, writing
from cchc_xlsx.ledger.model import Letter, LetterState


def message_id(address: str, dedupe: str) -> str:
    """The Message-ID of a mail of ours: the same mail has the same one, however often it is tried."""
    domain = address.rpartition("@")[2] or "cchc-xlsx.invalid"
    return f"<{hashlib.sha256(dedupe.encode()).hexdigest()[:32]}@{domain}>"


def queue(book: sqlite3.Connection, letter: Letter, now: dt.datetime, message: int | None = None) -> bool:
    """Queue a mail; gives whether it was new. Inside a transaction."""
    made = book.execute(
        "INSERT INTO outbox (dedupe, kind, recipient, unit, period, message, message_id, state, queued_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?) ON CONFLICT (dedupe) DO NOTHING",
        (
            *(letter.dedupe, letter.kind, letter.recipient, letter.unit, letter.period, message),
            *(letter.message_id, moment(now)),
        ),
    )
    return made.rowcount > 0


def waiting(book: sqlite3.Connection, kind: str) -> list[sqlite3.Row]:
    """The mails of a kind that are not done with, the oldest first."""
    return book.execute(
        "SELECT * FROM outbox WHERE kind = ? AND state IN ('queued', 'sending', 'doubtful') ORDER BY id", (kind,)
    ).fetchall()


def written(book: sqlite3.Connection, number: int, raw: str) -> None:
    """Enter the mail as it goes out, before anything of it is sent."""
    with writing(book):
        book.execute("UPDATE outbox SET raw = ? WHERE id = ?", (raw, number))


def sending(book: sqlite3.Connection, number: int, now: dt.datetime) -> None:
    """Enter that it is about to be sent: whatever happens from here on, it may have gone out."""
    with writing(book):
        book.execute(
            "UPDATE outbox SET state = 'sending', tries = tries + 1, tried_at = ? WHERE id = ?", (moment(now), number)
        )


def became(
    book: sqlite3.Connection, number: int, state: LetterState, now: dt.datetime, why: Text | None = None
) -> None:
    """Enter what became of it."""
    with writing(book):
        book.execute(
            "UPDATE outbox SET state = ?, why = ?, sent_at = CASE WHEN ? = 'sent' THEN ? ELSE sent_at END WHERE id = ?",
            (state, why and words(why), state, moment(now), number),
        )


def sent_since(book: sqlite3.Connection, since: dt.datetime, kind: str = "", recipient: str = "") -> int:
    """How many mails went out, or may have, since a moment: all, of a kind, to an address."""
    row = book.execute(
        "SELECT count(*) FROM outbox WHERE state IN ('sending', 'doubtful', 'sent') AND tried_at >= ?"
        " AND (? = '' OR kind = ?) AND (? = '' OR recipient = ?)",
        (moment(since), kind, kind, recipient, recipient),
    ).fetchone()
    return int(row[0])


def state_of_answer(book: sqlite3.Connection, message: int) -> str | None:
    """How far the answer to a message is; None where none was queued."""
    row = book.execute("SELECT state FROM outbox WHERE message = ? AND kind = 'reply'", (message,)).fetchone()
    return {"sending": "doubtful"}.get(row["state"], row["state"]) if row else None
