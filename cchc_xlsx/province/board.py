"""The sheet *Bảng điều khiển* of many communes: how many met what, who is first and last, on one A4 page with native charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cchc_xlsx import periods
from cchc_xlsx.consolidate.listing import BANNER
from cchc_xlsx.layout import metrics
from cchc_xlsx.layout.head import HEADER_FILL
from cchc_xlsx.layout.model import Cell, Chart, Content, Formula, Place, Print, Series, Sheet, Style
from cchc_xlsx.province.matrix import Matrix
from cchc_xlsx.province.model import Province
from cchc_xlsx.province.sheet import cut
from cchc_xlsx.province.totals import Totals

NAME = "Bảng điều khiển"
_WIDTHS = {1: 34.0, 2: 9.0, 3: 3.0, 4: 34.0, 5: 9.0, 6: 3.0, 7: 44.0, **dict.fromkeys(range(8, 13), 9.0)}
_LAST, _DATA = 5, 7  # the last printed column, the first of what the charts read
_MOST = 10  # communes at each end
_HEADS = ("Đạt", "Chưa đạt", "Tạm tính", "Chưa có số liệu")
_COLOURS = ("#70AD47", "#C0504D", "#FFC000", "#BFBFBF")
_MARGINS_MM = (20.0, 10.0, 15.0, 12.0)
_PAGE_PT = (297 - _MARGINS_MM[2] - _MARGINS_MM[3]) / 25.4 * 72
_ROW_PT = 15.0
_LONGEST = 52


@dataclass(slots=True)
class _Page:
    cells: dict[Place, Cell]
    heights: dict[int, float]
    row: int = 0

    def line(self, text: str, style: Style) -> None:
        self.row += 1
        room = metrics.cell_width_pt([_WIDTHS[column] for column in range(1, _LAST + 1)])
        self.cells[self.row, 1] = Cell(text, style)
        self.heights[self.row] = metrics.text_height_pt(text, room, style.size, style.bold) + 3

    def used_pt(self) -> float:
        return sum(self.heights[row] for row in range(1, self.row + 1))


def board(province: Province, matrix: Matrix, found: Totals, banner: str) -> Sheet:
    """The page; its figures are those of *Ma trận* and *Tổng tỉnh*."""
    page = _Page({}, {})
    period = province.issue.period
    assert period
    page.line("BẢNG ĐIỀU KHIỂN CẢI CÁCH HÀNH CHÍNH CÁC XÃ", Style(size=14, bold=True, align="center", border=""))
    page.line(f"{periods.name(period).vi} – {province.issue.form.id}", Style(size=12, align="center", border=""))
    page.line(_status(province, found), Style(border=""))
    if banner:
        page.line(banner, BANNER)
    merges = [(row, 1, row, _LAST) for row in range(1, page.row + 1)]
    _ends(page, province, matrix)
    data = page.row + 1
    charts = [_chart_of_ends(page, province, matrix, data), _chart_of_lines(page, province, found, data)]
    last = charts[-1].at[0] + round(charts[-1].height_pt / _ROW_PT)
    paper = Print(landscape=False, fit_pages=(1, 1), area=(1, 1, last, _LAST), margins_mm=_MARGINS_MM, first_page=1)
    return Sheet(NAME, page.cells, _WIDTHS, page.heights, tuple(merges), paper=paper, charts=tuple(charts))


def _status(province: Province, found: Totals) -> str:
    sums = [sum(one[index] for one in found.counts) for index in range(len(_HEADS))]
    told = ", ".join(f"{count} {word.lower()}" for count, word in zip(sums, _HEADS, strict=True) if count)
    return (
        f"Số liệu của {len(province.communes)}/{province.asked} xã, {len(province.lines)} chỉ tiêu"
        f"{': ' + told if told else ''} (đếm theo xã và chỉ tiêu)."
    )


def _order(matrix: Matrix) -> list[int]:
    """The communes that have a place, best first."""
    known = [(rank, number) for number, rank in enumerate(matrix.ranks) if rank is not None]
    return [number for _, number in sorted(known)]


def _ends(page: _Page, province: Province, matrix: Matrix) -> None:
    """Who is first and who is last, side by side."""
    order = _order(matrix)
    best, worst = order[:_MOST], order[::-1][:_MOST]
    page.row += 1
    page.heights[page.row] = 6.0
    page.row += 1
    page.heights[page.row] = 18.0
    head = Style(size=10, bold=True, align="center", fill=HEADER_FILL)
    for column, text in ((1, "Tỷ lệ đạt cao nhất"), (2, "Tỷ lệ"), (4, "Tỷ lệ đạt thấp nhất"), (5, "Tỷ lệ")):
        page.cells[page.row, column] = Cell(text, head)
    for index in range(max(len(best), len(worst))):
        page.row += 1
        page.heights[page.row] = 16.0
        for column, listed in ((1, best), (4, worst)):
            if index < len(listed):
                number = listed[index]
                text = f"{matrix.ranks[number]}. {province.communes[number].called}"
                page.cells[page.row, column] = Cell(cut(text, 40), Style(size=10, wrap=False))
                page.cells[page.row, column + 1] = Cell(
                    _share(matrix, number), Style(size=10, align="center", number_format="0.0%")
                )


def _share(matrix: Matrix, number: int) -> Formula:
    value = matrix.shares[number]
    return Formula(matrix.share(number), "" if value is None else value)


def _table(page: _Page, at: int, heads: Sequence[str], rows: Sequence[Sequence[Content]], shown: str) -> None:
    """What a chart reads, beside the printed area."""
    style = Style(size=10, bold=True, fill=HEADER_FILL, align="center", wrap=False)
    for column, text in enumerate(heads, _DATA):
        page.cells[at, column] = Cell(text, style)
    for row, contents in enumerate(rows, at + 1):
        for column, content in enumerate(contents, _DATA):
            number_format = "@" if column == _DATA else shown
            page.cells[row, column] = Cell(content, Style(size=10, number_format=number_format, wrap=False))
        page.heights.setdefault(row, _ROW_PT)
    page.heights.setdefault(at, _ROW_PT)


def _series(at: int, count: int, colours: Sequence[str]) -> tuple[Series, ...]:
    return tuple(
        Series((at, column), (at + 1, _DATA, at + count, _DATA), (at + 1, column, at + count, column), colour)
        for column, colour in enumerate(colours, _DATA + 1)
    )


def _chart_of_ends(page: _Page, province: Province, matrix: Matrix, at: int) -> Chart:
    order = _order(matrix)
    listed = order if len(order) <= 2 * _MOST else [*order[:_MOST], *order[-_MOST:]]
    rows = [(cut(province.communes[number].called, 40), _share(matrix, number)) for number in listed]
    _table(page, at, ("Xã", "Tỷ lệ chỉ tiêu đạt"), rows or [("Không có", 0.0)], "0.0%")
    title = "Tỷ lệ chỉ tiêu đạt của các xã" + (" (cao nhất và thấp nhất)" if len(order) > 2 * _MOST else "")
    height = 70.0 + 12.5 * max(len(rows), 1)
    return _placed(page, title, height, _series(at, max(len(rows), 1), ("#4472C4",)), maximum=1.0)


def _chart_of_lines(page: _Page, province: Province, found: Totals, above: int) -> Chart:
    at = max(above + 2 * _MOST + 3, page.row + 2)
    rows: list[tuple[Content, ...]] = []
    for index, line in enumerate(province.lines):
        cells = (Formula(found.count(index, one), found.counts[index][one]) for one in range(len(_HEADS)))
        rows.append((cut(line.label, _LONGEST), *cells))
    _table(page, at, ("Chỉ tiêu", *_HEADS), rows, "0")
    height = max(_PAGE_PT * 0.97 - page.used_pt(), 80.0 + 11.5 * len(rows))
    return _placed(page, "Số xã đạt, chưa đạt theo chỉ tiêu", height, _series(at, len(rows), _COLOURS), stacked=True)


def _placed(
    page: _Page,
    title: str,
    height: float,
    series: tuple[Series, ...],
    *,
    stacked: bool = False,
    maximum: float | None = None,
) -> Chart:
    """A chart below what is there; the rows that it covers are 15 pt high."""
    page.row += 1
    page.heights[page.row] = 6.0
    at = (page.row + 1, 1)
    rows = round(height / _ROW_PT)
    for _ in range(rows):
        page.row += 1
        page.heights[page.row] = _ROW_PT
    for row in range(at[0] - 1, page.row + 1):
        page.cells.setdefault((row, 1), Cell(None, Style(border="")))
    width = sum(metrics.column_width_pt(_WIDTHS[column]) for column in range(1, _LAST + 1)) - 4
    return Chart(title, at, width, rows * _ROW_PT - 4, series, stacked, maximum=maximum)
