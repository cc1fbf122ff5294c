"""Our own reader, calamine and openpyxl give the same of the same workbook: what one cannot read, the next may."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import checked
import fill
import programs
import pytest
from forms_filled import KINDS, WORKBOOKS
from programs import PROGRAMS, Job
from python_calamine import CalamineError
from test_any_cell import ODD, spoilt

from cchc_xlsx import alteration, filled, package, reader, second, writer
from cchc_xlsx.expr import CellError
from cchc_xlsx.grid import Book
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import Layout, a1
from cchc_xlsx.package import Package, Refusal, SheetFacts, SheetPart

ODDER = (
    ' t="inlineStr"><is><t>  hai  dấu cách </t></is></c>',
    ' t="inlineStr"><is><t xml:space="preserve"> dòng\r\n hai_x000D_\nba </t></is></c>',
    ' t="inlineStr"><is><t xml:space="preserve">   </t></is></c>',
    ' t="str"><v></v></c>',
    ' t="d"><v>12:30:00</v></c>',
    "><v>0</v></c>",
    "><v>0.5</v></c>",
    "><v>59.5</v></c>",
    "><v>61</v></c>",
    "><v>45000.123456789</v></c>",
    "><v>45366</v></c>",
)
# What both read, each in its way; none of it is what a program writes.
TOLD_OTHERWISE = {
    "><v> 5 </v></c>": "calamine takes a number with spaces round it for a text",
    ' t="s"><v>-1</v></c>': "calamine takes the first shared text, openpyxl the last",
    "><v>-1</v></c>": "calamine takes a day before the first one for midnight",
}


# They write every line break of the XML, or attributes of their own; our own reader does not try to be sure of these.
# openpyxl does where lxml is installed, which the Word report brings.
LEFT_TO_CALAMINE = ("gnumeric", "sheetjs", "openpyxl")


def scanned(data: bytes) -> tuple[Package, list[tuple[SheetPart, SheetFacts]]]:
    opened = package.open_bytes(data)
    assert isinstance(opened, Package)
    facts = [(sheet, package.scan(opened, sheet)) for sheet in opened.sheets if sheet.is_worksheet]
    return opened, [(sheet, one) for sheet, one in facts if isinstance(one, SheetFacts)]


def by_second(data: bytes) -> Book:
    """The workbook by openpyxl."""
    return second.grids(*scanned(data))


def by_own(data: bytes) -> Book | None:
    """The workbook by what the scan is sure of; None where it is in doubt."""
    try:
        return reader.own(*scanned(data))
    except ValueError:
        return None


def by_calamine(data: bytes) -> Book | None:
    """The workbook by calamine; None where that cannot read it."""
    try:
        return reader.by_calamine(*scanned(data))
    except (CalamineError, ValueError):
        return None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's panics are no Exception
            raise
        return None


def typed(layout: Layout, book: Book) -> Mapping[str, filled.Entry]:
    """What each input of a workbook was read as."""
    aligned, _ = alteration.align(layout, book.sheets[0])
    read = filled.fill(layout, book.sheets[0], aligned)
    return {key: read.entry(key) for key in layout.inputs}


def layouts() -> Mapping[str, tuple[Layout, bytes]]:
    """Every shipped form filled in, and as it is sent out."""
    both = {f"{form}_{kind}.xlsx": checked.filled(KINDS[kind](form)) for form, kind in WORKBOOKS}
    for form in fill.FORMS:
        layout = place.place(fill.report(form))
        both[f"{form}_blank.xlsx"] = layout, writer.to_bytes(layout)
    return both


@pytest.mark.parametrize("program", ["", *PROGRAMS])
def test_both_readers_give_the_same_of_what_programs_save(program: str, tmp_path: Path) -> None:
    """The whole book: values, what stands round them, the identity; and so what is made of it."""
    originals, copies = tmp_path / "originals", tmp_path / "copies"
    for folder in (originals, copies):
        folder.mkdir()
    if program:
        programs.need(program)
    placed = layouts()
    for name, (_, data) in placed.items():
        (originals / name).write_bytes(data)
    if program:
        programs.resave(program, [Job(originals / name, copies / name) for name in placed])
    differ = []
    for name, (layout, _) in placed.items():
        data = ((copies if program else originals) / name).read_bytes()
        books = [by_own(data), by_calamine(data), by_second(data)]
        first = reader.read(data)
        assert books[0] or program in LEFT_TO_CALAMINE, name
        if isinstance(first, Refusal) or any(
            one != first or typed(layout, one) != typed(layout, first) for one in books if one
        ):
            differ.append(name)
    assert differ == []


@pytest.mark.parametrize("name", ["done_on", "doc_no", "note"])
def test_both_readers_make_the_same_of_odd_cells_that_both_read(name: str) -> None:
    layout, data = checked.filled(fill.report("nhon-hau-2025-phu-luc-2", "Q1"))
    key = next(key for key in layout.inputs if key.endswith(f".{name}"))
    address = a1(layout.inputs[key])
    told, compared = [], 0
    for odd in (*ODD, *ODDER):
        changed = checked.with_part(data, checked.SHEET, lambda part: spoilt(part, {address: odd}))  # noqa: B023
        first = reader.read(changed)
        calamine = by_calamine(changed)
        if isinstance(first, Book) and calamine and typed(layout, first) != typed(layout, calamine):
            told.append((odd, typed(layout, first)[key], typed(layout, calamine)[key]))
        try:
            other = by_second(changed)
        except (ValueError, IndexError):  # not a number, no such text
            continue
        if isinstance(first, Book) and odd not in TOLD_OTHERWISE:
            compared += 1
            if typed(layout, first) != typed(layout, other):
                told.append((odd, typed(layout, first)[key], typed(layout, other)[key]))
    assert told == []
    assert compared > len(ODD) / 2


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#FIELD!", "#NOPE!"])
def test_errors_that_calamine_does_not_know_are_read(error: str) -> None:
    layout, data = checked.filled(fill.report("tay-xuan-2024-par-index"))
    key, at = next((key, at) for key, at in layout.inputs.items() if key.endswith(".value"))
    honest = by_second(data).sheets[0]
    found = by_second(checked.with_cells(data, {a1(at): f"!{error}"})).sheets[0]
    assert found.errors == {at: error}
    assert found.values == {place: value for place, value in honest.values.items() if place != at}
    entry = filled.fill(layout, found, alteration.align(layout, found)[0]).entry(key)
    assert (entry.value, entry.seen) == (CellError(error), error)


def test_what_stands_under_a_merge_is_seen() -> None:
    layout, data = checked.filled(fill.report("tay-xuan-2024-par-index"))
    row, column = next(area for area in layout.form_sheet.merges if area[3] > area[1])[:2]
    hidden = (row, column + 1)
    book = by_second(checked.with_cells(data, {a1(hidden): "giấu ở đây"}))
    assert book.sheets[0].values[hidden] == "giấu ở đây"


def test_no_cell_is_passed_over_in_silence() -> None:
    _, data = checked.filled(fill.report("tay-xuan-2024-par-index"))
    late = b'<row r="5"><c r="Q5"><v>1</v></c></row></sheetData>'
    changed = checked.with_part(data, checked.SHEET, lambda part: part.replace(b"</sheetData>", late))
    with pytest.raises(ValueError, match=r"\d+ of \d+ cells"):
        by_second(changed)


@pytest.mark.parametrize("odd", ["><v>2958466</v></c>", ' t="x"><v>1</v></c>'], ids=["no such day", "no such type"])
def test_what_openpyxl_changes_is_not_taken(odd: str) -> None:
    layout, data = checked.filled(fill.report("nhon-hau-2025-phu-luc-2", "Q1"))
    address = next(a1(at) for key, at in layout.inputs.items() if key.endswith(".done_on"))
    with pytest.raises(ValueError, match="a cell of type"):
        by_second(checked.with_part(data, checked.SHEET, lambda part: spoilt(part, {address: odd})))
