"""Real Chromium for tests: runs a script in a page as wide as a test asks for, and prints pages; nothing of it is ever shown.

Every run has a new profile of its own, and no name is found on any network.
"""

from __future__ import annotations

import contextlib
import functools
import html
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

TIMEOUT_S = 120.0
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
# No sandbox: it needs rights that a container's root has not; the pages are our own.
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",  # a phone has none that take room
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
# The page stands in a frame, since a window of Chromium cannot be as narrow as a phone.
FRAME = """<!DOCTYPE html><meta charset="utf-8"><iframe id="frame" width="{width}" height="{height}" style="border:0"></iframe>
<script>
const frame = document.getElementById("frame");
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
frame.onload = async () => {{
  frame.onload = null;
  const view = frame.contentWindow, page = frame.contentDocument;
  let result;
  try {{ result = {{value: await (async () => {{ {script} }})()}}; }} catch (error) {{ result = {{error: String(error)}}; }}
  const place = document.createElement("pre");
  place.textContent = JSON.stringify(result);
  document.body.append(place);
}};
frame.src = {source};
</script>"""


class BrowserError(RuntimeError):
    """The browser did not do what it was asked to; the message holds what it said."""


@functools.cache
def chromium() -> str | None:
    """The path of Chromium or a browser made of it, None without one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def missing() -> list[str]:
    """The names of the programs that these helpers need and this machine lacks."""
    programs = {"chromium": chromium(), "pdftotext": shutil.which("pdftotext")}
    return [name for name, path in programs.items() if not path]


def need() -> None:
    """Skip the running test where the browser is missing, naming what is missing; fail it under CI instead."""
    if names := ", ".join(missing()):
        if os.environ.get("CI"):
            pytest.fail(f"needed under CI: {names}", pytrace=False)
        pytest.skip(f"missing: {names}")


def run(page: Path, script: str, *, fragment: str = "", width: int = 1000, height: int = 800) -> Any:
    """What a script returns that runs beside the loaded page: `page` is its document, `view` its window, `wait(ms)` waits.

    The result is whatever JSON can hold. Raises BrowserError.
    """
    address = page.resolve().as_uri() + (f"#{fragment}" if fragment else "")
    with tempfile.TemporaryDirectory(prefix="cchc-frame-") as folder:
        frame = Path(folder, "frame.html")
        frame.write_text(
            FRAME.format(width=width, height=height, script=script, source=json.dumps(address)), encoding="utf-8"
        )
        # Time is virtual: timers run at once, and the page is read when nothing is left to do.
        said = _chromium("--allow-file-access-from-files", "--virtual-time-budget=20000", "--dump-dom", frame.as_uri())
    found = re.search(r"<pre>(.*?)</pre>", said, re.S)
    if not found:
        raise BrowserError(f"no result: {said[-2000:]}")
    result = json.loads(html.unescape(found[1]))
    if "error" in result:
        raise BrowserError(result["error"])
    return result.get("value")


def printed(page: Path, out_dir: Path) -> list[str]:
    """The texts of the pages as the browser prints them. Raises BrowserError."""
    pdf = out_dir / f"{page.stem}.pdf"
    _chromium("--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.resolve().as_uri())
    if not pdf.is_file():
        raise BrowserError(f"{page}: not printed")
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, timeout=60, check=True)
    return done.stdout.decode("utf-8").split("\f")[:-1]


def sizes(pdf: Path) -> list[tuple[float, float]]:
    """Width and height of the pages that were printed, in points."""
    done = subprocess.run(["pdfinfo", "-l", "-1", str(pdf)], capture_output=True, timeout=60, check=True)
    found = re.findall(r"size: +([\d.]+) x ([\d.]+)", done.stdout.decode("utf-8"))
    return [(float(width), float(height)) for width, height in found]


def _chromium(*arguments: str) -> str:
    """What the browser printed. Raises BrowserError when it did not end in time."""
    command = chromium()
    if command is None:
        raise BrowserError("no chromium")
    with tempfile.TemporaryDirectory(prefix="cchc-browser-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [command, *QUIET, f"--user-data-dir={profile}", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            raise BrowserError(f"not done after {TIMEOUT_S:g} s") from error
        finally:
            _kill(process)
    return said.decode("utf-8", "replace")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the browser and its group, by its own id."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        elif process.poll() is None:
            process.kill()
    process.wait(timeout=30)
    if process.stdout is not None:
        process.stdout.close()
