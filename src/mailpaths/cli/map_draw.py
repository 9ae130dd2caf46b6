"""``mailpaths map draw``: pictures of roads, of what lies around a host, of small maps."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

from mailpaths.cli import mapfiles, streams
from mailpaths.errors import MapError, RoutingError
from mailpaths.routing.uucp import picture as pictures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailpaths.routing.uucp.picture import Picture
    from mailpaths.routing.uucp.roads import Mode
    from mailpaths.routing.uucp.uucpmap import UUCPMap

__all__ = ["draw"]

# More than anybody can make out, and as many as are laid out in half a minute.
_MOST = 1000
_ENDINGS = (".svg", ".dot", ".gv")

_EPILOG = f"""\b
Examples:
  $ mailpaths map draw --from rutgers --to mcvax
  The road from rutgers to mcvax  the UUCP map of December 1988 · cost 415, 3 hops · 3 alternatives
  ├── 415  mimsy!uunet!mcvax!%s
  │   ├── mimsy   95  d.usa.nj.1:68
  │   ├── uunet  100  u.usa.md.1:144
  │   └── mcvax  220  d.usa.va.1:195
  ├── 520  oddjob!mimsy!uunet!mcvax!%s  without rutgers!mimsy
  …

\b
  $ mailpaths map draw --from rutgers --to mcvax -o road.svg
  $ mailpaths map draw --around mcvax -o mcvax.svg
  $ mailpaths map draw -o ours.svg our.map

Without -o the picture is a tree of text. With -o FILE.svg it is one for browsers and documents, laid out by Graphviz,
which needs the extra draw. FILE.dot or FILE.gv is the same in Graphviz's own language, for those who go on drawing.

The alternatives to a road are, for each of its links, the best road that does without this link: where the mail
would go if that broke. So the cheapest of them is the second best road of all.

What lies around a host is everything that is --hops lines away, whoever declares them, and all lines between. A net
or a domain is a stop like a host. Of more than --most the nearest are drawn.

{mapfiles.FILES_HELP}

Exit status: 0; 68 when a host is unknown, or no road leads to it; 66 when a file cannot be read, and the file of -o is
left as it was; 69 where -o FILE.svg needs the extra draw; 64 for a wrong call; 74 when writing fails."""


def _ending(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and PurePath(value).suffix.lower() not in _ENDINGS:
        raise click.BadParameter(f"{value!r} ends in none of {', '.join(_ENDINGS)}.")
    return value


@click.command(epilog=_EPILOG, short_help="Draw a road and its alternatives, what lies around a host, or a small map.")
@mapfiles.arguments
@mapfiles.home
@click.option("--to", metavar="HOST", help="Draw the road to this host, and its alternatives.")
@click.option("--around", metavar="HOST", help="Draw what lies around this host, net or domain.")
@click.option("--hops", type=click.IntRange(1), metavar="N", help="How many lines away.  [default: 1]")
@click.option(
    "--most",
    type=click.IntRange(1, _MOST),
    default=pictures.MOST_POINTS,
    show_default=True,
    metavar="N",
    help="How many hosts, nets and domains to draw at most, roads excepted.",
)
@mapfiles.mode
@click.option(
    "-o",
    "--output",
    callback=_ending,
    metavar="FILE",
    help="Write to this file, .svg, .dot or .gv, which is replaced only once the new one is whole.",
)
def draw(  # noqa: PLR0913 - one parameter an option
    *,
    paths: Sequence[str],
    home: str | None,
    to: str | None,
    around: str | None,
    hops: int | None,
    most: int,
    mode: Mode,
    output: str | None,
) -> int:
    """Draw the road between two hosts, what lies around one host, or the whole of a small map."""
    if around is not None and (home is not None or to is not None):
        raise click.UsageError("--around draws no road, and --from and --to draw nothing else: one of the two")
    if home is not None and to is None:
        raise click.UsageError("--from is where a road begins: --to says where it leads, or --around HOST what to draw")
    if to is not None and home is None and paths:
        raise click.UsageError("--to is where a road leads: --from says where it begins")
    if hops is not None and around is None:
        raise click.UsageError("--hops is how far to go around a host: --around names it")
    out = streams.Output()
    found = mapfiles.load(paths, home, mode)
    mapfiles.say(found.messages)
    try:
        drawn = _picture(found, to, around, hops or 1, most)
    except RoutingError as error:
        out.complain(streams.complaint(error, "", None))
        return streams.NO_HOST
    status = streams.NO_INPUT if found.troubles else streams.OK
    if output is None:
        from mailpaths.cli.maptree import text  # rich loads where something is shown

        out.block(text(drawn, coloured=out.is_terminal or bool(os.environ.get("FORCE_COLOR"))))
    elif not found.troubles:
        content = _content(drawn, output)
        with mapfiles.written(output) as stream:
            stream.write(content)
    out.flush()
    return status


def _picture(found: UUCPMap, to: str | None, around: str | None, hops: int, most: int) -> Picture:
    if to is not None:
        return pictures.road(found, to)
    if around is not None:
        return pictures.around(found, around, hops=hops, most=most)
    try:
        return pictures.whole(found, most=most)
    except MapError as error:
        hint = "--from HOST --to HOST draws a road, --around HOST a part of it"
        if len(found.world.names) <= _MOST:
            hint += f", --most {len(found.world.names)} all of it"
        raise click.UsageError(f"{error}; {hint}.") from error


def _content(drawn: Picture, output: str) -> bytes:
    from mailpaths import drawing

    if PurePath(output).suffix.lower() != ".svg":
        return drawing.dot(drawn).encode()
    try:
        return drawing.svg(drawn).encode()
    except ModuleNotFoundError as error:
        raise streams.UnavailableError(str(error)) from error
