"""Next year's folder in odd cases: ledgers of an older program or damaged, other people's folders, reports that disagree."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import command
import openpyxl
import pytest
import rolling
from desk import Office
from rolling import ANY, RANKS, collect, content, issued, planned, reported

from cchc_xlsx.ledger import earlier_years
from cchc_xlsx.ledger.earlier_years import OfYear
from cchc_xlsx.ledger.model import Slot


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A folder of 2027 in which one unit has reported."""
    found = rolling.begun(tmp_path / "nam-2027", 2027, (ANY,))
    collect(found, reported(found, ANY, "N", "VP", {"r02.value": 4.0}))
    return found


def ledger(office: Office) -> Path:
    return office.folder / ".cchc" / "ledger.sqlite"


def test_a_ledger_of_an_older_program_is_read_as_it_is(office: Office) -> None:
    with closing(sqlite3.connect(ledger(office))) as book, book:
        for table in ("past", "proposal"):
            book.execute(f"DROP TABLE {table}")
        book.execute("PRAGMA user_version = 1")
    before = content(office.folder)
    office.run("roll", "2028")
    assert content(office.folder) == before
    later = Office(office.folder.with_name("nam-2028"))
    assert issued(later, ANY, "N")["VP"].issue.local.previous["r02.previous"] == 4.0


def test_a_damaged_ledger_is_told_and_nothing_is_made(office: Office) -> None:
    data = bytearray(ledger(office).read_bytes())
    data[:100] = bytes(100)
    ledger(office).write_bytes(data)
    assert "bị hỏng" in office.run("roll", "2028", code=2).err
    assert [name for name in command.names(office.folder.parent) if "2028" in name] == []


def test_a_folder_without_a_ledger_is_enough(tmp_path: Path) -> None:
    office = rolling.begun(tmp_path / "nam-2027", 2027, (ANY,))
    (office.folder / ".cchc" / "certificates.json").write_text('{"mail.xa.vn:993": "' + "0" * 64 + '"}', "utf-8")
    before = content(office.folder)
    office.run("roll", "2028")
    assert content(office.folder) == before
    later = content(office.folder.with_name("nam-2028"))
    assert [later[f".cchc/{name}"] for name in ("key", "certificates.json")] == [
        before[f".cchc/{name}"] for name in ("key", "certificates.json")
    ]


def test_only_the_office_s_own_next_folder_is_brought_up_to_date(office: Office, tmp_path: Path) -> None:
    other = rolling.begun(tmp_path / "khac" / "nam-2028", 2028, (ANY,))
    before = content(other.folder)
    assert "không phải thư mục năm 2028" in office.run("roll", "2028", "--update", "--out", other.folder, code=2).err
    assert content(other.folder) == before


def test_outside_a_years_folder_it_says_where_to_run(tmp_path: Path) -> None:
    done = command.run("roll", "2028", cwd=tmp_path)
    assert (done.code, "chạy trong thư mục của năm" in done.err) == (2, True)


def test_proposals_that_nobody_decided_on_are_proposed_again(tmp_path: Path) -> None:
    office = rolling.begun(tmp_path / "nam-2027", 2027, (RANKS,))
    collect(office, planned(office, RANKS, {"r11.target": "Tối thiểu 91%"}))
    office.run("roll", "2028")
    Office(tmp_path / "nam-2028").run("roll", "2029")
    [one] = issued(Office(tmp_path / "nam-2029"), RANKS, None).values()
    assert dict(one.issue.plan.overlay) == {"r11.target": "Tối thiểu 91%"}


def test_a_plan_workbook_that_has_lost_its_proposals_is_told_elsewhere_and_known_in_its_folder(tmp_path: Path) -> None:
    office = rolling.begun(tmp_path / "nam-2027", 2027, (RANKS,))
    collect(office, planned(office, RANKS, {"r11.target": "Tối thiểu 91%"}))
    office.run("roll", "2028")
    later = Office(tmp_path / "nam-2028")
    later.run("generate")
    [path] = (later.folder / "bieu-gui-di" / "ke-hoach").glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    del book["_meta"]
    copy = tmp_path / "copy.xlsx"
    book.save(copy)
    codes = {
        place: [
            one["code"]
            for one in command.run("check", copy, "--format", "json", cwd=place).json["files"][0]["findings"]
        ]
        for place in (tmp_path, later.folder)
    }
    assert codes[tmp_path] == ["I509"]
    assert codes[later.folder] == []


def said(unit: str, **figures: object) -> OfYear:
    return OfYear(Slot(ANY, "2027-N", unit), {key.replace("_", "."): figure for key, figure in figures.items()}, "", "")


def test_the_commune_s_figures_of_a_year() -> None:
    units = said("VP", r02_value=4.0, r04_value=1.0), said("KT", r03_value=5.0, r04_value=2.0)
    assert earlier_years.whole(units) == {"r02.value": 4.0, "r03.value": 5.0}
    assert earlier_years.whole((*units, said("XA", r04_value=3.0))) == {
        "r02.value": 4.0,
        "r03.value": 5.0,
        "r04.value": 3.0,
    }
    assert earlier_years.whole(()) == {}
