"""Hostile parts: XML that makes parsers work, strings that are miscounted, relationships that lead astray, parts that are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from hostile import packs
from hostile.case import NO_FORM, Case, case
from hostile.packs import BOOK, HEAD, LINKS, MAIN, OFFICE, ROOT, SHEET, STRINGS, STYLES, TYPES, book
from hostile.sheets import at

DOCTYPE, ENTITY, ENCODING = "khai báo DOCTYPE", "khai báo ENTITY", "mã chữ không phải UTF-8"
MISSING, MALFORMED = "thiếu một phần", "XML sai cấu trúc"
TWO_COPIES, TWO_SHEETS = "hai bản của một phần", "hai trang cùng tên"
THEME, CUSTOM, EVIL = "xl/theme/theme1.xml", "customXml/item1.xml", "xl/worksheets/evil.xml"
LAUGHS = (
    b'<!DOCTYPE lolz [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(20))
    + b"]>"
)
BOMB = packs.sheet(at("A1", "XFD1048576"))
HUGE = b"99999999999999"


def headed(declared: bytes) -> Callable[[bytes], bytes]:
    """The part with that behind its first line."""
    return lambda part: part.replace(HEAD, HEAD + declared, 1)


def recoded(encoding: str, declared: str = "") -> Callable[[bytes], bytes]:
    """The part in another encoding."""
    return lambda part: part.decode().replace("UTF-8", declared or encoding).encode(encoding)


def _declarations() -> Iterator[Case]:
    outside = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    called = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/evil.dtd">'
    parameter = b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/evil.dtd"> %x;]>'
    for part in (SHEET, STRINGS, STYLES, BOOK, LINKS, ROOT, TYPES):
        name = part.rpartition("/")[2].strip("[].").lower()
        yield case(f"laughs-in-{name}.xlsx", partial(book, {part: headed(LAUGHS)}), "F013", says=ENTITY)
        yield case(f"doctype-in-{name}.xlsx", partial(book, {part: headed(called)}), "F013", says=DOCTYPE)
    for kind, declared in (("file", outside), ("parameter", parameter)):
        yield case(f"entity-of-a-{kind}.xlsx", partial(book, {STRINGS: headed(declared)}), "F013", says=ENTITY)
    for part in (THEME, CUSTOM, "xl/drawings/vmlDrawing1.vml", "docProps/app.xml"):
        name = part.rpartition("/")[2]
        yield case(f"laughs-in-{name}.xlsx", partial(book, {part: LAUGHS + b"<a>&u;</a>"}), "F013", says=ENTITY)
    use = packs.strings(b"&undeclared;")
    yield case("entity-undeclared.xlsx", partial(book, {STRINGS: use}), "F014 F005")
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield case(f"encoding-{encoding}.xlsx", partial(book, {SHEET: recoded(encoding)}), "F013", says=ENCODING)
    for part in (STRINGS, BOOK, STYLES, LINKS, TYPES):
        name = part.rpartition("/")[2].strip("[].").lower()
        yield case(f"encoding-utf-16-{name}.xlsx", partial(book, {part: recoded("utf-16")}), "F013", says=ENCODING)
    for declared in ("UTF-7", "windows-1258", "utf-16", "EBCDIC-CP-US"):
        yield case(
            f"encoding-said-{declared}.xlsx", partial(book, {SHEET: recoded("utf-8", declared)}), "F013", says=ENCODING
        )
    yield case("encoding-of-one-byte.xlsx", partial(book, {STRINGS: packs.strings(b"ch\xf7")}), "F013", says=ENCODING)
    yield case("encoding-nul.xlsx", partial(book, {STRINGS: packs.strings(b"a\0b")}), "F013", says=ENCODING)
    yield case(
        "encoding-surrogates.xlsx", partial(book, {STRINGS: packs.strings(b"\xed\xa0\x80")}), "F013", says=ENCODING
    )
    yield case("encoding-bom-twin.xlsx", partial(book, {SHEET: lambda part: b"\xef\xbb\xbf" + part}), NO_FORM)
    yield case("encoding-ascii-twin.xlsx", partial(book, {BOOK: recoded("ascii", "us-ascii")}), NO_FORM)
    yield case("encoding-of-custom-xml-twin.xlsx", partial(book, {CUSTOM: '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")}), NO_FORM)  # fmt: skip


def letters() -> bytes:
    """Twenty MiB of letters that do not pack well."""
    return packs.noise(20 << 20).replace(b"<!--", b"").replace(b"-->", b"")


def _tokens() -> Iterator[Case]:
    long = b"x" * 70_000
    many = b" ".join(b'a%d=""' % number for number in range(9_000))
    changes: dict[str, packs.Parts] = {
        "string": {STRINGS: packs.strings(long)},
        "string-20-mib": {STRINGS: lambda _: packs.strings(letters())},
        "attribute": {SHEET: packs.sheet(b'<row r="1" a="' + long + b'"/>')},
        "attributes": {SHEET: packs.sheet(b"<row %s/>" % many)},
        "name": {STYLES: b"<%s/>" % long},
        "sheet-name": {BOOK: packs.workbook(["n" * 70_000])},
        "comment": {SHEET: lambda part: part.replace(HEAD, HEAD + b"<!--%s-->" % letters(), 1)},
        "blank": {BOOK: headed(b" " * 70_000)},
        "never-ending": {STYLES: b"<styleSheet><!-- " + long},
    }
    for kind, change in changes.items():
        yield case(f"token-{kind}.xlsx", partial(book, change), "F011", "xml-token")
    yield case("token-65000-twin.xlsx", partial(book, {STRINGS: packs.strings(b"x" * 65_000)}), NO_FORM)
    note = b"<comments><commentList><comment><text><t>%s</t></text></comment></commentList></comments>"
    yield case("comment-of-20-mib-twin.xlsx", lambda: book({"xl/comments1.xml": note % letters()}, level=1), NO_FORM)
    for part, tag in ((STRINGS, b"si"), (STYLES, b"xf")):

        def bomb(content: bytes, tag: bytes = tag) -> bytes:
            return content.replace(b"</", b"<%s/>" % tag * 3_000_000 + packs.noise(300_000) + b"</", 1)

        yield case(
            f"elements-{tag.decode()}-3000000.xlsx", partial(book, {part: bomb}, level=1), "F011", "xml-elements"
        )
    deep = b"<a>" * 70 + b"</a>" * 70
    for part in (BOOK, LINKS, ROOT):
        name = part.rpartition("/")[2].strip(".")
        change = {part: lambda content: content.replace(b"</", deep + b"</", 1)}
        yield case(f"depth-in-{name}.xlsx", partial(book, change), "F011", "xml-depth")
    more = (
        b"<definedNames>"
        + b'<definedName name="a">1</definedName>' * 110_000
        + b"</definedNames>"
        + packs.noise(100_000)
    )
    yield case("elements-110000-names.xlsx", lambda: book({BOOK: packs.workbook(more=more)}), "F011", "xml-elements")


def _strings() -> Iterator[Case]:
    counts = (HUGE, b"4294967295", b"18446744073709551615", b" 999999999", b"+999999999", b"0" * 45 + HUGE, b"9" * 400)
    for number, count in enumerate(counts):
        yield case(
            f"strings-miscounted-{number}.xlsx",
            partial(book, {STRINGS: packs.strings(b"a", count=count)}),
            "F011",
            "strings",
        )
    for number, count in enumerate((b"0", b"2", b"-1", b"", b"x", b"0x7fffffff", b"&#57;9999999999999", b"1e15")):
        yield case(f"strings-miscounted-harmless-{number}-twin.xlsx", partial(book, {STRINGS: packs.strings(b"a", count=count)}), "I501 F014")  # fmt: skip
    odd = {
        "prefix": b'<x:sst xmlns:x="%s" uniqueCount="%s"></x:sst>' % (MAIN, HUGE),
        "long-prefix": b'<%s:sst uniqueCount="%s"/>' % (b"a" * 41, HUGE),
        "vietnamese-prefix": '<é:sst uniqueCount="999999999"/>'.encode(),
        "apostrophes": b"<sst uniqueCount='%s'></sst>" % HUGE,
        "after-a-sign": b'<!-- sst --><sst a=">" uniqueCount="%s"></sst>' % HUGE,
        "after-a-bracket": b'<sst a="<" uniqueCount="%s"></sst>' % HUGE,
        "count-alone": b'<sst count="%s"></sst>' % HUGE,
    }
    for kind, part in odd.items():
        yield case(f"strings-{kind}.xlsx", partial(book, {STRINGS: part}), "F011", "strings")
    none = packs.relations(("worksheet", "worksheets/sheet1.xml"))
    lost = {LINKS: none, STRINGS: packs.strings(b"a", count=HUGE)}
    yield case("strings-without-relationship.xlsx", partial(book, lost), "F011", "strings")
    for kind, part in (("empty", b""), ("cut", packs.base()[STRINGS][:-9]), ("other", b"<a/>"), ("text", b"hello")):
        yield case(f"strings-{kind}.xlsx", partial(book, {STRINGS: part}), "F014 F005 I501")


def _links() -> Iterator[Case]:
    def led(target: str) -> packs.Parts:
        return {LINKS: packs.base()[LINKS].replace(b"worksheets/sheet1.xml", target.encode())}

    outside = (
        "../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/sheet1.xml", "\\\\127.0.0.1\\x\\sheet1.xml",
        "C:\\windows\\win.ini", "worksheets/none.xml", "", "sharedStrings.bin", "worksheets/sheet1.xml#x", "media/image1.png",
    )  # fmt: skip
    for number, target in enumerate(outside):
        yield case(f"sheet-led-outside-{number:02}.xlsx", partial(book, led(target)), "F005", says=MISSING)
    external: packs.Parts = {LINKS: lambda part: part.replace(b'sheet1.xml"', b'sheet1.xml" TargetMode="External"')}
    yield case("sheet-led-outside-by-mode.xlsx", partial(book, external), "F005", says=MISSING)
    for target in ("/xl/worksheets/sheet1.xml", "WORKSHEETS/SHEET1.XML"):
        yield case(f"sheet-led-{len(target)}-twin.xlsx", partial(book, led(target)), NO_FORM)


def _copies() -> Iterator[Case]:
    link = b'<Relationship Id="%s" Type="%s/%s" Target="%s"%s/>'
    harmless = (
        ("hyperlink", b"http://127.0.0.1:9/"),
        ("externalLinkPath", b"file://127.0.0.1/x.xlsx"),
        ("attachedTemplate", b"\\\\127.0.0.1\\x.dotm"),
    )
    for kind, target in harmless:
        one = link % (b"rId9", OFFICE, kind.encode(), target, b' TargetMode="External"')
        change: packs.Parts = {LINKS: lambda part, one=one: part.replace(b"</R", one + b"</R")}
        yield case(f"outside-{kind}-twin.xlsx", partial(book, change), NO_FORM)
    evil = partial(link.__mod__)
    twice = {"twice": b"", "twice-external": b' TargetMode="External"', "twice-no-namespace": b' xmlns=""'}
    for kind, more in twice.items():
        one = evil((b"rId1", OFFICE, b"worksheet", b"worksheets/evil.xml", more))
        change = {LINKS: lambda part, one=one: part.replace(b"</R", one + b"</R"), EVIL: BOMB}
        yield case(f"link-{kind}.xlsx", partial(book, change), "F013", says=TWO_COPIES)
    ninth = evil((b"rId9", OFFICE, b"worksheet", b"worksheets/evil.xml", b""))
    ways: dict[str, Callable[[bytes], bytes]] = {
        "other-prefix": lambda part: part.replace(b'xmlns:r="', b'xmlns:r="urn:x" xmlns:q="').replace(
            b"r:id", b'r:id="rId9" q:id'
        ),
        "foreign": lambda part: part.replace(
            b"<sheets>", b'<sheets><x:sheet xmlns:x="urn:x" name="Sheet1" r:id="rId9"/>'
        ),
        "no-namespace": lambda part: part.replace(b"<sheets>", b'<sheets><sheet xmlns="" name="Sheet1" r:id="rId9"/>'),
        "same-name": lambda part: part.replace(
            b"</sheets>", b'<sheet name="SHEET1" sheetId="2" r:id="rId9"/></sheets>'
        ),
    }
    for kind, edit in ways.items():
        change = {BOOK: edit, LINKS: lambda part: part.replace(b"</R", ninth + b"</R"), EVIL: BOMB}
        yield case(f"sheet-{kind}.xlsx", partial(book, change), "F013", says=TWO_SHEETS)
    second: packs.Parts = {
        BOOK: ways["same-name"],
        LINKS: lambda part: part.replace(b"</R", ninth + b"</R"),
        EVIL: BOMB,
    }
    second = {**second, BOOK: lambda part: ways["same-name"](part).replace(b"SHEET1", b"Two")}
    yield case("sheet-far-is-the-second.xlsx", partial(book, second), "F011", "row")
    copies = {"strings": (b"sharedStrings", "xl/other.xml", STRINGS), "styles": (b"styles", "xl/other.xml", STYLES)}
    for kind, (name, other, part) in copies.items():
        change = {LINKS: packs.base()[LINKS].replace(b'"%s.xml"' % name, b'"other.xml"'), other: packs.base()[part]}
        yield case(f"copies-of-{kind}.xlsx", partial(book, change), "F013", says=TWO_COPIES)
    change = {ROOT: packs.relations(("officeDocument", "xl/other.xml")), "xl/other.xml": packs.base()[BOOK]}
    yield case("copies-of-workbook.xlsx", partial(book, change), "F013", says=TWO_COPIES)


def _missing() -> Iterator[Case]:
    for part in (SHEET, STRINGS, STYLES, BOOK, LINKS):
        name = part.rpartition("/")[2]
        yield case(f"missing-{name}.xlsx", partial(book, {part: None}), "F005", says=MISSING)
    yield case("missing-content-types-twin.xlsx", partial(book, {TYPES: None}), NO_FORM)
    yield case("missing-root-rels.xlsx", partial(book, {ROOT: None}), "F014 F005 I501")
    yield case("missing-all-sheets.xlsx", partial(book, {BOOK: packs.workbook([])}), "F005", says="không có trang tính")
    for part in (SHEET, BOOK, LINKS, ROOT):
        name = part.rpartition("/")[2].strip(".")
        yield case(f"part-cut-{name}.xlsx", partial(book, {part: lambda content: content[:-9]}), "F005", says=MALFORMED)
        yield case(f"part-empty-{name}.xlsx", partial(book, {part: b""}), "F005 F014 I501")
    yield case("part-cut-styles.xlsx", partial(book, {STYLES: lambda content: content[:-20]}), "F014 F005 I501")
    macro: packs.Parts = {LINKS: lambda part: part.replace(b"/worksheet", b"/xlMacrosheet")}
    yield case("macrosheet-by-link.xlsx", partial(book, macro), "F006", says="macro")
    yield case("macrosheet-by-name.xlsx", partial(book, {"xl/macrosheets/sheet1.xml": b"<a/>"}), "F006", says="macro")
    chart: packs.Parts = {LINKS: lambda part: part.replace(b"/worksheet", b"/chartsheet")}
    yield case("chart-sheet-alone.xlsx", partial(book, chart), "I501 F014")
    yield case("sheet-is-strings.xlsx", partial(book, {LINKS: packs.base()[LINKS].replace(b"worksheets/sheet1", b"sharedStrings", 1)}), "F005")  # fmt: skip
    strict = {b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships"}  # fmt: skip

    def stricter(part: bytes) -> bytes:
        for old, new in strict.items():
            part = part.replace(old, new)
        return part

    yield case("strict-twin.xlsx", lambda: book(dict.fromkeys(packs.base(), stricter)), NO_FORM)
    yield case(
        "date-1904-twin.xlsx", partial(book, {BOOK: packs.workbook(more=b'<workbookPr date1904="1"/>')}), NO_FORM
    )


CASES = (*_declarations(), *_tokens(), *_strings(), *_links(), *_copies(), *_missing())
