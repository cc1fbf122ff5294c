"""YAML file → frozen dataclass, with every mistake of the file told at once by line and path."""

from __future__ import annotations

import contextlib
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import yaml
from cattrs import Converter
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError, IterableValidationError
from cattrs.gen import make_dict_structure_fn
from yaml.reader import ReaderError

from cchc_xlsx.errors import FormError, Problem
from cchc_xlsx.lang import Text

T = TypeVar("T")
Place = tuple[str | int, ...]
Mistake = tuple[Place, Text]

_WRONG_TYPE = Text("cần {want}, nhưng đang là {found}", "needs {want}, but is {found}")
_UNKNOWN_KEY = Text("mục “{key}” không có trong ngôn ngữ biểu", "“{key}” is not a key of the form language")
_MISSING_KEY = Text("thiếu mục “{key}”", "the key “{key}” is missing")
_TWICE = Text("mục “{key}” khai hai lần", "the key “{key}” is given twice")
_NOT_YAML = Text("không phải YAML đúng cú pháp: {why}", "is not valid YAML: {why}")
_NOT_UTF8 = Text("tệp phải lưu bằng mã UTF-8", "the file must be saved as UTF-8")
_TOO_DEEP = Text("lồng nhau quá sâu", "nested too deeply")
_STRANGE_SIGN = Text("có ký tự không dùng được", "holds a sign that cannot be used")
_NOTHING = Text("trống", "empty")
_ONE_OF = Text("phải là một trong: {allowed}; đang là {found}", "must be one of: {allowed}; is {found}")
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

    def at(self, place: Place) -> object:
        """What stands at `place`, None where nothing does."""
        found: Any = self.data
        for step in place:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest place around it."""
        while place not in self.lines and place:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(
    path: Path,
    kind: type[T],
    check: Callable[[T], Iterable[Mistake]],
    leans: Mapping[str, tuple[str, ...]] | None = None,
) -> T:
    """The file as `kind`; `check` adds the mistakes that types cannot see.

    Raises FormError with all mistakes, in the order of their lines. Where types are wrong, `check` sees the file with
    neutral values in those places, so that everything is told in one go; what it says of these places, or of keys that
    lean on them (`leans`: key → keys), would be a mistake of ours and is left out.
    """
    source = _source(path)
    mistakes = list(source.mistakes)
    known: list[Place] = []
    try:
        result: T = _converter().structure(source.data, kind)
    except Exception as error:
        told = list(_mistakes(error, (), source))
        mistakes += [(place, text) for place, text, _ in told]
        known = [where for _, _, where in told]
        result = _converter(neutral=True).structure(source.data, kind)
    mistakes += [mistake for mistake in check(result) if not _is_secondary(mistake[0], known, leans or {})]
    if mistakes:
        raise FormError(_problems(source, mistakes))
    return result


def _is_secondary(place: Place, known: list[Place], leans: Mapping[str, tuple[str, ...]]) -> bool:
    bases = leans.get(str(place[0]), ()) if place else ()
    return any(
        one[: len(place)] == place or place[: len(one)] == one or (bool(one) and one[0] in bases) for one in known
    )


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
    try:
        return _parsed(path, path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FormError((Problem(str(path), line, ".", _NOT_UTF8),)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        text = _NOT_YAML.format(why=error.problem or error.context or "?")
        raise FormError((Problem(str(path), mark.line + 1 if mark else 1, ".", text),)) from error
    except ReaderError as error:
        line = path.read_text(encoding="utf-8")[: error.position].count("\n") + 1
        raise FormError((Problem(str(path), line, ".", _NOT_YAML.format(why=_STRANGE_SIGN)),)) from error
    except RecursionError as error:
        raise FormError((Problem(str(path), 1, ".", _NOT_YAML.format(why=_TOO_DEEP)),)) from error


def _parsed(path: Path, text: str) -> Source:
    if yaml.__with_libyaml__:  # a tenth of the time; what is wrong the other parser tells, in words that name it
        with contextlib.suppress(yaml.YAMLError, RecursionError):
            return _composed(path, yaml.CSafeLoader(text))
    return _composed(path, yaml.SafeLoader(text))


def _composed(path: Path, loader: yaml.SafeLoader | yaml.CSafeLoader) -> Source:
    try:
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        mistakes = () if node is None else tuple(_walk(node, (), lines))
        data = {} if node is None else loader.construct_document(node)
        return Source(str(path), data, lines, mistakes)
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


def _mistakes(error: BaseException, place: Place, source: Source) -> Iterator[tuple[Place, Text, Place]]:
    """What cattrs complains of: where it is told, in which words, and the place that now holds a neutral value."""
    if isinstance(error, ClassValidationError):
        for inner, attribute in error.group_exceptions()[0]:
            yield from _mistakes(inner, (*place, attribute.name), source)
        for other in error.group_exceptions()[1]:
            yield from _mistakes(other, place, source)
    elif isinstance(error, IterableValidationError):
        for inner, item in error.group_exceptions()[0]:
            yield from _mistakes(inner, (*place, item.index), source)
    elif isinstance(error, ForbiddenExtraKeysError):
        for key in sorted(error.extra_fields):
            yield (*place, key), _UNKNOWN_KEY.format(key=key), (*place, key)
    elif isinstance(error, _WrongValueError):
        yield place, error.text, place
    elif isinstance(error, KeyError):
        yield place[:-1], _MISSING_KEY.format(key=error.args[0]), place
    else:
        yield place, _WRONG_TYPE.format(want=_WORDS[dict], found=_shown(source.at(place))), place


@cache
def _converter(*, neutral: bool = False) -> Converter:
    """A converter that takes nothing but the right types; a neutral one gives an empty value where the type is wrong."""
    converter = Converter(detailed_validation=not neutral, forbid_extra_keys=not neutral)
    for kind in (str, int, float, bool):
        converter.register_structure_hook(kind, _or_neutral(kind) if neutral else _strict)
    converter.register_structure_hook_func(_is_literal, _first_of if neutral else _one_of)
    converter.register_structure_hook_factory(
        _is_tuple, lambda kind: _sequence(converter, get_args(kind)[0], neutral=neutral)
    )
    converter.register_structure_hook_func(_is_union, lambda value, kind: _optional(converter, value, kind))
    if neutral:
        converter.register_structure_hook_func(_is_mapping, _texts_only)
        converter.register_structure_hook_factory(is_dataclass, lambda kind: _filled_up(converter, kind))
    return converter


def _shown(value: object) -> Text:
    return _NOTHING if value is None else Text(repr(value), repr(value))


def _strict(value: object, kind: type) -> object:
    # YAML reads 1.1 as a number and 01/02 as text: never convert, ask for quotes instead.
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise _WrongValueError(_WRONG_TYPE.format(want=_WORDS[kind], found=_shown(value)))
    return value


def _or_neutral(kind: type) -> Callable[[object, object], object]:
    def structure(value: object, _: object) -> object:
        try:
            return _strict(value, kind)
        except _WrongValueError:
            return kind()

    return structure


def _one_of(value: object, kind: object) -> object:
    if not isinstance(value, str) or value not in get_args(kind):
        allowed = ", ".join(map(str, get_args(kind)))
        raise _WrongValueError(_ONE_OF.format(allowed=allowed, found=_shown(value)))
    return value


def _first_of(value: object, kind: object) -> object:
    return value if isinstance(value, str) and value in get_args(kind) else get_args(kind)[0]


def _texts_only(value: object, _: object) -> dict[str, str]:
    return {str(key): text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}


def _filled_up(converter: Converter, kind: Any) -> Callable[[object, object], object]:  # noqa: ANN401
    structure_class = make_dict_structure_fn(kind, converter)
    needed = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]

    def structure(value: object, _: object) -> object:
        given = value if isinstance(value, dict) else {}
        return structure_class({**dict.fromkeys(needed), **given}, kind)

    return structure


def _is_literal(kind: Any) -> bool:  # noqa: ANN401
    return get_origin(kind) is Literal


def _is_tuple(kind: Any) -> bool:  # noqa: ANN401
    return get_origin(kind) is tuple


def _is_mapping(kind: Any) -> bool:  # noqa: ANN401
    return get_origin(kind) is Mapping


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


def _sequence(converter: Converter, item: Any, *, neutral: bool) -> Callable[[object, object], tuple[object, ...]]:  # noqa: ANN401
    structure_list = converter.get_structure_hook(list[item])

    def structure(value: object, _: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            if neutral:
                return ()
            raise _WrongValueError(_WRONG_TYPE.format(want=_WORDS[list], found=_shown(value)))
        return tuple(structure_list(value, list[item]))

    return structure
