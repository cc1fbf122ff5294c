"""Page breaks: between groups where they fit, never through a merge or between a group's name and its first row."""

from __future__ import annotations

from collections.abc import Sequence, Set

_FULL_ENOUGH = 0.55  # a page may end at a group only when it is at least this full
SAFETY = 0.98  # other programs draw rows a little higher


def breaks(
    heights_pt: Sequence[float], glued: Set[int], preferred: Set[int], first_pt: float, page_pt: float
) -> tuple[int, ...]:
    """The indexes of the rows that end a page.

    `glued` are rows that may not be parted from the next; `preferred` are rows after which a new group begins; the first
    page has `first_pt` for rows, each later one `page_pt` (the repeated header taken off).
    """
    ends: list[int] = []
    start = 0
    room = first_pt * SAFETY
    while (end := _last_fitting(heights_pt, start, room)) < len(heights_pt) - 1:
        end = _good_end(heights_pt, start, end, glued, preferred, room)
        ends.append(end)
        start, room = end + 1, page_pt * SAFETY
    return tuple(ends)


def _last_fitting(heights_pt: Sequence[float], start: int, room: float) -> int:
    used = 0.0
    for index in range(start, len(heights_pt)):
        used += heights_pt[index]
        if used > room and index > start:
            return index - 1
    return len(heights_pt) - 1


def _good_end(
    heights_pt: Sequence[float], start: int, end: int, glued: Set[int], preferred: Set[int], room: float
) -> int:
    allowed = [index for index in range(start, end + 1) if index not in glued]
    if not allowed:
        return end  # a block higher than a page has to be cut somewhere
    enough = [
        index for index in allowed if index in preferred and sum(heights_pt[start : index + 1]) >= room * _FULL_ENOUGH
    ]
    return max(enough or allowed)
