"""XlsxWriter held to its word: what it refuses or drops with a warning is an error, and the same input gives the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import warnings
from collections.abc import Callable
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

CREATED = dt.datetime(2026, 1, 1)
FONT = "Times New Roman"
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_format_properties": {"font_name": FONT, "font_size": 11, "font_scheme": False},
}


class WriteError(Exception):
    """XlsxWriter refused something that we asked for: our mistake."""


def to_bytes(fill: Callable[[Any], None]) -> bytes:
    """The bytes of a new workbook that `fill` has filled."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # XlsxWriter drops what it does not like with a warning only
        try:
            book = xlsxwriter.Workbook(buffer, OPTIONS)
            fill(book)
            book.close()
        except (XlsxWriterException, UserWarning) as error:
            raise WriteError(str(error)) from error
    return buffer.getvalue()


def ok(result: object) -> None:
    """XlsxWriter says no by a negative number and goes on; we do not."""
    if isinstance(result, int) and result < 0:
        raise WriteError(f"XlsxWriter refused with {result}")
