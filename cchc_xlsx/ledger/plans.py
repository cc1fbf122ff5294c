"""The plan revisions of the year: an accepted plan workbook is laid over every later report."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3

from cchc_xlsx.ledger.book import moment, writing


def latest(book: sqlite3.Connection, form: str) -> tuple[int, dict[str, str | float]]:
    """Number and overlay of a form's plan; 0 and none while the form stands as shipped."""
    row = book.execute(
        "SELECT number, overlay FROM plan WHERE form = ? ORDER BY number DESC LIMIT 1", (form,)
    ).fetchone()
    return (row["number"], json.loads(row["overlay"])) if row else (0, {})


def adopt(book: sqlite3.Connection, form: str, sha256: str, overlay: dict[str, str | float], now: dt.datetime) -> int:
    """Make a plan the next revision of its form; gives its number. The one that is in force already stays."""
    number, present = latest(book, form)
    if number and present == overlay:
        return number
    with writing(book):
        book.execute(
            "INSERT INTO plan (form, number, overlay, sha256, at) VALUES (?, ?, ?, ?, ?)",
            (form, number + 1, json.dumps(overlay, ensure_ascii=False, sort_keys=True), sha256, moment(now)),
        )
    return number + 1


def unadopted(book: sqlite3.Connection) -> list[tuple[str, str]]:
    """Form and sha256 of accepted plans without errors that came after the revision in force, the oldest first."""
    rows = book.execute(
        "SELECT v.form, v.sha256 FROM version v JOIN checking c ON c.version = v.id"
        " WHERE v.period = '' AND v.state = 'taken' AND c.errors = 0"
        " AND NOT EXISTS (SELECT 1 FROM plan p WHERE p.form = v.form AND p.sha256 = v.sha256)"
        " GROUP BY v.id ORDER BY v.arrived, v.id"
    )
    return [(row["form"], row["sha256"]) for row in rows]
