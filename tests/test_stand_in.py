"""A form placed once for all communes: with a name put in, it reads as if it had been placed for that commune."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import fill
import offices
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cchc_xlsx import identity, writer
from cchc_xlsx.issue import Issue, Local, Plan, reporting_units
from cchc_xlsx.layout import place, stand_in
from cchc_xlsx.layout.model import Layout

COMMUNES = (
    "Nhơn Hậu",
    "xã Nhơn Hậu",
    "Phường Quy Nhơn",
    "phường 1",
    "Đặc khu Lý Sơn",
    "Ia Đrăng",
    "K'Bang",
    "A",
    "Xã",
    "I",
    "XÃ IA O",
    "nhơn hậu",
    "Một xã có tên rất dài để dòng tiêu đề phải xuống nhiều dòng trên trang in khổ A4",
)


def issues(form_id: str) -> Iterator[Issue]:
    for period in ("Q1", "6T", "N"):
        whole = fill.report(form_id, period)
        yield from (replace(whole, unit=unit) for unit in ("XA", *reporting_units(whole)))
    yield fill.plan(form_id)


def read(layout: Layout) -> tuple[object, ...]:
    """All that a checker asks of a layout; heights, widths, pages and the guide are for those who write it."""
    cells = {at: (cell.content, cell.role) for at, cell in layout.form_sheet.cells.items()}
    first = [sheet.cells[1, 1].content if (1, 1) in sheet.cells else None for sheet in layout.sheets]
    return (
        [sheet.name for sheet in layout.sheets],
        first,
        cells,
        layout.form_sheet.merges,
        layout.context,
        layout.constraints,
        layout.identity,
        layout.inputs,
        layout.row_keys,
        layout.column_keys,
        layout.labels,
        layout.table,
        layout.verdicts,
        layout.counts,
        layout.totals,
        layout.locked,
        [getattr(layout, name) for name in stand_in._SHARED if name != "conditions"],
        list(layout.conditions),
    )


def both(template: stand_in.Template, issue: Issue, key: bytes | None = None) -> tuple[Layout, Layout]:
    who = identity.of(issue, key)
    return stand_in.layout_of(template, issue, who), place.place(issue, who=who)


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_any_commune_reads_as_if_it_had_been_placed(form_id: str) -> None:
    turn = 0
    for issue in issues(form_id):
        kept: dict[object, stand_in.Template] = {}
        for commune in (COMMUNES[turn % len(COMMUNES)], COMMUNES[(turn + 5) % len(COMMUNES)]):
            turn += 1
            one = replace(issue, commune=commune, commune_code="21553" if turn % 2 else None)
            template = kept.setdefault(stand_in.key(one), stand_in.template(one))
            found, placed = both(template, one, b"an office's own key" if turn % 3 == 0 else None)
            assert read(found) == read(placed), (commune, issue.unit)


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_with_what_an_office_adds_it_reads_as_if_it_had_been_placed(form_id: str) -> None:
    for number, issue in enumerate((fill.report(form_id, "6T"), fill.report(form_id), fill.plan(form_id))):
        for commune in COMMUNES[number::3]:
            one = replace(offices.with_everything(issue), commune=commune)
            template = stand_in.template(replace(one, commune=f"{stand_in._kind(one)}Bình Tân", commune_code="1"))
            found, placed = both(template, one, offices.KEY if number else None)
            assert read(found) == read(placed), commune


names = st.text(st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x1FFF), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(names)
def test_any_name(name: str) -> None:
    one = replace(fill.report("cchc-xa", "Q1"), commune=name)
    found, placed = both(stand_in.template(replace(one, commune="X")), one)
    if stand_in.key(one) == stand_in.key(replace(one, commune="X")):
        assert read(found) == read(placed)


def test_issues_that_differ_in_more_than_the_commune_have_templates_of_their_own() -> None:
    one = fill.report("cchc-xa", "Q1")
    others = [
        replace(one, unit="TPHT"),
        replace(one, year=one.year + 1),
        replace(one, plan=Plan(1, {"r02.target": "95%"})),
        replace(one, commune="phường Nhơn Hậu"),
        replace(one, local=Local(due=dt.date(2026, 3, 25))),
        replace(one, local=Local(names={"VP": "Văn phòng"})),
        replace(one, local=Local(spellings={"VP": ("Văn phòng",)})),
        replace(one, local=Local(previous={"r02.previous": 5.0})),
        replace(one, local=Local(previous={"r02.previous": 6.0})),
        fill.report("cchc-xa", "6T"),
        fill.plan("cchc-xa"),
    ]
    keys = {stand_in.key(issue) for issue in (one, *others)}
    assert len(keys) == 1 + len(others)
    assert stand_in.key(one) == stand_in.key(replace(one, commune="Bình Tân", commune_code="21553"))


def test_a_layout_for_reading_is_never_written() -> None:
    one = fill.report("tay-xuan-2024-par-index")
    found, _ = both(stand_in.template(one), one)
    with pytest.raises(AssertionError):
        writer.to_bytes(found)


def test_nothing_of_the_stand_in_is_left() -> None:
    one = fill.report("cchc-xa")
    template = stand_in.template(one)
    found, _ = both(template, one)
    letters = set(stand_in._NAME)
    assert letters & set(str(template.layout.form_sheet.cells.values()))
    sheets = [replace(sheet, cells=dict(sheet.cells)) for sheet in found.sheets]
    assert not letters & set(f"{sheets} {found.context.lines} {found.labels} {found.row_keys}")
    assert not letters & set(f"{[data for claims in found.constraints.values() for _, _, data in claims]}")
