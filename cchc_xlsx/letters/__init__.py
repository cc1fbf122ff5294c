"""Our mails: workbooks sent out, reminders, answers; each composed from a template and sent once."""
