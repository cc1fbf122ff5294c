"""Folders → the result of every file in them, sorted, none left out. Files are read by workers alone."""

from __future__ import annotations

import json
import os
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from msgspec import Struct, field
from msgspec.structs import replace

from cchc_xlsx import beside, extras, folder, identity, recognise, results, together, wire, workers
from cchc_xlsx.beside import Copies
from cchc_xlsx.extras import Extras
from cchc_xlsx.folder import Entry
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue
from cchc_xlsx.lang import Lang
from cchc_xlsx.results import FileResult, Report, Status, Stored, Told
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding
from cchc_xlsx.task import Task
from cchc_xlsx.together import Expected, Figures, Member

_FILES_A_PROCESS = 100  # with fewer, to start another takes longer than it saves
_IN_MEMORY = 16 << 20  # bytes of answers; more go to a file without a name in the system's own place for such files


class _Kept(Struct, frozen=True):
    """What is remembered of an answer: the rest of it is read again when it is shown."""

    status: Status
    token: str | None = None
    sha256: str | None = None
    is_usable: bool = False
    start: int = 0
    lengths: tuple[int, int] = (0, 0)  # bytes for the set, then bytes of all that is told
    marked: Path | None = None


class _Answers(Struct):
    """What the workers said, kept on disk: first all is written, then it is read."""

    rest: IO[bytes]
    kept: dict[int, _Kept] = field(default_factory=dict)
    size: int = 0

    def keep(self, number: int, one: _Kept, of_set: bytes, told: bytes) -> None:
        """Remember an answer."""
        self.rest.write(of_set + told)
        self.kept[number] = replace(one, start=self.size, lengths=(len(of_set), len(told)))
        self.size += len(of_set) + len(told)

    def of_set(self, one: _Kept) -> Any:  # noqa: ANN401  JSON
        """Name of the unit, figures of a file, and what decides who is asked beside it, for findings about the set."""
        self.rest.seek(one.start)
        return json.loads(self.rest.read(one.lengths[0]) or _NOTHING)

    def read(self, one: _Kept) -> tuple[Any, str]:
        """The same, and all that is told as `results.members` has it."""
        return self.of_set(one), self.rest.read(one.lengths[1]).decode()


_NOTHING = b'["", {}, "", "", {}, ""]'


class _Files(Stored):
    """The results in the order of their paths, read from where they are kept."""

    def __init__(self, entries: Sequence[Entry], answers: _Answers) -> None:
        self.entries = entries
        self.answers = answers

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, one: object) -> bool:
        return any(one == other for other in self)

    def __iter__(self) -> Iterator[FileResult]:
        return map(self.at, range(len(self.entries)))

    def heads(self) -> Iterator[tuple[FileResult, str]]:
        """Each result without its findings and inputs, and these as they were told."""
        for number in range(len(self.entries)):
            yield self._head(number)

    def at(self, number: int) -> FileResult:
        """The result of that number."""
        head, text = self._head(number)
        findings, fields = results.from_members(text)
        return replace(head, findings=findings, fields=fields)

    def _head(self, number: int) -> tuple[FileResult, str]:
        entry, kept = self.entries[number], self.answers.kept[number]
        (unit_name, _, asking, sheet, known, summary), told = self.answers.read(kept)
        head = FileResult(
            path=entry.shown,
            status=kept.status,
            identity=identity.parse(kept.token) if kept.token else None,
            unit_name=unit_name,
            sha256=kept.sha256,
            file=None if entry.name else entry.path,
            marked=kept.marked,
            sheet=sheet,
            asking=asking,
            known=known,
            summary=summary,
        )
        return head, told


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
    expected: Expected | None = None,
    mark: Path | None = None,
    output: Path | None = None,
    own: Sequence[Path] = (),
    leave_out: Sequence[Path] = (),
) -> Report:
    """Every file under `paths` checked by `jobs` processes; marked copies of those at fault go into the folder `mark`.

    `expected`: which units are findings where they sent nothing. `output` is where the result will be written, `own` are other
    files of the office and `leave_out` folders of its own; they are not checked. Raises CchcError where a path does not exist, or where what is written would mix with the
    files that are checked or overwrite one.
    """
    left_out = beside.marks(mark, paths, task) if mark else ()
    entries = folder.entries(paths, [*left_out, *leave_out])
    if output:
        beside.spare(output, entries, task)
    entries = beside.without(entries, [*own, *((output,) if output else ())])
    return of_entries(entries, task, progress, jobs=jobs, expected=expected, mark=mark)


def of_entries(
    entries: Sequence[Entry],
    task: Task,
    progress: Callable[[int, int], None] | None = None,
    *,
    jobs: int | None = None,
    expected: Expected | None = None,
    mark: Path | None = None,
) -> Report:
    """The same for files that are listed already."""
    answers = _Answers(tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - it lives as long as the report
    copies = Copies(mark) if mark else None
    try:
        _gather(
            entries,
            answers,
            replace(task, marks=mark is not None),
            jobs or min(cores(), 1 + len(entries) // _FILES_A_PROCESS),
            copies,
            progress,
        )
        found = _about_the_set(entries, answers, task, expected)
    except BaseException:
        answers.rest.close()
        raise
    finally:
        if copies:
            copies.close()
    files = _Files(entries, answers)
    weakref.finalize(files, answers.rest.close)
    counts = Counter(one.status for one in answers.kept.values())
    return Report(files, {status: counts[status] for status in results.STATUSES}, found)


def _gather(
    entries: Sequence[Entry],
    answers: _Answers,
    task: Task,
    jobs: int,
    copies: Copies | None,
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
    # A copy tells the unit its file by name: folders are the office's own, and say something else in the next run.
    files = [(entries[number].path, entries[number].name or entries[number].path.name) for number in wanted]
    for index, answer in workers.run(files, task, jobs):
        number = wanted[index]
        if isinstance(answer, str):
            lost = Finding(answer, registry.by_code()[answer].severity, data={"seconds": f"{workers.SECONDS_A_FILE:g}"})
            keep(number, _Kept("error"), b"", _alone(lost, task.lang))
            continue
        read = wire.from_line(answer)
        if copies and read.copy_name:
            copies.add(number, read.copy_name, read.copy)
        keep(number, _Kept(read.status, read.token, read.sha256, read.is_usable), read.of_set, read.told)
    if copies:
        copies.finish()
        for number, path in copies.places.items():
            answers.kept[number] = replace(answers.kept[number], marked=path)


def _alone(finding: Finding, lang: Lang) -> bytes:
    """All that is told of a file nobody could read."""
    return results.members([results.told(finding, lang)], {}).encode()


def _about_the_set(
    entries: Sequence[Entry], answers: _Answers, task: Task, expected: Expected | None
) -> tuple[Told, ...]:
    """What is wrong with the files together."""
    members = [_member(entries[number].shown, answers, one) for number, one in sorted(answers.kept.items())]
    read = {one.token: one for one in answers.kept.values() if one.token and one.lengths[0]}
    issues: dict[object, Issue | None] = {}

    def issue_of(who: Identity) -> Issue | None:
        if who.token not in read:
            return None
        asking = answers.of_set(read[who.token])[2]
        key = (_revision(who), asking)
        if key not in issues:
            issues[key] = recognise.whole(who, extras.read(asking) or Extras(), task.asked.own_forms)
        return issues[key]

    found = together.findings(members, issue_of, expected) if expected else together.findings(members)
    return tuple(results.told(replace(one, waived=task.pardon(one, None)), task.lang) for one in found)


def _member(path: str, answers: _Answers, kept: _Kept) -> Member:
    def single() -> Figures:
        return {key: (cell, value) for key, (cell, value) in answers.of_set(kept)[1].items()}

    who = identity.parse(kept.token) if kept.token else None
    return Member(path, who, kept.sha256, kept.is_usable, single)


def _revision(who: Identity) -> tuple[object, ...]:
    """What decides which units are asked."""
    return (who.form, who.version, who.plan, who.commune, who.commune_code, who.year, who.period)
