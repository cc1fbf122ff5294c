"""What units said in the years before: kept in the ledger of each later year."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from cchc_xlsx import periods
from cchc_xlsx.ledger.model import Slot
from cchc_xlsx.units import COMMUNE


class OfYear(Struct, frozen=True):
    """One report of an earlier year: its accepted inputs by key (dates in ISO, percents as fractions, no blanks), and its
    workbook's token and sha256.
    """

    slot: Slot
    said: Mapping[str, object]
    token: str
    sha256: str

    @property
    def year(self) -> int:
        """The year of its period."""
        return periods.parse(self.slot.period).year


def forget(book: sqlite3.Connection) -> None:
    """Make room for what the years before say now. Inside a transaction."""
    book.execute("DELETE FROM past")
    book.execute("DELETE FROM proposal")


def enter(book: sqlite3.Connection, found: Iterable[OfYear]) -> None:
    """Enter reports of earlier years. Inside a transaction."""
    book.executemany(
        "INSERT INTO past (year, period, form, unit, fields, token, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (one.year, one.slot.period, one.slot.form, one.slot.unit, _json(one.said), one.token, one.sha256)
            for one in found
        ],
    )


def of(book: sqlite3.Connection, form: str | None = None, period: str | None = None) -> tuple[OfYear, ...]:
    """The reports of earlier years, of one form or all, for one period or all; by form, period and unit."""
    rows = book.execute(
        "SELECT * FROM past"
        " WHERE (?1 IS NULL OR form = ?1) AND (?2 IS NULL OR period = ?2) ORDER BY form, period, unit",
        (form, period),
    )
    return tuple(_found(rows))


def _found(rows: Iterable[sqlite3.Row]) -> Iterator[OfYear]:
    for row in rows:
        yield OfYear(
            Slot(row["form"], row["period"], row["unit"]), json.loads(row["fields"]), row["token"], row["sha256"]
        )


def whole(found: Iterable[OfYear]) -> dict[str, object]:
    """What the commune said, from the reports of its units for one period: its own workbook stands for those of the units,
    and what two units said differently is not known.
    """
    of_units: dict[str, object] = {}
    doubtful: set[str] = set()
    own: Mapping[str, object] = {}
    for one in found:
        if one.slot.unit == COMMUNE:
            own = one.said
            continue
        doubtful |= {key for key, said in one.said.items() if of_units.get(key, said) != said}
        of_units |= one.said
    return {**{key: said for key, said in of_units.items() if key not in doubtful}, **own}


def propose(book: sqlite3.Connection, form: str, overlay: Mapping[str, str | float]) -> None:
    """Enter what the plan workbook of a form is prefilled with. Inside a transaction."""
    book.execute("INSERT INTO proposal (form, overlay) VALUES (?, ?)", (form, _json(overlay)))


def proposal(book: sqlite3.Connection, form: str) -> dict[str, str | float]:
    """What the plan workbook of a form is prefilled with; none without a year before."""
    row = book.execute("SELECT overlay FROM proposal WHERE form = ?", (form,)).fetchone()
    return dict(json.loads(row["overlay"])) if row else {}


def _json(said: Mapping[str, object]) -> str:
    return json.dumps(dict(said), ensure_ascii=False, sort_keys=True)
