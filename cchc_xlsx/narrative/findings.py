"""The lines of an annex in words, by what became of them: met, missed and why, not yet known, tasks done, late and due."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from cchc_xlsx import values
from cchc_xlsx.consolidate import combine
from cchc_xlsx.consolidate.model import APART, NO_DATA, PROVISIONAL, Figure, Summary
from cchc_xlsx.fields import DOING, DONE, NIL, NOT_ASSIGNED, NOT_COMPARABLE, NOT_REACHED, OVERDUE, REACHED, UNPUBLISHED
from cchc_xlsx.narrative import say
from cchc_xlsx.narrative.model import Item, Part

LETTERS = "abcdđeghiklmnopqrstuvxy"  # of points, in the order of Vietnamese documents
_COUNTED = {
    APART: "chỉ tiêu báo cáo riêng theo từng đơn vị",
    NOT_ASSIGNED: "nội dung chưa giao chỉ tiêu",
}
_AHEAD_DAYS = 92  # tasks that fall due in the next quarter are named


class _Told(Struct, frozen=True):
    """A summary with what it says in the form of accepted inputs."""

    summary: Summary
    said: dict[str, object]

    def status(self, figure: Figure) -> object:
        """The status of a task or narrative."""
        return figure.values.get(figure.line.key("status"))


_Is = Callable[[_Told, Figure], bool]
_Say = Callable[[_Told, Figure], Item]


def parts(summary: Summary) -> tuple[Part, ...]:
    """What there is to tell, each line under one heading alone; comparisons with earlier periods come last."""
    told = _Told(summary, combine.said(summary))
    found: list[tuple[str, tuple[Item, ...]]] = []
    rest = list(summary.figures)
    for title, belongs, tell in _KINDS:
        mine = [one for one in rest if belongs(told, one)]
        rest = [one for one in rest if one not in mine]
        found.append((title, tuple(tell(told, one) for one in mine)))
    found += [(title, tuple(items)) for title, items in _compared(told)]
    given = [(title, items) for title, items in found if items]
    return tuple(Part(letter, title, items) for letter, (title, items) in zip(LETTERS, given, strict=False))


def overall(summary: Summary) -> tuple[str, ...]:
    """How many indicators are met and missed, how many tasks are done and late; a sentence each."""
    told = _Told(summary, combine.said(summary))
    tasks = [one for one in summary.figures if _is_task(one)]
    others = [one for one in summary.figures if not _is_task(one)]
    return tuple(filter(None, (_indicators(others), _tasks(told, tasks))))


def _indicators(figures: Sequence[Figure]) -> str:
    if not figures:
        return ""
    said = say.listed(
        [
            (count, _COUNTED.get(word, f"chỉ tiêu {word[:1].lower()}{word[1:]}"))
            for word, count in combine.counts(figures).items()
        ]
    )
    return f"Trong {values.say_number(len(figures))} chỉ tiêu, nội dung báo cáo: {said}."


def _tasks(told: _Told, figures: Sequence[Figure]) -> str:
    if not figures:
        return ""
    done = [one for one in figures if _is_done(told, one)]
    late = [one for one in figures if _is_late(told, one)]
    nil = [one for one in figures if one.outcome == NIL]
    unknown = [one for one in figures if one not in late and one.outcome in (PROVISIONAL, NO_DATA)]
    rest = len(figures) - len(done) - len(late) - len(nil) - len(unknown)
    said = say.listed(
        [
            (len(done), "nhiệm vụ hoàn thành"),
            (len(late), "nhiệm vụ quá hạn"),
            (rest, "nhiệm vụ đang thực hiện, chưa đến hạn"),
            (len(nil), "nhiệm vụ không phát sinh"),
            (len(unknown), "nhiệm vụ chưa đủ số liệu"),
        ]
    )
    after = [one for one in done if one.outcome == NOT_REACHED]
    more = f" (trong đó {len(after):02} hoàn thành sau hạn)" if after else ""
    return f"Trong {values.say_number(len(figures))} nhiệm vụ: {said}{more}."


# ---------------------------------------------------------------------------------------------------------- what is what


def _is_task(figure: Figure) -> bool:
    return figure.line.measure.kind == "task"


def _is_done(told: _Told, figure: Figure) -> bool:
    return _is_task(figure) and told.status(figure) == DONE and not figure.missing and bool(figure.counted)


def _is_late(told: _Told, figure: Figure) -> bool:
    return _is_task(figure) and told.status(figure) == OVERDUE


def _days_left(told: _Told, figure: Figure) -> int | None:
    """The days from the closing day to the last day of a task that is not finished; None for others."""
    period, due = told.summary.issue.period, figure.line.due
    is_open = _is_task(figure) and bool(figure.counted) and figure.outcome not in (NIL, REACHED, NOT_REACHED)
    return (due - period.end).days if is_open and period and due else None


def _is_past(told: _Told, figure: Figure) -> bool:
    left = _days_left(told, figure)
    return left is not None and left < 0


def _is_due(told: _Told, figure: Figure) -> bool:
    left = _days_left(told, figure)
    return left is not None and left <= _AHEAD_DAYS


def _is(*outcomes: str) -> _Is:
    return lambda _, figure: figure.outcome in outcomes


# ---------------------------------------------------------------------------------------------------------- how it is told


def _figure(told: _Told, figure: Figure) -> Item:
    """ "7.2 Tỷ lệ …: 94,4% (118/125), chỉ tiêu 100%." with who gave which reason."""
    found = say.result(told.summary, told.said, figure)
    wanted = say.wanted(told.summary, figure.line)
    colon = "" if wanted[:1].isdigit() or wanted.split(" ")[0] in ("trên", "dưới", "không") else ":"
    target = f"chỉ tiêu{colon} {wanted}" if wanted else ""
    said = ", ".join(filter(None, (found, target)))
    text = (
        f"{say.name(told.summary, figure.line)}: {say.ended(said)}"
        if said
        else say.ended(say.name(told.summary, figure.line))
    )
    return Item(text, tuple(_remarks(told, figure)))


def _remarks(told: _Told, figure: Figure) -> Iterator[str]:
    if figure.outcome == NOT_REACHED or told.status(figure) == OVERDUE:
        yield from say.notes(told.summary, figure.line, "Nguyên nhân", "reason")
    yield from say.notes(told.summary, figure.line, "Kết quả", "text")


def _open(told: _Told, figure: Figure) -> Item:
    """A figure that is not whole: what there is, and whose share it lacks."""
    item = _figure(told, figure) if figure.counted else Item(say.ended(say.name(told.summary, figure.line)))
    lacking = say.missing(told.summary, figure)
    count = f"{say.share_of_units(figure)}; " if figure.counted else ""
    return Item(
        item.text, (*item.notes, f"Số liệu chưa đủ ({count}thiếu: {lacking})." if lacking else "Chưa có số liệu.")
    )


def _named(told: _Told, figure: Figure) -> Item:
    return Item(say.ended(say.name(told.summary, figure.line)))


def _done(told: _Told, figure: Figure) -> Item:
    line = figure.line
    day = (
        values.from_serial(float(found)) if isinstance(found := figure.values.get(line.key("done_on")), float) else None
    )
    on = f"hoàn thành ngày {values.say_date(day)}" if day else "hoàn thành"
    deadline = say.deadline(told.summary, line)
    after = f" (sau hạn: {deadline})" if figure.outcome == NOT_REACHED and deadline else ""
    several = len(figure.expected) > 1
    papers = [f"{who}: {text}" if who and several else text for who, text in say.told_by(told.summary, line, "doc_no")]
    said = f"{on}{after}" + (f"; văn bản: {'; '.join(papers)}" if papers else "")
    return Item(f"{say.name(told.summary, line)}: {say.ended(said)}", tuple(_remarks(told, figure)))


def _task(told: _Told, figure: Figure) -> Item:
    """A task that is not finished: how it stands, until when it is to be."""
    line, status = figure.line, str(told.status(figure) or "")
    deadline = say.deadline(told.summary, line)
    parts_ = [status[:1].lower() + status[1:], f"thời hạn: {deadline}" if deadline else ""]
    lacking = say.missing(told.summary, figure)
    more = (f"Chưa có số liệu của: {lacking}.",) if lacking else ()
    said = ", ".join(filter(None, parts_))
    text = f"{say.name(told.summary, line)}: {say.ended(said)}" if said else say.ended(say.name(told.summary, line))
    return Item(text, (*_remarks(told, figure), *more))


_KINDS: tuple[tuple[str, _Is, _Say], ...] = (
    ("Nhiệm vụ đã hoàn thành", _is_done, _done),
    ("Nhiệm vụ quá hạn", _is_late, _task),
    ("Nhiệm vụ đã qua thời hạn, chưa báo hoàn thành", _is_past, _task),
    ("Nhiệm vụ sắp đến hạn", _is_due, _task),
    ("Nhiệm vụ đang thực hiện, chưa đến hạn", lambda told, one: _is_task(one) and one.outcome in (DOING, *combine.UNFINISHED), _task),
    ("Chỉ tiêu, nội dung đạt", _is(REACHED), _figure),
    ("Chỉ tiêu, nội dung chưa đạt", _is(NOT_REACHED), _figure),
    ("Nội dung đang thực hiện", _is(*combine.UNFINISHED), _figure),
    ("Số liệu tạm tính, chưa đánh giá", _is(PROVISIONAL), _open),
    ("Nội dung chưa có số liệu", _is(NO_DATA), _open),
    ("Nội dung không phát sinh", _is(NIL), _named),
    ("Nội dung chưa giao chỉ tiêu", _is(NOT_ASSIGNED), _figure),
    ("Thứ hạng không so sánh được với năm trước", _is(NOT_COMPARABLE), _figure),
    ("Nội dung chưa công bố kết quả", _is(UNPUBLISHED), _named),
    ("Nội dung báo cáo riêng theo từng đơn vị, không cộng", _is(APART), _figure),
    ("Nội dung chưa đánh giá được", lambda told, one: True, _figure),
)  # fmt: skip


def _compared(told: _Told) -> Iterator[tuple[str, list[Item]]]:
    """What is known of earlier periods beside the figures of this one."""
    earlier = told.summary.earlier
    for title, known in (("So với kỳ trước", earlier.prior), ("So với cùng kỳ năm trước", earlier.year_ago)):
        word = "kỳ trước" if known is earlier.prior else "cùng kỳ năm trước"
        items = []
        for one in told.summary.figures:
            was, now = known.get(one.line.id, ""), say.result(told.summary, told.said, one)
            if was and now and one.outcome != PROVISIONAL and not _is_task(one):
                items.append(
                    Item(f"{say.name(told.summary, one.line)}: {now}; {word}: {say.ended(say.turned(was, one.line))}")
                )
        yield title, items
