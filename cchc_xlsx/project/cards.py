"""The sheets with one field a line: the commune and its plan, mail."""

from __future__ import annotations

from cchc_xlsx.lang import Text
from cchc_xlsx.project.page import Ask, Column, Line, Page

_CARD = (
    Column("label", Text("Mục", "Item"), 30),
    Column("value", Text("Nội dung", "Content"), 36, Ask("text", Text("", ""))),
    Column("help", Text("Cách ghi", "How to fill it in"), 46),
)
_SEVERAL = Text(
    "Nhiều mục thì cách nhau bằng dấu chấm phẩy hoặc xuống dòng.", "Several: parted by semicolons or line breaks."
)

OFFICE = Page(
    "office",
    Text("Đơn vị hành chính", "Commune"),
    Text("ĐƠN VỊ HÀNH CHÍNH VÀ KẾ HOẠCH NĂM", "COMMUNE AND THE YEAR'S PLAN"),
    Text(
        "Điền các ô nền trắng; ô nền vàng là bắt buộc. Các trang khác lấy năm ở trang này. Lưu tệp ở dạng .xlsx, giữ tên cchc.xlsx.",
        "Fill in the white cells; yellow ones are needed. The other sheets take the year from here. Save as .xlsx under the name cchc.xlsx.",
    ),
    _CARD,
    (
        Line(
            "commune",
            Text("Tên xã, phường, đặc khu", "Name of the commune"),
            Ask(
                "text",
                Text(
                    "Tên như in trên biểu, không ghi chữ “xã”, ví dụ: Nhơn Hậu.",
                    "The name as printed on the forms, e.g. Nhơn Hậu.",
                ),
                is_needed=True,
            ),
        ),
        Line(
            "commune_code",
            Text("Mã đơn vị hành chính", "Official code"),
            Ask(
                "text",
                Text(
                    "Mã chính thức của xã, ví dụ: 21886. Để phân biệt các xã trùng tên; có thể để trống.",
                    "The official code, e.g. 21886; tells communes of one name apart. May stay blank.",
                ),
            ),
        ),
        Line(
            "superior",
            Text("Cấp trên nhận báo cáo", "Level above"),
            Ask("text", Text("Ví dụ: UBND tỉnh Gia Lai.", "For example: UBND tỉnh Gia Lai.")),
        ),
        Line(
            "year",
            Text("Năm", "Year"),
            Ask(
                "whole",
                Text(
                    "Bốn chữ số, ví dụ: 2027. Ngày chốt và hạn nộp ở trang “Kỳ báo cáo” tính theo năm này.",
                    "Four digits, e.g. 2027. Closing dates and deadlines follow it.",
                ),
                low=2000,
                high=2099,
                is_needed=True,
            ),
        ),
        Line(
            "plan_number",
            Text("Số kế hoạch năm", "Number of the plan"),
            Ask("text", Text("Ví dụ: 15/KH-UBND.", "For example: 15/KH-UBND.")),
        ),
        Line(
            "plan_date",
            Text("Ngày ban hành kế hoạch", "Date of the plan"),
            Ask("date", Text("Ngày/tháng/năm, ví dụ: 05/01/2027.", "Day/month/year, e.g. 05/01/2027.")),
        ),
        Line(
            "lang",
            Text("Ngôn ngữ nhập liệu", "Language of data entry"),
            Ask("list", Text("Chọn trong danh sách.", "Choose from the list."), "langs"),
        ),
    ),
    is_landscape=False,
)


def _server(key: str, title: Text, example: str, ports: Text) -> tuple[Line, ...]:
    what = Text("IMAP", "IMAP") if key == "imap" else Text("SMTP", "SMTP")
    return (
        Line(
            f"{key}.host",
            Text("Máy chủ {what}", "{what} server").format(what=what),
            Ask(
                "text",
                Text("Tên máy chủ, ví dụ: {one}.", "The server's name, e.g. {one}.").format(one=example),
            ),
            title,
        ),
        Line(
            f"{key}.security",
            Text("Bảo mật {what}", "Security of {what}").format(what=what),
            Ask(
                "list",
                Text(
                    "Chọn trong danh sách. “Không mã hóa” chỉ dùng cho máy chủ trên chính máy này.",
                    "Choose from the list. “None” is only for a server on this very computer.",
                ),
                "securities",
            ),
        ),
        Line(
            f"{key}.port",
            Text("Cổng {what}", "Port of {what}").format(what=what),
            Ask("whole", ports, low=1, high=65535),
        ),
        Line(
            f"{key}.user",
            Text("Tên đăng nhập {what}", "User of {what}").format(what=what),
            Ask(
                "text",
                Text(
                    "Thường là địa chỉ thư. KHÔNG ghi mật khẩu vào đây.",
                    "Usually the mail address. NEVER write the password here.",
                ),
            ),
        ),
    )


MAIL = Page(
    "mail",
    Text("Thư điện tử", "E-mail"),
    Text("THƯ ĐIỆN TỬ", "E-MAIL"),
    Text(
        "KHÔNG BAO GIỜ ghi mật khẩu vào tệp này: chương trình hỏi khi cần và cất trong kho khóa của máy. Không dùng thư thì để trống cả trang.",
        "NEVER write a password into this file: the program asks for it and keeps it in the system's keyring. Leave all blank if you use no mail.",
    ),
    _CARD,
    (
        *_server(
            "imap",
            Text("Nhận thư", "Receiving"),
            "imap.xa.gov.vn",
            Text("Để trống: 993 (SSL/TLS) hoặc 143.", "Blank: 993 (SSL/TLS) or 143."),
        ),
        Line(
            "folders",
            Text("Thư mục thư", "Mail folders"),
            Ask("text", Text("Để trống: INBOX. {several}", "Blank: INBOX. {several}").format(several=_SEVERAL)),
        ),
        Line(
            "keyword",
            Text("Từ khóa gắn cho thư đã nhận", "Keyword set on mails taken in"),
            Ask(
                "text",
                Text("Một từ không dấu, ví dụ: DaNhan. Để trống: không gắn.", "One plain word. Blank: none is set."),
            ),
        ),
        Line(
            "move_to",
            Text("Chuyển thư đã nhận vào", "Move mails taken in to"),
            Ask("text", Text("Tên thư mục thư. Để trống: để nguyên chỗ cũ.", "A mail folder. Blank: they stay.")),
        ),
        Line(
            "forwarders",
            Text("Người chuyển tiếp tin cậy", "Trusted forwarders"),
            Ask(
                "text",
                Text(
                    "Địa chỉ được chuyển hộ biểu của mọi đơn vị, thường là của cán bộ đầu mối. {several}",
                    "Addresses that may pass on any unit's workbooks: the clerk's. {several}",
                ).format(several=_SEVERAL),
            ),
        ),
        Line(
            "own_hosts",
            Text("Máy chủ nhận thư của cơ quan", "Own receiving servers"),
            Ask(
                "text",
                Text(
                    "Máy chủ mà giờ nhận ghi trong thư được tin. Để trống: theo giờ của hộp thư. {several}",
                    "Servers whose time of receipt is believed. Blank: the mailbox's. {several}",
                ).format(several=_SEVERAL),
            ),
        ),
        Line(
            "authserv_id",
            Text("Mã máy chủ xác thực", "Authentication server id"),
            Ask(
                "text",
                Text(
                    "Tên đứng đầu dòng Authentication-Results do máy chủ của cơ quan ghi. Không rõ thì để trống.",
                    "The name at the head of Authentication-Results of your own server. Blank if not known.",
                ),
            ),
        ),
        *_server(
            "smtp",
            Text("Gửi thư", "Sending"),
            "smtp.xa.gov.vn",
            Text("Để trống: 465 (SSL/TLS), 587 (STARTTLS) hoặc 25.", "Blank: 465 (SSL/TLS), 587 (STARTTLS) or 25."),
        ),
        Line(
            "address",
            Text("Địa chỉ gửi", "Address to send from"),
            Ask(
                "text", Text("Ví dụ: cchc@xa.gov.vn. Cần có khi gửi thư.", "e.g. cchc@xa.gov.vn. Needed to send mail.")
            ),
        ),
        Line(
            "sender_name",
            Text("Tên người gửi", "Sender's name"),
            Ask("text", Text("Ví dụ: Văn phòng HĐND và UBND xã.", "For example: Văn phòng HĐND và UBND xã.")),
        ),
        Line(
            "daily_cap",
            Text("Số thư gửi nhiều nhất một ngày", "Most mails a day"),
            Ask("whole", Text("Để trống: 200.", "Blank: 200."), low=1, high=10_000),
        ),
        Line(
            "token_command",
            Text("Lệnh lấy mã đăng nhập (XOAUTH2)", "Command for an access token (XOAUTH2)"),
            Ask(
                "text",
                Text(
                    "Chỉ cho Gmail, Microsoft 365: lệnh in ra mã truy cập. Không ghi mật khẩu trong lệnh. Bình thường để trống.",
                    "For Gmail and Microsoft 365: a command that prints an access token, with no password in it. Usually blank.",
                ),
            ),
            Text("Đăng nhập", "Login"),
        ),
    ),
    is_landscape=False,
)
