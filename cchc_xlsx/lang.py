"""The two languages: Vietnamese first, English on request."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Lang = Literal["vi", "en"]


class Text(Struct, frozen=True):
    """One sentence in both languages; `{name}` places are filled by `format`."""

    vi: str
    en: str

    def say(self, lang: Lang) -> str:
        """The sentence in `lang`."""
        return self.vi if lang == "vi" else self.en

    def format(self, **data: object) -> Text:
        """The same sentence with its places filled; a `Text` among the data is filled in by language."""
        return Text(self.vi.format_map(_in(data, "vi")), self.en.format_map(_in(data, "en")))


def _in(data: dict[str, object], lang: Lang) -> dict[str, object]:
    return {name: value.say(lang) if isinstance(value, Text) else value for name, value in data.items()}


def chosen(arguments: list[str], environment: dict[str, str]) -> Lang:
    """The language asked for by `--lang` (which wins) or CCHC_LANG; Vietnamese without either."""
    asked = environment.get("CCHC_LANG", "")
    for index, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            asked = argument.partition("=")[2]
        elif argument == "--lang" and index + 1 < len(arguments):
            asked = arguments[index + 1]
    return "en" if asked.lower().startswith("en") else "vi"
