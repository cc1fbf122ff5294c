"""The sheet *Ma trận*: communes and indicators, who has met what, who comes where, who is far from the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from cchc_xlsx.consolidate.listing import Column, cut
from cchc_xlsx.consolidate.model import NO_DATA, PROVISIONAL
from cchc_xlsx.expr import Scalar
from cchc_xlsx.fields import NOT_REACHED, REACHED
from cchc_xlsx.issue import Line
from cchc_xlsx.layout.head import HEADER_FILL
from cchc_xlsx.layout.model import Cell, Content, Formula, Highlight, Sheet, Style, a1, a1_range
from cchc_xlsx.province import compare, model, sheet
from cchc_xlsx.province.compare import Bounds
from cchc_xlsx.province.details import Details
from cchc_xlsx.province.model import Province
from cchc_xlsx.province.sheet import Cells, Long

NAME = "Ma trận"
MOST_LIVE = 20_000  # cells of the matrix up to which each is a formula: beyond, a program recalculates for minutes
_MET, _MISSED, _OPEN = "#E2F0D9", "#F8CBAD", "#FFF2CC"
_FAR_MET, _FAR_MISSED, _FAR = "#8EA9DB", "#ED9B5F", "#B4C6E7"
_LEAD = (
    Column("STT", 5, "center"),
    Column("Mã xã", 9, "center"),
    Column("Xã", 24),
    Column("Hạng chung", 8, "center"),
    Column("Tỷ lệ đạt", 8, "center"),
    Column("Đạt", 6, "center"),
    Column("Chưa đạt", 7, "center"),
    Column("Tạm tính", 7, "center"),
    Column("Chưa có số liệu", 8, "center"),
    Column("Khác xa các xã", 8, "center"),
    Column("Dòng ở Chi tiết", 9, "center"),
)
_RANK, _SHARE, _FIRST_COUNT, _FARS = 4, 5, 6, 10
_COUNTED = (REACHED, NOT_REACHED, PROVISIONAL, NO_DATA)
_TEXT, _CENTER, _WHOLE, _PERCENT, _NUMBER, _WORD, _LEFT = range(7)
_STYLES = (
    Style(valign="top"),
    Style(align="center", valign="top"),
    Style(align="center", valign="top", number_format="0"),
    Style(align="center", valign="top", number_format="0.0%"),
    Style(align="center", valign="top", number_format="#,##0.##"),
    Style(size=9, align="center", valign="top", number_format="General"),
    Style(size=9, valign="top", number_format="General", wrap=False),
)
_WIDTH = 10.0
_LONGEST_HEADING = 70


class Matrix(Struct, frozen=True):
    """The sheet, and the cells that the dashboard reads."""

    sheet: Sheet
    first: int
    shares: tuple[float | None, ...]
    ranks: tuple[int | None, ...]
    columns: Mapping[str, str]  # line → the range of its values
    bounds: Mapping[str, Bounds]
    is_live: bool

    def share(self, commune: int) -> str:
        """The cell of a commune's share met."""
        return f"'{NAME}'!{a1((self.first + commune, _SHARE))}"


class _Frame(Struct, frozen=True):
    """What is known of the whole matrix before its first row is written."""

    province: Province
    found: Details
    bounds: Mapping[str, Bounds]
    ranks: Sequence[Sequence[int | None]]  # by line
    shares: Sequence[float | None]
    overall: Sequence[int | None]
    is_live: bool

    @property
    def values(self) -> int:
        """The first column of values."""
        return len(_LEAD) + 1

    @property
    def places(self) -> int:
        """The first column of places."""
        return self.values + len(self.province.lines)

    @property
    def outcomes(self) -> int:
        """The first column of outcomes."""
        return self.places + len(self.province.lines)


def matrix(province: Province, found: Details, banner: str) -> Matrix:
    """The matrix with its places and what is far from the others."""
    frame = _frame(province, found)
    remarks = tuple(_remarks(frame))
    one = Long(
        NAME,
        "MA TRẬN CÁC XÃ VÀ CHỈ TIÊU",
        remarks,
        banner,
        "MaTran",
        (*_LEAD, *_heads(province)),
        _STYLES,
        len(province.communes),
        lambda first: _rows(frame, first),
        above=_above(frame),
        highlights=lambda first: _highlights(frame, first),
        freeze=_RANK,
        wide=len(_LEAD) + 4,
    )
    made = sheet.sheet(one)
    assert made.body
    first, last = made.body.first, made.body.last
    areas = {}
    for index, line in enumerate(province.lines):
        column = frame.values + index
        areas[line.id] = f"'{NAME}'!" + _absolute(first, last, column)
    return Matrix(made, first, tuple(frame.shares), tuple(frame.overall), areas, frame.bounds, frame.is_live)


def _frame(province: Province, found: Details) -> _Frame:
    communes = province.communes
    ranks: list[Sequence[int | None]] = []
    bounds: dict[str, Bounds] = {}
    for index, line in enumerate(province.lines):
        values: list[Scalar] = [one.results[index][0] for one in communes]
        way = compare.ascending(line)
        ranks.append([None] * len(values) if way is None else compare.places(values, ascending=way))
        numbers = [one for one in values if isinstance(one, (int, float))]
        is_share = line.measure.kind in ("rate", "percent", "trend")
        if line.measure.kind != "rank" and (limits := compare.bounds(numbers, is_share=is_share)):
            bounds[line.id] = limits
    shares = [compare.share_met(outcome for _, outcome in one.results) for one in communes]
    overall = compare.places(shares, ascending=False)
    is_live = len(communes) * len(province.lines) <= MOST_LIVE
    return _Frame(province, found, bounds, ranks, shares, overall, is_live)


def _remarks(frame: _Frame) -> Iterator[str]:
    yield (
        "Xanh lá: đạt; cam nhạt: chưa đạt; vàng: tạm tính hoặc chưa có số liệu; xanh dương hoặc cam đậm: khác xa các xã khác (quá 3,5 lần "
        "độ lệch chuẩn ước theo trung vị và MAD), cần hỏi lại, không phải là lỗi."
    )
    yield (
        "Tỷ lệ đạt = số chỉ tiêu đạt ÷ (đạt + chưa đạt + tạm tính + chưa có số liệu); hạng chung theo tỷ lệ này, xã bằng nhau cùng hạng."
    )
    if frame.is_live:
        yield "Số liệu trong bảng là công thức lấy từ trang Chi tiết; trung vị, MAD và hai giới hạn được ghi khi lập bảng."
    else:
        yield (
            f"Bảng có hơn {MOST_LIVE:,} ô".replace(",", ".")
            + " nên ghi giá trị, không ghi công thức; cột “Dòng ở Chi tiết” cho biết dòng đầu "
            "của xã ở trang Chi tiết. Trang Tổng tỉnh vẫn là công thức."
        )


def _heads(province: Province) -> list[Column]:
    words = [f"{cut(line.label, _LONGEST_HEADING)} [{line.id}]" for line in province.lines]
    values = [Column(text, _WIDTH, "center") for text in words]
    places = [Column(f"Hạng [{line.id}]", _WIDTH, "center", printed=False) for line in province.lines]
    outcomes = [Column(f"Đánh giá [{line.id}]", _WIDTH, "center", printed=False) for line in province.lines]
    return [*values, *places, *outcomes]


def _above(frame: _Frame) -> list[dict[int, Cell]]:
    """What is usual, above the values: the rows that the colours read."""
    rows = []
    for name in ("median", "mad", "low", "high"):
        words = {"median": "Trung vị", "mad": "MAD", "low": "Giới hạn dưới", "high": "Giới hạn trên"}
        row = {3: Cell(words[name], Style(size=9, italic=True, fill=HEADER_FILL))}
        for index, line in enumerate(frame.province.lines):
            limits = frame.bounds.get(line.id)
            value = getattr(limits, name) if limits else None
            shown = "0.0%" if line.measure.kind in ("rate", "percent", "trend") else "#,##0.##"
            style = Style(size=9, italic=True, align="center", number_format=shown, fill=HEADER_FILL)
            row[frame.values + index] = Cell(value, style)
        rows.append(row)
    return rows


def _highlights(frame: _Frame, first: int) -> tuple[Highlight, ...]:
    count = len(frame.province.lines)
    last = first + len(frame.province.communes) - 1
    if not count or last < first:
        return ()
    column = frame.values
    area = (first, column, last, column + count - 1)
    value, outcome = a1((first, column)), a1((first, frame.outcomes))
    letters = value.rstrip("0123456789")
    low, high = f"{letters}${first - 3}", f"{letters}${first - 2}"
    far = f"ISNUMBER({value}),ISNUMBER({low}),OR({value}<{low},{value}>{high})"
    found = [
        Highlight(area, f'AND({outcome}="{NOT_REACHED}",{far})', _FAR_MISSED),
        Highlight(area, f'AND({outcome}="{REACHED}",{far})', _FAR_MET),
        Highlight(area, f"AND({far})", _FAR),
        Highlight(area, f'{outcome}="{REACHED}"', _MET),
        Highlight(area, f'{outcome}="{NOT_REACHED}"', _MISSED),
        Highlight(area, f'OR({outcome}="{PROVISIONAL}",{outcome}="{NO_DATA}")', _OPEN),
    ]
    return tuple(found)


# -------------------------------------------------------------------------------------------------------------- the rows


def _rows(frame: _Frame, first: int) -> Iterator[Cells]:
    lines = frame.province.lines
    last = first + len(frame.province.communes) - 1
    for number, commune in enumerate(frame.province.communes):
        row = first + number
        far = sum(
            line.id in frame.bounds and frame.bounds[line.id].is_far(value)
            for line, (value, _) in zip(lines, commune.results, strict=True)
        )
        lead: list[tuple[Content, int]] = [
            (float(number + 1), _WHOLE),
            (commune.code, _CENTER),
            (commune.name, _TEXT),
            *_lead(frame, number, row, (first, last)),
            (float(far), _WHOLE),
            (float(frame.found.first + number * frame.found.stride), _WHOLE),
        ]
        values = [(_value(frame, number, index), _style(line)) for index, line in enumerate(lines)]
        places = [(_place(frame, number, index, row, (first, last)), _WHOLE) for index in range(len(lines))]
        outcomes = [(_outcome(frame, number, index), _WORD) for index in range(len(lines))]
        yield [*lead, *values, *places, *outcomes]


def _style(line: Line) -> int:
    if line.measure.kind in ("rate", "percent", "trend"):
        return _PERCENT
    return _WORD if compare.ascending(line) is None and line.measure.kind != "count" else _NUMBER


def _lead(frame: _Frame, number: int, row: int, rows: tuple[int, int]) -> Iterator[tuple[Content, int]]:
    """Place, share, and how often each outcome stands in the row."""
    commune, share, rank = frame.province.communes[number], frame.shares[number], frame.overall[number]
    counts = [sum(outcome == word for _, outcome in commune.results) for word in _COUNTED]
    if not frame.is_live:
        yield (None if rank is None else float(rank)), _WHOLE
        yield share, _PERCENT
        yield from ((float(count), _WHOLE) for count in counts)
        return
    at = a1((row, _SHARE))
    text = f'IF(ISNUMBER({at}),RANK({at},{_absolute(*rows, _SHARE)},0),"")'
    yield Formula(text, "" if rank is None else rank), _WHOLE
    area = a1_range((row, _FIRST_COUNT, row, _FIRST_COUNT + len(_COUNTED) - 1))
    yield (
        Formula(f'IF(SUM({area})=0,"",{a1((row, _FIRST_COUNT))}/SUM({area}))', "" if share is None else share),
        _PERCENT,
    )
    outcomes = a1_range((row, frame.outcomes, row, frame.outcomes + len(commune.results) - 1))
    for word, count in zip(_COUNTED, counts, strict=True):
        yield Formula(f'COUNTIF({outcomes},"{word}")', count), _WHOLE


def _value(frame: _Frame, number: int, index: int) -> Content:
    line = frame.province.lines[index]
    value, outcome = frame.province.communes[number].results[index]
    if not frame.is_live:
        return value
    if not isinstance(value, (int, float)):
        said = value if isinstance(value, str) else ""
        at = (
            frame.found.outcome(number, line)
            if said == outcome
            else frame.found.value(number, line.key(model.main(line)[0]))
        )
        return Formula(f'{at}&""', said)
    cells = [frame.found.value(number, line.key(name)) for name in model.main(line)]
    if line.measure.kind == "rate":
        return Formula(f'IF(N({cells[1]})=0,"",{cells[0]}/{cells[1]})', value)
    return Formula(f'IF(ISNUMBER({cells[0]}),{cells[0]},"")', value)


def _outcome(frame: _Frame, number: int, index: int) -> Content:
    outcome = frame.province.communes[number].results[index][1]
    if not frame.is_live:
        return outcome
    return Formula(f'{frame.found.outcome(number, frame.province.lines[index])}&""', outcome)


def _place(frame: _Frame, number: int, index: int, row: int, rows: tuple[int, int]) -> Content:
    way, place = compare.ascending(frame.province.lines[index]), frame.ranks[index][number]
    if way is None or not frame.is_live:
        return None if place is None else float(place)
    column = frame.values + index
    at = a1((row, column))
    text = f'IF(ISNUMBER({at}),RANK({at},{_absolute(*rows, column)},{int(way)}),"")'
    return Formula(text, "" if place is None else place)


def _absolute(first: int, last: int, column: int) -> str:
    letters = a1((1, column)).rstrip("1")
    return f"${letters}${first}:${letters}${last}"
