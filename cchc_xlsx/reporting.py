"""Checked workbooks → the commune's periodic report, written as Word or as one page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from cchc_xlsx import writer
from cchc_xlsx.consolidate import choose, combine
from cchc_xlsx.consolidate.model import Earlier, Round, Source, Summary
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text
from cchc_xlsx.narrative import tell
from cchc_xlsx.narrative.model import Narrative, Office

OWN, TEMPLATE = "mau-bao-cao", "bao-cao.docx"  # the office's own Word template in a year's folder
Shape = Literal["docx", "html"]
_NO_SHAPE = Text(
    "Tên tệp của --out phải có đuôi .docx hoặc .html (hoặc chọn bằng --format, cùng dạng với đuôi tên).",
    "Name --out .docx or .html (or choose by --format, the same as the name says).",
)
_NOTHING = Text(
    "Không có báo cáo nào để lập báo cáo chung trong các đường dẫn đã cho.",
    "There is no workbook to report from in the paths given.",
)
_ALL_AT_FAULT = Text(
    "Chưa lập được báo cáo: {files} tệp đều còn lỗi. Chạy cchc-xlsx check để xem, hoặc thêm --include-errors để lập bản tạm.",
    "No report can be made: all {files} files have errors. Run cchc-xlsx check to see them, or add --include-errors for a draft.",
)


class Reported(Struct, frozen=True):
    """What a report says, and what it was made from; `empty` are the rounds of which no workbook counts."""

    told: Narrative
    summaries: tuple[Summary, ...]
    empty: tuple[Round, ...]


def shape(wanted: str | None, out: Path) -> Shape:
    """The form of the report: what is wanted, else what the file's name ends with. Raises CchcError where these disagree."""
    named: dict[str, Shape] = {".docx": "docx", ".html": "html", ".htm": "html"}
    by_name = named.get(out.suffix.lower())
    if by_name is None or wanted not in (None, by_name):
        raise CchcError(_NO_SHAPE)
    return by_name


def report(
    sources: tuple[Source, ...],
    office: Office,
    before: Callable[[Round], Earlier | None] = lambda _: None,
    *,
    include_errors: bool = False,
) -> Reported:
    """The report that workbooks make; `before` gives what is known of earlier periods.

    Raises CchcError where none of them counts, or where they are of several communes or periods.
    """
    found = choose.rounds(sources, include_errors=include_errors)
    if not found:
        raise CchcError(_NOTHING)
    usable = tuple(one for one in found if one.used)
    if not usable:
        raise CchcError(_ALL_AT_FAULT.format(files=sum(len(one.left) for one in found)))
    summaries = tuple(combine.summary(one, before(one)) for one in usable)
    empty = tuple(one for one in found if not one.used)
    return Reported(tell.narrative(summaries, office), summaries, empty)


def write(told: Narrative, form: Shape, out: Path, templates: Path | None = None) -> None:
    """The report written whole at `out`; `templates` is the folder of the office's own Word template.

    Raises CchcError where that template is wrong or `out` cannot be written.
    """
    if form == "html":
        from cchc_xlsx.document import page  # noqa: PLC0415 - the one does not need what the other takes to load

        data = page.page(told).encode("utf-8")
    else:
        from cchc_xlsx.document import word  # noqa: PLC0415

        data = word.document(told, templates)
    writer.save(data, out)
