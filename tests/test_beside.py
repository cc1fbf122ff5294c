"""Marked copies as they are settled: the same folder whoever is read first, and nothing that was begun is overwritten."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from cchc_xlsx.beside import Copies

# Two places of one file, each of which has a copy that names it, and another file.
ARRIVING = [(0, "n_12345678.xlsx", b"of a"), (1, "n_12345678.xlsx", b"of b"), (2, "m_12345678.xlsx", b"of c")]

# what is there before -> what is there then
FOLDERS = """
                               -> n: of a, m: of c
n: of a                        -> n: of a, m: of c
n: of b                        -> n: of a, m: of c
n: begun                       -> n: begun, n_2: of a, m: of c
n: begun, n_2: of a            -> n: begun, n_2: of a, m: of c
n: begun, n_2: begun too       -> n: begun, n_2: begun too, n_3: of a, m: of c
n: of a, m: begun              -> n: of a, m: begun, m_2: of c
"""


def drawn(text: str) -> dict[str, bytes]:
    """The files of a folder: `n_2: of a` is n_12345678_2.xlsx with these words."""
    pairs = [one.strip().split(": ") for one in text.split(",") if one.strip()]
    return {f"{name[0]}_12345678{name[1:]}.xlsx": words.encode() for name, words in pairs}


@pytest.mark.parametrize("line", FOLDERS.strip("\n").splitlines())
def test_the_order_of_arrival_does_not_matter(line: str, tmp_path: Path) -> None:
    before, after = (drawn(part) for part in line.split("->"))
    said: set[tuple[tuple[int, str], ...]] = set()
    for number, order in enumerate(permutations(ARRIVING)):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, data in before.items():
            (folder / name).write_bytes(data)
        copies = Copies(folder)
        for one in order:
            copies.add(*one)
        copies.finish()
        copies.close()
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == after
        said.add(tuple((one, path.name) for one, path in sorted(copies.places.items())))
    assert len(said) == 1
    [places] = said
    assert places[0][1] == places[1][1]
    assert [after[name] for _, name in places] == [b"of a", b"of a", b"of c"]


def test_a_copy_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "n_12345678.xlsx"
    path.write_bytes(b"of a")
    path.chmod(0o444)
    node = path.stat().st_ino
    copies = Copies(tmp_path)
    copies.add(*ARRIVING[0])
    copies.finish()
    copies.close()
    assert (path.stat().st_ino, copies.places) == (node, {0: path})
