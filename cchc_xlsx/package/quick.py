"""A sheet in the shape that programs write, taken apart at its cells; any doubt is left to slower readers.

The copies of a form are the same in most of their cells: each piece of XML from one cell to the next is read once, by a
strict expression, and remembered. Of a sheet of 900 cells that takes a tenth of what an event parser takes (measured).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple
from xml.parsers import expat

from cchc_xlsx.package import cells
from cchc_xlsx.package.formulas import Formula, Place
from cchc_xlsx.package.refusal import doubled

_TEXT = rb"[^<]*+"
_CELL = re.compile(
    rb'r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="(0|[1-9][0-9]{0,5})")?(?: t="([a-zA-Z]{1,9})")?(?: ?/>|>'
    rb'(?:<f((?: (?:t|ref|si|ca|aca|bx|xml:space)="[A-Za-z0-9:$]*")*+)(?: ?/>|>(' + _TEXT + rb")</f>))?+"
    rb"(?:<v(?: ?/>|>("
    + _TEXT
    + rb')</v>)|<is>(?:<t( xml:space="preserve")?(?: ?/>|>('
    + _TEXT
    + rb")</t>))?</is>)?+</c>)(.*+)",
    re.DOTALL,
)
_STRING = re.compile(rb'<t( xml:space="preserve")?(?: ?/>|>(' + _TEXT + rb")</t>)</si>")
_STRINGS_HEAD = re.compile(
    rb'(?:\xef\xbb\xbf)?<\?xml version="1\.0" encoding="(?:UTF|utf)-8"(?: standalone="(?:yes|no)")?\s?\?>\s*'
    rb'<sst xmlns="http://schemas\.openxmlformats\.org/spreadsheetml/2006/main"(?: count="[0-9]+")?(?: uniqueCount="[0-9]+")?>\s*'
)
_ROW = rb'<row r="[0-9]{1,7}"(?: [A-Za-z][A-Za-z0-9]*(?::[A-Za-z0-9]+)?="[^"<&]*")*+'
_ROWS = re.compile(rb"(?:" + _ROW + rb"(?: ?/>|>\s*</row>)|\s)*+")
_FORMULA_ATTRIBUTE = re.compile(rb' ([a-z:]+)="([^"]*)"')
_NUMBER = re.compile(rb"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))
_ENTITIES = (
    (b"&lt;", b"<"),
    (b"&gt;", b">"),
    (b"&quot;", b'"'),
    (b"&apos;", b"'"),
    (b"&#10;", b"\n"),  # LibreOffice's line breaks
    (b"&amp;", b"&"),
)
_MOST_CELLS = 20_000  # no form has more; cells that are all new are read faster by a parser
_KEPT = 12_000  # pieces of each kind, 5 MB with what was read of them; with more it begins anew
_LONGEST_KEPT = 4 << 10  # bytes of a piece
_USUAL_ROWS = (
    3_900  # times 512 columns is within the limit of a sheet's box; what reaches further is measured elsewhere
)


class Doubt(NamedTuple):
    """A value that readers may understand differently: which it is, the one that is trusted decides."""


DOUBT: Final = Doubt()
Literal = str | float | bool | int | Doubt | None


class Torn(NamedTuple):
    """A cell: its place, style, type, formula, and its value; of a shared string that is its number."""

    place: Place
    style: int
    kind: str
    formula: Formula | None
    value: Literal


_known: dict[bytes, Torn] = {}
_heads: dict[bytes, Torn] = {}  # of cells up to their value, which is a number or that of a shared string
_known_strings: dict[bytes, str | Doubt] = {}


def tear(part: bytes, key: str) -> tuple[list[Torn], bytes] | None:
    """The cells of a sheet in the usual shape and the XML round them; None where it is not quite usual."""
    start, end = part.find(b"<sheetData>"), part.find(b"</sheetData>")
    if start < 0 and part.count(b"sheetData") == 1 and b"<sheetData/>" in part:
        return [], part
    if start < 0 or end < start or part.find(b"sheetData", end + 12) >= 0:
        return None
    count = part.count(b"<c ", start, end)
    cells.check("cells", count, cells.MAX_CELLS)
    if count > _MOST_CELLS:
        return None
    head, *pieces = part[start + 11 : end].split(b"<c ")
    found = _torn(head, pieces)
    if found is None:
        return None
    if len({one.place for one in found}) < len(found):
        seen = Counter(one.place for one in found)
        raise doubled(cells.address(*next(place for place, count in seen.items() if count > 1)), key)
    return found, part[:start] + b"<sheetData/>" + part[end + 12 :]


def _torn(head: bytes, pieces: Sequence[bytes]) -> list[Torn] | None:
    if not pieces:
        return [] if _are_rows(head) else None
    if not _opens(head):
        return None
    known = _known.get
    found: list[Torn] = []
    for piece in pieces[:-1]:
        one = known(piece)
        if one is None:
            one = _remembered(piece)
            if one is None:
                return None
        found.append(one)
    last = _CELL.fullmatch(pieces[-1])
    if last is None or not _are_rows(b'<row r="1">' + last[10]):
        return None
    one = _read(last, pieces[-1])
    return None if one is None else [*found, one]


def _remembered(piece: bytes) -> Torn | None:
    head, opened, value = piece.partition(b"<v>")
    if (one := _heads.get(head)) and (read := _valued(one, value)):
        if one.kind == "s" and len(_known) < _KEPT:  # of numbers there are too many
            _known[piece] = read
        return read
    match = _CELL.fullmatch(piece)
    one = _read(match, piece) if match and (not match[10] or _turns(match[10])) else None
    if one and len(piece) <= _LONGEST_KEPT:
        for kept in (_known, _heads):
            if len(kept) >= _KEPT:
                kept.clear()
        _known[piece] = one
        if opened and one.kind in ("n", "s"):
            _heads[head] = one
    return one


def _valued(like: Torn, text: bytes) -> Torn | None:
    """A cell like one that was read before but for its figure: a fifth of the time of reading it whole."""
    value, _, tail = text.partition(b"</v></c>")
    if tail and not _turns(tail):
        return None
    place, style, kind, formula, _ = like
    if kind == "s":
        return Torn(place, style, kind, formula, int(value)) if value.isdigit() and len(value) < 8 else None
    return Torn(place, style, kind, formula, float(value)) if _NUMBER.fullmatch(value) else None


def _read(match: re.Match[bytes], piece: bytes) -> Torn | None:
    """What a cell says; None where a strict parser has to look at it."""
    letters, digits, style, kind, given, formula, value, preserve, inline, _ = match.groups()
    row, column = int(digits), cells.column_number(letters.decode())
    if row > _USUAL_ROWS or column > cells.MAX_COLUMN or not _is_sound(piece):
        return None
    if given and len(dict(names := _FORMULA_ATTRIBUTE.findall(given))) < len(names):
        return None
    if (written := _plain(formula or b"")) is None:
        return None
    said = kind.decode() if kind else "n"
    content = _value(said, value, inline, is_kept=bool(preserve))
    if content is None and (value or inline):
        return None
    return Torn((row, column), int(style or 0), said, None if given is None else _formula(given, written), content)


def _value(kind: str, value: bytes | None, inline: bytes | None, *, is_kept: bool) -> Literal:
    """The value of a cell by its type; None for none, or for one that is no sound XML."""
    if (inline is not None) != (kind == "inlineStr") or (kind == "inlineStr" and value is not None):
        return DOUBT
    if inline is not None:
        return _text(inline, is_kept=is_kept)
    if not value:
        return DOUBT if kind in ("s", "b", "e") else None
    text = _plain(value) if kind == "e" else _text(value, is_kept=False)
    if not isinstance(text, str) or kind in ("str", "e"):
        return text
    if kind == "s":
        return int(value) if value.isdigit() and len(value) < 8 else DOUBT
    if kind == "b":
        return text == "1" if text in ("0", "1") else DOUBT
    return float(value) if kind == "n" and _NUMBER.fullmatch(value) else DOUBT


def _text(raw: bytes, *, is_kept: bool) -> str | Doubt | None:
    """A text; None where its entities are odd. Readers differ in white space at its ends, in line ends and in _x000D_."""
    text = _plain(raw)
    if text is None:
        return None
    if "\r" in text or ("_x" in text and _ESCAPED.search(text)) or (not is_kept and text != text.strip()):
        return DOUBT
    return text


def strings(part: bytes) -> list[str | Doubt] | None:
    """The shared strings, in order; None where the part is not quite usual."""
    if not part:
        return []
    head, *pieces = part.split(b"<si>")
    if not _STRINGS_HEAD.fullmatch(head) or not pieces:
        return None
    last, closing, rest = pieces[-1].rpartition(b"</sst>")
    if not closing or rest.strip():
        return None
    pieces[-1] = last
    found: list[str | Doubt] = []
    for piece in pieces:
        one = _known_strings.get(piece)
        if one is None:
            match = _STRING.fullmatch(piece.rstrip() if piece is last else piece)
            one = _text(match[2] or b"", is_kept=bool(match[1])) if match and _is_sound(piece) else DOUBT
            if one is None:
                return None
            if len(_known_strings) >= _KEPT:
                _known_strings.clear()
            if len(piece) <= _LONGEST_KEPT:
                _known_strings[piece] = one
        found.append(one)
    return found


@lru_cache(maxsize=4096)  # the same rows in all copies of a form
def _turns(tail: bytes) -> bool:
    """Whether what stands between two cells is white space, or ends a row and begins another."""
    return not tail.strip(b" \t\n") or _are_rows(b'<row r="1">' + tail + b"</row>")


@lru_cache(maxsize=64)
def _opens(head: bytes) -> bool:
    """Whether what stands before the first cell begins a row."""
    return _are_rows(head + b"</row>")


def _are_rows(rows: bytes) -> bool:
    """Whether this is rows without cells, as well-formed XML."""
    if not _ROWS.fullmatch(rows) or b" xmlns" in rows:
        return False
    try:
        expat.ParserCreate("utf-8").Parse(b"<rows>" + rows + b"</rows>", True)  # noqa: FBT003 - the only call there is
    except expat.ExpatError:
        return False
    return True


def _is_sound(piece: bytes) -> bool:
    """Whether there is no character and no sign in the texts that XML forbids; single bytes first, they cost nothing."""
    if b"]" in piece and b"]]>" in piece:
        return False
    if b"\xef" in piece and b"\xef\xbf" in piece:  # where the characters are that are none
        return False
    return piece.translate(None, _CONTROLS) == piece


def _plain(text: bytes) -> str | None:
    """A text with its entities undone; None where some are not of the five that each parser knows alike."""
    if b"&" in text:
        if text.count(b"&") != sum(text.count(name) for name, _ in _ENTITIES):
            return None
        for name, character in _ENTITIES:
            text = text.replace(name, character)
    return text.decode()


def _formula(given: bytes, text: str) -> Formula:
    if b"shared" not in given:
        return text, ""
    found = dict(_FORMULA_ATTRIBUTE.findall(given))
    return text, found.get(b"si", b"").decode() if found.get(b"t") == b"shared" else ""
