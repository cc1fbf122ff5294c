"""Folders → the communes' summaries: checked, chosen, added up, written; the year's folder feeds the same room."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from cchc_xlsx import check, extras, recognise, reports, together, units, writer
from cchc_xlsx.consolidate import book, choose, combine
from cchc_xlsx.consolidate.model import Earlier, Round, Source, Summary
from cchc_xlsx.errors import CchcError
from cchc_xlsx.extras import Extras
from cchc_xlsx.identity import PROPERTY, Identity
from cchc_xlsx.issue import Issue
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.results import FileResult, Report, Told, printable
from cchc_xlsx.task import Task
from cchc_xlsx.writer import links

_SEVERAL = Text(
    "Các tệp thuộc {count} biểu, kỳ hoặc xã khác nhau: {what}. {advice}",
    "The files belong to {count} different forms, periods or communes: {what}. {advice}",
)
_AS_FOLDER = Text(
    "Mỗi biểu tổng hợp là một tệp: ghi --out là một thư mục, ví dụ --out {folder}.",
    "Each summary is a workbook of its own: give a folder as --out, e.g. --out {folder}.",
)
_OR_PERIOD = Text("{advice} Hoặc chọn một kỳ bằng --period.", "{advice} Or choose one period with --period.")
_NOTHING = Text(
    "Không có báo cáo nào để tổng hợp trong các đường dẫn đã cho.",
    "There is no report to consolidate in the paths given.",
)
_ALL_AT_FAULT = Text(
    "Không có báo cáo nào không còn lỗi để tổng hợp ({files} tệp còn lỗi). Chạy cchc-xlsx check để xem, hoặc thêm --include-errors "
    "để tổng hợp tạm.",
    "No report is free of errors ({files} files have some). Run cchc-xlsx check to see them, or add --include-errors for a "
    "provisional summary.",
)


_OVER_A_FILE = Text(
    "Biểu tổng hợp sẽ ghi đè tệp được đọc “{path}”; chọn thư mục khác cho --out.",
    "The summary would overwrite “{path}”, which is read; choose another folder for --out.",
)
_REMIND = Text(
    "Nhắc đơn vị gửi; trong lúc chờ, số liệu có phần của đơn vị này chỉ là tạm tính.",
    "Remind the unit; until then figures that it has a share in are provisional.",
)


class Made(Struct, frozen=True):
    """A summary and where its workbook was written."""

    summary: Summary
    path: Path


class Known(Struct, frozen=True):
    """What the ledger knows of a workbook that a folder does not: who sent it, when it came, which version it is."""

    sender: str
    arrived: dt.datetime
    is_late: bool
    version: int


class Done(Struct, frozen=True):
    """What a run made, what it was made from, and the rounds without any workbook that counts."""

    made: tuple[Made, ...]
    report: Report
    empty: tuple[Round, ...]


def consolidate(
    paths: Sequence[Path],
    out: Path,
    task: Task,
    progress: Callable[[int, int], None] | None = None,
    *,
    jobs: int | None = None,
    include_errors: bool = False,
    own: Sequence[Path] = (),
    known: Mapping[str, Known] | None = None,
    before: Callable[[Round], Earlier | None] = lambda _: None,
) -> Done:
    """The reports under `paths` consolidated into the workbook `out`, or into a folder of them where `out` is no .xlsx.

    `own` are files of the office that are no reports, `known` is what the ledger says of files by sha256, `before` gives what
    is known of earlier periods. Raises CchcError where there is nothing to consolidate, or more than
    one summary for one workbook, or where `out` is a file that is read.
    """
    is_file = out.suffix.lower() == ".xlsx"
    report = check.check(
        paths, task, progress, jobs=jobs, expected=together.everyone, output=out if is_file else None, own=own
    )
    if known:  # the ledger says which of several versions counts
        report = replace(report, findings=tuple(one for one in report.findings if one.code != "S701"))
    found = choose.rounds(sources(report.files, task.asked.own_forms, known or {}), include_errors=include_errors)
    if not found:
        raise CchcError(_NOTHING)
    usable = [one for one in found if one.used]
    if not usable:
        raise CchcError(_ALL_AT_FAULT.format(files=sum(len(one.left) for one in found)))
    if is_file and len(found) > 1:
        what = ", ".join(_called(one) for one in found)
        advice = as_folder(out, [one.issue.period for one in found])
        raise CchcError(_SEVERAL.format(count=len(found), what=what, advice=advice))
    places = [out] if is_file else [out / name for name in _names(usable)]
    spare(places, report)
    about = tuple(_for_summary(one, task.lang) for one in report.findings)
    made = []
    for one, path in zip(usable, places, strict=True):
        mine = tuple(finding for finding in about if len(found) == 1 or _is_about(finding, one))
        made.append(write(one, path, before(one), findings=mine, key=task.asked.key))
    return Done(tuple(made), report, tuple(one for one in found if not one.used))


def write(
    one: Round, path: Path, before: Earlier | None = None, *, findings: Sequence[Told] = (), key: bytes | None = None
) -> Made:
    """The summary of a round written at `path`; `before` is what is known of earlier periods, `key` the office's."""
    linked = replace(
        one,
        used=tuple(_linked(source, path) for source in one.used),
        left=tuple(replace(left, source=_linked(left.source, path)) for left in one.left),
    )
    summary = combine.summary(linked, before, findings)
    made = book.book(summary, key)
    properties = {PROPERTY: reports.MADE, book.PROPERTY: made.token}
    writer.save(writer.sheets_to_bytes(made.sheets, made.title, properties), path)
    return Made(summary, path)


def as_folder(out: Path, periods: Iterable[object]) -> Text:
    """What to do where several workbooks of these periods cannot be written as the one file `out`."""
    advice = _AS_FOLDER.format(folder=printable(str(out.with_suffix(""))))
    return _OR_PERIOD.format(advice=advice) if len(set(periods)) > 1 else advice


def spare(places: Sequence[Path], report: Report) -> None:
    """Raises CchcError where a summary would overwrite a file that is read; an earlier summary there was skipped."""
    here = {path.resolve(): path for path in places if path.exists()}
    for one in report.files if here else ():
        if one.file and one.status != "skipped" and one.file.resolve() in here:
            raise CchcError(_OVER_A_FILE.format(path=printable(str(one.file))))


def _linked(source: Source, path: Path) -> Source:
    return replace(source, link=links.to_file(source.file, path))


def sources(
    files: Iterable[FileResult], own_forms: Path | None = None, known: Mapping[str, Known] | None = None
) -> Iterable[Source]:
    """The reports of a check as the summary takes them; what could not be recognised is in the check's own findings."""
    issues: dict[tuple[object, ...], Issue | None] = {}
    for one in files:
        who = one.identity
        if who is None or not one.fields or who.kind != "report":
            continue
        key = (who.form, who.version, who.plan, who.commune, who.commune_code, who.year, who.period, one.asking)
        if key not in issues:
            issues[key] = recognise.whole(who, extras.read(one.asking) or Extras(), own_forms)
        if issue := issues[key]:
            yield _received(_source(one, who, issue), (known or {}).get(one.sha256 or ""))


def _source(one: FileResult, who: Identity, issue: Issue) -> Source:
    return Source(
        printable(one.path),
        replace(issue, unit=units.COMMUNE),
        who.unit,
        one.fields,
        one.findings,
        one.sha256 or "",
        one.sheet,
        one.known,
        arrived=arrived(one.file),
        file=one.file,
    )


def _received(one: Source, known: Known | None) -> Source:
    if known is None:
        return one
    return replace(
        one,
        sender=known.sender,
        arrived=known.arrived,
        is_received=True,
        is_late=known.is_late,
        version=known.version,
    )


def issue_of(one: FileResult, own_forms: Path | None = None) -> Issue | None:
    """The commune's whole issue of which a file is a part; None where its form is not known."""
    who = one.identity
    return recognise.whole(who, extras.read(one.asking) or Extras(), own_forms) if who else None


def arrived(file: Path | None) -> dt.datetime | None:
    """The time of a file: all that is known without a ledger."""
    try:
        return dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC) if file else None
    except (OSError, OverflowError, ValueError):
        return None


def _for_summary(finding: Told, lang: Lang) -> Told:
    """A finding about the set without the advice that is for another command."""
    return replace(finding, fix=_REMIND.say(lang)) if finding.code == "S703" else finding


def _is_about(finding: Told, one: Round) -> bool:
    """Whether a finding about the set names the round."""
    period = one.issue.period.code if one.issue.period else ""
    return all(word in finding.message for word in (one.issue.form.id, period, one.issue.commune))


def _called(one: Round) -> str:
    assert one.issue.period
    return f"{one.issue.form.id} {one.issue.period.code} ({one.issue.commune})"


def _names(found: Sequence[Round]) -> list[str]:
    """A name for each summary's workbook: ASCII, safe on Windows, told apart by the commune's code or a number."""
    names: list[str] = []
    for one in found:
        assert one.issue.period
        name = f"{one.issue.form.id}_{one.issue.period.code}_tong-hop"
        code = re.sub(r"[^0-9A-Za-z-]", "", one.issue.commune_code or "")
        several = sum(_same_table(one, other) for other in found) > 1
        name = f"{name}_{code}" if several and code else name
        again = sum(earlier == f"{name}.xlsx" or earlier.startswith(f"{name}_n") for earlier in names)
        names.append(f"{name}_n{again + 1}.xlsx" if again else f"{name}.xlsx")
    return names


def _same_table(one: Round, other: Round) -> bool:
    return (one.issue.form.id, one.issue.period) == (other.issue.form.id, other.issue.period)
