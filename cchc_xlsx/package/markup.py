"""XML from strangers: what is refused before any parser sees it, and a flat reading of small parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.parsers import expat

from cchc_xlsx.package.refusal import damaged, over, unsafe

MAX_TOKEN = 64 << 10
MAX_DEPTH = 64
MAIN = frozenset(
    {"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"}
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([^\"']{0,40})")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a small part: namespace, local name, attributes ("namespace}name" where prefixed), own text."""

    space: str
    name: str
    attributes: dict[str, str]
    text: str


def guard(part: bytes, key: str) -> None:
    """Refuses declarations that make parsers work, and text that is not plain UTF-8."""
    if b"<!DOCTYPE" in part:
        raise unsafe("doctype", key)
    if b"<!ENTITY" in part:
        raise unsafe("entity", key)
    if key.startswith("customxml/"):  # Excel keeps what it was given there, UTF-16 too; never read
        return
    declared = _DECLARED.match(part.removeprefix(b"\xef\xbb\xbf"))
    if part.startswith(_UTF16) or b"\0" in part or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")):
        raise unsafe("encoding", key)
    try:
        part.decode()
    except UnicodeDecodeError:
        raise unsafe("encoding", key) from None


def guard_tokens(part: bytes) -> None:
    """Refuses a tag or a text longer than any form holds."""
    at = 0
    while len(part) - at > MAX_TOKEN:
        following = part.rfind(b"<", at + 1, at + 1 + MAX_TOKEN)
        if following < 0:
            end = part.find(b"<", at + 1)
            raise over("xml-token", (end if end > 0 else len(part)) - at, MAX_TOKEN)
        at = following


def parser() -> expat.XMLParserType:
    """An expat parser that gives names as "namespace}name", whole texts, and no document type."""
    made = expat.ParserCreate(namespace_separator="}")
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _no_doctype
    return made


def _no_doctype(*_: object) -> None:
    raise unsafe("doctype")


def elements(part: bytes, key: str) -> list[Element]:
    """All elements of a small part in document order, flat."""
    found: list[tuple[str, dict[str, str], list[str]]] = []
    stack: list[int] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        stack.append(len(found))
        if len(stack) > MAX_DEPTH:
            raise over("xml-depth", len(stack), MAX_DEPTH)
        found.append((name, attributes, []))

    def end(_: str) -> None:
        stack.pop()

    def text(characters: str) -> None:
        found[stack[-1]][2].append(characters)

    reading = parser()
    reading.StartElementHandler, reading.EndElementHandler, reading.CharacterDataHandler = start, end, text
    try:
        reading.Parse(part, True)  # noqa: FBT003 - the only call there is
    except expat.ExpatError:
        raise damaged("xml", key) from None
    return [Element(*_split(name), attributes, "".join(texts)) for name, attributes, texts in found]


def _split(name: str) -> tuple[str, str]:
    space, _, local = name.rpartition("}")
    return space, local
