"""One folder of a mailbox: what is not in the ledger yet is fetched, kept and entered; marked only where that was asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from cchc_xlsx import store as stores
from cchc_xlsx.collect import run
from cchc_xlsx.collect.desk import Desk
from cchc_xlsx.collect.run import Collected, Progress
from cchc_xlsx.errors import CchcError
from cchc_xlsx.ledger import intake
from cchc_xlsx.ledger.model import Delivery, DeliveryStatus
from cchc_xlsx.mail.connect import LostError
from cchc_xlsx.mail.imap import Mailbox

_MARKED: tuple[DeliveryStatus, ...] = ("ok", "duplicate", "hold")  # mails that brought a workbook


def collect(
    desk: Desk, mailbox: Mailbox, account: str, folder: str, progress: Progress | None = None, *, dry_run: bool = False
) -> Iterator[Collected]:
    """Every mail of a folder that the ledger does not have, in the order of the server's numbers, which is that of arrival.

    Whatever flags the mails have is neither looked at nor changed, but for the keyword or folder of the set-up. Raises
    CchcError where the connection is lost; what was done until then is kept.
    """
    setup = desk.project.setup.mail
    marks = bool(setup.keyword or setup.move_to) and not dry_run
    validity = mailbox.select(folder, change=marks)
    uids = mailbox.uids()
    if marks:
        _catch_up(desk, mailbox, (account, folder, str(validity)), uids)
    known = intake.finished(desk.book, account, folder, str(validity))
    new = [uid for uid in uids if str(uid) not in known]
    for done, uid in enumerate(new):
        if progress:
            progress(done, len(new))
        delivery = Delivery(account, folder, str(validity), str(uid), f"{folder}/{validity}/{uid}")
        found = _one(desk, mailbox, delivery, uid)
        yield found
        if marks and found.outcome.status in _MARKED:
            _mark(desk, mailbox, delivery, uid)


def _one(desk: Desk, mailbox: Mailbox, delivery: Delivery, uid: int) -> Collected:
    temporary = desk.store.spool / "mail"
    try:
        try:
            fetched = mailbox.fetch(uid, temporary)
        except LostError:
            raise
        except CchcError as error:
            return run.failed(desk, delivery, error.text)
        if fetched is None:
            return run.unanswered(desk, delivery)
        raw = stores.keep(desk.store, stores.pieces(temporary))
    except OSError as error:
        return run.unkept(desk, delivery, error)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return run.from_mail(desk, delivery, raw, fetched.arrived)


def _catch_up(desk: Desk, mailbox: Mailbox, key: tuple[str, str, str], uids: Sequence[int]) -> None:
    """Mark what an earlier run had entered and could not mark before it ended; what is gone was moved already."""
    present = {str(uid) for uid in uids}
    for uid in intake.unmarked(desk.book, *key):
        delivery = Delivery(*key, uid, "")
        if uid in present:
            _mark(desk, mailbox, delivery, int(uid))
        else:
            intake.marked(desk.book, delivery, "gone")


def _mark(desk: Desk, mailbox: Mailbox, delivery: Delivery, uid: int) -> None:
    setup = desk.project.setup.mail
    if setup.keyword:
        mailbox.mark(uid, setup.keyword)
    if setup.move_to:
        mailbox.move(uid, setup.move_to)
    intake.marked(desk.book, delivery, "done")
