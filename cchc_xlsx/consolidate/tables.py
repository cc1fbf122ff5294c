"""The sheets *Nguồn* (what the figures come from, and what is not in them) and *Vấn đề* (open findings and waivers)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cchc_xlsx import values
from cchc_xlsx.consolidate import combine, words
from cchc_xlsx.consolidate.listing import Column, Row, Value, listing
from cchc_xlsx.consolidate.model import Source, Summary
from cchc_xlsx.layout.model import Sheet
from cchc_xlsx.results import Told, printable

SOURCES, PROBLEMS = "Nguồn", "Vấn đề"
_VIETNAM = dt.timezone(dt.timedelta(hours=7))
_SOURCE_HEADS = (
    Column("Mã đơn vị", 11, "center"),
    Column("Đơn vị", 26),
    Column("Tính vào số liệu", 25),
    Column("Tệp", 50),
    Column("Phiên bản", 9, "center"),
    Column("Người gửi", 20),
    Column("Thời điểm nhận", 19, "center"),
    Column("Số lỗi", 8, "center"),
    Column("Số cảnh báo", 10, "center"),
    Column("SHA-256", 70, printed=False),
)
_PROBLEM_HEADS = (
    Column("Mức", 10, "center"),
    Column("Mã lỗi", 8, "center"),
    Column("Đơn vị", 20),
    Column("Dòng", 30),
    Column("Ô", 7, "center"),
    Column("Đang ghi", 14),
    Column("Nội dung", 42),
    Column("Cách sửa", 30),
    Column("Lý do miễn", 20),
    Column("Tệp", 34),
    Column("Trang tính", 14, printed=False),
    Column("Mã trường", 14, printed=False),
)
_LEVELS = {"error": "Lỗi", "warning": "Cảnh báo", "info": "Thông tin"}
_FILLS = {"Lỗi": "#FBE3E1", "Cảnh báo": "#FDF0D0", "Được miễn": "#E4EEF9"}
_ORDER = tuple(_FILLS)


def sources(summary: Summary, banner: str) -> Sheet:
    """Every workbook with what became of it, and the units without one."""
    remarks = (words.completeness(summary), words.gaps(summary), words.late(summary), words.times(summary))
    title = "NGUỒN SỐ LIỆU"
    rows = _source_rows(summary)
    return listing(SOURCES, title, filter(None, remarks), banner, "Nguon", _SOURCE_HEADS, rows).sheet


def _source_rows(summary: Summary) -> Iterator[Row]:
    for one in summary.round.used:
        said = "Có, dù còn lỗi" if one.has_errors else "Có"
        yield _source(summary, one, f"{said}; gửi muộn" if one.is_late else said, "#FDF0D0" if one.is_late else "")
    sent = {one.unit for one in summary.round.used} | {one.source.unit for one in summary.round.left}
    for left in summary.round.left:
        yield _source(summary, left.source, f"Không: {words.why_left(left)}", "#FBE3E1")
    for unit in summary.missing:
        if unit not in sent:
            name = combine.name_of(summary.issue, unit)
            yield (unit, name, Value(f"Không: {words.NOT_SENT}", fill="#FBE3E1"), *[""] * 7)


def _source(summary: Summary, one: Source, said: str, fill: str) -> Row:
    counted = [each.severity for each in one.findings if not each.waived]
    arrived = one.arrived.astimezone(_VIETNAM) if one.arrived else None
    return (
        one.unit,
        combine.name_of(summary.issue, one.unit),
        Value(said, fill=fill),
        Value(printable(one.path), address=one.link or ""),
        str(one.version or ""),
        one.sender,
        f"{values.say_date(arrived.date())} {arrived:%H:%M}" if arrived else "",
        Value(counted.count("error"), "0"),
        Value(counted.count("warning"), "0"),
        one.sha256,
    )


def problems(summary: Summary, banner: str) -> Sheet:
    """What was found and is still open, and what was let pass, worst first; remarks alone are left out."""
    rows: list[tuple[str, Row]] = [_problem(summary, None, one) for one in summary.findings]
    for source in (*summary.round.used, *(left.source for left in summary.round.left)):
        rows += [_problem(summary, source, one) for one in source.findings]
    kept = [row for level in _ORDER for said, row in rows if said == level]
    counts = ", ".join(f"{sum(said == level for said, _ in rows)} {level.lower()}" for level in _ORDER)
    title = "CÁC VẤN ĐỀ CÒN MỞ VÀ CÁC LỖI ĐƯỢC MIỄN"
    return listing(PROBLEMS, title, (f"{counts.capitalize()}.",), banner, "VanDe", _PROBLEM_HEADS, kept).sheet


def _problem(summary: Summary, source: Source | None, one: Told) -> tuple[str, Row]:
    level = "Được miễn" if one.waived else _LEVELS[one.severity]
    place = f"'{one.sheet}'!{one.cell}".replace("#", "") if one.sheet and one.cell else ""
    address = f"{source.link}#{place}" if source and source.link and place and "'" not in (one.sheet or "'") else ""
    until = values.date(one.waived.until) if one.waived and one.waived.until else None
    why = one.waived.reason + (f" (đến hết ngày {values.say_date(until)})" if until else "") if one.waived else ""
    row: Row = (
        Value(level, fill=_FILLS.get(level, "")),
        one.code,
        combine.name_of(summary.issue, source.unit) if source else "Cả bộ báo cáo",
        one.label,
        Value(one.cell, address=address),
        one.value and printable(one.value),
        one.message,
        one.fix,
        why,
        printable(source.path) if source else "",
        one.sheet,
        one.key,
    )
    return level, row
