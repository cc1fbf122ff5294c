"""The ledger's tables, made by numbered steps: a step that was released is never edited, a change is a new step.

Moments are text in UTC ("2027-03-12T02:01:00Z"), days are text ("2027-03-15"), words are JSON in both languages. The period of
a plan is the empty text.
"""

from __future__ import annotations

STEPS = (
    """
    CREATE TABLE obligation (
        form TEXT NOT NULL, period TEXT NOT NULL, unit TEXT NOT NULL,
        due TEXT NOT NULL,
        excluded TEXT,  -- why it is not owed after all
        PRIMARY KEY (form, period, unit)
    ) WITHOUT ROWID;

    CREATE TABLE extension (
        id INTEGER PRIMARY KEY,
        form TEXT NOT NULL, period TEXT NOT NULL, unit TEXT NOT NULL,
        until TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL
    );

    CREATE TABLE issued (  -- what a workbook of ours was made with, should it come back without that
        token TEXT PRIMARY KEY, carried TEXT NOT NULL, at TEXT NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE plan (
        form TEXT NOT NULL, number INTEGER NOT NULL, overlay TEXT NOT NULL, sha256 TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (form, number)
    ) WITHOUT ROWID;

    CREATE TABLE message (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        raw TEXT NOT NULL,  -- sha256 of what came, as stored
        message_id TEXT, sender TEXT, inner_from TEXT, subject TEXT NOT NULL, machine TEXT,
        sent TEXT,  -- the sender's own Date
        arrived TEXT NOT NULL, arrived_source TEXT NOT NULL
    );

    CREATE TABLE delivery (
        id INTEGER PRIMARY KEY,
        account TEXT NOT NULL, folder TEXT NOT NULL, uidvalidity TEXT NOT NULL, uid TEXT NOT NULL,
        source TEXT NOT NULL,  -- how it is shown
        message INTEGER REFERENCES message,  -- none while it could not be read
        status TEXT NOT NULL, reason TEXT NOT NULL,
        arrived TEXT, arrived_source TEXT,
        tries INTEGER NOT NULL DEFAULT 1,
        mark TEXT,  -- what became of marking it in the mailbox: 'done', 'gone'
        seen_at TEXT NOT NULL,
        UNIQUE (account, folder, uidvalidity, uid)
    );

    CREATE TABLE occurrence (
        message INTEGER NOT NULL REFERENCES message, route TEXT NOT NULL,
        name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
        refused TEXT,  -- why it could not be opened
        version INTEGER REFERENCES version,
        PRIMARY KEY (message, route)
    ) WITHOUT ROWID;

    CREATE TABLE version (
        id INTEGER PRIMARY KEY,
        form TEXT NOT NULL, period TEXT NOT NULL, unit TEXT NOT NULL, sha256 TEXT NOT NULL,
        number INTEGER NOT NULL,  -- counts the versions of one slot in the order in which they came in
        token TEXT NOT NULL,
        message INTEGER NOT NULL REFERENCES message,
        sender TEXT, sent TEXT, arrived TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('taken', 'held', 'rejected')),
        why TEXT,  -- why it was held, or flagged
        decided_by TEXT, decided_why TEXT, decided_at TEXT,
        UNIQUE (form, period, unit, sha256)
    );

    CREATE TABLE checking (
        id INTEGER PRIMARY KEY,
        version INTEGER NOT NULL REFERENCES version,
        at TEXT NOT NULL, tool TEXT NOT NULL,
        status TEXT NOT NULL, errors INTEGER NOT NULL, warnings INTEGER NOT NULL,
        told TEXT NOT NULL  -- values, inputs and findings as the fixed JSON has them
    );
    CREATE INDEX checking_of ON checking (version, id);

    CREATE TABLE outbox (
        id INTEGER PRIMARY KEY,
        dedupe TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('send', 'remind', 'reply')),
        recipient TEXT NOT NULL,
        unit TEXT, period TEXT,
        message INTEGER REFERENCES message,  -- which one this answers
        message_id TEXT NOT NULL,
        raw TEXT,  -- sha256 of the mail as it goes out, once it is written
        state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'doubtful', 'sent', 'refused')),
        tries INTEGER NOT NULL DEFAULT 0,
        why TEXT,
        queued_at TEXT NOT NULL, tried_at TEXT, sent_at TEXT
    );
    """,
    """
    CREATE TABLE past (  -- what units said in the years before, as it was when the folder was made from the last one
        year INTEGER NOT NULL, period TEXT NOT NULL, form TEXT NOT NULL, unit TEXT NOT NULL,
        fields TEXT NOT NULL,  -- accepted inputs by key, without blanks
        token TEXT NOT NULL, sha256 TEXT NOT NULL,  -- of the workbook, which the folder of that year keeps
        PRIMARY KEY (form, period, unit)
    ) WITHOUT ROWID;

    CREATE TABLE proposal (  -- what the year's plan workbook is prefilled with while no plan was adopted
        form TEXT PRIMARY KEY, overlay TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
)
