"""The sheet *Chi tiết*: one row a unit and field, and the formulas that add its rows up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from cchc_xlsx import periods
from cchc_xlsx.consolidate import combine
from cchc_xlsx.consolidate.combine import Answer
from cchc_xlsx.consolidate.listing import Column, Listing, Row, Value, listing
from cchc_xlsx.consolidate.model import Figure, Source, Summary
from cchc_xlsx.fields import FREE_TEXTS, Field
from cchc_xlsx.issue import Line
from cchc_xlsx.layout.model import a1_range

NAME = "Chi tiết"
COUNTED = "x"
_MOST_LINKS = 60_000  # Excel allows 65,530 on a sheet
_REMARKS = ("nil", "reason", "evidence", "note", "done_on", "doc_no")  # of these only what was typed is listed
STATES: Mapping[str, str] = {
    "value": "Có số liệu",
    "nil": "Không phát sinh",
    "unpublished": "Chưa công bố",
    "blank": "Để trống",
}
_FORMATS = {"whole": "#,##0", "percent": "0.0%", "date": "dd/mm/yyyy", "score": "General"}
_HEADS = (
    Column("Mã dòng", 9, "center"),
    Column("Nội dung", 40),
    Column("Số liệu", 16),
    Column("Mã đơn vị", 11, "center"),
    Column("Đơn vị", 24),
    Column("Giá trị", 22),
    Column("Trạng thái", 13, "center"),
    Column("Tính vào", 8, "center"),
    Column("Tệp", 34),
    Column("Trang tính", 14),
    Column("Ô", 8, "center"),
    Column("Mã trường", 14, printed=False),
    Column("Biểu", 26, printed=False),
)
_VALUE, _COUNT, _KEY = 6, 8, 12
HEADINGS = tuple(one.heading for one in _HEADS)


class Detail(Struct, frozen=True):
    """The sheet, its three columns as formulas name them, and the cells of the values that count, by field."""

    listing: Listing
    keys: str
    values: str
    counted: str
    cells: Mapping[str, Sequence[str]] = field(default_factory=dict)


def detail(summary: Summary, banner: str) -> Detail:
    """Everything that the units said, each with file, sheet and cell."""
    rows = list(_rows(summary))
    issue = summary.issue
    assert issue.period
    about = (
        f"{combine.name_of(issue, issue.unit)}.   Kỳ báo cáo: {periods.name(issue.period).vi}.   Biểu: {issue.form.id}.",
        "Mỗi dòng là một số liệu của một đơn vị. Số liệu có dấu x ở cột Tính vào được cộng vào trang Tổng hợp; bấm vào cột Ô để "
        "mở tệp gốc đúng ô đó.",
    )
    made = listing(NAME, "CHI TIẾT SỐ LIỆU CỦA CÁC ĐƠN VỊ", about, banner, "ChiTiet", _HEADS, (row for _, row in rows))
    cells: dict[str, list[str]] = {}
    for number, (key, row) in enumerate(rows, made.first):
        if row[_COUNT - 1] == COUNTED:
            cells.setdefault(key, []).append(_absolute(number, number, _VALUE))
    keys, values, counted = (_absolute(made.first, made.last, column) for column in (_KEY, _VALUE, _COUNT))
    return Detail(made, keys, values, counted, cells)


def _absolute(first: int, last: int, column: int) -> str:
    area = a1_range((first, column, last, column)).split(":")
    letter = area[0].rstrip("0123456789")
    return f"'{NAME}'!" + ":".join(f"${letter}${one.removeprefix(letter)}" for one in area)


def _rows(summary: Summary) -> Iterator[tuple[str, Row]]:
    linked = _MOST_LINKS // max(1, sum(len(one.fields) for one in summary.round.used))
    for one in summary.figures:
        said = combine.answers(summary, one.line)
        names = [key.rpartition(".")[2] for key in summary.ctx.fields if key.startswith(f"{one.line.id}.")]
        for name in names:
            for answer in said:
                if row := _row(summary, one, answer, name, is_linked=linked > 0):
                    yield one.line.key(name), row
    for name, title in FREE_TEXTS.items():
        for source in summary.round.used:
            key = f"{name}.text"
            cell, value, _ = source.fields.get(key, ("", None, ""))
            if value:
                yield key, _cells(summary, source, ("", title, title), Value(str(value)), "Có số liệu", "", cell, key)


def _row(summary: Summary, figure: Figure, answer: Answer, name: str, *, is_linked: bool) -> Row | None:
    """The row of one field of one unit; none for a remark that was not made."""
    line, key = figure.line, figure.line.key(name)
    value = answer.said.get(name)
    if key not in answer.source.fields or (value is None and name in _REMARKS):
        return None
    cell, _, state = answer.source.fields[key]
    one = summary.ctx.fields[key]
    shown = Value(value, _FORMATS.get(one.type, "@") if isinstance(value, (int, float)) else "@")
    counted = COUNTED if answer.is_counted else ""
    words = (line.id, line.label, _named(one, line))
    return _cells(
        summary, answer.source, words, shown, STATES.get(state, state), counted, cell, key, is_linked=is_linked
    )


def _named(one: Field, line: Line) -> str:
    return one.name if one.key != line.key("text") else "Tóm tắt kết quả"


def _cells(
    summary: Summary,
    source: Source,
    words: tuple[str, str, str],
    value: Value,
    state: str,
    counted: str,
    cell: str,
    key: str,
    *,
    is_linked: bool = True,
) -> Row:
    unit = combine.name_of(summary.issue, source.unit)
    address = f"{source.link}#{place}" if is_linked and source.link and (place := _place(source.sheet, cell)) else ""
    at = Value(cell, address=address)
    form = summary.issue.form.id
    return (*words, source.unit, unit, value, state, counted, source.path, source.sheet, at, key, form)


def _place(sheet: str, cell: str) -> str | None:
    """A cell of a sheet as the end of an address; None where the name cannot stand in one."""
    if not sheet or not cell or len(sheet) > 31 or "#" in sheet or not sheet.isprintable():
        return None
    return "'{}'!{}".format(sheet.replace("'", "''"), cell)


# ------------------------------------------------------------------------------------------------------------- formulas


def present(found: Detail, key: str) -> str:
    """How many units' answers to a field count."""
    return f'COUNTIFS({found.keys},"{key}",{found.counted},"{COUNTED}")'


def total(found: Detail, key: str) -> str:
    """The sum of what counts; an empty text where there is no number."""
    of = f'{found.keys},"{key}",{found.counted},"{COUNTED}"'
    return f'IF(COUNTIFS({of},{found.values},">=0")=0,"",SUMIFS({found.values},{of}))'


def worst(found: Detail, key: str, words: Sequence[str]) -> str:
    """The first of the words that any unit says."""
    text = '""'
    for word in reversed(words):
        said = f'COUNTIFS({found.keys},"{key}",{found.values},"{word}",{found.counted},"{COUNTED}")'
        text = f'IF({said}>0,"{word}",{text})'
    return text


def alike(found: Detail, key: str, count: str, words: Sequence[str]) -> str:
    """The word that all who have answered say; `count` is how many have."""
    text = '""'
    for word in words:
        said = f'COUNTIFS({found.keys},"{key}",{found.values},"{word}",{found.counted},"{COUNTED}")'
        text = f'IF(AND({count}>0,{said}={count}),"{word}",{text})'
    return text


def latest(found: Detail, key: str) -> str:
    """The last of the days that count; an empty text where there is none."""
    cells = ",".join(found.cells.get(key, ()))
    return f'IF(COUNT({cells})=0,"",MAX({cells}))' if cells else '""'


def same(found: Detail, key: str) -> str:
    """The text that the only unit asked gave."""
    cells = found.cells.get(key, ())
    return f'{cells[0]}&""' if cells else '""'
