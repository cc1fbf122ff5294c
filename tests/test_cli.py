"""The commands `forms` and `generate`: which files are made, what is refused, and plans laid over forms."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import checked
import fill
import pytest
from command import generate, names, run

from cchc_xlsx import writer
from cchc_xlsx.form import load
from cchc_xlsx.issue import Issue, Plan
from cchc_xlsx.layout import place
from cchc_xlsx.periods import parse

NH1, CH, XA, PAR = "nhon-hau-2025-phu-luc-1", "cam-hiep-2025-phu-luc", "cchc-xa", "tay-xuan-2024-par-index"


# ------------------------------------------------------------------------------------------------------------------ forms


def test_forms_list_names_every_form_with_its_rows(tmp_path: Path) -> None:
    lines = run("forms", "list", cwd=tmp_path).lines
    assert [line.split()[0] for line in lines] == list(fill.FORMS)
    assert lines[0].startswith("cchc-xa ")
    [line] = [line for line in lines if line.startswith("nhon-hau-2025-phu-luc-2 ")]
    assert re.split(r"\s{2,}", line) == [
        "nhon-hau-2025-phu-luc-2", "v1", "36 dòng", "29 nội dung báo cáo", "Phụ lục 2 – Nhiệm vụ CCHC, xã Nhơn Hậu 2025",
    ]  # fmt: skip


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_forms_show_prints_each_row(form_id: str, tmp_path: Path) -> None:
    done = run("forms", "show", form_id, cwd=tmp_path)
    form = load.find(form_id)
    assert done.code == 0
    head, units, *rows = done.lines
    assert head.startswith(f"{form_id} v{form.version}: {form.name}")
    assert f"{form.coordinator} (" in units
    assert [row.split()[0] for row in rows] == [row.id for row in form.rows]
    assert "{{" not in done.out


# --------------------------------------------------------------------------------------------------------------- generate

# options -> the files that appear
MADE = """
--form nhon-hau-2025-phu-luc-1                              -> nhon-hau-2025-phu-luc-1_2025_plan
--form nhon-hau-2025-phu-luc-1 --year 2027                  -> nhon-hau-2025-phu-luc-1_2027_plan
--year 2027                                                 -> cchc-xa_2027_plan
--year 2027 --kind plan                                     -> cchc-xa_2027_plan
--period 2027-Q1                                            -> cchc-xa_2027-Q1_XA
--period 2027-Q1 --kind report --year 2027                  -> cchc-xa_2027-Q1_XA
--period 2027-6T --unit VP                                  -> cchc-xa_2027-6T_VP
--period 2027-T12 --unit ttpvhcc                            -> cchc-xa_2027-T12_TTPVHCC
--period 2027-N --unit XA                                   -> cchc-xa_2027-N_XA
--period 2027-N --all-units                                 -> cchc-xa_2027-N_TTPVHCC cchc-xa_2027-N_VP
--form cam-hiep-2025-phu-luc --period 2025-9T --all-units   -> cam-hiep-2025-phu-luc_2025-9T_KT cam-hiep-2025-phu-luc_2025-9T_TTPVHCC cam-hiep-2025-phu-luc_2025-9T_VHXH cam-hiep-2025-phu-luc_2025-9T_VP
--form tay-xuan-2024-par-index --period 2026-N --all-units  -> tay-xuan-2024-par-index_2026-N_VPTK
"""


@pytest.mark.parametrize("line", MADE.strip().splitlines())
def test_generate_writes_these_files_and_checks_clean_but_empty(line: str, tmp_path: Path) -> None:
    options, _, files = line.partition("->")
    made = generate(tmp_path, *options.split())
    assert (
        sorted(path.stem for path in made)
        == files.split()
        == [name.removesuffix(".xlsx") for name in names(tmp_path / "bieu")]
    )
    done = run("check", "bieu", "--format", "json", cwd=tmp_path)
    for one in done.json["files"]:
        assert one["status"] == ("ok" if one["kind"] == "plan" else "error")
        assert [finding["code"] for finding in one["findings"]] == ([] if one["kind"] == "plan" else ["M100"])
        assert (one["commune"], one["period"] or str(one["year"])) == ("Nhơn Hậu", one["path"].split("_")[1])
        assert one["kind"] == "plan" or one["unit"] == one["path"].split("_")[2].removesuffix(".xlsx")


# options -> what the sentence must name
REFUSED = """
--year 2026 --period 2027-Q1                    -> 2026 2027-Q1
--period 2027-Q5                                -> 2027-Q5 2027-T01
--period 2027-q1                                -> 2027-q1
--period Q1                                     -> Q1
--period 2027-Q1 --unit XYZ                     -> XYZ VP TTPVHCC
--period 2027-Q1 --unit KT                      -> KT VP TTPVHCC
--period 2027-Q1 --unit VP --all-units          -> --unit --all-units
--period 2027-Q1 --kind plan                    -> --period
--unit VP                                       -> --period
--all-units                                     -> --period
--kind report                                   -> --period
--year 1999                                     -> 1999 2000
--year 2100                                     -> 2100
--year 0                                        -> 0
--year abc                                      -> --year
--form nope                                     -> nope cchc-xa
--form ../cchc-xa                               -> cchc-xa
--commune-code a/b                              -> a/b
--commune-code 123456789012345678901            -> 123456789012345678901
--plan none.xlsx --period 2027-Q1               -> none.xlsx
--kind both                                     -> plan report
--nope                                          -> --nope
"""


@pytest.mark.parametrize("line", REFUSED.strip().splitlines())
def test_generate_refuses_in_one_sentence_and_writes_nothing(line: str, tmp_path: Path) -> None:
    options, _, words = line.partition("->")
    done = run("generate", "--commune", "Nhơn Hậu", "--out", "bieu", *options.split(), cwd=tmp_path)
    assert (done.code, done.out, names(tmp_path)) == (2, "", [])
    assert done.err.startswith("Lỗi: ")
    assert done.err.count("\n") == 1
    for word in words.split():
        assert word in done.err


@pytest.mark.parametrize("commune", ["", "   ", "A|B", "A\x1bB", "A\u202eB", "A\nB\x00"[:3] + "\x07", "x" * 81])
def test_generate_refuses_a_commune_that_cannot_be_printed(commune: str, tmp_path: Path) -> None:
    done = run("generate", "--commune", commune, "--out", "bieu", cwd=tmp_path)
    assert (done.code, names(tmp_path)) == (2, [])


@pytest.mark.parametrize(
    ("name", "printed"), [("Hòa Bình", "XÃ HÒA BÌNH"), ("phường Bồng Sơn", "PHƯỜNG BỒNG SƠN"), ("=1+1", "XÃ =1+1")]
)
def test_a_communes_name_is_printed_and_read_back(name: str, printed: str, tmp_path: Path) -> None:
    [path] = generate(tmp_path, "--year", "2027", "--commune-code", "21583", commune=f"  {name} ")
    [one] = run("check", path, "--format", "json", cwd=tmp_path).json["files"]
    assert (one["commune"], one["commune_code"], one["status"]) == (name, "21583", "ok")
    with zipfile.ZipFile(path) as package:
        assert printed in package.read("xl/sharedStrings.xml").decode()


def test_the_same_order_gives_the_same_bytes_and_no_complaint(tmp_path: Path) -> None:
    order = ("--period", "2027-Q1", "--all-units")
    first = {path.name: path.read_bytes() for path in generate(tmp_path, *order)}
    assert {path.name: path.read_bytes() for path in generate(tmp_path, *order)} == first
    assert {path.name: path.read_bytes() for path in generate(tmp_path, *order, out="khac")} == first
    assert len(set(first.values())) == len(first) == 2


def test_what_a_unit_filled_in_is_not_overwritten(tmp_path: Path) -> None:
    vp, tt = sorted(generate(tmp_path, "--period", "2027-Q1", "--all-units"))[::-1]
    tt.write_bytes(b"filled in")
    vp.unlink()
    done = run("generate", "--commune", "Nhơn Hậu", "--period", "2027-Q1", "--all-units", "--out", "bieu", cwd=tmp_path)
    assert done.code == 2
    assert tt.name in done.err
    assert vp.name not in done.err
    assert (tt.read_bytes(), vp.exists()) == (b"filled in", False)
    generate(tmp_path, "--period", "2027-Q1", "--all-units", "--overwrite")
    assert tt.read_bytes()[:4] == vp.read_bytes()[:4] == b"PK\x03\x04"
    assert names(tmp_path / "bieu") == sorted([vp.name, tt.name])


def test_what_cannot_be_written_is_the_users_to_mend(tmp_path: Path) -> None:
    (tmp_path / "tep").write_bytes(b"")
    (tmp_path / "bieu" / "cchc-xa_2027_plan.xlsx").mkdir(parents=True)
    for out in ("tep", "tep/trong", "bieu"):
        done = run("generate", "--commune", "A", "--year", "2027", "--out", out, cwd=tmp_path)
        assert (done.code, done.err.startswith("Lỗi: ")) == (2, True)
    assert run("demo", "tep", cwd=tmp_path).code == 2
    assert names(tmp_path) == ["bieu", "tep"]


# ------------------------------------------------------------------------------------------------------------------- plans


def plan(
    folder: Path, name: str, changes: dict[str, str | float | None], form_id: str = XA, commune: str = "Nhơn Hậu"
) -> Path:
    """A plan workbook of 2027 as the office fills it in."""
    layout = place.place(Issue(load.find(form_id), commune, 2027, "plan"), changes)  # type: ignore[arg-type]
    writer.write(layout, folder / name)
    return folder / name


def test_a_plan_gives_reports_their_targets_and_owners(tmp_path: Path) -> None:
    plan(tmp_path, "ke-hoach.xlsx", {"r19.target": "Trên 90%", "r19.do": "Phòng Kinh tế; Phòng Văn hóa - Xã hội"})
    made = generate(tmp_path, "--period", "2027-N", "--all-units", "--plan", "ke-hoach.xlsx")
    assert sorted(path.stem.rpartition("_")[2] for path in made) == ["KT", "TTPVHCC", "VHXH", "VP"]
    done = run("check", "bieu", "--plan", "ke-hoach.xlsx", "--format", "json", cwd=tmp_path)
    assert [(one["plan"], [finding["code"] for finding in one["findings"]]) for one in done.json["files"]] == 4 * [
        (1, ["M100"])
    ]
    filled = Issue(load.find(XA), "Nhơn Hậu", 2027, "report", parse("2027-N"), "KT", None, Plan(1, {
        "r19.target": "Trên 90%", "r19.do": "Phòng Kinh tế; Phòng Văn hóa - Xã hội",
    }))  # fmt: skip
    for num, code, found in ((180.0, 1, ["M103"]), (181.0, 0, [])):
        writer.write(place.place(filled, {"r19.num": num, "r19.den": 200.0}), tmp_path / "nop" / "kt.xlsx")
        for more in ((), ("--plan", "ke-hoach.xlsx")):
            done = run("check", "nop", "--format", "json", *more, cwd=tmp_path)
            assert (done.code, [finding["code"] for finding in done.json["files"][0]["findings"]]) == (code, found)


def test_reports_by_another_plan_or_none_are_one_error_each(tmp_path: Path) -> None:
    plan(tmp_path, "mot.xlsx", {"r19.target": "Trên 90%"})
    plan(tmp_path, "hai.xlsx", {"r19.target": "Trên 91%"})
    plan(tmp_path, "goc.xlsx", {})
    generate(tmp_path, "--period", "2027-Q1", "--unit", "VP", "--plan", "mot.xlsx", out="theo-mot")
    generate(tmp_path, "--period", "2027-Q1", "--unit", "VP", "--plan", "goc.xlsx", out="theo-goc")
    codes = {
        (reports, by): [one["code"] for one in run("check", reports, "--plan", by, "--format", "json", cwd=tmp_path).json["files"][0]["findings"]]
        for reports in ("theo-mot", "theo-goc")
        for by in ("mot.xlsx", "hai.xlsx", "goc.xlsx")
    }  # fmt: skip
    assert codes == {
        ("theo-mot", "mot.xlsx"): ["M100"],
        ("theo-mot", "hai.xlsx"): ["I507"],
        ("theo-mot", "goc.xlsx"): ["I507"],
        ("theo-goc", "mot.xlsx"): ["I507"],
        ("theo-goc", "hai.xlsx"): ["I507"],
        ("theo-goc", "goc.xlsx"): ["M100"],
    }


def test_a_report_that_lost_its_plan_needs_it_given(tmp_path: Path) -> None:
    plan(tmp_path, "mot.xlsx", {"r19.target": "Trên 90%"})
    layout = place.place(
        Issue(
            load.find(XA), "Nhơn Hậu", 2027, "report", parse("2027-Q1"), "VP", None, Plan(1, {"r19.target": "Trên 90%"})
        )
    )
    bare = checked.replace(layout, sheets=layout.sheets[:1])
    writer.write(bare, tmp_path / "nop" / "vp.xlsx")
    for more, found in (((), ["I506"]), (("--plan", "mot.xlsx"), ["M100"])):
        done = run("check", "nop", "--format", "json", *more, cwd=tmp_path)
        assert (done.code, [finding["code"] for finding in done.json["files"][0]["findings"]]) == (1, found)


def test_a_plan_says_nothing_about_reports_of_other_forms_and_years(tmp_path: Path) -> None:
    plan(tmp_path, "mot.xlsx", {"r19.target": "Trên 90%"})
    generate(tmp_path, "--period", "2027-Q1", "--unit", "VP", "--plan", "mot.xlsx")
    generate(tmp_path, "--period", "2026-Q1", "--unit", "VP")
    generate(tmp_path, "--form", CH, "--period", "2027-Q1", "--unit", "VP")
    done = run("check", "bieu", "--plan", "mot.xlsx", "--format", "json", cwd=tmp_path)
    assert [[one["code"] for one in found["findings"]] for found in done.json["files"]] == 3 * [["M100"]]


# the plan -> what the sentence must name
BAD_PLANS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a report": (lambda folder: writer.write(place.place(fill.report(XA, "Q1")), folder / "p.xlsx"), "kế hoạch"),
    "another form": (lambda folder: plan(folder, "p.xlsx", {}, NH1), XA),
    "another commune": (lambda folder: plan(folder, "p.xlsx", {}, commune="Cam Hiệp"), "Cam Hiệp"),
    "an error in it": (lambda folder: plan(folder, "p.xlsx", {"r19.target": "cao"}), "check"),
    "not a workbook": (lambda folder: (folder / "p.xlsx").write_bytes(b"%PDF"), "PDF"),
    "a folder": (lambda folder: (folder / "p.xlsx").mkdir(), "p.xlsx"),
    "nothing": (lambda folder: None, "p.xlsx"),
}


@pytest.mark.parametrize("case", BAD_PLANS.values(), ids=BAD_PLANS)
def test_what_is_no_plan_of_this_form_and_year_is_refused(
    case: tuple[Callable[[Path], object], str], tmp_path: Path
) -> None:
    make, words = case
    make(tmp_path)
    done = run(
        "generate", "--commune", "Nhơn Hậu", "--period", "2027-Q1", "--plan", "p.xlsx", "--out", "bieu", cwd=tmp_path
    )
    assert (done.code, (tmp_path / "bieu").exists()) == (2, False)
    assert words in done.err
