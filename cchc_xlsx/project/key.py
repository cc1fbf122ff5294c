"""The office's key for identity tags: made once, kept in the private state or in the system's keyring, never overwritten."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from cchc_xlsx.errors import CchcError, why
from cchc_xlsx.lang import Text

SERVICE = "cchc-xlsx"
_FILE = "key"
_BYTES = 32
_IN_KEYRING = "keyring:"
_NAME = re.compile(r"keyring:([0-9a-f]{16})")

_NONE = Text(
    "Thư mục {folder} chưa có khóa của cơ quan; chạy lại: cchc-xlsx init.",
    "The folder {folder} has no key of the office; run again: cchc-xlsx init.",
)
_BAD = Text(
    "Tệp khóa {path} không dùng được; lấy lại từ bản sao của thư mục .cchc. Biểu đã phát hành chỉ kiểm được bằng đúng khóa cũ.",
    "The key {path} cannot be used; take it from a copy of the folder .cchc. Workbooks sent out can only be proven with it.",
)
_CANNOT = Text("Không đọc được khóa {path}: {why}.", "Cannot read the key {path}: {why}.")
_CANNOT_WRITE = Text("Không ghi được khóa {path}: {why}.", "Cannot write the key {path}: {why}.")
_NO_KEYRING = Text(
    "Kho khóa của máy không dùng được ({why}); bỏ --key-in-keyring để cất khóa trong thư mục .cchc.",
    "The system's keyring cannot be used ({why}); leave out --key-in-keyring to keep the key in .cchc.",
)
_GONE = Text(
    "Khóa của cơ quan không còn trong kho khóa của máy này. Mở kho khóa, hoặc dùng máy và tài khoản đã tạo thư mục.",
    "The office's key is not in the keyring of this computer. Unlock it, or use the computer and account that made the folder.",
)


def make(state: Path, *, in_keyring: bool = False) -> bool:
    """Make the key where there is none; gives whether it was made. Raises CchcError where it cannot be kept."""
    path = state / _FILE
    if os.path.lexists(path):
        return False
    key = secrets.token_hex(_BYTES)
    try:
        _write(path, _kept(key) if in_keyring else key)
    except OSError as error:
        raise CchcError(_CANNOT_WRITE.format(path=path, why=why(error))) from error
    return True


def copy(state: Path, into: Path) -> None:
    """Keep the key of one private state in another one too. Raises CchcError where it is missing or cannot be kept."""
    load(state)
    path = into / _FILE
    try:
        _write(path, (state / _FILE).read_bytes()[:200].decode("ascii").strip())
    except OSError as error:
        raise CchcError(_CANNOT_WRITE.format(path=path, why=why(error))) from error


def load(state: Path) -> bytes:
    """The key, 32 bytes. Raises CchcError where it is missing or damaged."""
    path = state / _FILE
    try:
        text = path.read_bytes()[:200].decode("ascii", "replace").strip()
    except FileNotFoundError as error:
        raise CchcError(_NONE.format(folder=state.parent)) from error
    except OSError as error:
        raise CchcError(_CANNOT.format(path=path, why=why(error))) from error
    named = _NAME.fullmatch(text)
    hexadecimal = _fetched(named[1]) if named else text
    if not re.fullmatch(rf"[0-9a-f]{{{2 * _BYTES}}}", hexadecimal):
        raise CchcError(_BAD.format(path=path))
    return bytes.fromhex(hexadecimal)


def _write(path: Path, text: str) -> None:
    """A file of ours alone, on disk before it has its name; one that came first wins."""
    temporary = path.with_name(f".cchc-{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text.encode("ascii") + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        _name(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _name(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)  # unlike a renaming, never over another key
    except FileExistsError:
        return
    except OSError:  # a drive without links
        if not path.exists():
            temporary.rename(path)


def _kept(key: str) -> str:
    """Put the key into the keyring; gives what the file says instead."""
    name = secrets.token_hex(8)
    try:
        import keyring  # noqa: PLC0415 - only where it is asked for

        keyring.set_password(SERVICE, f"tag-key-{name}", key)
        if keyring.get_password(SERVICE, f"tag-key-{name}") != key:
            raise CchcError(_NO_KEYRING.format(why=_GONE))
    except CchcError:
        raise
    except Exception as error:  # of many backends
        raise CchcError(_NO_KEYRING.format(why=type(error).__name__)) from error
    return f"{_IN_KEYRING}{name}"


def _fetched(name: str) -> str:
    try:
        import keyring  # noqa: PLC0415 - as above

        found = keyring.get_password(SERVICE, f"tag-key-{name}")
    except Exception as error:
        raise CchcError(_GONE) from error
    if found is None:
        raise CchcError(_GONE)
    return found
