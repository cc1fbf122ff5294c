"""What commands that run in the year's folder begin with: the folder, its ledger, the moment, what an option means."""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from cchc_xlsx import lock, overview, owing, periods, project, standing, values
from cchc_xlsx.cli import asked
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import book as ledger
from cchc_xlsx.ledger.obligations import VIETNAM
from cchc_xlsx.overview import Overview
from cchc_xlsx.project.model import Project
from cchc_xlsx.project.names import SETUP

_NO_YEAR = Text(
    "Lệnh này chạy trong thư mục của năm (có tệp {file}). Vào thư mục đó rồi chạy lại, hoặc tạo mới: cchc-xlsx init.",
    "This runs in the year's folder (the one with {file}). Go there and run it again, or make one: cchc-xlsx init.",
)
_OURS = Text(
    "--output không được là tệp thiết lập {file} hay nằm trong thư mục {state}; chọn tên khác.",
    "--output must not be the set-up {file}, nor lie in {state}; choose another name.",
)
_NO_CSV = Text(
    "Tình hình không có dạng CSV; dùng tên .html, .xlsx hoặc .json.",
    "There is no CSV of this; use a name in .html, .xlsx or .json.",
)
_BAD_MOMENT = Text(
    "--at phải là một thời điểm như 2027-03-15T23:59 (giờ Việt Nam).",
    "--at takes a moment such as 2027-03-15T23:59 (Vietnam's time).",
)
_BAD_DAY = Text("“{text}” không phải là ngày, ví dụ 18/3/2027.", "“{text}” is no day such as 18/3/2027.")


def now() -> dt.datetime:
    """The present moment."""
    return dt.datetime.now(dt.UTC)


def user() -> str:
    """Who is at the keyboard, by the name that the system knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a system without such a name
        return "?"


def find(*places: Path) -> Project | None:
    """The year's folder of the first of some places that lies in one. Raises CchcError for a set-up with mistakes."""
    folder = next((found for place in places if (found := project.find(place))), None)
    return project.load(folder) if folder else None


def need(*places: Path) -> Project:
    """The year's folder that the run is in, else that of some places. Raises CchcError where there is none."""
    found = find(Path.cwd(), *places)
    if found is None:
        raise CchcError(_NO_YEAR.format(file=SETUP))
    return found


@contextlib.contextmanager
def writing(here: Project) -> Iterator[sqlite3.Connection]:
    """The ledger to write into, which no other run may use meanwhile. Raises CchcError where one does."""
    with lock.held(here.state), contextlib.closing(ledger.open_at(here.state)) as book:
        yield book


def view(here: Project, period: str | None = None, at: str | None = None) -> Overview:
    """How things stand for one period or all. Raises CchcError where the period is not in use or the moment is none.

    It is read from a copy of the ledger: nothing is changed, and a run that collects meanwhile is not in the way.
    """
    when = moment(at) if at else now()
    code = periods.parse(period).code if period else None
    with (
        contextlib.closing(ledger.open_at(here.state)) as book,
        contextlib.closing(ledger.copy_of(book)) as copy,
    ):
        owing.settled(here, copy)
        if at:
            standing.as_of(copy, when)
        found = overview.drawn(here, copy, when, code)
    if code and not found.periods:
        owing.owed(here, code)
    return found


def moment(text: str) -> dt.datetime:
    """The moment that is meant, by Vietnam's clock where it names no zone. Raises CchcError where it is none."""
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise CchcError(_BAD_MOMENT) from error
    return found if found.tzinfo else found.replace(tzinfo=VIETNAM)


def day(text: str) -> dt.date:
    """The day that is meant. Raises CchcError where it is none."""
    found = values.date(text)
    if found is None:
        raise CchcError(_BAD_DAY.format(text=text))
    return found


def shape(wanted: str | None, output: Path | None) -> str:
    """The form of an overview, as `asked.shape` has it. Raises CchcError where there is none."""
    found = asked.shape(wanted, output)
    if found == "csv":
        raise CchcError(_NO_CSV)
    return found


def not_ours(here: Project, output: Path | None) -> None:
    """Raises CchcError where the result would overwrite the set-up or something of the private state."""
    place = output.resolve() if output else None
    if place and (place == (here.folder / SETUP).resolve() or place.is_relative_to(here.state.resolve())):
        raise CchcError(_OURS.format(file=SETUP, state=here.state.name))
