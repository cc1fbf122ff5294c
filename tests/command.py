"""The real command `cchc-xlsx` as another process, as a person or a script starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

import cchc_xlsx

COMMAND = (sys.executable, "-m", "cchc_xlsx")
HOME = str(Path(cchc_xlsx.__file__).parent.parent)
# What a terminal or a CI machine may have set, and what must not leak from the machine into a test.
_UNSET = (
    "CCHC_LANG",
    "CCHC_DEBUG",
    "FORCE_COLOR",
    "NO_COLOR",
    "TTY_COMPATIBLE",
    "COLUMNS",
    "LC_ALL",
    "LANG",
    "PYTHONIOENCODING",
    "PYTHONDONTWRITEBYTECODE",
)


class Done(Struct, frozen=True, dict=True):
    """What a run left: its exit code, and its output as bytes and as text."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def environment(**more: str) -> dict[str, str]:
    """Ours, without what would change the command's language or looks, and with what a test sets."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
    return {
        **kept,
        "PYTHONPATH": HOME,
        "LANG": "C.UTF-8",
        "PYTHONPYCACHEPREFIX": str(Path(HOME, ".cache", "bytecode")),  # compiled once, not by each of a thousand runs
        "PYTHONWARNINGS": "error",
        **more,
    }


def run(*arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None, timeout_s: float = 120) -> Done:
    """One run to its end, output piped. A traceback anywhere fails the test: no command may show one."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        cwd=cwd,
        env=environment(**(env or {})),
        timeout=timeout_s,
        check=False,
    )
    result = Done(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))
    assert "Traceback" not in result.err, result.err
    assert b"Traceback" not in result.raw
    assert result.code in (0, 1, 2, 130), result.err
    return result


def generate(folder: Path, *arguments: str | Path, commune: str = "Nhơn Hậu", out: str = "bieu") -> list[Path]:
    """The workbooks that `generate` made; it must have made them."""
    done = run("generate", "--commune", commune, "--out", out, *arguments, cwd=folder)
    assert done.code == 0, done.err
    return [folder / line for line in done.lines[:-1]]


def names(folder: Path) -> list[str]:
    """Everything in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
