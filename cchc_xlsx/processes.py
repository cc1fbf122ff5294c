"""Starting the processes that read files: nothing of ours is imported here, so that one can begin while the rest of us loads.

On Linux the first one makes the others by forking itself when it has read some files: they have from the beginning what it
has loaded, which takes each of them a quarter of a second otherwise (measured). Elsewhere each is started anew.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import IO, BinaryIO, Protocol

_CAN_FORK = sys.platform == "linux" and hasattr(os, "pidfd_open") and hasattr(signal, "pidfd_send_signal")
_COMMAND = (sys.executable, "-X", "utf8", "-m", "cchc_xlsx.worker")
_FORK = b'"fork"\n'  # among the requests
_SECONDS = 2.0  # for which the first may be busy with a file when it is asked to fork; then another is started anew


class Process(Protocol):
    """A process that waits for its task on standard input and answers on standard output."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """What it reads."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """What it writes."""

    def kill(self) -> None:
        """End it at once."""

    def wait(self) -> object:
        """Return when it has ended."""


class Source:
    """Where processes come from; the first may be begun before it is asked for."""

    def __init__(self, *, can_fork: bool) -> None:
        self.can_fork = can_fork
        self._lock = threading.Lock()
        self._is_ready = threading.Event()
        self._spare: subprocess.Popen[bytes] | None = None
        self._first: subprocess.Popen[bytes] | None = None  # the one that forks
        self._line: socket.socket | None = None  # on which it does

    def begin(self) -> None:
        """Start the first process; it loads what it needs."""
        self._spare = self._started()

    def start(self) -> Process:
        """A new process: the first, else a fork of it as soon as that is ready, else one that has to load everything."""
        with self._lock:
            if self._first is None:
                self.begin()
            spare, self._spare = self._spare, None
        if spare:
            return spare
        if self.can_fork and self._first and self._first.poll() is None:
            self._is_ready.wait(_SECONDS)
        with self._lock:
            return self._forked() or self._started()

    def ready(self) -> None:
        """The first process has loaded all that others need, or there will be no others."""
        self._is_ready.set()

    def close(self) -> None:
        """End what was begun and never asked for."""
        if self._spare:
            self._spare.kill()
            for pipe in (self._spare.stdin, self._spare.stdout):
                if pipe:
                    pipe.close()
            self._spare.wait()
        if self._line:
            self._line.close()
        self._spare = self._first = self._line = None

    def _started(self) -> subprocess.Popen[bytes]:
        if not self.can_fork:
            self._first = _popen()
            return self._first
        if self._first and self._first.poll() is None:
            return _popen()
        if self._line:
            self._line.close()
        self._line, theirs = socket.socketpair()
        self._line.settimeout(_SECONDS)
        with theirs:
            self._first = _popen(theirs.fileno())
        return self._first

    def _forked(self) -> Process | None:
        """A fork of the first process; None where there is none, or it is lost."""
        if self._first is None or self._line is None or self._first.stdin is None or self._first.poll() is not None:
            return None
        to_read, ours = os.pipe()
        mine, to_write = os.pipe()
        stdin, stdout = open(ours, "wb"), open(mine, "rb")  # noqa: PTH123, SIM115 - pipes; the process has them
        try:
            socket.send_fds(self._line, [b"+"], [to_read, to_write])
            self._first.stdin.write(_FORK)
            self._first.stdin.flush()
            _, descriptors, _, _ = socket.recv_fds(self._line, 1, 1)
        except (OSError, ValueError):  # it has ended meanwhile
            descriptors = []
        finally:
            os.close(to_read)
            os.close(to_write)
        if descriptors:
            return _Forked(descriptors[0], stdin, stdout)
        with contextlib.suppress(OSError):
            stdin.close()
        stdout.close()
        self._line.close()
        self._line = None
        return None


class _Forked:
    """A process that another one made; known by a descriptor, since its number may soon mean another."""

    def __init__(self, descriptor: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.stdin: IO[bytes] | None = stdin
        self.stdout: IO[bytes] | None = stdout
        self._descriptor = descriptor

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def wait(self) -> None:
        if self._descriptor < 0:
            return
        ended = select.poll()
        ended.register(self._descriptor, select.POLLIN)
        ended.poll()
        os.close(self._descriptor)
        self._descriptor = -1


_begun: list[Source] = []


def warm_up() -> None:
    """Start the process that every run needs, once; it loads while we do. Unused, it ends with us."""
    if _begun:
        return
    begun = source()
    begun.begin()
    _begun.append(begun)
    atexit.register(_end)


def source() -> Source:
    """Where a run has its processes from; the run closes it."""
    return _begun.pop() if _begun else Source(can_fork=_CAN_FORK)


def _end() -> None:
    while _begun:
        _begun.pop().close()


def _popen(line: int | None = None) -> subprocess.Popen[bytes]:
    command, kept = (_COMMAND, ()) if line is None else ((*_COMMAND, str(line)), (line,))
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, pass_fds=kept)


# ------------------------------------------------------------------------------------------------ in such a process


class Requests:
    """What a process is asked, line by line; where it is asked to fork, its fork goes on with requests of its own."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self._lines: BinaryIO = sys.stdin.buffer
        self._line = socket.socket(fileno=int(sys.argv[1])) if sys.argv[1:] else None

    def __iter__(self) -> Iterator[bytes]:
        while line := self._lines.readline():
            if line == _FORK:
                self._fork()
            else:
                yield line

    def _fork(self) -> None:
        assert self._line
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:  # those that have ended
                pass
        descriptors: list[int] = []
        with contextlib.suppress(OSError):  # there is no room for another, or it is not wanted any more
            _, descriptors, _, _ = socket.recv_fds(self._line, 1, 2)
            made = os.fork() if len(descriptors) == 2 else -1
            if made == 0:
                self._become(*descriptors)
                return
            known = [os.pidfd_open(made)] if made > 0 else []
            descriptors += known
            socket.send_fds(self._line, [b"+"], known)
        for one in descriptors:
            os.close(one)

    def _become(self, to_read: int, to_write: int) -> None:
        """Go on as the fork: what was read ahead, and the way to answer, are the other's."""
        assert self._line
        self._line.close()
        self._line = None
        self.out.close()
        self.out = os.fdopen(to_write, "wb")
        os.dup2(to_read, sys.stdin.fileno())
        os.close(to_read)
        self._lines = os.fdopen(sys.stdin.fileno(), "rb", closefd=False)
        self._lines.readline()  # the task, which is known
