"""Many communes as one workbook: every figure by plain arithmetic from the files, whose they are, who is missing, what was altered."""

from __future__ import annotations

import io
import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import command
import openpyxl
import provinces
import pytest
import summed
from msgspec.structs import replace
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from cchc_xlsx import communes, identity, reader, summing, upward
from cchc_xlsx import issue as issues
from cchc_xlsx.errors import CchcError
from cchc_xlsx.listed import Named
from cchc_xlsx.package import Refusal
from cchc_xlsx.province import compare, details, matrix
from cchc_xlsx.recognise import Asked
from cchc_xlsx.task import Task

LINES = issues.lines(provinces.issue(0))
RATES = [line for line in LINES if line.measure.kind == "rate"]
SHEETS = ["Ma trận", "Tổng tỉnh", "Chi tiết", "Nguồn", "Bảng điều khiển", "Vấn đề"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six communes: their units' reports, their summaries, and what is made of each kind and of a mixture."""
    root = tmp_path_factory.mktemp("province")
    for number in range(6):
        sent = provinces.units(root / "units", number)
        provinces.summary(root / "sums", sent, number)
        if number % 2:
            shutil.copytree(sent, root / "mixed" / sent.name)
        else:
            shutil.copy(root / "sums" / f"tong-hop-{number}.xlsx", root / "mixed-sum.xlsx")
            (root / "mixed").mkdir(exist_ok=True)
            shutil.move(root / "mixed-sum.xlsx", root / "mixed" / f"tong-hop-{number}.xlsx")
    for kind in ("units", "sums", "mixed"):
        communes.consolidate((root / kind,), root / f"{kind}.xlsx", Task(), jobs=1)
    return root


@cache
def shown(path: Path) -> Workbook:
    """The workbook with its cached values."""
    return openpyxl.load_workbook(path, data_only=True)


def rows(sheet: Worksheet) -> list[dict[str, Any]]:
    """The rows of a sheet's table by heading."""
    [table] = sheet.tables.values()
    head, *others = [[cell.value for cell in row] for row in sheet[table.ref]]
    return [{str(name): value for name, value in zip(head, row, strict=True)} for row in others]


def column(row: Mapping[str, Any], line: str, begin: str = "") -> Any:
    """The value of a line in a row of the matrix; headings end with the line's id."""
    [found] = [value for name, value in row.items() if name.endswith(f"[{line}]") and _kind(name) == begin]
    return found


def _kind(name: str) -> str:
    return next((word for word in ("Hạng", "Đánh giá") if name.startswith(f"{word} [")), "")


def added(home: Path) -> dict[tuple[int, str], tuple[float, float]]:
    """Numerator and denominator of each commune and rate: the sum of what stands in its units' files."""
    found: dict[tuple[int, str], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for number in range(6):
        for path in sorted((home / "units" / f"xa-{number}").iterdir()):
            raw = summed.raw(path)
            for line in RATES:
                num, den = (raw.get((line.id, slot)) or 0 for slot in ("first", "second"))
                before = found[number, line.id]
                found[number, line.id] = (before[0] + float(num), before[1] + float(den))
    return found


# ---------------------------------------------------------------------------------------------------- by plain arithmetic


def test_every_share_of_the_matrix_is_that_of_the_communes_files(home: Path) -> None:
    by_hand = added(home)
    matrix = rows(shown(home / "units.xlsx")["Ma trận"])
    assert [row["Mã xã"] for row in matrix] == list(provinces.CODES)
    compared = 0
    for number, row in enumerate(matrix):
        for line in RATES:
            num, den = by_hand[number, line.id]
            value = column(row, line.id)
            if isinstance(value, (int, float)):
                assert value == pytest.approx(num / den, rel=1e-12), line.id
                compared += 1
    assert compared > 100


def test_the_sums_of_all_communes_are_those_of_their_files(home: Path) -> None:
    by_hand = added(home)
    table = {row["Mã dòng"]: row for row in rows(shown(home / "units.xlsx")["Tổng tỉnh"])}
    assert table.keys() == {line.id for line in LINES}
    for line in RATES:
        row = table[line.id]
        if line.measure.basis in ("distinct", "survey"):
            assert (row["Tử số hoặc tổng"], row["Đánh giá chung"]) == (None, "Không cộng được")
            continue
        num, den = (sum(by_hand[number, line.id][part] for number in range(6)) for part in (0, 1))
        assert (row["Tử số hoặc tổng"], row["Mẫu số"]) == (num, den)
        assert row["Tỷ lệ chung"] == pytest.approx(num / den, rel=1e-12)
        assert line.target
        assert isinstance(line.target.value, float)
        is_met = num * 100 >= den * line.target.value if line.target.op == ">=" else num * 100 > den * line.target.value
        assert row["Đánh giá chung"] == ("Đạt" if is_met else "Chưa đạt")


def test_communes_are_counted_by_outcome(home: Path) -> None:
    matrix = rows(shown(home / "units.xlsx")["Ma trận"])
    for row in rows(shown(home / "units.xlsx")["Tổng tỉnh"]):
        outcomes = [column(one, row["Mã dòng"], "Đánh giá") for one in matrix]
        assert (row["Xã đạt"], row["Xã chưa đạt"]) == (outcomes.count("Đạt"), outcomes.count("Chưa đạt"))
    for one in matrix:
        outcomes = [column(one, line.id, "Đánh giá") for line in LINES]
        met, missed = outcomes.count("Đạt"), outcomes.count("Chưa đạt")
        assert (one["Đạt"], one["Chưa đạt"]) == (met, missed)
        assert one["Tỷ lệ đạt"] == pytest.approx(met / (met + missed), rel=1e-12)


def test_places_have_ties_and_the_one_far_behind_is_marked(home: Path) -> None:
    path = home / "units.xlsx"
    matrix = rows(shown(path)["Ma trận"])
    values = [column(row, "r04") for row in matrix]
    assert values == [1.0, 0.99, 0.98, 0.97, 0.96, 0.1]
    assert [column(row, "r04", "Hạng") for row in matrix] == [1, 2, 3, 4, 5, 6]
    assert [column(row, "r07", "Hạng") for row in matrix] == [1] * 6
    assert [column(row, "r05", "Hạng") for row in matrix] == [None] * 6  # a grade has no places
    assert [row["Hạng chung"] for row in matrix] == [1, 1, 1, 1, 1, 6]
    assert [row["Khác xa các xã"] for row in matrix] == [0, 0, 0, 0, 0, 1]
    [told] = [row for row in rows(shown(path)["Vấn đề"]) if row["Mức"] == "Cảnh báo"]
    assert (told["Xã"], "10%" in told["Nội dung"], "97,5%" in told["Nội dung"]) == ("Nhơn Mỹ (22006)", True, True)
    above = {row[2]: row for row in shown(path)["Ma trận"].iter_rows(values_only=True, max_row=9)}
    at = [line.id for line in LINES].index("r04") + 11
    assert above["Trung vị"][at] == statistics.median(values)
    assert above["MAD"][at] == pytest.approx(statistics.median(abs(one - 0.975) for one in values))


@pytest.mark.parametrize(
    ("values", "ascending", "expected"),
    [
        ([3.0, 1.0, 2.0], False, [1, 3, 2]),
        ([3.0, 1.0, 2.0], True, [3, 1, 2]),
        ([5.0, 5.0, "Tạm tính", 4.0], False, [1, 1, None, 3]),
        ([None, ""], False, [None, None]),
    ],
)
def test_places(values: list[Any], ascending: bool, expected: list[int | None]) -> None:
    assert compare.places(values, ascending=ascending) == expected


def test_far_needs_enough_values_and_some_distance() -> None:
    assert compare.bounds([1.0, 1.0, 1.0, 0.0], is_share=True) is None
    alike = compare.bounds([1.0, 1.0, 1.0, 1.0, 0.99, 0.5], is_share=True)
    assert alike
    assert [alike.is_far(one) for one in (1.0, 0.99, 0.5, "Tạm tính")] == [False, False, True, False]


# --------------------------------------------------------------------------------------------- whichever way it came here


def test_summaries_units_and_a_mixture_say_the_same(home: Path) -> None:
    for name in ("Ma trận", "Tổng tỉnh", "Bảng điều khiển", "Vấn đề"):
        of_units, *others = (
            [[cell.value for cell in row] for row in shown(home / f"{kind}.xlsx")[name].iter_rows()]
            for kind in ("units", "sums", "mixed")
        )
        assert others == [of_units, of_units]
    values = [
        [
            (row["Mã xã"], row["Mã trường"], row["Giá trị"], row["Đánh giá"])
            for row in rows(shown(home / f"{kind}.xlsx")["Chi tiết"])
        ]
        for kind in ("units", "sums", "mixed")
    ]
    assert values[0] == values[1] == values[2]
    assert shown(home / "units.xlsx").sheetnames == SHEETS


def test_every_detail_stands_where_it_says(home: Path) -> None:
    followed = 0
    for kind in ("units", "sums"):
        for row in rows(shown(home / f"{kind}.xlsx")["Chi tiết"]):
            if not isinstance(row["Giá trị"], (int, float)):
                continue
            paths, sheets, cells = (str(row[name]).split("\n") for name in ("Tệp", "Trang tính", "Ô"))
            found = 0.0
            for path, cell in zip(paths, cells, strict=True):
                value = shown(home / kind / path)[sheets[0]][cell].value
                found += value if isinstance(value, (int, float)) else 0.0
                followed += 1
            assert found == row["Giá trị"], row
    assert followed > 1000


def test_a_summary_stands_for_its_units_and_both_are_named(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "units", tmp_path / "all")
    shutil.copy(home / "sums" / "tong-hop-0.xlsx", tmp_path / "all")
    done = communes.consolidate((tmp_path / "all",), tmp_path / "o.xlsx", Task(), jobs=1)
    assert done.made[0].communes == 6
    said = {
        row["Tệp"]: row["Tính vào số liệu"]
        for row in rows(shown(tmp_path / "o.xlsx")["Nguồn"])
        if row["Mã xã"] == "22001"
    }
    assert said.pop("tong-hop-0.xlsx") == "Có"
    assert set(said.values()) == {"Không: đã tính theo biểu tổng hợp của xã (tong-hop-0.xlsx)"}
    assert len(said) == 5
    matrix = [rows(shown(path)["Ma trận"]) for path in (tmp_path / "o.xlsx", home / "units.xlsx")]
    assert matrix[0] == matrix[1]


# --------------------------------------------------------------------------------------------------------- who is not there


def test_a_missing_commune_is_named_and_totals_are_provisional(home: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(home / "sums", tmp_path / "sums")
    (folder / "tong-hop-2.xlsx").unlink()
    wanted = tmp_path / "xa.csv"
    named = zip(provinces.CODES, provinces.COMMUNES, strict=True)
    wanted.write_text("mã xã;tên xã\n" + "\n".join(map(";".join, named)), encoding="utf-8-sig")
    done = command.run(
        "consolidate", "sums", "--by", "commune", "--communes", "xa.csv", "--out", "o.xlsx", cwd=tmp_path
    )
    assert (done.code, done.err) == (1, "")
    assert done.lines[1:4] == [
        "  Số liệu của 5/6 xã",
        "  Không có trong số liệu: Nhơn Hậu (22003)",
        "  Nhơn Hậu (22003): Xã chưa gửi tệp nào.",
    ]
    book = shown(tmp_path / "o.xlsx")
    assert {row["Đánh giá chung"] for row in rows(book["Tổng tỉnh"])} == {"Tạm tính", "Không cộng được"}
    assert {row["Xã chưa có số liệu"] for row in rows(book["Tổng tỉnh"])} == {1}
    assert ("Lỗi", "Nhơn Hậu (22003)") in {(row["Mức"], row["Xã"]) for row in rows(book["Vấn đề"])}
    assert any("Nhơn Hậu (22003)" in str(row[0].value) for row in book["Tổng tỉnh"].iter_rows(max_row=5))


def test_a_commune_without_all_units_is_provisional(home: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(home / "units", tmp_path / "units")
    (folder / "xa-1" / f"{provinces.FORM}_2025-N_MC.xlsx").unlink()
    provinces.summary(tmp_path, folder / "xa-1", 1)
    outcomes = []
    for sent in (folder, tmp_path / "tong-hop-1.xlsx"):
        communes.consolidate(
            (sent, *((home / "sums" / "tong-hop-0.xlsx",) if sent != folder else ())),
            tmp_path / "o.xlsx",
            Task(),
            jobs=1,
        )
        shown.cache_clear()
        book = shown(tmp_path / "o.xlsx")
        row = next(one for one in rows(book["Ma trận"]) if one["Mã xã"] == "22002")
        outcomes.append(
            (column(row, "r10"), column(row, "r10", "Đánh giá"), column(row, "r10", "Hạng"), row["Tạm tính"])
        )
        assert any("MC" in one["Nội dung"] for one in rows(book["Vấn đề"]) if one["Xã"] == "Nhơn Bình (22002)")
        total = next(one for one in rows(book["Tổng tỉnh"]) if one["Mã dòng"] == "r10")
        assert (total["Đánh giá chung"], total["Xã tạm tính"]) == ("Tạm tính", 1)
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][:3] == ("Tạm tính", "Tạm tính", None)


# ----------------------------------------------------------------------------------------------------------- names and codes


def whole(folder: Path, number: int, code: str | None, name: str, **figures: float) -> None:
    """A commune's report of the whole commune, with a code or without."""
    one = provinces.issue(number, "XA", code)
    summed.write(
        one, folder, summed.typed(one, 0) | {key.replace("_", "."): value for key, value in figures.items()}, name
    )


def test_two_files_of_one_name_without_codes_are_refused(tmp_path: Path) -> None:
    whole(tmp_path / "in", 0, None, "a.xlsx")
    whole(tmp_path / "in", 0, None, "b.xlsx", r04_num=300.0)
    with pytest.raises(CchcError, match=r"“Nhơn An”: 2 tệp cùng một tên xã mà không có mã xã.*a\.xlsx, b\.xlsx"):
        communes.consolidate((tmp_path / "in",), tmp_path / "o.xlsx", Task(), jobs=1)
    assert not (tmp_path / "o.xlsx").exists()


def test_a_name_with_and_without_code_is_refused_and_the_others_are_made(tmp_path: Path) -> None:
    whole(tmp_path / "in", 0, None, "a.xlsx")
    whole(tmp_path / "in", 0, "22001", "b.xlsx", r04_num=300.0)
    whole(tmp_path / "in", 1, None, "c.xlsx")
    [made] = communes.consolidate((tmp_path / "in",), tmp_path / "o.xlsx", Task(), jobs=1).made
    assert (made.communes, made.asked, made.absent) == (1, 2, ("Nhơn An",))
    [told] = [one for one in made.problems if one.level == "Lỗi"]
    assert (told.commune, "a.xlsx, b.xlsx" in told.text, "22001" in told.text) == ("Nhơn An", True, True)


def test_the_same_file_twice_is_one_and_codes_tell_names_apart(tmp_path: Path) -> None:
    whole(tmp_path / "in", 0, None, "a.xlsx")
    shutil.copy(tmp_path / "in" / "a.xlsx", tmp_path / "in" / "b.xlsx")
    whole(tmp_path / "in", 1, "1", "c.xlsx")
    one = replace(provinces.issue(1, "XA", "2"))
    summed.write(one, tmp_path / "in", summed.typed(one, 0), "d.xlsx")
    [made] = communes.consolidate((tmp_path / "in",), tmp_path / "o.xlsx", Task(), jobs=1).made
    assert (made.communes, made.absent) == (3, ())


# ------------------------------------------------------------------------------------------------------ altered summaries


def altered(home: Path, folder: Path, sheet: str, cell: str, value: Any) -> Path:
    """The first commune's summary with one cell changed as by hand, beside the others."""
    sent = shutil.copytree(home / "sums", folder / "sums")
    path = sent / "tong-hop-0.xlsx"
    book = openpyxl.load_workbook(path)
    book[sheet][cell] = value
    book.save(path)
    return sent


def place(home: Path, sheet: str, key: str) -> str:
    """A cell of the first commune's summary: of the annex by its keys, of the details by the field's."""
    book = openpyxl.load_workbook(home / "sums" / "tong-hop-0.xlsx")
    if sheet == "Chi tiết":
        [table] = book[sheet].tables.values()
        head, *others = book[sheet][table.ref]
        names = [cell.value for cell in head]
        found = next(row for row in others if row[names.index("Mã trường")].value == key)
        return str(found[names.index("Giá trị")].coordinate)
    line, slot = key.split(".")
    row = next(cell.row for cell in book[sheet]["A"] if cell.value == line)
    at = next(cell.column_letter for cell in book[sheet][1] if cell.value == f"c.{slot}")
    return f"{at}{row}"


@pytest.mark.parametrize(
    ("sheet", "key", "value"),
    [("Chi tiết", "r04.num", 700), ("Tổng hợp", "r04.first", 700), ("Tổng hợp", "r04.judged", "Chưa đạt")],
)
def test_an_altered_summary_is_found_by_cell_and_not_counted(
    home: Path, tmp_path: Path, sheet: str, key: str, value: Any
) -> None:
    cell = place(home, sheet, key)
    sent = altered(home, tmp_path, sheet, cell, value)
    [made] = communes.consolidate((sent,), tmp_path / "o.xlsx", Task(), jobs=1).made
    assert (made.communes, made.absent) == (5, ("Nhơn An (22001)",))
    told = [(one.code, one.sheet, one.cell) for one in made.problems if one.code]
    assert ("T301", sheet, cell) in told
    [shown_anyway] = communes.consolidate((sent,), tmp_path / "p.xlsx", Task(), jobs=1, include_errors=True).made
    assert shown_anyway.communes == 6


def test_an_identity_of_another_commune_is_no_identity(home: Path, tmp_path: Path) -> None:
    sent = shutil.copytree(home / "sums", tmp_path / "sums")
    path = sent / "tong-hop-0.xlsx"
    book = openpyxl.load_workbook(path)
    book["_th"]["B1"] = book["_th"]["B1"].value.replace("22001", "22009")
    book.save(path)
    [made] = communes.consolidate((sent,), tmp_path / "o.xlsx", Task(), jobs=1).made
    assert made.communes == 5
    assert "I502" in {one.code for one in made.problems}


def test_saved_again_by_another_program_it_is_the_same(home: Path, tmp_path: Path) -> None:
    sent = shutil.copytree(home / "sums", tmp_path / "sums")
    for path in sent.iterdir():
        openpyxl.load_workbook(path).save(path)
    [made] = communes.consolidate((sent,), tmp_path / "o.xlsx", Task(), jobs=1).made
    assert (made.communes, [one for one in made.problems if one.level == "Lỗi"]) == (6, [])


def test_a_provisional_summary_counts_only_where_that_is_asked(home: Path, tmp_path: Path) -> None:
    sent = shutil.copytree(home / "sums", tmp_path / "sums")
    provinces.summary(sent, home / "units" / "xa-0", 0, include_errors=True)
    [made] = communes.consolidate((sent,), tmp_path / "o.xlsx", Task(), jobs=1).made
    assert (made.communes, made.absent) == (5, ("Nhơn An (22001)",))
    [more] = communes.consolidate((sent,), tmp_path / "p.xlsx", Task(), jobs=1, include_errors=True).made
    assert more.communes == 6
    assert any(
        "--include-errors" in str(row[0].value) for row in shown(tmp_path / "p.xlsx")["Ma trận"].iter_rows(max_row=6)
    )


def test_beyond_what_programs_recalculate_the_matrix_holds_the_same_as_values(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "MOST_LIVE", 0)
    communes.consolidate((home / "sums",), tmp_path / "o.xlsx", Task(), jobs=1)
    assert formulas(tmp_path / "o.xlsx", "Ma trận") == {}
    assert len(formulas(tmp_path / "o.xlsx", "Tổng tỉnh")) > 100
    assert any("ghi giá trị" in str(row[0].value) for row in shown(tmp_path / "o.xlsx")["Ma trận"].iter_rows(max_row=5))
    told, live = (rows(shown(path)["Ma trận"]) for path in (tmp_path / "o.xlsx", home / "sums.xlsx"))
    assert [{name: value or "" for name, value in row.items()} for row in told] == [
        {name: value or "" for name, value in row.items()} for row in live
    ]


def test_a_summary_with_the_key_of_its_office_is_taken_without_it(home: Path, tmp_path: Path) -> None:
    keyed = Task(Asked(key=b"k" * 32))
    summing.consolidate((home / "units" / "xa-0",), tmp_path / "in" / "a.xlsx", keyed, jobs=1)
    [made] = communes.consolidate((tmp_path / "in",), tmp_path / "o.xlsx", Task(), jobs=1).made
    assert (made.communes, [one for one in made.problems if one.level == "Lỗi"]) == (1, [])


HOSTILE = [
    "[]",
    "{",
    '{"about":{},"details":[],"lines":{}}',
    '{"about":{},"details":{"MC":[]},"lines":{}}',
    '{"about":{},"details":{},"lines":{}}',
    '{"about":{},"details":{},"extras":"[]","lines":{}}',
    '{"about":{"with_errors":[1]},"details":{"MC":{"r04.num":{"a":1}},"?":{}},"lines":{}}',
    '{"about":{},"details":{"MC":{"r10.num":1e999}},"lines":{}}',
    "[" * 20_000,
]


@pytest.mark.parametrize("carried", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_summary_carries_under_a_right_tag_it_is_only_refused(home: Path, carried: str) -> None:
    book = openpyxl.load_workbook(home / "sums" / "tong-hop-0.xlsx")
    book["_th"].delete_rows(2, 50)
    book["_th"].append(["carried", carried])
    book["_th"]["B1"] = identity.of_summary(provinces.issue(0), carried)
    stream = io.BytesIO()
    book.save(stream)
    read = reader.read(stream.getvalue())
    assert not isinstance(read, Refusal)
    found = upward.read(read, Asked())
    assert [one for one in found.findings if one.severity == "error"]


# ------------------------------------------------------------------------------------------------------------- the command


def test_ctrl_c_while_the_rows_are_written_leaves_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr(details, "_row", interrupt)
    with pytest.raises(KeyboardInterrupt):
        communes.consolidate((home / "sums",), tmp_path / "o.xlsx", Task(), jobs=1)
    assert [one.name for one in tmp_path.rglob("*")] == ["tmp"]


def interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_the_list_of_communes_belongs_to_the_level_above(tmp_path: Path) -> None:
    (tmp_path / "xa.csv").write_text("code,name\n1,A\n", encoding="utf-8")
    done = command.run("consolidate", ".", "--communes", "xa.csv", "--out", "o.xlsx", cwd=tmp_path)
    assert (done.code, "--by commune" in done.err) == (2, True)


def test_a_result_is_no_source_and_is_written_again(home: Path, tmp_path: Path) -> None:
    sent = shutil.copytree(home / "sums", tmp_path / "sums")
    for _ in range(2):
        done = command.run("consolidate", "sums", "--by", "commune", "--out", "sums/o.xlsx", cwd=tmp_path)
        assert (done.code, done.lines[1]) == (0, "  Số liệu của 6/6 xã")
    assert (sent / "o.xlsx").exists()


@pytest.mark.office
def test_libreoffice_calculates_the_same(home: Path, tmp_path: Path, office: ModuleType) -> None:
    sent = shutil.copytree(home / "units", tmp_path / "units")
    (sent / "xa-1" / f"{provinces.FORM}_2025-N_MC.xlsx").unlink()
    shutil.rmtree(sent / "xa-3")
    gaps = tmp_path / "gaps.xlsx"
    communes.consolidate((sent,), gaps, Task(), jobs=1, wanted=[Named("22004", "Nhơn Khánh")])
    jobs = [
        {"path": path, "sheet": sheet, "read": sorted(formulas(path, sheet))}
        for path in (home / "units.xlsx", gaps)
        for sheet in ("Ma trận", "Tổng tỉnh", "Bảng điều khiển")
    ]
    for job, result in zip(jobs, office.fill_and_read(jobs), strict=True):
        assert result["errors"] == []
        cached = formulas(job["path"], job["sheet"])
        assert len(cached) > 15
        for at, value in cached.items():
            assert same(result["cells"][at], value), (job["sheet"], at, result["cells"][at], value)


def formulas(path: Path, sheet: str) -> dict[str, Any]:
    """The cached value of each formula of a sheet, by cell."""
    written, cached = openpyxl.load_workbook(path)[sheet], shown(path)[sheet]
    return {cell.coordinate: cached[cell.coordinate].value for cell in _cells(written) if cell.data_type == "f"}


def _cells(sheet: Worksheet) -> Iterator[Any]:
    for row in sheet.iter_rows():
        yield from row


def same(seen: Mapping[str, Any], cached: Any) -> bool:
    """Whether a program shows what the file says it shows."""
    if isinstance(cached, (int, float)):
        return seen["t"] == "n" and seen["v"] == pytest.approx(cached, rel=1e-12)
    return (seen["v"] or "") == (cached or "")
