"""The findings as a workbook: tables that filter, links that lead to the cell, nothing that runs, pages that can be read."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath
from types import ModuleType
from urllib.parse import unquote
from xml.etree import ElementTree

import openpyxl
import printed
import pytest
import reported
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from reported import file, of, told

from cchc_xlsx import writer
from cchc_xlsx.lang import Lang
from cchc_xlsx.results import Report, Told, printable
from cchc_xlsx.writer import links, listing

DRAWN = """
  M100 "" "Một cửa"
Q1/mot-cua.xlsx warning MC 2025-Q1
  T311 I14 "Dòng thêm"
Q1/tu-phap.xlsx ok TPHT 2025-Q1
Q1/van-phong.xlsx error VPTK 2025-Q1
  V203 I14 "7.2 Tỷ lệ đúng hạn" 12/20
  V203 I15 "7.3 Điểm" "mười"
  L401 I16 "7.4 Mẫu số" 250 ! "Sở đã xác minh" 2025-12-31
bao-cao.docx skipped
  F021
la.xlsx error
  I501
"""
PATH = Path("/nop/ket-qua/phat-hien.xlsx")
SHEETS = {"vi": ["Phát hiện", "Theo đơn vị", "Theo mã", "Tệp"], "en": ["Findings", "By unit", "By code", "Files"]}


def data(report: Report, lang: Lang = "vi", path: Path | None = PATH) -> bytes:
    return writer.findings_to_bytes(report, lang, path)


def book(report: Report, lang: Lang = "vi", path: Path | None = PATH) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data(report, lang, path)))


def rows(sheet: Worksheet) -> list[dict[str, object]]:
    """The rows of the sheet's table by its headings."""
    [table] = sheet.tables.values()
    heading, *lines = sheet[table.ref]
    return [{str(name.value): cell.value for name, cell in zip(heading, line, strict=True)} for line in lines]


def column(sheet: Worksheet, name: str) -> list[object]:
    return [row[name] for row in rows(sheet)]


# --------------------------------------------------------------------------------------------------------- what it says


def test_every_finding_is_a_row_and_every_file_too() -> None:
    found = book(reported.report(DRAWN))
    assert found.sheetnames == SHEETS["vi"]
    assert column(found["Phát hiện"], "Mã lỗi") == ["M100", "T311", "V203", "V203", "L401", "F021", "I501"]
    assert column(found["Phát hiện"], "Mức") == ["Lỗi", "Cảnh báo", "Lỗi", "Lỗi", "Được miễn", "Thông tin", "Lỗi"]
    assert column(found["Phát hiện"], "Ô") == [None, "I14", "I14", "I15", "I16", None, None]
    assert rows(found["Phát hiện"])[0]["Tệp"] == "Cả bộ báo cáo"
    row = rows(found["Phát hiện"])[4]
    assert row["Lý do miễn"] == "Sở đã xác minh (đến hết ngày 31/12/2025)"
    assert (row["Đơn vị"], row["Kỳ"], row["Đang ghi"]) == ("Văn phòng – Thống kê", "Quý I năm 2025", "250")
    assert (row["Dòng"], row["Biểu"], row["Khóa"]) == ("7.4 Mẫu số", reported.FORM, "r16.num")
    files = found["Tệp"]
    assert column(files, "Tệp") == [
        "Q1/mot-cua.xlsx",
        "Q1/tu-phap.xlsx",
        "Q1/van-phong.xlsx",
        "bao-cao.docx",
        "la.xlsx",
    ]
    assert column(files, "Kết quả") == ["Cảnh báo", "Đạt", "Lỗi", "Bỏ qua", "Lỗi"]
    assert column(files, "Số lỗi") == [0, 0, 2, 0, 1]
    assert all(len(str(digest)) == 64 for digest in column(files, "SHA-256"))


def test_counts_by_unit_and_by_code() -> None:
    found = book(reported.report(DRAWN))
    units = rows(found["Theo đơn vị"])
    assert [row["Mã đơn vị"] for row in units] == ["MC", "TPHT", "VPTK", None]
    assert units[2] == {
        **dict.fromkeys(["Tệp đạt", "Tệp có cảnh báo", "Tệp bỏ qua", "Số cảnh báo"], 0),
        "Xã, phường": "Nhơn Hậu",
        "Đơn vị": "Văn phòng – Thống kê",
        "Mã đơn vị": "VPTK",
        "Biểu": reported.FORM,
        "Số tệp": 1,
        "Tệp có lỗi": 1,
        "Số lỗi": 2,
        "Số được miễn": 1,
    }
    assert (units[3]["Đơn vị"], units[3]["Số tệp"], units[3]["Tệp bỏ qua"], units[3]["Số lỗi"]) == (
        "Chưa rõ đơn vị",
        2,
        1,
        1,
    )
    codes = rows(found["Theo mã"])
    assert [row["Mã lỗi"] for row in codes] == ["V203", "F021", "I501", "L401", "M100", "T311"]
    assert codes[0] == {
        "Mã lỗi": "V203",
        "Nội dung": "Số này là một ngày tháng",
        "Lỗi": 2,
        "Cảnh báo": 0,
        "Thông tin": 0,
        "Được miễn": 0,
        "Tổng số": 2,
    }


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_sums_agree_with_the_report(lang: Lang) -> None:
    report = reported.many(60)
    found = book(report, lang)
    sheets = [found[name] for name in SHEETS[lang]]
    every = [*report.findings, *(one for each in report.files for one in each.findings)]
    assert len(rows(sheets[0])) == len(every)
    last = list(rows(sheets[2])[0])[-1]
    assert sum(row[last] for row in rows(sheets[2])) == len(every)  # type: ignore[misc]
    assert Counter(one.code for one in every) == {row[next(iter(row))]: row[last] for row in rows(sheets[2])}
    assert len(rows(sheets[3])) == len(report.files)
    assert sum(list(row.values())[4] for row in rows(sheets[1])) == len(report.files)  # type: ignore[misc]
    assert sheets[0]["A2"].value.startswith(
        "75 tệp: 25 đạt, 9 cảnh báo" if lang == "vi" else "75 files: 25 ok, 9 warning"
    )


def test_nothing_found_and_nothing_there() -> None:
    found = book(of([file("a.xlsx", "ok", unit="VPTK", period="2025-Q1")]))
    assert found["Phát hiện"]["A4"].value == found["Theo mã"]["A4"].value == "Không có."
    assert len(rows(found["Tệp"])) == 1
    assert book(of([]), "en")["Files"]["A4"].value == "None."


# ---------------------------------------------------------------------------------------------------------- what it is


def test_each_sheet_is_a_table_with_filters_and_a_frozen_heading() -> None:
    found = book(reported.many(10))
    for sheet in found:
        [table] = sheet.tables.values()
        assert table.autoFilter.ref == table.ref
        assert table.ref.startswith("A3:")
        assert sheet.freeze_panes == "A4"
        assert sheet.print_title_rows == "$3:$3"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (
            True,
            0,
        )  # as wide as a page
        assert {cell.font.name for line in sheet.iter_rows() for cell in line} == {"Times New Roman"}
        assert all(cell.alignment.wrap_text for cell in sheet[4])
        assert all(sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1))


def test_headings_are_aligned_like_their_columns_and_nothing_touches_the_next_cell() -> None:
    for sheet in book(reported.many(12)):
        for heading, cell in zip(sheet[3], sheet[4], strict=True):
            assert heading.alignment.horizontal == cell.alignment.horizontal
            assert cell.alignment.horizontal == "center" or heading.alignment.indent > 0
            if cell.alignment.horizontal == "left":
                assert cell.alignment.indent == heading.alignment.indent
            if cell.alignment.horizontal == "right":  # LibreOffice prints numbers without their indent
                assert all(part.endswith("_0") for part in cell.number_format.split(";"))


def test_severities_are_coloured() -> None:
    sheet = book(reported.report(DRAWN))["Phát hiện"]
    fills = {cell.value: cell.fill.fgColor.rgb for cell in sheet["F"][3:]}
    assert len(set(fills.values())) == len(fills) == 4


def test_the_same_report_gives_the_same_bytes() -> None:
    assert data(reported.many(30)) == data(reported.many(30))


def test_every_part_is_well_formed_and_no_formula_is_anywhere() -> None:
    with zipfile.ZipFile(io.BytesIO(data(reported.many(30)))) as parts:
        for name in parts.namelist():
            ElementTree.fromstring(parts.read(name))
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 4
    assert not any("<f>" in text or "<f " in text for text in sheets)


@pytest.mark.parametrize(
    "typed",
    ["=1+1", "+1", "-1", "@x", "{=1}", "http://xau.example", "mailto:a@b", "46376", "", "_x0041_", "\x01\u202e"],
)
def test_texts_stay_texts(typed: str) -> None:
    finding = Told("V201", "error", typed, typed, typed, typed, typed, typed, typed)
    report = of([file(typed or "a", "error", [finding], "VPTK", "2025-Q1", typed, typed)])
    [row] = rows(book(report)["Phát hiện"])
    shown = printable(typed) or None
    assert {row[name] for name in ("Dòng", "Đang ghi", "Phát hiện", "Cách sửa", "Trang tính", "Khóa", "Ô", "Biểu")} == {
        shown
    }
    assert b"xau.example" not in b"".join(relations(data(report)).values())


@pytest.mark.parametrize("long", ["ả" * 40_000, "😀" * 20_000])
def test_a_text_longer_than_a_cell_is_cut(long: str) -> None:
    [row] = rows(book(of([file("a.xlsx", "error", [told("V201", "I14", long)])]))["Phát hiện"])
    text = str(row["Dòng"])
    assert len(text.encode("utf-16-le")) // 2 in (32_766, 32_767)
    assert text.endswith("…")
    assert long.startswith(text[:-1])


def test_more_rows_than_a_sheet_has_go_on_on_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_ROWS", 13)
    report = reported.many(12, hostile=False)
    found = book(report)
    assert found.sheetnames[:4] == SHEETS["vi"]
    for name, count in (
        ("Phát hiện", len([*report.findings, *(one for each in report.files for one in each.findings)])),
        ("Tệp", 14),
    ):
        parts = [sheet for sheet in found if sheet.title.startswith(name)]
        assert [sheet.title for sheet in parts] == [
            name,
            *(f"{name} ({number})" for number in range(2, len(parts) + 1)),
        ]
        assert len(parts) == -(-count // 10)
        assert sum(len(rows(sheet)) for sheet in parts) == count
    names = [table for sheet in found for table in sheet.tables]
    assert len(names) == len(set(names)) > 4


# --------------------------------------------------------------------------------------------------------------- links


def relations(workbook: bytes) -> dict[str, bytes]:
    """The relations of the sheets, by part."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return {name: parts.read(name) for name in parts.namelist() if "worksheets/_rels" in name}


def linked(sheet: Worksheet) -> dict[str, tuple[str, str | None]]:
    """Cell → where its link leads: the file, and the place in it."""
    return {
        cell.coordinate: (unquote(cell.hyperlink.target or ""), cell.hyperlink.location)
        for line in sheet.iter_rows()
        for cell in line
        if cell.hyperlink
    }


def test_links_lead_to_the_file_and_to_the_cell() -> None:
    found = book(reported.report(DRAWN))
    assert linked(found["Phát hiện"]) == {
        "A5": ("../Q1/mot-cua.xlsx", None),
        "C5": ("../Q1/mot-cua.xlsx", "'Phụ lục 1'!I14"),
        "A6": ("../Q1/van-phong.xlsx", None),
        "C6": ("../Q1/van-phong.xlsx", "'Phụ lục 1'!I14"),
        "A7": ("../Q1/van-phong.xlsx", None),
        "C7": ("../Q1/van-phong.xlsx", "'Phụ lục 1'!I15"),
        "A8": ("../Q1/van-phong.xlsx", None),
        "C8": ("../Q1/van-phong.xlsx", "'Phụ lục 1'!I16"),
        "A10": ("../la.xlsx", None),
    }
    assert set(linked(found["Tệp"])) == {"A4", "A5", "A6", "A8"}  # not what was skipped
    assert not any(linked(sheet) for sheet in book(reported.report(DRAWN), path=None))


def test_a_link_is_written_with_slashes_and_codes() -> None:
    """As Excel writes it itself, so that every program finds the file."""
    report = of([file("thư mục/Phụ lục 1 (quý I).xlsx", "ok", unit="VPTK", period="2025-Q1")])
    [target] = re.findall(
        rb'hyperlink" Target="([^"]+)" TargetMode="External"',
        relations(data(report))["xl/worksheets/_rels/sheet4.xml.rels"],
    )
    assert target == b"../th%C6%B0%20m%E1%BB%A5c/Ph%E1%BB%A5%20l%E1%BB%A5c%201%20%28qu%C3%BD%20I%29.xlsx"


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("a.xlsx", "a.xlsx"),
        ("con/a b.XLSX", "con/a%20b.XLSX"),
        ("a'b&c.xlsx", "a%27b%26c.xlsx"),
        ("a.exe", None),
        ("a.xlsx.lnk", None),
        ("a#b.xlsx", None),
        ("a%41.xlsx", None),
        ("a\u202eb.xlsx", None),
        ("a\nb.xlsx", None),
        ("a\ud800.xlsx", None),
        ('a"b.xlsx', None),
        ("a<b>.xlsx", None),
        ("http:x.xlsx", None),
        ("a\\b.xlsx", None),
        ("ả" * 400 + ".xlsx", None),
    ],
)
def test_only_a_name_that_every_program_understands_is_linked(name: str, target: str | None) -> None:
    assert links.to_file(Path("/nop") / name, Path("/nop/x.xlsx")) == target


@pytest.mark.parametrize(
    ("sheet", "cell", "place"),
    [
        ("Phụ lục 1", "I14", "'Phụ lục 1'!I14"),
        ("Tờ'1", "A1:B2", "'Tờ''1'!A1:B2"),
        ("a#b", "A1", None),
        ("x" * 32, "A1", None),
        ("a\u202e", "A1", None),
        ("a", "I14'!x", None),
        ("a", "hàng 3", None),
        (None, "A1", None),
        ("a", None, None),
    ],
)
def test_the_place_in_a_file(sheet: str | None, cell: str | None, place: str | None) -> None:
    assert links.to_cell(sheet, cell) == place


def test_after_the_last_link_that_excel_allows_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MOST", 5)
    found = book(reported.report(DRAWN))
    assert len(linked(found["Phát hiện"])) == 5
    assert len(rows(found["Phát hiện"])) == 7
    assert len(linked(found["Tệp"])) == 4


def test_the_links_of_real_files_are_there(tmp_path: Path) -> None:
    report = reported.sample(tmp_path)
    place = tmp_path / "ket qua" / "phat-hien.xlsx"
    found = book(report, path=place)
    targets = [target for target, _ in linked(found["Tệp"]).values()]
    assert len(targets) == len(report.files)
    for target in targets:
        assert (place.parent / PurePosixPath(target)).resolve().is_file()
    for target, location in linked(found["Phát hiện"]).values():
        if location:
            sheet, _, cell = location.rpartition("!")
            filled = openpyxl.load_workbook((place.parent / target).resolve())
            assert filled[sheet.strip("'")][cell].protection.locked in (False, True)


# ------------------------------------------------------------------------------------------------------- in LibreOffice


@pytest.mark.office
def test_it_prints_with_the_heading_on_each_page_and_no_text_cut(office: ModuleType, tmp_path: Path) -> None:
    def marked(number: int, part: str) -> str:
        return f"Dau{part}{number:02} {reported.MESSAGE} Cuoi{part}{number:02}"

    files = []
    for number in range(40):
        words = [marked(number, part) for part in "abcd"]
        finding = Told("V203", "error", "Phụ lục 1", "I14", "k", words[0], words[1][:80], words[2], words[3])
        files.append(file(f"tep-{number:02}.xlsx", "error", [finding], "VPTK", "2025-Q1"))
    path = tmp_path / "phat-hien.xlsx"
    path.write_bytes(data(of(files), path=path))
    pages = printed.pages(office.to_pdf(path, tmp_path))
    heading = Counter(
        [
            "Tệp",
            "Đơn",
            "vị",
            "Ô",
            "Dòng",
            "Mã",
            "lỗi",
            "Mức",
            "Đang",
            "ghi",
            "Phát",
            "hiện",
            "Cách",
            "sửa",
            "Lý",
            "do",
            "miễn",
        ]
    )
    texts = [page.text for page in pages if "Dau" in page.text]
    assert len(texts) > 5
    assert all(heading <= Counter(text.split()) for text in texts)
    for number in range(40):
        marks = [f"{mark}{part}{number:02}" for part in "acd" for mark in ("Dau", "Cuoi")]
        [text] = [text for text in texts if marks[0] in text]
        assert [mark for mark in marks if mark not in text] == []
        assert f"tep-{number:02}.xlsx" in text
    for number, page in enumerate(pages, 1):
        assert f"{number}/{len(pages)}" in page.text.split()
        assert min(page.sizes) >= 7.9
    assert "SHA-256" not in pages[-1].text


@pytest.mark.office
def test_every_row_is_high_enough(office: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "phat-hien.xlsx"
    path.write_bytes(data(reported.many(40), path=path))
    found = openpyxl.load_workbook(path)
    for name in SHEETS["vi"]:
        sheet = found[name]
        [result] = office.fill_and_read([{"path": path, "sheet": name, "heights": [f"3:{sheet.max_row}"]}])
        assert result["errors"] == []
        assert len(result["heights"]) == sheet.max_row - 2
        low = {
            row: best
            for row, best in result["heights"].items()
            if sheet.row_dimensions[int(row)].height < min(best, 409) - 0.5
        }
        assert low == {}
