"""The mailbox, against a real server: mails come as they are and are left as they were."""

from __future__ import annotations

import datetime as dt
import socket
import subprocess
import sys
import threading
import tracemalloc
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import command
import pytest
import servers

from cchc_xlsx.errors import CchcError
from cchc_xlsx.mail import imap, wire
from cchc_xlsx.mail.connect import LostError
from cchc_xlsx.mail.imap import Mailbox, open_mailbox
from cchc_xlsx.mail.login import Secret
from cchc_xlsx.mail.model import Server
from cchc_xlsx.mail.pins import Pins

MAIL = b"Message-ID: <q1.tpht@xa.vn>\r\nSubject: =?utf-8?q?B=C3=A1o_c=C3=A1o?=\r\n\r\nK\xc3\xadnh g\xe1\xbb\xadi\r\n"
ARRIVED = dt.datetime(2026, 3, 14, 23, 59, 58, tzinfo=dt.timezone(dt.timedelta(hours=7)))
VIETNAMESE = "Báo cáo CCHC/Quý I & II"


@pytest.fixture(params=["none", "starttls", "ssl"])
def box(request: pytest.FixtureRequest) -> Iterator[servers.Box]:
    servers.need()
    with servers.dovecot(request.param) as running:
        yield running


@pytest.fixture
def plain() -> Iterator[servers.Box]:
    servers.need()
    with servers.dovecot("none") as running:
        yield running


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., AbstractContextManager[Mailbox]]:
    """Opens the mailbox of the account "xa", the server's certificate agreed to."""

    def opens(box: servers.Box, port: int = 0, timeout: float = 20) -> AbstractContextManager[Mailbox]:
        pins = Pins(tmp_path / "pins.json")
        if box.made:
            pins.agree(box.host, port or box.port, box.made.sha256)
        server = Server(box.host, port or box.port, box.security, "xa")  # type: ignore[arg-type]
        return open_mailbox(server, Secret(box.password("xa"), "environment"), pins=pins, timeout=timeout)

    return opens


Opened = Callable[..., AbstractContextManager[Mailbox]]


def test_a_mail_comes_byte_by_byte_with_the_time_of_the_server(
    box: servers.Box, opened: Opened, tmp_path: Path
) -> None:
    uid = box.append("xa", VIETNAMESE, MAIL, when=ARRIVED)
    with opened(box) as mailbox:
        assert mailbox.select(VIETNAMESE) == box.uidvalidity("xa", VIETNAMESE)
        assert mailbox.uids() == [uid]
        fetched = mailbox.fetch(uid, tmp_path / "mail")
    assert (tmp_path / "mail").read_bytes() == MAIL
    assert fetched == imap.Fetched(dt.datetime(2026, 3, 14, 16, 59, 58, tzinfo=dt.UTC), len(MAIL))
    assert fetched.arrived.utcoffset() == dt.timedelta(0)


def test_nothing_in_the_mailbox_changes(plain: servers.Box, opened: Opened, tmp_path: Path) -> None:
    """Also what another program has marked for deletion stays, and it counts."""
    flags = {1: (), 2: ("\\Seen",), 3: ("\\Deleted", "\\Seen"), 4: ("$Forwarded", "\\Flagged")}
    for uid, some in flags.items():
        assert plain.append("xa", "INBOX", MAIL, some) == uid
    plain.append("xa", "Khác", MAIL, ("\\Deleted",))
    for change in (False, True):
        with opened(plain) as mailbox:
            mailbox.select("INBOX", change=change)
            assert mailbox.uids() == [1, 2, 3, 4]
            for uid in mailbox.uids():
                assert mailbox.fetch(uid, tmp_path / "mail")
            assert mailbox.has_message_id("<q1.tpht@xa.vn>")
            mailbox.select("Khác", change=change)
            mailbox.select("INBOX", change=change)
        assert plain.flags("xa") == {uid: tuple(sorted(some)) for uid, some in flags.items()}
    assert plain.flags("xa", "Khác") == {1: ("\\Deleted",)}


def test_many_mails_are_listed_in_pieces(
    plain: servers.Box, opened: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(imap, "_AT_ONCE", 3)
    uids = [plain.append("xa", "INBOX", MAIL) for _ in range(7)]
    plain.remove("xa", "INBOX", uids.pop(2))
    with opened(plain) as mailbox:
        mailbox.select("INBOX")
        assert mailbox.uids() == uids
        plain.append("xa", "Trống", MAIL)
        plain.remove("xa", "Trống", 1)
        mailbox.select("Trống")
        assert mailbox.uids() == []


@pytest.mark.parametrize("size", [imap.PIECE - 1, imap.PIECE, imap.PIECE + 1, 3 * imap.PIECE + 17])
def test_a_large_mail_comes_whole(plain: servers.Box, opened: Opened, tmp_path: Path, size: int) -> None:
    head = b"Subject: x\r\n\r\n"
    lines = b"".join(b"%074d\r\n" % number for number in range(size // 76 + 1))
    raw = (head + lines)[: size - 2] + b"\r\n"
    uid = plain.append("xa", "INBOX", raw)
    with opened(plain) as mailbox:
        mailbox.select("INBOX")
        fetched = mailbox.fetch(uid, tmp_path / "mail")
        assert fetched is not None
        assert fetched.size == size
        assert (tmp_path / "mail").read_bytes() == raw
        with pytest.raises(CchcError, match="larger than"):
            mailbox.fetch(uid, tmp_path / "mail", largest=size - 1)
        assert not (tmp_path / "mail").exists()
        assert mailbox.uids() == [uid]  # the connection goes on


_PEAK = """
import resource, sys
from pathlib import Path
from cchc_xlsx.mail.imap import open_mailbox
from cchc_xlsx.mail.login import Secret
from cchc_xlsx.mail.model import Server
from cchc_xlsx.mail.pins import Pins
port, password, to = sys.argv[1:]
with open_mailbox(Server("127.0.0.1", int(port), "none", "xa"), Secret(password, "environment"), pins=Pins(Path(to + ".pins"))) as box:
    box.select("INBOX")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(box.fetch(1, Path(to)).size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_40_megabytes_need_little_memory(plain: servers.Box, tmp_path: Path) -> None:
    raw = b"Subject: x\r\n\r\n" + b"0123456789abcdef" * 4 * 655_360
    plain.append("xa", "INBOX", raw)
    arguments = (str(plain.port), plain.password("xa"), str(tmp_path / "mail"))
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, *arguments],
        capture_output=True,
        text=True,
        env=command.environment(),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    size, grown_kib = map(int, done.stdout.split())
    assert size == len(raw) > 40_000_000
    assert (tmp_path / "mail").read_bytes() == raw
    assert grown_kib < 12 * 1024


def test_a_mail_that_is_gone_is_no_answer(plain: servers.Box, opened: Opened, tmp_path: Path) -> None:
    uids = [plain.append("xa", "INBOX", MAIL) for _ in range(2)]
    with opened(plain) as mailbox:
        mailbox.select("INBOX", change=True)
        assert mailbox.uids() == uids
        plain.remove("xa", "INBOX", uids[0])
        assert mailbox.fetch(uids[0], tmp_path / "mail") is None
        assert not (tmp_path / "mail").exists()
        mailbox.mark(uids[0], "CCHC")
        mailbox.move(uids[0], "Sent")
        assert mailbox.fetch(uids[1], tmp_path / "mail") is not None
    assert plain.flags("xa") == {uids[1]: ()}
    assert plain.flags("xa", "Sent") == {}


def test_an_empty_mail_is_no_answer(plain: servers.Box, opened: Opened, tmp_path: Path) -> None:
    home = plain.folder / "mail" / "xa" / "new"
    plain.append("xa", "INBOX", MAIL)
    plain.remove("xa", "INBOX", 1)
    (home / "1.a.b").write_bytes(b"")
    (home / "1.a.b").chmod(0o666)
    with opened(plain) as mailbox:
        mailbox.select("INBOX")
        [uid] = mailbox.uids()
        assert mailbox.fetch(uid, tmp_path / "mail") is None
        assert not (tmp_path / "mail").exists()


def test_a_file_that_cannot_be_written_is_told_and_the_connection_goes_on(
    plain: servers.Box, opened: Opened, tmp_path: Path
) -> None:
    uid = plain.append("xa", "INBOX", MAIL)
    with opened(plain) as mailbox:
        mailbox.select("INBOX")
        with pytest.raises(FileNotFoundError):
            mailbox.fetch(uid, tmp_path / "none" / "mail")
        assert mailbox.fetch(uid, tmp_path / "mail")


def test_uidvalidity_is_that_of_the_selected_folder(plain: servers.Box, opened: Opened) -> None:
    plain.append("xa", "INBOX", MAIL)
    with opened(plain) as mailbox:
        before = mailbox.select("INBOX")
    after = plain.reset_uidvalidity("xa")
    with opened(plain) as mailbox:
        assert mailbox.select("INBOX") == after != before
        assert len(mailbox.uids()) == 1


def test_a_folder_that_is_not_there_is_told_with_those_that_are(plain: servers.Box, opened: Opened) -> None:
    plain.create("xa", "Báo cáo")
    with opened(plain) as mailbox:
        with pytest.raises(CchcError) as told:
            mailbox.select("Bao cao")
        assert told.value.text.vi == "Hộp thư không có thư mục “Bao cao”. Các thư mục hiện có: Báo cáo, INBOX, Sent."
        assert mailbox.select("INBOX")


def test_a_folder_is_found_however_its_letters_are_composed(plain: servers.Box, opened: Opened) -> None:
    name = unicodedata.normalize("NFD", "Báo cáo")
    plain.append("xa", name, MAIL)
    with opened(plain) as mailbox:
        assert mailbox.select(unicodedata.normalize("NFC", name)) == plain.uidvalidity("xa", name)
        assert mailbox.uids() == [1]
        plain.append("xa", "INBOX", MAIL)
        mailbox.select("INBOX", change=True)
        mailbox.move(1, unicodedata.normalize("NFC", name))
        assert len(plain.mails("xa", name)) == 2


def test_a_message_id_is_found_only_where_it_is_exactly_that(plain: servers.Box, opened: Opened) -> None:
    plain.append(
        "xa", "INBOX", b"Message-ID:\r\n <1.cchc@xa.vn>\r\nReferences: <2.cchc@xa.vn>\r\n\r\n<3.cchc@xa.vn>\r\n"
    )
    with opened(plain) as mailbox:
        mailbox.select("INBOX")
        assert mailbox.has_message_id("<1.cchc@xa.vn>")
        for other in ("<2.cchc@xa.vn>", "<3.cchc@xa.vn>", "1.cchc@xa.vn", "<1.CCHC@xa.vn>", "", 'a"b\\', "a\r\nb", "đ"):
            assert not mailbox.has_message_id(other), other


def test_a_mark_is_added_and_nothing_else_changes(plain: servers.Box, opened: Opened) -> None:
    uids = [plain.append("xa", "INBOX", MAIL, flags) for flags in ((), ("\\Flagged", "\\Deleted"), ("Khac",))]
    with opened(plain) as mailbox:
        mailbox.select("INBOX", change=True)
        for uid in uids[:2]:
            mailbox.mark(uid, "CCHC-da-nhan")
            mailbox.mark(uid, "CCHC-da-nhan")
    assert plain.flags("xa") == {1: ("CCHC-da-nhan",), 2: ("CCHC-da-nhan", "\\Deleted", "\\Flagged"), 3: ("Khac",)}


@pytest.mark.parametrize("keyword", ["\\Deleted", "\\Seen", "a b", "nhãn", "", "a)", "a\r\nb"])
def test_what_is_no_keyword_is_refused(plain: servers.Box, opened: Opened, keyword: str) -> None:
    plain.append("xa", "INBOX", MAIL)
    with opened(plain) as mailbox:
        mailbox.select("INBOX", change=True)
        with pytest.raises(CchcError, match="cannot be used"):
            mailbox.mark(1, keyword)
    assert plain.flags("xa") == {1: ()}


def test_a_folder_that_is_only_read_takes_no_mark_and_no_move(plain: servers.Box, opened: Opened) -> None:
    plain.append("xa", "INBOX", MAIL)
    with opened(plain) as mailbox:
        mailbox.select("INBOX")
        with pytest.raises(RuntimeError):
            mailbox.mark(1, "CCHC")
        with pytest.raises(RuntimeError):
            mailbox.move(1, "Sent")
        assert mailbox.uids() == [1]
    assert plain.flags("xa") == {1: ()}


def test_a_folder_that_the_server_opens_for_reading_alone_is_told(tmp_path: Path) -> None:
    answers = {"SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n%s OK [READ-ONLY] ok\r\n"}
    with talking(answers) as port, scripted_box(port, tmp_path) as mailbox:
        with pytest.raises(CchcError) as told:
            mailbox.select("INBOX", change=True)
        assert "chỉ đọc được" in told.value.text.vi
        assert mailbox.select("INBOX") == 7


def test_a_move_takes_that_mail_alone(plain: servers.Box, opened: Opened) -> None:
    plain.create("xa", "Đã nhận")
    for flags in ((), ("\\Deleted",), ()):
        plain.append("xa", "INBOX", MAIL, flags)
    with opened(plain) as mailbox:
        assert "MOVE" in mailbox.capabilities
        mailbox.select("INBOX", change=True)
        mailbox.move(1, "Đã nhận")
        with pytest.raises(CchcError, match=r"no folder “Đâu đó”\. There are: INBOX, Sent, Đã nhận"):
            mailbox.move(3, "Đâu đó")
        assert mailbox.uids() == [2, 3]
    assert plain.flags("xa") == {2: ("\\Deleted",), 3: ()}
    assert plain.mails("xa", "Đã nhận") == [MAIL]


# --------------------------------------------------------------------------------------------------- broken connections


def test_a_connection_that_is_cut_is_told_and_the_next_run_goes_on(
    box: servers.Box, opened: Opened, tmp_path: Path
) -> None:
    raw = MAIL + b"x" * 5_000_000
    for _ in range(3):
        box.append("xa", "INBOX", raw)
    with servers.between(box.port, after=7_000_000) as line:
        with opened(box, line.port) as mailbox:
            mailbox.select("INBOX")
            assert mailbox.fetch(1, tmp_path / "1")
            with pytest.raises(LostError) as told:
                mailbox.fetch(2, tmp_path / "2")
            assert "Mất kết nối" in told.value.text.vi
            assert not (tmp_path / "2").exists()
            with pytest.raises(LostError):
                mailbox.uids()
        with opened(box, line.port) as mailbox:
            mailbox.select("INBOX")
            assert mailbox.fetch(2, tmp_path / "2")
    assert (tmp_path / "2").read_bytes() == raw
    assert box.flags("xa") == {1: (), 2: (), 3: ()}


def test_a_server_that_is_stopped_is_told(plain: servers.Box, opened: Opened) -> None:
    with opened(plain) as mailbox:
        mailbox.select("INBOX")
        plain.stop()
        with pytest.raises(LostError):
            mailbox.uids()


def test_a_server_that_falls_silent_is_told(tmp_path: Path) -> None:
    with (
        talking({"SELECT": b""}) as port,
        pytest.raises(LostError),
        scripted_box(port, tmp_path, timeout=0.5) as mailbox,
    ):
        mailbox.select("INBOX", change=True)


# -------------------------------------------------------------------------------------------------------- hostile servers

_USUAL = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n%s OK done\r\n",
    "SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n%s OK [READ-WRITE] ok\r\n",
    "EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n%s OK [READ-ONLY] ok\r\n",
    "UID SEARCH": b"* SEARCH 1\r\n%s OK done\r\n",
    "LIST": b'* LIST () "/" INBOX\r\n%s OK done\r\n',
    "LOGOUT": b"* BYE bye\r\n%s OK done\r\n",
}


def talking(answers: dict[str, bytes | Iterable[bytes]]) -> AbstractContextManager[int]:
    """A server that answers commands by their first words; `%s` is the command's tag."""

    def talk(sock: socket.socket) -> None:
        said = {**_USUAL, **answers}
        sock.sendall(b"* OK ready\r\n")
        lines = sock.makefile("rb")
        for line in lines:
            tag, _, rest = line.partition(b" ")
            if rest.startswith(b"AUTHENTICATE"):
                sock.sendall(b"+ \r\n")
                lines.readline()
                sock.sendall(tag + b" OK done\r\n")
                continue
            answer = next(one for name, one in said.items() if rest.decode().upper().startswith(name))
            for piece in [answer] if isinstance(answer, bytes) else answer:
                sock.sendall(piece.replace(b"%s", tag))

    return servers.scripted(talk)


def scripted_box(port: int, folder: Path, timeout: float = 20) -> AbstractContextManager[Mailbox]:
    server = Server("127.0.0.1", port, "none", "xa")
    return open_mailbox(server, Secret("bí mật", "environment"), pins=Pins(folder / "pins.json"), timeout=timeout)


def _fetch(body: bytes, more: bytes = b'INTERNALDATE "01-Mar-2026 08:00:00 +0700" RFC822.SIZE 3 ') -> bytes:
    return b"* 1 FETCH (UID 1 " + more + b"BODY[]<0> " + body + b")\r\n%s OK done\r\n"


def test_the_scripted_server_is_understood(tmp_path: Path) -> None:
    """So that the tests below fail for what they name."""
    with talking({"UID FETCH": _fetch(b"{3}\r\nabc")}) as port, scripted_box(port, tmp_path) as mailbox:
        assert mailbox.select("INBOX") == 7
        assert mailbox.uids() == [1]
        fetched = mailbox.fetch(1, tmp_path / "mail")
        assert fetched == imap.Fetched(dt.datetime(2026, 3, 1, 1, tzinfo=dt.UTC), 3)
        assert (tmp_path / "mail").read_bytes() == b"abc"


@pytest.mark.parametrize("body", [b"NIL", b'""', b"{0}\r\n", b"7"])
def test_no_body_is_no_answer(tmp_path: Path, body: bytes) -> None:
    with talking({"UID FETCH": _fetch(body)}) as port, scripted_box(port, tmp_path) as mailbox:
        mailbox.select("INBOX")
        assert mailbox.fetch(1, tmp_path / "mail") is None


@pytest.mark.parametrize(
    "answer",
    [
        _fetch(b"{3}\r\nabc", b""),
        _fetch(b"{3}\r\nabc", b"INTERNALDATE NIL "),
        _fetch(b"{3}\r\nabc", b'INTERNALDATE "gestern" '),
        _fetch(b"{3}\r\nabc", b'INTERNALDATE "01-Mar-2026 08:00:00 +9999" '),
        _fetch(b"{3}\r\nabc", b'INTERNALDATE "31-Dec-9999 23:59:59 -1200" '),
        _fetch(b"{3}\r\nabc", b'INTERNALDATE "01-Mar-99999999999999999999 08:00:00 +0700" '),
        b"%s NO [SERVERBUG] hong\r\n",
        b"%s BAD what\r\n",
        b"* 1 FETCH (UID 1 BODY[]<0>)\r\n%s OK done\r\n",
        b"* 1 FETCH UID\r\n%s OK done\r\n",
        b"* 1 FETCH " + b"(" * 30_000 + b"\r\n%s OK done\r\n",
    ],
    ids=[
        "no time",
        "nil time",
        "bad time",
        "no zone",
        "last year",
        "no year",
        "no",
        "bad",
        "uneven",
        "no list",
        "deep",
    ],
)
def test_what_one_mail_meets_leaves_the_others_alone(tmp_path: Path, answer: bytes) -> None:
    with talking({"UID FETCH": answer}) as port, scripted_box(port, tmp_path) as mailbox:
        mailbox.select("INBOX")
        with pytest.raises(CchcError) as told:
            mailbox.fetch(1, tmp_path / "mail")
        assert not isinstance(told.value, LostError)
        assert not (tmp_path / "mail").exists()
        assert mailbox.uids() == [1]


@pytest.mark.parametrize(
    "answer",
    [
        _fetch(b"{99999999999}\r\nabc"),
        [b"* 1 FETCH (FLAGS (" + b"a" * 1000 + b"))\r\n"] * 100_000,
        b"* 1 FETCH (" + b"a" * 2_000_000 + b"\r\n%s OK done\r\n",
        b"\0\xff\xfe\r\n%s OK done\r\n",
        b"* BYE over\r\n",
        b"other OK done\r\n",
    ],
    ids=["claimed", "endless", "long line", "garbage", "bye", "wrong tag"],
)
def test_a_hostile_server_is_hung_up_on_with_little_memory(tmp_path: Path, answer: bytes | list[bytes]) -> None:
    with talking({"UID FETCH": answer}) as port, scripted_box(port, tmp_path, timeout=5) as mailbox:
        mailbox.select("INBOX")
        tracemalloc.start()
        try:
            with pytest.raises(LostError):
                mailbox.fetch(1, tmp_path / "mail")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 4 * wire.LARGEST_ANSWER
    assert not (tmp_path / "mail").exists()


def test_a_server_that_counts_otherwise_is_asked_until_there_is_no_more(tmp_path: Path) -> None:
    """RFC822.SIZE may be wrong, and pieces shorter than asked for: no byte is lost for it."""
    parts = iter(
        [
            _fetch(b"{3}\r\nabc").replace(b"SIZE 3", b"SIZE 1000"),
            b"* 1 FETCH (UID 1 BODY[]<3> {2}\r\nde)\r\n%s OK done\r\n",
            b'* 1 FETCH (UID 1 BODY[]<5> "")\r\n%s OK done\r\n',
        ]
    )
    with talking({"UID FETCH": _one_by_one(parts)}) as port, scripted_box(port, tmp_path) as mailbox:
        mailbox.select("INBOX")
        fetched = mailbox.fetch(1, tmp_path / "mail")
    assert fetched is not None
    assert (fetched.size, (tmp_path / "mail").read_bytes()) == (5, b"abcde")


def test_a_mail_that_vanishes_half_fetched_is_no_answer(tmp_path: Path) -> None:
    parts = iter([_fetch(b"{3}\r\nabc").replace(b"SIZE 3", b"SIZE 1000"), b"%s OK done\r\n"])
    with talking({"UID FETCH": _one_by_one(parts)}) as port, scripted_box(port, tmp_path) as mailbox:
        mailbox.select("INBOX")
        assert mailbox.fetch(1, tmp_path / "mail") is None
    assert not (tmp_path / "mail").exists()


class _one_by_one:  # noqa: N801
    """One answer each time it is gone through."""

    def __init__(self, answers: Iterator[bytes]) -> None:
        self.answers = answers

    def __iter__(self) -> Iterator[bytes]:
        return iter([next(self.answers)])


def test_a_server_without_move_or_keywords_is_told(tmp_path: Path) -> None:
    flags = b"* 1 EXISTS\r\n* OK [PERMANENTFLAGS (\\Seen)] x\r\n* OK [UIDVALIDITY 7] x\r\n%s OK [READ-WRITE] ok\r\n"
    with talking({"SELECT": flags}) as port, scripted_box(port, tmp_path) as mailbox:
        mailbox.select("INBOX", change=True)
        with pytest.raises(CchcError, match="knows no MOVE"):
            mailbox.move(1, "Sent")
        with pytest.raises(CchcError, match="keeps no keyword “CCHC”"):
            mailbox.mark(1, "CCHC")


def test_a_folder_without_uidvalidity_is_not_worked_on(tmp_path: Path) -> None:
    answers = {"EXAMINE": b"* 1 EXISTS\r\n%s OK done\r\n"}
    with (
        talking(answers) as port,
        scripted_box(port, tmp_path) as mailbox,
        pytest.raises(LostError, match="UIDVALIDITY"),
    ):
        mailbox.select("INBOX")


def test_the_mailbox_is_never_told_to_delete(plain: servers.Box, opened: Opened, tmp_path: Path) -> None:
    """What goes over the line, from the first word to the last."""
    plain.append("xa", "INBOX", MAIL)
    said: list[bytes] = []

    def listen(sock: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", plain.port)) as server:
            back = threading.Thread(target=_pass_on, args=(server, sock, []), daemon=True)
            back.start()
            _pass_on(sock, server, said)
            back.join(timeout=10)

    with servers.scripted(listen) as port, opened(plain, port) as mailbox:
        mailbox.select("INBOX", change=True)
        mailbox.fetch(1, tmp_path / "mail")
        mailbox.mark(1, "CCHC")
        mailbox.move(1, "Sent")
    verbs = [line.split(maxsplit=1)[1].decode() for line in b"".join(said).splitlines() if b" " in line]
    assert [verb.split()[0] for verb in verbs if not verb.startswith("UID")] == [
        "CAPABILITY",
        "AUTHENTICATE",
        "SELECT",
        "CAPABILITY",
        "LOGOUT",
    ]
    assert [verb for verb in verbs if verb.startswith("UID")] == [
        f"UID FETCH 1 (INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.{imap.PIECE}>)",
        "UID STORE 1 +FLAGS.SILENT (CCHC)",
        'UID MOVE 1 "Sent"',
    ]


def _pass_on(source: socket.socket, target: socket.socket, kept: list[bytes]) -> None:
    try:
        while data := source.recv(65536):
            kept.append(data)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
