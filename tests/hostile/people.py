"""Who runs the command: whoever runs the tests, and, where that is root, an ordinary user too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from command import HOME

_NOBODY = 65_534
# What the tests have and the command does not need; some of it is large.
_NOT_NEEDED = shutil.ignore_patterns("__pycache__", "mypy*", "ruff*", "pip*", "*pytest*", "hypothesis*", "*.dist-info")


@dataclass(frozen=True)
class Person:
    """A user: the Python that they may run, where it finds the package, how they are become."""

    is_root: bool
    python: str = sys.executable
    pythonpath: str = HOME
    become: Mapping[str, object] = field(default_factory=dict)


def me() -> Person:
    """Whoever runs the tests."""
    return Person(is_root=hasattr(os, "geteuid") and os.geteuid() == 0)


def ordinary(place: Path) -> Person | None:
    """An ordinary user, with a copy of the package in `place` that they may read; None where they may run no Python."""
    if not me().is_root:
        return me()
    shutil.copytree(Path(HOME) / "cchc_xlsx", place / "cchc_xlsx", ignore=_NOT_NEEDED)
    shutil.copytree(Path(HOME) / "templates", place / "templates", ignore=_NOT_NEEDED)
    libraries = [path for path in sys.path if path.endswith("-packages")]
    for number, library in enumerate(libraries):
        copy = place / f"libraries{number}"
        shutil.copytree(library, copy, ignore=_NOT_NEEDED, symlinks=True)
        libraries[number] = str(copy)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        become = {"user": _NOBODY, "group": _NOBODY, "extra_groups": ()}
        one = Person(is_root=False, python=python, pythonpath=os.pathsep.join([str(place), *libraries]), become=become)
        if _can_run(one, place):
            return one
    return None


def _can_run(one: Person, place: Path) -> bool:
    env = {**os.environ, "PYTHONPATH": one.pythonpath, "PYTHONDONTWRITEBYTECODE": "1"}
    words = [one.python, "-c", "import cchc_xlsx.check, cchc_xlsx.cli.commands"]
    try:
        done = subprocess.run(words, env=env, cwd=place, capture_output=True, check=False, **one.become)  # type: ignore[call-overload]
    except PermissionError:
        return False
    return bool(done.returncode == 0)
