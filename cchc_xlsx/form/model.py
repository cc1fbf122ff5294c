"""What a form declares: its heading, columns, rows, and what each row measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from cchc_xlsx.units import Era

Kind = Literal["rate", "percent", "count", "score", "rank", "grade", "trend", "task", "narrative"]
Operator = Literal[">=", ">", "=", "<=", "<"]
Basis = Literal["flow", "cumulative", "stock", "distinct", "survey", "once"]
ReportedBy = Literal["each", "one"]
RowRole = Literal["section", "group", "item", "total"]
ColumnRole = Literal["stt", "label", "target", "baseline", "units", "text", "product", "deadline", "basis"]
HeadingStyle = Literal["annex", "title", "subtitle", "text"]
Align = Literal["left", "center"]


@dataclass(frozen=True, slots=True)
class Heading:
    """One printed line above the table."""

    text: str
    style: HeadingStyle = "title"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the official table, or a header over several (then only `header` and `columns` are given)."""

    header: str
    id: str = ""
    role: ColumnRole | None = None
    width: float = 0  # characters of the default font, in the plan workbook; a report narrows it to fit the paper
    align: Align = "left"
    columns: tuple[Column, ...] = ()

    def leaves(self) -> Iterator[Column]:
        """The columns that hold cells, from left to right."""
        if not self.columns:
            yield self
        for column in self.columns:
            yield from column.leaves()

    def depth(self) -> int:
        """How many header rows this column needs."""
        return 1 + max((column.depth() for column in self.columns), default=0)


@dataclass(frozen=True, slots=True)
class Deadline:
    """One part of a deadline: exactly one of date, month, quarter, whole_year, manual; years count from the form's year."""

    what: str = ""
    date: str = ""  # "31/12"
    month: int = 0
    first_quarter: int = 0  # "Quý II, Quý III": first_quarter 2, quarter 3
    quarter: int = 0
    whole_year: bool = False
    manual: bool = False  # no date can be computed: thường xuyên, theo kế hoạch của tỉnh, after an event
    year_offset: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """What one row (or one part of a compound row) reports, and when it is met.

    `target` is percent points for rate and percent (90 is 90 %), a plain number for count and score, a word of `scale`
    for grade, absent where the commune's plan sets it and for rank, trend, task and narrative.
    """

    kind: Kind
    id: str = ""  # only in a compound row: the key of this part's line, "r08a"
    words: str = ""  # only in a compound row: the lines of the printed target that this part is about
    label: str = ""  # only in a compound row: what messages call this part
    indicator: str = ""  # code of the canonical indicator, "R01"
    op: Operator | None = None
    target: float | str | None = None
    num: str = ""
    den: str = ""
    value: str = ""  # what is typed, for every kind that is not a rate
    basis: Basis | None = None
    zero_den: bool = False  # nothing to count in a period is usual: 0/0 is accepted without "không phát sinh"
    maximum: float | None = None
    scale: tuple[str, ...] = ()  # best first
    reported_by: ReportedBy | None = None
    evidence: bool = False  # evidence is required, not only welcome


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: its printed cells by column id and what it measures."""

    id: str
    role: RowRole
    cells: Mapping[str, str] = field(default_factory=dict)
    level: int = 1
    span: bool = False  # the label runs over all columns to its right
    measure: Measure | None = None
    measures: tuple[Measure, ...] = ()  # a compound row
    deadline: tuple[Deadline, ...] = ()
    sum_of: tuple[str, ...] = ()  # ids of the rows that a total adds up

    @property
    def parts(self) -> tuple[Measure, ...]:
        """The measures of the row: none, one, or the parts of a compound row."""
        return (self.measure,) if self.measure else self.measures


@dataclass(frozen=True, slots=True)
class Merge:
    """A vertical merge of one column, from row `first` to row `last`, as the paper form has it."""

    column: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Relation:
    """What two fields of different rows must have to do with one another.

    subset: part <= whole; same: both are one figure; carry: part is what `whole` was at the end of the period before ("từ kỳ
    trước chuyển sang" and "đang giải quyết").
    """

    kind: Literal["subset", "same", "carry"]
    part: str
    whole: str


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A form (biểu): one version of one official table; two loaded forms are the same only if they are one object."""

    id: str
    version: int
    name: str
    name_en: str
    base_year: int
    era: Era
    coordinator: str
    sections: tuple[str, ...]
    heading: tuple[Heading, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    commune: str = ""  # whose annex it is; empty where the form is for any commune
    source: str = ""
    owner_column: str = ""
    merges: tuple[Merge, ...] = ()
    relations: tuple[Relation, ...] = ()
    signatures: tuple[str, ...] = ("NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ")

    @property
    def leaves(self) -> tuple[Column, ...]:
        """The columns that hold cells, from left to right."""
        return _leaves(self)


@cache
def _leaves(form: Form) -> tuple[Column, ...]:
    return tuple(leaf for column in form.columns for leaf in column.leaves())
