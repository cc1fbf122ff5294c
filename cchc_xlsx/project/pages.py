"""The sheets of the set-up workbook as data; both what draws them and what reads them goes by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cchc_xlsx import periods
from cchc_xlsx.lang import Text

Kind = Literal["text", "whole", "date", "list", "mark"]

MARK = "x"
ROOM = 40  # rows for what an office adds
WITHIN_DAYS = 180  # a deadline later than this after closing is a slip of the pen


@dataclass(frozen=True, slots=True)
class Ask:
    """What a cell is to hold: its kind, what is said while it is filled in, and within what."""

    kind: Kind
    prompt: Text
    source: str = ""  # for a list: its name on the sheet of lists, or "page.column"
    low: int = 0
    high: int = 0
    is_needed: bool = False  # yellow while it is blank
    is_open: bool = False  # for a list: more may be meant than it knew when it was made


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in the hidden row, its heading, its width in characters, what its cells ask for (None: locked)."""

    key: str
    title: Text
    width: float
    ask: Ask | None = None
    is_centred: bool = False
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is always there: its key in the hidden column, and what it asks for in the column “value”."""

    key: str
    title: Text
    ask: Ask
    group: Text | None = None  # a heading above it


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet: either fixed lines with one input each, or rows of columns, `room` of them beyond what is filled in."""

    key: str
    name: Text
    title: Text
    note: Text
    columns: tuple[Column, ...]
    lines: tuple[Line, ...] = ()
    room: int = 0
    lines_high: int = 1  # of a row that is prefilled: what is typed later does not make it higher
    is_landscape: bool = True

    @property
    def marker(self) -> str:
        """What stands in the first cell, so that the sheet is known under any name."""
        return f"cchc.{self.key}"

    def column(self, key: str) -> Column:
        """The column of that key."""
        return next(one for one in self.columns if one.key == key)


# ----------------------------------------------------------------------------------------------------- one field a line

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

# ---------------------------------------------------------------------------------------------------------------- tables

_ADDRESSES = Text(
    "Địa chỉ thư, nhiều địa chỉ thì cách nhau bằng dấu chấm phẩy. Một địa chỉ chỉ của một đơn vị.",
    "Mail addresses, parted by semicolons. An address belongs to one unit.",
)

UNITS = Page(
    "units",
    Text("Đơn vị", "Units"),
    Text("CÁC ĐƠN VỊ BÁO CÁO", "REPORTING UNITS"),
    Text(
        "Mỗi đơn vị một dòng. Mã chọn trong danh sách; tên in trên biểu có thể sửa. Thư gửi từ địa chỉ ghi ở đây được nhận ngay, từ địa chỉ khác phải chờ xác nhận.",
        "One unit a row. Choose the code from the list; the printed name may be changed. Mail from these addresses is taken at once, other mail waits to be confirmed.",
    ),
    (
        Column(
            "code",
            Text("Mã", "Code"),
            12,
            Ask("list", Text("Chọn mã trong danh sách; mỗi mã một lần.", "Choose a code; each once."), "units"),
        ),
        Column(
            "name", Text("Tên đơn vị", "Name"), 36, Ask("text", Text("Tên như in trên biểu.", "The name as printed."))
        ),
        Column(
            "other_names",
            Text("Tên gọi khác", "Other names"),
            26,
            Ask(
                "text",
                Text(
                    "Cách gọi khác trong văn bản, cách nhau bằng dấu chấm phẩy. Có thể để trống.",
                    "Other spellings, parted by semicolons. May stay blank.",
                ),
            ),
        ),
        Column("addresses", Text("Địa chỉ thư", "Mail addresses"), 34, Ask("text", _ADDRESSES)),
        Column(
            "forwarders",
            Text("Người chuyển hộ", "Forwarders"),
            30,
            Ask(
                "text",
                Text(
                    "Địa chỉ được chuyển hộ biểu của đơn vị này, cách nhau bằng dấu chấm phẩy. Có thể để trống.",
                    "Addresses that may pass on this unit's workbooks, parted by semicolons. May stay blank.",
                ),
            ),
        ),
    ),
    room=ROOM,
    lines_high=2,
)

# Which periods a mark in a column of the sheet of forms stands for: their codes begin with it.
MARKS: Mapping[str, Text] = {
    "T": Text("Hằng tháng", "Each month"),
    "Q1": Text("Quý I", "Q I"),
    "Q2": Text("Quý II", "Q II"),
    "Q3": Text("Quý III", "Q III"),
    "Q4": Text("Quý IV", "Q IV"),
    "6T": Text("6 tháng", "6 months"),
    "9T": Text("9 tháng", "9 months"),
    "N": Text("Năm", "Year"),
}
USUAL = ("Q1", "6T", "9T", "N")
_MARKED = Ask("mark", Text("Chọn x nếu phải nộp trong kỳ này.", "x: it is owed for this period."), "marks")

FORMS = Page(
    "forms",
    Text("Biểu", "Forms"),
    Text("CÁC BIỂU PHẢI NỘP", "FORMS IN USE"),
    Text(
        "Mỗi biểu một dòng; đánh dấu x vào kỳ phải nộp. Biểu riêng của cơ quan để trong thư mục forms cạnh tệp này.",
        "One form a row; an x in each period for which it is owed. Forms of your own go into the folder forms beside this file.",
    ),
    (
        Column(
            "form",
            Text("Mã biểu", "Form"),
            38,
            Ask(
                "list",
                Text(
                    "Chọn biểu trong danh sách, hoặc ghi mã biểu riêng có trong thư mục forms.",
                    "Choose a form from the list, or write the id of one in the folder forms.",
                ),
                "forms",
                is_open=True,
            ),
        ),
        Column("name", Text("Tên biểu", "Name of the form"), 46),
        *(Column(key, title, 8.5, _MARKED, is_centred=True) for key, title in MARKS.items()),
    ),
    room=12,
)

_BY_DECREE = Text(
    "Để trống hoặc giữ công thức: {rule}. Đổi thì ghi ngày/tháng/năm.",
    "Blank or the formula as it is: {rule}. To change it write day/month/year.",
)
_FIRST, _LAST = 36526, 73415  # 01/01/2000 and 31/12/2100 in Excel's count

ROUNDS = Page(
    "rounds",
    Text("Kỳ báo cáo", "Periods"),
    Text("CÁC KỲ BÁO CÁO TRONG NĂM", "REPORTING PERIODS OF THE YEAR"),
    Text(
        "Ngày chốt theo Nghị định 09/2019/NĐ-CP. Hạn nộp có thể sửa. Bỏ dấu x để không dùng một kỳ; biểu nào nộp kỳ nào thì đánh dấu ở trang “Biểu”.",
        "Closing dates by Nghị định 09/2019/NĐ-CP. Deadlines may be changed. Without x a period is not used; which form is owed when stands on the sheet of forms.",
    ),
    (
        Column("code", Text("Mã kỳ", "Code"), 12, is_centred=True),
        Column("name", Text("Kỳ báo cáo", "Period"), 30),
        Column("closing", Text("Ngày chốt số liệu", "Closing date"), 16, is_centred=True, is_date=True),
        Column(
            "unit_deadline",
            Text("Hạn đơn vị gửi", "Units send by"),
            18,
            Ask(
                "date",
                _BY_DECREE.format(
                    rule=Text("ngày làm việc đầu tiên sau ngày chốt", "the first working day after closing")
                ),
                low=_FIRST,
                high=_LAST,
            ),
            is_centred=True,
            is_date=True,
        ),
        Column(
            "upward_deadline",
            Text("Hạn xã báo cáo cấp trên", "Commune reports by"),
            18,
            Ask(
                "date",
                _BY_DECREE.format(rule=Text("ngày 20 của tháng chốt", "the 20th of the closing month")),
                low=_FIRST,
                high=_LAST,
            ),
            is_centred=True,
            is_date=True,
        ),
        Column(
            "in_use",
            Text("Dùng", "In use"),
            9,
            Ask("mark", Text("x: dùng kỳ này; trống: không dùng.", "x: in use; blank: not."), "marks"),
            is_centred=True,
        ),
        Column("owed", Text("Số biểu phải nộp", "Forms owed"), 12, is_centred=True),
    ),
    is_landscape=False,
)

WAIVERS = Page(
    "waivers",
    Text("Miễn lỗi", "Waivers"),
    Text("CÁC LỖI ĐƯỢC MIỄN", "WAIVED FINDINGS"),
    Text(
        "Lỗi ghi ở đây vẫn hiện khi kiểm tra nhưng không tính. Ô trống ở cột đơn vị, mã trường, kỳ nghĩa là mọi đơn vị, mọi ô, mọi kỳ; đến ngày trống là không hạn.",
        "A finding waived here is still shown, but does not count. Blank unit, field or period means any; a blank day means no end.",
    ),
    (
        Column(
            "unit",
            Text("Đơn vị", "Unit"),
            12,
            Ask(
                "list",
                Text("Mã đơn vị, XA là biểu chung của xã. Trống: mọi đơn vị.", "A unit's code; blank: any."),
                "waived",
            ),
        ),
        Column(
            "key",
            Text("Ô hoặc mã trường", "Field or cell"),
            20,
            Ask("text", Text("Như G14 hoặc r05.num. Trống: mọi ô.", "Like G14 or r05.num. Blank: any.")),
        ),
        Column(
            "code",
            Text("Mã lỗi", "Code"),
            11,
            Ask(
                "list",
                Text("Mã trong kết quả kiểm tra, ví dụ L401.", "A code as the check tells it, e.g. L401."),
                "codes",
                is_open=True,
            ),
        ),
        Column(
            "period",
            Text("Kỳ", "Period"),
            13,
            Ask("list", Text("Chọn mã kỳ. Trống: mọi kỳ.", "A period's code. Blank: any."), "rounds.code"),
        ),
        Column("reason", Text("Lý do", "Reason"), 60, Ask("text", Text("Vì sao được miễn; bắt buộc.", "Why; needed."))),
        Column(
            "until",
            Text("Đến ngày", "Until"),
            16,
            Ask(
                "date",
                Text("Ngày cuối cùng được miễn. Trống: không hạn.", "The last day. Blank: no end."),
                low=_FIRST,
                high=_LAST,
            ),
            is_centred=True,
            is_date=True,
        ),
    ),
    room=ROOM,
)

PAGES = (OFFICE, UNITS, FORMS, ROUNDS, WAIVERS, MAIL)

LANGS: Mapping[str, Text] = {"vi": Text("Tiếng Việt", "Tiếng Việt"), "en": Text("English", "English")}
SECURITIES: Mapping[str, Text] = {
    "ssl": Text("SSL/TLS", "SSL/TLS"),
    "starttls": Text("STARTTLS", "STARTTLS"),
    "none": Text("Không mã hóa", "None"),
}


def round_keys() -> tuple[str, ...]:
    """What follows the year in the codes of its periods ("T01", "Q1", "6T"), as they close; of two that close on one day the
    shorter first.
    """
    year = 2027
    found = sorted(map(periods.parse, periods.codes(year)), key=lambda one: (one.end, -one.start.toordinal()))
    return tuple(one.code.removeprefix(f"{year}-") for one in found)


def mark_of(round_key: str) -> str:
    """The column of the sheet of forms that stands for a period."""
    return "T" if round_key[0] == "T" else round_key


@dataclass(frozen=True, slots=True)
class Start:
    """What a new set-up is prefilled with; rows of texts and marks by page and column."""

    rows: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    fields: Mapping[tuple[str, str], str | float] = field(default_factory=dict)  # (page, line) → content
    lists: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # list → (value, its name)
    year: int | None = None
