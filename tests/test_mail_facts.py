"""What a mail says of itself: its way, its time, who judged it; and when it arrived, by whose clock."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from cchc_xlsx.mail import facts, headers
from cchc_xlsx.mail.arrival import arrival
from cchc_xlsx.mail.model import Mail, Received, Source, Verdict

OURS = b"Received: from mail.nhonhau.gov.vn ([192.0.2.7])\n\tby mx.xa.gov.vn (Postfix); Tue, 05 Oct 2027 23:59:59 +0700 (ICT)\n"
THEIRS = b"Received: from pc (unknown (by mx.xa.gov.vn))\n\tby mail.nhonhau.gov.vn with ESMTPSA; Tue, 5 Oct 2027 16:00:00 GMT\n"


def mail(head: bytes) -> Mail:
    return facts.of(headers.read(head, 0, len(head))[0])


def utc(day: int, hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    return dt.datetime(2027, 10, day, hour, minute, second, tzinfo=dt.UTC)


# ------------------------------------------------------------------------------------------------------------------ way


def test_the_way_is_told_from_the_top_in_utc() -> None:
    assert mail(OURS + THEIRS).received == (
        Received("mx.xa.gov.vn", utc(5, 16, 59, 59)),
        Received("mail.nhonhau.gov.vn", utc(5, 16)),
    )


@pytest.mark.parametrize(
    ("line", "host", "at"),
    [
        (b"by MX.Xa.gov.vn. ; Tue, 05 Oct 2027 10:00:00 -0000", "mx.xa.gov.vn", utc(5, 10)),
        (b"by 2002:a05:6402::1 with SMTP id x; Tue, 05 Oct 2027 03:00:00 -0700 (PDT)", "2002:a05:6402::1", utc(5, 10)),
        (b"from x by y.vn", "y.vn", None),
        (b"from x by y.vn; hom qua", "y.vn", None),
        (b"from x by y.vn; Tue, 05 Oct 3027 10:00:00 +0700", "y.vn", None),
        (b"(by la.vn) from (by la.vn) x; Tue, 05 Oct 2027 10:00:00 +0700", "", utc(5, 3)),
        (b"by y.vn (a; b); Tue, 05 Oct 2027 10:00:00 +9999", "y.vn", None),
        (b"", "", None),
    ],
)
def test_a_line_of_the_way(line: bytes, host: str, at: dt.datetime | None) -> None:
    assert mail(b"Received: " + line + b"\n").received == (Received(host, at),)


# -------------------------------------------------------------------------------------------------------------- arrival


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "thu.eml"
    path.write_bytes(b"x")
    os.utime(path, (utc(7, 0).timestamp(),) * 2)
    return Source("thu.eml", path, "mail")


@pytest.mark.parametrize("hosts", [("mx.xa.gov.vn",), ("MX.XA.gov.vn.", "khac.vn"), ("xa.gov.vn",)])
def test_our_own_server_tells_the_arrival(source: Source, hosts: tuple[str, ...]) -> None:
    assert arrival(source, mail(THEIRS + OURS), hosts) == (utc(5, 16, 59, 59), "received")


def test_a_line_that_only_looks_like_ours_tells_nothing(source: Source) -> None:
    forged = OURS.replace(b"mx.xa.gov.vn", b"mx.xa.gov.vn.example.com")
    near = OURS.replace(b"mx.xa.gov.vn", b"smx.xa.gov.vn")
    assert arrival(source, mail(forged + near + THEIRS), ("mx.xa.gov.vn",)) == (utc(7, 0), "file")


def test_without_own_servers_the_topmost_time_counts(source: Source) -> None:
    untimed = b"Received: from x by y\n"
    assert arrival(source, mail(untimed + THEIRS + OURS)) == (utc(5, 16), "received")
    assert arrival(source, mail(untimed)) == (utc(7, 0), "file")


def test_the_sender_never_tells_the_arrival(source: Source) -> None:
    said = mail(b"Date: Fri, 01 Oct 2027 00:00:00 +0700\n")
    assert said.sent == dt.datetime(2027, 9, 30, 17, tzinfo=dt.UTC)
    assert arrival(source, said) == (utc(7, 0), "file")


# ------------------------------------------------------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("lines", "verdicts"),
    [
        ([b"mx.xa.gov.vn; dmarc=pass header.from=a.vn; spf=fail"], [("mx.xa.gov.vn", "pass")]),
        ([b"MX.Xa.gov.vn 1; dmarc=fail (p=none dis=none) header.from=a.vn; dkim=pass"], [("mx.xa.gov.vn", "fail")]),
        ([b"mx.vn; spf=pass smtp.mailfrom=a.vn; dkim=none"], [("mx.vn", "pass")]),
        ([b"mx.vn; spf=fail; dkim=neutral"], [("mx.vn", "fail")]),
        ([b"mx.vn; spf=fail; dkim=pass; dmarc=none"], [("mx.vn", "pass")]),
        ([b"mx.vn; spf=softfail; dkim=temperror"], [("mx.vn", "none")]),
        ([b"mx.vn; none"], [("mx.vn", "none")]),
        ([b"mx.vn; dmarc=pass", b"mx.vn; dmarc=fail"], [("mx.vn", "fail")]),
        ([b"mx.vn; spf=pass", b"khac.vn; dmarc=fail"], [("mx.vn", "pass"), ("khac.vn", "fail")]),
        ([b'mx.vn; x="; dmarc=pass"; dmarc=fail'], [("mx.vn", "fail")]),
        ([b"mx.vn (; dmarc=pass); dmarc=fail"], [("mx.vn", "fail")]),
        ([b""], []),
    ],
)
def test_each_server_gives_one_verdict(lines: list[bytes], verdicts: list[tuple[str, str]]) -> None:
    head = b"".join(b"Authentication-Results: " + line + b"\n" for line in lines)
    assert mail(head).verdicts == tuple(Verdict(server, result) for server, result in verdicts)  # type: ignore[arg-type]


# ----------------------------------------------------------------------------------------------------------- other facts


@pytest.mark.parametrize(
    ("raw", "message_id"),
    [
        (b" <1.2@a.vn> ", "<1.2@a.vn>"),
        (b"\n <1.2@a.vn>", "<1.2@a.vn>"),
        (b"1.2@a.vn", "1.2@a.vn"),
        (b"", None),
        (b"<1> <2>", "<1>"),
    ],
)
def test_the_id_of_a_mail(raw: bytes, message_id: str | None) -> None:
    assert mail(b"Message-ID:" + raw + b"\n").message_id == message_id


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"Bieu quy I", "Bieu quy I"),
        ("Biểu quý I".encode(), "Biểu quý I"),
        (b"=?utf-8?Q?Bi=E1=BB=83u?= =?utf-8?Q?_qu=C3=BD_I?=", "Biểu quý I"),
        (b"=?utf-8?Q?Bi=E1=BB?=\n =?UTF-8?Q?=83u?=", "Biểu"),
        (b"[CCHC] =?windows-1258?Q?B=E1o_c=E1o?= quy", "[CCHC] Báo cáo quy"),
        (b"a\x1b[2J\x00b\xe2\x80\xae c", "a [2J b c"),
        (b"=?utf-8?B?QQ==QQ==?=", "AA"),
        (b"=?utf-8?X?abc?= =?utf-8?B?!!!?=", "=?utf-8?X?abc?="),
    ],
)
def test_the_subject(raw: bytes, subject: str) -> None:
    assert mail(b"Subject: " + raw + b"\n").subject == subject


@pytest.mark.parametrize(
    "raw", [b"", b"hom nay", b"32 Oct 2027", b"Tue, 05 Oct 99999 10:00:00", b"Mon, 1 Jan 1601 00:00:00 +0000"]
)
def test_a_date_that_is_none_is_none(raw: bytes) -> None:
    assert mail(b"Date: " + raw + b"\n").sent is None
