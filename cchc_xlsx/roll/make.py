"""Making next year's folder: beside this one, whole or not at all; this one stays as it is."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from cchc_xlsx import lock
from cchc_xlsx.errors import CchcError, why
from cchc_xlsx.form import load
from cchc_xlsx.lang import Text
from cchc_xlsx.ledger import book as ledger
from cchc_xlsx.project import folder as folders
from cchc_xlsx.project.model import OWN_FORMS, Project, Setup
from cchc_xlsx.project.names import STATE
from cchc_xlsx.roll import figures, setups, years
from cchc_xlsx.roll.figures import Figures

KEPT = (OWN_FORMS, "mau-thu", "mau-bao-cao")  # what an office keeps for itself in a year's folder: forms, templates
_PINS = "certificates.json"
_STALE_SECONDS = 3600

_OTHER_YEAR = Text(
    "Thư mục này của năm {year}; năm tiếp theo là {next}: cchc-xlsx roll {next}",
    "This folder is for {year}; the next year is {next}: cchc-xlsx roll {next}",
)
_THERE = Text(
    "Đã có {path}; không thay đổi gì. Cập nhật số liệu năm trước vào đó: thêm --update. Tạo thư mục khác: thêm --out.",
    "{path} is there already; nothing was changed. To bring last year's figures in it up to date: --update. For another folder: --out.",
)
_NOT_THERE = Text(
    "Chưa có thư mục năm {year} ở {path}; bỏ --update để tạo, hoặc ghi đúng thư mục trong --out.",
    "There is no folder for {year} at {path}; leave out --update to make it, or name it in --out.",
)
_INSIDE = Text(
    "Thư mục năm mới không được nằm trong thư mục năm cũ; ghi chẳng hạn --out {path}",
    "Next year's folder must not lie in this year's; write for example --out {path}",
)
_NOT_FOLLOWING = Text(
    "{path} không phải thư mục năm {year} của {commune}.", "{path} is not the folder of {commune} for {year}."
)
_CANNOT_MAKE = Text("Không tạo được {path}: {why}.", "Cannot make {path}: {why}.")
_LITERAL = Text(
    "Biểu riêng {form}{row}: năm ghi cứng, để nguyên; nếu phải đổi thì ghi {{{{ year }}}} hoặc {{{{ year - 1 }}}} trong một phiên bản mới của biểu: {text}",
    "Own form {form}{row}: a year is written out and was left; if it is to follow, write {{{{ year }}}} or {{{{ year - 1 }}}} in a new version of the form: {text}",
)
_ROW = Text(", dòng {row}", ", row {row}")


class Rolled(Struct, frozen=True):
    """Next year's folder: where it is, what it was set up with, what was copied into it, its figures, what is to be told."""

    folder: Path
    setup: Setup
    copied: tuple[str, ...]
    figures: Figures
    notes: tuple[Text, ...]


def roll(project: Project, year: int, out: Path | None = None) -> Rolled:
    """Make the next year's folder. Raises CchcError, having changed nothing, where it is there already or cannot be made."""
    target = _target(project, year, out)
    if os.path.lexists(target):
        raise CchcError(_THERE.format(path=target))
    following = setups.following(project.setup)
    with _appearing(target) as staging:
        copied = tuple(_copied(project, staging))
        # The office is the same, and so is its key: a workbook that comes late, or in the wrong year's folder, is still known
        # as ours and says by its own words which year it is of.
        folders.following(staging, following.setup, project.state)
        made = _carried(project, staging / STATE)
        folders.load(staging)  # what does not read as it was meant must not appear
    notes = (*following.notes, *made.notes, *_literal(project))
    return Rolled(target, following.setup, copied, made, notes)


def update(project: Project, year: int, out: Path | None = None) -> Rolled:
    """Bring last year's figures and proposals in next year's folder up to date; nothing else in it changes.

    Raises CchcError where there is no such folder, or another run is at work in it.
    """
    target = _target(project, year, out)
    if not (target / STATE).is_dir():
        raise CchcError(_NOT_THERE.format(path=target, year=year))
    found = folders.load(target)
    office, ours = found.setup.office, project.setup.office
    if (office.year, office.commune, found.key) != (year, ours.commune, project.key):
        raise CchcError(_NOT_FOLLOWING.format(path=target, year=year, commune=ours.commune))
    with lock.held(found.state):
        made = _carried(project, found.state)
    return Rolled(target, found.setup, (), made, made.notes)


def _target(project: Project, year: int, out: Path | None) -> Path:
    this = project.setup.office.year
    if year != this + 1 or year > 2099:
        raise CchcError(_OTHER_YEAR.format(year=this, next=this + 1))
    name = re.sub(rf"(?<!\d){this}(?!\d)", str(year), project.folder.name)
    usual = project.folder.with_name(name if name != project.folder.name else f"{name}-{year}")
    target = out.absolute() if out else usual
    if target.resolve().is_relative_to(project.folder.resolve()):
        raise CchcError(_INSIDE.format(path=usual))
    return target


def _carried(project: Project, state: Path) -> Figures:
    with closing(ledger.snapshot(project.state)) as before, closing(ledger.open_at(state)) as after:
        return figures.carry(project, before, after)


def _copied(project: Project, staging: Path) -> Iterator[str]:
    """Copy what the office keeps for itself; gives the names."""
    for name in KEPT:
        if (project.folder / name).is_dir():
            shutil.copytree(project.folder / name, staging / name, ignore=shutil.ignore_patterns("~$*", ".~lock.*"))
            yield name
    pins = project.state / _PINS
    if pins.is_file():
        (staging / STATE).mkdir(mode=0o700)
        shutil.copy(pins, staging / STATE / _PINS)


def _literal(project: Project) -> Iterator[Text]:
    """The years that the office's own forms write out."""
    own = project.own_forms
    in_use = {one.form for one in project.setup.forms}
    for form_id in sorted(in_use & load.listing((own,)).keys()) if own else ():
        for row, text in years.literal(load.find(form_id, own=own)):
            shown = " ".join(text.split())
            yield _LITERAL.format(form=form_id, row=_ROW.format(row=row) if row else "", text=shown)


# ---------------------------------------------------------------------------------------------------- whole or not at all


@contextlib.contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """A folder that gets its name when all of it is on disk; where that does not come about it leaves nothing."""
    staging = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        staging.mkdir()
        try:
            yield staging
            _sync(staging)
            if os.path.lexists(target):
                raise CchcError(_THERE.format(path=target))
            staging.rename(target)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        _sync_one(target.parent)
    except OSError as error:
        reason = why(error) if error.errno else Text(str(error), str(error))
        raise CchcError(_CANNOT_MAKE.format(path=target, why=reason)) from error


def _sweep(target: Path) -> None:
    """Remove what runs left that were killed long ago."""
    for path in target.parent.glob(f".{target.name}.*.tmp"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - _STALE_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Have all of a folder on the disk before its name says that it is there."""
    for path in (*folder.rglob("*"), folder):
        _sync_one(path)


def _sync_one(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no such call and needs none
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
