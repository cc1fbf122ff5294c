"""Filling a form as a unit would: right, incomplete, or wrong; every value native to its cell."""

from __future__ import annotations

from cchc_xlsx.form import load
from cchc_xlsx.issue import Issue, Plan
from cchc_xlsx.periods import parse
from cchc_xlsx.sample import Typed, valid

__all__ = ["FORMS", "Typed", "plan", "report", "valid"]
FORMS = tuple(load.listing(load.folders()))


def report(form_id: str, period: str = "N", unit: str = "XA", plan: Plan | None = None) -> Issue:
    """A report issue of a shipped form in its own year."""
    form = load.find(form_id)
    code = parse(f"{form.base_year}-{period}")
    return Issue(form, form.commune or "Nhơn Hậu", form.base_year, "report", code, unit, None, plan or Plan())


def plan(form_id: str) -> Issue:
    """The plan issue of a shipped form in its own year."""
    form = load.find(form_id)
    return Issue(form, form.commune or "Nhơn Hậu", form.base_year, "plan")
