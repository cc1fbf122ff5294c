"""The commands of `cchc-xlsx`; what a command needs is imported when it runs, so that --help answers fast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cchc_xlsx import __version__
from cchc_xlsx.cli import collecting, letters, project, status
from cchc_xlsx.cli.base import LANG, WRONG_USE, Group, option, progress, say
from cchc_xlsx.cli.consolidate import consolidate
from cchc_xlsx.cli.report import report
from cchc_xlsx.cli.roll import roll
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text

_FILE = click.Path(path_type=Path)


@click.group(
    cls=Group,
    help=say(
        "Biểu Excel báo cáo cải cách hành chính: phát hành, kiểm tra, chỉ rõ ô cần sửa.\n\nBắt đầu: cchc-xlsx demo",
        "Excel workbooks for administrative reform reports: issue them, check them, tell what to mend by cell.\n\n"
        "To begin: cchc-xlsx demo",
    ),
)
@option(
    "--lang",
    type=click.Choice(["vi", "en"]),
    expose_value=False,
    vi="Ngôn ngữ: vi (mặc định) hoặc en; cũng đặt được bằng CCHC_LANG.",
    en="Language: vi (default) or en; CCHC_LANG sets it too.",
)
@click.version_option(
    __version__, prog_name="cchc-xlsx", message="%(prog)s %(version)s", help=say("Hiện phiên bản.", "Show the version.")
)
def cli() -> None:
    """Give the languages and the version; the work is in the commands."""


@cli.command(
    help=say(
        "Chạy thử trọn vòng trên dữ liệu mẫu xã Nhơn Hậu: phát hành, điền, kiểm tra, tổng hợp, báo cáo.\n\nVí dụ: cchc-xlsx demo",
        "The whole round on sample data of Nhơn Hậu: issue, fill in, check, sum, report.\n\nExample: cchc-xlsx demo",
    )
)
@click.argument("folder", metavar=say("[THƯ MỤC]", "[DIR]"), type=_FILE, default=Path("cchc-demo"))
def demo(folder: Path) -> None:
    """Show the round."""
    from cchc_xlsx import demo as room  # noqa: PLC0415
    from cchc_xlsx.cli import findings, show  # noqa: PLC0415

    out = show.console()
    result = room.make(folder, LANG)
    findings.report_text(result.report, out)
    out.print("")
    for text, path in (
        (room.BLANK_TEXT, result.blank),
        (room.FILLED_TEXT, result.filled),
        (room.SUMMED_TEXT, result.summed),
        (room.WORD_TEXT, result.word),
    ):
        out.print(f"{text.say(LANG)}: {show.location(path)}")
    filled = show.location(result.filled)
    out.print(room.NEXT_TEXT.format(path=filled, command=show.typed("check", filled)).say(LANG))


@cli.group(help=say("Các biểu có sẵn: danh sách, nội dung.", "The forms: list them, show one."))
def forms() -> None:
    """Hold the commands about forms."""


@forms.command(
    "list",
    help=say("Danh sách biểu.\n\nVí dụ: cchc-xlsx forms list", "List the forms.\n\nExample: cchc-xlsx forms list"),
)
def forms_list() -> None:
    """List the forms."""
    from cchc_xlsx.cli import show  # noqa: PLC0415
    from cchc_xlsx.form import load  # noqa: PLC0415

    rows = []
    for form_id, versions in load.listing(load.folders()).items():
        form = load.find(form_id)
        count = sum(len(row.parts) for row in form.rows if row.role == "item")
        rows.append(
            (
                form_id,
                f"v{versions[-1]}",
                say(f"{len(form.rows)} dòng", f"{len(form.rows)} rows"),
                say(f"{count} nội dung báo cáo", f"{count} reported"),
                say(form.name, form.name_en),
            )
        )
    show.table(rows, show.console())


@forms.command(
    "show",
    help=say(
        "Các dòng của một biểu.\n\nVí dụ: cchc-xlsx forms show nhon-hau-2025-phu-luc-1",
        "The rows of a form.\n\nExample: cchc-xlsx forms show nhon-hau-2025-phu-luc-1",
    ),
)
@click.argument("form_id", metavar=say("BIỂU", "ID"))
def forms_show(form_id: str) -> None:
    """Show one form."""
    from cchc_xlsx.cli import show  # noqa: PLC0415
    from cchc_xlsx.form import load  # noqa: PLC0415
    from cchc_xlsx.issue import Issue, cell, reporting_units, role_column, unit_name  # noqa: PLC0415

    form = load.find(form_id)
    issue = Issue(form, form.commune or "…", form.base_year, "plan")
    out = show.console()
    out.print(f"{form.id} v{form.version}: {say(form.name, form.name_en)}")
    names = ", ".join(f"{code} ({unit_name(issue, code)})" for code in reporting_units(issue))
    out.print(f"{say('Đơn vị báo cáo', 'Reporting units')}: {names}")
    ids = [role_column(form, role) for role in ("stt", "label", "target")]
    rows = []
    for row in form.rows:
        texts = [" ".join(str(cell(issue, row, id_) if id_ else "").split()) for id_ in ids]
        kinds = ", ".join(part.kind for part in row.parts) or row.role
        rows.append((row.id, texts[0], _cut(texts[1], 70), _cut(texts[2], 40), kinds))
    show.table(rows, out)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


@cli.command(
    help=say(
        "Phát hành biểu. Không có --period: biểu kế hoạch của năm; có --period: biểu báo cáo. Trong thư mục của năm chỉ cần "
        "--period: mọi biểu phải nộp, theo tệp cchc.xlsx.\n\n"
        'Ví dụ: cchc-xlsx generate --commune "Nhơn Hậu" --period 2027-Q1 --all-units --out bieu',
        "Issue workbooks. Without --period the year's plan, with it the report. In a year's folder --period is enough: every "
        "workbook that is owed, as cchc.xlsx has it.\n\n"
        'Example: cchc-xlsx generate --commune "Nhơn Hậu" --period 2027-Q1 --all-units --out out',
    )
)
@option(
    "--form",
    vi="Mã biểu (xem: cchc-xlsx forms list); mặc định cchc-xa, trong thư mục của năm là mọi biểu phải nộp.",
    en="Form id (see: cchc-xlsx forms list); cchc-xa by default, in a year's folder every form that is owed.",
)
@option(
    "--commune",
    vi="Tên xã, phường; trong thư mục của năm thì lấy từ cchc.xlsx.",
    en="The commune's name; in a year's folder as in cchc.xlsx.",
)
@option("--commune-code", vi="Mã đơn vị hành chính chính thức của xã.", en="The commune's official code.")
@option("--year", type=int, vi="Năm; mặc định là năm của kỳ.", en="Year; by default that of the period.")
@option(
    "--period",
    vi="Kỳ: 2027-T01…T12, 2027-Q1…Q4, 2027-6T, 2027-9T, 2027-N.",
    en="Period: 2027-T01…T12, Q1…Q4, 6T, 9T, N.",
)
@option("--unit", vi="Chỉ mở khóa các dòng của một đơn vị.", en="Unlock the rows of one unit only.")
@option(
    "--all-units", is_flag=True, vi="Mỗi đơn vị có dòng được một tệp.", en="One workbook for each unit that owns rows."
)
@option("--kind", type=click.Choice(["plan", "report"]), vi="plan: kế hoạch; report: báo cáo.", en="plan or report.")
@option(
    "--plan",
    type=_FILE,
    vi="Biểu kế hoạch đã điền: lấy chỉ tiêu, đơn vị từ đó.",
    en="A filled plan whose targets and units are laid over the form.",
)
@option("--out", type=_FILE, vi="Thư mục để ghi.", en="Folder to write into.")
@option("--overwrite", is_flag=True, vi="Ghi đè tệp đã có.", en="Overwrite files that are there.")
def generate(**asked: Any) -> None:  # noqa: ANN401  click's parameters, by the names of Order
    """Write workbooks."""
    from cchc_xlsx.cli import issuing, show  # noqa: PLC0415

    with progress() as advance:
        made = issuing.generate(asked, advance)
    screen = show.console()
    for path in made:
        screen.print(show.location(path))
    screen.print(say(f"Đã ghi {len(made)} tệp.", f"{len(made)} workbooks written."))


@cli.command(
    help=say(
        "Kiểm tra các biểu đã điền trong thư mục hoặc tệp; chỉ rõ ô sai và cách sửa. Trong thư mục của năm, không ghi đường dẫn "
        "thì kiểm tra lại các biểu đã nhận.\n\nVí dụ: cchc-xlsx check da-nop --period 2027-Q1",
        "Check filled workbooks in folders or files; tell what to mend by cell. In a year's folder, without a path, what was "
        "collected is checked again.\n\nExample: cchc-xlsx check filled --period 2027-Q1",
    )
)
@click.argument("paths", metavar=say("[ĐƯỜNG_DẪN...]", "[PATH...]"), nargs=-1, type=_FILE)
@option(
    "--format",
    "shape",
    type=click.Choice(["text", "json", "csv", "html", "xlsx"]),
    vi="Dạng kết quả: chữ, JSON, bảng CSV, trang web một tệp, bảng tính (xlsx cần --output). "
    "Không ghi thì theo đuôi tên của --output, không có nữa thì là chữ.",
    en="Form of the result: text, JSON, a CSV table, a web page in one file, a workbook (xlsx needs --output). "
    "By default as --output is named, else text.",
)
@option("--output", type=_FILE, vi="Ghi kết quả vào tệp.", en="Write the result to a file.")
@option(
    "--mark",
    type=_FILE,
    vi="Ghi vào thư mục này bản đánh dấu của từng tệp có lỗi, để gửi lại đơn vị sửa.",
    en="Write into this folder a marked copy of each file at fault, to be sent back for mending.",
)
@option(
    "--period", vi="Kỳ phải đúng; biểu của kỳ khác là lỗi.", en="The period wanted; a workbook of another is an error."
)
@option("--plan", type=_FILE, vi="Kế hoạch mà các báo cáo phải theo.", en="The plan that reports must follow.")
@option(
    "--waivers",
    type=_FILE,
    vi="Bảng CSV các lỗi được miễn: đơn vị, mã trường, mã lỗi, kỳ, lý do, đến ngày.",
    en="CSV table of findings to let pass: unit, key, code, period, reason, until.",
)
@option(
    "--expect-all",
    is_flag=True,
    vi="Báo cả đơn vị có dòng trong biểu mà chưa có tệp.",
    en="Tell the units that own rows of a form and sent nothing.",
)
@option(
    "--jobs",
    type=click.IntRange(1, 64),
    vi="Số tiến trình đọc tệp; mặc định theo số tệp, tối đa bằng số lõi của máy.",
    en="Processes that read files; by default by the number of files, at most as many as cores.",
)
@option(
    "--strict",
    is_flag=True,
    vi="Cảnh báo cũng tính là chưa đạt (mã thoát 1).",
    en="A warning counts too (exit code 1).",
)
def check(paths: tuple[Path, ...], *, strict: bool, **given: Any) -> int:  # noqa: ANN401  click's parameters
    """Check folders and files."""
    from cchc_xlsx import processes  # noqa: PLC0415

    processes.warm_up()
    from cchc_xlsx import check as room  # noqa: PLC0415
    from cchc_xlsx.cli import asked, results  # noqa: PLC0415

    output, waivers = given["output"], given["waivers"]
    shape = asked.shape(given["shape"], output)
    asked.apart(output, {"--waivers": waivers, "--plan": given["plan"]})
    found = asked.year(paths)
    task = asked.task(given["period"], given["plan"], waivers, found)
    expected = asked.expected(found, expect_all=given["expect_all"])
    with progress() as advance:
        if paths:
            report = room.check(
                paths,
                task,
                advance,
                jobs=given["jobs"],
                expected=expected,
                mark=given["mark"],
                output=output,
                own=(*((waivers,) if waivers else ()), *(found.project.own_files if found else ())),
                leave_out=found.project.own_folders if found else (),
            )
        else:
            from cchc_xlsx.cli import recheck  # noqa: PLC0415 - it knows the ledger

            report = recheck.check(found, task, advance, jobs=given["jobs"], expected=expected, mark=given["mark"])
    results.deliver(report, shape, output)
    return _exit_code(report, strict=strict)


def _exit_code(report: Any, *, strict: bool) -> int:  # noqa: ANN401  a Report; its room is imported when it is needed
    if not report.has_workbooks:
        click.echo(say("Không có bảng tính nào để kiểm tra.", "There is no workbook to check."), err=True)
        return WRONG_USE
    return 1 if report.has("error") or (strict and report.has("warning")) else 0


@cli.command(
    help=say(
        "Danh sách mã lỗi, hoặc giải thích một mã với ví dụ sai và đúng.\n\nVí dụ: cchc-xlsx explain L401",
        "List the codes, or explain one with a bad and a good example.\n\nExample: cchc-xlsx explain L401",
    )
)
@click.argument("code", metavar=say("[MÃ]", "[CODE]"), required=False)
def explain(code: str | None) -> None:
    """Explain codes."""
    from cchc_xlsx.cli import show  # noqa: PLC0415
    from cchc_xlsx.rules import registry  # noqa: PLC0415

    if code is None:
        show.rules_text(show.console())
        return
    rule = registry.by_code().get(code.upper())
    if rule is None:
        raise CchcError(
            Text(
                f"Không có mã “{code}”. Xem các mã: cchc-xlsx explain",
                f"There is no code “{code}”. See the codes: cchc-xlsx explain",
            )
        )
    show.rule_text(rule, show.console())


# In the order of a clerk's work.
for command in (
    project.init,
    letters.send,
    collecting.collect,
    status.held,
    letters.reply,
    letters.remind,
    status.status,
    status.extend,
    consolidate,
    report,
    roll,
):
    cli.add_command(command)
