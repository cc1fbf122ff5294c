"""The workbooks of six communes with codes, each with figures of its own, as units' reports and as communes' summaries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fill
import summed
from msgspec.structs import replace

from cchc_xlsx import issue as issues
from cchc_xlsx import summing
from cchc_xlsx.issue import Issue
from cchc_xlsx.task import Task

FORM = "nhon-hau-2025-phu-luc-1"
UNITS = ("VPTK", "TPHT", "VHXH0", "TCKT", "MC")
COMMUNES = ("Nhơn An", "Nhơn Bình", "Nhơn Hậu", "Nhơn Khánh", "Nhơn Lộc", "Nhơn Mỹ")
CODES = tuple(f"220{number:02}" for number in range(1, 7))


def issue(number: int, unit: str = "XA", code: str | None = "") -> Issue:
    """A unit's report of a commune; the commune has its code unless another is given."""
    whole = replace(fill.report(FORM, "N", unit), commune=COMMUNES[number])
    return replace(whole, commune_code=CODES[number] if code == "" else code)


def typed(number: int, unit: str) -> dict[str, Any]:
    """What a unit types: numerators that differ from commune to commune; the last commune is far behind in one line."""
    one = issue(number, unit)
    found: dict[str, Any] = summed.typed(one, UNITS.index(unit))
    free = [line for line in issues.lines(one) if line.is_open and line.measure.kind == "rate" and line.id == "r04"]
    for line in free:
        den = found[line.key("den")] = 1000.0
        found[line.key("num")] = den - 10 * min(number, 4) if number < 5 else 100.0
        found[line.key("reason")] = summed.REASON
        found.pop(line.key("nil"), None)
    return found


def units(folder: Path, number: int, without: tuple[str, ...] = (), code: str | None = "") -> Path:
    """The folder with the reports of a commune's units."""
    home = folder / f"xa-{number}"
    for unit in UNITS:
        if unit not in without:
            summed.write(issue(number, unit, code), home, typed(number, unit))
    return home


def summary(folder: Path, reports: Path, number: int, *, include_errors: bool = False) -> Path:
    """The commune's summary of its units' reports."""
    path = folder / f"tong-hop-{number}.xlsx"
    summing.consolidate((reports,), path, Task(), jobs=1, include_errors=include_errors)
    return path
