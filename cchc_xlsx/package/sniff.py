"""What a file is by its content; its name is never asked."""

from __future__ import annotations

import re
from functools import lru_cache

from cchc_xlsx.package.refusal import Kind, Refusal, Refused, damaged, other

_HEAD = 64 << 10
_KEPT = 16 << 10
_MAX_LOOKS = 10_000
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF", "pdf"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gz"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"{\\rtf", "rtf"),
    (b"MZ", "exe"),
    (b"\x7fELF", "exe"),
)
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
_ENCRYPTED = ("EncryptedPackage", "EncryptionInfo")
_STREAMS: tuple[tuple[str, Kind], ...] = (
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta|style|div|script|center|font)\b", re.IGNORECASE)
_MAIL = re.compile(rb"(?:MIME-Version|From|Received|Return-Path|Content-Type|Message-ID): ", re.IGNORECASE)
_OF_BIN = re.compile(rb"<[^<>]*\bextension\s*=\s*[\"']bin[\"'][^<>]*>")
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def content(data: bytes) -> None:
    """Refuses all that is not a zip file, by its true kind."""
    if not data:
        raise Refused(Refusal("F001"))
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return
    if data.startswith(_OLE2):
        raise _ole2(data)
    if data.startswith(_OLD_BIFF):
        raise Refused(Refusal("F003"))
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise other(kind)
    if b"PK\x05\x06" in data[-_HEAD:] and b"xl/workbook" in data:
        raise damaged("zip")
    raise _text(data[:_HEAD]) or other("unknown")


def _ole2(data: bytes) -> Refused:
    """A compound file by the streams in its directory: entries of 128 bytes, name first, its length at 64."""
    if any(_has_stream(data, name) for name in _ENCRYPTED):
        return Refused(Refusal("F004"))
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        return Refused(Refusal("F003"))
    return other(next((kind for name, kind in _STREAMS if _has_stream(data, name)), "ole2"))


def _has_stream(data: bytes, name: str) -> bool:
    wanted = (name + "\0").encode("utf-16-le")
    at = -1
    for _ in range(_MAX_LOOKS):
        at = data.find(wanted, at + 1)
        if at < 0:
            return False
        if at % 128 == 0 and data[at + 64 : at + 66] == len(wanted).to_bytes(2, "little"):
            return True
    return False


def _text(head: bytes) -> Refused | None:
    """Text by its kind, None for anything that is not text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode("utf-8", "replace")
    head = head.removeprefix(b"\xef\xbb\xbf")
    if _BINARY.search(head):
        return None
    head = head.lstrip()
    if _MAIL.match(head):
        is_page = b"multipart/related" in head.lower() or b"text/html" in head.lower()
        return Refused(Refusal("F010", (("kind", "mht"),))) if is_page else other("email")
    if not head.startswith(b"<"):
        return Refused(Refusal("F009"))
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return Refused(Refusal("F010", (("kind", "xml2003"),)))
    if b"urn:oasis:names:tc:opendocument" in head:
        return Refused(Refusal("F008"))
    return Refused(Refusal("F010", (("kind", "html"),))) if _HTML.search(head) else other("xml")


def archive(keys: frozenset[str], head: bytes) -> None:
    """Refuses a zip file that is not an .xlsx, by the names in it; `head` is its first bytes."""
    if "xl/workbook.bin" in keys:
        raise Refused(Refusal("F007"))
    folders = _folders(keys)
    if "xl" in folders:
        return
    if "mimetype" in keys and b"opendocument" in head:
        if b"opendocument.spreadsheet" in head:
            raise Refused(Refusal("F008"))
        raise other("odt" if b"opendocument.text" in head else "odp" if b"opendocument.pres" in head else "zip")
    if "word" in folders or "ppt" in folders:
        raise other("docx" if "word" in folders else "pptx")
    if "index/document.iwa" in keys or "index.zip" in keys:
        raise other("numbers")
    if "[content_types].xml" not in keys:
        raise other("zip")


@lru_cache(maxsize=32)  # the same in all copies of a form
def _folders(keys: frozenset[str]) -> frozenset[str]:
    """The folders in a zip file; refuses a workbook with macros."""
    folders = frozenset(key.partition("/")[0] for key in keys)
    if "xl" in folders and any(key.endswith("vbaproject.bin") or key.startswith("xl/macrosheets/") for key in keys):
        raise Refused(Refusal("F006"))
    return folders


def content_types(part: bytes) -> None:
    """Refuses macro and binary workbooks that hide behind ordinary names."""
    (_content_types if len(part) <= _KEPT else _content_types.__wrapped__)(part)


@lru_cache(maxsize=32)  # the same in all copies of a form
def _content_types(part: bytes) -> None:
    # SheetJS declares binary sheets for .bin in every .xlsx; no such part is ever read.
    lower = _OF_BIN.sub(b"", part.lower())
    if b"sheet.binary" in lower:
        raise Refused(Refusal("F007"))
    if b"macroenabled" in lower:
        raise Refused(Refusal("F006"))
