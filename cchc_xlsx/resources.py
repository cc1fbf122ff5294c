"""Where the shipped templates are: inside the installed wheel, beside the package in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def templates() -> Path:
    """The folder that holds forms/, units/, reports/ and mail/."""
    here = Path(__file__).parent
    inside = here / "templates"
    return inside if inside.is_dir() else here.parent / "templates"
