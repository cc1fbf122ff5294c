"""An office that goes from year to year, for tests: its folder of 2025, its units' reports, its plans."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import command
from desk import Office, Typed

from cchc_xlsx import owing, project, sample, writer
from cchc_xlsx.generate import Made
from cchc_xlsx.issue import lines
from cchc_xlsx.layout import place
from cchc_xlsx.ledger import book

RANKS, TRENDS, SCORES, ANY = (
    "nhon-hau-2025-phu-luc-1",
    "tay-xuan-2024-phu-luc-papi-sipas-par",
    "tay-xuan-2024-par-index",
    "cchc-xa",
)
FORMS = (RANKS, TRENDS, SCORES, ANY)


def begun(folder: Path, year: int = 2025, forms: tuple[str, ...] = FORMS) -> Office:
    """A new year's folder with these forms."""
    wanted = [word for form in forms for word in ("--form", form)]
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = command.run("init", folder, "--commune", "Nhơn Hậu", "--year", str(year), *wanted, cwd=folder.parent)
    assert done.code == 0, done.err
    return Office(folder)


def issued(office: Office, form: str, period: str | None) -> dict[str, Made]:
    """The workbooks of a form by unit: the year's plan, or the reports of a period ("N")."""
    found = project.load(office.folder)
    code = f"{found.setup.office.year}-{period}" if period else None
    with closing(book.open_at(found.state)) as opened:
        return {one.issue.unit: one for one in owing.made(found, opened, code, [form])}


def reported(office: Office, form: str, period: str, unit: str, typed: Typed | None = None) -> bytes:
    """A unit's report as it would fill it in, each rate a little better than the year before where that is known."""
    one = issued(office, form, period)[unit]
    trends = {line.key("previous"): line.key("value") for line in lines(one.issue) if line.measure.kind == "trend"}
    known = one.issue.local.previous
    better = {value: float(known[last]) + 0.01 for last, value in trends.items() if last in known}
    return writer.to_bytes(place.place(one.issue, {**sample.valid(one.issue), **better, **(typed or {})}, one.identity))


def planned(office: Office, form: str, typed: Typed) -> bytes:
    """The plan workbook of a form with cells typed over."""
    [one] = issued(office, form, None).values()
    return writer.to_bytes(place.place(one.issue, dict(typed), one.identity))


def collect(office: Office, *workbooks: bytes) -> None:
    """Take workbooks in; all are of the office and none has errors."""
    into = office.folder.parent / "den"
    into.mkdir(exist_ok=True)
    for data in workbooks:
        (into / f"{hashlib.sha256(data).hexdigest()[:12]}.xlsx").write_bytes(data)
    found = office.run("collect", into, "--format", "json").json
    told = [(one["form"], one["unit"], one["errors"]) for each in found["messages"] for one in each["workbooks"]]
    assert len(told) >= len(workbooks)
    assert {errors for _, _, errors in told} == {0}, told
    assert {each["status"] for each in found["messages"]} <= {"ok", "duplicate"}
    for path in into.iterdir():
        path.unlink()


def content(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder with its bytes, folders too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }
