"""The year's folder: its set-up workbook, its private state, what it owes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cchc_xlsx.project.names import SETUP, STATE

if TYPE_CHECKING:
    from cchc_xlsx.project.folder import Made
    from cchc_xlsx.project.model import Project, Setup


def find(begin: Path) -> Path | None:
    """The year's folder that a path lies in, the innermost; None where there is none."""
    here = begin.absolute()
    for folder in (here, *here.parents):
        if (folder / SETUP).is_file() and (folder / STATE).is_dir():
            return folder
    return None


def init(folder: Path, **given: Any) -> Made:  # noqa: ANN401  the parameters of `folder.init`
    """A year's folder, made or completed. Raises CchcError where something given is wrong."""
    from cchc_xlsx.project import folder as room  # noqa: PLC0415 - looking for a folder needs none of it

    return room.init(folder, **given)


def load(folder: Path) -> Project:
    """The year's folder with its set-up and key. Raises SetupError with every mistake of the set-up workbook, CchcError where
    the folder is none or its key is missing.
    """
    from cchc_xlsx.project import folder as room  # noqa: PLC0415 - as above

    return room.load(folder)


def read(path: Path, own_forms: Path | None = None) -> Setup:
    """What a set-up workbook says. Raises SetupError with every mistake in it, by sheet and cell."""
    from cchc_xlsx.project import folder as room  # noqa: PLC0415 - as above

    return room.read(path, own_forms)
