"""A source → the mail in it: what it says of itself, its workbooks in the spool, and what was refused."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from cchc_xlsx import package
from cchc_xlsx.lang import Text
from cchc_xlsx.mail import content, facts, forwarded, gather, headers, mbox, names, outlook, refusals, tree
from cchc_xlsx.mail.content import Labels
from cchc_xlsx.mail.gather import Gathering, Place
from cchc_xlsx.mail.headers import Headers
from cchc_xlsx.mail.limits import MAX_ENTRIES, MAX_FILE, MAX_HEAD, MAX_MAIL
from cchc_xlsx.mail.model import Mail, Refused, Source, Unreadable

_EMPTY = Text(
    "Thư không có nội dung (0 byte); sẽ đọc lại lần sau.", "The mail is empty (0 bytes); it is read again later."
)
_NO_MAIL = Text("Đây không phải là thư điện tử.", "This is no e-mail.")
_CUT = Text("Thư bị cắt cụt: chỉ có phần đầu.", "The mail is cut off: only its headers are there.")
_MEMORY = Text("Thư cần quá nhiều bộ nhớ để đọc.", "The mail takes too much memory to read.")
_NO_MSG = Text("Tệp .msg bị hỏng hoặc không phải thư Outlook.", "The .msg is damaged or no Outlook mail.")


def read(source: Source, spool: Path, own_addresses: frozenset[str] = frozenset()) -> Mail:
    """The mail of a source; each workbook in it is a file of `spool` with exactly the bytes that were sent.

    A file that is itself a workbook or an archive gives a mail without senders. Raises Unreadable where there is no
    answer: nothing there, nothing in it, or no mail at all. It never means that nothing is attached.
    """
    if source.skipped:
        raise Unreadable(source.skipped)
    try:
        return _read(source, Gathering(spool, frozenset(one.lower() for one in own_addresses)))
    except MemoryError:
        raise Unreadable(_MEMORY) from None


def _read(source: Source, to: Gathering) -> Mail:
    if source.kind == "other":
        return Mail(others=(names.safe(source.shown.rpartition("/")[2]) or names.NAMELESS,))
    if source.kind in ("mail", "msg"):
        return _mail(source, to)
    return _file(source, to)


def raw(source: Source, limit: int = MAX_MAIL) -> bytes:
    """The bytes of a source as they were sent: what a mailbox file adds to a mail is undone. Raises Unreadable."""
    found = _bytes(source, limit)
    if isinstance(found, package.Refusal):
        raise Unreadable(refusals.of(found))
    return found


def _bytes(source: Source, limit: int) -> bytes | package.Refusal:
    """The bytes; a refusal where they are over the limit. They are read once: a second copy would be the peak."""
    found = package.read_file(source.file, source.start, source.length, limit)
    if isinstance(found, package.Refusal):
        if found.code != "F011":
            raise Unreadable(refusals.of(found))
        return found
    return found if source.length is None else mbox.unquoted(found)


def _mail(source: Source, to: Gathering) -> Mail:
    data = _bytes(source, MAX_MAIL)
    if isinstance(data, package.Refusal):
        return _too_large(source, to)
    if not data or data.isspace():
        raise Unreadable(_EMPTY)
    return _outlook(data, to) if data.startswith(content.OLE2) else _internet(data, to)


def _internet(data: bytes, to: Gathering) -> Mail:
    start = len(data[:1000]) - len(data[:1000].lstrip(b"\r\n"))
    found, body = headers.read(data, start, len(data))
    if not found.fields:
        raise Unreadable(_NO_MAIL)
    if tree.content_type(found).startswith("multipart/") and not data[body : body + 1_000].strip():
        raise Unreadable(_CUT)
    with suppress(gather.Enough):
        gather.message(data, start, len(data), Place(), to)
    return _told(found, to)


def _outlook(data: bytes, to: Gathering) -> Mail:
    message = outlook.open_bytes(data)
    if message is None:
        raise Unreadable(_NO_MSG)
    to.text = outlook.body(message)
    with suppress(gather.Enough):
        gather.outlook_message(message, Place(), to)
    return _told(outlook.head(message), to)


def _too_large(source: Source, to: Gathering) -> Mail:
    """What its headers say; nothing in it is looked at."""
    found = package.read_file(source.file, source.start, MAX_HEAD, MAX_HEAD)
    data = found if isinstance(found, bytes) else b""
    if data.startswith(content.OLE2):
        return Mail(refused=(Refused("", names.safe(source.shown.rpartition("/")[2]), refusals.TOO_LARGE_CONTAINER),))
    to.refused.append(Refused("", names.NAMELESS, refusals.TOO_LARGE_CONTAINER))
    return _told(headers.read(data, 0, len(data))[0], to)


def _file(source: Source, to: Gathering) -> Mail:
    name = names.safe(source.shown.rpartition("/")[2]) or names.NAMELESS
    limit = MAX_FILE if source.kind == "workbook" else MAX_MAIL
    data = _bytes(source, limit)
    if isinstance(data, package.Refusal):
        return Mail(refused=(Refused("1", name, refusals.of(data)),))
    if source.kind == "workbook":
        gather.keep(data, name, "1", to)
    elif content.look(data, Labels(name)) in ("workbook", "other") or not data:
        gather.file(data, Labels(name), Place("1"), to)
    else:
        _opened(data, name, to)
    return _with(Mail(), to)


def _opened(data: bytes, name: str, to: Gathering) -> None:
    with suppress(gather.Enough):
        gather.file(data, Labels(name), Place(), to)


def _told(found: Headers, to: Gathering) -> Mail:
    mail = facts.of(found, to.kinds, to.own_addresses)
    inner = to.inner_from or forwarded.sender(mail.subject, to.text)
    return replace(_with(mail, to), inner_from=inner)


def _with(mail: Mail, to: Gathering) -> Mail:
    return replace(
        mail, workbooks=tuple(to.workbooks), refused=tuple(to.refused), others=tuple(to.others[:MAX_ENTRIES])
    )
