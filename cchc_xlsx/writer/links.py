"""Links from a workbook to files beside it, where a name can be a link in any program."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import quote

from xlsxwriter.url import Url

MOST = 65_530  # links that Excel allows on a sheet
_LONGEST = 2_000  # Excel allows 2,079 for an address
# Not allowed in a name on Windows, or (# and %) misread by Excel in a link.
_UNSAFE = re.compile(r'[\\:*?"<>|#%]')


def to_file(file: Path | None, workbook: Path | None) -> str | None:
    """The address of a file as seen from where the workbook is saved, percent-encoded; None where there is no safe one."""
    if file is None or workbook is None or file.suffix.lower() != ".xlsx":
        return None
    try:
        way = Path(os.path.relpath(file, workbook.parent)).as_posix()
    except ValueError:  # on another drive
        return None
    if _UNSAFE.search(way) or not way.isprintable():
        return None
    address = quote(way)
    return address if len(address) <= _LONGEST else None


def url(address: str, text: str) -> Url:
    """The link with its text; slashes in the way to the file, as Excel itself writes it, not XlsxWriter's backslashes.

    `address` is as `to_file` gives it, with a place in the file behind "#" where there is one.
    """
    found = Url(f"external:{address}")
    found.text = text
    found._relationship_link = address.partition("#")[0]
    return found


def to_cell(sheet: str | None, cell: str | None) -> str | None:
    """The place of a cell as the end of an address: 'Phụ lục 1'!I14; None where there is none, or the name cannot be a link."""
    if not sheet or not cell or len(sheet) > 31 or "#" in sheet or not sheet.isprintable():
        return None
    return (
        "'{}'!{}".format(sheet.replace("'", "''"), cell)
        if re.fullmatch(r"[A-Z]{1,3}[1-9]\d{0,6}(:[A-Z]{1,3}[1-9]\d{0,6})?", cell)
        else None
    )
