"""Waivers: which findings the office lets pass, read from a table that was saved by Excel."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from cchc_xlsx import periods, units, values
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding

_VIETNAM = dt.timezone(dt.timedelta(hours=7))
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "unit": ("đơn vị", "mã đơn vị", "unit"),
    "key": ("ô hoặc mã trường", "ô", "mã trường", "key"),
    "code": ("mã lỗi", "code"),
    "period": ("kỳ", "kỳ báo cáo", "period"),
    "reason": ("lý do", "lí do", "reason"),
    "until": ("đến ngày", "đến hết ngày", "until"),
}
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.ASCII | re.IGNORECASE)
_KEY = re.compile(r"[^\s.]+\.[^\s.]+")
_ANY = ("", "*")
_NEVER = "FI"  # a file that cannot be read, or that nobody knows whose it is, has no figures to let pass

_HEAD = Text("Tệp miễn lỗi có chỗ sai:", "The file of waivers has mistakes:")
_ENCODING = Text(
    "không phải tệp chữ; trong Excel chọn Lưu thành kiểu “CSV UTF-8”.",
    "this is no text file; in Excel save it as “CSV UTF-8”.",
)
_QUOTES = Text("dấu nháy kép không khớp.", "the double quotes do not match.")
_NO_COLUMN = Text("thiếu cột “{vi}” (hoặc “{en}”).", "the column “{vi}” (or “{en}”) is missing.")
_TWICE = Text("cột “{vi}” có hai lần.", "the column “{vi}” is there twice.")
_NO_CODE = Text("thiếu mã lỗi.", "the code is missing.")
_BAD_CODE = Text(
    "không có mã lỗi “{value}”; xem các mã: cchc-xlsx explain.",
    "there is no code “{value}”; see the codes: cchc-xlsx explain.",
)
_NOT_WAIVABLE = Text(
    "mã {value} về tệp hoặc nhận dạng, không miễn được: tệp như thế không có số liệu để dùng.",
    "{value} is about the file or its identity and cannot be waived: such a file has no figures to use.",
)
_ONLY_TOLD = Text(
    "mã {value} chỉ là thông tin, không cần miễn.", "{value} is information only; there is nothing to waive."
)
_BAD_UNIT = Text("không có đơn vị mang mã “{value}”.", "there is no unit with the code “{value}”.")
_BAD_KEY = Text(
    "“{value}” không phải mã trường (như r05.num) hay địa chỉ ô (như G14).",
    "“{value}” is neither a field (like r05.num) nor a cell (like G14).",
)
_BAD_PERIOD = Text(
    "không có kỳ “{value}”; mã kỳ như 2027-Q1, 2027-T01, 2027-6T, 2027-N.",
    "there is no period “{value}”; periods are like 2027-Q1, 2027-T01, 2027-6T, 2027-N.",
)
_NO_REASON = Text("thiếu lý do.", "the reason is missing.")
_BAD_DATE = Text(
    "“{value}” không phải là một ngày; ghi như 31/12/2027 hoặc 2027-12-31.",
    "“{value}” is not a date; write it like 31/12/2027 or 2027-12-31.",
)


class Waiver(Struct, frozen=True):
    """What is let pass: None stands for any unit, field, period, and for no end."""

    code: str
    reason: str
    unit: str | None = None
    key: str | None = None  # a field's key, or a cell
    period: str | None = None
    until: dt.date | None = None  # the last day


def find(
    waivers: Sequence[Waiver], finding: Finding, unit: str | None, period: str | None, today: dt.date
) -> Waiver | None:
    """The first waiver that lets this finding pass today; None where there is none.

    `unit` and `period` are those of the workbook, None for a finding about the set.
    """
    if finding.severity == "info" or finding.code[0] in _NEVER:
        return None
    for one in waivers:
        meant = (one.code, one.unit or unit, one.period or period)
        is_here = one.key is None or one.key.casefold() in {
            (finding.key or "").casefold(),
            (finding.cell or "").casefold(),
        }
        if meant == (finding.code, unit, period) and is_here and (one.until is None or today <= one.until):
            return one
    return None


def today(now: dt.datetime) -> dt.date:
    """The day that it is in Vietnam at a moment that knows its time zone."""
    return now.astimezone(_VIETNAM).date()


def read(data: bytes, name: str) -> tuple[Waiver, ...]:
    """The waivers in a table saved by Excel: commas, semicolons or tabs, UTF-8 or UTF-16.

    Raises CchcError with every mistake of the file and its line; `name` is what the mistakes call it.
    """
    mistakes: list[tuple[int, Text]] = []
    found = list(_waivers(data, mistakes))
    if mistakes:
        vi, en = ("\n".join([_HEAD.say(lang), *(f"{name}:{line}: {text.say(lang)}" for line, text in mistakes)]) for lang in ("vi", "en"))  # fmt: skip
        raise CchcError(Text(vi, en))
    return tuple(found)


def _waivers(data: bytes, mistakes: list[tuple[int, Text]]) -> Iterator[Waiver]:
    text = _decoded(data)
    if text is None:
        mistakes.append((1, _ENCODING))
        return
    rows = _rows(text, mistakes)
    head = next(rows, (1, []))
    columns = _columns(head[1])
    for column, names in COLUMNS.items():
        if len(columns.get(column, ())) != 1:
            wrong = _TWICE if column in columns else _NO_COLUMN
            mistakes.append((head[0], wrong.format(vi=names[0], en=names[-1])))
    for line, row in rows:
        if len(columns) == len(COLUMNS) and any(row):
            cells = {column: row[at] if at < len(row) else "" for column, (at, *_) in columns.items()}
            wrong_here = [text for _, text in wrong_in(cells)]
            mistakes += [(line, wrong) for wrong in wrong_here]
            if not wrong_here:
                yield made(cells)


def _decoded(data: bytes) -> str | None:
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _rows(text: str, mistakes: list[tuple[int, Text]]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, with the line on which each begins."""
    lines = re.sub("\r\n?", "\n", text).split("\n")
    first = next((line for line in lines if line.strip()), "")
    mark = max(",;\t", key=lambda one: len(_columns(first.split(one))))
    table = csv.reader((f"{line}\n" for line in lines), delimiter=mark, strict=True)
    begins = 1
    try:
        for row in table:
            cells = [values.nfc(cell).strip() for cell in row]
            if any(cells):
                yield begins, cells
            begins = table.line_num + 1
    except csv.Error:
        mistakes.append((begins, _QUOTES))


def _columns(head: Sequence[str]) -> dict[str, list[int]]:
    """Where each known column stands; those that are not known are somebody's notes."""
    found: dict[str, list[int]] = {}
    for at, title in enumerate(head):
        words = values.fold(title.strip().strip('"'))
        for column, names in COLUMNS.items():
            if words in map(values.fold, names):
                found.setdefault(column, []).append(at)
    return found


def wrong_in(cells: Mapping[str, str]) -> Iterator[tuple[str, Text]]:
    """What is wrong with one row of a table of waivers, each with the column at fault; every column must be there."""
    code, rule = cells["code"], registry.by_code().get(cells["code"].upper())
    if not code:
        yield "code", _NO_CODE
    elif rule is None:
        yield "code", _BAD_CODE.format(value=code)
    elif rule.code[0] in _NEVER:
        yield "code", _NOT_WAIVABLE.format(value=rule.code)
    elif rule.severity == "info":
        yield "code", _ONLY_TOLD.format(value=rule.code)
    unit = cells["unit"].upper()
    if unit not in (*_ANY, units.COMMUNE) and not any(unit in units.catalogue(era).units for era in ("pre", "post")):
        yield "unit", _BAD_UNIT.format(value=cells["unit"])
    if cells["key"] not in _ANY and not _CELL.fullmatch(cells["key"]) and not _KEY.fullmatch(cells["key"]):
        yield "key", _BAD_KEY.format(value=cells["key"])
    if cells["period"] not in _ANY and not _is_period(cells["period"]):
        yield "period", _BAD_PERIOD.format(value=cells["period"])
    if not cells["reason"]:
        yield "reason", _NO_REASON
    if cells["until"] and values.date(cells["until"]) is None:
        yield "until", _BAD_DATE.format(value=cells["until"])


def _is_period(code: str) -> bool:
    try:
        periods.parse(code.upper())
    except CchcError:
        return False
    return True


def made(cells: Mapping[str, str]) -> Waiver:
    """The waiver that a row without mistakes says."""
    given = {column: None if text in _ANY else text for column, text in cells.items()}
    unit, key, period = given["unit"], given["key"], given["period"]
    return Waiver(
        cells["code"].upper(),
        cells["reason"],
        unit and unit.upper(),
        key and _CELL.sub(r"\1\2", key),
        period and period.upper(),
        values.date(cells["until"]),
    )
