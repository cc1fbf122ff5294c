"""Workbooks that an office issues with its key and its own data, and what a folder of them says where they are checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import checked
import fill
import offices
import pytest
import trial
from msgspec.structs import replace

from cchc_xlsx import check, extras, generate, identity, task, together, writer
from cchc_xlsx.errors import CchcError
from cchc_xlsx.generate import Made, Order
from cchc_xlsx.issue import Issue, Local, Plan
from cchc_xlsx.layout import place
from cchc_xlsx.recognise import Asked, GivenPlan
from cchc_xlsx.task import Task

XA, NH1 = "cchc-xa", "nhon-hau-2025-phu-luc-1"
KT = "Phòng Kinh tế"
BY_UNIT: Mapping[str, Local] = {
    "XA": Local(spellings={"KT": ("Ban Kinh tế",)}),
    "VP": Local(dt.date(2027, 3, 19), {"KT": "Ban Kinh tế xã"}, {"KT": ("Ban Kinh tế",)}, {"r02.previous": 5, "r19.prior": "1/2 (50%)"}),
    "KT": Local(dt.date(2027, 3, 20), {"KT": "Ban Kinh tế xã"}, {"KT": ("Ban Kinh tế",)}, {"r19.prior": "3/4 (75%)"}),
    "TTPVHCC": Local(spellings={"KT": ("Ban Kinh tế",)}),
}  # fmt: skip


def ordered(folder: Path, **more: object) -> Order:
    plan = GivenPlan(fill.plan(XA), {"r19.do": "Ban Kinh tế"}, 3)
    asked = {"period": "2027-Q1", "all_units": True, "plan": plan, "local": BY_UNIT.__getitem__, "key": offices.KEY}
    return Order("Nhơn Hậu", folder, **{**asked, **more})  # type: ignore[arg-type]


def filled_in(one: Made, folder: Path, *, sheets: int | None = None) -> str:
    """The workbook as the unit filled it in, written; with the first sheets alone where a program lost the others."""
    layout = place.place(one.issue, fill.valid(one.issue), one.identity)
    writer.write(replace(layout, sheets=layout.sheets[:sheets]), folder / one.path.name)
    return one.path.name


def told(folder: Path, task_: Task, **more: object) -> dict[str, str]:
    """The codes found in each file, and under "" what is told about the set."""
    report = check.check((folder,), task_, jobs=1, **more)  # type: ignore[arg-type]
    found = {one.path: " ".join(finding.code for finding in one.findings) for one in report.files}
    return found | {"": "; ".join(f"{one.code} {one.message.partition(' (')[0]}" for one in report.findings)}


def test_each_units_workbook_has_its_own(tmp_path: Path) -> None:
    made = generate.make(ordered(tmp_path))
    assert [one.issue.unit for one in made] == ["VP", "KT", "TTPVHCC"]  # KT by the spelling that the set-up has
    for one in made:
        assert one.issue.local == BY_UNIT[one.issue.unit]
        assert one.issue.plan == Plan(3, {"r19.do": "Ban Kinh tế"})
        assert one.identity == identity.of(one.issue, offices.KEY)
        assert identity.verify(one.identity, one.carried, offices.KEY) == "good"
        assert f"|p3|Nhơn Hậu|-|2027|2027-Q1|{one.issue.unit}|" in one.identity.token
    assert list(tmp_path.iterdir()) == []
    generate.write(made)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {one.path.name: one.data for one in made}
    assert generate.generate(ordered(tmp_path)) == tuple(one.path for one in made)  # the same bytes: nothing is lost


def test_what_is_as_the_catalogue_has_it_is_not_carried(tmp_path: Path) -> None:
    local = Local(
        names={"KT": KT, "VPTK": "Văn phòng", "XA": "Xã"}, spellings={"?": ("x",)}, previous={"r99.prior": "x"}
    )
    [one] = generate.make(ordered(tmp_path, all_units=False, local=lambda _: local, plan=None))
    assert (one.issue.local, one.carried) == (Local(), extras.NOTHING)
    assert one.identity == identity.of(replace(one.issue, local=Local()), offices.KEY)


@pytest.mark.parametrize("name", ["", "x" * 300, "hai\ndòng"])
def test_a_name_that_cannot_be_carried_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(CchcError, match=r"không ghi được vào biểu cchc-xa_2027-Q1_XA\.xlsx"):
        generate.make(ordered(tmp_path, all_units=False, local=lambda _: Local(names={"KT": name}), plan=None))


def test_two_issues_of_one_thing_differ_by_their_serial(tmp_path: Path) -> None:
    first, second = (generate.make(ordered(tmp_path, all_units=False, serial=serial, key=None))[0] for serial in (0, 1))
    assert first.identity.token != second.identity.token
    for one in (first, second):
        assert checked.lines(checked.result(one.data, tmp_path)) == ["M100"]


def test_a_form_of_the_offices_own(tmp_path: Path) -> None:
    own = tmp_path / "forms"
    trial.put(own)
    order = Order("Nhơn Hậu", tmp_path / "out", trial.ID, period="2027-Q1", own_forms=own, key=offices.KEY)
    [one] = generate.make(order)
    assert checked.lines(checked.result(one.data, tmp_path, Asked(own_forms=own, key=offices.KEY))) == ["M100"]
    plan = Order("Nhơn Hậu", tmp_path / "out", trial.ID, year=2027, own_forms=own, key=offices.KEY)
    [path] = generate.generate(plan)
    read = generate.read_plan(path, one.issue, Asked(own_forms=own, key=offices.KEY))
    assert (read.issue.form, dict(read.overlay), read.plan) == (one.issue.form, {}, Plan())
    again = replace(order, plan=path)
    assert generate.make(again)[0].data == one.data


def test_without_a_years_folder_a_plan_is_p0_or_p1() -> None:
    assert GivenPlan(fill.plan(XA), {}).plan == Plan(0, {})
    assert GivenPlan(fill.plan(XA), {"r19.do": KT}).plan == Plan(1, {"r19.do": KT})
    assert GivenPlan(fill.plan(XA), {}, 2).plan == Plan(2, {})


# ------------------------------------------------------------------------------------------------- in worker processes


def test_the_mark_of_the_office_in_a_folder(tmp_path: Path) -> None:
    nop = tmp_path / "nop"
    keyed = [filled_in(one, nop) for one in generate.make(ordered(tmp_path))]
    one = replace(fill.report(NH1, "Q1"), unit="TPHT")
    writer.write(place.place(one, fill.valid(one)), nop / "khong-dau.xlsx")
    forged = replace(one, unit="VPTK")
    writer.write(place.place(forged, fill.valid(forged), identity.of(forged, b"another")), nop / "gia.xlsx")
    here = told(nop, Task(Asked(key=offices.KEY)))
    assert here == {**dict.fromkeys(keyed, ""), "khong-dau.xlsx": "I521", "gia.xlsx": "I502", "": ""}
    elsewhere = told(nop, Task())
    assert elsewhere == {**dict.fromkeys(keyed, "I511"), "khong-dau.xlsx": "", "gia.xlsx": "I511", "": ""}
    statuses = {one.path: one.status for one in check.check((nop,), Task(Asked(key=offices.KEY)), jobs=1).files}
    assert (statuses["khong-dau.xlsx"], statuses[keyed[0]]) == ("warning", "ok")


def test_a_copy_that_lost_what_it_carried_is_known_where_it_was_issued(tmp_path: Path) -> None:
    nop, made = tmp_path / "nop", generate.make(ordered(tmp_path))
    names = [filled_in(one, nop, sheets=1) for one in made]
    issued = {one.identity.token: one.carried for one in made}
    lost = told(nop, Task(Asked(key=offices.KEY)))
    assert {name: lost[name] for name in names} == dict.fromkeys(names, "I509")
    kept = told(nop, Task(Asked(key=offices.KEY, issued=issued)))
    assert kept == {**dict.fromkeys(names, ""), "": ""}
    assert told(nop, Task(Asked(period="2027-Q1", key=offices.KEY, issued=issued))) == kept


def test_who_sent_nothing_is_asked_by_the_offices_own_words(tmp_path: Path) -> None:
    nop = tmp_path / "nop"
    for one in generate.make(ordered(tmp_path)):
        if one.issue.unit != "KT":
            filled_in(one, nop)
    found = told(nop, Task(Asked(key=offices.KEY)), expected=together.everyone)
    assert found[""] == "S703 Chưa có biểu của đơn vị KT “Ban Kinh tế xã”"


def test_a_marked_copy_is_not_made_for_want_of_a_key(tmp_path: Path) -> None:
    nop, marks = tmp_path / "nop", tmp_path / "danh-dau"
    for unit, wrong in (("TPHT", {}), ("VPTK", {"r18.num": -5.0})):
        one = replace(fill.report(NH1, "Q1"), unit=unit)
        writer.write(place.place(one, {**fill.valid(one), **wrong}), nop / f"{unit}.xlsx")
    found = told(nop, Task(Asked(key=offices.KEY)), mark=marks)
    assert found == {"TPHT.xlsx": "I521", "VPTK.xlsx": "I521 V204", "": ""}
    assert [path.name.rpartition("_")[0] for path in marks.iterdir()] == [f"{NH1}_2025-Q1_VPTK"]


def test_the_task_of_a_worker_says_all_that_is_asked() -> None:
    plan = GivenPlan(fill.plan(XA), {"r19.do": KT}, 4)
    issues: list[Issue] = [
        fill.report(XA, "Q1", "VP", Plan(4, {"r19.do": KT})),
        fill.report(XA, "Q1", "KT", Plan(4, {"r19.do": KT})),
        offices.with_everything(fill.report(XA, "6T")),
        offices.with_everything(fill.plan(XA)),
    ]
    issued = {identity.of(one).token: extras.write(extras.of(one)) for one in issues}
    plain = identity.of(fill.report(XA, "Q1"))
    asked = Asked(None, plan, Path("/nowhere/forms"), offices.KEY, issued | {plain.token: extras.NOTHING})
    read = task.from_line(task.to_line(Task(asked, "en"))).asked
    assert read == replace(asked, issued=issued)  # what carries nothing needs no help
    of_quarter = task.from_line(task.to_line(Task(replace(asked, period="2026-Q1")))).asked
    assert set(of_quarter.issued) == {token for token in issued if "|2026-6T|" not in token}
    line = task.to_line(Task(asked))
    assert line.count(b"r19.do") == 2  # of the plan that is asked for, and once for all workbooks by that plan
