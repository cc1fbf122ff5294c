"""The sheet *Tổng tỉnh*: each indicator over all communes, as formulas over *Chi tiết*."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from cchc_xlsx import periods
from cchc_xlsx.consolidate.listing import Column
from cchc_xlsx.consolidate.model import APART, NO_DATA, PROVISIONAL
from cchc_xlsx.fields import NIL, NOT_ASSIGNED, NOT_REACHED, REACHED
from cchc_xlsx.issue import Line
from cchc_xlsx.layout.model import Content, Formula, Highlight, Sheet, Style, a1
from cchc_xlsx.province import model, sheet
from cchc_xlsx.province.details import COUNTED, Details
from cchc_xlsx.province.matrix import Matrix
from cchc_xlsx.province.model import Province, Tally
from cchc_xlsx.province.sheet import Long

NAME = "Tổng tỉnh"
DIFFERENT = "Chỉ tiêu khác nhau"
_OPERATORS = {">=": operator.ge, ">": operator.gt, "=": operator.eq, "<=": operator.le, "<": operator.lt}
_HEADS = (
    Column("Mã dòng", 8, "center"),
    Column("Nội dung", 44),
    Column("Chỉ tiêu", 14, "center"),
    Column("Tử số hoặc tổng", 13, "center"),
    Column("Mẫu số", 12, "center"),
    Column("Tỷ lệ chung", 9, "center"),
    Column("Đánh giá chung", 13, "center"),
    Column("Xã đạt", 7, "center"),
    Column("Xã chưa đạt", 7, "center"),
    Column("Xã tạm tính", 7, "center"),
    Column("Xã chưa có số liệu", 9, "center"),
    Column("Xã không phát sinh", 9, "center"),
    Column("Xã khác", 7, "center"),
    Column("Tỷ lệ xã đạt", 8, "center"),
    Column("Trung vị các xã", 9, "center"),
)
_NUM, _DEN, _SHARE, _JUDGED, _COUNTS, _MET_SHARE = 4, 5, 6, 7, 8, 14
_WORDS = (REACHED, NOT_REACHED, PROVISIONAL, NO_DATA, NIL)
_TEXT, _CENTER, _NUMBER, _PERCENT, _WORD = range(5)
_STYLES = (
    Style(valign="top"),
    Style(valign="top", align="center"),
    Style(valign="top", align="center", number_format="#,##0.##"),
    Style(valign="top", align="center", number_format="0.0%"),
    Style(valign="top", align="center", number_format="General"),
)


class Totals(Struct, frozen=True):
    """The sheet, and of each line its row and how many communes have which outcome, others last."""

    sheet: Sheet
    first: int
    counts: tuple[tuple[int, ...], ...]

    def count(self, line: int, index: int) -> str:
        """The cell of a count."""
        return f"'{NAME}'!{a1((self.first + line, _COUNTS + index))}"


def totals(province: Province, found: Details, matrix: Matrix, banner: str) -> Totals:
    """One row an indicator."""
    counts = tuple(_counts(province, line) for line in province.lines)
    one = Long(
        NAME,
        "TỔNG HỢP CHUNG CÁC XÃ",
        tuple(_remarks(province)),
        banner,
        "TongTinh",
        _HEADS,
        _STYLES,
        len(province.lines),
        lambda first: (
            [*_row(province, line, counts[index], found, matrix, first + index)]
            for index, line in enumerate(province.lines)
        ),
        highlights=lambda first: _highlights(first, len(province.lines)),
        freeze=3,
    )
    made = sheet.sheet(one)
    assert made.body
    return Totals(made, made.body.first, counts)


def _highlights(first: int, count: int) -> tuple[Highlight, ...]:
    area = (first, _JUDGED, first + count - 1, _JUDGED)
    at = f"${a1((first, _JUDGED))}"
    coloured = ((REACHED, "#E2F0D9"), (NOT_REACHED, "#F8CBAD"), (PROVISIONAL, "#FFF2CC"), (NO_DATA, "#FFF2CC"))
    return tuple(Highlight(area, f'{at}="{word}"', fill) for word, fill in coloured)


def _remarks(province: Province) -> Iterator[str]:
    period = province.issue.period
    assert period
    yield (
        f"Kỳ báo cáo: {periods.name(period).vi}.   Biểu: {province.issue.form.id}.   Số liệu của {len(province.communes)}"
        f"/{province.asked} xã."
    )
    if province.absent:
        shown = "; ".join(province.absent[:30])
        more = f" và {len(province.absent) - 30} xã khác (xem trang Vấn đề)" if len(province.absent) > 30 else ""
        yield f"Không có trong số liệu: {shown}{more}."
    yield (
        "Tử số, mẫu số là tổng của các xã (công thức trên trang Chi tiết). Còn xã thiếu hoặc tạm tính thì đánh giá chung là tạm tính. "
        "Điểm, hạng, số hồ sơ khác loại không cộng được thì chỉ đếm xã."
    )


def _counts(province: Province, line: Line) -> tuple[int, ...]:
    said = province.tallies[line.id].outcomes
    known = [said.get(word, 0) for word in _WORDS]
    known[_WORDS.index(NO_DATA)] += len(province.absent)
    others = sum(count for word, count in said.items() if word not in _WORDS)
    return (*known, others)


def _row(
    province: Province, line: Line, counts: Sequence[int], found: Details, matrix: Matrix, row: int
) -> Iterator[tuple[Content, int]]:
    tally = province.tallies[line.id]
    yield line.id, _CENTER
    yield line.label, _TEXT
    yield _target(line, tally), _WORD
    names = model.main(line)
    sums = dict.fromkeys(("num", "den", "value"), None) if not model.is_added(line) else tally.sums
    is_rate = line.measure.kind == "rate"
    added = model.is_added(line)
    yield (_sum(found, line.key(names[0]), sums.get(names[0])) if added else None), _NUMBER
    yield (_sum(found, line.key("den"), sums.get("den")) if added and is_rate else None), _NUMBER
    num, den = a1((row, _NUM)), a1((row, _DEN))
    share = _share(sums) if added and is_rate else None
    text = f'IF(ISNUMBER({den}),IF({den}>0,N({num})/{den},""),"")'
    yield (Formula(text, "" if share is None else share) if added and is_rate else None), _PERCENT
    yield _judged(line, tally, counts, sums, row), _WORD
    yield from _counted(province, line, counts, found, row)
    met, missed = a1((row, _COUNTS)), a1((row, _COUNTS + 1))
    judged = counts[0] + counts[1]
    yield Formula(f'IF({met}+{missed}=0,"",{met}/({met}+{missed}))', counts[0] / judged if judged else ""), _PERCENT
    yield _median(province, line, matrix), _PERCENT if line.measure.kind in ("rate", "percent", "trend") else _NUMBER


def _sum(found: Details, key: str, value: float | None) -> Formula:
    of = f'{found.keys},"{key}",{found.counted},"{COUNTED}"'
    return Formula(f'IF(COUNTIFS({of})=0,"",SUMIFS({found.values},{of}))', "" if value is None else value)


def _share(sums: Mapping[str, float | None]) -> float | None:
    num, den = sums.get("num"), sums.get("den")
    return (num or 0.0) / den if den else None


def _target(line: Line, tally: Tally) -> str:
    if len(tally.targets) > 1:
        return DIFFERENT
    target = line.target
    if not target:
        return ""
    unit = "%" if line.measure.kind in ("rate", "percent") else ""
    value = f"{target.value:g}".replace(".", ",") if isinstance(target.value, (int, float)) else target.value
    return f"{target.op} {value}{unit}".replace(">=", "≥").replace("<=", "≤")


def _judged(line: Line, tally: Tally, counts: Sequence[int], sums: Mapping[str, float | None], row: int) -> Content:
    """Met or not over all communes; provisional while any of them is, and a word where nothing can be said."""
    if not model.is_added(line):
        return APART
    target = line.target
    goal = target.value if target else None
    verdict, said = f'"{NOT_ASSIGNED}"', NOT_ASSIGNED
    if len(tally.targets) > 1:
        verdict, said = f'"{DIFFERENT}"', DIFFERENT
    elif target and isinstance(goal, (int, float)):
        num, den = a1((row, _NUM)), a1((row, _DEN))
        is_rate = line.measure.kind == "rate"
        left, right = (f"{num}*100", f"{den}*{goal:.15g}") if is_rate else (num, f"{goal:.15g}")
        verdict = f'IF({left}{target.op}{right},"{REACHED}","{NOT_REACHED}")'
        said = _verdict(line, target.op, goal, sums)
    empty = f"{a1((row, _DEN))}=0" if line.measure.kind == "rate" else f'{a1((row, _NUM))}=""'
    prov, none = (a1((row, _COUNTS + _WORDS.index(word))) for word in (PROVISIONAL, NO_DATA))
    base = sums.get("den") if line.measure.kind == "rate" else sums.get("value")
    blank = f'{a1((row, _NUM))}=""'
    text = (
        f'IF({prov}+{none}>0,IF({blank},"{NO_DATA}","{PROVISIONAL}"),IF({blank},"{NIL}",IF({empty},"{NIL}",{verdict})))'
    )
    is_blank = sums.get(model.main(line)[0]) is None
    if counts[2] + counts[3]:
        said = NO_DATA if is_blank else PROVISIONAL
    elif is_blank or (line.measure.kind == "rate" and not base):
        said = NIL
    return Formula(text, said)


def _verdict(line: Line, op: str, goal: float, sums: Mapping[str, float | None]) -> str:
    if line.measure.kind == "rate":
        left, right = (sums.get("num") or 0.0) * 100, (sums.get("den") or 0.0) * goal
    else:
        left, right = sums.get("value") or 0.0, goal
    return REACHED if _OPERATORS[op](left, right) else NOT_REACHED


def _counted(
    province: Province, line: Line, counts: Sequence[int], found: Details, row: int
) -> Iterator[tuple[Content, int]]:
    """How many communes have each outcome; those that are not there at all have no data."""
    key = line.key(model.main(line)[0])
    for index, word in enumerate(_WORDS):
        text = f'COUNTIFS({found.keys},"{key}",{found.outcomes},"{word}")'
        text += f"+{len(province.absent)}" if word == NO_DATA and province.absent else ""
        yield Formula(text, counts[index]), _NUMBER
    known = f"{a1((row, _COUNTS))}:{a1((row, _COUNTS + len(_WORDS) - 1))}"
    yield Formula(f"{province.asked}-SUM({known})", counts[-1]), _NUMBER


def _median(province: Province, line: Line, matrix: Matrix) -> Content:
    limits = matrix.bounds.get(line.id)
    if limits is None:
        return None
    return Formula(f"MEDIAN({matrix.columns[line.id]})", limits.median)
