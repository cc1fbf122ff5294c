"""Every code there is: a bad case that yields it and a good twin that yields nothing; its entry in docs/findings.md."""

from __future__ import annotations

import os
import re
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path

import checked
import fill
import pytest
import test_rules_workbook as made
import trial

from cchc_xlsx import check, history, identity, together, writer
from cchc_xlsx.examine import Examined, Layouts, accepted, examine
from cchc_xlsx.form import load
from cchc_xlsx.history import Reported
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import a1
from cchc_xlsx.periods import parse
from cchc_xlsx.recognise import Asked
from cchc_xlsx.rules import registry
from cchc_xlsx.task import Task
from cchc_xlsx.together import Member

DOCS = Path(__file__).parent.parent / "docs"
FORMS = {
    "NH1": "nhon-hau-2025-phu-luc-1",
    "NH2": "nhon-hau-2025-phu-luc-2",
    "PAPI": "tay-xuan-2024-phu-luc-papi-sipas-par",
    "PAR": "tay-xuan-2024-par-index",
}
NOT_HERE = {"F015", "F016"}  # found only where files are read in processes of their own: with the tests of those
Case = Callable[[Path], list[str]]  # an empty folder → the codes that are found

# ------------------------------------------------------------------------------------------------------ what is typed in

# code, form, period | what is typed wrong | what is typed right
CELLS = """
M101 NH1 N    | r18: num=45 den=-                          | r18: num=50 den=50
M102 NH2 Q1   | r02: status=- done_on=- doc_no=-           | r02: status='Không phát sinh' done_on=- doc_no=-
M103 NH1 N    | r18: num=45 den=50                         | r18: num=45 den=50 reason='Hệ thống gián đoạn 5 ngày'
M104 NH2 Q1   | r02: status='Hoàn thành' doc_no=-          | r02: status='Hoàn thành' doc_no=15/KH-UBND
M105 trial Q1 | r05: value=0.5                             | r05: value=0.5 evidence='Báo cáo số 20/BC-UBND'
M106 PAPI N   | r03: status=Đạt text=-                     | r03: status=Đạt text='Đã niêm yết tại 5/5 thôn'
M107 NH1 plan | r11: target=-                              | r11: target=95%
V201 NH1 N    | r14: num='một trăm hai mươi' den=120       | r14: num=120 den=120
V202 NH1 N    | r14: num=150 den=!#DIV/0!                  | r14: num=150 den=150
V203 NH1 N    | r14: num=46376 den=20                      | r14: num=12 den=12
V204 NH1 N    | r14: num=-5                                | r14: num=5 den=5
V205 NH1 N    | r14: num=0.95                              | r14: num=100 den=100
V206 NH1 N    | r14: num=12.5                              | r14: num=12 den=12
V207 PAPI N   | r04: value=95 previous=0.9                 | r04: value=0.95 previous=0.9
V208 NH1 N    | r02: value=0                               | r02: value=3 of=12 previous=5 previous_of=12
V209 NH2 Q1   | r02: status='xong rồi'                     | r02: status='Hoàn thành'
V210 NH2 Q1   | r02: done_on='tháng 8'                     | r02: done_on=45650
V211 NH1 N    | r14: num=1234 den="'1.234"                 | r14: num=1234 den=1234
V212 NH1 N    | r14: num=!=Sheet2!B5                       | r14: num=120 den=120
V213 NH1 N    | r14: num=!TRUE                             | r14: num=1 den=1
V214 NH1 plan | r11: target='Đạt cao'                      | r11: target='Tối thiểu 60%'
V215 NH1 N    | r14: num=!NaN                              | r14: num=120 den=120
V221 NH1 N    | r14: num='95 hồ sơ' den=95                 | r14: num=95 den=95
V222 PAPI N   | r04: value=0.0095 previous=0.5             | r04: value=0.95 previous=0.5
V223 NH1 N    | r14: num=12 den=46376 reason=x             | r14: num=12 den=20 reason=x
V224 NH1 plan | r10: do='Tổ 4'                             | r10: do='Tư pháp xã'
V225 NH1 plan | r11: target='60% đến 80%'                  | r11: target='Tối thiểu 60%'
V226 NH2 plan | r03: deadline=sớm                          | r03: deadline='Quý II'
V227 NH1 N    | r14: num=!=45+50 den=95                    | r14: num=95 den=95
V228 NH1 N    | r14: note='HÖ thèng gi¸n ®o¹n'             | r14: note='Hệ thống gián đoạn'
L401 NH1 N    | r14: num=120 den=100                       | r14: num=100 den=100
L402 NH1 N    | r14: num=5 den=0                           | r14: num=5 den=5
L403 NH1 N    | r14: num=5 den=6 nil='Không phát sinh'     | r14: num=0 den=0 nil='Không phát sinh'
L404 NH1 N    | r21: num=190 den=200 r22: num=195 den=195  | r21: num=190 den=200 r22: num=190 den=190
L406 PAR N    | r01: value=25                              | r01: value=20
L408 NH2 Q1   | r02: done_on=45736                         | r02: done_on=45730
L409 NH2 Q1   | r02: done_on=45000                         | r02: done_on=45650
L410 NH2 Q1   | r03: status='Quá hạn' reason=x             | r03: status='Chưa đến hạn'
L411 NH1 N    | r02: value=15 of=12 previous=16 previous_of=17 | r02: value=3 of=12 previous=5 previous_of=12
L421 NH1 N    | r21: num=190 den=200 r22: num=180 den=185  | r21: num=190 den=200 r22: num=190 den=190
L422 NH1 N    | r14: num=0 den=0                           | r14: num=0 den=0 nil='Không phát sinh'
L423 NH2 Q1   | r03: status='Đang thực hiện' done_on=45650 | r03: status='Hoàn thành' done_on=45650 doc_no=15/KH-UBND
"""


def typed(form: str, period: str, drawn: str) -> Case:
    """A workbook, rightly filled in but for what is drawn."""

    def found(folder: Path) -> list[str]:
        if form in FORMS:
            return of(checked.result(checked.workbook(FORMS[form], drawn, period), folder))
        trial.put(folder / "forms")
        one = Issue(load.find(trial.ID, own=folder / "forms"), "Nhơn Hậu", 2027, "report", parse(f"2027-{period}"))
        right = "r04: evidence='Báo cáo số 20' " + ("r05: evidence=x " if "r05:" not in drawn else "")
        data = checked.typed_into(*checked.filled(one), right + drawn)
        return of(checked.result(data, folder, Asked(own_forms=folder / "forms")))

    return found


def of(result: Examined) -> list[str]:
    return [one.code for one in result.findings]


# ------------------------------------------------------------------------------------------------ files, identity, content

# code | bad and good by their names in the tables of test_rules_workbook
WHOLE = """
F001 FILES      | empty                           | good
F002 FILES      | pdf renamed                     | good
F003 FILES      | old excel                       | good
F004 FILES      | encrypted                       | good
F005 FILES      | half                            | good
F006 FILES      | macros                          | good
F007 FILES      | binary                          | good
F008 FILES      | ods                             | good
F009 FILES      | csv                             | good
F010 FILES      | html table                      | good named .xls
F011 FILES      | over the limit                  | good
F013 FILES      | doctype in a part               | good
F020 FILES      | lock file                       | good
F021 FILES      | word                            | good without a suffix
I502 IDENTITIES | period changed by hand          | as issued
I504 IDENTITIES | unknown form                    | as issued
I505 IDENTITIES | asked for another               | asked for its period
I506 IDENTITIES | by a plan that is gone          | by a plan it carries
I507 IDENTITIES | by another plan                 | by the given plan
I508 IDENTITIES | without its form sheet          | without the other sheets
I509 IDENTITIES | with what the office adds, which is gone | with what the office adds
I511 IDENTITIES | keyed, and the key is not here  | keyed, and the key is here
I521 IDENTITIES | without a key where there is one | keyed, and the key is here
T301 ALTERED    | a name changed                  | blanks, tabs and NFD in a name
T302 ALTERED    | the target changed              | the target as a number
T303 ALTERED    | a share typed over its formula  | a formula written otherwise
T304 ALTERED    | a row deleted                   | nothing
T305 ALTERED    | two rows swapped                | nothing
T306 ALTERED    | a merge undone                  | nothing
T307 ALTERED    | a column inserted               | nothing
T311 ALTERED    | a remark beside the table       | nothing
T312 ALTERED    | a row inserted                  | nothing
T313 ALTERED    | a sheet added                   | an empty sheet added
"""


def whole(table: str, name: str) -> Case:
    """A case of another table."""
    if table == "FILES":
        shown, make, _ = made.FILES[name]
        return lambda folder: of(checked.result(make(), folder, name=shown))
    layout, *asked, _ = getattr(made, table)[name]
    return lambda folder: of(checked.result(writer.to_bytes(layout()), folder, *asked))


def unreadable(folder: Path) -> list[str]:
    honest = os.open

    def refuse(path: object, *arguments: int, **more: int) -> int:
        if str(path).endswith(".xlsx"):
            raise PermissionError(13, "Permission denied")
        return honest(path, *arguments, **more)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "open", refuse)
        return of(checked.result(made.good(), folder))


def broken_reader(folder: Path) -> list[str]:
    def panic(*_: object, **__: object) -> None:
        raise BaseException("panic")  # noqa: TRY002  as the reader's own crashes: no Exception

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cchc_xlsx.reader.own", panic)
        patch.setattr("cchc_xlsx.reader.CalamineWorkbook.from_filelike", panic, raising=False)
        patch.setattr("cchc_xlsx.second.grids", panic)
        return of(checked.result(made.good(), folder))


def right(folder: Path) -> list[str]:
    return of(checked.result(made.good(), folder))


def linked(folder: Path) -> list[str]:
    (folder / "that").write_bytes(made.good())
    (folder / "link.xlsx").symlink_to("that")
    return of(checked.results(folder)["link.xlsx"])


def earlier(folder: Path) -> list[str]:
    """What a check told, as a workbook in the folder of the next one; the process that reads files knows it."""
    (folder / "bao-cao.xlsx").write_bytes(made.good())
    told = check.check((folder,), Task())
    writer.save(writer.findings_to_bytes(told, "vi"), folder / "ket-qua.xlsx")
    return [finding.code for one in check.check((folder,), Task()).files for finding in one.findings]


def foreign(folder: Path) -> list[str]:
    """A workbook that was never ours: our sheet without any copy of its identity."""
    bare = made.retold(made.cam_hiep(), made.cam_hiep().identity.token, "Báo cáo")
    return of(checked.result(writer.to_bytes(bare), folder))


def two_units(folder: Path) -> list[str]:
    pasted = made.replace(made.cam_hiep(unit="VP").form_sheet, name="Văn phòng")
    own = made.cam_hiep(unit="KT")
    return of(checked.result(writer.to_bytes(made.replace(own, sheets=(*own.sheets, pasted))), folder))


def version(newest: int) -> Case:
    def found(folder: Path) -> list[str]:
        own = folder / "forms"
        trial.put(own)
        one = Issue(load.find(trial.ID, own=own), "Nhơn Hậu", 2027, "report", parse("2027-6T"))
        data = checked.typed_into(*checked.filled(one), "r04: evidence=x r05: evidence=x")
        if newest > 1:
            trial.put(own, trial.changed(("version: 1", f"version: {newest}")), version=newest)
        return of(checked.result(data, folder, Asked(own_forms=own)))

    return found


def unprotected(folder: Path) -> list[str]:
    data = checked.with_part(made.good(), checked.SHEET, lambda xml: re.sub(rb"<sheetProtection[^>]*/>", b"", xml))
    return of(checked.result(data, folder))


def blank(folder: Path) -> list[str]:
    return of(checked.result(writer.to_bytes(place.place(fill.report(FORMS["NH1"]))), folder))


def total(folder: Path) -> list[str]:
    layout, data = checked.filled(fill.report(FORMS["PAR"]))
    return of(checked.result(checked.with_cells(data, {a1(layout.totals["r09.first"][0]): "90"}), folder))


# ---------------------------------------------------------------------------------------------------------------- the set


def in_one_folder(*files: str, is_expected: bool = False) -> Case:
    """Workbooks of one form in one folder, each "unit|what is typed"."""

    def found(folder: Path) -> list[str]:
        for number, drawn in enumerate(files):
            unit, _, text = drawn.partition("|")
            (folder / f"{number}.xlsx").write_bytes(checked.workbook(FORMS["NH1"], text, "N", unit.strip()))
        results = checked.results(folder)
        issues = {one.identity: one.filled.layout.context.issue for one in results.values() if one.filled}
        members = [member(name, one) for name, one in results.items()]
        every = together.findings(members, issues.get if is_expected else None)  # type: ignore[arg-type]
        return [code for one in results.values() for code in of(one)] + [one.code for one in every]

    return found


def member(name: str, result: Examined) -> Member:
    """A file as the set sees it."""
    assert result.filled
    keys = result.filled.layout.context.single
    figures = {key: (cell, value) for key, (cell, value, _) in accepted(result).items() if key in keys}
    return Member(name, result.identity, result.sha256, is_usable=True, single=lambda: figures)


# -------------------------------------------------------------------------------------------------------- other periods


def after(form: str, period: str, drawn: str, *before: str) -> Case:
    """A workbook, rightly filled in but for what is drawn, after reports of other periods: each "period: key=figure …"."""

    def found(folder: Path) -> list[str]:
        if form in FORMS:
            one = fill.report(FORMS[form], period)
        else:
            trial.put(folder / "forms", trial.CARRYING)
            one = Issue(load.find(trial.ID, own=folder / "forms"), "Nhơn Hậu", 2027, "report", parse(f"2027-{period}"))
        past = [_reported(one, text) for text in before]
        path = folder / "bao-cao.xlsx"
        path.write_bytes(checked.typed_into(*checked.filled(one), drawn))
        return of(examine(path, Asked(own_forms=folder / "forms"), Layouts(), past=past))

    return found


def _reported(one: Issue, drawn: str) -> Reported:
    code, _, figures = drawn.partition(": ")
    typed_ = dict(word.split("=") for word in figures.split())
    said = {key: float(text) if text.isdigit() else text.replace("_", " ") for key, text in typed_.items()}
    year = one.year - (code == "last year")
    return Reported(history.whose(identity.of(one)), f"{year}-{'N' if code == 'last year' else code}", said)


MONTHS = [f"T0{month}: r14.num=2{month} r14.den=2{month}" for month in range(1, 5)]
CARRIED = "r04: evidence=x r05: evidence=x r06: value={} r07: value=3"

EVERY_UNIT = ("VPTK", "TPHT", "VHXH0", "TCKT", "MC")
RANK = "r02: value={} of=12 previous=5 previous_of=12"
OTHERS: Mapping[str, tuple[Case, Case]] = {
    "F012": (unreadable, right),
    "F014": (broken_reader, right),
    "F022": (linked, right),
    "F023": (earlier, right),
    "I501": (foreign, whole("IDENTITIES", "as issued")),
    "I503": (two_units, whole("IDENTITIES", "as issued")),
    "I512": (version(2), version(1)),
    "T321": (unprotected, right),
    "M100": (blank, typed("NH1", "N", "")),
    "L407": (total, right),
    "H801": (
        after("NH1", "9T", "", "6T: r14.num=200 r14.den=300"),
        after("NH1", "9T", "", "6T: r14.num=100 r14.den=100"),
    ),
    "H802": (
        after("NH2", "6T", "", "Q1: r04.status=Hoàn_thành"),
        after("NH2", "6T", "", "Q1: r04.status=Đang_thực_hiện"),
    ),
    "H803": (
        after("NH1", "N", "", "last year: r02.value=4 r02.of=12"),
        after("NH1", "N", "", "last year: r02.value=5 r02.of=12"),
    ),
    "H804": (
        after("trial", "T02", CARRIED.format(9), "T01: r07.value=12"),
        after("trial", "T02", CARRIED.format(12), "T01: r07.value=12"),
    ),
    "H805": (
        after("NH1", "Q3", "", "6T: r14.num=120 r14.den=120", "9T: r14.num=200 r14.den=200"),
        after("NH1", "Q3", "", "6T: r14.num=120 r14.den=120", "9T: r14.num=320 r14.den=320"),
    ),
    "H821": (after("NH1", "T05", "", *MONTHS), after("NH1", "T05", "r14: num=40 den=40", *MONTHS)),
    "H822": (after("NH1", "Q2", "", "Q1: r04.num=500"), after("NH1", "Q2", "", "Q1: r04.num=5")),
    "H823": (after("NH1", "9T", "", "6T: r02.previous=9"), after("NH1", "9T", "", "6T: r02.previous=5")),
    "H824": (
        after("NH1", "9T", "", "6T: r14.num=120 r14.den=120", "Q3: r14.num=200 r14.den=200"),
        after("NH1", "9T", "", "6T: r14.num=120 r14.den=120", "Q3: r14.num=80 r14.den=80"),
    ),
    "S701": (in_one_folder("TPHT|", "TPHT|r14: note='bản sửa'"), in_one_folder("TPHT|", "VPTK|")),
    "S702": (in_one_folder("TPHT|", "TPHT|"), in_one_folder("TPHT|", "VPTK|")),
    "S703": (in_one_folder(*EVERY_UNIT[1:], is_expected=True), in_one_folder(*EVERY_UNIT, is_expected=True)),
    "S704": (in_one_folder("XA|" + RANK.format(3), "VPTK|" + RANK.format(4)), in_one_folder("XA|", "VPTK|")),
}


def cases() -> dict[str, tuple[Case, Case]]:
    """Bad and good by code."""
    found = dict(OTHERS)
    for line in CELLS.strip().splitlines():
        (code, form, period), bad, good = (
            line.partition("|")[0].split(),
            *(text.strip() for text in line.split(" | ")[1:]),
        )
        found[code] = typed(form, period, bad), typed(form, period, good)
    for line in WHOLE.strip().splitlines():
        about, bad, good = (text.strip() for text in line.split(" | "))
        code, table = about.split()
        found[code] = whole(table, bad), whole(table, good)
    return found


ALL = cases()


def test_every_code_has_a_bad_and_a_good_case() -> None:
    assert set(ALL) | NOT_HERE == {rule.code for rule in registry.RULES}
    assert not set(ALL) & NOT_HERE
    assert len(CELLS.strip().splitlines()) + len(WHOLE.strip().splitlines()) + len(OTHERS) == len(ALL)


@pytest.mark.parametrize("code", ALL)
def test_a_bad_case_yields_its_code_and_the_good_twin_nothing(code: str, tmp_path: Path) -> None:
    for name, case in zip(("bad", "good"), ALL[code], strict=True):
        (tmp_path / name).mkdir()
        found = case(tmp_path / name)
        assert (code in found) if name == "bad" else found == []


def test_the_page_of_all_codes_is_what_the_rules_say() -> None:
    page = runpy.run_path(str(DOCS / "make_findings.py"))["page"]()
    now = (DOCS / "findings.md").read_text(encoding="utf-8")
    assert now == page, "the rules have changed: run `python docs/make_findings.py`"
    assert re.findall(r"^### (\w+) ", page, re.MULTILINE) == [rule.code for rule in registry.RULES]
    assert not re.search(r"[{}]", page)
