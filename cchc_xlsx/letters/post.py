"""The outbox: each mail goes out once, whatever stops the run; where nobody knows whether it went, our own mailbox is asked."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct

from cchc_xlsx import store as stores
from cchc_xlsx import writer
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import outbox
from cchc_xlsx.ledger.book import read_moment, writing
from cchc_xlsx.ledger.model import LetterState
from cchc_xlsx.ledger.obligations import VIETNAM
from cchc_xlsx.letters import build, compose
from cchc_xlsx.letters.build import Content, Draft
from cchc_xlsx.letters.compose import Envelope
from cchc_xlsx.mail import smtp
from cchc_xlsx.mail.smtp import Outgoing
from cchc_xlsx.project.model import Project
from cchc_xlsx.store import Store

MOST_ANSWERS = 3  # an address a day: two machines that answer each other must come to an end
DOUBT = dt.timedelta(minutes=10)  # before that, a mail that may have gone out may still arrive in our own mailbox
_MOST_TRIES = 5  # of a mail that the server refuses for now
_ANSWERED = Text(
    "đã trả lời địa chỉ này {count} lần trong ngày; sẽ gửi vào ngày mai",
    "this address was answered {count} times today; it goes out tomorrow",
)
_CAPPED = Text(
    "Đã gửi đủ {count} thư trong ngày (giới hạn ghi ở trang “Thư điện tử”); các thư còn lại chờ ngày mai.",
    "{count} mails went out today, which is the cap on the sheet “Thư điện tử”; the others wait until tomorrow.",
)
_TOO_EARLY = Text(
    "chưa rõ đã gửi hay chưa; chạy lại sau 10 phút để tìm bản sao trong hộp thư",
    "it may have gone out or not; run again after 10 minutes to look for the copy in the mailbox",
)
_UNKNOWN = Text(
    "chưa rõ đã gửi hay chưa, và không có hộp thư của cơ quan để tìm bản sao; hỏi đơn vị đã nhận chưa",
    "it may have gone out or not, and there is no mailbox of the office to look for the copy in; ask the unit",
)
_FOUND = Text("đã gửi: có bản sao trong hộp thư của cơ quan", "sent: the copy is in the office's mailbox")
_STALE = Text("không còn cần gửi", "there is no more reason for it")
_NAMES = {"send": "gui", "remind": "nhac", "reply": "tra-loi"}
_TO_FOLDER = Text("ghi vào thư mục để cán bộ gửi", "written into a folder, for the clerk to send")

PostedState = LetterState | Literal["written"]
IsInMailbox = Callable[[str], bool]  # whether a Message-ID is found in our own mailbox
Progress = Callable[[int, int], None]


class Posted(Struct, frozen=True):
    """What became of one mail."""

    recipient: str
    unit: str | None
    state: PostedState
    why: Text | None = None
    path: Path | None = None


class Post(Struct, frozen=True):
    """What sending needs: the folder, its ledger and store, the present moment, and what a queued mail says."""

    project: Project
    book: sqlite3.Connection
    store: Store
    now: Callable[[], dt.datetime]
    content: Callable[[sqlite3.Row], Content | None]  # None where it has become pointless


def queue(post: Post, drafts: Sequence[Draft]) -> None:
    """Queue mails that are not queued or sent already."""
    with writing(post.book):
        for one in drafts:
            outbox.queue(post.book, one.letter, post.now())


def to_folder(post: Post, rows: Sequence[sqlite3.Row], folder: Path, *, is_final: bool) -> list[Posted]:
    """Write the mails as .eml files; `is_final`: the clerk sends them, and they count as sent."""
    found = []
    for row in rows:
        content = post.content(row)
        if content is None:
            found.append(_stale(post, row))
            continue
        path = folder / f"{_NAMES[row['kind']]}_{row['unit']}_{row['message_id'][1:9]}.eml"
        writer.save(_compose(post, row, content, is_draft=is_final), path)
        if is_final:
            outbox.became(post.book, row["id"], "sent", post.now(), _TO_FOLDER)
        found.append(Posted(row["recipient"], row["unit"], "written", None, path))
    return found


def send(
    post: Post,
    kind: str,
    connect: Callable[[], Outgoing],
    is_in_mailbox: IsInMailbox | None,
    progress: Progress | None = None,
) -> Iterator[Posted]:
    """Send what waits of a kind. Raises CchcError where the server cannot be reached, or the day's cap is reached."""
    rows = outbox.waiting(post.book, kind)
    for done, row in enumerate(rows):
        if progress:
            progress(done, len(rows))
        state, why = _settled(post, row, is_in_mailbox)
        if state is None:
            _stay_below_the_cap(post)
            state, why = _send(post, row, connect)
        yield Posted(row["recipient"], row["unit"], state, why)


def _settled(post: Post, row: sqlite3.Row, is_in_mailbox: IsInMailbox | None) -> tuple[PostedState | None, Text | None]:
    """What is known of a mail before it is sent: None where it has to be sent (again)."""
    if row["state"] == "queued":
        return _answered_enough(post, row) if post.content(row) else (_stale(post, row).state, _STALE)
    if is_in_mailbox is None:
        outbox.became(post.book, row["id"], "doubtful", post.now(), _UNKNOWN)
        return "doubtful", _UNKNOWN
    if is_in_mailbox(row["message_id"]):
        outbox.became(post.book, row["id"], "sent", post.now(), _FOUND)
        return "sent", _FOUND
    if post.now() - read_moment(row["tried_at"]) < DOUBT:
        outbox.became(post.book, row["id"], "doubtful", post.now(), _TOO_EARLY)
        return "doubtful", _TOO_EARLY
    return (None, None) if post.content(row) else (_stale(post, row).state, _STALE)


def _stale(post: Post, row: sqlite3.Row) -> Posted:
    """A mail that waited until there was no more reason for it."""
    outbox.became(post.book, row["id"], "refused", post.now(), _STALE)
    return Posted(row["recipient"], row["unit"], "refused", _STALE)


def _answered_enough(post: Post, row: sqlite3.Row) -> tuple[PostedState | None, Text | None]:
    if row["kind"] != "reply":
        return None, None
    count = outbox.sent_since(post.book, _today(post), "reply", row["recipient"])
    return ("queued", _ANSWERED.format(count=count)) if count >= MOST_ANSWERS else (None, None)


def _stay_below_the_cap(post: Post) -> None:
    cap = post.project.setup.mail.daily_cap
    if outbox.sent_since(post.book, _today(post)) >= cap:
        raise CchcError(_CAPPED.format(count=cap))


def _today(post: Post) -> dt.datetime:
    return post.now().astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)


def _send(post: Post, row: sqlite3.Row, connect: Callable[[], Outgoing]) -> tuple[PostedState, Text | None]:
    outgoing = connect()
    raw = _kept(post, row)
    setup = post.project.setup.mail
    # A copy to ourselves is what tells later whether a mail went out.
    copy = (setup.address,) if setup.imap else ()
    recipients = (*row["recipient"].split(", "), *copy)
    outbox.sending(post.book, row["id"], post.now())
    try:
        outcome = outgoing.send(raw, setup.address, recipients)
    except CchcError:  # the connection is gone, and nothing of this mail was sent
        outbox.became(post.book, row["id"], "queued", post.now())
        raise
    state: LetterState
    match outcome:
        case smtp.Sent(unserved=unserved):
            lost = [one for one in unserved if one.address != setup.address]
            state, why = "sent", lost[0].why if lost else None
        case smtp.Doubtful(why=why):
            state = "doubtful"
        case smtp.Refused(why=why, permanent=permanent):
            state = "refused" if permanent or row["tries"] + 1 >= _MOST_TRIES else "queued"
    outbox.became(post.book, row["id"], state, post.now(), why)
    return state, why


def _kept(post: Post, row: sqlite3.Row) -> bytes:
    """The mail as it goes out, the same bytes at every try."""
    if row["raw"]:
        return post.store.read(row["raw"])
    content = post.content(row)
    assert content  # `_settled` has looked
    raw = _compose(post, row, content)
    kept = stores.keep(post.store, [raw])
    outbox.written(post.book, row["id"], kept.sha256)
    return raw


def _compose(post: Post, row: sqlite3.Row, content: Content, *, is_draft: bool = False) -> bytes:
    project = post.project
    data = {**build.shared(project, row["unit"]), **content.data}
    own = project.folder / compose.OWN
    office = project.setup.office
    written = compose.write(content.template, data, office.lang, own if own.is_dir() else None)
    envelope = Envelope(
        project.setup.mail.address,
        project.setup.mail.sender_name or build.office_name(project),
        tuple(row["recipient"].split(", ")),
        row["message_id"],
        read_moment(row["queued_at"]),
        content.answers,
    )
    return compose.mail(written, envelope, content.files, is_draft=is_draft)
