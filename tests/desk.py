"""A commune office at work in a year's folder: the real commands, its units that fill in and send, its mail servers."""

from __future__ import annotations

import email
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import command
import openpyxl
import yearly
from command import Done
from msgspec import Struct, field
from servers import Box, Post

from cchc_xlsx import owing, project, sample, writer
from cchc_xlsx.generate import Made
from cchc_xlsx.layout import place
from cchc_xlsx.ledger import book

OFFICE = "cchc@xa.example"
USER = "xa"  # the office's mailbox
UNITS = {"VP": "vp@xa.example", "KT": "kt@xa.example", "VHXH": "vhxh@xa.example", "TTPVHCC": "mc@xa.example"}
_ROW = {"VP": 4, "KT": 5, "VHXH": 6, "TTPVHCC": 7}
CLERK = "canbo@xa.example"
XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Typed = Mapping[str, str | float | None]


class Office(Struct, dict=True):
    """A year's folder and what its commands are run with."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str | Path, code: int = 0, timeout_s: float = 120) -> Done:
        """A command in the folder; it must end with this exit code."""
        done = command.run(*arguments, cwd=self.folder, env=self.environment, timeout_s=timeout_s)
        assert done.code == code, (done.code, done.out, done.err)
        return done

    def edit(self, cells: Mapping[str, yearly.Typed]) -> None:
        """Type into the set-up workbook."""
        yearly.edit(self.folder / "cchc.xlsx", cells)

    def issued(self, period: str) -> list[Made]:
        """The workbooks that the units get for a period."""
        found = project.load(self.folder)
        with closing(book.open_at(found.state)) as opened:
            return list(owing.made(found, opened, period, owing.owed(found, period)))

    def filled(self, period: str, unit: str, typed: Typed | None = None, form: str | None = None) -> bytes:
        """A unit's workbook of a period as the unit would fill it in; None in `typed` leaves an input blank."""
        [one] = [made for made in self.issued(period) if made.issue.unit == unit and form in (None, made.issue.form.id)]
        valid = sample.valid(one.issue)
        assert valid.keys() >= (typed or {}).keys()
        mixed = {**valid, **(typed or {})}
        shown = {key: value for key, value in mixed.items() if value is not None}
        return writer.to_bytes(place.place(one.issue, shown, one.identity))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the ledger says."""
        with closing(sqlite3.connect(self.folder / ".cchc" / "ledger.sqlite")) as opened:
            return opened.execute(query, values).fetchall()

    def count(self, table: str) -> int:
        """How many rows a table of the ledger has."""
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])

    def kept(self) -> dict[str, bytes]:
        """The files in the store, by name."""
        return {path.name: path.read_bytes() for path in (self.folder / ".cchc" / "files").glob("??/*")}


def office(
    folder: Path, box: Box | None = None, post: Post | None = None, *, year: int = 2027, **mail: yearly.Typed
) -> Office:
    """A year's folder with the units' addresses, and the servers where they are given."""
    done = command.run(
        "init", folder, "--commune", "Nhơn Hậu", "--commune-code", "21907", "--year", str(year), cwd=folder.parent
    )
    assert done.code == 0, done.err
    found = Office(folder)
    cells: dict[str, yearly.Typed] = {f"Đơn vị!E{_ROW[code] + 1}": address for code, address in UNITS.items()}
    said: dict[str, yearly.Typed] = {"address": OFFICE, "forwarders": CLERK}
    if box:
        said |= {"imap.host": box.host, "imap.security": box.security, "imap.port": box.port, "imap.user": USER}
        found.environment["CCHC_IMAP_PASSWORD"] = box.password(USER)
        if box.certificate:
            found.environment["SSL_CERT_FILE"] = str(box.certificate)
    if post:
        said |= {"smtp.host": post.host, "smtp.security": post.security, "smtp.port": post.port}
        if post.users:
            said["smtp.user"] = USER
            found.environment["CCHC_SMTP_PASSWORD"] = post.password(USER)
    said |= mail
    cells |= {yearly.place("mail", line): typed for line, typed in said.items()}
    found.edit(cells)
    return found


def mail(
    sender: str,
    *files: tuple[str, bytes],
    message_id: str | None = None,
    subject: str = "Báo cáo CCHC",
    date: str = "Fri, 12 Mar 2027 09:00:00 +0700",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A mail with files as a unit's program sends it."""
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Subject"], made["Date"] = sender, OFFICE, subject, date
    if message_id:
        made["Message-ID"] = message_id
    for name, value in (headers or {}).items():
        made[name] = value
    made.set_content("Kính gửi văn phòng.\n")
    for name, data in files:
        made.add_attachment(data, maintype="application", subtype=XLSX, filename=name)
    return made.as_bytes()


def read(raw: bytes) -> EmailMessage:
    """A mail as its reader's program has it."""
    found = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def attachments(raw: bytes) -> dict[str, bytes]:
    """The files of a mail by name."""
    return {str(one.get_filename()): one.get_content() for one in read(raw).iter_attachments()}


def answered(workbook: bytes, cells: Mapping[str, object], into: Path) -> bytes:
    """A workbook after somebody typed into it with a spreadsheet program."""
    into.write_bytes(workbook)
    opened = openpyxl.load_workbook(into)
    for cell, typed in cells.items():
        opened.worksheets[0][cell].value = typed
    opened.save(into)
    return into.read_bytes()


def finding(told: str, code: str) -> dict[str, Any]:
    """The one finding of a code in what a check told of a version."""
    [found] = [one for one in json.loads("{" + told + "}")["findings"] if one["code"] == code]
    return found
