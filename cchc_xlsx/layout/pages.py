"""The finished form sheet: its name, colours, validations, and how it goes onto pages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cchc_xlsx.fields import FREE_TEXTS
from cchc_xlsx.issue import Issue, words
from cchc_xlsx.layout import columns, paper, prompts, verdicts
from cchc_xlsx.layout.body import Body
from cchc_xlsx.layout.draft import Draft
from cchc_xlsx.layout.model import Highlight, Print, Sheet, a1

MISSING_FILL, WRONG_FILL, DOUBT_FILL = "#FFF2CC", "#F8CBAD", "#FCE4D6"
_NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


def sheet(
    draft: Draft,
    table: Body,
    header: tuple[int, int],
    rows: tuple[int, int],
    sources: Mapping[tuple[str, ...], str],
) -> Sheet:
    """The draft as a finished sheet; `sources` gives the list range of a set of options."""
    by_index = {one.index: one for one in draft.columns.all}
    hidden = frozenset({1, *(index for index, one in by_index.items() if one.kind == "code")})
    official = draft.ctx.issue.form.leaves
    label_column = next(draft.columns.by_id[leaf.id].index for leaf in official if leaf.role == "label")
    return Sheet(
        name=sheet_name(draft.ctx.issue),
        cells=draft.cells,
        widths={1: 12.0, **{index: one.width for index, one in by_index.items()}},
        heights=draft.heights,
        merges=tuple(sorted(draft.merges)),
        validations=prompts.validations(draft.ctx, draft.inputs, sources),
        highlights=_highlights(draft, rows),
        hidden_columns=hidden,
        hidden_rows=frozenset({1}),
        freeze=(header[1] + 1, label_column + 1),
        paper=_paper(draft, table, header, rows),
    )


def sheet_name(issue: Issue) -> str:
    """The name of the form sheet: the annex as its heading calls it."""
    annex = next((heading.text for heading in issue.form.heading if heading.style == "annex"), "Biểu")
    name = _NOT_IN_A_SHEET_NAME.sub(" ", words(issue, annex)).strip()
    return prompts.cut(name, 31) or "Biểu"


def _highlights(draft: Draft, rows: tuple[int, int]) -> tuple[Highlight, ...]:
    """For each column of inputs three colours, read from the code beside it: one rule a column, not one a row."""
    found: list[Highlight] = []
    for code in (one for one in draft.columns.all if one.kind == "code"):
        column = draft.columns.by_id[code.id.removeprefix("code.")].index
        area = (rows[0], column, rows[1], column)
        address = f"${a1((rows[0], code.index))}"
        found.append(Highlight(area, f"{address}>={verdicts.WRONG_FROM}", WRONG_FILL))
        found.append(Highlight(area, f"{address}>={verdicts.MISSING_FROM}", MISSING_FILL))
        found.append(Highlight(area, f"{address}<0", DOUBT_FILL))
    return tuple(found)


def _paper(draft: Draft, table: Body, header: tuple[int, int], rows: tuple[int, int]) -> Print:
    scale = draft.columns.scale
    page_pt = columns.PAGE_HEIGHT_PT / scale * 100
    header_pt = sum(draft.heights[row] for row in range(header[0], header[1] + 1))
    first = 2
    heights = [draft.heights[row] for row in range(first, draft.row + 1)]
    glued, preferred = _glue(draft, table, rows, page_pt - header_pt)
    ends = paper.breaks(
        heights,
        {row - first for row in glued},
        {row - first for row in preferred},
        page_pt,
        page_pt - header_pt,
    )
    return Print(
        scale=scale,
        area=(2, 2, draft.row, draft.columns.last_printed),
        repeat_rows=header,
        breaks=tuple(end + first for end in ends),
    )


def _glue(draft: Draft, table: Body, rows: tuple[int, int], page_pt: float) -> tuple[set[int], set[int]]:
    """The grid rows that stay with the next one, and those after which a group begins."""
    first, last = rows
    glued = set(range(2, first))
    preferred: set[int] = set()
    for index, line in enumerate(table.lines):
        if line.row.role in ("section", "group"):
            glued.add(first + index)
            above = table.lines[index - 1].row.role if index else "group"
            if index and above not in ("section", "group"):
                preferred.add(first + index - 1)
    for span in table.spans:
        height = sum(line.height_pt for line in table.lines[span.first : span.last + 1])
        if height <= page_pt:
            glued |= set(range(first + span.first, first + span.last))
    for row in range(last + 1, draft.row):
        key = draft.row_keys[row]
        if key.startswith("sign.") or key in {f"{name}.title" for name in FREE_TEXTS}:
            glued.add(row)
    return glued, preferred
