"""The form sheet while it is being built."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from cchc_xlsx import expr
from cchc_xlsx.fields import Context, Field
from cchc_xlsx.layout import metrics
from cchc_xlsx.layout.columns import Columns
from cchc_xlsx.layout.model import Cell, Formula, Place, Range, Style
from cchc_xlsx.rules.model import Rule
from cchc_xlsx.rules.registry import Constraints

KEY_STYLE = Style(border="", wrap=False, color="#808080")


class Draft(Struct):
    """The form sheet while it is being built."""

    ctx: Context
    columns: Columns
    constraints: Constraints
    values: Mapping[str, expr.Scalar]
    faults: Mapping[str, Rule]  # what the workbook's own formulas find in the values
    by_slot: Mapping[tuple[str, str], Field]  # line and slot → input, or the field whose figure is known
    cells: dict[Place, Cell] = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    inputs: dict[str, Place] = field(default_factory=dict)
    row_keys: dict[int, str] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    row: int = 1

    def key_row(self, key: str, height_pt: float) -> int:
        """Begin a grid row; gives its number."""
        self.row += 1
        self.row_keys[self.row] = key
        self.cells[self.row, 1] = Cell(key, KEY_STYLE)
        self.heights[self.row] = height_pt
        return self.row

    def across(self, first: int, last: int, cell: Cell, rows: int = 1) -> None:
        """A cell in this row over the columns `first` to `last`."""
        self.cells[self.row, first] = cell
        if last > first or rows > 1:
            self.merges.append((self.row, first, self.row + rows - 1, last))

    def line(self, key: str, text: str | Formula, style: Style) -> int:
        """A line of text over the whole printed width, as high as it needs."""
        shown = str(text.value) if isinstance(text, Formula) else text
        width = metrics.cell_width_pt(self.columns.printed_widths)
        height = metrics.text_height_pt(shown, width, style.size, style.bold, italic=style.italic) + 3
        row = self.key_row(key, height)
        role = "formula" if isinstance(text, Formula) else "text"
        self.across(2, self.columns.last_printed, Cell(text, style, role))  # type: ignore[arg-type]
        return row
