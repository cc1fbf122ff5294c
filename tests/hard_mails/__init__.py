"""Hard mails, the same each time: every oddity of mail programs that hides a workbook, spoils its name, or must be refused.

`all` makes them around workbooks that are given, so that a whole round can be walked with workbooks of a project.
"""

from __future__ import annotations

from collections.abc import Sequence

from hard_mails import harmed, named, people, placed, wrapped
from hard_mails.case import OFFICE, SENDER, HardMail

__all__ = ["OFFICE", "SENDER", "HardMail", "all"]


def all(books: Sequence[bytes]) -> list[HardMail]:  # noqa: A001 - hard_mails.all() reads as it is
    """Every hard mail; the first workbook stands in nearly all, the last is the other one where there are two."""
    book = books[0]
    return [
        *placed.mails(book),
        *named.mails(book),
        *wrapped.mails(books),
        *harmed.mails(book),
        *people.mails(book),
    ]
