"""What the processes that read files are told to do, and how that goes to them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from cchc_xlsx import history, identity, waivers
from cchc_xlsx.form import load
from cchc_xlsx.history import Past
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue
from cchc_xlsx.lang import Lang
from cchc_xlsx.recognise import Asked, GivenPlan
from cchc_xlsx.rules.model import Finding, Waived
from cchc_xlsx.waivers import Waiver


class Task(Struct, frozen=True):
    """How every file of a run is read: what is asked, the language of the answers, what is let pass on which day.

    `marks`: a marked copy is wanted of each workbook that has something to mend. `past`: what is known of reports of other
    periods, against which each is held. `summaries`: communes' consolidated workbooks are read too, not skipped.
    """

    asked: Asked = field(default_factory=Asked)
    lang: Lang = "vi"
    waivers: Sequence[Waiver] = ()
    today: dt.date = dt.date.max
    marks: bool = False
    past: Past = ()
    summaries: bool = False

    def pardon(self, finding: Finding, who: Identity | None) -> Waived | None:
        """Why a finding of a workbook does not count; None where it does. One about the set, without `who`, says itself whose it is."""
        whose = (who.unit, who.period) if who else (finding.data.get("unit"), finding.data.get("period"))
        unit, period = (str(one) if one else None for one in whose)
        found = waivers.find(self.waivers, finding, unit, period, self.today)
        return Waived(found.reason, found.until.isoformat() if found.until else None) if found else None


def to_line(task: Task) -> bytes:
    """The task as one line of JSON."""
    plan = task.asked.plan
    whose = plan.issue if plan else None
    said = {
        "period": task.asked.period,
        "plan": plan and whose and {
            "form": whose.form.id,
            "version": whose.form.version,
            "commune": whose.commune,
            "commune_code": whose.commune_code,
            "year": whose.year,
            "overlay": dict(plan.overlay),
            "number": plan.number,
        },
        "own_forms": str(task.asked.own_forms) if task.asked.own_forms else None,
        "key": task.asked.key.hex() if task.asked.key else None,
        "issued": _issued(task.asked),
        "lang": task.lang,
        "waivers": [{**asdict(one), "until": one.until.isoformat() if one.until else None} for one in task.waivers],
        "today": task.today.isoformat(),
        "marks": task.marks,
        "past": history.to_json(task.past),
        "summaries": task.summaries,
    }  # fmt: skip
    return json.dumps(said).encode() + b"\n"


def from_line(line: bytes) -> Task:
    """The task that a line of JSON tells."""
    said = json.loads(line)
    key, own = said["key"], Path(said["own_forms"]) if said["own_forms"] else None
    plan = _plan(said["plan"], own) if said["plan"] else None
    issued = {token: text for text, tokens in said["issued"] for token in tokens}
    asked = Asked(said["period"], plan, own, bytes.fromhex(key) if key else None, issued)
    let_pass = tuple(_dated(Waiver(**one)) for one in said["waivers"])
    today, past = dt.date.fromisoformat(said["today"]), history.from_json(said["past"])
    return Task(asked, said["lang"], let_pass, today, said["marks"], past, said["summaries"])


def _plan(said: Mapping[str, Any], own: Path | None) -> GivenPlan:
    form = load.find(said["form"], said["version"], own)
    whose = Issue(form, said["commune"], said["year"], "plan", commune_code=said["commune_code"])
    return GivenPlan(whose, said["overlay"], said["number"])


def _issued(asked: Asked) -> list[tuple[str, list[str]]]:
    """What the office has sent out that no workbook can do without, each text once: the units of a commune share a plan."""
    found: dict[str, list[str]] = {}
    for token, text in asked.issued.items():
        who = identity.parse(token)
        is_meant = who and (asked.period is None or who.period in (None, asked.period))
        if who and is_meant and (who.plan or who.is_local):
            found.setdefault(text, []).append(token)
    return list(found.items())


def _dated(one: Waiver) -> Waiver:
    return replace(one, until=dt.date.fromisoformat(one.until)) if isinstance(one.until, str) else one
