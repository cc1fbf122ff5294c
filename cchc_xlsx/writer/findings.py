"""What a check found as a workbook to filter, to print and to go from: findings, counts by unit and by code, all files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cchc_xlsx import results
from cchc_xlsx.identity import PROPERTY
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.layout import metrics
from cchc_xlsx.reports import words
from cchc_xlsx.reports.tally import Tally, tally
from cchc_xlsx.results import STATUSES, FileResult, Report, Told, printable
from cchc_xlsx.writer import links, strict
from cchc_xlsx.writer.strict import CREATED, FONT, ok

MOST_ROWS = 1_048_576  # of a sheet of Excel; what does not fit goes on on a further sheet
_LONGEST_UTF16 = 32_767  # characters of a cell
_SIZE = 11
_HEADER = 2  # the row of the table's header, from 0; title and counts stand above
_AIR_PT = 3.0  # above what the text needs
_LINE = "#B5BCC6"
_FILLS = {"error": "#FBE3E1", "warning": "#FDF0D0", "info": "#E4EEF9", "ok": "#E2F2E7"}
_NONE = Text("Không có.", "None.")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its heading, its width in characters, and how its cells look."""

    heading: Text
    width: float
    look: str = "text"


@dataclass(frozen=True, slots=True)
class _Cell:
    """A content that leads somewhere (an address and a place in the file) or is coloured like a status or severity."""

    text: str
    address: str | None = None
    place: str | None = None
    colour: str = ""


_Content = str | int | _Cell | None


@dataclass(frozen=True, slots=True)
class _Listing:
    """A sheet that is one table; the first `printed` columns are printed, the others are there to filter by."""

    sheet: Text
    title: Text
    table: str
    columns: tuple[_Column, ...]
    printed: int


@dataclass(slots=True)
class _Open:
    """A sheet being written: its next row, how many links it may still have; `number` counts the sheets of one listing."""

    listing: _Listing
    worksheet: Any
    number: int
    links: int
    row: int = _HEADER + 1


@dataclass(frozen=True, slots=True)
class _Book:
    """The workbook being written."""

    book: Any
    lang: Lang
    counts: str
    formats: dict[tuple[tuple[str, object], ...], Any] = field(default_factory=dict)


def _column(name: str, width: float, look: str = "text") -> _Column:
    return _Column(words.COLUMN[name], width, look)


_FINDINGS = _Listing(
    Text("Phát hiện", "Findings"),
    Text("KẾT QUẢ KIỂM TRA BÁO CÁO", "RESULTS OF THE CHECK"),
    "Findings",
    (
        _column("file", 47),
        _column("unit_name", 14),
        _column("cell", 6.5, "centre"),
        _column("label", 25),
        _column("code", 7.5, "centre"),
        _column("severity", 10.5, "centre"),
        _column("value", 12.5),
        _column("message", 30),
        _column("fix", 22),
        _column("waived", 12),
        _column("form", 26),
        _column("period", 18),
        _column("commune", 18),
        _column("sheet", 16),
        _column("key", 16),
    ),
    printed=10,
)
_BY_UNIT = _Listing(
    Text("Theo đơn vị", "By unit"),
    Text("SỐ LƯỢNG THEO ĐƠN VỊ VÀ BIỂU", "COUNTS BY UNIT AND FORM"),
    "ByUnit",
    (
        _column("commune", 20),
        _column("unit_name", 30),
        _column("unit", 10),
        _column("form", 28),
        _Column(Text("Số tệp", "Files"), 9, "number"),
        _Column(Text("Tệp đạt", "Files OK"), 9, "number"),
        _Column(Text("Tệp có cảnh báo", "Files with warnings"), 10, "number"),
        _Column(Text("Tệp có lỗi", "Files with errors"), 9, "number"),
        _Column(Text("Tệp bỏ qua", "Files skipped"), 9, "number"),
        _Column(Text("Số lỗi", "Errors"), 9, "number"),
        _Column(Text("Số cảnh báo", "Warnings"), 12, "number"),
        _Column(Text("Số được miễn", "Waived"), 12, "number"),
    ),
    printed=12,
)
_BY_CODE = _Listing(
    Text("Theo mã", "By code"),
    Text("SỐ LƯỢNG THEO MÃ LỖI", "COUNTS BY CODE"),
    "ByCode",
    (
        _column("code", 10, "centre"),
        _Column(Text("Nội dung", "What it is about"), 100),
        _Column(Text("Lỗi", "Errors"), 11, "number"),
        _Column(Text("Cảnh báo", "Warnings"), 11, "number"),
        _Column(Text("Thông tin", "Infos"), 11, "number"),
        _Column(Text("Được miễn", "Waived"), 11, "number"),
        _Column(Text("Tổng số", "Total"), 11, "number"),
    ),
    printed=7,
)
_FILES = _Listing(
    Text("Tệp", "Files"),
    Text("CÁC TỆP TRONG THƯ MỤC", "ALL FILES"),
    "Files",
    (
        _column("file", 62),
        _column("status", 11, "centre"),
        _column("unit_name", 28),
        _column("commune", 20),
        _column("form", 26),
        _column("period", 18),
        _Column(Text("Số lỗi", "Errors"), 8, "number"),
        _Column(Text("Số cảnh báo", "Warnings"), 12, "number"),
        _column("sha256", 76),
    ),
    printed=8,
)


def to_bytes(report: Report, lang: Lang, path: Path | None = None) -> bytes:
    """The workbook's bytes; the same report gives the same. Files are linked as seen from `path`, where it is to be saved."""
    return strict.to_bytes(lambda book: _fill(book, report, lang, path))


def _fill(book: Any, report: Report, lang: Lang, path: Path | None) -> None:  # noqa: ANN401  XlsxWriter is untyped
    book.set_properties({"title": _FINDINGS.title.say(lang).capitalize(), "created": CREATED})
    book.set_custom_property(PROPERTY, words.MADE, "text")
    counted = tally(report)
    target = _Book(book, lang, _counts(report, counted, lang))
    found, by_unit, by_code, files = (_opened(target, one) for one in (_FINDINGS, _BY_UNIT, _BY_CODE, _FILES))
    for told in report.findings:
        found = _append(target, found, _finding(None, told, lang, None))
    for one in report.files:
        address = links.to_file(one.file, path) if one.status != "skipped" else None
        for told in one.findings:
            found = _append(target, found, _finding(one, told, lang, address))
        files = _append(target, files, _file(one, lang, address))
    _finish(target, _append_all(target, by_unit, _units(counted, lang)))
    _finish(target, _append_all(target, by_code, _codes(counted, lang)))
    _finish(target, found)
    _finish(target, files)


def _counts(report: Report, counted: Tally, lang: Lang) -> str:
    """The line below a title."""
    total = counted.total
    of_files = [f"{words.number(report.counts[one], lang)} {words.STATUS[one].say(lang).lower()}" for one in STATUSES]
    of_findings = [
        f"{words.number(total.findings[one], lang)} {words.WEIGHT[one].say(lang).lower()}" for one in words.WEIGHTS
    ]
    line = Text(
        "{files} tệp: {of_files}. {findings} phát hiện: {of_findings}.",
        "{files} files: {of_files}. {findings} findings: {of_findings}.",
    )
    return line.format(
        files=words.number(len(report.files), lang),
        of_files=", ".join(of_files),
        findings=words.number(total.findings.total(), lang),
        of_findings=", ".join(of_findings),
    ).say(lang)


# ---------------------------------------------------------------------------------------------------------------- rows


def _finding(one: FileResult | None, told: Told, lang: Lang, address: str | None) -> tuple[_Content, ...]:
    who = one.identity if one else None
    weight = words.weight(told)
    place = links.to_cell(told.sheet, told.cell)
    return (
        _Cell(one.path, address) if one else words.SET.say(lang),
        words.unit(one) if one else None,
        _Cell(told.cell, address if place else None, place) if told.cell else None,
        told.label,
        told.code,
        _Cell(words.WEIGHT[weight].say(lang), colour=weight),
        told.value,
        told.message,
        told.fix,
        words.because(told.waived, lang) if told.waived else None,
        who.form if who else None,
        words.period(who, lang) if who else None,
        who.commune if who else None,
        told.sheet,
        told.key,
    )


def _units(counted: Tally, lang: Lang) -> Iterable[tuple[_Content, ...]]:
    for group, name, counts in counted.by_unit():
        numbers = (
            *(counts.files[one] for one in STATUSES),
            *(counts.findings[one] for one in ("error", "warning", "waived")),
        )
        yield (group.commune, name or words.NO_UNIT.say(lang), group.unit, group.form, counts.files.total(), *numbers)


def _codes(counted: Tally, lang: Lang) -> Iterable[tuple[_Content, ...]]:
    for code, counts in counted.by_code():
        yield (code, results.title(code, lang), *(counts[one] for one in words.WEIGHTS), counts.total())


def _file(one: FileResult, lang: Lang, address: str | None) -> tuple[_Content, ...]:
    who = one.identity
    weights = [words.weight(told) for told in one.findings]
    return (
        _Cell(one.path, address),
        _Cell(words.STATUS[one.status].say(lang), colour=one.status),
        words.unit(one),
        who.commune if who else None,
        who.form if who else None,
        words.period(who, lang) if who else None,
        weights.count("error"),
        weights.count("warning"),
        one.sha256,
    )


# -------------------------------------------------------------------------------------------------------------- sheets


def _opened(target: _Book, listing: _Listing, number: int = 1) -> _Open:
    """A new sheet with title, counts and the widths of its columns."""
    name = listing.sheet.say(target.lang)
    worksheet = target.book.add_worksheet(name if number == 1 else f"{name} ({number})")
    for index, column in enumerate(listing.columns):
        ok(worksheet.set_column(index, index, column.width))
    ok(worksheet.set_row(0, metrics.line_height_pt(14)))
    ok(worksheet.write_string(0, 0, listing.title.say(target.lang), _format(target, font_size=14, bold=True)))
    ok(worksheet.set_row(1, metrics.line_height_pt(_SIZE) + 3))
    ok(worksheet.write_string(1, 0, target.counts, _format(target, font_size=_SIZE, italic=True)))
    return _Open(listing, worksheet, number, links.MOST)


def _append_all(target: _Book, sheet: _Open, rows: Iterable[Sequence[_Content]]) -> _Open:
    for row in rows:
        sheet = _append(target, sheet, row)
    return sheet


def _append(target: _Book, sheet: _Open, row: Sequence[_Content]) -> _Open:
    """The row written; gives the sheet for the next one."""
    if sheet.row == MOST_ROWS:
        _finish(target, sheet)
        sheet = _opened(target, sheet.listing, sheet.number + 1)
    height = metrics.line_height_pt(_SIZE)
    for index, (column, content) in enumerate(zip(sheet.listing.columns, row, strict=True)):
        height = max(height, _write(target, sheet, index, column, content))
    ok(sheet.worksheet.set_row(sheet.row, min(height + _AIR_PT, metrics.MAX_ROW_PT)))
    sheet.row += 1
    return sheet


def _write(target: _Book, sheet: _Open, index: int, column: _Column, content: _Content) -> float:
    """Write a cell; gives the height in pt that its text needs."""
    if isinstance(content, int):
        ok(sheet.worksheet.write_number(sheet.row, index, content, _look(target, column.look)))
        return 0
    cell = content if isinstance(content, _Cell) else _Cell(content or "")
    text = _fitting(printable(cell.text))
    # LibreOffice keeps a link on one line, whatever room there is: rather no link than a text that is cut.
    linked = cell.address is not None and sheet.links > 0 and _lines(text, column.width) == 1
    look = _look(target, column.look, cell.colour, linked)
    if not text:
        ok(sheet.worksheet.write_blank(sheet.row, index, None, look))
    elif linked:
        sheet.links -= 1
        address = f"{cell.address}#{cell.place}" if cell.place else str(cell.address)
        ok(sheet.worksheet.write_url(sheet.row, index, links.url(address, text), look))
    else:
        ok(sheet.worksheet.write_string(sheet.row, index, text, look))
    return _height(text, column.width)


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


def _finish(target: _Book, sheet: _Open) -> None:
    """Make the rows a table that filters, and the sheet one that prints."""
    listing, worksheet = sheet.listing, sheet.worksheet
    headings = [column.heading.say(target.lang) for column in listing.columns]
    shape = _format(
        target, bold=True, text_wrap=True, valign="vcenter", border=1, border_color=_LINE, bg_color="#DCE6F1"
    )
    room = 2.5  # characters that the button of the filter takes
    height = max(_height(text, column.width - room) for text, column in zip(headings, listing.columns, strict=True))
    ok(worksheet.set_row(_HEADER, height + 6))
    for index, text in enumerate(headings):
        ok(worksheet.write_string(_HEADER, index, text, shape))
    last = sheet.row - 1
    if last > _HEADER:
        name = listing.table if sheet.number == 1 else f"{listing.table}_{sheet.number}"
        columns = [{"header": text, "header_format": shape} for text in headings]
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


def _look(target: _Book, look: str, colour: str = "", linked: bool = False) -> Any:  # noqa: ANN401
    properties: dict[str, object] = {"text_wrap": True, "valign": "top", "border": 1, "border_color": _LINE}
    if look == "centre":
        properties["align"] = "center"
    if look == "number":
        properties |= {"align": "right", "num_format": "#,##0;-#,##0;–"}
    if colour in _FILLS:
        properties["bg_color"] = _FILLS[colour]
    if linked:
        properties |= {"font_color": "#1A4F8B", "underline": 1}
    return _format(target, **properties)


def _format(target: _Book, **properties: object) -> Any:  # noqa: ANN401
    key = tuple(properties.items())
    if key not in target.formats:
        target.formats[key] = target.book.add_format({"font_name": FONT, "font_size": _SIZE, **properties})
    return target.formats[key]
