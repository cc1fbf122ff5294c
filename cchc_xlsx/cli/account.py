"""The accounts of the year's folder: logging in, asking the person at the keyboard where that is needed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

import click

from cchc_xlsx.cli.base import LANG
from cchc_xlsx.lang import Text
from cchc_xlsx.mail import connect, login
from cchc_xlsx.mail.imap import Mailbox, open_mailbox
from cchc_xlsx.mail.login import Secret, Use
from cchc_xlsx.mail.model import Server
from cchc_xlsx.mail.pins import Pins
from cchc_xlsx.mail.smtp import Outgoing, open_outgoing
from cchc_xlsx.project.model import Project

_PIN = Text(
    "Đã so dấu vân tay với quản trị máy chủ và ghi nhớ chứng thư này?",
    "Did you compare the fingerprint with the server's administrator, and is this certificate to be remembered?",
)
_PINS = "certificates.json"
Connection = TypeVar("Connection")


@contextmanager
def mailbox(project: Project, server: Server) -> Iterator[Mailbox]:
    """The mailbox of the set-up, logged in. Raises CchcError with one sentence where that cannot be."""
    secret = _secret(project, server, "imap")
    pins = Pins(project.state / _PINS)
    with _trusting(project, server, lambda: open_mailbox(server, secret, pins=pins)) as box:
        _remember(server, secret)
        yield box


@contextmanager
def outgoing(project: Project, server: Server) -> Iterator[Outgoing]:
    """The server of the set-up that sends, logged in. Raises CchcError with one sentence where that cannot be."""
    secret = _secret(project, server, "smtp") if server.user else None
    pins = Pins(project.state / _PINS)
    with _trusting(project, server, lambda: open_outgoing(server, secret, pins=pins)) as sender:
        if secret:
            _remember(server, secret)
        yield sender


def _secret(project: Project, server: Server, use: Use) -> Secret:
    command = project.setup.mail.token_command
    ask = _ask if sys.stdin.isatty() and sys.stderr.isatty() else None
    return login.find(server, use, environment=os.environ, token_command=command, ask=ask)


def _ask(question: Text) -> str:
    return str(click.prompt(question.say(LANG).rstrip(": "), hide_input=True, err=True))


def _agree(question: Text) -> bool:
    return sys.stdin.isatty() and click.confirm(question.say(LANG), err=True)


def _remember(server: Server, secret: Secret) -> None:
    if secret.origin == "person":
        login.offer(server, secret, _agree)


@contextmanager
def _trusting(
    project: Project, server: Server, make: Callable[[], AbstractContextManager[Connection]]
) -> Iterator[Connection]:
    """The connection that `make` opens; where the certificate is not trusted, once more if the clerk agrees to it."""
    with ExitStack() as stack:
        try:
            found = stack.enter_context(make())
        except connect.NotTrustedError as error:
            click.echo(error.text.say(LANG), err=True)
            if not _agree(_PIN):
                raise
            Pins(project.state / _PINS).agree(server.host, server.port, error.certificate.sha256)
            found = stack.enter_context(make())
        except connect.WrongLoginError:
            login.forget(server)
            raise
        yield found
