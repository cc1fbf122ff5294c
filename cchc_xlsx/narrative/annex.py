"""The annex's table as it goes upward: the official columns with their nested header and merges, and the commune's results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import periods, values
from cchc_xlsx.consolidate import combine
from cchc_xlsx.consolidate.model import Figure, Summary
from cchc_xlsx.fields import REACHED
from cchc_xlsx.form.model import Align, Column, Row
from cchc_xlsx.issue import cell, role_column, words
from cchc_xlsx.narrative import say
from cchc_xlsx.narrative.model import Cell, Table

WIDTH_MM = 247.0  # of the text on a landscape page: 297 less 30 and 20
_LONGEST = 400  # signs of a unit's words in a cell; the report has them whole
_RESULT_MM, _EARLIER_MM, _JUDGED_MM, _WHY_MM, _NUMBER_MM = 27.0, 23.0, 18.0, 42.0, 11.0
_LEAST_MM = 19.0
_MORE = " … (xem phần nội dung báo cáo)"


class _Extra(Struct, frozen=True):
    """A column of results."""

    id: str
    header: str
    width: float


def table(summary: Summary) -> Table:
    """The annex of a summary with its results."""
    extras = _extras(summary)
    head = max(2, *(column.depth() for column in summary.issue.form.columns))
    body, rows = _body(summary, extras, head)
    cells = sorted((*_header(summary, extras, head), *body), key=lambda one: (one.row, one.column))
    return Table(_widths(summary, extras), head, head + rows, tuple(cells))


def _extras(summary: Summary) -> tuple[_Extra, ...]:
    earlier = summary.earlier
    found = [_Extra("result", "Kết quả", _RESULT_MM)]
    if any(earlier.prior.values()):
        found.append(_Extra("prior", "Kỳ trước", _EARLIER_MM))
    if any(earlier.year_ago.values()):
        found.append(_Extra("year_ago", "Cùng kỳ năm trước", _EARLIER_MM))
    return (*found, _Extra("judged", "Đánh giá", _JUDGED_MM), _Extra("why", "Nguyên nhân, ghi chú", _WHY_MM))


def _widths(summary: Summary, extras: Sequence[_Extra]) -> tuple[float, ...]:
    """The official columns share what the results leave, each by its width on the form."""
    leaves = summary.issue.form.leaves
    rest = WIDTH_MM - sum(one.width for one in extras)
    fixed = {leaf.id: _NUMBER_MM for leaf in leaves if leaf.role == "stt"}
    free = [leaf for leaf in leaves if leaf.id not in fixed]
    narrow = True
    while narrow:  # what would be too narrow gets its least, the others share what is left
        share = (rest - sum(fixed.values())) / sum(leaf.width for leaf in free)
        small = [leaf for leaf in free if leaf.width * share < _LEAST_MM]
        narrow = bool(small) and len(small) < len(free)
        if narrow:
            fixed |= {leaf.id: _LEAST_MM for leaf in small}
            free = [leaf for leaf in free if leaf.id not in fixed]
    official = [fixed.get(leaf.id) or leaf.width * share for leaf in leaves]
    return tuple(round(width, 2) for width in (*official, *(one.width for one in extras)))


# ----------------------------------------------------------------------------------------------------------- the header


def _header(summary: Summary, extras: Sequence[_Extra], depth: int) -> Iterator[Cell]:
    at = 0
    for column in summary.issue.form.columns:
        yield from _nested(summary, column, 0, at, depth)
        at += len(tuple(column.leaves()))
    assert summary.issue.period
    title = f"Kết quả thực hiện {lowered(periods.name(summary.issue.period).vi)}"
    yield Cell(0, at, title, columns=len(extras), bold=True, align="center")
    for index, one in enumerate(extras, at):
        yield Cell(1, index, one.header, rows=depth - 1, bold=True, align="center")


def lowered(name: str) -> str:
    """A period's name within a sentence: "quý I năm 2027"."""
    return name[:1].lower() + name[1:]


def _nested(summary: Summary, column: Column, level: int, at: int, depth: int) -> Iterator[Cell]:
    text = say.plain(words(summary.issue, column.header))
    if not column.columns:
        yield Cell(level, at, text, rows=depth - level, bold=True, align="center")
        return
    yield Cell(level, at, text, columns=len(tuple(column.leaves())), bold=True, align="center")
    for inner in column.columns:
        yield from _nested(summary, inner, level + 1, at, depth)
        at += len(tuple(inner.leaves()))


# ------------------------------------------------------------------------------------------------------------- the rows


def _body(summary: Summary, extras: Sequence[_Extra], head: int) -> tuple[list[Cell], int]:
    """The cells below the header, and how many rows they take: a compound row takes one a part."""
    form = summary.issue.form
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    at = head
    for row in form.rows:
        first[row.id] = at
        at += max(1, len(row.parts))
        last[row.id] = at - 1
    merges = {(one.column, one.first): last[one.last] - first[one.first] + 1 for one in form.merges}
    covered = {
        (one.column, row.id)
        for one in form.merges
        for row in form.rows
        if first[one.first] < first[row.id] <= first[one.last]
    }
    cells: list[Cell] = []
    for row in form.rows:
        height = last[row.id] - first[row.id] + 1
        for one in _official(summary, row, first[row.id]):
            leaf = form.leaves[one.column].id
            if (leaf, row.id) not in covered:
                cells.append(replace(one, rows=merges.get((leaf, row.id), height)))
        cells += _results(summary, row, extras, first[row.id])
    return cells, at - head


def _official(summary: Summary, row: Row, at: int) -> Iterator[Cell]:
    leaves = summary.issue.form.leaves
    is_head = row.role in ("section", "group")
    label = next(index for index, leaf in enumerate(leaves) if leaf.role == "label")
    for index, leaf in enumerate(leaves):
        if row.span and index > label:
            return
        text = _printed(summary, row, leaf.id)
        align: Align = "center" if leaf.role in ("stt", "target", "baseline", "deadline") else leaf.align
        columns = len(leaves) - label if row.span and index == label else 1
        bold = is_head or row.role == "total"
        yield Cell(at, index, text, columns=columns, bold=bold, align=align, is_head=is_head)


def _printed(summary: Summary, row: Row, column: str) -> str:
    said = cell(summary.issue, row, column)
    if not isinstance(said, str):
        is_share = column == role_column(summary.issue.form, "target") and any(
            part.kind in ("rate", "percent") for part in row.parts
        )
        return values.say_percent(said) if is_share and said <= 1 else values.say_number(said)
    return "\n".join(say.lines_of(said))


def _results(summary: Summary, row: Row, extras: Sequence[_Extra], at: int) -> Iterator[Cell]:
    start = len(summary.issue.form.leaves)
    parts = row.parts if row.role != "total" else ()
    if not parts:
        total = _total(summary, row)
        for index, one in enumerate(extras, start):
            text = total if one.id == "result" else ""
            yield Cell(at, index, text, bold=row.role == "total", align="center", rows=max(1, len(row.parts)))
        return
    said = combine.said(summary)
    for offset, part in enumerate(parts):
        figure = summary.by_line[part.id or row.id]
        told = _told(summary, figure, say.result(summary, said, figure))
        for index, one in enumerate(extras, start):
            yield Cell(at + offset, index, told[one.id], align="left" if one.id == "why" else "center")


def _told(summary: Summary, figure: Figure, result: str) -> dict[str, str]:
    line = figure.line
    part = f"{say.plain(line.measure.label)}: " if line.row.measures and line.measure.label else ""
    return {
        "result": f"{part}{result}" if result else part.rstrip(": "),
        "prior": say.turned(summary.earlier.prior.get(line.id, ""), line),
        "year_ago": say.turned(summary.earlier.year_ago.get(line.id, ""), line),
        "judged": say.outcome(figure),
        "why": _why(summary, figure),
    }


def _why(summary: Summary, figure: Figure) -> str:
    found = []
    reason = () if figure.outcome == REACHED else ("reason",)
    for name in ("doc_no", *reason, "text", "note"):
        for who, text in say.told_by(summary, figure.line, name):
            said = f"{who}: {text}" if who and len(figure.expected) > 1 else text
            found.append(said if len(said) <= _LONGEST else said[:_LONGEST].rstrip() + _MORE)
    return "\n".join(found)


def _total(summary: Summary, row: Row) -> str:
    """The sum of the results that a total row adds up; nothing where one is not there."""
    numbers = [summary.values.get(f"{one}.value") for one in row.sum_of]
    known = [one for one in numbers if isinstance(one, (int, float))]
    return values.say_number(sum(known)) if row.role == "total" and known and len(known) == len(numbers) else ""
