"""Checking a folder of filled workbooks against the bare cost of reading them, in one run: ratios, as seconds differ by machine.

The workbooks are made here (`corpus.py`): of different communes, with figures of their own. Peers: calamine reading all
sheets, openpyxl loading the workbook, frictionless validating the table by a schema. Rounds alternate between them and take
other files each time, so that nothing can be remembered of a file that was measured before; figures are medians of rounds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import corpus
import memory
import peers
from corpus import Corpus
from msgspec import Struct, field

import cchc_xlsx
from cchc_xlsx import check, examine
from cchc_xlsx.recognise import Asked

_HOME = Path(cchc_xlsx.__file__).parent.parent
_FORM = "nhon-hau-2025-phu-luc-2"
_CORE_FILES = 1000  # read one by one in this process; of more, so many are taken evenly
_TURN = 20  # files between two peers: near enough in time to see the same machine
_COUNTED = 200  # workbooks whose cells are counted
_MEMORY_JOBS = 2
_LEAST_FILES = 5  # in each round: some are no workbooks, and some warm up


class Figure(Struct, frozen=True):
    """A ratio (or MiB), what it is held against, and what it was made from."""

    value: float
    unit: str
    bar: str
    what: str
    of: dict[str, Any] = field(default_factory=dict)


class Round(Struct, frozen=True):
    """One run of the command, and what its peers took, in the same minute."""

    check_seconds: float
    start_seconds: float
    openpyxl_ms: float  # a workbook, as the next one
    frictionless_ms: float | None


def evenly(paths: Sequence[Path], count: int) -> list[Path]:
    """So many of the paths, evenly taken."""
    return [paths[len(paths) * number // count] for number in range(count)] if count < len(paths) else list(paths)


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# ----------------------------------------------------------------------------------------------------------- one core


def one_core(made: Corpus, rounds: int) -> Figure:
    """The checker's own work on a workbook, in this process, against calamine reading the same."""
    first = {one.form: made.folder / one.path for one in made.files if one.opens}
    warm = list(first.values())[: max(1, len(made.workbooks) // 4)]
    rest = evenly([path for path in made.workbooks if path not in warm], _CORE_FILES)
    layouts = examine.Layouts()

    def ours(path: Path) -> None:
        examine.examine(path, Asked(), layouts)

    for path in warm:
        ours(path)
        peers.calamine(path)
    found = []
    for number in range(rounds):
        paths = rest[number::rounds]
        took = Counter[str]()
        for turn in range(0, len(paths), _TURN):
            for path in paths[turn : turn + _TURN]:
                took["ours"] += _micros(ours, path)
            for path in paths[turn : turn + _TURN]:
                took["calamine"] += _micros(peers.calamine, path)
        found.append(
            (took["ours"] / took["calamine"], *(took[who] / len(paths) / 1000 for who in ("ours", "calamine")))
        )
    ratio, mine, bare = (statistics.median(column) for column in zip(*found, strict=True))
    details = {"files": len(rest), "ms_a_file": mine, "calamine_ms_a_file": bare, "rounds": [one[0] for one in found]}
    return Figure(ratio, "×", "at most 3, aim 1.5", "one file on one core: examine / calamine", details)


def _micros(work: Callable[[Path], object], path: Path) -> int:
    start = time.perf_counter_ns()
    work(path)
    return (time.perf_counter_ns() - start) // 1000


# -------------------------------------------------------------------------------------------------------- the command


def command(folder: Path, output: Path, jobs: int) -> list[str]:
    """The real command, as a person types it."""
    parts = [sys.executable, "-m", "cchc_xlsx", "check", folder, "--format", "json", "--output", output, "--jobs", jobs]
    return [str(part) for part in parts]


def environment(work: Path) -> dict[str, str]:
    """That of this process; the package is the one that was imported here, its bytecode kept as where it is installed."""
    paths = [str(_HOME), *filter(None, [os.environ.get("PYTHONPATH")])]
    kept = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONPYCACHEPREFIX": str(work / "bytecode")}
    return {**{name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}, **kept}


def run(folder: Path, output: Path, jobs: int) -> None:
    """The command to its end; that there are errors is as it should be."""
    env = environment(output.parent)
    done = subprocess.run(command(folder, output, jobs), capture_output=True, env=env, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))


def agreeing(made: Corpus, output: Path) -> int:
    """How many files the command told as they were made: what is fast and wrong is not fast."""
    told = {one["path"]: one["status"] for one in json.loads(output.read_bytes())["files"]}
    return sum(told.get(one.path) == one.status for one in made.files)


def rounds_of(made: Corpus, work: Path, jobs: int, count: int, sample: int) -> Iterator[Round]:
    """The command over the whole folder; its peers over so many workbooks, others each time."""
    empty = work / "empty"
    empty.mkdir()
    for number in range(jobs):  # as many files as processes, so that all are started, and nothing to read
        (empty / f"{number}.xlsx").touch()
    taken = evenly(made.workbooks, count * sample)
    run(empty, work / "empty.json", jobs)
    for number in range(count):
        paths = taken[number::count]
        start = seconds(lambda: run(empty, work / "empty.json", jobs))
        took = seconds(lambda: run(made.folder, work / "told.json", jobs))
        loads = [_micros(peers.load_openpyxl, path) for path in paths]
        yield Round(took, start, statistics.mean(loads) / 1000, _frictionless_ms(paths))


def _frictionless_ms(paths: Sequence[Path]) -> float | None:
    """A workbook by frictionless; schemas are made beforehand, as an office would keep them."""
    found = peers.tables(paths) if peers.HAS_FRICTIONLESS else []
    ready = list(peers.validations(found)) if found else []
    if ready:
        ready[0][1]()  # what it loads when it is first used is no work on a file
    return statistics.mean(seconds(validate) * 1000 for _, validate in ready) if ready else None


def folder(made: Corpus, rounds: Sequence[Round]) -> Figure:
    """The command against openpyxl loading the same files one after the other."""
    count = len(made.workbooks)
    ratios = [one.openpyxl_ms * count / 1000 / one.check_seconds for one in rounds]
    names = ("check", "start")
    took, start = (statistics.median(getattr(one, f"{name}_seconds") for one in rounds) for name in names)
    details = {
        "seconds": took,
        "start_up_seconds": start,
        "ms_a_file": (took - start) * 1000 / len(made.files),
        "openpyxl_ms_a_file": statistics.median(one.openpyxl_ms for one in rounds),
        "rounds": ratios,
    }
    return Figure(statistics.median(ratios), "×", "at least 30, aim 60", "folder: openpyxl / check", details)


def frictionless(made: Corpus, rounds: Sequence[Round]) -> Figure | None:
    """The command against frictionless, over the same; None where it is not installed."""
    known = [(one.frictionless_ms, one.check_seconds) for one in rounds if one.frictionless_ms is not None]
    if not known:
        return None
    ratios = [ms * len(made.workbooks) / 1000 / took for ms, took in known]
    details = {"frictionless_ms_a_file": statistics.median(ms for ms, _ in known), "rounds": ratios}
    return Figure(statistics.median(ratios), "×", "at least 15", "folder: frictionless / check", details)


def peak(made: Corpus, work: Path) -> Figure | None:
    """The memory of the command with two processes, in a run of its own: looking takes time."""
    found = memory.peak(command(made.folder, work / "told.json", _MEMORY_JOBS), environment(work))
    if found is None:
        return None
    details = {"kind": found.kind, "looks": found.looks, "processes": found.processes}
    return Figure(
        found.mib, "MiB", "at most 200", f"memory: peak of the summed {found.kind}, --jobs {_MEMORY_JOBS}", details
    )


# -------------------------------------------------------------------------------------------------------------- told


def about(made: Corpus) -> dict[str, Any]:
    """What the corpus is."""
    counted = evenly(made.workbooks, _COUNTED)
    return {
        "files": len(made.files),
        "workbooks": len(made.workbooks),
        "communes": len({one.commune for one in made.files}),
        "forms": len({one.form for one in made.files}),
        "placements": len({(one.form, Path(one.path).stem.split("_", 1)[1]) for one in made.files}),
        "whole_communes": sum(one.unit == "XA" for one in made.files),
        "statuses": dict(sorted(Counter(one.status for one in made.files).items())),
        "faults": dict(sorted(Counter(one.fault for one in made.files).items())),
        "mean_kb": statistics.mean(one.size for one in made.files if one.opens) / 1000,
        "mean_cells": statistics.mean(peers.calamine(path) for path in counted),
    }


def measured(made: Corpus, work: Path, given: argparse.Namespace) -> dict[str, Any]:
    """All figures by name."""
    rounds = list(rounds_of(made, work, given.jobs, given.rounds, given.sample))
    right = agreeing(made, work / "told.json")
    figures = {
        "one_core": one_core(made, given.rounds),
        "folder": folder(made, rounds),
        "frictionless": frictionless(made, rounds),
        "memory": peak(made, work),
    }
    return {
        "corpus": about(made),
        "told_as_made": right,
        "rounds": given.rounds,
        "jobs": given.jobs,
        "sample": min(given.sample * given.rounds, len(made.workbooks)),
        "python": platform.python_version(),
        "figures": figures,
    }


def table(found: dict[str, Any]) -> str:
    """The figures for reading."""
    of = found["corpus"]
    lines = [
        f"{of['files']} files, {of['workbooks']} of them workbooks: {of['communes']} communes, {of['forms']} forms, "
        f"{of['placements']} of form, period and unit; "
        f"{of['whole_communes']} of whole communes, the others of units; mean {of['mean_kb']:.0f} kB, {of['mean_cells']:.0f} cells with a value",
        ", ".join(f"{count} {status}" for status, count in of["statuses"].items())
        + f"; told so by the check: {found['told_as_made']} of {of['files']}",
        f"median of {found['rounds']} rounds; {found['jobs']} processes; openpyxl and frictionless on a sample of "
        f"{found['sample']} workbooks, evenly taken, scaled to all",
        "",
    ]
    for name, one in found["figures"].items():
        if one is None:
            why = "frictionless is not installed" if name == "frictionless" else "cannot be told here"
            lines.append(f"{'-':>9}      {'':<22} {name}: {why}")
        else:
            lines.append(f"{one.value:>9.2f} {one.unit:<4} {one.bar:<22} {one.what}{_made_from(one.of)}")
    return "\n".join(lines)


def _made_from(of: dict[str, Any]) -> str:
    shown = [f"{name.replace('_', ' ')} {value:.2f}" for name, value in of.items() if isinstance(value, float)]
    return f" ({', '.join(shown)})" if shown else ""


def as_json(found: dict[str, Any]) -> str:
    """The figures for a program."""
    figures = {
        name: one and {"value": one.value, "unit": one.unit, "bar": one.bar, **one.of}
        for name, one in found["figures"].items()
    }
    return json.dumps({**found, "figures": figures}, indent=2)


def main() -> None:
    """Make the folder, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=1000, help="files to make (1000)")
    parser.add_argument("--form", default=_FORM, help=f"the form of all files, or all ({_FORM}, of 36 rows)")
    parser.add_argument("--periods", default="N", help=f"of {','.join(corpus.PERIODS)}; a folder is mostly of one (N)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each figure is taken (3)")
    parser.add_argument("--sample", type=int, default=60, help="workbooks a round for openpyxl and frictionless (60)")
    parser.add_argument("--jobs", type=int, default=check.cores(), help="processes of the check (as many as cores)")
    parser.add_argument("--keep", type=Path, help="make the folder here, or take the one that was made here before")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    given = parser.parse_args()
    if given.count < _LEAST_FILES * given.rounds:
        parser.error(f"at least {_LEAST_FILES} files a round")
    if not set(given.periods.split(",")) <= set(corpus.PERIODS):
        parser.error(f"periods are {', '.join(corpus.PERIODS)}")
    with contextlib.ExitStack() as until_done:
        work = Path(until_done.enter_context(tempfile.TemporaryDirectory()))
        home = given.keep / f"{given.count}-{given.form}-{given.periods}" if given.keep else work / "corpus"
        form = None if given.form == "all" else given.form
        made = corpus.make(home, given.count, form_id=form, periods=given.periods.split(","))
        found = measured(made, work, given)
    print(as_json(found) if given.json else table(found))


if __name__ == "__main__":
    main()
