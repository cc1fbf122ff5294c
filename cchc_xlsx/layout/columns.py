"""The columns of a form sheet: the official ones, the block of results, the verdict, and the hidden codes behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from cchc_xlsx import fields, periods
from cchc_xlsx.fields import NIL, UNPUBLISHED, Context
from cchc_xlsx.issue import cell, words
from cchc_xlsx.layout import metrics

# LibreOffice draws a column 4.7 % wider than Excel: it does not round the digit's width to whole pixels (measured).
_WIDER = 1.05
# A4 landscape between margins of 30 mm and 15 mm (Nghị định 30/2020/NĐ-CP).
PAGE_WIDTH_PT = (297 - 30 - 15) / 25.4 * 72 / _WIDER
PAGE_HEIGHT_PT = (210 - 20 - 20) / 25.4 * 72
PORTRAIT_WIDTH_PT = (210 - 30 - 15) / 25.4 * 72 / _WIDER
SMALLEST_PRINT = 0.73  # 11 pt printed at 73 % is 8.03 pt
TABLE_FONT_PT = 11

_SLOT_WIDTHS = {
    "first": 9.5,
    "second": 9.5,
    "third": 9.5,
    "fourth": 8.5,
    "judged": 9.0,
    "prior": 9.5,
    "year_ago": 9.5,
    "nil": 10.5,
    "reason": 17.0,
    "evidence": 12.0,
    "note": 10.0,
}
_TASK_WIDTHS = {"first": 12.5, "second": 11.5, "third": 14.0, "prior": 10.5}
_WIDEST_PRIOR = 13.0  # "11.118/11.125" stays on one line
_VERDICT_WIDTH = 34.0
_CODE_WIDTH = 6.0
_WHO_WIDTH = 13.0
_REASONS_WIDTH = 22.0  # of several units

SlotKind = Literal["official", "slot", "verdict", "code"]


class Column(Struct, frozen=True):
    """One placed column: its index (A is 1), what it is, and its width in characters."""

    index: int
    id: str
    kind: SlotKind
    width: float
    header: str = ""


class Columns(Struct, frozen=True):
    """All columns from B on, with the last one that is printed."""

    all: tuple[Column, ...]
    by_id: Mapping[str, Column]
    last_official: int
    last_printed: int

    @property
    def slots(self) -> tuple[Column, ...]:
        """The columns of the result block."""
        return tuple(column for column in self.all if column.kind == "slot")

    @property
    def printed_widths(self) -> list[float]:
        """Widths in characters of the printed columns, from B on."""
        return [column.width for column in self.all if column.index <= self.last_printed]

    @property
    def scale(self) -> int:
        """The print scale in percent at which the printed columns fit the page."""
        return scale_to(PAGE_WIDTH_PT, self.printed_widths)


def scale_to(page_pt: float, widths: list[float]) -> int:
    """The print scale in percent at which columns of these widths fit a page."""
    return min(100, int(page_pt / sum(metrics.column_width_pt(width) for width in widths) * 100))


def place(ctx: Context, coded: set[str]) -> Columns:
    """The columns of the form sheet; `coded` are the inputs that get a hidden code cell."""
    slots = _slots(ctx) if ctx.issue.kind == "report" else {}
    found = _official_and_slots(ctx, slots)
    last_official = len(found) - len(slots) + 1
    last_printed = len(found) + 1
    found.append(Column(len(found) + 2, "verdict", "verdict", _VERDICT_WIDTH, "Kiểm tra"))
    code_slots = dict.fromkeys(ctx.fields[key].slot for key in coded)
    for column in [one.id for one in found if one.id in code_slots]:
        found.append(Column(len(found) + 2, f"code.{column}", "code", _CODE_WIDTH))
    return Columns(tuple(found), {one.id: one for one in found}, last_official, last_printed)


def of_summary(ctx: Context, year_ago: Sequence[str]) -> Columns:
    """The columns of a commune's summary: the results without what only units say, then who is in them; behind it the hidden
    count of those who are. `year_ago` are the results of the same period last year, where any is known."""
    slots = {slot: header for slot, header in _slots(ctx).items() if slot not in ("evidence", "note")}
    if year_ago:
        order = [slot for slot in _SLOT_WIDTHS if slot in slots or slot == "year_ago"]
        slots = {slot: slots.get(slot, "Cùng kỳ năm trước") for slot in order}
    found = _official_and_slots(ctx, slots, {"reason": _REASONS_WIDTH}, [_WHO_WIDTH], year_ago)
    last_official = len(found) - len(slots) + 1
    found.append(Column(len(found) + 2, "verdict", "verdict", _WHO_WIDTH, "Đơn vị có số liệu"))
    last_printed = found[-1].index
    found.append(Column(len(found) + 2, "code.count", "code", _CODE_WIDTH))
    return Columns(tuple(found), {one.id: one for one in found}, last_official, last_printed)


def _official_and_slots(
    ctx: Context,
    slots: Mapping[str, str],
    own: Mapping[str, float] | None = None,
    more: Sequence[float] = (),
    year_ago: Sequence[str] = (),
) -> list[Column]:
    """The columns of the annex, then those of the results; `own` are widths of results that are not the usual ones, `more`
    the widths of what is printed behind them."""
    kinds = {line.measure.kind for line in ctx.lines}
    widths = _SLOT_WIDTHS | (_TASK_WIDTHS if kinds == {"task"} else {}) | dict(own or {})
    prior = [str(ctx.prior(line) or "") for line in ctx.lines]
    for slot, said in (("prior", prior), ("year_ago", year_ago)):
        longest = round(_chars_of_longest(said), 1) if slot in slots else 0
        widths[slot] = min(_WIDEST_PRIOR, max(widths[slot], longest))
    official = _official_widths(ctx, [*(widths[slot] for slot in slots), *more])
    found = [Column(2 + index, id_, "official", width) for index, (id_, width) in enumerate(official.items())]
    for slot, header in slots.items():
        found.append(Column(len(found) + 2, slot, "slot", widths[slot], header))
    return found


def _official_widths(ctx: Context, slot_widths: list[float]) -> dict[str, float]:
    """The declared widths, narrowed in a report so that the whole table prints at 8 pt or larger."""
    declared = {leaf.id: leaf.width for leaf in ctx.issue.form.leaves}
    room = PAGE_WIDTH_PT / SMALLEST_PRINT - sum(map(metrics.column_width_pt, slot_widths))
    free_chars = (room - metrics.column_width_pt(0) * len(declared)) / (
        metrics.column_width_pt(1) - metrics.column_width_pt(0)
    )
    factor = min(1.0, free_chars / sum(declared.values()))
    if factor == 1:
        return declared
    least = {id_: max(5.0, _longest_word_chars(ctx, id_)) for id_ in declared}
    narrow = {id_: max(least[id_], width * factor) for id_, width in declared.items()}
    excess = sum(narrow.values()) - free_chars
    spare = {id_: width - least[id_] for id_, width in narrow.items()}
    return {id_: round(width - excess * spare[id_] / sum(spare.values()) - 0.05, 1) for id_, width in narrow.items()}


def _longest_word_chars(ctx: Context, column: str) -> float:
    """The width in characters at which no word of a column is broken."""
    return _chars_of_longest(str(cell(ctx.issue, row, column)).replace("-", "- ") for row in ctx.issue.form.rows)


def _chars_of_longest(texts: Iterable[str]) -> float:
    widest = max(map(_widest_word_pt, texts), default=0.0)
    return (widest * 1.06 + 4 - metrics.column_width_pt(0)) / (
        metrics.column_width_pt(1) - metrics.column_width_pt(0)
    ) + 0.2


@lru_cache(maxsize=4096)  # the workbooks of a form's units have the same texts
def _widest_word_pt(text: str) -> float:
    return max((metrics.text_width_pt(word, TABLE_FONT_PT) for word in text.split()), default=0.0)


def _slots(ctx: Context) -> dict[str, str]:
    """The slots that the form's measures use, in order, with their headers."""
    used: dict[str, dict[str, None]] = {slot: {} for slot in _SLOT_WIDTHS}
    for line in ctx.lines:
        for one in fields.report_fields(ctx.issue, line):
            used[one.slot][_short(one.key.rpartition(".")[2], one.name, ctx)] = None
        if line.measure.kind == "rate":
            used["third"]["Tỷ lệ"] = None
    if len(used["third"]) > 1 and "Tỷ lệ" in used["third"]:
        used["third"] = {"Tỷ lệ": None} | used["third"]
    if len(used["second"]) > 1 and "Mẫu số" in used["second"]:
        used["second"] = {"Mẫu số": None} | used["second"]
    used["judged"]["Đạt / chưa đạt"] = None
    if any(ctx.prior(line) is not None for line in ctx.lines):
        used["prior"]["Kỳ trước"] = None
    if len(used["first"]) > 1:
        used["first"] = {"Tử số / Kết quả": None} if "Tử số" in used["first"] else {"Kết quả": None}
    return {slot: " / ".join(names) for slot, names in used.items() if names}


def _short(name: str, title: str, ctx: Context) -> str:
    year = ctx.issue.year - 1
    shortened = {
        "of": "Số xã xếp hạng",
        "previous": f"Năm {year}",
        "previous_of": f"Số xã năm {year}",
        "nil": title.replace(f"{NIL} / {UNPUBLISHED}", f"{NIL}, {UNPUBLISHED.lower()}"),
    }
    return shortened.get(name, title)


def block_title(ctx: Context) -> str:
    """The header over the result block."""
    assert ctx.issue.period
    return words(ctx.issue, f"KẾT QUẢ THỰC HIỆN {periods.name(ctx.issue.period).vi.upper()}")
