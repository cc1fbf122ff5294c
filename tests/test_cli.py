"""The command's work: forms, generate, check, explain, demo, with the exit codes and the JSON that others rely on."""

from __future__ import annotations

import hashlib
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import checked
import command
import fill
import pytest
from command import generate, run

from cchc_xlsx import __version__, sample, writer
from cchc_xlsx.form import load
from cchc_xlsx.issue import Issue, Plan
from cchc_xlsx.layout import place
from cchc_xlsx.periods import parse
from cchc_xlsx.rules import registry

NH1, CH, XA, PAR = "nhon-hau-2025-phu-luc-1", "cam-hiep-2025-phu-luc", "cchc-xa", "tay-xuan-2024-par-index"


def names(folder: Path) -> list[str]:
    """Everything in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


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


# ------------------------------------------------------------------------------------------------------------------- check


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as it arrives: right, wrong, doubtful, and what is no workbook at all."""
    home = tmp_path_factory.mktemp("nam")
    box = home / "Q1"
    (box / "mot" / "sâu").mkdir(parents=True)
    (box / "dung.xlsx").write_bytes(checked.workbook(NH1, period="Q1", unit="TCKT"))
    (box / "mot" / "sai.xlsx").write_bytes(checked.workbook(NH1, "r14: num=120 den=100", "Q1", "VPTK"))
    (box / "mot" / "sâu" / "ngờ.xlsx").write_bytes(checked.workbook(NH1, 'r14: num="\'95" den=100', "Q1", "MC"))
    (box / "cong-van.docx").write_bytes(b"PK")
    (box / "rong.xlsx").write_bytes(b"")
    (box / "~$dung.xlsx").write_bytes(b"x")
    return home


def test_check_tells_each_file_by_path_cell_and_remedy(inbox: Path) -> None:
    done = run("check", "Q1", cwd=inbox)
    assert (done.code, done.err) == (1, "")
    drawn = """\
cong-van.docx  BỎ QUA
  F021 thông tin
      Loại tệp “.docx” không phải bảng tính.
dung.xlsx  ĐẠT  nhon-hau-2025-phu-luc-1 · 2025-Q1 · Tài chính - Kế toán
mot/sai.xlsx  LỖI  nhon-hau-2025-phu-luc-1 · 2025-Q1 · Văn phòng - Thống kê
  L401  ô {cell} · 7.1 Tỷ lệ lập hồ sơ công việc (trừ hồ sơ mật) trên môi trường mạng:
      Tử số 120 lớn hơn mẫu số 100.
      → Kiểm tra lại hai số; có thể đã nhập đổi chỗ.
mot/sâu/ngờ.xlsx  CẢNH BÁO  nhon-hau-2025-phu-luc-1 · 2025-Q1 · Bộ phận Tiếp nhận và trả kết quả (Một cửa)
  V221 cảnh báo  ô {cell} · 7.1 Tỷ lệ lập hồ sơ công việc (trừ hồ sơ mật) trên môi trường mạng:
      Tử số: “95” là chữ, đã đọc là 95.
      → Gõ lại số cho chắc chắn (không có dấu nháy, khoảng trắng, đơn vị).
rong.xlsx  LỖI
  F001
      Tệp không có nội dung (0 byte).
      → Đề nghị đơn vị lưu lại và gửi lại tệp.
~$dung.xlsx  BỎ QUA
  F020 thông tin
      Tệp khóa tạm của chương trình đang mở bảng tính, hoặc tệp ẩn.
6 tệp: 1 đạt, 1 cảnh báo, 2 lỗi, 2 bỏ qua
"""
    cell = checked.a1(place.place(fill.report(NH1, "Q1")).inputs["r14.num"])
    assert [line.rstrip() for line in done.lines] == drawn.format(cell=cell).splitlines()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("Q1/dung.xlsx",), 0),
        (("Q1/mot/sâu",), 0),
        (("Q1/mot/sâu", "--strict"), 1),
        (("Q1/dung.xlsx", "--strict"), 0),
        (("Q1/mot",), 1),
        (("Q1/cong-van.docx",), 2),
        (("Q1/dung.xlsx", "--period", "2025-Q1"), 0),
        (("Q1/dung.xlsx", "--period", "2025-6T"), 1),
        (("Q1/dung.xlsx", "--period", "2025-Q9"), 2),
        (("none",), 2),
        (("Q1", "none"), 2),
        ((), 2),
        (("Q1", "--format", "yaml"), 2),
        (("Q1", "--plan", "none.xlsx"), 2),
        (("Q1/dung.xlsx", "--output", "none/../Q1"), 2),
        (("Q1/dung.xlsx", "--output", "Q1/dung.xlsx/ra.txt"), 2),
    ],
)
def test_exit_codes_of_check(arguments: tuple[str, ...], code: int, inbox: Path) -> None:
    before = names(inbox / "Q1")
    done = run("check", *arguments, cwd=inbox)
    assert done.code == code, done.err
    assert (code == 2) == bool(done.err)
    assert names(inbox / "Q1") == before


def test_another_period_than_the_one_asked_for(inbox: Path) -> None:
    [one] = run("check", "Q1/dung.xlsx", "--period", "2025-6T", "--format", "json", cwd=inbox).json["files"]
    assert [finding["code"] for finding in one["findings"]] == ["I505"]
    assert (one["period"], one["fields"], one["values"]) == ("2025-Q1", {}, {})


@pytest.mark.parametrize("shape", ["text", "json"])
def test_output_goes_to_the_file_alone(shape: str, inbox: Path, tmp_path: Path) -> None:
    shown = run("check", "Q1", "--format", shape, cwd=inbox)
    done = run("check", "Q1", "--format", shape, "--output", tmp_path / "moi" / "ket-qua", cwd=inbox)
    assert (done.code, done.raw, done.err) == (1, b"", "")
    assert (tmp_path / "moi" / "ket-qua").read_bytes() == shown.raw
    assert names(tmp_path / "moi") == ["ket-qua"]


# The contract of design §8: keys in this order, and what may stand in each.
FILE = {
    "path": str, "status": str, "form": (str, None), "form_version": (int, None), "plan": (int, None), "commune": (str, None),
    "commune_code": (str, None), "year": (int, None), "period": (str, None), "unit": (str, None), "kind": (str, None),
    "sha256": (str, None), "values": dict, "fields": dict, "findings": list,
}  # fmt: skip
FINDING = {
    "code": str, "severity": str, "sheet": (str, None), "cell": (str, None), "key": (str, None), "label": (str, None),
    "value": (str, None), "message": str, "fix": str, "waived": None,
}  # fmt: skip


def conforms(found: dict[str, Any], contract: dict[str, Any]) -> None:
    assert list(found) == list(contract)
    for name, value in found.items():
        kinds = contract[name] if isinstance(contract[name], tuple) else (contract[name],)
        assert any(value is None if kind is None else type(value) is kind for kind in kinds), (name, value)


def test_the_json_contract(inbox: Path) -> None:
    done = run("check", "Q1", "--format", "json", cwd=inbox)
    body = done.json
    assert done.raw == done.out.encode()
    assert done.raw.startswith(b"{")
    assert done.raw.endswith(b"}\n")
    assert list(body) == ["tool", "version", "summary", "files", "findings"]
    assert (body["tool"], body["version"], body["findings"]) == ("cchc-xlsx", __version__, [])
    assert body["summary"] == {"files": 6, "ok": 1, "warning": 1, "error": 2, "skipped": 2}
    assert list(body["summary"]) == ["files", "ok", "warning", "error", "skipped"]
    for one in body["files"]:
        conforms(one, FILE)
        assert one["status"] in ("ok", "warning", "error", "skipped")
        for finding in one["findings"]:
            conforms(finding, FINDING)
            assert finding["severity"] == registry.by_code()[finding["code"]].severity
        for field in one["fields"].values():
            assert list(field) == ["cell", "value", "state"]
            assert field["state"] in ("value", "nil", "blank", "unpublished")
            assert type(field["value"]) in (str, float, type(None))
        assert set(one["values"]) <= {field["cell"] for field in one["fields"].values()}
        assert all(type(value) is float for value in one["values"].values())
        data = (inbox / "Q1" / one["path"]).read_bytes()
        assert one["sha256"] in (None, hashlib.sha256(data).hexdigest())


def test_the_json_of_a_wrong_and_of_a_skipped_file(inbox: Path) -> None:
    by_path = {one["path"]: one for one in run("check", "Q1", "--format", "json", cwd=inbox).json["files"]}
    wrong, skipped = by_path["mot/sai.xlsx"], by_path["cong-van.docx"]
    cell = wrong["fields"]["r14.num"]["cell"]
    assert {name: value for name, value in wrong.items() if name not in ("sha256", "values", "fields", "findings")} == {
        "path": "mot/sai.xlsx", "status": "error", "form": NH1, "form_version": 1, "plan": 0, "commune": "Nhơn Hậu",
        "commune_code": None, "year": 2025, "period": "2025-Q1", "unit": "VPTK", "kind": "report",
    }  # fmt: skip
    assert wrong["findings"] == [
        {
            "code": "L401", "severity": "error", "sheet": "PHỤ LỤC 1", "cell": cell, "key": "r14.num",
            "label": "7.1 Tỷ lệ lập hồ sơ công việc (trừ hồ sơ mật) trên môi trường mạng:", "value": "120",
            "message": "Tử số 120 lớn hơn mẫu số 100.", "fix": "Kiểm tra lại hai số; có thể đã nhập đổi chỗ.", "waived": None,
        }
    ]  # fmt: skip
    assert (wrong["values"][cell], wrong["fields"]["r14.num"]["value"], wrong["fields"]["r14.reason"]["state"]) == (
        120.0,
        120.0,
        "blank",
    )
    assert {name: value for name, value in skipped.items() if name not in ("path", "status", "findings")} == {
        **dict.fromkeys(list(FILE)[2:12]), "values": {}, "fields": {},
    }  # fmt: skip
    assert [(one["code"], one["severity"]) for one in skipped["findings"]] == [("F021", "info")]


def test_states_dates_and_percents_in_json(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(checked.workbook(NH1, "r14: num=- den=- nil='Không phát sinh' r15: num=abc" if False else "r14: num=- den=- nil='Không phát sinh' r18: num=abc r02: value=- of=- previous=- previous_of=- nil='Chưa công bố'"))  # fmt: skip
    (tmp_path / "b.xlsx").write_bytes(
        checked.workbook("nhon-hau-2025-phu-luc-2", "r02: status='Hoàn thành' done_on=30/12/2024", "Q1")
    )
    (tmp_path / "c.xlsx").write_bytes(
        checked.workbook("tay-xuan-2024-phu-luc-papi-sipas-par", "r04: value=95,5% previous=0.5")
    )
    one, two, three = (
        found["fields"] for found in run("check", tmp_path, "--format", "json", cwd=tmp_path).json["files"]
    )
    assert {key: (one[key]["value"], one[key]["state"]) for key in ("r14.num", "r14.nil", "r02.value", "r02.nil", "r18.den", "r18.reason")} == {
        "r14.num": (None, "nil"), "r14.nil": ("Không phát sinh", "nil"), "r02.value": (None, "unpublished"),
        "r02.nil": ("Chưa công bố", "unpublished"), "r18.den": (200.0, "value"), "r18.reason": (None, "blank"),
    }  # fmt: skip
    assert "r18.num" not in one
    assert two["r02.done_on"]["value"] == "2024-12-30"
    assert (three["r04.value"]["value"], three["r04.previous"]["value"]) == (0.955, 0.5)


def test_paths_are_relative_sorted_and_each_file_stands_once(inbox: Path) -> None:
    def paths(*arguments: str | Path, cwd: Path = inbox) -> list[str]:
        return [one["path"] for one in run("check", *arguments, "--format", "json", cwd=cwd).json["files"]]

    inside = ["cong-van.docx", "dung.xlsx", "mot/sai.xlsx", "mot/sâu/ngờ.xlsx", "rong.xlsx", "~$dung.xlsx"]
    assert paths("Q1") == paths("Q1/") == paths("./Q1") == paths(inbox / "Q1") == paths(".", cwd=inbox / "Q1") == inside
    assert paths("Q1/mot/sai.xlsx") == ["sai.xlsx"]
    assert paths("Q1/rong.xlsx", "Q1/mot") == ["Q1/mot/sai.xlsx", "Q1/mot/sâu/ngờ.xlsx", "Q1/rong.xlsx"]
    assert paths("Q1/mot", "Q1/mot/sai.xlsx") == ["Q1/mot/sai.xlsx", "Q1/mot/sâu/ngờ.xlsx"]
    assert paths("Q1/mot", "Q1/mot/") == ["Q1/mot/sai.xlsx", "Q1/mot/sâu/ngờ.xlsx"]


def test_names_are_escaped_and_never_dropped(tmp_path: Path) -> None:
    box = bytes(tmp_path) + b"/hop"
    Path(box.decode()).mkdir()
    for name in (b"b\xff.xlsx", b"esc\x1b[31m.xlsx", b"dong\n.xlsx", "hướng\u202e.xlsx".encode(), b"\xe1\xba\xbf.xlsx"):
        with open(box + b"/" + name, "wb") as file:  # noqa: PTH123  a name that is not UTF-8
            file.write(b"")
    done = run("check", "hop", "--format", "json", cwd=tmp_path)
    paths = [one["path"] for one in done.json["files"]]
    assert len(set(paths)) == 5
    assert all(path.isprintable() and path.endswith(".xlsx") for path in paths)
    assert "ế.xlsx" in paths
    assert any("\\udcff" in path or "\\xff" in path for path in paths)
    shown = run("check", "hop", cwd=tmp_path)
    assert shown.code == 1
    assert "\x1b" not in shown.out
    assert "\u202e" not in shown.out
    assert shown.out.count("F001") == 5


def ole2() -> bytes:
    """An old .xls: a compound file with a Workbook stream."""
    name = "Workbook\0".encode("utf-16-le")
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
        + name.ljust(64, b"\0")
        + struct.pack("<H", len(name)).ljust(64, b"\0")
    )


def test_a_folder_of_odd_files_is_reported_in_full(tmp_path: Path) -> None:
    whole = checked.workbook(PAR)
    odd = {
        "cong-van.docx": b"PK\x03\x04",
        "rong.xlsx": b"",
        "cu.xls": ole2(),
        "nua.xlsx": whole[: len(whole) // 2],
        "~$lock.xlsx": whole,
    }
    for name, data in odd.items():
        (tmp_path / name).write_bytes(data)
    done = run("check", ".", "--format", "json", cwd=tmp_path)
    found = {
        one["path"]: (one["status"], [finding["code"] for finding in one["findings"]]) for one in done.json["files"]
    }
    assert (done.code, found) == (1, {
        "cong-van.docx": ("skipped", ["F021"]),
        "cu.xls": ("error", ["F003"]),
        "nua.xlsx": ("error", ["F005"]),
        "rong.xlsx": ("error", ["F001"]),
        "~$lock.xlsx": ("skipped", ["F020"]),
    })  # fmt: skip
    for one in done.json["files"]:
        assert all(finding["message"] and finding["fix"] for finding in one["findings"])


def test_a_folder_without_workbooks_is_told_and_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "thu.docx").write_bytes(b"x")
    (tmp_path / "trong").mkdir()
    for path in ("trong", "."):
        done = run("check", path, "--format", "json", cwd=tmp_path)
        assert done.code == 2
        assert done.err.strip()
        assert done.json["summary"]["files"] == done.json["summary"]["skipped"] == (path == ".")


def test_a_very_deep_folder_is_walked_to_the_bottom(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*(1500 * ["a"]))
    deep.mkdir(parents=True)
    (deep / "x.xlsx").write_bytes(b"")
    done = run("check", ".", "--format", "json", cwd=tmp_path)
    assert (done.code, done.json["summary"]["files"]) == (1, 1)


def test_a_link_given_by_name_is_told_as_a_link(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "link.xlsx").symlink_to(inbox / "Q1" / "dung.xlsx")
    done = run("check", "link.xlsx", "--format", "json", cwd=tmp_path)
    assert (done.code, [one["status"] for one in done.json["files"]]) == (2, ["skipped"])


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
        "bieu-trang": 9,
        "da-nop": 9,
    }
    assert "cchc-xlsx check cchc-demo/da-nop" in done.out
    again = run("demo", cwd=tmp_path)
    assert (again.code, again.raw) == (0, done.raw)
    checked_again = run("check", "cchc-demo/da-nop", cwd=tmp_path)
    assert (checked_again.code, drawn(checked_again.lines)) == (1, drawn(done.lines))


def test_demo_in_a_folder_of_ones_own(tmp_path: Path) -> None:
    done = run("demo", "thử nghiệm", cwd=tmp_path)
    assert (done.code, names(tmp_path)) == (0, ["thử nghiệm"])


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_sample_figures_are_right_in_every_form_and_period(form_id: str, tmp_path: Path) -> None:
    for code in ("T01", "Q2", "6T", "9T", "N"):
        one = fill.report(form_id, code)
        writer.write(place.place(one, sample.valid(one)), tmp_path / f"{code}.xlsx")
    done = run("check", ".", "--strict", "--format", "json", cwd=tmp_path)
    found = {one["path"]: [finding["code"] for finding in one["findings"]] for one in done.json["files"]}
    assert (done.code, {path: codes for path, codes in found.items() if codes}) == (0, {})


assert command.COMMAND
