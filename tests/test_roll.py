"""From year to year: what next year's folder has from this one, and that this one stays as it is."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import command
import desk
import kills
import openpyxl
import pytest
import rolling
import trial
import yearly
from desk import Office
from rolling import ANY, RANKS, SCORES, TRENDS, collect, content, issued, planned, reported

from cchc_xlsx import identity, project
from cchc_xlsx.issue import Issue, cell, words
from cchc_xlsx.layout import place
from cchc_xlsx.project.pages import round_keys

TREND = "r04"  # of TRENDS


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Office]:
    """2025 → 2026 → 2027: each year's reports collected, a plan in 2025, a changed one in 2026."""
    place_ = tmp_path_factory.mktemp("nhon-hau")
    first = rolling.begun(place_ / "nam-2025")
    plan = planned(first, RANKS, {"r11.target": "Tối thiểu 91%", "r02.target": "Tăng hạng so với năm 2024"})
    collect(first, plan)
    ranks = {"r02.value": 5.0, "r02.of": 13.0, "r02.previous": 6.0, "r02.previous_of": 13.0}
    collect(
        first,
        reported(first, RANKS, "Q1", "VPTK"),
        reported(first, RANKS, "N", "VPTK", ranks),
        reported(first, TRENDS, "N", "VPTK", {f"{TREND}.value": 0.8, f"{TREND}.previous": 0.7}),
        reported(first, SCORES, "N", "VPTK", {"r01.value": 16.5}),
        reported(first, ANY, "N", "VP", {"r02.value": 8.0, "r02.of": 12.0, "r02.previous": 9.0}),
    )
    first.run("roll", "2026")
    second = Office(place_ / "nam-2026")
    collect(second, planned(second, RANKS, {"r11.target": "Tối thiểu 93%"}))
    collect(
        second,
        reported(second, RANKS, "N", "VPTK", {"r02.value": 4.0, "r02.of": 13.0, "r03.value": 2.0}),
        reported(second, TRENDS, "N", "VPTK", {f"{TREND}.value": 0.85}),
    )
    second.run("roll", "2027")
    return {2025: first, 2026: second, 2027: Office(place_ / "nam-2027")}


def previous(office: Office, form: str, unit: str) -> Mapping[str, object]:
    return issued(office, form, "N")[unit].issue.local.previous


def test_last_years_results_are_printed_and_not_asked_for(three: dict[int, Office]) -> None:
    assert previous(three[2025], RANKS, "VPTK") == {}
    assert previous(three[2026], RANKS, "VPTK") == {
        "r02.previous": 5.0,
        "r02.previous_of": 13.0,
        "r03.previous": 3.0,
        "r03.previous_of": 12.0,
    }
    assert previous(three[2027], RANKS, "VPTK") == {
        "r02.previous": 4.0,
        "r02.previous_of": 13.0,
        "r03.previous": 2.0,
        "r03.previous_of": 12.0,
    }
    assert previous(three[2026], ANY, "VP")["r02.previous"] == 8.0
    assert previous(three[2027], ANY, "VP") == {}  # nobody reported 2026: what is not known is asked for
    assert [previous(three[year], TRENDS, "VPTK")[f"{TREND}.previous"] for year in (2026, 2027)] == [0.8, 0.85]
    one = issued(three[2027], RANKS, "N")["VPTK"]
    layout = place.place(one.issue, who=one.identity)
    assert "r02.previous" not in layout.inputs
    assert "r02.value" in layout.inputs


def test_a_unit_that_has_no_such_row_gets_no_such_figure(three: dict[int, Office]) -> None:
    assert previous(three[2026], RANKS, "TPHT") == {}


def test_each_year_is_there_after_two_years(three: dict[int, Office]) -> None:
    query = "SELECT year, period, form, unit FROM past ORDER BY year, form, period, unit"
    of_2025 = [
        (2025, "2025-N", ANY, "VP"),
        (2025, "2025-N", RANKS, "VPTK"),
        (2025, "2025-Q1", RANKS, "VPTK"),
        (2025, "2025-N", SCORES, "VPTK"),
        (2025, "2025-N", TRENDS, "VPTK"),
    ]
    for token, period, unit in three[2027].rows("SELECT token, period, unit FROM past"):
        who = identity.parse(token)
        assert who
        assert (who.period, who.unit, who.commune) == (period, unit, "Nhơn Hậu")
    assert three[2025].rows(query) == []
    assert three[2026].rows(query) == of_2025
    assert three[2027].rows(query) == [*of_2025, (2026, "2026-N", RANKS, "VPTK"), (2026, "2026-N", TRENDS, "VPTK")]


@pytest.mark.parametrize("form", rolling.FORMS)
def test_the_form_stays_and_its_years_follow(form: str, three: dict[int, Office]) -> None:
    for year, office in three.items():
        for one in (*issued(office, form, "N").values(), *issued(office, form, None).values()):
            issue = one.issue
            assert (issue.form.id, issue.form.version, issue.year) == (form, 1, year)
            shown = " ".join(
                str(cell.content) for cell in place.place(issue, who=one.identity).form_sheet.cells.values()
            )
            for heading in issue.form.heading:
                assert words(issue, heading.text) in shown
            if form == RANKS:
                assert f"năm {year - 1}" in shown
            assert not (form == ANY and f"năm {year + 1}" in shown)


def target(office: Office, form: str, row: str, period: str | None) -> object:
    one: Issue = next(iter(issued(office, form, period).values())).issue
    return cell(one, next(each for each in one.form.rows if each.id == row), "target")


def test_targets_in_force_are_proposed_in_the_plan_workbook_alone(three: dict[int, Office]) -> None:
    assert target(three[2025], RANKS, "r11", "N") == "Tối thiểu 91%"
    # The year before is named, and followed.
    assert target(three[2026], RANKS, "r02", None) == "Tăng hạng so với năm 2025"
    assert target(three[2027], RANKS, "r02", None) == "Tăng hạng so với năm 2026"
    # 2026 took over what it did not change; 2027 has no plan yet, so that its reports follow the form.
    assert (target(three[2026], RANKS, "r11", "N"), target(three[2026], RANKS, "r02", "N")) == (
        "Tối thiểu 93%",
        "Tăng hạng so với năm 2025",
    )
    assert target(three[2027], RANKS, "r11", None) == "Tối thiểu 93%"
    assert target(three[2027], RANKS, "r11", "N") == target_as_printed(three[2027])
    assert {one.identity.plan for one in issued(three[2027], RANKS, "N").values()} == {0}


def target_as_printed(office: Office) -> object:
    one = next(iter(issued(office, RANKS, "N").values())).issue
    return words(one, next(row for row in one.form.rows if row.id == "r11").cells["target"])


def test_a_plan_workbook_with_proposals_is_whole_and_checks_clean(three: dict[int, Office], tmp_path: Path) -> None:
    (tmp_path / "plan.xlsx").write_bytes(planned(three[2027], RANKS, {}))
    for code, folder in ((0, three[2027].folder), (0, tmp_path)):  # with the office's key and anywhere else
        done = command.run("check", tmp_path / "plan.xlsx", "--format", "json", cwd=folder)
        assert done.code == code
        assert [one["code"] for one in done.json["files"][0]["findings"]] == ([] if folder != tmp_path else ["I511"])


def test_results_that_a_form_prints_are_those_of_the_year_before(three: dict[int, Office]) -> None:
    def baseline(year: int, row: str) -> object:
        one = issued(three[year], SCORES, "N")["VPTK"].issue
        return cell(one, next(each for each in one.form.rows if each.id == row), "baseline")

    assert baseline(2026, "r01") == "16,5/20"
    assert baseline(2026, "r03") == "18/18"
    assert [baseline(2027, "r01"), baseline(2025, "r01")] == ["", ""]  # nobody reported; the paper is of another year
    totals = []
    for year in (2026, 2027):
        one = issued(three[year], SCORES, "N")["VPTK"]
        cells = place.place(one.issue, who=one.identity).form_sheet.cells
        [row] = [at for (at, column), each in cells.items() if column == 1 and each.content == "r09"]
        totals.append((cells[row, 4].content.value, cells[row, 4].style.number_format))  # type: ignore[union-attr]
    assert totals == [(96.5, "General"), (0, "General;-General;")]
    # They are no targets: the plan workbook carries them, and they are not proposed again.
    assert three[2027].rows("SELECT overlay FROM proposal WHERE form = ?", SCORES) == [("{}",)]


def same(rows: list[list[object]]) -> list[list[object]]:
    """Cells as they are compared: what is empty is nothing, shares as far as two programs agree on them."""
    return [[round(one, 12) if isinstance(one, float) else one or None for one in row] for row in rows]


@pytest.mark.office
def test_libreoffice_judges_ranks_and_trends_as_the_workbook_does(
    office: object, three: dict[int, Office], tmp_path: Path
) -> None:
    worse = {"r02.value": 6.0, "r02.of": 13.0, "r03.value": 1.0, "r03.of": 12.0}
    path = tmp_path / "n.xlsx"
    path.write_bytes(reported(three[2027], RANKS, "N", "VPTK", worse))
    again = office.resave(path, tmp_path / "again")  # type: ignore[attr-defined]
    ours, theirs = (openpyxl.load_workbook(one, data_only=True).worksheets[0] for one in (path, again))
    told = [[one.value for one in row] for row in ours.iter_rows()]
    assert same([[one.value for one in row] for row in theirs.iter_rows()]) == same(told)
    shown = [" | ".join(str(one or "") for one in row) for row in told]
    assert any("r02" in row and "Chưa đạt" in row for row in shown)
    assert any("r03" in row and " | Đạt | " in row for row in shown)


# ------------------------------------------------------------------------------------------------------------- the set-up


@pytest.fixture
def full(tmp_path: Path) -> Office:
    """A year's folder of 2027 in which everything is filled in."""
    office = desk.office(tmp_path / "nam-2027", **{"imap.host": "mail.xa.vn", "imap.user": "cchc", "daily_cap": 50})
    typed: dict[str, yearly.Typed] = {
        yearly.place("office", "superior"): "UBND tỉnh",
        yearly.place("office", "plan_number"): "15/KH-UBND",
        yearly.place("office", "plan_date"): dt.date(2027, 1, 5),
        yearly.place("units", 0, "name"): "Văn phòng của xã ta",
        yearly.place("units", 0, "other_names"): "VP; Văn phòng, Thống kê",
        yearly.place("units", 0, "forwarders"): "chuyen@xa.example",
        yearly.place("rounds", round_row("Q1"), "unit_deadline"): dt.date(2027, 3, 18),
        yearly.place("rounds", round_row("T05"), "in_use"): None,
    }
    kept = (("", "M100", "", "Chưa có số liệu", None), ("VP", "M103", "", "Đã giải trình", dt.date(2028, 3, 1)))
    gone = (("VP", "M100", "2027-Q1", "Quý I", None), ("KT", "M103", "", "Hết hạn", dt.date(2027, 12, 31)))
    for row, (unit, code, period, reason, until) in enumerate((*kept, *gone)):
        for column, said in (("unit", unit), ("code", code), ("period", period), ("reason", reason), ("until", until)):
            typed[yearly.place("waivers", row, column)] = said or None
    office.edit(typed)
    return office


def round_row(key: str) -> int:
    return round_keys().index(key)


def test_the_set_up_is_carried_and_says_what_to_look_at(full: Office) -> None:
    done = full.run("roll", "2028", "--lang", "en")
    before, after = (project.load(full.folder.with_name(f"nam-{year}")) for year in (2027, 2028))
    old, new = before.setup, after.setup
    assert (new.office.commune, new.office.commune_code, new.office.superior) == ("Nhơn Hậu", "21907", "UBND tỉnh")
    assert (new.office.year, new.office.plan_number, new.office.plan_date) == (2028, "", None)
    assert (new.units, new.mail) == (old.units, old.mail)
    assert [one.form for one in new.forms] == [one.form for one in old.forms]
    assert [one.period.code[4:] for one in new.rounds] == [one.period.code[4:] for one in old.rounds]
    assert "2028-T05" not in new.by_period
    assert new.by_period["2028-Q1"].unit_deadline == dt.date(2028, 3, 15)
    assert [one.reason for one in new.waivers] == ["Chưa có số liệu", "Đã giải trình"]
    assert new.waivers[1].until == dt.date(2028, 3, 1)
    assert after.key == before.key
    for words_ in ("2028-Q1: its deadlines had been moved", "M100 (VP) is not carried", "M103 (KT)", "are blank in"):
        assert words_ in done.out


def test_this_years_folder_stays_as_it_is(full: Office) -> None:
    full.run("generate", "--period", "2027-Q1")
    before = content(full.folder)
    full.run("roll", "2028")
    assert content(full.folder) == before
    assert command.names(full.folder.parent) == ["nam-2027", "nam-2028"]


def test_again_it_says_that_the_folder_is_there(full: Office) -> None:
    full.run("roll", "2028")
    before = content(full.folder.parent)
    done = full.run("roll", "2028", code=2)
    assert "nam-2028" in done.err
    assert "không thay đổi gì" in done.err
    assert content(full.folder.parent) == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("2027",), "cchc-xlsx roll 2028"),
        (("2029",), "cchc-xlsx roll 2028"),
        (("2028", "--out", "nam-2028"), "không được nằm trong"),
        (("2028", "--update"), "bỏ --update"),
        (("2028", "--out", "../co-san"), "không thay đổi gì"),
    ],
)
def test_what_cannot_be_changes_nothing(arguments: tuple[str, ...], says: str, full: Office) -> None:
    (full.folder.parent / "co-san").mkdir()
    before = content(full.folder.parent)
    assert says in full.run("roll", *arguments, code=2).err
    assert content(full.folder.parent) == before


def test_a_folder_without_a_year_in_its_name(tmp_path: Path) -> None:
    office = rolling.begun(tmp_path / "cchc", 2027, (ANY,))
    office.run("roll", "2028")
    office.run("roll", "2028", "--out", tmp_path / "khác" / "năm mới")
    assert project.load(tmp_path / "cchc-2028").setup.office.year == 2028
    assert project.load(tmp_path / "khác" / "năm mới").setup.office.year == 2028
    shutil.rmtree(tmp_path / "cchc")


def test_late_results_are_brought_after_it(tmp_path: Path) -> None:
    office = rolling.begun(tmp_path / "nam-2027", 2027, (ANY,))
    office.run("generate", "--period", "2027-N")
    done = office.run("roll", "2028", "--lang", "en")
    assert "from: cchc-xa (TTPVHCC, VP)" in done.out
    later = Office(tmp_path / "nam-2028")
    collect(office, reported(office, ANY, "N", "VP", {"r02.value": 4.0}))
    assert previous(later, ANY, "VP") == {}
    files = {name: data for name, data in content(later.folder).items() if "ledger" not in name}
    for _ in range(2):
        done = office.run("roll", "2028", "--update", "--lang", "en")
        assert "from: cchc-xa (TTPVHCC)" in done.out
        assert previous(later, ANY, "VP")["r02.previous"] == 4.0
    after = content(later.folder)
    assert {name: after[name] for name in files} == files


# ------------------------------------------------------------------------------------------------- what is the office's own


def test_own_forms_and_templates_are_carried_and_their_years_told(tmp_path: Path) -> None:
    folder = tmp_path / "nam-2027"
    trial.put(folder / "forms", trial.FORM.replace("Tỷ lệ hồ sơ đúng hạn", "Tỷ lệ hồ sơ đúng hạn năm 2027", 1))
    (folder / "mau-thu").mkdir(parents=True)
    (folder / "mau-thu" / "send.vi.txt").write_text("Kính gửi {{ unit }}", encoding="utf-8")
    office = rolling.begun(folder, 2027, (trial.ID,))
    done = office.run("roll", "2028")
    later = folder.with_name("nam-2028")
    for name in ("forms", "mau-thu"):
        assert content(later / name) == content(folder / name)
    told = [line for line in done.lines if "năm ghi cứng" in line]
    assert [("dòng r02" in line, line.endswith("Tỷ lệ hồ sơ đúng hạn năm 2027")) for line in told] == [(True, True)]
    [plan] = issued(Office(later), trial.ID, None).values()
    assert plan.issue.year == 2028
    assert words(plan.issue, plan.issue.form.heading[1].text).endswith("NĂM 2028")


def test_an_own_form_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "nam-2027"
    trial.put(folder / "forms", trial.FORM)
    office = rolling.begun(folder, 2027, (trial.ID,))
    trial.put(folder / "forms", trial.FORM.replace("role: group", "role: nothing"))
    assert "v1.yaml" in office.run("roll", "2028", code=2).err
    assert command.names(tmp_path) == ["nam-2027"]


# ---------------------------------------------------------------------------------------------------- whole or not at all


def state(folder: Path) -> tuple[object, ...]:
    """What a year's folder says."""
    found = project.load(folder)
    rows = Office(folder).rows("SELECT * FROM past"), Office(folder).rows("SELECT * FROM proposal")
    return found.setup, found.key, rows, sorted(name for name in content(folder) if not is_beside(name))


def is_beside(name: str) -> bool:
    """Whether a file is what SQLite has beside a database that is being read."""
    return name.endswith(("-wal", "-shm"))


@pytest.mark.parametrize(
    ("calls", "stride"),
    [(kills.SYNCS, 6), (kills.RENAMES, 3), (kills.FOLDERS, 2), (kills.WRITES, 2)],
    ids=["sync", "rename", "mkdir", "write"],
)
def test_killed_anywhere_it_is_whole_or_not_there(calls: Sequence[str], stride: int, tmp_path: Path) -> None:
    kills.need()
    office = rolling.begun(tmp_path / "fresh" / "nam-2027", 2027, (ANY,))
    collect(office, reported(office, ANY, "N", "VP"))
    before = content(office.folder)
    whole = Path(shutil.copytree(office.folder, tmp_path / "whole" / office.folder.name))
    walked = kills.of(calls, kills.steps(("roll", "2028"), whole, {}))[::stride]
    expected = state(whole.parent / "nam-2028")
    seen = []
    for step, folder in kills.each(("roll", "2028"), office.folder, tmp_path / "killed", {}, walked):
        assert {name: data for name, data in content(folder).items() if not is_beside(name)} == before, step
        later = folder.parent / "nam-2028"
        seen.append(later.exists())
        if not later.exists():
            Office(folder).run("roll", "2028")
        assert state(later) == expected, step
    assert not all(seen)


def test_what_a_killed_run_left_goes_with_a_later_one(tmp_path: Path) -> None:
    office = rolling.begun(tmp_path / "nam-2027", 2027, (ANY,))
    for name, hours in (("new", 0), ("old", 2)):
        left = tmp_path / f".nam-2028.{name}.tmp"
        left.mkdir()
        os.utime(left, (left.stat().st_mtime - 3600 * hours,) * 2)
    office.run("roll", "2028")
    assert command.names(tmp_path) == [".nam-2028.new.tmp", "nam-2027", "nam-2028"]
