"""What stands above the rows: the annex's heading, what the workbook is for, the nested header."""

from __future__ import annotations

from cchc_xlsx import periods, units, values
from cchc_xlsx.form.model import Column as FormColumn
from cchc_xlsx.issue import Issue, send_by, unit_name, words
from cchc_xlsx.layout import columns, metrics
from cchc_xlsx.layout.columns import Column
from cchc_xlsx.layout.draft import KEY_STYLE, Draft
from cchc_xlsx.layout.model import Cell, Style

HEADER_FILL = "#D9E2F3"
_HEADING = {
    "annex": Style(size=14, bold=True, align="center", border=""),
    "title": Style(size=13, bold=True, align="center", border=""),
    "subtitle": Style(size=12, italic=True, align="center", border=""),
    "text": Style(size=12, align="left", border=""),
}


def column_keys(draft: Draft) -> None:
    """Row 1, hidden: the key of each column, so that an inserted column shifts nothing."""
    draft.heights[1] = 15
    for one in draft.columns.all:
        draft.cells[1, one.index] = Cell(f"c.{one.id}", KEY_STYLE)


def heading(draft: Draft) -> None:
    """The annex's own lines, then what the workbook is for: unit, period, closing dates."""
    annex(draft)
    issue = draft.ctx.issue
    if issue.kind == "plan":
        text = f"Cơ quan ban hành: UBND {_full(issue)}.   Kế hoạch năm {issue.year}: sửa được các ô nền trắng."
    else:
        due = send_by(issue)
        assert issue.period
        assert due
        window = f"từ {values.say_date(issue.period.start)} đến hết {values.say_date(issue.period.end)}"
        text = (
            f"Đơn vị báo cáo: {unit_name(issue, issue.unit)}.   Kỳ báo cáo: {periods.name(issue.period).vi}"
            f" ({window}).   Hạn gửi: {values.say_date(due)}."
        )
    draft.line("about", text, Style(size=12, border=""))


def annex(draft: Draft) -> None:
    """The annex's own lines."""
    issue = draft.ctx.issue
    for index, one in enumerate(issue.form.heading, 1):
        draft.line(f"heading.{index}", words(issue, one.text), _HEADING[one.style])


def _full(issue: Issue) -> str:
    return unit_name(issue, units.COMMUNE).removeprefix("UBND ")


def header(draft: Draft) -> tuple[int, int]:
    """The header rows, nested and merged; gives the first and the last."""
    form_columns = draft.ctx.issue.form.columns
    slots = draft.columns.slots
    depth = max(2 if slots else 1, *(column.depth() for column in form_columns))
    first = draft.row + 1
    for level in range(1, depth + 1):
        draft.key_row(f"header.{level}", 18)
    style = Style(bold=True, align="center", fill=HEADER_FILL)
    for column in form_columns:
        _header_cell(draft, column, first, draft.row, style)
    if slots:
        draft.cells[first, slots[0].index] = Cell(columns.block_title(draft.ctx), style)
        draft.merges.append((first, slots[0].index, first, slots[-1].index))
        for slot in slots:
            _header_leaf(draft, slot, words(draft.ctx.issue, slot.header), first + 1, draft.row, style)
    verdict = draft.columns.by_id["verdict"]
    _header_leaf(draft, verdict, verdict.header, first, draft.row, style)
    _header_heights(draft, first, draft.row)
    return first, draft.row


def _header_cell(draft: Draft, column: FormColumn, first: int, last: int, style: Style) -> None:
    text = words(draft.ctx.issue, column.header)
    if not column.columns:
        _header_leaf(draft, draft.columns.by_id[column.id], text, first, last, style)
        return
    indexes = [draft.columns.by_id[leaf.id].index for leaf in column.leaves()]
    draft.cells[first, indexes[0]] = Cell(text, style)
    draft.merges.append((first, indexes[0], first, indexes[-1]))
    for inner in column.columns:
        _header_cell(draft, inner, first + 1, last, style)


def _header_leaf(draft: Draft, column: Column, text: str, first: int, last: int, style: Style) -> None:
    draft.cells[first, column.index] = Cell(text, style)
    if last > first:
        draft.merges.append((first, column.index, last, column.index))


def _header_heights(draft: Draft, first: int, last: int) -> None:
    merged = {(area[0], area[1]): area for area in draft.merges if first <= area[0] <= last}
    for row in range(last, first - 1, -1):
        for (cell_row, column), cell in list(draft.cells.items()):
            if cell_row != row or column == 1:
                continue
            area = merged.get((row, column), (row, column, row, column))
            widths = [one.width for one in draft.columns.all if area[1] <= one.index <= area[3]]
            need = metrics.text_height_pt(str(cell.content), metrics.cell_width_pt(widths), 11, bold=True) + 3
            have = sum(draft.heights[inner] for inner in range(area[0], area[2] + 1))
            draft.heights[area[2]] += max(0.0, need - have)
