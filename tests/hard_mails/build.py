"""Mails written byte by byte, so that each header can be as wrong as real programs make it."""

from __future__ import annotations

import base64
import binascii
import zipfile
from io import BytesIO

from hard_mails.case import SENDER

XLSX = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OCTETS = b"application/octet-stream"
GREETING = "Kính gửi Văn phòng,\r\nPhòng Tư pháp gửi biểu quý I.\r\n".encode()
EDGE = b"=_ranh-gioi_1"


def b64(content: bytes) -> bytes:
    """Base64 in lines of 76, with CRLF."""
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def qp(content: bytes) -> bytes:
    """Quoted-printable as for binary content, with CRLF."""
    return binascii.b2a_qp(content, istext=False).replace(b"\n", b"\r\n")


def qp_text(content: bytes) -> bytes:
    """Quoted-printable as for text: line feeds of the content stay line ends."""
    return b"\n".join(binascii.b2a_qp(line, istext=False) for line in content.split(b"\n"))


def uu(content: bytes, name: bytes) -> bytes:
    """Uuencode with its frame."""
    lines = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
    return b"begin 644 " + name + b"\n" + b"".join(lines) + b"`\nend\n"


def part(head: bytes, body: bytes) -> bytes:
    """A part: headers in lines, a blank one, the body."""
    return head.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


def attached(
    content: bytes, disposition: bytes = b'attachment; filename="PL1.xlsx"', kind: bytes = XLSX, more: bytes = b""
) -> bytes:
    """A part in base64 with that disposition (none where it is empty) and type."""
    head = b"Content-Type: " + kind + b"\nContent-Transfer-Encoding: base64"
    head += b"\nContent-Disposition: " + disposition if disposition else b""
    return part(head + more, b64(content))


def text(content: bytes = GREETING, kind: bytes = b"text/plain; charset=utf-8") -> bytes:
    """A part of text."""
    return part(b"Content-Type: " + kind + b"\nContent-Transfer-Encoding: 8bit", content)


def many(parts: list[bytes], edge: bytes = EDGE) -> bytes:
    """The body of a multipart."""
    return b"".join(b"--" + edge + b"\r\n" + one + b"\r\n" for one in parts) + b"--" + edge + b"--\r\n"


def top(
    subject: bytes = b"Bao cao quy I",
    sender: bytes | None = b"Phong Tu phap <" + SENDER.encode() + b">",
    more: bytes = b"",
) -> bytes:
    """The headers of a mail without those of its content; each line ends."""
    lines = [b"Return-Path: <" + SENDER.encode() + b">"] if b"Return-Path" not in more else []
    lines += [
        b"Received: from mail.nhonhau.gov.vn (mail.nhonhau.gov.vn [192.0.2.7])",
        b"\tby mx.xa.gov.vn (Postfix) with ESMTPS id 4XyZ; Tue, 05 Oct 2027 10:00:05 +0700 (+07)",
    ]
    lines += [b"From: " + sender] if sender is not None else []
    lines += [b"To: cchc@nhonhau.gov.vn", b"Subject: " + subject, b"Date: Tue, 05 Oct 2027 09:59:00 +0700"]
    lines += [b"Message-ID: <1.2.3@nhonhau.gov.vn>", b"MIME-Version: 1.0"]
    return more.replace(b"\n", b"\r\n") + b"\r\n".join(lines) + b"\r\n"


def mail(parts: list[bytes], kind: bytes = b"multipart/mixed", edge: bytes = EDGE, head: bytes | None = None) -> bytes:
    """A mail of these parts; its boundary grows until it is not one of theirs."""
    while any(edge in one for one in parts):
        edge += b"."
    said = b"Content-Type: " + kind + b'; boundary="' + edge + b'"\r\n\r\n'
    return (top() if head is None else head) + said + many(parts, edge)


def letter(*attachments: bytes, head: bytes | None = None) -> bytes:
    """A mail with a greeting and these parts."""
    return mail([text(), *attachments], head=head)


def nested(inner: bytes) -> bytes:
    """A mail attached as a mail."""
    return part(b"Content-Type: message/rfc822\nContent-Disposition: attachment", inner)


def packed(*files: tuple[str, bytes]) -> bytes:
    """A zip file, the same each time."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files:
            pack.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
