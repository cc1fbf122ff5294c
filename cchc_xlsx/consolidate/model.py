"""What goes into a summary and what comes out: workbooks with their provenance, figures with their parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from cchc_xlsx.expr import Scalar
from cchc_xlsx.fields import Context
from cchc_xlsx.issue import Issue, Line
from cchc_xlsx.results import Fields, Told

How = Literal["own", "sum", "worst", "apart"]
Why = Literal["errors", "superseded", "copy", "whole", "version", "plan"]

NO_DATA, PROVISIONAL, APART = "Chưa có số liệu", "Tạm tính", "Không cộng được"


class Source(Struct, frozen=True):
    """A recognised workbook with what was typed in it, what was found in it, and where it comes from.

    `issue` is the commune's whole issue of which this is one unit's; `known` are figures that were printed in it and not
    asked for. `arrived` is when it came (`is_received`), or the time of the file where nobody knows; `link` leads to the file `file` from
    where the summary will stand.
    """

    path: str
    issue: Issue
    unit: str
    fields: Fields
    findings: tuple[Told, ...] = ()
    sha256: str = ""
    sheet: str = ""
    known: Mapping[str, float] = field(default_factory=dict)
    arrived: dt.datetime | None = None
    is_received: bool = False
    is_late: bool = False
    sender: str = ""
    version: int | None = None
    file: Path | None = None
    link: str | None = None

    @property
    def has_errors(self) -> bool:
        """Whether an error was found in it that nobody has waived."""
        return any(one.severity == "error" and not one.waived for one in self.findings)


class Left(Struct, frozen=True):
    """A workbook that is not in the figures, and why; `beside` is the one that stands for it."""

    source: Source
    why: Why
    beside: Source | None = None


class Round(Struct, frozen=True):
    """What the units of one commune report together: the workbooks that count, one a unit, and those that do not."""

    issue: Issue
    used: tuple[Source, ...]
    left: tuple[Left, ...] = ()
    include_errors: bool = False

    @property
    def by_unit(self) -> Mapping[str, Source]:
        """The workbooks that count, by unit."""
        return {one.unit: one for one in self.used}


class Earlier(Struct, frozen=True):
    """What is known of before, by line, in words: the result of the period before, and of the same period last year."""

    prior: Mapping[str, str] = field(default_factory=dict)
    year_ago: Mapping[str, str] = field(default_factory=dict)


class Figure(Struct, frozen=True):
    """The commune's result of one line.

    `values` by the key of the field, dates as day serials, percents as fractions; `counted` are the units whose share is in
    it, `expected` those that owe one; `outcome` is met or not, or why nobody can tell.
    """

    line: Line
    how: How
    values: Mapping[str, Scalar]
    expected: tuple[str, ...]
    counted: tuple[str, ...]
    outcome: str

    @property
    def missing(self) -> tuple[str, ...]:
        """The units whose share is not in it."""
        return tuple(one for one in self.expected if one not in self.counted)


class Summary(Struct, frozen=True, dict=True):
    """The commune's results of one round; `texts` are the gathered free texts by key."""

    round: Round
    ctx: Context
    figures: tuple[Figure, ...]
    texts: Mapping[str, str]
    earlier: Earlier
    expected: tuple[str, ...]
    findings: tuple[Told, ...] = ()  # about the set

    @property
    def issue(self) -> Issue:
        """The issue whose annex it is: of the whole commune."""
        return self.ctx.issue

    @property
    def missing(self) -> tuple[str, ...]:
        """The units that are asked and have no workbook in the figures."""
        return tuple(one for one in self.expected if one not in self.round.by_unit)

    @cached_property
    def by_line(self) -> Mapping[str, Figure]:
        """The figures by line."""
        return {one.line.id: one for one in self.figures}

    @cached_property
    def values(self) -> Mapping[str, Scalar]:
        """Everything that the commune's annex says, by key."""
        found: dict[str, Scalar] = {}
        for one in self.figures:
            found |= one.values
        return found | dict(self.texts)
