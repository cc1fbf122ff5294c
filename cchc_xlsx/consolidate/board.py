"""The sheet *Bảng điều khiển*: how complete, what is met and missed by group, how far each indicator is; one page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import periods
from cchc_xlsx.consolidate import combine, dashboard, words
from cchc_xlsx.consolidate.combine import NOT_JUDGED, TALLY
from cchc_xlsx.consolidate.dashboard import PAGE_PT, Page
from cchc_xlsx.consolidate.listing import BANNER, cut
from cchc_xlsx.consolidate.model import Figure, Summary
from cchc_xlsx.consolidate.total import NAME as TOTAL
from cchc_xlsx.consolidate.total import Total
from cchc_xlsx.issue import Line, label
from cchc_xlsx.layout import metrics
from cchc_xlsx.layout.head import HEADER_FILL
from cchc_xlsx.layout.model import Cell, Chart, Content, Formula, Series, Sheet, Style, a1, a1_range

_WIDTHS = {1: 30.0, **dict.fromkeys(range(2, 10), 8.4), 10: 3.0, 11: 40.0, 12: 10.0, 13: 10.0}
_LAST, _DATA = 9, 11  # the last printed column, the first of what the charts read
# As on the page of the report: what is under way must not look like what is met.
_COLOURS = ("#70AD47", "#C0504D", "#9DC3E6", "#FFC000", "#BFBFBF", "#B9A7D6", "#7F7F7F")
_RESULT, _TARGET = "#4472C4", "#F4B183"
_HEADS = ("Nhóm", "Số nội dung", *TALLY)
_LONGEST_LABEL, _LONGEST_GROUP = 46, 90
_LONGEST_TICK = 36  # beside a bar, on one line
_BESIDE = "Số liệu của biểu đồ"
_GAP_PT = 15.0  # above a chart


def board(summary: Summary, total: Total, banner: str) -> Sheet:
    """The page, its figures formulas over *Tổng hợp*."""
    page = Page(_WIDTHS, _LAST, _DATA)
    issue = summary.issue
    assert issue.period
    page.line("BẢNG ĐIỀU KHIỂN CẢI CÁCH HÀNH CHÍNH", Style(size=14, bold=True, align="center", border=""))
    named = f"{combine.name_of(issue, issue.unit)} – {periods.name(issue.period).vi}"
    page.line(named, Style(size=12, align="center", border=""))
    said = [
        (words.completeness(summary), Style(border="")),
        (words.gaps(summary), Style(border="", bold=True)),
        (banner, BANNER),
    ]
    for text, style in said:
        if text:
            page.line(text, style)
    lines = page.row
    groups = list(_groups(summary))
    first = _group_table(page, groups, total)
    bars = [found for one in summary.figures if (found := _progress(one, total))]
    charts = [_group_chart(page, first, len(groups), 17.0 if bars else 30.0)]
    if bars:
        charts.append(_progress_chart(page, bars, charts[0]))
    page.gap(_GAP_PT)
    return dashboard.sheet(page, lines, charts)


# ------------------------------------------------------------------------------------------------------------- by group


class _Group(Struct, frozen=True):
    name: str
    figures: Sequence[Figure]


def _groups(summary: Summary) -> Iterator[_Group]:
    """The lines by the top rows of the annex: its sections, or its rows of the first level."""
    form = summary.issue.form
    has_sections = any(row.role == "section" for row in form.rows)
    tops: dict[str, str] = {}
    top, found = "", dict[str, list[Figure]]()
    for row in form.rows:
        if row.role == "section" if has_sections else row.level == 1 and row.role != "total":
            top = row.id
            tops[top] = label(summary.issue, row)
        for one in summary.figures:
            if one.line.row is row:
                found.setdefault(top, []).append(one)
    for top, figures in found.items():
        yield _Group(tops.get(top, "Các nội dung"), figures)


def _group_table(page: Page, groups: Sequence[_Group], total: Total) -> int:
    page.gap(6.0)
    page.row += 1
    head = Style(bold=True, align="center", fill=HEADER_FILL, size=10)
    for column, text in enumerate(_HEADS, 1):
        page.cells[page.row, column] = Cell(text, head)
    page.heights[page.row] = 56.0
    page.cells[page.row, _DATA] = Cell(_BESIDE, replace(head, wrap=False))
    first = page.row + 1
    for group in groups:
        page.row += 1
        counted = [sum(combine.tallied(one) == word for one in group.figures) for word in TALLY]
        name = cut(group.name, _LONGEST_GROUP)
        page.cells[page.row, 1] = Cell(name, Style(size=10))
        page.cells[page.row, _DATA] = Cell(cut(group.name, _LONGEST_TICK), Style(size=10, wrap=False))
        page.heights[page.row] = metrics.text_height_pt(name, metrics.cell_width_pt([_WIDTHS[1]]), 10) + 3
        _count(page, 2, len(group.figures))
        for column, (word, count) in enumerate(zip(TALLY, counted, strict=True), 3):
            _count(
                page,
                column,
                _counted(group, word, total, count) if word != NOT_JUDGED else _rest(page.row, count),
            )
    _sums(page, first)
    return first


def _count(page: Page, column: int, content: Content) -> None:
    page.cells[page.row, column] = Cell(content, Style(size=10, align="center", number_format="0"))


def _counted(group: _Group, word: str, total: Total, count: int) -> Formula:
    """How often one of a word's outcomes stands in the lines of a group; what stands between them reports nothing."""
    places = [total.places[one.line.key("judged")] for one in group.figures]
    area = f"'{TOTAL}'!{a1(min(places))}:{a1(max(places))}"
    return Formula("+".join(f'COUNTIF({area},"{outcome}")' for outcome in TALLY[word]), count)


def _rest(row: int, count: int) -> Formula:
    return Formula(f"{a1((row, 2))}-SUM({a1_range((row, 3, row, len(TALLY) + 1))})", count)


def _sums(page: Page, first: int) -> None:
    last = page.row
    page.row += 1
    page.heights[page.row] = 18.0
    bold = Style(size=10, bold=True, number_format="0", align="center")
    page.cells[page.row, 1] = Cell("Tổng số", Style(size=10, bold=True))
    for column in range(2, _LAST + 1):
        values = [page.cells[row, column].content for row in range(first, last + 1)]
        count = sum(float(one.value if isinstance(one, Formula) else one or 0) for one in values)
        page.cells[page.row, column] = Cell(Formula(f"SUM({a1_range((first, column, last, column))})", count), bold)


def _group_chart(page: Page, first: int, count: int, bar_pt: float) -> Chart:
    last = first + count - 1
    series = tuple(
        Series((first - 1, column), (first, _DATA, last, _DATA), (first, column, last, column), colour)
        for column, colour in enumerate(_COLOURS, 3)
    )
    height = min(PAGE_PT * 0.5, 66.0 + bar_pt * count)
    return dashboard.chart(page, "Mức độ hoàn thành theo nhóm", height, series, gap_pt=_GAP_PT, stacked=True)


# --------------------------------------------------------------------------------------------------------- by indicator


class _Bar(Struct, frozen=True):
    name: str
    result: Formula
    target: float


def _progress(figure: Figure, total: Total) -> _Bar | None:
    """A result beside its target, both as shares: of the whole, of the maximum, of the target; None where there is none."""
    line = figure.line
    target = line.target.value if line.target else None
    if not isinstance(target, (int, float)):
        return None
    kind, name = line.measure.kind, "third" if line.measure.kind == "rate" else "value"
    whole = {"rate": 1.0, "percent": 1.0, "score": line.measure.maximum or 0.0, "count": target}.get(kind, 0.0)
    if not whole or line.key(name) not in total.places:
        return None
    content = total.sheet.cells[total.places[line.key(name)]].content
    value = content.value if isinstance(content, Formula) else content
    place = f"'{TOTAL}'!{a1(total.places[line.key(name)])}"
    share = value / whole if isinstance(value, (int, float)) else ""
    formula = Formula(f'IF(ISNUMBER({place}),{place}/{whole:.15g},"")', share)
    return _Bar(_short(line), formula, target / 100 if kind in ("rate", "percent") else target / whole)


def _short(line: Line) -> str:
    """What a bar is called: its row's number and name, of a part of a row its own."""
    part = line.measure.label if line.row.measures else ""
    return cut(f"{line.label.split()[0]} {part}" if part else line.label, _LONGEST_LABEL)


def _progress_chart(page: Page, bars: Sequence[_Bar], above: Chart) -> Chart:
    """The chart, on the rest of the page; what it reads stands beside the printed area."""
    head = above.at[0]
    rows = [(bar.name, bar.result, bar.target) for bar in bars]
    dashboard.beside(page, head, (_BESIDE, "Kết quả", "Chỉ tiêu"), rows, "0.0%")
    series = dashboard.series(page, head, len(bars), (_RESULT, _TARGET))
    height = max(PAGE_PT * 0.97 - page.used_pt(), 60.0 + 14.0 * len(bars))
    top = max([1.0, *(bar.target for bar in bars), *(float(bar.result.value or 0) for bar in bars)])
    maximum = 1.0 if top <= 1 else None
    return dashboard.chart(page, "Kết quả so với chỉ tiêu", height, series, gap_pt=_GAP_PT, maximum=maximum)
