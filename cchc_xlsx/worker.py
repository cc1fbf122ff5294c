"""The process that reads files which came from outside: it may die or be killed, and the run goes on without it.

It is told by lines of JSON on its standard input what to do and answers each with one line. Of a file it says, with tabs
between: a head that the run needs at once; what findings about the set are made from; all that is told; and the marked copy.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from msgspec.structs import replace

from cchc_xlsx import (
    examine,
    extras,
    history,
    issue,
    marks,
    package,
    processes,
    reader,
    reports,
    results,
    task,
    units,
    wire,
)
from cchc_xlsx.examine import Examined, Layouts
from cchc_xlsx.grid import Book
from cchc_xlsx.marks import Source
from cchc_xlsx.package import Refusal
from cchc_xlsx.rules.model import Finding
from cchc_xlsx.task import Task
from cchc_xlsx.wire import Answer

_ESCAPED = "backslashreplace"  # JSON says half a surrogate pair like Python does
MAX_MEMORY = 384 << 20  # bytes of address space; Windows has no such limit, the guards bound it alone
MAX_SECONDS = 20  # beyond what the run itself allows: the process ends even where the run is gone


def main() -> None:
    """Answer until standard input ends."""
    from cchc_xlsx import spec  # noqa: F401, PLC0415 - forms need it; meanwhile the run is still looking for its files

    requests = processes.Requests(_silence())
    _limit()
    lines = iter(requests)
    first = next(lines, b"")
    if not first:
        return  # nothing was to be read after all
    wanted = task.from_line(first)
    layouts = Layouts()
    _rest_from_cycles()
    for line in lines:
        request = json.loads(line)
        with _clock():
            if "plan" in request:
                answer = _plan(Path(request["plan"]), wanted, layouts)
            elif "mail" in request:
                answer = _mail(request)
            else:
                told = replace(wanted, past=history.from_json(request["past"])) if "past" in request else wanted
                answer = _file(Path(request["file"]), request["name"], told, layouts)
        requests.out.write(answer + b"\n")
        requests.out.flush()


def _silence() -> BinaryIO:
    """Where answers go; what libraries print by themselves goes nowhere."""
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return out


def _limit() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which then ends this process
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - Windows has none

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _rest_from_cycles() -> None:
    """What is read of forms lives as long as the process and is not to be gone through again and again: a third of the time."""
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@contextlib.contextmanager
def _clock() -> Iterator[None]:
    """The system ends the process where one file takes too long; no code of ours or a library's need run for that."""
    alarm = getattr(signal, "alarm", None)
    if alarm:
        alarm(MAX_SECONDS)
    yield
    if alarm:
        alarm(0)


def _file(path: Path, name: str, wanted: Task, layouts: Layouts) -> bytes:
    found = examine.examine(path, wanted.asked, layouts, wanted.pardon, wanted.past)
    if wanted.summaries and (summed := _summary(path, found, wanted)):
        return summed
    if _is_result(path, found):
        found = Examined("skipped", (Finding("F023", "info"),), sha256=found.sha256)
    accepted = examine.accepted(found)
    copy_name, copy = _marked(found, name, wanted)
    told = [results.told(one, wanted.lang) for one in found.findings]
    return wire.to_line(
        Answer(
            found.status,
            found.identity.token if found.identity else None,
            found.sha256,
            _is_usable(found),
            copy_name,
            wire.to_json(_of_set(found.source, accepted)) if found.source else b"",
            results.members(told, accepted).encode("utf-8", _ESCAPED),
            copy,
        )
    )


def _is_result(path: Path, found: Examined) -> bool:
    """Whether a file that is nobody's report is what an earlier check told."""
    codes = {one.code for one in found.findings}
    if not codes & {"I501", "F009"}:
        return False
    data = package.read_file(path)
    if isinstance(data, Refusal):
        return False
    if "F009" in codes:
        return reports.is_csv(data)
    book = reader.read(data)
    return isinstance(book, Book) and book.property_token == reports.MADE


def _summary(path: Path, found: Examined, wanted: Task) -> bytes | None:
    """What a commune's consolidated workbook says; None where the file is none."""
    from cchc_xlsx import upward  # noqa: PLC0415 - only a run over many communes meets them

    if all(one.code != "I501" for one in found.findings):
        return None
    data = package.read_file(path)
    book = data if isinstance(data, Refusal) else reader.read(data)
    if isinstance(book, Refusal) or not upward.is_summary(book):
        return None
    said = upward.read(book, wanted.asked)
    told = [results.told(one, wanted.lang) for one in said.findings]
    of_set = [units.COMMUNE, {}, said.asking, "", {}, said.figures] if said.figures else None
    return wire.to_line(
        Answer(
            results.status(said.findings),
            said.token or None,
            found.sha256,
            is_usable=bool(said.figures),
            of_set=wire.to_json(of_set) if of_set else b"",
            told=results.members(told, {}).encode("utf-8", _ESCAPED),
        )
    )


def _is_usable(found: Examined) -> bool:
    """Whether there is a figure in it at all."""
    return found.filled is not None and all(one.code != "M100" for one in found.findings)


def _of_set(source: Source, accepted: Mapping[str, tuple[str, object, str]]) -> list[object]:
    """The unit's name, the figures of rows that one unit alone reports, what decides who is asked beside the unit, the form
    sheet's name, and the figures that are known already."""
    context = source.filled.layout.context
    single = context.single & accepted.keys()
    name = issue.unit_name(context.issue, context.issue.unit)
    asking = extras.write(extras.asking(extras.of(context.issue)))
    known = {key: one.known for key, one in context.known.items()}
    return [name, {key: accepted[key][:2] for key in sorted(single)}, asking, source.sheet.name, known, ""]


def _marked(found: Examined, name: str, wanted: Task) -> tuple[str | None, bytes]:
    """Name and bytes of the marked copy of a workbook in which there is something to mend."""
    counted = [one for one in found.findings if not one.waived]
    if not (wanted.marks and found.source and found.sha256 and marks.is_needed(counted)):
        return None, b""
    whose = found.source.filled.layout.context.issue
    copy = marks.marked_copy(found.source, counted, wanted.lang, name)
    return marks.file_name(whose, found.sha256), copy


def _plan(path: Path, wanted: Task, layouts: Layouts) -> bytes:
    found = examine.read_plan(path, wanted.asked, layouts)
    if isinstance(found, tuple):
        return wire.to_json({"token": found[0].token, "overlay": dict(found[1])}) + b"\t"
    return wire.to_json({"why": [found.vi, found.en]}) + b"\t"


def _mail(request: Mapping[str, Any]) -> bytes:
    """What lies in a mail, as `mail.model.to_json` has it, or why nobody can tell."""
    from cchc_xlsx.mail import model  # noqa: PLC0415 - only a run that collects meets mails
    from cchc_xlsx.mail.read import read  # noqa: PLC0415

    try:
        found = read(model.source_from_json(request["mail"]), Path(request["spool"]), frozenset(request["own"]))
    except model.Unreadable as error:
        return wire.to_json({"why": [error.text.vi, error.text.en]}) + b"\t"
    return wire.to_json(model.to_json(found)) + b"\t"


if __name__ == "__main__":
    main()
