"""What a unit typed: each input's value read leniently, and every doubt about the reading."""

from __future__ import annotations

import ast
import datetime as dt
import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Literal

from msgspec import Struct, field

from cchc_xlsx import expr, legacy, values
from cchc_xlsx.alteration import Aligned
from cchc_xlsx.expr import CellError, Value
from cchc_xlsx.fields import NIL, UNPUBLISHED, Field
from cchc_xlsx.grid import Grid, Place, Raw
from cchc_xlsx.layout.model import Layout, a1
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.value import IN_LIST

State = Literal["value", "nil", "blank", "unpublished", "invalid"]
_EXCUSES: Mapping[object, State] = {NIL: "nil", UNPUBLISHED: "unpublished"}
_NOT_FINITE = ("nan", *(sign + word for sign in ("", "+", "-") for word in ("inf", "infinity", "∞")))
_EPOCH = dt.date(1899, 12, 30)
_ERROR_TEXT = re.compile(r"#(?:[A-Z0/_]{2,20}[!?]|N/A|GETTING_DATA)|Err:[0-9]{3}")
_SPELLED = ("#", "E", "T", "F", "=")  # how an error, a logical value and a formula begin
_TIME_OF_DAY = re.compile(r" [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\Z")
# In an input of words: a reference, a function, a quoted name or text, a bracket, a sum. "=> đạt" and "=100%" are words.
_FORMULA_WORDS = re.compile(
    r"=[-+]?(?:\$?[A-Z]{1,3}\$?[0-9]+\b|[A-Z][A-Z0-9_.]*\(|[\w.]+!\$?[A-Z]|['\"(\[{]|[0-9.]+%?[-+*/&^][0-9(])",
    re.IGNORECASE,
)


class Entry(Struct, frozen=True):
    """One input as it was read.

    `value` is what the rules reckon with: a number (dates as day serials, percents as fractions), a text, None for a
    blank, or CellError; `seen` is what a person sees where that is not the value itself; `doubt` is the code of a
    finding about the reading.
    """

    key: str
    cell: str
    value: Value
    seen: str = ""
    doubt: str | None = None
    is_there: bool = True  # its row and column still exist
    data: Mapping[str, object] = field(default_factory=dict)


class Filled(Struct, frozen=True, dict=True):
    """All inputs of one workbook by key.

    `typed` are those whose cell holds anything, in most workbooks a few; where rows or columns stand elsewhere, all of them.
    """

    layout: Layout
    typed: Mapping[str, Entry]

    def entry(self, key: str) -> Entry:
        """The input of that key."""
        return self.typed.get(key) or _blank(key, self.layout.addresses[key])

    @cached_property
    def values(self) -> expr.Values:
        """The values by key, as the rules read them; blank inputs are left out."""
        return {key: entry.value for key, entry in self.typed.items()}

    @cached_property
    def has_errors(self) -> bool:
        """Whether any input shows an error: conditions that read it are void."""
        return any(isinstance(entry.value, CellError) for entry in self.typed.values())

    def state(self, key: str) -> State:
        """Whether an input holds a value, nothing, or is excused by what its row says."""
        value = self.values.get(key)
        line, _, name = key.partition(".")
        excuse = _EXCUSES.get(self.values.get(f"{line}.nil"))
        if excuse is None and name == "status":
            excuse = _EXCUSES.get(value)
        if value is None:
            is_figure = excuse and (self.layout.context.fields[key].is_number or name == "value")
            return excuse if excuse and is_figure else "blank"
        return excuse if excuse and name in ("nil", "status") and value in _EXCUSES else "value"

    @cached_property
    def excused(self) -> frozenset[str]:
        """The blank inputs of rows that say why there is nothing to fill in."""
        lines = {key.partition(".")[0] for key, entry in self.typed.items() if entry.value in _EXCUSES}
        if not lines:
            return frozenset()
        return frozenset(key for key in self.layout.inputs if key.partition(".")[0] in lines and key not in self.typed)


def fill(layout: Layout, grid: Grid, aligned: Aligned) -> Filled:
    """The inputs of the layout read from the sheet."""
    if aligned.strays is None:
        return Filled(
            layout, {key: _found(layout, grid, key, aligned.find(place)) for key, place in layout.inputs.items()}
        )
    keys, fields, addresses = layout.keys, layout.context.fields, layout.addresses
    there = keys.keys() & grid.values.keys()
    for more in (grid.formulas, grid.errors):
        there |= keys.keys() & more.keys()
    return Filled(
        layout, {key: _entry(fields[key], grid, at, addresses[key]) for at in sorted(there) if (key := keys[at])}
    )


@lru_cache(maxsize=16_384)
def _blank(key: str, cell: str) -> Entry:
    return Entry(key, cell, None)


def _found(layout: Layout, grid: Grid, key: str, at: Place | None) -> Entry:
    if at is None:
        return Entry(key, layout.addresses[key], None, is_there=False)
    return _entry(layout.context.fields[key], grid, at, a1(at))


def _entry(one: Field, grid: Grid, at: Place, cell: str) -> Entry:
    if at in grid.errors:
        shown = grid.errors[at]
        return Entry(one.key, cell, shown) if one.is_remark else Entry(one.key, cell, CellError(shown), shown)
    raw = grid.values.get(at)
    if at in grid.formulas:
        return _from_formula(one, grid.formulas[at], cell)
    if isinstance(raw, str) and (spelled := _spelled(one, raw.strip(), cell)):
        return spelled
    if at in grid.bools or isinstance(raw, bool):
        shown = "TRUE" if raw else "FALSE"
        return Entry(one.key, cell, shown, shown, "V213")
    if isinstance(raw, float) and not math.isfinite(raw):
        return _not_finite(one, raw, cell)
    read = _READERS[one.type](one, raw, cell)
    is_date = at in grid.dates or isinstance(raw, (dt.date, dt.datetime))
    if is_date and one.is_number and isinstance(read.value, (int, float)):
        return _hidden_date(one, read.value, cell)
    return read


def _from_formula(one: Field, formula: str, cell: str) -> Entry:
    shown = f"={formula}"
    result = arithmetic(formula) if one.is_number else None
    if result is None:
        return Entry(one.key, cell, shown, shown, "V212")
    return Entry(one.key, cell, result, shown, "V227", data={"read": registry.told(result)})


def _not_finite(one: Field, raw: float, cell: str) -> Entry:
    """NaN and infinity: some programs write them into a cell as if they were numbers."""
    shown = "NaN" if math.isnan(raw) else "∞" if raw > 0 else "-∞"
    return Entry(one.key, cell, shown, shown, "V215")


def _spelled(one: Field, text: str, cell: str) -> Entry | None:
    """An error, a formula, a logical value or a date kept as text: told as what it is, as where it stands itself.

    Programs that paste values leave such texts, and a marked copy carries them so: nothing a unit typed runs there.
    """
    if text[:1] not in _SPELLED and not one.is_number:
        return None
    if _ERROR_TEXT.fullmatch(text) and not one.is_remark:
        return Entry(one.key, cell, CellError(text), text)
    if text in ("TRUE", "FALSE"):
        return Entry(one.key, cell, text, text, "V213")
    if is_formula_text(one, text):
        return _from_formula(one, text[1:], cell)
    if one.is_number and (day := values.date(_TIME_OF_DAY.sub("", text))):
        return Entry(one.key, cell, text, text, "V203", data={"date": values.say_date(day)})
    return None


def is_formula_text(one: Field, text: str) -> bool:
    """Whether a text in an input is a formula that does not run."""
    return bool(_FORMULA_WORDS.match(text)) if one.type in ("text", "names") else text.startswith("=")


def _hidden_date(one: Field, serial: float, cell: str) -> Entry:
    return Entry(one.key, cell, serial, "", "V203", data=date_of(serial))


def date_of(serial: float) -> dict[str, object]:
    """The day that a number stands for, for messages."""
    day = values.from_serial(serial)
    return {"date": values.say_date(day) if day else values.say_number(serial)}


def _number(one: Field, raw: Raw | None, cell: str) -> Entry:
    if isinstance(raw, (dt.date, dt.datetime)):
        return Entry(one.key, cell, serial_of(raw))
    if isinstance(raw, (int, float)):
        return Entry(one.key, cell, float(raw))
    text = _text(raw)
    return Entry(one.key, cell, None) if text is None else _number_text(one, text, cell)


def _number_text(one: Field, text: str, cell: str) -> Entry:
    score = values.score(text) if one.type == "score" else None
    if score and score[1] == one.maximum:
        return _read_as(one, score[0], text, cell)
    if text.casefold() in _NOT_FINITE:
        return _not_finite(one, float(text.replace("∞", "inf")), cell)
    reading = values.number(text)
    if reading.kind == "none" or (reading.kind == "ambiguous" and len(reading.candidates) < 2):
        return Entry(one.key, cell, text, text)
    if one.type == "percent":
        return _percent_text(one, reading, text, cell)
    if reading.kind == "ambiguous":
        return _ambiguous(one, reading.candidates[:2], text, cell)
    assert reading.value is not None
    if reading.percent:
        return Entry(one.key, cell, text, text, "V205")
    return _read_as(one, reading.value, text, cell)


def _percent_text(one: Field, reading: values.Reading, text: str, cell: str) -> Entry:
    """ "95,5" and "95,5%" are 95.5 %; "0,95" may be 0.95 % or 95 %."""
    if reading.value is None:
        shares = tuple(candidate / 100 for candidate in reading.candidates[:2])
        return _ambiguous(one, shares, text, cell)
    if not reading.percent and 0 < reading.value <= 1:
        return _ambiguous(one, (reading.value / 100, reading.value), text, cell)
    return _read_as(one, reading.value / 100, text, cell)


def _read_as(one: Field, number: float, text: str, cell: str) -> Entry:
    said = values.say_percent(number) if one.type == "percent" else values.say_number(number, 6)
    return Entry(one.key, cell, number, text, "V221", data={"read": said})


def _ambiguous(one: Field, pair: tuple[float, ...], text: str, cell: str) -> Entry:
    say = values.say_percent if one.type == "percent" else values.say_number
    return Entry(one.key, cell, text, text, "V211", data={"first": say(pair[0]), "second": say(pair[1])})


def _date(one: Field, raw: Raw | None, cell: str) -> Entry:
    if isinstance(raw, (dt.date, dt.datetime)):
        return Entry(one.key, cell, float(math.floor(serial_of(raw))), _say_date(raw))
    if isinstance(raw, (int, float)):
        day = values.from_serial(raw)
        seen = values.say_date(day) if day else ""
        return Entry(one.key, cell, float(math.floor(raw)), seen)
    text = _text(raw)
    day = values.date(text) if text else None
    if text is None or day is None:
        return Entry(one.key, cell, text, text or "")
    data = {"read": values.say_date(day)}
    return Entry(one.key, cell, float(values.serial(day)), text, "V221", data=data)


def _say_date(raw: dt.date | dt.datetime) -> str:
    return values.say_date(raw.date() if isinstance(raw, dt.datetime) else raw)


def serial_of(raw: dt.date | dt.datetime) -> float:
    """The number that a spreadsheet holds for a day and time."""
    if isinstance(raw, dt.datetime):
        return (raw - dt.datetime.combine(_EPOCH, dt.time())) / dt.timedelta(days=1)
    return float((raw - _EPOCH).days)


def _choice(one: Field, raw: Raw | None, cell: str) -> Entry:
    text = _text(raw)
    if text is None:
        return Entry(one.key, cell, None)
    same = _option(one, text)
    if same is None:
        for name, read in legacy.readings(text):
            if option := _option(one, read):
                return _old_encoding(one, option, text, cell, (name, option), IN_LIST)
    return Entry(one.key, cell, same or text, text)


def _option(one: Field, text: str) -> str | None:
    """The answer of the list that a text gives."""
    if text in one.options:
        return text
    said = values.fold(text)
    return next((option for option in one.options if values.fold(option) == said), None)


def _old_encoding(one: Field, value: str, text: str, cell: str, reading: tuple[str, str], listed: object) -> Entry:
    name, read = reading
    data = {"value": registry.told(text), "encoding": name, "read": registry.told(read), "listed": listed}
    return Entry(one.key, cell, value, text, "V228", data=data)


def _plain(one: Field, raw: Raw | None, cell: str) -> Entry:
    if isinstance(raw, (dt.date, dt.datetime)):
        shown = _say_date(raw)
        return Entry(one.key, cell, shown, shown)
    if isinstance(raw, (int, float)):
        return Entry(one.key, cell, _as_target(one, float(raw)))
    text = _text(raw)
    reading = legacy.recognise(text) if text else None
    if text and reading:
        # What it says is shown and not taken over: only who typed it knows whether it was read right.
        return _old_encoding(one, text, text, cell, reading, "")
    return Entry(one.key, cell, text, text or "")


def _as_target(one: Field, number: float) -> str:
    """A number typed into a text cell; a fraction in a target cell is a percentage typed as such."""
    return values.say_percent(number) if one.is_share and 0 < number <= 1 else values.say_number(number, 6)


def _text(raw: Raw | None) -> str | None:
    text = values.nfc(str(raw)).replace("\r\n", "\n").strip() if raw is not None else ""
    return text or None


_READERS: Mapping[str, Callable[[Field, Raw | None, str], Entry]] = {
    "whole": _number,
    "percent": _number,
    "score": _number,
    "date": _date,
    "choice": _choice,
    "names": _plain,
    "text": _plain,
}

_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def arithmetic(formula: str) -> float | None:
    """The value of a sum typed into a cell, such as 45+55; None for anything but + - * / of plain numbers."""
    if len(formula) > 200:
        return None
    try:
        return _calculate(ast.parse(formula.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, OverflowError, RecursionError, MemoryError):
        return None


def _calculate(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            result = _OPERATORS[type(op)](_calculate(left), _calculate(right))
            if math.isfinite(result):
                return result
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_calculate(operand)
    raise ValueError("not plain arithmetic")
