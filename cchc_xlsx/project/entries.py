"""What one cell of a set-up workbook says: a text, a day, a number, a choice, addresses; what it cannot mean is told."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping

from cchc_xlsx import values
from cchc_xlsx.lang import Text
from cchc_xlsx.project.mistakes import Mistake
from cchc_xlsx.project.tables import Entry

_LONGEST = 300
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"|]{1,64}@[^\W_](?:[\w-]*\w)?(?:\.[^\W_](?:[\w-]*\w)?)+")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]+:[0-9A-Fa-f:.]+", re.ASCII)

_ERROR = Text("ô báo lỗi {value}; xóa rồi ghi lại.", "the cell shows the error {value}; clear it and fill it in again.")
_TOO_LONG = Text(
    "quá dài ({count} ký tự); ghi không quá {most} ký tự.", "too long ({count} characters); write {most} at most."
)
_UNPRINTABLE = Text(
    "có ký tự không in được; xóa rồi gõ lại.", "it holds signs that cannot be printed; clear it and type it again."
)
_NO_DATE = Text(
    "“{value}” không phải là một ngày; ghi ngày/tháng/năm, ví dụ 15/3/2027.",
    "“{value}” is not a date; write day/month/year, e.g. 15/3/2027.",
)
_NO_WHOLE = Text(
    "“{value}” không dùng được; ghi một số nguyên từ {low} đến {high}.",
    "“{value}” cannot be used; write a whole number from {low} to {high}.",
)
_NO_CHOICE = Text("“{value}” không có trong danh sách; chọn một trong: {known}.", "“{value}” is not in the list; choose one of: {known}.")  # fmt: skip
_NO_ADDRESS = Text(
    "“{value}” không phải địa chỉ thư; ghi như tuphap@xa.gov.vn, nhiều địa chỉ cách nhau bằng dấu chấm phẩy.",
    "“{value}” is not a mail address; write it like tuphap@xa.gov.vn, several parted by semicolons.",
)
_NO_HOST = Text(
    "“{value}” không phải tên máy chủ; ghi như mail.xa.gov.vn, không có imap://, dấu cách hay số cổng.",
    "“{value}” is not the name of a server; write it like mail.xa.gov.vn, without imap://, blanks or port.",
)


def tell(mistakes: list[Mistake], entry: Entry, text: Text, **data: object) -> None:
    """Add a mistake about a cell."""
    mistakes.append(Mistake(entry.sheet, entry.cell, text.format(**data)))


def shown(entry: Entry) -> str:
    """The value as a person would read it in the cell, line breaks kept."""
    value = entry.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else values.say_number(value, 10)
    if isinstance(value, dt.date):
        return values.say_date(value)
    lines = str(value).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(filter(None, (_words(line) for line in lines)))


def _words(line: str) -> str:
    """The words of a line without what nobody sees."""
    return " ".join(filter(None, map(values.squash, line.split())))


def text(entry: Entry, mistakes: list[Mistake], most: int = _LONGEST) -> str:
    """The cell's text on one line; empty where there is none."""
    said = " ".join(shown(entry).split())
    if entry.error:
        tell(mistakes, entry, _ERROR, value=entry.error)
    elif len(said) > most:
        tell(mistakes, entry, _TOO_LONG, count=len(said), most=most)
    elif not said.isprintable():
        tell(mistakes, entry, _UNPRINTABLE)
    else:
        return said
    return ""


def names(entry: Entry, mistakes: list[Mistake], most: int = 120) -> tuple[str, ...]:
    """Texts parted by semicolons or line breaks (a name may hold a comma), each once."""
    if entry.error:
        tell(mistakes, entry, _ERROR, value=entry.error)
    found = tuple(dict.fromkeys(filter(None, (piece.strip() for piece in re.split(r"[;\n]", shown(entry))))))
    for piece in found:
        if len(piece) > most:
            tell(mistakes, entry, _TOO_LONG, count=len(piece), most=most)
    return found


def day(entry: Entry, mistakes: list[Mistake]) -> dt.date | None:
    """The day that the cell holds as a date, a number of days or a text; None where it is blank or told."""
    if isinstance(entry.value, float):
        found = values.from_serial(entry.value)
        found = found if found and 1990 <= found.year <= 2199 else None
    else:
        found = entry.value if isinstance(entry.value, dt.date) else values.date(shown(entry))
    if found is None and (entry.error or shown(entry)):
        tell(mistakes, entry, _NO_DATE, value=entry.error or shown(entry))
    return found


def whole(entry: Entry, mistakes: list[Mistake], low: int, high: int) -> int | None:
    """The whole number within limits; None where it is blank or told."""
    said = entry.error or shown(entry)
    if not said:
        return None
    number = values.number(said).value if isinstance(entry.value, (str, float)) else None
    if number is not None and number.is_integer() and low <= number <= high:
        return int(number)
    tell(mistakes, entry, _NO_WHOLE, value=said, low=low, high=high)
    return None


def choice(entry: Entry, mistakes: list[Mistake], known: Mapping[str, Text]) -> str | None:
    """The code of a word of a list, in either language and any case; None where it is blank or told."""
    said = entry.error or shown(entry)
    if not said:
        return None
    for code, word in known.items():
        if values.fold(said) in (values.fold(code), values.fold(word.vi), values.fold(word.en)):
            return code
    words = (", ".join(one.say(lang) for one in known.values()) for lang in ("vi", "en"))
    tell(mistakes, entry, _NO_CHOICE, value=said, known=Text(*words))
    return None


def addresses(entry: Entry, mistakes: list[Mistake]) -> tuple[str, ...]:
    """The mail addresses in the cell, lower-cased, each once; "Tên <a@b.vn>" means what stands in the brackets."""
    if entry.error:
        tell(mistakes, entry, _ERROR, value=entry.error)
    found: dict[str, None] = {}
    for piece in re.split(r"[,;\n]", shown(entry)):
        inner = re.fullmatch(r".*<([^<>]*)>\s*", piece)
        words = [values.squash(word).removeprefix("mailto:") for word in (inner[1] if inner else piece).split()]
        if all(len(word) <= 254 and _ADDRESS.fullmatch(word) for word in words):
            found |= dict.fromkeys(word.lower() for word in words)
        else:
            tell(mistakes, entry, _NO_ADDRESS, value=piece.strip())
    return tuple(found)


def hosts(entry: Entry, mistakes: list[Mistake]) -> tuple[str, ...]:
    """The names of servers in the cell, lower-cased, each once."""
    if entry.error:
        tell(mistakes, entry, _ERROR, value=entry.error)
    return tuple(dict.fromkeys(_hosts(re.split(r"[,;\s]", shown(entry)), entry, mistakes)))


def host(entry: Entry, mistakes: list[Mistake]) -> str:
    """The name of one server, lower-cased; empty where it is blank or told."""
    said = text(entry, mistakes)
    return next(iter(_hosts([said], entry, mistakes)), "")


def _hosts(words: Iterable[str], entry: Entry, mistakes: list[Mistake]) -> Iterator[str]:
    for word in words:
        name = values.squash(word)
        if name and (len(name) > 253 or ".." in name or word != word.strip() or not _HOST.fullmatch(word)):
            tell(mistakes, entry, _NO_HOST, value=word)
        elif name:
            yield name.lower()
