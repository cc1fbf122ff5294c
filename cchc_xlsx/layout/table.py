"""The rows on the sheet: official cells, inputs, results, totals, and the workbook's own verdicts."""

from __future__ import annotations

from msgspec.structs import replace

from cchc_xlsx import expr, fields
from cchc_xlsx.fields import Field
from cchc_xlsx.form.model import Column as FormColumn
from cchc_xlsx.form.model import Row
from cchc_xlsx.issue import label
from cchc_xlsx.layout import body, metrics, prompts, verdicts
from cchc_xlsx.layout.body import Body, GridLine
from cchc_xlsx.layout.columns import Column
from cchc_xlsx.layout.draft import Draft
from cchc_xlsx.layout.model import Cell, Formula, Place, Style, Verdict, a1, a1_range, restyled

INPUT_FILL, LOCKED_FILL = "", "#F2F2F2"
_SLOT = Style(align="center", fill=LOCKED_FILL)
_FORMATS = {"whole": "#,##0", "percent": "0.0%", "date": "dd/mm/yyyy", "choice": "@", "names": "@", "text": "@"}


def span_columns(table: Body, index: int) -> frozenset[str]:
    """The columns that a vertical merge from above covers in this grid line."""
    return frozenset(one.column for one in table.spans if one.first < index <= one.last)


def grid_line(draft: Draft, line: GridLine, covered: frozenset[str]) -> None:
    """Place one grid row; `covered` are the columns that a merge from above takes."""
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


def _official_cell(draft: Draft, line: GridLine, leaf: FormColumn, one: Column) -> None:
    row = draft.row
    text = line.texts.get(leaf.id, "")
    style = body.base_style(line.row, leaf, line)
    key = f"{line.row.id}.{leaf.id}"
    if draft.ctx.issue.kind == "plan" and line.key == line.row.id and key in draft.ctx.fields:
        shown = body.content(line.row, leaf, text)[1]
        score = draft.ctx.fields[key].type == "score"
        style = restyled(style, locked=False, number_format=shown if score else "@")
        draft.cells[row, one.index] = Cell(draft.values[key], style, "input")
        draft.inputs[key] = (row, one.index)
        return
    if text == "":
        draft.cells[row, one.index] = Cell(None, style, "blank")
        return
    value, shown = body.content(line.row, leaf, text)
    role = "target" if leaf.role == "target" else "text"
    draft.cells[row, one.index] = Cell(value, restyled(style, number_format=shown), role)  # type: ignore[arg-type]


def _slot_cell(draft: Draft, line: GridLine, one: Column) -> None:
    row = draft.row
    ctx = draft.ctx
    sides = "lr" + ("" if "*" in line.continued else "t") + ("" if "*" in line.continues else "b")
    base = restyled(_SLOT, border=sides, valign="top" if line.is_split else "vcenter")
    found = ctx.by_line.get(line.part.id or line.row.id) if line.part and line.row.role != "total" else None
    field_here = draft.by_slot.get((found.id, one.id)) if found else None
    shown = _shown(field_here)
    if field_here and field_here.known is not None:
        draft.cells[row, one.index] = Cell(field_here.known, restyled(base, number_format=shown))
        return
    if field_here:
        text = field_here.type == "text"
        style = restyled(base, fill=INPUT_FILL, locked=False, number_format=shown, align="left" if text else "center")
        draft.cells[row, one.index] = Cell(draft.values[field_here.key], style, "input")
        draft.inputs[field_here.key] = (row, one.index)
        return
    if one.id == "prior":
        _prior_cell(draft, one, base, ctx.prior(found) if found else None)
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
    draft.cells[row, one.index] = Cell(content, restyled(base, number_format=shown), role)  # type: ignore[arg-type]


def _shown(one: Field | None) -> str:
    """The number format of an input."""
    return "" if one is None else _FORMATS.get(one.type) or f'General"/{one.maximum:g}"'


def _prior_cell(draft: Draft, one: Column, style: Style, prior: str | float | None) -> None:
    """The result of the period before, locked."""
    shown = "@" if isinstance(prior, str) else "General"
    role = "blank" if prior is None else "text"
    draft.cells[draft.row, one.index] = Cell(prior, restyled(style, number_format=shown), role)  # type: ignore[arg-type]


def span_merges(draft: Draft, table: Body, first_body: int) -> None:
    """The vertical merges; a merge higher than a row can be shows its text at the top."""
    for one in table.spans:
        column = draft.columns.by_id[one.column].index
        first, last = first_body + one.first, first_body + one.last
        draft.merges.append((first, column, last, column))
        cell = draft.cells[first, column]
        tall = sum(draft.heights[row] for row in range(first, last + 1)) > metrics.MAX_ROW_PT
        draft.cells[first, column] = replace(
            cell, style=restyled(cell.style, border="lrtb", valign="top" if tall else "vcenter")
        )


def totals(draft: Draft, first_body: int, table: Body) -> dict[str, tuple[Place, tuple[str, ...]]]:
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


def _sum(draft: Draft, place: Place, places: list[Place], row: Row) -> None:
    cells = [draft.cells[one].content for one in places]
    total = sum(one for one in cells if isinstance(one, (int, float)))
    areas = prompts.areas(places)
    text = f"SUM({','.join(a1_range(area) for area in areas)})"
    # Of results that nobody knows there is no sum, not one of 0.
    is_unknown = all(draft.cells[one].role != "input" and not draft.cells[one].content for one in places)
    shown = "General;-General;" if is_unknown else "General"
    style = restyled(draft.cells[place].style, number_format=shown, align="center", bold=row.role == "total")
    draft.cells[place] = Cell(Formula(text, total), style, "formula")


def add_verdicts(draft: Draft, table: Body, first_body: int) -> dict[str, Verdict]:
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


def _results(draft: Draft, row: int, address: expr.Address) -> None:
    for id_, make in (("third", fields.ratio), ("judged", fields.verdict)):
        column = draft.columns.by_id.get(id_)
        cell = draft.cells.get((row, column.index)) if column else None
        if column and cell and isinstance(cell.content, Formula) and cell.content.text.startswith("?"):
            formula = make(draft.ctx, draft.ctx.by_line[cell.content.text[1:]])
            value = expr.evaluate(formula, draft.values)
            content = Formula(expr.excel(formula, address), "" if value is None else value)
            draft.cells[row, column.index] = replace(cell, content=content)


def _verdict(draft: Draft, row: int, keys: list[str], address: expr.Address) -> Verdict:
    codes: dict[str, Place] = {}
    style = Style(border="", wrap=False, number_format="0", color="#808080")
    for key in keys:
        column = draft.columns.by_id[f"code.{_slot_of(draft, key)}"].index
        codes[key] = (row, column)
        formula = verdicts.code(key, draft.constraints, address, draft.faults)
        draft.cells[row, column] = Cell(formula, style, "formula")
    text = verdicts.verdict(
        keys, {key: a1(place) for key, place in codes.items()}, draft.constraints, draft.ctx, address
    )
    value = verdicts.verdict_value(keys, draft.faults, draft.ctx, draft.values)
    place = (row, draft.columns.by_id["verdict"].index)
    draft.cells[place] = Cell(Formula(text, value), Style(number_format="General", color="#C00000"), "formula")
    return Verdict(place, codes)


def _slot_of(draft: Draft, key: str) -> str:
    return draft.ctx.fields[key].slot


def live_line(draft: Draft, row: int, first_body: int, last_body: int) -> None:
    """The line above the table that counts what is missing and wrong while the workbook is filled in."""
    codes = [one.index for one in draft.columns.all if one.kind == "code"]
    cell = draft.cells[row, 2]
    if codes:
        area = a1_range((first_body, codes[0], last_body, codes[-1]))
        content = verdicts.status(area, draft.faults)
        style = restyled(cell.style, number_format="General")
        draft.cells[row, 2] = Cell(content, style, "formula")
