"""Years in texts that people wrote: which follow to the next year, and which stay as they are and are told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cchc_xlsx.form import deadlines
from cchc_xlsx.form.model import Form, Row

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
# A document's number or date, and a span of years, mean what they say in every year.
_NUMBER = re.compile(r"\d+/20\d\d/\w+")
_CITES = re.compile(
    r"\d+/20\d\d/\w|/(?:NĐ|QĐ|KH|TT|CT|NQ|BC|CV|UBND|HĐND)\b|ngày \d|giai đoạn|20\d\d ?[-–] ?20\d\d|đến năm|kể từ|từ năm",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?<!\w)(năm|Năm|NĂM) (20\d\d)(?!\d)")


def followed(text: str, year: int) -> str:
    """A text of the plan of `year` as the next year's plan would say it, as far as that is sure; else as it stands.

    Sure are a deadline that can be read, and "năm 2026" or the year before it where nothing in the text is a document's
    number, a date, or a span of years.
    """
    later = _YEAR.sub(lambda found: str(int(found[0]) + 1), text)
    read = deadlines.parse(text, year)
    if read and not any(part.manual for part in read) and read == deadlines.parse(later, year + 1):
        return later
    if _CITES.search(text):
        return text
    return _NAMED.sub(lambda found: f"{found[1]} {_next(int(found[2]), year)}", text)


def _next(printed: int, year: int) -> int:
    return printed + 1 if printed in (year - 1, year) else printed


def has_year(text: str) -> bool:
    """Whether a year stands in a text outside expressions and document numbers."""
    return bool(_YEAR.search(_NUMBER.sub("", _JINJA.sub("", text))))


def literal(form: Form) -> tuple[tuple[str, str], ...]:
    """The texts of a form in which a year is written out, each once, with the row that it stands in; with an empty text
    instead above the rows."""
    found = (*_above(form), *(one for row in form.rows for one in _of_row(row)))
    return tuple(dict.fromkeys((where, text) for where, text in found if has_year(text)))


def _above(form: Form) -> Iterator[tuple[str, str]]:
    yield from (("", one.text) for one in form.heading)
    columns = list(form.columns)
    while columns:
        column = columns.pop(0)
        yield "", column.header
        columns = [*column.columns, *columns]


def _of_row(row: Row) -> Iterator[tuple[str, str]]:
    yield from ((row.id, text) for text in row.cells.values())
    for part in row.parts:
        yield from ((row.id, text) for text in (part.num, part.den, part.value, part.label))
