"""Which of the workbooks that came count: one a unit, the latest without errors; the others are named with the reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Sequence

from cchc_xlsx import units
from cchc_xlsx.consolidate.model import Left, Round, Source
from cchc_xlsx.issue import Issue, reporting_units

_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


def rounds(sources: Iterable[Source], *, include_errors: bool = False) -> tuple[Round, ...]:
    """The rounds that the workbooks belong to, by form, commune and period; plans belong to none.

    A round whose workbooks all have errors has none that count.
    """
    groups: dict[Hashable, list[Source]] = {}
    for one in sources:
        if one.issue.kind == "report":
            groups.setdefault(_round(one), []).append(one)
    return tuple(_chosen(groups[key], include_errors=include_errors) for key in sorted(groups, key=str))


def _round(one: Source) -> Hashable:
    issue = one.issue
    assert issue.period
    return (issue.form.id, issue.commune, issue.commune_code or "", issue.period.code)


def _chosen(sources: Sequence[Source], *, include_errors: bool) -> Round:
    newest = max(sources, key=lambda one: (one.issue.form.version, one.issue.plan.number)).issue
    left: list[Left] = []
    fit: list[Source] = []
    for one in sources:
        if one.issue.form.version != newest.form.version:
            left.append(Left(one, "version"))
        elif one.has_errors and not include_errors:
            left.append(Left(one, "errors"))
        else:
            fit.append(one)
    used: list[Source] = []
    for unit in sorted({one.unit for one in fit}):
        latest, *others = sorted((one for one in fit if one.unit == unit), key=_age, reverse=True)
        used.append(latest)
        left += [Left(one, "copy" if one.sha256 == latest.sha256 else "superseded", latest) for one in others]
    whole = next((one for one in used if one.unit == units.COMMUNE), None)
    if whole:
        # A workbook of the whole commune says everything; its units' shares would be counted twice.
        left += [Left(one, "whole", whole) for one in used if one is not whole]
        used = [whole]
    order = {unit: number for number, unit in enumerate(_in_order(newest))}
    used.sort(key=lambda one: (order.get(one.unit, len(order)), one.unit))
    left.sort(key=lambda one: (one.source.unit, one.source.path))
    return Round(newest, tuple(used), tuple(left), include_errors)


def _age(one: Source) -> tuple[int, dt.datetime, str]:
    """What makes one version later than another: its number, when it came; of two at one moment the name decides."""
    return (one.version or 0, one.arrived or _LONG_AGO, one.path)


def _in_order(issue: Issue) -> Iterator[str]:
    yield units.COMMUNE
    yield from reporting_units(issue)


def at_once(one: Left) -> bool:
    """Whether nothing but its name tells which of two versions is the later."""
    return one.beside is not None and _age(one.source)[:2] == _age(one.beside)[:2]
