"""The command ``mailpaths``: its subcommands put together, and every way in which it ends."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from mailpaths.cli.lazy import LazyGroup
from mailpaths.cli.streams import BROKEN_PIPE, BUG, OK, BrokenPipe, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["command", "run"]

_USAGE = 64  # sysexits EX_USAGE
_INPUT_OUTPUT = 74  # sysexits EX_IOERR
_INTERRUPTED = 130

_EPILOG = """\b
Example:
  $ mailpaths translate --to percent 'seismo!mcvax!piet'
  piet%mcvax@seismo

More stands in: mailpaths translate --help, mailpaths explain --help, mailpaths route --help,
mailpaths map compile --help, mailpaths pathto --help, mailpaths serve path --help, mailpaths hook test --help,
mailpaths x400 show --help"""


@click.group(
    cls=LazyGroup,
    subcommands={
        "translate": "mailpaths.cli.translate:translate",
        "explain": "mailpaths.cli.explain:explain",
        "route": "mailpaths.cli.route:route",
        "map": "mailpaths.cli.map:uucp_map",
        "pathto": "mailpaths.cli.pathto:pathto",
        "serve": "mailpaths.cli.serve:serve",
        "hook": "mailpaths.cli.hook:hook",
        "rmail": "mailpaths.cli.rmail:rmail",
        "x400": "mailpaths.cli.x400:x400",
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=False,
    epilog=_EPILOG,
)
@click.version_option(package_name="mailpaths", message="%(prog)s %(version)s")
def command() -> None:
    """Read any mail address: who it means, by which road, and how to write it in another notation."""


def run(arguments: Sequence[str]) -> int:
    """Run the command and return its exit status; whatever happens, nobody sees a traceback."""
    status = _run(arguments)
    try:
        if sys.stdout is not None and not sys.stdout.closed:
            sys.stdout.flush()
    except BrokenPipeError:
        _let_go()
        return BROKEN_PIPE
    except OSError as error:
        _let_go()
        _say(f"cannot write: {error.strerror}")
        return _INPUT_OUTPUT
    return status


def _run(arguments: Sequence[str]) -> int:
    try:
        # standalone_mode ends the process itself, with click's own exit status for a wrong call (2).
        status = command.main(args=list(arguments), prog_name="mailpaths", standalone_mode=False)
    except BrokenPipe:
        _let_go()
        return BROKEN_PIPE
    except click.UsageError as error:
        _say(_usage(error))
        return _USAGE
    except click.ClickException as error:
        _let_go()
        _say(error.format_message())
        return error.exit_code
    except click.Abort:  # click's word for Ctrl-C
        with suppress(OSError):
            sys.stdout.flush()
        return _INTERRUPTED
    except OSError as error:
        _let_go()
        _say(f"cannot write: {error.strerror}")
        return _INPUT_OUTPUT
    except SystemExit as end:  # from click itself: nobody reads the help text, or a shell asked for completions
        return end.code if isinstance(end.code, int) else OK
    except Exception as error:  # noqa: BLE001 - a traceback helps nobody at a shell
        _say(f"a fault of mailpaths itself, please report it: {error!r}")
        return BUG
    return status if isinstance(status, int) else OK


def _usage(error: click.UsageError) -> str:
    message = error.format_message()
    if isinstance(error, click.NoSuchOption):
        message = f"{message.rstrip('.')}. An address that begins with '-' goes after '--'."
    where = "mailpaths" if error.ctx is None else error.ctx.command_path
    return f"{message[:1].lower()}{message[1:]}\nTry '{where} --help' for help."


def _say(text: str) -> None:
    if sys.stderr is not None:
        with suppress(OSError):
            lines = [visible(line) for line in f"mailpaths: {text}".split("\n")]
            sys.stderr.write("\n".join([*lines, ""]))


def _let_go() -> None:
    """Point standard output at nothing, so that Python's own last flush does not fail once more."""
    with suppress(OSError, ValueError, AttributeError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
