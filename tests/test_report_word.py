"""The periodic report as a Word document: its paper by Nghị định 30/2020, its words, an office's own template, hostile words."""

from __future__ import annotations

import datetime as dt
import importlib.util
import io
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import docx
import office
import pytest
import told
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from msgspec.structs import replace

from cchc_xlsx.document import word
from cchc_xlsx.errors import CchcError
from cchc_xlsx.narrative.model import Narrative, Office
from cchc_xlsx.reporting import TEMPLATE

INDICATORS, TASKS = "nhon-hau-2025-phu-luc-1", "nhon-hau-2025-phu-luc-2"
HOSTILE = "{{ 7*7 }} {% raw %} <w:p><b>&amp; \x00\x07\x0b\x1b\u202e\ud800 {_{ a }_} #{# x #}"


@pytest.fixture(scope="module")
def narrative(tmp_path_factory: pytest.TempPathFactory) -> Narrative:
    """Both annexes of Nhơn Hậu, one unit missing."""
    folder = tmp_path_factory.mktemp("both")
    for form in (INDICATORS, TASKS):
        told.send(form, folder, without=("TCKT",))
    return told.report(folder, Office("UBND tỉnh Gia Lai", number="15", day=dt.date(2025, 8, 5)))


@pytest.fixture(scope="module")
def data(narrative: Narrative) -> bytes:
    """It as a document."""
    return word.document(narrative)


def opened(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def body(data: bytes) -> list[str]:
    """All paragraphs in the order of the document, those of tables too."""
    root = opened(data).element.body
    return ["".join(run.text or "" for run in one.iter(qn("w:t"))) for one in root.iter(qn("w:p"))]


def part(data: bytes, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return found.read(name).decode()


# -------------------------------------------------------------------------------------------------------------- the paper


def test_pages_margins_and_sections(data: bytes) -> None:
    """A4; 20–25 mm at the top and bottom, 30–35 left, 15–20 right; each annex on landscape pages numbered from 1."""
    sections = opened(data).sections
    assert [one.orientation for one in sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.LANDSCAPE]
    for one in sections:
        assert sorted(round(side.mm) for side in (one.page_width, one.page_height)) == [210, 297]
        assert 20 <= round(one.top_margin.mm) <= 25
        assert 20 <= round(one.bottom_margin.mm) <= 25
        assert 30 <= round(one.left_margin.mm) <= 35
        assert 15 <= round(one.right_margin.mm) <= 20
        assert one._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"


def test_the_number_stands_centred_in_the_top_margin_from_the_second_page_on(data: bytes) -> None:
    for one in opened(data).sections:
        assert one.different_first_page_header_footer
        assert "".join(line.text for line in one.first_page_header.paragraphs) == ""
        [line] = one.header.paragraphs
        assert line.alignment == WD_ALIGN_PARAGRAPH.CENTER
        assert "PAGE" in line._p.xml
        assert one.header_distance < one.top_margin


def test_every_style_is_times_new_roman_of_the_right_size(data: bytes) -> None:
    styles = opened(data).styles
    sizes = {name: styles[name].font.size.pt for name in ("Normal", "Thân bài", "Đề mục", "Chi tiết", "Khối tiêu đề")}
    assert set(sizes.values()) <= {13, 14}
    assert 11 <= styles["Bảng phụ lục"].font.size.pt <= 13
    assert {styles[name].font.name for name in (*sizes, "Bảng phụ lục", "Nơi nhận")} == {"Times New Roman"}
    fonts = set(re.findall(r'w:(?:ascii|hAnsi|cs)="([^"]+)"', part(data)))
    assert fonts <= {"Times New Roman"}


def test_the_heading_block(data: bytes) -> None:
    left, right = (cell.text.split("\n") for cell in opened(data).tables[0].rows[0].cells)
    assert [line for line in left if line] == ["ỦY BAN NHÂN DÂN", "XÃ NHƠN HẬU", "Số: 15/BC-UBND"]
    assert [line for line in right if line] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Nhơn Hậu, ngày 05 tháng 8 năm 2025",
    ]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (dt.date(2026, 2, 9), "ngày 09 tháng 02 năm 2026"),
        (dt.date(2025, 12, 18), "ngày 18 tháng 12 năm 2025"),
        (None, "ngày      tháng      năm 2025"),
    ],
)
def test_place_and_date(narrative: Narrative, day: dt.date | None, said: str) -> None:
    made = word.document(replace(narrative, office=Office(day=day)))
    assert f"Nhơn Hậu, {said}" in body(made)
    assert not any("Kính gửi" in line for line in body(made))


def test_signature_and_recipients(data: bytes) -> None:
    left, right = opened(data).tables[1].rows[0].cells
    assert left.text.split("\n")[:2] == ["Nơi nhận:", "- UBND tỉnh Gia Lai (b/c);"]
    assert left.text.split("\n")[-1] == "- Lưu: VT."
    assert right.text.split("\n")[:2] == ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]


def test_the_signature_stands_whole_on_one_page_with_the_last_sentence(data: bytes) -> None:
    made = opened(data)
    [last] = [one for one in made.paragraphs if one.text.endswith("./.")]
    assert last.paragraph_format.keep_with_next
    assert last._p.getnext() is made.tables[1]._tbl
    assert made.tables[1].rows[0]._tr.trPr.find(qn("w:cantSplit")) is not None


# --------------------------------------------------------------------------------------------------------------- its words


def test_everything_that_is_told_is_there(narrative: Narrative, data: bytes) -> None:
    lines = body(data)
    text = "\n".join(lines)
    for annex in narrative.annexes:
        for one in annex.parts:
            assert f"{one.letter}) {one.title} ({len(one.items):02})" in lines
            for item in one.items:
                assert f"- {item.text}" in lines
                assert all(note in lines for note in item.notes)
        assert all(sentence in lines for sentence in (*annex.completeness, *annex.overall))
    assert "- Tư pháp - Hộ tịch: Khó khăn thứ 2: phần mềm một cửa gián đoạn." in lines
    assert "III. KHÓ KHĂN, VƯỚNG MẮC" in lines
    assert "KIẾN NGHỊ" not in text
    assert "{{" not in text
    assert "{%" not in text


def test_proposals_alone_are_the_third_section(narrative: Narrative) -> None:
    made = body(word.document(replace(narrative, difficulties=(), proposals=narrative.difficulties)))
    assert "III. KIẾN NGHỊ, ĐỀ XUẤT" in made
    assert not any("KHÓ KHĂN" in line for line in made)


def test_each_annex_has_its_table_with_merges_and_a_header_that_repeats(narrative: Narrative, data: bytes) -> None:
    tables = opened(data).tables[2:]
    assert len(tables) == len(narrative.annexes) == 2
    for table, annex in zip(tables, narrative.annexes, strict=True):
        assert len(table.rows) == annex.table.rows
        for cell in annex.table.cells:
            assert table.cell(cell.row, cell.column).text == cell.text
            if cell.rows > 1:
                last = table.cell(cell.row + cell.rows - 1, cell.column)
                assert last._tc is table.cell(cell.row, cell.column)._tc
        heads = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows]
        assert heads == [index < annex.table.head for index in range(annex.table.rows)]


def test_the_same_report_gives_the_same_bytes(narrative: Narrative, data: bytes) -> None:
    assert word.document(narrative) == data
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert {one.date_time for one in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert opened(data).core_properties.created == dt.datetime(2025, 12, 14, tzinfo=dt.UTC)


# ------------------------------------------------------------------------------------------------------------ hostile words


@pytest.mark.filterwarnings("error")
def test_hostile_words_stay_words(tmp_path: Path) -> None:
    long = "dài " * 7_500
    said = {"VPTK": {"difficulties.text": HOSTILE.replace("\ud800", ""), "proposals.text": long[:30_000]}}
    told.send(INDICATORS, tmp_path, said)
    [summary] = told.summaries(tmp_path)
    assert summary.texts["difficulties.text"]
    made = word.document(told.report(tmp_path))
    [line] = [one for one in body(made) if "7*7" in one]
    assert "{{ 7*7 }} {% raw %} <w:p><b>&amp;" in line
    assert "49" not in line
    [line] = [one for one in body(made) if one.count("dài") > 7_000]
    assert line.count("dài") == 7_500
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", part(made))


def test_words_that_no_file_holds_do_not_reach_the_document(narrative: Narrative) -> None:
    """Straight from memory: what a workbook cannot carry is no trouble either."""
    from cchc_xlsx.narrative import say  # noqa: PLC0415

    found = say.plain(HOSTILE)
    assert found.isprintable()
    assert "{{ 7*7 }}" in found
    annex = narrative.annexes[0]
    cell = replace(annex.table.cells[0], text=found)
    table = replace(annex.table, cells=(cell, *annex.table.cells[1:]))
    made = word.document(replace(narrative, annexes=(replace(annex, table=table),)))
    assert opened(made).tables[2].cell(0, 0).text == found.replace("{_{", "{{").replace("}_}", "}}")


# -------------------------------------------------------------------------------------------------------- an own template


@cache
def script() -> Any:
    path = Path(__file__).parent.parent / "docs" / "make_report_template.py"
    spec = importlib.util.spec_from_file_location("make_report_template", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_shipped_template_is_what_its_script_makes() -> None:
    assert word.template().read_bytes() == script().template()


def own(folder: Path, *lines: str) -> Path:
    """An office's template of a few lines."""
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    made.save(folder / TEMPLATE)
    return folder


def test_an_offices_own_template_wins(narrative: Narrative, tmp_path: Path) -> None:
    made = word.document(narrative, own(tmp_path, "MẪU CỦA XÃ {{ xa }}, {{ ky_bao_cao }}", "{{p phu_luc[0].bang }}"))
    assert body(made)[0] == "MẪU CỦA XÃ xã Nhơn Hậu, Năm 2025"
    assert len(opened(made).tables) == 1
    assert word.document(narrative, tmp_path / "khong-co") == word.document(narrative)


def test_the_shipped_template_edited_in_word(narrative: Narrative, tmp_path: Path) -> None:
    """A clerk changes the signature and saves: the rest is as before."""
    made = docx.Document(str(word.template()))
    cell = made.tables[1].rows[0].cells[1]
    cell.paragraphs[1].runs[0].text = "KT. CHỦ TỊCH"
    made.save(str(tmp_path / TEMPLATE))
    lines = body(word.document(narrative, tmp_path))
    assert "KT. CHỦ TỊCH" in lines
    assert len(lines) == len(body(word.document(narrative)))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{{ xaa }}", "xaa"),
        ("{% for a in phu_luc %}", "endfor"),
        ("{{ 1 / 0 }}", "division"),
        ("{{ xa.__class__.__mro__ }}", "unsafe"),
        ("{{ phu_luc[9].so }}", ""),
    ],
)
def test_a_broken_template_is_one_sentence_that_names_it(
    narrative: Narrative, tmp_path: Path, line: str, why: str
) -> None:
    with pytest.raises(CchcError) as raised:
        word.document(narrative, own(tmp_path, "Trước", line))
    for text in (raised.value.text.vi, raised.value.text.en):
        assert TEMPLATE in text
        assert why in text
        assert "\n" not in text


@pytest.mark.parametrize("data", [b"", b"khong phai docx", b"PK\x03\x04" + b"\0" * 50])
def test_a_template_that_is_no_document(narrative: Narrative, tmp_path: Path, data: bytes) -> None:
    (tmp_path / TEMPLATE).write_bytes(data)
    with pytest.raises(CchcError, match=TEMPLATE):
        word.document(narrative, tmp_path)


def test_a_template_that_is_another_archive(narrative: Narrative, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / TEMPLATE, "w") as made:
        made.writestr("mimetype", "text/plain")
    with pytest.raises(CchcError, match=TEMPLATE):
        word.document(narrative, tmp_path)


# --------------------------------------------------------------------------------------------------------- in a real program


@pytest.mark.office
@pytest.mark.parametrize("form", [INDICATORS, TASKS, "cam-hiep-2025-phu-luc", "cchc-xa", "tay-xuan-2024-par-index"])
def test_a_word_processor_prints_it_whole(form: str, tmp_path: Path) -> None:
    office.need_writer()
    told.send(form, tmp_path / "in")
    found = told.report(tmp_path / "in")
    path = tmp_path / "bao-cao.docx"
    path.write_bytes(word.document(found))
    pages = office.texts(office.to_pdf(path, tmp_path / "out"))
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in pages[0]
    assert not pages[0].lstrip().startswith("1")
    first = next(index for index, page in enumerate(pages) if page.lstrip().startswith("Phụ lục"))
    for number, page in enumerate(pages[1:first], 2):
        assert page.split(maxsplit=1)[0] == str(number)
    for number, page in enumerate(pages[first + 1 :], 2):
        assert page.split(maxsplit=1)[0] == str(number)
    shown = re.sub(r"\s", "", "".join(re.sub(r"^\s*\d+\n", "", page) for page in pages))
    for part_ in found.annexes[0].parts:
        for item in part_.items:
            assert re.sub(r"\s", "", item.text) in shown
    assert not any(not page.strip() for page in pages)
