"""Old Vietnamese encodings: recognised wherever there is enough of them, and never in what is something else."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import fill
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_xlsx import legacy, resources
from cchc_xlsx.layout import place
from cchc_xlsx.rules import registry

# The two tables written down a second time, in another order: letters, then what stands for them.
_LETTERS = """
à á ả ã ạ ă ằ ắ ẳ ẵ ặ â ầ ấ ẩ ẫ ậ đ è é ẻ ẽ ẹ ê ề ế ể ễ ệ ì í ỉ ĩ ị ò ó ỏ õ ọ ô ồ ố ổ ỗ ộ ơ ờ ớ ở ỡ ợ ù ú ủ ũ ụ ư ừ ứ ử
ữ ự ỳ ý ỷ ỹ ỵ
"""
_TCVN3_BYTES = """
b5 b8 b6 b7 b9 a8 bb be bc bd c6 a9 c7 ca c8 c9 cb ae cc d0 ce cf d1 aa d2 d5 d3 d4 d6 d7 dd d8 dc de df e3 e1 e2 e4 ab e5
e8 e6 e7 e9 ac ea ed eb ec ee ef f3 f1 f2 f4 ad f5 f8 f6 f7 f9 fa fd fb fc fe
"""
_VNI = """
aø aù aû aõ aï aê aè aé aú aü aë aâ aà aá aå aã aä ñ eø eù eû eõ eï eâ eà eá eå eã eä ì í æ ó ò oø où oû oõ oï oâ oà oá oå
oã oä ô ôø ôù ôû ôõ ôï uø uù uû uõ uï ö öø öù öû öõ öï yø yù yû yõ î
"""
_CAPITALS = dict(zip("ĂÂĐÊÔƠƯ", "¡¢§£¤¥¦", strict=True))
TABLES = {
    "TCVN3": dict(zip(_LETTERS.split(), bytes.fromhex(_TCVN3_BYTES).decode("latin-1"), strict=True)) | _CAPITALS,
    "VNI": dict(zip(_LETTERS.split(), _VNI.split(), strict=True)),
}
TABLES["VNI"] |= {letter.upper(): pair.upper() for letter, pair in TABLES["VNI"].items()}


def typed(text: str, name: str) -> str:
    """A text as an old font leaves it."""
    return "".join(TABLES[name].get(letter, letter) for letter in text)


@cache
def sentences() -> tuple[str, ...]:
    """Vietnamese as this field writes it: what the forms print, and what the rules say, without places to fill."""
    printed = [
        cell.content
        for form_id in fill.FORMS
        for one in (fill.report(form_id), fill.plan(form_id))
        for sheet in place.place(one).sheets
        for cell in sheet.cells.values()
        if isinstance(cell.content, str)
    ]
    said = [getattr(rule, name).vi for rule in registry.RULES for name in ("title", "why", "fix", "bad", "good")]
    return tuple(dict.fromkeys(unicodedata.normalize("NFC", text) for text in (*printed, *said) if "|" not in text))


def is_enough(text: str, name: str) -> bool:
    """Whether a text has four words that look otherwise in an old encoding, and only letters that it can write."""
    odd = {word for word in re.findall(r"\w+", text) if typed(word, name) != word}
    left = "".join(letter for letter in text if letter not in TABLES[name])
    return len(odd) > 3 and not re.search("[À-ỹĐ]", left)


@pytest.mark.parametrize("name", TABLES)
def test_what_is_typed_in_an_old_encoding_is_recognised_and_read(name: str) -> None:
    every = [text for text in sentences() if is_enough(text, name)]
    found = {text: legacy.recognise(typed(text, name)) for text in every}
    silent = [text for text in every if found[text] is None]
    assert [text for text in every if text not in silent and found[text] != (name, text)] == []
    assert len(every) > 500
    assert len(silent) <= len(every) / 200


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_proper_vietnamese_is_no_false_alarm(form: str) -> None:
    shipped = [path.read_text(encoding="utf-8") for path in sorted(resources.templates().rglob("*.yaml"))]
    assert len(shipped) > 8
    every = [*sentences(), *shipped, *(line for text in shipped for line in text.splitlines())]
    every += [text.upper() for text in sentences()] + [word for text in sentences() for word in text.split()]
    example = {text for rule in registry.RULES if rule.code == "V228" for text in (rule.bad.vi, *rule.bad.vi.split())}
    alarms = [text for text in every if legacy.recognise(unicodedata.normalize(form, text))]
    assert {
        text for text in alarms if text not in example and text.lower() not in {one.lower() for one in example}
    } == set()


OTHERS = """
été à l'hôtel de Genève, très tôt
La réunion a été reportée; où êtes-vous? Dès que possible, s'il vous plaît.
laïc Thaï Caïn Saïgon
naïve café déjà vu, façade, coöperate
São Paulo, Curaçao, El Niño, Málaga
Zürich, Grüße aus München, schön, Öl
Århus, Malmö, smörgåsbord
tôt
tôi đi họp
m², km³, 10 µm, 5 £m, 20 °C, ±5
10 µg/l và 12 µm
© 2025 Công ty; ® nhãn hiệu; § 5
«Đạt» và «Chưa đạt»
½ xã, ¾ thôn
Đắk Lắk, Krông Pắk, Ea H'leo, Y Bốt Niê
15/QĐ-UBND, 20/BC-UBND, HĐND
Nguyễn Thị Thuý; ThS. Đỗ Thị Hà
hòan thành, chưa tôt, thuỷ lơị
Hệ thống “một cửa” – gián đoạn… 5 ngày
https://xã.vn/báo-cáo?id=é
Báo cáo số 20 (kèm theo)
thé né dé
"""


@pytest.mark.parametrize("text", OTHERS.strip().splitlines())
def test_what_is_something_else_is_left_alone(text: str) -> None:
    assert legacy.recognise(text) is None
    assert legacy.named(text) == text


# as typed -> encoding, as it reads
KNOWN = """
Céng hßa x· héi chñ nghÜa       -> TCVN3 Cộng hòa xã hội chủ nghĩa
CéNG HßA X· HéI CHñ NGHÜA       -> TCVN3 CỘNG HÒA XÃ HỘI CHỦ NGHĨA
Coäng hoøa xaõ hoäi chuû nghóa  -> VNI Cộng hòa xã hội chủ nghĩa
COÄNG HOØA XAÕ HOÄI             -> VNI CỘNG HÒA XÃ HỘI
COäNG HOøA XAõ HOäI             -> VNI CỘNG HÒA XÃ HỘI
§¹t                             -> TCVN3 Đạt
Ñaït                            -> VNI Đạt
Hoµn thµnh                      -> TCVN3 Hoàn thành
Q§-UBND ch­a ban hµnh           -> TCVN3 QĐ-UBND chưa ban hành
Nguyễn Văn A: Ch­a göi b¸o c¸o ®óng h¹n -> TCVN3 Nguyễn Văn A: Chưa gửi báo cáo đúng hạn
"""


@pytest.mark.parametrize("line", KNOWN.strip().splitlines())
def test_what_is_known(line: str) -> None:
    text, _, expected = (part.strip() for part in line.partition("->"))
    name, _, converted = expected.partition(" ")
    assert legacy.recognise(text) == (name, converted)
    assert legacy.recognise(unicodedata.normalize("NFD", text)) == (name, converted)
    assert legacy.named(text) == f"{text} ({name}: {converted})"


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    found = legacy.recognise(text)
    assert found is None or found[0] in TABLES
    assert all(name in TABLES for name, _ in legacy.readings(text))


@given(st.lists(st.sampled_from("ạảằẵẻẹịỉồổỗờủụừữựắấếứ"), min_size=1).map("".join))
def test_letters_that_only_unicode_has_cannot_be_read_otherwise(text: str) -> None:
    assert not list(legacy.readings(text))


WORDS = st.sampled_from(sorted({word for text in sentences() for word in re.findall(r"[^\W\d_]+", text.lower())}))


@given(st.lists(WORDS, min_size=6, max_size=20), st.sampled_from(sorted(TABLES)))
def test_words_in_any_order_come_back(words: list[str], name: str) -> None:
    """Where four of them are no words as they stand, with two signs between them; foreign words aside."""
    words = [word for word in words if word.isascii() or legacy.is_syllable(word, strictly=True)]
    text = " ".join(words)
    telling = {old for word in words if len(word) > 1 and not legacy.is_syllable(old := typed(word, name))}
    telling = {old for old in telling if not old.isascii()}
    signs = {sign for old in telling for sign in old if not sign.isascii()}
    if len(telling) > 3 and len(signs) > 1 and any(not old[1:].isascii() for old in telling):
        assert legacy.recognise(typed(text, name)) == (name, text)
