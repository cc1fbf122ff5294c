"""What LibreOffice prints of the workbooks: pages as planned, headers repeated, no text cut, nothing too small to read."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import fill
import marking
import misfill
import printed
import pytest
from msgspec import Struct
from msgspec.structs import replace
from printed import Page

from cchc_xlsx import issue, writer
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout import fixes, place
from cchc_xlsx.layout.guide import GUIDE
from cchc_xlsx.layout.model import Layout

SMALLEST_PT = 7.9
BOX_PER_SIZE = 1.3  # the height of a word's box in the PDF against the size of its font (measured)
GUIDE_TITLES = ("HƯỚNG DẪN ĐIỀN BIỂU", "HƯỚNG DẪN LẬP KẾ HOẠCH")
SIGNED, ASKED = "(Ký, ghi rõ họ tên)", "Kiến nghị"
ENDS_IN_A_MERGE = {"binh-tan-2025-phu-luc-1"}  # over the last eleven rows
_WORD = re.compile(r"[^\s/–-]+")
CASES = [(form_id, kind) for form_id in fill.FORMS for kind in ("report", "plan")]


class Print(Struct, frozen=True, dict=True):
    """A placed workbook and its printed pages: those of the form, and those of the guide."""

    layout: Layout
    form: list[Page]
    guide: list[Page]


def issue_of(form_id: str, kind: str) -> Issue:
    """The report of the whole year, or the plan."""
    return fill.plan(form_id) if kind == "plan" else fill.report(form_id)


def print_all(office: ModuleType, layout: Layout, path: Path, *next_titles: str) -> Print:
    """The workbook written and printed; what follows the form begins with the title of the guide, or one of these."""
    writer.write(layout, path)
    pages = printed.pages(office.to_pdf(path, path.parent))
    first = next(
        number
        for number, page in enumerate(pages)
        if any(title in page.text for title in (*GUIDE_TITLES, *next_titles))
    )
    return Print(layout, pages[:first], pages[first:])


@pytest.fixture(scope="module")
def prints(office: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Print]:
    """A correctly filled report and an untouched plan of every form."""
    folder = tmp_path_factory.mktemp("prints")

    def one(case: tuple[str, str]) -> Print:
        what = issue_of(*case)
        layout = place.place(what, fill.valid(what) if case[1] == "report" else None)
        return print_all(office, layout, folder / f"{case[0]}_{case[1]}.xlsx")

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(CASES, pool.map(one, CASES), strict=True))


@pytest.fixture(params=CASES, ids="-".join)
def book(request: pytest.FixtureRequest, prints: dict[tuple[str, str], Print]) -> Print:
    """One of them."""
    return prints[request.param]


@pytest.mark.office
def test_there_are_as_many_pages_as_planned(book: Print) -> None:
    assert len(book.form) == len(book.layout.form_sheet.paper.breaks) + 1


@pytest.mark.office
def test_every_page_begins_with_the_header_of_the_table(book: Print) -> None:
    for page, rows in zip(book.form, printed.page_rows(book.layout), strict=True):
        said = printed.header_texts(book.layout, page, rows)
        assert {at: pair for at, pair in said.items() if pair[0] != pair[1]} == {}
        assert len(said) > 3


@pytest.mark.office
def test_signatures_do_not_stand_alone_on_the_last_page(book: Print) -> None:
    assert_signed_with_what_is_above(book.layout, book.form)


@pytest.mark.office
@pytest.mark.parametrize("form_id", fill.FORMS)
def test_signatures_of_an_empty_form_do_not_stand_alone(form_id: str, office: ModuleType, tmp_path: Path) -> None:
    what = fill.report(form_id, "Q1", issue.reporting_units(fill.report(form_id))[0])
    book = print_all(office, place.place(what), tmp_path / "empty.xlsx")
    assert_signed_with_what_is_above(book.layout, book.form)


@pytest.mark.office
def test_signatures_of_a_marked_copy_do_not_stand_alone(office: ModuleType, tmp_path: Path) -> None:
    what = fill.report("nhon-hau-2025-phu-luc-1")
    copy = marking.copied(marking.mistaken(what, misfill.wrong(what, Counter())), tmp_path)
    book = print_all(office, copy.layout, tmp_path / "marked.xlsx", fixes.TITLE.vi)
    assert_signed_with_what_is_above(copy.layout, book.form)


def assert_signed_with_what_is_above(layout: Layout, pages: list[Page]) -> None:
    """The page with the signatures has the last row of the table, or the free texts where a merge takes the page before."""
    end = (layout.form_sheet.paper.breaks or (1,))[-1]
    if layout.context.issue.kind == "report":
        [signed] = [number for number, page in enumerate(pages) if SIGNED in page.text]
        assert signed == len(pages) - 1
        assert ASKED in pages[signed].text
    if layout.context.issue.form.id not in ENDS_IN_A_MERGE or layout.context.issue.kind == "plan":
        assert end < layout.table[1]
        last = [text for (row, _), text in printed.texts(layout).items() if row == layout.table[1]]
        assert set(_WORD.findall(" ".join(last))) <= set(_WORD.findall(pages[-1].text))


@pytest.mark.office
def test_no_text_is_cut(book: Print) -> None:
    assert list(printed.cut(book.layout, book.form)) == []
    assert not any("###" in page.text for page in book.form)


@pytest.mark.office
def test_no_word_is_broken_in_two(book: Print) -> None:
    """Lines may end at blanks, dashes and strokes, not within a word, a number or a year."""
    header = printed.header(book.layout)
    due: Counter[str] = Counter()
    for at, text in printed.texts(book.layout).items():
        times = len(book.form) if at[0] in header else 1
        due.update({word: count * times for word, count in Counter(_WORD.findall(text)).items()})
    seen = Counter(word for page in book.form for word in _WORD.findall(page.text))
    assert due - seen == Counter()


@pytest.mark.office
def test_a_text_that_is_cut_would_be_seen(office: ModuleType, tmp_path: Path) -> None:
    layout = place.place(fill.report("binh-tan-2025-phu-luc-1"))
    form = layout.form_sheet
    heights = dict(form.heights) | {12: form.heights[12] / 2, 13: form.heights[13] + form.heights[12] / 2}
    lower = replace(layout, sheets=(replace(form, heights=heights), *layout.sheets[1:]))
    book = print_all(office, lower, tmp_path / "low.xlsx")
    assert {line.partition(":")[0] for line in printed.cut(lower, book.form)} >= {"(12, 4)", "(12, 5)"}


@pytest.mark.office
def test_the_table_is_large_enough_to_read(book: Print) -> None:
    """All but the identity line, which is for the office."""
    sizes = {size for page in book.form for size in page.sizes}
    code = 9 * book.layout.form_sheet.paper.scale / 100
    words = [word for page in book.form for word in page.words if abs(word.height / BOX_PER_SIZE - code) > 0.3]
    assert min(word.height for word in words) / BOX_PER_SIZE >= SMALLEST_PT
    assert sorted(sizes)[1] >= SMALLEST_PT
    assert min(size for page in book.guide for size in page.sizes) >= SMALLEST_PT


@pytest.mark.office
def test_pages_are_numbered_from_the_second_on(book: Print) -> None:
    numbers = [min(page.words, key=lambda word: word.y).text for page in (*book.form, *book.guide)]
    assert numbers[1:] == [str(number) for number in range(2, len(numbers) + 1)]
    assert not numbers[0].isdigit()


@pytest.mark.office
def test_the_guide_is_printed_whole(book: Print) -> None:
    sheet = next(sheet for sheet in book.layout.sheets if sheet.name == GUIDE)
    due = Counter(word for cell in sheet.cells.values() for word in str(cell.content or "").split())
    seen = Counter(word for page in book.guide for word in page.text.split())
    assert due - seen == Counter()


@pytest.mark.parametrize("kind", ["report", "plan"])
@pytest.mark.parametrize("form_id", fill.FORMS)
def test_the_sheet_says_all_that_the_form_says(form_id: str, kind: str) -> None:
    what = issue_of(form_id, kind)
    layout = place.place(what)
    columns = {key: column for column, key in layout.column_keys.items()}
    cells = sorted(layout.form_sheet.cells.items())
    missing = []
    for leaf in what.form.leaves:
        column = columns[f"c.{leaf.id}"]
        text = printed.squeezed("".join(str(cell.content or "") for at, cell in cells if at[1] == column))
        for row in what.form.rows:
            is_score = row.parts and row.parts[0].kind == "score" and leaf.role in ("target", "baseline")
            wanted = printed.squeezed(str(issue.cell(what, row, leaf.id)))
            if wanted not in text and not is_score and row.role != "total":
                missing.append((row.id, leaf.id, wanted))
    assert missing == []
