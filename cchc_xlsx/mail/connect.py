"""A connection to a mail server: encrypted, and only to the server that was meant; why there is none, in plain words."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

from cchc_xlsx.errors import CchcError, why
from cchc_xlsx.lang import Text
from cchc_xlsx.mail import certificate
from cchc_xlsx.mail.certificate import Certificate
from cchc_xlsx.mail.model import Server
from cchc_xlsx.mail.pins import Pins

Connection = TypeVar("Connection")

_NO_NAME = Text(
    "Không tìm thấy máy chủ thư {host}. Hãy kiểm tra tên máy chủ trong tệp thiết lập và kết nối mạng.",
    "The mail server {host} is not found. Check its name in the set-up workbook, and the network.",
)
_REFUSED = Text(
    "Máy chủ thư {host} không nhận kết nối ở cổng {port}. Hãy kiểm tra tên máy chủ và số cổng trong tệp thiết lập.",
    "The mail server {host} takes no connection at port {port}. Check its name and the port in the set-up workbook.",
)
_TIMEOUT = Text(
    "Máy chủ thư {host}:{port} không trả lời kịp. Hãy kiểm tra mạng, số cổng và kiểu bảo mật (ssl, starttls) rồi chạy lại.",
    "The mail server {host}:{port} did not answer in time. Check the network, the port and the security (ssl, starttls), then run again.",
)
_NO_NETWORK = Text(
    "Không kết nối được tới máy chủ thư {host}:{port}: {why}. Hãy kiểm tra kết nối mạng rồi chạy lại.",
    "Cannot connect to the mail server {host}:{port}: {why}. Check the network, then run again.",
)
_NOT_TLS = Text(
    "Không lập được kết nối mã hoá với máy chủ thư {host}:{port} ({said}). Hãy kiểm tra số cổng và kiểu bảo mật (ssl, starttls) trong tệp thiết lập.",
    "No encrypted connection to the mail server {host}:{port} ({said}). Check the port and the security (ssl, starttls) in the set-up workbook.",
)
_PLAIN = Text(
    "Máy chủ thư {host}:{port} được đặt là không mã hoá. Chỉ cho phép như vậy với máy chủ trên chính máy này; hãy đặt kiểu bảo mật là ssl hoặc starttls.",
    "The mail server {host}:{port} is set up without encryption. That is allowed for a server on this very machine alone; set the security to ssl or starttls.",
)
_NO_STARTTLS = Text(
    "Máy chủ thư {host}:{port} không có STARTTLS nên mật khẩu sẽ đi không mã hoá; đã dừng lại. Hãy đặt kiểu bảo mật là ssl với số cổng tương ứng, hoặc hỏi quản trị máy chủ thư.",
    "The mail server {host}:{port} offers no STARTTLS, so the password would go unencrypted; stopped. Set the security to ssl with its port, or ask the server's administrator.",
)
_NOT_TRUSTED = Text(
    "Không xác minh được chứng thư của máy chủ thư {host}:{port}: {why}. {certificate} Hãy so dấu vân tay này với quản trị máy chủ thư; nếu đúng, có thể ghi nhớ chứng thư để dùng từ nay.",
    "The certificate of the mail server {host}:{port} cannot be verified: {why}. {certificate} Compare this fingerprint with the server's administrator; if it is the same, the certificate can be remembered from now on.",
)
_CHANGED = Text(
    "Máy chủ thư {host}:{port} đưa ra chứng thư khác với chứng thư đã ghi nhớ; đã dừng lại vì có thể có kẻ giả mạo. {certificate} Hãy hỏi quản trị máy chủ thư xem chứng thư có được thay không; nếu dấu vân tay đúng, hãy xác nhận lại.",
    "The mail server {host}:{port} shows another certificate than the one remembered; stopped, since somebody may pose as the server. {certificate} Ask the server's administrator whether it was replaced; if the fingerprint is the same, agree to it anew.",
)
_CERTIFICATE = Text(
    "Chứng thư cấp cho {names}, bên cấp {issuer}, hạn đến {until}, dấu vân tay SHA-256 {fingerprint}.",
    "It is for {names}, given out by {issuer}, valid until {until}, its SHA-256 fingerprint is {fingerprint}.",
)
_UNKNOWN = Text("không rõ", "unknown")
_LOST = Text(
    "Mất kết nối với máy chủ thư {host}:{port} giữa chừng ({said}). Những gì đã xong vẫn được giữ; hãy chạy lại để làm tiếp.",
    "The connection to the mail server {host}:{port} was lost ({said}). What is done is kept; run again to go on.",
)
_LOGIN = Text(
    "Máy chủ thư {host} không nhận tài khoản {user} ({said}). Hãy kiểm tra tên đăng nhập và mật khẩu; Gmail và Microsoft 365 cần mật khẩu ứng dụng hoặc lệnh lấy mã truy cập (token_command).",
    "The mail server {host} does not take the account {user} ({said}). Check the user name and the password; Gmail and Microsoft 365 need an app password or a command for an access token (token_command).",
)
_LATER = Text(
    "Máy chủ thư {host} lúc này không cho đăng nhập ({said}). Hãy chạy lại sau.",
    "The mail server {host} lets nobody in at the moment ({said}). Run again later.",
)
# What OpenSSL calls the ways of not verifying, those that an office meets.
_REASONS = {
    9: Text("chứng thư chưa đến ngày có hiệu lực", "it is not valid yet"),
    10: Text("chứng thư đã hết hạn", "it has expired"),
    18: Text("chứng thư do máy chủ tự ký", "the server signed it itself"),
    19: Text("chứng thư do một bên không được tin cậy ký", "nobody trusted has signed it"),
    20: Text("không rõ bên cấp chứng thư", "who signed it is not known here"),
    21: Text("không rõ bên cấp chứng thư", "who signed it is not known here"),
    62: Text("chứng thư không cấp cho tên máy chủ này", "it is not for this server's name"),
    64: Text("chứng thư không cấp cho địa chỉ này", "it is not for this address"),
}
LEAVE_S = 1.0  # how long a server may take to say goodbye; nothing depends on it
_SAID = 200  # characters of a server's words that are shown


class NoServerError(CchcError):
    """There is no connection: no network, a wrong name, port or security. Nothing was sent."""


class LostError(CchcError):
    """The connection broke, or what came over it made no sense. The next run goes on from where this one stopped."""


class WrongLoginError(CchcError):
    """The server does not take these credentials."""


class NotTrustedError(CchcError):
    """The server's certificate is neither verified nor the one agreed to. `changed`: another one had been agreed to."""

    def __init__(self, text: Text, shown: Certificate, *, changed: bool) -> None:
        super().__init__(text)
        self.certificate = shown
        self.changed = changed

    def __reduce__(self) -> tuple[Callable[..., NotTrustedError], tuple[Text, Certificate, bool]]:
        return (_not_trusted, (self.text, self.certificate, self.changed))


def _not_trusted(text: Text, shown: Certificate, changed: bool) -> NotTrustedError:
    return NotTrustedError(text, shown, changed=changed)


def dial(server: Server, timeout: float, context: ssl.SSLContext | None) -> socket.socket:
    """A socket to the server, encrypted where its security is "ssl". Raises OSError; CchcError for a plain one elsewhere."""
    if server.security == "none" and not _here(server.host):
        raise CchcError(_at(_PLAIN, server))
    sock = socket.create_connection((server.host, server.port), timeout)
    if server.security != "ssl" or context is None:
        return sock
    try:
        return context.wrap_socket(sock, server_hostname=server.host)
    except BaseException:
        sock.close()
        raise


def trusted(
    server: Server,
    pins: Pins,
    connect: Callable[[ssl.SSLContext], Connection],
    look: Callable[[Connection], socket.socket],
    leave: Callable[[Connection], None],
) -> Connection:
    """The connection made by `connect`, with its certificate verified, or equal to the one agreed to.

    `connect` does all up to encryption and nothing after it, `look` gives its socket, `leave` ends it. One whose
    certificate fails is made once more to see that certificate, which is all it is used for. Raises NotTrustedError, OSError.
    """
    if server.security == "none":
        return connect(ssl.create_default_context())
    pinned = pins.of(server.host, server.port)
    problem: Text | None = None
    if pinned is None:
        try:
            return connect(ssl.create_default_context())
        except ssl.SSLCertVerificationError as error:
            problem = _REASONS.get(error.verify_code, Text(error.verify_message, error.verify_message))
    connection = connect(_unverified())
    sock = look(connection)
    der = sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else None
    shown = certificate.read(der or b"")
    if pinned is not None and shown.sha256 == pinned:
        return connection
    leave(connection)
    raise _distrust(server, shown, problem)


def _distrust(server: Server, shown: Certificate, problem: Text | None) -> NotTrustedError:
    """Why a certificate is refused: `problem`, or without one that it is not the one agreed to."""
    about = _CERTIFICATE.format(
        names=", ".join(shown.names[:5]) or _UNKNOWN,
        issuer=shown.issuer or _UNKNOWN,
        until=f"{shown.until:%d/%m/%Y}" if shown.until else _UNKNOWN,
        fingerprint=shown.fingerprint,
    )
    if problem is None:
        return NotTrustedError(_at(_CHANGED, server, certificate=about), shown, changed=True)
    return NotTrustedError(_at(_NOT_TRUSTED, server, certificate=about, why=problem), shown, changed=False)


def no_server(server: Server, error: OSError) -> NoServerError:
    """Why a connection could not be made."""
    if isinstance(error, TimeoutError):
        return NoServerError(_at(_TIMEOUT, server))
    if isinstance(error, ssl.SSLError):
        return NoServerError(_at(_NOT_TLS, server, said=error.reason or type(error).__name__))
    if isinstance(error, socket.gaierror):
        return NoServerError(_at(_NO_NAME, server))
    if isinstance(error, ConnectionRefusedError):
        return NoServerError(_at(_REFUSED, server))
    return NoServerError(_at(_NO_NETWORK, server, why=_why(error)))


def no_starttls(server: Server) -> NoServerError:
    """The server does not offer what it must before a password is sent."""
    return NoServerError(_at(_NO_STARTTLS, server))


def lost(server: Server, said: str | Text) -> LostError:
    """The connection broke in the midst of the work."""
    return LostError(_at(_LOST, server, said=said))


def wrong_login(server: Server, said: str) -> WrongLoginError:
    """The server refused the secret; `said` holds its words, without anything secret."""
    return WrongLoginError(_at(_LOGIN, server, user=server.user, said=said))


def no_login_now(server: Server, said: str) -> NoServerError:
    """The server refused the login for reasons of its own; `said` holds its words, without anything secret."""
    return NoServerError(_at(_LATER, server, said=said))


def words(said: bytes | str | Exception, *secrets: str) -> str:
    """A server's words, fit to be shown: short, printable, without anything secret."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= _SAID else text[:_SAID] + "…"


def _at(text: Text, server: Server, **data: object) -> Text:
    return text.format(host=server.host, port=server.port, **data)


def _why(error: OSError) -> Text:
    """Why, with the system's own words where the error itself has none."""
    if error.errno and not error.strerror:
        said = os.strerror(error.errno)
        return Text(said, said)
    return why(error)


def _here(host: str) -> bool:
    """Whether this is surely the machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _unverified() -> ssl.SSLContext:
    """For a certificate that is compared by its sha256, or only looked at."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
