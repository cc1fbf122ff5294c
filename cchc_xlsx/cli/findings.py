"""What a check found, as text for a person."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.text import Text as RichText

from cchc_xlsx import units
from cchc_xlsx.cli.base import LANG, say
from cchc_xlsx.cli.show import COLOURS, clean, location, put, status_word
from cchc_xlsx.reports import words
from cchc_xlsx.results import STATUSES, FileResult, Report, Told


def report_text(report: Report, out: Console) -> None:
    """The findings, grouped by file, those about the set, and a line that sums up."""
    marked = []
    for one in report.files:
        _file(one, out)
        if one.marked:
            marked.append(one.marked)
    if report.findings:
        out.print(RichText(words.SET.say(LANG), style="bold"))
        for finding in report.findings:
            _finding(finding, out)
    put(out, _summary(report), hang=4)
    if marked:
        count, where = len(set(marked)), location(marked[0].parent)
        put(out, RichText(say(f"{count} bản đánh dấu trong {where}", f"{count} marked copies in {where}")), hang=4)


def _file(one: FileResult, out: Console) -> None:
    head = RichText(f"{clean(one.path)}  ", style="bold")
    head.append(status_word(one.status), style=COLOURS[one.status])
    about = _about(one)
    if about:
        head.append(f"  {about}", style="dim")
    put(out, head, hang=4)
    for finding in one.findings:
        _finding(finding, out)
    if one.marked:
        name = clean(one.marked.name)
        put(out, RichText(f"{say('Bản đánh dấu', 'Marked copy')}: {name}", style="dim"), 2, 4)


def _about(one: FileResult) -> str:
    who = one.identity
    if who is None:
        return ""
    parts = [who.form, who.period or str(who.year)]
    if who.unit != units.COMMUNE:
        parts.append(one.unit_name or who.unit)
    return clean(" · ".join(parts))


def _finding(finding: Told, out: Console) -> None:
    line = RichText()
    colour = COLOURS["skipped" if finding.waived else finding.severity]
    line.append(finding.code, style=colour)
    if finding.waived or finding.severity != "error":
        line.append(f" {words.WEIGHT[words.weight(finding)].say(LANG).lower()}", style=colour)
    where = [finding.cell and say(f"ô {finding.cell}", f"cell {finding.cell}"), finding.label]
    place = clean(" · ".join(part for part in where if part))
    line.append(f"  {place}" if place else "", style="bold")
    put(out, line, 2, 6)
    put(out, RichText(clean(finding.message)), 6)
    if finding.waived:
        put(out, RichText(f"= {clean(words.because(finding.waived, LANG))}", style="dim"), 6, 2)
    elif finding.severity != "info":
        put(out, RichText(f"→ {clean(finding.fix)}", style="green"), 6, 2)


def _summary(report: Report) -> RichText:
    counts = [(report.counts[status], status) for status in STATUSES]
    line = RichText(say(f"{len(report.files)} tệp: ", f"{len(report.files)} files: "), style="bold")
    for index, (count, status) in enumerate(counts):
        line.append(", " if index else "")
        line.append(f"{count} {status_word(status).lower()}", style=COLOURS[status] if count else "")
    if report.findings:
        of_set = Counter(words.weight(one) for one in report.findings)
        line.append(f"; {words.SET.say(LANG).lower()}: ")
        line.append(
            ", ".join(f"{of_set[one]} {words.WEIGHT[one].say(LANG).lower()}" for one in words.WEIGHTS if of_set[one])
        )
    return line
