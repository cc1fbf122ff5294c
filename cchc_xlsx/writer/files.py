"""Files that appear whole or not at all, whatever stops the run."""

from __future__ import annotations

import os
import secrets
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cchc_xlsx.errors import CchcError, why
from cchc_xlsx.lang import Text

_CANNOT_WRITE = Text("Không ghi được {path}: {why}.", "Cannot write {path}: {why}.")


def save(data: bytes | Iterable[bytes], path: Path, mode: int = 0o666) -> None:
    """Write bytes, whole or in pieces, at `path`, which appears whole or not at all. Raises CchcError where that cannot be.

    `mode` is what the file may be used for, less what the process takes away from any new file.
    """
    try:
        _save(data, path, mode)
    except OSError as error:
        shown = str(path).encode("utf-8", "backslashreplace").decode()
        raise CchcError(_CANNOT_WRITE.format(path=shown, why=why(error))) from error


def _save(data: bytes | Iterable[bytes], path: Path, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".cchc-{secrets.token_hex(8)}.tmp")
    with _undisturbed() as waiting:
        try:
            with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as stream:
                for piece in (data,) if isinstance(data, bytes) else data:
                    stream.write(piece)
                    if waiting:
                        raise KeyboardInterrupt
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


@contextmanager
def _undisturbed() -> Iterator[list[int]]:
    """Ctrl-C waits while a piece of a file is being written, so that it leaves nothing half done; it is in the list then."""
    waiting: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield waiting  # signals reach the main thread alone
        return
    before = signal.signal(signal.SIGINT, lambda number, _: waiting.append(number))
    try:
        yield waiting
    finally:
        signal.signal(signal.SIGINT, before)
    if waiting:
        raise KeyboardInterrupt
