"""What we raise: mistakes the person at the keyboard must put right first; a unit's mistake is a finding, never an error."""

from __future__ import annotations

import errno
from collections.abc import Mapping

from msgspec import Struct

from cchc_xlsx.lang import Text

# What the system says in English alone, for those that an office meets.
_WHY: Mapping[int, Text] = {
    errno.ENOENT: Text("không có tệp hay thư mục này", "there is no such file or folder"),
    errno.EACCES: Text(
        "không có quyền, hoặc tệp đang mở trong chương trình khác",
        "it is not allowed, or the file is open in another program",
    ),
    errno.EPERM: Text("không có quyền", "it is not allowed"),
    errno.EROFS: Text("chỉ đọc được, không ghi được vào ổ này", "this drive can only be read"),
    errno.ENOSPC: Text("hết chỗ trống trên ổ", "the drive is full"),
    errno.EISDIR: Text("đây là thư mục", "this is a folder"),
    errno.ENOTDIR: Text("một phần của đường dẫn không phải thư mục", "a part of the path is no folder"),
    errno.EEXIST: Text("một phần của đường dẫn không phải thư mục", "a part of the path is no folder"),
    errno.ENAMETOOLONG: Text("tên quá dài", "the name is too long"),
    errno.EIO: Text("lỗi đĩa hoặc mạng", "a disk or network error"),
}


def why(error: OSError) -> Text:
    """Why the system did not do something, in words."""
    said = error.strerror or type(error).__name__
    return _WHY.get(error.errno or 0, Text(said, said))


class CchcError(Exception):
    """A sentence for the user, in both languages; the command line prints it and exits 2."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text


class Problem(Struct, frozen=True):
    """One mistake in a file that we were given: where it stands and what is wrong with it."""

    file: str
    line: int
    path: str
    text: Text


class FormError(CchcError):
    """Every mistake of a form file at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        lines_vi = [f"{p.file}:{p.line}: {p.path}: {p.text.vi}" for p in problems]
        lines_en = [f"{p.file}:{p.line}: {p.path}: {p.text.en}" for p in problems]
        super().__init__(Text("\n".join(lines_vi), "\n".join(lines_en)))
        self.problems = problems

    def __reduce__(self) -> tuple[type[FormError], tuple[tuple[Problem, ...]]]:
        return (FormError, (self.problems,))
