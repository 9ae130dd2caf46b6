"""What the subcommands about maps share: the map that a call names, what is wrong with it, and files written whole."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from mailpaths.cli import paths as paths_room
from mailpaths.cli import streams
from mailpaths.errors import MapError, UnknownHostError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mailpaths.routing import Router
    from mailpaths.routing.uucp.roads import Mode, Roads
    from mailpaths.routing.uucp.uucpmap import UUCPMap
    from mailpaths.routing.uucp.world import Message

__all__ = ["FILES_HELP", "arguments", "home", "load", "mode", "output_file", "say", "say_of", "table", "written"]

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

    Raises `mailpaths.cli.streams.NoInputError` (exit status 66) where nothing of it can be read, `NoHostError` (68)
    for a home that is not in it.
    """
    from mailpaths.routing.uucp.uucpmap import UUCPMap  # loads where a map is asked for

    try:
        if paths:
            found = UUCPMap.load(*[paths_room.native(path) for path in paths], mode=mode)
        else:
            found = UUCPMap.bundled(mode=mode)
    except MapError as error:
        raise streams.NoInputError(str(error)) from error
    if home is None:
        return found
    try:
        return found.at(home)
    except UnknownHostError as error:
        raise streams.NoHostError(str(error)) from error


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


def say_of(router: Router) -> None:
    """Write what is wrong with the maps and tables of a router to standard error."""
    from mailpaths.routing import Chain, PathTable, UUCPMap  # loads where a router was opened

    for one in router.routers if isinstance(router, Chain) else (router,):
        if isinstance(one, UUCPMap):
            say(one.messages)
        elif isinstance(one, PathTable) and sys.stderr is not None:
            with suppress(OSError):
                sys.stderr.write("".join([f"{streams.visible(str(fault))}\n" for fault in one.faults]))


@contextmanager
def written(path: str) -> Iterator[BinaryIO]:
    """Yield a file that takes the place of ``path`` once it is whole; if anything fails, that stays as it is.

    It has the permissions of the old one, and its owner where that is allowed. ``-`` is standard output.

    Raises `mailpaths.cli.streams.InputOutputError` (exit status 74) where it cannot be written.
    """
    target = os.path.realpath(paths_room.native(path))  # a link stays a link
    try:
        if path == "-":
            yield sys.stdout.buffer
            return
        old = _state(paths_room.native(path))
        if old is not None and not stat.S_ISREG(old.st_mode):
            with Path(paths_room.native(path)).open("wb") as stream:  # a device or a pipe is written to, never replaced
                yield stream
            return
        # Beside the old one: only within a file system does one file replace another at once.
        new = Path(f"{target}.new-{os.getpid()}-{os.urandom(4).hex()}")
        try:
            with new.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if old is not None:
                with suppress(OSError):  # nobody but root gives files away
                    os.chown(new, old.st_uid, old.st_gid)
                new.chmod(stat.S_IMODE(old.st_mode))
            new.replace(target)
        finally:
            with suppress(OSError):
                new.unlink()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise streams.InputOutputError(f"cannot write {path}: {reason}") from error


def _state(path: str) -> os.stat_result | None:
    """Return what there is of that name, ``None`` where there is nothing yet."""
    try:
        return Path(path).stat()
    except FileNotFoundError:
        return None
