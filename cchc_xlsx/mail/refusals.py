"""Sentences for what is not opened: what it is, and what to send instead."""

from __future__ import annotations

from cchc_xlsx.lang import Text
from cchc_xlsx.mail.limits import MAX_DEPTH, MAX_ENTRIES, MAX_FILE, MAX_MAIL, MAX_RATIO, MAX_UNPACKED
from cchc_xlsx.package import Refusal
from cchc_xlsx.rules import file

_MIB = 1 << 20
_AGAIN = Text("Đề nghị gửi lại tệp .xlsx.", "Please send the .xlsx again.")
_PLAIN = Text(
    "Đề nghị gửi thẳng tệp .xlsx, hoặc nén kiểu .zip không mật khẩu.",
    "Please attach the .xlsx itself, or a .zip without a password.",
)
_RULES = {rule.code: rule for rule in file.RULES}


def _with(what: Text, then: Text) -> Text:
    return Text(f"{what.vi} {then.vi}", f"{what.en} {then.en}")


ENCRYPTED_ARCHIVE = _with(Text("Tệp nén có mật khẩu nên không mở được.", "The archive has a password."), _PLAIN)
ENCRYPTED_MAIL = _with(
    Text("Thư được mã hóa (S/MIME) nên không đọc được.", "The mail is encrypted (S/MIME) and cannot be read."), _PLAIN
)
RAR = _with(Text("Đây là tệp nén RAR, không mở được.", "This is a RAR archive, which is not opened."), _PLAIN)
SEVEN = _with(Text("Đây là tệp nén 7z, không mở được.", "This is a 7z archive, which is not opened."), _PLAIN)
OTHER_ARCHIVE = _with(
    Text("Đây là tệp nén không phải .zip, không mở được.", "This is an archive of another kind than .zip."), _PLAIN
)
PROGRAM = _with(
    Text(
        "Đây là chương trình máy tính, không mở vì lý do an toàn.", "This is a program and is not opened, for safety."
    ),
    _PLAIN,
)
BROKEN_ARCHIVE = _with(
    Text("Tệp nén bị hỏng hoặc bị cắt cụt.", "The archive is damaged or cut off."), _PLAIN
)  # fmt: skip
BROKEN_MAIL = _with(
    Text("Thư đính kèm bị hỏng, không đọc được.", "The attached mail is damaged and cannot be read."), _AGAIN
)
BROKEN_ENCODING = _with(
    Text("Tệp đính kèm bị hỏng trên đường gửi.", "The attachment was damaged on its way."), _AGAIN
)  # fmt: skip
PARTIAL = _with(
    Text(
        "Đây là một mảnh của thư bị chia nhỏ khi gửi nên không ghép lại được.",
        "This is a piece of a mail that was split when it was sent, and cannot be put together.",
    ),
    _AGAIN,
)
UNPACKED_UNUSUALLY = _with(
    Text("Tệp nén dùng kiểu nén không đọc được.", "The archive is packed in an unusual way."), _PLAIN
)
OURS = Text(
    "Tệp nằm trong bản sao thư do chính văn phòng gửi đi nên không tính là báo cáo.",
    "It lies in a copy of a mail that the office itself sent, and does not count as a report.",
)
TOO_DEEP = _with(
    Text(
        f"Tệp nằm quá sâu trong các gói lồng nhau (quá {MAX_DEPTH} lớp).",
        f"The file lies too deep in nested containers (over {MAX_DEPTH}).",
    ),
    _PLAIN,
)
TOO_MANY = _with(
    Text(f"Có quá {MAX_ENTRIES} tệp; phần còn lại không được xem.", f"Over {MAX_ENTRIES} files; the rest is not read."),
    _PLAIN,
)
TOO_LARGE = _with(
    Text(f"Tệp lớn hơn {MAX_FILE // _MIB} MiB.", f"The file is larger than {MAX_FILE // _MIB} MiB."),
    Text(
        "Đề nghị điền vào biểu gốc đã nhận, không chép thêm hình.",
        "Please fill in the original form and copy no pictures into it.",
    ),
)
TOO_LARGE_CONTAINER = _with(
    Text(f"Thư hoặc tệp nén lớn hơn {MAX_MAIL // _MIB} MiB.", f"A mail or archive over {MAX_MAIL // _MIB} MiB."),
    Text("Đề nghị chỉ gửi tệp .xlsx.", "Please send the .xlsx alone."),
)
TOO_MUCH = _with(
    Text(
        f"Các gói trong thư giải nén ra quá {MAX_UNPACKED // _MIB} MiB.",
        f"What is packed in the mail unpacks to over {MAX_UNPACKED // _MIB} MiB.",
    ),
    _PLAIN,
)
TOO_DENSE = _with(
    Text(
        f"Tệp nén bất thường: giải nén ra lớn hơn {MAX_RATIO} lần.",
        f"Oddly packed: it unpacks to over {MAX_RATIO} times its size.",
    ),
    _PLAIN,
)


def of(refusal: Refusal) -> Text:
    """The sentence for a workbook that its package does not let open."""
    if ("what", "file-bytes") in refusal.data:
        return TOO_LARGE if ("limit", str(MAX_FILE)) in refusal.data else TOO_LARGE_CONTAINER
    rule = _RULES[refusal.code]
    data = {
        name: file.WORDS.get(f"{name}:{word}", file.WORDS.get(word, word)) if name in ("kind", "what") else word
        for name, word in refusal.data
    }
    return _with(rule.message.format(**data), rule.fix.format(**data))
