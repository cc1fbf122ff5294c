"""What the person at the keyboard asks of a check, read from options and the files that they name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from cchc_xlsx import generate, periods, results, waivers
from cchc_xlsx.cli.base import LANG
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text
from cchc_xlsx.recognise import Asked
from cchc_xlsx.task import Task
from cchc_xlsx.waivers import Waiver

_MOST = 10 << 20  # bytes: a table of waivers is typed by hand
_CANNOT_READ = Text("Không đọc được {path}: {why}.", "Cannot read {path}: {why}.")
_TOO_LARGE = Text("tệp quá lớn (hơn 10 MiB)", "the file is too large (over 10 MiB)")


def task(period: str | None, plan: Path | None, waived: Path | None) -> Task:
    """What the workers are told. Raises CchcError where an option or its file is wrong."""
    wanted = periods.parse(period).code if period else None
    asked = Asked(wanted, generate.read_plan(plan) if plan else None)
    now = dt.datetime.now(dt.UTC)
    return Task(asked, LANG, _waivers(waived) if waived else (), waivers.today(now))


def _waivers(path: Path) -> tuple[Waiver, ...]:
    shown = results.printable(str(path))
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST + 1)
    except OSError as error:
        raise CchcError(_CANNOT_READ.format(path=shown, why=error.strerror or "?")) from error
    if len(data) > _MOST:
        raise CchcError(_CANNOT_READ.format(path=shown, why=_TOO_LARGE))
    return waivers.read(data, shown)
