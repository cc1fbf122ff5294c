"""The inputs of each kind of measure: where they stand, what may be typed, and when the measure is met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from cchc_xlsx import expr, values
from cchc_xlsx.expr import Const, Expr, If
from cchc_xlsx.form.model import Row
from cchc_xlsx.issue import PLAN_ROLES, Issue, Line, catalogue, cell, lines, printed, words
from cchc_xlsx.lang import Text

FieldType = Literal["whole", "percent", "score", "date", "choice", "names", "text"]

NIL = "Không phát sinh"
UNPUBLISHED = "Chưa công bố"
NOT_DUE, DOING, DONE, OVERDUE = "Chưa đến hạn", "Đang thực hiện", "Hoàn thành", "Quá hạn"
TASK_STATUS = (NOT_DUE, DOING, DONE, OVERDUE, NIL)
REACHED, NOT_REACHED = "Đạt", "Chưa đạt"
NARRATIVE_STATUS = (REACHED, DOING, NOT_REACHED)
NOT_ASSIGNED, NOT_COMPARABLE = "Chưa giao", "Không so sánh được"
# Ranges are as narrow as possible: a date that is typed into a count is a number too.
MAX_COUNT = 1_000_000  # dossiers of a commune in a year
MAX_ITEMS = 10_000  # sections inspected, people disciplined
MAX_RANK = 4_000  # 3,321 communes since July 2025

_ENGLISH = {
    "num": "Numerator",
    "den": "Denominator",
    "value": "Result",
    "of": "Communes ranked",
    "previous": "Last year's result",
    "previous_of": "Communes ranked last year",
    "status": "Status",
    "done_on": "Done on",
    "doc_no": "Document number",
    "nil": "Nothing happened / not published",
    "reason": "Reason",
    "evidence": "Evidence",
    "note": "Note",
    "text": "Text",
    "target": "Target",
    "deadline": "Deadline",
    "product": "Product",
    "watch": "Unit that watches",
    "do": "Unit that does",
    "lead": "Leading unit",
    "assess": "Assessing unit",
}
_FIGURES = ("num", "den", "value", "of", "previous", "previous_of")
_NUMERIC = ("whole", "percent", "score")


class Field(Struct, frozen=True):
    """One input cell, before it has an address."""

    key: str
    row: str  # id of the row whose grid line holds it
    slot: str  # the column: an official column's id, or num, den, third, fourth, nil, reason, evidence, note
    type: FieldType
    name: str  # what messages call it
    words: str = ""  # what exactly is typed there
    minimum: float = 0
    maximum: float | None = None
    options: tuple[str, ...] = ()
    prefill: str | float | None = None
    is_share: bool = False  # a target that is a percentage, kept as text
    known: float | None = None  # the figure that is known already: it is printed, and nothing is typed

    @property
    def title(self) -> Text:
        """What messages call it, in both languages; in English by what it is, as the sheet itself is Vietnamese."""
        name = self.key.rpartition(".")[2]
        return Text(self.name, _ENGLISH.get(name, self.name))

    @property
    def is_number(self) -> bool:
        """Whether a number is typed (dates apart)."""
        return self.type in _NUMERIC

    @property
    def is_remark(self) -> bool:
        """Whether it only says more about a figure."""
        return self.slot in ("evidence", "note") or self.row in FREE_TEXTS

    @property
    def valid(self) -> Expr:
        """The cell holds a value that may be reckoned with."""
        test = expr.whole(self.key) if self.type == "whole" else expr.number(self.key)
        terms = [test, expr.compare(self.key, ">=", self.minimum)]
        if self.maximum is not None:
            terms.append(expr.compare(self.key, "<=", self.maximum))
        return expr.both(*terms)


class Context(Struct, frozen=True, dict=True):
    """An issue with all its lines and inputs, by key: what the rules and the layout work on."""

    issue: Issue
    lines: tuple[Line, ...]
    fields: Mapping[str, Field] = field(default_factory=dict)
    known: Mapping[str, Field] = field(default_factory=dict)  # would be inputs, but their figures are known

    @cached_property
    def by_line(self) -> Mapping[str, Line]:
        """The lines by id."""
        return {line.id: line for line in self.lines}

    @cached_property
    def single(self) -> frozenset[str]:
        """The figures in rows that one unit alone reports, by key."""
        lines = [line for line in self.lines if len(line.reporters) == 1]
        return frozenset(key for line in lines for name in _FIGURES if (key := line.key(name)) in self.fields)

    @property
    def is_year(self) -> bool:
        """Whether this is the report of the whole year."""
        return self.issue.period is not None and self.issue.period.kind == "year"

    def of(self, line: Line, name: str) -> Field | None:
        """The input `name` of a line, if this workbook asks for it."""
        return self.fields.get(line.key(name))

    def figure(self, line: Line, name: str) -> Expr:
        """What stands in a field of a line: what is typed there, or the figure that is known."""
        found = self.known.get(line.key(name))
        return expr.Ref(line.key(name)) if found is None or found.known is None else Const(found.known)

    def prior(self, line: Line) -> str | float | None:
        """The result of the period before, where it is known."""
        return self.issue.local.previous.get(line.key("prior"))


def context(issue: Issue) -> Context:
    """The issue with its lines and inputs in reading order."""
    all_lines = lines(issue)
    found = tuple(_plan(issue) if issue.kind == "plan" else _report(issue, all_lines))
    inputs = {one.key: one for one in found if one.known is None}
    return Context(issue, all_lines, inputs, {one.key: one for one in found if one.known is not None})


def _report(issue: Issue, all_lines: tuple[Line, ...]) -> Iterator[Field]:
    for line in all_lines:
        if line.is_open:
            yield from report_fields(issue, line)
    for name, title in FREE_TEXTS.items():
        yield Field(f"{name}.text", name, "text", "text", title, title)


FREE_TEXTS = {"difficulties": "Khó khăn, vướng mắc", "proposals": "Kiến nghị, đề xuất"}


def report_fields(issue: Issue, line: Line) -> Iterator[Field]:
    """The inputs of one line of a report, in the order of their columns; with those whose figure is known."""
    for one in _MAKERS[line.measure.kind](issue, line):
        yield _known(one, issue.local.previous.get(one.key))
    options = nil_options(line)
    if options and line.measure.kind != "task":
        yield _field(line, "nil", "nil", "choice", " / ".join(options), options=options)
    if line.measure.kind != "narrative":
        yield _field(line, "reason", "reason", "text", "Nguyên nhân chưa đạt")
    yield _field(line, "evidence", "evidence", "text", "Tài liệu kiểm chứng")
    yield _field(line, "note", "note", "text", "Ghi chú")


def _known(one: Field, figure: str | float | None) -> Field:
    """The field with its known figure, where that is one which may be reckoned with."""
    if not isinstance(figure, (int, float)) or one.key.rpartition(".")[2] not in ("previous", "previous_of"):
        return one
    is_valid = expr.holds(one.valid, {one.key: float(figure)})
    return replace(one, known=float(figure)) if is_valid else one


def nil_options(line: Line) -> tuple[str, ...]:
    """What may stand instead of a figure: nothing happened (flows), not yet published (known once a year)."""
    measure = line.measure
    if line.once_a_year:
        return (UNPUBLISHED,)
    is_zero_goal = measure.kind == "count" and line.target is not None and line.target.value == 0
    if measure.kind in ("rate", "percent", "count") and measure.basis != "stock" and not is_zero_goal:
        return (NIL,)
    return ()


def _field(line: Line, name: str, slot: str, kind: FieldType, title: str, detail: str = "", **more: object) -> Field:
    return Field(line.key(name), line.row.id, slot, kind, title, detail or title, **more)  # type: ignore[arg-type]


def _rate(_: Issue, line: Line) -> Iterator[Field]:
    yield _field(line, "num", "first", "whole", "Tử số", line.measure.num, maximum=MAX_COUNT)
    yield _field(line, "den", "second", "whole", "Mẫu số", line.measure.den, maximum=MAX_COUNT)


def _percent(_: Issue, line: Line) -> Iterator[Field]:
    yield _field(line, "value", "first", "percent", "Kết quả (%)", line.measure.value, maximum=1)


def _count(_: Issue, line: Line) -> Iterator[Field]:
    yield _field(line, "value", "first", "whole", "Số lượng", line.measure.value, maximum=MAX_ITEMS)


def _score(_: Issue, line: Line) -> Iterator[Field]:
    # The maximum is checked by its own rule (L406), which names it.
    yield _field(line, "value", "first", "score", "Điểm đạt được", line.measure.value, maximum=line.measure.maximum)


def _rank(issue: Issue, line: Line) -> Iterator[Field]:
    for name, slot, title in (
        ("value", "first", "Thứ hạng kỳ này"),
        ("of", "second", "Số xã xếp hạng kỳ này"),
        ("previous", "third", f"Thứ hạng năm {issue.year - 1}"),
        ("previous_of", "fourth", f"Số xã xếp hạng năm {issue.year - 1}"),
    ):
        detail = line.measure.value if name == "value" else title
        yield _field(line, name, slot, "whole", title, detail, minimum=1, maximum=MAX_RANK)


def _grade(_: Issue, line: Line) -> Iterator[Field]:
    yield _field(line, "value", "first", "choice", "Mức xếp loại", line.measure.value, options=line.measure.scale)


def _trend(issue: Issue, line: Line) -> Iterator[Field]:
    yield _field(line, "value", "first", "percent", "Kết quả kỳ này (%)", line.measure.value, maximum=1)
    title = f"Kết quả năm {issue.year - 1} (%)"
    yield _field(line, "previous", "second", "percent", title, title, maximum=1)


def _task(issue: Issue, line: Line) -> Iterator[Field]:
    yield _field(line, "status", "first", "choice", "Tình trạng", line.measure.value, options=TASK_STATUS)
    begins, closes = task_window(issue, line)
    yield _field(
        line,
        "done_on",
        "second",
        "date",
        "Ngày hoàn thành",
        minimum=values.serial(begins),
        maximum=values.serial(closes),
    )
    yield _field(line, "doc_no", "third", "text", "Số, ký hiệu văn bản")


def _narrative(_: Issue, line: Line) -> Iterator[Field]:
    yield _field(line, "status", "first", "choice", "Mức độ thực hiện", line.measure.value, options=NARRATIVE_STATUS)
    yield _field(line, "text", "reason", "text", "Tóm tắt kết quả", line.measure.value)


_MAKERS = {
    "rate": _rate,
    "percent": _percent,
    "count": _count,
    "score": _score,
    "rank": _rank,
    "grade": _grade,
    "trend": _trend,
    "task": _task,
    "narrative": _narrative,
}


def task_window(issue: Issue, line: Line) -> tuple[dt.date, dt.date]:
    """When a finished task may have been finished: from the earlier of 15/12 of the year before and the first day of its
    deadline, to the closing day of the period."""
    opens = dt.date(issue.year - 1, 12, 15)
    closes = issue.period.end if issue.period else dt.date(issue.year, 12, 31)
    return min(opens, line.begins or opens), closes


def _plan(issue: Issue) -> Iterator[Field]:
    for row in issue.form.rows:
        if row.role not in ("section",):
            yield from _plan_row(issue, row)


def _plan_row(issue: Issue, row: Row) -> Iterator[Field]:
    for column in issue.form.leaves:
        own = cell(issue, row, column.id)
        is_input = column.role in PLAN_ROLES and (row.parts or own) and row.role != "total"
        if not is_input or (not own and printed(issue, row, column.id)):
            continue  # not for the office, or the blank part of a vertical merge
        key = f"{row.id}.{column.id}"
        title = words(issue, column.header) if column.role != "target" else "Chỉ tiêu"
        prefill = own or None
        if column.role == "target" and row.measure and row.measure.kind == "score":
            score = score_text(own)
            prefill = score.value if score else None
            yield Field(key, row.id, column.id, "score", title, maximum=row.measure.maximum, prefill=prefill)
        elif column.role == "units":
            yield Field(key, row.id, column.id, "names", title, options=responsible(issue), prefill=prefill)
        else:
            is_share = column.role == "target" and any(part.kind in ("rate", "percent") for part in row.parts)
            yield Field(key, row.id, column.id, "text", title, prefill=prefill, is_share=is_share)


def responsible(issue: Issue) -> tuple[str, ...]:
    """The drop-down of a responsibility cell: sections, collective phrases and the combinations that the form prints."""
    known = catalogue(issue).units
    names = [known[code].name for code in issue.form.sections]
    names += [unit.name for unit in known.values() if unit.all_sections]
    columns = [column.id for column in issue.form.leaves if column.role == "units"]
    shown = [str(cell(issue, row, column)) for row in issue.form.rows for column in columns]
    return tuple(dict.fromkeys(text for text in (*names, *shown) if text))


class Score(Struct, frozen=True):
    """A printed score "6.5/7": the number, and how the paper writes both."""

    value: float
    written: str
    maximum: str


def score_text(text: str | float) -> Score | None:
    """A printed score, or a bare number with an empty maximum; None for other texts."""
    if isinstance(text, (int, float)):
        return Score(float(text), f"{text:g}", "")
    number, _, maximum = str(text).strip().partition("/")
    try:
        return Score(float(number.replace(",", ".")), number, maximum)
    except ValueError:
        return None


def missed(ctx: Context, line: Line) -> Expr | None:
    """The figures are all there and below the target; None where there is nothing to be below."""
    judged = _JUDGES.get(line.measure.kind)
    if judged is None or (line.target is None and line.needs_target):
        return None
    pair = judged(ctx, line)
    return None if pair is None else expr.both(pair[0], expr.no(pair[1]))


def verdict(ctx: Context, line: Line) -> Expr:
    """The word in the column "Đạt / Chưa đạt": an expression that gives a text, empty while figures are missing."""
    if line.measure.kind == "task":
        return _task_verdict(line)
    if line.measure.kind == "narrative":
        return _chain((expr.equals(line.key("status"), word), word) for word in (REACHED, NOT_REACHED))
    nil = [(expr.equals(line.key("nil"), word), word) for word in nil_options(line)]
    if line.target is None and line.needs_target:
        value = line.key("num" if line.measure.kind == "rate" else "value")
        return _chain([*nil, (expr.no(expr.blank(value)), NOT_ASSIGNED)])
    pair = _JUDGES[line.measure.kind](ctx, line)
    steps = [*nil, *_before(ctx, line)]
    if pair:
        steps += [(expr.both(*pair), REACHED), (pair[0], NOT_REACHED)]
    return _chain(steps)


def _before(ctx: Context, line: Line) -> Iterator[tuple[Expr, str]]:
    if line.measure.kind == "rate":
        zero = [expr.compare(line.key(name), "=", 0) for name in ("num", "den")]
        yield expr.both(_valid(ctx, line, "num", "den"), *zero), NIL
    if line.measure.kind == "rank":
        differ = expr.Compare("<>", ctx.figure(line, "of"), ctx.figure(line, "previous_of"))
        yield expr.both(_valid(ctx, line, "value", "of", "previous", "previous_of"), differ), NOT_COMPARABLE


def _chain(steps: Iterator[tuple[Expr, str]] | list[tuple[Expr, str]]) -> Expr:
    result: Expr = Const("")
    for test, word in reversed(list(steps)):
        result = If(test, Const(word), result)
    return result


def _valid(ctx: Context, line: Line, *names: str) -> Expr:
    found = [ctx.of(line, name) for name in names]
    return expr.both(*(one.valid for one in found if one))


def _is_share(ctx: Context, line: Line) -> Expr:
    """The two counts are there and the one is a part of the other: a share above 100 % is no result."""
    part = expr.Compare("<=", expr.Ref(line.key("num")), expr.Ref(line.key("den")))
    return expr.both(_valid(ctx, line, "num", "den"), expr.compare(line.key("den"), ">", 0), part)


def ratio(ctx: Context, line: Line) -> Expr:
    """The share that a rate's two counts make, as a fraction; an empty text while it cannot be known."""
    known = _is_share(ctx, line)
    share = expr.Math("/", (expr.Ref(line.key("num")), expr.Ref(line.key("den"))))
    return If(known, share, Const(""))


Judged = tuple[Expr, Expr] | None


def _judge_rate(ctx: Context, line: Line) -> Judged:
    target = line.target
    assert target is not None and isinstance(target.value, (int, float))
    # num·100 against target·den keeps whole numbers whole: no share such as 0.07·100 = 7.000000000000001 is ever compared.
    left, right = expr.times(line.key("num"), 100), expr.times(line.key("den"), target.value)
    known = _is_share(ctx, line)
    return known, expr.Compare(target.op, left, right)


def _judge_value(ctx: Context, line: Line) -> Judged:
    target = line.target
    assert target is not None and isinstance(target.value, (int, float))
    # A typed 29 % is 0.29, and so is 29/100; 0.29·100 would be 28.999999999999996.
    goal = target.value / 100 if line.measure.kind == "percent" else target.value
    return _valid(ctx, line, "value"), expr.Compare(target.op, expr.Ref(line.key("value")), Const(goal))


def _judge_rank(ctx: Context, line: Line) -> Judged:
    same = expr.Compare("=", ctx.figure(line, "of"), ctx.figure(line, "previous_of"))
    within = [
        expr.Compare("<=", ctx.figure(line, name), ctx.figure(line, total))
        for name, total in (("value", "of"), ("previous", "previous_of"))
    ]
    known = expr.both(_valid(ctx, line, "value", "of", "previous", "previous_of"), *within, same)
    return known, expr.Compare("<", ctx.figure(line, "value"), ctx.figure(line, "previous"))


def _judge_trend(ctx: Context, line: Line) -> Judged:
    better = expr.Compare(">", ctx.figure(line, "value"), ctx.figure(line, "previous"))
    return _valid(ctx, line, "value", "previous"), better


def _judge_grade(_: Context, line: Line) -> Judged:
    scale = line.measure.scale
    assert line.target is not None
    enough = scale[: scale.index(str(line.target.value)) + 1]
    return expr.equals(line.key("value"), *scale), expr.equals(line.key("value"), *enough)


_JUDGES = {
    "rate": _judge_rate,
    "percent": _judge_value,
    "count": _judge_value,
    "score": _judge_value,
    "rank": _judge_rank,
    "trend": _judge_trend,
    "grade": _judge_grade,
}


def _task_verdict(line: Line) -> Expr:
    status = line.key("status")
    in_time: Expr = Const(REACHED)
    if line.due:
        done_on = line.key("done_on")
        late = expr.compare(done_on, ">=", values.serial(line.due) + 1)  # a day may carry a time of day
        in_time = If(expr.number(done_on), If(late, Const(NOT_REACHED), Const(REACHED)), Const(""))
    other = _chain([(expr.equals(status, OVERDUE), NOT_REACHED), (expr.equals(status, NIL), NIL)])
    return If(expr.equals(status, DONE), in_time, other)
