"""The printed words of a form: the short way says what Jinja says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cchc_xlsx.errors import CchcError
from cchc_xlsx.form import render

COMMUNES = ("Nhơn Hậu", "xã Nhơn Hậu", "phường Đập Đá", "đặc khu Phú Quý", "xã {{ year }}")
PIECES = (
    *("{{ commune }}", "{{ commune_full }}", "{{ year }}", "{{ year - 1 }}", "{{ year - 10 }}"),
    *("{{ commune | upper }}", "{{ commune_full | upper }}", "{{year}}", "{{ commune|lower }}", "{{ year + 1 }}"),
    *("UBND ", "năm ", "100%", "}}", "{# bỏ #}", "\n"),
)


@given(st.lists(st.sampled_from(PIECES)).map("".join), st.sampled_from(COMMUNES), st.integers(2020, 2099))
def test_names_and_years_are_put_in_as_jinja_puts_them_in(words: str, commune: str, year: int) -> None:
    expected = render._template(words).render(
        commune=render.bare(commune), commune_full=render.full(commune), year=year
    )
    assert render.text(words, commune, year) == expected


@pytest.mark.parametrize("words", ["{{ year", "{{ province }}", "{{ commune - 1 }}", "{{ year | nothing }}"])
def test_what_is_no_expression_is_told(words: str) -> None:
    with pytest.raises(CchcError, match="sai"):
        render.text(words, "Nhơn Hậu", 2026)
