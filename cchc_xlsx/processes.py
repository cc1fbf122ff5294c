"""Starting the processes that read files: nothing is imported here, so that one can begin while the rest of us still loads."""

from __future__ import annotations

import atexit
import subprocess
import sys

_spare: list[subprocess.Popen[bytes]] = []


def warm_up() -> None:
    """Start the process that every run needs; it loads while we do. Unused, it ends with us."""
    _spare.append(_new())
    atexit.register(_end)


def start() -> subprocess.Popen[bytes]:
    """A process that waits for its task on standard input."""
    return _spare.pop() if _spare else _new()


def _end() -> None:
    for process in _spare:
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        process.wait()
    _spare.clear()


def _new() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-X", "utf8", "-m", "cchc_xlsx.worker"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
