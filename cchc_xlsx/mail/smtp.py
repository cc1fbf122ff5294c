"""Mails out: one connection for many, and a true word on each of them: sent, refused, or perhaps taken."""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from msgspec import Struct

from cchc_xlsx.lang import Text
from cchc_xlsx.mail import connect
from cchc_xlsx.mail.connect import NoServerError
from cchc_xlsx.mail.login import Secret
from cchc_xlsx.mail.model import Server
from cchc_xlsx.mail.pins import Pins

_NO_SMTP = Text(
    "Máy chủ {host}:{port} không trả lời như một máy chủ gửi thư ({said}). Hãy kiểm tra số cổng và kiểu bảo mật (ssl, starttls) trong tệp thiết lập.",
    "The server {host}:{port} does not answer as a server that sends mail ({said}). Check the port and the security (ssl, starttls) in the set-up workbook.",
)
_NO_LOGIN = Text(
    "Máy chủ thư {host}:{port} không nhận đăng nhập theo cách nào mà chương trình biết ({said}). Hãy kiểm tra số cổng và kiểu bảo mật trong tệp thiết lập.",
    "The mail server {host}:{port} offers no way to log in that is known here ({said}). Check the port and the security in the set-up workbook.",
)
_SAID = Text("máy chủ trả lời: {said}", "the server says: {said}")
_NO_ANSWER = Text(
    "mất kết nối sau khi đã gửi nội dung, trước khi máy chủ trả lời ({said}); thư có thể đã đi hoặc chưa",
    "the connection was lost after the mail was sent and before the server's answer ({said}); it may have gone out or not",
)
_TOO_LARGE = Text(
    "thư nặng {size:.1f} MB, máy chủ chỉ nhận đến {limit:.1f} MB",
    "the mail has {size:.1f} MB, the server takes up to {limit:.1f} MB",
)
_NO_UTF8 = Text(
    "địa chỉ {address} có chữ cái có dấu, máy chủ không gửi được tới địa chỉ như vậy",
    "the address {address} has letters beyond a to z, which this server cannot send to",
)
_BAD_ADDRESS = Text("địa chỉ {address} không hợp lệ", "the address {address} is not valid")
_NO_8BIT = Text("máy chủ không nhận thư có ký tự 8 bit", "the server takes no mail with 8-bit letters")
_NOBODY = Text("thư không có người nhận", "the mail has no recipient")
_ADDRESS = re.compile(r"[^\s<>\"(),:;\\@\x00-\x1f\x7f]+@[^\s<>\"(),;\\@\x00-\x1f\x7f]+")
_LOG_IN_FIRST = (530, 534, 535, 538)
_CHUNK = 1 << 16  # bytes; a slow line has the time limit for each of them, not for the whole mail
_MOST_LINES, _LONGEST_LINE = 1000, 8192  # of an answer; bytes
_LINE_END = re.compile(rb"\r\n|\r|\n")


class Unserved(Struct, frozen=True):
    """A recipient whom the server refused. `permanent`: it will refuse again."""

    address: str
    why: Text
    permanent: bool


class Sent(Struct, frozen=True):
    """The server has taken the mail, for all recipients but those named."""

    unserved: tuple[Unserved, ...] = ()


class Refused(Struct, frozen=True):
    """The server has not taken the mail. `permanent`: it will refuse it again."""

    why: Text
    permanent: bool
    unserved: tuple[Unserved, ...] = ()


class Doubtful(Struct, frozen=True):
    """The connection broke after the mail went out and before the server's answer: it may have taken it or not."""

    why: Text


Outcome = Sent | Refused | Doubtful


class Outgoing:
    """An open connection to the server that sends. It is made anew when it broke before a mail was begun."""

    def __init__(self, server: Server, connect_anew: Callable[[], smtplib.SMTP], patience: float) -> None:
        self._server = server
        self._patience = patience
        self._anew = connect_anew
        self._client = connect_anew()

    def send(self, raw: bytes, sender: str, recipients: Sequence[str]) -> Outcome:
        """Send a mail as it is (line ends become CRLF) and tell what became of it.

        Raises CchcError (LostError, NoServerError, WrongLoginError, …) where there is no connection any more, nor a new
        one, or the server wants a login: nothing of this mail was sent then.
        """
        addresses = [_ascii_domain(one) for one in (sender, *recipients)]
        if problem := _unfit(addresses, recipients):
            return Refused(problem, permanent=True)
        data = _LINE_END.sub(b"\r\n", raw)
        for last in (False, True):
            try:
                accepted = self._envelope(data, addresses)
                break
            except (smtplib.SMTPServerDisconnected, OSError) as error:
                self.leave()
                if last:
                    raise connect.lost(self._server, connect.words(error)) from error
                self._client = self._anew()
        if isinstance(accepted, Refused):
            return accepted
        return self._content(data, accepted)

    def leave(self) -> None:
        """End the connection, politely if it still works."""
        _leave(self._client)

    def _envelope(self, data: bytes, addresses: Sequence[str]) -> Refused | tuple[Unserved, ...]:
        """Tell the server from whom and to whom, up to its word to go on; who was refused. Raises what smtplib raises."""
        client = self._client
        if client.sock is None:  # what the server can do is not known either
            raise smtplib.SMTPServerDisconnected("not connected")
        options = self._options(data, addresses)
        if isinstance(options, Refused):
            return options
        client.command_encoding = "utf-8" if "SMTPUTF8" in options else "ascii"
        code, said = client.docmd("MAIL", " ".join([f"FROM:<{addresses[0]}>", *options]))
        if code in _LOG_IN_FIRST:  # no fault of this mail
            raise connect.wrong_login(self._server, f"{code} {connect.words(said)}")
        if not 200 <= code < 300:
            return self._give_up(code, said)
        unserved = []
        for address in addresses[1:]:
            code, said = client.docmd("RCPT", f"TO:<{address}>")
            if not 200 <= code < 300:
                _still_there(code, said)
                unserved.append(Unserved(address, _words(said), code >= 500))
        if len(unserved) == len(addresses) - 1:
            self._reset()
            return Refused(unserved[0].why, all(one.permanent for one in unserved), tuple(unserved))
        code, said = client.docmd("DATA")
        return tuple(unserved) if code == 354 else self._give_up(code, said)

    def _options(self, data: bytes, addresses: Sequence[str]) -> Refused | list[str]:
        """What is asked for with MAIL, as far as the server has it."""
        client, options = self._client, []
        foreign = next((one for one in addresses if not one.isascii()), None)
        said = client.esmtp_features.get("size", "")
        limit = int(said) if said.isascii() and said.isdigit() else 0
        if limit and len(data) > limit:
            return Refused(_TOO_LARGE.format(size=len(data) / 1e6, limit=limit / 1e6), permanent=True)
        if foreign and not client.has_extn("smtputf8"):
            return Refused(_NO_UTF8.format(address=foreign), permanent=True)
        if not data.isascii():
            if not client.has_extn("8bitmime"):
                return Refused(_NO_8BIT, permanent=True)
            options.append("BODY=8BITMIME")
        if client.has_extn("size"):
            options.append(f"SIZE={len(data)}")
        foreign_header = not data.partition(b"\r\n\r\n")[0].isascii() and client.has_extn("smtputf8")
        return [*options, "SMTPUTF8"] if foreign or foreign_header else options

    def _content(self, data: bytes, unserved: tuple[Unserved, ...]) -> Outcome:
        """Send the mail itself: from here until the server's answer nobody knows whether it was taken."""
        dotted = re.sub(rb"(?m)^\.", b"..", data)
        try:
            data = dotted + (b"" if dotted.endswith(b"\r\n") else b"\r\n") + b".\r\n"
            for at in range(0, len(data), _CHUNK):
                self._client.send(data[at : at + _CHUNK])
            if self._client.sock is not None:
                self._client.sock.settimeout(self._patience)
            code, said = self._client.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._client.close()
            return Doubtful(_NO_ANSWER.format(said=connect.words(error)))
        if self._client.sock is not None:
            self._client.sock.settimeout(self._client.timeout)
        if 200 <= code < 300:
            return Sent(unserved)
        if not 400 <= code < 600:
            self._client.close()
            return Doubtful(_NO_ANSWER.format(said=f"{code} {connect.words(said)}"))
        return Refused(_words(said), code >= 500, unserved)

    def _give_up(self, code: int, said: bytes) -> Refused:
        """Leave this mail, refused before anything of it was sent, for the next one."""
        _still_there(code, said)
        self._reset()
        return Refused(_words(said), code >= 500)

    def _reset(self) -> None:
        with suppress(smtplib.SMTPException, OSError):  # the next mail meets it again
            self._client.rset()


@contextmanager
def open_outgoing(
    server: Server, secret: Secret | None, *, pins: Pins, timeout: float = 60.0, patience: float = 300.0
) -> Iterator[Outgoing]:
    """A connection to the server that sends, logged in but for a server without a user name.

    In seconds: `timeout` for each step, `patience` for the answer to a mail's content, which servers look through first.
    Raises CchcError: NoServerError, NotTrustedError, WrongLoginError, LostError.
    """
    outgoing = Outgoing(server, lambda: _open(server, secret, pins, timeout), patience)
    try:
        yield outgoing
    finally:
        outgoing.leave()


class _Smtp(smtplib.SMTP):
    """SMTP on a socket that is made elsewhere; it tells the server no name of this computer."""

    def __init__(self, server: Server, timeout: float, context: ssl.SSLContext) -> None:
        self._dial = partial(connect.dial, server, timeout, context)
        super().__init__(timeout=timeout, local_hostname="localhost")
        self._host = server.host  # whom STARTTLS must prove to be
        code, said = self.connect(server.host, server.port)
        if code != 220:
            self.close()
            raise smtplib.SMTPConnectError(code, said)
        address = self.plug().getsockname()[0]
        self.local_hostname = f"[IPv6:{address}]" if ":" in address else f"[{address}]"

    def getreply(self) -> tuple[int, bytes]:
        """The code and the words of an answer, -1 for one that makes no sense or has no end. Raises SMTPServerDisconnected."""
        file = self.file = self.file or self.plug().makefile("rb")
        said: list[bytes] = []
        while len(said) < _MOST_LINES:
            try:
                line = file.readline(_LONGEST_LINE)
            except OSError as error:
                self.close()
                raise smtplib.SMTPServerDisconnected(str(error)) from error
            if not line:
                self.close()
                raise smtplib.SMTPServerDisconnected("connection closed")
            said.append(line[4:].strip())
            if not re.match(rb"\d{3}[ \r\n-]", line) or not line.endswith(b"\n"):
                break
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(said)
        return -1, b"\n".join(said)

    def plug(self) -> socket.socket:
        """The socket, which there is while it is connected."""
        assert self.sock is not None
        return self.sock

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._dial()


def _open(server: Server, secret: Secret | None, pins: Pins, timeout: float) -> smtplib.SMTP:
    """A connection that is logged in. Raises CchcError."""
    try:
        client = connect.trusted(server, pins, lambda context: _encrypted(server, timeout, context), _Smtp.plug, _leave)
    except smtplib.SMTPException as error:
        if isinstance(error.__context__, TimeoutError):  # which the library makes a disconnection of
            raise connect.no_server(server, error.__context__) from error
        raise NoServerError(_NO_SMTP.format(host=server.host, port=server.port, said=connect.words(error))) from error
    except OSError as error:  # of which smtplib's are a kind
        raise connect.no_server(server, error) from error
    try:
        if secret is not None and server.user:
            _log_in(client, server, secret)
    except BaseException:
        _leave(client)
        raise
    return client


def _encrypted(server: Server, timeout: float, context: ssl.SSLContext) -> _Smtp:
    """A connection that is as safe as the set-up asks for."""
    client = _Smtp(server, timeout, context)
    try:
        client.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            if not client.has_extn("starttls"):
                raise connect.no_starttls(server)
            client.starttls(context=context)
            client.ehlo_or_helo_if_needed()
    except BaseException:
        client.close()
        raise
    return client


def _log_in(client: smtplib.SMTP, server: Server, secret: Secret) -> None:
    """Log in, in a way that the server offers and the secret allows. Raises CchcError."""
    offered = client.esmtp_features.get("auth", "").upper().split()
    try:
        if secret.token:
            code, said = client.docmd("AUTH", "XOAUTH2 " + _base64(secret.bearer(server.user)))
            if code == 334:  # why it is refused; the refusal itself follows an empty line
                code, said = client.docmd("")
        elif "PLAIN" in offered:
            code, said = client.docmd("AUTH", "PLAIN " + _base64(secret.plain(server.user)))
        elif "LOGIN" in offered:
            code, said = client.docmd("AUTH", "LOGIN " + _base64(server.user.encode()))
            if code == 334:
                code, said = client.docmd(_base64(secret.value.encode()))
        else:
            raise NoServerError(_NO_LOGIN.format(host=server.host, port=server.port, said=" ".join(offered) or "AUTH?"))
    except (smtplib.SMTPException, OSError) as error:
        raise connect.lost(server, secret.hidden_in(error, server.user)) from None
    if code not in (235, 503):  # 503: already logged in
        refused = f"{code} {secret.hidden_in(said, server.user)}"
        raise connect.no_login_now(server, refused) if code < 500 else connect.wrong_login(server, refused)


def _leave(client: smtplib.SMTP) -> None:
    if client.sock is not None:
        with suppress(smtplib.SMTPException, OSError):
            client.sock.settimeout(connect.LEAVE_S)
            client.quit()
    client.close()


def _still_there(code: int, said: bytes) -> None:
    """Raise SMTPServerDisconnected where the answer says that the server hangs up, or is no answer at all."""
    if code in (-1, 421):
        raise smtplib.SMTPServerDisconnected(f"{code} {connect.words(said)}")


def _unfit(addresses: Sequence[str], recipients: Sequence[str]) -> Text | None:
    """Why these addresses cannot be sent to, None where they can."""
    if not recipients:
        return _NOBODY
    bad = next((one for one in addresses if not _ADDRESS.fullmatch(one)), None)
    return _BAD_ADDRESS.format(address=connect.words(bad)) if bad is not None else None


def _ascii_domain(address: str) -> str:
    """The address with its domain as the name system writes it; as it is where that cannot be."""
    local, at, domain = address.rpartition("@")
    try:
        return local + at + (domain if domain.isascii() else domain.encode("idna").decode("ascii"))
    except UnicodeError:
        return address


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _words(said: bytes) -> Text:
    shown = connect.words(said)
    return _SAID.format(said=shown)
