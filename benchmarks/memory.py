"""The memory of a command with all its processes: the peak of the sum, looked at twenty times a second."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

_EVERY_SECONDS = 0.05
_PROC = Path("/proc")
_PSS = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


class Peak(Struct, frozen=True):
    """The peak in MiB, what was summed up, and how often it was looked at."""

    mib: float
    kind: str
    looks: int
    processes: int  # at the peak


def peak(command: Sequence[str], env: Mapping[str, str]) -> Peak | None:
    """The peak of a command; None where this system does not tell memory."""
    kind, sizes = _way()
    if sizes is None:
        return None
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(env))
    highest, processes, looks = 0, 0, 0
    while process.poll() is None:
        found = list(sizes(process.pid))
        looks += 1
        if sum(found) > highest:
            highest, processes = sum(found), len(found)
        time.sleep(_EVERY_SECONDS)
    return Peak(highest / (1 << 20), kind, looks, processes)


def _way() -> tuple[str, Callable[[int], Iterator[int]] | None]:
    """PSS shares out among processes what they have in common; RSS counts it in each."""
    if (_PROC / "self" / "smaps_rollup").exists() and (_PROC / "self" / "task").exists():
        return "PSS", _pss
    return "RSS", _rss if importlib.util.find_spec("psutil") else None


def _pss(pid: int) -> Iterator[int]:
    """Bytes of a process and of all that it started; one that ends meanwhile has none."""
    with contextlib.suppress(OSError):
        found = _PSS.search((_PROC / str(pid) / "smaps_rollup").read_bytes())
        if found:
            yield int(found[1]) * 1024
        for task in (_PROC / str(pid) / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _pss(int(child))


def _rss(pid: int) -> Iterator[int]:
    psutil = importlib.import_module("psutil")
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                yield one.memory_info().rss
