"""The year's folder and its ledger → who owes what by when, and the issues that are sent out for it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Mapping

from cchc_xlsx import issue as issues
from cchc_xlsx import units
from cchc_xlsx.form import load
from cchc_xlsx.issue import Issue, Plan
from cchc_xlsx.ledger import obligations, plans
from cchc_xlsx.ledger.model import Slot
from cchc_xlsx.ledger.obligations import Obligation
from cchc_xlsx.project.model import Project

_NOT_ASKED = "cchc.xlsx"  # why an obligation is excluded: the set-up no longer has it


def settled(project: Project, book: sqlite3.Connection) -> Mapping[Slot, Obligation]:
    """The obligations by slot, made those of the set-up and of the plans in force."""
    obligations.settle(book, dict(_owed(project, book)), _NOT_ASKED)
    return {one.slot: one for one in obligations.all_of(book) if one.excluded is None}


def _owed(project: Project, book: sqlite3.Connection) -> Iterator[tuple[Slot, dt.date]]:
    for one in project.setup.rounds:
        for form in project.setup.owed(one.period.code):
            whole = issue(project, book, form, one.period.code)
            for unit in issues.reporting_units(whole):
                yield Slot(form, one.period.code, unit), one.unit_deadline


def issue(
    project: Project, book: sqlite3.Connection, form: str, period: str | None, unit: str = units.COMMUNE
) -> Issue:
    """What a unit is sent for a period (the plan of the year without one), under the plan in force."""
    office = project.setup.office
    number, overlay = plans.latest(book, form)
    return Issue(
        load.find(form, own=project.own_forms),
        office.commune,
        office.year,
        "report" if period else "plan",
        project.setup.by_period[period].period if period else None,
        unit,
        office.commune_code,
        Plan(number, overlay),
    )
