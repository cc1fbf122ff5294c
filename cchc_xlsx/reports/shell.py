"""What all pages share: a template that escapes whatever is put into it, its style and scripts, and the policy's names for them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import partial

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from cchc_xlsx import __version__, resources, results
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.reports import words
from cchc_xlsx.results import STATUSES

_FOLDER = "reports"
_PIECES = 64  # of the template in one piece of text


def page(name: str, lang: Lang, scripts: tuple[str, ...], **more: object) -> Template:
    """The page of this name, whose style follows the one that all pages share; `more` it may use too.

    It escapes what it is given, and shows control and direction characters by their codes.
    """
    style = _source("page.css") + _source(f"{name}.css")
    script = "".join(_source(one) for one in scripts)
    environment = Environment(
        loader=FileSystemLoader(resources.templates() / _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "lang": lang,
        "version": __version__,
        "style": style,
        "style_hash": _named(style),
        "script": script,
        "script_hash": _named(script),
        "say": lambda vi, en: Text(vi, en).say(lang),
        "status": {status: words.STATUS[status].say(lang) for status in STATUSES},
        "weight": {weight: words.WEIGHT[weight].say(lang) for weight in words.WEIGHTS},
        "weigh": words.weight,
        "number": partial(words.number, lang=lang),
        "because": partial(words.because, lang=lang),
        "title": partial(results.title, lang=lang),
        **more,
    }
    return environment.get_template(f"{name}.html")


def pieces(template: Template, **shown: object) -> Iterator[str]:
    """The page with what it is to show, piece by piece."""
    stream = template.stream(**shown)
    stream.enable_buffering(_PIECES)
    yield from stream


def _source(name: str) -> str:
    """A style or script as it is put into a page."""
    return (resources.templates() / _FOLDER / name).read_text(encoding="utf-8")


def _visible(value: object) -> object:
    """Text as it may be shown; what is markup already (a macro's result, the style, the script) stays as it is."""
    return results.printable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _named(text: str) -> str:
    """How a page's policy names the one style or script that may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
