"""The height of wrapped text: its rules, and real LibreOffice, which must never need more than we give."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path
from types import ModuleType

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from cchc_xlsx.layout import metrics
from cchc_xlsx.layout.metrics_data import ADVANCES

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệốộớợứựỳỵ"
WORDS = st.text(st.sampled_from(LETTERS + LETTERS.upper() + "0123456789,.;%-–“”/()"), min_size=1, max_size=12)
SENTENCES = st.lists(WORDS, max_size=40).map(" ".join)
TEXTS = st.lists(SENTENCES, max_size=6).map("\n".join)
WIDTHS = st.floats(40, 600)
SIZES = st.sampled_from([8, 10, 11, 12, 13, 14])

SAMPLE = """Tỷ lệ hồ sơ thủ tục hành chính được tiếp nhận, giải quyết trực tuyến toàn trình trên tổng số hồ sơ phát sinh
(không bao gồm hồ sơ không phát sinh) đạt tối thiểu 80%; 100% hồ sơ, kết quả giải quyết được số hóa, ký số theo đúng quy định
tại Nghị định số 61/2018/NĐ-CP ngày 23/4/2018 của Chính phủ. Mức độ hài lòng của người dân, doanh nghiệp (SIPAS) ≥ 95%.
Ban hành Kế hoạch tuyên truyền CCHC – gắn với “Chuyển đổi số” – trước ngày 31/12; Văn phòng HĐND và UBND chủ trì, phối hợp
Trung tâm Phục vụ hành chính công, Phòng Kinh tế, Phòng Văn hóa - Xã hội và các thôn, khu phố thực hiện; báo cáo Quý IV."""


def test_known_widths() -> None:
    """A digit of Times New Roman is half an em, a space a quarter; 12 pt are 16 px exactly, 11 pt 15 px."""
    assert metrics.text_width_pt("0", 12) == 6.0
    assert metrics.text_width_pt("0", 11) == 5.625
    assert metrics.text_width_pt(" ", 12) == 3.0
    assert metrics.text_width_pt("ab\nabcd\na", 12) == metrics.text_width_pt("abcd", 12)
    assert metrics.text_width_pt("", 12) == 0.0


def test_styles_differ() -> None:
    text = "Chỉ tiêu phấn đấu"
    widths = {metrics.text_width_pt(text, 12, b, italic=i) for b in (False, True) for i in (False, True)}
    assert len(widths) == 4
    assert metrics.text_width_pt(text, 12, bold=True) > metrics.text_width_pt(text, 12)


@pytest.mark.parametrize("letter", LETTERS + LETTERS.upper() + "…–—“”‘’≤≥≠×½•₫€№°²")
def test_every_letter_is_known(letter: str) -> None:
    assert 0 < metrics.text_width_pt(letter, 12) <= 12
    assert any(letter in characters for characters in ADVANCES["regular"].values())


@given(SENTENCES)
def test_decomposed_text_is_as_wide(text: str) -> None:
    """A combining mark takes no room; only ơ and ư are wider than the letter without the horn."""
    plain = text.translate(str.maketrans("ơớợưứựƠỚỢƯỨỰ", "oóọuúụOÓỌUÚỤ"))
    assert metrics.text_width_pt(unicodedata.normalize("NFD", plain), 12) == metrics.text_width_pt(plain, 12)


def test_unknown_characters() -> None:
    assert metrics.text_width_pt("漢✓", 12) == 24.0
    assert metrics.text_width_pt("\u200b\u200e\r\ufeff", 12) == 0.0


@pytest.mark.parametrize(("size", "height"), [(8, 13.5), (10, 13.5), (11, 15), (12, 15.75), (13, 17.25), (14, 18.75)])
def test_line_height(size: float, height: float) -> None:
    assert metrics.line_height_pt(size) == height


def test_cell_width() -> None:
    assert metrics.column_width_pt(10) == 56.25
    assert metrics.cell_width_pt([10, 20]) == 56.25 + 108.75 - 4


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("0", 1),
        ("000", 1),
        ("0000", 2),  # 3 digits of 6 pt and the safety need 19.08 pt
        ("00 00", 2),
        ("000 ", 1),  # a space at the end hangs
        ("000   0", 2),
        ("0\n0", 2),
        ("\n", 2),
        ("0\n\n0\n", 4),
        ("0 0000000 0", 4),  # a long word begins on its own line; what is left of it shares the last
        ("0\u00a00 0\u00a00", 2),
    ],
)
def test_lines(text: str, count: int) -> None:
    assert metrics.lines(text, 20, 12) == count


def test_lines_of_no_width() -> None:
    """One character a line at worst; never an endless loop."""
    assert metrics.lines("abc", 0, 12) == 3


def test_safety() -> None:
    width = metrics.text_width_pt("Kế hoạch năm", 12)
    assert metrics.lines("Kế hoạch năm", width * 1.05, 12) == 2
    assert metrics.lines("Kế hoạch năm", width * 1.07, 12) == 1


@given(TEXTS, WIDTHS, SIZES)
def test_narrower_is_never_lower(text: str, width: float, size: float) -> None:
    assert metrics.lines(text, width * 0.8, size) >= metrics.lines(text, width, size) >= text.count("\n") + 1


@given(TEXTS, WIDTHS, SIZES)
def test_height_is_lines_times_line_height(text: str, width: float, size: float) -> None:
    assert metrics.text_height_pt(text, width, size) == metrics.lines(text, width, size) * metrics.line_height_pt(size)


@given(TEXTS, WIDTHS, SIZES, st.floats(20, 200), st.booleans())
def test_split_chunks_fit_and_lose_nothing(text: str, width: float, size: float, most: float, bold: bool) -> None:
    chunks = metrics.split_lines(text, width, size, most, bold)
    assert all(metrics.text_height_pt(chunk, width, size, bold) <= most for chunk in chunks)
    assert "".join("".join(chunks).split()) == "".join(text.split())
    if all(metrics.text_width_pt(word, size, bold) * 1.1 < width for word in text.split()):
        assert "\n".join(chunks).split() == text.split()


@given(TEXTS, WIDTHS, SIZES)
def test_split_leaves_alone_what_fits(text: str, width: float, size: float) -> None:
    assert metrics.split_lines(text, width, size, metrics.text_height_pt(text, width, size)) == (text,)


def test_split_prefers_the_texts_own_breaks() -> None:
    assert metrics.split_lines("a b\nc\nd", 1000, 12, 32) == ("a b\nc", "d")
    assert metrics.split_lines("a\n00 00 00 00\nb", 20, 12, 48) == ("a", "00 00 00", "00\nb")
    assert metrics.split_lines("0000000", 20, 12, 16) == ("000", "000", "0")
    assert metrics.split_lines("a\nb", 20, 12, 1) == ("a", "b")  # one line at least


Case = tuple[str, float, int, bool, bool]


def cases(count: int) -> list[Case]:
    """Always the same texts, widths in characters, sizes, bold, italic."""
    chance, words = random.Random(2026), SAMPLE.split()
    out: list[Case] = []
    for _ in range(count):
        length, start = chance.choice([1, 3, 8, 20, 50, 90]), chance.randrange(40)
        parts = (words * 2)[start : start + length]
        text = "".join(word + ("\n" if chance.random() < 0.05 else " ") for word in parts).strip()
        text = text.upper() if chance.random() < 0.1 else text
        width, size = chance.choice([8.0, 12.0, 18.0, 25.0, 33.5, 45.0, 60.0]), chance.choice([9, 10, 11, 12, 13, 14])
        out.append((text, width, size, chance.random() < 0.3, chance.random() < 0.2))
    return out


def write(path: Path, drawn: list[Case]) -> None:
    """One case a row, in the column of its width."""
    columns = {width: n for n, width in enumerate(sorted({case[1] for case in drawn}))}
    times = {"font_name": "Times New Roman", "font_size": 11, "font_scheme": False}
    with xlsxwriter.Workbook(str(path), {"default_format_properties": times}) as book:
        sheet = book.add_worksheet()
        for width, column in columns.items():
            sheet.set_column(column, column, width)
        for row, (text, width, size, bold, italic) in enumerate(drawn):
            look = {**times, "font_size": size, "bold": bold, "italic": italic, "text_wrap": True}
            sheet.write_string(row, columns[width], text, book.add_format(look))


@pytest.mark.office
def test_libreoffice_needs_no_more_height(office: ModuleType, tmp_path: Path) -> None:
    drawn = cases(200)
    write(tmp_path / "cases.xlsx", drawn)
    [result] = office.fill_and_read([{"path": tmp_path / "cases.xlsx", "heights": ["1:200"]}])
    empty = 13.9  # LibreOffice makes no row lower than one of its default font, 11 pt, even one of 9 pt text
    low = []
    for row, (text, width, size, bold, italic) in enumerate(drawn, 1):
        ours = metrics.text_height_pt(text, metrics.cell_width_pt([width]), size, bold, italic=italic)
        if result["heights"][str(row)] > max(ours * 1.01, empty):
            low.append((text, width, size, bold, italic, ours, result["heights"][str(row)]))
    assert low == []
