"""A form placed once for all communes: with a stand-in for the commune's name, in whose place any name is put.

Placing takes 10 to 60 ms, putting a name in 0.1 ms (measured): a province's workbooks are each of another commune and unit.
What comes out is for reading: heights and pages are those of the stand-in, so it is never written.
"""

from __future__ import annotations

import dataclasses
from collections import ChainMap
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import extras, identity
from cchc_xlsx.fields import Context
from cchc_xlsx.form import render
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout.model import Formula, Layout, Locked, Place
from cchc_xlsx.layout.place import place

# Deseret letters: no Vietnamese text has them, and as they have both cases, it shows whether a form prints the name in capitals.
_NAME = "𐐨𐐀𐐨𐐀"
One = TypeVar("One")
Key = TypeVar("Key", bound=Hashable)


def key(issue: Issue) -> Hashable:
    """What two issues share that differ in nothing but the commune's name and official code."""
    beyond = extras.write(extras.of(issue))
    period = issue.period.code if issue.period else None
    # The form itself, not its id: an own form may have the id of a shipped one.
    return id(issue.form), beyond, issue.kind, period, issue.year, issue.unit, _kind(issue), issue.serial


def _kind(issue: Issue) -> str:
    """The words before the name that say what kind of commune it is; forms and units depend on them."""
    return issue.commune.removesuffix(render.bare(issue.commune))


# What is worked out of a layout, and is the same for all communes.
_SHARED = ("addresses", "blank", "keys", "in_place", "order", "merges", "conditions")
Swap = Callable[[str], str]
Put = Callable[[Swap], Any]  # a value with a commune's name in it


class Template(Struct, frozen=True):
    """The layout of the stand-in, and what of it is made anew for each commune, as it names it."""

    layout: Layout
    sheets: Mapping[int, Mapping[Place, Put]]  # the contents of cells
    labels: Mapping[int, Put]
    row_keys: Mapping[int, Put]
    column_keys: Mapping[int, Put]
    constraints: Mapping[str, Put]
    lines: Mapping[int, Put]  # by their number
    fields: Mapping[str, Put]


def template(issue: Issue) -> Template:
    """The template of all issues that have the key of this one."""
    made = _light(place(replace(issue, commune=_kind(issue) + _NAME)))
    probe = _swap(made.identity, identity.of(issue), "?")

    def naming(items: Mapping[Key, object]) -> Mapping[Key, Put]:
        return {at: put for at, one in items.items() if (put := _put(one, probe))}

    cells = [naming({at: cell.content for at, cell in sheet.cells.items()}) for sheet in made.sheets]
    return Template(
        made,
        {number: naming_cells for number, naming_cells in enumerate(cells) if naming_cells},
        naming(made.labels),
        naming(made.row_keys),
        naming(made.column_keys),
        # Conditions are made of figures and of the form's own lists, never of names: only what a message says is looked at.
        {
            key: put
            for key, claims in made.constraints.items()
            if any(_put(data, probe) for _, _, data in claims) and (put := _put(claims, probe))
        },
        naming(dict(enumerate(made.context.lines))),
        naming(made.context.fields),
    )


def _light(made: Layout) -> Layout:
    """The layout without what only its writer needs; of the other sheets a reader looks at the first cell alone."""
    form, *others = made.sheets
    plain = [replace(one, cells={at: cell for at, cell in one.cells.items() if at == (1, 1)}) for one in others]
    bare = (replace(one, validations=(), highlights=(), widths={}, heights={}) for one in (form, *plain))
    return replace(made, sheets=tuple(bare))


def _swap(old: Identity, new: Identity, name: str) -> Swap:
    """What puts a name, its token and its short code in the place of the stand-in's."""
    pairs = (
        (old.token, new.token),
        (old.short, new.short),
        (_NAME, name),
        (_NAME.upper(), name.upper()),
        (_NAME.lower(), name.lower()),
    )

    lower, upper = _NAME[0], _NAME[1]
    short = old.short

    def swap(text: str) -> str:
        if lower in text or upper in text or short in text:  # the token has the name in it
            for one, other in pairs:
                text = text.replace(one, other)
        return text

    return swap


def _put(value: object, probe: Swap) -> Put | None:
    """What makes the value for a commune; None where it is the same for all, as `probe` changes nothing in it."""
    if value is None or isinstance(value, (int, float)):
        return None
    if isinstance(value, str):
        return (lambda swap: swap(value)) if probe(value) != value else None
    if isinstance(value, (tuple, list)):
        items = [(one, _put(one, probe)) for one in value]
        if not any(put for _, put in items):
            return None
        return lambda swap: type(value)(put(swap) if put else one for one, put in items)
    if isinstance(value, dict):
        puts = {name: put for name, one in value.items() if (put := _put(one, probe))}
        return (lambda swap: {**value, **_all(puts, swap)}) if puts else None
    names = _attributes(type(value))  # type: ignore[arg-type]  # every type has a hash
    puts = {name: put for name in names if (put := _put(getattr(value, name), probe))}
    if isinstance(value, Struct):
        return (lambda swap: replace(value, **_all(puts, swap))) if puts else None
    return (lambda swap: dataclasses.replace(value, **_all(puts, swap))) if puts else None  # type: ignore[type-var]  # it is one


def _all(puts: Mapping[Key, Put], swap: Swap) -> dict[Key, Any]:
    return {at: put(swap) for at, put in puts.items()}


@lru_cache(maxsize=128)
def _attributes(kind: type[object]) -> tuple[str, ...]:
    if issubclass(kind, Struct):
        return kind.__struct_fields__
    # The parts of forms, which are filled from YAML.
    return tuple(one.name for one in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def layout_of(source: Template, issue: Issue, who: Identity) -> Layout:
    """The layout of an issue that has the key of the template: as `place` gives it, but for heights, widths and pages."""
    base = source.layout
    swap = _swap(base.identity, who, render.bare(issue.commune))

    def named(items: Mapping[Key, One], puts: Mapping[Key, Put]) -> Mapping[Key, One]:
        return {**items, **_all(puts, swap)} if puts else items

    sheets = list(base.sheets)
    for number, puts in source.sheets.items():
        given = sheets[number].cells
        cells = {at: replace(given[at], content=put(swap)) for at, put in puts.items()}
        sheets[number] = replace(sheets[number], cells=ChainMap(cells, given))  # type: ignore[arg-type]  # only read
    lines = (
        tuple(named(dict(enumerate(base.context.lines)), source.lines).values()) if source.lines else base.context.lines
    )
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
    made.__dict__.update((name, getattr(base, name)) for name in _SHARED)
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
