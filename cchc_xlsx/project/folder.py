"""Making a year's folder, finding it, and reading what it is set up for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from cchc_xlsx import examine, generate, package, reader, writer
from cchc_xlsx.errors import CchcError, why
from cchc_xlsx.form import load as forms_room
from cchc_xlsx.lang import Lang, Text
from cchc_xlsx.package import Refusal
from cchc_xlsx.project import draw, key, parse, scripts, start, tables
from cchc_xlsx.project.mistakes import Mistake, SetupError
from cchc_xlsx.project.model import FOLDERS, OWN_FORMS, Project, Setup
from cchc_xlsx.project.names import SETUP, STATE
from cchc_xlsx.project.pages import Start
from cchc_xlsx.units import Era

_TITLE = "Thiết lập báo cáo cải cách hành chính"
_CANNOT_MAKE = Text("Không tạo được thư mục {path}: {why}.", "Cannot make the folder {path}: {why}.")
_BAD_YEAR = Text("Năm {year} không hợp lệ (2000–2099).", "The year {year} is not valid (2000–2099).")
_NO_FOLDER = Text(
    "Thư mục {folder} chưa có tệp thiết lập {file}; tạo bằng lệnh: cchc-xlsx init.",
    "The folder {folder} has no set-up {file}; make it with: cchc-xlsx init.",
)
_OPEN = Text(
    "không mở được vì đang mở trong Excel hoặc không có quyền đọc; lưu và đóng tệp rồi chạy lại.",
    "it cannot be opened: Excel has it open, or it may not be read; save and close it, then run again.",
)
_REFUSED = Text(
    "{why} Mở tệp bằng Excel, lưu lại kiểu .xlsx không đặt mật khẩu, hoặc lấy lại từ bản sao.",
    "{why} Open it in Excel and save it as .xlsx without a password, or take it from a copy.",
)


class Made(Struct, frozen=True):
    """What `init` did: the folder, what it made in it and what was there already (names as seen from the folder)."""

    folder: Path
    made: tuple[str, ...]
    kept: tuple[str, ...]

    @property
    def is_new(self) -> bool:
        """Whether the set-up workbook is new, so that it has yet to be filled in."""
        return SETUP in self.made


def init(
    folder: Path,
    *,
    commune: str | None = None,
    commune_code: str | None = None,
    year: int | None = None,
    era: Era = "post",
    forms: Sequence[str] = (forms_room.DEFAULT,),
    lang: Lang = "vi",
    key_in_keyring: bool = False,
) -> Made:
    """A year's folder, made or completed; nothing that is there is changed. Raises CchcError where something given is wrong."""
    own = folder / OWN_FORMS if (folder / OWN_FORMS).is_dir() else None
    for form in forms:
        forms_room.find(form, own=own)
    if year is not None and not 2000 <= year <= 2099:
        raise CchcError(_BAD_YEAR.format(year=year))
    name = generate.commune_name(commune) if commune is not None else None
    begin = start.prefilled(name, generate.code_of(commune_code), year, era, tuple(dict.fromkeys(forms)), lang, own)
    done = list(_folders(folder))
    done.append((f"{STATE}/key", key.make(folder / STATE, in_keyring=key_in_keyring)))
    done += _files(folder, begin, lang)
    return Made(folder, tuple(one for one, new in done if new), tuple(one for one, new in done if not new))


def following(folder: Path, setup: Setup, before: Path) -> None:
    """A year's folder for a set-up that is given, with the key of another one's private state; its deadlines are those of the
    decree. The office's own forms and what else it keeps for itself are there already. Raises CchcError where it cannot be.
    """
    own = folder / OWN_FORMS if (folder / OWN_FORMS).is_dir() else None
    for _ in _folders(folder):
        pass
    key.copy(before, folder / STATE)
    _files(folder, start.again(setup, own), setup.office.lang)


def _files(folder: Path, begin: Start, lang: Lang) -> list[tuple[str, bool]]:
    """What was written of the files to double-click and the set-up workbook, and what was there."""
    done = []
    for script, data, mode in scripts.files(begin.year, lang):
        done.append((script, _save(folder / script, data, mode)))
    # The workbook comes last: with it the folder is one of ours, and whole.
    is_there = (folder / SETUP).exists()
    if not is_there:
        writer.save(writer.sheets_to_bytes(draw.sheets(begin, lang), _TITLE), folder / SETUP)
    done.append((SETUP, not is_there))
    return done


def _folders(folder: Path) -> Iterator[tuple[str, bool]]:
    for name, mode in ((STATE, 0o700), *((one, 0o777) for one in FOLDERS)):
        path = folder / name
        is_new = not path.is_dir()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.mkdir(mode=mode, exist_ok=True)
        except OSError as error:
            raise CchcError(_CANNOT_MAKE.format(path=path, why=why(error))) from error
        yield f"{name}/", is_new


def _save(path: Path, data: bytes, mode: int) -> bool:
    if path.exists():
        return False
    writer.save(data, path, mode)
    return True


def load(folder: Path) -> Project:
    """The year's folder with its set-up and key. Raises SetupError with every mistake of the set-up workbook, CchcError where
    the folder is none or its key is missing.
    """
    path = folder / SETUP
    if not path.exists():
        raise CchcError(_NO_FOLDER.format(folder=folder, file=SETUP))
    own = folder / OWN_FORMS
    return Project(folder, read(path, own if own.is_dir() else None), key.load(folder / STATE))


def read(path: Path, own_forms: Path | None = None) -> Setup:
    """What a set-up workbook says. Raises SetupError with every mistake in it, by sheet and cell."""
    data = package.read_file(path)
    found = data if isinstance(data, Refusal) else reader.read(data, by_openpyxl=True)
    if isinstance(found, Refusal):
        raise SetupError(path.name, [Mistake("", "", _refused(found))])
    mistakes: list[Mistake] = []
    known = forms_room.listing(forms_room.folders(own_forms))
    setup = parse.setup(tables.tables(found, mistakes), known, mistakes)
    if setup is None:
        order = [grid.name for grid in found.sheets]
        raise SetupError(path.name, sorted(mistakes, key=lambda one: one.order(order)), _is_open(path))
    return setup


def _is_open(path: Path) -> bool:
    """Whether Excel or LibreOffice has left its mark beside a workbook that it has open."""
    return any(path.with_name(name).exists() for name in (f"~${path.name}", f".~lock.{path.name}#"))


def _refused(refusal: Refusal) -> Text:
    if ("what", "permission") in refusal.data:
        return _OPEN
    return _REFUSED.format(why=examine.first_text((examine.refused(refusal),)))
