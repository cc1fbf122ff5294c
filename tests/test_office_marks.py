"""Marked copies in real LibreOffice: saved again, mended there, their list's rows high enough."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from types import ModuleType

import checked
import fill
import marking
import misfill
import openpyxl
import pytest
from marking import Copied

from cchc_xlsx import examine, fields
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout import fixes
from cchc_xlsx.layout.model import a1

pytestmark = pytest.mark.office
INDICATORS, TASKS = "nhon-hau-2025-phu-luc-1", "nhon-hau-2025-phu-luc-2"


def spoilt(one: Issue, folder: Path) -> Copied:
    """The marked copy of a workbook in which every line is wrong, on disk as danh-dau.xlsx."""
    return marking.copied(marking.mistaken(one, misfill.wrong(one, Counter())), folder)


def notes(data: bytes) -> dict[str, str]:
    """The notes of the form sheet by cell."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


@pytest.mark.parametrize(
    "one",
    [fill.report(INDICATORS), fill.report(TASKS), fill.plan(INDICATORS)],
    ids=lambda one: f"{one.form.id}-{one.kind}",
)
def test_saved_again_it_says_the_same(one: Issue, office: ModuleType, tmp_path: Path) -> None:
    found = spoilt(one, tmp_path)
    data = office.resave(tmp_path / "danh-dau.xlsx", tmp_path / "luu-lai").read_bytes()
    after = checked.result(data, tmp_path)
    assert marking.about_inputs(after) == marking.about_inputs(found.before)
    assert examine.accepted(after) == examine.accepted(found.before)
    assert after.identity == found.before.identity
    assert notes(data) == notes(found.data)
    listing = openpyxl.load_workbook(io.BytesIO(data)).worksheets[1]
    links = {cell.value: cell.hyperlink.location for row in listing.iter_rows() for cell in row if cell.hyperlink}
    assert set(links) == {a1(found.layout.inputs[str(finding.key)]) for finding in found.before.findings}
    assert all(
        location.replace("$", "").endswith(f"!{at}") or location.endswith(f".{at}") for at, location in links.items()
    )


@pytest.mark.parametrize("form_id", [INDICATORS, TASKS])
def test_mended_there_it_is_clean(form_id: str, office: ModuleType, tmp_path: Path) -> None:
    one = fill.report(form_id)
    found = spoilt(one, tmp_path)
    valid, context = fill.valid(one), fields.context(one)
    relations = {side for relation in one.form.relations for side in (relation.part, relation.whole)}
    lines = {str(finding.key).partition(".")[0] for finding in found.before.findings}
    keys = [key for key in context.fields if key.partition(".")[0] in lines or key in relations]
    typed = {a1(found.layout.inputs[key]): valid.get(key) for key in keys}
    out = tmp_path / "da-sua.xlsx"
    [done] = office.fill_and_read(
        [{"path": tmp_path / "danh-dau.xlsx", "out": out, "set": typed, "read": [a1(found.layout.counts)]}]
    )
    assert done["errors"] == []
    assert done["cells"][a1(found.layout.counts)]["v"] == "Đã điền đủ, không có ô sai."
    after = checked.result(out.read_bytes(), tmp_path)
    assert after.findings == ()
    kept = {key: said for key, said in examine.accepted(found.before).items() if key not in keys}
    now = examine.accepted(after)
    assert {key: now[key] for key in kept} == kept


def test_every_row_of_the_list_is_high_enough(office: ModuleType, tmp_path: Path) -> None:
    found = spoilt(fill.report(INDICATORS), tmp_path)
    listing = found.layout.sheets[1]
    last = max(listing.heights)
    [done] = office.fill_and_read(
        [{"path": tmp_path / "danh-dau.xlsx", "sheet": fixes.NAME.vi, "heights": [f"1:{last}"]}]
    )
    assert done["errors"] == []
    said = {row for (row, _), cell in listing.cells.items() if cell.content}
    heights = {int(row): best for row, best in done["heights"].items() if int(row) in said}
    low = {row: best for row, best in heights.items() if best > listing.heights[row] + 0.5}
    assert low == {}
    assert len(heights) == last - 1  # an empty row parts heading and table
