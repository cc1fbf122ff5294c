"""Contents that the plan in force leaves without a target: told by `collect`, `held accept` and `status`, never an error."""

from __future__ import annotations

from pathlib import Path

import desk
import fill
import openpyxl
import pytest

from cchc_xlsx import issue

PLAN = Path("bieu-gui-di", "ke-hoach", "cchc-xa_2027_plan.xlsx")
ADVICE = "Báo cáo sẽ ghi “Chưa giao”; muốn giao thì điền vào biểu kế hoạch rồi nhận lại bằng cchc-xlsx collect."
NO_PLAN = f"Chưa có kế hoạch của biểu cchc-xa: 20/20 nội dung chưa giao chỉ tiêu. {ADVICE}"
NONE = f"Kế hoạch của biểu cchc-xa chưa giao chỉ tiêu nào (20 nội dung). {ADVICE}"


@pytest.fixture
def office(tmp_path: Path) -> desk.Office:
    """A year's folder with the plan workbook as it was issued."""
    found = desk.office(tmp_path / "nam-2027")
    found.run("generate")
    return found


def assign(office: desk.Office, count: int) -> None:
    """Type targets into the plan, for so many of the contents that need one."""
    path = office.folder / PLAN
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    column = next(cell.column for cell in sheet[1] if cell.value == "c.target")
    rows = {str(sheet.cell(row, 1).value): row for row in range(2, sheet.max_row)}
    for line in [one for one in issue.lines(fill.plan("cchc-xa")) if one.needs_target][:count]:
        said = {"rate": "95%", "percent": "95%", "grade": line.measure.scale[:1]}.get(line.measure.kind, 5)
        sheet.cell(rows[line.row.id], column).value = said[0] if isinstance(said, tuple) else said
    book.save(path)


def test_a_blank_plan_is_taken_in_with_a_remark(office: desk.Office) -> None:
    assert NO_PLAN in office.run("status").lines
    for arguments in (("collect", "--dry-run", PLAN), ("collect", PLAN)):
        lines = office.run(*arguments).lines
        assert "      XA · cchc-xa · kế hoạch · bản 1: đạt" in lines
        assert NONE in lines
    assert NONE in office.run("status").lines
    assert not [line for line in office.run("collect", PLAN).lines if "chỉ tiêu" in line]  # nothing is new


def test_a_plan_that_assigns_some_is_told_by_how_many_are_left(office: desk.Office) -> None:
    assign(office, 2)
    found = office.run("collect", PLAN, "--format", "json").json
    assert found["plans"] == [{"form": "cchc-xa", "plan": 1, "without_target": 18, "contents": 20}]
    told = office.run("status", "--format", "json").json
    assert told["plans"] == found["plans"]
    said = "The plan of cchc-xa: 18 of 20 contents have no target. Reports will say “Chưa giao” of them; "
    assert [line for line in office.run("--lang", "en", "status").lines if line.startswith(said)]


def test_the_page_and_the_workbook_of_how_things_stand_tell_it_too(office: desk.Office) -> None:
    office.run("status", "--output", "t.html")
    assert NO_PLAN in (office.folder / "t.html").read_text(encoding="utf-8")
    office.run("status", "--output", "t.xlsx")
    sheet = openpyxl.load_workbook(office.folder / "t.xlsx").worksheets[0]
    assert any(NO_PLAN in str(cell.value) for row in sheet.iter_rows(max_row=5) for cell in row)


def test_a_form_that_is_not_owed_for_the_period_is_not_told(office: desk.Office) -> None:
    office.edit({"Biểu!E5": None, "Biểu!B6": "nhon-hau-2025-phu-luc-2", "Biểu!E6": "x"})  # column E is quarter I
    assert office.run("status", "--period", "2027-Q1", "--format", "json").json["plans"] == []
    assert NO_PLAN in office.run("status", "--period", "2027-6T").lines


def test_a_plan_that_assigns_everything_needs_no_remark(office: desk.Office) -> None:
    assign(office, 20)
    assert office.run("collect", PLAN, "--format", "json").json["plans"] == []
    assert "chỉ tiêu" not in office.run("status").out


def test_a_plan_that_the_clerk_accepts_is_told_then(office: desk.Office) -> None:
    inbox = office.folder.parent / "inbox"
    inbox.mkdir()
    plan = (office.folder / PLAN).read_bytes()
    (inbox / "1.eml").write_bytes(desk.mail("vp@xa.example", ("ke hoach.xlsx", plan), message_id="<1@x>"))
    assert not [line for line in office.run("collect", inbox, code=1).lines if "nội dung" in line]
    assert office.run("held", "accept", "1", "--why", "Đã gọi điện").lines[1:] == [NONE]
