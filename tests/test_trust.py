"""Who sent it, which form it is, what is in it: three facts, never merged, by the real command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import desk
import fill
import openpyxl
import pytest

from cchc_xlsx import writer
from cchc_xlsx.layout import place

PERIOD = "2027-Q1"
OWN = "mx.xa.example"  # the office's own server, which says of mails whether their senders are who they claim to be

# From; more headers; whose workbook; what becomes of it; a piece of the reason; whether an answer is queued.
CASES = {
    "the unit's own address": ("Văn phòng <VP@xa.example>", {}, "VP", "ok", "nhận", True),
    "another unit": ("kt@xa.example", {}, "VP", "hold", "của đơn vị KT gửi biểu của đơn vị VP", False),
    "nobody we know": ("canbo.vp@gmail.com", {}, "VP", "hold", "chưa có trong trang “Đơn vị”", False),
    "no sender": ("", {}, "VP", "hold", "không ghi rõ một người gửi", False),
    "two senders": ("vp@xa.example, kt@xa.example", {}, "VP", "hold", "không ghi rõ một người gửi", False),
    "the clerk forwards": (desk.CLERK, {}, "VP", "ok", "nhận", False),
    "who passes on for this unit": ("zalo@gmail.com", {}, "VP", "ok", "nhận", False),
    "who passes on for another unit": ("zalo@gmail.com", {}, "TTPVHCC", "hold", "chưa có trong trang", False),
    "our server says it is forged": (
        "vp@xa.example", {"Authentication-Results": f"{OWN}; dmarc=fail header.from=xa.example"}, "VP", "hold", "mạo danh", False,
    ),
    "our server says it is true": (
        "vp@xa.example", {"Authentication-Results": f"{OWN}; dmarc=pass header.from=xa.example"}, "VP", "ok", "nhận", True,
    ),
    "some other server says it is forged": (
        "vp@xa.example", {"Authentication-Results": "evil.example; dmarc=fail"}, "VP", "ok", "nhận", True,
    ),
    "answers to elsewhere": ("vp@xa.example", {"Reply-To": "ke.gian@evil.example"}, "VP", "ok", "nhận", True),
    "a rule of the mailbox forwards": ("vp@xa.example", {"Auto-Submitted": "auto-forwarded"}, "VP", "ok", "nhận", False),
    "a list": ("vp@xa.example", {"List-Id": "<cchc.xa.example>"}, "VP", "ok", "nhận", False),
    "our own mail": ("vp@xa.example", {"X-CCHC-Xlsx": "0.1"}, "VP", "auto", "không được tính", False),
    "our own address": (desk.OFFICE, {}, "VP", "auto", "không được tính", False),
}  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> desk.Office:
    found = desk.office(tmp_path_factory.mktemp("trust") / "nam-2027", authserv_id=OWN)
    found.edit({"Đơn vị!F5": "zalo@gmail.com"})
    found.run("generate", "--period", PERIOD)
    return found


@pytest.fixture(scope="module")
def collected(office: desk.Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict]]:
    """What the command says of each case; each workbook is another version."""
    inbox = tmp_path_factory.mktemp("inbox")
    for number, (name, (sender, headers, unit, *_)) in enumerate(CASES.items()):
        data = office.filled(PERIOD, unit, {"r06.num" if unit == "VP" else "r09.num": 185 + number})
        raw = desk.mail(sender or "x@x.example", ("PL1.xlsx", data), message_id=f"<{number}@x>", headers=headers)
        (inbox / f"{name}.eml").write_bytes(raw if sender else raw.replace(b"From: x@x.example\r\n", b""))
    found = office.run("collect", inbox, "--format", "json", code=1).json
    yield {one["source"].removesuffix(".eml"): one for one in found["messages"]}


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_a_mail(name: str, collected: dict[str, dict], office: desk.Office) -> None:
    _, _, unit, status, reason, is_answered = CASES[name]
    said = collected[name]
    assert (said["status"], said["reply"]) == (status, "queued" if is_answered else "none"), said["reason"]
    assert reason in said["reason"]
    [workbook] = said["workbooks"]
    state = [one for (one,) in office.rows("SELECT state FROM version WHERE sha256 = ?", workbook["sha256"])]
    assert state == {"ok": ["taken"], "hold": ["held"], "auto": []}[status]
    if status != "auto":
        assert (workbook["unit"], workbook["period"]) == (unit, PERIOD)  # by its token, whoever sent it


def test_answers_go_to_the_register_alone(collected: dict[str, dict], office: desk.Office) -> None:
    assert collected
    assert {to for (to,) in office.rows("SELECT recipient FROM outbox")} == {"vp@xa.example"}


def put(folder: Path, **files: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    return folder


def test_a_file_that_the_clerk_puts_in_is_taken_only_if_this_office_issued_it(tmp_path: Path) -> None:
    office = desk.office(tmp_path / "nam-2027")
    office.run("generate", "--period", PERIOD)
    issue = office.issued(PERIOD)[0].issue
    unkeyed = writer.to_bytes(place.place(issue, fill.valid(issue)))
    other = fill.report("nhon-hau-2025-phu-luc-1", "Q1", "VPTK")
    inbox = put(
        tmp_path / "inbox",
        ours=office.filled(PERIOD, "VP"),
        unkeyed=unkeyed,
        foreign=writer.to_bytes(place.place(other, fill.valid(other))),
    )
    found = {one["source"]: one for one in office.run("collect", inbox, "--format", "json", code=1).json["messages"]}
    assert {name: one["status"] for name, one in found.items()} == {
        "ours.xlsx": "ok",
        "unkeyed.xlsx": "hold",
        "foreign.xlsx": "hold",
    }
    assert "không mang khóa của cơ quan" in found["unkeyed.xlsx"]["reason"]
    assert "năm 2025" in found["foreign.xlsx"]["reason"]


def test_a_held_workbook_is_taken_when_it_comes_from_the_unit_itself(tmp_path: Path) -> None:
    office = desk.office(tmp_path / "nam-2027")
    office.run("generate", "--period", PERIOD)
    data = office.filled(PERIOD, "VP")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "1.eml").write_bytes(desk.mail("ai@gmail.com", ("a.xlsx", data), message_id="<1@x>"))
    office.run("collect", inbox, code=1)
    assert office.rows("SELECT state, sender FROM version") == [("held", "ai@gmail.com")]
    (inbox / "2.eml").write_bytes(desk.mail("vp@xa.example", ("a.xlsx", data), message_id="<2@x>"))
    office.run("collect", inbox)
    assert office.rows("SELECT state, sender FROM version") == [("taken", "vp@xa.example")]


def test_a_bounce_with_the_workbook_in_it_hides_nothing(tmp_path: Path) -> None:
    """It may have the number of the mail that it returns, and come first."""
    office = desk.office(tmp_path / "nam-2027")
    office.run("generate", "--period", PERIOD)
    data = office.filled(PERIOD, "VP")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    own = desk.mail("vp@xa.example", ("a.xlsx", data), message_id="<1@x>", headers={"X-CCHC-Xlsx": "0.1"})
    (inbox / "1.eml").write_bytes(own)
    (inbox / "2.eml").write_bytes(desk.mail("vp@xa.example", ("a.xlsx", data), message_id="<1@x>"))
    found = office.run("collect", inbox, "--format", "json").json
    assert sorted(one["status"] for one in found["messages"]) == ["auto", "ok"]


def test_a_plan_is_taken_from_those_who_may_send_one_and_comes_into_force(tmp_path: Path) -> None:
    office = desk.office(tmp_path / "nam-2027")
    [plan] = office.run("generate").lines[:-1]
    assert "_plan.xlsx" in plan
    found = _with_a_target((office.folder / plan).read_bytes(), tmp_path / "p.xlsx")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "1.eml").write_bytes(desk.mail("vp@xa.example", ("ke hoach.xlsx", found), message_id="<1@x>"))
    office.run("collect", inbox, code=1)
    assert office.count("plan") == 0
    office.run("held", "accept", "1", "--why", "Đã gọi điện")
    assert office.rows("SELECT form, number FROM plan") == [("cchc-xa", 1)]
    office.run("generate", "--period", PERIOD)
    assert {made.identity.plan for made in office.issued(PERIOD)} == {1}


def test_a_plan_that_the_clerk_passes_on_comes_into_force_at_once(tmp_path: Path) -> None:
    office = desk.office(tmp_path / "nam-2027")
    [plan] = office.run("generate").lines[:-1]
    found = _with_a_target((office.folder / plan).read_bytes(), tmp_path / "p.xlsx")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "2.eml").write_bytes(desk.mail(desk.CLERK, ("ke hoach.xlsx", found), message_id="<2@x>"))
    office.run("collect", inbox)
    assert office.rows("SELECT form, number FROM plan") == [("cchc-xa", 1)]


def test_who_sent_another_units_workbook_is_answered_once_it_is_accepted(tmp_path: Path) -> None:
    office = desk.office(tmp_path / "nam-2027")
    office.run("generate", "--period", PERIOD)
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "1.eml").write_bytes(
        desk.mail("kt@xa.example", ("a.xlsx", office.filled(PERIOD, "VP")), message_id="<1@x>")
    )
    (inbox / "2.eml").write_bytes(
        desk.mail("ai@do.example", ("a.xlsx", office.filled(PERIOD, "TTPVHCC")), message_id="<2@x>")
    )
    office.run("collect", inbox, code=1)
    assert office.count("outbox") == 0
    for (number,) in office.rows("SELECT id FROM version"):
        office.run("held", "accept", str(number), "--why", "Gửi hộ")
    assert office.rows("SELECT recipient, unit, state FROM outbox") == [("kt@xa.example", "KT", "queued")]


def _with_a_target(workbook: bytes, into: Path) -> bytes:
    """A plan with a target set, as the office types it into the first target cell."""
    into.write_bytes(workbook)
    opened = openpyxl.load_workbook(into)
    sheet = opened.worksheets[0]
    column = next(cell.column for cell in sheet[1] if cell.value == "c.target")
    rows = [row for row in range(2, sheet.max_row) if not sheet.cell(row, column).protection.locked]
    for row in rows:
        if str(sheet.cell(row, 1).value).startswith("r"):
            sheet.cell(row, column).value = "95%"
            break
    opened.save(into)
    return into.read_bytes()
