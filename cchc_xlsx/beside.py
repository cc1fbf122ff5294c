"""What the office keeps beside the units' files and does not check: marked copies, the result, tables of its own."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from msgspec import Struct, field

from cchc_xlsx import wire, workers, writer
from cchc_xlsx.errors import CchcError
from cchc_xlsx.folder import Entry, entries
from cchc_xlsx.lang import Text
from cchc_xlsx.results import printable
from cchc_xlsx.task import Task

_IN_MEMORY = (
    4 << 20
)  # bytes of copies that wait; more go to a file without a name in the system's own place for such files
_COPY = re.compile(r".*_[0-9a-f]{8}(_\d+)?\.xlsx", re.DOTALL)  # as marks.file_name has it
_RESULTS = frozenset(
    {"", ".txt", ".log", ".json", ".csv", ".html", ".htm", ".xlsx"}
)  # what an earlier result may be called
_MARKS_INSIDE = Text(
    "Thư mục bản đánh dấu “{folder}” đang là thư mục được kiểm tra; chọn thư mục khác để bản đánh dấu không lẫn với tệp của đơn vị.",
    "The folder for marked copies, “{folder}”, is one that is checked; choose another, so that copies do not mix with the units' files.",
)
_OTHERS_INSIDE = Text(
    "Thư mục bản đánh dấu “{folder}” nằm trong thư mục được kiểm tra và có “{name}” không phải bản đánh dấu, sẽ không được kiểm tra; chọn thư mục khác.",
    "The folder for marked copies, “{folder}”, lies in one that is checked and holds “{name}”, which is no marked copy and would not be checked; choose another.",
)
_NOT_A_FOLDER = Text("“{folder}” không phải thư mục.", "“{folder}” is not a folder.")
_OVER_A_FILE = Text(
    "Tệp kết quả “{output}” trùng với một tệp đang được kiểm tra nên không được ghi đè; chọn tên khác cho --output.",
    "The result “{output}” would overwrite a file that is being checked; choose another name for --output.",
)


# ------------------------------------------------------------------------------------------------------- before the check


def marks(folder: Path, paths: Sequence[Path], task: Task) -> tuple[Path, ...]:
    """The folder of marked copies as it is met below the paths that are checked, where it is.

    Raises CchcError where copies would mix with the files that are checked, or files would be left out with the copies.
    """
    shown = printable(str(folder))
    if not folder.exists():
        return ()
    if not folder.is_dir():
        raise CchcError(_NOT_A_FOLDER.format(folder=shown))
    here = folder.resolve()
    checked = [(path, path.resolve()) for path in paths if path.exists()]
    if here in {there if there.is_dir() else there.parent for _, there in checked}:
        raise CchcError(_MARKS_INSIDE.format(folder=shown))
    above = [(path, there) for path, there in checked if here.is_relative_to(there)]
    other = next(_reports(folder, task), None) if above else None
    if other:
        raise CchcError(_OTHERS_INSIDE.format(folder=shown, name=other))
    return tuple(path / here.relative_to(there) for path, there in above)


def _reports(folder: Path, task: Task) -> Iterator[str]:
    """What stands in a folder of marked copies and is none."""
    for one in entries((folder,)):
        if not _COPY.fullmatch(one.path.name) and not _is_no_report(one, task):
            yield one.shown


def without(found: Sequence[Entry], own: Sequence[Path]) -> list[Entry]:
    """The entries that are none of the office's own files."""
    there = {_node(path) for path in own} - {None}
    return [one for one in found if _node(one.path) not in there] if there else list(found)


def spare(output: Path, found: Sequence[Entry], task: Task) -> None:
    """Raises CchcError where a result would be written over a file that is checked; over an earlier result it may be."""
    node = _node(output)
    for one in found if node else ():
        if _node(one.path) == node and (output.suffix.lower() not in _RESULTS or not _is_no_report(one, task)):
            raise CchcError(_OVER_A_FILE.format(output=printable(str(output))))


def _is_no_report(one: Entry, task: Task) -> bool:
    if one.skipped:
        return one.skipped.severity == "info"
    [(_, answer)] = workers.run([(one.path, one.shown)], task, 1)
    return isinstance(answer, bytes) and wire.from_line(answer).status == "skipped"


def _node(path: Path) -> tuple[int, int] | None:
    with contextlib.suppress(OSError, ValueError):
        found = path.stat()
        return found.st_dev, found.st_ino
    return None


# ------------------------------------------------------------------------------------------------------------ the copies


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(_IN_MEMORY)  # it is closed by `Copies.close`


class Copies(Struct):
    """The marked copies of a run, each in the folder under the name that its workbook's codes give.

    A copy that is there with other content stays: somebody may have begun to mend it. The same file in two places gives one
    copy, which names the first of them whoever is read first.
    """

    folder: Path
    places: dict[int, Path] = field(default_factory=dict)  # file → its copy
    _made: dict[str, tuple[Path, int]] = field(default_factory=dict)  # name → the copy, and the file that it names
    _waiting: list[tuple[int, str, int, int]] = field(default_factory=list)  # file, name, begin and length in `_rest`
    _rest: IO[bytes] = field(default_factory=_spool)

    def add(self, number: int, name: str, copy: bytes) -> None:
        """The copy of a file, written where nothing else stands in its place; else it waits."""
        path = self.folder / name
        if name in self._made or not os.path.lexists(path) or _holds(path, copy):
            self._put(number, name, path, copy)
        else:
            # What stands there may be the copy of the same file in another place, which is not read yet.
            self._waiting.append((number, name, self._rest.seek(0, os.SEEK_END), len(copy)))
            self._rest.write(copy)

    def finish(self) -> None:
        """Write those that waited."""
        for number, name, start, length in sorted(self._waiting):
            self._rest.seek(start)
            copy = self._rest.read(length)
            self._put(number, name, self._free(name, copy), copy)

    def close(self) -> None:
        """Forget those that waited."""
        self._rest.close()

    def _free(self, name: str, copy: bytes) -> Path:
        path, again = self.folder / name, 1
        while os.path.lexists(path) and not _holds(path, copy):
            again += 1
            path = self.folder / f"{Path(name).stem}_{again}.xlsx"
        return path

    def _put(self, number: int, name: str, path: Path, copy: bytes) -> None:
        path, first = self._made.get(name, (path, number + 1))
        if number < first:
            self._made[name] = path, number
            # One that is open in Excel cannot be written on Windows, and need not be where it is the same.
            if not _holds(path, copy):
                writer.save(copy, path)
        self.places[number] = path


def _holds(path: Path, data: bytes) -> bool:
    with contextlib.suppress(OSError):
        return path.stat().st_size == len(data) and path.read_bytes() == data
    return False
