"""What is wrong with a set-up workbook, by sheet and cell."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.layout.model import from_a1

_HEAD = Text("Tệp thiết lập {file} có {count} chỗ phải sửa:", "The set-up {file} has {count} places to mend:")
_IS_OPEN = Text(
    "Tệp đang mở trong chương trình khác: sửa xong nhớ lưu lại rồi mới chạy lại.",
    "The file is open in another program: save it there before you run this again.",
)
_IN_SHEET = Text("{file}, trang “{sheet}”: ", "{file}, sheet “{sheet}”: ")
_IN_CELL = Text("{file}, trang “{sheet}”, ô {cell}: ", "{file}, sheet “{sheet}”, cell {cell}: ")
_IN_FILE = Text("{file}: ", "{file}: ")


class Mistake(Struct, frozen=True):
    """One mistake: its sheet and cell (empty where it has none), and what was found, what is allowed, how to mend it."""

    sheet: str
    cell: str
    text: Text

    def say(self, file: str, lang: Lang) -> str:
        """The line that tells it."""
        where = _IN_CELL if self.cell else _IN_SHEET if self.sheet else _IN_FILE
        return where.format(file=file, sheet=self.sheet, cell=self.cell).say(lang) + self.text.say(lang)

    def order(self, sheets: Sequence[str]) -> tuple[int, int, int]:
        """Where it stands among others: by sheet, row and column."""
        sheet = sheets.index(self.sheet) + 1 if self.sheet in sheets else 0
        return (sheet, *(from_a1(self.cell) if self.cell else (0, 0)))


class SetupError(CchcError):
    """Every mistake of a set-up workbook at once, in the order of its sheets and rows.

    `is_open`: a program has it open, so that what was typed last may not have been saved.
    """

    def __init__(self, file: str, mistakes: Sequence[Mistake], is_open: bool = False) -> None:
        vi, en = (
            "\n".join(
                [
                    _HEAD.format(file=file, count=len(mistakes)).say(lang),
                    *(one.say(file, lang) for one in mistakes),
                    *([_IS_OPEN.say(lang)] if is_open else []),
                ]
            )
            for lang in ("vi", "en")
        )
        super().__init__(Text(vi, en))
        self.file = file
        self.mistakes = tuple(mistakes)
        self.is_open = is_open

    def __reduce__(self) -> tuple[type[SetupError], tuple[str, tuple[Mistake, ...], bool]]:
        return (SetupError, (self.file, self.mistakes, self.is_open))
