"""The page of findings: everything on it, nothing from outside in it, and in a real browser filters, phones and paper."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import browser
import pytest
import reported
from paged import Parsed
from reported import file, of

from cchc_xlsx import reports
from cchc_xlsx.lang import Lang
from cchc_xlsx.results import Report, Told, printable
from cchc_xlsx.rules.model import Waived

DRAWN = """
  M100 "" "Một cửa"
Q1/mot-cua.xlsx warning MC 2025-Q1
  T311 I14 "Dòng thêm"
Q1/tu-phap.xlsx ok TPHT 2025-Q1
Q1/van-hoa.xlsx error VHXH0 2025-Q1
  V203 G20 "5.1 Tỷ lệ số hóa" 46376
Q1/van-phong.xlsx error VPTK 2025-Q1
  V203 I14 "7.2 Tỷ lệ đúng hạn" 12/20
  V201 I15 "7.3 Điểm" "mười"
  L401 I16 "7.4 Mẫu số" 250 ! "Sở đã xác minh" 2025-12-31
bao-cao.docx skipped
  F021
la.xlsx error
  I501
"""


def page(report: Report, lang: Lang = "vi") -> str:
    return "".join(reports.html(report, lang))


def put(report: Report, folder: Path, lang: Lang = "vi") -> Path:
    """The page as a file."""
    path = folder / "ket-qua.html"
    path.write_text(page(report, lang), encoding="utf-8")
    return path


# ---------------------------------------------------------------------------------------------------------- what it says


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_finding_and_every_file_is_there_once(lang: Lang) -> None:
    report = reported.many(40)
    found = Parsed(page(report, lang))
    told = [*report.findings, *(one for each in report.files for one in each.findings)]
    shown = [attrs["data-code"] for _, attrs in found.elements if "finding" in (attrs.get("class") or "").split()]
    assert Counter(shown) == Counter(one.code for one in told)
    for one in report.files:
        assert found.texts.count(printable(one.path)) == 1
    for one in told:
        for words in filter(None, (one.label, one.value, one.message)):
            assert " ".join(printable(words).split()) in found.text
    assert found.elements[0] == ("html", {"lang": lang})


def test_a_finding_says_where_what_and_how_to_mend_it() -> None:
    found = Parsed(page(reported.report(DRAWN))).text
    assert "Lỗi V203 ô I14 · Phụ lục 1 7.2 Tỷ lệ đúng hạn" in found
    assert "Đang ghi: 12/20 Cách sửa:" in found
    assert "Được miễn L401 ô I16" in found
    assert "Đang ghi: 250 Được miễn: Sở đã xác minh (đến hết ngày 31/12/2025)" in found  # nothing is to be mended
    assert (
        f"Lỗi Q1/van-phong.xlsx {reported.FORM} · Quý I năm 2025 · Văn phòng – Thống kê · Nhơn Hậu — 2 lỗi, 1 được miễn"
        in found
    )


def test_counts_stand_at_the_top_and_the_set_before_the_files() -> None:
    found = Parsed(page(reported.report(DRAWN))).text
    assert "3 tệp còn lỗi, cần sửa trước khi tổng hợp." in found
    assert "Tổng số tệp 6 Đạt 1 Cảnh báo 1 Lỗi 3 Bỏ qua 1" in found
    assert "Phát hiện: 8 (5 lỗi, 1 cảnh báo, 1 thông tin, 1 được miễn)" in found
    assert "V203 Số này là một ngày tháng 2" in found
    order = [
        found.index(words) for words in ("Về cả bộ báo cáo", "Tệp có phát hiện", "Tệp không có phát hiện", "Tệp bỏ qua")
    ]
    assert order == sorted(order)
    assert found.index("bao-cao.docx F021 ") > order[-1]


@pytest.mark.parametrize(
    ("drawn", "vi", "en"),
    [
        ("", "Không có bảng tính nào để kiểm tra.", "There was no workbook to check."),
        ("a.xlsx ok VPTK 2025-Q1", "Không có lỗi nào.", "No errors."),
        (
            "a.xlsx warning VPTK 2025-Q1\n  T311",
            "Không có lỗi; còn cảnh báo cần xem lại.",
            "No errors; there are warnings",
        ),
        ("  M100\na.xlsx ok VPTK 2025-Q1", "Bộ báo cáo còn lỗi, cần xử lý", "There are errors about the set"),
        ("a.xlsx error VPTK 2025-Q1\n  V203", "1 tệp còn lỗi", "before anything is summed up: 1."),
    ],
)
def test_the_verdict(drawn: str, vi: str, en: str) -> None:
    report = reported.report(drawn)
    assert vi in page(report, "vi")
    assert en in page(report, "en")


def test_a_period_that_is_none_is_shown_as_it_is() -> None:
    files = [file("a.xlsx", "ok", unit="VPTK", period="2025-XX"), file("b.xlsx", "ok", unit="VPTK", period="2025")]
    found = Parsed(page(of(files))).text
    assert f"{reported.FORM} · 2025-XX · Văn phòng – Thống kê" in found
    assert f"{reported.FORM} · Kế hoạch năm 2025 · Văn phòng – Thống kê" in found


# ------------------------------------------------------------------------------------------------------ what it must not


def test_nothing_from_a_file_becomes_markup() -> None:
    found = Parsed(page(reported.many(5)))
    clean = Parsed(page(reported.many(5, hostile=False)))
    assert {tag for tag, _ in found.elements} == {tag for tag, _ in clean.elements}
    assert (found.count("script"), found.count("style"), found.count("img"), found.count("i")) == (1, 1, 0, 0)
    assert found.code == clean.code
    names = {name for _, attrs in found.elements for name in attrs}
    assert {name for name in names if name.startswith("on") or name in ("src", "style", "srcset", "action")} == set()
    assert {str(attrs["href"])[0] for _, attrs in found.elements if "href" in attrs} == {"#"}


def test_no_control_or_direction_sign_gets_through() -> None:
    html = page(reported.many(5))
    assert {letter for letter in html if not letter.isprintable()} <= {"\n"}
    assert "hướng\\u202egpj.xlsx" in html
    assert "dong\\x0ahai" in html


def test_nothing_is_loaded_and_only_our_script_and_style_may_run() -> None:
    html = page(reported.report(DRAWN))
    assert re.findall(r"https?:|//[a-z]|@import|url\(", html.replace("// ", "")) == []
    found = Parsed(html)
    assert found.policy == found.strictest


def test_without_javascript_everything_is_shown_but_the_filters() -> None:
    found = Parsed(page(reported.many(5)))
    assert [attrs["class"] for _, attrs in found.elements if "hidden" in attrs] == ["filters", "shown"]
    assert all("open" in attrs for tag, attrs in found.elements if tag == "details")


def test_the_same_report_gives_the_same_page_in_pieces() -> None:
    report = reported.many(200)
    pieces = list(reports.html(report, "vi"))
    assert max(map(len, pieces)) < 40_000
    assert "".join(pieces) == page(report)


def test_what_the_real_checker_finds(tmp_path: Path) -> None:
    report = reported.sample(tmp_path)
    found = Parsed(page(report)).text
    for one in report.files:
        assert one.path in found
        for told in one.findings:
            assert " ".join(told.message.split()) in found


# ----------------------------------------------------------------------------------------------------- in a real browser

STATE = """
  const seen = (one) => one.checkVisibility();
  return {
    codes: [...page.querySelectorAll(".finding")].filter(seen).map((one) => one.dataset.code),
    files: [...page.querySelectorAll(".name bdi")].filter(seen).map((one) => one.textContent),
    headings: [...page.querySelectorAll("h2")].filter(seen).map((one) => one.textContent),
    shown: page.querySelector(".shown").textContent, hash: view.location.hash,
  };
"""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the report drawn above."""
    return put(reported.report(DRAWN), tmp_path_factory.mktemp("page"))


def state(path: Path, fragment: str = "", before: str = "") -> dict[str, Any]:
    """What is to be seen, after some script."""
    found: dict[str, Any] = browser.run(path, f"{before};{STATE}", fragment=fragment)
    return found


@pytest.mark.browser
def test_all_is_shown_at_first(drawn: Path) -> None:
    found = state(drawn)
    assert sorted(found["codes"]) == ["F021", "I501", "L401", "M100", "T311", "V201", "V203", "V203"]
    assert len(found["files"]) == 6
    assert len(found["headings"]) == 4
    assert found["shown"] == "Đang hiện 8/8 phát hiện, 6/6 tệp"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("fragment", "codes", "files"),
    [
        ("unit=VPTK", ["V203", "V201", "L401"], ["Q1/van-phong.xlsx"]),
        ("unit=TPHT", [], ["Q1/tu-phap.xlsx"]),
        ("unit=-", ["I501", "F021"], ["la.xlsx", "bao-cao.docx"]),
        ("code=V203", ["V203", "V203"], ["Q1/van-hoa.xlsx", "Q1/van-phong.xlsx"]),
        ("unit=VPTK&code=V203", ["V203"], ["Q1/van-phong.xlsx"]),
        ("severity=waived", ["L401"], ["Q1/van-phong.xlsx"]),
        ("severity=error&unit=VPTK", ["V203", "V201"], ["Q1/van-phong.xlsx"]),
        ("q=ty+le+DUNG+han", ["V203"], ["Q1/van-phong.xlsx"]),
        ("q=v%C4%83n+ph%C3%B2ng+m%C6%B0%E1%BB%9Di", ["V201"], ["Q1/van-phong.xlsx"]),
        ("q=m%E1%BB%99t+c%E1%BB%ADa", ["M100", "T311"], ["Q1/mot-cua.xlsx"]),
        ("q=docx", ["F021"], ["bao-cao.docx"]),
        ("unit=KHONGCO", None, None),
        ("code=V203&severity=info", [], []),
    ],
)
def test_filters_kept_in_the_address(
    drawn: Path, fragment: str, codes: list[str] | None, files: list[str] | None
) -> None:
    found = state(drawn, fragment)
    if codes is None:  # nothing of that name here: no filter
        assert (len(found["codes"]), len(found["files"])) == (8, 6)
        return
    assert (found["codes"], found["files"]) == (codes, files)
    expected = f"Đang hiện {len(codes)}/8 phát hiện, {len(files or [])}/6 tệp"
    assert re.fullmatch(r"(.*?) \(.+\)", found["shown"])[1] == (expected if files else "Không có gì khớp với bộ lọc")  # type: ignore[index]
    assert ("Về cả bộ báo cáo" in found["headings"]) == ("M100" in codes)


@pytest.mark.browser
def test_choosing_typing_and_clearing(drawn: Path) -> None:
    form = 'const form = page.querySelector("form"); const say = (one) => one.dispatchEvent(new Event("input", {bubbles: true}))'
    chosen = state(drawn, "", f'{form}; form.code.value = "V203"; say(form.code); await wait(500)')
    assert (chosen["codes"], chosen["hash"]) == (["V203", "V203"], "#code=V203")
    typed = state(drawn, "code=V203", f'{form}; form.q.value = "số hóa"; say(form.q); await wait(500)')
    assert (typed["codes"], typed["hash"]) == (["V203"], "#code=V203&q=s%E1%BB%91+h%C3%B3a")
    cleared = state(drawn, "code=V203", f'{form}; page.querySelector("button[type=reset]").click(); await wait(500)')
    assert (len(cleared["codes"]), cleared["hash"]) == (8, "")
    assert typed["shown"] == "Đang hiện 1/8 phát hiện, 1/6 tệp (V203 – Số này là một ngày tháng; “số hóa”)"
    linked = state(drawn, "", 'page.querySelector(".codes a[href$=V201]").click(); await wait(500)')
    assert (linked["codes"], linked["hash"]) == (["V201"], "#code=V201")


@pytest.mark.browser
def test_folding(drawn: Path) -> None:
    fold = 'page.querySelector("button[name=fold]")'
    assert state(drawn, "", f"{fold}.click(); await wait(100)")["codes"] == ["M100", "F021"]
    assert len(state(drawn, "", f"{fold}.click(); {fold}.click(); await wait(100)")["codes"]) == 8


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 360, 700, 1280])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_nothing_is_wider_than_the_window(width: int, lang: Lang, tmp_path: Path) -> None:
    path = put(reported.many(30), tmp_path, lang)
    found = browser.run(
        path,
        """
        for (const one of page.querySelectorAll(".file")) one.style.contentVisibility = "visible";
        const out = [...page.body.querySelectorAll("*")].filter((one) => one.checkVisibility() && one.tagName !== "OPTION"
          && (one.getBoundingClientRect().right > view.innerWidth + 0.5 || one.getBoundingClientRect().left < 0));
        return {width: page.documentElement.scrollWidth, inner: view.innerWidth, out: out.map((one) => one.outerHTML.slice(0, 200))};
        """,
        width=width,
    )
    assert found == {"width": width, "inner": width, "out": []}


@pytest.mark.browser
def test_all_text_can_be_told_from_its_ground(drawn: Path) -> None:
    """A contrast of 4.5 at least (WCAG AA)."""
    found = browser.run(
        drawn,
        """
        const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
        const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
          .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = (one) => {
          for (; one; one = one.parentElement) {
            const found = parts(view.getComputedStyle(one).backgroundColor);
            if (found.length < 4 || found[3] > 0) return found;
          }
          return [255, 255, 255];
        };
        const texts = [...page.body.querySelectorAll("*")].filter((one) => one.checkVisibility()
          && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
        return texts.map((one) => {
          const [a, b] = [light(parts(view.getComputedStyle(one).color)), light(ground(one))].sort().reverse();
          return [(a + 0.05) / (b + 0.05), one.className, one.textContent.trim().slice(0, 40)];
        });
        """,
    )
    assert len(found) > 50
    assert [one for one in found if one[0] < 4.5] == []


@pytest.mark.browser
def test_the_policy_holds(tmp_path: Path) -> None:
    """What somebody gets into the page all the same neither runs nor loads."""
    html = page(reported.report(DRAWN))
    smuggled = '<p id="in" style="position:fixed" onclick="document.title=1">x</p><script>document.title=2</script><img src="http://xau.example/1.png">'
    path = tmp_path / "page.html"
    path.write_text(html.replace("<main>", f"<main>{smuggled}"), encoding="utf-8")
    found = browser.run(
        path,
        """
        page.getElementById("in").click();
        return [page.title, view.getComputedStyle(page.getElementById("in")).position, page.querySelector("img").naturalWidth,
          view.performance.getEntriesByType("resource").filter((one) => one.responseStatus).length];
        """,
    )
    assert found == ["Kết quả kiểm tra báo cáo", "static", 0, 0]


@pytest.mark.browser
def test_nothing_is_asked_for(drawn: Path) -> None:
    assert browser.run(drawn, 'return view.performance.getEntriesByType("resource").length') == 0


@pytest.mark.browser
def test_on_paper_no_finding_is_cut_and_no_filter_is_printed(tmp_path: Path) -> None:
    long = " ".join(["Số hồ sơ tiếp nhận trực tuyến không được lớn hơn tổng số hồ sơ tiếp nhận trong kỳ."] * 3)
    files = []
    for number in range(60):
        found = [
            Told(
                "V203",
                "error",
                "PL",
                "I14",
                "k",
                f"Dau{number:02}{part} {long}",
                "1",
                long,
                f"Cuoi{number:02}{part}.",
                None if part else Waived(f"do Cuoi{number:02}{part}"),
            )
            for part in range(number % 4 + 1)
        ]
        files.append(file(f"tep-{number:02}.xlsx", "error", found, "VPTK", "2025-Q1"))
    pages = browser.printed(put(of(files), tmp_path), tmp_path)
    assert len(pages) > 10
    where = [set(re.findall(r"(?:Dau|Cuoi|tep-)(\d{2,3})", text)) for text in pages]
    for number, one in enumerate(files):
        assert (
            sum(f"{number:02}" in marks for marks in where) == 1
        )  # the name stands once, on the page of its first finding
        first = next(marks for marks in where if f"{number:02}" in marks)
        assert f"{number:02}0" in first
        for part in range(len(one.findings)):
            [text] = [text for text in pages if f"Dau{number:02}{part}" in text]
            assert f"Cuoi{number:02}{part}" in text
    assert not any("Thu gọn" in text or "Tất cả" in text for text in pages)
    assert pages[1].rstrip().endswith(f"2/{len(pages)}")
