"""The set-up workbook placed on sheets, prefilled: what the writer writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from cchc_xlsx import periods, values
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.layout import columns as paper_columns
from cchc_xlsx.layout import metrics
from cchc_xlsx.layout.model import (
    Cell,
    Content,
    Formula,
    Highlight,
    Place,
    Print,
    Range,
    Sheet,
    Style,
    Validation,
    a1,
    column_letters,
)
from cchc_xlsx.layout.pages import MISSING_FILL, WRONG_FILL
from cchc_xlsx.layout.prompts import cut
from cchc_xlsx.project.cards import OFFICE
from cchc_xlsx.project.page import Ask, Column, Kind, Page
from cchc_xlsx.project.pages import FORMS, MARK, PAGES, ROUNDS, UNITS, Start, mark_of, round_keys

LISTS = "_ds"
KEY_ROW, TITLE_ROW, NOTE_ROW, HEAD_ROW, FIRST_ROW = 1, 2, 3, 4, 5
FIRST_COLUMN = 2  # the first holds the keys
_MARGINS_MM = (20.0, 15.0, 15.0, 15.0)
_AIR_PT, _LEAST_PT = 4.0, 19.0

_KEY = Style(border="", wrap=False)
_TITLE = Style(size=14, bold=True, align="center", border="")
_NOTE = Style(italic=True, border="", valign="top")
_HEAD = Style(bold=True, fill="#D9E2F3", align="center")
_GROUP = Style(bold=True, fill="#EDEDED")
_LOCKED = Style(fill="#F2F2F2", number_format="General")
_HELP = Style(italic=True, color="#595959", fill="#F2F2F2")
_FORMATS = {"text": "@", "list": "@", "mark": "@", "whole": "0", "date": "dd/mm/yyyy"}
_RULES: Mapping[Kind, Literal["list", "whole", "date", "any"]] = {
    "list": "list",
    "mark": "list",
    "whole": "whole",
    "date": "date",
    "text": "any",
}
_ERRORS: Mapping[str, Text] = {
    "list": Text("Chọn một mục trong danh sách.", "Choose from the list."),
    "open": Text("Mục này không có trong danh sách. Vẫn dùng?", "This is not in the list. Use it all the same?"),
    "mark": Text("Chỉ ghi x, hoặc để trống.", "Only x, or leave it blank."),
    "whole": Text("Ghi một số nguyên từ {low} đến {high}.", "A whole number from {low} to {high}."),
    "date": Text("Ghi ngày/tháng/năm, ví dụ 15/3/2027.", "Day/month/year, e.g. 15/3/2027."),
}
_TITLE_UTF16, _PROMPT_UTF16 = 32, 255  # Excel's limits
_EARLIEST, _LATEST = 36526, 73415  # 01/01/2000 and 31/12/2100


class _Board(Struct, frozen=True):
    """What one sheet is made of while it is drawn."""

    page: Page
    lang: Lang
    sources: Mapping[str, str]  # list → its range
    cells: dict[Place, Cell] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    highlights: list[Highlight] = field(default_factory=list)

    @property
    def last_column(self) -> int:
        """The last column that is printed."""
        return FIRST_COLUMN + len(self.page.columns) - 1


def sheets(start: Start, lang: Lang) -> tuple[Sheet, ...]:
    """All sheets of a new set-up workbook, the hidden one of lists last."""
    lists, sources = _lists(start.lists)
    sources |= {"rounds.code": _absolute(ROUNDS, _span(ROUNDS, "code", len(round_keys())), lang)}
    return (*(_sheet(_Board(page, lang, sources), start) for page in PAGES), lists)


def at(page: Page, line: int | str, column: str) -> Place:
    """Where a new workbook has the cell of a line (by its key, or its number from 0) and a column."""
    place = next(index for index, one in enumerate(page.columns) if one.key == column)
    if isinstance(line, int):
        return FIRST_ROW + line, FIRST_COLUMN + place
    row = FIRST_ROW - 1
    for one in page.lines:
        row += 2 if one.group else 1
        if one.key == line:
            return row, FIRST_COLUMN + place
    raise KeyError(line)


def deadline_formula(column: str, closing: str) -> str:
    """The formula of a deadline by the decree from the address of its closing date; empty where there is no date."""
    if column == "unit_deadline":  # the first working day after closing
        return f'IF({closing}="","",{closing}+CHOOSE(WEEKDAY({closing},2),1,1,1,1,3,2,1))'
    return f'IF({closing}="","",{closing}+6)'  # from the 14th to the 20th


# ---------------------------------------------------------------------------------------------------------------- sheets


def _sheet(board: _Board, start: Start) -> Sheet:
    page = board.page
    _head(board)
    last = _card(board, start) if page.lines else _table(board, start)
    widths = {1: 14.0, **{FIRST_COLUMN + index: one.width for index, one in enumerate(page.columns)}}
    printable_mm = (297 if page.is_landscape else 210) - _MARGINS_MM[0] - _MARGINS_MM[1]
    scale = paper_columns.scale_to(printable_mm / 25.4 * 72 / 1.05, [one.width for one in page.columns])
    return Sheet(
        name=page.name.say(board.lang),
        cells=board.cells,
        widths=widths,
        heights=board.heights,
        merges=tuple(board.merges),
        validations=tuple(board.validations),
        highlights=tuple(board.highlights),
        hidden_columns=frozenset({1}),
        hidden_rows=frozenset({KEY_ROW}),
        freeze=(FIRST_ROW, FIRST_COLUMN + 1),
        paper=Print(
            landscape=page.is_landscape,
            scale=scale,
            area=(TITLE_ROW, FIRST_COLUMN, last, board.last_column),
            repeat_rows=(HEAD_ROW, HEAD_ROW),
            margins_mm=_MARGINS_MM,
        ),
    )


def _head(board: _Board) -> None:
    page = board.page
    board.cells[KEY_ROW, 1] = Cell(page.marker, _KEY)
    for row, text, style in ((TITLE_ROW, page.title, _TITLE), (NOTE_ROW, page.note, _NOTE)):
        said = text.say(board.lang)
        board.cells[row, FIRST_COLUMN] = Cell(said, style)
        board.merges.append((row, FIRST_COLUMN, row, board.last_column))
        width = metrics.cell_width_pt([one.width for one in page.columns])
        board.heights[row] = _AIR_PT + metrics.text_height_pt(said, width, style.size, style.bold, italic=style.italic)
    for column, one in enumerate(page.columns, FIRST_COLUMN):
        board.cells[KEY_ROW, column] = Cell(one.key, _KEY)
        _put(board, HEAD_ROW, column, one.title.say(board.lang), _HEAD)
    board.heights[HEAD_ROW] += _AIR_PT


def _card(board: _Board, start: Start) -> int:
    """Lines with one input each; gives the last row."""
    page, lang = board.page, board.lang
    for line in page.lines:
        row, value = at(page, line.key, "value")
        if line.group:
            said = line.group.say(lang)
            for column in range(FIRST_COLUMN, board.last_column + 1):
                _put(board, row - 1, column, said if column == FIRST_COLUMN else None, _GROUP)
            board.merges.append((row - 1, FIRST_COLUMN, row - 1, board.last_column))
        board.cells[row, 1] = Cell(line.key, _KEY)
        _put(board, row, FIRST_COLUMN, line.title.say(lang), _LOCKED)
        _put(board, row, value, start.fields.get((page.key, line.key)), _input(line.ask))
        _put(board, row, value + 1, line.ask.prompt.say(lang), _HELP)
        area = (row, value, row, value)
        _ask(board, line.ask, line.title, area)
        if line.ask.is_needed:
            board.highlights.append(Highlight(area, f"LEN(TRIM({a1(area[:2])}))=0", MISSING_FILL))
    return row


def _table(board: _Board, start: Start) -> int:
    """Rows of columns; gives the last row."""
    page = board.page
    rows = _round_rows(start, board.lang) if page is ROUNDS else [dict(one) for one in start.rows.get(page.key, ())]
    count = len(rows) + page.room
    for index in range(count):
        filled: Mapping[str, Content] = rows[index] if index < len(rows) else {}
        row = FIRST_ROW + index
        if "key" in filled and page is ROUNDS:
            board.cells[row, 1] = Cell(filled["key"], _KEY)
        for column, one in enumerate(page.columns, FIRST_COLUMN):
            content = filled.get(one.key)
            if page is FORMS and one.key == "name":
                content = _form_name(board, row, filled, start)
            _put(board, row, column, content, _style(one))
        if index < len(rows):
            least = page.lines_high * metrics.line_height_pt(_LOCKED.size) + _AIR_PT
            board.heights[row] = max(board.heights[row], least)
    for one in page.columns:
        if one.ask:
            _ask(board, one.ask, one.title, _span(page, one.key, count))
    board.highlights.extend(_wrong(page, count))
    return FIRST_ROW + count - 1


def _put(board: _Board, row: int, column: int, content: Content, style: Style) -> None:
    """A cell, its row made high enough for it."""
    board.cells[row, column] = Cell(content, style, "text" if style.locked else "input")
    shown = content.value if isinstance(content, Formula) else content
    height = _LEAST_PT
    if isinstance(shown, str):
        width = metrics.cell_width_pt([board.page.columns[column - FIRST_COLUMN].width])
        height = _AIR_PT + metrics.text_height_pt(shown, width, style.size, style.bold, italic=style.italic)
    board.heights[row] = max(board.heights.get(row, 0), height, _LEAST_PT)


def _style(column: Column) -> Style:
    shape = _input(column.ask) if column.ask else _LOCKED
    shape = replace(shape, number_format=_FORMATS["date"]) if column.is_date else shape
    return replace(shape, align="center") if column.is_centred else shape


def _input(ask: Ask) -> Style:
    return Style(number_format=_FORMATS[ask.kind], locked=False)


def _ask(board: _Board, ask: Ask, title: Text, area: Range) -> None:
    """The list, limits and prompt of a range of inputs."""
    lang = board.lang
    low, high = (ask.low, ask.high) if ask.kind != "date" else (ask.low or _EARLIEST, ask.high or _LATEST)
    kind = "open" if ask.is_open else ask.kind
    error = _ERRORS[kind].format(low=low, high=high).say(lang) if kind in _ERRORS else ""
    board.validations.append(
        Validation(
            (area,),
            _RULES[ask.kind],
            low,
            high,
            board.sources.get(ask.source, ""),
            cut(title.say(lang), _TITLE_UTF16),
            cut(ask.prompt.say(lang), _PROMPT_UTF16),
            error,
            stop=not ask.is_open,
        )
    )


def _span(page: Page, column: str, count: int) -> Range:
    """The range of a column's cells over so many rows."""
    row, index = at(page, 0, column)
    return row, index, row + count - 1, index


def _wrong(page: Page, count: int) -> Iterator[Highlight]:
    """What a sheet can see by itself: doubled codes, dates in the wrong order."""
    if page in (UNITS, FORMS):
        area = _span(page, page.columns[0].key, count)
        column = column_letters(area[1])
        fixed = f"${column}${area[0]}:${column}${area[2]}"
        yield Highlight(area, f"AND(LEN({a1(area[:2])})>0,COUNTIF({fixed},{a1(area[:2])})>1)", WRONG_FILL)
    if page is ROUNDS:
        for earlier, later in (("closing", "unit_deadline"), ("unit_deadline", "upward_deadline")):
            before, after = a1(at(page, 0, earlier)), a1(at(page, 0, later))
            formula = f"AND(LEN({before})>0,LEN({after})>0,{after}<{before})"
            yield Highlight(_span(page, later, count), formula, WRONG_FILL)


# ----------------------------------------------------------------------------------------------- what follows other cells


def _absolute(page: Page, area: Range, lang: Lang) -> str:
    (first, last) = (f"${column_letters(place[1])}${place[0]}" for place in (area[:2], area[2:]))
    name = page.name.say(lang)
    return f"'{name}'!{first}" if area[:2] == area[2:] else f"'{name}'!{first}:{last}"


def _round_rows(start: Start, lang: Lang) -> list[dict[str, Content]]:
    """The periods of the year, whose codes and dates follow the year of the first sheet."""
    cell = at(OFFICE, "year", "value")
    year = _absolute(OFFICE, (*cell, *cell), lang)
    return [_round_row(index, key, year, start, lang) for index, key in enumerate(round_keys())]


def _round_row(index: int, key: str, year: str, start: Start, lang: Lang) -> dict[str, Content]:
    sample = periods.parse(f"{start.year or 2000}-{key}")
    is_known = start.year is not None

    def shown(text: str, value: str | float) -> Formula:
        return Formula(text, value if is_known else "")

    named = periods.name(sample).say(lang)
    before, after = named.split(str(sample.year))
    closing = a1(at(ROUNDS, index, "closing"))
    in_use = a1(at(ROUNDS, index, "in_use"))
    marks = _absolute(FORMS, _span(FORMS, mark_of(key), len(start.rows.get("forms", ())) + FORMS.room), lang)
    owed = sum(bool(one.get(mark_of(key))) for one in start.rows.get("forms", ()))
    due = {
        "unit_deadline": periods.unit_deadline(sample),
        "upward_deadline": periods.upward_deadline(sample),
    }
    return {
        "key": key,
        "code": shown(f'IF({year}="","",{year}&"-{key}")', sample.code),
        "name": Formula(f'"{before}"&{year}&"{after}"', named if is_known else before + after),
        "closing": shown(
            f'IF({year}="","",DATE({year},{sample.end.month},{sample.end.day}))', values.serial(sample.end)
        ),
        **{name: shown(deadline_formula(name, closing), values.serial(day)) for name, day in due.items()},
        "in_use": None if key in start.unused else MARK,
        "owed": Formula(f'IF(LEN(TRIM({in_use}))=0,"",COUNTIF({marks},"{MARK}"))', "" if key in start.unused else owed),
    }


def _form_name(board: _Board, row: int, filled: Mapping[str, Content], start: Start) -> Formula:
    """The name that belongs to the form chosen in the row."""
    form = a1((row, FIRST_COLUMN))
    names = dict(start.lists.get("forms", ()))
    ids, called = board.sources["forms"], board.sources["forms.name"]
    unknown = Text("(không có biểu này)", "(there is no such form)").say(board.lang)
    text = f'IF(LEN(TRIM({form}))=0,"",IF(COUNTIF({ids},{form})=0,"{unknown}",INDEX({called},MATCH({form},{ids},0))))'
    return Formula(text, names.get(str(filled.get("form") or ""), ""))


def _lists(lists: Mapping[str, tuple[tuple[str, str], ...]]) -> tuple[Sheet, dict[str, str]]:
    """The hidden sheet of lists, each with the names of its values beside it, and their ranges."""
    cells: dict[Place, Cell] = {}
    sources: dict[str, str] = {}
    style = Style(border="", wrap=False)
    for index, (name, pairs) in enumerate(lists.items()):
        for column, key in ((1 + 2 * index, name), (2 + 2 * index, f"{name}.name")):
            cells[1, column] = Cell(key, style)
            for row, pair in enumerate(pairs, 2):
                cells[row, column] = Cell(pair[(column + 1) % 2], style)
            first, last = (f"${column_letters(column)}${row}" for row in (2, len(pairs) + 1))
            sources[key] = f"'{LISTS}'!{first}:{last}"
    return Sheet(LISTS, cells, {}, hidden=True), sources
