"""A workbook comes through byte for byte, whatever its bytes, its name, and the way it was encoded and placed."""

from __future__ import annotations

import base64
import binascii
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hard_mails import build
from hostile import packs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cchc_xlsx.mail import names, read, transfer
from cchc_xlsx.mail.model import Source

ENCODINGS: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "base64": (b"base64", build.b64),
    "base64-line-feeds": (b"base64", base64.encodebytes),
    "base64-one-line": (b"base64", base64.b64encode),
    "quoted-printable": (b"quoted-printable", build.qp),
    "quoted-printable-text": (b"quoted-printable", lambda raw: build.qp_text(raw).replace(b"\n", b"\r\n")),
    "uuencode": (b"x-uuencode", lambda raw: build.uu(raw, b"PL1.xlsx")),
    "binary": (b"binary", lambda raw: raw),
}


def book(noise: bytes) -> bytes:
    """A sound workbook in which these bytes lie unpacked."""
    return packs.archive([*packs.entries(), packs.Entry(b"xl/media/image1.bin", noise, method=0)])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    noise=st.binary(max_size=300)
    | st.sampled_from([b"\r\n" * 50, b"\n.\n", b"\n--" + build.EDGE[:5] + b"\n", b"\r\n\r", b"=\n"]),
    how=st.sampled_from(sorted(ENCODINGS)),
    name=st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=40),
)
def test_a_workbook_comes_through(noise: bytes, how: str, name: str, tmp_path: Path) -> None:
    sent = book(noise)
    declared, encode = ENCODINGS[how]
    disposition = b"attachment; filename*=utf-8''" + b"".join(b"%%%02x" % byte for byte in f"{name}.xlsx".encode())
    head = b"Content-Disposition: " + disposition + b"\nContent-Transfer-Encoding: " + declared
    path = tmp_path / "thu.eml"
    path.write_bytes(build.letter(build.part(head, encode(sent))))
    found = read.read(Source("thu.eml", path, "mail"), tmp_path)
    assert [(one.name, one.file.read_bytes()) for one in found.workbooks] == [(names.safe(f"{name}.xlsx"), sent)]


@given(st.binary(max_size=3_000), st.integers(1, 200), st.randoms())
def test_base64_with_anything_in_it_gives_its_bytes(raw: bytes, width: int, rng: random.Random) -> None:
    letters = base64.b64encode(raw)
    junk = [rng.choice([b"\r\n", b" ", b"!", b"\x00", b"*-", b"\xff"]) for _ in range(0, len(letters), width)]
    mixed = b"".join(letters[at : at + width] + junk[at // width] for at in range(0, len(letters), width))
    assert transfer.decoded("base64", mixed, 0, len(mixed), 10_000) == raw


@settings(max_examples=40)
@given(st.binary(max_size=200), st.integers(1, 70), st.sampled_from(["base64", "qp", "uu", "plain"]))
def test_pieces_may_end_anywhere(raw: bytes, piece: int, how: transfer.Encoding) -> None:
    encode = {"base64": build.b64, "qp": build.qp, "uu": lambda one: build.uu(one, b"x"), "plain": lambda one: one}[how]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transfer, "_PIECE", piece)
        coded = encode(raw)
        assert transfer.decoded(how, coded, 0, len(coded), 10_000) == raw


@given(st.binary(max_size=300), st.integers(0, 200))
def test_no_more_is_decoded_than_shows_that_a_limit_is_passed(raw: bytes, limit: int) -> None:
    coded = base64.b64encode(raw)
    found = transfer.decoded("base64", coded, 0, len(coded), limit)
    assert found == raw[: limit + 1]


@pytest.mark.parametrize(
    ("coded", "raw"),
    [
        (b"QUJD=20REVG", b"ABC\xdbDOF"[:3] + binascii.a2b_base64(b"20REVG==")[:4]),
        (b"QUI=\r\nQUI=", b"ABAB"),
        (b"QUI=\r\n-- \r\ndanh sach thu", b"AB"),
        (b"QUI", b"AB"),
        (b"QUJDR", b"ABC"),
        (b"=QUJD", b"ABC"),
        (b"", b""),
    ],
)
def test_odd_base64(coded: bytes, raw: bytes) -> None:
    assert transfer.decoded("base64", coded, 0, len(coded), 100) == raw
