"""`check --mark`: which copies are made and where, that nothing of a unit's or of a copy being mended is touched, the round."""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from pathlib import Path

import checked
import fill
import inbox
import openpyxl
import pytest
from command import generate, names, run
from test_cli_terminal import interrupted

from cchc_xlsx.layout import place

NH1 = inbox.FORMS["NH1"]
DRAWN = """
mot/sai.xlsx NH1 TPHT Q1 | r14: num=120 den=100 r18: num=-
mot/ngo.xlsx NH1 MC Q1 | r14: num="'95" den=100
dung.xlsx NH1 TCKT Q1
"""


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder: what it holds and when it was changed."""
    every = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in every}


def copy_name(path: Path, unit: str, form: str = NH1, period: str = "2025-Q1") -> str:
    """What the copy of a file is called."""
    return f"{form}_{period}_{unit}_{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}.xlsx"


def marked(folder: Path, *arguments: str | Path, code: int = 1) -> list[str]:
    """The names in `gui-lai` after a check of `nop` with marks."""
    done = run("check", "nop", "--mark", "gui-lai", *arguments, cwd=folder)
    assert (done.code, done.err) == (code, "")
    return names(folder / "gui-lai")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder `nop` with an error, a doubt, a right report, and what is no report."""
    inbox.put(tmp_path / "nop", DRAWN)
    (tmp_path / "nop" / "la.xlsx").write_bytes(b"%PDF")
    return tmp_path


# ------------------------------------------------------------------------------------------------------- what is written


def test_each_workbook_at_fault_gets_a_copy_by_its_code_and_is_itself_untouched(home: Path) -> None:
    before = state(home / "nop")
    sai, ngo = copy_name(home / "nop/mot/sai.xlsx", "TPHT"), copy_name(home / "nop/mot/ngo.xlsx", "MC")
    assert marked(home) == sorted([sai, ngo])
    assert state(home / "nop") == before
    assert names(home) == ["gui-lai", "nop"]
    lines = run("check", "nop", "--mark", "gui-lai", cwd=home).lines
    assert [line.strip() for line in lines if "đánh dấu" in line] == [
        f"Bản đánh dấu: {ngo}",
        f"Bản đánh dấu: {sai}",
        "2 bản đánh dấu trong gui-lai",
    ]
    english = run("check", "nop", "--mark", "mark", "--lang", "en", cwd=home).lines
    assert [line.strip() for line in english if "arked cop" in line][-2:] == [
        f"Marked copy: {sai}",
        "2 marked copies in mark",
    ]


def test_a_copy_carries_what_counts_and_names_the_file_not_its_folder(home: Path) -> None:
    table = inbox.waivers(home, "TPHT,,L401,,Tỉnh đồng ý,", "MC,,V221,,x,")
    [name] = marked(home, "--waivers", table)
    listing = openpyxl.load_workbook(home / "gui-lai" / name)["Lỗi cần sửa"]
    texts = [str(cell.value) for row in listing.iter_rows() for cell in row if cell.value]
    assert any("M101" in text for text in texts)
    assert not any("L401" in text for text in texts)
    assert any("“sai.xlsx”" in text for text in texts)


@pytest.mark.parametrize("shape", ["json", "csv", "html", "xlsx"])
def test_copies_are_made_whatever_the_form_of_the_result(shape: str, home: Path) -> None:
    run("check", "nop", "--format", shape, "--mark", "gui-lai", "--output", f"gui-lai/ra.{shape}", cwd=home)
    assert len(names(home / "gui-lai")) == 3
    shown = run("check", "nop", "--format", "json", "--mark", "khac", cwd=home)
    assert shown.raw == run("check", "nop", "--format", "json", cwd=home).raw


def test_without_anything_at_fault_no_folder_is_made(tmp_path: Path) -> None:
    inbox.put(tmp_path / "nop", "a.xlsx NH1 TCKT Q1")
    assert marked(tmp_path, code=0) == []
    assert names(tmp_path) == ["nop"]
    (tmp_path / "nop" / "la.xlsx").write_bytes(b"")  # nobody knows whose it is
    assert marked(tmp_path) == []
    assert names(tmp_path) == ["nop"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_run_again_it_writes_nothing_new(jobs: str, home: Path) -> None:
    first = marked(home, "--jobs", jobs)
    before = state(home / "gui-lai")
    assert marked(home, "--jobs", jobs) == first
    # Another way to the same files gives the same copies.
    assert run("check", "nop/mot", home / "nop" / "dung.xlsx", "--mark", home / "gui-lai", cwd=home).code == 1
    assert state(home / "gui-lai") == before


def test_one_and_two_processes_write_the_same(tmp_path: Path) -> None:
    lines = [f"{number:02}.xlsx NH1 TPHT Q1 | r14: num={200 + number} den=100" for number in range(24)]
    copies = [f"x{number:02}.xlsx = {number:02}.xlsx" for number in range(0, 24, 3)]
    inbox.put(tmp_path / "nop", "\n".join([*lines, *copies]))
    for jobs in ("1", "2"):
        run("check", "nop", "--mark", f"mot-{jobs}", "--jobs", jobs, cwd=tmp_path)
    one, two = ({name: data for name, (data, _) in state(tmp_path / f"mot-{jobs}").items()} for jobs in "12")
    assert one == two
    assert len(one) == 24


def source(copy: Path) -> str:
    """The file of which a copy says that it was checked."""
    listing = openpyxl.load_workbook(copy)["Lỗi cần sửa"]
    found = re.search("Tệp đã kiểm tra: “([^”]*)”", " ".join(str(cell.value) for cell in listing["A"]))
    assert found
    return found[1]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_same_file_twice_gives_one_copy_that_names_the_first(jobs: str, tmp_path: Path) -> None:
    right = "\n".join(
        f"m{number:02}.xlsx NH1 TCKT Q1" for number in range(20)
    )  # so that the other process reads the last
    inbox.put(tmp_path / "nop", f"a.xlsx NH1 TPHT Q1 | r14: num=120 den=100\n{right}\nz.xlsx = a.xlsx")
    [name] = marked(tmp_path, "--jobs", jobs)
    assert source(tmp_path / "gui-lai" / name) == "a.xlsx"
    before = state(tmp_path / "gui-lai")
    for _ in range(2):
        assert marked(tmp_path, "--jobs", jobs) == [name]
    assert state(tmp_path / "gui-lai") == before
    lines = run("check", "nop", "--mark", "gui-lai", cwd=tmp_path).lines
    assert [line.strip() for line in lines if "đánh dấu" in line] == 2 * [f"Bản đánh dấu: {name}"] + [
        "1 bản đánh dấu trong gui-lai"
    ]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_copy_that_somebody_began_to_mend_stays(jobs: str, tmp_path: Path) -> None:
    inbox.put(tmp_path / "nop", "a.xlsx NH1 TPHT Q1 | r14: num=120 den=100\nb.xlsx = a.xlsx")
    [name] = marked(tmp_path)
    path = tmp_path / "gui-lai" / name
    path.write_bytes(checked.with_cells(path.read_bytes(), {cell("TPHT", "r14.num"): "99"}))
    begun = state(tmp_path / "gui-lai")[name]
    other = f"{path.stem}_2.xlsx"
    for _ in range(2):
        assert marked(tmp_path, "--jobs", jobs) == [name, other]
        assert state(tmp_path / "gui-lai")[name] == begun
    assert source(tmp_path / "gui-lai" / other) == "a.xlsx"
    shown = run("check", "nop", "--mark", "gui-lai", "--jobs", jobs, cwd=tmp_path).out
    assert shown.count(f"Bản đánh dấu: {other}\n") == 2
    path.unlink()
    path.mkdir()  # whatever else stands in its place
    assert marked(tmp_path, "--jobs", jobs) == [name, other]


# ------------------------------------------------------------------------------------------------------ where it may be


def test_a_folder_below_the_one_that_is_checked_is_not_checked_itself(home: Path) -> None:
    alone = inbox.check(home)
    done = [
        inbox.check(home, "--mark", mark) for mark in ("nop/gui-lai", "./nop/mot/../gui-lai/", home / "nop/gui-lai")
    ]
    assert len(names(home / "nop" / "gui-lai")) == 2
    assert done == 3 * [alone]
    (home / "lien-ket").symlink_to(home / "nop")
    assert run("check", "nop", "--mark", "lien-ket/gui-lai", "--format", "json", cwd=home).code == 1
    assert inbox.said(run("check", "nop", "--mark", "lien-ket/gui-lai", "--format", "json", cwd=home)) == alone[1]
    # Without --mark the copies are workbooks of the folder, and contradict those that were sent.
    assert inbox.check(home)[1][0] == "* S701 S701"


# paths, folder of marks -> what is said
REFUSED = {
    "the folder itself": (("nop",), "nop", "đang là thư mục được kiểm tra"),
    "the folder, otherwise": (("nop/mot", "nop"), "nop/mot/..", "đang là thư mục được kiểm tra"),
    "the folder by a link": (("nop",), "lien-ket", "đang là thư mục được kiểm tra"),
    "the folder of a file": (("nop/mot/sai.xlsx",), "nop/mot", "đang là thư mục được kiểm tra"),
    "a folder with reports": (("nop",), "nop/mot", "“ngo.xlsx” không phải bản đánh dấu"),
    "a file": (("nop",), "nop/dung.xlsx", "không phải thư mục"),
    "below a file": (("nop",), "nop/dung.xlsx/x", "không phải thư mục"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_folder_where_copies_and_reports_would_mix_is_refused(case: str, home: Path) -> None:
    paths, mark, words = REFUSED[case]
    (home / "lien-ket").symlink_to(home / "nop")
    before = state(home)
    for lang in ("vi", "en"):
        done = run("check", *paths, "--mark", mark, "--lang", lang, cwd=home)
        assert (done.code, done.raw) == (2, b"")
        assert lang == "en" or words in done.err
        assert lang == "vi" or not re.search("[à-ỹ]", re.sub("“[^”]*”", "", done.err.lower()))
    assert state(home) == before


def test_results_and_letters_beside_the_copies_are_no_reports(home: Path) -> None:
    order = ("check", "nop", "--mark", "nop/gui-lai", "--output", "nop/gui-lai/ket-qua.xlsx")
    assert run(*order, cwd=home).code == 1
    (home / "nop" / "gui-lai" / "thu.docx").write_bytes(b"x")
    (home / "nop" / "gui-lai" / "~$thu.docx").write_bytes(b"x")
    assert run(*order, cwd=home).code == 1
    assert run(*order[:4], cwd=home).code == 1
    assert len(names(home / "nop" / "gui-lai")) == 5


# ------------------------------------------------------------------------------------------------------------- the round


def cell(unit: str, key: str, form: str = NH1) -> str:
    """The cell of an input."""
    return checked.a1(place.place(fill.report(form, "Q1", unit)).inputs[key])


def test_a_copy_mended_and_checked_again_is_clean_and_all_else_is_as_it_was(tmp_path: Path) -> None:
    inbox.put(tmp_path / "nop", "sai.xlsx NH1 TPHT Q1 | r14: num=120 den=100 r18: num=- r20: num=46376 den=20")
    [name] = marked(tmp_path)
    before = run("check", "nop", "--format", "json", cwd=tmp_path).json["files"][0]
    path = tmp_path / "gui-lai" / name
    again = run("check", "gui-lai", "--format", "json", cwd=tmp_path).json["files"][0]
    assert [one["code"] for one in again["findings"]] == [one["code"] for one in before["findings"]] != []
    right = {"r14.num": "100", "r18.num": "200", "r20.num": "20"}
    mended = checked.with_cells(path.read_bytes(), {cell("TPHT", key): value for key, value in right.items()})
    (tmp_path / "nop" / "sai.xlsx").write_bytes(mended)
    done = run("check", "nop", "--strict", "--format", "json", "--mark", "gui-lai", cwd=tmp_path)
    [after] = done.json["files"]
    assert (done.code, after["status"], after["findings"]) == (0, "ok", [])
    assert names(tmp_path / "gui-lai") == [name]
    assert {key: after["fields"][key]["value"] for key in right} == {key: float(value) for key, value in right.items()}
    kept = {key: said for key, said in before["fields"].items() if key not in right}
    assert {key: after["fields"][key] for key in kept} == kept
    assert {name: after[name] for name in ("form", "unit", "period", "kind", "plan", "commune")} == {
        name: before[name] for name in ("form", "unit", "period", "kind", "plan", "commune")
    }


def test_a_form_that_was_not_filled_in_and_a_plan_get_copies_too(tmp_path: Path) -> None:
    generate(tmp_path, "--form", NH1, "--period", "2025-Q1", "--unit", "MC", out="nop")
    inbox.put(tmp_path / "nop", "ke-hoach.xlsx NH1 XA plan | r11: target='Đạt cao'")
    made = marked(tmp_path)
    assert [name.rpartition("_")[0] for name in made] == [f"{NH1}_2025-Q1_MC", f"{NH1}_2025_plan"]
    assert inbox.said(run("check", "gui-lai", "--format", "json", cwd=tmp_path)) == [
        f"{made[0]} error M100",
        f"{made[1]} error V214",
    ]


# ---------------------------------------------------------------------------------------------------------- interruptions


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise on Windows")
@pytest.mark.parametrize("when", ["writing", 0.5, 1.2])
def test_ctrl_c_leaves_whole_copies_alone_and_it_can_be_run_again(when: str | float, tmp_path: Path) -> None:
    lines = [f"{number:02}.xlsx NH1 TPHT Q1 | r14: num={200 + number} den=100" for number in range(60)]
    inbox.put(tmp_path / "nop", "\n".join(lines))
    order = ("check", "nop", "--mark", "gui-lai", "--output", "ra/ket-qua.html")
    done = interrupted(order, tmp_path, tmp_path / "gui-lai" if when == "writing" else float(when))
    left = names(tmp_path / "gui-lai")
    if when != "writing" and done.code == 1:
        return  # a fast machine was done before
    assert (done.code, done.err.strip()) == (130, "Lỗi: Đã dừng theo yêu cầu.")
    assert (done.raw, names(tmp_path / "ra")) == (b"", [])
    assert all(re.fullmatch(rf"{NH1}_2025-Q1_TPHT_\w{{8}}\.xlsx", name) for name in left)
    assert when != "writing" or 1 <= len(left) < 60
    for name in left:
        with zipfile.ZipFile(tmp_path / "gui-lai" / name) as package:
            assert package.testzip() is None
    before = state(tmp_path / "gui-lai")
    again = run(*order, cwd=tmp_path)
    assert (again.code, len(names(tmp_path / "gui-lai")), names(tmp_path / "ra")) == (1, 60, ["ket-qua.html"])
    now = state(tmp_path / "gui-lai")
    assert {name: now[name] for name in before} == before


@pytest.mark.skipif(os.name == "nt", reason="no rights as these on Windows")
def test_a_folder_that_cannot_be_written_is_told(home: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    (home / "gui-lai").mkdir(mode=0o555)
    done = run("check", "nop", "--mark", "gui-lai", cwd=home)
    assert (done.code, "không có quyền" in done.err) == (2, True)
