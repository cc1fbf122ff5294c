"""A form placed once for all communes: with a stand-in for the commune's name, in whose place any name is put.

Placing takes 10 to 60 ms, putting a name in 0.1 ms (measured): a province's workbooks are each of another commune and unit.
What comes out is for reading: heights and pages are those of the stand-in, so it is never written.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

from cchc_xlsx import extras, identity
from cchc_xlsx.fields import Context, Field
from cchc_xlsx.form import render
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue, Line
from cchc_xlsx.layout.model import Cell, Formula, Layout, Locked, Place, Sheet
from cchc_xlsx.layout.place import place
from cchc_xlsx.rules.registry import Constraints

# Deseret letters: no Vietnamese text has them, and as they have both cases, it shows whether a form prints the name in capitals.
_NAME = "𐐨𐐀𐐨𐐀"
One = TypeVar("One")
Key = TypeVar("Key", int, str)


def key(issue: Issue) -> Hashable:
    """What two issues share that differ in nothing but the commune's name and official code."""
    beyond = extras.write(extras.of(issue))
    period = issue.period.code if issue.period else None
    # The form itself, not its id: an own form may have the id of a shipped one.
    return id(issue.form), beyond, issue.kind, period, issue.year, issue.unit, _kind(issue), issue.serial


def _kind(issue: Issue) -> str:
    """The words before the name that say what kind of commune it is; forms and units depend on them."""
    return issue.commune.removesuffix(render.bare(issue.commune))


@dataclass(frozen=True, slots=True)
class Template:
    """The layout of the stand-in, and of it what names the commune."""

    layout: Layout
    sheets: Mapping[int, Mapping[Place, Cell]]
    labels: Mapping[int, str]
    row_keys: Mapping[int, str]
    column_keys: Mapping[int, str]
    constraints: Constraints
    lines: Mapping[int, Line]  # by their number
    fields: Mapping[str, Field]


def template(issue: Issue) -> Template:
    """The template of all issues that have the key of this one."""
    made = _light(place(replace(issue, commune=_kind(issue) + _NAME)))
    context = made.context
    probe = _swap(made.identity, identity.of(issue), "?")

    def naming(items: Mapping[Key, One]) -> Mapping[Key, One]:
        return {at: one for at, one in items.items() if _put(one, probe) is not one}

    return Template(
        made,
        {number: cells for number, sheet in enumerate(made.sheets) if (cells := _naming_cells(sheet, probe))},
        naming(made.labels),
        naming(made.row_keys),
        naming(made.column_keys),
        # Conditions are made of figures and of the form's own lists, never of names: only what a message says is looked at.
        {
            key: claims
            for key, claims in made.constraints.items()
            if any(_put(data, probe) is not data for _, _, data in claims)
        },
        naming(dict(enumerate(context.lines))),
        naming(context.fields),
    )


def _light(made: Layout) -> Layout:
    """The layout without what only its writer needs; of the other sheets a reader looks at the first cell alone."""
    form, *others = made.sheets
    plain = [replace(one, cells={at: cell for at, cell in one.cells.items() if at == (1, 1)}) for one in others]
    bare = (replace(one, validations=(), highlights=(), widths={}, heights={}) for one in (form, *plain))
    return replace(made, sheets=tuple(bare))


def _naming_cells(sheet: Sheet, swap: Swap) -> Mapping[Place, Cell]:
    return {at: cell for at, cell in sheet.cells.items() if _put(cell.content, swap) is not cell.content}


Swap = Callable[[str], str]


def _swap(old: Identity, new: Identity, name: str) -> Swap:
    """What puts a name, its token and its short code in the place of the stand-in's."""
    pairs = (
        (old.token, new.token),
        (old.short, new.short),
        (_NAME, name),
        (_NAME.upper(), name.upper()),
        (_NAME.lower(), name.lower()),
    )

    def swap(text: str) -> str:
        if _NAME[0] in text or _NAME[1] in text or old.short in text:  # the token has the name in it
            for one, other in pairs:
                text = text.replace(one, other)
        return text

    return swap


def _put(value: Any, swap: Swap) -> Any:  # noqa: ANN401  whatever a layout is made of
    """The value with each text in it swapped; the same object where nothing is."""
    if isinstance(value, str):
        text = swap(value)
        return value if text == value else text
    if isinstance(value, (tuple, list)):
        items = [_put(one, swap) for one in value]
        same = all(new is old for new, old in zip(items, value, strict=True))
        return value if same else type(value)(items)
    if isinstance(value, dict):
        found = {name: _put(one, swap) for name, one in value.items()}
        return value if all(found[name] is one for name, one in value.items()) else found
    if names := _attributes(type(value)):  # type: ignore[arg-type]  # of any type
        changed = {}
        for name in names:
            old = getattr(value, name)
            if (new := _put(old, swap)) is not old:
                changed[name] = new
        return replace(value, **changed) if changed else value
    return value


@cache
def _attributes(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else ()


def layout_of(source: Template, issue: Issue, who: Identity) -> Layout:
    """The layout of an issue that has the key of the template: as `place` gives it, but for heights, widths and pages."""
    base = source.layout
    swap = _swap(base.identity, who, render.bare(issue.commune))

    def named(items: Mapping[Key, One], naming: Mapping[Key, One]) -> Mapping[Key, One]:
        return {**items, **{at: _put(one, swap) for at, one in naming.items()}} if naming else items

    sheets = list(base.sheets)
    for number, naming in source.sheets.items():
        cells = {at: replace(cell, content=_put(cell.content, swap)) for at, cell in naming.items()}
        sheets[number] = replace(sheets[number], cells=ChainMap(cells, sheets[number].cells))  # type: ignore[arg-type]  # only read
    lines = base.context.lines
    if source.lines:
        worded = {
            at: replace(line, label=swap(line.label), measure=_put(line.measure, swap))
            for at, line in source.lines.items()
        }
        lines = tuple(worded.get(at, line) for at, line in enumerate(lines))
    context = Context(issue, lines, named(base.context.fields, source.fields), base.context.known)
    context.__dict__["single"] = base.context.single
    made = replace(
        base,
        context=context,
        constraints=named(base.constraints, source.constraints),
        identity=who,
        sheets=tuple(sheets),
        labels=named(base.labels, source.labels),
        row_keys=named(base.row_keys, source.row_keys),
        column_keys=named(base.column_keys, source.column_keys),
        is_for_reading=True,
    )
    # What was worked out once for the stand-in holds for all: only the cells that name the commune differ.
    made.__dict__["locked"] = _locked(base.locked, made, source)
    made.__dict__["addresses"], made.__dict__["keys"] = base.addresses, base.keys
    if not source.constraints:
        made.__dict__["conditions"] = base.conditions
    return made


def _locked(base: Locked, made: Layout, source: Template) -> Locked:
    texts, keys, formulas = dict(base.texts), dict(base.keys), dict(base.formulas)
    for at in source.sheets.get(0, ()):
        content = made.form_sheet.cells[at].content
        if at in keys:
            keys[at] = str(content)
        elif isinstance(content, Formula):
            formulas[at] = content.text
        elif at in texts and content is not None:
            texts[at] = content
    return Locked(texts, formulas, keys, base.known)
