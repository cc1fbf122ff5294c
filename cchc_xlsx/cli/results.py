"""What a check found, shown or written in the form that was asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from cchc_xlsx import __version__, reports, results, writer
from cchc_xlsx.cli.base import LANG
from cchc_xlsx.cli.output import deliver_pieces
from cchc_xlsx.results import STATUSES, FileResult, Report


def deliver(report: Report, shape: str, output: Path | None) -> None:
    """Write the report to a file, or show it. A workbook is only ever a file."""
    if shape == "text":
        from cchc_xlsx.cli import findings, show  # noqa: PLC0415 - what shows on a terminal is loaded only for that

        show.deliver_text(lambda out: findings.report_text(report, out), output)
    elif shape == "xlsx":
        assert output
        writer.save(writer.findings_to_bytes(report, LANG, output), output)
    else:
        deliver_pieces({"json": report_json, "csv": _csv, "html": _html}[shape](report), output)


def _csv(report: Report) -> Iterator[str]:
    return reports.csv(report, LANG)


def _html(report: Report) -> Iterator[str]:
    return reports.html(report, LANG)


def report_json(report: Report) -> Iterator[str]:
    """The JSON that other programs read, its keys fixed, in pieces: ten thousand files need not be in memory."""
    summary: dict[str, int] = {"files": len(report.files), **{status: report.counts[status] for status in STATUSES}}
    about = {"tool": "cchc-xlsx", "version": __version__, "summary": summary}
    yield json.dumps(about, ensure_ascii=False, indent=1)[:-2] + ',\n "files": ['
    before = "\n"
    for one, members in results.with_members(report.files):
        yield before + json.dumps(_head_json(one), ensure_ascii=False)[:-1] + ", " + members + "}"
        before = ",\n"
    findings = [results.finding_json(finding) for finding in report.findings]
    yield '\n ],\n "findings": ' + json.dumps(findings, ensure_ascii=False, indent=1) + "\n}\n"


def _head_json(one: FileResult) -> dict[str, object]:
    """What the fixed JSON says of a file before its content."""
    who = one.identity
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
    }
