"""Locked Excel workbooks for administrative reform reports: generated, read back, checked."""

__version__ = "0.1.0"
