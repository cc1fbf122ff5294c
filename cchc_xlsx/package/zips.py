"""The zip directory, read strictly: what it says must be what every other reader of the same bytes would see."""

from __future__ import annotations

import itertools
import operator
import re
import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct
from zlib_ng import zlib_ng

from cchc_xlsx.package.refusal import Refusal, Refused, damaged, over, unsafe

MAX_ENTRIES = 1_000
MAX_PART = 64 << 20
MAX_TOTAL = 128 << 20
MAX_RATIO = 200
RATIO_FROM = 1 << 20  # small parts of equal cells pack better than any bomb

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_ENCRYPTED, _STREAMED, _UTF8 = 0x0001 | 0x0040 | 0x2000, 0x0008, 0x0800
_ALLOWED = 0x0006 | _STREAMED | _UTF8
_HEADER = operator.attrgetter("header")
_MAX_NAME = 255
_TRAILING = b"\r\n \0"  # what mail programs leave behind an attachment
_MAX_TRAILING = 16
_BAD_NAME = re.compile(
    r"[\x00-\x1f\x7f]|^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.{1,2}(?:[/\\]|$)|[/\\]{2}|&[^;]*;|^$"
)  # &…; some readers do not undo where a part is named
_UNICODE_PATH = b"\x75\x70"  # an extra field that gives some readers another name


class Entry(NamedTuple):
    """One entry of the directory; `key` is its name as it is looked up: lower case, forward slashes.

    `crc`, `packed` and `size` stand together (fields 4 to 6) as in the header before the entry.
    """

    key: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, which holds nothing."""
        return self.key.endswith("/")


class Directory(Struct, frozen=True):
    """The zip file without what trails it, where its directory starts, and its entries."""

    data: bytes
    start: int
    entries: tuple[Entry, ...]


def read(data: bytes) -> Directory:
    """The directory of a zip file; nothing but the directory is looked at yet."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - _END.size - _FULL16 - _MAX_TRAILING))
    if at < 0 or at + _END.size > len(data):
        raise damaged("zip")
    _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(data, at)
    end = at + _END.size + comment
    if _has_other_end(data, at):
        raise damaged("zip")
    if end > len(data) or len(data) - end > _MAX_TRAILING or data[end:].strip(_TRAILING):
        raise damaged("zip")
    if disk or first_disk or here != count:
        raise unsafe("disks")
    if _FULL32 in (start, size) or count == _FULL16:
        raise unsafe("zip64")
    if count > MAX_ENTRIES:
        raise over("entries", count, MAX_ENTRIES)
    if start + size != _before_zip64(data, at, (count, size, start)):
        raise damaged("zip")
    return Directory(data[:end], start, _entries(data, start, start + size, count))


def _has_other_end(data: bytes, at: int) -> bool:
    """Whether an earlier last record covers the rest of the file as its comment: some readers would begin there."""
    first = max(0, len(data) - _END.size - _FULL16 - _MAX_TRAILING)
    while (at := data.rfind(b"PK\x05\x06", first, at)) >= 0:
        comment: int = _END.unpack_from(data, at)[7]
        if len(data) - _MAX_TRAILING <= at + _END.size + comment <= len(data):
            return True
    return False


def _before_zip64(data: bytes, at: int, said: tuple[int, int, int]) -> int:
    """Where the directory ends: before the 64-bit records if some writer added them, which must say the same."""
    if at < _LOCATOR.size or data[at - _LOCATOR.size : at - _LOCATOR.size + 4] != b"PK\x06\x07":
        return at
    _, disk, end64, _ = _LOCATOR.unpack_from(data, at - _LOCATOR.size)
    if disk or end64 + _END64.size > at:
        raise damaged("zip")
    record: tuple[object, ...] = _END64.unpack_from(data, end64)
    if record[0] != b"PK\x06\x06" or record[7:] != said:
        raise damaged("zip")
    return int(end64)


def _entries(data: bytes, at: int, end: int, count: int) -> tuple[Entry, ...]:
    entries = []
    for _ in range(count):
        if at + _CENTRAL.size > end:
            raise damaged("zip")
        fields = _CENTRAL.unpack_from(data, at)
        sig, _, _, flags, method, _, _, crc, packed, size, name, extra, comment, disk, _, _, header = fields
        after = at + _CENTRAL.size + name
        if name > _MAX_NAME:
            raise unsafe("name")
        if sig != b"PK\x01\x02" or after + extra + comment > end:
            raise damaged("zip")
        raw_name = data[at + _CENTRAL.size : after]
        if disk:
            raise unsafe("disks")
        if _FULL32 in (packed, size, header):
            raise unsafe("zip64")
        if extra and _UNICODE_PATH in data[after : after + extra]:
            raise unsafe("name")
        entries.append(Entry(_key(raw_name, flags & _UTF8), raw_name, flags, method, crc, packed, size, header))
        at = after + extra + comment
    if at != end:
        raise damaged("zip")
    return tuple(entries)


@lru_cache(maxsize=512)  # the same names in every workbook
def _key(raw_name: bytes, utf8: int) -> str:
    try:
        name = raw_name.decode("utf-8" if utf8 else "cp437")
    except UnicodeDecodeError:
        raise unsafe("name") from None
    if _BAD_NAME.search(name):
        raise unsafe("name")
    return name.replace("\\", "/").lower()


def locate(directory: Directory) -> tuple[tuple[Entry, int], ...]:
    """Each entry with the place of its bytes, all limits and the agreement of both headers checked."""
    entries = directory.entries
    if len({entry.key.rstrip("/") for entry in entries}) < len(entries):
        raise unsafe("duplicate-name")
    total = sum([entry.size for entry in entries])
    if total > MAX_TOTAL:
        raise over("total-bytes", total, MAX_TOTAL)
    for entry in entries:
        _check(entry)
    placed = [(entry, _data_start(directory, entry)) for entry in sorted(entries, key=_HEADER)]
    for (entry, start), (following, _) in itertools.pairwise(placed):
        if start + entry.packed > following.header:
            raise damaged("overlap", entry.key)
    return tuple(placed)


def _check(entry: Entry) -> None:
    if entry.flags & _ENCRYPTED:
        raise Refused(Refusal("F004"))
    if entry.method not in (0, 8) or entry.flags & ~_ALLOWED:
        raise unsafe("compression", entry.key)
    if entry.size > MAX_PART:
        raise over("part-bytes", entry.size, MAX_PART)
    if entry.size > RATIO_FROM and entry.size > MAX_RATIO * entry.packed:
        raise over("ratio", entry.size // max(1, entry.packed), MAX_RATIO)
    if (entry.method == 0 and entry.packed != entry.size) or (entry.size and entry.is_folder):
        raise damaged("header", entry.key)


def _data_start(directory: Directory, entry: Entry) -> int:
    """Where the bytes of an entry start; its own header must say what the directory says."""
    if entry.header + _LOCAL.size > directory.start:
        raise damaged("header", entry.key)
    sig, _, flags, method, _, _, crc, packed, size, name, extra = _LOCAL.unpack_from(directory.data, entry.header)
    start = entry.header + _LOCAL.size + name
    same = sig == b"PK\x03\x04" and method == entry.method and not flags & _ENCRYPTED
    if not same or directory.data[entry.header + _LOCAL.size : start] != entry.raw_name:
        raise damaged("header", entry.key)
    if (crc, packed, size) != entry[4:7] and not _sizes_agree(
        entry, flags, (crc, packed, size), directory.data[start : start + extra]
    ):
        raise damaged("header", entry.key)
    if start + extra + entry.packed > directory.start:
        raise damaged("overlap", entry.key)
    return int(start + extra)


def _sizes_agree(entry: Entry, flags: int, said: tuple[int, int, int], extra: bytes) -> bool:
    """Whether checksum and sizes of the entry's own header are those of the directory, or left open by a stream."""
    crc, packed, size = said
    if _FULL32 in (packed, size):  # some writers reserve the 64-bit field without needing it
        if extra[:4] != b"\x01\x00\x10\x00" or len(extra) < 20:
            return False
        size, packed = struct.unpack_from("<QQ", extra, 4)
    if flags & _STREAMED:
        return all(one in (0, other) for one, other in zip((crc, packed, size), entry[4:7], strict=True))
    return bool((crc, packed, size) == entry[4:7])


def inflate(packed: bytes, key: str, method: int, size: int, crc: int) -> bytes:
    """The true content of an entry: exactly its size, with its checksum."""
    if method == 0:
        content = packed
    else:
        unpacker = zlib_ng.decompressobj(-zlib_ng.MAX_WBITS)
        try:
            content = unpacker.decompress(packed, size + 1)
        except zlib_ng.error:  # type: ignore[misc]  # it is one
            raise damaged("inflate", key) from None
        if not unpacker.eof or unpacker.unused_data or len(content) != size:
            raise damaged("inflate", key)
    if zlib_ng.crc32(content) != crc:
        raise damaged("crc", key)
    return content


def keys(entries: Iterable[Entry]) -> frozenset[str]:
    """The names in the directory, as they are looked up."""
    return frozenset([entry.key for entry in entries])
