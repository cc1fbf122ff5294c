"""Mails wrapped in a signature (PKCS #7): the content is taken out; whether the signature holds is not asked."""

from __future__ import annotations

from cchc_xlsx.lang import Text
from cchc_xlsx.mail import refusals

_SEQUENCE, _OBJECT_ID, _OCTETS, _OCTETS_OF_PARTS, _EXPLICIT = 0x30, 0x06, 0x04, 0x24, 0xA0
_SIGNED = bytes.fromhex("2a864886f70d010702")
_ENVELOPED = bytes.fromhex("2a864886f70d010703")
_MAX_PIECES = 100_000


def content(data: bytes) -> bytes | Text:
    """What was signed; a sentence where it is encrypted or cannot be read."""
    try:
        return _content(data)
    except (IndexError, ValueError):
        return refusals.BROKEN_MAIL


def _content(data: bytes) -> bytes | Text:
    at = _into(data, 0, _SEQUENCE)
    kind, at = _object_id(data, at)
    if kind == _ENVELOPED:
        return refusals.ENCRYPTED_MAIL
    if kind != _SIGNED:
        return refusals.BROKEN_MAIL
    at = _into(data, _into(data, at, _EXPLICIT), _SEQUENCE)
    for _ in range(2):  # the version, the digest algorithms
        at = _after(data, at)
    at = _into(data, at, _SEQUENCE)
    _, at = _object_id(data, at)
    return _octets(data, _into(data, at, _EXPLICIT))


def _header(data: bytes, at: int) -> tuple[int, int, int | None]:
    """Tag, start of the content, and its end; None where the end is marked, not counted."""
    tag, length = data[at], data[at + 1]
    at += 2
    if length == 0x80:
        return tag, at, None
    if length > 0x80:
        count = length & 0x7F
        if count > 4:
            raise ValueError
        length, at = int.from_bytes(data[at : at + count], "big"), at + count
    if at + length > len(data):
        raise ValueError
    return tag, at, at + length


def _into(data: bytes, at: int, wanted: int) -> int:
    tag, start, _ = _header(data, at)
    if tag != wanted:
        raise ValueError
    return start


def _after(data: bytes, at: int) -> int:
    _, _, end = _header(data, at)
    if end is None:
        raise ValueError
    return end


def _object_id(data: bytes, at: int) -> tuple[bytes, int]:
    tag, start, end = _header(data, at)
    if tag != _OBJECT_ID or end is None:
        raise ValueError
    return data[start:end], end


def _octets(data: bytes, at: int) -> bytes:
    tag, start, end = _header(data, at)
    if tag == _OCTETS and end is not None:
        return data[start:end]
    if tag != _OCTETS_OF_PARTS:
        raise ValueError
    pieces: list[bytes] = []
    at = start
    for _ in range(_MAX_PIECES):
        if at == end or (end is None and data[at : at + 2] == b"\0\0"):
            return b"".join(pieces)
        tag, start, stop = _header(data, at)
        if tag != _OCTETS or stop is None:
            raise ValueError
        pieces.append(data[start:stop])
        at = stop
    raise ValueError
