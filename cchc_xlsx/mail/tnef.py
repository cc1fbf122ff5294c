"""winmail.dat: what Outlook packs attachments into when it believes that the other side is Outlook too."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from msgspec import Struct

from cchc_xlsx.mail import charsets
from cchc_xlsx.mail.limits import MAX_ENTRIES

_ATTRIBUTE = struct.Struct("<BHHL")  # level, id, type, length; data and a checksum of 16 bits follow
_RENDERING, _TITLE, _DATA, _PROPERTIES, _CODEPAGE = 0x9002, 0x8010, 0x800F, 0x9005, 0x9007
_LONG_NAME, _SHORT_NAME, _CONTENT = 0x3707, 0x3704, 0x3701
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = (0x0D, 0x1E, 0x1F, 0x102)
_GUID = 16
_MAX_PROPERTIES, _MAX_VALUES = 200, 10


class Attachment(Struct):
    """A file in it: its names, the longest known first used, and its bytes; None where it is a mail packed the same way."""

    title: str = ""
    long_name: str = ""
    content: bytes = b""
    is_described: bool = False

    @property
    def name(self) -> str:
        """The best name."""
        return self.long_name or self.title


def attachments(data: bytes) -> list[Attachment] | None:
    """The files in it, in order; None where it is cut off or malformed."""
    found: list[Attachment] = []
    charset = ""
    at = 6  # the signature and a key
    while at < len(data):
        if at + _ATTRIBUTE.size > len(data):
            return None
        _, kind, _, length = _ATTRIBUTE.unpack_from(data, at)
        start = at + _ATTRIBUTE.size
        at = start + length + 2
        if at > len(data) or len(found) > MAX_ENTRIES:
            return None
        if kind == _CODEPAGE:
            charset = f"cp{int.from_bytes(data[start : start + min(length, 4)], 'little')}"
        elif kind == _RENDERING:
            found.append(Attachment())
        elif found:
            _add(found[-1], kind, data[start : start + length], charset)
    return found


def _add(to: Attachment, kind: int, content: bytes, charset: str) -> None:
    if kind == _TITLE:
        to.title = charsets.decode(content.partition(b"\0")[0], charset)
    elif kind == _DATA:
        to.content = content
    elif kind == _PROPERTIES and not to.is_described:
        to.is_described = True
        for tag, kind_, value in _properties(content):
            if tag == _LONG_NAME or (tag == _SHORT_NAME and not to.long_name):
                to.long_name = _text(value, kind_, charset) or to.long_name
            elif tag == _CONTENT and not to.content:
                to.content = value[_GUID:] if kind_ == 0x0D else value


def _text(value: bytes, kind: int, charset: str) -> str:
    if kind == 0x1F:
        return charsets.decode(value, "utf-16-le").partition("\0")[0]
    return charsets.decode(value.partition(b"\0")[0], charset)


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Tag, type and first value of each property; stops where it is none that it knows."""
    count, at = int.from_bytes(data[:4], "little"), 4
    for _ in range(min(count, _MAX_PROPERTIES)):
        if at + 4 > len(data):
            return
        kind, tag = struct.unpack_from("<HH", data, at)
        at = _past_name(data, at + 4) if tag >= 0x8000 else at + 4
        base, is_many = kind & 0x0FFF, bool(kind & 0x1000)
        values = 1
        if is_many or base in _VARIABLE:
            values, at = int.from_bytes(data[at : at + 4], "little"), at + 4
        first = b""
        for number in range(min(values, _MAX_VALUES)):
            value, at = _value(data, at, base)
            first = first if number else value
            if at > len(data):
                return
        yield tag, base, first


def _value(data: bytes, at: int, base: int) -> tuple[bytes, int]:
    if base in _VARIABLE:
        size = int.from_bytes(data[at : at + 4], "little")
        return data[at + 4 : at + 4 + size], at + 4 + (size + 3) // 4 * 4
    size = _FIXED.get(base, len(data) + 1)
    return data[at : at + size], at + size


def _past_name(data: bytes, at: int) -> int:
    """Past the name of a named property: a set, then a number or a text."""
    if int.from_bytes(data[at + 16 : at + 20], "little") == 0:
        return at + 24
    size = int.from_bytes(data[at + 20 : at + 24], "little")
    return at + 24 + (size + 3) // 4 * 4
