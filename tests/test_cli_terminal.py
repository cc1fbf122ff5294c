"""The command at the keyboard: languages, help, explanations, terminals of every kind, Ctrl-C, a reader that goes away, the demo."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import zipfile
from functools import cache
from pathlib import Path

import checked
import fill
import pytest
from command import COMMAND, Done, environment, names, run

from cchc_xlsx import issue as issues
from cchc_xlsx import units
from cchc_xlsx.cli import show
from cchc_xlsx.fields import FREE_TEXTS, NARRATIVE_STATUS, TASK_STATUS, UNPUBLISHED
from cchc_xlsx.form import load
from cchc_xlsx.rules import registry

NH1 = "nhon-hau-2025-phu-luc-1"
ENGLISH = {"CCHC_LANG": "en"}
ANYWHERE = ((), ("demo",), ("forms",), ("forms", "list"), ("forms", "show"), ("generate",), ("check",), ("explain",))
IN_A_YEAR = (("status",), ("held",), ("held", "list"), ("held", "accept"), ("held", "reject"), ("extend",))
HELPS = (*ANYWHERE, *IN_A_YEAR)
VIETNAMESE = re.compile("[À-ỹĐđ]")


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Workbooks right and wrong in many ways, and what is no workbook."""
    folder = tmp_path_factory.mktemp("hop") / "nop"
    folder.mkdir()
    (folder / "mot.xlsx").write_bytes(
        checked.workbook(NH1, "r14: num=120 den=100 r18: num=- r11: num=46376 den=20 r02: value=0")
    )
    (folder / "hai.xlsx").write_bytes(
        checked.workbook("nhon-hau-2025-phu-luc-2", "r02: status='xong rồi' done_on='tháng 8'", "Q1")
    )
    (folder / "ba.xlsx").write_bytes(
        checked.workbook("tay-xuan-2024-phu-luc-papi-sipas-par", "r04: value=0,95 previous=!#N/A")
    )
    (folder / "bon.xlsx").write_bytes(checked.workbook(NH1, "r10: do='Tổ 4' r11: target=-", "plan"))
    (folder / "cong-van.docx").write_bytes(b"x")
    (folder / "pdf.xlsx").write_bytes(b"%PDF")
    return folder.parent


# ----------------------------------------------------------------------------------------------------------------- explain

_EXPLAIN = """
import sys
from cchc_xlsx.cli.base import run
from cchc_xlsx.cli.commands import cli
from cchc_xlsx.rules import registry
for rule in registry.RULES:
    print("##", rule.code, flush=True)
    assert run(cli, ["explain", rule.code.lower()]) == 0
"""


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_code_is_explained_with_a_bad_and_a_good_example(lang: str, tmp_path: Path) -> None:
    env = environment(CCHC_LANG=lang)
    done = subprocess.run([sys.executable, "-c", _EXPLAIN], capture_output=True, text=True, encoding="utf-8", env=env, cwd=tmp_path, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    _, *said = done.stdout.split("## ")
    names = {"vi": ["Vì sao", "Ví dụ sai", "Ví dụ đúng", "Cách sửa"], "en": ["Why", "Bad", "Good", "Mend"]}[lang]
    assert len(said) == len(registry.RULES)
    for rule, text in zip(registry.RULES, said, strict=True):
        code, head, *lines = text.rstrip("\n").split("\n")
        assert (code, head.split()[0]) == (rule.code, rule.code)
        assert getattr(rule.title, lang) in head
        assert [re.split(r"\s{2,}", line.strip())[0] for line in lines] == names
        assert not re.search(r"[{}]", text)


def test_explain_without_a_code_lists_them_all(tmp_path: Path) -> None:
    done = run("explain", cwd=tmp_path)
    assert re.findall(r"^  ([A-Z]\d{3})  ", done.out, re.MULTILINE) == [rule.code for rule in registry.RULES]
    unknown = run("explain", "Z999", cwd=tmp_path)
    assert (unknown.code, unknown.out) == (2, "")
    assert "Z999" in unknown.err


# --------------------------------------------------------------------------------------------------------------- languages


@cache
def names_and_contents() -> list[str]:
    """What stays Vietnamese in any language, longest first: names of forms, rows, units, and what a cell may hold."""
    found: set[str] = {*FREE_TEXTS.values(), *TASK_STATUS, *NARRATIVE_STATUS, UNPUBLISHED}
    for era in ("pre", "post"):
        found |= {unit.name for unit in units.catalogue(era).units.values()}
    for form_id in fill.FORMS:
        one = fill.plan(form_id)
        found |= {load.find(form_id).name, one.commune, f"UBND xã {one.commune}"}
        for line in issues.lines(one):
            measure = line.measure
            found |= {line.label, issues.label(one, line.row), measure.num, measure.den, measure.value, *measure.scale}
    return sorted(filter(None, found), key=len, reverse=True)


def english_only(text: str) -> str:
    """The lines of a text in which Vietnamese is left when names, quoted texts and contents are taken out."""
    plain = re.sub(r"“[^”]*”", "", text)
    for known in names_and_contents():
        plain = plain.replace(known, "")
    return "\n".join(line for line in plain.splitlines() if VIETNAMESE.search(line))


@pytest.mark.parametrize("command", HELPS, ids=" ".join)
def test_help_in_english_and_vietnamese(command: tuple[str, ...], tmp_path: Path) -> None:
    english = run(*command, "--help", "--lang", "en", cwd=tmp_path)
    vietnamese = run(*command, "--help", cwd=tmp_path)
    assert (english.code, vietnamese.code, english.err + vietnamese.err) == (0, 0, "")
    assert english_only(english.out) == ""
    assert "Usage: cchc-xlsx" in english.out
    assert not re.search(
        r"\b(default|Show|Usage|Options|required|message|Commands|TEXT|PATH|INTEGER|RANGE)\b", vietnamese.out
    ), vietnamese.out
    options = re.compile(r"^  (--[a-z-]+)", re.MULTILINE)
    assert options.findall(english.out) == options.findall(vietnamese.out) != []


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("command", [one for one in ANYWHERE if one not in ((), ("forms",))], ids=" ".join)
def test_each_command_shows_an_example_on_one_line_that_can_be_run(
    command: tuple[str, ...], lang: str, tmp_path: Path
) -> None:
    shown = run(*command, "--help", "--lang", lang, cwd=tmp_path).lines
    [example] = [line for line in shown if re.match(r"\s+(Ví dụ|Example): ", line)]
    program, *arguments = shlex.split(example.partition(": ")[2])
    assert (program, tuple(arguments[: len(command)])) == ("cchc-xlsx", command)
    if command == ("check",):
        (tmp_path / arguments[1]).mkdir()
        (tmp_path / arguments[1] / "a.xlsx").write_bytes(checked.workbook("cam-hiep-2025-phu-luc", period="Q1"))
    done = run(*arguments, cwd=tmp_path)
    assert done.code == (1 if command == ("check",) else 0), done.err
    assert command != ("generate",) or len(names(tmp_path / arguments[-1])) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("demo",),
        ("forms", "list"),
        ("explain",),
        ("generate", "--commune", "Nhơn Hậu", "--year", "2027", "--out", "bieu"),
        ("generate", "--commune", "Nhơn Hậu", "--period", "2027-Q9", "--out", "bieu"),
        ("generate", "--commune", "Nhơn Hậu", "--period", "2027-Q1", "--unit", "KT", "--out", "bieu"),
        ("generate", "--commune", "|", "--out", "bieu"),
        ("generate", "--out", "bieu"),
        ("check",),
        ("check", "none"),
        ("check", "nop", "--format", "xyz"),
        ("check", "nop", "--period", "2025-Q3"),
        ("check", "nop", "--plan", "nop/pdf.xlsx"),
        ("check", "nop", "--nope"),
        ("forms", "show", "nope"),
        ("explain", "nope"),
        ("nope",),
        (),
    ],
    ids=" ".join,
)
def test_no_vietnamese_sentence_is_left_in_english(arguments: tuple[str, ...], box: Path, tmp_path: Path) -> None:
    (tmp_path / "nop").symlink_to(box / "nop")
    cwd = box if "nop" in arguments else tmp_path
    by_option, by_environment = run("--lang", "en", *arguments, cwd=cwd), run(*arguments, cwd=cwd, env=ENGLISH)
    assert (by_option.code, by_option.raw, by_option.err) == (
        by_environment.code,
        by_environment.raw,
        by_environment.err,
    ) or "generate" in arguments
    for done in (by_option, by_environment):
        assert english_only(done.out + done.err) == ""
    assert VIETNAMESE.search((vietnamese := run(*arguments, cwd=cwd)).out + vietnamese.err)


def test_the_check_in_english_says_the_same_with_english_words(box: Path) -> None:
    english, vietnamese = run("check", "nop", "--lang", "en", cwd=box), run("check", "nop", cwd=box)
    assert english.code == vietnamese.code == 1
    assert english_only(english.out) == ""
    pattern = r"\b[FITMVL]\d{3}\b|\b[A-Z]{1,2}\d{1,3}\b"
    assert re.findall(pattern, english.out) == re.findall(pattern, vietnamese.out)
    one, other = (run("check", "nop", "--format", "json", "--lang", lang, cwd=box).json for lang in ("vi", "en"))
    for body in (one, other):
        for found in body["files"]:
            for finding in found["findings"]:
                assert bool(VIETNAMESE.search(finding.pop("message"))) or body is other
                finding.pop("fix")
    assert one == other


@pytest.mark.parametrize(
    ("arguments", "env", "lang"),
    [
        ((), {}, "vi"),
        ((), {"CCHC_LANG": "en"}, "en"),
        ((), {"CCHC_LANG": "en_US.UTF-8"}, "en"),
        ((), {"CCHC_LANG": "fr"}, "vi"),
        ((), {"LANG": "en_US.UTF-8"}, "vi"),
        (("--lang", "vi"), {"CCHC_LANG": "en"}, "vi"),
        (("--lang=en",), {}, "en"),
        (("--lang", "vi", "--lang", "en"), {}, "en"),
    ],
)
def test_which_language(arguments: tuple[str, ...], env: dict[str, str], lang: str, tmp_path: Path) -> None:
    for words in ((*arguments, "explain", "L401"), ("explain", "L401", *arguments))[: 1 + bool(arguments)]:
        done = run(*words, cwd=tmp_path, env=env)
        assert (done.code, "Numerator above denominator" in done.out) == (0, lang == "en")


@pytest.mark.parametrize("arguments", [("--lang", "fr", "explain"), ("explain", "--lang"), ("--lang=", "explain")])
def test_another_language_is_refused(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "--lang" in done.err


def test_the_version(tmp_path: Path) -> None:
    from cchc_xlsx import __version__  # noqa: PLC0415

    assert run("--version", cwd=tmp_path).out == f"cchc-xlsx {__version__}\n"


# --------------------------------------------------------------------------------------------------------------- terminals


@cache
def plainly(arguments: tuple[str, ...], cwd: Path) -> Done:
    """A run as usual, made once."""
    return run(*arguments, cwd=cwd)


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C", "LANG": "C"},
        {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONIOENCODING": "cp1258:strict"},
    ],
    ids=["C", "C without UTF-8", "ascii", "cp1252", "cp1258"],
)
def test_a_terminal_that_is_not_utf8_loses_signs_and_not_the_run(
    env: dict[str, str], box: Path, tmp_path: Path
) -> None:
    for arguments in (("check", "nop"), ("explain", "L401"), ("forms", "list"), ("--help",), ("check", "none")):
        plain, odd = plainly(arguments, box), run(*arguments, cwd=box, env=env)
        assert odd.code == plain.code
        assert odd.raw.count(b"\n") == plain.raw.count(b"\n")
        assert bool(odd.err) == bool(plain.err)
    made = run("generate", "--commune", "A", "--year", "2027", "--out", "biểu", cwd=tmp_path, env=env)
    assert (made.code, names(tmp_path / "biểu")) == (0, ["cchc-xa_2027_plan.xlsx"])


@pytest.mark.parametrize(
    "env", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_json_is_utf8_whatever_the_terminal(env: dict[str, str], box: Path) -> None:
    assert (
        run("check", "nop", "--format", "json", cwd=box, env=env).raw
        == run("check", "nop", "--format", "json", cwd=box).raw
    )


@pytest.mark.parametrize("env", [{}, {"FORCE_COLOR": "1"}, {"TTY_COMPATIBLE": "1"}, {"CLICOLOR_FORCE": "1"}, {"TERM": "xterm-256color"}, {"COLUMNS": "20"}], ids=str)  # fmt: skip
def test_what_is_piped_has_no_escape_codes_and_no_wrapping(env: dict[str, str], box: Path) -> None:
    for arguments in (("check", "nop"), ("explain", "L401"), ("explain",), ("forms", "list")):
        done = run(*arguments, cwd=box, env=env)
        assert b"\x1b" not in done.raw
        assert done.raw == plainly(arguments, box).raw


@pytest.mark.parametrize("env", [{"FORCE_COLOR": "1"}, {"TTY_COMPATIBLE": "1"}], ids=str)
def test_an_output_file_has_no_escape_codes(env: dict[str, str], box: Path, tmp_path: Path) -> None:
    run("check", "nop", "--output", tmp_path / "ra.txt", cwd=box, env=env)
    assert (tmp_path / "ra.txt").read_bytes() == run("check", "nop", cwd=box).raw


def on_terminal(box: Path, columns: int, *, with_progress: bool) -> bytes:
    """What a check shows on a terminal of so many columns."""
    leader, follower = os.openpty()
    env = environment(TERM="xterm-256color", COLUMNS=str(columns))
    err = follower if with_progress else subprocess.DEVNULL
    process = subprocess.Popen([*COMMAND, "check", "nop"], cwd=box, env=env, stdout=follower, stderr=err)
    os.close(follower)
    shown = b""
    try:
        while chunk := os.read(leader, 65536):
            shown += chunk
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(leader)
    assert process.wait(30) == 1
    return shown


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals here")
@pytest.mark.parametrize("with_progress", [True, False])
def test_a_terminal_gets_colours_and_whole_words(with_progress: bool, box: Path) -> None:
    shown = on_terminal(box, 60, with_progress=with_progress)
    assert b"\x1b[" in shown
    assert b"Traceback" not in shown
    assert "L401" in re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", shown).decode()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals here")
@pytest.mark.parametrize("columns", [40, 60, 100])
def test_what_a_terminal_has_no_room_for_goes_on_further_in(columns: int, box: Path) -> None:
    shown = (
        re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", on_terminal(box, columns, with_progress=False)).decode().splitlines()
    )
    plain = plainly(("check", "nop"), box).lines
    assert max(map(len, shown)) <= columns < max(map(len, plain))
    heads, wanted = ([line for line in lines if not line.startswith(" ")] for lines in (shown, plain))
    assert len(heads) == len(wanted)  # at the margin stand files and the sum alone
    assert all(long.startswith(short.rstrip()) for short, long in zip(heads, wanted, strict=True))
    assert " ".join(" ".join(shown).split()) == " ".join(" ".join(plain).split())


# ------------------------------------------------------------------------------------------------- what goes wrong around


@pytest.mark.parametrize("arguments", [("check", "nop"), ("check", "nop", "--format", "json"), ("explain",), ("forms", "list")], ids=" ".join)  # fmt: skip
def test_a_reader_that_goes_away_gets_no_traceback(arguments: tuple[str, ...], box: Path) -> None:
    process = subprocess.Popen([*COMMAND, *arguments], cwd=box, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    assert process.stdout
    process.stdout.close()
    _, said = process.communicate(timeout=60)
    assert said == b""
    assert process.returncode in (0, 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize(
    "arguments", [("check", "nop"), ("check", "nop", "--format", "json"), ("explain",)], ids=" ".join
)
def test_a_full_disk_is_told_as_such_and_not_as_our_bug(arguments: tuple[str, ...], box: Path) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run([*COMMAND, *arguments], cwd=box, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False)  # fmt: skip
    assert done.returncode == 2, done.stderr.decode()
    assert "cchc-xlsx (" not in done.stderr.decode()


def test_without_any_output_at_all_the_exit_code_still_counts(box: Path) -> None:
    done = subprocess.run(f"{sys.executable} -m cchc_xlsx check nop >&- 2>&-", shell=True, cwd=box, env=environment(), check=False)  # fmt: skip
    assert done.returncode == 1


_READY = "from cchc_xlsx.__main__ import main; print('ready', flush=True); main()"  # Ctrl-C before that is Python's own


def interrupted(arguments: tuple[str, ...], cwd: Path, when: float | Path) -> Done:
    """A run that gets Ctrl-C so many seconds after its start, or as soon as something stands in a folder."""
    command = [sys.executable, "-c", _READY, *arguments]
    # Where Ctrl-C cuts Python's own reading of a module, Python warns of a file left open: not ours to close.
    env = environment(PYTHONWARNINGS="ignore::ResourceWarning")
    process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline().strip() == b"ready"
    if isinstance(when, Path):
        until = time.monotonic() + 60
        while process.poll() is None and not names(when) and time.monotonic() < until:
            time.sleep(0.0005)
    else:
        time.sleep(when)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return Done(process.returncode, out, err.decode())


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise on Windows")
@pytest.mark.parametrize("when", [0.03, 0.06, 0.15, 0.3, 0.6, "writing"])
def test_ctrl_c_leaves_nothing_half_written(when: float | str, tmp_path: Path) -> None:
    out = tmp_path / "bieu"
    order = ("--form", NH1, "--commune", "Nhơn Hậu", "--period", "2025-N", "--all-units", "--out", "bieu")
    done = interrupted(("generate", *order), tmp_path, out if when == "writing" else float(when))
    assert "Traceback" not in done.err
    assert all(name.endswith(".xlsx") and not name.startswith(".") for name in names(out))
    for path in out.glob("*.xlsx"):
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None
    if done.code in (0, -signal.SIGINT) and len(names(out)) == 5:
        return  # a fast machine was done before, or was already leaving: then Python itself is ended by the signal
    assert (done.code, done.err.strip()) == (130, "Lỗi: Đã dừng theo yêu cầu.")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise on Windows")
def test_ctrl_c_while_checking_leaves_no_output_file(box: Path, tmp_path: Path) -> None:
    many = tmp_path / "nhieu"
    many.mkdir()
    for number in range(400):
        os.link(box / "nop" / "mot.xlsx", many / f"{number}.xlsx")
    done = interrupted(("check", "nhieu", "--format", "json", "--output", "ra/ket-qua.json"), tmp_path, 0.7)
    assert (done.code, done.err.strip()) == (130, "Lỗi: Đã dừng theo yêu cầu.")
    assert (done.raw, names(tmp_path / "ra")) == (b"", [])


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise on Windows")
def test_ctrl_c_while_our_own_modules_are_loading(tmp_path: Path) -> None:
    code = (
        "import builtins, os, signal, sys\n"
        "honest = builtins.__import__\n"
        "def load(name, *more, **other):\n"
        "    if name == 'click':\n"
        "        builtins.__import__ = honest\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return honest(name, *more, **other)\n"
        "builtins.__import__ = load\n"
        "sys.argv = ['cchc-xlsx', '--version']\n"
        "from cchc_xlsx.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), cwd=tmp_path, check=False)  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (130, False)


# --------------------------------------------------------------------------------------------------------------------- demo

DEMO = """
nhon-hau-2025-phu-luc-1_2025-Q1_MC    LỖI  L403
nhon-hau-2025-phu-luc-1_2025-Q1_TCKT  LỖI  L401
nhon-hau-2025-phu-luc-1_2025-Q1_TPHT  LỖI  M101 V203
nhon-hau-2025-phu-luc-1_2025-Q1_VHXH0 LỖI  V206 V201
nhon-hau-2025-phu-luc-1_2025-Q1_VPTK  ĐẠT
nhon-hau-2025-phu-luc-2_2025-Q1_TCKT  ĐẠT
nhon-hau-2025-phu-luc-2_2025-Q1_TPHT  ĐẠT
nhon-hau-2025-phu-luc-2_2025-Q1_VHXH0 ĐẠT
nhon-hau-2025-phu-luc-2_2025-Q1_VPTK  LỖI  M104
"""


def drawn(lines: list[str]) -> list[str]:
    """Files with their status and the codes below, one line each."""
    found: list[list[str]] = []
    for line in lines:
        if head := re.match(r"(\S+)\.xlsx  (\S+)", line):
            found.append([head[1], head[2]])
        elif code := re.match(r"  ([A-Z]\d{3})\b", line):
            found[-1].append(code[1])
    return [" ".join(words) for words in found]


def test_demo_shows_the_whole_round_in_an_empty_folder(tmp_path: Path) -> None:
    done = run("demo", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert drawn(done.lines) == [" ".join(line.split()) for line in DEMO.strip().splitlines()]
    assert names(tmp_path) == ["cchc-demo"]
    assert {name: len(names(tmp_path / "cchc-demo" / name)) for name in names(tmp_path / "cchc-demo")} == {
        "bao-cao.docx": 0,
        "bieu-trang": 9,
        "da-nop": 9,
        "tong-hop": 2,
    }
    assert (tmp_path / "cchc-demo" / "bao-cao.docx").stat().st_size > 10_000
    again = run("demo", cwd=tmp_path)
    assert (again.code, again.raw) == (0, done.raw)
    hint = done.lines[-1].partition("rồi chạy: ")[2]
    assert hint.endswith(" check cchc-demo/da-nop")
    checked_again = subprocess.run(hint, shell=True, cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert (checked_again.returncode, drawn(checked_again.stdout.decode().splitlines())) == (1, drawn(done.lines))


@pytest.mark.parametrize(
    ("on_path", "called", "shown"),
    [
        ("/usr/bin/cchc-xlsx", ".venv/bin/cchc-xlsx", "cchc-xlsx check da-nop"),
        (None, ".venv/bin/cchc-xlsx", ".venv/bin/cchc-xlsx check da-nop"),
        (None, "C:\\Cong viec\\.venv\\Scripts\\cchc-xlsx", '"C:\\Cong viec\\.venv\\Scripts\\cchc-xlsx" check da-nop'),
        (None, "cchc_xlsx/__main__.py", "/usr/bin/python3 -m cchc_xlsx check da-nop"),
    ],
)
def test_a_command_is_shown_as_it_can_be_typed(
    on_path: str | None, called: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: on_path)
    monkeypatch.setattr("sys.executable", "/usr/bin/python3")
    monkeypatch.setattr("sys.argv", [called, "demo"])
    assert show.typed("check", "da-nop") == shown


def test_demo_in_a_folder_of_ones_own(tmp_path: Path) -> None:
    done = run("demo", "thử nghiệm", cwd=tmp_path)
    assert (done.code, names(tmp_path)) == (0, ["thử nghiệm"])
