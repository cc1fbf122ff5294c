"""A run of the command that is watched from outside: its memory, what it opens, starts and connects to, what it leaves behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from command import environment

from hostile.people import Person

HAS_PROC = sys.platform == "linux"
_INTERVAL_S = 0.02
_WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
_OPENED = re.compile(r'open(?:at)?\((?:AT_FDCWD|\d+)?,? ?"((?:[^"\\]|\\.)*)", ([A-Z_|]+)')
_STARTED = re.compile(r'execve(?:at)?\((?:\d+, )?"((?:[^"\\]|\\.)*)"')
_FAILED = re.compile(r"= -1 E[A-Z]+")


@dataclass(frozen=True)
class Seen:
    """What a run left: exit code, output, and the most memory that its processes had at once."""

    code: int
    raw: bytes
    err: str
    peak_bytes: int
    trace: str = ""


@cache
def tracer() -> str | None:
    """The path of strace, where it is there and the machine lets it watch."""
    command = shutil.which("strace") if HAS_PROC else None
    if command is None:
        return None
    done = subprocess.run([command, "-f", "-o", os.devnull, "true"], capture_output=True, check=False)
    return command if done.returncode == 0 else None


def run(
    words: Sequence[str], one: Person, place: Path, env: Mapping[str, str], timeout_s: float, trace: Path | None = None
) -> Seen:
    """The command to its end, in `place`/cwd, with its home and temporary folder there; with strace where `trace` is given."""
    command = [one.python, "-m", "cchc_xlsx", *words]
    if trace is not None:
        kinds = "trace=%network,execve,execveat,open,openat"
        command = [str(tracer()), "-f", "-qq", "--seccomp-bpf", "-e", kinds, "-o", str(trace), *command]
    home = {"HOME": str(place / "home"), "TMPDIR": str(place / "tmp"), "PYTHONPATH": one.pythonpath}
    with subprocess.Popen(
        command,
        cwd=place / "cwd",
        env={**environment(**env), **home, "PYTHONPATH": one.pythonpath},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **one.become,
    ) as process:  # type: ignore[call-overload]
        watching = _Memory(process.pid)
        watching.start()
        try:
            raw, err = process.communicate(timeout=timeout_s)
        finally:
            watching.done.set()
            watching.join()
            _end(process)
    said = trace.read_text("utf-8", "replace") if trace else ""
    return Seen(process.returncode, raw, err.decode("utf-8", "replace"), watching.peak, said)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing that the command started may outlive the test."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


class _Memory(threading.Thread):
    """Adds up the peaks of all processes of a session that live at one time, until told to stop."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.session = session
        self.done = threading.Event()
        self.peak = 0

    def run(self) -> None:
        while HAS_PROC and not self.done.wait(_INTERVAL_S):
            self.peak = max(self.peak, sum(_peaks(self.session)))


def _peaks(session: int) -> Iterator[int]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            name, _, rest = (folder / "stat").read_text("utf-8", "replace").rpartition(")")
            if int(rest.split()[3]) != session or name.endswith("(strace"):
                continue
            peak = re.search(r"VmHWM:\s+(\d+) kB", (folder / "status").read_text("utf-8", "replace"))
        except (OSError, IndexError):  # it has ended
            continue
        yield int(peak[1]) << 10 if peak else 0


def connections(trace: str) -> list[str]:
    """The lines of a trace in which something outside the machine is talked to."""
    return [line for line in trace.splitlines() if re.search(r"AF_(?!UNIX|UNSPEC|LOCAL)[A-Z]", line)]


def started(trace: str) -> set[str]:
    """The programs that were started."""
    return {found[1] for line in trace.splitlines() if (found := _STARTED.search(line)) and not _FAILED.search(line)}


def opened(trace: str) -> Iterator[tuple[str, bool]]:
    """Each path that was opened, and whether to write there."""
    for line in trace.splitlines():
        if (found := _OPENED.search(line)) and not _FAILED.search(line):
            yield found[1], bool(_WRITES.search(found[2]))


def snapshot(place: Path) -> dict[str, tuple[int, ...]]:
    """Kind, size and time of everything below a folder, but for the times of folders of temporary files."""
    found = {}
    for here, folders, files in os.walk(place):
        for name in (*folders, *files):
            path = os.path.join(here, name)  # noqa: PTH118 - names that are not UTF-8
            status = os.lstat(path)
            is_temporary = path == str(place / "tmp")
            found[path] = (status.st_mode,) if is_temporary else (status.st_mode, status.st_size, status.st_mtime_ns)
    return found
