"""The command `cchc-xlsx`."""

from __future__ import annotations

import contextlib
import gc
import os
import sys

from cchc_xlsx import lang

_INTERRUPTED = 130
_NEW_OBJECTS = 50_000  # before garbage is looked for: what is loaded is none, and looking takes a twentieth of a check


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(_NEW_OBJECTS)
    try:
        if sys.argv[1:2] == ["check"] and "--help" not in sys.argv:
            from cchc_xlsx import processes  # noqa: PLC0415

            processes.warm_up()  # it takes the longest to load: what a check waits for begins first
        from cchc_xlsx.cli.base import run  # noqa: PLC0415
        from cchc_xlsx.cli.commands import cli  # noqa: PLC0415

        code = run(cli)
    except KeyboardInterrupt:  # while our own modules were being loaded
        code = _INTERRUPTED
        is_english = lang.chosen(sys.argv[1:], dict(os.environ)) == "en"
        print("Error: Stopped as asked." if is_english else "Lỗi: Đã dừng theo yêu cầu.", file=sys.stderr)  # noqa: T201
    if code == _INTERRUPTED:
        # Python dies of SIGINT itself, without our exit code, where Ctrl-C came while it ran exec() on a text (dataclasses
        # are made that way), even though it was caught.
        _leave(code)
    gc.freeze()  # what is left ends with the process; to look through it once more takes a fifth of what --help does
    sys.exit(code)


def _leave(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
