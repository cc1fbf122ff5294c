"""Folders → the result of every file in them, sorted, none left out. Files are read by workers alone."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from cchc_xlsx import folder, identity, recognise, results, together, workers, writer
from cchc_xlsx.errors import CchcError
from cchc_xlsx.folder import Entry
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.results import FileResult, Report, Status, Told
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding
from cchc_xlsx.task import Task
from cchc_xlsx.together import Figures, Member

_IN_MEMORY = 4 << 20  # bytes of answers; more go to a file without a name in the system's own place for such files
_MARKS_INSIDE = Text(
    "Thư mục bản đánh dấu “{folder}” đang là thư mục được kiểm tra; chọn thư mục khác để bản đánh dấu không lẫn với tệp của đơn vị.",
    "The folder for marked copies, “{folder}”, is one that is checked; choose another, so that copies do not mix with the units' files.",
)
_NOT_A_FOLDER = Text("“{folder}” không phải thư mục.", "“{folder}” is not a folder.")


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is remembered of an answer: the rest of it is read again when it is shown."""

    status: Status
    token: str | None = None
    sha256: str | None = None
    is_usable: bool = False
    start: int = 0
    lengths: tuple[int, int] = (0, 0)  # bytes for the set, then bytes of all that is told
    marked: Path | None = None


@dataclass(frozen=True, slots=True)
class _Answers:
    """What the workers said, kept on disk."""

    rest: IO[bytes]
    kept: dict[int, _Kept] = field(default_factory=dict)

    def keep(self, number: int, one: _Kept, of_set: bytes, told: bytes) -> None:
        """Remember an answer."""
        start = self.rest.seek(0, os.SEEK_END)
        self.rest.write(of_set)
        self.rest.write(told)
        self.kept[number] = replace(one, start=start, lengths=(len(of_set), len(told)))

    def of_set(self, one: _Kept) -> Any:  # noqa: ANN401  JSON
        """Figures and plan of a file, for findings about the set."""
        self.rest.seek(one.start)
        return json.loads(self.rest.read(one.lengths[0]))

    def told(self, one: _Kept) -> Any:  # noqa: ANN401  JSON
        """Findings, unit name and accepted inputs of a file."""
        self.rest.seek(one.start + one.lengths[0])
        return json.loads(self.rest.read(one.lengths[1]))


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Files(Collection[FileResult]):
    """The results in the order of their paths, read from where they are kept."""

    entries: Sequence[Entry]
    answers: _Answers

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, one: object) -> bool:
        return any(one == other for other in self)

    def __iter__(self) -> Iterator[FileResult]:
        for number, entry in enumerate(self.entries):
            kept = self.answers.kept[number]
            findings, unit_name, fields = self.answers.told(kept)
            yield FileResult(
                path=entry.shown,
                status=kept.status,
                findings=tuple(map(results.from_row, findings)),
                identity=identity.parse(kept.token) if kept.token else None,
                unit_name=unit_name,
                sha256=kept.sha256,
                fields={key: (cell, value, state) for key, (cell, value, state) in fields.items()},
                file=entry.path,
                marked=kept.marked,
            )


@dataclass(slots=True)
class _Marks:
    """The folder of marked copies."""

    folder: Path
    made: dict[Path, int] = field(default_factory=dict)  # copy → the first file that gives it

    def save(self, number: int, name: str, copy: bytes) -> Path:
        """Write a copy. One that is there with other content stays: somebody may have begun to mend it."""
        path = self.folder / name
        again = 1
        while path not in self.made and path.exists() and not _holds(path, copy):
            again += 1
            path = self.folder / f"{Path(name).stem}_{again}.xlsx"
        # The same file in two places gives one copy, which names the first of them whoever is read first.
        if self.made.get(path, number) >= number:
            self.made[path] = number
            writer.save(copy, path)
        return path


def _holds(path: Path, data: bytes) -> bool:
    with contextlib.suppress(OSError):
        return path.stat().st_size == len(data) and path.read_bytes() == data
    return False


def cores() -> int:
    """How many processors this process may use."""
    available = getattr(os, "sched_getaffinity", None)
    return len(available(0)) if available else os.cpu_count() or 1


def check(
    paths: Sequence[Path],
    task: Task,
    progress: Callable[[int, int], None] | None = None,
    *,
    jobs: int | None = None,
    expect_all: bool = False,
    mark: Path | None = None,
) -> Report:
    """Every file under `paths` checked by `jobs` processes; marked copies of those at fault go into the folder `mark`.

    `expect_all`: units that sent nothing are findings. Raises CchcError where a path does not exist, or where marked
    copies would mix with the files that are checked.
    """
    if mark:
        _apart(mark, paths)
    entries = folder.entries(paths, (mark,) if mark else ())
    answers = _Answers(tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - it lives as long as the report
    try:
        copies = _Marks(mark) if mark else None
        _gather(entries, answers, replace(task, marks=mark is not None), jobs or cores(), copies, progress)
        found = _about_the_set(entries, answers, task, expect_all=expect_all)
    except BaseException:
        answers.rest.close()
        raise
    files = _Files(entries, answers)
    weakref.finalize(files, answers.rest.close)
    counts = Counter(one.status for one in answers.kept.values())
    return Report(files, {status: counts[status] for status in results.STATUSES}, found)


def _apart(mark: Path, paths: Sequence[Path]) -> None:
    shown = results.printable(str(mark))
    if mark.exists() and not mark.is_dir():
        raise CchcError(_NOT_A_FOLDER.format(folder=shown))
    if mark.exists() and any(path.is_dir() and path.samefile(mark) for path in paths):
        raise CchcError(_MARKS_INSIDE.format(folder=shown))


def _gather(
    entries: Sequence[Entry],
    answers: _Answers,
    task: Task,
    jobs: int,
    copies: _Marks | None,
    progress: Callable[[int, int], None] | None,
) -> None:
    """What became of each entry."""

    def keep(number: int, one: _Kept, of_set: bytes, told: bytes) -> None:
        answers.keep(number, one, of_set, told)
        if progress:
            progress(len(answers.kept), len(entries))

    for number, one in enumerate(entries):
        if one.skipped:
            status: Status = "error" if one.skipped.severity == "error" else "skipped"
            keep(number, _Kept(status), b"", _alone(one.skipped, task.lang))
    wanted = [number for number, one in enumerate(entries) if not one.skipped]
    files = [(entries[number].path, entries[number].shown) for number in wanted]
    for index, answer in workers.run(files, task, jobs):
        number = wanted[index]
        if isinstance(answer, str):
            lost = Finding(answer, registry.by_code()[answer].severity, data={"seconds": f"{workers.SECONDS_A_FILE:g}"})
            keep(number, _Kept("error"), b"", _alone(lost, task.lang))
            continue
        head, of_set, told, copy = answer.split(b"\t")
        *known, name = json.loads(head)
        marked = copies.save(number, name, base64.b64decode(copy)) if copies and name else None
        keep(number, replace(_Kept(*known), marked=marked), of_set, told)


def _alone(finding: Finding, lang: Lang) -> bytes:
    """All that is told of a file nobody could read."""
    return json.dumps([[results.row(results.told(finding, lang))], "", {}]).encode()


def _about_the_set(entries: Sequence[Entry], answers: _Answers, task: Task, *, expect_all: bool) -> tuple[Told, ...]:
    """What is wrong with the files together."""
    members = [_member(entries[number].shown, answers, one) for number, one in sorted(answers.kept.items())]
    tokens = {one.token: one for one in answers.kept.values() if one.token and one.lengths[0]}
    by_revision = {_revision(who): one for token, one in tokens.items() if (who := identity.parse(token))}

    def issue_of(who: Identity) -> Issue | None:
        kept = by_revision.get(_revision(who))
        return recognise.whole(who, answers.of_set(kept)[1], task.asked.own_forms) if kept else None

    found = together.findings(members, issue_of if expect_all else None)
    return tuple(results.told(replace(one, waived=task.pardon(one, None)), task.lang) for one in found)


def _member(path: str, answers: _Answers, kept: _Kept) -> Member:
    def single() -> Figures:
        return {key: (cell, value) for key, (cell, value) in answers.of_set(kept)[0].items()}

    who = identity.parse(kept.token) if kept.token else None
    return Member(path, who, kept.sha256, kept.is_usable, single)


def _revision(who: Identity) -> tuple[object, ...]:
    """What decides which units are asked."""
    return (who.form, who.version, who.plan, who.commune, who.commune_code, who.year, who.period)
