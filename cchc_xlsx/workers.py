"""Files → answers of worker processes: one that dies or takes too long is replaced, and its file reported."""

from __future__ import annotations

import contextlib
import itertools
import json
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from cchc_xlsx import processes, task
from cchc_xlsx.task import Task

SECONDS_A_FILE = 10.0
DIED, OVERRAN = "F015", "F016"
_AHEAD = 8  # files that a worker knows of, so that it need not wait for the run between them
_TOGETHER = 4  # answers: to wake the run for each costs half of what it does for it
_LOOK_SECONDS = 0.2
_READY_FILES = 2  # by then a process has loaded all that others need

Answer = bytes | str  # what the worker wrote, or the code of what became of it


class Worker:
    """One process; it is started when it is needed, and again after it was lost."""

    def __init__(self, settings: bytes, source: processes.Source) -> None:
        self._settings = settings
        self._source = source
        self._process: processes.Process | None = None
        self._lock = threading.Lock()
        self._since: float | None = None
        self._overran = False
        self._closed = False

    def ask(self, requests: Iterator[dict[str, Any]]) -> Iterator[Answer]:
        """One answer to each request, in their order; some are told ahead, so that the process need not wait for us."""
        waiting: deque[dict[str, Any]] = deque()
        answered = 0
        while not self._closed:
            ahead = _AHEAD if answered >= _READY_FILES else 1  # what is told already comes before the wish for a fork
            fresh = list(itertools.islice(requests, ahead - len(waiting))) if len(waiting) <= ahead // 2 else []
            waiting.extend(fresh)
            if not waiting:
                break
            is_new = self._process is None  # it knows of nothing that was told before
            pipes = self._started()
            if pipes is None:
                break
            answer = self._asked(*pipes, waiting if is_new else fresh)
            if self._closed and isinstance(answer, str):
                break
            waiting.popleft()
            answered += 1
            if answered == _READY_FILES:
                self._source.ready()
            yield answer
        self._source.ready()

    def _asked(self, told: IO[bytes], answers: IO[bytes], requests: Iterable[dict[str, Any]]) -> Answer:
        with contextlib.suppress(OSError):
            told.write(b"".join(json.dumps(one).encode() + b"\n" for one in requests))
            told.flush()
        self._since = time.monotonic()
        line = answers.readline()
        self._since = None
        return line if line.endswith(b"\n") else self._lost()

    def _started(self) -> tuple[IO[bytes], IO[bytes]] | None:
        with self._lock:
            if self._closed:
                return None
            if self._process is None:
                self._process = self._source.start()
                assert self._process.stdin
                with contextlib.suppress(OSError):
                    self._process.stdin.write(self._settings)
            process = self._process
        assert process.stdin
        assert process.stdout
        return process.stdin, process.stdout

    def look(self) -> None:
        """End the process where its file takes too long."""
        since = self._since
        if since is not None and time.monotonic() - since > SECONDS_A_FILE:
            self._overran = True
            self._kill()

    def _lost(self) -> str:
        code = OVERRAN if self._overran else DIED
        self._overran = False
        self._kill()
        with self._lock:
            self.drop()
        return code

    def _kill(self) -> None:
        with self._lock:
            if self._process:
                self._process.kill()

    def drop(self) -> None:
        """Forget the process, which has ended or is about to."""
        process, self._process = self._process, None
        if process:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def close(self) -> None:
        """End the process."""
        self._closed = True
        self._source.ready()
        self._kill()


def run(files: Sequence[tuple[Path, str]], wanted: Task, jobs: int) -> Iterator[tuple[int, Answer]]:
    """The answer to each file with its number, as they come. However the iteration ends, no process is left.

    A file is where it is and what it is called. Answers are those of `worker`, or the code of what became of that.
    """
    settings = task.to_line(wanted)
    source = processes.source()
    workers = [Worker(settings, source) for _ in range(max(1, min(jobs, len(files))))]
    numbers = iter(range(len(files)))
    taking = threading.Lock()
    found: queue.Queue[list[tuple[int, Answer]] | BaseException] = queue.Queue(maxsize=32)

    def mine(asked: deque[int]) -> Iterator[dict[str, Any]]:
        while True:
            with taking:
                number = next(numbers, None)
            if number is None:
                return
            asked.append(number)
            yield {"file": str(files[number][0]), "name": files[number][1]}

    def work(worker: Worker) -> None:
        asked: deque[int] = deque()
        some: list[tuple[int, Answer]] = []
        try:
            for answer in worker.ask(mine(asked)):
                some.append((asked.popleft(), answer))
                if len(some) >= _TOGETHER:
                    found.put(some)
                    some = []
            found.put(some)
        except BaseException as error:  # it must reach the run, which waits for it
            found.put(error)

    threads = [threading.Thread(target=work, args=(worker,), daemon=True) for worker in workers]
    try:
        for thread in threads:
            thread.start()
        yield from _gathered(found, workers, len(files))
    finally:
        for worker in workers:
            worker.close()
        while any(thread.is_alive() for thread in threads):  # they may wait for room to put an answer
            with contextlib.suppress(queue.Empty):
                found.get(timeout=0.01)
        for worker in workers:
            worker.drop()
        source.close()


def _gathered(
    found: queue.Queue[list[tuple[int, Answer]] | BaseException], workers: Sequence[Worker], left: int
) -> Iterator[tuple[int, Answer]]:
    """As many answers as there are files; meanwhile the workers are watched."""
    looked = time.monotonic()
    while left:
        some: list[tuple[int, Answer]] | BaseException = []
        with contextlib.suppress(queue.Empty):
            some = found.get(timeout=_LOOK_SECONDS)
        if time.monotonic() - looked > _LOOK_SECONDS:
            looked = time.monotonic()
            for worker in workers:
                worker.look()
        if isinstance(some, BaseException):
            raise some
        left -= len(some)
        yield from some


@contextlib.contextmanager
def asking(wanted: Task) -> Iterator[Callable[[dict[str, Any]], Answer]]:
    """Something to be asked one thing after another; each answer is that of `worker`, or the code of what became of that."""
    source = processes.source()
    worker = Worker(task.to_line(wanted), source)
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_LOOK_SECONDS):
            worker.look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield lambda request: next(worker.ask(iter([request])), OVERRAN)
    finally:
        ended.set()
        watcher.join()
        worker.close()
        worker.drop()
        source.close()


def plan(path: Path, wanted: Task) -> dict[str, Any] | str:
    """What the worker says of a plan: its token and overlay, or why it is none; or what became of the worker."""
    with asking(wanted) as ask:
        answer = ask({"plan": str(path)})
    if isinstance(answer, str):
        return answer
    read: dict[str, Any] = json.loads(answer.partition(b"\t")[0])
    return read
