"""How much of a mail is looked at: over a limit it is refused in words, never read for ever."""

from __future__ import annotations

MAX_FILE = 25 << 20  # bytes of one workbook
MAX_MAIL = 64 << 20  # bytes of a mail, and of a container in one: large servers take 25 to 50 MiB
MAX_UNPACKED = 128 << 20  # bytes taken out of all containers of a mail
MAX_RATIO = 200  # for what unpacks to more than RATIO_FROM
RATIO_FROM = 1 << 20
MAX_ENTRIES = 1_000  # of an archive; files of a mail
MAX_DEPTH = 5  # containers in one another
MAX_NESTED = 30  # multiparts in one another: they are free of charge for a sender
MAX_HEAD = 1 << 20  # bytes of the headers of a mail or part
MAX_HEADERS = 2_000
