"""Mails made to break what reads them: each ends quickly, within bounds, with a sentence; large honest ones stay cheap."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import command
import hard_mails
import pytest
from hostile import packs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cchc_xlsx.mail import read
from cchc_xlsx.mail.model import Mail, Source, Unreadable

HEAD = b"From: a@b.vn\r\nSubject: x\r\n"
DEEP, MANY, HEADERS = "quá sâu", "quá 1000", "Phần đầu thư lớn"
EMPTY, BROKEN, MUCH, LARGE = "không có nội dung", "hỏng", "giải nén ra quá", "lớn hơn 25 MiB"
NOTHING = ""


def file(how: bytes, body: bytes, name: bytes = b"PL1.xlsx") -> bytes:
    """A mail whose body is a file."""
    head = b'Content-Type: application/octet-stream; name="' + name + b'"\r\nContent-Transfer-Encoding: ' + how
    return HEAD + head + b"\r\n\r\n" + body


def multipart(edge: bytes) -> bytes:
    return b'Content-Type: multipart/mixed; boundary="' + edge + b'"\r\n\r\n'


def odd_headers() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    yield "a-million-headers", lambda: HEAD + b"X-A: b\r\n" * 1_000_000 + b"\r\nx", HEADERS
    yield "a-header-of-50-megabytes", lambda: HEAD + b"X: " + b"a" * (50 << 20) + b"\r\n\r\nx", HEADERS
    yield "a-folded-header-of-50-megabytes", lambda: HEAD + b"X: " + b"a\r\n " * (12 << 20) + b"\r\n\r\nx", HEADERS
    typed = HEAD + b"Content-Type: application/x;"
    yield "a-parameter-without-value", lambda: typed + b"a" * 900_000 + b"\r\n\r\nx", NOTHING
    sections = b";".join(b"name*%d*=%%41" % number for number in range(50_000))
    yield "many-sections", lambda: typed + sections + b"\r\n\r\nx", NOTHING
    name = b"Content-Disposition: attachment; filename="
    yield "quotes-never-closed", lambda: HEAD + name + b'"\\' * 400_000 + b"\r\n\r\nx", NOTHING
    yield "many-words", lambda: b"Subject: " + b"=?utf-8?b?QUFB?= " * 50_000 + b"\r\n\r\nx", NOTHING
    yield "words-begun", lambda: b"Subject: " + b"=?" * 400_000 + b"\r\n\r\nx", NOTHING
    marks = "\u0300\u0323".encode() * 200_000
    yield (
        "marks-without-letters",
        lambda: b"Subject: " + marks + b"\r\n" + name + b'"' + marks[:90_000] + b'"\r\n\r\nx',
        NOTHING,
    )
    for letters in (b"(", b'\\"', b"<", b"a@", b"x@a.", b"a@b.c,", b"=?a?q?"):
        label = f"from-{letters.decode()}"
        yield label, lambda letters=letters: b"From: " + letters * (900_000 // len(letters)) + b"\r\n\r\nx", NOTHING  # type: ignore[misc]
    line = b"Received: from x by " + b"y " * 2_000 + b"; " + b"1 " * 500 + b"\r\n"
    yield "long-ways", lambda: HEAD + line * 150 + b"\r\nx", NOTHING
    yield "a-long-date", lambda: HEAD + b"Date: " + b"1 " * 400_000 + b"\r\n\r\nx", NOTHING


def odd_trees() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    layers = (multipart(b"b%d" % number) + b"--b%d\r\n" % number for number in range(10_000))
    yield "10000-nested-boundaries", lambda: HEAD + b"".join(layers) + b"x", DEEP
    yield "one-boundary-nested", lambda: HEAD + (multipart(b"b") + b"--b\r\n") * 100_000 + b"x", MANY
    yield "a-million-parts", lambda: HEAD + multipart(b"b") + b"--b\r\n\r\nx\r\n" * 1_000_000, MANY
    yield "dashes", lambda: HEAD + multipart(b"-") + b"-" * (60 << 20), NOTHING
    yield "lines-of-dashes", lambda: HEAD + multipart(b"b") + b"--\n" * (20 << 20), NOTHING
    yield "boundaries-to-guess", lambda: HEAD + multipart(b"z") + (b"--" + b" " * 200 + b"\n") * 300_000, NOTHING
    yield "mails-in-mails", lambda: HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 100_000, DEEP
    yield "tags", lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<br" * (20 << 20), NOTHING
    talk = HEAD.replace(b"x", b"Fwd: x") + b"\r\n"
    yield "forwards", lambda: talk + b"From: a\n" * 30_000, NOTHING
    yield "quotes", lambda: talk + b" >" * 30_000 + b"From: " + b"a@" * 30_000 + b"\nTo: x\n", NOTHING


def odd_contents() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    for label, letters, words in (("zip", b"UEsDB", BROKEN), ("padding", b"=", EMPTY), ("junk", b"!", EMPTY)):
        body = letters if label == "zip" else b""
        tail = b"A" if label == "zip" else letters
        yield f"base64-{label}", lambda body=body, tail=tail: file(b"base64", body + tail * (40 << 20)), words  # type: ignore[misc]
    yield "base64-in-many-sections", lambda: file(b"base64", b"AA=" * (13 << 20)), EMPTY
    yield "base64-of-single-letters", lambda: file(b"base64", b"A=" * (20 << 20)), EMPTY
    yield "soft-line-ends", lambda: file(b"quoted-printable", b"PK=03=04" + b"=\r\n" * (13 << 20)), BROKEN
    yield "hard-line-ends", lambda: file(b"quoted-printable", b"PK=03=04" + b"\r\n" * (13 << 20)), BROKEN
    yield "uuencode-begun", lambda: HEAD + b"\r\n" + b"begin 644 a.xlsx\n" * 2_000_000, EMPTY
    yield "uuencode-for-ever", lambda: HEAD + b"\r\nbegin 644 a.xlsx\n" + (b"M" + b"!" * 60 + b"\n") * 700_000, LARGE
    yield "bomb", lambda: file(b"binary", _bomb(), b"a.zip"), MUCH
    yield "archives-that-double", lambda: file(b"binary", _doubling(), b"a.zip"), DEEP
    yield "winmail-of-nothing", lambda: file(b"binary", TNEF + RENDERING * 2_000_000, b"winmail.dat"), BROKEN
    yield "winmail-of-properties", lambda: file(b"binary", _properties(), b"winmail.dat"), NOTHING
    yield "signatures-in-signatures", lambda: file(b"binary", b"\x30\x80" * 1_000_000, b"smime.p7m"), BROKEN
    noise = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(1).randbytes(1 << 20)
    yield "outlook-of-noise", lambda: file(b"binary", noise, b"thu.msg"), BROKEN
    yield "a-workbook-of-30-megabytes", lambda: file(b"binary", b"1;2\n" * (8 << 20)), LARGE


TNEF = b"\x78\x9f\x3e\x22\1\0"
RENDERING = struct.pack("<BHHL", 2, 0x9002, 6, 0) + b"\0\0"


def _properties() -> bytes:
    body = struct.pack("<L", 0xFFFFFFFF) + struct.pack("<HHL", 0x1003, 0x10, 0xFFFFFFFF) * 1_000
    return TNEF + RENDERING + (struct.pack("<BHHL", 2, 0x9005, 6, len(body)) + body + b"\0\0") * 3_000


def _bomb() -> bytes:
    """200 files of a megabyte each, packed a thousand times."""
    return packs.archive(packs.Entry(b"%d.bin" % number, bytes(1 << 20), level=9) for number in range(200))


def _doubling() -> bytes:
    found = b"x"
    for _ in range(20):
        found = packs.archive([packs.Entry(b"a.zip", found), packs.Entry(b"b.zip", found)])
    return found


CASES = {name: (make, words) for name, make, words in (*odd_headers(), *odd_trees(), *odd_contents())}


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_mail_ends_quickly_with_a_sentence(name: str, tmp_path: Path) -> None:
    make, words = CASES[name]
    path = tmp_path / "thu.eml"
    path.write_bytes(make())
    began = time.process_time()
    try:
        found = read.read(Source("thu.eml", path, "mail"), tmp_path)
    except Unreadable as unreadable:
        said = [unreadable.text.vi]
    else:
        assert found.workbooks == ()
        said = [one.why.vi for one in found.refused]
    assert time.process_time() - began < 8
    assert len(said) <= 1_001
    assert any(words in one for one in said) if words else said == []


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400) | st.builds(lambda *parts: b"".join(parts), *[st.sampled_from([
    b"From: a@b.vn\n", b"Content-Type: multipart/mixed; boundary=a\n", b"\n", b"\n--a\n", b"\n--a--\n", b"PK\3\4", b"UEsDB",
    b"Content-Transfer-Encoding: base64\n", b"Content-Disposition: x; filename*0*=utf-8''%", b"=?utf-8?q?=", b"begin 644 x\n",
    b"Content-Type: message/rfc822\n", b"\x78\x9f\x3e\x22", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b'name="', b"\xff\x00\r",
])] * 12))  # fmt: skip
def test_whatever_the_bytes_are_there_is_an_answer(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "thu.eml"
    path.write_bytes(data)
    for kind in ("mail", "msg", "zip", "workbook"):
        try:
            assert isinstance(read.read(Source("thu", path, kind), tmp_path), Mail)
        except Unreadable as unreadable:
            assert unreadable.text.vi != unreadable.text.en


def test_hard_mails_that_are_damaged_at_random_still_get_an_answer(tmp_path: Path) -> None:
    draw = random.Random(4)
    hard = [one for one in hard_mails.all([packs.book()]) if 0 < len(one.raw) < 50_000]
    path = tmp_path / "thu"
    for _ in range(1_500):
        one = draw.choice(hard)
        raw = bytearray(one.raw)
        for _ in range(draw.choice([1, 3, 20])):
            at = draw.randrange(len(raw))
            raw[at : at + draw.choice([0, 1, 40])] = draw.choice(
                [b"\r\n", b"=", b"--", b"\0", b'"', draw.randbytes(3), bytes(raw[:60])]
            )
        path.write_bytes(raw)
        try:
            found = read.read(Source("thu", path, one.kind), tmp_path)  # type: ignore[arg-type]
        except Unreadable:
            continue
        assert all(hashlib.sha256(part.file.read_bytes()).hexdigest() == part.sha256 for part in found.workbooks)


# --------------------------------------------------------------------------------------------------------------- memory

_MEASURED = """
import json, resource, sys
from pathlib import Path
from cchc_xlsx.mail import model, read
resource.setrlimit(resource.RLIMIT_AS, (384 << 20, 384 << 20))
found = read.read(model.Source("thu", Path(sys.argv[1]), "mail"), Path(sys.argv[2]))
status = Path("/proc/self/status").read_text().split()  # getrusage would tell the peak of the parent
peak = int(status[status.index("VmHWM:") + 1]) >> 10
print(json.dumps({"peak": peak, "sizes": [one.size for one in found.workbooks], "refused": len(found.refused)}))
"""


def measured(mail: bytes, folder: Path) -> dict[str, object]:
    """What a process of its own, with the memory of a worker, makes of a mail; its peak in MiB."""
    path = folder / "thu.eml"
    path.write_bytes(mail)
    code = [sys.executable, "-c", _MEASURED, str(path), str(folder)]
    done = subprocess.run(code, capture_output=True, text=True, env=command.environment(), check=True)
    return dict(json.loads(done.stdout))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measured with /proc")
@pytest.mark.parametrize("sizes", [(24,), (9, 9, 9), (1,) * 28], ids=str)
def test_a_mail_of_40_megabytes_takes_less_than_150(sizes: tuple[int, ...], tmp_path: Path) -> None:
    edge = b"ranh-gioi"
    parts = []
    for number, size in enumerate(sizes):
        noise = random.Random(number).randbytes((size << 20) - 5_000)
        book = packs.archive([*packs.entries(), packs.Entry(b"xl/media/image1.bin", noise, method=0)])
        lines = base64.encodebytes(book).replace(b"\n", b"\r\n")
        head = b"--" + edge + b"\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        parts.append(head + lines)
    filler = (40 << 20) - sum(map(len, parts))
    parts.append(
        b"--" + edge + b"\r\nContent-Type: image/png\r\n\r\n" + b"x" * max(0, filler) + b"\r\n--" + edge + b"--"
    )
    found = measured(HEAD + multipart(edge) + b"".join(parts), tmp_path)
    assert (len(found["sizes"]), found["refused"]) == (len(sizes), 0)  # type: ignore[arg-type]
    assert found["peak"] < 130, found  # type: ignore[operator]
