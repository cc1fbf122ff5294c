"""The year's folder: what `init` makes, what it never changes, the key, the files to double-click, and the command."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import command
import keyring
import pytest
import yearly
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from yearly import place

from cchc_xlsx import project
from cchc_xlsx.errors import CchcError
from cchc_xlsx.project import key, scripts
from cchc_xlsx.project.mistakes import SetupError
from cchc_xlsx.project.model import FOLDERS
from cchc_xlsx.project.names import SETUP, STATE

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes of files")
NAMES = [*FOLDERS, SETUP, *(f"{one.name}.{end}" for one in scripts.STEPS for end in ("cmd", "sh"))]


def made(folder: Path) -> Path:
    project.init(folder, commune=yearly.COMMUNE, year=yearly.YEAR)
    return folder


def content(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder with its bytes, folders too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


# ------------------------------------------------------------------------------------------------------------------ making


def test_a_new_folder_holds_all_that_a_year_needs(tmp_path: Path) -> None:
    found = project.init(tmp_path / "năm 2027")
    assert sorted(content(found.folder)) == sorted([*NAMES, STATE, f"{STATE}/key"])
    assert sorted(one.rstrip("/") for one in found.made) == sorted([*NAMES, STATE, f"{STATE}/key"])
    assert (found.kept, found.is_new) == ((), True)


def test_init_again_changes_nothing(tmp_path: Path) -> None:
    folder = made(tmp_path)
    yearly.edit(folder / SETUP, {"Đơn vị!E5": "a@xa.vn"})
    (folder / "1-phat-hanh.sh").write_text("mine", encoding="utf-8")
    before = content(folder)
    found = project.init(folder, commune="Bình Tân", year=2030, era="pre", lang="en")
    assert content(folder) == before
    assert (found.made, found.is_new) == ((), False)
    assert project.load(folder).setup.office.commune == yearly.COMMUNE


@pytest.mark.parametrize("missing", [f"{STATE}/key", STATE, "nhan-ve", "3-kiem-tra.cmd", SETUP])
def test_what_is_missing_is_made_and_nothing_else(missing: str, tmp_path: Path) -> None:
    folder = made(tmp_path)
    before = content(folder)
    path = folder / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    found = project.init(folder, commune=yearly.COMMUNE, year=yearly.YEAR)
    after = content(folder)
    assert missing in {one.rstrip("/") for one in found.made}
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} <= {f"{STATE}/key"} & {missing, f"{missing}/key"}
    assert project.load(folder).setup.office.commune == yearly.COMMUNE


def test_the_same_input_gives_the_same_workbook_and_another_key(tmp_path: Path) -> None:
    one, two = made(tmp_path / "1"), made(tmp_path / "2")
    assert (one / SETUP).read_bytes() == (two / SETUP).read_bytes()
    assert project.load(one).key != project.load(two).key


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"commune": "A|B"}, "Tên xã"),
        ({"commune": " "}, "Tên xã"),
        ({"commune_code": "2 1"}, "Mã xã"),
        ({"year": 27}, "Năm 27"),
        ({"forms": ("bieu-la",)}, "Không có biểu “bieu-la”"),
    ],
)
def test_what_is_given_wrong_makes_nothing(given: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(CchcError, match=re.escape(said)):
        project.init(tmp_path / "2027", **given)
    assert content(tmp_path) == {}


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "2027").write_text("x", encoding="utf-8")
    with pytest.raises(CchcError, match="Không tạo được thư mục"):
        project.init(tmp_path / "2027")


def test_the_units_before_july_2025_are_prefilled_where_asked(tmp_path: Path) -> None:
    project.init(tmp_path, commune="Nhơn Hậu", year=2025, era="pre", forms=("nhon-hau-2025-phu-luc-1", "cchc-xa"))
    setup = project.load(tmp_path).setup
    assert [one.code for one in setup.units] == ["VPTK", "TPHT", "VHXH0", "TCKT", "MC"]
    assert setup.owed("2025-N") == ["nhon-hau-2025-phu-luc-1", "cchc-xa"]


def test_a_form_of_the_office_may_be_in_use(tmp_path: Path) -> None:
    shipped = Path(command.HOME) / "templates" / "forms" / "cchc-xa"
    shutil.copytree(shipped, tmp_path / "forms" / "cchc-rieng")
    own = tmp_path / "forms" / "cchc-rieng" / "v1.yaml"
    own.write_text(own.read_text(encoding="utf-8").replace("id: cchc-xa", "id: cchc-rieng", 1), encoding="utf-8")
    project.init(tmp_path, commune="Nhơn Hậu", year=2027, forms=("cchc-rieng",))
    found = project.load(tmp_path)
    assert (found.setup.owed("2027-N"), found.own_forms) == (["cchc-rieng"], tmp_path / "forms")
    with pytest.raises(SetupError, match="không có biểu “cchc-rieng”"):
        project.read(tmp_path / SETUP)


def test_what_was_not_given_is_left_to_the_clerk(tmp_path: Path) -> None:
    project.init(tmp_path)
    with pytest.raises(SetupError) as caught:
        project.load(tmp_path)
    assert [(one.sheet, one.cell) for one in caught.value.mistakes] == [
        ("Đơn vị hành chính", "C5"),
        ("Đơn vị hành chính", "C8"),
    ]
    yearly.edit(tmp_path / SETUP, {place("office", "commune"): "Cam Hiệp", place("office", "year"): 2028.0})
    assert project.load(tmp_path).setup.by_period["2028-N"].unit_deadline.year == 2028


def test_the_english_set_up_is_read_too(tmp_path: Path) -> None:
    project.init(tmp_path, commune="Nhơn Hậu", year=2027, lang="en")
    found = project.load(tmp_path).setup
    assert found.office.lang == "en"
    assert found.owed("2027-6T") == ["cchc-xa"]


# ----------------------------------------------------------------------------------------------------------------- finding


def test_the_innermost_folder_is_found_from_anything_in_it(tmp_path: Path) -> None:
    outer, inner = made(tmp_path / "a"), made(tmp_path / "a" / "b")
    assert project.find(outer) == project.find(outer / "nhan-ve" / "không có.xlsx") == outer
    assert project.find(inner / SETUP) == inner
    assert project.find(tmp_path) is None
    shutil.rmtree(inner / STATE)
    assert project.find(inner) == outer


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(CchcError, match=r"chưa có tệp thiết lập cchc\.xlsx; tạo bằng lệnh: cchc-xlsx init"):
        project.load(tmp_path)


# ----------------------------------------------------------------------------------------------------------------- the key


@POSIX
def test_the_state_and_the_key_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = made(tmp_path)
    finally:
        os.umask(before)
    modes = {name: stat.S_IMODE((folder / name).stat().st_mode) for name in (STATE, f"{STATE}/key")}
    assert modes == {STATE: 0o700, f"{STATE}/key": 0o600}
    assert re.fullmatch(rb"[0-9a-f]{64}\n", (folder / STATE / "key").read_bytes())
    assert len(project.load(folder).key) == 32


def test_the_key_is_nowhere_but_in_its_file(tmp_path: Path) -> None:
    folder = made(tmp_path)
    secret = project.load(folder).key
    with zipfile.ZipFile(folder / SETUP) as book:
        parts = b"".join(map(book.read, book.namelist()))
    files = b"".join(data for name, data in content(folder).items() if data and name != f"{STATE}/key")
    for held in (parts, files):
        assert secret.hex().encode() not in held
        assert secret not in held


@pytest.mark.parametrize("damage", [b"", b"abc", b"z" * 64, b"keyring:0", b"\xff\xfe" * 40])
def test_a_damaged_key_is_told_and_never_replaced(damage: bytes, tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / STATE / "key").write_bytes(damage)
    project.init(folder)
    assert (folder / STATE / "key").read_bytes() == damage
    with pytest.raises(CchcError, match="không dùng được; lấy lại từ bản sao"):
        project.load(folder)


def test_a_key_that_is_gone_is_told(tmp_path: Path) -> None:
    folder = made(tmp_path)
    (folder / STATE / "key").unlink()
    with pytest.raises(CchcError, match="chưa có khóa của cơ quan; chạy lại: cchc-xlsx init"):
        project.load(folder)


def test_of_two_that_make_a_key_at_once_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key._write(path, "0" * 64)
    key._write(path, "1" * 64)
    assert key.load(tmp_path) == bytes(32)
    assert [one.name for one in tmp_path.iterdir()] == ["key"]


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise KeyringLocked("locked")
        return self.held.get((service, username))


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    found = Ring()
    monkeypatch.setattr("keyring.core._keyring_backend", found)
    assert keyring.get_keyring() is found
    return found


def test_the_key_may_be_kept_in_the_keyring(ring: Ring, tmp_path: Path) -> None:
    project.init(tmp_path, commune="Nhơn Hậu", year=2027, key_in_keyring=True)
    [secret] = ring.held.values()
    assert project.load(tmp_path).key.hex() == secret
    assert secret.encode() not in (tmp_path / STATE / "key").read_bytes()
    project.init(tmp_path, key_in_keyring=True)
    assert len(ring.held) == 1
    ring.is_locked = True
    with pytest.raises(CchcError, match="không còn trong kho khóa"):
        project.load(tmp_path)
    ring.is_locked = False
    ring.held.clear()
    with pytest.raises(CchcError, match="không còn trong kho khóa"):
        project.load(tmp_path)


def test_without_a_keyring_nothing_is_promised(tmp_path: Path) -> None:
    env = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    done = command.run("init", "2027", "--key-in-keyring", cwd=tmp_path, env=env)
    assert done.code == 2
    assert "Kho khóa của máy không dùng được" in done.err
    assert not (tmp_path / "2027" / STATE / "key").exists()
    assert not (tmp_path / "2027" / SETUP).exists()


# ------------------------------------------------------------------------------------------------------------- the command


def test_init_on_the_command_line_then_again_after_the_clerk_has_filled_it_in(tmp_path: Path) -> None:
    first = command.run("init", "năm 2027", "--year", "2027", "--commune-code", "21886", cwd=tmp_path)
    assert (first.code, first.err) == (0, "")
    assert first.lines[-1].startswith("Tiếp theo: mở năm 2027/cchc.xlsx, điền các ô vàng")
    path = tmp_path / "năm 2027" / SETUP
    yearly.edit(path, {"Đơn vị hành chính!C5": "Nhơn Hậu", "Kỳ báo cáo!E8": "32/3/2027", "Đơn vị!B6": "VP"})
    wrong = command.run("init", "năm 2027", cwd=tmp_path)
    assert (wrong.code, wrong.lines) == (2, ["Thư mục đã có đủ; không thay đổi gì."])
    assert wrong.err.splitlines() == [
        "Lỗi: Tệp thiết lập cchc.xlsx có 2 chỗ phải sửa:",
        "cchc.xlsx, trang “Đơn vị”, ô B6: mã “VP” đã dùng ở ô B5; mỗi đơn vị một mã, xóa một trong hai dòng.",
        "cchc.xlsx, trang “Kỳ báo cáo”, ô E8: “32/3/2027” không phải là một ngày; ghi ngày/tháng/năm, ví dụ 15/3/2027.",
    ]
    yearly.edit(path, {"Kỳ báo cáo!E8": "16/3/2027", "Đơn vị!B6": "KT"})
    right = command.run("init", "năm 2027", cwd=tmp_path)
    assert (right.code, right.err) == (0, "")
    assert right.lines[-1] == "Tệp thiết lập đúng: Nhơn Hậu, năm 2027; 4 đơn vị, 1 biểu."


def test_init_takes_units_and_forms_and_speaks_english(tmp_path: Path) -> None:
    arguments = ("--commune", "Nhơn Hậu", "--year", "2025", "--units", "before", "--form", "nhon-hau-2025-phu-luc-2")
    assert command.run("init", ".", *arguments, cwd=tmp_path).code == 0
    again = command.run("init", ".", "--lang", "en", cwd=tmp_path)
    assert again.lines == [
        "The folder is complete; nothing was changed.",
        "The set-up is right: Nhơn Hậu, 2025; 5 units, 1 forms.",
    ]


def test_init_of_a_folder_that_is_set_up_otherwise_says_what_it_keeps(tmp_path: Path) -> None:
    assert command.run("init", ".", "--commune", "Nhơn Hậu", "--year", "2027", cwd=tmp_path).code == 0
    before = content(tmp_path)
    same = command.run("init", ".", "--commune", " Nhơn  Hậu", "--year", "2027", cwd=tmp_path)
    assert (same.code, same.err) == (0, "")
    other = command.run("init", ".", "--commune", "Bình Tân", "--year", "2028", cwd=tmp_path)
    assert (other.code, other.lines[-1]) == (2, "Tệp thiết lập đúng: Nhơn Hậu, năm 2027; 4 đơn vị, 1 biểu.")
    assert other.err == (
        "Lỗi: Thư mục này đã thiết lập, giữ nguyên: --commune là “Nhơn Hậu”, không phải “Bình Tân”; --year là “2027”, không "
        "phải “2028”. Muốn đổi thì sửa trong cchc.xlsx, trang “Đơn vị hành chính”; cho năm hay xã khác thì tạo thư mục khác.\n"
    )
    coded = command.run("--lang", "en", "init", ".", "--commune-code", "21907", cwd=tmp_path)
    assert coded.code == 2
    assert "stays as it is: --commune-code is blank, not “21907”." in coded.err
    assert content(tmp_path) == before


# ------------------------------------------------------------------------------------------------- files to double-click

STAND_IN = """#!/bin/sh
printf '%s|' "$CCHC_LANG" "$PWD" "$@" >>"$LOG"
echo >>"$LOG"
exit "${CODE:-0}"
"""


def click(folder: Path, name: str, *arguments: str, typed: str = "", code: int = 0) -> tuple[int, list[str], str]:
    """A .sh run with a stand-in for the command first on the PATH: exit code, what was called, what was said."""
    tools = folder.parent / "tools"
    tools.mkdir(exist_ok=True)
    for tool in ("cchc-xlsx", "xdg-open"):
        (tools / tool).write_text(STAND_IN if tool == "cchc-xlsx" else '#!/bin/sh\necho "opened $1" >>"$LOG"\n')
        (tools / tool).chmod(0o755)
    log = folder.parent / "log"
    log.unlink(missing_ok=True)
    env = command.environment(PATH=f"{tools}{os.pathsep}{os.environ['PATH']}", LOG=str(log), CODE=str(code))
    done = subprocess.run(
        [str(folder / name), *arguments],
        input=typed,
        capture_output=True,
        text=True,
        env=env,
        cwd="/",
        check=False,
        timeout=60,
    )
    return done.returncode, log.read_text(encoding="utf-8").splitlines(), done.stdout + done.stderr


PERIOD = "2027-Q1"
CALLS = {
    "1-phat-hanh": ([f"generate|--period|{PERIOD}|--all-units"], f"bieu-gui-di/{PERIOD}"),
    "2-nhan-ve": (
        ["collect", "status|--format|html|--output|ket-qua/tinh-hinh.html"],
        "ket-qua/tinh-hinh.html",
    ),
    "3-kiem-tra": (["check|--output|ket-qua/kiem-tra.html"], "ket-qua/kiem-tra.html"),
    "4-tinh-hinh": (["status|--format|html|--output|ket-qua/tinh-hinh.html"], "ket-qua/tinh-hinh.html"),
    "5-tong-hop": (
        [f"consolidate|--period|{PERIOD}|--out|ket-qua/tong-hop-{PERIOD}.xlsx"],
        f"ket-qua/tong-hop-{PERIOD}.xlsx",
    ),
}


@POSIX
@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("how", ["typed", "given"])
def test_a_script_calls_the_command_in_its_folder_and_opens_the_result(name: str, how: str, tmp_path: Path) -> None:
    folder = made(tmp_path / "Xã Nhơn Hậu (2027) & 'CCHC'")
    calls, opened = CALLS[name]
    arguments = (PERIOD,) if how == "given" else ()
    code, log, said = click(folder, f"{name}.sh", *arguments, typed=f"{PERIOD}\n")
    assert (code, log) == (0, [*(f"vi|{folder}|{one}|" for one in calls), f"opened {opened}"])
    assert said.endswith(f"Đã xong: {opened}\n")


@POSIX
@pytest.mark.parametrize("name", CALLS)
def test_a_script_stops_at_an_error_and_says_so(name: str, tmp_path: Path) -> None:
    code, log, said = click(made(tmp_path / "năm"), f"{name}.sh", PERIOD, code=2)
    assert (code, len(log)) == (2, 1)
    assert "Chưa làm được. Đọc dòng báo lỗi ở trên" in said


@POSIX
@pytest.mark.parametrize("name", CALLS)
def test_findings_are_no_error_of_the_script(name: str, tmp_path: Path) -> None:
    code, log, said = click(made(tmp_path / "năm"), f"{name}.sh", PERIOD, code=1)
    assert (code, log[-1]) == (0, f"opened {CALLS[name][1]}")
    assert ("Có mục cần xem lại" in said) == (name == "2-nhan-ve")


@POSIX
def test_nothing_is_opened_where_that_is_switched_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_NO_OPEN", "1")
    _, log, _ = click(made(tmp_path / "năm"), "3-kiem-tra.sh")
    assert len(log) == 1


@POSIX
def test_a_script_runs_the_module_where_the_command_is_not_on_the_path(tmp_path: Path) -> None:
    folder = made(tmp_path / "năm 2027")
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("dirname", "sh"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    (tools / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tools / "python3").chmod(0o755)
    env = command.environment(PATH=str(tools), CCHC_NO_OPEN="1")
    script = (
        (folder / "3-kiem-tra.sh")
        .read_text(encoding="utf-8")
        .replace("check --output", "check --no-such-option --output")
    )
    (folder / "3-kiem-tra.sh").write_text(script, encoding="utf-8")
    done = subprocess.run([folder / "3-kiem-tra.sh"], capture_output=True, text=True, env=env, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("Lỗi: không có tùy chọn --no-such-option.")


@pytest.mark.parametrize("step", scripts.STEPS, ids=lambda one: one.name)
def test_a_windows_script_is_one_that_cmd_can_read(step: scripts.Step, tmp_path: Path) -> None:
    data = (made(tmp_path) / f"{step.name}.cmd").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r")
    lines = data.decode("utf-8").split("\r\n")
    assert lines.index("chcp 65001 >nul") < next(index for index, one in enumerate(lines) if not one.isascii())
    assert 'cd /d "%~dp0"' in lines
    calls = [one.removeprefix("call %CCHC% ") for one in lines if one.startswith("call %CCHC% ")]
    wanted, opened = CALLS[step.name]
    assert [one.replace("%PERIOD%", PERIOD).replace('"', "").replace(" ", "|") for one in calls] == wanted
    windows = opened.replace(PERIOD, "%PERIOD%").replace("/", "\\")
    assert f'if not defined CCHC_NO_OPEN start "" "{windows}"' in lines
    assert sum("pause & exit /b 2)" in one for one in lines) == len(wanted)
    assert not any(line.startswith(":") or "goto" in line for line in lines)
    inside = [re.sub(r'"[^"]*"', "", one) for one in lines if one.startswith("if errorlevel 2")]
    assert all(one.count("(") == one.count(")") == 1 for one in inside)


def test_names_of_scripts_are_ascii_and_in_the_order_of_the_work() -> None:
    names = [one.name for one in scripts.STEPS]
    assert names == sorted(names)
    assert all(re.fullmatch(r"\d-[a-z-]+", name) for name in names)
