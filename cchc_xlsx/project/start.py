"""What a new set-up workbook is prefilled with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cchc_xlsx import units, values
from cchc_xlsx.errors import CchcError
from cchc_xlsx.form import load
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.mail.model import Server
from cchc_xlsx.project.model import MailSetup, Office, Setup, UnitSetup
from cchc_xlsx.project.pages import LANGS, MARK, SECURITIES, USUAL, Start, mark_of, round_keys
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Rule
from cchc_xlsx.units import Era
from cchc_xlsx.waivers import Waiver

_SEVERAL = "; "
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


def again(setup: Setup, own_forms: Path | None) -> Start:
    """What a set-up says, to be drawn anew; all but its deadlines, which are those of the decree."""
    lang = setup.office.lang
    fields = {**_card("office", _office(setup.office)), **_card("mail", _mail(setup.mail))}
    forms = ({"form": one.form, **{mark_of(code[5:]): MARK for code in one.periods}} for one in setup.forms)
    rows: Mapping[str, tuple[Mapping[str, str | float], ...]] = {
        "units": tuple(map(_unit, setup.units)),
        "forms": tuple(forms),
        "waivers": tuple(map(_waiver, setup.waivers)),
    }
    used = {one.period.code[5:] for one in setup.rounds}
    return Start(rows, fields, _lists(lang, own_forms), setup.office.year, frozenset(round_keys()) - used)


def _unit(one: UnitSetup) -> dict[str, str | float]:
    several = {key: _SEVERAL.join(getattr(one, key)) for key in ("other_names", "addresses", "forwarders")}
    return {"code": one.code, "name": one.name, **several}


def _card(page: str, found: Mapping[str, object]) -> dict[tuple[str, str], str | float]:
    """The inputs of a sheet with one a line, without those that stay blank."""
    return {(page, key): said for key, said in found.items() if isinstance(said, (str, int, float)) and said != ""}


def _office(office: Office) -> dict[str, object]:
    return {
        "commune": office.commune,
        "commune_code": office.commune_code,
        "superior": office.superior,
        "year": office.year,
        "plan_number": office.plan_number,
        "plan_date": float(values.serial(office.plan_date)) if office.plan_date else None,
        "lang": LANGS[office.lang].say(office.lang),
    }


def _mail(mail: MailSetup) -> dict[str, object]:
    lists = {key: _SEVERAL.join(getattr(mail, key)) for key in ("folders", "forwarders", "own_hosts")}
    plain = ("address", "sender_name", "authserv_id", "token_command", "keyword", "move_to", "daily_cap")
    servers = {**_server("imap", mail.imap), **_server("smtp", mail.smtp)}
    return {**lists, **{key: getattr(mail, key) for key in plain}, **servers}


def _server(kind: str, server: Server | None) -> dict[str, object]:
    if server is None:
        return {}
    said = {"host": server.host, "security": SECURITIES[server.security].vi, "port": server.port, "user": server.user}
    return {f"{kind}.{part}": one for part, one in said.items()}


def _waiver(one: Waiver) -> dict[str, str | float]:
    said = {key: getattr(one, key) or "" for key in ("unit", "key", "code", "period", "reason")}
    return {**said, **({"until": float(values.serial(one.until))} if one.until else {})}


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
