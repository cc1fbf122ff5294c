"""Bytes of a header or a text → words, whatever was declared; RFC 2047 words are joined before they are decoded."""

from __future__ import annotations

import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator

from cchc_xlsx.mail import transfer

# Codecs that turn bytes into text in one pass; Python knows others that unpack, run slowly or mean something else.
_TEXT = re.compile(r"(?:utf-(?:8|16|16-be|16-le|32)|ascii|iso8859-\d+|cp\d+|koi8-[rut]|mac-\w+|gbk?|gb2312|gb18030|hz|big5\w*|shift_\w+|euc_\w+|iso2022_\w+|tis-620)$")  # fmt: skip
_WIDE = ("utf-16", "utf-32")  # of which no text is UTF-8 by chance
_LADDER = ("utf-8", "cp1258", "latin-1")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,39}$")
_WORD = re.compile(rb"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([BbQq])\?([^?\r\n]*)\?=")
_BLANK = re.compile(rb"[ \t\r\n]*$")
_UNDERSCORE = bytes.maketrans(b"_", b" ")
_MAX_VALUE = 16 << 10  # of a header; a folder of a mail's own people fits
_LONG = 4 << 10


def decode(raw: bytes, declared: str = "") -> str:
    """The text in `raw`, NFC: as declared where that can be true, else UTF-8, Vietnamese Windows, Latin 1."""
    for name in (*_believed(raw, declared), *_LADDER):
        try:
            return unicodedata.normalize("NFC", raw.decode(name))
        except (UnicodeError, LookupError):
            continue
    return ""


def _believed(raw: bytes, declared: str) -> Iterator[str]:
    """The declared codec, after UTF-8 where the bytes are that: programs declare what they were set to."""
    if not _NAME.match(declared):
        return
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return
    if not _TEXT.match(name):
        return
    if not raw.isascii() and not name.startswith(_WIDE):
        yield "utf-8"
    yield name


def words(raw: bytes) -> str:
    """A header's value as text, NFC: encoded words decoded, all else by the ladder. Folds become single spaces."""
    raw = re.sub(rb"\r?\n[ \t]*|\r", b" ", raw[:_MAX_VALUE])
    return unicodedata.normalize("NFC", "".join(decode(*piece) for piece in _joined(raw)))


def _joined(raw: bytes) -> Iterator[tuple[bytes, str]]:
    """Runs of bytes with their charset. Neighbouring words of one charset are one run: a letter may be cut between them."""
    charset, kind, waiting, pieces = "", b"", b"", list[bytes]()
    at = 0
    for found in _WORD.finditer(raw):
        between = raw[at : found.start()]
        at = found.end()
        name, how = found[1].decode("ascii", "replace").lower(), found[2].upper()
        same = bool(charset) and _BLANK.match(between) is not None
        if (
            not (same and name == charset and how == kind)
            or len(waiting) % 4 == 0
            or waiting.endswith(b"=")
            or kind == b"Q"
            or len(waiting) > _LONG
        ):
            pieces.append(_transfer(waiting, kind))
            waiting = b""
        if charset and not (same and name == charset):
            yield b"".join(pieces), charset
            pieces = []
        if not same and between:
            yield between, ""
        charset, kind, waiting = name, how, waiting + found[3]
    pieces.append(_transfer(waiting, kind))
    if charset:
        yield b"".join(pieces), charset
    yield raw[at:], ""


def _transfer(text: bytes, kind: bytes) -> bytes:
    if kind == b"Q":
        return binascii.a2b_qp(text.translate(_UNDERSCORE))
    return b"".join(transfer.pieces("base64", text, 0, len(text)))
