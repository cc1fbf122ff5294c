"""The workbooks that tests of the way back go through: every shipped form as a report of all, of one unit, and as a plan."""

from __future__ import annotations

from collections.abc import Callable

import fill

from cchc_xlsx import issue
from cchc_xlsx.issue import Issue


def of_one_unit(form_id: str) -> Issue:
    """The report of the unit that has the fewest rows, so that most of its form is locked."""
    whole = fill.report(form_id)
    rows = {code: sum(code in line.reporters for line in issue.lines(whole)) for code in issue.reporting_units(whole)}
    return fill.report(form_id, unit=min(rows, key=lambda code: rows[code]))


KINDS: dict[str, Callable[[str], Issue]] = {"report": fill.report, "unit": of_one_unit, "plan": fill.plan}
WORKBOOKS = [(form_id, kind) for form_id in fill.FORMS for kind in KINDS]
