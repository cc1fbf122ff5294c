"""Workbooks of ours, filled in, with damage inside: it is told, or it changes nothing."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from functools import cache, partial

import checked
import openpyxl

from cchc_xlsx.layout.model import a1
from hostile import packs, parts
from hostile.case import Case, case
from hostile.packs import BOOK, LINKS, ROOT, SHEET, STRINGS, STYLES, TYPES, Entry, Parts, archive

FORM = "tay-xuan-2024-par-index"
LISTS = "xl/worksheets/sheet2.xml"
META = "xl/worksheets/sheet4.xml"
CUSTOM = "docProps/custom.xml"


@cache
def honest() -> bytes:
    """The form, rightly filled in."""
    return checked.workbook(FORM)


@cache
def parts_of_form() -> dict[str, bytes]:
    """The parts of the filled form, unpacked."""
    with zipfile.ZipFile(io.BytesIO(honest())) as book:
        return {name: book.read(name) for name in book.namelist()}


@cache
def cell(key: str = "r01.value") -> str:
    """The address of an input."""
    layout, _ = checked._filled(FORM, "N", "XA")
    return a1(layout.inputs[key])


def changed(changes: Parts) -> bytes:
    """The filled form with parts replaced, edited, added or left out."""
    return packs.book(changes, parts_of_form())


def content(inner: bytes, key: str = "r01.value") -> Parts:
    """The filled form with another content of one input; `inner` begins within its tag."""
    pattern = rb'<c r="%s"( s="\d+")?[^>]*?(?:/>|>.*?</c>)' % cell(key).encode()

    def edit(part: bytes) -> bytes:
        found, count = re.subn(
            pattern, lambda match: b'<c r="%s"%s%s</c>' % (cell(key).encode(), match[1] or b"", inner), part
        )
        assert count == 1, key
        return found

    return {SHEET: edit}


def replaced(part: str, *pairs: tuple[bytes, bytes]) -> Parts:
    """The filled form with texts of a part replaced; each must be there."""

    def edit(found: bytes) -> bytes:
        for old, new in pairs:
            assert old in found, old
            found = found.replace(old, new)
        return found

    return {part: edit}


def _damage() -> Iterator[Case]:
    add = (b"</sheetData>", b'<row r="9000"><c r="%s"><v>0.5</v></c></row></sheetData>' % cell().encode())
    far = (b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    laughs = {LISTS: parts.headed(parts.LAUGHS)}
    for name, changes, code, says in (
        ("macro", {"xl/vbaProject.bin": b"x"}, "F006", "macro"),
        ("laughs-in-lists", laughs, "F013", parts.ENTITY),
        ("value-twice", replaced(SHEET, add), "F013", "một ô ghi hai lần"),
        ("cell-far", replaced(SHEET, far), "F011", "Số dòng: 1048576"),
        ("cell-far-in-lists", replaced(LISTS, far), "F011", "Số dòng: 1048576"),
        ("comment-in-a-value", content(b"><v>0.9<!-- -->5</v>"), "F013", "chú thích XML"),
        ("cdata-in-a-value", content(b"><v><![CDATA[0.5]]></v>"), "F013", "chú thích XML"),
        ("foreign-value", content(b'><x:v xmlns:x="urn:x">0.1</x:v><v>0.5</v>'), "F013", "phần tử XML lạ"),
        ("second-strings", {**replaced(LINKS, (b"sharedStrings.xml", b"other.xml")), "xl/other.xml": parts_of_form()[STRINGS]}, "F013", "hai bản"),
        ("second-sheet-by-case", {"XL/worksheets/SHEET1.xml": parts_of_form()[SHEET]}, "F013", "hai phần cùng tên"),
        ("merge-of-all", replaced(SHEET, (b'<mergeCell ref="', b'<mergeCell ref="A1:XFD1048576"/><mergeCell ref="')), "F011", "Số ô trong vùng gộp"),
        ("text-70000-long", content(b' t="inlineStr"><is><t>%s</t></is>' % (b"x" * 70_000), "r01.note"), "F011", "XML"),
        ("without-strings", {STRINGS: None}, "F005", "thiếu một phần"),
        ("without-a-sheet", {LISTS: None}, "F005", "thiếu một phần"),
        ("sheet-led-away", replaced(LINKS, (b"worksheets/sheet1.xml", b"../../../etc/passwd")), "F005", "thiếu một phần"),
        ("string-that-is-not", content(b' t="s"><v>99999</v>', "r01.note"), "F014 V201 T601", ""),
        ("spill", content(b' t="e"><v>#SPILL!</v>'), "F014 V202", ""),
        ("identity-of-two", {SHEET: _other_unit}, "I503", ""),
        ("identity-gone", {SHEET: _no_token, CUSTOM: None, META: packs.sheet(b""), ROOT: _no_custom}, "I501", ""),
    ):  # fmt: skip
        yield case(f"bieu-{name}.xlsx", partial(changed, changes), code, says=says)
    for eighth in range(1, 8):
        yield case(
            f"bieu-{eighth}-phan-8.xlsx", lambda at=eighth: honest()[: len(honest()) * at // 8], "F005", says="cắt cụt"
        )
    yield case("bieu-doi-mot-bit.xlsx", flipped, "F005", says="")
    yield case("bieu-ma-hoa.xlsx", locked, "F004", says="mật khẩu")


def flipped() -> bytes:
    """The filled form with one bit of its sheet's packed bytes turned over."""
    data = bytearray(honest())
    at = bytes(data).index(b"xl/worksheets/sheet1.xml") + 300
    data[at] ^= 1
    return bytes(data)


def locked() -> bytes:
    """The filled form with the flag of a password on its sheet, in both headers."""
    data = bytearray(honest())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + offset
        struct.pack_into("<H", data, at, 1 | struct.unpack_from("<H", data, at)[0])
    return bytes(data)


def _no_token(part: bytes) -> bytes:
    return re.sub(rb'<c r="A1"[^>]*>.*?</c>', b"", part)


def _other_unit(part: bytes) -> bytes:
    token = str(checked._filled(FORM, "Q1", "XA")[0].form_sheet.cells[1, 1].content).encode()
    return re.sub(rb'<c r="A1"[^>]*>.*?</c>', b'<c r="A1" t="inlineStr"><is><t>%s</t></is></c>' % token, part)


def _no_custom(part: bytes) -> bytes:
    return re.sub(rb"<Relationship [^>]*custom-properties[^>]*/>", b"", part)


def _values() -> Iterator[Case]:
    numbers = {b"NaN": "V215", b"INF": "V215", b"-inf": "V215", b"1e999": "V215 V201 F014", b"abc": "V201 F014", b"0x1": "V211 V201 F014", b"9" * 20: "L406", b"-1": "V204"}  # fmt: skip
    for number, (value, codes) in enumerate(numbers.items()):
        yield case(f"bieu-so-{number}.xlsx", partial(changed, content(b"><v>%s</v>" % value)), codes)
    for name, inner in {"dde": b"><f>cmd|'/c calc'!A1</f><v>1</v>", "web": b'><f>WEBSERVICE("http://127.0.0.1:9/")</f><v>1</v>', "link": b"><f>[1]x!A1</f><v>1</v>", "loop": b"><f>%s+1</f><v>1</v>" % cell().encode(), "deep": b"><f>" + b"(" * 9_000 + b"</f><v>1</v>"}.items():  # fmt: skip
        yield case(f"bieu-cong-thuc-{name}.xlsx", partial(changed, content(inner)), "V212")
    steer = "\u202e\u2066\x9b[red]x[/red]{0}%s_x001B_[31m"
    text = b' t="inlineStr"><is><t>%s</t></is>'
    for key, code in (("r01.value", "V201"), ("r01.nil", "V209")):
        yield case(f"bieu-chu-{key}.xlsx", partial(changed, content(text % steer.encode(), key)), code)
    for number, note in enumerate(("=1+1", "+1", "@x", "-1", "\t=1", "_x000D_", "<b>&amp;", "x" * 5_000)):
        made = content(text % note.replace("<", "&lt;").encode(), "r01.note")
        yield case(f"bieu-ghi-chu-{number}.xlsx", partial(changed, made), "V212" if note == "=1+1" else "")


def _harmless() -> Iterator[Case]:
    strict = {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    }

    def stricter(part: bytes) -> bytes:
        for old, new in strict.items():
            part = part.replace(old, new)
        return part

    outside = b'<Relationship Id="rId99" Type="http://x/externalLinkPath" Target="http://127.0.0.1:9/" TargetMode="External"/></R'
    dimension = re.compile(rb"<dimension[^>]*>")
    for name, changes in {
        "dung": {},
        "strict": dict.fromkeys([name for name in parts_of_form() if name.startswith(("xl/", "_rels"))], stricter),
        "kich-thuoc-nho": {SHEET: lambda part: dimension.sub(b'<dimension ref="A1"/>', part)},
        "kich-thuoc-lon": {SHEET: lambda part: dimension.sub(b'<dimension ref="A1:XFD1048576"/>', part)},
        "khong-kich-thuoc": {SHEET: lambda part: dimension.sub(b"", part)},
        "lien-ket-ngoai": replaced(LINKS, (b"</R", outside)),
        "bom": {SHEET: lambda part: b"\xef\xbb\xbf" + part},
        "khong-loai": {TYPES: None},
        "custom-xml-utf-16": {"customXml/item1.xml": '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")},
        "anh-5-mib": {"xl/media/image1.png": bytes(5 << 20)[: 1 << 19]},
        "ket-noi": {"xl/connections.xml": b'<connections><connection odcFile="http://127.0.0.1:9/"/></connections>'},
        "so-chuoi-sai": {STRINGS: lambda part: re.sub(rb'ount="\d+"', b'ount="1"', part)},
        "chu-thich-ngoai": replaced(SHEET, (b"<sheetData>", b"<!-- x --><sheetData>")),
        "khong-bao-ve": {SHEET: lambda part: re.sub(rb"<sheetProtection[^>]*>", b"", part)},
        "kieu-lap": {STYLES: lambda part: part},
    }.items():
        yield case(f"bieu-{name}-twin.xlsx", partial(changed, changes), "")  # type: ignore[arg-type]
    yield case(
        "bieu-khong-nen-twin.xlsx", lambda: archive(Entry(n.encode(), c, 0) for n, c in parts_of_form().items()), ""
    )
    yield case("bieu-qua-openpyxl-twin.xlsx", resaved, "")
    yield case(
        "bieu-khong-phan-bo-twin.xlsx",
        lambda: archive(Entry(n.encode(), c) for n, c in reversed(parts_of_form().items())),
        "",
    )
    yield case(
        "bieu-ten-trang-khac-twin.xlsx",
        partial(changed, {BOOK: lambda part: re.sub(rb'<sheet name="[^"]*"', b'<sheet name="x"', part, count=1)}),
        "",
    )


def resaved() -> bytes:
    """The filled form as openpyxl saves it."""
    target = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(honest())).save(target)
    return target.getvalue()


CASES = (*_damage(), *_values(), *_harmless())
