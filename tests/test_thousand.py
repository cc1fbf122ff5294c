"""A thousand filled workbooks of every form, with every fault: told alike by one process and by two, each once, as it was made."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import command
import fill

MAKER = Path(__file__).parent.parent / "benchmarks" / "corpus.py"
COUNT = 1000
ISSUES = 41  # prime: each kind of fault, of which there is a round hundred, meets workbook after workbook


def made(home: Path) -> list[dict[str, Any]]:
    """The folder `files`, and what is known of each of its files."""
    maker = [sys.executable, str(MAKER), str(home), str(COUNT), "--issues", str(ISSUES)]
    subprocess.run(maker, check=True, env=command.environment(), stdout=subprocess.DEVNULL)
    found: list[dict[str, Any]] = json.loads((home / "corpus.json").read_text(encoding="utf-8"))
    return found


def told(home: Path, jobs: int) -> bytes:
    """What the command says of the folder."""
    output = home / f"{jobs}.json"
    arguments = ("check", "files", "--format", "json", "--output", output, "--jobs", str(jobs))
    done = command.run(*arguments, cwd=home, timeout_s=600)
    assert (done.code, done.raw, done.err) == (1, b"", "")
    return output.read_bytes()


def test_a_thousand_workbooks_are_told_as_they_were_made(tmp_path: Path) -> None:
    files = made(tmp_path / "corpus")
    assert len({one["path"] for one in files}) == len(files) == COUNT
    assert {one["form"] for one in files} == set(fill.FORMS)
    assert len({one["fault"] for one in files}) > 30
    assert len({one["commune"] for one in files}) == ISSUES

    one, two = (told(tmp_path / "corpus", jobs) for jobs in (1, 2))
    assert one == two

    body = json.loads(one)
    assert [each["path"] for each in body["files"]] == sorted(each["path"] for each in files)
    expected = {each["path"]: (each["status"], each["fault"]) for each in files}
    wrong = {
        each["path"]: expected[each["path"]] for each in body["files"] if each["status"] != expected[each["path"]][0]
    }
    assert wrong == {}
    counts = Counter(each["status"] for each in files)
    assert body["summary"] == {"files": COUNT, **{name: counts[name] for name in ("ok", "warning", "error", "skipped")}}
    assert {each["code"] for each in body["findings"]} == {"S701", "S702"}


def test_the_same_folder_is_made_again(tmp_path: Path) -> None:
    folders = []
    for name in ("one", "two"):
        maker = [sys.executable, str(MAKER), str(tmp_path / name), "100", "--issues", "7"]
        subprocess.run(maker, check=True, env=command.environment(), stdout=subprocess.DEVNULL)
        paths = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        folders.append({path.relative_to(tmp_path / name): path.read_bytes() for path in paths})
    assert folders[0] == folders[1]
    assert len(folders[0]) == 100 + 1
