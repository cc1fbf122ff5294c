"""Where mail programs put a workbook, and how they write its bytes."""

from __future__ import annotations

from collections.abc import Iterator

from hard_mails.build import (
    EDGE,
    GREETING,
    OCTETS,
    XLSX,
    attached,
    b64,
    letter,
    mail,
    many,
    part,
    qp,
    qp_text,
    text,
    top,
    uu,
)
from hard_mails.case import HardMail

PL1 = "PL1.xlsx"
_HEAD = b'Content-Type: application/octet-stream; name="PL1.xlsx"\nContent-Transfer-Encoding: '
_IMAGE = b"\x89PNG\r\n\x1a\n" + bytes(40)


def mails(book: bytes) -> Iterator[HardMail]:
    """A mail for each place and each encoding."""
    for name, raw in (*_placed(book), *_encoded(book), *_written(book)):
        called = "khong-ten.xlsx" if name.startswith("nameless") else PL1
        others = ("image001.png",) if "related" in name else ()
        yield HardMail(f"place-{name}.eml", raw, workbooks=((called, book),), others=others)


def _placed(book: bytes) -> Iterator[tuple[str, bytes]]:
    yield "plain-attachment", letter(attached(book))
    yield "inline", letter(attached(book, b'inline; filename="PL1.xlsx"'))
    yield "octet-stream", letter(attached(book, kind=OCTETS))
    yield "said-to-be-text", letter(attached(book, kind=b"text/plain; charset=us-ascii"))
    yield "said-to-be-a-picture", letter(attached(book, kind=b"image/png"))
    yield "type-is-nonsense", letter(attached(book, kind=b"xlsx"))
    yield "name-in-the-type", letter(attached(book, b"", XLSX + b'; name="PL1.xlsx"'))
    yield "nameless-and-typeless", letter(part(b"Content-Transfer-Encoding: base64", b64(book)))
    yield "the-body-itself", top() + _HEAD.replace(b"\n", b"\r\n") + b"base64\r\n\r\n" + b64(book)
    yield "nameless-the-body-as-bare-base64", top() + b"Content-Type: text/plain\r\n\r\n" + b64(book)
    related = [
        text(b"<p>Xem tep</p>", b"text/html"),
        attached(_IMAGE, b'inline; filename="image001.png"', b"image/png"),
    ]
    inner = part(b'Content-Type: multipart/related; boundary="trong"', many([*related, attached(book)], b"trong"))
    alternative = part(b'Content-Type: multipart/alternative; boundary="hai"', many([text(), inner], b"hai"))
    yield "related-in-alternative", mail([alternative])
    fork = part(
        b"Content-Type: application/applefile\nContent-Transfer-Encoding: base64", b64(b"\0\5\x16\7" + bytes(30))
    )
    double = part(b'Content-Type: multipart/appledouble; boundary="tao"', many([fork, attached(book)], b"tao"))
    yield "appledouble", letter(double)


def _encoded(book: bytes) -> Iterator[tuple[str, bytes]]:
    yield "quoted-printable", letter(part(_HEAD + b"quoted-printable", qp(book)))
    yield (
        "quoted-printable-with-line-ends",
        letter(part(_HEAD + b"Quoted-Printable", qp_text(book).replace(b"\n", b"\r\n"))),
    )
    yield "uuencode-declared", letter(part(_HEAD + b"x-uuencode", uu(book, b"PL1.xlsx")))
    yield "uuencode-in-the-text", top() + b"\r\n" + GREETING + b"\r\n" + uu(book, b"PL1.xlsx").replace(b"\n", b"\r\n")
    yield "binary", letter(part(_HEAD + b"binary", book))
    yield "raw-but-said-to-be-base64", letter(part(_HEAD + b"base64", book))
    yield "base64-but-said-to-be-8bit", letter(part(_HEAD + b"8bit", b64(book)))
    yield "base64-undeclared", letter(part(_HEAD.rpartition(b"\n")[0], b64(book)))
    yield "encoding-in-capitals", letter(part(_HEAD + b' "BASE64" ', b64(book)))
    yield "base64-in-one-line", letter(part(_HEAD + b"base64", b64(book).replace(b"\r\n", b"")))
    yield "base64-with-junk", letter(part(_HEAD + b"base64", _junk(b64(book))))
    yield "base64-indented", letter(part(_HEAD + b"base64", b" \t" + b64(book).replace(b"\r\n", b" \r\n\t ")))
    yield "base64-without-padding", letter(part(_HEAD + b"base64", b64(book).rstrip(b"=\r\n")))
    yield "base64-in-sections", letter(part(_HEAD + b"base64", b64(book[:1000]) + b64(book[1000:])))
    footer = b"\r\n_______________\r\nDanh sach thu CCHC, xem tai https://lists.example.vn/\r\n"
    yield "base64-with-a-footer", letter(part(_HEAD + b"base64", b64(book) + footer))


def _junk(lines: bytes) -> bytes:
    return b"".join(line[:20] + b"!*" + line[20:] + b" \x00\r\n" for line in lines.split(b"\r\n"))


def _written(book: bytes) -> Iterator[tuple[str, bytes]]:
    whole = letter(attached(book))
    yield "line-feeds-alone", whole.replace(b"\r\n", b"\n")
    yield "last-boundary-missing", whole.replace(b"\r\n--" + EDGE + b"--\r\n", b"\r\n")
    wrong = whole.replace(b'boundary="' + EDGE, b'boundary="khac', 1)
    yield "wrong-boundary", wrong
    yield "no-boundary-parameter", whole.replace(b'; boundary="' + EDGE + b'"', b"", 1)
    yield "boundary-is-a-prefix", _prefixed(book)
    yield "boundary-with-blanks-behind", whole.replace(b"--" + EDGE + b"\r\n", b"--" + EDGE + b" \t\r\n")
    framed = whole.replace(b"\r\n\r\n--", b"\r\n\r\nThis is MIME. --" + EDGE + b" is not here.\r\n--", 1)
    yield "preamble-and-epilogue", framed + b"--" + EDGE + b"\r\n\r\nsau het\r\n"
    yield "blank-line-lost", whole.replace(b'"PL1.xlsx"\r\n\r\n', b'"PL1.xlsx"\r\n')
    yield "envelope-line-in-front", b">From tuphap@nhonhau.gov.vn Tue Oct  5 10:00:00 2027\r\n" + whole
    yield "blank-lines-in-front", b"\r\n\r\n" + whole
    yield "byte-order-mark-in-front", b"\xef\xbb\xbf" + whole
    encoded = (
        top() + b'Content-Type: multipart/mixed; boundary="' + EDGE + b'"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    yield "stray-line-among-the-headers", whole.replace(b"MIME-Version", b"khong phai dau thu\r\nMIME-Version", 1)
    yield "semicolon-missing-in-the-type", letter(attached(book, b"", OCTETS + b' name="PL1.xlsx"'))
    yield "comment-in-the-type", whole.replace(b"multipart/mixed;", b"multipart/mixed (nhieu phan);", 1)
    yield (
        "said-to-be-a-mail",
        letter(part(_HEAD.replace(b"application/octet-stream", b"message/rfc822") + b"base64", b64(book))),
    )
    yield (
        "said-to-be-a-mail-in-binary",
        letter(part(_HEAD.replace(b"application/octet-stream", b"message/rfc822") + b"binary", book)),
    )
    yield "multipart-in-base64", encoded + b64(many([text(), attached(book)]))
    yield "multipart-said-to-be-base64", encoded + many([text(), attached(book)])


def _prefixed(book: bytes) -> bytes:
    inner = part(b'Content-Type: multipart/mixed; boundary="a-b"', many([text(), attached(book)], b"a-b"))
    return mail([text(), inner], edge=b"a")
