"""Worker processes that are killed or stand still: their file is reported, all others are checked, nothing is left."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import checked
import pytest

from cchc_xlsx import check, processes, workers
from cchc_xlsx.results import Report
from cchc_xlsx.task import Task

COUNT = 60
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the processes in /proc")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As many copies of one right workbook as there are files in a district."""
    made = tmp_path_factory.mktemp("many")
    data = checked.workbook("nhon-hau-2025-phu-luc-1", period="Q1", unit="TPHT")
    for number in range(COUNT):
        (made / f"{number:03}.xlsx").write_bytes(data)
    return made


def descendants(pid: int | str = "self") -> list[int]:
    """The processes that a process started, and those that these started."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *descendants(child)]
    return sorted(one for one in found if b"cchc_xlsx.worker" in command_line(one))


def children() -> list[int]:
    """The processes that read files."""
    return descendants()


def first() -> int:
    """The one that the others were forked from."""
    return next(one for one in descendants() if descendants(one))


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def run(
    folder: Path, number: int, with_signal: int, whom: Callable[[], int] = lambda: children()[0]
) -> tuple[Report, list[int]]:
    """A check in which one worker, or whoever is named, gets a signal after some files."""
    struck: list[int] = []

    def progress(done: int, _: int) -> None:
        if done >= number and not struck:
            struck.append(whom())
            os.kill(struck[0], with_signal)

    return check.check((folder,), Task(), progress, jobs=2), struck


@pytest.mark.parametrize("number", [1, 20, 40])
def test_a_killed_worker_costs_its_file_alone(number: int, folder: Path) -> None:
    report, struck = run(folder, number, signal.SIGKILL)
    assert struck
    wrong = {one.path: [finding.code for finding in one.findings] for one in report.files if one.status != "ok"}
    assert list(wrong.values()) == [["F015"]]
    assert [one.path for one in report.files] == [f"{number:03}.xlsx" for number in range(COUNT)]
    assert descendants() == []


def test_who_was_forked_goes_on_when_the_first_is_lost(folder: Path) -> None:
    report, struck = run(folder, 45, signal.SIGKILL, first)
    assert struck
    assert Counter(one.status for one in report.files) == {"ok": COUNT - 1, "error": 1}
    assert descendants() == []


def test_nobody_waits_for_a_first_that_is_busy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SECONDS_A_FILE", 4.0)
    monkeypatch.setattr(processes, "_SECONDS", 0.1)
    report, struck = run(folder, 5, signal.SIGSTOP)
    assert struck
    assert Counter(one.status for one in report.files) == {"ok": COUNT - 1, "error": 1}
    assert descendants() == []


@pytest.mark.parametrize("number", [1, 20, 40])
def test_where_processes_cannot_fork_each_is_started_anew(
    number: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_CAN_FORK", False)
    report, struck = run(folder, number, signal.SIGKILL)
    assert struck
    assert Counter(one.status for one in report.files) == {"ok": COUNT - 1, "error": 1}
    assert descendants() == []


def test_a_worker_that_stands_still_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SECONDS_A_FILE", 3.0)
    report, struck = run(folder, 5, signal.SIGSTOP)
    assert struck
    wrong = [[finding.code for finding in one.findings] for one in report.files if one.status != "ok"]
    assert wrong == [["F016"]]
    assert descendants() == []


def test_one_and_two_workers_say_the_same(folder: Path) -> None:
    one, two = (list(check.check((folder,), Task(), jobs=jobs).files) for jobs in (1, 2))
    assert one == two
    assert {file.status for file in one} == {"ok"}
    assert all(file.fields for file in one)


def test_a_run_that_is_broken_off_leaves_no_process(folder: Path) -> None:
    class EnoughError(Exception):
        """Stands for Ctrl-C."""

    def progress(done: int, _: int) -> None:
        if done == 3:
            raise EnoughError

    with pytest.raises(EnoughError):
        check.check((folder,), Task(), progress, jobs=2)
    assert descendants() == []


@pytest.mark.parametrize(("files", "cores", "jobs", "expected"), [(3, 8, None, 1), (250, 8, None, 3), (250, 2, None, 2), (3, 8, 2, 2)])  # fmt: skip
def test_as_many_processes_as_the_files_are_worth(
    files: int, cores: int, jobs: int | None, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(files):
        (tmp_path / f"{number}.xlsx").touch()
    started = []

    def none(asked: object, task: object, count: int) -> object:
        started.append(count)
        return iter([(number, "F015") for number in range(len(asked))])  # type: ignore[arg-type]

    monkeypatch.setattr(check, "cores", lambda: cores)
    monkeypatch.setattr(workers, "run", none)
    check.check((tmp_path,), Task(), jobs=jobs)
    assert started == [expected]
