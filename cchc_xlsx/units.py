"""The catalogue of units: every spelling seen in the annexes, and which units a printed cell means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from cchc_xlsx import resources, values
from cchc_xlsx.lang import Text

if TYPE_CHECKING:
    from cchc_xlsx import spec

Era = Literal["pre", "post"]  # before and after 1 July 2025

COMMUNE = "XA"  # the code of a workbook that no single unit fills in

_SEPARATORS = re.compile(r"[,;\n]|\s+và\s+")
_WRAPPED = re.compile(r"(?:UBND xã)?\s*\(([^()]+)\)")


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation that a form may name; `office` units report, the others fall to the coordinator."""

    code: str
    name: str
    era: Literal["pre", "post", "both"]
    scope: Literal["xa", "group", "up"]
    office: bool = False
    all_sections: bool = False  # a collective phrase: every section of the form
    variants: tuple[str, ...] = ()
    successor: tuple[str, ...] = ()
    ward_name: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All units of one era, found by code or by any spelling."""

    units: Mapping[str, Unit]
    spellings: Mapping[str, Unit]

    def named(self, text: str) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
        """The units that a responsibility cell names, and the names in it that nobody knows.

        The longest run of words between separators (comma, semicolon, line break, "và") that is a known spelling wins,
        so that "Phòng Kinh tế, Hạ tầng và Đô thị" stays one unit; "UBND xã (…)" means what stands in the brackets.
        """
        cuts = [(0, 0), *(match.span() for match in _SEPARATORS.finditer(text)), (len(text), len(text))]
        units: dict[str, Unit] = {}
        unknown: list[str] = []
        first = 0
        while first < len(cuts) - 1:
            last, found = self._longest(text, cuts, first)
            units |= {unit.code: unit for unit in found}
            piece = text[cuts[first][1] : cuts[last][0]].strip()
            if not found and piece:
                unknown.append(piece)
            first = last
        return tuple(units.values()), tuple(unknown)

    def _longest(self, text: str, cuts: list[tuple[int, int]], first: int) -> tuple[int, tuple[Unit, ...]]:
        for last in range(len(cuts) - 1, first, -1):
            piece = text[cuts[first][1] : cuts[last][0]].strip()
            known = self.spellings.get(values.fold(piece))
            if known:
                return last, (known,)
            wrapped = _WRAPPED.fullmatch(piece)
            if wrapped:
                units, unknown = self.named(wrapped[1])
                if not unknown:
                    return last, units
        return first + 1, ()


@cache
def catalogue(era: Era) -> Catalogue:
    """The shipped catalogue as it reads in `era`: one spelling may mean another unit after 1 July 2025."""
    from cchc_xlsx import spec  # noqa: PLC0415 - as in `form.load`

    shipped = spec.read(resources.templates() / "units" / "units.yaml", Book, _check).units
    units = {unit.code: unit for unit in shipped if unit.era in (era, "both")}
    spellings: dict[str, Unit] = {}
    for unit in units.values():
        for spelling in (unit.name, *unit.variants):
            spellings.setdefault(values.fold(spelling), unit)
    return Catalogue(units, spellings)


Names = tuple[tuple[str, str], ...]  # code and name
Spellings = tuple[tuple[str, tuple[str, ...]], ...]  # code and other names


@lru_cache(maxsize=64)  # of one office at a time; a province's communes may each have their own
def with_own(era: Era, names: Names, spellings: Spellings) -> Catalogue:
    """The catalogue with an office's own names and spellings laid over it: they come before the shipped ones.

    A name is a spelling too; of two units that an office calls alike, the first has the spelling.
    """
    shipped = catalogue(era)
    units = dict(shipped.units)
    for code, name in names:
        # What the office calls a unit holds in a ward too.
        units[code] = replace(units[code], name=name, ward_name="")
    own: dict[str, Unit] = {}
    for code, others in (*((code, (name,)) for code, name in names), *spellings):
        for spelling in others:
            own.setdefault(values.fold(spelling), units[code])
    return Catalogue(units, {said: units[unit.code] for said, unit in shipped.spellings.items()} | own)


@dataclass(frozen=True, slots=True)
class Book:
    """The file of units."""

    units: tuple[Unit, ...]


def _check(book: Book) -> Iterator[spec.Mistake]:
    seen: set[str] = set()
    for index, unit in enumerate(book.units):
        if unit.code in seen or unit.code == COMMUNE:
            yield ("units", index, "code"), Text(f"mã “{unit.code}” đã dùng", f"the code “{unit.code}” is taken")
        seen.add(unit.code)
