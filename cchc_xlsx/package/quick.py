"""A sheet in the shape that programs write, taken apart by one regular expression; any doubt is left to the event parser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from cchc_xlsx.package import cells
from cchc_xlsx.package.cells import Cell
from cchc_xlsx.package.formulas import Formula
from cchc_xlsx.package.refusal import unsafe

_TEXT = rb"[^<]*+"
_CELL = re.compile(
    rb'<c r="(([A-Z]{1,3})([1-9][0-9]{0,6}))"(?: s="(0|[1-9][0-9]{0,5})")?(?: t="([a-zA-Z]{1,9})")?(?: ?/>|>'
    rb'(?:<f((?: (?:t|ref|si|ca|aca|bx|xml:space)="[A-Za-z0-9:$]*")*+)(?: ?/>|>(' + _TEXT + rb")</f>))?+"
    rb"(?:<v(?: ?/>|>("
    + _TEXT
    + rb')</v>)|<is>(?:<t(?: xml:space="preserve")?(?: ?/>|>'
    + _TEXT
    + rb"</t>))?</is>)?+</c>)"
)
_GROUPS = _CELL.groups + 1
_REFERENCE, _LETTERS, _DIGITS, _STYLE, _KIND, _FORMULA = range(1, 7)
_ROWS = re.compile(
    rb'(?:<row r="[0-9]{1,7}"(?: [A-Za-z][A-Za-z0-9]*(?::[A-Za-z0-9]+)?="[^"<&]*")*+(?: ?/>|>\s*</row>)|\s)*+'
)
_FORMULA_ATTRIBUTE = re.compile(rb' ([a-z:]+)="([^"]*)"')
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
_ENTITIES = ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&quot;", b'"'), (b"&apos;", b"'"), (b"&amp;", b"&"))
_MARKED = frozenset((b"e", b"b", b"d"))
_COUNTED_FROM = 2 << 20  # bytes; in less there is no room for too many cells
_KEPT = 2 << 10  # bytes; longer texts are read each time
_COLUMNS = {
    (chr(64 + high) if high else "").encode() + chr(65 + low).encode(): 26 * high + low + 1
    for high in range(27)
    for low in range(26)
}


class Torn(NamedTuple):
    """A sheet taken apart: the cells that have something to tell, their number in all, and the XML round them."""

    telling: list[Cell]
    total: int
    rest: bytes


def tear(part: bytes, key: str, dates: frozenset[int]) -> Torn | None:
    """A sheet in the usual shape, its cells of the styles `dates` among the telling; None where it is not quite usual."""
    start, end = part.find(b"<sheetData>"), part.find(b"</sheetData>")
    if start < 0 or end < start or part.find(b"sheetData", end + 12) >= 0:
        return None
    body = part[start + 11 : end]
    if len(body) > _COUNTED_FROM:  # the pieces of millions of cells would fill the memory
        cells.check("cells", body.count(b"<c "), cells.MAX_CELLS)
    pieces = _CELL.split(body)
    if not _are_rows(b"".join(pieces[0::_GROUPS])) or not _is_sound(body):
        return None
    telling, entities = _telling(pieces, frozenset(str(index).encode() for index in dates))
    if body.count(b"&") != entities and not _has_plain_entities(body):
        return None
    if not _are_usual(set(pieces[_FORMULA::_GROUPS])):
        return None
    references = pieces[_REFERENCE::_GROUPS]
    if len(set(references)) < len(references):
        raise unsafe("duplicate-cell", key)
    columns = [_COLUMNS.get(column, cells.MAX_COLUMN + 1) for column in set(pieces[_LETTERS::_GROUPS])]
    cells.check_box(max(map(int, set(pieces[_DIGITS::_GROUPS])), default=1), max(columns, default=1))
    return Torn(telling, len(references), part[:start] + b"<sheetData/>" + part[end + 12 :])


def _are_rows(rows: bytes) -> bool:
    """Whether what is left without the cells is rows, as well-formed XML."""
    if not _ROWS.fullmatch(rows) or b" xmlns" in rows:
        return False
    try:
        expat.ParserCreate("utf-8").Parse(b"<rows>" + rows + b"</rows>", True)  # noqa: FBT003 - the only call there is
    except expat.ExpatError:
        return False
    return True


def _is_sound(body: bytes) -> bool:
    """Whether there is no character and no sign in the texts that XML forbids; single bytes first, they cost nothing."""
    if b"]" in body and b"]]>" in body:
        return False
    if b"\xef" in body and b"\xef\xbf" in body:  # where the characters are that are none
        return False
    return body.translate(None, _CONTROLS) == body


def _are_usual(formulas: set[bytes | None]) -> bool:
    """Whether no attribute of a formula stands twice."""
    for given in formulas - {None, b""}:
        names = _FORMULA_ATTRIBUTE.findall(given or b"")
        if len(dict(names)) < len(names):
            return False
    return True


def _has_plain_entities(text: bytes) -> bool:
    """Whether every & begins one of the five names that each parser knows alike."""
    return text.count(b"&") == sum(text.count(name) for name, _ in _ENTITIES)


def _telling(pieces: Sequence[bytes | None], dates: frozenset[bytes]) -> tuple[list[Cell], int]:
    """The cells that have something to tell, most have not; and the entities in them, -1 for each text with odd ones."""
    shown, kinds, formulas = (pieces[group::_GROUPS] for group in (_STYLE, _KIND, _FORMULA))
    wanted = {at for at, formula in enumerate(formulas) if formula is not None}
    if not _MARKED.isdisjoint(kinds):
        wanted.update(at for at, kind in enumerate(kinds) if kind in _MARKED)
    if not dates.isdisjoint(shown):
        wanted.update(at for at, style in enumerate(shown) if style in dates)
    telling: list[Cell] = []
    entities = 0
    for at in sorted(wanted):
        first = at * _GROUPS + _LETTERS
        column, row, style, kind, given, text, value = pieces[first : first + 7]
        written, found = _read(text) if text else ("", 0)
        said, more = _read(value) if value else ("", 0)
        entities += found + more
        formula = None if given is None else _formula(given, written)
        place = int(row or b""), _COLUMNS.get(column or b"", cells.MAX_COLUMN + 1)
        telling.append((*place, int(style or 0), (kind or b"n").decode(), formula, said))
    return telling, entities


def _read(text: bytes) -> tuple[str, int]:
    return _kept(text) if len(text) <= _KEPT else _plain(text)


def _plain(text: bytes) -> tuple[str, int]:
    """A text with its entities undone, and their number; -1 where some are odd, so that the sum cannot be right."""
    found = text.count(b"&")
    if not found:
        return text.decode(), 0
    if not _has_plain_entities(text):
        return "", -1
    for name, character in _ENTITIES:
        text = text.replace(name, character)
    return text.decode(), found


_kept = lru_cache(maxsize=2048)(_plain)  # the same formulas in all copies of a form


def _formula(given: bytes, text: str) -> Formula:
    if b"shared" not in given:
        return text, ""
    found = dict(_FORMULA_ATTRIBUTE.findall(given))
    return text, found.get(b"si", b"").decode() if found.get(b"t") == b"shared" else ""
