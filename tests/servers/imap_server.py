"""Dovecot as an ordinary user, with as many accounts as a test wants, and a second client to look at them."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import imaplib
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from imapclient import imap_utf7

from servers import certificates

START_S = 20.0
USERS = {"xa": "Mật khẩu của xã 1"}
NOBODY = ("nobody", "nogroup")  # as whom it runs where the tests run as root
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 100
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = {mechanisms}
ssl = {ssl}
{certificate}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {ssl_port}
    ssl = yes
  }}
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN {folder}/users
}}
{oauth}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
"""
OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth
}}
"""


@functools.cache
def _program() -> str | None:
    return shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def missing() -> list[str]:
    """The names of the programs that are needed here and that this machine lacks."""
    lacking = [] if shutil.which("openssl") else ["openssl"]
    program = _program()
    if program is None:
        return ["dovecot", *lacking]
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    return lacking if said.startswith("2.3") else ["dovecot 2.3", *lacking]


def need() -> None:
    """Skip the running test where Dovecot is missing, naming what is missing; fail it under CI instead."""
    if names := ", ".join(missing()):
        if os.environ.get("CI"):
            pytest.fail(f"needed under CI: {names}", pytrace=False)
        pytest.skip(f"missing: {names}")


@dataclass
class Box:
    """A running Dovecot. `security` is "ssl", "starttls" or "none"; `certificate` its PEM file, None without encryption.

    A process that has SSL_CERT_FILE=certificate in its environment trusts it. Names of folders are as people write them.
    """

    folder: Path
    security: str
    users: Mapping[str, str]
    certificate: Path | None
    tokens: Mapping[str, str]
    port: int = 0
    host: str = "127.0.0.1"
    made: certificates.Made | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _asked: HTTPServer | None = field(default=None, repr=False)

    def password(self, user: str) -> str:
        """The password of an account."""
        return self.users[user]

    # ------------------------------------------------------------------------------------------- a second client's view

    @contextlib.contextmanager
    def client(self, user: str, folder: str | None = None) -> Iterator[imaplib.IMAP4]:
        """A client of its own, logged in, the folder selected."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if self.security == "ssl":
            client: imaplib.IMAP4 = imaplib.IMAP4_SSL(self.host, self.port, ssl_context=context, timeout=30)
        else:
            client = imaplib.IMAP4(self.host, self.port, timeout=30)
        with client:
            if self.security == "starttls":
                client.starttls(context)
            secret = f"\0{user}\0{self.users[user]}".encode()
            _ok(client.authenticate("PLAIN", lambda _: secret))
            if folder is not None:
                _ok(client.select(_quoted(folder)))
            yield client

    def append(
        self, user: str, folder: str, raw: bytes, flags: Sequence[str] = (), when: dt.datetime | None = None
    ) -> int:
        """Put a mail, as it is, into a folder that is made where there is none; its UID."""
        with self.client(user) as client:
            client.create(_quoted(folder))  # NO where it exists
            client.literal = raw
            date = imaplib.Time2Internaldate(when or dt.datetime.now(dt.UTC))
            said = _ok(client._simple_command("APPEND", _quoted(folder), f"({' '.join(flags)})", date))
            found = re.search(rb"APPENDUID \d+ (\d+)", b" ".join(said))
            assert found, said
        if when:
            self._set_time(user, folder, int(found[1]), when)
        return int(found[1])

    def _set_time(self, user: str, folder: str, uid: int, when: dt.datetime) -> None:
        """Let a mail have arrived at any time: the server itself takes none that is to come."""
        place = self._place(user, folder)
        listed = (place / "dovecot-uidlist").read_text()
        found = re.search(rf"^{uid} .*:(\S+)$", listed, re.M)
        assert found, listed
        [path] = [one for one in place.glob("*/*") if one.name.startswith(found[1].partition(":")[0])]
        os.utime(path, (when.timestamp(), when.timestamp()))
        for cache in place.glob("dovecot.index.cache*"):
            cache.unlink()

    def _place(self, user: str, folder: str) -> Path:
        home = self.folder / "mail" / user
        return home if folder == "INBOX" else home / f".{imap_utf7.encode(folder).decode().replace('/', '.')}"

    def create(self, user: str, folder: str) -> None:
        """Make a folder."""
        with self.client(user) as client:
            _ok(client.create(_quoted(folder)))

    def flags(self, user: str, folder: str = "INBOX") -> dict[int, tuple[str, ...]]:
        """The flags and keywords of each mail by UID, but \\Recent, in the order of the alphabet."""
        with self.client(user, folder) as client:
            lines = [line for line in _ok(client.uid("FETCH", "1:*", "(UID FLAGS)")) if line]
        found = {}
        for line in lines:
            uid, flags = re.search(rb"UID (\d+)", line), re.search(rb"FLAGS \(([^)]*)\)", line)
            assert uid and flags, line
            found[int(uid[1])] = tuple(sorted(set(flags[1].decode().split()) - {"\\Recent"}))
        return found

    def mails(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The mails of a folder, as they are, in order of UID."""
        with self.client(user, folder) as client:
            uids = _ok(client.uid("SEARCH", "ALL"))[0].split()
            return [_ok(client.uid("FETCH", uid.decode(), "(BODY.PEEK[])"))[0][1] for uid in uids]

    def set_flags(self, user: str, folder: str, uid: int, flags: Sequence[str]) -> None:
        """Give a mail flags, as another mail program does."""
        with self.client(user, folder) as client:
            _ok(client.uid("STORE", str(uid), "+FLAGS.SILENT", f"({' '.join(flags)})"))

    def remove(self, user: str, folder: str, uid: int) -> None:
        """Delete one mail for good, as another mail program does."""
        with self.client(user, folder) as client:
            _ok(client.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Deleted)"))
            _ok(client._simple_command("UID", "EXPUNGE", str(uid)))

    def empty(self, user: str, folder: str) -> None:
        """Delete all mails of a folder for good."""
        with self.client(user, folder) as client:
            _ok(client.uid("STORE", "1:*", "+FLAGS.SILENT", "(\\Deleted)"))
            _ok(client.expunge())

    def folders(self, user: str) -> list[str]:
        """The names of the folders."""
        with self.client(user) as client:
            lines = _ok(client.list())
        return sorted(imap_utf7.decode(re.sub(rb'^.* "/" "?|"?$', b"", line)) for line in lines)

    def uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        """The UIDVALIDITY of a folder."""
        with self.client(user) as client:
            said = b" ".join(_ok(client.status(_quoted(folder), "(UIDVALIDITY)")))
        found = re.search(rb"UIDVALIDITY (\d+)", said)
        assert found, said
        return int(found[1])

    def reset_uidvalidity(self, user: str, folder: str = "INBOX") -> int:
        """Let the server forget its UIDs, as after a restored backup; the new UIDVALIDITY."""
        before = self.uidvalidity(user, folder)
        forgotten = ((self._place(user, folder), "dovecot*"), (self._place(user, "INBOX"), "dovecot-uidvalidity*"))
        while True:
            for path in (path for place, names in forgotten for path in place.glob(names)):
                path.unlink()
            if (after := self.uidvalidity(user, folder)) != before:
                return after
            time.sleep(0.3)  # the number is the time in seconds

    # ----------------------------------------------------------------------------------------------- starting, stopping

    def start(self) -> None:
        """Start it (again, on the same port)."""
        program = _program()
        assert program
        who = {"user": NOBODY[0], "group": NOBODY[1], "extra_groups": []} if ROOT else {}
        self._process = subprocess.Popen(
            [program, "-F", "-c", str(self.folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            start_new_session=True,
            **who,
        )
        until = time.monotonic() + START_S
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), 1):
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"Dovecot did not start:\n{self.log()}")

    def stop(self) -> None:
        """End it and all processes of its own; open connections break."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=20)
            self._process = None
            (self.folder / "run" / "master.pid").unlink(missing_ok=True)

    def log(self) -> str:
        """What it noted."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""


@contextlib.contextmanager
def dovecot(
    tls: str = "ssl",
    users: Mapping[str, str] = USERS,
    *,
    names: str = "IP:127.0.0.1,DNS:localhost",
    tokens: Mapping[str, str] | None = None,
) -> Iterator[Box]:
    """A Dovecot with these accounts (user: password). `tls`: "ssl", "starttls" or "none"; `names`: whom its certificate is
    for; `tokens`: access tokens (token: user) taken with XOAUTH2."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-dovecot-"))  # a short path, since it makes sockets there
    box = Box(folder, tls, dict(users), None, dict(tokens or {}))
    try:
        if tls != "none":
            box.made = certificates.make(folder, names)
            box.certificate = box.made.certificate
        if tokens:
            box._asked = _introspection(box.tokens)
        _start_somewhere(box)
        yield box
    finally:
        box.stop()
        if box._asked:
            box._asked.shutdown()
            box._asked.server_close()
        shutil.rmtree(folder, ignore_errors=True)


def _start_somewhere(box: Box) -> None:
    """Start it at a free port, at another one where somebody was faster."""
    for name in ("mail", "run", "state"):
        (box.folder / name).mkdir()
    if ROOT:
        for path in (box.folder, *box.folder.iterdir()):
            shutil.chown(path, *NOBODY)
    for last in (False, False, True):
        box.port = free_port()
        _configure(box)
        try:
            return box.start()
        except RuntimeError:
            if last:
                raise
    raise AssertionError


def _configure(box: Box) -> None:
    folder = box.folder
    certificate = f"ssl_cert = <{folder}/certificate.pem\nssl_key = <{folder}/key.pem" if box.made else ""
    text = CONFIG.format(
        folder=folder,
        user=folder.owner(),
        group=folder.group(),
        uid=folder.stat().st_uid,
        gid=folder.stat().st_gid,
        mechanisms="plain login xoauth2" if box._asked else "plain login",
        ssl="yes" if box.made else "no",
        certificate=certificate,
        plain_port=0 if box.security == "ssl" else box.port,
        ssl_port=box.port if box.security == "ssl" else 0,
        oauth=OAUTH.format(folder=folder) if box._asked else "",
    )
    (folder / "dovecot.conf").write_text(text, encoding="utf-8")
    lines = [f"{user}:{{PLAIN}}{password}::::::" for user, password in box.users.items()]
    (folder / "users").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if box._asked:
        address = f"http://127.0.0.1:{box._asked.server_port}/"
        settings = f"introspection_mode = post\nintrospection_url = {address}\nusername_attribute = user\n"
        (folder / "oauth").write_text(settings + "active_attribute = active\nactive_value = true\n", encoding="utf-8")


def free_port() -> int:
    """A port of loopback that nobody listens at now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _introspection(tokens: Mapping[str, str]) -> HTTPServer:
    """What Dovecot asks whether an access token is good, and whose it is."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            user = tokens.get(body.partition("token=")[2].partition("&")[0])
            said = f'{{"user": "{user}", "active": true}}' if user else '{"active": false}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _quoted(folder: str) -> str:
    return '"' + imap_utf7.encode(folder).decode() + '"'


def _ok(answer: tuple[str, list]) -> list:
    said, data = answer
    assert said == "OK", answer
    return data
