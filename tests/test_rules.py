"""The rules: their words, and for each code of an input (M, V, L) a bad and a good case in a real workbook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import get_args

import checked
import fill
import pytest
import trial
from msgspec import Struct

from cchc_xlsx.examine import Examined, accepted
from cchc_xlsx.form import load
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import a1
from cchc_xlsx.package import refusal
from cchc_xlsx.periods import parse
from cchc_xlsx.recognise import Asked
from cchc_xlsx.rules import file, registry
from cchc_xlsx.rules.model import Rule

NH1, NH2, CH = "nhon-hau-2025-phu-luc-1", "nhon-hau-2025-phu-luc-2", "cam-hiep-2025-phu-luc"
PAPI, PAR, XA = "tay-xuan-2024-phu-luc-papi-sipas-par", "tay-xuan-2024-par-index", "cchc-xa"

# ------------------------------------------------------------------------------------------------------------- registry


def texts(rule: Rule) -> dict[str, tuple[str, str]]:
    names = ("title", "message", "fix", "why", "bad", "good")
    return {name: (getattr(rule, name).vi, getattr(rule, name).en) for name in names}


def test_codes_are_unique_and_stand_in_the_order_of_letters_and_numbers() -> None:
    codes = [rule.code for rule in registry.RULES]
    assert all(re.fullmatch(r"[A-Z]\d{3}", code) for code in codes)
    assert len(set(codes)) == len(codes)
    letters = "".join(dict.fromkeys(code[0] for code in codes))
    assert letters == "".join(registry.LETTERS) == "FITMVLHS"
    assert all(a < b for a, b in pairwise(codes) if a[0] == b[0])
    assert set(registry.by_code()) == set(codes)
    hundreds = {code[0]: {other[1] for other in codes if other[0] == code[0]} for code in codes}
    assert hundreds == {"F": {"0"}, "I": {"5"}, "T": {"3"}, "M": {"1"}, "V": {"2"}, "L": {"4"}, "H": {"8"}, "S": {"7"}}


@pytest.mark.parametrize("rule", registry.RULES, ids=lambda rule: rule.code)
def test_each_rule_is_whole_in_both_languages(rule: Rule) -> None:
    for name, (vi, en) in texts(rule).items():
        assert vi.strip(), name
        assert en.strip(), name
        assert vi == vi.strip()
        assert set(re.findall(r"{(\w+)}", vi)) == set(re.findall(r"{(\w+)}", en)), name
        if name in ("title", "message", "fix", "why") and vi != "{what}":
            assert vi != en, name
            assert name == "title" or vi.endswith((".", "?")), vi
            assert not re.search(r"[à-ỹđ]", re.sub(r"“[^”]*”|Tối thiểu 60%|Trên 90%", "", en)), en
    assert rule.title.vi.count("{") == 0
    assert rule.bad.vi != rule.good.vi
    if rule.declare:
        assert 0 < len(rule.short) <= 45
    else:
        assert rule.short == ""


def test_the_first_digit_of_a_warning_is_2_or_more() -> None:
    """x0x: errors; x2x: warnings, x1x and x2x of I, T, F: what is only told. A code never changes its severity."""
    for rule in registry.RULES:
        if rule.code[0] in "MVLH":
            assert (rule.severity == "error") == (rule.code[2] in "01"), rule.code


def test_every_word_a_refusal_may_use_has_its_text() -> None:
    used = {
        word for kind in ("Kind", "Damage", "Trouble", "Limit", "Unsafe") for word in get_args(getattr(refusal, kind))
    }
    assert used <= set(file.WORDS)
    for text in file.WORDS.values():
        assert text.vi
        assert text.en
        assert not re.search(r"[à-ỹđ]", text.en)


# ---------------------------------------------------------------------------------------------------------------- cases

# form period: then one case a line: what is typed -> what is found (ok: nothing).
CASES = f"""
== {NH1} N
                                                              -> ok
# M101: a figure is missing
r18: num=- den=200                                            -> M101 r18.num
r18: num=45 den=-                                             -> M101 r18.den
r18: num=- den=-                                              -> M101 r18.num, M101 r18.den
r18: num=0 den=200 reason='Chưa triển khai'                   -> ok
r14: num=- den=- nil='Không phát sinh'                        -> ok
r14: num=0 den=0 nil='Không phát sinh'                        -> ok
r14: num=- den=- nil='KHÔNG  PHÁT SINH'                       -> ok
r02: value=- of=- previous=- previous_of=-                    -> M101 r02.value, M101 r02.of, M101 r02.previous, M101 r02.previous_of
r02: value=- of=- previous=- previous_of=- nil='Chưa công bố' -> ok
r05: value=-                                                  -> M101 r05.value
r05: value=- nil='Chưa công bố'                               -> ok
# M103: a target is missed without a reason
r18: num=45 den=50                                            -> M103 r18.reason
r18: num=45 den=50 reason='   '                               -> M103 r18.reason
r18: num=45 den=50 reason='  '                             -> M103 r18.reason
r18: num=' ' den=200                                         -> M101 r18.num
r18: num=45 den=50 reason='Hệ thống gián đoạn'                -> ok
r18: num=50 den=50                                            -> ok
r11: num=180 den=200                                          -> M103 r11.reason
r11: num=181 den=200                                          -> ok
r02: value=5 of=12 previous=3 previous_of=12                  -> M103 r02.reason
r02: value=5 of=12 previous=5 previous_of=12                  -> M103 r02.reason
r02: value=4 of=12 previous=5 previous_of=12                  -> ok
r02: value=9 of=13 previous=5 previous_of=12                  -> ok
r05: value=Khá                                                -> M103 r05.reason
r05: value='xuất sắc'                                         -> ok
r09a: num=99 den=100                                          -> M103 r09a.reason
r09b: num=20 den=100                                          -> ok
# V201: no number
r14: num=một-trăm                                             -> V201 r14.num
r14: num='Tỷ lệ số hóa hồ sơ' den=-                           -> V201 r14.num, M101 r14.den
r14: num=12/20 den=20                                         -> V211 r14.num
# V202: an error value
r14: num=!#DIV/0!                                             -> V202 r14.num
r14: nil=!#N/A                                                -> V202 r14.nil
r14: note=!#REF!                                              -> ok
# V203: a date hides in a count
r14: num=46376 den=20                                         -> V203 r14.num
r14: num=46376 den=50000                                      -> ok
r02: value=46176                                              -> V203 r02.value
# V204 to V208
r14: num=-5                                                   -> V204 r14.num
r14: num=0                                                    -> M103 r14.reason
r14: num=0.95                                                 -> V205 r14.num
r14: num=95%                                                  -> V205 r14.num
r14: num=12.5                                                 -> V206 r14.num
r14: num=12,5                                                 -> V206 r14.num
r14: num=1000000 den=1000000                                  -> ok
r14: num=2000000                                              -> V208 r14.num
r02: value=0                                                  -> V208 r02.value
r02: value=1                                                  -> ok
# V209: not in the list
r14: nil='không có gì'                                        -> V209 r14.nil
r05: value=Giỏi                                               -> V209 r05.value
r05: value=12                                                 -> V209 r05.value
# V211 to V213, V221, V227: how it was read
r14: num=1.234 den=5000 num="'1.234"                          -> V211 r14.num
r14: num="'1.234.567" den=999                                 -> V208 r14.num
r14: num=!=Sheet2!B5                                          -> V212 r14.num
r14: num=!=SUM(1,2)                                           -> V212 r14.num
r14: num=!=45+50 den=100                                      -> V227 r14.num
r14: num=!=1/0                                                -> V212 r14.num
r14: num=!TRUE                                                -> V213 r14.num
r14: note=!FALSE                                              -> V213 r14.note
r14: num="'95" den=100                                        -> V221 r14.num
r14: num='95 hồ sơ' den=100                                   -> V221 r14.num
r14: num=９５ den=100                                          -> V221 r14.num
r14: num=95 den=100                                           -> ok
# V215: NaN and infinity, as a number and as text
r14: num=!NaN                                                 -> V215 r14.num
r14: num=!INF den=!-INF                                       -> V215 r14.num, V215 r14.den
r14: num=!1E999                                               -> V215 r14.num
r14: num=NaN den=-Infinity                                    -> V215 r14.num, V215 r14.den
r14: note=NaN                                                 -> ok
r02: value=!NaN                                               -> V215 r02.value
# V228: an old encoding
r14: note='Kh«ng ph¸t sinh trong kú'                          -> V228 r14.note
r18: num=45 den=50 reason='Heä thoáng giaùn ñoaïn'            -> V228 r18.reason
r14: note='Không phát sinh trong kỳ'                          -> ok
r14: num=- den=- nil='Kh«ng ph¸t sinh'                        -> V228 r14.nil
r14: num=- den=- nil='Khoâng phaùt sinh'                      -> V228 r14.nil
r05: value='XuÊt s¾c'                                         -> V228 r05.value
r05: value=Giái                                               -> V209 r05.value
r14: num='mét tr¨m'                                           -> V201 r14.num
# V223: a denominator that is a date
r14: num=12 den=46376 reason=x                                -> V223 r14.den
r14: num=12 den=20                                            -> ok
# L401 to L403, L422
r14: num=120 den=100                                          -> L401 r14.num
r14: num=100 den=100                                          -> ok
r14: num=5 den=0                                              -> L402 r14.num
r14: num=5 den=5                                              -> ok
r14: num=5 den=6 nil='Không phát sinh'                        -> L403 r14.nil
r05: nil='Chưa công bố'                                       -> L403 r05.nil
r02: value=3 of=12 previous=5 previous_of=12 nil='Chưa công bố' -> L403 r02.nil
r02: value=- of=- previous=5 previous_of=12 nil='Chưa công bố' -> ok
r14: num=0 den=0                                              -> L422 r14.den
r07: num=0 den=0                                              -> ok
# L404, L421: online ⊇ fully online
r21: num=190 den=200 r22: num=195 den=195                     -> L404 r22.num, L421 r22.den
r21: num=190 den=200 r22: num=190 den=190                     -> ok
r21: num=190 den=200 r22: num=180 den=185                     -> L421 r22.den
# L411: a rank beyond the number ranked
r02: value=15 of=12 previous=16 previous_of=17                -> L411 r02.value
r02: value=12 of=12 previous=13 previous_of=12                -> L411 r02.previous
r02: value=3 of=12 previous=12 previous_of=12                 -> ok

== {NH1} Q1
# once a year: nothing is owed before the year's report, but what is begun must be whole
r02: value=- of=- previous=- previous_of=-                    -> ok
r02: value=3 of=- previous=5 previous_of=12                   -> M101 r02.of
r02: value=5 of=12 previous=3 previous_of=12                  -> ok
r05: value=-                                                  -> ok
r05: value=Yếu                                                -> ok
r06: num=- den=-                                              -> ok

== {PAPI} N
r03: status=-                                                 -> M102 r03.status
r03: status=- text=-                                          -> M102 r03.status
r03: status='Đang thực hiện' text=-                           -> ok
r03: status=Đạt text=-                                        -> M106 r03.text
r03: status='Chưa đạt' text='   '                             -> M106 r03.text
r03: status=Đạt text='Đã niêm yết tại 5/5 thôn'               -> ok
r03: status=tốt                                               -> V209 r03.status
r03: status=§¹t                                               -> V228 r03.status
r03: status='Ch­a ®¹t'                                        -> V228 r03.status
r04: value=0.8 previous=0.9                                   -> M103 r04.reason
r04: value=0.9 previous=0.8                                   -> ok
r04: value=95                                                 -> V207 r04.value
r04: value=1                                                  -> ok
r04: value=0.0095 previous=0.001                              -> V222 r04.value, V222 r04.previous
r04: value=0.02 previous=0.011                                -> ok
r04: value=95,5 previous=90%                                  -> V221 r04.value, V221 r04.previous
r04: value=0,95 previous=0.5                                  -> V211 r04.value
r04: value=12/20                                              -> V211 r04.value
r04: value=46376                                              -> V203 r04.value
r41: value=2                                                  -> M103 r41.reason
r41: value=0                                                  -> ok
r41: value=10001                                              -> V208 r41.value

== {NH2} Q1
r02: status=- done_on=- doc_no=-                              -> M102 r02.status
r02: status='Hoàn thành' doc_no=-                             -> M104 r02.doc_no
r02: status='Hoàn thành' done_on=-                            -> M104 r02.done_on
r02: status='Hoàn thành' done_on=45650 doc_no=15/KH-UBND      -> ok
r02: status='Quá hạn' done_on=- doc_no=-                      -> M103 r02.reason
r02: status='Quá hạn' done_on=- doc_no=- reason='Chờ tỉnh'    -> ok
r02: status='Không phát sinh' done_on=- doc_no=-              -> ok
r02: status='xong rồi' done_on=- doc_no=-                     -> V209 r02.status
r02: done_on='tháng 8'                                        -> V210 r02.done_on
r02: done_on=30/12/2024                                       -> V221 r02.done_on
r02: done_on=12.5                                             -> L409 r02.done_on
r02: done_on=45736                                            -> L408 r02.done_on
r02: done_on=45730                                            -> ok
r02: done_on=45000                                            -> L409 r02.done_on
r02: status='Đang thực hiện' done_on=- doc_no=-               -> L410 r02.status
r02: status='Chưa đến hạn' done_on=- doc_no=-                 -> L410 r02.status
r03: status='Quá hạn' reason=x                                -> L410 r03.status
r03: status='Chưa đến hạn'                                    -> ok
r03: status='Đang thực hiện' done_on=45650                    -> L423 r03.done_on
r03: status='Hoàn thành' done_on=45650 doc_no=15/KH-UBND      -> ok

== {PAR} N
r01: value=25                                                 -> L406 r01.value
r01: value=20                                                 -> ok
r01: value=15/20                                              -> V221 r01.value
r01: value=12,75 reason='Thiếu hồ sơ'                         -> V221 r01.value
r01: value=-1                                                 -> V204 r01.value
r01: value=14                                                 -> M103 r01.reason
r01: value=46376                                              -> V203 r01.value
r01: value=- nil='Chưa công bố'                               -> ok

== {PAR} 9T
r01: value=14                                                 -> ok
r01: value=-                                                  -> ok

== {NH1} plan
                                                              -> ok
r11: target=-                                                 -> M107 r11.target
r11: target=95%                                               -> ok
r11: target='Đạt cao'                                         -> V214 r11.target
r11: target='Tối thiểu 60%'                                   -> ok
r11: target='60% đến 80%'                                     -> V225 r11.target
r11: target=!#N/A                                             -> V202 r11.target
r05: target='Đạt loại giỏi'                                   -> V225 r05.target
r05: target='Đạt loại tốt'                                    -> ok
r09: target=100%                                              -> V225 r09.target
r09: target='90% công bố'                                     -> V225 r09.target
r10: do='Tổ 4'                                                -> V224 r10.do
r10: do='Tư pháp xã; Tổ 4; Tổ 5'                              -> V224 r10.do
r10: do='Tư pháp xã; Tài chính – Kế toán xã'                  -> ok
r10: do=-                                                     -> ok
r10: do='T­ ph¸p x·'                                          -> V228 r10.do

== {NH2} plan
r03: deadline='Quý II; th­êng xuyªn hµng n¨m'                 -> V228 r03.deadline
r03: deadline=sớm                                             -> V226 r03.deadline
r03: deadline='Quý II'                                        -> ok
r03: deadline='Thường xuyên'                                  -> ok
r03: deadline=-                                               -> ok

== {PAR} plan
r01: target=25                                                -> L406 r01.target
r01: target=16                                                -> ok
r01: target=cao                                               -> V201 r01.target

== {XA} plan
r19: target=95%                                               -> ok
r19: target=-                                                 -> ok
r19: target=cao                                               -> V214 r19.target
r04: target='50%'                                             -> V225 r04.target

== {XA} N
# no target is set: nothing is met or missed
r23: num=0 den=200                                            -> ok
r23: num=- den=200                                            -> M101 r23.num

== {trial.ID} Q1
r04: status='Hoàn thành' done_on=46400 doc_no=1/KH evidence=- r05: evidence=x -> M105 r04.evidence
r04: status='Hoàn thành' done_on=46400 doc_no=1/KH evidence='Báo cáo số 20' r05: evidence=x -> ok
r04: status='Đang thực hiện' evidence=- r05: evidence=x       -> ok
r05: value=0.5 evidence=-                                     -> M105 r05.evidence
r05: value=0.5 evidence='Báo cáo số 20'                       -> ok
r05: value=0.28 evidence=x                                    -> M103 r05.reason
r05: value=0.29 evidence=x                                    -> ok
"""


class Case(Struct, frozen=True, dict=True):
    """One drawn case and its name among the files."""

    form_id: str
    period: str
    drawn: str
    found: str
    name: str


def cases() -> list[Case]:
    found: list[Case] = []
    form_id = period = ""
    for line in CASES.strip().splitlines():
        if line.startswith("== "):
            _, form_id, period = line.split()
        elif "->" in line and not line.startswith("#"):
            drawn, _, expected = (part.strip() for part in line.partition("->"))
            found.append(Case(form_id, period, drawn, expected, f"{len(found):03}.xlsx"))
    return found


ALL = cases()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Examined]:
    """All cases as files of one folder, checked in one run: what is found in each."""
    own, folder = tmp_path_factory.mktemp("forms"), tmp_path_factory.mktemp("cases")
    trial.put(own)
    written = cache(lambda form_id, period: checked.filled(issue(form_id, period, own)))
    for case in ALL:
        layout, data = written(case.form_id, case.period)
        (folder / case.name).write_bytes(checked.typed_into(layout, data, case.drawn))
    return checked.results(folder, Asked(own_forms=own))


def issue(form_id: str, period: str, own: Path) -> Issue:
    if form_id != trial.ID:
        return fill.plan(form_id) if period == "plan" else fill.report(form_id, period)
    return Issue(load.find(form_id, own=own), "Nhơn Hậu", 2027, "report", parse(f"2027-{period}"))


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case.form_id}-{case.period}-{case.drawn or 'right'}")
def test_what_is_typed_and_what_is_found(case: Case, found: Mapping[str, Examined]) -> None:
    assert (", ".join(checked.lines(found[case.name])) or "ok") == case.found


def test_every_code_about_an_input_has_a_bad_and_a_good_case() -> None:
    elsewhere = {"M100", "L407"}  # about the whole workbook: below
    drawn = {code for case in ALL for code in re.findall(r"[MVL]\d{3}", case.found)}
    assert drawn | elsewhere == {rule.code for rule in registry.RULES if rule.code[0] in "MVL"}
    good = {(case.form_id, case.period) for case in ALL if case.found == "ok"}
    assert {(case.form_id, case.period) for case in ALL} == good


def test_an_empty_workbook_has_one_finding_and_an_empty_one_that_owes_nothing_none(tmp_path: Path) -> None:
    for form_id, period, expected in (
        (NH1, "N", ["M100"]),
        (NH2, "Q1", ["M100"]),
        (PAR, "N", ["M100"]),
        (PAR, "Q1", []),
    ):
        blank = checked.writer.to_bytes(place.place(fill.report(form_id, period)))
        assert checked.lines(checked.result(blank, tmp_path)) == expected
    assert checked.lines(checked.result(checked.workbook(PAR), tmp_path)) == []


def test_the_count_of_m100_is_the_number_of_required_cells(tmp_path: Path) -> None:
    for unit in ("TPHT", "XA"):
        layout = place.place(fill.report(NH1, "N", unit))
        [finding] = checked.result(checked.writer.to_bytes(layout), tmp_path).findings
        typed = " ".join(f"{key.replace('.', ': ')}=-" for key in layout.inputs) + " r14: note=x"
        [*several] = checked.result(
            checked.typed_into(layout, checked.writer.to_bytes(layout), typed), tmp_path
        ).findings
        assert finding.data["count"] == len(several) > 20
        assert {one.code for one in several} == {"M101"}


@pytest.mark.parametrize(("typed", "code"), [("90", "L407"), ("99.5", "L407"), ("100", "T303")])
def test_a_total_typed_over_its_formula(typed: str, code: str, tmp_path: Path) -> None:
    layout, data = checked.filled(fill.report(PAR))
    place_, rows = layout.totals["r09.first"]
    assert sum(float(fill.valid(layout.context.issue)[f"{row}.value"]) for row in rows) == 100
    typed_over = checked.with_cells(data, {a1(place_): typed})
    assert checked.lines(checked.result(typed_over, tmp_path)) == [f"{code} {a1(place_)}"]


# What follows from one mistake alone is not told again: nil needs no reason, and an impossible rank is not also a bad one.
SECONDARY = """
r14: num=0 den=6 nil='Không phát sinh'                        -> L403 r14.nil
r02: value=15 of=12 previous=5 previous_of=12                 -> L411 r02.value
r14: num=46376 den=-                                          -> M101 r14.den
r14: num=abc den=0 nil='Không phát sinh'                      -> V201 r14.num
r14: num=120 den=abc                                          -> V201 r14.den
"""


@pytest.mark.parametrize("line", SECONDARY.strip().splitlines())
def test_one_mistake_is_told_once(line: str, tmp_path: Path) -> None:
    drawn, _, expected = (part.strip() for part in line.partition("->"))
    assert ", ".join(checked.lines(checked.result(checked.workbook(NH1, drawn), tmp_path))) == expected


SAID = """
r14: num='mét tr¨m'              -> Tử số: ô ghi “mét tr¨m (TCVN3: một trăm)”, không phải là số.
r14: num=!NaN                    -> Tử số: ô chứa NaN, không phải là một con số xác định.
r14: num=!-INF                   -> Tử số: ô chứa -∞, không phải là một con số xác định.
r14: note='Chöa coù'             -> Ghi chú: “Chöa coù” gõ bằng bảng mã VNI, đọc ra là “Chưa có”.
r14: num=- den=- nil='Kh«ng ph¸t sinh' -> Không phát sinh: “Kh«ng ph¸t sinh” gõ bằng bảng mã TCVN3, đọc ra là “Không phát sinh”, là một lựa chọn trong danh sách.
"""


@pytest.mark.parametrize("line", SAID.strip().splitlines())
def test_what_a_message_says_of_odd_values(line: str, tmp_path: Path) -> None:
    drawn, _, expected = (part.strip() for part in line.partition("->"))
    [finding] = checked.result(checked.workbook(NH1, drawn), tmp_path).findings
    assert checked.said(finding)[0] == expected


def test_an_answer_in_an_old_encoding_counts_and_a_text_stays_as_it_is(tmp_path: Path) -> None:
    drawn = "r14: num=- den=- nil='Kh«ng ph¸t sinh' note='Kh«ng ph¸t sinh'"
    taken = accepted(checked.result(checked.workbook(NH1, drawn), tmp_path))
    assert taken["r14.nil"][1:] == ("Không phát sinh", "nil")
    assert taken["r14.note"][1] == "Kh«ng ph¸t sinh"


# ------------------------------------------------------------------------------------------------------ several languages


@pytest.mark.parametrize("case", [one for one in ALL if one.found != "ok"], ids=lambda case: case.name + case.found)
def test_english_messages_hold_no_vietnamese_but_names_and_contents(case: Case, found: Mapping[str, Examined]) -> None:
    result = found[case.name]
    assert result.filled
    for finding in result.findings:
        *_, message, fix = checked.said(finding)
        one = result.filled.layout.context.fields[finding.key or ""]
        for text in (message, fix):
            plain = re.sub(r"“[^”]*”|Tối thiểu 60%|Trên 90%", "", text)
            for known in filter(None, (one.words, finding.value, "; ".join(one.options))):
                plain = plain.replace(known, "")
            assert not re.search(r"[à-ỹđ]", plain.casefold()), text
