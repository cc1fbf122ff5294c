"""The year's folder: its set-up workbook, its private state, what it owes."""
