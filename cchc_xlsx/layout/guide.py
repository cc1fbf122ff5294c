"""The sheets beside the form: how to fill in and what to count, the lists, the identity."""

from __future__ import annotations

from collections.abc import Iterator

from cchc_xlsx import extras, periods, values
from cchc_xlsx.fields import Context, Field, report_fields
from cchc_xlsx.identity import SHEET, Identity
from cchc_xlsx.issue import Line, unit_name
from cchc_xlsx.layout import columns, metrics
from cchc_xlsx.layout.model import Cell, Place, Print, Sheet, Style, column_letters

GUIDE, LISTS = "Hướng dẫn", "_ds"
_WIDTHS = {1: 8.0, 2: 44.0, 3: 62.0}
_CHUNK = 30_000  # Excel holds 32,767 characters in a cell

_PLAIN = Style(border="")
_HEAD = Style(bold=True, fill="#D9E2F3", align="center")
_CELL = Style(valign="top")
_BASIS = {
    "flow": "Đếm trong kỳ báo cáo.",
    "cumulative": "Cộng dồn từ đầu năm báo cáo.",
    "stock": "Số tại ngày chốt số liệu.",
    "distinct": "Đếm số thủ tục khác nhau trong kỳ; mỗi thủ tục một lần.",
    "survey": "Theo phiếu hoặc lượt đánh giá trong kỳ.",
    "once": "Có số một lần trong năm; chưa có thì chọn “Chưa công bố”.",
}


def sheet(ctx: Context) -> Sheet:
    """The instruction sheet of a plan or report workbook."""
    cells: dict[Place, Cell] = {}
    heights: dict[int, float] = {}
    merges = []
    row = 1
    title = "HƯỚNG DẪN ĐIỀN BIỂU" if ctx.issue.kind == "report" else "HƯỚNG DẪN LẬP KẾ HOẠCH"
    for text, style in [
        (title, Style(size=14, bold=True, align="center", border="")),
        *((t, _PLAIN) for t in _steps(ctx)),
    ]:
        cells[row, 1] = Cell(text, style)
        merges.append((row, 1, row, 3))
        width = metrics.cell_width_pt(list(_WIDTHS.values()))
        heights[row] = metrics.text_height_pt(text, width, style.size, style.bold) + 3
        row += 1
    if ctx.issue.kind == "report":
        row = _counting(ctx, cells, heights, row + 1)
    scale = columns.scale_to(columns.PORTRAIT_WIDTH_PT, list(_WIDTHS.values()))
    paper = Print(landscape=False, scale=scale, area=(1, 1, row - 1, 3))
    return Sheet(GUIDE, cells, _WIDTHS, heights, tuple(merges), paper=paper)


def _steps(ctx: Context) -> Iterator[str]:
    if ctx.issue.kind == "plan":
        yield "1. Sửa chỉ tiêu, đơn vị, thời hạn, sản phẩm ở các ô nền trắng; các ô khác đã khóa."
        yield "2. Chỉ tiêu ghi bằng chữ và số, ví dụ: 100%; Tối thiểu 60%; Trên 90%; Ít nhất 01 bộ phận."
        yield "3. Ô đơn vị: chọn trong danh sách. Nhiều đơn vị thì gõ tên, cách nhau bằng dấu chấm phẩy."
        yield "4. Dòng dưới tiêu đề cho biết còn thiếu hay sai ô nào; cột Kiểm tra ở bên phải bảng nói rõ từng dòng."
        yield "5. Lưu dạng .xlsx. Dùng tệp này khi phát hành biểu báo cáo: cchc-xlsx generate --plan TỆP."
        return
    issue = ctx.issue
    assert issue.period
    window = f"từ {values.say_date(issue.period.start)} đến hết {values.say_date(issue.period.end)}"
    yield f"Đơn vị: {unit_name(issue, issue.unit)}. Kỳ: {periods.name(issue.period).vi} ({window})."
    yield "1. Chỉ điền các ô nền trắng hoặc vàng; các ô khác đã khóa. Ô vàng là ô bắt buộc còn trống, ô đỏ là ô sai."
    yield "2. Số liệu tính đúng trong khoảng ngày của kỳ. Tỷ lệ, kết quả đạt hay chưa đạt do biểu tự tính."
    yield "3. Không có việc nào trong kỳ: chọn “Không phát sinh”, không ghi số 0. Chưa có kết quả năm: chọn “Chưa công bố”."
    yield "4. Chưa đạt chỉ tiêu thì ghi nguyên nhân. Nhiệm vụ hoàn thành thì ghi ngày và số, ký hiệu văn bản."
    yield "5. Gõ số không có dấu chấm ngăn hàng nghìn. Không gõ phân số như 12/20: tử số và mẫu số có ô riêng."
    yield "6. Dòng dưới tiêu đề cho biết còn thiếu, sai mấy ô; cột Kiểm tra ở bên phải bảng nói rõ từng dòng."
    yield "7. Không thêm, xóa, chuyển dòng hay cột. Lưu dạng .xlsx và gửi lại đúng tệp này."


def _counting(ctx: Context, cells: dict[Place, Cell], heights: dict[int, float], row: int) -> int:
    for column, text in enumerate(("TT", "Chỉ tiêu, nhiệm vụ", "Nội dung cần điền"), 1):
        cells[row, column] = Cell(text, _HEAD)
    heights[row] = 20
    number = 0
    for line in ctx.lines:
        if not line.is_open:
            continue
        row, number = row + 1, number + 1
        texts = (str(number), line.label, what_to_type(ctx, line))
        for column, text in enumerate(texts, 1):
            cells[row, column] = Cell(text, _CELL)
        heights[row] = max(
            metrics.text_height_pt(text, metrics.cell_width_pt([_WIDTHS[column]]), 11) + 3
            for column, text in enumerate(texts, 1)
        )
        heights[row] = min(heights[row], metrics.MAX_ROW_PT)
    return row + 1


def what_to_type(ctx: Context, line: Line) -> str:
    """For each input of a line what exactly is typed there, a line each."""
    fields = [one for one in report_fields(ctx.issue, line) if one.is_number or one.type == "choice"]
    found = [_said(one) for one in fields if one.slot != "nil" and one.known is None]
    if line.measure.basis:
        found.append(_BASIS[line.measure.basis])
    if line.measure.kind == "task" and line.due:
        found.append(f"Thời hạn để xét quá hạn: {values.say_date(line.due)}.")
    return "\n".join(found)


def _said(one: Field) -> str:
    return one.name if one.words == one.name else f"{one.name}: {one.words}"


def lists(options: list[tuple[str, ...]]) -> tuple[Sheet, dict[tuple[str, ...], str]]:
    """The hidden sheet of lists, and the range of each."""
    cells: dict[Place, Cell] = {}
    ranges: dict[tuple[str, ...], str] = {}
    style = Style(border="", wrap=False)
    for column, words in enumerate(dict.fromkeys(options), 1):
        cells[1, column] = Cell(f"danh sách {column}", style)
        for row, word in enumerate(words, 2):
            cells[row, column] = Cell(word, style)
        letter = column_letters(column)
        ranges[words] = f"'{LISTS}'!${letter}$2:${letter}${len(words) + 1}"
    return Sheet(LISTS, cells, {}, hidden=True), ranges


def meta(ctx: Context, identity: Identity) -> Sheet:
    """The hidden sheet of identity: the token, and what the issue has beyond its form, as JSON cut into cells."""
    style = Style(border="", wrap=False)
    carried = extras.write(extras.of(ctx.issue))
    chunks = [carried[start : start + _CHUNK] for start in range(0, len(carried), _CHUNK)]
    rows = [("token", identity.token), *(("carried", chunk) for chunk in chunks)]
    cells = {(row, 1 + index): Cell(text, style) for row, pair in enumerate(rows, 1) for index, text in enumerate(pair)}
    return Sheet(SHEET, cells, {}, hidden=True)
