"""The sheet that lists what is to be mended: a line for each finding, with a jump to its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.layout import columns, metrics
from cchc_xlsx.layout.model import Cell, Link, Place, Print, Range, Sheet, Style, a1

NAME = Text("Lỗi cần sửa", "To be mended")
TITLE = Text("DANH SÁCH LỖI CẦN SỬA", "WHAT IS TO BE MENDED")  # A1 of the sheet: so it is known again
_HEADERS = (
    (5.0, Text("TT", "No.")),
    (8.0, Text("Ô", "Cell")),
    (32.0, Text("Chỉ tiêu, nhiệm vụ", "Indicator, task")),
    (18.0, Text("Đang ghi", "Holds now")),
    (40.0, Text("Sai ở đâu", "What is wrong")),
    (34.0, Text("Cách sửa", "How to mend it")),
    (12.5, Text("Mức", "Level")),
)
_WIDTHS: Mapping[int, float] = {index: width for index, (width, _) in enumerate(_HEADERS, 1)}
_NUMBER, _CELL, _LABEL, _VALUE, _MESSAGE, _FIX, _WORD = _WIDTHS
_LAST = _WORD
_HEADER_FILL, _SECTION_FILL = "#D9E2F3", "#F2F2F2"
_MIN_ROW_PT = 20.0
_GAP_PT = 8.0

_TITLE_STYLE = Style(size=14, bold=True, align="center", border="")
_LINE_STYLE = Style(size=12, border="")
_SECTION_STYLE = Style(bold=True, fill=_SECTION_FILL)
_HEADER_STYLE = Style(bold=True, align="center", fill=_HEADER_FILL)
_TEXT_STYLE = Style()
_CENTRED_STYLE = Style(align="center")
_LINK_STYLE = Style(align="center", color="#0563C1", underline=True)


class Item(Struct, frozen=True):
    """A line of the list: `place` is the cell on the form sheet that its link jumps to, None where there is none to go to.

    A `wide` one has no message of its own: what the cell held takes its room too.
    """

    cell: str
    label: str
    value: str
    message: str
    fix: str
    word: str
    place: Place | None = None
    fill: str = ""
    wide: bool = False


class Section(Struct, frozen=True):
    """Lines under a title of their own."""

    title: str
    items: tuple[Item, ...]


class _Draft(Struct):
    """The sheet while it is being built."""

    form_sheet: str
    cells: dict[Place, Cell] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)
    row: int = 0

    def put(self, column: int, text: str, style: Style, last: int | None = None, link: Link | None = None) -> None:
        """A text in this row, over the columns up to `last`; the row grows with it."""
        last = last or column
        self.cells[self.row, column] = Cell(text, style, link=link)
        if last > column:
            self.merges.append((self.row, column, self.row, last))
        width = metrics.cell_width_pt([_WIDTHS[one] for one in range(column, last + 1)])
        need = metrics.text_height_pt(text, width, style.size, style.bold) + 4
        self.heights[self.row] = min(metrics.MAX_ROW_PT, max(self.heights.get(self.row, 0), need))

    def begin(self, height_pt: float = 0) -> None:
        """The next row."""
        self.row += 1
        self.heights[self.row] = height_pt


def sheet(lines: Sequence[str], sections: Sequence[Section], form_sheet: str, lang: Lang) -> Sheet:
    """The list as a sheet: title, `lines`, then the sections in one table; `form_sheet` is where the links lead."""
    draft = _Draft(form_sheet)
    draft.begin()
    draft.put(1, TITLE.say(lang), _TITLE_STYLE, _LAST)
    for line in lines:
        draft.begin()
        draft.put(1, line, _LINE_STYLE, _LAST)
    draft.begin(_GAP_PT)
    draft.cells[draft.row, 1] = Cell(None, _LINE_STYLE)
    draft.begin(_MIN_ROW_PT)
    header = draft.row
    for column, (_, text) in enumerate(_HEADERS, 1):
        draft.put(column, text.say(lang), _HEADER_STYLE)
    number = 0
    for section in sections:
        draft.begin(_MIN_ROW_PT)
        draft.put(1, section.title, _SECTION_STYLE, _LAST)
        for item in section.items:
            number += 1
            _line(draft, number, item)
    scale = columns.scale_to(columns.PAGE_WIDTH_PT, list(_WIDTHS.values()))
    paper = Print(scale=scale, area=(1, 1, draft.row, _LAST), repeat_rows=(header, header))
    return Sheet(NAME.say(lang), draft.cells, _WIDTHS, draft.heights, tuple(draft.merges), paper=paper)


def _line(draft: _Draft, number: int, item: Item) -> None:
    draft.begin(_MIN_ROW_PT)
    draft.put(_NUMBER, str(number), _CENTRED_STYLE)
    if item.place:
        draft.put(_CELL, a1(item.place), _LINK_STYLE, link=Link(draft.form_sheet, item.place))
    else:
        draft.put(_CELL, item.cell, _CENTRED_STYLE)
    draft.put(_LABEL, item.label, _TEXT_STYLE)
    draft.put(_VALUE, item.value, _TEXT_STYLE, _MESSAGE if item.wide else None)
    if not item.wide:
        draft.put(_MESSAGE, item.message, _TEXT_STYLE)
    draft.put(_FIX, item.fix, _TEXT_STYLE)
    draft.put(_WORD, item.word, Style(align="center", fill=item.fill))
