"""The marked copy of a workbook that was checked: made anew from its issue with what the unit typed, never loaded and saved."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import carried, issue, periods, results, units, values, writer
from cchc_xlsx.alteration import Aligned
from cchc_xlsx.carried import Leftover, Typed
from cchc_xlsx.filled import Filled
from cchc_xlsx.form.render import full
from cchc_xlsx.grid import Book, Grid, Place
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.layout import fixes, marks, place
from cchc_xlsx.layout.fixes import Item, Section
from cchc_xlsx.layout.marks import Mark
from cchc_xlsx.layout.model import Layout, from_a1
from cchc_xlsx.layout.pages import MISSING_FILL, WRONG_FILL
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding

_MOST_LEFTOVERS = 300  # lines; the workbook that was sent keeps the rest
_LONGEST, _LONGEST_SHORT = 1500, 300  # signs of one cell's text where it has room, and where it has little
_RESTORED = frozenset({"T301", "T302", "T303", "T304", "T305", "T306", "T307", "L407"})
_LEFT = frozenset({"T311", "T312", "T313"})

_MISSING, _WRONG, _DOUBT = Text("Thiếu", "Missing"), Text("Sai", "Wrong"), Text("Xem lại", "Look again")
_WAS_RESTORED, _WAS_LEFT = Text("Đã khôi phục", "Put back"), Text("Không mang sang", "Left out")
_EMPTY = Text("(trống)", "(empty)")
_CUT = Text("{begun}… (còn {count} ký tự)", "{begun}… ({count} more signs)")
_NOTE = Text(
    "{word} ({code}): {title}.\n{message}\nCách sửa: {fix}", "{word} ({code}): {title}.\n{message}\nTo mend: {fix}"
)
_RESTORED_NOTE = Text(
    "Đã khôi phục theo biểu gốc ({code}); không phải sửa.\nTrong tệp đã gửi, ô này ghi: {was}",
    "Put back as in the form ({code}); nothing to mend.\nIn the file that was sent this cell held: {was}",
)
_PUT_BACK = Text(
    "Không phải sửa: tệp này đã ghi lại như biểu gốc.", "Nothing to mend: this file has it as in the form."
)
_PUT_BACK_OTHERWISE: Mapping[str, Text] = {
    "T302": Text(
        "Tệp này đã ghi lại chỉ tiêu được giao. Muốn điều chỉnh thì đề nghị sửa kế hoạch.",
        "This file has the target again. A change is made in the plan.",
    ),
    "T303": Text(
        "Tệp này đã có lại công thức. Chỉ điền các ô nhập của dòng.",
        "This file has the formula again. Fill in the inputs of the row only.",
    ),
    "L407": Text(
        "Tệp này đã có lại công thức tính tổng. Kiểm tra số liệu từng dòng.",
        "This file has the formula of the total again. Look at the figures of the rows.",
    ),
    "T304": Text(
        "Tệp này đã có lại dòng. Điền lại số liệu của dòng.", "This file has the row again. Fill in its figures again."
    ),
    "T305": Text(
        "Tệp này đã để dòng về đúng chỗ. Kiểm tra lại số liệu của dòng.",
        "This file has the row in its place. Look at its figures again.",
    ),
    "T307": Text(
        "Tệp này đã có lại các cột như biểu gốc. Kiểm tra lại số liệu trong cột.",
        "This file has the columns as in the form. Look at the figures of the column again.",
    ),
}
_TYPED_OVER = Text("Công thức của ô đã bị gõ đè.", "The cell's formula was typed over.")
# Where the copy is not as the file was: a formula in it is a text already.
_FIXES_HERE: Mapping[str, Text] = {
    "V212": Text("Gõ kết quả đúng đè lên công thức trong ô.", "Type the right result over the formula in the cell."),
}
_ROWS_LEFT = Text(
    "Tệp này không có các dòng chèn thêm. Nội dung trong đó (nếu có) ở các dòng dưới.",
    "This file does not have the inserted rows. What stood in them, if anything, is told below.",
)
_COPY_IT = Text(
    "Nếu cần, chép vào cột Ghi chú hoặc phần Khó khăn, Kiến nghị.",
    "If it is needed, copy it into the column for notes or the texts below the table.",
)
_SEND_IT = Text("Nếu cần, gửi trang này bằng tệp riêng.", "If it is needed, send that sheet in a file of its own.")
_MORE = Text("Còn {count} mục nữa, xem trong tệp đã gửi.", "There are {count} more; see the file that was sent.")
_SHEET_ROW = Text("Trang “{sheet}”, dòng {row}", "Sheet “{sheet}”, row {row}")
_OUTSIDE = Text("Ngoài các ô của biểu", "Outside the form's cells")

_TO_MEND = Text("CÁC Ô CẦN SỬA HOẶC XEM LẠI", "CELLS TO MEND OR TO LOOK AT AGAIN")
_TO_KNOW = Text("NỘI DUNG KHÓA ĐÃ ĐƯỢC KHÔI PHỤC THEO BIỂU GỐC", "LOCKED CONTENT PUT BACK AS IN THE FORM")
_TO_COPY = Text("NỘI DUNG NGOÀI BIỂU, KHÔNG MANG SANG TỆP NÀY", "CONTENT OUTSIDE THE FORM, NOT IN THIS FILE")
_FOR_UNIT = Text(
    "Đơn vị báo cáo: {unit} ({commune}).   Kỳ báo cáo: {period}.   Biểu: {form}.",
    "Reporting unit: {unit} ({commune}).   Period: {period}.   Form: {form}.",
)
_FOR_COMMUNE = Text(
    "Đơn vị báo cáo: {unit}.   Kỳ báo cáo: {period}.   Biểu: {form}.",
    "Reporting unit: {unit}.   Period: {period}.   Form: {form}.",
)
_FOR_PLAN = Text(
    "Cơ quan: {unit}.   Kế hoạch năm {year}.   Biểu: {form}.", "Office: {unit}.   Plan of {year}.   Form: {form}."
)
_COUNTED = Text(
    "Tệp đã kiểm tra: “{source}”.   Cần sửa: {errors} chỗ; cần xem lại: {warnings} chỗ.",
    "File that was checked: “{source}”.   To mend: {errors}; to look at again: {warnings}.",
)
_HOW = (
    Text(
        "1. Bấm vào địa chỉ ở cột Ô để đến ô cần sửa. Ô đó được tô màu; đưa chuột lên ô để đọc ghi chú.",
        "1. Click the address in the column Cell to go there. The cell is coloured; point at it to read its note.",
    ),
    Text(
        "2. Sửa ngay trong tệp này: số liệu đã điền được giữ nguyên, các ô khác vẫn khóa như biểu gốc.",
        "2. Mend it in this very file: all that was filled in is kept, the other cells are locked as in the form.",
    ),
    Text(
        "3. Lưu dạng .xlsx và gửi lại tệp này. Không phải xóa trang này, màu hay ghi chú.",
        "3. Save it as .xlsx and send this file. This sheet, the colours and the notes need not be removed.",
    ),
)


class Source(Struct, frozen=True):
    """A workbook as it was read and recognised: what the copy is made from."""

    filled: Filled
    identity: Identity
    book: Book
    sheet: Grid
    aligned: Aligned


def is_needed(found: Sequence[Finding]) -> bool:
    """Whether there is anything for a unit to mend or to know."""
    return any(map(_is_told, found))


def _is_told(one: Finding) -> bool:
    """A copy has the identity of the workbook: what is wrong with that cannot be mended in it."""
    return one.severity != "info" and one.code[0] != "I"


def file_name(one: Issue, sha256: str) -> str:
    """The name of a marked copy, from our own codes alone; the digest of the checked file keeps several of a unit apart."""
    return f"{issue.file_name(one).removesuffix('.xlsx')}_{sha256[:8]}.xlsx"


def marked_copy(source: Source, found: Sequence[Finding], lang: Lang, source_name: str) -> bytes:
    """The copy's bytes: the same issue and identity, what was typed, a note on each cell at fault, and the list of all.

    `found` are the findings that count; those of severity info and about the identity are left out.
    """
    return writer.to_bytes(layout(source, found, lang, source_name))


def layout(source: Source, found: Sequence[Finding], lang: Lang, source_name: str) -> Layout:
    """The marked copy before it is written."""
    typed = carried.inputs(source.filled, source.sheet, source.aligned)
    content = {key: one.content for key, one in typed.items()}
    placed = place.place(source.filled.layout.context.issue, content, source.identity)
    counted = [one for one in found if _is_told(one)]
    told = _Told(source, placed, typed, lang)
    filled_in = [one for one in told.sections(counted) if one.items]
    sections = [replace(one, title=f"{values.roman(at)}. {one.title}") for at, one in enumerate(filled_in, 1)]
    lines = _heading(source.filled, counted, lang, source_name)
    listing = fixes.sheet(lines, sections, placed.form_sheet.name, lang)
    return marks.marked(placed, told.marks(counted), listing)


def _heading(read: Filled, counted: Sequence[Finding], lang: Lang, source_name: str) -> tuple[str, ...]:
    one = read.layout.context.issue
    about = {
        "form": read.layout.form_sheet.name,
        "unit": issue.unit_name(one, one.unit),
        "commune": full(one.commune),
        "year": one.year,
        "period": periods.name(one.period) if one.period else "",
    }
    to_mend = [finding for finding in counted if finding.code not in _RESTORED | _LEFT]
    errors = sum(finding.severity == "error" for finding in to_mend)
    name = results.printable(source_name)
    count = _COUNTED.format(source=name, errors=errors, warnings=len(to_mend) - errors)
    of_report = _FOR_COMMUNE if one.unit == units.COMMUNE else _FOR_UNIT
    first = (of_report if one.period else _FOR_PLAN).format(**about)
    return tuple(text.say(lang) for text in (first, count, *_HOW))


class _Told(Struct, frozen=True):
    """The findings of one workbook as notes and as lines."""

    source: Source
    placed: Layout
    typed: Mapping[str, Typed]
    lang: Lang

    def say(self, text: Text, **data: object) -> str:
        """The text in the language of the run."""
        return text.format(**data).say(self.lang)

    def where(self, finding: Finding) -> Place | None:
        """The cell of the copy that a finding is about."""
        if finding.key is not None:
            return self.placed.inputs[finding.key]
        if finding.code == "M100":
            return min(self.placed.inputs.values())
        found = from_a1(finding.cell) if finding.cell else None
        if found is None or finding.code == "T304":
            return found  # a row that is gone is told by its place in the form
        row = next((one for one, there in self.source.aligned.rows.items() if there == found[0]), None)
        column = next((one for one, there in self.source.aligned.columns.items() if there == found[1]), None)
        return (row, column) if row and column else None

    def was(self, finding: Finding) -> str:
        """What stood in the cell of a finding, whole."""
        text = carried.text_at(self.source.sheet, from_a1(finding.cell)) if finding.cell else ""
        return self.cut(text, _LONGEST_SHORT) if text.strip() else self.say(_EMPTY)

    def cut(self, text: str, longest: int) -> str:
        """A text on one line, so long at most."""
        line = " ".join(text.split())
        return line if len(line) <= longest else self.say(_CUT, begun=line[:longest], count=len(line) - longest)

    def marks(self, counted: Sequence[Finding]) -> Iterator[Mark]:
        """A note for each finding that has a cell of its own."""
        for one in counted:
            at = self.where(one)
            if one.key is not None and at:
                yield Mark(at, self.note(one), marks.fill_of(one))
            elif one.code in ("T301", "T302", "T303", "L407") and at:
                yield Mark(at, self.say(_RESTORED_NOTE, code=one.code, was=self.was(one)))

    def note(self, one: Finding) -> str:
        """What is wrong with an input, and how to mend it."""
        title = registry.by_code()[one.code].title
        message, fix = registry.message(one, self.lang), self.fix(one)
        text = self.say(_NOTE, word=_word(one), code=one.code, title=title, message=message, fix=fix)
        remark = self.typed[one.key].remark if one.key else None
        return f"{text}\n{remark.say(self.lang)}" if remark else text

    def fix(self, one: Finding) -> str:
        """How to mend an input in the copy."""
        here = _FIXES_HERE.get(one.code)
        return here.say(self.lang) if here else registry.fix(one, self.lang)

    def sections(self, counted: Sequence[Finding]) -> Iterator[Section]:
        """What is to be mended, what was put back, and what was left out."""
        mend = [one for one in counted if one.code not in _RESTORED | _LEFT]
        yield Section(self.say(_TO_MEND), tuple(self.to_mend(one) for one in mend))
        back = [one for one in counted if one.code in _RESTORED]
        yield Section(self.say(_TO_KNOW), tuple(self.restored(one) for one in back))
        yield Section(self.say(_TO_COPY), tuple(self.left_out(counted)))

    def to_mend(self, one: Finding) -> Item:
        """The line of a finding about an input."""
        at = self.where(one)
        message, fix = registry.message(one, self.lang), self.fix(one)
        value = one.value or (self.say(_EMPTY) if one.key else "")
        word = self.say(_word(one))
        return Item(one.cell or "", one.label or "", value, message, fix, f"{word}\n{one.code}", at, marks.fill_of(one))

    def restored(self, one: Finding) -> Item:
        """The line of locked content that is as it was again."""
        message = self.say(_TYPED_OVER) if one.code == "T303" else registry.message(one, self.lang)
        fix = self.say(_PUT_BACK_OTHERWISE.get(one.code, _PUT_BACK))
        value = self.was(one) if one.code in ("T301", "T302", "T303", "L407") else ""
        word = self.say(_WAS_RESTORED)
        return Item(one.cell or "", one.label or "", value, message, fix, f"{word}\n{one.code}", self.where(one))

    def left_out(self, counted: Sequence[Finding]) -> Iterator[Item]:
        """What has no place in the form, whole: nothing that a unit wrote is lost without a word."""
        word = self.say(_WAS_LEFT)
        for one in counted:
            if one.code == "T312":
                message = registry.message(one, self.lang)
                yield Item("", "", message, "", self.say(_ROWS_LEFT), word, wide=True)
        others = {one.sheet for one in counted if one.code == "T313" and one.sheet}
        source = self.source
        left = carried.leftovers(self.placed, source.book, source.sheet, source.aligned, others)
        for rest in itertools.islice(left, _MOST_LEFTOVERS):
            yield self.leftover(rest, word)
        more = sum(1 for _ in left)
        if more:
            yield Item("", "", self.say(_MORE, count=more), "", "", word, wide=True)

    def leftover(self, rest: Leftover, word: str) -> Item:
        """The line of one cell outside the form, or of one row of another sheet."""
        if rest.sheet != self.source.sheet.name:
            label = self.say(_SHEET_ROW, sheet=rest.sheet, row=rest.cell)
            return Item("", label, self.cut(rest.text, _LONGEST), "", self.say(_SEND_IT), word, wide=True)
        label = (self.placed.labels.get(rest.place[0]) if rest.place else None) or self.say(_OUTSIDE)
        return Item(rest.cell, label, self.cut(rest.text, _LONGEST), "", self.say(_COPY_IT), word, wide=True)


def _word(one: Finding) -> Text:
    fill = marks.fill_of(one)
    return {MISSING_FILL: _MISSING, WRONG_FILL: _WRONG}.get(fill, _DOUBT)
