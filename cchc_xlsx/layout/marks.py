"""A placed issue with marks on the cells that a check found at fault, and the sheet that lists them behind the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx.layout import metrics
from cchc_xlsx.layout.model import Cell, Formula, Highlight, Layout, Note, Place, Sheet, a1
from cchc_xlsx.layout.pages import DOUBT_FILL, MISSING_FILL, WRONG_FILL
from cchc_xlsx.layout.verdicts import MISSING_FROM, WRONG_FROM
from cchc_xlsx.rules.model import Finding

NOTE_FONT_PT = 11
_NOTE_WIDTH_PT = 270.0
_NOTE_EDGE_PT = 12.0
_MENDED_FILL = "#FFFFFF"  # an input as it is when nothing is wrong


class Mark(Struct, frozen=True):
    """A note on a cell of the form sheet; `fill` colours an input at fault, empty for a cell that is only explained."""

    place: Place
    note: str
    fill: str = ""


def fill_of(finding: Finding) -> str:
    """The colour of a finding, the one that the form itself gives: missing, wrong or doubtful."""
    number = int(finding.code[1:])
    if finding.severity != "error":
        return DOUBT_FILL
    return MISSING_FILL if MISSING_FROM <= number < WRONG_FROM else WRONG_FILL


def marked(layout: Layout, marks: Iterable[Mark], listing: Sheet) -> Layout:
    """The layout with the marks, `listing` behind the form and seen first. What is locked and who it is stay the same."""
    one_each: dict[Place, Mark] = {}
    for mark in marks:
        before = one_each.get(mark.place)
        one_each[mark.place] = (
            replace(before, note=f"{before.note}\n\n{mark.note}", fill=before.fill or mark.fill) if before else mark
        )
    cells = dict(layout.form_sheet.cells)
    for place, mark in one_each.items():
        cell = cells.get(place) or Cell(None, layout.form_sheet.cells[1, 1].style, "blank")
        style = replace(cell.style, fill=mark.fill) if mark.fill else cell.style
        cells[place] = replace(cell, style=style, note=note(mark.note))
    first, last = _colours(layout, [mark for mark in one_each.values() if mark.fill])
    form = replace(layout.form_sheet, cells=cells, highlights=(*first, *layout.form_sheet.highlights, *last))
    return replace(layout, sheets=(form, listing, *layout.sheets[1:]), opens_on=1)


def note(text: str) -> Note:
    """A note high enough for its text."""
    height = metrics.text_height_pt(text, _NOTE_WIDTH_PT - _NOTE_EDGE_PT, NOTE_FONT_PT)
    return Note(text, _NOTE_WIDTH_PT, height + _NOTE_EDGE_PT)


def _colours(layout: Layout, marks: Sequence[Mark]) -> tuple[list[Highlight], list[Highlight]]:
    """Highlights before and after the form's own, so that a cell loses its colour when it is mended.

    As long as the form sees what it saw when the copy was made, a cell has the colour of its mark; once the form sees
    nothing wrong any more, it looks like any other input. Where the form itself sees nothing, another length of the text
    is taken for mended: a formula of ours never holds words of a unit.
    """
    codes: Mapping[Place, Place] = {
        layout.inputs[key]: place for verdict in layout.verdicts.values() for key, place in verdict.codes.items()
    }
    first: list[Highlight] = []
    last: list[Highlight] = []
    for mark in sorted(marks, key=lambda one: one.place):
        area = (*mark.place, *mark.place)
        held = layout.form_sheet.cells[mark.place].content
        code = codes.get(mark.place)
        seen = layout.form_sheet.cells[code].content if code else None
        if code and isinstance(seen, Formula) and seen.value:
            if _own_fill(float(seen.value)) != mark.fill:
                first.append(Highlight(area, f"${a1(code)}={seen.value}", mark.fill))
            last.append(Highlight(area, f"${a1(code)}=0", _MENDED_FILL))
        elif isinstance(held, str) and all(letter.isprintable() and letter <= "\uffff" for letter in held):
            last.append(Highlight(area, f"LEN({a1(mark.place)})<>{len(held)}", _MENDED_FILL))
    return first, last


def _own_fill(code: float) -> str:
    return WRONG_FILL if code >= WRONG_FROM else MISSING_FILL if code >= MISSING_FROM else DOUBT_FILL
