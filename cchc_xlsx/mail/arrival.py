"""When a mail arrived, by somebody else's clock than the sender's and ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from cchc_xlsx.mail.model import ArrivedSource, Mail, Source


def arrival(source: Source, mail: Mail, own_hosts: Collection[str] = ()) -> tuple[dt.datetime, ArrivedSource]:
    """The moment of arrival (UTC) and what says so.

    The topmost Received line of one of our own servers (or of a host below its name); without configured ones the topmost
    that tells a time; else the time of the file, which proves nothing. Raises OSError where the file is gone.
    """
    ours = {host.lower().strip().rstrip(".") for host in own_hosts} - {""}
    for line in mail.received:
        if line.at and (not ours or any(line.host == host or line.host.endswith(f".{host}") for host in ours)):
            return line.at, "received"
    return dt.datetime.fromtimestamp(source.file.stat().st_mtime, dt.UTC), "file"
