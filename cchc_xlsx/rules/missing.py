"""M: what is not there."""

from __future__ import annotations

from collections.abc import Iterator

from cchc_xlsx import expr
from cchc_xlsx.expr import Expr
from cchc_xlsx.fields import DONE, NOT_REACHED, OVERDUE, REACHED, Context, missed, nil_options
from cchc_xlsx.issue import Line
from cchc_xlsx.lang import Text
from cchc_xlsx.rules.model import Claim, Rule, each_line

_FIGURES = ("num", "den", "value", "of", "previous", "previous_of")


def _figures(ctx: Context, line: Line) -> list[str]:
    return [line.key(name) for name in _FIGURES if ctx.of(line, name)]


def _excused(line: Line) -> Expr:
    """ "Không phát sinh" or "chưa công bố" stands instead of the figures."""
    options = nil_options(line) if line.measure.kind != "task" else ()
    return expr.equals(line.key("nil"), *options)


def _figure(ctx: Context, line: Line) -> Iterator[Claim]:
    keys = _figures(ctx, line)
    for key in keys:
        missing = expr.both(expr.blank(key), expr.no(_excused(line))) if nil_options(line) else expr.blank(key)
        if line.once_a_year and not ctx.is_year:
            # Before the year's report nothing is owed; but what is begun must be complete to be compared.
            begun = expr.either(*(expr.no(expr.blank(other)) for other in keys if other != key))
            missing = expr.both(missing, begun)
        if len(keys) > 1 or not line.once_a_year or ctx.is_year:
            yield key, missing, {}


def _status(ctx: Context, line: Line) -> Iterator[Claim]:
    if ctx.of(line, "status"):
        yield line.key("status"), expr.blank(line.key("status")), {}


def _reason(ctx: Context, line: Line) -> Iterator[Claim]:
    if not ctx.of(line, "reason"):
        return
    if line.measure.kind == "task":
        below: Expr | None = expr.equals(line.key("status"), OVERDUE)
    else:
        below = missed(ctx, line)
    if below is None or (line.once_a_year and not ctx.is_year):
        return
    wanting = [expr.blank(line.key("reason")), below]
    if line.measure.kind != "task" and nil_options(line):
        wanting.append(expr.no(_excused(line)))
    yield line.key("reason"), expr.both(*wanting), {}


def _finished(ctx: Context, line: Line) -> Iterator[Claim]:
    for name in ("done_on", "doc_no"):
        if ctx.of(line, name):
            done = expr.equals(line.key("status"), DONE)
            yield line.key(name), expr.both(expr.blank(line.key(name)), done), {}


def _evidence(ctx: Context, line: Line) -> Iterator[Claim]:
    if line.measure.evidence and ctx.of(line, "evidence"):
        given = expr.either(*(expr.no(expr.blank(key)) for key in _figures(ctx, line)))
        if line.measure.kind == "task":
            given = expr.equals(line.key("status"), DONE)
        yield line.key("evidence"), expr.both(expr.blank(line.key("evidence")), given), {}


def _narrative(ctx: Context, line: Line) -> Iterator[Claim]:
    if ctx.of(line, "text"):
        judged = expr.equals(line.key("status"), REACHED, NOT_REACHED)
        yield line.key("text"), expr.both(expr.blank(line.key("text")), judged), {}


def _plan(ctx: Context) -> Iterator[Claim]:
    if ctx.issue.kind == "plan":
        for one in ctx.fields.values():
            if one.slot == "target" and one.prefill is not None:
                yield one.key, expr.blank(one.key), {}


RULES = (
    Rule(
        "M100",
        "error",
        Text("Biểu chưa điền", "Not filled in"),
        Text("Biểu chưa điền ô nào; cần {count} ô.", "Nothing has been filled in; {count} cells are needed."),
        Text(
            "Mở tệp, điền các ô nền vàng rồi lưu và gửi lại.",
            "Open the file, fill in the yellow cells, save and send it again.",
        ),
        Text(
            "Tệp gửi về còn nguyên như khi phát hành; thường là gửi nhầm tệp.",
            "The file came back as it was sent out; usually the wrong file was sent.",
        ),
        Text("Gửi lại tệp trống", "The empty file sent back"),
        Text("Gửi tệp đã điền và lưu", "The file filled in and saved"),
    ),
    Rule(
        "M101",
        "error",
        Text("Thiếu số liệu", "A figure is missing"),
        Text("Chưa nhập {field}: {words}.", "{field} is missing: {words}."),
        Text(
            "Nhập số vào ô này; nếu trong kỳ không có việc này, chọn “Không phát sinh” (nếu có) ở cùng dòng.",
            "Type the figure; if there was nothing in the period, choose “Không phát sinh” in the same row where offered.",
        ),
        Text(
            "Ô trống không phải là số 0: không biết đơn vị quên hay không có.",
            "An empty cell is not zero: nobody knows whether it was forgotten.",
        ),
        Text("Tử số: 45; Mẫu số: (trống)", "Numerator: 45; denominator: (empty)"),
        Text("Tử số: 45; Mẫu số: 50", "Numerator: 45; denominator: 50"),
        "thiếu số liệu",
        each_line(_figure),
    ),
    Rule(
        "M102",
        "error",
        Text("Chưa chọn tình trạng", "No status chosen"),
        Text("Chưa chọn {field}.", "{field} has not been chosen."),
        Text("Bấm vào mũi tên ở ô và chọn một dòng.", "Click the arrow at the cell and choose a line."),
        Text("Mỗi nhiệm vụ cần tình trạng tại ngày chốt số liệu.", "Each task needs its status on the closing day."),
        Text("Tình trạng: (trống)", "Status: (empty)"),
        Text("Tình trạng: Đang thực hiện", "Status: Đang thực hiện"),
        "chưa chọn tình trạng",
        each_line(_status),
    ),
    Rule(
        "M103",
        "error",
        Text("Thiếu nguyên nhân", "A reason is missing"),
        Text(
            "Chưa đạt chỉ tiêu hoặc quá hạn mà chưa ghi nguyên nhân.",
            "The target is missed or the task overdue, and no reason is given.",
        ),
        Text("Ghi ngắn gọn nguyên nhân vào ô này.", "Write the reason briefly into this cell."),
        Text(
            "Báo cáo lên cấp trên phải giải trình từng chỉ tiêu chưa đạt.",
            "The report upward has to explain each target that was missed.",
        ),
        Text("45/50, chỉ tiêu 100%, Nguyên nhân: (trống)", "45/50, target 100 %, reason: (empty)"),
        Text("Nguyên nhân: Hệ thống gián đoạn 5 ngày", "Reason: the system was down for 5 days"),
        "thiếu nguyên nhân chưa đạt",
        each_line(_reason),
    ),
    Rule(
        "M104",
        "error",
        Text("Nhiệm vụ xong thiếu minh chứng", "A finished task without proof"),
        Text("Nhiệm vụ đã hoàn thành mà chưa ghi {field}.", "The task is finished, but {field} is missing."),
        Text(
            "Ghi ngày hoàn thành và số, ký hiệu văn bản.",
            "Give the day it was finished and the number of the document.",
        ),
        Text(
            "Nhiệm vụ hoàn thành phải có ngày và văn bản chứng minh.",
            "A finished task has a day and a document that proves it.",
        ),
        Text("Hoàn thành, Số văn bản: (trống)", "Finished, document: (empty)"),
        Text("Hoàn thành, Số văn bản: 15/KH-UBND", "Finished, document: 15/KH-UBND"),
        "thiếu ngày hoặc số văn bản",
        each_line(_finished),
    ),
    Rule(
        "M105",
        "error",
        Text("Thiếu tài liệu kiểm chứng", "Evidence is missing"),
        Text("Chỉ tiêu này cần tài liệu kiểm chứng.", "This indicator needs evidence."),
        Text("Ghi số văn bản, báo cáo hoặc đường dẫn.", "Give the document, report or link."),
        Text("Biểu quy định dòng này phải kèm tài liệu kiểm chứng.", "The form requires evidence for this row."),
        Text("Kết quả: 3; Tài liệu: (trống)", "Result: 3; evidence: (empty)"),
        Text("Kết quả: 3; Tài liệu: Báo cáo số 20/BC-UBND", "Result: 3; evidence: report 20/BC-UBND"),
        "thiếu tài liệu kiểm chứng",
        each_line(_evidence),
    ),
    Rule(
        "M106",
        "error",
        Text("Thiếu tóm tắt kết quả", "The result is not described"),
        Text(
            "Đã chọn mức độ thực hiện mà chưa tóm tắt kết quả.",
            "The degree is chosen, but the result is not described.",
        ),
        Text("Ghi một vài câu về kết quả thực hiện.", "Write a few sentences on the result."),
        Text(
            "Nội dung không đo bằng số cần lời để báo cáo.",
            "What is not measured in numbers needs words to be reported.",
        ),
        Text("Đạt, Tóm tắt: (trống)", "Đạt, result: (empty)"),
        Text("Đạt, Tóm tắt: Đã niêm yết tại 5/5 thôn", "Đạt, result: posted in 5 of 5 villages"),
        "thiếu tóm tắt kết quả",
        each_line(_narrative),
    ),
    Rule(
        "M107",
        "error",
        Text("Chỉ tiêu bị bỏ trống", "The target was emptied"),
        Text("Chỉ tiêu của dòng này đang trống.", "The target of this row is empty."),
        Text(
            "Ghi lại chỉ tiêu, hoặc lấy lại kế hoạch gốc.", "Write the target again, or take it from the original plan."
        ),
        Text(
            "Biểu gốc có chỉ tiêu cho dòng này; xóa đi thì báo cáo không xét đạt hay không.",
            "The form has a target for this row; without it nothing can be judged.",
        ),
        Text("Chỉ tiêu: (trống)", "Target: (empty)"),
        Text("Chỉ tiêu: 95%", "Target: 95%"),
        "chỉ tiêu đang trống",
        _plan,
    ),
)
