"""The command that makes next year's folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cchc_xlsx.cli.base import LANG, Command, option, say
from cchc_xlsx.lang import Text

if TYPE_CHECKING:
    from cchc_xlsx.roll.make import Rolled

_FILE = click.Path(path_type=Path)
_SETUP = Text(
    "Đã chuyển: {units} đơn vị, {forms} biểu, {periods} kỳ báo cáo, {waivers} miễn lỗi, máy chủ thư; cùng khóa của cơ quan.",
    "Carried: {units} units, {forms} forms, {periods} periods, {waivers} waivers, mail servers; and the office's key.",
)
_COPIED = Text("Đã chép thư mục riêng của cơ quan: {names}.", "Copied what is the office's own: {names}.")
_REPORTS = Text(
    "Số liệu năm {year}: {reports} báo cáo, trong đó {results} báo cáo cả năm thành số liệu “năm trước”; {earlier} báo cáo của các năm trước nữa.",
    "Figures of {year}: {reports} reports, {results} of them of the whole year, which are last year's now; {earlier} reports of the years before.",
)
_PROPOSED = Text(
    "Chỉ tiêu đang áp dụng của biểu {form} ({count} ô) điền sẵn vào biểu kế hoạch để đề xuất; chưa có hiệu lực khi chưa nhận kế hoạch mới.",
    "The targets in force of {form} ({count} cells) are proposed in its plan workbook; they hold for nothing until the new plan is accepted.",
)
_LOOK = Text("Cần xem lại:", "To be looked at:")
_PLAN = Text(
    "Số và ngày kế hoạch năm {year} còn trống trong {file}.",
    "Number and date of the plan of {year} are blank in {file}.",
)
_NEXT = Text(
    "Tiếp theo: mở {folder}/cchc.xlsx xem lại và lưu; rồi trong thư mục đó chạy cchc-xlsx generate để có biểu kế hoạch năm {year}, sửa chỉ tiêu và nhận bằng cchc-xlsx collect TỆP.",
    "Next: look through {folder}/cchc.xlsx and save it; then run cchc-xlsx generate there for the plan workbook of {year}, change the targets and take it in with cchc-xlsx collect FILE.",
)
_MADE = Text("Đã tạo {folder}", "Made {folder}")
_UPDATED = Text("Đã cập nhật {folder}", "Brought {folder} up to date")


@click.command(
    cls=Command,
    help=say(
        "Tạo thư mục của năm sau từ thư mục của năm này, nằm cạnh nhau: đơn vị, biểu, máy chủ thư; kết quả năm nay thành số liệu "
        "năm trước, chỉ tiêu thành đề xuất của kế hoạch mới. Thư mục năm này không thay đổi. Chạy trong thư mục của năm.\n\n"
        "Ví dụ: cchc-xlsx roll 2028",
        "Make next year's folder from this year's, beside it: units, forms, mail servers; this year's results become last "
        "year's figures, its targets proposals for the new plan. This year's folder stays as it is. Run in the year's folder."
        "\n\nExample: cchc-xlsx roll 2028",
    ),
)
@click.argument("year", metavar=say("NĂM", "YEAR"), type=int)
@option(
    "--out", type=_FILE, vi="Thư mục mới; mặc định cạnh thư mục này.", en="The new folder; by default beside this one."
)
@option(
    "--update",
    is_flag=True,
    vi="Thư mục năm sau đã có: chỉ đưa thêm số liệu mới nhận của năm này vào đó.",
    en="Next year's folder is there: only bring this year's figures in it up to date.",
)
def roll(year: int, *, out: Path | None, update: bool) -> None:
    """Make next year's folder, and say what is in it."""
    from cchc_xlsx.cli import show  # noqa: PLC0415
    from cchc_xlsx.cli import year as years  # noqa: PLC0415
    from cchc_xlsx.roll import make  # noqa: PLC0415

    project = years.need()
    done = make.update(project, year, out) if update else make.roll(project, year, out)
    _told(done, show.console(), is_new=not update)


def _told(done: Rolled, out: Any, *, is_new: bool) -> None:  # noqa: ANN401  a console
    from cchc_xlsx.cli.show import clean, location  # noqa: PLC0415

    folder, setup, figures = location(done.folder), done.setup, done.figures
    year = setup.office.year
    lines = [(_MADE if is_new else _UPDATED).format(folder=folder)]
    if is_new:
        counts = {"units": len(setup.units), "forms": len(setup.forms), "periods": len(setup.rounds)}
        lines.append(_SETUP.format(**counts, waivers=len(setup.waivers)))
    if done.copied:
        lines.append(_COPIED.format(names=", ".join(done.copied)))
    reports = {"reports": figures.reports, "results": figures.results, "earlier": figures.earlier}
    lines.append(_REPORTS.format(year=year - 1, **reports))
    lines += [_PROPOSED.format(form=form, count=count) for form, count in figures.proposed.items()]
    notes = [_PLAN.format(year=year, file=f"{folder}/cchc.xlsx")] if is_new else []
    notes += done.notes
    for line in lines:
        out.print(line.say(LANG))
    if notes:
        out.print(_LOOK.say(LANG))
    for note in notes:
        out.print(f"- {clean(note.say(LANG))}")
    if is_new:
        out.print(_NEXT.format(folder=folder, year=year).say(LANG))
