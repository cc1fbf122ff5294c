"""winmail.dat and signed mails, written by hand."""

from __future__ import annotations

import struct


def tnef(*files: tuple[str, bytes | None], long_names: bool = True) -> bytes:
    """A winmail.dat with these files; the short name is what old programs make of it."""
    out = b"\x78\x9f\x3e\x22\x01\x00" + _attribute(1, 0x9006, 8, b"\x00\x00\x01\x00")
    out += _attribute(1, 0x9007, 6, struct.pack("<LL", 1258, 0))
    for name, content in files:
        out += _attribute(2, 0x9002, 6, bytes(14))
        out += _attribute(2, 0x8010, 1, name.encode("ascii", "replace") + b"\0")
        out += _attribute(2, 0x800F, 6, content) if content is not None else b""
        if long_names:
            out += _attribute(2, 0x9005, 6, struct.pack("<L", 3) + _number(0x0E20, 5) + _named() + _name(name))
    return out


def tnef_with_mail(inner: bytes) -> bytes:
    """A winmail.dat in which a mail is packed the same way."""
    out = b"\x78\x9f\x3e\x22\x01\x00" + _attribute(2, 0x9002, 6, bytes(14))
    value = bytes.fromhex("0703020000000000c000000000000046") + inner
    pad = bytes(-len(value) % 4)
    prop = struct.pack("<HHLL", 0x000D, 0x3701, 1, len(value)) + value + pad
    return out + _attribute(2, 0x9005, 6, struct.pack("<L", 1) + prop)


def _attribute(level: int, kind: int, of: int, content: bytes) -> bytes:
    return struct.pack("<BHHL", level, kind, of, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def _number(tag: int, value: int) -> bytes:
    return struct.pack("<HHL", 3, tag, value)


def _named() -> bytes:
    """A property that has a name of its own, in the way of the others."""
    name = "đặc biệt\0".encode("utf-16-le")
    return (
        struct.pack("<HH16sLL", 3, 0x8001, bytes(16), 1, len(name))
        + name
        + bytes(-len(name) % 4)
        + struct.pack("<L", 7)
    )


def _name(name: str) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    return struct.pack("<HHLL", 0x1F, 0x3707, 1, len(raw)) + raw + bytes(-len(raw) % 4)


_DATA = bytes.fromhex("2a864886f70d010701")
SIGNED = bytes.fromhex("2a864886f70d010702")
ENVELOPED = bytes.fromhex("2a864886f70d010703")


def signed(content: bytes, kind: bytes = SIGNED, piece: int = 0) -> bytes:
    """A signature around `content`, in pieces of that many bytes as programs write that stream; without certificates."""
    if piece:
        octets = b"".join(_der(0x04, content[at : at + piece]) for at in range(0, len(content), piece))
        inner = b"\xa0\x80\x24\x80" + octets + bytes(4)
    else:
        inner = _der(0xA0, _der(0x04, content))
    body = _der(0x02, b"\x01") + _der(0x31, b"") + _der(0x30, _der(0x06, _DATA) + inner) + _der(0x31, b"")
    return _der(0x30, _der(0x06, kind) + _der(0xA0, _der(0x30, body)))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    count = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | count]) + size.to_bytes(count, "big") + content
