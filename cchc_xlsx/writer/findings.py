"""What a check found as a workbook to filter, to print and to go from: findings, counts by unit and by code, all files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cchc_xlsx import results
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.reports import words
from cchc_xlsx.reports.tally import Tally, tally
from cchc_xlsx.results import STATUSES, FileResult, Report, Told
from cchc_xlsx.writer import links, listing
from cchc_xlsx.writer.listing import Book, Cell, Column, Content, Listing


def _column(name: str, width: float, look: str = "text") -> Column:
    return Column(words.COLUMN[name], width, look)


_FINDINGS = Listing(
    Text("Phát hiện", "Findings"),
    Text("KẾT QUẢ KIỂM TRA BÁO CÁO", "RESULTS OF THE CHECK"),
    "Findings",
    (
        _column("file", 47),
        _column("unit_name", 14),
        _column("cell", 6.5, "centre"),
        _column("label", 25),
        _column("code", 7.5, "centre"),
        _column("severity", 10.5, "centre"),
        _column("value", 12.5),
        _column("message", 30),
        _column("fix", 22),
        _column("waived", 12),
        _column("form", 26),
        _column("period", 18),
        _column("commune", 18),
        _column("sheet", 16),
        _column("key", 16),
    ),
    printed=10,
)
_BY_UNIT = Listing(
    Text("Theo đơn vị", "By unit"),
    Text("SỐ LƯỢNG THEO ĐƠN VỊ VÀ BIỂU", "COUNTS BY UNIT AND FORM"),
    "ByUnit",
    (
        _column("commune", 19),
        _column("unit_name", 29),
        _column("unit", 12),
        _column("form", 28),
        Column(Text("Số tệp", "Files"), 9, "number"),
        Column(Text("Tệp đạt", "Files OK"), 9, "number"),
        Column(Text("Tệp có cảnh báo", "Files with warnings"), 12.5, "number"),
        Column(Text("Tệp có lỗi", "Files with errors"), 9.5, "number"),
        Column(Text("Tệp bỏ qua", "Files skipped"), 11, "number"),
        Column(Text("Số lỗi", "Errors"), 10, "number"),
        Column(Text("Số cảnh báo", "Warnings"), 12.5, "number"),
        Column(Text("Số được miễn", "Waived"), 12, "number"),
    ),
    printed=12,
)
_BY_CODE = Listing(
    Text("Theo mã", "By code"),
    Text("SỐ LƯỢNG THEO MÃ LỖI", "COUNTS BY CODE"),
    "ByCode",
    (
        _column("code", 10, "centre"),
        Column(Text("Nội dung", "What it is about"), 95),
        Column(Text("Lỗi", "Errors"), 12, "number"),
        Column(Text("Cảnh báo", "Warnings"), 12.5, "number"),
        Column(Text("Thông tin", "Infos"), 12, "number"),
        Column(Text("Được miễn", "Waived"), 12, "number"),
        Column(Text("Tổng số", "Total"), 12, "number"),
    ),
    printed=7,
)
_FILES = Listing(
    Text("Tệp", "Files"),
    Text("CÁC TỆP TRONG THƯ MỤC", "ALL FILES"),
    "Files",
    (
        _column("file", 62),
        _column("status", 11, "centre"),
        _column("unit_name", 28),
        _column("commune", 20),
        _column("form", 26),
        _column("period", 18),
        Column(Text("Số lỗi", "Errors"), 10, "number"),
        Column(Text("Số cảnh báo", "Warnings"), 12.5, "number"),
        _column("sha256", 76),
    ),
    printed=8,
)


def to_bytes(report: Report, lang: Lang, path: Path | None = None) -> bytes:
    """The workbook's bytes; the same report gives the same. Files are linked as seen from `path`, where it is to be saved."""
    counted = tally(report)
    title, counts = _FINDINGS.title.say(lang).capitalize(), _counts(report, counted, lang)
    return listing.to_bytes(title, counts, lang, lambda target: _fill(target, report, counted, path))


def _fill(target: Book, report: Report, counted: Tally, path: Path | None) -> None:
    lang = target.lang
    found, by_unit, by_code, files = (listing.opened(target, one) for one in (_FINDINGS, _BY_UNIT, _BY_CODE, _FILES))
    for told in report.findings:
        found = listing.append(target, found, _finding(None, told, lang, None))
    for one in report.files:
        address = links.to_file(one.file, path) if one.status != "skipped" else None
        for told in one.findings:
            found = listing.append(target, found, _finding(one, told, lang, address))
        files = listing.append(target, files, _file(one, lang, address))
    listing.finish(target, listing.append_all(target, by_unit, _units(counted, lang)))
    listing.finish(target, listing.append_all(target, by_code, _codes(counted, lang)))
    listing.finish(target, found)
    listing.finish(target, files)


def _counts(report: Report, counted: Tally, lang: Lang) -> str:
    """The line below a title."""
    total = counted.total
    of_files = [f"{words.number(report.counts[one], lang)} {words.STATUS[one].say(lang).lower()}" for one in STATUSES]
    of_findings = [
        f"{words.number(total.findings[one], lang)} {words.WEIGHT[one].say(lang).lower()}" for one in words.WEIGHTS
    ]
    line = Text(
        "{files} tệp: {of_files}. {findings} phát hiện: {of_findings}.",
        "{files} files: {of_files}. {findings} findings: {of_findings}.",
    )
    return line.format(
        files=words.number(len(report.files), lang),
        of_files=", ".join(of_files),
        findings=words.number(total.findings.total(), lang),
        of_findings=", ".join(of_findings),
    ).say(lang)


# ---------------------------------------------------------------------------------------------------------------- rows


def _finding(one: FileResult | None, told: Told, lang: Lang, address: str | None) -> tuple[Content, ...]:
    who = one.identity if one else None
    weight = words.weight(told)
    place = links.to_cell(told.sheet, told.cell)
    return (
        Cell(one.path, address) if one else words.SET.say(lang),
        words.unit(one) if one else None,
        Cell(told.cell, address if place else None, place) if told.cell else None,
        told.label,
        told.code,
        Cell(words.WEIGHT[weight].say(lang), colour=weight),
        told.value,
        told.message,
        told.fix,
        words.because(told.waived, lang) if told.waived else None,
        who.form if who else None,
        words.period(who, lang) if who else None,
        who.commune if who else None,
        told.sheet,
        told.key,
    )


def _units(counted: Tally, lang: Lang) -> Iterable[tuple[Content, ...]]:
    for group, name, counts in counted.by_unit():
        numbers = (
            *(counts.files[one] for one in STATUSES),
            *(counts.findings[one] for one in ("error", "warning", "waived")),
        )
        yield (group.commune, name or words.NO_UNIT.say(lang), group.unit, group.form, counts.files.total(), *numbers)


def _codes(counted: Tally, lang: Lang) -> Iterable[tuple[Content, ...]]:
    for code, counts in counted.by_code():
        yield (code, results.title(code, lang), *(counts[one] for one in words.WEIGHTS), counts.total())


def _file(one: FileResult, lang: Lang, address: str | None) -> tuple[Content, ...]:
    who = one.identity
    weights = [words.weight(told) for told in one.findings]
    return (
        Cell(one.path, address),
        Cell(words.STATUS[one.status].say(lang), colour=one.status),
        words.unit(one),
        who.commune if who else None,
        who.form if who else None,
        words.period(who, lang) if who else None,
        weights.count("error"),
        weights.count("warning"),
        one.sha256,
    )
