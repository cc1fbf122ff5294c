"""Other kinds of file under the names of workbooks, each to be told by its true kind; and names of other kinds."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterator

from hostile import packs
from hostile.case import NO_FORM, Case, case
from hostile.packs import TYPES, Entry, archive

_SPREADSHEET = b"application/vnd.oasis.opendocument."
_OFFICE = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
_HTML = "<table><tr><td>Chỉ tiêu</td><td>95</td></tr></table>"
_MHT = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n<table></table>\n--x--\n"
_XML2003 = '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'


def ole2(*streams: str) -> bytes:
    """A compound file with a directory of those streams."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    names = [(name + "\0").encode("utf-16-le") for name in ("Root Entry", *streams)]
    entries = (name.ljust(64, b"\0") + struct.pack("<HB", len(name), 2).ljust(64, b"\0") for name in names)
    return head + b"".join(entries)


def pack(*names: str, mimetype: bytes = b"") -> bytes:
    """A zip file of parts with those names; `mimetype` first, as OpenDocument has it."""
    first = [Entry(b"mimetype", mimetype, method=0)] if mimetype else []
    return archive([*first, *(Entry(name.encode(), b"<a/>") for name in names)])


def _old() -> Iterator[Case]:
    old, locked = "Excel 97–2003", "mã hóa bằng mật khẩu"
    yield case("ole2-workbook.xls", ole2("Workbook"), "F003", says=old)
    yield case("ole2-workbook-renamed.xlsx", ole2("Workbook", "\x05SummaryInformation"), "F003", says=old)
    yield case("ole2-excel-95.xls", ole2("Book"), "F003", says=old)
    yield case("ole2-wps.et", ole2("Workbook"), "F003", says=old)
    for version, head in {
        "2": b"\x09\0\x04\0",
        "3": b"\x09\x02\x06\0",
        "4": b"\x09\x04\x06\0",
        "5": b"\x09\x08\x08\0",
    }.items():
        yield case(f"biff-{version}.xls", head + b"\0\5\x10\0" * 9, "F003", says=old)
    yield case("ole2-cut.xls", ole2()[:40], "F003", says=old)
    yield case("ole2-cut.xlsx", ole2()[:40], "F002", says="tệp văn phòng đời cũ")
    yield case("ole2-encrypted.xlsx", ole2("EncryptionInfo", "EncryptedPackage"), "F004", says=locked)
    yield case("ole2-encrypted-named.xls", ole2("EncryptedPackage", "\x06DataSpaces"), "F004", says=locked)
    for stream, kind in {
        "WordDocument": ".doc",
        "PowerPoint Document": ".ppt",
        "__properties_version1.0": ".msg",
    }.items():
        yield case(f"ole2-is{kind}.xlsx", ole2(stream), "F002", says=kind)
    looks = "Workbook\0".encode("utf-16-le") * 20_000
    yield case("ole2-that-says-workbook-often.xlsx", ole2() + b"x" + looks, "F002", says="tệp văn phòng đời cũ")


def _zipped() -> Iterator[Case]:
    macro, binary, ods = "macro", ".xlsb", ".ods"
    yield case("macros.xlsm", lambda: packs.book({"xl/vbaProject.bin": b"\xd0\xcf"}), "F006", says=macro)
    yield case("macros-renamed.xlsx", lambda: packs.book({"xl/vbaProject.bin": b"\xd0\xcf"}), "F006", says=macro)
    yield case("macros-in-capitals.xlsx", lambda: packs.book({"XL/VBAPROJECT.BIN": b"x"}), "F006", says=macro)
    yield case("macros-elsewhere.xlsx", lambda: packs.book({"xl/deep/er/vbaProject.bin": b"x"}), "F006", says=macro)
    said = {
        TYPES: lambda part: part.replace(
            b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
        )
    }
    yield case("macros-said-alone.xlsx", lambda: packs.book(said), "F006", says=macro)  # type: ignore[arg-type]
    yield case("no-macros-named.xlsm", packs.book, NO_FORM)
    yield case("binary.xlsb", pack(TYPES, "xl/workbook.bin", "xl/worksheets/sheet1.bin"), "F007", says=binary)
    yield case("binary-renamed.xlsx", pack(TYPES, "xl/workbook.bin"), "F007", says=binary)
    named = {TYPES: lambda part: part.replace(b"spreadsheetml.sheet.main+xml", b"sheet.binary.macroEnabled.main")}
    yield case("binary-said-alone.xlsx", lambda: packs.book(named), "F007", says=binary)  # type: ignore[arg-type]
    yield case("template.xltx", packs.book, NO_FORM)
    yield case("capitals.XLSX", packs.book, NO_FORM)
    yield case("named-xls-and-is-xlsx.xls", packs.book, NO_FORM)
    for name in ("calc.ods", "calc-renamed.xlsx"):
        yield case(name, pack("content.xml", mimetype=_SPREADSHEET + b"spreadsheet"), "F008", says=ods)
    yield case("calc-flat.xlsx", f"<?xml version='1.0'?><office:document {_OFFICE}/>".encode(), "F008", says=ods)
    others = {
        "docx": pack(TYPES, "word/document.xml"), "pptx": pack(TYPES, "ppt/presentation.xml"),
        "odt": pack("content.xml", mimetype=_SPREADSHEET + b"text"), "odp": pack("content.xml", mimetype=_SPREADSHEET + b"presentation"),
    }  # fmt: skip
    for kind, data in others.items():
        yield case(f"is-{kind}.xlsx", data, "F002", says=f"(.{kind})")
    yield case("is-numbers.xlsx", pack("Index/Document.iwa"), "F002", says="Apple Numbers")
    yield case(
        "is-zip-of-workbooks.xlsx", lambda: archive([Entry(b"a.xlsx", packs.book())]), "F002", says="tệp nén zip"
    )
    yield case("is-jar.xlsx", pack("META-INF/MANIFEST.MF", "Evil.class"), "F002", says="tệp nén zip")


def _plain() -> Iterator[Case]:
    csv, web = "văn bản thuần (CSV)", "trang web (HTML)"
    for name, data in {
        "semicolons.csv": "STT;Chỉ tiêu\n1;95,5\n".encode(),
        "renamed.xlsx": "STT,Chỉ tiêu\n1,95.5\n".encode(),
        "tabs.xls": "STT\tChỉ tiêu\n1\t95\n".encode("utf-16"),
        "bom.csv": "\ufeffSTT;Chỉ tiêu\n".encode(),
        "windows-1258.csv": b"STT;Ch\xf0 ti\xeau\n",
        "formulas.csv": b"=cmd|'/c calc'!A1;@SUM(1+1)\n",
        "json.xlsx": b'{"a": 1}',
        "blank.xlsx": b" \r\n\t\n",
        "long-line.csv": b"1;" * 500_000,
        "sylk.xlsx": b"ID;PWXL;N;E\nC;Y1;X1;K1\nE\n",
    }.items():
        yield case(f"text-{name}", data, "F009", says=csv)
    for number, page in enumerate((f"<html><body>{_HTML}</body></html>", _HTML.upper(), f"\n\n  <!-- x -->{_HTML}", f"<!DOCTYPE html>{_HTML}", f"<meta charset=utf-8>{_HTML}", f"<html><script>alert(1)</script>{_HTML}")):  # fmt: skip
        yield case(f"html-{number}.xls{'x' * (number % 2)}", page.encode(), "F010", says=web)
    yield case("html-utf-16.xls", f"<html>{_HTML}</html>".encode("utf-16"), "F010", says=web)
    yield case("xml-2003.xls", _XML2003.encode(), "F010", says="XML 2003")
    laughs = _XML2003.replace("<Workbook", '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><Workbook')
    yield case("xml-2003-laughs.xlsx", laughs.encode(), "F010", says="XML 2003")
    yield case("xml-other.xlsx", b"<?xml version='1.0'?><a/>", "F002", says="tệp XML")
    yield case("mht.xls", _MHT.encode(), "F010", says="(MHT)")
    yield case("mail.xlsx", b"From: a@b.vn\nSubject: x\n\nhi", "F002", says="thư điện tử")
    magic = {
        "pdf": (b"%PDF-1.7\n", "PDF"), "rar4": (b"Rar!\x1a\x07\0", "RAR"), "rar5": (b"Rar!\x1a\x07\x01\0", "RAR"), "7z": (b"7z\xbc\xaf\x27\x1c\0\4", "7z"),
        "png": (b"\x89PNG\r\n\x1a\n", "hình ảnh"), "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "hình ảnh"), "gif": (b"GIF89a\1\0", "hình ảnh"),
        "gzip": (gzip.compress(b"x", mtime=0), "gzip"), "rtf": (b"{\\rtf1 x}", "RTF"), "exe": (b"MZ\x90\0", "chương trình máy tính"),
        "elf": (b"\x7fELF\2\1", "chương trình máy tính"), "noise": (bytes(range(256)) * 9, "không nhận ra"), "nul": (b"\0", "không nhận ra"),
    }  # fmt: skip
    for kind, (data, says) in magic.items():
        yield case(f"is-{kind}.xlsx", data + b"\0" * 99, "F002", says=says)
    yield case("empty.xlsx", b"", "F001", says="0 byte")
    yield case("empty.csv", b"", "F001", says="0 byte")


def _other_names() -> Iterator[Case]:
    for name in ("cong-van.docx", "anh.jpg", "bao-cao.pdf", "goi.zip", "bao-cao.xlsx.exe", "ban.xlsx.bak", "thu.eml", "trang.html", "bieu.xlsx.lnk", "bao-cao.xlam"):  # fmt: skip
        yield case(name, packs.book(), "F021", says=f"“.{name.rpartition('.')[2]}”")
    for name, data in {"README": b"hello", "bao-cao": b"%PDF-1.7", "trang": _HTML.encode(), "trong": b""}.items():
        yield case(name, data, "F021", says="“?”")
    yield case("bieu khong duoi", packs.book, NO_FORM)
    yield case("cu khong duoi", ole2("Workbook"), "F003")
    yield case("bieu hong khong duoi", lambda: packs.book()[:-1], "F005")


CASES = (*_old(), *_zipped(), *_plain(), *_other_names())
