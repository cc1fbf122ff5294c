"""What a workbook says against what the same unit reported for other periods: figures alone, wherever they are kept."""

from __future__ import annotations

from cchc_xlsx.fields import Context
from cchc_xlsx.history.model import (
    LETTER,
    Accepted,
    Claim,
    Past,
    Reported,
    Said,
    Whose,
    from_json,
    of,
    reported,
    to_json,
    whose,
)

__all__ = [
    "LETTER",
    "Accepted",
    "Claim",
    "Past",
    "Reported",
    "Said",
    "Whose",
    "claims",
    "from_json",
    "of",
    "reported",
    "to_json",
    "whose",
]


def claims(ctx: Context, said: Said, past: Past) -> tuple[Claim, ...]:
    """What contradicts the past in a report, one claim an input at most, the gravest; `past` is that of its own unit."""
    from cchc_xlsx.history import against  # noqa: PLC0415 - most checks know of no past

    return against.claims(ctx, said, past)
