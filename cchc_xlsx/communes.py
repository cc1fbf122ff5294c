"""Folders → the workbook of many communes: each commune added up alone, kept on disk, then compared with the others."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, Any, cast

from msgspec import Struct, field
from msgspec.structs import replace

from cchc_xlsx import check, fields, listed, reports, summing, values, writer
from cchc_xlsx.consolidate import choose, combine, words
from cchc_xlsx.consolidate.model import NO_DATA, Figure, Summary
from cchc_xlsx.errors import CchcError
from cchc_xlsx.identity import PROPERTY, Identity
from cchc_xlsx.issue import Issue
from cchc_xlsx.lang import Text
from cchc_xlsx.listed import Named
from cchc_xlsx.province import book, model
from cchc_xlsx.province.details import MOST_ROWS
from cchc_xlsx.province.model import Commune, Entries, Origin, Problem, Province, Tally
from cchc_xlsx.province.tables import ERROR, WARNING
from cchc_xlsx.results import FileResult, Report, Stored, printable
from cchc_xlsx.task import Task
from cchc_xlsx.units import COMMUNE
from cchc_xlsx.writer import links

_IN_MEMORY = 4 << 20  # bytes of what communes say; more goes to a file without a name
_MOST_FINDINGS = 10  # of one file that are listed; `check` shows them all
_VIETNAM = dt.timezone(dt.timedelta(hours=7))
_NOTHING = Text(
    "Không có báo cáo hoặc biểu tổng hợp nào của xã trong các đường dẫn đã cho.",
    "There is no report or summary of a commune in the paths given.",
)
_NONE_USABLE = Text(
    "Không có xã nào có số liệu dùng được: {why} Chạy cchc-xlsx check để xem lỗi từng tệp.",
    "No commune has figures that can be used: {why} Run cchc-xlsx check to see what is wrong with each file.",
)
_SEVERAL = Text(
    "Các tệp thuộc {count} biểu hoặc kỳ khác nhau: {what}. {advice}",
    "The files belong to {count} different forms or periods: {what}. {advice}",
)
_TOO_MANY = Text(
    "Có {rows} dòng chi tiết, nhiều hơn một trang tính chứa được; hãy tổng hợp từng phần.",
    "There are {rows} rows of details, more than a sheet holds; consolidate the communes in parts.",
)
_ONE_NAME = Text(
    "“{name}”: {count} tệp cùng một tên xã mà không có mã xã, không biết là một hay nhiều xã: {files}.",
    "“{name}”: {count} files with one commune name and no code; nobody knows whether they are of one commune: {files}.",
)
_SOME_CODE = Text(
    "“{name}”: có tệp ghi mã xã ({codes}), có tệp không, không biết có phải một xã: {files}.",
    "“{name}”: some files have a commune code ({codes}) and some have none; nobody knows whether they are of one commune: {files}.",
)
_TWO_NAMES = Text(
    "Mã xã {code} có các tên khác nhau: {names}; theo các tệp: {files}.",
    "The commune code {code} has different names: {names}; by the files: {files}.",
)
_NO_USABLE_FILE = Text("Không có tệp nào dùng được.", "No file of it can be used.")
_GIVE_CODES = (
    "Phát hành biểu với --commune-code (mã xã chính thức); hoặc tổng hợp riêng từng xã rồi chỉ đưa một tệp của mỗi xã."
)


class _Piece(Struct, frozen=True):
    """A file that is some commune's: its number in the check, and what decides whether it counts."""

    number: int
    who: Identity
    path: str
    sha256: str
    has_errors: bool
    is_summary: bool
    with_errors: bool
    arrived: dt.datetime | None
    file: Path | None


class Told(Struct, frozen=True):
    """A workbook of many communes that was made."""

    path: Path
    form: str
    period: str
    communes: int
    asked: int
    absent: tuple[str, ...]
    problems: tuple[Problem, ...]


class Done(Struct, frozen=True):
    """What a run made, and what it was made from."""

    made: tuple[Told, ...]
    report: Report


class _Run(Struct, frozen=True):
    """What every table of a run is made with."""

    files: Stored
    task: Task
    include_errors: bool
    wanted: Sequence[Named]
    progress: Callable[[int, int], None] | None


def consolidate(
    paths: Sequence[Path],
    out: Path,
    task: Task,
    progress: Callable[[int, int], None] | None = None,
    *,
    jobs: int | None = None,
    include_errors: bool = False,
    wanted: Sequence[Named] = (),
    own: Sequence[Path] = (),
) -> Done:
    """The communes' workbooks under `paths` as one workbook `out` a form and period, or in a folder where `out` is no .xlsx.

    `wanted` are the communes that there should be. Raises CchcError where nothing can be made, or more than one workbook for one
    file, or where `out` is a file that is read.
    """
    is_file = out.suffix.lower() == ".xlsx"
    asked = replace(task, summaries=True)
    report = check.check(paths, asked, progress, jobs=jobs, output=out if is_file else None, own=own)
    groups = _groups(report)
    if not groups:
        raise CchcError(_NOTHING)
    if is_file and len(groups) > 1:
        what = ", ".join(" ".join(one) for one in groups)
        advice = summing.as_folder(out, [period for _, period in groups])
        raise CchcError(_SEVERAL.format(count=len(groups), what=what, advice=advice))
    places = [out] if is_file else [out / f"{form}_{period}_cac-xa.xlsx" for form, period in groups]
    summing.spare(places, report)
    run = _Run(cast("Stored", report.files), task, include_errors, wanted, progress)
    unread = tuple(_unread(report))
    made = [_made(run, pieces, path, unread) for pieces, path in zip(groups.values(), places, strict=True)]
    return Done(tuple(made), report)


def _groups(report: Report) -> dict[tuple[str, str], list[_Piece]]:
    """The files that are reports or summaries, by form and period."""
    found: dict[tuple[str, str], list[_Piece]] = {}
    for number, (head, _) in enumerate(cast("Stored", report.files).heads()):
        who = head.identity
        if who and who.kind == "report" and who.period and (head.asking or head.summary):
            found.setdefault((who.form, who.period), []).append(_piece(number, head, who))
    return dict(sorted(found.items()))


def _piece(number: int, head: FileResult, who: Identity) -> _Piece:
    return _Piece(
        number,
        who,
        printable(head.path),
        head.sha256 or "",
        head.status == "error",
        bool(head.summary),
        bool(head.summary) and bool(json.loads(head.summary)["with_errors"]),
        summing.arrived(head.file),
        head.file,
    )


def _unread(report: Report) -> Iterator[Problem]:
    """The files that nobody knows whose they are."""
    files = cast("Stored", report.files)
    for number, (head, _) in enumerate(files.heads()):
        if head.status == "error" and not (head.asking or head.summary):
            told = next((one for one in files.at(number).findings if one.severity == "error"), None)
            whose = _called(head.identity) if head.identity else ""
            yield Problem(
                ERROR,
                whose,
                told.message if told else "",
                told.fix if told else "",
                printable(head.path),
                code=told.code if told else "",
            )


def _called(who: Identity) -> str:
    return f"{who.commune} ({who.commune_code})" if who.commune_code else who.commune


# ------------------------------------------------------------------------------------------------------ whose is which file


class _Sorted(Struct):
    """The files by commune, and what is wrong with whom."""

    communes: dict[tuple[str, str], list[_Piece]] = field(default_factory=dict)  # code and name
    refused: list[Problem] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


def _by_commune(pieces: Sequence[_Piece]) -> _Sorted:
    """Communes are told apart by code; a name alone tells one file whose it is, no more."""
    found = _Sorted()
    by_name: dict[str, list[_Piece]] = {}
    by_code: dict[str, list[_Piece]] = {}
    for one in pieces:
        by_name.setdefault(values.fold(one.who.commune), []).append(one)
        if one.who.commune_code:
            by_code.setdefault(one.who.commune_code, []).append(one)
    refused: set[int] = set()
    for same in by_name.values():
        bare = [one for one in same if not one.who.commune_code]
        codes = sorted({one.who.commune_code for one in same if one.who.commune_code})
        if bare and codes:
            text = _SOME_CODE.format(name=same[0].who.commune, codes=", ".join(codes), files=_names(same))
        elif len({one.sha256 for one in bare}) > 1:
            text = _ONE_NAME.format(name=same[0].who.commune, count=len(bare), files=_names(same))
        else:
            continue
        _refuse(found, same, text, refused)
    for code, same in by_code.items():
        names = {values.fold(one.who.commune): one.who.commune for one in same}
        if len(names) > 1:
            text = _TWO_NAMES.format(code=code, names=", ".join(sorted(names.values())), files=_names(same))
            _refuse(found, same, text, refused)
    for one in pieces:
        if one.number not in refused:
            key = (one.who.commune_code or "", "" if one.who.commune_code else values.fold(one.who.commune))
            found.communes.setdefault(key, []).append(one)
    return found


def _refuse(found: _Sorted, same: Sequence[_Piece], text: Text, refused: set[int]) -> None:
    refused.update(one.number for one in same)
    name = same[0].who.commune
    found.refused.append(Problem(ERROR, name, text.vi, _GIVE_CODES, _names(same)))
    found.absent.append(name)


def _names(same: Sequence[_Piece]) -> str:
    shown = ", ".join(one.path for one in same[:8])
    return shown + (f" và {len(same) - 8} tệp khác" if len(same) > 8 else "")


# ------------------------------------------------------------------------------------------------------------ one commune


class _Chosen(Struct, frozen=True):
    """What a commune says, from which files, and what is to be told of them."""

    entries: Entries
    origins: tuple[Origin, ...]
    problems: tuple[Problem, ...]
    issue: Issue | None


def _commune(run: _Run, pieces: Sequence[_Piece], path: Path) -> _Chosen:
    """A commune's figures: those of its latest summary where there is one, else its units' added up as for one commune."""
    summaries = [one for one in pieces if one.is_summary]
    fit = [one for one in summaries if run.include_errors or not (one.has_errors or one.with_errors)]
    if fit:
        return _of_summary(run, max(fit, key=_age), pieces, path)
    return _of_units(run, [one for one in pieces if not one.is_summary], summaries, path)


def _age(one: _Piece) -> tuple[dt.datetime, str]:
    return (one.arrived or dt.datetime.min.replace(tzinfo=dt.UTC), one.path)


def _of_summary(run: _Run, used: _Piece, pieces: Sequence[_Piece], path: Path) -> _Chosen:
    result = run.files.at(used.number)
    said = json.loads(result.summary)
    entries = {line: replace(one, file=used.path) for line, one in model.from_json(said["entries"]).items()}
    origins, problems = [], []
    called = _called(used.who)
    for one in pieces:
        if one is used:
            why = "Có" + (", dù còn lỗi" if one.has_errors or one.with_errors else "")
        elif one.sha256 == used.sha256:
            why = f"Không: trùng với tệp đã tính ({used.path})"
        elif one.is_summary:
            why = _why_not(one, used)
            problems.append(_left(called, one, why))
        else:
            why = f"Không: đã tính theo biểu tổng hợp của xã ({used.path})"
        origins.append(_origin(one, why, path, is_used=one is used))
    problems += _findings(run, pieces)
    if missing := said["missing"]:
        problems.append(
            Problem(
                WARNING, called, f"Biểu tổng hợp thiếu đơn vị {', '.join(missing)}: số liệu tạm tính.", "", used.path
            )
        )
    return _Chosen(entries, tuple(origins), tuple(problems), None)


def _why_not(one: _Piece, used: _Piece | None) -> str:
    if one.has_errors:
        return "Không: còn lỗi"
    if one.with_errors:
        return "Không: biểu tổng hợp tính cả tệp còn lỗi"
    return f"Không: có bản mới hơn ({used.path if used else ''})"


def _left(called: str, one: _Piece, why: str) -> Problem:
    return Problem(
        ERROR if one.has_errors else WARNING, called, f"{why.removeprefix('Không: ')}: không tính.", "", one.path
    )


def _of_units(run: _Run, pieces: Sequence[_Piece], summaries: Sequence[_Piece], path: Path) -> _Chosen:
    results = [run.files.at(one.number) for one in pieces]
    sources = summing.sources(results, run.task.asked.own_forms)
    by_path = {one.path: one for one in pieces}
    round_ = next(iter(choose.rounds(sources, include_errors=run.include_errors)), None)
    whose = [*pieces, *summaries]
    called = _called(whose[0].who)
    origins = [_origin(one, _why_not(one, None), path, is_used=False) for one in summaries]
    problems = [_left(called, one, _why_not(one, None)) for one in summaries]
    problems += _findings(run, whose)
    if round_ is None or not round_.used:
        origins += [_origin(one, "Không: còn lỗi", path, is_used=False) for one in pieces]
        problems.append(Problem(ERROR, called, _NO_USABLE_FILE.vi, "Xem cchc-xlsx check.", _names(whose)))
        return _Chosen({}, tuple(origins), tuple(problems), None)
    summary = combine.summary(round_)
    for source in round_.used:
        why = "Có, dù còn lỗi" if source.has_errors else "Có"
        origins.append(_origin(by_path[source.path], why, path, is_used=True))
    for left in round_.left:
        why = f"Không: {words.why_left(left)}"
        origins.append(_origin(by_path[left.source.path], why, path, is_used=False))
        if left.why not in ("copy", "errors"):
            problems.append(Problem(WARNING, called, f"{words.why_left(left)}: không tính.", "", left.source.path))
    if summary.missing:
        text = f"Thiếu báo cáo của đơn vị {', '.join(summary.missing)}: số liệu tạm tính."
        problems.append(Problem(WARNING, called, text, "Nhắc xã gửi đủ."))
    entries = model.entries_of(summary, lambda one, name: _where(summary, one, name))
    return _Chosen(entries, tuple(origins), tuple(problems), round_.issue)


def _where(summary: Summary, figure: Figure, name: str) -> tuple[str, str, str]:
    """Files, sheets and cells of the shares that a value is made of, in one order."""
    key = figure.line.key(name)
    shares = [one for one in summary.round.used if one.unit in figure.counted and key in one.fields]
    return (
        "\n".join(dict.fromkeys(one.path for one in shares)),
        "\n".join(dict.fromkeys(one.sheet for one in shares)),
        "\n".join(one.fields[key][0] for one in shares),
    )


def _origin(one: _Piece, counted: str, path: Path, *, is_used: bool) -> Origin:
    what = (
        "Biểu tổng hợp của xã" if one.is_summary else f"Báo cáo {'cả xã' if one.who.unit == COMMUNE else one.who.unit}"
    )
    arrived = one.arrived.astimezone(_VIETNAM) if one.arrived else None
    told = f"{values.say_date(arrived.date())} {arrived:%H:%M}" if arrived else ""
    return Origin(what, counted, one.path, links.to_file(one.file, path), told, one.sha256, is_used)


def _findings(run: _Run, pieces: Sequence[_Piece]) -> list[Problem]:
    """What is wrong in the files of a commune: the first of each file."""
    found = []
    for one in pieces:
        if one.has_errors:
            errors = [
                each for each in run.files.at(one.number).findings if each.severity == "error" and not each.waived
            ]
            found += [
                Problem(
                    ERROR,
                    _called(one.who),
                    each.message,
                    each.fix,
                    one.path,
                    each.sheet or "",
                    each.cell or "",
                    each.code,
                )
                for each in errors[:_MOST_FINDINGS]
            ]
            if len(errors) > _MOST_FINDINGS:
                text = f"Và {len(errors) - _MOST_FINDINGS} lỗi khác trong tệp này; xem cchc-xlsx check."
                found.append(Problem(ERROR, _called(one.who), text, "", one.path))
    return found


# ------------------------------------------------------------------------------------------------------------ all together


class _Kept(Struct):
    """What the communes say, on disk, one line each."""

    stream: IO[bytes]
    starts: list[int] = field(default_factory=list)

    def add(self, one: Any) -> None:  # noqa: ANN401  JSON
        """Keep one more."""
        self.starts.append(self.stream.seek(0, 2))
        self.stream.write(
            json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
        )

    def at(self, number: int) -> Any:  # noqa: ANN401  JSON
        """What was kept under that number."""
        self.stream.seek(self.starts[number])
        return json.loads(self.stream.readline())


def _made(run: _Run, pieces: Sequence[_Piece], path: Path, unread: Sequence[Problem]) -> Told:
    sorted_ = _by_commune(pieces)
    with (
        closing(tempfile.SpooledTemporaryFile(_IN_MEMORY)) as stream,
        closing(tempfile.SpooledTemporaryFile(_IN_MEMORY)) as others,
    ):
        province = _province(run, sorted_, path, _Kept(stream), _Kept(others), unread)
        properties = {PROPERTY: reports.MADE}
        writer.save_long(book.sheets(province), book.title(province), properties, path)
    period = province.issue.period
    assert period
    form = province.issue.form.id
    return Told(path, form, period.code, len(province.communes), province.asked, province.absent, province.problems)


def _province(
    run: _Run, sorted_: _Sorted, path: Path, kept: _Kept, origins: _Kept, unread: Sequence[Problem]
) -> Province:
    issue = _newest(run, [one for same in sorted_.communes.values() for one in same], sorted_)
    ctx = fields.context(issue)
    problems = [*unread, *sorted_.refused]
    absent = list(sorted_.absent)
    tallies = {line.id: Tally() for line in ctx.lines}
    found: list[Commune] = []
    order = sorted(
        sorted_.communes.values(), key=lambda same: (same[0].who.commune_code or "", values.fold(same[0].who.commune))
    )
    for number, same in enumerate(order, 1):
        who = same[0].who
        chosen = _commune(run, same, path)
        origins.add([who.commune_code or "", who.commune, [_plain(one) for one in chosen.origins]])
        problems += chosen.problems
        if chosen.entries:
            kept.add(model.to_json(chosen.entries))
            found.append(_results(who, ctx, chosen.entries, tallies))
        else:
            absent.append(_called(who))
        if run.progress:
            run.progress(number, len(order))
    if not found:
        told = problems[0].text if problems else ""
        raise CchcError(_NONE_USABLE.format(why=told))
    rows = len(found) * sum(len(model.main(line)) for line in ctx.lines)
    if rows > MOST_ROWS:
        raise CchcError(_TOO_MANY.format(rows=rows))
    missing = listed.missing(
        run.wanted, [(one.who.commune_code or "", one.who.commune) for one in _all(sorted_)], sorted_.absent
    )
    problems += [Problem(ERROR, one, "Xã chưa gửi tệp nào.", "Nhắc xã gửi.") for one in missing]
    return Province(
        ctx,
        tuple(found),
        tallies,
        lambda number: model.from_json(kept.at(number)),
        lambda: _origins(origins),
        (*absent, *missing),
        tuple(problems),
        run.include_errors,
    )


def _all(sorted_: _Sorted) -> list[_Piece]:
    return [one for same in sorted_.communes.values() for one in same]


def _plain(one: Origin) -> list[Any]:
    return [one.what, one.counted, one.path, one.link, one.arrived, one.sha256, one.is_used]


def _origins(kept: _Kept) -> Iterator[tuple[str, str, Origin]]:
    for number in range(len(kept.starts)):
        code, name, found = kept.at(number)
        for one in found:
            yield code, name, Origin(*one)


def _results(who: Identity, ctx: fields.Context, entries: Entries, tallies: dict[str, Tally]) -> Commune:
    """What is remembered of a commune, counted on the way."""
    found = []
    for line in ctx.lines:
        one = entries.get(line.id) or model.Entry({}, NO_DATA, 0, 0)
        tallies[line.id].add(line, one)
        found.append((model.shown(line, one), one.outcome))
    return Commune(who.commune_code or "", who.commune, tuple(found))


def _newest(run: _Run, pieces: Sequence[_Piece], sorted_: _Sorted) -> Issue:
    """The issue whose lines the table has: of the newest version and plan; its office's own words stay out of it."""
    if not pieces:
        raise CchcError(_NONE_USABLE.format(why=sorted_.refused[0].text))
    newest = max(pieces, key=lambda one: (one.who.version, not one.is_summary, one.who.plan))
    issue = summing.issue_of(run.files.at(newest.number), run.task.asked.own_forms)
    if issue is None:
        raise CchcError(_NOTHING)
    return issue
