"""What cannot be opened: damaged, encrypted, another kind, not safe; each with a piece of the sentence it must get."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from hostile import packs

from hard_mails import compound
from hard_mails.build import EDGE, OCTETS, XLSX, attached, b64, letter, packed, part, top
from hard_mails.case import HardMail

_ZIP = b"application/zip"
_XLS = b"application/vnd.ms-excel"
_RESAVE = "Lưu thành (Save As)"


def mails(book: bytes) -> Iterator[HardMail]:
    """A mail for each thing that is refused."""
    for name, file, content, words in _refused(book):
        raw = letter(attached(content, b'attachment; filename="' + file.encode() + b'"', OCTETS))
        yield HardMail(f"refused-{name}.eml", raw, refused=((file, words),))
    yield from _cut(book)
    yield from _odd(book)
    yield HardMail("empty.eml", b"", unreadable="không có nội dung")
    yield HardMail("blank.eml", b"\r\n \r\n", unreadable="không có nội dung")
    headers = letter().partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    yield HardMail("headers-alone.eml", headers, unreadable="cắt cụt")
    yield HardMail("no-mail.eml", b"\0\1\2 khong phai thu", unreadable="không phải là thư")
    yield HardMail("broken.msg", compound.write({"x": b"y"}), kind="msg", unreadable="không phải thư Outlook")


def _refused(book: bytes) -> Iterator[tuple[str, str, bytes, str]]:
    """Case, file name, content, words."""
    yield "empty", "PL1.xlsx", b"", "không có nội dung"
    secret = compound.write({"EncryptedPackage": bytes(5000), "EncryptionInfo": bytes(200)})
    yield "encrypted-workbook", "PL1.xlsx", secret, "mật khẩu"
    flags = {"flags": 0x801}
    yield (
        "encrypted-zip",
        "PL1.xlsx",
        packs.archive([packs.Entry(b"PL1.xlsx", book, central=flags, local=flags)]),
        "mật khẩu",
    )
    locked = packs.archive([packs.Entry(b"%d.xlsx" % n, book, central=flags, local=flags) for n in range(3)])
    yield "encrypted-zip-of-three", "PL.zip", locked, "mật khẩu"
    yield "rar", "PL1.rar", b"Rar!\x1a\x07\x01\x00" + bytes(100), "RAR"
    yield "rar-called-zip", "PL1.zip", b"Rar!\x1a\x07\x00" + bytes(100), "RAR"
    yield "7z", "PL1.7z", b"7z\xbc\xaf\x27\x1c" + bytes(100), "7z"
    yield "gz", "PL1.xlsx.gz", gzip.compress(book, mtime=0), "không phải .zip"
    yield "xls", "PL1.xls", compound.write({"Workbook": bytes(5000)}), _RESAVE
    yield "xls-called-xlsx", "PL1.xlsx", compound.write({"Workbook": bytes(5000)}), ".xls"
    yield "xlsb", "PL1.xlsb", packs.book({"xl/workbook.bin": b"\x83\1\0"}), _RESAVE
    ods = [("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<office/>")]
    yield (
        "ods",
        "PL1.ods",
        packs.archive([packs.Entry(name.encode(), content, method=0) for name, content in ods]),
        _RESAVE,
    )
    yield "macros", "PL1.xlsm", packs.book({"xl/vbaProject.bin": b"macro"}), "macro"
    yield "macros-called-xlsx", "PL1.xlsx", packs.book({"xl/vbaProject.bin": b"macro"}), "macro"
    program = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(100)
    yield "program", "PL1.exe", program, "chương trình"
    yield "program-called-xlsx", "PL1.xlsx", program, "chương trình"
    yield "script", "PL1.xlsx.js", b"WScript.Echo(1)", "chương trình"
    yield "csv", "PL1.csv", b"STT;Chi tieu\r\n1;95\r\n", ".xlsx"
    yield "html-called-xls", "PL1.xls", b"<html><table><tr><td>1</td></tr></table></html>", "HTML"
    yield "cut-off-workbook", "PL1.xlsx", book[: len(book) // 2], "hỏng"
    yield "cut-off-zip", "PL1.zip", packed(("PL1.xlsx", book))[:-40], "hỏng"
    flipped = bytearray(book)
    flipped[200] ^= 4
    stored = packs.archive([packs.Entry(b"PL1.xlsx", book, method=0)])
    yield "cut-off-zip-that-packs-nothing", "PL1.zip", stored[:-40], "nén bị hỏng"
    yield "one-bit-flipped", "PL1.xlsx", bytes(flipped), "hỏng"
    yield (
        "word-called-xlsx",
        "PL1.xlsx",
        packed(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<d/>")),
        "Word",
    )
    yield "text-called-zip", "PL1.zip", b"khong phai tep nen", "hỏng"


def _cut(book: bytes) -> Iterator[HardMail]:
    whole = letter(attached(book))
    cut = whole[: whole.index(b64(book)) + 3_000]
    yield HardMail("refused-mail-cut-off.eml", cut, refused=(("PL1.xlsx", "hỏng"),))
    lines = b64(book).split(b"\r\n")
    del lines[len(lines) // 2]
    head = b'Content-Type: application/octet-stream; name="PL1.xlsx"\nContent-Transfer-Encoding: base64'
    yield HardMail("refused-line-lost.eml", letter(part(head, b"\r\n".join(lines))), refused=(("PL1.xlsx", "hỏng"),))
    mixed = letter(attached(book[:3_000], b'attachment; filename="hong.xlsx"'), attached(book))
    yield HardMail("refused-one-of-two.eml", mixed, workbooks=(("PL1.xlsx", book),), refused=(("hong.xlsx", "hỏng"),))


def _odd(book: bytes) -> Iterator[HardMail]:
    bomb = packs.archive([packs.Entry(b"PL1.xlsx", bytes(8 << 20), level=9)])
    raw = letter(attached(bomb, b'attachment; filename="bom.zip"', _ZIP))
    yield HardMail("refused-bomb.eml", raw, refused=(("PL1.xlsx", "bất thường"),))
    lying = packs.archive([packs.Entry(b"PL1.xlsx", book, central={"size": 10}, local={"size": 10})])
    raw = letter(attached(lying, b'attachment; filename="sai.zip"', _ZIP))
    yield HardMail("refused-size-that-lies.eml", raw, refused=(("PL1.xlsx", "hỏng"),))
    strange = packs.archive([packs.Entry(b"PL1.xlsx", book, method=14)])
    raw = letter(attached(strange, b'attachment; filename="la.zip"', _ZIP))
    yield HardMail("refused-packed-strangely.eml", raw, refused=(("PL1.xlsx", "kiểu nén"),))
    piece = part(b'Content-Type: message/partial; id="1@x"; number=1; total=3', letter(attached(book))[:2_000])
    yield HardMail("refused-partial.eml", letter(piece), refused=(("khong-ten", "chia nhỏ"),))
    old = attached(compound.write({"Book": bytes(5_000)}), b"attachment", _XLS)
    yield HardMail("refused-nameless-xls.eml", letter(old), refused=(("khong-ten", ".xls"),))
    many = packs.archive([packs.Entry(b"%d.txt" % number, b"x", method=0) for number in range(1_001)])
    raw = letter(attached(many, b'attachment; filename="nhieu.zip"', _ZIP))
    yield HardMail("refused-too-many.eml", raw, refused=(("nhieu.zip", "quá 1000 tệp"),))
    bare = top() + b'Content-Type: multipart/mixed; boundary="' + EDGE + b'"\r\n\r\nkhong co phan nao\r\n'
    yield HardMail("multipart-without-parts.eml", bare)
    empty = part(b"Content-Type: " + XLSX + b'; name="PL1.xlsx"\nContent-Transfer-Encoding: base64', b"")
    yield HardMail("refused-empty-part.eml", letter(empty), refused=(("PL1.xlsx", "không có nội dung"),))
