"""What is wrong with the workbooks of the corpus: each fault as a unit, a program or a post office brings it about.

Every fault says how its file must end, so that a check of the corpus can be judged and not only timed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from random import Random
from xml.sax.saxutils import escape

import openpyxl
from msgspec import Struct
from openpyxl.worksheet.worksheet import Worksheet

from cchc_xlsx import fields
from cchc_xlsx.fields import Context, Field
from cchc_xlsx.issue import Line
from cchc_xlsx.layout.model import Cell, Formula, Layout, Place, a1, a1_range
from cchc_xlsx.results import Status
from cchc_xlsx.sample import Typed

FORM_SHEET = "xl/worksheets/sheet1.xml"
_PROPERTIES = "docProps/custom.xml"
_CORE = "docProps/core.xml"
_MODIFIED = re.compile(rb"<dcterms:modified.*?</dcterms:modified>", re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+\d+)"( s="\d+")?[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
# TCVN3, as a document of the nineties leaves it: “Thiếu người làm ở bộ phận một cửa, việc số hóa hồ sơ chậm”.
_OLD_ENCODING = "ThiÕu ng\xadêi lµm ë bé phËn mét cöa, viÖc sè hãa hå s¬ chËm"
_TWELVE_TWENTIETHS = 46376.0  # what English programs make of 12/20

Raw = str  # attributes and content of a cell, as they stand in the file


class Fault(Struct, frozen=True):
    """A way to be wrong.

    `status`: how the file ends; `share`: how many of a hundred files. Then what is done: `mistype` changes what is typed
    and says whether there was anything to change; `patch` gives cells of the form sheet anew; `rewrite` makes another file.
    """

    status: Status
    share: int = 1
    mistype: Callable[[Context, Typed, Random], bool] | None = None
    patch: Callable[[Layout, Random], Mapping[Place, Raw]] | None = None
    rewrite: Callable[[bytes, Layout], bytes] | None = None
    name: str = "{}.xlsx"
    opens: bool = True  # it is a workbook, which other programs read too


# ---------------------------------------------------------------------------------------------------- what is typed


def _lines(ctx: Context, *kinds: str) -> Iterator[Line]:
    """The lines that this workbook must report in this period."""
    for line in ctx.lines:
        if line.is_open and line.measure.kind in kinds and (ctx.is_year or not line.once_a_year):
            yield line


def _counts(ctx: Context) -> list[Field]:
    """The inputs for whole numbers."""
    names = ("rate", "count")
    return [one for line in _lines(ctx, *names) for one in ctx.fields.values() if _is_whole(one, line)]


def _is_whole(one: Field, line: Line) -> bool:
    return one.type == "whole" and one.key.startswith(f"{line.id}.")


def _into_a_count(value: str | float) -> Callable[[Context, Typed, Random], bool]:
    def mistype(ctx: Context, typed: Typed, rng: Random) -> bool:
        found = _counts(ctx)
        if found:
            typed[rng.choice(found).key] = value
        return bool(found)

    return mistype


def _into_a_rate(num: float, den: float, *, may_be_nil: bool = False) -> Callable[[Context, Typed, Random], bool]:
    """Both counts of a row; `may_be_nil`: of one where it may be said that nothing happened."""

    def mistype(ctx: Context, typed: Typed, rng: Random) -> bool:
        found = [line for line in _free_rates(ctx) if not may_be_nil or _may_be_nil(line)]
        if found:
            line = rng.choice(found)
            typed |= {line.key("num"): num, line.key("den"): den}
        return bool(found)

    return mistype


def _may_be_nil(line: Line) -> bool:
    return fields.NIL in fields.nil_options(line) and not line.measure.zero_den


def _free_rates(ctx: Context) -> list[Line]:
    """The rates that no other row has to agree with."""
    tied = tied_rows(ctx)
    return [line for line in _lines(ctx, "rate") if line.id not in tied]


def tied_rows(ctx: Context) -> set[str]:
    """The rows whose figures another row repeats or bounds."""
    return {side.partition(".")[0] for one in ctx.issue.form.relations for side in (one.part, one.whole)}


def _left_out(ctx: Context, typed: Typed, rng: Random) -> bool:
    lines = list(_lines(ctx, "rate", "count", "task", "narrative", "score", "percent"))
    for line in rng.sample(lines, min(3, len(lines))):
        for name in ("num", "value", "status"):
            typed.pop(line.key(name), None)
    return bool(lines)


def _empty(ctx: Context, typed: Typed, _: Random) -> bool:
    typed.clear()
    return any(_lines(ctx, "rate", "count", "task", "narrative", "score", "percent"))


def _number_as_text(ctx: Context, typed: Typed, rng: Random) -> bool:
    found = _counts(ctx)
    if found:
        key = rng.choice(found).key
        typed[key] = f"{typed[key]:.0f}"
    return bool(found)


def _not_reached(ctx: Context, typed: Typed, rng: Random) -> bool:
    def is_high(line: Line) -> bool:
        return bool(line.target and line.target.op in (">=", ">", "=") and line.target.value)

    found = [line for line in _lines(ctx, "rate") if is_high(line)]
    if found:
        typed[rng.choice(found).key("num")] = 0.0
    return bool(found)


def _nothing_yet_figures(ctx: Context, typed: Typed, rng: Random) -> bool:
    found = [line for line in _lines(ctx, "rate") if fields.NIL in fields.nil_options(line)]
    if found:
        typed[rng.choice(found).key("nil")] = fields.NIL
    return bool(found)


def _no_choice(ctx: Context, typed: Typed, rng: Random) -> bool:
    found = list(_lines(ctx, "task", "narrative"))
    if found:
        typed[rng.choice(found).key("status")] = "xong rồi"
    return bool(found)


def _finished_late(ctx: Context, typed: Typed, rng: Random) -> bool:
    found = list(_lines(ctx, "task"))
    if found:
        line = rng.choice(found)
        closes = ctx.fields[line.key("done_on")].maximum
        assert closes is not None
        typed |= {line.key("status"): fields.DONE, line.key("done_on"): closes + 1, line.key("doc_no"): "15/KH-UBND"}
    return bool(found)


def _old_encoding(ctx: Context, typed: Typed, rng: Random) -> bool:
    found = [one for one in ctx.fields.values() if one.slot == "note"]
    if found:
        typed[rng.choice(found).key] = _OLD_ENCODING
    return bool(found)


# ------------------------------------------------------------------------------------------ what stands in the file


def raw(value: str | float | None) -> Raw:
    """A cell with this value, or without any."""
    if value is None:
        return "/>"
    if isinstance(value, str):
        return f' t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f"><v>{value!r}</v></c>"


def _into_an_input(content: Raw) -> Callable[[Layout, Random], Mapping[Place, Raw]]:
    def patch(layout: Layout, rng: Random) -> Mapping[Place, Raw]:
        found = _counts(layout.context)
        return {layout.inputs[rng.choice(found).key]: content} if found else {}

    return patch


def _sum(layout: Layout, rng: Random) -> Mapping[Place, Raw]:
    """All of a whole, the part as a sum: a share that reaches every target but a ceiling."""
    found = [line for line in _free_rates(layout.context) if not line.target or line.target.op in (">=", ">", "=")]
    if not found:
        return {}
    line = rng.choice(found)
    return {
        layout.inputs[line.key("num")]: "><f>45+50</f><v>95</v></c>",
        layout.inputs[line.key("den")]: raw(95.0),
    }


def _locked(layout: Layout) -> Iterator[tuple[Place, Cell]]:
    """The cells of the table that are not typed into, without those that a merge hides and without the row keys."""
    first, last = layout.table
    shown = {area[:2] for area in layout.form_sheet.merges}
    hidden = {
        (row, column)
        for top, left, bottom, right in layout.form_sheet.merges
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    for place, cell in layout.form_sheet.cells.items():
        if first <= place[0] <= last and place[1] > 1 and (place in shown or place not in hidden):
            yield place, cell


def _altered(role: str, change: Callable[[Cell], Raw]) -> Callable[[Layout, Random], Mapping[Place, Raw]]:
    """One locked cell of that role with other content."""

    def patch(layout: Layout, rng: Random) -> Mapping[Place, Raw]:
        is_blank = role == "blank"
        found = [at for at in _locked(layout) if at[1].role == role and (at[1].content in (None, "")) == is_blank]
        if not found:
            return {}
        place, cell = rng.choice(found)
        return {place: change(cell)}

    return patch


def _shown(cell: Cell) -> Raw:
    """The value of a formula instead of it."""
    assert isinstance(cell.content, Formula)
    return raw(cell.content.value or 1.0)


# --------------------------------------------------------------------------------------------------- the file itself


def with_cells(data: bytes, cells: Mapping[Place, Raw]) -> bytes:
    """The workbook with cells of its form sheet anew, each with its style."""
    wanted = {a1(place): content for place, content in cells.items()}

    def cell(found: re.Match[str]) -> str:
        content = wanted.pop(found[1], None)
        return found[0] if content is None else f'<c r="{found[1]}"{found[2] or ""}{content}'

    def edit(part: bytes) -> bytes:
        return _CELL.sub(cell, part.decode()).encode()

    changed = _with_part(data, FORM_SHEET, edit)
    if wanted:
        raise LookupError(f"no such cell: {sorted(wanted)}")
    return changed


def _with_part(data: bytes, part: str, edit: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part edited; without the time of day, so that the same input gives the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            content = source.read(name)
            out.writestr(zipfile.ZipInfo(name), edit(content) if name == part else content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _unmerged(data: bytes, layout: Layout) -> bytes:
    """With the first merge of the table undone."""
    first, last = layout.table
    area = next(one for one in layout.form_sheet.merges if first <= one[0] <= last)
    merge = f'<mergeCell ref="{a1_range(area)}"/>'.encode()
    return _with_part(data, FORM_SHEET, lambda part: part.replace(merge, b"", 1))


def _other_identity(data: bytes, _: Layout) -> bytes:
    """The property says another kind than the sheets do."""
    return _with_part(data, _PROPERTIES, lambda part: part.replace(b"|report|", b"|plan|"))


def _saved_again(change: Callable[[Worksheet], object] = lambda _: None) -> Callable[[bytes, Layout], bytes]:
    """As openpyxl saves the workbook, with a change made there."""

    def rewrite(data: bytes, _: Layout) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(data))
        change(book.worksheets[0])
        target = io.BytesIO()
        book.save(target)
        return _with_part(target.getvalue(), _CORE, lambda part: _MODIFIED.sub(b"", part))

    return rewrite


def _extra_sheet(sheet: Worksheet) -> None:
    book = sheet.parent
    assert book
    book.create_sheet("Nháp").append(["Số liệu cộng tay", 120, 95])


def _row_deleted(sheet: Worksheet) -> None:
    keys = [row for row in range(1, sheet.max_row + 1) if re.fullmatch(r"r\d+", str(sheet.cell(row, 1).value))]
    sheet.delete_rows(keys[len(keys) // 2])


# ------------------------------------------------------------------------------------------------------------- all

OTHERWISE = "text changed"  # what befalls a workbook in which there is nothing for the fault it was meant to have
FAULTS: Mapping[str, Fault] = {
    "right": Fault("ok", 60),
    "right, saved by openpyxl": Fault("ok", 4, rewrite=_saved_again()),
    "right, sent twice": Fault("ok"),
    "right, a second version": Fault("ok"),
    "old encoding": Fault("warning", mistype=_old_encoding),
    "a number as text": Fault("warning", 2, mistype=_number_as_text),
    "0/0": Fault("warning", mistype=_into_a_rate(0.0, 0.0, may_be_nil=True)),
    "a sum": Fault("warning", patch=_sum),
    "a note beside": Fault("warning", patch=_altered("blank", lambda _: raw("xem công văn"))),
    "an extra sheet": Fault("warning", rewrite=_saved_again(_extra_sheet)),
    "left out": Fault("error", 3, mistype=_left_out),
    "not filled in": Fault("error", mistype=_empty),
    "words": Fault("error", mistype=_into_a_count("chưa có số liệu")),
    "negative": Fault("error", mistype=_into_a_count(-5.0)),
    "a share": Fault("error", mistype=_into_a_count(0.95)),
    "too many": Fault("error", mistype=_into_a_count(5_000_000.0)),
    "a day": Fault("error", mistype=_into_a_rate(_TWELVE_TWENTIETHS, 20.0)),
    "over its whole": Fault("error", mistype=_into_a_rate(250.0, 200.0)),
    "not reached": Fault("error", mistype=_not_reached),
    "nothing, yet figures": Fault("error", mistype=_nothing_yet_figures),
    "no such choice": Fault("error", mistype=_no_choice),
    "finished late": Fault("error", mistype=_finished_late),
    "an error value": Fault("error", patch=_into_an_input(' t="e"><f>1/0</f><v>#DIV/0!</v></c>')),
    "a formula": Fault("error", patch=_into_an_input("><f>A1+1</f><v>95</v></c>")),
    OTHERWISE: Fault("error", patch=_altered("text", lambda cell: raw(f"{cell.content} (sửa)"))),
    "target changed": Fault("error", patch=_altered("target", lambda _: raw("Đạt 50%"))),
    "a formula replaced": Fault("error", patch=_altered("formula", _shown)),
    "a merge undone": Fault("error", rewrite=_unmerged),
    "a row deleted": Fault("error", rewrite=_saved_again(_row_deleted)),
    "another identity": Fault("error", rewrite=_other_identity),
    "half a file": Fault("error", rewrite=lambda data, _: data[: len(data) // 2], opens=False),
    "nothing in it": Fault("error", rewrite=lambda *_: b"", opens=False),
    "a PDF": Fault("error", rewrite=lambda *_: b"%PDF-1.7\n%\xe2\xe3", opens=False),
    "a letter": Fault("skipped", rewrite=lambda *_: b"PK\x03\x04", name="{}.docx", opens=False),
    "left by a program": Fault("skipped", rewrite=lambda *_: b"\x04 bao-cao", name="~${}.xlsx", opens=False),
}
