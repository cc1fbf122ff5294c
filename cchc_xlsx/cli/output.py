"""What goes to a file or to standard output as it is."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from cchc_xlsx import writer


def deliver_pieces(pieces: Iterable[str], output: Path | None) -> None:
    """Write a text that comes in pieces to a file, or to standard output, the same bytes."""
    encoded = (piece.encode() for piece in pieces)
    if output:
        writer.save(encoded, output)
        return
    for piece in encoded:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
