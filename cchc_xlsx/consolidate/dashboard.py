"""One A4 page with native charts, and beside it what they read: what the dashboards of a commune and of many share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from cchc_xlsx.layout import metrics
from cchc_xlsx.layout.head import HEADER_FILL
from cchc_xlsx.layout.model import Cell, Chart, Content, Place, Print, Series, Sheet, Style

NAME = "Bảng điều khiển"
ROW_PT = 15.0
_MARGINS_MM = (20.0, 10.0, 15.0, 12.0)
PAGE_PT = (297 - _MARGINS_MM[2] - _MARGINS_MM[3]) / 25.4 * 72


class Page(Struct):
    """A page that is filled from above: its columns, the last that is printed, the first of what the charts read, its last row."""

    widths: Mapping[int, float]
    last: int
    data: int
    cells: dict[Place, Cell] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    row: int = 0

    def line(self, text: str, style: Style) -> None:
        """Add a line over the whole width."""
        self.row += 1
        room = metrics.cell_width_pt([self.widths[column] for column in range(1, self.last + 1)])
        self.cells[self.row, 1] = Cell(text, style)
        self.heights[self.row] = metrics.text_height_pt(text, room, style.size, style.bold) + 3

    def gap(self, height_pt: float) -> None:
        """Add a row without anything in it."""
        self.row += 1
        self.heights[self.row] = height_pt

    def used_pt(self) -> float:
        """How far down the page is filled."""
        return sum(self.heights[row] for row in range(1, self.row + 1))


def beside(page: Page, at: int, heads: Sequence[str], rows: Sequence[Sequence[Content]], number_format: str) -> None:
    """Write what a chart reads beside the printed area: the heads in the row `at`, below them a name and its numbers a row."""
    head = Style(size=10, bold=True, fill=HEADER_FILL, align="center", wrap=False)
    for column, text in enumerate(heads, page.data):
        page.cells[at, column] = Cell(text, head)
    for row, contents in enumerate(rows, at + 1):
        for column, content in enumerate(contents, page.data):
            shown = "@" if column == page.data else number_format
            page.cells[row, column] = Cell(content, Style(size=10, number_format=shown, wrap=False))
        page.heights.setdefault(row, ROW_PT)
    page.heights.setdefault(at, ROW_PT)


def series(page: Page, at: int, count: int, colours: Sequence[str]) -> tuple[Series, ...]:
    """The series of a table that `beside` wrote, with so many rows: one a column of numbers."""
    names = (at + 1, page.data, at + count, page.data)
    return tuple(
        Series((at, column), names, (at + 1, column, at + count, column), colour)
        for column, colour in enumerate(colours, page.data + 1)
    )


def chart(
    page: Page,
    title: str,
    height_pt: float,
    read: tuple[Series, ...],
    *,
    gap_pt: float,
    stacked: bool = False,
    maximum: float | None = None,
) -> Chart:
    """A chart below what is there and a gap; the rows that it covers are of one height."""
    page.gap(gap_pt)
    at = (page.row + 1, 1)
    rows = round(height_pt / ROW_PT)
    for _ in range(rows):
        page.gap(ROW_PT)
    for row in range(at[0] - 1, page.row + 1):
        page.cells.setdefault((row, 1), Cell(None, Style(border="")))
    width = sum(metrics.column_width_pt(page.widths[column]) for column in range(1, page.last + 1)) - 4
    return Chart(title, at, width, rows * ROW_PT - 4, read, stacked, maximum=maximum)


def sheet(page: Page, lines: int, charts: Sequence[Chart]) -> Sheet:
    """The page as a sheet; each of its first `lines` is one cell, and it is printed down to the end of the last chart."""
    merges = tuple((row, 1, row, page.last) for row in range(1, lines + 1))
    last = charts[-1].at[0] + round(charts[-1].height_pt / ROW_PT)
    paper = Print(landscape=False, fit_pages=(1, 1), area=(1, 1, last, page.last), margins_mm=_MARGINS_MM, first_page=1)
    return Sheet(NAME, page.cells, page.widths, page.heights, merges, paper=paper, charts=tuple(charts))
