"""What files and folders of a year's folder are called, known without its set-up."""

from __future__ import annotations

SETUP, STATE = "cchc.xlsx", ".cchc"  # the set-up workbook and the private state
