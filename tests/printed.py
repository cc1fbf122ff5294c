"""What stands where on the pages of a PDF that LibreOffice printed: words, rules of the table, font sizes."""

from __future__ import annotations

import html
import re
import subprocess
import unicodedata
import zlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from cchc_xlsx.layout.model import Cell, Formula, Layout, Place, Range

_PAGE = re.compile(rb"/Type/Page/.*?/Contents (\d+) 0 R", re.S)
_LINE = re.compile(r"([\d.]+) ([\d.]+) m\s+([\d.]+) ([\d.]+) l S")
_FONT = re.compile(r"/F\d+ ([\d.]+) Tf")
_BBOX_PAGE = re.compile(r'<page width="[\d.]+" height="([\d.]+)">(.*?)</page>', re.S)
_BBOX_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
_INK = 0.35  # of a word's box is above and below the middle, where the letters are; the rest is room for accents


class Word(Struct, frozen=True):
    """A word with the middle of its box and the height of the box, in pt from the upper left corner of the page."""

    text: str
    x: float
    y: float
    height: float


class Page(Struct, frozen=True):
    """A page: its words, the places of its vertical rules, the first horizontal one, and the font sizes used on it."""

    words: tuple[Word, ...]
    rules: tuple[float, ...]
    top: float
    sizes: frozenset[float]

    @property
    def text(self) -> str:
        """All words in the order they were drawn."""
        return " ".join(word.text for word in self.words)


class Box(Struct, frozen=True):
    """Where a cell is printed: left, top, right, bottom in pt."""

    left: float
    top: float
    right: float
    bottom: float


def pages(pdf: Path) -> list[Page]:
    """The pages in order."""
    data = pdf.read_bytes()
    said = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    found = _BBOX_PAGE.findall(said)
    drawn = [_content(data, int(match[1])) for match in _PAGE.finditer(data)]
    assert len(found) == len(drawn) > 0
    return [_page(float(height), words, drawing) for (height, words), drawing in zip(found, drawn, strict=True)]


def _content(data: bytes, number: int) -> str:
    start = re.search(rb"(?<!\d)%d 0 obj.*?stream\r?\n" % number, data, re.S)
    assert start
    return zlib.decompressobj().decompress(data[start.end() :]).decode("latin-1")


def _page(height: float, words: str, drawing: str) -> Page:
    lines = [[float(number) for number in match] for match in _LINE.findall(drawing)]
    upright = sorted({round(x, 0) for x, _, end, _ in lines if x == end})
    flat = [height - y for _, y, _, end in lines if y == end]
    return Page(
        tuple(_word(*match) for match in _BBOX_WORD.findall(words)),
        tuple(x for index, x in enumerate(upright) if index == 0 or x - upright[index - 1] > 2),
        min(flat, default=0.0),
        frozenset(float(size) for size in _FONT.findall(drawing)),
    )


def _word(left: str, top: str, right: str, bottom: str, text: str) -> Word:
    numbers = [float(number) for number in (left, top, right, bottom)]
    middle = ((numbers[0] + numbers[2]) / 2, (numbers[1] + numbers[3]) / 2)
    return Word(html.unescape(text), *middle, numbers[3] - numbers[1])


def page_rows(layout: Layout) -> list[list[int]]:
    """The grid rows of each planned page, the repeated header first."""
    paper = layout.form_sheet.paper
    assert paper.area and paper.repeat_rows
    starts = [paper.area[0], *(row + 1 for row in paper.breaks)]
    ends = [*paper.breaks, paper.area[2]]
    header = list(range(paper.repeat_rows[0], paper.repeat_rows[1] + 1))
    bodies = [list(range(start, end + 1)) for start, end in zip(starts, ends, strict=True)]
    return [bodies[0], *(header + body for body in bodies[1:])]


def cut(layout: Layout, printed: list[Page]) -> Iterator[str]:
    """Each text that does not stand whole inside its own cell, as "A1: wanted / seen"."""
    seen = dict.fromkeys(texts(layout), "")
    areas = {area[:2]: area for area in layout.form_sheet.merges}
    for page, rows in zip(printed, page_rows(layout), strict=True):
        tops = _tops(layout, page, rows)
        for place in seen:
            area = areas.get(place, (*place, *place))
            box = _box(layout, page, tops, area)
            if box and (not seen[place] or place[0] not in header(layout)):
                seen[place] += _inside(page, box)
    for place, text in seen.items():
        wanted = squeezed(texts(layout)[place])
        if text != wanted:
            yield f"{place}: {wanted} / {text}"


def header_texts(layout: Layout, page: Page, rows: list[int]) -> dict[Place, tuple[str, str]]:
    """For each cell of the header what it says and what this page shows there."""
    tops = _tops(layout, page, rows)
    areas = {area[:2]: area for area in layout.form_sheet.merges}
    found = {}
    for place, text in texts(layout).items():
        if place[0] in header(layout):
            box = _box(layout, page, tops, areas.get(place, (*place, *place)))
            found[place] = (squeezed(text), _inside(page, box) if box else "")
    return found


def header(layout: Layout) -> range:
    """The rows that every page begins with."""
    first, last = layout.form_sheet.paper.repeat_rows or (0, 0)
    return range(first, last + 1)


def texts(layout: Layout) -> dict[Place, str]:
    """The texts of the printed cells; numbers, which a format shows, are left out."""
    area = layout.form_sheet.paper.area
    assert area
    found = {place: _text(cell) for place, cell in layout.form_sheet.cells.items() if area[1] <= place[1] <= area[3]}
    return {place: text for place, text in found.items() if place[0] >= area[0] and text}


def _text(cell: Cell) -> str:
    content = cell.content.value if isinstance(cell.content, Formula) else cell.content
    return content if isinstance(content, str) else ""


def squeezed(text: str) -> str:
    """A text without white space: how lines are broken does not matter."""
    return unicodedata.normalize("NFC", "".join(text.split()))


def _tops(layout: Layout, page: Page, rows: list[int]) -> dict[int, tuple[float, float]]:
    """The upper and lower edge of each row on a page, reckoned from the table's upper rule."""
    sheet = layout.form_sheet
    scale = sheet.paper.scale / 100
    above = [row for row in rows if row < header(layout)[0]]
    edge = page.top - sum(sheet.heights[row] for row in above) * scale
    found = {}
    for row in rows:
        found[row] = (edge, edge + sheet.heights[row] * scale)
        edge = found[row][1]
    return found


def _box(layout: Layout, page: Page, tops: dict[int, tuple[float, float]], area: Range) -> Box | None:
    rows = [row for row in range(area[0], area[2] + 1) if row in tops]
    first = (layout.form_sheet.paper.area or area)[1]
    if not rows:
        return None
    return Box(page.rules[area[1] - first], tops[rows[0]][0], page.rules[area[3] - first + 1], tops[rows[-1]][1])


def _inside(page: Page, box: Box) -> str:
    """The words whose letters stand inside a box, in reading order."""
    found = [
        word
        for word in page.words
        if box.left < word.x < box.right
        and box.top - 1 <= word.y - word.height * _INK
        and word.y + word.height * _INK <= box.bottom + 1
    ]
    found.sort(key=lambda word: (round(word.y / 4), word.x))
    return squeezed("".join(word.text for word in found))
