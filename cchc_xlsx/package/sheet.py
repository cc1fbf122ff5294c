"""What the raw XML of a sheet says that readers of values hide: formulas, errors, dates, merges, protection, and its limits.

Sheets as programs write them are taken apart by one regular expression (a fifth of the time of an event parser, measured);
any other, and any doubt, goes through expat, which decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from cchc_xlsx.package import quick, styles, zips
from cchc_xlsx.package.book import Package, SheetPart
from cchc_xlsx.package.cells import Around, Cell, Range
from cchc_xlsx.package.formulas import Formula, Place, expand
from cchc_xlsx.package.refusal import Refusal, Refused, over
from cchc_xlsx.package.walk import Walk

_KEPT = 64 << 10  # bytes round the cells; more are read each time


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


def _fast(part: bytes, key: str, dates: frozenset[int]) -> SheetFacts | None:
    """The facts of a sheet in the usual shape, None for any other."""
    torn = quick.tear(part, key, dates)
    if torn is None:
        return None
    around = (_around if len(torn.rest) <= _KEPT else _around.__wrapped__)(torn.rest, key)
    return _facts(torn.telling, around, dates, torn.total)


def _slow(part: bytes, key: str, dates: frozenset[int]) -> SheetFacts:
    """The facts of any sheet."""
    walk = Walk(key)
    walk.read(part)
    return _facts(walk.cells, walk.around(), dates, len(walk.cells))


@lru_cache(maxsize=32)  # the same in all copies of a form that one program saved
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
