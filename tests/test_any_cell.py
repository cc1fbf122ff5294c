"""Whatever stands in a cell: no exception, findings that can be said, JSON that others can read."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import checked
import fill
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cchc_xlsx import examine
from cchc_xlsx.layout.model import Layout, a1
from cchc_xlsx.recognise import Asked

FORMS = (
    ("tay-xuan-2024-par-index", "N"),
    ("nhon-hau-2025-phu-luc-2", "Q1"),
    ("cam-hiep-2025-phu-luc", "Q1"),
    ("tay-xuan-2024-par-index", "plan"),
)

# Attributes and content of a cell, as honest and other programs write them.
ODD = (
    "/>",
    "><v/></c>",
    "><v></v></c>",
    "><v>NaN</v></c>",
    "><v>INF</v></c>",
    "><v>1e308</v></c>",
    "><v>-1e308</v></c>",
    "><v>1e999</v></c>",
    "><v>4.9e-324</v></c>",
    "><v>-0</v></c>",
    "><v>0.1e1</v></c>",
    "><v> 5 </v></c>",
    "><v>2958466</v></c>",
    "><v>60</v></c>",
    "><v>-1</v></c>",
    "><v>45000.999999999</v></c>",
    "><v>abc</v></c>",
    ' t="n"><v>12</v></c>',
    ' t="b"><v>1</v></c>',
    ' t="b"><v>2</v></c>',
    ' t="s"><v>0</v></c>',
    ' t="s"><v>999999</v></c>',
    ' t="s"><v>-1</v></c>',
    ' t="e"><v>#N/A</v></c>',
    ' t="e"><v>#DIV/0!</v></c>',
    ' t="e"><v>#NOPE!</v></c>',
    ' t="d"><v>2025-03-05</v></c>',
    ' t="d"><v>2025-03-05T10:00:00</v></c>',
    ' t="d"><v>gestern</v></c>',
    ' t="str"><v>95,5</v></c>',
    ' t="str"><f>"a"&amp;1</f><v>a1</v></c>',
    ' t="inlineStr"><is><r><t>9</t></r><r><t>5</t></r></is></c>',
    ' t="inlineStr"><is></is></c>',
    ' t="x"><v>1</v></c>',
    "><f>1/0</f><v>0</v></c>",
    "><f>9^9^9^9</f><v>0</v></c>",
    "><f>((((((1</f></c>",
    "><f></f><v>3</v></c>",
    '><f t="shared" si="0"/><v>3</v></c>',
    '><f t="array" ref="A1:Z99">1</f><v>3</v></c>',
    "><f>1e400*0</f><v>0</v></c>",
)
TEXTS = st.one_of(
    st.sampled_from(
        ("{field}", "{", "}}", "%s", "=cmd|x", "_x000D_", "_xD800_", "\u202e12", "\u200b", "९५", "½", "١٢", "1.234,5", "12/20",
         "95 %", "Không phát sinh", "Hoàn thành", "05/8/2025", "30/02/2025", "Infinity", "nan", "1e999", "x" * 40_000, "é\u0301", "\U0001f600")
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30),
)  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(ODD),
    TEXTS.map(lambda text: f' t="inlineStr"><is><t xml:space="preserve">{checked.escape(text)}</t></is></c>'),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda number: f"><v>{number!r}</v></c>"),
    st.integers(-100, 100_000).map(lambda number: f"><v>{number}</v></c>"),
)


@cache
def honest(form_id: str, period: str) -> tuple[Layout, bytes]:
    return checked.filled(fill.plan(form_id) if period == "plan" else fill.report(form_id, period))


def spoilt(part: bytes, cells: dict[str, str]) -> bytes:
    text = part.decode()
    for address, content in cells.items():
        pattern = rf'<c r="{address}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)'
        text, count = re.subn(pattern, lambda match: f'<c r="{address}"{match[1] or ""}{content}', text)  # noqa: B023
        assert count == 1, address
    return text.encode()


@pytest.mark.parametrize(("form_id", "period"), FORMS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_content_of_any_cell(form_id: str, period: str, data: st.DataObject, tmp_path: Path) -> None:
    layout, whole = honest(form_id, period)
    inputs = [a1(place) for place in layout.inputs.values()]
    locked = [a1(place) for place, cell in layout.form_sheet.cells.items() if cell.content not in (None, "")]
    where = st.one_of(st.sampled_from(inputs), st.sampled_from(inputs), st.sampled_from(locked))
    cells = data.draw(st.dictionaries(where, CELLS, min_size=1, max_size=6))
    result = checked.result(checked.with_part(whole, checked.SHEET, lambda xml: spoilt(xml, cells)), tmp_path, Asked())
    for finding in result.findings:
        if not any(re.search(r"[{}]|None|Text|Ref", text) for text in cells.values()):  # words that `said` looks for
            assert all(len(text) < 1_000 for text in checked.said(finding))
    json.dumps({key: value for key, (_, value, _) in examine.accepted(result).items()}, allow_nan=False).encode()
    assert result.status in ("ok", "warning", "error")
    assert result.sha256
