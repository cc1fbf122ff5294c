"""The mailbox: mails are read and never changed, but for a keyword or a move that is asked for; nothing is ever deleted."""

from __future__ import annotations

import datetime as dt
import imaplib
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from imapclient.exceptions import ProtocolError
from msgspec import Struct

from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text
from cchc_xlsx.mail import connect, wire
from cchc_xlsx.mail.connect import LostError, words
from cchc_xlsx.mail.login import Secret
from cchc_xlsx.mail.model import Server
from cchc_xlsx.mail.pins import Pins
from cchc_xlsx.mail.wire import STUMBLED, Client

Answer = TypeVar("Answer")

PIECE = 1 << 20  # bytes of a mail that are asked for at once
LARGEST_MAIL = 256 << 20  # bytes
_AT_ONCE = 50_000  # mails listed by one command: a line of the answer may hold a million bytes
_SHOWN = 20  # folders named in a message

_NO_FOLDER = Text(
    "Hộp thư không có thư mục “{folder}”. Các thư mục hiện có: {folders}.",
    "The mailbox has no folder “{folder}”. There are: {folders}.",
)
_SAID_NO = Text("Máy chủ thư {host} từ chối: {said}.", "The mail server {host} refused: {said}.")
_READ_ONLY = Text(
    "Thư mục này trên máy chủ thư {host} chỉ đọc được, nên không gắn nhãn hay chuyển thư được.",
    "This folder on the mail server {host} can only be read, so mails are neither marked nor moved.",
)
_NO_UIDVALIDITY = Text("không cho biết UIDVALIDITY", "no UIDVALIDITY")
_GARBLED = Text(
    "Máy chủ thư {host} trả lời sai quy cách IMAP.", "What the mail server {host} answered is no proper IMAP."
)
_LARGE_MAIL = Text(
    "Thư lớn hơn {limit} MB nên không được tải về.", "The mail is larger than {limit} MB and is not fetched."
)
_NO_TIME = Text("Máy chủ thư không cho biết giờ nhận thư.", "The mail server does not say when the mail arrived.")
_NO_KEYWORDS = Text(
    "Máy chủ thư {host} không giữ nhãn “{keyword}” trên thư trong thư mục này; hãy bỏ nhãn trong tệp thiết lập.",
    "The mail server {host} keeps no keyword “{keyword}” on mails of this folder; leave it out of the set-up workbook.",
)
_BAD_KEYWORD = Text(
    "Nhãn “{keyword}” không dùng được: chỉ gồm chữ cái không dấu, chữ số, dấu - _ $.",
    "The keyword “{keyword}” cannot be used: letters a to z, digits and - _ $ only.",
)
_NO_MOVE = Text(
    "Máy chủ thư {host} không biết lệnh chuyển thư (MOVE) nên không chuyển thư sang “{folder}”; hãy bỏ thư mục này trong tệp thiết lập.",
    "The mail server {host} knows no MOVE, so mails are not moved to “{folder}”; leave that folder out of the set-up workbook.",
)


class Fetched(Struct, frozen=True):
    """A mail that was fetched: when the server got it (UTC), and how many bytes were written."""

    arrived: dt.datetime
    size: int


class ReadOnlyError(CchcError):
    """The folder can only be read: select it without `change`."""


class Mailbox:
    """An open mailbox. Its methods raise LostError when the connection is gone, another CchcError when only they failed."""

    def __init__(self, client: Client, server: Server) -> None:
        self._client = client
        self._server = server
        self._mails = 0
        self._change = False
        self._keywords: tuple[bytes, ...] | None = None

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server says that it can do, in capitals."""
        with self._talk():
            return frozenset(one.decode("ascii", "replace").upper() for one in self._client.capabilities())

    def folders(self) -> list[str]:
        """The names of the folders, in the order of the alphabet."""
        with self._talk():
            listed = self._client.list_folders()
        return sorted(str(name) for flags, _, name in listed if not {b"\\Noselect", b"\\NonExistent"} & set(flags))

    def select(self, folder: str, *, change: bool = False) -> int:
        """The UIDVALIDITY of a folder, which is the one worked on from now on; read only unless `change` is wanted.

        Raises CchcError, naming the folders there are, where this one is not among them.
        """
        answer = self._in_folder(folder, lambda name: self._select(name, change=change))
        if not isinstance(answer.get(b"UIDVALIDITY"), int):
            raise connect.lost(self._server, _NO_UIDVALIDITY)
        self._mails = int(answer.get(b"EXISTS", 0))
        self._keywords = answer.get(b"PERMANENTFLAGS")
        self._change = change
        return int(answer[b"UIDVALIDITY"])

    def _in_folder(self, folder: str, do: Callable[[str], Answer]) -> Answer:
        """What `do` gives for a folder, also where the server composes the letters of its name in another way."""
        try:
            return do(folder)
        except (LostError, ReadOnlyError):
            raise
        except CchcError:
            there = self.folders()
            same = [one for one in there if unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", folder)]
            if folder in there:
                raise
            if not same:
                named = ", ".join(there[:_SHOWN]) + (", …" if len(there) > _SHOWN else "")
                raise CchcError(_NO_FOLDER.format(folder=folder, folders=named)) from None
            return do(same[0])

    def _select(self, folder: str, *, change: bool) -> dict[bytes, Any]:
        with self._talk():
            return dict(self._client.select_folder(folder, readonly=not change))

    def uids(self) -> list[int]:
        """The UIDs of all mails of the folder, whatever their flags, in rising order."""
        firsts = range(1, self._mails + 1, _AT_ONCE)
        ranges = [*(f"{first}:{first + _AT_ONCE - 1}" for first in firsts[:-1]), f"{firsts[-1]}:*" if firsts else "ALL"]
        found: set[int] = set()
        for one in ranges:
            with self._talk():
                found.update(int(uid) for uid in self._client.search([one]))
        return sorted(found)

    def fetch(self, uid: int, to: Path, *, largest: int = LARGEST_MAIL) -> Fetched | None:
        """Write a mail to a file, byte by byte as the server has it; None and no file where the server gives no body.

        The flags of the mail stay as they are. Raises OSError where the file cannot be written, CchcError; the file is
        removed then. Making it last (fsync) is the caller's.
        """
        try:
            with to.open("wb") as stream:
                fetched = self._fetch(uid, stream.write, largest)
        except BaseException:
            to.unlink(missing_ok=True)
            raise
        if fetched is None:
            to.unlink()
        return fetched

    def _fetch(self, uid: int, write: Callable[[bytes], object], largest: int) -> Fetched | None:
        answer = self._ask(uid, [b"INTERNALDATE", b"RFC822.SIZE", _body(0)])
        piece = _piece(answer, 0)
        arrived, told, size = answer.get(b"INTERNALDATE"), answer.get(b"RFC822.SIZE"), 0
        if not piece:
            return None
        arrived = _utc(arrived)
        # A short piece is the last one; a server that counts otherwise is asked for more until there is none.
        while piece:
            size += len(piece)
            if size > largest:
                raise CchcError(_LARGE_MAIL.format(limit=largest >> 20))
            write(piece)
            if len(piece) < PIECE and size == told:
                break
            answer = self._ask(uid, [_body(size)])
            piece = _piece(answer, size)
            if piece is None:
                return None  # the mail is gone, half fetched
        return Fetched(arrived, size)

    def _ask(self, uid: int, items: list[bytes]) -> dict[bytes, Any]:
        with self._talk():
            return dict(self._client.fetch([uid], items).get(uid, {}))

    def has_message_id(self, message_id: str) -> bool:
        """Whether a mail with exactly this Message-ID is in the folder."""
        wanted = message_id.strip()
        if not wanted.isascii() or not wanted.isprintable() or not wanted:
            return False
        with self._talk():
            found = self._client.search(["HEADER", "Message-ID", wanted])
        # The server looks for a part of the header, in whatever case.
        return any(self._message_id(uid) == wanted for uid in found)

    def _message_id(self, uid: int) -> str:
        answer = self._ask(uid, [b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
        header = next((value for key, value in answer.items() if key.startswith(b"BODY[HEADER")), None)
        text = header.decode("latin-1") if isinstance(header, bytes) else ""
        return re.sub(r"\s+", "", text.partition(":")[2])

    def mark(self, uid: int, keyword: str) -> None:
        """Set a keyword on a mail of a folder that was selected with `change`; none is set on a mail that is gone."""
        self._need_change()
        if not re.fullmatch(r"[A-Za-z0-9_$-]+", keyword):
            raise CchcError(_BAD_KEYWORD.format(keyword=keyword))
        known = {one.lower() for one in self._keywords or ()}
        if self._keywords is not None and not known & {b"\\*", keyword.lower().encode()}:
            raise CchcError(_NO_KEYWORDS.format(host=self._server.host, keyword=keyword))
        with self._talk():
            self._client.add_flags([uid], [keyword], silent=True)

    def move(self, uid: int, folder: str) -> None:
        """Move a mail to a folder of the mailbox, by MOVE alone; one that is gone stays where it went."""
        self._need_change()
        if "MOVE" not in self.capabilities:
            raise CchcError(_NO_MOVE.format(host=self._server.host, folder=folder))
        self._in_folder(folder, lambda name: self._move(uid, name))

    def _move(self, uid: int, folder: str) -> None:
        with self._talk():
            self._client.move([uid], folder)

    def _need_change(self) -> None:
        if not self._change:
            raise RuntimeError("select the folder with change=True first")

    @contextmanager
    def _talk(self) -> Iterator[None]:
        """Tell what breaks the connection from what only one command meets. Raises CchcError."""
        try:
            yield
        except imaplib.IMAP4.readonly as error:
            raise ReadOnlyError(_READ_ONLY.format(host=self._server.host)) from error
        except (imaplib.IMAP4.abort, OSError) as error:
            raise connect.lost(self._server, words(error)) from error
        except (ProtocolError, *STUMBLED) as error:
            raise CchcError(_GARBLED.format(host=self._server.host)) from error  # the library stumbled over the answer
        except imaplib.IMAP4.error as error:
            raise CchcError(_SAID_NO.format(host=self._server.host, said=words(error))) from error


@contextmanager
def open_mailbox(server: Server, secret: Secret, *, pins: Pins, timeout: float = 60.0) -> Iterator[Mailbox]:
    """The mailbox of an account, logged out in the end; `timeout` in seconds for each step.

    Raises CchcError: NoServerError, NotTrustedError, WrongLoginError, LostError.
    """
    client = wire.open_client(server, secret, pins=pins, timeout=timeout)
    try:
        yield Mailbox(client, server)
    finally:
        wire.leave(client)


def _utc(arrived: object) -> dt.datetime:
    """The time of arrival in UTC. Raises CchcError where the server gives none."""
    if isinstance(arrived, dt.datetime) and arrived.tzinfo is not None:
        with suppress(ValueError, OverflowError):  # a zone or a year that cannot be
            return arrived.astimezone(dt.UTC)
    raise CchcError(_NO_TIME)


def _body(offset: int) -> bytes:
    return b"BODY.PEEK[]<%d.%d>" % (offset, PIECE)


def _piece(answer: dict[bytes, Any], offset: int) -> bytes | None:
    """The piece of a mail that starts at `offset`; None where there is no such piece in the answer."""
    found = answer.get(b"BODY[]<%d>" % offset)
    return found if isinstance(found, bytes) else None
