"""The forms of output of `check`: all tell the same, on standard output and in files, and none overwrites a unit's file."""

from __future__ import annotations

import csv
import html
import io
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import inbox
import openpyxl
import pytest
from command import Done, names, run

DRAWN = """
mot/thieu.xlsx NH1 TPHT Q1 | r14: num=120 den=100 r18: num=-
mot/ngo.xlsx NH1 MC Q1 | r14: num="'95" den=100
mot/lai.xlsx = mot/ngo.xlsx
hai/dung.xlsx NH1 TCKT Q1
hai/khac.xlsx NH1 TPHT Q1 | r14: num=12.5 den=100
"""
WAIVED = ("MC,,V221,2025-Q1,Đã hỏi lại,31/12/2199", "TPHT,r14.num,L401,,Tỉnh đồng ý,")
SHAPES = ("text", "json", "csv", "html", "xlsx")
Line = tuple[str, str, str, bool]  # file (nothing for the set), code, cell, whether it is waived


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with findings of every kind: errors, warnings, waived ones, information, and about the set."""
    home = tmp_path_factory.mktemp("ket-qua")
    inbox.put(home / "nop", DRAWN)
    (home / "nop" / "cong-van.docx").write_bytes(b"PK")
    inbox.waivers(home, *WAIVED)
    return home


def checked(box: Path, shape: str, *more: str | Path) -> Done:
    return run("check", "nop", "--waivers", "mien.csv", "--expect-all", "--format", shape, *more, cwd=box)


# ------------------------------------------------------------------------------------------------------ all tell the same


def of_json(data: bytes) -> list[Line]:
    body = Done(0, data, "").json
    return [
        (path, one["code"], one["cell"] or "", bool(one["waived"]))
        for path, found in [("", body["findings"]), *((one["path"], one["findings"]) for one in body["files"])]
        for one in found
    ]


def of_csv(data: bytes) -> list[Line]:
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [(row["Tệp"], row["Mã lỗi"], row["Ô"], bool(row["Lý do miễn"])) for row in rows if row["Mã lỗi"]]


def of_html(data: bytes) -> list[Line]:
    """Files with their findings, as the page's own markup has them."""
    found: list[Line] = []
    path = ""
    token = re.compile(
        r'class="name">.*?<bdi>(?P<name>.*?)</bdi>'
        r'|<(?:li|p) class="finding[^"]*" data-code="(?P<code>\w+)" data-severity="(?P<severity>\w+)">'
        r'|<span class="cell">.*?<bdi>(?P<cell>\w+)</bdi>'
    )
    for match in token.finditer(data.decode()):
        if match["name"]:
            path = html.unescape(match["name"])
        elif match["code"]:
            found.append((path, match["code"], "", match["severity"] == "waived"))
        else:
            found[-1] = (*found[-1][:2], match["cell"], found[-1][3])
    return found


def of_xlsx(data: bytes) -> list[Line]:
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Phát hiện"]
    heading, *rows = ([cell.value or "" for cell in line] for line in sheet.iter_rows(min_row=3))
    at = [heading.index(name) for name in ("Tệp", "Mã lỗi", "Ô", "Lý do miễn")]
    lines = [[str(row[index]) for index in at] for row in rows]
    return [("" if path == "Cả bộ báo cáo" else path, code, cell, bool(why)) for path, code, cell, why in lines]


READERS: dict[str, Callable[[bytes], list[Line]]] = {"json": of_json, "csv": of_csv, "html": of_html, "xlsx": of_xlsx}


def test_the_drawn_folder_has_findings_of_every_kind(box: Path) -> None:
    assert inbox.said(checked(box, "json")) == [
        "* S701 S702 S703 S703",
        "cong-van.docx skipped F021",
        "hai/dung.xlsx ok",
        "hai/khac.xlsx error V206",
        "mot/lai.xlsx ok (V221)",
        "mot/ngo.xlsx ok (V221)",
        "mot/thieu.xlsx error (L401) M101",
    ]


@pytest.mark.parametrize("shape", ["csv", "html", "xlsx"])
def test_each_form_tells_the_same_findings_as_json(shape: str, box: Path, tmp_path: Path) -> None:
    expected = of_json(checked(box, "json").raw)
    checked(box, shape, "--output", tmp_path / "ra")
    told = READERS[shape]((tmp_path / "ra").read_bytes())
    # The page shows the files that need work first.
    assert Counter(told) == Counter(expected)
    assert shape == "html" or told == expected
    assert len(expected) == 10


@pytest.mark.parametrize("shape", ["text", "json", "csv", "html"])
def test_standard_output_and_a_file_get_the_same_bytes(shape: str, box: Path, tmp_path: Path) -> None:
    shown = checked(box, shape)
    done = checked(box, shape, "--output", tmp_path / "moi" / "ra")
    assert (shown.code, shown.err) == (1, "")
    assert (done.code, done.raw, done.err) == (1, b"", "")
    assert (tmp_path / "moi" / "ra").read_bytes() == shown.raw
    assert names(tmp_path / "moi") == ["ra"]
    assert shown.raw.startswith({"csv": b"\xef\xbb\xbf", "html": b"<!DOCTYPE html>"}.get(shape, b""))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_workbook_without_a_file_is_refused_before_anything_is_read(lang: str, box: Path) -> None:
    done = run("check", "none", "--format", "xlsx", "--lang", lang, cwd=box)
    assert (done.code, done.raw) == (2, b"")
    assert (
        done.err.strip()
        == {
            "vi": "Lỗi: Bảng tính kết quả cần --output, ví dụ --output ket-qua.xlsx.",
            "en": "Error: A workbook needs --output, e.g. --output findings.xlsx.",
        }[lang]
    )


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("ra.json", b'{\n "tool"'),
        ("ra.csv", b"\xef\xbb\xbfT"),
        ("ra.HTML", b"<!DOCTYPE html>"),
        ("ra.htm", b"<!DOCTYPE html>"),
        ("ra.xlsx", b"PK"),
        ("ra.txt", b"C"),
        ("ra", b"C"),
    ],
)
def test_without_a_form_the_name_of_the_file_decides(name: str, begins: bytes, box: Path, tmp_path: Path) -> None:
    (tmp_path / "nop").symlink_to(box / "nop")
    assert run("check", "nop/hai", "nop/cong-van.docx", "--output", name, cwd=tmp_path).code == 1
    data = (tmp_path / name).read_bytes()
    assert data.startswith(begins) or name in ("ra.txt", "ra")
    assert run("check", "nop/hai", "--format", "text", "--output", name, cwd=tmp_path).code == 1
    assert "dung.xlsx  ĐẠT" in (tmp_path / name).read_text(encoding="utf-8")


def test_the_text_tells_the_set_and_what_is_waived(box: Path) -> None:
    lines = [line.rstrip() for line in checked(box, "text").lines]
    at = lines.index("Cả bộ báo cáo")
    assert [line[:6] for line in lines[at:] if re.match("  [A-Z]", line)] == ["  S701", "  S702", "  S703", "  S703"]
    assert lines[at + 1 : at + 4] == [
        "  S701",
        "      Có 2 tệp khác nội dung cho cùng một biểu (nhon-hau-2025-phu-luc-1, 2025-Q1, “Nhơn Hậu”, đơn vị TPHT): "
        "“hai/khac.xlsx”, “mot/thieu.xlsx”.",
        "      → Hỏi đơn vị bản nào đúng, rồi chỉ giữ bản đó trong thư mục.",
    ]
    assert "  S702 cảnh báo" in lines
    waived = lines.index(
        "mot/ngo.xlsx  ĐẠT  nhon-hau-2025-phu-luc-1 · 2025-Q1 · Bộ phận Tiếp nhận và trả kết quả (Một cửa)"
    )
    assert lines[waived + 1].startswith("  V221 được miễn  ô ")
    assert lines[waived + 3] == "      = Đã hỏi lại (đến hết ngày 31/12/2199)"
    assert not lines[waived + 4].startswith(" ")
    assert "      = Tỉnh đồng ý" in lines
    assert lines[-1] == "6 tệp: 3 đạt, 0 cảnh báo, 2 lỗi, 1 bỏ qua; cả bộ báo cáo: 3 lỗi, 1 cảnh báo"


def test_the_json_of_the_set_and_of_what_is_waived(box: Path) -> None:
    body = checked(box, "json").json
    first = body["findings"][0]
    assert {name: first[name] for name in ("code", "severity", "sheet", "cell", "key", "label", "value", "waived")} == {
        "code": "S701", "severity": "error", **dict.fromkeys(("sheet", "cell", "key", "label", "value", "waived")),
    }  # fmt: skip
    by_path = {one["path"]: one for one in body["files"]}
    [waived] = by_path["mot/ngo.xlsx"]["findings"]
    assert (waived["severity"], waived["waived"]) == ("warning", {"reason": "Đã hỏi lại", "until": "2199-12-31"})
    assert by_path["mot/thieu.xlsx"]["findings"][0]["waived"] == {"reason": "Tỉnh đồng ý", "until": None}
    assert body["summary"] == {"files": 6, "ok": 3, "warning": 0, "error": 2, "skipped": 1}


def test_a_run_in_english_tells_the_same(box: Path) -> None:
    for shape, reader in (("json", of_json), ("html", of_html)):
        english = checked(box, shape, "--lang", "en")
        assert reader(english.raw) == reader(checked(box, shape).raw)
    text = checked(box, "text", "--lang", "en").out
    assert "\nThe whole set\n" in text
    assert "      = Đã hỏi lại (until 2199-12-31)\n" in text


# ----------------------------------------------------------------------------------------- results among the units' files


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder `nop` of two reports, one of them wrong."""
    inbox.put(tmp_path / "nop", "a.xlsx NH1 TPHT Q1 | r14: num=120 den=100\nb.xlsx NH1 TCKT Q1")
    return tmp_path


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_result_among_the_reports_is_left_out_and_written_again(shape: str, lang: str, home: Path) -> None:
    name = {"text": "ket-qua.txt"}.get(shape, f"ket-qua.{shape}")
    order = ("check", "nop", "--format", shape, "--output", f"nop/{name}", "--lang", lang)
    first = run(*order, cwd=home)
    data = (home / "nop" / name).read_bytes()
    again = run(*order, cwd=home)
    assert (first.code, again.code, again.err) == (1, 1, "")
    assert (home / "nop" / name).read_bytes() == data
    # Without --output it is one more file of the folder, told calmly.
    code = "F023" if shape in ("csv", "xlsx") else "F021"
    files = ["a.xlsx error L401", "b.xlsx ok", f"{name} skipped {code}"]
    assert inbox.check(home) == (1, files)
    (home / "nop" / "a.xlsx").unlink()
    assert inbox.check(home, "--strict") == (0, files[1:])


def test_a_result_that_excel_has_saved_again_is_known(home: Path) -> None:
    run("check", "nop", "--output", "nop/ket-qua.xlsx", cwd=home)
    book = openpyxl.load_workbook(home / "nop" / "ket-qua.xlsx")
    book.worksheets[0]["A4"] = "đã gọi điện"
    book.save(home / "nop" / "ket-qua.xlsx")
    run("check", "nop", "--output", "nop/ket-qua.csv", "--lang", "en", cwd=home)
    table = csv.reader((home / "nop" / "ket-qua.csv").read_text(encoding="utf-8-sig").splitlines())
    with (home / "nop" / "ket-qua.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows(table)
    assert inbox.check(home)[1][2:] == ["ket-qua.csv skipped F023", "ket-qua.xlsx skipped F023"]
    shown = run("check", "nop", cwd=home).lines
    assert shown[shown.index("ket-qua.xlsx  BỎ QUA") + 2].strip() == (
        "Đây là kết quả kiểm tra hoặc biểu tổng hợp do cchc-xlsx ghi, không phải báo cáo của đơn vị."
    )


@pytest.mark.parametrize(
    ("output", "more"),
    [
        ("nop/b.xlsx", ()),
        ("./nop/../nop/b.xlsx", ()),
        ("cung.xlsx", ()),
        ("nop/bang.csv", ()),
        ("nop/rong.json.xlsx", ()),
        ("nop/thu.docx", ("--format", "text")),
        ("nop/b.xlsx", ("--mark", "gui-lai")),
        ("nop/b.xlsx", ("--format", "xlsx")),
    ],
)
def test_a_file_that_is_checked_is_never_overwritten(output: str, more: tuple[str, ...], home: Path) -> None:
    (home / "cung.xlsx").hardlink_to(home / "nop" / "b.xlsx")
    for name, data in (("bang.csv", b"TT;x\n1;2\n"), ("rong.json.xlsx", b""), ("thu.docx", b"PK")):
        (home / "nop" / name).write_bytes(data)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (home / "nop").iterdir()}
    for lang, words in (("vi", "đang được kiểm tra"), ("en", "is being checked")):
        done = run("check", "nop", "--output", output, *more, "--lang", lang, cwd=home)
        assert (done.code, done.raw) == (2, b"")
        assert words in done.err
        assert str(Path(output)) in done.err
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (home / "nop").iterdir()} == before
    assert names(home) == ["cung.xlsx", "nop"]


def test_the_single_file_that_is_checked_is_not_overwritten_either(home: Path) -> None:
    data = (home / "nop" / "b.xlsx").read_bytes()
    assert run("check", "nop/b.xlsx", "--output", "nop/b.xlsx", cwd=home).code == 2
    assert run("check", "nop/a.xlsx", "--output", "nop/b.html", cwd=home).code == 1
    assert (home / "nop" / "b.xlsx").read_bytes() == data


def test_the_tables_that_are_read_are_not_overwritten(home: Path) -> None:
    table = inbox.waivers(home, "TPHT,,L401,,vì thế,")
    data = table.read_bytes()
    for lang in ("vi", "en"):
        done = run("check", "nop", "--waivers", table, "--output", "mien.csv", "--lang", lang, cwd=home)
        assert (done.code, "--waivers" in done.err) == (2, True)
    run("generate", "--form", inbox.FORMS["NH1"], "--commune", "Nhơn Hậu", "--out", ".", cwd=home)
    [plan] = home.glob("*_plan.xlsx")
    before = plan.read_bytes()
    done = run("check", "nop", "--plan", plan, "--output", plan, cwd=home)
    assert (done.code, "--plan" in done.err) == (2, True)
    assert (table.read_bytes(), plan.read_bytes()) == (data, before)


def test_waivers_among_the_reports_are_no_report(home: Path) -> None:
    table = inbox.waivers(home / "nop", "TPHT,,L401,,vì thế,")
    assert inbox.check(home, "--waivers", table) == (0, ["a.xlsx ok (L401)", "b.xlsx ok"])
    assert inbox.check(home)[1][-1] == "mien.csv error F009"


@pytest.mark.parametrize(
    ("output", "vi", "en"),
    [
        ("nop", "đây là thư mục", "this is a folder"),
        ("nop/a.xlsx/ra.txt", "không phải thư mục", "no folder"),
        ("x" * 300 + ".txt", "tên quá dài", "the name is too long"),
    ],
)
def test_a_result_that_cannot_be_written_is_told_in_the_language(output: str, vi: str, en: str, home: Path) -> None:
    for lang, words in (("vi", vi), ("en", en)):
        done = run("check", "nop", "--format", "html", "--output", output, "--lang", lang, cwd=home)
        assert (done.code, done.raw) == (2, b"")
        assert words in done.err
    assert names(home / "nop") == ["a.xlsx", "b.xlsx"]
