"""Folders → the result of every file in them, sorted, none left out. Files are read by workers alone."""

from __future__ import annotations

import json
import os
import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cchc_xlsx import folder, identity, results, workers
from cchc_xlsx.folder import Entry
from cchc_xlsx.lang import Lang
from cchc_xlsx.recognise import Asked
from cchc_xlsx.results import FileResult, Report, Status, Told, Waived
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding

_IN_MEMORY = 4 << 20  # bytes of answers; more go to a file without a name in the system's own place for such files


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is remembered of an answer: the rest of it is read again when it is shown."""

    status: Status
    token: str | None
    sha256: str | None
    start: int
    length: int


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Files(Collection[FileResult]):
    """The results in the order of their paths, read from where they are kept."""

    entries: Sequence[Entry]
    kept: Sequence[_Kept]
    rest: IO[bytes]

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, one: object) -> bool:
        return any(one == other for other in self)

    def __iter__(self) -> Iterator[FileResult]:
        for entry, kept in zip(self.entries, self.kept, strict=True):
            self.rest.seek(kept.start)
            (told, unit_name), fields = json.loads(self.rest.read(kept.length))
            yield FileResult(
                path=entry.shown,
                status=kept.status,
                findings=tuple(_told(one) for one in told),
                identity=identity.parse(kept.token) if kept.token else None,
                unit_name=unit_name,
                sha256=kept.sha256,
                fields={key: (cell, value, state) for key, (cell, value, state) in fields.items()},
                file=entry.path,
            )


def _told(row: list[object]) -> Told:
    waived = row[-1]
    return Told(*row[:-1], Waived(*waived) if isinstance(waived, list) else None)  # type: ignore[arg-type, call-arg]


def cores() -> int:
    """How many processors this process may use."""
    available = getattr(os, "sched_getaffinity", None)
    return len(available(0)) if available else os.cpu_count() or 1


def check(
    paths: Sequence[Path],
    asked: Asked,
    progress: Callable[[int, int], None] | None = None,
    *,
    lang: Lang = "vi",
    jobs: int | None = None,
) -> Report:
    """Every file under `paths` checked by `jobs` processes. Raises CchcError where a path does not exist."""
    entries = folder.entries(paths)
    rest = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it lives as long as the report
    try:
        kept = _gathered(entries, rest, asked, lang, jobs or cores(), progress)
    except BaseException:
        rest.close()
        raise
    files = _Files(entries, kept, rest)
    weakref.finalize(files, rest.close)
    counts = Counter(one.status for one in kept)
    return Report(files, {status: counts[status] for status in results.STATUSES})


def _gathered(
    entries: Sequence[Entry],
    rest: IO[bytes],
    asked: Asked,
    lang: Lang,
    jobs: int,
    progress: Callable[[int, int], None] | None,
) -> list[_Kept]:
    """What became of each entry, in their order."""
    kept: dict[int, _Kept] = {}

    def keep(number: int, head: tuple[Status, str | None, str | None], body: bytes) -> None:
        start = rest.tell()
        rest.write(body)
        kept[number] = _Kept(*head, start, len(body))
        if progress:
            progress(len(kept), len(entries))

    for number, one in enumerate(entries):
        if one.skipped:
            status: Status = "error" if one.skipped.severity == "error" else "skipped"
            keep(number, (status, None, None), _body(one.skipped, lang))
    wanted = [number for number, one in enumerate(entries) if not one.skipped]
    for index, answer in workers.run([entries[number].path for number in wanted], asked, lang, jobs):
        if isinstance(answer, str):
            lost = Finding(answer, registry.by_code()[answer].severity, data={"seconds": f"{workers.SECONDS_A_FILE:g}"})
            keep(wanted[index], ("error", None, None), _body(lost, lang))
        else:
            head, _, body = answer.partition(b"\t")
            keep(wanted[index], tuple(json.loads(head)), body)
    return [kept[number] for number in range(len(entries))]


def _body(finding: Finding, lang: Lang) -> bytes:
    one = results.told(finding, lang)
    row = [one.code, one.severity, one.sheet, one.cell, one.key, one.label, one.value, one.message, one.fix, None]
    return json.dumps([[[row], ""], {}]).encode()
