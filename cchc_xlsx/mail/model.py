"""What a mail says of itself, the files found in it, where mails come from, and the servers that hold and carry them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cchc_xlsx.lang import Text

ArrivedSource = Literal["imap", "received", "file"]
SourceKind = Literal["mail", "msg", "zip", "workbook", "other"]
Machine = Literal["auto-submitted", "null-return-path", "report", "list", "bulk", "suppressed", "own"]
Authentication = Literal["pass", "fail", "none"]
Security = Literal["ssl", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Source:
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


@dataclass(frozen=True, slots=True)
class Part:
    """A file in a mail that looks like a workbook. Its bytes are exactly those that were sent, in `file` of the spool."""

    route: str  # where in the mail: "1.2"; inside a container "1.2/PL1.xlsx", "1.3/1.1"
    name: str  # as the mail calls it: decoded, NFC, safe as a file's name
    sha256: str
    size: int
    file: Path


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was meant as a workbook, or as a container of some, and cannot be opened safely."""

    route: str
    name: str
    why: Text  # a sentence that says what it is and what to send instead


@dataclass(frozen=True, slots=True)
class Received:
    """One Received line: the host that took the mail, and when (UTC)."""

    host: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One Authentication-Results line: who judged (authserv-id) and how DMARC, else SPF and DKIM, came out."""

    server: str
    result: Authentication


@dataclass(frozen=True, slots=True)
class Mail:
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


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server. Nothing secret is ever written here."""

    host: str
    port: int
    security: Security
    user: str
