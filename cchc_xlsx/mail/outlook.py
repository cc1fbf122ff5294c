"""Mails that were saved by Outlook as .msg: headers, text and attachments out of a compound file."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from email.utils import format_datetime

import olefile
from msgspec import Struct

from cchc_xlsx.mail import charsets, headers
from cchc_xlsx.mail.headers import Headers
from cchc_xlsx.mail.limits import MAX_ENTRIES, MAX_MAIL

_ATTACHMENT = "__attach_version1.0_"
_PROPERTIES = "__properties_version1.0"
_MESSAGE = "3701000D"  # a mail inside, as a storage of its own
_CONTENT = "37010102"
_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)
_TIMES = (0x00390040, 0x0E060040)  # sent, delivered
_REPORT = b'multipart/report; report-type="delivery-status"'


class Message(Struct):
    """A mail in a compound file: the storage it lies in, and all paths there are."""

    ole: olefile.OleFileIO[str]
    folder: tuple[str, ...]
    paths: frozenset[tuple[str, ...]]


class Attachment(Struct, frozen=True):
    """A file in it: its name and bytes, or the mail that it is. Neither where it is over the limit."""

    name: str
    content: bytes | None = None
    message: Message | None = None


def open_bytes(data: bytes) -> Message | None:
    """The mail in a compound file; None where it is none or broken."""
    try:
        ole = olefile.OleFileIO(io.BytesIO(data))
        paths = frozenset(tuple(path) for path in ole.listdir(streams=True, storages=True))
    except Exception:
        return None
    return Message(ole, (), paths) if (_PROPERTIES,) in paths else None


def head(message: Message) -> Headers:
    """Its headers: those of the way it came, else what Outlook kept of them."""
    came = _text(message, "007D")
    found = headers.read(came.encode(), 0, len(came.encode()))[0] if came.strip() else _kept(message)
    if _text(message, "001A").upper().startswith("REPORT."):
        return Headers((*found.fields, ("content-type", _REPORT)))
    return found


def body(message: Message) -> str:
    """Its text, empty without one."""
    return _text(message, "1000")


def attachments(message: Message) -> Iterator[Attachment]:
    """The files in it, in their order."""
    depth = len(message.folder)
    inside = {path[: depth + 1] for path in message.paths if path[:depth] == message.folder and len(path) > depth}
    for folder in sorted(path for path in inside if path[-1].startswith(_ATTACHMENT))[:MAX_ENTRIES]:
        one = Message(message.ole, folder, message.paths)
        name = _text(one, "3707") or _text(one, "3704") or _text(one, "3001")
        embedded = (*folder, f"__substg1.0_{_MESSAGE}")
        if embedded in message.paths and (*embedded, _PROPERTIES) in message.paths:
            yield Attachment(name, message=Message(message.ole, embedded, message.paths))
        else:
            yield Attachment(name, _stream(one, _CONTENT))


def _kept(message: Message) -> Headers:
    sender = _text(message, "5D01") or _text(message, "0C1F") or _text(message, "0065")
    fields = {
        "from": f"<{sender}>" if "@" in sender else "",
        "subject": _text(message, "0037"),
        "message-id": _text(message, "1035"),
    }
    times = [time for time in (_time(message, tag) for tag in _TIMES) if time]
    kept = [(name, value.encode()) for name, value in fields.items() if value]
    if times:
        kept.append(("date", format_datetime(times[0]).encode()))
    return Headers(tuple(kept))


def _text(message: Message, tag: str) -> str:
    wide = _stream(message, f"{tag}001F")
    if wide:
        return charsets.decode(wide, "utf-16-le").rstrip("\0")
    return charsets.decode(_stream(message, f"{tag}001E") or b"").rstrip("\0")


def _stream(message: Message, tag: str) -> bytes | None:
    """The bytes of a property; empty without one, None where it is over the limit or broken."""
    path = (*message.folder, f"__substg1.0_{tag}")
    return _read(message, path) if path in message.paths else b""


def _read(message: Message, path: tuple[str, ...]) -> bytes | None:
    try:
        if message.ole.get_size(list(path)) > MAX_MAIL:
            return None
        return bytes(message.ole.openstream(list(path)).read())
    except Exception:
        return None


def _time(message: Message, tag: int) -> dt.datetime | None:
    """A time of the table of short properties: entries of 16 bytes behind a head of 32, or of 24 in a mail inside."""
    table = _read(message, (*message.folder, _PROPERTIES)) or b""
    for at in range(24 if message.folder else 32, min(len(table) - 15, 64 << 10), 16):
        if int.from_bytes(table[at : at + 4], "little") == tag:
            ticks = int.from_bytes(table[at + 8 : at + 16], "little")
            try:
                return _EPOCH + dt.timedelta(microseconds=ticks // 10)
            except OverflowError:
                return None
    return None
