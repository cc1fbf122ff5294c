"""Who wrote the mail that another one forwards in its text, as the forwarding program put it there."""

from __future__ import annotations

import html
import re

from cchc_xlsx.mail.addresses import ADDRESS

_MAX = 64 << 10
_SUBJECT = re.compile(r"\s*(?:fwd?|fw|tr|chuyển tiếp|ct)\s*:", re.IGNORECASE)
_MARK = re.compile(r"forwarded message|begin forwarded|chuyển tiếp", re.IGNORECASE)
_FROM = re.compile(r"[\s>*|]{0,20}(?:from|từ|người gửi)[\s*]{0,5}:[\s*]{0,5}(.{1,400})", re.IGNORECASE)
_NEXT = re.compile(
    r"[\s>*|]{0,20}(?:sent|date|to|cc|subject|đã gửi|ngày|ngày gửi|thời gian|gửi|gửi lúc|đến|tới|người nhận|chủ đề|tiêu đề)"
    r"[\s*]{0,5}:",
    re.IGNORECASE,
)
_BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/h\d|hr)\b[^<>]{0,200}>", re.IGNORECASE)
_TAGS = re.compile(r"<(?!mailto:)(?![^<>\s@]{1,64}@)[^<>]{0,2000}>")


def sender(subject: str, text: str) -> str | None:
    """The address in the block of headers that forwarding puts above the old text; None where nothing is forwarded."""
    lines = [line[:600] for line in text[:_MAX].splitlines() if line.strip(" \t>*")]
    is_forward = _SUBJECT.match(subject) is not None
    for number, line in enumerate(lines):
        is_forward = is_forward or _MARK.search(line) is not None
        found = _FROM.match(line) if is_forward else None
        if found and any(_NEXT.match(after) for after in lines[number + 1 : number + 5]):
            addresses = ADDRESS.findall(" ".join([found[1], *_rest(lines[number + 1])]))
            return addresses[-1].lower() if addresses else None
    return None


def _rest(following: str) -> list[str]:
    """The next line too where a long address was broken over two."""
    return [] if _NEXT.match(following) else [following]


def plain(page: str) -> str:
    """The text of an HTML body, in lines."""
    return html.unescape(_TAGS.sub("", _BREAKS.sub("\n", page[:_MAX])))
