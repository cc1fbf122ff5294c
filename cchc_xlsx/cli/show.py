"""What every command prints with: the terminal, safe text, tables, the codes."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text as RichText

from cchc_xlsx import results, writer
from cchc_xlsx.cli.base import LANG, say
from cchc_xlsx.rules import registry
from cchc_xlsx.rules.model import Rule

COLOURS = {"error": "bold red", "warning": "yellow", "info": "cyan", "ok": "green", "skipped": "dim"}
_NAME = "cchc-xlsx"
_NARROWEST = 20  # signs of text on a line of a terminal, however far in it begins
clean = results.printable  # text that cannot steer a terminal


def console() -> Console:
    """Standard output: colours on a terminal, plain and unwrapped when piped, whatever the environment asks for."""
    is_terminal = sys.stdout.isatty()
    return Console(
        highlight=False,
        soft_wrap=not is_terminal,
        color_system="auto" if is_terminal else None,
        force_terminal=is_terminal,
        emoji=False,
        markup=False,
    )


def _captured(show: Callable[[Console], None]) -> str:
    """What would be shown, as plain text for a file."""
    buffer = io.StringIO()
    show(
        Console(
            file=buffer,
            highlight=False,
            soft_wrap=True,
            color_system=None,
            force_terminal=False,
            emoji=False,
            markup=False,
        )
    )
    return buffer.getvalue()


def deliver_text(show: Callable[[Console], None], output: Path | None) -> None:
    """Write what is shown to a file as plain text, or show it."""
    if output:
        writer.save(_captured(show).encode(), output)
    else:
        show(console())


def location(path: Path) -> str:
    """Where something lies: from the folder that the run is in where it is below that, else the whole path."""
    here = Path.cwd()
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow links
    return clean(str(whole.relative_to(here) if whole.is_relative_to(here) else whole))


def typed(*arguments: str) -> str:
    """A command of ours as it can be typed: by its name where the PATH leads to it, else as this run was called."""
    if shutil.which(_NAME):
        called = [_NAME]
    elif Path(sys.argv[0]).stem == "__main__":
        called = [sys.executable, "-m", "cchc_xlsx"]
    else:
        called = [sys.argv[0]]
    return " ".join(f'"{one}"' if " " in one else one for one in map(clean, (*called, *arguments)))


def put(out: Console, line: RichText, indent: int = 0, hang: int = 0) -> None:
    """The line so far from the margin; on a terminal what does not fit goes on `hang` further in, elsewhere nothing is broken."""
    if out.soft_wrap:
        out.print(RichText(" " * indent) + line)
        return
    for part in line.wrap(out, max(out.width - indent - hang, _NARROWEST)):
        part.rstrip()
        out.print(RichText(" " * indent) + part, no_wrap=True, crop=False)
        indent, hang = indent + hang, 0


def status_word(status: str) -> str:
    """What a person reads for a status or severity."""
    words = {
        "ok": say("ĐẠT", "OK"),
        "warning": say("CẢNH BÁO", "WARNING"),
        "error": say("LỖI", "ERROR"),
        "skipped": say("BỎ QUA", "SKIPPED"),
        "info": say("THÔNG TIN", "INFO"),
    }
    return words[status]


def rules_text(out: Console) -> None:
    """All codes with their titles, by letter."""
    for letter, title in registry.LETTERS.items():
        out.print(RichText(f"{letter}  {title.say(LANG)}", style="bold"))
        for rule in registry.RULES:
            if rule.code.startswith(letter):
                line = RichText(f"  {rule.code}  ", style=COLOURS[rule.severity])
                line.append(rule.title.say(LANG), style="default")
                out.print(line)
    out.print(say("Xem một mã: cchc-xlsx explain L401", "One code: cchc-xlsx explain L401"))


def rule_text(rule: Rule, out: Console) -> None:
    """One code: what it means, a bad and a good example, how to mend it."""
    head = RichText(f"{rule.code}  ", style=COLOURS[rule.severity])
    head.append(rule.title.say(LANG), style="bold")
    head.append(f"  ({status_word(rule.severity).lower()})", style="dim")
    out.print(head)
    rows = (
        (say("Vì sao", "Why"), rule.why),
        (say("Ví dụ sai", "Bad"), rule.bad),
        (say("Ví dụ đúng", "Good"), rule.good),
        (say("Cách sửa", "Mend"), rule.fix),
    )
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        put(out, RichText(f"{name:<{width}}  {_plain(text.say(LANG))}"), 2, width + 2)


def _plain(text: str) -> str:
    """A fix without the places that only a finding can fill."""
    known = text.replace("{maximum}", "20").replace("{read}", say("kết quả", "the result"))
    return re.sub(r"\{\w+\}", "…", known)


def table(rows: Iterable[tuple[str, ...]], out: Console) -> None:
    """Rows in columns of equal width."""
    found = [tuple(clean(text) for text in row) for row in rows]
    widths = [max(len(row[index]) for row in found) for index in range(len(found[0]))] if found else []
    for row in found:
        out.print(RichText("  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()))
