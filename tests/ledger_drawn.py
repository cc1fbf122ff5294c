"""Ledgers for tests, drawn as text: what is owed, and what came for it when, from whom, with which result.

A line names an obligation: form, period, unit, last day. Indented lines below it are what came for it, by Vietnam's clock:

    enter(book, '''
    pl1 2025-Q1 VPTK 2025-03-17
      2025-03-12T09:00 errors V203 V201     from=vp@xa.example sent=2025-03-12T08:59
      2025-03-14T10:00 ok                   from=vp@xa.example
      until 2025-03-20 "Mất điện"
    pl1 2025-Q1 TPHT 2025-03-17
      2025-03-15T10:00 held "địa chỉ lạ"    from=la@noi-khac.example
      again
    mails
      2025-03-15T11:00 none "Họp giao ban"
    ''')

Results: `ok`, `warnings`, `errors` and `nil` (with the codes of findings), `unchecked`, `held` (with the reason, as if it were right).
`again` is the same mail met in another place. Mails without a workbook: `none`, `auto`, `quarantine`, `failed`, with a subject. A day
`-` enters nothing as owed: the set-up says.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import shlex
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import reported
from msgspec import Struct, field

from cchc_xlsx import results
from cchc_xlsx.collect import words
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import book as ledger
from cchc_xlsx.ledger import intake, obligations
from cchc_xlsx.ledger.model import Attached, Checked, Delivery, Message, Outcome, Slot
from cchc_xlsx.ledger.obligations import VIETNAM
from cchc_xlsx.mail.model import Mail
from cchc_xlsx.results import Fields

FORMS = {"pl1": "nhon-hau-2025-phu-luc-1", "pl2": "nhon-hau-2025-phu-luc-2"}
NIL: Fields = {"r02.num": ("I9", 0, "value"), "r02.nil": ("M9", None, "nil")}
SAID: Fields = {"r02.num": ("I9", 12, "value"), "r02.den": ("J9", 20, "value")}
STATUS = {"ok": "ok", "warnings": "warning", "errors": "error", "nil": "ok", "held": "ok"}

# Units in every state, as a clerk would see them on the morning of 19 March.
EVERY_STATE = """
pl1 2025-Q1 A 2025-03-17
pl1 2025-Q1 B 2025-03-17
  until 2025-03-20 "Mất điện"
pl1 2025-Q1 C 2025-03-17
  2025-03-15T10:00 held "địa chỉ lạ"
pl1 2025-Q1 D 2025-03-17
  2025-03-18T10:00 held "địa chỉ lạ"
pl1 2025-Q1 E 2025-03-17
  2025-03-12T09:00 unchecked
pl1 2025-Q1 F 2025-03-17
  2025-03-12T09:00 errors V203 V201 T311
pl1 2025-Q1 G 2025-03-17
  2025-03-12T09:00 errors V203
  2025-03-18T09:00 warnings T311
pl1 2025-Q1 H 2025-03-17
  2025-03-18T00:00 ok
pl1 2025-Q1 I 2025-03-17
  2025-03-17T23:59:59 nil
"""


class _Pen(Struct, dict=True):
    """Where the drawing is: which obligation, which message was the last, how many came."""

    book: sqlite3.Connection
    slot: Slot | None = None
    last: Message | None = None
    count: int = 0
    owed: dict[Slot, dt.date] = field(default_factory=dict)


def moment(text: str) -> dt.datetime:
    """A moment as it is drawn: by Vietnam's clock, unless it names a zone."""
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=VIETNAM)


NOW = moment("2025-03-19T08:00")


@contextlib.contextmanager
def drawn(folder: Path, text: str) -> Iterator[sqlite3.Connection]:
    """A real ledger with what is drawn."""
    with contextlib.closing(ledger.open_at(folder)) as book:
        enter(book, text)
        yield book


def slot(drawn: str) -> Slot:
    """ "pl1 2025-Q1 VPTK"."""
    form, period, unit = drawn.split()
    return Slot(FORMS.get(form, form), period, unit)


def enter(book: sqlite3.Connection, drawn: str) -> None:
    """Enter what is drawn; what is owed becomes exactly what is drawn, where anything is."""
    pen = _Pen(book)
    lines = [line for line in drawn.splitlines() if line.strip()]
    for line in lines:
        if not line.startswith(" ") and line.split()[0] != "mails":
            *whose, due = line.split()
            if due != "-":
                pen.owed[slot(" ".join(whose))] = dt.date.fromisoformat(due)
    if pen.owed:
        obligations.settle(book, pen.owed, "cchc.xlsx")
    for line in lines:
        if line.startswith(" "):
            _came(pen, *shlex.split(line))
        else:
            pen.slot = None if line.split()[0] == "mails" else slot(" ".join(line.split()[:3]))


def _came(pen: _Pen, *given: str) -> None:
    options = dict(one.split("=", 1) for one in given if one.startswith(("from=", "sent=", "same=")))
    first, *rest = (one for one in given if not one.startswith(("from=", "sent=", "same=")))
    if first == "until":
        assert pen.slot
        until, why = rest
        obligations.extend(pen.book, pen.slot, dt.date.fromisoformat(until), "lan", why, moment("2025-03-10T08:00"))
        return
    pen.count += 1
    if first == "again":
        assert pen.last
        _enter(pen, pen.last)
        return
    at, (result, *more) = moment(first), rest
    if pen.slot is None:
        _mail(pen, at, result, more[0], options.get("from"))
        return
    one = _attached(pen, result, more, options.get("same", str(pen.count)))
    _message(pen, at, one, options)


def _message(pen: _Pen, at: dt.datetime, one: Attached, options: dict[str, str]) -> None:
    _enter(
        pen,
        Message(
            f"khóa {pen.count}",
            "0" * 64,
            at,
            "imap",
            sender=options.get("from"),
            subject=f"Báo cáo {one.slot.unit if one.slot else ''}",
            sent=moment(options["sent"]) if "sent" in options else None,
            attached=(one,),
        ),
    )


def _attached(pen: _Pen, result: str, more: list[str], content: str) -> Attached:
    assert pen.slot
    digest = hashlib.sha256(f"{pen.slot} {content}".encode()).hexdigest()
    codes = more if result in ("ok", "warnings", "errors", "nil") else []
    findings = [
        reported.told(code, f"I{10 + number}", f"{number + 1}. Tỷ lệ hồ sơ đúng hạn", "12/20")
        for number, code in enumerate(codes)
    ]
    severities = [one.severity for one in findings]
    said = results.members(findings, NIL if result == "nil" else SAID)
    checked = Checked(STATUS.get(result, "ok"), severities.count("error"), severities.count("warning"), said)
    return Attached(
        "1",
        f"{pen.slot.unit}-{content}.xlsx",
        digest,
        1000,
        slot=pen.slot,
        token="CCHC1|thử",
        state="held" if result == "held" else "taken",
        why=Text(*more, *more) if result == "held" else None,
        checked=None if result == "unchecked" else checked,
    )


def _mail(pen: _Pen, at: dt.datetime, status: str, subject: str, sender: str | None) -> None:
    if status == "failed":
        intake.failed(pen.book, _delivery(pen), Text("máy chủ không trả lời", "no answer"), at, at)
        return
    refused = Attached("1", "khoa.rar", "1" * 64, 9, refused=Text("tệp nén RAR", "a RAR archive"))
    _enter(
        pen,
        Message(
            *(f"khóa {pen.count}", "0" * 64, at, "imap"),
            sender=sender,
            subject=subject,
            machine="list" if status == "auto" else None,
            attached=(refused,) if status == "quarantine" else (),
        ),
    )


def _delivery(pen: _Pen) -> Delivery:
    return Delivery("thu", "INBOX", "1", str(pen.count), f"INBOX/{pen.count}")


def _enter(pen: _Pen, message: Message) -> Outcome:
    mail = Mail(machine=message.machine)  # type: ignore[arg-type]
    pen.last = message
    return intake.enter(
        *(pen.book, _delivery(pen), message, message.arrived),
        tell=lambda outcome: words.reason(mail, outcome),
        answer=lambda _: None,
    )
