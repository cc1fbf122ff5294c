"""Hard mails: every workbook is found with its very bytes, nothing is taken that must not be, each is told for what it is."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import fill
import hard_mails
import pytest
from hard_mails import OFFICE, HardMail

from cchc_xlsx import writer
from cchc_xlsx.layout import place
from cchc_xlsx.mail import model, read, sources


@cache
def mails() -> dict[str, HardMail]:
    """The hard mails by name, around two workbooks of one unit."""
    issues = [fill.report("nhon-hau-2025-phu-luc-1", period, "TPHT") for period in ("Q1", "Q2")]
    made = hard_mails.all([writer.to_bytes(place.place(one, fill.valid(one))) for one in issues])
    found = {one.name: one for one in made}
    assert len(found) == len(made)
    return found


def put(folder: Path, hard: HardMail) -> tuple[model.Source, Path]:
    """The mail as the only file of a folder, as it is listed, and a spool beside it."""
    inbox, spool = folder / "nhan-ve", folder / "spool"
    inbox.mkdir()
    spool.mkdir()
    (inbox / hard.name).write_bytes(hard.raw)
    (source,) = sources.listed([inbox])
    return source, spool


def test_there_are_enough_of_them() -> None:
    assert len(mails()) >= 150


@pytest.mark.parametrize("name", [one.name for one in hard_mails.all([bytes(20_000)])])
def test_a_hard_mail(name: str, tmp_path: Path) -> None:
    hard = mails()[name]
    source, spool = put(tmp_path, hard)
    assert (source.kind, source.skipped) == (hard.kind, None)
    if hard.unreadable:
        with pytest.raises(model.Unreadable) as raised:
            read.read(source, spool, frozenset({OFFICE}))
        assert hard.unreadable in raised.value.text.vi
        return
    found = read.read(source, spool, frozenset({OFFICE}))
    assert [(one.name, one.why.vi) for one in found.refused] == [
        (name, said.why.vi) for (name, _), said in zip(hard.refused, found.refused, strict=True)
    ]
    assert all(words in one.why.vi for one, (_, words) in zip(found.refused, hard.refused, strict=True)), found.refused
    assert [(one.name, one.file.read_bytes()) for one in found.workbooks] == list(hard.workbooks)
    assert (found.senders, found.inner_from, found.others) == (hard.senders, hard.inner_from, hard.others)
    assert (found.machine, found.counts) == (hard.machine, hard.counts)
    assert {path.name for path in spool.iterdir()} >= {one.sha256 for one in found.workbooks}
    assert not [path for path in spool.iterdir() if path.suffix == ".tmp"]
    assert model.from_json(json.loads(json.dumps(model.to_json(found)))) == found
    routes = [one.route for one in (*found.workbooks, *found.refused)]
    assert len(set(routes)) == len(routes)


@pytest.mark.parametrize(
    ("name", "routes"),
    [
        ("place-plain-attachment.eml", ["2"]),
        ("place-the-body-itself.eml", ["1"]),
        ("place-related-in-alternative.eml", ["1.2.3"]),
        ("in-a-mail.eml", ["2/2"]),
        ("in-a-zip.eml", ["2/Phụ lục 1 – Tư pháp.xlsx"]),
        ("twice-in-a-zip.eml", ["2/PL1.xlsx", "2/PL1.xlsx#2"]),
        ("in-a-mail-in-a-zip.eml", ["2/thu.eml/2"]),
        ("downloaded.zip", ["Phụ lục 1 – Tư pháp.xlsx", "PL1.xlsx"]),
        ("saved-by-outlook-forward.msg", ["FW Bao cao/Phụ lục 1 – Tư pháp.xlsx"]),
        ("a-workbook-without-an-ending", ["1"]),
    ],
)
def test_where_a_workbook_lay(name: str, routes: list[str], tmp_path: Path) -> None:
    source, spool = put(tmp_path, mails()[name])
    assert [one.route for one in read.read(source, spool).workbooks] == routes
