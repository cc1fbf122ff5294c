"""Names of attachments are safe on every system whatever was sent, and what was sent can be read again."""

from __future__ import annotations

import base64
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_xlsx.mail import charsets, headers, names

NASTY = st.text(st.characters() | st.sampled_from('/\\<>:"|?* ..\u202e\u0300\u0323\0\n~$conNUL'), max_size=300)
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Zs", "Cn", "Co"]), max_size=60
)


@given(NASTY)
def test_a_safe_name_is_one_file_on_every_system(sent: str) -> None:
    name = names.safe(sent)
    assert names.safe(name) == name
    assert len(name.encode()) <= 200
    assert unicodedata.normalize("NFC", name) == name
    assert not set(name) & set('/\\<>:"|?*')
    assert name.isprintable()
    if name:
        assert PurePosixPath(name).name == PureWindowsPath(name).name == name
        assert name.strip(" .") == name
        assert name.partition(".")[0].rstrip().lower() not in {"con", "prn", "aux", "nul", "com1", "lpt9", "com²"}


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("a/b\\PL1.xlsx", "PL1.xlsx"),
        ("thư mục/", "thư mục"),
        ("NUL", "_NUL"),
        ("aux .xlsx", "_aux .xlsx"),
        ("lpt¹.xlsx", "_lpt¹.xlsx"),
        ("console.xlsx", "console.xlsx"),
        ("a\u00a0b\tc.xlsx", "a b c.xlsx"),
        (".xlsx", "xlsx"),
        ("x" * 300 + ".xlsx", "x" * 195 + ".xlsx"),
        ("x." + "y" * 300, "x." + "y" * 198),
        ("\u202e\u200b", ""),
    ],
)
def test_a_name(sent: str, name: str) -> None:
    assert names.safe(sent) == name


@given(WORDS)
def test_a_name_by_the_standard_comes_through_unchanged(name: str) -> None:
    value = b"attachment; filename*=utf-8''" + quote(name, safe="").encode()
    assert headers.value(value)[1]["filename"] == unicodedata.normalize("NFC", name)


@given(WORDS.filter(bool), st.integers(1, 25), st.randoms())
def test_sections_come_together_whatever_their_number_and_order(name: str, size: int, random: object) -> None:
    raw = name.encode()
    pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
    said = [
        f"filename*{number}*={'' if number else 'UTF-8' + chr(39) * 2}{quote(piece, safe='')}"
        for number, piece in enumerate(pieces)
    ]
    random.shuffle(said)  # type: ignore[attr-defined]
    found = headers.value(b"attachment;\r\n " + ";\r\n ".join(said).encode())[1]
    assert found["filename"] == unicodedata.normalize("NFC", name)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=60), st.integers(1, 40), st.booleans())
def test_encoded_words_come_together_wherever_they_were_cut(text: str, size: int, is_base64: bool) -> None:
    raw = text.encode()
    words = []
    for at in range(0, len(raw), size):
        piece = raw[at : at + size]
        coded = base64.b64encode(piece) if is_base64 else b"".join(b"=%02X" % byte for byte in piece)
        words.append(b"=?utf-8?%s?%s?=" % (b"B" if is_base64 else b"Q", coded))
    assert charsets.words(b"\r\n ".join(words)) == unicodedata.normalize("NFC", text)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_every_run_of_bytes_is_some_text(raw: bytes, declared: str) -> None:
    text = charsets.decode(raw, declared)
    assert unicodedata.normalize("NFC", text) == text
    assert bool(text) == bool(raw) or declared.lower().startswith("utf")


@pytest.mark.parametrize(
    "charset", ["idna", "punycode", "unicode_escape", "rot13", "hex", "zlib", "undefined", "\0", "x" * 5000]
)
def test_what_is_no_charset_of_mail_is_not_tried(charset: str) -> None:
    assert charsets.decode("Phụ lục".encode(), charset) == "Phụ lục"


@given(st.binary(max_size=300))
def test_parameters_of_any_bytes_are_read_somehow(raw: bytes) -> None:
    word, found = headers.value(raw)
    assert word == word.lower()
    assert all(isinstance(text, str) for text in found.values())
