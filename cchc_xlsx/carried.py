"""What of a workbook goes over into its marked copy: each input as it was typed; and what has no place in the form."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

from cchc_xlsx import filled, values
from cchc_xlsx.alteration import Aligned, same_content
from cchc_xlsx.fields import Field
from cchc_xlsx.filled import Filled
from cchc_xlsx.grid import Book, Grid, Place, Raw
from cchc_xlsx.lang import Text
from cchc_xlsx.layout.model import Formula, Layout, a1, column_letters

_LONGEST = 32_767  # UTF-16 units in a cell
_NO_DAY = "########"  # what programs show for a number that is no day in a cell of dates
_AS_ERROR = Text("Bản này ghi lại lỗi ấy dạng chữ.", "This copy holds that error as text.")
_AS_FORMULA = Text(
    "Bản này ghi lại công thức dạng chữ, không tính.", "This copy holds the formula as text; it is not calculated."
)
_AS_DATE = Text(
    "Bản này ghi lại ngày ấy dạng chữ; gõ đè số đúng vào ô.",
    "This copy holds that day as text; type the right number over it.",
)
_CUT = Text("Nội dung quá dài, bản này chỉ giữ phần đầu.", "The text is too long; this copy keeps its beginning.")


class Typed(Struct, frozen=True):
    """What an input of the copy holds, and what a person must know where that is not what the cell held."""

    content: str | float | None
    remark: Text | None = None


class Leftover(Struct, frozen=True):
    """Content that has no place in the form: `cell` is where it stood, `place` the locked empty cell of the form there."""

    sheet: str
    cell: str
    text: str
    place: Place | None = None


def inputs(read: Filled, sheet: Grid, aligned: Aligned) -> Mapping[str, Typed]:
    """Every input by key, as typed, whatever is wrong with it; where its row or column is gone, as it was issued."""
    found = {}
    for key, place in read.layout.inputs.items():
        one = read.layout.field(key)
        at = aligned.find(place)
        found[key] = Typed(one.prefill) if at is None else _fitting(_typed(one, sheet, at))
    return found


def _typed(one: Field, sheet: Grid, at: Place) -> Typed:
    """The order is that of reading: an error is one whatever formula made it."""
    raw = sheet.values.get(at)
    if at in sheet.errors:
        return Typed(sheet.errors[at], _AS_ERROR)
    if at in sheet.formulas:
        text = f"={sheet.formulas[at]}"
        return Typed(text if filled.is_formula_text(one, text) else f"=({text[1:]})", _AS_FORMULA)
    if raw is None or isinstance(raw, str):
        return Typed(raw)
    if at in sheet.bools or isinstance(raw, bool):
        return Typed("TRUE" if raw else "FALSE")
    is_day = isinstance(raw, (dt.date, dt.datetime))
    if one.is_number and (is_day or (at in sheet.dates and isinstance(raw, (int, float)))):
        return Typed(said(raw) if is_day else _NO_DAY, _AS_DATE)
    if isinstance(raw, (dt.date, dt.datetime)):
        return Typed(_serial(raw) if one.type == "date" else said(dt.date(raw.year, raw.month, raw.day)))
    if isinstance(raw, (int, float)) and math.isfinite(raw):
        return Typed(float(raw))
    return Typed(str(raw))


def _serial(raw: dt.date | dt.datetime) -> float:
    """The number that a cell holds for a day and a time of day."""
    day = dt.date(raw.year, raw.month, raw.day)
    time = raw - dt.datetime.combine(day, dt.time()) if isinstance(raw, dt.datetime) else dt.timedelta()
    return values.serial(day) + time / dt.timedelta(days=1)


def _fitting(typed: Typed) -> Typed:
    """The content as a cell can hold it."""
    text = typed.content
    if not isinstance(text, str) or len(text) <= _LONGEST // 2:
        return typed
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _LONGEST:
        return typed
    return Typed(units[: 2 * _LONGEST].decode("utf-16-le", "ignore"), _CUT)


def said(raw: Raw | None) -> str:
    """A value as a person reads it in a list: days by Nghị định 30, numbers plain."""
    if isinstance(raw, dt.datetime):
        time = "" if raw.time() == dt.time() else f" {raw:%H:%M:%S}"
        return values.say_date(raw.date()) + time
    if isinstance(raw, dt.date):
        return values.say_date(raw)
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, (int, float)):
        return f"{raw:.12g}"
    return "" if raw is None else values.nfc(str(raw))


def text_at(sheet: Grid, place: Place) -> str:
    """What a cell of a workbook holds, as a person reads it."""
    if place in sheet.formulas:
        return f"={sheet.formulas[place]}"
    return sheet.errors.get(place) or said(sheet.values.get(place))


def leftovers(layout: Layout, book: Book, sheet: Grid, aligned: Aligned, others: Collection[str]) -> Iterator[Leftover]:
    """All content of the form sheet outside the form's own cells, then that of the sheets named `others`, a row each."""
    yield from _beside(layout, sheet, aligned)
    for other in book.sheets:
        if other.name in others:
            rows: dict[int, list[Place]] = {}
            for place in sorted({*other.values, *other.formulas, *other.errors}):
                if text_at(other, place).strip():
                    rows.setdefault(place[0], []).append(place)
            for row, places in rows.items():
                text = " | ".join(f"{column_letters(place[1])}: {text_at(other, place)}" for place in places)
                yield Leftover(other.name, str(row), text)


def _beside(layout: Layout, sheet: Grid, aligned: Aligned) -> Iterator[Leftover]:
    row_of = {found: row for row, found in aligned.rows.items()}
    column_of = {found: column for column, found in aligned.columns.items()}
    cells = layout.form_sheet.cells
    keys = {key: row for row, key in layout.row_keys.items()}
    for row, column in sorted({*sheet.values, *sheet.formulas, *sheet.errors}):
        text = text_at(sheet, (row, column))
        if row == 1 or column == 1 or not text.strip():
            continue
        place = (row_of[row], column_of[column]) if row in row_of and column in column_of else None
        cell = cells.get(place) if place else None
        if cell and (cell.role == "input" or cell.content not in (None, "")):
            continue  # an input is carried over, locked content is put back
        twin = keys.get(str(sheet.values.get((row, 1)))) if row not in row_of else None
        copied = cells.get((twin, column_of[column])) if twin and column in column_of else None
        if copied and (isinstance(copied.content, Formula) or same_content(copied.content, text)):
            continue  # a doubled row repeats the form; only what was typed into it is told
        yield Leftover(sheet.name, a1((row, column)), text, place if cell else None)
