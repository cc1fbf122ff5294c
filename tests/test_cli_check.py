"""The command `check`: what it shows, its exit codes, the JSON that others rely on, and folders as they arrive."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
from pathlib import Path
from typing import Any

import checked
import fill
import pytest
from command import names, run

from cchc_xlsx import __version__, sample, writer
from cchc_xlsx.layout import place
from cchc_xlsx.rules import registry

NH1, PAR = "nhon-hau-2025-phu-luc-1", "tay-xuan-2024-par-index"


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


# What other programs rely on: keys in this order, and what may stand in each.
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
    nil, unknown = "nil='Không phát sinh'", "nil='Chưa công bố'"
    drawn = f"r14: num=- den=- {nil} r18: num=abc r02: value=- of=- previous=- previous_of=- {unknown}"
    (tmp_path / "a.xlsx").write_bytes(checked.workbook(NH1, drawn))
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


def test_two_names_that_look_alike_when_escaped_are_two_files(tmp_path: Path) -> None:
    (tmp_path / "hop").mkdir()
    for name in (b"b\xff.xlsx", b"b\\udcff.xlsx"):
        with open(bytes(tmp_path) + b"/hop/" + name, "wb") as file:  # noqa: PTH123  a name that is not UTF-8
            file.write(b"")
    for paths in (("hop",), ("hop", tmp_path / "hop")):
        assert run("check", *paths, "--format", "json", cwd=tmp_path).json["summary"]["files"] == 2


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
    (tmp_path / "a").mkdir()
    folder = os.open(tmp_path / "a", os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("a", dir_fd=folder)
        inner = os.open("a", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(os.open("x.xlsx", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    try:
        done = run("check", ".", "--format", "json", cwd=tmp_path)
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "a"], check=True)  # shutil.rmtree would recurse too deep as well
    assert (done.code, done.json["summary"]["files"]) == (1, 1)


def test_a_link_given_by_name_is_told_as_a_link(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "link.xlsx").symlink_to(inbox / "Q1" / "dung.xlsx")
    done = run("check", "link.xlsx", "--format", "json", cwd=tmp_path)
    assert (done.code, [one["status"] for one in done.json["files"]]) == (2, ["skipped"])


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_sample_figures_are_right_in_every_form_and_period(form_id: str, tmp_path: Path) -> None:
    for code in ("T01", "Q2", "6T", "9T", "N"):
        one = fill.report(form_id, code)
        writer.write(place.place(one, sample.valid(one)), tmp_path / f"{code}.xlsx")
    done = run("check", ".", "--strict", "--format", "json", cwd=tmp_path)
    found = {one["path"]: [finding["code"] for finding in one["findings"]] for one in done.json["files"]}
    assert (done.code, {path: codes for path, codes in found.items() if codes}) == (0, {})
