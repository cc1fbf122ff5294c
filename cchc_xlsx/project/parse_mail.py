"""The sheet of mail → its servers and addresses; parts that are not filled in are left out."""

from __future__ import annotations

import ipaddress
import re
from typing import cast

from cchc_xlsx.lang import Text
from cchc_xlsx.project import entries
from cchc_xlsx.project.entries import tell
from cchc_xlsx.project.mistakes import Mistake
from cchc_xlsx.project.model import MailSetup, Security, Server
from cchc_xlsx.project.pages import SECURITIES
from cchc_xlsx.project.tables import Table

_PORTS = {
    "imap": {"ssl": 993, "starttls": 143, "none": 143},
    "smtp": {"ssl": 465, "starttls": 587, "none": 25},
}
_KEYWORD = re.compile(r"[A-Za-z0-9$_.-]{1,40}", re.ASCII)
_CAP = 200

_NO_NAME = Text(
    "chưa ghi máy chủ {what} trong khi đã có tên đăng nhập; ghi tên máy chủ, hoặc xóa tên đăng nhập.",
    "there is a user, but no {what} server; write the server's name, or clear the user.",
)
_NO_USER = Text(
    "chưa ghi tên đăng nhập {what}; thường là địa chỉ thư. Không ghi mật khẩu.",
    "the user of {what} is missing; it is usually the mail address. Never write the password.",
)
_OPEN = Text(
    "“Không mã hóa” không dùng được cho máy chủ {host}: mật khẩu sẽ đi qua mạng không che. Chọn SSL/TLS hoặc STARTTLS.",
    "“None” cannot be used for {host}: the password would cross the network in the open. Choose SSL/TLS or STARTTLS.",
)
_NO_SENDER = Text(
    "chưa ghi địa chỉ gửi; cần có khi đã ghi máy chủ gửi thư, ví dụ cchc@xa.gov.vn.",
    "the address to send from is missing; a server to send with needs it, e.g. cchc@xa.gov.vn.",
)
_ONE_SENDER = Text("chỉ ghi một địa chỉ gửi.", "write one address to send from.")
_BAD_KEYWORD = Text(
    "“{value}” không dùng làm từ khóa được; ghi một từ không dấu, không dấu cách, ví dụ DaNhan.",
    "“{value}” cannot be a keyword; write one plain word, e.g. DaNhan.",
)


def mail(table: Table, mistakes: list[Mistake]) -> MailSetup:
    """What the sheet of mail says; every mistake is added to the list."""
    field = table.field
    smtp = _server(table, "smtp", mistakes)
    keyword = entries.text(field("keyword"), mistakes)
    if keyword and not _KEYWORD.fullmatch(keyword):
        tell(mistakes, field("keyword"), _BAD_KEYWORD, value=keyword)
    return MailSetup(
        imap=_server(table, "imap", mistakes),
        folders=entries.names(field("folders"), mistakes) or ("INBOX",),
        smtp=smtp,
        address=_sender(table, smtp, mistakes),
        sender_name=entries.text(field("sender_name"), mistakes, 120),
        forwarders=entries.addresses(field("forwarders"), mistakes),
        own_hosts=entries.hosts(field("own_hosts"), mistakes),
        authserv_id=entries.host(field("authserv_id"), mistakes),
        token_command=entries.text(field("token_command"), mistakes, 1000),
        keyword=keyword,
        move_to=entries.text(field("move_to"), mistakes),
        daily_cap=entries.whole(field("daily_cap"), mistakes, 1, 10_000) or _CAP,
    )


def _server(table: Table, kind: str, mistakes: list[Mistake]) -> Server | None:
    """The server; None where none is named."""
    at = {part: table.field(f"{kind}.{part}") for part in ("host", "port", "security", "user")}
    before = len(mistakes)
    host = entries.host(at["host"], mistakes)
    port = entries.whole(at["port"], mistakes, 1, 65_535)
    security = entries.choice(at["security"], mistakes, SECURITIES)
    user = entries.text(at["user"], mistakes)
    is_told = len(mistakes) > before
    if not host:
        if user and not is_told:
            tell(mistakes, at["host"], _NO_NAME, what=kind.upper())
        return None
    security = security or _usual_security(kind, port)
    if security == "none" and not _is_here(host):
        tell(mistakes, at["security"], _OPEN, host=host)
    if not user and not (kind == "smtp" and _is_here(host)):
        tell(mistakes, at["user"], _NO_USER, what=kind.upper())
    return Server(host, port or _PORTS[kind][security], cast(Security, security), user)


def _usual_security(kind: str, port: int | None) -> str:
    return next((one for one in ("ssl", "starttls") if _PORTS[kind][one] == port), "ssl")


def _is_here(host: str) -> bool:
    """Whether a server is on this very computer."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _sender(table: Table, smtp: Server | None, mistakes: list[Mistake]) -> str:
    entry = table.field("address")
    before = len(mistakes)
    found = entries.addresses(entry, mistakes)
    if len(found) > 1:
        tell(mistakes, entry, _ONE_SENDER)
    if not found and smtp and len(mistakes) == before:
        tell(mistakes, entry, _NO_SENDER)
    return found[0] if found else ""
