"""Paths as sources of mails: each entry once and by its content, mailboxes by offsets, odd entries told and never opened."""

from __future__ import annotations

import io
import mailbox
import os
import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cchc_xlsx.errors import CchcError
from cchc_xlsx.mail import mbox, read, sources
from cchc_xlsx.mail.model import Source, source_from_json, source_to_json

MAIL = b"From: tuphap@nhonhau.gov.vn\r\nSubject: Bieu\r\nDate: Tue, 05 Oct 2027 10:00:00 +0700\r\n\r\nKinh gui\r\n"
ENVELOPE = b"From tuphap@nhonhau.gov.vn Tue Oct  5 10:00:00 2027\n"
PK = b"PK\x03\x04" + bytes(40)
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def listed(folder: Path, *leave_out: Path) -> list[str]:
    """What is listed, as lines: how it is shown, its kind, the reason where it is skipped."""
    return [said(one) for one in sources.listed([folder], leave_out)]


def said(one: Source) -> str:
    assert source_from_json(source_to_json(one)) == one
    return f"{one.shown} {one.kind}" + (f" ({one.skipped.vi})" if one.skipped else "")


def put(folder: Path, **files: bytes) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_each_entry_is_taken_for_what_it_is(tmp_path: Path) -> None:
    put(
        tmp_path,
        a_eml=MAIL,
        b_xlsx=PK,
        c_zip=PK,
        d_msg=OLE2,
        e_pdf=b"%PDF-1.4",
        f_txt=b"ghi chu: mua but\n",
        g_txt=MAIL,
    )
    put(
        tmp_path, h=MAIL, i=PK, j_docx=PK, k_xls=OLE2, l_csv=b"1;2", m_rar=b"Rar!\x1a\x07\x00", n_eml=b"", o=OLE2, p=b""
    )
    put(tmp_path, q_dat=b"\x78\x9f\x3e\x22\1\0", r_doc=OLE2, s_html=b"<html>From: a@b\nTo: c@d\n", sau__t_eml=MAIL)
    assert listed(tmp_path) == [
        "a.eml mail", "b.xlsx workbook", "c.zip zip", "d.msg msg", "e.pdf other", "f.txt other", "g.txt mail", "h mail",
        "i zip", "j.docx other", "k.xls workbook", "l.csv workbook", "m.rar zip", "n.eml mail", "o workbook", "p other",
        "q.dat zip", "r.doc other", "s.html other", "sau/t.eml mail",
    ]  # fmt: skip


def test_the_content_decides_over_the_name(tmp_path: Path) -> None:
    put(tmp_path, a_eml=PK, b_eml=OLE2, c_dat=MAIL)
    assert listed(tmp_path) == ["a.eml zip", "b.eml workbook", "c.dat mail"]


def test_a_letter_that_talks_of_a_mail_is_none(tmp_path: Path) -> None:
    put(
        tmp_path,
        a_txt=b"Date: 05/10\nKinh gui anh",
        b_txt=b"Chao anh,\nFrom: a@b.vn\nSubject: x\n\n",
        c_txt=b"x-y: 1\nTo: a\n",
    )
    assert [line.partition(" ")[2] for line in listed(tmp_path)] == ["other"] * 3


def test_hidden_locked_linked_and_special_entries_are_told_and_not_opened(tmp_path: Path) -> None:
    folder = tmp_path / "nhan"
    put(folder, a_eml=MAIL)
    (folder / "~$b.xlsx").write_bytes(b"khoa")
    (folder / ".an").mkdir()
    put(folder / ".an", x_eml=MAIL)
    (folder / "lien-ket.eml").symlink_to(folder / "a.eml")
    (folder / "thu-muc-lien-ket").symlink_to(tmp_path)
    os.mkfifo(folder / "ong.eml")
    assert [line.split(" (")[0] for line in listed(folder)] == [
        ".an other", "a.eml mail", "lien-ket.eml other", "ong.eml other", "thu-muc-lien-ket other", "~$b.xlsx other",
    ]  # fmt: skip
    reasons = {one.shown: one.skipped.vi for one in sources.listed([folder]) if one.skipped}
    assert "liên kết" in reasons["lien-ket.eml"] and "đặc biệt" in reasons["ong.eml"] and "ẩn" in reasons["~$b.xlsx"]
    assert set(reasons) == {".an", "lien-ket.eml", "ong.eml", "thu-muc-lien-ket", "~$b.xlsx"}


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is out of reach of root")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    put(tmp_path, a_dat=MAIL)
    (tmp_path / "a.dat").chmod(0)
    (line,) = listed(tmp_path)
    assert "không có quyền" in line


def test_names_are_shown_without_what_moves_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J\u202e.eml").write_bytes(MAIL)
    (tmp_path / os.fsdecode(b"b\xff.eml")).write_bytes(MAIL)
    assert listed(tmp_path) == ["a\\x1b[2J\\u202e.eml mail", "b\\udcff.eml mail"]


def test_an_entry_is_told_once_even_where_two_paths_lead_to_it(tmp_path: Path) -> None:
    put(tmp_path, a__b_eml=MAIL, a__c_eml=MAIL, d_eml=MAIL)
    found = list(sources.listed([tmp_path / "a" / "c.eml", tmp_path, tmp_path / "a"]))
    assert [one.file.name for one in found] == ["c.eml", "b.eml", "d.eml"]
    assert found[0].shown == (tmp_path / "a" / "c.eml").as_posix()


def test_one_mailbox_given_by_two_paths_gives_each_mail_once(tmp_path: Path) -> None:
    put(tmp_path, a_mbox=(ENVELOPE + MAIL + b"\n") * 2)
    found = list(sources.listed([tmp_path, tmp_path / "a.mbox"]))
    assert [one.shown.rpartition("/")[2] for one in found] == ["a.mbox#1", "a.mbox#2"]


def test_folders_are_left_out(tmp_path: Path) -> None:
    put(tmp_path, a_eml=MAIL, _cchc=b"", bo__b_eml=MAIL, kho__c_eml=MAIL)
    assert listed(tmp_path, tmp_path / "bo", tmp_path / "khac") == [
        ".cchc other (Tệp khóa tạm của chương trình đang mở bảng tính, hoặc tệp ẩn.)", "a.eml mail", "kho/c.eml mail",
    ]  # fmt: skip


def test_a_path_that_is_not_there_is_said_before_anything_is_listed(tmp_path: Path) -> None:
    put(tmp_path, a_eml=MAIL)
    with pytest.raises(CchcError, match="Không có tệp hay thư mục"):
        sources.listed([tmp_path, tmp_path / "khong-co"])


def test_a_maildir_gives_its_mails_whatever_their_flags_and_not_those_on_their_way(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "hop", create=True)
    first = box.add(mailbox.MaildirMessage(MAIL))
    message = mailbox.MaildirMessage(MAIL)
    message.set_subdir("cur")
    message.set_flags("FRST")
    second = box.add(message)
    (tmp_path / "hop" / "tmp" / "1.2.3").write_bytes(MAIL[:20])
    (tmp_path / "hop" / "dovecot-uidlist").write_bytes(b"3 V1 N2\n")
    lines = listed(tmp_path / "hop")
    assert sorted(line.split(" (")[0] for line in lines) == sorted(
        [f"cur/{second}:2,FRST mail", f"new/{first} mail", "dovecot-uidlist other", "tmp/1.2.3 mail"]
    )
    assert [line for line in lines if "đang được ghi dở" in line] == [line for line in lines if line.startswith("tmp/")]


# -------------------------------------------------------------------------------------------------------- mailbox files


def mails(folder: Path, content: bytes, name: str = "thu.mbox") -> list[bytes]:
    path = folder / name
    path.write_bytes(content)
    found = list(sources.listed([path]))
    assert [one.shown for one in found] == [f"{name}#{number}" for number in range(1, len(found) + 1)]
    return [read.raw(one) for one in found]


def test_mails_of_a_mailbox_file_are_cut_at_their_envelopes(tmp_path: Path) -> None:
    other = MAIL.replace(b"Bieu", b"Bieu hai")
    assert mails(tmp_path, ENVELOPE + MAIL + b"\n" + ENVELOPE + other + b"\n") == [MAIL, other]
    assert mails(tmp_path, ENVELOPE + MAIL + b"\n" + ENVELOPE + other, "khong-duoi") == [MAIL, other]
    crlf = ENVELOPE.replace(b"\n", b"\r\n")
    assert mails(tmp_path, crlf + MAIL + b"\r\n" + crlf + other + b"\r\n") == [MAIL, other]


def test_an_envelope_needs_a_header_behind_and_a_blank_line_or_a_time(tmp_path: Path) -> None:
    talk = MAIL + b"\nFrom nay gui ve truoc ngay 5.\n\nFrom here: on\n"
    assert mails(tmp_path, ENVELOPE + talk + b"\n") == [talk]
    bare = b"From -\n" + MAIL
    assert mails(tmp_path, bare + b"\n" + bare) == [MAIL, MAIL]
    assert mails(tmp_path, ENVELOPE + MAIL + ENVELOPE + MAIL) == [MAIL, MAIL]


def test_lines_that_were_quoted_are_as_they_were(tmp_path: Path) -> None:
    body = MAIL + b"From nay\n>From mai\nkhac >From x\n"
    quoted = re.sub(rb"(?m)^(>*From )", rb">\1", body).replace(b">From: ", b"From: ")
    assert mails(tmp_path, ENVELOPE + quoted) == [body]


def test_a_mailbox_file_of_the_standard_library(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "thu.mbox")
    for number in range(3):
        message = EmailMessage()
        message["From"], message["Subject"] = "tuphap@nhonhau.gov.vn", f"Bieu {number}"
        message.set_content(f"Kinh gui\n\nFrom day {number}\nhet")
        box.add(message)
    box.close()
    found = list(sources.listed([tmp_path / "thu.mbox"]))
    assert [read.read(one, tmp_path).subject for one in found] == ["Bieu 0", "Bieu 1", "Bieu 2"]
    assert [b"\nFrom day " in read.raw(one) for one in found] == [True] * 3


def test_an_empty_mailbox_file_is_told(tmp_path: Path) -> None:
    put(tmp_path, a_mbox=b"")
    assert listed(tmp_path) == ["a.mbox other (Tệp hộp thư không có thư nào.)"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(0, 3 * 4096), min_size=1, max_size=6), piece=st.sampled_from([64, 4096, 5000, 1 << 22])
)
def test_no_mail_is_lost_or_cut_wherever_the_pieces_of_a_file_end(
    sizes: list[int], piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mbox, "_PIECE", piece)
    written = [MAIL + b"x" * size + b"\n" for size in sizes]
    file = b"".join(ENVELOPE + one + b"\n" for one in written)
    found = [file[start : start + length] for start, length in mbox.spans(io.BytesIO(file))]
    assert found == written
