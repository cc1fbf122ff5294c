"""Servers that answer anything at all: whatever they say, the clerk gets a sentence and never a crash."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import servers
from hypothesis import example, given
from hypothesis import strategies as st

from cchc_xlsx.errors import CchcError
from cchc_xlsx.mail import connect
from cchc_xlsx.mail.imap import open_mailbox
from cchc_xlsx.mail.login import Secret
from cchc_xlsx.mail.model import Server
from cchc_xlsx.mail.pins import Pins
from cchc_xlsx.mail.smtp import Doubtful, Refused, Sent, open_outgoing

SECRET = Secret("p4ssw0rd!", "environment")
_WORDS = [
    b"*",
    b"+",
    b"%s",
    b"OK",
    b"NO",
    b"BAD",
    b"BYE",
    b"PREAUTH",
    b"FETCH",
    b"UID",
    b"1",
    b"99999999999",
    b"-1",
    b"NIL",
]
_WORDS += [
    b"(",
    b")",
    b"[",
    b"]",
    b'"',
    b"{3}",
    b"{99999999}",
    b"\r\n",
    b"\n",
    b"\\",
    b"\xff",
    b"\0",
    b"BODY[]<0>",
    b"SEARCH",
]
_WORDS += [
    b"INTERNALDATE",
    b"RFC822.SIZE",
    b"CAPABILITY",
    b"IMAP4rev1",
    b"UIDVALIDITY",
    b"EXISTS",
    b"LIST",
    b"&AOE-",
    b"FLAGS",
]
_IMAP = st.lists(st.sampled_from(_WORDS), max_size=20).map(b" ".join)
_CODES = [
    b"220",
    b"250",
    b"334",
    b"354",
    b"235",
    b"421",
    b"450",
    b"535",
    b"550",
    b"-1",
    b"abc",
    b"250-",
    b"\xff",
    b"99999",
]
_SMTP = st.lists(
    st.sampled_from([*_CODES, b" ", b"-", b"SIZE 9x", b"AUTH PLAIN", b"\r\n", b"\n", b"\0"]), max_size=12
).map(b"".join)
STEPS = 9


@pytest.fixture(autouse=True, scope="module")
def _impatient() -> Iterator[None]:
    """Goodbyes that nobody answers are not waited for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connect, "LEAVE_S", 0.1)
        yield


def answering(usual: Callable[[bytes], bytes], hello: bytes, wild: dict[int, bytes]) -> Callable[[socket.socket], None]:
    """A server that answers as usual, but for some of its answers by number (0 is its first word); then it hangs up."""

    def talk(sock: socket.socket) -> None:
        sock.sendall(wild.get(0, hello))
        lines = sock.makefile("rb")
        for number, line in enumerate(lines, 1):
            sock.sendall(wild.get(number, b"").replace(b"%s", line.split(b" ")[0]) or usual(line))
            if number in wild:
                return

    return talk


def _imap(line: bytes) -> bytes:
    tag, _, command = line.partition(b" ")
    if command.startswith(b"AUTHENTICATE"):
        return b"+ \r\n"
    answers = {
        b"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN MOVE\r\n",
        b"SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n",
        b"UID SEARCH": b"* SEARCH 1\r\n",
        b"UID FETCH": b'* 1 FETCH (UID 1 INTERNALDATE "01-Mar-2026 08:00:00 +0700" RFC822.SIZE 3 BODY[]<0> {3}\r\nabc)\r\n',
        b"LIST": b'* LIST () "/" INBOX\r\n',
    }
    if tag == line:  # the secret
        return _imap.tag + b" OK done\r\n"  # type: ignore[attr-defined]
    return next((said for name, said in answers.items() if command.startswith(name)), b"") + tag + b" OK done\r\n"


@given(step=st.integers(0, STEPS), said=_IMAP, end=st.sampled_from([b"", b"\r\n", b"\r\n%s OK done\r\n"]))
@example(2, b"* CAPABILITY \xff", b"\r\n%s OK done\r\n")
@example(2, b"+ \xff=", b"\r\n")
@example(0, b"* PREAUTH hi", b"\r\n")
def test_no_mailbox_is_a_crash(tmp_path_factory: pytest.TempPathFactory, step: int, said: bytes, end: bytes) -> None:
    folder = tmp_path_factory.getbasetemp()

    def usual(line: bytes) -> bytes:
        if b" AUTHENTICATE" in line:
            _imap.tag = line.split(b" ")[0]  # type: ignore[attr-defined]
        return _imap(line)

    with servers.scripted(answering(usual, b"* OK hi\r\n", {step: said + end})) as port, suppress(CchcError):
        server = Server("127.0.0.1", port, "none", "xa")
        with open_mailbox(server, SECRET, pins=Pins(folder / "none"), timeout=0.3) as mailbox:
            mailbox.select("INBOX", change=True)
            for uid in mailbox.uids()[:3]:
                mailbox.fetch(uid, folder / "mail")
            mailbox.has_message_id("<a@b>")
            mailbox.mark(1, "CCHC")
            mailbox.move(1, "INBOX")
            assert all(isinstance(name, str) for name in mailbox.folders())


def _smtp(line: bytes) -> bytes:
    answers = {
        b"ehlo": b"250-hi\r\n250-SIZE 1000\r\n250 AUTH PLAIN\r\n",
        b"AUTH": b"235 in\r\n",
        b"DATA": b"354 go\r\n",
    }
    if line[:4] not in {*answers, b"MAIL", b"RCPT", b".\r\n", b"rset", b"quit"}:
        return b""  # of the mail itself
    return answers.get(line[:4], b"250 ok\r\n")


@given(step=st.integers(0, STEPS + 2), said=_SMTP, end=st.sampled_from([b"", b"\r\n"]))
def test_no_server_that_sends_is_a_crash(
    tmp_path_factory: pytest.TempPathFactory, step: int, said: bytes, end: bytes
) -> None:
    server_says = answering(_smtp, b"220 hi\r\n", {step: said + end})
    with servers.scripted(server_says) as port, suppress(CchcError):
        server, pins = Server("127.0.0.1", port, "none", "xa"), Pins(tmp_path_factory.getbasetemp() / "none")
        with open_outgoing(server, SECRET, pins=pins, timeout=0.3, patience=0.3) as out:
            outcome = out.send(b"Subject: x\r\n\r\nx\r\n", "a@xa.vn", ["b@xa.vn"])
            assert isinstance(outcome, Sent | Refused | Doubtful)


def test_the_usual_answers_are_understood(tmp_path: Path) -> None:
    """So that the tests above reach every step."""

    def usual(line: bytes) -> bytes:
        if b" AUTHENTICATE" in line:
            _imap.tag = line.split(b" ")[0]  # type: ignore[attr-defined]
        return _imap(line)

    with servers.scripted(answering(usual, b"* OK hi\r\n", {})) as port:
        server = Server("127.0.0.1", port, "none", "xa")
        with open_mailbox(server, SECRET, pins=Pins(tmp_path / "none"), timeout=2) as mailbox:
            assert mailbox.select("INBOX", change=True) == 7
            assert mailbox.fetch(1, tmp_path / "mail")
            mailbox.move(1, "INBOX")
    with servers.scripted(answering(_smtp, b"220 hi\r\n", {})) as port:
        server = Server("127.0.0.1", port, "none", "xa")
        with open_outgoing(server, SECRET, pins=Pins(tmp_path / "none"), timeout=2) as out:
            assert out.send(b"Subject: x\r\n\r\nx\r\n", "a@xa.vn", ["b@xa.vn"]) == Sent()
