"""The sheet *Chi tiết* of many communes: one row a commune and field, always the same rows, so that each has a known place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from cchc_xlsx.consolidate.listing import Column, cut
from cchc_xlsx.consolidate.model import NO_DATA
from cchc_xlsx.expr import Scalar
from cchc_xlsx.issue import Line
from cchc_xlsx.layout.model import Sheet, Style, column_letters
from cchc_xlsx.province import model, sheet
from cchc_xlsx.province.model import Entry, Province
from cchc_xlsx.province.sheet import Cells, Long

NAME = "Chi tiết"
COUNTED = "x"
MOST_ROWS = 1_000_000  # Excel has 1,048,576
_LONGEST_REASON = 300
_NAMES = {"num": "Tử số", "den": "Mẫu số", "value": "Kết quả", "of": "Trên tổng số", "status": "Tình trạng"}
_HEADS = (
    Column("Mã xã", 9, "center"),
    Column("Xã", 22),
    Column("Mã dòng", 9, "center"),
    Column("Nội dung", 42),
    Column("Số liệu", 12),
    Column("Giá trị", 13, "right"),
    Column("Tính vào", 8, "center"),
    Column("Đánh giá", 16),
    Column("Số đơn vị", 9, "center"),
    Column("Tệp", 34),
    Column("Trang tính", 14),
    Column("Ô", 12),
    Column("Lý do xã nêu", 34),
    Column("Mã trường", 14, printed=False),
)
_VALUE, _COUNT, _OUTCOME, _KEY = 6, 7, 8, 14
_TEXT, _CENTER, _NUMBER, _PERCENT, _PLAIN = range(5)
_STYLES = (
    Style(valign="top"),
    Style(valign="top", align="center"),
    Style(valign="top", align="right", number_format="#,##0.##"),
    Style(valign="top", align="right", number_format="0.0%"),
    Style(valign="top", wrap=False),
)


class Details(Struct, frozen=True):
    """The sheet, the columns as formulas name them, and where the rows of a commune stand."""

    sheet: Sheet
    keys: str
    values: str
    counted: str
    outcomes: str
    first: int
    stride: int
    offsets: dict[str, int]

    def value(self, commune: int, key: str) -> str:
        """The cell of a value."""
        return f"'{NAME}'!${column_letters(_VALUE)}${self.row(commune, key)}"

    def outcome(self, commune: int, line: Line) -> str:
        """The cell of an outcome."""
        return f"'{NAME}'!${column_letters(_OUTCOME)}${self.row(commune, line.key(model.main(line)[0]))}"

    def row(self, commune: int, key: str) -> int:
        """The row of a field."""
        return self.first + commune * self.stride + self.offsets[key]


def details(province: Province, banner: str) -> Details:
    """Everything that the communes say, with file, sheet and cell."""
    keys = [line.key(name) for line in province.lines for name in model.main(line)]
    count = len(keys) * len(province.communes)
    remarks = (
        "Mỗi dòng là một số liệu của một xã, kèm tệp, trang và ô của nó. Số liệu có dấu x được cộng vào trang Tổng tỉnh. Số của xã "
        "cộng từ nhiều đơn vị thì ghi đủ các tệp và ô của đơn vị.",
    )
    one = Long(
        NAME,
        "CHI TIẾT SỐ LIỆU CỦA CÁC XÃ",
        remarks,
        banner,
        "ChiTiet",
        _HEADS,
        _STYLES,
        count,
        lambda _: _rows(province),
        freeze=3,
    )
    made = sheet.sheet(one)
    assert made.body
    first, last = made.body.first, made.body.first + max(count, 1) - 1
    keyed, valued, counted, judged = (_area(column, first, last) for column in (_KEY, _VALUE, _COUNT, _OUTCOME))
    offsets = {key: index for index, key in enumerate(keys)}
    return Details(made, keyed, valued, counted, judged, first, len(keys), offsets)


def _area(column: int, first: int, last: int) -> str:
    letters = column_letters(column)
    return f"'{NAME}'!${letters}${first}:${letters}${last}"


def _rows(province: Province) -> Iterator[Cells]:
    for number, commune in enumerate(province.communes):
        said = province.entries(number)
        for line in province.lines:
            one = said.get(line.id) or Entry({}, NO_DATA, 0, 0)
            for index, name in enumerate(model.main(line)):
                begin: Iterable[tuple[str, int]] = ((commune.code, _CENTER), (commune.name, _TEXT))
                yield [*begin, *_row(line, one, name, is_first=not index)]


def _row(line: Line, one: Entry, name: str, *, is_first: bool) -> Cells:
    value = one.values.get(name)
    counted = COUNTED if model.is_counted(one) and isinstance(value, (int, float)) else ""
    return (
        (line.id, _CENTER),
        (line.label, _TEXT),
        (_NAMES.get(name, name), _TEXT),
        (value, _style(line, value)),
        (counted, _CENTER),
        (one.outcome if is_first else "", _TEXT),
        (f"{one.counted}/{one.expected}" if is_first else "", _CENTER),
        (one.file, _TEXT),
        (one.sheet, _PLAIN),
        (one.cells.get(name, ""), _TEXT),
        (cut(one.reason, _LONGEST_REASON) if is_first else "", _TEXT),
        (line.key(name), _PLAIN),
    )


def _style(line: Line, value: Scalar) -> int:
    if not isinstance(value, (int, float)):
        return _TEXT
    return _PERCENT if line.measure.kind in ("percent", "trend") else _NUMBER
