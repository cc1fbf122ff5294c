"""What else may happen while mails are collected: the server forgets, two collect at once, the disk is full, somebody else works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import command
import desk
import kills
import pytest
import servers

PERIOD = "2027-Q1"


@pytest.fixture
def year(tmp_path: Path) -> desk.Office:
    """A year's folder whose workbooks of a period went out."""
    office = desk.office(tmp_path / "nam-2027")
    office.run("generate", "--period", PERIOD)
    return office


def statuses(found: dict) -> list[tuple[str, str]]:
    return [(one["source"], one["status"]) for one in found["messages"]]


def collected(office: desk.Office, folder: Path, code: int = 0, *more: str) -> dict:
    return office.run("collect", folder, "--format", "json", *more, code=code).json


# ------------------------------------------------------------------------------------------------------------ the mailbox


def test_a_server_that_forgot_its_numbers_brings_nothing_new(tmp_path: Path) -> None:
    servers.need()
    with servers.dovecot(tls="starttls") as box:
        office = desk.office(tmp_path / "nam-2027", box)
        office.run("generate", "--period", PERIOD)
        box.append(
            desk.USER, "INBOX", desk.mail("vp@xa.example", ("a.xlsx", office.filled(PERIOD, "VP")), message_id="<1@vp>")
        )
        box.append(desk.USER, "INBOX", desk.mail("vp@xa.example"))
        office.run("collect")
        before = kills.state(office.folder)
        validity = box.uidvalidity(desk.USER)
        box.reset_uidvalidity(desk.USER)
        assert box.uidvalidity(desk.USER) != validity
        assert office.run("collect", "--format", "json").json["summary"]["duplicate"] == 2
        after = kills.state(office.folder)
        assert {name: after[name] for name in after if name != "delivery"} == {
            name: before[name] for name in before if name != "delivery"
        }
        assert len(after["delivery"]) == 4


def test_reading_flagging_and_deleting_by_hand_hides_nothing(tmp_path: Path) -> None:
    servers.need()
    with servers.dovecot(tls="none") as box:
        office = desk.office(tmp_path / "nam-2027", box)
        office.run("generate", "--period", PERIOD)
        raw = desk.mail("vp@xa.example", ("a.xlsx", office.filled(PERIOD, "VP")))
        box.append(desk.USER, "INBOX", raw, ("\\Seen", "\\Deleted", "\\Flagged"))
        flags = box.flags(desk.USER)
        assert office.run("collect", "--format", "json").json["summary"]["ok"] == 1
        assert box.flags(desk.USER) == flags
        assert box.mails(desk.USER) == [raw]


def test_taken_mails_are_moved_where_that_was_asked_for(tmp_path: Path) -> None:
    servers.need()
    with servers.dovecot(tls="none") as box:
        box.create(desk.USER, "Đã nhận")
        office = desk.office(tmp_path / "nam-2027", box, move_to="Đã nhận")
        office.run("generate", "--period", PERIOD)
        taken, other = desk.mail("vp@xa.example", ("a.xlsx", office.filled(PERIOD, "VP"))), desk.mail("ai@do.example")
        box.append(desk.USER, "INBOX", taken)
        box.append(desk.USER, "INBOX", other)
        office.run("collect")
        assert (box.mails(desk.USER), box.mails(desk.USER, "Đã nhận")) == ([other], [taken])
        assert office.run("collect", "--format", "json").json["summary"]["seen"] == 0


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"imap.host": "127.0.0.1", "imap.port": 1}, "không nhận kết nối ở cổng 1"),
        ({"imap.user": "ai-do"}, "không nhận tài khoản ai-do"),
        ({"folders": "Không có"}, "Không có"),
    ],
    ids=["no network", "wrong credentials", "no such folder"],
)
def test_what_stands_in_the_way_is_one_sentence_and_changes_nothing(edit: dict, said: str, tmp_path: Path) -> None:
    servers.need()
    with servers.dovecot(tls="none") as box:
        office = desk.office(tmp_path / "nam-2027", box, **edit)
        office.run("generate", "--period", PERIOD)
        before = kills.state(office.folder)
        done = office.run("collect", code=2)
        assert said in done.err
        assert len(done.err.strip().splitlines()) == 1
        assert kills.state(office.folder) == before


# ---------------------------------------------------------------------------------------------------------- two at once


def test_two_collect_at_once(year: desk.Office, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number in range(6):
        (inbox / f"{number}.eml").write_bytes(
            desk.mail(
                "vp@xa.example",
                ("a.xlsx", year.filled(PERIOD, "VP", {"r06.num": 190 + number})),
                message_id=f"<{number}@vp>",
            )
        )
    whole = tmp_path / "whole" / year.folder.name
    shutil.copytree(year.folder, whole)
    desk.Office(whole).run("collect", inbox)
    running = [
        subprocess.Popen([*command.COMMAND, "collect", str(inbox)], cwd=year.folder, env=command.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]  # fmt: skip
    ended = [(*(text.decode() for text in one.communicate(timeout=120)), one.returncode) for one in running]
    # One waits for the other, or says who is at work.
    assert {code for *_, code in ended} <= {0, 2}
    assert all("Một lần chạy khác" in err for _, err, code in ended if code == 2)
    assert kills.state(year.folder) == kills.state(whole)


def test_who_is_at_work_is_told(year: desk.Office) -> None:
    code = (
        "import sys, time; from pathlib import Path; from cchc_xlsx import lock\n"
        "with lock.held(Path('.cchc')): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=year.folder, env=command.environment(), stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        done = year.run("collect", "cchc.xlsx", code=2)
        other.kill()
    assert f"tiến trình {other.pid}" in done.err
    # The lock of one that was killed is free.
    year.run("collect", "cchc.xlsx")


# --------------------------------------------------------------------------------------------------------- the full disk


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB."""
    if os.name != "posix" or os.geteuid():
        pytest.skip("only root may mount a small disk")
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_leaves_a_mail_for_the_next_run(small: Path, tmp_path: Path) -> None:
    office = desk.office(small / "nam-2027")
    office.run("generate", "--period", PERIOD)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    heavy = ("ảnh.jpg", os.urandom(5 << 20))
    (inbox / "1.eml").write_bytes(
        desk.mail("vp@xa.example", ("a.xlsx", office.filled(PERIOD, "VP")), heavy, message_id="<1@vp>")
    )
    (inbox / "2.eml").write_bytes(
        desk.mail("mc@xa.example", ("b.xlsx", office.filled(PERIOD, "TTPVHCC")), message_id="<2@mc>")
    )
    found = collected(office, inbox, 1)
    assert sorted(statuses(found)) == [("1.eml", "failed"), ("2.eml", "ok")]
    [failed] = [one for one in found["messages"] if one["status"] == "failed"]
    assert "hết chỗ trống trên ổ" in failed["reason"]
    subprocess.run(["mount", "-o", "remount,size=40m", str(small)], check=True)
    assert sorted(statuses(collected(office, inbox))) == [("1.eml", "ok"), ("2.eml", "duplicate")]
    assert [len(kills.state(office.folder)[name]) for name in ("version", "outbox", "message")] == [2, 2, 2]


# ------------------------------------------------------------------------------------------------------- other people's


def test_nothing_secret_is_written_or_shown(tmp_path: Path) -> None:
    servers.need()
    with (
        servers.dovecot(tls="none") as box,
        servers.smtp(users={desk.USER: "gửi-Bí.mật-77"}, deliver=(box, desk.USER, "INBOX")) as post,
    ):
        office = desk.office(tmp_path / "nam-2027", box, post)
        secrets = [
            box.password(desk.USER),
            post.password(desk.USER),
            (office.folder / ".cchc" / "key").read_text().strip(),
        ]
        shown = [office.run("generate", "--period", PERIOD), office.run("send", "--period", PERIOD)]
        both = (("a.xlsx", office.filled(PERIOD, "VP")), ("b.xlsx", office.filled(PERIOD, "TTPVHCC")))
        box.append(desk.USER, "INBOX", desk.mail(desk.CLERK, *both))
        shown += [
            office.run("collect", "--format", "json"),
            office.run("reply"),
            office.run("check", "--format", "json"),
        ]
        texts = [one.raw for one in shown] + [one.err.encode() for one in shown]
        texts += [path.read_bytes() for path in office.folder.rglob("*") if path.is_file() and path.name != "key"]
        for path in [*office.folder.rglob("*.xlsx")]:
            texts += [_unzipped(path)]
        for secret in secrets:
            assert secret
            assert not [text for text in texts if secret.encode() in text]


def _unzipped(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def test_nothing_secret_is_on_a_command_line(tmp_path: Path) -> None:
    servers.need()
    kills.need()
    with servers.dovecot(tls="none") as box:
        office = desk.office(tmp_path / "nam-2027", box)
        office.run("generate", "--period", PERIOD)
        box.append(desk.USER, "INBOX", desk.mail("vp@xa.example", ("a.xlsx", office.filled(PERIOD, "VP"))))
        log = tmp_path / "exec.log"
        traced = [
            "strace",
            "-f",
            "-qq",
            "-s",
            "100000",
            "-e",
            "trace=execve",
            "-o",
            str(log),
            *command.COMMAND,
            "collect",
        ]
        subprocess.run(
            traced,
            cwd=office.folder,
            env=command.environment(**office.environment),
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=120,
        )
        lines = [line.partition("/* ")[0] for line in log.read_text(errors="replace").splitlines()]
        assert len(lines) >= 2
        key = (office.folder / ".cchc" / "key").read_text().strip()
        assert not [line for line in lines if box.password(desk.USER) in line or key in line]


def test_an_empty_folder_brings_nothing_new(tmp_path: Path) -> None:
    year = desk.office(tmp_path / "nam-2027")
    assert year.run("collect", "nhan-ve").out == "Không có gì mới.\n"


def test_a_dry_run_shows_what_the_true_one_does_and_keeps_nothing(year: desk.Office, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "1.eml").write_bytes(
        desk.mail("vp@xa.example", ("a.xlsx", year.filled(PERIOD, "VP")), message_id="<1@vp>")
    )
    before = kills.state(year.folder)
    dry = collected(year, inbox, 0, "--dry-run")
    assert kills.state(year.folder) == before
    assert dry["summary"]["ok"] == 1
    assert collected(year, inbox) == dry
    assert collected(year, inbox)["summary"]["duplicate"] == 1
