"""A file of the hostile folder: its name, how it comes to be, and what the checker must say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NO_FORM = "I501"  # opens, and is no form of ours: what a good twin of a hostile workbook gets
# The guard table: what a file over the limit is told, in the words of the report, and the limit.
LIMITS = {
    "file-bytes": ("Dung lượng tệp (byte)", 25 << 20),
    "entries": ("Số phần trong tệp", 1_000),
    "part-bytes": ("Dung lượng một phần (byte)", 64 << 20),
    "total-bytes": ("Dung lượng sau giải nén (byte)", 128 << 20),
    "ratio": ("Tỷ lệ nén", 200),
    "xml-token": ("Độ dài một mục XML", 64 << 10),
    "xml-depth": ("Độ sâu XML", 64),
    "xml-elements": ("Số mục XML", None),
    "sheets": ("Số trang tính", 64),
    "strings": ("Số chuỗi khai báo", None),  # the bytes of the part
    "row": ("Số dòng", 20_000),
    "column": ("Số cột", 512),
    "box": ("Vùng dữ liệu (ô)", 2_000_000),
    "cells": ("Số ô", 200_000),
    "merges": ("Số vùng gộp", 5_000),
    "merged-cells": ("Số ô trong vùng gộp", 50_000),
    "links": ("Số liên kết", 5_000),
    "linked-cells": ("Số ô có liên kết", 50_000),
    "formulas": ("Độ dài các công thức", None),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One entry of the folder.

    `name` is its path there, with bytes that are not UTF-8 as surrogates; `shown` how the report must write it. `codes`
    are the findings that it may get, the first error decides; none where it is right. `says` must stand in the message.
    """

    name: str
    put: Callable[[Path], object]
    codes: tuple[str, ...]
    status: str
    says: str = ""
    shown: str = ""
    codes_for_root: tuple[str, ...] | None = None  # whom permissions do not keep out; none for what is not listed then


def case(
    name: str, make: bytes | Callable[[], bytes], code: str, what: str = "", says: str = "", status: str = ""
) -> Case:
    """A file with that content, and its code ("F005", or "F011 F016" where either is right); `what` is a limit."""
    codes = tuple(code.split())
    if what in LIMITS:
        words, limit = LIMITS[what]
        says = f"{words}: " if limit is None else f", giới hạn là {limit}."
        assert codes[0] == "F011", name
    return Case(
        name, lambda path: path.write_bytes(make() if callable(make) else make), codes, status_of(code, status), says
    )


def status_of(code: str, status: str = "") -> str:
    """What a file with that code ends as, where it is not said."""
    return status or ("skipped" if code.startswith("F02") else "error" if code else "ok")
