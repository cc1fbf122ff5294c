"""`cchc-xlsx report` as a clerk runs it: from a folder and from the year's folder, what it writes, how it ends."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import command
import desk
import docx
import fill
import pytest
import summed
import told

INDICATORS, TASKS = "nhon-hau-2025-phu-luc-1", "nhon-hau-2025-phu-luc-2"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbooks of all units for both annexes."""
    folder = tmp_path_factory.mktemp("sent") / "da-nop"
    for form in (INDICATORS, TASKS):
        told.send(form, folder)
    return folder


@pytest.fixture
def folder(sent: Path, tmp_path: Path) -> Path:
    """A copy of them."""
    return shutil.copytree(sent, tmp_path / "da-nop")


def name(unit: str, form: str = INDICATORS) -> str:
    return f"{form}_2025-N_{unit}.xlsx"


def lines(path: Path) -> list[str]:
    """The paragraphs outside tables."""
    return [one.text for one in docx.Document(str(path)).paragraphs]


def test_a_folder_as_word(folder: Path, tmp_path: Path) -> None:
    done = command.run("report", "da-nop", "--period", "2025-N", "--out", "bao-cao.docx", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.lines[0] == f"Phụ lục I · {INDICATORS}"
    assert done.lines[1] == "  Số liệu tổng hợp từ báo cáo của 5/5 đơn vị."
    assert done.lines[-1] == "Đã ghi bao-cao.docx"
    assert "BÁO CÁO" in lines(tmp_path / "bao-cao.docx")
    assert command.names(tmp_path) == ["bao-cao.docx", "da-nop"]
    before = (tmp_path / "bao-cao.docx").read_bytes()
    command.run("report", "da-nop", "--out", "bao-cao.docx", "--jobs", "1", cwd=tmp_path)
    assert (tmp_path / "bao-cao.docx").read_bytes() == before


def test_a_folder_as_a_page(folder: Path, tmp_path: Path) -> None:
    done = command.run("--lang", "en", "report", "da-nop", "--out", "bao-cao.html", cwd=tmp_path)
    assert done.code == 0
    assert done.lines[-1] == "Written: bao-cao.html"
    assert (tmp_path / "bao-cao.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_missing_unit_is_named_and_the_run_ends_with_one(folder: Path, tmp_path: Path) -> None:
    (folder / name("TCKT")).unlink()
    done = command.run("report", "da-nop", "--out", "b.docx", cwd=tmp_path)
    assert done.code == 1
    assert "  Chưa có số liệu của: Tài chính - Kế toán (chưa gửi)." in done.lines
    assert "Chưa có số liệu của: Tài chính - Kế toán (chưa gửi)." in lines(tmp_path / "b.docx")


def test_a_file_with_errors_is_not_in_it_unless_asked_for(folder: Path, tmp_path: Path) -> None:
    one = fill.report(INDICATORS, "N", "MC")
    typed = summed.typed(one, 4)
    key = next(key for key in typed if key.endswith(".num"))
    summed.write(one, folder, {**typed, key: float(typed[key.replace("num", "den")]) + 1})
    done = command.run("report", "da-nop", "--out", "b.docx", cwd=tmp_path)
    assert done.code == 1
    assert any("tệp còn lỗi" in line for line in lines(tmp_path / "b.docx"))
    assert not any("--include-errors" in line for line in lines(tmp_path / "b.docx"))
    assert any(line.startswith("1 tệp còn lỗi") for line in done.lines)
    asked = command.run("report", "da-nop", "--out", "c.docx", "--include-errors", cwd=tmp_path)
    assert asked.code == 1
    assert any("CÓ TÍNH CẢ TỆP CÒN LỖI" in line for line in lines(tmp_path / "c.docx"))


def test_number_and_day_are_put_in(folder: Path, tmp_path: Path) -> None:
    command.run("report", "da-nop", "--out", "b.docx", "--number", "27", "--date", "5/1/2026", cwd=tmp_path)
    left, right = docx.Document(str(tmp_path / "b.docx")).tables[0].rows[0].cells
    assert "Số: 27/BC-UBND" in left.text
    assert "Nhơn Hậu, ngày 05 tháng 01 năm 2026" in right.text
    assert command.run("report", "da-nop", "--out", "c.docx", "--date", "5/13/2026", cwd=tmp_path).code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("da-nop", "--out", "b.pdf"),
        ("da-nop", "--out", "b.docx", "--format", "html"),
        ("da-nop",),
        ("khong-co", "--out", "b.docx"),
        ("da-nop", "--period", "2025-X", "--out", "b.docx"),
        ("--out", "b.docx"),
        ("rong", "--out", "b.docx"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_one_sentence_and_writes_nothing(arguments: tuple[str, ...], folder: Path, tmp_path: Path) -> None:
    (tmp_path / "rong").mkdir()
    done = command.run("report", *arguments, cwd=tmp_path)
    assert done.code == 2
    assert done.err.startswith("Lỗi: ")
    assert done.err.count("\n") == 1
    assert command.names(tmp_path) == ["da-nop", "rong"]


def test_a_file_that_is_read_is_never_overwritten(folder: Path, tmp_path: Path) -> None:
    (folder / "cong-van.docx").write_bytes(b"cua don vi")
    done = command.run("report", "da-nop", "--out", "da-nop/cong-van.docx", cwd=tmp_path)
    assert done.code == 2
    assert (folder / "cong-van.docx").read_bytes() == b"cua don vi"


# ------------------------------------------------------------------------------------------------------ the year's folder


@pytest.fixture
def year(tmp_path: Path) -> Any:
    """A year's folder that has collected one unit's report of the first quarter, and the other's too late."""
    office = desk.office(tmp_path / "nam-2027")
    office.run("generate", "--period", "2027-Q1")
    usb = tmp_path / "usb"
    usb.mkdir()
    for unit in ("VP", "TTPVHCC"):
        (usb / f"{unit}.xlsx").write_bytes(office.filled("2027-Q1", unit))
    office.run("collect", usb)
    return office


def test_in_the_years_folder_what_was_taken_in(year: Any) -> None:
    done = year.run("report", "--period", "2027-Q1", "--out", "bao-cao.docx")
    assert "  Số liệu tổng hợp từ báo cáo của 2/2 đơn vị." in done.lines
    assert any("quý I năm 2027" in line for line in lines(year.folder / "bao-cao.docx"))
    without = command.run("report", "--out", "b.docx", cwd=year.folder)
    assert (without.code, "--period 2027-Q1" in without.err) == (2, True)
    none = command.run("report", "--period", "2027-Q2", "--out", "b.docx", cwd=year.folder)
    assert none.code == 2
    for place in ("cchc.xlsx", ".cchc/b.docx"):
        assert command.run("report", "--period", "2027-Q1", "--out", place, cwd=year.folder).code == 2


def test_in_the_years_folder_the_period_before_is_told(year: Any, tmp_path: Path) -> None:
    for unit in ("VP", "TTPVHCC"):
        (tmp_path / "usb" / f"{unit} 6 thang.xlsx").write_bytes(year.filled("2027-6T", unit))
    year.run("collect", tmp_path / "usb")
    year.run("report", "--period", "2027-Q1", "--out", "q1.docx")
    year.run("report", "--period", "2027-6T", "--out", "q2.docx")
    told_first, told_second = ("\n".join(lines(year.folder / name)) for name in ("q1.docx", "q2.docx"))
    assert "So với kỳ trước" not in told_first
    assert "So với kỳ trước" in told_second
    assert "; kỳ trước: " in told_second


def test_the_offices_own_template_wins_and_is_never_overwritten(year: Any) -> None:
    own = year.folder / "mau-bao-cao" / "bao-cao.docx"
    own.parent.mkdir()
    made = docx.Document()
    made.add_paragraph("Mẫu riêng: {{ ky_bao_cao }}")
    made.save(str(own))
    before = own.read_bytes()
    year.run("report", "--period", "2027-Q1", "--out", "b.docx")
    assert lines(year.folder / "b.docx") == ["Mẫu riêng: Quý I năm 2027"]
    assert command.run("report", "--period", "2027-Q1", "--out", own, cwd=year.folder).code == 2
    assert own.read_bytes() == before
    made.add_paragraph("{{ khong_co }}")
    made.save(str(own))
    broken = command.run("report", "--period", "2027-Q1", "--out", "c.docx", cwd=year.folder)
    assert broken.code == 2
    assert "mau-bao-cao" in broken.err
    assert "khong_co" in broken.err
    assert not (year.folder / "c.docx").exists()
