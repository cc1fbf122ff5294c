"""What an office's set-up and records add to an issue, for tests: a bit of everything that any form has a place for."""

from __future__ import annotations

import datetime as dt

import fill
from msgspec.structs import replace

from cchc_xlsx import earlier, fields
from cchc_xlsx.issue import Issue, Local

KEY = bytes(range(32))
OTHER_NAME = "Bộ phận được gọi khác"


def everything(issue: Issue) -> Local:
    """A deadline, a name, another spelling, and each earlier figure that the form can show."""
    codes = issue.form.sections or (issue.form.coordinator,)
    return Local(
        due=dt.date(issue.year, 12, 24),
        names={codes[0]: "Văn phòng của xã ta"},
        spellings={codes[-1]: (OTHER_NAME, "Tổ công tác số 1")},
        previous=figures(issue),
    )


def figures(issue: Issue) -> dict[str, str | float]:
    """The results of the period before and of last year, as a careful unit reported them."""
    plain = replace(issue, local=Local(), unit="XA")
    typed = fill.valid(plain) if plain.period else {}
    days = {key for key, one in fields.context(plain).fields.items() if one.type == "date"}
    said = {key: dt.date(issue.year, 3, 5).isoformat() if key in days else one for key, one in typed.items()}
    last_year = {key: one for key, one in typed.items() if key.endswith((".previous", ".previous_of"))}
    return {**earlier.prior(issue, said), **last_year}


def with_everything(issue: Issue) -> Issue:
    """The issue of an office that has all that."""
    return replace(issue, local=everything(issue))
