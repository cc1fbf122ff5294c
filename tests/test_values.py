"""Text ↔ values: what is read, what is asked about, and what is never made up."""

import datetime
import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_xlsx import values


def plain(value, *, note="", percent=False):
    return values.Reading(value, "plain", note, percent=percent)


def ask(*candidates):
    return values.Reading(None, "ambiguous", candidates=candidates)


NONE = values.Reading(None, "none")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", values.Reading(120.0, "exact")),
        (" 120\u00a0", values.Reading(120.0, "exact")),
        ("007", values.Reading(7.0, "exact")),
        ("95,5", plain(95.5)),
        ("95.5", plain(95.5)),
        ("1.234,5", plain(1234.5)),
        ("1,234.5", plain(1234.5)),
        ("1 234", plain(1234.0)),
        ("1\u202f234,567", plain(1234.567)),
        ("1.234.567", plain(1234567.0)),
        ("0,125", plain(0.125)),
        ("1234,567", plain(1234.567)),
        ("１２０", plain(120.0)),
        ("９５，５％", plain(95.5, percent=True)),
        ("120 hồ sơ", plain(120.0, note="hồ sơ")),
        ("95 %", plain(95.0, percent=True)),
        ("95%", plain(95.0, percent=True)),
        ("9500 %", plain(9500.0, percent=True)),
        ("1,5 %", plain(1.5, percent=True)),
        ("50 phần trăm", plain(50.0, percent=True)),
        ("+5", plain(5.0)),
        ("-3", plain(-3.0)),
        ("−3", plain(-3.0)),
        ("-0", plain(0.0)),
        ("120.", plain(120.0)),
        ("'120", plain(120.0)),
        ("1.234", ask(1234.0, 1.234)),
        ("1,234", ask(1234.0, 1.234)),
        ("12/20", ask(12.0, 20.0)),
        ("5-6", ask(5.0, 6.0)),
        ("12 34", ask(12.0, 34.0)),
        ("- 3", ask(3.0, -3.0)),
        ("5 nghìn", ask(5.0)),
        ("2 triệu rưỡi", ask(2.0)),
        ("khoảng 120", ask(120.0)),
        ("1.2E+05", ask(120000.0)),
        ("3. Công khai", ask(3.0)),
        ("", NONE),
        ("không", NONE),
        ("Q1", NONE),
        ("1.2.3", NONE),
        ("1,23,456", NONE),
        ("5/8/2025", NONE),
        ("²", NONE),
        ("٣", NONE),
        ("NaN", NONE),
        ("inf", NONE),
        ("1e999", NONE),
        ("9" * 400, NONE),
        ("9" * 20, NONE),
    ],
)
def test_number(text, expected):
    assert values.number(text) == expected


@given(st.text(st.sampled_from("0123456789.,/-–+ %'=eE\u00a0hồsơxNaN_０"), max_size=20) | st.text())
def test_number_is_total_and_finite(text):
    reading = values.number(text)
    assert (reading.value is None) == (reading.kind in ("ambiguous", "none"))
    assert all(math.isfinite(value) for value in (*reading.candidates, reading.value or 0.0))
    assert (reading.kind == "ambiguous") == bool(reading.candidates)


@given(st.integers(-(10**14), 10**14))
def test_a_whole_number_survives_saying(number):
    reading = values.number(values.say_number(number))
    assert number in (reading.value, *reading.candidates)


@given(st.decimals(-999999, 999999, places=2))
def test_a_decimal_survives_saying(number):
    reading = values.number(values.say_number(float(number)))
    assert float(number) in (reading.value, *reading.candidates)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tỷ lệ  hồ sơ\r\ntrực tuyến ", "Tỷ lệ hồ sơ trực tuyến"),
        ("Tỷ_x000D_ lệ", "Tỷ lệ"),
        (unicodedata.normalize("NFD", "Nghị quyết"), "Nghị quyết"),
        ("e\u200b\u0301", "é"),
        ("\ufeffxã\u00ad\u2060", "xã"),
    ],
)
def test_squash_ignores_what_programs_change(one, other):
    assert values.squash(one) == values.squash(other)


@pytest.mark.parametrize(
    ("one", "other"), [("90%", "80%"), ("xã", "Xã"), ("Hòa", "Hoà"), ("a-b", "a–b"), ("R1.", "R1")]
)
def test_squash_keeps_what_counts(one, other):
    assert values.squash(one) != values.squash(other)


def test_squash_undoes_the_escape_of_an_escape_once():
    assert values.squash("_x005F_x000D_") == "_x000D_"
    assert values.squash("_xD800_") == "_xD800_"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Văn phòng HĐND&UBND xã;", "văn phòng HĐND và UBND Xã"),
        ("Văn phòng – Thống kê", "VĂN PHÒNG-THỐNG KÊ"),
        ("Hoà, khoẻ, thuỷ, tuỳ", "hòa, khỏe, thủy, tùy"),
        ("Qúy", "quý"),
        ("Tư pháp -Hộ tịch xã", "Tư pháp - Hộ tịch xã."),
        (unicodedata.normalize("NFD", "đã hoàn thành"), "Đã hoàn thành"),
    ],
)
def test_fold_matches(one, other):
    assert values.fold(one) == values.fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("đạt", "chưa đạt"), ("Đoàn", "Doan"), ("văn phòng", "vân phòng"), ("má", "mà")]
)
def test_fold_tells_apart(one, other):
    assert values.fold(one) != values.fold(other)


@given(st.text())
def test_comparing_is_total_and_composed(text):
    assert unicodedata.is_normalized("NFC", values.squash(text))
    assert not any(char.isspace() for char in values.squash(text))
    folded = values.fold(text)
    assert values.fold(text.upper()) == folded or "_x" in text or not text.isascii()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("05/8/2025", (2025, 8, 5)),
        ("5-8-2025", (2025, 8, 5)),
        (" 5.8.2025 ", (2025, 8, 5)),
        ("5 / 8 / 2025", (2025, 8, 5)),
        ("2025-08-05", (2025, 8, 5)),
        ("2025-08-05 00:00:00", (2025, 8, 5)),
        ("ngày 05 tháng 8 năm 2025", (2025, 8, 5)),
        ("Ngày 5/8/2025", (2025, 8, 5)),
        ("5/8/25", None),
        ("31/2/2025", None),
        ("12/20/2025", None),
        ("5/8.2025", None),
        ("5/8/1825", None),
        ("5/8", None),
    ],
)
def test_date(text, day):
    assert values.date(text) == (datetime.date(*day) if day else None)


@given(st.dates(datetime.date(1900, 1, 1)))
def test_serial_and_back(day):
    assert values.from_serial(values.serial(day)) == day
    assert values.date(values.say_date(day)) == day


def test_serial_is_that_of_excel():
    assert values.serial(datetime.date(1900, 1, 1)) == 1
    assert values.serial(datetime.date(1900, 2, 28)) == 59
    assert values.serial(datetime.date(1900, 3, 1)) == 61
    assert values.serial(datetime.date(2000, 1, 1)) == 36526
    assert values.from_serial(36526.99) == datetime.date(2000, 1, 1)
    assert values.from_serial(60) is None  # the 29/02/1900 of Excel
    assert values.from_serial(2958465) == datetime.date(9999, 12, 31)


@given(st.floats())
def test_from_serial_is_total(number):
    values.from_serial(number)


def test_saying():
    assert values.say_number(1234567.5) == "1.234.567,5"
    assert values.say_number(120.0) == "120"
    assert values.say_number(-1234.567) == "-1.234,57"
    assert values.say_number(-0.001) == "0"
    assert values.say_number(0.125) == "0,13"
    assert values.say_number(1.005) == "1,01"  # as Excel rounds, not as binary does
    assert values.say_number(66.666, digits=0) == "67"
    assert values.say_percent(0.955) == "95,5%"
    assert values.say_percent(0.57) == "57%"
    assert values.say_percent(0.9996) == "99,96%"
    assert values.say_date(datetime.date(2025, 8, 5)) == "05/8/2025"
    assert values.say_date(datetime.date(2025, 2, 15)) == "15/02/2025"
    assert values.say_date(datetime.date(2025, 11, 30)) == "30/11/2025"
    assert [values.roman(n) for n in (1, 4, 9, 14, 40, 1999)] == ["I", "IV", "IX", "XIV", "XL", "MCMXCIX"]
    with pytest.raises(ValueError, match="0"):
        values.roman(0)


@given(st.floats(), st.integers(0, 6))
def test_saying_is_total(x, digits):
    values.say_number(x, digits)
    values.say_percent(x, digits)


def test_vietnamese_order():
    ordered = [
        "An",
        "Ăn",
        "Ân",
        "Dân",
        "Đà",
        "Đông",
        "Em",
        "Êm",
        "Ho",
        "Hoa",
        "Hoà",
        "Hóa",
        "Hồ",
        "Hổ",
        "Hỗ",
        "Hố",
        "Hộ",
        "Ô",
        "Ơ",
        "Ua",
        "Ưa",
        "Zu",
    ]
    assert sorted(sorted(ordered), key=values.collation_key) == ordered


def test_order_puts_the_shorter_name_first_and_ignores_tone_placement_and_dashes():
    assert values.collation_key("hòa")[:2] == values.collation_key("Hoà")[:2]
    assert values.collation_key("a – b")[:2] == values.collation_key("a - b")[:2]
    assert values.collation_key("Văn phòng") < values.collation_key("Văn phòng xã")


@given(st.text(), st.text())
def test_order_is_total(one, other):
    assert (values.collation_key(one) == values.collation_key(other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "percent", "expected"),
    [
        ("100%", False, (">=", 100, True)),
        ("Tối thiểu 60% số bộ phận chuyên môn thuộc UBND xã", True, (">=", 60, True)),
        ("Trên 90% cán bộ, công chức đạt chuẩn theo quy định.", True, (">", 90, True)),
        ("từ 95% trở lên", True, (">=", 95, True)),
        ("95% trở lên", True, (">=", 95, True)),
        ("≥ 95%", True, (">=", 95, True)),
        (">90", True, (">", 90, True)),
        (">90", False, (">", 90, False)),
        ("Ít nhất 01 bộ phận chuyên môn được kiểm tra năm 2025", True, (">=", 1, False)),
        ("Trong năm không có CBCC bị kỷ luật từ mức khiển trách trở lên", False, ("=", 0, False)),
        ("Không có hồ sơ trễ hạn", False, ("=", 0, False)),
        ("không", False, ("=", 0, False)),
        ("dưới 5%", True, ("<", 5, True)),
        ("không dưới 95", True, (">=", 95, True)),
        ("không quá 10%", True, ("<=", 10, True)),
        ("tối đa 5 ngày", True, ("<=", 5, False)),
        ("ít hơn 5", False, ("<", 5, False)),
        ("từ 5% trở xuống", True, ("<=", 5, True)),
        ("60% trên môi trường mạng", True, (">=", 60, True)),
        ("Số hóa hồ sơ TTHC của cấp xã đạt tối thiểu 15%", True, (">=", 15, True)),
        ("Phấn đấu 100% cán bộ, công chức cấp xã đạt chuẩn", True, (">=", 100, True)),
        ("Tối thiểu 50", True, (">=", 50, True)),
        ("83,5", False, (">=", 83.5, False)),
        ("0", True, ("=", 0, True)),
        ("15/20", True, (">=", 15, False, 20)),
        ("07/07", True, (">=", 7, False, 7)),
        ("6.5/7", True, (">=", 6.5, False, 7)),
    ],
)
def test_target(text, percent, expected):
    op, value, is_percent, *maximum = expected
    assert values.target(text, percent) == values.Target(op, value, is_percent, *maximum)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Có vị trí cải thiện so với năm 2024",
        "Đạt loại xuất sắc",
        "90% - 95%",
        "- 100% thủ tục được công khai; - Rút ngắn 20% thời gian",
        "tăng 5% so với năm 2024",
        "1/3 số hộ",
        "dịch vụ công mức độ 4",
        "1.234 hồ sơ",
        "31/12/2025",
        "Không ngừng nâng cao",
    ],
)
def test_no_target(text):
    assert values.target(text, default_percent=True) is None


@given(st.text(st.sampled_from("0123456789.,/%≥<>= \ntrênkhôgcóừởlạđ"), max_size=40) | st.text(), st.booleans())
def test_target_is_total(text, percent):
    found = values.target(text, percent)
    assert found is None or math.isfinite(found.value)


def test_score():
    assert values.score("15/20") == (15.0, 20.0)
    assert values.score("6.5/7") == (6.5, 7.0)
    assert values.score("05/05 điểm") == (5.0, 5.0)
    assert values.score("15/0") is None
    assert values.score("1/2/2025") is None
