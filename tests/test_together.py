"""The set of workbooks: two versions, copies, units that are missing, figures that disagree."""

from __future__ import annotations

import random
from collections.abc import Mapping

import checked
import fill
import pytest
from msgspec.structs import replace

from cchc_xlsx import fields, identity, together, units
from cchc_xlsx import issue as issues
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue, Plan
from cchc_xlsx.periods import parse
from cchc_xlsx.together import Member

NH1, PAR = "nhon-hau-2025-phu-luc-1", "tay-xuan-2024-par-index"
FORMS = {"NH1": NH1, "PAR": PAR}

# files (name: form unit period, sha, more) -> findings with their files; `plan`: a plan; `?`: not usable; `code=`: of the
# commune; `p1`: by that plan; `r01.value=14`: a figure
SETS = """
# one file of each
a NH1 TPHT Q1 s1 | b NH1 VPTK Q1 s2                          ->
a NH1 TPHT Q1 s1 | b NH1 TPHT 6T s2                          ->
a NH1 TPHT Q1 s1 | b NH1 TPHT Q1 s2 code=21901               ->
a NH1 XA Q1 s1 | b NH1 XA plan s2                            ->
a - s1 | b - s1                                              ->
# versions
a NH1 TPHT Q1 s1 | b NH1 TPHT Q1 s2                          -> S701 a b
a NH1 TPHT Q1 s1 | b NH1 TPHT Q1 s2 p1                       -> S701 a b
a NH1 TPHT Q1 s1 | b NH1 TPHT Q1 s2 | c NH1 TPHT Q1 s1       -> S701 a b c, S702 a c
a NH1 TPHT Q1 s1 | b NH1 TPHT Q1 s2 ?                        ->
a NH1 XA plan s1 | b NH1 XA plan s2                          -> S701 a b
b NH1 XA plan s1 | a NH1 XA plan s1                          -> S702 a b
# copies
a NH1 TPHT Q1 s1 | b NH1 TPHT Q1 s1                          -> S702 a b
a NH1 TPHT Q1 s1 ? | b NH1 TPHT Q1 s1 ?                      -> S702 a b
a NH1 TPHT Q1 s1 | b NH1 TPHT Q1 s1 | c NH1 VPTK Q1 s3 | d NH1 VPTK Q1 s3 -> S702 a b, S702 c d
# figures of a row that one unit reports
a PAR XA N s1 r01.value=12 | b PAR VPTK N s2 r01.value=14    -> S704 a b
a PAR XA N s1 r01.value=14 | b PAR VPTK N s2 r01.value=14    ->
a PAR XA N s1 r01.value=12 | b PAR VPTK N s2 r02.value=14    ->
a PAR XA N s1 r01.value=12 | b PAR VPTK N s2 ? r01.value=14  ->
a PAR XA N s1 r01.value=12 | b PAR VPTK 9T s2 r01.value=14   ->
a PAR XA N s1 r01.value=- | b PAR VPTK N s2 r01.value=14     ->
a PAR VPTK N s1 r01.value=12 | b PAR VPTK N s2 r01.value=14  -> S701 a b
a PAR VPTK N s1 r01.value=12 | b PAR VPTK N s2 r01.value=14 | c PAR XA N s3 r01.value=14 -> S701 a b
a PAR VPTK N s1 r01.value=12 | b PAR VPTK N s2 r01.value=14 | c PAR XA N s3 r01.value=15 -> S701 a b, S704 a b c
"""


def issue_of(form: str, unit: str, period: str, plan: int = 0, code: str | None = None) -> Issue:
    one = fill.plan(FORMS[form]) if period == "plan" else fill.report(FORMS[form], period, unit)
    return replace(one, commune_code=code, plan=Plan(plan))


def member(drawn: str) -> Member:
    path, *words = drawn.split()
    if words[0] == "-":
        return Member(path, None, words[1])
    form, unit, period, sha, *more = words
    given = dict(word.split("=") for word in more if "=" in word)
    code = given.pop("code", None)
    figures = {key: ("G14", None if text == "-" else float(text)) for key, text in given.items()}
    who = identity.of(issue_of(form, unit, period, int("p1" in more), code))
    return Member(path, who, sha, "?" not in more, lambda: figures)


def members(drawn: str) -> list[Member]:
    return [member(one) for one in drawn.split(" | ")]


def known(who: Identity) -> Issue | None:
    """The issue of an identity of this test."""
    form = next(name for name, form_id in FORMS.items() if form_id == who.form)
    return issue_of(form, who.unit, str(who.period).partition("-")[2], who.plan, who.commune_code)


def lines(found: tuple[together.Finding, ...], named: str = "abcdef") -> list[str]:
    """Code and files of each finding, each said in both languages alike."""
    told = []
    for one in found:
        vi, _, en, _ = checked.said(one)
        files = [name for name in named if f"“{name}”" in vi]
        assert [name for name in named if f"“{name}”" in en] == files
        assert (one.sheet, one.cell, one.label, one.key is None) == (None, None, None, one.code != "S704")
        told.append(" ".join((one.code, *files)))
    return told


@pytest.mark.parametrize("line", [line for line in SETS.strip().splitlines() if "->" in line])
def test_what_is_found_in_a_set(line: str) -> None:
    drawn, _, expected = (part.strip() for part in line.partition("->"))
    every = members(drawn)
    assert ", ".join(lines(together.findings(every))) == expected
    for seed in range(3):
        random.Random(seed).shuffle(every)
        assert ", ".join(lines(together.findings(every))) == expected


# the units that are here -> those that are missing
EXPECTED = """
a NH1 TPHT Q1 s1                                             -> VPTK VHXH0 TCKT MC
a NH1 XA Q1 s1                                               ->
a NH1 XA Q1 s1 | b NH1 TPHT Q1 s2                            ->
a NH1 XA plan s1                                             ->
a NH1 TPHT Q1 s1 ? | b NH1 VPTK Q1 s2 | c NH1 VHXH0 Q1 s3 | d NH1 TCKT Q1 s4 | e NH1 MC Q1 s5 ->
a NH1 TPHT Q1 s1 | b NH1 VPTK Q1 s2 p1 | c NH1 VHXH0 Q1 s3   -> TCKT MC
a NH1 TPHT Q1 s1 | b NH1 XA Q1 s2 code=21901                 -> VPTK VHXH0 TCKT MC
a PAR VPTK N s1                                              ->
"""


@pytest.mark.parametrize("line", EXPECTED.strip().splitlines())
def test_units_that_have_sent_nothing_are_told_where_all_are_expected(line: str) -> None:
    drawn, _, expected = (part.strip() for part in line.partition("->"))
    every = members(drawn)
    assert together.findings(every) == ()
    found = together.findings(every, known)
    assert {one.code for one in found} <= {"S703"}
    assert [one.data["unit"] for one in found] == sorted(expected.split())
    for one in found:
        assert (
            f"{one.data['unit']} “{units.catalogue('pre').units[str(one.data['unit'])].name}”" in checked.said(one)[0]
        )
    assert together.findings(every, lambda _: None) == ()


def test_each_round_of_reports_is_expected_for_itself() -> None:
    found = together.findings(members("a NH1 TPHT Q1 s1 | b NH1 MC 6T s2"), known)
    units_of = {period: {str(one.data["unit"]) for one in found if period in checked.said(one)[0]} for period in ("2025-Q1", "2025-6T")}  # fmt: skip
    every = set(issues.reporting_units(fill.report(NH1)))
    assert units_of == {"2025-Q1": every - {"TPHT"}, "2025-6T": every - {"MC"}}


def test_messages_name_files_and_cells_and_cut_a_long_list() -> None:
    many = [
        Member(f"{number:02}.xlsx", member("a NH1 TPHT Q1 s").identity, f"s{number}", is_usable=True)
        for number in range(7)
    ]
    [finding] = together.findings(many)
    vi, _, en, _ = checked.said(finding)
    assert vi == (
        "Có 7 tệp khác nội dung cho cùng một biểu (nhon-hau-2025-phu-luc-1, 2025-Q1, “Nhơn Hậu”, đơn vị TPHT): "
        "“00.xlsx”, “01.xlsx”, “02.xlsx”, “03.xlsx” và 3 tệp khác."
    )
    assert en.endswith("“03.xlsx” and 3 more.")
    [finding] = together.findings(members("a PAR XA N s1 r01.value=12.5 | b PAR VPTK N s2 r01.value=1400"))
    vi, _, en, _ = checked.said(finding)
    assert (finding.key, vi.partition("): ")[2]) == ("r01.value", "“a” G14 = 12,5; “b” G14 = 1.400.")
    assert en.endswith("“a” G14 = 12.5; “b” G14 = 1,400.")


def test_figures_are_asked_only_where_two_units_could_disagree() -> None:
    def never() -> Mapping[str, tuple[str, object]]:
        raise AssertionError

    alone = [replace(one, single=never) for one in members("a PAR VPTK N s1 | b NH1 TPHT Q1 s2 | c PAR VPTK N s3")]
    assert lines(together.findings(alone)) == ["S701 a c"]


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_the_figures_that_one_unit_alone_reports(form_id: str) -> None:
    whole = fields.context(fill.report(form_id))
    single = whole.single
    assert single <= set(whole.fields)
    for line in whole.lines:
        figures = {key for key in whole.fields if key.startswith(f"{line.id}.") and key in single}
        numbers = {one.key for one in whole.fields.values() if one.key.startswith(f"{line.id}.") and one.is_number}
        assert numbers <= figures if len(line.reporters) == 1 else not figures
        assert issues.reported_by(line.measure) == "each" or len(line.reporters) == 1
    assert not {key for key in single if key.rpartition(".")[2] in ("nil", "reason", "evidence", "note", "text")}
    for unit in issues.reporting_units(whole.issue):
        of_unit = fields.context(fill.report(form_id, unit=unit))
        assert of_unit.single == single & set(of_unit.fields)


def test_a_period_and_a_year_are_told_apart() -> None:
    one = replace(fill.report(PAR), period=parse("2025-N"), year=2025)
    other = Member("b", identity.of(one), "s2", is_usable=True)
    assert together.findings([*members("a PAR XA N s1"), other]) == ()
