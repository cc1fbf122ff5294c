"""The workbooks that tests of the way back go through: every form as a report of all, of one unit, as a plan; some with an office's own."""

from __future__ import annotations

from collections.abc import Callable

import fill
import offices

from cchc_xlsx import issue
from cchc_xlsx.issue import Issue


def of_one_unit(form_id: str) -> Issue:
    """The report of the unit that has the fewest rows, so that most of its form is locked."""
    whole = fill.report(form_id)
    rows = {code: sum(code in line.reporters for line in issue.lines(whole)) for code in issue.reporting_units(whole)}
    return fill.report(form_id, unit=min(rows, key=lambda code: rows[code]))


def of_an_office(form_id: str) -> Issue:
    """The report of all, with everything that an office adds to it."""
    return offices.with_everything(fill.report(form_id))


EVERY: dict[str, Callable[[str], Issue]] = {"report": fill.report, "unit": of_one_unit, "plan": fill.plan}
KINDS = EVERY | {"office": of_an_office}
WITH_RANKS, WITH_TRENDS, WITH_TASKS = (
    "nhon-hau-2025-phu-luc-1",
    "tay-xuan-2024-phu-luc-papi-sipas-par",
    "nhon-hau-2025-phu-luc-2",
)
WORKBOOKS = [
    *((form_id, kind) for form_id in fill.FORMS for kind in EVERY),
    *((form_id, "office") for form_id in (WITH_RANKS, WITH_TRENDS, WITH_TASKS)),
]
