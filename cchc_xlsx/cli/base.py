"""What every command shares: the language, help in it, and errors told in one sentence with the right exit code."""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any, TextIO

import click

from cchc_xlsx import lang
from cchc_xlsx.errors import CchcError, why
from cchc_xlsx.lang import Text

LANG = lang.chosen(sys.argv[1:], dict(os.environ))
OUR_BUG, WRONG_USE, INTERRUPTED = 3, 2, 130


def say(vi: str, en: str) -> str:
    """One of two sentences, by the language of this run."""
    return vi if LANG == "vi" else en


class _Helped(click.Command):
    """A command whose help is in the language of the run, click's own words too."""

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401  as click has it
        more.setdefault("options_metavar", say("[TÙY CHỌN]", "[OPTIONS]"))
        # The example keeps its line: it is there to be copied.
        more["help"] = re.sub(r"\n\n(?=\w+ ?\w*: cchc-xlsx)", "\n\n\b\n", more.get("help") or "")
        super().__init__(*args, **more)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first line of the help."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), say("Cách dùng: ", "Usage: "))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, without arguments."""
        rows = [
            row
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option) and (row := parameter.get_help_record(ctx))
        ]
        if rows:
            with formatter.section(say("Tùy chọn", "Options")):
                formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The --help option, described in the language of the run."""
        option = super().get_help_option(ctx)
        if option:
            option.help = say("Hiện hướng dẫn này rồi thoát.", "Show this message and exit.")
        return option


class Command(_Helped):
    """A single command."""


class Group(_Helped, click.Group):
    """A command with commands below it."""

    command_class = Command

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401
        more.setdefault("subcommand_metavar", say("LỆNH [THAM SỐ]...", "COMMAND [ARGS]..."))
        super().__init__(*args, **more)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        super().format_options(ctx, formatter)
        rows = [(name, command.get_short_help_str(80)) for name, command in self.commands.items()]
        with formatter.section(say("Lệnh", "Commands")):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a clerk's work, not of the alphabet."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command by name; an unknown name is told with those that exist."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.commands:
            known = ", ".join(self.commands)
            raise CchcError(
                Text(f"Không có lệnh “{name}”. Các lệnh: {known}.", f"There is no command “{name}”. Commands: {known}.")
            )
        return super().resolve_command(ctx, args)


Group.group_class = Group


class _Option(click.Option):
    """An option whose help has no English in Vietnamese help."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option's names and help, in the language of the run."""
        record = super().get_help_record(ctx)
        if record is None or LANG == "en":
            return record
        names, text = record
        for english, vietnamese in _METAVARS.items():
            names = re.sub(rf"\b{english}\b", vietnamese, names)
        return names, text.replace("[default: ", "[mặc định: ").replace("[required]", "[bắt buộc]")


_METAVARS = {"INTEGER RANGE": "SỐ", "TEXT": "CHỮ", "PATH": "ĐƯỜNG_DẪN", "INTEGER": "SỐ"}


def run(cli: click.Command, arguments: Sequence[str] | None = None) -> int:
    """The exit code of a run. A user sees one sentence for what went wrong, never a traceback."""
    _prepare()
    try:
        given = _without_lang(list(sys.argv[1:] if arguments is None else arguments))
        result = cli.main(args=given, standalone_mode=False, prog_name="cchc-xlsx")
        sys.stdout.flush()
    except CchcError as error:
        _complain(error.text.say(LANG))
        return WRONG_USE
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return WRONG_USE
    except click.ClickException as error:
        _complain(_usage(error))
        return WRONG_USE
    except (KeyboardInterrupt, click.exceptions.Abort):
        _complain(say("Đã dừng theo yêu cầu.", "Stopped as asked."))
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return 0
    except OSError as error:
        _drop_output()  # what could not be written must not be tried again when Python ends
        vi, en = why(error).vi, why(error).en
        _complain(say(f"máy tính không cho làm việc này: {vi}.", f"the computer does not let this be done: {en}."))
        return WRONG_USE
    except Exception as error:
        return _our_bug(error)
    return result if isinstance(result, int) else 0


def _without_lang(arguments: list[str]) -> list[str]:
    """The arguments without `--lang`, which may stand anywhere and was read at start. Raises CchcError on another language."""
    kept: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--lang" or argument.startswith("--lang="):
            asked = next(rest, "") if argument == "--lang" else argument.partition("=")[2]
            if asked not in ("vi", "en"):
                raise CchcError(Text("--lang chỉ nhận vi hoặc en.", "--lang takes vi or en."))
        else:
            kept.append(argument)
    return kept


def _prepare() -> None:
    """Standard streams that can be written to: none at all is as good as nobody reading."""
    if sys.stdout is None:
        _drop_output()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    _encode(sys.stdout)
    _encode(sys.stderr)


def _encode(stream: TextIO) -> None:
    """Vietnamese in a terminal that is not UTF-8 loses signs rather than the run."""
    reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="replace")


def _drop_output() -> None:
    # The reader of our output has gone: let nothing be written when Python closes the stream.
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _complain(sentence: str) -> None:
    click.echo(f"{say('Lỗi', 'Error')}: {sentence}", err=True)


def _our_bug(error: Exception) -> int:
    if os.environ.get("CCHC_DEBUG"):
        traceback.print_exc()
    name = type(error).__name__
    _complain(
        say(
            f"lỗi của chính cchc-xlsx ({name}: {error}). Tệp của bạn không bị thay đổi. Chạy lại với CCHC_DEBUG=1 để gửi chi tiết.",
            f"a bug of cchc-xlsx itself ({name}: {error}). Your files are unchanged. Run again with CCHC_DEBUG=1 for details.",
        )
    )
    return OUR_BUG


def _usage(error: click.ClickException) -> str:
    """What click complains of, in the language of the run."""
    hint = say("Xem thêm: thêm --help vào lệnh.", "See: add --help to the command.")
    return f"{_usage_words(error)} {hint}"


def _usage_words(error: click.ClickException) -> str:
    match error:
        case click.NoSuchOption():
            return say(f"không có tùy chọn {error.option_name}.", f"there is no option {error.option_name}.")
        case click.MissingParameter():
            name = _name(error.param)
            return say(f"thiếu {name}.", f"{name} is missing.")
        case click.BadParameter():
            choices = getattr(getattr(error.param, "type", None), "choices", ())
            allowed = ", ".join(map(str, choices))
            more = say(f" Được dùng: {allowed}.", f" Allowed: {allowed}.") if allowed else ""
            return (
                say(f"giá trị của {_name(error.param)} không đúng.", f"the value of {_name(error.param)} is wrong.")
                + more
            )
        case click.BadOptionUsage():
            return say(
                f"tùy chọn {error.option_name} dùng sai hoặc thiếu giá trị.",
                f"{error.option_name} needs a value or is used wrongly.",
            )
    return say("dùng sai lệnh.", error.format_message())


def _name(parameter: click.Parameter | None) -> str:
    if isinstance(parameter, click.Option):
        return parameter.opts[0]
    return (parameter.human_readable_name if parameter else "?") or "?"


def option(*names: str, vi: str, en: str, **more: Any) -> Callable[[Any], Any]:  # noqa: ANN401  as click has it
    """A click option with its help in both languages."""
    return click.option(*names, cls=_Option, help=say(vi, en), **more)


class progress:  # noqa: N801  used like a function
    """A progress bar on the terminal's error stream; nothing when that is not a terminal."""

    def __enter__(self) -> Callable[[int, int], None] | None:
        self._bar: Any = None
        if not sys.stderr.isatty():
            return None
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import Progress  # noqa: PLC0415

        self._bar = Progress(console=Console(stderr=True), transient=True)
        task = self._bar.add_task("", total=None)
        self._bar.start()

        def advance(done: int, total: int) -> None:
            self._bar.update(task, completed=done, total=total)

        return advance

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()
