"""Formulas as each cell has them: one that is written once for many cells is moved to every one of them."""

from __future__ import annotations

from collections.abc import Mapping

from cchc_xlsx.package.refusal import over

MAX_EXPANDED = 2 << 20  # characters; each of them costs time
MAX_MOVED = 2_048  # characters; no formula of ours is that long

Place = tuple[int, int]


Formula = tuple[str, str]  # the text, and the number of the shared formula that it defines or uses, or nothing


def expand(formulas: Mapping[Place, Formula]) -> dict[Place, str]:
    """The text of each formula by cell; of one that cannot be moved, the text as it was written once."""
    masters: dict[str, tuple[Place, str]] = {}
    users: list[Place] = []
    found: dict[Place, str] = {}
    for place, (text, shared) in formulas.items():
        found[place] = text
        if shared and text:
            masters.setdefault(shared, (place, text))
        elif shared:
            users.append(place)
    size = 0
    for place in users:
        origin, text = masters.get(formulas[place][1], (place, ""))
        size += len(text)
        if size > MAX_EXPANDED:
            raise over("formulas", size, MAX_EXPANDED)
        found[place] = _moved(text, origin, place)
    return found


def _moved(text: str, origin: Place, place: Place) -> str:
    if not text or len(text) > MAX_MOVED:
        return text
    from openpyxl.formula.translate import Translator  # noqa: PLC0415 - 160 ms, and few files need it

    try:
        moved = Translator("=" + text, _reference(*origin)).translate_formula(_reference(*place))
    except Exception:  # somebody else's parser on somebody else's text; untranslated it shows as altered
        return text
    return str(moved).removeprefix("=")


def _reference(row: int, column: int) -> str:
    letters = ""
    while column:
        column, low = divmod(column - 1, 26)
        letters = chr(65 + low) + letters
    return f"{letters}{row}"
