"""The sheets *Nguồn* (the files, and what became of each) and *Vấn đề* (who is missing, refused, at fault, far from the others)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cchc_xlsx.consolidate.listing import Column
from cchc_xlsx.layout.model import Place, Sheet, Style
from cchc_xlsx.province import sheet
from cchc_xlsx.province.matrix import Matrix
from cchc_xlsx.province.model import Problem, Province
from cchc_xlsx.province.sheet import Cells, Long
from cchc_xlsx.values import say_number

SOURCES, PROBLEMS = "Nguồn", "Vấn đề"
ERROR, WARNING = "Lỗi", "Cảnh báo"
_MOST_LINKS = 20_000  # each is kept until the sheet is written
_MOST_FAR = 2_000  # lines about values far from the others; the colours of the matrix show all
_SOURCE_HEADS = (
    Column("Mã xã", 9, "center"),
    Column("Xã", 24),
    Column("Loại tệp", 26),
    Column("Tính vào số liệu", 34),
    Column("Tệp", 50),
    Column("Thời điểm", 17, "center"),
    Column("SHA-256", 70, printed=False),
)
_PROBLEM_HEADS = (
    Column("Mức", 11, "center"),
    Column("Xã", 26),
    Column("Nội dung", 70),
    Column("Cách xử lý", 42),
    Column("Tệp", 40),
    Column("Trang tính", 14),
    Column("Ô", 8, "center"),
    Column("Mã lỗi", 8, "center"),
)
_TEXT, _CENTER, _LINK, _BAD, _WARN = range(5)
_STYLES = (
    Style(valign="top"),
    Style(valign="top", align="center"),
    Style(valign="top", color="#0563C1", underline=True),
    Style(valign="top", fill="#FBE3E1"),
    Style(valign="top", fill="#FDF0D0"),
)


def sources(province: Province, banner: str) -> Sheet:
    """Every file with what became of it, and the communes without one."""
    count = sum(1 for _ in province.origins()) + len(province.absent)
    remark = "Thời điểm là ngày giờ của tệp trên máy này."
    one = Long(
        SOURCES,
        "NGUỒN SỐ LIỆU",
        (remark,),
        banner,
        "Nguon",
        _SOURCE_HEADS,
        _STYLES,
        count,
        lambda _: _source_rows(province),
        links=lambda first: _links(province, first),
        freeze=4,
    )
    return sheet.sheet(one)


def _source_rows(province: Province) -> Iterator[Cells]:
    for number, (code, name, one) in enumerate(province.origins()):
        file = _LINK if one.link and number < _MOST_LINKS else _TEXT
        said = _TEXT if one.is_used else _BAD
        yield (
            (code, _CENTER),
            (name, _TEXT),
            (one.what, _TEXT),
            (one.counted, said),
            (one.path, file),
            (one.arrived, _CENTER),
            (one.sha256, _TEXT),
        )
    for name in province.absent:
        yield ("", _CENTER), (name, _TEXT), ("", _TEXT), ("Không: không có số liệu dùng được", _BAD), *[("", _TEXT)] * 3


def _links(province: Province, first: int) -> Mapping[Place, tuple[str, str]]:
    found = {}
    for number, (_, _, one) in enumerate(province.origins()):
        if one.link and number < _MOST_LINKS:
            found[first + number, 5] = (one.link, one.path)
    return found


def problems(province: Province, matrix: Matrix, banner: str) -> Sheet:
    """What has to be looked at, errors first."""
    far = list(_far(province, matrix))
    found = sorted(province.problems, key=lambda one: one.level != ERROR) + far[:_MOST_FAR]
    errors = sum(one.level == ERROR for one in found)
    remark = f"{errors} lỗi, {len(found) - errors} cảnh báo."
    if len(far) > _MOST_FAR:
        remark += (
            f" Có {len(far)} số liệu khác xa các xã; ở đây ghi {_MOST_FAR} số liệu đầu, trang Ma trận tô màu tất cả."
        )
    one = Long(
        PROBLEMS,
        "CÁC VẤN ĐỀ CẦN XEM",
        (remark,),
        banner,
        "VanDe",
        _PROBLEM_HEADS,
        _STYLES,
        len(found),
        lambda _: map(_problem, found),
        freeze=3,
    )
    return sheet.sheet(one)


def _problem(one: Problem) -> Cells:
    return (
        (one.level, _BAD if one.level == ERROR else _WARN),
        (one.commune, _TEXT),
        (one.text, _TEXT),
        (one.fix, _TEXT),
        (one.file, _TEXT),
        (one.sheet, _TEXT),
        (one.cell, _CENTER),
        (one.code, _CENTER),
    )


def _far(province: Province, matrix: Matrix) -> Iterator[Problem]:
    """The values far from the others: to be asked about, not wrong."""
    for index, line in enumerate(province.lines):
        limits = matrix.bounds.get(line.id)
        if limits is None:
            continue
        is_share = line.measure.kind in ("rate", "percent", "trend")
        for commune in province.communes:
            value, _ = commune.results[index]
            if limits.is_far(value):
                assert isinstance(value, (int, float))
                said, usual = (_said(one, is_share=is_share) for one in (value, limits.median))
                text = f"{line.label}: {said}, khác xa các xã (trung vị {usual})."
                yield Problem(WARNING, commune.called, text, "Hỏi lại xã; số liệu vẫn được tính.")


def _said(value: float, *, is_share: bool) -> str:
    return f"{say_number(value * 100, 1)}%" if is_share else say_number(value, 2)
