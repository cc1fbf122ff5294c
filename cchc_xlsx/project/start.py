"""What a new set-up workbook is prefilled with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cchc_xlsx import units
from cchc_xlsx.errors import CchcError
from cchc_xlsx.form import load
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.project.pages import LANGS, MARK, SECURITIES, USUAL, Start
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Rule
from cchc_xlsx.units import Era

_WHOLE_COMMUNE = Text("Biểu chung của xã", "The commune's own workbook")


def prefilled(
    commune: str | None,
    commune_code: str | None,
    year: int | None,
    era: Era,
    forms: Sequence[str],
    lang: Lang,
    own_forms: Path | None,
) -> Start:
    """The offices of the era's catalogue, the forms in their usual periods, and what is known of the commune."""
    offices = _offices((era,))
    fields: dict[tuple[str, str], str | float] = {
        ("office", "lang"): LANGS[lang].say(lang),
        ("mail", "folders"): "INBOX",
        ("mail", "daily_cap"): 200,
    }
    given = {"commune": commune, "commune_code": commune_code, "year": year}
    fields |= {("office", key): value for key, value in given.items() if value is not None}
    rows = {
        "units": tuple({"code": code, "name": name} for code, name in offices),
        "forms": tuple({"form": one, **dict.fromkeys(USUAL, MARK)} for one in forms),
    }
    return Start(rows, fields, _lists(lang, own_forms), year)


def _lists(lang: Lang, own_forms: Path | None) -> dict[str, tuple[tuple[str, str], ...]]:
    every = _offices(("post", "pre"))
    return {
        "forms": tuple(_forms(lang, own_forms)),
        "units": every,
        "waived": (*every, (units.COMMUNE, _WHOLE_COMMUNE.say(lang))),
        "langs": tuple((one.say(lang), code) for code, one in LANGS.items()),
        "securities": tuple((one.say(lang), code) for code, one in SECURITIES.items()),
        "marks": ((MARK, ""),),
        "codes": tuple((one.code, one.title.say(lang)) for one in _waivable()),
    }


def _waivable() -> Iterator[Rule]:
    yield from (
        one for _, one in sorted(registry.by_code().items()) if one.severity != "info" and one.code[0] not in "FI"
    )


def _offices(eras: Sequence[Era]) -> tuple[tuple[str, str], ...]:
    found = {unit.code: unit.name for era in eras for unit in units.catalogue(era).units.values() if unit.office}
    return tuple(found.items())


def _forms(lang: Lang, own: Path | None) -> Iterator[tuple[str, str]]:
    for form_id in load.listing(load.folders(own)):
        try:
            form = load.find(form_id, own=own)
        except CchcError:  # a form of the office's own with mistakes is told where it is used
            yield form_id, ""
        else:
            yield form_id, form.name if lang == "vi" else form.name_en
