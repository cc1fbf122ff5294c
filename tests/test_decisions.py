"""The clerk's decisions about what is held: what counts then, and what is told of the mails."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import ledger_drawn
import pytest
from ledger_drawn import moment
from msgspec.structs import replace

from cchc_xlsx import standing
from cchc_xlsx.collect import decisions, words
from cchc_xlsx.errors import CchcError
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import book as ledger
from cchc_xlsx.ledger import intake, obligations
from cchc_xlsx.ledger.model import Attached, Delivery, Message
from cchc_xlsx.mail.model import Mail
from cchc_xlsx.project.model import Office, Setup

HELD = """
pl1 2025-Q1 A 2025-03-17
  2025-03-12T09:00 ok
  2025-03-13T09:00 held "địa chỉ lạ" from=la@noi-khac.example same=x
  again
"""
NOW = moment("2025-03-14T08:00")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A ledger where the second version of a unit is held."""
    with contextlib.closing(ledger.open_at(tmp_path)) as found:
        ledger_drawn.enter(found, HELD)
        yield found


SETUP = Setup(Office("Nhơn Hậu", 2027), (), (), ())


def decide(book: sqlite3.Connection, number: int, accept: bool, why: str = "đã gọi điện") -> None:
    decisions.decide(book, number, SETUP, accept=accept, who="lan", why=why, now=NOW)


def told(book: sqlite3.Connection) -> list[tuple[str, str]]:
    return [(one.status, one.reason.vi) for one in standing.seen(book)]


def counting(book: sqlite3.Connection) -> int | None:
    [one] = standing.standings(book, NOW)
    return one.current.number if one.current else None


def test_what_is_held_counts_once_it_is_accepted(book: sqlite3.Connection) -> None:
    assert counting(book) == 1
    decide(book, 2, accept=True)
    assert counting(book) == 2
    first, second, again = told(book)
    assert first == ("ok", "nhận “A-1.xlsx”")
    assert second == ("ok", "lan xác nhận nhận “A-x.xlsx”: đã gọi điện")
    assert again[0] == "duplicate"
    row = book.execute("SELECT decided_by, decided_why, decided_at FROM version WHERE id = 2").fetchone()
    assert tuple(row) == ("lan", "đã gọi điện", "2025-03-14T01:00:00Z")


def test_what_is_rejected_never_counts_and_its_mail_brought_nothing(book: sqlite3.Connection) -> None:
    decide(book, 2, accept=False, why="không phải đơn vị gửi")
    assert counting(book) == 1
    assert told(book)[1] == ("none", "lan quyết định không nhận “A-x.xlsx”: không phải đơn vị gửi")
    assert obligations.held(book) == ()


@pytest.mark.parametrize("number", [1, 3, 99])
def test_only_what_is_held_can_be_decided(number: int, book: sqlite3.Connection) -> None:
    before = told(book)
    with pytest.raises(CchcError, match="Đang chờ: 2"):
        decide(book, number, accept=True)
    assert told(book) == before


def test_a_decision_is_made_once_and_with_a_reason(book: sqlite3.Connection) -> None:
    with pytest.raises(CchcError, match="--why"):
        decide(book, 2, accept=True, why=" ")
    decide(book, 2, accept=False)
    with pytest.raises(CchcError, match="hiện không có mục nào chờ"):
        decide(book, 2, accept=True)


def held(name: str, unit: str, refused: bool = False) -> Attached:
    """A file of a mail: held for a unit, or refused."""
    if refused:
        return Attached(name, name, "", 0, refused=Text("tệp nén RAR", "a RAR archive"))
    slot = ledger_drawn.slot(f"pl1 2025-Q1 {unit}")
    return Attached(name, name, name * 8, 9, slot=slot, token="t", state="held", why=Text("địa chỉ lạ", "unknown"))


def enter(book: sqlite3.Connection, uid: str, *files: Attached) -> None:
    """A mail with files."""
    message = Message(f"khóa {uid}", "0" * 64, NOW, "imap", sender="la@noi-khac.example", attached=files)
    intake.enter(
        *(book, Delivery("thu", "INBOX", "2", uid, uid), message, NOW),
        tell=lambda outcome: words.reason(Mail(), outcome),
        answer=lambda _: None,
    )


def test_a_mail_with_several_waits_until_all_are_decided(tmp_path: Path) -> None:
    with contextlib.closing(ledger.open_at(tmp_path)) as book:
        enter(book, "7", held("a.xlsx", "A"), held("b.xlsx", "B"), held("c.rar", "", refused=True))
        decide(book, 1, accept=False)
        [(status, reason)] = told(book)
        assert status == "hold"
        assert reason == (
            "lan quyết định không nhận “a.xlsx”: đã gọi điện; chờ cán bộ xác nhận “b.xlsx”: địa chỉ lạ; "
            "không mở được “c.rar”: tệp nén RAR"
        )
        decide(book, 2, accept=False)
        assert told(book)[0][0] == "quarantine"  # what could not be opened is still to be sent again


def test_one_accepted_of_several_makes_the_mail_taken(tmp_path: Path) -> None:
    with contextlib.closing(ledger.open_at(tmp_path)) as book:
        enter(book, "7", held("a.xlsx", "A"), held("b.xlsx", "B"))
        decide(book, 2, accept=True)
        decide(book, 1, accept=False)
        assert told(book)[0][0] == "ok"
        assert sum(standing.by_status(standing.seen(book)).values()) == 1


def test_what_comes_again_from_one_who_is_trusted_leaves_nothing_to_decide(tmp_path: Path) -> None:
    with contextlib.closing(ledger.open_at(tmp_path)) as book:
        enter(book, "7", held("a.xlsx", "A"))
        enter(book, "8", replace(held("a.xlsx", "A"), state="taken", why=None))
        assert obligations.held(book) == ()
        assert [status for status, _ in told(book)] == ["duplicate", "ok"]
        with pytest.raises(CchcError):
            decide(book, 1, accept=True)


def test_with_another_one_still_held_the_first_mail_goes_on_waiting(tmp_path: Path) -> None:
    with contextlib.closing(ledger.open_at(tmp_path)) as book:
        enter(book, "7", held("a.xlsx", "A"), held("b.xlsx", "B"))
        enter(book, "8", replace(held("a.xlsx", "A"), state="taken", why=None))
        assert [status for status, _ in told(book)] == ["hold", "ok"]
        decide(book, 2, accept=True)
        assert [status for status, _ in told(book)] == ["ok", "ok"]
