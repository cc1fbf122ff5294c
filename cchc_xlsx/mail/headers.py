"""Headers of a mail or part, from raw bytes: names, values, and parameters by RFC 2231 and by what programs really write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from cchc_xlsx.mail import charsets
from cchc_xlsx.mail.limits import MAX_HEAD, MAX_HEADERS
from cchc_xlsx.mail.model import TOO_LARGE_HEAD, Unreadable

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_QUOTED = re.compile(rb"\"((?:[^\"\\]|\\.)*)\"?", re.DOTALL)
_SURE = re.compile(
    rb"(?:content-(?:type|transfer-encoding|disposition)|mime-version|from|to|subject|date|message-id|received):",
    re.IGNORECASE,
)
_FIRST_WORD = re.compile(rb"\s*([^\s;()=]*)(?=[\s;(]|\Z)")
_SECTION = re.compile(r"(.{1,100}?)(?:\*(\d{1,4}))?(\*)?$")
_ESCAPED = re.compile(rb"\\([\"\\])")
_FOLD = re.compile(rb"\r?\n[ \t]?")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_MAX_PARAMETERS = 2_000
_BLANKS = b" \t\r\n"


class Headers(Struct, frozen=True):
    """All headers in their order: name in lower case, raw value without the final line end, folds kept."""

    fields: tuple[tuple[str, bytes], ...] = ()

    def every(self, name: str) -> list[bytes]:
        """All values of a header, the topmost first."""
        return [value for one, value in self.fields if one == name]

    def first(self, name: str) -> bytes:
        """The topmost value of a header, empty without one."""
        return next((value for one, value in self.fields if one == name), b"")

    def has(self, name: str) -> bool:
        """Whether there is such a header."""
        return any(one == name for one, _ in self.fields)


def read(data: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The headers at `start` and where the body begins; a line that is none ends them, as where the blank line was lost.

    Raises Unreadable where they are larger than any honest mail's.
    """
    fields: list[tuple[str, bytes]] = []
    at = _past_envelope(data, start, end)
    while at < end:
        if at - start > MAX_HEAD or len(fields) > MAX_HEADERS:
            raise Unreadable(TOO_LARGE_HEAD)
        found = _FIELD.match(data, at, end)
        if found is None and _is_stray(data, at, end):
            at = _newline(data, at, end)
            continue
        if found is None:
            return Headers(tuple(fields)), _past_blank(data, at, end)
        after = _line_end(data, found.end(), end)
        fields.append((found[1].decode("ascii").lower(), data[found.end() : after].strip()))
        at = after
    return Headers(tuple(fields)), end


def _is_stray(data: bytes, at: int, end: int) -> bool:
    """Whether a line that is no header stands among headers: one that all mails have follows."""
    after = _newline(data, at, min(end, at + 1_000))
    return after > at + 2 and _SURE.match(data, after, end) is not None


def _past_envelope(data: bytes, start: int, end: int) -> int:
    """Past a byte order mark and the envelope line that mailbox files leave in front."""
    if data.startswith(b"\xef\xbb\xbf", start, end):
        start += 3
    for opening in (b"From ", b">From "):
        if data.startswith(opening, start, end):
            return min(_newline(data, start, end), end)
    return start


def _past_blank(data: bytes, at: int, end: int) -> int:
    for blank in (b"\r\n", b"\n"):
        if data.startswith(blank, at, end):
            return at + len(blank)
    return at


def _newline(data: bytes, at: int, end: int) -> int:
    found = data.find(b"\n", at, end)
    return end if found < 0 else found + 1


def _line_end(data: bytes, at: int, end: int) -> int:
    """Where a header ends, past all lines that begin with a blank."""
    start = at
    while True:
        at = _newline(data, at, end)
        if at - start > MAX_HEAD:
            raise Unreadable(TOO_LARGE_HEAD)
        if at >= end or data[at : at + 1] not in (b" ", b"\t") or _is_blank(data, at, end):
            return at


def _is_blank(data: bytes, at: int, end: int) -> bool:
    """Whether a line of blanks ends the headers: what follows it is no header."""
    after = _newline(data, at, min(end, at + 200))
    return not data[at:after].strip() and _FIELD.match(data, after, end) is None


def value(raw: bytes) -> tuple[str, Mapping[str, str]]:
    """A structured header: its first word in lower case, and its parameters decoded, names in lower case."""
    word, rest = _word_and_rest(raw)
    return word, parameters(rest)


def raw_value(raw: bytes) -> tuple[str, Mapping[str, bytes]]:
    """A structured header: its first word in lower case, and its parameters as they stand, names in lower case."""
    word, rest = _word_and_rest(raw)
    found: dict[str, bytes] = {}
    for name, text in _pairs(rest):
        found.setdefault(name, text)
    return word, found


def _word_and_rest(raw: bytes) -> tuple[str, bytes]:
    """The first word, and what follows it, also where the semicolon between them is missing."""
    found = _FIRST_WORD.match(raw)
    return (found[1].decode("latin-1").lower(), raw[found.end() :]) if found else ("", raw)


def parameters(raw: bytes) -> Mapping[str, str]:
    """Parameters by name. `name*` beats `name*0…`, which beats `name`; sections count by number, not by their order."""
    plain: dict[str, bytes] = {}
    whole: dict[str, bytes] = {}
    parts: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for name, text in _pairs(raw):
        found = _SECTION.match(name)
        if found is None:
            continue
        base, number, star = found[1], found[2], found[3] is not None
        if number is not None:
            parts.setdefault(base, {}).setdefault(int(number), (text, star))
        else:
            (whole if star else plain).setdefault(base, text)
    decoded = {name: _unpercent(charsets.words(text)) for name, text in plain.items()}
    decoded |= {name: _continued(sections) for name, sections in parts.items()}
    return decoded | {name: _extended(text) for name, text in whole.items()}


def _pairs(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and values. An unquoted value goes on to the next semicolon: programs leave out the quotes of spaced names."""
    at = 0
    for _ in range(_MAX_PARAMETERS):
        equals = raw.find(b"=", at)
        if equals < 0:
            return
        name = raw[at:equals].rpartition(b";")[2].strip(_BLANKS).decode("latin-1").lower()
        at = equals + 1 + len(raw[equals + 1 : equals + 100]) - len(raw[equals + 1 : equals + 100].lstrip(_BLANKS))
        quoted = _QUOTED.match(raw, at)
        after = quoted.end() if quoted else at
        semicolon = raw.find(b";", after)
        at_end = len(raw) if semicolon < 0 else semicolon
        text = _ESCAPED.sub(rb"\1", quoted[1]) if quoted else raw[at:at_end].strip(_BLANKS)
        if 0 < len(name) <= 100:
            yield name, _FOLD.sub(b" ", text)
        at = at_end


def _extended(text: bytes) -> str:
    charset, quote, rest = text.partition(b"'")
    _, second, rest = rest.partition(b"'")
    if not (quote and second):
        return charsets.decode(unquote_to_bytes(text))
    return charsets.decode(unquote_to_bytes(rest), charset.decode("latin-1"))


def _continued(sections: Mapping[int, tuple[bytes, bool]]) -> str:
    """Sections are joined as bytes before they are decoded: a letter may be cut between two of them."""
    charset, pieces = "", []
    for number in sorted(sections):
        text, is_encoded = sections[number]
        if is_encoded and number == min(sections) and text.count(b"'") >= 2:
            declared, _, text = text.split(b"'", 2)
            charset = declared.decode("latin-1")
        pieces.append(unquote_to_bytes(text) if is_encoded else text)
    joined = b"".join(pieces)
    return charsets.decode(joined, charset) if charset else charsets.words(joined)


def _unpercent(text: str) -> str:
    """A name that a web program wrote as in an address, where that makes letters of it."""
    if not _PERCENT.search(text):
        return text
    try:
        plain = unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return text
    return text if plain.isascii() else charsets.decode(plain.encode())
