"""How an overview says things: states, shares, days, the sum of what came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from cchc_xlsx import standing, values
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.ledger.model import DeliveryStatus
from cchc_xlsx.ledger.obligations import VIETNAM
from cchc_xlsx.overview.view import Line, Waiting
from cchc_xlsx.owing import Unassigned
from cchc_xlsx.results import Status
from cchc_xlsx.rules.model import Severity
from cchc_xlsx.standing import Seen, State

STATE: Mapping[State, Text] = {
    "expected": Text("chưa gửi", "not sent"),
    "held": Text("chờ xác nhận", "to be confirmed"),
    "received": Text("đã nhận", "received"),
    "rejected": Text("cần sửa", "to be mended"),
    "warnings": Text("đạt, có cảnh báo", "accepted with warnings"),
    "accepted": Text("đạt", "accepted"),
    "nil": Text("không phát sinh", "nothing to report"),
    "excluded": Text("không phải nộp", "not owed"),
}
COLOUR: Mapping[State, str] = {  # that of a status or severity
    "expected": "skipped",
    "held": "info",
    "received": "info",
    "rejected": "error",
    "warnings": "warning",
    "accepted": "ok",
    "nil": "ok",
    "excluded": "skipped",
}
LATE = Text("trễ hạn", "late")
DELIVERY: Mapping[DeliveryStatus, Text] = {
    "ok": Text("nhận", "taken"),
    "duplicate": Text("trùng", "duplicate"),
    "hold": Text("chờ xác nhận", "to be confirmed"),
    "none": Text("không nhận gì", "nothing taken"),
    "auto": Text("thư máy", "machine mail"),
    "quarantine": Text("không mở được", "cannot be opened"),
    "failed": Text("chưa đọc được", "could not be read yet"),
}
DELIVERY_COLOUR: Mapping[DeliveryStatus, Status] = {
    "ok": "ok",
    "duplicate": "skipped",
    "hold": "warning",
    "none": "skipped",
    "auto": "skipped",
    "quarantine": "error",
    "failed": "error",
}
_COUNTED: Mapping[Severity, Text] = {
    "error": Text("{count} lỗi", "{count} errors"),
    "warning": Text("{count} cảnh báo", "{count} warnings"),
    "info": Text("{count} thông tin", "{count} infos"),
}
_ONE: Mapping[Severity, Text] = {
    "error": Text("1 lỗi", "1 error"),
    "warning": Text("1 cảnh báo", "1 warning"),
    "info": Text("1 thông tin", "1 info"),
}
_OVERDUE = Text("quá hạn {days}", "{days} overdue")
_LATE = Text("nộp trễ {days}", "sent {days} late")
_TODAY = Text("hạn cuối là hôm nay", "due today")
_LEFT = Text("còn {days}", "{days} left")
_DUE = Text("hạn {day}", "due {day}")
_EXTENDED = Text("gia hạn đến {day}: {why}", "put off to {day}: {why}")
_VERSION = Text("bản {number}", "version {number}")
_HELD = Text("mục số {numbers}", "no. {numbers}")
_ALSO_HELD = Text("có bản chờ xác nhận: số {numbers}", "one is to be confirmed: no. {numbers}")
_CONFLICT = Text(
    "ngày gửi và thứ tự thư đến không khớp, đang lấy bản gửi sau",
    "sent in another order than it arrived: the one sent last counts",
)
_SUM = Text("Đã đến {total} = {parts}.", "{total} came = {parts}.")
_NOTHING = Text("Chưa có thư hay tệp nào đến.", "No mail or file has come yet.")
_UNKNOWN_SENDER = Text("không rõ người gửi", "sender unknown")
_HOW = Text(
    'Nhận: cchc-xlsx held accept {number} --why "…"; không nhận: cchc-xlsx held reject {number} --why "…"',
    'To accept it: cchc-xlsx held accept {number} --why "…"; else: cchc-xlsx held reject {number} --why "…"',
)
_NUMBER = Text("SỐ", "N")
_NO_PLAN = Text(
    "Chưa có kế hoạch của biểu {form}: {without}/{asked} nội dung chưa giao chỉ tiêu. {advice}",
    "There is no plan of {form} yet: {without} of {asked} contents have no target. {advice}",
)
_NO_TARGET = Text(
    "Kế hoạch của biểu {form} chưa giao chỉ tiêu nào ({asked} nội dung). {advice}",
    "The plan of {form} sets no target at all ({asked} contents). {advice}",
)
_SOME_TARGETS = Text(
    "Kế hoạch của biểu {form}: {without}/{asked} nội dung chưa giao chỉ tiêu. {advice}",
    "The plan of {form}: {without} of {asked} contents have no target. {advice}",
)
_ASSIGN = Text(
    "Báo cáo sẽ ghi “Chưa giao”; muốn giao thì điền vào biểu kế hoạch rồi nhận lại bằng cchc-xlsx collect.",
    "Reports will say “Chưa giao” of them; to set targets fill in the plan workbook and take it in with cchc-xlsx collect.",
)


def percent(fraction: float | None, lang: Lang) -> str:
    """A share in percent; a dash where there is nothing to divide by."""
    if fraction is None:
        return "–"
    said = values.say_percent(fraction, 1)
    return said if lang == "vi" else said.replace(",", ".")


def share(count: int, of: int, fraction: float | None, lang: Lang) -> str:
    """A share with its counts: "4/5 (80%)"."""
    return f"{count}/{of} ({percent(fraction, lang)})" if of else "–"


def day(one: dt.date, lang: Lang) -> str:
    """A day as an office writes it."""
    return values.say_date(one) if lang == "vi" else one.isoformat()


def moment(one: dt.datetime | None, lang: Lang) -> str:
    """A moment by Vietnam's clock; a dash where it is not known."""
    if one is None:
        return "–"
    here = one.astimezone(VIETNAM)
    return f"{day(here.date(), lang)} {here:%H:%M}"


def timing(line: Line, lang: Lang) -> str:
    """Late or days left; nothing for what came in time."""
    if line.days_late:
        return (_LATE if line.standing.came else _OVERDUE).format(days=_days(line.days_late)).say(lang)
    if line.days_left is None:
        return ""
    return (_LEFT.format(days=_days(line.days_left)) if line.days_left else _TODAY).say(lang)


def _days(count: int) -> Text:
    return Text(f"{count} ngày", "1 day" if count == 1 else f"{count} days")


def counted(line: Line, lang: Lang) -> str:
    """How many findings are open, by severity."""
    found = line.findings
    said = (
        _ONE[one].say(lang) if found[one] == 1 else _COUNTED[one].format(count=found[one]).say(lang)
        for one in _COUNTED
        if found.get(one)
    )
    return ", ".join(said)


def about(line: Line, due: dt.date | None, lang: Lang) -> Iterator[str]:
    """What there is to say of an obligation beside its state; its last day where that is not the period's own, `due`."""
    one = line.standing
    yield timing(line, lang)
    if line.extensions and one.obligation.extended:
        yield _EXTENDED.format(day=day(one.obligation.due, lang), why=line.extensions[-1].why).say(lang)
    elif one.obligation.due != due and line.state != "excluded":
        yield _DUE.format(day=day(one.obligation.due, lang)).say(lang)
    if one.current:
        yield _VERSION.format(number=one.current.number).say(lang)
    yield counted(line, lang)
    yield from remarks(line, lang)


def remarks(line: Line, lang: Lang) -> Iterator[str]:
    """What the clerk has to know or decide about an obligation."""
    one = line.standing
    if one.held:
        numbers = ", ".join(str(version.id) for version in one.held)
        yield (_HELD if line.state == "held" else _ALSO_HELD).format(numbers=numbers).say(lang)
    if one.is_conflict:
        yield _CONFLICT.say(lang)


def unassigned(one: Unassigned, lang: Lang) -> str:
    """How many contents of a form are without a target, and what to do about it."""
    said = _NO_PLAN if not one.plan else _NO_TARGET if one.without == one.asked else _SOME_TARGETS
    return said.format(form=one.form, without=one.without, asked=one.asked, advice=_ASSIGN).say(lang)


def how(held: Sequence[Waiting], lang: Lang) -> str:
    """How to decide about what is held."""
    return _HOW.format(number=held[0].version.id if len(held) == 1 else _NUMBER).say(lang)


def sender(one: Seen | Waiting, lang: Lang) -> str:
    """Who sent it, as far as the mail says; for a file, nobody."""
    found = one.version.sender if isinstance(one, Waiting) else one.sender
    return found or _UNKNOWN_SENDER.say(lang)


def total(seen: Sequence[Seen], lang: Lang) -> str:
    """The sum of what came, which closes: all that came is one of its parts."""
    if not seen:
        return _NOTHING.say(lang)
    counts = standing.by_status(seen)
    parts = " + ".join(f"{count} {DELIVERY[status].say(lang)}" for status, count in counts.items() if count)
    return _SUM.format(total=len(seen), parts=parts).say(lang)
