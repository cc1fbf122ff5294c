"""Only to the server that was meant: certificates verified or agreed to, and every failure one sentence that says what to do."""

from __future__ import annotations

import datetime as dt
import json
import os
import pickle
import socket
import ssl
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import servers
from hypothesis import given
from hypothesis import strategies as st

from cchc_xlsx.errors import CchcError
from cchc_xlsx.mail import certificate
from cchc_xlsx.mail.connect import LostError, NoServerError, NotTrustedError, WrongLoginError, words
from cchc_xlsx.mail.imap import open_mailbox
from cchc_xlsx.mail.login import Secret
from cchc_xlsx.mail.model import Security, Server
from cchc_xlsx.mail.pins import Pins
from cchc_xlsx.mail.smtp import open_outgoing

PASSWORD = "Mật khẩu của xã 1"
Open = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def pins(tmp_path: Path) -> Pins:
    return Pins(tmp_path / "pins.json")


@pytest.fixture(params=["imap", "smtp"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def opens(kind: str, pins: Pins) -> Open:
    """Opens the mailbox, or the server that sends, by which the test runs."""

    def opened(port: int, security: Security, host: str = "127.0.0.1", password: str = PASSWORD, timeout: float = 10):
        how: Any = {"imap": open_mailbox, "smtp": open_outgoing}[kind]
        return how(Server(host, port, security, "xa"), Secret(password, "environment"), pins=pins, timeout=timeout)

    return opened


@pytest.fixture
def serving(kind: str) -> Callable[..., AbstractContextManager[Any]]:
    """A Dovecot or an SMTP server, whichever the test runs by."""
    servers.need()

    def served(tls: str, **more: Any) -> AbstractContextManager[Any]:
        users = {"xa": PASSWORD}
        return servers.dovecot(tls, users, **more) if kind == "imap" else servers.smtp(tls, users, **more)

    return served


def untouched(server: Any) -> bool:
    """Whether nobody has tried to log in."""
    return "Login:" not in server.log() if isinstance(server, servers.Box) else server.logins == []


def was_let_in(server: Any) -> bool:
    """Whether somebody has logged in; Dovecot may write that down a little later."""
    until = time.monotonic() + 10
    while untouched(server) and time.monotonic() < until:
        time.sleep(0.02)
    return not untouched(server)


# --------------------------------------------------------------------------------------------------------- certificates


@pytest.mark.mailbox
@pytest.mark.parametrize("tls", ["ssl", "starttls"])
def test_a_certificate_that_the_server_signed_itself_is_refused_until_it_is_agreed_to(
    tls: Security, serving: Open, opens: Open, pins: Pins
) -> None:
    with serving(tls) as server:
        with pytest.raises(NotTrustedError) as told, opens(server.port, tls):
            pytest.fail("let in")
        assert untouched(server)
        shown = told.value.certificate
        assert not told.value.changed
        assert shown.sha256 == server.made.sha256
        assert shown.names == ("127.0.0.1", "localhost")
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
        assert shown.until is not None
        assert abs(shown.until - until) < dt.timedelta(hours=1)
        assert told.value.text.vi == (
            f"Không xác minh được chứng thư của máy chủ thư 127.0.0.1:{server.port}: chứng thư do máy chủ tự ký. "
            f"Chứng thư cấp cho 127.0.0.1, localhost, bên cấp thu.example.vn, hạn đến {shown.until:%d/%m/%Y}, "
            f"dấu vân tay SHA-256 {shown.fingerprint}. Hãy so dấu vân tay này với quản trị máy chủ thư; "
            "nếu đúng, có thể ghi nhớ chứng thư để dùng từ nay."
        )
        pins.agree("127.0.0.1", server.port, shown.sha256)
        with opens(server.port, tls):
            pass
        assert was_let_in(server)


@pytest.mark.mailbox
@pytest.mark.parametrize("tls", ["ssl", "starttls"])
def test_another_certificate_than_the_one_agreed_to_is_refused(
    tls: Security, serving: Open, opens: Open, pins: Pins
) -> None:
    with serving(tls) as server:
        pins.agree("127.0.0.1", server.port, "ab" * 32)
        with pytest.raises(NotTrustedError) as told, opens(server.port, tls):
            pytest.fail("let in")
        assert told.value.changed
        assert "khác với chứng thư đã ghi nhớ" in told.value.text.vi
        assert told.value.certificate.fingerprint in told.value.text.en
        assert untouched(server)
        pins.forget("127.0.0.1", server.port)
        with pytest.raises(NotTrustedError) as told, opens(server.port, tls):
            pytest.fail("let in")
        assert not told.value.changed


@pytest.mark.mailbox
@pytest.mark.parametrize("tls", ["ssl", "starttls"])
def test_a_certificate_that_the_system_trusts_is_verified(
    tls: Security, serving: Open, opens: Open, pins: Pins, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tls) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        with opens(server.port, tls):
            pass
        with opens(server.port, tls, host="localhost"):
            pass
        assert not pins.path.exists()


@pytest.mark.mailbox
@pytest.mark.parametrize("tls", ["ssl", "starttls"])
def test_a_trusted_certificate_for_another_name_is_refused(
    tls: Security, serving: Open, opens: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tls, names="DNS:thu.khac.vn") as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        for host, said in (("127.0.0.1", "địa chỉ này"), ("localhost", "tên máy chủ này")):
            with pytest.raises(NotTrustedError) as told, opens(server.port, tls, host=host):
                pytest.fail("let in")
            assert f"chứng thư không cấp cho {said}" in told.value.text.vi
            assert "cấp cho thu.khac.vn" in told.value.text.vi
        assert untouched(server)


@pytest.mark.mailbox
def test_a_refusal_can_be_told_from_another_process(serving: Open, opens: Open) -> None:
    with serving("ssl") as server, pytest.raises(NotTrustedError) as told, opens(server.port, "ssl"):
        pytest.fail("let in")
    again = pickle.loads(pickle.dumps(told.value))
    assert (again.text, again.certificate, again.changed) == (told.value.text, told.value.certificate, False)


def _made(folder: Path, *arguments: str, key: str = "ec") -> bytes:
    kinds = {"ec": ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"), "rsa": ("rsa:2048",)}
    line = ["openssl", "req", "-x509", "-newkey", *kinds[key], "-nodes", "-keyout", str(folder / "k"), "-utf8"]
    subprocess.run([*line, "-out", str(folder / "c"), *arguments], check=True, capture_output=True, timeout=60)
    return ssl.PEM_cert_to_DER_cert((folder / "c").read_text())


@pytest.mark.mailbox
@pytest.mark.parametrize("key", ["ec", "rsa"])
@pytest.mark.parametrize("days", [1, 365 * 40])  # after 2049 times are written another way
def test_what_a_certificate_says_is_read(tmp_path: Path, key: str, days: int) -> None:
    names = "subjectAltName=DNS:thu.xa.vn,IP:10.0.0.1,IP:::1,email:a@xa.vn"
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    der = _made(tmp_path, "-days", str(days), "-subj", "/O=UBND xã/CN=Máy chủ thư", "-addext", names, key=key)
    shown = certificate.read(der)
    assert shown.names == ("thu.xa.vn", "10.0.0.1", "::1")
    assert shown.issuer == "Máy chủ thư"
    assert shown.until is not None
    assert dt.timedelta(0) <= shown.until - before - dt.timedelta(days=days) < dt.timedelta(seconds=30)
    fingerprint = ["openssl", "x509", "-in", str(tmp_path / "c"), "-noout", "-fingerprint", "-sha256"]
    said = subprocess.run(fingerprint, check=True, capture_output=True, text=True).stdout
    assert said.strip().endswith("=" + shown.fingerprint)


@pytest.mark.mailbox
def test_a_certificate_without_other_names_is_for_its_subject(tmp_path: Path) -> None:
    shown = certificate.read(_made(tmp_path, "-subj", "/CN=thu.xa.vn"))
    assert (shown.names, shown.issuer) == (("thu.xa.vn",), "thu.xa.vn")
    shown = certificate.read(_made(tmp_path, "-subj", "/O=UBND xã"))
    assert (shown.names, shown.issuer) == ((), "UBND xã")


@given(st.binary(max_size=200))
def test_what_is_no_certificate_has_a_fingerprint_alone(der: bytes) -> None:
    shown = certificate.read(der)
    assert shown == certificate.Certificate(shown.sha256)


@pytest.fixture(scope="module")
def der(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    servers.need()
    return _made(tmp_path_factory.mktemp("der"), "-subj", "/CN=thu.xa.vn", "-addext", "subjectAltName=DNS:thu.xa.vn")


@pytest.mark.mailbox
@given(data=st.data())
def test_a_damaged_certificate_is_no_crash(der: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(der) - 1))
    damaged = der[:at] + bytes([data.draw(st.integers(0, 255))]) + der[at + 1 :]
    for some in (damaged, damaged[: data.draw(st.integers(0, len(der)))]):
        shown = certificate.read(some)
        assert len(shown.sha256) == 64
        assert all(name.isprintable() for name in (*shown.names, shown.issuer))


# ----------------------------------------------------------------------------------------------------------------- pins


def test_pins_are_kept_for_the_clerk_alone(pins: Pins) -> None:
    assert pins.of("thu.xa.vn", 993) is None
    pins.agree("Thu.xa.vn", 993, "ab" * 32)
    pins.agree("thu.xa.vn", 465, "cd" * 32)
    assert (pins.of("thu.xa.VN", 993), pins.of("thu.xa.vn", 465)) == ("ab" * 32, "cd" * 32)
    assert json.loads(pins.path.read_text()) == {"thu.xa.vn:465": "cd" * 32, "thu.xa.vn:993": "ab" * 32}
    if os.name != "nt":
        assert stat.S_IMODE(pins.path.stat().st_mode) == 0o600
    pins.forget("thu.xa.vn", 993)
    pins.forget("khac.vn", 993)
    assert (pins.of("thu.xa.vn", 993), pins.of("thu.xa.vn", 465)) == (None, "cd" * 32)
    assert [path.name for path in pins.path.parent.iterdir()] == ["pins.json"]


@pytest.mark.parametrize("damaged", ["", "{", "[]", '{"a:1": 1}', '{"a:1": "AB"}', "\0", '{"a:1": null}'])
def test_a_damaged_file_of_pins_is_told_and_not_taken_for_none(pins: Pins, damaged: str) -> None:
    pins.path.write_text(damaged)
    for use in (lambda: pins.of("a", 1), lambda: pins.agree("b", 1, "ab" * 32), lambda: pins.forget("a", 1)):
        with pytest.raises(CchcError, match="is damaged"):
            use()
    assert pins.path.read_text() == damaged


def test_pins_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    with pytest.raises(CchcError, match="Cannot write"):
        Pins(tmp_path / "none" / "pins.json").agree("a", 1, "ab" * 32)
    with pytest.raises(ValueError, match="no sha256"):
        Pins(tmp_path / "pins.json").agree("a", 1, "ab")


# -------------------------------------------------------------------------------------------------------- no connection


@pytest.mark.parametrize("host", ["thu.xa.vn", "192.0.2.1", "10.0.0.1", "localhost.xa.vn", "127.0.0.1.xa.vn", "::2"])
def test_without_encryption_nothing_leaves_this_machine(
    host: str, opens: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises(CchcError) as told, opens(25, "none", host=host):
        pytest.fail("let in")
    assert f"{host}:25 được đặt là không mã hoá" in told.value.text.vi


@pytest.mark.mailbox
def test_a_server_without_starttls_never_sees_the_password(serving: Open, opens: Open) -> None:
    with serving("none") as server:
        with pytest.raises(NoServerError, match="offers no STARTTLS"), opens(server.port, "starttls"):
            pytest.fail("let in")
        assert untouched(server)


def test_a_server_that_lets_in_without_encryption_never_sees_the_password(tmp_path: Path) -> None:
    """PREAUTH leaves no room for STARTTLS: whoever stands between may say it."""
    said: list[bytes] = []

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"* PREAUTH welcome\r\n")
        for line in sock.makefile("rb"):
            said.append(line)
            sock.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n" + line.split()[0] + b" OK done\r\n")

    with servers.scripted(talk) as port, pytest.raises(NoServerError):
        server = Server("127.0.0.1", port, "starttls", "xa")
        with open_mailbox(server, Secret(PASSWORD, "environment"), pins=Pins(tmp_path / "pins"), timeout=2):
            pytest.fail("let in")
    assert {line.split()[1] for line in said} <= {b"CAPABILITY", b"LOGOUT"}


@pytest.mark.mailbox
def test_words_put_in_before_the_encryption_are_not_heard(tmp_path: Path, pins: Pins) -> None:
    """A line behind the server's OK to STARTTLS comes from somebody between, not from the server."""
    made = servers.certificate(tmp_path)

    def talk(sock: socket.socket) -> None:
        plain = sock.makefile("rb")
        sock.sendall(b"* OK ready\r\n")
        for line in plain:
            tag, command = line.split()[:2]
            if command == b"STARTTLS":
                break
            sock.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n" + tag + b" OK done\r\n")
        sock.sendall(tag + b" OK go on\r\n* CAPABILITY IMAP4rev1 INJECTED\r\n")
        with made.context().wrap_socket(sock, server_side=True) as safe:
            lines = safe.makefile("rb")
            for line in lines:
                tag, command = line.split()[:2]
                if command == b"AUTHENTICATE":
                    safe.sendall(b"+ \r\n")
                    lines.readline()
                capability = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" if command == b"CAPABILITY" else b""
                safe.sendall(capability + tag + b" OK done\r\n")

    with servers.scripted(talk) as port:
        pins.agree("127.0.0.1", port, made.sha256)
        server = Server("127.0.0.1", port, "starttls", "xa")
        with open_mailbox(server, Secret(PASSWORD, "environment"), pins=pins, timeout=5) as mailbox:
            assert mailbox.capabilities == {"IMAP4REV1", "AUTH=PLAIN"}


def test_a_name_that_is_not_found_is_told(opens: Open) -> None:
    with pytest.raises(NoServerError) as told, opens(993, "ssl", host="khong-co.invalid"):
        pytest.fail("let in")
    assert told.value.text.vi == (
        "Không tìm thấy máy chủ thư khong-co.invalid. Hãy kiểm tra tên máy chủ trong tệp thiết lập và kết nối mạng."
    )


def test_a_port_where_nobody_listens_is_told(opens: Open) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        for security in ("ssl", "starttls", "none"):
            with pytest.raises(NoServerError, match=f"takes no connection at port {port}"), opens(port, security):
                pytest.fail("let in")


def test_no_network_is_told(opens: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> socket.socket:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "create_connection", unreachable)
    with pytest.raises(NoServerError) as told, opens(993, "ssl", host="192.0.2.1"):
        pytest.fail("let in")
    assert "Hãy kiểm tra kết nối mạng rồi chạy lại" in told.value.text.vi


@pytest.mark.parametrize("security", ["ssl", "starttls", "none"])
def test_a_server_that_says_nothing_is_told_in_time(security: Security, opens: Open) -> None:
    with servers.scripted(lambda _: time.sleep(2)) as port:
        started = time.monotonic()
        with pytest.raises(NoServerError, match="did not answer in time"), opens(port, security, timeout=0.3):
            pytest.fail("let in")
        assert time.monotonic() - started < 1.5


@pytest.mark.parametrize("security", ["starttls", "none"])
@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH\r\n", b"\0\1\2\r\n", b"* BYE\r\n", b"554 no\r\n", b""])
def test_another_kind_of_server_is_told(security: Security, said: bytes, opens: Open) -> None:
    with servers.scripted(lambda sock: sock.sendall(said)) as port:
        with pytest.raises(NoServerError) as told, opens(port, security):
            pytest.fail("let in")
        assert "Hãy kiểm tra số cổng" in told.value.text.vi


def test_an_encrypted_connection_to_a_plain_port_is_told(opens: Open) -> None:
    with servers.scripted(lambda sock: sock.sendall(b"* OK ready\r\n220 ready\r\n")) as port:
        with pytest.raises(NoServerError) as told, opens(port, "ssl"):
            pytest.fail("let in")
        assert "Không lập được kết nối mã hoá" in told.value.text.vi


@pytest.mark.mailbox
def test_a_wrong_password_is_told_and_never_shown(
    serving: Open, opens: Open, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    with serving("none") as server:
        for wrong in ("s4i-hoàn-toàn", "s4i-hoan-toan"):
            with pytest.raises(WrongLoginError) as told, opens(server.port, "none", password=wrong):
                pytest.fail("let in")
            assert "Hãy kiểm tra tên đăng nhập và mật khẩu" in told.value.text.vi
            chain = [told.value, told.value.__context__, told.value.__cause__]
            assert "s4i-ho" not in " ".join([*map(repr, chain), caplog.text, *capfd.readouterr()])
        with opens(server.port, "none"):
            pass
    assert PASSWORD not in " ".join([caplog.text, *capfd.readouterr()])


def test_a_connection_that_breaks_during_the_login_is_no_wrong_password(tmp_path: Path) -> None:
    def talk(sock: socket.socket) -> None:
        sock.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready\r\n")
        for line in sock.makefile("rb"):
            tag, command = line.split()[:2]
            if command == b"CAPABILITY":
                sock.sendall(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + tag + b" OK done\r\n")
            else:
                return

    with servers.scripted(talk) as port:
        server = Server("127.0.0.1", port, "none", "xa")
        with (
            pytest.raises(LostError),
            open_mailbox(server, Secret("x", "environment"), pins=Pins(tmp_path / "pins"), timeout=5),
        ):
            pytest.fail("let in")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("NO [UNAVAILABLE] later", NoServerError),
        ("NO [INUSE] twice", NoServerError),
        ("NO [AUTHENTICATIONFAILED] no", WrongLoginError),
        ("NO no", WrongLoginError),
        ("BAD what", WrongLoginError),
        ("BYE what", LostError),
    ],
)
def test_what_a_refused_login_means_is_told_apart(tmp_path: Path, said: str, kind: type[CchcError]) -> None:
    def talk(sock: socket.socket) -> None:
        sock.sendall(b"* OK ready\r\n")
        lines = sock.makefile("rb")
        for line in lines:
            tag, command = line.split()[:2]
            if command == b"CAPABILITY":
                sock.sendall(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + tag + b" OK done\r\n")
            else:
                sock.sendall(b"+ \r\n")
                lines.readline()
                sock.sendall((b"*" if said.startswith("BYE") else tag) + f" {said}\r\n".encode())
                return

    with servers.scripted(talk) as port, pytest.raises(kind) as told:
        server = Server("127.0.0.1", port, "none", "xa")
        with open_mailbox(server, Secret("x", "environment"), pins=Pins(tmp_path / "pins"), timeout=1):
            pytest.fail("let in")
    assert type(told.value) is kind


@pytest.mark.parametrize("password", [PASSWORD, "plain", 'quotes "\\" here', "đ" * 200])
def test_a_server_that_knows_login_alone_gets_it_where_it_can(tmp_path: Path, password: str) -> None:
    said: list[bytes] = []

    def talk(sock: socket.socket) -> None:
        sock.sendall(b"* OK ready\r\n")
        lines = sock.makefile("rb")
        for line in lines:
            tag, command = line.split()[:2]
            if command == b"CAPABILITY":
                sock.sendall(b"* CAPABILITY IMAP4rev1\r\n")
            elif command == b"AUTHENTICATE":
                sock.sendall(b"+ \r\n")
                said.append(line + lines.readline())
            elif command == b"LOGIN":
                said.append(line)
            sock.sendall(tag + b" OK done\r\n")

    with servers.scripted(talk) as port:
        server = Server("127.0.0.1", port, "none", "xa")
        with open_mailbox(server, Secret(password, "environment"), pins=Pins(tmp_path / "pins"), timeout=5):
            pass
    assert (b"LOGIN" if password.isascii() else b"AUTHENTICATE PLAIN") in said[0]


def test_a_servers_words_are_fit_to_be_shown() -> None:
    assert words(b"a\r\nb\x1b[31m\xff\xe1\xbb\x87 \0c") == "a b [31m\ufffdệ c"
    assert words("x" * 1000) == "x" * 200 + "…"
    assert words("the secret is s3cret", "s3cret", "") == "the secret is …"
