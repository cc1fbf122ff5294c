"""The seven seed tables, drawn from the official documents, against the workbooks: rows, texts, merges, header, plan inputs."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import written
from msgspec import Struct
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from written import Make, Written

TABLES = Path(__file__).parent / "tables"
ANNEXES = {  # rows of the table, as counted in the documents
    "binh-tan-2025-phu-luc-1": 19,
    "tay-xuan-2024-phu-luc-1": 21,
    "cam-hiep-2025-phu-luc": 13,
    "nhon-hau-2025-phu-luc-1": 30,
    "nhon-hau-2025-phu-luc-2": 36,
    "tay-xuan-2024-par-index": 9,
    "tay-xuan-2024-phu-luc-papi-sipas-par": 45,
}
COMPOUND = {  # the rows whose target holds several commitments: STT and how many
    "nhon-hau-2025-phu-luc-1": [("3.1", 2)],
    "tay-xuan-2024-phu-luc-papi-sipas-par": [("2.5", 2), ("2", 2), ("4", 2), ("8", 2), ("9", 2), ("10", 6)],
}
PLAN_COLUMNS = {  # the columns that an office fills in once a year: targets, units, deadlines, products
    "binh-tan-2025-phu-luc-1": (2, 3, 4),
    "tay-xuan-2024-phu-luc-1": (2, 3, 4),
    "cam-hiep-2025-phu-luc": (2, 3, 4),
    "nhon-hau-2025-phu-luc-1": (2, 3, 4),
    "nhon-hau-2025-phu-luc-2": (2, 3, 4, 5),
    "tay-xuan-2024-par-index": (3,),
    "tay-xuan-2024-phu-luc-papi-sipas-par": (2, 4),
}
TARGET = dict.fromkeys(ANNEXES, 2) | {"cam-hiep-2025-phu-luc": 4, "tay-xuan-2024-par-index": 3}
ABOVE, LEFT = "^", "<"  # a blank that is merged with the cell above, or with the cell to its left
PAR_INDEX = "tay-xuan-2024-par-index"


class Table(Struct, frozen=True, dict=True):
    """A drawn table: lines above it, header cells and rows, as the paper has them."""

    heading: list[str]
    header: list[list[str]]
    rows: list[list[str]]


@cache
def table(form_id: str) -> Table:
    """The expected table of a form. `|` parts the columns, a line is a row, `\\n` is a line break within a cell."""
    blocks = (TABLES / f"{form_id}.txt").read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    heading, header, rows = (block.split("\n") for block in blocks)
    return Table(heading, [cells(line) for line in header], [cells(line) for line in rows])


def cells(line: str) -> list[str]:
    return [cell.strip().replace("\\n", "\n") for cell in line.split("|")]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    return written.maker(tmp_path_factory.mktemp("annexes"))


@pytest.fixture(params=ANNEXES)
def form_id(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["plan", "year"])
def book(request: pytest.FixtureRequest, form_id: str, make: Make) -> Written:
    return make(form_id, request.param)


def spaces(text: str) -> str:
    """Blanks for numbers and dates may be as wide as they like."""
    return re.sub(" +", " ", text)


def shown(cell: Cell) -> str:
    """What a reader sees in a cell: a score is a number whose format shows the maximum."""
    if not isinstance(cell.value, (int, float)):
        return "" if cell.value is None else spaces(str(cell.value))
    sections = str(cell.number_format).split(";")
    condition = re.fullmatch(r"\[=([\d.]+)\](.*)", sections[0])
    form = sections[0]
    if condition:
        form = condition[2] if cell.value == float(condition[1]) else sections[1]
    return "".join(_part(cell.value, part) for part in re.findall(r'"[^"]*"|[^"]+', form))


def _part(value: float, part: str) -> str:
    if part.startswith('"'):
        return part.strip('"')
    if part == "General":
        return f"{value:g}"
    assert part == "0.0#", part
    return re.sub(r"(?<=\.\d)0$", "", f"{value:.2f}")


def in_one_piece(pieces: list[str], expected: str) -> str:
    """A text that stands in several grid rows: cut at line breaks, or between two words where it would wrap."""
    whole = pieces[0] if pieces else ""
    for piece in pieces[1:]:
        whole += ("\n" if expected.startswith(f"{whole}\n") else " ") + piece
    return whole


def found_cell(book: Written, rows: list[int], column: int, expected: str) -> str:
    """A cell of the table as drawn: its text, or how it is merged."""
    area = book.merge_of((rows[0], column))
    if area[0] < rows[0]:
        return ABOVE
    if area[1] < column:
        return LEFT
    texts = [shown(book.sheet.cell(row, column)) for row in rows]
    if texts[0].startswith("="):
        texts = [f"{book.cached.cell(rows[0], column).value:g}"]
    return in_one_piece([text for text in texts if text], expected)


@pytest.mark.parametrize(("form_id", "rows"), ANNEXES.items())
def test_the_drawn_tables_are_whole(form_id: str, rows: int) -> None:
    drawn = table(form_id)
    assert len(drawn.rows) == rows
    assert {len(line) for line in (*drawn.header, *drawn.rows)} == {len(drawn.header[0])}


def test_heading_lines(book: Written, form_id: str) -> None:
    rows = book.rows_of("heading")
    assert [spaces(book.sheet.cell(row, 2).value) for row in rows] == table(form_id).heading
    assert rows == list(range(2, 2 + len(rows)))


def test_header_is_nested_as_on_paper(book: Written, form_id: str) -> None:
    width = len(table(form_id).header[0])
    rows = book.rows_of("header")
    drawn = []
    for row in rows:
        line = [found_cell(book, [row], column, "") for column in range(2, 2 + width)]
        if set(line) != {ABOVE}:  # the block of results has two header rows even where the paper has one
            drawn.append(line)
    assert drawn == table(form_id).header


def test_rows_in_order_with_number_text_target_and_units(book: Written, form_id: str) -> None:
    expected = table(form_id)
    grid = book.grid_rows()
    assert list(grid) == [f"r{number:02}" for number in range(1, len(expected.rows) + 1)]
    wrong = []
    for (key, rows), line in zip(grid.items(), expected.rows, strict=True):
        for column, cell in enumerate(line, 2):
            cell = cell.replace(",", ".") if form_id == PAR_INDEX and column > 3 else cell  # noqa: PLW2901  83,5 is a number
            found = found_cell(book, rows, column, cell)
            if found != cell:
                wrong.append(f"{key} {get_column_letter(column)}{rows[0]}: {found!r} instead of {cell!r}")
    assert wrong == []


def test_rows_follow_one_another_without_a_gap(book: Written) -> None:
    rows = [row for rows in book.grid_rows().values() for row in rows]
    assert rows == list(range(rows[0], rows[0] + len(rows)))
    assert rows[0] == book.rows_of("header")[-1] + 1


def test_merges_begin_and_end_with_rows_of_the_table(book: Written, form_id: str) -> None:
    grid = book.grid_rows()
    tops, bottoms = {rows[0] for rows in grid.values()}, {rows[-1] for rows in grid.values()}
    last_official = 1 + len(table(form_id).header[0])
    for first_row, first_column, last_row, last_column in book.merges(min(tops), max(bottoms)):
        assert first_row in tops
        assert last_row in bottoms
        assert 2 <= first_column <= last_column <= last_official
        assert first_row == last_row or first_column == last_column


def test_results_stand_right_of_the_official_columns(form_id: str, make: Make) -> None:
    first = 2 + len(table(form_id).header[0])
    plan, report = make(form_id, "plan"), make(form_id, "year")
    assert plan.sheet.cell(plan.rows_of("header")[0], first).value == "Kiểm tra"
    top, below = report.rows_of("header")
    title = report.sheet.cell(top, first)
    assert title.value.startswith("KẾT QUẢ THỰC HIỆN NĂM 20")
    last = report.merge_of((top, first))[3]
    assert report.sheet.cell(top, last + 1).value == "Kiểm tra"
    assert all(report.sheet.cell(below, column).value for column in range(first, last + 1))


def test_each_part_of_a_compound_row_stands_beside_its_own_results(form_id: str, make: Make) -> None:
    book = make(form_id, "year")
    found = []
    for (key, rows), line in zip(book.grid_rows().items(), table(form_id).rows, strict=True):
        parts = [row for row in rows if re.fullmatch(rf"{key}[a-z]", book.column_a()[row])]
        if not parts:
            continue
        found.append((line[0], len(parts)))
        targets = [shown(book.sheet.cell(row, 2 + TARGET[form_id])) for row in parts]
        assert targets == line[TARGET[form_id]].split("\n")
        assert all(any(row == place[0] for place in book.unlocked()) for row in parts)
    assert found == COMPOUND.get(form_id, [])


def is_group(form_id: str, line: list[str]) -> bool:
    """Sections and groups have no target of their own."""
    return line[TARGET[form_id]] in ("", LEFT)


def plan_inputs(form_id: str) -> dict[tuple[str, int], str]:
    """What the office may change, by row key and column: every printed cell of its columns, and the blanks of an item."""
    found = {}
    for number, line in enumerate(table(form_id).rows, 1):
        is_total = line[0] == "" and form_id == PAR_INDEX
        for index in PLAN_COLUMNS[form_id]:
            cell = line[index]
            if cell not in (ABOVE, LEFT) and not is_total and (cell or not is_group(form_id, line)):
                found[f"r{number:02}", 2 + index] = cell
    return found


def test_a_plan_unlocks_targets_units_deadlines_and_products_prefilled(form_id: str, make: Make) -> None:
    book = make(form_id, "plan")
    keys = book.column_a()
    found = {(keys[row], column): shown(book.sheet.cell(row, column)) for row, column in book.unlocked()}
    assert found == plan_inputs(form_id)


@pytest.mark.parametrize("kind", ["plan", "year"])
def test_scores_are_numbers_that_show_their_maximum(make: Make, kind: str) -> None:
    book = make(PAR_INDEX, kind)
    rows = [rows[0] for rows in book.grid_rows().values()]
    for row, line in zip(rows[:-1], table(PAR_INDEX).rows[:-1], strict=True):
        for cell, printed in zip(book.sheet[f"D{row}:E{row}"][0], line[2:], strict=True):
            assert isinstance(cell.value, (int, float))
            assert cell.value == float(printed.split("/")[0])
            assert shown(cell) == printed


@pytest.mark.parametrize("kind", ["plan", "year"])
def test_totals_are_sums_of_the_scores_above(make: Make, kind: str) -> None:
    book = make(PAR_INDEX, kind)
    *parts, total = [rows[0] for rows in book.grid_rows().values()]
    for column, value in (("D", 83.5), ("E", 88)):
        assert book.sheet[f"{column}{total}"].value == f"=SUM({column}{parts[0]}:{column}{parts[-1]})"
        assert book.cached[f"{column}{total}"].value == value
        assert sum(book.sheet[f"{column}{row}"].value for row in parts) == value
        assert book.sheet[f"{column}{total}"].protection.locked
    if kind == "year":
        assert book.sheet[f"F{total}"].value == f"=SUM(F{parts[0]}:F{parts[-1]})"


@pytest.mark.parametrize("kind", ["plan", "year"])
def test_totals_look_as_on_paper(make: Make, kind: str) -> None:
    book = make(PAR_INDEX, kind)
    total = book.grid_rows()["r09"][0]
    printed = [text.replace(",", ".") for text in table(PAR_INDEX).rows[-1][2:]]
    found = []
    for column in "DE":
        cell = book.cached[f"{column}{total}"]
        found.append(shown(cell))
    assert found == printed
