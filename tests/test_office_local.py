"""What an office adds to an issue, in real LibreOffice: known figures judged as the checker judges them, saved again, printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import fill
import misfill
import offices
import printed
import pytest
import test_office_print as prints
import test_office_round as through
from misfill import Mistake
from msgspec.structs import replace
from test_office_round import Job, Round

from cchc_xlsx import fields, identity, writer
from cchc_xlsx.issue import Issue, Local
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import a1

NH1, PAPI = "nhon-hau-2025-phu-luc-1", "tay-xuan-2024-phu-luc-papi-sipas-par"
# What is known of a rank, and of a trend.
KNOWN: Mapping[str, Mapping[str, float]] = {
    "both": {"previous": 5.0, "previous_of": 12.0},
    "rank": {"previous": 5.0},
    "number": {"previous_of": 12.0},
    "beyond": {"previous": 15.0, "previous_of": 12.0},
    "beyond-rank": {"previous": 15.0},
    "trend": {"previous": 0.85},
}
# What is typed into the inputs that are left.
RANKS: tuple[Mistake, ...] = (
    {"value": 3, "of": 12, "previous": 5, "previous_of": 12},
    {"value": 5, "of": 12, "previous": 5, "previous_of": 12},
    {"value": 7, "of": 12, "previous": 15, "previous_of": 12, "reason": "x"},
    {"value": 3, "of": 11, "previous": 5, "previous_of": 12},
    {"value": 13, "of": 12, "previous": 13, "previous_of": 11},
    {"value": misfill.ERROR, "of": 12, "previous": misfill.ERROR, "previous_of": 12},
    {"value": 3, "of": "mười hai", "previous": 5, "previous_of": misfill.ERROR},
    {"value": 3, "of": None, "previous": None, "previous_of": None},
    {"value": 3, "of": 12, "previous": 5, "previous_of": 12, "nil": fields.UNPUBLISHED},
    {"nil": fields.UNPUBLISHED},
)
TRENDS: tuple[Mistake, ...] = (
    {"value": 0.9},
    {"value": 0.85},
    {"value": 0.8, "reason": "x"},
    {"value": 0.85 + 1e-15},
    {"value": 85},
    {"value": misfill.ERROR},
    {"value": None},
    {"nil": fields.UNPUBLISHED},
)


def known(form_id: str, name: str) -> Issue:
    """A report in which these figures are known of each rank or trend, and all else that an office adds."""
    one = fill.report(form_id)
    kind = "trend" if name == "trend" else "rank"
    lines = [line for line in fields.context(one).lines if line.measure.kind == kind]
    figures = {line.key(field): figure for line in lines for field, figure in KNOWN[name].items()}
    prior = {key: text for key, text in offices.figures(one).items() if key.endswith(".prior")}
    return replace(one, local=replace(offices.everything(one), previous=prior | figures))


def fillings(issue: Issue) -> Iterator[tuple[str, Mistake]]:
    """What a careful unit types, what careless ones do, and each line of the tables above in each rank or trend."""
    turns: misfill.Turns = Counter()
    valid: Mistake = dict(fill.valid(issue))
    yield "valid", valid
    yield "wrong-0", misfill.wrong(issue, turns)
    yield "incomplete-0", misfill.incomplete(issue, 0)
    lines = [line for line in fields.context(issue).lines if line.measure.kind in ("rank", "trend")]
    for turn in range(len(RANKS)):
        typed = dict(valid)
        for number, line in enumerate(lines):
            drawn = RANKS if line.measure.kind == "rank" else TRENDS
            blank: Mistake = {line.key(name): None for name in ("value", "of", "previous", "previous_of")}
            typed |= blank | {line.key(name): one for name, one in drawn[(turn + number) % len(drawn)].items()}
        yield f"drawn-{turn}", typed


@pytest.fixture(scope="module")
def rounds(office: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> list[Round]:
    """Every filling of each of them, through LibreOffice and back."""
    folder, jobs = tmp_path_factory.mktemp("known"), []
    for name in KNOWN:
        issue = known(PAPI if name == "trend" else NH1, name)
        layout = place.place(issue)
        path = folder / f"{name}.xlsx"
        writer.write(layout, path)
        for filling, typed in fillings(issue):
            placed = {key: value for key, value in typed.items() if key in layout.inputs}
            jobs.append(Job(f"{name}_{filling}", layout, path, placed))
    requests = [job.for_office() for job in jobs]
    results = through.fill_all(office, requests)
    return [
        Round(job.name, job.layout, job.typed, result["cells"], through.checked(Path(request["out"])))
        for job, result, request in zip(jobs, results, requests, strict=True)
    ]


@pytest.mark.office
def test_the_workbook_and_the_checker_judge_known_figures_alike(rounds: list[Round]) -> None:
    for differences in (through.code_differences, through.verdict_differences, through.computed_differences):
        assert [line for one in rounds for line in differences(one)] == []
    words = {one.cells[a1(at)]["v"] for one in rounds for _, at, _ in through.computed(one)}
    assert {fields.REACHED, fields.NOT_REACHED, fields.NOT_COMPARABLE, fields.UNPUBLISHED} <= words
    found = {(one.name.partition("_")[0], finding.code) for one in rounds for finding in one.result.findings}
    assert {("number", "L411"), ("beyond-rank", "L411"), ("both", "M103"), ("trend", "M103"), ("both", "M101")} <= found


@pytest.mark.office
def test_saved_by_libreoffice_it_is_the_same_issue_and_nothing_is_called_altered(rounds: list[Round]) -> None:
    for one in rounds:
        assert one.result.filled, one.name
        assert one.result.filled.layout.context == one.layout.context
        assert {finding.code[0] for finding in one.result.findings} <= set("VML")
    valid = [one for one in rounds if one.name.endswith("_valid") and "beyond" not in one.name]
    assert [(one.name, one.result.findings) for one in valid if one.result.status != "ok"] == []


@pytest.mark.office
def test_what_is_known_cannot_be_typed_over(office: ModuleType, tmp_path: Path) -> None:
    layout = place.place(known(NH1, "both"))
    writer.write(layout, tmp_path / "a.xlsx")
    rows = {key: row for row, key in layout.row_keys.items()}
    columns = {key: column for column, key in layout.column_keys.items()}
    cells = [a1((rows["r02"], columns[f"c.{name}"])) for name in ("third", "fourth", "prior")]
    [result] = office.fill_and_read([{"path": tmp_path / "a.xlsx", "set": dict.fromkeys(cells, 1), "read": cells}])
    assert {one["cell"] for one in result["errors"]} == set(cells)
    assert [result["cells"][cell]["v"] for cell in cells] == [5.0, 12.0, "3/12"]


@pytest.mark.office
@pytest.mark.parametrize("form_id", [NH1, PAPI, "nhon-hau-2025-phu-luc-2", "cchc-xa"])
def test_it_is_printed_whole(form_id: str, office: ModuleType, tmp_path: Path) -> None:
    one = offices.with_everything(fill.report(form_id, "9T"))
    layout = place.place(one, fill.valid(one), identity.of(one, offices.KEY))
    book = prints.print_all(office, layout, tmp_path / "a.xlsx")
    assert len(book.form) == len(layout.form_sheet.paper.breaks) + 1
    assert list(printed.cut(layout, book.form)) == []
    seen = Counter(word for page in book.form for word in page.text.split())
    due = Counter(word for text in one.local.previous.values() if isinstance(text, str) for word in text.split())
    assert due
    assert {word: count for word, count in due.items() if seen[word] < count} == {}


def test_an_office_that_adds_nothing_has_the_workbook_that_it_had() -> None:
    one = fill.report(NH1)
    assert place.place(one) == place.place(replace(one, local=Local()))
