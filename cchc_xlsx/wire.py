"""What a process says of a file that it examined, as one line: a head that the run needs at once, then what is kept as it is."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from msgspec import Struct

from cchc_xlsx.results import Status

_written = json.JSONEncoder(separators=(",", ":")).encode


class Answer(Struct, frozen=True):
    """One file: its head, what findings about the set are made from, all that is told, and the marked copy.

    `of_set` is JSON: the unit's name, figures of rows that one unit alone reports, what decides who is asked, the sheet, what is known; empty where nothing was read.
    `told` is what `results.members` makes. Both stay as bytes, since most are only passed on.
    """

    status: Status
    token: str | None = None
    sha256: str | None = None
    is_usable: bool = False
    copy_name: str | None = None
    of_set: bytes = b""
    told: bytes = b""
    copy: bytes = b""


def to_line(one: Answer) -> bytes:
    """The answer as a line without its end."""
    head = [one.status, one.token, one.sha256, one.is_usable, one.copy_name]
    return b"\t".join((to_json(head), one.of_set, one.told, base64.b64encode(one.copy)))


def from_line(line: bytes) -> Answer:
    """The answer that a line tells."""
    head, of_set, told, copy = line.rstrip(b"\n").split(b"\t")
    status, token, sha256, is_usable, copy_name = json.loads(head)
    return Answer(status, token, sha256, is_usable, copy_name, of_set, told, base64.b64decode(copy) if copy else b"")


def counts(told: bytes) -> Mapping[str, int]:
    """How many findings of each severity count in what is told."""
    found = {"error": 0, "warning": 0, "info": 0}
    for one in json.loads(b"{" + told + b"}")["findings"]:
        if not one["waived"]:
            found[one["severity"]] += 1
    return found


def to_json(value: object) -> bytes:
    """The value as short as JSON has it."""
    return _written(value).encode()
