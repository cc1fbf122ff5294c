"""The written workbook of every form: locks, inputs, lists, prompts, formulas, texts and bytes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path

import fill
import pytest
import written
from openpyxl.worksheet.datavalidation import DataValidation
from written import Make, Written

from cchc_xlsx.fields import FREE_TEXTS, NIL, UNPUBLISHED, Field
from cchc_xlsx.issue import Issue, Line, lines
from cchc_xlsx.layout.model import Formula
from cchc_xlsx.periods import parse

CASES = [(form_id, kind) for form_id in fill.FORMS for kind in written.KINDS]
MAX_BYTES = 60_000
ASKED = {  # what each kind of measure asks for, apart from "không phát sinh" or "chưa công bố"
    "rate": ("num", "den", "reason", "evidence", "note"),
    "percent": ("value", "reason", "evidence", "note"),
    "count": ("value", "reason", "evidence", "note"),
    "score": ("value", "reason", "evidence", "note"),
    "rank": ("value", "of", "previous", "previous_of", "reason", "evidence", "note"),
    "grade": ("value", "reason", "evidence", "note"),
    "trend": ("value", "previous", "reason", "evidence", "note"),
    "task": ("status", "done_on", "doc_no", "reason", "evidence", "note"),
    "narrative": ("status", "text", "evidence", "note"),
}
FORMATS = {"whole": "#,##0", "percent": "0.0%", "date": "dd/mm/yyyy", "choice": "@", "names": "@", "text": "@"}
SCORE_FORMAT = re.compile(r'(\[=[\d.]+\]"[^"]+";)?General"/\d+"')
RULES = {"whole": "whole", "percent": "decimal", "score": "decimal", "date": "date", "choice": "list", "names": "list"}
LIST_RANGE = re.compile(r"'_ds'!\$([A-Z]+)\$(\d+):\$\1\$(\d+)")
FUNCTIONS = re.compile(
    "SUM|IF|AND|OR|NOT|COUNTIF|COUNTBLANK|LEN|TRIM|CLEAN|SUBSTITUTE|FIND|ROUND|MIN|MAX|INT|N|ISNUMBER|ISERROR|IFERROR"
)
MAX_FORMULA, MAX_NESTING = 8192, 64
SAME_BYTES = """
import hashlib, fill, written
from cchc_xlsx import writer
from cchc_xlsx.layout import place
for form_id in fill.FORMS:
    for kind, issue in written.KINDS.items():
        print(form_id, kind, hashlib.sha256(writer.to_bytes(place.place(issue(form_id)))).hexdigest())
"""


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    return written.maker(tmp_path_factory.mktemp("workbooks"))


@pytest.fixture(params=CASES, ids="-".join)
def book(request: pytest.FixtureRequest, make: Make) -> Written:
    return make(*request.param)


@pytest.fixture(params=[case for case in CASES if case[1] != "plan"], ids="-".join)
def report(request: pytest.FixtureRequest, make: Make) -> Written:
    return make(*request.param)


def asked(line: Line) -> set[str]:
    """The keys of the inputs that a line of a report has."""
    measure = line.measure
    names = {*ASKED[measure.kind]}
    is_zero_goal = measure.kind == "count" and measure.target == 0
    can_be_nil = measure.basis != "stock" and not is_zero_goal
    if measure.kind not in ("task", "narrative") and (line.once_a_year or can_be_nil):
        names.add("nil")
    return {line.key(name) for name in names}


def validations(book: Written) -> list[DataValidation]:
    return list(book.sheet.data_validations.dataValidation)


def validation_of(book: Written, key: str) -> DataValidation:
    """The one validation of an input."""
    row, column = book.layout.inputs[key]
    cell = book.sheet.cell(row, column).coordinate
    [found] = [one for one in validations(book) if cell in one]
    return found


def units(text: str) -> int:
    """Its length as Excel counts it."""
    return len(text.encode("utf-16-le")) // 2


def test_a_report_unlocks_exactly_what_its_measures_ask_for(report: Written) -> None:
    expected = {f"{name}.text" for name in FREE_TEXTS}
    for line in lines(report.layout.context.issue):
        expected |= asked(line)
    assert set(report.layout.inputs) == expected
    assert report.unlocked() == set(report.layout.inputs.values())
    assert len(set(report.layout.inputs.values())) == len(report.layout.inputs)


def test_each_report_input_stands_in_the_row_it_is_about(report: Written) -> None:
    keys = report.column_a()
    for key, (row, column) in report.layout.inputs.items():
        assert keys[row] == key.rpartition(".")[0]
        assert report.sheet.cell(row, column).value is None


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_every_declared_field_of_a_plan_has_its_cell(make: Make, form_id: str) -> None:
    plan = make(form_id, "plan")
    assert set(plan.layout.context.fields) - set(plan.layout.inputs) == set()
    assert plan.unlocked() == set(plan.layout.inputs.values())


def test_a_plan_for_any_commune_leaves_every_target_to_be_set(make: Make) -> None:
    plan = make("cchc-xa", "plan")
    items = [row.id for row in plan.layout.context.issue.form.rows if row.role == "item"]
    places = [plan.layout.inputs[f"{row}.target"] for row in items]
    assert len(items) == 22
    assert all(plan.sheet.cell(*place).value is None for place in places)


def test_only_the_form_sheet_has_unlocked_cells(book: Written) -> None:
    for sheet in book.book.worksheets[1:]:
        assert all(cell.protection.locked for line in sheet.iter_rows() for cell in line)


def test_a_unit_fills_in_only_its_own_rows(tmp_path: Path) -> None:
    form = fill.report("nhon-hau-2025-phu-luc-1").form
    commune, period = form.commune, parse("2025-Q1")
    rows: dict[str, set[str]] = {}
    for unit in ("XA", *form.sections):
        issue = Issue(form, commune, 2025, "report", period, unit)
        book = written.write(issue, tmp_path / f"{unit}.xlsx")
        keys = book.column_a()
        rows[unit] = {keys[row] for row, _ in book.unlocked()} - FREE_TEXTS.keys()
    assert set.union(*(rows[unit] for unit in form.sections)) == rows["XA"]
    # Ranks, the grade, counted sections, distinct procedures, the survey and what a council does: the office alone.
    assert {"r02", "r03", "r04", "r05", "r06", "r07", "r11", "r16", "r29"} & rows["TPHT"] == set()
    assert {"r09a", "r10", "r14", "r21", "r30"} <= rows["TPHT"]
    assert rows["VPTK"] >= rows["TPHT"]


def test_a_blank_workbook_is_small(book: Written) -> None:
    assert book.path.stat().st_size < MAX_BYTES


def test_no_input_is_general(book: Written) -> None:
    for key, place in book.layout.inputs.items():
        kind, shape = book.layout.field(key).type, book.sheet.cell(*place).number_format
        if kind == "score":
            assert SCORE_FORMAT.fullmatch(shape), (key, shape)
        else:
            assert shape == FORMATS[kind], key


def test_lists_are_ranges_of_the_list_sheet(book: Written) -> None:
    lists = book.book["_ds"]
    found = [one for one in validations(book) if one.type == "list"]
    for one in found:
        letter, first, last = LIST_RANGE.fullmatch(one.formula1).groups()  # type: ignore[union-attr]
        words = [cell.value for (cell,) in lists[f"{letter}{first}:{letter}{last}"]]
        assert all(words)
        assert len(set(words)) == len(words)
        assert lists[f"{letter}{int(last) + 1}"].value is None
    kinds = {field.type for field in book.layout.context.fields.values()}
    assert bool(found) == bool(kinds & {"choice", "names"})


def test_each_list_offers_the_answers_of_its_field(book: Written) -> None:
    for key in book.layout.inputs:
        field = book.layout.field(key)
        if field.type in ("choice", "names"):
            letter, first, last = LIST_RANGE.fullmatch(validation_of(book, key).formula1).groups()  # type: ignore[union-attr]
            cells = book.book["_ds"][f"{letter}{first}:{letter}{last}"]
            assert tuple(cell.value for (cell,) in cells) == field.options
            assert key.endswith(".nil") == bool({NIL, UNPUBLISHED} >= set(field.options))


def test_every_input_has_a_prompt_and_every_rule_an_error_message(book: Written) -> None:
    for key in book.layout.inputs:
        field, found = book.layout.field(key), validation_of(book, key)
        assert found.showInputMessage
        assert found.promptTitle
        assert not found.prompt.isascii(), key
        assert found.type == RULES.get(field.type)
        assert bool(found.error) == (found.type is not None)
        if found.type:
            assert found.showErrorMessage
            assert found.errorTitle
            assert not found.error.isascii(), key
            assert (found.errorStyle or "stop") == ("warning" if field.type == "names" else "stop")


def test_ranges_are_those_of_the_fields(book: Written) -> None:
    for key in book.layout.inputs:
        field: Field = book.layout.field(key)
        if field.is_number or field.type == "date":
            found = validation_of(book, key)
            assert found.operator in (None, "between")
            assert (float(found.formula1), float(found.formula2)) == (field.minimum, field.maximum)


def test_prompts_and_messages_are_within_excels_limits(book: Written) -> None:
    for one in validations(book):
        titles, messages = (one.promptTitle, one.errorTitle), (one.prompt, one.error)
        assert all(units(text) <= 32 for text in titles if text)
        assert all(units(text) <= 255 and not text.endswith("…") for text in messages if text)
    assert all(units(sheet.title) <= 31 for sheet in book.book.worksheets)


def test_one_validation_for_a_kind_not_one_a_row(book: Written) -> None:
    found = validations(book)
    kinds = [
        (one.type, one.formula1, one.formula2, one.prompt, one.error, one.promptTitle, one.errorTitle) for one in found
    ]
    assert len(set(kinds)) == len(kinds)
    assert len(found) < 25
    places = {cell for one in found for area in one.sqref.ranges for line in area.rows for cell in line}
    assert places == set(book.layout.inputs.values())


def test_conditional_formats_are_formulas(book: Written) -> None:
    rules = list(written.elements(book.sheet_xml(), "cfRule"))
    assert {rule.get("type") for rule in rules} <= {"expression"}
    assert bool(rules) == bool(book.layout.verdicts)
    # One rule a column and colour, not one a row.
    assert len(rules) <= 3 * book.sheet.max_column


def formulas(book: Written) -> list[str]:
    """All formulas of cells and conditional formats, of all sheets."""
    found = []
    for number in range(1, len(book.book.worksheets) + 1):
        root = book.sheet_xml(number)
        assert all(one.get("t") is None for one in written.elements(root, "f")), "array or shared formula"
        rules = [one for rule in written.elements(root, "cfRule") for one in rule]
        found += [written.text(one) for one in [*written.elements(root, "f"), *rules]]
    return found


def test_formulas_use_only_what_every_program_knows(book: Written) -> None:
    found = formulas(book)
    assert bool(found) == bool(book.layout.verdicts)
    for formula in found:
        bare = re.sub(r'"[^"]*"', '""', formula)
        assert all(FUNCTIONS.fullmatch(name) for name in re.findall(r"[A-Za-z_.][\w.]*(?=\()", bare)), formula
        assert not re.search(r"_xlfn|\b(TRUE|FALSE)\b|[!{}#@]", bare), formula
        assert len(formula) <= MAX_FORMULA
        assert nesting(bare) <= MAX_NESTING


def nesting(formula: str) -> int:
    """How deep the brackets go."""
    depth = deepest = 0
    for character in formula:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def test_every_formula_carries_the_value_that_the_layout_says(book: Written) -> None:
    for number, sheet in enumerate(book.layout.sheets, 1):
        expected = {place: cell.content for place, cell in sheet.cells.items() if isinstance(cell.content, Formula)}
        cells = {one.get("r"): one for one in written.elements(book.sheet_xml(number), "c")}
        with_formula = {address for address, one in cells.items() if list(written.elements(one, "f"))}
        opened = book.book.worksheets[number - 1]
        assert with_formula == {opened.cell(*place).coordinate for place in expected}
        for place, content in expected.items():
            [value] = written.elements(cells[opened.cell(*place).coordinate], "v")
            said = written.text(value)
            is_text = isinstance(content.value, str)
            assert (said if is_text else float(said)) == content.value
            assert opened.cell(*place).value == f"={content.text}"


def test_texts_are_composed_and_plain(book: Written) -> None:
    found = [written.text(one) for one in written.elements(book.xml("xl/sharedStrings.xml"), "si")]
    for one in validations(book):
        found += [text for text in (one.promptTitle, one.prompt, one.errorTitle, one.error) if text]
    found += [sheet.title for sheet in book.book.worksheets]
    for text in found:
        assert unicodedata.normalize("NFC", text) == text
        assert not re.search(r"[\t\r\x00-\x08\x0b-\x1f\u200b-\u200f\ufeff]|_x[0-9A-Fa-f]{4}_", text), text
        assert not text.startswith(("'", "=", "\n", " ")), text
        assert not any(ord(character) > 0xFFFF for character in text), text
        assert units(text) < 32_767


def test_sheets_are_protected_and_those_of_the_machine_hidden(book: Written) -> None:
    states = {sheet.title: sheet.sheet_state for sheet in book.book.worksheets[1:]}
    assert states == {"Hướng dẫn": "visible", "_ds": "hidden", "_meta": "hidden"}
    assert book.sheet.sheet_state == "visible"
    assert book.book.active is book.sheet
    for sheet in book.book.worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
    assert book.book.security is None or book.book.security.workbookPassword is None


def test_row_keys_stand_in_hidden_column_a(book: Written) -> None:
    assert book.column_a() == book.layout.row_keys
    assert len(set(book.column_a().values())) == len(book.layout.row_keys)
    assert set(book.column_a()) == set(range(1, book.sheet.max_row + 1))
    assert book.sheet.column_dimensions["A"].hidden
    assert book.sheet.row_dimensions[1].hidden
    assert book.sheet["A1"].value == book.layout.identity.token


def test_all_text_is_set_in_times_new_roman(book: Written) -> None:
    fonts = list(written.elements(book.xml("xl/styles.xml"), "font"))
    assert {font.get("val") for font in written.elements(book.xml("xl/styles.xml"), "name")} == {"Times New Roman"}
    assert not list(written.elements(book.xml("xl/styles.xml"), "scheme"))
    assert fonts


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_writing_twice_gives_the_same_bytes(form_id: str, tmp_path: Path) -> None:
    issue = fill.report(form_id)
    first, second = (written.write(issue, tmp_path / name).path.read_bytes() for name in ("a.xlsx", "b.xlsx"))
    assert first == second


def test_another_process_and_hash_seed_give_the_same_bytes() -> None:
    seen = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Ho_Chi_Minh")):
        path = os.pathsep.join(part for part in sys.path if part)
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": path}
        done = subprocess.run([sys.executable, "-c", SAME_BYTES], env=environment, capture_output=True, check=True)
        seen.append(done.stdout.decode())
    assert len(seen[0].splitlines()) == len(CASES)
    assert seen[0] == seen[1]


def test_the_package_holds_no_clock(book: Written) -> None:
    with zipfile.ZipFile(book.path) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    said = re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", written.text(book.xml("docProps/core.xml")))
    assert said == ["2026-01-01T00:00:00Z"] * 2
