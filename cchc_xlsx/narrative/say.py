"""Figures in words: what a line reached, what it was to reach, who said why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cchc_xlsx import earlier, units, values
from cchc_xlsx.consolidate import combine
from cchc_xlsx.consolidate.combine import Answer
from cchc_xlsx.consolidate.model import PROVISIONAL, Figure, Summary
from cchc_xlsx.issue import Line, cell, printed, role_column

_SIGNS = {">": "trên", "<": "dưới", "<=": "không quá"}


def plain(text: object) -> str:
    """Text of a unit on one line, without what no document can hold."""
    return " ".join("".join(one if one.isprintable() else " " for one in str(text)).split())


def lines_of(text: object) -> tuple[str, ...]:
    """The lines of a unit's text, each plain, without empty ones."""
    return tuple(found for one in str(text).splitlines() if (found := plain(one)))


def label(line: Line) -> str:
    """What a line is called: its number and name."""
    return plain(line.label).rstrip(" .:;")


def name(summary: Summary, line: Line) -> str:
    """What a sentence calls a line: "Tỷ lệ hồ sơ trực tuyến (mục 7.2)"."""
    column = role_column(summary.issue.form, "stt")
    number = plain(cell(summary.issue, line.row, column)) if column else ""
    whole = label(line)
    bare = whole.removeprefix(number).lstrip(" .-") if number else whole.lstrip("- ")
    return f"{bare.rstrip(' .:;')} (mục {number.rstrip('.')})" if number else bare


def wanted(summary: Summary, line: Line) -> str:
    """The target as it is read: "95%", "trên 90%", "6,5/7 điểm"; the plan's own words where they name no number; may be empty."""
    target = line.target
    if target is None or isinstance(target.value, str):
        column = role_column(summary.issue.form, "target")
        text = plain(printed(summary.issue, line.row, column)) if column else ""
        return plain(target.value) if target else text
    kind, value = line.measure.kind, target.value
    if kind in ("rate", "percent"):
        said = values.say_percent(value / 100)
    elif kind == "score":
        most = f"/{values.say_number(line.measure.maximum)}" if line.measure.maximum else ""
        said = f"{values.say_number(value)}{most} điểm"
    else:
        said = values.say_number(value)
    sign = _SIGNS.get(target.op, "")
    return f"{sign} {said}" if sign else said


def result(summary: Summary, said: Mapping[str, object], figure: Figure) -> str:
    """What the commune reached in a line: "94,4% (118/125)"; an empty text where nobody said anything."""
    line = figure.line
    if figure.how == "apart":
        return "; ".join(f"{_name(summary, one.unit)} {text}" for one, text in each(summary, line))
    return turned(earlier.told(line, said), line)


def turned(text: str, line: Line) -> str:
    """A result as a report says it: the share first, then what it is made of."""
    head, bracket, tail = text.partition(" (")
    if line.measure.kind == "rate" and bracket:
        return f"{tail.removesuffix(')')} ({head})"
    if line.measure.kind == "score" and text and line.measure.maximum and "/" not in text and text[0].isdigit():
        return f"{text}/{values.say_number(line.measure.maximum)} điểm"
    return f"thứ {plain(text)}" if line.measure.kind == "rank" and text[:1].isdigit() else plain(text)


def each(summary: Summary, line: Line) -> list[tuple[Answer, str]]:
    """What each unit that counts says of a line, in words."""
    found = []
    for one in combine.answers(summary, line):
        said = earlier.told(line, {line.key(name): value for name, value in one.said.items()})
        if one.is_counted and said:
            found.append((one, turned(said, line)))
    return found


def told_by(summary: Summary, line: Line, name: str) -> list[tuple[str, str]]:
    """What units wrote in a field of a line: their names (none of the whole commune) and the text, each text once."""
    texts: dict[str, list[str]] = {}
    for one in combine.answers(summary, line):
        if (value := one.said.get(name)) is not None and (text := plain(value)):
            texts.setdefault(text, []).append(_name(summary, one.unit))
    is_whole = summary.expected == (units.COMMUNE,)
    return [("" if is_whole else ", ".join(dict.fromkeys(names)), text) for text, names in texts.items()]


def notes(summary: Summary, line: Line, title: str, name: str) -> list[str]:
    """The same as sentences: "Nguyên nhân (Tư pháp - Hộ tịch): …"."""
    return [
        f"{title} ({who}): {ended(text)}" if who else f"{title}: {ended(text)}"
        for who, text in told_by(summary, line, name)
    ]


def ended(text: str) -> str:
    """A sentence with its full stop."""
    return text if text.endswith((".", "!", "?", "…", ";")) else f"{text}."


def share_of_units(figure: Figure) -> str:
    """How many units are in a figure, where it is not all of them."""
    return f"{len(figure.counted)}/{len(figure.expected)} đơn vị" if figure.missing else ""


def missing(summary: Summary, figure: Figure) -> str:
    """Whose share a figure lacks."""
    return names(summary, figure.missing)


def names(summary: Summary, codes: Iterable[str]) -> str:
    """Units by name."""
    return ", ".join(_name(summary, one) for one in codes)


def outcome(figure: Figure) -> str:
    """The word of the column "Đánh giá"."""
    return f"{PROVISIONAL} ({share_of_units(figure)})" if figure.outcome == PROVISIONAL else figure.outcome


def listed(counts: Sequence[tuple[int, str]]) -> str:
    """Counts that are not zero: "12 chỉ tiêu đạt, 3 chỉ tiêu chưa đạt"."""
    return ", ".join(f"{_two(count)} {words}" for count, words in counts if count)


def _two(count: int) -> str:
    """A count below ten with a leading zero, as offices write it."""
    return f"{count:02}" if count < 10 else values.say_number(count)


def _name(summary: Summary, unit: str) -> str:
    return plain(combine.name_of(summary.issue, unit))


def deadline(summary: Summary, line: Line) -> str:
    """The deadline of a task as the annex prints it; an empty text without one."""
    column = role_column(summary.issue.form, "deadline")
    return plain(printed(summary.issue, line.row, column)).rstrip(" .,;") if column else ""
