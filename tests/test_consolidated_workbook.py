"""The commune's workbook: every figure equals what plain arithmetic makes of the units' files, and can be followed to its cell."""

from __future__ import annotations

import datetime as dt
import json
import operator
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import checked
import fill
import openpyxl
import pytest
import summed
from msgspec.structs import replace
from openpyxl.worksheet.worksheet import Worksheet

from cchc_xlsx import check, identity, reports, summing
from cchc_xlsx import issue as issues
from cchc_xlsx.consolidate import choose
from cchc_xlsx.consolidate.model import Earlier, Round
from cchc_xlsx.issue import Line
from cchc_xlsx.task import Task

OPERATORS = {">=": operator.ge, ">": operator.gt, "=": operator.eq, "<=": operator.le, "<": operator.lt}
WORST_FIRST = ("Quá hạn", "Đang thực hiện", "Chưa đến hạn", "Hoàn thành", "Không phát sinh")
PRINTED = ("Tổng hợp", "Chi tiết", "Nguồn", "Bảng điều khiển", "Vấn đề")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units' workbooks of every form, and the commune's of each."""
    root = tmp_path_factory.mktemp("summed")
    for form_id in fill.FORMS:
        summed.send(form_id, root / form_id)
        summing.consolidate((root / form_id,), root / f"{form_id}.xlsx", Task(), jobs=1)
    return root


@cache
def annex(path: Path) -> Mapping[tuple[str, str], Any]:
    """What the commune's annex shows, by the keys of row and column."""
    return summed.cells(openpyxl.load_workbook(path, data_only=True)["Tổng hợp"])


def rows(sheet: Worksheet) -> Iterator[dict[str, Any]]:
    """The rows of a sheet's table by heading, with the cells themselves."""
    [table] = sheet.tables.values()
    head, *others = sheet[table.ref]
    for row in others:
        yield {str(name.value): cell for name, cell in zip(head, row, strict=True)}


def one_of(found: list[Any]) -> Any:
    """What the only unit that is asked says; None where it says nothing."""
    assert len(found) <= 1
    return found[0] if found else None


# --------------------------------------------------------------------------------------------- 1. by plain arithmetic


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_every_figure_is_the_sum_of_the_units_files(folder: Path, form_id: str) -> None:
    raw = [summed.raw(path) for path in sorted((folder / form_id).iterdir())]
    shown = annex(folder / f"{form_id}.xlsx")
    lines = issues.lines(summed.whole(form_id))
    assert lines
    for line in lines:
        said = {
            slot: [one[line.id, slot] for one in raw if (line.id, slot) in one] for slot in ("first", "second", "nil")
        }
        expected = EXPECTED[line.measure.kind](line, said)
        found = {slot: shown[line.id, slot] for slot in expected}
        assert found == expected, line.id


def of_rate(line: Line, said: Mapping[str, list[Any]]) -> dict[str, Any]:
    if not said["first"] and said["nil"]:
        return {"first": None, "second": None, "third": None, "nil": "Không phát sinh", "judged": "Không phát sinh"}
    num, den = sum(said["first"]), sum(said["second"])
    assert line.target or line.row.cells.get("target", "") == ""
    met = line.target and OPERATORS[line.target.op](num * 100, den * float(line.target.value))
    outcome = "Chưa giao" if not line.target else "Đạt" if met else "Chưa đạt"
    return {"first": num, "second": den, "third": pytest.approx(num / den, rel=1e-12), "judged": outcome}


def of_count(line: Line, said: Mapping[str, list[Any]]) -> dict[str, Any]:
    total = sum(said["first"])
    met = line.target and OPERATORS[line.target.op](total, float(line.target.value))
    return {"first": total, "judged": "Chưa giao" if not line.target else "Đạt" if met else "Chưa đạt"}


def of_task(line: Line, said: Mapping[str, list[Any]]) -> dict[str, Any]:
    status = next(word for word in WORST_FIRST if word in said["first"])
    if status != "Hoàn thành":
        return {"first": status, "second": None, "judged": status}
    done = max(said["second"])
    assert isinstance(done, dt.datetime)
    late = line.due and done.date() > line.due
    return {"first": status, "second": done, "judged": "Chưa đạt" if late else "Đạt"}


def of_one(line: Line, said: Mapping[str, list[Any]]) -> dict[str, Any]:
    if not said["first"]:
        return {"first": None, "judged": "Chưa có số liệu"}
    return {"first": one_of(said["first"]), "judged": "Đạt"}


EXPECTED = dict.fromkeys(("score", "rank", "grade", "trend", "narrative"), of_one) | {
    "rate": of_rate,
    "count": of_count,
    "task": of_task,
}


def test_the_total_of_scores_is_the_sum_of_what_is_shown(folder: Path) -> None:
    form_id = "tay-xuan-2024-par-index"
    [total] = [row for row in fill.report(form_id).form.rows if row.role == "total"]
    shown = annex(folder / f"{form_id}.xlsx")
    assert shown[total.id, "first"] == sum(shown[row, "first"] for row in total.sum_of) == 100


def test_some_lines_are_missed_and_their_reasons_stand_beside_them(folder: Path) -> None:
    shown = annex(folder / "nhon-hau-2025-phu-luc-1.xlsx")
    missed = {row for (row, column), value in shown.items() if column == "judged" and value == "Chưa đạt"}
    assert missed
    for row in missed:
        assert summed.REASON in shown[row, "reason"]


# ------------------------------------------------------------------------------------------- 1. by another program too


def formulas(path: Path, sheet: str) -> dict[str, Any]:
    """The cached value of each formula of a sheet, by cell."""
    written, cached = openpyxl.load_workbook(path)[sheet], openpyxl.load_workbook(path, data_only=True)[sheet]
    found = {cell.coordinate for row in written.iter_rows() for cell in row if cell.data_type == "f"}
    return {place: cached[place].value for place in found}


@pytest.mark.office
def test_libreoffice_calculates_the_same(folder: Path, office: ModuleType) -> None:
    paths = [*(folder / f"{form_id}.xlsx" for form_id in fill.FORMS), with_gaps(folder)]
    jobs = [
        {"path": path, "sheet": sheet, "read": sorted(cells)}
        for path in paths
        for sheet in ("Tổng hợp", "Bảng điều khiển")
        if (cells := formulas(path, sheet))
    ]
    assert len(jobs) == 2 * len(paths)
    for job, result in zip(jobs, office.fill_and_read(jobs), strict=True):
        assert result["errors"] == []
        cached = formulas(job["path"], job["sheet"])
        assert len(cached) > 20
        for place, value in cached.items():
            assert same(result["cells"][place], value), (job, place, result["cells"][place], value)


def with_gaps(folder: Path) -> Path:
    """A summary with a unit missing, a line without anything, half a pair, a line that nobody had anything to report in."""
    form_id, sent = "nhon-hau-2025-phu-luc-1", folder / "gaps"
    lines = [one for one in issues.lines(summed.whole(form_id)) if len(one.reporters) == 5]
    related = {
        key.partition(".")[0]
        for one in lines
        for r in summed.whole(form_id).form.relations
        for key in (r.part, r.whole)
    }
    free = [one for one in lines if one.id not in related and one.measure.basis == "flow"]
    empty, half, nil = free[0], free[1], free[2]
    for number, unit in enumerate(("VPTK", "TPHT", "VHXH0", "MC")):
        one = fill.report(form_id, summed.PERIODS[form_id], unit)
        typed: dict[str, Any] = dict(summed.typed(one, number))
        for line in (empty, nil, *((half,) if unit == "MC" else ())):
            typed |= {key: None for key in typed if key.startswith(f"{line.id}.") and key != half.key("num")}
        typed[nil.key("nil")] = "Không phát sinh"
        summed.write(one, sent, typed)
    path = folder / "gaps.xlsx"
    summing.consolidate((sent,), path, Task(), jobs=1, include_errors=True)
    outcomes = [annex(path)[one.id, "judged"] for one in (empty, half, nil)]
    assert outcomes == ["Chưa có số liệu", "Tạm tính", "Tạm tính"]
    return path


def same(shown: Mapping[str, Any], cached: Any) -> bool:
    """Whether a program shows what the file says it shows."""
    if isinstance(cached, dt.datetime):
        cached = float((cached - dt.datetime(1899, 12, 30)).days)
    if isinstance(cached, (int, float)):
        return shown["t"] == "n" and shown["v"] == pytest.approx(cached, rel=1e-12)
    return (shown["v"] or "") == (cached or "")


@pytest.mark.office
def test_a_changed_detail_changes_its_total_and_no_other(folder: Path, tmp_path: Path, office: ModuleType) -> None:
    path, changed = tmp_path / "unlocked.xlsx", tmp_path / "changed.xlsx"
    path.write_bytes(unlocked((folder / "nhon-hau-2025-phu-luc-1.xlsx").read_bytes()))
    before = annex(path)
    details = list(rows(openpyxl.load_workbook(path)["Chi tiết"]))
    line = next(one for one in issues.lines(summed.whole("nhon-hau-2025-phu-luc-1")) if len(one.reporters) == 5)
    [cell] = [
        row["Giá trị"] for row in details if (row["Mã trường"].value, row["Mã đơn vị"].value) == (line.key("num"), "MC")
    ]
    [set_] = office.fill_and_read(
        [{"path": path, "sheet": "Chi tiết", "set": {cell.coordinate: cell.value - 1}, "out": changed, "read": []}]
    )
    assert set_["errors"] == []
    after = annex(changed)
    differ = {place for place in before if before[place] != about(after[place])}
    assert (
        {(line.id, "first"), (line.id, "third")} <= differ <= {(line.id, name) for name in ("first", "third", "judged")}
    )
    assert after[line.id, "first"] == before[line.id, "first"] - 1


def about(value: Any) -> Any:
    """The value, a number as exact as programs save it."""
    return pytest.approx(value, rel=1e-12) if isinstance(value, float) else value


def unlocked(data: bytes) -> bytes:
    """The workbook with the lock of its details taken off, as Excel does without a password."""
    return checked.with_part(
        data, "xl/worksheets/sheet2.xml", lambda part: re.sub(rb"<sheetProtection[^>]*>", b"", part)
    )


# ------------------------------------------------------------------------------------------------- 2. to file and cell


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_every_detail_stands_in_the_cell_of_the_file_that_it_names(folder: Path, form_id: str) -> None:
    book = openpyxl.load_workbook(folder / f"{form_id}.xlsx")
    files = {path.name: openpyxl.load_workbook(path) for path in (folder / form_id).iterdir()}
    listed = 0
    for row in rows(book["Chi tiết"]):
        source = files[row["Tệp"].value][row["Trang tính"].value][row["Ô"].value]
        assert source.value == row["Giá trị"].value
        link = row["Ô"].hyperlink
        assert link.target == f"{form_id}/{row['Tệp'].value}"
        assert link.location == f"'{row['Trang tính'].value}'!{row['Ô'].value}"
        listed += 1
    assert listed > 8


def test_a_figure_is_made_of_the_details_that_count(folder: Path) -> None:
    path = folder / "binh-tan-2025-phu-luc-1.xlsx"
    shown = annex(path)
    details = list(rows(openpyxl.load_workbook(path)["Chi tiết"]))
    for line in issues.lines(summed.whole("binh-tan-2025-phu-luc-1")):
        if line.measure.kind == "rate":
            counted = [
                row for row in details if row["Mã trường"].value == line.key("num") and row["Tính vào"].value == "x"
            ]
            assert {row["Mã đơn vị"].value for row in counted} == set(line.reporters)
            assert sum(row["Giá trị"].value or 0 for row in counted) == shown[line.id, "first"]


def test_sources_name_each_file_with_its_digest_and_lead_to_it(folder: Path) -> None:
    form_id = "binh-tan-2025-phu-luc-1"
    found = list(rows(openpyxl.load_workbook(folder / f"{form_id}.xlsx")["Nguồn"]))
    assert sorted(row["Tệp"].value for row in found) == sorted(path.name for path in (folder / form_id).iterdir())
    for row in found:
        assert len(row["SHA-256"].value) == 64
        assert (folder / row["Tệp"].hyperlink.target).is_file()


# ----------------------------------------------------------------------------------------------------------- the book


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_sheets_are_for_a4_locked_and_with_tables_that_filter(folder: Path, form_id: str) -> None:
    book = openpyxl.load_workbook(folder / f"{form_id}.xlsx")
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == list(PRINTED)
    for name in PRINTED:
        sheet = book[name]
        assert sheet.page_setup.paperSize == 9
        assert sheet.protection.sheet
        assert sheet.print_area
        wrapped = {cell.row for row in sheet.iter_rows() for cell in row if cell.value and cell.alignment.wrapText}
        bare = [row for row in wrapped - {1} if not sheet.row_dimensions[row].height]
        assert bare == [], name  # without a height LibreOffice shows one line
    for name in ("Chi tiết", "Nguồn", "Vấn đề"):
        assert len(book[name].tables) == 1
        assert not book[name].protection.autoFilter  # filtering is allowed
        assert book[name].print_title_rows
    assert book["Tổng hợp"].print_title_rows
    assert book["Bảng điều khiển"]._charts
    assert book["Bảng điều khiển"].sheet_properties.pageSetUpPr.fitToPage


def test_the_same_files_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    form_id = "cam-hiep-2025-phu-luc"
    again = folder / "again.xlsx"
    summing.consolidate((folder / form_id,), again, Task(), jobs=1)
    assert again.read_bytes() == (folder / f"{form_id}.xlsx").read_bytes()
    again.unlink()


def test_the_charts_read_every_group_and_every_share_with_a_target(folder: Path) -> None:
    form_id = "nhon-hau-2025-phu-luc-1"
    sheet = openpyxl.load_workbook(folder / f"{form_id}.xlsx", data_only=True)["Bảng điều khiển"]
    groups, shares = sheet._charts
    total = next(row for row in sheet.iter_rows() if row[0].value == "Tổng số")
    shown = dict(zip((cell.value for cell in sheet[total[0].row - 7]), total, strict=True))
    assert [len(values(sheet, one)) for one in groups.series] == [6] * 7
    assert sum(sum(values(sheet, one)) for one in groups.series) == shown["Số nội dung"].value == 27
    annexed = annex(folder / f"{form_id}.xlsx")
    lines = [one for one in issues.lines(summed.whole(form_id)) if one.target and one.measure.kind == "rate"]
    result, target = (values(sheet, one) for one in shares.series)
    assert result == pytest.approx([annexed[one.id, "third"] for one in lines])
    assert target == pytest.approx([float(one.target.value) / 100 for one in lines if one.target])


def values(sheet: Worksheet, series: Any) -> list[Any]:
    """What a series of a chart shows."""
    area = series.val.numRef.f.rpartition("!")[2].replace("$", "")
    return [cell.value for row in sheet[area] for cell in row]


@pytest.mark.office
def test_no_row_is_lower_than_its_text(folder: Path, office: ModuleType) -> None:
    path = with_gaps(folder)
    book = openpyxl.load_workbook(path)
    jobs = [{"path": path, "sheet": name, "read": [], "heights": [f"2:{book[name].max_row}"]} for name in PRINTED]
    for job, result in zip(jobs, office.fill_and_read(jobs), strict=True):
        assert result["errors"] == []
        sheet = book[job["sheet"]]
        given = {row: sheet.row_dimensions[row].height or 15.0 for row in range(2, sheet.max_row + 1)}
        filled = {cell.row for line in sheet.iter_rows() for cell in line if cell.value is not None}
        best = {int(row): height for row, height in result["heights"].items() if int(row) in filled}
        assert best
        low = {row: (given[row], height) for row, height in best.items() if height > given[row] + 0.5}
        assert low == {}, job["sheet"]


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_signatures_go_with_the_last_row_of_the_annex(folder: Path, form_id: str) -> None:
    sheet = openpyxl.load_workbook(folder / f"{form_id}.xlsx")["Tổng hợp"]
    keys = {row: str(cell.value) for row, cell in enumerate(sheet["A"], 1)}
    last = max(row for row, key in keys.items() if re.fullmatch(r"r\d+[a-z]?(/\d+)?", key))
    assert last > max((one.id for one in sheet.row_breaks.brk), default=1)
    assert {"difficulties.title", "proposals.title", "sign.title"} <= {key for row, key in keys.items() if row > last}


@pytest.mark.office
def test_the_signatures_are_printed_with_the_last_row_of_the_annex(
    folder: Path, tmp_path: Path, office: ModuleType
) -> None:
    pages = office.texts(office.to_pdf(folder / "nhon-hau-2025-phu-luc-1.xlsx", tmp_path))
    [signed] = [page for page in pages if "(Ký, ghi rõ họ tên)" in page]
    assert {"7.3", "Khó", "khăn,"} <= set(signed.split())


@pytest.mark.office
def test_the_dashboard_is_one_page(folder: Path, tmp_path: Path, office: ModuleType) -> None:
    pages = office.to_pdf(folder / "nhon-hau-2025-phu-luc-1.xlsx", tmp_path)
    text = subprocess.run(["pdftotext", pages, "-"], capture_output=True, check=True).stdout.decode()
    told = [page.lstrip("\f0123456789\n") for page in text.split("\f")]
    begins = [index for index, page in enumerate(told) if page.startswith(("BẢNG ĐIỀU KHIỂN", "CÁC VẤN ĐỀ"))]
    assert begins[1] - begins[0] == 1


# ------------------------------------------------------------------------------------------------------- whose it is


def test_a_summary_has_a_token_of_its_own_that_covers_its_figures(folder: Path) -> None:
    path = folder / "binh-tan-2025-phu-luc-1.xlsx"
    book = openpyxl.load_workbook(path)
    told = {one.name: one.value for one in book.custom_doc_props.props}
    rows = [(row[0].value, str(row[1].value)) for row in book["_th"].iter_rows()]
    token, carried = told["cchc-xlsx-summary"], "".join(text for name, text in rows if name == "carried")
    assert rows[0] == ("summary", token)
    assert told["cchc-xlsx"] == reports.MADE
    issue = summed.whole("binh-tan-2025-phu-luc-1")
    assert token == identity.of_summary(issue, carried)
    assert token.startswith("CCHCTH1|binh-tan-2025-phu-luc-1|v1|p0|Bình Tân|-|2025|2025-N|XA|report|")
    assert token != identity.of_summary(issue, carried.replace("Chưa đạt", "Đạt", 1))
    assert not any(identity.parse(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    said = json.loads(carried)["lines"]
    shown = annex(path)
    assert {line: one["outcome"] for line, one in said.items()} == {line: shown[line, "judged"] for line in said}


# ----------------------------------------------------------------------------------------------- what is known of before


def read(folder: Path) -> Round:
    """The round of a folder."""
    [one] = choose.rounds(summing.sources(check.check((folder,), Task(), jobs=1).files))
    return one


def test_the_period_before_and_last_year_stand_beside_the_result(folder: Path, tmp_path: Path) -> None:
    one = read(folder / "cam-hiep-2025-phu-luc")
    line = issues.lines(one.issue)[0].id
    plain, compared = tmp_path / "plain.xlsx", tmp_path / "compared.xlsx"
    summing.write(one, plain)
    summing.write(one, compared, Earlier({line: "40/50 (80%)"}, {line: "30/50 (60%)"}))
    assert (annex(compared)[line, "prior"], annex(compared)[line, "year_ago"]) == ("40/50 (80%)", "30/50 (60%)")
    assert {column for _, column in annex(compared)} - {column for _, column in annex(plain)} == {"prior", "year_ago"}


def test_reasons_longer_than_a_row_can_be_are_cut_and_say_so(folder: Path, tmp_path: Path) -> None:
    one = read(folder / "cam-hiep-2025-phu-luc")
    line = next(each for each in issues.lines(one.issue) if len(each.reporters) > 1)
    reason = "Đường truyền không ổn định nên nhiều hồ sơ phải nhập lại. " * 60
    long = [
        replace(each, fields={**each.fields, line.key("reason"): ("M9", f"{each.unit} {reason}", "value")})
        for each in one.used
    ]
    path = summing.write(replace(one, used=tuple(long)), tmp_path / "long.xlsx").path
    assert annex(path)[line.id, "reason"].endswith("… (xem tiếp ở trang Chi tiết)")
    book = openpyxl.load_workbook(path)
    for sheet in book:
        assert max((each.height or 0 for each in sheet.row_dimensions.values()), default=0) <= 409
    whole = [row["Giá trị"].value for row in rows(book["Chi tiết"]) if row["Mã trường"].value == line.key("reason")]
    assert len(whole) == len(line.reporters)


def test_who_was_late_is_named_and_counts(folder: Path, tmp_path: Path) -> None:
    one = read(folder / "cam-hiep-2025-phu-luc")
    first, *others = one.used
    late = replace(
        one, used=(replace(first, is_late=True, is_received=True, sender="vp@xa.example", version=2), *others)
    )
    path = summing.write(late, tmp_path / "late.xlsx").path
    [row] = [row for row in rows(openpyxl.load_workbook(path)["Nguồn"]) if row["Mã đơn vị"].value == first.unit]
    assert (row["Tính vào số liệu"].value, row["Người gửi"].value, row["Phiên bản"].value) == (
        "Có; gửi muộn",
        "vp@xa.example",
        "2",
    )
    said = [cell.value for line in openpyxl.load_workbook(path)["Tổng hợp"].iter_rows() for cell in line]
    assert f"Gửi muộn, đã tính: {issues.unit_name(one.issue, first.unit)} ({first.unit})." in said
