"""What a commune says in each line, where that stands, and the communes of one form and period together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from cchc_xlsx import expr, fields
from cchc_xlsx.consolidate.model import APART, NO_DATA, PROVISIONAL, Figure, Summary
from cchc_xlsx.expr import Scalar
from cchc_xlsx.fields import NIL, UNPUBLISHED, Context
from cchc_xlsx.issue import Issue, Line

# Of a line the fields that say its result; what stands beside them is told in the commune's own workbook.
_MAIN: Mapping[str, tuple[str, ...]] = {"rate": ("num", "den"), "rank": ("value", "of"), "task": ("status",), "narrative": ("status",)}  # fmt: skip
_WORDS = (PROVISIONAL, NO_DATA, APART, NIL, UNPUBLISHED)  # stand in the place of a figure


class Entry(Struct, frozen=True):
    """What a commune says in one line: values by name, the outcome, of how many units; `cells` are where each value stands.

    `share` is the result of a rate, `target` what it was judged by.
    """

    values: Mapping[str, Scalar]
    outcome: str
    counted: int
    expected: int
    reason: str = ""
    share: float | None = None
    target: str = ""
    file: str = ""
    sheet: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)


Entries = Mapping[str, Entry]  # by line


class Origin(Struct, frozen=True):
    """A file of a commune, what it is, and whether it is in the figures."""

    what: str
    counted: str
    path: str
    link: str | None
    arrived: str
    sha256: str
    is_used: bool


class Commune(Struct, frozen=True):
    """A commune that is in the figures: what is shown of each line, and the outcome."""

    code: str
    name: str
    results: tuple[tuple[Scalar, str], ...]

    @property
    def called(self) -> str:
        """The name, with the code where there is one."""
        return f"{self.name} ({self.code})" if self.code else self.name


class Problem(Struct, frozen=True):
    """Something the level above has to look at; `level` is Lỗi or Cảnh báo."""

    level: str
    commune: str
    text: str
    fix: str = ""
    file: str = ""
    sheet: str = ""
    cell: str = ""
    code: str = ""


class Tally(Struct):
    """What the communes say in one line together."""

    sums: dict[str, float] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    targets: set[str] = field(default_factory=set)

    def add(self, line: Line, one: Entry) -> None:
        """Count a commune's entry."""
        self.outcomes[one.outcome] = self.outcomes.get(one.outcome, 0) + 1
        self.targets.add(one.target)
        if is_counted(one):
            for name in main(line):
                value = one.values.get(name)
                if isinstance(value, (int, float)):
                    self.sums[name] = self.sums.get(name, 0.0) + value


class Province(Struct, frozen=True, dict=True):
    """The communes of one form and period. `entries` and `origins` read what is kept on disk, one commune at a time."""

    ctx: Context
    communes: tuple[Commune, ...]
    tallies: Mapping[str, Tally]
    entries: Callable[[int], Entries]
    origins: Callable[[], Iterable[tuple[str, str, Origin]]]
    absent: tuple[str, ...] = ()  # communes that are asked and not in the figures
    problems: tuple[Problem, ...] = ()
    include_errors: bool = False

    @property
    def issue(self) -> Issue:
        """The issue that the lines are of; its commune is any."""
        return self.ctx.issue

    @property
    def lines(self) -> tuple[Line, ...]:
        """The indicators."""
        return self.ctx.lines

    @property
    def asked(self) -> int:
        """How many communes there should be, as far as that is known."""
        return len(self.communes) + len(self.absent)


def main(line: Line) -> tuple[str, ...]:
    """The fields of a line that *Chi tiết* lists."""
    return _MAIN.get(line.measure.kind, ("value",))


def is_counted(one: Entry) -> bool:
    """Whether a commune's values are in the sums."""
    return one.counted > 0 and one.outcome != APART


def is_added(line: Line) -> bool:
    """Whether communes' values add up: what one unit of a commune reports for it does too, distinct procedures do not."""
    return line.measure.kind in ("rate", "count") and line.measure.basis not in ("distinct", "survey")


def shown(line: Line, one: Entry) -> Scalar:
    """What the matrix shows: the share or the value, a status, or the word that stands in its place."""
    if one.outcome in _WORDS or not one.counted:
        return one.outcome or NO_DATA
    return one.share if line.measure.kind == "rate" else one.values.get(main(line)[0])


# ----------------------------------------------------------------------------------------------------- from a summary


def entries_of(summary: Summary, where: Callable[[Figure, str], tuple[str, str, str]]) -> dict[str, Entry]:
    """What a commune's summary says; `where` gives file, sheet and cell of a value by its name."""
    return {one.line.id: _entry(summary.ctx, one, where) for one in summary.figures}


def _entry(ctx: Context, one: Figure, where: Callable[[Figure, str], tuple[str, str, str]]) -> Entry:
    line = one.line
    names = main(line)
    places = {name: where(one, name) for name in names}
    file, sheet, _ = places[names[0]]
    share = expr.evaluate(fields.ratio(ctx, line), one.values) if line.measure.kind == "rate" else None
    return Entry(
        {name: one.values.get(line.key(name)) for name in names},
        one.outcome,
        len(one.counted),
        len(one.expected),
        str(one.values.get(line.key("reason")) or ""),
        share if isinstance(share, (int, float)) else None,
        target_of(line),
        file,
        sheet,
        {name: place[2] for name, place in places.items() if place[2]},
    )


def target_of(line: Line) -> str:
    """What a line is judged by, as a text to compare."""
    return f"{line.target.op} {line.target.value}" if line.target else ""


def to_json(found: Entries) -> dict[str, Any]:
    """Entries as JSON has them."""
    return {
        line: [
            dict(one.values),
            one.outcome,
            one.counted,
            one.expected,
            one.reason,
            one.share,
            one.target,
            one.file,
            one.sheet,
            dict(one.cells),
        ]
        for line, one in found.items()
    }


def from_json(said: Mapping[str, Any]) -> dict[str, Entry]:
    """The entries that `to_json` gave."""
    return {line: Entry(*one) for line, one in said.items()}
