"""The findings as one HTML page that loads nothing: templates/reports/findings.html with its style and script put in."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cchc_xlsx import __version__, resources, results
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.reports import words
from cchc_xlsx.reports.tally import tally
from cchc_xlsx.reports.words import Weight
from cchc_xlsx.results import STATUSES, FileResult, Report, Status, Told

_PIECES = 64  # of the template in one piece of text


@dataclass(frozen=True, slots=True)
class _File:
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
    folder = resources.templates() / "reports"
    style, script = ((folder / f"findings.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    counted = tally(report)
    quiet: list[_File] = []  # what there is to say of them is short; they follow the files that need work
    template = _environment(folder, lang).get_template("findings.html")
    stream = template.stream(
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        version=__version__,
        report=report,
        tally=counted,
        files=_noisy(report, lang, quiet),
        quiet=quiet,
    )
    stream.enable_buffering(_PIECES)
    yield from stream


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


def _environment(folder: Path, lang: Lang) -> Environment:
    """Jinja that escapes whatever it puts into the page, and shows control and direction characters by their codes."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "lang": lang,
        "say": lambda vi, en: Text(vi, en).say(lang),
        "status": {status: words.STATUS[status].say(lang) for status in STATUSES},
        "weight": {weight: words.WEIGHT[weight].say(lang) for weight in words.WEIGHTS},
        "weigh": words.weight,
        "number": partial(words.number, lang=lang),
        "because": partial(words.because, lang=lang),
        "title": partial(results.title, lang=lang),
    }
    return environment


def _visible(value: object) -> object:
    """Text as it may be shown; what is markup already (a macro's result, the style, the script) stays as it is."""
    return results.printable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _hash(text: str) -> str:
    """How the page's policy names the one style or script that may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
