"""Where what came is kept for good: each file once, under its sha256, there whole or not at all even after a power cut."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from msgspec import Struct

PIECE = 1 << 20  # bytes read at once
_DAY_SECONDS = 86_400


class Store(Struct, frozen=True):
    """The kept files below the private state of a year's folder: mails as they came, workbooks, mails as they went out."""

    folder: Path

    @property
    def spool(self) -> Path:
        """Where files are made; nothing in it counts."""
        return self.folder / "spool"

    def place(self, sha256: str) -> Path:
        """Where a file of that content is, or would be, kept."""
        return self.folder / "files" / sha256[:2] / sha256

    def read(self, sha256: str) -> bytes:
        """The content of a kept file."""
        return self.place(sha256).read_bytes()


class Kept(Struct, frozen=True):
    """A kept file: its content's sha256, its size in bytes, and where it is."""

    sha256: str
    size: int
    path: Path


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """The store; what an earlier run left half made is removed. For the one process that holds the lock."""
    store = Store(folder)
    shutil.rmtree(store.spool, ignore_errors=True)
    store.spool.mkdir(parents=True, exist_ok=True)
    try:
        yield store
    finally:
        shutil.rmtree(store.spool, ignore_errors=True)


def keep(store: Store, pieces: Iterable[bytes]) -> Kept:
    """Keep what comes in pieces. Raises OSError where the disk does not take it; nothing of it is left then."""
    temporary = store.spool / f"in-{time.monotonic_ns()}"
    digest, size = hashlib.sha256(), 0
    try:
        with temporary.open("xb") as stream:
            for piece in pieces:
                stream.write(piece)
                digest.update(piece)
                size += len(piece)
        return adopt(store, temporary, digest.hexdigest(), size)
    finally:
        temporary.unlink(missing_ok=True)


def adopt(store: Store, temporary: Path, sha256: str, size: int) -> Kept:
    """Keep a file of the spool: first it is safely on the disk, then it gets its name."""
    place = store.place(sha256)
    if place.is_file() and place.stat().st_size == size:
        temporary.unlink(missing_ok=True)
        return Kept(sha256, size, place)
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary.replace(place)
    _sync_folder(place.parent)
    return Kept(sha256, size, place)


def _sync_folder(folder: Path) -> None:
    """Make a new name last. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def pieces(file: Path, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """The bytes of a file, or a part of it, in pieces."""
    with file.open("rb") as stream:
        stream.seek(start)
        left = length
        while left is None or left > 0:
            piece = stream.read(PIECE if left is None else min(PIECE, left))
            if not piece:
                return
            left = None if left is None else left - len(piece)
            yield piece


def sweep(store: Store, known: Collection[str]) -> None:
    """Remove what a run that was broken off has left a day ago: kept files that no row of the ledger knows, half-written ones."""
    before = time.time() - _DAY_SECONDS
    strays = (path for path in (store.folder / "files").glob("??/*") if path.name not in known)
    for path in (*strays, *store.folder.glob(".cchc-*.tmp"), *store.folder.parent.glob(".cchc-*.tmp")):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < before:
                path.unlink()
