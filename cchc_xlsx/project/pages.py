"""The sheets of the set-up workbook as data; both what draws them and what reads them goes by it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from cchc_xlsx import periods
from cchc_xlsx.lang import Text
from cchc_xlsx.project.cards import MAIL, OFFICE
from cchc_xlsx.project.page import Ask, Column, Page

MARK = "x"
ROOM = 40  # rows for what an office adds
WITHIN_DAYS = 180  # a deadline later than this after closing is a slip of the pen

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


class Start(Struct, frozen=True):
    """What a new set-up is prefilled with; rows of texts, marks and days (as numbers) by page and column."""

    rows: Mapping[str, tuple[Mapping[str, str | float], ...]] = field(default_factory=dict)
    fields: Mapping[tuple[str, str], str | float] = field(default_factory=dict)  # (page, line) → content
    lists: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # list → (value, its name)
    year: int | None = None
    unused: frozenset[str] = frozenset()  # the keys of periods that are not in use
