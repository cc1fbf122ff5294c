"""Mailbox files: where each mail begins and ends, without reading the whole into memory, and what they add to a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

_PIECE = 4 << 20
_TAIL = 4 << 10  # more than an envelope line with what stands around it
# A mail begins after a blank line, or with an envelope line that tells a time; a header must follow.
_START = re.compile(
    rb"(\n\r?)?\nFrom (?:[^\r\n]{0,1000})\r?\n(?=>?[!-9;-~]{1,100}[ \t]*:|>From )",
)
_TIME = re.compile(rb"\d{1,2}:\d\d(?::\d\d)?\s[^\r\n]*\d{4}|\d{4}[^\r\n]*\d{1,2}:\d\d")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_FIRST = re.compile(rb"From [^\r\n]{0,1000}\r?\n(?:>?[!-9;-~]{1,100}[ \t]*:|>From )")


def is_mbox(head: bytes) -> bool:
    """Whether a file begins as mailbox files do."""
    return _FIRST.match(head) is not None


def spans(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Start and length in bytes of each mail, without its envelope line and the blank line behind it."""
    opened = -1
    end = 0
    for before, after in _envelopes(file):
        if opened >= 0:
            yield opened, max(0, before - opened)
        opened = after
    end = file.seek(0, 2)
    if opened >= 0:
        yield opened, max(0, end - opened)


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
            if offset + found.end() > last and (found[1] or _TIME.search(found[0])):
                last = offset + found.end()
                yield max(0, offset + found.start() + 1), last
        if not piece:
            return
        kept = min(len(window), 2 * _TAIL)
        offset += len(window) - kept
        window = window[-kept:]


def unquoted(mail: bytes) -> bytes:
    """A mail as it was before a ">" was put before its lines that begin with "From "."""
    return _QUOTED.sub(rb"\1", mail) if b"\n>" in mail else mail
