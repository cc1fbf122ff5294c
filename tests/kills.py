"""Killing a command at a system call (strace), again and again at the next one, and what a year's folder says afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import command
import pytest

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


def run(
    arguments: Sequence[str | Path], cwd: Path, environment: dict[str, str], calls: str, number: int
) -> subprocess.CompletedProcess[bytes]:
    """The command, killed when one of its threads makes its `number`-th of these system calls."""
    log = cwd / ".strace"
    code = ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={calls}", "-e"]
    code.append(f"inject={calls}:signal=SIGKILL:when={number}")
    done = subprocess.run(
        [*code, *command.COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=command.environment(**environment),
        capture_output=True,
        timeout=120,
        check=False,
    )
    log.unlink(missing_ok=True)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


def was_killed(done: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether the command itself was; strace ends like it."""
    return done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)


def each(
    arguments: Sequence[str | Path],
    fresh: Path,
    place: Path,
    environment: dict[str, str],
    calls: str,
    stride: int = 1,
    most: int = 400,
) -> Iterator[tuple[int, Path]]:
    """A copy of the folder `fresh` after the command was killed at its first, next, … call; until it runs to its end."""
    for number in range(1, most, stride):
        folder = place / fresh.name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(fresh, folder)
        done = run(arguments, folder, environment, calls, number)
        yield number, folder
        if not was_killed(done):
            return
    raise AssertionError(f"after {most} calls the command still did not come to its end")
