"""What a unit reported for the period before, as it stands beside the row in the next workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cchc_xlsx import values
from cchc_xlsx.fields import NIL, UNPUBLISHED
from cchc_xlsx.issue import Line
from cchc_xlsx.periods import Period
from cchc_xlsx.results import Fields

_LONGEST = 60  # signs: the column is narrow


def before(period: Period, others: Iterable[Period]) -> Period | None:
    """The last earlier period whose figures may be held against those of `period`; None where there is none.

    Two are of one kind, or both run from the start of the year: quý III is no 9 tháng (Nghị định 09/2019/NĐ-CP).
    """
    alike = [one for one in others if one.end < period.end and (one.kind == period.kind or one.start == period.start)]
    return max(alike, key=lambda one: (one.end, one.kind == period.kind), default=None)


def texts(lines: Iterable[Line], fields: Fields) -> dict[str, str]:
    """The earlier result of each line that has one, by `<line>.prior`."""
    return {line.key("prior"): text[:_LONGEST] for line in lines if (text := _text(line, fields))}


def _text(line: Line, fields: Fields) -> str:
    def value(name: str) -> object:
        _, found, state = fields.get(line.key(name), ("", None, "blank"))
        return found if state == "value" else None

    nil = fields.get(line.key("nil"), ("", None, "blank"))[2]
    if nil in ("nil", "unpublished"):
        return NIL if nil == "nil" else UNPUBLISHED
    if line.measure.kind == "rate":
        return _rate(value("num"), value("den"))
    if line.measure.kind in ("task", "narrative"):
        return str(value("status") or "")
    return "/".join(_said(line, one) for one in _figures(value("value"), value("of")))


def _figures(*found: object) -> Iterator[object]:
    for one in found:
        if one is None:
            return
        yield one


def _rate(num: object, den: object) -> str:
    if not isinstance(num, (int, float)) or not isinstance(den, (int, float)):
        return ""
    counts = f"{values.say_number(num)}/{values.say_number(den)}"
    return f"{counts} ({values.say_percent(num / den, 1)})" if den else counts


def _said(line: Line, one: object) -> str:
    if not isinstance(one, (int, float)):
        return str(one)
    is_share = line.measure.kind in ("percent", "trend")
    return values.say_percent(one, 1) if is_share else values.say_number(one)
