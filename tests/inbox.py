"""Folders as they arrive, drawn as text, and what the real command says of them, as lines of text.

A line names a file, its form, unit and period, and behind `|` what is typed in, as `checked` draws it; `= other` copies a file:

    put(folder, '''
    mot/tu-phap.xlsx NH1 TPHT Q1 | r14: num=120 den=100
    mot/van-phong.xlsx NH1 VPTK Q1
    hai.xlsx = mot/tu-phap.xlsx
    ''')

What is said: `mot/tu-phap.xlsx error L401 (V221)`, waived findings in brackets; findings about the set begin with `*`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import checked
from command import Done, run

FORMS = {"NH1": "nhon-hau-2025-phu-luc-1", "NH2": "nhon-hau-2025-phu-luc-2", "PAR": "tay-xuan-2024-par-index"}
HEAD = "unit,key,code,period,reason,until"


def put(folder: Path, drawn: str) -> Path:
    """The folder with the files that are drawn."""
    for line in filter(None, map(str.strip, drawn.splitlines())):
        about, _, typed = line.partition("|")
        name, *whose = about.split()
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if whose[0] == "=":
            path.write_bytes((folder / whose[1]).read_bytes())
        else:
            form, unit, period = whose
            path.write_bytes(checked.workbook(FORMS[form], typed.strip(), period, unit))
    return folder


def waivers(folder: Path, *rows: str) -> Path:
    """A table of waivers beside the folder `nop`."""
    path = folder / "mien.csv"
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8-sig")
    return path


def check(folder: Path, *arguments: str | Path) -> tuple[int, list[str]]:
    """Exit code and lines of a check of `nop` in a folder; it must say nothing on its error stream."""
    done = run("check", "nop", "--format", "json", *arguments, cwd=folder)
    assert done.err == ""
    return done.code, said(done)


def said(done: Done) -> list[str]:
    """What a JSON result says."""
    body = done.json
    of_set = [" ".join(["*", *_codes(body)])] if body["findings"] else []
    return [*of_set, *(" ".join([one["path"], one["status"], *_codes(one)]) for one in body["files"])]


def _codes(said_of: Any) -> list[str]:
    return [f"({one['code']})" if one["waived"] else one["code"] for one in said_of["findings"]]
