"""Opening the ledger: on a local disk, with its tables brought up to date; and its one way to write."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger.steps import STEPS

FILE = "ledger.sqlite"
_NETWORK = Text(
    "Thư mục “{folder}” nằm trên ổ mạng. Sổ theo dõi phải nằm trên ổ của máy này để không hỏng khi mất mạng: chép thư mục năm về ổ của máy rồi chạy lại.",
    "The folder “{folder}” is on a network drive. The ledger needs a disk of this computer, or it may break when the network fails: copy the year's folder to this computer and run again.",
)
_NEWER = Text(
    "Sổ theo dõi {file} do bản cchc-xlsx mới hơn ghi; hãy cập nhật cchc-xlsx.",
    "The ledger {file} was written by a newer cchc-xlsx; update cchc-xlsx.",
)
_DAMAGED = Text(
    "Sổ theo dõi {file} bị hỏng ({why}). Đừng xóa; khôi phục từ bản sao lưu gần nhất.",
    "The ledger {file} is damaged ({why}). Do not delete it; restore the latest backup.",
)
_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "fuse.davfs2", "davfs", "afpfs", "ceph"})
_WAIT_SECONDS = 30


def open_at(state: Path) -> sqlite3.Connection:
    """The ledger in the private state of a year's folder, made or brought up to date where needed.

    Raises CchcError where it cannot be kept safely, is damaged, or is newer than this program.
    """
    if is_remote(state):
        raise CchcError(_NETWORK.format(folder=state.parent))
    file = state / FILE
    try:
        book = sqlite3.connect(file, timeout=_WAIT_SECONDS, isolation_level=None)
        try:
            _prepare(book, file)
        except BaseException:
            book.close()
            raise
    except sqlite3.DatabaseError as error:
        raise CchcError(_DAMAGED.format(file=file, why=error)) from error
    return book


def copy_of(book: sqlite3.Connection) -> sqlite3.Connection:
    """The same in memory: what is done to it leaves no trace."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    book.backup(copy)
    copy.row_factory = sqlite3.Row
    return copy


def snapshot(state: Path) -> sqlite3.Connection:
    """The ledger of a private state in memory, brought up to date there; an empty one where there is none yet.

    The file stays as it is. Raises CchcError where it is damaged, or newer than this program.
    """
    file = state / FILE
    found = sqlite3.connect(":memory:", isolation_level=None)
    found.row_factory = sqlite3.Row
    try:
        if file.exists():
            uri = f"{file.absolute().as_uri()}?mode=rw"  # nothing is written, but what another run left is read too
            with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS)) as book:
                book.backup(found)
        _bring_up(found, file)
    except BaseException as error:
        found.close()
        if isinstance(error, sqlite3.DatabaseError):
            raise CchcError(_DAMAGED.format(file=file, why=error)) from error
        raise
    return found


def _prepare(book: sqlite3.Connection, file: Path) -> None:
    book.row_factory = sqlite3.Row
    book.execute("PRAGMA journal_mode = WAL")
    book.execute("PRAGMA synchronous = FULL")  # what is committed has to be there after a power cut
    book.execute("PRAGMA foreign_keys = ON")
    _bring_up(book, file)


def _bring_up(book: sqlite3.Connection, file: Path) -> None:
    # Another process may be doing the same: whoever has the lock looks again.
    with writing(book):
        done = book.execute("PRAGMA user_version").fetchone()[0]
        if done > len(STEPS):
            raise CchcError(_NEWER.format(file=file))
        for number, step in enumerate(STEPS[done:], done + 1):
            for statement in _statements(step):
                book.execute(statement)
            book.execute(f"PRAGMA user_version = {number}")


def _statements(step: str) -> Iterator[str]:
    """The statements of a step one by one: `executescript` would commit in between."""
    found = ""
    for line in step.splitlines():
        found += line + "\n"
        if sqlite3.complete_statement(found):
            yield found
            found = ""


@contextlib.contextmanager
def writing(book: sqlite3.Connection) -> Iterator[None]:
    """One transaction that has the ledger for itself; all of it or, where it does not end well, nothing."""
    book.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        book.execute("ROLLBACK")
        raise
    book.execute("COMMIT")


def moment(at: dt.datetime) -> str:
    """A moment that knows its zone as the ledger keeps it."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: str) -> dt.datetime:
    """The moment again, UTC."""
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)


def words(text: Text) -> str:
    """Words as the ledger keeps them."""
    return json.dumps([text.vi, text.en], ensure_ascii=False)


def read_words(text: str) -> Text:
    """The words again."""
    return Text(*json.loads(text))


def is_remote(folder: Path) -> bool:
    """Whether a folder is on a network drive, as far as the system says."""
    if sys.platform == "win32":
        return _is_remote_drive(folder)
    here = os.path.realpath(folder)
    best = ("", "")
    with contextlib.suppress(OSError):
        for line in Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines():
            _, mount, kind, *_ = line.split(" ")
            mount = mount.replace("\\040", " ")
            inside = here == mount or here.startswith(mount.rstrip("/") + "/")
            if inside and len(mount) >= len(best[0]):
                best = (mount, kind)
    return best[1] in _REMOTE


def _is_remote_drive(folder: Path) -> bool:
    import ctypes  # noqa: PLC0415 - only there does it know drives

    drive = Path(os.path.abspath(folder)).drive  # noqa: PTH100 - a link to elsewhere is followed by nobody here
    if drive.startswith("\\\\"):
        return True
    kind: int = ctypes.windll.kernel32.GetDriveTypeW(drive + "\\")  # type: ignore[attr-defined,unused-ignore]
    return kind == 4  # DRIVE_REMOTE
