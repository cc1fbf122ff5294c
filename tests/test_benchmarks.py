"""The benchmark of the check runs anywhere and tells every figure; how fast anything is, no test asserts."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import command

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "check.py"
COUNT = 8


def bench(folder: Path, *arguments: str) -> str:
    """What the script prints; its folder is made once."""
    parts = [sys.executable, str(SCRIPT), str(COUNT), "--rounds", "1", "--keep", str(folder), *arguments]
    done = subprocess.run(parts, capture_output=True, check=False, env=command.environment(), timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_every_figure_is_told(tmp_path: Path) -> None:
    found = json.loads(bench(tmp_path, "--json"))
    corpus, figures = found["corpus"], found["figures"]
    assert (corpus["files"], corpus["communes"], found["told_as_made"]) == (COUNT, 3, COUNT)
    assert corpus["mean_kb"] > 0
    assert corpus["mean_cells"] > 0
    assert list(figures) == ["one_core", "folder", "frictionless", "memory"]
    missing = {name for name, one in figures.items() if one is None}
    allowed = set() if importlib.util.find_spec("frictionless") else {"frictionless"}
    assert missing <= allowed | (set() if sys.platform.startswith("linux") else {"memory"})
    for one in figures.values():
        assert one is None or (one["value"] > 0 and one["bar"] and one["unit"] in ("×", "MiB"))
    assert set(figures["one_core"]) >= {"ms_a_file", "calamine_ms_a_file", "rounds"}
    assert set(figures["folder"]) >= {"seconds", "start_up_seconds", "ms_a_file", "openpyxl_ms_a_file"}

    table = bench(tmp_path)
    for what in ("examine / calamine", "openpyxl / check", "frictionless", "memory", "at most 3", "at least 30"):
        assert what in table, table


def test_too_few_files_are_refused(tmp_path: Path) -> None:
    parts = [sys.executable, str(SCRIPT), "2", "--keep", str(tmp_path)]
    done = subprocess.run(parts, capture_output=True, check=False, env=command.environment(), timeout=300)
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []
