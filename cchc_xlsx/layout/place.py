"""Placing an issue: every cell of its workbook with address, content or input, merge, lock and validation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cchc_xlsx import expr, fields, identity, periods, units, values
from cchc_xlsx.fields import FREE_TEXTS, Context, Field
from cchc_xlsx.form.model import Column as FormColumn
from cchc_xlsx.form.model import Row
from cchc_xlsx.issue import Issue, label, unit_name, words
from cchc_xlsx.layout import body, columns, guide, metrics, paper, prompts, verdicts
from cchc_xlsx.layout.body import Body, GridLine
from cchc_xlsx.layout.columns import Column, Columns
from cchc_xlsx.layout.model import (
    Cell,
    Formula,
    Highlight,
    Layout,
    Place,
    Print,
    Range,
    Sheet,
    Style,
    Verdict,
    a1,
    a1_range,
)
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.registry import Constraints

KEY_STYLE = Style(border="", wrap=False, color="#808080")
INPUT_FILL, LOCKED_FILL, HEADER_FILL = "", "#F2F2F2", "#D9E2F3"
MISSING_FILL, WRONG_FILL, DOUBT_FILL = "#FFF2CC", "#F8CBAD", "#FCE4D6"
_FREE_TEXT_PT = 62.0
_SIGN_PT = 62.0
_HEADING = {
    "annex": Style(size=14, bold=True, align="center", border=""),
    "title": Style(size=13, bold=True, align="center", border=""),
    "subtitle": Style(size=12, italic=True, align="center", border=""),
    "text": Style(size=12, align="left", border=""),
}
_FORMATS = {"whole": "#,##0", "percent": "0.0%", "date": "dd/mm/yyyy", "choice": "@", "names": "@", "text": "@"}
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


@dataclass(slots=True)
class _Draft:
    """The form sheet while it is being built."""

    ctx: Context
    columns: Columns
    constraints: Constraints
    values: Mapping[str, expr.Scalar]
    by_slot: Mapping[tuple[str, str], Field]  # line and slot → input
    cells: dict[Place, Cell] = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    inputs: dict[str, Place] = field(default_factory=dict)
    row_keys: dict[int, str] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    row: int = 1

    def key_row(self, key: str, height_pt: float) -> int:
        """Begin a grid row; gives its number."""
        self.row += 1
        self.row_keys[self.row] = key
        self.cells[self.row, 1] = Cell(key, KEY_STYLE)
        self.heights[self.row] = height_pt
        return self.row

    def across(self, first: int, last: int, cell: Cell, rows: int = 1) -> None:
        """A cell in this row over the columns `first` to `last`."""
        self.cells[self.row, first] = cell
        if last > first or rows > 1:
            self.merges.append((self.row, first, self.row + rows - 1, last))

    def line(self, key: str, text: str | Formula, style: Style) -> int:
        """A line of text over the whole printed width, as high as it needs."""
        shown = str(text.value) if isinstance(text, Formula) else text
        width = metrics.cell_width_pt(self.columns.printed_widths)
        height = metrics.text_height_pt(shown, width, style.size, style.bold, italic=style.italic) + 3
        row = self.key_row(key, height)
        role = "formula" if isinstance(text, Formula) else "text"
        self.across(2, self.columns.last_printed, Cell(text, style, role))  # type: ignore[arg-type]
        return row


def place(issue: Issue, typed: Mapping[str, str | float] | None = None, key: bytes | None = None) -> Layout:
    """The placed issue. Pure: the same issue gives the same layout.

    `typed` are contents of inputs by key (dates as day serials, percents as fractions), as if a unit had filled them in;
    `key` is the office's key for the identity's tag.
    """
    ctx = fields.context(issue)
    constraints = registry.constraints(ctx)
    coded = verdicts.coded(constraints)
    content = verdicts.values_at_issue(ctx) | dict(typed or {})
    if len(content) != len(ctx.fields):
        raise KeyError(f"no such input: {sorted(content.keys() - ctx.fields.keys())}")
    by_slot = {(one.key.partition(".")[0], one.slot): one for one in ctx.fields.values()}
    draft = _Draft(ctx, columns.place(ctx, set(coded)), coded, content, by_slot)
    who = identity.of(issue, key)
    draft.cells[1, 1] = Cell(who.token, KEY_STYLE)
    draft.row_keys[1] = who.token
    _column_keys(draft)
    _heading(draft)
    status_row = draft.line("status", "", Style(bold=True, color="#1F3864", border=""))
    header = _header(draft)
    table = body.build(ctx, draft.columns, sum(draft.heights[row] for row in range(header[0], header[1] + 1)))
    first_body = draft.row + 1
    for index, grid_line in enumerate(table.lines):
        _grid_line(draft, grid_line, _span_columns(table, index))
    _span_merges(draft, table, first_body)
    last_body = draft.row
    totals = _totals(draft, first_body, table)
    _after_table(draft, who)
    found = _verdicts(draft, table, first_body)
    _live_line(draft, status_row, first_body, last_body)
    lists_sheet, sources = guide.lists([one.options for one in ctx.fields.values() if one.options])
    form_sheet = _sheet(draft, table, header, (first_body, last_body), sources)
    sheets = (form_sheet, guide.sheet(ctx), lists_sheet, guide.meta(ctx, who))
    return Layout(
        context=ctx,
        constraints=constraints,
        identity=who,
        sheets=sheets,
        inputs=draft.inputs,
        row_keys=draft.row_keys,
        column_keys={1: who.token, **{one.index: f"c.{one.id}" for one in draft.columns.all}},
        labels=draft.labels,
        table=(header[0], last_body),
        verdicts=found,
        counts=(status_row, 2),
        totals=totals,
    )


def _column_keys(draft: _Draft) -> None:
    draft.heights[1] = 15
    for one in draft.columns.all:
        draft.cells[1, one.index] = Cell(f"c.{one.id}", KEY_STYLE)


def _heading(draft: _Draft) -> None:
    issue = draft.ctx.issue
    for index, heading in enumerate(issue.form.heading, 1):
        draft.line(f"heading.{index}", words(issue, heading.text), _HEADING[heading.style])
    if issue.kind == "plan":
        text = f"Cơ quan ban hành: UBND {_full(issue)}.   Kế hoạch năm {issue.year}: sửa được các ô nền trắng."
    else:
        assert issue.period
        window = f"từ {values.say_date(issue.period.start)} đến hết {values.say_date(issue.period.end)}"
        due = values.say_date(periods.unit_deadline(issue.period))
        text = (
            f"Đơn vị báo cáo: {unit_name(issue, issue.unit)}.   Kỳ báo cáo: {periods.name(issue.period).vi}"
            f" ({window}).   Hạn gửi: {due}."
        )
    draft.line("about", text, Style(size=12, border=""))


def _full(issue: Issue) -> str:
    return unit_name(issue, units.COMMUNE).removeprefix("UBND ")


def _header(draft: _Draft) -> tuple[int, int]:
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


def _header_cell(draft: _Draft, column: FormColumn, first: int, last: int, style: Style) -> None:
    text = words(draft.ctx.issue, column.header)
    if not column.columns:
        _header_leaf(draft, draft.columns.by_id[column.id], text, first, last, style)
        return
    indexes = [draft.columns.by_id[leaf.id].index for leaf in column.leaves()]
    draft.cells[first, indexes[0]] = Cell(text, style)
    draft.merges.append((first, indexes[0], first, indexes[-1]))
    for inner in column.columns:
        _header_cell(draft, inner, first + 1, last, style)


def _header_leaf(draft: _Draft, column: Column, text: str, first: int, last: int, style: Style) -> None:
    draft.cells[first, column.index] = Cell(text, style)
    if last > first:
        draft.merges.append((first, column.index, last, column.index))


def _header_heights(draft: _Draft, first: int, last: int) -> None:
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


def _span_columns(table: Body, index: int) -> frozenset[str]:
    """The columns that a vertical merge from above covers in this grid line."""
    return frozenset(one.column for one in table.spans if one.first < index <= one.last)


def _grid_line(draft: _Draft, line: GridLine, covered: frozenset[str]) -> None:
    issue = draft.ctx.issue
    row = draft.key_row(line.key, line.height_pt)
    draft.labels[row] = label(issue, line.row, line.part if line.row.measures else None)
    official = {leaf.id: leaf for leaf in issue.form.leaves}
    for one in draft.columns.all:
        if one.kind == "official" and one.id not in covered:
            _official_cell(draft, line, official[one.id], one)
        elif one.kind == "slot":
            _slot_cell(draft, line, one)
    if line.row.span:
        draft.across(draft.columns.by_id["label"].index, draft.columns.last_official, draft.cells[row, 3])


def _official_cell(draft: _Draft, line: GridLine, leaf: FormColumn, one: Column) -> None:
    row = draft.row
    text = line.texts.get(leaf.id, "")
    style = body.base_style(line.row, leaf, line)
    key = f"{line.row.id}.{leaf.id}"
    if line.key == line.row.id and key in draft.ctx.fields:
        shown = body.content(line.row, leaf, text)[1]
        score = draft.ctx.fields[key].type == "score"
        style = replace(style, locked=False, number_format=shown if score else "@")
        draft.cells[row, one.index] = Cell(draft.values[key], style, "input")
        draft.inputs[key] = (row, one.index)
        return
    if text == "":
        draft.cells[row, one.index] = Cell(None, style, "blank")
        return
    value, shown = body.content(line.row, leaf, text)
    role = "target" if leaf.role == "target" else "text"
    draft.cells[row, one.index] = Cell(value, replace(style, number_format=shown), role)  # type: ignore[arg-type]


def _slot_cell(draft: _Draft, line: GridLine, one: Column) -> None:
    row = draft.row
    ctx = draft.ctx
    sides = "lr" + ("" if "*" in line.continued else "t") + ("" if "*" in line.continues else "b")
    base = Style(border=sides, align="center", valign="top" if line.is_split else "vcenter", fill=LOCKED_FILL)
    found = ctx.by_line.get(line.part.id or line.row.id) if line.part and line.row.role != "total" else None
    field_here = draft.by_slot.get((found.id, one.id)) if found else None
    if field_here:
        text = field_here.type == "text"
        shown = _FORMATS.get(field_here.type) or f'General"/{field_here.maximum:g}"'
        style = replace(base, fill=INPUT_FILL, locked=False, number_format=shown, align="left" if text else "center")
        draft.cells[row, one.index] = Cell(draft.values[field_here.key], style, "input")
        draft.inputs[field_here.key] = (row, one.index)
        return
    formula = None
    if found and found.is_open and one.id == "judged":
        formula = fields.verdict(ctx, found)
    elif found and found.is_open and one.id == "third" and found.measure.kind == "rate":
        formula = fields.ratio(ctx, found)
    # Formulas need the addresses of inputs to their right: they are written when all inputs of the row are placed.
    content = None if formula is None else Formula(f"?{line.part.id or line.row.id}" if line.part else "", "")
    shown = "0.0%" if one.id == "third" else "@" if one.id != "judged" else "General"
    role = "blank" if formula is None else "formula"
    draft.cells[row, one.index] = Cell(content, replace(base, number_format=shown), role)  # type: ignore[arg-type]


def _span_merges(draft: _Draft, table: Body, first_body: int) -> None:
    for one in table.spans:
        column = draft.columns.by_id[one.column].index
        first, last = first_body + one.first, first_body + one.last
        draft.merges.append((first, column, last, column))
        cell = draft.cells[first, column]
        tall = sum(draft.heights[row] for row in range(first, last + 1)) > metrics.MAX_ROW_PT
        draft.cells[first, column] = replace(
            cell, style=replace(cell.style, border="lrtb", valign="top" if tall else "vcenter")
        )


def _totals(draft: _Draft, first_body: int, table: Body) -> dict[str, tuple[Place, tuple[str, ...]]]:
    """The cells of total rows become sums of the cells above: of the printed scores and of the results."""
    rows = {line.key: first_body + index for index, line in enumerate(table.lines)}
    found: dict[str, tuple[Place, tuple[str, ...]]] = {}
    ids = [leaf.id for leaf in draft.ctx.issue.form.leaves if leaf.role in ("target", "baseline")]
    if draft.ctx.issue.kind == "report":
        ids.append("first")
    for row in draft.ctx.issue.form.rows:
        for id_ in ids if row.role == "total" else ():
            column = draft.columns.by_id[id_].index
            places = [(rows[one], column) for one in row.sum_of]
            found[f"{row.id}.{id_}"] = ((rows[row.id], column), tuple(row.sum_of))
            _sum(draft, (rows[row.id], column), places, row)
    return found


def _sum(draft: _Draft, place: Place, places: list[Place], row: Row) -> None:
    cells = [draft.cells[one].content for one in places]
    total = sum(one for one in cells if isinstance(one, (int, float)))
    areas = prompts.areas(places)
    text = f"SUM({','.join(a1_range(area) for area in areas)})"
    style = replace(draft.cells[place].style, number_format="General", align="center", bold=row.role == "total")
    draft.cells[place] = Cell(Formula(text, total), style, "formula")


def _after_table(draft: _Draft, who: identity.Identity) -> None:
    last = draft.columns.last_printed
    if draft.ctx.issue.kind == "report":
        for name, title in FREE_TEXTS.items():
            draft.line(f"{name}.title", f"{title}:", Style(size=12, bold=True, border=""))
            row = draft.key_row(name, _FREE_TEXT_PT)
            style = Style(size=12, valign="top", locked=False)
            draft.across(2, last, Cell(draft.values[f"{name}.text"], style, "input"))
            draft.inputs[f"{name}.text"] = (row, 2)
            draft.labels[row] = title
        _signatures(draft)
    draft.line("code", _visible(draft.ctx.issue, who), Style(size=9, color="#595959", border="", align="right"))


def _signatures(draft: _Draft) -> None:
    last = draft.columns.last_printed
    half = (2 + last) // 2
    centred = Style(size=12, align="center", border="")
    draft.key_row("sign.date", 18)
    draft.across(half + 1, last, Cell("………, ngày …… tháng …… năm ………", replace(centred, italic=True)))
    titles = draft.ctx.issue.form.signatures
    for key, texts, style, height in (
        ("sign.title", titles, replace(centred, bold=True), 18.0),
        ("sign.hint", ("(Ký, ghi rõ họ tên)",) * 2, replace(centred, italic=True), 18.0),
        ("sign.space", ("", ""), centred, _SIGN_PT),
    ):
        draft.key_row(key, height)
        if texts[0]:
            draft.across(2, half, Cell(texts[0], style))
            draft.across(half + 1, last, Cell(texts[-1], style))


def _visible(issue: Issue, who: identity.Identity) -> str:
    parts = [issue.form.id, f"v{issue.form.version}", f"p{issue.plan.number}"]
    parts += [issue.period.code if issue.period else f"năm {issue.year}", issue.unit, who.short]
    return "Mã biểu: " + " · ".join(parts)


def _verdicts(draft: _Draft, table: Body, first_body: int) -> dict[str, Verdict]:
    """Fill in the formulas of each line: share, met or not, the codes of its inputs, its verdict."""

    def address(key: str) -> str:
        return a1(draft.inputs[key])

    found: dict[str, Verdict] = {}
    for index, line in enumerate(table.lines):
        row = first_body + index
        _results(draft, row, address)
        keys = [key for key, place in draft.inputs.items() if place[0] == row and key in draft.constraints]
        keys.sort(key=lambda key: draft.inputs[key][1])
        if keys:
            found[line.key] = _verdict(draft, row, keys, address)
    return found


def _results(draft: _Draft, row: int, address: expr.Address) -> None:
    for id_, make in (("third", fields.ratio), ("judged", fields.verdict)):
        column = draft.columns.by_id.get(id_)
        cell = draft.cells.get((row, column.index)) if column else None
        if column and cell and isinstance(cell.content, Formula) and cell.content.text.startswith("?"):
            formula = make(draft.ctx, draft.ctx.by_line[cell.content.text[1:]])
            value = expr.evaluate(formula, draft.values)
            content = Formula(expr.excel(formula, address), "" if value is None else value)
            draft.cells[row, column.index] = replace(cell, content=content)


def _verdict(draft: _Draft, row: int, keys: list[str], address: expr.Address) -> Verdict:
    codes: dict[str, Place] = {}
    style = Style(border="", wrap=False, number_format="0", color="#808080")
    for key in keys:
        column = draft.columns.by_id[f"code.{_slot_of(draft, key)}"].index
        codes[key] = (row, column)
        formula = verdicts.code(key, draft.constraints, address, draft.values)
        draft.cells[row, column] = Cell(formula, style, "formula")
    text = verdicts.verdict(
        keys, {key: a1(place) for key, place in codes.items()}, draft.constraints, draft.ctx, address
    )
    value = verdicts.verdict_value(keys, draft.constraints, draft.ctx, draft.values)
    place = (row, draft.columns.by_id["verdict"].index)
    draft.cells[place] = Cell(Formula(text, value), Style(number_format="General", color="#C00000"), "formula")
    return Verdict(place, codes)


def _slot_of(draft: _Draft, key: str) -> str:
    return draft.ctx.fields[key].slot


def _live_line(draft: _Draft, row: int, first_body: int, last_body: int) -> None:
    codes = [one.index for one in draft.columns.all if one.kind == "code"]
    cell = draft.cells[row, 2]
    if codes:
        area = a1_range((first_body, codes[0], last_body, codes[-1]))
        content = verdicts.status(draft.ctx, area, draft.constraints, draft.values)
        style = replace(cell.style, number_format="General")
        draft.cells[row, 2] = Cell(content, style, "formula")


def _sheet(
    draft: _Draft,
    table: Body,
    header: tuple[int, int],
    rows: tuple[int, int],
    sources: Mapping[tuple[str, ...], str],
) -> Sheet:
    by_index = {one.index: one for one in draft.columns.all}
    hidden = frozenset({1, *(index for index, one in by_index.items() if one.kind == "code")})
    official = draft.ctx.issue.form.leaves
    label_column = next(draft.columns.by_id[leaf.id].index for leaf in official if leaf.role == "label")
    return Sheet(
        name=sheet_name(draft.ctx.issue),
        cells=draft.cells,
        widths={1: 12.0, **{index: one.width for index, one in by_index.items()}},
        heights=draft.heights,
        merges=tuple(sorted(draft.merges)),
        validations=prompts.validations(draft.ctx, draft.inputs, sources),
        highlights=_highlights(draft, rows),
        hidden_columns=hidden,
        hidden_rows=frozenset({1}),
        freeze=(header[1] + 1, label_column + 1),
        paper=_paper(draft, table, header, rows),
    )


def sheet_name(issue: Issue) -> str:
    """The name of the form sheet: the annex as its heading calls it."""
    annex = next((heading.text for heading in issue.form.heading if heading.style == "annex"), "Biểu")
    name = _NOT_IN_A_SHEET_NAME.sub(" ", words(issue, annex)).strip()
    return prompts.cut(name, 31) or "Biểu"


def _highlights(draft: _Draft, rows: tuple[int, int]) -> tuple[Highlight, ...]:
    """For each column of inputs three colours, read from the code beside it: one rule a column, not one a row."""
    found: list[Highlight] = []
    for code in (one for one in draft.columns.all if one.kind == "code"):
        column = draft.columns.by_id[code.id.removeprefix("code.")].index
        area = (rows[0], column, rows[1], column)
        address = f"${a1((rows[0], code.index))}"
        found.append(Highlight(area, f"{address}>={verdicts.WRONG_FROM}", WRONG_FILL))
        found.append(Highlight(area, f"{address}>={verdicts.MISSING_FROM}", MISSING_FILL))
        found.append(Highlight(area, f"{address}<0", DOUBT_FILL))
    return tuple(found)


def _paper(draft: _Draft, table: Body, header: tuple[int, int], rows: tuple[int, int]) -> Print:
    scale = draft.columns.scale
    page_pt = columns.PAGE_HEIGHT_PT / scale * 100
    header_pt = sum(draft.heights[row] for row in range(header[0], header[1] + 1))
    first = 2
    heights = [draft.heights[row] for row in range(first, draft.row + 1)]
    glued, preferred = _glue(draft, table, rows, page_pt - header_pt)
    ends = paper.breaks(
        heights,
        {row - first for row in glued},
        {row - first for row in preferred},
        page_pt,
        page_pt - header_pt,
    )
    return Print(
        scale=scale,
        area=(2, 2, draft.row, draft.columns.last_printed),
        repeat_rows=header,
        breaks=tuple(end + first for end in ends),
    )


def _glue(draft: _Draft, table: Body, rows: tuple[int, int], page_pt: float) -> tuple[set[int], set[int]]:
    """The grid rows that stay with the next one, and those after which a group begins."""
    first, last = rows
    glued = set(range(2, first))
    preferred: set[int] = set()
    for index, line in enumerate(table.lines):
        if line.row.role in ("section", "group"):
            glued.add(first + index)
            above = table.lines[index - 1].row.role if index else "group"
            if index and above not in ("section", "group"):
                preferred.add(first + index - 1)
    for span in table.spans:
        height = sum(line.height_pt for line in table.lines[span.first : span.last + 1])
        if height <= page_pt:
            glued |= set(range(first + span.first, first + span.last))
    for row in range(last + 1, draft.row):
        key = draft.row_keys[row]
        if key.startswith("sign.") or key in {f"{name}.title" for name in FREE_TEXTS}:
            glued.add(row)
    return glued, preferred
