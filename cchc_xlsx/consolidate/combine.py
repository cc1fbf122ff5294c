"""The shares of the units → the commune's figures: how they add up is decided by what the line measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import earlier, expr, fields, units, values
from cchc_xlsx.consolidate.model import APART, NO_DATA, PROVISIONAL, Earlier, Figure, How, Round, Source, Summary
from cchc_xlsx.expr import Scalar
from cchc_xlsx.fields import (
    DOING,
    DONE,
    FREE_TEXTS,
    NIL,
    NOT_ASSIGNED,
    NOT_COMPARABLE,
    NOT_DUE,
    NOT_REACHED,
    OVERDUE,
    REACHED,
    UNPUBLISHED,
    Context,
    Field,
)
from cchc_xlsx.issue import Issue, Line, reported_by, reporting_units, unit_name
from cchc_xlsx.results import Told

# Of several units' statuses the first that any of them gives is the commune's: what is late or not finished shows.
WORST: Mapping[str, tuple[str, ...]] = {
    "task": (OVERDUE, DOING, NOT_DUE, DONE, NIL),
    "narrative": (fields.NOT_REACHED, DOING, REACHED),
}
UNFINISHED = (DOING, NOT_DUE)  # neither met nor missed: the status itself is the outcome
_MAIN = {"rate": ("num", "den"), "rank": ("value", "of"), "trend": ("value", "previous"), "task": ("status",), "narrative": ("status",)}  # fmt: skip
_JOINED = ("doc_no", "reason", "text", "evidence", "note")


def summary(
    round_: Round,
    before: Earlier | None = None,
    findings: Sequence[Told] = (),
    previous: Mapping[str, float] | None = None,
) -> Summary:
    """The commune's results of a round.

    `before` and `previous` are what is known of earlier periods (last year's ranks and trends by the key of their field), as
    far as the workbooks do not say it themselves; `findings` are those about the set.
    """
    before = before or Earlier()
    ctx = _context(round_, before, previous or {})
    whole = units.COMMUNE in round_.by_unit
    asked = (units.COMMUNE,) if whole else reporting_units(round_.issue)
    figures = tuple(_figure(ctx, line, _answers(ctx, line, round_)) for line in ctx.lines)
    texts = {f"{name}.text": _told(ctx, f"{name}.text", round_.used, named=not whole) for name in FREE_TEXTS}
    return Summary(round_, ctx, figures, texts, before, asked, tuple(findings))


def _context(round_: Round, before: Earlier, previous: Mapping[str, float]) -> Context:
    """The whole commune's lines and fields; a sum may be larger than what one unit may type."""
    known: dict[str, str | float] = dict(previous)
    for one in round_.used:
        known |= one.known
    known |= {f"{line}.prior": text for line, text in before.prior.items() if text}
    local = replace(round_.issue.local, previous=known)
    found = fields.context(replace(round_.issue, unit=units.COMMUNE, local=local))
    if len(round_.used) < 2:
        return found
    wide = {key: replace(one, maximum=None) if _is_added(found, one) else one for key, one in found.fields.items()}
    return replace(found, fields=wide)


def _is_added(ctx: Context, one: Field) -> bool:
    line = ctx.by_line.get(one.key.rpartition(".")[0])
    return line is not None and line.measure.kind in ("rate", "count") and one.type == "whole"


class Answer(Struct, frozen=True):
    """What one unit says in one line: native values by name, and the word that excuses it from a figure."""

    unit: str
    source: Source
    said: Mapping[str, Scalar]
    excuse: str = ""
    is_counted: bool = False


class _Answers(Struct, frozen=True):
    expected: tuple[str, ...]
    all: tuple[Answer, ...]

    @property
    def counted(self) -> tuple[Answer, ...]:
        return tuple(one for one in self.all if one.is_counted)


def answers(summary_: Summary, line: Line) -> tuple[Answer, ...]:
    """What each unit's workbook says in a line, those that do not count too."""
    return _answers(summary_.ctx, line, summary_.round).all


def _answers(ctx: Context, line: Line, round_: Round) -> _Answers:
    expected = (units.COMMUNE,) if units.COMMUNE in round_.by_unit else line.reporters
    return _Answers(expected, tuple(_answer(ctx, line, one, expected) for one in round_.used if _has(one, line)))


def _has(source: Source, line: Line) -> bool:
    begin = f"{line.id}."
    return any(key.startswith(begin) for key in source.fields)


def _answer(ctx: Context, line: Line, source: Source, expected: tuple[str, ...]) -> Answer:
    names = [key.rpartition(".")[2] for key in ctx.fields if key in source.fields and key.startswith(f"{line.id}.")]
    said = {name: native(ctx.fields[line.key(name)], source.fields[line.key(name)][1]) for name in names}
    excuse = next((str(said[name]) for name in ("nil", "status") if said.get(name) in (NIL, UNPUBLISHED)), "")
    is_full = excuse or all(said.get(name) is not None for name in main(ctx, line))
    return Answer(source.unit, source, said, excuse, bool(is_full) and source.unit in expected)


def main(ctx: Context, line: Line) -> tuple[str, ...]:
    """The fields of a line without which it says nothing; the first tells whether a unit has answered."""
    return tuple(name for name in _MAIN.get(line.measure.kind, ("value",)) if line.key(name) in ctx.fields)


def native(one: Field | None, value: object) -> Scalar:
    """An accepted value as a cell holds it: a day as its serial number."""
    if one is not None and one.type == "date" and isinstance(value, str):
        day = values.date(value)
        return float(values.serial(day)) if day else value
    return value if value is None or isinstance(value, (int, float, str)) else str(value)


def how(line: Line, expected: Sequence[str]) -> How:
    """How the shares of the units that are asked become one result."""
    kind, basis = line.measure.kind, line.measure.basis
    if len(expected) == 1 or (reported_by(line.measure) == "one" and kind != "narrative"):
        return "own"
    if kind in WORST:
        return "worst"
    # A stock is what there is on the closing day of this period: the units' stocks add up, those of two periods do not.
    return "sum" if kind in ("rate", "count") and basis not in ("distinct", "survey") else "apart"


def _figure(ctx: Context, line: Line, given: _Answers) -> Figure:
    way = how(line, given.expected)
    counted = given.counted
    said = {line.key(name): value for name, value in _combined(ctx, line, way, given).items()}
    outcome = _outcome(ctx, line, way, said, len(counted), len(given.expected))
    return Figure(line, way, said, given.expected, tuple(one.unit for one in counted), outcome)


def _combined(ctx: Context, line: Line, way: How, given: _Answers) -> Mapping[str, Scalar]:
    names = [key.removeprefix(f"{line.id}.") for key in ctx.fields if key.startswith(f"{line.id}.")]
    found: dict[str, Scalar] = {}
    for name in names:
        one = ctx.fields[line.key(name)]
        found[name] = _value(ctx, line, one, name, way, given)
    if found.get("status") != DONE and "done_on" in found:
        found["done_on"] = None
    return found


def _value(ctx: Context, line: Line, one: Field, name: str, way: How, given: _Answers) -> Scalar:
    counted = given.counted
    if name == "nil":
        words = {each.excuse for each in counted}
        return words.pop() or None if len(words) == 1 else None
    if name in _JOINED:
        apart = _each(line, counted) if way == "apart" and name == "reason" else []
        return _joined([*apart, *((each.unit, each.said.get(name)) for each in given.all)], len(given.expected) > 1)
    if way == "apart":
        return None
    said = [each.said.get(name) for each in counted]
    if name == "status" and way == "worst":
        return next((word for word in WORST[line.measure.kind] if word in said), None)
    numbers = [value for value in said if isinstance(value, (int, float))]
    if one.type == "date":
        return max(numbers, default=None)
    if numbers:
        return float(sum(numbers))
    return next((value for value in said if isinstance(value, str)), None)


def _each(line: Line, counted: Sequence[Answer]) -> Iterator[tuple[str, Scalar]]:
    """What cannot be added, unit by unit."""
    for one in counted:
        yield one.unit, earlier.told(line, {line.key(name): value for name, value in one.said.items()})


def _joined(said: Sequence[tuple[str, Scalar]], named: bool) -> str | None:
    """The texts of several units, each once on a line of its own behind those who gave it."""
    texts: dict[str, list[str]] = {}
    for name, text in said:
        if text is not None and str(text).strip():
            texts.setdefault(str(text).strip(), []).append(name)
    if not named:
        return "\n".join(texts) or None
    return "\n".join(f"{', '.join(dict.fromkeys(names))}: {text}" for text, names in texts.items()) or None


def _told(ctx: Context, key: str, used: Sequence[Source], *, named: bool) -> str:
    said = [(name_of(ctx.issue, one.unit), native(None, one.fields[key][1])) for one in used if key in one.fields]
    return _joined(said, named) or ""


def _outcome(ctx: Context, line: Line, way: How, said: Mapping[str, Scalar], counted: int, expected: int) -> str:
    """Met, not met, or why neither: an expected share that is absent makes every total provisional."""
    if not counted:
        return NO_DATA
    if counted < expected:
        return PROVISIONAL
    if way == "apart":
        return APART
    status = said.get(line.key("status"))
    found = expr.evaluate(fields.verdict(ctx, line), said)
    return str(found or (status if status in UNFINISHED else "") or "")


UNDER_WAY, NOT_JUDGED = "Đang thực hiện, chưa đến hạn", "Chưa đánh giá được"
TALLY: Mapping[str, tuple[str, ...]] = {
    REACHED: (REACHED,),
    NOT_REACHED: (NOT_REACHED,),
    UNDER_WAY: (DOING, NOT_DUE),
    PROVISIONAL: (PROVISIONAL,),
    NO_DATA: (NO_DATA,),
    NIL: (NIL,),
    NOT_JUDGED: (NOT_ASSIGNED, UNPUBLISHED, NOT_COMPARABLE, APART),  # and whatever is left
}


def counts(figures: Sequence[Figure]) -> dict[str, int]:
    """How many lines there are under each word of `TALLY`; those that are not judged by the reason, where there is one."""
    reasons = TALLY[NOT_JUDGED]
    found = dict.fromkeys((*(word for word in TALLY if word != NOT_JUDGED), *reasons, NOT_JUDGED), 0)
    for one in figures:
        found[one.outcome if one.outcome in reasons else tallied(one)] += 1
    return found


def tallied(one: Figure) -> str:
    """Under which word of `TALLY` a figure is counted."""
    return next((word for word, outcomes in TALLY.items() if one.outcome in outcomes), NOT_JUDGED)


def said(summary_: Summary) -> dict[str, object]:
    """What the commune's annex says, in the form of accepted inputs: what `earlier` tells of it in the next period."""
    found: dict[str, object] = {key: value for key, value in summary_.values.items() if value is not None}
    for key, value in found.items():
        one = summary_.ctx.fields.get(key)
        if one is not None and one.type == "date" and isinstance(value, float) and (day := values.from_serial(value)):
            found[key] = day.isoformat()
    return found


def name_of(issue: Issue, unit: str) -> str:
    """The name of a unit; its code where the catalogue does not have it."""
    try:
        return unit_name(issue, unit)
    except KeyError:
        return unit
