"""The tree of a mail, by offsets into its bytes: nothing is copied, and each level is passed over once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from cchc_xlsx.mail import headers
from cchc_xlsx.mail.headers import Headers
from cchc_xlsx.mail.limits import MAX_ENTRIES, MAX_NESTED

_GUESS = re.compile(rb"(?:\A|\n)--([^\r\n]{1,200}?)[ \t]{0,3}\r?\n(?=content-[a-z-]+:)", re.IGNORECASE)

_NEAR = 1 << 20


class Part(Struct, frozen=True):
    """A leaf of the tree: its place in the mail ("1.2"), its headers, and where its body lies in the bytes."""

    route: str
    headers: Headers
    kind: str  # its content type as declared, in lower case; "" without one
    start: int
    end: int
    is_too_deep: bool = False


def content_type(found: Headers) -> str:
    """The content type as declared, in lower case; "" without one."""
    return headers.value(found.first("content-type"))[0]


def leaves(data: bytes, found: Headers, start: int, end: int) -> Iterator[Part]:
    """Every part that is not itself made of parts, in order; at most one more than a mail may have."""
    for count, part in enumerate(_leaves(data, Part("", found, content_type(found), start, end), 0)):
        yield part
        if count >= MAX_ENTRIES:
            return


def _leaves(data: bytes, part: Part, depth: int) -> Iterator[Part]:
    spans = list(_spans(data, part)) if part.kind.startswith("multipart/") else []
    if not spans:
        yield part if part.route else Part("1", part.headers, part.kind, part.start, part.end)
        return
    if depth >= MAX_NESTED:
        yield Part(part.route, part.headers, part.kind, part.start, part.end, is_too_deep=True)
        return
    default = "message/rfc822" if part.kind == "multipart/digest" else ""
    for number, (start, end) in enumerate(spans, 1):
        inner, body = headers.read(data, start, end)
        route = f"{part.route}.{number}" if part.route else str(number)
        yield from _leaves(data, Part(route, inner, content_type(inner) or default, body, end), depth + 1)


def _spans(data: bytes, part: Part) -> Iterator[tuple[int, int]]:
    """Where the parts of a multipart lie, none where its boundary does not occur."""
    _, parameters = headers.raw_value(part.headers.first("content-type"))
    boundary = parameters.get("boundary", b"").rstrip()
    spans = _between(data, boundary, part) if boundary else []
    if not spans and (guess := _GUESS.search(data, max(0, part.start - 1), min(part.end, part.start + _NEAR))):
        spans = _between(data, guess[1], part)
    yield from spans


def _between(data: bytes, boundary: bytes, part: Part) -> list[tuple[int, int]]:
    line = re.compile(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    spans: list[tuple[int, int]] = []
    opened = -1
    for found in line.finditer(data, max(0, part.start - 1), part.end):
        if opened >= 0:
            end = found.start()
            spans.append((opened, max(opened, end - 1 if data[end - 1 : end] == b"\r" else end)))
        opened = -1
        if found[1] or len(spans) > MAX_ENTRIES:
            break
        newline = data.find(b"\n", found.end(), part.end)
        opened = part.end if newline < 0 else newline + 1
    if opened >= 0:  # the last line is missing: cut off, or never written
        spans.append((opened, part.end))
    return spans
