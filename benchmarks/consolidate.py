"""Consolidating one, two and four times as many communes in one run each: memory of the whole process tree, and that time grows in step.

Each commune sends its report of the whole commune, or its summary. One is written for each figure set; the others are made from it by
putting in another name, code and token, which takes a tenth of the time and gives the same as writing them would.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path
from random import Random

import corpus
import faults
import memory
from msgspec import Struct

import cchc_xlsx
from cchc_xlsx import fields, identity, issue, periods, summing, writer
from cchc_xlsx.consolidate import book
from cchc_xlsx.fields import Context
from cchc_xlsx.form import load
from cchc_xlsx.issue import Issue
from cchc_xlsx.layout import place
from cchc_xlsx.layout.model import Layout
from cchc_xlsx.task import Task

_HOME = Path(cchc_xlsx.__file__).parent.parent
FORM = "tay-xuan-2024-phu-luc-papi-sipas-par"  # 45 lines, 35 of them numbered
COMMUNES = 3300
MOST_MIB = 500
_STAND_IN, _STAND_CODE = "Mẫu Chung", "MAXAMAU"  # a number might stand in a figure too


class Figure(Struct, frozen=True):
    """What a run of one size took."""

    communes: int
    mib: float | None
    seconds: float


def _issue(form_id: str, name: str, code: str) -> Issue:
    form = load.find(form_id)
    return Issue(form, name, form.base_year, "report", periods.parse(f"{form.base_year}-N"), commune_code=code)


@cache
def _base(form_id: str) -> tuple[Context, Layout, bytes]:
    one = _issue(form_id, _STAND_IN, _STAND_CODE)
    layout = place.place(one, {})
    return fields.context(one), layout, writer.to_bytes(layout)


def report(form_id: str, number: int) -> bytes:
    """A commune's report of the whole commune, with figures of its own."""
    ctx, layout, data = _base(form_id)
    typed = corpus.figures(ctx, Random(number))
    filled = faults.with_cells(data, {layout.inputs[key]: faults.raw(value) for key, value in typed.items()})
    one = _issue(form_id, _name(number), _code(number))
    who = identity.of(one)
    was = layout.identity
    return _with_texts(filled, ((was.token, who.token), (was.short, who.short), *_called(number)))


@cache
def _summary(form_id: str) -> tuple[bytes, str]:
    """The summary of the stand-in, and its token."""
    with tempfile.TemporaryDirectory() as folder:
        sent, made = Path(folder) / "sent.xlsx", Path(folder) / "made.xlsx"
        one = _issue(form_id, _STAND_IN, _STAND_CODE)
        typed = corpus.figures(fields.context(one), Random(0))
        sent.write_bytes(writer.to_bytes(place.place(one, typed)))
        [done] = summing.consolidate((sent,), made, Task(), jobs=1).made
        return made.read_bytes(), book.book(done.summary).token


def summary(form_id: str, number: int) -> bytes:
    """A commune's summary; its figures are those of all others."""
    data, token = _summary(form_id)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        carried = _carried(parts)
    new = identity.of_summary(_issue(form_id, _name(number), _code(number)), carried)
    return _with_texts(data, ((token, new), *_called(number)))


def _carried(parts: zipfile.ZipFile) -> str:
    from openpyxl import load_workbook  # noqa: PLC0415

    sheet = load_workbook(parts.fp, read_only=True)[book.META]  # type: ignore[arg-type]
    return "".join(str(row[1]) for row in sheet.iter_rows(min_row=2, values_only=True))


def _called(number: int) -> Iterator[tuple[str, str]]:
    name = _name(number)
    yield from ((_STAND_IN, name), (_STAND_IN.upper(), name.upper()), (_STAND_CODE, _code(number)))


def _name(number: int) -> str:
    return corpus.commune(number).removeprefix("phường ")


def _code(number: int) -> str:
    return f"{number + 10_000}"


def _with_texts(data: bytes, texts: Sequence[tuple[str, str]]) -> bytes:
    """The workbook with these texts changed wherever they stand."""
    target = io.BytesIO()
    pairs = [(escape(old, quote=False).encode(), escape(new, quote=False).encode()) for old, new in texts]
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            content = source.read(name)
            for old, new in pairs:
                content = content.replace(old, new)
            out.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, 1)
    return target.getvalue()


def make(folder: Path, form_id: str, kind: str, numbers: range) -> None:
    """The workbooks of these communes, those that are there already left as they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        path = folder / f"xa-{number:04}.xlsx"
        if not path.exists():
            path.write_bytes(report(form_id, number) if kind == "reports" else summary(form_id, number))


def measure(folder: Path, count: int, jobs: int) -> Figure:
    """The command on the communes in a folder."""
    env = {**os.environ, "PYTHONPATH": str(_HOME)}
    out = folder.with_suffix(".xlsx")
    command = [sys.executable, "-m", "cchc_xlsx", "consolidate", str(folder), "--by", "commune"]
    start = time.perf_counter()
    peak = memory.peak([*command, "--jobs", str(jobs), "--out", str(out)], env)
    seconds = time.perf_counter() - start
    if not out.exists():
        raise SystemExit(f"nothing was made of {folder}")
    out.unlink()
    return Figure(count, peak.mib if peak else None, seconds)


def _lines(form_id: str) -> int:
    return len(issue.lines(_issue(form_id, _STAND_IN, _STAND_CODE)))


def main() -> None:
    """Print what each size took, and what that makes of the bars; ends with 1 where one is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communes", type=int, default=COMMUNES, help="of the largest run")
    parser.add_argument("--form", default=FORM)
    parser.add_argument("--kind", choices=["reports", "summaries"], default="reports")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--home", type=Path, help="keep the workbooks here for the next time")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        sizes = [given.communes // 4, given.communes // 2, given.communes]
        found = []
        for before, count in itertools.pairwise([0, *sizes]):
            sent = home / f"{given.form}-{given.kind}-{count}"
            if before:
                earlier = home / f"{given.form}-{given.kind}-{before}"
                sent.mkdir(parents=True, exist_ok=True)
                for path in earlier.iterdir():
                    if not (sent / path.name).exists():
                        os.link(path, sent / path.name)
            make(sent, given.form, given.kind, range(before, count))
            found.append(measure(sent, count, given.jobs))
            _say(found[-1], _lines(given.form))
    _judge(found)


def _say(one: Figure, lines: int) -> None:
    memory_ = f"{one.mib:.0f} MiB" if one.mib else "memory unknown"
    each = one.seconds / one.communes * 1000
    print(
        f"{one.communes} communes × {lines} lines: {memory_}, {one.seconds:.1f} s, {each:.1f} ms a commune", flush=True
    )


def _judge(found: Sequence[Figure]) -> None:
    first, *_, last = found
    grown = last.seconds / first.seconds / (last.communes / first.communes)
    heavier = (last.mib / first.mib) if last.mib and first.mib else None
    told = {
        "time against a straight line": round(grown, 2),
        "memory of the largest against the smallest": heavier and round(heavier, 2),
        "bar": f"under {MOST_MIB} MiB",
    }
    print(json.dumps(told))
    raise SystemExit(1 if last.mib and last.mib > MOST_MIB else 0)


if __name__ == "__main__":
    main()
