"""A sheet that is one table to filter and to print: title, remarks, headings, rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx.layout import columns, metrics
from cchc_xlsx.layout.head import HEADER_FILL
from cchc_xlsx.layout.model import Cell, Place, Print, Range, Sheet, Style, Table

_SIZE = 11
_AIR_PT = 3.0
_BUTTON = 2.5  # characters that the button of the filter takes
BANNER = Style(size=12, bold=True, color="#C00000", border="")
MARGINS_MM = (20.0, 10.0, 15.0, 15.0)
_WIDTH_PT = (297 - MARGINS_MM[0] - MARGINS_MM[1]) / 25.4 * 72 * 0.95


class Column(Struct, frozen=True):
    """A column of a listing: its heading and width in characters; what is not `printed` is there to filter by."""

    heading: str
    width: float
    align: Literal["left", "center", "right"] = "left"
    printed: bool = True


class Value(Struct, frozen=True):
    """A content that is not a plain text: a number with its format, a link, a colour."""

    content: str | float | None
    number_format: str = "@"
    address: str = ""
    fill: str = ""


Row = Sequence["Value | str | None"]


class Listing(Struct, frozen=True):
    """The sheet, and where its rows stand."""

    sheet: Sheet
    first: int
    last: int


def listing(
    name: str, title: str, remarks: Iterable[str], banner: str, table: str, heads: Sequence[Column], rows: Iterable[Row]
) -> Listing:
    """The sheet of a table; `banner` is said on every page."""
    cells: dict[Place, Cell] = {}
    heights: dict[int, float] = {}
    printed = [one.width for one in heads if one.printed]
    lines = [(title, Style(size=14, bold=True, border="")), *((text, Style(border="")) for text in remarks)]
    lines += [(banner, BANNER)] if banner else []
    for row, (text, style) in enumerate(lines, 1):
        cells[row, 1] = Cell(text, style)
        heights[row] = metrics.text_height_pt(text, metrics.cell_width_pt(printed), style.size, style.bold) + _AIR_PT
    head = len(lines) + 1
    _head(cells, heights, head, heads)
    last = head
    for content in rows:
        last += 1
        heights[last] = _row(cells, last, heads, content)
    merges = tuple((row, 1, row, len(printed)) for row in range(1, head))
    area = (head, 1, max(last, head + 1), len(heads))
    if last == head:
        last += 1
        heights[last] = metrics.line_height_pt(_SIZE) + _AIR_PT
        cells |= {
            (last, column): Cell("Không có." if column == 1 else None, Style()) for column in range(1, len(heads) + 1)
        }
    paper = _paper(printed, last, (head - 1 if banner else head, head))
    widths = {index: one.width for index, one in enumerate(heads, 1)}
    tables = (Table(table, area),)
    sheet = Sheet(name, cells, widths, heights, merges, freeze=(head + 1, 1), paper=paper, tables=tables)
    return Listing(sheet, head + 1, last)


def _head(cells: dict[Place, Cell], heights: dict[int, float], row: int, heads: Sequence[Column]) -> None:
    style = Style(bold=True, align="center", fill=HEADER_FILL)
    heights[row] = 0.0
    for column, one in enumerate(heads, 1):
        cells[row, column] = Cell(one.heading, style)
        width = metrics.cell_width_pt([one.width - _BUTTON])
        height = metrics.text_height_pt(one.heading, width, _SIZE, bold=True) + 2 * _AIR_PT
        heights[row] = max(heights[row], height)


def _row(cells: dict[Place, Cell], row: int, heads: Sequence[Column], contents: Row) -> float:
    """Put a row; gives the height in pt that it needs."""
    height = metrics.line_height_pt(_SIZE)
    for column, (one, content) in enumerate(zip(heads, contents, strict=True), 1):
        value = content if isinstance(content, Value) else Value(content)
        is_number = isinstance(value.content, (int, float)) and one.align == "left"
        style = Style(
            valign="top", align="right" if is_number else one.align, number_format=value.number_format, fill=value.fill
        )
        shown, room = value.content, metrics.cell_width_pt([one.width])
        if isinstance(shown, str):
            shown = _fitting(shown, room)
            height = max(height, metrics.text_height_pt(shown, room, _SIZE))
        # LibreOffice keeps a link on one line, whatever room there is: rather no link than a text that is cut.
        is_link = value.address and isinstance(shown, str) and metrics.lines(shown, room, _SIZE) == 1
        cell = Cell(shown, style)
        if is_link:
            cell = replace(cell, style=replace(style, color="#0563C1", underline=True), address=value.address)
        cells[row, column] = cell
    return min(metrics.MAX_ROW_PT, height + _AIR_PT)


def cut(text: str, length: int) -> str:
    """The text, cut between words."""
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0].rstrip(" ,;–-") + "…"


def _fitting(text: str, room_pt: float) -> str:
    """The text, cut to what the highest row shows."""
    most = metrics.MAX_ROW_PT - 2 * _AIR_PT
    if metrics.text_height_pt(text[:8000], room_pt, _SIZE) <= most:
        return text[:8000]
    return metrics.split_lines(text[:8000], room_pt, _SIZE, most - metrics.line_height_pt(_SIZE))[0] + "\n…"


def _paper(printed: Sequence[float], last: int, repeated: tuple[int, int]) -> Print:
    scale = columns.scale_to(_WIDTH_PT, list(printed))
    area: Range = (1, 1, last, len(printed))
    return Print(scale=scale, area=area, repeat_rows=repeated, margins_mm=MARGINS_MM, first_page=1)
