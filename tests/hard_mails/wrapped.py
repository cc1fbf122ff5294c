"""Workbooks in containers: mails in mails, archives, what Outlook makes; repeats and order."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

from hostile import packs

from hard_mails import compound, outlook_packs
from hard_mails.build import GREETING, OCTETS, attached, b64, letter, mail, many, nested, packed, part, text, top
from hard_mails.case import SENDER, HardMail
from hard_mails.placed import PL1

_ZIP = b'attachment; filename="bao cao.zip"'
_DAT = b'attachment; filename="winmail.dat"'
_TNEF = b"application/ms-tnef"
NAME = "Phụ lục 1 – Tư pháp.xlsx"
_OTHER = "lan@gmail.com"
_INNER = top(sender=f"Lan <{_OTHER}>".encode())
DEEP = "quá sâu"


def mails(books: Sequence[bytes]) -> Iterator[HardMail]:
    """A mail for each container."""
    book = books[0]
    yield from _forwarded(book)
    yield from _zipped(book)
    yield from _from_outlook(book)
    yield from _files(book)
    yield from _signed(book)
    yield from _repeated(books)


def _forwarded(book: bytes) -> Iterator[HardMail]:
    inner = letter(attached(book), head=_INNER)
    found = {"workbooks": ((PL1, book),), "inner_from": _OTHER}
    yield HardMail("in-a-mail.eml", letter(nested(inner)), **found)
    head = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: "
    yield HardMail("in-a-mail-in-base64.eml", letter(part(head + b"base64", b64(inner))), **found)
    eml = attached(inner, b'attachment; filename="thu.eml"', OCTETS)
    yield HardMail("in-an-eml-attachment.eml", letter(eml), **found)
    nameless = attached(inner, b"attachment", OCTETS)
    yield HardMail("in-a-nameless-mail-attachment.eml", letter(nameless), **found)
    digest = mail([b"\r\n" + inner, b"\r\n" + letter(head=_INNER)], b"multipart/digest")
    yield HardMail("in-a-digest.eml", digest, **found)
    yield HardMail("in-five-mails.eml", _deep(book, 5), workbooks=((PL1, book),), inner_from=SENDER)
    refused = (("khong-ten", DEEP),)
    yield HardMail("in-six-mails.eml", _deep(book, 6), refused=refused, inner_from=SENDER)


def _deep(book: bytes, count: int) -> bytes:
    raw = letter(attached(book))
    for number in range(count):
        edge = b"lop-%d" % number
        raw = mail([text(), nested(raw)], edge=edge)
    return raw


def _zipped(book: bytes) -> Iterator[HardMail]:
    pack = packed(("thu muc/", b""), (f"thu muc/{NAME}", book), ("thu muc/ghi chu.txt", b"ghi chu"))
    found = {"workbooks": ((NAME, book),)}
    yield HardMail("in-a-zip.eml", letter(attached(pack, _ZIP, b"application/zip")), others=("ghi chu.txt",), **found)
    yield HardMail("in-a-zip-without-a-name.eml", letter(attached(pack, b"", OCTETS)), others=("ghi chu.txt",), **found)
    twice = packed(("trong.zip", packed((NAME, book))))
    yield HardMail("in-a-zip-in-a-zip.eml", letter(attached(twice, _ZIP)), **found)
    letters = packed(("thu.eml", letter(attached(book), head=_INNER)))
    inside = {"workbooks": ((PL1, book),), "inner_from": _OTHER}
    yield HardMail("in-a-mail-in-a-zip.eml", letter(attached(letters, _ZIP)), **inside)
    unflagged = packs.archive([packs.Entry(NAME.encode(), book, central={"flags": 0}, local={"flags": 0})])
    yield HardMail("in-a-zip-with-utf8-unsaid.eml", letter(attached(unflagged, _ZIP)), **found)
    dos = b"Phu luc _.xlsx"
    field = b"\1" + zlib.crc32(dos).to_bytes(4, "little") + NAME.encode()
    extra = b"\x75\x70" + len(field).to_bytes(2, "little") + field
    winrar = packs.archive([packs.Entry(dos, book, central={"flags": 0, "extra": extra}, local={"flags": 0})])
    yield HardMail("in-a-zip-with-a-second-name.eml", letter(attached(winrar, _ZIP)), **found)
    mac = packed((NAME, book), (f"__MACOSX/._{NAME}", b"\0\5\x16\7"), (".DS_Store", b"\0\0\0\1Bud1"))
    yield HardMail("in-a-zip-of-a-mac.eml", letter(attached(mac, _ZIP)), others=("DS_Store",), **found)
    climbing = packs.archive([packs.Entry(b"..\\..\\xl\\" + b"PL1.xlsx", book)])
    yield HardMail("in-a-zip-that-climbs.eml", letter(attached(climbing, _ZIP)), workbooks=((PL1, book),))
    streamed = {"flags": 0x808, "crc": 0, "packed": 0, "size": 0}
    stream = packs.archive([packs.Entry(b"PL1.xlsx", book, local=streamed, central={"flags": 0x808})])
    yield HardMail("in-a-streamed-zip.eml", letter(attached(stream, _ZIP)), workbooks=((PL1, book),))
    stored = packs.archive([packs.Entry(b"PL1.xlsx", book, method=0)])
    yield HardMail("in-a-zip-that-packs-nothing.eml", letter(attached(stored, _ZIP)), workbooks=((PL1, book),))
    folder = packs.archive([packs.Entry(b"xl/PL1.xlsx", book, method=0)])
    yield HardMail("in-a-zip-with-a-folder-xl.eml", letter(attached(folder, _ZIP)), workbooks=((PL1, book),))
    two = packed(("a/PL1.xlsx", book), ("b/PL1.xlsx", book))
    yield HardMail("twice-in-a-zip.eml", letter(attached(two, _ZIP)), workbooks=((PL1, book), (PL1, book)))


def _from_outlook(book: bytes) -> Iterator[HardMail]:
    found = {"workbooks": ((NAME, book),)}
    dat = outlook_packs.tnef((NAME, book), ("ghi chu.txt", b"ghi chu"))
    yield HardMail("in-winmail.eml", letter(attached(dat, _DAT, _TNEF)), others=("ghi chu.txt",), **found)
    yield HardMail(
        "in-winmail-said-to-be-octets.eml", letter(attached(dat, b"", OCTETS)), others=("ghi chu.txt",), **found
    )
    short = outlook_packs.tnef(("PL1.xlsx", book), long_names=False)
    yield HardMail("in-winmail-with-short-names.eml", letter(attached(short, _DAT, _TNEF)), workbooks=((PL1, book),))
    inner = outlook_packs.tnef_with_mail(outlook_packs.tnef((NAME, book)))
    yield HardMail("in-a-mail-in-winmail.eml", letter(attached(inner, _DAT, _TNEF)), **found)
    msg = compound.write(compound.outlook(top(), [(NAME, book), ("ghi chu.txt", b"ghi chu")]))
    attachment = attached(msg, b'attachment; filename="thu.msg"', b"application/vnd.ms-outlook")
    yield HardMail("in-a-msg-attachment.eml", letter(attachment), others=("ghi chu.txt",), inner_from=SENDER, **found)


def _files(book: bytes) -> Iterator[HardMail]:
    """Mails and archives as they lie in a folder."""
    found = {"kind": "msg", "workbooks": ((NAME, book),)}
    yield HardMail("saved-by-outlook.msg", compound.write(compound.outlook(top(), [(NAME, book)])), **found)
    yield HardMail(
        "saved-by-outlook-without-headers.msg", compound.write(compound.outlook(b"", [(NAME, book)])), **found
    )
    inner = compound.outlook(_INNER, [(NAME, book)], is_inside=True)
    outer = compound.write(compound.outlook(top(), [("FW Bao cao", inner)]))
    yield HardMail("saved-by-outlook-forward.msg", outer, inner_from=_OTHER, **found)
    pack = packed((NAME, book), ("trong/PL1.xlsx", book))
    yield HardMail("downloaded.zip", pack, kind="zip", workbooks=((NAME, book), (PL1, book)), senders=())
    yield HardMail(NAME, book, kind="workbook", workbooks=((NAME, book),), senders=())
    yield HardMail(
        "a-workbook-without-an-ending",
        book,
        kind="zip",
        workbooks=(("a-workbook-without-an-ending", book),),
        senders=(),
    )
    raw = letter(attached(book))
    yield HardMail("a-mail-without-an-ending", raw, workbooks=((PL1, book),))
    yield HardMail("a-mail-as.txt", raw, workbooks=((PL1, book),))
    yield HardMail("1759640405.M1P2.mx,S=9:2,RS", raw, workbooks=((PL1, book),))


def _signed(book: bytes) -> Iterator[HardMail]:
    body = part(b'Content-Type: multipart/mixed; boundary="ky"', many([text(), attached(book)], b"ky"))
    found = {"workbooks": ((PL1, book),)}
    signature = attached(b"0\x80ky", b'attachment; filename="smime.p7s"', b"application/pkcs7-signature")
    kind = b'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256'
    yield HardMail("signed.eml", mail([body, signature], kind), others=("smime.p7s",), **found)
    for name, piece in (("whole", 0), ("in-pieces", 1000)):
        wrapped = outlook_packs.signed(body, piece=piece)
        head = b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\r\n'
        raw = top() + head + b"Content-Transfer-Encoding: base64\r\n\r\n" + b64(wrapped)
        yield HardMail(f"signed-around-the-content-{name}.eml", raw, **found)
    secret = attached(
        outlook_packs.signed(b"x" * 300, outlook_packs.ENVELOPED),
        b'attachment; filename="smime.p7m"',
        b"application/pkcs7-mime",
    )
    yield HardMail("encrypted-mail.eml", letter(secret), refused=(("smime.p7m", "được mã hóa"),))


def _repeated(books: Sequence[bytes]) -> Iterator[HardMail]:
    book, other = books[0], books[-1]
    two = letter(attached(book), attached(book, b'attachment; filename="PL1 (1).xlsx"'))
    yield HardMail("one-workbook-twice.eml", two, workbooks=((PL1, book), ("PL1 (1).xlsx", book)))
    both = letter(attached(other, b'attachment; filename="sau.xlsx"'), attached(book))
    yield HardMail("two-workbooks.eml", both, workbooks=(("sau.xlsx", other), (PL1, book)))
    pdf = attached(b"%PDF-1.4 cong van", b'attachment; filename="cong van.pdf"', b"application/pdf")
    word = attached(
        packed(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<d/>")),
        b'attachment; filename="cong van.docx"',
    )
    among = letter(pdf, word, attached(book), attached(GREETING, b'attachment; filename="ghi chu.txt"', b"text/plain"))
    others = ("cong van.pdf", "cong van.docx", "ghi chu.txt")
    yield HardMail("among-other-files.eml", among, workbooks=((PL1, book),), others=others)
    yield HardMail("nothing-in-it.eml", letter())
    again = letter(attached(book)).replace(b"<1.2.3@", b"<4.5.6@")
    yield HardMail("the-same-under-another-id.eml", again, workbooks=((PL1, book),))
    undated = letter(attached(other)).replace(b"Date: ", b"X-Date: ").replace(b"Message-ID: ", b"X-ID: ")
    yield HardMail("no-date-and-no-id.eml", undated, workbooks=((PL1, other),))
