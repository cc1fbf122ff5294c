"""`check` on whole folders: what the office waives, what is wrong with the set, the units that are missing, the exit code."""

from __future__ import annotations

import re
from pathlib import Path

import checked
import fill
import inbox
import pytest
from command import generate, run
from test_cli import plan

from cchc_xlsx import writer
from cchc_xlsx.form import load
from cchc_xlsx.issue import Issue, Plan
from cchc_xlsx.layout import place
from cchc_xlsx.periods import parse

NH1 = inbox.FORMS["NH1"]

# ---------------------------------------------------------------------------------------------------------------- waivers


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An error, a warning, and a right report."""
    home = tmp_path_factory.mktemp("mien")
    inbox.put(
        home / "nop",
        """
        a.xlsx NH1 VPTK Q1 | r14: num=120 den=100
        b.xlsx NH1 TPHT Q1 | r14: num="'95" den=100
        c.xlsx NH1 TCKT Q1
        """,
    )
    return home


# waivers and options -> exit code and what is told of a and b; CELL is the cell of r14.num
WAIVERS = """
                                                                  -> 1 error L401, warning V221
VPTK,r14.num,L401,2025-Q1,x,                                      -> 0 ok (L401), warning V221
VPTK,r14.num,L401,2025-Q1,x, --strict                             -> 1 ok (L401), warning V221
,,L401,,x, TPHT,*,V221,*,x, --strict                              -> 0 ok (L401), ok (V221)
TPHT,*,V221,*,x, --strict                                         -> 1 error L401, ok (V221)
VPTK,CELL,L401,2025-Q1,x,                                         -> 0 ok (L401), warning V221
vptk,R14.NUM,l401,2025-q1,x,31/12/2199                            -> 0 ok (L401), warning V221
VPTK,r14.num,L401,2025-Q1,x,2000-01-31                            -> 1 error L401, warning V221
VPTK,r14.num,L401,2025-Q1,x,1/1/2000 ,,L401,,x,1/1/2199           -> 0 ok (L401), warning V221
TPHT,r14.num,L401,2025-Q1,x,                                      -> 1 error L401, warning V221
VPTK,r14.den,L401,2025-Q1,x,                                      -> 1 error L401, warning V221
VPTK,r14.num,L402,2025-Q1,x,                                      -> 1 error L401, warning V221
VPTK,r14.num,L401,2025-Q2,x,                                      -> 1 error L401, warning V221
"""


@pytest.mark.parametrize("line", WAIVERS.strip("\n").splitlines())
def test_what_waivers_let_pass(line: str, box: Path, tmp_path: Path) -> None:
    drawn, _, expected = line.partition("->")
    code, _, told = expected.strip().partition(" ")
    cell = checked.a1(place.place(fill.report(NH1, "Q1", "VPTK")).inputs["r14.num"])
    words = drawn.replace("CELL", cell).split()
    table = inbox.waivers(tmp_path, *(word for word in words if "," in word))
    options = [word for word in words if word.startswith("--")]
    one, other = told.split(", ")
    assert inbox.check(box, "--waivers", table, *options) == (
        int(code),
        [f"a.xlsx {one}", f"b.xlsx {other}", "c.xlsx ok"],
    )


def test_a_waived_finding_lets_the_next_of_its_cell_be_told_and_its_value_count(tmp_path: Path) -> None:
    inbox.put(
        tmp_path / "nop", 'a.xlsx NH1 VPTK Q1 | r14: num=46376 den=20\nb.xlsx NH1 TPHT Q1 | r14: num="\'150" den=100'
    )
    any_date, over = ",r14.num,V203,,x,", ",r14.num,L401,,x,"
    steps = {
        (): (1, "error V203", None, "error L401"),
        (any_date,): (1, "error (V203) L401", 46376, "error L401"),
        (any_date, over): (0, "ok (V203) (L401)", 46376, "warning (L401) V221"),
        (over,): (1, "error V203", None, "warning (L401) V221"),
    }
    for rows, (code, one, value, other) in steps.items():
        table = inbox.waivers(tmp_path, *rows)
        assert inbox.check(tmp_path, "--waivers", table) == (code, [f"a.xlsx {one}", f"b.xlsx {other}"])
        found = run("check", "nop", "--waivers", table, "--format", "json", cwd=tmp_path).json["files"][0]
        assert found["fields"].get("r14.num", {}).get("value") == value
        assert (46376 in found["values"].values()) == (value is not None)


def test_nothing_filled_in_can_be_waived_and_no_file_that_cannot_be_read(tmp_path: Path) -> None:
    generate(tmp_path, "--form", NH1, "--period", "2025-Q1", "--unit", "MC", out="nop")
    (tmp_path / "nop" / "rong.xlsx").write_bytes(b"")
    [name, _] = sorted(path.name for path in (tmp_path / "nop").iterdir())
    table = inbox.waivers(tmp_path, "MC,,M100,,Chưa có việc,")
    assert inbox.check(tmp_path, "--waivers", table) == (1, [f"{name} ok (M100)", "rong.xlsx error F001"])


# the file of waivers -> what is said of it, in Vietnamese and English
WRONG_FILES: dict[str, tuple[bytes | None, str, str]] = {
    "not there": (None, "không có tệp hay thư mục này", "there is no such file or folder"),
    "a workbook": (b"PK\x03\x04\0", "mien.csv:1: không phải tệp chữ", "mien.csv:1: this is no text file"),
    "without a heading": (b"VPTK,,L401,,x,\n", "mien.csv:1: thiếu cột “mã lỗi”", "mien.csv:1: the column"),
    "wrong lines": (
        f"{inbox.HEAD}\nVPTK,,L401,,x,\n\nVPTK,,L999,,x,\nABC,,L401,,,32/1\n".encode(),
        "mien.csv:4: không có mã lỗi “L999”",
        "mien.csv:4: there is no code “L999”",
    ),
    "too large": (b"x" * (11 << 20), "tệp quá lớn (hơn 10 MiB)", "the file is too large (over 10 MiB)"),
}


@pytest.mark.parametrize("case", WRONG_FILES)
def test_a_wrong_file_of_waivers_is_told_before_anything_is_checked(case: str, box: Path, tmp_path: Path) -> None:
    data, *said = WRONG_FILES[case]
    (tmp_path / "nop").symlink_to(box / "nop")
    if data is not None:
        (tmp_path / "mien.csv").write_bytes(data)
    for lang, words in zip(("vi", "en"), said, strict=True):
        more = ("--mark", "gui-lai", "--output", "ra.txt", "--lang", lang)
        done = run("check", "nop", "--waivers", "mien.csv", *more, cwd=tmp_path)
        assert (done.code, done.raw) == (2, b"")
        assert words in done.err
        assert lang == "vi" or not re.search("[à-ỹ]", re.sub("“[^”]*”", "", done.err.lower()))
    assert not (tmp_path / "gui-lai").exists()
    assert not (tmp_path / "ra.txt").exists()
    if case == "wrong lines":
        lines = re.findall(r"^mien\.csv:(\d+): ", done.err, re.MULTILINE)
        assert lines == ["4", "5", "5", "5"]


# ---------------------------------------------------------------------------------------------------------------- the set

# files -> what is told; then waivers -> what is told
SETS = {
    "two versions": (
        "a.xlsx NH1 TPHT Q1\nb.xlsx NH1 TPHT Q1 | r14: note='bản sửa'",
        (1, ["* S701", "a.xlsx ok", "b.xlsx ok"]),
        {
            "TPHT,,S701,2025-Q1,x,": (0, "* (S701)"),
            ",,S701,,x,": (0, "* (S701)"),
            "VPTK,,S701,2025-Q1,x,": (1, "* S701"),
            "TPHT,,S701,2025-6T,x,": (1, "* S701"),
            "TPHT,,S701,2025-Q1,x,1/1/2000": (1, "* S701"),
        },
    ),
    "a copy": (
        "a.xlsx NH1 TPHT Q1\nb.xlsx = a.xlsx",
        (0, ["* S702", "a.xlsx ok", "b.xlsx ok"]),
        {"TPHT,,S702,2025-Q1,x,": (0, "* (S702)")},
    ),
    "two figures": (
        "a.xlsx PAR XA N | r01: value=12 reason=x\nb.xlsx PAR VPTK N | r01: value=14 reason=x",
        (1, ["* S704", "a.xlsx ok", "b.xlsx ok"]),
        {
            ",r01.value,S704,2024-N,x,": (0, "* (S704)"),
            ",r02.value,S704,2024-N,x,": (1, "* S704"),
            "XA,r01.value,S704,2024-N,x,": (1, "* S704"),  # two units are meant: it is neither's
        },
    ),
}


@pytest.mark.parametrize("case", SETS)
def test_what_is_wrong_with_the_set_counts_unless_it_is_waived(case: str, tmp_path: Path) -> None:
    drawn, told, by_waiver = SETS[case]
    inbox.put(tmp_path / "nop", drawn)
    assert inbox.check(tmp_path) == told
    if case == "a copy":
        assert inbox.check(tmp_path, "--strict")[0] == 1
    for row, (code, line) in by_waiver.items():
        table = inbox.waivers(tmp_path, row)
        assert inbox.check(tmp_path, "--waivers", table, "--strict") == (code, [line, *told[1][1:]])


def test_a_finding_about_the_set_is_told_by_every_number_of_processes_alike(tmp_path: Path) -> None:
    lines = [f"{number:02}.xlsx = 00.xlsx" for number in range(1, 20)]
    inbox.put(tmp_path / "nop", "\n".join(["00.xlsx NH1 TPHT Q1 | r14: num=120 den=100", *lines, "x.xlsx NH1 MC Q1"]))
    one, two = (run("check", "nop", "--jobs", jobs, "--expect-all", "--format", "json", cwd=tmp_path) for jobs in "12")
    assert one.raw == two.raw
    assert inbox.said(one)[0] == "* S702 S703 S703 S703"


# ------------------------------------------------------------------------------------------------------------ all expected


def missing(folder: Path, *arguments: str | Path) -> list[str]:
    """The units of which `--expect-all` says that they have sent nothing."""
    body = run("check", "nop", "--expect-all", "--format", "json", *arguments, cwd=folder).json
    lines = [one["message"] for one in body["findings"] if one["code"] == "S703" and not one["waived"]]
    return [re.findall(r"của đơn vị (\w+) “", line)[0] for line in lines]


# the files -> the units that are missing
EXPECTED = """
a.xlsx NH1 TPHT Q1                                           -> MC TCKT VHXH0 VPTK
a.xlsx NH1 TPHT Q1; b.xlsx NH1 VPTK Q1 | r14: num=x          -> MC TCKT VHXH0
a.xlsx NH1 XA Q1                                             ->
a.xlsx NH2 TPHT Q1; b.xlsx NH2 TCKT Q1; c.xlsx NH2 VPTK Q1   -> VHXH0
a.xlsx NH1 XA plan                                           ->
"""


@pytest.mark.parametrize("line", EXPECTED.strip().splitlines())
def test_units_that_sent_nothing(line: str, tmp_path: Path) -> None:
    drawn, _, expected = line.partition("->")
    inbox.put(tmp_path / "nop", drawn.replace(";", "\n"))
    assert missing(tmp_path) == expected.split()
    assert run("check", "nop", "--expect-all", cwd=tmp_path).code == int(bool(expected.split()) or "num=x" in line)


def test_the_text_names_the_units_that_are_missing_and_how_to_wait_for_them(tmp_path: Path) -> None:
    inbox.put(tmp_path / "nop", "a.xlsx NH2 TPHT Q1\nb.xlsx NH2 TCKT Q1\nc.xlsx NH2 VPTK Q1")
    assert run("check", "nop", "--expect-all", cwd=tmp_path).lines[-4:] == [
        "  S703",
        "      Chưa có biểu của đơn vị VHXH0 “Văn hóa - Xã hội” (nhon-hau-2025-phu-luc-2, 2025-Q1, “Nhơn Hậu”).",
        "      → Nhắc đơn vị gửi; hoặc bỏ --expect-all nếu còn đang chờ.",
        "3 tệp: 3 đạt, 0 cảnh báo, 0 lỗi, 0 bỏ qua; cả bộ báo cáo: 1 lỗi",
    ]
    table = inbox.waivers(tmp_path, "VHXH0,,S703,2025-Q1,Đơn vị mới lập,")
    assert missing(tmp_path, "--waivers", table) == []
    assert run("check", "nop", "--expect-all", "--waivers", table, "--strict", cwd=tmp_path).code == 0


KT, VHXH = "Phòng Kinh tế", "Phòng Văn hóa - Xã hội"


def test_a_plan_with_other_units_says_who_is_missing(tmp_path: Path) -> None:
    plan(tmp_path, "ke-hoach.xlsx", {"r19.do": f"{KT}; {VHXH}"})
    every = generate(tmp_path, "--period", "2027-Q1", "--all-units", "--plan", "ke-hoach.xlsx", out="nop")
    codes = [path.stem.rpartition("_")[2] for path in every]
    assert sorted(codes) == ["KT", "TTPVHCC", "VHXH", "VP"]
    for path, code in zip(every, codes, strict=True):
        kept = path.rename(tmp_path / path.name)
        for more in ((), ("--plan", "ke-hoach.xlsx")):
            assert missing(tmp_path, *more) == [code]
        kept.rename(path)
    assert missing(tmp_path) == []


def test_a_plan_that_workbooks_have_lost_says_who_is_missing_where_it_is_given(tmp_path: Path) -> None:
    overlay = {"r19.do": f"{KT}; {VHXH}"}
    plan(tmp_path, "ke-hoach.xlsx", dict(overlay))
    report = Issue(load.find("cchc-xa"), "Nhơn Hậu", 2027, "report", parse("2027-Q1"), "VP", None, Plan(1, overlay))
    layout = place.place(report)
    bare = checked.replace(layout, sheets=layout.sheets[:1])  # some programs drop hidden sheets
    writer.write(bare, tmp_path / "nop" / "vp.xlsx")
    assert missing(tmp_path) == []  # I506: nobody knows whom it asks
    assert missing(tmp_path, "--plan", "ke-hoach.xlsx") == ["KT", "TTPVHCC", "VHXH"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_two_plans_in_one_folder_ask_the_units_of_both(jobs: str, tmp_path: Path) -> None:
    for name, units in (("mot.xlsx", KT), ("hai.xlsx", VHXH)):
        plan(tmp_path, name, {"r19.do": units})
    generate(tmp_path, "--period", "2027-Q1", "--unit", "VP", "--plan", "mot.xlsx", out="nop")
    generate(tmp_path, "--period", "2027-Q1", "--unit", "TTPVHCC", "--plan", "hai.xlsx", out="nop")
    assert missing(tmp_path, "--jobs", jobs) == ["KT", "VHXH"]
