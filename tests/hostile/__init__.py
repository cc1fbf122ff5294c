"""A folder of hostile and odd files, the same each time, each with what the checker must say of it.

Every line of the guard table and every failure known of other readers is here, in several variants, with good twins just
below each limit that must open.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hostile import forms, kinds, parts, places, sheets, zips
from hostile.case import Case

# Quickly made and quickly read.
LIGHT: tuple[Case, ...] = (*kinds.CASES, *forms.CASES, *places.CASES)
CASES: tuple[Case, ...] = (*LIGHT, *zips.CASES, *sheets.CASES, *parts.CASES)


def make(folder: Path, cases: Iterable[Case] = CASES) -> None:
    """Fills a new folder; links lead to a folder beside it."""
    folder.mkdir()
    for case in cases:
        path = folder / case.name
        path.parent.mkdir(parents=True, exist_ok=True)
        case.put(path)
