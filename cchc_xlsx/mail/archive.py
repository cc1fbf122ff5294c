"""A zip file that holds other files: strict about sizes, patient about names, which many programs write wrongly."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from msgspec import Struct

from cchc_xlsx.lang import Text
from cchc_xlsx.mail import charsets, refusals
from cchc_xlsx.mail.limits import MAX_ENTRIES, MAX_MAIL, MAX_RATIO, RATIO_FROM

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_EXTRA = struct.Struct("<HH")
_FULL = 0xFFFFFFFF
_ENCRYPTED, _UTF8 = 0x2041, 0x0800
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_NOT_FILES = ("__MACOSX/", "__MACOSX\\")


class Member(Struct, frozen=True):
    """A file in an archive: its name as it stands there, and where its packed bytes are."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int

    @property
    def is_encrypted(self) -> bool:
        """Whether it needs a password."""
        return bool(self.flags & _ENCRYPTED)


def members(data: bytes) -> tuple[Member, ...] | Text:
    """The files in an archive, in its order; a sentence where its directory cannot be read."""
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(data):
        return refusals.BROKEN_ARCHIVE
    _, _, _, _, count, size, start, _ = _END.unpack_from(data, at)
    if count > MAX_ENTRIES:
        return refusals.TOO_MANY
    if start + size > at:
        return refusals.BROKEN_ARCHIVE
    found = list(_listed(data, start, start + size, count))
    if len(found) < count:
        return refusals.BROKEN_ARCHIVE
    return tuple(one for one in found if not one.name.endswith(("/", "\\")) and not one.name.startswith(_NOT_FILES))


def _listed(data: bytes, at: int, end: int, count: int) -> Iterator[Member]:
    for _ in range(count):
        if at + _CENTRAL.size > end:
            return
        fields = _CENTRAL.unpack_from(data, at)
        sig, _, _, flags, method, _, _, crc, packed, size, name, extra, comment, _, _, _, header = fields
        after = at + _CENTRAL.size + name
        if sig != b"PK\x01\x02" or after + extra + comment > end:
            return
        raw = data[at + _CENTRAL.size : after]
        more = dict(_extras(data[after : after + extra]))
        packed, size, header = _wide(more.get(_ZIP64, b""), packed, size, header)
        yield Member(_name(raw, flags, more.get(_UNICODE_PATH, b"")), flags, method, crc, packed, size, header)
        at = after + extra + comment


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _EXTRA.size <= len(extra):
        kind, size = _EXTRA.unpack_from(extra, at)
        yield kind, extra[at + 4 : at + 4 + size]
        at += 4 + size


def _wide(more: bytes, packed: int, size: int, header: int) -> tuple[int, int, int]:
    """Sizes from the 64-bit field, which holds, in this order, only those that are full."""
    sizes = {"size": size, "packed": packed, "header": header}
    at = 0
    for name, value in sizes.items():
        if value == _FULL and at + 8 <= len(more):
            sizes[name] = int.from_bytes(more[at : at + 8], "little")
            at += 8
    return sizes["packed"], sizes["size"], sizes["header"]


def _name(raw: bytes, flags: int, unicode_path: bytes) -> str:
    """The name: as the Unicode field says where it belongs to it, else UTF-8, else by the ladder."""
    if unicode_path[:1] == b"\1" and int.from_bytes(unicode_path[1:5], "little") == zlib.crc32(raw):
        return charsets.decode(unicode_path[5:], "utf-8")
    return charsets.decode(raw, "utf-8" if flags & _UTF8 else "")


def unpack(data: bytes, one: Member) -> bytes | Text:
    """The content of a file in an archive, its size and checksum proven; a sentence where it is refused."""
    if one.is_encrypted:
        return refusals.ENCRYPTED_ARCHIVE
    if one.method not in (0, 8):
        return refusals.UNPACKED_UNUSUALLY
    if one.size > MAX_MAIL:
        return refusals.TOO_LARGE_CONTAINER
    if one.size > RATIO_FROM and one.size > MAX_RATIO * one.packed:
        return refusals.TOO_DENSE
    if one.header + _LOCAL.size > len(data) or data[one.header : one.header + 4] != b"PK\x03\x04":
        return refusals.BROKEN_ARCHIVE
    local = _LOCAL.unpack_from(data, one.header)
    start = one.header + _LOCAL.size + int(local[9]) + int(local[10])
    packed = data[start : start + one.packed]
    if len(packed) < one.packed or local[2] & _ENCRYPTED:
        return refusals.BROKEN_ARCHIVE
    content = packed if one.method == 0 else _inflate(packed, one.size)
    return content if len(content) == one.size and zlib.crc32(content) == one.crc else refusals.BROKEN_ARCHIVE


def _inflate(packed: bytes, size: int) -> bytes:
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size + 1)
    except zlib.error:
        return b""
