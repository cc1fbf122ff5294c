"""Zip files and small workbooks written by hand, so that each field of them can lie."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_DAY = 0x5821  # 1 January 2024, so that the same bytes come out each time

Parts = Mapping[str, "bytes | Callable[[bytes], bytes] | None"]


@dataclass(frozen=True)
class Entry:
    """One entry: what is in it, and in which of its two headers another thing stands than is true.

    One that is not there stands in the directory alone.
    """

    name: bytes
    content: bytes = b""
    method: int = 8
    level: int = 6
    packed: bytes | None = None
    local: Mapping[str, int | bytes] = field(default_factory=dict)
    central: Mapping[str, int | bytes] = field(default_factory=dict)
    is_there: bool = True

    def fields(self, said: Mapping[str, int | bytes], packed: bytes) -> dict[str, int | bytes]:
        """The fields of a header: true ones, and what is `said` instead."""
        true = {"name": self.name, "flags": 0x800, "method": self.method, "crc": zlib.crc32(self.content)}
        sizes = {"packed": len(packed), "size": len(self.content), "extra": b"", "disk": 0, "sig": b""}
        return {**true, **sizes, **said}

    def pack(self) -> bytes:
        """The bytes as they stand in the file."""
        if self.packed is not None or self.method != 8:
            return self.content if self.packed is None else self.packed
        packer = zlib.compressobj(self.level, zlib.DEFLATED, -zlib.MAX_WBITS)
        return packer.compress(self.content) + packer.flush()


def archive(entries: Iterable[Entry], after: bytes = b"", between: bytes = b"", **said: int) -> bytes:
    """A zip file; `said` changes fields of its last record (disk, first_disk, here, count, size, start, comment)."""
    body, directory = bytearray(), bytearray()
    number = 0
    for number, entry in enumerate(entries, 1):  # noqa: B007 - counted here because it may be a generator
        packed = entry.pack()
        one = entry.fields(entry.local, packed)
        name, extra = bytes(one["name"]), bytes(one["extra"])
        head = one["flags"], one["method"], 0, _DAY, one["crc"], one["packed"], one["size"]
        local = _LOCAL.pack(one["sig"] or b"PK\x03\x04", 20, *head, len(name), len(extra)) + name + extra
        one = entry.fields({"header": len(body), **entry.central}, packed)
        name, extra = bytes(one["name"]), bytes(one["extra"])
        head = one["flags"], one["method"], 0, _DAY, one["crc"], one["packed"], one["size"]
        sizes = len(name), len(extra), 0, one["disk"], 0, 0, one["header"]
        directory += _CENTRAL.pack(one["sig"] or b"PK\x01\x02", 20, 20, *head, *sizes) + name + extra
        body += local + packed if entry.is_there else b""
    true = {"disk": 0, "first_disk": 0, "here": number, "count": number, "size": len(directory), "start": len(body)}
    end = _END.pack(b"PK\x05\x06", *{**true, "comment": 0, **said}.values())
    return bytes(body + directory) + between + end + after


HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = b"http://schemas.openxmlformats.org/package/2006"
TYPES, ROOT, BOOK, LINKS = "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
SHEET, STYLES, STRINGS = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"
_KIND = b"application/vnd.openxmlformats-officedocument.spreadsheetml."


def relations(*pairs: tuple[str, str], more: bytes = b"") -> bytes:
    """A part of relationships: rId1, rId2, … by kind and target."""
    rows = (
        b'<Relationship Id="rId%d" Type="%s/%s" Target="%s"/>' % (number, OFFICE, kind.encode(), target.encode())
        for number, (kind, target) in enumerate(pairs, 1)
    )
    return HEAD + b'<Relationships xmlns="%s/relationships">' % PACKAGE + b"".join(rows) + more + b"</Relationships>"


def sheet(cells: bytes, rest: bytes = b"", before: bytes = b"", root: bytes = b"") -> bytes:
    """A worksheet with these rows, and what stands before and after them."""
    head = HEAD + b'<worksheet xmlns="%s" xmlns:r="%s"%s>' % (MAIN, OFFICE, root)
    return head + before + b"<sheetData>" + cells + b"</sheetData>" + rest + b"</worksheet>"


def strings(*texts: bytes, count: bytes | None = None) -> bytes:
    """A part of shared strings; `count` is what it says of their number."""
    said = b"%d" % len(texts) if count is None else count
    items = b"".join(b"<si><t>%s</t></si>" % text for text in texts)
    return HEAD + b'<sst xmlns="%s" count="%s" uniqueCount="%s">%s</sst>' % (MAIN, said, said, items)


def workbook(names: Iterable[str] = ("Sheet1",), more: bytes = b"") -> bytes:
    """The part that lists the sheets, the first one by rId1."""
    listed = (b'<sheet name="%s" sheetId="%d" r:id="rId%d"/>' % (n.encode(), i, i) for i, n in enumerate(names, 1))
    head = HEAD + b'<workbook xmlns="%s" xmlns:r="%s">' % (MAIN, OFFICE)
    return head + b"<sheets>" + b"".join(listed) + b"</sheets>" + more + b"</workbook>"


_ROWS = b'<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1</v></c></row>'
_STYLES = b'<styleSheet xmlns="%s"><cellXfs count="1"><xf numFmtId="0"/></cellXfs></styleSheet>' % MAIN


@cache
def base() -> Mapping[str, bytes]:
    """The parts of a small sound workbook that is no form."""
    types = (("xml", b"application/xml"), ("rels", b"application/vnd.openxmlformats-package.relationships+xml"))
    known = ((BOOK, b"sheet.main"), (SHEET, b"worksheet"), (STYLES, b"styles"), (STRINGS, b"sharedStrings"))
    listed = b"".join(b'<Default Extension="%s" ContentType="%s"/>' % (end.encode(), kind) for end, kind in types)
    listed += b"".join(
        b'<Override PartName="/%s" ContentType="%s%s+xml"/>' % (part.encode(), _KIND, kind) for part, kind in known
    )
    return {
        TYPES: HEAD + b'<Types xmlns="%s/content-types">%s</Types>' % (PACKAGE, listed),
        ROOT: relations(("officeDocument", BOOK)),
        BOOK: workbook(),
        LINKS: relations(
            ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        SHEET: sheet(_ROWS),
        STYLES: HEAD + _STYLES,
        STRINGS: strings("chữ".encode()),
    }


def entries(changes: Parts | None = None, parts: Mapping[str, bytes] | None = None) -> list[Entry]:
    """The entries of a workbook with parts replaced or added (bytes), edited (a function), or left out (None)."""
    kept: dict[str, bytes] = dict(base() if parts is None else parts)
    for name, change in (changes or {}).items():
        if change is None:
            del kept[name]
        else:
            kept[name] = change(kept[name]) if callable(change) else change
    return [Entry(name.encode(), content) for name, content in kept.items()]


def book(changes: Parts | None = None, parts: Mapping[str, bytes] | None = None, level: int = 6) -> bytes:
    """A workbook with its parts changed."""
    return archive(replace(entry, level=level) for entry in entries(changes, parts))


def rows(cells: bytes, rest: bytes = b"", before: bytes = b"", root: bytes = b"") -> bytes:
    """A workbook with these rows in its only sheet."""
    return book({SHEET: sheet(cells, rest, before, root)})


def noise(size: int) -> bytes:
    """XML comments of about that many bytes that hardly pack, so that what stands beside them may pack well."""
    letters = random.Random(size).randbytes(size // 2).hex().encode()
    return b"".join(b"<!--%s-->" % letters[at : at + 60_000] for at in range(0, len(letters), 60_000))


def lying(part: str, changes: Parts | None = None, **said: Mapping[str, int | bytes] | bytes | int) -> bytes:
    """A workbook of which one entry is another than it should be: its `local`, `central`, `packed`, `method`."""
    listed = entries(changes)
    assert any(entry.name == part.encode() for entry in listed), part
    return archive(replace(entry, **said) if entry.name == part.encode() else entry for entry in listed)  # type: ignore[arg-type]
