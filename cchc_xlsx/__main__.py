"""The command `cchc-xlsx`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from cchc_xlsx.cli.base import run  # noqa: PLC0415
        from cchc_xlsx.cli.commands import cli  # noqa: PLC0415

        code = run(cli)
    except KeyboardInterrupt:  # while our own modules were being loaded
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
