"""The commands about what came and what is owed: how it stands, what is held, what is put off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cchc_xlsx.cli.base import LANG, Command, Group, option, say

_FILE = click.Path(path_type=Path)
_NUMBER = click.argument("number", metavar=say("SỐ", "N"), type=click.IntRange(1))


@click.command(
    cls=Command,
    help=say(
        "Tình hình nộp báo cáo: ai đã gửi, ai trễ, biểu nào cần sửa, thư nào đã đến. Chạy trong thư mục của năm.\n\n"
        "Ví dụ: cchc-xlsx status --period 2027-Q1 --output ket-qua/tinh-hinh.html",
        "How things stand: who sent, who is late, what is to be mended, which mails came. Run in the year's folder.\n\n"
        "Example: cchc-xlsx status --period 2027-Q1 --output ket-qua/status.html",
    ),
)
@option("--period", vi="Chỉ một kỳ, ví dụ 2027-Q1.", en="One period only, e.g. 2027-Q1.")
@option(
    "--mails",
    is_flag=True,
    vi="Từng thư và tệp đã đến, theo thứ tự đến, kèm lý do; cuối cùng là tổng số.",
    en="Every mail and file that came, in order of arrival, with its reason; then the sum.",
)
@option(
    "--format",
    "shape",
    type=click.Choice(["text", "json", "html", "xlsx"]),
    vi="Dạng kết quả: chữ, JSON, trang web một tệp, bảng tính (xlsx cần --output). "
    "Không ghi thì theo đuôi tên của --output, không có nữa thì là chữ.",
    en="Form of the result: text, JSON, a web page in one file, a workbook (xlsx needs --output). "
    "By default as --output is named, else text.",
)
@option("--output", type=_FILE, vi="Ghi kết quả vào tệp.", en="Write the result to a file.")
@option(
    "--at",
    metavar=say("LÚC", "MOMENT"),
    vi="Xem như đang ở lúc này, giờ Việt Nam (2027-03-15T23:59); thư đến sau không tính.",
    en="As if it were this moment, Vietnam's time (2027-03-15T23:59); what arrived later does not count.",
)
def status(period: str | None, *, mails: bool, **given: Any) -> None:  # noqa: ANN401  click's parameters
    """Tell how things stand."""
    from cchc_xlsx.cli import standings, year  # noqa: PLC0415

    project = year.need()
    shape = year.shape(given["shape"], given["output"])
    year.not_ours(project, given["output"])
    view = year.view(project, period, given["at"])
    standings.deliver(view, shape, given["output"], mails=mails, whole=period is not None)


@click.group(
    cls=Group,
    help=say(
        "Biểu chờ cán bộ xác nhận vì chưa chắc ai gửi: xem, nhận, không nhận.",
        "Workbooks that wait for the clerk, as it is not sure who sent them: list, accept, reject.",
    ),
)
def held() -> None:
    """Hold the commands about what is held."""


@held.command(
    "list",
    help=say(
        "Danh sách chờ xác nhận, kèm lý do.\n\nVí dụ: cchc-xlsx held list",
        "What waits for a decision, and why.\n\nExample: cchc-xlsx held list",
    ),
)
def held_list() -> None:
    """List what is held."""
    from cchc_xlsx.cli import show, standings, year  # noqa: PLC0415

    standings.held_text(year.view(year.need()).held, show.console())


@held.command(
    "accept",
    help=say(
        'Nhận một biểu đang chờ.\n\nVí dụ: cchc-xlsx held accept 7 --why "Đã gọi điện, đúng là Văn phòng gửi"',
        'Accept one.\n\nExample: cchc-xlsx held accept 7 --why "They confirmed it by telephone"',
    ),
)
@_NUMBER
@option("--why", required=True, vi="Lý do quyết định; được lưu lại.", en="Why; it is kept.")
def held_accept(number: int, why: str) -> None:
    """Accept a held workbook."""
    _decide(number, why, accept=True)


@held.command(
    "reject",
    help=say(
        'Không nhận một biểu đang chờ; tệp vẫn được giữ.\n\nVí dụ: cchc-xlsx held reject 7 --why "Không phải đơn vị gửi"',
        'Do not accept one; the file is kept.\n\nExample: cchc-xlsx held reject 7 --why "Not sent by the unit"',
    ),
)
@_NUMBER
@option("--why", required=True, vi="Lý do quyết định; được lưu lại.", en="Why; it is kept.")
def held_reject(number: int, why: str) -> None:
    """Reject a held workbook."""
    _decide(number, why, accept=False)


def _decide(number: int, why: str, *, accept: bool) -> None:
    from cchc_xlsx import owing  # noqa: PLC0415
    from cchc_xlsx.cli import show, standings, year  # noqa: PLC0415
    from cchc_xlsx.collect import decisions  # noqa: PLC0415
    from cchc_xlsx.collect import desk as desks  # noqa: PLC0415
    from cchc_xlsx.ledger import obligations  # noqa: PLC0415

    project = year.need()
    with year.writing(project) as book:
        setup, who = project.setup, year.user()
        version = decisions.decide(book, number, setup, accept=accept, who=who, why=why, now=year.now())
        owed = obligations.of(book, version.slot)
    slot, plans = version.slot, []
    if accept and not slot.period:
        with desks.opened(project, year.now) as desk:
            desks.adopt_plans(desk)
            plans = [one for one in owing.unassigned(project, desk.book) if one.form == slot.form]
    whose = show.clean(" · ".join(filter(None, (slot.form, slot.period, slot.unit, version.name))))
    done = say("Đã nhận", "Accepted") if accept else say("Không nhận", "Not accepted")
    show.console().print(f"{done}: {whose}")
    standings.plans_text(plans, show.console())
    if accept and slot.period and (owed is None or owed.excluded):
        show.console().print(
            say(
                "Theo tệp cchc.xlsx biểu này không phải nộp, nên không được tính trong tình hình.",
                "By cchc.xlsx it is not owed, so it is not counted in how things stand.",
            )
        )


@click.command(
    cls=Command,
    help=say(
        'Gia hạn nộp cho một đơn vị.\n\nVí dụ: cchc-xlsx extend --period 2027-Q1 --unit VP --until 18/3/2027 --why "Mất điện"',
        "Put off a unit's last day.\n\n"
        'Example: cchc-xlsx extend --period 2027-Q1 --unit VP --until 18/3/2027 --why "No electricity"',
    ),
)
@option("--period", required=True, vi="Kỳ, ví dụ 2027-Q1.", en="Period, e.g. 2027-Q1.")
@option("--unit", required=True, vi="Mã đơn vị.", en="The unit's code.")
@option("--form", vi="Chỉ một biểu; mặc định mọi biểu của đơn vị.", en="One form only; by default all of the unit's.")
@option("--until", required=True, vi="Hạn mới, đến hết ngày này.", en="The new last day.")
@option("--why", required=True, vi="Lý do; được lưu lại.", en="Why; it is kept.")
def extend(period: str, unit: str, **given: str | None) -> None:
    """Put off a unit's last day."""
    from cchc_xlsx import owing  # noqa: PLC0415
    from cchc_xlsx.cli import show, year  # noqa: PLC0415
    from cchc_xlsx.overview import words  # noqa: PLC0415

    project = year.need()
    until = year.day(str(given["until"]))
    with year.writing(project) as book:
        done = owing.extend(
            *(project, book, period, unit, given["form"], until),
            who=year.user(),
            why=str(given["why"]),
            now=year.now(),
        )
    for one in done:
        told = show.clean(f"{one.slot.form} · {one.slot.period} · {one.slot.unit}")
        line = say(f"Gia hạn đến hết ngày {words.day(until, LANG)}", f"Put off until {words.day(until, LANG)}")
        show.console().print(f"{line}: {told}")
