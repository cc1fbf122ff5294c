"""A year's folder and its ledger → what the processes are told when they read files for it."""

from __future__ import annotations

import datetime as dt
import sqlite3

from cchc_xlsx import waivers
from cchc_xlsx.history import Past
from cchc_xlsx.ledger import obligations
from cchc_xlsx.project.model import Project
from cchc_xlsx.recognise import Asked
from cchc_xlsx.task import Task


def task(project: Project, book: sqlite3.Connection, now: dt.datetime, *, marks: bool = False, past: Past = ()) -> Task:
    """How files are read for a year's folder: by its forms, key and waivers, knowing what it has sent out, in its language.

    `marks` and `past` are those of `Task`.
    """
    setup = project.setup
    asked = Asked(own_forms=project.own_forms, key=project.key, issued=obligations.issued(book))
    return Task(asked, setup.office.lang, setup.waivers, waivers.today(now), marks, past)
