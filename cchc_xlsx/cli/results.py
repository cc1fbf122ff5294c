"""What a check found, as a person reads it and as programs read it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text as RichText

from cchc_xlsx import __version__, check, units
from cchc_xlsx.check import FileResult, Report
from cchc_xlsx.cli.base import LANG, say
from cchc_xlsx.cli.show import COLOURS, clean, status_word
from cchc_xlsx.issue import unit_name
from cchc_xlsx.lang import Lang
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Finding


def report_text(report: Report, out: Console) -> None:
    """The findings, grouped by file, and a line that sums up."""
    for one in report.files:
        for line in _file(one):
            out.print(line)
    out.print(_summary(report))


def _file(one: FileResult) -> Iterator[RichText]:
    head = RichText(f"{clean(one.path)}  ", style="bold")
    head.append(status_word(one.status), style=COLOURS[one.status])
    about = _about(one)
    if about:
        head.append(f"  {about}", style="dim")
    yield head
    for finding in one.findings:
        yield from _finding(finding)


def _about(one: FileResult) -> str:
    who = one.identity
    if who is None:
        return ""
    parts = [who.form, who.period or str(who.year)]
    if one.filled and who.unit != units.COMMUNE:
        parts.append(unit_name(one.filled.layout.context.issue, who.unit))
    elif who.unit != units.COMMUNE:
        parts.append(who.unit)
    return clean(" · ".join(parts))


def _finding(finding: Finding) -> Iterator[RichText]:
    line = RichText("  ")
    line.append(finding.code, style=COLOURS[finding.severity])
    if finding.severity != "error":
        line.append(f" {status_word(finding.severity).lower()}", style=COLOURS[finding.severity])
    where = [finding.cell and say(f"ô {finding.cell}", f"cell {finding.cell}"), finding.label]
    place = clean(" · ".join(part for part in where if part))
    line.append(f"  {place}" if place else "", style="bold")
    yield line
    yield RichText(f"      {clean(registry.message(finding, LANG))}")
    if finding.severity != "info":
        yield RichText(f"      → {clean(registry.fix(finding, LANG))}", style="green")


def _summary(report: Report) -> RichText:
    counts = [(report.count(status), status) for status in ("ok", "warning", "error", "skipped")]
    line = RichText(say(f"{len(report.files)} tệp: ", f"{len(report.files)} files: "), style="bold")
    for index, (count, status) in enumerate(counts):
        line.append(", " if index else "")
        line.append(f"{count} {status_word(status).lower()}", style=COLOURS[status] if count else "")
    return line


def report_json(report: Report, lang: Lang) -> str:
    """The fixed JSON of design §8."""
    body = {
        "tool": "cchc-xlsx",
        "version": __version__,
        "summary": {
            "files": len(report.files),
            **{status: report.count(status) for status in ("ok", "warning", "error", "skipped")},
        },
        "files": [_file_json(one, lang) for one in report.files],
        "findings": [finding_json(finding, lang) for finding in report.findings],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _file_json(one: FileResult, lang: Lang) -> dict[str, object]:
    who = one.identity
    accepted = check.accepted(one)
    numbers = {
        cell: value
        for cell, value, _ in accepted.values()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }
    return {
        "path": one.path,
        "status": one.status,
        "form": who.form if who else None,
        "form_version": who.version if who else None,
        "plan": who.plan if who else None,
        "commune": who.commune if who else None,
        "commune_code": who.commune_code if who else None,
        "year": who.year if who else None,
        "period": who.period if who else None,
        "unit": who.unit if who else None,
        "kind": who.kind if who else None,
        "sha256": one.sha256,
        "values": numbers,
        "fields": {
            key: {"cell": cell, "value": value, "state": state} for key, (cell, value, state) in accepted.items()
        },
        "findings": [finding_json(finding, lang) for finding in one.findings],
    }


def finding_json(finding: Finding, lang: Lang) -> dict[str, object]:
    """One finding as the fixed JSON has it."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "key": finding.key,
        "label": finding.label,
        "value": finding.value,
        "message": registry.message(finding, lang),
        "fix": registry.fix(finding, lang),
        "waived": None,
    }
