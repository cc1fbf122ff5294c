"""Reporting periods and the printed deadlines of tasks."""

import contextlib
import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_xlsx import periods
from cchc_xlsx.errors import CchcError
from cchc_xlsx.form import deadlines
from cchc_xlsx.form.model import Deadline


@pytest.mark.parametrize(
    ("code", "start", "end", "vi", "en"),
    [
        ("2027-T01", (2026, 12, 15), (2027, 1, 14), "Tháng 01 năm 2027", "Month 1, 2027"),
        ("2027-T03", (2027, 2, 15), (2027, 3, 14), "Tháng 3 năm 2027", "Month 3, 2027"),
        ("2027-T12", (2027, 11, 15), (2027, 12, 14), "Tháng 12 năm 2027", "Month 12, 2027"),
        ("2027-Q1", (2026, 12, 15), (2027, 3, 14), "Quý I năm 2027", "Quarter I, 2027"),
        ("2027-Q2", (2027, 3, 15), (2027, 6, 14), "Quý II năm 2027", "Quarter II, 2027"),
        ("2027-Q3", (2027, 6, 15), (2027, 9, 14), "Quý III năm 2027", "Quarter III, 2027"),
        ("2027-Q4", (2027, 9, 15), (2027, 12, 14), "Quý IV năm 2027", "Quarter IV, 2027"),
        ("2027-6T", (2026, 12, 15), (2027, 6, 14), "6 tháng đầu năm 2027", "First 6 months of 2027"),
        ("2027-9T", (2026, 12, 15), (2027, 9, 14), "9 tháng năm 2027", "First 9 months of 2027"),
        ("2027-N", (2026, 12, 15), (2027, 12, 14), "Năm 2027", "Year 2027"),
    ],
)
def test_windows_and_names(code, start, end, vi, en):
    period = periods.parse(code)
    assert (period.code, period.year, period.start, period.end) == (code, 2027, date(*start), date(*end))
    assert (periods.name(period).vi, periods.name(period).en) == (vi, en)


def test_all_codes_of_a_year_parse():
    codes = periods.codes(2027)
    assert len(codes) == len(set(codes)) == 12 + 4 + 3
    assert [periods.parse(code).code for code in codes] == list(codes)


def test_months_and_quarters_follow_each_other_without_gaps():
    for kind in ("month", "quarter"):
        row = [period for period in map(periods.parse, periods.codes(2027)) if period.kind == kind]
        assert all(later.start - earlier.end == timedelta(days=1) for earlier, later in itertools.pairwise(row))
        assert (row[0].start, row[-1].end) == (periods.parse("2027-N").start, periods.parse("2027-N").end)


@pytest.mark.parametrize(
    "code", ["", "2027", "2027-T13", "2027-T1", "2027-Q5", "2027-q1", "1027-Q1", "2027-Q1 ", "٢٠27-Q1"]
)
def test_unknown_codes_say_what_is_allowed(code):
    with pytest.raises(CchcError) as caught:
        periods.parse(code)
    assert "2027-6T" in caught.value.text.vi
    assert "2027-6T" in caught.value.text.en


@given(st.text(max_size=12))
def test_parse_raises_nothing_else(code):
    with contextlib.suppress(CchcError):
        periods.parse(code)


def test_only_periods_from_the_start_of_the_year_contain_one_another():
    held = {
        (outer[5:], inner[5:])
        for outer in periods.codes(2027)
        for inner in periods.codes(2027)
        if periods.contains(periods.parse(outer), periods.parse(inner))
    }
    assert held == {("9T", "6T"), ("N", "6T"), ("N", "9T")}
    assert not periods.contains(periods.parse("2028-N"), periods.parse("2027-6T"))


def test_deadlines_of_a_period():
    assert periods.unit_deadline(periods.parse("2027-Q1")) == date(2027, 3, 15)  # a Monday
    assert periods.unit_deadline(periods.parse("2025-6T")) == date(2025, 6, 16)  # the 15th is a Sunday
    assert periods.unit_deadline(periods.parse("2025-T03")) == date(2025, 3, 17)  # the 15th is a Saturday
    assert periods.upward_deadline(periods.parse("2027-Q1")) == date(2027, 3, 20)
    assert periods.upward_deadline(periods.parse("2027-N")) == date(2027, 12, 20)


MANUAL = (Deadline(manual=True),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("Quý I/2025", (Deadline(quarter=1),)),
        ("Quý I", (Deadline(quarter=1),)),
        ("quý 1 năm 2025", (Deadline(quarter=1),)),
        ("Quý IV/2024", (Deadline(quarter=4, year_offset=-1),)),
        ("Quý II, Quý III", (Deadline(first_quarter=2, quarter=3),)),
        ("Quý II, III/2025", (Deadline(first_quarter=2, quarter=3),)),
        ("Quý I - Quý III", (Deadline(first_quarter=1, quarter=3),)),
        ("Quý I, Quý III", (Deadline(quarter=1), Deadline(quarter=3))),
        ("Quý IV/2024, Quý I/2025", (Deadline(quarter=4, year_offset=-1), Deadline(quarter=1))),
        ("Tháng 12/2024", (Deadline(month=12, year_offset=-1),)),
        ("Tháng 6", (Deadline(month=6),)),
        ("6 tháng đầu năm", (Deadline(first_quarter=1, quarter=2),)),
        ("6 tháng cuối năm 2025", (Deadline(first_quarter=3, quarter=4),)),
        ("Năm 2025", (Deadline(whole_year=True),)),
        ("Cả năm", (Deadline(whole_year=True),)),
        ("31/12/2024", (Deadline(date="31/12", year_offset=-1),)),
        ("Trước ngày 30/11/2025", (Deadline(date="30/11"),)),
        ("Trước 30/11", (Deadline(date="30/11"),)),
        ("ngày 30 tháng 11 năm 2025", (Deadline(date="30/11"),)),
        (
            "Ban hành kế hoạch: Quý I; Thực hiện: Cả năm",
            (Deadline(what="Ban hành kế hoạch", quarter=1), Deadline(what="Thực hiện", whole_year=True)),
        ),
        (
            "Ban hành kế hoạch: Quý I\nThực hiện: Quý II, Quý III",
            (Deadline(what="Ban hành kế hoạch", quarter=1), Deadline(what="Thực hiện", first_quarter=2, quarter=3)),
        ),
        ("Thường xuyên", MANUAL),
        ("(Theo KH của thị xã)", MANUAL),
        ("Theo Kế hoạch của thị xã, tỉnh,", MANUAL),
        ("Sau khi có hướng dẫn của Trung ương, tỉnh, thị xã", MANUAL),
    ],
)
def test_printed_deadlines(text, expected):
    assert deadlines.parse(text, 2025) == expected


@pytest.mark.parametrize(
    "text", ["xong", "Quý V", "Tháng 13", "31/12/24", "32/1/2025", "Trước quý II", "Năm 2099", "Ban hành:"]
)
def test_unreadable_deadlines(text):
    assert deadlines.parse(text, 2025) is None


@pytest.mark.parametrize(
    ("text", "begins", "due"),
    [
        ("Quý I", (2025, 1, 1), (2025, 3, 31)),
        ("Quý II, Quý III", (2025, 4, 1), (2025, 9, 30)),
        ("Tháng 12/2024", (2024, 12, 1), (2024, 12, 31)),
        ("Năm 2025", (2025, 1, 1), (2025, 12, 31)),
        ("31/12/2024", (2024, 12, 31), (2024, 12, 31)),
        ("Thực hiện: Cả năm; Ban hành kế hoạch: Quý I", (2025, 1, 1), (2025, 12, 31)),
        ("Quý II; Thường xuyên", (2025, 4, 1), None),
        ("Thường xuyên", None, None),
        ("", None, None),
    ],
)
def test_calendar_days(text, begins, due):
    deadline = deadlines.parse(text, 2025)
    assert deadline is not None
    assert deadlines.begins(deadline, 2025) == (date(*begins) if begins else None)
    assert deadlines.due(deadline, 2025) == (date(*due) if due else None)


def test_the_29th_of_february_in_a_common_year():
    assert deadlines.due((Deadline(date="29/2"),), 2025) == date(2025, 2, 28)


WORDS = st.lists(
    st.sampled_from(
        ["Quý", "I", "II", "/", "2025", "Tháng", "12", ",", ";", ":", "\n", "-", "năm", "trước ngày", "30/11"]
    )
)


@given(st.text() | WORDS.map(" ".join) | WORDS.map("".join), st.integers(2000, 2099))
def test_any_deadline_is_read_or_refused(text, year):
    deadline = deadlines.parse(text, year)
    if deadline:
        due, begins = deadlines.due(deadline, year), deadlines.begins(deadline, year)
        assert due is None or (begins is not None and begins <= due)
