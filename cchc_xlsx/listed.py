"""The list of communes that should report: a table that was saved by Excel, with code and name."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from pathlib import Path

from msgspec import Struct

from cchc_xlsx import values
from cchc_xlsx.errors import CchcError, why
from cchc_xlsx.lang import Text
from cchc_xlsx.results import printable

_MOST = 10 << 20  # bytes
_CODE, _NAME = ("mã xã", "mã", "code"), ("tên xã", "xã", "tên", "name")
_CANNOT_READ = Text("Không đọc được {path}: {why}.", "Cannot read {path}: {why}.")
_ENCODING = Text(
    "không phải tệp chữ; trong Excel chọn Lưu thành kiểu “CSV UTF-8”",
    "this is no text file; in Excel save it as “CSV UTF-8”",
)
_NO_COLUMN = Text(
    "{path}: cần cột “mã xã” (code) hoặc “tên xã” (name) ở dòng đầu.",
    "{path}: a column “code” or “name” is needed in the first line.",
)
_TWICE = Text("{path}, dòng {row}: {what} có hai lần.", "{path}, line {row}: {what} is there twice.")


class Named(Struct, frozen=True):
    """A commune that should report."""

    code: str
    name: str

    @property
    def called(self) -> str:
        """The name, with the code where there is one."""
        return f"{self.name} ({self.code})" if self.code and self.name else self.code or self.name


def read(path: Path) -> tuple[Named, ...]:
    """The communes of a list. Raises CchcError where it cannot be read or has mistakes."""
    shown = printable(str(path))
    try:
        with path.open("rb") as stream:
            text = stream.read(_MOST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CchcError(_CANNOT_READ.format(path=shown, why=_ENCODING)) from error
    except OSError as error:
        raise CchcError(_CANNOT_READ.format(path=shown, why=why(error))) from error
    first = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(values.nfc(text)), delimiter=";" if ";" in first else ","))
    heads = [values.fold(one) for one in rows[0]] if rows else []
    code, name = (
        next((heads.index(one) for one in map(values.fold, words) if one in heads), None) for words in (_CODE, _NAME)
    )
    if code is None and name is None:
        raise CchcError(_NO_COLUMN.format(path=shown))
    return _named(rows[1:], code, name, shown)


def _named(rows: Sequence[Sequence[str]], code: int | None, name: int | None, shown: str) -> tuple[Named, ...]:
    found: dict[str, Named] = {}
    for number, row in enumerate(rows, 2):
        said = [row[at].strip() if at is not None and at < len(row) else "" for at in (code, name)]
        one = Named(*said)
        if not one.called:
            continue
        key = one.code or values.fold(one.name)
        if key in found:
            raise CchcError(_TWICE.format(path=shown, row=number, what=one.called))
        found[key] = one
    return tuple(found.values())


def missing(wanted: Sequence[Named], sent: Collection[tuple[str, str]], refused: Collection[str] = ()) -> list[str]:
    """Those of the list from whom nothing came, by code, or by name where one has no code; `refused` are named already."""
    codes = {code for code, _ in sent if code}
    names = {values.fold(name) for code, name in sent if not code}
    every = names | {values.fold(name) for _, name in sent}
    told = {values.fold(name) for name in refused}
    return [
        one.called
        for one in wanted
        if not ((one.code in codes or values.fold(one.name) in names) if one.code else values.fold(one.name) in every)
        and values.fold(one.name) not in told
    ]
