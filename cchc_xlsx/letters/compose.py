"""A template of templates/mail and what it tells → a mail, the same bytes for the same content."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec import Struct

from cchc_xlsx import __version__, resources, results
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.ledger.obligations import VIETNAM

OWN = "mau-thu"  # the folder in a year's folder that holds the office's own templates
_XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BAD = Text("Mẫu thư {name} có lỗi: {why}.", "The mail template {name} is wrong: {why}.")
_NO_SUBJECT = Text("dòng đầu (tiêu đề thư) trống", "the first line, the subject, is empty")
_LONGEST_SUBJECT = 150


class File(Struct, frozen=True):
    """A file that a mail carries."""

    name: str
    data: bytes


class Written(Struct, frozen=True):
    """Subject and body of a mail."""

    subject: str
    body: str


class Envelope(Struct, frozen=True):
    """Who a mail is from and to, what makes it the same mail again, and which one it answers."""

    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    message_id: str
    at: dt.datetime
    answers: str | None = None  # the Message-ID of the mail that this one answers


def write(name: str, data: Mapping[str, object], lang: Lang, own: Path | None = None) -> Written:
    """The words of a mail: `templates/mail/<name>.<lang>.txt`, or the office's own of that name in the folder `own`.

    The first line is the subject. Raises CchcError where a template is wrong.
    """
    file = f"{name}.{lang}.txt"
    folders = [one for one in (own, resources.templates() / "mail") if one]
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_plain,
    )
    try:
        text = environment.get_template(file).render(data)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise CchcError(_BAD.format(name=file, why=str(error) or type(error).__name__)) from error
    subject, _, body = text.lstrip("\n").partition("\n")
    if not subject.strip():
        raise CchcError(_BAD.format(name=file, why=_NO_SUBJECT))
    return Written(" ".join(subject.split())[:_LONGEST_SUBJECT], body.strip("\n") + "\n")


def _plain(value: object) -> object:
    """Text from outside without what could steer a mail program; our own line breaks stay in the template."""
    return results.printable(value) if isinstance(value, str) else value


def mail(written: Written, envelope: Envelope, files: Sequence[File] = (), *, is_draft: bool = False) -> bytes:
    """The mail as it goes out. It says that a machine sent it, so that machines do not answer.

    `is_draft`: it is opened in the clerk's own program, which sends it.
    """
    # The old classes of `email`: the new ones lose spaces between encoded words of a folded subject (Python 3.11).
    body = MIMEText(written.body, "plain", "utf-8")
    made = MIMEMultipart("mixed", boundary="=_" + hashlib.sha256(envelope.message_id.encode()).hexdigest()[:32])
    if envelope.sender:  # a draft needs none: the clerk's program puts its own
        made["From"] = formataddr((envelope.sender_name, envelope.sender))
    made["To"] = ", ".join(envelope.recipients)
    made["Subject"] = Header(written.subject, "utf-8", header_name="Subject")  # type: ignore[assignment,unused-ignore]
    made["Date"] = format_datetime(envelope.at.astimezone(VIETNAM))
    made["Message-ID"] = envelope.message_id
    if envelope.answers:
        made["In-Reply-To"] = envelope.answers
        made["References"] = envelope.answers
    if is_draft:
        made["X-Unsent"] = "1"
    else:
        made["Auto-Submitted"] = "auto-replied" if envelope.answers else "auto-generated"
        made["X-Auto-Response-Suppress"] = "All"
    made["X-CCHC-Xlsx"] = __version__
    made.attach(body)
    for one in files:
        part = MIMEApplication(one.data, _XLSX)
        part.add_header("Content-Disposition", "attachment", filename=one.name)
        made.attach(part)
    return made.as_bytes(policy=compat32.clone(linesep="\r\n"))
