"""What the periodic report says: figures as the summary has them, reasons as the units gave them, and nothing without data."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import fill
import pytest
import summed
import told
from msgspec.structs import replace

from cchc_xlsx import values
from cchc_xlsx.consolidate import combine
from cchc_xlsx.consolidate.model import Figure
from cchc_xlsx.errors import CchcError
from cchc_xlsx.fields import DOING, DONE, NIL, NOT_REACHED, OVERDUE
from cchc_xlsx.narrative import annex, tell
from cchc_xlsx.narrative.model import Office

INDICATORS, TASKS = "nhon-hau-2025-phu-luc-1", "nhon-hau-2025-phu-luc-2"
MET, MISSED = "Chỉ tiêu, nội dung đạt", "Chỉ tiêu, nội dung chưa đạt"
OPEN = "Số liệu tạm tính, chưa đánh giá"


@pytest.fixture(scope="module")
def indicators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The indicators of all units but the accountants'."""
    folder = tmp_path_factory.mktemp("indicators")
    told.send(INDICATORS, folder, without=("TCKT",))
    return folder


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tasks: one late with its reason, one finished after its deadline, one that nobody had to do."""
    folder = tmp_path_factory.mktemp("tasks")
    late = {"r05.status": OVERDUE, "r05.done_on": None, "r05.doc_no": None, "r05.reason": "Chờ hướng dẫn của tỉnh"}
    after = {"r03.status": DONE, "r03.done_on": values.serial(dt.date(2025, 9, 1)), "r03.doc_no": "09/BC-UBND"}
    told.send(TASKS, folder, {"VPTK": late | after})
    return folder


# ------------------------------------------------------------------------------------------------------------ indicators


def test_a_missed_indicator_is_told_with_its_reason_and_who_gave_it(indicators: Path) -> None:
    [one] = told.report(indicators).annexes
    found = {item.text: item.notes for item in told.items(one, MISSED)}
    text = "Tỷ lệ cán bộ, công chức cấp xã đạt chuẩn theo quy định (mục 4): 85% (340/400), chỉ tiêu trên 90%."
    assert found[text] == (f"Nguyên nhân (Văn phòng - Thống kê): {summed.REASON}",)


def test_a_missing_unit_makes_its_figures_provisional_by_name(indicators: Path) -> None:
    [one] = told.report(indicators).annexes
    assert one.completeness == (
        "Số liệu tổng hợp từ báo cáo của 4/5 đơn vị; những số có phần của đơn vị còn thiếu là tạm tính.",
        "Chưa có số liệu của: Tài chính - Kế toán (chưa gửi).",
    )
    assert one.unit_count == (4, 5)
    found = told.items(one, OPEN)
    assert found
    for item in found:
        assert "Số liệu chưa đủ (4/5 đơn vị; thiếu: Tài chính - Kế toán)." in item.notes


def test_with_every_unit_nothing_is_provisional(tmp_path: Path) -> None:
    told.send(INDICATORS, tmp_path)
    [one] = told.report(tmp_path).annexes
    assert one.completeness == ("Số liệu tổng hợp từ báo cáo của 5/5 đơn vị.",)
    assert told.items(one, OPEN) == ()
    assert "thiếu" not in told.words(told.report(tmp_path))


@pytest.mark.parametrize("form", [INDICATORS, TASKS, "cam-hiep-2025-phu-luc", "cchc-xa", "tay-xuan-2024-par-index"])
def test_each_line_is_told_once_and_counts_are_the_summarys(form: str, tmp_path: Path) -> None:
    told.send(form, tmp_path)
    [summary] = told.summaries(tmp_path)
    [one] = tell.narrative([summary], Office()).annexes
    assert sum(len(part.items) for part in one.parts) == len(summary.figures)
    assert one.counts == combine.counts(summary.figures)
    assert [part.letter for part in one.parts] == list("abcdđeghi")[: len(one.parts)]
    for sentence in one.overall:
        total, _, parts = sentence.partition(": ")
        numbers = [
            int(found)
            for found in re.findall(r"\b\d+(?= (?:chỉ tiêu|nội dung|nhiệm vụ))", parts.partition(" (trong")[0])
        ]
        assert sum(numbers) == int(re.findall(r"\d+", total)[0])


def test_every_rate_that_is_told_is_the_summarys(indicators: Path) -> None:
    [summary] = told.summaries(indicators)
    text = told.words(told.report(indicators))
    for one in summary.figures:
        if one.line.measure.kind == "rate" and one.counted and one.outcome != NIL:
            num, den = (float(str(one.values[one.line.key(name)])) for name in ("num", "den"))
            share = f"{values.say_percent(num / den)} ({values.say_number(num)}/{values.say_number(den)})"
            assert share in text


def test_nil_is_named_without_a_figure(tmp_path: Path) -> None:
    told.send("cchc-xa", tmp_path)
    [summary] = told.summaries(tmp_path)
    [one] = tell.narrative([summary], Office()).annexes
    nil = [figure for figure in summary.figures if figure.outcome == NIL]
    found = told.items(one, "Nội dung không phát sinh")
    assert len(found) == len(nil) > 0
    assert not any(re.search(r"\d%|: ", item.text) for item in found)


def test_without_a_plan_nothing_is_met_or_missed_but_by_itself(tmp_path: Path) -> None:
    told.send("cchc-xa", tmp_path)
    [one] = told.report(tmp_path).annexes
    assert told.items(one, MISSED) == ()
    assert told.items(one, "Nội dung chưa giao chỉ tiêu")
    assert "nội dung chưa giao chỉ tiêu" in one.overall[0]


def test_what_was_before_is_told_where_it_is_known(indicators: Path) -> None:
    [without] = told.report(indicators).annexes
    assert told.items(without, "So với kỳ trước") == ()
    [summary] = told.summaries(indicators)
    line = next(one.line for one in summary.figures if one.outcome == NOT_REACHED)
    [summary] = told.summaries(indicators, {line.id: "300/400 (75%)"})
    [one] = tell.narrative([summary], Office()).annexes
    [item] = told.items(one, "So với kỳ trước")
    assert item.text.endswith(": 85% (340/400); kỳ trước: 75% (300/400).")
    assert [cell.text for cell in one.table.cells if cell.text == "Kỳ trước"] == ["Kỳ trước"]


# ----------------------------------------------------------------------------------------------------------------- tasks


def figure_of(folder: Path, status: str) -> list[Figure]:
    [summary] = told.summaries(folder)
    return [one for one in summary.figures if one.values.get(one.line.key("status")) == status]


def test_tasks_are_told_by_how_they_stand(tasks: Path) -> None:
    [one] = told.report(tasks).annexes
    done = told.items(one, "Nhiệm vụ đã hoàn thành")
    assert len(done) == len(figure_of(tasks, DONE))
    assert any("hoàn thành ngày 01/9/2025 (sau hạn:" in item.text and "09/BC-UBND" in item.text for item in done)
    late = told.items(one, "Nhiệm vụ quá hạn")
    assert len(late) == len(figure_of(tasks, OVERDUE)) == 1
    assert late[0].notes[0].startswith("Nguyên nhân (Văn phòng - Thống kê): Chờ hướng dẫn của tỉnh.")
    assert "01 nhiệm vụ quá hạn" in one.overall[0]
    assert "(trong đó 01 hoàn thành sau hạn)" in one.overall[0]


def test_a_task_due_soon_is_told_apart_from_one_without_a_day(tasks: Path) -> None:
    [one] = told.report(tasks).annexes
    soon = told.items(one, "Nhiệm vụ sắp đến hạn")
    others = told.items(one, "Nhiệm vụ đang thực hiện, chưa đến hạn")
    assert len(soon) + len(others) == len(figure_of(tasks, DOING))
    assert all("thời hạn:" in item.text for item in soon)


# ------------------------------------------------------------------------------------------------- opening and free texts


def test_the_opening_names_window_and_plan(indicators: Path) -> None:
    bare = told.report(indicators)
    assert bare.opening == (
        "Ủy ban nhân dân xã Nhơn Hậu báo cáo kết quả thực hiện công tác cải cách hành chính năm 2025"
        " (số liệu từ ngày 15/12/2024 đến hết ngày 14/12/2025) như sau:"
    )
    assert len(bare.basis) == 1
    office = Office(plan_number="15/KH-UBND", plan_date=values.date("05/02/2025"))
    assert told.report(indicators, office).basis[1] == (
        "Thực hiện Kế hoạch số 15/KH-UBND ngày 05/02/2025 của Ủy ban nhân dân xã Nhơn Hậu về cải cách hành chính năm 2025"
    )


def test_difficulties_of_all_units_are_gathered_once_over_both_annexes(tmp_path: Path) -> None:
    said = {"VPTK": {"difficulties.text": "Thiếu máy.\n\nThiếu người.", "proposals.text": "Cấp thêm máy"}}
    told.send(INDICATORS, tmp_path / "1", said)
    told.send(TASKS, tmp_path / "2", said)
    found = told.report(tmp_path)
    assert [one.number for one in found.annexes] == ["Phụ lục I", "Phụ lục II"]
    assert [voice.lines for voice in found.difficulties if voice.unit == "Văn phòng - Thống kê"] == [
        ("Thiếu máy.", "Thiếu người.")
    ]
    assert [(voice.unit, voice.lines) for voice in found.proposals] == [("Văn phòng - Thống kê", ("Cấp thêm máy",))]


def test_two_communes_or_periods_are_no_report(tmp_path: Path) -> None:
    told.send(INDICATORS, tmp_path / "1")
    told.send("cam-hiep-2025-phu-luc", tmp_path / "2")
    with pytest.raises(CchcError, match="Cam Hiệp 2025-Q3, Nhơn Hậu 2025-N"):
        told.report(tmp_path)


def test_files_with_errors_are_told_at_the_top(tmp_path: Path) -> None:
    told.send(INDICATORS, tmp_path)
    one = fill.report(INDICATORS, "N", "MC")
    typed = summed.typed(one, 4)
    key = next(key for key in typed if key.endswith(".num"))
    summed.write(one, tmp_path, {**typed, key: float(typed[key.replace("num", "den")]) + 1})
    without = told.report(tmp_path)
    assert without.warning == ""
    assert "Chưa có số liệu của: Bộ phận Tiếp nhận và trả kết quả (Một cửa) (tệp còn lỗi)." in told.words(without)
    counted = tell.narrative(told.summaries(tmp_path, errors=True), Office())
    assert "CÓ TÍNH CẢ TỆP CÒN LỖI" in counted.warning
    assert counted.annexes[0].unit_count == (5, 5)


def test_a_late_unit_is_told_and_counts(indicators: Path) -> None:
    [summary] = told.summaries(indicators)
    used = tuple(replace(one, is_late=one.unit == "TPHT") for one in summary.round.used)
    late = combine.summary(replace(summary.round, used=used))
    [one] = tell.narrative([late], Office()).annexes
    assert one.completeness[-1] == "Gửi muộn, đã tính vào số liệu: Tư pháp - Hộ tịch."
    assert one.unit_count == (4, 5)


def test_what_is_past_its_deadline_without_being_called_late_is_told_apart(tmp_path: Path) -> None:
    told.send(TASKS, tmp_path)
    [summary] = told.summaries(tmp_path)
    [source] = [one for one in summary.round.used if one.unit == "VPTK"]
    cell, _, state = source.fields["r06.status"]
    changed = replace(source, fields={**source.fields, "r06.status": (cell, DOING, state)})
    others = tuple(one for one in summary.round.used if one is not source)
    [one] = tell.narrative([combine.summary(replace(summary.round, used=(changed, *others)))], Office()).annexes
    [item] = told.items(one, "Nhiệm vụ đã qua thời hạn, chưa báo hoàn thành")
    assert item.text.endswith("(mục 5): đang thực hiện, thời hạn: Quý II.")


# -------------------------------------------------------------------------------------------------------------- the table


@pytest.mark.parametrize("form", summed.PERIODS)
def test_the_table_has_every_place_once_and_the_annexs_words(form: str, tmp_path: Path) -> None:
    told.send(form, tmp_path)
    [summary] = told.summaries(tmp_path)
    table = annex.table(summary)
    taken = [
        (row, column)
        for cell in table.cells
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    ]
    assert sorted(taken) == [(row, column) for row in range(table.rows) for column in range(len(table.widths))]
    assert sum(table.widths) == pytest.approx(annex.WIDTH_MM, abs=0.1)
    assert min(table.widths) >= 11
    shown = {" ".join(cell.text.split()) for cell in table.cells}
    for row in summary.issue.form.rows:
        for leaf in summary.issue.form.leaves:
            text = " ".join(row.cells.get(leaf.id, "").split())
            assert not text or "{" in text or row.span or text in shown
