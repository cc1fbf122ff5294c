"""The page of who owes what: everything on it, nothing from outside in it, and in a real browser filters, a phone, paper."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import browser
import pytest
from ledger_drawn import EVERY_STATE, NOW, drawn
from paged import Parsed

from cchc_xlsx import overview
from cchc_xlsx.lang import Lang
from cchc_xlsx.overview import Overview
from cchc_xlsx.periods import parse
from cchc_xlsx.project.model import Office, Project, Round, Setup, UnitSetup

NAMES = {letter: f"Tổ công tác {letter}" for letter in "ABCDEFGHI"}
FURTHER = """
pl1 2025-6T A 2025-06-16
pl1 2025-6T B 2025-06-16
mails
  2025-03-15T11:00 none "Họp giao ban"
"""
HOSTILE = '<img src=x onerror=alert(1)>\u202egpj ‘"& {{ 7*7 }}'


def view(folder: Path, text: str = EVERY_STATE + FURTHER, names: dict[str, str] | None = None) -> Overview:
    """The overview of what is drawn, as of 19 March."""
    rounds = tuple(
        Round(parse(code), dt.date(2025, month, 17), dt.date(2025, month, 20))
        for code, month in (("2025-Q1", 3), ("2025-6T", 6))
    )
    units = tuple(UnitSetup(code, name) for code, name in (names or NAMES).items())
    project = Project(folder, Setup(Office("Nhơn Hậu", 2025), units, rounds, ()), b"")
    with drawn(folder, text) as book:
        return overview.drawn(project, book, NOW)


def html(found: Overview, lang: Lang = "vi", *, mails: bool = False) -> str:
    return "".join(overview.html(found, lang, mails=mails))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of every state."""
    folder = tmp_path_factory.mktemp("trang")
    path = folder / "tinh-hinh.html"
    path.write_text(html(view(folder)), encoding="utf-8")
    return path


def test_every_obligation_every_finding_and_every_mail_is_there(tmp_path: Path) -> None:
    found = view(tmp_path)
    seen = Parsed(html(found))
    owed = [attrs for _, attrs in seen.elements if attrs.get("class") == "owed"]
    assert [one["data-state"] for one in owed] == [line.state for one in found.periods for line in one.lines]
    assert sum("data-late" in one for one in owed) == 3
    findings = [attrs for _, attrs in seen.elements if "finding" in (attrs.get("class") or "").split()]
    assert len(findings) == len(list(found.findings)) == 4
    for words in (
        "3/9 (33,3%)",
        "4/7 (57,1%)",
        "quá hạn 2 ngày",
        "nộp trễ 1 ngày",
        "gia hạn đến 20/3/2025: Mất điện",
        "Số 1 · Tổ công tác C",
        "Lý do: địa chỉ lạ",
        "Đã đến 9 = 6 nhận + 2 chờ xác nhận + 1 không nhận gì.",
        "Họp giao ban",
    ):
        assert words in seen.text
    places = [seen.text.index(f"{NAMES[one]} {one}") for one in "AFDCBEGHI"]
    assert places == sorted(places)  # who is late and sent nothing comes first, then what is to be done


def test_the_bars_are_as_long_as_the_shares(tmp_path: Path) -> None:
    seen = Parsed(html(view(tmp_path)))
    widths = [attrs["width"] for tag, attrs in seen.elements if tag == "rect" and attrs["class"] == "full"]
    assert widths[:4] == ["33.33", "57.14", "0", "0"]


def test_the_list_of_mails_is_open_where_it_was_asked_for(tmp_path: Path) -> None:
    def opened(text: str) -> bool:
        return '<details class="more" open>' in text.partition('<section class="mails">')[2]

    found = view(tmp_path)
    assert (opened(html(found, mails=True)), opened(html(found))) == (True, False)


def test_nothing_is_loaded_and_only_our_script_and_style_may_run(tmp_path: Path) -> None:
    text = html(view(tmp_path))
    assert re.findall(r"https?:|//[a-z]|@import|url\(|style=|onclick", text.replace("// ", "")) == []
    seen = Parsed(text)
    assert seen.policy == seen.strictest


def test_what_a_mail_says_is_text_and_nothing_else(tmp_path: Path) -> None:
    text = f"pl1 2025-Q1 A 2025-03-17\n  2025-03-12T09:00 held '{HOSTILE.replace(chr(39), '')}' 'from={HOSTILE}'\n"
    page = html(view(tmp_path, text, {"A": HOSTILE}))
    seen = Parsed(page)
    assert seen.count("img") == 0
    assert "\u202e" not in page
    assert '<img src=x onerror=alert(1)>\\u202egpj ‘"& {{ 7*7 }}' in seen.text


def test_in_english_only_names_are_vietnamese(tmp_path: Path) -> None:
    text = "pl1 2025-Q1 A 2025-03-17\npl1 2025-Q1 B 2025-03-17\n  2025-03-12T09:00 ok\n"
    said = Parsed(html(view(tmp_path, text, {"A": "Alpha", "B": "Beta"}), "en")).text
    said = said.replace("Nhơn Hậu", "").replace("Báo cáo", "")  # the commune and the mail's subject
    assert not re.search("[À-ỹĐđ]", said)
    assert "2 days overdue" in said


def test_an_empty_year_is_a_page_too(tmp_path: Path) -> None:
    said = Parsed(html(view(tmp_path, ""))).text
    assert "Chưa có biểu nào phải nộp." in said
    assert "Chưa có thư hay tệp nào đến." in said


# ----------------------------------------------------------------------------------------------------- in a real browser

STATE = """
  const seen = (one) => one.checkVisibility();
  return {
    units: [...page.querySelectorAll(".period[open] .unit")].filter(seen).map((one) => one.dataset.unit),
    periods: [...page.querySelectorAll(".period")].filter(seen).map((one) => one.dataset.period),
    shown: page.querySelector(".shown").textContent, hash: view.location.hash,
  };
"""


def state(path: Path, fragment: str = "", before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = browser.run(path, f"{before};{STATE}", fragment=fragment)
    return found


@pytest.mark.browser
@pytest.mark.parametrize(
    ("fragment", "units", "periods", "shown"),
    [
        ("", "AFDCBEGHI", ["2025-Q1", "2025-6T"], "Đang hiện 11/11 biểu phải nộp"),
        ("period=2025-6T", "AB", ["2025-6T"], "Đang hiện 2/11 biểu phải nộp (6 tháng đầu năm 2025)"),
        ("unit=B", "BB", ["2025-Q1", "2025-6T"], "Đang hiện 2/11 biểu phải nộp (Tổ công tác B)"),
        ("state=late", "ADH", ["2025-Q1"], "Đang hiện 3/11 biểu phải nộp (trễ hạn)"),
        (
            "state=nil&period=2025-Q1",
            "I",
            ["2025-Q1"],
            "Đang hiện 1/11 biểu phải nộp (Quý I năm 2025; không phát sinh)",
        ),
        ("state=nil&unit=A", "", [], "Không có gì khớp với bộ lọc (Tổ công tác A; không phát sinh)"),
        ("unit=lạ", "AFDCBEGHI", ["2025-Q1", "2025-6T"], "Đang hiện 11/11 biểu phải nộp"),
    ],
)
def test_it_filters_by_period_unit_and_state(
    fragment: str, units: str, periods: list[str], shown: str, page: Path
) -> None:
    found = state(page, fragment)
    assert ("".join(found["units"]), found["periods"], found["shown"]) == (units, periods, shown)


@pytest.mark.browser
def test_what_is_chosen_stands_in_the_address_and_can_be_cleared(page: Path) -> None:
    choose = """
      const select = page.querySelector("[name=state]"); select.value = "held";
      select.dispatchEvent(new Event("input", {bubbles: true}))"""
    found = state(page, before=choose)
    assert (found["hash"], "".join(found["units"])) == ("#state=held", "DC")
    cleared = state(page, "state=held", 'page.querySelector("[type=reset]").click(); await wait(50)')
    assert (cleared["hash"], len(cleared["units"])) == ("", 9)


@pytest.mark.browser
def test_it_fits_a_phone_and_a_desk(page: Path) -> None:
    script = """
      for (const one of page.querySelectorAll("details")) one.open = true;
      const wide = [...page.querySelectorAll("body *")].filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > view.innerWidth + 1);
      const small = [...page.querySelectorAll("button, select")].filter((one) => one.getBoundingClientRect().height < 32);
      return [page.documentElement.scrollWidth, wide.map((one) => one.outerHTML.slice(0, 80)), small.length];
    """
    for width in (320, 360, 1200):
        found = browser.run(page, script, width=width)
        assert (found[0] <= width, found[1:]) == (True, [[], 0])


@pytest.mark.browser
def test_nothing_is_fetched_and_the_policy_is_not_broken(page: Path) -> None:
    assert browser.run(page, 'return view.performance.getEntriesByType("resource").length') == 0
    assert browser.run(page, 'return getComputedStyle(page.querySelector(".bar .full")).fill') == "rgb(29, 106, 60)"


@pytest.mark.browser
def test_on_paper_all_is_there_but_the_filters(page: Path, tmp_path: Path) -> None:
    pages = browser.printed(page, tmp_path)
    said = " ".join(" ".join(pages).split())
    assert 1 < len(pages) <= 4
    assert "Bỏ lọc" not in said
    assert all(name in said for name in NAMES.values())
    assert "quá hạn 2 ngày" in said
    assert "Đã đến 9 =" in said
    assert all(f"{number}/{len(pages)}" in one for number, one in enumerate(pages, 1))
