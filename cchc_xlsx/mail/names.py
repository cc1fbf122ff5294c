"""Names of attachments → names that are safe to show, to store and to open on every system."""

from __future__ import annotations

import re
import unicodedata

NAMELESS = "khong-ten"
_MAX_BYTES = 200
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)[ .]*(?:\.|$)", re.IGNORECASE)
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co")  # control, direction, half a letter, line ends, no letter at all


def safe(name: str) -> str:
    """The base name after both slashes, NFC, at most 200 bytes of UTF-8, without what no file may be called.

    Empty where nothing is left. A safe name stays as it is.
    """
    base = re.split(r"[/\\]", name.rstrip("/\\ \t\r\n"))[-1][:4_000]
    shown = "".join(letter for letter in _spaces(base) if unicodedata.category(letter) not in _HIDDEN)
    clean = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", shown)).strip(" .")
    if _DEVICE.match(clean):
        clean = "_" + clean
    return _short(clean)


def _spaces(text: str) -> str:
    return re.sub(r"[\t\r\n\v\f\x85\u2028\u2029\xa0]+", " ", text)


def _short(name: str) -> str:
    """Cut in front of its ending."""
    if len(name.encode()) <= _MAX_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > 16:
        stem, dot, ending = name, "", ""
    room = _MAX_BYTES - len((dot + ending).encode())
    return (stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .") + dot + ending).strip(" .")


def suffix(name: str) -> str:
    """The ending of a name in lower case, with its dot; empty without one."""
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if stem and dot else ""
