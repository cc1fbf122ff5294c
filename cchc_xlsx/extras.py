"""What an issue has beyond its form, as the JSON that its workbook carries and its tag covers."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

from msgspec import Struct, field

from cchc_xlsx import units, values
from cchc_xlsx.form.model import Form
from cchc_xlsx.issue import Issue, Local, Overlay

NOTHING = '{"plan":{}}'  # of an issue that has nothing beyond its form
_MOST = 4_000_000  # signs; the largest plan of the largest form has a hundredth of that
_MOST_ENTRIES = 10_000
_LONGEST = 32_767  # signs of a plan's text: what a cell holds
_LONGEST_NAME = 200  # signs of a unit's name
_LONGEST_RESULT = 100  # signs of an earlier result: its column is narrow
_MOST_SPELLINGS = 50  # of one unit
_LARGEST = 1e15  # numbers of a plan; whole ones are exact below
One = TypeVar("One")


class Extras(Struct, frozen=True):
    """What the plan changes in the form, and what the office adds to it."""

    overlay: Overlay = field(default_factory=dict)
    local: Local = field(default_factory=Local)


_NONE = Extras()


def of(issue: Issue) -> Extras:
    """What an issue has beyond its form."""
    return Extras(issue.plan.overlay, issue.local)


def write(extras: Extras) -> str:
    """The canonical JSON: the same extras give the same text, and what is empty is left out."""
    if extras == _NONE:
        return NOTHING
    local = extras.local
    said: dict[str, object] = {"plan": dict(extras.overlay)}
    if local.due:
        said["due"] = local.due.isoformat()
    if local.names:
        said["names"] = {code: values.nfc(name) for code, name in local.names.items()}
    if local.spellings:
        said["spellings"] = {code: [values.nfc(one) for one in local.spellings[code]] for code in local.spellings}
    if local.previous:
        said["previous"] = {
            key: values.nfc(one) if isinstance(one, str) else one for key, one in local.previous.items()
        }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(text: str | None) -> Extras | None:
    """What a workbook carries; None where that is not such as `write` gives. The text comes from outside: nothing is believed.

    Which keys and codes there may be only the form can tell: see `fitting`.
    """
    if text == NOTHING:
        return Extras()
    if not text or len(text) > _MOST:
        return None
    try:
        found = _extras(json.loads(text))
        write(found).encode()  # the tag is made of bytes, and half a sign has none
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return None
    return found


def _extras(said: Any) -> Extras:  # noqa: ANN401  JSON
    if type(said) is not dict or not said.keys() <= {"plan", "due", "names", "spellings", "previous"}:
        raise ValueError(type(said))  # of a later version: what it means is not known here
    local = Local(
        _day(said["due"]) if "due" in said else None,
        _entries(said.get("names", {}), lambda one: _text(one, _LONGEST_NAME)),
        _entries(said.get("spellings", {}), _spellings),
        _entries(said.get("previous", {}), lambda one: _scalar(one, lambda text: _text(text, _LONGEST_RESULT))),
    )
    return Extras(_entries(said["plan"], lambda one: _scalar(one, _cell)), local)


def _day(said: object) -> dt.date:
    text = _text(said, 10)
    day = dt.date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def _entries(said: Any, read_one: Callable[[Any], One]) -> dict[str, One]:  # noqa: ANN401  JSON
    if type(said) is not dict or len(said) > _MOST_ENTRIES:
        raise ValueError(type(said))
    return {key: read_one(one) for key, one in said.items()}


def _scalar(one: object, text: Callable[[object], str]) -> str | float:
    if type(one) not in (int, float):
        return text(one)
    assert isinstance(one, (int, float))
    if not math.isfinite(one) or abs(one) > _LARGEST:
        raise ValueError(one)
    return one


def _cell(one: object) -> str:
    if type(one) is not str or len(one) > _LONGEST:
        raise ValueError(type(one))
    return one


def _text(one: object, longest: int) -> str:
    """Words on one line."""
    if type(one) is not str or not 0 < len(one) <= longest or not one.isprintable() or one != one.strip():
        raise ValueError(type(one))
    return one


def _spellings(said: object) -> tuple[str, ...]:
    if type(said) is not list or not 0 < len(said) <= _MOST_SPELLINGS:
        raise ValueError(type(said))
    return tuple(_text(one, _LONGEST_NAME) for one in said)


def fitting(extras: Extras, form: Form) -> Extras:
    """The extras without keys that the form does not have and units that its catalogue does not have."""
    if extras == _NONE:
        return extras
    cells = {f"{row.id}.{leaf.id}" for row in form.rows for leaf in form.leaves}
    known = units.catalogue(form.era).units
    local = extras.local
    return Extras(
        _only(extras.overlay, cells),
        Local(
            local.due,
            _only(local.names, known),
            _only(local.spellings, known),
            _only(local.previous, previous_keys(form)),
        ),
    )


def _only(entries: Mapping[str, One], known: Any) -> Mapping[str, One]:  # noqa: ANN401  whatever holds keys
    return {key: one for key, one in entries.items() if key in known}


@cache
def previous_keys(form: Form) -> frozenset[str]:
    """The keys of the earlier figures that a report of the form may show."""
    return frozenset(_previous_keys(form))


def _previous_keys(form: Form) -> Iterator[str]:
    for row in form.rows:
        for part in row.parts if row.role != "total" else ():
            names = {"rank": ("previous", "previous_of"), "trend": ("previous",)}.get(part.kind, ())
            yield from (f"{part.id or row.id}.{name}" for name in ("prior", *names))


def asking(extras: Extras) -> Extras:
    """Of the extras what decides which units are asked, and what they are called."""
    return Extras(extras.overlay, Local(names=extras.local.names, spellings=extras.local.spellings))
