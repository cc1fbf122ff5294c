"""The mistakes of a form that its types cannot see."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cchc_xlsx import units
from cchc_xlsx.errors import CchcError
from cchc_xlsx.form import render
from cchc_xlsx.form.model import Column, Deadline, Form, Measure, Row
from cchc_xlsx.lang import Text

if TYPE_CHECKING:
    from cchc_xlsx.spec import Mistake, Place

_OUR_SHEETS = ("hướng dẫn", "_ds", "_meta")
# Names that the result block and the lines around the table use themselves.
_TAKEN_COLUMNS = frozenset(
    ("first", "second", "third", "fourth", "judged", "nil", "reason", "evidence", "note", "verdict", "code")
)
_TAKEN_ROWS = frozenset(("status", "about", "code", "heading", "header", "sign", "difficulties", "proposals"))
_ROW_ID = re.compile(r"[a-z][a-z0-9]*")
_NEEDS: dict[str, tuple[str, ...]] = {
    "rate": ("num", "den", "op", "basis"),
    "percent": ("value", "op", "basis"),
    "count": ("value", "op", "basis"),
    "score": ("value", "op", "maximum"),
    "rank": ("value",),
    "grade": ("value", "scale"),
    "trend": ("value",),
    "task": ("value",),
    "narrative": ("value",),
}
_NUMERIC_TARGET = ("rate", "percent", "count", "score")
_FIELDS = {"rate": ("num", "den"), "percent": ("value",), "count": ("value",), "score": ("value",)}
_DATE = re.compile(r"(0?[1-9]|[12][0-9]|3[01])/(0?[1-9]|1[0-2])")


LEANS = {"sections": ("era",), "coordinator": ("sections",), "owner_column": ("columns",)}


def mistakes(form: Form, path: Path) -> Iterator[Mistake]:
    """Every mistake of `form`, each with its place in the file."""
    yield from _names(form, path)
    yield from _columns(form)
    yield from _rows(form)
    yield from _merges(form)
    yield from _relations(form)
    yield from _texts(form)


def _names(form: Form, path: Path) -> Iterator[Mistake]:
    if path.parent.name != form.id:
        yield (
            ("id",),
            Text(f"phải trùng tên thư mục “{path.parent.name}”", f"must equal its folder, “{path.parent.name}”"),
        )
    if path.stem != f"v{form.version}":
        yield ("version",), Text(f"phải trùng tên tệp “{path.name}”", f"must equal its file, “{path.name}”")
    if not form.rows:
        yield ("rows",), Text("biểu không có dòng nào", "the form has no rows")
    if not form.signatures:
        yield ("signatures",), Text("cần ít nhất một chữ ký", "needs at least one signature")
    annex = next((index for index, heading in enumerate(form.heading) if heading.style == "annex"), None)
    if annex is not None and form.heading[annex].text.strip().casefold() in _OUR_SHEETS:
        yield ("heading", annex), Text("trùng tên một trang của tệp", "is the name of another sheet of the workbook")
    known = units.catalogue(form.era).units
    for index, code in enumerate(form.sections):
        if code not in known or not known[code].office:
            yield (
                ("sections", index),
                Text(f"không có đơn vị “{code}” ở thời kỳ này", f"there is no unit “{code}” in this era"),
            )
    if form.coordinator not in form.sections:
        yield (
            ("coordinator",),
            Text("đơn vị đầu mối phải nằm trong sections", "the coordinator must be one of the sections"),
        )


def _columns(form: Form) -> Iterator[Mistake]:
    ids = Counter(leaf.id for leaf in form.leaves)
    for place, column in _placed(form.columns, ("columns",)):
        if column.columns:
            continue
        if not column.id or column.role is None or column.width <= 0:
            yield place, Text("cột cần có id, role và width", "a column needs id, role and width")
        if column.id in _TAKEN_COLUMNS:
            yield (
                (*place, "id"),
                Text(f"id cột “{column.id}” đã có nghĩa riêng", f"the column id “{column.id}” is taken"),
            )
        if ids[column.id] > 1:
            yield (*place, "id"), Text(f"id cột “{column.id}” bị trùng", f"the column id “{column.id}” is given twice")
    roles = Counter(leaf.role for leaf in form.leaves)
    for role in ("label", "stt"):
        if roles[role] != 1:
            yield ("columns",), Text(f"phải có đúng một cột role {role}", f"needs exactly one column of role {role}")
    owner = next((leaf for leaf in form.leaves if leaf.id == form.owner_column), None)
    if form.owner_column and (owner is None or owner.role != "units"):
        yield ("owner_column",), Text("phải là id của một cột role units", "must be the id of a column of role units")


def _placed(columns: tuple[Column, ...], place: Place) -> Iterator[tuple[Place, Column]]:
    for index, column in enumerate(columns):
        yield (*place, index), column
        yield from _placed(column.columns, (*place, index, "columns"))


def _rows(form: Form) -> Iterator[Mistake]:
    ids = Counter(line for row in form.rows for line in {row.id, *(part.id for part in row.measures)})
    columns = {leaf.id for leaf in form.leaves}
    rows = {row.id for row in form.rows}
    for index, row in enumerate(form.rows):
        place: Place = ("rows", index)
        if row.id in _TAKEN_ROWS:
            yield (*place, "id"), Text(f"id “{row.id}” đã có nghĩa riêng", f"the id “{row.id}” is taken")
        if row.span and set(row.cells) - {"stt", "label"}:
            yield (
                (*place, "span"),
                Text("dòng trải hết chiều ngang chỉ có stt và label", "a spanning row holds only stt and label"),
            )
        if not _ROW_ID.fullmatch(row.id):
            yield (
                (*place, "id"),
                Text("id dòng gồm chữ thường và số, ví dụ r01", "a row id is small letters and digits"),
            )
        for line in {row.id, *(part.id for part in row.measures)}:
            if ids[line] > 1:
                yield (*place, "id"), Text(f"id “{line}” bị trùng", f"the id “{line}” is given twice")
        for column in row.cells:
            if column not in columns:
                yield (*place, "cells", column), Text("không có cột này", "there is no such column")
        for other in row.sum_of:
            if other not in rows:
                yield (*place, "sum_of"), Text(f"không có dòng “{other}”", f"there is no row “{other}”")
        yield from _measures(row, place)
        yield from _deadline(row, place)


def _measures(row: Row, place: Place) -> Iterator[Mistake]:
    if row.measure and row.measures:
        yield place, Text("chỉ dùng measure hoặc measures", "give measure or measures, not both")
    if row.role in ("section", "group") and row.parts:
        yield place, Text("dòng nhóm không có measure", "a section or group measures nothing")
    if row.role in ("item", "total") and not row.parts:
        yield place, Text("dòng này cần measure", "this row needs a measure")
    if row.role == "total" and not row.sum_of:
        yield place, Text("dòng tổng cần sum_of", "a total needs sum_of")
    for inner, part in _parts(row, place):
        yield from _measure(part, inner)
        if part is not row.measure and not (part.id and part.words and part.label):
            yield inner, Text("mỗi phần cần id, words, label", "each part needs id, words and label")
    words = "\n".join(part.words for part in row.measures)
    if row.measures and words != row.cells.get("target"):
        yield (
            (*place, "measures"),
            Text("words ghép lại phải đúng bằng ô target", "the words must make up the target cell"),
        )


def _measure(measure: Measure, place: Place) -> Iterator[Mistake]:
    for name in _NEEDS[measure.kind]:
        if not getattr(measure, name):
            yield place, Text(f"loại {measure.kind} cần “{name}”", f"a {measure.kind} needs “{name}”")
    target = measure.target
    if measure.kind in _NUMERIC_TARGET and isinstance(target, str):
        yield (*place, "target"), Text("phải là số", "must be a number")
    if measure.kind == "grade" and target is not None and target not in measure.scale:
        yield (*place, "target"), Text("phải nằm trong scale", "must be one of scale")
    if measure.kind in ("rank", "trend", "task", "narrative") and (target is not None or measure.op):
        yield place, Text(f"loại {measure.kind} không có target, op", f"a {measure.kind} has no target or op")
    if measure.kind in ("rate", "percent") and isinstance(target, float) and not 0 <= target <= 100:
        yield (*place, "target"), Text("tính theo %, từ 0 đến 100", "is in percent, from 0 to 100")


def _deadline(row: Row, place: Place) -> Iterator[Mistake]:
    for index, part in enumerate(row.deadline):
        if not _is_one(part):
            yield (
                (*place, "deadline", index),
                Text(
                    "cần đúng một trong date (ngày/tháng), month, quarter, whole_year, manual",
                    "needs exactly one of date (day/month), month, quarter, whole_year, manual",
                ),
            )


def _is_one(part: Deadline) -> bool:
    given = [bool(part.date), bool(part.month), bool(part.quarter), part.whole_year, part.manual]
    legal = (not part.date or _DATE.fullmatch(part.date) is not None) and 0 <= part.month <= 12
    return legal and 0 <= part.first_quarter <= part.quarter <= 4 and given.count(True) == 1


def _merges(form: Form) -> Iterator[Mistake]:
    order = {row.id: index for index, row in enumerate(form.rows)}
    columns = {leaf.id for leaf in form.leaves}
    taken: set[tuple[str, int]] = set()
    for index, merge in enumerate(form.merges):
        place: Place = ("merges", index)
        if merge.column not in columns or merge.first not in order or merge.last not in order:
            yield place, Text("không có cột hoặc dòng này", "there is no such column or row")
            continue
        rows = range(order[merge.first], order[merge.last] + 1)
        if len(rows) < 2:
            yield place, Text("phải gộp từ hai dòng trở lên", "must join two rows or more")
        if any(form.rows[row].cells.get(merge.column) for row in rows[1:]):
            yield place, Text("chỉ dòng đầu của vùng gộp được có chữ", "only the first row of a merge may hold text")
        if any((merge.column, row) in taken for row in rows):
            yield place, Text("chồng lên vùng gộp khác", "overlaps another merge")
        taken |= {(merge.column, row) for row in rows}


def _relations(form: Form) -> Iterator[Mistake]:
    keys = {
        f"{part.id or row.id}.{name}" for row in form.rows for part in row.parts for name in _FIELDS.get(part.kind, ())
    }
    for index, relation in enumerate(form.relations):
        for side in ("part", "whole"):
            if getattr(relation, side) not in keys:
                yield ("relations", index, side), Text("không có ô nhập này", "there is no such field")


def _texts(form: Form) -> Iterator[Mistake]:
    for place, text in _strings(form):
        if text != text.strip() or "\t" in text or "\r" in text or unicodedata.normalize("NFC", text) != text:
            yield (
                place,
                Text("chữ phải NFC, không tab, không khoảng trắng thừa ở đầu, cuối", "must be NFC, no tabs, trimmed"),
            )
        try:
            render.text(text, form.commune or "A", form.base_year)
        except CchcError as error:
            yield place, error.text


def _strings(form: Form) -> Iterator[tuple[Place, str]]:
    for index, heading in enumerate(form.heading):
        yield ("heading", index, "text"), heading.text
    for place, column in _placed(form.columns, ("columns",)):
        yield (*place, "header"), column.header
    for index, row in enumerate(form.rows):
        for name, text in row.cells.items():
            yield ("rows", index, "cells", name), text
        for place, part in _parts(row, ("rows", index)):
            for name in ("num", "den", "value", "label"):
                yield (*place, name), getattr(part, name)
    for index, text in enumerate(form.signatures):
        yield ("signatures", index), text


def _parts(row: Row, place: Place) -> Iterator[tuple[Place, Measure]]:
    if row.measure:
        yield (*place, "measure"), row.measure
    for index, part in enumerate(row.measures):
        yield (*place, "measures", index), part
