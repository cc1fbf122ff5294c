"""Placing an issue: every cell of its workbook with address, content or input, merge, lock and validation."""

from __future__ import annotations

from collections.abc import Mapping

from cchc_xlsx import fields, identity
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout import body, columns, guide, head, pages, table, tail, verdicts
from cchc_xlsx.layout.draft import KEY_STYLE, Draft
from cchc_xlsx.layout.model import Cell, Layout, Style
from cchc_xlsx.rules import registry


def place(
    issue: Issue, typed: Mapping[str, str | float | None] | None = None, who: identity.Identity | None = None
) -> Layout:
    """The placed issue. Pure: the same issue gives the same layout.

    `typed` are contents of inputs by key (dates as day serials, percents as fractions), as if a unit had filled them in;
    `who` is its identity, where that is known already or made with an office's key.
    """
    draft = _begun(issue, typed or {})
    ctx = draft.ctx
    who = who or identity.of(issue)
    draft.cells[1, 1] = Cell(who.token, KEY_STYLE)
    draft.row_keys[1] = who.token
    head.column_keys(draft)
    head.heading(draft)
    status_row = draft.line("status", "", Style(bold=True, color="#1F3864", border=""))
    header = head.header(draft)
    rows = body.build(ctx, draft.columns, sum(draft.heights[row] for row in range(header[0], header[1] + 1)))
    first_body = draft.row + 1
    for index, line in enumerate(rows.lines):
        table.grid_line(draft, line, table.span_columns(rows, index))
    table.span_merges(draft, rows, first_body)
    last_body = draft.row
    totals = table.totals(draft, first_body, rows)
    tail.after_table(draft, who)
    found = table.add_verdicts(draft, rows, first_body)
    table.live_line(draft, status_row, first_body, last_body)
    lists_sheet, sources = guide.lists([one.options for one in ctx.fields.values() if one.options])
    form_sheet = pages.sheet(draft, rows, header, (first_body, last_body), sources)
    sheets = (form_sheet, guide.sheet(ctx), lists_sheet, guide.meta(ctx, who))
    return Layout(
        context=ctx,
        constraints=draft.constraints,
        identity=who,
        sheets=sheets,
        inputs=draft.inputs,
        row_keys=draft.row_keys,
        column_keys={1: who.token, **{one.index: f"c.{one.id}" for one in draft.columns.all}},
        labels=draft.labels,
        table=(header[0], last_body),
        verdicts=found,
        counts=(status_row, 2),
        totals=totals,
    )


def _begun(issue: Issue, typed: Mapping[str, str | float | None]) -> Draft:
    """The sheet before anything stands on it: its inputs, their contents, what is wrong with these, the columns."""
    ctx = fields.context(issue)
    constraints = registry.constraints(ctx)
    content = verdicts.values_at_issue(ctx) | dict(typed)
    if len(content) != len(ctx.fields):
        raise KeyError(f"no such input: {sorted(content.keys() - ctx.fields.keys())}")
    by_slot = {(one.key.partition(".")[0], one.slot): one for one in (*ctx.fields.values(), *ctx.known.values())}
    faults = verdicts.at_fault(constraints, content)
    return Draft(ctx, columns.place(ctx, set(constraints)), constraints, content, faults, by_slot)
