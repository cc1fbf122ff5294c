"""Mail in and out: what lies in a mail, the mailbox, the server that sends. It knows nothing of forms."""
