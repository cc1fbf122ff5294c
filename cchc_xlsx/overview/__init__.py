"""Who owes what and what came, for people and programs: one view of the ledger, as data, as a page, as tables."""

from __future__ import annotations

from collections.abc import Iterator

from cchc_xlsx.lang import Lang
from cchc_xlsx.overview.view import Overview, drawn


def html(view: Overview, lang: Lang, *, mails: bool = False) -> Iterator[str]:
    """The view as one page that needs nothing else, in pieces; to be encoded as UTF-8. `mails` has their list open."""
    from cchc_xlsx.overview import page  # noqa: PLC0415 - Jinja takes 50 ms, and the text does not need it

    return page.pieces(view, lang, mails=mails)


def to_bytes(view: Overview, lang: Lang) -> bytes:
    """The bytes of the view as a workbook."""
    from cchc_xlsx.overview import tables  # noqa: PLC0415 - XlsxWriter takes 50 ms as well

    return tables.to_bytes(view, lang)


__all__ = ["Overview", "drawn", "html", "to_bytes"]
