"""Damaged workbooks: whatever bits are turned over and bytes lost, no changed value is ever taken for one that a unit typed."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import checked
import pytest
from hostile import forms, packs

from cchc_xlsx import reader
from cchc_xlsx.examine import accepted
from cchc_xlsx.grid import Book
from cchc_xlsx.package import Refusal, zips

FLIPS = 2_000
BLOCKS = 300
PARTS = 50


def stored() -> bytes:
    """Our workbook without compression: every bit of a value stands in the file as it is."""
    return packs.archive(
        packs.Entry(name.encode(), content, method=0) for name, content in forms.parts_of_form().items()
    )


MAKERS: dict[str, Callable[[], bytes]] = {"ours": forms.honest, "ours, stored": stored, "by openpyxl": forms.resaved}
made = {name: cache(maker) for name, maker in MAKERS.items()}


def flips(data: bytes, count: int = FLIPS) -> Iterator[bytes]:
    """Copies with one bit each turned over, at places drawn with a fixed seed."""
    drawn = random.Random(2_027)
    for bit in drawn.sample(range(8 * len(data)), count):
        copy = bytearray(data)
        copy[bit // 8] ^= 1 << bit % 8
        yield bytes(copy)


def changed(data: bytes, copies: Iterator[bytes]) -> tuple[int, int]:
    """How many of the copies are read, and how many of these as another book than the whole one."""
    honest = reader.read(data)
    assert isinstance(honest, Book)
    found = [book for copy in copies if isinstance(book := reader.read(copy), Book)]
    return len(found), sum(book != honest for book in found)


@pytest.mark.parametrize("name", MAKERS)
def test_no_flipped_bit_changes_a_value(name: str) -> None:
    data = made[name]()
    read, other = changed(data, flips(data))
    assert other == 0
    assert 0 < read < FLIPS // 2  # some bits mean nothing: dates of entries, versions


@pytest.mark.office
def test_no_flipped_bit_changes_a_value_of_a_copy_by_libreoffice(office: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(forms.honest())
    data = office.resave(tmp_path / "a.xlsx", tmp_path / "ra").read_bytes()
    read, other = changed(data, flips(data))
    assert (other, read < FLIPS // 2) == (0, True)
    honest = told(data, tmp_path)
    assert len(honest) > 20
    assert all(told(copy, tmp_path) in (honest, {}) for copy in flips(data, 200))


def unproven(packed: bytes, key: str, method: int, size: int, crc: int) -> bytes:
    """The content of an entry as a reader takes it that does not look at checksums."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed) if method else packed
    except zlib.error:
        raise zips.damaged("inflate") from None


@pytest.mark.parametrize("name", ["ours", "ours, stored"])
def test_without_checksums_values_would_change(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests above would find if the checksums were not looked at: they can fail."""
    monkeypatch.setattr(zips, "inflate", unproven)
    data = made[name]()
    _, other = changed(data, flips(data))
    assert other >= FLIPS // 200


@pytest.mark.parametrize("name", MAKERS)
def test_no_flipped_bit_changes_what_a_check_accepts(name: str, tmp_path: Path) -> None:
    """The whole way through, for fewer bits: the values that the report would hold, or an error."""
    data = made[name]()
    honest = told(data, tmp_path)
    assert len(honest) > 20
    for copy in flips(data, 200):
        assert told(copy, tmp_path) in (honest, {})


def told(data: bytes, folder: Path) -> dict[str, object]:
    """The values that a report holds; none where the file is refused."""
    found = checked.result(data, folder)
    assert found.filled is not None or found.status == "error"
    return dict(accepted(found))


@pytest.mark.parametrize("name", MAKERS)
def test_a_file_cut_anywhere_is_refused(name: str, tmp_path: Path) -> None:
    data = made[name]()
    for part in range(PARTS):
        found = checked.result(data[: len(data) * part // PARTS], tmp_path)
        assert (found.status, found.filled) == ("error", None)
        assert found.findings[0].code in ("F001", "F005")
        checked.said(found.findings[0])


@pytest.mark.parametrize("name", MAKERS)
def test_bytes_written_over_are_refused_or_change_nothing(name: str, tmp_path: Path) -> None:
    data = made[name]()
    drawn = random.Random(2_028)
    honest, refused = reader.read(data), 0
    for _ in range(BLOCKS):
        at, size = drawn.randrange(len(data)), drawn.choice((1, 4, 64, 1_024, 8_192))
        block = drawn.choice((drawn.randbytes(size), bytes(size), data[:size], b"\xff" * size))
        copy = data[:at] + block + data[at + size :]
        found = reader.read(copy)
        refused += isinstance(found, Refusal)
        assert isinstance(found, Refusal) or found == honest
        checked.result(copy, tmp_path)
    assert refused > BLOCKS // 2


@pytest.mark.parametrize("name", MAKERS)
def test_bytes_lost_or_moved_within_are_refused(name: str) -> None:
    data = made[name]()
    drawn = random.Random(2_029)
    honest = reader.read(data)
    for _ in range(BLOCKS):
        first, second = sorted(drawn.sample(range(len(data)), 2))
        for copy in (data[:first] + data[second:], data[second:] + data[:second], data[:second] + data[first:]):
            found = reader.read(copy)
            assert isinstance(found, Refusal) or found == honest
