"""Transfer encodings → the bytes that were sent, in pieces: base64 with anything in it, quoted-printable, uuencode."""

from __future__ import annotations

import binascii
import io
import re
from collections.abc import Iterator
from typing import Literal

Encoding = Literal["base64", "qp", "uu", "plain"]

_PIECE = 1 << 20
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_JUNK = bytes(set(range(256)) - set(_ALPHABET))
_MAX_SECTIONS = 10_000
_ONLY_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]*\Z")
_PADDING = re.compile(rb"=[=\s]*")
_BEGIN = re.compile(rb"^begin [0-7]{3,4}[ \t]+([^\r\n]{1,1000})\r?\n", re.MULTILINE)
_BASE64_STARTS = (b"UEsDB", b"0M8R4KGx", b"UmFyIR", b"N3q8ryc", b"eJ8+I")  # zip, OLE2, RAR, 7z, TNEF
_NAMES: dict[str, Encoding] = {
    "base64": "base64",
    "quoted-printable": "qp",
    "x-uuencode": "uu",
    "x-uue": "uu",
    "uuencode": "uu",
}


def encoding(declared: str, data: bytes, start: int, end: int) -> Encoding:
    """The encoding of a body: as declared, unless its first bytes show another."""
    head = data[start : min(end, start + 2_000)].lstrip()
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x78\x9f\x3e\x22")):
        return "plain"
    said = _NAMES.get(declared.strip().strip("\"'").lower(), "plain")
    if said == "plain" and head.startswith(_BASE64_STARTS):
        return "base64"
    if said == "plain" and head.startswith((b"PK=03=04", b"=50=4B=03=04", b"=50=4b=03=04")):
        return "qp"
    if said != "uu" and _BEGIN.match(head):
        return "uu"
    return said


def decoded(how: Encoding, data: bytes, start: int, end: int, limit: int) -> bytes:
    """The decoded bytes, at most one more than `limit`: enough to see that it is passed."""
    out = io.BytesIO()
    for piece in pieces(how, data, start, end):
        out.write(piece[: limit + 1 - out.tell()])
        if out.tell() > limit:
            break
    return out.getvalue()


def pieces(how: Encoding, data: bytes, start: int, end: int) -> Iterator[bytes]:
    """The decoded bytes, a megabyte or so at a time."""
    if how == "base64":
        return _base64(data, start, end)
    if how == "qp":
        return _quoted(data, start, end)
    if how == "uu":
        return _uu_first(data, start, end)
    return (data[at : min(end, at + _PIECE)] for at in range(start, end, _PIECE))


def _base64(data: bytes, start: int, end: int) -> Iterator[bytes]:
    """Letters that are not of base64 are passed over, also "=" where no group can end.

    After a true end only another section counts: what mailing lists put below is text.
    """
    rest, is_pure = b"", False
    for _ in range(_MAX_SECTIONS):
        equals = data.find(b"=", start, end)
        stop = end if equals < 0 else equals
        for at in range(start, stop, _PIECE):
            letters = rest + data[at : min(stop, at + _PIECE)].translate(None, _JUNK)
            whole = len(letters) // 4 * 4
            rest = letters[whole:]
            yield binascii.a2b_base64(letters[:whole])
        if equals < 0:
            break
        padding = _PADDING.match(data, equals, end)
        assert padding
        start = padding.end()
        if len(rest) > 1:
            yield _last(rest)
            rest = b""
            is_pure = is_pure or _ONLY_BASE64.match(data, start, end) is not None
            if not is_pure:
                return
    yield _last(rest)


def _last(letters: bytes) -> bytes:
    """Up to three letters that no group of four completes; a single one says nothing."""
    return binascii.a2b_base64(letters + b"=" * (4 - len(letters))) if len(letters) > 1 else b""


def _quoted(data: bytes, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        newline = data.find(b"\n", min(end, start + _PIECE), end)
        stop = end if newline < 0 else newline + 1
        yield binascii.a2b_qp(data[start:stop])
        start = stop


def _uu_first(data: bytes, start: int, end: int) -> Iterator[bytes]:
    found = _BEGIN.search(data, start, end)
    return _uu(data, found.end(), end) if found else iter(())


def _uu(data: bytes, start: int, end: int) -> Iterator[bytes]:
    """The lines up to `end`; trailing blanks that were lost on the way count as blanks."""
    lines: list[bytes] = []
    while start < end:
        newline = data.find(b"\n", start, end)
        stop = end if newline < 0 else newline + 1
        line = data[start:stop].rstrip(b"\r\n")
        start = stop
        if line == b"end" or len(line) > 100 or (line and not 32 <= line[0] <= 96):
            break
        lines.append(_uu_line(line))
        if len(lines) > 20_000:
            yield b"".join(lines)
            lines = []
    yield b"".join(lines)


def _uu_line(line: bytes) -> bytes:
    if not line:
        return b""
    count = (line[0] - 32) & 63
    letters = (count * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[: letters + 1].ljust(1 + (count + 2) // 3 * 4))
    except binascii.Error:
        return b""


def uuencoded(data: bytes, start: int, end: int) -> Iterator[tuple[str, int]]:
    """Names (raw, as Latin 1) and places of the files that are written into a text."""
    for found in _BEGIN.finditer(data, start, end):
        yield found[1].strip().decode("latin-1"), found.start()
