"""Opening untrusted workbooks: honest ones are read, all others are refused by name, and nothing ever raises."""

import io
import os
import re
import struct
import warnings
import zipfile
from datetime import date
from string import ascii_uppercase
from typing import get_args

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from python_calamine import CalamineError, CalamineWorkbook

from cchc_xlsx import package
from cchc_xlsx.package import Package, Refusal, SheetFacts, refusal, sheet, styles, zips

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
BOOK = "xl/workbook.xml"
NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def written():
    """A small protected workbook with one of everything, as XlsxWriter writes it."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    form, lists = book.add_worksheet("Phụ lục 1"), book.add_worksheet("_ds")
    lists.very_hidden()
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    form.write_string(0, 0, "CCHC1|k")
    form.write_number(1, 1, 120)
    form.write_formula(1, 2, 'IF(B2<1,"thấp & xa","")', None, "")
    form.write_datetime(2, 1, date(2027, 3, 14), day)
    form.write_boolean(3, 1, True)  # noqa: FBT003
    form.write_formula(4, 1, "1/0", None, "#DIV/0!")
    form.write_blank(5, 1, None, day)
    form.merge_range("D1:E3", "gộp")
    form.protect()
    book.set_custom_property("cchc", "CCHC1|Nhơn Hậu")
    book.close()
    return target.getvalue()


DATA = written()


def repacked(edit=None, name=lambda name: name, data=DATA, **options):
    """The workbook with parts changed by `edit` ({part: function}) or added ({part: bytes}), zipped anew."""
    edit = dict(edit or {})
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, **options) as out,
    ):
        for part in source.namelist():
            change = edit.pop(part, lambda content: content)
            out.writestr(name(part), change(source.read(part)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a name twice is what some tests want
            for part, content in edit.items():
                out.writestr(part.rstrip("*"), content)
    return target.getvalue()


def sheet_with(cells, rest="", root=f"<worksheet {NS}>"):
    """The workbook with another first sheet."""
    text = f'<?xml version="1.0" encoding="UTF-8"?>{root}<sheetData>{cells}</sheetData>{rest}</worksheet>'
    return repacked({SHEET: lambda _: text.encode()})


def facts(data):
    opened = package.open_bytes(data)
    return package.scan(opened, opened.sheets[0]) if isinstance(opened, Package) else opened


def opened(data):
    found = package.open_bytes(data)
    assert isinstance(found, Package), found
    return found


def both_ways(data):
    """The facts, which the quick way and the way by events must find alike; None where the quick way does not dare."""
    book = opened(data)
    part, dates = book.parts[book.sheets[0].part], styles.date_styles(book.parts[book.styles])
    return without_values(sheet._fast(part, "x", None, dates)), sheet._slow(part, "x", dates.all)


def without_values(found):
    """The facts that both ways find; values the quick way alone may know."""
    return found and replace(found, values=None)


# ---------------------------------------------------------------------------------------------------------- honest ones


def test_a_written_workbook_opens():
    book = opened(DATA)
    assert [(one.name, one.state) for one in book.sheets] == [("Phụ lục 1", "visible"), ("_ds", "veryHidden")]
    assert package.custom_properties(book) == {"cchc": "CCHC1|Nhơn Hậu"}
    assert book.data == DATA
    assert not book.date_1904
    found = facts(DATA)
    assert found.formulas == {(2, 3): 'IF(B2<1,"thấp & xa","")', (5, 2): "1/0"}
    assert found.errors == {(5, 2): "#DIV/0!"}
    assert found.bools == {(4, 2)}
    assert found.dates == {(3, 2)}
    assert found.merges == {(1, 4, 3, 5)}
    assert found.protected


def test_both_ways_of_scanning_agree_on_written_workbooks():
    quick, thorough = both_ways(DATA)
    assert quick == thorough


def test_a_copy_saved_by_openpyxl():
    book = openpyxl.load_workbook(io.BytesIO(DATA))
    target = io.BytesIO()
    book.save(target)
    found, before = facts(target.getvalue()), facts(DATA)
    assert (found.formulas, found.dates, found.bools, found.merges) == (
        before.formulas,
        before.dates,
        before.bools,
        before.merges,
    )
    assert package.custom_properties(opened(target.getvalue())) == {"cchc": "CCHC1|Nhơn Hậu"}


@pytest.mark.parametrize(
    "edit",
    [
        {"xl/_rels/workbook.xml.rels": lambda part: part.replace(b'Target="', b'Target="/xl/')},
        {"xl/_rels/workbook.xml.rels": lambda part: part.replace(b'Target="', b'Target="../xl/./')},
        {"docProps/app.xml": lambda _: b""},
        {SHEET: lambda part: re.sub(rb"<dimension[^>]*>", b'<dimension ref="A1:XFD1048576"/>', part)},
        {SHEET: lambda part: part.replace(b"<sheetData>", b"<!-- made by hand --><sheetData>")},
        {SHEET: lambda part: b"\xef\xbb\xbf" + part},
        {"customXml/item1.xml": "<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16")},
    ],
)
def test_honest_oddities_change_nothing(edit):
    assert facts(repacked(edit)) == facts(DATA)


def test_names_in_other_case_and_with_backslashes():
    assert facts(repacked(name=lambda part: part.replace("/", "\\"))) == facts(DATA)
    assert facts(repacked(name=str.upper)) == facts(DATA)


def test_what_a_mail_program_leaves_behind_is_cut_off():
    assert opened(DATA + b"\r\n").data == DATA


def test_prefixed_names_and_positions_left_out():
    def prefixed(part):
        return re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", part).replace(b'xmlns="', b'xmlns:x="')

    def unplaced(part):
        return part.replace(b' r="A1"', b"").replace(b'<row r="1"', b"<row").replace(b'<row r="2"', b"<row")

    assert facts(repacked({SHEET: prefixed})) == without_values(facts(DATA))
    assert facts(repacked({SHEET: unplaced})) == without_values(facts(DATA))


def test_positions_are_counted_where_they_are_left_out():
    found = facts(
        sheet_with('<row><c t="b"><v>1</v></c><c r="D1" t="b"/><c t="e"><v>#N/A</v></c></row><row><c t="b"/></row>')
    )
    assert found.bools == {(1, 1), (1, 4), (2, 1)}
    assert found.errors == {(1, 5): "#N/A"}


def test_shared_formulas_are_moved_to_each_cell():
    cells = (
        '<row r="1"><c r="C1"><f t="shared" ref="C1:C3" si="0">A1*$B$1&amp;"A1"</f><v>1</v></c></row>'
        '<row r="2"><c r="C2"><f t="shared" si="0"/><v>1</v></c></row>'
        '<row r="3"><c r="C3"><f t="shared" si="7"/><v>1</v></c></row>'
    )
    quick, thorough = both_ways(sheet_with(cells))
    assert quick == thorough
    assert quick.formulas == {(1, 3): 'A1*$B$1&"A1"', (2, 3): 'A2*$B$1&"A1"', (3, 3): ""}


def test_inline_strings_and_stream_zips():
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>xã</t></is></c><c r="B1" t="inlineStr"><is><r><t>a</t></r></is></c></row>'
    assert facts(sheet_with(cells)).cells == 2

    class Stream(io.RawIOBase):
        """A target that cannot seek: sizes come after the data."""

        def __init__(self):
            self.written = b""

        def writable(self):
            return True

        def write(self, content):
            self.written += bytes(content)
            return len(content)

    stream = Stream()
    with zipfile.ZipFile(io.BytesIO(DATA)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as out:
        for part in source.namelist():
            out.writestr(part, source.read(part))
    assert facts(stream.written) == facts(DATA)


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("dd/mm/yyyy", True),
        ("[h]:mm", True),
        ("[$-42A]d mmmm", True),
        ("General", False),
        ("#,##0", False),
        ("0.0%", False),
        ('0 "ngày"', False),
        (r"0\d", False),
        ("[Red]0;[>5]0", False),
        ("_d0*y", False),
    ],
)
def test_date_formats(code, is_date):
    assert styles.is_date_format(code) == is_date


def test_a_chart_sheet_has_no_facts():
    edit = {
        "xl/_rels/workbook.xml.rels": lambda part: part.replace(b"relationships/worksheet", b"relationships/chartsheet")
    }
    assert facts(repacked(edit)) == SheetFacts({}, {}, frozenset(), frozenset(), frozenset(), protected=False)


# --------------------------------------------------------------------------------------------------- other kinds of file


def ole2(*names):
    """A compound file with just a directory."""
    entries = b"".join(
        (name + "\0").encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2).ljust(64, b"\0")
        for name in names
    )
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries


def zipped(*names, first=b""):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for name in names:
            out.writestr(name, first if name == "mimetype" else b"<a/>")
    return target.getvalue()


TYPES = "[Content_Types].xml"
SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
XML2003 = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'


@pytest.mark.parametrize(
    ("data", "code", "kind"),
    [
        (b"", "F001", ""),
        (b"%PDF-1.7\n", "F002", "pdf"),
        (b"Rar!\x1a\x07", "F002", "rar"),
        (b"7z\xbc\xaf\x27\x1c\0", "F002", "7z"),
        (b"\x89PNG\r\n\x1a\n", "F002", "image"),
        (b"\0" * 100, "F002", "unknown"),
        (zipped(TYPES, "word/document.xml"), "F002", "docx"),
        (zipped(TYPES, "ppt/presentation.xml"), "F002", "pptx"),
        (zipped("a.txt", "bao-cao.xlsx"), "F002", "zip"),
        (zipped(), "F002", "zip"),
        (zipped("mimetype", first=b"application/vnd.oasis.opendocument.text"), "F002", "odt"),
        (ole2("Root Entry", "WordDocument"), "F002", "doc"),
        (ole2("Root Entry"), "F002", "ole2"),
        (ole2("Root Entry", "Workbook"), "F003", ""),
        (ole2("Root Entry", "Book"), "F003", ""),
        (b"\x09\x08\x10\x00\x00\x06", "F003", ""),
        (ole2("Root Entry", "EncryptionInfo", "EncryptedPackage"), "F004", ""),
        (repacked({"xl/vbaProject.bin": b"x"}), "F006", ""),
        (repacked({TYPES: lambda part: part.replace(b"sheet.main", b"sheet.macroEnabled.main")}), "F006", ""),
        (zipped(TYPES, "xl/workbook.bin"), "F007", ""),
        (zipped("mimetype", "content.xml", first=SPREADSHEET), "F008", ""),
        ("STT;Chỉ tiêu\n1;95,5\n".encode(), "F009", ""),
        ("STT;Chỉ tiêu\n".encode("utf-16"), "F009", ""),
        (b"a,b\n\xe2\xea,1\n", "F009", ""),
        (b"\xef\xbb\xbf <html><table></table>", "F010", "html"),
        (b"<TABLE><tr><td>1</td></tr></TABLE>", "F010", "html"),
        (XML2003, "F010", "xml2003"),
        (b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n', "F010", "mht"),
        (b"From: a@b\nSubject: x\n\nhi", "F002", "email"),
        (b"<?xml version='1.0'?><a/>", "F002", "xml"),
    ],
)
def test_other_files_are_told_by_their_content(data, code, kind):
    found = package.open_bytes(data)
    assert found == Refusal(code, (("kind", kind),) if kind else ())


# -------------------------------------------------------------------------------------------------------- broken, hostile


def patched(offset, layout, value, signature=b"PK\x01\x02", data=DATA):
    """The workbook with one field of the first header that has `signature` overwritten."""
    at = data.index(signature) + offset
    return data[:at] + struct.pack(layout, value) + data[at + struct.calcsize(layout) :]


def both_headers(central, local, layout, value):
    """The workbook with one field of its first entry overwritten in both headers."""
    return patched(local, layout, value, b"PK\x03\x04", patched(central, layout, value))


def cells_at(*places):
    return "".join(f'<row r="{place.lstrip(ascii_uppercase)}"><c r="{place}"/></row>' for place in places)


def overlapping():
    """A part whose bytes lie inside another part."""
    inner = zipped("xl/b.xml")
    at = inner.index(b"PK\x01\x02")
    outer = zipped("xl/a.xml", "mimetype", first=inner[:at])
    start, end = outer.index(b"PK\x01\x02"), outer.index(b"PK\x05\x06")
    entry = inner[at : inner.index(b"PK\x05\x06")]
    entry = entry[:42] + struct.pack("<L", outer.index(inner[:at])) + entry[46:]
    size = end - start + len(entry)
    return outer[:end] + entry + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, size, start, 0)


@pytest.mark.parametrize("other", ["", ' cm="1"'])
def test_a_cell_written_twice_is_named(other):
    rows = (
        f'<row r="7"><c r="B7"/><c r="AB7"/><c r="AB7"{other}/></row>'  # with another attribute the slow way reads it
    )
    refused = facts(sheet_with(rows))
    assert isinstance(refused, Refusal)
    assert dict(refused.data)["cell"] == "AB7"


@pytest.mark.parametrize(
    ("data", "code", "what"),
    [
        (DATA[:-1], "F005", "zip"),
        (DATA[: len(DATA) // 2], "F005", "zip"),
        (DATA[4:], "F005", "zip"),
        (DATA + b"x", "F005", "zip"),
        (b"x" + DATA, "F005", "zip"),
        (patched(14, "<L", 1, b"PK\x03\x04"), "F005", "header"),
        (both_headers(16, 14, "<L", 1), "F005", "crc"),
        (both_headers(24, 22, "<L", 99), "F005", "inflate"),
        (overlapping(), "F005", "overlap"),
        (repacked({BOOK: lambda part: part[:-20]}), "F005", "xml"),
        (repacked({BOOK: lambda part: part.replace(b"<sheet ", b"<sheep ")}), "F005", "no-sheets"),
        (repacked({"xl/_rels/workbook.xml.rels": lambda _: b"<Relationships/>"}), "F005", "part"),
        (both_headers(8, 6, "<H", 1), "F004", None),
        (both_headers(10, 8, "<H", 12), "F013", "compression"),
        (both_headers(46, 30, "<c", b"/"), "F013", "name"),
        (repacked({"../evil.xml": b"<a/>"}), "F013", "name"),
        (repacked({"C:evil.xml": b"<a/>"}), "F013", "name"),
        (repacked({"xl/workbook.xml*": b"<a/>"}), "F013", "duplicate-name"),
        (repacked({"XL\\Workbook.xml": b"<a/>"}), "F013", "duplicate-name"),
        (patched(4, "<H", 1, b"PK\x05\x06"), "F013", "disks"),
        (patched(24, "<L", 0xFFFFFFFF), "F013", "zip64"),
        (repacked({SHEET: lambda part: part.replace(b"<worksheet", b"<!DOCTYPE a><worksheet")}), "F013", "doctype"),
        (repacked({"xl/theme/theme1.xml": lambda _: b'<!DOCTYPE a [<!ENTITY a "b">]><a/>'}), "F013", "entity"),
        (repacked({SHEET: lambda part: part.replace(b"UTF-8", b"UTF-7")}), "F013", "encoding"),
        (repacked({SHEET: lambda part: part.decode().encode("utf-16")}), "F013", "encoding"),
        (repacked({"xl/theme/theme1.xml": lambda part: part.replace(b"Calibri", b"\xff")}), "F013", "encoding"),
        (repacked({BOOK: lambda part: part.replace(b'"_ds"', '"PHỤ LỤC 1"'.encode())}), "F013", "duplicate-sheet"),
        (repacked({"xl/_rels/workbook.xml.rels": lambda part: part.replace(b"sharedStrings.xml", b"theme/theme1.xml")}), "F013", "duplicate-part"),
        (b"PK\x03\x04" + bytes(26 << 20), "F011", "file-bytes"),
        (zipped(*(f"xl/{i}.xml" for i in range(1001))), "F011", "entries"),
        (repacked({"xl/media/a.png": bytes(2 << 20)}), "F011", "ratio"),
        (both_headers(24, 22, "<L", 65 << 20), "F011", "part-bytes"),
        (repacked({STRINGS: lambda part: re.sub(rb'uniqueCount="\d+"', b'uniqueCount="99999999999"', part)}), "F011", "strings"),
        (repacked({STRINGS: lambda _: b'<!-- sst --><sst a=">" uniqueCount="99999"></sst>'}), "F011", "strings"),
        (repacked({STRINGS: lambda part: part.replace(b"CCHC1", b"x" * 70_000)}), "F011", "xml-token"),
        (repacked({BOOK: lambda part: part.replace(b"<sheets>", b"<a>" * 70)}), "F011", "xml-depth"),
        (repacked({BOOK: lambda part: part.replace(b"</sheets>", b"".join(b'<sheet name="%d" r:id="rId1"/>' % i for i in range(70)) + b"</sheets>")}), "F011", "sheets"),
    ],
)  # fmt: skip
def test_broken_and_hostile_workbooks_are_refused(data, code, what):
    found = package.open_bytes(data)
    assert isinstance(found, Refusal)
    assert (found.code, dict(found.data).get("what")) == (code, what)


@pytest.mark.parametrize(
    ("data", "code", "what"),
    [
        (sheet_with("<row>"), "F005", "xml"),
        (repacked({SHEET: lambda _: b"<worksheet/>"}), "F005", "xml"),
        (repacked({SHEET: lambda part: part.replace(b"worksheet", b"chartsheet")}), "F005", "xml"),
        (sheet_with('<row r="1"><c r="a1"/></row>'), "F005", "cell"),
        (sheet_with('<row r="1"><c r="A0"/></row>'), "F005", "cell"),
        (sheet_with('<row r="x"><c/></row>'), "F005", "cell"),
        (sheet_with('<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>'), "F005", "xml"),
        (sheet_with('<row r="1"><c r="A1"><c r="B1"/></c></row>'), "F005", "xml"),
        (sheet_with("", "<sheetData/>"), "F005", "xml"),
        (sheet_with("", '<mergeCells><mergeCell ref="x"/></mergeCells>'), "F005", "range"),
        (sheet_with(cells_at("A1", "A1")), "F013", "duplicate-cell"),
        (sheet_with(cells_at("B7", "AB7", "AB7")), "F013", "duplicate-cell"),
        (sheet_with('<row><c r="A1"/><c r="B1"/><c r="A1" cm="1"/></row>'), "F013", "duplicate-cell"),
        (sheet_with('<row r="1"><c r="A1"><v>1<!-- -->2</v></c></row>'), "F013", "comment"),
        (sheet_with('<row r="1"><c r="A1"><v><![CDATA[1]]></v></c></row>'), "F013", "comment"),
        (sheet_with(cells_at("A20001")), "F011", "row"),
        (sheet_with(cells_at("SS1")), "F011", "column"),
        (sheet_with(cells_at("XFD1048576")), "F011", "row"),
        (sheet_with('<row r="1048576"><c/></row>'), "F011", "row"),
        (sheet_with(cells_at("SR5000")), "F011", "box"),
        (sheet_with('<row r="1">' + "<c/>" * 600 + "</row>"), "F011", "column"),
        (
            sheet_with(cells_at(*(f"{column}{row}" for row in range(1, 18_183) for column in "ABCDEFGHIJK"))),
            "F011",
            "cells",
        ),
        (sheet_with("", '<mergeCell ref="A1:B2"/>' * 5001), "F011", "merges"),
        (sheet_with("", '<mergeCell ref="A1:XFD1048576"/>'), "F011", "merged-cells"),
        (sheet_with("", '<hyperlink ref="A1:XFD1048576"/>'), "F011", "linked-cells"),
        (sheet_with("", "<a>" * 70 + "</a>" * 70), "F011", "xml-depth"),
    ],
)
def test_broken_and_hostile_sheets_are_refused(data, code, what):
    found = facts(data)
    assert isinstance(found, Refusal)
    assert (found.code, dict(found.data).get("what")) == (code, what)


def test_shared_formulas_may_not_grow_without_bound():
    users = "".join(f'<row r="{row}"><c r="A{row}"><f t="shared" si="0"/></c></row>' for row in range(2, 3000))
    master = '<row r="1"><c r="A1"><f t="shared" ref="A1:A3000" si="0">' + "A1+" * 666 + "1</f></c></row>"
    assert dict(facts(sheet_with(master + users)).data)["what"] == "formulas"


def test_a_formula_that_cannot_be_moved_stays_as_it_is():
    cells = '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">"(((</f></c></row><row r="2"><c r="A2"><f t="shared" si="0"/></c></row>'
    assert facts(sheet_with(cells)).formulas == {(1, 1): '"(((', (2, 1): '"((('}


def test_every_refusal_says_something_known():
    kinds, limits = set(get_args(refusal.Kind)), set(get_args(refusal.Limit))
    assert "pdf" in kinds
    assert "ratio" in limits
    assert refusal.over("ratio", 900, zips.MAX_RATIO).refusal.data == (
        ("what", "ratio"),
        ("value", "900"),
        ("limit", "200"),
    )


# --------------------------------------------------------------------------------------------------------------- reading


def test_reading_files(tmp_path):
    path = tmp_path / "biểu.xlsx"
    path.write_bytes(DATA)
    assert package.read_file(path) == DATA
    assert package.read_file(tmp_path / "none.xlsx") == Refusal("F012", (("what", "missing"),))
    assert package.read_file(tmp_path).code == "F012"
    assert package.read_file("a\0b.xlsx") == Refusal("F012", (("what", "io"),))
    big = tmp_path / "big.xlsx"
    with big.open("wb") as file:
        file.truncate((25 << 20) + 1)
    assert package.read_file(big).code == "F011"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_links_and_pipes_are_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "link.xlsx").symlink_to("/dev/zero")
    assert package.read_file(tmp_path / "pipe.xlsx") == Refusal("F012", (("what", "special"),))
    assert package.read_file(tmp_path / "link.xlsx") == Refusal("F012", (("what", "link"),))
    assert package.read_file("/dev/zero") == Refusal("F012", (("what", "special"),))


# ------------------------------------------------------------------------------------------------------- whatever comes

SLOW = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def survives(data):
    found = package.open_bytes(data)
    if isinstance(found, Package):
        package.custom_properties(found)
        assert all(isinstance(package.scan(found, one), SheetFacts | Refusal) for one in found.sheets)
    else:
        assert isinstance(found, Refusal)
    return found


@SLOW
@given(
    st.binary(),
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"<"]),
)
def test_any_bytes(data, start):
    survives(start + data)


@SLOW
@given(st.integers(0, len(DATA) - 1))
def test_any_truncation_is_damage(length):
    assert survives(DATA[:length]).code in ("F001", "F002", "F005", "F009")


@SLOW
@given(st.integers(0, 8 * len(DATA) - 1))
def test_one_flipped_bit_never_changes_what_is_read(bit):
    flipped = bytearray(DATA)
    flipped[bit // 8] ^= 1 << bit % 8
    found, honest = survives(bytes(flipped)), package.open_bytes(DATA)
    if isinstance(found, Package):
        assert dict(found.parts) == dict(honest.parts)
        assert found.sheets == honest.sheets


PIECES = st.sampled_from(
    ["<c", "<c r='A9'>", '<c r="B2"/>', "</c>", "<row>", "</row>", "<v>", "</v>", "<f>", '<f t="shared" si="0"/>', "<!--", "-->",
     "<is>", "<t>", "&amp;", "&x;", "&#65;", "]]>", "<![CDATA[", '"', "'", " ", "\t", "r=\"A1\"", "s=\"1\"", 't="b"', "<?x?>", "\x01",
     "</sheetData>", "<sheetData>", "<sheetData/>", "</worksheet>", "<mergeCell ref=\"A1:B2\"/>", "xmlns=\"x\"", ">", "<", "/>", "1"]
)  # fmt: skip


@SLOW
@given(st.data())
def test_both_ways_agree_on_mangled_sheets(data):
    book = opened(DATA)
    part = book.parts[SHEET.lower()].decode()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(part)))
        until = min(len(part), at + data.draw(st.integers(0, 30)))
        part = part[:at] + "".join(data.draw(st.lists(PIECES, max_size=3))) + part[until:]
    dates = styles.date_styles(book.parts[book.styles])
    results = []
    strings = sheet._strings(book.parts[book.strings], book.strings)
    ways = (lambda: sheet._fast(part.encode(), "x", strings, dates), lambda: sheet._slow(part.encode(), "x", dates.all))
    for way in ways:
        try:
            results.append(way())
        except refusal.Refused as refused:
            assert refused.refusal.code in ("F005", "F011", "F013")
            results.append("refused")
    quick, thorough = results
    assert quick is None or quick == thorough or without_values(quick) == thorough
    if isinstance(quick, SheetFacts) and quick.values is not None:
        agree_with_calamine(quick, repacked({SHEET: lambda _: part.encode()}))


def agree_with_calamine(found, data):
    """Where the quick way is sure of the values, calamine reads the same; or nothing, as where the sheet's size is no range."""
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError:
        return
    values = {(row, at): value for row, cells in enumerate(rows, 1) for at, value in enumerate(cells, 1) if value != ""}
    assert {place: values.get(place) for place in found.values} == found.values
    assert values.keys() == found.values.keys()


@SLOW
@given(
    st.sampled_from([BOOK, "xl/_rels/workbook.xml.rels", "_rels/.rels", TYPES, "xl/styles.xml", "docProps/custom.xml"]),
    st.data(),
)
def test_any_mangled_part(part, data):
    def mangle(content):
        at = data.draw(st.integers(0, len(content)))
        return content[:at] + data.draw(st.binary(max_size=8)) + content[at + data.draw(st.integers(0, 20)) :]

    survives(repacked({part: mangle}))
