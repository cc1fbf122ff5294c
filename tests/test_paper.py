"""The written workbook on A4: sizes, heights, page breaks, what is repeated, frozen and left out of the print."""

from __future__ import annotations

from itertools import pairwise

import fill
import pytest
import written
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet
from written import Make, Written

from cchc_xlsx.layout import paper

CASES = [(form_id, kind) for form_id in fill.FORMS for kind in written.KINDS]
MAX_ROW_PT = 409
SMALLEST_PT = 8
DRAWN_HIGHER = 0.97  # other programs draw rows a little higher: a page is not filled to its last point
A4_MM = (297, 210)
PT_PER_INCH = 72
MAX_PAGE_PT = 10_000.0
ROOM_PT = 30.0
PT_PER_CHARACTER = 7 * 0.75


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    return written.maker(tmp_path_factory.mktemp("paper"))


@pytest.fixture(params=CASES, ids="-".join)
def book(request: pytest.FixtureRequest, make: Make) -> Written:
    return make(*request.param)


def scale(sheet: Worksheet) -> float:
    """What the print shrinks to."""
    return (sheet.page_setup.scale or 100) / 100


def page_pt(sheet: Worksheet) -> tuple[float, float]:
    """The room for cells on a page, width and height, in points of the sheet."""
    margins, is_landscape = sheet.page_margins, sheet.page_setup.orientation == "landscape"
    width, height = A4_MM if is_landscape else reversed(A4_MM)
    free_width = width / 25.4 - margins.left - margins.right
    free_height = height / 25.4 - margins.top - margins.bottom
    return free_width * PT_PER_INCH / scale(sheet), free_height * PT_PER_INCH / scale(sheet)


def area(book: Written) -> tuple[int, int, int, int]:
    """The print area as first column, first row, last column, last row."""
    return range_boundaries(book.sheet.print_area.rpartition("!")[2])  # type: ignore[return-value]


def height(book: Written, first: int, last: int) -> float:
    return sum(book.sheet.row_dimensions[row].height for row in range(first, last + 1))


def header_pt(book: Written) -> float:
    rows = book.rows_of("header")
    return height(book, rows[0], rows[-1])


def breaks(book: Written) -> list[int]:
    """The last rows of the pages but the last."""
    return [one.id for one in book.sheet.row_breaks.brk]


def test_every_row_has_a_height_that_programs_can_draw(book: Written) -> None:
    rows = {int(one.get("r", "")): one for one in written.elements(book.sheet_xml(), "row")}
    assert set(rows) == set(range(1, book.sheet.max_row + 1))
    for number, one in rows.items():
        if one.get("hidden") == "1":
            assert number == 1
            continue
        assert one.get("customHeight") == "1", number
        assert 0 < float(one.get("ht", "")) <= MAX_ROW_PT


def test_every_row_of_the_guide_has_a_height(book: Written) -> None:
    for one in written.elements(book.sheet_xml(2), "row"):
        assert one.get("customHeight") == "1", one.get("r")
        assert 0 < float(one.get("ht", "")) <= MAX_ROW_PT


def test_print_is_large_enough_to_read(book: Written) -> None:
    first_column, first_row, last_column, last_row = area(book)
    keys = book.column_a()
    for line in book.sheet.iter_rows(first_row, last_row, first_column, last_column):
        for cell in line:
            if (
                cell.value is not None and keys[cell.row] != "code"
            ):  # the identity line is for the machine and the office
                assert cell.font.size * scale(book.sheet) >= SMALLEST_PT, cell.coordinate
    guide = book.book["Hướng dẫn"]
    assert 11 * scale(guide) >= SMALLEST_PT


def test_columns_fit_on_the_page(book: Written) -> None:
    first_column, _, last_column, _ = area(book)
    widths = {}
    for one in written.elements(book.sheet_xml(), "col"):
        for column in range(int(one.get("min", "")), int(one.get("max", "")) + 1):
            widths[column] = float(one.get("width", "")) * PT_PER_CHARACTER
    used = sum(widths[column] for column in range(first_column, last_column + 1))
    assert used <= page_pt(book.sheet)[0]
    assert book.sheet.page_setup.paperSize == 9


def test_pages_are_no_longer_than_the_paper(book: Written) -> None:
    _, first, _, last = area(book)
    starts = [first, *(end + 1 for end in breaks(book))]
    ends = [*breaks(book), last]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        used = height(book, start, end) + (header_pt(book) if number else 0)
        assert used <= page_pt(book.sheet)[1], (start, end)


def groups(book: Written) -> set[int]:
    """The last grid rows of sections and groups, which stay with the row below."""
    roles = {row.id: row.role for row in book.layout.context.issue.form.rows}
    return {rows[-1] for key, rows in book.grid_rows().items() if roles[key] in ("section", "group")}


def cut_merges(book: Written) -> dict[int, float]:
    """The breaks that cut a vertical merge, each with the height of the merge."""
    rows = [row for rows in book.grid_rows().values() for row in rows]
    found: dict[int, float] = {}
    for first, _, last, _ in book.merges(rows[0], rows[-1]):
        for end in breaks(book):
            if first <= end < last:
                found[end] = min(found.get(end, MAX_PAGE_PT), height(book, first, last))
    return found


def test_no_merge_shorter_than_a_page_is_cut(book: Written) -> None:
    room = page_pt(book.sheet)[1] - header_pt(book)
    assert {end: merge for end, merge in cut_merges(book).items() if merge <= room * DRAWN_HIGHER} == {}


def test_no_page_is_left_nearly_empty_before_a_merge_that_is_cut_all_the_same(book: Written) -> None:
    starts = [area(book)[1], *(end + 1 for end in breaks(book))]
    room = page_pt(book.sheet)[1] - header_pt(book)
    empty = [end for start, end in zip(starts, breaks(book), strict=False) if height(book, start, end) < room / 3]
    following = dict(pairwise(breaks(book)))
    assert [end for end in empty if following.get(end) in cut_merges(book)] == []


def test_no_group_is_parted_from_its_first_row(book: Written) -> None:
    assert groups(book) & set(breaks(book)) == set()


def test_table_and_signatures_are_not_parted_from_what_names_them(book: Written) -> None:
    keys = book.column_a()
    ends = {keys[row] for row in breaks(book)}
    assert not ends & {
        "difficulties.title",
        "proposals.title",
        "sign.date",
        "sign.title",
        "sign.hint",
        "about",
        "status",
    }
    assert not any(key.startswith(("heading.", "header.")) for key in ends)


def test_the_last_page_holds_the_signatures_and_what_they_sign(book: Written) -> None:
    """Rows of the table, or the free texts where a merge up to the last row takes the page before."""
    keys = book.column_a()
    end = breaks(book)[-1] if breaks(book) else area(book)[1]
    closing = [keys[row] for row in range(end + 1, area(book)[3] + 1)]
    rows = {row for rows in book.grid_rows().values() for row in rows}
    last = max(rows)
    merged = min([first for first, _, to, _ in book.merges(min(rows), last) if to == last], default=last)
    room = (page_pt(book.sheet)[1] - header_pt(book)) * DRAWN_HIGHER
    if height(book, merged, area(book)[3]) <= room:
        assert last > end
    elif book.is_report:
        assert {"proposals.title", "proposals"} <= set(closing)
    assert closing[-1] == "code"
    assert not book.is_report or {"sign.date", "sign.title", "sign.hint", "sign.space"} <= set(closing)


@pytest.mark.parametrize(
    ("heights", "glued", "preferred", "expected"),
    [
        ([10] * 5, set(), set(), (2,)),  # filled from the top
        ([10] * 5, set(), {1}, (1,)),  # but a group begins a page, where it costs none
        ([10] * 6, set(), {1}, (2,)),
        ([10] * 5, {0, 1, 2}, set(), (2,)),  # higher than a page: cut where the page is full
        ([10] * 4, {1, 2}, set(), (0,)),
        ([10, 40, 10], set(), set(), (0, 1)),
        ([10], set(), set(), ()),
    ],
)
def test_pages_are_few_and_full(
    heights: list[float], glued: set[int], preferred: set[int], expected: tuple[int, ...]
) -> None:
    assert paper.breaks(heights, glued, preferred, ROOM_PT / paper.SAFETY, ROOM_PT / paper.SAFETY) == expected


def test_header_rows_are_repeated_on_each_page(book: Written) -> None:
    rows = book.rows_of("header")
    assert book.sheet.print_title_rows == f"${rows[0]}:${rows[-1]}"


def test_header_and_label_stay_in_sight(book: Written) -> None:
    assert book.sheet.freeze_panes == f"D{book.rows_of('header')[-1] + 1}"
    assert book.sheet["C1"].value == "c.label"


def test_verdicts_and_codes_are_not_printed(book: Written) -> None:
    first_column, first_row, last_column, last_row = area(book)
    columns = {cell.column: str(cell.value) for cell in book.sheet[1] if cell.value}
    printed = [name for column, name in columns.items() if first_column <= column <= last_column]
    others = [name for column, name in columns.items() if column > last_column]
    assert (first_column, first_row, last_row) == (2, 2, book.sheet.max_row)
    assert not [name for name in printed if name.startswith(("c.verdict", "c.code"))]
    assert others[0] == "c.verdict"
    assert all(name.startswith("c.code.") for name in others[1:])
    hidden = {number for one in written.elements(book.sheet_xml(), "col") if one.get("hidden") for number in span(one)}
    assert hidden == {1, *(column for column, name in columns.items() if name.startswith("c.code."))}


def span(column: object) -> range:
    """The columns that a <col> is about."""
    return range(int(column.get("min")), int(column.get("max")) + 1)  # type: ignore[attr-defined]


def test_pages_are_numbered_from_the_second_on(book: Written) -> None:
    for number in (1, 2):
        [header] = written.elements(book.sheet_xml(number), "headerFooter")
        assert header.get("differentFirst") == "1"
        assert written.text(header) == '&C&"Times New Roman,Regular"&13&P'
