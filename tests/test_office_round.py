"""The workbooks in real LibreOffice: their own verdicts against the checker's, clean and spoilt copies, print."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import fill
import misfill
import openpyxl
import pytest
from misfill import Mistake
from msgspec import Struct

from cchc_xlsx import check, expr, fields, writer
from cchc_xlsx.examine import Examined, Layouts, examine
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout import place, verdicts
from cchc_xlsx.layout.model import Layout, Place, a1, a1_range
from cchc_xlsx.recognise import Asked
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding
from cchc_xlsx.task import Task

WRONG_TURNS = {"N": 3, "Q1": 3, "plan": 2}
INCOMPLETE_SHIFTS = {"N": 2, "Q1": 1, "plan": 1}
PERIODS = ("N", "Q1", "plan")
_STATUS = re.compile(r"Còn thiếu (\d+) ô bắt buộc; có (\d+) ô sai(?:; (\d+) ô cần xem lại)?\. Xem cột .*")
_DONE = re.compile(r"Đã điền đủ, không có ô sai\.(?: Có (\d+) ô cần xem lại\.)?")


def issue_of(form_id: str, period: str) -> Issue:
    """The report of a period of the form's own year, or its plan."""
    return fill.plan(form_id) if period == "plan" else fill.report(form_id, period)


def lines(found: tuple[Finding, ...]) -> list[str]:
    """Findings as lines of text."""
    return [" ".join((one.code, one.cell or "-", one.label or "-")) for one in found]


def checked(path: Path) -> Examined:
    """What the checker says about one file."""
    return examine(path, Asked(), Layouts())


# ------------------------------------------------------------------------------- the workbook's verdicts and the checker's


class Round(Struct, frozen=True, dict=True):
    """One workbook that LibreOffice filled in, saved and read, and what the checker says of the saved file."""

    name: str
    layout: Layout
    typed: Mistake
    cells: Mapping[str, Mapping[str, Any]]
    result: Examined

    @property
    def values(self) -> dict[str, expr.Value]:
        """All inputs as the rules see them, from what was typed."""
        return verdicts.values_at_issue(self.layout.context) | {
            key: misfill.as_read(value) for key, value in self.typed.items()
        }

    def shown(self, at: Place) -> object:
        """What LibreOffice shows in a cell."""
        return self.cells[a1(at)]["v"]

    @property
    def coded(self) -> dict[str, Place]:
        """The cell with the code of each input that has one."""
        return {key: at for verdict in self.layout.verdicts.values() for key, at in verdict.codes.items()}

    @property
    def constraints(self) -> registry.Constraints:
        """What can be wrong with the inputs that have a code cell."""
        return {key: found for key, found in registry.constraints(self.layout.context).items() if key in self.coded}

    @property
    def found(self) -> dict[str | None, int]:
        """The signed number of each finding that a workbook can know of, by key."""
        rules = registry.by_code()
        return {one.key: verdicts.signed(rules[one.code]) for one in self.result.findings if rules[one.code].declare}


class Job(Struct, frozen=True, dict=True):
    """A workbook to be filled in."""

    name: str
    layout: Layout
    path: Path
    typed: Mistake

    def for_office(self) -> dict[str, Any]:
        """The job as the harness takes it."""
        sheet = self.layout.form_sheet
        last = max(at[1] for at in sheet.cells)
        typed = {a1(self.layout.inputs[key]): value for key, value in self.typed.items()}
        out = self.path.with_name(f"{self.name}.xlsx")
        area = a1_range((self.layout.counts[0], 2, self.layout.table[1], last))
        return {"path": self.path, "out": out, "set": typed, "read": [area]}


def fillings(issue: Issue, period: str, turns: misfill.Turns) -> Iterator[tuple[str, Mistake]]:
    """Every filling of an issue by name; a plan that is left as it was is a valid one."""
    if period != "plan":
        yield "blank", {}
    yield "valid", dict(fill.valid(issue)) if period != "plan" else {}
    for shift in range(INCOMPLETE_SHIFTS[period]):
        yield f"incomplete-{shift}", misfill.incomplete(issue, shift)
    for turn in range(WRONG_TURNS[period]):
        yield f"wrong-{turn}", misfill.wrong(issue, turns)


def odd_fillings(layout: Layout) -> Iterator[tuple[str, Mistake]]:
    """Native values that are rarer than those that a constraint is declared for."""
    inputs = layout.context.fields
    day = next(one for one in inputs.values() if one.type == "date")
    note = next(key for key in inputs if key.endswith(".evidence"))
    valid = dict(fill.valid(layout.context.issue))
    assert day.maximum
    row = day.key.partition(".")[0]
    done = {f"{row}.status": fields.DONE, f"{row}.doc_no": "15/KH-UBND"}
    yield "odd-time", valid | done | {day.key: day.minimum + 30.4}
    yield "odd-closing-time", valid | done | {day.key: day.maximum + 0.4}
    yield "odd-error", valid | {note: misfill.ERROR}


def write_jobs(folder: Path) -> list[Job]:
    """A blank workbook of each form and kind, with what is to be typed into it."""
    turns: misfill.Turns = Counter()
    jobs = []
    for form_id in fill.FORMS:
        for period in PERIODS:
            issue = issue_of(form_id, period)
            layout = place.place(issue)
            path = folder / f"{form_id}_{period}.xlsx"
            writer.write(layout, path)
            found = list(fillings(issue, period, turns))
            if (form_id, period) == ("nhon-hau-2025-phu-luc-2", "N"):
                found += odd_fillings(layout)
            for name, typed in found:
                placed = {key: value for key, value in typed.items() if key in layout.inputs}
                jobs.append(Job(f"{path.stem}_{name}", layout, path, placed))
    return jobs


def fill_all(office: ModuleType, jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The results of the jobs, done by two offices at a time."""
    half = (len(jobs) + 1) // 2
    with ThreadPoolExecutor(2) as pool:
        results = [one for part in pool.map(office.fill_and_read, (jobs[:half], jobs[half:])) for one in part]
    assert [one["errors"] for one in results if one["errors"]] == []
    return results


@pytest.fixture(scope="module")
def rounds(office: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> list[Round]:
    """Every filling of every form, through LibreOffice and back."""
    jobs = write_jobs(tmp_path_factory.mktemp("rounds"))
    requests = [job.for_office() for job in jobs]
    results = fill_all(office, requests)
    by_name = {path.stem: checked(path) for path in (Path(request["out"]) for request in requests)}
    return [
        Round(job.name, job.layout, job.typed, result["cells"], by_name[job.name])
        for job, result in zip(jobs, results, strict=True)
    ]


def regular(rounds: list[Round], *names: str) -> list[Round]:
    """The rounds whose filling has one of these names; without names all but the odd ones."""
    wanted = names or ("blank", "valid", "incomplete", "wrong")
    return [one for one in rounds if one.name.rpartition("_")[2].partition("-")[0] in wanted]


def code_differences(one: Round) -> Iterator[str]:
    """Each input whose code cell says something else than the checker."""
    untouched = any(finding.code == "M100" for finding in one.result.findings)
    constraints = one.constraints
    for key, at in one.coded.items():
        expected = (
            verdicts.code_value(key, verdicts.at_fault(constraints, one.values)) if untouched else one.found.get(key, 0)
        )
        if one.shown(at) != expected:
            yield f"{one.name} {key} {a1(one.layout.inputs[key])}: workbook {one.shown(at)}, checker {expected}"


@pytest.mark.office
def test_every_code_cell_says_what_the_checker_finds(rounds: list[Round]) -> None:
    assert [line for one in regular(rounds) for line in code_differences(one)] == []
    assert {one.result.identity is not None for one in rounds} == {True}


@pytest.mark.office
def test_findings_that_have_no_code_cell_are_those_that_only_reading_can_tell(rounds: list[Round]) -> None:
    rest = {finding.code for one in regular(rounds) for finding in one.result.findings if finding.key not in one.coded}
    assert rest <= {"M100"}


def verdict_differences(one: Round) -> Iterator[str]:
    """Each row whose verdict is not what the checker's rules make of the same values."""
    constraints = one.constraints
    for line, verdict in one.layout.verdicts.items():
        expected = verdicts.verdict_value(
            list(verdict.codes), verdicts.at_fault(constraints, one.values), one.layout.context, one.values
        )
        if one.shown(verdict.place) != expected:
            yield f"{one.name} {line} {a1(verdict.place)}: {one.shown(verdict.place)!r}, not {expected!r}"


@pytest.mark.office
def test_every_verdict_is_the_worst_finding_of_its_row(rounds: list[Round]) -> None:
    assert [line for one in regular(rounds) for line in verdict_differences(one)] == []
    seen = {str(one.shown(at.place)).partition(":")[0] for one in rounds for at in one.layout.verdicts.values()}
    assert seen == {"", "Đủ", "Thiếu", "Sai", "Xem lại"}


def live_counts(one: Round) -> tuple[int, int, int]:
    """Missing, wrong and doubtful, as the live line says; a form without anything to check says nothing."""
    text = str(one.shown(one.layout.counts) or "")
    if not text:
        return (0, 0, 0)
    match = _DONE.fullmatch(text)
    if match:
        return (0, 0, int(match[1] or 0))
    match = _STATUS.fullmatch(text)
    assert match, text
    return (int(match[1]), int(match[2]), int(match[3] or 0))


def checker_counts(one: Round) -> tuple[int, int, int]:
    """The same from the checker's findings; M100 stands for all that is missing."""
    found = one.result.findings
    whole = sum(int(str(finding.data["count"])) for finding in found if finding.code == "M100")
    missing = sum(finding.code[0] == "M" for finding in found if finding.code != "M100")
    wrong = sum(finding.code[0] in "VL" and finding.severity == "error" for finding in found)
    return (missing + whole, wrong, sum(number < 0 for number in one.found.values()))


@pytest.mark.office
def test_the_live_line_counts_what_the_checker_counts(rounds: list[Round]) -> None:
    differ = [(one.name, live_counts(one), checker_counts(one)) for one in regular(rounds)]
    assert [one for one in differ if one[1] != one[2]] == []
    assert sum(one[1][0] for one in differ) > 500
    assert sum(one[1][1] for one in differ) > 500


def computed(one: Round) -> Iterator[tuple[str, Place, expr.Expr]]:
    """The cells with a share or with met or missed, and the expression that each shows."""
    rows = {key: row for row, key in one.layout.row_keys.items()}
    columns = {key: column for column, key in one.layout.column_keys.items()}
    for line in one.layout.context.lines:
        if line.is_open and one.layout.context.issue.kind == "report":
            yield line.id, (rows[line.id], columns["c.judged"]), fields.verdict(one.layout.context, line)
            if line.measure.kind == "rate":
                yield line.id, (rows[line.id], columns["c.third"]), fields.ratio(one.layout.context, line)


def computed_differences(one: Round) -> Iterator[str]:
    """Each share and each "Đạt" that LibreOffice reckons otherwise than we do."""
    for line, at, expression in computed(one):
        cell = one.cells[a1(at)]
        try:
            wanted: object = expr.evaluate(expression, one.values)
        except expr.VoidError:
            wanted = "an error"
        shown = "an error" if cell["t"] == "e" else "" if cell["v"] is None else cell["v"]
        same = (
            abs(wanted - shown) < 1e-12 if isinstance(wanted, float) and isinstance(shown, float) else wanted == shown
        )
        if not same:
            yield f"{one.name} {line} {a1(at)}: {shown!r}, not {wanted!r}"


@pytest.mark.office
def test_shares_and_results_are_those_that_the_checker_reckons(rounds: list[Round]) -> None:
    assert [line for one in regular(rounds) for line in computed_differences(one)] == []
    words = {one.cells[a1(at)]["v"] for one in rounds for _, at, _ in computed(one)}
    said = {fields.REACHED, fields.NOT_REACHED, fields.NIL, fields.UNPUBLISHED, fields.NOT_ASSIGNED}
    assert said | {fields.NOT_COMPARABLE} <= words


def about(layout: Layout, key: str | None, code: str) -> tuple[str, str, str]:
    """The kind of measure (or of a plan's cell), the name of the input, and the code."""
    row, _, name = str(key).rpartition(".")
    line = layout.context.by_line.get(row)
    is_report = layout.context.issue.kind == "report" and line is not None
    return (line.measure.kind if is_report and line else f"plan {layout.field(str(key)).type}", name, code)


@pytest.mark.office
def test_every_declared_mistake_was_made_in_every_kind_of_input(rounds: list[Round]) -> None:
    declared = {
        about(one.layout, key, rule.code)
        for one in rounds
        for key, found in one.constraints.items()
        for rule, _, _ in found
    }
    made = {
        about(one.layout, finding.key, finding.code) for one in rounds for finding in one.result.findings if finding.key
    }
    assert declared - made == set()
    assert {code for _, _, code in declared} >= {rule.code for rule in registry.RULES if rule.declare} - {"M105"}


@pytest.mark.office
def test_valid_fillings_have_no_finding_and_wrong_ones_an_error_in_most_rows(rounds: list[Round]) -> None:
    assert [(one.name, lines(one.result.findings)) for one in regular(rounds, "valid") if one.result.findings] == []
    spoilt = [one for one in regular(rounds, "wrong") if one.layout.verdicts]
    assert [one.name for one in spoilt if one.result.status != "error"] == []
    reports = [one for one in spoilt if one.layout.context.issue.kind == "report"]
    rows = [str(one.shown(verdict.place)) for one in reports for verdict in one.layout.verdicts.values()]
    assert sum(row.startswith("Sai") for row in rows) > len(rows) / 2


@pytest.mark.office
@pytest.mark.parametrize("name", ["odd-time", "odd-closing-time", "odd-error"])
def test_rare_native_values_are_judged_alike(rounds: list[Round], name: str) -> None:
    """A day with a time of day in it; an error in an input that has no code cell of its own."""
    found = [one for one in rounds if one.name.endswith(f"_{name}")]
    assert len(found) == 1
    assert [line for one in found for line in code_differences(one)] == []
    assert [live_counts(one) for one in found] == [checker_counts(one) for one in found]


# -------------------------------------------------------------------------------------------- clean and spoilt workbooks


def clean(folder: Path, form_id: str, period: str) -> Path:
    """A correctly filled report, or an untouched plan."""
    issue = issue_of(form_id, period)
    path = folder / f"{form_id}_{period}.xlsx"
    writer.write(place.place(issue, fill.valid(issue) if period != "plan" else None), path)
    return path


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("form_id", fill.FORMS)
def test_a_correct_workbook_has_no_finding(tmp_path: Path, form_id: str, period: str) -> None:
    result = checked(clean(tmp_path, form_id, period))
    assert (result.status, lines(result.findings)) == ("ok", [])


@pytest.mark.office
def test_a_correct_workbook_has_no_finding_after_it_was_saved_again(office: ModuleType, tmp_path: Path) -> None:
    paths = [clean(tmp_path, form_id, period) for form_id in fill.FORMS for period in ("N", "plan")]
    jobs = [{"path": path, "out": tmp_path / "again" / path.name} for path in paths]
    (tmp_path / "again").mkdir()
    fill_all(office, jobs)
    report = check.check([tmp_path / "again"], Task())
    assert [(one.path, one.status, one.findings) for one in report.files if one.status != "ok" or one.findings] == []
    assert len(report.files) == len(fill.FORMS) * 2


@pytest.mark.office
def test_a_blank_workbook_converted_at_the_command_line_is_one_finding(office: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    writer.write(place.place(fill.report("nhon-hau-2025-phu-luc-1")), path)
    assert lines(checked(office.resave(path, tmp_path / "again")).findings) == ["M100 - -"]


# What is typed over a correct report of nhon-hau-2025-phu-luc-1 for the year, and the finding that it must give.
PLANTED: tuple[tuple[str, object, str], ...] = (
    ("C13", "Chấm điểm cải cách hành chính", "T301 C13 1.4 Đánh giá cải cách hành chính"),
    ("D35", "20%", "T302 D35 Tỷ lệ khai thác, sử dụng lại thông tin, dữ liệu số hóa."),
    ("I23", 0.99, "T303 I23 7.1 Tỷ lệ lập hồ sơ công việc (trừ hồ sơ mật) trên môi trường mạng:"),
    ("G36", 12, "M103 M36 Tỷ lệ kết quả xử lý hồ sơ thủ tục hành chính của địa phương được đồng bộ đầy đủ"),
    ("G33", 46376, "V203 G33 Tỷ lệ cấp kết quả giải quyết thủ tục hành chính điện tử."),
    ("G32", 210, "L401 G32 Tỷ lệ số hóa hồ sơ, kết quả giải quyết thủ tục hành chính."),
    (
        "L29",
        "Không phát sinh",
        "L403 L29 Tỷ lệ thanh toán trực tuyến trên tổng số giao dịch thanh toán của dịch vụ công.",
    ),
    ("G15", -5, "V204 G15 2 Các văn bản quy phạm pháp luật trên địa bàn xã được ban hành đúng trình tự"),
    ("H19", "Công khai thủ tục", "V201 H19 3.2 Tỷ lệ công bố, công khai thủ tục hành chính đúng hạn."),
    # More dossiers fully online than online: told alone only while the row's own total is missing too.
    ("H31", None, "M101 H31 Tỷ lệ hồ sơ trực tuyến toàn trình trên tổng số hồ sơ trực tuyến."),
    ("G31", 199, "L404 G31 Tỷ lệ hồ sơ trực tuyến toàn trình trên tổng số hồ sơ trực tuyến."),
)
LEFT_OUT = tuple(cell for cell, _, _ in PLANTED if cell != "H31")


def plant(folder: Path, left_out: str) -> tuple[Path, list[str]]:
    """A report with all planted mistakes but one, and the ten findings that are due."""
    path = clean(folder, "nhon-hau-2025-phu-luc-1", "N").rename(folder / f"planted-{left_out}.xlsx")
    book = openpyxl.load_workbook(path)
    due = []
    for cell, value, finding in PLANTED:
        if cell != left_out:
            book.worksheets[0][cell].value = value  # type: ignore[assignment]
            due.append(finding)
    book.save(path)
    return path, sorted(due)


def begin(found: list[str], due: list[str]) -> list[str]:
    """The findings in order, each label cut to what is expected of it."""
    ends = {line.split(" ", 2)[1]: len(line) for line in due}
    return sorted(line[: ends.get(line.split(" ", 2)[1], 120)] for line in found)


@pytest.mark.parametrize("left_out", LEFT_OUT)
def test_ten_planted_mistakes_are_ten_findings(tmp_path: Path, left_out: str) -> None:
    path, due = plant(tmp_path, left_out)
    result = checked(path)
    assert (begin(lines(result.findings), due), len(due), result.status) == (due, 10, "error")


@pytest.mark.office
def test_ten_planted_mistakes_are_ten_findings_after_saving_again(office: ModuleType, tmp_path: Path) -> None:
    planted = [plant(tmp_path, left_out) for left_out in (LEFT_OUT[0], LEFT_OUT[-1])]
    jobs = [{"path": path, "out": path.with_name(f"again-{path.name}")} for path, _ in planted]
    fill_all(office, jobs)
    for job, (_, due) in zip(jobs, planted, strict=True):
        result = checked(job["out"])
        assert (begin(lines(result.findings), due), result.status) == (due, "error")
