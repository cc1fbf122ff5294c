"""The set-up workbook in real programs: re-saved it means the same, its formulas agree with ours, it prints readably."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import openpyxl
import printed
import programs
import pytest
import yearly
from openpyxl.worksheet.datavalidation import DataValidation
from programs import Job
from yearly import drawn, place

from cchc_xlsx import periods, project, units, values
from cchc_xlsx.form import load as forms
from cchc_xlsx.layout import metrics
from cchc_xlsx.layout.model import Place, Sheet, a1
from cchc_xlsx.project import draw, pages, start
from cchc_xlsx.project.pages import PAGES, ROUNDS, UNITS, round_keys

SMALLEST_PT = 7.9
FILLED = f"""
    Đơn vị!D5: Văn phòng; VP HĐND\\nVăn phòng UBND
    Đơn vị!E5: vp@xa.vn; b.le@xa.vn
    Đơn vị!F6: zalo@gmail.com
    Biểu!B7: nhon-hau-2025-phu-luc-2
    Biểu!D7: x
    Kỳ báo cáo!E8: 2027-03-18
    Kỳ báo cáo!G9:
    Miễn lỗi!B6: KT
    Miễn lỗi!D6: L401
    Miễn lỗi!F6: Tỉnh đã đồng ý
    Miễn lỗi!G6: 2027-03-31
    {place("office", "commune_code")}: 00123
    {place("office", "plan_number")}: 15/2027
    {place("office", "plan_date")}: 2027-01-05
    {place("mail", "imap.host")}: mail.xa.gov.vn
    {place("mail", "imap.user")}: cchc@xa.gov.vn
    {place("mail", "imap.port")}: 1993
"""


def sheets(lang: str = "vi", *, is_blank: bool = False) -> tuple[Sheet, ...]:
    """The sheets as they are drawn, of a known commune or of none."""
    known = (None, None, None) if is_blank else ("Nhơn Hậu", "21886", 2027)
    assert lang in ("vi", "en")
    return draw.sheets(start.prefilled(*known, "post", (forms.DEFAULT,), lang, None), lang)  # type: ignore[arg-type]


# ----------------------------------------------------------------------------------------------------------- what is drawn


def test_only_inputs_are_unlocked_and_every_input_says_what_it_takes(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(yearly.workbook(tmp_path))
    for page in PAGES:
        sheet = book[page.name.vi]
        assert sheet.protection.sheet
        assert sheet.freeze_panes == "C5"
        asked = {
            cell for rule in sheet.data_validations.dataValidation for one in rule.sqref for cell in _cells(sheet, one)
        }
        unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
        assert asked == unlocked
        for rule in sheet.data_validations.dataValidation:
            _limits(rule)
    assert [one.title for one in book.worksheets if one.sheet_state != "visible"] == [draw.LISTS]


def _cells(sheet: object, area: object) -> set[str]:
    return {cell.coordinate for row in sheet[str(area)] for cell in (row if isinstance(row, tuple) else (row,))} if ":" in str(area) else {str(area)}  # type: ignore[index]  # fmt: skip


def _limits(rule: DataValidation) -> None:
    assert rule.prompt
    assert len(rule.prompt) <= 255
    assert len(rule.promptTitle) <= 32
    if rule.type == "list":
        assert rule.formula1.startswith("'")
        may_hold_more = "warning" if "Mã biểu" in rule.promptTitle or "Mã lỗi" in rule.promptTitle else None
        assert rule.errorStyle == may_hold_more
    assert rule.type is None or rule.error or rule.type == "none"


def test_no_prompt_is_cut_and_no_sheet_has_a_name_too_long() -> None:
    for page in PAGES:
        asks = [*(one.ask for one in page.lines), *(one.ask for one in page.columns if one.ask)]
        for text in (text for one in asks for text in (one.prompt.vi, one.prompt.en)):
            assert len(text.encode("utf-16-le")) // 2 <= 255
        for text in (page.name.vi, page.name.en):
            assert len(text) <= 31


def test_the_lists_offer_what_the_reader_takes() -> None:
    known = start.prefilled(None, None, None, "post", (forms.DEFAULT,), "vi", None).lists
    assert [one for one, _ in known["forms"]] == list(forms.listing(forms.folders()))
    offices = {one.code for era in ("post", "pre") for one in units.catalogue(era).units.values() if one.office}
    assert {one for one, _ in known["units"]} == offices
    for page in PAGES:
        for ask in [*(one.ask for one in page.lines), *(one.ask for one in page.columns if one.ask)]:
            assert (ask.kind in ("list", "mark")) == bool(ask.source)
            assert not ask.source or ask.source in known or ask.source == "rounds.code"


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("is_blank", [True, False], ids=["nothing known", "all known"])
def test_what_is_needed_is_yellow_until_it_is_there_and_has_a_row_high_enough(lang: str, *, is_blank: bool) -> None:
    for page, sheet in zip(PAGES, sheets(lang, is_blank=is_blank), strict=False):
        for (row, column), cell in sheet.cells.items():
            if row > 1 < column and isinstance(cell.content, str):
                across = next((one for one in sheet.merges if one[:2] == (row, column)), (row, column, row, column))
                width = metrics.cell_width_pt([sheet.widths[one] for one in range(across[1], across[3] + 1)])
                style = cell.style
                needed = metrics.text_height_pt(cell.content, width, style.size, style.bold, italic=style.italic)
                assert needed <= sheet.heights[row]
        needed_cells = {a1(draw.at(page, one.key, "value")) for one in page.lines if one.ask.is_needed}
        yellow = {a1(one.area[:2]) for one in sheet.highlights if one.formula.startswith("LEN(TRIM(")}
        assert yellow == needed_cells


def test_rooms_for_more_are_left() -> None:
    units_sheet = sheets()[PAGES.index(UNITS)]
    inputs = {row for (row, column), cell in units_sheet.cells.items() if cell.role == "input"}
    assert len(inputs) == len([one for one in units.catalogue("post").units.values() if one.office]) + pages.ROOM


# ------------------------------------------------------------------------------------------------------ in other programs


@pytest.mark.parametrize("program", ["libreoffice", "gnumeric", "exceljs", "sheetjs"])
def test_what_a_program_saved_again_means_the_same(program: str, tmp_path: Path) -> None:
    new, typed, out = tmp_path / "new", tmp_path / "typed", tmp_path / "out"
    for folder in (new, typed, out):
        folder.mkdir()
    jobs = [
        Job(yearly.workbook(new), out / "cchc.xlsx"),
        Job(yearly.workbook(typed, drawn(FILLED)).rename(typed / "filled.xlsx"), out / "filled.xlsx"),
    ]
    programs.resave(program, jobs)
    for job in jobs:
        assert project.read(job.out) == project.read(job.source)


def test_the_dates_that_the_workbook_shows_are_ours_in_any_year(office: ModuleType, tmp_path: Path) -> None:
    years = range(2024, 2035)
    path = yearly.workbook(tmp_path)
    office_sheet, rounds_sheet = (one.name.vi for one in (pages.OFFICE, ROUNDS))
    year_cell = a1(draw.at(pages.OFFICE, "year", "value"))
    copies = {year: tmp_path / f"{year}.xlsx" for year in years}
    filled = [
        {"path": str(path), "out": str(copy), "sheet": office_sheet, "set": {year_cell: year}, "read": [year_cell]}
        for year, copy in copies.items()
    ]
    last = len(round_keys()) - 1
    area = f"{a1(draw.at(ROUNDS, 0, 'code'))}:{a1(draw.at(ROUNDS, last, 'owed'))}"
    read = [{"path": str(copy), "sheet": rounds_sheet, "read": [area]} for copy in copies.values()]
    results = office.fill_and_read([*filled, *read])
    assert [one["errors"] for one in results] == [[]] * len(results)
    for year, result in zip(years, results[len(filled) :], strict=True):
        for index, key in enumerate(round_keys()):
            period = periods.parse(f"{year}-{key}")
            shown = {one.key: result["cells"][a1(draw.at(ROUNDS, index, one.key))]["v"] for one in ROUNDS.columns}
            assert shown == {
                "code": period.code,
                "name": periods.name(period).vi,
                "closing": values.serial(period.end),
                "unit_deadline": values.serial(periods.unit_deadline(period)),
                "upward_deadline": values.serial(periods.upward_deadline(period)),
                "in_use": "x",
                "owed": int(key in pages.USUAL),
            }
        assert project.read(copies[year]).by_period[f"{year}-N"].period.year == year


def test_the_name_of_a_form_follows_its_choice(office: ModuleType, tmp_path: Path) -> None:
    path = yearly.workbook(tmp_path)
    job = {"path": str(path), "sheet": "Biểu", "set": {"B6": "tay-xuan-2024-par-index", "B7": "x"}, "read": ["C5:C8"]}
    [result] = office.fill_and_read([job])
    names = [result["cells"][cell]["v"] for cell in ("C5", "C6", "C7", "C8")]
    known = [forms.find(one).name for one in (forms.DEFAULT, "tay-xuan-2024-par-index")]
    assert names == [*known, "(không có biểu này)", ""]


def test_every_row_is_as_high_as_the_program_needs(office: ModuleType, tmp_path: Path) -> None:
    path = yearly.workbook(tmp_path)
    drawn_sheets = sheets()[: len(PAGES)]
    jobs = [
        {"path": str(path), "sheet": one.name, "heights": [f"{draw.HEAD_ROW}:{max(one.heights)}"]}
        for one in drawn_sheets
    ]
    for sheet, result in zip(drawn_sheets, office.fill_and_read(jobs), strict=True):
        best = {int(row): height for row, height in result["heights"].items()}
        assert best.keys() == {row for row in sheet.heights if row >= draw.HEAD_ROW}
        assert {row: height for row, height in best.items() if height > sheet.heights[row] + 0.1} == {}


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_it_prints_on_a4_with_every_word_and_nothing_too_small(lang: str, office: ModuleType, tmp_path: Path) -> None:
    project.init(tmp_path, commune="Nhơn Hậu", commune_code="21886", year=2027, lang=lang)  # type: ignore[arg-type]
    found = printed.pages(office.to_pdf(tmp_path / "cchc.xlsx", tmp_path / "pdf"))
    starts = [
        next(number for number, one in enumerate(found) if _title(page, lang) in _plain(one.text)) for page in PAGES
    ]
    assert starts == sorted(starts)
    assert len(found) <= 9
    assert min(size for one in found for size in one.sizes) >= SMALLEST_PT
    for page, sheet, first, last in zip(PAGES, sheets(lang), starts, [*starts[1:], len(found)], strict=False):
        said = _plain(" ".join(one.text for one in found[first:last]))
        texts: Mapping[Place, str] = {
            at: cell.content for at, cell in sheet.cells.items() if at[0] > 1 < at[1] and isinstance(cell.content, str)
        }
        assert [text for text in texts.values() if _plain(text) not in said] == [], page.key


def _title(page: pages.Page, lang: str) -> str:
    return _plain(page.title.vi if lang == "vi" else page.title.en)


def _plain(text: str) -> str:
    return re.sub(r"\s", "", values.nfc(text))
