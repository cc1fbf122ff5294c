"""Makes templates/reports/bao-cao.docx, the Word template of the periodic report (Nghị định 30/2020/NĐ-CP).

Run it after a change here: `python docs/make_report_template.py`. The same script gives the same bytes. An office edits a copy
in Word, as `mau-bao-cao/bao-cao.docx` in its year's folder.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt

PLACE = Path(__file__).resolve().parent.parent / "templates" / "reports" / "bao-cao.docx"
FONT = "Times New Roman"
CENTER, LEFT, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


def template() -> bytes:
    """The template as .docx."""
    made = docx.Document()
    _styles(made)
    _page(made.sections[0])
    _numbers(made.sections[0])
    _heading(made)
    _title(made)
    _body(made)
    _signature(made)
    _annexes(made)
    package = made.part.package
    for key, one in list(package.rels.items()):
        if one.reltype.endswith("/thumbnail"):  # the picture of an empty page
            del package.rels[key]
    about = made.core_properties
    about.created = about.modified = dt.datetime(2020, 3, 5)
    about.author, about.title, about.comments = "cchc-xlsx", "Mẫu báo cáo cải cách hành chính", ""
    out = io.BytesIO()
    made.save(out)
    return _still(out.getvalue())


def _still(data: bytes) -> bytes:
    """The same archive without the time of writing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for one in given.infolist():
            info = zipfile.ZipInfo(one.filename, (1980, 1, 1, 0, 0, 0))
            made.writestr(info, given.read(one), zipfile.ZIP_DEFLATED)
    return out.getvalue()


# ------------------------------------------------------------------------------------------------------- styles and page


def _styles(made: Any) -> None:
    normal = made.styles["Normal"]
    _font(normal, 14)
    spacing = normal.paragraph_format
    spacing.space_before, spacing.space_after = Pt(0), Pt(6)
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.SINGLE, 1.0
    _style(made, "Thân bài", "ThanBai", 14, BOTH, first=Mm(12.7))
    _style(made, "Đề mục", "DeMuc", 14, BOTH, first=Mm(12.7), bold=True, keep=True)
    _style(made, "Chi tiết", "ChiTiet", 14, BOTH, first=Mm(12.7), italic=True)
    _style(made, "Bảng phụ lục", "BangPhuLuc", 11, LEFT, after=Pt(1), before=Pt(1))
    _style(made, "Khối tiêu đề", "KhoiTieuDe", 13, CENTER, after=Pt(0))
    _style(made, "Nơi nhận", "NoiNhan", 11, LEFT, after=Pt(0))


def _style(made: Any, name: str, code: str, size: float, side: Any, **more: Any) -> None:
    style = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.element.set(qn("w:styleId"), code)
    style.base_style = made.styles["Normal"]
    _font(style, size)
    style.font.bold, style.font.italic = more.get("bold"), more.get("italic")
    form = style.paragraph_format
    form.alignment, form.keep_with_next = side, more.get("keep")
    form.first_line_indent = more.get("first")
    form.space_before, form.space_after = more.get("before", Pt(0)), more.get("after", Pt(6))


def _font(style: Any, size: float) -> None:
    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for slot in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(slot), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    style.element.get_or_add_rPr().append(language)


def _page(section: Any, *, landscape: bool = False) -> None:
    sides = (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = reversed(sides) if landscape else sides
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True  # the first page bears no number
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "1")  # each annex is paged by itself
    for old in section._sectPr.findall(qn("w:pgNumType")):
        section._sectPr.remove(old)
    columns = section._sectPr.find(qn("w:cols"))
    columns.addprevious(start)


def _numbers(section: Any) -> None:
    """The page's number, centred in the top margin from the second page on."""
    line = section.header.paragraphs[0]
    line.alignment = CENTER
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("", "2"), ("end", "")):
        run = line.add_run()
        _size(run, 14)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif text == "PAGE":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = " PAGE "
            run._r.append(code)
        else:
            run.text = text
    section.first_page_header.is_linked_to_previous = False
    section.footer.is_linked_to_previous = False


def _size(run: Any, size: float) -> None:
    run.font.name, run.font.size = FONT, Pt(size)


# --------------------------------------------------------------------------------------------------------- the paragraphs


def _line(
    where: Any, text: str, style: str = "Thân bài", *, bold: bool = False, italic: bool = False, size: float = 0
) -> Any:
    line = where.add_paragraph(style=style)
    run = line.add_run(text)
    run.bold, run.italic = bold or None, italic or None
    if size:
        run.font.size = Pt(size)
    return line


def _cells(made: Any, widths: tuple[float, float]) -> tuple[Any, Any]:
    """Two cells side by side without lines, on one page, each with its first paragraph removed."""
    table = made.add_table(rows=1, cols=2)
    table.autofit = False
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = Mm(width)
        cell._tc.remove(cell.paragraphs[0]._p)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table.rows[0].cells


def _rule(where: Any, room_mm: float, mm: float) -> Any:
    """A short line under a heading, `mm` long: the border of an empty paragraph, indented on both sides by what is left."""
    line = where.add_paragraph(style="Khối tiêu đề")
    left = (room_mm - mm) / 2
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = Mm(left)
    line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    line.paragraph_format.line_spacing, line.paragraph_format.space_before = Pt(4), Pt(3)
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    line._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    return line


def _heading(made: Any) -> None:
    left, right = _cells(made, (60, 100))
    _line(left, "{%p if co_quan_chu_quan %}", "Khối tiêu đề")
    _line(left, "{{ co_quan_chu_quan }}", "Khối tiêu đề")
    _line(left, "{%p endif %}", "Khối tiêu đề")
    for text in ("ỦY BAN NHÂN DÂN", "{{ xa | upper }}"):
        _line(left, text, "Khối tiêu đề", bold=True)
    _rule(left, 56.2, 22)
    _line(left, "Số: {{ so }}/BC-UBND", "Khối tiêu đề").paragraph_format.space_before = Pt(4)
    _line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Khối tiêu đề", bold=True, size=12)
    _line(right, "Độc lập - Tự do - Hạnh phúc", "Khối tiêu đề", bold=True, size=13)
    _rule(right, 96.2, 52)
    date = _line(right, "{{ dia_danh }}, {{ ngay_thang }}", "Khối tiêu đề", italic=True, size=13)
    date.paragraph_format.space_before = Pt(4)


def _title(made: Any) -> None:
    line = _line(made, "BÁO CÁO", "Khối tiêu đề", bold=True, size=14)
    line.paragraph_format.space_before = Pt(18)
    _line(made, "Kết quả thực hiện công tác cải cách hành chính", "Khối tiêu đề", bold=True, size=14)
    _line(made, "{{ ky_bao_cao }}", "Khối tiêu đề", bold=True, size=14)
    _rule(made, 160, 45).paragraph_format.space_after = Pt(12)
    _line(made, "{%p if cap_tren %}")
    addressed = _line(made, "Kính gửi: {{ cap_tren }}.", "Khối tiêu đề", size=14)
    addressed.paragraph_format.space_after = Pt(12)
    _line(made, "{%p endif %}")


def _body(made: Any) -> None:
    for text, style in (
        ("{%p if canh_bao %}", "Thân bài"),
        ("{{ canh_bao }}", "Đề mục"),
        ("{%p endif %}", "Thân bài"),
        ("{%p for cau in can_cu %}", "Thân bài"),
        ("{{ cau }};", "Chi tiết"),
        ("{%p endfor %}", "Thân bài"),
        ("{{ mo_dau }}", "Thân bài"),
        ("I. TÌNH HÌNH CHUNG", "Đề mục"),
        ("{%p for pl in phu_luc %}", "Thân bài"),
        ("{{ loop.index }}. {{ pl.ten }} ({{ pl.so }} kèm theo)", "Đề mục"),
        ("{%p for cau in pl.don_vi + pl.tom_tat %}", "Thân bài"),
        ("{{ cau }}", "Thân bài"),
        ("{%p endfor %}", "Thân bài"),
        ("{%p endfor %}", "Thân bài"),
        ("II. KẾT QUẢ THỰC HIỆN", "Đề mục"),
        ("{%p for pl in phu_luc %}", "Thân bài"),
        ("{{ loop.index }}. {{ pl.ten }}", "Đề mục"),
        ("{%p for phan in pl.phan %}", "Thân bài"),
        ("{{ phan.chu }}) {{ phan.ten }} ({{ '%02d' % phan.so_muc }})", "Thân bài"),
        ("{%p for muc in phan.muc %}", "Thân bài"),
        ("- {{ muc.noi_dung }}", "Thân bài"),
        ("{%p for cau in muc.chi_tiet %}", "Thân bài"),
        ("{{ cau }}", "Chi tiết"),
        ("{%p endfor %}", "Thân bài"),
        ("{%p endfor %}", "Thân bài"),
        ("{%p endfor %}", "Thân bài"),
        ("{%p endfor %}", "Thân bài"),
        *_voices("kho_khan", "III. KHÓ KHĂN, VƯỚNG MẮC"),
        *_voices("kien_nghi", "{{ so_muc_kien_nghi }}. KIẾN NGHỊ, ĐỀ XUẤT"),
        ("Trên đây là báo cáo kết quả thực hiện công tác cải cách hành chính {{ ky_bao_cao[0]|lower }}{{ ky_bao_cao[1:] }} của Ủy ban nhân dân {{ xa }}./.", "Thân bài"),
    ):  # fmt: skip
        last = _line(made, text, style)
    last.paragraph_format.keep_with_next = True  # the signature does not stand alone on a page


def _voices(name: str, title: str) -> tuple[tuple[str, str], ...]:
    return (
        (f"{{%p if {name} %}}", "Thân bài"),
        (title, "Đề mục"),
        (f"{{%p for y in {name} %}}", "Thân bài"),
        ("- {{ y.don_vi }}: {{ y.noi_dung[0] }}", "Thân bài"),
        ("{%p for cau in y.noi_dung[1:] %}", "Thân bài"),
        ("{{ cau }}", "Thân bài"),
        ("{%p endfor %}", "Thân bài"),
        ("{%p endfor %}", "Thân bài"),
        ("{%p endif %}", "Thân bài"),
    )


def _signature(made: Any) -> None:
    left, right = _cells(made, (80, 80))
    _line(left, "Nơi nhận:", "Nơi nhận", bold=True, italic=True, size=12)
    for text in (
        "{%p if cap_tren %}",
        "- {{ cap_tren }} (b/c);",
        "{%p endif %}",
        "- TT. Đảng ủy, TT. HĐND {{ xa }} (b/c);",
        "- Chủ tịch, các Phó Chủ tịch UBND {{ xa }};",
        "- Các cơ quan, đơn vị thuộc UBND {{ xa }};",
        "- Lưu: VT.",
    ):
        _line(left, text, "Nơi nhận")
    _line(right, "TM. ỦY BAN NHÂN DÂN", "Khối tiêu đề", bold=True, size=14)
    _line(right, "CHỦ TỊCH", "Khối tiêu đề", bold=True, size=14)
    for _ in range(5):
        _line(right, "", "Khối tiêu đề", size=14)


def _annexes(made: Any) -> None:
    """Each annex on landscape pages of its own: a paragraph that ends the section before stands in front of it."""
    _section_end(made, landscape=False)
    _line(made, "{%p for pl in phu_luc %}")
    _line(made, "{%p if not loop.first %}")
    _section_end(made, landscape=True)
    _line(made, "{%p endif %}")
    _line(made, "{{ pl.so }}", "Khối tiêu đề", bold=True, size=14)
    _line(made, "{%p for dong in pl.tieu_de %}")
    _line(made, "{{ dong | upper }}", "Khối tiêu đề", bold=True, size=13)
    _line(made, "{%p endfor %}")
    text = "(Kèm theo Báo cáo số {{ so }}/BC-UBND {{ ngay_thang }} của Ủy ban nhân dân {{ xa }})"
    _line(made, text, "Khối tiêu đề", italic=True, size=13).paragraph_format.space_after = Pt(8)
    _line(made, "{{p pl.bang }}")
    _line(made, "{%p if pl.ma_don_vi %}")
    _line(made, "{{ pl.ma_don_vi }}", "Bảng phụ lục", italic=True)
    _line(made, "{%p endif %}")
    _line(made, "{%p endfor %}")
    _page(made.sections[-1], landscape=True)


def _section_end(made: Any, *, landscape: bool) -> None:
    """An all but invisible paragraph that carries the properties of the section that it ends."""
    line = made.add_paragraph(style="Bảng phụ lục")
    form = line.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1)
    properties = copy.deepcopy(made.sections[-1]._sectPr)
    line._p.get_or_add_pPr().append(properties)
    _page(Section(properties, made.part), landscape=landscape)


if __name__ == "__main__":
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    PLACE.write_bytes(template())
    sys.stdout.write(f"{PLACE.name}\n")
