"""The whole round on sample data: the annexes of Nhơn Hậu issued to its units, filled in as units do, checked, summed and reported."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from cchc_xlsx import generate, reporting, sample, summing, writer
from cchc_xlsx.issue import file_name
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.layout import place
from cchc_xlsx.narrative.model import Office
from cchc_xlsx.results import Report
from cchc_xlsx.sample import Typed
from cchc_xlsx.task import Task

PERIOD = "2025-Q1"
FORMS = ("nhon-hau-2025-phu-luc-1", "nhon-hau-2025-phu-luc-2")
BLANK_TEXT = Text("Biểu trống đã phát hành", "Blank workbooks as issued")
FILLED_TEXT = Text("Biểu các đơn vị đã điền", "Workbooks as the units filled them in")
SUMMED_TEXT = Text(
    "Biểu tổng hợp của xã, tạm tính cả tệp còn lỗi", "The commune's workbooks, with what is still at fault"
)
WORD_TEXT = Text("Báo cáo của xã", "The commune's report")
NEXT_TEXT = Text(
    "Mở các tệp trong {path} bằng Excel hoặc LibreOffice, sửa theo hướng dẫn trên, rồi chạy: {command}",
    "Open the workbooks in {path}, mend them as told above, then run: {command}",
)

# Typical mistakes, by form and unit; None empties a cell.
_MISTAKES: Mapping[tuple[str, str], Mapping[str, str | float | None]] = {
    (FORMS[0], "TPHT"): {
        "r18.den": None,  # a missing denominator
        "r20.num": 46376.0,  # 12/20 typed, turned into a date by the program
        "r20.den": 20.0,
    },
    (FORMS[0], "VHXH0"): {
        "r22.num": "95,5",  # a share kept as text where a count belongs
        "r24.num": "Tỷ lệ số hóa hồ sơ",  # a label pasted over an input
    },
    (FORMS[0], "TCKT"): {"r27.num": 250.0},  # numerator over denominator
    (FORMS[0], "MC"): {"r28.nil": "Không phát sinh"},  # nothing happened, yet figures
    (FORMS[1], "VPTK"): {"r02.doc_no": None},  # finished without a document
}


class Shown(Struct, frozen=True):
    """Where the demonstration left its workbooks and its report, and what the check found."""

    blank: Path
    filled: Path
    summed: Path
    word: Path
    report: Report


def make(folder: Path, lang: Lang) -> Shown:
    """Issue, fill in, check and sum the sample workbooks in `folder`; what is there from an earlier run is made anew."""
    blank, filled = folder / "bieu-trang", folder / "da-nop"
    for form in FORMS:
        order = generate.Order("Nhơn Hậu", blank, form, period=PERIOD, all_units=True, overwrite=True)
        generate.generate(order)
        for issue in generate.issues(order):
            typed = _typed(sample.valid(issue), _MISTAKES.get((form, issue.unit), {}))
            writer.write(place.place(issue, typed), filled / file_name(issue))
    done = summing.consolidate((filled,), folder / "tong-hop", Task(lang=lang), include_errors=True)
    word = folder / "bao-cao.docx"
    sources = tuple(summing.sources(done.report.files))
    reporting.write(reporting.report(sources, Office(), include_errors=True).told, "docx", word)
    return Shown(blank, filled, folder / "tong-hop", word, done.report)


def _typed(valid: Typed, mistakes: Mapping[str, str | float | None]) -> Typed:
    mixed = {**valid, **mistakes}
    return {key: value for key, value in mixed.items() if value is not None}
