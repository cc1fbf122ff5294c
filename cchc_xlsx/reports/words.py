"""What all written results call things: statuses, severities, the columns of a finding, a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from cchc_xlsx import periods, values
from cchc_xlsx.errors import CchcError
from cchc_xlsx.identity import Identity
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.results import FileResult, Status, Told
from cchc_xlsx.rules.model import Waived

Weight = Literal["error", "warning", "info", "waived"]
WEIGHTS: tuple[Weight, ...] = ("error", "warning", "info", "waived")

STATUS: Mapping[Status, Text] = {
    "ok": Text("Đạt", "OK"),
    "warning": Text("Cảnh báo", "Warning"),
    "error": Text("Lỗi", "Error"),
    "skipped": Text("Bỏ qua", "Skipped"),
}
WEIGHT: Mapping[Weight, Text] = {
    "error": STATUS["error"],
    "warning": STATUS["warning"],
    "info": Text("Thông tin", "Info"),
    "waived": Text("Được miễn", "Waived"),
}
COLUMN: Mapping[str, Text] = {
    "file": Text("Tệp", "File"),
    "status": Text("Kết quả", "Status"),
    "form": Text("Biểu", "Form"),
    "commune": Text("Xã, phường", "Commune"),
    "year": Text("Năm", "Year"),
    "period": Text("Kỳ", "Period"),
    "unit": Text("Mã đơn vị", "Unit code"),
    "unit_name": Text("Đơn vị", "Unit"),
    "sheet": Text("Trang tính", "Sheet"),
    "cell": Text("Ô", "Cell"),
    "key": Text("Khóa", "Key"),
    "label": Text("Dòng", "Row"),
    "code": Text("Mã lỗi", "Code"),
    "severity": Text("Mức", "Severity"),
    "value": Text("Đang ghi", "Value"),
    "message": Text("Phát hiện", "Finding"),
    "fix": Text("Cách sửa", "How to mend"),
    "waived": Text("Lý do miễn", "Waived because"),
    "until": Text("Miễn đến", "Waived until"),
    "sha256": Text("SHA-256", "SHA-256"),
}
MADE = "KQ1|cchc-xlsx"  # what the workbook of findings carries where a report carries its token
SET = Text("Cả bộ báo cáo", "The whole set")
NO_UNIT = Text("Chưa rõ đơn vị", "Unit unknown")
_UNTIL = Text("{reason} (đến hết ngày {day})", "{reason} (until {day})")
_PLAN = Text("Kế hoạch năm {year}", "Plan of {year}")


def weight(one: Told) -> Weight:
    """How a finding counts: by its severity, unless it is waived."""
    return "waived" if one.waived else one.severity


def period(who: Identity, lang: Lang) -> str:
    """What a workbook's period is called, as far as its token makes sense: "Quý I năm 2027"."""
    if who.period is None:
        return _PLAN.format(year=who.year).say(lang) if who.kind == "plan" else str(who.year)
    try:
        return periods.name(periods.parse(who.period)).say(lang)
    except (CchcError, ValueError):
        return who.period


def unit(one: FileResult) -> str:
    """The name of the unit, its code where nobody knows the name, nothing for a file of no unit."""
    return one.unit_name or (one.identity.unit if one.identity else "")


def about(one: FileResult, lang: Lang) -> tuple[str, ...]:
    """Form, period, unit and commune of a file; nothing where it is not known whose it is."""
    if one.identity is None:
        return ()
    who = unit(one)
    commune = () if one.identity.commune in who else (one.identity.commune,)
    return (one.identity.form, period(one.identity, lang), who, *commune)


def number(count: int, lang: Lang) -> str:
    """A count with its thousands apart, as each language has it."""
    return values.say_number(count) if lang == "vi" else f"{count:,}"


def day(iso: str | None, lang: Lang) -> str:
    """An ISO day as an office writes it; whatever else it is, as it is."""
    found = values.date(iso) if iso and lang == "vi" else None
    return values.say_date(found) if found else iso or ""


def because(waived: Waived, lang: Lang) -> str:
    """Why a finding is waived, and until when."""
    return _UNTIL.format(reason=waived.reason, day=day(waived.until, lang)).say(lang) if waived.until else waived.reason
