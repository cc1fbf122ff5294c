"""The real command on a folder of hostile files: each is told once and rightly, nothing is hurt, nothing leaks, nothing is left."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hostile
import pytest
from hostile import people, places, watch
from hostile.case import LIMITS, Case
from hostile.people import Person
from hostile.watch import Seen

ARGUMENTS = ("check", "--jobs", "2")
MEMORY = 1 << 30
TIMEOUT_S = 580
TERMINALS = {
    "utf-8": {"LANG": "C.UTF-8"},
    "C": {"LC_ALL": "C", "LANG": "C"},
    "C that stays so": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@contextmanager
def prepared(cases: Iterable[Case]) -> Iterator[Path]:
    """A place that anybody may enter, with the hostile folder and folders for what a run might leave."""
    place = Path(tempfile.mkdtemp(prefix="cchc-hostile-"))
    place.chmod(0o755)
    try:
        for name in ("home", "tmp", "cwd"):
            (place / name).mkdir()
            (place / name).chmod(0o777)
        hostile.make(place / "nop", cases)
        yield place
    finally:
        for path in place.glob("nop/*khong-duoc-doc*"):
            path.chmod(0o700)
        shutil.rmtree(place)


def expected(cases: Iterable[Case], one: Person) -> dict[str, Case]:
    """The entries that must be reported, as they are shown."""
    return {case.shown or case.name: case for case in cases if not one.is_root or case.codes_for_root != ()}


def codes(found: dict[str, Any]) -> list[str]:
    """The errors of a file, or all its findings where it has none."""
    errors = [finding["code"] for finding in found["findings"] if finding["severity"] == "error"]
    return errors or [finding["code"] for finding in found["findings"] if finding["severity"] == "warning"]


def complaint(case: Case, found: dict[str, Any], one: Person) -> str:
    """What is wrong with what was said of a file; nothing where all is right."""
    wanted = case.codes if case.codes_for_root is None or not one.is_root else case.codes_for_root
    said = found["findings"][0]["message"] if found["findings"] else ""
    got = [finding["code"] for finding in found["findings"]] if found["status"] == "skipped" else codes(found)
    is_right = (not wanted and not got) or (got and got[0] in wanted and (got[0][0] != "F" or len(got) == 1))
    if found["status"] != case.status or not is_right:
        return f"{found['status']} {got} instead of {case.status} {wanted}: {said}"
    return "" if case.says in said or wanted is case.codes_for_root else f"{case.says!r} is not in {said!r}"


def check_report(done: Seen, cases: tuple[Case, ...], one: Person, folder: Path) -> None:
    """Every entry once, each with its status, code and reason; nothing else on standard output, no traceback."""
    assert (done.code, done.err) == (1, "")
    body = json.loads(done.raw)
    assert done.raw.startswith(b"{")
    wanted, listed = expected(cases, one), Counter(found["path"] for found in body["files"])
    assert {path: count for path, count in listed.items() if count > 1} == {}
    assert listed.keys() ^ wanted.keys() == set()
    wrong = {one_["path"]: told for one_ in body["files"] if (told := complaint(wanted[one_["path"]], one_, one))}
    assert wrong == {}
    statuses = Counter(found["status"] for found in body["files"])
    assert body["summary"] == {
        "files": len(wanted),
        **{name: statuses[name] for name in ("ok", "warning", "error", "skipped")},
    }
    for found in body["files"]:
        if found["sha256"]:
            data = (folder / wanted[found["path"]].name).read_bytes()
            assert found["sha256"] == hashlib.sha256(data).hexdigest(), found["path"]
    check_values({found["path"]: found["fields"] for found in body["files"]})


def check_values(fields: dict[str, Any]) -> None:
    """No value is taken from a file that is no form, and the same values from each harmless copy of one form."""
    honest = fields["bieu-dung-twin.xlsx"]
    assert len(honest) > 20
    for path, found in fields.items():
        if path.startswith("bieu-") and path.endswith("-twin.xlsx"):
            assert found == honest, path
        elif not path.startswith("bieu-"):
            assert found == {}, path


def test_the_catalogue_is_large_and_covers_every_guard() -> None:
    names = Counter(case.name for case in hostile.CASES)
    assert (len(names), max(names.values())) == (len(hostile.CASES), 1)
    assert len(hostile.CASES) >= 160
    told = {case.says for case in hostile.CASES}
    for words, limit in LIMITS.values():
        assert (f"{words}: " if limit is None else f", giới hạn là {limit}.") in told, words
    seen = {code for case in hostile.CASES for code in case.codes}
    assert {f"F0{number:02}" for number in (*range(1, 15), 20, 21, 22)} <= seen


def test_the_whole_folder_is_told_file_by_file() -> None:
    one, cases = people.me(), hostile.CASES
    with prepared(cases) as place:
        before = watch.snapshot(place)
        trace = None if watch.tracer() is None else place.with_name(place.name + ".trace")
        env = {"PYTHONDONTWRITEBYTECODE": "1"}
        done = watch.run([*ARGUMENTS, "../nop", "--format", "json"], one, place, env, TIMEOUT_S, trace)
        if trace:
            trace.unlink()
            check_trace(done.trace, one, place)
        assert watch.snapshot(place) == before
        check_report(done, cases, one, place / "nop")
        if watch.HAS_PROC:
            assert 16 << 20 < done.peak_bytes < MEMORY


def check_trace(trace: str, one: Person, place: Path) -> None:
    """No connection, no other program, no link followed, nothing written."""
    assert watch.connections(trace) == []
    assert {Path(program).name[:6] for program in watch.started(trace)} == {"python"}
    paths = list(watch.opened(trace))
    assert any("bieu-dung-twin" in path for path, _ in paths)
    assert [
        path for path, _ in paths if places.OUTSIDE in path or "/lien-ket" in path or path.startswith("/dev/zero")
    ] == []
    allowed = ("/dev/null", "/dev/shm/", str(place / "tmp"))
    assert [path for path, is_written in paths if is_written and not path.startswith(allowed)] == []


_CALLS = """
import socket, subprocess, tempfile
for family in (socket.AF_INET, socket.AF_INET6):
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as made:
            made.connect(("127.0.0.1", 9) if family == socket.AF_INET else ("::1", 9))
    except OSError:
        pass
subprocess.run(["true"])
with tempfile.TemporaryFile():
    pass
"""


def test_network_programs_and_writing_would_be_seen(tmp_path: Path) -> None:
    """The watch itself sees what it has to: else its silence above would mean nothing."""
    if watch.tracer() is None:
        if watch.HAS_PROC and os.environ.get("CI") and not shutil.which("strace"):
            pytest.fail("no strace (apt package strace)")
        pytest.skip("no strace that may watch here: that nothing connects, starts or writes was not proven")
    seen = watch.run([], standing_in(tmp_path, _CALLS), tmp_path, {}, 60, tmp_path / "trace").trace
    assert "AF_INET," in "".join(watch.connections(seen))
    assert "AF_INET6," in "".join(watch.connections(seen))
    assert any(program.endswith("/true") for program in watch.started(seen))
    assert any(is_written and path.startswith(str(tmp_path / "tmp")) for path, is_written in watch.opened(seen))


def standing_in(place: Path, code: str) -> Person:
    """Somebody whose command is that code, in a place made ready."""
    for name in ("home", "tmp", "cwd", "cchc_xlsx"):
        (place / name).mkdir()
    (place / "cchc_xlsx" / "__init__.py").touch()
    (place / "cchc_xlsx" / "__main__.py").write_text(code, encoding="utf-8")
    return Person(is_root=False, pythonpath=str(place))


@pytest.mark.skipif(not watch.HAS_PROC, reason="no /proc here: memory was not watched")
def test_memory_would_be_seen(tmp_path: Path) -> None:
    hog = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(300 << 20); import time; time.sleep(1)'])"
    done = watch.run([], standing_in(tmp_path, hog), tmp_path, {}, 60)
    assert done.peak_bytes > 300 << 20


@pytest.mark.parametrize("who", ["whoever runs the tests", "an ordinary user"])
def test_what_is_shown_cannot_steer_a_terminal(who: str, tmp_path: Path) -> None:
    cases = hostile.LIGHT
    with prepared(cases) as place:
        package = place / "goi"
        package.mkdir()
        one = people.me() if who.startswith("whoever") else people.ordinary(package)
        if one is None:
            pytest.skip("no Python of this version here that an ordinary user may run")
        before = watch.snapshot(place)
        for name, env in TERMINALS.items():
            done = watch.run([*ARGUMENTS, "../nop"], one, place, env, TIMEOUT_S)
            assert done.code == 1, name
            shown = done.raw.decode("ascii" if name == "C that stays so" else "utf-8") + done.err
            bad = {letter for letter in shown if not letter.isprintable() and letter != "\n"}
            assert (name, bad, done.err) == (name, set(), "")
            heads = [line for line in shown.splitlines() if line and not line.startswith("  ")]
            assert len(heads) == len(expected(cases, one)) + 2, name  # “Cả bộ báo cáo”, and the sum of all
        done = watch.run([*ARGUMENTS, "../nop", "--format", "json"], one, place, TERMINALS["C"], TIMEOUT_S)
        assert watch.snapshot(place) == before
        check_report(done, cases, one, place / "nop")
