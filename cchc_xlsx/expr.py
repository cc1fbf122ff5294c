"""Conditions on fields, declared once: read by the checker in Python and written into the workbook as formulas.

Both readings follow the same rule for a cell that holds an error value: an expression that touches it is void, that is,
neither true nor false (`IFERROR` in the workbook, `Void` in Python).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

Scalar = float | str | None
Operator = Literal["=", "<>", "<", "<=", ">", ">="]
Address = Callable[[str], str]


class VoidError(Exception):
    """The expression touches an error cell."""


class CellError(Struct, frozen=True):
    """The value of a cell that shows an error, such as #DIV/0!."""

    text: str


Value = Scalar | CellError
Values = Mapping[str, Value]


class Const(Struct, frozen=True):
    """A number or a text."""

    value: float | str


class Ref(Struct, frozen=True):
    """The value of a field, by its key."""

    key: str


class Test(Struct, frozen=True):
    """A property of one field: blank, number, whole, or has a digit."""

    what: Literal["blank", "number", "whole", "digit", "error"]
    key: str


class Compare(Struct, frozen=True):
    """A comparison of two numbers, or of two texts without regard to case."""

    op: Operator
    left: Expr
    right: Expr


class Math(Struct, frozen=True):
    """Arithmetic; a field that holds no number counts as 0, as N() has it."""

    op: Literal["+", "*", "/"]
    terms: tuple[Expr, ...]


class Logic(Struct, frozen=True):
    """All, any, or none of the terms; every term is read, as AND() and OR() do, so that one error voids the whole."""

    op: Literal["and", "or", "not"]
    terms: tuple[Expr, ...]


class If(Struct, frozen=True):
    """One of two values."""

    test: Expr
    then: Expr
    other: Expr


Expr = Const | Ref | Test | Compare | Math | Logic | If

SAME = 2**-48  # spreadsheet programs take numbers that differ by less for one: 0.07·100 is 7 (measured in LibreOffice)
NEVER = Compare("=", Const(1), Const(0))
ALWAYS = Compare("=", Const(1), Const(1))


def blank(key: str) -> Expr:
    """The cell holds nothing, or only what looks like nothing: spaces, no-break spaces, tabs, line breaks."""
    return Test("blank", key)


def number(key: str) -> Expr:
    """The cell holds a number."""
    return Test("number", key)


def whole(key: str) -> Expr:
    """The cell holds a whole number."""
    return Test("whole", key)


def both(*terms: Expr) -> Expr:
    """All of the terms."""
    kept = tuple(term for term in terms if term != ALWAYS)
    return kept[0] if len(kept) == 1 else Logic("and", kept)


def either(*terms: Expr) -> Expr:
    """Any of the terms."""
    kept = tuple(term for term in terms if term != NEVER)
    return NEVER if not kept else kept[0] if len(kept) == 1 else Logic("or", kept)


def no(term: Expr) -> Expr:
    """The opposite."""
    return Logic("not", (term,))


def compare(left: str | float, op: str, right: str | float | Expr) -> Expr:
    """A comparison of numbers; a text on either side is the key of a field."""
    return Compare(op, _operand(left), _operand(right))  # type: ignore[arg-type]


def equals(key: str, *texts: str) -> Expr:
    """The cell holds one of these texts."""
    return either(*(Compare("=", Ref(key), Const(text)) for text in texts))


def times(key: str, factor: float) -> Expr:
    """The field multiplied by a number."""
    return Ref(key) if factor == 1 else Math("*", (Ref(key), Const(factor)))


def keys(expr: Expr) -> Iterator[str]:
    """Every field that the expression reads, with repetitions."""
    match expr:
        case Ref(key) | Test(_, key):
            yield key
        case Compare(_, left, right):
            yield from keys(left)
            yield from keys(right)
        case Math(_, terms) | Logic(_, terms):
            for term in terms:
                yield from keys(term)
        case If(test, then, other):
            for part in (test, then, other):
                yield from keys(part)


def holds(expr: Expr, values: Values) -> bool:
    """Whether the condition is true; a void expression is not."""
    try:
        return bool(evaluate(expr, values))
    except VoidError:
        return False


def evaluate(expr: Expr, values: Values) -> Scalar:
    """The value of the expression. Raises VoidError when it reads an error cell."""
    match expr:
        case Const(value):
            return value
        case Ref(key):
            return _value(key, values)
        case Test(what, key):
            return _test(what, key, values)
        case Compare(op, left, right):
            return compared(op, evaluate(left, values), evaluate(right, values))
        case Math(op, terms):
            return _math(op, [_as_number(evaluate(term, values)) for term in terms])
        case Logic("not", (term,)):
            return not evaluate(term, values)
        case Logic("and", terms):
            return all([evaluate(term, values) for term in terms])  # noqa: C419  every term is read
        case Logic(_, terms):
            return any([evaluate(term, values) for term in terms])  # noqa: C419
        case If(test, then, other):
            return evaluate(then if evaluate(test, values) else other, values)


def excel(expr: Expr, address: Address) -> str:
    """The expression as a formula without its equals sign, in functions every spreadsheet program has."""
    match expr:
        case Const(str(text)):
            return '"' + text.replace('"', '""') + '"'
        case Const(value):
            return f"{value:.15g}"
        case Ref(key):
            return address(key)
        case Test(what, key):
            return _TESTS[what].format(x=address(key))
        case Compare(op, left, right):
            return f"{excel(left, address)}{op}{excel(right, address)}"
        case Math(op, terms):
            return "(" + op.join(_factor(term, address) for term in terms) + ")"
        case Logic("not", (term,)):
            return f"NOT({excel(term, address)})"
        case Logic(op, terms):
            return f"{op.upper()}({','.join(excel(term, address) for term in terms)})"
        case If(test, then, other):
            return f"IF({','.join(excel(part, address) for part in (test, then, other))})"
    raise AssertionError(expr)


_TESTS = {
    # A no-break space, a tab or a line break alone looks blank too; CHAR(160) is another sign on some computers.
    "blank": 'LEN(TRIM(SUBSTITUTE(CLEAN({x}),"\xa0"," ")))=0',
    "number": "ISNUMBER({x})",
    "whole": "AND(ISNUMBER({x}),INT(N({x}))=N({x}))",
    "digit": "OR(" + ",".join(f'ISNUMBER(FIND("{digit}",{{x}}))' for digit in range(10)) + ")",
    "error": "ISERROR({x})",
}


def _factor(expr: Expr, address: Address) -> str:
    text = excel(expr, address)
    return f"N({text})" if isinstance(expr, Ref) else text


def _operand(side: str | float | Expr) -> Expr:
    if isinstance(side, str):
        return Ref(side)
    return Const(side) if isinstance(side, (int, float)) else side


def _value(key: str, values: Values) -> Scalar:
    value = values.get(key)
    if isinstance(value, CellError):
        raise VoidError(key)
    return value


def _test(what: str, key: str, values: Values) -> bool:
    if what == "error":
        return isinstance(values.get(key), CellError)
    if what in ("number", "digit") and isinstance(values.get(key), CellError):
        return False  # ISNUMBER of an error says no; it is not an error itself
    value = _value(key, values)
    match what:
        case "blank":
            return value is None or (isinstance(value, str) and not value.strip())
        case "number":
            return isinstance(value, (int, float))
        case "whole":
            return isinstance(value, (int, float)) and math.floor(value) == value
        case _:
            return any(digit in "0123456789" for digit in str("" if value is None else value))


def compared(op: str, left: Scalar, right: Scalar) -> bool:
    """The comparison of two values that are no errors."""
    if isinstance(left, str) or isinstance(right, str):
        # As in a spreadsheet: a text equals only a text, and stands above every number.
        if isinstance(left, str) and isinstance(right, str):
            return _ordered(op, (left.casefold() > right.casefold()) - (left.casefold() < right.casefold()))
        if left is None or right is None:
            return compared(op, left or "", right or "")
        return _ordered(op, 1 if isinstance(left, str) else -1)
    one, two = _as_number(left), _as_number(right)
    if math.isclose(one, two, rel_tol=SAME):
        return _ordered(op, 0)
    return _ordered(op, (one > two) - (one < two))


def _ordered(op: str, sign: int) -> bool:
    return {"=": sign == 0, "<>": sign != 0, "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[op]


def _as_number(value: Scalar) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _math(op: str, numbers: list[float]) -> float:
    if op == "+":
        return math.fsum(numbers)
    result = numbers[0]
    for one in numbers[1:]:
        if op == "/":
            if one == 0:
                raise VoidError("#DIV/0!")
            result /= one
        else:
            result *= one
    return result
