"""A long sheet: title, remarks and headings as cells, the rows as a body that is made while it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct, field

from cchc_xlsx.consolidate.listing import BANNER, MARGINS_MM, Column
from cchc_xlsx.layout import columns, metrics
from cchc_xlsx.layout.head import HEADER_FILL
from cchc_xlsx.layout.model import Body, Cell, Content, Highlight, Place, Print, Sheet, Style, Table

SIZE = 11
AIR_PT = 3.0
_BUTTON = 2.5  # characters that the button of the filter takes
_WIDTH_PT = (297 - MARGINS_MM[0] - MARGINS_MM[1]) / 25.4 * 72 * 0.95
_LEAST_SCALE = 45  # percent; a wider table goes onto several pages across

Cells = Sequence[tuple[Content, int]]


class Long(Struct, frozen=True):
    """What a long sheet holds; `rows` gives each row's contents with the number of their style in `styles`.

    `above` are rows between remarks and headings, as cells by column; `wide` merges of the title end at this column.
    """

    name: str
    title: str
    remarks: Sequence[str]
    banner: str
    table: str
    heads: Sequence[Column]
    styles: tuple[Style, ...]
    count: int
    rows: Callable[[int], Iterable[Cells]]
    above: Sequence[Mapping[int, Cell]] = ()
    links: Callable[[int], Mapping[Place, tuple[str, str]]] | None = None
    highlights: Callable[[int], tuple[Highlight, ...]] | None = None
    freeze: int = 1
    wide: int = 0
    hidden: frozenset[int] = field(default_factory=frozenset)


def sheet(one: Long) -> Sheet:
    """The sheet."""
    cells: dict[Place, Cell] = {}
    heights: dict[int, float] = {}
    printed = [each.width for each in one.heads if each.printed]
    shown = sum(1 for each in one.heads if each.printed)
    wide = one.wide or shown
    room = metrics.cell_width_pt([each.width for each in one.heads[:wide]])
    lines = [(one.title, Style(size=14, bold=True, border=""))]
    lines += [(text, Style(border="")) for text in one.remarks if text]
    lines += [(one.banner, BANNER)] if one.banner else []
    for row, (text, style) in enumerate(lines, 1):
        cells[row, 1] = Cell(text, style)
        heights[row] = metrics.text_height_pt(text, room, style.size, style.bold) + AIR_PT
    for row, above in enumerate(one.above, len(lines) + 1):
        cells |= {(row, column): cell for column, cell in above.items()}
        heights[row] = metrics.line_height_pt(SIZE) + AIR_PT
    head = len(lines) + len(one.above) + 1
    _head(cells, heights, head, one.heads)
    first, count = head + 1, max(one.count, 1)
    body = Body(
        first,
        count,
        len(one.heads),
        one.styles,
        lambda: _rows(one, first),
        one.links(first) if one.links else {},
    )
    return Sheet(
        one.name,
        cells,
        {index: each.width for index, each in enumerate(one.heads, 1)},
        heights,
        tuple((row, 1, row, wide) for row in range(1, len(lines) + 1)),
        highlights=one.highlights(first) if one.highlights else (),
        hidden_columns=one.hidden,
        freeze=(first, one.freeze),
        paper=_paper(printed, (1, 1, body.last, shown), (head, head)),
        tables=(Table(one.table, (head, 1, body.last, len(one.heads))),),
        body=body,
    )


def _paper(printed: Sequence[float], area: tuple[int, int, int, int], repeated: tuple[int, int]) -> Print:
    scale = columns.scale_to(_WIDTH_PT, list(printed))
    across = (2, 3) if scale < _LEAST_SCALE else None
    scale = max(scale, _LEAST_SCALE)
    return Print(
        scale=scale, area=area, repeat_rows=repeated, repeat_columns=across, margins_mm=MARGINS_MM, first_page=1
    )


def _head(cells: dict[Place, Cell], heights: dict[int, float], row: int, heads: Sequence[Column]) -> None:
    style = Style(bold=True, align="center", fill=HEADER_FILL)
    heights[row] = 0.0
    for column, one in enumerate(heads, 1):
        cells[row, column] = Cell(one.heading, style)
        height = metrics.text_height_pt(one.heading, metrics.cell_width_pt([one.width - _BUTTON]), SIZE, bold=True)
        heights[row] = min(metrics.MAX_ROW_PT, max(heights[row], height + 2 * AIR_PT))


def _rows(one: Long, first: int) -> Iterable[tuple[float, Cells]]:
    rooms = [metrics.cell_width_pt([each.width]) for each in one.heads]
    wraps = [style.wrap for style in one.styles]
    least = metrics.line_height_pt(SIZE)
    for cells in one.rows(first):
        height = max(
            (
                _height(content, room)
                for (content, style), room in zip(cells, rooms, strict=True)
                if isinstance(content, str) and wraps[style]
            ),
            default=least,
        )
        yield min(metrics.MAX_ROW_PT, max(height, least) + AIR_PT), cells
    if not one.count:
        yield least + AIR_PT, [("Không có." if not index else None, 0) for index in range(len(one.heads))]


@lru_cache(maxsize=4096)  # names and labels come again and again
def _height(text: str, room_pt: float) -> float:
    return metrics.text_height_pt(text, room_pt, SIZE)
