"""Waivers: read from what Excel saves, every mistake told at once, and what they let pass."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_xlsx import values, waivers
from cchc_xlsx.errors import CchcError
from cchc_xlsx.rules.model import Finding
from cchc_xlsx.waivers import Waiver

VI = "Đơn vị;Ô hoặc mã trường;Mã lỗi;Kỳ;Lý do;Đến ngày"
EN = "unit,key,code,period,reason,until"
DAY = dt.date(2027, 3, 31)


def read(text: str) -> tuple[Waiver, ...]:
    return waivers.read(text.encode(), "mien.csv")


# ---------------------------------------------------------------------------------------------------------------- reading

ROW = Waiver("L401", "Tỉnh đã đồng ý", "TPHT", "r05.num", "2027-Q1", DAY)


@pytest.mark.parametrize(
    "text",
    [
        f"{VI}\nTPHT;r05.num;L401;2027-Q1;Tỉnh đã đồng ý;31/3/2027\n",
        f"{VI.upper()}\r\ntpht;R05.NUM;l401;2027-q1; Tỉnh đã đồng ý ;2027-03-31\r\n",
        f"{EN}\nTPHT,r05.num,L401,2027-Q1,Tỉnh đã đồng ý,31/03/2027",
        f"\n\n{EN.title()}\n,,,,,\nTPHT,r05.num,L401,2027-Q1,Tỉnh đã đồng ý,31/03/2027,ghi chú\n\n",
        '"unit","key","code","period","reason","until"\n"TPHT","r05.num","L401","2027-Q1","Tỉnh đã đồng ý",2027-03-31\n',
        "Lí do\tMã lỗi\tghi chú\tĐến ngày\tKỳ\tMã đơn vị\tÔ\nTỉnh đã đồng ý\tL401\tx;y,z\t31/3/2027\t2027-Q1\tTPHT\tr05.num\n",
    ],
    ids=["semicolons", "capitals", "English", "empty lines", "all quoted", "tabs in another order"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_excel_saves_is_read(text: str, encoding: str) -> None:
    [found] = waivers.read(text.encode(encoding), "mien.csv")
    assert (found.key or "").lower() == ROW.key
    assert found == Waiver(ROW.code, ROW.reason, ROW.unit, found.key, ROW.period, ROW.until)


def test_empty_and_star_mean_any_and_no_end() -> None:
    found = read(f"{EN}\n,,L401,,vì thế,\n*,*,L401,*,vì thế,\nXA,$G$14,t301,2027-T01,vì thế,\n")
    assert found == (
        Waiver("L401", "vì thế"),
        Waiver("L401", "vì thế"),
        Waiver("T301", "vì thế", "XA", "G14", "2027-T01"),
    )
    assert read(EN) == ()


letters = st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('",;\n\t')
reasons = st.text(letters, min_size=1).filter(lambda text: text.strip() == text)


@given(st.lists(reasons, max_size=5), st.sampled_from(",;\t"), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_any_reason_comes_back_whatever_signs_it_holds(said: list[str], mark: str, quoting: int) -> None:
    table = io.StringIO()
    out = csv.writer(table, delimiter=mark, quoting=quoting)  # type: ignore[arg-type]
    out.writerow(EN.split(","))
    out.writerows(["TPHT", "", "L401", "", reason, ""] for reason in said)
    found = [one.reason for one in waivers.read(table.getvalue().encode("utf-8-sig"), "mien.csv")]
    assert found == [values.nfc(reason) for reason in said]


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"{EN}\n{text}".encode("utf-8", "replace")))
def test_any_bytes_are_waivers_or_mistakes(data: bytes) -> None:
    try:
        found = waivers.read(data, "mien.csv")
    except CchcError as error:
        for text in (error.text.vi, error.text.en):
            assert re.search(r"\nmien\.csv:\d+: ", text)
    else:
        assert all(one.code and one.reason for one in found)


# --------------------------------------------------------------------------------------------------------------- mistakes

# a row -> what is said of it
WRONG = """
TPHT,r05.num,,2027-Q1,x,            -> thiếu mã lỗi.
TPHT,r05.num,L999,2027-Q1,x,        -> không có mã lỗi “L999”; xem các mã: cchc-xlsx explain.
TPHT,r05.num,F005,2027-Q1,x,        -> mã F005 về tệp hoặc nhận dạng, không miễn được: tệp như thế không có số liệu để dùng.
TPHT,r05.num,i502,2027-Q1,x,        -> mã I502 về tệp hoặc nhận dạng, không miễn được: tệp như thế không có số liệu để dùng.
TPHT,r05.num,T321,2027-Q1,x,        -> mã T321 chỉ là thông tin, không cần miễn.
Tư pháp,r05.num,L401,2027-Q1,x,     -> không có đơn vị mang mã “Tư pháp”.
TPHT,dòng 5,L401,2027-Q1,x,         -> “dòng 5” không phải mã trường (như r05.num) hay địa chỉ ô (như G14).
TPHT,r05.num,L401,quý 1,x,          -> không có kỳ “quý 1”; mã kỳ như 2027-Q1, 2027-T01, 2027-6T, 2027-N.
TPHT,r05.num,L401,2027-Q1,,         -> thiếu lý do.
TPHT,r05.num,L401,2027-Q1,x,3/2027  -> “3/2027” không phải là một ngày; ghi như 31/12/2027 hoặc 2027-12-31.
TPHT,r05.num,L401,2027-Q1,x,12/31/2027 -> “12/31/2027” không phải là một ngày; ghi như 31/12/2027 hoặc 2027-12-31.
TPHT,r05.num                        -> thiếu mã lỗi. thiếu lý do.
TPHT,r05.num,L401,2027-Q1,"x"y,     -> dấu nháy kép không khớp.
TPHT,r05.num,L401,2027-Q1,"x,       -> dấu nháy kép không khớp.
"""


@pytest.mark.parametrize("line", WRONG.strip().splitlines())
def test_each_mistake_names_its_line(line: str) -> None:
    row, _, said = (part.strip() for part in line.partition("->"))
    with pytest.raises(CchcError) as caught:
        read(f"{EN}\nTPHT,,L401,,“hai\ndòng”,\n".replace("“hai", '"hai').replace("dòng”", 'dòng"') + row)
    head, *lines = caught.value.text.vi.split("\n")
    assert head == "Tệp miễn lỗi có chỗ sai:"
    assert " ".join(one.removeprefix("mien.csv:4: ") for one in lines) == said
    assert len(caught.value.text.en.split("\n")) == 1 + len(lines)
    assert not re.search("[à-ỹ]", re.sub("“[^”]*”", "", caught.value.text.en.lower()))


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(CchcError) as caught:
        read(f"{EN}\nABC,x,L999,1,,32/1/2027\nTPHT,,L401,,x,\nTPHT,,F001,,x,\n")
    assert [line.split(":")[1] for line in caught.value.text.vi.split("\n")[1:]] == ["2"] * 6 + ["4"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", ["thiếu cột “đơn vị” (hoặc “unit”).", "thiếu cột “mã lỗi” (hoặc “code”)."]),
        (b"unit,key,code,period,reason\nTPHT,,L999,,\n", ["thiếu cột “đến ngày” (hoặc “until”)."]),
        (f"{EN},Mã lỗi\n".encode(), ["cột “mã lỗi” có hai lần."]),
        (VI.encode("cp1258", "replace"), ["không phải tệp chữ; trong Excel chọn Lưu thành kiểu “CSV UTF-8”."]),
        (b"PK\x03\x04\0\0\0", ["không phải tệp chữ; trong Excel chọn Lưu thành kiểu “CSV UTF-8”."]),
        (b"\xff\xfea", ["không phải tệp chữ; trong Excel chọn Lưu thành kiểu “CSV UTF-8”."]),
    ],
    ids=["nothing", "a column missing", "a column twice", "Windows letters", "a workbook", "half a letter"],
)
def test_a_file_that_is_no_such_table(data: bytes, said: list[str]) -> None:
    with pytest.raises(CchcError) as caught:
        waivers.read(data, "mien.csv")
    lines = caught.value.text.vi.split("\n")
    assert {f"mien.csv:1: {one}" for one in said} <= set(lines)
    assert len(lines) == (7 if not data else 2)


# ---------------------------------------------------------------------------------------------------------------- applying

FOUND = Finding("L401", "error", "r05.num", "Phụ lục 1", "G14")

# a waiver -> whether it lets the finding pass, on 31/3/2027, in a workbook of TPHT for 2027-Q1
APPLIED = """
TPHT,r05.num,L401,2027-Q1,x,31/3/2027   -> yes
tpht,R05.NUM,l401,2027-q1,x,1/4/2027    -> yes
,,L401,,x,                              -> yes
*,*,L401,*,x,                           -> yes
TPHT,G14,L401,2027-Q1,x,                -> yes
TPHT,r05.num,L401,2027-Q1,x,30/3/2027   -> no
TPHT,r05.num,L402,2027-Q1,x,            -> no
VPTK,r05.num,L401,2027-Q1,x,            -> no
TPHT,r05.den,L401,2027-Q1,x,            -> no
TPHT,G15,L401,2027-Q1,x,                -> no
TPHT,r05.num,L401,2027-Q2,x,            -> no
TPHT,r05.num,L401,2027-N,x,             -> no
"""


@pytest.mark.parametrize("line", APPLIED.strip().splitlines())
def test_what_a_waiver_lets_pass(line: str) -> None:
    row, _, passes = (part.strip() for part in line.partition("->"))
    given_ = read(f"{EN}\n{row}")
    assert waivers.find(given_, FOUND, "TPHT", "2027-Q1", DAY) == (given_[0] if passes == "yes" else None)


def test_the_first_that_fits_is_the_one() -> None:
    given_ = read(f"{EN}\nVPTK,,L401,,a,\n,,L401,,b,1/1/2027\n,,L401,,c,\n,,L401,,d,\n")
    found = waivers.find(given_, FOUND, "TPHT", "2027-Q1", DAY)
    assert found
    assert found.reason == "c"


def test_findings_about_the_set_and_those_that_are_never_waived() -> None:
    every = (Waiver("S701", "x"), Waiver("T321", "x"), Waiver("F001", "x"), Waiver("S701", "x", "TPHT"))
    assert waivers.find(every, Finding("S701", "error"), None, None, DAY) == every[0]
    assert waivers.find(every[3:], Finding("S701", "error"), None, None, DAY) is None
    assert waivers.find(every, Finding("T321", "info"), "TPHT", "2027-Q1", DAY) is None
    assert waivers.find(every, Finding("F001", "error"), "TPHT", "2027-Q1", DAY) is None


def test_the_day_is_that_of_vietnam() -> None:
    evening = dt.datetime(2027, 3, 31, 17, 0, tzinfo=dt.UTC)
    assert waivers.today(evening) == dt.date(2027, 4, 1)
    assert waivers.today(evening - dt.timedelta(minutes=1)) == DAY
