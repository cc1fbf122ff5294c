"""Options → workbooks in a folder: which form, kind, period and units, under names made from our own codes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cchc_xlsx import identity, issue, periods, units, values, workers, writer
from cchc_xlsx.errors import CchcError
from cchc_xlsx.form import load
from cchc_xlsx.form.model import Form
from cchc_xlsx.issue import Issue, IssueKind, Plan
from cchc_xlsx.lang import Text
from cchc_xlsx.layout import place
from cchc_xlsx.recognise import GivenPlan
from cchc_xlsx.results import printable
from cchc_xlsx.rules import registry

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


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for, as the command line has it."""

    commune: str
    out: Path
    form: str = load.DEFAULT
    commune_code: str | None = None
    year: int | None = None
    period: str | None = None
    unit: str | None = None
    all_units: bool = False
    kind: IssueKind | None = None
    plan: Path | None = None
    overwrite: bool = False


def issues(order: Order) -> tuple[Issue, ...]:
    """The issues that an order means. Raises CchcError where it contradicts itself."""
    form = load.find(order.form)
    period = periods.parse(order.period) if order.period else None
    kind: IssueKind = order.kind or ("report" if period else "plan")
    if kind == "report" and period is None:
        raise CchcError(_NEEDS_PERIOD)
    if kind == "plan" and (period or order.unit or order.all_units or order.plan):
        raise CchcError(_PLAN_PERIOD)
    year = order.year if order.year is not None else period.year if period else _default_year(form)
    if period and year != period.year:
        raise CchcError(_YEARS.format(year=year, period=period.code))
    if not 2000 <= year <= 2099:
        raise CchcError(_BAD_YEAR.format(year=year))
    common = Issue(form, commune_name(order.commune), year, kind, period, commune_code=code_of(order.commune_code))
    if order.plan:
        overlay = read_plan(order.plan, common).overlay
        common = replace(common, plan=Plan(1 if overlay else 0, overlay))
    return tuple(replace(common, unit=unit) for unit in _units(common, order))


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


def read_plan(path: Path, report: Issue | None = None) -> GivenPlan:
    """What a filled plan changes in its form. Raises CchcError where the file is no plan, has errors, or is another's."""

    def refuse(why: Text) -> CchcError:
        return CchcError(_NOT_A_PLAN.format(file=printable(path.name), why=why))

    found = workers.plan(path)
    if isinstance(found, str):
        raise refuse(registry.by_code()[found].message.format(seconds=f"{workers.SECONDS_A_FILE:g}"))
    if "why" in found:
        raise refuse(Text(*found["why"]))
    who = identity.parse(found["token"])
    assert who
    form = load.find(who.form, who.version)
    if report and form is not report.form:
        raise refuse(_WRONG_KIND.format(form=report.form.id))
    if report and (who.commune, who.year) != (report.commune, report.year):
        names = {"found": who.commune, "wanted": report.commune}
        raise refuse(_OTHER_COMMUNE.format(**names, found_year=who.year, wanted_year=report.year))
    whose = Issue(form, who.commune, who.year, "plan", commune_code=who.commune_code)
    return GivenPlan(whose, found["overlay"])


def generate(order: Order, progress: Callable[[int, int], None] | None = None) -> tuple[Path, ...]:
    """The workbooks of an order, written; gives their paths. A workbook that is there with other content stays."""
    wanted = issues(order)
    made = [(order.out / issue.file_name(one), writer.to_bytes(place.place(one))) for one in wanted]
    if not order.overwrite:
        taken = list(_taken(made))
        if taken:
            raise CchcError(_EXISTS.format(files=", ".join(taken)))
    for number, (path, data) in enumerate(made, 1):
        writer.save(data, path)
        if progress:
            progress(number, len(made))
    return tuple(path for path, _ in made)


def _taken(made: list[tuple[Path, bytes]]) -> Iterator[str]:
    for path, data in made:
        if path.exists() and not (path.is_file() and path.read_bytes() == data):
            yield path.name
