"""A sheet read event by event: any shape of it, each cell, and everything that stands round the cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.parsers import expat

from cchc_xlsx.package import cells, markup
from cchc_xlsx.package.cells import Around, Cell, Range
from cchc_xlsx.package.formulas import Formula, Place
from cchc_xlsx.package.refusal import damaged, doubled, unsafe

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,7}", re.ASCII)


class Walk:
    """The state of one pass over a sheet by expat: cells where there are any, and what stands round them."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.cells: list[Cell] = []
        self.merges: list[Range] = []
        self.links: list[Range] = []
        self.protected = False
        self._seen: set[Place] = set()
        self._depth = self._elements = self._row = self._column = 0
        self._data = 0  # 0 before, 1 inside, 2 after the cells
        self._cell: dict[str, str] = {}
        self._formula: Formula | None = None
        self._texts: list[str] = []
        self._value: str | None = None
        self._starts: Mapping[str, Callable[[dict[str, str]], None]] = {
            "c": self._start_cell,
            "row": self._start_row,
            "f": self._start_formula,
            "v": self._start_text,
            "sheetData": self._start_data,
            "sheetProtection": self._protection,
            "mergeCell": self._merge,
            "hyperlink": self._link,
        }

    def read(self, part: bytes) -> None:
        """Goes through the part; Refused where it is broken or over a limit."""
        parser = self._parser = markup.parser()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._aside
        parser.StartCdataSectionHandler = self._aside
        try:
            parser.Parse(part, True)  # noqa: FBT003 - the only call there is
        except expat.ExpatError:
            raise damaged("xml", self.key) from None
        finally:
            del self._parser  # it and this hold each other, and a parser is large
        if self._data != 2:
            raise damaged("xml", self.key)

    def around(self) -> Around:
        """What stood round the cells; Refused where ranges cover too much."""
        cells.check("merged-cells", sum(map(cells.area, self.merges)), cells.MAX_RANGE_CELLS)
        cells.check("linked-cells", sum(map(cells.area, self.links)), cells.MAX_RANGE_CELLS)
        return Around(frozenset(self.merges), self.protected)

    def _start(self, name: str, given: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        cells.check("xml-elements", self._elements, cells.MAX_ELEMENTS)
        cells.check("xml-depth", self._depth, markup.MAX_DEPTH)
        space, _, local = name.rpartition("}")
        if space not in markup.MAIN and (self._data == 1 or local == "sheetData"):
            raise unsafe("foreign", self.key)  # readers that do not look at namespaces take it for a cell
        if space in markup.MAIN and (handler := self._starts.get(local)):
            handler(given)
        if self._depth == 1 and (space not in markup.MAIN or local != "worksheet"):
            raise damaged("xml", self.key)

    def _end(self, name: str) -> None:
        self._depth -= 1
        space, _, local = name.rpartition("}")
        if self._data != 1 or space not in markup.MAIN:
            return
        if local == "sheetData":
            self._data = 2
        elif local == "c" and self._cell:
            self._end_cell()
        elif local in ("f", "v") and self._cell:
            self._end_text(local)

    def _aside(self, *_: object) -> None:
        if self._data == 1:  # readers of values silently lose what stands before or after it in a cell
            raise unsafe("comment", self.key)

    def _start_data(self, _: dict[str, str]) -> None:
        if self._data or self._depth != 2:
            raise damaged("xml", self.key)
        self._data = 1

    def _start_row(self, given: dict[str, str]) -> None:
        said = given.get("r")
        if said is not None and not _WHOLE.fullmatch(said):
            raise damaged("cell", self.key)
        self._row = int(said) if said else self._row + 1
        self._column = 0

    def _start_cell(self, given: dict[str, str]) -> None:
        if self._data != 1:
            return
        if self._cell:
            raise damaged("xml", self.key)
        said = given.get("r")
        self._column += 1
        if said is not None:
            match = _REFERENCE.fullmatch(said)
            if not match:
                raise damaged("cell", self.key)
            self._row, self._column = int(match[2]), cells.column_number(match[1])
        cells.check_box(self._row, self._column)
        cells.check("cells", len(self.cells) + 1, cells.MAX_CELLS)
        if (self._row, self._column) in self._seen:
            raise doubled(cells.address(self._row, self._column), self.key)
        self._seen.add((self._row, self._column))
        self._cell = {"s": "0", "t": "n", **given}
        self._formula = self._value = None

    def _end_cell(self) -> None:
        style = self._cell["s"] if _WHOLE.fullmatch(self._cell["s"]) else "0"
        kind = self._cell["t"]
        self.cells.append((self._row, self._column, int(style), kind, self._formula, self._value or ""))
        self._cell, self._formula = {}, None

    def _start_formula(self, given: dict[str, str]) -> None:
        if self._formula is not None:
            raise damaged("xml", self.key)
        if self._cell:
            self._formula = ("", given.get("si", "") if given.get("t") == "shared" else "")
            self._start_text(given)

    def _start_text(self, _: dict[str, str]) -> None:
        if self._cell:
            self._texts = []
            self._parser.CharacterDataHandler = self._texts.append

    def _end_text(self, local: str) -> None:
        self._parser.CharacterDataHandler = None
        text = "".join(self._texts)
        if local == "f" and self._formula:
            self._formula = (text, self._formula[1])
        elif local == "v":
            if self._value is not None:
                raise damaged("xml", self.key)
            self._value = text

    def _protection(self, given: dict[str, str]) -> None:
        self.protected = given.get("sheet") in ("1", "true", "on")

    def _merge(self, given: dict[str, str]) -> None:
        self.merges.append(cells.read_range(given.get("ref", ""), self.key))
        cells.check("merges", len(self.merges), cells.MAX_RANGES)

    def _link(self, given: dict[str, str]) -> None:
        self.links.append(cells.read_range(given.get("ref", ""), self.key))
        cells.check("links", len(self.links), cells.MAX_RANGES)
