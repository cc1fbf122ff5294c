"""What a check found, as text for other programs: a table and a page, in pieces, so that ten thousand files need not be in memory."""

from __future__ import annotations

from collections.abc import Iterator

from cchc_xlsx.lang import Lang
from cchc_xlsx.reports import table
from cchc_xlsx.reports.table import is_csv
from cchc_xlsx.reports.words import MADE
from cchc_xlsx.results import Report


def csv(report: Report, lang: Lang) -> Iterator[str]:
    """The findings as CSV, line by line; to be encoded as UTF-8 as it is, with its byte order mark and line ends."""
    return table.lines(report, lang)


def html(report: Report, lang: Lang) -> Iterator[str]:
    """The findings as one page that needs nothing else, in pieces; to be encoded as UTF-8."""
    from cchc_xlsx.reports import page  # noqa: PLC0415 - Jinja takes 50 ms, and the table does not need it

    return page.pieces(report, lang)


__all__ = ["MADE", "csv", "html", "is_csv"]
