"""A hard mail: its bytes, and what must be found in it, refused, and said of it."""

from __future__ import annotations

from dataclasses import dataclass

SENDER = "tuphap@nhonhau.gov.vn"
OFFICE = "cchc@nhonhau.gov.vn"  # our own address


@dataclass(frozen=True, slots=True)
class HardMail:
    """One mail of the set. `name` is the name of its file; `kind` is what a listing must take it for.

    `workbooks` are the safe names and exact bytes, in order; `refused` names and a piece of the Vietnamese sentence;
    `unreadable` a piece of the sentence where there is no answer at all.
    """

    name: str
    raw: bytes
    kind: str = "mail"
    workbooks: tuple[tuple[str, bytes], ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()
    senders: tuple[str, ...] = (SENDER,)
    inner_from: str | None = None
    machine: str | None = None
    counts: bool = True
    unreadable: str = ""
