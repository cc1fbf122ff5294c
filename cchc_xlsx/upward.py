"""A commune's consolidated workbook that came back: its figures added up again from its details and held against what it shows.

It is as untrusted as any other file. What is taken are the rows of *Chi tiết*; they are compared with what the tag covers, their
sums with what the annex shows. Nothing is believed because it stands in a total.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from cchc_xlsx import expr, extras, fields, identity, recognise, units, values
from cchc_xlsx.consolidate import combine
from cchc_xlsx.consolidate import detail as details
from cchc_xlsx.consolidate.book import is_sealed
from cchc_xlsx.consolidate.model import Figure, Round, Source, Summary
from cchc_xlsx.expr import Scalar
from cchc_xlsx.extras import Extras
from cchc_xlsx.fields import FREE_TEXTS, Context
from cchc_xlsx.grid import Book, Grid
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout.model import Place, a1
from cchc_xlsx.province import model
from cchc_xlsx.recognise import Asked
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding

_MARK, _CARRIED = "summary", "carried"  # as `consolidate.book` writes them into the sheet of identity
_STATES = {words: state for state, words in details.STATES.items()}
_MOST_ROWS = 200_000
_CLOSE = 1e-12  # other programs save numbers to 15 digits or more
_LARGEST = 1e15  # whole numbers are exact below, and sums stay finite
_ABSENT = "—"


class Upward(Struct, frozen=True):
    """What was found; `token` is that of a report of the whole commune, `asking` its extras, `figures` JSON for `province.model`.

    They are empty where there is nothing to take.
    """

    findings: tuple[Finding, ...]
    token: str = ""
    asking: str = ""
    figures: str = ""


class _Refused(Exception):  # noqa: N818  not an error of ours: it carries the finding that ends the reading
    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.finding = Finding(code, "error", data=data)


class _Found(Struct):
    """What is gathered on the way."""

    findings: list[Finding] = field(default_factory=list)
    who: Identity | None = None

    @property
    def token(self) -> str:
        """The token as that of a report."""
        return identity.PREFIX + self.who.token.removeprefix(identity.SUMMARY_PREFIX) if self.who else ""


def is_summary(book: Book) -> bool:
    """Whether a workbook is a commune's summary, whatever became of it."""
    return _meta(book) is not None


def _meta(book: Book) -> Grid | None:
    return next((one for one in book.sheets if one.values.get((1, 1)) == _MARK), None)


def read(book: Book, asked: Asked) -> Upward:
    """The figures of a summary, proven; else what is wrong with it."""
    found = _Found()
    try:
        return _read(book, asked, found)
    except _Refused as refused:
        return Upward((*found.findings, refused.finding), found.token)


def _read(book: Book, asked: Asked, found: _Found) -> Upward:
    meta = _meta(book)
    assert meta is not None
    who = found.who = identity.parse_summary(meta.values.get((1, 2)))
    if who is None:
        raise _Refused("I501")
    carried = "".join(_chunks(meta))
    _verify(who, carried, asked, found)
    said = _said(carried)
    if asked.period and who.period != asked.period:
        raise _Refused("I505", found=who.period, wanted=asked.period)
    issue = _issue(who, said, asked)
    sources = _sources(book, issue, said["details"], found)
    summary = combine.summary(Round(issue, tuple(sources)))
    shown = _annex(book)
    if shown is None:
        raise _Refused("I508")
    found.findings += _compared(summary, *shown)
    about = said["about"]
    figures = model.entries_of(summary, lambda one, name: _where(summary, one, name, *shown))
    carries = {
        "with_errors": about.get("with_errors") is True,
        "missing": list(summary.missing),
        "entries": model.to_json(figures),
    }
    told = json.dumps(carries, ensure_ascii=False, separators=(",", ":"))
    return Upward(tuple(found.findings), found.token, extras.write(extras.of(issue)), told)


def _chunks(meta: Grid) -> Iterator[str]:
    row = 2
    while meta.values.get((row, 1)) == _CARRIED:
        yield str(meta.values.get((row, 2), ""))
        row += 1


def _verify(who: Identity, carried: str, asked: Asked, found: _Found) -> None:
    verdict = identity.verify(who, carried, asked.key)
    if verdict == "bad":
        # Keyed with the key of another office, the tag cannot be judged with ours.
        raise _Refused("I502")
    if verdict == "unknown key":
        found.findings.append(Finding("I511", "info"))


def _said(carried: str) -> dict[str, Any]:
    """What the summary carries. Anybody can compute a plain tag: nothing of it is believed."""
    try:
        said = json.loads(carried)
        is_right = isinstance(said, dict) and all(
            isinstance(said[name], dict) for name in ("about", "details", "lines")
        )
        units_ = said["details"] if is_right else {}
        is_right = is_right and all(isinstance(one, dict) for one in units_.values())
    except (ValueError, KeyError, TypeError, RecursionError):
        is_right = False
    if not is_right:
        raise _Refused("I502")
    found: dict[str, Any] = said
    return found


def _issue(who: Identity, said: Mapping[str, Any], asked: Asked) -> Issue:
    text = said.get("extras")
    beyond = extras.read(text) if isinstance(text, str) else Extras()
    issue = recognise.whole(who, beyond, asked.own_forms) if beyond else None
    if issue is None or issue.period is None or who.kind != "report":
        raise _Refused("I504", what=recognise.NOT_KNOWN.format(form=who.form))
    return issue


# ------------------------------------------------------------------------------------------------------------ the details


def _sources(book: Book, issue: Issue, sealed: Mapping[str, Mapping[str, Any]], found: _Found) -> list[Source]:
    """What each unit said by *Chi tiết*, every row that differs from what was sealed told."""
    at = _table(book)
    if at is None:
        raise _Refused("I508")
    grid, head, columns = at
    ctx = fields.context(replace(issue, unit=units.COMMUNE))
    typed: dict[str, dict[str, tuple[str, object, str]]] = {unit: {} for unit in sealed}
    for row in _rows(grid, head, columns["Mã trường"]):
        unit = str(grid.values.get((row, columns["Mã đơn vị"]), ""))
        key = str(grid.values.get((row, columns["Mã trường"]), ""))
        place = (row, columns["Giá trị"])
        one = _value(ctx, key, grid.values.get(place))
        state = _STATES.get(str(grid.values.get((row, columns["Trạng thái"]), "")), "value")
        if unit not in typed or key in typed[unit] or (key not in ctx.fields and not _is_text(key)):
            found.findings.append(_differs(grid, (row, columns["Mã trường"]), _ABSENT, f"{unit} {key}"))
            continue
        typed[unit][key] = (a1(place), one, state if one is not None or state != "value" else "blank")
        expected = sealed[unit].get(key)
        if is_sealed(ctx, key) and not _same(one, expected):
            found.findings.append(_differs(grid, place, expected, one, key))
    for unit, said in sealed.items():
        for key in said.keys() - typed[unit].keys():
            found.findings.append(Finding("T304", "error", key, grid.name, None, None, None, {"row": f"{unit} {key}"}))
    return [Source("", issue, unit, said, sheet=grid.name) for unit, said in typed.items()]


def _table(book: Book) -> tuple[Grid, int, dict[str, int]] | None:
    """The sheet with the details, wherever it stands now, the row of its headings, and their columns."""
    wanted = set(details.HEADINGS)
    for grid in book.sheets:
        rows: dict[int, dict[str, int]] = {}
        for (row, column), value in grid.values.items():
            if isinstance(value, str) and value in wanted:
                rows.setdefault(row, {})[value] = column
        for row, columns in rows.items():
            if columns.keys() == wanted:
                return grid, row, columns
    return None


def _rows(grid: Grid, head: int, column: int) -> list[int]:
    rows = sorted(row for row, at in grid.values if at == column and row > head)
    if len(rows) > _MOST_ROWS:
        raise _Refused("I502")
    return rows


def _is_text(key: str) -> bool:
    return key.removesuffix(".text") in FREE_TEXTS and key.endswith(".text")


def _value(ctx: Context, key: str, raw: object) -> str | float | None:
    """A cell as an accepted input: days in ISO, numbers as such, all else as text."""
    if isinstance(raw, dt.datetime):
        raw = raw.date()
    if isinstance(raw, dt.date):
        raw = float(values.serial(raw))
    one = ctx.fields.get(key)
    if isinstance(raw, bool) or raw is None or raw == "":
        return None
    if isinstance(raw, (int, float)):
        if not abs(raw) <= _LARGEST:  # NaN too
            return None
        if one is not None and one.type == "date" and (day := values.from_serial(float(raw))):
            return day.isoformat()
        return float(raw) if one is not None and (one.is_number or one.type == "date") else str(raw)
    return None if one is not None and one.is_number else str(raw)


def _same(one: object, expected: object) -> bool:
    if isinstance(one, (int, float)) and isinstance(expected, (int, float)):
        return math.isclose(one, expected, rel_tol=_CLOSE, abs_tol=1e-15)
    return (one if one is not None else "") == (expected if expected is not None else "")


def _differs(grid: Grid, place: Place, expected: object, found: object, key: str | None = None) -> Finding:
    told = {
        name: registry.told(value) if value not in (None, "") else registry.told("trống")
        for name, value in (("expected", expected), ("value", found))
    }
    return Finding(
        "T301", "error", key, grid.name, a1(place), None, None if found is None else registry.shown(found), told
    )


# ------------------------------------------------------------------------------------------------------------- the annex


def _annex(book: Book) -> tuple[Grid, Mapping[str, int], Mapping[str, int]] | None:
    """The annex wherever it stands now, its rows by line, its columns by slot: by the keys that it carries."""
    for grid in book.sheets:
        columns = {
            str(value).removeprefix("c."): column
            for (row, column), value in grid.values.items()
            if row == 1 and isinstance(value, str) and value.startswith("c.")
        }
        if "judged" in columns:
            rows: dict[str, int] = {}
            for (row, column), value in sorted(grid.values.items()):
                if column == 1 and row > 1 and isinstance(value, str):
                    rows.setdefault(value, row)
            return grid, rows, columns
    return None


def _compared(summary: Summary, grid: Grid, rows: Mapping[str, int], columns: Mapping[str, int]) -> Iterator[Finding]:
    """Where the annex shows another figure than the details give. What a program did not calculate is not held against it."""
    for figure in summary.figures:
        row = rows.get(figure.line.id)
        if row is None:
            data = {"row": figure.line.label}
            yield Finding("T304", "error", None, grid.name, None, figure.line.label, None, data)
            continue
        for slot, expected in _expected(summary.ctx, figure):
            place = (row, columns.get(slot, 0))
            if slot not in columns or (place in grid.formulas and grid.values.get(place) in (None, "")):
                continue
            seen = grid.values.get(place)
            seen = float(values.serial(seen)) if isinstance(seen, dt.date) else seen
            if not _same(seen, expected):
                yield replace(_differs(grid, place, expected, seen), label=figure.line.label)


def _expected(ctx: Context, figure: Figure) -> Iterator[tuple[str, Scalar]]:
    """What the annex shows of a figure, by column; words are left out."""
    for key, value in figure.values.items():
        if is_sealed(ctx, key) and figure.how != "apart":
            yield ctx.fields[key].slot, value
    if figure.line.measure.kind == "rate":
        yield "third", expr.evaluate(fields.ratio(ctx, figure.line), figure.values)
    yield "judged", figure.outcome


def _where(
    summary: Summary,
    one: Figure,
    name: str,
    grid: Grid,
    rows: Mapping[str, int],
    columns: Mapping[str, int],
) -> tuple[str, str, str]:
    """Sheet and cell of a value in the annex; the file is known to the run."""
    found = summary.ctx.fields.get(one.line.key(name))
    row, column = rows.get(one.line.id), columns.get(found.slot) if found else None
    return "", grid.name, a1((row, column)) if row and column else ""
