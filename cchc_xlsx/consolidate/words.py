"""The sentences of a summary's workbook: what it is, who is not in it and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cchc_xlsx import periods, units, values
from cchc_xlsx.consolidate import combine
from cchc_xlsx.consolidate.choose import at_once
from cchc_xlsx.consolidate.model import Left, Summary, Why

WHOLE = "Biểu chung của xã"
WITH_ERRORS = "CÓ TÍNH CẢ TỆP CÒN LỖI (--include-errors): số liệu chưa dùng để báo cáo được."
NOT_SENT = "chưa gửi"
WHY: Mapping[Why, str] = {
    "errors": "còn lỗi",
    "superseded": "có bản mới hơn",
    "copy": "trùng với tệp đã tính",
    "whole": "đã tính theo biểu chung của xã",
    "version": "theo mẫu biểu khác phiên bản",
    "plan": "là biểu kế hoạch",
}


def above(summary: Summary) -> Iterator[tuple[str, str]]:
    """The lines between the heading and the table, by key: what it is, how many units, who is not in it."""
    issue = summary.issue
    assert issue.period
    window = f"từ {values.say_date(issue.period.start)} đến hết {values.say_date(issue.period.end)}"
    yield (
        "about",
        f"Biểu tổng hợp của {combine.name_of(issue, units.COMMUNE)}.   Kỳ báo cáo: {periods.name(issue.period).vi} ({window}).   "
        f"Hạn báo cáo cấp trên: {values.say_date(periods.upward_deadline(issue.period))}.",
    )
    yield "status", completeness(summary)
    if text := gaps(summary):
        yield "gaps", text
    if text := late(summary):
        yield "late", text


def completeness(summary: Summary) -> str:
    """How many units are in the figures, how many lines are met."""
    found = combine.counts(summary.figures)
    told = ", ".join(f"{count} {word.lower()}" for word, count in found.items() if count)
    if summary.expected == (units.COMMUNE,):
        return f"Số liệu theo biểu chung của xã.   {len(summary.figures)} nội dung: {told}."
    here = len(summary.expected) - len(summary.missing)
    return f"Số liệu của {here}/{len(summary.expected)} đơn vị.   {len(summary.figures)} nội dung: {told}."


def gaps(summary: Summary) -> str:
    """Who is not in the figures and why; an empty text where nobody is missing."""
    parts = [
        f"{combine.name_of(summary.issue, unit)} ({unit}): {why_missing(summary, unit)}" for unit in summary.missing
    ]
    parts += [
        f"{one.source.path}: {why_left(one)}" for one in summary.round.left if one.source.unit not in summary.missing
    ]
    return f"Không có trong số liệu: {'; '.join(parts)}." if parts else ""


def late(summary: Summary) -> str:
    """Whose workbook came too late and counts all the same; an empty text where none did."""
    found = [f"{combine.name_of(summary.issue, one.unit)} ({one.unit})" for one in summary.round.used if one.is_late]
    return f"Gửi muộn, đã tính: {'; '.join(found)}." if found else ""


def times(summary: Summary) -> str:
    """What the times of the sources are, where they are not those of arrival."""
    if all(one.is_received for one in summary.round.used):
        return ""
    return "Thời điểm là ngày giờ của tệp trên máy này; có sổ nhận (cchc-xlsx collect) thì là lúc thư đến."


def codes(summary: Summary) -> str:
    """What the codes of units in the table stand for; an empty text where it names none."""
    if summary.expected == (units.COMMUNE,):
        return ""
    return f"Mã đơn vị: {'; '.join(f'{unit} – {combine.name_of(summary.issue, unit)}' for unit in summary.expected)}."


def why_missing(summary: Summary, unit: str) -> str:
    """Why a unit's workbook is not in the figures."""
    said = dict.fromkeys(WHY[one.why] for one in summary.round.left if one.source.unit == unit)
    return f"tệp {' và '.join(said)}" if said else NOT_SENT


def why_left(one: Left) -> str:
    """Why a workbook does not count, and which one does instead."""
    beside = f" ({one.beside.path})" if one.beside else ""
    if one.why == "superseded" and at_once(one):
        return f"khác nội dung với {one.beside.path if one.beside else ''}, cùng thời điểm, không rõ bản nào mới hơn"
    return f"{WHY[one.why]}{beside}"
