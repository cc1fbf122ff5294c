"""The periodic report as a web page: what it says, its charts, that it loads and runs nothing, how it looks narrow and on paper."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import browser
import pytest
import told
from msgspec.structs import replace
from paged import Parsed

from cchc_xlsx.document import page
from cchc_xlsx.fields import REACHED
from cchc_xlsx.narrative.model import Narrative, Voice

INDICATORS, TASKS = "nhon-hau-2025-phu-luc-1", "nhon-hau-2025-phu-luc-2"
HOSTILE = "{{ 7*7 }} <script>alert(1)</script><img src=x onerror=alert(1)> \u202e" + "dài" * 10_000


@pytest.fixture(scope="module")
def narrative(tmp_path_factory: pytest.TempPathFactory) -> Narrative:
    """Both annexes of Nhơn Hậu, one unit missing, one unit hostile."""
    folder = tmp_path_factory.mktemp("both")
    said = {"TPHT": {"proposals.text": HOSTILE}}
    for form in (INDICATORS, TASKS):
        told.send(form, folder, said if form == INDICATORS else None, without=("TCKT",))
    return told.report(folder)


@pytest.fixture(scope="module")
def put(narrative: Narrative, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as a file."""
    path = tmp_path_factory.mktemp("page") / "bao-cao.html"
    path.write_text(page.page(narrative), encoding="utf-8")
    return path


def test_everything_that_is_told_is_on_it(narrative: Narrative) -> None:
    found = Parsed(page.page(narrative)).text
    for annex in narrative.annexes:
        for sentence in (*annex.completeness, *annex.overall):
            assert sentence in found
        for part in annex.parts:
            assert f"{part.letter}) {part.title} ({len(part.items)})" in found
            for item in part.items:
                assert " ".join((item.text, *item.notes)) in found
    assert "Tư pháp - Hộ tịch Khó khăn thứ 2: phần mềm một cửa gián đoạn." in found


def test_each_bar_is_as_long_as_its_result_and_marks_its_target(narrative: Narrative) -> None:
    [annex, _] = narrative.annexes
    bars = [one for one in annex.bars if one.result is not None and max(one.result, one.target) <= 1]
    assert len(bars) > 10
    html = page.page(narrative)
    for one in bars:
        [drawn] = {
            found
            for found in re.findall(r'<svg class="bar".*?</svg>', html, re.S)
            if f'aria-label="{one.said} / {one.wanted}"' in found
        }
        [(shade, width)] = re.findall(
            r'<rect class="(\w+)" width="([\d.]+)" height="8"/>\s*<rect class="target"', drawn
        )
        assert float(width) == pytest.approx((one.result or 0) * 100, abs=0.01)
        assert (shade == "met") == (one.outcome == REACHED)
        [mark] = re.findall(r'class="target" x="([\d.]+)"', drawn)
        assert float(mark) == pytest.approx(min(one.target * 100 - 0.6, 98.8), abs=0.01)


def test_stacked_bars_fill_their_width(narrative: Narrative) -> None:
    for drawn in re.findall(r'<svg class="stack".*?</svg>', page.page(narrative), re.S):
        pieces = [(float(x), float(width)) for x, width in re.findall(r'x="([\d.]+)" width="([\d.]+)"', drawn)]
        assert pieces[0][0] == 0
        assert sum(width for _, width in pieces) == pytest.approx(100, abs=0.01)


def test_the_table_is_the_annexs(narrative: Narrative) -> None:
    found = Parsed(page.page(narrative))
    cells = sum(len(annex.table.cells) for annex in narrative.annexes)
    assert found.count("td") + found.count("th") == cells
    assert found.count("table") == found.count("thead") == found.count("tbody") == 2
    widths = [float((attrs["width"] or "").removesuffix("%")) for tag, attrs in found.elements if tag == "col"]
    assert len(widths) == sum(len(annex.table.widths) for annex in narrative.annexes)
    assert sum(widths) == pytest.approx(200, abs=0.2)


def test_nothing_is_loaded_and_nothing_runs(narrative: Narrative) -> None:
    html = page.page(narrative)
    found = Parsed(html)
    [style] = found.code
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert found.policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert (found.count("script"), found.count("img"), found.count("link")) == (0, 0, 0)
    assert re.findall(r"https?:|@import|url\(", html) == []
    names = {name for _, attrs in found.elements for name in attrs}
    assert not {name for name in names if name.startswith("on") or name in ("src", "style", "href")}


def test_hostile_words_stay_words(narrative: Narrative) -> None:
    [voice] = [one for one in narrative.proposals if one.unit == "Tư pháp - Hộ tịch"]
    assert "{{ 7*7 }} <script>alert(1)</script>" in Parsed(page.page(narrative)).text
    direct = replace(narrative, proposals=(Voice("\u202e<b>", (HOSTILE, "\x00\x1b")),))
    html = page.page(direct)
    assert {letter for letter in html if not letter.isprintable()} <= {"\n"}
    assert Parsed(html).count("b") == Parsed(page.page(narrative)).count("b")
    assert len(voice.lines[0]) > 30_000


def test_the_same_report_gives_the_same_page(narrative: Narrative) -> None:
    assert page.page(narrative) == page.page(narrative)


# ----------------------------------------------------------------------------------------------------- in a real browser


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 360, 700, 1280])
def test_nothing_is_wider_than_the_window(put: Path, width: int) -> None:
    found = browser.run(
        put,
        """
        const out = [...page.body.querySelectorAll("*")].filter((one) => one.checkVisibility() && !one.closest(".scroll table")
          && !one.closest("svg") && (one.getBoundingClientRect().right > view.innerWidth + 0.5 || one.getBoundingClientRect().left < 0));
        return {width: page.documentElement.scrollWidth, out: out.map((one) => one.outerHTML.slice(0, 200))};
        """,
        width=width,
    )
    assert found == {"width": width, "out": []}


@pytest.mark.browser
def test_no_request_is_made(put: Path) -> None:
    assert browser.run(put, 'return view.performance.getEntriesByType("resource").length') == 0


@pytest.mark.browser
def test_charts_are_seen(put: Path) -> None:
    found = browser.run(
        put,
        """
        return [...page.querySelectorAll("svg.bar, svg.stack")].map((one) => {
          const box = one.getBoundingClientRect();
          const fills = [...one.children].map((each) => view.getComputedStyle(each).fill);
          return [box.width, box.height, fills.includes("rgb(0, 0, 0)")];
        });
        """,
        width=360,
    )
    assert len(found) > 20
    assert all(width > 100 and height > 8 and not unknown for width, height, unknown in found)


@pytest.mark.browser
def test_on_paper_everything_is_there(narrative: Narrative, put: Path, tmp_path: Path) -> None:
    pages = browser.printed(put, tmp_path)
    shown = re.sub(r"\s", "", "".join(pages))
    for annex in narrative.annexes:
        for part in annex.parts:
            for item in part.items:
                assert re.sub(r"\s", "", item.text) in shown
        last = (cell for cell in annex.table.cells if cell.column == len(annex.table.widths) - 1)
        assert {word for cell in last for word in cell.text.split() if word.isalpha()} <= set(" ".join(pages).split())


@pytest.mark.browser
def test_on_paper_each_annex_begins_a_page_across(narrative: Narrative, put: Path, tmp_path: Path) -> None:
    pages = browser.printed(put, tmp_path)
    across = [width > height for width, height in browser.sizes(tmp_path / f"{put.stem}.pdf")]
    begun = [
        next(at for at, text in enumerate(pages) if text.strip().splitlines()[0].strip() == annex.number)
        for annex in narrative.annexes
    ]
    assert across == [at >= begun[0] for at in range(len(pages))]
    assert len(set(begun)) == len(narrative.annexes)
