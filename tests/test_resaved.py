"""Every shipped form saved again by other programs: nothing is called altered, and the same values are read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import checked
import fill
import programs
import pytest
from forms_filled import KINDS, WORKBOOKS
from programs import FILLERS, PROGRAMS, Job, Typed

from cchc_xlsx import values, writer
from cchc_xlsx.examine import Examined, accepted
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import Layout, a1
from cchc_xlsx.recognise import Asked

TOLD = {"T321"}  # that the protection is gone is no false alarm
every_program = pytest.mark.parametrize("program", PROGRAMS)

# What stands in texts of real reports, and what programs are known to stumble over. Not among them: "_x0041_", which
# openpyxl, ExcelJS and SheetJS themselves turn into "A" (they undo the escape when they read and forget it when they write).
ODD_TEXTS = (
    "Mất điện 02 ngày; hệ thống một cửa dừng từ 05/3 – 06/3",
    'Thiếu 3 hồ sơ <chưa số hóa> & "chờ ký"',
    "Dòng một\nDòng hai\n\nDòng bốn",
    "hai  dấu  cách, và một\u00a0dấu cách cứng",
    "Đang cha\u0323\u0302m (chữ rời dấu)",
    "'đầu có dấu nháy",
    "=không phải công thức",
    "+84 905 123 456",
    "007",
    "1.234",
    "05/3",
    "TRUE",
    "#N/A",
    "100%",
    "https://dichvucong.gov.vn/?a=1&b=2",
    "\u200bký tự ẩn\u200b",
    "Đạt ✓ 👍",
    "x" * 2_000,
)


def results(folder: Path) -> Mapping[str, Examined]:
    """What the checker says of each file of a folder."""
    return checked.results(folder, Asked())


def differences(before: Examined, after: Examined) -> dict[str, object]:
    """What a copy is told of that the original is not, and the inputs of which another value is accepted."""
    had = {(one.code, one.cell) for one in before.findings}
    told = [
        f"{one.code} {one.cell}" for one in after.findings if one.code not in TOLD and (one.code, one.cell) not in had
    ]
    one, other = accepted(before), accepted(after)
    changed = {key: (one.get(key), other.get(key)) for key in {*one, *other} if one.get(key) != other.get(key)}
    return {key: what for key, what in (("told", told), ("changed", changed)) if what}


def compare(originals: Path, copies: Path) -> dict[str, dict[str, object]]:
    """The differences by file; empty where a program has changed nothing that counts."""
    before, after = results(originals), results(copies)
    assert set(before) == set(after)
    found = {name: differences(before[name], after[name]) for name in before}
    return {name: what for name, what in found.items() if what}


def resaved(program: str, workbooks: Mapping[str, bytes], folder: Path) -> dict[str, dict[str, object]]:
    """What is different after the program saved the workbooks again."""
    originals, copies = folder / "originals", folder / "copies"
    for one in (originals, copies):
        one.mkdir()
    for name, data in workbooks.items():
        (originals / name).write_bytes(data)
    programs.resave(program, [Job(originals / name, copies / name) for name in workbooks])
    return compare(originals, copies)


@every_program
def test_a_filled_workbook_that_a_program_saved_again_is_the_same(program: str, tmp_path: Path) -> None:
    programs.need(program)
    workbooks = {f"{form}_{kind}.xlsx": checked.filled(KINDS[kind](form))[1] for form, kind in WORKBOOKS}
    assert resaved(program, workbooks, tmp_path) == {}


@every_program
def test_an_empty_workbook_that_a_program_saved_again_is_the_same(program: str, tmp_path: Path) -> None:
    """Most of its formulas give an empty text."""
    programs.need(program)
    empty = {f"{form}.xlsx": writer.to_bytes(place.place(fill.report(form))) for form in fill.FORMS}
    assert resaved(program, empty, tmp_path) == {}


@every_program
def test_texts_are_read_as_they_were_typed(program: str, tmp_path: Path) -> None:
    programs.need(program)
    one = fill.report("nhon-hau-2025-phu-luc-1")
    keys = [key for key in place.place(one).inputs if key.endswith((".reason", ".evidence", ".note"))]
    typed = dict(zip(keys, ODD_TEXTS, strict=False))
    assert len(typed) == len(ODD_TEXTS)
    data = writer.to_bytes(place.place(one, fill.valid(one) | typed))
    assert resaved(program, {"báo cáo.xlsx": data}, tmp_path) == {}


# --------------------------------------------------------------------------------------------- filled in by programs


def native(layout: Layout, key: str, value: str | float) -> Typed:
    """A value as a program types it: days as days."""
    if layout.field(key).type == "date" and isinstance(value, float):
        day = values.from_serial(value)
        assert day
        return day
    return value


@pytest.mark.parametrize("program", FILLERS)
def test_what_a_program_filled_in_is_what_we_fill_in(program: str, tmp_path: Path) -> None:
    programs.need(program)
    empty, ours, theirs = (tmp_path / name for name in ("empty", "ours", "theirs"))
    jobs = []
    for folder in (empty, ours, theirs):
        folder.mkdir()
    for form in fill.FORMS:
        name, one = f"{form}.xlsx", fill.report(form)
        layout, typed = place.place(one), fill.valid(one)
        (empty / name).write_bytes(writer.to_bytes(layout))
        (ours / name).write_bytes(checked.filled(one)[1])
        cells = {a1(layout.inputs[key]): native(layout, key, value) for key, value in typed.items()}
        jobs.append(Job(empty / name, theirs / name, cells))
    programs.resave(program, jobs)
    assert compare(ours, theirs) == {}
    assert {one.status for one in results(theirs).values()} == {"ok"}
