"""Conditions made into functions: that takes as long as to read them twice, and each answer then a sixth of that (measured)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

from cchc_xlsx import expr
from cchc_xlsx.expr import SAME, Compare, Const, Expr, If, Logic, Math, Operator, Ref, Scalar, Test, Value, Values

Holds = Callable[[Values], bool]
_Read = Callable[[Mapping[str, Value]], Scalar]


def condition(source: Expr) -> Holds:
    """What tells whether the condition holds, as `expr.holds` does, of values none of which is an error.

    Only errors and division make a condition void: without them a term need not be read where another decides already.
    """
    try:
        return _compiled(source)  # type: ignore[return-value]  # what stands for true or false
    except _MayBeVoid:
        return lambda values: expr.holds(source, values)


class _MayBeVoid(Exception):  # noqa: N818  no error: it ends the compiling
    pass


@lru_cache(maxsize=16_384)  # the workbooks of all units of a commune, and of all communes, have the same conditions
def _compiled(source: Expr) -> _Read:
    match source:
        case Const(value):
            return lambda _: value
        case Ref(key):
            return lambda values: values.get(key)  # type: ignore[return-value]  # no errors here
        case Test():
            return _test(source)
        case Compare("=", Ref(key), Const(str(text))):
            return _is_text(key, text.casefold())
        case Compare(op, left, right):
            return _compare(op, left, right)
        case Math():
            return _math(source)
        case Logic(op, terms):
            return _logic(op, tuple(_compiled(term) for term in terms))
        case If(test, then, other):
            is_so, yes, no = _compiled(test), _compiled(then), _compiled(other)
            return lambda values: yes(values) if is_so(values) else no(values)


def _math(source: Math) -> _Read:
    if source.op == "/":
        raise _MayBeVoid
    for term in source.terms:
        _compiled(term)  # one of them may divide
    match source:
        case Math("*", (Ref(key), Const(float(factor)))) | Math("*", (Ref(key), Const(int(factor)))):
            return lambda values: value * factor if isinstance(value := values.get(key), float) else 0.0
    return lambda values: expr.evaluate(source, values)


def _test(source: Test) -> _Read:
    key = source.key
    if source.what == "error":
        return lambda _: False
    if source.what == "number":
        return lambda values: isinstance(values.get(key), (int, float))
    if source.what == "blank":

        def is_blank(values: Mapping[str, Value]) -> bool:
            value = values.get(key)
            return value is None or (isinstance(value, str) and not value.strip())

        return is_blank

    def is_whole(values: Mapping[str, Value]) -> bool:
        value = values.get(key)
        return isinstance(value, (int, float)) and math.floor(value) == value

    return is_whole if source.what == "whole" else lambda values: expr.evaluate(source, values)


def _is_text(key: str, text: str) -> _Read:
    def is_text(values: Mapping[str, Value]) -> bool:
        value = values.get(key)
        return value.casefold() == text if isinstance(value, str) else value is None and not text

    return is_text


def _compare(op: Operator, left: Expr, right: Expr) -> _Read:
    """The commonest by a shorter way: a field held against a number."""
    ordered = _ORDERED[op]
    if isinstance(left, Ref) and isinstance(right, Const) and isinstance(right.value, (int, float)):
        key, number = left.key, float(right.value)

        def is_so(values: Mapping[str, Value]) -> bool:
            value = values.get(key)
            return ordered(value, number) if isinstance(value, float) else expr.compared(op, value, number)  # type: ignore[arg-type]

        return is_so
    one, two = _compiled(left), _compiled(right)

    def compare(values: Mapping[str, Value]) -> bool:
        first, second = one(values), two(values)
        if isinstance(first, float) and isinstance(second, float):
            return ordered(first, second)
        return expr.compared(op, first, second)

    return compare


def _same(one: float, two: float) -> bool:
    return one == two or math.isclose(one, two, rel_tol=SAME)


_ORDERED: Mapping[Operator, Callable[[float, float], bool]] = {
    "=": _same,
    "<>": lambda one, two: not _same(one, two),
    "<": lambda one, two: one < two and not math.isclose(one, two, rel_tol=SAME),
    ">": lambda one, two: one > two and not math.isclose(one, two, rel_tol=SAME),
    "<=": lambda one, two: one <= two or math.isclose(one, two, rel_tol=SAME),
    ">=": lambda one, two: one >= two or math.isclose(one, two, rel_tol=SAME),
}


def _logic(op: str, terms: tuple[_Read, ...]) -> _Read:
    if op == "not":
        [term] = terms
        return lambda values: not term(values)
    if len(terms) == 2:
        first, second = terms
        if op == "and":
            return lambda values: bool(first(values)) and bool(second(values))
        return lambda values: bool(first(values)) or bool(second(values))
    decides = op == "or"

    def gather(values: Mapping[str, Value]) -> bool:
        for term in terms:
            if bool(term(values)) is decides:
                return decides
        return not decides

    return gather
