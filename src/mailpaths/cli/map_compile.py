"""``mailpaths map compile``: pathalias, letter for letter."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from mailpaths.cli import mapfiles, streams
from mailpaths.cli import paths as paths_room
from mailpaths.grammar.uucpcost import TABLES
from mailpaths.routing.uucp import reading, sources
from mailpaths.routing.uucp.flags import PRIVATE
from mailpaths.routing.uucp.mapping import map_world
from mailpaths.routing.uucp.printing import lines
from mailpaths.routing.uucp.tree import IS_TERMINAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailpaths.routing.uucp.reading import MapText
    from mailpaths.routing.uucp.tree import Tree

__all__ = ["compile_map"]

# Characters that are written at once: the whole table of a real map, some lines of one whose roads are very long.
_BLOCK = 1 << 20

_EPILOG = """\b
Example:
  $ printf '%s\\n' 'unc duke(HOURLY), phs(HOURLY*4)' 'duke research(DAILY/2), phs(DEMAND)' |
      mailpaths map compile -c -l unc
  0    unc       %s
  500  duke      duke!%s
  800  phs       duke!phs!%s
  3000 research  duke!research!%s

\b
From cron, for a smail 2.5 or another program that reads such a table:
  mailpaths map compile -i -c -l "$(uuname -l)" -o /usr/lib/uucp/paths /usr/lib/uucp/maps

A line is the cost (with -c), the host and its route, with tabs between; "%s" is the place of the user. The order is
pathalias's own; for a sorted table see mailpaths map export. Messages go to standard error in pathalias's words.

Two faults of a map lose nothing here that they lose there: lines that end in CR LF, and a last line without an end.
There is no limit on hosts, names or routes.

A FILE is a map, a directory of maps, a pattern such as 'u.*', or '-' for standard input, which is read where there is
none; names that end in .gz, .xz or .bz2 are unpacked.

Exit status: 0, also where the map has faults, as with pathalias; 66 when a file cannot be read (the rest is used, but
the file of -o is left as it was); 64 for a wrong call; 74 when writing fails."""


@click.command("compile", epilog=_EPILOG, short_help="Compute a table of roads, exactly as pathalias does.")
@mapfiles.arguments
@click.option("-c", "costs", is_flag=True, help="Print what each road costs.")
@click.option("-f", "first_hops", is_flag=True, help="Print what the first hop of each road costs.")
@click.option("-i", "fold_case", is_flag=True, help="Take names for lower case; words for costs stay upper case.")
@click.option("-D", "terminal_domains", is_flag=True, help="Let no road lead on from a domain, and shorten the table.")
@click.option(
    "-l", "--from", "home", metavar="HOME", help="The host where the roads begin.  [default: this host's name]"
)
@click.option("-d", "dead", multiple=True, metavar="HOST", help="Take a host, or a link a!b, for dead; repeatable.")
@click.option(
    "--costs",
    "table",
    type=click.Choice(list(TABLES)),
    default="source",
    show_default=True,
    help="What the words for costs mean: pathalias's source and its manual differ on DEDICATED and EVENING.",
)
@mapfiles.output_file
def compile_map(  # noqa: PLR0913 - one parameter an option
    *,
    paths: Sequence[str],
    costs: bool,
    first_hops: bool,
    fold_case: bool,
    terminal_domains: bool,
    home: str | None,
    dead: Sequence[str],
    table: str,
    output: str | None,
) -> int:
    """Compute the roads from HOME to all hosts of the maps, and print them as pathalias 10 does, byte for byte."""
    text = reading.read(
        sources.find([paths_room.native(path) for path in paths] or ["-"]),
        home=home or _this_host(),
        fold_case=fold_case,
        terminal_domains=terminal_domains,
        dead=dead,
        symbols=TABLES[table],
    )
    mapfiles.say(text.world.messages)
    out = streams.Output()
    found = _table(text, costs=costs or first_hops, first_hops=first_hops, only_interesting=terminal_domains)
    if output is None:
        for block in _blocks(found):
            out.block(block)
    elif not text.troubles:
        with mapfiles.written(output) as stream:
            for block in _blocks(found):
                stream.write(block.encode("utf-8", "surrogateescape"))
    out.flush()
    return streams.NO_INPUT if text.troubles else streams.OK


def _table(text: MapText, *, costs: bool, first_hops: bool, only_interesting: bool) -> Iterator[str]:
    home = text.world.home
    assert home is not None  # noqa: S101 - for the type checker: this call named one
    tree = map_world(text.world, home)
    _say_unreachable(tree)
    found = lines(tree, first_hops=first_hops, only_interesting=only_interesting)
    if costs:
        return (f"{cost}\t{name}\t{before}%s{behind}\n" for name, cost, _, before, behind in found)
    return (f"{name}\t{before}%s{behind}\n" for name, _, _, before, behind in found)


def _blocks(found: Iterator[str]) -> Iterator[str]:
    """Yield the lines many at a time: all at once take the memory of them all, and one at a time takes long."""
    block: list[str] = []
    size = 0
    for line in found:
        block.append(line)
        size += len(line)
        if size >= _BLOCK:
            yield "".join(block)
            block, size = [], 0
    yield "".join(block)


def _say_unreachable(tree: Tree) -> None:
    """Name the hosts that no road leads to, as pathalias does."""
    kinds, names, states = tree.kinds, tree.names, tree.states
    found = [
        f"<{names[number]}>" if states[number] & IS_TERMINAL else names[number]
        for number in tree.unreachable
        if not kinds[number] & PRIVATE
    ]
    if found and sys.stderr is not None:
        show = streams.visible if sys.stderr.isatty() else str
        sys.stderr.write("".join(["You can't get there from here:\n", *[f"\t{show(name)}\n" for name in found]]))


def _this_host() -> str:
    import socket  # loads where nothing else is said

    return socket.gethostname() or "lostinspace"
