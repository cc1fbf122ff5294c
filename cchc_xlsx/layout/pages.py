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
_LAST_ROWS = 2  # of the table, above the signatures
_TITLES = frozenset(f"{name}.title" for name in FREE_TEXTS)
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
        paper=onto_paper(draft, table, header, rows),
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


def onto_paper(draft: Draft, table: Body, header: tuple[int, int], rows: tuple[int, int]) -> Print:
    """How the draft goes onto pages; the rows `header` are repeated on each, `rows` are those of the table's body."""
    scale = draft.columns.scale
    page_pt = columns.PAGE_HEIGHT_PT / scale * 100
    header_pt = sum(draft.heights[row] for row in range(header[0], header[1] + 1))
    first = 2
    heights = [draft.heights[row] for row in range(first, draft.row + 1)]
    glued, preferred = _glue(draft, table, rows, (page_pt - header_pt) * paper.SAFETY)
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
    merged = _merged(table, page_pt)
    glued = set(range(2, first)) | {first + index for index in merged}
    preferred: set[int] = set()
    for index, line in reversed(list(enumerate(table.lines))):
        if line.row.role not in ("section", "group"):
            continue
        if _block_pt(table, index, glued, first) <= page_pt:
            glued.add(first + index)  # a group's name stays with its first row, unless a merge needs the whole page
        if index and table.lines[index - 1].row.role not in ("section", "group"):
            preferred.add(first + index - 1)
    glued |= {row for row in range(last + 1, draft.row) if draft.row_keys[row] in _TITLES}
    glued |= set(range(_closing(draft, rows, glued, page_pt), draft.row))
    return glued, preferred


def _closing(draft: Draft, rows: tuple[int, int], glued: set[int], page_pt: float) -> int:
    """The grid row from which on all stays on the last page.

    Signatures never stand alone on a page of official paper: the last rows of the table go with them, where these
    are too high the free texts, or the last of these.
    """
    first, last = rows
    titles = [row for row in range(last + 1, draft.row) if draft.row_keys[row] in _TITLES]
    signed = next((row for row in range(last + 1, draft.row) if draft.row_keys[row].startswith("sign.")), draft.row)
    for wanted in (*range(max(first, last + 1 - _LAST_ROWS), last + 2), *titles[-1:]):
        start = next(row for row in range(wanted, 0, -1) if row - 1 not in glued)
        if sum(draft.heights[row] for row in range(start, draft.row + 1)) <= page_pt:
            return start
    return signed - 1


def _merged(table: Body, page_pt: float) -> set[int]:
    """The lines that a vertical merge holds to the next one; a merge higher than a page has to be cut."""
    found: set[int] = set()
    for span in table.spans:
        if sum(line.height_pt for line in table.lines[span.first : span.last + 1]) <= page_pt:
            found |= set(range(span.first, span.last))
    return found


def _block_pt(table: Body, index: int, glued: set[int], first: int) -> float:
    """The height of a line with everything below that would be held to it."""
    height = table.lines[index].height_pt
    following = index + 1
    while following < len(table.lines):
        height += table.lines[following].height_pt
        if first + following not in glued:
            break
        following += 1
    return height
