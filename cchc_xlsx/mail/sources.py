"""Paths → everything below them that may bring a workbook, each once; mails are known by their content, not their name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from cchc_xlsx import folder, package
from cchc_xlsx.errors import why
from cchc_xlsx.lang import Text
from cchc_xlsx.mail import content, mbox, refusals
from cchc_xlsx.mail.model import Source, SourceKind
from cchc_xlsx.results import printable
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding

_DOCUMENTS = frozenset([".docx", ".docm", ".doc", ".pptx", ".pptm", ".ppt", ".odt", ".odp", ".jar", ".apk", ".epub"])
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", content.TNEF)
_UNFINISHED = Text(
    "Thư đang được ghi dở vào hộp thư (thư mục tmp); sẽ đọc khi ghi xong.",
    "A mail that is still being delivered (folder tmp); it is read once it has arrived.",
)
_NO_MAILS = Text("Tệp hộp thư không có thư nào.", "The mailbox file holds no mail.")


class _Entry(Struct, frozen=True):
    path: Path
    shown: str
    is_file: bool = False  # a folder to enter, else
    is_unfinished: bool = False


def listed(paths: Sequence[Path], leave_out: Sequence[Path] = ()) -> Iterator[Source]:
    """Every entry under `paths`, folder by folder and sorted within, without the folders `leave_out`; each entry once.

    A mailbox file gives one source a mail. Raises CchcError where a path does not exist, before anything is given.
    """
    folder.need(paths)
    left_out = {folder.absolute(path) for path in leave_out}
    return _each(paths, left_out)


def _each(paths: Sequence[Path], left_out: set[str]) -> Iterator[Source]:
    once: set[str] = set()
    for path in paths:
        prefix = printable(path.as_posix()).rstrip("/") if len(paths) > 1 else ""
        if path.is_dir() and not path.is_symlink():
            found: Iterator[_Entry | Source] = _walk(path, prefix, left_out)
        else:
            found = iter((_Entry(path, prefix or printable(path.name), is_file=True),))
        for entry in found:
            place = folder.absolute(entry.path if isinstance(entry, _Entry) else entry.file)
            if len(paths) > 1 and place in once:
                continue
            once.add(place) if len(paths) > 1 else None
            yield from (entry,) if isinstance(entry, Source) else _sources(entry)


def _walk(folder_: Path, prefix: str, left_out: set[str]) -> Iterator[_Entry | Source]:
    """Every entry below a folder in the order of names; hidden folders are told and not entered."""
    waiting = [_Entry(folder_, prefix)]
    while waiting:
        here = waiting.pop()
        if here.is_file:
            yield here
            continue
        try:
            found = sorted(os.scandir(here.path), key=lambda entry: os.fsencode(entry.name), reverse=True)
        except OSError as error:
            words = _words(Finding("F012", "error", data={"what": why(error)}))
            yield Source(here.shown or ".", here.path, "other", skipped=words)
            continue
        is_maildir = {"cur", "new"} <= {entry.name for entry in found}
        below = (_below(here, entry, is_maildir=is_maildir) for entry in found)
        waiting += [one for one in below if one.is_file or folder.absolute(one.path) not in left_out]


def _below(here: _Entry, entry: os.DirEntry[str], *, is_maildir: bool) -> _Entry:
    shown = f"{here.shown}/{printable(entry.name)}" if here.shown else printable(entry.name)
    is_file = not entry.is_dir(follow_symlinks=False) or entry.name.startswith(".")
    return _Entry(Path(entry.path), shown, is_file, here.is_unfinished or (is_maildir and entry.name == "tmp"))


def _sources(entry: _Entry) -> Iterator[Source]:
    obstacle = folder.obstacle(entry.path)
    if obstacle:
        yield Source(entry.shown, entry.path, "other", skipped=_words(obstacle))
    elif entry.is_unfinished:
        yield Source(entry.shown, entry.path, "mail", skipped=_UNFINISHED)
    elif entry.path.suffix.lower() in folder.SPREADSHEETS:
        yield Source(entry.shown, entry.path, "workbook")
    else:
        yield from _by_content(entry)


def _by_content(entry: _Entry) -> Iterator[Source]:
    head = package.read_file(entry.path, 0, content.HEAD)
    if not isinstance(head, bytes):
        yield Source(entry.shown, entry.path, "other", skipped=refusals.of(head))
    elif mbox.is_mbox(head):
        yield from _of_mbox(entry)
    elif not head and entry.path.suffix.lower() in (".mbox", ".mbx"):
        yield Source(entry.shown, entry.path, "other", skipped=_NO_MAILS)
    else:
        yield Source(entry.shown, entry.path, _kind(entry.path, head))


def _of_mbox(entry: _Entry) -> Iterator[Source]:
    with entry.path.open("rb") as file:
        for number, (start, length) in enumerate(mbox.spans(file), 1):
            yield Source(f"{entry.shown}#{number}", entry.path, "mail", start, length)


def _kind(path: Path, head: bytes) -> SourceKind:
    suffix = path.suffix.lower()
    if suffix in _DOCUMENTS:
        return "other"
    if head.startswith(content.PK):
        return "zip"
    if head.startswith(content.OLE2):
        return "msg" if suffix == ".msg" else "workbook"
    if head.startswith(_ARCHIVES) or suffix in (".zip", ".rar", ".7z"):
        return "zip"
    if suffix == ".msg":
        return "msg"
    return "mail" if suffix == ".eml" or content.is_mail(head) else "other"


def _words(finding: Finding) -> Text:
    return Text(registry.message(finding, "vi"), registry.message(finding, "en"))
