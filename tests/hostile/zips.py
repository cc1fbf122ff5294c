"""Hostile zips: sizes, counts, methods, bombs, overlaps, names, headers, checksums, files cut off; and their good twins."""

from __future__ import annotations

import bz2
import lzma
import random
import struct
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from hostile import packs
from hostile.case import NO_FORM, Case, case, status_of
from hostile.packs import BOOK, LINKS, SHEET, STRINGS, STYLES, Entry, archive, entries, lying

MIB = 1 << 20
_MEDIA = "xl/media/image1.png"
BROKEN = "gói tệp bị cắt cụt hoặc sai cấu trúc"
HEADER = "đầu mục trong tệp nén không khớp"
OVERLAP = "các phần chồng lên nhau"
INFLATE = "không giải nén được"
CRC = "sai tổng kiểm tra"
NAME = "tên phần không hợp lệ"
TWICE = "hai phần cùng tên"
METHOD = "kiểu nén lạ"
DISKS = "tệp nén nhiều đĩa"
ZIP64 = "tệp nén zip64"


def with_media(*sizes: int, ratio: int = 100) -> bytes:
    """A workbook with pictures of those sizes, each of one byte in `ratio` random and the rest nothing."""
    return archive(
        [*entries(), *(Entry(b"xl/media/%d.png" % at, stuff(size, ratio), level=1) for at, size in enumerate(sizes))]
    )


@cache
def _random(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def stuff(size: int, ratio: int) -> bytes:
    """Bytes that pack about that well."""
    block = _random(MIB // ratio)
    return (block + bytes(MIB - len(block))) * (size // MIB) + bytes(size % MIB)


def grown(size: int, data: bytes, path: Path) -> None:
    """A file of that size that begins with `data`, the rest a hole."""
    with path.open("wb") as file:
        file.write(data)
        file.truncate(size)


def exactly(size: int) -> bytes:
    """A workbook of exactly that many bytes."""
    empty = archive([*entries(), Entry(_MEDIA.encode(), method=0)])
    return archive([*entries(), Entry(_MEDIA.encode(), bytes(size - len(empty)), method=0)])


def _sizes() -> Iterator[Case]:
    over = "F011", "error", ", giới hạn là 26214400."
    yield case("size-exactly-25-mib.xlsx", partial(exactly, 25 * MIB), NO_FORM)
    for name, size, data in (
        ("size-one-byte-over.xlsx", 25 * MIB + 1, b""),
        ("size-workbook-and-a-hole.xlsx", 26 * MIB, packs.book()),
        ("size-300-mb.xlsx", 300_000_000, packs.book()),
        ("size-one-tebibyte.xlsx", 1 << 40, b"PK\x03\x04"),
        ("size-csv-of-a-gibibyte.csv", 1 << 30, b"a;b\n"),
    ):
        yield Case(name, partial(grown, size, data), (over[0],), over[1], over[2])
    for count in (1_000, 1_001, 65_534):
        more = (Entry(b"xl/media/%d" % at, method=0) for at in range(count - len(packs.base())))
        make = partial(archive, (*entries(), *more))
        yield case(
            f"entries-{count}.xlsx", make, NO_FORM if count == 1_000 else "F011", "" if count == 1_000 else "entries"
        )
    yield case("entries-fewer-than-said.xlsx", lambda: archive(entries(), here=9, count=9), "F005", says=BROKEN)
    yield case("entries-more-than-said.xlsx", lambda: archive(entries(), here=5, count=5), "F005", says=BROKEN)
    yield case("entries-none.xlsx", archive([]), "F002", says="tệp nén zip")


def _methods() -> Iterator[Case]:
    real = {12: bz2.compress(packs.base()[SHEET]), 14: lzma.compress(packs.base()[SHEET])}
    for method in (1, 6, 9, 12, 14, 93, 95, 98, 99, 65_535):
        make = partial(lying, SHEET, method=method, packed=real.get(method, b"x"))
        yield case(f"method-{method}.xlsx", make, "F013", says=METHOD)
    stored = [replace(entry, method=0) for entry in entries()]
    yield case("method-0-stored.xlsx", lambda: archive(stored), NO_FORM)
    yield case("method-8-level-9.xlsx", lambda: packs.book(level=9), NO_FORM)
    for flag in (0x0001, 0x0041, 0x2001, 0x0801):
        both = {"flags": flag}
        yield case(
            f"encrypted-{flag:04x}.xlsx", partial(lying, SHEET, local=both, central=both), "F004", says="mật khẩu"
        )
    yield case("encrypted-in-one-header.xlsx", lambda: lying(SHEET, local={"flags": 1}), "F005", says=HEADER)
    for flag in (0x0010, 0x0020, 0x0080, 0x1000):
        both = {"flags": flag}
        yield case(f"flag-{flag:04x}.xlsx", partial(lying, SHEET, local=both, central=both), "F013", says=METHOD)
    for field in ("disk", "first_disk", "here"):
        yield case(f"disks-{field}.xlsx", partial(archive, entries(), **{field: 1}), "F013", says=DISKS)
    yield case("disks-of-an-entry.xlsx", lambda: lying(SHEET, central={"disk": 2}), "F013", says=DISKS)
    for field, value in (("count", 0xFFFF), ("start", 0xFFFFFFFF), ("size", 0xFFFFFFFF)):
        said = {field: value, **({"here": value} if field == "count" else {})}
        yield case(f"zip64-{field}.xlsx", partial(archive, entries(), **said), "F013", says=ZIP64)
    for field in ("packed", "size", "header"):
        make = partial(lying, SHEET, central={field: 0xFFFFFFFF})
        yield case(f"zip64-{field}-of-an-entry.xlsx", make, "F013", says=ZIP64)
    yield case("zip64-record-that-agrees.xlsx", zip64_record, NO_FORM)
    yield case("zip64-record-that-does-not.xlsx", partial(zip64_record, 9), "F005", says=BROKEN)


def zip64_record(more: int = 0) -> bytes:
    """A workbook with the 64-bit records that some writers always add; `more` entries than there are."""
    plain = archive(entries())
    count, size, start = struct.unpack_from("<H2L", plain, len(plain) - 12)
    count += more
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    return archive(entries(), between=record + struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1))


def _bombs() -> Iterator[Case]:
    lie = {"size": 65 * MIB}
    yield case("bomb-part-65-mib.xlsx", partial(with_media, 65 * MIB), "F011", "part-bytes")
    yield case("bomb-part-said-65-mib.xlsx", partial(lying, SHEET, local=lie, central=lie), "F011", "part-bytes")
    yield case("bomb-part-said-4-gib.xlsx", partial(lying, SHEET, central={"size": 0xFFFFFFFE}), "F011", "total-bytes")
    yield case("bomb-part-63-mib-twin.xlsx", partial(with_media, 63 * MIB), NO_FORM)
    yield case("bomb-total-129-mib.xlsx", partial(with_media, *[43 * MIB] * 3), "F011", "total-bytes")
    yield case("bomb-total-126-mib-twin.xlsx", partial(with_media, 63 * MIB, 63 * MIB), NO_FORM)
    yield case("bomb-total-500-parts.xlsx", partial(with_media, *[MIB // 2] * 500, ratio=20), "F011", "total-bytes")
    yield case("bomb-ratio-2-mib-of-nothing.xlsx", partial(with_media, 2 * MIB, ratio=MIB), "F011", "ratio")
    yield case("bomb-ratio-60-mib-of-nothing.xlsx", partial(with_media, 60 * MIB, ratio=MIB), "F011", "ratio")
    spaces = packs.sheet(b" " * (8 * MIB))
    yield case("bomb-ratio-sheet-of-spaces.xlsx", lambda: packs.book({SHEET: spaces}), "F011", "ratio")
    yield case("bomb-ratio-180-twin.xlsx", partial(with_media, 20 * MIB, ratio=180), NO_FORM)
    yield case("bomb-ratio-under-1-mib-twin.xlsx", partial(with_media, MIB - 1, ratio=MIB), NO_FORM)
    short = {"size": 100}
    make = partial(lying, _MEDIA, {_MEDIA: bytes(9 * MIB)}, local=short, central=short)
    yield case("bomb-longer-than-said.xlsx", make, "F005", says=INFLATE)
    bomb = partial(with_media, 60 * MIB, ratio=MIB)
    yield case("bomb-nested-in-a-workbook-twin.xlsx", lambda: packs.book({"xl/embeddings/a.xlsx": bomb()}), NO_FORM)
    yield case(
        "bomb-nested-zip.xlsx",
        lambda: archive([Entry(b"a.zip", archive([Entry(b"b.zip", bomb())]))]),
        "F002",
        says="tệp nén zip",
    )
    quoted = [Entry(b"xl/media/%d.png" % at, central={"header": 0}, is_there=False) for at in range(900)]
    yield case("bomb-one-part-900-times.xlsx", lambda: archive([*entries(), *quoted]), "F005", says=HEADER)


def overlapping() -> bytes:
    """A part that lies within another part."""
    inner = archive([Entry(b"xl/b.xml", b"<a/>", method=0)])
    inner = inner[: inner.index(b"PK\x01\x02")]
    outer = Entry(_MEDIA.encode(), inner, method=0)
    start = len(archive(entries())) and archive([outer, *entries()]).index(inner)
    return archive(
        [outer, *entries(), Entry(b"xl/b.xml", b"<a/>", method=0, central={"header": start}, is_there=False)]
    )


def _overlaps() -> Iterator[Case]:
    yield case("overlap-part-in-part.xlsx", overlapping, "F005", says=OVERLAP)
    long = {"packed": 3_000, "size": 3_000}
    yield case("overlap-next-part.xlsx", lambda: lying(BOOK, method=0, local=long, central=long), "F005", says=OVERLAP)
    last = {"packed": 99_999}
    yield case("overlap-directory.xlsx", lambda: lying(STRINGS, local=last, central=last), "F005", says=OVERLAP)
    yield case("overlap-header-in-directory.xlsx", lambda: lying(STRINGS, central={"header": 2_200}), "F005")
    yield case(
        "overlap-header-beyond-the-end.xlsx",
        lambda: lying(STRINGS, central={"header": 99_999_999}),
        "F005",
        says=HEADER,
    )
    twins = {"same": SHEET, "case": "XL/WORKSHEETS/Sheet1.XML", "backslashes": "xl\\worksheets\\sheet1.xml", "both": "XL\\workbook.xml", "folder": "xl/styles.xml/"}  # fmt: skip
    for kind, name in twins.items():
        content = b"" if name.endswith("/") else b"<a/>"
        make = partial(archive, [*entries(), Entry(name.encode(), content)])
        yield case(f"twice-{kind}.xlsx", make, "F013", says=TWICE)
    upper = [replace(entry, name=entry.name.upper()) for entry in entries()]
    yield case("names-in-capitals-twin.xlsx", lambda: archive(upper), NO_FORM)
    back = [replace(entry, name=entry.name.replace(b"/", b"\\")) for entry in entries()]
    yield case("names-with-backslashes-twin.xlsx", lambda: archive(back), NO_FORM)


def _names() -> Iterator[Case]:
    bad = {
        "dotdot": b"../evil.xml", "dotdot-within": b"xl/../../evil.xml", "dotdot-backslash": b"xl\\..\\..\\evil.xml", "dot": b"./evil.xml",
        "absolute": b"/etc/cron.d/evil.xml", "absolute-backslash": b"\\evil.xml", "share": b"\\\\server\\evil.xml", "drive": b"C:evil.xml",
        "drive-slash": b"c:/evil.xml", "nul": b"xl/evil.xml\0.png", "newline": b"xl/evil\n.xml", "escape": b"xl/\x1b[2Jevil.xml",
        "empty": b"", "double-slash": b"xl//evil.xml", "long": b"xl/" + b"a" * 253, "longest": b"a" * 65_535, "not-utf-8": b"xl/\xff.xml",
        "entity": b"xl/&#101;vil.xml",
    }  # fmt: skip
    for kind, name in bad.items():
        yield case(f"name-{kind}.xlsx", partial(archive, [*entries(), Entry(name, b"<a/>")]), "F013", says=NAME)
    other = b"\x75\x70" + struct.pack("<HBL", 9, 1, 0) + b"evil"
    yield case("name-other-in-extra-field.xlsx", lambda: lying(SHEET, central={"extra": other}), "F013", says=NAME)
    good = {"dots": b"xl/a..b...c.xml", "of-255": b"xl/" + b"a" * 252, "vietnamese": "xl/media/ảnh & chữ.png".encode()}
    for kind, name in good.items():
        yield case(f"name-{kind}-twin.xlsx", partial(archive, [*entries(), Entry(name, b"<a/>")]), NO_FORM)


def _headers() -> Iterator[Case]:
    lies: dict[str, int | bytes] = {
        "name": b"xl/worksheets/sheet2.xml",
        "method": 0,
        "crc": 1,
        "packed": 5,
        "size": 5,
        "sig": b"PK\x03\x05",
    }
    for field, value in lies.items():
        make = partial(lying, SHEET, local={field: value})
        yield case(f"header-{field}.xlsx", make, "F005", says=HEADER)
    yield case(
        "header-directory-signature.xlsx", lambda: lying(SHEET, central={"sig": b"PK\x01\x03"}), "F005", says=BROKEN
    )
    stream: dict[str, int | bytes] = {"flags": 8, "crc": 0, "packed": 0, "size": 0}
    yield case("header-of-a-stream-twin.xlsx", lambda: lying(SHEET, local=stream, central={"flags": 8}), NO_FORM)
    half: dict[str, int | bytes] = {**stream, "size": 7}
    yield case(
        "header-of-a-stream-with-a-size.xlsx",
        lambda: lying(SHEET, local=half, central={"flags": 8}),
        "F005",
        says=HEADER,
    )
    for part in (SHEET, STRINGS, STYLES, LINKS, _MEDIA):
        wrong = {"crc": 0xDEADBEEF}
        make = partial(lying, part, {_MEDIA: _random(99)}, local=wrong, central=wrong)
        yield case(f"crc-{part.rpartition('/')[2]}.xlsx", make, "F005", says=CRC)
    changed = packs.base()[SHEET].replace(b"<v>1</v>", b"<v>9</v>")
    true = {"crc": _crc(packs.base()[SHEET])}
    yield case(
        "crc-of-another-value.xlsx", lambda: lying(SHEET, {SHEET: changed}, local=true, central=true), "F005", says=CRC
    )
    for shift in (-1, 1, 5_000):
        wrong = {"size": len(packs.base()[SHEET]) + shift}
        yield case(
            f"size-of-a-part{shift:+d}.xlsx", partial(lying, SHEET, local=wrong, central=wrong), "F005", says=INFLATE
        )
    packed = Entry(b"x", packs.base()[SHEET]).pack()
    for kind, data in (("cut", packed[:-9]), ("garbage", _random(200)), ("and-more", packed + b"more"), ("none", b"")):
        yield case(f"deflate-{kind}.xlsx", partial(lying, SHEET, packed=data), "F005", says=INFLATE)
    stored = {"size": 9}
    yield case(
        "stored-of-another-size.xlsx", lambda: lying(SHEET, method=0, local=stored, central=stored), "F005", says=HEADER
    )


def _crc(data: bytes) -> int:
    return int(Entry(b"x", data).fields({}, b"")["crc"])


def _cuts() -> Iterator[Case]:
    whole = packs.book()
    for size in (4, 10, 30, 100, len(whole) // 2, len(whole) - 100, len(whole) - 22, len(whole) - 21, len(whole) - 1):
        yield case(f"cut-after-{size}.xlsx", whole[:size], "F005", says=BROKEN)
    for size in (1, 2, 3):
        yield case(f"cut-after-{size}.xlsx", whole[:size], "F009" if size < 3 else "F002")
    yield case("cut-at-the-front.xlsx", whole[4:], "F005", says=BROKEN)
    yield case("cut-in-the-middle.xlsx", whole[:700] + whole[800:], "F005")
    yield case("more-in-front.xlsx", b"x" + whole, "F005", says=BROKEN)
    yield case("more-behind.xlsx", whole + b"x", "F005", says=BROKEN)
    yield case("more-behind-17-nuls.xlsx", whole + bytes(17), "F005", says=BROKEN)
    yield case("more-behind-from-mail-twin.xlsx", whole + b"\r\n\r\n", NO_FORM)
    yield case("comment-twin.xlsx", archive(entries(), comment=7, after=b"comment"), NO_FORM)
    yield case("comment-longer-than-the-file.xlsx", archive(entries(), comment=9), "F005", says=BROKEN)
    two = whole + archive([])
    yield case(
        "two-directories.xlsx", two[: len(whole) - 2] + struct.pack("<H", 22) + two[len(whole) :], "F005", says=BROKEN
    )
    yield Case("all-nothing.xlsx", partial(grown, 9_999, b""), ("F002",), status_of("F002"), "dữ liệu không nhận ra")


CASES = (*_sizes(), *_methods(), *_bombs(), *_overlaps(), *_names(), *_headers(), *_cuts())
