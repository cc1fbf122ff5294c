"""The report as one HTML page that loads nothing and runs nothing: templates/reports/report.html, its charts drawn as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cchc_xlsx import values
from cchc_xlsx.consolidate import combine
from cchc_xlsx.consolidate.model import NO_DATA, PROVISIONAL
from cchc_xlsx.fields import NIL, NOT_REACHED, REACHED
from cchc_xlsx.narrative.model import Cell, Narrative, Table
from cchc_xlsx.reports import shell

_COLOURS: Mapping[str, str] = {
    REACHED: "met",
    NOT_REACHED: "missed",
    combine.UNDER_WAY: "doing",
    PROVISIONAL: "open",
    NO_DATA: "none",
    NIL: "nil",
    **dict.fromkeys((*combine.TALLY[combine.NOT_JUDGED], combine.NOT_JUDGED), "other"),
}


def page(told: Narrative) -> str:
    """The page; the same report gives the same page."""
    said = {"listed": _listed, "colour": _COLOURS, "shade": _shade, "day": values.say_date, "rows": _rows}
    return shell.page("report", "vi", (), **said).render(told=told)


def _listed(counts: Mapping[str, int]) -> str:
    """Counts in words: "3 đạt, 1 chưa đạt"."""
    return ", ".join(f"{count} {word.lower()}" for word, count in counts.items() if count)


def _shade(outcome: str) -> str:
    """The colour of a result by its outcome."""
    return next((colour for word, colour in _COLOURS.items() if outcome.startswith(word)), "doing")


def _rows(table: Table) -> Sequence[Sequence[Cell]]:
    """The cells that begin in each row."""
    found: list[list[Cell]] = [[] for _ in range(table.rows)]
    for one in table.cells:
        found[one.row].append(one)
    return found
