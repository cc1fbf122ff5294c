"""Everything in a mail, however it is packed: workbooks go to the spool with their very bytes, all else is told."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct, field

from cchc_xlsx.lang import Text
from cchc_xlsx.mail import (
    addresses,
    archive,
    charsets,
    content,
    facts,
    forwarded,
    headers,
    names,
    outlook,
    refusals,
    signed,
    tnef,
    transfer,
    tree,
)
from cchc_xlsx.mail.content import Kind, Labels
from cchc_xlsx.mail.headers import Headers
from cchc_xlsx.mail.limits import MAX_DEPTH, MAX_ENTRIES, MAX_FILE, MAX_MAIL, MAX_UNPACKED
from cchc_xlsx.mail.model import Part, Refused

_TEXT_BYTES = 64 << 10
_END = b"PK\x05\x06"


class Enough(Exception):  # noqa: N818 - never leaves this room
    """A limit of the whole mail is reached; what was found until then stays."""


class Gathering(Struct):
    """What has been found so far, and how much of the limits is used up."""

    spool: Path
    own_addresses: frozenset[str] = frozenset()
    workbooks: list[Part] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    inner_from: str | None = None
    text: str = ""
    kinds: set[str] = field(default_factory=set)  # content types of the parts of the mail itself
    unpacked: int = 0
    looked_at: int = 0
    routes: set[str] = field(default_factory=set)


class Place(Struct, frozen=True):
    """Where something lies: its route, and in how many containers."""

    route: str = ""
    depth: int = 0

    def inside(self, name: str) -> str:
        """The route of something in it."""
        return f"{self.route}/{name}" if self.route else name


def message(data: bytes, start: int, end: int, place: Place, to: Gathering) -> Headers:
    """Everything in the mail that lies there; its headers are given back."""
    found, body = headers.read(data, start, end)
    for part in tree.leaves(data, found, body, end):
        _part(data, part, place, to)
    return found


def _part(data: bytes, part: tree.Part, place: Place, to: Gathering) -> None:
    route = place.inside(part.route)
    name = _name(part)
    _count(to, route)
    if not place.depth:
        to.kinds.add(part.kind)
    if part.is_too_deep:
        to.refused.append(Refused(route, name or names.NAMELESS, refusals.TOO_DEEP))
        return
    if part.kind == "message/partial":
        to.refused.append(Refused(route, name or names.NAMELESS, refusals.PARTIAL))
        return
    here = Place(route, place.depth)
    declared = part.headers.first("content-transfer-encoding").decode("latin-1")
    how = transfer.encoding(declared, data, part.start, part.end)
    is_mail = part.kind in ("message/rfc822", "message/global") and how == "plain"
    if is_mail and not data.startswith((*content.PK, content.OLE2), part.start, part.end):
        _nested(data, part.start, part.end, here, to)
        return
    if part.kind.startswith("multipart/") and how in ("base64", "qp") and here.depth < MAX_DEPTH:
        _packed_parts(data, part, how, Place(route, here.depth + 1), to)
        return
    _leaf(data, part, Labels(name, part.kind), how, here, to)


def _packed_parts(data: bytes, part: tree.Part, how: transfer.Encoding, here: Place, to: Gathering) -> None:
    """Parts that were encoded together: no standard allows it; what they hold is found all the same."""
    whole = b"\n" + transfer.decoded(how, data, part.start, part.end, MAX_MAIL)
    _unpack(whole, to)
    for inner in tree.leaves(whole, part.headers, 1, len(whole)):
        if not inner.kind.startswith("multipart/"):
            _part(whole, inner, here, to)


def _leaf(data: bytes, part: tree.Part, labels: Labels, how: transfer.Encoding, here: Place, to: Gathering) -> None:
    head = next(iter(transfer.pieces(how, data, part.start, min(part.end, part.start + 4 * content.HEAD))), b"")
    is_text = part.kind in ("", "text/plain", "text/html")
    if how == "uu" or (is_text and how == "plain"):
        _uuencoded(data, part, labels.name if how == "uu" else "", here, to)
        if how == "uu":
            return
    if content.deserves(head[: content.HEAD], labels):
        whole = _whole(data, part, labels, how)
        if whole is None:
            to.refused.append(Refused(here.route, labels.name or names.NAMELESS, refusals.TOO_LARGE_CONTAINER))
        else:
            file(whole, labels, here, to)
    elif labels.name:
        to.others.append(labels.name)
    elif is_text and not here.depth and not to.text:
        piece = transfer.decoded(how, data, part.start, min(part.end, part.start + _TEXT_BYTES), _TEXT_BYTES)
        text = charsets.decode(piece, headers.value(part.headers.first("content-type"))[1].get("charset", ""))
        to.text = forwarded.plain(text) if part.kind == "text/html" else text


def _uuencoded(data: bytes, part: tree.Part, called: str, here: Place, to: Gathering) -> None:
    """The files that are written into a text; `called` is the name of a part that is nothing but such a file."""
    for raw_name, start in transfer.uuencoded(data, part.start, part.end):
        name = called or names.safe(charsets.words(raw_name.encode("latin-1")))
        route = _fresh(here.inside(name or names.NAMELESS), to)
        _count(to, route)
        found = transfer.decoded("uu", data, start, part.end, MAX_FILE)
        file(found, Labels(name), Place(route, here.depth + 1), to)


def _whole(data: bytes, part: tree.Part, labels: Labels, how: transfer.Encoding) -> bytes | None:
    """The decoded content; where a zip file is not sound, the way to read it that makes it so. None over the limit."""
    found = transfer.decoded(how, data, part.start, part.end, MAX_MAIL)
    if len(found) > MAX_MAIL:
        return None
    if not found.startswith(content.PK):
        return found
    if how in ("qp", "plain"):
        found = _cut(found, b"\r\n")
    if content.look(found, labels) in ("workbook", "zip"):
        return found
    return next((one for one in _otherwise(data, part, how, found) if content.look(one, labels) == "workbook"), found)


def _otherwise(data: bytes, part: tree.Part, how: transfer.Encoding, found: bytes) -> Iterator[bytes]:
    """Without what a mailing list put below it; with line ends as they were before a mail changed them."""
    yield _cut(found)
    if how in ("qp", "plain"):
        unix = data[part.start : part.end].replace(b"\r\n", b"\n")
        for raw in (unix, unix.replace(b"\n", b"\r\n")):
            yield _cut(transfer.decoded(how, raw, 0, len(raw), MAX_MAIL), b"\r\n")


def _cut(found: bytes, only: bytes = b"") -> bytes:
    """A zip file without what stands behind its end; only where it is of these letters, if any are given."""
    at = found.rfind(_END)
    end = at + 22 + int.from_bytes(found[at + 20 : at + 22], "little")
    return found[:end] if at >= 0 and not (only and found[end:].strip(only)) else found


def _name(part: tree.Part) -> str:
    """The name of a part, safe; empty without one."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        _, parameters = headers.value(part.headers.first(header)[: 64 << 10])
        for one in (parameter, "name", "filename"):
            name = names.safe(parameters.get(one, ""))
            if name:
                return name
    return ""


def file(data: bytes, labels: Labels, here: Place, to: Gathering) -> None:
    """A file with its whole content: kept, opened, refused, or named among the others."""
    found = content.look(data, labels)
    if isinstance(found, Text):
        to.refused.append(Refused(here.route, labels.name or names.NAMELESS, found))
    elif found == "workbook":
        keep(data, labels.name, here.route, to)
    elif found == "other":
        to.others.append(labels.name or names.NAMELESS)
    elif here.depth >= MAX_DEPTH:
        to.refused.append(Refused(here.route, labels.name or names.NAMELESS, refusals.TOO_DEEP))
    else:
        _OPEN[found](data, labels, here, to)


def keep(data: bytes, name: str, route: str, to: Gathering) -> None:
    """Puts a workbook into the spool, under its sha256, by a temporary name first."""
    digest = hashlib.sha256(data).hexdigest()
    path = to.spool / digest
    if not path.exists():
        temporary = to.spool / f".{digest}.{os.getpid()}.tmp"
        temporary.write_bytes(data)
        temporary.replace(path)
    to.workbooks.append(Part(route, name or f"{names.NAMELESS}.xlsx", digest, len(data), path))


def _nested(data: bytes, start: int, end: int, here: Place, to: Gathering) -> None:
    """A mail in a mail. What lies in one of our own is no report: it came back with an answer or a forward."""
    if here.depth >= MAX_DEPTH:
        to.refused.append(Refused(here.route, names.NAMELESS, refusals.TOO_DEEP))
        return
    before = len(to.workbooks)
    found = message(data, start, end, Place(here.route, here.depth + 1), to)
    _came_in(found, before, to)


def _came_in(found: Headers, before: int, to: Gathering) -> None:
    senders = addresses.addresses(found.every("from"))
    to.inner_from = to.inner_from or (senders[0] if senders else None)
    if facts.is_ours(found, to.own_addresses):
        to.refused += [Refused(one.route, one.name, refusals.OURS) for one in to.workbooks[before:]]
        del to.workbooks[before:]


def _mail(data: bytes, labels: Labels, here: Place, to: Gathering) -> None:
    _unpack(data, to)
    if not content.is_mail(data[: content.HEAD]) and headers.read(data, 0, len(data))[0] == Headers():
        to.refused.append(Refused(here.route, labels.name or names.NAMELESS, refusals.BROKEN_MAIL))
        return
    _nested(data, 0, len(data), here, to)


def _zip(data: bytes, labels: Labels, here: Place, to: Gathering) -> None:
    found = archive.members(data)
    if found and not isinstance(found, Text) and all(one.is_encrypted for one in found):
        found = refusals.ENCRYPTED_ARCHIVE
    if isinstance(found, Text):
        to.refused.append(Refused(here.route, labels.name or names.NAMELESS, found))
        return
    for one in found:
        name = names.safe(one.name)
        route = _fresh(here.inside(name or names.NAMELESS), to)
        _count(to, route)
        unpacked = archive.unpack(data, one)
        if isinstance(unpacked, Text):
            to.refused.append(Refused(route, name or names.NAMELESS, unpacked))
            continue
        _unpack(unpacked, to)
        if content.deserves(unpacked[: content.HEAD], Labels(name)):
            file(unpacked, Labels(name), Place(route, here.depth + 1), to)
        else:
            to.others.append(name or names.NAMELESS)


def _tnef(data: bytes, labels: Labels, here: Place, to: Gathering) -> None:
    found = tnef.attachments(data)
    if found is None:
        to.refused.append(Refused(here.route, labels.name or names.NAMELESS, refusals.BROKEN_ENCODING))
        return
    for one in found:
        name = names.safe(one.name)
        route = _fresh(here.inside(name or names.NAMELESS), to)
        _count(to, route)
        _unpack(one.content, to)
        file(one.content, Labels(name), Place(route, here.depth + 1), to)


def _msg(data: bytes, labels: Labels, here: Place, to: Gathering) -> None:
    found = outlook.open_bytes(data)
    if found is None:
        to.refused.append(Refused(here.route, labels.name or names.NAMELESS, refusals.BROKEN_MAIL))
        return
    before = len(to.workbooks)
    _came_in(outlook_message(found, Place(here.route, here.depth + 1), to), before, to)


def outlook_message(found: outlook.Message, here: Place, to: Gathering) -> Headers:
    """Everything in a mail of Outlook; its headers are given back."""
    for one in outlook.attachments(found):
        name = names.safe(one.name)
        route = _fresh(here.inside(name or names.NAMELESS), to)
        _count(to, route)
        if one.message is not None:
            if here.depth >= MAX_DEPTH:
                to.refused.append(Refused(route, name, refusals.TOO_DEEP))
            else:
                before = len(to.workbooks)
                _came_in(outlook_message(one.message, Place(route, here.depth + 1), to), before, to)
        elif one.content is None:
            to.refused.append(Refused(route, name or names.NAMELESS, refusals.TOO_LARGE_CONTAINER))
        else:
            _unpack(one.content, to)
            file(one.content, Labels(name), Place(route, here.depth), to)
    return outlook.head(found)


def _signed(data: bytes, labels: Labels, here: Place, to: Gathering) -> None:
    found = signed.content(data)
    if isinstance(found, Text):
        to.refused.append(Refused(here.route, labels.name or names.NAMELESS, found))
        return
    _unpack(found, to)
    # It is a piece of the mail around it, not a mail with a sender of its own.
    message(found, 0, len(found), Place(here.route, here.depth + 1), to)


_OPEN: Mapping[Kind, Callable[[bytes, Labels, Place, Gathering], None]] = {
    "zip": _zip,
    "mail": _mail,
    "msg": _msg,
    "tnef": _tnef,
    "signed": _signed,
}


def _unpack(data: bytes, to: Gathering) -> None:
    """Counts what comes out of containers: a mail may hold one that unpacks for ever."""
    to.unpacked += len(data)
    if to.unpacked > MAX_UNPACKED:
        to.refused.append(Refused("", names.NAMELESS, refusals.TOO_MUCH))
        raise Enough


def _count(to: Gathering, route: str) -> None:
    to.looked_at += 1
    if to.looked_at > MAX_ENTRIES:
        to.refused.append(Refused(route, names.NAMELESS, refusals.TOO_MANY))
        raise Enough


def _fresh(route: str, to: Gathering) -> str:
    """The route, numbered where two files of a container have one name."""
    found, number = route, 1
    while found in to.routes:
        number += 1
        found = f"{route}#{number}"
    to.routes.add(found)
    return found
