"""Where the commands of the hook find ``mailpaths.toml``, and how they say what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailpaths.cli import options, streams
from mailpaths.errors import MailPathsError

if TYPE_CHECKING:
    from mailpaths.hooks import Rules, Settings

__all__ = ["DEFAULT", "BadConfigError", "load", "option", "read", "rules"]

#: The file that is read unless another is named.
DEFAULT = "mailpaths.toml"

option = click.option(
    "--config",
    default=DEFAULT,
    show_default=True,
    shell_complete=options.file,
    metavar="FILE",
    help="What is ours, what is allowed, and who knows the roads.",
)


class BadConfigError(click.ClickException):
    """The file has faults: sysexits EX_CONFIG."""

    exit_code = 78


def load(config: str) -> Settings:
    """Return what the file says. Raises `ConfigError` for its faults, as whoever reloads wants to be told them."""
    from mailpaths.hooks.configfile import load as load_file

    return load_file(Path(options.native(config)))


def read(config: str) -> Settings:
    """Return what the file says. Raises what click shows of its faults, and of one that cannot be read."""
    from mailpaths.hooks.configfile import ConfigError, UnreadableError

    try:
        return load(config)
    except UnreadableError as error:
        raise streams.NoInputError(str(error)) from error
    except ConfigError as error:
        raise BadConfigError(str(error)) from error


def rules(settings: Settings) -> Rules:
    """Return the rules that settings are, with what they name opened. Raises what click shows where that cannot be."""
    from mailpaths.hooks import Rules

    try:
        return Rules.open(settings)
    except MailPathsError as error:
        raise options.router_fault(error) from error
