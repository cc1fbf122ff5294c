"""The command that takes in what came, and what it shows of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cchc_xlsx import __version__
from cchc_xlsx.cli.base import LANG, Command, option, progress, say
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text

if TYPE_CHECKING:
    from cchc_xlsx.collect.desk import Desk
    from cchc_xlsx.collect.run import Collected
    from cchc_xlsx.ledger.model import Entered
    from cchc_xlsx.owing import Unassigned
    from cchc_xlsx.project.model import Project

_FILE = click.Path(path_type=Path)
_NOWHERE = Text(
    "Chưa có gì để nhận: tệp cchc.xlsx chưa khai máy chủ thư đến (trang “Thư điện tử”) và thư mục {folder} trống. "
    "Chỉ đường dẫn tới thư mục hay tệp, ví dụ: cchc-xlsx collect Downloads",
    "There is nothing to collect: cchc.xlsx names no incoming mail server (sheet “Thư điện tử”), and the folder {folder} is empty. "
    "Name a folder or file, e.g. cchc-xlsx collect Downloads",
)


@click.command(
    cls=Command,
    help=say(
        "Nhận biểu các đơn vị gửi về: từ hộp thư đã khai, hoặc từ thư mục, tệp thư (.eml, .msg, .mbox), .zip, .xlsx.\n\n"
        "Ví dụ: cchc-xlsx collect nhan-ve",
        "Take in what the units sent: from the mailbox of the set-up, or from folders, mails (.eml, .msg, .mbox), .zip, .xlsx.\n\n"
        "Example: cchc-xlsx collect nhan-ve",
    ),
)
@click.argument("paths", metavar=say("[ĐƯỜNG_DẪN...]", "[PATH...]"), nargs=-1, type=_FILE)
@option(
    "--format",
    "shape",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    vi="Dạng kết quả.",
    en="Form of the result.",
)
@option(
    "--dry-run",
    is_flag=True,
    vi="Chỉ cho xem sẽ nhận gì; không ghi, không đánh dấu thư.",
    en="Only show what would be taken in; nothing is kept or marked.",
)
def collect(paths: tuple[Path, ...], *, shape: str, dry_run: bool) -> int:
    """Take in what came."""
    from cchc_xlsx.cli import year  # noqa: PLC0415
    from cchc_xlsx.collect import desk as desks  # noqa: PLC0415
    from cchc_xlsx.collect import run  # noqa: PLC0415

    project = year.need(*paths)
    found: list[Collected] = []
    stopped: CchcError | None = None
    with desks.opened(project, year.now, dry_run=dry_run) as desk, progress() as advance:
        try:
            for one in _all(project, desk, paths, advance, dry_run=dry_run):
                found.append(one)  # noqa: PERF402 - what came before a lost connection is shown
        except CchcError as error:
            if not found:
                raise
            stopped = error
        desks.adopt_plans(desk)  # a dry run's ledger is a copy
        found.sort(key=lambda one: (one.arrived is None, one.arrived, one.source))
        _show_json(found, desk) if shape == "json" else _show_text(found, desk, dry_run=dry_run)
    if stopped:
        raise stopped
    counts = run.counted(found)
    return 1 if counts["hold"] or counts["quarantine"] or counts["failed"] else 0


def _all(
    project: Project,
    desk: Desk,
    paths: Sequence[Path],
    advance: Callable[[int, int], None] | None,
    *,
    dry_run: bool,
) -> Iterator[Collected]:
    """What came by the paths; without any, by the mailbox and in the folder where the clerk puts files."""
    from cchc_xlsx.cli import account  # noqa: PLC0415
    from cchc_xlsx.collect import mailbox, run  # noqa: PLC0415

    setup = project.setup.mail
    dropped = project.dropped()
    has_dropped = dropped.is_dir() and any(dropped.iterdir())
    if paths:
        yield from run.from_paths(desk, paths, advance)
        return
    if not setup.imap and not has_dropped:
        raise CchcError(_NOWHERE.format(folder=dropped.name))
    if setup.imap:
        name = f"{setup.imap.user}@{setup.imap.host.lower()}"
        with account.mailbox(project, setup.imap) as box:
            for folder in setup.folders:
                yield from mailbox.collect(desk, box, name, folder, advance, dry_run=dry_run)
    if has_dropped:
        yield from run.from_paths(desk, [dropped], advance)


def _show_json(found: Sequence[Collected], desk: Desk) -> None:
    from cchc_xlsx.collect import run  # noqa: PLC0415
    from cchc_xlsx.overview import data  # noqa: PLC0415

    said = {
        "tool": "cchc-xlsx",
        "version": __version__,
        "summary": run.counted(found),
        "messages": [_message_json(one, desk) for one in found],
        "plans": [data.unassigned(one) for one in _plans(found, desk)],
    }
    click.echo(json.dumps(said, ensure_ascii=False, indent=1).encode())


def _plans(found: Sequence[Collected], desk: Desk) -> Sequence[Unassigned]:
    """The forms whose plan came into force by this run and leaves contents without a target."""
    from cchc_xlsx import owing  # noqa: PLC0415

    entered = [each for one in found for each in one.outcome.entered if each.is_new and each.attached.state == "taken"]
    came = {slot.form for each in entered if (slot := each.attached.slot) and not slot.period and not _errors(each)}
    return [one for one in owing.unassigned(desk.project, desk.book) if one.form in came] if came else []


def _errors(one: Entered) -> int:
    return one.attached.checked.errors if one.attached.checked else 0


def _message_json(one: Collected, desk: Desk) -> dict[str, Any]:
    from cchc_xlsx.ledger.obligations import VIETNAM  # noqa: PLC0415

    return {
        "source": one.source,
        "status": one.outcome.status,
        "sender": ", ".join(one.mail.senders) or None,
        "inner_from": one.mail.inner_from,
        "arrived": one.arrived.astimezone(VIETNAM).isoformat(timespec="seconds") if one.arrived else None,
        "arrived_source": one.arrived_source,
        "reply": one.reply,
        "reason": one.reason.say(LANG),
        "workbooks": [_workbook_json(each, one, desk) for each in one.outcome.entered if not each.attached.refused],
    }


def _workbook_json(one: Entered, came: Collected, desk: Desk) -> dict[str, Any]:
    from cchc_xlsx import identity  # noqa: PLC0415

    attached = one.attached
    who = identity.parse(attached.token)
    owed = desk.owed.get(attached.slot) if attached.slot else None
    return {
        "sha256": attached.sha256,
        "name": attached.name,
        "route": attached.route,
        "form": who.form if who else None,
        "commune": who.commune if who else None,
        "commune_code": who.commune_code if who else None,
        "unit": who.unit if who else None,
        "year": who.year if who else None,
        "period": who.period if who else None,
        "kind": who.kind if who else None,
        "late": bool(owed and came.arrived and owed.is_late(came.arrived)),
        "version": one.number,
        "errors": _errors(one),
        "warnings": attached.checked.warnings if attached.checked else 0,
    }


def _show_text(found: Sequence[Collected], desk: Desk, *, dry_run: bool) -> None:
    from rich.text import Text as RichText  # noqa: PLC0415

    from cchc_xlsx.cli import show, standings  # noqa: PLC0415
    from cchc_xlsx.collect import run  # noqa: PLC0415

    out = show.console()
    for one in found:
        if one.outcome.status == "duplicate":
            continue  # nothing is new; the sum counts them
        line = RichText(f"{show.clean(one.source)}  ", style="bold")
        line.append(_WORD[one.outcome.status].say(LANG), style=_COLOUR[one.outcome.status])
        show.put(out, line, hang=4)
        show.put(out, RichText(show.clean(one.reason.say(LANG))), 4)
        for each in one.outcome.entered:
            if each.is_new and each.attached.checked:
                show.put(out, RichText(_checked(each)), 6, 2)
    standings.plans_text(_plans(found, desk), out)
    counts = run.counted(found)
    parts = ", ".join(f"{counts[status]} {_WORD[status].say(LANG)}" for status in _WORD if counts[status])
    seen = counts["seen"]
    sum_ = say(f"{seen} thư và tệp: {parts}", f"{seen} mails and files: {parts}")
    if not seen:
        sum_ = say("Không có gì mới.", "There is nothing new.")
    show.put(out, RichText(sum_, style="bold"), hang=4)
    if counts["hold"]:
        show.put(
            out,
            RichText(say("Xem mục chờ xác nhận: cchc-xlsx held list", "See what waits: cchc-xlsx held list")),
            hang=4,
        )
    if dry_run:
        show.put(out, RichText(say("Chạy thử: chưa ghi gì.", "Dry run: nothing was kept.")), hang=4)


def _checked(one: Entered) -> str:
    assert one.attached.checked
    assert one.attached.slot
    said, slot = one.attached.checked, one.attached.slot
    who = f"{slot.unit} · {slot.form} · {slot.period or say('kế hoạch', 'plan')} · " + say(
        f"bản {one.number}", f"version {one.number}"
    )
    if not said.errors and not said.warnings:
        return f"{who}: {say('đạt', 'ok')}"
    return f"{who}: " + say(
        f"{said.errors} lỗi, {said.warnings} cảnh báo", f"{said.errors} errors, {said.warnings} warnings"
    )


_WORD = {
    "ok": Text("đã nhận", "taken"),
    "hold": Text("chờ xác nhận", "to be confirmed"),
    "duplicate": Text("trùng", "duplicate"),
    "none": Text("không có biểu", "no workbook"),
    "auto": Text("thư máy", "machine mail"),
    "quarantine": Text("không mở được", "cannot be opened"),
    "failed": Text("chưa đọc được", "not read yet"),
}
_COLOUR = {
    "ok": "green",
    "hold": "yellow",
    "duplicate": "dim",
    "none": "dim",
    "auto": "dim",
    "quarantine": "bold red",
    "failed": "bold red",
}
