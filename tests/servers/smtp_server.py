"""A server that takes mails: with accounts, recipients that it refuses, and connections that it cuts where a test wants."""

from __future__ import annotations

import base64
import contextlib
import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from servers import certificates
from servers.imap_server import Box, free_port

logging.getLogger("mail.log").setLevel(logging.ERROR)  # it warns of names that it uses itself

# Where a connection is cut: at the command MAIL, RCPT or DATA; when the mail may come; when it has come but was not
# taken; when it was taken but that was not said.
Cut = Literal["mail", "rcpt", "data", "begun", "come", "taken"]
Deliver = tuple[Box, str, str] | Callable[["Taken"], object]


@dataclass(frozen=True)
class Taken:
    """A mail that the server took: from whom, to whom, as it came, with which options of MAIL, by which connection."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    options: tuple[str, ...]
    connection: int


@dataclass
class Post:
    """A running server. What it does may be changed while it runs: `cuts` are used up in order, one a mail.

    `answers` replaces the answer to the next mails' content, one a mail ("452 4.3.1 full"). `refused`: address → answer.
    """

    port: int
    security: str
    users: Mapping[str, str]
    tokens: Mapping[str, str]
    deliver: Deliver | None
    made: certificates.Made | None = None
    host: str = "127.0.0.1"
    refused: dict[str, str] = field(default_factory=dict)
    cuts: list[Cut | None] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    logins: list[str] = field(default_factory=list)

    @property
    def certificate(self) -> Path | None:
        """Its PEM file, None without encryption."""
        return self.made.certificate if self.made else None

    def password(self, user: str) -> str:
        """The password of an account."""
        return self.users[user]


class _Server(SMTP):
    """The library's server, cutting connections where it is told to."""

    post: Post
    number: int

    def cut(self, place: Cut) -> bool:
        if not self.post.cuts or self.post.cuts[0] != place:
            return False
        self.post.cuts.pop(0)
        self.transport.abort()
        return True

    def connection_made(self, transport: Any) -> None:
        if not self._tls_handshake_okay or self.session is None:
            self.post.connections += 1
        self.number = self.post.connections
        super().connection_made(transport)

    async def push(self, status: Any) -> None:
        await super().push(status)
        if str(status).startswith("354"):
            self.cut("begun")

    async def smtp_DATA(self, arg: str) -> None:
        if not self.cut("data"):
            await super().smtp_DATA(arg)


class _Handler:
    def __init__(self, post: Post) -> None:
        self.post = post

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        said = base64.b64decode(args[1]).decode() if len(args) > 1 else ""
        user, _, rest = said.removeprefix("user=").partition("\1auth=Bearer ")
        if self.post.tokens.get(rest.rstrip("\1")) == user:
            self.post.logins.append(f"XOAUTH2 {user}")
            return AuthResult(success=True, auth_data=user)
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)

    async def handle_MAIL(
        self, server: _Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (self.post.users or self.post.tokens) and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if server.cut("mail"):
            return "421 cut"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: _Server, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if server.cut("rcpt"):
            return "421 cut"
        if address in self.post.refused:
            return self.post.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: _Server, session: Session, envelope: Envelope) -> str:
        if server.cut("come"):
            return "421 cut"
        if self.post.answers and (answer := self.post.answers.pop(0))[0] != "2":
            return answer
        raw = envelope.original_content or b""
        recipients, options = tuple(envelope.rcpt_tos), tuple(envelope.mail_options)
        taken = Taken(envelope.mail_from or "", recipients, raw, options, server.number)
        self.post.taken.append(taken)
        if isinstance(self.post.deliver, tuple):
            box, user, folder = self.post.deliver
            box.append(user, folder, raw)
        elif self.post.deliver:
            self.post.deliver(taken)
        server.cut("taken")
        return "250 OK"


class _Controller(Controller):
    def __init__(self, post: Post, more: Mapping[str, Any], size: int) -> None:
        self.post = post
        more = dict(more)
        context = more.pop("ssl_context", None)
        super().__init__(
            _Handler(post),
            hostname=post.host,
            port=post.port,
            ssl_context=context,
            ready_timeout=20,
            authenticator=self.check,
            auth_require_tls=False,
            auth_exclude_mechanism=[
                *(() if post.tokens else ("XOAUTH2",)),
                *(() if post.users else ("PLAIN", "LOGIN")),
            ],
            data_size_limit=size,
            enable_SMTPUTF8=True,
            **more,
        )

    def factory(self) -> SMTP:
        server = _Server(self.handler, **self.SMTP_kwargs)
        server.post = self.post
        return server

    def check(self, _: SMTP, session: Session, envelope: Envelope, mechanism: str, said: Any) -> AuthResult:
        assert isinstance(said, LoginPassword)
        user, password = said.login.decode(), said.password.decode()
        good = self.post.users.get(user) == password
        if good:
            self.post.logins.append(f"{mechanism} {user}")
        return AuthResult(success=good, handled=False, auth_data=user)


@contextlib.contextmanager
def smtp(
    tls: str = "none",
    users: Mapping[str, str] | None = None,
    *,
    names: str = "IP:127.0.0.1,DNS:localhost",
    tokens: Mapping[str, str] | None = None,
    deliver: Deliver | None = None,
    cuts: Sequence[Cut | None] = (),
    size: int = 30_000_000,
) -> Iterator[Post]:
    """A server. `tls`: "none", "starttls" or "ssl"; `users` (user: password) and `tokens` (token: user) must log in first;
    `deliver`: a folder of a Dovecot, or what is called with each mail; `size`: the largest mail, in bytes."""
    with tempfile.TemporaryDirectory(prefix="cchc-smtp-") as folder:
        post = Post(free_port(), tls, dict(users or {}), dict(tokens or {}), deliver, cuts=list(cuts))
        if tls != "none":
            post.made = certificates.make(Path(folder), names)
        context = post.made.context() if post.made else None
        more = {} if context is None else {"ssl_context" if tls == "ssl" else "tls_context": context}
        controller = _Controller(post, more, size)
        controller.start()
        post.connections = 0  # it has tried itself
        try:
            yield post
        finally:
            controller.stop()
