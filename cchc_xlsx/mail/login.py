"""The secret of a mail account: from the environment, the system's keyring or the person; or a token that a program prints."""

from __future__ import annotations

import base64
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import ModuleType
from typing import Literal

from msgspec import Struct

from cchc_xlsx.errors import CchcError, why
from cchc_xlsx.lang import Text
from cchc_xlsx.mail.connect import words
from cchc_xlsx.mail.model import Server

Use = Literal["imap", "smtp"]
Origin = Literal["environment", "keyring", "person", "command"]

VARIABLES: Mapping[Use, str] = {"imap": "CCHC_IMAP_PASSWORD", "smtp": "CCHC_SMTP_PASSWORD"}
SERVICE = "cchc-xlsx"  # in the system's keyring
TOKEN_TIMEOUT_S = 60.0
_LONGEST_TOKEN = 32_768  # characters

_QUESTION = Text("Mật khẩu của {user} tại {host}: ", "Password of {user} at {host}: ")
_OFFER = Text(
    "Ghi nhớ mật khẩu này trong kho mật khẩu của máy?", "Remember this password in this computer's own password store?"
)
_NONE = Text(
    "Chưa có mật khẩu của {user} tại {host}. Hãy chạy lệnh trong cửa sổ dòng lệnh để nhập, hoặc đặt biến môi trường {variable}.",
    "There is no password for {user} at {host}. Run the command in a terminal to type it, or set the environment variable {variable}.",
)
_UNSET = Text(
    "Lệnh lấy mã truy cập trong tệp thiết lập (token_command) không chạy được: {why}.",
    "The command for the access token in the set-up workbook (token_command) cannot be run: {why}.",
)
_BAD_LINE = Text("dấu nháy trong lệnh không khớp nhau", "its quotes do not match")
_TOO_SLOW = Text("không xong sau {seconds:g} giây", "it was not done after {seconds:g} s")
_FAILED = Text("kết thúc với mã lỗi {code}: {said}", "it ended with exit code {code}: {said}")
_SILENT = Text("không có lời giải thích nào", "it gave no explanation")
_NO_TOKEN = Text(
    "nó phải in ra đúng một mã truy cập trên một dòng", "it must print exactly one access token on one line"
)


class Secret(Struct, frozen=True):
    """A password, or an access token (XOAUTH2) where `origin` is "command". It is never shown, not even by repr."""

    value: str
    origin: Origin

    def __repr__(self) -> str:
        return f"Secret(origin={self.origin!r})"

    @property
    def token(self) -> bool:
        """Whether this is an access token and no password."""
        return self.origin == "command"

    def plain(self, user: str) -> bytes:
        """What AUTH PLAIN sends, before base64."""
        return f"\0{user}\0{self.value}".encode()

    def bearer(self, user: str) -> bytes:
        """What AUTH XOAUTH2 sends, before base64."""
        return f"user={user}\1auth=Bearer {self.value}\1\1".encode()

    def hidden_in(self, said: bytes | str | Exception, user: str) -> str:
        """A server's words without this secret, in whatever form it was sent."""
        sent = (self.plain(user), self.bearer(user), self.value.encode())
        return words(said, self.value, *(base64.b64encode(one).decode() for one in sent))


def find(
    server: Server,
    use: Use,
    *,
    environment: Mapping[str, str],
    token_command: str = "",
    ask: Callable[[Text], str] | None = None,
) -> Secret:
    """The secret of an account: a token where there is a command for it, else a password.

    A password is looked for in the environment, then in the keyring; then `ask` is called, which is None without a
    terminal and must not echo. Raises CchcError where there is none, or the command fails.
    """
    if token_command.strip():
        return Secret(_token(token_command, environment), "command")
    if given := environment.get(VARIABLES[use], "").strip("\r\n"):
        return Secret(given, "environment")
    if kept := _kept(server):
        return Secret(kept, "keyring")
    typed = ask(_QUESTION.format(user=server.user, host=server.host)) if ask else ""
    if not typed:
        raise CchcError(_NONE.format(user=server.user, host=server.host, variable=VARIABLES[use]))
    return Secret(typed, "person")


def offer(server: Server, secret: Secret, agree: Callable[[Text], bool]) -> bool:
    """Whether a password that was typed, and has worked, is kept in the keyring from now on: if there is one, and on a yes."""
    ring = _ring()
    if secret.origin != "person" or ring is None or not agree(_OFFER):
        return False
    try:
        ring.set_password(SERVICE, _account(server), secret.value)
    except Exception:  # a keyring's backend raises whatever its system does
        return False
    return True


def forget(server: Server) -> None:
    """From now on the keyring has no password of this account: the one kept there was refused."""
    ring = _ring()
    if ring is not None:
        with suppress(Exception):  # not there, or no backend that can
            ring.delete_password(SERVICE, _account(server))


def _kept(server: Server) -> str | None:
    ring = _ring()
    try:
        return ring.get_password(SERVICE, _account(server)) if ring else None
    except Exception:  # locked, cancelled, broken: the person is asked instead
        return None


def _ring() -> ModuleType | None:
    """The keyring's module where this machine has a backend."""
    try:
        import keyring  # noqa: PLC0415 slow to load
        from keyring.backends import fail, null  # noqa: PLC0415

        backend = keyring.get_keyring()
    except Exception:  # a backend that cannot start is no backend
        return None
    return None if isinstance(backend, (fail.Keyring, null.Keyring)) else keyring


def _account(server: Server) -> str:
    return f"{server.user}@{server.host.lower()}"


def _token(command: str, environment: Mapping[str, str]) -> str:
    """The access token that a program prints. Raises CchcError."""
    done = _run(command, {name: value for name, value in environment.items() if name not in VARIABLES.values()})
    if done.returncode:
        said = words(done.stderr) or _SILENT
        raise CchcError(_UNSET.format(why=_FAILED.format(code=done.returncode, said=said)))
    token = done.stdout.decode("ascii", "replace").strip()
    if not token or len(token) > _LONGEST_TOKEN or not all("!" <= letter <= "~" for letter in token):
        raise CchcError(_UNSET.format(why=_NO_TOKEN))
    return token


def _run(command: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    """The program run to its end without a shell. Raises CchcError where it cannot be, or takes too long."""
    try:
        # Windows splits a command line by itself, and its paths would lose their backslashes here.
        line = command if os.name == "nt" else shlex.split(command)
        pipe = subprocess.PIPE
        with subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=environment, start_new_session=True
        ) as process:
            try:
                out, err = process.communicate(timeout=TOKEN_TIMEOUT_S)
            except BaseException:
                _kill(process)
                raise
        return subprocess.CompletedProcess(line, process.returncode, out, err)
    except subprocess.TimeoutExpired:
        problem = _TOO_SLOW.format(seconds=TOKEN_TIMEOUT_S)
    except (ValueError, IndexError):
        problem = _BAD_LINE
    except OSError as error:
        problem = why(error)
    raise CchcError(_UNSET.format(why=problem))


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and those that it started, which would keep its pipes open."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
