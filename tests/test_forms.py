"""Forms: every mistake of a form told at once by line, an office's own forms, years, owners, and plans read back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import fill
import pytest
import trial

import cchc_xlsx
from cchc_xlsx import issue as issues
from cchc_xlsx import periods
from cchc_xlsx.errors import CchcError, FormError
from cchc_xlsx.form import deadlines, load
from cchc_xlsx.form.model import Column, Form
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout import place

PACKAGE = Path(cchc_xlsx.__file__).parent

# ------------------------------------------------------------------------------------------------------- broken forms

# What the types cannot hold. Behind `#!` stands what must be said about the line: path: message, parted by `;;`.
WRONG_BY_TYPE = """\
id: thu-nghiem                   #! .: the key “base_year” is missing ;; .: the key “name” is missing
version: "1"                     #! version: needs a whole number, but is '1'
name_en: 5                       #! name_en: needs text (put it in quotes), but is 5
era: hau                         #! era: must be one of: pre, post; is 'hau'
colour: red                      #! colour: “colour” is not a key of the form language
coordinator: VP
sections: [VP, KT, 7]            #! sections[2]: needs text (put it in quotes), but is 7
owner_column: do
owner_column: do                 #! owner_column: the key “owner_column” is given twice
heading: Phụ lục                 #! heading: needs a list, but is 'Phụ lục'
columns:
  - {id: stt, role: stt, header: STT, width: wide}  #! columns[0].width: needs a number, but is 'wide'
  - {id: label, role: label, width: 40}             #! columns[1]: the key “header” is missing
  - {id: do, role: unit, header: Đơn vị, width: 20} #! columns[2].role: must be one of: stt, label, target, baseline, units
rows:
  - id: r01
    role: item
    span: "yes"                  #! rows[0].span: needs true or false, but is 'yes'
    cells:
      stt: 1.1                   #! rows[0].cells.stt: needs text (put it in quotes), but is 1.1
      label: Tỷ lệ
    measure:
      kind: rates                #! rows[0].measure.kind: must be one of: rate, percent
      target: yes                #! rows[0].measure.target
      op: "=>"                   #! rows[0].measure.op: must be one of: >=, >, =, <=, <; is '=>'
      basis: flow
"""

# What the types hold and the meaning does not.
WRONG_BY_MEANING = """\
id: mau-khac                     #! id: must equal its folder, “thu-nghiem”
version: 2                       #! version: must equal its file, “v1.yaml”
name: Biểu thử nghiệm
name_en: A trial form
base_year: 2027
era: post
coordinator: TTPVHCC             #! coordinator: the coordinator must be one of the sections
sections: [VP, KT]
owner_column: target             #! owner_column: must be the id of a column of role units
heading:
  - {style: title, text: "CHỈ TIÊU NĂM {{ nam }}"}  #! heading[0].text: the expression between {{ }} is wrong
columns:                         #! columns: needs exactly one column of role stt
  - {id: label, role: label, header: Chỉ tiêu, width: 40}
  - {id: target, role: target, header: "Chỉ tiêu {{ year", width: 20}  #! columns[1].header: the expression between {{ }}
  - {id: do, role: units, header: Đơn vị, width: 20}   #! columns[2].id: the column id “do” is given twice
  - {id: do, role: units, header: Đơn vị, width: 0}    #! columns[3].id: the column id “do” ;; columns[3]: a column needs
rows:
  - id: r01                      #! rows[0].id: the id “r01” is given twice
    role: group
    cells:
      label: "Nhóm "             #! rows[0].cells.label: must be NFC, no tabs, trimmed
      color: red                 #! rows[0].cells.color: there is no such column
  - id: r01                      #! rows[1].id: the id “r01” is given twice
    role: item
    cells: {label: "Tỷ lệ", target: "120%", do: "Phòng Kinh tế"}
    measure:                     #! rows[1].measure: a rate needs “den”
      kind: rate
      op: ">="
      target: 120                #! rows[1].measure.target: is in percent, from 0 to 100
      num: Số hồ sơ
      basis: flow
  - id: R 3                      #! rows[2].id: a row id is small letters and digits
    role: item
    cells: {label: "Hai phần", target: "100%", do: "Phòng Kinh tế"}
    measures:                    #! rows[2].measures: the words must make up the target cell
      - {id: r03a, words: "90%", label: một, kind: rate, op: ">=", num: a, den: b, basis: flow}
      - {id: r03b, words: "", label: hai, kind: grade, target: Giỏi, value: c, scale: [Tốt]}  #! rows[2].measures[1]: each part needs ;; rows[2].measures[1].target: must be one of scale
  - id: r04                      #! rows[3]: this row needs a measure
    role: item
    deadline:
      - {what: Ban hành}         #! rows[3].deadline[0]: needs exactly one of date (day/month), month
      - {month: 13}              #! rows[3].deadline[1]: needs exactly one of
      - {quarter: 1, month: 3}   #! rows[3].deadline[2]: needs exactly one of
  - id: r05                      #! rows[4]: a total needs sum_of
    role: total
    measure: {kind: count, op: ">=", value: x, basis: flow}
merges:
  - {column: do, first: r04, last: r09}  #! merges[0]: there is no such column or row
  - {column: do, first: r04, last: r04}  #! merges[1]: must join two rows or more
  - {column: target, first: r01, last: R 3}  #! merges[2]: only the first row of a merge may hold text
relations:
  - {kind: subset, part: r03a.num, whole: r09.num}  #! relations[0].whole: there is no such field
"""

# Both at once: an office must not learn of the second half of its mistakes only when the first is mended.
WRONG_ANYHOW = """\
id: thu-nghiem
version: 1
name: Biểu thử nghiệm
name_en: A trial form
base_year: 2027
era: post
colour: red                      #! colour: “colour” is not a key of the form language
coordinator: TTPVHCC             #! coordinator: the coordinator must be one of the sections
sections: [VP, KT]
sections: [VP, KT]               #! sections: the key “sections” is given twice
heading:
  - {style: title, text: "CHỈ TIÊU NĂM {{ nam }}"}  #! heading[0].text: the expression between {{ }} is wrong
columns:
  - {id: stt, role: stt, header: STT, width: 6}
  - {id: label, role: label, header: Chỉ tiêu, width: 40}
  - {id: target, role: target, header: Chỉ tiêu, width: 20}
  - {id: do, role: units, header: Đơn vị, width: 20}
rows:
  - id: r01                      #! rows[0].id: the id “r01” is given twice
    role: item
    cells:
      stt: 1.1                   #! rows[0].cells.stt: needs text (put it in quotes), but is 1.1
      label: Tỷ lệ
      color: red                 #! rows[0].cells.color: there is no such column
    measure: {kind: rate, op: ">=", target: 190, num: a, basis: flow}  #! rows[0].measure: a rate needs “den” ;; rows[0].measure.target: is in percent
  - id: r01                      #! rows[1].id: the id “r01” is given twice ;; rows[1]: the key “role” is missing
    cells: {label: Kế hoạch, target: "100%", do: "Phòng Kinh tế"}
    measures:                    #! rows[1].measures: the words must make up the target cell
      - {id: r03a, words: "90%", label: một, kind: rate, op: ">=", num: a, den: b, basis: flow}
    deadline: [{what: Ban hành}]  #! rows[1].deadline[0]: needs exactly one of date (day/month), month
  - id: r03
    role: item
    cells: {do: "Phòng Kinh tế"}
    measure: {kind: task, value: x}
merges:
  - {column: do, first: r01, last: r03}  #! merges[0]: only the first row of a merge may hold text
relations:
  - {kind: subset, part: r01.num, whole: r09.num}  #! relations[0].whole: there is no such field
"""


def expected(text: str) -> list[tuple[int, str]]:
    """Line and beginning of what must be said, as the comments draw it."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        _, mark, said = line.partition("#!")
        found += [(number, one.strip()) for one in said.split(";;")] if mark else []
    return found


def refused(path: Path) -> FormError:
    with pytest.raises(FormError) as caught:
        load.read(path)
    return caught.value


@pytest.mark.parametrize("text", [WRONG_BY_TYPE, WRONG_BY_MEANING, WRONG_ANYHOW], ids=["type", "meaning", "both"])
def test_every_mistake_is_told_at_once_with_file_line_and_path(text: str, tmp_path: Path) -> None:
    path = trial.put(tmp_path, text)
    error = refused(path)
    drawn = expected(text)
    assert len(drawn) >= 12
    said = [(one.line, f"{one.path}: {one.text.en}") for one in error.problems]
    unsaid = [one for one in drawn if not any(one[0] == line and words.startswith(one[1]) for line, words in said)]
    undrawn = [one for one in said if not any(one[0] == line and one[1].startswith(words) for line, words in drawn)]
    assert (unsaid, undrawn) == ([], [])
    assert {one.file for one in error.problems} == {str(path)}
    assert [one.line for one in error.problems] == sorted(one.line for one in error.problems)


def test_both_languages_name_the_same_places(tmp_path: Path) -> None:
    text = refused(trial.put(tmp_path, WRONG_BY_MEANING)).text
    lines = [
        (vi.split(": ")[:2], en.split(": ")[:2])
        for vi, en in zip(text.vi.split("\n"), text.en.split("\n"), strict=True)
    ]
    assert all(vi == en for vi, en in lines)
    assert not any(vi == en for vi, en in zip(text.vi.split("\n"), text.en.split("\n"), strict=True))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("# chỉ có chú thích\n", 1),
        ("biểu", 1),
        ("- a\n- b\n", 1),
        ("id: [a\nname: b", 2),
        ("id: a\n\tname: b", 2),
        ("id: a\n---\nid: b\n", 2),
        ("id: !!python/object/apply:os.system [ls]", 1),
        ("id: a\n? [a, b]\n: c", 2),
        ("id: a\nname: b \x01", 2),
        ("id: &a [*a]", 1),
        ("id: " + "[" * 2000 + "]" * 2000, 1),
        ("id: a\nname: Biểu".encode("utf-16"), 1),
        ("id: a\nname: Biểu".encode()[:-2], 2),
        ("id: a\nname: bi\xeau".encode("latin-1"), 2),
    ],
    ids=["empty", "comment", "word", "list", "bracket", "tab", "documents", "tag", "key", "control", "itself", "deep", "utf16", "cut", "latin1"],
)  # fmt: skip
def test_what_is_no_form_at_all_is_told_as_such(text: str | bytes, line: int, tmp_path: Path) -> None:
    path = trial.put(tmp_path, text)
    problem = refused(path).problems[0]
    assert (problem.file, problem.line) == (str(path), line)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('cells: {stt: "1", label: "Thủ tục hành chính"}', "cells: [a, b]"),
        ('cells: {stt: "1", label: "Thủ tục hành chính"}', "cells:"),
        ("measure: {kind: task, value: tình trạng, evidence: true}", "measure: task"),
        ("  - {column: do, first: r04, last: r05}", "  - do"),
        ("  - id: r01\n", "  -\n  - id: r01\n"),
    ],
)
def test_mistakes_are_told_in_words_of_the_form_not_of_python(old: str, new: str, tmp_path: Path) -> None:
    said = refused(trial.put(tmp_path, trial.changed((old, new)))).text
    for text in (said.vi, said.en):
        assert not re.search(r"object|attribute|NoneType|iterable|argument|Error", text), text


# Sound by type and meaning, yet no workbook can be made of it.
UNPLACEABLE = {
    "no rows": (trial.FORM[trial.FORM.index("rows:\n") :], "rows: []\n"),
    "unknown section": ("sections: [VP, KT]", "sections: [VP, KT, PHONG]"),
    "section of another era": ("sections: [VP, KT]", "sections: [VP, KT, VPTK]"),
    "no signature": ("owner_column: do\n", "owner_column: do\nsignatures: []\n"),
    "sheet named as ours": ("Phụ lục thử", "Hướng dẫn"),
    "span over filled cells": (
        '    role: item\n    cells: {stt: "1.1"',
        '    role: item\n    span: true\n    cells: {stt: "1.1"',
    ),
    **{
        f"column {name}": ("  - {id: do,", f"  - {{id: {name}, role: text, header: Ghi chú, width: 9}}\n  - {{id: do,")
        for name in ("note", "reason", "evidence", "nil", "first", "judged", "verdict")
    },
    **{
        f"row {name}": ("  - id: r01\n", f"  - id: {name}\n")
        for name in ("status", "about", "code", "difficulties", "proposals")
    },
}


@pytest.mark.parametrize("edit", UNPLACEABLE.values(), ids=UNPLACEABLE)
def test_what_cannot_be_placed_is_refused_when_the_form_is_read(edit: tuple[str, str], tmp_path: Path) -> None:
    assert load.read(trial.put(tmp_path / "sound")).rows
    refused(trial.put(tmp_path / "broken", trial.changed(edit)))


@pytest.mark.parametrize(
    "words", ["{{ yeer }}", "{{ year", "{{ year.__class__ }}", '{{ "{a}".format() }}', "{{ 1 / 0 }}"]
)
@pytest.mark.parametrize("place_", ["Tỷ lệ hồ sơ đúng hạn", "Số hồ sơ đúng hạn", "Tổng số hồ sơ"])
def test_a_wrong_expression_is_told_wherever_words_may_stand(words: str, place_: str, tmp_path: Path) -> None:
    quoted = words.replace('"', "'")
    text = trial.changed((place_, "X")).replace('label: "X"', f'label: "{quoted}"')
    text = re.sub(r"(num|den): X\b", rf'\1: "{quoted}"', text)
    assert [one.text.en.split(":")[0] for one in refused(trial.put(tmp_path, text)).problems] == [
        "the expression between {{ }} is wrong"
    ]


def test_what_is_to_be_counted_may_name_the_year(tmp_path: Path) -> None:
    form = load.read(trial.put(tmp_path, trial.changed(("den: Tổng số hồ sơ", 'den: "Tổng số hồ sơ năm {{ year }}"'))))
    report = place.place(Issue(form, "Nhơn Hậu", 2028, "report", periods.parse("2028-Q1")))
    shown = [str(cell.content) for sheet in report.sheets for cell in sheet.cells.values()]
    assert any("Tổng số hồ sơ năm 2028" in text for text in shown)
    assert not any("{{" in text for text in shown)


# ---------------------------------------------------------------------------------------- the command and broken forms


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the program whose templates an office may edit."""
    shutil.copytree(PACKAGE, tmp_path / "cchc_xlsx", ignore=shutil.ignore_patterns("__pycache__", "templates"))
    inside = PACKAGE / "templates"
    shutil.copytree(inside if inside.is_dir() else PACKAGE.parent / "templates", tmp_path / "templates")
    return tmp_path


def run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1", "CCHC_LANG": ""}
    command = [sys.executable, "-m", "cchc_xlsx", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=checkout, check=False
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("forms", "list"),
        ("forms", "show", "cchc-xa"),
        ("generate", "--commune", "Nhơn Hậu", "--out", "out"),
    ],
)
def test_a_broken_form_ends_the_command_with_2_and_all_its_lines(checkout: Path, arguments: tuple[str, ...]) -> None:
    path = checkout / "templates" / "forms" / "cchc-xa" / "v1.yaml"
    path.write_text(WRONG_BY_MEANING.replace("id: mau-khac", "id: cchc-xa"), encoding="utf-8")
    done = run(checkout, "--lang", "en", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert not (checkout / "out").exists()
    drawn = [number for number, said in expected(WRONG_BY_MEANING) if not said.startswith("id:")]
    assert [int(line) for line in re.findall(r"v1\.yaml:(\d+): ", done.stderr)] == drawn
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"id: [", b"id: a\x01"])
@pytest.mark.parametrize("name", ["forms/cchc-xa/v1.yaml", "units/units.yaml"])
def test_an_unreadable_template_is_the_users_to_mend_not_our_bug(checkout: Path, content: bytes, name: str) -> None:
    (checkout / "templates" / name).write_bytes(content)
    done = run(checkout, "forms", "show", "cchc-xa")
    assert done.returncode == 2, done.stderr
    assert Path(name).name in done.stderr
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------------------------------------------- an office's own forms


def test_an_offices_own_form_wins_over_the_shipped_one(tmp_path: Path) -> None:
    shipped = load.find("cchc-xa")
    own = (load.folders()[0] / "cchc-xa" / "v1.yaml").read_text(encoding="utf-8")
    trial.put(tmp_path, own.replace(shipped.name, "Mẫu của xã"), form_id="cchc-xa")
    assert load.find("cchc-xa", own=tmp_path).name == "Mẫu của xã"
    assert load.find("cchc-xa", 1, own=tmp_path).name == "Mẫu của xã"
    assert load.find("cchc-xa").name == shipped.name
    assert load.find("cam-hiep-2025-phu-luc", own=tmp_path).id == "cam-hiep-2025-phu-luc"


def test_versions_and_listing_of_own_and_shipped_forms(tmp_path: Path) -> None:
    trial.put(tmp_path)
    trial.put(tmp_path, trial.changed(("version: 1", "version: 2")), version=2)
    trial.put(tmp_path, trial.changed(("version: 1", "version: 10")), version=10)
    trial.put(tmp_path, "x", form_id="not.a.form")
    (tmp_path / trial.ID / "v3.yaml.bak").write_text("x", encoding="utf-8")
    found = load.listing(load.folders(tmp_path))
    assert found[trial.ID] == (1, 2, 10)
    assert next(iter(found)) == "cchc-xa"
    assert set(load.listing(load.folders())) == set(fill.FORMS) == set(found) - {trial.ID, "not.a.form"}
    assert [load.find(trial.ID, version, tmp_path).version for version in (None, 1, 2)] == [10, 1, 2]


def test_one_form_is_one_object_with_and_without_its_version() -> None:
    assert load.find("cchc-xa") is load.find("cchc-xa", 1)


@pytest.mark.parametrize("form_id", ["", "nope", "../cchc-xa", "CCHC-XA", "cchc-xa/v1", "cchc xa"])
def test_an_unknown_form_is_told_with_those_that_exist(form_id: str) -> None:
    with pytest.raises(CchcError) as caught:
        load.find(form_id)
    assert "nhon-hau-2025-phu-luc-1" in caught.value.text.vi
    with pytest.raises(CchcError, match="v9"):
        load.find("cchc-xa", 9)


# ----------------------------------------------------------------------------------------------------------------- years


def words_of(form_id: str, year: int) -> list[str]:
    """Everything printed of a form in a year."""
    form = load.find(form_id)
    one = Issue(form, form.commune or "Nhơn Hậu", year, "plan")
    cells = [str(issues.cell(one, row, leaf.id)) for row in form.rows for leaf in words_leaves(form)]
    return [issues.words(one, heading.text) for heading in form.heading] + cells


def words_leaves(form: Form) -> list[Column]:
    """The columns but for last year's results, which are of one year alone."""
    return [leaf for leaf in form.leaves if leaf.role != "baseline"]


def raw_words(form_id: str) -> list[str]:
    form = load.find(form_id)
    return [one.text for one in form.heading] + [
        row.cells.get(leaf.id, "") for row in form.rows for leaf in words_leaves(form)
    ]


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_years_shift_and_everything_else_stays(form_id: str) -> None:
    base = load.find(form_id).base_year
    pairs = zip(raw_words(form_id), words_of(form_id, base), words_of(form_id, base + 3), strict=True)
    for raw, now, later in pairs:
        if "year" in raw:
            assert re.sub(r"\d{4}", "", now) == re.sub(r"\d{4}", "", later)
            moved = [
                int(b) - int(a) for a, b in zip(re.findall(r"\d{4}", now), re.findall(r"\d{4}", later), strict=True)
            ]
            assert set(moved) <= {0, 3}
            assert 3 in moved
        else:
            assert now == later
        assert "{" not in now + later


@pytest.mark.parametrize(
    ("form_id", "year", "words"),
    [
        ("nhon-hau-2025-phu-luc-1", 2025, "CHỈ TIÊU THÀNH PHẦN CỦA CÔNG TÁC CẢI CÁCH HÀNH CHÍNH XÃ NHƠN HẬU NĂM 2025"),
        ("nhon-hau-2025-phu-luc-1", 2028, "CHỈ TIÊU THÀNH PHẦN CỦA CÔNG TÁC CẢI CÁCH HÀNH CHÍNH XÃ NHƠN HẬU NĂM 2028"),
        ("nhon-hau-2025-phu-luc-1", 2028, "Cải thiện vị trí so với năm 2027"),
        ("nhon-hau-2025-phu-luc-1", 2028, "Quyết định số 538 /QĐ-UBND ngày 30 /12/2024 của UBND xã"),
        ("nhon-hau-2025-phu-luc-2", 2028, "Tháng 12/2027"),
        ("nhon-hau-2025-phu-luc-2", 2028, "Nghị định số 60/2021/NĐ-CP"),
        ("cam-hiep-2025-phu-luc", 2028, "Nghị quyết số 01/NQ-CP ngày 08/01/2025 của Chính phủ"),
        ("cam-hiep-2025-phu-luc", 2028, "/8/2028 của UBND xã Cam Hiệp"),
        ("tay-xuan-2024-phu-luc-papi-sipas-par", 2026, "31/12/2026"),
        ("cchc-xa", 2031, "NĂM 2031"),
    ],
)  # fmt: skip
def test_years_as_printed(form_id: str, year: int, words: str) -> None:
    assert any(words in text for text in words_of(form_id, year))


@pytest.mark.parametrize("form_id", fill.FORMS)
@pytest.mark.parametrize("shift", [0, 3])
def test_the_declared_targets_and_deadlines_are_those_of_the_printed_words(form_id: str, shift: int) -> None:
    form = load.find(form_id)
    one = Issue(form, form.commune or "Nhơn Hậu", form.base_year + shift, "plan")
    target, deadline = (issues.role_column(form, role) for role in ("target", "deadline"))
    for row in form.rows:
        if row.role == "total":
            continue
        for part, declared in zip(row.parts, issues.targets(one, row), strict=True):
            printed = part.words if row.measures else issues.printed(one, row, target) if target else ""
            read = issues.read_target(part, issues.words(one, str(printed))) if printed else None
            assert read == declared, (row.id, printed)
        if deadline:
            assert deadlines.parse(str(issues.printed(one, row, deadline)), one.year) == row.deadline, row.id
