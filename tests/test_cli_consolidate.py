"""`cchc-xlsx consolidate` as a clerk runs it: what it writes, whom it names, how it ends."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import command
import fill
import openpyxl
import pytest
import summed

from cchc_xlsx.fields import NIL

FORM = "nhon-hau-2025-phu-luc-1"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbooks of all five units."""
    folder = tmp_path_factory.mktemp("sent") / "da-nop"
    summed.send(FORM, folder)
    return folder


@pytest.fixture
def folder(sent: Path, tmp_path: Path) -> Path:
    """A copy of them."""
    return shutil.copytree(sent, tmp_path / "da-nop")


def table(path: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet's table by heading."""
    sheet = openpyxl.load_workbook(path)[name]
    [found] = sheet.tables.values()
    head, *rows = [[cell.value for cell in row] for row in sheet[found.ref]]
    return [dict(zip(head, row, strict=True)) for row in rows]


def counted(path: Path) -> dict[str, str]:
    """What is said of each file."""
    return {row["Tệp"] or row["Mã đơn vị"]: row["Tính vào số liệu"] for row in table(path, "Nguồn")}


def texts(path: Path, name: str) -> str:
    """Everything that a sheet says."""
    return "\n".join(
        str(cell.value) for row in openpyxl.load_workbook(path)[name].iter_rows() for cell in row if cell.value
    )


def name(unit: str) -> str:
    return f"{FORM}_2025-N_{unit}.xlsx"


def test_all_units_without_errors_end_well(folder: Path, tmp_path: Path) -> None:
    done = command.run("consolidate", "da-nop", "--out", "tong-hop.xlsx", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.lines[:2] == [f"{FORM} · 2025-N · Nhơn Hậu", "  Số liệu của 5/5 đơn vị"]
    assert done.lines[-1] == "  Đã ghi tong-hop.xlsx"
    assert set(counted(tmp_path / "tong-hop.xlsx").values()) == {"Có"}
    assert "Không có trong số liệu" not in texts(tmp_path / "tong-hop.xlsx", "Tổng hợp")


def test_a_missing_unit_is_named_and_its_figures_are_provisional(folder: Path, tmp_path: Path) -> None:
    (folder / name("TCKT")).unlink()
    done = command.run("consolidate", "da-nop", "--out", "t.xlsx", cwd=tmp_path)
    assert done.code == 1
    assert "  Thiếu TCKT (Tài chính - Kế toán): chưa gửi" in done.lines
    path = tmp_path / "t.xlsx"
    assert counted(path)["TCKT"] == "Không: chưa gửi"
    for sheet in ("Tổng hợp", "Nguồn", "Bảng điều khiển"):
        assert "Không có trong số liệu: Tài chính - Kế toán (TCKT): chưa gửi." in texts(path, sheet)
    assert [row["Mã lỗi"] for row in table(path, "Vấn đề")][:1] == ["S703"]
    assert "Tạm tính" in texts_shown(path)
    assert "4/5 đơn vị\nThiếu: TCKT" in texts_shown(path)


def texts_shown(path: Path) -> str:
    """What the annex shows."""
    sheet = openpyxl.load_workbook(path, data_only=True)["Tổng hợp"]
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)


def faulty(folder: Path) -> Path:
    """The one-stop shop's workbook with a numerator above its denominator."""
    one = fill.report(FORM, "N", "MC")
    typed = summed.typed(one, 4)
    key = next(key for key in typed if key.endswith(".num"))
    return summed.write(one, folder, {**typed, key: float(typed[key.replace("num", "den")]) + 1})


def test_a_unit_whose_file_has_errors_is_named_and_not_counted(folder: Path, tmp_path: Path) -> None:
    faulty(folder)
    done = command.run("consolidate", "da-nop", "--out", "t.xlsx", cwd=tmp_path)
    assert done.code == 1
    assert f"  Không tính MC · {name('MC')}: còn lỗi" in done.lines
    assert counted(tmp_path / "t.xlsx")[name("MC")] == "Không: còn lỗi"
    [problem] = [row for row in table(tmp_path / "t.xlsx", "Vấn đề") if row["Mã lỗi"] == "L401"]
    assert (problem["Mức"], problem["Tệp"]) == ("Lỗi", name("MC"))


def test_errors_that_are_counted_are_told_on_every_page(folder: Path, tmp_path: Path) -> None:
    faulty(folder)
    done = command.run("consolidate", "da-nop", "--out", "t.xlsx", "--include-errors", cwd=tmp_path)
    assert done.code == 1
    assert "  Có tính cả tệp còn lỗi" in done.lines
    assert counted(tmp_path / "t.xlsx")[name("MC")] == "Có, dù còn lỗi"
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    for sheet in book.worksheets[:5]:
        [row] = [cell.row for line in sheet.iter_rows() for cell in line if "CÓ TÍNH CẢ TỆP CÒN LỖI" in str(cell.value)]
        if sheet.title != "Bảng điều khiển":  # which is one page
            assert sheet.print_title_rows.replace("$", "").split(":")[0] == str(row)


def test_a_waived_error_counts(folder: Path, tmp_path: Path) -> None:
    faulty(folder)
    (tmp_path / "mien.csv").write_text(
        "unit,key,code,period,reason,until\nMC,,L401,,Sở Nội vụ xác nhận,\n", encoding="utf-8"
    )
    done = command.run("consolidate", "da-nop", "--out", "t.xlsx", "--waivers", "mien.csv", cwd=tmp_path)
    assert done.code == 0
    [problem] = [row for row in table(tmp_path / "t.xlsx", "Vấn đề") if row["Mã lỗi"] == "L401"]
    assert (problem["Mức"], problem["Lý do miễn"]) == ("Được miễn", "Sở Nội vụ xác nhận")


def test_of_two_versions_the_newer_file_counts_and_the_other_is_named(folder: Path, tmp_path: Path) -> None:
    one = fill.report(FORM, "N", "MC")
    newer = summed.write(one, folder, summed.typed(one, 3), "MC bo sung.xlsx")
    os.utime(folder / name("MC"), (1, 1))
    done = command.run("consolidate", "da-nop", "--out", "t.xlsx", cwd=tmp_path)
    assert done.code == 1  # S701: only the unit knows which one counts
    assert f"  Không tính MC · {name('MC')}: có bản mới hơn" in done.lines
    found = counted(tmp_path / "t.xlsx")
    assert found[newer.name] == "Có"
    assert found[name("MC")] == f"Không: có bản mới hơn ({newer.name})"
    assert name("MC") in texts(tmp_path / "t.xlsx", "Tổng hợp")


def test_a_result_among_the_reports_is_skipped_calmly(folder: Path, tmp_path: Path) -> None:
    command.run("consolidate", "da-nop", "--out", "da-nop/tong-hop.xlsx", cwd=tmp_path)
    checked = command.run("check", "da-nop", "--format", "json", cwd=tmp_path)
    assert checked.code == 0
    [entry] = [one for one in checked.json["files"] if one["path"] == "tong-hop.xlsx"]
    assert (entry["status"], [one["code"] for one in entry["findings"]]) == ("skipped", ["F023"])
    again = command.run("consolidate", "da-nop", "--out", "tong-hop.xlsx", cwd=tmp_path)
    assert again.code == 0
    assert len(counted(tmp_path / "tong-hop.xlsx")) == 5


def test_several_forms_make_a_workbook_each(folder: Path, tmp_path: Path) -> None:
    summed.send("nhon-hau-2025-phu-luc-2", folder)
    refused = command.run("consolidate", "da-nop", "--out", "t.xlsx", cwd=tmp_path)
    assert refused.code == 2
    assert "nhon-hau-2025-phu-luc-2 2025-N (Nhơn Hậu)" in refused.err
    # They are of one period: --period is no help.
    assert refused.err.endswith("ghi --out là một thư mục, ví dụ --out t.\n")
    assert not (tmp_path / "t.xlsx").exists()
    done = command.run("consolidate", "da-nop", "--out", "tong-hop", cwd=tmp_path)
    assert done.code == 0
    assert command.names(tmp_path / "tong-hop") == [
        f"{FORM}_2025-N_tong-hop.xlsx",
        "nhon-hau-2025-phu-luc-2_2025-N_tong-hop.xlsx",
    ]


def test_of_several_periods_one_may_be_chosen(folder: Path, tmp_path: Path) -> None:
    one = fill.report(FORM, "Q1")
    summed.write(one, folder, summed.typed(one, 0))
    refused = command.run("--lang", "en", "consolidate", "da-nop", "--out", "out/t.xlsx", cwd=tmp_path)
    assert refused.code == 2
    assert refused.err.endswith(f"e.g. --out {Path('out/t')}. Or choose one period with --period.\n")


def test_what_is_not_judged_is_told_by_its_reason(tmp_path: Path) -> None:
    summed.send("cchc-xa", tmp_path / "da-nop")  # without a plan it has no targets
    path = tmp_path / "t.xlsx"
    [line] = [one for one in consolidated(tmp_path, "vi") if " nội dung: " in one]
    [count] = re.findall(r"(\d+) chưa giao", line)
    assert f"{count} chưa giao" in texts(path, "Tổng hợp")
    assert f"{count} chưa giao" in texts(path, "Bảng điều khiển")
    assert "Chưa đánh giá được" in texts(path, "Bảng điều khiển").splitlines()
    assert any(f"{count} without a target" in one for one in consolidated(tmp_path, "en"))
    command.run("report", "da-nop", "--out", "t.html", cwd=tmp_path)
    assert f"Chưa giao: <b>{count}</b>" in (tmp_path / "t.html").read_text(encoding="utf-8")


def consolidated(folder: Path, lang: str) -> list[str]:
    """What the command says of the workbooks in a folder."""
    done = command.run("--lang", lang, "consolidate", "da-nop", "--out", "t.xlsx", cwd=folder)
    assert done.code == 0
    return done.lines


def test_nothing_to_add_up_ends_with_two(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "khac").mkdir()
    (tmp_path / "khac" / "thu.docx").write_bytes(b"x")
    assert command.run("consolidate", "khac", "--out", "t.xlsx", cwd=tmp_path).code == 2
    only = faulty(tmp_path / "mot")
    done = command.run("consolidate", only, "--out", "t.xlsx", cwd=tmp_path)
    assert done.code == 2
    assert "--include-errors" in done.err
    assert not (tmp_path / "t.xlsx").exists()


def test_a_file_that_is_read_is_never_overwritten(folder: Path, tmp_path: Path) -> None:
    before = (folder / name("MC")).read_bytes()
    done = command.run("consolidate", "da-nop", "--out", f"da-nop/{name('MC')}", cwd=tmp_path)
    assert done.code == 2
    assert (folder / name("MC")).read_bytes() == before


def test_a_report_under_the_name_of_a_summary_is_not_overwritten_either(folder: Path, tmp_path: Path) -> None:
    report = (folder / name("MC")).rename(folder / f"{FORM}_2025-N_tong-hop.xlsx")
    before = report.read_bytes()
    done = command.run("consolidate", "da-nop", "--out", "da-nop", cwd=tmp_path)
    assert (done.code, report.read_bytes()) == (2, before)
    assert report.name in done.err


def test_it_speaks_english_too(folder: Path, tmp_path: Path) -> None:
    (folder / name("MC")).unlink()
    done = command.run("--lang", "en", "consolidate", "da-nop", "--out", "t.xlsx", cwd=tmp_path)
    assert done.lines[1] == "  Figures of 4 of 5 units"
    assert any(line.startswith("  Missing MC (") and line.endswith("): nothing sent") for line in done.lines)


def test_nil_is_told_as_such(folder: Path, tmp_path: Path) -> None:
    command.run("consolidate", "da-nop", "--out", "t.xlsx", cwd=tmp_path)
    states = [row["Trạng thái"] for row in table(tmp_path / "t.xlsx", "Chi tiết")]
    assert NIL in states
