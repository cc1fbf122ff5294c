"""Marked copies for tests: a workbook's bytes → what the checker says, the copy, and what the checker says of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import checked
from misfill import Mistake
from msgspec import Struct

from cchc_xlsx import alteration, marks, reader, recognise, writer
from cchc_xlsx.examine import Examined
from cchc_xlsx.grid import Book
from cchc_xlsx.issue import Issue
from cchc_xlsx.lang import Lang
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import Layout, a1
from cchc_xlsx.recognise import Asked

NAME = "Báo cáo <quý>.xlsx"


class Copied(Struct, frozen=True, dict=True):
    """A workbook that was sent, its marked copy, and the layout of that."""

    before: Examined
    source: marks.Source
    layout: Layout
    data: bytes
    after: Examined

    @property
    def listed(self) -> list[str]:
        """The list's lines: all cells of a row that say something."""
        rows: dict[int, list[str]] = {}
        for (row, _), cell in sorted(self.layout.sheets[1].cells.items()):
            if isinstance(cell.content, str):
                rows.setdefault(row, []).append(cell.content.replace("\n", " "))
        return [" | ".join(texts) for texts in rows.values()]

    def note(self, key: str) -> str:
        """The note on an input."""
        found = self.layout.form_sheet.cells[self.layout.inputs[key]].note
        return found.text if found else ""


def source(data: bytes, result: Examined) -> marks.Source:
    """A workbook read and recognised once more: what the checker had in hand when it made `result`."""
    book = reader.read(data)
    assert isinstance(book, Book)
    found = recognise.recognise(book, Asked())
    assert found.identity and found.sheet and result.filled
    aligned, _ = alteration.align(result.filled.layout, found.sheet)
    return marks.Source(result.filled, found.identity, book, found.sheet, aligned)


def copied(data: bytes, folder: Path, lang: Lang = "vi") -> Copied:
    """A workbook checked, copied with marks, and the copy checked."""
    before = checked.result(data, folder, name="gui-ve.xlsx")
    assert (folder / "gui-ve.xlsx").read_bytes() == data
    one = source(data, before)
    copy = marks.marked_copy(one, before.findings, lang, NAME)
    assert (folder / "gui-ve.xlsx").read_bytes() == data
    layout = marks.layout(one, before.findings, lang, NAME)
    return Copied(before, one, layout, copy, checked.result(copy, folder, name="danh-dau.xlsx"))


def about_inputs(result: Examined) -> list[tuple[str, str | None]]:
    """Code and key of each finding that is told in a copy, in order."""
    return [(one.code, one.key) for one in result.findings if one.severity != "info"]


def mistaken(issue: Issue, typed: Mistake) -> bytes:
    """The workbook of an issue with a filling of misfill typed in: errors too, as they stand in a file."""
    layout = place.place(issue, {key: value for key, value in typed.items() if not isinstance(value, dict)})
    errors = {key for key, value in typed.items() if isinstance(value, dict)}
    return with_inputs(layout, writer.to_bytes(layout), dict.fromkeys(errors, "!#DIV/0!"))


def with_inputs(layout: Layout, data: bytes, drawn: Mapping[str, str]) -> bytes:
    """The workbook with drawn values in inputs by key."""
    return checked.with_cells(data, {a1(layout.inputs[key]): value for key, value in drawn.items()})


def drawn(value: object) -> str:
    """A native value as `checked` draws it."""
    return "-" if value is None else f"{value!r}" if isinstance(value, (int, float)) else f"'{value}"


def told(lines: Sequence[str], *parts: str) -> bool:
    """Whether one line says all of these."""
    return any(all(part in line for part in parts) for line in lines)
