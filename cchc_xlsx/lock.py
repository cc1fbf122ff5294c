"""One process at a time in a year's folder: a lock that the system gives back whatever happens to who holds it."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text

_BUSY = Text(
    "Một lần chạy khác của cchc-xlsx (tiến trình {who}) đang làm việc với thư mục này. Đợi lần đó xong rồi chạy lại.",
    "Another run of cchc-xlsx (process {who}) is at work in this folder. Wait until it has finished, then run again.",
)
_FILE, _HOLDER = "lock", "lock.pid"
_LOOK_SECONDS = 0.1


@contextlib.contextmanager
def held(state: Path, wait_seconds: float = 5) -> Iterator[None]:
    """The lock of a private state. Raises CchcError, saying who has it, where it is not free in time."""
    with (state / _FILE).open("ab+") as stream:
        ends = time.monotonic() + wait_seconds
        while not _try(stream):
            if time.monotonic() > ends:
                raise CchcError(_BUSY.format(who=_holder(state)))
            time.sleep(_LOOK_SECONDS)
        # The name of who holds it is for people; it stands in a file of its own, as Windows lets nobody read a locked one.
        with contextlib.suppress(OSError):
            (state / _HOLDER).write_text(str(os.getpid()), encoding="ascii")
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                (state / _HOLDER).unlink(missing_ok=True)
            _free(stream)


def _holder(state: Path) -> str:
    with contextlib.suppress(OSError):
        return (state / _HOLDER).read_text(encoding="ascii")[:20] or "?"
    return "?"


if sys.platform == "win32":
    import msvcrt

    def _try(stream: IO[bytes]) -> bool:
        stream.seek(0)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _free(stream: IO[bytes]) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try(stream: IO[bytes]) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _free(stream: IO[bytes]) -> None:
        fcntl.flock(stream, fcntl.LOCK_UN)
