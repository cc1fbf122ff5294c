"""Consolidating inside a year's folder: what was taken in counts, with who sent it and when, held against the period before."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import desk
import openpyxl
import pytest


def take_in(
    office: desk.Office,
    inbox: Path,
    period: str,
    unit: str,
    typed: desk.Typed | None = None,
    *,
    at: str,
    number: int = 1,
) -> None:
    """A unit's mail with its workbook, which arrived at a moment of Vietnam's time."""
    arrived = dt.datetime.fromisoformat(f"{at}+07:00")
    received = f"from x by mx.xa.example; {arrived:%a, %d %b %Y %H:%M:%S} +0700"
    raw = desk.mail(
        desk.UNITS[unit],
        ("a.xlsx", office.filled(period, unit, typed)),
        message_id=f"<{period}{unit}{number}@x>",
        headers={"Received": received},
    )
    path = inbox / f"{period}-{unit}-{number}.eml"
    path.write_bytes(raw)
    os.utime(path, (arrived.timestamp(), arrived.timestamp()))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The commune's workbook of 6T, after Q1: one unit late, the other with a second version."""
    place = tmp_path_factory.mktemp("accepted")
    office = desk.office(place / "nam-2027")
    inbox = place / "inbox"
    inbox.mkdir()
    for unit in ("VP", "TTPVHCC"):
        take_in(office, inbox, "2027-Q1", unit, at="2027-03-15T08:00:00")
    office.run("collect", inbox)
    take_in(office, inbox, "2027-6T", "VP", {"r06.num": 150}, at="2027-06-15T08:00:00")
    take_in(office, inbox, "2027-6T", "VP", {"r06.num": 180}, at="2027-06-15T09:00:00", number=2)
    take_in(office, inbox, "2027-6T", "TTPVHCC", at="2027-06-16T00:00:00")
    office.run("collect", inbox)
    out = office.folder / "ket-qua" / "tong-hop.xlsx"
    done = office.run("consolidate", "--period", "2027-6T", "--out", out)
    assert "2/2" in done.out
    opened = openpyxl.load_workbook(out, data_only=True)
    yield opened
    opened.close()


def rows(book: Any, sheet: str) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def test_the_latest_version_counts_with_the_period_before_beside_it(book: Any) -> None:
    total = rows(book, "Tổng hợp")
    [header] = [row for row in total if "Kỳ trước" in row]
    [line] = [row for row in total if row[0] == "r06"]
    assert line[header.index("Kỳ trước")] == "192/200 (96%)"
    assert 180 in line
    assert 150 not in line


def test_each_source_is_named_with_who_sent_it_and_when(book: Any) -> None:
    said = [" | ".join(str(cell) for cell in row if cell is not None) for row in rows(book, "Nguồn")]
    assert any("vp@xa.example" in line and "_b2.xlsx" in line for line in said)
    assert any("vp@xa.example" in line and "_b1.xlsx" in line for line in said)  # superseded, and named
    assert any("mc@xa.example" in line for line in said)
    assert [("_b1" in line, "gửi muộn" in line) for line in said if "mc@xa" in line] == [(True, True)]


def test_every_detail_leads_to_a_file_that_can_be_opened(book: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    details = rows(book, "Chi tiết")
    header = next(row for row in details if row and "Tệp" in row)
    files = {row[header.index("Tệp")] for row in details[details.index(header) + 1 :] if row[header.index("Tệp")]}
    assert {Path(str(name)).name for name in files} >= {"cchc-xa_2027-6T_VP_b2.xlsx", "cchc-xa_2027-6T_TTPVHCC_b1.xlsx"}


def test_the_next_workbooks_show_what_the_unit_said_before(tmp_path: Path) -> None:
    office = desk.office(tmp_path / "nam-2027")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    take_in(office, inbox, "2027-Q1", "VP", at="2027-03-15T08:00:00")
    office.run("collect", inbox)
    office.run("generate", "--period", "2027-6T")
    by_unit = {made.issue.unit: made.issue.local.previous for made in office.issued("2027-6T")}
    assert by_unit["VP"]["r06.prior"] == "192/200 (96%)"
    assert by_unit["TTPVHCC"] == {}
    path = office.folder / "bieu-gui-di" / "2027-6T" / "cchc-xa_2027-6T_VP.xlsx"
    sheet = openpyxl.load_workbook(path).worksheets[0]
    [shown] = [
        cell for row in sheet.iter_rows() for cell in row if cell.value == "192/200 (96%)" and row[0].value == "r06"
    ]
    assert shown.protection.locked


def test_a_period_of_which_nothing_came_is_told(tmp_path: Path) -> None:
    office = desk.office(tmp_path / "nam-2027")
    done = office.run("consolidate", "--period", "2027-Q1", "--out", "x.xlsx", code=2)
    assert "Chưa nhận được báo cáo nào của kỳ 2027-Q1" in done.err
    assert not (office.folder / "x.xlsx").exists()
