"""An issue (phát hành): a form bound to commune, year, period, unit and kind, with the plan's targets and owners laid over it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal

from msgspec import Struct, field

from cchc_xlsx import units, values
from cchc_xlsx.form import deadlines, render
from cchc_xlsx.form.model import Column, Deadline, Form, Measure, Operator, ReportedBy, Row
from cchc_xlsx.periods import Period, unit_deadline

IssueKind = Literal["plan", "report"]
Overlay = Mapping[str, "str | float"]

_ONE_KINDS = ("rank", "grade", "score", "trend", "narrative")
_ONE_BASES = ("survey", "distinct")
_ONCE_KINDS = ("rank", "grade", "score", "trend")
PLAN_ROLES = ("target", "units", "deadline", "product")  # the columns an office fills in once a year


class Plan(Struct, frozen=True):
    """A revision of targets and owners: `p0` is the form as shipped; keys are `<row>.<column>`."""

    number: int = 0
    overlay: Overlay = field(default_factory=dict)


class Local(Struct, frozen=True):
    """What an office's set-up and its records add to an issue; the workbook carries it, so that any checker has it too.

    `previous` are figures that are known already. Last year's result of a rank or a trend stands under the key of its field
    (`<line>.previous`, `<line>.previous_of`): it is printed, not asked for. The result of the period before stands under
    `<line>.prior`, as the unit reads it.
    """

    due: dt.date | None = None  # the day by which the unit sends; that of the decree without it
    names: Mapping[str, str] = field(default_factory=dict)  # unit → its name, where it is not that of the catalogue
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # unit → what else a plan may call it
    previous: Mapping[str, str | float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.due or self.names or self.spellings or self.previous)


class Issue(Struct, frozen=True):
    """What one workbook is for."""

    form: Form
    commune: str
    year: int
    kind: IssueKind
    period: Period | None = None
    unit: str = units.COMMUNE
    commune_code: str | None = None
    plan: Plan = Plan()
    serial: int = 0
    local: Local = Local()


class Target(Struct, frozen=True):
    """What counts as met: percent points for rate and percent, a number for count and score, a word for grade."""

    op: Operator
    value: float | str


class Line(Struct, frozen=True):
    """One thing that is reported: a row, or one part of a compound row, bound to its issue."""

    id: str
    row: Row
    measure: Measure
    label: str
    target: Target | None
    reporters: tuple[str, ...]
    deadline: tuple[Deadline, ...]
    due: dt.date | None
    begins: dt.date | None
    is_open: bool  # this workbook's unit fills it in

    def key(self, name: str) -> str:
        """The key of one of its fields."""
        return f"{self.id}.{name}"

    @property
    def needs_target(self) -> bool:
        """Whether it is judged by a target; the others by their own status, or by the year before."""
        return self.measure.kind not in ("rank", "trend", "task", "narrative")

    @property
    def once_a_year(self) -> bool:
        """Known only when the year is over: required in the year's report alone."""
        return self.measure.kind in _ONCE_KINDS or self.measure.basis == "once"


def words(issue: Issue, text: str) -> str:
    """`text` of the form with commune and year filled in."""
    return render.text(text, issue.commune, issue.year)


def cell(issue: Issue, row: Row, column: str) -> str | float:
    """What stands in an official cell: the plan's text where the plan changed it, else the form's.

    Results that the form prints are those of its own year's paper; in another year only given ones are true.
    """
    given = issue.plan.overlay.get(f"{row.id}.{column}")
    if given is None and issue.year != issue.form.base_year and column == role_column(issue.form, "baseline"):
        return ""
    return words(issue, row.cells.get(column, "")) if given is None else given


def printed(issue: Issue, row: Row, column: str) -> str | float:
    """The same, where a blank inside a vertical merge stands for the text of the merge's first row."""
    return cell(issue, _merge_head(issue.form, row, column), column)


@cache
def _heads(form: Form) -> dict[tuple[str, str], Row]:
    order = {row.id: index for index, row in enumerate(form.rows)}
    heads: dict[tuple[str, str], Row] = {}
    for merge in form.merges:
        first = form.rows[order[merge.first]]
        for row in form.rows[order[merge.first] : order[merge.last] + 1]:
            heads[row.id, merge.column] = first
    return heads


def _merge_head(form: Form, row: Row, column: str) -> Row:
    return _heads(form).get((row.id, column), row)


def label(issue: Issue, row: Row, part: Measure | None = None) -> str:
    """What messages call a row: its number and its first line."""
    stt, name = (str(cell(issue, row, _role(issue.form, role).id)) for role in ("stt", "label"))
    text = f"{stt} {name}".strip().lstrip("- ").split("\n")[0]
    return f"{text} – {part.label}" if part and part.label else text


def lines(issue: Issue) -> tuple[Line, ...]:
    """Everything that the form reports, in the order of its rows."""
    return tuple(line for row in issue.form.rows for line in _row_lines(issue, row))


def _row_lines(issue: Issue, row: Row) -> Iterator[Line]:
    parts = row.parts
    if not parts or row.role == "total":
        return
    deadline = _deadline(issue, row)
    owners = _owners(issue, row)
    for part, target in zip((_worded(issue, part) for part in parts), targets(issue, row), strict=True):
        reporters = _reporters(issue.form, part, owners)
        yield Line(
            id=part.id or row.id,
            row=row,
            measure=part,
            label=label(issue, row, part),
            target=target,
            reporters=reporters,
            deadline=deadline,
            due=deadlines.due(deadline, issue.year),
            begins=deadlines.begins(deadline, issue.year),
            is_open=issue.unit == units.COMMUNE or issue.unit in reporters,
        )


def _worded(issue: Issue, part: Measure) -> Measure:
    """The measure with commune and year in its words."""
    if not any("{" in text for text in (part.num, part.den, part.value, part.label)):
        return part
    num, den, value, label_ = (words(issue, text) for text in (part.num, part.den, part.value, part.label))
    return dataclasses.replace(part, num=num, den=den, value=value, label=label_)


def targets(issue: Issue, row: Row) -> tuple[Target | None, ...]:
    """The target of each part of a row: as the form declares it, or read from the words of the plan."""
    column = next((leaf.id for leaf in issue.form.leaves if leaf.role == "target"), "")
    given = issue.plan.overlay.get(f"{_merge_head(issue.form, row, column).id}.{column}")
    if given is None:
        return tuple(_declared(part) for part in row.parts)
    texts = [text for text in str(given).split("\n") if text.strip()] if len(row.parts) > 1 else [given]
    if len(texts) != len(row.parts):
        return tuple(None for _ in row.parts)
    return tuple(read_target(part, text) for part, text in zip(row.parts, texts, strict=True))


def _declared(part: Measure) -> Target | None:
    if part.target is None:
        return None
    return Target(part.op or "=", part.target)


def read_target(part: Measure, text: str | float) -> Target | None:
    """What the words (or number) of a target cell mean for this measure; None where they mean nothing to compare with."""
    if part.kind == "grade":
        found = [word for word in part.scale if values.fold(word) in values.fold(str(text))]
        return Target("=", max(found, key=len)) if found else None
    if part.kind not in ("rate", "percent", "count", "score"):
        return None
    is_share = part.kind in ("rate", "percent")
    if isinstance(text, (int, float)):
        # A percentage typed as such arrives as its fraction: 0.95.
        value = text * 100 if is_share and text <= 1 else float(text)
        return Target(part.op or ">=", round(value, 9))
    read = values.target(text, default_percent=is_share)
    if read is None or read.percent != is_share:
        return None
    if is_share and 0 < read.value < 1 and "%" not in str(text):
        return None  # "0,95": 0.95 % or 95 %?
    return Target(read.op or part.op or ">=", read.value)


def _deadline(issue: Issue, row: Row) -> tuple[Deadline, ...]:
    column = next((leaf.id for leaf in issue.form.leaves if leaf.role == "deadline"), "")
    given = issue.plan.overlay.get(f"{_merge_head(issue.form, row, column).id}.{column}")
    if given is None:
        return row.deadline
    return deadlines.parse(str(given), issue.year) or ()


def catalogue(issue: Issue) -> units.Catalogue:
    """The units that the issue may name, called as its office calls them."""
    local = issue.local
    if not (local.names or local.spellings):
        return units.catalogue(issue.form.era)
    others = tuple((code, tuple(local.spellings[code])) for code in sorted(local.spellings))
    return units.with_own(issue.form.era, tuple(sorted(local.names.items())), others)


def owner_units(issue: Issue, row: Row) -> tuple[tuple[units.Unit, ...], tuple[str, ...]]:
    """The units that the responsible cell of a row names, and the names in it that the catalogue does not know."""
    text = str(printed(issue, row, issue.form.owner_column)) if issue.form.owner_column else ""
    return catalogue(issue).named(text) if text.strip() else ((), ())


def _owners(issue: Issue, row: Row) -> tuple[str, ...]:
    form = issue.form
    named, unknown = owner_units(issue, row)
    codes: dict[str, None] = {}
    for unit in named:
        codes |= dict.fromkeys(
            form.sections if unit.all_sections else (unit.code if unit.office else form.coordinator,)
        )
    if unknown or not codes:
        codes[form.coordinator] = None
    return tuple(codes)


def _reporters(form: Form, part: Measure, owners: tuple[str, ...]) -> tuple[str, ...]:
    if reported_by(part) == "each":
        return owners
    # One unit alone reports: the only owner where there is one, else the unit that coordinates the form.
    return owners if len(owners) == 1 else (form.coordinator,)


def reported_by(part: Measure) -> ReportedBy:
    """Whether every owner reports its own share, or one unit reports alone."""
    if part.reported_by:
        return part.reported_by
    return "one" if part.kind in _ONE_KINDS or part.basis in _ONE_BASES else "each"


def reporting_units(issue: Issue) -> tuple[str, ...]:
    """The units that own rows, sections first in the form's order."""
    owning = {code for line in lines(issue) for code in line.reporters}
    sections = tuple(code for code in issue.form.sections if code in owning)
    return sections + tuple(sorted(owning - set(sections)))


def unit_name(issue: Issue, code: str) -> str:
    """The name of a unit as printed on its workbook; the commune itself for `XA`."""
    if code == units.COMMUNE:
        return f"UBND {render.full(issue.commune)}"
    unit = catalogue(issue).units[code]
    if unit.ward_name and render.full(issue.commune).lower().startswith("phường"):
        return unit.ward_name
    return unit.name


def send_by(issue: Issue) -> dt.date | None:
    """The day by which a report is sent: as the office has set it, else by the decree; None for a plan."""
    return issue.local.due or (unit_deadline(issue.period) if issue.period else None)


def file_name(one: Issue) -> str:
    """ASCII, safe on Windows: `<form>_<period>_<unit>.xlsx`, `<form>_<year>_plan.xlsx`."""
    if one.period is None:
        return f"{one.form.id}_{one.year}_plan.xlsx"
    return f"{one.form.id}_{one.period.code}_{one.unit}.xlsx"


def _role(form: Form, role: str) -> Column:
    return _first_of_roles(form)[role]


@cache
def _first_of_roles(form: Form) -> Mapping[str, Column]:
    """The first column of each role."""
    return {leaf.role: leaf for leaf in reversed(form.leaves) if leaf.role}


def role_column(form: Form, role: str) -> str:
    """The id of the first column of a role, or an empty string."""
    found = _first_of_roles(form).get(role)
    return found.id if found else ""
