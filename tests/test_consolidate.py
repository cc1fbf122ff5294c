"""How the units' shares become the commune's figures, and which workbooks count."""

from __future__ import annotations

import dataclasses
import datetime as dt

import fill
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cchc_xlsx import earlier
from cchc_xlsx import issue as issues
from cchc_xlsx.consolidate import book, choose, combine
from cchc_xlsx.consolidate.model import Earlier, Figure, Round, Source, Summary
from cchc_xlsx.issue import Plan
from cchc_xlsx.layout.model import Formula
from cchc_xlsx.results import Told
from cchc_xlsx.rules.model import Waived

INDICATORS, TASKS, PAPI = "nhon-hau-2025-phu-luc-1", "nhon-hau-2025-phu-luc-2", "tay-xuan-2024-phu-luc-papi-sipas-par"
UNITS = ("VPTK", "TPHT", "VHXH0", "TCKT", "MC")
NOON = dt.datetime(2025, 12, 16, 5, tzinfo=dt.UTC)
EACH = "r09a"  # of Nhơn Hậu's annex: each of the five units reports its share


def told(severity: str = "error", *, waived: bool = False) -> Told:
    """A finding."""
    why = Waived("Sở Nội vụ đã xác nhận", None) if waived else None
    return Told("L401", severity, "Phụ lục 1", "G9", "r04.num", None, None, "Sai.", "Sửa.", why)  # type: ignore[arg-type]


def source(unit: str, form_id: str = INDICATORS, plan: Plan | None = None, **said: object) -> Source:
    """A unit's workbook in which these inputs are typed: `r04_num=3`."""
    fields = {}
    for name, value in said.items():
        line, _, field = name.partition("_")
        fields[f"{line}.{field}"] = ("G9", value, "blank" if value is None else "value")
    return Source(f"{unit}.xlsx", fill.report(form_id, "N", plan=plan), unit, fields, sha256=unit, arrived=NOON)


def summary(*sources: Source, before: Earlier | None = None) -> Summary:
    """The summary of one round."""
    [one] = choose.rounds(sources)
    return combine.summary(one, before)


def figure(line: str, *sources: Source) -> Figure:
    """One figure of their summary."""
    return summary(*sources).by_line[line]


def shares(*pairs: tuple[float | None, float | None]) -> list[Source]:
    """The units' shares of one rate."""
    return [source(unit, r09a_num=num, r09a_den=den) for unit, (num, den) in zip(UNITS, pairs, strict=False)]


# -------------------------------------------------------------------------------------------------------------- rates


def test_a_rate_is_the_sum_of_numerators_over_the_sum_of_denominators() -> None:
    found = figure(EACH, *shares((1, 1), (1, 1), (1, 1), (1, 1), (0, 96)))
    assert (found.values["r09a.num"], found.values["r09a.den"]) == (4, 100)  # the mean of the shares would be 80 %
    assert found.outcome == "Chưa đạt"


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=5, max_size=5))
def test_a_rate_is_met_by_its_sums_alone(pairs: list[tuple[int, int]]) -> None:
    parts = [(float(min(pair)), float(max(pair))) for pair in pairs]
    found = figure(EACH, *shares(*parts))
    num, den = (sum(part[index] for part in parts) for index in (0, 1))
    assert (found.values["r09a.num"], found.values["r09a.den"]) == (num, den)
    assert found.outcome == ("Không phát sinh" if not den else "Đạt" if num * 100 >= den * 100 else "Chưa đạt")


def test_a_strict_target_is_not_met_by_its_own_figure() -> None:
    line = next(one for one in issues.lines(fill.report(INDICATORS)) if one.target and one.target.op == ">")
    [unit] = line.reporters
    at, above = ({f"{line.id}_num": num, f"{line.id}_den": 1000.0} for num in (900.0, 901.0))
    assert (line.target and line.target.value) == 90
    assert figure(line.id, source(unit, **at)).outcome == "Chưa đạt"
    assert figure(line.id, source(unit, **above)).outcome == "Đạt"


@pytest.mark.parametrize("absent", range(1, 5))
def test_with_a_unit_absent_a_total_is_provisional(absent: int) -> None:
    found = figure(EACH, *shares(*[(9.0, 10.0)] * 5)[absent:])
    assert found.outcome == "Tạm tính"
    assert found.missing == UNITS[:absent]
    assert found.values["r09a.den"] == 10 * (5 - absent)


def test_half_a_pair_is_no_share() -> None:
    found = figure(EACH, *shares((9, 10), (9, 10), (9, 10), (9, 10), (9, None)))
    assert found.missing == ("MC",)
    assert found.values["r09a.num"] == 36
    assert found.outcome == "Tạm tính"


def test_nothing_reported_is_no_data() -> None:
    assert figure(EACH, *shares(*[(None, None)] * 5)).outcome == "Chưa có số liệu"


def test_nil_is_neither_met_nor_missed_only_where_all_say_so() -> None:
    asked = [one for one in issues.lines(fill.report(INDICATORS)) if len(one.reporters) == 5]
    line = next(one.id for one in asked if one.measure.basis == "flow")
    nil = {f"{line}_nil": "Không phát sinh", f"{line}_num": None, f"{line}_den": None}
    assert figure(line, *(source(unit, **nil) for unit in UNITS)).outcome == "Không phát sinh"
    found = figure(
        line, *(source(unit, **nil) for unit in UNITS[:4]), source("MC", **{f"{line}_num": 10.0, f"{line}_den": 10.0})
    )
    assert (found.outcome, found.values[f"{line}.nil"], found.missing) == ("Đạt", None, ())


def test_a_sum_may_be_larger_than_what_one_unit_may_type() -> None:
    found = figure(EACH, *shares(*[(10**6, 10**6)] * 5))
    assert found.values["r09a.num"] == 5 * 10**6
    assert found.outcome == "Đạt"


def test_a_figure_of_a_unit_that_the_newest_plan_does_not_ask_is_not_added() -> None:
    asked = [source(unit, plan=Plan(2, {"r09.do": "Tư pháp - Hộ tịch"}), r09a_num=8.0, r09a_den=10.0) for unit in UNITS]
    found = figure(EACH, *asked)
    assert (found.expected, found.counted, found.values["r09a.num"]) == (("TPHT",), ("TPHT",), 8)


# ------------------------------------------------------------------------------------------------- tasks, words, others

TWO = next(one.id for one in issues.lines(fill.report(TASKS)) if len(one.reporters) == 2)
PAIR = next(one.reporters for one in issues.lines(fill.report(TASKS)) if one.id == TWO)


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        (("Hoàn thành", "Quá hạn"), "Quá hạn"),
        (("Hoàn thành", "Đang thực hiện"), "Đang thực hiện"),
        (("Đang thực hiện", "Chưa đến hạn"), "Đang thực hiện"),
        (("Hoàn thành", "Không phát sinh"), "Hoàn thành"),
        (("Không phát sinh", "Không phát sinh"), "Không phát sinh"),
    ],
)
def test_a_task_is_as_far_as_the_unit_that_is_behind(statuses: tuple[str, str], worst: str) -> None:
    sent = [source(unit, TASKS, **{f"{TWO}_status": status}) for unit, status in zip(PAIR, statuses, strict=True)]
    assert figure(TWO, *sent).values[f"{TWO}.status"] == worst


def test_a_task_is_done_when_the_last_unit_is() -> None:
    days = ("2025-02-03", "2025-03-04")
    sent = [
        source(unit, TASKS, **{f"{TWO}_status": "Hoàn thành", f"{TWO}_done_on": day, f"{TWO}_doc_no": "15/KH-UBND"})
        for unit, day in zip(PAIR, days, strict=True)
    ]
    found = figure(TWO, *sent)
    assert found.values[f"{TWO}.done_on"] == (dt.date(2025, 3, 4) - dt.date(1899, 12, 30)).days
    assert found.values[f"{TWO}.doc_no"] == f"{PAIR[0]}, {PAIR[1]}: 15/KH-UBND"


def test_what_cannot_be_added_is_shown_unit_by_unit() -> None:
    issue = fill.report(INDICATORS)
    line = next(one for one in issues.lines(issue) if one.id == EACH)
    apart = replace(line, measure=dataclasses.replace(line.measure, basis="distinct", reported_by="each"))
    assert combine.how(line, UNITS) == "sum"
    assert combine.how(apart, UNITS) == "apart"
    assert combine.how(apart, ("MC",)) == "own"


def test_a_figure_that_cannot_be_added_is_neither_met_nor_missed() -> None:
    form = fill.report(INDICATORS).form
    rows = tuple(
        dataclasses.replace(
            row,
            measures=tuple(dataclasses.replace(part, basis="distinct", reported_by="each") for part in row.measures),
        )
        if row.id == "r09"
        else row
        for row in form.rows
    )
    own = dataclasses.replace(form, rows=rows)
    sent = [replace(one, issue=replace(one.issue, form=own)) for one in shares(*[(9.0, 10.0)] * 5)]
    found = summary(*sent)
    one = found.by_line[EACH]
    assert (one.how, one.outcome, one.values[f"{EACH}.num"]) == ("apart", "Không cộng được", None)
    assert one.values[f"{EACH}.reason"] == "VPTK, TPHT, VHXH0, TCKT, MC: 9/10 (90%)"
    annex = book.book(found).sheets[0]
    assert "Không cộng được" in {
        cell.content.value for cell in annex.cells.values() if isinstance(cell.content, Formula)
    }


def test_reasons_are_joined_and_each_stands_behind_its_units() -> None:
    said = ("Mất điện", "Mất điện", None, None, "Thiếu máy")
    sent = [replace(one, fields={**one.fields, f"{EACH}.reason": ("M9", why, "value")}) for one, why in zip(shares(*[(9.0, 10.0)] * 5), said, strict=True)]  # fmt: skip
    assert figure(EACH, *sent).values[f"{EACH}.reason"] == "VPTK, TPHT: Mất điện\nMC: Thiếu máy"


def test_difficulties_of_all_units_are_gathered_under_their_names() -> None:
    sent = [source("VPTK", difficulties_text="Mất điện."), source("MC", difficulties_text="Thiếu máy."), source("TPHT")]
    found = summary(*[one for one in sent if one.fields]).texts["difficulties.text"].split("\n")
    assert found == ["Bộ phận Tiếp nhận và trả kết quả (Một cửa): Thiếu máy.", "Văn phòng - Thống kê: Mất điện."][::-1]


def test_what_is_known_of_earlier_periods_stands_beside() -> None:
    found = summary(*shares(*[(9.0, 10.0)] * 5), before=Earlier({EACH: "40/50 (80%)"}, {EACH: "30/50 (60%)"}))
    assert found.ctx.prior(found.by_line[EACH].line) == "40/50 (80%)"
    assert found.earlier.year_ago[EACH] == "30/50 (60%)"


def test_a_summary_tells_its_own_results_to_the_next_period() -> None:
    sent = [source(unit, TASKS, **{f"{TWO}_status": "Hoàn thành", f"{TWO}_done_on": "2025-03-04"}) for unit in PAIR]
    told = earlier.prior(fill.report(TASKS), combine.said(summary(*sent)))
    assert told == {f"{TWO}.prior": "Hoàn thành 04/3/2025"}
    rates = earlier.prior(fill.report(INDICATORS), combine.said(summary(*shares(*[(9.0, 10.0)] * 5))))
    assert rates == {f"{EACH}.prior": "45/50 (90%)"}


def test_last_years_rank_that_the_workbook_prints_is_reckoned_with() -> None:
    rank = source("VPTK", r02_value=3.0, r02_of=12.0)
    assert figure("r02", replace(rank, known={"r02.previous": 5.0, "r02.previous_of": 12.0})).outcome == "Đạt"
    assert figure("r02", replace(rank, known={"r02.previous": 2.0, "r02.previous_of": 12.0})).outcome == "Chưa đạt"


# --------------------------------------------------------------------------------------------------------- what counts


def chosen(*sources: Source, include_errors: bool = False) -> Round:
    [one] = choose.rounds(sources, include_errors=include_errors)
    return one


def left(one: Round) -> list[tuple[str, str]]:
    return [(each.source.path, each.why) for each in one.left]


def test_a_file_with_an_error_does_not_count_but_a_waived_one_does() -> None:
    bad = replace(source("MC", r04_num=1.0), findings=(told(),))
    waived = replace(source("TPHT", r04_num=1.0), findings=(told(waived=True), told("warning")))
    assert left(chosen(bad, waived)) == [("MC.xlsx", "errors")]
    assert [one.unit for one in chosen(bad, waived, include_errors=True).used] == ["TPHT", "MC"]


def test_of_two_versions_the_later_counts() -> None:
    first = replace(source("MC", r04_num=1.0), path="cũ.xlsx", sha256="1")
    later = replace(first, path="bổ sung.xlsx", sha256="2", arrived=NOON + dt.timedelta(hours=1))
    one = chosen(later, first)
    assert [each.path for each in one.used] == ["bổ sung.xlsx"]
    assert left(one) == [("cũ.xlsx", "superseded")]
    assert not choose.at_once(one.left[0])


def test_two_versions_of_one_moment_are_told_as_such() -> None:
    first = replace(source("MC", r04_num=1.0), path="a.xlsx", sha256="1")
    [one] = chosen(first, replace(first, path="b.xlsx", sha256="2")).left
    assert choose.at_once(one)


def test_an_older_version_without_errors_stands_in_for_a_newer_one_with_some() -> None:
    first = replace(source("MC", r04_num=1.0), path="cũ.xlsx", sha256="1")
    broken = replace(first, path="mới.xlsx", sha256="2", arrived=NOON + dt.timedelta(hours=1), findings=(told(),))
    one = chosen(first, broken)
    assert [each.path for each in one.used] == ["cũ.xlsx"]
    assert left(one) == [("mới.xlsx", "errors")]


def test_the_same_file_twice_is_a_copy() -> None:
    first = source("MC", r04_num=1.0)
    assert left(chosen(first, replace(first, path="MC (1).xlsx"))) == [("MC (1).xlsx", "copy")]


def test_a_workbook_of_the_whole_commune_stands_for_all_units() -> None:
    commune = source("XA", r09a_num=90.0, r09a_den=90.0)
    units = shares(*[(9.0, 10.0)] * 5)
    assert {why for _, why in left(chosen(commune, *units))} == {"whole"}
    found = figure(EACH, commune, *units)
    assert (found.values["r09a.num"], found.expected, found.outcome) == (90, ("XA",), "Đạt")


def test_a_faulty_workbook_of_the_commune_does_not_hide_its_units() -> None:
    commune = replace(source("XA", r09a_num=90.0, r09a_den=80.0), findings=(told(),))
    assert len(chosen(commune, *shares(*[(9.0, 10.0)] * 5)).used) == 5


def test_plans_and_other_periods_are_not_added_up() -> None:
    plan = replace(source("XA", r09_target="95%"), issue=fill.plan(INDICATORS))
    assert choose.rounds([plan]) == ()
    quarter = replace(source("MC", r04_num=1.0), issue=fill.report(INDICATORS, "Q1"))
    assert len(choose.rounds([source("MC", r04_num=1.0), quarter])) == 2
