"""Why a file is not read, as data; the words for each code stand with the rules."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

# What a file turns out to be (F002 and F010).
Kind = Literal[
    "ole2", "doc", "ppt", "msg", "pdf", "rar", "7z", "gz", "image", "rtf", "exe", "email", "xml",
    "docx", "pptx", "odt", "odp", "numbers", "zip", "unknown", "html", "xml2003", "mht",
]  # fmt: skip
# What is broken (F005).
Damage = Literal["zip", "header", "overlap", "inflate", "crc", "part", "xml", "no-sheets", "cell", "range"]
# What cannot be opened (F012).
Trouble = Literal["missing", "permission", "link", "special", "io"]
# What is over its limit (F011); bytes, counts, or a ratio.
Limit = Literal[
    "file-bytes", "entries", "part-bytes", "total-bytes", "ratio", "xml-token", "xml-depth", "sheets", "strings",
    "row", "column", "box", "cells", "merges", "merged-cells", "links", "linked-cells", "formulas",
    "xml-elements", "memory",
]  # fmt: skip
# What no honest program writes (F013).
Unsafe = Literal[
    "doctype", "entity", "encoding", "name", "duplicate-name", "duplicate-cell", "duplicate-sheet", "duplicate-part",
    "comment", "foreign", "compression", "disks", "zip64",
]  # fmt: skip


class Refusal(Struct, frozen=True):
    """A file that is not read: the code of the finding and the data of its wording (kind, what, value, limit, part)."""

    code: str
    data: tuple[tuple[str, str], ...] = ()


class Refused(Exception):  # noqa: N818 - never leaves this room
    """Carries a refusal out of the depths of this room."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def other(kind: Kind) -> Refused:
    """Another kind of file under the name of a workbook."""
    return Refused(Refusal("F002", (("kind", kind),)))


def damaged(what: Damage, part: str = "") -> Refused:
    """A broken file; `part` is the place inside it."""
    return Refused(Refusal("F005", (("what", what), ("part", part)) if part else (("what", what),)))


def over(what: Limit, value: int, limit: int) -> Refused:
    """A file over a limit."""
    return Refused(Refusal("F011", (("what", what), ("value", str(value)), ("limit", str(limit)))))


def doubled(cell: str, part: str) -> Refused:
    """A cell that is written twice: which of the two a program shows is its own choice."""
    return Refused(Refusal("F013", (("what", "duplicate-cell"), ("part", part), ("cell", cell))))


def unsafe(what: Unsafe, part: str = "") -> Refused:
    """A file with content that no honest program writes."""
    return Refused(Refusal("F013", (("what", what), ("part", part)) if part else (("what", what),)))
