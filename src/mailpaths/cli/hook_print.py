"""``mailpaths hook print-config``: the lines that a mail server, or systemd, needs for the hook."""

from __future__ import annotations

import click

from mailpaths.cli import hookconfig, streams
from mailpaths.errors import MailPathsError
from mailpaths.hooks.printing import SERVERS, printed

__all__ = ["print_config"]

_EPILOG = """\b
Example:
  $ mailpaths hook print-config postfix --config mailpaths.toml

The lines are for the names, listeners and tables of the file, with comments that say what each is for.

Exit status: 0; 64 for a wrong call; 66 and 78 for the file, as mailpaths hook check-config says, and 78 where it has no
listener that the server can ask."""


@click.command("print-config", epilog=_EPILOG, short_help="Print the lines that a mail server needs.")
@click.argument("server", type=click.Choice(SERVERS))
@hookconfig.option
def print_config(*, server: str, config: str) -> int:
    """Print the lines that SERVER needs: postfix, exim, sendmail or systemd."""
    settings = hookconfig.read(config)
    try:
        text = printed(server, settings)
    except MailPathsError as error:
        raise hookconfig.BadConfigError(f"{config}: {error}") from error
    output = streams.Output()
    output.block(text)
    output.flush()
    return streams.OK
