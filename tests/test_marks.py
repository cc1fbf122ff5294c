"""Marked copies: what the checker says of them, what they carry, and what they tell."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import checked
import fill
import marking
import misfill
import openpyxl
import pytest
from test_alteration import book_change, cells, each, move_rows, swap, written

from cchc_xlsx import examine, fields, filled, identity, issue, marks, package, reader, results
from cchc_xlsx.expr import CellError
from cchc_xlsx.fields import Field
from cchc_xlsx.grid import Book
from cchc_xlsx.issue import Issue, Plan
from cchc_xlsx.layout import fixes, place
from cchc_xlsx.layout.marks import MISSING_FILL, WRONG_FILL, fill_of
from cchc_xlsx.layout.model import Formula, a1
from cchc_xlsx.layout.pages import DOUBT_FILL
from cchc_xlsx.rules.model import Finding

FORM = "nhon-hau-2025-phu-luc-1"
PERIODS = ("N", "Q1", "plan")


def issue_of(form_id: str, period: str) -> Issue:
    return fill.plan(form_id) if period == "plan" else fill.report(form_id, period)


def fillings(one: Issue) -> Iterator[misfill.Mistake]:
    turns: misfill.Turns = Counter()
    yield misfill.wrong(one, turns)
    yield misfill.wrong(one, turns)
    yield misfill.incomplete(one, 0)


# ------------------------------------------------------------------------------------------------- the copy is the same


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("form_id", fill.FORMS)
def test_the_copy_has_the_same_findings_values_and_identity(form_id: str, period: str, tmp_path: Path) -> None:
    one = issue_of(form_id, period)
    for typed in fillings(one):
        found = marking.copied(marking.mistaken(one, typed), tmp_path)
        assert marking.about_inputs(found.after) == marking.about_inputs(found.before)
        assert examine.accepted(found.after) == examine.accepted(found.before)
        assert found.after.identity == found.before.identity == identity.of(one)
        assert {finding.code[0] for finding in found.after.findings} <= set("VML")


# What programs and people leave in a cell, and in a sheet of our own drawing; each goes into every kind of input.
RAW = (
    "!#DIV/0!", "!#N/A", "!#NAME?", "!#REF!", "!#NULL!", "!TRUE", "!FALSE", "!=45+50", "!=1/0", "!=Sheet2!B5",
    "!=95%", "!=100", "!=A1", "!=TenVung", '!="đạt"', "!=-(3)", "'=45+50", "'=> đạt", "'=100%", "'95", "'95,5", "'1.234",
    "'95%", "'0,95", "'12/20", "'20/12/2026", "'20/12/2026 08:30", "'TRUE", "'#DIV/0!", "'#1", "'   ", "'một trăm",
    "' hai  dấu cách ", "'a_x000D_b_x0041_", "'Không phát sinh", "'không  PHÁT sinh", "'<&\"'>", "'{field} %s", "'nan",
    "0", "1", "-5", "0.5", "0.0095", "12.5", "46376", "1e300", "0.30000000000000004", "123456789012345678", "-",
)  # fmt: skip


@pytest.mark.parametrize("form_id", [FORM, "nhon-hau-2025-phu-luc-2", "tay-xuan-2024-par-index"])
@pytest.mark.parametrize("period", ["N", "plan"])
def test_whatever_stands_in_a_cell_is_found_the_same_in_the_copy(form_id: str, period: str, tmp_path: Path) -> None:
    layout, data = checked.filled(issue_of(form_id, period))
    kinds: Counter[str] = Counter()
    for start in range(0, len(RAW), 5):
        drawn = {}
        for key, one in layout.context.fields.items():
            kind = f"{one.type} {key.rpartition('.')[2]}"
            drawn[key] = RAW[(start + kinds[kind]) % len(RAW)]
            kinds[kind] += 1
        found = marking.copied(marking.with_inputs(layout, data, drawn), tmp_path)
        assert marking.about_inputs(found.after) == marking.about_inputs(found.before)
        assert examine.accepted(found.after) == examine.accepted(found.before)


@pytest.mark.parametrize("value", [dt.date(2026, 12, 20), dt.datetime(2026, 12, 20, 8, 30), dt.time(12, 0)])
def test_a_day_in_any_input_is_found_the_same_in_the_copy(value: object, tmp_path: Path) -> None:
    for form_id in (FORM, "nhon-hau-2025-phu-luc-2"):
        layout, data = checked.filled(fill.report(form_id))
        book = openpyxl.load_workbook(io.BytesIO(data))
        for place_ in layout.inputs.values():
            cell = book.worksheets[0].cell(*place_)
            cell.value, cell.number_format = value, "dd/mm/yyyy"  # type: ignore[assignment]
        buffer = io.BytesIO()
        book.save(buffer)
        found = marking.copied(buffer.getvalue(), tmp_path)
        assert marking.about_inputs(found.after) == marking.about_inputs(found.before)
        assert examine.accepted(found.after) == examine.accepted(found.before)


def test_a_number_that_is_shown_as_a_day_becomes_text_so_that_typing_over_it_mends_it(tmp_path: Path) -> None:
    layout, data = checked.filled(fill.report(FORM))
    book = openpyxl.load_workbook(io.BytesIO(data))
    for key, value in (("r14.num", dt.date(2026, 12, 20)), ("r14.den", 9_999_999)):
        cell = book.worksheets[0].cell(*layout.inputs[key])
        cell.value, cell.number_format = value, "dd/mm/yyyy"  # type: ignore[assignment]
    buffer = io.BytesIO()
    book.save(buffer)
    found = marking.copied(buffer.getvalue(), tmp_path)
    contents = [found.layout.form_sheet.cells[found.layout.inputs[key]] for key in ("r14.num", "r14.den")]
    assert [cell.content for cell in contents] == ["20/12/2026", "########"]
    assert {cell.style.number_format for cell in contents} == {"#,##0"}
    assert "V203" in found.note("r14.num")
    mended = marking.with_inputs(found.layout, found.data, {"r14.num": "190", "r14.den": "200"})
    assert checked.result(mended, tmp_path).findings == ()


def test_formulas_and_texts_of_a_unit_never_become_formulas(tmp_path: Path) -> None:
    layout, data = checked.filled(fill.report(FORM))
    evil = ['!=HYPERLINK("http://x")', "'=cmd|' /C calc'!A0", "!=45+50", "'+1", "'@SUM(A1)", "'-1", "'=1+1"]
    drawn = {key: evil[index % len(evil)] for index, key in enumerate(layout.inputs)}
    found = marking.copied(marking.with_inputs(layout, data, drawn), tmp_path)
    ours = {
        a1(at): cell.content.text for at, cell in layout.form_sheet.cells.items() if isinstance(cell.content, Formula)
    }
    for index, sheet in enumerate(openpyxl.load_workbook(io.BytesIO(found.data)).worksheets):
        there = {one.coordinate: str(one.value)[1:] for row in sheet.iter_rows() for one in row if one.data_type == "f"}
        assert there == (ours if index == 0 else {})


def test_the_copy_is_locked_but_for_its_inputs_and_passes_our_own_guards(tmp_path: Path) -> None:
    found = marking.copied(checked.workbook(FORM, "r14: num=- r20: num='x'"), tmp_path)
    assert isinstance(package.open_bytes(found.data), package.Package)
    book = reader.read(found.data)
    assert isinstance(book, Book)
    assert all(sheet.is_protected for sheet in book.sheets)
    assert [sheet.name for sheet in book.sheets if sheet.is_visible] == ["PHỤ LỤC 1", "Lỗi cần sửa", "Hướng dẫn"]
    opened = openpyxl.load_workbook(io.BytesIO(found.data))
    assert opened.active is opened.worksheets[1]
    unlocked = {
        cell.coordinate for row in opened.worksheets[0].iter_rows() for cell in row if not cell.protection.locked
    }
    assert unlocked >= {a1(at) for at in found.layout.inputs.values()}
    assert not [one for row in opened.worksheets[1].iter_rows() for one in row if not one.protection.locked]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    data = checked.workbook(FORM, "r14: num=- r20: num='x'")
    assert marking.copied(data, tmp_path).data == marking.copied(data, tmp_path).data


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_mended_it_is_clean_and_what_was_right_is_as_it_was(form_id: str, tmp_path: Path) -> None:
    one = fill.report(form_id)
    valid = fill.valid(one)
    found = marking.copied(marking.mistaken(one, misfill.wrong(one, Counter())), tmp_path)
    context = fields.context(one)
    lines = {str(finding.key).partition(".")[0] for finding in found.before.findings}
    keys = [key for key in context.fields if key.partition(".")[0] in lines]
    relations = {side for relation in one.form.relations for side in (relation.part, relation.whole)}
    keys += [key for key in relations if key in context.fields and key not in keys]
    mended = marking.with_inputs(found.layout, found.data, {key: marking.drawn(valid.get(key)) for key in keys})
    after = checked.result(mended, tmp_path)
    assert after.findings == ()
    before, now = examine.accepted(found.before), examine.accepted(after)
    assert {key: now.get(key) for key in before if key not in keys} == {
        k: v for k, v in before.items() if k not in keys
    }


def test_a_plan_of_its_own_and_a_plan_workbook_keep_their_identity(tmp_path: Path) -> None:
    one = fill.report(FORM, plan=Plan(1, {"r14.target": "55%"}))
    layout, data = checked.filled(one)
    found = marking.copied(marking.with_inputs(layout, data, {"r14.num": "-"}), tmp_path)
    assert found.after.identity == identity.of(one)
    assert marking.about_inputs(found.after) == [("M101", "r14.num")]
    key = identity.of(one, b"khoa")
    keyed = place.place(one, fill.valid(one), key)
    assert (
        marks.layout(
            marks.Source(found.source.filled, key, found.source.book, found.source.sheet, found.source.aligned),
            (),
            "vi",
            "",
        ).row_keys
        == keyed.row_keys
    )


# --------------------------------------------------------------------------------------------------- what the copy tells


def test_each_cell_at_fault_has_its_colour_and_a_note(tmp_path: Path) -> None:
    drawn = "r14: num=!#DIV/0! r17: num=!=45+50 r18: num=- r20: num='1.234' note=!=Sheet2!B5 r22: den=46376"
    found = marking.copied(checked.workbook(FORM, drawn), tmp_path)
    assert found.before.findings
    sheet = found.layout.form_sheet
    for finding in found.before.findings:
        assert finding.key
        cell = sheet.cells[found.layout.inputs[finding.key]]
        message, fix, _, _ = checked.said(finding)
        assert cell.note
        assert cell.style.fill == fill_of(finding)
        assert cell.note.text.split("\n")[1] == message
        assert finding.code in cell.note.text
        assert finding.code == "V212" or f"Cách sửa: {fix}" in cell.note.text
    noted = {key for key, at in found.layout.inputs.items() if sheet.cells[at].note}
    assert noted == {finding.key for finding in found.before.findings}
    fills = {finding.key: fill_of(finding) for finding in found.before.findings}
    assert (fills["r18.num"], fills["r14.num"], fills["r17.num"]) == (MISSING_FILL, WRONG_FILL, DOUBT_FILL)
    assert found.note("r17.num").endswith("Bản này ghi lại công thức dạng chữ, không tính.")
    assert found.note("r14.num").endswith("Bản này ghi lại lỗi ấy dạng chữ.")
    assert "Gõ kết quả đúng đè lên công thức trong ô." in found.note("r20.note")


def test_notes_and_jumps_stand_in_the_file_at_their_cells(tmp_path: Path) -> None:
    found = marking.copied(checked.workbook(FORM, "r14: num=- r20: num='x' evidence=!TRUE"), tmp_path)
    form, listing = openpyxl.load_workbook(io.BytesIO(found.data)).worksheets[:2]
    expected = {a1(at): cell.note.text for at, cell in found.layout.form_sheet.cells.items() if cell.note}
    noted = {cell.coordinate: cell.comment for row in form.iter_rows() for cell in row if cell.comment}
    assert {at: comment.text for at, comment in noted.items()} == expected
    assert {comment.author for comment in noted.values()} == {"cchc-xlsx"}
    links = [(cell.value, cell.hyperlink.location) for row in listing.iter_rows() for cell in row if cell.hyperlink]
    cells_ = [a1(found.layout.inputs[str(one.key)]) for one in found.before.findings]
    assert links == [(at, f"'{form.title}'!{at}") for at in cells_]
    lines = [line for line in found.listed if re.match(r"\d+ \|", line)]
    for number, (line, finding) in enumerate(zip(lines, found.before.findings, strict=True), 1):
        message, fix, _, _ = checked.said(finding)
        wanted = (
            str(number),
            a1(found.layout.inputs[str(finding.key)]),
            finding.label,
            finding.value or "(trống)",
            message,
            fix,
        )
        assert line.startswith(" | ".join(map(str, wanted)))
        assert line.endswith(finding.code)


def test_the_heading_says_for_whom_from_which_file_and_how_to_send_it_back(tmp_path: Path) -> None:
    found = marking.copied(checked.workbook(FORM, "r14: num=- r17: num=!=150+50", unit="VPTK"), tmp_path)
    title, about, counted, *how = found.listed[:6]
    assert title == "DANH SÁCH LỖI CẦN SỬA"
    assert about.startswith("Đơn vị báo cáo: Văn phòng")
    assert "xã Nhơn Hậu" in about
    assert "Kỳ báo cáo: Năm 2025" in about
    assert counted == "Tệp đã kiểm tra: “Báo cáo <quý>.xlsx”.   Cần sửa: 1 chỗ; cần xem lại: 1 chỗ."
    assert "gửi lại tệp này" in how[-1]
    english = marking.copied(checked.workbook(FORM, "r14: num=-"), tmp_path, "en")
    assert english.listed[0] == fixes.TITLE.en
    assert english.listed[1].startswith("Reporting unit: UBND xã Nhơn Hậu.   Period: Year 2025.")
    assert "To mend: " in english.note("r14.num")
    assert not english.after.findings or {one.code for one in english.after.findings} == {"M101"}
    plan = marking.copied(checked.workbook(FORM, "r14: target='cao'", period="plan"), tmp_path)
    assert plan.listed[1] == "Cơ quan: UBND xã Nhơn Hậu.   Kế hoạch năm 2025.   Biểu: PHỤ LỤC 1."


def test_a_name_that_cannot_be_shown_is_made_safe(tmp_path: Path) -> None:
    found = marking.copied(checked.workbook(FORM, "r14: num=-"), tmp_path)
    name = "a\u202egpj.xlsx\x1b[31m\udcff"
    told = marks.layout(found.source, found.before.findings, "vi", name).sheets[1].cells[3, 1].content
    assert isinstance(told, str)
    assert results.printable(name) in told
    assert told.isprintable()


def test_an_untouched_form_is_one_line_that_leads_to_the_first_input(tmp_path: Path) -> None:
    layout, _ = checked.filled(fill.report(FORM))
    blank = marking.mistaken(fill.report(FORM), {})
    found = marking.copied(blank, tmp_path)
    assert marking.about_inputs(found.before) == [("M100", None)] == marking.about_inputs(found.after)
    links = [cell.link for cell in found.layout.sheets[1].cells.values() if cell.link]
    assert [link.place for link in links] == [min(layout.inputs.values())]
    assert not any(cell.note for cell in found.layout.form_sheet.cells.values())


def test_the_list_is_no_extra_sheet_in_either_language_and_is_made_anew(tmp_path: Path) -> None:
    found = marking.copied(checked.workbook(FORM, "r14: num=- r20: num='x'"), tmp_path, "en")
    assert "T313" not in {one.code for one in found.after.findings}
    again = marking.copied(found.data, tmp_path)
    assert [sheet.name for sheet in again.layout.sheets].count(fixes.NAME.vi) == 1
    assert fixes.NAME.en not in {sheet.name for sheet in again.layout.sheets}
    assert marking.about_inputs(again.after) == marking.about_inputs(found.before)


def test_the_list_prints_whole_on_a4_with_every_row_high_enough(tmp_path: Path) -> None:
    one = fill.report(FORM)
    found = marking.copied(marking.mistaken(one, misfill.wrong(one, Counter())), tmp_path)
    listing = found.layout.sheets[1]
    assert listing.paper.repeat_rows
    assert listing.paper.scale >= 73
    assert {row for row, _ in listing.cells} <= set(listing.heights)
    assert listing.cells[listing.paper.repeat_rows[0], 1].content == "TT"


# ---------------------------------------------------------------------------------------------- what was changed besides


def altered(*changes: object) -> bytes:
    """A right report with changes made to it."""
    book = openpyxl.load_workbook(io.BytesIO(written(report)))
    each(*changes)(book, book.worksheets[0])  # type: ignore[arg-type]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def report() -> Issue:
    return fill.report(FORM)


def test_locked_content_is_put_back_and_what_was_typed_there_is_told(tmp_path: Path) -> None:
    found = marking.copied(altered(cells(C20="Tên đã sửa", D23="=1+1", I23=1)), tmp_path)
    assert [code for code, _ in marking.about_inputs(found.before)] == ["T301", "T302", "T303"]
    assert found.after.findings == ()
    notes = {a1(at): cell.note.text for at, cell in found.layout.form_sheet.cells.items() if cell.note}
    assert list(notes) == ["C20", "D23", "I23"]
    assert notes["C20"].endswith("ô này ghi: Tên đã sửa")
    assert notes["D23"].endswith("ô này ghi: =1+1")
    assert marking.told(found.listed, "C20 |", "Tên đã sửa", "Đã khôi phục T301")
    assert marking.told(found.listed, "I23 |", "Công thức của ô đã bị gõ đè.", "T303")
    assert marking.told(found.listed, "I. NỘI DUNG KHÓA")
    assert "Cần sửa: 0 chỗ" in found.listed[2]


def test_deleted_inserted_and_moved_rows_are_back_with_their_figures(tmp_path: Path) -> None:
    layout, _ = checked.filled(report())
    row = layout.inputs["r14.num"][0]
    data = altered(move_rows(12, -1), move_rows(15, 1), cells(B15="dòng tự thêm", G15=5), cells(**{f"G{row}": "x"}))
    found = marking.copied(data, tmp_path)
    assert ("T304", None) in marking.about_inputs(found.before)
    gone = next(key for key, at in layout.inputs.items() if at[0] == 12)
    assert found.layout.form_sheet.cells[12, 7].content is None
    assert {code for code, _ in marking.about_inputs(found.after)} == {"M101", "V201"}
    assert gone.partition(".")[0] in {str(key).partition(".")[0] for _, key in marking.about_inputs(found.after)}
    assert found.layout.form_sheet.cells[row, 7].content == "x"
    assert marking.told(found.listed, "B12 |", "Tệp này đã có lại dòng.", "T304")
    assert marking.told(found.listed, "B15 | Ngoài các ô của biểu | dòng tự thêm", "Không mang sang")
    assert marking.told(found.listed, "G15 | Ngoài các ô của biểu | 5 |")


def test_swapped_rows_keep_their_figures(tmp_path: Path) -> None:
    found = marking.copied(altered(swap(20, 21)), tmp_path)
    assert {code for code, _ in marking.about_inputs(found.before)} >= {"T305"}
    assert found.after.findings == ()
    assert examine.accepted(found.after).keys() == examine.accepted(found.before).keys()
    assert marking.told(found.listed, "Tệp này đã để dòng về đúng chỗ.", "T305")


def test_content_outside_the_form_is_listed_whole_however_much_it_is(tmp_path: Path) -> None:
    def beside(book: openpyxl.Workbook) -> None:
        for row in range(3, 40):
            book.worksheets[0].cell(row, 30).value = f"ngoài {row}"
        other = book.create_sheet("Số liệu gốc")
        other.append(["Thôn", "Số hồ sơ"])
        other.append(["Thôn 1", 45, "=B2*2"])
        long = book.create_sheet("Dài")
        for row in range(1, 400):
            long.append([f"dòng {row}"])

    found = marking.copied(altered(book_change(beside)), tmp_path)
    assert {code for code, _ in marking.about_inputs(found.before)} == {"T311", "T313"}
    for row in range(3, 40):
        assert marking.told(found.listed, f"AD{row} |", f"| ngoài {row} |")
    assert marking.told(found.listed, "Trang “Số liệu gốc”, dòng 2", "A: Thôn 1 | B: 45 | C: =B2*2")
    assert marking.told(found.listed, "Còn 138 mục nữa, xem trong tệp đã gửi.")
    assert found.after.findings == ()


def test_a_doubled_row_tells_only_what_was_typed_into_it(tmp_path: Path) -> None:
    layout, _ = checked.filled(report())

    def double(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[0]
        for column in range(1, 20):
            sheet.cell(60, column).value = sheet.cell(23, column).value
        sheet.cell(60, 7).value = 77

    found = marking.copied(altered(book_change(double)), tmp_path)
    assert ("T305", None) in marking.about_inputs(found.before)
    assert marking.told(found.listed, "G60 | Ngoài các ô của biểu | 77 |")
    assert not marking.told(found.listed, "C60")
    assert found.after.findings == ()
    assert layout.form_sheet.cells[23, 7].role == "input"


def test_a_text_longer_than_a_cell_keeps_its_beginning_and_says_so(tmp_path: Path) -> None:
    layout, data = checked.filled(report())
    drawn = {"r14.num": "'" + "x" * 32_766 + "😀", "r14.note": "x" * 32_767}
    found = marking.copied(marking.with_inputs(layout, data, drawn), tmp_path)
    contents = [found.layout.form_sheet.cells[layout.inputs[key]].content for key in drawn]
    assert contents == ["x" * 32_766, "x" * 32_767]
    assert found.note("r14.num").endswith("bản này chỉ giữ phần đầu.")
    assert marking.about_inputs(found.after) == marking.about_inputs(found.before)


# --------------------------------------------------------------------------------------------------------- small things


def test_only_what_a_unit_can_act_on_makes_a_copy_needed(tmp_path: Path) -> None:
    right = checked.result(checked.workbook(FORM), tmp_path)
    wrong = checked.result(checked.workbook(FORM, "r14: num=-"), tmp_path)
    unprotected = Finding("T321", "info")
    assert not marks.is_needed((*right.findings, unprotected))
    assert marks.is_needed(wrong.findings)


def test_the_file_name_is_made_of_our_own_codes() -> None:
    digest = "0123456789abcdef" * 4
    assert marks.file_name(fill.report(FORM, "Q1", "VPTK"), digest) == f"{FORM}_2025-Q1_VPTK_01234567.xlsx"
    assert marks.file_name(fill.plan(FORM), digest) == f"{FORM}_2025_plan_01234567.xlsx"
    assert issue.file_name(fill.report(FORM)) == f"{FORM}_2025-N_XA.xlsx"


def input_of(kind: str) -> Field:
    return Field("r01.value", "r01", "first", kind, "Ô", maximum=100)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("whole", "=45+50", "V227"),
        ("whole", "=A1", "V212"),
        ("whole", "20/12/2026", "V203"),
        ("whole", "20/12/2026 08:30:00", "V203"),
        ("whole", "TRUE", "V213"),
        ("choice", "=A1", "V212"),
        ("date", "=A1+1", "V212"),
        ("text", "=SUM(A1:A2)", "V212"),
        ("text", "='Trang 2'!B5", "V212"),
        ("text", "=(TenVung)", "V212"),
        ("text", "=45+50", "V212"),
        ("text", "FALSE", "V213"),
        ("text", "=> đã hoàn thành", None),
        ("text", "= 100% hồ sơ", None),
        ("text", "=100%", None),
        ("text", "===", None),
        ("text", "=15/KH-UBND", None),
        ("text", "20/12/2026", None),
        ("text", "true", None),
    ],
)
def test_what_is_kept_as_text_is_read_as_what_it_is(kind: str, text: str, code: str | None) -> None:
    read = filled._spelled(input_of(kind), text, "B7")
    assert (read.doubt if read else None) == code


@pytest.mark.parametrize(
    ("text", "is_error"),
    [("#DIV/0!", True), ("#N/A", True), ("#NAME?", True), ("Err:502", True), ("#1", False), ("#VP", False)],
)
def test_an_error_kept_as_text_is_an_error(text: str, is_error: bool) -> None:
    read = filled._spelled(input_of("whole"), text, "B7")
    assert bool(read and isinstance(read.value, CellError)) == is_error
