"""The workbook's own checks: for each input a hidden code cell, for each row a verdict, for the sheet the live line.

They ask the rules' conditions in the checker's order; a code is the rule's number, negative for a warning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cchc_xlsx import expr
from cchc_xlsx.expr import Expr, Values
from cchc_xlsx.fields import Context, Field
from cchc_xlsx.layout.model import Formula
from cchc_xlsx.rules.model import Rule
from cchc_xlsx.rules.registry import ERROR_CELL, Constraints

WRONG_FROM, MISSING_FROM = 200, 100


def values_at_issue(ctx: Context) -> dict[str, expr.Scalar]:
    """What the inputs hold when the workbook is written."""
    return {key: one.prefill for key, one in ctx.fields.items()}


def at_fault(constraints: Constraints, values: Values) -> Mapping[str, Rule]:
    """The first rule at fault of each input that has one."""
    found = {}
    for key, claims in constraints.items():
        for rule, condition, _ in claims:
            if expr.holds(condition, values):
                found[key] = rule
                break
    return found


def code(key: str, constraints: Constraints, address: expr.Address, faults: Mapping[str, Rule]) -> Formula:
    """The formula of one code cell: the number of the first condition at fault, 0 for none."""
    text = "0"
    for rule, condition, _ in reversed(constraints[key]):
        test = expr.excel(condition, address)
        if rule.code != ERROR_CELL and any(other != key for other in expr.keys(condition)):
            test = f"IFERROR({test},0)"  # an error in another cell voids this condition alone
        text = f"IF({test},{signed(rule)},{text})"
    return Formula(text, code_value(key, faults))


def code_value(key: str, faults: Mapping[str, Rule]) -> int:
    """The same number, computed."""
    return signed(faults[key]) if key in faults else 0


def signed(rule: Rule) -> int:
    """The rule's number, negative for a warning."""
    return rule.number if rule.severity == "error" else -rule.number


def verdict(
    keys: Sequence[str], codes: Mapping[str, str], constraints: Constraints, ctx: Context, address: expr.Address
) -> str:
    """The formula of a row's verdict: the worst that its codes say, "Đủ" once something stands there."""
    area = f"{codes[keys[0]]}:{codes[keys[-1]]}"
    errors = {rule.number: rule for key in keys for rule, _, _ in constraints[key] if rule.severity == "error"}
    warnings = {rule.number: rule for key in keys for rule, _, _ in constraints[key] if rule.severity == "warning"}
    text = f'IF({expr.excel(_filled(ctx, keys), address)},"Đủ","")'
    for number in sorted(warnings):
        text = f'IF(MIN({area})=-{number},"Xem lại: {warnings[number].short}",{text})'
    for number in sorted(errors):
        word = "Sai" if number >= WRONG_FROM else "Thiếu"
        text = f'IF(MAX({area})={number},"{word}: {errors[number].short}",{text})'
    return text


def verdict_value(keys: Sequence[str], faults: Mapping[str, Rule], ctx: Context, values: Values) -> str:
    """What the verdict says for these values."""
    found = [faults[key] for key in keys if key in faults]
    errors = [rule for rule in found if rule.severity == "error"]
    if errors:
        worst = max(errors, key=lambda rule: rule.number)
        return f"{'Sai' if worst.number >= WRONG_FROM else 'Thiếu'}: {worst.short}"
    if found:
        return f"Xem lại: {max(found, key=lambda rule: rule.number).short}"
    return "Đủ" if expr.holds(_filled(ctx, keys), values) else ""


def _filled(ctx: Context, keys: Sequence[str]) -> Expr:
    inputs: list[Field] = [ctx.fields[key] for key in keys if not key.endswith(".reason")]
    return expr.either(*(expr.no(expr.blank(one.key)) for one in inputs))


def status(area: str, faults: Mapping[str, Rule]) -> Formula:
    """The live line: how many required cells are missing and how many are wrong."""
    missing = f'(COUNTIF({area},">={MISSING_FROM}")-COUNTIF({area},">={WRONG_FROM}"))'
    wrong = f'COUNTIF({area},">={WRONG_FROM}")'
    unclear = f'COUNTIF({area},"<0")'
    text = (
        f'IF({missing}+{wrong}=0,"Đã điền đủ, không có ô sai."&IF({unclear}>0," Có "&{unclear}&" ô cần xem lại.",""),'
        f'"Còn thiếu "&{missing}&" ô bắt buộc; có "&{wrong}&" ô sai"&IF({unclear}>0,"; "&{unclear}&" ô cần xem lại","")'
        f'&". Xem cột Kiểm tra ở bên phải.")'
    )
    return Formula(text, status_value(faults))


def counts(faults: Mapping[str, Rule]) -> tuple[int, int, int]:
    """How many cells are missing, wrong and doubtful."""
    codes = [signed(rule) for rule in faults.values()]
    wrong = sum(one >= WRONG_FROM for one in codes)
    return sum(one >= MISSING_FROM for one in codes) - wrong, wrong, sum(one < 0 for one in codes)


def status_value(faults: Mapping[str, Rule]) -> str:
    """What the live line says for these values."""
    missing, wrong, unclear = counts(faults)
    if missing + wrong == 0:
        return "Đã điền đủ, không có ô sai." + (f" Có {unclear} ô cần xem lại." if unclear else "")
    more = f"; {unclear} ô cần xem lại" if unclear else ""
    return f"Còn thiếu {missing} ô bắt buộc; có {wrong} ô sai{more}. Xem cột Kiểm tra ở bên phải."
