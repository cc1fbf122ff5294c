"""Options → workbooks in a folder: which form, kind, period and units, under names made from our own codes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import extras, identity, issue, periods, units, values, workers, writer
from cchc_xlsx.errors import CchcError
from cchc_xlsx.extras import Extras
from cchc_xlsx.form import load
from cchc_xlsx.form.model import Form
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue, IssueKind, Local
from cchc_xlsx.lang import Text
from cchc_xlsx.layout import place
from cchc_xlsx.recognise import Asked, GivenPlan
from cchc_xlsx.results import printable
from cchc_xlsx.rules import registry
from cchc_xlsx.task import Task

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,19}")
_NO_COMMUNE = Text(
    "Tên xã trống hoặc có ký tự không dùng được.", "The commune's name is empty or holds signs that cannot be used."
)
_BAD_CODE = Text(
    "Mã xã “{code}” không hợp lệ: chỉ dùng chữ, số, dấu chấm, gạch nối (tối đa 20).",
    "The commune code “{code}” is not valid: letters, digits, dots and hyphens only (20 at most).",
)
_YEARS = Text("Năm {year} khác năm của kỳ {period}.", "The year {year} is not the year of the period {period}.")
_BAD_YEAR = Text("Năm {year} không hợp lệ (2000–2099).", "The year {year} is not valid (2000–2099).")
_NEEDS_PERIOD = Text(
    "Biểu báo cáo cần --period, ví dụ --period 2027-Q1.", "A report needs --period, e.g. --period 2027-Q1."
)
_PLAN_PERIOD = Text(
    "Biểu kế hoạch là của cả năm, không có --period, --unit, --all-units hay --plan.",
    "A plan is for the whole year: it takes no --period, --unit, --all-units or --plan.",
)
_ONE_OR_ALL = Text("Chỉ dùng một trong --unit và --all-units.", "Give --unit or --all-units, not both.")
_NO_ROWS = Text(
    "Đơn vị “{unit}” không có dòng nào trong biểu này. Các đơn vị có dòng: {known}.",
    "The unit “{unit}” owns no row of this form. Units with rows: {known}.",
)
_EXISTS = Text(
    "Đã có tệp {files} với nội dung khác; không ghi đè để khỏi mất số liệu đã điền. Chọn thư mục khác, hoặc thêm --overwrite.",
    "{files} exists with other content and is not overwritten, so that nothing filled in is lost. Choose another folder, or add --overwrite.",
)
_NOT_A_PLAN = Text(
    "Tệp kế hoạch {file} không dùng được: {why}",
    "The plan {file} cannot be used: {why}",
)
_WRONG_KIND = Text("đây không phải biểu kế hoạch của biểu {form}.", "it is not a plan of the form {form}.")
_OTHER_COMMUNE = Text(
    "kế hoạch của {found}, năm {found_year}; đang phát hành cho {wanted}, năm {wanted_year}.",
    "it is the plan of {found}, {found_year}; workbooks are being made for {wanted}, {wanted_year}.",
)


_NOT_CARRIED = Text(
    "Tên đơn vị, tên khác hoặc số liệu trước đây không ghi được vào biểu {file}: quá dài, trống, hoặc có xuống dòng.",
    "A unit's name, another name or an earlier figure cannot be written into {file}: too long, empty, or with line breaks.",
)


class Order(Struct, frozen=True):
    """What is asked for, as the command line has it; and what only a year's folder adds.

    `local` gives what the office adds to a unit's workbook; that of the commune (`XA`) tells by its names and spellings which
    units own rows. `serial` tells two issues apart that are the same in all else.
    """

    commune: str
    out: Path
    form: str = load.DEFAULT
    commune_code: str | None = None
    year: int | None = None
    period: str | None = None
    unit: str | None = None
    all_units: bool = False
    kind: IssueKind | None = None
    plan: Path | GivenPlan | None = None
    overwrite: bool = False
    key: bytes | None = None
    local: Callable[[str], Local] | None = None
    own_forms: Path | None = None
    serial: int = 0


class Made(Struct, frozen=True):
    """A workbook before it is written: where it goes, what it is for, who it is."""

    path: Path
    issue: Issue
    identity: Identity
    data: bytes

    @property
    def carried(self) -> str:
        """The JSON that it carries."""
        return extras.write(extras.of(self.issue))


def issues(order: Order) -> tuple[Issue, ...]:
    """The issues that an order means. Raises CchcError where it contradicts itself."""
    form = load.find(order.form, own=order.own_forms)
    period = periods.parse(order.period) if order.period else None
    kind: IssueKind = order.kind or ("report" if period else "plan")
    if kind == "report" and period is None:
        raise CchcError(_NEEDS_PERIOD)
    if kind == "plan" and (period or order.unit or order.all_units or isinstance(order.plan, Path)):
        raise CchcError(_PLAN_PERIOD)
    year = order.year if order.year is not None else period.year if period else _default_year(form)
    if period and year != period.year:
        raise CchcError(_YEARS.format(year=year, period=period.code))
    if not 2000 <= year <= 2099:
        raise CchcError(_BAD_YEAR.format(year=year))
    code = code_of(order.commune_code)
    common = Issue(form, commune_name(order.commune), year, kind, period, commune_code=code, serial=order.serial)
    if order.plan:
        common = replace(common, plan=_plan(order.plan, common, order).plan)
    common = _with_local(common, order)
    return tuple(_with_local(replace(common, unit=unit), order) for unit in _units(common, order))


def _with_local(one: Issue, order: Order) -> Issue:
    """The issue with what the office adds, as far as its form has a place for it."""
    if order.local is None:
        return one
    plain = replace(one, local=Local())
    local = extras.fitting(Extras(local=order.local(one.unit)), one.form).local
    names = {code: name for code, name in local.names.items() if name != issue.unit_name(plain, code)}
    return replace(one, local=replace(local, names=names))


def _plan(plan: Path | GivenPlan, report: Issue, order: Order) -> GivenPlan:
    if isinstance(plan, GivenPlan):
        return plan
    return read_plan(plan, report, Asked(own_forms=order.own_forms, key=order.key))


def _default_year(form: Form) -> int:
    """The year of the paper for a transcribed annex, this year for a form of any commune."""
    return form.base_year if form.commune else dt.datetime.now(dt.timezone(dt.timedelta(hours=7))).year


def commune_name(text: str) -> str:
    """The commune's name as it is printed. Raises CchcError where it cannot stand in an identity."""
    name = " ".join(values.nfc(text).split())
    if not name or len(name) > 80 or "|" in name or not name.isprintable():
        raise CchcError(_NO_COMMUNE)
    return name


def code_of(code: str | None) -> str | None:
    """The commune's official code as given. Raises CchcError where it cannot stand in an identity."""
    if code is not None and not _CODE.fullmatch(code):
        raise CchcError(_BAD_CODE.format(code=code))
    return code


def _units(common: Issue, order: Order) -> tuple[str, ...]:
    if order.unit and order.all_units:
        raise CchcError(_ONE_OR_ALL)
    owning = issue.reporting_units(common)
    if order.all_units:
        return owning
    code = (order.unit or units.COMMUNE).upper()
    if code != units.COMMUNE and code not in owning:
        known = ", ".join(f"{one} ({issue.unit_name(common, one)})" for one in owning)
        raise CchcError(_NO_ROWS.format(unit=order.unit, known=known))
    return (code,)


def read_plan(path: Path, report: Issue | None = None, asked: Asked = Asked()) -> GivenPlan:  # noqa: B008  frozen
    """What a filled plan changes in its form. Raises CchcError where the file is no plan, has errors, or is another's."""

    def refuse(why: Text) -> CchcError:
        return CchcError(_NOT_A_PLAN.format(file=printable(path.name), why=why))

    found = workers.plan(path, Task(asked))
    if isinstance(found, str):
        raise refuse(registry.by_code()[found].message.format(seconds=f"{workers.SECONDS_A_FILE:g}"))
    if "why" in found:
        raise refuse(Text(*found["why"]))
    who = identity.parse(found["token"])
    assert who
    form = load.find(who.form, who.version, asked.own_forms)
    if report and form is not report.form:
        raise refuse(_WRONG_KIND.format(form=report.form.id))
    if report and (who.commune, who.year) != (report.commune, report.year):
        names = {"found": who.commune, "wanted": report.commune}
        raise refuse(_OTHER_COMMUNE.format(**names, found_year=who.year, wanted_year=report.year))
    whose = Issue(form, who.commune, who.year, "plan", commune_code=who.commune_code)
    return GivenPlan(whose, found["overlay"])


def generate(order: Order, progress: Callable[[int, int], None] | None = None) -> tuple[Path, ...]:
    """The workbooks of an order, written; gives their paths. A workbook that is there with other content stays."""
    made = make(order)
    write(made, progress, overwrite=order.overwrite)
    return tuple(one.path for one in made)


def make(order: Order) -> tuple[Made, ...]:
    """The workbooks of an order, not yet written. Raises CchcError where it contradicts itself."""
    return tuple(_made(order, one) for one in issues(order))


def _made(order: Order, one: Issue) -> Made:
    path = order.out / issue.file_name(one)
    if extras.read(extras.write(extras.of(one))) is None:
        raise CchcError(_NOT_CARRIED.format(file=path.name))
    who = identity.of(one, order.key)
    return Made(path, one, who, writer.to_bytes(place.place(one, who=who)))


def write(made: Sequence[Made], progress: Callable[[int, int], None] | None = None, *, overwrite: bool = False) -> None:
    """Write workbooks. Raises CchcError, before the first is written, where one is there with other content."""
    taken = [] if overwrite else list(_taken(made))
    if taken:
        raise CchcError(_EXISTS.format(files=", ".join(taken)))
    for number, one in enumerate(made, 1):
        writer.save(one.data, one.path)
        if progress:
            progress(number, len(made))


def _taken(made: Sequence[Made]) -> Iterator[str]:
    for one in made:
        if one.path.exists() and not (one.path.is_file() and one.path.read_bytes() == one.data):
            yield one.path.name
