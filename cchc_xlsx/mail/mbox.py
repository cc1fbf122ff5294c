"""Mailbox files: where each mail begins and ends, without reading the whole into memory, and what they add to a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

_PIECE = 4 << 20
_TAIL = 4 << 10  # more than an envelope line with what stands around it
# A mail begins after a blank line, or with an envelope line that tells a time; a header must follow.
_START = re.compile(rb"\nFrom [^\r\n]{0,1000}\r?\n(?=>?[!-9;-~]{1,100}[ \t]*:|>From )")
_TIME = re.compile(rb"\d{1,2}:\d\d(?::\d\d)?\s[^\r\n]*\d{4}|\d{4}[^\r\n]*\d{1,2}:\d\d")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_FIRST = re.compile(rb"From [^\r\n]{0,1000}\r?\n(?:>?[!-9;-~]{1,100}[ \t]*:|>From )")


def is_mbox(head: bytes) -> bool:
    """Whether a file begins as mailbox files do."""
    return _FIRST.match(head) is not None


def spans(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Start and length in bytes of each mail, without its envelope line and the blank line behind it."""
    opened = -1
    for before, after in _envelopes(file):
        if opened >= 0:
            yield opened, max(0, before - opened)
        opened = after
    if opened >= 0:
        end = file.seek(0, 2)
        file.seek(max(opened, end - 3))
        tail = file.read()
        blank = 2 if tail == b"\n\r\n" else 1 if tail.endswith(b"\n\n") else 0
        yield opened, max(0, end - blank - opened)


def _envelopes(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where each envelope line begins, with the blank line before it, and where it ends."""
    window, offset, last = b"\n\n", -2, -1
    while True:
        piece = file.read(_PIECE)
        window += piece
        safe = len(window) if not piece else len(window) - _TAIL
        for found in _START.finditer(window):
            if found.start() >= safe:
                break
            blank = _blank(window, found.start())
            if offset + found.end() > last and (blank or _TIME.search(found[0])):
                last = offset + found.end()
                yield max(0, offset + found.start() + 1 - blank), last
        if not piece:
            return
        kept = min(len(window), 2 * _TAIL)
        offset += len(window) - kept
        window = window[-kept:]


def _blank(window: bytes, at: int) -> int:
    """How long the blank line is that ends with the line feed at `at`; 0 where that line is not blank."""
    if window[at - 1 : at] == b"\n":
        return 1
    return 2 if window[max(0, at - 2) : at] == b"\n\r" else 0


def unquoted(mail: bytes) -> bytes:
    """A mail as it was before a ">" was put before its lines that begin with "From "."""
    return _QUOTED.sub(rb"\1", mail) if b"\n>" in mail else mail
