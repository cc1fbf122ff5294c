"""What a mail says of itself, the files found in it, where mails come from, and the servers that hold and carry them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text

ArrivedSource = Literal["imap", "received", "file"]
SourceKind = Literal["mail", "msg", "zip", "workbook", "other"]
Machine = Literal["auto-submitted", "null-return-path", "report", "list", "bulk", "suppressed", "own"]
Authentication = Literal["pass", "fail", "none"]
Security = Literal["ssl", "starttls", "none"]

TOO_LARGE_HEAD = Text(
    "Phần đầu thư lớn bất thường nên thư không được đọc.", "The headers of the mail are too large; it was not read."
)


class Unreadable(CchcError):  # noqa: N818 - what it says, not an error of the program
    """No answer: the mail is absent, empty, or no mail at all. It never means that nothing is attached."""


class Source(Struct, frozen=True):
    """One thing that may bring workbooks: a mail, or a file that was put into a folder.

    `shown` is how it is told: the path as given, `#n` for the n-th mail of an mbox. `start` and `length` say which bytes of
    `file` it is, in bytes; the whole file where `length` is None. `skipped` tells why it is not looked into at all.
    """

    shown: str
    file: Path
    kind: SourceKind
    start: int = 0
    length: int | None = None
    skipped: Text | None = None


class Part(Struct, frozen=True):
    """A file in a mail that looks like a workbook. Its bytes are exactly those that were sent, in `file` of the spool."""

    route: str  # where in the mail: "1.2"; inside a container "1.2/PL1.xlsx", "1.3/1.1"
    name: str  # as the mail calls it: decoded, NFC, safe as a file's name
    sha256: str
    size: int
    file: Path


class Refused(Struct, frozen=True):
    """A file that was meant as a workbook, or as a container of some, and cannot be opened safely."""

    route: str
    name: str
    why: Text  # a sentence that says what it is and what to send instead


class Received(Struct, frozen=True):
    """One Received line: the host that took the mail, and when (UTC)."""

    host: str
    at: dt.datetime | None


class Verdict(Struct, frozen=True):
    """One Authentication-Results line: who judged (authserv-id) and how DMARC, else SPF and DKIM, came out."""

    server: str
    result: Authentication


class Mail(Struct, frozen=True):
    """One mail, read.

    `senders` are the addresses of all From lines, lower-cased, none where nothing can be read there. `inner_from` is the
    From of the mail that this one forwards, as claimed. `machine` says why it is no person's mail, None where it is one.
    `counts` is False where workbooks in it never count: a bounce, a receipt, a mail of our own.
    """

    message_id: str | None = None
    senders: tuple[str, ...] = ()
    inner_from: str | None = None
    subject: str = ""
    sent: dt.datetime | None = None  # the sender's Date, UTC; never taken for the arrival
    received: tuple[Received, ...] = ()  # the topmost first
    verdicts: tuple[Verdict, ...] = ()
    machine: Machine | None = None
    counts: bool = True
    workbooks: tuple[Part, ...] = ()
    refused: tuple[Refused, ...] = ()
    others: tuple[str, ...] = ()  # names of files that are something else


class Server(Struct, frozen=True):
    """A mail server. Nothing secret is ever written here."""

    host: str
    port: int
    security: Security
    user: str


def to_json(mail: Mail) -> dict[str, Any]:
    """The mail as plain data, for another process: times as ISO text, paths as text."""
    return {
        "message_id": mail.message_id,
        "senders": list(mail.senders),
        "inner_from": mail.inner_from,
        "subject": mail.subject,
        "sent": _iso(mail.sent),
        "received": [[line.host, _iso(line.at)] for line in mail.received],
        "verdicts": [[one.server, one.result] for one in mail.verdicts],
        "machine": mail.machine,
        "counts": mail.counts,
        "workbooks": [[one.route, one.name, one.sha256, one.size, str(one.file)] for one in mail.workbooks],
        "refused": [[one.route, one.name, one.why.vi, one.why.en] for one in mail.refused],
        "others": list(mail.others),
    }


def from_json(data: Mapping[str, Any]) -> Mail:
    """The mail that `to_json` wrote."""
    return Mail(
        message_id=data["message_id"],
        senders=tuple(data["senders"]),
        inner_from=data["inner_from"],
        subject=data["subject"],
        sent=_moment(data["sent"]),
        received=tuple(Received(host, _moment(at)) for host, at in data["received"]),
        verdicts=tuple(Verdict(server, result) for server, result in data["verdicts"]),
        machine=data["machine"],
        counts=data["counts"],
        workbooks=tuple(
            Part(route, name, digest, size, Path(file)) for route, name, digest, size, file in data["workbooks"]
        ),
        refused=tuple(Refused(route, name, Text(vi, en)) for route, name, vi, en in data["refused"]),
        others=tuple(data["others"]),
    )


def source_to_json(source: Source) -> dict[str, Any]:
    """The source as plain data, for another process."""
    skipped = source.skipped and [source.skipped.vi, source.skipped.en]
    return {
        "shown": source.shown,
        "file": str(source.file),
        "kind": source.kind,
        "start": source.start,
        "length": source.length,
        "skipped": skipped,
    }


def source_from_json(data: Mapping[str, Any]) -> Source:
    """The source that `source_to_json` wrote."""
    skipped = Text(*data["skipped"]) if data["skipped"] else None
    return Source(data["shown"], Path(data["file"]), data["kind"], data["start"], data["length"], skipped)


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
