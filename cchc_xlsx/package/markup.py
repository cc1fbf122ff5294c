"""XML from strangers: what is refused before any parser sees it, and a flat reading of small parts."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple
from xml.parsers import expat

from cchc_xlsx.package.refusal import damaged, over, unsafe

MAX_TOKEN = 64 << 10
_BLOCK = 8 << 10
MAX_DEPTH = 64
MAX_ELEMENTS = 100_000  # of a small part: some workbooks carry tens of thousands of dead names
MAX_TAGS = 1_500_000  # of strings or styles: readers keep something for each, however short it is
MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']{0,40})")
_USUAL_HEAD = b'<?xml version="1.0" encoding="UTF-8"'
_NEVER_READ = ("customxml/", ".vml")  # how keys begin and end of parts in which Excel keeps what it was given
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Element(NamedTuple):
    """One element of a small part: its name as "namespace}name", its attributes (so named where prefixed), its own text."""

    name: str
    attributes: dict[str, str]
    texts: list[str]

    def is_called(self, local: str) -> bool:
        """Whether its name, in whatever namespace, is `local`."""
        return self.name.rpartition("}")[2] == local


def guard(part: bytes, key: str) -> None:
    """Refuses declarations that make parsers work, and encodings other than UTF-8."""
    if b"<!DOCTYPE" in part:  # an entity can be declared nowhere else
        raise unsafe("entity" if b"<!ENTITY" in part else "doctype", key)
    if key.startswith(_NEVER_READ[0]) or key.endswith(_NEVER_READ[1]):
        return
    declared = None if part.startswith(_USUAL_HEAD) else _DECLARED.match(part.removeprefix(b"\xef\xbb\xbf"))
    if (
        part.startswith(_UTF16)
        or b"\0" in part
        or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"))
    ):
        raise unsafe("encoding", key)


def prove(part: bytes, key: str) -> None:
    """Refuses text that is not UTF-8."""
    if not (key.startswith(_NEVER_READ[0]) or key.endswith(_NEVER_READ[1]) or is_utf8(part)):
        raise unsafe("encoding", key)


def is_utf8(part: bytes) -> bool:
    """Whether all of it is UTF-8; by blocks, as one long text is made anew with each wider character."""
    if part.isascii():
        return True
    at = 0
    try:
        while at < len(part):
            at += codecs.utf_8_decode(part[at : at + _BLOCK], "strict", at + _BLOCK >= len(part))[1]
    except UnicodeDecodeError:
        return False
    return True


def guard_tokens(part: bytes) -> None:
    """Refuses a tag or a text longer than any form holds."""
    at = 0
    while len(part) - at > MAX_TOKEN:
        following = part.rfind(b"<", at + 1, at + 1 + MAX_TOKEN)
        if following < 0:
            end = part.find(b"<", at + 1)
            raise over("xml-token", (end if end > 0 else len(part)) - at, MAX_TOKEN)
        at = following


def guard_tags(part: bytes) -> None:
    """Refuses more tags than any form has."""
    count = part.count(b"<") if len(part) > MAX_TAGS else 0
    if count > MAX_TAGS:
        raise over("xml-elements", count, MAX_TAGS)


def parser() -> expat.XMLParserType:
    """An expat parser that gives names as "namespace}name", whole texts, and no document type."""
    made = expat.ParserCreate("utf-8", "}")  # whatever the part declares: it was proven to be UTF-8
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _no_doctype
    return made


def _no_doctype(*_: object) -> None:
    raise unsafe("doctype")


def elements(part: bytes, key: str) -> list[Element]:
    """All elements of a small part in document order, flat."""
    found: list[Element] = []
    stack: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        element = Element(name, attributes, [])
        found.append(element)
        stack.append(element)
        if len(stack) > MAX_DEPTH:
            raise over("xml-depth", len(stack), MAX_DEPTH)
        if len(found) > MAX_ELEMENTS:
            raise over("xml-elements", len(found), MAX_ELEMENTS)
        reading.CharacterDataHandler = element.texts.append

    def end(_: str) -> None:
        stack.pop()
        reading.CharacterDataHandler = stack[-1].texts.append if stack else None

    reading = parser()
    reading.StartElementHandler, reading.EndElementHandler = start, end
    try:
        reading.Parse(part, True)  # noqa: FBT003 - the only call there is
    except expat.ExpatError:
        raise damaged("xml", key) from None
    finally:  # the parser and what it calls hold each other, and a parser is large
        reading.StartElementHandler = reading.EndElementHandler = reading.CharacterDataHandler = None
    return found
