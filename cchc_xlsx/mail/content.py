"""What a file of a mail is, by its bytes first; type and name only decide whether odd bytes were meant as a workbook."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from cchc_xlsx import package
from cchc_xlsx.folder import SPREADSHEETS
from cchc_xlsx.lang import Text
from cchc_xlsx.mail import archive, refusals
from cchc_xlsx.mail.limits import MAX_FILE
from cchc_xlsx.mail.names import suffix

Kind = Literal["workbook", "zip", "mail", "msg", "tnef", "signed", "other"]

HEAD = 4 << 10
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TNEF = b"\x78\x9f\x3e\x22"
PK = (b"PK\x03\x04", b"PK\x05\x06")
_ARCHIVES: tuple[tuple[bytes, Text], ...] = (
    (b"Rar!\x1a\x07", refusals.RAR),
    (b"7z\xbc\xaf\x27\x1c", refusals.SEVEN),
    (b"\x1f\x8b\x08", refusals.OTHER_ARCHIVE),
    (b"\xfd7zXZ", refusals.OTHER_ARCHIVE),
    (b"MSCF\0\0\0\0", refusals.OTHER_ARCHIVE),
    (b"\x7fELF", refusals.PROGRAM),
)
_FIRST_PARTS = (b"[Content_Types].xml", b"_rels/.rels", b"docProps/", b"xl/work", b"word/doc", b"ppt/pres", b"mimetype")
_BZIP2 = re.compile(rb"BZh[1-9]1AY&SY")
_PROGRAMS = frozenset(
    [
        ".exe",
        ".com",
        ".scr",
        ".pif",
        ".bat",
        ".cmd",
        ".ps1",
        ".vbs",
        ".vbe",
        ".js",
        ".jse",
        ".wsf",
        ".wsh",
        ".hta",
        ".msi",
        ".jar",
        ".lnk",
        ".reg",
        ".cpl",
        ".dll",
        ".iso",
        ".img",
        ".apk",
    ]
)
_DOCUMENTS = frozenset(
    [".docx", ".docm", ".doc", ".pptx", ".pptm", ".ppt", ".odt", ".odp", ".vsdx", ".jar", ".apk", ".epub"]
)
_ARCHIVE_NAMES = frozenset([".zip", ".rar", ".7z"])
_SHEET_TYPES = re.compile(r"spreadsheet|ms-?excel|text/csv")
_MAIL_TYPES = ("message/rfc822", "message/global", "application/eml", "message/x-emlx")
_SIGNED_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_KNOWN = rb"(?:from|received|return-path|message-id|mime-version|delivered-to|date|subject|to|x-[a-z-]+|content-type|dkim-signature|reply-to|cc|authentication-results|arc-seal)"
_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,20}(?:>?From [^\n]{0,500}\n)?" + _KNOWN + rb":", re.IGNORECASE)
_SURE = re.compile(
    rb"^(from|received|return-path|message-id|date|subject|to|mime-version):", re.IGNORECASE | re.MULTILINE
)


class Labels(Struct, frozen=True):
    """What a file is called: its safe name and its declared type in lower case; both may be empty."""

    name: str = ""
    type: str = ""

    @property
    def is_sheet(self) -> bool:
        """Whether it was meant as a table."""
        return suffix(self.name) in SPREADSHEETS or _SHEET_TYPES.search(self.type) is not None

    @property
    def is_container(self) -> bool:
        """Whether it was meant to hold other files."""
        return suffix(self.name) in _ARCHIVE_NAMES or self.is_mail or suffix(self.name) in (".msg", ".p7m")

    @property
    def is_mail(self) -> bool:
        """Whether it was meant as a mail."""
        return self.type in _MAIL_TYPES or suffix(self.name) == ".eml"

    @property
    def is_signed(self) -> bool:
        """Whether it was meant as a mail in a signature."""
        return self.type in _SIGNED_TYPES or suffix(self.name) == ".p7m"


def is_mail(head: bytes) -> bool:
    """Whether a file clearly is a mail: it begins with a header of mails and has two kinds that all of them have."""
    block = re.split(rb"\r?\n\r?\n", head.lstrip(), maxsplit=1)[0]
    return _FIRST.match(block) is not None and len({found[1].lower() for found in _SURE.finditer(block)}) >= 2


def deserves(head: bytes, labels: Labels) -> bool:
    """Whether a file of which `head` are the first bytes has to be looked at in full."""
    return (
        labels.is_sheet
        or labels.is_container
        or labels.is_signed
        or suffix(labels.name) in _PROGRAMS
        or head.startswith((*PK, OLE2, TNEF, b"MZ"))
        or _archive(head) is not None
        or (not labels.type.startswith("text/") and is_mail(head))
    )


def look(data: bytes, labels: Labels) -> Kind | Text:
    """What a file is; the sentence about it where it was meant as a workbook or container and is refused."""
    if not data.strip(b"\0\r\n "):
        return refusals.of(package.Refusal("F001")) if labels.is_sheet or labels.is_container else "other"
    if data.startswith(PK):
        return _zip(data, labels)
    if data.startswith(OLE2):
        return _ole2(data, labels)
    if data.startswith(TNEF):
        return "tnef"
    archive = _archive(data[:HEAD])
    if archive is not None:
        return archive
    if _is_program(data) or (suffix(labels.name) in _PROGRAMS):
        return refusals.PROGRAM
    if labels.is_signed:
        return "signed"
    if labels.is_mail or is_mail(data[:HEAD]):
        return "mail"
    if labels.is_sheet:
        refusal = package.glance(data)
        return "workbook" if refusal is None else refusals.of(refusal)
    return refusals.BROKEN_ARCHIVE if labels.is_container else "other"


def _zip(data: bytes, labels: Labels) -> Kind | Text:
    """A workbook is a zip file itself, and so are other documents; all else is a container."""
    if not _is_package(data):
        return "other" if suffix(labels.name) in _DOCUMENTS else "zip"
    refusal = package.glance(data)
    if refusal is None:
        return "workbook"
    is_other = refusal.code == "F002" and not labels.is_sheet
    is_document = suffix(labels.name) in _DOCUMENTS and refusal.code in ("F002", "F005")
    return "other" if is_other or is_document else refusals.of(refusal)


def _is_package(data: bytes) -> bool:
    """Whether the bytes are an office document rather than an archive of files; by the first entry where its end is lost.

    The names of a workbook's parts also stand in an archive that holds it unpacked.
    """
    found = archive.members(data)
    if isinstance(found, Text):
        first = data[30 : 30 + int.from_bytes(data[26:28], "little")]
        return first.startswith(_FIRST_PARTS)
    keys = {one.name.replace("\\", "/").lower() for one in found}
    return "[content_types].xml" in keys or "xl/workbook.xml" in keys or "xl/workbook.bin" in keys or _is_open(data)


def _is_open(data: bytes) -> bool:
    return data[30:].startswith(b"mimetypeapplication/vnd.oasis")


def _ole2(data: bytes, labels: Labels) -> Kind | Text:
    refusal = package.glance(data[:MAX_FILE])
    assert refusal is not None
    if refusal.code == "F002" and (("kind", "msg") in refusal.data or suffix(labels.name) == ".msg"):
        return "msg"
    if suffix(labels.name) in _DOCUMENTS:
        return "other"
    if refusal.code == "F002":
        if suffix(labels.name) == ".xls":
            return refusals.of(package.Refusal("F003"))
        return refusals.of(refusal) if labels.is_sheet else "other"
    return refusals.of(refusal)


def _archive(head: bytes) -> Text | None:
    if _BZIP2.match(head):
        return refusals.OTHER_ARCHIVE
    return next((text for magic, text in _ARCHIVES if head.startswith(magic)), None)


def _is_program(data: bytes) -> bool:
    """A Windows program: MZ, and the mark PE where its header says."""
    at = int.from_bytes(data[60:64], "little")
    return data.startswith(b"MZ") and data[at : at + 4] == b"PE\0\0"
