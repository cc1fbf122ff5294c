"""All rules, by code; their words for a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from cchc_xlsx import values
from cchc_xlsx.expr import CellError, Expr
from cchc_xlsx.fields import Context
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.rules import alter, file, history, ident, logic, missing, together, value
from cchc_xlsx.rules.model import Finding, Rule

RULES: tuple[Rule, ...] = (
    *file.RULES,
    *ident.RULES,
    *alter.RULES,
    *missing.RULES,
    *value.RULES,
    *logic.RULES,
    *history.RULES,
    *together.RULES,
)
ERROR_CELL = "V202"  # asked first: nothing else can be said of a cell that shows an error
LONGEST = 80  # signs of a text that a message repeats
Constraints = Mapping[str, Sequence[tuple[Rule, Expr, Mapping[str, object]]]]
LETTERS: Mapping[str, Text] = {
    "F": Text("Tệp", "The file"),
    "I": Text("Nhận dạng", "Identity"),
    "T": Text("Sửa nội dung khóa", "Alteration"),
    "M": Text("Thiếu", "Missing"),
    "V": Text("Giá trị của một ô", "One value"),
    "L": Text("Mâu thuẫn", "Logic"),
    "H": Text("So với các kỳ khác", "Against other periods"),
    "S": Text("Cả bộ tệp", "The set"),
}


@cache
def by_code() -> Mapping[str, Rule]:
    """The rules by code."""
    return {rule.code: rule for rule in RULES}


def constraints(ctx: Context) -> Constraints:
    """For each input the conditions at fault, in the order in which they are asked: the first that holds is the finding.

    One finding a cell is what keeps secondary findings away; the workbook's own formulas ask in the same order.
    """
    found: dict[str, list[tuple[Rule, Expr, Mapping[str, object]]]] = {}
    order = {"error": 0, "warning": 1, "info": 2}
    # V before M before L: a value that is no number is not also above its total.
    letters = "VML"
    declaring = [rule for rule in RULES if rule.declare]

    def asked(rule: Rule) -> tuple[bool, int, int, int]:
        return rule.code != ERROR_CELL, order[rule.severity], letters.index(rule.code[0]), rule.number

    for rule in sorted(declaring, key=asked):
        assert rule.declare
        for key, condition, data in rule.declare(ctx):
            found.setdefault(key, []).append((rule, condition, data))
    return found


def message(finding: Finding, lang: Lang) -> str:
    """What was found and what is allowed, in one sentence."""
    return _filled(by_code()[finding.code].message, finding, lang)


def fix(finding: Finding, lang: Lang) -> str:
    """How to mend it."""
    return _filled(by_code()[finding.code].fix, finding, lang)


def _filled(text: Text, finding: Finding, lang: Lang) -> str:
    data = dict(finding.data)
    data.setdefault("value", finding.value or "")
    return text.format(**data).say(lang)


def shown(value: object) -> str:
    """A cell's value as data: numbers plain, long texts cut."""
    if isinstance(value, CellError):
        return value.text
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:.12g}"
    text = " ".join(str("" if value is None else value).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def told(value: object) -> Text:
    """A cell's value as a message tells it: numbers as each language writes them."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Text(values.say_number(value, 6), f"{value:,.12g}")
    return Text(shown(value), shown(value))
