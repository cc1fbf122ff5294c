"""Real mail servers for tests, on loopback and free ports, ended with the test: Dovecot, an SMTP server, and what stands between.

with servers.dovecot(tls="ssl") as box, servers.smtp(deliver=(box, "xa", "INBOX")) as post:
    box.append("xa", "INBOX", raw)
    box.port, box.password("xa"), box.certificate, post.port, post.taken
"""

from __future__ import annotations

from servers.certificates import make as certificate
from servers.imap_server import Box, dovecot, missing, need
from servers.smtp_server import Cut, Post, Taken, smtp
from servers.wire import Between, between, scripted

__all__ = [
    "Between",
    "Box",
    "Cut",
    "Post",
    "Taken",
    "between",
    "certificate",
    "dovecot",
    "missing",
    "need",
    "scripted",
    "smtp",
]
