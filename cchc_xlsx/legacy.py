"""Vietnamese typed with the fonts of before Unicode: told by the letters that it leaves behind, and read again.

Such fonts draw Vietnamese letters in the places of other signs of Windows-1252, so that the text arrives as
"Céng hßa x· héi" (TCVN3, the .VnTime fonts) or "Coäng hoøa xaõ hoäi" (VNI). A word is evidence only where it is no
Vietnamese syllable as it stands and is one when it is read in the old encoding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

_VOWELS = "aăâeêioôơuưy"
_TONES = "\u0301\u0300\u0309\u0303\u0323"  # sắc, huyền, hỏi, ngã, nặng

# TCVN 5712:1993, third set: each vowel with its five tones, in the order of _VOWELS and _TONES. Capitals with a tone have
# no places of their own: a font of capitals draws them.
_TCVN3_TONED = "¸µ¶·¹ ¾»¼½Æ ÊÇÈÉË ÐÌÎÏÑ ÕÒÓÔÖ Ý×ØÜÞ ãßáâä èåæçé íêëìî óïñòô øõö÷ù ýúûüþ"
_TCVN3_PLAIN = dict(zip("ăâđêôơưĂÂÊÔƠƯĐ", "¨©®ª«¬\xad¡¢£¤¥¦§", strict=True))
# VNI for Windows: a sign behind the vowel is its tone, or its hat and its tone in one; i, ỵ and đ have signs of their own.
_VNI_BASES = {"ơ": "ô", "ư": "ö"}
_VNI_HATS = {"â": ("a", "âáàåãä"), "ê": ("e", "âáàåãä"), "ô": ("o", "âáàåãä"), "ă": ("a", "êéèúüë")}
_VNI_TONES = "ùøûõï"
_VNI_I = "íìæóò"

_INITIALS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_FINALS = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch êm
ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu o oa oac oach oai oam oan oang oanh oao oap
oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong oong ooc op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u
ua uân uâng uât uây uc uê uêch uênh uêu ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uyn uynh
uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu ynh yt
"""
_ONSETS, _RHYMES = ("", *_INITIALS.split()), frozenset(_FINALS.split())
_LONGEST = 14  # signs of a word: "nghiêng" decomposed, or in VNI, has fewer; a cell may hold 32,767
_STOPS = ("c", "ch", "p", "t")  # a syllable that ends so has one of two tones
_STOPPED = (_TONES[0], _TONES[4])

# Signs stand for letters here, so that only ASCII signs, the no-break space and typographic signs end a word.
_WORD = re.compile(r"[A-Za-z\x80-\x9f\xa1-\u1fff]+")
_INSIDE = re.compile("[A-Za-z\x80-\u1fff][\x80-\u1fff]")
_NO_LETTERS = frozenset(map(chr, (*range(0xA1, 0xC0), 0xD7)))
_WITHIN = re.compile("[A-Za-z][\xa1-\xb4\xb6-\xbf\xd7][A-Za-z]")  # "riªng": no other text has a sign of that kind there
_MODERN = re.compile("[ăĂđĐơƠưƯĩĨũŨ\u1ea0-\u1ef9]")  # letters that only Unicode has
_USED = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý"
# Signs that no Vietnamese word has.
_ODD = frozenset(map(chr, range(0xA1, 0x100))).difference(_USED)


def recognise(text: str) -> tuple[str, str] | None:
    """The name of the old encoding that a text is typed in, and the text in Unicode.

    None for anything else, and where the text is too short to be sure: two words have to speak for it, or one word with a
    sign that no other text has there, or one of a short text with two signs; and nearly no word may speak against it.
    """
    if text.isascii():
        return None
    composed = _composed(text)
    if _ODD.isdisjoint(composed) and _MODERN.search(composed):
        return None  # at once: nearly every text is this
    words = [word for word in _WORD.findall(composed) if any(map(str.isalpha, word))]
    found = {name: found for name in ENCODINGS if (found := _evidence(name, words))}
    if not found:
        return None
    best = max(found, key=found.__getitem__)
    return best, _read(best, composed, words)


def readings(text: str) -> Iterator[tuple[str, str]]:
    """What a text says in each old encoding in which all of it can be read, evidence or none: to be held against a list."""
    if text.isascii():
        return
    composed = _composed(text)
    for name in ENCODINGS:
        words = _WORD.findall(composed)
        if all(_converted(name, word) for word in words):
            yield name, _read(name, composed, words)


def named(text: str) -> str:
    """A text as a message repeats it: with its reading where it is typed in an old encoding."""
    found = recognise(text)
    return f"{text} ({found[0]}: {found[1]})" if found else text


def _evidence(name: str, words: list[str]) -> int:
    """How many words speak for an encoding; 0 where that is not enough."""
    odd = [word for word in words if not word.isascii() and not is_syllable(word)]
    telling = [word for word in odd if _syllable(name, word)]
    against = sum(not _syllable(name, word) and not _is_short_form(name, word) for word in odd)
    modern = sum(bool(_MODERN.search(word)) for word in words)
    if telling and not against and not modern and any(_WITHIN.search(word) for word in telling):
        return len(telling)
    different = len(set(telling))
    if not _is_certain(telling) or len(telling) * 5 < len(words) or len(telling) <= 2 * against:
        return 0
    if different == 1:
        return int(len(words) <= 3 and modern == 0)
    return len(telling) if modern == 0 or different > max(2, modern // 2) else 0


def _is_certain(telling: list[str]) -> bool:
    """Whether more speaks than a unit such as µm, or one letter of another language, as in "laïc" and "Thaï"."""
    signs = {sign for word in telling for sign in word if not sign.isascii()}
    is_varied = len(signs) > 1 or (len(set(telling)) > 1 and bool(signs & _NO_LETTERS))
    return is_varied and any(_INSIDE.search(word) for word in telling)


def _is_short_form(name: str, word: str) -> bool:
    """Whether a word speaks neither for an encoding nor against it: "ở" alone, or short forms like HĐND."""
    converted = _converted(name, word)
    return converted is not None and (len(converted) == 1 or not set(_bare(converted)) & set(_VOWELS))


def _read(name: str, text: str, words: list[str]) -> str:
    is_mixed = any(_MODERN.search(word) for word in words)

    def read(match: re.Match[str]) -> str:
        word = match[0]
        return word if is_mixed and is_syllable(word) else _converted(name, word) or word

    shown = [letter for letter in text if letter.isascii() and letter.isalpha()]
    # Where the letters that show their case are capitals, a font of capitals drew the others.
    converted = _WORD.sub(read, text)
    return converted.upper() if len(shown) > 1 and all(map(str.isupper, shown)) else converted


def is_syllable(word: str, *, strictly: bool = False) -> bool:
    """Whether a word is spelled like a Vietnamese syllable; strictly: also with a tone that its ending allows."""
    return len(word) <= _LONGEST and _is_spelled(word, strictly)


@lru_cache(8192)
def _is_spelled(word: str, strictly: bool) -> bool:
    tones = [mark for mark in unicodedata.normalize("NFD", word) if mark in _TONES]
    plain = _bare(word)
    if len(tones) > 1 or (strictly and plain.endswith(_STOPS) and not set(tones) & set(_STOPPED)):
        return False
    return any(plain.startswith(onset) and plain[len(onset) :] in _RHYMES for onset in _ONSETS)


def _syllable(name: str, word: str) -> bool:
    """Whether a word read in an old encoding is a Vietnamese syllable of two letters or more."""
    converted = _converted(name, word)
    return converted is not None and len(converted) > 1 and is_syllable(converted, strictly=True)


def _converted(name: str, word: str) -> str | None:
    """The word in Unicode; None where a sign of it has no meaning in that encoding."""
    signs = _signs(name)
    found, at = [], 0
    while at < len(word):
        step = 2 if word[at : at + 2] in signs else 1
        one = word[at : at + step]
        letter = signs.get(one, one if one.isascii() else "")
        if not letter:
            return None
        found.append(letter)
        at += step
    return "".join(found)


@cache
def _signs(name: str) -> Mapping[str, str]:
    """What each sign, or pair of signs, of an encoding means."""
    return ENCODINGS[name]()


def _tcvn3() -> Mapping[str, str]:
    signs = {sign: letter for letter, sign in _TCVN3_PLAIN.items()}
    for vowel, toned in zip(_VOWELS, _TCVN3_TONED.split(), strict=True):
        signs |= {sign: _composed(vowel + tone) for sign, tone in zip(toned, _TONES, strict=True)}
    return signs


def _vni() -> Mapping[str, str]:
    signs = {"ñ": "đ", "î": "ỵ"} | {sign: vowel for vowel, sign in _VNI_BASES.items()}
    signs |= {sign: _composed("i" + tone) for sign, tone in zip(_VNI_I, _TONES, strict=True)}
    for vowel in "aeouyơư":
        base = _VNI_BASES.get(vowel, vowel)
        signs |= {base + sign: _composed(vowel + tone) for sign, tone in zip(_VNI_TONES, _TONES, strict=True)}
    for vowel, (base, hats) in _VNI_HATS.items():
        signs |= {base + sign: _composed(vowel + tone) for sign, tone in zip(hats, ("", *_TONES), strict=True)}
    # Behind a capital the sign may be a small one, and the other way about.
    cases = dict(signs)
    for pair, letter in signs.items():
        cases |= {pair.upper(): letter.upper(), pair[0].upper() + pair[1:]: letter.upper()}
    return cases


def _bare(word: str) -> str:
    """A word in small letters without its tones."""
    parts = unicodedata.normalize("NFD", word.lower())
    return _composed("".join(mark for mark in parts if mark not in _TONES))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


ENCODINGS = {"TCVN3": _tcvn3, "VNI": _vni}
