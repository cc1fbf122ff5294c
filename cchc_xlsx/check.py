"""A folder → the result of every file in it, sorted, none left out."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from cchc_xlsx import alteration, filled, findings, package, reader, recognise, values
from cchc_xlsx.errors import CchcError
from cchc_xlsx.expr import CellError
from cchc_xlsx.filled import Filled
from cchc_xlsx.identity import Identity
from cchc_xlsx.lang import Text
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import Layout
from cchc_xlsx.package import Refusal
from cchc_xlsx.recognise import Asked, Recognised
from cchc_xlsx.rules import file, registry
from cchc_xlsx.rules.model import Finding

Status = Literal["ok", "warning", "error", "skipped"]

_SPREADSHEETS = frozenset({".xlsx", ".xls", ".xlsb", ".xlsm", ".xltx", ".xltm", ".xlt", ".ods", ".csv", ".et"})
_NO_WORKBOOK = ("F001", "F002", "F009", "F010")  # under a name without an ending: some other document
_NO_SUCH_PATH = Text("Không có tệp hay thư mục “{path}”.", "There is no file or folder “{path}”.")
_LINK = Text("liên kết", "a link")
_SPECIAL = Text("mục đặc biệt", "a special entry")


@dataclass(frozen=True, slots=True)
class FileResult:
    """What was found about one entry of a folder."""

    path: str
    status: Status
    findings: tuple[Finding, ...] = ()
    identity: Identity | None = None
    sha256: str | None = None
    filled: Filled | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All results, by path, and the findings about the set."""

    files: tuple[FileResult, ...]
    findings: tuple[Finding, ...] = ()

    def count(self, status: Status) -> int:
        """How many files ended like that."""
        return sum(one.status == status for one in self.files)

    @property
    def has_workbooks(self) -> bool:
        """Whether anything was there to check at all."""
        return any(one.status != "skipped" for one in self.files)


@dataclass(frozen=True, slots=True)
class _Listed:
    """An entry of a folder: its shown name, and why it is skipped where it is."""

    shown: str
    path: Path
    skipped: Finding | None = None


@dataclass(slots=True)
class _Layouts:
    """Placed issues by token: many workbooks of a folder are copies of one."""

    kept: dict[str, Layout] = field(default_factory=dict)

    def of(self, found: Recognised) -> Layout:
        assert found.issue and found.identity
        key = found.identity.token
        if key not in self.kept:
            if len(self.kept) >= 64:
                self.kept.pop(next(iter(self.kept)))
            self.kept[key] = place.place(found.issue, who=found.identity)
        return self.kept[key]


def check(paths: Sequence[Path], asked: Asked, progress: Callable[[int, int], None] | None = None) -> Report:
    """Every file under `paths` checked, sorted by path. Raises CchcError where a path does not exist."""
    for path in paths:
        if not os.path.lexists(path):
            raise CchcError(_NO_SUCH_PATH.format(path=printable(str(path))))
    # Two paths may lead to one file, which is told once.
    once = {os.path.abspath(one.path): one for one in _listed(paths)}  # noqa: PTH100  resolve() would follow links
    listed = sorted(once.values(), key=lambda one: one.shown)
    layouts = _Layouts()
    results = []
    for number, one in enumerate(listed, 1):
        results.append(_result(one, asked, layouts))
        if progress:
            progress(number, len(listed))
    return Report(tuple(results))


def _listed(paths: Sequence[Path]) -> Iterator[_Listed]:
    for path in paths:
        prefix = printable(path.as_posix()).rstrip("/") if len(paths) > 1 else ""
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path, prefix)
        else:
            yield _entry(path, prefix or printable(path.name))


def _walk(folder: Path, prefix: str) -> Iterator[_Listed]:
    """Every entry below a folder, however deep; hidden folders are told and not entered."""
    waiting = [(str(folder), prefix)]
    while waiting:
        here, shown_here = waiting.pop()
        try:
            entries = list(os.scandir(here))
        except OSError as error:
            yield _Listed(shown_here or ".", Path(here), Finding("F012", "error", data={"what": error.strerror or "?"}))
            continue
        for entry in entries:
            shown = f"{shown_here}/{printable(entry.name)}" if shown_here else printable(entry.name)
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                waiting.append((entry.path, shown))
            else:
                yield _entry(Path(entry.path), shown)


def _entry(path: Path, shown: str) -> _Listed:
    name = path.name
    if name.startswith(("~$", ".")):
        return _Listed(shown, path, Finding("F020", "info"))
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        return _Listed(shown, path, Finding("F012", "error", data={"what": error.strerror or "?"}))
    if stat.S_ISLNK(mode):
        return _Listed(shown, path, Finding("F022", "info", data={"kind": _LINK}))
    if not stat.S_ISREG(mode):
        return _Listed(shown, path, Finding("F022", "info", data={"kind": _SPECIAL}))
    if path.suffix and path.suffix.lower() not in _SPREADSHEETS:
        return _Listed(shown, path, Finding("F021", "info", data={"kind": path.suffix.lower()}))
    return _Listed(shown, path)


def printable(name: str) -> str:
    """A file name that can be shown and encoded: bytes that are not UTF-8 and control characters are escaped."""
    safe = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in safe)


def _result(one: _Listed, asked: Asked, layouts: _Layouts) -> FileResult:
    if one.skipped:
        return FileResult(one.shown, "error" if one.skipped.severity == "error" else "skipped", (one.skipped,))
    data = package.read_file(one.path)
    if isinstance(data, Refusal):
        return FileResult(one.shown, "error", (_refused(data),))
    digest = hashlib.sha256(data).hexdigest()
    book = reader.read(data)
    if isinstance(book, Refusal):
        if ("kind", "ole2") in book.data and one.path.suffix.lower() == ".xls":
            book = Refusal("F003")  # an old file too broken to tell by content what it was; its name does
        if not one.path.suffix and book.code in _NO_WORKBOOK:
            return FileResult(one.shown, "skipped", (Finding("F021", "info", data={"kind": "?"}),), sha256=digest)
        return FileResult(one.shown, "error", (_refused(book),), sha256=digest)
    found = recognise.recognise(book, asked)
    if found.issue is None or found.sheet is None:
        return FileResult(one.shown, _status(found.findings), found.findings, found.identity, digest)
    layout = layouts.of(found)
    aligned, moved = alteration.align(layout, found.sheet)
    read = filled.fill(layout, found.sheet, aligned)
    altered = [
        *moved,
        *alteration.compare(layout, found.sheet, aligned),
        *alteration.extra_sheets(layout, book, found.sheet),
    ]
    altered = findings.totals(read, found.sheet, aligned, altered)
    every = (*found.findings, *altered, *findings.run(read))
    return FileResult(one.shown, _status(every), every, found.identity, digest, read)


def _refused(refusal: Refusal) -> Finding:
    rule = registry.by_code()[refusal.code]
    words = file.WORDS
    data = {
        name: words.get(f"{name}:{word}", words.get(word, word)) if name in ("kind", "what") else word
        for name, word in refusal.data
    }
    return Finding(refusal.code, rule.severity, data=data)


def refused_text(refusal: Refusal) -> Text:
    """Why a file is not read, in words."""
    return first_text((_refused(refusal),))


def first_text(found: Sequence[Finding]) -> Text:
    """The words of the worst of some findings."""
    worst = min(found, key=lambda one: ("error", "warning", "info").index(one.severity))
    return Text(registry.message(worst, "vi"), registry.message(worst, "en"))


def _status(every: Sequence[Finding]) -> Status:
    severities = {finding.severity for finding in every}
    return "error" if "error" in severities else "warning" if "warning" in severities else "ok"


def accepted(result: FileResult) -> Mapping[str, tuple[str, object, str]]:
    """Every accepted input of a workbook: key → cell, value, state. A value that is itself at fault is left out.

    Dates are ISO, percents fractions; what contradicts another cell (an L finding) is still a value.
    """
    if result.filled is None:
        return {}
    faulty = {one.key for one in result.findings if one.severity == "error" and one.code[0] == "V"}
    found: dict[str, tuple[str, object, str]] = {}
    for key, entry in result.filled.entries.items():
        if entry.is_there and key not in faulty and not isinstance(entry.value, CellError):
            found[key] = (entry.cell, _plain(result.filled, key), result.filled.state(key))
    return found


def _plain(read: Filled, key: str) -> object:
    value = read.entries[key].value
    if isinstance(value, float) and read.layout.context.fields[key].type == "date":
        day = values.from_serial(value)
        return day.isoformat() if day else value
    return value
