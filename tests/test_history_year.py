"""History in a year's folder by the real commands: what is collected, checked again, marked and answered."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path
from typing import Any

import desk
import openpyxl
import pytest
import year_drawn
from desk import Office

from cchc_xlsx import generate, project, sample, writer
from cchc_xlsx.layout import place
from cchc_xlsx.ledger import book as ledger
from cchc_xlsx.ledger import past
from cchc_xlsx.ledger.model import Slot

UNIT = "TTPVHCC"
HALF = {"r09.num": 400.0, "r09.den": 420.0}
LESS = {"r09.num": 180.0, "r09.den": 190.0}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return desk.office(tmp_path / "nam-2027")


def put(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def collected(office: Office, *paths: Path, code: int = 0) -> list[tuple[str, int, int]]:
    """Period, errors and warnings of each workbook that a run takes in."""
    found = office.run("collect", *paths, "--format", "json", code=code).json
    return [
        (str(one["period"]), one["errors"], one["warnings"]) for each in found["messages"] for one in each["workbooks"]
    ]


def history(told: Any) -> list[tuple[str, str, bool]]:
    """Path, code and input of each finding about other periods, and whether it is waived."""
    return [
        (f"{one['path'].rpartition('/')[2]} {each['code']} {each['key']}", each["cell"], bool(each["waived"]))
        for one in told["files"]
        for each in one["findings"]
        if each["code"][0] == "H"
    ]


def test_a_fall_is_told_when_it_comes_when_it_is_checked_again_and_until_it_is_mended(
    office: Office, tmp_path: Path
) -> None:
    half = put(tmp_path / "1", "sau thang.xlsx", office.filled("2027-6T", UNIT, HALF))
    nine = put(tmp_path / "2", "chin thang.xlsx", office.filled("2027-9T", UNIT, LESS))
    assert collected(office, half) == [("2027-6T", 0, 0)]
    # Outside the ledger: a file that is only looked at.
    looked = office.run("check", nine, "--format", "json", code=1).json
    assert [one for one, _, _ in history(looked)] == ["chin thang.xlsx H801 r09.num", "chin thang.xlsx H801 r09.den"]
    assert collected(office, nine) == [("2027-9T", 2, 0)]
    again = office.run("check", "--format", "json", code=1).json
    assert [one["status"] for one in again["files"]] == ["ok", "error"]
    assert history(again) == [
        (f"cchc-xa_2027-9T_{UNIT}.xlsx H801 r09.num", looked["files"][0]["fields"]["r09.num"]["cell"], False),
        (f"cchc-xa_2027-9T_{UNIT}.xlsx H801 r09.den", looked["files"][0]["fields"]["r09.den"]["cell"], False),
    ]
    # What is told does not change by being told again.
    assert office.run("check", "--format", "json", code=1).json == again
    # The half year was wrong: once it is mended, nothing is wrong with the nine months.
    mended = put(tmp_path / "3", "sua.xlsx", office.filled("2027-6T", UNIT, {"r09.num": 95.0, "r09.den": 100.0}))
    assert collected(office, mended) == [("2027-6T", 0, 0)]
    assert history(office.run("check", "--format", "json").json) == []


@pytest.mark.parametrize("order", [("2027-6T", "2027-9T"), ("2027-9T", "2027-6T")])
def test_reports_of_one_mail_are_held_against_each_other(
    order: tuple[str, str], office: Office, tmp_path: Path
) -> None:
    typed = {"2027-6T": HALF, "2027-9T": LESS}
    files = [(f"{number}.xlsx", office.filled(period, UNIT, typed[period])) for number, period in enumerate(order)]
    mail = put(tmp_path / "thu", "mot.eml", desk.mail(desk.UNITS[UNIT], *files, message_id="<1@mc>"))
    assert sorted(collected(office, mail)) == [("2027-6T", 0, 0), ("2027-9T", 2, 0)]
    out = tmp_path / "tra-loi"
    office.run("reply", "--to-folder", out)
    [answer] = [desk.read(path.read_bytes()) for path in out.iterdir()]
    body = answer.get_body()
    assert body is not None
    text = " ".join(body.get_content().split())
    assert "H801" in text
    assert "nhưng báo cáo 6 tháng đầu năm 2027 đã ghi 400" in text
    [(name, copy)] = desk.attachments(answer.as_bytes()).items()
    assert "2027-9T" in name
    # The marked copy is mended and sent: it is held against the six months once more.
    marked = put(tmp_path / "sua", name, copy)
    looked = office.run("check", marked, "--format", "json", code=1).json
    cells = {one.rpartition(" ")[2]: cell for one, cell, _ in history(looked)}
    right = desk.answered(copy, {cells["r09.num"]: 560, cells["r09.den"]: 590}, tmp_path / "dung.xlsx")
    assert collected(office, put(tmp_path / "sua2", name, right)) == [("2027-9T", 0, 0)]
    assert history(office.run("check", "--format", "json").json) == []


def test_marked_copies_of_a_check_say_what_the_past_was(office: Office, tmp_path: Path) -> None:
    assert collected(office, put(tmp_path / "1", "a.xlsx", office.filled("2027-6T", UNIT, HALF))) == [("2027-6T", 0, 0)]
    put(tmp_path / "2", "b.xlsx", office.filled("2027-9T", UNIT, LESS))
    office.run("check", tmp_path / "2", "--mark", tmp_path / "dau", code=1)
    [copy] = (tmp_path / "dau").iterdir()
    book = openpyxl.load_workbook(copy)
    notes = [cell.comment.text for row in book.worksheets[0].iter_rows() for cell in row if cell.comment]
    assert len(notes) == 2
    assert all("H801" in one and "6 tháng đầu năm 2027" in one for one in notes)
    listed = [str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row if cell.value]
    assert any("H801" in one for one in listed)


def test_a_finding_about_history_is_waived_like_any_other(office: Office, tmp_path: Path) -> None:
    assert collected(office, put(tmp_path / "1", "a.xlsx", office.filled("2027-6T", UNIT, HALF))) == [("2027-6T", 0, 0)]
    waivers = tmp_path / "mien.csv"
    waivers.write_text("unit,key,code,period,reason,until\nTTPVHCC,,H801,2027-9T,Bỏ hồ sơ trùng,\n", encoding="utf-8")
    nine = put(tmp_path / "2", "b.xlsx", office.filled("2027-9T", UNIT, LESS))
    told = office.run("check", nine, "--waivers", waivers, "--format", "json").json
    assert [is_waived for _, _, is_waived in history(told)] == [True, True]
    assert told["files"][0]["status"] == "ok"


def test_other_units_and_communes_are_no_past(office: Office, tmp_path: Path) -> None:
    assert collected(office, put(tmp_path / "1", "a.xlsx", office.filled("2027-6T", UNIT, HALF))) == [("2027-6T", 0, 0)]
    order = generate.Order("Bình Tân", tmp_path, "cchc-xa", period="2027-9T", unit=UNIT, kind="report")
    [issue] = generate.issues(order)
    other = writer.to_bytes(place.place(issue, {**sample.valid(issue), **LESS}))
    of_another_unit = office.filled("2027-9T", "VP")
    folder = put(tmp_path / "khac", "a.xlsx", other).parent
    put(folder, "b.xlsx", of_another_unit)
    told = office.run("check", folder, "--format", "json").json
    assert [one["unit"] for one in told["files"]] == [UNIT, "VP"]
    assert history(told) == []


def test_a_version_with_errors_of_its_own_is_no_past(office: Office, tmp_path: Path) -> None:
    wrong = office.filled("2027-6T", UNIT, {**HALF, "r19.den": None})
    assert collected(office, put(tmp_path / "1", "a.xlsx", wrong)) == [("2027-6T", 1, 0)]
    nine = put(tmp_path / "2", "b.xlsx", office.filled("2027-9T", UNIT, LESS))
    assert collected(office, nine) == [("2027-9T", 0, 0)]


def test_a_calm_year_has_nothing_to_tell(office: Office, tmp_path: Path) -> None:
    """Twelve months, four quarters, 6T, 9T and the year, collected at once in no order."""
    office.edit(dict.fromkeys((f"Biểu!{column}5" for column in "DEFGHIJK"), "x"))
    rounds = project.load(office.folder).setup.by_period
    codes = list(rounds)
    assert len(codes) == 19
    for code in random.Random(1).sample(codes, len(codes)):
        months = len(year_drawn.months(rounds[code].period))
        figures = {f"{row}.{name}": 20.0 * months for row in ("r09", "r19", "r20", "r22") for name in ("num", "den")}
        put(tmp_path / "nam", f"{code}.xlsx", office.filled(code, UNIT, figures))
    assert {(errors, warnings) for _, errors, warnings in collected(office, tmp_path / "nam")} == {(0, 0)}
    told = office.run("check", "--format", "json").json
    assert history(told) == []
    assert {one["status"] for one in told["files"]} == {"ok"}
    assert len(told["files"]) == len(codes)


def test_the_year_before_is_the_past_of_the_new_folder(office: Office, tmp_path: Path) -> None:
    inbox = put(tmp_path / "1", "sau thang.xlsx", office.filled("2027-6T", UNIT, HALF))
    assert collected(office, inbox) == [("2027-6T", 0, 0)]
    office.run("roll", "2028")
    later = Office(office.folder.parent / "nam-2028")
    with closing(ledger.open_at(later.folder / ".cchc")) as book:
        [found] = past.of_all(book)
        assert (found.whose.unit, found.period, found.said["r09.num"]) == (UNIT, "2027-6T", HALF["r09.num"])
        assert past.of_unit(book, Slot("cchc-xa", "2028-6T", UNIT)) == (found,)
        assert past.of_unit(book, Slot("cchc-xa", "2028-6T", "VP")) == ()
