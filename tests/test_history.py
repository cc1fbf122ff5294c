"""A report against those of other periods: each rule, a normal year, and what is kept of a report."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import checked
import fill
import pytest
import trial
import year_drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from cchc_xlsx import fields, history, identity, periods
from cchc_xlsx.errors import FormError
from cchc_xlsx.form import load
from cchc_xlsx.form.model import Form
from cchc_xlsx.history import Claim, Reported
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding

YEAR = 2027
FORMS = {
    "XA": "cchc-xa",
    "NH1": "nhon-hau-2025-phu-luc-1",
    "NH2": "nhon-hau-2025-phu-luc-2",
    "PAPI": "tay-xuan-2024-phu-luc-papi-sipas-par",
    "BT": "binh-tan-2025-phu-luc-1",
}
# A period: what it says || what is known of others, a period each -> what is found (ok: nothing).
CASES = """
== XA
# H801: only 6T, 9T and N contain one another, and counts alone may not fall
9T: r09 num=180 den=190 || 6T: r09 num=400 den=420        -> H801 r09.num, H801 r09.den
9T: r09 num=380 den=420 || 6T: r09 num=400 den=420        -> H801 r09.num
9T: r09 num=400 den=500 || 6T: r09 num=400 den=420        -> ok
9T: r09 num=400 den=420 || 6T: r09 num=400 den=420        -> ok
N:  r09 num=500 den=600 || 6T: r09 num=400 den=420 | 9T: r09 num=520 den=590 -> H801 r09.num
N:  r09 num=500 den=600 || 6T: r09 num=520 den=590 | 9T: r09 num=400 den=420 -> H801 r09.num
6T: r09 num=400 den=420 || 9T: r09 num=180 den=190        -> ok
Q3: r09 num=180 den=190 || 6T: r09 num=400 den=420        -> ok
Q2: r09 num=180 den=190 || Q1: r09 num=400 den=420        -> ok
6T: r09 num=180 den=190 || Q1: r09 num=400 den=420        -> ok
T02: r09 num=80 den=90  || T01: r09 num=100 den=120       -> ok
9T: r09 num=180 den=190 || 2026-N: r09 num=400 den=420    -> ok
9T: r09 nil             || 6T: r09 num=4 den=4            -> H801 r09.nil
9T: r09 num=4 den=4     || 6T: r09 nil                    -> ok
9T: r09 nil             || 6T: r09 nil                    -> ok
9T: r09 den=500         || 6T: r09 num=4 den=4            -> ok
# a stock may fall; distinct procedures of nine months are those of six and more
9T: r13 num=18 den=20   || 6T: r13 num=22 den=22          -> ok
9T: r18 num=18 den=20   || 6T: r18 num=22 den=22          -> H801 r18.num, H801 r18.den
# a running total falls in no period of the year
9T: r04 value=2         || 6T: r04 value=3                -> H801 r04.value
Q2: r04 value=2         || Q1: r04 value=3                -> H822 r04.value
T05: r04 value=2        || T03: r04 value=3 | T04: r04 value=2 -> H822 r04.value
Q2: r04 value=3         || Q1: r04 value=3                -> ok
Q1: r04 value=1         || 2026-N: r04 value=8            -> ok
# last year's figures
N:  r02 value=3 of=12 previous=9 previous_of=12 || 2026-N: r02 value=5 of=12 -> H803 r02.previous
N:  r02 value=3 of=12 previous=5 previous_of=11 || 2026-N: r02 value=5 of=12 -> H803 r02.previous_of
N:  r02 value=3 of=12 previous=5 previous_of=12 || 2026-N: r02 value=5 of=12 -> ok
N:  r02 previous=9      || 2026-9T: r02 value=5           -> ok
N:  r02 previous=9      || 6T: r02 previous=5             -> H823 r02.previous
N:  r02 previous=5      || 6T: r02 previous=5             -> ok
N:  r02 previous=5      || 6T: r02 previous=9 | 9T: r02 previous=5 -> ok
6T: r02 previous=9      || N: r02 previous=5              -> ok
N:  r02 previous=5      || 6T: r02 previous=9 | 2026-N: r02 value=5 -> ok
# Quý III is not 9 tháng
Q3: r09 num=570 den=600 || 6T: r09 num=400 den=420 | 9T: r09 num=570 den=600 -> H805 r09.den
Q3: r09 num=570 den=598 || 6T: r09 num=400 den=420 | 9T: r09 num=570 den=600 -> H805 r09.den
Q3: r09 num=570 den=600 || Q1: r09 num=200 den=210 | Q2: r09 num=200 den=210 | 9T: r09 num=570 den=600 -> H805 r09.den
Q3: r09 num=570 den=600 || Q1: r09 num=200 den=210 | 9T: r09 num=570 den=600 -> ok
Q3: r09 num=170 den=180 || 6T: r09 num=400 den=420 | 9T: r09 num=570 den=600 -> ok
Q3: r09 num=570 den=600 || 6T: r09 nil | 9T: r09 num=570 den=600 -> ok
Q3: r09 num=570 den=600 || 6T: r09 num=400 den=420        -> ok
Q3: r09 num=9 den=600 r19 num=9 den=150 r22 num=9 den=95 || 6T: r09 num=8 den=420 r19 num=8 den=100 r22 num=8 den=60 -> H824 r09.den
Q3: r09 num=9 den=180 r19 num=9 den=50 r22 num=9 den=35 || 6T: r09 num=8 den=420 r19 num=8 den=100 r22 num=8 den=60 -> ok
Q3: r09 num=9 den=600 r19 num=9 den=150 || 6T: r09 num=8 den=420 r19 num=8 den=100 -> ok
Q3: r09 num=9 den=420 r19 num=9 den=100 r22 num=9 den=60 || 6T: r09 num=8 den=420 r19 num=8 den=100 r22 num=8 den=60 -> ok
Q3: r09 num=400 den=420 || 6T: r09 num=400 den=420 | 9T: r09 num=400 den=420 -> ok
Q3: r18 num=22 den=25   || 6T: r18 num=22 den=22 | 9T: r18 num=22 den=25 -> ok
9T: r09 num=570 den=600 || 6T: r09 num=400 den=420 | Q3: r09 num=570 den=600 -> H824 r09.den
9T: r09 num=570 den=600 || 6T: r09 num=400 den=420 | Q3: r09 num=170 den=180 -> ok
9T: r09 num=170 den=180 || 6T: r09 num=400 den=420 | Q3: r09 num=170 den=180 -> H801 r09.num, H801 r09.den
# jumps: four periods of the same kind at least
T05: r09 num=1200 den=1250 || T01: r09 num=110 den=118 | T02: r09 num=120 den=125 | T03: r09 num=130 den=131 | T04: r09 num=118 den=120 -> H821 r09.den
T05: r09 num=12 den=12 || T01: r09 num=110 den=118 | T02: r09 num=120 den=125 | T03: r09 num=130 den=131 | T04: r09 num=118 den=120 -> H821 r09.den
T05: r09 num=150 den=160 || T01: r09 num=110 den=118 | T02: r09 num=120 den=125 | T03: r09 num=130 den=131 | T04: r09 num=118 den=120 -> ok
T05: r09 num=50 den=125 || T01: r09 num=110 den=118 | T02: r09 num=120 den=125 | T03: r09 num=130 den=131 | T04: r09 num=118 den=120 -> H821 r09.num
T04: r09 num=1200 den=1250 || T01: r09 num=110 den=118 | T02: r09 num=120 den=125 | T03: r09 num=130 den=131 -> ok
T05: r09 num=1200 den=1250 || T01: r09 num=110 den=118 | T02: r09 nil | T03: r09 num=130 den=131 | T04: r09 num=118 den=120 -> ok
Q1: r09 num=1200 den=1250 || T01: r09 num=11 den=11 | T02: r09 num=12 den=12 | T03: r09 num=13 den=13 | T04: r09 num=11 den=11 -> ok
Q1: r09 num=12 den=12 || 2026-Q1: r09 num=110 den=118 | 2026-Q2: r09 num=120 den=125 | 2026-Q3: r09 num=130 den=131 | 2026-Q4: r09 num=118 den=120 -> H821 r09.den
# equal figures bind nobody; a few things are few
T05: r13 num=24 den=24 || T01: r13 num=22 den=22 | T02: r13 num=22 den=22 | T03: r13 num=22 den=22 | T04: r13 num=22 den=22 -> ok
T05: r13 num=220 den=220 || T01: r13 num=22 den=22 | T02: r13 num=22 den=22 | T03: r13 num=22 den=22 | T04: r13 num=22 den=22 -> H821 r13.den
T05: r10 num=9 den=9 || T01: r10 num=0 den=0 | T02: r10 num=0 den=0 | T03: r10 num=1 den=1 | T04: r10 num=0 den=0 -> ok
T05: r10 num=0 den=2 || T01: r10 num=3 den=3 | T02: r10 num=2 den=2 | T03: r10 num=1 den=1 | T04: r10 num=2 den=2 -> ok
T05: r10 num=0 den=6 || T01: r10 num=1 den=1 | T02: r10 num=1 den=1 | T03: r10 num=1 den=2 | T04: r10 num=2 den=2 -> ok
T05: r04 value=90 || T01: r04 value=1 | T02: r04 value=1 | T03: r04 value=1 | T04: r04 value=1 -> ok
== NH2
6T: r04 status=Đang_thực_hiện  || Q1: r04 status=Hoàn_thành       -> H802 r04.status
6T: r04 status=Không_phát_sinh || Q1: r04 status=Hoàn_thành       -> H802 r04.status
6T: r04 status=Hoàn_thành      || Q1: r04 status=Hoàn_thành       -> ok
6T: r04 status=Đang_thực_hiện  || Q1: r04 status=Đang_thực_hiện   -> ok
6T:                            || Q1: r04 status=Hoàn_thành       -> ok
Q1: r04 status=Đang_thực_hiện  || 6T: r04 status=Hoàn_thành       -> ok
6T: r04 status=Đang_thực_hiện  || 2026-N: r04 status=Hoàn_thành   -> ok
6T: r04 status=Quá_hạn || T01: r04 status=Hoàn_thành | T06: r04 status=Quá_hạn -> H802 r04.status
== PAPI
N: r04 value=0.9 previous=0.8   || 2026-N: r04 value=0.85         -> H803 r04.previous
N: r04 value=0.9 previous=0.85  || 2026-N: r04 value=0.8496       -> ok
== carry
T02: r06 value=9  || T01: r07 value=12                            -> H804 r06.value
T02: r06 value=12 || T01: r07 value=12                            -> ok
T02: r06 value=9  || Q1: r07 value=12                             -> ok
T03: r06 value=9  || T01: r07 value=12                            -> ok
Q3: r06 value=9   || T06: r07 value=9 | Q2: r07 value=12          -> H804 r06.value
Q3: r06 value=9   || T06: r07 value=12 | 6T: r07 value=9          -> ok
Q1: r06 value=9   || 2026-N: r07 value=12                         -> H804 r06.value
6T: r06 value=9   || 2026-N: r07 value=9                          -> ok
T02: r06 value=9  || T01: r06 value=12                            -> ok
"""


@cache
def form(name: str) -> Form:
    return load.find(FORMS[name])


@pytest.fixture(scope="module")
def carrying(tmp_path_factory: pytest.TempPathFactory) -> Form:
    own = tmp_path_factory.mktemp("forms")
    trial.put(own, trial.CARRYING)
    return load.find(trial.ID, own=own)


def said(drawn: str) -> dict[str, object]:
    """ "r09 num=4 den=4 r10 nil" as inputs by key."""
    found: dict[str, object] = {}
    line = ""
    for word in drawn.split():
        name, equals, text = word.partition("=")
        if not equals and name != "nil":
            line = name
        elif not equals:
            found[f"{line}.nil"] = fields.NIL
        else:
            found[f"{line}.{name}"] = text.replace("_", " ") if name == "status" else float(text)
    return found


def drawn_past(text: str) -> list[Reported]:
    parts = [part.strip().partition(":") for part in text.split(" | ")]
    mine = history.Whose("", "", None, "XA")
    return [Reported(mine, code if "-" in code else f"{YEAR}-{code}", said(rest)) for code, _, rest in parts]


def lines(claims: tuple[Claim, ...]) -> str:
    """Code and input of each claim; each says everything in both languages."""
    for one in claims:
        rule = registry.by_code()[one.code]
        checked.said(Finding(one.code, rule.severity, one.key, data={"value": "x", **one.data}))
    return ", ".join(f"{one.code} {one.key}" for one in claims) or "ok"


def cases() -> list[tuple[str, str]]:
    found, name = [], ""
    for line in CASES.strip().splitlines():
        if line.startswith("== "):
            name = line[3:]
        elif not line.startswith("#"):
            found.append((name, " ".join(line.split())))
    return found


@pytest.mark.parametrize(("name", "line"), cases())
def test_what_contradicts_other_periods(name: str, line: str, carrying: Form) -> None:
    drawn, _, expected = line.partition(" -> ")
    now, _, before = drawn.partition(" || ")
    code, _, typed = now.partition(":")
    ctx = year_drawn.context(carrying if name == "carry" else form(name), YEAR, code)
    found = history.claims(ctx, said(typed), drawn_past(before))
    assert sorted(lines(found).split(", ")) == sorted(expected.split(", "))
    assert history.claims(ctx, said(typed), list(reversed(drawn_past(before)))) == found


def test_each_rule_about_history_is_drawn_bad_and_good() -> None:
    codes = {rule.code for rule in registry.RULES if rule.code[0] == history.LETTER}
    assert {code for code in codes if code in CASES} == codes


# ------------------------------------------------------------------------------------------------------- words


def told(name: str, now: str, before: str) -> tuple[str, str]:
    code, _, typed = now.partition(":")
    [claim] = history.claims(year_drawn.context(form(name), YEAR, code), said(typed), drawn_past(before))
    rule = registry.by_code()[claim.code]
    finding = Finding(claim.code, rule.severity, claim.key, data={"value": "", **claim.data})
    return registry.message(finding, "vi"), registry.message(finding, "en")


def test_messages_name_both_figures_and_the_period() -> None:
    vi, en = told("XA", "9T: r09 num=1380 den=1420", "6T: r09 num=1400 den=1420")
    assert vi.startswith("Tử số là 1.380, nhưng báo cáo 6 tháng đầu năm 2027 đã ghi 1.400;")
    assert en.startswith("Numerator is 1,380, but the report of first 6 months of 2027 says 1,400;")
    vi, _ = told("XA", "9T: r09 nil", "6T: r09 num=0 den=4")
    assert vi.startswith("Mẫu số là Không phát sinh, nhưng báo cáo 6 tháng")
    months = " | ".join(f"T0{month}: r09 num={100 + month} den=120" for month in range(1, 5))
    vi, en = told("XA", "T05: r09 num=20 den=120", months)
    assert vi == "Tỷ lệ là 16,67%; 4 kỳ trước từ 84,17% đến 86,67%, ở giữa là 85,42%."
    assert en == "The share is 16.67%; 4 earlier periods had 84.17% to 86.67%, with 85.42% in the middle."
    vi, _ = told("PAPI", "N: r04 value=0.9 previous=0.8", "2026-N: r04 value=0.85")
    assert vi == "Kết quả năm 2026 (%) ghi 80%, nhưng báo cáo năm 2026 đã ghi 85%."


def test_many_rows_of_quarter_three_are_one_finding() -> None:
    rows = "r09 num=9 den=600 r19 num=9 den=150 r22 num=9 den=95 r23 num=9 den=70"
    half = "6T: r09 num=8 den=420 r19 num=8 den=100 r22 num=8 den=60 r23 num=8 den=40"
    vi, en = told("XA", f"Q3: {rows}", half)
    assert "Mẫu số của Quý III là 600, nhiều hơn cả 6 tháng đầu năm (420)" in vi
    assert "Số dòng như vậy: 4 (“3.2 Tỷ lệ hồ sơ" in vi
    assert vi.count("“") == 3
    assert "…)" in vi
    assert "4 (“3.2" in en


# ------------------------------------------------------------------------------------------------------- a normal year
# Chance can draw any year, if seldom: the same ones are drawn each time.


def everything(form_: Form, found: Mapping[str, Mapping[str, object]], number: int = YEAR) -> list[str]:
    """What is found when each report of a year is held against all others."""
    mine = history.Whose("", "", None, "XA")
    past = [Reported(mine, f"{number}-{code}", one) for code, one in found.items()]
    told: list[str] = []
    for code, one in found.items():
        claims = history.claims(year_drawn.context(form_, number, code), one, past)
        told += [f"{code} {claim.code} {claim.key}" for claim in claims]
    return told


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**9))
def test_a_normal_year_gives_no_finding(name: str, seed: int) -> None:
    assert everything(form(name), year_drawn.year(form(name), YEAR, random.Random(seed))) == []


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**9), before=st.integers(0, 40))
def test_a_normal_year_of_a_form_that_carries_over(carrying: Form, seed: int, before: int) -> None:
    found = year_drawn.year(carrying, YEAR, random.Random(seed))
    year_drawn.carried(found, "r06.value", "r07.value", before, YEAR)
    assert everything(carrying, found) == []


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**9))
def test_two_normal_years_on_end(seed: int) -> None:
    chance = random.Random(seed)
    first = year_drawn.year(form("XA"), YEAR - 1, chance, calm=True)
    mine = history.Whose("", "", None, "XA")
    past = [Reported(mine, f"{YEAR - 1}-{code}", one) for code, one in first.items()]
    for code, one in first.items():  # the same year once more, a tenth more or less; last year's ranks as they were
        again = {key: round(value * 1.1) if isinstance(value, int) else value for key, value in one.items()}
        again |= {"r02.previous": 3, "r02.previous_of": 12, "r03.previous": 3, "r03.previous_of": 12}
        assert history.claims(year_drawn.context(form("XA"), YEAR, code), again, past) == ()


# planted into a calm year: the report, what is typed there instead (another period's, ten times as much) -> the codes
PLANTED = """
9T  r09 of Q3       -> H801
N   r09 of T12      -> H801
Q3  r09 of 9T       -> H805
T08 r09 times 10    -> H821
T12 r19 times 0.1   -> H821
6T  r04 times 0     -> H801 H822
"""


@pytest.mark.parametrize("line", PLANTED.strip().splitlines())
@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**9))
def test_planted_faults_are_found(line: str, seed: int) -> None:
    drawn, _, codes = line.partition("->")
    at, row, how, what = drawn.split()
    found = year_drawn.year(form("XA"), YEAR, random.Random(seed), calm=True)
    for code in found:  # enough to be told from chance
        months = len(year_drawn.months(periods.parse(f"{YEAR}-{code}")))
        for one in ("r09", "r19"):
            found[code].pop(f"{one}.nil", None)
            found[code] |= {f"{one}.num": (90 + seed % 7) * months, f"{one}.den": (100 + seed % 11) * months}
        found[code]["r04.value"] = year_drawn.months(periods.parse(f"{YEAR}-{code}")).stop
    keys = [key for key in found[at] if key.startswith(f"{row}.")]
    found[at] |= {
        key: found[what][key] if how == "of" else round(float(str(found[at][key])) * float(what)) for key in keys
    }
    told = everything(form("XA"), found)
    assert {one.split()[1] for one in told if one.startswith(f"{at} ") and f" {row}." in one} <= set(codes.split())
    assert any(one.startswith(f"{at} ") and one.split()[1] in codes for one in told)


# ----------------------------------------------------------------------------------------------------- what is kept


def test_what_is_kept_of_a_report_and_whose_it_is() -> None:
    who = identity.of(fill.report("cchc-xa", "Q1", "VP"))
    accepted = {
        "r09.num": ("I1", 4.0, "value"),
        "r09.reason": ("I2", "mất điện", "value"),
        "r10.nil": ("I3", fields.NIL, "nil"),
        "r10.num": ("I4", None, "nil"),
        "r09.note": ("I5", "x", "value"),
    }
    one = history.reported(who, accepted)
    assert one == Reported(history.whose(who), who.period or "", {"r09.num": 4.0, "r10.nil": fields.NIL})
    assert history.reported(identity.of(fill.plan("cchc-xa")), accepted) is None
    assert list(history.from_json(json.loads(json.dumps(history.to_json([one]))))) == [one]
    others = [identity.of(fill.report("cchc-xa", "6T", unit)) for unit in ("VP", "KT")]
    past = [one, *(found for each in others if (found := history.reported(each, accepted)))]
    assert history.of(past, who) == [past[1]]
    assert history.of(past, others[0]) == [past[0]]


def test_communes_that_were_merged_begin_anew() -> None:
    """A form of the time since July 2025 belongs to a commune that had no first half of that year."""
    for form_ in (form("XA"), form("BT")):
        row = _flow(form_)
        ctx = year_drawn.context(form_, 2025, "9T")
        past = [Reported(history.Whose("", "", None, "XA"), "2025-6T", said(f"{row} num=40 den=420"))]
        found = history.claims(ctx, said(f"{row} num=40 den=200"), past)
        assert lines(found) == ("ok" if form_.era == "post" else f"H801 {row}.den")


def _flow(form_: Form) -> str:
    lines_ = year_drawn.context(form_, YEAR, "N").lines
    return next(line.id for line in lines_ if line.measure.kind == "rate" and line.measure.basis == "flow")


def test_a_relation_that_carries_over_names_inputs_of_the_form(tmp_path: Path) -> None:
    trial.put(tmp_path, trial.CARRYING.replace("whole: r07.value", "whole: r99.value"))
    with pytest.raises(FormError) as caught:
        load.find(trial.ID, own=tmp_path)
    assert [one.text.en for one in caught.value.problems] == ["there is no such field"]
