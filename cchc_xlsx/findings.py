"""A filled workbook → its findings, in the order of its cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from cchc_xlsx import expr, history, issue, legacy, values
from cchc_xlsx.alteration import Aligned
from cchc_xlsx.expr import Ref
from cchc_xlsx.fields import Context, Field
from cchc_xlsx.filled import Entry, Filled, date_of
from cchc_xlsx.form import deadlines
from cchc_xlsx.form.model import Row
from cchc_xlsx.grid import Grid
from cchc_xlsx.lang import Text
from cchc_xlsx.layout.model import a1
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding, Rule

Judge = Callable[[Finding], Finding]  # the finding, as waived where it is


def run(filled: Filled, judge: Judge = lambda finding: finding) -> tuple[Finding, ...]:
    """Every finding about the inputs: at most one a cell that counts, the first that applies; nothing filled in is one.

    A finding that `judge` gives back as waived does not hide the next one of its cell.
    """
    ctx = filled.layout.context
    asked = filled.layout.inputs if filled.has_errors else _at_fault(filled)
    found = {key: found for key in asked if (found := list(_of_cell(filled, key, judge)))}
    if ctx.issue.kind == "report" and _is_untouched(filled):
        missing = sum(of_cell[-1].code.startswith("M") for of_cell in found.values())
        return (judge(_nothing(filled, missing)),) if missing else ()
    if ctx.issue.kind == "plan":
        for finding in _plan(filled):
            if finding.key is not None:
                found.setdefault(finding.key, [judge(finding)])
    places = filled.layout.inputs
    return tuple(one for key in sorted(found, key=lambda key: places[key]) for one in found[key])


def _at_fault(filled: Filled) -> Iterator[str]:
    """The inputs about which there is anything to find; most have nothing wrong."""
    values_ = filled.values
    doubtful = {key for key, entry in filled.typed.items() if entry.doubt}
    yield from doubtful
    for key, conditions in filled.layout.conditions.items():
        for holds in conditions:
            if holds(values_):
                if key not in doubtful:
                    yield key
                break


def _is_untouched(filled: Filled) -> bool:
    return all(entry.value is None for entry in filled.typed.values())


def _nothing(filled: Filled, missing: int) -> Finding:
    return Finding("M100", "error", sheet=filled.layout.form_sheet.name, data={"count": missing})


def _of_cell(filled: Filled, key: str, judge: Judge) -> Iterator[Finding]:
    """The findings of an input: those that are waived, and the first that is not."""
    entry = filled.entry(key)
    if not entry.is_there:
        return  # that the row is gone is the finding
    for rule, data in _faults(filled, entry):
        finding = judge(_finding(filled, entry, rule, data))
        yield finding
        if not finding.waived:
            return


def _faults(filled: Filled, entry: Entry) -> Iterator[tuple[Rule, Mapping[str, object]]]:
    """What is wrong with an input, the gravest first."""
    doubt = registry.by_code()[entry.doubt] if entry.doubt else None
    if doubt and doubt.severity == "error":
        yield doubt, entry.data
        doubt = None
    values_ = filled.values
    for rule, condition, data in filled.layout.constraints.get(entry.key, ()):
        if doubt and rule.severity != "error":
            yield doubt, entry.data
            doubt = None
        if expr.holds(condition, values_):
            yield rule, data
    if doubt:
        yield doubt, entry.data


def _finding(filled: Filled, entry: Entry, rule: Rule, data: Mapping[str, object]) -> Finding:
    one = filled.layout.context.fields[entry.key]
    place = filled.layout.inputs[entry.key]
    seen = entry.seen or entry.value
    return Finding(
        rule.code,
        rule.severity,
        entry.key,
        filled.layout.form_sheet.name,
        entry.cell,
        filled.layout.labels.get(place[0]),
        registry.shown(seen) if seen not in (None, "") else None,
        {**_about(one, entry), **{name: _resolved(value, filled) for name, value in data.items()}},
    )


def _about(one: Field, entry: Entry) -> dict[str, object]:
    """The places that any message may use."""
    seen = entry.seen or entry.value
    found: dict[str, object] = {"field": one.title, "words": one.words, "value": _told(seen)}
    if isinstance(entry.value, float):
        found |= date_of(entry.value)
        found["percent"] = _percent(entry.value)
        found["hundredfold"] = _percent(entry.value * 100)
    return found


def _told(seen: object) -> Text:
    """What the cell shows; with its reading where it is typed in an old encoding that V228 does not tell."""
    return registry.told(legacy.named(seen) if isinstance(seen, str) else seen)


def _percent(fraction: float) -> Text:
    return Text(values.say_percent(fraction), f"{fraction * 100:,.4g}%")


def _resolved(value: object, filled: Filled) -> object:
    return registry.told(filled.entry(value.key).value) if isinstance(value, Ref) else value


def with_past(
    filled: Filled, found: Sequence[Finding], said: history.Said, past: history.Past, judge: Judge
) -> tuple[Finding, ...]:
    """The findings about the inputs with those against other periods; a cell still has one that counts, the gravest.

    `said` are the accepted inputs, `past` what the same unit reported for other periods.
    """
    every = list(found)
    weight = {"error": 0, "warning": 1, "info": 2}
    for one in history.claims(filled.layout.context, said, past):
        made = judge(_finding(filled, filled.entry(one.key), registry.by_code()[one.code], one.data))
        if not made.waived:
            there = [other for other in every if other.key == one.key and not other.waived and other.severity != "info"]
            if any(weight[other.severity] <= weight[made.severity] for other in there):
                continue
            every = [other for other in every if other not in there]
        every.append(made)
    places = filled.layout.inputs
    return tuple(sorted(every, key=lambda one: places[one.key] if one.key else (0, 0)))


def totals(filled: Filled, grid: Grid, aligned: Aligned, altered: Sequence[Finding]) -> list[Finding]:
    """The findings of alteration, where a total typed over its formula is told as what it is: not the sum of its rows."""
    sums = {}
    for place, rows in filled.layout.totals.values():
        at = aligned.find(place)
        number = grid.values.get(at) if at and at not in grid.bools else None  # TRUE is no sum
        expected = _sum(filled, place[1], rows, grid, aligned)
        if at and isinstance(number, (int, float)) and f"{number:.9g}" != f"{expected:.9g}":
            sums[a1(at)] = {"value": registry.told(number), "sum": registry.told(expected)}
    return [
        replace(finding, code="L407", data=sums[finding.cell])
        if finding.code == "T303" and finding.cell in sums
        else finding
        for finding in altered
    ]


def _sum(filled: Filled, column: int, rows: Sequence[str], grid: Grid, aligned: Aligned) -> float:
    by_key = {key: row for row, key in filled.layout.row_keys.items()}
    found = [grid.values.get(at) for row in rows if (at := aligned.find((by_key[row], column)))]
    return math.fsum(number for number in found if isinstance(number, (int, float)))


def _plan(filled: Filled) -> Iterator[Finding]:
    """What only reading can tell about a plan's words: names nobody knows, targets and deadlines without a clear meaning."""
    ctx = filled.layout.context
    rows = {row.id: row for row in ctx.issue.form.rows}
    roles = {leaf.id: leaf.role for leaf in ctx.issue.form.leaves}
    for key, entry in filled.typed.items():
        one = ctx.fields[key]
        if entry.value is None or not isinstance(entry.value, str) or entry.value == one.prefill:
            continue
        by_code = registry.by_code()
        if roles[one.slot] == "units":
            _, unknown = issue.catalogue(ctx.issue).named(entry.value)
            if unknown:
                yield _finding(filled, entry, by_code["V224"], {"names": "; ".join(unknown)})
        elif roles[one.slot] == "deadline" and deadlines.parse(entry.value, ctx.issue.year) is None:
            yield _finding(filled, entry, by_code["V226"], {})
        elif roles[one.slot] == "target" and not _is_clear(ctx, rows[one.row], key, entry.value):
            yield _finding(filled, entry, by_code["V225"], {})


def _is_clear(ctx: Context, row: Row, key: str, text: str) -> bool:
    judged = [part for part in row.parts if part.kind in ("rate", "percent", "count", "grade")]
    if not judged:
        return True
    plan = issue.Plan(1, {key: text})
    read = issue.targets(issue.Issue(ctx.issue.form, ctx.issue.commune, ctx.issue.year, "report", plan=plan), row)
    return all(target is not None for part, target in zip(row.parts, read, strict=True) if part in judged)
