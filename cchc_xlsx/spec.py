"""YAML file → frozen dataclass, with every mistake of the file told at once by line and path."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import yaml
from cattrs import Converter
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError

from cchc_xlsx.errors import FormError, Problem
from cchc_xlsx.lang import Text

T = TypeVar("T")
Place = tuple[str | int, ...]
Mistake = tuple[Place, Text]

_WRONG_TYPE = Text("cần {want}, nhưng đang là {found!r}", "needs {want}, but is {found!r}")
_UNKNOWN_KEY = Text("mục “{key}” không có trong ngôn ngữ biểu", "“{key}” is not a key of the form language")
_MISSING_KEY = Text("thiếu mục “{key}”", "the key “{key}” is missing")
_TWICE = Text("mục “{key}” khai hai lần", "the key “{key}” is given twice")
_NOT_YAML = Text("không phải YAML đúng cú pháp: {why}", "is not valid YAML: {why}")
_ONE_OF = Text("phải là một trong: {allowed}; đang là {found!r}", "must be one of: {allowed}; is {found!r}")
_WORDS = {
    str: Text("chữ (đặt trong dấu nháy)", "text (put it in quotes)"),
    int: Text("số nguyên", "a whole number"),
    float: Text("số", "a number"),
    bool: Text("true hoặc false", "true or false"),
    list: Text("danh sách", "a list"),
    dict: Text("các mục khóa: giá trị", "keys with values"),
}


class _WrongValueError(Exception):
    """A leaf of the YAML tree that is not what the dataclass asks for."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML file: its plain data and the line of every place in it."""

    file: str
    data: object
    lines: Mapping[Place, int]
    mistakes: tuple[Mistake, ...]

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest place around it."""
        while place not in self.lines and place:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(path: Path, kind: type[T], check: Callable[[T], Iterable[Mistake]]) -> T:
    """The file as `kind`; `check` adds the mistakes that types cannot see.

    Raises FormError with all mistakes, in the order of their lines.
    """
    source = _source(path)
    mistakes = list(source.mistakes)
    result: T | None = None
    try:
        result = _converter().structure(source.data, kind)
    except Exception as error:
        mistakes += _mistakes(error, ())
    if result is not None:
        mistakes += check(result)
    if mistakes or result is None:
        raise FormError(_problems(source, mistakes))
    return result


def _problems(source: Source, mistakes: list[Mistake]) -> tuple[Problem, ...]:
    found = [Problem(source.file, source.line(place), dotted(place), text) for place, text in mistakes]
    return tuple(sorted(found, key=lambda problem: problem.line))


def dotted(place: Place) -> str:
    """`rows[3].measure.kind` for ("rows", 3, "measure", "kind")."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".") or "."


def _source(path: Path) -> Source:
    loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
    lines: dict[Place, int] = {}
    try:
        node = loader.get_single_node()
        if node is None:
            return Source(path.name, {}, {}, ())
        mistakes = tuple(_walk(node, (), lines))
        return Source(str(path), loader.construct_document(node), lines, mistakes)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        text = _NOT_YAML.format(why=error.problem or error.context or "?")
        raise FormError((Problem(str(path), mark.line + 1 if mark else 1, ".", text),)) from error
    finally:
        loader.dispose()


def _walk(node: yaml.Node, place: Place, lines: dict[Place, int]) -> Iterator[Mistake]:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, str(key.value))
            if inner in lines:
                yield inner, _TWICE.format(key=key.value)
            yield from _walk(value, inner, lines)
            lines[inner] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _walk(value, (*place, index), lines)


def _mistakes(error: BaseException, place: Place) -> Iterator[Mistake]:
    if isinstance(error, ClassValidationError):
        for inner, attribute in error.group_exceptions()[0]:
            yield from _mistakes(inner, (*place, attribute.name))
        for other in error.group_exceptions()[1]:
            yield from _mistakes(other, place)
    elif isinstance(error, IterableValidationError):
        for inner, item in error.group_exceptions()[0]:
            yield from _mistakes(inner, (*place, item.index))
    elif isinstance(error, ForbiddenExtraKeysError):
        for key in sorted(error.extra_fields):
            yield (*place, key), _UNKNOWN_KEY.format(key=key)
    elif isinstance(error, _WrongValueError):
        yield place, error.text
    elif isinstance(error, KeyError):
        yield place[:-1], _MISSING_KEY.format(key=error.args[0])
    else:
        yield place, _WRONG_TYPE.format(want=_WORDS[dict], found=str(error))


@cache
def _converter() -> Converter:
    converter = Converter(detailed_validation=True, forbid_extra_keys=True)
    for kind in (str, int, float, bool):
        converter.register_structure_hook(kind, _strict)
    converter.register_structure_hook_func(_is_literal, _one_of)
    converter.register_structure_hook_factory(_is_tuple, lambda kind: _sequence(converter, get_args(kind)[0]))
    converter.register_structure_hook_func(_is_union, lambda value, kind: _optional(converter, value, kind))
    return converter


def _strict(value: object, kind: type) -> object:
    # YAML reads 1.1 as a number and 01/02 as text: never convert, ask for quotes instead.
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise _WrongValueError(_WRONG_TYPE.format(want=_WORDS[kind], found=value))
    return value


def _one_of(value: object, kind: object) -> object:
    if value not in get_args(kind) or isinstance(value, bool):
        raise _WrongValueError(_ONE_OF.format(allowed=", ".join(map(str, get_args(kind))), found=value))
    return value


def _is_literal(kind: Any) -> bool:  # noqa: ANN401
    return get_origin(kind) is Literal


def _is_tuple(kind: Any) -> bool:  # noqa: ANN401
    return get_origin(kind) is tuple


def _is_union(kind: object) -> bool:
    return get_origin(kind) in (types.UnionType, typing.Union)


def _optional(converter: Converter, value: object, kind: object) -> object:
    if value is None:
        return None
    choices = [choice for choice in get_args(kind) if choice is not type(None)]
    for choice in choices[:-1]:
        if choice is float and isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    return converter.structure(value, choices[-1])


def _sequence(converter: Converter, item: Any) -> Callable[[object, object], tuple[object, ...]]:  # noqa: ANN401
    structure_list = converter.get_structure_hook(list[item])

    def structure(value: object, _: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise _WrongValueError(_WRONG_TYPE.format(want=_WORDS[list], found=value))
        return tuple(structure_list(value, list[item]))

    return structure
