"""The workbook of many communes: its sheets in their order."""

from __future__ import annotations

from cchc_xlsx.consolidate import words
from cchc_xlsx.layout.model import Sheet
from cchc_xlsx.province import board, details, matrix, tables, totals
from cchc_xlsx.province.model import Province


def sheets(province: Province) -> tuple[Sheet, ...]:
    """All sheets; those with bodies are for `writer.save_long`."""
    banner = words.WITH_ERRORS if province.include_errors else ""
    found = details.details(province, banner)
    compared = matrix.matrix(province, found, banner)
    added = totals.totals(province, found, compared, banner)
    return (
        compared.sheet,
        added.sheet,
        found.sheet,
        tables.sources(province, banner),
        board.board(province, compared, added, banner),
        tables.problems(province, compared, banner),
    )


def title(province: Province) -> str:
    """What the workbook is called."""
    period = province.issue.period
    assert period
    return f"Các xã {province.issue.form.id} {period.code}"
