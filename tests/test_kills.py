"""Killed anywhere and run again, collecting and sending come out as if nothing had happened."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import desk
import kills
import pytest
import servers
from kills import RENAMES, SENDS, SYNCS, WRITES
from msgspec import Struct

PERIOD = "2027-Q1"
SEND = ("send", "--period", PERIOD)
MOVED = "Đã nhận"
CAME = dt.datetime(2026, 3, 12, 2, 1, tzinfo=dt.UTC)
WALKS = [
    pytest.param(SYNCS, id="sync"),
    pytest.param(RENAMES, id="rename"),
    pytest.param(SENDS, id="send"),
    pytest.param(WRITES, id="write"),
]


def _copied(office: desk.Office, place: Path) -> desk.Office:
    """The office with its folder at another place."""
    return desk.Office(Path(shutil.copytree(office.folder, place / office.folder.name)), office.environment)


# ---------------------------------------------------------------------------------------------------------- from a folder


class Dropped(Struct, frozen=True, dict=True):
    """A year's folder, a folder of mails, and what an undisturbed run makes of them in which steps."""

    office: desk.Office
    inbox: Path
    steps: Sequence[kills.Step]
    expected: kills.State


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> Dropped:
    """A submission, the same again, another unit's, and a mail of nobody's concern."""
    kills.need()
    place = tmp_path_factory.mktemp("kills")
    office = desk.office(place / "nam-2027")
    office.run("generate", "--period", PERIOD)
    inbox = place / "inbox"
    inbox.mkdir()
    good = office.filled(PERIOD, "VP")
    mails = {
        "1.eml": desk.mail("vp@xa.example", ("a.xlsx", good), message_id="<1@vp>"),
        "2.eml": desk.mail("vp@xa.example", ("b.xlsx", good), message_id="<2@vp>"),
        "3.eml": desk.mail(
            "mc@xa.example", ("c.xlsx", office.filled(PERIOD, "TTPVHCC", {"r09.den": None})), message_id="<3@mc>"
        ),
        "4.eml": desk.mail("ai@do.example", message_id="<4@do>"),
    }
    for name, raw in mails.items():
        (inbox / name).write_bytes(raw)
    whole = _copied(office, place / "whole").folder
    steps = kills.steps(("collect", inbox), whole, {})
    return Dropped(office, inbox, steps, kills.state(whole))


@pytest.mark.parametrize("calls", [one for one in WALKS if one.id != "send"])
def test_collecting_from_a_folder(calls: Sequence[str], dropped: Dropped, tmp_path: Path) -> None:
    expected = dropped.expected
    assert [len(expected[name]) for name in ("message", "version", "outbox", "spool")] == [4, 2, 2, 0]
    walked = kills.of(calls, dropped.steps)
    assert walked
    for step, left in kills.each(("collect", dropped.inbox), dropped.office.folder, tmp_path, {}, walked):
        desk.Office(left).run("collect", dropped.inbox)
        assert kills.state(left) == expected, step


def test_the_comparison_can_fail(dropped: Dropped, tmp_path: Path) -> None:
    """A negative control: without the second run, or with one row less, the states differ."""
    walked = kills.of(["fsync"], dropped.steps)[::3]  # each comes before its mail is entered
    found = kills.each(("collect", dropped.inbox), dropped.office.folder, tmp_path / "killed", {}, walked)
    assert [kills.state(left) == dropped.expected for _, left in found] == [False] * len(walked)
    whole = _copied(dropped.office, tmp_path / "whole")
    whole.run("collect", dropped.inbox)
    assert kills.state(whole.folder) == dropped.expected
    with closing(sqlite3.connect(whole.folder / ".cchc" / "ledger.sqlite")) as book, book:
        book.execute("DELETE FROM outbox WHERE id = 1")
    assert kills.state(whole.folder) != dropped.expected


# --------------------------------------------------------------------------------------------------------- from a mailbox


class Mailed(Struct, frozen=True, dict=True):
    """A year's folder, the mails of its mailbox, and what an undisturbed run makes of them in which steps."""

    office: desk.Office
    box: servers.Box
    mails: Sequence[Mail]
    steps: Sequence[kills.Step]
    expected: Outcome


Mail = tuple[bytes, tuple[str, ...]]  # with its flags
Outcome = tuple[kills.State, list[list[Mail]]]


@pytest.fixture(scope="module", params=[("", 1), (MOVED, 2)], ids=["marked", "moved"])
def mailed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailed]:
    """A submission, where mails are moved the same again, and a mail of nobody's concern that somebody has deleted."""
    kills.need()
    servers.need()
    move_to, count = request.param
    place = tmp_path_factory.mktemp("kills")
    with servers.dovecot(tls="none") as box:
        box.create(desk.USER, MOVED)
        office = desk.office(place / "nam-2027", box, keyword="CCHC", move_to=move_to or None)
        office.run("generate", "--period", PERIOD)
        good = office.filled(PERIOD, "VP")
        sent = [desk.mail("vp@xa.example", ("a.xlsx", good), message_id=f"<{number}@vp>") for number in range(count)]
        other = (desk.mail("ai@do.example"), ("\\Deleted",))
        mails = [*((raw, ()) for raw in sent), other]
        uids = _filled(box, mails)
        whole = _copied(office, place / "whole").folder
        steps = kills.steps(("collect",), whole, office.environment)
        expected = _outcome(box, whole, uids)
        taken = [(raw, ("CCHC",)) for raw in sent]
        assert expected[1] == ([[other], taken] if move_to else [[*taken, other], []])
        yield Mailed(office, box, mails, steps, expected)


@pytest.mark.parametrize("calls", WALKS)
def test_collecting_from_a_mailbox(calls: Sequence[str], mailed: Mailed, tmp_path: Path) -> None:
    environment = mailed.office.environment
    walked = kills.of(calls, mailed.steps)
    uids = _filled(mailed.box, mailed.mails)
    for step, left in kills.each(("collect",), mailed.office.folder, tmp_path, environment, walked):
        desk.Office(left, environment).run("collect")
        assert _outcome(mailed.box, left, uids) == mailed.expected, step
        uids = _filled(mailed.box, mailed.mails)


def _filled(box: servers.Box, mails: Sequence[Mail]) -> list[int]:
    """The UIDs of the mails in the mailbox, which holds them as if nothing had been collected."""
    for folder in ("INBOX", MOVED):
        box.empty(desk.USER, folder)
    return [box.append(desk.USER, "INBOX", raw, flags, CAME) for raw, flags in mails]


def _outcome(box: servers.Box, folder: Path, uids: Sequence[int]) -> Outcome:
    """What is in ledger and store, and in the mailbox."""
    found = kills.state(folder)
    found["delivery"] = sorted(_numbered(row, uids) for row in found["delivery"])
    flags = [box.flags(desk.USER, one).values() for one in ("INBOX", MOVED)]
    mails = [box.mails(desk.USER, one) for one in ("INBOX", MOVED)]
    return found, [list(zip(*one, strict=True)) for one in zip(mails, flags, strict=True)]


def _numbered(row: Sequence[Any], uids: Sequence[int]) -> tuple[Any, ...]:
    """A delivery, its mail counted from the first; one that was moved ('done') may as well be found to be moved ('gone')."""
    account, folder, validity, uid, source, status, reason, mark, *rest = row
    assert source == f"{folder}/{validity}/{uid}"
    return account, folder, validity, uids.index(int(uid)), status, reason, mark and "done", *rest


# ---------------------------------------------------------------------------------------------------------------- sending


class Sent(Struct, frozen=True, dict=True):
    """A year's folder with its servers, and what an undisturbed run sends in which steps."""

    office: desk.Office
    box: servers.Box
    post: servers.Post
    steps: Sequence[kills.Step]
    expected: tuple[kills.State, list[str]]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    """Two units that get their workbooks; our own copies come to our mailbox."""
    kills.need()
    servers.need()
    place = tmp_path_factory.mktemp("kills")
    with servers.dovecot(tls="none") as box, servers.smtp(deliver=(box, desk.USER, "INBOX")) as post:
        office = desk.office(place / "nam-2027", box, post)
        whole = _copied(office, place / "whole").folder
        steps = kills.steps(SEND, whole, office.environment)
        yield Sent(office, box, post, steps, _gone_out(post, whole))


@pytest.mark.parametrize("calls", WALKS)
def test_sending(calls: Sequence[str], sent: Sent, tmp_path: Path) -> None:
    environment = sent.office.environment
    state, names = sent.expected
    assert {row[4] for row in state["outbox"]} == {"sent"}
    assert len(set(names)) == len(names) == len(state["outbox"]) == 2
    walked = kills.of(calls, sent.steps)
    _forget(sent)
    for step, left in kills.each(SEND, sent.office.folder, tmp_path, environment, walked):
        _ten_minutes_later(left)
        desk.Office(left, environment).run(*SEND)
        assert _gone_out(sent.post, left) == sent.expected, step
        _forget(sent)


def _gone_out(post: servers.Post, folder: Path) -> tuple[kills.State, list[str]]:
    """What the ledger says, and the Message-IDs of what the server took, which is kept as it went out.

    The mails themselves tell when they were made: they differ from run to run.
    """
    found = kills.state(folder)
    files = found.pop("files")
    assert {one.raw for one in post.taken} == set(files.values())
    return found, sorted(str(desk.read(one.raw)["Message-ID"]) for one in post.taken)


def _forget(sent: Sent) -> None:
    """Nothing was sent yet."""
    sent.post.taken.clear()
    sent.box.empty(desk.USER, "INBOX")


def _ten_minutes_later(folder: Path) -> None:
    """What was tried was tried long ago: our own copy would have come by now."""
    path = folder / ".cchc" / "ledger.sqlite"
    if path.exists():
        with closing(sqlite3.connect(path)) as book, book:
            if book.execute("SELECT count(*) FROM sqlite_master WHERE name = 'outbox'").fetchone()[0]:
                book.execute("UPDATE outbox SET tried_at = '2020-01-01T00:00:00Z' WHERE tried_at IS NOT NULL")


def test_a_mail_in_doubt_waits_ten_minutes_and_is_never_sent_blindly(tmp_path: Path) -> None:
    servers.need()
    with servers.dovecot(tls="none") as box, servers.smtp(cuts=["taken"]) as post:
        office = desk.office(tmp_path / "nam-2027", box, post)
        # The server took the first mail and the connection broke before it said so; no copy came to our mailbox.
        office.run("send", "--period", PERIOD, code=1)
        assert sorted(office.rows("SELECT unit, state FROM outbox")) == [("TTPVHCC", "sent"), ("VP", "doubtful")]
        office.run("send", "--period", PERIOD, code=1)
        assert sorted(office.rows("SELECT unit, state FROM outbox")) == [("TTPVHCC", "sent"), ("VP", "doubtful")]
        # Then the copy arrives: it had gone out.
        first = next(one for one in post.taken if one.recipients[0] == "vp@xa.example")
        box.append(desk.USER, "INBOX", first.raw)
        office.run("send", "--period", PERIOD)
        assert {state for (state,) in office.rows("SELECT state FROM outbox")} == {"sent"}
        assert len([one for one in post.taken if one.recipients[0] == "vp@xa.example"]) == 1
