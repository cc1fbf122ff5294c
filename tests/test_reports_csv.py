"""The findings as CSV: nothing lost, nothing that a spreadsheet program would run, every text recoverable."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import reported
from msgspec.structs import replace
from reported import file, of, told

from cchc_xlsx import reports
from cchc_xlsx.lang import Lang
from cchc_xlsx.results import FileResult, Report, Told, printable

DRAWN = """
  M100
Q1/van-phong.xlsx error VPTK 2025-Q1
  V203 I14 "7.2 Tỷ lệ" 12/20
  L401 I15 "7.3 Tỷ lệ, đúng hạn" 250 ! "đã xác minh" 2025-12-31
Q1/tu-phap.xlsx ok TPHT 2025-Q1
bao-cao.docx skipped
  F021
la.xlsx error
  I501
"""


def text(report: Report, lang: Lang = "vi") -> str:
    return "".join(reports.csv(report, lang))


def rows(report: Report, lang: Lang = "vi", delimiter: str = ",") -> list[list[str]]:
    """What a program reads that knows of quotes and of the byte order mark."""
    data = text(report, lang).encode("utf-8").decode("utf-8-sig")
    return list(csv.reader(io.StringIO(data, newline=""), delimiter=delimiter))


def cells(report: Report, name: str, lang: Lang = "en") -> list[str]:
    heading, *lines = rows(report, lang)
    return [line[heading.index(name)] for line in lines]


def plain(cell: str) -> str:
    """The text as it was, by the rule that the module gives."""
    return re.sub(r"(?:^|(?<=;))'", "", cell)


def test_one_line_a_finding_and_one_for_each_file_without_any() -> None:
    report = reported.report(DRAWN)
    assert cells(report, "File") == ["", *["Q1/van-phong.xlsx"] * 2, "Q1/tu-phap.xlsx", "bao-cao.docx", "la.xlsx"]
    assert cells(report, "Code") == ["M100", "V203", "L401", "", "F021", "I501"]
    assert cells(report, "Status") == ["", "Error", "Error", "OK", "Skipped", "Error"]
    assert cells(report, "Unit code") == ["", "VPTK", "VPTK", "TPHT", "", ""]
    assert cells(report, "Waived because") == ["", "", "đã xác minh", "", "", ""]
    assert cells(report, "Waived until") == ["", "", "2025-12-31", "", "", ""]
    assert cells(report, "Period")[1:4] == ["2025-Q1"] * 3
    assert cells(report, "Value")[1:3] == ["12/20", "250"]
    assert all(len(digest) == 64 for digest in cells(report, "SHA-256")[1:])


def test_the_heading_is_in_the_language_and_every_line_as_long() -> None:
    report = reported.many(20)
    heading, *lines = rows(report, "vi")
    assert heading[:6] == ["Tệp", "Kết quả", "Biểu", "Xã, phường", "Năm", "Kỳ"]
    assert rows(report, "en")[0][:6] == ["File", "Status", "Form", "Commune", "Year", "Period"]
    assert {len(line) for line in lines} == {len(heading)} == {20}


def test_excel_sees_utf_8_and_its_own_line_ends() -> None:
    data = text(reported.many(20))
    assert data.startswith("\ufeffTệp,")
    assert data.count("\ufeff") == 1
    assert data.endswith("\r\n")
    assert data.count("\n") == data.count("\r") == data.count("\r\n") == len(rows(reported.many(20)))


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\x00=1",
        " =1",
        '"=1',
        "＝1",
        "a;=1+1",
        'a; "=1',
        "'=1",
        "'abc",
        ";'x",
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_no_cell_begins_like_a_formula_however_the_line_is_cut(typed: str, delimiter: str) -> None:
    finding = Told("V201", "error", typed, typed, typed, typed, typed, typed, typed)
    report = of([file(typed, "error", [finding], "VPTK", "2025-Q1", typed, typed)])
    for line in rows(report, delimiter=delimiter):
        assert [cell for cell in line if re.match(r"[\s\"]*[=+\-@＝＋－＠\t\r\0]", cell)] == []
    assert plain(cells(report, "Value")[0]) == printable(typed)
    assert plain(cells(report, "File")[0]) == printable(typed)


@pytest.mark.parametrize("number", ["-5", "-1.234,5", "-0.5"])
def test_a_negative_number_stays_one(number: str) -> None:
    assert cells(of([file("a.xlsx", "error", [told("V205", "I14", "x", number)])]), "Value") == [number]


@pytest.mark.parametrize("name", reported.HOSTILE)
def test_every_name_can_be_had_back(name: str) -> None:
    [path] = cells(of([file(name, "ok")]), "File")
    assert plain(path) == printable(name)
    assert path.isprintable()


def test_no_control_or_direction_sign_gets_through() -> None:
    data = text(reported.many(30))
    assert all(letter.isprintable() for letter in data.removeprefix("\ufeff").replace("\r\n", ""))


class Counted:
    """A collection of files that knows how many have been read."""

    def __init__(self, files: list[FileResult]) -> None:
        self.files, self.read = files, 0

    def __len__(self) -> int:
        return len(self.files)

    def __contains__(self, one: object) -> bool:
        return one in self.files

    def __iter__(self) -> Iterator[FileResult]:
        for one in self.files:
            self.read += 1
            yield one


def test_files_are_read_one_after_the_other_and_once() -> None:
    files = Counted([file(f"{number}.xlsx", "ok") for number in range(100)])
    lines = reports.csv(replace(of(files.files), files=files), "vi")
    next(lines)
    assert files.read == 0
    next(lines)
    assert files.read == 1
    assert len(list(lines)) == 99
    assert files.read == 100


def test_what_the_real_checker_finds(tmp_path: Path) -> None:
    report = reported.sample(tmp_path)
    found = [(one.path, told.code, told.cell or "") for one in report.files for told in one.findings]
    assert len(found) > 5
    lines = zip(cells(report, "File"), cells(report, "Code"), cells(report, "Cell"), strict=True)
    assert [line for line in lines if line[1]] == found
    assert set(cells(report, "File")) == {one.path for one in report.files}
