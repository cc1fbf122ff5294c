"""Plausible figures for an issue, every target met: for the demonstration, for benchmarks and for tests."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping

from cchc_xlsx import fields, values
from cchc_xlsx.fields import Context
from cchc_xlsx.issue import Issue, Line

Typed = dict[str, str | float]

_TOTAL = 200.0


def valid(issue: Issue) -> Typed:
    """What a careful unit would type: native values by key, without a finding in any form and period."""
    ctx = fields.context(issue)
    typed: Typed = {}
    for line in ctx.lines:
        if line.is_open:
            made = _MAKERS[line.measure.kind](ctx, line)
            typed |= {line.key(name): value for name, value in made.items() if ctx.of(line, name)}
    _agree(issue, typed)
    return typed


def _agree(issue: Issue, typed: Typed) -> None:
    """Rows that count the same thing give the same figure; each share stays as it was."""
    for relation in issue.form.relations:
        part, whole = relation.part, relation.whole
        if relation.kind == "same" and part in typed and whole in typed:
            old, new = float(typed[part]), float(typed[whole])
            typed[part] = new
            num = part.removesuffix("den") + "num"
            typed[num] = math.ceil(float(typed[num]) / old * new)


def _rate(_: Context, line: Line) -> Typed:
    target = line.target.value if line.target and isinstance(line.target.value, (int, float)) else 95.0
    return {"num": min(_TOTAL, math.ceil(_TOTAL * target / 100) + 2), "den": _TOTAL}


def _count(_: Context, line: Line) -> Typed:
    target = line.target.value if line.target and isinstance(line.target.value, (int, float)) else 1.0
    return {"value": target}


def _task(ctx: Context, line: Line) -> Typed:
    opens, closes = fields.task_window(ctx.issue, line)
    if line.due and line.due < closes:
        done = max(opens, line.due - dt.timedelta(days=1))
        return {"status": fields.DONE, "done_on": float(values.serial(done)), "doc_no": "15/KH-UBND"}
    return {"status": fields.DOING}


_MAKERS: Mapping[str, Callable[[Context, Line], Typed]] = {
    "rate": _rate,
    "percent": lambda _, line: {"value": 1.0},
    "count": _count,
    "score": lambda _, line: {"value": line.measure.maximum or 0.0},
    "rank": lambda _, line: {"value": 3.0, "of": 12.0, "previous": 5.0, "previous_of": 12.0},
    "grade": lambda _, line: {"value": line.measure.scale[0]},
    "trend": lambda _, line: {"value": 0.9, "previous": 0.85},
    "task": _task,
    "narrative": lambda _, line: {"status": fields.REACHED, "text": "Đã niêm yết tại 5/5 thôn."},
}
