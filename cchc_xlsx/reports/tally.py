"""How many: files by status, findings by weight, code, unit and form; counted in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from cchc_xlsx import values
from cchc_xlsx.reports import words
from cchc_xlsx.reports.words import Weight
from cchc_xlsx.results import FileResult, Report, Status, Told


class Group(Struct, frozen=True):
    """The files of one unit for one form; all empty for files that do not say whose they are."""

    commune: str
    unit: str
    form: str


_NOBODY = Group("", "", "")


class Counts(Struct, frozen=True):
    """Files by status, findings by weight."""

    files: Counter[Status] = field(default_factory=Counter)
    findings: Counter[Weight] = field(default_factory=Counter)


class Tally(Struct, frozen=True):
    """Everything counted; `names` is what a unit of a commune is called."""

    total: Counts = field(default_factory=Counts)
    codes: dict[str, Counter[Weight]] = field(default_factory=dict)
    groups: dict[Group, Counts] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def has_unknown(self) -> bool:
        """Whether there are files that do not say whose they are."""
        return _NOBODY in self.groups

    def by_unit(self) -> Sequence[tuple[Group, str, Counts]]:
        """The groups with the names of their units, in alphabetical order, those of no unit last."""
        named = [(group, self.names.get((group.commune, group.unit), ""), self.groups[group]) for group in self.groups]
        return sorted(
            named,
            key=lambda one: (one[0] == _NOBODY, *map(values.collation_key, (one[0].commune, one[1], one[0].form))),
        )

    def by_code(self) -> Sequence[tuple[str, Counter[Weight]]]:
        """The codes, the most frequent first."""
        return sorted(self.codes.items(), key=lambda one: (-one[1].total(), one[0]))

    def units(self) -> dict[str, str]:
        """Code → name of every unit seen, in alphabetical order; a code that many communes name differently is its own name."""
        found: dict[str, str] = {}
        for (_, unit), name in self.names.items():
            found[unit] = name if found.get(unit, name) == name else unit
        return dict(sorted(found.items(), key=lambda one: values.collation_key(one[1])))

    def communes(self) -> Sequence[str]:
        """Every commune seen, in alphabetical order."""
        return sorted({group.commune for group in self.groups if group != _NOBODY}, key=values.collation_key)


def tally(report: Report) -> Tally:
    """All files and findings of a report counted, those about the set too."""
    found = Tally()
    _count(found, report.findings, None)
    for one in report.files:
        group = _group(one)
        counts = found.groups.setdefault(group, Counts())
        counts.files[one.status] += 1
        found.total.files[one.status] += 1
        if one.identity and not found.names.get((group.commune, group.unit)):
            found.names[group.commune, group.unit] = words.unit(one)
        _count(found, one.findings, counts)
    return found


def _group(one: FileResult) -> Group:
    who = one.identity
    return Group(who.commune, who.unit, who.form) if who else _NOBODY


def _count(found: Tally, findings: Iterable[Told], counts: Counts | None) -> None:
    for one in findings:
        weight = words.weight(one)
        found.total.findings[weight] += 1
        found.codes.setdefault(one.code, Counter())[weight] += 1
        if counts:
            counts.findings[weight] += 1
