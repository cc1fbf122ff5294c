"""Writes cchc_xlsx/layout/metrics_data.py from the Liberation Serif 2 fonts with fontTools.

    python tests/tools/make_metrics.py [FONT_DIR] > cchc_xlsx/layout/metrics_data.py

Run once, by hand: the package and its tests need neither the fonts nor fontTools. Only advance widths are taken, which
are also those of Times New Roman; the fonts themselves are under the SIL Open Font License 1.1. Version 2 is a must
(Debian 12: fonts-liberation2): version 1 (Debian 12: fonts-liberation) has no Vietnamese letters at all.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from itertools import chain
from pathlib import Path

from fontTools.ttLib import TTFont

DEBIAN = Path("/usr/share/fonts/truetype/liberation2")
STYLES = {"regular": "Regular", "bold": "Bold", "italic": "Italic", "bold italic": "BoldItalic"}
UNITS_PER_EM = 2048
VIETNAMESE = [*range(0x1EA0, 0x1EFA), *map(ord, "ƠơƯưĂăĐđ")]
CHARACTERS = [
    *chain(VIETNAMESE, range(0x20, 0x7F), range(0xA0, 0x180), range(0x2000, 0x2070)),
    *map(ord, "ƒǍǎǐǒǔ₫€№™Ω←↑→↓↔−∕√∞≈≠≤≥■□▪▫▲►▼◄○●✓✔ﬁﬂ"),
]


def advances(font: Path) -> tuple[dict[int, str], str]:
    """Characters by advance width, and the font's version; characters of no width are left to the reader of the data."""
    ttf = TTFont(font)
    if ttf["head"].unitsPerEm != UNITS_PER_EM:
        raise ValueError(f"{font}: {ttf['head'].unitsPerEm} units per em")
    names, widths = ttf.getBestCmap(), ttf["hmtx"]
    if missing := [chr(code) for code in VIETNAMESE if code not in names]:
        raise ValueError(f"{font}: no {''.join(missing)}")
    groups: defaultdict[int, str] = defaultdict(str)
    for code in sorted(set(CHARACTERS)):
        if code in names and unicodedata.category(chr(code)) not in {"Cc", "Cf", "Zl", "Zp", "Mn", "Me"}:
            groups[widths[names[code]][0]] += chr(code)
    return dict(sorted(groups.items())), ttf["name"].getDebugName(5)


def literal(text: str) -> str:
    """A Python string literal; blanks other than the space are escaped, since nobody can tell them apart."""
    quote = "'" if '"' in text and "'" not in text else '"'
    out = text.replace("\\", "\\\\").replace(quote, "\\" + quote)
    return quote + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in out) + quote


def source(folder: Path) -> str:
    """The whole module as text."""
    tables, versions = [], set()
    for style, name in STYLES.items():
        groups, version = advances(folder / f"LiberationSerif-{name}.ttf")
        versions.add(version)
        rows = "".join(f"        {width}: {literal(text)},\n" for width, text in groups.items())
        tables.append(f'    "{style}": {{\n{rows}    }},\n')
    return (
        f'"""Advance widths of Liberation Serif ({", ".join(sorted(versions))}), metrics of Times New Roman: made by '
        'tests/tools/make_metrics.py."""\n\n'
        "from __future__ import annotations\n\nfrom typing import Final\n\n"
        f"UNITS_PER_EM: Final = {UNITS_PER_EM}\n\n"
        "# style → advance width in units → the characters that have it\n"
        f"ADVANCES: Final[dict[str, dict[int, str]]] = {{\n{''.join(tables)}}}\n"
    )


if __name__ == "__main__":
    module = source(Path(sys.argv[1]) if len(sys.argv) > 1 else DEBIAN)
    sys.stdout.buffer.write(module.encode())
