"""What reports said before, as the next workbook shows it: the period before to look back at, last year to be compared with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from cchc_xlsx import values
from cchc_xlsx.fields import DONE, NIL
from cchc_xlsx.issue import Issue, Line, lines, role_column

_LONGEST = 60  # signs
Said = Mapping[str, object]  # accepted inputs by key: dates in ISO, percents as fractions, as a check tells them


def prior(issue: Issue, said: Said) -> dict[str, str]:
    """The results of the period before, each in words, by the key under which an issue has them; those that are known."""
    found = {line.key("prior"): _short(told(line, said)) for line in lines(issue)}
    return {key: text for key, text in found.items() if text}


def last_year(issue: Issue, said: Said) -> dict[str, float]:
    """Last year's results of ranks and trends, by the key of the field that would ask this unit for them; those known."""
    names = {"rank": {"previous": "value", "previous_of": "of"}, "trend": {"previous": "value"}}
    found: dict[str, float] = {}
    for line in lines(issue):
        for name, was in names.get(line.measure.kind, {}).items():
            figure = said.get(line.key(was))
            if line.is_open and isinstance(figure, (int, float)):
                found[line.key(name)] = float(figure)
    return found


def baseline(issue: Issue, said: Said) -> dict[str, str]:
    """Last year's results as a form prints them beside its targets, by cell; those that are known."""
    column = role_column(issue.form, "baseline")
    found: dict[str, str] = {}
    for line in lines(issue) if column else ():
        maximum = line.measure.maximum
        text = told(line, said)
        if text and len(line.row.parts) == 1:
            found[f"{line.row.id}.{column}"] = f"{text}/{maximum:g}" if maximum else text
    return found


def told(line: Line, said: Said) -> str:
    """A result as a unit reads it: "118/125 (94,4%)"; an empty text where nothing was said."""
    kind = line.measure.kind
    if nil := said.get(line.key("nil")):
        return str(nil)
    if kind == "rate":
        return _share(said.get(line.key("num")), said.get(line.key("den")))
    if kind in ("task", "narrative"):
        status = str(said.get(line.key("status")) or "")
        return " ".join(filter(None, (status, _day(said.get(line.key("done_on"))) if status == DONE else "")))
    value = said.get(line.key("value"))
    if not isinstance(value, (int, float)):
        return str(value or "")
    if kind in ("percent", "trend"):
        return values.say_percent(value)
    of = said.get(line.key("of"))
    shown = values.say_number(value)
    return f"{shown}/{values.say_number(of)}" if isinstance(of, (int, float)) else shown


def _short(text: str) -> str:
    """What a narrow column has room for: a result is a word or a few figures; what is longer was no answer of a list."""
    line = " ".join("".join(letter for letter in text if letter.isprintable() or letter.isspace()).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def _day(said: object) -> str:
    try:
        return values.say_date(dt.date.fromisoformat(str(said)))
    except ValueError:
        return ""


def _share(num: object, den: object) -> str:
    if not isinstance(num, (int, float)) or not isinstance(den, (int, float)):
        return ""
    if not den:
        return NIL if not num else ""
    return f"{values.say_number(num)}/{values.say_number(den)} ({values.say_percent(num / den)})"
