"""The harness for real LibreOffice itself."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import office as harness
import openpyxl
import pytest
import xlsxwriter

PNG = b"\x89PNG"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A protected form: inputs in C1:C9, formulas in D1:D9 (double), E1:E6 of all kinds; a second sheet."""
    path = tmp_path / "Biểu mẫu 1.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet, open_cell = made.add_worksheet("Biểu"), made.add_format({"locked": False})
        for row in range(9):
            sheet.write_blank(row, 2, None, open_cell)
            sheet.write_formula(row, 3, f"=C{row + 1}*2")
        kinds = ["=1/0", "=C1>1", '=""', '=IF(C1>1,"đạt","chưa")', "=NA()", "=D1+D2"]
        for row, formula in enumerate(kinds):
            sheet.write_formula(row, 4, formula)
        sheet.write_number("C9", 7, open_cell)
        sheet.protect()
        made.add_worksheet("Hai").write_string("A1", "chữ")
    return path


def test_need_skips_here_and_fails_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "missing", lambda: ["soffice", "pdftoppm"])
    assert not harness.available()
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="missing: soffice, pdftoppm"):
        harness.need()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="needed under CI: soffice, pdftoppm"):
        harness.need()


def test_need_is_silent_when_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "missing", list)
    harness.need()
    assert harness.available()


@pytest.mark.office
def test_resave(office: ModuleType, book: Path, tmp_path: Path) -> None:
    out = office.resave(book, tmp_path / "out")
    assert out == tmp_path / "out" / book.name
    assert openpyxl.load_workbook(out)["Hai"]["A1"].value == "chữ"
    assert office.resave(book, tmp_path / "out", "ods").suffix == ".ods"


@pytest.mark.office
def test_resave_never_overwrites_its_source(office: ModuleType, book: Path) -> None:
    before = book.read_bytes()
    with pytest.raises(office.OfficeError, match="own copy"):
        office.resave(book, book.parent)
    assert book.read_bytes() == before


@pytest.mark.office
def test_resave_tells_what_it_could_not_read(office: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(office.OfficeError, match=r"none\.xlsx: not converted"):
        office.resave(tmp_path / "none.xlsx", tmp_path / "out")


@pytest.mark.office
def test_pdf_and_pages(office: ModuleType, book: Path, tmp_path: Path) -> None:
    pdf = office.to_pdf(book, tmp_path / "out")
    pages = office.pages_png(pdf, tmp_path / "pages")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert len(pages) == 2
    assert all(page.read_bytes().startswith(PNG) for page in pages)


@pytest.mark.office
def test_two_offices_at_a_time(office: ModuleType, book: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        outs = list(pool.map(lambda name: office.resave(book, tmp_path / name), "ab"))
    assert all(out.is_file() for out in outs)


@pytest.mark.office
def test_timeout_leaves_nothing_behind(
    office: ModuleType, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(own))
    with pytest.raises(office.OfficeError, match=r"not done after 0\.4 s"):
        office.resave(book, tmp_path / "out", timeout_s=0.4)
    with pytest.raises(office.OfficeError, match=r"not done after 0\.4 s"):
        office.fill_and_read([{"path": book}], timeout_s=0.4)
    assert processes(str(own)) == []
    assert list(own.iterdir()) == []


def processes(words: str) -> list[str]:
    """The command lines of running processes that hold these words (Linux; elsewhere none are seen)."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_text(errors="replace"))
        except OSError:  # ended meanwhile
            continue
    return [line for line in lines if words in line]


def fill(office: ModuleType, job: dict[str, Any]) -> dict[str, Any]:
    """The result of a single job."""
    [result] = office.fill_and_read([job])
    assert isinstance(result, dict)
    return result


@pytest.mark.office
def test_fill_calculates_and_keeps_types(office: ModuleType, book: Path) -> None:
    values = {
        "C1": 2,
        "C2": 0.5,
        "C3": "chữ",
        "C4": {"formula": "=1+1"},
        "C5": {"date": 46000},
        "C6": True,
        "C9": None,
    }
    result = fill(office, {"path": book, "set": values, "read": ["C1:E9"]})
    assert result["errors"] == []
    seen = {cell: (reading["v"], reading["t"]) for cell, reading in result["cells"].items()}
    assert len(seen) == 27
    assert [seen[f"C{row}"] for row in range(1, 7)] == [
        (2.0, "n"), (0.5, "n"), ("chữ", "s"), (2.0, "n"), (46000.0, "n"), (True, "b"),
    ]  # fmt: skip
    assert seen["C9"] == (None, "")
    assert [seen[f"D{row}"] for row in (1, 2, 3, 9)] == [(4.0, "n"), (1.0, "n"), ("#VALUE!", "e"), (0.0, "n")]
    assert [seen[f"E{row}"] for row in range(1, 8)] == [
        ("#DIV/0!", "e"), (True, "b"), ("", "s"), ("đạt", "s"), ("#N/A", "e"), (5.0, "n"), (None, ""),
    ]  # fmt: skip


@pytest.mark.office
def test_fill_saves_what_it_filled(office: ModuleType, book: Path, tmp_path: Path) -> None:
    out = tmp_path / "filled.xlsx"
    values = {"C1": 3, "C2": "=1+1", "C3": {"formula": "=C1*2"}, "C4": {"date": 46000}, "C5": "Nguyễn\nVăn", "C9": None}
    assert fill(office, {"path": book, "out": out, "set": values})["errors"] == []
    sheet, cached = openpyxl.load_workbook(out)["Biểu"], openpyxl.load_workbook(out, data_only=True)["Biểu"]
    assert sheet.protection.sheet
    assert (sheet["C1"].value, sheet["C2"].data_type, sheet["C3"].value) == (3, "s", "=C1*2")
    assert (sheet["C4"].is_date, sheet["C5"].value, sheet["C9"].value) == (True, "Nguyễn\nVăn", None)
    assert (cached["D1"].value, cached["C3"].value) == (6, 6)
    assert book.read_bytes() != out.read_bytes()


@pytest.mark.office
def test_locked_and_wrong_cells_are_reported_and_the_others_go_on(office: ModuleType, book: Path) -> None:
    values = {"D1": 1, "D2": "x", "C1": 5, "C2": [1], "C3:C4": 1, "D3": {"formula": "=1"}}
    result = fill(office, {"path": book, "set": values, "read": ["C1", "D1:D3", "?"]})
    assert {error["cell"]: error["error"] for error in result["errors"]} == {
        "D1": "PermissionError: the cell is locked",
        "D2": "PermissionError: the cell is locked",
        "D3": "PermissionError: the cell is locked",
        "C2": "ValueError: no value for a cell: [1]",
        "C3:C4": "ValueError: not the address of one cell: 'C3:C4'",
        "?": "ValueError: no address: '?'",
    }
    assert [result["cells"][cell]["v"] for cell in ("C1", "D1", "D2", "D3")] == [5.0, 10.0, 0.0, 0.0]


@pytest.mark.office
def test_jobs_are_independent_and_in_order(office: ModuleType, book: Path, tmp_path: Path) -> None:
    results = office.fill_and_read(
        [
            {"path": tmp_path / "none.xlsx"},
            {"path": book, "sheet": "Ba", "read": ["A1"]},
            {"path": book, "wrong": 1},
            {"path": book, "sheet": "Hai", "read": ["A1"]},
            {"path": book, "read": ["C9"]},
        ]
    )
    assert [bool(result["errors"]) for result in results] == [True, True, True, False, False]
    assert "no sheet 'Ba' among Biểu, Hai" in results[1]["errors"][0]["error"]
    assert results[3]["cells"] == {"A1": {"v": "chữ", "t": "s"}}
    assert results[4]["cells"] == {"C9": {"v": 7.0, "t": "n"}}


@pytest.mark.office
def test_the_machines_language_does_not_matter(office: ModuleType, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    result = fill(office, {"path": book, "set": {"C1": {"formula": '=VALUE("1.5")'}}, "read": ["C1"]})
    assert result["cells"]["C1"] == {"v": 1.5, "t": "n"}


@pytest.mark.office
def test_best_heights(office: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet, wrap = made.add_worksheet(), made.add_format({"text_wrap": True})
        sheet.write_string("A1", "một")
        sheet.write_string("A2", "một\nhai\nba", wrap)
        sheet.protect()
    heights = fill(office, {"path": path, "heights": ["1:2"]})["heights"]
    assert list(heights) == ["1", "2"]
    assert heights["2"] > 2 * heights["1"]
