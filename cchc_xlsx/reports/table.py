"""The findings as CSV that Excel opens as it is: one line a finding, and one for every file without any.

UTF-8 with a byte order mark, commas, CRLF (RFC 4180). Where a spreadsheet program would begin to read a formula, an apostrophe
stands in front: at the start of a cell, and behind a semicolon, which is where programs of many countries begin the next cell.
An apostrophe that was there already is doubled by the same rule, so that a program gets the text as it was by taking away one
apostrophe at these places. Plain negative numbers stay as they are: nothing in them runs.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import get_args

from cchc_xlsx.lang import Lang
from cchc_xlsx.reports import words
from cchc_xlsx.results import FileResult, Report, Told, printable

# By the OWASP page on CSV injection, with the full-width signs; TAB, CR and NUL are visible by then, as all control signs.
_RISKY = re.compile(r"""(?:^|(?<=;))(?=[\s"]*['=+\-@＝＋－＠])""")
_NUMBER = re.compile(r"-\d+(?:[.,]\d+)*")


class _Line:
    """A file that gives back what is written, so that the csv module writes into nothing."""

    def write(self, text: str) -> str:
        return text


def lines(report: Report, lang: Lang) -> Iterator[str]:
    """The heading and the lines: findings about the set first, then file by file."""
    line = csv.writer(_Line(), lineterminator="\r\n").writerow  # gives what `write` gives
    yield "\ufeff" + str(line([text.say(lang) for text in words.COLUMN.values()]))
    for finding in report.findings:
        yield str(line(_row(None, finding, lang)))
    for one in report.files:
        for told in one.findings or (None,):
            yield str(line(_row(one, told, lang)))


def is_csv(data: bytes) -> bool:
    """Whether this is such a table, in any language, as it was written or saved again by Excel (with semicolons or tabs)."""
    head = data.partition(b"\n")[0][:4096].decode("utf-8-sig", "replace").strip()
    titles = [[text.say(lang) for text in words.COLUMN.values()] for lang in get_args(Lang)]
    return any(list(csv.reader([head], delimiter=mark)) in [[one] for one in titles] for mark in ",;\t")


def _row(one: FileResult | None, told: Told | None, lang: Lang) -> list[str]:
    who = one.identity if one else None
    found: dict[str, str | int | None] = {}
    if one:
        found |= {"file": one.path, "status": words.STATUS[one.status].say(lang), "sha256": one.sha256}
    if one and who:
        found |= {"form": who.form, "commune": who.commune, "year": who.year, "period": who.period}
        found |= {"unit": who.unit, "unit_name": words.unit(one)}
    if told:
        found |= {"sheet": told.sheet, "cell": told.cell, "key": told.key, "label": told.label, "code": told.code}
        found |= {"severity": words.WEIGHT[told.severity].say(lang), "value": told.value}
        found |= {"message": told.message, "fix": told.fix}
    if told and told.waived:
        found |= {"waived": told.waived.reason, "until": told.waived.until}
    return [_inert(found.get(name)) for name in words.COLUMN]


def _inert(value: str | int | None) -> str:
    """The text with nothing in it that a spreadsheet program runs."""
    text = "" if value is None else printable(str(value))
    return text if _NUMBER.fullmatch(text) else _RISKY.sub("'", text)
