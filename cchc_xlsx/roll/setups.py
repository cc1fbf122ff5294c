"""This year's set-up → next year's: what is carried, and what is left for the clerk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import periods, values
from cchc_xlsx.lang import Text
from cchc_xlsx.project.model import FormInUse, Round, Setup
from cchc_xlsx.waivers import Waiver

_MOVED = Text(
    "Kỳ {period}: hạn năm trước đã sửa (đơn vị gửi {due}, xã báo cáo {upward}); năm nay theo Nghị định 09/2019/NĐ-CP (đơn vị gửi {new_due}, xã báo cáo {new_upward}). Nếu vẫn cần thì sửa ở trang “Kỳ báo cáo”.",
    "{period}: its deadlines had been moved (units {due}, commune {upward}); they are those of Nghị định 09/2019/NĐ-CP again (units {new_due}, commune {new_upward}). Move them on the sheet of periods where that is still needed.",
)
_DROPPED = Text(
    "Không chuyển miễn lỗi {code}{what}: {why}. Lý do đã ghi: {reason}",
    "The waiver of {code}{what} is not carried: {why}. Its reason was: {reason}",
)
_OF_PERIOD = Text("chỉ cho kỳ {period}", "it is for {period} alone")
_ENDED = Text("hết hạn ngày {until}", "it ends on {until}")


class Following(Struct, frozen=True):
    """Next year's set-up, and what is to be told about it."""

    setup: Setup
    notes: tuple[Text, ...]


def following(setup: Setup) -> Following:
    """The set-up of the next year: its plan has no number yet, its deadlines are those of the decree."""
    year = setup.office.year + 1
    kept = tuple(one for one in setup.waivers if _why_not(one, year) is None)
    rounds = tuple(_round(one, year) for one in setup.rounds)
    made = Setup(
        replace(setup.office, year=year, plan_number="", plan_date=None),
        setup.units,
        rounds,
        tuple(FormInUse(one.form, tuple(_in(code, year) for code in one.periods)) for one in setup.forms),
        kept,
        setup.mail,
    )
    return Following(made, (*_moved(setup, made), *_dropped(setup, year)))


def _in(code: str, year: int) -> str:
    """The same period of another year."""
    return f"{year}{code[4:]}"


def _round(one: Round, year: int) -> Round:
    period = periods.parse(_in(one.period.code, year))
    return Round(period, periods.unit_deadline(period), periods.upward_deadline(period))


def _moved(before: Setup, after: Setup) -> Iterator[Text]:
    # Why an office moved a deadline (a holiday, a letter of the province) is not known: next year it may be another day.
    for old, new in zip(before.rounds, after.rounds, strict=True):
        decreed = periods.unit_deadline(old.period), periods.upward_deadline(old.period)
        if (old.unit_deadline, old.upward_deadline) != decreed:
            yield _MOVED.format(
                period=new.period.code,
                due=_day(old.unit_deadline),
                upward=_day(old.upward_deadline),
                new_due=_day(new.unit_deadline),
                new_upward=_day(new.upward_deadline),
            )


def _dropped(setup: Setup, year: int) -> Iterator[Text]:
    for one in setup.waivers:
        why = _why_not(one, year)
        if why:
            what = " ".join(filter(None, (one.unit, one.key)))
            yield _DROPPED.format(code=one.code, what=f" ({what})" if what else "", why=why, reason=one.reason)


def _why_not(one: Waiver, year: int) -> Text | None:
    """Why a waiver means nothing in a year; None where it does. Without its period it would let pass more than was meant."""
    if one.period and periods.parse(one.period).year != year:
        return _OF_PERIOD.format(period=one.period)
    if one.until and one.until < dt.date(year, 1, 1):
        return _ENDED.format(until=_day(one.until))
    return None


def _day(day: dt.date) -> Text:
    return Text(values.say_date(day), day.isoformat())
