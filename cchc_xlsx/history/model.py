"""What is known of the reports of other periods, as plain data; and what a claim against them is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from cchc_xlsx import values
from cchc_xlsx.identity import Identity

Said = Mapping[str, object]  # accepted inputs by key: percents as fractions, as a check tells them
Accepted = Mapping[str, tuple[str, object, str]]  # the same with their cells and states

LETTER = "H"  # of the codes
_KEPT = ("num", "den", "value", "of", "previous", "previous_of", "status", "nil")


class Whose(NamedTuple):
    """Who reports what: the periods of one such are compared."""

    form: str
    commune: str
    commune_code: str | None
    unit: str


class Reported(Struct, frozen=True):
    """What a unit reported for a period: the figures and answers that may be compared, by key."""

    whose: Whose
    period: str
    said: Said


Past = Sequence[Reported]


class Claim(Struct, frozen=True):
    """What is wrong with an input: the code of the rule, and the places of its message."""

    code: str
    key: str
    data: Mapping[str, object]


def whose(who: Identity) -> Whose:
    """Whose reports a workbook is one of."""
    return Whose(who.form, values.nfc(who.commune), who.commune_code, who.unit)


def reported(who: Identity, accepted: Accepted) -> Reported | None:
    """What a workbook reports; None for a plan."""
    if who.kind != "report" or who.period is None:
        return None
    kept = {
        key: value for key, (_, value, _) in accepted.items() if value is not None and key.rpartition(".")[2] in _KEPT
    }
    return Reported(whose(who), who.period, kept)


def of(past: Past, who: Identity) -> Past:
    """What the same unit reported for other periods."""
    mine = whose(who)
    return [one for one in past if one.whose == mine and one.period != who.period]


def to_json(past: Past) -> list[Any]:
    """The past as plain data."""
    return [[*one.whose, one.period, dict(one.said)] for one in past]


def from_json(said: Sequence[Any]) -> Past:
    """The past that plain data tell."""
    return [Reported(Whose(*who), period, figures) for *who, period, figures in said]
