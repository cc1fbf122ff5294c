"""Text ↔ values as Vietnamese offices write them: numbers, percents, dates, scores, targets, words to compare, order."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date as Date  # noqa: N812 - `date` is this room's verb
from datetime import timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

from msgspec import Struct

Operator = Literal[">=", ">", "=", "<=", "<"]

# ---------------------------------------------------------------------------------------------------- words to compare

_ESCAPED = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")  # half a surrogate pair is no character
# Control characters, white space of every kind, soft hyphen, zero-width and direction marks, variation selectors.
_UNSEEN = re.compile(
    r"[\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]+"
)
_BLANKS = " \t\n\r\x0b\x0c\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SPACES = re.compile(f"[{_BLANKS}]+")
_ZERO_WIDTH = re.compile(f"(?![{_BLANKS}]){_UNSEEN.pattern.removesuffix('+')}")
_DASHES = re.compile("[‐‑‒–—―−﹣－]")
_TONED_FIRST = {a + b: c + d for a, b, c, d in (
    "òaoà", "óaoá", "ỏaoả", "õaoã", "ọaoạ", "òeoè", "óeoé", "ỏeoẻ", "õeoẽ", "ọeoẹ", "ùyuỳ", "úyuý", "ủyuỷ", "ũyuỹ", "ụyuỵ",
)}  # fmt: skip
_TONED = re.compile("|".join(_TONED_FIRST))


def nfc(text: str) -> str:
    """`text` in the composed form that everything of ours is kept in."""
    return unicodedata.normalize("NFC", text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _tones_placed(text: str) -> str:
    """Lower-case `text` with the tone on the second vowel of oa, oe, uy: hòa and hoà are one word."""
    return _TONED.sub(lambda match: _TONED_FIRST[match[0]], text)


def squash(text: str) -> str:
    """`text` as locked content is compared: NFC, `_xHHHH_` undone, nothing unseen, no white space.

    Exactly this was seen to change when other programs save an honest copy; case and marks still count.
    """
    return nfc(_UNSEEN.sub("", _unescaped(text)))


def fold(text: str) -> str:
    """`text` as list words and unit names are matched: squashed, any case, any dash, any tone placement, & = và."""
    folded = nfc(squash(text).casefold())
    return _tones_placed(_DASHES.sub("-", folded)).replace("&", "và").rstrip(".;:")


def _tidy(text: str) -> str:
    """`text` as a person reads it: full-width figures made plain, nothing unseen, single blanks."""
    plain = _ZERO_WIDTH.sub("", _unescaped(text)).translate(_FULL_WIDTH)
    return nfc(_SPACES.sub(" ", plain).strip())


_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}  # ！ to ～

# ------------------------------------------------------------------------------------------------------------- numbers


class Reading(Struct, frozen=True):
    """What a text says as a number.

    `exact`: nothing but digits. `plain`: one meaning, though not typed as a number. `ambiguous`: to be asked, with what it
    could mean in `candidates` (for two numbers, both as written). `none`: not a number. `note`: the words left out.
    """

    value: float | None
    kind: Literal["exact", "plain", "ambiguous", "none"]
    note: str = ""
    percent: bool = False
    candidates: tuple[float, ...] = ()


_NONE = Reading(None, "none")
_LIMIT = 1e15  # a float counts exactly up to here; nothing an office counts comes near
_LONGEST = 120
_NUMERAL = r"\d{1,3}(?: \d{3})+(?![\d ]*\d)(?:[.,]\d+)?|\d[\d.,]*\d|[.,]?\d"
_NUMERALS = re.compile(_NUMERAL, re.ASCII)
_NUMBER = re.compile(
    rf"(?P<lead>'|=|đạt|có|là)? ?(?P<sign>[-+−–—] ?)?(?P<numeral>{_NUMERAL})(?P<stop>[.,;:])? ?(?P<percent>%|phần trăm)?"
    r"(?P<rest>.*)",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_ABOUT = re.compile(r"(?:~|≈|khoảng|chừng|gần|hơn|trên|dưới|tối thiểu|ít nhất|tối đa|≥|≤|[<>]=?) ?", re.IGNORECASE)
_TIMES = re.compile(r"‰|rưỡi|\b(?:chục|tá|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|k|tr)\b", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"[-+]?\d+(?:[.,]\d+)?e[-+]?\d{1,9}", re.ASCII | re.IGNORECASE)
_UNIT_LONGEST = 40


def number(text: str) -> Reading:
    """What `text` says as a number by Vietnamese usage (1.234.567,5); never NaN or infinite, never a guess."""
    tidy = _tidy(text)
    if len(tidy) > _LONGEST or not re.search("[0-9]", tidy) or date(tidy):
        return _NONE
    if tidy.isascii() and tidy.isdigit() and tidy == text.strip():
        return Reading(float(tidy), "exact") if float(tidy) < _LIMIT else _NONE
    if _SCIENTIFIC.fullmatch(tidy):
        return _ambiguous(float(tidy.replace(",", ".")))
    about = _ABOUT.match(tidy)
    match = _NUMBER.fullmatch(tidy, about.end() if about else 0)
    if not match:
        return _NONE
    reading = _read(match)
    return _ambiguous(reading.value) if about and reading.value is not None else reading


def _ambiguous(*candidates: float) -> Reading:
    if any(abs(candidate) >= _LIMIT for candidate in candidates):
        return _NONE
    return Reading(None, "ambiguous", candidates=candidates)


def _read(match: re.Match[str]) -> Reading:
    """The reading of sign, numeral, percent sign and the words behind."""
    meanings = _meanings(match["numeral"])
    others = [m for numeral in _NUMERALS.findall(match["rest"]) for m in _meanings(numeral)[:1]]
    if not meanings or len(others) > 1:
        return _NONE
    if others:
        return _ambiguous(meanings[0], *others)
    sign, rest = (match["sign"] or "").strip(), match["rest"].strip(" .;,")
    if sign and (sign in "–—" or match["sign"] != sign):  # "- 3" and "–3" may be an item of a list
        return _ambiguous(*meanings, *(-meaning for meaning in meanings))
    values = tuple(-meaning or 0.0 for meaning in meanings) if sign in ("-", "−") else meanings
    prose = len(rest) > _UNIT_LONGEST or (rest and not (rest[0].isalpha() or rest[0] in "(/"))
    if len(values) > 1 or prose or _TIMES.search(rest) or (match["stop"] and rest):
        return _ambiguous(*values)
    return Reading(values[0], "plain", rest, percent=bool(match["percent"]))


def _meanings(numeral: str) -> tuple[float, ...]:
    """What digits with separators can mean: one number, or two where only the writer knows, or none."""
    marks = re.sub("[0-9]", "", numeral)
    found: tuple[str, ...]
    if not marks:
        found = (numeral,)
    elif " " in marks:  # blanks group, so that one other mark can only be the decimal one
        found = (numeral.replace(" ", "").replace(",", "."),)
    elif len(set(marks)) == 2:
        whole, _, decimals = numeral.rpartition(marks[-1])
        found = (_ungrouped(whole) + "." + decimals,) if marks.count(marks[-1]) == 1 and _ungrouped(whole) else ()
    elif len(marks) > 1:
        found = (_ungrouped(numeral),) if _ungrouped(numeral) else ()
    else:
        grouped = _ungrouped(numeral)
        found = ((grouped,) if grouped else ()) + (numeral.replace(",", "."),)
    values = tuple(float(one) for one in found)
    return values if all(value < _LIMIT for value in values) else ()


def _ungrouped(numeral: str) -> str:
    """The digits of a numeral that is properly grouped in thousands, else nothing."""
    return re.sub("[.,]", "", numeral) if re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", numeral, re.ASCII) else ""


def score(text: str) -> tuple[float, float] | None:
    """Points and maximum of "15/20", "6.5/7", "07/07 điểm", else None."""
    match = re.fullmatch(r"(\d+(?:[.,]\d{1,2})?) ?/ ?(\d+)(?: ?điểm)?", _tidy(text), re.ASCII)
    if not match or len(match[0]) > _UNIT_LONGEST:
        return None
    points, maximum = float(match[1].replace(",", ".")), float(match[2])
    return (points, maximum) if points < _LIMIT and 0 < maximum < _LIMIT else None


# --------------------------------------------------------------------------------------------------------------- dates

_DATE = re.compile(
    r"(?:ngày )?(?P<d>\d{1,2})(?: ?(?P<mark>[-/.]) ?(?P<m>\d{1,2}) ?(?P=mark) ?| tháng (?P<m2>\d{1,2}) năm )(?P<y>\d{4})",
    re.ASCII | re.IGNORECASE,
)
_DATE_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", re.ASCII)
_EPOCH = Date(1899, 12, 30)
_MARCH_1900 = 61  # before it Excel counts a 29/02/1900 that never was
_LAST_SERIAL = 2958465


def date(text: str) -> Date | None:
    """The day that `text` names, day first ("05/8/2025", "ngày 05 tháng 8 năm 2025") or ISO; two-digit years are refused."""
    tidy = _tidy(text)
    if match := _DATE.fullmatch(tidy):
        day, month, year = match["d"], match["m"] or match["m2"], match["y"]
    elif iso := _DATE_ISO.fullmatch(tidy):
        year, month, day = iso[1], iso[3], iso[4]
    else:
        return None
    try:
        found = Date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= 1900 else None


def serial(day: Date) -> int:
    """The Excel serial number (1900 system) of a day from 01/01/1900 on."""
    days = (day - _EPOCH).days
    return days if days >= _MARCH_1900 else days - 1


def from_serial(number: float) -> Date | None:
    """The day of an Excel serial number (1900 system), a time of day left out; None where there is none."""
    if isinstance(number, bool) or not math.isfinite(number) or not 1 <= number < _LAST_SERIAL + 1:
        return None
    days = int(number)
    if days == _MARCH_1900 - 1:
        return None
    return _EPOCH + timedelta(days=days if days >= _MARCH_1900 else days + 1)


# -------------------------------------------------------------------------------------------------------------- saying

_EXACT = Context(prec=400)  # enough digits for any float


def _said(value: Decimal, digits: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _EXACT)
    whole, _, decimals = f"{abs(rounded):f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    tail = decimals.rstrip("0")
    return ("-" if rounded < 0 else "") + grouped + ("," + tail if tail else "")


def say_number(x: float, digits: int = 2) -> str:
    """`x` as an office writes it, at most `digits` decimals, halves away from zero as Excel does: "1.234.567,5"."""
    return _said(Decimal(repr(float(x))), digits) if math.isfinite(x) else str(x)


def say_percent(fraction: float, digits: int = 2) -> str:
    """A fraction as percent, at most `digits` decimals: 0.955 is "95,5%"."""
    return _said(Decimal(repr(float(fraction))).scaleb(2), digits) + "%" if math.isfinite(fraction) else str(fraction)


def say_date(day: Date) -> str:
    """A day by Nghị định 30/2020: days below 10 and months 1 and 2 with a leading zero, "05/8/2025"."""
    return f"{day.day:02}/{say_month(day.month)}/{day.year}"


def say_month(month: int) -> str:
    """A month's number by Nghị định 30/2020: "01", "02", then "3"."""
    return f"{month:02}" if month <= 2 else str(month)


_ROMAN = tuple(zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
                   ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"), strict=True))  # fmt: skip


def roman(n: int) -> str:
    """`n` from 1 to 3999 as a Roman number; ValueError outside."""
    if not 1 <= n <= 3999:
        raise ValueError(n)
    said = ""
    for value, letters in _ROMAN:
        said += letters * (n // value)
        n %= value
    return said


# --------------------------------------------------------------------------------------------------------------- order

_LETTERS = {letter: 256 + i for i, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền, hỏi, ngã, sắc, nặng; ngang is 0

CollationKey = tuple[tuple[int, ...], tuple[int, ...], str]


def collation_key(text: str) -> CollationKey:
    """The sort key of Vietnamese alphabetical order: letters first (a ă â … d đ …), then tones, then the text itself."""
    letters, tones = [], []
    for char in _tones_placed(_DASHES.sub("-", _tidy(text).casefold())):
        parts = unicodedata.normalize("NFD", char)
        tone = next((mark for mark in parts if mark in _TONES), "")
        base = (nfc(parts.replace(tone, "")) if tone else "") or char
        letters.append(_LETTERS.get(base) or (ord(base[0]) if base.isascii() else 1024 + ord(base[0])))
        tones.append(_TONES.get(tone, 0))
    return tuple(letters), tuple(tones), text


# ------------------------------------------------------------------------------------------------------------- targets


class Target(Struct, frozen=True):
    """A target as data: percent points where `percent`, points of `maximum` for a score."""

    op: Operator
    value: float
    percent: bool
    maximum: float | None = None


# The operator stands directly before its number ("60% trên môi trường mạng" is no "trên 60"); tried in this order, since
# "không dưới" ends like "dưới" and "ít hơn" like "hơn".
_OPERATORS: tuple[tuple[Operator, str], ...] = (
    (">=", r"không (?:dưới|thấp hơn|ít hơn|nhỏ hơn|kém)|tối thiểu|ít nhất|thấp nhất|từ|≥|>=|=>"),
    ("<=", r"không (?:quá|vượt quá|vượt|trên|hơn|lớn hơn|cao hơn|nhiều hơn)|tối đa|nhiều nhất|cao nhất|≤|<=|=<"),
    ("<", r"dưới|ít hơn|nhỏ hơn|thấp hơn|<"),
    (">", r"trên|hơn|vượt|>"),
    ("=", r"bằng|="),
)
_BEFORE = tuple((op, re.compile(rf"(?:^|(?<!\w))(?:{words})(?: ?(?:đạt|là|mức|từ|:))*$")) for op, words in _OPERATORS)
_NEUTRAL = re.compile(r"(?:^|(?<!\w))(?:đạt|phấn đấu|hoàn thành|duy trì|giữ|có|là|mức|:|-)$")
_CHANGE = re.compile(r"(?<!\w)(?:tăng|giảm|thêm)(?: (?:thêm|tối thiểu|ít nhất|trên|từ|khoảng|tối đa))*$")
_AMOUNT = re.compile(r"(?<![\w.,])(?P<numeral>\d[\d.,]*\d|\d) ?(?P<percent>%)?", re.ASCII)
_YEAR = re.compile(r"(?<!\w)năm (?:19|20)\d\d(?!\d)|(?<![\d/])\d{1,2}/\d{1,2}/\d{4}(?!\d)", re.ASCII)
_NOTHING = re.compile(r"không|(?:.* )?không (?:có|để|còn|xảy ra|phát sinh)(?: .*)?")
_UPWARD = re.compile(r"(?<!\w)trở (lên|xuống)(?!\w)")


def target(text: str, default_percent: bool) -> Target | None:
    """What a plan's target words ask for; None where they name no number, or several.

    A number without sign or unit is in percent points where `default_percent`.
    """
    words = _YEAR.sub(" ", _tidy(text[:2000]).casefold()).strip(" .;:")
    amounts = list(_AMOUNT.finditer(words))
    if not amounts:
        return Target("=", 0.0, default_percent) if _NOTHING.fullmatch(words) else None
    first = amounts[0]
    before = words[: first.start()].rstrip()
    if points := score(words[first.start() :]):
        return Target(_operator(before, "", points[0]), points[0], percent=False, maximum=points[1])
    meanings = {(_meanings(amount["numeral"]), bool(amount["percent"])) for amount in amounts}
    values, percent = meanings.pop()
    named = any(pattern.search(before) for _, pattern in _BEFORE) or _NEUTRAL.search(before)
    if meanings or len(values) != 1 or _CHANGE.search(before) or (before and not named and not percent):
        return None  # "dịch vụ công mức độ 4" is no target of 4
    after = words[first.end() :].strip(" .;:")
    bare = not _UPWARD.sub("", after).strip()
    return Target(_operator(before, after, values[0]), values[0], percent or (default_percent and bare))


def _operator(before: str, after: str, value: float) -> Operator:
    """The operator that the words round a number name."""
    for op, pattern in _BEFORE:
        if pattern.search(before):
            turned = _UPWARD.match(after)
            return "<=" if op == ">=" and turned and turned[1] == "xuống" else op
    if turned := _UPWARD.match(after):
        return ">=" if turned[1] == "lên" else "<="
    return "=" if value == 0 else ">="  # "0" alone: nothing may happen; any other number is to be reached
