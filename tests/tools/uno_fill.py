"""Fills workbooks in a running LibreOffice and reads what they then show; started by tests/office.py.

    python3 uno_fill.py PIPE JOBS.json RESULTS.json

Runs under any Python 3.9+ that has uno, hence without our packages. Ends the office when it is done.
"""

# ruff: noqa: FBT003 (what the office's interface takes has no names)

from __future__ import annotations

import contextlib
import json
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException, Locale
from com.sun.star.uno import RuntimeException

CONNECT_TIMEOUT_S = 90
LOGICAL = 1024  # com.sun.star.util.NumberFormat
ERROR_RESULTS = 4  # com.sun.star.sheet.FormulaResult
WRITABLE = {"path", "out", "sheet", "set", "read", "heights"}
XLSX = "Calc MS Excel 2007 XML"


def connect(pipe: str) -> Any:
    """The desktop of the office that listens on this pipe, once it does."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + CONNECT_TIMEOUT_S
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def properties(**values: Any) -> tuple[Any, ...]:
    """Named arguments as the office takes them."""
    return tuple(PropertyValue(name, 0, value, 0) for name, value in values.items())


def work(desktop: Any, job: dict[str, Any]) -> dict[str, Any]:
    """The result of one job; what goes wrong with the file as a whole is its only error then."""
    result: dict[str, Any] = {"path": job["path"], "cells": {}, "heights": {}, "errors": []}
    if unknown := sorted(set(job) - WRITABLE):
        return {**result, "errors": [{"cell": None, "error": f"unknown in a job: {', '.join(unknown)}"}]}
    document = None
    try:
        document = desktop.loadComponentFromURL(
            uno.systemPathToFileUrl(job["path"]), "_blank", 0, properties(Hidden=True)
        )
        if document is None or not document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            raise ValueError("not a workbook that the office can open")
        carry_out(document, job, result)
    except DisposedException:  # the office died: nobody can go on
        raise
    except Exception as error:
        result["errors"].append({"cell": None, "error": words(error)})
    finally:
        if document is not None:
            document.close(True)
    return result


def words(error: Exception) -> str:
    """What an exception says, in one line; those of the office hide it in an attribute."""
    text = getattr(error, "Message", "") or str(error)
    return " ".join(f"{type(error).__name__}: {text}".split())


def carry_out(document: Any, job: dict[str, Any], result: dict[str, Any]) -> None:
    """Fill in, recalculate, read, save."""
    sheets = document.Sheets
    if job.get("sheet") is not None and not sheets.hasByName(job["sheet"]):
        raise ValueError(f"no sheet {job['sheet']!r} among {', '.join(sheets.ElementNames)}")
    sheet = sheets.getByIndex(0) if job.get("sheet") is None else sheets.getByName(job["sheet"])
    formats = Formats(document)
    fill(document, sheet, formats, job.get("set") or {}, result["errors"])
    document.calculateAll()
    for address in job.get("read") or ():
        attempt(result["errors"], address, lambda a=address: result["cells"].update(readings(sheet, formats, a)))
    if job.get("out"):
        document.storeToURL(uno.systemPathToFileUrl(job["out"]), properties(FilterName=XLSX, Overwrite=True))
    for rows in job.get("heights") or ():  # last, since it changes the sheet
        attempt(result["errors"], rows, lambda r=rows: result["heights"].update(best_heights(sheet, r)))


def attempt(errors: list[dict[str, Any]], cell: str, action: Any) -> None:
    """Do it, or note which cell it failed for."""
    try:
        action()
    except DisposedException:
        raise
    except Exception as error:
        errors.append({"cell": cell, "error": words(error)})


class Formats:
    """The number formats of a document: their kinds, asked once each."""

    def __init__(self, document: Any) -> None:
        self.all = document.NumberFormats
        self.kinds: dict[int, int] = {}
        locale = Locale("en", "US", "")
        self.logical = self.all.getStandardFormat(LOGICAL, locale)
        code = "DD/MM/YYYY"
        known = self.all.queryKey(code, locale, False)
        self.date = known if known >= 0 else self.all.addNew(code, locale)

    def kind(self, key: int) -> int:
        """The bits of com.sun.star.util.NumberFormat for this format."""
        if key not in self.kinds:
            self.kinds[key] = self.all.getByKey(key).Type
        return self.kinds[key]

    def is_general(self, key: int) -> bool:
        """Whether this format is none: each locale has its own General."""
        return bool(self.all.getByKey(key).FormatString == "General")


def fill(document: Any, sheet: Any, formats: Formats, values: dict[str, Any], errors: list[dict[str, Any]]) -> None:
    """Put all values in their cells, with nothing drawn or recalculated in between."""
    automatic = document.isAutomaticCalculationEnabled()
    document.addActionLock()
    document.lockControllers()
    document.enableAutomaticCalculation(False)
    try:
        plain = {address: value for address, value in values.items() if is_plain(value)}
        for run in runs(plain):
            if not put_run(sheet, run, plain):  # one cell of it is locked: find out which
                for address in run:
                    attempt(errors, address, lambda a=address: put(sheet, formats, a, plain[a]))
        for address, value in values.items():
            if address not in plain:
                attempt(errors, address, lambda a=address, v=value: put(sheet, formats, a, v))
    finally:
        document.enableAutomaticCalculation(automatic)
        document.unlockControllers()
        document.removeActionLock()


def is_plain(value: Any) -> bool:
    """Whether the value can be set in bulk: numbers, text and nothing."""
    return value is None or (isinstance(value, (int, float, str)) and not isinstance(value, bool))


def runs(addresses: Iterable[str]) -> list[list[str]]:
    """Addresses that stand directly below one another, together; what is no address stands alone."""
    out: list[list[str]] = []
    last: tuple[int, int] | None = None
    cells = {address: tuple(corners(address)) for address in addresses if is_cell(address)}
    for address, (column, row, *_) in sorted(cells.items(), key=lambda item: item[1]):
        if last == (column, row - 1):
            out[-1].append(address)
        else:
            out.append([address])
        last = (column, row)
    return out + [[address] for address in addresses if address not in cells]


def put_run(sheet: Any, run: list[str], values: dict[str, Any]) -> bool:
    """Set the cells of a run in one call (a call takes 0.3 ms, a cell of its own several): False when refused."""
    if not is_cell(run[0]):
        return False
    left, top, _, _ = corners(run[0])
    block = sheet.getCellRangeByPosition(left, top, left, top + len(run) - 1)
    data = [values[address] for address in run]
    try:
        block.setDataArray(tuple(("" if v is None else v if isinstance(v, str) else float(v),) for v in data))
    except RuntimeException:
        return False
    return True


def put(sheet: Any, formats: Formats, address: str, value: Any) -> None:
    """One native value into one cell; a locked cell is refused, as it is at the keyboard."""
    if not is_cell(address):
        raise ValueError(f"not the address of one cell: {address!r}")
    column, row, _, _ = corners(address)
    cell = sheet.getCellByPosition(column, row)
    if cell.CellProtection.IsLocked and sheet.isProtected():
        raise PermissionError("the cell is locked")
    if value is None:
        cell.setFormula("")
    elif isinstance(value, bool):
        cell.setValue(float(value))
        cell.NumberFormat = formats.logical
    elif isinstance(value, (int, float)):
        cell.setValue(float(value))
    elif isinstance(value, str):
        cell.setString(value)
    elif isinstance(value, dict) and set(value) == {"formula"}:
        cell.setFormula(value["formula"])
    elif isinstance(value, dict) and set(value) == {"date"}:
        cell.setValue(float(value["date"]))
        if formats.is_general(cell.NumberFormat):  # what typing a date does; a format of the form stays
            cell.NumberFormat = formats.date
    else:
        raise ValueError(f"no value for a cell: {value!r}")


def readings(sheet: Any, formats: Formats, address: str) -> dict[str, dict[str, Any]]:
    """Value and type of each cell of a range, fetched in bulk: only errors and 0/1 need a question for each cell."""
    left, top, right, bottom = corners(address)
    block = sheet.getCellRangeByPosition(left, top, right, bottom)
    formulas = block.getFormulaArray()
    wrong = error_cells(block)
    out: dict[str, dict[str, Any]] = {}
    for r, line in enumerate(block.getDataArray()):
        for c, value in enumerate(line):
            name = f"{letters(left + c)}{top + r + 1}"
            if (left + c, top + r) in wrong:
                out[name] = {"v": block.getCellByPosition(c, r).getString(), "t": "e"}
            elif not isinstance(value, float):
                out[name] = {"v": value, "t": "s"} if value or formulas[r][c] else {"v": None, "t": ""}
            elif value in (0.0, 1.0) and formats.kind(block.getCellByPosition(c, r).NumberFormat) & LOGICAL:
                out[name] = {"v": bool(value), "t": "b"}
            else:
                out[name] = {"v": value, "t": "n"}
    return out


def error_cells(block: Any) -> set[tuple[int, int]]:
    """Column and row of each formula that ends in an error."""
    found = block.queryFormulaCells(ERROR_RESULTS).getRangeAddresses()
    return {
        (column, row)
        for area in found
        for column in range(area.StartColumn, area.EndColumn + 1)
        for row in range(area.StartRow, area.EndRow + 1)
    }


def best_heights(sheet: Any, rows: str) -> dict[str, float]:
    """The heights in pt that the office gives these rows ("3:7", as numbered on the sheet) for their text."""
    first, last = (int(number) for number in rows.split(":"))
    sheet.unprotect("")
    sheet.getCellRangeByPosition(0, first - 1, 0, last - 1).Rows.OptimalHeight = True
    return {str(n): sheet.Rows.getByIndex(n - 1).Height * 72 / 2540 for n in range(first, last + 1)}


def is_cell(address: str) -> bool:
    """Whether this is the address of one cell."""
    return re.fullmatch(r"[A-Z]{1,3}[1-9]\d{0,6}", address) is not None


def corners(address: str) -> list[int]:
    """Left, top, right, bottom of "C5" or "Y7:Z40", counted from 0."""
    match = re.fullmatch(r"([A-Z]{1,3})([1-9]\d*)(?::([A-Z]{1,3})([1-9]\d*))?", address)
    if match is None:
        raise ValueError(f"no address: {address!r}")
    left, top, right, bottom = match.groups()
    return [number(left), int(top) - 1, number(right or left), int(bottom or top) - 1]


def number(name: str) -> int:
    """The column's number from 0: A → 0, AA → 26."""
    value = 0
    for letter in name:
        value = value * 26 + ord(letter) - 64
    return value - 1


def letters(column: int) -> str:
    """The column's name: 0 → A, 26 → AA."""
    name = ""
    while column >= 0:
        name = chr(65 + column % 26) + name
        column = column // 26 - 1
    return name


def main(pipe: str, request: str, answer: str) -> None:
    """All jobs, then the end of the office."""
    jobs = json.loads(Path(request).read_text(encoding="utf-8"))
    desktop = connect(pipe)
    try:
        results = [work(desktop, job) for job in jobs]
        Path(answer).write_text(json.dumps(results), encoding="utf-8")
    finally:
        with contextlib.suppress(DisposedException):  # already gone, which is what we want
            desktop.terminate()


if __name__ == "__main__":
    main(*sys.argv[1:])
