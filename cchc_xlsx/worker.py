"""The process that reads files which came from outside: it may die or be killed, and the run goes on without it.

It is told by lines of JSON on its standard input what to do and answers each with one line: a head that the run needs at
once, a tab, and the rest, which the run only keeps.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from cchc_xlsx import examine, issue, results
from cchc_xlsx.examine import Examined, Layouts
from cchc_xlsx.form import load
from cchc_xlsx.issue import Issue
from cchc_xlsx.lang import Lang
from cchc_xlsx.recognise import Asked, GivenPlan

MAX_MEMORY = 384 << 20  # bytes of address space (safety.md); Windows has no such limit, the guards bound it alone
MAX_SECONDS = 20  # beyond what the run itself allows: the process ends even where the run is gone


def main() -> None:
    """Answer until standard input ends."""
    answers = _silence()
    _limit()
    settings = json.loads(sys.stdin.buffer.readline())
    asked, lang = _asked(settings), settings["lang"]
    layouts = Layouts()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        with _clock():
            if "plan" in request:
                answer = _plan(Path(request["plan"]), layouts)
            else:
                answer = _file(Path(request["file"]), asked, lang, layouts)
        answers.write(answer + b"\n")
        answers.flush()


def _silence() -> BinaryIO:
    """Where answers go; what libraries print by themselves goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _limit() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which then ends this process
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - Windows has none

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextlib.contextmanager
def _clock() -> Iterator[None]:
    """The system ends the process where one file takes too long; no code of ours or a library's need run for that."""
    alarm = getattr(signal, "alarm", None)
    if alarm:
        alarm(MAX_SECONDS)
    yield
    if alarm:
        alarm(0)


def _asked(settings: Mapping[str, Any]) -> Asked:
    plan = settings["plan"]
    given = None
    if plan:
        form = load.find(plan["form"], plan["version"])
        whose = Issue(form, plan["commune"], plan["year"], "plan", commune_code=plan["commune_code"])
        given = GivenPlan(whose, plan["overlay"])
    own = settings["own_forms"]
    key = settings["key"]
    return Asked(settings["period"], given, Path(own) if own else None, bytes.fromhex(key) if key else None)


def _file(path: Path, asked: Asked, lang: Lang, layouts: Layouts) -> bytes:
    found = examine.examine(path, asked, layouts)
    token = found.identity.token if found.identity else None
    head = [found.status, token, found.sha256]
    rest = [
        [_told(found, lang), _unit_name(found)],
        {key: list(value) for key, value in examine.accepted(found).items()},
    ]
    return _json(head) + b"\t" + _json(rest)


def _told(found: Examined, lang: Lang) -> list[list[object]]:
    every = (results.told(one, lang) for one in found.findings)
    return [
        [one.code, one.severity, one.sheet, one.cell, one.key, one.label, one.value, one.message, one.fix, None]
        for one in every
    ]


def _unit_name(found: Examined) -> str:
    if found.identity is None or found.filled is None:
        return ""
    return issue.unit_name(found.filled.layout.context.issue, found.identity.unit)


def _plan(path: Path, layouts: Layouts) -> bytes:
    found = examine.read_plan(path, layouts)
    if isinstance(found, tuple):
        return _json({"token": found[0].token, "overlay": dict(found[1])}) + b"\t"
    return _json({"why": [found.vi, found.en]}) + b"\t"


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


if __name__ == "__main__":
    main()
