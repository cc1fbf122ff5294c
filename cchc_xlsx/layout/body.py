"""The rows of the table as grid rows: parts of compound rows, rows too tall for one, merges, heights."""

from __future__ import annotations

from msgspec import Struct, field

from cchc_xlsx.fields import Context, score_text
from cchc_xlsx.form.model import Column as FormColumn
from cchc_xlsx.form.model import Measure, Row
from cchc_xlsx.issue import cell as official_cell
from cchc_xlsx.layout import metrics
from cchc_xlsx.layout.columns import PAGE_HEIGHT_PT, TABLE_FONT_PT, Columns
from cchc_xlsx.layout.model import Style, restyled

MIN_ROW_PT = 18.0
INPUT_ROW_PT = 30.0  # room for a wrapped answer such as "Không phát sinh"
_EDGE_PT = 2.0
_TABLE = Style(size=TABLE_FONT_PT)


class GridLine(Struct):
    """One grid row of the table while it is being built."""

    key: str
    row: Row
    part: Measure | None  # what is reported on this grid row
    texts: dict[str, str | float] = field(default_factory=dict)
    continued: frozenset[str] = frozenset()  # columns whose text goes on from the grid row above
    continues: frozenset[str] = frozenset()  # columns whose text goes on in the grid row below
    height_pt: float = MIN_ROW_PT
    is_split: bool = False


class Span(Struct, frozen=True):
    """A vertical merge of one column over the grid lines `first` to `last` (indexes)."""

    column: str
    first: int
    last: int


class Body(Struct, frozen=True):
    """The grid lines with their merges, heights final."""

    lines: tuple[GridLine, ...]
    spans: tuple[Span, ...]


def build(ctx: Context, columns: Columns, header_pt: float) -> Body:
    """The table's grid lines: heights let every text show whole, no row passes 409 pt or a page."""
    page_pt = PAGE_HEIGHT_PT / columns.scale * 100 - header_pt
    limit_pt = min(metrics.MAX_ROW_PT - 9, page_pt * 0.9)
    grid: list[GridLine] = []
    spans: list[Span] = []
    first_of: dict[str, int] = {}
    last_of: dict[str, int] = {}
    for row in ctx.issue.form.rows:
        first_of[row.id] = len(grid)
        lines, merged = _grid_lines(ctx, columns, row, limit_pt)
        spans += [Span(one.column, one.first + len(grid), one.last + len(grid)) for one in merged]
        grid += lines
        last_of[row.id] = len(grid) - 1
    declared = [Span(merge.column, first_of[merge.first], last_of[merge.last]) for merge in ctx.issue.form.merges]
    covered = {(one.column, index) for one in declared for index in range(one.first, one.last + 1)}
    spans = [one for one in spans if (one.column, one.first) not in covered] + declared
    for index, line in enumerate(grid):
        line.height_pt = _own_height(ctx, columns, line, index, spans)
    for one in sorted(spans, key=lambda span: (span.first, span.last, span.column)):
        _raise(ctx, columns, grid, one)
    return Body(tuple(grid), tuple(spans))


def _grid_lines(ctx: Context, columns: Columns, row: Row, limit_pt: float) -> tuple[list[GridLine], list[Span]]:
    is_report = ctx.issue.kind == "report"
    parts: list[Measure | None] = list(row.measures) if is_report and row.measures else [row.measure]
    texts = _texts(ctx, row)
    by_part = _target_by_part(ctx, row, texts) if is_report and len(parts) > 1 else None
    if by_part:
        texts.pop("target", None)
    chunks = {id_: _chunks(columns, row, id_, text, limit_pt) for id_, text in texts.items()}
    tall = {id_ for id_, pieces in chunks.items() if len(pieces) > 1}
    count = max([len(parts), *(len(pieces) for pieces in chunks.values())])
    lines = [
        GridLine(_key(row, parts, index), row, parts[index] if index < len(parts) else None) for index in range(count)
    ]
    for index, line in enumerate(lines):
        line.is_split = bool(tall)
        line.texts = {id_: pieces[index] for id_, pieces in chunks.items() if index < len(pieces)}
        if by_part and index < len(by_part):
            line.texts["target"] = by_part[index]
    _join_looks(ctx, lines, has_parts=bool(by_part))
    spans = []
    if count > 1 and not tall:
        ids = [leaf.id for leaf in ctx.issue.form.leaves if not (by_part and leaf.id == "target")]
        spans = [Span(id_, 0, count - 1) for id_ in ids]
    return lines, spans


def _key(row: Row, parts: list[Measure | None], index: int) -> str:
    part = parts[index] if index < len(parts) else None
    if part and part.id:
        return part.id
    return row.id if index == 0 else f"{row.id}/{index + 1}"


def _join_looks(ctx: Context, lines: list[GridLine], *, has_parts: bool) -> None:
    """Grid lines of one row show no rules between them, except where each part has its own target and results."""
    ids = frozenset(leaf.id for leaf in ctx.issue.form.leaves if not (has_parts and leaf.id == "target"))
    extra = len([line for line in lines if line.part is None])
    slots = frozenset() if not extra else frozenset({"*"})
    for index, line in enumerate(lines):
        line.continued = (ids if index else frozenset()) | (slots if line.part is None and index else frozenset())
        below = lines[index + 1] if index + 1 < len(lines) else None
        line.continues = (ids if below else frozenset()) | (slots if below and below.part is None else frozenset())


def _texts(ctx: Context, row: Row) -> dict[str, str | float]:
    found: dict[str, str | float] = {}
    for leaf in ctx.issue.form.leaves:
        text = official_cell(ctx.issue, row, leaf.id)
        if text != "":
            found[leaf.id] = text
    return found


def _target_by_part(ctx: Context, row: Row, texts: dict[str, str | float]) -> list[str] | None:
    """The printed target cut into the words of each part; None where a plan's words do not fall into as many parts."""
    given = ctx.issue.plan.overlay.get(f"{row.id}.target")
    if given is None:
        words = str(texts.get("target", "")).split("\n")
        counts = [part.words.count("\n") + 1 for part in row.measures]
        return ["\n".join(words[sum(counts[:index]) : sum(counts[: index + 1])]) for index in range(len(counts))]
    lines = [line for line in str(given).split("\n") if line.strip()]
    return lines if len(lines) == len(row.measures) else None


def _chunks(columns: Columns, row: Row, id_: str, text: str | float, limit_pt: float) -> tuple[str | float, ...]:
    if not isinstance(text, str):
        return (text,)
    width = text_width(columns, row, id_)
    if metrics.text_height_pt(text, width, TABLE_FONT_PT, is_bold(row, id_)) <= limit_pt:
        return (text,)
    return metrics.split_lines(text, width, TABLE_FONT_PT, limit_pt, is_bold(row, id_))


def text_width(columns: Columns, row: Row, id_: str) -> float:
    """The room in pt for the text of a cell; the label of a spanning row has all official columns to its right."""
    first = columns.by_id[id_]
    last = columns.last_official if row.span and id_ == "label" else first.index
    return metrics.cell_width_pt([one.width for one in columns.all if first.index <= one.index <= last])


def is_bold(row: Row, id_: str) -> bool:
    """Sections, groups and totals are set in bold, their number and name."""
    return row.role != "item" and (id_ in ("stt", "label") or row.role == "total")


def _own_height(ctx: Context, columns: Columns, line: GridLine, index: int, spans: list[Span]) -> float:
    merged = {one.column for one in spans if one.first <= index <= one.last}
    heights = [INPUT_ROW_PT if line.part and ctx.issue.kind == "report" else MIN_ROW_PT]
    heights.append(_prior_height(ctx, columns, line))
    for id_, text in line.texts.items():
        if id_ not in merged:
            heights.append(_height(columns, line.row, id_, text))
    return min(metrics.MAX_ROW_PT, max(heights))


def _prior_height(ctx: Context, columns: Columns, line: GridLine) -> float:
    """What the result of the period before needs, where it is shown."""
    column = columns.by_id.get("prior")
    found = ctx.by_line.get(line.part.id or line.row.id) if column and line.part else None
    prior = ctx.prior(found) if found else None
    if column is None or prior is None:
        return 0
    text = prior if isinstance(prior, str) else f"{prior:g}"
    return metrics.text_height_pt(text, metrics.cell_width_pt([column.width]), TABLE_FONT_PT) + _EDGE_PT


def _height(columns: Columns, row: Row, id_: str, text: str | float) -> float:
    width = text_width(columns, row, id_)
    return metrics.text_height_pt(str(text), width, TABLE_FONT_PT, is_bold(row, id_)) + _EDGE_PT


def _raise(ctx: Context, columns: Columns, grid: list[GridLine], one: Span) -> None:
    """Raise the rows of a vertical merge evenly until its text fits."""
    lines = grid[one.first : one.last + 1]
    text = lines[0].texts.get(one.column, "")
    missing = _height(columns, lines[0].row, one.column, text) - sum(line.height_pt for line in lines)
    if missing > 0:
        for line in lines:
            line.height_pt = min(metrics.MAX_ROW_PT, line.height_pt + missing / len(lines))


def content(row: Row, leaf: FormColumn, text: str | float) -> tuple[str | float, str]:
    """What a cell of the official table holds and its number format: scores are numbers that show their maximum."""
    is_score = leaf.role in ("target", "baseline") and row.parts and row.parts[0].kind == "score"
    score = score_text(text) if is_score else None
    if score is None:
        return text, "@"
    if isinstance(text, float) or not score.maximum:
        maximum = row.parts[0].maximum
        return score.value, f'General"/{maximum:g}"' if maximum and row.role != "total" else "General"
    if score.written[:1] == "0" and len(score.written) > 1 and score.written.isdigit():
        # "07/07" keeps its zero, and another figure typed over it is still shown as it is.
        return score.value, f'[={score.value:g}]"{score.written}/{score.maximum}";General"/{score.maximum}"'
    return score.value, f'General"/{score.maximum}"'


def base_style(row: Row, leaf: FormColumn, line: GridLine) -> Style:
    """The look of an official cell."""
    sides = "lr"
    sides += "" if leaf.id in line.continued else "t"
    sides += "" if leaf.id in line.continues else "b"
    return restyled(
        _TABLE,
        bold=is_bold(row, leaf.id),
        align=leaf.align,
        valign="top" if line.is_split else "vcenter",
        border=sides,
        fill="#F2F2F2" if row.role == "section" else "",
    )
