"""Whether a file is a sound .xlsx package, without keeping anything of it: for files that are only passed on."""

from __future__ import annotations

import zlib

from cchc_xlsx.package import sniff, zips
from cchc_xlsx.package.book import MAX_FILE
from cchc_xlsx.package.refusal import Refusal, Refused, damaged, over

_PIECE = 1 << 20
_TYPES = "[content_types].xml"


def glance(data: bytes) -> Refusal | None:
    """Why `data` is no .xlsx whose directory, limits and checksums hold; None where it is one. Its XML is not looked at."""
    try:
        if len(data) > MAX_FILE:
            raise over("file-bytes", len(data), MAX_FILE)
        sniff.content(data)
        directory = zips.read(data)
        sniff.archive(zips.keys(directory.entries), data[:200])
        for entry, start in zips.locate(directory):
            _prove(directory.data, start, entry)
            if entry.key == _TYPES:
                packed = directory.data[start : start + entry.packed]
                sniff.content_types(zips.inflate(packed, entry.key, entry.method, entry.size, entry.crc))
    except Refused as refused:
        return refused.refusal
    return None


def _prove(data: bytes, start: int, entry: zips.Entry) -> None:
    """Size and checksum of an entry, piece by piece: an entry may be larger than what should be held at once."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method else None
    crc = size = 0
    view = memoryview(data)[start : start + entry.packed]
    for at in range(0, len(view), _PIECE):
        rest: bytes | memoryview = view[at : at + _PIECE]
        while len(rest):
            try:
                piece = unpacker.decompress(rest, _PIECE) if unpacker else rest
            except zlib.error:
                raise damaged("inflate", entry.key) from None
            rest = unpacker.unconsumed_tail if unpacker else b""
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            if size > entry.size or (unpacker and not piece and rest):
                raise damaged("inflate", entry.key)
    if size != entry.size or (unpacker and entry.packed and (not unpacker.eof or unpacker.unused_data)):
        raise damaged("inflate", entry.key)
    if crc != entry.crc:
        raise damaged("crc", entry.key)
