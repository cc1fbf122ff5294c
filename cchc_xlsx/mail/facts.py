"""Headers → what a mail says of itself: who, when, by which way, and whether a person wrote it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from email.utils import parsedate_to_datetime

from cchc_xlsx.mail import charsets, headers
from cchc_xlsx.mail.addresses import addresses, without_comments
from cchc_xlsx.mail.headers import Headers
from cchc_xlsx.mail.model import Authentication, Machine, Mail, Received, Verdict

OUR_HEADER = "x-cchc-xlsx"
_MAX_LINES = 100
_LONGEST = 4 << 10
_BY = re.compile(r"(?:^|\s)by\s+([^\s;]+)", re.IGNORECASE)
_ID = re.compile(rb"<[^<>\s]{1,990}>")
_EMPTY_PATH = re.compile(rb"\s*<\s*>")
_RESULT = re.compile(r"(?:^|;)\s*(dmarc|spf|dkim)\s*=\s*(\w+)", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?')
_BULK = ("bulk", "list", "junk", "auto_reply")
_DAEMON = re.compile(r"(?:mailer-daemon|mail-daemon|mdaemon)@")
_POSTMASTER = "postmaster@"  # may be a person, too
_FAILED = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|incomplete)|mail delivery|failure notice|returned mail|"
    r"không (?:thể )?(?:gửi|chuyển) được|thư (?:bị )?trả lại",
    re.IGNORECASE,
)
_REPORTS = ("message/delivery-status", "message/disposition-notification", "message/global-delivery-status")
_EARLIEST, _LATEST = 1990, 2100


def of(found: Headers, kinds: Iterable[str] = (), own_addresses: frozenset[str] = frozenset()) -> Mail:
    """The mail without what is in it; `kinds` are the content types of its parts."""
    senders = addresses(found.every("from"))
    subject = _subject(found)
    is_report = _is_report(found, kinds)
    is_ours = found.has(OUR_HEADER) or any(one in own_addresses for one in senders)
    is_empty_path = any(_EMPTY_PATH.match(line) for line in found.every("return-path"))
    is_bounce = (
        any(_DAEMON.match(one) for one in senders)
        or found.has("x-failed-recipients")
        or (_FAILED.search(subject) is not None and (is_empty_path or any(_POSTMASTER in one for one in senders)))
    )
    machine: Machine | None = "own" if is_ours else "report" if is_report or is_bounce else _machine(found)
    if machine is None and is_empty_path:
        machine = "null-return-path"
    return Mail(
        message_id=_message_id(found.first("message-id")),
        senders=senders,
        subject=subject,
        sent=_time(charsets.decode(found.first("date")[:_LONGEST])),
        received=tuple(_received(line) for line in found.every("received")[:_MAX_LINES]),
        verdicts=_verdicts(found.every("authentication-results")[:_MAX_LINES]),
        machine=machine,
        counts=not (is_ours or is_report or is_bounce),
    )


def is_ours(found: Headers, own_addresses: frozenset[str]) -> bool:
    """Whether a mail was sent by us."""
    return found.has(OUR_HEADER) or any(one in own_addresses for one in addresses(found.every("from")))


def _subject(found: Headers) -> str:
    text = charsets.words(found.first("subject")[:_LONGEST])
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _message_id(raw: bytes) -> str | None:
    found = _ID.search(raw[:_LONGEST])
    text = (found[0] if found else raw.strip()[:998]).decode("latin-1")
    return "".join(letter for letter in text if letter.isprintable()) or None


def _time(text: str) -> dt.datetime | None:
    """The moment in UTC; None where it is none, or no year of this program."""
    try:
        found = parsedate_to_datetime(without_comments(text).strip()[:100])
        utc = (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return utc if _EARLIEST <= utc.year <= _LATEST else None


def _received(raw: bytes) -> Received:
    text = without_comments(" ".join(charsets.decode(raw[:_LONGEST]).split()))
    way, semicolon, time = text.rpartition(";")
    by = _BY.search(way if semicolon else text)
    host = by[1].lower().rstrip(".")[:255] if by else ""
    return Received(host, _time(time) if semicolon else None)


def _verdicts(lines: Iterable[bytes]) -> tuple[Verdict, ...]:
    """One a server, over all its lines: a line that was forged among them can hide no failure."""
    said: dict[str, list[tuple[str, str]]] = {}
    for raw in lines:
        text = _QUOTED.sub("", without_comments(" ".join(charsets.decode(raw[:_LONGEST]).split())))
        server, _, results = text.partition(";")
        name = (server.split() or [""])[0].lower()[:255]
        if name:
            found = [(method.lower(), result.lower()) for method, result in _RESULT.findall(";" + results)]
            said.setdefault(name, []).extend(found)
    return tuple(Verdict(server, _result(found)) for server, found in said.items())


def _result(said: list[tuple[str, str]]) -> Authentication:
    """DMARC where it was judged, else SPF and DKIM: one that passes is enough, one that fails without another is not."""
    for methods in (("dmarc",), ("spf", "dkim")):
        results = {result for method, result in said if method in methods}
        if methods == ("dmarc",) and "fail" in results:
            return "fail"
        if "pass" in results:
            return "pass"
        if "fail" in results:
            return "fail"
    return "none"


def _is_report(found: Headers, kinds: Iterable[str]) -> bool:
    kind = headers.value(found.first("content-type"))[0]
    return kind == "multipart/report" or any(one in _REPORTS for one in kinds)


def _machine(found: Headers) -> Machine | None:
    automatic = _word(found.first("auto-submitted"))
    if automatic and automatic != "no":
        return "auto-submitted"
    if found.has("list-id"):
        return "list"
    if _word(found.first("precedence")) in _BULK:
        return "bulk"
    suppressed = _word(found.first("x-auto-response-suppress"))
    return "suppressed" if suppressed and suppressed != "none" else None


def _word(raw: bytes) -> str:
    text = without_comments(raw[:_LONGEST].decode("latin-1"))
    return re.split(r"[;,\s]", text.strip().lower())[0]
