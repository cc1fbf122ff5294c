"""A province's folder: workbooks of many communes, of every shipped form, filled in by units; mostly right, the rest at fault.

No two files are alike but those that are meant to be: each has its own commune, unit or period, and figures of its own. So
nothing that is remembered of one file helps with the next, as in a folder that really came in.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from random import Random

import faults
from msgspec import Struct
from msgspec.structs import asdict, replace

from cchc_xlsx import check, fields, issue, periods, sample, writer
from cchc_xlsx.fields import Context
from cchc_xlsx.form import load
from cchc_xlsx.issue import Issue, Line
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import Layout
from cchc_xlsx.results import Status
from cchc_xlsx.sample import Typed

COMMUNES = 125  # a large province since July 2025
_FIRST = ("An", "Bình", "Cát", "Đại", "Hòa", "Hưng", "Long", "Mỹ", "Nhơn", "Phú", "Tân", "Tây", "Vĩnh")
_SECOND = ("Đông", "Hải", "Hiệp", "Khánh", "Lộc", "Phong", "Quang", "Sơn", "Thành", "Thịnh", "Xuân")
PERIODS = ("Q1", "6T", "9T", "N")
_MANIFEST = "corpus.json"
_CHUNK = 10


class Order(Struct, frozen=True):
    """A file that is to be made: its folder and name there, whose workbook it is, what is wrong with it, whose figures."""

    folder: str
    name: str
    form: str
    commune: str
    period: str
    unit: str
    fault: str
    figures: str


class Made(Struct, frozen=True):
    """A file that was made, and what a check must say of it."""

    path: str
    form: str
    commune: str
    unit: str
    fault: str
    status: Status
    opens: bool
    size: int


class Corpus(Struct, frozen=True):
    """The folder and its files, in the order of their paths."""

    folder: Path
    files: tuple[Made, ...]

    @property
    def workbooks(self) -> list[Path]:
        """Those that every program can open."""
        return [self.folder / one.path for one in self.files if one.opens]


# ------------------------------------------------------------------------------------------------------- what is made


def commune(number: int) -> str:
    """The name of a commune; every fifth is a ward."""
    name = f"{_FIRST[number % len(_FIRST)]} {_SECOND[number % len(_SECOND)]}"  # 143 names: both are prime to each other
    name += f" {number // 143 + 1}" if number >= 143 else ""
    return f"phường {name}" if number % 5 == 4 else name


@cache
def _whole(form_id: str, period: str, name: str) -> Issue:
    """A commune's whole report, in the form's own year."""
    form = load.find(form_id)
    code = periods.parse(f"{form.base_year}-{period}")
    return Issue(form, name, form.base_year, "report", code)


def _sent(number: int, periods: Sequence[str]) -> Iterator[tuple[int, str, str, str]]:
    """Commune, form, period and unit of all that a commune sends in these periods, one of each form in turn.

    In a period it sends a form as a whole, or one from each unit.
    """
    by_form: dict[str, list[tuple[int, str, str, str]]] = {}
    for turn, (period, form_id) in enumerate(itertools.product(periods, sorted(load.listing(load.folders())))):
        whole = _whole(form_id, period, commune(number))
        is_whole = (turn + number) % 3 == 0
        units = (whole.unit,) if is_whole else issue.reporting_units(whole)
        by_form.setdefault(form_id, []).extend((number, form_id, period, unit) for unit in units)
    forms = list(by_form.values())
    first = number % len(forms)
    for sent in forms:
        Random(number).shuffle(sent)
    for of_each in itertools.zip_longest(*forms[first:], *forms[:first]):
        yield from (one for one in of_each if one)


def _sent_of(form_id: str, periods: Sequence[str]) -> Iterator[tuple[int, str, str, str]]:
    """One form, from one commune after the other: every third as a whole, the others from each unit."""
    for number in itertools.count():
        for period in periods:
            whole = _whole(form_id, period, commune(number))
            units = (whole.unit,) if number % 3 == 0 else issue.reporting_units(whole)
            yield from ((number, form_id, period, unit) for unit in units)


def _issued(form_id: str | None, periods: Sequence[str]) -> Iterator[tuple[int, str, str, str]]:
    """One workbook after the other: of one form, or of every form, one of each commune of a province in turn."""
    if form_id:
        yield from _sent_of(form_id, periods)
    for first in itertools.count(0, COMMUNES):
        province = (_sent(number, periods) for number in range(first, first + COMMUNES))
        for of_each in itertools.zip_longest(*province):
            yield from (one for one in of_each if one)


def orders(
    count: int, issues: int | None = None, form_id: str | None = None, periods: Sequence[str] = PERIODS
) -> list[Order]:
    """The files of a corpus of that size; of so many issues at the most, where that is said; of one form or of all."""
    issued = list(itertools.islice(_issued(form_id, periods), issues or count))
    found: list[Order] = []
    for number, fault in zip(range(count), _kinds(), strict=False):
        where, form_of, period, unit = issued[number % len(issued)]
        one = Order(f"xa-{where:03}", "", form_of, commune(where), period, unit, fault, str(number))
        if fault in ("right, sent twice", "right, a second version"):
            one = _again(one, found)
        name = f"{number:05}_{one.form}_{one.period}_{one.unit}"
        found.append(replace(one, name=faults.FAULTS[fault].name.format(name)))
    return found


def _kinds() -> Iterator[str]:
    """Faults without end; each hundred has its shares, in an order of its own."""
    for hundred in itertools.count():
        kinds = [name for name, fault in faults.FAULTS.items() for _ in range(fault.share)]
        Random(hundred).shuffle(kinds)
        yield from kinds


def _again(one: Order, before: Sequence[Order]) -> Order:
    """The last right workbook once more, as it was or with other figures; the first of all has none before it."""
    last = next((other for other in reversed(before) if other.fault == "right"), one)
    return replace(last, fault=one.fault, figures=last.figures if one.fault.endswith("twice") else one.figures)


# ---------------------------------------------------------------------------------------------------- how it is filled


def figures(ctx: Context, rng: Random) -> Typed:
    """What a careful unit would type, in figures and words of its own; every share stays what it was."""
    typed = sample.valid(ctx.issue)
    tied, together = faults.tied_rows(ctx), rng.randint(2, 40)
    for line in ctx.lines:
        if not line.is_open:
            continue
        if line.measure.kind == "rate":
            factor = together if line.id in tied else rng.randint(1, 40)
            for name in ("num", "den"):
                typed[line.key(name)] = float(typed[line.key(name)]) * factor
        typed |= _others(ctx, line, typed, rng)
    return typed


def _others(ctx: Context, line: Line, typed: Typed, rng: Random) -> Typed:
    """Places, shares, numbers of documents and remarks."""
    found: Typed = {}
    if line.measure.kind == "rank":
        ranked, better = float(rng.randint(60, 130)), rng.randint(1, 40)
        found = {
            "value": float(better),
            "of": ranked,
            "previous": float(better + rng.randint(1, 15)),
            "previous_of": ranked,
        }
    elif line.measure.kind == "trend":
        found = {"value": rng.randint(860, 990) / 1000, "previous": rng.randint(700, 859) / 1000}
    elif line.key("doc_no") in typed:
        found = {"doc_no": f"{rng.randint(1, 400)}/KH-UBND"}
    elif line.measure.kind == "narrative":
        found = {"text": f"Đã niêm yết tại {rng.randint(3, 12)} thôn, {rng.randint(20, 90)} lượt kiểm tra."}
    if ctx.of(line, "evidence") and rng.random() < 0.5:
        found["evidence"] = f"Báo cáo số {rng.randint(1, 900)}/BC-UBND"
    if ctx.of(line, "note") and rng.random() < 0.1:
        found["note"] = f"Số liệu đến ngày {rng.randint(1, 28)}/{rng.randint(1, 12)}"
    return {line.key(name): value for name, value in found.items()}


class _Workbook(Struct, frozen=True):
    """A workbook that was made: the file and the fault that it has in the end."""

    data: bytes
    fault: str


def _filled(order: Order, *, patching: bool) -> _Workbook:
    """The workbook of an order. `patching`: its figures are put into one that was written before, which takes a tenth."""
    one = replace(_whole(order.form, order.period, order.commune), unit=order.unit)
    ctx = fields.context(one)
    rng = Random(f"{order.figures} {order.unit}")
    typed = figures(ctx, rng)
    name = order.fault
    fault = faults.FAULTS[name]
    if fault.mistype and not fault.mistype(ctx, typed, rng):
        name = faults.OTHERWISE
    layout, data = _patched(one, typed) if patching else _written(one, typed)
    fault = faults.FAULTS[name]
    cells = fault.patch(layout, rng) if fault.patch else {}
    if fault.patch and not cells:
        name = faults.OTHERWISE
        otherwise = faults.FAULTS[name].patch
        assert otherwise
        cells = otherwise(layout, rng)
    if cells:
        data = faults.with_cells(data, cells)
    return _Workbook(fault.rewrite(data, layout) if fault.rewrite else data, name)


def _written(one: Issue, typed: Typed) -> tuple[Layout, bytes]:
    layout = place.place(one, typed)
    return layout, writer.to_bytes(layout)


@cache
def _base(form_id: str, period: str, name: str, unit: str) -> tuple[Layout, bytes]:
    return _written(replace(_whole(form_id, period, name), unit=unit), {})


def _patched(one: Issue, typed: Typed) -> tuple[Layout, bytes]:
    assert one.period
    layout, data = _base(one.form.id, one.period.code.partition("-")[2], one.commune, one.unit)
    return layout, faults.with_cells(data, {layout.inputs[key]: faults.raw(value) for key, value in typed.items()})


# -------------------------------------------------------------------------------------------------------- the folder


def make(
    home: Path,
    count: int,
    issues: int | None = None,
    form_id: str | None = None,
    periods: Sequence[str] = PERIODS,
) -> Corpus:
    """The corpus in the folder `home`; what an earlier run left there is taken as it is.

    `issues`: so many different ones at the most, whose workbooks are written once and then patched. That is for tests: what
    a checker remembers of an issue would flatter it in a measurement.
    """
    manifest = home / _MANIFEST
    if not manifest.exists():
        (home / "files").mkdir(parents=True, exist_ok=True)  # an earlier run may have been broken off
        wanted = orders(count, issues, form_id, periods)
        wanted.sort(key=lambda one: (one.form, one.period, one.commune, one.unit))
        chunks = [wanted[first : first + _CHUNK] for first in range(0, len(wanted), _CHUNK)]
        # A fork of a process that has threads may hang; a process of its own costs a third of a second.
        own = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(check.cores(), own) as pool:
            told = pool.map(_make, chunks, itertools.repeat(home / "files"), itertools.repeat(issues is not None))
            made = sorted(itertools.chain.from_iterable(told), key=lambda one: one.path)
        manifest.write_text(json.dumps([asdict(one) for one in made], ensure_ascii=False, indent=0), encoding="utf-8")
    read = json.loads(manifest.read_text(encoding="utf-8"))
    return Corpus(home / "files", tuple(Made(**one) for one in read))


def _make(wanted: Sequence[Order], folder: Path, patching: bool) -> list[Made]:
    made = []
    for one in wanted:
        book = _filled(one, patching=patching)
        path = folder / one.folder / one.name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(book.data)
        fault = faults.FAULTS[book.fault]
        shown = path.relative_to(folder).as_posix()
        made.append(Made(shown, one.form, one.commune, one.unit, book.fault, fault.status, fault.opens, len(book.data)))
    return made


def main() -> None:
    """Make a corpus and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--issues", type=int, help="of so many issues at the most, patched: quickly made, for tests")
    given = parser.parse_args()
    made = make(given.folder, given.count, given.issues)
    print(f"{made.folder}: {len(made.files)}")


if __name__ == "__main__":
    main()
