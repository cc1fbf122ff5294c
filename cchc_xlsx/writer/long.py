"""Workbooks with sheets of hundreds of thousands of rows: the rows are written as they are made and never held together."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.sharedstrings import SharedStringTable

from cchc_xlsx.layout.model import Body, Formula, Sheet, Style, column_letters
from cchc_xlsx.writer import book as books
from cchc_xlsx.writer import files, links, strict

_PIECE = 1 << 20  # bytes
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML may hold them


class _Strings(SharedStringTable):  # type: ignore[misc]
    """The shared strings, which grow until the last sheet is written: XlsxWriter closes its own before the first."""

    def __init__(self) -> None:
        super().__init__()
        self.string_array: list[str] = []

    def _sort_string_data(self) -> None:
        self.string_array = list(self.string_table)

    def _get_shared_string_index(self, string: str) -> int:
        index: int = super()._get_shared_string_index(string)
        if self.string_array and index >= len(self.string_array):
            self.string_array.append(string)
        return index


class _Forgetful(dict[object, object]):
    """What XlsxWriter notes of each cell of a table, to tell tables that overlap; we have one a sheet, of millions of cells."""

    def __setitem__(self, _key: object, _value: object) -> None:
        """Keep nothing."""


class LongSheet(books.OwnWorksheet):
    """A worksheet whose last rows are made while it is written."""

    dim_rowmax: int
    own_body: Body | None = None
    own_styles: Sequence[int] = ()
    own_letters: Sequence[str] = ()

    def _write_rows(self) -> None:
        last: int = self.dim_rowmax
        if self.own_body:
            self.dim_rowmax = self.own_body.first - 2
        super()._write_rows()
        self.dim_rowmax = last
        if self.own_body:
            for number, (height_pt, cells) in enumerate(self.own_body.rows(), self.own_body.first):
                self.fh.write(self._row(number, height_pt, cells))

    def _row(self, number: int, height_pt: float, cells: Sequence[tuple[Any, int]]) -> str:
        parts = [f'<row r="{number}" ht="{height_pt:.16g}" customHeight="1">']
        for letter, (content, style) in zip(self.own_letters, cells, strict=True):
            begin = f'<c r="{letter}{number}" s="{self.own_styles[style]}"'
            if content is None or content == "":
                parts.append(f"{begin}/>")
            elif isinstance(content, Formula):
                kind = ' t="str"' if isinstance(content.value, str) else ""
                value = _text(content.value) if kind else repr(float(content.value))
                parts.append(f"{begin}{kind}><f>{escape(content.text, quote=False)}</f><v>{value}</v></c>")
            elif isinstance(content, str):
                index = self.str_table._get_shared_string_index(content)
                parts.append(f'{begin} t="s"><v>{index}</v></c>')
            else:
                parts.append(f"{begin}><v>{_number(content)}</v></c>")
        parts.append("</row>")
        return "".join(parts)


def _text(text: str | float) -> str:
    return escape(_CONTROLS.sub("", str(text)), quote=False)


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def save(sheets: Sequence[Sheet], title: str, properties: Mapping[str, str], path: Path) -> None:
    """Write the workbook of these sheets at `path`, which appears whole or not at all; nothing is left of a run that was stopped."""
    with tempfile.TemporaryDirectory(prefix="cchc-") as folder:
        made = Path(folder) / "book.xlsx"
        _make(sheets, title, properties, made, folder)
        files.save(_pieces(made), path)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _make(sheets: Sequence[Sheet], title: str, properties: Mapping[str, str], path: Path, folder: str) -> None:
    options = {**strict.OPTIONS, "in_memory": False, "tmpdir": folder}
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # XlsxWriter drops what it does not like with a warning only
        book = xlsxwriter.Workbook(str(path), options)
        try:
            _fill(book, sheets, title, properties)
            book.close()
        except (XlsxWriterException, UserWarning) as error:
            raise strict.WriteError(str(error)) from error
        finally:
            for worksheet in book.worksheets():  # of a run that was stopped: Windows removes no open file
                if worksheet.fh and not worksheet.fh.closed:
                    worksheet.fh.close()


def _fill(book: Any, sheets: Sequence[Sheet], title: str, properties: Mapping[str, str]) -> None:  # noqa: ANN401
    book.str_table = _Strings()
    book.set_properties({"title": title, "created": strict.CREATED})
    for name, text in properties.items():
        book.set_custom_property(name, text, "text")
    book.set_calc_mode("auto")
    formats: dict[Style, Any] = {}
    for sheet in sheets:
        _sheet(book, sheet, formats)


def _sheet(book: Any, sheet: Sheet, formats: dict[Style, Any]) -> None:  # noqa: ANN401  XlsxWriter is untyped
    worksheet = book.add_worksheet(sheet.name, LongSheet)
    worksheet.table_cells = _Forgetful()  # by far the most memory, else
    books.draw(book, worksheet, sheet, formats)
    body = sheet.body
    if body is None:
        return
    worksheet.own_body = body
    worksheet.own_letters = [column_letters(column) for column in range(1, body.columns + 1)]
    worksheet.own_styles = [books.shape(book, style, formats)._get_xf_index() for style in body.styles]
    worksheet.dim_rowmax = max(worksheet.dim_rowmax, body.last - 1)
    for (row, column), (address, text) in body.links.items():
        strict.ok(worksheet._check_dimensions(row - 1, column - 1))
        worksheet.hyperlinks[row - 1][column - 1] = links.url(address, text)
