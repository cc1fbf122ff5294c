"""Paths → every entry below them, each once, with the reason of those that are skipped."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from cchc_xlsx.errors import CchcError, why
from cchc_xlsx.lang import Text
from cchc_xlsx.results import printable
from cchc_xlsx.rules.model import Finding

SPREADSHEETS = frozenset({".xlsx", ".xls", ".xlsb", ".xlsm", ".xltx", ".xltm", ".xlt", ".ods", ".csv", ".et"})
_NO_SUCH_PATH = Text("Không có tệp hay thư mục “{path}”.", "There is no file or folder “{path}”.")
_LINK = Text("liên kết", "a link")
_SPECIAL = Text("mục đặc biệt", "a special entry")


class Entry(Struct, frozen=True):
    """An entry of a folder: how it is shown, where it is, and why it is skipped where it is.

    `name` is what a file is called that is kept under another name, and empty for all others.
    """

    shown: str
    path: Path
    skipped: Finding | None = None
    name: str = ""


def entries(paths: Sequence[Path], leave_out: Sequence[Path] = ()) -> list[Entry]:
    """Every entry under `paths`, sorted by what is shown, without the folders `leave_out`.

    Raises CchcError where a path does not exist.
    """
    need(paths)
    left_out = {absolute(path) for path in leave_out}
    # Two paths may lead to one file, which is told once.
    once = {absolute(one.path): one for one in _listed(paths, left_out)}
    return sorted(once.values(), key=lambda one: one.shown)


def need(paths: Sequence[Path]) -> None:
    """Raises CchcError where one of them does not exist."""
    for path in paths:
        if not os.path.lexists(path):
            raise CchcError(_NO_SUCH_PATH.format(path=printable(str(path))))


def absolute(path: str | Path) -> str:
    """The path from the root, links as they are: what tells two entries apart."""
    return os.path.abspath(path)  # noqa: PTH100  resolve() would follow links


def _listed(paths: Sequence[Path], left_out: set[str]) -> Iterator[Entry]:
    for path in paths:
        prefix = printable(path.as_posix()).rstrip("/") if len(paths) > 1 else ""
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path, prefix, left_out)
        else:
            yield _entry(path, prefix or printable(path.name))


def _walk(folder: Path, prefix: str, left_out: set[str]) -> Iterator[Entry]:
    """Every entry below a folder, however deep; hidden folders are told and not entered."""
    waiting = [(str(folder), prefix)]
    while waiting:
        here, shown_here = waiting.pop()
        try:
            found = list(os.scandir(here))
        except OSError as error:
            yield Entry(shown_here or ".", Path(here), Finding("F012", "error", data={"what": why(error)}))
            continue
        for entry in found:
            shown = f"{shown_here}/{printable(entry.name)}" if shown_here else printable(entry.name)
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                if absolute(entry.path) not in left_out:
                    waiting.append((entry.path, shown))
            else:
                yield _entry(Path(entry.path), shown)


def _entry(path: Path, shown: str) -> Entry:
    skipped = obstacle(path)
    if skipped is None and path.suffix and path.suffix.lower() not in SPREADSHEETS:
        skipped = Finding("F021", "info", data={"kind": path.suffix.lower()})
    return Entry(shown, path, skipped)


def obstacle(path: Path) -> Finding | None:
    """Why an entry is not opened whatever its content: hidden, a lock, a link, a special entry, out of reach; else None."""
    if path.name.startswith(("~$", ".")):
        return Finding("F020", "info")
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        return Finding("F012", "error", data={"what": why(error)})
    if stat.S_ISLNK(mode):
        return Finding("F022", "info", data={"kind": _LINK})
    if not stat.S_ISREG(mode):
        return Finding("F022", "info", data={"kind": _SPECIAL})
    return None
