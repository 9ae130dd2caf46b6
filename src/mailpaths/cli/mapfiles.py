"""What the subcommands about maps share: the map that a call names, what is wrong with it, and files written whole."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from mailpaths.cli import paths as paths_room
from mailpaths.cli import streams
from mailpaths.errors import MapError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mailpaths.routing.uucp.roads import Mode, Roads
    from mailpaths.routing.uucp.uucpmap import UUCPMap
    from mailpaths.routing.uucp.world import Message

__all__ = ["FILES_HELP", "arguments", "home", "load", "mode", "output_file", "say", "table", "written"]

FILES_HELP = """A FILE is a map, a directory of maps, a pattern such as 'u.*', or '-' for standard input; names that end
in .gz, .xz or .bz2 are unpacked. Without one it is the map that comes with mailpaths: the UUCP world of 31 December
1988, as seen from rutgers unless --from names another host."""

arguments = click.argument("paths", nargs=-1, metavar="[FILE]...", shell_complete=paths_room.file)
home = click.option("--from", "home", metavar="HOST", help="The host where the roads begin.")
mode = click.option(
    "--mode",
    type=click.Choice(["pathalias", "best"]),
    default="pathalias",
    show_default=True,
    help="How roads are computed: exactly as pathalias does, or the cheapest that there are.",
)
output_file = click.option(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=paths_room.file,
    help="Write to this file, which is replaced only once the new one is whole.",
)


def load(paths: Sequence[str], home: str | None, mode: Mode = "pathalias") -> UUCPMap:
    """Return the map that a call names; the bundled one where it names none.

    Raises `mailpaths.cli.streams.NoInputError` (exit status 66) where nothing of it can be read.
    """
    from mailpaths.routing.uucp.uucpmap import BUNDLED_HOME, UUCPMap  # loads where a map is asked for

    try:
        if not paths:
            return UUCPMap.bundled(home=home or BUNDLED_HOME, mode=mode)
        return UUCPMap.load(*[paths_room.native(path) for path in paths], home=home, mode=mode)
    except MapError as error:
        raise streams.NoInputError(str(error)) from error


def table(found: UUCPMap) -> Roads:
    """Return the roads from the map's home. Raises `click.UsageError` where there is no such host."""
    try:
        return found.roads()
    except MapError as error:
        hint = "" if found.home is not None else "; --from names it"
        raise click.UsageError(f"{error}{hint}.") from error


def say(messages: Iterable[Message]) -> None:
    """Write what is wrong with a map to standard error, in pathalias's own form."""
    if sys.stderr is None:
        return
    show = streams.visible if sys.stderr.isatty() else str
    for message in messages:
        with suppress(OSError):
            sys.stderr.write("".join([f"{show(line)}\n" for line in str(message).split("\n")]))


@contextmanager
def written(path: str) -> Iterator[BinaryIO]:
    """Yield a file that takes the place of ``path`` once it is whole; if anything fails, that stays as it is.

    Raises `mailpaths.cli.streams.InputOutputError` (exit status 74) where it cannot be written.
    """
    import tempfile  # loads where a file is written

    target = Path(paths_room.native(path))
    try:
        # Beside the old one: only within a file system does one file replace another at once. A link stays a link.
        target = target.resolve()
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise streams.InputOutputError(f"cannot write {path}: {error.strerror}") from error
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        new.chmod(_permissions(target))
        new.replace(target)
    except OSError as error:
        raise streams.InputOutputError(f"cannot write {path}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            new.unlink()


def _permissions(target: Path) -> int:
    """Return the permissions of the file that is replaced, or those of a new one."""
    with suppress(OSError):
        return target.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
