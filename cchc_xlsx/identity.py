"""Who a workbook is: the token that names its form, commune, year, period, unit and kind, and proves that they belong together."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import extras, values
from cchc_xlsx.issue import Issue, IssueKind

SHEET = "_meta"  # the hidden sheet that carries the token and what the issue has beyond its form
PROPERTY = "cchc-xlsx"  # name of the custom document property that carries the token
PREFIX = "CCHC1|"
SUMMARY_PREFIX = "CCHCTH1|"  # of a commune's summary: no reader of reports takes it for one
_NONE = "-"
_FIELDS = 12
_PLAIN, _LOCAL = "n", "x"  # begin the nonce of an issue without and with what its office adds

Verdict = Literal["good", "bad", "unknown key"]


class Identity(Struct, frozen=True):
    """A parsed token. It says what the workbook claims to be; `verify` says whether it was made by us like that."""

    form: str
    version: int
    plan: int
    commune: str
    commune_code: str | None
    year: int
    period: str | None
    unit: str
    kind: IssueKind
    nonce: str
    tag: str
    token: str

    @property
    def short(self) -> str:
        """The code printed in the visible line: eight signs of the tag."""
        return f"{self.tag[1:5]}-{self.tag[5:9]}".upper()

    @property
    def is_keyed(self) -> bool:
        """Whether it has the mark of an office."""
        return self.tag.startswith("k")

    @property
    def is_local(self) -> bool:
        """Whether its office added something to the form, without which it cannot be placed again."""
        return self.nonce.startswith(_LOCAL)


def of(issue: Issue, key: bytes | None = None) -> Identity:
    """The identity of an issue: tagged with the office's key where there is one, else with a plain digest.

    The nonce comes from everything the issue says and its serial number, so the same input gives the same bytes.
    """
    parts = [
        PREFIX.rstrip("|"),
        issue.form.id,
        f"v{issue.form.version}",
        f"p{issue.plan.number}",
        values.nfc(issue.commune),
        issue.commune_code or _NONE,
        str(issue.year),
        issue.period.code if issue.period else _NONE,
        issue.unit,
        issue.kind,
    ]
    carried = extras.write(extras.of(issue))
    nonce = hashlib.sha256("\n".join([*parts, carried, str(issue.serial)]).encode()).hexdigest()[:12]
    is_local = bool(issue.local) or (issue.plan.number == 0 and bool(issue.plan.overlay))
    body = "|".join([*parts, f"{_LOCAL if is_local else _PLAIN}{nonce}"])
    token = f"{body}|{_tag(body, carried, key)}"
    identity = parse(token)
    assert identity is not None
    return identity


def of_summary(issue: Issue, carried: str, key: bytes | None = None) -> str:
    """The token of a commune's summary, made as that of a report of the same issue; its tag covers the figures `carried`."""
    body = SUMMARY_PREFIX + of(issue, key).token.removeprefix(PREFIX).rpartition("|")[0]
    return f"{body}|{_tag(body, carried, key)}"


def parse(token: object) -> Identity | None:
    """The identity that a text claims, or None where it is no token of ours."""
    return _parsed(token) if isinstance(token, str) and PREFIX in token and len(token) < 1000 else None


def parse_summary(token: object) -> Identity | None:
    """The identity that the token of a commune's summary claims, as of a report of the whole commune; `verify` judges it."""
    if not isinstance(token, str) or not token.startswith(SUMMARY_PREFIX) or len(token) > 1000:
        return None
    found = _parsed(PREFIX + token.removeprefix(SUMMARY_PREFIX))
    return replace(found, token="|".join([SUMMARY_PREFIX.rstrip("|"), *found.token.split("|")[1:]])) if found else None


@lru_cache(maxsize=256)  # it stands in each sheet of a workbook
def _parsed(token: str) -> Identity | None:
    parts = values.nfc(token).strip().split("|")
    if len(parts) != _FIELDS or parts[0] != PREFIX.rstrip("|"):
        return None
    _, form, version, plan, commune, code, year, period, unit, kind, nonce, tag = parts
    numbers = (version[1:], plan[1:], year)
    if version[:1] != "v" or plan[:1] != "p" or not all(text.isascii() and text.isdigit() for text in numbers):
        return None
    if kind not in ("plan", "report") or tag[:1] not in ("u", "k") or not commune or len(year) != 4:
        return None
    return Identity(
        form,
        int(version[1:]),
        int(plan[1:]),
        commune,
        None if code == _NONE else code,
        int(year),
        None if period == _NONE else period,
        unit,
        "plan" if kind == "plan" else "report",
        nonce,
        tag,
        "|".join(parts),
    )


def verify(identity: Identity, carried: str, key: bytes | None = None) -> Verdict:
    """Whether the tag fits the token and the carried JSON; a keyed tag cannot be judged without the key."""
    body = identity.token.rpartition("|")[0]
    if identity.is_keyed and key is None:
        return "unknown key"
    expected = _tag(body, carried, key if identity.is_keyed else None)
    return "good" if hmac.compare_digest(expected.encode(), identity.tag.encode()) else "bad"


def _tag(body: str, carried: str, key: bytes | None) -> str:
    message = f"{body}\n{carried}".encode()
    if key is None:
        return "u" + hashlib.sha256(message).hexdigest()[:16]
    return "k" + hmac.new(key, message, hashlib.sha256).hexdigest()[:16]
