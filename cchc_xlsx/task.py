"""What the processes that read files are told to do, and how that goes to them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from cchc_xlsx import waivers
from cchc_xlsx.form import load
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue
from cchc_xlsx.lang import Lang
from cchc_xlsx.recognise import Asked, GivenPlan
from cchc_xlsx.rules.model import Finding, Waived
from cchc_xlsx.waivers import Waiver


@dataclass(frozen=True, slots=True)
class Task:
    """How every file of a run is read: what is asked, the language of the answers, what is let pass on which day.

    `marks`: a marked copy is wanted of each workbook that has something to mend.
    """

    asked: Asked = field(default_factory=Asked)
    lang: Lang = "vi"
    waivers: Sequence[Waiver] = ()
    today: dt.date = dt.date.max
    marks: bool = False

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
        },
        "own_forms": str(task.asked.own_forms) if task.asked.own_forms else None,
        "key": task.asked.key.hex() if task.asked.key else None,
        "lang": task.lang,
        "waivers": [{**asdict(one), "until": one.until.isoformat() if one.until else None} for one in task.waivers],
        "today": task.today.isoformat(),
        "marks": task.marks,
    }  # fmt: skip
    return json.dumps(said).encode() + b"\n"


def from_line(line: bytes) -> Task:
    """The task that a line of JSON tells."""
    said = json.loads(line)
    plan = said["plan"]
    given = None
    if plan:
        form = load.find(plan["form"], plan["version"])
        whose = Issue(form, plan["commune"], plan["year"], "plan", commune_code=plan["commune_code"])
        given = GivenPlan(whose, plan["overlay"])
    own, key = said["own_forms"], said["key"]
    asked = Asked(said["period"], given, Path(own) if own else None, bytes.fromhex(key) if key else None)
    let_pass = tuple(_dated(Waiver(**one)) for one in said["waivers"])
    return Task(asked, said["lang"], let_pass, dt.date.fromisoformat(said["today"]), said["marks"])


def _dated(one: Waiver) -> Waiver:
    return replace(one, until=dt.date.fromisoformat(one.until)) if isinstance(one.until, str) else one
