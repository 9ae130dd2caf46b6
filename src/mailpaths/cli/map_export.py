"""``mailpaths map export``: the tables that mail servers load."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from mailpaths.cli import mapfiles, options, streams
from mailpaths.errors import AddressSyntaxError, MapError
from mailpaths.routing import exports
from mailpaths.routing.pathtable import PathTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mailpaths.routing.uucp.roads import Mode

__all__ = ["export"]

_EPILOG = f"""\b
Example:
  $ printf '%s\\n' 'unc duke(HOURLY), phs(HOURLY*4)' 'duke research(DAILY/2), .edu(DEMAND)' |
      mailpaths map export --format postfix --from unc -
  # Postfix transport(5) table by mailpaths, for postmap and transport_maps.
  # It needs a pipe(8) service 'uucp' in master.cf. The home itself serves a name with ':' alone.
  .edu uucp:duke
  duke uucp:duke
  duke.uucp uucp:duke
  phs uucp:phs
  phs.uucp uucp:phs
  research uucp:duke
  research.uucp uucp:duke
  unc :
  unc.uucp :

\b
From cron, for a Postfix:
  mailpaths map export --format postfix --from "$(uuname -l)" -o /etc/postfix/uucp /usr/lib/uucp/maps &&
      postmap /etc/postfix/uucp

\b
Formats:
{options.lines({name: one.rule for name, one in exports.FORMATS.items()})}

The first three name the first hop alone: the next host has a table of its own. The home, its other names and the
domains that it serves are never handed to UUCP. A first hop that is not written host!user gets another transport:
smtp in Postfix, esmtp in Sendmail, remote_smtp in Exim.

What could be read as more than a name (blanks, colons, '#', quotes, control characters, a '-', '|' or '/' at the
beginning) is left out with a message, and never escaped.

{mapfiles.FILES_HELP}

Exit status: 0; 65 when the map or table has faults, or a name is left out (the table is written); 66 when something
cannot be read, and the file of -o is left as it was; 68 for a home that is not in the map; 64 for a wrong call; 74 when
writing fails."""


@click.command(epilog=_EPILOG, short_help="Write tables that Postfix, Exim, Sendmail and smail load.")
@mapfiles.arguments
@click.option(
    "--format",
    "format_name",
    type=click.Choice(list(exports.FORMATS)),
    help="Which table to write, as listed below.",
)
@click.option("--json", "format_name", flag_value="json", help="Write one JSON object a line: --format json.")
@mapfiles.home
@mapfiles.mode
@click.option(
    "--paths",
    "table",
    metavar="FILE",
    shell_complete=options.file,
    help="Export this table of roads, printed by pathalias or made for smail, and no map; '-' is standard input.",
)
@click.option(
    "--reliable",
    is_flag=True,
    help="Leave out roads that something may stop: dead links, links declared the other way only, closed domains.",
)
@click.option(
    "--zone",
    "zones",
    multiple=True,
    metavar="DOMAIN",
    help="Write each host also as HOST.DOMAIN; repeatable.  [default: uucp for Postfix, Exim and Sendmail]",
)
@click.option("--no-zone", is_flag=True, help="Write each host by its own name alone.")
@click.option(
    "--transport",
    metavar="NAME",
    help="What carries mail by UUCP.  [default: uucp in Postfix, uucp-dom in Sendmail, that of the router in Exim]",
)
@mapfiles.output_file
@click.pass_context
def export(  # noqa: PLR0913 - one parameter an option
    context: click.Context,
    /,
    *,
    paths: Sequence[str],
    format_name: str | None,
    home: str | None,
    mode: Mode,
    table: str | None,
    reliable: bool,
    zones: Sequence[str],
    no_zone: bool,
    transport: str | None,
    output: str | None,
) -> int:
    """Write the roads from a home as a table for a mail server, sorted by name."""
    chosen = _format(format_name, zones, transport, no_zone=no_zone)
    if table is not None and (paths or home or context.get_parameter_source("mode") != ParameterSource.DEFAULT):
        raise click.UsageError("--paths is a table of the roads from one host; FILE, --from and --mode are for maps")
    out = streams.Output()
    left_out: list[exports.LeftOut] = []
    whole = True
    faults: Iterable[object]
    if table is not None:
        roads = _table(table)
        faults = roads.faults
        for fault in faults:
            out.complain(streams.visible(str(fault)))
        lines = exports.write(roads, chosen, reliable=reliable, tell=left_out.append)
    else:
        found = mapfiles.load(paths, home, mode)
        faults = found.messages
        whole = not found.troubles
        mapfiles.table(found)  # computed here: a map of your own must be told its home
        mapfiles.say(found.messages)
        lines = exports.write(found, chosen, reliable=reliable, tell=left_out.append)
    if output is None:
        out.block("".join(lines))
    elif whole:
        with mapfiles.written(output) as stream:
            stream.writelines([line.encode() for line in lines])
    for one in left_out:
        out.complain(f"mailpaths: {streams.visible(str(one))}")
    out.flush()
    if not whole:
        return streams.NO_INPUT
    return streams.BAD_INPUT if left_out or faults else streams.OK


def _format(name: str | None, zones: Sequence[str], transport: str | None, *, no_zone: bool) -> exports.Format:
    """Return the format with what the options change. Raises `click.UsageError` for what makes no sense."""
    if name is None:
        raise click.UsageError(f"no format: give --format with one of {', '.join(exports.FORMATS)}")
    if zones and no_zone:
        raise click.UsageError("--zone and --no-zone: one of the two")
    chosen = exports.FORMATS[name]
    if transport is not None and not chosen.smtp:
        raise click.UsageError(f"--transport: a table of {name} names none")
    if transport == "":
        raise click.UsageError("--transport: expected the name of a transport")
    try:
        return chosen.replace(uucp=transport, zones=() if no_zone else [zone.lstrip(".") for zone in zones] or None)
    except AddressSyntaxError as error:
        raise click.UsageError(f"{error.message}: {error.text!r}") from error


def _table(path: str) -> PathTable:
    """Return the table in a file, or on standard input. Raises `mailpaths.cli.streams.NoInputError`."""
    try:
        if path != "-":
            return PathTable.load(options.native(path))
        if sys.stdin is None or sys.stdin.closed:
            raise streams.NoInputError("standard input is closed")
        octets = sys.stdin.buffer.read()
    except MapError as error:
        raise streams.NoInputError(str(error)) from error
    except OSError as error:
        raise streams.NoInputError(f"cannot read standard input: {error.strerror}") from error
    return PathTable.from_text(octets.decode("utf-8", "surrogateescape"), name="[stdin]")
