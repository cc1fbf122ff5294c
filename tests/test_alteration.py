"""What was changed that is locked: each kind of alteration is one finding at the right place, honest changes are none."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path

import fill
import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from cchc_xlsx import writer
from cchc_xlsx.examine import Examined, Layouts, accepted, examine
from cchc_xlsx.identity import SHEET as META
from cchc_xlsx.issue import Issue, Plan
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import a1
from cchc_xlsx.recognise import Asked

Change = Callable[[Workbook, Worksheet], "Workbook | None"]
INDICATORS, SCORES = "nhon-hau-2025-phu-luc-1", "tay-xuan-2024-par-index"
PLAN = Plan(1, {"r14.target": "55%"})
_ROW = re.compile(r"(?<![A-Z])(\$?[A-Z]{1,2}\$?)(\d+)(?![\d(])")
_QUOTED = re.compile(r'("[^"]*")')


@cache
def written(issue_of: Callable[[], Issue]) -> bytes:
    """A correctly filled report."""
    issue = issue_of()
    return writer.to_bytes(place.place(issue, fill.valid(issue)))


def indicators() -> Issue:
    """The report that most changes are made in."""
    return fill.report(INDICATORS)


def scores() -> Issue:
    """A report with numbers in locked cells, and a total."""
    return fill.report(SCORES)


def planned() -> Issue:
    """A report that follows a plan of the commune's own."""
    return fill.report(INDICATORS, plan=PLAN)


def altered(path: Path, report: Callable[[], Issue], change: Change) -> Examined:
    """What the checker says of a report when it was changed."""
    book = openpyxl.load_workbook(io.BytesIO(written(report)))
    (change(book, book.worksheets[0]) or book).save(path)
    return examine(path, Asked(), Layouts())


def lines(result: Examined) -> list[str]:
    """Findings as text: code, cell, the beginning of the label, and what of the value or the words tells them apart."""
    found = []
    for one in result.findings:
        about = one.data.get("sheet") or one.data.get("count") or one.data.get("plan") or one.value or ""
        parts = (one.code, one.cell or "-", (one.label or "-")[:24].strip(), str(about)[:20].strip())
        found.append(" ".join(part for part in parts if part))
    return found


# ----------------------------------------------------------------------------------------------------------- the changes


def cells(**values: object) -> Change:
    """These cells of the form sheet get these contents."""

    def change(_: Workbook, sheet: Worksheet) -> None:
        for address, value in values.items():
            sheet[address].value = value  # type: ignore[union-attr]

    return change


def each(*changes: Change) -> Change:
    """One change after the other."""

    def change(book: Workbook, sheet: Worksheet) -> None:
        for one in changes:
            one(book, sheet)

    return change


def sheet_change(do: Callable[[Worksheet], object]) -> Change:
    """A change of the form sheet alone."""

    def change(_: Workbook, sheet: Worksheet) -> None:
        do(sheet)

    return change


def book_change(do: Callable[[Workbook], object]) -> Change:
    """A change of the workbook round it."""

    def change(book: Workbook, _: Worksheet) -> None:
        do(book)

    return change


def move_rows(row: int, by: int) -> Change:
    """A row deleted (by -1) or inserted (by 1) at `row` as programs do it: merges and formulas move along."""

    def moved(number: int) -> int:
        return number + by if number >= row + (by < 0) else number

    def formula(text: str) -> str:
        parts = _QUOTED.split(text)
        shifted = (part if index % 2 else _ROW.sub(lambda ref: ref[1] + str(moved(int(ref[2]))), part)
                   for index, part in enumerate(parts))  # fmt: skip
        return "".join(shifted)

    def change(_: Workbook, sheet: Worksheet) -> None:
        merges = [(one.min_row, one.max_row, one.min_col, one.max_col) for one in sheet.merged_cells.ranges]
        for top, bottom, left, right in merges:
            sheet.unmerge_cells(start_row=top, end_row=bottom, start_column=left, end_column=right)
        (sheet.delete_rows if by < 0 else sheet.insert_rows)(row)
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    cell.value = formula(cell.value)
        for top, bottom, left, right in merges:
            sheet.merge_cells(start_row=moved(top), end_row=moved(bottom), start_column=left, end_column=right)

    return change


def swap(first: int, second: int) -> Change:
    """Two rows change places."""

    def change(_: Workbook, sheet: Worksheet) -> None:
        for column in range(1, sheet.max_column + 1):
            one, other = sheet.cell(first, column), sheet.cell(second, column)
            if not isinstance(one, MergedCell) and not isinstance(other, MergedCell):
                one.value, other.value = other.value, one.value

    return change


def double(row: int, at: int) -> Change:
    """A row copied below the table."""

    def change(_: Workbook, sheet: Worksheet) -> None:
        for column in range(1, sheet.max_column + 1):
            sheet.cell(at, column).value = sheet.cell(row, column).value  # type: ignore[union-attr]

    return change


def tokens(*, everywhere: bool) -> Change:
    """The unit in the token changed by hand: in cell A1, or in every copy of it."""

    def change(book: Workbook, sheet: Worksheet) -> None:
        token = str(sheet["A1"].value).replace("|XA|", "|TPHT|")
        sheet["A1"] = token
        if everywhere:
            book[META]["B1"] = token
            for one in book.custom_doc_props.props:
                one.value = token

    return change


def foreign_token(_: Workbook, sheet: Worksheet) -> None:
    """The token of another unit's workbook pasted into A1."""
    sheet["A1"] = place.place(fill.report(INDICATORS, unit="TPHT")).identity.token


def without_properties(book: Workbook, _: Worksheet) -> None:
    book.custom_doc_props.props.clear()


def alone(_: Workbook, sheet: Worksheet) -> Workbook:
    """The form sheet copied into a new workbook: contents, merges and formats, no more."""
    book = openpyxl.Workbook()
    copy = book.worksheets[0]
    for line in sheet.iter_rows():
        for cell in line:
            if cell.value is not None:
                copy[cell.coordinate].value = cell.value  # type: ignore[union-attr]
                copy[cell.coordinate].number_format = cell.number_format
    for area in sheet.merged_cells.ranges:
        copy.merge_cells(str(area))
    return book


def extra_sheet(book: Workbook) -> None:
    book.create_sheet("Tính nháp")["B2"] = 5


def decomposed(sheet: Worksheet) -> None:
    """What honest programs do to texts: letters and accents apart, spaces added, numbers as text."""
    for address in ("B2", "C7", "C13", "D35", "E25"):
        sheet[address] = f"  {unicodedata.normalize('NFD', str(sheet[address].value))} "


def unprotected(sheet: Worksheet) -> None:
    sheet.protection.sheet = False


# ------------------------------------------------------------------------------------------------------------- the table

CLEAN: list[str] = []
OF_INDICATORS: dict[str, tuple[Change, list[str]]] = {
    "nothing": (cells(), CLEAN),
    "locked text": (cells(C13="Đánh giá CCHC"), ["T301 C13 1.4 Đánh giá cải cách hà Đánh giá CCHC"]),
    "locked text emptied": (cells(F12=None), ["T301 F12 1.4 Tự kiểm tra cải cách"]),
    "heading": (cells(B3="KẾ HOẠCH"), ["T301 B3 - KẾ HOẠCH"]),
    "header": (cells(C7="Nội dung"), ["T301 C7 - Nội dung"]),
    "identity line": (cells(B48="Mã biểu: khác"), ["T301 B48 - Mã biểu: khác"]),
    "target": (cells(D35="20%"), ["T302 D35 Tỷ lệ khai thác, sử dụng 20%"]),
    "target as a number": (cells(D35=0.2), ["T302 D35 Tỷ lệ khai thác, sử dụng 0.2"]),
    "target of one part": (cells(D18="- 10%"), ["T302 D18 3.1 Thủ tục hành chính n - 10%"]),
    "formula to value": (cells(I23=0.99), ["T303 I23 7.1 Tỷ lệ lập hồ sơ công 0.99"]),
    "formula emptied": (cells(K23=None), ["T303 K23 7.1 Tỷ lệ lập hồ sơ công"]),
    "verdict to value": (cells(P23="Đủ"), ["T303 P23 7.1 Tỷ lệ lập hồ sơ công Đủ"]),
    "live line to value": (cells(B6="Đã điền đủ"), ["T303 B6 - Đã điền đủ"]),
    "formula to another": (cells(I23="=G23/200"), ["T303 I23 7.1 Tỷ lệ lập hồ sơ công =G23/200"]),
    "code to another formula": (cells(Q23="=0"), ["T303 Q23 7.1 Tỷ lệ lập hồ sơ công =0"]),
    "formula over a text": (cells(C13='="Đánh giá"'), ['T301 C13 1.4 Đánh giá cải cách hà ="Đánh giá"']),
    "row deleted": (move_rows(33, -1), ["T304 B33 Tỷ lệ cấp kết quả giải q Tỷ lệ cấp kết quả gi"]),
    "row deleted, no more": (
        sheet_change(lambda sheet: sheet.delete_rows(33)),
        ["T304 B33 Tỷ lệ cấp kết quả giải q Tỷ lệ cấp kết quả gi"],
    ),
    "group row deleted": (move_rows(16, -1), ["T304 B16 3 Cải cách thủ tục hành 3 Cải cách thủ tục h"]),
    "two rows swapped": (swap(33, 34), ["T305 B34 Tỷ lệ cấp kết quả giải q Tỷ lệ cấp kết quả gi"]),
    "row doubled": (double(33, 60), ["T305 B60 Tỷ lệ cấp kết quả giải q Tỷ lệ cấp kết quả gi"]),
    "row inserted": (move_rows(33, 1), ["T312 - - 1"]),
    "row inserted and filled": (
        each(move_rows(33, 1), cells(C33="Chỉ tiêu của xã")),
        ["T311 C33 - Chỉ tiêu của xã", "T312 - - 1"],
    ),
    "row inserted, others altered": (
        each(move_rows(33, 1), cells(I23="=1"), sheet_change(lambda sheet: sheet.unmerge_cells("F10:F11"))),
        ["T303 I23 7.1 Tỷ lệ lập hồ sơ công =1", "T306 F10 1.1 Chỉ số cải cách hành", "T312 - - 1"],
    ),
    "column inserted": (sheet_change(lambda sheet: sheet.insert_cols(14)), ["T307 O8 - Tài liệu kiểm chứng"]),
    "column deleted": (sheet_change(lambda sheet: sheet.delete_cols(15)), ["T307 O8 - Ghi chú"]),
    "merge undone": (
        sheet_change(lambda sheet: sheet.unmerge_cells("F10:F11")),
        ["T306 F10 1.1 Chỉ số cải cách hành"],
    ),
    "merge made": (sheet_change(lambda sheet: sheet.merge_cells("O10:O11")), ["T306 O10 1.1 Chỉ số cải cách hành"]),
    "text in a locked blank": (cells(F9="xem thêm"), ["T311 F9 1 Kết quả các chỉ số đán xem thêm"]),
    "number in a grey cell": (cells(J23=5), ["T311 J23 7.1 Tỷ lệ lập hồ sơ công 5"]),
    "text beside the table": (cells(Z9="xem thêm"), ["T311 Z9 1 Kết quả các chỉ số đán xem thêm"]),
    "a page of notes beside the table": (
        sheet_change(lambda sheet: [sheet.cell(row, 30, "x") for row in range(60, 160)]),
        [f"T311 AD{row} - x" for row in range(60, 80)],
    ),
    "extra sheet": (book_change(extra_sheet), ["T313 - - Tính nháp"]),
    "extra empty sheet": (book_change(lambda book: book.create_sheet("Sheet1")), CLEAN),
    "token in A1 edited": (tokens(everywhere=False), ["I503 - -"]),
    "token edited everywhere": (tokens(everywhere=True), ["I502 - -"]),
    "token of another unit": (foreign_token, ["I503 - -"]),
    "token in A1 wiped": (cells(A1=None), CLEAN),
    "properties removed": (without_properties, CLEAN),
    "_meta removed": (book_change(lambda book: book.remove(book[META])), CLEAN),
    "all but the form removed": (
        book_change(lambda book: [book.remove(sheet) for sheet in book.worksheets[1:]]),
        CLEAN,
    ),
    "form sheet deleted": (book_change(lambda book: book.remove(book.worksheets[0])), ["I508 - -"]),
    "sheet alone in a new workbook": (alone, ["T321 - -"]),
    "sheet renamed": (sheet_change(lambda sheet: setattr(sheet, "title", "Biểu của tôi")), CLEAN),
    "protection removed": (sheet_change(unprotected), ["T321 - -"]),
    "column keys wiped": (sheet_change(lambda sheet: [sheet.cell(1, at, "") for at in range(2, 30)]), CLEAN),
    "row keys wiped": (sheet_change(lambda sheet: [sheet.cell(at, 1, "") for at in range(2, 49)]), CLEAN),
    "spaces and accents apart": (sheet_change(decomposed), CLEAN),
    "hidden sheets shown": (
        book_change(lambda book: [setattr(sheet, "sheet_state", "visible") for sheet in book.worksheets]),
        CLEAN,
    ),
}
OF_SCORES: dict[str, tuple[Change, list[str]]] = {
    "number": (cells(D9=7), ["T301 D9 2 Cải cách thể chế 7"]),
    "number as text": (cells(D9="6.5"), CLEAN),
    "target": (cells(E8=14), ["T302 E8 1 Công tác chỉ đạo điều 14"]),
    "total to the same number": (cells(E16=88), ["T303 E16 Kết quả tổng hợp chung 88"]),
    "total to another number": (cells(E16=90), ["L407 E16 Kết quả tổng hợp chung 90"]),
}
OF_PLAN: dict[str, tuple[Change, list[str]]] = {
    "nothing": (cells(), CLEAN),
    "target of the form": (cells(D23="60%"), ["T302 D23 7.1 Tỷ lệ lập hồ sơ công 60%"]),
    "_meta removed": (book_change(lambda book: book.remove(book[META])), ["I506 - - 1"]),
    "_meta emptied": (book_change(lambda book: book[META].delete_rows(2)), ["I506 - - 1"]),
    "plan in _meta edited": (book_change(lambda book: setattr(book[META]["B2"], "value", '{"plan":{}}')), ["I502 - -"]),
    "sheet alone in a new workbook": (alone, ["I506 - - 1"]),
}
CASES = [
    *((indicators, name, *case) for name, case in OF_INDICATORS.items()),
    *((scores, name, *case) for name, case in OF_SCORES.items()),
    *((planned, name, *case) for name, case in OF_PLAN.items()),
]


@pytest.mark.parametrize(
    ("report", "change", "expected"),
    [(report, change, expected) for report, _, change, expected in CASES],
    ids=[f"{report.__name__}-{name}" for report, name, _, _ in CASES],
)
def test_an_alteration_is_told_once(
    tmp_path: Path, report: Callable[[], Issue], change: Change, expected: list[str]
) -> None:
    result = altered(tmp_path / "báo cáo.xlsx", report, change)
    assert sorted(lines(result)) == sorted(expected)
    worst = {"T311": "warning", "T312": "warning", "T313": "warning", "T321": "ok"}
    statuses = {worst.get(line[:4], "error") for line in expected}
    assert result.status == next((one for one in ("error", "warning") if one in statuses), "ok")
    assert (result.filled is None) == any(line[0] == "I" for line in expected)


@pytest.mark.parametrize("row", [33, 12])
def test_figures_are_still_read_from_their_rows_when_a_row_was_inserted(tmp_path: Path, row: int) -> None:
    result = altered(tmp_path / "báo cáo.xlsx", indicators, move_rows(row, 1))
    assert result.filled
    read = {key: value for key, value in result.filled.values.items() if value is not None}
    assert read == fill.valid(indicators())
    placed = place.place(indicators()).inputs
    for key, (cell, _, _) in accepted(result).items():  # blank inputs, too, are told where they stand now
        first, column = placed[key]
        assert cell == a1((first + (first >= row), column))


@pytest.mark.parametrize(("row", "line"), [(33, "r24"), (12, "r04")])
def test_figures_are_still_read_from_the_other_rows_when_a_row_was_deleted(tmp_path: Path, row: int, line: str) -> None:
    result = altered(tmp_path / "báo cáo.xlsx", indicators, move_rows(row, -1))
    assert result.filled
    read = {key: value for key, value in result.filled.values.items() if value is not None}
    assert read == {key: value for key, value in fill.valid(indicators()).items() if not key.startswith(f"{line}.")}


def test_a_false_token_ends_the_reading_before_anything_is_believed(tmp_path: Path) -> None:
    change = each(tokens(everywhere=True), cells(C13="khác", G23=-1))
    assert lines(altered(tmp_path / "báo cáo.xlsx", indicators, change)) == ["I502 - -"]
