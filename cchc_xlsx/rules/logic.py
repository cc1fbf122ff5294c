"""L: what cannot be true together."""

from __future__ import annotations

from collections.abc import Iterator

from cchc_xlsx import expr, values
from cchc_xlsx.expr import Const, Expr, Ref
from cchc_xlsx.fields import DOING, DONE, NOT_DUE, OVERDUE, Context, nil_options, task_window
from cchc_xlsx.issue import Line
from cchc_xlsx.lang import Text
from cchc_xlsx.rules.model import Claim, Rule, each_line


def _valid(ctx: Context, line: Line, *names: str) -> Expr:
    found = [ctx.of(line, name) for name in names]
    return expr.both(*(one.valid for one in found if one))


def _numerator_over(ctx: Context, line: Line) -> Iterator[Claim]:
    if line.measure.kind == "rate":
        num, den = line.key("num"), line.key("den")
        over = expr.Compare(">", Ref(num), Ref(den))
        yield num, expr.both(_valid(ctx, line, "num", "den"), expr.compare(den, ">", 0), over), {"den": Ref(den)}


def _something_of_nothing(ctx: Context, line: Line) -> Iterator[Claim]:
    if line.measure.kind == "rate":
        num, den = line.key("num"), line.key("den")
        figures = (expr.compare(num, ">", 0), expr.compare(den, "=", 0))
        yield num, expr.both(_valid(ctx, line, "num", "den"), *figures), {}


def _nil_with_figures(ctx: Context, line: Line) -> Iterator[Claim]:
    options = nil_options(line)
    if not options:
        return
    keys = [line.key(name) for name in ("num", "den", "value", "of", "previous") if ctx.of(line, name)]
    if line.measure.kind in ("rank", "trend", "score"):
        keys = [line.key("value")]  # last year's figure may well be known while this year's is not
    figures = [expr.both(expr.number(key), expr.compare(key, ">", 0)) for key in keys]
    if line.measure.kind == "grade":
        figures = [expr.no(expr.blank(line.key("value")))]
    yield line.key("nil"), expr.both(expr.equals(line.key("nil"), *options), expr.either(*figures)), {}


def _subset(ctx: Context) -> Iterator[Claim]:
    for relation, part, whole in _related(ctx):
        if relation == "subset":
            over = expr.Compare(">", Ref(part), Ref(whole))
            valid = (ctx.fields[part].valid, ctx.fields[whole].valid)
            yield part, expr.both(*valid, over), _names(ctx, whole)


def _same(ctx: Context) -> Iterator[Claim]:
    for relation, part, whole in _related(ctx):
        if relation == "same":
            differ = expr.Compare("<>", Ref(part), Ref(whole))
            valid = (ctx.fields[part].valid, ctx.fields[whole].valid)
            yield part, expr.both(*valid, differ), _names(ctx, whole)


def _related(ctx: Context) -> Iterator[tuple[str, str, str]]:
    if ctx.issue.kind == "report":
        for relation in ctx.issue.form.relations:
            if relation.part in ctx.fields and relation.whole in ctx.fields:
                yield relation.kind, relation.part, relation.whole


def _names(ctx: Context, key: str) -> dict[str, object]:
    return {"other": Ref(key), "other_label": ctx.by_line[key.partition(".")[0]].label}


def _over_maximum(ctx: Context) -> Iterator[Claim]:
    for one in ctx.fields.values():
        if one.type == "score" and one.maximum is not None:
            over = expr.compare(one.key, ">", one.maximum)
            yield one.key, expr.both(expr.number(one.key), over), {"maximum": values.say_number(one.maximum)}


def _done_after(ctx: Context, line: Line) -> Iterator[Claim]:
    if line.measure.kind == "task":
        closes = task_window(ctx.issue, line)[1]
        key = line.key("done_on")
        late = expr.compare(key, ">=", values.serial(closes) + 1)  # a day may carry a time of day
        yield key, expr.both(expr.number(key), late), {"closes": values.say_date(closes)}


def _done_before(ctx: Context, line: Line) -> Iterator[Claim]:
    if line.measure.kind == "task":
        opens = task_window(ctx.issue, line)[0]
        key = line.key("done_on")
        early = expr.compare(key, "<", values.serial(opens))
        yield key, expr.both(expr.number(key), early), {"opens": values.say_date(opens)}


def _status_against_deadline(ctx: Context, line: Line) -> Iterator[Claim]:
    if line.measure.kind != "task" or line.due is None:
        return
    closes = task_window(ctx.issue, line)[1]
    wrong = (NOT_DUE, DOING) if closes > line.due else (OVERDUE,)
    data = {"due": values.say_date(line.due), "closes": values.say_date(closes)}
    yield line.key("status"), expr.equals(line.key("status"), *wrong), data


def _rank_beyond(ctx: Context, line: Line) -> Iterator[Claim]:
    if line.measure.kind != "rank":
        return
    for name, total in (("value", "of"), ("previous", "previous_of")):
        over = expr.Compare(">", ctx.figure(line, name), ctx.figure(line, total))
        asked = [line.key(one) for one in (name, total) if ctx.of(line, one)]
        if asked:  # where both are known there is nothing to type otherwise
            said = {"of": _said(ctx.figure(line, total))}
            if asked[0] != line.key(name):
                said["value"] = _said(ctx.figure(line, name))
            yield asked[0], expr.both(_valid(ctx, line, name, total), over), said


def _said(figure: Expr) -> object:
    """A figure as a message takes it: an input by its key, a known one as it is read."""
    if isinstance(figure, Const) and isinstance(figure.value, (int, float)):
        return Text(values.say_number(figure.value), f"{figure.value:,.12g}")
    return figure


def _nothing_unsaid(ctx: Context, line: Line) -> Iterator[Claim]:
    if line.measure.kind == "rate" and not line.measure.zero_den and nil_options(line):
        num, den, nil = (line.key(name) for name in ("num", "den", "nil"))
        zero = (expr.compare(num, "=", 0), expr.compare(den, "=", 0))
        yield den, expr.both(_valid(ctx, line, "num", "den"), *zero, expr.blank(nil)), {}


def _proof_of_unfinished(ctx: Context, line: Line) -> Iterator[Claim]:
    if line.measure.kind == "task":
        status, done_on = line.key("status"), line.key("done_on")
        other = expr.both(expr.no(expr.blank(status)), expr.no(expr.equals(status, DONE)))
        yield done_on, expr.both(expr.no(expr.blank(done_on)), other), {"status": Ref(status)}


RULES = (
    Rule(
        "L401",
        "error",
        Text("Tử số lớn hơn mẫu số", "Numerator above denominator"),
        Text("Tử số {value} lớn hơn mẫu số {den}.", "The numerator {value} is above the denominator {den}."),
        Text("Kiểm tra lại hai số; có thể đã nhập đổi chỗ.", "Check both figures; they may have been swapped."),
        Text(
            "Số đạt yêu cầu là một phần của tổng số nên không thể lớn hơn tổng.",
            "What meets the requirement is part of the whole and cannot exceed it.",
        ),
        Text("Tử số: 120; Mẫu số: 100", "Numerator: 120; denominator: 100"),
        Text("Tử số: 100; Mẫu số: 120", "Numerator: 100; denominator: 120"),
        "tử số lớn hơn mẫu số",
        each_line(_numerator_over),
    ),
    Rule(
        "L402",
        "error",
        Text("Có tử số mà mẫu số bằng 0", "Something out of nothing"),
        Text("Tử số là {value} nhưng mẫu số là 0.", "The numerator is {value}, but the denominator is 0."),
        Text("Nhập đúng mẫu số (tổng số).", "Type the right denominator (the total)."),
        Text(
            "Không thể có hồ sơ đạt yêu cầu khi tổng số hồ sơ bằng 0.",
            "No dossier can meet the requirement when there was none.",
        ),
        Text("Tử số: 5; Mẫu số: 0", "Numerator: 5; denominator: 0"),
        Text("Tử số: 5; Mẫu số: 5", "Numerator: 5; denominator: 5"),
        "có tử số mà mẫu số bằng 0",
        each_line(_something_of_nothing),
    ),
    Rule(
        "L403",
        "error",
        Text("Vừa không phát sinh vừa có số", "Nothing happened, yet there are figures"),
        Text(
            "Ô chọn “{value}” nhưng cùng dòng đã có số liệu.", "The cell says “{value}”, but the same row has figures."
        ),
        Text(
            "Xóa lựa chọn này nếu có số liệu, hoặc xóa số liệu.",
            "Clear this choice if the figures are right, or clear the figures.",
        ),
        Text(
            "“Không phát sinh” và “Chưa công bố” chỉ dùng khi không có số liệu.",
            "“Không phát sinh” and “Chưa công bố” are for rows without figures.",
        ),
        Text("Không phát sinh; Tử số: 5; Mẫu số: 6", "Không phát sinh; numerator: 5; denominator: 6"),
        Text("Không phát sinh; Tử số, Mẫu số để trống", "Không phát sinh; numerator and denominator empty"),
        "không phát sinh mà có số liệu",
        each_line(_nil_with_figures),
    ),
    Rule(
        "L404",
        "error",
        Text("Phần lớn hơn toàn bộ", "A part above its whole"),
        Text(
            "{field} là {value}, lớn hơn {other} của dòng “{other_label}”.",
            "{field} is {value}, above {other} of the row “{other_label}”.",
        ),
        Text("Kiểm tra lại cả hai dòng.", "Check both rows."),
        Text(
            "Hồ sơ trực tuyến toàn trình ≤ hồ sơ trực tuyến ≤ hồ sơ tiếp nhận.",
            "Fully online dossiers ≤ online dossiers ≤ dossiers received.",
        ),
        Text("Toàn trình: 90; trực tuyến: 80", "Fully online: 90; online: 80"),
        Text("Toàn trình: 70; trực tuyến: 80", "Fully online: 70; online: 80"),
        "phần lớn hơn toàn bộ",
        _subset,
    ),
    Rule(
        "L406",
        "error",
        Text("Điểm vượt điểm tối đa", "A score above its maximum"),
        Text("{field}: {value} lớn hơn điểm tối đa {maximum}.", "{field}: {value} is above the maximum of {maximum}."),
        Text("Gõ lại số điểm đạt được, không gõ cả “/{maximum}”.", "Type the points reached, without “/{maximum}”."),
        Text(
            "Điểm của một lĩnh vực không vượt điểm tối đa của Bộ Chỉ số.",
            "The points of a field cannot exceed the maximum of the index.",
        ),
        Text("Điểm: 25 (tối đa 20)", "Score: 25 (maximum 20)"),
        Text("Điểm: 15 (tối đa 20)", "Score: 15 (maximum 20)"),
        "điểm vượt tối đa",
        _over_maximum,
    ),
    Rule(
        "L407",
        "error",
        Text("Tổng không bằng tổng các dòng", "The total is not the sum"),
        Text("Ô tổng ghi {value}, tổng các dòng là {sum}.", "The total says {value}; the rows add up to {sum}."),
        Text(
            "Khôi phục công thức của ô tổng, hoặc điền lại vào biểu gốc.",
            "Restore the formula of the total, or fill in the original workbook again.",
        ),
        Text(
            "Ô tổng là công thức bị khóa; có người đã gõ đè một số khác.",
            "The total is a locked formula; somebody typed another number over it.",
        ),
        Text("Các dòng: 15 + 7; Tổng: 25", "Rows: 15 + 7; total: 25"),
        Text("Các dòng: 15 + 7; Tổng: 22", "Rows: 15 + 7; total: 22"),
    ),
    Rule(
        "L408",
        "error",
        Text("Hoàn thành sau ngày chốt số liệu", "Finished after the closing day"),
        Text(
            "Ngày hoàn thành {value} sau ngày chốt số liệu {closes}.",
            "It was finished on {value}, after the closing day {closes}.",
        ),
        Text(
            "Sửa ngày, hoặc chọn tình trạng đúng tại ngày chốt số liệu.",
            "Correct the day, or choose the status as of the closing day.",
        ),
        Text(
            "Báo cáo phản ánh tình hình đến ngày chốt số liệu của kỳ.",
            "A report shows how things stood on the closing day of its period.",
        ),
        Text("Kỳ quý I (chốt 14/3), hoàn thành 20/3", "Quarter I (closing 14 March), finished on 20 March"),
        Text("Kỳ quý I, hoàn thành 10/3", "Quarter I, finished on 10 March"),
        "ngày hoàn thành sau kỳ",
        each_line(_done_after),
    ),
    Rule(
        "L409",
        "error",
        Text("Hoàn thành trước khi bắt đầu", "Finished before it began"),
        Text("Ngày hoàn thành {value} trước ngày {opens}.", "It was finished on {value}, before {opens}."),
        Text("Sửa ngày hoàn thành; xem lại năm.", "Correct the day; look at the year."),
        Text(
            "Nhiệm vụ của năm không thể xong trước khi năm báo cáo và thời hạn của nó bắt đầu.",
            "A task of the year cannot be finished before the year and its own deadline begin.",
        ),
        Text("Nhiệm vụ 2025, hoàn thành 05/8/2023", "A task of 2025, finished on 05/8/2023"),
        Text("Nhiệm vụ 2025, hoàn thành 05/8/2025", "A task of 2025, finished on 05/8/2025"),
        "ngày hoàn thành quá sớm",
        each_line(_done_before),
    ),
    Rule(
        "L410",
        "error",
        Text("Tình trạng trái với thời hạn", "The status contradicts the deadline"),
        Text(
            "Chọn “{value}” nhưng thời hạn là {due} và số liệu chốt ngày {closes}.",
            "It says “{value}”, but the deadline is {due} and the closing day {closes}.",
        ),
        Text(
            "Chọn tình trạng đúng; quá hạn thì ghi nguyên nhân.",
            "Choose the right status; give a reason if it is overdue.",
        ),
        Text(
            "Quá thời hạn mà chưa xong là “Quá hạn”; chưa tới thời hạn thì chưa thể quá hạn.",
            "Past its deadline an unfinished task is overdue; before it, it cannot be.",
        ),
        Text("Thời hạn 31/3, chốt 14/6: Đang thực hiện", "Deadline 31 March, closing 14 June: Đang thực hiện"),
        Text("Thời hạn 31/3, chốt 14/6: Quá hạn", "Deadline 31 March, closing 14 June: Quá hạn"),
        "tình trạng trái thời hạn",
        each_line(_status_against_deadline),
    ),
    Rule(
        "L411",
        "error",
        Text("Thứ hạng lớn hơn số xã xếp hạng", "A rank beyond the number ranked"),
        Text(
            "Thứ hạng {value} lớn hơn số xã được xếp hạng {of}.", "The rank {value} is beyond the {of} communes ranked."
        ),
        Text("Kiểm tra lại hai số; có thể đã nhập đổi chỗ.", "Check both figures; they may have been swapped."),
        Text("Thứ hạng nằm trong số xã được xếp hạng.", "A rank lies within the number of communes ranked."),
        Text("Hạng 15 trên 12 xã", "Rank 15 of 12 communes"),
        Text("Hạng 3 trên 12 xã", "Rank 3 of 12 communes"),
        "thứ hạng vượt số xã",
        each_line(_rank_beyond),
    ),
    Rule(
        "L421",
        "warning",
        Text("Hai dòng ghi khác nhau", "Two rows give one figure differently"),
        Text(
            "{field} là {value}, nhưng dòng “{other_label}” ghi {other} cho cùng số liệu.",
            "{field} is {value}, but the row “{other_label}” gives {other} for the same figure.",
        ),
        Text("Kiểm tra lại; hai dòng đếm cùng một thứ.", "Check both; the two rows count the same thing."),
        Text(
            "Số hồ sơ trực tuyến là tử số của một dòng và mẫu số của dòng khác.",
            "The number of online dossiers is the numerator of one row and the denominator of another.",
        ),
        Text("Dòng trên: 80; dòng dưới: 85", "First row: 80; second row: 85"),
        Text("Dòng trên: 80; dòng dưới: 80", "First row: 80; second row: 80"),
        "hai dòng ghi khác nhau",
        _same,
    ),
    Rule(
        "L422",
        "warning",
        Text("0/0 chưa nói rõ", "0/0 left unsaid"),
        Text("Tử số và mẫu số đều là 0.", "Numerator and denominator are both 0."),
        Text(
            "Nếu trong kỳ không có việc này, chọn “Không phát sinh”; nếu có, nhập lại số.",
            "If there was nothing in the period, choose “Không phát sinh”; else type the figures.",
        ),
        Text("0/0 không phải 0% cũng không phải 100%.", "0/0 is neither 0 % nor 100 %."),
        Text("Tử số: 0; Mẫu số: 0", "Numerator: 0; denominator: 0"),
        Text("Không phát sinh", "Không phát sinh"),
        "0/0: chọn Không phát sinh",
        each_line(_nothing_unsaid),
    ),
    Rule(
        "L423",
        "warning",
        Text("Có ngày hoàn thành mà chưa hoàn thành", "A day of completion, yet not finished"),
        Text(
            "Đã ghi ngày hoàn thành {value} nhưng tình trạng là “{status}”.",
            "The day {value} is given, but the status is “{status}”.",
        ),
        Text("Chọn “Hoàn thành”, hoặc xóa ngày.", "Choose “Hoàn thành”, or clear the day."),
        Text("Chỉ nhiệm vụ đã hoàn thành mới có ngày hoàn thành.", "Only a finished task has a day of completion."),
        Text("Đang thực hiện; ngày hoàn thành 05/3/2025", "Đang thực hiện; done on 05/3/2025"),
        Text("Hoàn thành; ngày hoàn thành 05/3/2025", "Hoàn thành; done on 05/3/2025"),
        "có ngày mà chưa hoàn thành",
        each_line(_proof_of_unfinished),
    ),
)
