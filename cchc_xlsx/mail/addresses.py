"""Addresses in From lines: what can be read without guessing; names and comments are never taken for an address."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cchc_xlsx.mail import charsets

_MAX = 20
_LONGEST = 64 << 10
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_ANGLE = re.compile(r"<([^<>]*)>")
_WORD = re.compile(r"=\?[^?\s]+\?[BbQq]\?[^?]*\?=")
_ROUTE = re.compile(r"^@[^:]*:")
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]{1,64}@(?:[^\s@<>()\[\],;:\"\\.\x00-\x1f\x7f]+\.)*[^\s@<>()\[\],;:\"\\.\x00-\x1f\x7f]+")  # fmt: skip


def addresses(lines: Iterable[bytes]) -> tuple[str, ...]:
    """The addresses of all these header lines, lower-cased, each once, in order; none where nothing can be read."""
    found: dict[str, None] = {}
    for line in lines:
        for one in _of_line(charsets.decode(line[:_LONGEST])):
            found.setdefault(one)
    return tuple(found)[:_MAX]


def _of_line(text: str) -> Iterable[str]:
    text = _WORD.sub(" ", _QUOTED.sub(" ", without_comments(text)))
    for token in re.split(r"[,;]", text):
        inside = _ANGLE.findall(token)
        for candidate in inside or [token.rpartition(":")[2]]:  # "group: a@b"
            clean = _ROUTE.sub("", candidate.strip())
            if ADDRESS.fullmatch(clean) and len(clean) <= 254:
                yield clean.lower()


def without_comments(text: str) -> str:
    """The text without (comments), which may be nested; what is quoted is no comment."""
    if "(" not in text:
        return text
    kept, depth, quoted, escaped = [], 0, False, False
    for letter in text:
        if not escaped and letter == '"' and not depth:
            quoted = not quoted
        if not quoted and not escaped:
            if letter == "(":
                depth += 1
            elif letter == ")" and depth:
                depth -= 1
                continue
        if not depth:
            kept.append(letter)
        escaped = letter == "\\" and not escaped
    return "".join(kept)
