"""Filling a form as a unit would: right, incomplete, or wrong; every value native to its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from cchc_xlsx import fields, values
from cchc_xlsx.fields import Context, Line
from cchc_xlsx.form import load
from cchc_xlsx.issue import Issue, Plan
from cchc_xlsx.periods import parse

Typed = dict[str, "str | float"]
FORMS = tuple(load.listing(load.folders()))


def report(form_id: str, period: str = "N", unit: str = "XA", plan: Plan | None = None) -> Issue:
    """A report issue of a shipped form in its own year."""
    form = load.find(form_id)
    code = parse(f"{form.base_year}-{period}")
    return Issue(form, form.commune or "Nhơn Hậu", form.base_year, "report", code, unit, None, plan or Plan())


def plan(form_id: str) -> Issue:
    """The plan issue of a shipped form in its own year."""
    form = load.find(form_id)
    return Issue(form, form.commune or "Nhơn Hậu", form.base_year, "plan")


def valid(issue: Issue) -> Typed:
    """A filling without a finding: every figure meets its target."""
    ctx = fields.context(issue)
    typed: Typed = {}
    for line in ctx.lines:
        if line.is_open:
            typed |= {line.key(name): value for name, value in _MAKERS[line.measure.kind](ctx, line).items()}
    for relation in issue.form.relations:
        if relation.kind == "same" and {relation.part, relation.whole} <= typed.keys():
            typed[relation.part] = typed[relation.whole]
    for line in ctx.lines:  # a whole that was set to another row's part may have fallen below its own part
        if line.measure.kind == "rate" and line.key("num") in typed:
            typed[line.key("num")] = min(typed[line.key("num")], typed[line.key("den")])  # type: ignore[type-var]
    return typed


def _rate(_: Context, __: Line) -> Typed:
    return {"num": 198, "den": 200} if __.target is None else _reaching(__)


def _reaching(line: Line) -> Typed:
    assert line.target is not None and isinstance(line.target.value, float)
    return {"num": 200 if line.target.value > 99 or line.target.op == ">" else 198, "den": 200}


def _task(ctx: Context, line: Line) -> Typed:
    opens, closes = fields.task_window(ctx.issue, line)
    if line.due and line.due < closes:
        done = max(opens, line.due - dt.timedelta(days=1))
        return {"status": fields.DONE, "done_on": values.serial(done), "doc_no": "15/KH-UBND"}
    return {"status": fields.DOING}


_MAKERS: dict[str, Callable[[Context, Line], Typed]] = {
    "rate": _rate,
    "percent": lambda _, line: {"value": 1.0},
    "count": lambda _, line: {"value": 0 if line.target and line.target.value == 0 else 3},
    "score": lambda _, line: {"value": line.measure.maximum or 0},
    "rank": lambda _, line: {"value": 3, "of": 12, "previous": 5, "previous_of": 12},
    "grade": lambda _, line: {"value": line.measure.scale[0]},
    "trend": lambda _, line: {"value": 0.9, "previous": 0.85},
    "task": _task,
    "narrative": lambda _, line: {"status": fields.REACHED, "text": "Đã niêm yết tại 5/5 thôn."},
}
