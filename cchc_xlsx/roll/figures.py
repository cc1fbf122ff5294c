"""This year's ledger → next year's: what units said becomes the past, the targets in force become proposals."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping

from msgspec import Struct

from cchc_xlsx import owing
from cchc_xlsx.form import load
from cchc_xlsx.issue import PLAN_ROLES, Issue, Overlay, cell
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import earlier_years, obligations, plans
from cchc_xlsx.ledger.book import writing
from cchc_xlsx.project.model import Project
from cchc_xlsx.roll import years
from cchc_xlsx.units import COMMUNE

_NO_RESULT = Text(
    "Chưa có báo cáo cả năm {year} không còn lỗi của: {who}. Xếp hạng, tỷ lệ năm {year} của các đơn vị này chưa được in sẵn, đơn vị phải tự ghi. Khi đã nhận đủ, trong thư mục năm {year} chạy: cchc-xlsx roll {next} --update",
    "No report without errors for the whole of {year} from: {who}. Their ranks and rates of {year} are not printed, and the units are asked for them. Once they came, run in the folder of {year}: cchc-xlsx roll {next} --update",
)
_YEAR_LEFT = Text(
    "Biểu kế hoạch {form}, dòng {row}: có năm để nguyên, xem lại: {text}",
    "Plan of {form}, row {row}: a year was left as it is, look at it: {text}",
)


class Figures(Struct, frozen=True):
    """What was carried: reports of this year, of its end, of years before; proposed cells by form; what is to be told."""

    reports: int
    results: int
    earlier: int
    proposed: Mapping[str, int]
    notes: tuple[Text, ...] = ()


def carry(project: Project, before: sqlite3.Connection, after: sqlite3.Connection) -> Figures:
    """Enter into next year's ledger what it has from this year's, a copy, in place of what it had from there."""
    year = project.setup.office.year
    owing.settled(project, before)
    said, known = tuple(owing.reported(before)), earlier_years.of(before)
    results = {one.slot for one in said if one.slot.period == f"{year}-N"}
    notes = list(_missing(before, {(slot.form, slot.unit) for slot in results}, year))
    proposed: dict[str, Overlay] = {}
    for one in project.setup.forms:
        form = load.find(one.form, own=project.own_forms)
        whose = Issue(form, project.setup.office.commune, year, "plan")
        number, overlay = plans.latest(before, form.id)
        given: Overlay = (
            overlay if number else earlier_years.proposal(before, form.id)
        )  # what nobody has decided on is still a proposal
        proposed[form.id] = _followed(whose, given)
        notes += _left(form.id, given, proposed[form.id])
    with writing(after):
        earlier_years.forget(after)
        earlier_years.enter(after, (*known, *said))
        for form_id, cells in proposed.items():
            earlier_years.propose(after, form_id, cells)
    counts = {form_id: len(cells) for form_id, cells in proposed.items() if cells}
    return Figures(len(said), len(results), len(known), counts, tuple(notes))


def _followed(whose: Issue, overlay: Overlay) -> dict[str, str | float]:
    """What an office had changed in its plan, as next year's plan would say it; without what the form says then anyway."""
    form, year = whose.form, whose.year
    later = Issue(form, whose.commune, year + 1, "plan")
    found: dict[str, str | float] = {}
    rows = {row.id: row for row in form.rows}
    asked = {leaf.id for leaf in form.leaves if leaf.role in PLAN_ROLES}
    for key, given in overlay.items():
        row, _, column = key.rpartition(".")
        text = years.followed(given, year) if isinstance(given, str) else given
        if column in asked and row in rows and text != cell(later, rows[row], column):
            found[key] = text
    return found


def _left(form: str, given: Overlay, proposed: Overlay) -> Iterator[Text]:
    """The proposed texts in which a year stands that was not sure to follow."""
    for key, text in proposed.items():
        if isinstance(text, str) and text == given[key] and years.has_year(text):
            yield _YEAR_LEFT.format(form=form, row=key.rpartition(".")[0], text=" ".join(text.split()))


def _missing(book: sqlite3.Connection, came: set[tuple[str, str]], year: int) -> Iterator[Text]:
    """Who owes the report of the whole year and has none that counts; where the commune's own workbook came, nobody."""
    absent: dict[str, list[str]] = {}
    for one in obligations.all_of(book, f"{year}-N"):
        form, unit = one.slot.form, one.slot.unit
        if one.excluded is None and not came & {(form, unit), (form, COMMUNE)}:
            absent.setdefault(form, []).append(unit)
    if absent:
        who = "; ".join(f"{form} ({', '.join(units)})" for form, units in absent.items())
        yield _NO_RESULT.format(year=year, next=year + 1, who=who)
