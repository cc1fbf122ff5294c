"""Every mistake of a set-up workbook is told at once, by sheet and cell: what was found, what is allowed, how to mend it."""

from __future__ import annotations

import pickle
from pathlib import Path

import openpyxl
import pytest
import yearly
from yearly import drawn, told

from cchc_xlsx import package, units
from cchc_xlsx.errors import CchcError
from cchc_xlsx.form import load as forms
from cchc_xlsx.project import entries
from cchc_xlsx.project.mistakes import Mistake, SetupError

MAIL = "Thư điện tử"

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


ALLOWED = """
Đơn vị!E5: vp@xa.vn; VP@xa.vn
Đơn vị!F5: vp@xa.vn

Đơn vị!E5: vp@xa.vn
Đơn vị!F6: vp@xa.vn
Đơn vị!F7: vp@xa.vn
Thư điện tử!C13: vp@xa.vn

Đơn vị!E5: vp@xa.vn
Thư điện tử!C21: vp@xa.vn

Kỳ báo cáo!E8: 2027-03-14
Kỳ báo cáo!F8: 2027-03-14

Kỳ báo cáo!G5:
Kỳ báo cáo!E5: 2028-01-01

Biểu!D5: x
Kỳ báo cáo!G5:

Thư điện tử!C6: ::1
Thư điện tử!C7: Không mã hóa
Thư điện tử!C9: a

Thư điện tử!C7: STARTTLS
Thư điện tử!C8: 143
"""


@pytest.mark.parametrize("edits", ALLOWED.strip().split("\n\n"))
def test_what_an_office_may_well_mean_is_no_mistake(edits: str, tmp_path: Path) -> None:
    assert told(yearly.workbook(tmp_path, drawn(edits))) == []


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
