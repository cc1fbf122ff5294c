"""Native charts: horizontal bars that read cells of their own sheet."""

from __future__ import annotations

from typing import Any

from cchc_xlsx.layout.model import Chart, Range, Sheet
from cchc_xlsx.writer.strict import FONT, ok

_PX_PER_PT = 4 / 3
_GRID = "#D9D9D9"


def insert(book: Any, worksheet: Any, sheet: Sheet, one: Chart) -> None:  # noqa: ANN401  XlsxWriter is untyped
    """Draw a chart on the sheet that holds its figures."""
    chart = book.add_chart({"type": "bar", **({"subtype": "percent_stacked"} if one.stacked else {})})
    for series in one.series:
        chart.add_series(
            {
                "name": [sheet.name, series.name[0] - 1, series.name[1] - 1],
                "categories": _range(sheet, series.categories),
                "values": _range(sheet, series.values),
                "fill": {"color": series.color},
                "border": {"none": True},
                "gap": 45,
                **({"overlap": 100} if one.stacked else {"overlap": -5}),
            }
        )
    small = {"name": FONT, "size": 8, "color": "#000000"}
    chart.set_title({"name": one.title, "name_font": {"name": FONT, "size": 11, "bold": True}, "overlay": False})
    # Bars are drawn from the bottom; a table is read from the top.
    chart.set_y_axis(
        {"reverse": True, "num_font": small, "line": {"color": _GRID}, "major_tick_mark": "none", "interval_unit": 1}
    )
    ends = {} if one.maximum is None else {"min": 0, "max": one.maximum}
    grid = {"visible": True, "line": {"color": _GRID, "width": 0.5}}
    chart.set_x_axis(
        {"num_format": one.number_format, "num_font": small, "major_gridlines": grid, "label_position": "high", **ends}
    )
    chart.set_legend({"position": "bottom", "font": small})
    chart.set_size({"width": one.width_pt * _PX_PER_PT, "height": one.height_pt * _PX_PER_PT})
    chart.set_chartarea({"border": {"color": _GRID}})
    options = {"object_position": 1, "description": one.title}
    ok(worksheet.insert_chart(one.at[0] - 1, one.at[1] - 1, chart, options))


def _range(sheet: Sheet, area: Range) -> list[object]:
    return [sheet.name, *(number - 1 for number in area)]
