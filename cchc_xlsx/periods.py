"""Reporting periods: their codes, windows and deadlines (Nghị định 09/2019/NĐ-CP)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from cchc_xlsx import values
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text

Kind = Literal["month", "quarter", "half", "nine", "year"]

_CODE = re.compile(r"(20\d\d)-(?:T(0[1-9]|1[0-2])|Q([1-4])|(6T|9T|N))", re.ASCII)
_TO_DATE: dict[str, tuple[Kind, int]] = {"6T": ("half", 6), "9T": ("nine", 9), "N": ("year", 12)}
_UNKNOWN = Text(
    "Không có kỳ báo cáo “{code}”. Mã kỳ của năm 2027 chẳng hạn: 2027-T01 … 2027-T12 (tháng), 2027-Q1 … 2027-Q4 (quý), "
    "2027-6T (6 tháng), 2027-9T (9 tháng), 2027-N (cả năm).",
    "There is no period “{code}”. The codes of 2027, for example: 2027-T01 … 2027-T12 (months), 2027-Q1 … 2027-Q4 "
    "(quarters), 2027-6T (6 months), 2027-9T (9 months), 2027-N (the year).",
)


class Period(Struct, frozen=True):
    """One reporting period: counts cover exactly `start` to `end`, both included.

    `number` is that of the month or quarter; 6, 9 and 12 for the periods that run from the start of the year.
    """

    code: str
    year: int
    kind: Kind
    number: int
    start: date
    end: date


def parse(code: str) -> Period:
    """The period that `code` names ("2027-Q1"); CchcError, with the codes there are, for anything else."""
    match = _CODE.fullmatch(code)
    if not match:
        raise CchcError(_UNKNOWN.format(code=code))
    year = int(match[1])
    if match[2]:
        return Period(code, year, "month", int(match[2]), *_window(year, int(match[2]), 1))
    if match[3]:
        return Period(code, year, "quarter", int(match[3]), *_window(year, 3 * int(match[3]), 3))
    kind, months = _TO_DATE[match[4]]
    return Period(code, year, kind, months, *_window(year, months, months))


def _window(year: int, last: int, months: int) -> tuple[date, date]:
    """First and last day of `months` reporting months that end with month `last`; each runs from the 15th to the 14th."""
    before = last - months
    return (date(year, before, 15) if before else date(year - 1, 12, 15)), date(year, last, 14)


def codes(year: int) -> tuple[str, ...]:
    """All period codes of a year: months, quarters, 6T, 9T, N."""
    parts = [f"T{month:02}" for month in range(1, 13)] + [f"Q{quarter}" for quarter in range(1, 5)] + list(_TO_DATE)
    return tuple(f"{year}-{part}" for part in parts)


def name(period: Period) -> Text:
    """What a period is called: "Quý I năm 2027"."""
    year, number = period.year, period.number
    if period.kind == "month":
        return Text(f"Tháng {values.say_month(number)} năm {year}", f"Month {number}, {year}")
    if period.kind == "quarter":
        return Text(f"Quý {values.roman(number)} năm {year}", f"Quarter {values.roman(number)}, {year}")
    if period.kind == "half":
        return Text(f"6 tháng đầu năm {year}", f"First 6 months of {year}")
    if period.kind == "nine":
        return Text(f"9 tháng năm {year}", f"First 9 months of {year}")
    return Text(f"Năm {year}", f"Year {year}")


def contains(outer: Period, inner: Period) -> bool:
    """Whether what was counted in `inner` is part of `outer`: only 6T, 9T and N of one year hold one another."""
    to_date = ("half", "nine", "year")
    if outer.year != inner.year or outer.kind not in to_date or inner.kind not in to_date:
        return False
    return inner.number < outer.number


def before(period: Period, others: Iterable[Period]) -> Period | None:
    """The last earlier period whose figures may be held against those of `period`; None where there is none.

    Two are of one kind, or both run from the start of the year: quý III is no 9 tháng.
    """
    alike = [one for one in others if one.end < period.end and (one.kind == period.kind or one.start == period.start)]
    return max(alike, key=lambda one: (one.end, one.kind == period.kind), default=None)


def unit_deadline(period: Period) -> date:
    """The day by which units send: the first working day (Monday to Friday) after closing."""
    day = period.end + timedelta(days=1)
    return day + timedelta(days=7 - day.weekday() if day.weekday() >= 5 else 0)


def upward_deadline(period: Period) -> date:
    """The day by which the commune reports upward: the 20th of the closing month."""
    return period.end.replace(day=20)
