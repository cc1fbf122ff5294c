"""A page of ours as tests read it: its elements, its texts, its code, and the policy that must name that code alone."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html.parser import HTMLParser

INLINE = {"a", "b", "bdi", "span"}
VOID = {"meta", "input", "br", "col"}


class Parsed(HTMLParser):
    """The elements of a page with their attributes, and its texts; a tag that does not close fails."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, Mapping[str, str | None]]] = []
        self.texts: list[str] = []
        self.code: list[str] = []
        self.way: list[str] = []
        self.feed(html)
        self.close()
        assert self.way == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.way.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.way.pop() == tag
        if tag not in INLINE:
            self.texts.append(" ")

    def handle_data(self, data: str) -> None:
        (self.code if self.way and self.way[-1] in ("script", "style") else self.texts).append(data)

    def count(self, tag: str) -> int:
        return sum(one == tag for one, _ in self.elements)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).replace("\xa0", " ").split())

    @property
    def policy(self) -> str:
        """What the page allows itself."""
        return next(attrs["content"] or "" for _, attrs in self.elements if "Content-Security-Policy" in attrs.values())

    @property
    def strictest(self) -> str:
        """The policy that allows the style and the script that are in the page, and nothing else."""
        style, script = (base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in self.code)
        return f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
