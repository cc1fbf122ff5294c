"""Names: every way that mail programs write them, and what nobody may call a file."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Iterator

from hard_mails.build import OCTETS, attached, letter
from hard_mails.case import HardMail

NAME = "Phụ lục 1 – Quý I.xlsx"
UTF8 = NAME.encode()
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def _percent(text: bytes) -> bytes:
    return b"".join(b"%%%02X" % byte for byte in text)


def _b(text: bytes, charset: bytes = b"utf-8") -> bytes:
    return b"=?" + charset + b"?B?" + base64.b64encode(text) + b"?="


def _q(text: bytes, charset: bytes = b"UTF-8") -> bytes:
    letters = b"".join(b"_" if byte == 32 else b"=%02X" % byte for byte in text)
    return b"=?" + charset + b"?q?" + letters + b"?="


def _sections(text: bytes, count: int) -> list[bytes]:
    """Continuations cut wherever it happens, also inside a letter."""
    size = -(-len(text) // count)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    first = b"UTF-8'vi'"
    return [b"filename*%d*=%s%s" % (i, b"" if i else first, _percent(piece)) for i, piece in enumerate(pieces)]


def _dispositions() -> Iterator[tuple[str, bytes, str]]:
    """Name of the case, the disposition, the safe name that must come out."""
    yield "rfc2231", b"attachment; filename*=UTF-8''" + _percent(UTF8), NAME
    yield "rfc2231-upper-lower", b"attachment; FileName*=utf-8'vi'" + _percent(UTF8).lower(), NAME
    yield "rfc2231-13-sections-shuffled", b"attachment;\n " + b";\n ".join(_shuffled(_sections(UTF8, 13))), NAME
    yield "rfc2231-cut-in-a-letter", b"attachment; " + b"; ".join(_sections(UTF8, 9)), NAME
    half = b"attachment; filename*1=\"Quy I.xlsx\"; filename*0*=UTF-8''" + _percent("Phụ lục ".encode())
    yield "rfc2231-plain-and-encoded-sections", half, "Phụ lục Quy I.xlsx"
    beaten = b"attachment; filename=\"Phu luc 1.xlsx\"; filename*=UTF-8''" + _percent(UTF8)
    yield "rfc2231-beats-plain", beaten, NAME
    yield (
        "rfc2231-windows-1258",
        b"attachment; filename*=windows-1258''" + _percent(_cp1258("Phụ lục 1.xlsx")),
        "Phụ lục 1.xlsx",
    )
    yield "rfc2047-b", b'attachment; filename="' + _b(UTF8) + b'"', NAME
    yield "rfc2047-q", b'attachment; filename="' + _q(UTF8) + b'"', NAME
    yield "rfc2047-unquoted", b"attachment; filename=" + _b(UTF8), NAME
    folded = b'attachment;\n filename="' + _b(UTF8[:4]) + b"\n " + _b(UTF8[4:]) + b'"'
    yield "rfc2047-folded-cut-in-a-letter", folded, NAME
    lengths = (
        b'attachment; filename="=?utf-8?b?'
        + base64.b64encode(UTF8)[:10]
        + b"?=\n =?utf-8?b?"
        + base64.b64encode(UTF8)[10:]
    )
    yield "rfc2047-cut-in-a-group-of-four", lengths + b'?="', NAME
    yield "rfc2047-wrong-charset", b'attachment; filename="' + _b(UTF8, b"iso-8859-1") + b'"', NAME
    yield "rfc2047-chinese-charset", b'attachment; filename="' + _b(UTF8, b"gb18030") + b'"', NAME
    yield "rfc2047-unknown-charset", b'attachment; filename="' + _b(UTF8, b"x-khong-co") + b'"', NAME
    yield (
        "rfc2047-cp1258",
        b'attachment; filename="' + _q(_cp1258("Phụ lục 1.xlsx"), b"windows-1258") + b'"',
        "Phụ lục 1.xlsx",
    )
    yield (
        "rfc2047-in-the-middle",
        b'attachment; filename="PL 1 ' + _b("Tư pháp".encode()) + b' .xlsx"',
        "PL 1 Tư pháp .xlsx",
    )
    yield "raw-utf8", b'attachment; filename="' + UTF8 + b'"', NAME
    yield "raw-cp1258", b'attachment; filename="' + _cp1258("Báo cáo phụ lục.xlsx") + b'"', "Báo cáo phụ lục.xlsx"
    yield "raw-nfd", b'attachment; filename="' + unicodedata.normalize("NFD", NAME).encode() + b'"', NAME
    yield "percent-in-plain", b'attachment; filename="' + _percent(UTF8) + b'"', NAME
    yield "unquoted-with-spaces", b"attachment; filename=Phu luc 1 quy I.xlsx; size=12", "Phu luc 1 quy I.xlsx"
    yield "semicolon-in-quotes", b'attachment; filename="PL1; quy I.xlsx"', "PL1; quy I.xlsx"
    yield "quotes-escaped", b'attachment; filename="PL \\"1\\".xlsx"', "PL _1_.xlsx"
    yield "quote-never-closed", b'attachment; filename="PL1.xlsx', "PL1.xlsx"
    yield "windows-path", b'attachment; filename="C:\\\\Users\\\\Admin\\\\PL1.xlsx"', "PL1.xlsx"
    yield "climbing-path", b'attachment; filename="../../../etc/PL1.xlsx"', "PL1.xlsx"
    yield "direction-override", 'attachment; filename="PL1\u202excod\u202c.xlsx"'.encode(), "PL1xcod.xlsx"
    yield "control-characters", b'attachment; filename="PL\x01\x1b[31m1\x7f.xlsx"', "PL[31m1.xlsx"
    yield "forbidden-characters", b'attachment; filename="PL<1>|?*:.xlsx"', "PL_1_____.xlsx"
    yield "device-name", b'attachment; filename="con.xlsx"', "_con.xlsx"
    yield "dots-and-blanks", b'attachment; filename=" PL1.xlsx. . "', "PL1.xlsx"
    long = "Báo cáo cải cách hành chính " * 20 + ".xlsx"
    yield (
        "very-long",
        b"attachment; filename*=UTF-8''" + _percent(long.encode()),
        "Báo cáo cải cách hành chính " * 5 + "Báo cáo cải các.xlsx",
    )
    yield "no-ending", b'attachment; filename="Phu luc 1"', "Phu luc 1"
    yield "another-ending", b'attachment; filename="Phu luc 1.docx"', "Phu luc 1.docx"
    yield "only-dots", b'attachment; filename="..."', "khong-ten.xlsx"
    yield "empty", b'attachment; filename=""', "khong-ten.xlsx"
    yield "none", b"attachment", "khong-ten.xlsx"


def _shuffled(sections: list[bytes]) -> list[bytes]:
    return [*sections[1::2], *reversed(sections[::2])]


def _cp1258(text: str) -> bytes:
    """The bytes of Windows' Vietnamese: letters with their shape, tones behind them."""
    out = b""
    for sign in text:
        apart = unicodedata.normalize("NFD", sign)
        shape = unicodedata.normalize("NFC", "".join(one for one in apart if one not in _TONES))
        tone = "".join(one for one in apart if one in _TONES)
        try:
            out += sign.encode("cp1258")
        except UnicodeEncodeError:
            out += (shape + tone).encode("cp1258")
    return out


def mails(book: bytes) -> Iterator[HardMail]:
    """A mail for each way to write a name."""
    for name, disposition, safe in _dispositions():
        yield HardMail(f"name-{name}.eml", letter(attached(book, disposition)), workbooks=((safe, book),))
    typed = OCTETS + b'; name="' + _b(UTF8) + b'"'
    yield HardMail("name-in-the-type-alone.eml", letter(attached(book, b"", typed)), workbooks=((NAME, book),))
    sections = OCTETS + b";\n " + b";\n ".join(one.replace(b"filename", b"name") for one in _sections(UTF8, 11))
    yield HardMail("name-in-the-type-in-sections.eml", letter(attached(book, b"", sections)), workbooks=((NAME, book),))
