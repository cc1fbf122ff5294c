"""The report as a Word document: a template that an office may edit, filled in; the same report gives the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cchc_xlsx import resources, results, values
from cchc_xlsx.document import table
from cchc_xlsx.errors import CchcError, why
from cchc_xlsx.lang import Text
from cchc_xlsx.narrative.model import Annex, Item, Narrative, Part, Voice

NAME = "bao-cao.docx"
_BAD = Text("Mẫu báo cáo Word {path} có lỗi: {why}.", "The Word template {path} is wrong: {why}.")
_NO_DOCX = Text("không phải tệp .docx, hoặc tệp hỏng", "it is no .docx, or damaged")
_LINE = Text("{why} (trong đoạn: {lines})", "{why} (in the paragraph: {lines})")
_LONGEST = 160
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a zip can name


def template(own: Path | None = None) -> Path:
    """The template in use: the office's own in the folder `own`, else the shipped one."""
    mine = own / NAME if own else None
    return mine if mine and mine.is_file() else resources.templates() / "reports" / NAME


def document(told: Narrative, own: Path | None = None) -> bytes:
    """The report as .docx. Raises CchcError, naming it, where the office's own template is wrong."""
    path = template(own)
    if path.parent != own:
        return _filled(path.read_bytes(), told)
    shown = results.printable(str(path))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CchcError(_BAD.format(path=shown, why=why(error))) from error
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise CchcError(_BAD.format(path=shown, why=_NO_DOCX))
    try:
        return _filled(data, told)
    except Exception as error:  # whatever a template of an office raises is a mistake of that template
        raise CchcError(_BAD.format(path=shown, why=_what(error))) from error


def _what(error: Exception) -> Text:
    """What the engine complains of, on one line, with the words beside it."""
    said = " ".join(results.printable(str(error)).split())[:_LONGEST] or type(error).__name__
    beside = [str(one).strip() for one in getattr(error, "docx_context", ())]
    lines = " ".join(results.printable(" ".join(beside)).split())[:_LONGEST]
    return _LINE.format(why=said, lines=lines) if lines else Text(said, said)


def _filled(data: bytes, told: Narrative) -> bytes:
    made = DocxTemplate(io.BytesIO(data))
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    made.render(context(told), environment, autoescape=True)
    _properties(made, told)
    out = io.BytesIO()
    made.save(out)
    return _still(out.getvalue())


def _properties(made: Any, told: Narrative) -> None:  # noqa: ANN401  docxtpl has no types
    """What the file says of itself: never the moment or the machine."""
    about = made.docx.core_properties
    day = dt.datetime.combine(told.period.end, dt.time())
    about.created = about.modified = day
    about.title = f"Báo cáo cải cách hành chính {told.period_name}"
    about.author = about.last_modified_by = f"UBND {told.commune}"
    about.revision = 1


def _still(data: bytes) -> bytes:
    """The same archive without the time of writing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for one in given.infolist():
            made.writestr(zipfile.ZipInfo(one.filename, _EPOCH), given.read(one), zipfile.ZIP_DEFLATED)
    return out.getvalue()


# ------------------------------------------------------------------------------------------------ what a template may name


def context(told: Narrative) -> Mapping[str, object]:
    """What a template finds, by Vietnamese names without marks: README lists them."""
    office = told.office
    return {
        "co_quan_chu_quan": "",  # Ủy ban nhân dân names none above itself (Nghị định 30/2020/NĐ-CP); an office's template may
        "xa": told.commune,
        "dia_danh": told.place,
        "nam": told.year,
        "so": office.number or "     ",
        "ngay_thang": _day(office.day, told),
        "cap_tren": office.superior,
        "ky_bao_cao": told.period_name,
        "ma_ky": told.period.code,
        "tu_ngay": values.say_date(told.period.start),
        "den_ngay": values.say_date(told.period.end),
        "can_cu": list(told.basis),
        "mo_dau": told.opening,
        "canh_bao": told.warning,
        "phu_luc": [_annex(one) for one in told.annexes],
        "kho_khan": [_voice(one) for one in told.difficulties],
        "kien_nghi": [_voice(one) for one in told.proposals],
        "so_muc_kien_nghi": "IV" if told.difficulties else "III",
    }


def _day(day: dt.date | None, told: Narrative) -> str:
    """ "ngày 05 tháng 8 năm 2025"; day and month are left to be written by hand where they are not known."""
    if day is None:
        return f"ngày      tháng      năm {told.period.end.year}"
    return f"ngày {day.day:02} tháng {values.say_month(day.month)} năm {day.year}"


def _annex(one: Annex) -> Mapping[str, object]:
    return {
        "so": one.number,
        "tieu_de": list(one.title),
        "ten": one.about,
        "don_vi": list(one.completeness),
        "tom_tat": list(one.overall),
        "phan": [_part(part) for part in one.parts],
        "bang": table.drawn(one.table),
        "ma_don_vi": one.codes,
    }


def _part(one: Part) -> Mapping[str, object]:
    return {"chu": one.letter, "ten": one.title, "muc": [_item(item) for item in one.items], "so_muc": len(one.items)}


def _item(one: Item) -> Mapping[str, object]:
    return {"noi_dung": one.text, "chi_tiet": list(one.notes)}


def _voice(one: Voice) -> Mapping[str, Sequence[str] | str]:
    return {"don_vi": one.unit, "noi_dung": list(one.lines)}
