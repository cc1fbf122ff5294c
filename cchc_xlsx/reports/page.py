"""The findings as one HTML page that loads nothing: templates/reports/findings.html with its style and scripts put in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from cchc_xlsx.lang import Lang
from cchc_xlsx.reports import shell, words
from cchc_xlsx.reports.tally import tally
from cchc_xlsx.reports.words import Weight
from cchc_xlsx.results import FileResult, Report, Status, Told


class _File(Struct, frozen=True):
    """A file as the page shows it."""

    path: str
    status: Status
    commune: str
    unit: str
    about: tuple[str, ...]
    findings: tuple[Told, ...]
    counts: Counter[Weight]


def pieces(report: Report, lang: Lang) -> Iterator[str]:
    """The page, piece by piece; the same report gives the same page. The report's files are read twice."""
    quiet: list[_File] = []  # what there is to say of them is short; they follow the files that need work
    page = shell.page("findings", lang, ("filter.js", "findings.js"))
    yield from shell.pieces(page, report=report, tally=tally(report), files=_noisy(report, lang, quiet), quiet=quiet)


def _noisy(report: Report, lang: Lang, quiet: list[_File]) -> Iterator[_File]:
    """The files that were read and have findings; the others are put aside."""
    for one in report.files:
        shown = _file(one, lang)
        if one.findings and one.status != "skipped":
            yield shown
        else:
            quiet.append(shown)


def _file(one: FileResult, lang: Lang) -> _File:
    who = one.identity
    counts = Counter(words.weight(told) for told in one.findings)
    commune, unit = (who.commune, who.unit) if who else ("", "")
    return _File(one.path, one.status, commune, unit, words.about(one, lang), one.findings, counts)
