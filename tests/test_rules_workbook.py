"""The rules about the file, its identity and its alteration: for each code a bad and a good workbook on disk."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import checked
import fill
import openpyxl
import pytest
import trial
from msgspec.structs import replace

from cchc_xlsx import check, identity, writer
from cchc_xlsx.examine import Examined, Layouts, accepted, examine
from cchc_xlsx.form import load
from cchc_xlsx.issue import Issue, Local
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import Cell, Formula, Layout, Place, Sheet, Style, a1
from cchc_xlsx.periods import parse
from cchc_xlsx.recognise import Asked, GivenPlan
from cchc_xlsx.results import FileResult
from cchc_xlsx.rules import registry
from cchc_xlsx.task import Task

CH, PAR, XA = "cam-hiep-2025-phu-luc", "tay-xuan-2024-par-index", "cchc-xa"


def found(data: bytes, folder: Path, asked: Asked | None = None, name: str = "bao-cao.xlsx") -> str:
    """The findings of a file of these bytes, on one line; ok where there is none."""
    return ", ".join(checked.lines(checked.result(data, folder, asked, name))) or "ok"


# ------------------------------------------------------------------------------------------------------------- F: file


def ole2(*streams: str) -> bytes:
    """A compound file with just a directory of these streams."""
    entries = b"".join(
        (name + "\0").encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2).ljust(64, b"\0")
        for name in ("Root Entry", *streams)
    )
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries


def zipped(**parts: bytes) -> bytes:
    """A zip file; `__` in a name stands for a slash, `_x` for a dot."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for name, content in parts.items():
            out.writestr(name.replace("__", "/").replace("_x", "."), content)
    return target.getvalue()


def good() -> bytes:
    return checked.workbook(PAR)


def part(name: str, old: bytes, new: bytes) -> Callable[[], bytes]:
    """The good workbook with one text of one part replaced."""

    def edit(content: bytes) -> bytes:
        assert old in content
        return content.replace(old, new, 1)

    return lambda: checked.with_part(good(), name, edit)


ODS = zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b"<a/>")
DOCX = zipped(**{"[Content_Types]_xxml": b"<a/>", "word__document_xxml": b"<a/>"})
XLSB = zipped(**{"[Content_Types]_xxml": b"<a/>", "xl__workbook_xbin": b"x"})
MACRO = part("[Content_Types].xml", b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml")

# name | what it holds | status and findings
FILES: Mapping[str, tuple[str, Callable[[], bytes], str]] = {
    "good": ("bao-cao.xlsx", good, "ok"),
    "good in capitals": ("BAO-CAO.XLSX", good, "ok"),
    "good without a suffix": ("bao-cao", good, "ok"),
    "good named .xls": ("bao-cao.xls", good, "ok"),
    "empty": ("rong.xlsx", lambda: b"", "error F001"),
    "pdf renamed": ("pdf.xlsx", lambda: b"%PDF-1.7\n%\xe2\xe3", "error F002"),
    "docx renamed": ("cong-van.xlsx", lambda: DOCX, "error F002"),
    "picture renamed": ("anh.xlsx", lambda: b"\x89PNG\r\n\x1a\n\0", "error F002"),
    "old excel": ("cu.xls", lambda: ole2("Workbook"), "error F003"),
    "old excel renamed": ("cu.xlsx", lambda: ole2("Book"), "error F003"),
    "encrypted": ("mat-khau.xlsx", lambda: ole2("EncryptionInfo", "EncryptedPackage"), "error F004"),
    "half": ("nua.xlsx", lambda: good()[: len(good()) // 2], "error F005"),
    "one byte lost": ("mat.xlsx", lambda: good()[:-1], "error F005"),
    "macros": ("macro.xlsx", MACRO, "error F006"),
    "macros named so": ("macro.xlsm", MACRO, "error F006"),
    "binary": ("nhi-phan.xlsb", lambda: XLSB, "error F007"),
    "ods": ("calc.ods", lambda: ODS, "error F008"),
    "ods renamed": ("calc.xlsx", lambda: ODS, "error F008"),
    "csv": ("bang.csv", "TT;Chỉ tiêu\n1;95,5\n".encode, "error F009"),
    "csv renamed": ("bang.xlsx", lambda: "TT;Chỉ tiêu\n1;95,5\n".encode("utf-16"), "error F009"),
    "html table": ("bang.xls", lambda: b"<html><table><tr><td>1</td></tr></table></html>", "error F010"),
    "doctype in a part": ("doctype.xlsx", part("xl/workbook.xml", b"<workbook", b"<!DOCTYPE a><workbook"), "error F013"),
    "an error that calamine does not know": ("loi.xlsx", lambda: checked.workbook(PAR, "r01: value=!#SPILL!"), "error V202 r01.value"),
    "over the limit": ("lon.xlsx", lambda: b"PK\x03\x04" + bytes(25 << 20), "error F011"),
    "cell beyond the limit": ("xa.xlsx", part(checked.SHEET, b"</sheetData>", b'<row r="1048576"><c r="A1048576"/></row></sheetData>'), "error F011"),
    "lock file": ("~$lock.xlsx", good, "skipped F020"),
    "lock of LibreOffice": (".~lock.bao-cao.xlsx#", lambda: b"x", "skipped F020"),
    "hidden": (".hidden", good, "skipped F020"),
    "word": ("cong-van.docx", lambda: DOCX, "skipped F021"),
    "pdf": ("cong-van.pdf", lambda: b"%PDF", "skipped F021"),
    "a text without a suffix": ("README", lambda: b"Read me first.\n", "skipped F021"),
    "nothing without a suffix": ("Makefile", lambda: b"", "skipped F021"),
    "data without a suffix": ("core", lambda: b"\x7fELF\x02", "skipped F021"),
}  # fmt: skip


def told(result: Examined | FileResult) -> str:
    if isinstance(result, Examined):
        return " ".join((result.status, *checked.lines(result)))
    return " ".join(
        (result.status, *(" ".join(filter(None, (one.code, one.key or one.cell))) for one in result.findings))
    )


@pytest.mark.parametrize("case", FILES.values(), ids=FILES)
def test_each_kind_of_file(case: tuple[str, Callable[[], bytes], str], tmp_path: Path) -> None:
    name, make, expected = case
    result = checked.result(make(), tmp_path, name=name)
    assert (told(result) if expected != "ok" else result.status) == expected


def test_a_sheet_that_the_reader_cannot_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        """A reader that panics, as calamine's Rust does: no Exception."""

        @staticmethod
        def from_filelike(_: object) -> None:
            raise BaseException("panic")  # noqa: TRY002

    def fail(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("cchc_xlsx.reader.own", fail)
    monkeypatch.setattr("cchc_xlsx.reader.CalamineWorkbook", Broken)
    assert found(good(), tmp_path) == "ok"  # openpyxl reads it
    monkeypatch.setattr("cchc_xlsx.second.grids", fail)
    assert found(good(), tmp_path) == "F014"


def test_a_link_a_pipe_and_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "that.xlsx").write_bytes(good())
    (tmp_path / "link.xlsx").symlink_to("that.xlsx")
    (tmp_path / "folder").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "ong.xlsx")
    kept = tmp_path / "khoa.xlsx"
    kept.write_bytes(good())
    kept.chmod(0)
    honest = os.open

    def refuse(path: object, *arguments: int, **more: int) -> int:  # root may read everything
        if str(path) == str(kept):
            raise PermissionError(13, "Permission denied")
        return honest(path, *arguments, **more)  # type: ignore[arg-type]

    files = check.check((tmp_path,), Task()).files
    assert [f"{one.path} {told(one)}" for one in files if one.file != kept] == [
        "folder skipped F022",
        "link.xlsx skipped F022",
        "ong.xlsx skipped F022",
        "that.xlsx ok",
    ]
    monkeypatch.setattr(os, "open", refuse)
    shut = examine(kept, Asked(), Layouts())
    assert told(shut) == "error F012"
    assert dict(shut.findings[0].data)["what"].vi == "không có quyền đọc"  # type: ignore[attr-defined]


def test_a_folder_that_may_not_be_read_and_a_file_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shut = tmp_path / "khoa"
    shut.mkdir()
    (tmp_path / "that.xlsx").write_bytes(good())
    honest = os.scandir

    def refuse(path: object) -> object:
        if str(path) == str(shut):
            raise PermissionError(13, "Permission denied")
        return honest(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", refuse)
    files = check.check((tmp_path,), Task()).files
    assert [f"{one.path} {told(one)}" for one in files] == ["khoa error F012", "that.xlsx ok"]
    assert told(examine(tmp_path / "gone.xlsx", Asked(), Layouts())) == "error F012"


# --------------------------------------------------------------------------------------------------------- I: identity


def retold(layout: Layout, old: str, new: str) -> Layout:
    """The layout with a text replaced in every copy of the token, as a clever hand would."""
    who = replace(layout.identity, token=layout.identity.token.replace(old, new))
    sheets = tuple(
        replace(sheet, cells={at: _retold(cell, layout.identity.token, who.token) for at, cell in sheet.cells.items()})
        for sheet in layout.sheets
    )
    assert who.token != layout.identity.token
    return replace(layout, identity=who, sheets=sheets)


def _retold(cell: Cell, old: str, new: str) -> Cell:
    return replace(cell, content=new) if cell.content == old else cell


def tagged(layout: Layout, **changes: object) -> Layout:
    """The layout with the identity of another issue, rightly tagged."""
    issue = replace(layout.context.issue, **changes)  # type: ignore[arg-type]
    return retold(layout, layout.identity.token, identity.of(issue).token)


def without_sheet(layout: Layout, *names: str) -> Layout:
    return replace(layout, sheets=tuple(sheet for sheet in layout.sheets if sheet.name not in names))


def laid(one: Issue) -> Layout:
    """The issue, every input right."""
    return place.place(one, fill.valid(one))


OURS = {"r19.target": "Trên 90%"}


def by(overlay: Mapping[str, str]) -> Asked:
    """What is asked where a plan with this overlay is given."""
    return Asked(plan=GivenPlan(fill.plan(XA), overlay))


def keyed() -> Layout:
    """A workbook with the mark of an office."""
    issue, typed = valid(CH)
    return place.place(issue, typed, identity.of(issue, b"khoa"))


def added() -> Layout:
    """A workbook with an office's own deadline."""
    return laid(replace(fill.report(CH, "Q1"), local=Local(due=dt.date(2025, 3, 20))))


THEIRS = by({"r19.target": "Trên 91%"})


@cache
def cam_hiep(period: str = "Q1", unit: str = "XA") -> Layout:
    return laid(fill.report(CH, period, unit))


@cache
def by_plan() -> Layout:
    return laid(checked.planned(XA, OURS))


# what it is | the workbook, and what is asked | findings
IDENTITIES: Mapping[str, tuple[Callable[[], Layout], Asked, str]] = {
    "as issued": (cam_hiep, Asked(), "ok"),
    "period changed by hand": (lambda: retold(cam_hiep(), "2025-Q1", "2025-Q2"), Asked(), "I502"),
    "unit changed by hand": (lambda: retold(cam_hiep(unit="KT"), "|KT|", "|VP|"), Asked(), "I502"),
    "unknown form": (lambda: retold(cam_hiep(), cam_hiep().identity.token, unknown("form")), Asked(), "I504"),
    "unknown version": (lambda: retold(cam_hiep(), cam_hiep().identity.token, unknown("version")), Asked(), "I504"),
    "unknown unit": (lambda: tagged(cam_hiep(), unit="PHONG"), Asked(), "I504"),
    "unit of another era": (lambda: tagged(cam_hiep(), unit="VPTK"), Asked(), "I504"),
    "a report without a period": (lambda: tagged(cam_hiep(), period=None), Asked(), "I504"),
    "asked for its period": (cam_hiep, Asked(period="2025-Q1"), "ok"),
    "asked for another": (cam_hiep, Asked(period="2025-6T"), "I505"),
    "a plan has no period": (lambda: place.place(fill.plan(CH)), Asked(period="2025-6T"), "ok"),
    "by a plan it carries": (by_plan, Asked(), "ok"),
    "by a plan that is gone": (lambda: without_sheet(by_plan(), "_meta"), Asked(), "I506"),
    "by a plan that is given": (lambda: without_sheet(by_plan(), "_meta"), by(OURS), "ok"),
    "by the given plan": (by_plan, by(OURS), "ok"),
    "by another plan": (by_plan, THEIRS, "I507"),
    "by another plan, its own gone": (lambda: without_sheet(by_plan(), "_meta"), THEIRS, "I507"),
    "by none where one is given": (lambda: laid(fill.report(XA)), THEIRS, "I507"),
    "by its own where none is wanted": (by_plan, by({}), "I507"),
    "without its form sheet": (lambda: without_sheet(cam_hiep(), cam_hiep().form_sheet.name), Asked(), "I508"),
    "without the other sheets": (lambda: without_sheet(cam_hiep(), "Hướng dẫn", "_ds", "_meta"), Asked(), "ok"),
    "keyed, and the key is not here": (keyed, Asked(), "I511"),
    "keyed, and the key is here": (keyed, Asked(key=b"khoa"), "ok"),
    "the third of its kind": (lambda: laid(replace(fill.report(CH), serial=3)), Asked(), "ok"),
    "keyed with another key": (keyed, Asked(key=b"other"), "I502"),
    "without a key where there is one": (cam_hiep, Asked(key=b"khoa"), "I521"),
    "with what the office adds": (added, Asked(), "ok"),
    "with what the office adds, which is gone": (lambda: without_sheet(added(), "_meta"), Asked(), "I509"),
}


def valid(form_id: str) -> tuple[Issue, Mapping[str, str | float]]:
    one = fill.report(form_id)
    return one, fill.valid(one)


def unknown(what: str) -> str:
    """The token of a form that this computer does not have."""
    form = load.find(CH)
    own = _Form(form.id if what == "version" else "mau-rieng", 7 if what == "version" else 1)
    one = replace(fill.report(CH, "Q1"), form=own)  # type: ignore[arg-type]
    return identity.of(one).token


class _Form:
    """All that a token asks of a form."""

    def __init__(self, form_id: str, version: int) -> None:
        self.id, self.version = form_id, version


@pytest.mark.parametrize("case", IDENTITIES.values(), ids=IDENTITIES)
def test_each_kind_of_identity(case: tuple[Callable[[], Layout], Asked, str], tmp_path: Path) -> None:
    make, asked, expected = case
    result = checked.result(writer.to_bytes(make()), tmp_path, asked)
    assert (", ".join(checked.lines(result)) or "ok") == expected
    assert result.identity is not None
    assert (result.status == "error") == (expected not in ("ok", "I511", "I521"))


def test_a_table_of_ones_own_is_not_our_form(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["STT", "Chỉ tiêu", "Kết quả"])
    book.active["A1"] = "CCHC1|x"
    book.save(tmp_path / "a.xlsx")
    result = checked.result((tmp_path / "a.xlsx").read_bytes(), tmp_path)
    assert (told(result), result.identity) == ("error I501", None)


def test_the_sheet_of_one_unit_in_the_file_of_another(tmp_path: Path) -> None:
    own, other = cam_hiep(unit="KT"), cam_hiep(unit="VP")
    pasted = replace(own, sheets=(*own.sheets, replace(other.form_sheet, name="Văn phòng")))
    result = checked.result(writer.to_bytes(pasted), tmp_path)
    assert checked.lines(result) == ["I503"]
    vi, _, en, _ = checked.said(result.findings[0])
    for text in (vi, en):
        assert "2025-Q1 KT" in text
        assert "2025-Q1 VP" in text


def test_a_version_older_than_the_newest(tmp_path: Path) -> None:
    own = tmp_path / "forms"
    trial.put(own)
    one = Issue(load.find(trial.ID, own=own), "Nhơn Hậu", 2027, "report", parse("2027-6T"))
    typed = fill.valid(one) | {"r04.evidence": "x", "r05.evidence": "x"}
    data = writer.to_bytes(place.place(one, typed))
    assert found(data, tmp_path, Asked(own_forms=own)) == "ok"
    trial.put(own, trial.changed(("version: 1", "version: 2")), version=2)
    result = checked.result(data, tmp_path, Asked(own_forms=own))
    assert (told(result), result.findings[0].data["newest"]) == ("ok I512", 2)
    assert found(data, tmp_path) == "I504"


@pytest.mark.parametrize("size", [1, 400])
def test_a_plan_of_any_size_travels_in_the_workbook(size: int, tmp_path: Path) -> None:
    overlay = {
        "r19.do": "Phòng Kinh tế; " * size + "Phòng Kinh tế",
        "r19.target": "Trên 90%",
        "r20.target": "x" * 20_000,
    }
    layout = laid(checked.planned(XA, overlay))
    result = checked.result(writer.to_bytes(layout), tmp_path)
    assert told(result) == "ok"
    assert result.filled
    assert dict(result.filled.layout.context.issue.plan.overlay) == overlay


# ------------------------------------------------------------------------------------------------------- T: alteration

BEFORE = cam_hiep("N")
TOP = 1 + next(row for row, key in BEFORE.row_keys.items() if key == "header.2")  # of the table's body


def row_of(key: str) -> int:
    return next(row for row, other in BEFORE.row_keys.items() if other == key)


def put(at: Place, content: str | float | Formula | None) -> Layout:
    """A cell of the form sheet with other content."""
    cells = dict(BEFORE.form_sheet.cells)
    cells[at] = Cell(content, cells[at].style if at in cells else Style())
    return checked.edited(BEFORE, cells=cells)


def moved(sheet: Sheet, where: Callable[[Place], Place | None]) -> Layout:
    """The form sheet with its cells and merges elsewhere, or gone."""
    cells = {to: cell for at, cell in sheet.cells.items() if (to := where(at))}
    areas = [(where(area[:2]), where(area[2:])) for area in sheet.merges]
    merges = tuple((*first, *last) for first, last in areas if first and last)
    plain = {"validations": (), "highlights": (), "heights": {}}
    return checked.edited(BEFORE, cells=cells, merges=merges, **plain)


def delete_row(row: int) -> Layout:
    return moved(BEFORE.form_sheet, lambda at: None if at[0] == row else (at[0] - (at[0] > row), at[1]))


def insert_rows(row: int, count: int = 1) -> Layout:
    return moved(BEFORE.form_sheet, lambda at: (at[0] + count * (at[0] >= row), at[1]))


def swap_rows(one: int, other: int) -> Layout:
    turn = {one: other, other: one}
    return moved(BEFORE.form_sheet, lambda at: (turn.get(at[0], at[0]), at[1]))


def copy_row(one: int, other: int) -> Layout:
    cells = {at: cell for at, cell in BEFORE.form_sheet.cells.items() if at[0] != other}
    return checked.edited(BEFORE, cells=cells | {(other, at[1]): cell for at, cell in cells.items() if at[0] == one})


def insert_column(column: int) -> Layout:
    return moved(BEFORE.form_sheet, lambda at: (at[0], at[1] + (at[1] >= column)))


def delete_column(column: int) -> Layout:
    return moved(BEFORE.form_sheet, lambda at: None if at[1] == column else (at[0], at[1] - (at[1] > column)))


def with_sheet(name: str, *, hidden: bool = False, empty: bool = False) -> Layout:
    cells = {} if empty else {(1, 1): Cell("ghi chú", Style())}
    return replace(BEFORE, sheets=(*BEFORE.sheets, Sheet(name, cells, {}, hidden=hidden)))


def unmerged() -> Layout:
    """The second merge of the header undone."""
    table = [area for area in BEFORE.form_sheet.merges if area[0] == BEFORE.table[0]]
    return checked.edited(BEFORE, merges=tuple(area for area in BEFORE.form_sheet.merges if area != table[1]))


R02, R03 = row_of("r02"), row_of("r03")
LABEL, TARGET = (R02, 3), (R02, next(at[1] for at, cell in BEFORE.form_sheet.cells.items() if cell.role == "target"))
FORMULA = next(at for at, cell in sorted(BEFORE.form_sheet.cells.items()) if cell.role == "formula" and at[0] == R02)
RIGHT = max(at[1] for at in BEFORE.form_sheet.cells) + 3
SHARE = BEFORE.form_sheet.cells[FORMULA].content

# what was done | the workbook | findings, with the cell where it is
ALTERED: Mapping[str, tuple[Callable[[], Layout], str]] = {
    "nothing": (lambda: BEFORE, "ok"),
    "a name changed": (lambda: put(LABEL, "Tỷ lệ hồ sơ"), f"T301 {a1(LABEL)}"),
    "a name emptied": (lambda: put(LABEL, None), f"T301 {a1(LABEL)}"),
    "a name by a formula": (lambda: put(LABEL, Formula('"x"', "x")), f"T301 {a1(LABEL)}"),
    "a title changed": (lambda: put((2, 2), "PHỤ LỤC 9"), "T301 B2"),
    "blanks, tabs and NFD in a name": (lambda: put(LABEL, spoilt(LABEL)), "ok"),
    "the target changed": (lambda: put(TARGET, "50"), f"T302 {a1(TARGET)}"),
    "the target as a number": (lambda: put(TARGET, 60.0), "ok"),
    "a share typed over its formula": (lambda: put(FORMULA, 1.0), f"T303 {a1(FORMULA)}"),
    "a formula changed": (lambda: put(FORMULA, Formula("1+1", 2)), f"T303 {a1(FORMULA)}"),
    "a formula written otherwise": (lambda: put(FORMULA, Formula(otherwise(), 1)), "ok"),
    "a row deleted": (lambda: delete_row(R03), f"T304 B{R03}"),
    "a heading row deleted": (lambda: delete_row(row_of("r01")), f"T304 B{row_of('r01')}"),
    "two rows swapped": (lambda: swap_rows(R02, R03), f"T305 B{R03}"),
    "a row pasted over another": (lambda: copy_row(R02, R03), f"T305 B{R03}, T304 B{R03}"),
    "a merge undone": (unmerged, "T306"),
    "a merge made": (lambda: checked.edited(BEFORE, merges=(*BEFORE.form_sheet.merges, (R02, 5, R03, 5))), "T306"),
    "a column inserted": (lambda: insert_column(5), "T307"),
    "a column deleted": (lambda: delete_column(5), "T307"),
    "a remark beside the table": (lambda: put((R02, RIGHT), "đã xong"), f"T311 {a1((R02, RIGHT))}"),
    "a figure in a group's row": (lambda: put((row_of("r01"), 9), 5.0), f"T311 I{row_of('r01')}"),
    "a row inserted": (lambda: insert_rows(R03), "T312"),
    "three rows inserted": (lambda: insert_rows(R03, 3), "T312"),
    "rows inserted above the table": (lambda: insert_rows(3), "T312"),
    "a sheet added": (lambda: with_sheet("Sheet1"), "T313"),
    "an empty sheet added": (lambda: with_sheet("Sheet1", empty=True), "ok"),
    "a hidden sheet added": (lambda: with_sheet("Sheet1", hidden=True), "ok"),
    "the form sheet renamed": (lambda: checked.edited(BEFORE, name="Báo cáo"), "ok"),
}


def spoilt(at: Place) -> str:
    """The text of a cell as honest programs return it: decomposed, other blanks, other line ends."""
    import unicodedata  # noqa: PLC0415

    text = str(BEFORE.form_sheet.cells[at].content)
    return unicodedata.normalize("NFD", text).replace(" ", "  ") + " \n\u200b"


def otherwise() -> str:
    """A formula with blanks and small letters, as another program writes it."""
    assert isinstance(SHARE, Formula)
    parts = re.split(r'("[^"]*")', SHARE.text)
    return "".join(text if text.startswith('"') else text.lower().replace(",", ", ") for text in parts)


@pytest.mark.parametrize("case", ALTERED.values(), ids=ALTERED)
def test_each_kind_of_alteration(case: tuple[Callable[[], Layout], str], tmp_path: Path) -> None:
    make, expected = case
    result = checked.result(writer.to_bytes(make()), tmp_path)
    lines = checked.lines(result)
    if expected in ("T306", "T307", "T312", "T313"):
        assert {line[:4] for line in lines} == {expected}
    else:
        assert (", ".join(lines) or "ok") == expected
    errors = any(line[:3] == "T30" for line in lines)
    assert result.status == ("error" if errors else "warning" if lines else "ok")


def test_protection_that_is_gone_is_only_told(tmp_path: Path) -> None:
    bare = checked.with_part(
        writer.to_bytes(BEFORE), checked.SHEET, lambda xml: re.sub(rb"<sheetProtection[^>]*/>", b"", xml)
    )
    result = checked.result(bare, tmp_path)
    assert told(result) == "ok T321"


def test_figures_are_read_by_row_and_column_key_wherever_they_stand(tmp_path: Path) -> None:
    honest = checked.result(writer.to_bytes(BEFORE), tmp_path)
    for layout in (insert_rows(R03), insert_rows(TOP, 4), insert_column(5)):
        result = checked.result(writer.to_bytes(layout), tmp_path)
        assert result.filled
        assert honest.filled
        read, expected = result.filled, honest.filled
        assert {key: read.entry(key).value for key in layout.inputs} == {
            key: expected.entry(key).value for key in honest.filled.layout.inputs
        }


def test_a_deleted_row_takes_only_its_own_figures_with_it(tmp_path: Path) -> None:
    result = checked.result(writer.to_bytes(delete_row(R03)), tmp_path)
    taken = accepted(result)
    assert not {key for key in taken if key.startswith("r03.")}
    assert taken["r04.num"][1] == fill.valid(BEFORE.context.issue)["r04.num"]


def test_more_than_twenty_remarks_are_one_habit(tmp_path: Path) -> None:
    cells = dict(BEFORE.form_sheet.cells)
    cells |= {(row, RIGHT): Cell("x", Style()) for row in range(1, 60)}
    lines = checked.lines(checked.result(writer.to_bytes(checked.edited(BEFORE, cells=cells)), tmp_path))
    assert len(lines) == 20
    assert {line[:4] for line in lines} == {"T311"}


def test_messages_of_an_alteration_say_what_was_and_what_is(tmp_path: Path) -> None:
    result = checked.result(writer.to_bytes(put(TARGET, "50")), tmp_path)
    vi, _, en, _ = checked.said(result.findings[0])
    assert vi == "Chỉ tiêu phải là “60”, nay là “50”."
    assert "“60”" in en
    assert "“50”" in en


# ------------------------------------------------------------------------------------------------------------- all codes


def test_every_code_about_a_workbook_has_a_case() -> None:
    tables = " ".join(
        [expected for *_, expected in FILES.values()]
        + [expected for *_, expected in IDENTITIES.values()]
        + [expected for *_, expected in ALTERED.values()]
    )
    elsewhere = {"F012", "F022", "I501", "I503", "I512", "T321"}  # tests of their own above
    elsewhere |= {"F014", "F015", "F016", "F023"}  # a test above; test_workers; test_cli_outputs
    drawn = set(re.findall(r"[FIT]\d{3}", tables))
    assert drawn | elsewhere == {rule.code for rule in registry.RULES if rule.code[0] in "FIT"}
