"""What the raw XML of a sheet says: formulas, errors, dates, merges, protection, its limits, and where it is sure the values.

Sheets as programs write them are taken apart at their cells; any other, and any doubt, goes through expat, which decides.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from cchc_xlsx.package import markup, quick, styles, zips
from cchc_xlsx.package.book import Package, SheetPart
from cchc_xlsx.package.cells import Around, Cell, Range
from cchc_xlsx.package.formulas import Formula, Place, expand
from cchc_xlsx.package.quick import DOUBT, Doubt, Row, Strings
from cchc_xlsx.package.refusal import Refusal, Refused, over
from cchc_xlsx.package.styles import Dates
from cchc_xlsx.package.walk import Walk

_KEPT = 64 << 10  # bytes round the cells; more are read each time
_STRINGS = 1 << 20  # bytes of shared strings; more are left to others
_FIRST_DAY, _LAST_DAY = 61, 2_958_465  # 1 March 1900, since when all programs agree, to 31 December 9999
_EPOCH = dt.date(1899, 12, 30)

Value = str | float | bool | dt.date


class SheetFacts(Struct, frozen=True):
    """Facts by (row, column), both from 1.

    `formulas` stand without "=", shared ones expanded; `errors` are values such as "#DIV/0!"; `dates` are number cells shown
    as a date or time; `merges` are (first row, first column, last row, last column); `cells` counts cell elements. `values`
    are all values but errors, None where there is one that readers might understand differently.
    """

    formulas: Mapping[Place, str]
    errors: Mapping[Place, str]
    bools: frozenset[Place]
    dates: frozenset[Place]
    merges: frozenset[Range]
    protected: bool
    cells: int = 0
    values: Mapping[Place, Value] | None = None


def scan(package: Package, sheet: SheetPart) -> SheetFacts | Refusal:
    """The facts of a sheet, or why it is not read. Never raises."""
    if not sheet.is_worksheet:
        return SheetFacts({}, {}, frozenset(), frozenset(), frozenset(), protected=False)
    part = package.parts.get(sheet.part, b"")
    dates = styles.date_styles(package.parts.get(package.styles, b""))
    try:
        strings = _strings(package.parts.get(package.strings, b""), package.strings)
        return _fast(part, sheet.part, None if package.date_1904 else strings, dates) or _slow(
            part, sheet.part, dates.all
        )
    except Refused as refused:
        return refused.refusal
    except MemoryError:
        return over("memory", len(part), zips.MAX_PART).refusal


def _fast(part: bytes, key: str, strings: Strings | None, dates: Dates) -> SheetFacts | None:
    """The facts of a sheet in the usual shape, None for any other."""
    torn = quick.tear(part)
    if torn is None:
        return None
    rows, rest = torn
    around = (_around if len(rest) <= _KEPT else _around.__wrapped__)(rest, key)
    return _told(rows, around, strings, dates)


@lru_cache(maxsize=1)  # for each sheet of a workbook
def _strings(part: bytes, key: str) -> Strings | None:
    """The shared strings, proven to be UTF-8; None where they are not quite usual."""
    found = quick.strings(part) if len(part) <= _STRINGS else None
    if found is None:
        markup.prove(part, key)
    return found


def _told(rows: Sequence[Row], around: Around, strings: Strings | None, dates: Dates) -> SheetFacts:
    """The facts, and all values but errors as every reader gives them: none where one is in doubt."""
    values, is_sure = _texts(rows, strings)
    errors: dict[Place, str] = {}
    bools: set[Place] = set()
    shown: set[Place] = set()
    for row in rows:
        if row.plain:
            values.update(row.plain)
        for place, style, kind, _, value in row.others:
            said: Value | Doubt | None = value
            if kind == "e":
                errors[place] = str(value)
                continue
            if kind == "b":
                bools.add(place)
            elif kind == "d":
                shown.add(place)
            elif kind == "n" and style in dates.all:
                shown.add(place)
                said = _day(value) if style in dates.days else DOUBT
            if said is None or isinstance(said, Doubt):
                is_sure = False
            else:
                values[place] = said
    formulas = {place: text for row in rows if row.formulas for place, text in row.formulas}
    if shared := {place: formula for row in rows if row.shared for place, formula in row.shared}:
        formulas |= expand(shared)
    count = sum([row.cells for row in rows])
    marks = frozenset(bools), frozenset(shown)
    return SheetFacts(formulas, errors, *marks, *around, count, values if is_sure else None)


def _texts(rows: Sequence[Row], strings: Strings | None) -> tuple[dict[Place, Value], bool]:
    """The texts of cells with a shared string, but empty ones, and whether none of them is in doubt."""
    if strings and strings.are_plain:
        texts = strings.texts
        with contextlib.suppress(IndexError):  # a number that no string has
            return {place: texts[number] for row in rows for place, number in row.texts}, True  # type: ignore[misc]  # no doubt
    values: dict[Place, Value] = {}
    is_sure = strings is not None
    for place, number in itertools.chain.from_iterable(row.texts for row in rows):
        said = strings.texts[number] if strings and number < len(strings.texts) else DOUBT
        if isinstance(said, Doubt):
            is_sure = False
        elif said:
            values[place] = said
    return values, is_sure


def _day(value: object) -> dt.date | Doubt:
    """The day that a number stands for; with a time of day, or where programs count differently, it is in doubt."""
    if isinstance(value, float) and value.is_integer() and _FIRST_DAY <= value <= _LAST_DAY:
        return _EPOCH + dt.timedelta(days=int(value))
    return DOUBT


def _slow(part: bytes, key: str, dates: frozenset[int]) -> SheetFacts:
    """The facts of any sheet."""
    markup.prove(part, key)
    walk = Walk(key)
    walk.read(part)
    return _facts(walk.cells, walk.around(), dates, len(walk.cells))


@lru_cache(maxsize=128)  # 2 MB; the same in all copies of a form that one program saved
def _around(rest: bytes, key: str) -> Around:
    """What a sheet without its cells says."""
    markup.prove(rest, key)
    walk = Walk(key)
    walk.read(rest)
    return walk.around()


def _facts(cells: Iterable[Cell], around: Around, dates: frozenset[int], count: int) -> SheetFacts:
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
