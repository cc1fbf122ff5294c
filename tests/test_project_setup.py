"""The set-up workbook: what a new one says, whatever programs make of it, and every mistake told by sheet and cell."""

from __future__ import annotations

import datetime as dt
import pickle
import unicodedata
from pathlib import Path

import openpyxl
import pytest
import yearly
from hypothesis import given
from hypothesis import strategies as st
from yearly import drawn, place, told

from cchc_xlsx import package, periods, project, units
from cchc_xlsx.errors import CchcError
from cchc_xlsx.form import load as forms
from cchc_xlsx.project import entries, pages
from cchc_xlsx.project.mistakes import Mistake, SetupError
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


def test_everything_that_can_be_filled_in_is_read(tmp_path: Path) -> None:
    typed = f"""
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
    setup = project.read(yearly.workbook(tmp_path, drawn(typed)))
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


# ------------------------------------------------------------------------------------------------------ every mistake told

OFFICE_CODES = ", ".join(
    f"{one.code} ({one.name})" for era in ("post", "pre") for one in units.catalogue(era).units.values() if one.office
)
FORM_IDS = ", ".join(forms.listing(forms.folders()))

MISTAKES = f"""
Đơn vị hành chính!C5: Nhơn|Hậu
> trang “Đơn vị hành chính”, ô C5: tên “Nhơn|Hậu” không dùng được: không quá 80 ký tự và không có dấu |; sửa lại tên xã.

Đơn vị hành chính!C5:
> trang “Đơn vị hành chính”, ô C5: chưa ghi tên xã; ghi tên như in trên biểu, ví dụ Nhơn Hậu.

Đơn vị hành chính!C6: 21 886
> trang “Đơn vị hành chính”, ô C6: mã xã “21 886” không hợp lệ; chỉ dùng chữ không dấu, số, dấu chấm, gạch nối, tối đa 20, ví dụ 21886.

Đơn vị hành chính!C8: 27
> trang “Đơn vị hành chính”, ô C8: “27” không dùng được; ghi một số nguyên từ 2000 đến 2099.

Đơn vị hành chính!C8:
> trang “Đơn vị hành chính”, ô C8: chưa ghi năm; ghi bốn chữ số, ví dụ 2027.

Đơn vị hành chính!C10: 32/13/2027
> trang “Đơn vị hành chính”, ô C10: “32/13/2027” không phải là một ngày; ghi ngày/tháng/năm, ví dụ 15/3/2027.

Đơn vị hành chính!C11: Français
> trang “Đơn vị hành chính”, ô C11: “Français” không có trong danh sách; chọn một trong: Tiếng Việt, English.

Đơn vị!B7: vp
> trang “Đơn vị”, ô B7: mã “VP” đã dùng ở ô B5; mỗi đơn vị một mã, xóa một trong hai dòng.

Đơn vị!B5: PB
> trang “Đơn vị”, ô B5: không có đơn vị mang mã “PB”; chọn một trong: {OFFICE_CODES}.

Đơn vị!B5: TCNS
> trang “Đơn vị”, ô B5: không có đơn vị mang mã “TCNS”; chọn một trong: {OFFICE_CODES}.

Đơn vị!B5: xa
> trang “Đơn vị”, ô B5: mã XA là biểu chung của xã, không phải một đơn vị; chọn mã khác: {OFFICE_CODES}.

Đơn vị!B5:
> trang “Đơn vị”, ô B5: dòng này chưa có mã đơn vị; chọn mã trong danh sách, hoặc xóa cả dòng.

Đơn vị!C6: văn phòng HĐND & UBND xã
> trang “Đơn vị”, ô C6: tên “văn phòng HĐND & UBND xã” đã dùng cho đơn vị ở ô B5; mỗi đơn vị một tên.

Đơn vị!D6: Kế toán; Phòng Văn hóa – Xã hội
> trang “Đơn vị”, ô C7: tên “Phòng Văn hóa - Xã hội” đã dùng cho đơn vị ở ô B6; mỗi đơn vị một tên.

Đơn vị!E5: a@xa.vn
Đơn vị!E7: b@xa.vn; A@XA.vn
> trang “Đơn vị”, ô E7: địa chỉ “a@xa.vn” đã là của đơn vị VP ở ô E5; mỗi địa chỉ chỉ của một đơn vị. Người gửi hộ ghi ở cột “Người chuyển hộ”.

Đơn vị!E5: a.xa.vn
> trang “Đơn vị”, ô E5: “a.xa.vn” không phải địa chỉ thư; ghi như tuphap@xa.gov.vn, nhiều địa chỉ cách nhau bằng dấu chấm phẩy.

Đơn vị!F5: Nguyễn Văn A; b@xa.vn
> trang “Đơn vị”, ô F5: “Nguyễn Văn A” không phải địa chỉ thư; ghi như tuphap@xa.gov.vn, nhiều địa chỉ cách nhau bằng dấu chấm phẩy.

Đơn vị!B5:
Đơn vị!B6:
Đơn vị!B7:
Đơn vị!B8:
Đơn vị!C5:
Đơn vị!C6:
Đơn vị!C7:
Đơn vị!C8:
> trang “Đơn vị”, ô B5: chưa có đơn vị nào; ghi mỗi đơn vị một dòng.

Biểu!B6: bieu-la
> trang “Biểu”, ô B6: không có biểu “bieu-la”; chọn một trong: {FORM_IDS}.

Biểu!B7: cchc-xa
Biểu!D7: x
> trang “Biểu”, ô B7: biểu “cchc-xa” đã ghi ở ô B5; mỗi biểu một dòng, xóa một trong hai dòng.

Biểu!D6: x
> trang “Biểu”, ô B6: dòng này chưa có mã biểu; chọn biểu trong danh sách, hoặc xóa cả dòng.

Biểu!B6: tay-xuan-2024-par-index
> trang “Biểu”, ô B6: biểu “tay-xuan-2024-par-index” không có kỳ nào phải nộp; đánh dấu x vào ít nhất một kỳ, hoặc xóa cả dòng.

Biểu!B5:
Biểu!E5:
Biểu!I5:
Biểu!J5:
Biểu!K5:
> trang “Biểu”, ô B5: chưa có biểu nào; chọn ít nhất một biểu.

Biểu!E5: ok
> trang “Biểu”, ô E5: “ok” không phải dấu x; ghi x, hoặc để trống.

Biểu!I5:
Biểu!J5:
Biểu!K5:
Kỳ báo cáo!G8:
> trang “Biểu”, ô B5: biểu “cchc-xa” chỉ đánh dấu vào kỳ không dùng ở trang “Kỳ báo cáo” (Quý I); đánh dấu kỳ khác, hoặc dùng lại kỳ đó.

Kỳ báo cáo!E8: 31/02/2027
> trang “Kỳ báo cáo”, ô E8: “31/02/2027” không phải là một ngày; ghi ngày/tháng/năm, ví dụ 15/3/2027.

Kỳ báo cáo!E8: 15/3/27
> trang “Kỳ báo cáo”, ô E8: “15/3/27” không phải là một ngày; ghi ngày/tháng/năm, ví dụ 15/3/2027.

Kỳ báo cáo!E8: 2027-03-13
> trang “Kỳ báo cáo”, ô E8: hạn đơn vị gửi 13/3/2027 trước ngày chốt số liệu 14/3/2027; ghi một ngày từ 14/3/2027 trở đi.

Kỳ báo cáo!F8: 2027-03-14
> trang “Kỳ báo cáo”, ô F8: hạn báo cáo cấp trên 14/3/2027 trước hạn đơn vị gửi 15/3/2027; ghi một ngày từ 15/3/2027 trở đi.

Kỳ báo cáo!E8: 2028-03-15
> trang “Kỳ báo cáo”, ô E8: hạn 15/3/2028 quá xa ngày chốt số liệu 14/3/2027 (hơn 180 ngày); xem lại năm và tháng.

Kỳ báo cáo!G8: ?
> trang “Kỳ báo cáo”, ô G8: “?” không phải dấu x; ghi x, hoặc để trống.

Kỳ báo cáo!A8:
Kỳ báo cáo!B8:
> trang “Kỳ báo cáo”: thiếu dòng của kỳ 2027-Q1; lấy lại dòng này từ bản sao của tệp.

Miễn lỗi!B6: PB
Miễn lỗi!C6: ô nào đó
Miễn lỗi!D6: X999
Miễn lỗi!E6: 2027-Q9
Miễn lỗi!G6: mai
> trang “Miễn lỗi”, ô B6: không có đơn vị mang mã “PB”.
> trang “Miễn lỗi”, ô C6: “ônàođó” không phải mã trường (như r05.num) hay địa chỉ ô (như G14).
> trang “Miễn lỗi”, ô D6: không có mã lỗi “X999”; xem các mã: cchc-xlsx explain.
> trang “Miễn lỗi”, ô E6: không có kỳ “2027-Q9”; mã kỳ như 2027-Q1, 2027-T01, 2027-6T, 2027-N.
> trang “Miễn lỗi”, ô F6: thiếu lý do.
> trang “Miễn lỗi”, ô G6: “mai” không phải là một ngày; ghi ngày/tháng/năm, ví dụ 15/3/2027.

Miễn lỗi!D5: F001
Miễn lỗi!F5: vì thế
> trang “Miễn lỗi”, ô D5: mã F001 về tệp hoặc nhận dạng, không miễn được: tệp như thế không có số liệu để dùng.

{MAIL}!C6: imap://mail.xa.vn
{MAIL}!C7: TLS
{MAIL}!C8: 99999
> trang “{MAIL}”, ô C6: “imap://mail.xa.vn” không phải tên máy chủ; ghi như mail.xa.gov.vn, không có imap://, dấu cách hay số cổng.
> trang “{MAIL}”, ô C7: “TLS” không có trong danh sách; chọn một trong: SSL/TLS, STARTTLS, Không mã hóa.
> trang “{MAIL}”, ô C8: “99999” không dùng được; ghi một số nguyên từ 1 đến 65535.

{MAIL}!C6: mail.xa.vn
> trang “{MAIL}”, ô C9: chưa ghi tên đăng nhập IMAP; thường là địa chỉ thư. Không ghi mật khẩu.

{MAIL}!C9: cchc@xa.vn
> trang “{MAIL}”, ô C6: chưa ghi máy chủ IMAP trong khi đã có tên đăng nhập; ghi tên máy chủ, hoặc xóa tên đăng nhập.

{MAIL}!C6: mail.xa.vn
{MAIL}!C7: Không mã hóa
{MAIL}!C9: cchc@xa.vn
> trang “{MAIL}”, ô C7: “Không mã hóa” không dùng được cho máy chủ mail.xa.vn: mật khẩu sẽ đi qua mạng không che. Chọn SSL/TLS hoặc STARTTLS.

{MAIL}!C17: mail.xa.vn
{MAIL}!C20: cchc@xa.vn
> trang “{MAIL}”, ô C21: chưa ghi địa chỉ gửi; cần có khi đã ghi máy chủ gửi thư, ví dụ cchc@xa.gov.vn.

{MAIL}!C11: Đã nhận
{MAIL}!C13: ai
{MAIL}!C14: mx1.xa.vn b_c
{MAIL}!C15: x y
{MAIL}!C21: a@xa.vn; b@xa.vn
{MAIL}!C23: 0
> trang “{MAIL}”, ô C11: “Đã nhận” không dùng làm từ khóa được; ghi một từ không dấu, không dấu cách, ví dụ DaNhan.
> trang “{MAIL}”, ô C13: “ai” không phải địa chỉ thư; ghi như tuphap@xa.gov.vn, nhiều địa chỉ cách nhau bằng dấu chấm phẩy.
> trang “{MAIL}”, ô C14: “b_c” không phải tên máy chủ; ghi như mail.xa.gov.vn, không có imap://, dấu cách hay số cổng.
> trang “{MAIL}”, ô C15: “x y” không phải tên máy chủ; ghi như mail.xa.gov.vn, không có imap://, dấu cách hay số cổng.
> trang “{MAIL}”, ô C21: chỉ ghi một địa chỉ gửi.
> trang “{MAIL}”, ô C23: “0” không dùng được; ghi một số nguyên từ 1 đến 10000.
"""


def cases() -> list[tuple[str, list[str]]]:
    """Edits with the lines that are to be told."""
    found = []
    for block in MISTAKES.strip().split("\n\n"):
        lines = block.splitlines()
        said = [line.replace("> ", "cchc.xlsx, ", 1) for line in lines if line.startswith("> ")]
        found.append(("\n".join(line for line in lines if not line.startswith("> ")), said))
    return found


@pytest.mark.parametrize(
    ("edits", "lines"), cases(), ids=lambda one: one.splitlines()[0] if isinstance(one, str) else ""
)
def test_a_mistake_is_told_with_its_cell_what_is_allowed_and_how_to_mend_it(
    edits: str, lines: list[str], tmp_path: Path
) -> None:
    assert told(yearly.workbook(tmp_path, drawn(edits))) == lines


def test_all_mistakes_are_told_at_once_in_the_order_of_the_sheets(tmp_path: Path) -> None:
    """A mistake never silences a second one."""
    edits = """
        Thư điện tử!C8: cổng
        Kỳ báo cáo!E8: 31/02/2027
        Kỳ báo cáo!F9: 2027-04-01
        Biểu!B6: bieu-la
        Đơn vị!B8: KT
        Đơn vị!E7: b@xa.vn, a@xa.vn
        Đơn vị!E5: a@xa.vn
        Miễn lỗi!D5: L401
        Đơn vị hành chính!C5:
        Đơn vị!F5: ai đó
    """
    assert told(yearly.workbook(tmp_path, drawn(edits))) == [
        "cchc.xlsx, trang “Đơn vị hành chính”, ô C5: chưa ghi tên xã; ghi tên như in trên biểu, ví dụ Nhơn Hậu.",
        "cchc.xlsx, trang “Đơn vị”, ô F5: “ai đó” không phải địa chỉ thư; ghi như tuphap@xa.gov.vn, nhiều địa chỉ cách nhau bằng dấu chấm phẩy.",
        "cchc.xlsx, trang “Đơn vị”, ô E7: địa chỉ “a@xa.vn” đã là của đơn vị VP ở ô E5; mỗi địa chỉ chỉ của một đơn vị. Người gửi hộ ghi ở cột “Người chuyển hộ”.",
        "cchc.xlsx, trang “Đơn vị”, ô B8: mã “KT” đã dùng ở ô B6; mỗi đơn vị một mã, xóa một trong hai dòng.",
        f"cchc.xlsx, trang “Biểu”, ô B6: không có biểu “bieu-la”; chọn một trong: {FORM_IDS}.",
        "cchc.xlsx, trang “Kỳ báo cáo”, ô E8: “31/02/2027” không phải là một ngày; ghi ngày/tháng/năm, ví dụ 15/3/2027.",
        "cchc.xlsx, trang “Kỳ báo cáo”, ô F9: hạn báo cáo cấp trên 01/4/2027 trước hạn đơn vị gửi 15/4/2027; ghi một ngày từ 15/4/2027 trở đi.",
        "cchc.xlsx, trang “Miễn lỗi”, ô F5: thiếu lý do.",
        "cchc.xlsx, trang “Thư điện tử”, ô C8: “cổng” không dùng được; ghi một số nguyên từ 1 đến 65535.",
    ]


def test_a_sheet_or_column_that_is_gone_is_told(tmp_path: Path) -> None:
    path = yearly.workbook(tmp_path)
    book = openpyxl.load_workbook(path)
    del book["Đơn vị"]
    book["Miễn lỗi"]["D1"] = book["Miễn lỗi"]["D4"] = None
    book.save(path)
    assert told(path) == [
        "cchc.xlsx: thiếu trang “Đơn vị”; lấy lại tệp từ bản sao, hoặc tạo tệp mới trong một thư mục khác (cchc-xlsx init) rồi chép sang.",
        "cchc.xlsx, trang “Miễn lỗi”: thiếu cột “Mã lỗi”; ghi lại đúng tiêu đề cột ở dòng tiêu đề.",
    ]


def test_an_error_in_a_cell_is_told(tmp_path: Path) -> None:
    path = yearly.workbook(tmp_path)
    book = openpyxl.load_workbook(path)
    for place_ in ("Đơn vị!C5", "Kỳ báo cáo!E8", "Biểu!E5"):
        sheet, _, cell = place_.partition("!")
        book[sheet][cell].value = "#N/A"
        book[sheet][cell].data_type = "e"
    book.save(path)
    found = told(path)
    assert [line.split(": ")[0] for line in found] == [
        "cchc.xlsx, trang “Đơn vị”, ô C5",
        "cchc.xlsx, trang “Biểu”, ô E5",
        "cchc.xlsx, trang “Kỳ báo cáo”, ô E8",
    ]
    assert all("#N/A" in line for line in found)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "không có nội dung"),
        (b"PK\x03\x04 broken", "bị hỏng"),
        (b"Ma;Ten\n1;2\n", "CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "tệp văn phòng đời cũ"),
    ],
    ids=["empty", "damaged", "text", "old"],
)
def test_a_file_that_is_no_workbook_is_told_by_what_it_is(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "cchc.xlsx"
    path.write_bytes(data)
    [line] = told(path) or [""]
    assert line.startswith("cchc.xlsx: ")
    assert said in line
    assert "bản sao" in line


def test_a_file_that_excel_holds_open_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = package.Refusal("F012", (("what", "permission"),))
    monkeypatch.setattr(package, "read_file", lambda _: refused)
    [line] = told(tmp_path / "cchc.xlsx")
    assert line == (
        "cchc.xlsx: không mở được vì đang mở trong Excel hoặc không có quyền đọc; lưu và đóng tệp rồi chạy lại."
    )


@pytest.mark.parametrize("lock", ["~$cchc.xlsx", ".~lock.cchc.xlsx#"])
def test_a_clerk_is_told_to_save_what_is_still_open(lock: str, tmp_path: Path) -> None:
    path = yearly.workbook(tmp_path, {"Đơn vị!B5": None})
    assert len(told(path)) == 1
    (tmp_path / lock).write_bytes(b"x")
    assert told(path)[1:] == ["Tệp đang mở trong chương trình khác: sửa xong nhớ lưu lại rồi mới chạy lại."]


def test_the_mistakes_travel_between_processes() -> None:
    error = SetupError("cchc.xlsx", [Mistake("Đơn vị", "B5", entries._NO_DATE.format(value="mai"))])
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(copy, CchcError)
    assert (copy.text, copy.mistakes) == (error.text, error.mistakes)
    assert copy.text.en.splitlines()[0] == "The set-up cchc.xlsx has 1 places to mend:"


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
