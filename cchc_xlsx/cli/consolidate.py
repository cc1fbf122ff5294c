"""The command that adds the units' reports up."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from cchc_xlsx.cli.base import LANG, Command, option, progress, say
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text

if TYPE_CHECKING:
    from cchc_xlsx.cli.asked import Year
    from cchc_xlsx.summing import Done
    from cchc_xlsx.task import Task

_FILE = click.Path(path_type=Path)
_NO_PATH = Text(
    "Cho biết thư mục hoặc tệp cần tổng hợp, ví dụ: cchc-xlsx consolidate da-nop --out tong-hop.xlsx",
    "Name the folder or files to be consolidated, e.g. cchc-xlsx consolidate filled --out summary.xlsx",
)
_NO_PERIOD = Text(
    "Cho biết kỳ, ví dụ --period {year}-Q1, hoặc đường dẫn tới các báo cáo.",
    "Name the period, e.g. --period {year}-Q1, or the reports' path.",
)
_ONLY_BY_COMMUNE = Text("--communes chỉ dùng cùng --by commune.", "--communes is for --by commune alone.")


@click.command(
    cls=Command,
    help=say(
        "Tổng hợp các báo cáo đã điền thành biểu chung của xã: Tổng hợp, Chi tiết, Nguồn, Bảng điều khiển, Vấn đề. Chỉ tính tệp "
        "không còn lỗi, bản mới nhất của mỗi đơn vị. Trong thư mục của năm chỉ cần --period: các biểu đã nhận.\n\nVí dụ: cchc-xlsx consolidate da-nop --out tong-hop.xlsx",
        "Consolidate filled reports into the commune's workbook: annex, details, sources, dashboard, open issues. Only files "
        "without errors count, the latest of each unit. In a year's folder --period is enough: what was taken in.\n\nExample: cchc-xlsx consolidate filled --out summary.xlsx",
    ),
)
@click.argument("paths", metavar=say("[ĐƯỜNG_DẪN...]", "[PATH...]"), nargs=-1, type=_FILE)
@option(
    "--out",
    required=True,
    type=_FILE,
    vi="Tệp .xlsx để ghi; có nhiều biểu hoặc kỳ thì là thư mục, mỗi biểu một tệp.",
    en="The .xlsx to write; with several forms or periods a folder, one workbook each.",
)
@option(
    "--by",
    type=click.Choice(["commune"]),
    vi="commune: tổng hợp của cấp trên, mỗi dòng một xã, từ biểu tổng hợp hoặc báo cáo của các xã.",
    en="commune: for the level above, a row a commune, from the communes' summaries or reports.",
)
@option(
    "--communes",
    type=_FILE,
    vi="Bảng CSV các xã phải báo cáo (mã xã, tên xã), để nêu tên xã còn thiếu; dùng cùng --by commune.",
    en="CSV table of the communes that should report (code, name), so that missing ones are named; with --by commune.",
)
@option("--period", vi="Kỳ cần tổng hợp; biểu của kỳ khác là lỗi.", en="The period; a workbook of another is an error.")
@option("--plan", type=_FILE, vi="Kế hoạch mà các báo cáo phải theo.", en="The plan that reports must follow.")
@option(
    "--waivers",
    type=_FILE,
    vi="Bảng CSV các lỗi được miễn; tệp chỉ có lỗi được miễn thì được tính.",
    en="CSV table of findings to let pass; a file with waived errors alone counts.",
)
@option(
    "--include-errors",
    is_flag=True,
    vi="Tính cả tệp còn lỗi; mỗi trang in ra đều ghi rõ như vậy.",
    en="Count files with errors too; every printed page says so.",
)
@option(
    "--jobs",
    type=click.IntRange(1, 64),
    vi="Số tiến trình đọc tệp; mặc định theo số tệp, tối đa bằng số lõi của máy.",
    en="Processes that read files; by default by the number of files, at most as many as cores.",
)
def consolidate(paths: tuple[Path, ...], *, out: Path, include_errors: bool, **given: Any) -> int:  # noqa: ANN401
    """Write the commune's workbook, and say what is in it."""
    from cchc_xlsx import processes  # noqa: PLC0415

    processes.warm_up()
    from cchc_xlsx import summing  # noqa: PLC0415
    from cchc_xlsx.cli import asked, summaries  # noqa: PLC0415
    from cchc_xlsx.cli.show import console  # noqa: PLC0415

    waivers, plan = given["waivers"], given["plan"]
    asked.apart(out, {"--waivers": waivers, "--plan": plan, "--communes": given["communes"]})
    # Communes are of other offices: no year's folder knows their keys.
    year = None if given["by"] else asked.year(paths)
    task = asked.task(given["period"], plan, waivers, year)
    own = [path for path in (waivers, plan, given["communes"]) if path]
    if given["communes"] and not given["by"]:
        raise CchcError(_ONLY_BY_COMMUNE)
    if given["by"]:
        if not paths:
            raise CchcError(_NO_PATH)
        return _by_commune(paths, out, task, own, include_errors=include_errors, **given)
    more = {"jobs": given["jobs"], "include_errors": include_errors, "own": own}
    with progress() as advance:
        if paths:
            done = summing.consolidate(paths, out, task, advance, **more)
        else:
            done = _of_year(year, out, task, advance, more)
    summaries.told(done, console(), LANG)
    return 1 if done.report.has("error") else 0


def _of_year(year: Year | None, out: Path, task: Task, advance: Any, more: dict[str, Any]) -> Done:  # noqa: ANN401
    """What a year's folder has taken in for the period. Raises CchcError elsewhere, or without a period."""
    from cchc_xlsx import accepted, periods, summing  # noqa: PLC0415
    from cchc_xlsx.ledger import book  # noqa: PLC0415

    if year is None:
        raise CchcError(_NO_PATH)
    if task.asked.period is None:
        raise CchcError(_NO_PERIOD.format(year=year.project.setup.office.year))
    period = periods.parse(task.asked.period).code
    with closing(book.open_at(year.project.state)) as opened:
        found = accepted.of(year.project, opened, period)
        before = accepted.before(year.project, opened, replace(task, asked=replace(task.asked, period=None)), period)
    return summing.consolidate([found.folder], out, task, advance, known=found.known, before=before, **more)


def _by_commune(
    paths: Sequence[Path],
    out: Path,
    task: Task,
    own: Sequence[Path],
    *,
    include_errors: bool,
    **given: Any,  # noqa: ANN401
) -> int:
    """Write the workbook of many communes, and say who is in it."""
    from cchc_xlsx import communes, listed  # noqa: PLC0415
    from cchc_xlsx.cli import summaries  # noqa: PLC0415
    from cchc_xlsx.cli.show import console  # noqa: PLC0415

    wanted = listed.read(given["communes"]) if given["communes"] else ()
    with progress() as advance:
        done = communes.consolidate(
            paths, out, task, advance, jobs=given["jobs"], include_errors=include_errors, wanted=wanted, own=own
        )
    summaries.communes(done, console())
    return 1 if any(one.level == "Lỗi" for made in done.made for one in made.problems) else 0
