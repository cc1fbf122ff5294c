"""Checking again what a year's folder has collected: by the set-up, waivers and forms as they are now."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path

from cchc_xlsx import check as checking
from cchc_xlsx import results as told_by
from cchc_xlsx import wire
from cchc_xlsx.cli.asked import Year
from cchc_xlsx.errors import CchcError
from cchc_xlsx.folder import Entry
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger.model import Checked, Slot
from cchc_xlsx.results import Report
from cchc_xlsx.task import Task
from cchc_xlsx.together import Expected

_NO_PATH = Text(
    "Cho biết thư mục hoặc tệp cần kiểm tra, ví dụ: cchc-xlsx check da-nop (trong thư mục của năm thì không cần).",
    "Name the folder or file to be checked, e.g. cchc-xlsx check filled (not needed inside a year's folder).",
)


def check(
    year: Year | None,
    task: Task,
    progress: Callable[[int, int], None] | None,
    *,
    jobs: int | None,
    expected: Expected | None,
    mark: Path | None,
) -> Report:
    """The versions that count, checked again; what is found is entered. Raises CchcError outside a year's folder."""
    from cchc_xlsx.cli import year as years  # noqa: PLC0415 - most checks need no ledger
    from cchc_xlsx.store import Store  # noqa: PLC0415

    if year is None:
        raise CchcError(_NO_PATH)
    store = Store(year.project.state)
    wanted = [one for one in year.current if task.asked.period in (None, one.slot.period)]
    entries = [
        Entry(_shown(one.slot), store.place(one.sha256), name=_shown(one.slot).rpartition("/")[2]) for one in wanted
    ]
    entries.sort(key=lambda one: one.shown)
    report = checking.of_entries(entries, task, progress, jobs=jobs, expected=expected, mark=mark)
    with years.writing(year.project) as book:
        _enter(book, year, report)
    return report


def _shown(slot: Slot) -> str:
    """What a version is called: where the office would look for it."""
    form, period, unit = slot
    return f"{period}/{form}_{period}_{unit}.xlsx" if period else f"ke-hoach/{form}_plan.xlsx"


def _enter(book: sqlite3.Connection, year: Year, report: Report) -> None:
    """Enter what is told of each version, where it is not what was told before."""
    from cchc_xlsx.ledger import intake  # noqa: PLC0415
    from cchc_xlsx.ledger.book import writing  # noqa: PLC0415

    versions = {one.sha256: one for one in year.current}
    with writing(book):
        for one, told in told_by.with_members(report.files):
            version = versions.get(one.sha256 or "")
            if version:
                checked = Checked(one.status, *_counts(told), told)
                intake.checked_again(book, version.id, checked, dt.datetime.now(dt.UTC))


def _counts(told: str) -> tuple[int, int]:
    found = wire.counts(told.encode())
    return found["error"], found["warning"]
