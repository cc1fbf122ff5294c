"""Reading a source: what is no answer, what is over a limit, and what lies in the spool afterwards."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path

import pytest
from hard_mails import build
from hostile import packs

from cchc_xlsx.lang import Text
from cchc_xlsx.mail import gather, read, sources
from cchc_xlsx.mail.limits import MAX_FILE, MAX_MAIL
from cchc_xlsx.mail.model import Mail, Source, SourceKind, Unreadable

BOOK = packs.book()
NAME = "PL1.xlsx"


def put(folder: Path, content: bytes, name: str = "thu.eml", kind: SourceKind = "mail", size: int = 0) -> Source:
    """A file of that content, with zeros behind it up to `size`."""
    path = folder / name
    with path.open("wb") as file:
        file.write(content)
        if size:
            file.truncate(size)
    return Source(name, path, kind)


def why_not(source: Source, spool: Path) -> str:
    with pytest.raises(Unreadable) as raised:
        read.read(source, spool)
    assert pickle.loads(pickle.dumps(raised.value)).text == raised.value.text
    return raised.value.text.vi


# ------------------------------------------------------------------------------------------------------------ no answer


def test_what_is_not_there_is_no_answer(tmp_path: Path) -> None:
    for kind in ("mail", "msg", "zip", "workbook"):
        assert "không còn" in why_not(Source("x", tmp_path / "x", kind), tmp_path)


def test_a_link_is_no_answer(tmp_path: Path) -> None:
    source = put(tmp_path, build.letter())
    (tmp_path / "link").symlink_to(source.file)
    assert "liên kết" in why_not(Source("link", tmp_path / "link", "mail"), tmp_path)


def test_what_was_skipped_is_never_read(tmp_path: Path) -> None:
    source = put(tmp_path, build.letter())
    skipped = Source("x", source.file, "mail", skipped=Text("bỏ qua", "skipped"))
    assert why_not(skipped, tmp_path) == "bỏ qua"


def test_an_empty_mail_is_no_answer_and_an_empty_workbook_is_one(tmp_path: Path) -> None:
    assert "không có nội dung" in why_not(put(tmp_path, b""), tmp_path)
    found = read.read(put(tmp_path, b"", NAME, "workbook"), tmp_path)
    assert [(one.name, one.size) for one in found.workbooks] == [(NAME, 0)]
    (refused,) = read.read(put(tmp_path, b"", "a.zip", "zip"), tmp_path).refused
    assert "không có nội dung" in refused.why.vi


def test_memory_that_runs_out_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(gather, "keep", too_much)
    assert "bộ nhớ" in why_not(put(tmp_path, build.letter(build.attached(BOOK))), tmp_path)


# --------------------------------------------------------------------------------------------------------------- limits


def test_a_mail_over_the_limit_still_says_who_sent_it(tmp_path: Path) -> None:
    found = read.read(put(tmp_path, build.letter(build.attached(BOOK)), size=MAX_MAIL + 1), tmp_path)
    assert found.senders == ("tuphap@nhonhau.gov.vn",)
    assert [one.why.vi.split(".")[0] for one in found.refused] == ["Thư hoặc tệp nén lớn hơn 64 MiB"]
    assert found.workbooks == ()


def test_a_mail_at_the_limit_is_read(tmp_path: Path) -> None:
    mail = build.letter(build.attached(BOOK))
    assert len(read.read(put(tmp_path, mail, size=MAX_MAIL), tmp_path).workbooks) == 1


@pytest.mark.parametrize(("kind", "limit"), [("workbook", MAX_FILE), ("zip", MAX_MAIL)])
def test_a_file_over_its_limit_is_refused(kind: SourceKind, limit: int, tmp_path: Path) -> None:
    found = read.read(put(tmp_path, BOOK, "lon", kind, limit + 1), tmp_path)
    assert [(one.route, one.name, f"lớn hơn {limit >> 20} MiB" in one.why.vi) for one in found.refused] == [
        ("1", "lon", True)
    ]
    assert found.workbooks == ()


def test_a_workbook_over_the_limit_in_a_mail_is_refused(tmp_path: Path) -> None:
    large = packs.archive([*packs.entries(), packs.Entry(b"xl/media/image1.bin", bytes(MAX_FILE), method=0)])
    head = b'Content-Type: application/octet-stream; name="PL1.xlsx"\nContent-Transfer-Encoding: binary'
    found = read.read(put(tmp_path, build.letter(build.part(head, large))), tmp_path)
    assert [(one.name, "lớn hơn 25 MiB" in one.why.vi) for one in found.refused] == [(NAME, True)]


# -------------------------------------------------------------------------------------------------------------- spool


def test_a_workbook_lies_in_the_spool_once_under_its_sum(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    source = put(tmp_path, build.letter(build.attached(BOOK), build.attached(BOOK)))
    for _ in range(2):
        found = read.read(source, spool)
        assert [one.size for one in found.workbooks] == [len(BOOK)] * 2
        assert (
            {one.file for one in found.workbooks} == set(spool.iterdir()) == {spool / hashlib.sha256(BOOK).hexdigest()}
        )


def test_nothing_is_written_but_workbooks(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    files = build.packed(("../../x.txt", b"x"), ("C:\\y.pdf", b"%PDF"), ("z.xls", b"<html>"))
    found = read.read(put(tmp_path, build.letter(build.attached(files))), spool)
    assert list(spool.iterdir()) == []
    assert found.others == ("x.txt", "y.pdf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["spool", "thu.eml"]


# ---------------------------------------------------------------------------------------------------------------- kinds


def test_a_workbook_file_is_passed_on_whatever_is_in_it(tmp_path: Path) -> None:
    found = read.read(put(tmp_path, b"khong phai bang tinh", "a: b.xlsx", "workbook"), tmp_path)
    assert found.workbooks[0].file.read_bytes() == b"khong phai bang tinh"
    assert (found.workbooks[0].name, found.senders, found.machine, found.counts) == ("a_ b.xlsx", (), None, True)


def test_another_file_is_named_and_not_opened(tmp_path: Path) -> None:
    assert read.read(Source("in/cong van.docx", tmp_path / "kept", "other"), tmp_path) == Mail(
        others=("cong van.docx",)
    )


def test_a_mail_of_a_mailbox_file_is_read_where_it_lies(tmp_path: Path) -> None:
    envelope = b"From a@b.vn Tue Oct  5 10:00:00 2027\r\n"
    first, second = build.letter(build.attached(BOOK)), build.letter(head=build.top(b"Thu hai"))
    put(tmp_path, envelope + first + b"\r\n" + envelope + second + b"\r\n", "thu.mbox")
    one, two = sources.listed([tmp_path / "thu.mbox"])
    assert (read.raw(one), read.raw(two)) == (first, second)
    assert [part.file.read_bytes() for part in read.read(one, tmp_path).workbooks] == [BOOK]
    assert read.read(two, tmp_path).subject == "Thu hai"


def test_own_addresses_are_compared_without_regard_to_case(tmp_path: Path) -> None:
    mail = build.letter(head=build.top(sender=b"CCHC@Xa.gov.vn"))
    found = read.read(put(tmp_path, mail), tmp_path, frozenset({"cchc@XA.gov.vn"}))
    assert (found.machine, found.counts) == ("own", False)
