"""The year's folder that a command works in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from cchc_xlsx import project as projects
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text
from cchc_xlsx.project.model import Project

_NONE = Text(
    "Lệnh này chạy trong thư mục của năm (có tệp cchc.xlsx). Tạo thư mục: cchc-xlsx init THƯ_MỤC; rồi chuyển vào đó.",
    "This command works in a year's folder (with cchc.xlsx). Make one: cchc-xlsx init DIR; then go there.",
)


def now() -> dt.datetime:
    """The present moment, UTC."""
    return dt.datetime.now(dt.UTC)


def find(*places: Path) -> Project | None:
    """The year's folder that the first of some places lies in which lies in one. Raises CchcError for a wrong set-up."""
    folder = next((found for place in places if (found := projects.find(place))), None)
    return projects.load(folder) if folder else None


def need(*places: Path) -> Project:
    """The same, of the folder that one works in, else of some places; CchcError where there is none."""
    found = find(Path.cwd(), *places)
    if found is None:
        raise CchcError(_NONE)
    return found
