"""The hard mails through the real command: every workbook found with its bytes, nothing taken that must not be, each with its reason."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from pathlib import Path

import command
import desk
import hard_mails
import pytest
import yearly
from hard_mails import HardMail

PERIOD = "2027-Q1"
MOST_MB = 150


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> desk.Office:
    """A year's folder in which the sender of the hard mails is a unit of the office that they are sent to."""
    found = desk.office(tmp_path_factory.mktemp("hard") / "nam-2027", address=hard_mails.OFFICE)
    found.edit({"Đơn vị!E5": hard_mails.SENDER, yearly.place("mail", "forwarders"): None})
    found.run("generate", "--period", PERIOD)
    return found


@pytest.fixture(scope="module")
def mails(office: desk.Office) -> list[HardMail]:
    return hard_mails.all([office.filled(PERIOD, "VP"), office.filled(PERIOD, "TTPVHCC")])


@pytest.fixture(scope="module")
def round_(office: desk.Office, mails: list[HardMail], tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """What the command says of each, by its file."""
    inbox = tmp_path_factory.mktemp("inbox")
    for one in mails:
        (inbox / one.name).write_bytes(one.raw)
    done = command.run("collect", inbox, "--format", "json", cwd=office.folder)
    assert done.code == 1  # some are to be looked at
    assert done.err == ""
    said = done.json
    assert (
        said["summary"]["seen"] == sum(count for name, count in said["summary"].items() if name != "seen") == len(mails)
    )
    return {one["source"]: one for one in said["messages"]}


def test_there_are_enough_of_them(mails: list[HardMail]) -> None:
    assert len({one.name for one in mails}) == len(mails) >= 70


def test_every_workbook_is_found_with_its_name_and_bytes(
    office: desk.Office, mails: list[HardMail], round_: dict[str, dict]
) -> None:
    kept = office.kept()
    for one in mails:
        found = [(each["name"], each["sha256"]) for each in round_[one.name]["workbooks"]]
        assert found == [(name, hashlib.sha256(data).hexdigest()) for name, data in one.workbooks], one.name
        assert all(kept[sha256] == data for (_, sha256), (_, data) in zip(found, one.workbooks, strict=True))


def test_nothing_is_taken_that_must_not_be(office: desk.Office, mails: list[HardMail], round_: dict[str, dict]) -> None:
    allowed = {hashlib.sha256(data).hexdigest() for one in mails if one.counts for _, data in one.workbooks}
    taken = {sha256 for (sha256,) in office.rows("SELECT sha256 FROM version")}
    assert taken <= allowed
    for one in mails:
        if not one.counts:
            assert all(each["unit"] is None for each in round_[one.name]["workbooks"]), one.name


def test_each_has_the_status_that_follows_and_its_reason(mails: list[HardMail], round_: dict[str, dict]) -> None:
    for one in mails:
        said = round_[one.name]
        assert said["reason"], one.name
        assert said["status"] in expected(one), (one.name, said["status"], said["reason"])


def expected(one: HardMail) -> tuple[str, ...]:
    """What may become of a mail: the workbooks in all of them are the same two, so that only the first of each is new."""
    if one.unreadable:
        return ("failed",)
    if one.workbooks and one.counts:
        return ("ok", "duplicate", "hold", "quarantine")
    if one.refused:
        return ("quarantine",)
    return ("auto", "duplicate") if one.machine else ("none", "duplicate")


def test_nobody_but_the_unit_is_answered_and_no_machine_is(
    office: desk.Office, mails: list[HardMail], round_: dict[str, dict]
) -> None:
    assert {to for (to,) in office.rows("SELECT recipient FROM outbox")} <= {hard_mails.SENDER}
    for one in mails:
        if one.machine or not one.counts or one.senders != (hard_mails.SENDER,):
            assert round_[one.name]["reply"] == "none", one.name


_PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_a_mail_of_40_mb_needs_little_memory(tmp_path: Path) -> None:
    office = desk.office(tmp_path / "nam-2027")
    office.run("generate", "--period", PERIOD)
    photo = ("ảnh.jpg", random.Random(1).randbytes(30_000_000))
    raw = desk.mail("vp@xa.example", ("PL1.xlsx", office.filled(PERIOD, "VP")), photo)
    assert len(raw) > 40_000_000
    (tmp_path / "1.eml").write_bytes(raw)
    code = [sys.executable, "-c", _PEAK, *command.COMMAND, "collect", str(tmp_path / "1.eml")]
    env = command.environment()
    done = subprocess.run(code, cwd=office.folder, env=env, capture_output=True, text=True, check=True, timeout=120)
    ended, peak_kib = map(int, done.stdout.split())
    assert ended == 0
    assert peak_kib * 1024 < MOST_MB * 1e6
    assert office.count("version") == 1
