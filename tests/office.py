"""Real LibreOffice for tests: re-saves, prints, fills in and calculates workbooks; nothing here is shown to a user.

Every run of the office has its own new profile, so that tests may run side by side and leave nothing behind.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

UNO_FILL = Path(__file__).parent / "tools" / "uno_fill.py"
CONVERT_TIMEOUT_S = 120.0
FILL_TIMEOUT_S = 300.0

# The places where LibreOffice is found when it is not on the PATH.
PLACES = (
    "/usr/lib/libreoffice/program",
    "/opt/libreoffice*/program",
    "/Applications/LibreOffice.app/Contents/MacOS",
    "C:/Program Files/LibreOffice/program",
)

# What the first start would ask or guess: the language (never that of the machine), tips, macros.
SETTINGS = {
    ("org.openoffice.Setup/L10N", "ooLocale"): "en-US",
    ("org.openoffice.Setup/L10N", "ooSetupSystemLocale"): "en-US",
    ("org.openoffice.Office.Common/Misc", "FirstRun"): "false",
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution"): "true",
    ("org.openoffice.Office.Linguistic/General", "DefaultLocale"): "en-US",
}


class OfficeError(RuntimeError):
    """The office did not do what it was asked to; the message holds what it said."""


@functools.cache
def soffice() -> str | None:
    """The path of LibreOffice's command, None without it."""
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return found
    for place in PLACES:
        root = Path(place).anchor
        for folder in Path(root or ".").glob(place.removeprefix(root)):
            if found := shutil.which("soffice", path=str(folder)):
                return found
    return None


@functools.cache
def uno_python() -> str | None:
    """The path of a Python that can import uno (the system's, this one, LibreOffice's own), None without one."""
    command = soffice()
    own = [str(Path(command).resolve().parent / name) for name in ("python", "python.exe")] if command else []
    for python in ("/usr/bin/python3", sys.executable, *own):
        if shutil.which(python) and _imports_uno(python):
            return python
    return None


def _imports_uno(python: str) -> bool:
    """Whether this interpreter knows LibreOffice."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            [python, "-c", "import uno"], capture_output=True, timeout=60, check=False, env=_environment()
        )
        return done.returncode == 0
    return False


def missing() -> list[str]:
    """The names of the programs that these helpers need and this machine lacks."""
    programs = {"soffice": soffice(), "python with uno": uno_python(), "pdftoppm": shutil.which("pdftoppm")}
    return [name for name, path in programs.items() if not path]


def available() -> bool:
    """Whether all helpers of this module can work here."""
    return not missing()


def need() -> None:
    """Skip the running test where the office is missing, naming what is missing; fail it under CI instead."""
    if names := ", ".join(missing()):
        if os.environ.get("CI"):
            pytest.fail(f"needed under CI: {names}", pytrace=False)
        pytest.skip(f"missing: {names}")


def need_writer() -> None:
    """The same for the part of LibreOffice that opens Word documents, which is a package of its own."""
    need()
    home = Path(soffice() or "").resolve().parent
    if not any(found for place in (home, home.parent / "Frameworks") for found in place.glob("*swlo.*")):
        if os.environ.get("CI"):
            pytest.fail("needed under CI: LibreOffice Writer", pytrace=False)
        pytest.skip("missing: LibreOffice Writer")


def texts(pdf: Path) -> list[str]:
    """The texts of the pages of a PDF, as they stand."""
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, timeout=60, check=True)
    return done.stdout.decode("utf-8").split("\f")[:-1]


def resave(path: Path, out_dir: Path, suffix: str = "xlsx", timeout_s: float = CONVERT_TIMEOUT_S) -> Path:
    """The copy of `path` that LibreOffice writes into `out_dir` (made if absent) as another or the same kind of file.

    Cached values are not recalculated, as on a user's machine. Raises OfficeError.
    """
    [out] = resave_all([path], out_dir, suffix, timeout_s)
    return out


def resave_all(
    paths: Sequence[Path], out_dir: Path, suffix: str = "xlsx", timeout_s: float = CONVERT_TIMEOUT_S
) -> list[Path]:
    """The copies of `paths`, in order, that one LibreOffice writes into `out_dir`, as `resave` says. Raises OfficeError."""
    out_dir.mkdir(parents=True, exist_ok=True)
    outs = [out_dir / f"{path.stem}.{suffix}" for path in paths]
    for path, out in zip(paths, outs, strict=True):
        if out.exists() and out.samefile(path):
            raise OfficeError(f"{path}: would be overwritten by its own copy")
        out.unlink(missing_ok=True)
    with _profile() as profile:
        said = _run(_soffice(profile, "--convert-to", suffix, "--outdir", str(out_dir), *map(str, paths)), timeout_s)
    for path, out in zip(paths, outs, strict=True):
        if not out.is_file():  # LibreOffice returns 0 even when it could not read the file
            raise OfficeError(f"{path}: not converted to {suffix}: {said}")
    return outs


def to_pdf(path: Path, out_dir: Path, timeout_s: float = CONVERT_TIMEOUT_S) -> Path:
    """The print of a workbook or document as PDF in `out_dir`. Raises OfficeError."""
    return resave(path, out_dir, "pdf", timeout_s)


def pages_png(pdf: Path, out_dir: Path, dpi: int = 80, timeout_s: float = CONVERT_TIMEOUT_S) -> list[Path]:
    """The pages of a PDF as pictures in `out_dir`, in order. Raises OfficeError."""
    out_dir.mkdir(parents=True, exist_ok=True)
    for old in out_dir.glob(f"{pdf.stem}-*.png"):
        old.unlink()
    said = _run(["pdftoppm", "-r", str(dpi), "-png", str(pdf), str(out_dir / pdf.stem)], timeout_s)
    pages = sorted(out_dir.glob(f"{pdf.stem}-*.png"))  # pdftoppm pads the numbers to one length
    if not pages:
        raise OfficeError(f"{pdf}: no page drawn: {said}")
    return pages


def fill_and_read(jobs: Sequence[dict[str, Any]], timeout_s: float = FILL_TIMEOUT_S) -> list[dict[str, Any]]:
    """What LibreOffice reads from workbooks after filling them in: one office for all jobs, one result a job, in order.

    A job: `path` (str or Path); optional `out` (where to save the filled copy as xlsx), `sheet` (name; the first without it),
    `set` {cell: number | text | bool | None | {"formula": "=1+1"} | {"date": serial}}, `read` [cell or range, …] and
    `heights` ["1:40", …] (rows: the height LibreOffice finds best for each, in pt; found last, hence not in `out`).
    A result: `cells` {cell: {"v": value, "t": "n" | "s" | "b" | "e" | ""}}, `heights` {row: pt} and `errors`
    [{"cell": cell or None, "error": words}]: what could not be done is told there, the other cells go on.
    Everything is recalculated before reading. Raises OfficeError when the office itself fails.
    """
    python = uno_python()
    if python is None:
        raise OfficeError("no Python with uno")
    pipe = f"cchc{os.getpid()}{uuid.uuid4().hex[:12]}"
    with _profile() as profile, tempfile.TemporaryDirectory(prefix="cchc-jobs-") as folder:
        request, answer = Path(folder, "jobs.json"), Path(folder, "results.json")
        request.write_text(json.dumps([_absolute(job) for job in jobs]), encoding="utf-8")
        office = _start(_soffice(profile, f"--accept=pipe,name={pipe};urp;"), subprocess.DEVNULL)
        try:
            said = _run([python, str(UNO_FILL), pipe, str(request), str(answer)], timeout_s)
            if answer.is_file():  # the script has told the office to end
                with contextlib.suppress(subprocess.TimeoutExpired):
                    office.wait(timeout=30)
        finally:
            _kill(office)
        if not answer.is_file():
            raise OfficeError(f"jobs not done: {said}")
        results: list[dict[str, Any]] = json.loads(answer.read_text(encoding="utf-8"))
    return results


def _absolute(job: dict[str, Any]) -> dict[str, Any]:
    """The job with paths that the office understands, whatever its working directory."""
    paths = {key: str(Path(job[key]).resolve()) for key in ("path", "out") if job.get(key) is not None}
    return {**job, **paths}


@contextlib.contextmanager
def _profile() -> Iterator[Path]:
    """A new user profile with our settings, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cchc-office-"))
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for (path, name), value in SETTINGS.items()
    )
    settings = folder / "user" / "registrymodifications.xcu"
    settings.parent.mkdir()
    settings.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>',
        encoding="utf-8",
    )
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _soffice(profile: Path, *arguments: str) -> list[str]:
    """The command line of an office that shows nothing, asks nothing and knows no other office."""
    command = soffice()
    if command is None:
        raise OfficeError("no soffice")
    quiet = ("--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard", "--nolockcheck")
    return [command, f"-env:UserInstallation={profile.resolve().as_uri()}", *quiet, *arguments]


def _environment() -> dict[str, str]:
    """Our environment without what would change the office's language or lead its Python to our packages."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "PYTHON", "VIRTUAL_ENV"))}
    return {**kept, "LANG": "C.UTF-8", "LANGUAGE": "", "SAL_USE_VCLPLUGIN": "svp"}


def _start(command: Sequence[str], stdout: int) -> subprocess.Popen[str]:
    """The started program, leader of its own group: soffice is a script that starts two more processes."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=_environment(),
        start_new_session=True,
    )


def _run(command: Sequence[str], timeout_s: float) -> str:
    """What the program printed; an error too, when it failed. Raises OfficeError when it did not end in time."""
    process = _start(command, subprocess.PIPE)
    try:
        said, _ = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired as error:
        raise OfficeError(f"{Path(command[0]).name}: not done after {timeout_s:g} s") from error
    finally:
        _kill(process)
    return f"exit {process.returncode}: {said.strip()}"


def _kill(process: subprocess.Popen[str]) -> None:
    """End what is left of the process and its group, by its own id."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        elif process.poll() is None:
            process.kill()
    process.wait(timeout=30)
    if process.stdout is not None:
        process.stdout.close()
