"""What is written to disk. The only room that imports XlsxWriter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cchc_xlsx.lang import Lang
from cchc_xlsx.writer.files import save

if TYPE_CHECKING:
    from cchc_xlsx.layout.model import Layout, Sheet
    from cchc_xlsx.results import Report


def to_bytes(layout: Layout) -> bytes:
    """The workbook's bytes."""
    from cchc_xlsx.writer import book  # noqa: PLC0415 - XlsxWriter takes 50 ms, and saving a file does not need it

    return book.to_bytes(layout)


def sheets_to_bytes(sheets: Sequence[Sheet], title: str, properties: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a workbook of these sheets that is no form, with text properties by name."""
    from cchc_xlsx.writer import book  # noqa: PLC0415 - as above

    return book.sheets_to_bytes(sheets, title, properties or {})


def findings_to_bytes(report: Report, lang: Lang, path: Path | None = None) -> bytes:
    """The bytes of the workbook of a report's findings; its files are linked as seen from `path`, where it is to be saved."""
    from cchc_xlsx.writer import findings  # noqa: PLC0415 - as above

    return findings.to_bytes(report, lang, path)


def save_long(sheets: Sequence[Sheet], title: str, properties: Mapping[str, str], path: Path) -> None:
    """Write a workbook of these sheets, which may have bodies, at `path`, which appears whole or not at all."""
    from cchc_xlsx.writer import long  # noqa: PLC0415 - as above

    long.save(sheets, title, properties, path)


def write(layout: Layout, path: Path) -> None:
    """Write the workbook at `path`, which appears whole or not at all."""
    save(to_bytes(layout), path)


__all__ = ["findings_to_bytes", "save", "save_long", "sheets_to_bytes", "to_bytes", "write"]
