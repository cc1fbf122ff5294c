"""An overview as a workbook to filter and to print: what is owed, open findings, counts, what is held, what came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.ledger.obligations import VIETNAM
from cchc_xlsx.overview import words
from cchc_xlsx.overview.view import Line, Overview, PeriodView, UnitView
from cchc_xlsx.reports.words import COLUMN, WEIGHT
from cchc_xlsx.standing import STATES, Tally
from cchc_xlsx.writer import listing
from cchc_xlsx.writer.listing import Book, Cell, Column, Content, Listing

_TITLE = Text("Tình hình nộp báo cáo", "Who owes what")
_ARRIVED = Column(Text("Đến lúc", "Arrived"), 16, "moment")
_SENDER = Column(Text("Người gửi", "Sender"), 26)
_NUMBER = Column(Text("Số", "Number"), 11, "number")


def _column(name: str, width: float, look: str = "text") -> Column:
    return Column(COLUMN[name], width, look)


_OWED = Listing(
    Text("Tình hình", "Standings"),
    Text("TÌNH HÌNH NỘP BÁO CÁO", "WHO OWES WHAT"),
    "Owed",
    (
        _column("period", 22),
        _column("unit_name", 28),
        _column("form", 27),
        Column(Text("Tình trạng", "State"), 16, "centre"),
        Column(Text("Hạn", "Due"), 11.5, "day"),
        _ARRIVED,
        Column(Text("Trễ (ngày)", "Days late"), 9.5, "number"),
        Column(Text("Bản số", "Version"), 10.5, "number"),
        Column(Text("Số lỗi", "Errors"), 9.5, "number"),
        Column(Text("Số cảnh báo", "Warnings"), 12.5, "number"),
        Column(Text("Ghi chú", "Remarks"), 29),
        Column(Text("Gia hạn", "Put off"), 21),
        _column("unit", 10),
        _column("file", 40),
        _SENDER,
        _column("sha256", 76),
    ),
    printed=12,
)
_FINDINGS = Listing(
    Text("Phát hiện còn mở", "Open findings"),
    Text("PHÁT HIỆN CÒN MỞ", "OPEN FINDINGS"),
    "OpenFindings",
    (
        _column("period", 22),
        _column("unit_name", 24),
        _column("form", 27),
        _column("cell", 7.5, "centre"),
        _column("label", 28),
        _column("code", 8.5, "centre"),
        _column("severity", 11.5, "centre"),
        _column("value", 13),
        _column("message", 34),
        _column("fix", 28),
        _column("unit", 10),
        _column("key", 16),
    ),
    printed=10,
)
_COUNTS = (
    Column(Text("Phải nộp", "Owed"), 9, "number"),
    Column(Text("Đã đạt", "Complete"), 12, "number"),
    Column(Text("Đầy đủ", "Completeness"), 13.5, "percent"),
    Column(Text("Đúng hạn", "In time"), 9, "number"),
    Column(Text("Tỷ lệ đúng hạn", "Timeliness"), 11.5, "percent"),
    Column(Text("Trễ hạn", "Late"), 8, "number"),
    *(Column(Text(text.vi.capitalize(), text.en.capitalize()), 12.5, "number") for text in words.STATE.values()),
)
_BY_PERIOD = Listing(
    Text("Theo kỳ", "By period"),
    Text("SỐ LƯỢNG THEO KỲ", "COUNTS BY PERIOD"),
    "ByPeriod",
    (
        _column("period", 22),
        Column(Text("Hạn của đơn vị", "Due"), 12, "day"),
        Column(Text("Hạn của xã", "Due upward"), 12, "day"),
        *_COUNTS,
    ),
    printed=17,
)
_BY_UNIT = Listing(
    Text("Theo kỳ và đơn vị", "By period and unit"),
    Text("SỐ LƯỢNG THEO KỲ VÀ ĐƠN VỊ", "COUNTS BY PERIOD AND UNIT"),
    "ByPeriodAndUnit",
    (_column("period", 22), _column("unit_name", 30), _column("unit", 10), *_COUNTS),
    printed=17,
)
_HELD = Listing(
    Text("Chờ xác nhận", "To be confirmed"),
    Text("CHỜ CÁN BỘ XÁC NHẬN", "TO BE CONFIRMED"),
    "Held",
    (
        _NUMBER,
        _column("period", 12),
        _column("unit_name", 28),
        _column("form", 27),
        _column("file", 36),
        _ARRIVED,
        _SENDER,
        Column(Text("Lý do", "Because"), 56),
    ),
    printed=8,
)
_MAILS = Listing(
    Text("Thư đã đến", "What came"),
    Text("THƯ VÀ TỆP ĐÃ ĐẾN", "MAILS AND FILES THAT CAME"),
    "Mails",
    (
        _ARRIVED,
        Column(Text("Kết quả", "Status"), 16, "centre"),
        _SENDER,
        Column(Text("Tiêu đề", "Subject"), 36),
        Column(Text("Lý do", "Because"), 60),
        Column(Text("Nguồn", "Source"), 38),
        Column(Text("Số lần đọc", "Tries"), 10, "number"),
    ),
    printed=7,
)


def to_bytes(view: Overview, lang: Lang) -> bytes:
    """The workbook's bytes; the same view gives the same."""
    plans = "".join(f" {words.unassigned(one, lang)}" for one in view.plans)
    about = f"{view.commune}, {view.year}. {words.moment(view.at, lang)}. {words.total(view.seen, lang)}{plans}"
    return listing.to_bytes(_TITLE.say(lang), about, lang, lambda target: _fill(target, view))


def _fill(target: Book, view: Overview) -> None:
    lang = target.lang
    for one, rows in (
        (_OWED, _owed(view, lang)),
        (_FINDINGS, _findings(view, lang)),
        (_BY_PERIOD, ((one.name.say(lang), one.due, one.upward_due, *_counts(one.tally)) for one in view.periods)),
        (_BY_UNIT, _by_unit(view, lang)),
        (_HELD, _held(view, lang)),
        (_MAILS, _mails(view, lang)),
    ):
        listing.finish(target, listing.append_all(target, listing.opened(target, one), rows))


def _units(view: Overview) -> Iterator[tuple[PeriodView, UnitView]]:
    return ((period, unit) for period in view.periods for unit in period.units)


def _here(at: dt.datetime | None) -> dt.datetime | None:
    """The moment as Vietnam's clock on the wall shows it: a workbook knows no zones."""
    return at.astimezone(VIETNAM).replace(tzinfo=None) if at else None


def _owed(view: Overview, lang: Lang) -> Iterable[tuple[Content, ...]]:
    for period, unit in _units(view):
        for line in unit.lines:
            yield _line(period, unit, line, lang)


def _line(period: PeriodView, unit: UnitView, line: Line, lang: Lang) -> tuple[Content, ...]:
    one = line.standing
    current, found = one.current, line.findings
    given = line.extensions[-1] if line.extensions else None
    return (
        period.name.say(lang),
        unit.name,
        line.slot.form,
        Cell(words.STATE[line.state].say(lang), colour=words.COLOUR[line.state]),
        one.obligation.due,
        _here(one.came),
        line.days_late,
        current.number if current else 0,
        found.get("error", 0),
        found.get("warning", 0),
        " · ".join(filter(None, (words.timing(line, lang), *words.remarks(line, lang)))),
        f"{words.day(given.until, lang)}: {given.why} ({given.who})" if given else None,
        unit.code,
        current.name if current else None,
        current.sender if current else None,
        current.sha256 if current else None,
    )


def _findings(view: Overview, lang: Lang) -> Iterable[tuple[Content, ...]]:
    for period, unit in _units(view):
        for line in unit.lines:
            for one in line.standing.findings:
                yield (
                    *(period.name.say(lang), unit.name, line.slot.form, one.cell, one.label, one.code),
                    Cell(WEIGHT[one.severity].say(lang), colour=one.severity),
                    *(one.value, one.message, one.fix, unit.code, one.key),
                )


def _by_unit(view: Overview, lang: Lang) -> Iterable[tuple[Content, ...]]:
    for period, unit in _units(view):
        yield period.name.say(lang), unit.name, unit.code, *_counts(unit.tally)


def _counts(one: Tally) -> tuple[Content, ...]:
    shares = (one.owed, one.complete, one.completeness, one.in_time, one.timeliness, one.late)
    return (*shares, *(one.states[state] for state in STATES))


def _held(view: Overview, lang: Lang) -> Iterable[tuple[Content, ...]]:
    for one in view.held:
        version = one.version
        yield (
            *(version.id, version.slot.period or None, one.unit_name, version.slot.form, version.name),
            *(_here(version.arrived), version.sender, version.why.say(lang) if version.why else None),
        )


def _mails(view: Overview, lang: Lang) -> Iterable[tuple[Content, ...]]:
    for one in view.seen:
        status = Cell(words.DELIVERY[one.status].say(lang), colour=words.DELIVERY_COLOUR[one.status])
        yield _here(one.arrived), status, one.sender, one.subject, one.reason.say(lang), one.source, one.tries
