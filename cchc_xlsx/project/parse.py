"""Tables → set-up: what the sheets of commune, units, forms, periods and waivers say, every mistake told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import cast

from cchc_xlsx import generate, periods, units, values, waivers
from cchc_xlsx.alteration import same_formula
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.project import entries, parse_mail
from cchc_xlsx.project.draw import deadline_formula
from cchc_xlsx.project.entries import tell
from cchc_xlsx.project.mistakes import Mistake
from cchc_xlsx.project.model import FormInUse, Office, Round, Setup, UnitSetup
from cchc_xlsx.project.pages import LANGS, MARKS, WITHIN_DAYS, mark_of, round_keys
from cchc_xlsx.project.tables import Entry, Row, Table
from cchc_xlsx.waivers import Waiver

_NAME_LONGEST = 120

_NO_COMMUNE = Text(
    "chưa ghi tên xã; ghi tên như in trên biểu, ví dụ Nhơn Hậu.",
    "the commune's name is missing; write it as printed on the forms, e.g. Nhơn Hậu.",
)
_BAD_COMMUNE = Text(
    "tên “{value}” không dùng được: không quá 80 ký tự và không có dấu |; sửa lại tên xã.",
    "the name “{value}” cannot be used: 80 characters at most and no |; mend the commune's name.",
)
_BAD_CODE = Text(
    "mã xã “{value}” không hợp lệ; chỉ dùng chữ không dấu, số, dấu chấm, gạch nối, tối đa 20, ví dụ 21886.",
    "the commune's code “{value}” is not valid; plain letters, digits, dots and hyphens only, 20 at most, e.g. 21886.",
)
_NO_YEAR = Text("chưa ghi năm; ghi bốn chữ số, ví dụ 2027.", "the year is missing; write four digits, e.g. 2027.")

_NO_UNITS = Text("chưa có đơn vị nào; ghi mỗi đơn vị một dòng.", "there are no units; write one a row.")
_NO_UNIT_CODE = Text(
    "dòng này chưa có mã đơn vị; chọn mã trong danh sách, hoặc xóa cả dòng.",
    "this row has no unit's code; choose one from the list, or clear the row.",
)
_COMMUNE_IS_NO_UNIT = Text(
    "mã XA là biểu chung của xã, không phải một đơn vị; chọn mã khác: {known}.",
    "XA is the commune's own workbook, not a unit; choose another code: {known}.",
)
_UNKNOWN_UNIT = Text(
    "không có đơn vị mang mã “{value}”; chọn một trong: {known}.",
    "there is no unit with the code “{value}”; choose one of: {known}.",
)
_UNIT_TWICE = Text(
    "mã “{value}” đã dùng ở ô {cell}; mỗi đơn vị một mã, xóa một trong hai dòng.",
    "the code “{value}” is already used in {cell}; one row a unit: clear one of the two.",
)
_NAME_TWICE = Text(
    "tên “{value}” đã dùng cho đơn vị ở ô {cell}; mỗi đơn vị một tên.",
    "the name “{value}” is already that of the unit in {cell}; one name a unit.",
)
_ADDRESS_TWICE = Text(
    "địa chỉ “{value}” đã là của đơn vị {unit} ở ô {cell}; mỗi địa chỉ chỉ của một đơn vị. Người gửi hộ ghi ở cột “Người chuyển hộ”.",
    "the address “{value}” already belongs to {unit} in {cell}; an address belongs to one unit. Who passes mail on goes into “Forwarders”.",
)

_NO_FORMS = Text("chưa có biểu nào; chọn ít nhất một biểu.", "there is no form; choose at least one.")
_NO_FORM_ID = Text(
    "dòng này chưa có mã biểu; chọn biểu trong danh sách, hoặc xóa cả dòng.",
    "this row has no form; choose one from the list, or clear the row.",
)
_UNKNOWN_FORM = Text(
    "không có biểu “{value}”; chọn một trong: {known}.", "there is no form “{value}”; choose one of: {known}."
)
_FORM_TWICE = Text(
    "biểu “{value}” đã ghi ở ô {cell}; mỗi biểu một dòng, xóa một trong hai dòng.",
    "the form “{value}” is already in {cell}; one row a form: clear one of the two.",
)
_NO_PERIODS = Text(
    "biểu “{value}” không có kỳ nào phải nộp; đánh dấu x vào ít nhất một kỳ, hoặc xóa cả dòng.",
    "the form “{value}” is owed for no period; put an x into one at least, or clear the row.",
)
_ONLY_UNUSED = Text(
    "biểu “{value}” chỉ đánh dấu vào kỳ không dùng ở trang “Kỳ báo cáo” ({periods}); đánh dấu kỳ khác, hoặc dùng lại kỳ đó.",
    "the form “{value}” is marked only for periods that are not in use ({periods}); mark another, or take those into use.",
)
_NO_MARK = Text("“{value}” không phải dấu x; ghi x, hoặc để trống.", "“{value}” is no x; write x, or leave it blank.")

_NO_ROUND = Text(
    "thiếu dòng của kỳ {value}; lấy lại dòng này từ bản sao của tệp.",
    "the row of the period {value} is missing; take it from a copy of the file.",
)
_TOO_EARLY = Text(
    "hạn đơn vị gửi {value} trước ngày chốt số liệu {closing}; ghi một ngày từ {closing} trở đi.",
    "units would send by {value}, before the closing date {closing}; write a day from {closing} on.",
)
_UPWARD_EARLY = Text(
    "hạn báo cáo cấp trên {value} trước hạn đơn vị gửi {due}; ghi một ngày từ {due} trở đi.",
    "the commune would report by {value}, before units send ({due}); write a day from {due} on.",
)
_TOO_LATE = Text(
    "hạn {value} quá xa ngày chốt số liệu {closing} (hơn {days} ngày); xem lại năm và tháng.",
    "the deadline {value} is too far from the closing date {closing} (over {days} days); look at year and month.",
)


def setup(tables: Mapping[str, Table], known_forms: Collection[str], mistakes: list[Mistake]) -> Setup | None:
    """The set-up; None where there are mistakes, all of which are in the list then."""
    office = _office(tables["office"], mistakes)
    units_ = tuple(_units(tables["units"], mistakes))
    year = office.year if office else None
    in_use = tuple(_rounds(tables["rounds"], year, mistakes))
    forms = tuple(_forms(tables["forms"], in_use, known_forms, year, mistakes))
    waived = tuple(_waivers(tables["waivers"], mistakes))
    mail = parse_mail.mail(tables["mail"], mistakes)
    if mistakes or office is None:
        return None
    return Setup(office, units_, in_use, forms, waived, mail)


# -------------------------------------------------------------------------------------------------------------- commune


def _office(table: Table, mistakes: list[Mistake]) -> Office | None:
    field = table.field
    commune = _commune(field("commune"), mistakes)
    code = _commune_code(field("commune_code"), mistakes)
    before = len(mistakes)
    year = entries.whole(field("year"), mistakes, 2000, 2099)
    if year is None and len(mistakes) == before and table.begin:
        tell(mistakes, field("year"), _NO_YEAR)
    found = Office(
        commune=commune,
        year=year or 0,
        commune_code=code,
        superior=entries.text(field("superior"), mistakes),
        plan_number=entries.text(field("plan_number"), mistakes, 60),
        plan_date=entries.day(field("plan_date"), mistakes),
        lang=cast(Lang, entries.choice(field("lang"), mistakes, LANGS) or "vi"),
    )
    return found if year else None


def _commune(entry: Entry, mistakes: list[Mistake]) -> str:
    before = len(mistakes)
    said = entries.text(entry, mistakes)
    if not said:
        if len(mistakes) == before and entry.cell:
            tell(mistakes, entry, _NO_COMMUNE)
        return ""
    try:
        return generate.commune_name(said)
    except CchcError:
        tell(mistakes, entry, _BAD_COMMUNE, value=said)
        return ""


def _commune_code(entry: Entry, mistakes: list[Mistake]) -> str | None:
    said = entries.text(entry, mistakes)
    try:
        return generate.code_of(said or None)
    except CchcError:
        tell(mistakes, entry, _BAD_CODE, value=said)
        return None


# ---------------------------------------------------------------------------------------------------------------- units


def _units(table: Table, mistakes: list[Mistake]) -> Iterator[UnitSetup]:
    codes: dict[str, Entry] = {}
    named: dict[str, Entry] = {}
    owners: dict[str, tuple[str, Entry]] = {}
    if table.begin and not table.rows:
        tell(mistakes, table.first(), _NO_UNITS)
    for row in table.rows:
        code = _unit_code(row.cells["code"], codes, mistakes)
        found = _unit(row, code, mistakes)
        for address in found.addresses:
            unit, entry = owners.setdefault(address, (code, row.cells["addresses"]))
            if entry is not row.cells["addresses"]:
                tell(mistakes, row.cells["addresses"], _ADDRESS_TWICE, value=address, unit=unit, cell=entry.cell)
        for column, name in (("name", found.name), *(("other_names", one) for one in found.other_names)):
            first = named.setdefault(values.fold(name), row.cells["code"])
            if name and first is not row.cells["code"]:
                tell(mistakes, row.cells[column], _NAME_TWICE, value=name, cell=first.cell)
        yield found


def _unit(row: Row, code: str, mistakes: list[Mistake]) -> UnitSetup:
    cells = row.cells
    name = entries.text(cells["name"], mistakes, _NAME_LONGEST)
    return UnitSetup(
        code,
        name or _offices().get(code, ""),
        entries.names(cells["other_names"], mistakes),
        entries.addresses(cells["addresses"], mistakes),
        entries.addresses(cells["forwarders"], mistakes),
    )


def _unit_code(entry: Entry, seen: dict[str, Entry], mistakes: list[Mistake]) -> str:
    before = len(mistakes)
    said = entries.text(entry, mistakes)
    code = values.squash(said).upper()
    known = ", ".join(f"{one} ({name})" for one, name in _offices().items())
    if not code and len(mistakes) == before:
        tell(mistakes, entry, _NO_UNIT_CODE)
    elif code == units.COMMUNE:
        tell(mistakes, entry, _COMMUNE_IS_NO_UNIT, known=known)
    elif code and code not in _offices():
        tell(mistakes, entry, _UNKNOWN_UNIT, value=said, known=known)
    elif code in seen:
        tell(mistakes, entry, _UNIT_TWICE, value=code, cell=seen[code].cell)
    elif code:
        seen[code] = entry
    return code


def _offices() -> Mapping[str, str]:
    eras: tuple[units.Era, ...] = ("post", "pre")
    return {one.code: one.name for era in eras for one in units.catalogue(era).units.values() if one.office}


# --------------------------------------------------------------------------------------------------------------- periods


def _rounds(table: Table, year: int | None, mistakes: list[Mistake]) -> Iterator[Round]:
    for key in round_keys() if table.begin else ():
        row = table.row(key)
        if row is None:
            tell(mistakes, Entry(table.sheet), _NO_ROUND, value=f"{year or '…'}-{key}")
            continue
        sample = periods.parse(f"{year or 2027}-{key}")
        due = _deadline(row, "unit_deadline", year, periods.unit_deadline(sample), mistakes)
        upward = _deadline(row, "upward_deadline", year, periods.upward_deadline(sample), mistakes)
        if not _is_marked(row.cells["in_use"], mistakes) or year is None:
            continue
        one = Round(sample, due, upward)
        _in_order(row, one, mistakes)
        yield one


def _deadline(row: Row, column: str, year: int | None, decreed: dt.date, mistakes: list[Mistake]) -> dt.date:
    """The deadline of a row: by the decree where the cell is blank or holds our formula, whatever a program last made of it."""
    entry, closing = row.cells[column], row.cells.get("closing")
    ours = deadline_formula(column, closing.cell) if closing else ""
    if year is None or (entry.formula and same_formula(ours, entry.formula)):
        return decreed
    return entries.day(entry, mistakes) or decreed


def _in_order(row: Row, one: Round, mistakes: list[Mistake]) -> None:
    closing = one.period.end
    far = dt.timedelta(days=WITHIN_DAYS)
    said = {"closing": values.say_date(closing), "due": values.say_date(one.unit_deadline), "days": WITHIN_DAYS}
    due, upward = row.cells["unit_deadline"], row.cells["upward_deadline"]
    if one.unit_deadline < closing:
        tell(mistakes, due, _TOO_EARLY, value=said["due"], **said)
    for entry, day in ((due, one.unit_deadline), (upward, one.upward_deadline)):
        if day > closing + far:
            tell(mistakes, entry, _TOO_LATE, value=values.say_date(day), **said)
    if one.upward_deadline < one.unit_deadline <= closing + far:
        tell(mistakes, upward, _UPWARD_EARLY, value=values.say_date(one.upward_deadline), **said)


def _is_marked(entry: Entry, mistakes: list[Mistake]) -> bool:
    """Whether a cell is marked; what else stands there is told."""
    said = entry.error or entries.shown(entry)
    if not said or values.fold(said) in ("0", "false", "không", "no", "-"):
        return False
    if values.fold(said) not in ("x", "1", "true", "có", "yes", "✓", "✔", "v"):
        tell(mistakes, entry, _NO_MARK, value=said)
    return True


# ----------------------------------------------------------------------------------------------------------------- forms


def _forms(
    table: Table, in_use: tuple[Round, ...], known: Collection[str], year: int | None, mistakes: list[Mistake]
) -> Iterator[FormInUse]:
    seen: dict[str, Entry] = {}
    if table.begin and not table.rows:
        tell(mistakes, table.first(), _NO_FORMS)
    for row in table.rows:
        entry = row.cells["form"]
        before = len(mistakes)
        form = _form_id(entry, seen, known, mistakes)
        is_told = len(mistakes) > before
        marks = [one for one in MARKS if _is_marked(row.cells[one], mistakes)]
        owed = tuple(one.period.code for one in in_use if mark_of(one.period.code[5:]) in marks)
        if is_told:
            continue
        if not marks:
            tell(mistakes, entry, _NO_PERIODS, value=form)
        elif not owed and year is not None:
            unused = Text(*(", ".join(MARKS[one].say(lang) for one in marks) for lang in ("vi", "en")))
            tell(mistakes, entry, _ONLY_UNUSED, value=form, periods=unused)
        yield FormInUse(form, owed)


def _form_id(entry: Entry, seen: dict[str, Entry], known: Collection[str], mistakes: list[Mistake]) -> str:
    before = len(mistakes)
    said = entries.text(entry, mistakes)
    form = values.squash(said).lower()
    if not form and len(mistakes) == before:
        tell(mistakes, entry, _NO_FORM_ID)
    elif form and form not in known:
        tell(mistakes, entry, _UNKNOWN_FORM, value=said, known=", ".join(known))
    elif form in seen:
        tell(mistakes, entry, _FORM_TWICE, value=form, cell=seen[form].cell)
    elif form:
        seen[form] = entry
    return form


# --------------------------------------------------------------------------------------------------------------- waivers


def _waivers(table: Table, mistakes: list[Mistake]) -> Iterator[Waiver]:
    for row in table.rows:
        before = len(mistakes)
        cells = {column: entries.text(row.cells[column], mistakes) for column in waivers.COLUMNS if column != "until"}
        until = entries.day(row.cells["until"], mistakes)
        cells["until"] = until.isoformat() if until else ""
        for column in ("unit", "key", "code", "period"):
            cells[column] = values.squash(cells[column])
        told = {one.cell for one in mistakes[before:]}
        for column, said in waivers.wrong_in(cells):
            if row.cells[column].cell not in told:
                tell(mistakes, row.cells[column], said)
        if len(mistakes) == before:
            yield waivers.made(cells)
