"""Formulas as each cell has them: one that is written once for many cells is moved to every one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cchc_xlsx.package.refusal import over

MAX_EXPANDED = 512 << 10  # characters; each costs a microsecond
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
    size = sum(len(masters[shared][1]) for place in users if (shared := formulas[place][1]) in masters)
    if size > MAX_EXPANDED:
        raise over("formulas", size, MAX_EXPANDED)
    used = {formulas[place][1] for place in users}
    movers = {shared: _mover(*masters[shared]) for shared in used if shared in masters}
    for place in users:
        if mover := movers.get(formulas[place][1]):
            found[place] = mover(place)
    return found


def _mover(origin: Place, text: str) -> Callable[[Place], str]:
    """What moves the formula at `origin` to another cell."""
    from openpyxl.formula.translate import Translator  # noqa: PLC0415 - 160 ms, and few files need it

    try:
        if len(text) > MAX_MOVED:
            return lambda _: text
        translator = Translator("=" + text, _reference(*origin))
        translator.translate_formula(_reference(*origin))
    except Exception:  # somebody else's parser on somebody else's text; unmoved it shows as altered
        return lambda _: text

    def move(place: Place) -> str:
        try:
            return str(translator.translate_formula(_reference(*place))).removeprefix("=")
        except Exception:  # as above
            return text

    return move


def _reference(row: int, column: int) -> str:
    letters = ""
    while column:
        column, low = divmod(column - 1, 26)
        letters = chr(65 + low) + letters
    return f"{letters}{row}"
