"""What a check tells: each file with its findings in words, and the findings about the set."""

from __future__ import annotations

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring as _quoted
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from cchc_xlsx.identity import Identity
from cchc_xlsx.lang import Lang
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding, Severity, Waived

_written = json.JSONEncoder(ensure_ascii=False).encode
Status = Literal["ok", "warning", "error", "skipped"]
STATUSES: tuple[Status, ...] = ("ok", "warning", "error", "skipped")


class Told(Struct, frozen=True):
    """A finding in the words of one language."""

    code: str
    severity: Severity
    sheet: str | None
    cell: str | None
    key: str | None
    label: str | None
    value: str | None
    message: str
    fix: str
    waived: Waived | None = None


Fields = Mapping[str, tuple[str, object, str]]  # accepted inputs: key → cell, value, state


class FileResult(Struct, frozen=True):
    """What is told about one entry of a folder.

    `path` is how it is shown, `file` where it is, `marked` the marked copy that was made. `sheet` is what the form's sheet is
    called in it, `asking` what decides which units are asked beside it, `known` the figures that it has without asking;
    `summary` is what a commune's consolidated workbook says, where that was asked for.
    """

    path: str
    status: Status
    findings: tuple[Told, ...] = ()
    identity: Identity | None = None
    unit_name: str = ""
    sha256: str | None = None
    fields: Fields = field(default_factory=dict)
    file: Path | None = None
    marked: Path | None = None
    sheet: str = ""
    asking: str = ""
    known: Mapping[str, float] = field(default_factory=dict)
    summary: str = ""


class Stored(Collection[FileResult], ABC):
    """Results that are not in memory."""

    @abstractmethod
    def at(self, number: int) -> FileResult:
        """The result of that number, in the order of the others."""

    @abstractmethod
    def heads(self) -> Iterator[tuple[FileResult, str]]:
        """Each result without its findings and inputs, and these as `members` has them."""


class Report(Struct, frozen=True):
    """All files, sorted by path, and the findings about the set.

    `files` may be read again and again, but need not be in memory: ten thousand are not.
    """

    files: Collection[FileResult]
    counts: Mapping[Status, int]
    findings: tuple[Told, ...] = ()

    @property
    def has_workbooks(self) -> bool:
        """Whether anything was there to check at all."""
        return len(self.files) > self.counts["skipped"]

    def has(self, severity: Severity) -> bool:
        """Whether a finding of that severity counts anywhere, in a file or about the set."""
        in_files = self.counts["error" if severity == "error" else "warning"] if severity != "info" else 0
        return bool(in_files) or any(one.severity == severity and not one.waived for one in self.findings)


def told(finding: Finding, lang: Lang) -> Told:
    """The finding in words."""
    return Told(
        finding.code,
        finding.severity,
        finding.sheet,
        finding.cell,
        finding.key,
        finding.label,
        finding.value,
        registry.message(finding, lang),
        registry.fix(finding, lang),
        finding.waived,
    )


def finding_json(one: Told) -> dict[str, object]:
    """One finding as the fixed JSON has it."""
    waived = {"reason": one.waived.reason, "until": one.waived.until} if one.waived else None
    return {
        "code": one.code,
        "severity": one.severity,
        "sheet": one.sheet,
        "cell": one.cell,
        "key": one.key,
        "label": one.label,
        "value": one.value,
        "message": one.message,
        "fix": one.fix,
        "waived": waived,
    }


def members(findings: Sequence[Told], fields: Fields) -> str:
    """What the fixed JSON of a file says of its content, without the braces: values by cell, inputs by key, findings."""
    numbers, said = [], []
    # Written piece by piece: a quarter of the time of making objects for `json`, and each workbook has hundreds of inputs.
    for key, (cell, value, state) in fields.items():
        if value is None:
            said.append(_empty(key, cell, state))
            continue
        if isinstance(value, str):
            text = _quoted(value)
        else:
            text = repr(value) if type(value) is float and math.isfinite(value) else _written(value)
            if not isinstance(value, bool):
                numbers.append(f'"{cell}": {text}')
        said.append(f'{_quoted(key)}: {{"cell": "{cell}", "value": {text}, "state": "{state}"}}')
    found = _written([finding_json(one) for one in findings])
    return f'"values": {{{", ".join(numbers)}}}, "fields": {{{", ".join(said)}}}, "findings": {found}'


@lru_cache(maxsize=16_384)  # most inputs of a workbook, the same in all copies of a form
def _empty(key: str, cell: str, state: str) -> str:
    return f'{_quoted(key)}: {{"cell": "{cell}", "value": null, "state": "{state}"}}'


def from_members(text: str) -> tuple[tuple[Told, ...], Fields]:
    """The findings and inputs that `members` told."""
    said = json.loads(f"{{{text}}}")
    findings = (one | {"waived": Waived(**one["waived"]) if one["waived"] else None} for one in said["findings"])
    fields = {key: (one["cell"], one["value"], one["state"]) for key, one in said["fields"].items()}
    return tuple(Told(**one) for one in findings), fields


def with_members(files: Collection[FileResult]) -> Iterator[tuple[FileResult, str]]:
    """Each result with its `members`, which are not made anew where they are kept."""
    if isinstance(files, Stored):
        yield from files.heads()
    else:
        for one in files:
            yield one, members(one.findings, one.fields)


def status(findings: Sequence[Told | Finding]) -> Status:
    """How a file ends that was read: by the worst of what counts."""
    severities = {one.severity for one in findings if not one.waived}
    return "error" if "error" in severities else "warning" if "warning" in severities else "ok"


def title(code: str, lang: Lang) -> str:
    """What a code is about."""
    return registry.by_code()[code].title.say(lang)


def printable(text: str) -> str:
    """Text from outside that can be shown and encoded: control and direction characters and what is not UTF-8 are escaped."""
    if text.isprintable():
        return text
    safe = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(letter if letter.isprintable() else _escaped(ord(letter)) for letter in safe)


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
