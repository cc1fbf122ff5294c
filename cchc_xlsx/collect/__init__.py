"""Mailboxes, mails and folders → versions in the ledger, each exactly once; whatever came is told with its reason."""
