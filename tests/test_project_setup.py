"""The set-up workbook: what a new one says, whatever programs make of it, and every mistake told by sheet and cell."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path

import openpyxl
import pytest
import yearly
from hypothesis import given
from hypothesis import strategies as st
from yearly import drawn, place

from cchc_xlsx import periods, project, units
from cchc_xlsx.form import load as forms
from cchc_xlsx.project import entries, pages
from cchc_xlsx.project.mistakes import Mistake
from cchc_xlsx.project.model import FormInUse, MailSetup, Office, Round, Server, UnitSetup
from cchc_xlsx.project.tables import Entry
from cchc_xlsx.waivers import Waiver

MAIL = "Thư điện tử"

# ------------------------------------------------------------------------------------------------------------ what it says


def test_a_new_set_up_is_read_as_it_was_prefilled(tmp_path: Path) -> None:
    setup = project.read(yearly.workbook(tmp_path))
    assert setup.office == Office("Nhơn Hậu", 2027)
    assert [one.code for one in setup.units] == ["VP", "KT", "VHXH", "TTPVHCC"]
    assert setup.by_code["KT"] == UnitSetup("KT", "Phòng Kinh tế")
    assert sorted(setup.by_period) == sorted(periods.codes(2027))
    assert setup.forms == (FormInUse(forms.DEFAULT, ("2027-Q1", "2027-6T", "2027-9T", "2027-N")),)
    assert (setup.owed("2027-Q1"), setup.owed("2027-Q2")) == ([forms.DEFAULT], [])
    assert (setup.waivers, setup.mail) == ((), MailSetup())


def test_the_periods_stand_as_they_close_with_the_deadlines_of_the_decree(tmp_path: Path) -> None:
    found = project.read(yearly.workbook(tmp_path)).rounds
    closing = [one.period.end for one in found]
    assert closing == sorted(closing)
    assert [one.period.code for one in found][:4] == ["2027-T01", "2027-T02", "2027-T03", "2027-Q1"]
    assert found == tuple(
        Round(one.period, periods.unit_deadline(one.period), periods.upward_deadline(one.period)) for one in found
    )


EVERYTHING = f"""
    {place("office", "commune_code")}: 21886
    {place("office", "superior")}: UBND tỉnh Gia Lai
    {place("office", "plan_number")}: 15/KH-UBND
    {place("office", "plan_date")}: 2027-01-05
    {place("office", "lang")}: English
    Đơn vị!D5: Văn phòng; VP HĐND\\nVăn phòng UBND xã Nhơn Hậu
    Đơn vị!E5: vp@xa.vn; Lê Thị B <B.le@Xa.vn>, mailto:c@xa.vn
    Đơn vị!F5: zalo@gmail.com
    Biểu!B6: nhon-hau-2025-phu-luc-2
    Biểu!D6: X
    Biểu!K6: x
    Kỳ báo cáo!E8: 2027-03-18
    Kỳ báo cáo!F8: 25/3/2027
    Kỳ báo cáo!G5:
    Miễn lỗi!B5: kt
    Miễn lỗi!C5: $G$14
    Miễn lỗi!D5: l401
    Miễn lỗi!E5: 2027-q1
    Miễn lỗi!F5: Tỉnh đã đồng ý
    Miễn lỗi!G5: 31/3/2027
    Miễn lỗi!D7: M101
    Miễn lỗi!F7: Chưa có phần mềm
    {place("mail", "imap.host")}: IMAP.xa.gov.vn
    {place("mail", "imap.security")}: starttls
    {place("mail", "imap.user")}: cchc@xa.gov.vn
    {place("mail", "folders")}: INBOX; Báo cáo, CCHC
    {place("mail", "keyword")}: DaNhan
    {place("mail", "move_to")}: Đã nhận
    {place("mail", "forwarders")}: canbo@xa.gov.vn
    {place("mail", "own_hosts")}: mx1.xa.gov.vn mx2.xa.gov.vn
    {place("mail", "authserv_id")}: mx.xa.gov.vn
    {place("mail", "smtp.host")}: 127.0.0.1
    {place("mail", "smtp.security")}: Không mã hóa
    {place("mail", "smtp.port")}: 2525
    {place("mail", "address")}: CCHC@xa.gov.vn
    {place("mail", "sender_name")}: Văn phòng HĐND và UBND xã
    {place("mail", "daily_cap")}: 50
    {place("mail", "token_command")}: oama access cchc@xa.gov.vn
"""


def test_everything_that_can_be_filled_in_is_read(tmp_path: Path) -> None:
    setup = project.read(yearly.workbook(tmp_path, drawn(EVERYTHING)))
    assert setup.office == Office(
        "Nhơn Hậu", 2027, "21886", "UBND tỉnh Gia Lai", "15/KH-UBND", dt.date(2027, 1, 5), "en"
    )
    assert setup.by_code["VP"] == UnitSetup(
        "VP",
        "Văn phòng HĐND và UBND xã",
        ("Văn phòng", "VP HĐND", "Văn phòng UBND xã Nhơn Hậu"),
        ("vp@xa.vn", "b.le@xa.vn", "c@xa.vn"),
        ("zalo@gmail.com",),
    )
    months = tuple(f"2027-T{month:02}" for month in range(2, 13))
    assert setup.forms[1] == FormInUse("nhon-hau-2025-phu-luc-2", (*months, "2027-N"))
    assert "2027-T01" not in setup.by_period
    first = setup.by_period["2027-Q1"]
    assert (first.unit_deadline, first.upward_deadline) == (dt.date(2027, 3, 18), dt.date(2027, 3, 25))
    assert setup.waivers == (
        Waiver("L401", "Tỉnh đã đồng ý", "KT", "G14", "2027-Q1", dt.date(2027, 3, 31)),
        Waiver("M101", "Chưa có phần mềm"),
    )
    assert setup.mail == MailSetup(
        imap=Server("imap.xa.gov.vn", 143, "starttls", "cchc@xa.gov.vn"),
        folders=("INBOX", "Báo cáo, CCHC"),
        smtp=Server("127.0.0.1", 2525, "none", ""),
        address="cchc@xa.gov.vn",
        sender_name="Văn phòng HĐND và UBND xã",
        forwarders=("canbo@xa.gov.vn",),
        own_hosts=("mx1.xa.gov.vn", "mx2.xa.gov.vn"),
        authserv_id="mx.xa.gov.vn",
        token_command="oama access cchc@xa.gov.vn",
        keyword="DaNhan",
        move_to="Đã nhận",
        daily_cap=50,
    )


@pytest.mark.parametrize(
    ("kind", "security", "port", "expected"),
    [
        ("imap", "", "", ("ssl", 993)),
        ("imap", "STARTTLS", "", ("starttls", 143)),
        ("imap", "", "143", ("starttls", 143)),
        ("smtp", "SSL/TLS", "", ("ssl", 465)),
        ("smtp", "", "587", ("starttls", 587)),
        ("smtp", "starttls", "2587", ("starttls", 2587)),
    ],
)
def test_a_port_follows_the_security_and_the_other_way_round(
    kind: str, security: str, port: str, expected: tuple[str, int], tmp_path: Path
) -> None:
    edits = {
        place("mail", f"{kind}.host"): "mail.xa.vn",
        place("mail", f"{kind}.user"): "a",
        place("mail", f"{kind}.security"): security or None,
        place("mail", f"{kind}.port"): port or None,
        place("mail", "address"): "a@xa.vn",
    }
    mail = project.read(yearly.workbook(tmp_path, edits)).mail
    server = mail.imap if kind == "imap" else mail.smtp
    assert server is not None
    assert (server.security, server.port) == expected


# ------------------------------------------------------------------------------------------------ what programs do to it


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ({"Đơn vị hành chính!C8": "2027"}, "year"),
        ({"Đơn vị hành chính!C8": " ２０２７ "}, "year"),
        ({"Đơn vị hành chính!C5": unicodedata.normalize("NFD", "  Nhơn   Hậu\n")}, "commune"),
        ({"Đơn vị hành chính!C6": 21886.0}, "code"),
        ({"Đơn vị!B5": "vp ", "Đơn vị!C5": None}, "unit"),
        ({"Kỳ báo cáo!E8": 46461.0}, "day"),
        ({"Kỳ báo cáo!E8": "ngày 15 tháng 3 năm 2027"}, "day"),
        ({"Kỳ báo cáo!E8": None, "Kỳ báo cáo!F8": " "}, "day"),
        ({"Biểu!E5": "có", "Biểu!B5": "CCHC-XA"}, "mark"),
        ({"Biểu!E5": True}, "mark"),
        ({"Biểu!E5": 1.0}, "mark"),
    ],
)
def test_what_is_meant_is_read_however_it_was_typed(typed: dict[str, yearly.Typed], read: str, tmp_path: Path) -> None:
    setup = project.read(yearly.workbook(tmp_path, typed))
    code = setup.office.commune_code
    assert (setup.office.commune, setup.office.year, code) == ("Nhơn Hậu", 2027, "21886" if read == "code" else None)
    assert setup.by_code["VP"].name == "Văn phòng HĐND và UBND xã"
    first = setup.by_period["2027-Q1"]
    assert (first.unit_deadline, first.upward_deadline) == (dt.date(2027, 3, 15), dt.date(2027, 3, 20))
    assert setup.owed("2027-Q1") == [forms.DEFAULT]


def test_rows_may_stand_in_any_order_with_gaps_between(tmp_path: Path) -> None:
    edits = {f"Đơn vị!{column}{row}": None for column in "BC" for row in range(5, 9)}
    edits |= {"Đơn vị!B6": "TTPVHCC", "Đơn vị!B9": " ", "Đơn vị!B20": "VP", "Đơn vị!B44": "VPTK"}
    setup = project.read(yearly.workbook(tmp_path, edits))
    assert [one.code for one in setup.units] == ["TTPVHCC", "VP", "VPTK"]
    assert setup.units[2].name == units.catalogue("pre").units["VPTK"].name


def changed(path: Path, how: str) -> None:
    """A workbook whose sheets a person or a program has changed."""
    book = openpyxl.load_workbook(path)
    for page in pages.PAGES:
        sheet = book[page.name.vi]
        if how == "renamed":
            sheet.title = f"{page.key} 2"
        elif how == "keys lost":
            for cell in (*sheet[1], *sheet["A"]):
                cell.value = None
        elif how == "row above":
            sheet.insert_rows(1)
        elif how == "columns moved":
            sheet.insert_cols(2, 2)
            sheet["C4"] = "Ghi chú"
        elif how == "copied":
            book.copy_worksheet(sheet).title = f"{page.name.vi} cũ"
    if how in ("copied", "turned round"):
        book._sheets.reverse()
    book.save(path)


@pytest.mark.parametrize("how", ["renamed", "keys lost", "row above", "columns moved", "copied", "turned round"])
def test_sheets_and_columns_are_found_wherever_they_stand(how: str, tmp_path: Path) -> None:
    typed = {place("mail", "imap.host"): "mail.xa.vn", place("mail", "imap.user"): "a", "Kỳ báo cáo!E8": "18/3/2027"}
    path = yearly.workbook(tmp_path, typed)
    before = project.read(path)
    changed(path, how)
    assert project.read(path) == before


def test_another_year_moves_the_dates_that_nobody_has_typed(tmp_path: Path) -> None:
    """openpyxl leaves formulas without what they gave; another program may leave what they gave for another year."""
    path = yearly.workbook(tmp_path, {"Đơn vị hành chính!C8": 2026.0})
    found = project.read(path).by_period["2026-Q1"]
    assert (found.unit_deadline, found.upward_deadline) == (dt.date(2026, 3, 16), dt.date(2026, 3, 20))
    assert project.read(path).owed("2026-Q1") == [forms.DEFAULT]


def test_a_formula_of_the_office_counts_by_what_it_gave(tmp_path: Path) -> None:
    path = yearly.workbook(tmp_path, {"Kỳ báo cáo!E8": "=D8+4"})
    assert project.read(path).by_period["2027-Q1"].unit_deadline == dt.date(2027, 3, 15), "nothing given: the decree's"


# ------------------------------------------------------------------------------------------------------------- any content

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
contents = words | st.floats() | st.booleans() | st.dates() | st.none()


@given(contents)
def test_any_content_of_a_cell_is_a_value_or_a_mistake(value: str | float | bool | dt.date | None) -> None:
    entry = Entry("Đơn vị", "B5", value)
    for read in (
        entries.text,
        entries.names,
        entries.day,
        entries.addresses,
        entries.hosts,
        entries.host,
        lambda one, told: entries.whole(one, told, 1, 9),
        lambda one, told: entries.choice(one, told, pages.SECURITIES),
    ):
        mistakes: list[Mistake] = []
        found = read(entry, mistakes)  # type: ignore[operator]
        assert all(one.cell == "B5" for one in mistakes)
        assert found or mistakes or not entries.shown(entry).strip(" ;,\n")


@given(st.lists(st.emails(), max_size=4))
def test_addresses_come_back_lower_cased_and_once(given_: list[str]) -> None:
    plain = [one for one in given_ if not set(one) & set("|`{}'\"%&*+/=?^!#$~")]
    mistakes: list[Mistake] = []
    found = entries.addresses(Entry("Đơn vị", "E5", "; ".join(plain)), mistakes)
    assert (found, mistakes) == (tuple(dict.fromkeys(one.lower() for one in plain)), [])
