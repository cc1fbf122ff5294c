"""Page breaks: the fewest pages, ending at groups where they may, never through a merge or between a group's name and its first row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

_FULL_ENOUGH = 0.55  # a page as full as this that ends at a group is as good as a full one that ends within
SAFETY = 0.98  # other programs draw rows a little higher


class _Plan(NamedTuple):
    """How rows go onto pages; of two plans the lesser is better. `end` is the index of the last row of the first page."""

    pages: int
    badness: float
    end: int


def breaks(
    heights_pt: Sequence[float], glued: Set[int], preferred: Set[int], first_pt: float, page_pt: float
) -> tuple[int, ...]:
    """The indexes of the rows that end a page.

    `glued` are rows that may not be parted from the next; `preferred` are rows after which a new group begins; the first
    page has `first_pt` for rows, each later one `page_pt` (the repeated header taken off).
    """
    count = len(heights_pt)
    plans = {count: _Plan(0, 0, count)}  # how the rows from an index on go onto pages of their own
    for start in reversed(range(count)):
        room = (page_pt if start else first_pt) * SAFETY
        plans[start] = min(
            _before(plans[end + 1], end, used / room, end in preferred)
            for end, used in _ends(heights_pt, start, glued, room)
        )
    ends: list[int] = []
    while (start := ends[-1] + 1 if ends else 0) < count:
        ends.append(plans[start].end)
    return tuple(ends[:-1])


def _before(rest: _Plan, end: int, full: float, is_preferred: bool) -> _Plan:
    """The plan with one more page before the `rest`; the last page may be as empty as it is."""
    if not rest.pages:
        return _Plan(1, 0.0, end)
    badness = (1 - full) ** 2 + (0 if is_preferred else (1 - _FULL_ENOUGH) ** 2)
    return _Plan(rest.pages + 1, rest.badness + badness, end)


def _ends(heights_pt: Sequence[float], start: int, glued: Set[int], room: float) -> Iterator[tuple[int, float]]:
    """Where a page that begins with `start` may end, with the height of its rows; a block higher than a page is cut."""
    used, whole = 0.0, False
    for index in range(start, len(heights_pt)):
        if used + heights_pt[index] > room and index > start:
            if not whole:
                yield index - 1, used
            return
        used += heights_pt[index]
        if index not in glued:
            whole = True
            yield index, used
