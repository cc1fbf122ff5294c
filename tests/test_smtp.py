"""Mails out, against a real server: what was sent, what was refused, and what may have gone out although nobody said so."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import servers
from hypothesis import given
from hypothesis import strategies as st

from cchc_xlsx.errors import CchcError
from cchc_xlsx.mail import smtp
from cchc_xlsx.mail.connect import LostError, NoServerError, WrongLoginError
from cchc_xlsx.mail.login import Origin, Secret
from cchc_xlsx.mail.model import Server
from cchc_xlsx.mail.pins import Pins
from cchc_xlsx.mail.smtp import Doubtful, Outgoing, Refused, Sent, open_outgoing

MAIL = b"Message-ID: <1.cchc@xa.vn>\r\nSubject: x\r\n\r\n.\r\n..\r\nnot a point.\r\n"
XA, TPHT, VP = "cchc@xa.vn", "tpht@xa.vn", "vp@xa.vn"
PASSWORD = "Mật khẩu: “khó” 🔑"
USERS = {"xa": PASSWORD}


@pytest.fixture
def post() -> Iterator[servers.Post]:
    with servers.smtp() as running:
        yield running


def outgoing(
    post: servers.Post, folder: Path, secret: str | None = None, origin: Origin = "environment", port: int = 0
) -> AbstractContextManager[Outgoing]:
    pins = Pins(folder / "pins.json")
    if post.made:
        pins.agree(post.host, port or post.port, post.made.sha256)
    server = Server(post.host, port or post.port, post.security, "xa")  # type: ignore[arg-type]
    return open_outgoing(server, Secret(secret, origin) if secret else None, pins=pins, timeout=5)


@pytest.mark.parametrize("tls", ["none", "starttls", "ssl"])
def test_a_mail_goes_out_as_it_is(tls: str, tmp_path: Path) -> None:
    if tls != "none":
        servers.need()  # for its certificate
    with servers.smtp(tls, USERS) as post:
        with outgoing(post, tmp_path, PASSWORD) as out:
            assert out.send(MAIL, XA, [TPHT, VP]) == Sent()
        [taken] = post.taken
    assert (taken.sender, taken.recipients, taken.raw) == (XA, (TPHT, VP), MAIL)
    assert post.logins == ["PLAIN xa"]


def test_one_connection_carries_many(post: servers.Post, tmp_path: Path) -> None:
    with outgoing(post, tmp_path) as out:
        for number in range(5):
            assert out.send(MAIL + b"%d" % number, XA, [TPHT]) == Sent()
    assert [(taken.raw[-3:-2], taken.connection) for taken in post.taken] == [(b"%d" % n, 1) for n in range(5)]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_line_ends_are_those_of_mail_so_that_no_second_mail_hides_in_one(
    post: servers.Post, tmp_path: Path, end: bytes
) -> None:
    raw = end.join(
        [b"Subject: x", b"", b"one", b".", b"MAIL FROM:<other@xa.vn>", b"RCPT TO:<tpht@xa.vn>", b"DATA", b""]
    )
    with outgoing(post, tmp_path) as out:
        assert out.send(raw, XA, [TPHT]) == Sent()
    [taken] = post.taken
    assert taken.raw == raw.replace(end, b"\r\n")


@given(st.lists(st.sampled_from([b".", b"\r\n", b"\n", b"\r", b"a", b"\xe1", b" "]), max_size=30).map(b"".join))
def test_whatever_a_mail_holds_arrives(body: bytes) -> None:
    lines = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    expected = b"\r\n".join([b"Subject: x", b"", *(lines if lines[-1] == b"" else [*lines, b""])])
    assert _SHARED.send(b"Subject: x\n\n" + body) == expected


class _Shared:
    """One server and one connection for all examples."""

    def __init__(self) -> None:
        self.post: servers.Post | None = None
        self.out: Outgoing | None = None

    def send(self, raw: bytes) -> bytes:
        assert self.post and self.out
        assert self.out.send(raw, XA, [TPHT]) == Sent()
        return self.post.taken.pop().raw


_SHARED = _Shared()


@pytest.fixture(autouse=True, scope="module")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with servers.smtp() as post, outgoing(post, tmp_path_factory.mktemp("shared")) as out:
        _SHARED.post, _SHARED.out = post, out
        yield


def test_letters_of_8_bits_and_addresses_beyond_ascii(post: servers.Post, tmp_path: Path) -> None:
    raw = "Subject: x\r\n\r\nKính gửi\r\n".encode()
    with outgoing(post, tmp_path) as out:
        assert out.send(raw, XA, [TPHT]) == Sent()
        assert out.send(raw, XA, ["tư-pháp@xã.vn"]) == Sent()
        assert out.send(raw, XA, ["tphT@xã.vn"]) == Sent()
        assert out.send(MAIL, XA, [TPHT]) == Sent()
    eight, foreign, domain, plain = post.taken
    assert "BODY=8BITMIME" in eight.options
    assert "SMTPUTF8" not in eight.options
    assert "SMTPUTF8" in foreign.options
    assert foreign.recipients == ("tư-pháp@xn--x-yfa.vn",)
    assert domain.recipients == ("tphT@xn--x-yfa.vn",)
    assert "SMTPUTF8" not in (*domain.options, *plain.options)
    assert [taken.raw for taken in post.taken] == [raw, raw, raw, MAIL]


@pytest.mark.parametrize(
    "address",
    ["", "tpht", "a@b@c", "a b@xa.vn", "<a@xa.vn>", "a@xa.vn\r\nRCPT TO:<b@xa.vn>", "a@xa.vn> SIZE=1", "@xa.vn"],
)
def test_what_is_no_address_is_refused_and_nothing_is_said(post: servers.Post, tmp_path: Path, address: str) -> None:
    with outgoing(post, tmp_path) as out:
        for sender, recipients in ((XA, [TPHT, address]), (address, [TPHT])):
            refused = out.send(MAIL, sender, recipients)
            assert isinstance(refused, Refused)
            assert refused.permanent
        assert isinstance(out.send(MAIL, XA, []), Refused)
        assert out.send(MAIL, XA, [TPHT]) == Sent()
    assert [taken.recipients for taken in post.taken] == [(TPHT,)]


def test_a_recipient_who_is_refused_is_named_and_the_others_get_the_mail(post: servers.Post, tmp_path: Path) -> None:
    post.refused = {VP: "550 5.1.1 không có ai", "bận@xa.vn": "450 4.2.1 busy"}
    with outgoing(post, tmp_path) as out:
        sent = out.send(MAIL, XA, [TPHT, VP])
        assert isinstance(sent, Sent)
        [one] = sent.unserved
        assert (one.address, one.permanent) == (VP, True)
        assert one.why.en == "the server says: 5.1.1 không có ai"
        alone = out.send(MAIL, XA, [VP])
        later = out.send(MAIL, XA, [VP, "bận@xa.vn"])
        assert out.send(MAIL, XA, [TPHT]) == Sent()
    assert [taken.recipients for taken in post.taken] == [(TPHT,), (TPHT,)]
    assert isinstance(alone, Refused)
    assert alone.permanent
    assert isinstance(later, Refused)
    assert not later.permanent
    assert [one.address for one in later.unserved] == [VP, "bận@xa.vn"]


@pytest.mark.parametrize(("answer", "permanent"), [("452 4.3.1 full", False), ("554 5.7.1 spam", True)])
def test_a_mail_that_is_refused_in_the_end_was_not_taken(
    post: servers.Post, tmp_path: Path, answer: str, permanent: bool
) -> None:
    post.answers = [answer]
    with outgoing(post, tmp_path) as out:
        refused = out.send(MAIL, XA, [TPHT])
        assert isinstance(refused, Refused)
        assert refused.permanent is permanent
        assert answer[4:] in refused.why.vi
        assert post.taken == []
        assert out.send(MAIL, XA, [TPHT]) == Sent()


def test_a_mail_that_is_too_large_is_told_before_it_is_sent(tmp_path: Path) -> None:
    with servers.smtp(size=1_000_000) as post, outgoing(post, tmp_path) as out:
        refused = out.send(MAIL + b"x" * 1_500_000, XA, [TPHT])
        assert isinstance(refused, Refused)
        assert refused.permanent
        assert refused.why.vi == "thư nặng 1.5 MB, máy chủ chỉ nhận đến 1.0 MB"
        assert out.send(MAIL, XA, [TPHT]) == Sent()


# --------------------------------------------------------------------------------------------------- broken connections


@pytest.mark.parametrize("cut", ["mail", "rcpt", "data"])
def test_a_cut_before_the_mail_is_mended_by_another_connection(
    post: servers.Post, tmp_path: Path, cut: servers.Cut
) -> None:
    with outgoing(post, tmp_path) as out:
        assert out.send(MAIL, XA, [TPHT]) == Sent()
        post.cuts = [cut]
        assert out.send(MAIL, XA, [TPHT]) == Sent()
    assert [taken.connection for taken in post.taken] == [1, 2]


@pytest.mark.parametrize("cut", ["mail", "rcpt", "data"])
def test_a_line_that_breaks_again_and_again_is_told_with_nothing_sent(
    post: servers.Post, tmp_path: Path, cut: servers.Cut
) -> None:
    post.cuts = [cut, cut]
    with outgoing(post, tmp_path) as out, pytest.raises(LostError):
        out.send(MAIL, XA, [TPHT])
    assert post.taken == []
    assert post.connections == 2


@pytest.mark.parametrize(("cut", "taken"), [("begun", 0), ("come", 0), ("taken", 1)])
def test_a_cut_after_the_mail_is_doubtful_and_it_is_not_sent_again(
    post: servers.Post, tmp_path: Path, cut: servers.Cut, taken: int
) -> None:
    post.cuts = [cut]
    raw = MAIL + b"0123456789\r\n" * 300_000
    with outgoing(post, tmp_path) as out:
        doubtful = out.send(raw, XA, [TPHT])
        assert isinstance(doubtful, Doubtful)
        assert "có thể đã đi hoặc chưa" in doubtful.why.vi
        assert len(post.taken) == taken
        assert out.send(MAIL, XA, [VP]) == Sent()  # the next mail has a connection of its own
    assert len(post.taken) == taken + 1


def test_a_server_that_falls_silent_after_the_mail_is_doubtful(tmp_path: Path) -> None:
    def talk(sock: socket.socket) -> None:
        lines = sock.makefile("rb")
        sock.sendall(b"220 hi\r\n")
        for line in lines:
            if line == b".\r\n":
                lines.readline()  # until it is hung up on
                return
            if line[:4].upper() in (b"EHLO", b"MAIL", b"RCPT"):
                sock.sendall(b"250 ok\r\n")
            elif line[:4].upper() == b"DATA":
                sock.sendall(b"354 go on\r\n")

    with servers.scripted(talk) as port:
        server = Server("127.0.0.1", port, "none", "")
        with open_outgoing(server, None, pins=Pins(tmp_path / "pins"), timeout=5, patience=0.5) as out:
            assert isinstance(out.send(MAIL, XA, [TPHT]), Doubtful)


def test_an_answer_that_is_none_is_doubtful_after_the_mail_and_a_lost_connection_before(tmp_path: Path) -> None:
    for place in (b"MAIL", b".\r\n"):

        def talk(sock: socket.socket, place: bytes = place) -> None:
            sock.sendall(b"220 hi\r\n")
            for line in sock.makefile("rb"):
                if line.upper().startswith(place):
                    sock.sendall(b"garbage\r\n")
                elif line[:4].upper() in (b"EHLO", b"MAIL", b"RCPT"):
                    sock.sendall(b"250 ok\r\n")
                elif line[:4].upper() == b"DATA":
                    sock.sendall(b"354 go on\r\n")

        with servers.scripted(talk) as port:
            server = Server("127.0.0.1", port, "none", "")
            with open_outgoing(server, None, pins=Pins(tmp_path / "pins"), timeout=2) as out:
                if place == b"MAIL":
                    with pytest.raises(LostError):
                        out.send(MAIL, XA, [TPHT])
                else:
                    assert isinstance(out.send(MAIL, XA, [TPHT]), Doubtful)


def test_a_server_that_closes_idle_connections_is_no_problem(post: servers.Post, tmp_path: Path) -> None:
    with servers.between(post.port) as line, outgoing(post, tmp_path, port=line.port) as out:
        assert out.send(MAIL, XA, [TPHT]) == Sent()
        line.cut()
        assert out.send(MAIL, XA, [TPHT]) == Sent()
    assert [taken.connection for taken in post.taken] == [1, 2]


def test_while_the_network_is_away_no_mail_is_refused(post: servers.Post, tmp_path: Path) -> None:
    """What the server can do is forgotten with the connection; a mail is not judged by that."""
    eight = "Subject: x\r\n\r\nKính gửi\r\n".encode()
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(servers.between(post.port))
        with outgoing(post, tmp_path, port=line.port) as out:
            assert out.send(eight, XA, [TPHT]) == Sent()
            stack.close()
            for _ in range(3):
                with pytest.raises(NoServerError):
                    out.send(eight, XA, ["tư-pháp@xa.vn"])
    assert len(post.taken) == 1


# ---------------------------------------------------------------------------------------------------------------- login


@pytest.mark.parametrize("offered", ["PLAIN LOGIN", "LOGIN", "PLAIN"])
def test_a_password_of_any_letters_is_taken(tmp_path: Path, offered: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with servers.smtp(users=USERS) as post:
        monkeypatch.setattr(smtp._Smtp, "ehlo_or_helo_if_needed", _offering(smtp._Smtp.ehlo_or_helo_if_needed, offered))
        with outgoing(post, tmp_path, PASSWORD) as out:
            assert out.send(MAIL, XA, [TPHT]) == Sent()
    assert post.logins == [f"{offered.split(maxsplit=1)[0]} xa"]


def _offering(usual, offered: str):
    def said(self) -> None:
        usual(self)
        self.esmtp_features["auth"] = offered

    return said


def test_a_wrong_password_is_told_and_never_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with servers.smtp(users=USERS) as post:
        with pytest.raises(WrongLoginError) as told, outgoing(post, tmp_path, "sai-mật-khẩu"):
            pytest.fail("let in")
        assert "không nhận tài khoản xa" in told.value.text.vi
        for said in (told.value.text.vi, told.value.text.en, repr(told.value), caplog.text):
            assert "sai-mật-khẩu" not in said


def test_an_access_token_is_taken_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    with servers.smtp(tokens={"ya29.token": "xa"}) as post:
        with outgoing(post, tmp_path, "ya29.token", "command") as out:
            assert out.send(MAIL, XA, [TPHT]) == Sent()
        assert post.logins == ["XOAUTH2 xa"]
        with pytest.raises(WrongLoginError) as told, outgoing(post, tmp_path, "ya29.expired", "command"):
            pytest.fail("let in")
        assert "ya29.expired" not in str(told.value)


def test_a_server_that_offers_no_login_is_told(post: servers.Post, tmp_path: Path) -> None:
    with pytest.raises(NoServerError, match="no way to log in"), outgoing(post, tmp_path, PASSWORD):
        pytest.fail("let in")


def test_a_server_that_repeats_the_secret_is_not_repeated(tmp_path: Path) -> None:
    def talk(sock: socket.socket) -> None:
        sock.sendall(b"220 hi\r\n")
        for line in sock.makefile("rb"):
            if line[:4].upper() == b"EHLO":
                sock.sendall(b"250-hi\r\n250 AUTH PLAIN\r\n")
            elif line[:4].upper() == b"AUTH":
                sock.sendall(b"535 you said " + line.rstrip() + b" that is \0xa\0p4ssw0rd!\r\n")

    with servers.scripted(talk) as port:
        server = Server("127.0.0.1", port, "none", "xa")
        with (
            pytest.raises(CchcError) as told,
            open_outgoing(server, Secret("p4ssw0rd!", "environment"), pins=Pins(tmp_path / "pins"), timeout=5),
        ):
            pytest.fail("let in")
    said = told.value.text.vi
    assert "you said" in said
    assert "p4ssw0rd!" not in said
    assert "AHhhAHA0c3N3MHJkIQ==" not in said


def test_a_server_that_wants_a_login_is_told_and_the_mail_is_not_given_up(tmp_path: Path) -> None:
    with servers.smtp(users=USERS) as post, outgoing(post, tmp_path) as out:
        with pytest.raises(WrongLoginError):
            out.send(MAIL, XA, [TPHT])
        assert post.taken == []


@pytest.mark.parametrize("code", [b"454", b"421"])
def test_a_login_that_is_refused_for_now_is_no_wrong_password(tmp_path: Path, code: bytes) -> None:
    def talk(sock: socket.socket) -> None:
        sock.sendall(b"220 hi\r\n")
        for line in sock.makefile("rb"):
            sock.sendall(b"250-hi\r\n250 AUTH PLAIN\r\n" if line[:4] == b"ehlo" else code + b" 4.7.0 try later\r\n")

    with servers.scripted(talk) as port, pytest.raises(NoServerError, match="try later"):
        server, pins = Server("127.0.0.1", port, "none", "xa"), Pins(tmp_path / "pins")
        with open_outgoing(server, Secret("x", "environment"), pins=pins, timeout=5):
            pytest.fail("let in")


@pytest.mark.parametrize(
    "said", [b"220-x\r\n" * 100_000, b"220 " + b"x" * 10_000_000, b"2200\r\n", b"22\r\n", b"\xff\xff\xff \r\n"]
)
def test_a_server_that_talks_without_end_is_not_listened_to(tmp_path: Path, said: bytes) -> None:
    with (
        servers.scripted(lambda sock: sock.sendall(said)) as port,
        pytest.raises(NoServerError, match="does not answer as"),
    ):
        server, pins = Server("127.0.0.1", port, "none", ""), Pins(tmp_path / "pins")
        with open_outgoing(server, None, pins=pins, timeout=5):
            pytest.fail("let in")
