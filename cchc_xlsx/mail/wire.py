"""The connection below the mailbox: IMAP over our own sockets, with a bound on what a server may send; the login."""

from __future__ import annotations

import imaplib
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

from imapclient import IMAPClient

from cchc_xlsx.lang import Text
from cchc_xlsx.mail import connect
from cchc_xlsx.mail.connect import NoServerError, words
from cchc_xlsx.mail.login import Secret
from cchc_xlsx.mail.model import Server
from cchc_xlsx.mail.pins import Pins

LARGEST_ANSWER = 4 << 20  # bytes of a server's answer to one command; the largest asked for is a piece of a mail, 1 MiB

_LATER = ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG")  # refusals that say nothing of the password

# What the libraries stumble with over answers that are no IMAP.
STUMBLED = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, OverflowError)

_NO_IMAP = Text(
    "Máy chủ {host}:{port} không trả lời như một máy chủ IMAP ({said}). Hãy kiểm tra số cổng và kiểu bảo mật (ssl, starttls) trong tệp thiết lập.",
    "The server {host}:{port} does not answer as an IMAP server ({said}). Check the port and the security (ssl, starttls) in the set-up workbook.",
)

logging.getLogger("imapclient").setLevel(logging.CRITICAL)  # it would note what is said on the connection


class _Imap4(imaplib.IMAP4):
    """IMAP on a socket that is made elsewhere; a server that sends too much is hung up on before it is stored."""

    def __init__(self, server: Server, dial: Callable[[], socket.socket]) -> None:
        self._dial = dial
        self._left = LARGEST_ANSWER
        super().__init__(server.host, server.port)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self._dial()

    def send(self, data: bytes) -> None:  # type: ignore[override]  # nothing but bytes is sent
        self._left = LARGEST_ANSWER
        super().send(data)

    def read(self, size: int) -> bytes:
        self._spend(size)  # before a claimed size takes any memory
        data = super().read(size)
        if len(data) < size:
            raise self.abort("connection closed")
        return data

    def readline(self) -> bytes:
        try:
            line = super().readline()
        except self.abort:
            raise
        except self.error as error:  # a line too long: the rest of it would be taken for other lines
            raise self.abort(str(error)) from error
        self._spend(len(line))
        return line

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise self.abort("too much is sent")


class Client(IMAPClient):
    """The library's client on such a connection. Times keep their zones."""

    def __init__(self, server: Server, timeout: float, context: ssl.SSLContext) -> None:
        self._dial = lambda: connect.dial(server, timeout, context)
        self._server = server
        super().__init__(server.host, server.port, ssl=False, timeout=timeout)  # encrypted by `dial`
        self._imap.debug = 0
        self.normalise_times = False

    def _create_IMAP4(self) -> _Imap4:  # noqa: N802 the library's name
        return _Imap4(self._server, self._dial)


def open_client(server: Server, secret: Secret, *, pins: Pins, timeout: float) -> Client:
    """A client that is logged in; `timeout` in seconds for each step.

    Raises CchcError: NoServerError, NotTrustedError, WrongLoginError, LostError.
    """
    try:
        client = connect.trusted(
            server, pins, lambda context: _encrypted(server, timeout, context), lambda one: one.socket(), leave
        )
    except OSError as error:
        raise connect.no_server(server, error) from error
    except (imaplib.IMAP4.error, *STUMBLED) as error:
        raise NoServerError(_NO_IMAP.format(host=server.host, port=server.port, said=words(error))) from error
    try:
        _log_in(client, server, secret)
    except BaseException:
        leave(client)
        raise
    return client


def leave(client: Client) -> None:
    """End the connection, politely if it still works: LOGOUT leaves every mail as it is, CLOSE would not."""
    with suppress(OSError, imaplib.IMAP4.error, *STUMBLED):
        client.socket().settimeout(connect.LEAVE_S)
        client.logout()
    with suppress(OSError, ValueError):
        client.shutdown()


def _encrypted(server: Server, timeout: float, context: ssl.SSLContext) -> Client:
    """A client whose connection is as safe as the set-up asks for."""
    client = Client(server, timeout, context)
    if server.security == "starttls":
        try:
            if not client.has_capability("STARTTLS"):
                raise connect.no_starttls(server)
            client.starttls(context)
        except BaseException:
            leave(client)
            raise
    return client


def _log_in(client: Client, server: Server, secret: Secret) -> None:
    """Log in, in a way that the server offers and the secret allows. Raises CchcError."""
    first = secret.bearer(server.user) if secret.token else secret.plain(server.user)
    try:
        if secret.token:
            client.sasl_login("XOAUTH2", _once(first))
        elif client.has_capability("AUTH=PLAIN") or not _typeable(server.user + secret.value):
            client.sasl_login("PLAIN", _once(first))
        else:
            client.login(server.user, secret.value)
    except imaplib.IMAP4.error as error:
        # The library makes one error of a refusal and of a connection that broke.
        said = secret.hidden_in(error, server.user)
        if isinstance(error.__context__, imaplib.IMAP4.abort) or isinstance(error, imaplib.IMAP4.abort):
            raise connect.lost(server, said) from None
        later = any(f"[{code}]" in said.upper() for code in _LATER)
        raise (connect.no_login_now(server, said) if later else connect.wrong_login(server, said)) from None
    except OSError as error:
        raise connect.no_server(server, error) from None
    except STUMBLED as error:
        raise connect.lost(server, secret.hidden_in(error, server.user)) from None


def _typeable(text: str) -> bool:
    """Whether LOGIN can say it."""
    return text.isascii() and text.isprintable()


def _once(first: bytes) -> Callable[[bytes], bytes]:
    """Answers a server's first challenge with the secret; a further one tells why it is refused, and ends with nothing."""
    answers = iter([first])
    return lambda _: next(answers, b"")
