"""What `generate` makes: what its options ask for, or inside a year's folder what is owed there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from cchc_xlsx import generate as room
from cchc_xlsx.cli import year
from cchc_xlsx.errors import CchcError
from cchc_xlsx.form import load
from cchc_xlsx.generate import Made, Order
from cchc_xlsx.lang import Text
from cchc_xlsx.project.model import Project
from cchc_xlsx.results import printable

_BY_PLAN = Text(
    "Trong thư mục của năm, kế hoạch lấy từ biểu kế hoạch đã nhận (cchc-xlsx collect TỆP), không dùng --plan.",
    "In a year's folder the plan is the plan workbook that was collected (cchc-xlsx collect FILE); --plan is not used.",
)
_OTHER_YEAR = Text(
    "Thư mục này của năm {year}; tạo thư mục khác cho năm {asked}.",
    "This folder is for {year}; make another one for {asked}.",
)
_NO_ROWS = Text(
    "Đơn vị “{unit}” không phải nộp biểu nào ở đây. Các đơn vị phải nộp: {known}.",
    "The unit “{unit}” owes nothing here. Units that do: {known}.",
)

Progress = Callable[[int, int], None]


def generate(asked: Mapping[str, Any], progress: Progress | None) -> Sequence[Path]:
    """The workbooks that were written. Raises CchcError where the options contradict themselves or the year's folder."""
    project = None if asked["commune"] else year.find(*([asked["out"]] if asked["out"] else []), Path.cwd())
    if project:
        made = _owed(project, asked, progress)
        return [one.path for one in made]
    for name in ("commune", "out"):
        if asked[name] is None:
            raise click.MissingParameter(param=click.Option([f"--{name}"]))
    return room.generate(Order(**{**asked, "form": asked["form"] or load.DEFAULT}), progress)


def _owed(project: Project, asked: Mapping[str, Any], progress: Progress | None) -> Sequence[Made]:
    from cchc_xlsx import owing  # noqa: PLC0415 - without a year's folder there is no ledger

    if asked["plan"]:
        raise CchcError(_BY_PLAN)
    period, forms = _what(project, asked)
    with year.writing(project) as book:
        found = owing.made(project, book, period, forms, asked["out"])
        wanted = _of_unit(found, asked["unit"])
        owing.settled(project, book)
        owing.remember(book, wanted, year.now())
        room.write(wanted, progress, overwrite=asked["overwrite"])
    return wanted


def _what(project: Project, asked: Mapping[str, Any]) -> tuple[str | None, Sequence[str]]:
    """The period, None for the plan, and the forms."""
    from cchc_xlsx import owing, periods  # noqa: PLC0415

    setup = project.setup
    period = periods.parse(asked["period"]).code if asked["period"] else None
    if asked["year"] not in (None, setup.office.year):
        raise CchcError(_OTHER_YEAR.format(year=setup.office.year, asked=asked["year"]))
    if (asked["kind"] or ("report" if period else "plan")) != ("report" if period else "plan"):
        room.issues(Order(setup.office.commune, Path(), period=period, kind=asked["kind"]))  # it says what is wrong
    owed = [one.form for one in setup.forms] if period is None else owing.owed(project, period)
    return period, [load.find(asked["form"], own=project.own_forms).id] if asked["form"] else owed


def _of_unit(found: Sequence[Made], unit: str | None) -> Sequence[Made]:
    if unit is None:
        return found
    wanted = [one for one in found if one.issue.unit == unit.upper()]
    if not wanted:
        known = ", ".join(dict.fromkeys(one.issue.unit for one in found))
        raise CchcError(_NO_ROWS.format(unit=printable(unit), known=known))
    return wanted
