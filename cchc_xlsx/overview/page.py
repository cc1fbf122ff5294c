"""An overview as one HTML page that loads nothing: templates/reports/status.html with its style and scripts put in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from cchc_xlsx import standing, values
from cchc_xlsx.lang import Lang
from cchc_xlsx.overview import words
from cchc_xlsx.overview.view import Overview
from cchc_xlsx.reports import shell
from cchc_xlsx.standing import Tally


def pieces(view: Overview, lang: Lang, *, mails: bool = False) -> Iterator[str]:
    """The page, piece by piece; `mails` has the list of what came open."""
    said = {
        **{one.__name__: partial(one, lang=lang) for one in (words.percent, words.share, words.day, words.moment)},
        **{one.__name__: partial(one, lang=lang) for one in (words.counted, words.how, words.sender, words.unassigned)},
        "about": lambda line, due: [part for part in words.about(line, due, lang) if part],
        "states": {state: word.say(lang) for state, word in words.STATE.items()},
        "late": words.LATE.say(lang),
        "colour": words.COLOUR,
        "delivery": {status: word.say(lang) for status, word in words.DELIVERY.items()},
        "delivery_colour": words.DELIVERY_COLOUR,
    }
    page = shell.page("status", lang, ("filter.js", "status.js"), **said)
    total, units, summed = _total(view), _units(view), words.total(view.seen, lang)
    yield from shell.pieces(page, view=view, total=total, units=units, sum=summed, mails=mails)


def _total(view: Overview) -> Tally:
    """The counts of all periods that have begun to matter."""
    return standing.tally([line.standing for period in view.periods if not period.is_ahead for line in period.lines])


def _units(view: Overview) -> dict[str, str]:
    """Code → name of every unit, in alphabetical order."""
    found = {unit.code: unit.name for period in view.periods for unit in period.units}
    return dict(sorted(found.items(), key=lambda one: values.collation_key(one[1])))
