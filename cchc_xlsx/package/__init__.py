"""Opening an untrusted .xlsx: nothing of a file is used before its size, its zip, its checksums and its XML are sound."""

from cchc_xlsx.package.book import Package, SheetPart, State, custom_properties, open_bytes, read_file
from cchc_xlsx.package.refusal import Refusal
from cchc_xlsx.package.sheet import SheetFacts, scan

__all__ = [
    "Package",
    "Refusal",
    "SheetFacts",
    "SheetPart",
    "State",
    "custom_properties",
    "open_bytes",
    "read_file",
    "scan",
]
