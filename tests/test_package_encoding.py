"""Text that is not UTF-8 is refused, whether its part is read by pieces that are known or as a whole."""

from __future__ import annotations

import pytest
from hostile import packs
from hostile.packs import BOOK, LINKS, SHEET, STRINGS, STYLES
from hypothesis import given
from hypothesis import strategies as st

from cchc_xlsx import package, reader
from cchc_xlsx.package import Refusal

BAD = b"\xff"
ROWS = """<row r="1" spans="1:3"><c r="A1" t="s"><v>0</v></c><c r="B1" s="0"><v>12</v></c></row><row r="2"/>
<row r="3"><c r="A3" t="inlineStr"><is><t>chữ</t></is></c><c r="B3" t="str"><f>IF(A1="ụ",1,"ớ")</f><v>ớ</v></c></row>"""
PARTS = {
    SHEET: packs.sheet(ROWS.encode(), "<headerFooter><oddHeader>Xã</oddHeader></headerFooter>".encode()),
    STRINGS: packs.strings("chữ".encode(), b"a &amp; b", b""),
    STYLES: packs.base()[STYLES],
}


def refused(data: bytes) -> None:
    opened = package.open_bytes(data)
    said = [opened] if isinstance(opened, Refusal) else [package.scan(opened, one) for one in opened.sheets]
    [one] = {found for found in said if isinstance(found, Refusal)}
    assert (one.code, dict(one.data)["what"]) == ("F013", "encoding")
    assert isinstance(reader.read(data), Refusal)


def row(cells: bytes, given_: bytes = b"") -> bytes:
    return packs.sheet(b'<row r="1"%s>%s</row>' % (given_, cells))


CHARTS = packs.base()[LINKS].replace(b"/worksheet", b"/chartsheet", 1)
OF_1904 = packs.workbook().replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
SOMEWHERE = {
    "a formula": {SHEET: row(b'<c r="A1"><f>%s(1)</f></c>' % BAD)},
    "a formula that is shared": {SHEET: row(b'<c r="A1"><f t="shared" ref="A1:A2" si="0">%s</f></c>' % BAD)},
    "an inline text": {SHEET: row(b'<c r="A1" t="inlineStr"><is><t>%s</t></is></c>' % BAD)},
    "a text of a formula": {SHEET: row(b'<c r="A1" t="str"><f>A2</f><v>%s</v></c>' % BAD)},
    "an attribute of a row": {SHEET: row(b'<c r="A1"><v>1</v></c>', b' x="%s"' % BAD)},
    "a row without cells": {SHEET: row(b"", b' x="%s"' % BAD)},
    "what stands behind the rows": {SHEET: packs.sheet(b"", b"<oddHeader>%s</oddHeader>" % BAD)},
    "a sheet in an unusual shape": {SHEET: row(b'<c r="A1" cm="1" t="str"><v>%s</v></c>' % BAD)},
    "a shared string": {STRINGS: packs.strings(b"a", BAD)},
    "a shared string of several parts": {STRINGS: packs.strings(b"</t><r><t>%s</t></r><t>" % BAD)},
    "shared strings in an unusual shape": {STRINGS: packs.strings(b"a") + b"<!--%s-->" % BAD},
    "shared strings where days count from 1904": {STRINGS: packs.strings(BAD), BOOK: OF_1904},
    "shared strings of a book of charts": {STRINGS: packs.strings(BAD), LINKS: CHARTS},
    "the sheet of a book of charts": {SHEET: row(b'<c r="A1"><f>%s</f></c>' % BAD), LINKS: CHARTS},
    "a sheet that the book does not name": {"xl/worksheets/sheet9.xml": packs.sheet(b"<!--%s-->" % BAD)},
    "the styles": {STYLES: packs.base()[STYLES] + b"<!--%s-->" % BAD},
}


@pytest.mark.parametrize("changes", SOMEWHERE.values(), ids=SOMEWHERE)
def test_what_is_not_utf_8_is_refused_wherever_it_stands(changes: dict[str, bytes]) -> None:
    refused(packs.book(changes))
    refused(packs.book(changes))  # nothing of it was remembered
    honest = {part: content.replace(BAD, "ụ".encode()) for part, content in changes.items()}
    opened = package.open_bytes(packs.book(honest))
    assert not isinstance(opened, Refusal)
    assert not any(isinstance(package.scan(opened, one), Refusal) for one in opened.sheets)


@given(
    st.sampled_from(sorted(PARTS)),
    st.integers(0, 4_000),
    st.sampled_from((b"\xff", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80")),
)
def test_one_sign_that_is_none_is_enough(part: str, where: int, sign: bytes) -> None:
    assert not isinstance(reader.read(packs.book(PARTS)), Refusal)
    honest = PARTS[part]
    at = where % (len(honest) + 1)
    refused(packs.book({**PARTS, part: honest[:at] + sign + honest[at:]}))
