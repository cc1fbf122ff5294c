"""Conditions made into functions, for those who ask them of many workbooks: a third of the time of reading them each time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

from cchc_xlsx import expr
from cchc_xlsx.expr import SAME, Compare, Const, Expr, If, Logic, Math, Ref, Scalar, Test, Value, Values

Holds = Callable[[Values], bool]
_Read = Callable[[Mapping[str, Value]], Scalar]


def condition(source: Expr) -> Holds:
    """What tells whether the condition holds, as `expr.holds` does, of values none of which is an error.

    Only errors and division make a condition void: without them a term need not be read where another decides already.
    """
    if any(isinstance(part, Math) and part.op == "/" for part in _parts(source)):
        return lambda values: expr.holds(source, values)
    return _compiled(source)  # type: ignore[return-value]  # what stands for true or false


def _parts(source: Expr) -> Iterator[Expr]:
    yield source
    match source:
        case Compare(_, left, right):
            yield from (*_parts(left), *_parts(right))
        case Math(_, terms) | Logic(_, terms):
            for term in terms:
                yield from _parts(term)
        case If(test, then, other):
            yield from (*_parts(test), *_parts(then), *_parts(other))


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
            return _compare(op, _compiled(left), _compiled(right))
        case Math():
            return lambda values: expr.evaluate(source, values)
        case Logic(op, terms):
            return _logic(op, [_compiled(term) for term in terms])
        case If(test, then, other):
            is_so, yes, no = _compiled(test), _compiled(then), _compiled(other)
            return lambda values: yes(values) if is_so(values) else no(values)


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


def _compare(op: str, left: _Read, right: _Read) -> _Read:
    strict, same = op in ("<", ">", "<>"), op in ("=", "<=", ">=")

    def compare(values: Mapping[str, Value]) -> bool:
        one, two = left(values), right(values)
        if not isinstance(one, (int, float)) or not isinstance(two, (int, float)):
            return expr.compared(op, one, two)
        if one == two or math.isclose(one, two, rel_tol=SAME):
            return same
        return (one < two) if op in ("<", "<=") else (one > two) if op in (">", ">=") else strict

    return compare


def _logic(op: str, terms: list[_Read]) -> _Read:
    if op == "not":
        [term] = terms
        return lambda values: not term(values)
    if len(terms) == 2:
        first, second = terms
        if op == "and":
            return lambda values: bool(first(values)) and bool(second(values))
        return lambda values: bool(first(values)) or bool(second(values))
    gather = all if op == "and" else any
    return lambda values: gather(term(values) for term in terms)
