"""What became of a mail, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from cchc_xlsx.lang import Text
from cchc_xlsx.ledger.model import Outcome
from cchc_xlsx.mail.model import Machine, Mail

_MACHINE: dict[Machine, Text] = {
    "auto-submitted": Text("thư máy gửi tự động", "sent by a machine"),
    "null-return-path": Text("thư báo của hệ thống thư", "a notice of the mail system"),
    "report": Text("thư báo phát, báo lỗi hoặc báo đã đọc", "a delivery report or receipt"),
    "list": Text("thư của danh sách gửi chung", "a mailing list's mail"),
    "bulk": Text("thư gửi hàng loạt", "bulk mail"),
    "suppressed": Text("thư trả lời tự động", "an automatic reply"),
    "own": Text("thư do cchc-xlsx của cơ quan gửi ra", "a mail that the office's own cchc-xlsx sent"),
}
TAKEN = Text("nhận {names}", "took {names}")
HELD = Text("chờ cán bộ xác nhận {names}: {why}", "the clerk has to confirm {names}: {why}")
_KNOWN_MAIL = Text("đã nhận trước đây, không có gì mới", "it was taken in before; nothing is new")
_KNOWN = Text("tệp {names} đã nhận trước đây, không có gì mới", "{names} came before; nothing is new")
REFUSED = Text("không mở được {name}: {why}", "{name} cannot be opened: {why}")
_NOT_COUNTED = Text(
    "tệp kèm theo không được tính vì đây là {machine}", "what is attached does not count, as this is {machine}"
)
_NOT_OURS = Text("{names} không phải biểu do cchc-xlsx phát hành", "{names} is no workbook that cchc-xlsx issued")
_OTHERS = Text("chỉ có {names}, không có biểu", "there is only {names}, no workbook")
_NOTHING = Text("không có tệp nào kèm theo", "nothing is attached")
_MOST_NAMES = 3


def reason(mail: Mail, outcome: Outcome) -> Text:
    """Why a mail has the status that it has."""
    parts = list(_parts(mail, outcome))
    return Text("; ".join(one.vi for one in parts), "; ".join(one.en for one in parts))


def _parts(mail: Mail, outcome: Outcome) -> list[Text]:
    if not outcome.is_new:
        return [_KNOWN_MAIL]
    found: list[Text] = []
    new = [one.attached for one in outcome.entered if one.is_new]
    if taken := [one.name for one in new if one.state == "taken"]:
        found.append(TAKEN.format(names=named(taken)))
    found += [HELD.format(names=f"“{one.name}”", why=one.why) for one in new if one.state == "held"]
    if known := [one.attached.name for one in outcome.entered if one.version is not None and not one.is_new]:
        found.append(_KNOWN.format(names=named(known)))
    refused = [one.attached for one in outcome.entered if one.attached.refused]
    found += [REFUSED.format(name=f"“{one.name}”", why=one.refused) for one in refused]
    return found or [_nothing(mail)]


def _nothing(mail: Mail) -> Text:
    names = [one.name for one in mail.workbooks]
    machine = _MACHINE.get(mail.machine) if mail.machine else None
    if machine:
        return _NOT_COUNTED.format(machine=machine) if names and not mail.counts else machine
    if names:
        return _NOT_OURS.format(names=named(names))
    return _OTHERS.format(names=named(mail.others)) if mail.others else _NOTHING


def named(names: Sequence[str]) -> Text:
    """The names of some files, not too many of them."""
    shown = ", ".join(f"“{one}”" for one in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return Text(f"{shown} và {more} tệp khác", f"{shown} and {more} more") if more > 0 else Text(shown, shown)
