"""Who sends: people with odd From lines, machines, and our own mails that come back."""

from __future__ import annotations

from collections.abc import Iterator

from hard_mails.build import attached, letter, mail, nested, part, text, top
from hard_mails.case import OFFICE, SENDER, HardMail
from hard_mails.placed import PL1

_ME = b"Phong Tu phap <" + SENDER.encode() + b">"


def mails(book: bytes) -> Iterator[HardMail]:
    """A mail for each kind of sender."""
    for name, sender, addresses in _senders():
        raw = letter(attached(book), head=top(sender=sender))
        yield HardMail(f"from-{name}.eml", raw, workbooks=((PL1, book),), senders=addresses)
    for name, more, machine in _machines():
        raw = letter(attached(book), head=top(more=more))
        yield HardMail(f"machine-{name}.eml", raw, workbooks=((PL1, book),), machine=machine, counts=machine != "own")
    mine = letter(attached(book), head=top(sender=OFFICE.upper().encode()))
    own = {"senders": (OFFICE,), "machine": "own", "counts": False}
    yield HardMail("machine-own-address.eml", mine, workbooks=((PL1, book),), **own)
    yield from _returned(book)
    for name, subject, body, inner in _texts():
        raw = mail([text(body.encode()), attached(book)], head=top(subject))
        yield HardMail(f"forward-{name}.eml", raw, workbooks=((PL1, book),), inner_from=inner)


def _senders() -> Iterator[tuple[str, bytes | None, tuple[str, ...]]]:
    """Case, From line, the addresses that may be believed."""
    yield "none", None, ()
    yield "empty", b"", ()
    yield "null", b"<>", ()
    yield "no-address", b"Phong Tu phap", ()
    yield "bare", b"TuPhap@NhonHau.gov.vn", (SENDER,)
    yield "encoded-name-with-a-comma", b"=?utf-8?B?UGjDsm5nIFTGsCBwaMOhcCwgeMOj?= <" + SENDER.encode() + b">", (SENDER,)
    yield "name-with-a-comma", b"Tu phap, Phong <" + SENDER.encode() + b">", (SENDER,)
    yield "name-like-an-address", b'"chutich@nhonhau.gov.vn" <la@example.com>', ("la@example.com",)
    yield "address-before-the-address", b"chutich@nhonhau.gov.vn <la@example.com>", ("la@example.com",)
    yield "comments", b"(chutich@nhonhau.gov.vn) <la@example.com> (a (b@c.vn))", ("la@example.com",)
    yield "two-addresses", _ME + b", la@example.com", (SENDER, "la@example.com")
    yield "two-angles", _ME + b" <la@example.com>", (SENDER, "la@example.com")
    yield "two-lines", _ME + b"\r\nFrom: la@example.com", (SENDER, "la@example.com")
    yield "one-address-twice", _ME + b", " + _ME, (SENDER,)
    yield "group", b"Cac don vi: " + SENDER.encode() + b";", (SENDER,)
    yield "broken-address", b"Phong <tu phap@@nhonhau>", ()
    yield "folded", b"=?utf-8?Q?Ph=C3=B2ng?=\r\n\t<" + SENDER.encode() + b">", (SENDER,)
    yield "raw-letters", "Phòng Tư pháp".encode() + b" <" + SENDER.encode() + b">", (SENDER,)
    yield "other-reply-to", _ME + b"\r\nReply-To: la@example.com", (SENDER,)


def _machines() -> Iterator[tuple[str, bytes, str | None]]:
    """Case, headers in front, what it is told to be."""
    yield "none", b"Auto-Submitted: no\nPrecedence: normal\nX-Auto-Response-Suppress: None\n", None
    yield "rule-forward", b"Auto-Submitted: auto-forwarded\n", "auto-submitted"
    yield "auto-generated-with-comment", b"Auto-Submitted: (rule) Auto-Generated; owner=x\n", "auto-submitted"
    yield "null-return-path", b"Return-Path: < >\n", "null-return-path"
    yield "list", b"List-Id: Cac don vi <dv.nhonhau.gov.vn>\n", "list"
    yield "bulk", b"Precedence: Bulk\n", "bulk"
    yield "suppressed", b"X-Auto-Response-Suppress: DR, OOF, AutoReply\n", "suppressed"
    yield "own-header", b"X-CCHC-Xlsx: 1\n", "own"


def _returned(book: bytes) -> Iterator[HardMail]:
    ours = letter(attached(book), head=top(sender=OFFICE.encode(), more=b"X-CCHC-Xlsx: 1\n"))
    status = part(b"Content-Type: message/delivery-status", b"Final-Recipient: rfc822; x@y.vn\r\nAction: failed\r\n")
    daemon = top(b"Undelivered Mail Returned to Sender", b"MAILER-DAEMON@mx.xa.gov.vn", b"Return-Path: <>\n")
    refused = ((PL1, "chính văn phòng"),)
    back = {"senders": ("mailer-daemon@mx.xa.gov.vn",), "machine": "report", "counts": False}
    bounce = mail([text(), status, nested(ours)], b"multipart/report; report-type=delivery-status", head=daemon)
    yield HardMail("bounce.eml", bounce, refused=refused, inner_from=OFFICE, **back)
    theirs = mail([text(), status, nested(letter(attached(book)))], b"multipart/report", head=daemon)
    yield HardMail("bounce-of-a-unit.eml", theirs, workbooks=((PL1, book),), inner_from=SENDER, **back)
    yield HardMail("bounce-without-a-report.eml", letter(attached(book), head=daemon), workbooks=((PL1, book),), **back)
    failed = letter(head=top(b"Khong gui duoc: Undeliverable", b"postmaster@xa.gov.vn"))
    yield HardMail(
        "bounce-of-a-postmaster.eml", failed, senders=("postmaster@xa.gov.vn",), machine="report", counts=False
    )
    person = letter(attached(book), head=top(sender=b"postmaster@xa.gov.vn"))
    yield HardMail("from-a-postmaster.eml", person, workbooks=((PL1, book),), senders=("postmaster@xa.gov.vn",))
    receipt = part(b"Content-Type: message/disposition-notification", b"Disposition: manual-action; displayed\r\n")
    read = mail([text(), receipt, attached(book)], b"multipart/report; report-type=disposition-notification")
    yield HardMail("receipt.eml", read, workbooks=((PL1, book),), machine="report", counts=False)
    answer = letter(attached(book), nested(ours), head=top(b"Re: Bieu quy I"))
    yield HardMail("answer-with-our-mail.eml", answer, workbooks=((PL1, book),), refused=refused, inner_from=OFFICE)


def _texts() -> Iterator[tuple[str, bytes, str, str | None]]:
    """Case, subject, text, the From that is claimed in it."""
    lan = "lan@gmail.com"
    yield (
        "gmail",
        b"Fwd: Bieu",
        f"---------- Forwarded message ---------\r\nFrom: Lan <{lan}>\r\nDate: Tue\r\nTo: x\r\n",
        lan,
    )
    yield (
        "gmail-vi",
        b"Bieu",
        f"---------- Thư đã chuyển tiếp ---------\r\nTừ: *Lan* <{lan}>\r\nDate: T3\r\nSubject: x\r\n",
        lan,
    )
    yield "outlook", b"FW: Bieu", f"\r\nFrom: Lan [mailto:{lan}]\r\nSent: Tuesday\r\nTo: x\r\nSubject: y\r\n", lan
    yield (
        "outlook-vi",
        b"FW: Bieu",
        f"________\r\nTừ: Lan <{lan}>\r\nĐã gửi: 05 Tháng Mười\r\nTới: x\r\nChủ đề: y\r\n",
        lan,
    )
    yield (
        "zimbra-vi",
        b"Fwd: Bieu",
        f'----- Thư chuyển tiếp -----\r\n> Từ: "Lan" <{lan}>\r\n> Tới: x\r\n> Đã gửi: T3\r\n',
        lan,
    )
    yield "name-like-an-address", b"Fwd: x", f"From: chutich@nhonhau.gov.vn <{lan}>\r\nDate: x\r\n", lan
    yield (
        "answer-is-none",
        b"Re: Bieu",
        f"-----Original Message-----\r\nFrom: Van phong <{OFFICE}>\r\nSent: x\r\nTo: y\r\n",
        None,
    )
    yield "talk-is-none", b"Fwd: Bieu", f"Từ: nay gửi về {lan}\r\nXin cảm ơn\r\n", None
