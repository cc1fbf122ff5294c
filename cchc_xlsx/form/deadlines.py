"""Deadlines as annexes print them, read into data, and the days they fall on (calendar ends, not reporting windows)."""

from __future__ import annotations

import calendar
import itertools
import re
from datetime import date

from cchc_xlsx import values
from cchc_xlsx.form.model import Deadline

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_MANUAL = re.compile(
    r"(?:thường xuyên|theo|sau khi|ngay sau|ngay khi|khi|định kỳ|liên tục|đột xuất|kịp thời|(?:hằng|hàng) (?:năm|quý|tháng|tuần|ngày))"
    r"(?!\w)"
)
_LEAD = re.compile(r"(?:(?:hoàn thành|xong|trong|vào|đến|chậm nhất|hết|từ) )+")
_WHOLE = re.compile(r"(?:cả|trong|cuối|hết)? ?năm(?: (?P<y>\d{4}))?", re.ASCII)
_HALF = re.compile(r"(?P<n>6|06|9|09) tháng(?: (?P<which>đầu|cuối))? năm(?: (?P<y>\d{4}))?", re.ASCII)
_ITEM = re.compile(
    r"(?:(?P<kind>quý|tháng) )?(?P<n>iv|i{1,3}|\d{1,2})(?: ?/ ?(?P<y>\d{4})| năm (?P<y2>\d{4}))?",
    re.ASCII | re.IGNORECASE,
)
_JOIN = re.compile(r" ?(?:,|-|–|và|đến) ?")
_DAY = re.compile(r"(?:trước )?(?:ngày )?(?P<d>\d{1,2}) ?[/.-] ?(?P<m>\d{1,2})", re.ASCII)
_BEFORE_DAY = re.compile(r"trước(?: ngày)? (?=\d)|ngày (?=\d)")
_FARTHEST = 10  # years; further off it is a slip of the pen


def parse(text: str, year: int) -> tuple[Deadline, ...] | None:
    """The parts of a printed deadline in the plan of `year`; none for a blank cell, None where it cannot be read."""
    found: list[Deadline] = []
    what = ""
    for line in re.split(r"[;\n]", values.nfc(text)):
        part = re.sub(r"\s+", " ", line).strip(" .,-–+•")
        head, colon, tail = part.partition(":")
        what = head.strip() if colon else what
        words = tail.strip() if colon else part
        if not words:
            continue
        one = _part(words.strip("() ").casefold(), year, what)
        if one is None:
            return None
        found += one
        what = ""
    return None if what else tuple(found)


def _part(words: str, year: int, what: str) -> list[Deadline] | None:
    """The deadlines that one line names, all about `what`."""
    if _MANUAL.match(words):
        return [Deadline(what=what, manual=True)]
    lead = _LEAD.match(words)
    when = words[lead.end() :] if lead else words
    return _day(when, year, what) or _whole(words, year, what) or _whole(when, year, what) or _items(when, year, what)


def _offset(found: str | None, year: int) -> int | None:
    """The year offset of a printed year; None if it is out of all proportion."""
    offset = int(found) - year if found else 0
    return offset if abs(offset) <= _FARTHEST else None


def _day(words: str, year: int, what: str) -> list[Deadline] | None:
    bare = _BEFORE_DAY.sub("", words, count=1)
    full = values.date(bare)
    if full:
        day, month, offset = full.day, full.month, _offset(str(full.year), year)
    elif (match := _DAY.fullmatch(words)) and _exists(int(match["d"]), int(match["m"])):
        day, month, offset = int(match["d"]), int(match["m"]), 0
    else:
        return None
    return None if offset is None else [Deadline(what=what, date=f"{day}/{month}", year_offset=offset)]


def _exists(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2024, month)[1]


def _whole(words: str, year: int, what: str) -> list[Deadline] | None:
    """A whole year, or its first or last months."""
    if match := _WHOLE.fullmatch(words):
        offset = _offset(match["y"], year)
        return None if offset is None else [Deadline(what=what, whole_year=True, year_offset=offset)]
    match = _HALF.fullmatch(words)
    offset = _offset(match["y"], year) if match else None
    if not match or offset is None:
        return None
    quarters = int(match["n"]) // 3
    first, last = (5 - quarters, 4) if match["which"] == "cuối" else (1, quarters)
    return [Deadline(what=what, first_quarter=first, quarter=last, year_offset=offset)]


def _items(words: str, year: int, what: str) -> list[Deadline] | None:
    """Quarters or months, one or several: "quý ii, quý iii/2025"; a year stands for those before it too."""
    found: list[tuple[str, int, str | None]] = []
    kind = ""
    for item in _JOIN.split(words):
        match = _ITEM.fullmatch(item)
        kind = (match["kind"] or kind) if match else ""
        number = _number(kind, match["n"]) if match else 0
        if not match or not number:
            return None
        found.append((kind, number, match["y"] or match["y2"]))
    parts: list[Deadline] = []
    printed: str | None = None
    for kind, number, own in reversed(found):
        printed = own or printed
        offset = _offset(printed, year)
        if offset is None:
            return None
        parts.insert(0, _one(kind, number, offset, what))
    return _joined(parts, is_range=bool(re.search("[-–]|đến", words)))


def _number(kind: str, written: str) -> int:
    """The quarter or month that is written; 0 for none."""
    if kind == "quý":
        return _ROMAN.get(written.lower().lstrip("0"), 0)
    return int(written) if kind == "tháng" and written.isdigit() and 1 <= int(written) <= 12 else 0


def _one(kind: str, number: int, offset: int, what: str) -> Deadline:
    if kind == "quý":
        return Deadline(what=what, quarter=number, year_offset=offset)
    return Deadline(what=what, month=number, year_offset=offset)


def _joined(parts: list[Deadline], *, is_range: bool) -> list[Deadline]:
    """Quarters of one year that follow each other as one part: Quý II, Quý III."""
    quarters = [part.quarter for part in parts]
    steps = {later - earlier for earlier, later in itertools.pairwise(quarters)}
    follow = steps == {1} or (is_range and len(parts) == 2 and min(steps) > 0)
    if not all(quarters) or not follow or len({part.year_offset for part in parts}) > 1:
        return parts
    first, last = parts[0], parts[-1]
    return [Deadline(first.what, first_quarter=first.quarter, quarter=last.quarter, year_offset=first.year_offset)]


def due(deadline: tuple[Deadline, ...], year: int) -> date | None:
    """The day after which a task of the plan of `year` is overdue: the last part's last day; None if any part is manual."""
    days = [_days(part, year) for part in deadline]
    known = [day[1] for day in days if day]
    return max(known) if known and len(known) == len(days) else None


def begins(deadline: tuple[Deadline, ...], year: int) -> date | None:
    """The earliest first day of the parts that have one."""
    return min((day[0] for part in deadline if (day := _days(part, year))), default=None)


def _days(part: Deadline, year: int) -> tuple[date, date] | None:
    """First and last calendar day of one part; None for a manual one."""
    year += part.year_offset
    if part.date:
        day, _, month = part.date.partition("/")
        exact = _month_end(year, int(month))
        exact = exact.replace(day=min(int(day), exact.day))  # 29/2 in a year without it
        return exact, exact
    if part.month:
        return date(year, part.month, 1), _month_end(year, part.month)
    if part.quarter:
        return date(year, 3 * (part.first_quarter or part.quarter) - 2, 1), _month_end(year, 3 * part.quarter)
    return (date(year, 1, 1), date(year, 12, 31)) if part.whole_year else None


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
