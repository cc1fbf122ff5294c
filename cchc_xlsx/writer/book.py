"""Layout → workbook: the same layout gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from cchc_xlsx.identity import PROPERTY
from cchc_xlsx.layout.model import Cell, Formula, Layout, Print, Range, Sheet, Style, Table, Validation, a1, a1_range
from cchc_xlsx.writer import charts, links, strict
from cchc_xlsx.writer.strict import CREATED, FONT
from cchc_xlsx.writer.strict import ok as _ok

_BORDERS = {"l": "left", "r": "right", "t": "top", "b": "bottom"}
_ROW_ONLY = 15.0
_PX_PER_PT = 4 / 3
_NOTE_FONT_PT = 11
_NOTE_FILL = "#FFFFE1"


class OwnWorksheet(Worksheet):  # type: ignore[misc]
    """A worksheet with an empty header on its first page, exact numbers, and formulas that may give an empty text."""

    def _xml_start_tag(self, tag: str, attributes: list[tuple[str, str]] | None = None) -> None:
        own = [("differentFirst", "1")] if tag == "headerFooter" else []
        super()._xml_start_tag(tag, own + (attributes or []))

    def _xml_formula_element(self, formula: str, result: object, attributes: list[tuple[str, str]]) -> None:
        """An empty text is a text too: XlsxWriter gives it no type, and SheetJS then drops the cell with its formula."""
        own = [("t", "str")] if result == "" else []
        super()._xml_formula_element(formula, result, attributes + own)

    def _xml_number_element(self, number: float, attributes: list[tuple[str, object]] | None = None) -> None:
        # XlsxWriter writes 16 digits; a marked copy must hold the very number that was typed.
        if float(f"{number:.16G}") == number:
            super()._xml_number_element(number, attributes or [])
        else:
            named = "".join(f' {name}="{value}"' for name, value in attributes or [])
            self.fh.write(f"<c{named}><v>{float(number)!r}</v></c>")


def to_bytes(layout: Layout) -> bytes:
    """The workbook's bytes."""
    assert not layout.is_for_reading
    return strict.to_bytes(lambda book: _fill(book, layout))


def sheets_to_bytes(sheets: Sequence[Sheet], title: str, properties: Mapping[str, str]) -> bytes:
    """The bytes of a workbook of these sheets that is no form: of properties it has what it is given."""

    def fill(book: Any) -> None:  # noqa: ANN401
        book.set_properties({"title": title, "created": CREATED})
        for name, text in properties.items():
            book.set_custom_property(name, text, "text")
        book.set_calc_mode("auto")
        formats: dict[Style, Any] = {}
        for sheet in sheets:
            draw(book, book.add_worksheet(sheet.name, OwnWorksheet), sheet, formats)

    return strict.to_bytes(fill)


def _fill(book: Any, layout: Layout) -> None:  # noqa: ANN401  XlsxWriter is untyped
    book.set_properties({"title": layout.form_sheet.name, "created": CREATED})
    book.set_custom_property(PROPERTY, layout.identity.token, "text")
    book.set_calc_mode("auto")
    formats: dict[Style, Any] = {}
    for index, sheet in enumerate(layout.sheets):
        worksheet = book.add_worksheet(sheet.name, OwnWorksheet)
        draw(book, worksheet, sheet, formats)
        if index == layout.opens_on:
            worksheet.activate()


def draw(book: Any, worksheet: Any, sheet: Sheet, formats: dict[Style, Any]) -> None:  # noqa: ANN401
    """Put a sheet's cells and all that belongs to them onto a worksheet; not its body."""
    for column, width in sheet.widths.items():
        hidden = {"hidden": True} if column in sheet.hidden_columns else {}
        _ok(worksheet.set_column(column - 1, column - 1, width, None, hidden))
    rows = {row for row, _ in sheet.cells}
    for row in sorted(rows):
        hidden = {"hidden": True} if row in sheet.hidden_rows else {}
        _ok(worksheet.set_row(row - 1, sheet.heights.get(row, _ROW_ONLY), None, hidden))
    covered = _covered(sheet.merges)
    for area in sheet.merges:
        _merge(book, worksheet, sheet, area, formats)
    for (row, column), cell in sorted(sheet.cells.items()):
        if (row, column) not in covered:
            _write(worksheet, row - 1, column - 1, cell, shape(book, cell.style, formats))
    _notes(worksheet, sheet)
    for one in sheet.validations:
        _validate(worksheet, one)
    for highlight in sheet.highlights:
        first_row, first_column, last_row, last_column = (number - 1 for number in highlight.area)
        fill = book.add_format({"bg_color": highlight.fill})
        options = {"type": "formula", "criteria": f"={highlight.formula}", "format": fill, "stop_if_true": True}
        _ok(worksheet.conditional_format(first_row, first_column, last_row, last_column, options))
    for table in sheet.tables:
        _table(book, worksheet, sheet, table, formats)
    for chart in sheet.charts:
        charts.insert(book, worksheet, sheet, chart)
    _view(worksheet, sheet)
    _print(worksheet, sheet.paper)


def _covered(merges: tuple[Range, ...]) -> set[tuple[int, int]]:
    return {
        (row, column)
        for first_row, first_column, last_row, last_column in merges
        for row in range(first_row, last_row + 1)
        for column in range(first_column, last_column + 1)
    }


def _merge(book: Any, worksheet: Any, sheet: Sheet, area: Range, formats: dict[Style, Any]) -> None:  # noqa: ANN401
    cell = sheet.cells[area[:2]]
    look = shape(book, cell.style, formats)
    _ok(worksheet.merge_range(area[0] - 1, area[1] - 1, area[2] - 1, area[3] - 1, "", look))
    _write(worksheet, area[0] - 1, area[1] - 1, cell, look)


def _write(worksheet: Any, row: int, column: int, cell: Cell, shape: Any) -> None:  # noqa: ANN401
    content = cell.content
    if content is None or content == "":
        _ok(worksheet.write_blank(row, column, None, shape))
    elif isinstance(content, Formula):
        _ok(worksheet.write_formula(row, column, f"={content.text}", shape, content.value))
    elif cell.link:
        name = cell.link.sheet.replace("'", "''")
        _ok(worksheet.write_url(row, column, f"internal:'{name}'!{a1(cell.link.place)}", shape, content))
    elif cell.address:
        _ok(worksheet.write_url(row, column, links.url(cell.address, str(content)), shape))
    elif isinstance(content, str):
        _ok(worksheet.write_string(row, column, content, shape))
    else:
        _ok(worksheet.write_number(row, column, content, shape))


def _table(book: Any, worksheet: Any, sheet: Sheet, table: Table, formats: dict[Style, Any]) -> None:  # noqa: ANN401
    first_row, first_column, last_row, last_column = (number - 1 for number in table.area)
    heads = [sheet.cells[first_row + 1, column + 1] for column in range(first_column, last_column + 1)]
    columns = [{"header": str(one.content), "header_format": shape(book, one.style, formats)} for one in heads]
    options = {"name": table.name, "style": None, "columns": columns}
    _ok(worksheet.add_table(first_row, first_column, last_row, last_column, options))
    _ok(worksheet.ignore_errors({"number_stored_as_text": a1_range(table.area)}))


def _notes(worksheet: Any, sheet: Sheet) -> None:  # noqa: ANN401
    for (row, column), cell in sorted(sheet.cells.items()):
        if cell.note:
            options = {
                "author": PROPERTY,
                "visible": False,
                "width": cell.note.width_pt * _PX_PER_PT,
                "height": cell.note.height_pt * _PX_PER_PT,
                "font_name": FONT,
                "font_family": 1,
                "font_size": _NOTE_FONT_PT,
                "color": _NOTE_FILL,
            }
            _ok(worksheet.write_comment(row - 1, column - 1, cell.note.text, options))


def _validate(worksheet: Any, one: Validation) -> None:  # noqa: ANN401
    options: dict[str, object] = {
        "validate": one.rule if one.rule != "whole" else "integer",
        "input_title": one.title,
        "input_message": one.prompt,
        "error_title": one.title,
        "error_message": one.error,
        "error_type": "stop" if one.stop else "warning",
        "ignore_blank": True,
    }
    if one.rule == "list":
        options["source"] = f"={one.source}"
    elif one.rule != "any":
        options |= {"criteria": "between", "minimum": one.minimum, "maximum": one.maximum}
        if one.rule == "date":
            options |= {"minimum": f"={one.minimum:g}", "maximum": f"={one.maximum:g}"}
    else:
        options = {name: value for name, value in options.items() if not name.startswith("error")}
    first = one.areas[0]
    if len(one.areas) > 1:
        options["multi_range"] = " ".join(a1_range(area) for area in one.areas)
    _ok(worksheet.data_validation(first[0] - 1, first[1] - 1, first[2] - 1, first[3] - 1, options))


def _view(worksheet: Any, sheet: Sheet) -> None:  # noqa: ANN401
    may_filter = {"autofilter": True} if sheet.tables else {}
    worksheet.protect("", {"format_columns": True, "format_rows": True, **may_filter})
    worksheet.hide_gridlines(2)
    if sheet.hidden:
        worksheet.hide()
    if sheet.freeze:
        worksheet.freeze_panes(sheet.freeze[0] - 1, sheet.freeze[1] - 1)


def _print(worksheet: Any, paper: Print) -> None:  # noqa: ANN401
    worksheet.set_paper(9)
    if paper.landscape:
        worksheet.set_landscape()
    left, right, top, bottom = (millimetres / 25.4 for millimetres in paper.margins_mm)
    worksheet.set_margins(left, right, top, bottom)
    # Pages are numbered from the second on (Nghị định 30/2020/NĐ-CP): XlsxWriter cannot say so by itself.
    worksheet.set_header(f'&C&"{FONT},Regular"&13&P', {"margin": 10 / 25.4})
    if paper.first_page is not None:
        worksheet.set_start_page(paper.first_page)
    if paper.fit_pages:
        worksheet.fit_to_pages(*paper.fit_pages)
    else:
        worksheet.set_print_scale(paper.scale)
    if paper.area:
        first_row, first_column, last_row, last_column = (number - 1 for number in paper.area)
        _ok(worksheet.print_area(first_row, first_column, last_row, last_column))
    if paper.repeat_rows:
        worksheet.repeat_rows(paper.repeat_rows[0] - 1, paper.repeat_rows[1] - 1)
    if paper.repeat_columns:
        worksheet.repeat_columns(paper.repeat_columns[0] - 1, paper.repeat_columns[1] - 1)
    if paper.breaks:
        worksheet.set_h_pagebreaks(list(paper.breaks))


def shape(book: Any, style: Style, formats: dict[Style, Any]) -> Any:  # noqa: ANN401
    """The workbook's format of a style, made once."""
    if style not in formats:
        properties: dict[str, object] = {
            "font_name": FONT,
            "font_size": style.size,
            "bold": style.bold,
            "italic": style.italic,
            "font_color": style.color,
            "align": style.align,
            "valign": style.valign,
            "text_wrap": style.wrap,
            "num_format": style.number_format,
            "locked": style.locked,
        }
        properties |= {_BORDERS[side]: 1 for side in style.border}
        if style.underline:
            properties["underline"] = 1
        if style.fill:
            properties["bg_color"] = style.fill
        formats[style] = book.add_format(properties)
    return formats[style]
