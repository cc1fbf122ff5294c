"""One run: what is new in mailboxes and folders is kept, examined and entered; one bad mail never stops the others."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field

from cchc_xlsx import store as stores
from cchc_xlsx.collect import desk as desks
from cchc_xlsx.collect import trust, words
from cchc_xlsx.collect.desk import Desk, Unread
from cchc_xlsx.errors import why
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import intake, outbox
from cchc_xlsx.ledger.model import Delivery, Entered, Letter, Message, Outcome
from cchc_xlsx.mail import read as mails
from cchc_xlsx.mail import sources
from cchc_xlsx.mail.arrival import arrival
from cchc_xlsx.mail.model import ArrivedSource, Mail, Source, Unreadable
from cchc_xlsx.store import Kept

FILES = "file"  # the account of what did not come from a mailbox
_NO_MAIL = Text("không phải thư hay bảng tính", "neither a mail nor a workbook")
_NO_ANSWER = Text("máy chủ không đưa nội dung thư; lần sau sẽ thử lại", "the server gave no content; it is tried again")
_DISK = Text("không ghi được ({why}); lần sau sẽ thử lại", "it could not be kept ({why}); it is tried again")

Progress = Callable[[int, int], None]


class Collected(Struct, frozen=True):
    """What a run says of one mail or file."""

    source: str
    outcome: Outcome
    reason: Text
    arrived: dt.datetime | None = None
    arrived_source: ArrivedSource | None = None
    mail: Mail = field(default_factory=Mail)
    reply: str = "none"


class _Read(Struct, frozen=True):
    """A source that was kept and read: what is left is to examine and enter it."""

    delivery: Delivery
    raw: Kept
    mail: Mail
    is_mail: bool
    arrived: dt.datetime
    arrived_source: ArrivedSource


def from_paths(desk: Desk, paths: Sequence[Path], progress: Progress | None = None) -> Iterator[Collected]:
    """Everything below the paths, in the order of arrival, after what nobody looks into or can read."""
    found = list(sources.listed(paths, (*desk.project.own_folders, *desk.project.own_files)))
    done = 0
    waiting: list[_Read] = []
    for source in found:
        read = _from_file(desk, source)
        if isinstance(read, Collected):
            yield read
            done += 1
        else:
            waiting.append(read)
        if progress:
            progress(done, len(found))
    for one in sorted(waiting, key=lambda one: (one.arrived, one.delivery.source)):
        yield _entered(desk, one)
        done += 1
        if progress:
            progress(done, len(found))


def _from_file(desk: Desk, source: Source) -> _Read | Collected:
    delivery = Delivery(FILES, str(source.file.absolute().parent), "", source.shown, source.shown)
    if source.skipped or source.kind == "other":
        reason = source.skipped or _NO_MAIL
        intake.passed(desk.book, delivery, reason, desk.now())
        return Collected(source.shown, Outcome("none"), reason)
    try:
        raw = stores.keep(desk.store, _pieces(source))
        delivery = Delivery(FILES, str(source.file.absolute().parent), raw.sha256, source.shown, source.shown)
        whole = Source(source.shown, raw.path, source.kind)
        mail = desks.read(desk, whole)
        came, by = arrival(source, mail, desk.project.setup.mail.own_hosts)
    except (Unread, Unreadable) as unread:
        return failed(desk, delivery, unread.text)
    except OSError as error:
        return unkept(desk, delivery, error)
    return _Read(delivery, raw, mail, source.kind in ("mail", "msg"), came, by)


def _pieces(source: Source) -> Iterable[bytes]:
    """The bytes of a source as they were sent; of a mailbox file a part, without what the file adds to its lines."""
    return stores.pieces(source.file) if source.length is None else [mails.raw(source)]


def from_mail(desk: Desk, delivery: Delivery, raw: Kept, arrived: dt.datetime) -> Collected:
    """One mail of a mailbox, kept already; `arrived` is the server's own time."""
    try:
        mail = desks.read(desk, Source(delivery.source, raw.path, "mail"))
    except Unread as unread:
        return failed(desk, delivery, unread.text, arrived)
    return _entered(desk, _Read(delivery, raw, mail, is_mail=True, arrived=arrived, arrived_source="imap"))


def unanswered(desk: Desk, delivery: Delivery) -> Collected:
    """A mail whose content the server did not give: left for the next run."""
    return failed(desk, delivery, _NO_ANSWER)


def unkept(desk: Desk, delivery: Delivery, error: OSError) -> Collected:
    """A mail that the disk did not take: left for the next run."""
    return failed(desk, delivery, _DISK.format(why=why(error)))


def failed(desk: Desk, delivery: Delivery, reason: Text, arrived: dt.datetime | None = None) -> Collected:
    """A mail that could not be read this time."""
    # Where the disk is full, the ledger cannot be written either; the mail is then met again in the next run all the same.
    with contextlib.suppress(sqlite3.OperationalError):
        intake.failed(desk.book, delivery, reason, desk.now(), arrived)
    return Collected(delivery.source, Outcome("failed"), reason, arrived, "imap" if arrived else None)


def _entered(desk: Desk, one: _Read) -> Collected:
    mail = one.mail
    try:
        message = Message(
            _key(one),
            one.raw.sha256,
            one.arrived,
            one.arrived_source,
            mail.message_id,
            ", ".join(mail.senders) or None,
            mail.inner_from,
            mail.subject,
            mail.machine,
            mail.sent,
            desks.attached(desk, mail, is_mail=one.is_mail),
        )
        outcome = intake.enter(
            *(desk.book, one.delivery, message, desk.now()),
            tell=lambda outcome: words.reason(mail, outcome),
            answer=lambda outcome: _answer(desk, mail, message.key, outcome) if one.is_mail else None,
        )
    except (OSError, sqlite3.OperationalError) as error:
        reason = why(error) if isinstance(error, OSError) else Text(str(error), str(error))
        return failed(desk, one.delivery, _DISK.format(why=reason), one.arrived)
    reason = words.reason(mail, outcome)
    reply = outbox.state_of_answer(desk.book, outcome.message) if outcome.message else None
    return Collected(one.delivery.source, outcome, reason, one.arrived, one.arrived_source, mail, reply or "none")


def _key(one: _Read) -> str:
    """What makes a message the same one, whichever way it comes.

    One whose workbooks never count is not the one that it was made from, though it may have its number and its files.
    """
    workbooks = sorted(part.sha256 for part in one.mail.workbooks)
    name = one.mail.message_id or one.raw.sha256
    return _sha256(json.dumps([name, workbooks or one.raw.sha256, *([] if one.mail.counts else ["does not count"])]))


def _answer(desk: Desk, mail: Mail, key: str, outcome: Outcome) -> Letter | None:
    """The answer to a submission, where a person of the register gets one."""
    said = any(_is_worth_an_answer(one) for one in outcome.entered)
    address = trust.answer_to(mail, desk.project.setup) if said else None
    if address is None:
        return None
    dedupe = f"reply:{key}"
    setup = desk.project.setup
    name = outbox.message_id(setup.mail.address, dedupe)
    return Letter(dedupe, "reply", address, name, trust.owner(address, setup))


def _is_worth_an_answer(one: Entered) -> bool:
    return bool(one.attached.refused) or (one.is_new and one.attached.state == "taken")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def counted(found: Iterable[Collected]) -> dict[str, int]:
    """How many there are of each status, and how many were seen."""
    counts = {"seen": 0, **dict.fromkeys(("ok", "duplicate", "hold", "none", "auto", "quarantine", "failed"), 0)}
    for one in found:
        counts["seen"] += 1
        counts[one.outcome.status] += 1
    return counts
