"""The workbook of a summary: its sheets in their order, and what says whose it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from msgspec import Struct

from cchc_xlsx import extras, identity
from cchc_xlsx.consolidate import board, detail, tables, total, words
from cchc_xlsx.consolidate.model import Summary
from cchc_xlsx.extras import Extras
from cchc_xlsx.fields import Context
from cchc_xlsx.issue import Local
from cchc_xlsx.layout.model import Cell, Sheet, Style

META = "_th"  # not the sheet of identity of a report: a summary must never be taken for one
PROPERTY = "cchc-xlsx-summary"
_CHUNK = 30_000  # Excel holds 32,767 characters in a cell


class Book(Struct, frozen=True):
    """The sheets, the title, and the token under which a summary is known."""

    sheets: tuple[Sheet, ...]
    title: str
    token: str


def book(summary: Summary, key: bytes | None = None) -> Book:
    """The commune's workbook; `key` is the office's, where it has one."""
    banner = words.WITH_ERRORS if summary.round.include_errors else ""
    carried = write(summary)
    token = identity.of_summary(summary.issue, carried, key)
    issue = summary.issue
    assert issue.period
    visible = f"Biểu tổng hợp: {issue.form.id} · v{issue.form.version} · p{issue.plan.number} · {issue.period.code} · {_short(token)}"
    details = detail.detail(summary, banner)
    annex = total.total(summary, details, visible, banner)
    shown = (
        annex.sheet,
        details.listing.sheet,
        tables.sources(summary, banner),
        board.board(summary, annex, banner),
        tables.problems(summary, banner),
    )
    return Book((*shown, _meta(token, carried)), f"Tổng hợp {issue.form.id} {issue.period.code}", token)


def _short(token: str) -> str:
    tag = token.rpartition("|")[2]
    return f"{tag[1:5]}-{tag[5:9]}".upper()


def write(summary: Summary) -> str:
    """What the summary says, as canonical JSON that its tag covers: the commune's figures, and how complete each is."""
    said: Mapping[str, object] = {
        one.line.id: {
            "values": {key.rpartition(".")[2]: value for key, value in one.values.items() if value is not None},
            "outcome": one.outcome,
            "expected": len(one.expected),
            "counted": len(one.counted),
        }
        for one in summary.figures
    }
    about = {
        "expected": len(summary.expected),
        "missing": list(summary.missing),
        "with_errors": summary.round.include_errors,
        "sources": [one.sha256 for one in summary.round.used],
    }
    carried = {"about": about, "details": dict(_details(summary)), "extras": _beyond(summary), "lines": said}
    return json.dumps(carried, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _details(summary: Summary) -> Iterator[tuple[str, Mapping[str, object]]]:
    """What each unit said but for words: what *Chi tiết* is held against where the summary goes upward."""
    for source in summary.round.used:
        said = {key: one[1] for key, one in source.fields.items() if one[1] is not None and is_sealed(summary.ctx, key)}
        yield source.unit, said


def is_sealed(ctx: Context, key: str) -> bool:
    """Whether a value is a figure or an answer, not words."""
    one = ctx.fields.get(key)
    return one is not None and (one.is_number or one.type in ("choice", "date"))


def _beyond(summary: Summary) -> str:
    """What is needed to judge the figures again: targets, owners, names, figures that were known."""
    local = summary.issue.local
    known = {key: one for key, one in local.previous.items() if isinstance(one, (int, float))}
    kept = Local(names=local.names, spellings=local.spellings, previous=known)
    return extras.write(Extras(summary.issue.plan.overlay, kept))


def _meta(token: str, carried: str) -> Sheet:
    """The hidden sheet of identity, as a report has one, in its own words."""
    style = Style(border="", wrap=False)
    chunks = [carried[start : start + _CHUNK] for start in range(0, len(carried), _CHUNK)]
    rows = [("summary", token), *(("carried", chunk) for chunk in chunks)]
    cells = {(row, 1 + index): Cell(text, style) for row, pair in enumerate(rows, 1) for index, text in enumerate(pair)}
    return Sheet(META, cells, {}, hidden=True)
