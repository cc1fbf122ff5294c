"""What the raw XML of a sheet says that readers of values hide: formulas, errors, dates, merges, protection, and its limits.

Sheets as programs write them are taken apart by one regular expression (a third of the time of an event parser, measured);
any other, and any doubt, goes through expat, which decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from cchc_xlsx.package import markup, styles, zips
from cchc_xlsx.package.book import Package, SheetPart
from cchc_xlsx.package.formulas import Formula, expand
from cchc_xlsx.package.refusal import Limit, Refusal, Refused, damaged, over, unsafe

MAX_ROW = 20_000
MAX_COLUMN = 512
MAX_BOX = 2_000_000
MAX_CELLS = 200_000
MAX_RANGES = 5_000
MAX_RANGE_CELLS = 50_000

Place = tuple[int, int]
Range = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """Facts by (row, column), both from 1.

    `formulas` stand without "=", shared ones expanded; `errors` are values such as "#DIV/0!"; `dates` are number cells shown
    as a date or time; `merges` are (first row, first column, last row, last column); `cells` counts cell elements.
    """

    formulas: Mapping[Place, str]
    errors: Mapping[Place, str]
    bools: frozenset[Place]
    dates: frozenset[Place]
    merges: tuple[Range, ...]
    protected: bool
    cells: int = 0


_Cell = tuple[int, int, int, str, Formula | None, str]  # row, column, style, kind, formula, value


def scan(package: Package, sheet: SheetPart) -> SheetFacts | Refusal:
    """The facts of a sheet, or why it is not read. Never raises."""
    if not sheet.is_worksheet:
        return SheetFacts({}, {}, frozenset(), frozenset(), (), protected=False)
    part = package.parts.get(sheet.part, b"")
    dates = styles.date_styles(package.parts.get(package.styles, b""))
    try:
        return _fast(part, sheet.part, dates) or _slow(part, sheet.part, dates)
    except Refused as refused:
        return refused.refusal
    except MemoryError:
        return over("memory", len(part), zips.MAX_PART).refusal


# ----------------------------------------------------------------------------------------------- as programs write them

_TEXT = rb"[^<\x00-\x08\x0b\x0c\x0e-\x1f]*+"
_CELL = re.compile(
    rb'<c r="(([A-Z]{1,3})([1-9][0-9]{0,6}))"(?: s="(0|[1-9][0-9]{0,5})")?(?: t="([a-zA-Z]{1,9})")?(?:/>|>'
    rb'(?:<f((?: (?:t|ref|si|ca|aca|bx|xml:space)="[A-Za-z0-9:$]*")*+)(?:/>|>(' + _TEXT + rb")</f>))?+"
    rb"(?:<v(?:/>|>(" + _TEXT + rb')</v>)|<is>(?:<t(?: xml:space="preserve")?(?:/>|>' + _TEXT + rb"</t>))?</is>)?+</c>)"
)
_GROUPS = _CELL.groups + 1
_ROWS = re.compile(
    rb'(?:<row r="[0-9]{1,7}"(?: [A-Za-z][A-Za-z0-9]*(?::[A-Za-z0-9]+)?="[^"<&]*")*+(?:/>|>\s*</row>)|\s)*+'
)
_ODD = (b"]]>", b"\xef\xbf")  # no XML, and where the characters are that are none
_FORMULA_ATTRIBUTE = re.compile(rb' ([a-z:]+)="([^"]*)"')
_SMALL = 64 << 10
_ENTITIES = ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&quot;", b'"'), (b"&apos;", b"'"), (b"&amp;", b"&"))
_COLUMNS = {
    (chr(64 + high) if high else "").encode() + chr(65 + low).encode(): 26 * high + low + 1
    for high in range(27)
    for low in range(26)
}


def _fast(part: bytes, key: str, dates: frozenset[int]) -> SheetFacts | None:
    """The facts of a sheet in the usual shape; None where it is not, and the event parser must look."""
    start, end = part.find(b"<sheetData>"), part.find(b"</sheetData>")
    if start < 0 or end < start or part.find(b"sheetData", end + 12) >= 0:
        return None
    body = part[start + 11 : end]
    if len(body) > _SMALL:  # the pieces of millions of cells would fill the memory
        _limit("cells", body.count(b"<c "), MAX_CELLS)
    pieces = _CELL.split(body)
    if not _is_sound(body, b"".join(pieces[0::_GROUPS]), set(pieces[6::_GROUPS])):
        return None
    references, letters, digits = (pieces[group::_GROUPS] for group in (1, 2, 3))
    if len(set(references)) < len(references):
        raise unsafe("duplicate-cell", key)
    columns = [_COLUMNS.get(column, MAX_COLUMN + 1) for column in set(letters)]
    _limit_box(max(map(int, set(digits)), default=1), max(columns, default=1))
    rest = part[:start] + b"<sheetData/>" + part[end + 12 :]
    around = (_around if len(rest) <= _SMALL else _around.__wrapped__)(rest, key)
    return _facts(_telling(pieces, frozenset(str(index).encode() for index in dates)), around, dates, len(references))


def _is_sound(body: bytes, rows: bytes, formulas: set[bytes | None]) -> bool:
    """Whether what the expression let pass is well-formed XML too."""
    if (
        not _ROWS.fullmatch(rows)
        or b" xmlns" in rows
        or any(odd in body for odd in _ODD)
        or not _has_plain_entities(body)
    ):
        return False
    for given in formulas - {None, b""}:
        names = _FORMULA_ATTRIBUTE.findall(given or b"")
        if len(dict(names)) < len(names):
            return False
    try:
        expat.ParserCreate("utf-8").Parse(b"<rows>" + rows + b"</rows>", True)  # noqa: FBT003 - the only call there is
    except expat.ExpatError:
        return False
    return True


def _has_plain_entities(body: bytes) -> bool:
    """Whether every & begins one of the five names that each parser knows alike."""
    found = body.count(b"&")
    for name, _ in _ENTITIES:
        if not found:
            break
        found -= body.count(name)
    return not found


def _telling(pieces: list[bytes], dates: frozenset[bytes]) -> Iterable[_Cell]:
    """The cells that have something to tell; most have not."""
    shown, kinds, formulas = (pieces[group::_GROUPS] for group in (4, 5, 6))
    wanted = {at for at, formula in enumerate(formulas) if formula is not None}
    if not _MARKED.isdisjoint(kinds):
        wanted.update(at for at, kind in enumerate(kinds) if kind in _MARKED)
    if not dates.isdisjoint(shown):
        wanted.update(at for at, style in enumerate(shown) if style in dates)
    for at in sorted(wanted):
        column, row, style, kind, given, text, value = pieces[at * _GROUPS + 2 : at * _GROUPS + _GROUPS]
        formula = None if given is None else _formula(given, _plain(text))
        yield int(row), _COLUMNS[column], int(style or 0), (kind or b"n").decode(), formula, _plain(value)


_MARKED = frozenset((b"e", b"b", b"d"))


def _plain(text: bytes | None) -> str:
    if not text:
        return ""
    if b"&" in text:
        for name, character in _ENTITIES:
            text = text.replace(name, character)
    return text.decode()


def _formula(given: bytes, text: str) -> Formula:
    if b"shared" not in given:
        return text, ""
    found = dict(_FORMULA_ATTRIBUTE.findall(given))
    return text, found.get(b"si", b"").decode() if found.get(b"t") == b"shared" else ""


# ------------------------------------------------------------------------------------------------------- by every event

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,7}", re.ASCII)


class _Around(NamedTuple):
    """What stands round the cells."""

    merges: tuple[Range, ...]
    protected: bool


def _slow(part: bytes, key: str, dates: frozenset[int]) -> SheetFacts:
    """The facts of any sheet."""
    walk = _Walk(key)
    walk.read(part)
    return _facts(walk.cells, walk.around(), dates, len(walk.cells))


@lru_cache(maxsize=32)  # the same in all copies of a form that one program saved
def _around(rest: bytes, key: str) -> _Around:
    """What a sheet without its cells says."""
    walk = _Walk(key)
    walk.read(rest)
    return walk.around()


class _Walk:
    """The state of one pass over a sheet by expat: cells where there are any, and what stands round them."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.cells: list[_Cell] = []
        self.merges: list[Range] = []
        self.links: list[Range] = []
        self.protected = False
        self._seen: set[Place] = set()
        self._depth = self._row = self._column = 0
        self._data = 0  # 0 before, 1 inside, 2 after the cells
        self._cell: dict[str, str] = {}
        self._formula: Formula | None = None
        self._texts: list[str] = []
        self._value: str | None = None
        self._starts: Mapping[str, Callable[[dict[str, str]], None]] = {
            "c": self._start_cell,
            "row": self._start_row,
            "f": self._start_formula,
            "v": self._start_text,
            "sheetData": self._start_data,
            "sheetProtection": self._protection,
            "mergeCell": self._merge,
            "hyperlink": self._link,
        }

    def read(self, part: bytes) -> None:
        """Goes through the part; Refused where it is broken or over a limit."""
        parser = self._parser = markup.parser()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._aside
        parser.StartCdataSectionHandler = self._aside
        try:
            parser.Parse(part, True)  # noqa: FBT003 - the only call there is
        except expat.ExpatError:
            raise damaged("xml", self.key) from None
        if self._data != 2:
            raise damaged("xml", self.key)

    def around(self) -> _Around:
        """What stood round the cells; Refused where ranges cover too much."""
        _limit("merged-cells", sum(map(_area, self.merges)), MAX_RANGE_CELLS)
        _limit("linked-cells", sum(map(_area, self.links)), MAX_RANGE_CELLS)
        return _Around(tuple(self.merges), self.protected)

    def _start(self, name: str, given: dict[str, str]) -> None:
        self._depth += 1
        _limit("xml-depth", self._depth, markup.MAX_DEPTH)
        space, _, local = name.rpartition("}")
        if space in markup.MAIN and (handler := self._starts.get(local)):
            handler(given)
        if self._depth == 1 and (space not in markup.MAIN or local != "worksheet"):
            raise damaged("xml", self.key)

    def _end(self, name: str) -> None:
        self._depth -= 1
        space, _, local = name.rpartition("}")
        if self._data != 1 or space not in markup.MAIN:
            return
        if local == "sheetData":
            self._data = 2
        elif local == "c" and self._cell:
            self._end_cell()
        elif local in ("f", "v") and self._cell:
            self._end_text(local)

    def _aside(self, *_: object) -> None:
        if self._data == 1:  # readers of values silently lose what stands before or after it in a cell
            raise unsafe("comment", self.key)

    def _start_data(self, _: dict[str, str]) -> None:
        if self._data or self._depth != 2:
            raise damaged("xml", self.key)
        self._data = 1

    def _start_row(self, given: dict[str, str]) -> None:
        said = given.get("r")
        if said is not None and not _WHOLE.fullmatch(said):
            raise damaged("cell", self.key)
        self._row = int(said) if said else self._row + 1
        self._column = 0

    def _start_cell(self, given: dict[str, str]) -> None:
        if self._data != 1:
            return
        if self._cell:
            raise damaged("xml", self.key)
        said = given.get("r")
        self._column += 1
        if said is not None:
            match = _REFERENCE.fullmatch(said)
            if not match:
                raise damaged("cell", self.key)
            self._row, self._column = int(match[2]), _column(match[1])
        _limit_box(self._row, self._column)
        _limit("cells", len(self.cells) + 1, MAX_CELLS)
        if (self._row, self._column) in self._seen:
            raise unsafe("duplicate-cell", self.key)
        self._seen.add((self._row, self._column))
        self._cell = {"s": "0", "t": "n", **given}
        self._formula = self._value = None

    def _end_cell(self) -> None:
        style = self._cell["s"] if _WHOLE.fullmatch(self._cell["s"]) else "0"
        kind = self._cell["t"]
        self.cells.append((self._row, self._column, int(style), kind, self._formula, self._value or ""))
        self._cell, self._formula = {}, None

    def _start_formula(self, given: dict[str, str]) -> None:
        if self._formula is not None:
            raise damaged("xml", self.key)
        if self._cell:
            self._formula = ("", given.get("si", "") if given.get("t") == "shared" else "")
            self._start_text(given)

    def _start_text(self, _: dict[str, str]) -> None:
        if self._cell:
            self._texts = []
            self._parser.CharacterDataHandler = self._texts.append

    def _end_text(self, local: str) -> None:
        self._parser.CharacterDataHandler = None
        text = "".join(self._texts)
        if local == "f" and self._formula:
            self._formula = (text, self._formula[1])
        elif local == "v":
            if self._value is not None:
                raise damaged("xml", self.key)
            self._value = text

    def _protection(self, given: dict[str, str]) -> None:
        self.protected = given.get("sheet") in ("1", "true", "on")

    def _merge(self, given: dict[str, str]) -> None:
        self.merges.append(_range(given.get("ref", ""), self.key))
        _limit("merges", len(self.merges), MAX_RANGES)

    def _link(self, given: dict[str, str]) -> None:
        self.links.append(_range(given.get("ref", ""), self.key))
        _limit("links", len(self.links), MAX_RANGES)


# --------------------------------------------------------------------------------------------------------------- common


def _facts(cells: Iterable[_Cell], around: _Around, dates: frozenset[int], count: int) -> SheetFacts:
    formulas: dict[Place, Formula] = {}
    errors: dict[Place, str] = {}
    bools: set[Place] = set()
    shown: set[Place] = set()
    for row, column, style, kind, formula, value in cells:
        place = (row, column)
        if formula is not None:
            formulas[place] = formula
        if kind == "e":
            errors[place] = value
        elif kind == "b":
            bools.add(place)
        elif kind == "d" or (kind == "n" and value and style in dates):
            shown.add(place)
    return SheetFacts(expand(formulas), errors, frozenset(bools), frozenset(shown), *around, count)


def _limit(what: Limit, value: int, limit: int) -> None:
    if value > limit:
        raise over(what, value, limit)


def _limit_box(row: int, column: int) -> None:
    _limit("row", row, MAX_ROW)
    _limit("column", column, MAX_COLUMN)
    _limit("box", row * column, MAX_BOX)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def _range(ref: str, key: str) -> Range:
    match = _RANGE.fullmatch(ref)
    if not match:
        raise damaged("range", key)
    left, top = _column(match[1]), int(match[2])
    right, bottom = (_column(match[3]), int(match[4])) if match[3] else (left, top)
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def _area(ref: Range) -> int:
    return (ref[2] - ref[0] + 1) * (ref[3] - ref[1] + 1)
