"""What a rule and a finding are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct, field

from cchc_xlsx.expr import Expr
from cchc_xlsx.fields import Context, Field
from cchc_xlsx.issue import Line
from cchc_xlsx.lang import Text

Severity = Literal["error", "warning", "info"]
Claim = tuple[
    str, Expr, Mapping[str, object]
]  # key of the cell at fault, the condition at fault, places of the message
Declare = Callable[[Context], Iterable[Claim]]


class Rule(Struct, frozen=True):
    """One thing that can be wrong; `declare` gives its conditions where the workbook itself can see them too."""

    code: str
    severity: Severity
    title: Text
    message: Text  # what was found and what is allowed; `{field}`, `{value}` and the claim's own places are filled in
    fix: Text
    why: Text
    bad: Text
    good: Text
    short: str = ""  # what the verdict column says, in Vietnamese
    declare: Declare | None = None

    @property
    def number(self) -> int:
        """The number that stands for the rule in the workbook's own formulas: 401 for L401."""
        return int(self.code[1:])


class Waived(Struct, frozen=True):
    """Why a finding does not count, and the last day of that (ISO) where there is one."""

    reason: str
    until: str | None = None


class Finding(Struct, frozen=True):
    """A fact about a workbook or about a set of them. Its words are made from rule and data when it is shown."""

    code: str
    severity: Severity
    key: str | None = None
    sheet: str | None = None
    cell: str | None = None
    label: str | None = None
    value: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    waived: Waived | None = None


def each_line(declare: Callable[[Context, Line], Iterable[Claim]]) -> Declare:
    """A declaration that is made for each line this workbook asks for."""

    def claims(ctx: Context) -> Iterator[Claim]:
        for line in ctx.lines:
            if line.is_open and ctx.issue.kind == "report":
                yield from declare(ctx, line)

    return claims


def each_field(declare: Callable[[Field], Iterable[Claim]]) -> Declare:
    """A declaration that is made for each input of the workbook."""

    def claims(ctx: Context) -> Iterator[Claim]:
        for one in ctx.fields.values():
            yield from declare(one)

    return claims
