"""How each obligation stands: states, days, shares, the version that counts, and the sum of what came."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

import ledger_drawn
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_drawn import EVERY_STATE, NOW, drawn, moment
from msgspec.structs import replace

from cchc_xlsx import standing
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import book as ledger
from cchc_xlsx.ledger import obligations
from cchc_xlsx.ledger.model import Slot
from cchc_xlsx.ledger.obligations import Version
from cchc_xlsx.overview import words
from cchc_xlsx.standing import Standing, State


def stand(folder: Path, text: str, now: dt.datetime = NOW) -> dict[str, Standing]:
    """How each unit stands."""
    with drawn(folder, text) as book:
        return {one.obligation.slot.unit: one for one in standing.standings(book, now)}


def test_a_period_with_units_in_every_state_agrees_with_a_count_by_hand(tmp_path: Path) -> None:
    with drawn(tmp_path, EVERY_STATE + "pl1 2025-Q1 J 2025-03-17\n") as book:
        # J is taken out of the set-up after that.
        owed = {one.slot: one.due for one in obligations.all_of(book) if one.slot.unit != "J"}
        obligations.settle(book, owed, "cchc.xlsx")
        found = standing.standings(book, NOW, "2025-Q1")
    assert {one.obligation.slot.unit: one.state for one in found} == {
        "A": "expected",
        "B": "expected",
        "C": "held",
        "D": "held",
        "E": "received",
        "F": "rejected",
        "G": "warnings",
        "H": "accepted",
        "I": "nil",
        "J": "excluded",
    }
    # By hand: nothing from A after 17/3; D was sent on 18/3, H one second after the end of 17/3. B was given until 20/3.
    assert {one.obligation.slot.unit for one in found if one.is_late} == {"A", "D", "H"}
    counted = standing.tally(found)
    assert counted.states == {
        "expected": 2,
        "held": 2,
        "received": 1,
        "rejected": 1,
        "warnings": 1,
        "accepted": 1,
        "nil": 1,
        "excluded": 1,
    }
    # Owed: A to I. Without errors: G, H, I.
    assert (counted.complete, counted.owed, counted.completeness) == (3, 9, 3 / 9)
    # Came: E, F, G, H, I; should have: A, D. C came in time and waits for the clerk, B has a day left. In time: E, F, G, I.
    assert (counted.in_time, counted.asked, counted.timeliness) == (4, 7, 4 / 7)
    assert counted.late == 3
    assert words.share(counted.in_time, counted.asked, counted.timeliness, "vi") == "4/7 (57,1%)"


def test_where_nothing_is_owed_there_is_no_share(tmp_path: Path) -> None:
    with drawn(tmp_path, "") as book:
        counted = standing.tally(standing.standings(book, NOW))
    assert (counted.owed, counted.completeness, counted.timeliness) == (0, None, None)
    assert words.share(0, 0, None, "vi") == "–"


@pytest.mark.parametrize(
    ("arrived", "late", "days"),
    [
        ("2025-03-17T16:59:59Z", False, 0),  # 23:59:59 in Vietnam
        ("2025-03-17T17:00:00Z", True, 1),  # 00:00:00 of the next day
        ("2025-03-17T23:59:59+07:00", False, 0),
        ("2025-03-18T00:00:00+07:00", True, 1),
        ("2025-03-18T23:59:59-11:00", True, 2),
    ],
)
def test_late_is_decided_at_vietnams_midnight(arrived: str, late: bool, days: int, tmp_path: Path) -> None:
    whole = stand(tmp_path, f"pl1 2025-Q1 A 2025-03-17\n  {arrived} ok\n", moment("2025-05-01T00:00"))["A"]
    assert (whole.is_late, whole.days_late(moment("2025-05-01T00:00"))) == (late, days)


@pytest.mark.parametrize(
    ("now", "late", "left"),
    [("2025-03-17T16:59:59Z", 0, 0), ("2025-03-17T17:00:00Z", 1, None), ("2025-03-16T16:59:59Z", 0, 1)],
)
def test_what_did_not_come_is_late_from_the_same_second_on(now: str, late: int, left: int, tmp_path: Path) -> None:
    at = moment(now)
    one = stand(tmp_path, "pl1 2025-Q1 A 2025-03-17\n", at)["A"]
    assert (one.state, one.is_late, one.days_late(at), one.days_left(at)) == ("expected", late > 0, late, left)


def test_late_is_told_by_the_first_version_and_the_state_by_the_last(tmp_path: Path) -> None:
    one = stand(tmp_path, "pl1 2025-Q1 A 2025-03-17\n  2025-03-17T09:00 errors V203\n  2025-03-30T09:00 ok\n")["A"]
    assert (one.state, one.is_late, one.superseded) == ("accepted", False, 1)
    assert one.current
    assert (one.current.number, one.findings) == (2, ())


def test_an_extension_moves_the_last_day_and_never_back(tmp_path: Path) -> None:
    text = """
pl1 2025-Q1 A 2025-03-17
  until 2025-03-20 "Mất điện"
  until 2025-03-18 "Ốm"
  2025-03-20T23:59:59 ok
pl1 2025-Q1 B 2025-03-17
  until 2025-03-20 "Mất điện"
  2025-03-21T00:00:00 ok
pl1 2025-Q1 C 2025-03-17
  until 2025-03-10 "Nhầm"
  2025-03-17T12:00:00 ok
"""
    found = stand(tmp_path, text, moment("2025-04-01T00:00"))
    assert {unit: (one.obligation.due.day, one.is_late) for unit, one in found.items()} == {
        "A": (20, False),
        "B": (20, True),
        "C": (17, False),
    }
    assert (found["A"].obligation.extended, found["C"].obligation.extended) == (True, False)
    with contextlib.closing(ledger.open_at(tmp_path)) as book:
        given_days = obligations.extensions(book)[ledger_drawn.slot("pl1 2025-Q1 A")]
    assert [(one.until.day, one.who, one.why) for one in given_days] == [(20, "lan", "Mất điện"), (18, "lan", "Ốm")]


def test_a_held_one_is_late_by_its_arrival_not_by_the_clerk(tmp_path: Path) -> None:
    text = """
pl1 2025-Q1 A 2025-03-17
  2025-03-17T23:00 held "địa chỉ lạ"
pl1 2025-Q1 B 2025-03-17
  2025-03-18T01:00 held "địa chỉ lạ"
"""
    found = stand(tmp_path, text, moment("2025-06-01T00:00"))
    assert {unit: (one.state, one.is_late) for unit, one in found.items()} == {
        "A": ("held", False),
        "B": ("held", True),
    }


def test_a_held_version_leaves_the_one_that_counts(tmp_path: Path) -> None:
    text = "pl1 2025-Q1 A 2025-03-17\n  2025-03-12T09:00 ok\n  2025-03-13T09:00 held lạ\n"
    one = stand(tmp_path, text)["A"]
    assert (one.state, [version.number for version in one.held]) == ("accepted", [2])


@pytest.mark.parametrize(
    ("results", "state"),
    [(["nil"], "nil"), (["nil V203"], "rejected"), (["ok"], "accepted"), (["errors V203", "nil"], "nil")],
)
def test_nothing_to_report_is_said_without_errors(results: list[str], state: State, tmp_path: Path) -> None:
    came = "".join(f"  2025-03-1{number}T09:00 {one}\n" for number, one in enumerate(results))
    assert stand(tmp_path, f"pl1 2025-Q1 A 2025-03-17\n{came}")["A"].state == state


def test_what_arrived_after_a_moment_is_not_there_yet(tmp_path: Path) -> None:
    with drawn(tmp_path, EVERY_STATE) as book, contextlib.closing(ledger.copy_of(book)) as copy:
        standing.as_of(copy, moment("2025-03-17T23:59:58"))
        found = {one.obligation.slot.unit: one.state for one in standing.standings(copy, NOW)}
        assert (found["D"], found["G"], found["H"], found["I"]) == ("expected", "rejected", "expected", "expected")
        assert len(standing.seen(copy)) == 4
        assert len(standing.seen(book)) == 8  # the ledger itself is as it was


# ------------------------------------------------------------------------------------------------- the version that counts

T0 = dt.datetime(2025, 3, 12, 2, tzinfo=dt.UTC)


def version(number: int, arrived: dt.datetime, sender: str | None, sent: dt.datetime | None) -> Version:
    """A version that was taken."""
    return Version(
        number, Slot("f", "2025-Q1", "A"), number, f"{number:064}", "", "taken", arrived, sent, sender, Text("", ""), "", ""
    )  # fmt: skip


def at(hours: float) -> dt.datetime:
    return T0 + dt.timedelta(hours=hours)


def test_the_latest_arrival_counts() -> None:
    found = obligations.current((version(1, at(0), "a", at(0)), version(2, at(1), "a", at(1))))
    assert found
    assert (found.version.number, found.is_conflict) == (2, False)
    assert obligations.current(()) is None


@pytest.mark.parametrize(
    ("senders", "sent", "number"),
    [
        (("a", "a"), (2, 1), 1),  # sent first, arrived last: the mails changed order on their way
        (("a", "b"), (2, 1), 2),  # two people's clocks are not compared
        ((None, None), (2, 1), 2),  # files have no sender
        (("a", "a"), (2, None), 2),
        (("a", "a"), (2, -24 * 8), 2),  # a clock that is a week behind says nothing
        (("a", "a"), (2 + 24, 1), 2),  # nor does one that is a day ahead
        (("a", "a"), (2, 2), 2),
    ],
)
def test_the_senders_dates_decide_only_where_they_can(
    senders: tuple[str | None, str | None], sent: tuple[float, float | None], number: int
) -> None:
    first = version(1, at(2), senders[0], at(sent[0]))
    second = version(2, at(3), senders[1], None if sent[1] is None else at(sent[1]))
    found = obligations.current((first, second))
    assert found
    assert (found.version.number, found.is_conflict) == (number, number == 1)


def test_an_old_mail_that_comes_late_does_not_hide_a_newer_ones_of_somebody_else() -> None:
    came = (version(1, at(10), "a", at(10)), version(2, at(11), "b", at(11)), version(3, at(12), "a", at(5)))
    found = obligations.current(came)
    assert found
    assert (found.version.number, found.is_conflict) == (2, True)


def test_each_slot_has_a_version_that_counts_where_one_was_taken() -> None:
    other, waiting = Slot("f", "2025-Q1", "B"), Slot("f", "2025-Q1", "C")
    first, second = version(1, at(0), "a", at(0)), version(2, at(2), "a", at(-1))  # sent before the first
    between = replace(version(1, at(1), "b", at(1)), slot=other)
    held = replace(version(1, at(3), "c", at(3)), slot=waiting, state="held")
    came = (first, between, second, held)
    assert obligations.by_slot(came) == {first.slot: (first, second), other: (between,), waiting: (held,)}
    assert obligations.current_by_slot(came) == {first.slot: first, other: between}


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from(["a", "b", None]), st.one_of(st.none(), st.integers(-250, 420))),
        min_size=1,
        max_size=8,
    )
)
def test_the_one_that_counts_is_the_last_that_no_other_of_its_sender_was_sent_after(
    rows: list[tuple[int, str | None, int | None]],
) -> None:
    came = tuple(
        version(number, at(arrived), sender, None if sent is None else at(sent))
        for number, (arrived, sender, sent) in enumerate(sorted(rows, key=lambda row: row[0]), 1)
    )
    found = obligations.current(came)
    assert found

    def plausible(one: Version) -> bool:
        return one.sent is not None and -7 * 24 <= (one.sent - one.arrived).total_seconds() / 3600 <= 1

    def stale(one: Version) -> bool:
        others = [other for other in came if other.number < one.number and other.sender == one.sender is not None]
        return plausible(one) and any(plausible(other) and other.sent > one.sent for other in others)  # type: ignore[operator]

    assert not stale(found.version)
    assert all(stale(one) for one in came[found.version.number :])
    assert found.is_conflict == (found.version is not came[-1])


# ------------------------------------------------------------------------------------------------------------ what came


def test_the_sum_of_what_came_closes(tmp_path: Path) -> None:
    text = """
pl1 2025-Q1 A 2025-03-17
  2025-03-12T09:00 ok same=x
  again
  2025-03-13T09:00 ok same=x
  2025-03-14T09:00 held "địa chỉ lạ"
mails
  2025-03-15T11:00 none "Họp giao ban"
  2025-03-15T12:00 auto "Bản tin"
  2025-03-11T13:00 quarantine "Gửi báo cáo"
  2025-03-15T14:00 failed ""
"""
    with drawn(tmp_path, text) as book:
        found = standing.seen(book)
    assert [one.status for one in found] == [
        "quarantine",
        "ok",
        "duplicate",
        "duplicate",
        "hold",
        "none",
        "auto",
        "failed",
    ]
    counts = standing.by_status(found)
    assert sum(counts.values()) == len(found) == 8
    assert (counts["ok"], counts["duplicate"]) == (1, 2)
    assert all(one.reason.vi and one.reason.en for one in found)
    said = "Đã đến 8 = 1 nhận + 2 trùng + 1 chờ xác nhận + 1 không nhận gì + 1 thư máy + 1 không mở được + 1 chưa đọc được."
    assert words.total(found, "vi") == said
    assert words.total((), "vi") == "Chưa có thư hay tệp nào đến."
