"""Periodic reports for tests: the units' real workbooks of a form, changed where a test asks, told as the command tells them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import fill
import summed

from cchc_xlsx import check, issue, summing, together
from cchc_xlsx.cli import asked
from cchc_xlsx.consolidate import choose, combine
from cchc_xlsx.consolidate.model import Earlier, Summary
from cchc_xlsx.narrative import tell
from cchc_xlsx.narrative.model import Annex, Item, Narrative, Office

Typed = Mapping[str, "str | float | None"]


def send(form: str, folder: Path, changed: Mapping[str, Typed] | None = None, without: tuple[str, ...] = ()) -> None:
    """The workbooks of all units but some; `changed` are what units type differently, by unit and key."""
    for number, unit in enumerate(issue.reporting_units(summed.whole(form))):
        if unit not in without:
            one = fill.report(form, summed.PERIODS[form], unit)
            summed.write(one, folder, {**summed.typed(one, number), **(changed or {}).get(unit, {})})


def summaries(folder: Path, before: Mapping[str, str] | None = None, *, errors: bool = False) -> list[Summary]:
    """The summaries of what is in a folder."""
    report = check.check([folder], asked.task(None, None, None), jobs=1, expected=together.everyone)
    found = choose.rounds(summing.sources(report.files), include_errors=errors)
    return [combine.summary(one, Earlier(prior=before or {})) for one in found if one.used]


def report(folder: Path, office: Office | None = None) -> Narrative:
    """The report of what is in a folder."""
    return tell.narrative(summaries(folder), office or Office())


def items(annex: Annex, title: str) -> tuple[Item, ...]:
    """What is told under a heading; nothing where the heading is not there."""
    return next((part.items for part in annex.parts if part.title == title), ())


def words(told: Narrative) -> str:
    """Everything that a report says before its tables."""
    said = [*told.basis, told.opening, told.warning]
    for annex in told.annexes:
        said += [*annex.completeness, *annex.overall]
        for part in annex.parts:
            said += [f"{part.letter}) {part.title}", *(text for one in part.items for text in (one.text, *one.notes))]
    for voice in (*told.difficulties, *told.proposals):
        said += [f"{voice.unit}: {line}" for line in voice.lines]
    return "\n".join(said)
