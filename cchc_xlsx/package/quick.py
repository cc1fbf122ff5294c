"""A sheet in the shape that programs write, taken apart at its cells; any doubt is left to slower readers.

The copies of a form are the same in most of their cells, and in many of their rows: each piece of XML from one cell to the
next is read once, by a strict expression, and remembered; so is each row that was seen twice, or but for the numbers of its
shared strings. Of a sheet of 900 cells that takes a tenth of what an event parser takes, and half of that where most rows are
known (measured).
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import Final, NamedTuple
from xml.parsers import expat

from cchc_xlsx.package import cells, markup
from cchc_xlsx.package.formulas import Formula, Place

_TEXT = rb"[^<]*+"
_CELL = re.compile(
    rb'r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="(0|[1-9][0-9]{0,5})")?(?: t="([a-zA-Z]{1,9})")?(?: ?/>|>'
    rb'(?:<f((?: (?:t|ref|si|ca|aca|bx|xml:space)="[A-Za-z0-9:$]*")*+)(?: ?/>|>(' + _TEXT + rb")</f>))?+"
    rb"(?:<v(?: ?/>|>("
    + _TEXT
    + rb')</v>)|<is>(?:<t( xml:space="preserve")?(?: ?/>|>('
    + _TEXT
    + rb")</t>))?</is>)?+</c>)[ \t\r\n]*+"
)
_STRING = re.compile(rb'<t( xml:space="preserve")?(?: ?/>|>(' + _TEXT + rb")</t>)</si>")
_STRINGS_HEAD = re.compile(
    rb'(?:\xef\xbb\xbf)?<\?xml version="1\.0" encoding="(?:UTF|utf)-8"(?: standalone="(?:yes|no)")?\s?\?>\s*'
    rb'<sst xmlns="http://schemas\.openxmlformats\.org/spreadsheetml/2006/main"(?: count="[0-9]+")?(?: uniqueCount="[0-9]+")?>\s*'
)
_ROW = rb'<row r="[0-9]{1,7}"(?: [A-Za-z][A-Za-z0-9]*(?::[A-Za-z0-9]+)?="[^"<&\x80-\xff]*")*+'
_ROWS = re.compile(rb"(?:" + _ROW + rb"(?: ?/>|>\s*</row>)|\s)*+")
_STRING_NUMBER = re.compile(rb't="s"><v>([0-9]{1,7})(?=</v></c>)')
_FORMULA_ATTRIBUTE = re.compile(rb' ([a-z:]+)="([^"]*)"')
_NUMBER = re.compile(rb"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")
_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_")
_SPACE = b" \t\r\n"
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
_MOST_ROWS = 20_000
_ROWS_KEPT = 2_048  # of each kind, 8 MB with what was read of them
_LONGEST_ROW_KEPT = 16 << 10
_ROWS_SEEN = 50_000
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


class Row(NamedTuple):
    """A row by its number and how many cells it has; those that hold anything, by what that is.

    `texts` are cells with a shared string, by its number; `plain` hold their text themselves; `others` are numbers, errors,
    logical values and doubts. A formula that is not shared stands in `formulas`, its value, if it has one, in one of these.
    """

    number: int
    cells: int
    texts: tuple[tuple[Place, int], ...]
    plain: tuple[tuple[Place, str], ...]
    others: tuple[Torn, ...]
    formulas: tuple[tuple[Place, str], ...]
    shared: tuple[tuple[Place, Formula], ...]


_NO_CELLS = Row(0, 0, (), (), (), (), ())


class Strings(NamedTuple):
    """The shared strings of a workbook, in order, and whether none of them is empty or in doubt."""

    texts: list[str | Doubt]
    are_plain: bool


_rows: dict[bytes, Row] = {}
_shapes: dict[bytes, tuple[Row, tuple[Place, ...]]] = {}  # rows without the numbers of their shared strings
_rows_seen: set[int] = set()  # hashes: most rows with figures of their own never come again
_known: dict[bytes, Torn] = {}
_heads: dict[bytes, Torn] = {}  # of cells up to their value, which is a number or that of a shared string
_known_strings: dict[bytes, str | Doubt] = {}


def tear(part: bytes) -> tuple[list[Row], bytes] | None:
    """The rows of a sheet in the usual shape and the XML round them; None where it is not quite usual."""
    start, end = part.find(b"<sheetData>"), part.find(b"</sheetData>")
    if start < 0 and part.count(b"sheetData") == 1 and b"<sheetData/>" in part:
        return [], part
    if start < 0 or end < start or part.find(b"sheetData", end + 12) >= 0:
        return None
    found = _rows_of(part[start + 11 : end])
    if found is None:
        cells.check("cells", part.count(b"<c ", start, end), cells.MAX_CELLS)
        return None
    return found, part[:start] + b"<sheetData/>" + part[end + 12 :]


def _rows_of(data: bytes) -> list[Row] | None:
    """The rows that have cells; None where they are too many, or not quite usual."""
    before, *pieces = data.split(b"<row ", _MOST_ROWS + 1)
    if before.strip(_SPACE) or len(pieces) > _MOST_ROWS:
        return None
    found: list[Row] = []
    count = 0
    for piece in pieces:
        row = _rows.get(piece) or _remembered_row(piece)
        if row is None:
            return None
        if row.cells:
            found.append(row)
            count += row.cells
        if count > _MOST_CELLS:
            return None
    return found if len({row.number for row in found}) == len(found) else None


def _remembered_row(piece: bytes) -> Row | None:
    row = _like_another(piece)
    if row and hash(piece) in _rows_seen and len(piece) <= _LONGEST_ROW_KEPT:
        if len(_rows) >= _ROWS_KEPT:
            _rows.clear()
        _rows[piece] = row
    if len(_rows_seen) >= _ROWS_SEEN:
        _rows_seen.clear()
    _rows_seen.add(hash(piece))
    return row


def _like_another(piece: bytes) -> Row | None:
    """A row, in a third of the time where one was read that differs in nothing but the numbers of its shared strings.

    So do most rows that are new: a text typed at the top of a form moves the numbers of all that follow.
    """
    parts = _STRING_NUMBER.split(piece)
    numbers = parts[1::2]
    if not numbers or len(piece) > _LONGEST_ROW_KEPT:
        return _row(piece)
    shape = b"\0".join(parts[::2])  # which no part has in it: an empty value is not taken for a number that was cut out
    known = _shapes.get(shape)
    if known:
        row, places = known
        return row._replace(texts=tuple(zip(places, map(int, numbers), strict=True)))
    made = _row(piece)
    if made and len(made.texts) == len(numbers):
        if len(_shapes) >= _ROWS_KEPT:
            _shapes.clear()
        _shapes[shape] = made, tuple(place for place, _ in made.texts)
    return made


def _row(piece: bytes) -> Row | None:
    """A row as it stands behind "<row "; None where it is not quite usual, as where its cells are not its own or not in order."""
    inside, closing, after = piece.rpartition(b"</row>")
    head, *pieces = inside.split(b"<c ")
    if not pieces:
        return _NO_CELLS if _are_rows(b"<row " + piece) else None
    number = _number(head)
    if not closing or after.strip(_SPACE) or not number:
        return None
    texts: list[tuple[Place, int]] = []
    plain: list[tuple[Place, str]] = []
    others: list[Torn] = []
    formulas: list[tuple[Place, str]] = []
    shared: list[tuple[Place, Formula]] = []
    known, last = _known.get, 0
    for one in pieces:
        torn = known(one) or _remembered(one)
        if torn is None:
            return None
        place, _, kind, formula, value = torn
        if place[0] != number or place[1] <= last:
            return None
        last = place[1]
        if formula is not None and formula[1]:
            shared.append((place, formula))
        elif formula is not None:
            formulas.append((place, formula[0]))
        if value is None or value == "":
            continue
        if kind == "s" and type(value) is int:
            texts.append((place, value))
        elif kind != "e" and type(value) is str:
            plain.append((place, value))
        else:
            others.append(torn)
    return Row(number, len(pieces), tuple(texts), tuple(plain), tuple(others), tuple(formulas), tuple(shared))


def _remembered(piece: bytes) -> Torn | None:
    head, opened, value = piece.partition(b"<v>")
    if (one := _heads.get(head)) and (read := _valued(one, value)):
        if one.kind == "s" and len(_known) < _KEPT:  # of numbers there are too many
            _known[piece] = read
        return read
    match = _CELL.fullmatch(piece)
    one = _read(match, piece) if match else None
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
    if tail.strip(_SPACE):
        return None
    place, style, kind, formula, _ = like
    if kind == "s":
        return Torn(place, style, kind, formula, int(value)) if value.isdigit() and len(value) < 8 else None
    return Torn(place, style, kind, formula, float(value)) if _NUMBER.fullmatch(value) else None


def _read(match: re.Match[bytes], piece: bytes) -> Torn | None:
    """What a cell says; None where a strict parser has to look at it."""
    letters, digits, style, kind, given, formula, value, preserve, inline = match.groups()
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


def strings(part: bytes) -> Strings | None:
    """The shared strings; None where the part is not quite usual."""
    if not part:
        return Strings([], are_plain=True)
    head, *pieces = part.split(b"<si>")
    if not _STRINGS_HEAD.fullmatch(head) or not pieces:
        return None
    last, closing, rest = pieces[-1].rpartition(b"</sst>")
    if not closing or rest.strip():
        return None
    pieces[-1] = last.rstrip(_SPACE)
    found = list(map(_known_strings.get, pieces))
    if all(found):  # what is in doubt is as false as an empty text
        return Strings(found, are_plain=True)  # type: ignore[arg-type]  # no None
    for number, one in enumerate(found):
        if one is None:
            read = found[number] = _remembered_string(pieces[number])
            if read is None:
                return None
    return Strings(found, are_plain=all(found))  # type: ignore[arg-type]  # no None is left


def _remembered_string(piece: bytes) -> str | Doubt | None:
    if not markup.is_utf8(piece):
        return None
    match = _STRING.fullmatch(piece)
    one = _text(match[2] or b"", is_kept=bool(match[1])) if match and _is_sound(piece) else DOUBT
    if isinstance(one, str):
        one = sys.intern(one)  # it is held against what the form says: the same object is the same text at first sight
    if one is not None and len(piece) <= _LONGEST_KEPT:
        if len(_known_strings) >= _KEPT:
            _known_strings.clear()
        _known_strings[piece] = one
    return one


@lru_cache(maxsize=4096)  # the same rows in all copies of a form
def _number(head: bytes) -> int:
    """The number of a row by what stands before its first cell; 0 where that is no beginning of one."""
    return int(head[3 : head.index(b'"', 3)]) if _are_rows(b"<row " + head + b"</row>") else 0


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
    """Whether it is UTF-8, without a character or a sign in its texts that XML forbids; single bytes first, they cost nothing."""
    if b"]" in piece and b"]]>" in piece:
        return False
    if b"\xef" in piece and b"\xef\xbf" in piece:  # where the characters are that are none
        return False
    return piece.translate(None, _CONTROLS) == piece and markup.is_utf8(piece)


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
        return sys.intern(text), ""
    found = dict(_FORMULA_ATTRIBUTE.findall(given))
    return text, found.get(b"si", b"").decode() if found.get(b"t") == b"shared" else ""
