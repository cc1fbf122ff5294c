"""What a certificate says of itself: whom it is for, who gave it out, until when; nothing in it is believed here."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
from collections.abc import Iterator

from msgspec import Struct

_SEQUENCE, _UTC_TIME, _TIME, _VERSION, _EXTENSIONS = 0x30, 0x17, 0x18, 0xA0, 0xA3
_COMMON_NAME, _ORGANISATION = bytes.fromhex("550403"), bytes.fromhex("55040a")
_ALTERNATIVE_NAMES = bytes.fromhex("551d11")
_DNS, _ADDRESS = 0x82, 0x87
_LONGEST = 100  # characters of a name that is shown


class Certificate(Struct, frozen=True):
    """A server's certificate. `names` are those it is for, `issuer` who gave it out, `until` its end (UTC); empty or None
    where it does not say so in a way that we read."""

    sha256: str  # of the DER, in small hexadecimal digits
    names: tuple[str, ...] = ()
    issuer: str = ""
    until: dt.datetime | None = None

    @property
    def fingerprint(self) -> str:
        """The sha256 as administrators read it out: capital pairs with colons between."""
        return ":".join(self.sha256[at : at + 2] for at in range(0, len(self.sha256), 2)).upper()


def read(der: bytes) -> Certificate:
    """What a certificate (DER) says; of one that makes no sense only the sha256."""
    sha256 = hashlib.sha256(der).hexdigest()
    try:
        fields = list(_items(_inside(_inside(der, _SEQUENCE), _SEQUENCE)))
        if fields[0][0] == _VERSION:
            del fields[0]
        _, _, issuer, validity, subject = (content for _, content in fields[:5])
        extensions = next((content for tag, content in fields if tag == _EXTENSIONS), b"")
        names = tuple(_alternative_names(extensions)) or tuple(_named(subject, _COMMON_NAME))
        issued = [*_named(issuer, _COMMON_NAME), *_named(issuer, _ORGANISATION)]
        return Certificate(sha256, names, issued[0] if issued else "", _until(validity))
    except (ValueError, IndexError):
        return Certificate(sha256)


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The (tag, content) pairs that follow one another. Raises ValueError."""
    at = 0
    while at < len(data):
        if at + 2 > len(data):
            raise ValueError("cut off")
        tag, length = data[at], data[at + 1]
        at += 2
        if length >= 0x80:
            digits = length - 0x80
            length = int.from_bytes(data[at : at + digits], "big")
            at += digits
        if at + length > len(data):
            raise ValueError("cut off")
        yield tag, data[at : at + length]
        at += length


def _inside(data: bytes, expected: int) -> bytes:
    """The content of the first item, which must be of this kind. Raises ValueError."""
    tag, content = next(_items(data), (0, b""))
    if tag != expected:
        raise ValueError("something else")
    return content


def _named(name: bytes, kind: bytes) -> Iterator[str]:
    """The parts of a distinguished name that are of one kind."""
    for _, group in _items(name):
        for _, pair in _items(group):
            (_, identifier), (_, value) = list(_items(pair))[:2]
            if identifier == kind:
                yield _shown(value)


def _alternative_names(extensions: bytes) -> Iterator[str]:
    if not extensions:
        return
    for _, extension in _items(_inside(extensions, _SEQUENCE)):
        parts = list(_items(extension))
        if parts[0][1] != _ALTERNATIVE_NAMES:
            continue
        for tag, value in _items(_inside(parts[-1][1], _SEQUENCE)):
            if tag == _DNS:
                yield _shown(value)
            elif tag == _ADDRESS and len(value) in (4, 16):
                yield str(ipaddress.ip_address(value))


def _until(validity: bytes) -> dt.datetime | None:
    tag, value = list(_items(validity))[1]
    text = value.decode("ascii")
    if tag == _UTC_TIME:  # years 1950 to 2049
        text = ("19" if text[:2] >= "50" else "20") + text
    elif tag != _TIME:
        return None
    return dt.datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=dt.UTC)


def _shown(value: bytes) -> str:
    text = value.decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable())[:_LONGEST]
