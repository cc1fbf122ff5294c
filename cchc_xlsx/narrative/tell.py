"""Summaries of one commune and period → its report; a sentence is there only where its data are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from cchc_xlsx import periods, units, values
from cchc_xlsx.consolidate import combine, words
from cchc_xlsx.consolidate.model import Figure, Source, Summary
from cchc_xlsx.errors import CchcError
from cchc_xlsx.fields import FREE_TEXTS
from cchc_xlsx.form import render
from cchc_xlsx.issue import label
from cchc_xlsx.issue import words as printed
from cchc_xlsx.lang import Text
from cchc_xlsx.narrative import annex, findings, say
from cchc_xlsx.narrative.model import Annex, Bar, Group, Narrative, Office, Voice

_SEVERAL = Text(
    "Một báo cáo chỉ nói về một xã và một kỳ; ở đây có: {what}. Chọn thư mục của một xã, và kỳ bằng --period.",
    "A report is about one commune and one period; here are: {what}. Choose one commune's folder, and a period with --period.",
)
_BASIS = "Nghị định số 09/2019/NĐ-CP ngày 24/01/2019 của Chính phủ quy định về chế độ báo cáo của cơ quan hành chính nhà nước"


_ABOUT = {
    "task": "Nhiệm vụ cải cách hành chính",
    "narrative": "Nhiệm vụ, giải pháp cải cách hành chính",
    "score": "Điểm các tiêu chí cải cách hành chính",
}


def narrative(summaries: Sequence[Summary], office: Office) -> Narrative:
    """The report of the commune; `summaries` are its forms', in the order of the annexes.

    Raises CchcError where they are of several communes or periods.
    """
    first = summaries[0].issue
    kinds = {(one.issue.commune, one.issue.commune_code, one.issue.period) for one in summaries}
    if len(kinds) > 1:
        said = sorted(f"{commune} {period.code}" for commune, _, period in kinds if period)
        raise CchcError(_SEVERAL.format(what=", ".join(said)))
    assert first.period
    name = periods.name(first.period).vi
    commune = render.full(say.plain(first.commune))
    return Narrative(
        commune=commune,
        place=render.bare(say.plain(first.commune)),
        year=first.year,
        period=first.period,
        period_name=name,
        office=replace(office, superior=say.plain(office.superior), number=say.plain(office.number)),
        basis=tuple(_basis(office, commune, first.year)),
        opening=f"Ủy ban nhân dân {commune} báo cáo kết quả thực hiện công tác cải cách hành chính {annex.lowered(name)}"
        f" (số liệu từ ngày {values.say_date(first.period.start)} đến hết ngày {values.say_date(first.period.end)}) như sau:",
        warning=words.WITH_ERRORS if any(_with_errors(one) for one in summaries) else "",
        annexes=tuple(_annex(one, number, len(summaries)) for number, one in enumerate(summaries, 1)),
        difficulties=tuple(_voices(summaries, "difficulties")),
        proposals=tuple(_voices(summaries, "proposals")),
    )


def _with_errors(summary: Summary) -> bool:
    return summary.round.include_errors and any(one.has_errors for one in summary.round.used)


def _basis(office: Office, commune: str, year: int) -> Iterator[str]:
    yield f"Căn cứ {_BASIS}"
    if office.plan_number:
        day = f" ngày {values.say_date(office.plan_date)}" if office.plan_date else ""
        number = say.plain(office.plan_number)
        yield f"Thực hiện Kế hoạch số {number}{day} của Ủy ban nhân dân {commune} về cải cách hành chính năm {year}"


def _annex(summary: Summary, number: int, several: int) -> Annex:
    issue = summary.issue
    assert issue.period
    titles = [printed(issue, one.text) for one in issue.form.heading if one.style == "title"]
    here = len(summary.expected) - len(summary.missing)
    return Annex(
        form=issue.form.id,
        number=f"Phụ lục {values.roman(number)}" if several > 1 else "Phụ lục",
        title=(*map(say.plain, titles), f"Kết quả thực hiện {annex.lowered(periods.name(issue.period).vi)}"),
        about=_ABOUT.get(_most(summary), "Chỉ tiêu cải cách hành chính"),
        unit_count=(here, len(summary.expected)),
        completeness=tuple(_completeness(summary, here)),
        overall=findings.overall(summary),
        parts=findings.parts(summary),
        table=annex.table(summary),
        codes=words.codes(summary),
        counts=combine.counts(summary.figures),
        groups=tuple(_groups(summary)),
        bars=tuple(found for one in summary.figures if (found := _bar(summary, one))),
    )


def _most(summary: Summary) -> str:
    """The kind of measure that most lines of a form have."""
    return Counter(one.line.measure.kind for one in summary.figures).most_common(1)[0][0]


def _completeness(summary: Summary, here: int) -> Iterator[str]:
    """Who is in the figures, who is not and why, who came late."""
    asked = summary.expected
    if asked == (units.COMMUNE,):
        yield "Số liệu theo biểu chung của xã."
    elif here == len(asked):
        yield f"Số liệu tổng hợp từ báo cáo của {here}/{len(asked)} đơn vị."
    else:
        yield f"Số liệu tổng hợp từ báo cáo của {here}/{len(asked)} đơn vị; những số có phần của đơn vị còn thiếu là tạm tính."
    if asked != (units.COMMUNE,) and summary.missing:
        said = [f"{say.names(summary, [unit])} ({words.why_missing(summary, unit)})" for unit in summary.missing]
        yield f"Chưa có số liệu của: {'; '.join(said)}."
    if late := [one.unit for one in summary.round.used if one.is_late]:
        yield f"Gửi muộn, đã tính vào số liệu: {say.names(summary, late)}."


def _voices(summaries: Sequence[Summary], name: str) -> Iterator[Voice]:
    """What the units wrote in a free text, in all forms: each unit once, each line once."""
    assert name in FREE_TEXTS
    found: dict[str, dict[str, None]] = {}
    for summary in summaries:
        for one in summary.round.used:
            lines = _lines(one, f"{name}.text")
            if lines:
                who = say.names(summary, [one.unit])
                found.setdefault(who, {}).update(dict.fromkeys(lines))
    yield from (Voice(who, tuple(lines)) for who, lines in found.items())


def _lines(source: Source, key: str) -> tuple[str, ...]:
    _, value, _ = source.fields.get(key, ("", None, ""))
    return say.lines_of(value) if isinstance(value, str) else ()


# ------------------------------------------------------------------------------------------------------------ for charts


def _groups(summary: Summary) -> Iterator[Group]:
    """The lines by the sections of the annex, or by its rows of the first level."""
    form = summary.issue.form
    has_sections = any(row.role == "section" for row in form.rows)
    found: dict[str, list[Figure]] = {}
    top = ""
    for row in form.rows:
        if row.role == "section" if has_sections else row.level == 1 and row.role != "total":
            top = say.plain(label(summary.issue, row))
        for one in summary.figures:
            if one.line.row is row:
                found.setdefault(top or "Các nội dung", []).append(one)
    for name, figures in found.items():
        yield Group(name, combine.counts(figures))


def _bar(summary: Summary, figure: Figure) -> Bar | None:
    """A result beside its target; None where there is no number to reach."""
    line = figure.line
    target = line.target.value if line.target else None
    kind = line.measure.kind
    if isinstance(target, str) or target is None or figure.how == "apart":
        return None
    whole = {"rate": 100.0, "percent": 100.0, "score": line.measure.maximum or 0.0, "count": target}.get(kind, 0.0)
    if not whole:
        return None
    said = combine.said(summary)
    share = _share(figure, whole)
    return Bar(
        say.label(line),
        share,
        target / whole,
        say.result(summary, said, figure) or figure.outcome,
        say.wanted(summary, line),
        say.outcome(figure),
    )


def _share(figure: Figure, whole: float) -> float | None:
    """The result as a share of the whole; None without a number."""
    line = figure.line
    if line.measure.kind == "rate":
        num, den = (figure.values.get(line.key(name)) for name in ("num", "den"))
        return num / den if isinstance(num, (int, float)) and isinstance(den, (int, float)) and den else None
    value = figure.values.get(line.key("value"))
    if not isinstance(value, (int, float)):
        return None
    return float(value) if line.measure.kind == "percent" else value / whole
