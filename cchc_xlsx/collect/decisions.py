"""The clerk's decisions about what is held: the version is taken or not, and what is told of its mail follows."""

from __future__ import annotations

import datetime as dt
import sqlite3

from cchc_xlsx.collect import trust, words
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import book as ledger
from cchc_xlsx.ledger import obligations, outbox
from cchc_xlsx.ledger.model import DeliveryStatus, Letter
from cchc_xlsx.ledger.obligations import Version
from cchc_xlsx.project.model import Setup

_NONE_HELD = Text(
    "Không có mục số {number} nào chờ xác nhận; hiện không có mục nào chờ.",
    "Nothing numbered {number} waits for a decision; nothing does.",
)
_NOT_HELD = Text(
    "Không có mục số {number} nào chờ xác nhận. Đang chờ: {known} (xem: cchc-xlsx held list).",
    "Nothing numbered {number} waits for a decision. Waiting: {known} (see: cchc-xlsx held list).",
)
_NO_WHY = Text("Ghi lý do quyết định trong --why.", "Say in --why why it is decided so.")
_ACCEPTED = Text("{who} xác nhận nhận {name}: {why}", "{who} accepted {name}: {why}")
_REJECTED = Text("{who} quyết định không nhận {name}: {why}", "{who} did not accept {name}: {why}")


def decide(
    book: sqlite3.Connection, number: int, setup: Setup, *, accept: bool, who: str, why: str, now: dt.datetime
) -> Version:
    """Enter a decision about a held version; gives that version as it was. Raises CchcError where none of that number waits.

    Whoever sent one that is accepted is answered now, where the address is in the register.

    The mails with nothing left to decide are told as taken where anything in them was, else as nothing, with the reason.
    """
    if not why.strip():
        raise CchcError(_NO_WHY)
    waiting = {one.id: one for one in obligations.held(book)}
    if number not in waiting:
        known = ", ".join(map(str, waiting))
        raise CchcError((_NOT_HELD if known else _NONE_HELD).format(number=number, known=known))
    with ledger.writing(book):
        obligations.decide(book, number, accept=accept, who=who, why=why.strip(), now=now)
        _tell(book, number)
        if accept:
            _answer(book, number, setup, now)
    return waiting[number]


def _answer(book: sqlite3.Connection, number: int, setup: Setup, now: dt.datetime) -> None:
    message = book.execute(
        "SELECT m.* FROM message m JOIN version v ON v.message = m.id WHERE v.id = ?", (number,)
    ).fetchone()
    unit = trust.owner(message["sender"] or "", setup)
    if unit and not message["machine"]:
        dedupe = f"reply:{message['key']}"
        name = outbox.message_id(setup.mail.address, dedupe)
        outbox.queue(book, Letter(dedupe, "reply", message["sender"], name, unit), now, message["id"])


def _tell(book: sqlite3.Connection, number: int) -> None:
    """What is told of the mail that a version came with, after it was decided."""
    message = book.execute("SELECT message FROM version WHERE id = ?", (number,)).fetchone()["message"]
    rows = book.execute(
        "SELECT v.state, v.why, v.decided_by, v.decided_why, o.name FROM version v"
        " LEFT JOIN occurrence o ON o.message = v.message AND o.version = v.id"
        " WHERE v.message = ? GROUP BY v.id ORDER BY v.id",
        (message,),
    ).fetchall()
    refused = book.execute(
        "SELECT name, refused FROM occurrence WHERE message = ? AND refused IS NOT NULL ORDER BY route", (message,)
    ).fetchall()
    states = {row["state"] for row in rows}
    status: DeliveryStatus = (
        "hold" if "held" in states else "ok" if "taken" in states else "quarantine" if refused else "none"
    )
    said = [_reason(row) for row in rows]
    said += [words.REFUSED.format(name=f"“{row['name']}”", why=ledger.read_words(row["refused"])) for row in refused]
    reason = Text("; ".join(one.vi for one in said), "; ".join(one.en for one in said))
    book.execute(
        "UPDATE delivery SET status = ?, reason = ? WHERE message = ? AND status = 'hold'",
        (status, ledger.words(reason), message),
    )


def _reason(row: sqlite3.Row) -> Text:
    name = f"“{row['name'] or '?'}”"
    if row["state"] == "held":
        return words.HELD.format(names=name, why=ledger.read_words(row["why"]))
    if row["decided_by"] is None:
        return words.TAKEN.format(names=name)
    decided = _REJECTED if row["state"] == "rejected" else _ACCEPTED
    return decided.format(who=row["decided_by"], name=name, why=row["decided_why"])
