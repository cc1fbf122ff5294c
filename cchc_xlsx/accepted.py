"""The versions that a year's folder has taken in for a period, as files that can be opened, and what the ledger knows of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from cchc_xlsx import check, earlier, owing, periods, summing, writer
from cchc_xlsx.consolidate import choose, combine
from cchc_xlsx.consolidate.model import Earlier, Round
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import obligations
from cchc_xlsx.ledger.obligations import Version
from cchc_xlsx.project.model import Project
from cchc_xlsx.store import Store
from cchc_xlsx.summing import Known
from cchc_xlsx.task import Task

_FOLDER = "nguon"
_NOTHING = Text(
    "Chưa nhận được báo cáo nào của kỳ {period}. Nhận trước: cchc-xlsx collect",
    "No report of {period} has been taken in yet. Collect first: cchc-xlsx collect",
)


class Accepted(Struct, frozen=True):
    """The folder with the files of a period, and what the ledger knows of each by sha256."""

    folder: Path
    known: Mapping[str, Known]


def of(project: Project, book: sqlite3.Connection, period: str) -> Accepted:
    """Copies of what was taken in for a period, under names made of our codes, where the clerk can open them.

    Raises CchcError where nothing was.
    """
    owed = owing.settled(project, book)
    came = obligations.by_slot(one for one in obligations.versions(book, period) if one.state == "taken")
    if not came:
        raise CchcError(_NOTHING.format(period=period))
    known: dict[str, Known] = {}
    folder = project.results() / _FOLDER / period
    store = Store(project.state)
    kept: set[Path] = set()
    for slot, versions in came.items():
        for one in _that_count(versions):
            path = folder / f"{slot.form}_{slot.period}_{slot.unit}_b{one.number}.xlsx"
            data = store.read(one.sha256)
            if not path.is_file() or path.read_bytes() != data:
                writer.save(data, path)
            kept.add(path)
            is_late = slot in owed and owed[slot].is_late(one.arrived)
            known[one.sha256] = Known(one.sender or "", one.arrived, is_late, one.number)
    for path in set(folder.iterdir()) - kept:
        path.unlink()  # a copy of what does not count any more
    return Accepted(folder, known)


def _that_count(versions: tuple[Version, ...]) -> list[Version]:
    """The version that counts and those before it: one that only arrived later is not the later one."""
    current = obligations.current(versions)
    return [one for one in versions if current and one.number <= current.version.number]


def before(project: Project, book: sqlite3.Connection, task: Task, period: str) -> Callable[[Round], Earlier | None]:
    """What the commune's workbook of a period tells of the period before, by the round that it is for."""
    rounds = project.setup.by_period
    last = (
        periods.before(rounds[period].period, [one.period for one in project.setup.rounds])
        if period in rounds
        else None
    )
    if last is None or not any(one.state == "taken" for one in obligations.versions(book, last.code)):
        return lambda _: None
    there = of(project, book, last.code)
    report = check.check([there.folder], task)
    found = {
        one.issue.form.id: combine.said(combine.summary(one))
        for one in choose.rounds(summing.sources(report.files, project.own_forms, there.known))
        if one.used
    }

    def told(one: Round) -> Earlier | None:
        said = found.get(one.issue.form.id)
        if said is None:
            return None
        return Earlier({key.removesuffix(".prior"): text for key, text in earlier.prior(one.issue, said).items()})

    return told
