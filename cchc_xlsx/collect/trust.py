"""Who sent a workbook is one fact, which form it is another: may the clerk's ledger take it without asking?"""

from __future__ import annotations

from cchc_xlsx.identity import Identity
from cchc_xlsx.lang import Text
from cchc_xlsx.mail.model import Mail
from cchc_xlsx.project.model import Setup

_FAILED = Text(
    "máy chủ thư của cơ quan báo thư này không chứng thực được người gửi (có thể mạo danh)",
    "the office's own mail server says that the sender could not be authenticated (it may be forged)",
)
_NO_SENDER = Text("thư không ghi rõ một người gửi", "the mail names no sender, or several")
_UNKNOWN = Text(
    "địa chỉ {address} chưa có trong trang “Đơn vị”; nếu đúng là của đơn vị {unit}, thêm vào đó",
    "the address {address} is not on the sheet “Đơn vị”; add it there if it is that of {unit}",
)
_OTHER_UNIT = Text(
    "địa chỉ {address} của đơn vị {sender} gửi biểu của đơn vị {unit}",
    "the address {address} of {sender} sent the workbook of {unit}",
)
_UNKEYED = Text(
    "biểu không mang khóa của cơ quan: không phải biểu được phát hành từ thư mục này",
    "the workbook does not carry the office's key: it was not issued from this folder",
)
_OTHER_COMMUNE = Text("biểu của “{commune}”, năm {year}", "it is a workbook of “{commune}”, {year}")
_NOT_OWED = Text(
    "đơn vị {unit} không phải nộp biểu {form} kỳ {period} theo tệp cchc.xlsx",
    "by cchc.xlsx {unit} does not owe {form} for {period}",
)
_PLAN = Text(
    "biểu kế hoạch đổi chỉ tiêu của cả năm, chỉ nhận từ người chuyển tiếp đã khai hoặc từ tệp do cán bộ đưa vào",
    "a plan changes the targets of the year: it is taken from declared forwarders or from a file that the clerk put in",
)


def failed(mail: Mail, setup: Setup) -> bool:
    """Whether the office's own server says that the sender is not who it claims to be. No other server is believed."""
    own = setup.mail.authserv_id.casefold()
    return bool(own) and any(one.server.casefold() == own and one.result == "fail" for one in mail.verdicts)


def doubt(mail: Mail | None, who: Identity, setup: Setup, *, is_owed: bool) -> Text | None:
    """Why the clerk has to confirm a workbook before it counts; None where it may be taken.

    `mail` is None for a file that the clerk put in; `is_owed` says whether the set-up asks for it.
    """
    office = setup.office
    if (who.commune, who.commune_code, who.year) != (office.commune, office.commune_code, office.year):
        return _OTHER_COMMUNE.format(commune=who.commune, year=who.year)
    if not who.tag.startswith("k"):
        return _UNKEYED
    if who.kind == "report" and not is_owed:
        return _NOT_OWED.format(unit=who.unit, form=who.form, period=who.period)
    return _doubt_sender(mail, who, setup) if mail else None


def _doubt_sender(mail: Mail, who: Identity, setup: Setup) -> Text | None:
    if failed(mail, setup):
        return _FAILED
    if len(mail.senders) != 1:
        return _NO_SENDER
    [address] = mail.senders
    if address in setup.mail.forwarders:
        return None
    if who.kind == "plan":
        return _PLAN
    unit = setup.by_code.get(who.unit)
    if unit and address in (*unit.addresses, *unit.forwarders):
        return None
    sender = owner(address, setup)
    if sender:
        return _OTHER_UNIT.format(address=address, sender=sender, unit=who.unit)
    return _UNKNOWN.format(address=address, unit=who.unit)


def owner(address: str, setup: Setup) -> str | None:
    """The code of the unit whose address it is."""
    return next((unit.code for unit in setup.units if address in unit.addresses), None)


def answer_to(mail: Mail, setup: Setup) -> str | None:
    """The address that gets an answer: a person's, in the register, not in doubt; None where nobody does."""
    if mail.machine or not mail.counts or failed(mail, setup) or len(mail.senders) != 1:
        return None
    [address] = mail.senders
    return address if owner(address, setup) else None
