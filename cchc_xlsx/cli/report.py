"""The command that writes the commune's periodic report."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from cchc_xlsx.cli.base import Command, option, progress, say
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cchc_xlsx.cli.asked import Year
    from cchc_xlsx.consolidate.model import Earlier, Round, Source
    from cchc_xlsx.narrative.model import Office
    from cchc_xlsx.reporting import Reported
    from cchc_xlsx.results import Report
    from cchc_xlsx.task import Task

_FILE = click.Path(path_type=Path)
_NO_PATH = Text(
    "Cho biết thư mục các báo cáo đã điền, ví dụ: cchc-xlsx report da-nop --out bao-cao.docx (trong thư mục của năm thì chỉ cần --period).",
    "Name the folder of filled reports, e.g. cchc-xlsx report filled --out report.docx (in a year's folder --period is enough).",
)
_NO_PERIOD = Text(
    "Cho biết kỳ báo cáo, ví dụ: --period {year}-Q1.",
    "Name the period, e.g. --period {year}-Q1.",
)


@click.command(
    cls=Command,
    help=say(
        "Lập báo cáo cải cách hành chính của xã theo Nghị định 30/2020/NĐ-CP: tệp Word (mẫu sửa được: mau-bao-cao/bao-cao.docx trong "
        "thư mục của năm), hoặc một trang web có biểu đồ. Không ghi đường dẫn thì lấy các biểu đã nhận trong thư mục của năm."
        "\n\nVí dụ: cchc-xlsx report da-nop --period 2027-Q1 --out bao-cao.docx",
        "Write the commune's periodic report by Decree 30/2020: in Word (from a template you can edit: "
        "mau-bao-cao/bao-cao.docx in the year's folder), or as one web page with charts. Without a path from what the year's "
        "folder has collected.\n\nExample: cchc-xlsx report filled --period 2027-Q1 --out report.docx",
    ),
)
@click.argument("paths", metavar=say("[ĐƯỜNG_DẪN...]", "[PATH...]"), nargs=-1, type=_FILE)
@option("--out", required=True, type=_FILE, vi="Tệp .docx hoặc .html để ghi.", en="The .docx or .html to write.")
@option(
    "--format",
    "shape",
    type=click.Choice(["docx", "html"]),
    vi="Dạng báo cáo; không ghi thì theo đuôi tên của --out.",
    en="Form of the report; by default as --out is named.",
)
@option("--period", vi="Kỳ báo cáo; biểu của kỳ khác là lỗi.", en="The period; a workbook of another is an error.")
@option("--number", vi="Số của báo cáo; không ghi thì để trống.", en="The report's number; left blank by default.")
@option(
    "--date", "day", vi="Ngày ký, ví dụ 18/3/2027; không ghi thì để trống.", en="The day it is signed, e.g. 18/3/2027."
)
@option("--plan", type=_FILE, vi="Kế hoạch mà các báo cáo phải theo.", en="The plan that reports must follow.")
@option("--waivers", type=_FILE, vi="Bảng CSV các lỗi được miễn.", en="CSV table of findings to let pass.")
@option(
    "--include-errors",
    is_flag=True,
    vi="Tính cả tệp còn lỗi; báo cáo ghi rõ như vậy.",
    en="Count files with errors too; the report says so.",
)
@option(
    "--jobs",
    type=click.IntRange(1, 64),
    vi="Số tiến trình đọc tệp; mặc định theo số tệp, tối đa bằng số lõi của máy.",
    en="Processes that read files; by default by the number of files, at most as many as cores.",
)
def report(paths: tuple[Path, ...], *, out: Path, include_errors: bool, **given: Any) -> int:  # noqa: ANN401
    """Write the report, and say what is in it."""
    from cchc_xlsx import processes  # noqa: PLC0415

    processes.warm_up()
    from cchc_xlsx import reporting, summing  # noqa: PLC0415
    from cchc_xlsx.cli import asked  # noqa: PLC0415
    from cchc_xlsx.cli.year import not_ours  # noqa: PLC0415

    form = reporting.shape(given["shape"], out)
    year = asked.year(paths)
    templates = _templates(year)
    waivers, plan = given["waivers"], given["plan"]
    asked.apart(out, {"--waivers": waivers, "--plan": plan, "mau-bao-cao": _template(templates)})
    if year:
        not_ours(year.project, out)
    office = _office(year, given["number"], given["day"])
    task = asked.task(given["period"], plan, waivers, year)
    with progress() as advance:
        if paths:
            checked = _checked(paths, out, year, task, advance, given)
            sources = tuple(summing.sources(checked.files, task.asked.own_forms))
            before: Callable[[Round], Earlier | None] = _nothing
        else:
            checked, sources, before = _of_year(year, out, task, advance, given)
    done = reporting.report(sources, office, before, include_errors=include_errors)
    reporting.write(done.told, form, out, templates)
    _told(done, checked, out)
    return 1 if checked.has("error") else 0


def _checked(
    paths: Sequence[Path],
    out: Path,
    year: Year | None,
    task: Task,
    advance: Any,  # noqa: ANN401
    given: dict[str, Any],
) -> Report:
    """The workbooks that are named, checked; not what the office has beside them."""
    from cchc_xlsx import check, together  # noqa: PLC0415

    own = [*(path for path in (given["waivers"], given["plan"]) if path), *(year.project.own_files if year else ())]
    leave_out = year.project.own_folders if year else ()
    return check.check(
        paths, task, advance, jobs=given["jobs"], expected=together.everyone, output=out, own=own, leave_out=leave_out
    )


def _of_year(
    year: Year | None,
    out: Path,
    task: Task,
    advance: Any,  # noqa: ANN401
    given: dict[str, Any],
) -> tuple[Report, tuple[Source, ...], Callable[[Round], Earlier | None]]:
    """What a year's folder has taken in for the period, and what the period before said. Raises CchcError elsewhere."""
    from cchc_xlsx import accepted, check, summing, together  # noqa: PLC0415
    from cchc_xlsx.ledger import book  # noqa: PLC0415

    if year is None:
        raise CchcError(_NO_PATH)
    if task.asked.period is None:
        raise CchcError(_NO_PERIOD.format(year=year.project.setup.office.year))
    any_period = replace(task, asked=replace(task.asked, period=None))
    with closing(book.open_at(year.project.state)) as opened:
        found = accepted.of(year.project, opened, task.asked.period)
        before = accepted.before(year.project, opened, any_period, task.asked.period)
    report = check.check([found.folder], task, advance, jobs=given["jobs"], expected=together.everyone, output=out)
    # The ledger says which of several versions counts.
    report = replace(report, findings=tuple(one for one in report.findings if one.code != "S701"))
    return report, tuple(summing.sources(report.files, task.asked.own_forms, found.known)), before


def _nothing(_: Round) -> Earlier | None:
    """What is known of earlier periods where there is no ledger."""
    return None


def _templates(year: Year | None) -> Path | None:
    """The folder of the office's own template, where there may be one."""
    from cchc_xlsx.reporting import OWN  # noqa: PLC0415

    return year.project.folder / OWN if year else None


def _template(folder: Path | None) -> Path | None:
    """The office's own template."""
    from cchc_xlsx.reporting import TEMPLATE  # noqa: PLC0415

    return folder / TEMPLATE if folder else None


def _office(year: Year | None, number: str | None, day: str | None) -> Office:
    """What is known of the letter. Raises CchcError where the day is none."""
    from cchc_xlsx.cli import year as years  # noqa: PLC0415
    from cchc_xlsx.narrative.model import Office  # noqa: PLC0415

    found = years.day(day) if day else None
    number = " ".join((number or "").split())
    if year is None:
        return Office(number=number, day=found)
    said = year.project.setup.office
    return Office(said.superior, said.plan_number, said.plan_date, number, found)


def _told(done: Reported, checked: Report, out: Path) -> None:
    """Show what is in the report, and where it is."""
    from rich.text import Text as RichText  # noqa: PLC0415

    from cchc_xlsx.cli.show import clean, console, location, put  # noqa: PLC0415

    screen = console()
    for one in done.told.annexes:
        put(screen, RichText(f"{one.number} · {one.form}", style="bold"), hang=4)
        for sentence in (*one.completeness, *one.overall):
            put(screen, RichText(clean(sentence)), 2, 4)
    for empty in done.empty:
        text = say(
            f"Không có trong báo cáo: {empty.issue.form.id}, mọi tệp còn lỗi.",
            f"Not in the report: {empty.issue.form.id}, all files have errors.",
        )
        put(screen, RichText(text, style="yellow"), hang=4)
    counted = {source.path for one in done.summaries for source in one.round.used}
    others = sum(one.status == "error" and clean(one.path) not in counted for one in checked.files)
    if others:
        text = say(
            f"{others} tệp còn lỗi hoặc không đọc được, không có trong báo cáo; xem: cchc-xlsx check",
            f"{others} files have errors or cannot be read and are not in the report; see: cchc-xlsx check",
        )
        put(screen, RichText(text, style="yellow"), hang=4)
    put(screen, RichText(say(f"Đã ghi {location(out)}", f"Written: {location(out)}")), hang=4)
