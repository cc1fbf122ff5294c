"""Years in texts: which follow to the next year, which are left and told."""

from __future__ import annotations

import fill
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_xlsx.form import load
from cchc_xlsx.form.deadlines import parse
from cchc_xlsx.roll import years

# What an office wrote in its plan of 2026, and what is proposed for 2027.
FOLLOWED = """
Tăng hạng so với năm 2025                       | Tăng hạng so với năm 2026
Chỉ tiêu năm 2026: 95%                          | Chỉ tiêu năm 2027: 95%
Năm 2026                                        | Năm 2027
Quý I/2026                                      | Quý I/2027
Tháng 12/2025                                   | Tháng 12/2026
Trước ngày 30/11/2026                           | Trước ngày 30/11/2027
31/12/2026                                      | 31/12/2027
Quý I, Quý III/2026                             | Quý I, Quý III/2027
Tối thiểu 90%                                   | Tối thiểu 90%
Năm 2024 đạt 90%                                | Năm 2024 đạt 90%
Theo Kế hoạch số 15/KH-UBND năm 2026            | Theo Kế hoạch số 15/KH-UBND năm 2026
Quyết định 282/2026/QĐ-TTg, năm 2026            | Quyết định 282/2026/QĐ-TTg, năm 2026
Giai đoạn 2026 - 2030                           | Giai đoạn 2026 - 2030
Đến năm 2026 đạt 90%                            | Đến năm 2026 đạt 90%
Mã 2026 của năm 20261                           | Mã 2026 của năm 20261
"""

# Texts of a form, and whether a year is written out in them.
WRITTEN_OUT = """
Chỉ tiêu năm 2026                               | yes
Chỉ tiêu năm {{ year }}                         | no
{{ 2026 if year > 2025 else year }}             | no
Nghị định 09/2019/NĐ-CP                         | no
Nghị định 09/2019/NĐ-CP, hoàn thành năm 2026    | yes
Quý I/2026                                      | yes
Đạt 20260 điểm                                  | no
"""


def drawn(table: str) -> list[tuple[str, str]]:
    rows = (line.partition("|") for line in table.strip().splitlines())
    return [(left.strip(), right.strip()) for left, _, right in rows]


@pytest.mark.parametrize(("text", "later"), drawn(FOLLOWED))
def test_years_follow_where_that_is_sure(text: str, later: str) -> None:
    assert years.followed(text, 2026) == later


@given(st.sampled_from(["Quý {q}/{y}", "Tháng {m}/{y}", "{d}/{m}/{y}", "Năm {y}"]), st.data(), st.integers(2021, 2090))
def test_a_deadline_means_the_same_in_its_year(shape: str, data: st.DataObject, year: int) -> None:
    draw = {"q": st.sampled_from(["I", "II", "III", "IV"]), "m": st.integers(1, 12), "d": st.integers(1, 28)}
    text = shape.format(y=year - data.draw(st.integers(0, 1)), **{key: data.draw(one) for key, one in draw.items()})
    assert parse(years.followed(text, year), year + 1) == parse(text, year) is not None


@pytest.mark.parametrize(("text", "is_there"), drawn(WRITTEN_OUT))
def test_a_year_that_is_written_out(text: str, is_there: str) -> None:
    assert years.has_year(text) == (is_there == "yes")


@pytest.mark.parametrize("form_id", fill.FORMS)
def test_shipped_forms_write_no_year_but_of_documents(form_id: str) -> None:
    found = [text for _, text in years.literal(load.find(form_id))]
    assert [text for text in found if f"năm {load.find(form_id).base_year}" in text] == []
