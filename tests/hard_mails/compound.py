"""Compound files (OLE2) written by hand: mails of Outlook, old workbooks, encrypted ones."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_ENTRY = struct.Struct("<64sHBBLLL16sLQQLQ")

Tree = Mapping[str, "bytes | Tree"]


def write(tree: Tree) -> bytes:
    """A compound file with these streams (bytes) and storages (mappings)."""
    entries: list[list[object]] = []
    streams: list[bytes] = []
    _add("Root Entry", tree, entries, streams)
    mini, mini_fat, sectors, fat = bytearray(), [], bytearray(), []
    for entry, content in zip(entries, streams, strict=True):
        if entry[1] != 2:
            continue
        small = len(content) < _CUTOFF
        entry[5], entry[6] = (
            (_place(content, mini, mini_fat, _MINI) if small else _place(content, sectors, fat, _SECTOR)),
            len(content),
        )
    entries[0][5], entries[0][6] = _place(bytes(mini), sectors, fat, _SECTOR), len(mini)
    first_mini_fat = _place(struct.pack(f"<{len(mini_fat)}L", *mini_fat), sectors, fat, _SECTOR, b"\xff")
    directory = b"".join(map(_entry, entries))
    first_directory = _place(directory, sectors, fat, _SECTOR)
    count = 1
    while (len(fat) + count) * 4 > count * _SECTOR:
        count += 1
    first_fat = len(fat)
    fat += [_FAT] * count
    sectors += struct.pack(f"<{len(fat)}L", *fat).ljust(count * _SECTOR, b"\xff")
    mini_sectors = -(-len(mini_fat) * 4 // _SECTOR)
    head = struct.pack(
        "<8s16sHHHHHHLLLLLLLLLL", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0,
        count, first_directory, 0, _CUTOFF, first_mini_fat, mini_sectors, _END, 0,
    )  # fmt: skip
    assert count <= 109
    table = [first_fat + number for number in range(count)] + [_FREE] * (109 - count)
    return head + struct.pack("<109L", *table) + bytes(sectors)


def _add(name: str, node: bytes | Tree, entries: list[list[object]], streams: list[bytes]) -> int:
    """Adds an entry and all below it; children are a chain of right neighbours."""
    here = len(entries)
    kind = 5 if not here else 2 if isinstance(node, bytes) else 1
    entries.append([name, kind, _NONE, _NONE, _NONE, _END if kind != 1 else 0, 0])
    streams.append(node if isinstance(node, bytes) else b"")
    if not isinstance(node, bytes):
        before = -1
        for child in sorted(node, key=lambda one: (len(one), one.upper())):
            number = _add(child, node[child], entries, streams)
            entries[here if before < 0 else before][4 if before < 0 else 3] = number
            before = number
    return here


def _entry(entry: list[object]) -> bytes:
    name, kind, left, right, child, start, size = entry
    raw = (str(name) + "\0").encode("utf-16-le")
    return _ENTRY.pack(raw, len(raw), kind, 1, left, right, child, b"", 0, 0, 0, start, size)


def _place(content: bytes, into: bytearray, table: list[int], size: int, fill: bytes = b"\0") -> int:
    """Where the chain of a stream begins."""
    if not content:
        return _END
    first, count = len(table), -(-len(content) // size)
    into += content.ljust(count * size, fill)
    table += [*range(first + 1, first + count), _END]
    return first


def outlook(
    head: bytes, attachments: list[tuple[str, bytes | Tree]], text: str = "Kính gửi", is_inside: bool = False
) -> Tree:
    """The tree of a mail of Outlook; an attachment is bytes, or the tree of another mail."""
    tree: dict[str, bytes | Tree] = {
        "__properties_version1.0": bytes(24 if is_inside else 32),
        "__substg1.0_1000001F": text.encode("utf-16-le"),
        "__substg1.0_001A001F": "IPM.Note".encode("utf-16-le"),
        "__substg1.0_0037001F": "Báo cáo".encode("utf-16-le"),
        "__substg1.0_5D01001F": "tuphap@nhonhau.gov.vn".encode("utf-16-le"),
    }
    if head:
        tree["__substg1.0_007D001F"] = head.decode().encode("utf-16-le")
    for number, (name, content) in enumerate(attachments):
        place = "37010102" if isinstance(content, bytes) else "3701000D"
        tree[f"__attach_version1.0_#{number:08X}"] = {
            "__properties_version1.0": bytes(8),
            "__substg1.0_3707001F": name.encode("utf-16-le"),
            f"__substg1.0_{place}": content,
        }
    return tree
