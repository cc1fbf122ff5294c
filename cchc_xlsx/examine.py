"""One file → what is found in it. It runs in a worker process: every incoming file is hostile until it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from cchc_xlsx import alteration, filled, findings, history, package, reader, recognise, results, values
from cchc_xlsx.expr import CellError
from cchc_xlsx.filled import Entry, Filled
from cchc_xlsx.identity import Identity
from cchc_xlsx.issue import Issue, Overlay
from cchc_xlsx.lang import Text
from cchc_xlsx.layout import stand_in
from cchc_xlsx.layout.model import Layout
from cchc_xlsx.layout.stand_in import Template
from cchc_xlsx.marks import Source
from cchc_xlsx.package import Refusal
from cchc_xlsx.recognise import Asked
from cchc_xlsx.results import Status
from cchc_xlsx.rules import file, registry
from cchc_xlsx.rules.model import Finding, Waived

_NO_PLAN = Text("đây không phải biểu kế hoạch.", "it is not a plan.")
_HAS_ERRORS = Text("còn lỗi, chạy cchc-xlsx check để xem.", "it has errors; run cchc-xlsx check to see them.")
_NO_WORKBOOK = ("F001", "F002", "F009", "F010")  # under a name without an ending: some other document


Pardon = Callable[[Finding, "Identity | None"], "Waived | None"]  # of a workbook's finding, where it is waived


def _none(_finding: Finding, _who: Identity | None) -> Waived | None:
    return None


class Examined(Struct, frozen=True):
    """What was found in one file."""

    status: Status
    findings: tuple[Finding, ...] = ()
    identity: Identity | None = None
    sha256: str | None = None
    source: Source | None = None

    @property
    def filled(self) -> Filled | None:
        """The inputs, where the file was recognised and could be read."""
        return self.source.filled if self.source else None


_TEMPLATES = 64  # half a megabyte each; the units of a commune and the forms of a round are fewer


class Layouts(Struct):
    """Forms placed once for all communes, the last used last."""

    kept: dict[Hashable, Template] = field(default_factory=dict)

    def of(self, issue: Issue, who: Identity) -> Layout:
        """The layout of a recognised workbook, for reading."""
        key = stand_in.key(issue)
        found = self.kept.pop(key, None) or stand_in.template(issue)
        if len(self.kept) >= _TEMPLATES:
            self.kept.pop(next(iter(self.kept)))
        self.kept[key] = found
        return stand_in.layout_of(found, issue, who)


def examine(path: Path, asked: Asked, layouts: Layouts, pardon: Pardon = _none, past: history.Past = ()) -> Examined:
    """One file read, recognised, compared and checked. A file is never the reason of an exception.

    `past` is what is known of other reports; those of the file's own unit are held against it.
    """
    data = package.read_file(path)
    if isinstance(data, Refusal):
        return Examined("error", (refused(data),))
    digest = hashlib.sha256(data).hexdigest()
    book = reader.read(data)
    if isinstance(book, Refusal):
        if ("kind", "ole2") in book.data and path.suffix.lower() == ".xls":
            book = Refusal("F003")  # an old file too broken to tell by content what it was; its name does
        if not path.suffix and book.code in _NO_WORKBOOK:
            return Examined("skipped", (Finding("F021", "info", data={"kind": "?"}),), sha256=digest)
        return Examined("error", (refused(book),), sha256=digest)
    found = recognise.recognise(book, asked)
    if found.identity is None or found.issue is None or found.sheet is None:
        return Examined(results.status(found.findings), found.findings, found.identity, digest)

    def judged(one: Finding) -> Finding:
        return replace(one, waived=pardon(one, found.identity))

    layout = layouts.of(found.issue, found.identity)
    aligned, moved = alteration.align(layout, found.sheet)
    read = filled.fill(layout, found.sheet, aligned)
    altered = [
        *moved,
        *alteration.compare(layout, found.sheet, aligned),
        *alteration.extra_sheets(layout, book, found.sheet),
    ]
    altered = findings.totals(read, found.sheet, aligned, altered)
    source = Source(read, found.identity, book, found.sheet, aligned)
    typed = findings.run(read, judged)
    if mine := history.of(past, found.identity):
        said = {key: value for key, (_, value, _) in accepted(Examined("ok", typed, source=source)).items()}
        typed = findings.with_past(read, typed, said, mine, judged)
    every = (*found.findings, *map(judged, altered), *typed)
    return Examined(results.status(every), every, found.identity, digest, source)


def read_plan(path: Path, asked: Asked, layouts: Layouts) -> tuple[Identity, Overlay] | Text:
    """Whose plan a filled workbook is, and what it changes in its form; or why it is none."""
    found = examine(path, asked, layouts)
    if found.identity is None or found.filled is None:
        return first_text(found.findings)
    if found.identity.kind != "plan":
        return _NO_PLAN
    if found.status == "error":
        return _HAS_ERRORS
    whose = found.filled.layout.context.issue
    # Made from an earlier revision, it says only what it changes in that one.
    return found.identity, {**whose.plan.overlay, **recognise.plan_overlay(whose, found.filled.values)}


def refused(refusal: Refusal) -> Finding:
    """The finding about a file that is not read."""
    rule = registry.by_code()[refusal.code]
    words = file.WORDS
    data = {
        name: words.get(f"{name}:{word}", words.get(word, word)) if name in ("kind", "what") else word
        for name, word in refusal.data
    }
    return Finding(refusal.code, rule.severity, cell=dict(refusal.data).get("cell"), data=data)


def first_text(found: Sequence[Finding]) -> Text:
    """The words of the worst of some findings."""
    worst = min(found, key=lambda one: ("error", "warning", "info").index(one.severity))
    return Text(registry.message(worst, "vi"), registry.message(worst, "en"))


def accepted(result: Examined) -> Mapping[str, tuple[str, object, str]]:
    """Every accepted input of a workbook: key → cell, value, state. A value that is itself at fault is left out.

    Dates are ISO, percents fractions; what contradicts another cell (an L finding) or is waived is still a value.
    """
    read = result.filled
    if read is None:
        return {}
    errors = [one for one in result.findings if one.severity == "error" and one.code[0] == "V" and not one.waived]
    faulty = {one.key for one in errors if one.key}
    found: dict[str, tuple[str, object, str]] = dict(read.layout.blank)
    for key, entry in read.typed.items():
        found[key] = (entry.cell, _plain(read, entry), read.state(key))
        if not entry.is_there or isinstance(entry.value, CellError):
            faulty.add(key)
    for key in read.excused:
        found[key] = (found[key][0], found[key][1], read.state(key))
    for key in faulty:
        found.pop(key, None)
    return found


def _plain(read: Filled, entry: Entry) -> object:
    value = entry.value
    if isinstance(value, float) and read.layout.context.fields[entry.key].type == "date":
        day = values.from_serial(value)
        return day.isoformat() if day else value
    return value
