"""Generating workbooks against XlsxWriter writing the same cells with the same merges, but nothing computed: a ratio, in one run."""

from __future__ import annotations

import argparse
import io
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import xlsxwriter

from cchc_xlsx import generate, writer
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import Formula, Layout

FORM = "nhon-hau-2025-phu-luc-2"  # 36 rows
ROUNDS = 3


def issues(count: int) -> list[Issue]:
    """As many communes as asked for, each with the whole annex."""
    orders = [generate.Order(f"Xã {n}", Path(), FORM, period="2025-N") for n in range(count)]
    return [generate.issues(order)[0] for order in orders]


def whole_write(one: Issue) -> None:
    """An issue placed and written."""
    writer.to_bytes(place.place(one))


def bare_write(layout: Layout) -> None:
    """XlsxWriter alone: the form sheet's cells and merges, one format."""
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


def ms(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Print the ratio and what it is made from; the two take turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    count = parser.parse_args().count
    rounds = []
    for _ in range(ROUNDS):
        ours, bare = 0.0, 0.0
        for one in issues(count):
            ours += ms(partial(whole_write, one))
            bare += ms(partial(bare_write, place.place(one)))
        rounds.append((ours / bare, ours / count, bare / count))
    ratio, ours, bare = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"{count} workbooks of {FORM}, median of {ROUNDS} rounds")
    print(f"generate / XlsxWriter  {ratio:.2f}  ({ours:.2f} ms : {bare:.2f} ms a workbook)")


if __name__ == "__main__":
    main()
