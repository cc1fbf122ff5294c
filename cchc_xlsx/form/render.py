"""The printed words of a form for one commune and year: sandboxed Jinja."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

_KINDS = ("xã ", "phường ", "đặc khu ")
_PLAIN = re.compile(r"\{\{ (?:(commune|commune_full)(?: \| (upper))?|year(?: - ([0-9]{1,2}))?) \}\}")
_BAD = Text("biểu thức trong dấu {{{{ }}}} sai: {why}", "the expression between {{{{ }}}} is wrong: {why}")


def text(words: str, commune: str, year: int) -> str:
    """`words` with `{{ commune }}`, `{{ commune_full }}` and `{{ year }}` filled in. Raises CchcError on a bad expression."""
    return _filled(words, commune, year) if "{" in words else words


@lru_cache(maxsize=1024)  # the workbooks of a commune's units say the same
def _filled(words: str, commune: str, year: int) -> str:
    # Nearly all that forms ask for is a name or a year: to load Jinja and compile that takes 60 ms in each process (measured).
    plain = _PLAIN.sub(lambda found: _put(found, commune, year), words)
    if "{" not in plain:
        return plain
    try:
        return _template(words).render(commune=bare(commune), commune_full=full(commune), year=year)
    except Exception as error:  # whatever an expression of a form file raises is a mistake of that file
        raise CchcError(_BAD.format(why=str(error) or type(error).__name__)) from error


def _put(found: re.Match[str], commune: str, year: int) -> str:
    if not found[1]:
        return str(year - int(found[3] or 0))
    name = full(commune) if found[1] == "commune_full" else bare(commune)
    return name.upper() if found[2] else name


def full(commune: str) -> str:
    """The commune with its kind in front: "xã Nhơn Hậu" for "Nhơn Hậu", "phường X" as given."""
    return commune if commune.lower().startswith(_KINDS) else f"xã {commune}"


def bare(commune: str) -> str:
    """The commune's name alone: "Nhơn Hậu" for "xã Nhơn Hậu"."""
    kind = next((kind for kind in _KINDS if commune.lower().startswith(kind)), "")
    return commune[len(kind) :]


@cache
def _template(words: str) -> Template:
    return _environment().from_string(words)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    from jinja2 import StrictUndefined  # noqa: PLC0415 - a check that meets no form needs neither
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
