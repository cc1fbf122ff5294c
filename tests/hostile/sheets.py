"""Hostile sheets: cells, merges, links, formulas; too many, too far, twice, nowhere; and their good twins."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hostile import packs
from hostile.case import NO_FORM, Case, case
from hostile.packs import BOOK, LINKS, SHEET, STRINGS, STYLES, rows

CELL, RANGE = "địa chỉ ô sai", "vùng ô sai"
TWICE = "một ô ghi hai lần"
COMMENT = "chú thích XML giữa các ô"
FOREIGN = "phần tử XML lạ giữa các ô"
MALFORMED = "XML sai cấu trúc"
LETTERS = "ABCDEFGHIJ"


def at(*places: str, value: str = "1") -> bytes:
    """Cells in a row of their own each."""
    return "".join(f'<row r="{_row(place)}"><c r="{place}"><v>{value}</v></c></row>' for place in places).encode()


def _row(place: str) -> str:
    return "".join(letter for letter in place if letter.isdigit())


def block(count: int, cell: str = '<c r="{0}"><v>1</v></c>', columns: str = LETTERS) -> bytes:
    """That many cells side by side and below one another."""
    made = []
    for row in range(1, -(-count // len(columns)) + 1):
        here = columns[: count - (row - 1) * len(columns)]
        made.append(f'<row r="{row}">' + "".join(cell.format(f"{column}{row}") for column in here) + "</row>")
    return "".join(made).encode()


def prefixed(cells: bytes) -> bytes:
    """The same sheet as no program writes it: every name with a prefix."""
    text = packs.sheet(cells).replace(b"</", b"</x:").replace(b"<", b"<x:")
    return text.replace(b"<x:/x:", b"</x:").replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x=")


def _positions() -> Iterator[Case]:
    illegal = (
        "a1",
        "A0",
        "A01",
        "1A",
        "A",
        "1",
        "AAAA1",
        "A-1",
        "A1:B2",
        " A1",
        "",
        "A１",
        "$A$1",
        "A12345678",
        "Sheet2!A1",
    )
    for number, place in enumerate(illegal):
        data = f'<row r="1"><c r="{place}"><v>1</v></c></row>'.encode()
        yield case(f"cell-illegal-{number:02}.xlsx", partial(rows, data), "F005", says=CELL)
    for number, row in enumerate(("x", "-1", "1.5", "", "99999999", "1e3", "0x1")):
        data = f'<row r="{row}"><c><v>1</v></c></row>'.encode()
        yield case(f"row-illegal-{number}.xlsx", partial(rows, data), "F005", says=CELL)
    missing = b"<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"
    yield case("cell-positions-missing-twin.xlsx", partial(rows, missing), NO_FORM)
    yield case(
        "cell-positions-in-part-missing-twin.xlsx",
        partial(rows, b'<row r="3"><c><v>1</v></c><c r="D3"/><c/></row>'),
        NO_FORM,
    )
    yield case("cell-of-another-row.xlsx", partial(rows, b'<row r="1"><c r="A7"><v>1</v></c></row>'), NO_FORM)
    yield case("cells-unsorted-twin.xlsx", partial(rows, at("C5", "A9", "B1", "D7")), NO_FORM)


def _doubled() -> Iterator[Case]:
    cell = b'<c r="A1"><v>%d</v></c>'
    twice = {
        "side-by-side": b'<row r="1">' + cell % 1 + cell % 2 + b"</row>",
        "in-two-rows": b'<row r="1">' + cell % 1 + b"</row><row>" + cell % 2 + b"</row>",
        "empty-then-full": b'<row r="1"><c r="A1"/>' + cell % 2 + b"</row>",
        "by-counting": b'<row r="1">' + cell % 1 + b'</row><row r="1"><c><v>2</v></c></row>',
        "odd": b'<row r="1">' + cell % 1 + b'<c r="A1" cm="1"><v>2</v></c></row>',
    }
    for kind, data in twice.items():
        yield case(f"cell-twice-{kind}.xlsx", partial(rows, data), "F013", says=TWICE)
    yield case(
        "cell-twice-prefixed.xlsx", lambda: packs.book({SHEET: prefixed(twice["side-by-side"])}), "F013", says=TWICE
    )


def _far() -> Iterator[Case]:
    far = {
        "XFD1048576": "row",
        "A1048576": "row",
        "XFD1": "column",
        "A9999999": "row",
        "ZZZ1": "column",
        "ZZZ9999999": "row",
    }
    for place, limit in far.items():
        yield case(f"cell-far-a1-and-{place}.xlsx", partial(rows, at("A1", place)), "F011", limit)
        yield case(f"cell-far-{place}-alone.xlsx", partial(rows, at(place)), "F011", limit)
    yield case("cell-far-prefixed.xlsx", lambda: packs.book({SHEET: prefixed(at("A1", "XFD1048576"))}), "F011", "row")
    yield case("cell-far-by-row.xlsx", partial(rows, b'<row r="1048576"><c/></row>'), "F011", "row")
    yield case("cell-far-empty.xlsx", partial(rows, b'<row r="1"><c r="A1"/><c r="XFD1048576"/></row>'), "F011", "row")


def _limits() -> Iterator[Case]:
    for place, limit in (
        ("A20001", "row"),
        ("SS1", "column"),
        ("SR3907", "box"),
        ("CV20001", "row"),
        ("CW20000", "box"),
    ):
        yield case(f"limit-{limit}-{place}.xlsx", partial(rows, at("A1", place)), "F011", limit)
    for place in ("A20000", "SR1", "SR3906", "CV20000"):
        yield case(f"limit-{place}-twin.xlsx", partial(rows, at("A1", place)), NO_FORM)
    yield case(
        "limit-column-by-counting.xlsx", partial(rows, b'<row r="1">' + b"<c/>" * 513 + b"</row>"), "F011", "column"
    )
    yield case(
        "limit-200000-cells-twin.xlsx", lambda: packs.book({SHEET: packs.sheet(block(200_000))}, level=1), NO_FORM
    )
    yield case(
        "limit-200001-cells.xlsx", lambda: packs.book({SHEET: packs.sheet(block(200_001))}, level=1), "F011", "cells"
    )
    tiny = packs.sheet(b"".join(b"<row>%s</row>" % (b"<c/>" * 500) for _ in range(401)))
    yield case("limit-200500-tiny-cells.xlsx", lambda: packs.book({SHEET: tiny}), "F011", "cells")
    yield case(
        "limit-a-million-cells.xlsx",
        lambda: packs.book({SHEET: packs.sheet(block(1_000_000))}, level=1),
        "F011",
        "cells",
    )
    empty: packs.Parts = {SHEET: lambda _: packs.sheet(b"<row/>" * 1_600_000 + packs.noise(100_000))}
    yield case("limit-1600000-empty-rows.xlsx", lambda: packs.book(empty, level=1), "F011", "xml-elements")
    # Each sheet is within its limits and all of them together are much: a worker's time or memory may end it.
    late = "I501 F011 F015 F016"
    yield case("limit-16-full-sheets.xlsx", lambda: with_sheets(16, packs.sheet(block(200_000))), late)
    yield case("limit-64-wide-sheets.xlsx", lambda: with_sheets(64, packs.sheet(at("A1", "SR3906"))), late)
    for count in (64, 65, 5_000):
        make = partial(with_sheets, count, packs.base()[SHEET].replace(b' t="s"', b""))
        yield case(f"sheets-{count}.xlsx", make, NO_FORM if count == 64 else "F011", "" if count == 64 else "sheets")
    same = packs.workbook(f"S{number}" for number in range(65))
    yield case("sheets-65-of-one-part.xlsx", lambda: packs.book({BOOK: _one_id(same)}), "F011", "sheets")
    yield case("sheets-2-of-one-part.xlsx", lambda: packs.book({BOOK: _one_id(packs.workbook(("A", "B")))}), NO_FORM)


def _one_id(book: bytes) -> bytes:
    for number in range(65, 1, -1):
        book = book.replace(b'r:id="rId%d"' % number, b'r:id="rId1"')
    return book


def with_sheets(count: int, content: bytes) -> bytes:
    """A workbook of that many sheets with the same content (up to 1,000 have parts of their own)."""
    names = [f"S{number}" for number in range(count)]
    parts = min(count, 900)
    links = packs.relations(*(("worksheet", f"worksheets/s{number % parts}.xml") for number in range(count)))
    own = {f"xl/worksheets/s{number}.xml": content for number in range(parts)}
    none = dict.fromkeys((SHEET, STYLES, STRINGS))
    return packs.book({**none, BOOK: packs.workbook(names), LINKS: links, **own}, level=1)


def _ranges() -> Iterator[Case]:
    for name, tag, many, much in (
        ("merge", "mergeCell", "merges", "merged-cells"),
        ("link", "hyperlink", "links", "linked-cells"),
    ):

        def ranges(*refs: str, tag: str = tag) -> bytes:
            held = "".join(f'<{tag} ref="{ref}"/>' for ref in refs)
            return rows(at("A1"), f"<{tag}s>{held}</{tag}s>".encode())

        full = [f"A{row}:J{row}" for row in range(1, 5_001)]
        yield case(f"{name}s-5000-of-10-twin.xlsx", partial(ranges, *full), NO_FORM)
        yield case(f"{name}s-5001.xlsx", partial(ranges, *full, "A5001"), "F011", many)
        yield case(
            f"{name}s-100000.xlsx", partial(ranges, *(f"A{row}:B{row}" for row in range(1, 100_001))), "F011", many
        )
        yield case(f"{name}s-50001-cells.xlsx", partial(ranges, "A1:A20000", "B1:B20000", "C1:C10001"), "F011", much)
        yield case(f"{name}s-50000-cells-twin.xlsx", partial(ranges, "A1:A20000", "B1:B20000", "C1:C10000"), NO_FORM)
        yield case(f"{name}-of-the-whole-sheet.xlsx", partial(ranges, "A1:XFD1048576"), "F011", much)
        yield case(f"{name}-backwards.xlsx", partial(ranges, "XFD1048576:A1"), "F011", much)
        yield case(f"{name}-of-64-columns.xlsx", partial(ranges, *["A1:A1048576"] * 64), "F011", much)
        for number, ref in enumerate(("x", "", "A:B", "1:2", "A1:", "A1:B2:C3", "Sheet2!A1:B2")):
            yield case(f"{name}-illegal-{number}.xlsx", partial(ranges, ref), "F005", says=RANGE)


def _formulas() -> Iterator[Case]:
    def shared(master: str, users: int) -> bytes:
        first = f'<row r="1"><c r="K1"><f t="shared" ref="A1:K20001" si="0">{master}</f><v>1</v></c></row>'.encode()
        return first + block(users, '<c r="{0}"><f t="shared" si="0"/><v>1</v></c>')

    bombs = {"long": ("A1+" * 680 + "1", 3_000), "longest": ("1+" * 30_000 + "1", 190_000), "nested": ("SUM(" * 400 + "1" + ")" * 400, 100_000)}  # fmt: skip
    for kind, bomb in bombs.items():
        change: packs.Parts = {SHEET: lambda _, bomb=bomb: packs.sheet(shared(*bomb))}
        yield case(f"formula-shared-{kind}.xlsx", partial(packs.book, change, level=1), "F011", "formulas")
    yield case(
        "formula-shared-by-90000-twin.xlsx",
        lambda: packs.book({SHEET: packs.sheet(shared("B1", 90_000))}, level=1),
        "I501 F016",
    )
    odd = ('"((((', "A1:B2:C3:::", "[1]x!A1", "{1,2", "IF(" * 2_000, "#REF!", "'a''b'!XFD1048576+1", "\u202e1")
    for number, text in enumerate(odd):
        yield case(f"formula-odd-{number}.xlsx", partial(rows, shared(text, 30)), NO_FORM)
    loop = b'<row r="1"><c r="A1"><f t="shared" si="0"/></c><c r="B1"><f t="shared" si="0"/></c></row>'
    yield case("formula-shared-without-a-first.xlsx", partial(rows, loop), NO_FORM)
    array = b'<row r="1"><c r="A1"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c></row>'
    yield case("formula-array-of-the-whole-sheet.xlsx", partial(rows, array), NO_FORM)
    calls = (
        'WEBSERVICE("http://127.0.0.1/?"&amp;A1)',
        "cmd|'/c calc'!A1",
        'HYPERLINK("file:///etc/passwd")',
        "'http://127.0.0.1/[a.xlsx]x'!A1",
    )
    for number, text in enumerate(calls):
        yield case(f"formula-that-calls-out-{number}.xlsx", partial(rows, f'<row r="1"><c r="A1"><f>{text}</f><v>1</v></c></row>'.encode()), NO_FORM)  # fmt: skip


def _values() -> Iterator[Case]:
    # How a value that is none is told is the affair of whoever reads values: the cell is at fault, or the sheet.
    numbers = (
        "NaN",
        "nan",
        "INF",
        "-inf",
        "infinity",
        "1e999",
        "-1e999",
        "1e-999",
        "0x7",
        "1,5",
        "abc",
        " 7 ",
        "9" * 400,
        "",
    )
    for number, value in enumerate(numbers):
        yield case(f"value-number-{number:02}.xlsx", partial(rows, at("A1", "B2", value=value)), "I501 F014")
    for number, error in enumerate(("#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#GETTING_DATA", "#N/A", "#XYZ", "")):
        data = f'<row r="1"><c r="A1" t="e"><v>{error}</v></c></row>'.encode()
        yield case(f"value-error-{number}.xlsx", partial(rows, data), "I501 F014")
    for number, index in enumerate(("1", "99999999", "-1", "99999999999999999999", "x", "", "1.5")):
        data = f'<row r="1"><c r="A1" t="s"><v>{index}</v></c></row>'.encode()
        yield case(f"value-string-index-{number}.xlsx", partial(rows, data), "F014 I501")
    for kind, value in (
        ("b", "7"),
        ("b", "x"),
        ("d", "2025-13-45"),
        ("d", "x"),
        ("zzz", "1"),
        ("str", "&#0;"),
        ("str", "_x0000_"),
    ):
        data = f'<row r="1"><c r="A1" t="{kind}"><v>{value}</v></c></row>'.encode()
        codes = "F005" if value == "&#0;" else "I501 F014"
        yield case(f"value-{kind}-{value.strip('&#;').lower()}.xlsx", partial(rows, data), codes)


def _odd_values() -> Iterator[Case]:
    dates = b'<row r="1">' + b"".join(b'<c r="%s1" s="1"><v>%s</v></c>' % one for one in ((b"A", b"-1"), (b"B", b"1e300"), (b"C", b"2958466"), (b"D", b"NaN"))) + b"</row>"  # fmt: skip
    styles = packs.base()[STYLES].replace(b'<xf numFmtId="0"/>', b'<xf numFmtId="0"/><xf numFmtId="14"/>')
    yield case(
        "value-dates-that-are-none.xlsx", lambda: packs.book({SHEET: packs.sheet(dates), STYLES: styles}), "I501 F014"
    )
    yield case(
        "value-style-that-is-none.xlsx",
        partial(rows, b'<row r="1"><c r="A1" s="4294967296"><v>1</v></c></row>'),
        "I501 F014",
    )
    long = b'<row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row>'
    yield case("value-text-70000-long.xlsx", partial(rows, long % (b"x" * 70_000)), "F011", "xml-token")
    yield case("value-text-65000-long-twin.xlsx", partial(rows, long % (b"x" * 65_000)), NO_FORM)
    runs = b"".join(b"<r><t>%s</t></r>" % (b"y" * 60_000) for _ in range(400)) + packs.noise(300_000)
    yield case("value-text-of-400-runs.xlsx", partial(rows, b'<row r="1"><c r="A1" t="inlineStr"><is>%s</is></c></row>' % runs), "F013", says=COMMENT)  # fmt: skip


def _shapes() -> Iterator[Case]:
    hidden = {
        "comment-in-a-value": b"<v>1<!-- -->2</v>", "comment-before-a-value": b"<!-- --><v>1</v>", "cdata": b"<v><![CDATA[1]]></v>",
        "cdata-in-part": b"<v>1<![CDATA[2]]>3</v>", "instruction": b"<v>1<?x y?>2</v>", "comment-in-a-text": b"<is><t>1<!-- -->2</t></is>",
        "comment-in-a-formula": b"<f>1<!-- -->2</f>",
    }  # fmt: skip
    for kind, content in hidden.items():
        yield case(
            f"hidden-{kind}.xlsx", partial(rows, b'<row r="1"><c r="A1">%s</c></row>' % content), "F013", says=COMMENT
        )
    yield case(
        "hidden-comment-between-rows.xlsx", partial(rows, at("A1") + b"<!-- -->" + at("A2")), "F013", says=COMMENT
    )
    yield case("hidden-comment-outside-twin.xlsx", partial(rows, at("A1"), b"<!-- made by hand -->"), NO_FORM)
    space = b' xmlns:x="urn:x"'
    foreign = {
        "cell": b'<row r="1"><x:c r="XFD1048576"><x:v>1</x:v></x:c><c r="A1"><v>1</v></c></row>',
        "row": b'<x:row r="1048576"><x:c><x:v>1</x:v></x:c></x:row>' + at("A1"),
        "value": b'<row r="1"><c r="A1"><x:v>9</x:v><v>1</v></c></row>',
        "alternative": b'<x:AlternateContent><x:Choice><row r="1"><c r="A1"><v>9</v></c></row></x:Choice></x:AlternateContent>',
    }
    for kind, cells in foreign.items():
        yield case(f"foreign-{kind}.xlsx", partial(rows, cells, root=space), "F013", says=FOREIGN)
    data = b'<x:sheetData><x:row><x:c r="XFD1048576"/></x:row></x:sheetData>'
    yield case("foreign-data.xlsx", partial(rows, at("A1"), before=data, root=space), "F013", says=FOREIGN)
    yield case("foreign-outside-twin.xlsx", partial(rows, at("A1"), b'<x:c r="XFD1048576"/>', root=space), NO_FORM)
    broken = {
        "row-open": (b"<row>", b""), "two-values": (b'<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>', b""),
        "two-formulas": (b'<row r="1"><c r="A1"><f>1</f><f>2</f></c></row>', b""), "cell-in-cell": (b'<row r="1"><c r="A1"><c r="B1"/></c></row>', b""),
        "two-data": (b"", b"<sheetData/>"), "entity": (b"<row>&x;</row>", b""), "attribute-twice": (b'<row r="1" r="2"/>', b""),
        "control": (b'<row r="1"><c r="A1" t="str"><v>\x01</v></c></row>', b""), "bracket": (b'<row r="1"><c r="A1" t="str"><v>]]></v></c></row>', b""),
        "after-the-end": (b"", b"</worksheet><worksheet>"),
    }  # fmt: skip
    for kind, (cells, rest) in broken.items():
        yield case(f"malformed-{kind}.xlsx", partial(rows, cells, rest), "F005", says=MALFORMED)
    deep = b"<a>" * 63 + b"</a>" * 63
    yield case("depth-64-twin.xlsx", partial(rows, b"", deep), NO_FORM)
    yield case("depth-65.xlsx", partial(rows, b"", b"<a>" + deep + b"</a>"), "F011", "xml-depth")
    yield case("depth-1000000.xlsx", partial(rows, b"", b"<a>" * 100_000 + b"</a>" * 100_000), "F011", "xml-depth")
    for number, ref in enumerate(("A1:XFD1048576", "XFD1048576:A1", "B2", "", "x", "A1:A99999999999", "ZZZZZZZ1")):
        data = f'<dimension ref="{ref}"/>'.encode()
        yield case(
            f"dimension-{number}.xlsx",
            partial(rows, at("A1", "C9"), before=data),
            NO_FORM if number < 3 else "I501 F014",
        )


CASES = (
    *_positions(),
    *_doubled(),
    *_far(),
    *_limits(),
    *_ranges(),
    *_formulas(),
    *_values(),
    *_odd_values(),
    *_shapes(),
)
