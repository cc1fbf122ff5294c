"""What an office adds to an issue: printed, asked for no more, carried in the workbook, covered by its tag, placed again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import checked
import fill
import marking
import offices
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cchc_xlsx import earlier, extras, fields, identity, recognise, results, together, writer
from cchc_xlsx import issue as issues
from cchc_xlsx.examine import Examined
from cchc_xlsx.extras import Extras
from cchc_xlsx.form import load
from cchc_xlsx.issue import Issue, Local, Plan
from cchc_xlsx.layout import place
from cchc_xlsx.layout.guide import GUIDE
from cchc_xlsx.layout.model import Cell, Layout, Style, a1
from cchc_xlsx.periods import parse
from cchc_xlsx.recognise import Asked
from cchc_xlsx.together import Member

XA, NH1, PAPI = "cchc-xa", "nhon-hau-2025-phu-luc-1", "tay-xuan-2024-phu-luc-papi-sipas-par"
KT = "Phòng Kinh tế"


def row(layout: Layout, key: str) -> int:
    return next(number for number, other in layout.row_keys.items() if other == key)


def column(layout: Layout, key: str) -> int:
    return next(number for number, other in layout.column_keys.items() if other == f"c.{key}")


def texts(layout: Layout) -> str:
    """All that stands in the workbook, sheet by sheet."""
    return "\n".join(str(cell.content) for sheet in layout.sheets for cell in sheet.cells.values())


def reported(form: str, period: str, local: Local, unit: str = "XA", plan: Plan | None = None) -> Issue:
    return replace(fill.report(form, period, unit, plan), local=local)


# --------------------------------------------------------------------------------------------------------- what is printed


def test_the_deadline_of_the_set_up_is_printed_instead_of_the_decrees() -> None:
    plain, own = (place.place(reported(XA, "Q1", local)) for local in (Local(), Local(due=dt.date(2026, 3, 25))))
    assert "Hạn gửi: 16/3/2026." in str(plain.form_sheet.cells[row(plain, "about"), 2].content)
    assert "Hạn gửi: 25/3/2026." in str(own.form_sheet.cells[row(own, "about"), 2].content)


def test_a_units_name_is_printed_as_the_set_up_has_it() -> None:
    local = Local(names={"KT": "Phòng Kinh tế, Hạ tầng và Đô thị"})
    plan = Plan(1, {"r19.do": KT})
    one = reported(XA, "Q1", local, "KT", plan)
    layout = place.place(one)
    said = "Đơn vị báo cáo: Phòng Kinh tế, Hạ tầng và Đô thị."
    assert str(layout.form_sheet.cells[row(layout, "about"), 2].content).startswith(said)
    guide = next(sheet for sheet in layout.sheets if sheet.name == GUIDE)
    assert "Đơn vị: Phòng Kinh tế, Hạ tầng và Đô thị." in str(guide.cells[2, 1].content)
    assert issues.unit_name(one, "VP") == issues.unit_name(replace(one, local=Local()), "VP")


def test_the_lists_of_a_plan_offer_units_by_their_names() -> None:
    plain = fill.plan(XA)
    own = replace(plain, local=Local(names={"VP": "Văn phòng xã"}))
    shipped = issues.unit_name(plain, "VP")
    assert shipped in fields.responsible(plain)
    assert "Văn phòng xã" in fields.responsible(own)
    assert fields.responsible(own).index("Văn phòng xã") == fields.responsible(plain).index(shipped)


def test_a_name_holds_in_a_ward_too() -> None:
    ward = replace(fill.report(XA, "Q1"), commune="Phường Quy Nhơn")
    known = issues.catalogue(ward).units
    [code, *_] = [code for code, unit in known.items() if unit.ward_name]
    assert issues.unit_name(ward, code) == known[code].ward_name
    assert issues.unit_name(replace(ward, local=Local(names={code: "Phòng của phường"})), code) == "Phòng của phường"


# spellings and names of the set-up | what the plan says of a row | who reports it
OWNERS: Mapping[str, tuple[Local, str, tuple[str, ...]]] = {
    "nobody knows it": (Local(), "Ban Kinh tế xã", ("VP",)),
    "another spelling": (Local(spellings={"KT": ("Ban Kinh tế xã",)}), "Ban Kinh tế xã", ("KT",)),
    "in other letters": (Local(spellings={"KT": ("Ban Kinh tế xã",)}), "ban  KINH TẾ xã", ("KT",)),
    "its own name": (Local(names={"KT": "Ban Kinh tế xã"}), "Ban Kinh tế xã", ("KT",)),
    "the shipped name still": (Local(names={"KT": "Ban Kinh tế xã"}), KT, ("KT",)),
    "a name with a comma": (Local(names={"KT": "Ban Kinh tế, Đất đai"}), "Ban Kinh tế, Đất đai; Văn phòng HĐND và UBND", ("VP", "KT")),
    "one of several": (Local(spellings={"KT": ("Kinh tế", "KT-HT")}), "KT-HT", ("KT",)),
    "the set-up comes first": (Local(spellings={"VHXH": (KT,)}), KT, ("VHXH",)),
}  # fmt: skip


@pytest.mark.parametrize("case", OWNERS.values(), ids=OWNERS)
def test_who_reports_a_row_by_the_offices_own_words(case: tuple[Local, str, tuple[str, ...]]) -> None:
    local, words, owners = case
    one = reported(XA, "Q1", local, plan=Plan(1, {"r19.do": words}))
    [line] = [line for line in issues.lines(one) if line.id == "r19"]
    assert set(line.reporters) == set(owners)


def test_a_plan_may_call_units_as_the_office_does(tmp_path: Path) -> None:
    for local, expected in ((Local(), ["V224 r19.do"]), (Local(spellings={"KT": ("Ban Kinh tế",)}), [])):
        layout = place.place(replace(fill.plan(XA), local=local), {"r19.do": "Ban Kinh tế"})
        assert checked.lines(checked.result(writer.to_bytes(layout), tmp_path)) == expected


def test_units_that_sent_nothing_are_named_as_the_set_up_has_it(tmp_path: Path) -> None:
    local = Local(names={"TTPVHCC": "Trung tâm hành chính"}, previous={"r19.prior": "1/1 (100%)"})
    layout = place.place(reported(XA, "Q1", local, "VP"))
    found = checked.result(writer.to_bytes(layout), tmp_path)
    assert found.filled
    beyond = extras.asking(extras.of(found.filled.layout.context.issue))
    assert beyond.local == Local(names=local.names)
    member = Member("a.xlsx", found.identity, found.sha256, is_usable=True)
    [missing] = together.findings([member], lambda who: recognise.whole(who, beyond))
    assert checked.said(missing)[0].startswith("Chưa có biểu của đơn vị TTPVHCC “Trung tâm hành chính”")


# ------------------------------------------------------------------------------------------------------- what was before


def test_the_column_of_the_period_before_is_there_only_where_something_is_known() -> None:
    plain = place.place(fill.report(NH1, "6T"))
    own = place.place(reported(NH1, "6T", Local(previous={"r14.prior": "118/125 (94,4%)", "r09b.prior": 3})))
    assert "c.prior" not in plain.column_keys.values()
    at = column(own, "prior")
    shown = {
        own.row_keys[place[0]]: cell for place, cell in own.form_sheet.cells.items() if place[1] == at and place[0] > 1
    }
    assert shown["header.2"].content == "Kỳ trước"
    assert shown["r14"].content == "118/125 (94,4%)"
    assert shown["r09b"].content == 3
    assert all(cell.style.locked for cell in shown.values())
    assert {key for key, cell in shown.items() if cell.content is not None} == {"header.2", "r14", "r09b"}
    assert own.inputs.keys() == plain.inputs.keys()


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_with_what_was_before_the_table_is_still_large_enough_to_read(form_id: str) -> None:
    one = offices.with_everything(fill.report(form_id, "6T"))
    layout = place.place(one)
    assert column(layout, "prior")
    assert layout.form_sheet.paper.scale >= 73
    assert min(layout.form_sheet.widths.values()) >= 4


@pytest.mark.parametrize(("known", "asked"), [
    ({}, ["value", "of", "previous", "previous_of"]),
    ({"previous": 5}, ["value", "of", "previous_of"]),
    ({"previous": 5.0, "previous_of": 12.0}, ["value", "of"]),
    ({"previous": 0.5, "previous_of": 12}, ["value", "of", "previous"]),  # no rank: it is asked for
    ({"previous": "5", "previous_of": -1}, ["value", "of", "previous", "previous_of"]),
    ({"value": 3, "of": 12}, ["value", "of", "previous", "previous_of"]),
])  # fmt: skip
def test_a_known_figure_is_printed_and_not_asked_for(known: Mapping[str, float], asked: list[str]) -> None:
    one = reported(NH1, "N", Local(previous={f"r02.{name}": figure for name, figure in known.items()}))
    layout = place.place(one)
    ranks = ("value", "of", "previous", "previous_of")
    assert [name for name in ranks if f"r02.{name}" in layout.inputs] == asked
    at = {"previous": column(layout, "third"), "previous_of": column(layout, "fourth")}
    for name in set(ranks) - set(asked):
        cell = layout.form_sheet.cells[row(layout, "r02"), at[name]]
        assert (cell.content, cell.style.locked, cell.role) == (known[name], True, "text")
        assert cell.style.number_format == "#,##0"


# known beforehand | typed | what stands in the column "Đạt / chưa đạt", and what is found
REMEMBERED = """
NH1 r02 previous=5 previous_of=12  | value=3 of=12               | Đạt                  | ok
NH1 r02 previous=5 previous_of=12  | value=7 of=12 reason=x      | Chưa đạt             | ok
NH1 r02 previous=5 previous_of=12  | value=7 of=12               | Chưa đạt             | M103 r02.reason
NH1 r02 previous=5 previous_of=12  | value=3 of=11               | Không so sánh được   | ok
NH1 r02 previous=5 previous_of=12  | value=3                     |                      | M101 r02.of
NH1 r02 previous=15                | value=3 of=12 previous_of=12 |                     | L411 r02.previous_of
NH1 r02 previous_of=12             | value=3 of=12 previous=15   |                      | L411 r02.previous
NH1 r02 previous=15 previous_of=12 | value=3 of=12               |                      | ok
NH1 r02 previous=5 previous_of=12  | nil='Chưa công bố'          | Chưa công bố         | ok
PAPI r04 previous=0.85             | value=0.9                   | Đạt                  | ok
PAPI r04 previous=0.85             | value=0.85                  | Chưa đạt             | M103 r04.reason
PAPI r04 previous=0.85             | value=0.8 reason=x          | Chưa đạt             | ok
"""


@pytest.mark.parametrize("line", REMEMBERED.strip().splitlines())
def test_a_known_figure_counts_as_if_it_had_been_typed(line: str, tmp_path: Path) -> None:
    known, typed, verdict, expected = (part.strip() for part in line.split("|"))
    form, line_id, *figures = known.split()
    previous = {f"{line_id}.{name}": float(value) for name, value in (one.split("=") for one in figures)}
    one = reported({"NH1": NH1, "PAPI": PAPI}[form], "N", Local(previous=previous))
    drawn = checked.typed(f"{line_id}: {typed}")
    own = {key: float(value) if value.replace(".", "").isdigit() else value for key, value in drawn.items()}
    others = {key: value for key, value in fill.valid(one).items() if not key.startswith(f"{line_id}.")}
    layout = place.place(one, others | own)
    judged = layout.form_sheet.cells[row(layout, line_id), column(layout, "judged")].content
    assert judged and judged.value == verdict  # type: ignore[union-attr]
    result = checked.result(writer.to_bytes(layout), tmp_path)
    assert (", ".join(checked.lines(result)) or "ok") == expected
    for finding in result.findings:
        vi, _, en, _ = checked.said(finding)
        if finding.code == "L411":
            for text in (vi, en):
                assert "15" in text
                assert "12" in text


def test_what_was_said_before_as_it_is_read_now() -> None:
    said: dict[str, object] = {
        "r14.num": 1118.0, "r14.den": 1250.0, "r21.num": 0.0, "r21.den": 0.0, "r16.nil": fields.NIL, "r16.num": 0.0,
        "r02.value": 3.0, "r02.of": 12.0, "r05.value": "Tốt", "r18.num": 5.0,
    }  # fmt: skip
    found = earlier.prior(fill.report(NH1, "6T"), said)
    assert found == {
        "r02.prior": "3/12", "r05.prior": "Tốt", "r14.prior": "1.118/1.250 (89,44%)", "r21.prior": fields.NIL,
        "r16.prior": fields.NIL,
    }  # fmt: skip
    assert earlier.last_year(fill.report(NH1, "N"), said) == {"r02.previous": 3.0, "r02.previous_of": 12.0}
    assert earlier.last_year(fill.report(PAPI, "N"), {"r04.value": 0.85}) == {"r04.previous": 0.85}
    assert earlier.prior(fill.report(PAPI, "N"), {"r04.value": 0.85, "r03.status": "Đạt"}) == {
        "r03.prior": "Đạt",
        "r04.prior": "85%",
    }
    tasks: dict[str, object] = {
        "r02.status": fields.DONE, "r02.done_on": "2025-03-05", "r03.status": fields.DOING, "r03.done_on": "2025-03-05",
        "r04.status": fields.DONE, "r04.done_on": 45000.5, "r05.status": " xong \n rồi\x07 " + "x" * 80, "r06.status": None,
    }  # fmt: skip
    assert earlier.prior(fill.report("nhon-hau-2025-phu-luc-2", "6T"), tasks) == {
        "r02.prior": "Hoàn thành 05/3/2025",
        "r03.prior": "Đang thực hiện",
        "r04.prior": "Hoàn thành",
        "r05.prior": "xong rồi " + "x" * 50 + "…",
    }


# ------------------------------------------------------------------------------------------------------------ identity

# Tokens of workbooks that are out already: they must never change.
TOKENS: Mapping[str, tuple[Callable[[], Issue], bytes | None]] = {
    "CCHC1|cchc-xa|v1|p0|Nhơn Hậu|-|2026|2026-Q1|XA|report|n2849ea335b2e|u78019468f08081d0":
        (lambda: fill.report(XA, "Q1"), None),
    "CCHC1|cchc-xa|v1|p2|Nhơn Hậu|21553|2026|2026-Q1|XA|report|n317a2892d78c|k1f1d62451b5d73e9":
        (lambda: replace(fill.report(XA, "Q1", plan=Plan(2, {"r19.target": "Trên 90%", "r20.target": 0.95})), commune_code="21553", serial=7), b"k" * 32),
    "CCHC1|nhon-hau-2025-phu-luc-1|v1|p0|Nhơn Hậu|-|2025|-|XA|plan|nc6b283cfa89c|u0473dcbad78be580":
        (lambda: fill.plan(NH1), None),
}  # fmt: skip


@pytest.mark.parametrize("token", TOKENS)
def test_the_token_of_an_issue_to_which_nothing_is_added_stays_as_it_was(token: str) -> None:
    make, key = TOKENS[token]
    assert identity.of(make(), key).token == token


@pytest.mark.parametrize("part", ["due", "names", "spellings", "previous"])
def test_each_part_is_carried_only_where_there_is_one_and_covered_by_the_tag(part: str) -> None:
    one = fill.report(NH1, "6T")
    local = replace(Local(), **{part: getattr(offices.everything(one), part)})
    text = extras.write(Extras({}, local))
    assert json.loads(text).keys() == {"plan", part}
    who = identity.of(replace(one, local=local))
    assert who.is_local
    assert not identity.of(one).is_local
    assert identity.verify(who, text) == "good"
    assert identity.verify(who, extras.NOTHING) == "bad"
    assert extras.read(text) == Extras({}, local)


names = st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=20)
carried = st.builds(
    lambda overlay, *local: Extras(overlay, Local(*local)),
    st.dictionaries(names, st.text(max_size=30) | st.floats(-1e15, 1e15) | st.integers(-(10**15), 10**15), max_size=3),
    st.none() | st.dates(),
    st.dictionaries(names, names, max_size=3),
    st.dictionaries(names, st.lists(names, min_size=1, max_size=3).map(tuple), max_size=3),
    st.dictionaries(names, names | st.floats(-1e9, 1e9), max_size=3),
)


@given(carried)
def test_what_is_written_is_read_and_written_the_same(one: Extras) -> None:
    text = extras.write(one)
    read = extras.read(text)
    assert read is not None
    assert extras.write(read) == text


HOSTILE: Mapping[str, str] = {
    "nothing": "",
    "no JSON": "{",
    "no object": "[]",
    "a text": '"plan"',
    "null": "null",
    "without a plan": '{"due":"2026-03-25"}',
    "a plan that is a list": '{"plan":[]}',
    "a plan with a list": '{"plan":{"r19.target":[]}}',
    "a plan with a logical value": '{"plan":{"r19.target":true}}',
    "a plan without end": '{"plan":{"r19.target":Infinity}}',
    "a plan with NaN": '{"plan":{"r19.target":NaN}}',
    "a number beyond all bounds": '{"plan":{"r19.target":1' + "0" * 400 + "}}",
    "a number that is no number any more": '{"plan":{"r19.target":' + "9" * 5000 + "}}",
    "a text that no cell holds": '{"plan":{"r19.target":"' + "x" * 40_000 + '"}}',
    "deeper than deep": '{"plan":' * 100_000,
    "too long": '{"plan":{' + ",".join(f'"{n}":"{"x" * 400}"' for n in range(10_000)) + "}}",
    "too many": '{"plan":{' + ",".join(f'"{n}":1' for n in range(10_001)) + "}}",
    "something of tomorrow": '{"plan":{},"more":{}}',
    "no day": '{"due":"2026-02-30","plan":{}}',
    "a day that is a number": '{"due":20260325,"plan":{}}',
    "a day with a time": '{"due":"2026-03-25T10:00","plan":{}}',
    "a day by the week": '{"due":"2026-W10-1","plan":{}}',
    "names that are a list": '{"names":[],"plan":{}}',
    "a name that is a number": '{"names":{"KT":1},"plan":{}}',
    "no name": '{"names":{"KT":""},"plan":{}}',
    "a name of two lines": '{"names":{"KT":"a\\nb"},"plan":{}}',
    "a name that turns around": '{"names":{"KT":"a\\u202eb"},"plan":{}}',
    "half a sign in a plan": '{"plan":{"r19.target":"\\ud800"}}',
    "half a sign in a key": '{"plan":{"\\ud800":"x"}}',
    "half a sign": '{"names":{"KT":"\\ud800"},"plan":{}}',
    "a name without end": '{"names":{"KT":"' + "x" * 201 + '"},"plan":{}}',
    "a spelling that is a text": '{"plan":{},"spellings":{"KT":"Kinh tế"}}',
    "a spelling that is none": '{"plan":{},"spellings":{"KT":[]}}',
    "too many spellings": '{"plan":{},"spellings":{"KT":[' + ",".join(['"x"'] * 51) + "]}}",
    "a result that is a list": '{"plan":{},"previous":{"r02.prior":[]}}',
    "a result without end": '{"plan":{},"previous":{"r02.prior":"' + "x" * 101 + '"}}',
    "a result beyond all bounds": '{"plan":{},"previous":{"r02.prior":1e999}}',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_a_workbook_says_that_it_carries_is_not_believed(text: str, tmp_path: Path) -> None:
    assert extras.read(text) is None
    for one, expected in ((reported(XA, "Q1", Local(due=dt.date(2026, 3, 25))), "I509"), (by_plan(), "I506")):
        if len(text) < 30_000:
            assert found(said_to_carry(place.place(one), text), tmp_path) == expected


def by_plan() -> Issue:
    return fill.report(XA, "Q1", plan=Plan(1, {"r19.target": "Trên 90%"}))


def said_to_carry(layout: Layout, text: str) -> Layout:
    """The workbook with another text where it carries what it was issued with."""
    cells = {(1, 1): Cell("token", Style()), (1, 2): Cell(layout.identity.token, Style())}
    cells |= {(2, 1): Cell("carried", Style()), (2, 2): Cell(text, Style())}
    sheets = (replace(sheet, cells=cells) if sheet.name == identity.SHEET else sheet for sheet in layout.sheets)
    return replace(layout, sheets=tuple(sheets))


def found(layout: Layout, folder: Path, asked: Asked | None = None) -> str:
    return ", ".join(checked.lines(checked.result(writer.to_bytes(layout), folder, asked))) or "ok"


def test_keys_and_units_that_the_form_does_not_have_are_left_out(tmp_path: Path) -> None:
    """Anyone can make the tag of a workbook without an office's key: what it carries is then well made, and still not believed."""
    strange = Extras(
        {"r19.target": "Trên 90%", "r99.target": "x", "__class__": "x"},
        Local(
            names={"KT": "Ban Kinh tế", "XA": "Xã ta", "VPTK": "của thời trước", "?": "x"},
            spellings={"KT": ("Kinh tế",), "NONE": ("x",)},
            previous={"r19.prior": "1/2", "r02.previous": 5, "r19.previous": 5, "r19.num": 7, "r99.prior": "x", "r02.value": 3},
        ),
    )  # fmt: skip
    form = load.find(XA)
    known = extras.fitting(strange, form)
    assert dict(known.overlay) == {"r19.target": "Trên 90%"}
    assert known.local == Local(
        names={"KT": "Ban Kinh tế"}, spellings={"KT": ("Kinh tế",)}, previous={"r19.prior": "1/2", "r02.previous": 5}
    )
    one = Issue(form, "Nhơn Hậu", 2026, "report", parse("2026-Q1"), plan=Plan(1, known.overlay), local=known.local)
    claimed = identity.of(replace(one, plan=Plan(1, strange.overlay), local=strange.local))
    layout = said_to_carry(place.place(one, fill.valid(one), claimed), extras.write(strange))
    assert found(layout, tmp_path) == "ok"


# --------------------------------------------------------------------------------------------------- the workbook comes back


@pytest.mark.parametrize("period", ["6T", "N", "plan"])
@pytest.mark.parametrize("form_id", fill.FORMS)
def test_anyone_places_the_same_issue_again(form_id: str, period: str, tmp_path: Path) -> None:
    one = offices.with_everything(fill.plan(form_id) if period == "plan" else fill.report(form_id, period))
    layout, data = checked.filled(one)
    result = checked.result(data, tmp_path)
    assert (result.status, checked.lines(result)) == ("ok", [])
    assert result.filled
    assert result.filled.layout.context.issue == one
    assert result.filled.layout.context == layout.context


@pytest.mark.parametrize("form_id", [NH1, PAPI])
def test_saved_again_by_openpyxl_it_is_the_same(form_id: str, tmp_path: Path) -> None:
    one = offices.with_everything(fill.report(form_id, "N"))
    (tmp_path / "a.xlsx").write_bytes(checked.filled(one)[1])
    openpyxl.load_workbook(tmp_path / "a.xlsx").save(tmp_path / "b.xlsx")
    result = checked.results(tmp_path)["b.xlsx"]
    assert set(checked.lines(result)) <= {"T321"}
    assert result.filled
    assert result.filled.layout.context.issue == one


def everything() -> Layout:
    one = replace(offices.with_everything(fill.report(NH1, "N", "TPHT")), unit="TPHT")
    return place.place(one, fill.valid(one))


def with_cell(layout: Layout, at: tuple[int, int], content: str | float | None) -> Layout:
    cells = dict(layout.form_sheet.cells)
    return checked.edited(layout, cells=cells | {at: replace(cells[at], content=content)})


def test_whatever_of_it_is_altered_in_the_sheet_is_found(tmp_path: Path) -> None:
    whole = place.place(offices.with_everything(fill.report(NH1, "N")))
    about = (row(whole, "about"), 2)
    said = str(whole.form_sheet.cells[about].content)
    prior = column(whole, "prior")
    assert "Hạn gửi: 24/12/2025." in said
    edits = {
        about: said.replace("24/12", "25/12"),
        (row(whole, "r14"), prior): "200/200 (99%)",
        (row(whole, "r18"), prior): None,
        (row(whole, "header.2"), prior): "Kỳ sau",
        (row(whole, "r02"), column(whole, "third")): 6.0,  # last year's rank
        (row(whole, "r02"), column(whole, "fourth")): "12 xã",
    }
    typed = place.place(whole.context.issue, fill.valid(whole.context.issue))
    for at, content in edits.items():
        assert found(with_cell(typed, at, content), tmp_path) == f"T301 {a1(at)}"


CHANGES: Mapping[str, Callable[[Local], Local]] = {
    "the deadline": lambda one: replace(one, due=dt.date(2025, 12, 31)),
    "no deadline": lambda one: replace(one, due=None),
    "a name": lambda one: replace(one, names={code: f"{name} 2" for code, name in one.names.items()}),
    "no name": lambda one: replace(one, names={}),
    "a spelling": lambda one: replace(one, spellings={code: (*all_, "Tổ 9") for code, all_ in one.spellings.items()}),
    "a result": lambda one: replace(one, previous={**one.previous, "r14.prior": "1/1 (100%)"}),
    "last year's rank": lambda one: replace(one, previous={**one.previous, "r02.previous": 99.0}),
    "nothing any more": lambda one: Local(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("key", [None, offices.KEY])
def test_whatever_of_it_is_altered_where_it_is_carried_is_found(
    change: Callable[[Local], Local], key: bytes | None, tmp_path: Path
) -> None:
    one = offices.with_everything(fill.report(NH1, "N"))
    layout = place.place(one, fill.valid(one), identity.of(one, key))
    asked = Asked(key=key)
    assert found(layout, tmp_path, asked) == "ok"
    other = extras.write(Extras(one.plan.overlay, change(one.local)))
    assert found(said_to_carry(layout, other), tmp_path, asked) == "I502"
    # And where the sheet is altered to fit what it then says, too.
    altered = replace(one, local=change(one.local))
    forged = place.place(altered, fill.valid(altered), layout.identity)
    assert found(forged, tmp_path, asked) == "I502"


def test_where_it_is_lost_the_office_that_issued_it_has_it_still(tmp_path: Path) -> None:
    for one in (offices.with_everything(fill.report(NH1, "N")), by_plan(), replace(by_plan(), local=Local(due=dt.date(2026, 4, 1)))):  # fmt: skip
        layout = place.place(one, fill.valid(one), identity.of(one, offices.KEY))
        bare = replace(layout, sheets=layout.sheets[:1])
        kept = {layout.identity.token: extras.write(extras.of(one))}
        assert found(bare, tmp_path, Asked(key=offices.KEY)) == ("I509" if one.local else "I506")
        assert found(bare, tmp_path, Asked(key=offices.KEY, issued=kept)) == "ok"
        assert found(layout, tmp_path, Asked(key=offices.KEY, issued=kept)) == "ok"
        other = {layout.identity.token: extras.write(Extras({"r01.target": "x"}, Local(due=dt.date(2020, 1, 1))))}
        assert found(bare, tmp_path, Asked(key=offices.KEY, issued=other)) == "I502"


def test_a_plan_that_is_given_is_no_help_where_the_rest_is_lost(tmp_path: Path) -> None:
    one = replace(by_plan(), local=Local(due=dt.date(2026, 4, 1)))
    asked = Asked(plan=recognise.GivenPlan(fill.plan(XA), one.plan.overlay))
    layout = place.place(one, fill.valid(one))
    assert found(layout, tmp_path, asked) == "ok"
    assert found(replace(layout, sheets=layout.sheets[:1]), tmp_path, asked) == "I509"


def test_a_marked_copy_keeps_it(tmp_path: Path) -> None:
    one = replace(offices.with_everything(fill.report(NH1, "N")), serial=4)
    layout = place.place(one, dict(fill.valid(one)) | {"r14.num": -5.0}, identity.of(one, offices.KEY))
    copied = marking.copied(writer.to_bytes(layout), tmp_path)
    assert copied.after.identity == copied.before.identity == layout.identity
    assert copied.after.filled
    assert copied.after.filled.layout.context.issue == replace(one, serial=0)
    assert [line for line in checked.lines(copied.after) if not line.startswith("I511")] == ["V204 r14.num"]
    mended = checked.typed_into(layout, copied.data, "r14: num=5 den=5")
    path = tmp_path / "mended.xlsx"
    path.write_bytes(mended)
    again = checked.result(mended, tmp_path, Asked(key=offices.KEY))
    assert told(again) == "ok"


def told(result: Examined) -> str:
    return " ".join((results.status(result.findings), *checked.lines(result)))
