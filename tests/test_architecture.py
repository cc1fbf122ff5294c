"""The rooms of the program: who may import whom, which library, who may name a cell, what --help loads, and how long things get."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import command
import pytest

import cchc_xlsx

PACKAGE = Path(cchc_xlsx.__file__).parent
TESTS = Path(__file__).parent

# A room imports only rooms above it; a folder is one room.
ROOMS = """
lang        two languages
errors      what we raise
values      text ↔ number, date, target
periods     reporting windows and deadlines
legacy      Vietnamese typed before Unicode
resources   where the templates are
spec        YAML → dataclass, every mistake at once
units       the catalogue of units
form        what a form declares
expr        conditions, for Python and for formulas
compiled    conditions as functions
issue       a form bound to commune, year, period, unit
extras      what a workbook carries beyond its form
fields      the inputs of each measure
earlier     what reports said before
identity    the token
rules       what is looked for
history     a report against those of other periods
results     what a check tells
reports     what a check tells, as a table and as a page
layout      where each cell is
grid        a workbook as it was read
together    a folder's workbooks together
waivers     what the office lets pass
consolidate many workbooks → the commune's summary
narrative   summaries → what the periodic report says
province    many communes → one workbook
package     opening an untrusted .xlsx
second      workbook → grids, another way
reader      workbook → grids
writer      layout → workbook
document    the periodic report as Word and as a page
alteration  what is locked and changed
recognise   which issue a workbook is
filled      what a unit typed
findings    filled → findings
upward      a commune's summary that came back
carried     what goes over into a marked copy
marks       the marked copy
folder      paths → entries
mail        mail in and out
task        what the processes are told
examine     one file → findings
wire        what it says of one
processes   starting those that read files
worker      the process that examines files
workers     files → answers of worker processes
beside      what the office keeps among them
check       folders → results
summing     folders → summaries
reporting   workbooks → the report, written
listed      the communes that should report
communes    folders → many communes' workbook
generate    options → workbooks
project     the year's folder
ledger      what came, what is owed
store       files kept by content
lock        one process at a time
owing       what is owed and sent out
briefing    the year's folder → the processes' task
roll        next year's folder from this one
standing    how each obligation stands
overview    that as data, as a page and as tables
collect     what came → the ledger
letters     mails of ours
accepted    what was taken in, to be summed
sample      plausible figures
demo        the whole round
cli         parse, call one room, print
__main__    the command
"""
ORDER = [line.split()[0] for line in ROOMS.strip().splitlines()]
# Rooms that only think; all above `package` do, and some of those that work with what was read.
PURE = {
    *ORDER[: ORDER.index("package")],
    *("alteration", "recognise", "filled", "findings", "upward", "carried", "task", "wire", "sample"),
}
# Rooms that read and write files, mail, processes or the ledger, and which rooms that are not pure each knows, or what of them.
OUTER: Mapping[str, set[str]] = {
    "package": set(),
    "second": {"package"},
    "reader": {"package", "second"},
    "writer": set(),
    "document": set(),
    "folder": set(),
    "mail": {"folder", "package"},
    "processes": set(),
    "workers": {"processes"},
    "beside": {"folder", "workers", "writer"},
    "listed": set(),
    "project": {"examine", "generate", "mail.model", "package", "reader", "writer"},
    "ledger": set(),
    "store": set(),
    "lock": set(),
}
# Rooms that put those together.
JOINING = {
    *("marks", "examine", "worker", "check", "summing", "reporting", "communes", "generate", "owing", "briefing"),
    *("roll", "standing", "overview", "collect", "letters", "accepted", "demo", "cli", "__main__"),
}

# Records are msgspec's, in every room; nothing else of it is used.
RECORDS = {"msgspec": {"Struct", "field"}, "msgspec.structs": {"asdict", "replace"}}
# Where the standard library's stand: what YAML is read into, which cattrs fills, and who looks at its parts.
FROM_YAML = {"form.model", "units", "spec", "issue", "layout.stand_in"}
# The only modules that may import a library.
LIBRARIES = {
    "xlsxwriter": {"writer.book", "writer.links", "writer.long", "writer.strict"},
    "python_calamine": {"reader"},
    "olefile": {"mail.outlook"},
    "openpyxl": {"package.formulas", "second"},
    "yaml": {"spec"},
    "cattrs": {"spec"},
    "zlib_ng": {"package.zips"},
    "jinja2": {"form.render", "reports.shell", "letters.compose", "document.word"},
    "docxtpl": {"document.word"},
    "markupsafe": {"document.table"},
    "imapclient": {"mail.imap", "mail.wire"},
    "keyring": {"mail.login", "project.key"},
    "rich": {
        "cli.show",
        "cli.findings",
        "cli.standings",
        "cli.summaries",
        "cli.base",
        "cli.letters",
        "cli.collecting",
        "cli.report",
    },
    "click": {
        "cli.base",
        "cli.commands",
        "cli.project",
        "cli.status",
        "cli.consolidate",
        "cli.report",
        "cli.roll",
        "cli.account",
        "cli.collecting",
        "cli.issuing",
        "cli.letters",
    },
}
# Who turns places into addresses: layout, and those that are given places by it.
ADDRESSES = {"a1", "a1_range", "column_letters"}
MAY_NAME_CELLS = {
    "layout",
    "writer",
    "alteration",
    "filled",
    "findings",
    "carried",
    "project",
    "consolidate",
    "province",
    "upward",
}
# What reads or writes something outside the process; forms are read by `spec` from the folders of `resources`.
OUTSIDE = {"io", "os", "shutil", "socket", "subprocess", "tempfile", "urllib", "zipfile"}


@cache
def modules() -> Mapping[str, ast.Module]:
    """Every module of the package by its name without the package's."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imported(tree: ast.Module) -> Iterator[str]:
    """The full names that a module imports, at its top or in a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "import from the top: cchc_xlsx.…"
            for one in node.names:
                yield f"{node.module}.{one.name}" if is_ours(f"{node.module}.{one.name}") else str(node.module)


def is_ours(name: str) -> bool:
    return name.removeprefix("cchc_xlsx.") in modules()


def ours(name: str) -> set[str]:
    """The modules of the package that a module imports."""
    found = {
        one.removeprefix("cchc_xlsx").removeprefix(".")
        for one in imported(modules()[name])
        if one.startswith("cchc_xlsx")
    }
    return found - {"", name}


def libraries(name: str) -> set[str]:
    return {one.partition(".")[0] for one in imported(modules()[name])} - {"cchc_xlsx"}


def room(name: str) -> str:
    return name.partition(".")[0]


def test_every_room_has_its_place() -> None:
    assert {room(name) for name in modules() if name} == set(ORDER)
    assert len(ORDER) == len(set(ORDER))
    assert sorted([*PURE, *OUTER, *JOINING]) == sorted(ORDER)


def test_the_readme_names_every_room() -> None:
    readme = (TESTS.parent / "README.md").read_text(encoding="utf-8")
    table = re.findall(
        r"^\|.*\|.*\|(.*)\|$", readme.partition("## How it is built")[2].partition("\n## ")[0], re.MULTILINE
    )
    named = re.findall(r"`(\w+)`", " ".join(table))
    assert sorted(named) == sorted(set(ORDER) - {"__main__"})


@pytest.mark.parametrize("name", [name for name in modules() if name])
def test_a_room_imports_only_rooms_above_it(name: str) -> None:
    here = ORDER.index(room(name))
    below = {one for one in ours(name) if room(one) != room(name) and ORDER.index(room(one)) >= here}
    assert below == set()


def test_no_module_imports_itself_by_a_detour() -> None:
    seen: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " → ".join((*way, name))
        if name not in seen:
            for one in ours(name):
                visit(one, (*way, name))
            seen.add(name)

    for name in modules():
        visit(name, ())


@pytest.mark.parametrize("here", OUTER)
def test_a_room_that_reads_and_writes_knows_only_those_that_it_is_meant_to(here: str) -> None:
    reached = set().union(*(ours(name) for name in modules() if room(name) == here))
    outside = {one for one in reached if room(one) not in PURE and room(one) != here}
    assert {one if one in OUTER[here] else room(one) for one in outside} == OUTER[here]


def test_the_guards_know_nothing_of_the_program() -> None:
    assert {room(one) for name in modules() if room(name) == "package" for one in ours(name)} <= {"package"}


def test_a_pure_room_knows_only_pure_ones() -> None:
    reached = {(room(name), room(one)) for name in modules() if room(name) in PURE for one in ours(name)}
    assert {(here, one) for here, one in reached if one not in PURE} == set()


@pytest.mark.parametrize(
    "name", [name for name in modules() if room(name) in PURE and room(name) not in ("resources", "spec")]
)
def test_a_pure_room_touches_nothing_outside(name: str) -> None:
    assert libraries(name) & OUTSIDE == set()
    calls = {
        node.func.id
        for node in ast.walk(modules()[name])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert calls & {"open", "print", "input", "exec", "eval", "compile", "__import__"} == set()


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_known_to_its_own_rooms_alone(library: str) -> None:
    assert {name for name in modules() if library in libraries(name)} == LIBRARIES[library]


def test_no_other_library_is_used() -> None:
    used = set().union(*(libraries(name) for name in modules()))
    assert used - sys.stdlib_module_names == {"msgspec", *LIBRARIES}


def test_there_is_one_kind_of_record() -> None:
    """Structs: made in a seventh of a frozen dataclass's time, and their classes in a thirtieth (measured)."""
    taken = [
        (node.module, one.name)
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("msgspec")
        for one in node.names
    ]
    assert all(name in RECORDS[module] for module, name in taken)
    assert {name for name, tree in modules().items() if "dataclasses" in imported(tree)} == FROM_YAML


def test_nobody_but_layout_and_its_readers_names_a_cell() -> None:
    naming = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id in ADDRESSES)
        or (isinstance(node, ast.Attribute) and node.attr in ADDRESSES)
    }
    assert {room(name) for name in naming} <= MAY_NAME_CELLS
    assert "layout.model" in naming


def test_the_writer_and_the_reader_decide_nothing() -> None:
    """Rules, forms and periods are for the rooms that know them; what is written and read is only carried."""
    decided = {"rules", "form", "fields", "issue", "units", "periods", "values"}
    for name in modules():
        if room(name) in ("second", "reader", "writer"):
            assert {room(one) for one in ours(name)} & decided == set()


# ------------------------------------------------------------------------------------------------------- what is loaded

HEAVY = {
    "xlsxwriter",
    "openpyxl",
    "olefile",
    "jinja2",
    "python_calamine",
    "rich",
    "yaml",
    "cattrs",
    "asyncio",
    "multiprocessing",
    "email",
    "keyring",
    "docxtpl",
    "docx",
    "lxml",
}
_LOADED = """
import sys
from cchc_xlsx.__main__ import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print("\\n".join(sorted(sys.modules)))
"""


def loaded(arguments: tuple[str, ...], folder: Path) -> set[str]:
    """The modules that a run of the command has loaded, libraries by their first name."""
    code = [sys.executable, "-c", _LOADED, *arguments]
    env = command.environment()
    done = subprocess.run(code, capture_output=True, text=True, encoding="utf-8", env=env, cwd=folder, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "cchc_xlsx.cli.commands" in lines
    return {name if name.startswith("cchc_xlsx") else name.partition(".")[0] for name in lines}


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("--version",), ("check", "--help"), ("generate", "--help"), ("forms", "--help")],
    ids=" ".join,
)
def test_help_and_version_load_no_library_but_click(arguments: tuple[str, ...], tmp_path: Path) -> None:
    found = loaded(arguments, tmp_path)
    assert found & HEAVY == set()
    assert "click" in found
    assert {name for name in found if name.startswith("cchc_xlsx.")} <= {
        f"cchc_xlsx.{name}"
        for name in (
            *("__main__", "cli", "cli.base", "cli.commands", "cli.project", "cli.status", "cli.consolidate"),
            "cli.report",
            "cli.roll",
            *("cli.collecting", "cli.letters", "errors", "lang"),
        )
    }


@pytest.mark.parametrize("arguments", [("forms", "list"), ("explain", "L401"), ("explain",)], ids=" ".join)
def test_what_writes_and_reads_workbooks_is_loaded_only_for_that(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert loaded(arguments, tmp_path) & {"xlsxwriter", "openpyxl"} == set()


# --------------------------------------------------------------------------------------------------------------- length

SOURCES = [
    *sorted(PACKAGE.rglob("*.py")),
    *sorted(TESTS.rglob("*.py")),
    *sorted((TESTS.parent / "benchmarks").rglob("*.py")),
]


def test_no_file_is_too_long() -> None:
    long = {path.name: count for path in SOURCES if (count := len(path.read_text(encoding="utf-8").splitlines())) > 600}
    assert long == {}


def test_no_function_is_too_long() -> None:
    long = {
        f"{path.name}: {node.name}": lines
        for path in SOURCES
        if path.parent.name not in ("hostile", "hard_mails")  # catalogues, one line a file
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > 50
    }
    assert long == {}


@pytest.mark.parametrize("name", [name for name in modules() if name])
def test_every_module_and_public_name_says_what_it_is(name: str) -> None:
    tree = modules()[name]
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name
