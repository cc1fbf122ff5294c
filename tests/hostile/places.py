"""Hostile entries of a folder: links, pipes, sockets, what may not be read, locks, and names that would steer a terminal."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from hostile import packs
from hostile.case import NO_FORM, Case, case

OUTSIDE = "ben-ngoai"  # a folder beside the hostile one, to which links lead
_MARK = "bi-mat.xlsx"
_IS_LINUX = sys.platform == "linux"


def outside(folder: Path) -> Path:
    """The file outside the hostile folder: a sound workbook that no report may tell of."""
    place = folder.parent / OUTSIDE
    place.mkdir(exist_ok=True)
    return place / _MARK


def _linked(target: str, path: Path) -> None:
    path.symlink_to(target)


def _linked_outside(path: Path, whole_folder: bool = False) -> None:
    file = outside(path.parent)
    file.write_bytes(packs.book())
    path.symlink_to(file.parent if whole_folder else file)


def _bound(path: Path) -> None:
    """A socket; its address may hold a hundred bytes only, so it is reached by a short link."""
    short = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        (short / "x").symlink_to(path.parent)
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"{short}/x/{path.name}")
    finally:
        (short / "x").unlink(missing_ok=True)
        short.rmdir()


def _locked(path: Path) -> None:
    path.write_bytes(packs.book())
    path.chmod(0)


def _locked_folder(path: Path) -> None:
    path.mkdir()
    path.chmod(0)


def _within(name: str, path: Path) -> None:
    """A folder, hidden or named like a workbook, with a workbook in it."""
    path.parent.mkdir(exist_ok=True)
    path.mkdir()
    (path / name).write_bytes(packs.book())


def _placed(name: str, put: Callable[[Path], object], code: str = "F022", says: str = "liên kết") -> Case:
    return Case(name, put, (code,), "error" if code < "F020" else "skipped", says)


def _special() -> Iterator[Case]:
    targets = {
        "zero": "/dev/zero",
        "passwd": "/etc/passwd",
        "nowhere": "none/none.xlsx",
        "itself": "lien-ket-itself.xlsx",
        "up": "..",
        "proc": "/proc/self/fd",
    }
    for kind, target in targets.items():
        yield _placed(f"lien-ket-{kind}.xlsx", partial(_linked, target))
    yield _placed("lien-ket-vong-1.xlsx", partial(_linked, "lien-ket-vong-2.xlsx"))
    yield _placed("lien-ket-vong-2.xlsx", partial(_linked, "lien-ket-vong-1.xlsx"))
    yield _placed("lien-ket-ra-ngoai.xlsx", _linked_outside)
    yield _placed("lien-ket-thu-muc", partial(_linked_outside, whole_folder=True))
    yield _placed("lien-ket-van-ban.docx", partial(_linked, "/etc/passwd"))
    yield _placed("ong.xlsx", os.mkfifo, says="mục đặc biệt")
    yield _placed("ong.docx", os.mkfifo, says="mục đặc biệt")
    yield _placed("o-cam.xlsx", _bound, says="mục đặc biệt")
    yield Case("khong-duoc-doc.xlsx", _locked, ("F012",), "error", "không có quyền đọc", codes_for_root=(NO_FORM,))
    yield Case("thu-muc-khong-duoc-doc", _locked_folder, ("F012",), "error", "Không mở được tệp", codes_for_root=())


def _hidden() -> Iterator[Case]:
    for name in ("~$bao-cao.xlsx", ".~lock.bao-cao.xlsx#", ".DS_Store", "._bao-cao.xlsx", ".xlsx", ".an.xlsx", "~$"):
        yield case(name, packs.book(), "F020", says="Tệp khóa tạm")
    yield _placed(".thu-muc-an", partial(_within, "a.xlsx"), "F020", "tệp ẩn")
    yield case("~bao-cao.xlsx", packs.book(), NO_FORM)
    yield Case("thu-muc.xlsx/a.xlsx", lambda path: path.write_bytes(packs.book()), (NO_FORM,), "error")
    yield Case("a/" * 40 + "sau.xlsx", lambda path: path.write_bytes(b""), ("F001",), "error")


# As they are, and as the report must show them.
NAMES = {
    "dong\nmoi.xlsx": "dong\\x0amoi.xlsx",
    "ve\rdau.xlsx": "ve\\x0ddau.xlsx",
    "cot\tmoi.xlsx": "cot\\x09moi.xlsx",
    "mau\x1b[31m.xlsx": "mau\\x1b[31m.xlsx",
    "xoa\x1b[2J\x1b[H.xlsx": "xoa\\x1b[2J\\x1b[H.xlsx",
    "tieu-de\x1b]0;x\x07.xlsx": "tieu-de\\x1b]0;x\\x07.xlsx",
    "c1\x9b31m.xlsx": "c1\\x9b31m.xlsx",
    "xoa-lui\x08\x08.xlsx": "xoa-lui\\x08\\x08.xlsx",
    "del\x7f.xlsx": "del\\x7f.xlsx",
    "nguoc\u202excod.xlsx": "nguoc\\u202excod.xlsx",
    "tach\u2066\u2069.xlsx": "tach\\u2066\\u2069.xlsx",
    "khong-rong\u200b.xlsx": "khong-rong\\u200b.xlsx",
    "mo-dau\ufeff.xlsx": "mo-dau\\ufeff.xlsx",
    "gach-mem\u00ad.xlsx": "gach-mem\\xad.xlsx",
    "dong-khac\u2028.xlsx": "dong-khac\\u2028.xlsx",
    "nel\x85.xlsx": "nel\\x85.xlsx",
    "the\U000e0041.xlsx": "the\\U000e0041.xlsx",
    "-rf.xlsx": "-rf.xlsx",
    "--output=x.xlsx": "--output=x.xlsx",
    "[red]do[/red] {0} %s $(id) `id`.xlsx": "[red]do[/red] {0} %s $(id) `id`.xlsx",
    "'\"&<b>\\.xlsx": "'\"&<b>\\.xlsx",
    " dau cuoi .xlsx": " dau cuoi .xlsx",
    "bi\u1ec3u.xlsx": "bi\u1ec3u.xlsx",
    "bie\u0302\u0309u.xlsx": "bie\u0302\u0309u.xlsx",
    "😀.xlsx": "😀.xlsx",
    "n" * 250 + ".xlsx": "n" * 250 + ".xlsx",
}
# Bytes that are not UTF-8, as Python carries them.
RAW = {
    "\udcff\udcfe.xlsx": "\\udcff\\udcfe.xlsx",
    "ch\udcf7.xlsx": "ch\\udcf7.xlsx",
    "qua-dai\udce0\udc80\udcaf.xlsx": "qua-dai\\udce0\\udc80\\udcaf.xlsx",
}


def _names() -> Iterator[Case]:
    for name, shown in {**NAMES, **(RAW if _IS_LINUX else {})}.items():
        yield Case(name, lambda path: path.write_bytes(b""), ("F001",), "error", "0 byte", shown)


CASES: tuple[Case, ...] = (*_special(), *_hidden(), *_names()) if os.name == "posix" else ()
