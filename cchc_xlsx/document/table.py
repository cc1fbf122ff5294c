"""The annex's table in Word's own words, put into a template as it is; every text in it is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from markupsafe import Markup

from cchc_xlsx.layout import metrics
from cchc_xlsx.narrative.model import Cell, Table

STYLE = "BangPhuLuc"  # the paragraph style of its cells: a template may have it look as it likes
_SIZE_PT = 11.0  # of that style as shipped
_TWIPS_A_MM = 1440 / 25.4
_WHOLE_ROW = 700  # signs: a row with more in one cell may go over to the next page
_BORDER = '<w:{0} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def drawn(table: Table) -> Markup:
    """The table as a piece of a document's body."""
    widths = [round(width * _TWIPS_A_MM) for width in table.widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(_row(table, row, widths) for row in range(table.rows))
    borders = "".join(_BORDER.format(side) for side in _SIDES)
    return Markup(  # noqa: S704 - all text in it is escaped by `_paragraphs`
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _row(table: Table, row: int, widths: list[int]) -> str:
    here = list(_in_row(table, row))
    is_short = all(len(one.text) <= _WHOLE_ROW for one in here)
    properties = "<w:cantSplit/>" if is_short else ""
    if row < table.head:
        # A cell over several rows does not make them higher in every program.
        properties += f'<w:trHeight w:val="{_header_height(table)}" w:hRule="atLeast"/><w:tblHeader/>'
    cells = "".join(_cell(one, row, widths, is_whole=is_short) for one in here)
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{cells}</w:tr>"


def _header_height(table: Table) -> int:
    """What each row of the header needs at least, in twips, so that all its texts have room."""
    need = 0.0
    for one in table.cells:
        if one.row < table.head:
            width = sum(table.widths[one.column : one.column + one.columns]) / 25.4 * 72 - 6
            need = max(need, (metrics.text_height_pt(one.text, width, _SIZE_PT, bold=True) + 4) / one.rows)
    return round(need * 20)


def _in_row(table: Table, row: int) -> Iterator[Cell]:
    """The cells that begin in a row or reach into it from above, from left to right."""
    yield from sorted((one for one in table.cells if one.row <= row < one.row + one.rows), key=lambda one: one.column)


def _cell(one: Cell, row: int, widths: list[int], *, is_whole: bool) -> str:
    width = sum(widths[one.column : one.column + one.columns])
    span = f'<w:gridSpan w:val="{one.columns}"/>' if one.columns > 1 else ""
    merge = ""
    if one.rows > 1:
        merge = '<w:vMerge w:val="restart"/>' if row == one.row else "<w:vMerge/>"
    middle = '<w:vAlign w:val="center"/>' if is_whole else ""
    text = _paragraphs(one) if row == one.row else f'<w:p><w:pPr><w:pStyle w:val="{STYLE}"/></w:pPr></w:p>'
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}{middle}</w:tcPr>{text}</w:tc>'


def _paragraphs(one: Cell) -> str:
    side = '<w:jc w:val="center"/>' if one.align == "center" else '<w:jc w:val="left"/>'
    keep = "<w:keepNext/>" if one.is_head else ""
    bold = "<w:rPr><w:b/></w:rPr>" if one.bold else ""
    head = f'<w:p><w:pPr><w:pStyle w:val="{STYLE}"/>{keep}{side}</w:pPr><w:r>{bold}<w:t xml:space="preserve">'
    return "".join(f"{head}{escape(line)}</w:t></w:r></w:p>" for line in one.text.split("\n"))
