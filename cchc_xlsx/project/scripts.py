"""The files that people without a terminal double-click: for each step of the work one for Windows and one for other systems."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from cchc_xlsx.lang import Lang, Text


class Step(Struct, frozen=True):
    """A step of the work: its file's name, its commands, and what is opened at the end; {period} is what was typed."""

    name: str
    title: Text
    commands: tuple[str, ...]
    opens: str
    asks_period: bool = False
    stops: bool = False  # wait also where something was held or at fault (exit code 1)


STEPS = (
    Step(
        "1-phat-hanh",
        Text("Phát hành biểu của một kỳ", "Make the workbooks of a period"),
        ('generate --period "{period}" --all-units',),
        "bieu-gui-di/{period}",
        asks_period=True,
    ),
    Step(
        "2-nhan-ve",
        Text("Nhận biểu từ thư điện tử", "Collect workbooks from the mailbox"),
        ("collect", "status --format html --output ket-qua/tinh-hinh.html"),
        "ket-qua/tinh-hinh.html",
        stops=True,
    ),
    Step(
        "3-kiem-tra",
        Text("Kiểm tra các biểu đã nhận", "Check what was collected"),
        ("check --output ket-qua/kiem-tra.html",),
        "ket-qua/kiem-tra.html",
    ),
    Step(
        "4-tinh-hinh",
        Text("Tình hình nộp báo cáo", "Who owes what"),
        ("status --format html --output ket-qua/tinh-hinh.html",),
        "ket-qua/tinh-hinh.html",
    ),
    Step(
        "5-tong-hop",
        Text("Tổng hợp một kỳ", "Consolidate a period"),
        ('consolidate --period "{period}" --out "ket-qua/tong-hop-{period}.xlsx"',),
        "ket-qua/tong-hop-{period}.xlsx",
        asks_period=True,
    ),
)

_ASK = Text("Mã kỳ báo cáo (ví dụ {year}-Q1, {year}-6T, {year}-N): ", "Period ({year}-Q1, {year}-6T, {year}-N): ")
_FAILED = Text(
    "Chưa làm được. Đọc dòng báo lỗi ở trên, sửa rồi chạy lại.",
    "Not done. Read the error above, mend it and run again.",
)
_LOOK = Text("Có mục cần xem lại: đọc các dòng ở trên.", "There is something to look at: read the lines above.")
_KEY = Text("Nhấn phím Enter để đóng.", "Press Enter to close.")
_OPENED = Text("Đã xong: ", "Done: ")


def files(year: int | None, lang: Lang) -> Iterator[tuple[str, bytes, int]]:
    """Each file: its name, its content, and its mode."""
    for step in STEPS:
        yield f"{step.name}.cmd", _windows(step, year, lang).replace("\n", "\r\n").encode(), 0o666
        yield f"{step.name}.sh", _others(step, year, lang).encode(), 0o777


def _ask(year: int | None, lang: Lang) -> str:
    return _ASK.format(year=year or 2027).say(lang)


def _windows(step: Step, year: int | None, lang: Lang) -> str:
    """A batch file. It has no labels: cmd miscounts where one stands after letters with signs."""
    opens = step.opens.replace("/", "\\").format(period="%PERIOD%")
    lines = [
        "@echo off",
        "setlocal DisableDelayedExpansion",
        "chcp 65001 >nul",
        f'if not defined CCHC_LANG set "CCHC_LANG={lang}"',
        'set "PYTHONUTF8=1"',
        'cd /d "%~dp0"',
        'set "CCHC=cchc-xlsx"',
        "where cchc-xlsx >nul 2>nul",
        'if errorlevel 1 set "CCHC=py -m cchc_xlsx"',
        f"title {step.title.say(lang)}",
        f"echo {step.title.say(lang)}",
    ]
    if step.asks_period:
        lines += ['set "PERIOD=%~1"', f'if not defined PERIOD set /p "PERIOD={_ask(year, lang)}"']
    for command in step.commands:
        lines.append(f"call %CCHC% {command.format(period='%PERIOD%')}")
        lines.append(f"if errorlevel 2 (echo. & echo {_FAILED.say(lang)} & pause & exit /b 2)")
        if step.stops:
            lines.append(f"if errorlevel 1 (echo. & echo {_LOOK.say(lang)} & pause)")
    return "\n".join([*lines, f'if not defined CCHC_NO_OPEN start "" "{opens}"', "exit /b 0", ""])


def _others(step: Step, year: int | None, lang: Lang) -> str:
    """A shell script, for any shell."""
    opens = step.opens.format(period="$PERIOD")
    lines = [
        "#!/bin/sh",
        f"# {step.title.say(lang)}",
        'cd "$(dirname "$0")" || exit 2',
        f': "${{CCHC_LANG:={lang}}}"',
        "export CCHC_LANG",
        "",
        "wait_key() {",
        f"  if [ -t 0 ]; then printf '%s\\n' \"{_KEY.say(lang)}\"; read -r _; fi",
        "}",
        "",
        "run() {",
        '  if command -v cchc-xlsx >/dev/null 2>&1; then cchc-xlsx "$@"; else python3 -m cchc_xlsx "$@"; fi',
        "  code=$?",
        '  if [ "$code" -ge 2 ]; then',
        f"    printf '%s\\n' \"{_FAILED.say(lang)}\" >&2",
        "    wait_key",
        '    exit "$code"',
        "  fi",
        *(_look(lang) if step.stops else []),
        "}",
        "",
    ]
    if step.asks_period:
        lines += [
            "PERIOD=${1:-}",
            f'if [ -z "$PERIOD" ]; then printf \'%s\' "{_ask(year, lang)}"; read -r PERIOD; fi',
        ]
    lines += [f"run {one}".format(period="$PERIOD") for one in step.commands]
    return "\n".join([*lines, *_open(opens, lang), ""])


def _look(lang: Lang) -> list[str]:
    return [f'  if [ "$code" -eq 1 ]; then printf \'%s\\n\' "{_LOOK.say(lang)}"; wait_key; fi']


def _open(opens: str, lang: Lang) -> list[str]:
    return [
        f"printf '%s\\n' \"{_OPENED.say(lang)}{opens}\"",
        'if [ -z "${CCHC_NO_OPEN:-}" ]; then',
        f'  if command -v xdg-open >/dev/null 2>&1; then xdg-open "{opens}" >/dev/null 2>&1',
        f'  elif command -v open >/dev/null 2>&1; then open "{opens}"; fi',
        "fi",
        "exit 0",
    ]
