"""Certificates that the clerk agreed to once: a small private file, host:port → sha256."""

from __future__ import annotations

import json
import os
import re
import secrets
from pathlib import Path

from msgspec import Struct

from cchc_xlsx.errors import CchcError, why
from cchc_xlsx.lang import Text

_UNREADABLE = Text(
    "Không đọc được {path}, tệp ghi nhớ chứng thư máy chủ thư: {why}. Hãy xoá tệp này rồi xác nhận lại chứng thư.",
    "{path}, the file of remembered certificates of mail servers, cannot be read: {why}. Delete it, then agree to the certificate again.",
)
_CANNOT_WRITE = Text("Không ghi được {path}: {why}.", "Cannot write {path}: {why}.")
_DAMAGED = Text("nội dung bị hỏng", "its content is damaged")
_SHA256 = re.compile("[0-9a-f]{64}")


class Pins(Struct, frozen=True):
    """The certificates agreed to, in a file that need not exist yet."""

    path: Path

    def of(self, host: str, port: int) -> str | None:
        """The sha256 of the certificate agreed to for a server, None without one. Raises CchcError for a damaged file."""
        return self._all().get(_name(host, port))

    def agree(self, host: str, port: int, sha256: str) -> None:
        """From now on this certificate alone is taken from a server. Raises CchcError where that cannot be written."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError("no sha256")
        self._write({**self._all(), _name(host, port): sha256})

    def forget(self, host: str, port: int) -> None:
        """From now on the certificate of a server is verified as any other. Raises CchcError."""
        kept = self._all()
        if kept.pop(_name(host, port), None):
            self._write(kept)

    def _all(self) -> dict[str, str]:
        try:
            said = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise CchcError(_UNREADABLE.format(path=self.path, why=why(error))) from error
        except ValueError as error:
            raise CchcError(_UNREADABLE.format(path=self.path, why=_DAMAGED)) from error
        if not isinstance(said, dict) or not all(_SHA256.fullmatch(str(one)) for one in said.values()):
            raise CchcError(_UNREADABLE.format(path=self.path, why=_DAMAGED))
        return said

    def _write(self, pins: dict[str, str]) -> None:
        temporary = self.path.with_name(f".cchc-{secrets.token_hex(8)}.tmp")
        try:
            try:
                with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                    stream.write(json.dumps(pins, indent=2, sort_keys=True).encode() + b"\n")
                    stream.flush()
                    os.fsync(stream.fileno())
                temporary.replace(self.path)
            finally:
                temporary.unlink(missing_ok=True)
        except OSError as error:
            raise CchcError(_CANNOT_WRITE.format(path=self.path, why=why(error))) from error


def _name(host: str, port: int) -> str:
    return f"{host.lower()}:{port}"
