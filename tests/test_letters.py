"""Our mails: what they say and to whom, how many at most, in the office's own words, by the real commands."""

from __future__ import annotations

from pathlib import Path

import command
import desk
import pytest
import servers
import yearly

from cchc_xlsx.errors import CchcError
from cchc_xlsx.letters import compose

PERIOD = "2027-Q1"


@pytest.fixture
def office(tmp_path: Path) -> desk.Office:
    found = desk.office(tmp_path / "nam-2027")
    found.run("generate", "--period", PERIOD)
    return found


def drafts(office: desk.Office, *arguments: str, code: int = 0) -> dict[str, str]:
    """The mails of a dry run: to whom, and subject and body."""
    office.run(*arguments, "--dry-run", code=code)
    folder = office.folder / "ket-qua" / "thu-xem-truoc"
    mails = [desk.read(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]
    for path in folder.glob("*.eml"):
        path.unlink()
    return {one["To"]: f"{one['Subject']}\n{one.get_body().get_content()}" for one in mails}


def test_a_unit_gets_its_own_workbooks_with_the_deadline(office: desk.Office) -> None:
    found = drafts(office, "send", "--period", PERIOD)
    assert set(found) == {"vp@xa.example", "mc@xa.example"}
    said = found["vp@xa.example"]
    assert said.startswith("Biểu báo cáo CCHC Quý I năm 2027 – Văn phòng HĐND và UBND xã\n")
    assert "cchc-xa_2027-Q1_VP.xlsx" in said
    assert "cchc-xa_2027-Q1_TTPVHCC.xlsx" not in said
    assert "hết ngày 15/3/2027" in said
    assert office.count("outbox") == 0  # a dry run queues nothing


def test_what_is_written_is_named_from_where_the_clerk_stands(office: desk.Office) -> None:
    folder = office.folder
    written = office.run("generate", "--period", PERIOD, "--unit", "VP", "--overwrite").lines[0]
    assert written == str(Path("bieu-gui-di", PERIOD, "cchc-xa_2027-Q1_VP.xlsx"))
    shown = [line.strip() for line in office.run("send", "--period", PERIOD, "--dry-run").lines]
    assert {str(one.relative_to(folder)) for one in (folder / "ket-qua" / "thu-xem-truoc").iterdir()} <= set(shown)
    done = command.run("generate", "--out", folder / "khac", cwd=folder / "ket-qua")
    assert done.lines[0] == str(folder.resolve() / "khac" / "cchc-xa_2027_plan.xlsx")
    rolled = command.run("roll", "2028", cwd=folder)
    assert rolled.lines[0] == f"Đã tạo {folder.resolve().with_name('nam-2028')}"


def test_a_unit_without_an_address_is_named(office: desk.Office) -> None:
    office.edit({"Đơn vị!E5": None})
    done = office.run("send", "--period", PERIOD, "--dry-run", code=1)
    assert "VP: chưa có địa chỉ thư" in done.out


def test_where_nothing_is_left_to_send_that_is_told(office: desk.Office, tmp_path: Path) -> None:
    send = ("send", "--period", PERIOD, "--to-folder", tmp_path / "thu-gui")
    assert "2 thư." in office.run(*send).out
    assert "Không có thư nào cần gửi." in office.run(*send).out
    assert "There is no mail to send." in office.run("--lang", "en", *send).out


def test_a_draft_of_an_office_without_an_address_names_no_sender(office: desk.Office, tmp_path: Path) -> None:
    folder = tmp_path / "thu-gui"
    office.edit({yearly.place("mail", "address"): None})
    office.run("send", "--period", PERIOD, "--to-folder", folder)
    assert [desk.read(path.read_bytes())["From"] for path in folder.glob("*.eml")] == [None, None]


def test_an_english_office_writes_english(office: desk.Office) -> None:
    office.edit({yearly.place("office", "lang"): "English"})
    assert "Please fill in the white cells" in drafts(office, "send", "--period", PERIOD)["vp@xa.example"]


def test_nobody_is_reminded_before_it_is_time(tmp_path: Path) -> None:
    assert drafts(desk.office(tmp_path / "nam-2097", year=2097), "remind") == {}


def test_who_is_late_is_told_exactly_what_is_missing(tmp_path: Path) -> None:
    old = _old_year(tmp_path)
    found = drafts(old, "remind", "--period", "2024-Q1")
    assert set(found) == {"vp@xa.example", "mc@xa.example"}
    assert "chưa nhận được; hạn gửi 15/3/2024, đã quá hạn." in found["vp@xa.example"]
    assert "còn 1 lỗi cần sửa; hạn gửi 15/3/2024, đã quá hạn." in found["mc@xa.example"]
    assert "M101 ô" in found["mc@xa.example"]


def _old_year(tmp_path: Path) -> desk.Office:
    """The year 2024, long over: one unit sent nothing, the other a workbook with an error."""
    old = desk.office(tmp_path / "nam-2024", year=2024)
    old.run("generate", "--period", "2024-Q1")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.xlsx").write_bytes(old.filled("2024-Q1", "TTPVHCC", {"r09.den": None}))
    old.run("collect", inbox)
    return old


def test_a_reminder_goes_out_once_a_day(tmp_path: Path) -> None:
    with servers.smtp() as post:
        old = desk.office(tmp_path / "nam-2024", post=post, year=2024)
        old.run("remind", "--period", "2024-Q1")
        old.run("remind", "--period", "2024-Q1")
        assert len(post.taken) == 2
        assert len({desk.read(one.raw)["Message-ID"] for one in post.taken}) == 2


def test_three_answers_an_address_a_day_at_most(tmp_path: Path) -> None:
    with servers.smtp() as post:
        office = desk.office(tmp_path / "nam-2027", post=post)
        office.run("generate", "--period", PERIOD)
        inbox = tmp_path / "inbox"
        inbox.mkdir()
        for number in range(5):
            data = office.filled(PERIOD, "VP", {"r06.num": 185 + number})
            (inbox / f"{number}.eml").write_bytes(
                desk.mail("vp@xa.example", ("a.xlsx", data), message_id=f"<{number}@x>")
            )
        office.run("collect", inbox)
        done = office.run("reply")
        assert len(post.taken) == 3
        assert done.out.count("đã trả lời địa chỉ này 3 lần trong ngày") == 2
        assert sorted(state for (state,) in office.rows("SELECT state FROM outbox")) == ["queued"] * 2 + ["sent"] * 3


def test_the_cap_of_a_day_stops_loudly(tmp_path: Path) -> None:
    with servers.smtp() as post:
        office = desk.office(tmp_path / "nam-2027", post=post, daily_cap=1)
        done = office.run("send", "--period", PERIOD, code=2)
        assert "Đã gửi đủ 1 thư trong ngày" in done.err
        assert "đã gửi" in done.out  # what went out is shown
        assert len(post.taken) == 1


def test_a_server_that_refuses_a_mail_is_told_and_the_others_go_out(tmp_path: Path) -> None:
    with servers.smtp() as post:
        post.refused["vp@xa.example"] = "550 5.1.1 no such user"
        office = desk.office(tmp_path / "nam-2027", post=post)
        done = office.run("send", "--period", PERIOD, code=1)
        assert "no such user" in done.out
        assert sorted(office.rows("SELECT unit, state FROM outbox")) == [("TTPVHCC", "sent"), ("VP", "refused")]


def test_without_a_server_nothing_is_queued(office: desk.Office) -> None:
    done = office.run("send", "--period", PERIOD, code=2)
    assert "chưa khai máy chủ gửi thư" in done.err
    assert office.count("outbox") == 0


# ------------------------------------------------------------------------------------------------------------ templates


def test_the_office_may_write_in_its_own_words(office: desk.Office) -> None:
    own = office.folder / compose.OWN
    own.mkdir()
    (own / "send.vi.txt").write_text("Gửi {{ unit }}\nBiểu: {{ workbooks|length }}, hạn {{ due }}.\n", encoding="utf-8")
    assert drafts(office, "send", "--period", PERIOD)["vp@xa.example"] == (
        "Gửi Văn phòng HĐND và UBND xã\nBiểu: 1, hạn 15/3/2027.\n"
    )


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ nobody }}\n", "'nobody' is undefined"),
        ("{% for %}\n", "send.vi.txt"),
        ("\n\n  \n", "dòng đầu (tiêu đề thư) trống"),
        ("{{ ''.__class__.__mro__ }}\n", "unsafe"),
        ("{{ 1 // 0 }}\n", "send.vi.txt"),
    ],
)
def test_a_template_that_is_wrong_is_named(template: str, said: str, office: desk.Office) -> None:
    own = office.folder / compose.OWN
    own.mkdir()
    (own / "send.vi.txt").write_text(template, encoding="utf-8")
    done = office.run("send", "--period", PERIOD, "--dry-run", code=2)
    assert "Mẫu thư send.vi.txt có lỗi" in done.err
    assert said in done.err


def test_both_languages_have_every_template() -> None:
    for name in ("send", "remind", "reply"):
        for lang in ("vi", "en"):
            with pytest.raises(CchcError, match="undefined"):
                compose.write(name, {}, lang)  # type: ignore[arg-type]


def test_a_dry_run_of_answers_reads_the_files_that_are_kept(office: desk.Office, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "1.eml").write_bytes(
        desk.mail("vp@xa.example", ("a.xlsx", office.filled(PERIOD, "VP")), message_id="<1@x>")
    )
    office.run("collect", inbox)
    assert "Số liệu đã đạt yêu cầu kiểm tra" in drafts(office, "reply")["vp@xa.example"]
    assert office.count("outbox WHERE state = 'queued'") == 1  # it is still to be sent


def test_what_came_from_outside_cannot_break_a_header(office: desk.Office, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    raw = desk.mail("vp@xa.example", ("a.xlsx", office.filled(PERIOD, "VP")), message_id="<1@x>", subject="XXX")
    (inbox / "1.eml").write_bytes(
        raw.replace(b"Subject: XXX", b"Subject: =?utf-8?q?x=0D=0ABcc:_a=40b.example=0D=0A{{7*7}}?=")
    )
    office.run("collect", inbox)
    office.run("reply", "--dry-run")
    [path] = (office.folder / "ket-qua" / "thu-xem-truoc").glob("*.eml")
    mail = desk.read(path.read_bytes())
    assert mail["Bcc"] is None
    assert "{{7*7}}" in mail["Subject"]
