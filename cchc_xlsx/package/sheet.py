"""What the raw XML of a sheet says: formulas, errors, dates, merges, protection, its limits, and where it is sure the values.

Sheets as programs write them are taken apart at their cells; any other, and any doubt, goes through expat, which decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cchc_xlsx.package import quick, styles, zips
from cchc_xlsx.package.book import Package, SheetPart
from cchc_xlsx.package.cells import Around, Cell, Range
from cchc_xlsx.package.formulas import Formula, Place, expand
from cchc_xlsx.package.quick import DOUBT, Doubt, Torn
from cchc_xlsx.package.refusal import Refusal, Refused, over
from cchc_xlsx.package.styles import Dates
from cchc_xlsx.package.walk import Walk

_KEPT = 64 << 10  # bytes round the cells; more are read each time
_STRINGS = 1 << 20  # bytes of shared strings; more are left to others
_FIRST_DAY, _LAST_DAY = 61, 2_958_465  # 1 March 1900, since when all programs agree, to 31 December 9999
_EPOCH = dt.date(1899, 12, 30)

Value = str | float | bool | dt.date


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """Facts by (row, column), both from 1.

    `formulas` stand without "=", shared ones expanded; `errors` are values such as "#DIV/0!"; `dates` are number cells shown
    as a date or time; `merges` are (first row, first column, last row, last column); `cells` counts cell elements. `values`
    are all values but errors, None where there is one that readers might understand differently.
    """

    formulas: Mapping[Place, str]
    errors: Mapping[Place, str]
    bools: frozenset[Place]
    dates: frozenset[Place]
    merges: tuple[Range, ...]
    protected: bool
    cells: int = 0
    values: Mapping[Place, Value] | None = None


def scan(package: Package, sheet: SheetPart) -> SheetFacts | Refusal:
    """The facts of a sheet, or why it is not read. Never raises."""
    if not sheet.is_worksheet:
        return SheetFacts({}, {}, frozenset(), frozenset(), (), protected=False)
    part = package.parts.get(sheet.part, b"")
    dates = styles.date_styles(package.parts.get(package.styles, b""))
    try:
        return _fast(package, part, sheet.part, dates) or _slow(part, sheet.part, dates.all)
    except Refused as refused:
        return refused.refusal
    except MemoryError:
        return over("memory", len(part), zips.MAX_PART).refusal


def _fast(package: Package, part: bytes, key: str, dates: Dates) -> SheetFacts | None:
    """The facts of a sheet in the usual shape, None for any other."""
    torn = quick.tear(part, key)
    if torn is None:
        return None
    cells, rest = torn
    around = (_around if len(rest) <= _KEPT else _around.__wrapped__)(rest, key)
    strings = package.parts.get(package.strings, b"")
    table = _strings(strings) if len(strings) <= _STRINGS else None
    said = [one for one in cells if one[4] is not None or one[3] is not None]  # most cells of a form are blank
    found = _facts(_telling(said, dates.all), around, dates.all, len(cells))
    values = None if table is None or package.date_1904 else _values(said, table, dates)
    return replace(found, values=values)


def _telling(cells: Iterable[Torn], dates: frozenset[int]) -> Iterator[Cell]:
    """The cells about which there is more to tell than their value, most have not."""
    for place, style, kind, formula, value in cells:
        if formula is not None or kind in _MARKED or (style in dates and value is not None):
            yield *place, style, kind, formula, "" if value is None else str(value)


_MARKED = frozenset(("e", "b", "d"))
_strings = lru_cache(maxsize=1)(quick.strings)  # for each sheet of a workbook


def _values(cells: Sequence[Torn], strings: Sequence[str | Doubt], dates: Dates) -> Mapping[Place, Value] | None:
    """All values but errors as every reader gives them, None where one is in doubt."""
    found: dict[Place, Value] = {}
    shown, count = dates.all, len(strings)
    for place, style, kind, _, value in cells:
        said: Value | Doubt | None = value
        if kind == "s":
            said = strings[value] if type(value) is int and value < count else DOUBT
        elif kind == "n" and style in shown and value is not None:
            said = _day(value) if style in dates.days else DOUBT
        if said is DOUBT:
            return None
        if said and kind != "e":
            found[place] = said
        elif said == 0:
            found[place] = said  # nought and FALSE are values, an empty text is none
    return found


def _day(value: object) -> dt.date | Doubt:
    """The day that a number stands for; with a time of day, or where programs count differently, it is in doubt."""
    if isinstance(value, float) and value.is_integer() and _FIRST_DAY <= value <= _LAST_DAY:
        return _EPOCH + dt.timedelta(days=int(value))
    return DOUBT


def _slow(part: bytes, key: str, dates: frozenset[int]) -> SheetFacts:
    """The facts of any sheet."""
    walk = Walk(key)
    walk.read(part)
    return _facts(walk.cells, walk.around(), dates, len(walk.cells))


@lru_cache(maxsize=128)  # 2 MB; the same in all copies of a form that one program saved
def _around(rest: bytes, key: str) -> Around:
    """What a sheet without its cells says."""
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
