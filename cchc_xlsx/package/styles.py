"""Which cell styles show a number as a date or a time."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

_CACHED = 256 << 10  # larger parts are not kept
_MAX_FORMATS = 20_000  # what is shown as a date is told, not trusted: more are not worth the time
_BUILT_IN = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_BUILT_IN_DAYS = frozenset({*range(14, 18), 22})
_FORMAT = re.compile(rb"<(?:[\w.-]{1,40}:)?numFmt\b([^<>]{0,4000})>")
_STYLE = re.compile(rb"<(?:[\w.-]{1,40}:)?xf\b([^<>]{0,4000})>")
_ID = re.compile(rb"\bnumFmtId\s*=\s*[\"'](\d{1,6})[\"']")
_CODE = re.compile(rb"\bformatCode\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
# Literal text, escaped, padding and repeated characters, conditions and colours; an elapsed time [h] is a time.
_LITERAL = re.compile(r'"[^"]*"?|[\\_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]?', re.IGNORECASE | re.DOTALL)
_DATE_LETTER = re.compile("[ymdhs]", re.IGNORECASE)
_DAY_LETTER = re.compile("[yd]", re.IGNORECASE)


class Dates(NamedTuple):
    """Indexes of cell styles: those whose number format is one of dates or times, and of these the ones that show a day."""

    all: frozenset[int]
    days: frozenset[int]


def date_styles(part: bytes) -> Dates:
    """The styles that show a number as a date or a time."""
    return _kept(part) if len(part) <= _CACHED else _read(part)


def _read(part: bytes) -> Dates:
    dates = set(_BUILT_IN)
    days = set(_BUILT_IN_DAYS)
    for given in islice(_FORMAT.finditer(part), _MAX_FORMATS):
        number, code = _ID.search(given[1]), _CODE.search(given[1])
        if number and code:
            words = html.unescape((code[1] or code[2] or b"").decode("utf-8", "replace"))
            (dates.add if is_date_format(words) else dates.discard)(int(number[1]))
            (days.add if is_day_format(words) else days.discard)(int(number[1]))
    first = part.find(b"cellXfs")
    last = part.find(b"cellXfs", first + 1)
    if first < 0 or last < 0:
        return Dates(frozenset(), frozenset())
    numbers = [_ID.search(given[1]) for given in _STYLE.finditer(part, first, last)]
    styles = [(index, int(number[1])) for index, number in enumerate(numbers) if number]
    return Dates(
        *(frozenset(index for index, number in styles if number in wanted) for wanted in (dates, dates & days))
    )


_kept = lru_cache(maxsize=8)(_read)  # the sheets of one workbook, the copies of one form


def is_day_format(code: str) -> bool:
    """Whether a number format shows a day, and no span of time such as 37 hours."""
    return bool(_DAY_LETTER.search(_LITERAL.sub("", code))) and "[" not in code


def is_date_format(code: str) -> bool:
    """Whether a number format shows a date or a time."""
    return bool(_DATE_LETTER.search(_LITERAL.sub("", code)))
