"""The workbooks of a folder → the findings about the set: versions, copies, units that are missing, figures that disagree."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeVar, get_args

from msgspec import Struct, field

from cchc_xlsx import issue as issues
from cchc_xlsx import units
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding

Figures = Mapping[str, tuple[str, object]]  # key → cell, value
IssueOf = Callable[[Identity], Issue | None]
Expected = Callable[[Identity, str], bool]  # whether a unit is missed in the round of a workbook

_SHOWN = 4  # files that a message names before it only counts them
One = TypeVar("One")


class Member(Struct, frozen=True):
    """One file of the folder.

    `is_usable`: it was recognised and read. `single` gives its accepted figures in rows that one unit alone reports; it is
    asked only where another unit's workbook may contradict it.
    """

    path: str
    identity: Identity | None = None
    sha256: str | None = None
    is_usable: bool = False
    single: Callable[[], Figures] = field(default=dict)


def everyone(_who: Identity, _unit: str) -> bool:
    """Every unit that is asked is missed where it sent nothing."""
    return True


def findings(
    members: Sequence[Member], issue_of: IssueOf | None = None, expected: Expected = everyone
) -> tuple[Finding, ...]:
    """What is wrong with the set: by code, then by the first path.

    Units that sent nothing are told only where `issue_of` is given (`--expect-all`): it gives the issue of an identity,
    whose rows say which units are asked, or None where it is not known; the same one for all that ask alike. Of the units
    that are asked those are told that are `expected` by now.
    """
    known = [member for member in sorted(members, key=lambda one: one.path) if member.identity]
    return (
        *_versions(known),
        *_copies(known),
        *(_missing(known, issue_of, expected) if issue_of else ()),
        *_disagreements(known),
    )


def _versions(known: Sequence[Member]) -> Iterator[Finding]:
    for same in _grouped([one for one in known if one.is_usable], _slot):
        count = len({one.sha256 for one in same})  # copies of one file are one version
        if count > 1:
            yield _finding("S701", same, count=count, what=_what(same[0], is_unit=True), files=_files(same))


def _copies(known: Sequence[Member]) -> Iterator[Finding]:
    for same in _grouped([one for one in known if one.sha256], lambda one: one.sha256):
        if len(same) > 1:
            yield _finding("S702", same, files=_files(same))


def _missing(known: Sequence[Member], issue_of: IssueOf, expected: Expected) -> Iterator[Finding]:
    for sent in _grouped([one for one in known if _who(one).kind == "report"], _round):
        here = {_who(one).unit for one in sent}
        if units.COMMUNE in here:
            continue
        # Versions of form and plan may ask different units: whoever is asked by one that is in use is expected.
        asking = {id(one): one for each in sent if (one := issue_of(_who(each)))}.values()
        names = {unit: issues.unit_name(one, unit) for one in asking for unit in issues.reporting_units(one)}
        for unit in sorted(one for one in names.keys() - here if expected(_who(sent[0]), one)):
            yield _finding("S703", sent, unit=unit, name=names[unit], what=_what(sent[0]))


def _disagreements(known: Sequence[Member]) -> Iterator[Finding]:
    usable = [one for one in known if one.is_usable and _who(one).kind == "report"]
    for sent in _grouped(usable, lambda one: (_round(one), _who(one).version)):
        if len({_who(one).unit for one in sent}) < 2:
            continue
        said: dict[str, list[_Said]] = {}
        for one in sent:
            for key, (cell, value) in one.single().items():
                if value is not None:
                    said.setdefault(key, []).append(_Said(one, cell, value))
        for key in sorted(said):
            if _differ(said[key]):
                yield _finding("S704", sent, key, key=key, what=_what(sent[0]), figures=_told(said[key]))


class _Said(Struct, frozen=True):
    """One figure of one file."""

    member: Member
    cell: str
    value: object


def _differ(said: Sequence[_Said]) -> bool:
    """Whether two units disagree. What one unit says in two versions is S701, and each of them may be right."""
    by_unit = [{one.value for one in same} for same in _grouped(said, lambda one: _who(one.member).unit)]
    return any(some.isdisjoint(others) for some, others in combinations(by_unit, 2))


def _told(said: Sequence[_Said]) -> Text:
    """Each figure with its file and cell: “a.xlsx” G14 = 12; “b.xlsx” G14 = 14."""
    shown = [(f"“{one.member.path}” {one.cell} = ", registry.told(one.value)) for one in said[:_SHOWN]]
    vi, en = ("; ".join(at + value.say(lang) for at, value in shown) for lang in get_args(Lang))
    return _and_more(Text(vi, en), len(said))


def _files(members: Sequence[Member]) -> Text:
    paths = ", ".join(f"“{one.path}”" for one in members[:_SHOWN])
    return _and_more(Text(paths, paths), len(members))


def _and_more(shown: Text, count: int) -> Text:
    rest = count - _SHOWN
    return Text(f"{shown.vi} và {rest} tệp khác", f"{shown.en} and {rest} more") if rest > 0 else shown


def _what(member: Member, *, is_unit: bool = False) -> Text:
    """Which workbook, or which round of workbooks, is meant."""
    who = _who(member)
    where = f"“{who.commune}”" + (f" {who.commune_code}" if who.commune_code else "")
    if who.kind == "plan":
        return Text(f"{who.form}, kế hoạch {who.year}, {where}", f"{who.form}, plan of {who.year}, {where}")
    unit = (f", đơn vị {who.unit}", f", unit {who.unit}") if is_unit else ("", "")
    return Text(*(f"{who.form}, {who.period}, {where}{one}" for one in unit))


def _finding(code: str, members: Sequence[Member], of: str | None = None, **data: object) -> Finding:
    """The finding; its unit and period, which a waiver may name, are those that all its workbooks share."""
    whose = [_who(one) for one in members]
    shared: dict[str, object] = {}
    for name in ("unit", "period"):
        said = {getattr(one, name) for one in whose}
        shared[name] = said.pop() if len(said) == 1 else None
    return Finding(code, registry.by_code()[code].severity, of, data={**shared, **data})


def _who(member: Member) -> Identity:
    assert member.identity is not None  # `findings` leaves out the others
    return member.identity


def _round(member: Member) -> Hashable:
    """What the units of one commune report together."""
    who = _who(member)
    return (who.form, who.commune, who.commune_code, who.year, who.period)


def _slot(member: Member) -> Hashable:
    """What a unit sends once, by whatever version of form or plan."""
    who = _who(member)
    return (_round(member), who.unit, who.kind)


def _grouped(items: Sequence[One], key: Callable[[One], Hashable]) -> list[list[One]]:
    """The items that share a key, in the order of their first."""
    groups: dict[Hashable, list[One]] = {}
    for one in items:
        groups.setdefault(key(one), []).append(one)
    return list(groups.values())
