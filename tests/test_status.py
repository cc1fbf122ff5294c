"""`cchc-xlsx status`, `held` and `extend` in a real year's folder, as a clerk runs them."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import command
import ledger_drawn
import openpyxl
import printed
import pytest
from command import Done
from ledger_drawn import moment

from cchc_xlsx import lock, owing, project
from cchc_xlsx.ledger import book as ledger

ENGLISH = {"CCHC_LANG": "en"}
# Nine workbooks are owed for the first quarter: five of Phụ lục 1, four of Phụ lục 2. What unit KT sends is not asked for.
DRAWN = """
pl1 2025-Q1 VPTK -
  2025-03-12T09:00 errors V203 V201 L401 T311 V203   from=vp@xa.example
pl2 2025-Q1 VPTK -
  2025-03-12T09:00 ok                  from=vp@xa.example
  2025-03-14T10:00 warnings T311       from=vp@xa.example
pl1 2025-Q1 TPHT -
  2025-03-15T10:00 held "địa chỉ la@noi-khac.example chưa có trong trang “Đơn vị”"  from=la@noi-khac.example
  again
pl2 2025-Q1 TPHT -
  2025-03-18T00:00 ok                  from=tp@xa.example
pl1 2025-Q1 VHXH0 -
  2025-03-12T09:00 unchecked           from=vh@xa.example
pl2 2025-Q1 VHXH0 -
  2025-03-12T09:00 nil                 from=vh@xa.example
pl1 2025-Q1 TCKT -
  until 2025-03-20 "Mất điện"
pl1 2025-Q1 KT -
  2025-03-13T10:00 held "không phải nộp" from=kt@xa.example
mails
  2025-03-15T11:00 none "Họp giao ban"  from=a@xa.example
  2025-03-15T12:00 auto "Bản tin"       from=tin@xa.example
  2025-03-15T13:00 quarantine "Gửi báo cáo" from=mc@xa.example
  2025-03-15T13:10 failed ""
"""
AT = ("--at", "2025-03-19T08:00")
SUM = "Đã đến 13 = 6 nhận + 1 trùng + 2 chờ xác nhận + 1 không nhận gì + 1 thư máy + 1 không mở được + 1 chưa đọc được."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year's folder made by the command itself, with what is drawn in its ledger."""
    place = tmp_path_factory.mktemp("nam")
    forms = [word for form in ledger_drawn.FORMS.values() for word in ("--form", form)]
    done = command.run(
        "init", "2025", "--commune", "Nhơn Hậu", "--year", "2025", "--units", "before", *forms, cwd=place
    )
    assert done.code == 0, done.err
    here = project.load(place / "2025")
    with contextlib.closing(ledger.open_at(here.state)) as book:
        owing.settled(here, book)
        ledger_drawn.enter(book, DRAWN)
    return place / "2025"


@pytest.fixture
def year(made: Path, tmp_path: Path) -> Path:
    """A copy of that folder, to be changed."""
    return Path(shutil.copytree(made, tmp_path / "2025"))


def run(folder: Path, *arguments: str | Path, **env: str) -> Done:
    return command.run(*arguments, cwd=folder, env=env)


def status(folder: Path, *arguments: str | Path) -> Any:
    """What `status` says as data."""
    return run(folder, "status", "--format", "json", *AT, *arguments).json


def standing_of(data: Any, unit: str, form: str = "pl1") -> Any:
    [quarter] = [one for one in data["periods"] if one["period"] == "2025-Q1"]
    [found] = [one for one in quarter["obligations"] if (one["unit"], one["form"]) == (unit, ledger_drawn.FORMS[form])]
    return found


# ------------------------------------------------------------------------------------------------------------------ text


def test_the_period_as_text(made: Path) -> None:
    done = run(made, "status", "--period", "2025-Q1", *AT)
    assert (done.code, done.err) == (0, "")
    assert done.lines[:12] == [
        "Nhơn Hậu · năm 2025 · lúc 19/3/2025 08:00",
        "",
        "Quý I năm 2025 (2025-Q1) · hạn 17/3/2025",
        # 9 owed; right are VPTK's and TPHT's and VHXH0's Phụ lục 2. In time of those that came (5) or should have (MC, TCKT): 4.
        "  Đầy đủ 3/9 (33,3%) · đúng hạn 4/7 (57,1%) · 3 trễ hạn",
        "  3 chưa gửi · 1 chờ xác nhận · 1 đã nhận · 1 cần sửa · 1 đạt, có cảnh báo · 1 đạt · 1 không phát sinh",
        "  Bộ phận Tiếp nhận và trả kết quả (Một cửa) (MC)",  # who is late comes first
        "    nhon-hau-2025-phu-luc-1  CHƯA GỬI · quá hạn 2 ngày",
        "  Tài chính - Kế toán (TCKT)",
        "    nhon-hau-2025-phu-luc-2  CHƯA GỬI · quá hạn 2 ngày",
        "    nhon-hau-2025-phu-luc-1  CHƯA GỬI · còn 1 ngày · gia hạn đến 20/3/2025: Mất điện",
        "  Văn phòng - Thống kê (VPTK)",
        "    nhon-hau-2025-phu-luc-1  CẦN SỬA · bản 1 · 4 lỗi, 1 cảnh báo",
    ]
    assert "      … và 2 phát hiện nữa" in done.lines
    assert "    nhon-hau-2025-phu-luc-2  ĐẠT, CÓ CẢNH BÁO · bản 2 · 1 cảnh báo" in done.lines
    assert "    nhon-hau-2025-phu-luc-1  CHỜ XÁC NHẬN · mục số 4" in done.lines
    assert "    nhon-hau-2025-phu-luc-2  ĐẠT · nộp trễ 1 ngày · bản 1" in done.lines
    assert "    nhon-hau-2025-phu-luc-2  KHÔNG PHÁT SINH · bản 1" in done.lines
    assert done.lines[-1].startswith("  → Nhận: cchc-xlsx held accept SỐ --why")


def test_periods_that_are_ahead_are_only_named(made: Path) -> None:
    done = run(made, "status", *AT)
    assert "Chưa đến hạn: 2025-6T (hạn 16/6/2025), 2025-9T (hạn 15/9/2025), 2025-N (hạn 15/12/2025)" in done.lines
    assert "6 tháng đầu năm 2025 (2025-6T) · hạn 16/6/2025" not in done.lines
    later = run(made, "status", "--at", "2025-06-01")
    assert "6 tháng đầu năm 2025 (2025-6T) · hạn 16/6/2025" in later.lines
    asked = run(made, "status", "--period", "2025-N", *AT)
    assert "Năm 2025 (2025-N) · hạn 15/12/2025" in asked.lines


def test_every_mail_in_the_order_of_arrival_and_a_sum_that_closes(made: Path) -> None:
    done = run(made, "status", "--mails", *AT)
    assert done.lines[-1] == SUM
    heads = [line for line in done.lines if re.match(r"\d", line)]
    assert len(heads) == 13
    moments = [moment(f"{y}-0{m}-{d}T{at}") for d, m, y, at in (re.match(r"(\d+)/(\d)/(\d+) (\S+)", one).groups() for one in heads)]  # type: ignore[union-attr]  # fmt: skip
    assert moments == sorted(moments)
    assert "13/3/2025 10:00  CHỜ XÁC NHẬN  Báo cáo KT" in heads
    assert "    chờ cán bộ xác nhận “KT-9.xlsx”: không phải nộp" in done.lines
    assert "    kt@xa.example · INBOX/9" in done.lines


def test_in_english_no_word_of_ours_is_vietnamese(made: Path) -> None:
    said = run(made, "status", "--period", "2025-Q1", *AT, CCHC_LANG="en").out
    assert "Complete 3/9 (33.3%) · in time 4/7 (57.1%) · 3 late" in said
    assert "NOT SENT · 2 days overdue" in said
    assert "1 day left · put off to 2025-03-20" in said
    assert "13 came = 6 taken + 1 duplicate + 2 to be confirmed" in run(made, "status", "--mails", *AT, **ENGLISH).out


def test_a_moment_is_vietnams_unless_it_says_otherwise(made: Path) -> None:
    first = standing_of(status(made, "--at", "2025-03-17T23:59:59"), "MC")
    second = standing_of(status(made, "--at", "2025-03-17T17:00:00Z"), "MC")
    assert (first["late"], first["days_left"], second["late"], second["days_late"]) == (False, 0, True, 1)
    assert status(made, "--at", "2025-03-13T12:00")["mails"]["seen"] == 5


# ------------------------------------------------------------------------------------------------------------------ data


def test_the_data_hold_everything(made: Path) -> None:
    data = status(made)
    assert (data["tool"], data["at"], data["commune"], data["year"]) == (
        "cchc-xlsx", "2025-03-19T08:00:00+07:00", "Nhơn Hậu", 2025
    )  # fmt: skip
    assert [one["period"] for one in data["periods"]] == ["2025-Q1", "2025-6T", "2025-9T", "2025-N"]
    tally = data["periods"][0]["tally"]
    assert (tally["complete"], tally["owed"], tally["in_time"], tally["asked"], tally["late"]) == (3, 9, 4, 7, 3)
    assert tally["completeness"] == pytest.approx(1 / 3)
    assert sum(tally["states"].values()) == 9
    one = standing_of(data, "VPTK")
    assert (one["state"], one["due"], one["late"], one["days_late"]) == ("rejected", "2025-03-17", False, 0)
    assert (one["current"]["errors"], one["current"]["warnings"], len(one["findings"])) == (4, 1, 5)
    assert (one["current"]["sender"], one["current"]["arrived"]) == ("vp@xa.example", "2025-03-12T09:00:00+07:00")
    assert standing_of(data, "VPTK", "pl2")["superseded"] == 1
    assert standing_of(data, "TCKT")["extensions"][0] | {"at": ""} == {
        "until": "2025-03-20", "who": "lan", "why": "Mất điện", "at": ""
    }  # fmt: skip
    assert [(one["number"], one["unit"]) for one in data["held"]] == [(8, "KT"), (4, "TPHT")]
    mails = data["mails"]
    assert (
        mails["seen"]
        == 13
        == len(mails["list"])
        == sum(value for key, value in mails.items() if key not in ("seen", "list"))
    )
    assert set(mails["list"][0]) == {"source", "status", "reason", "sender", "subject", "arrived", "tries"}


def test_one_period_of_the_data(made: Path) -> None:
    data = status(made, "--period", "2025-9T")
    assert [one["period"] for one in data["periods"]] == ["2025-9T"]
    assert data["held"] == []


# --------------------------------------------------------------------------------------------------------------- the rest


def test_looking_changes_nothing(year: Path) -> None:
    before = (year / ".cchc" / ledger.FILE).read_bytes()
    for arguments in ((), ("--mails",), ("--output", "a.html"), ("--output", "a.xlsx"), ("--output", "a.txt")):
        assert run(year, "status", *arguments).code == 0
    assert (year / ".cchc" / ledger.FILE).read_bytes() == before
    assert {"a.html", "a.xlsx", "a.txt"} <= set(command.names(year))
    assert (year / "a.txt").read_text(encoding="utf-8").startswith("Nhơn Hậu · năm 2025")


def test_it_can_be_looked_at_while_another_run_collects(year: Path) -> None:
    with lock.held(year / ".cchc"):
        assert run(year, "status", *AT).code == 0
    below = year / "ket-qua"
    assert run(below, "status", *AT).out == run(year, "status", *AT).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("status", "--period", "2025-Q9"), "Không có kỳ báo cáo “2025-Q9”"),
        (("status", "--period", "2025-T01"), "Không có biểu nào phải nộp cho kỳ 2025-T01"),
        (("status", "--period", "2026-Q1"), "2026-Q1"),
        (("status", "--at", "hôm nay"), "--at"),
        (("status", "--format", "xlsx"), "--output"),
        (("status", "--output", "a.csv"), "CSV"),
        (("status", "--output", "cchc.xlsx"), "cchc.xlsx"),
        (("status", "--output", ".cchc/ledger.sqlite"), ".cchc"),
        (("held", "accept", "99", "--why", "x"), "Đang chờ: 8, 4"),
        (("held", "accept", "8"), "--why"),
        (("held", "reject", "8", "--why", " "), "--why"),
        (("held", "accept", "x", "--why", "y"), ""),
        (("extend", "--period", "2025-Q1", "--unit", "KT", "--until", "20/3/2025", "--why", "x"), "MC, TCKT"),
        (("extend", "--period", "2025-Q1", "--unit", "MC", "--until", "17/3/2025", "--why", "x"), "phải sau hạn"),
        (("extend", "--period", "2025-Q1", "--unit", "MC", "--until", "32/3/2025", "--why", "x"), "32/3/2025"),
        (("extend", "--period", "2025-Q1", "--unit", "MC", "--until", "20/3/2025", "--why", ""), "--why"),
        (("extend", "--period", "2025-T01", "--unit", "MC", "--until", "20/3/2025", "--why", "x"), "2025-T01"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_and_changes_nothing(arguments: tuple[str, ...], said: str, year: Path) -> None:
    before = status(year)
    done = run(year, *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1
    assert status(year) == before


@pytest.mark.parametrize(
    "arguments", [("status",), ("held", "list"), ("held", "accept", "1", "--why", "x")], ids=" ".join
)
def test_outside_a_years_folder(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(tmp_path, *arguments)
    assert (done.code, done.out) == (2, "")
    assert "thư mục của năm" in done.err
    assert "cchc-xlsx init" in done.err


def test_what_is_held_is_decided(year: Path) -> None:
    listed = run(year, "held", "list")
    assert "  Số 4  nhon-hau-2025-phu-luc-1 · 2025-Q1 · Tư pháp - Hộ tịch · TPHT-4.xlsx" in listed.lines
    assert "      Lý do: địa chỉ la@noi-khac.example chưa có trong trang “Đơn vị”" in listed.lines
    done = run(year, "held", "accept", "4", "--why", "Đã gọi điện")
    assert (done.code, done.out) == (0, "Đã nhận: nhon-hau-2025-phu-luc-1 · 2025-Q1 · TPHT · TPHT-4.xlsx\n")
    done = run(year, "held", "reject", "8", "--why", "Không ai đòi")
    assert done.code == 0
    assert run(year, "held", "list").out == "Không có mục nào chờ xác nhận.\n"
    data = status(year)
    assert standing_of(data, "TPHT")["state"] == "accepted"
    mails = data["mails"]
    assert (mails["ok"], mails["hold"], mails["none"], mails["seen"]) == (7, 0, 2, 13)
    said = [one["reason"]["vi"] for one in mails["list"]]
    assert sum("xác nhận nhận “TPHT-4.xlsx”: Đã gọi điện" in one for one in said) == 1
    assert sum("không nhận “KT-9.xlsx”: Không ai đòi" in one for one in said) == 1


def test_accepting_what_is_not_owed_says_that_it_does_not_count(year: Path) -> None:
    assert "không phải nộp" in run(year, "held", "accept", "8", "--why", "x").out
    assert status(year)["held"][0]["number"] == 4


def test_a_decision_waits_for_the_run_that_collects(year: Path) -> None:
    with lock.held(year / ".cchc"):
        done = run(year, "held", "accept", "4", "--why", "x")
    assert (done.code, done.out) == (2, "")
    assert "đang làm việc với thư mục này" in done.err


def test_a_unit_is_given_more_time(year: Path) -> None:
    arguments = ("extend", "--period", "2025-Q1", "--unit", "tckt", "--until", "25/3/2025", "--why", "Bão")
    done = run(year, *arguments)
    assert done.lines == [
        f"Gia hạn đến hết ngày 25/3/2025: {form} · 2025-Q1 · TCKT" for form in ledger_drawn.FORMS.values()
    ]
    data = status(year)
    assert {standing_of(data, "TCKT", form)["days_left"] for form in ledger_drawn.FORMS} == {6}
    assert data["periods"][0]["tally"]["late"] == 2
    whole = run(year, *arguments[:-3], "26/3/2025", "--why", "Lụt", "--form", ledger_drawn.FORMS["pl2"])
    assert len(whole.lines) == 1
    # The set-up is read again at each run; what was put off stays.
    assert standing_of(status(year), "TCKT", "pl2")["due"] == "2025-03-26"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_examples_of_the_help_run_in_a_years_folder(lang: str, year: Path) -> None:
    here = {
        "2027-Q1": "2025-Q1",
        "--unit VP ": "--unit VPTK ",
        "18/3/2027": "25/3/2025",
        "reject 7": "reject 8",
        "accept 7": "accept 4",
    }
    for whose in (("status",), ("held", "list"), ("held", "accept"), ("held", "reject"), ("extend",)):
        shown = run(year, *whose, "--help", "--lang", lang).lines
        [example] = [line for line in shown if re.match(r"\s+(Ví dụ|Example): ", line)]
        for theirs, ours in here.items():
            example = example.replace(theirs, ours)
        program, *arguments = shlex.split(example.partition(": ")[2])
        assert (program, tuple(arguments[: len(whose)])) == ("cchc-xlsx", whose)
        assert run(year, *arguments).code == 0, example


# --------------------------------------------------------------------------------------------------------------- workbook

SHEETS = ["Tình hình", "Phát hiện còn mở", "Theo kỳ", "Theo kỳ và đơn vị", "Chờ xác nhận", "Thư đã đến"]


def rows(book: Any, sheet: str) -> list[dict[str, Any]]:
    head, *found = book[sheet].iter_rows(min_row=3, values_only=True)
    return [dict(zip(head, row, strict=True)) for row in found]


def test_the_workbook_says_the_same(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "tinh-hinh.xlsx"
    assert run(made, "status", *AT, "--output", path).out == ""
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    assert book.sheetnames == SHEETS
    owed = rows(book, "Tình hình")
    assert len(owed) == 36
    assert [row["Tình trạng"] for row in owed[:9]].count("chưa gửi") == 3
    one = next(row for row in owed if row["Mã đơn vị"] == "TPHT" and row["Biểu"].endswith("2"))
    assert (one["Tình trạng"], one["Trễ (ngày)"], one["Hạn"].date().isoformat()) == ("đạt", 1, "2025-03-17")
    assert one["Đến lúc"].isoformat() == "2025-03-18T00:00:00"
    assert len(rows(book, "Phát hiện còn mở")) == 6
    quarter = rows(book, "Theo kỳ")[0]
    assert (quarter["Phải nộp"], quarter["Đã đạt"], quarter["Trễ hạn"]) == (9, 3, 3)
    assert quarter["Tỷ lệ đúng hạn"] == pytest.approx(4 / 7)
    assert sum(row["Phải nộp"] for row in rows(book, "Theo kỳ và đơn vị")) == 36
    assert [row["Số"] for row in rows(book, "Chờ xác nhận")] == [8, 4]
    assert len(rows(book, "Thư đã đến")) == 13
    assert SUM in book["Thư đã đến"]["A2"].value
    assert all(sheet.tables for sheet in book)  # what filters
    again = tmp_path / "lai.xlsx"
    run(made, "status", *AT, "--output", again)
    assert again.read_bytes() == path.read_bytes()


def test_the_workbook_is_no_report(made: Path, tmp_path: Path) -> None:
    run(made, "status", *AT, "--output", tmp_path / "tinh-hinh.xlsx")
    checked = command.run("check", tmp_path, "--format", "json", cwd=tmp_path)
    assert [one["status"] for one in checked.json["files"]] == ["skipped"]


@pytest.mark.office
def test_the_workbook_prints_as_wide_as_the_page(office: ModuleType, made: Path, tmp_path: Path) -> None:
    run(made, "status", *AT, "--output", tmp_path / "tinh-hinh.xlsx")
    pages = printed.pages(office.to_pdf(tmp_path / "tinh-hinh.xlsx", tmp_path))
    titles = (
        "TÌNH HÌNH NỘP BÁO CÁO",
        "PHÁT HIỆN CÒN MỞ",
        "SỐ LƯỢNG THEO KỲ",
        "CHỜ CÁN BỘ XÁC NHẬN",
        "THƯ VÀ TỆP ĐÃ ĐẾN",
    )
    texts = [page.text for page in pages]
    assert [title for title in titles if not any(title in text for text in texts)] == []
    for page in pages:  # a number does not touch the text in the next cell
        dashes = [word.x for word in page.words if word.text == "–"]
        assert all(min((rule - x for rule in page.rules if rule > x), default=99) > 8 for x in dashes)
    assert len(pages) <= 9


def test_json_is_stable(made: Path) -> None:
    """The names that other programs rely on."""
    one = standing_of(status(made), "VPTK")
    assert sorted(one) == sorted(
        [
            "form",
            "unit",
            "unit_name",
            "state",
            "due",
            "late",
            "days_late",
            "days_left",
            "came",
            "extensions",
            "current",
            "conflict",
            "superseded",
            "held",
            "findings",
        ]
    )
    assert json.dumps(status(made)) == json.dumps(status(made))
