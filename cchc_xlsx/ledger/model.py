"""What is entered into the ledger and read from it."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple

from msgspec import Struct

from cchc_xlsx.lang import Text

DeliveryStatus = Literal["ok", "duplicate", "hold", "none", "auto", "quarantine", "failed"]
DELIVERY_STATUSES: tuple[DeliveryStatus, ...] = ("ok", "duplicate", "hold", "none", "auto", "quarantine", "failed")
VersionState = Literal["taken", "held", "rejected"]
LetterKind = Literal["send", "remind", "reply"]
LetterState = Literal["queued", "sending", "doubtful", "sent", "refused"]


class Slot(NamedTuple):
    """What one workbook is owed for. The period of a plan is empty."""

    form: str
    period: str
    unit: str


class Checked(Struct, frozen=True):
    """What a check said of a workbook; `told` are its values, inputs and findings as the fixed JSON has them, without braces."""

    status: str
    errors: int
    warnings: int
    told: str


class Attached(Struct, frozen=True):
    """A file of a message: refused, a workbook that is none of ours (no `slot`), or one that is."""

    route: str
    name: str
    sha256: str
    size: int
    refused: Text | None = None  # why it could not be opened or recognised
    slot: Slot | None = None
    token: str = ""
    state: VersionState = "taken"
    why: Text | None = None  # why it is held
    checked: Checked | None = None


class Delivery(Struct, frozen=True):
    """Where a message was found: a mailbox's folder and number, or a file."""

    account: str
    folder: str
    uidvalidity: str
    uid: str
    source: str


class Message(Struct, frozen=True):
    """A mail, or a file that came without one. `key` tells two messages apart, whichever way they came."""

    key: str
    raw: str
    arrived: dt.datetime
    arrived_source: str
    message_id: str | None = None
    sender: str | None = None
    inner_from: str | None = None
    subject: str = ""
    machine: str | None = None
    sent: dt.datetime | None = None
    attached: tuple[Attached, ...] = ()


class Entered(Struct, frozen=True):
    """What became of one file of a message: the version that it is, its number, whether it is new."""

    attached: Attached
    version: int | None = None
    number: int | None = None
    is_new: bool = False


class Outcome(Struct, frozen=True):
    """What became of a message."""

    status: DeliveryStatus
    entered: tuple[Entered, ...] = ()
    message: int | None = None
    is_new: bool = False  # the message was not known


class Letter(Struct, frozen=True):
    """A mail of ours that is to go out once: `dedupe` is what makes it the same mail again."""

    dedupe: str
    kind: LetterKind
    recipient: str
    message_id: str
    unit: str | None = None
    period: str | None = None
