"""Where the secret of a mail account comes from, and that it goes nowhere else."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import keyring.backends.null
import pytest
import servers
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, PasswordDeleteError

from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text
from cchc_xlsx.mail import login
from cchc_xlsx.mail.connect import WrongLoginError
from cchc_xlsx.mail.imap import open_mailbox
from cchc_xlsx.mail.login import Secret
from cchc_xlsx.mail.model import Server
from cchc_xlsx.mail.pins import Pins

SERVER = Server("thu.xa.vn", 993, "ssl", "cchc@xa.vn")


class Ring(KeyringBackend):
    """A password store in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


class Locked(Ring):
    """A password store that the person does not open."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringError("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError("no bus")

    def delete_password(self, service: str, username: str) -> None:
        raise RuntimeError("anything")


@pytest.fixture(autouse=True)
def ring() -> Iterator[Ring]:
    """The store of each test; the machine's own is never asked."""
    before = keyring.get_keyring()
    ours = Ring()
    keyring.set_keyring(ours)
    yield ours
    keyring.set_keyring(before)


def never(question: Text) -> str:
    pytest.fail(f"asked: {question.en}")


def find(
    environment: dict[str, str] | None = None, ask: Callable[[Text], str] | None = never, command: str = ""
) -> Secret:
    return login.find(SERVER, "imap", environment=environment or {}, token_command=command, ask=ask)


# ------------------------------------------------------------------------------------------------------------- password


def test_the_environment_comes_first(ring: Ring) -> None:
    ring.kept["cchc-xlsx", "cchc@xa.vn@thu.xa.vn"] = "cũ"
    given = {"CCHC_IMAP_PASSWORD": " Mật khẩu \n", "CCHC_SMTP_PASSWORD": "khác"}
    assert find(given) == Secret(" Mật khẩu ", "environment")
    assert login.find(SERVER, "smtp", environment=given) == Secret("khác", "environment")
    assert find({"CCHC_IMAP_PASSWORD": "", "CCHC_SMTP_PASSWORD": "khác"}) == Secret("cũ", "keyring")


def test_what_was_kept_is_not_asked_for_again() -> None:
    asked: list[str] = []

    def ask(question: Text) -> str:
        asked.append(question.vi)
        return "Mật khẩu"

    typed = find(ask=ask)
    assert (typed, asked) == (Secret("Mật khẩu", "person"), ["Mật khẩu của cchc@xa.vn tại thu.xa.vn: "])
    assert login.offer(SERVER, typed, lambda _: True)
    assert find() == Secret("Mật khẩu", "keyring")
    login.forget(SERVER)
    login.forget(SERVER)
    assert find(ask=ask).origin == "person"


def test_nothing_is_kept_without_a_yes_and_only_what_was_typed(ring: Ring) -> None:
    assert not login.offer(SERVER, Secret("a", "person"), lambda _: False)
    for origin in ("environment", "keyring", "command"):
        assert not login.offer(SERVER, Secret("a", origin), lambda _: pytest.fail("asked"))
    assert ring.kept == {}


@pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring])
def test_a_machine_without_a_store_is_no_error(backend: type[KeyringBackend]) -> None:
    keyring.set_keyring(backend())
    typed = find(ask=lambda _: "a")
    assert typed == Secret("a", "person")
    assert not login.offer(SERVER, typed, lambda _: pytest.fail("asked"))
    login.forget(SERVER)


def test_a_store_that_stays_locked_is_no_error() -> None:
    keyring.set_keyring(Locked())
    typed = find(ask=lambda _: "a")
    assert not login.offer(SERVER, typed, lambda _: True)
    login.forget(SERVER)


@pytest.mark.parametrize("ask", [None, lambda _: ""], ids=["no terminal", "nothing typed"])
def test_without_a_password_the_ways_to_give_one_are_told(ask: Callable[[Text], str] | None) -> None:
    with pytest.raises(CchcError) as told:
        find(ask=ask)
    assert told.value.text.vi == (
        "Chưa có mật khẩu của cchc@xa.vn tại thu.xa.vn. Hãy chạy lệnh trong cửa sổ dòng lệnh để nhập, "
        "hoặc đặt biến môi trường CCHC_IMAP_PASSWORD."
    )


def test_a_secret_is_shown_nowhere() -> None:
    secret = Secret("Mật khẩu", "person")
    assert "Mật" not in f"{secret} {secret!r} {[secret]}"
    said = "no: Mật khẩu " + "AGEATeG6rXQga2jhuql1 " + "TeG6rXQga2jhuql1"
    assert secret.hidden_in(said, "a") == "no: … … …"


# --------------------------------------------------------------------------------------------------------- token_command


def program(folder: Path, code: str) -> str:
    """The command line of a program that does this."""
    path = folder / "lấy mã.py"
    path.write_text(code, encoding="utf-8")
    return shlex.join([sys.executable, str(path), "--tài khoản", "a b"])


def test_a_token_is_what_the_program_prints(tmp_path: Path) -> None:
    code = (
        "import sys; assert sys.argv[1:] == ['--tài khoản', 'a b']; print('ya29.a-b_c~d/e+f=='); sys.stderr.write('x')"
    )
    secret = find({**os.environ, "CCHC_IMAP_PASSWORD": "x"}, command=program(tmp_path, code))
    assert secret == Secret("ya29.a-b_c~d/e+f==", "command")
    assert secret.token


def test_the_program_gets_no_secret_and_no_input(tmp_path: Path) -> None:
    code = (
        "import os, sys; said = ' '.join([*sys.argv, *os.environ, *os.environ.values(), sys.stdin.read()]);"
        "print('leak' if 'PASSWORD' in said or 's3cret' in said else 'clean')"
    )
    environment = {**os.environ, "CCHC_IMAP_PASSWORD": "s3cret", "CCHC_SMTP_PASSWORD": "s3cret"}
    assert find(environment, command=program(tmp_path, code)).value == "clean"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import sys; sys.exit('hết hạn: đăng nhập lại')", "mã lỗi 1: hết hạn: đăng nhập lại."),
        ("raise SystemExit(3)", "mã lỗi 3: không có lời giải thích nào."),
        ("", "đúng một mã truy cập"),
        ("print('a b')", "đúng một mã truy cập"),
        ("print('a'); print('b')", "đúng một mã truy cập"),
        ("print('mã')", "đúng một mã truy cập"),
        ("print('a' * 40_000)", "đúng một mã truy cập"),
    ],
)
def test_a_program_that_fails_is_told_with_its_words(tmp_path: Path, code: str, said: str) -> None:
    with pytest.raises(CchcError) as told:
        find(dict(os.environ), command=program(tmp_path, code))
    assert told.value.text.vi.startswith("Lệnh lấy mã truy cập trong tệp thiết lập (token_command) không chạy được: ")
    assert said in told.value.text.vi


def test_a_token_is_not_shown_by_what_is_told(tmp_path: Path) -> None:
    with pytest.raises(CchcError) as told:
        find(dict(os.environ), command=program(tmp_path, "print('ya29.s3cret rest')"))
    assert "s3cret" not in told.value.text.vi + told.value.text.en


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("khong-co-lenh-nay --x", "không có tệp hay thư mục này"),
        ("'khong dong", "dấu nháy trong lệnh không khớp nhau"),
        ("''", "không chạy được"),
    ],
)
def test_a_command_that_is_none_is_told(command: str, said: str) -> None:
    with pytest.raises(CchcError) as told:
        find({**os.environ, "PATH": ""}, command=command)
    assert said in told.value.text.vi


def test_there_is_no_shell(tmp_path: Path) -> None:
    """What a shell would do to a line is left to the program as it is written."""
    line = program(tmp_path, "import sys; print('|'.join(sys.argv[3:]))") + " $HOME ; > out `id` '*'"
    assert find(dict(os.environ), command=line).value == "$HOME|;|>|out|`id`|*"


@pytest.mark.skipif(os.name == "nt", reason="processes end otherwise there")
def test_a_program_that_takes_too_long_is_ended_with_those_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "TOKEN_TIMEOUT_S", 1.0)
    code = (
        "import subprocess as s, sys; print(s.Popen(['sleep', '60']).pid, flush=True); s.Popen(['sleep', '60']).wait()"
    )
    code = code.replace("print(", "open(sys.argv[0] + '.pid', 'w').write(str(").replace(", flush=True)", "))")
    started = time.monotonic()
    with pytest.raises(CchcError) as told:
        find(dict(os.environ), command=program(tmp_path, code))
    assert time.monotonic() - started < 20
    assert "không xong sau 1 giây" in told.value.text.vi
    child = int((tmp_path / "lấy mã.py.pid").read_text())
    time.sleep(0.2)
    state = Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


@pytest.mark.mailbox
def test_a_real_server_takes_the_token_and_refuses_an_old_one(tmp_path: Path) -> None:
    with servers.dovecot("none", tokens={"ya29.good": "xa"}) as box:
        server = Server(box.host, box.port, "none", "xa")
        pins = Pins(tmp_path / "pins")
        good = find(dict(os.environ), command=program(tmp_path, "print('ya29.good')"))
        with open_mailbox(server, good, pins=pins) as mailbox:
            assert mailbox.select("INBOX")
        old = find(dict(os.environ), command=program(tmp_path, "print('ya29.old')"))
        with pytest.raises(WrongLoginError) as told, open_mailbox(server, old, pins=pins):
            pytest.fail("let in")
        assert "ya29.old" not in told.value.text.vi
        with open_mailbox(server, Secret(box.password("xa"), "environment"), pins=pins) as mailbox:
            assert mailbox.select("INBOX")
