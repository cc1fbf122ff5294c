"""What a run that collects works with: the folder, its ledger and store, and the process that opens what came."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from cchc_xlsx import briefing, history, identity, lock, owing, results, wire, workers
from cchc_xlsx import store as stores
from cchc_xlsx.collect import trust
from cchc_xlsx.history import Reported
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import book as ledger
from cchc_xlsx.ledger import intake, past, plans
from cchc_xlsx.ledger.model import Attached, Checked, Slot
from cchc_xlsx.ledger.obligations import Obligation
from cchc_xlsx.mail.model import Mail, Part, Source, from_json, source_to_json
from cchc_xlsx.project.model import Project
from cchc_xlsx.rules import registry
from cchc_xlsx.store import Kept, Store
from cchc_xlsx.workers import OVERRAN, Answer

_NOT_OURS = "I501"
_DIED = Text(
    "chương trình đọc thư dừng giữa chừng vì thư này; các thư khác không bị ảnh hưởng",
    "the process that reads mails ended over this one; the others are not affected",
)
_OVERRAN = Text("đọc thư này mất quá nhiều thời gian", "reading this mail takes too long")


class Desk(Struct, frozen=True):
    """Everything that one run needs; `owed` are the obligations by slot, `now` gives the present moment."""

    project: Project
    book: sqlite3.Connection
    store: Store
    ask: Callable[[dict[str, Any]], Answer]
    owed: Mapping[Slot, Obligation]
    now: Callable[[], dt.datetime]


@contextlib.contextmanager
def opened(
    project: Project, now: Callable[[], dt.datetime], *, dry_run: bool = False, answers: bool = False
) -> Iterator[Desk]:
    """The desk of a year's folder, which no other run may use meanwhile; a dry run works on a copy that is thrown away.

    `answers`: what is asked is for answers to the units; marked copies are wanted, and each workbook is held against all that is
    known of other periods. Raises CchcError where another run is at work, or the ledger cannot be used.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(lock.held(project.state))
        book = stack.enter_context(contextlib.closing(ledger.open_at(project.state)))
        place = project.state
        if dry_run:
            book = stack.enter_context(contextlib.closing(ledger.copy_of(book)))
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cchc-")))
        owed = owing.settled(project, book)
        store = stack.enter_context(stores.opened(place))
        if not dry_run:
            stores.sweep(store, intake.kept(book))
        known = past.of_all(book) if answers else ()
        task = briefing.task(project, book, now(), marks=answers, past=known)
        ask = stack.enter_context(workers.asking(task))
        yield Desk(project, book, store, ask, owed, now)


def adopt_plans(desk: Desk) -> None:
    """Make accepted plans without errors the revision in force. What an earlier run had no time for is done now."""
    for form, sha256 in plans.unadopted(desk.book):
        answer = desk.ask({"plan": str(desk.store.place(sha256))})
        said = json.loads(answer.partition(b"\t")[0]) if isinstance(answer, bytes) else {}
        if "overlay" in said:
            plans.adopt(desk.book, form, sha256, said["overlay"], desk.now())


class Unread(Exception):  # noqa: N818  not an error: the mail is left for the next run
    """A mail that could not be read this time, and why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


def read(desk: Desk, source: Source) -> Mail:
    """What lies in a source, its files in the spool. Raises Unread where nobody can tell this time."""
    setup = desk.project.setup.mail
    own = {setup.address.casefold()} - {"", *setup.forwarders}  # who passes on what others sent may use our address
    request = {"mail": source_to_json(source), "spool": str(desk.store.spool), "own": sorted(own)}
    answer = desk.ask(request)
    if isinstance(answer, str):
        raise Unread(_OVERRAN if answer == OVERRAN else _DIED)
    said = json.loads(answer.partition(b"\t")[0])
    if "why" in said:
        raise Unread(Text(*said["why"]))
    return from_json(said)


def attached(desk: Desk, mail: Mail, *, is_mail: bool) -> tuple[Attached, ...]:
    """The files of a mail: kept, and examined one by one."""
    kept = [(part, stores.adopt(desk.store, part.file, part.sha256, part.size)) for part in mail.workbooks]
    answers = _answers(desk, kept) if mail.counts else [None] * len(kept)
    workbooks = [
        _workbook(desk, mail, part, one, answer, is_mail=is_mail)
        for (part, one), answer in zip(kept, answers, strict=True)
    ]
    refused = [Attached(one.route, one.name, "", 0, refused=one.why) for one in mail.refused]
    return (*workbooks, *refused)


def _answers(desk: Desk, kept: Sequence[tuple[Part, Kept]]) -> Sequence[Answer]:
    """What the process says of each workbook of a mail.

    Whose it is shows only when it is read; then it is held against what that unit reported, by earlier mails and by this one.
    """
    requests = [{"file": str(one.path), "name": part.name} for part, one in kept]
    answers = [desk.ask(request) for request in requests]
    told = [wire.from_line(one) if isinstance(one, bytes) else None for one in answers]
    here = [_reported(one) if one and one.status != "error" else None for one in told]
    for at, one in enumerate(told):
        mine = _reported(one) if one else None
        if mine:
            slot = Slot(mine.whose.form, mine.period, mine.whose.unit)
            before = {one.period: one for one in past.of_unit(desk.book, slot)}
            before |= {one.period: one for one in here if one and one.whose == mine.whose and one.period != mine.period}
            if before:
                answers[at] = desk.ask({**requests[at], "past": history.to_json(tuple(before.values()))})
    return answers


def _reported(said: wire.Answer) -> Reported | None:
    """What a workbook reports, where it can be held against others."""
    who = identity.parse(said.token) if said.token and said.is_usable else None
    return history.reported(who, results.from_members(said.told.decode())[1]) if who else None


def _workbook(desk: Desk, mail: Mail, part: Part, kept: Kept, answer: Answer | None, *, is_mail: bool) -> Attached:
    bare = Attached(part.route, part.name, kept.sha256, kept.size)
    if answer is None:
        return bare  # it never counts
    if isinstance(answer, str):
        return _refused(bare, registry.by_code()[answer].message.format(seconds=f"{workers.SECONDS_A_FILE:g}"))
    said = wire.from_line(answer)
    who = identity.parse(said.token) if said.token else None
    if who is None or not said.of_set:
        return _unknown(bare, said)
    slot = Slot(who.form, who.period or "", who.unit)
    why = trust.doubt(mail if is_mail else None, who, desk.project.setup, is_owed=slot in desk.owed)
    counts = wire.counts(said.told)
    checked = Checked(said.status, counts["error"], counts["warning"], said.told.decode())
    return Attached(
        *(part.route, part.name, kept.sha256, kept.size),
        slot=slot,
        token=who.token,
        state="held" if why else "taken",
        why=why,
        checked=checked,
    )


def _refused(bare: Attached, why: Text) -> Attached:
    return Attached(bare.route, bare.name, bare.sha256, bare.size, refused=why)


def _unknown(bare: Attached, said: wire.Answer) -> Attached:
    """A workbook that could not be opened or recognised: it is refused, unless it never was one of ours."""
    findings = json.loads(b"{" + said.told + b"}")["findings"]
    worst = next((one for one in findings if one["severity"] == "error"), None)
    if worst is None or worst["code"] == _NOT_OURS:
        return bare
    text = f"{worst['code']}: {worst['message']}"
    return _refused(bare, Text(text, text))
