"""The programs that units may save workbooks with, run for tests: what they make of a workbook that they load and save again.

ExcelJS and SheetJS are looked for in the folder node_modules that CCHC_NODE_MODULES names, else in `.cache/js/node_modules`:

    mkdir -p .cache/js && cp tests/js/package.json .cache/js/ && npm install --prefix .cache/js --ignore-scripts --no-package-lock
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import office
import openpyxl
import pytest
from msgspec import Struct, field

JS = Path(__file__).parent / "js"
PACKAGES = {"exceljs": "exceljs", "sheetjs": "xlsx"}  # program → its name in the npm registry
TIMEOUT_S = 300.0

Typed = str | float | dt.date


class Job(Struct, frozen=True, dict=True):
    """A workbook to be saved again, after cells of its first sheet were filled in."""

    source: Path
    out: Path
    typed: Mapping[str, Typed] = field(default_factory=dict)


def node_modules() -> Path:
    """Where the JavaScript libraries are."""
    named = os.environ.get("CCHC_NODE_MODULES")
    return Path(named) if named else Path(__file__).parents[1] / ".cache" / "js" / "node_modules"


@cache
def missing(program: str) -> str:
    """What this machine lacks to run the program; empty where it lacks nothing."""
    if program == "libreoffice":
        return ", ".join(office.missing())
    if program == "gnumeric":
        return "" if shutil.which("ssconvert") else "ssconvert (Gnumeric)"
    if program in PACKAGES:
        wanted = json.loads((JS / "package.json").read_text(encoding="utf-8"))["dependencies"][PACKAGES[program]]
        manifest = node_modules() / PACKAGES[program] / "package.json"
        found = json.loads(manifest.read_text(encoding="utf-8"))["version"] if manifest.is_file() else None
        lacks = ([] if shutil.which("node") else ["node"]) + (
            [] if found == wanted else [f"{PACKAGES[program]} {wanted} in {node_modules()}"]
        )
        return ", ".join(lacks)
    return ""


def need(program: str) -> None:
    """Skip the running test where the program is missing, naming what is missing; fail it under CI instead."""
    if names := missing(program):
        if os.environ.get("CI"):
            pytest.fail(f"needed under CI: {names}", pytrace=False)
        pytest.skip(f"missing: {names}")


def resave(program: str, jobs: Sequence[Job]) -> None:
    """The workbooks saved again by a program. Raises where it fails or leaves one out."""
    need(program)
    for job in jobs:
        assert program in FILLERS or not job.typed, "this program only saves"
    PROGRAMS[program](jobs)
    assert [job.out.name for job in jobs if not job.out.is_file()] == []


def _libreoffice(jobs: Sequence[Job]) -> None:
    [folder] = {job.out.parent for job in jobs}
    outs = office.resave_all([job.source for job in jobs], folder, timeout_s=TIMEOUT_S)
    assert outs == [job.out for job in jobs]


def _gnumeric(jobs: Sequence[Job]) -> None:
    for job in jobs:
        _run(["ssconvert", "-T", "Gnumeric_Excel:xlsx2", str(job.source), str(job.out)], {})


def _openpyxl(jobs: Sequence[Job]) -> None:
    for job in jobs:
        book = openpyxl.load_workbook(job.source)
        for cell, value in job.typed.items():
            book.worksheets[0][cell].value = value  # type: ignore[union-attr]
        book.save(job.out)


def _javascript(program: str) -> Callable[[Sequence[Job]], None]:
    def save(jobs: Sequence[Job]) -> None:
        asked = [
            {
                "in": str(job.source),
                "out": str(job.out),
                "set": {
                    cell: {"date": one.isoformat()} if isinstance(one, dt.date) else one
                    for cell, one in job.typed.items()
                },
            }
            for job in jobs
        ]
        listed = jobs[0].out.with_suffix(".jobs.json")
        listed.write_text(json.dumps(asked), encoding="utf-8")
        _run(["node", str(JS / "resave.mjs"), program, str(listed)], {"CCHC_NODE_MODULES": str(node_modules())})
        listed.unlink()

    return save


def _run(command: Sequence[str], settings: Mapping[str, str]) -> None:
    done = subprocess.run(
        command,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr


PROGRAMS: Mapping[str, Callable[[Sequence[Job]], None]] = {
    "libreoffice": _libreoffice,
    "gnumeric": _gnumeric,
    "openpyxl": _openpyxl,
    "exceljs": _javascript("exceljs"),
    "sheetjs": _javascript("sheetjs"),
}
FILLERS = ("openpyxl", "exceljs", "sheetjs")  # those that can be told what to type
