"""Opening an untrusted .xlsx: nothing of a file is used before its size, its zip, its checksums and its XML are sound."""

from cchc_xlsx.package.book import MAX_FILE, Package, SheetPart, State, custom_properties, open_bytes, read_file
from cchc_xlsx.package.glance import glance
from cchc_xlsx.package.refusal import Refusal
from cchc_xlsx.package.sheet import SheetFacts, scan

__all__ = [
    "MAX_FILE",
    "Package",
    "Refusal",
    "SheetFacts",
    "SheetPart",
    "State",
    "custom_properties",
    "glance",
    "open_bytes",
    "read_file",
    "scan",
]
