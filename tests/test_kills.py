"""Killed anywhere and run again, collecting and sending come out as if nothing had happened."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import desk
import kills
import pytest
import servers

PERIOD = "2027-Q1"
SYNCS, RENAMES, WRITES, SENDS = "fsync,fdatasync", "rename,renameat,renameat2", "pwrite64", "sendto"


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> tuple[desk.Office, Path]:
    """A year's folder, and a folder of mails: a submission, the same again, another unit's, one of nobody's concern."""
    kills.need()
    place = tmp_path_factory.mktemp("kills")
    office = desk.office(place / "nam-2027")
    office.run("generate", "--period", PERIOD)
    folder = place / "inbox"
    folder.mkdir()
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
        (folder / name).write_bytes(raw)
    return office, folder


@pytest.mark.parametrize(
    ("calls", "stride"),
    [(SYNCS, 1), (RENAMES, 1), (WRITES, 19), (SENDS, 1)],
    ids=["fsync", "rename", "pwrite64", "sendto"],
)
def test_collecting_from_a_folder(calls: str, stride: int, inbox: tuple[desk.Office, Path], tmp_path: Path) -> None:
    office, folder = inbox
    whole = tmp_path / "whole" / office.folder.name
    shutil.copytree(office.folder, whole)
    desk.Office(whole).run("collect", folder)
    expected = kills.state(whole)
    assert [len(expected[name]) for name in ("message", "version", "outbox", "spool")] == [4, 2, 2, 0]
    for number, left in kills.each(("collect", folder), office.folder, tmp_path / "killed", {}, calls, stride):
        desk.Office(left).run("collect", folder)
        assert kills.state(left) == expected, (calls, number)


def test_the_comparison_can_fail(inbox: tuple[desk.Office, Path], tmp_path: Path) -> None:
    """A negative control: without the second run, or with one row less, the states differ."""
    office, folder = inbox
    whole = tmp_path / "whole" / office.folder.name
    shutil.copytree(office.folder, whole)
    desk.Office(whole).run("collect", folder)
    expected = kills.state(whole)
    found = [
        kills.state(left)
        for _, left in kills.each(("collect", folder), office.folder, tmp_path / "killed", {}, SYNCS, 9)
    ]
    assert [one == expected for one in found[:-1]] == [False] * (len(found) - 1)
    assert found[-1] == expected
    with closing(sqlite3.connect(whole / ".cchc" / "ledger.sqlite")) as book, book:
        book.execute("DELETE FROM outbox WHERE id = 1")
    assert kills.state(whole) != expected


@pytest.mark.parametrize(("calls", "stride"), [(SYNCS, 3), (SENDS, 5)], ids=["fsync", "sendto"])
def test_collecting_from_a_mailbox_with_marks(calls: str, stride: int, tmp_path: Path) -> None:
    kills.need()
    servers.need()
    with servers.dovecot(tls="none") as box:
        office = desk.office(tmp_path / "nam-2027", box, keyword="CCHC")
        office.run("generate", "--period", PERIOD)
        good = office.filled(PERIOD, "VP")
        for number in (1, 2):
            box.append(desk.USER, "INBOX", desk.mail("vp@xa.example", ("a.xlsx", good), message_id=f"<{number}@vp>"))
        box.append(desk.USER, "INBOX", desk.mail("ai@do.example"), ("\\Deleted",))
        whole = tmp_path / "whole" / office.folder.name
        shutil.copytree(office.folder, whole)
        desk.Office(whole, office.environment).run("collect")
        expected = kills.state(whole)
        flags = box.flags(desk.USER)
        assert list(flags.values()) == [("CCHC",), ("CCHC",), ("\\Deleted",)]
        killed = kills.each(("collect",), office.folder, tmp_path / "killed", office.environment, calls, stride)
        for number, left in killed:
            desk.Office(left, office.environment).run("collect")
            assert kills.state(left) == expected, (calls, number)
            assert box.flags(desk.USER) == flags


@pytest.mark.parametrize(
    ("calls", "stride"), [(SYNCS, 1), (SENDS, 2), (WRITES, 13)], ids=["fsync", "sendto", "pwrite64"]
)
def test_sending(calls: str, stride: int, tmp_path: Path) -> None:
    kills.need()
    servers.need()
    with servers.dovecot(tls="none") as box, servers.smtp(deliver=(box, desk.USER, "INBOX")) as post:
        office = desk.office(tmp_path / "nam-2027", box, post)
        for number, left in kills.each(
            ("send", "--period", PERIOD), office.folder, tmp_path / "killed", office.environment, calls, stride
        ):
            run = desk.Office(left, office.environment)
            _ten_minutes_later(left)
            run.run("send", "--period", PERIOD)
            taken = [desk.read(one.raw)["Message-ID"] for one in post.taken]
            assert len(taken) == len(set(taken)) == 2, (calls, number, taken)
            assert {state for (state,) in run.rows("SELECT state FROM outbox")} == {"sent"}
            post.taken.clear()
            for uid in box.flags(desk.USER):
                box.remove(desk.USER, "INBOX", uid)


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
