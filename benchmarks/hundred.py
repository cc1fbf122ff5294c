"""Generating and checking 100 workbooks against the bare cost of the libraries underneath, in one run on one core.

Peers: XlsxWriter writing the same cells with the same formats and merges, but nothing computed; openpyxl.load_workbook; calamine
reading all sheets. Figures are medians of the rounds, in ms a workbook, and ratios.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

from cchc_xlsx import check, generate, sample, writer
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import Formula, Layout
from cchc_xlsx.task import Task

FORM = "nhon-hau-2025-phu-luc-2"  # 36 rows
ROUNDS = 3


def issues(count: int) -> list[Issue]:
    """As many communes as asked for, each with the whole annex."""
    orders = [generate.Order(f"Xã {n}", Path(), FORM, period="2025-N") for n in range(count)]
    return [generate.issues(order)[0] for order in orders]


def bare_write(layouts: list[Layout]) -> None:
    """XlsxWriter alone: the form sheet's cells and merges, one format."""
    for layout in layouts:
        book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
        sheet = book.add_worksheet()
        shape = book.add_format({"text_wrap": True, "border": 1})
        for area in layout.form_sheet.merges:
            sheet.merge_range(*(number - 1 for number in area), "", shape)
        for (row, column), cell in layout.form_sheet.cells.items():
            content = cell.content
            if isinstance(content, Formula):
                sheet.write_formula(row - 1, column - 1, f"={content.text}", shape, content.value)
            else:
                sheet.write(row - 1, column - 1, content, shape)
        book.close()


def bare_openpyxl(paths: list[Path]) -> None:
    """openpyxl alone."""
    for path in paths:
        openpyxl.load_workbook(path)


def bare_calamine(paths: list[Path]) -> None:
    """calamine alone: every sheet's values."""
    for path in paths:
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def median_ms(work: Callable[[], object], count: int) -> float:
    """The median time of a round in ms a workbook."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        rounds.append((time.perf_counter() - start) * 1000 / count)
    return statistics.median(rounds)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    count = parser.parse_args().count
    wanted = issues(count)
    layouts = [place.place(one) for one in wanted]
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for one in wanted:
            paths.append(Path(folder) / f"{one.commune}.xlsx")
            writer.write(place.place(one, sample.valid(one)), paths[-1])
        figures = {
            "XlsxWriter, bare": median_ms(lambda: bare_write(layouts), count),
            "generate": median_ms(lambda: [writer.to_bytes(place.place(one)) for one in wanted], count),
            "calamine, bare": median_ms(lambda: bare_calamine(paths), count),
            "openpyxl, bare load": median_ms(lambda: bare_openpyxl(paths), count),
            "check": median_ms(lambda: check.check([Path(folder)], Task()), count),
        }
    print(f"{count} workbooks of {FORM}, {ROUNDS} rounds, median")
    for name, figure in figures.items():
        print(f"{name:<22}{figure:>9.2f} ms a workbook")
    print(f"generate / XlsxWriter     {figures['generate'] / figures['XlsxWriter, bare']:.2f}")
    print(f"openpyxl / check          {figures['openpyxl, bare load'] / figures['check']:.2f}")
    print(f"check / calamine          {figures['check'] / figures['calamine, bare']:.2f}")


if __name__ == "__main__":
    main()
