"""Who reports a row, and what a plan's words change: targets, owners, deadlines."""

from __future__ import annotations

from pathlib import Path

import checked
import fill
import pytest

from cchc_xlsx import issue as issues
from cchc_xlsx import recognise, values
from cchc_xlsx.issue import Plan
from cchc_xlsx.layout import place

# ---------------------------------------------------------------------------------------------------------------- owners

# Who reports a row, in the order of the form's sections; XA alone stands for "no unit column".
OWNERS = """
binh-tan-2025-phu-luc-1       r04  VPTK                        # Các ban, ngành…: counted by the coordinator alone
binh-tan-2025-phu-luc-1       r07  VPTK TPHT VHXH0 TCKT MC     # a merged blank inherits
tay-xuan-2024-phu-luc-1       r06  VPTK TPHT VHXH0 TCKT MC
tay-xuan-2024-phu-luc-1       r21  TPHT
tay-xuan-2024-phu-luc-1       r02  VPTK                        # a rank has one reporter
cam-hiep-2025-phu-luc         r02  TTPVHCC
cam-hiep-2025-phu-luc         r12  VP KT VHXH TTPVHCC          # a phrase and a unit
nhon-hau-2025-phu-luc-1       r05  VPTK                        # a council does not report
nhon-hau-2025-phu-luc-1       r07  VPTK                        # nor does a board of the people's council
nhon-hau-2025-phu-luc-1       r11  VPTK                        # nor UBND xã itself
nhon-hau-2025-phu-luc-1       r09a VPTK TPHT VHXH0 TCKT MC     # both parts of a compound row
nhon-hau-2025-phu-luc-1       r09b VPTK TPHT VHXH0 TCKT MC
nhon-hau-2025-phu-luc-1       r17  VPTK                        # distinct procedures: one reporter
nhon-hau-2025-phu-luc-1       r28  VPTK TPHT VHXH0 TCKT MC     # IT officers and village groups fall to the coordinator
nhon-hau-2025-phu-luc-2       r03  VPTK                        # Phòng Nội vụ xã exists in no commune
nhon-hau-2025-phu-luc-2       r13  TPHT                        # UBND xã (Tư pháp- Hộ tịch)
nhon-hau-2025-phu-luc-2       r31  TCKT
nhon-hau-2025-phu-luc-2       r34  VPTK VHXH0                  # UBND xã (VP-TK và VH TT)
nhon-hau-2025-phu-luc-2       r36  VPTK                        # Văn phòng HĐND&UBND before July 2025 is a slip
tay-xuan-2024-par-index       r01  VPTK                        # no unit column
tay-xuan-2024-phu-luc-papi-sipas-par r03 VPTK
cchc-xa                       r04  VP
cchc-xa                       r19  TTPVHCC
"""

ALL_UNITS = """
binh-tan-2025-phu-luc-1       VPTK TPHT VHXH0 TCKT MC
tay-xuan-2024-phu-luc-1       VPTK TPHT VHXH0 TCKT MC
cam-hiep-2025-phu-luc         VP KT VHXH TTPVHCC
nhon-hau-2025-phu-luc-1       VPTK TPHT VHXH0 TCKT MC
nhon-hau-2025-phu-luc-2       VPTK TPHT VHXH0 TCKT
tay-xuan-2024-par-index       VPTK
tay-xuan-2024-phu-luc-papi-sipas-par VPTK
cchc-xa                       VP TTPVHCC
"""


def drawn(table: str) -> list[list[str]]:
    return [line.partition("#")[0].split() for line in table.strip().splitlines()]


@pytest.mark.parametrize("line", drawn(OWNERS), ids=lambda line: "-".join(line[:2]))
def test_who_reports_a_row(line: list[str]) -> None:
    form_id, line_id, *owners = line
    [found] = [one for one in issues.lines(fill.plan(form_id)) if one.id == line_id]
    assert list(found.reporters) == owners
    for unit in owners:
        opened = {one.id for one in issues.lines(fill.report(form_id, unit=unit)) if one.is_open}
        assert line_id in opened


@pytest.mark.parametrize("line", drawn(ALL_UNITS), ids=lambda line: line[0])
def test_the_units_of_a_form_and_their_rows(line: list[str]) -> None:
    form_id, *owning = line
    assert list(issues.reporting_units(fill.plan(form_id))) == owning
    everything = {one.id for one in issues.lines(fill.plan(form_id))}
    opened = {unit: {one.id for one in issues.lines(fill.report(form_id, unit=unit)) if one.is_open} for unit in owning}
    assert set().union(*opened.values()) == everything
    assert all(opened.values())
    assert {one.id for one in issues.lines(fill.report(form_id, unit="XA")) if one.is_open} == everything


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_only_shares_and_tasks_are_reported_by_several_units(form_id: str) -> None:
    for line in issues.lines(fill.plan(form_id)):
        if len(line.reporters) > 1:
            assert line.measure.kind in ("rate", "percent", "count", "task")
            assert issues.reported_by(line.measure) == "each"
        if line.measure.kind in ("rank", "grade", "score", "trend", "narrative"):
            assert issues.reported_by(line.measure) == "one"


# ----------------------------------------------------------------------------------------------------------------- plans

# What the office writes over a target, and what a report then judges by. The rows: rate, count, score, grade, rank, trend.
TARGETS = """
cchc-xa                  r19 | Trên 90%              | > 90
cchc-xa                  r19 | tối thiểu 80 %        | >= 80
cchc-xa                  r19 | 95,5%                 | >= 95.5
cchc-xa                  r19 | 95                    | >= 95
cchc-xa                  r19 | Không quá 5%          | <= 5
cchc-xa                  r19 | Đạt cao               | none
cchc-xa                  r19 | 60% đến 80%           | none
cchc-xa                  r04 | Ít nhất 01 phòng      | >= 1
cchc-xa                  r04 | 50%                   | none
nhon-hau-2025-phu-luc-1  r11 | Tối thiểu 92%         | >= 92
nhon-hau-2025-phu-luc-1  r11 |                       | none
nhon-hau-2025-phu-luc-1  r05 | Đạt loại Tốt          | = Tốt
nhon-hau-2025-phu-luc-1  r05 | Đạt loại giỏi         | none
nhon-hau-2025-phu-luc-1  r02 | Hạng 1                | none
binh-tan-2025-phu-luc-1  r04 | Tối thiểu 02 bộ phận  | >= 2
"""


@pytest.mark.parametrize("line", TARGETS.strip().splitlines())
def test_the_words_of_a_plan_are_read_into_operator_and_value(line: str) -> None:
    where, words, wanted = (part.strip() for part in line.split("|"))
    form_id, row_id = where.split()
    one = fill.report(form_id, plan=Plan(1, {f"{row_id}.target": words}))
    [found] = [line for line in issues.lines(one) if line.row.id == row_id]
    said = f"{found.target.op} {found.target.value if isinstance(found.target.value, str) else format(found.target.value, 'g')}" if found.target else "none"  # fmt: skip
    assert said == wanted
    [part] = found.row.parts
    assert found.target == issues.read_target(part, words)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("- 90% công bố;\n- Rút ngắn tối thiểu 30%.", [(">=", 90.0), (">=", 30.0)]),
        ("100%", [None, None]),
        ("- Công bố trên 95%\n\n- Rút ngắn 25%", [(">", 95.0), (">=", 25.0)]),
        ("a\nb\nc", [None, None]),
        ("cao hơn\nRút ngắn 25%", [None, (">=", 25.0)]),
    ],
)
def test_a_compound_target_is_read_line_by_line(words: str, wanted: list[tuple[str, float] | None]) -> None:
    one = fill.report("nhon-hau-2025-phu-luc-1", plan=Plan(1, {"r09.target": words}))
    found = [line.target for line in issues.lines(one) if line.row.id == "r09"]
    assert [(target.op, target.value) if target else None for target in found] == wanted


def test_a_merged_target_of_a_plan_holds_for_all_its_rows() -> None:
    one = fill.report("tay-xuan-2024-phu-luc-1", plan=Plan(1, {"r15.target": "77%"}))
    merged = {merge.first: merge.last for merge in one.form.merges if merge.column == "target"}
    for first, last in merged.items():
        one = fill.report("tay-xuan-2024-phu-luc-1", plan=Plan(1, {f"{first}.target": "77%"}))
        found = {line.row.id: line.target.value for line in issues.lines(one) if line.target}
        inside = [row.id for row in one.form.rows if first <= row.id <= last and row.id in found]
        assert {found[row] for row in inside} <= {77.0}
        assert all(value != 77 for row, value in found.items() if row not in inside)
    assert merged


@pytest.mark.parametrize(
    ("words", "owners"),
    [
        ("Tư pháp xã", ["TPHT"]),
        ("Tư pháp xã; Tài chính – Kế toán xã", ["TPHT", "TCKT"]),
        ("Tài chính - Kế toán, Văn phòng - Thống kê", ["TCKT", "VPTK"]),
        ("Tư pháp xã\nBộ phận một cửa", ["TPHT", "MC"]),
        ("Các bộ phận chuyên môn xã", ["VPTK", "TPHT", "VHXH0", "TCKT", "MC"]),
        ("Tổ 4", ["VPTK"]),
        ("Tư pháp xã; Tổ 4", ["TPHT", "VPTK"]),
        ("", ["VPTK"]),
    ],
)
def test_owners_changed_by_a_plan(words: str, owners: list[str]) -> None:
    one = fill.report("nhon-hau-2025-phu-luc-1", plan=Plan(1, {"r28.do": words, "r27.do": "x"}))
    # r28 lies in a merge that begins with r16: the plan's text of the merge's first row is what counts.
    assert [line.reporters for line in issues.lines(one) if line.id == "r28"] == [
        ("VPTK", "TPHT", "VHXH0", "TCKT", "MC")
    ]
    one = fill.report("nhon-hau-2025-phu-luc-1", plan=Plan(1, {"r10.do": words}))
    assert [list(line.reporters) for line in issues.lines(one) if line.id == "r10"] == [owners]


@pytest.mark.parametrize(
    ("words", "due", "begins"),
    [
        ("Quý II", "30/6/2025", "01/4/2025"),
        ("Tháng 10", "31/10/2025", "01/10/2025"),
        ("15/8/2025", "15/8/2025", "15/8/2025"),
        ("Quý I; Quý III", "30/9/2025", "01/01/2025"),
        ("Thường xuyên", None, None),
        ("sớm", None, None),
        ("", None, None),
    ],
)
def test_deadlines_changed_by_a_plan(words: str, due: str | None, begins: str | None) -> None:
    one = fill.report("nhon-hau-2025-phu-luc-2", plan=Plan(1, {"r03.deadline": words}))
    [line] = [line for line in issues.lines(one) if line.id == "r03"]
    assert (line.due and values.say_date(line.due), line.begins and values.say_date(line.begins)) == (due, begins)


def test_a_plan_that_changes_nothing_is_no_overlay() -> None:
    for form_id in fill.FORMS:
        layout = place.place(fill.plan(form_id))
        typed = {key: one.prefill for key, one in layout.context.fields.items()}
        assert recognise.plan_overlay(layout.context.issue, typed) == {}


def test_what_a_plan_changes_is_its_overlay_and_an_emptied_cell_too() -> None:
    one = fill.plan("nhon-hau-2025-phu-luc-1")
    typed = {key: field.prefill for key, field in place.place(one).context.fields.items()}
    typed |= {"r11.target": "95%", "r10.do": None, "r01.nope": "x"}
    assert recognise.plan_overlay(one, typed) == {"r11.target": "95%", "r10.do": ""}


# A share that arrives as its fraction (95% pasted as a number) or as an unclear text, and what a report then judges by.
FRACTIONS = """
cchc-xa                  r19: target=0.95             | >= 95    |
cchc-xa                  r19: target=1                | >= 100   |
cam-hiep-2025-phu-luc    r02: target=0.65             | >= 65    |
nhon-hau-2025-phu-luc-1  r18: target=0.95             | >= 95    |
nhon-hau-2025-phu-luc-1  r18: target=95               | >= 95    |
cchc-xa                  r19: target=0,95             | none     | V225 r19.target
cchc-xa                  r04: target=1                | >= 1     |
"""


@pytest.mark.parametrize("line", FRACTIONS.strip().splitlines())
def test_a_fraction_is_never_taken_for_a_target_below_one_percent(line: str, tmp_path: Path) -> None:
    where, wanted, findings = (part.strip() for part in line.split("|"))
    form_id, row_id, _ = where.replace(":", "").split()
    result = checked.result(checked.workbook(form_id, where.removeprefix(form_id).strip(), "plan"), tmp_path)
    assert ", ".join(checked.lines(result)) == findings
    assert result.filled
    overlay = recognise.plan_overlay(result.filled.layout.context.issue, result.filled.values)
    [found] = [one for one in issues.lines(fill.report(form_id, plan=Plan(1, overlay))) if one.row.id == row_id]
    assert (f"{found.target.op} {found.target.value:g}" if found.target else "none") == wanted
