"""Killing a command at a system call (strace), again and again at the next one, and what a year's folder says afterwards."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import command
import pytest

SYNCS, RENAMES = ("fsync", "fdatasync"), ("rename", "renameat", "renameat2")
SENDS, WRITES, FOLDERS = ("sendto",), ("pwrite64",), ("mkdir", "mkdirat")
_ALL = (*SYNCS, *RENAMES, *SENDS, *WRITES, *FOLDERS)

# What must come out the same; moments of our own clock, counts of tries and numbers of rows may differ.
_STATE = {
    "message": "SELECT key, raw, message_id, sender, subject, machine, sent, arrived, arrived_source FROM message",
    "delivery": "SELECT d.account, d.folder, d.uidvalidity, d.uid, d.source, d.status, d.reason, d.mark, d.arrived, m.key"
    " FROM delivery d LEFT JOIN message m ON m.id = d.message",
    "occurrence": "SELECT m.key, o.route, o.name, o.sha256, o.size, o.refused, v.sha256 FROM occurrence o"
    " JOIN message m ON m.id = o.message LEFT JOIN version v ON v.id = o.version",
    "version": "SELECT v.form, v.period, v.unit, v.sha256, v.number, v.token, m.key, v.arrived, v.state, v.why FROM version v"
    " JOIN message m ON m.id = v.message",
    "checking": "SELECT v.sha256, c.status, c.errors, c.warnings, c.told FROM checking c JOIN version v ON v.id = c.version",
    "outbox": "SELECT o.dedupe, o.kind, o.recipient, o.message_id, o.state, m.key FROM outbox o"
    " LEFT JOIN message m ON m.id = o.message",
    "obligation": "SELECT form, period, unit, due, excluded FROM obligation",
    "issued": "SELECT token, carried FROM issued",
}
State = dict[str, list[tuple[Any, ...]] | dict[str, bytes]]


class Step(NamedTuple):
    """A system call of a command: its name, and which one of that name it is, from 1."""

    call: str
    number: int


def need() -> None:
    """Skip where strace is missing; under CI that is a failure."""
    if shutil.which("strace") is None:
        if os.environ.get("CI"):
            pytest.fail("needed under CI: strace", pytrace=False)
        pytest.skip("missing: strace")


def state(folder: Path) -> State:
    """What the ledger and the store of a year's folder hold."""
    with closing(sqlite3.connect(folder / ".cchc" / "ledger.sqlite")) as book:
        found: State = {name: sorted(book.execute(query).fetchall(), key=repr) for name, query in _STATE.items()}
    found["files"] = {path.name: path.read_bytes() for path in (folder / ".cchc" / "files").glob("??/*")}
    found["spool"] = {path.name: b"" for path in (folder / ".cchc").glob("spool/*")}
    return found


def steps(arguments: Sequence[str | Path], folder: Path, environment: dict[str, str]) -> list[Step]:
    """Run the command to its end; its system calls that put something on the disk or the wire, in their order."""
    log = folder.parent / "strace.log"
    done = _traced(arguments, folder, environment, "-o", str(log), "-e", f"trace={_set(_ALL)}")
    assert done.returncode == 0, done.stderr.decode()
    counts: dict[str, int] = {}
    found = []
    for call in re.findall(r"^(\w+)\(", log.read_text(errors="replace"), re.M):
        counts[call] = counts.get(call, 0) + 1
        found.append(Step(call, counts[call]))
    return found


def of(calls: Sequence[str], made: Sequence[Step]) -> list[Step]:
    """Those of the steps that are calls of these names; of writes in a row only the last.

    Before that one nothing of the row counts, however much of it is there: the last is what commits.
    """
    after = [*made[1:], None]
    return [
        one
        for one, then in zip(made, after, strict=True)
        if one.call in calls and not (one.call in WRITES and then and then.call == one.call)
    ]


def each(
    arguments: Sequence[str | Path], fresh: Path, place: Path, environment: dict[str, str], walked: Iterable[Step]
) -> Iterator[tuple[Step, Path]]:
    """A copy of the folder `fresh` after the command was killed at a step, before the system did what it asks for."""
    for one in walked:
        folder = place / f"{one.call}-{one.number}" / fresh.name
        shutil.copytree(fresh, folder)
        # strace counts each name by itself: of several at once, those are never reached that another is ahead of.
        kill = f"inject={_set([one.call])}:signal=SIGKILL:when={one.number}"
        done = _traced(arguments, folder, environment, "-o", os.devnull, "-e", f"trace={_set([one.call])}", "-e", kill)
        assert done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL), one
        yield one, folder
        shutil.rmtree(folder.parent)


def _set(calls: Sequence[str]) -> str:
    """Names as strace takes them, also those that this machine does not have."""
    return ",".join(f"?{call}" for call in calls)


def _traced(
    arguments: Sequence[str | Path], cwd: Path, environment: dict[str, str], *options: str
) -> subprocess.CompletedProcess[bytes]:
    """The command under strace, but not the process that reads for it, which ends by itself when nobody asks it any more."""
    done = subprocess.run(
        ["strace", "-qq", *options, *command.COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=command.environment(**environment, PYTHONDONTWRITEBYTECODE="1"),  # keeping bytecode takes steps too
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done
