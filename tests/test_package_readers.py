"""What was checked is what is read: no part of a workbook that the checks did not see reaches the reader of values.

Most of these ended the whole process (a request for 550 GB that nothing in Python can catch) before they were refused.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from hostile import packs
from hostile.packs import BOOK, LINKS, OFFICE, SHEET, STRINGS, STYLES

from cchc_xlsx import package, reader
from cchc_xlsx.package import Package, Refusal, SheetFacts, markup

EVIL = "xl/worksheets/evil.xml"
BOMB = packs.sheet(b'<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>')
HUGE = b"99999999999999"


def linked(link: bytes) -> Callable[[bytes], bytes]:
    """The relationships with one more, before the honest ones."""
    return lambda part: part.replace(b"<Relationship Id", link + b"<Relationship Id", 1)


def evil_link(number: int, more: bytes = b"") -> bytes:
    return b'<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/evil.xml"%s/>' % (number, OFFICE, more)


def two_ends() -> bytes:
    """A file that is two: a first last record whose comment is the rest, and a second one at the end."""
    first, second = packs.book(), packs.book({SHEET: BOMB})
    at = second.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<L", second, at + 16)[0]
    directory, here = bytearray(second[start:at]), 0
    while here < len(directory):
        name, extra, comment = struct.unpack_from("<3H", directory, here + 28)
        header = struct.unpack_from("<L", directory, here + 42)[0]
        struct.pack_into("<L", directory, here + 42, header + len(first))
        here += 46 + name + extra + comment
    end = bytearray(second[at:])
    struct.pack_into("<L", end, 16, start + len(first))
    rest = second[:start] + bytes(directory) + bytes(end)
    return first[:-2] + struct.pack("<H", len(rest)) + rest


@pytest.mark.parametrize(
    ("data", "code", "what"),
    [
        (packs.book({LINKS: linked(evil_link(1)), EVIL: BOMB}), "F013", "duplicate-part"),
        (packs.book({LINKS: linked(evil_link(1, b' TargetMode="External"')), EVIL: BOMB}), "F013", "duplicate-part"),
        (packs.book({LINKS: linked(evil_link(1, b' xmlns=""')), EVIL: BOMB}), "F013", "duplicate-part"),
        (packs.book({BOOK: lambda part: part.replace(b'xmlns:r="', b'xmlns:r="urn:x" xmlns:q="').replace(b"r:id", b'r:id="rId9" q:id'), LINKS: linked(evil_link(9)), EVIL: BOMB}), "F013", "duplicate-sheet"),
        (packs.book({BOOK: lambda part: part.replace(b"<sheets>", b'<sheets><x:sheet xmlns:x="urn:x" name="Sheet1" r:id="rId9"/>'), LINKS: linked(evil_link(9)), EVIL: BOMB}), "F013", "duplicate-sheet"),
        (packs.book({BOOK: lambda part: part.replace(b"<sheets>", b'<sheets><sheet xmlns="" name="Sheet1" r:id="rId9"/>'), LINKS: linked(evil_link(9)), EVIL: BOMB}), "F013", "duplicate-sheet"),
        (packs.book({LINKS: lambda part: part.replace(b"sheet1", b"&#115;heet1"), "xl/worksheets/&#115;heet1.xml": BOMB}), "F013", "name"),
        (packs.book({LINKS: packs.relations(("worksheet", "worksheets/sheet1.xml")), STRINGS: packs.strings(b"a", count=HUGE)}), "F011", "strings"),
        (packs.book({STRINGS: packs.strings(b"a", count=b"0" * 45 + HUGE)}), "F011", "strings"),
        (packs.book({STRINGS: b'<%s:sst uniqueCount="%s"/>' % (b"a" * 41, HUGE)}), "F011", "strings"),
        (packs.book({STRINGS: '<é:sst uniqueCount="999999"/>'.encode()}), "F011", "strings"),
        (packs.book({STRINGS: b'<sst a="<" uniqueCount="%s"></sst>' % HUGE}), "F011", "strings"),
        (packs.book({STRINGS: b"<sst>" + b"<si/>" * markup.MAX_TAGS + packs.noise(200_000) + b"</sst>"}), "F011", "xml-elements"),
        (packs.book({STYLES: b"<styleSheet>" + b"<xf/>" * markup.MAX_TAGS + packs.noise(200_000) + b"</styleSheet>"}), "F011", "xml-elements"),
        (two_ends(), "F005", "zip"),
    ],
)  # fmt: skip
def test_what_another_reader_would_see_is_refused_on_opening(data: bytes, code: str, what: str) -> None:
    found = package.open_bytes(data)
    assert isinstance(found, Refusal)
    assert (found.code, dict(found.data)["what"]) == (code, what)
    assert reader.read(data) == found


@pytest.mark.parametrize(
    "content",
    [
        packs.sheet(b'<row r="1"><x:c xmlns:x="urn:x" r="XFD1048576"><x:v>1</x:v></x:c><c r="A1"><v>1</v></c></row>'),
        packs.sheet(b'<row r="1"><c xmlns="" r="XFD1048576"><v>1</v></c><c r="A1"><v>1</v></c></row>'),
        packs.sheet(b'<row r="1"><c r="A1"><x:v xmlns:x="urn:x">1</x:v></c></row>'),
        packs.sheet(b'<x:row xmlns:x="urn:x" r="1048576"><x:c/></x:row><row r="1"><c r="A1"><v>1</v></c></row>'),
        packs.sheet(b"", before=b'<x:sheetData xmlns:x="urn:x"><x:row><x:c r="XFD1048576"/></x:row></x:sheetData>'),
        packs.sheet(b"", b'<extLst><ext><sheetData xmlns="urn:x"><row r="1048576"/></sheetData></ext></extLst>'),
    ],
)
def test_foreign_xml_among_the_cells_is_refused(content: bytes) -> None:
    opened = package.open_bytes(packs.book({SHEET: content}))
    assert isinstance(opened, Package)
    found = package.scan(opened, opened.sheets[0])
    assert isinstance(found, Refusal)
    assert (found.code, dict(found.data)["what"]) == ("F013", "foreign")


def test_honest_neighbours_are_read() -> None:
    for data in (
        packs.book(),
        packs.book({LINKS: linked(b'<Relationship Id="rId9" Type="x/hyperlink" Target="http://x/" TargetMode="External"/>')}),
        packs.book({"xl/media/A&B.png": b"x"}),
        packs.book({SHEET: packs.sheet(b"", b'<extLst><ext><x:c xmlns:x="urn:x"/></ext></extLst>')}),
    ):  # fmt: skip
        assert isinstance(package.open_bytes(data), Package)
    inner = packs.archive([packs.Entry(b"xl/embeddings/a.xlsx", packs.book(), method=0), *packs.entries()])
    assert isinstance(package.open_bytes(inner), Package)


def two(first: bytes, second: bytes) -> bytes:
    cell = b'<c r="%s1" s="0" t="s"><v>%s</v></c>'
    return packs.sheet(b'<row r="1">%s%s</row>' % (cell % (b"A", first), cell % (b"B", second)))


@pytest.mark.parametrize(
    ("numbers", "values"),
    [
        ((b"0", b"1"), {(1, 1): "a", (1, 2): "b"}),
        ((b"1", b"0"), {(1, 1): "b", (1, 2): "a"}),
        ((b"1", b"1"), {(1, 1): "b", (1, 2): "b"}),
        ((b"0000001", b"2"), {(1, 1): "b", (1, 2): "c"}),
        ((b"", b"1"), None),
        ((b"1", b""), None),
        ((b"00000001", b"1"), None),
        ((b"3", b"1"), None),
        ((b"1x", b"1"), None),
    ],
)
def test_rows_that_differ_in_their_shared_strings_alone_are_read_each_for_itself(
    numbers: tuple[bytes, bytes], values: dict[tuple[int, int], str] | None
) -> None:
    for before in ((b"0", b"2"), (b"", b"2"), (b"2", b""), numbers):
        for one in (before, before, numbers):
            opened = package.open_bytes(packs.book({SHEET: two(*one), STRINGS: packs.strings(b"a", b"b", b"c")}))
            assert isinstance(opened, Package)
            found = package.scan(opened, opened.sheets[0])
        assert isinstance(found, SheetFacts)
        assert found.values == values
