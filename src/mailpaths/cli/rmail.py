"""``mailpaths rmail``: rewrites the recipients that UUCP hands over, and hands the message to the real rmail."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import click

from mailpaths.cli import hookconfig, options, streams
from mailpaths.errors import MailPathsError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["rmail"]

_EPILOG = """\b
Example, a file named rmail in a directory of uuxqt's command-path:
  #!/bin/sh
  exec /opt/mailpaths/bin/mailpaths rmail \\
      /etc/mailpaths/mailpaths.toml /usr/sbin/rmail "$@"

\b
What it does, without a message:
  $ mailpaths rmail mailpaths.toml echo 'host!user' user@elsewhere.example
  user@host.uucp user@elsewhere.example

A path without a domain begins here. Recipients that the rules leave alone go on as they came, each once. The message
on standard input is not read: PROGRAM, a command that may bring arguments of its own, takes the place of this one.

CONFIG and PROGRAM come first and are no options, so that nothing that a neighbour writes can stand in for them. No
option is passed on, and nothing that a shell might obey: such a message is returned, by exit status 64 or 65.

Exit status: that of PROGRAM; 75, by which uuxqt keeps the message and tries again, where a router has no answer now,
where CONFIG or what it names cannot be read or has a fault, and where PROGRAM cannot be run; 64 for an option among
the recipients, or none; 65 for a recipient that is none."""


class _KeptError(click.ClickException):
    """The message stays with uuxqt: sysexits EX_TEMPFAIL."""

    exit_code = streams.TRY_AGAIN


class _WrongCallError(click.ClickException):
    """The message is returned: sysexits EX_USAGE."""

    exit_code = 64


class _BadRecipientError(click.ClickException):
    """The message is returned: sysexits EX_DATAERR."""

    exit_code = streams.BAD_INPUT


def _returned(status: int) -> type[click.ClickException]:
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
@click.argument("arguments", nargs=-1, metavar="RECIPIENT...")
def rmail(*, config: str, program: str, arguments: Sequence[str]) -> NoReturn:
    """Rewrite each RECIPIENT by the rules of CONFIG, and hand over to PROGRAM, the real rmail."""
    from mailpaths.hooks import rmail as room

    try:
        settings = replace(hookconfig.read(config), bare_paths=True)
        handed = room.recipients(hookconfig.rules(settings), arguments)
        command = shlex.split(options.native(program))
    except room.NotHandedOverError as error:
        raise _returned(error.status)(error.message) from error
    except click.ClickException as error:  # of the file: a postmaster mends it, and the mail waits
        raise _KeptError(error.format_message()) from error
    except (MailPathsError, ValueError) as error:
        raise _KeptError(str(error)) from error
    if not command:
        raise _KeptError("PROGRAM names no command")
    try:
        os.execvp(command[0], [*command, *handed])  # noqa: S606 - no shell, and no argument that one would obey
    except OSError as error:
        raise _KeptError(f"cannot run {command[0]}: {error.strerror}") from error
