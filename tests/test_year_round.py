"""A whole round in a year's folder by the real commands: set up, send out, fill in, collect, check, answer, remind."""

from __future__ import annotations

from pathlib import Path

import desk
import pytest
import servers
from desk import UNITS, Office

PERIOD = "2027-Q1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "nam-2027"


def put(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def test_by_folders_alone(folder: Path, tmp_path: Path) -> None:
    office = desk.office(folder)
    made = office.run("generate", "--period", PERIOD)
    assert [Path(line).name for line in made.lines[:-1]] == [
        "cchc-xa_2027-Q1_VP.xlsx",
        "cchc-xa_2027-Q1_TTPVHCC.xlsx",
    ]
    office.run("send", "--period", PERIOD, "--to-folder", tmp_path / "out")
    drafts = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert len(drafts) == 2
    for raw in drafts.values():
        assert desk.read(raw)["X-Unsent"] == "1"
        [(name, data)] = desk.attachments(raw).items()
        assert (folder / "bieu-gui-di" / PERIOD / name).read_bytes() == data
        assert desk.read(raw)["To"] == UNITS[name.removesuffix(".xlsx").rpartition("_")[2]]
    # The units fill in and hand over: one is right, one forgot a denominator.
    put(tmp_path / "usb", "bao cao.xlsx", office.filled(PERIOD, "VP"))
    put(tmp_path / "usb", "MC gửi.xlsx", office.filled(PERIOD, "TTPVHCC", {"r09.den": None}))
    found = office.run("collect", tmp_path / "usb", "--format", "json").json
    assert found["summary"] == {
        "seen": 2, "ok": 2, "duplicate": 0, "hold": 0, "none": 0, "auto": 0, "quarantine": 0, "failed": 0,
    }  # fmt: skip
    assert [(one["name"], one["unit"], one["errors"], one["version"]) for each in found["messages"] for one in each["workbooks"]] == [
        ("bao cao.xlsx", "VP", 0, 1),
        ("MC gửi.xlsx", "TTPVHCC", 1, 1),
    ]  # fmt: skip
    checked = office.run("check", "--format", "json", code=1).json
    assert [(one["path"], one["status"]) for one in checked["files"]] == [
        ("2027-Q1/cchc-xa_2027-Q1_TTPVHCC.xlsx", "error"),
        ("2027-Q1/cchc-xa_2027-Q1_VP.xlsx", "ok"),
    ]
    # The same files again are nothing new; the mended one is the second version.
    put(tmp_path / "usb", "MC sửa.xlsx", office.filled(PERIOD, "TTPVHCC"))
    again = office.run("collect", tmp_path / "usb", "--format", "json").json
    assert [(one["source"], one["status"]) for one in again["messages"]] == [
        ("bao cao.xlsx", "duplicate"),
        ("MC gửi.xlsx", "duplicate"),
        ("MC sửa.xlsx", "ok"),
    ]
    assert again["messages"][2]["workbooks"][0]["version"] == 2
    assert [one["status"] for one in office.run("check", "--format", "json").json["files"]] == ["ok", "ok"]


@pytest.mark.parametrize("tls", ["ssl", "none"])
def test_by_real_mail(tls: str, folder: Path) -> None:
    servers.need()
    with servers.dovecot(tls=tls) as box, servers.smtp(deliver=(box, desk.USER, "INBOX")) as post:
        office = desk.office(folder, box, post)
        office.run("send", "--period", PERIOD)
        # Each unit got its workbook, and so did our own mailbox, as the copy that proves the sending.
        assert sorted(one.recipients for one in post.taken) == [
            ("mc@xa.example", desk.OFFICE),
            ("vp@xa.example", desk.OFFICE),
        ]
        _answers_and_findings(office, box, post)


def _answers_and_findings(office: Office, box: servers.Box, post: servers.Post) -> None:
    good, bad = office.filled(PERIOD, "VP"), office.filled(PERIOD, "TTPVHCC", {"r09.den": None})
    box.append(
        desk.USER, "INBOX", desk.mail("VP <vp@xa.example>", ("Phụ lục.xlsx", good), message_id="<1@vp>"), ("\\Seen",)
    )
    box.append(desk.USER, "INBOX", desk.mail("mc@xa.example", ("b.xlsx", bad), message_id="<2@mc>"))
    before = box.flags(desk.USER)
    found = office.run("collect", "--format", "json").json
    # Our own two mails are machine mail; the workbooks in them do not count.
    assert found["summary"] == {
        "seen": 4, "ok": 2, "duplicate": 0, "hold": 0, "none": 0, "auto": 2, "quarantine": 0, "failed": 0,
    }  # fmt: skip
    assert [(one["sender"], one["reply"]) for one in found["messages"] if one["status"] == "ok"] == [
        ("vp@xa.example", "queued"),
        ("mc@xa.example", "queued"),
    ]
    assert box.flags(desk.USER) == before
    post.taken.clear()
    office.run("reply")
    answers = {one.recipients[0]: desk.read(one.raw) for one in post.taken}
    assert {to: (mail["Subject"], mail["In-Reply-To"]) for to, mail in answers.items()} == {
        "vp@xa.example": ("Đã nhận: Báo cáo CCHC", "<1@vp>"),
        "mc@xa.example": ("Cần sửa: Báo cáo CCHC", "<2@mc>"),
    }
    assert all(mail["Auto-Submitted"] == "auto-replied" for mail in answers.values())
    [taken] = [one for one in post.taken if one.recipients[0] == "mc@xa.example"]
    [(name, marked)] = desk.attachments(taken.raw).items()
    assert "M101" in desk.read(taken.raw).get_body().get_content()
    # Nothing is sent twice, and nothing comes in twice.
    post.taken.clear()
    office.run("reply")
    office.run("send", "--period", PERIOD)
    assert post.taken == []
    # The unit mends the marked copy and sends that.
    mended = desk.answered(marked, {_cell(office): 200}, office.folder / "mended.xlsx")
    box.append(desk.USER, "INBOX", desk.mail("mc@xa.example", (name, mended), message_id="<3@mc>"))
    [one] = [each for each in office.run("collect", "--format", "json").json["messages"] if each["status"] == "ok"]
    assert [(each["unit"], each["version"], each["errors"]) for each in one["workbooks"]] == [("TTPVHCC", 2, 0)]


def _cell(office: Office) -> str:
    """The cell that the unit had left blank."""
    [(told,)] = office.rows("SELECT told FROM checking WHERE errors > 0")
    return desk.finding(told, "M101")["cell"]
