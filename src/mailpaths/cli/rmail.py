"""``mailpaths rmail``: rewrites the recipients that UUCP hands over, and hands the message to the real rmail."""

from __future__ import annotations

import os
import shlex
import signal
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import click

from mailpaths.cli import hookconfig, options, streams
from mailpaths.errors import MailPathsError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["rmail"]

# The number of the process that we become another program in: where it is our own or our parent's, that was us.
_MARK = "MAILPATHS_RMAIL"

_EPILOG = """\b
Example, the file that uuxqt runs as rmail (command-path of Taylor UUCP):
  #!/bin/sh
  mailpaths=/opt/mailpaths/bin/mailpaths
  [ -x $mailpaths ] || exit 75
  exec $mailpaths rmail /etc/mailpaths/mailpaths.toml /usr/sbin/rmail -- "$@"

\b
What it does, without a message:
  $ mailpaths rmail mailpaths.toml /bin/echo -- 'host!user' user@elsewhere.example
  user@host.uucp user@elsewhere.example

A path without a domain begins here. Recipients that the rules leave alone go on as they came, each once. The message
on standard input is not read: PROGRAM, a command that may bring arguments of its own, takes the place of this one.

CONFIG, PROGRAM and "--" come first and are no options, so that nothing that a neighbour writes can stand in for them.
No option is passed on, and nothing that a shell might obey: by exit status 64 or 65 uuxqt sets the message aside and
tells its administrator. The sender is told without the text, or not at all (uux -n, as Postfix calls it).

Exit status: that of PROGRAM; 75, by which uuxqt keeps the message and tries again, where a router has no answer now,
where CONFIG or what it names cannot be read or has a fault, and where PROGRAM cannot be run, since none of that is a
fault of the mail; 64 for an option among the recipients, or none; 65 for a recipient that is none. uuxqt shows nobody
what is written at 75, so all of it goes to the system's log, too, as mail."""


class _KeptError(click.ClickException):
    """The message stays with uuxqt: sysexits EX_TEMPFAIL."""

    exit_code = streams.TRY_AGAIN


class _WrongCallError(click.ClickException):
    """The message is set aside: sysexits EX_USAGE."""

    exit_code = 64


class _BadRecipientError(click.ClickException):
    """The message is set aside: sysexits EX_DATAERR."""

    exit_code = streams.BAD_INPUT


def _ended(status: int) -> type[click.ClickException]:
    """Return the exception that ends the call with this status."""
    known = (_KeptError, _WrongCallError, _BadRecipientError)
    return next(one for one in known if one.exit_code == status)


@click.command(
    epilog=_EPILOG,
    # What stands behind the first argument is data, whatever it looks like.
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    short_help="Rewrite recipients that come by UUCP, and hand over to the real rmail.",
)
@click.argument("config", metavar="CONFIG", shell_complete=options.file)
@click.argument("program", metavar="PROGRAM")
@click.argument("arguments", nargs=-1, metavar="-- RECIPIENT...")
def rmail(*, config: str, program: str, arguments: Sequence[str]) -> NoReturn:
    """Rewrite each RECIPIENT by the rules of CONFIG, and hand over to PROGRAM, the real rmail."""
    try:
        given = _behind_the_mark(arguments)
        _become([*_command(options.native(program)), *_recipients(config, given)])
    except click.ClickException as error:
        _log(error.format_message())
        raise
    except Exception as error:
        message = f"a fault of mailpaths itself, please report it: {error!r}"
        _log(message)
        raise _KeptError(message) from error


def _behind_the_mark(arguments: Sequence[str]) -> Sequence[str]:
    """Return the recipients. Raises `_KeptError` without the mark before them.

    A script that has forgotten PROGRAM would run what a neighbour names.
    """
    if not arguments or arguments[0] != "--":
        raise _KeptError("expected CONFIG, PROGRAM and '--' before the recipients")
    return arguments[1:]


def _recipients(config: str, arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the recipients to hand on. Raises what ends the call otherwise."""
    from mailpaths.hooks import rmail as room

    try:
        settings = replace(hookconfig.read(config), bare_paths=True)
        return room.recipients(hookconfig.rules(settings), arguments)
    except room.NotHandedOverError as error:
        raise _ended(error.status)(error.message) from error
    except click.ClickException as error:  # of the file: a postmaster mends it, and the mail waits
        raise _KeptError(error.format_message()) from error
    except MailPathsError as error:
        raise _KeptError(str(error)) from error


def _command(program: str) -> list[str]:
    """Return the words of the program that is handed the message. Raises `_KeptError` where it is none."""
    if os.environ.get(_MARK) in {str(os.getpid()), str(os.getppid())}:
        raise _KeptError(f"{program} called mailpaths rmail again; PROGRAM names the real one")
    try:
        words = shlex.split(program)
    except ValueError as error:
        raise _KeptError(f"PROGRAM is no command: {error}") from error
    if not words or not words[0].startswith("/"):
        # uuxqt's PATH has but its own command-path, where rmail may be what called us.
        raise _KeptError(f"expected the absolute path of a program, found {program!r}")
    return words


def _become(command: list[str]) -> NoReturn:
    """Run a program in the place of this one. Raises `_KeptError` where that cannot be."""
    for name in ("SIGPIPE", "SIGXFSZ"):  # Python ignores them, and what is ignored stays so through exec
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_DFL)
    try:
        os.execve(command[0], command, {**os.environ, _MARK: str(os.getpid())})  # noqa: S606 - no shell is the point
    except OSError as error:
        raise _KeptError(f"cannot run {command[0]}: {error.strerror}") from error


def _log(message: str) -> None:
    """Write to the system's log, as mail programs do, where there is one."""
    try:
        import syslog
    except ImportError:  # no Unix
        return
    syslog.openlog("mailpaths-rmail", syslog.LOG_PID, syslog.LOG_MAIL)
    for line in message.splitlines():
        syslog.syslog(syslog.LOG_ERR, streams.visible(line))
