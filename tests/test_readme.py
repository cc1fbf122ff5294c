"""The README tells the truth: every command in it runs, and an installed wheel works without the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import desk
import pytest

from cchc_xlsx.cli.commands import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"<!-- (\w+) -->\n```bash\n(.*?)```", re.DOTALL)
BLOCKS = [(name, line) for name, text in _BLOCK.findall(README) for line in text.strip().splitlines()]
FILES = dict(re.findall(r"<!-- file (\S+) -->\n```\w+\n(.*?)```", README, re.DOTALL))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder that sees the examples and benchmarks as a checkout does."""
    place = tmp_path_factory.mktemp("readme")
    for name in ("examples", "benchmarks"):
        (place / name).symlink_to(ROOT / name)
    for name, text in FILES.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """One line of the README in a shell that knows `cchc-xlsx` and `python` as this run's own."""
    shims = folder / "shims"
    shims.mkdir(exist_ok=True)
    for name, command in (("cchc-xlsx", "-m cchc_xlsx"), ("python", "")):
        (shims / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {command} "$@"\n', encoding="utf-8")
        (shims / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{shims}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "CCHC_LANG": ""}
    return subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, encoding="utf-8", cwd=folder, env=environment, check=False
    )


@pytest.mark.xdist_group("readme")
def test_every_command_runs(folder: Path) -> None:
    lines = [line for name, line in BLOCKS if name == "run"]
    assert len(lines) >= 7
    for line in lines:
        done = run(line, folder)
        # The blank workbooks that were just issued are not filled in, those of the demonstration have faults.
        is_at_fault = "check bieu" in line or line.startswith(("cchc-xlsx consolidate", "cchc-xlsx report"))
        assert done.returncode == int(is_at_fault), (
            line,
            done.stdout,
            done.stderr,
        )
        assert "Traceback" not in done.stderr
        assert ("được miễn" in done.stdout) == ("--waivers" in line)
        output = re.search(r"--output (\S+)", line)
        assert (folder / output[1]).stat().st_size if output else done.stdout.strip()
    assert len(list((folder / "mend").iterdir())) == len(list((folder / "gui-lai").iterdir())) == 5


@pytest.mark.xdist_group("readme")
def test_the_year_in_one_folder(folder: Path, tmp_path: Path) -> None:
    """The sequence as it stands there; between sending and collecting, the units fill in their workbooks."""
    lines = [line for name, line in BLOCKS if name == "year"]
    here = tmp_path
    said: dict[str, subprocess.CompletedProcess[str]] = {}
    for line in lines:
        if line.startswith("cd "):
            here /= line.removeprefix("cd ")
            desk.Office(here).edit({f"Đơn vị!E{row}": f"don-vi-{row}@xa.example" for row in (5, 6, 7, 8)})
            continue
        if line == "cchc-xlsx collect nhan-ve":
            office = desk.Office(here)
            for unit in ("VP", "TTPVHCC"):
                (here / "nhan-ve" / f"{unit} gửi lại.xlsx").write_bytes(office.filled("2027-Q1", unit))
        said[line] = run(line, here)
        assert (said[line].returncode, said[line].stderr) == (0, ""), (line, said[line].stdout)
    assert "2 đã nhận" in said["cchc-xlsx collect nhan-ve"].stdout
    assert "kế hoạch · bản 1" in said["cchc-xlsx collect bieu-gui-di/ke-hoach"].stdout
    assert "3 tệp: 3 đạt" in said["cchc-xlsx check"].stdout  # the plan and two reports
    assert len(list((here / "thu-gui").glob("*.eml"))) == 2
    assert "Đầy đủ" in (here / "ket-qua" / "tinh-hinh.html").read_text(encoding="utf-8")
    assert (here / "ket-qua" / "tong-hop-2027-Q1.xlsx").stat().st_size > 10_000
    assert (here / "ket-qua" / "bao-cao-2027-Q1.docx").stat().st_size > 10_000


def test_the_two_commands_of_a_fresh_machine_set_up_and_run() -> None:
    once = dict(BLOCKS)
    assert once["demo"].endswith("/pip install --quiet . && .venv/bin/cchc-xlsx demo")
    assert once["tests"].endswith("/pip install --quiet --editable '.[test]' && .venv/bin/pytest -n auto")
    assert "<!-- tests -->" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")  # CI runs the README's own line


def test_every_command_is_in_the_readme() -> None:

    assert [
        name for name in cli.commands if f"`cchc-xlsx {name}" not in README and f"cchc-xlsx {name}" not in README
    ] == []


def test_pictures_and_files_that_it_names_are_there() -> None:
    names = re.findall(r"\]\(([^)#:]+)\)", README) + re.findall(
        r"`((?:cchc_xlsx|tests|templates|examples)/[\w./]+)`", README
    )
    assert [name for name in names if not (ROOT / name.rstrip("/")).exists()] == []


def test_an_installed_wheel_works_in_another_folder(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode and not os.environ.get("CI"):
        pytest.skip(f"no wheel can be built here: {built.stderr[-200:]}")
    assert built.returncode == 0, built.stderr
    site = tmp_path / "site"
    zipfile.ZipFile(next(tmp_path.glob("*.whl"))).extractall(site)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(site), "CCHC_LANG": "en"}
    code = "import cchc_xlsx, sys; from cchc_xlsx.resources import templates; print(templates())"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=elsewhere, env=environment, check=True
    )
    assert told.stdout.strip() == str(site / "cchc_xlsx" / "templates")
    listed = subprocess.run(
        [sys.executable, "-m", "cchc_xlsx", "forms", "list"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=elsewhere,
        env=environment,
        check=True,
    )
    assert len(listed.stdout.splitlines()) == 8
