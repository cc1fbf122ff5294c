"""The sheet *Bảng điều khiển* of many communes: how many met what, who is first and last, on one A4 page with native charts."""

from __future__ import annotations

from cchc_xlsx import periods
from cchc_xlsx.consolidate import dashboard
from cchc_xlsx.consolidate.dashboard import PAGE_PT, Page
from cchc_xlsx.consolidate.listing import BANNER, cut
from cchc_xlsx.layout.head import HEADER_FILL
from cchc_xlsx.layout.model import Cell, Chart, Content, Formula, Sheet, Style
from cchc_xlsx.province.matrix import Matrix
from cchc_xlsx.province.model import Province
from cchc_xlsx.province.totals import Totals

_WIDTHS = {1: 34.0, 2: 9.0, 3: 3.0, 4: 34.0, 5: 9.0, 6: 3.0, 7: 44.0, **dict.fromkeys(range(8, 13), 9.0)}
_LAST, _DATA = 5, 7  # the last printed column, the first of what the charts read
_MOST = 10  # communes at each end
_HEADS = ("Đạt", "Chưa đạt", "Tạm tính", "Chưa có số liệu")
_COLOURS = ("#70AD47", "#C0504D", "#FFC000", "#BFBFBF")
_GAP_PT = 6.0  # above a chart
_LONGEST = 52


def board(province: Province, matrix: Matrix, found: Totals, banner: str) -> Sheet:
    """The page; its figures are those of *Ma trận* and *Tổng tỉnh*."""
    page = Page(_WIDTHS, _LAST, _DATA)
    period = province.issue.period
    assert period
    page.line("BẢNG ĐIỀU KHIỂN CẢI CÁCH HÀNH CHÍNH CÁC XÃ", Style(size=14, bold=True, align="center", border=""))
    page.line(f"{periods.name(period).vi} – {province.issue.form.id}", Style(size=12, align="center", border=""))
    page.line(_status(province, found), Style(border=""))
    if banner:
        page.line(banner, BANNER)
    lines = page.row
    _ends(page, province, matrix)
    data = page.row + 1
    charts = [_chart_of_ends(page, province, matrix, data), _chart_of_lines(page, province, found, data)]
    return dashboard.sheet(page, lines, charts)


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


def _ends(page: Page, province: Province, matrix: Matrix) -> None:
    """Who is first and who is last, side by side."""
    order = _order(matrix)
    best, worst = order[:_MOST], order[::-1][:_MOST]
    page.gap(6.0)
    page.gap(18.0)
    head = Style(size=10, bold=True, align="center", fill=HEADER_FILL)
    for column, text in ((1, "Tỷ lệ đạt cao nhất"), (2, "Tỷ lệ"), (4, "Tỷ lệ đạt thấp nhất"), (5, "Tỷ lệ")):
        page.cells[page.row, column] = Cell(text, head)
    for index in range(max(len(best), len(worst))):
        page.gap(16.0)
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


def _chart_of_ends(page: Page, province: Province, matrix: Matrix, at: int) -> Chart:
    order = _order(matrix)
    listed = order if len(order) <= 2 * _MOST else [*order[:_MOST], *order[-_MOST:]]
    rows = [(cut(province.communes[number].called, 40), _share(matrix, number)) for number in listed]
    dashboard.beside(page, at, ("Xã", "Tỷ lệ chỉ tiêu đạt"), rows or [("Không có", 0.0)], "0.0%")
    title = "Tỷ lệ chỉ tiêu đạt của các xã" + (" (cao nhất và thấp nhất)" if len(order) > 2 * _MOST else "")
    height = 70.0 + 12.5 * max(len(rows), 1)
    series = dashboard.series(page, at, max(len(rows), 1), ("#4472C4",))
    return dashboard.chart(page, title, height, series, gap_pt=_GAP_PT, maximum=1.0)


def _chart_of_lines(page: Page, province: Province, found: Totals, above: int) -> Chart:
    at = max(above + 2 * _MOST + 3, page.row + 2)
    rows: list[tuple[Content, ...]] = []
    for index, line in enumerate(province.lines):
        cells = (Formula(found.count(index, one), found.counts[index][one]) for one in range(len(_HEADS)))
        rows.append((cut(line.label, _LONGEST), *cells))
    dashboard.beside(page, at, ("Chỉ tiêu", *_HEADS), rows, "0")
    height = max(PAGE_PT * 0.97 - page.used_pt(), 80.0 + 11.5 * len(rows))
    series = dashboard.series(page, at, len(rows), _COLOURS)
    return dashboard.chart(page, "Số xã đạt, chưa đạt theo chỉ tiêu", height, series, gap_pt=_GAP_PT, stacked=True)
