"""An overview shown in a terminal or written in the form that was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text as RichText

from cchc_xlsx import overview, writer
from cchc_xlsx.cli.base import LANG, say
from cchc_xlsx.cli.output import deliver_pieces
from cchc_xlsx.cli.show import COLOURS, clean, deliver_text, put
from cchc_xlsx.overview import data, words
from cchc_xlsx.overview.view import Line, Overview, PeriodView, UnitView, Waiting
from cchc_xlsx.owing import Unassigned
from cchc_xlsx.results import Told
from cchc_xlsx.standing import Seen, Tally

_MOST_FINDINGS = 3  # of a workbook; the page and the tables have them all
_NEAR = 3  # periods that are ahead and named one by one


def deliver(view: Overview, shape: str, output: Path | None, *, mails: bool, whole: bool) -> None:
    """Write the view to a file, or show it. `mails` is about what came; `whole` shows periods that are ahead too."""
    if shape == "text":
        deliver_text(lambda out: _text(view, out, mails=mails, whole=whole), output)
    elif shape == "xlsx":
        assert output
        writer.save(overview.to_bytes(view, LANG), output)
    else:
        deliver_pieces((data.told(view),) if shape == "json" else overview.html(view, LANG, mails=mails), output)


def _text(view: Overview, out: Console, *, mails: bool, whole: bool) -> None:
    head = RichText(f"{clean(view.commune)} · {say('năm', 'year')} {view.year}", style="bold")
    head.append(f" · {say('lúc', 'at')} {words.moment(view.at, LANG)}", style="dim")
    put(out, head, hang=4)
    if mails:
        mails_text(view, out)
        return
    plans_text(view.plans, out)
    shown = [one for one in view.periods if whole or not one.is_ahead]
    for period in shown:
        out.print("")
        _period(period, out)
    _ahead([one for one in view.periods if one not in shown], out)
    if view.held:
        out.print("")
        held_text(view.held, out)


def plans_text(found: Sequence[Unassigned], out: Console) -> None:
    """The forms whose plan leaves contents without a target."""
    for one in found:
        put(out, RichText(words.unassigned(one, LANG), style=COLOURS["warning"]), hang=4)


def _ahead(found: Sequence[PeriodView], out: Console) -> None:
    if not found:
        return
    out.print("")
    named = [f"{one.code} ({say('hạn', 'due')} {words.day(one.due, LANG)})" for one in found[:_NEAR] if one.due]
    more = len(found) - len(named)
    said = ", ".join(named) + (say(f" và {more} kỳ nữa", f" and {more} more") if more else "")
    put(out, RichText(f"{say('Chưa đến hạn', 'Ahead')}: {said}", style="dim"), hang=4)


def _period(one: PeriodView, out: Console) -> None:
    head = RichText(f"{one.name.say(LANG)} ({one.code})", style="bold")
    if one.due:
        head.append(f" · {say('hạn', 'due')} {words.day(one.due, LANG)}")
    put(out, head, hang=4)
    _tally(one.tally, out)
    for unit in one.units:
        _unit(unit, one, out)


def _tally(one: Tally, out: Console) -> None:
    """Completeness and timeliness with their counts; below, how many are in each state."""
    complete = words.share(one.complete, one.owed, one.completeness, LANG)
    in_time = words.share(one.in_time, one.asked, one.timeliness, LANG)
    line = RichText(f"{say('Đầy đủ', 'Complete')} {complete} · {say('đúng hạn', 'in time')} {in_time}")
    if one.late:
        line.append(f" · {one.late} {words.LATE.say(LANG)}", style=COLOURS["error"])
    put(out, line, 2, 2)
    line = RichText(" · ").join(
        RichText(f"{count} {words.STATE[state].say(LANG)}", style=COLOURS[words.COLOUR[state]])
        for state, count in one.states.items()
        if count
    )
    put(out, line, 2, 2)


def _unit(unit: UnitView, period: PeriodView, out: Console) -> None:
    put(out, RichText(f"{clean(unit.name)} ({clean(unit.code)})", style="bold"), 2, 4)
    for line in unit.lines:
        _line(line, period, out)


def _line(line: Line, period: PeriodView, out: Console) -> None:
    said = RichText(f"{clean(line.slot.form)}  ")
    said.append(words.STATE[line.state].say(LANG).upper(), style=COLOURS[words.COLOUR[line.state]])
    late = words.timing(line, LANG)
    for part in filter(None, words.about(line, period.due, LANG)):
        said.append(" · ")
        said.append(clean(part), style=COLOURS["error"] if part == late and line.days_late else "")
    put(out, said, 4, 4)
    open_ones = [one for one in line.standing.findings if one.severity != "info"]
    for one in open_ones[:_MOST_FINDINGS]:
        _finding(one, out)
    more = len(open_ones) - _MOST_FINDINGS
    if more > 0:
        put(out, RichText(say(f"… và {more} phát hiện nữa", f"… and {more} more"), style="dim"), 6, 2)


def _finding(one: Told, out: Console) -> None:
    line = RichText(one.code, style=COLOURS[one.severity])
    place = clean(" · ".join(filter(None, (one.cell and say(f"ô {one.cell}", f"cell {one.cell}"), one.label))))
    line.append(f"  {place}: " if place else "  ")
    line.append(clean(one.message))
    put(out, line, 6, 4)


def held_text(held: Sequence[Waiting], out: Console) -> None:
    """What waits for the clerk: number, whose, from whom, why, and how to decide."""
    if not held:
        out.print(say("Không có mục nào chờ xác nhận.", "Nothing waits for a decision."))
        return
    put(out, RichText(say(f"Chờ cán bộ xác nhận: {len(held)}", f"To be confirmed: {len(held)}"), style="bold"))
    for one in held:
        version = one.version
        parts = (version.slot.form, version.slot.period or say("kế hoạch", "plan"), one.unit_name, version.name)
        line = RichText(f"{say('Số', 'No.')} {version.id}  ", style=COLOURS["warning"])
        line.append(clean(" · ".join(filter(None, parts))), style="bold")
        put(out, line, 2, 4)
        for text in _about_held(one):
            put(out, RichText(clean(text)), 6, 2)
    put(out, RichText(f"→ {words.how(held, LANG)}", style="green"), 2, 2)


def _about_held(one: Waiting) -> Iterator[str]:
    version = one.version
    yield f"{words.moment(version.arrived, LANG)} · {words.sender(one, LANG)}"
    if version.why:
        yield f"{say('Lý do', 'Because')}: {version.why.say(LANG)}"


def mails_text(view: Overview, out: Console) -> None:
    """Every mail and file that came, in the order of arrival, and the sum."""
    for one in view.seen:
        _seen(one, out)
    put(out, RichText(words.total(view.seen, LANG), style="bold"), hang=4)


def _seen(one: Seen, out: Console) -> None:
    line = RichText(f"{words.moment(one.arrived, LANG)}  ", style="dim")
    line.append(words.DELIVERY[one.status].say(LANG).upper(), style=COLOURS[words.DELIVERY_COLOUR[one.status]])
    line.append(f"  {clean(one.subject or one.source)}", style="bold")
    put(out, line, hang=4)
    who = " · ".join(part for part in (one.sender, one.source if one.subject else "") if part)
    if who:
        put(out, RichText(clean(who)), 4, 4)
    put(out, RichText(clean(one.reason.say(LANG))), 4, 4)
