"""The commands that send our mails: workbooks, reminders, answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cchc_xlsx.cli.base import LANG, Command, option, progress, say
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text

if TYPE_CHECKING:
    import sqlite3

    from cchc_xlsx.letters.build import Content, Draft
    from cchc_xlsx.letters.post import Post, Posted
    from cchc_xlsx.project.model import Project

_FILE = click.Path(path_type=Path)
_NO_SERVER = Text(
    "Tệp cchc.xlsx chưa khai máy chủ gửi thư và địa chỉ gửi (trang “Thư điện tử”). Điền vào đó, hoặc dùng --to-folder để tự gửi "
    "bằng chương trình thư đang dùng.",
    "cchc.xlsx names no outgoing mail server and address (sheet “Thư điện tử”). Fill them in, or use --to-folder to send "
    "the mails with your own program.",
)
_NO_PERIOD = Text(
    "Cho biết kỳ, ví dụ: cchc-xlsx send --period {year}-Q1", "Name the period, e.g. cchc-xlsx send --period {year}-Q1"
)

Content_ = Callable[["sqlite3.Row"], "Content | None"]


def _options(command: Any) -> Any:  # noqa: ANN401  as click has it
    """The options that all of them have."""
    command = option(
        "--dry-run",
        is_flag=True,
        vi="Không gửi: ghi các thư vào ket-qua/thu-xem-truoc để xem trước.",
        en="Send nothing: write the mails to ket-qua/thu-xem-truoc, to be looked at.",
    )(command)
    return option(
        "--to-folder",
        "folder",
        type=_FILE,
        vi="Ghi thư (.eml) vào thư mục này; cán bộ tự gửi bằng chương trình thư đang dùng.",
        en="Write the mails (.eml) into this folder; you send them with your own program.",
    )(command)


@click.command(
    cls=Command,
    help=say(
        "Gửi biểu của một kỳ cho các đơn vị.\n\nVí dụ: cchc-xlsx send --period 2027-Q1 --dry-run",
        "Send the units their workbooks of a period.\n\nExample: cchc-xlsx send --period 2027-Q1 --dry-run",
    ),
)
@option("--period", vi="Kỳ.", en="The period.")
@_options
def send(period: str | None, *, folder: Path | None, dry_run: bool) -> int:
    """Send out workbooks."""
    from cchc_xlsx import owing, periods  # noqa: PLC0415
    from cchc_xlsx.cli import year  # noqa: PLC0415
    from cchc_xlsx.letters import build  # noqa: PLC0415

    def drafts(project: Project, book: sqlite3.Connection) -> tuple[Sequence[Draft], Sequence[str]]:
        if period is None:
            raise CchcError(_NO_PERIOD.format(year=project.setup.office.year))
        found, made, lost = build.sent_out(project, book, periods.parse(period).code)
        owing.remember(book, made, year.now())
        return found, lost

    return _run("send", drafts, folder, dry_run=dry_run)


@click.command(
    cls=Command,
    help=say(
        "Nhắc các đơn vị chậm hoặc sắp đến hạn (trong 5 ngày), nói rõ còn thiếu gì.\n\nVí dụ: cchc-xlsx remind --dry-run",
        "Remind units that are late or due within 5 days of exactly what is missing.\n\nExample: cchc-xlsx remind --dry-run",
    ),
)
@option("--period", vi="Chỉ một kỳ.", en="One period only.")
@_options
def remind(period: str | None, *, folder: Path | None, dry_run: bool) -> int:
    """Remind those who are late."""
    from cchc_xlsx import periods  # noqa: PLC0415
    from cchc_xlsx.cli import year  # noqa: PLC0415
    from cchc_xlsx.letters import build  # noqa: PLC0415

    code = periods.parse(period).code if period else None
    return _run(
        "remind",
        lambda project, book: build.reminders(project, book, year.now(), code),
        folder,
        dry_run=dry_run,
    )


@click.command(
    cls=Command,
    help=say(
        "Trả lời thư các đơn vị đã gửi: báo đã nhận, hoặc nêu lỗi kèm bản đánh dấu.\n\nVí dụ: cchc-xlsx reply --dry-run",
        "Answer what the units sent: a confirmation, or the findings with a marked copy.\n\nExample: cchc-xlsx reply --dry-run",
    ),
)
@_options
def reply(*, folder: Path | None, dry_run: bool) -> int:
    """Answer submissions."""
    return _run("reply", None, folder, dry_run=dry_run)


Drafts = Callable[["Project", "sqlite3.Connection"], "tuple[Sequence[Draft], Sequence[str]]"]


def _run(kind: str, drafts: Drafts | None, folder: Path | None, *, dry_run: bool) -> int:
    from cchc_xlsx.cli import year  # noqa: PLC0415
    from cchc_xlsx.ledger import outbox  # noqa: PLC0415
    from cchc_xlsx.letters import post as room  # noqa: PLC0415

    project = year.need()
    if not (folder or dry_run) and not (project.setup.mail.smtp and project.setup.mail.address):
        raise CchcError(_NO_SERVER)
    stopped: CchcError | None = None
    with _post(project, drafts, dry_run=dry_run) as (post, lost):
        if folder or dry_run:
            place = folder or project.results() / "thu-xem-truoc"
            found = room.to_folder(post, outbox.waiting(post.book, kind), place, is_final=not dry_run)
        else:
            found = []
            with progress() as advance:
                try:
                    for one in _by_server(project, post, kind, advance):
                        found.append(one)
                except CchcError as error:
                    if not found:
                        raise
                    stopped = error
    _show(found, lost)
    if stopped:
        raise stopped
    return 1 if lost or any(one.state in ("doubtful", "refused") for one in found) else 0


@contextmanager
def _post(project: Project, drafts: Drafts | None, *, dry_run: bool) -> Iterator[tuple[Post, Sequence[str]]]:
    """What sending needs, with the mails of this run queued; and the units that have no address."""
    from cchc_xlsx.cli import year  # noqa: PLC0415
    from cchc_xlsx.collect import desk as desks  # noqa: PLC0415
    from cchc_xlsx.letters import build, post  # noqa: PLC0415
    from cchc_xlsx.store import Store  # noqa: PLC0415

    with desks.opened(project, year.now, dry_run=dry_run, answers=drafts is None) as desk:
        book = desk.book
        found, lost = drafts(project, book) if drafts else ((), ())
        by_dedupe: Mapping[str, Content] = {one.letter.dedupe: one.content for one in found}

        if drafts:
            content: Content_ = lambda row: by_dedupe.get(row["dedupe"])  # noqa: E731
        else:
            kept = Store(project.state)  # a dry run's own store is empty
            content = lambda row: build.answer(project, book, kept, desk.ask, row)  # noqa: E731
        made = post.Post(project, book, desk.store, year.now, content)
        post.queue(made, found)
        yield made, lost


def _by_server(project: Project, post: Post, kind: str, advance: Callable[[int, int], None] | None) -> Iterator[Posted]:
    """Send by the server of the set-up; connections are made when the first mail needs them."""
    from cchc_xlsx.cli import account  # noqa: PLC0415
    from cchc_xlsx.letters import post as room  # noqa: PLC0415

    setup = project.setup.mail
    with ExitStack() as stack:
        opened: dict[str, Any] = {}

        def outgoing() -> Any:  # noqa: ANN401  an Outgoing
            if "smtp" not in opened:
                assert setup.smtp
                opened["smtp"] = stack.enter_context(account.outgoing(project, setup.smtp))
            return opened["smtp"]

        def is_in_mailbox(message_id: str) -> bool:
            if "imap" not in opened:
                assert setup.imap
                opened["imap"] = stack.enter_context(account.mailbox(project, setup.imap))
            box = opened["imap"]
            for folder in setup.folders:
                box.select(folder)
                if box.has_message_id(message_id):
                    return True
            return False

        yield from room.send(post, kind, outgoing, is_in_mailbox if setup.imap else None, advance)


def _show(found: Sequence[Posted], lost: Sequence[str]) -> None:
    from rich.text import Text as RichText  # noqa: PLC0415

    from cchc_xlsx.cli import show  # noqa: PLC0415

    out = show.console()
    for one in found:
        line = RichText(f"{one.unit or ''}  {show.clean(one.recipient)}  ")
        line.append(_WORD[one.state].say(LANG), style=_COLOUR[one.state])
        show.put(out, line, hang=4)
        if one.path:
            show.put(out, RichText(show.location(one.path)), 4)
        elif one.why:
            show.put(out, RichText(show.clean(one.why.say(LANG))), 4)
    for unit in lost:
        text = say(
            f"{unit}: chưa có địa chỉ thư trong trang “Đơn vị” của cchc.xlsx",
            f"{unit}: no address on the sheet “Đơn vị” of cchc.xlsx",
        )
        show.put(out, RichText(text, style="yellow"), hang=4)
    sum_ = say(f"{len(found)} thư.", f"{len(found)} mails.")
    if not found and not lost:
        sum_ = say("Không có thư nào cần gửi.", "There is no mail to send.")
    show.put(out, RichText(sum_, style="bold"))


_WORD = {
    "queued": Text("chờ gửi", "waiting"),
    "sending": Text("đang gửi", "being sent"),
    "doubtful": Text("chưa rõ", "in doubt"),
    "sent": Text("đã gửi", "sent"),
    "refused": Text("không gửi được", "refused"),
    "written": Text("đã ghi", "written"),
}
_COLOUR = {
    "queued": "yellow",
    "sending": "yellow",
    "doubtful": "bold red",
    "sent": "green",
    "refused": "bold red",
    "written": "green",
}
