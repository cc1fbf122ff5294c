"""Issue a report workbook, fill it in, check it: the round of a commune, by hand.

Run it from anywhere: it works in a temporary folder and prints what the check found.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from cchc_xlsx import check, generate, sample, writer
from cchc_xlsx.issue import file_name
from cchc_xlsx.layout import place
from cchc_xlsx.task import Task


def main() -> None:
    """Make one unit's workbook with one mistake and show the finding."""
    with tempfile.TemporaryDirectory() as folder:
        order = generate.Order("Nhơn Hậu", Path(folder), "nhon-hau-2025-phu-luc-1", period="2025-Q1", unit="TPHT")
        issue = generate.issues(order)[0]
        typed = sample.valid(issue) | {"r20.num": 250.0}  # more paid online than paid at all
        writer.write(place.place(issue, typed), Path(folder) / file_name(issue))
        for result in check.check((Path(folder),), Task()).files:
            print(result.path, result.status)
            for finding in result.findings:
                print(f"  {finding.code} {finding.cell}: {finding.message}")


if __name__ == "__main__":
    main()
