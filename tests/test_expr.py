"""Conditions read in Python and written as formulas say the same: for a reader of formulas written here, and for LibreOffice."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest
import xlsxwriter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cchc_xlsx import compiled, expr
from cchc_xlsx.expr import CellError, Compare, Const, Expr, If, Logic, Math, Ref, Value, VoidError

KEYS = ("a", "b", "c", "d")
ADDRESS = dict(zip(KEYS, ("A1", "B1", "C1", "D1"), strict=True))
VOID = "void"

# ------------------------------------------------------------------------------------------------------------ what there is

WORDS = (
    "",
    " ",
    "x",
    "X",
    "Đạt",
    "đạt",
    "ĐẠT",
    "Không phát sinh",
    "không phát sinh",
    'nói "có"',
    "12",
    "7.2",
    "Quý II",
)
NUMBERS = (
    0.0,
    1.0,
    -1.0,
    0.5,
    0.07,
    0.29,
    0.57,
    1.1,
    2.0,
    3.0,
    7.0,
    12.5,
    29.0,
    57.0,
    100.0,
    200.0,
    46376.0,
    1e6,
    999999.5,
)
cells: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.sampled_from(NUMBERS),
    st.sampled_from((*WORDS[1:], "\xa0", "\t\xa0 \n", "\xa0x")),  # no program keeps a cell with an empty text
    st.integers(-10_000, 1_000_000).map(float),
    st.just(CellError("#DIV/0!")),
)
sheets = st.fixed_dictionaries(dict.fromkeys(KEYS, cells))
refs = st.sampled_from(KEYS).map(Ref)
numbers = st.sampled_from(NUMBERS).map(Const)


def arithmetic(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.builds(Math, st.sampled_from(("+", "*", "/")), st.lists(inner, min_size=2, max_size=3).map(tuple))


sums: st.SearchStrategy[Expr] = st.recursive(st.one_of(refs, numbers), arithmetic, max_leaves=4)
tests: st.SearchStrategy[Expr] = st.one_of(
    st.builds(expr.Test, st.sampled_from(("blank", "number", "whole", "digit", "error")), st.sampled_from(KEYS)),
    st.builds(Compare, st.sampled_from(("=", "<>", "<", "<=", ">", ">=")), sums, sums),
    st.builds(Compare, st.sampled_from(("=", "<>")), refs, st.sampled_from(WORDS).map(Const)),
)


def logic(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.builds(Logic, st.just("not"), inner.map(lambda one: (one,))),
        st.builds(Logic, st.sampled_from(("and", "or")), st.lists(inner, min_size=1, max_size=3).map(tuple)),
    )


conditions: st.SearchStrategy[Expr] = st.recursive(tests, logic, max_leaves=5)
results: st.SearchStrategy[Expr] = st.recursive(
    st.one_of(st.sampled_from(WORDS).map(Const), numbers, sums.filter(lambda one: not isinstance(one, Ref))),
    lambda inner: st.builds(If, conditions, inner, inner),
    max_leaves=4,
)
expressions = st.one_of(conditions, results)


def orders_texts(one: Expr, sheet: Mapping[str, Value]) -> bool:
    """Two texts put in order: no rule does, and each program has an alphabet of its own."""
    match one:
        case Compare(op, Ref(left), Ref(right)):
            words = isinstance(sheet[left], str) and isinstance(sheet[right], str)
            blank = {type(sheet[left]), type(sheet[right])} == {str, type(None)}
            return op not in ("=", "<>") and (words or blank)
        case Logic(_, terms) | Math(_, terms):
            return any(orders_texts(term, sheet) for term in terms)
        case If(test, then, other):
            return any(orders_texts(part, sheet) for part in (test, then, other))
    return False


def said(one: Expr, sheet: Mapping[str, Value]) -> object:
    """What Python says: a truth value, a number, a text; void where an error is read."""
    try:
        found = expr.evaluate(one, sheet)
    except VoidError:
        return VOID
    return plain(found)


def plain(found: object) -> object:
    if isinstance(found, bool):
        return found
    if isinstance(found, (int, float)):
        return f"{found:.10g}"
    return "" if found is None else found


# ----------------------------------------------------------------------------------------- a reader of formulas, from scratch

_TOKEN = re.compile(r'\s*("(?:[^"]|"")*"|<>|<=|>=|[-+*/(),<>=&]|[A-Z]+\d+|[A-Z]+|\d+(?:\.\d+)?(?:e[-+]?\d+)?)')


class ShowsError(Exception):
    """The formula shows an error."""


class Formula:
    """A formula evaluated as the documentation of spreadsheet programs has it; it knows nothing of `expr`."""

    def __init__(self, text: str, sheet: Mapping[str, object]) -> None:
        self.tokens = _TOKEN.findall(text)
        assert "".join(self.tokens) == re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", text), text
        self.sheet = sheet
        self.at = 0

    def value(self) -> object:
        found = self.compared()
        assert self.at == len(self.tokens), "something is left over"
        return found() if callable(found) else found

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def compared(self) -> object:
        left = self.added()
        if self.peek() in ("=", "<>", "<", "<=", ">", ">="):
            op, right = self.take(), self.added()
            return lambda: compare(op, force(left), force(right))
        return left

    def added(self) -> object:
        return self.chain(("+",), self.multiplied)

    def multiplied(self) -> object:
        return self.chain(("*", "/"), self.factor)

    def chain(self, ops: tuple[str, ...], part: object) -> object:
        assert callable(part)
        left = part()
        while self.peek() in ops:
            op, before, right = self.take(), left, part()

            def both(op: str = op, before: object = before, right: object = right) -> float:
                return calculate(op, number(force(before)), number(force(right)))

            left = both
        return left

    def factor(self) -> object:
        token = self.take()
        if token == "-":
            inner = self.factor()
            return lambda: -number(force(inner))
        if token == "(":
            inner = self.compared()
            assert self.take() == ")"
            return inner
        if token.startswith('"'):
            return token[1:-1].replace('""', '"')
        if token[0].isdigit():
            return float(token)
        if token[-1].isdigit():
            return lambda: self.read(token)
        return self.called(token)

    def read(self, address: str) -> object:
        found = self.sheet[address]
        if isinstance(found, CellError):
            raise ShowsError
        return found

    def called(self, name: str) -> object:
        assert self.take() == "("
        arguments = [self.compared()]
        while self.peek() == ",":
            self.take()
            arguments.append(self.compared())
        assert self.take() == ")"
        return lambda: FUNCTIONS[name](*arguments)


def force(lazy: object) -> object:
    return lazy() if callable(lazy) else lazy


def fails(lazy: object) -> bool:
    try:
        force(lazy)
    except ShowsError:
        return True
    return False


def number(found: object) -> float:
    """What stands in arithmetic must be a number: N() has made it one."""
    if not isinstance(found, (int, float)):
        raise ShowsError
    return float(found)


def calculate(op: str, left: float, right: float) -> float:
    if op == "/" and right == 0:
        raise ShowsError
    return left + right if op == "+" else left * right if op == "*" else left / right


def compare(op: str, left: object, right: object) -> bool:
    """Numbers below texts; a blank is 0 beside a number and "" beside a text; 15 digits count, case does not."""
    if left is None:
        left = "" if isinstance(right, str) else 0.0
    if right is None:
        right = "" if isinstance(left, str) else 0.0
    if isinstance(left, str) != isinstance(right, str):
        sign = 1 if isinstance(left, str) else -1
    elif isinstance(left, str) and isinstance(right, str):
        sign = (left.lower() > right.lower()) - (left.lower() < right.lower())
    else:
        one, two = float(f"{left:.14g}"), float(f"{right:.14g}")
        sign = (one > two) - (one < two)
    return {"=": sign == 0, "<>": sign != 0, "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[op]


def _find(needle: object, hay: object) -> float:
    text = force(hay)
    at = ("" if text is None else f"{text:.15g}" if isinstance(text, float) else str(text)).find(str(force(needle)))
    if at < 0:
        raise ShowsError
    return at + 1.0


def _n(cell: object) -> float:
    found = force(cell)
    return float(found) if isinstance(found, (int, float)) else 0.0


def _length(text: object) -> float:
    found = force(text)
    return 0.0 if found is None else float(len(found if isinstance(found, str) else f"{found:.15g}"))


def _trim(text: object) -> str:
    found = force(text)
    return "" if found is None else " ".join(found.split(" ")).strip(" ") if isinstance(found, str) else f"{found:.15g}"


def _clean(text: object) -> str:
    found = force(text)
    if isinstance(found, str):
        return "".join(letter for letter in found if ord(letter) >= 32)
    return "" if found is None else f"{found:.15g}"


def _substitute(text: object, old: object, new: object) -> str:
    return str(force(text)).replace(str(force(old)), str(force(new)))


def _is_number(cell: object) -> bool:
    return not fails(cell) and isinstance(force(cell), (int, float))


FUNCTIONS = {
    "IF": lambda test, then, other: force(then if force(test) else other),
    "AND": lambda *terms: all([bool(force(term)) for term in terms]),  # noqa: C419
    "OR": lambda *terms: any([bool(force(term)) for term in terms]),  # noqa: C419
    "NOT": lambda term: not force(term),
    "N": _n,
    "INT": lambda term: float(math.floor(number(force(term)))),
    "LEN": _length,
    "TRIM": _trim,
    "CLEAN": _clean,
    "SUBSTITUTE": _substitute,
    "FIND": _find,
    "ISNUMBER": _is_number,
    "ISERROR": fails,
}


def told(text: str, sheet: Mapping[str, Value]) -> object:
    """What the formula says."""
    try:
        return plain(Formula(text, {ADDRESS[key]: value for key, value in sheet.items()}).value())
    except ShowsError:
        return VOID


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1+2*3", "7"),
        ("(1+2)*3", "9"),
        ("1/0", VOID),
        ('IF(A1="đạt",1,"x")', "1"),
        ("A1>999", True),
        ("B1=0", True),
        ('B1=""', True),
        ("C1+1", VOID),
        ("ISNUMBER(C1)", False),
        ("ISERROR(C1)", True),
        ("OR(1=1,C1=1)", VOID),
        ("IF(1=1,1,C1)", "1"),
        ("LEN(TRIM(D1))=0", True),
        ('LEN(SUBSTITUTE(CLEAN(D1)," ","ab"))', "4"),
        ("INT(N(A1))=0", True),
        ("NOT(-1<-2)", True),
        ('"a""b"', 'a"b'),
    ],
)
def test_the_reader_of_formulas_itself(text: str, value: object) -> None:
    assert told(text, {"a": "Đạt", "b": None, "c": CellError("#N/A"), "d": "  "}) == value


# ------------------------------------------------------------------------------------------------------------------ agreement

MANY = settings(
    max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@MANY
@given(conditions, sheets)
def test_a_condition_made_into_a_function_says_the_same(one: Expr, sheet: dict[str, Value]) -> None:
    right = {key: None if isinstance(value, CellError) else value for key, value in sheet.items()}
    assert compiled.condition(one)(right) == expr.holds(one, right)


@MANY
@given(expressions, sheets)
def test_python_and_formula_agree(one: Expr, sheet: dict[str, Value]) -> None:
    if orders_texts(one, sheet):
        return
    assert told(expr.excel(one, ADDRESS.__getitem__), sheet) == said(one, sheet)


@MANY
@given(conditions, sheets)
def test_a_condition_holds_only_where_its_formula_is_true(one: Expr, sheet: dict[str, Value]) -> None:
    if not orders_texts(one, sheet):
        assert expr.holds(one, sheet) == (told(expr.excel(one, ADDRESS.__getitem__), sheet) is True)


@given(expressions)
def test_a_formula_reads_just_the_cells_that_the_expression_names(one: Expr) -> None:
    text = re.sub(r'"(?:[^"]|"")*"', "", expr.excel(one, ADDRESS.__getitem__))
    assert set(re.findall(r"\b[A-D]1\b", text)) == {ADDRESS[key] for key in expr.keys(one)}


@given(conditions, sheets)
def test_both_either_and_no_say_what_they_are_called(one: Expr, sheet: dict[str, Value]) -> None:
    if said(one, sheet) == VOID:
        return
    truth = expr.holds(one, sheet)
    assert expr.holds(expr.both(one, expr.ALWAYS), sheet) == truth
    assert expr.holds(expr.either(one, expr.NEVER), sheet) == truth
    assert expr.holds(expr.no(one), sheet) == (not truth)
    assert not expr.holds(expr.both(one, expr.no(one)), sheet)
    assert expr.holds(expr.either(one, expr.no(one)), sheet)


def just_met() -> Iterator[tuple[str, float, Expr]]:
    """Every whole percentage typed, with every comparison to just that target."""
    for points in range(101):
        for op in ("=", "<>", "<", "<=", ">", ">="):
            yield op, points / 100, Compare(op, expr.times("a", 100), Const(float(points)))  # type: ignore[arg-type]


@pytest.mark.parametrize("op", ["=", "<>", "<", "<=", ">", ">="])
def test_a_percent_that_is_just_its_target_is_neither_above_nor_below(op: str) -> None:
    """0.29·100 is 28.999999999999996: spreadsheet programs compare 15 digits, so must we."""
    wanted = op in ("=", "<=", ">=")
    assert [typed for other, typed, one in just_met() if other == op and expr.holds(one, {"a": typed}) != wanted] == []


@pytest.mark.parametrize(
    ("num", "den", "points"), [(333, 1000, 33.3), (1, 3, 33.3), (999, 1000, 99.9), (667, 1000, 66.7)]
)
def test_a_rate_that_is_just_its_target_is_neither_above_nor_below(num: int, den: int, points: float) -> None:
    sheet = {"a": float(num), "b": float(den)}
    just = num * 1000 == den * round(points * 10)
    for op in (">", "<"):
        strict = Compare(op, expr.times("a", 100), expr.times("b", points))
        assert expr.holds(strict, sheet) is (not just and op == ">")


# ---------------------------------------------------------------------------------------------------------------- LibreOffice


def drawn(count: int) -> list[tuple[Expr, dict[str, Value]]]:
    """So many different expressions with a row of cells each, always the same ones."""
    found: list[tuple[Expr, dict[str, Value]]] = []

    @settings(
        max_examples=3 * count, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(expressions, sheets)
    def draw(one: Expr, sheet: dict[str, Value]) -> None:
        if not orders_texts(one, sheet) and (one, sheet) not in found:
            found.append((one, sheet))

    draw()
    return found[:count]


def numbered(row: int) -> dict[str, str]:
    return {key: f"{letter}{row}" for key, letter in zip(KEYS, "ABCD", strict=True)}


def formulas(cases: list[tuple[Expr, dict[str, Value]]]) -> Iterator[tuple[int, str, dict[str, Value]]]:
    for row, (one, sheet) in enumerate(cases, 1):
        yield row, expr.excel(one, numbered(row).__getitem__), sheet


def typed(value: Value) -> object:
    return {"formula": "=1/0"} if isinstance(value, CellError) else value


@pytest.mark.office
def test_python_and_libreoffice_agree(office: ModuleType, tmp_path: Path) -> None:
    cases = drawn(600) + [(one, {"a": typed, "b": None, "c": None, "d": None}) for _, typed, one in just_met()]
    assert len(cases) > 1000
    path = tmp_path / "cong-thuc.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Công thức")
        for row, text, _ in formulas(cases):
            sheet.write_formula(row - 1, 4, f"={text}")
    filled = {numbered(row)[key]: typed(value) for row, _, one in formulas(cases) for key, value in one.items()}
    [result] = office.fill_and_read([{"path": path, "set": filled, "read": [f"E1:E{len(cases)}"]}])
    assert result["errors"] == []
    wrong = []
    for (row, text, values), (one, _) in zip(formulas(cases), cases, strict=True):
        cell = result["cells"][f"E{row}"]
        found = VOID if cell["t"] == "e" else plain(cell["v"])
        if found != said(one, values):
            wrong.append(f"={text} with {values}: LibreOffice {found!r}, Python {said(one, values)!r}")
    assert wrong == []
