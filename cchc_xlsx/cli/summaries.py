"""What a consolidation made, shown: what is in, who is missing, how much is met."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text as RichText

from cchc_xlsx import units
from cchc_xlsx.cli.base import say
from cchc_xlsx.cli.show import clean, location, put
from cchc_xlsx.communes import Done as ManyDone
from cchc_xlsx.consolidate import combine
from cchc_xlsx.consolidate.choose import at_once
from cchc_xlsx.consolidate.model import APART, NO_DATA, PROVISIONAL, Left, Round, Summary
from cchc_xlsx.fields import NIL, NOT_ASSIGNED, NOT_COMPARABLE, NOT_REACHED, REACHED, UNPUBLISHED
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.summing import Done

_OUTCOMES = {
    REACHED: Text("đạt", "met"),
    NOT_REACHED: Text("chưa đạt", "missed"),
    PROVISIONAL: Text("tạm tính", "provisional"),
    NO_DATA: Text("chưa có số liệu", "without data"),
    NIL: Text("không phát sinh", "nothing happened"),
    combine.UNDER_WAY: Text("đang thực hiện, chưa đến hạn", "under way or not due"),
    NOT_ASSIGNED: Text("chưa giao", "without a target"),
    UNPUBLISHED: Text("chưa công bố", "not published yet"),
    NOT_COMPARABLE: Text("không so sánh được", "not comparable"),
    APART: Text("không cộng được", "reported unit by unit"),
    combine.NOT_JUDGED: Text("chưa đánh giá được", "not judged"),
}
_WHY = {
    "errors": Text("còn lỗi", "it has errors"),
    "superseded": Text("có bản mới hơn", "there is a newer one"),
    "copy": Text("trùng với tệp đã tính", "the same as one that counts"),
    "whole": Text("đã tính theo biểu chung của xã", "the workbook of the whole commune counts"),
    "version": Text("theo mẫu biểu khác phiên bản", "it is of another version of the form"),
    "plan": Text("là biểu kế hoạch", "it is a plan"),
}
_AT_ONCE = Text("cùng thời điểm, không rõ bản nào mới hơn", "of the same moment: nobody knows which is newer")


def told(done: Done, out: Console, lang: Lang) -> None:
    """Show each summary, then the rounds of which nothing counts."""
    for one in done.made:
        _summary(one.summary, out, lang)
        put(out, RichText(say(f"Đã ghi {location(one.path)}", f"Written: {location(one.path)}")), 2, 4)
    for empty in done.empty:
        put(out, _head(empty), hang=4)
        put(
            out,
            RichText(say("Không có tệp nào không còn lỗi: không tổng hợp.", "No file without errors: nothing made.")),
            2,
            4,
        )
        _left(empty.left, out, lang)
    others = sum(one.status == "error" and not one.fields for one in done.report.files)
    if others:
        text = say(f"{others} tệp không dùng được (không đọc được, không phải biểu, hoặc khác kỳ); xem: cchc-xlsx check", f"{others} files are of no use (unreadable, no reports, or of another period); see: cchc-xlsx check")  # fmt: skip
        put(out, RichText(text, style="yellow"), hang=4)


_MOST = 10  # problems that are shown; the workbook has all


def communes(done: ManyDone, out: Console) -> None:
    """Show each workbook of many communes: who is in it, who is not and why."""
    for one in done.made:
        put(out, RichText(f"{one.form} · {one.period}", style="bold"), hang=4)
        line = say(f"Số liệu của {one.communes}/{one.asked} xã", f"Figures of {one.communes} of {one.asked} communes")
        put(out, RichText(line, style="green" if one.communes == one.asked else "yellow"), 2, 4)
        if one.absent:
            names = "; ".join(clean(name) for name in one.absent[:_MOST])
            more = f" (+{len(one.absent) - _MOST})" if len(one.absent) > _MOST else ""
            put(out, RichText(say(f"Không có trong số liệu: {names}{more}", f"Not in the figures: {names}{more}"), style="yellow"), 2, 4)  # fmt: skip
        errors = [each for each in one.problems if each.level == "Lỗi"]
        for each in errors[:_MOST]:
            whose = f"{clean(each.commune)}: " if each.commune else ""
            file = f" [{clean(each.file)}]" if each.file and each.file not in each.text else ""
            put(out, RichText(f"{whose}{clean(each.text)}{file}", style="yellow"), 2, 4)
        if len(errors) > _MOST:
            rest = len(errors) - _MOST
            put(out, RichText(say(f"Và {rest} lỗi khác, xem trang Vấn đề", f"And {rest} more errors: see the sheet Vấn đề"), style="yellow"), 2, 4)  # fmt: skip
        put(out, RichText(say(f"Đã ghi {location(one.path)}", f"Written: {location(one.path)}")), 2, 4)


def _head(one: Round) -> RichText:
    period = one.issue.period.code if one.issue.period else ""
    return RichText(f"{one.issue.form.id} · {period} · {clean(one.issue.commune)}", style="bold")


def _summary(summary: Summary, out: Console, lang: Lang) -> None:
    put(out, _head(summary.round), hang=4)
    here, asked = len(summary.expected) - len(summary.missing), len(summary.expected)
    if summary.expected == (units.COMMUNE,):
        line = say("Số liệu theo biểu chung của xã", "Figures of the workbook of the whole commune")
    else:
        line = say(f"Số liệu của {here}/{asked} đơn vị", f"Figures of {here} of {asked} units")
    put(out, RichText(line, style="green" if here == asked else "yellow"), 2, 4)
    counts = combine.counts(summary.figures)
    parts = ", ".join(f"{count} {_OUTCOMES[word].say(lang)}" for word, count in counts.items() if count)
    put(out, RichText(say(f"{len(summary.figures)} nội dung: {parts}", f"{len(summary.figures)} lines: {parts}")), 2, 4)
    if summary.round.include_errors:
        put(out, RichText(say("Có tính cả tệp còn lỗi", "Files with errors count too"), style="bold red"), 2, 4)
    sent = {one.source.unit for one in summary.round.left}
    for unit in summary.missing:
        if unit not in sent:
            name = clean(combine.name_of(summary.issue, unit))
            put(
                out,
                RichText(
                    say(f"Thiếu {unit} ({name}): chưa gửi", f"Missing {unit} ({name}): nothing sent"), style="yellow"
                ),
                2,
                4,
            )
    _left(summary.round.left, out, lang)


def _left(left: tuple[Left, ...], out: Console, lang: Lang) -> None:
    for one in left:
        why = _AT_ONCE if one.why == "superseded" and at_once(one) else _WHY[one.why]
        text = f"{one.source.unit} · {clean(one.source.path)}: {why.say(lang)}"
        put(out, RichText(say(f"Không tính {text}", f"Not counted: {text}"), style="yellow"), 2, 4)
