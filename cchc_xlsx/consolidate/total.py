"""The sheet *Tổng hợp*: the annex as it goes upward, its figures formulas over *Chi tiết*."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import expr, fields
from cchc_xlsx.consolidate import combine, detail, words
from cchc_xlsx.consolidate.detail import Detail
from cchc_xlsx.consolidate.listing import BANNER
from cchc_xlsx.consolidate.model import APART, NO_DATA, PROVISIONAL, Figure, Summary
from cchc_xlsx.fields import FREE_TEXTS, NOT_REACHED
from cchc_xlsx.layout import body, columns, head, metrics, pages, table, tail
from cchc_xlsx.layout.body import Body, GridLine
from cchc_xlsx.layout.columns import PAGE_HEIGHT_PT, TABLE_FONT_PT
from cchc_xlsx.layout.draft import Draft
from cchc_xlsx.layout.model import Cell, Formula, Highlight, Place, Sheet, Style, a1
from cchc_xlsx.units import COMMUNE

NAME = "Tổng hợp"
MISSED_FILL, OPEN_FILL = "#F8CBAD", "#FFF2CC"
_MORE = "\n… (xem tiếp ở trang Chi tiết)"
_AIR_PT = 3.0
_SIGNATURES = ("NGƯỜI LẬP BIỂU", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH")  # of what goes upward (Nghị định 30/2020/NĐ-CP)


class Total(Struct, frozen=True):
    """The sheet, and where the figures of each line stand on it, by field; `third` is a share, `judged` the outcome."""

    sheet: Sheet
    places: Mapping[str, Place]
    rows: Mapping[str, int]  # line → its row


def total(summary: Summary, found: Detail, code: str, banner: str) -> Total:
    """The annex with the commune's results; `code` is the visible identity."""
    draft = _begun(summary)
    head.column_keys(draft)
    head.annex(draft)
    for key, text in words.above(summary):
        draft.line(key, text, Style(size=12, border="", bold=key == "gaps"))
    if banner:
        draft.line("banner", banner, BANNER)
    header = head.header(draft)
    if banner:
        header = (header[0] - 1, header[1])
    rows = _body(draft, summary, sum(draft.heights[row] for row in range(header[0], header[1] + 1)))
    first = draft.row + 1
    for index, line in enumerate(rows.lines):
        table.grid_line(draft, line, table.span_columns(rows, index))
    table.span_merges(draft, rows, first)
    last = draft.row
    table.totals(draft, first, rows)
    places, at = _figures(draft, summary, found, rows, first)
    codes = words.codes(summary)
    if codes:
        draft.line("codes", codes, Style(size=11, italic=True, border=""))
    _below(draft, summary, code)
    return Total(_sheet(draft, rows, header, (first, last)), places, at)


def _sheet(draft: Draft, rows: Body, header: tuple[int, int], of_rows: tuple[int, int]) -> Sheet:
    by_index = {one.index: one for one in draft.columns.all}
    form = draft.ctx.issue.form
    label = next(draft.columns.by_id[leaf.id].index for leaf in form.leaves if leaf.role == "label")
    return Sheet(
        NAME,
        draft.cells,
        {1: 12.0, **{index: one.width for index, one in by_index.items()}},
        draft.heights,
        tuple(sorted(draft.merges)),
        highlights=tuple(_highlights(*of_rows, draft.columns.by_id["judged"].index)),
        hidden_columns=frozenset({1, *(index for index, one in by_index.items() if one.kind == "code")}),
        hidden_rows=frozenset({1}),
        freeze=(header[1] + 1, label + 1),
        paper=replace(pages.onto_paper(draft, rows, header, of_rows), first_page=1),
    )


def _begun(summary: Summary) -> Draft:
    ctx = summary.ctx
    by_slot = {(one.key.partition(".")[0], one.slot): one for one in (*ctx.fields.values(), *ctx.known.values())}
    typed = {key: summary.values.get(key) for key in ctx.fields}
    year_ago = [text for text in summary.earlier.year_ago.values() if text]
    return Draft(ctx, columns.of_summary(ctx, year_ago), {}, typed, {}, by_slot)


# ------------------------------------------------------------------------------------------------------------- the rows


def _body(draft: Draft, summary: Summary, header_pt: float) -> Body:
    """The grid lines of the annex, higher where the units' words need it."""
    rows = body.build(draft.ctx, draft.columns, header_pt)
    limit = min(metrics.MAX_ROW_PT - 9, (PAGE_HEIGHT_PT / draft.columns.scale * 100 - header_pt) * 0.9)
    fitted = dict(draft.values)
    for line in rows.lines:
        figure = _figure_of(summary, line)
        if figure is None:
            continue
        for slot, key, text in _texts(draft, summary, figure):
            room = metrics.cell_width_pt([draft.columns.by_id[slot].width])
            shown = _fitting(text, room, limit)
            if key:
                fitted[key] = shown
            line.height_pt = max(line.height_pt, metrics.text_height_pt(shown, room, TABLE_FONT_PT) + _AIR_PT)
    draft.values = fitted
    return rows


def _figure_of(summary: Summary, line: GridLine) -> Figure | None:
    return summary.by_line.get(line.part.id or line.row.id) if line.part and line.row.role != "total" else None


def _texts(draft: Draft, summary: Summary, figure: Figure) -> list[tuple[str, str, str]]:
    """The words in a line's results: their column, the key of the field where it is one, the text."""
    found = [("verdict", "", _who(figure)), ("judged", "", figure.outcome)]
    if "year_ago" in draft.columns.by_id:
        found.append(("year_ago", "", summary.earlier.year_ago.get(figure.line.id, "")))
    for key, value in figure.values.items():
        one = draft.ctx.fields[key]
        if isinstance(value, str) and one.slot in draft.columns.by_id:
            found.append((one.slot, key, value))
    return found


def _fitting(text: str, room_pt: float, limit_pt: float) -> str:
    if metrics.text_height_pt(text, room_pt, TABLE_FONT_PT) + _AIR_PT <= limit_pt:
        return text
    rest = metrics.text_height_pt(_MORE, room_pt, TABLE_FONT_PT)
    return metrics.split_lines(text, room_pt, TABLE_FONT_PT, limit_pt - rest - _AIR_PT)[0] + _MORE


def _who(figure: Figure) -> str:
    """How many units are in a figure, and which are not."""
    if figure.expected == (COMMUNE,):
        return words.WHOLE
    missing = f"\nThiếu: {', '.join(figure.missing)}" if figure.missing else ""
    return f"{len(figure.counted)}/{len(figure.expected)} đơn vị{missing}"


# ---------------------------------------------------------------------------------------------------------- the formulas


def _figures(
    draft: Draft, summary: Summary, found: Detail, rows: Body, first: int
) -> tuple[Mapping[str, Place], Mapping[str, int]]:
    """Make each figure of the commune a formula with its true value."""
    at: dict[str, int] = {}
    for index, line in enumerate(rows.lines):
        row = first + index
        figure = _figure_of(summary, line)
        if figure is None:
            for one in draft.columns.slots:
                _plain(draft, (row, one.index))
            draft.cells[row, draft.columns.by_id["verdict"].index] = Cell(None, _look(line))
            continue
        at[figure.line.id] = row
        for one in draft.columns.slots:
            _plain(draft, (row, one.index))
        _inputs(draft, figure, found)
        _results(draft, summary, figure, row, found, line)
    places = dict(draft.inputs)
    for id_, row in at.items():
        places |= {f"{id_}.{name}": (row, draft.columns.by_id[name].index) for name in ("third", "judged") if name in draft.columns.by_id and f"{id_}.{name}" not in places}  # fmt: skip
    return places, at


def _plain(draft: Draft, place: Place) -> None:
    """A result is printed on white, and nothing is typed."""
    cell = draft.cells.get(place)
    if cell:
        role = "text" if cell.role == "input" else cell.role
        draft.cells[place] = replace(cell, style=replace(cell.style, fill="", locked=True), role=role)


def _inputs(draft: Draft, figure: Figure, found: Detail) -> None:
    count = detail.present(found, figure.line.key(combine.main(draft.ctx, figure.line)[0]))
    for key in figure.values:
        place = draft.inputs.get(key)
        formula = _formula(draft, figure, key, found, count)
        if place is None or formula is None:
            continue
        value = figure.values[key]
        cell = draft.cells[place]
        shown = "General" if cell.style.number_format == "@" else cell.style.number_format
        content = Formula(formula, "" if value is None else value)
        draft.cells[place] = replace(
            cell, content=content, style=replace(cell.style, number_format=shown), role="formula"
        )


def _formula(draft: Draft, figure: Figure, key: str, found: Detail, count: str) -> str | None:
    """The formula of one field; None for words, which are joined when the workbook is written."""
    line, one, name = figure.line, draft.ctx.fields[key], key.rpartition(".")[2]
    if name == "nil":
        return detail.alike(found, key, count, one.options)
    if figure.how == "apart" or not (one.is_number or one.type in ("choice", "date")):
        return None
    if one.type == "date":
        status = a1(draft.inputs[line.key("status")])
        return f'IF({status}="{fields.DONE}",{detail.latest(found, key)},"")'
    if name == "status" and figure.how == "worst":
        return detail.worst(found, key, combine.WORST[line.measure.kind])
    return detail.same(found, key) if one.type == "choice" else detail.total(found, key)


def _results(draft: Draft, summary: Summary, figure: Figure, row: int, found: Detail, line: GridLine) -> None:
    """The share, the outcome, who is in it, and the hidden count."""
    ctx, by_id = draft.ctx, draft.columns.by_id
    counter: Place = (row, by_id["code.count"].index)
    key = figure.line.key(combine.main(ctx, figure.line)[0])
    hidden = Style(border="", wrap=False, number_format="0", color="#808080")
    draft.cells[counter] = Cell(Formula(detail.present(found, key), len(figure.counted)), hidden, "formula")
    count, expected = f"${a1(counter)}", len(figure.expected)

    def address(name: str) -> str:
        return a1(draft.inputs[name])

    judged = f'"{APART}"' if figure.how == "apart" else _verdict(ctx, figure, address)
    text = f'IF({count}=0,"{NO_DATA}",IF({count}<{expected},"{PROVISIONAL}",{judged}))'
    place = (row, by_id["judged"].index)
    draft.cells[place] = replace(draft.cells[place], content=Formula(text, figure.outcome), role="formula")
    if figure.line.measure.kind == "rate":
        place = (row, by_id["third"].index)
        share = _share(ctx, figure)
        text = expr.excel(fields.ratio(ctx, figure.line), address)
        draft.cells[place] = replace(draft.cells[place], content=Formula(text, "" if share is None else share))
    if "year_ago" in by_id:
        place = (row, by_id["year_ago"].index)
        style = replace(draft.cells[place].style, number_format="@")
        draft.cells[place] = Cell(summary.earlier.year_ago.get(figure.line.id), style)
    who = _who(figure)
    style = replace(_look(line), number_format="General")
    said = Formula(f'{count}&"{who[len(str(len(figure.counted))) :].replace(chr(10), _BREAK)}"', who)
    content = who if who == words.WHOLE else said
    draft.cells[row, by_id["verdict"].index] = Cell(content, style, "text" if content == who else "formula")


def _verdict(ctx: fields.Context, figure: Figure, address: expr.Address) -> str:
    """The form's own verdict; where that says nothing of what is not finished, the status."""
    verdict = expr.excel(fields.verdict(ctx, figure.line), address)
    if figure.line.measure.kind not in combine.WORST:
        return verdict
    status = address(figure.line.key("status"))
    unfinished = ",".join(f'{status}="{word}"' for word in combine.UNFINISHED)
    return f'{verdict}&IF(OR({unfinished}),{status},"")'


_BREAK = '"&CHAR(10)&"'


def _share(ctx: fields.Context, figure: Figure) -> float | None:
    found = expr.evaluate(fields.ratio(ctx, figure.line), figure.values)
    return found if isinstance(found, (int, float)) else None


def _look(line: GridLine) -> Style:
    sides = "lr" + ("" if "*" in line.continued else "t") + ("" if "*" in line.continues else "b")
    return Style(border=sides, align="center", valign="top" if line.is_split else "vcenter")


def _highlights(first: int, last: int, judged: int) -> list[Highlight]:
    area = (first, judged, last, judged)
    address = f"${a1((first, judged))}"
    coloured = ((NOT_REACHED, MISSED_FILL), (PROVISIONAL, OPEN_FILL), (NO_DATA, OPEN_FILL))
    return [Highlight(area, f'{address}="{word}"', fill) for word, fill in coloured]


# ------------------------------------------------------------------------------------------------------ below the table


def _below(draft: Draft, summary: Summary, code: str) -> None:
    """What the units ask for, the signatures, the visible identity."""
    for name, title in FREE_TEXTS.items():
        draft.line(f"{name}.title", f"{title}:", Style(size=12, bold=True, border=""))
        text = summary.texts[f"{name}.text"] or "Không có."
        room = metrics.cell_width_pt(draft.columns.printed_widths)
        for index, piece in enumerate(metrics.split_lines(text, room, 12, metrics.MAX_ROW_PT / 2)):
            draft.line(name if not index else f"{name}/{index + 1}", piece, Style(size=12, border="", valign="top"))
    tail.signatures(draft, _SIGNATURES)
    draft.line("code", code, Style(size=11, color="#595959", border="", align="right"))
