"""A workbook as parts whose checksums hold: its sheets in order, its styles, its custom properties."""

from __future__ import annotations

import errno
import os
import posixpath
import re
import stat
from collections.abc import Mapping
from functools import lru_cache
from io import FileIO
from typing import Literal

from msgspec import Struct

from cchc_xlsx.package import markup, sniff, zips
from cchc_xlsx.package.refusal import Refusal, Refused, Trouble, damaged, other, over, unsafe

State = Literal["visible", "hidden", "veryHidden"]

MAX_FILE = 25 << 20
MAX_SHEETS = 64
_CUSTOM = "docprops/custom.xml"
_SETTINGS = tuple(f"{space}}}workbookPr" for space in markup.MAIN)
_SHEET = tuple(f"{space}}}sheet" for space in markup.MAIN)
_COUNT = re.compile(rb"ount\s*=\s*[\"']\s*\+?0*(\d{1,40})")
_BLOCK = 1 << 20
_HEAD = 512  # bytes: the counts stand in the first tag
_FLAGS = sum(getattr(os, name, 0) for name in ("O_BINARY", "O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_NOCTTY"))
_FOLLOWS_NO_LINK = hasattr(os, "O_NOFOLLOW")  # Windows has none
_KEPT = 16 << 10  # small parts are the same in all copies of a form: read once
# Where calamine looks, whatever the relationships say: a second part there would show it other content than Excel shows.
_USUAL = {"officeDocument": "xl/workbook.xml", "sharedStrings": "xl/sharedstrings.xml", "styles": "xl/styles.xml"}


class SheetPart(Struct, frozen=True):
    """A sheet as the workbook lists it; `part` is its key in the package."""

    name: str
    part: str
    state: State = "visible"
    is_worksheet: bool = True  # not a chart or dialog sheet


class Package(Struct, frozen=True):
    """An opened workbook: its bytes (without what trails the zip), the parts that are read, its sheets in order.

    Keys of `parts` are names in lower case with forward slashes; `strings`, `styles` and `custom` are keys, empty where there is
    none. All parts are UTF-8, worksheets and shared strings as soon as they are scanned.
    """

    data: bytes
    parts: Mapping[str, bytes]
    sheets: tuple[SheetPart, ...]
    strings: str = ""
    styles: str = ""
    custom: str = ""
    date_1904: bool = False


class _Relation(Struct, frozen=True):
    kind: str
    target: str


def read_file(
    path: str | os.PathLike[str], start: int = 0, length: int | None = None, limit: int = MAX_FILE
) -> bytes | Refusal:
    """The bytes of a regular file, read once, without following a link, without waiting for anything.

    `length` bytes from `start` where only a piece of it is meant. More than `limit` bytes are not read.
    """
    path = os.fspath(path)
    try:
        if not _FOLLOWS_NO_LINK and stat.S_ISLNK(os.lstat(path).st_mode):
            return _trouble("link")
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
        with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor has no path
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return _trouble("special")
            if start:
                file.seek(start)
            data = _read(file, limit + 1 if length is None else min(length, limit + 1), status.st_size)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        return _trouble(_TROUBLES.get(getattr(error, "errno", None) or 0, "io"))
    size = max(len(data), length or status.st_size)
    return data if len(data) <= limit else over("file-bytes", size, limit).refusal


def _read(file: FileIO, most: int, size: int) -> bytes:
    """So many bytes, or as many as there are: nearly always all at once, unless the file grows meanwhile."""
    data = file.read(min(most, size + 1))
    while len(data) < most and (more := file.read(min(most - len(data), _BLOCK))):
        data += more
    return data


_TROUBLES: dict[int, Trouble] = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EACCES: "permission",
    errno.EPERM: "permission",
    errno.ELOOP: "link",
    errno.EISDIR: "special",
    errno.ENXIO: "special",
}


def _trouble(what: Trouble) -> Refusal:
    return Refusal("F012", (("what", what),))


def open_bytes(data: bytes) -> Package | Refusal:
    """The workbook in `data`, every part's size and checksum proven; else why it is not opened. Never raises."""
    try:
        return _open(data)
    except Refused as refused:
        return refused.refusal
    except MemoryError:
        return over("memory", len(data), zips.MAX_TOTAL).refusal


def _open(data: bytes) -> Package:
    if len(data) > MAX_FILE:
        raise over("file-bytes", len(data), MAX_FILE)
    sniff.content(data)
    directory = zips.read(data)
    sniff.archive(zips.keys(directory.entries), data[:200])
    parts = _parts(directory)
    sniff.content_types(parts.get("[content_types].xml", b""))
    root = _relations(parts, "")
    book = _one(parts, root, "officeDocument")
    if not book:
        raise other("zip")
    return _package(directory.data, parts, root, book)


def _package(data: bytes, parts: dict[str, bytes], root: Mapping[str, _Relation], book: str) -> Package:
    relations = _relations(parts, book)
    sheets, date_1904 = _sheets(parts, relations, book)
    strings, styles = _one(parts, relations, "sharedStrings"), _one(parts, relations, "styles")
    custom = _one(parts, root, "custom-properties", "customProperties") or (_CUSTOM if _CUSTOM in parts else "")
    needed = {book, strings, styles, custom, *(sheet.part for sheet in sheets)} - {""}
    for key in needed:
        markup.guard_tokens(parts[key])
    for key in {strings, styles} - {""}:
        markup.guard_tags(parts[key])
    scanned = {sheet.part for sheet in sheets if sheet.is_worksheet}
    for key, part in parts.items():
        if _is_of_cells(key) and key not in scanned and not (scanned and key == strings):
            markup.prove(part, key)
    if strings:
        _guard_strings(parts[strings])
    kept = {key: part for key, part in parts.items() if key in needed or key.endswith(".rels")}
    return Package(data, kept, sheets, strings, styles, custom, date_1904)


def _parts(directory: zips.Directory) -> dict[str, bytes]:
    """The XML parts by key; of every other part only size and checksum are proven."""
    parts = {}
    for entry, start in zips.locate(directory):
        packed = directory.data[start : start + entry.packed]
        read = _part if entry.size <= _KEPT else _part.__wrapped__
        content = read(packed, entry.key, entry.method, entry.size, entry.crc)
        if content is not None:
            parts[entry.key] = content
    return parts


@lru_cache(maxsize=256)  # 4 MB; the small parts are the same in all copies of a form
def _part(packed: bytes, key: str, method: int, size: int, crc: int) -> bytes | None:
    """The true content of an XML part, guarded; None for any other."""
    content = zips.inflate(packed, key, method, size, crc)
    if not key.endswith((".xml", ".rels", ".vml")):
        return None
    markup.guard(content, key)
    if not _is_of_cells(key):
        markup.prove(content, key)
    return content


def _is_of_cells(key: str) -> bool:
    """Whether it is a part that `scan` proves to be UTF-8: what is the same in all copies of a form only once."""
    return key == _USUAL["sharedStrings"] or (key.startswith("xl/worksheets/") and key.endswith(".xml"))


def _relations(parts: dict[str, bytes], source: str) -> Mapping[str, _Relation]:
    """What a part points at inside the file, by id; `source` is empty for the file itself."""
    folder, name = posixpath.split(source)
    key = posixpath.join(folder, "_rels", name + ".rels")
    part = parts.get(key)
    if not part:
        return {}
    return (_targets if len(part) <= _KEPT else _targets.__wrapped__)(part, key, folder)


@lru_cache(maxsize=32)
def _targets(part: bytes, key: str, folder: str) -> Mapping[str, _Relation]:
    found = {}
    seen = set()
    for element in markup.elements(part, key):
        given = element.attributes
        if not element.is_called("Relationship"):
            continue
        if given.get("Id") in seen:  # readers follow another of the two, some even one that leads outside
            raise unsafe("duplicate-part", key)
        seen.add(given.get("Id"))
        if given.get("TargetMode") != "External":
            target = posixpath.join("/", folder, given.get("Target", "").replace("\\", "/"))
            kind = given.get("Type", "").rpartition("/")[2]
            found[given.get("Id", "")] = _Relation(kind, posixpath.normpath(target).lstrip("/").lower())
    return found


def _one(parts: dict[str, bytes], relations: Mapping[str, _Relation], *kinds: str) -> str:
    """The key of the part that a relationship of one of `kinds` leads to, or of the usual one; empty where there is none."""
    targets = {relation.target for relation in relations.values() if relation.kind in kinds}
    usual = _USUAL.get(kinds[0], "")
    if len(targets) > 1 or (targets and usual in parts and usual not in targets):
        raise unsafe("duplicate-part", usual)
    target = targets.pop() if targets else usual if usual in parts else ""
    if target and target not in parts:
        if kinds[0] in _USUAL:
            raise damaged("part", target)
        return ""
    return target


def _sheets(
    parts: dict[str, bytes], relations: Mapping[str, _Relation], book: str
) -> tuple[tuple[SheetPart, ...], bool]:
    """The sheets in workbook order, and whether its days count from 1904."""
    part = parts[book]
    listed, date_1904 = (_listed if len(part) <= _KEPT else _listed.__wrapped__)(part, book)
    if not listed:
        raise damaged("no-sheets", book)
    if len(listed) > MAX_SHEETS:
        raise over("sheets", len(listed), MAX_SHEETS)
    if len({sheet.name.casefold() for sheet in listed}) < len(listed):
        raise unsafe("duplicate-sheet", book)
    return tuple(_placed(sheet, parts, relations) for sheet in listed), date_1904


@lru_cache(maxsize=32)
def _listed(part: bytes, key: str) -> tuple[tuple[SheetPart, ...], bool]:
    """The sheets that a workbook names, `part` still the id of a relationship, and whether its days count from 1904."""
    sheets = []
    date_1904 = False
    for element in markup.elements(part, key):
        given = element.attributes
        if element.name in _SETTINGS:
            date_1904 = given.get("date1904") in ("1", "true", "on")
        elif element.is_called("sheet"):
            # Readers that do not look at namespaces see a sheet of any, and its id by the usual prefix.
            if element.name not in _SHEET or sum(name.endswith("}id") for name in given) > 1:
                raise unsafe("duplicate-sheet", key)
            link = next((value for name, value in given.items() if name.endswith("relationships}id")), "")
            said = given.get("state", "visible")
            state: State = "hidden" if said == "hidden" else "veryHidden" if said == "veryHidden" else "visible"
            sheets.append(SheetPart(given.get("name", ""), link, state))
    return tuple(sheets), date_1904


def _placed(sheet: SheetPart, parts: dict[str, bytes], relations: Mapping[str, _Relation]) -> SheetPart:
    """A named sheet with the key of its part."""
    relation = relations.get(sheet.part)
    if relation is None or relation.target not in parts:
        raise damaged("part", relation.target if relation else "")
    if "macrosheet" in relation.kind.lower():
        raise Refused(Refusal("F006"))
    return SheetPart(sheet.name, relation.target, sheet.state, relation.kind == "worksheet")


def _guard_strings(part: bytes) -> None:
    """Refuses a count of shared strings that there cannot be: readers reserve memory by it."""
    # Anywhere in the part: lenient readers see the opening tag where a strict one sees none.
    is_usual = part.count(b"ount") == part.count(b"ount", 0, _HEAD)
    for count in _COUNT.findall(part[:_HEAD] if is_usual else part):
        if int(count) > len(part):
            raise over("strings", int(count), len(part))


def custom_properties(package: Package) -> Mapping[str, str]:
    """The custom properties as text, by name; none where there are none or they cannot be read."""
    if not package.custom:
        return {}
    found: dict[str, str] = {}
    name = ""
    try:
        for element in markup.elements(package.parts[package.custom], package.custom):
            if element.is_called("property"):
                name = element.attributes.get("name", "")
            elif name:
                found.setdefault(name, "".join(element.texts))
                name = ""
    except Refused:
        return {}
    return found
