"""What the person at the keyboard asks of a check, read from options and the files that they name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import periods, results, together, waivers
from cchc_xlsx import project as projects
from cchc_xlsx.cli.base import LANG
from cchc_xlsx.errors import CchcError, why
from cchc_xlsx.lang import Text
from cchc_xlsx.recognise import Asked, GivenPlan
from cchc_xlsx.task import Task
from cchc_xlsx.together import Expected
from cchc_xlsx.waivers import Waiver

if TYPE_CHECKING:
    from cchc_xlsx.ledger.model import Slot
    from cchc_xlsx.ledger.obligations import Version
    from cchc_xlsx.project.model import Project

_MOST = 10 << 20  # bytes: a table of waivers is typed by hand
_CANNOT_READ = Text("Không đọc được {path}: {why}.", "Cannot read {path}: {why}.")
_TOO_LARGE = Text("tệp quá lớn (hơn 10 MiB)", "the file is too large (over 10 MiB)")
_NO_OUTPUT = Text(
    "Bảng tính kết quả cần --output, ví dụ --output ket-qua.xlsx.",
    "A workbook needs --output, e.g. --output findings.xlsx.",
)
_OVER_INPUT = Text(
    "--output trùng với tệp của {option}; chọn tên khác để không mất tệp đó.",
    "--output is the file of {option}; choose another name, so that it is not lost.",
)
_SHAPES = {".json": "json", ".csv": "csv", ".html": "html", ".htm": "html", ".xlsx": "xlsx"}


def shape(wanted: str | None, output: Path | None) -> str:
    """The form of the result: what is wanted, else what the file's name ends with. Raises CchcError for a workbook without a file."""
    found = wanted or _SHAPES.get(output.suffix.lower() if output else "", "text")
    if found == "xlsx" and not output:
        raise CchcError(_NO_OUTPUT)
    return found


def apart(output: Path | None, inputs: Mapping[str, Path | None]) -> None:
    """Raises CchcError where the result would overwrite a file that an option names."""
    for option, path in inputs.items():
        if output and path and output.exists() and path.exists() and output.samefile(path):
            raise CchcError(_OVER_INPUT.format(option=option))


def task(period: str | None, plan: Path | None, waived: Path | None, year: Year | None = None) -> Task:
    """What the workers are told; a year's folder adds its key, forms, waivers and what it sent out.

    Raises CchcError where an option or its file is wrong.
    """
    wanted = periods.parse(period).code if period else None
    here = year.task if year else Task(today=waivers.today(dt.datetime.now(dt.UTC)))
    known = Asked(own_forms=here.asked.own_forms, key=here.asked.key)
    given = _plan(plan, known) if plan else None
    asked = replace(here.asked, period=wanted, plan=given)
    return replace(here, asked=asked, lang=LANG, waivers=(*(_waivers(waived) if waived else ()), *here.waivers))


def _plan(path: Path, known: Asked) -> GivenPlan:
    from cchc_xlsx import generate  # noqa: PLC0415 - it places and writes workbooks

    return generate.read_plan(path, asked=known)


class Year(Struct, frozen=True):
    """What a year's folder knows: its set-up, how files are read for it, the versions that count, and who is late with what."""

    project: Project
    task: Task
    current: tuple[Version, ...]
    late: frozenset[Slot]


def expected(year: Year | None, *, expect_all: bool) -> Expected | None:
    """Which units are missed where they sent nothing: all where that was asked for; in a year's folder those who are late."""
    if expect_all:
        return together.everyone
    if year is None:
        return None
    late = year.late
    return lambda who, unit: (who.form, who.period or "", unit) in late


def year(paths: Sequence[Path]) -> Year | None:
    """The year's folder that one works in, or that the first path lies in; None where there is none."""
    folders = (projects.find(place) for place in (*paths, Path.cwd()))
    here = next((one for one in folders if one), None)
    if here is None:
        return None
    from cchc_xlsx import briefing, owing  # noqa: PLC0415 - most checks need no ledger
    from cchc_xlsx.ledger import book, obligations, past  # noqa: PLC0415

    project = projects.load(here)
    with closing(book.open_at(project.state)) as opened:
        owed = owing.settled(project, opened).values()
        now = dt.datetime.now(dt.UTC)
        return Year(
            project,
            briefing.task(project, opened, now, past=past.of_all(opened)),
            tuple(obligations.current_by_slot(obligations.versions(opened)).values()),
            frozenset(one.slot for one in owed if one.is_late(now)),
        )


def _waivers(path: Path) -> tuple[Waiver, ...]:
    shown = results.printable(str(path))
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST + 1)
    except OSError as error:
        raise CchcError(_CANNOT_READ.format(path=shown, why=why(error))) from error
    if len(data) > _MOST:
        raise CchcError(_CANNOT_READ.format(path=shown, why=_TOO_LARGE))
    return waivers.read(data, shown)
