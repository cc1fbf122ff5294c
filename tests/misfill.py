"""Filling a form as a careless unit would: every kind of mistake that a constraint is declared for, native to its cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import fill

from cchc_xlsx import expr, fields
from cchc_xlsx.fields import Context, Field
from cchc_xlsx.issue import Issue, Line
from cchc_xlsx.rules import registry

Bad = str | float | dict[str, str] | None
Mistake = dict[str, Bad]  # what is typed instead, by the name or the key of an input; None leaves it blank
Turns = Counter[object]

ERROR = {"formula": "=1/0"}
BLANK = None
LOOKS_BLANK = "\u00a0 \t\n\u00a0"
DATE = 46376  # 12/20 as English programs read it: 20 December 2026

_WRONG: dict[str, tuple[Bad, ...]] = {
    "whole": ("một trăm", ERROR, DATE, -5, 0.95, 12.5, BLANK),
    "percent": ("chín mươi", ERROR, DATE, -0.1, 95, 0.0095, BLANK),
    "score": ("mười", ERROR, DATE, -1, BLANK),
}


def as_read(value: Bad) -> expr.Value:
    """What a rule sees of a typed value: the error itself where a formula fails."""
    return expr.CellError("#DIV/0!") if isinstance(value, dict) else value


def incomplete(issue: Issue, shift: int) -> Mistake:
    """Every second target missed without a reason (or with one of blanks), and every third input left out."""
    ctx = fields.context(issue)
    if issue.kind == "plan":
        return {key: BLANK for index, key in enumerate(_targets(ctx)) if index % 3 == shift}
    typed: Mistake = dict(fill.valid(issue))
    for index, line in enumerate(one for one in ctx.lines if one.is_open):
        if index % 2 == shift % 2:
            typed |= _keyed(line, _MISSED[line.measure.kind](line))
        if index % 4 == shift and ctx.of(line, "reason"):
            typed[line.key("reason")] = ("   ", LOOKS_BLANK)[index % 8 // 4]
    for index, key in enumerate(list(typed)):
        if index % 3 == shift:
            typed[key] = BLANK
    return typed


def wrong(issue: Issue, turns: Turns) -> Mistake:
    """A filling in which every line is wrong; `turns` counts on, so that the next one is wrong in other ways."""
    ctx = fields.context(issue)
    typed = dict(_wrong_plan(ctx, turns)) if issue.kind == "plan" else _wrong_report(ctx, turns)
    can_be_wrong = registry.constraints(ctx)
    return {key: value for key, value in typed.items() if value != ERROR or key in can_be_wrong}


def _wrong_report(ctx: Context, turns: Turns) -> Mistake:
    typed: Mistake = dict(fill.valid(ctx.issue))
    for line in ctx.lines:
        if line.is_open:
            mistakes = [one for one in _mistakes(ctx, line) if all(ctx.of(line, name) for name in one)]
            turn = (line.measure.kind, len(mistakes))
            typed |= _keyed(line, mistakes[turns[turn] % len(mistakes)])
            turns[turn] += 1
    if turns["relations"] % 2:
        typed |= _unrelated(ctx)
    turns["relations"] += 1
    return typed


def _keyed(line: Line, values: Mistake) -> Mistake:
    return {line.key(name): value for name, value in values.items()}


def _mistakes(ctx: Context, line: Line) -> Iterator[Mistake]:
    numbers = [one for one in ctx.fields.values() if one.is_number and one.key.startswith(f"{line.id}.")]
    for turn in range(max((len(_WRONG[one.type]) for one in numbers), default=0)):
        yield {_name(one): _bad(one, turn + index) for index, one in enumerate(numbers)}
    if any(one.type == "whole" for one in numbers):
        yield {_name(one): (one.maximum or 0) + 1 for one in numbers}
    yield from _LOGIC[line.measure.kind](ctx, line)


def _name(one: Field) -> str:
    return one.key.rpartition(".")[2]


def _bad(one: Field, turn: int) -> Bad:
    return _WRONG[one.type][turn % len(_WRONG[one.type])]


def _nils(figures: Mistake) -> Iterator[Mistake]:
    yield figures | {"nil": "không có gì"}
    yield figures | {"nil": ERROR}


def _rate(_: Context, line: Line) -> Iterator[Mistake]:
    yield {"num": 250, "den": 200}
    yield {"num": DATE, "den": 20}
    yield {"num": 12, "den": DATE}
    yield {"num": 5, "den": 0}
    yield {"num": 0, "den": 0}
    yield {"num": 0, "den": 200, "reason": ERROR}
    yield {"num": 0, "den": 200}
    for option in fields.nil_options(line):
        yield {"num": 5, "den": 6, "nil": option}
        yield {"num": 0, "den": 0, "nil": option}
        yield {"num": BLANK, "den": BLANK, "nil": option}
    yield from _nils({"num": 0, "den": 0})


def _value(_: Context, line: Line) -> Iterator[Mistake]:
    if line.measure.kind == "score":
        yield {"value": (line.measure.maximum or 0) + 1}
    low = line.target is None or line.target.value != 0
    yield {"value": 0 if low else 2, "reason": ERROR}
    for option in fields.nil_options(line):
        yield {"value": 3, "nil": option}
    yield from _nils({"value": 3})


def _trend(_: Context, __: Line) -> Iterator[Mistake]:
    yield {"value": 0.8, "previous": 0.9}
    yield {"value": 0.8, "previous": 0.9, "reason": ERROR}
    yield {"value": 0.9, "previous": 0.8, "nil": fields.UNPUBLISHED}
    yield from _nils({})


def _rank(_: Context, __: Line) -> Iterator[Mistake]:
    yield {"value": 15, "of": 12, "previous": 15, "previous_of": 12}
    yield {"value": 5, "of": 12, "previous": 3, "previous_of": 12}
    yield {"value": 5, "of": 12, "previous": 5, "previous_of": 12, "reason": ERROR}
    yield {"value": 3, "of": 12, "previous": 5, "previous_of": 13, "nil": fields.UNPUBLISHED}
    yield {"value": 3, "of": 12, "previous": 5, "previous_of": 13}
    yield {"value": 0, "of": 0, "previous": 0, "previous_of": 0}
    yield from _nils({})


def _grade(_: Context, line: Line) -> Iterator[Mistake]:
    yield {"value": "Giỏi", "nil": "không có gì"}
    yield {"value": line.measure.scale[-1], "reason": ERROR}
    yield {"value": line.measure.scale[-1]}
    yield {"value": ERROR, "nil": ERROR}
    yield {"value": line.measure.scale[0], "nil": fields.UNPUBLISHED}
    yield {"value": BLANK}


def _task(ctx: Context, line: Line) -> Iterator[Mistake]:
    opens, closes = (ctx.fields[line.key("done_on")].minimum, ctx.fields[line.key("done_on")].maximum or 0)
    done: Mistake = {"status": fields.DONE, "doc_no": "15/KH-UBND"}
    yield {"status": "xong rồi", "doc_no": ERROR}
    yield {"status": ERROR, "done_on": ERROR}
    yield {"status": BLANK}
    yield {"status": fields.OVERDUE, "done_on": BLANK, "doc_no": BLANK}
    yield {"status": fields.OVERDUE, "reason": ERROR}
    yield {"status": fields.DOING, "done_on": closes}
    yield {"status": fields.NOT_DUE, "done_on": BLANK}
    yield {"status": fields.NIL, "done_on": opens}
    yield {"status": fields.DONE, "done_on": BLANK, "doc_no": "  "}
    yield done | {"done_on": closes + 1}
    yield done | {"done_on": opens - 1}
    yield done | {"done_on": "tháng 8"}
    yield done | {"done_on": closes}


def _narrative(_: Context, __: Line) -> Iterator[Mistake]:
    yield {"status": "tốt", "text": BLANK}
    yield {"status": fields.REACHED, "text": BLANK}
    yield {"status": fields.NOT_REACHED, "text": LOOKS_BLANK}
    yield {"status": fields.REACHED, "text": ERROR}
    yield {"status": ERROR, "text": BLANK}
    yield {"status": BLANK}


_LOGIC = {
    "rate": _rate,
    "percent": _value,
    "count": _value,
    "score": _value,
    "rank": _rank,
    "grade": _grade,
    "trend": _trend,
    "task": _task,
    "narrative": _narrative,
}

_MISSED = {
    "rate": lambda _: {"num": 0, "den": 200},
    "percent": lambda _: {"value": 0.02},
    "count": lambda line: {"value": 2 if line.target and line.target.value == 0 else 0},
    "score": lambda _: {"value": 0},
    "rank": lambda _: {"value": 7, "of": 12, "previous": 5, "previous_of": 12},
    "grade": lambda line: {"value": line.measure.scale[-1]},
    "trend": lambda _: {"value": 0.8, "previous": 0.85},
    "task": lambda _: {"status": fields.OVERDUE, "done_on": BLANK, "doc_no": BLANK},
    "narrative": lambda _: {"status": fields.NOT_REACHED, "text": BLANK},
}


def _unrelated(ctx: Context) -> Mistake:
    """Rows that contradict one another: the part above its whole, and two figures for one thing."""
    typed: Mistake = {}
    for relation in ctx.issue.form.relations:
        if relation.kind == "subset":
            whole, part = relation.whole.partition(".")[0], relation.part.partition(".")[0]
            typed |= {f"{whole}.num": 150, f"{whole}.den": 200, f"{part}.num": 180, f"{part}.den": 190}
            typed |= {f"{row}.{name}": BLANK for row in (whole, part) for name in ("nil", "reason")}
    return typed


def _targets(ctx: Context) -> list[str]:
    return [key for key, one in ctx.fields.items() if one.slot == "target"]


def _wrong_plan(ctx: Context, turns: Turns) -> Iterator[tuple[str, Bad]]:
    targets = ("Đạt cao", ERROR, BLANK, "60% đến 80%", "  ", "Tối thiểu 60%")
    others = ("Tổ 4; Tư pháp xã", ERROR, "sớm", BLANK)
    for key, one in ctx.fields.items():
        choices = targets if one.slot == "target" else others
        if one.type == "score":
            choices = (*_WRONG["score"], (one.maximum or 0) + 1)
        turn = ("plan", one.type, one.slot)
        yield key, choices[turns[turn] % len(choices)]
        turns[turn] += 1
