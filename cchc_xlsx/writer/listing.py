"""Tables to filter and to print, one a sheet: what all our lists in workbooks share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from cchc_xlsx.identity import PROPERTY
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.layout import metrics
from cchc_xlsx.reports.words import MADE
from cchc_xlsx.results import printable
from cchc_xlsx.writer import links, strict
from cchc_xlsx.writer.strict import CREATED, FONT, ok

MOST_ROWS = 1_048_576  # of a sheet of Excel; what does not fit goes on on a further sheet
_LONGEST_UTF16 = 32_767  # characters of a cell
_SIZE = 11
_HEADER = 2  # the row of the table's header, from 0; title and counts stand above
_AIR_PT = 3.0  # above what the text needs
# Nothing touches the line beside it. LibreOffice prints numbers without their indent: their format keeps the room.
_TEXT: Mapping[str, object] = {"align": "left", "indent": 1}
_NUMBER: Mapping[str, object] = {"align": "right", "num_format": "#,##0_0_0_0;-#,##0_0_0_0;–_0_0_0"}
_OVER_NUMBER: Mapping[str, object] = {"align": "right", "indent": 2}  # as much; the button of the filter stands there
_CENTRED: Mapping[str, object] = {"align": "center"}
_INDENT_CHARS = 1.4  # of room that one indent takes
_LINE = "#B5BCC6"
_FILLS = {"error": "#FBE3E1", "warning": "#FDF0D0", "info": "#E4EEF9", "ok": "#E2F2E7"}
_NUMBERS = {"day": "dd/mm/yyyy", "moment": "dd/mm/yyyy hh:mm", "percent": "0%"}
_NONE = Text("Không có.", "None.")


class Column(Struct, frozen=True):
    """A column: its heading, its width in characters, and how its cells look."""

    heading: Text
    width: float
    look: str = "text"

    @property
    def room(self) -> float:
        """The width in characters that text has in it."""
        return self.width - (_INDENT_CHARS if self.look == "text" else 0)


class Cell(Struct, frozen=True):
    """A content that leads somewhere (an address and a place in the file) or is coloured like a status or severity."""

    text: str
    address: str | None = None
    place: str | None = None
    colour: str = ""


Content = str | float | dt.date | Cell | None  # moments are without a zone: those of the clock on the wall


class Listing(Struct, frozen=True):
    """A sheet that is one table; the first `printed` columns are printed, the others are there to filter by."""

    sheet: Text
    title: Text
    table: str
    columns: tuple[Column, ...]
    printed: int


class Open(Struct):
    """A sheet being written: its next row, how many links it may still have; `number` counts the sheets of one listing."""

    listing: Listing
    worksheet: Any
    number: int
    links: int
    row: int = _HEADER + 1


class Book(Struct, frozen=True):
    """The workbook being written."""

    book: Any
    lang: Lang
    counts: str
    formats: dict[tuple[tuple[str, object], ...], Any] = field(default_factory=dict)


def to_bytes(title: str, counts: str, lang: Lang, fill: Callable[[Book], None]) -> bytes:
    """The bytes of a workbook that `fill` has filled; `counts` is the line below the title of each sheet."""

    def fill_it(book: Any) -> None:  # noqa: ANN401  XlsxWriter is untyped
        book.set_properties({"title": title, "created": CREATED})
        book.set_custom_property(PROPERTY, MADE, "text")
        fill(Book(book, lang, counts))

    return strict.to_bytes(fill_it)


def opened(target: Book, listing: Listing, number: int = 1) -> Open:
    """A new sheet with title, counts and the widths of its columns."""
    name = listing.sheet.say(target.lang)
    worksheet = target.book.add_worksheet(name if number == 1 else f"{name} ({number})")
    for index, column in enumerate(listing.columns):
        ok(worksheet.set_column(index, index, column.width))
    ok(worksheet.set_row(0, metrics.line_height_pt(14)))
    ok(worksheet.write_string(0, 0, listing.title.say(target.lang), _format(target, font_size=14, bold=True)))
    ok(worksheet.set_row(1, metrics.line_height_pt(_SIZE) + 3))
    ok(worksheet.write_string(1, 0, target.counts, _format(target, font_size=_SIZE, italic=True)))
    return Open(listing, worksheet, number, links.MOST)


def append_all(target: Book, sheet: Open, rows: Iterable[Sequence[Content]]) -> Open:
    """The rows written; gives the sheet for the next one."""
    for row in rows:
        sheet = append(target, sheet, row)
    return sheet


def append(target: Book, sheet: Open, row: Sequence[Content]) -> Open:
    """The row written; gives the sheet for the next one."""
    if sheet.row == MOST_ROWS:
        finish(target, sheet)
        sheet = opened(target, sheet.listing, sheet.number + 1)
    height = metrics.line_height_pt(_SIZE)
    for index, (column, content) in enumerate(zip(sheet.listing.columns, row, strict=True)):
        height = max(height, _write(target, sheet, index, column, content))
    ok(sheet.worksheet.set_row(sheet.row, min(height + _AIR_PT, metrics.MAX_ROW_PT)))
    sheet.row += 1
    return sheet


def _write(target: Book, sheet: Open, index: int, column: Column, content: Content) -> float:
    """Write a cell; gives the height in pt that its text needs."""
    if isinstance(content, (int, float)):
        ok(sheet.worksheet.write_number(sheet.row, index, content, _look(target, column.look)))
        return 0
    if isinstance(content, dt.date):
        ok(sheet.worksheet.write_datetime(sheet.row, index, content, _look(target, column.look)))
        return 0
    cell = content if isinstance(content, Cell) else Cell(content or "")
    text = _fitting(printable(cell.text))
    # LibreOffice keeps a link on one line, whatever room there is: rather no link than a text that is cut.
    linked = cell.address is not None and sheet.links > 0 and _lines(text, column.room) == 1
    look = _look(target, column.look, cell.colour, linked)
    if not text:
        ok(sheet.worksheet.write_blank(sheet.row, index, None, look))
    elif linked:
        sheet.links -= 1
        address = f"{cell.address}#{cell.place}" if cell.place else str(cell.address)
        ok(sheet.worksheet.write_url(sheet.row, index, links.url(address, text), look))
    else:
        ok(sheet.worksheet.write_string(sheet.row, index, text, look))
    return _height(text, column.room)


def _fitting(text: str) -> str:
    """The text, cut to what a cell holds."""
    if len(text) * 2 <= _LONGEST_UTF16:
        return text
    data = text.encode("utf-16-le")
    if len(data) // 2 <= _LONGEST_UTF16:
        return text
    return data[: 2 * (_LONGEST_UTF16 - 1)].decode("utf-16-le", "ignore") + "…"


def _lines(text: str, width_chars: float) -> int:
    """How many lines a text takes in a column; what is higher than any row can be need not be measured."""
    return metrics.lines(text[:4000], metrics.cell_width_pt((width_chars,)), _SIZE)


def _height(text: str, width_chars: float) -> float:
    """The height in pt that a text needs in a column."""
    return _lines(text, width_chars) * metrics.line_height_pt(_SIZE)


def finish(target: Book, sheet: Open) -> None:
    """Make the rows a table that filters, and the sheet one that prints."""
    listing, worksheet = sheet.listing, sheet.worksheet
    headings = [column.heading.say(target.lang) for column in listing.columns]
    shapes = [_heading(target, column.look) for column in listing.columns]
    room = 2.5  # characters that the button of the filter takes
    height = max(_height(text, column.room - room) for text, column in zip(headings, listing.columns, strict=True))
    ok(worksheet.set_row(_HEADER, height + 6))
    for index, (text, shape) in enumerate(zip(headings, shapes, strict=True)):
        ok(worksheet.write_string(_HEADER, index, text, shape))
    last = sheet.row - 1
    if last > _HEADER:
        name = listing.table if sheet.number == 1 else f"{listing.table}_{sheet.number}"
        columns = [{"header": text, "header_format": shape} for text, shape in zip(headings, shapes, strict=True)]
        ok(worksheet.add_table(_HEADER, 0, last, len(headings) - 1, {"name": name, "style": None, "columns": columns}))
        ok(worksheet.ignore_errors({"number_stored_as_text": f"A{_HEADER + 2}:{chr(64 + len(headings))}{last + 1}"}))
    else:
        last = _HEADER + 1
        ok(worksheet.write_string(last, 0, _NONE.say(target.lang), _format(target, italic=True)))
    worksheet.freeze_panes(_HEADER + 1, 0)
    worksheet.hide_gridlines(2)
    _print(worksheet, last, listing.printed)


def _print(worksheet: Any, last_row: int, columns: int) -> None:  # noqa: ANN401
    """A4 landscape, as wide as the page, the header on each page."""
    worksheet.set_paper(9)
    worksheet.set_landscape()
    worksheet.set_margins(*(millimetres / 25.4 for millimetres in (10, 8, 12, 14)))
    worksheet.set_footer(f'&C&"{FONT},Regular"&11&P/&N', {"margin": 7 / 25.4})
    worksheet.fit_to_pages(1, 0)
    ok(worksheet.print_area(0, 0, last_row, columns - 1))
    worksheet.repeat_rows(_HEADER)


def _heading(target: Book, look: str) -> Any:  # noqa: ANN401
    """A heading stands above its column as the contents do."""
    properties = {"text_wrap": True, "valign": "vcenter", "border": 1, "border_color": _LINE, "bg_color": "#DCE6F1"}
    return _format(target, bold=True, **properties, **{"text": _TEXT, "number": _OVER_NUMBER}.get(look, _CENTRED))


def _look(target: Book, look: str, colour: str = "", linked: bool = False) -> Any:  # noqa: ANN401
    properties: dict[str, object] = {"text_wrap": True, "valign": "top", "border": 1, "border_color": _LINE}
    properties |= {"text": _TEXT, "number": _NUMBER}.get(look, _CENTRED)
    if look in _NUMBERS:
        properties["num_format"] = _NUMBERS[look]
    if colour in _FILLS:
        properties["bg_color"] = _FILLS[colour]
    if linked:
        properties |= {"font_color": "#1A4F8B", "underline": 1}
    return _format(target, **properties)


def _format(target: Book, **properties: object) -> Any:  # noqa: ANN401
    key = tuple(properties.items())
    if key not in target.formats:
        target.formats[key] = target.book.add_format({"font_name": FONT, "font_size": _SIZE, **properties})
    return target.formats[key]
