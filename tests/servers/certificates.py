"""Certificates that a server signs itself, as many small offices have them."""

from __future__ import annotations

import hashlib
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Made:
    """A certificate and its key, PEM."""

    certificate: Path
    key: Path

    @property
    def sha256(self) -> str:
        """Of the DER, as a pin holds it."""
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.certificate.read_text())).hexdigest()

    def context(self) -> ssl.SSLContext:
        """For a server that shows it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make(folder: Path, names: str = "IP:127.0.0.1,DNS:localhost", subject: str = "/CN=thu.example.vn/O=UBND") -> Made:
    """A new certificate in `folder`, for these names, valid for 30 days."""
    made = Made(folder / "certificate.pem", folder / "key.pem")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    files = ("-keyout", str(made.key), "-out", str(made.certificate))
    about = ("-days", "30", "-utf8", "-subj", subject, *(("-addext", f"subjectAltName={names}") if names else ()))
    subprocess.run(["openssl", "req", "-x509", *curve, *files, *about], check=True, capture_output=True, timeout=60)
    return made
