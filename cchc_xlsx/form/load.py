"""Finding and loading forms: the shipped ones and an office's own; every mistake told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from cchc_xlsx import resources
from cchc_xlsx.errors import CchcError
from cchc_xlsx.form import checks
from cchc_xlsx.form.model import Form
from cchc_xlsx.lang import Text

DEFAULT = "cchc-xa"

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"v([1-9][0-9]*)\.yaml")
_UNKNOWN = Text(
    "Không có biểu “{id}”. Các biểu hiện có: {known}. Xem: cchc-xlsx forms list",
    "There is no form “{id}”. The forms are: {known}. See: cchc-xlsx forms list",
)
_UNKNOWN_VERSION = Text(
    "Biểu “{id}” không có phiên bản v{version}; hiện có: {known}.",
    "The form “{id}” has no version v{version}; it has: {known}.",
)


def read(path: Path) -> Form:
    """The form in one file. Raises FormError with every mistake in it."""
    from cchc_xlsx import spec  # noqa: PLC0415 - the readers of YAML take longer to import than a small check

    return spec.read(path, Form, lambda form: checks.mistakes(form, path), checks.LEANS)


def folders(own: Path | None = None) -> tuple[Path, ...]:
    """Where forms are looked for: an office's own folder first, then the shipped ones."""
    shipped = resources.templates() / "forms"
    return (own, shipped) if own else (shipped,)


def listing(places: Sequence[Path]) -> dict[str, tuple[int, ...]]:
    """Form ids with their versions, oldest first, sorted by id; the default form comes first."""
    # What is shipped stays as it is while we run; an office may add a form of its own at any time.
    return dict(_shipped()) if tuple(places) == folders() else _listed(places)


@cache
def _shipped() -> Mapping[str, tuple[int, ...]]:
    return _listed(folders())


def _listed(places: Sequence[Path]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for place in places:
        for path in place.glob("*/v*.yaml"):
            version = _VERSION.fullmatch(path.name)
            if version:
                found.setdefault(path.parent.name, set()).add(int(version[1]))
    ids = sorted(found, key=lambda form_id: (form_id != DEFAULT, form_id))
    return {form_id: tuple(sorted(found[form_id])) for form_id in ids}


def find(form_id: str, version: int | None = None, own: Path | None = None) -> Form:
    """The form by id, in its newest version unless one is asked for. Raises CchcError when there is none."""
    return _find(form_id, version, own) if own else _find_shipped(form_id, version)


def newest(form_id: str, own: Path | None = None) -> int:
    """The newest version of a form that there is."""
    return (listing(folders(own)) if own else _shipped())[form_id][-1]


@cache
def _find_shipped(form_id: str, version: int | None) -> Form:
    return _find(form_id, version, None)


def _find(form_id: str, version: int | None, own: Path | None) -> Form:
    places = folders(own)
    known = listing(places)
    if form_id not in known or not _ID.fullmatch(form_id):
        raise CchcError(_UNKNOWN.format(id=form_id, known=", ".join(known)))
    wanted = version or known[form_id][-1]
    for place in places:
        path = place / form_id / f"v{wanted}.yaml"
        if path.is_file():
            return _kept(path)
    versions = ", ".join(f"v{number}" for number in known[form_id])
    raise CchcError(_UNKNOWN_VERSION.format(id=form_id, version=wanted, known=versions))


@cache
def _kept(path: Path) -> Form:
    return read(path)
