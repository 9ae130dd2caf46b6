"""``mailpaths serve path``: the network mail path service of RFC 915."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailpaths.cli import options, serving, streams
from mailpaths.errors import MailPathsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailpaths.daemon import Endpoint
    from mailpaths.pathservice.metrics import MetricsFile
    from mailpaths.pathservice.server import Network
    from mailpaths.pathservice.statistics import Statistics
    from mailpaths.routing import Router

__all__ = ["serve_path"]

_EPILOG = f"""\b
Examples:
  $ mailpaths serve path --listen 127.0.0.1:1117 --router map:
  $ mailpaths pathto root@inria.uucp --server 127.0.0.1:1117
  uunet!mcvax!inria!root@mimsy

\b
  $ telnet 127.0.0.1 1117
  210-Welcome to the gw.example network mail path service.
  210 Type 'HELP' for help.
  path root@inria.uucp
  220 uunet!mcvax!inria!root@mimsy
  quit
  211 Bye bye.

The service says which address a mailbox has, as seen from the host where the roads of its router begin (RFC 915). While
a map is read at the start, and where a router has no answer, it says so (420), and a client asks again later.

SIGHUP opens the routers anew while the old ones serve on. The old ones stay if that fails, if the new ones list fewer
than half of the hosts, or have faults in their text where the old ones had none. SIGTERM and SIGINT end: what was asked
is answered first. Under systemd it says when it is ready, reloads or stops, feeds the watchdog, and takes the sockets
of a socket unit in place of --listen.

Standard error has a line for each connection that ended and for each failure, "event=… key=value …"; who asked and for
whom stands there only with --log-peers.

{options.ROUTERS_HELP}

Exit status: 0 when told to end; 64 for a wrong call; 66 when a map or table cannot be read; 68 for a home that is not
in the map; 69 when it cannot listen there, or an extra is missing."""


def _endpoints(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> list[Endpoint]:
    """Return where to listen."""
    from mailpaths.daemon import Endpoint
    from mailpaths.pathservice import PORT

    try:
        return [Endpoint.parse(value, port=PORT) for value in values]
    except MailPathsError as error:
        raise click.BadParameter(f"{error}.") from error


def _networks(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> list[Network]:
    """Return the networks that are served."""
    import ipaddress

    try:
        return [ipaddress.ip_network(value) for value in values]
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error


@click.command("path", epilog=_EPILOG, short_help="Serve mail paths to whoever asks (RFC 915).")
@click.option(
    "--listen",
    "endpoints",
    callback=_endpoints,
    multiple=True,
    default=("127.0.0.1",),
    metavar="HOST:PORT",
    help="Where to listen: an address of this machine, port 117 unless another is named; :PORT is of 127.0.0.1. May be "
    "given several times. Without it, only this machine can ask.",
)
@click.option(
    "--router",
    "urls",
    multiple=True,
    default=("map:",),
    show_default=True,
    shell_complete=options.complete_router,
    metavar="URL",
    help="Who knows roads, by URL, as listed below; several are asked in turn.",
)
@click.option("--name", metavar="TEXT", help="The name in the greeting; that of this host unless given.")
@click.option("--rfc-only", is_flag=True, help="Leave out the commands that RFC 915 does not have, FROM and STAT.")
@click.option(
    "--dns",
    is_flag=True,
    help="Ask the DNS for each host, and say so (230) when it is known there. Needs the extra dns.",
)
@click.option(
    "--allow",
    callback=_networks,
    multiple=True,
    metavar="NETWORK",
    help="Serve only these networks, such as 192.0.2.0/24; others are told that they are not served (510).",
)
@click.option(
    "--max-connections",
    type=click.IntRange(0),
    default=1000,
    show_default=True,
    metavar="N",
    help="In all; 0 for no limit.",
)
@click.option(
    "--max-per-address",
    type=click.IntRange(0),
    default=100,
    show_default=True,
    metavar="N",
    help="Connections from one address, or one IPv6 network of 64 bits; 0 for no limit.",
)
@click.option(
    "--max-rate",
    type=options.Number(0),
    default=1000,
    show_default=True,
    metavar="N",
    help="Requests a second from one address; 0 for no limit. Faster ones wait, and are refused when that takes long.",
)
@click.option(
    "--idle",
    type=options.Number(0, min_open=True),
    default=120,
    show_default=True,
    metavar="SECONDS",
    help="How long a connection may be without a command (412).",
)
@click.option(
    "--metrics",
    metavar="FILE",
    shell_complete=options.file,
    help="Write what is counted to this file, in the text format of Prometheus, every 15 s. Needs the extra server.",
)
@click.option(
    "--log-peers", is_flag=True, help="Name in the log who asked, and what was asked for where a router had a fault."
)
@click.option("-q", "--quiet", is_flag=True, help="Log only what went wrong.")
def serve_path(  # noqa: PLR0913 - one parameter an option
    *,
    endpoints: Sequence[Endpoint],
    urls: Sequence[str],
    name: str | None,
    rfc_only: bool,
    dns: bool,
    allow: Sequence[Network],
    max_connections: int,
    max_per_address: int,
    max_rate: float,
    idle: float,
    metrics: str | None,
    log_peers: bool,
    quiet: bool,
) -> int:
    """Serve the network mail path service of RFC 915, until SIGTERM.

    Whoever connects may ask PATH user@host, and is told the address to which the mail goes from here.
    """
    from mailpaths.daemon import Journal, Limits
    from mailpaths.pathservice import PathServer, PathService
    from mailpaths.pathservice.process import PathProcess
    from mailpaths.routing.uucp.uucpmap import this_host

    log = serving.LineLog(quiet=quiet)
    limits = Limits(connections=max_connections, per_address=max_per_address, requests=max_rate, idle=idle)
    try:
        domains = None
        if dns:
            from mailpaths.pathservice import DNSDomains

            domains = DNSDomains()
        service = PathService(name=name or this_host(), extensions=not rfc_only, domains=domains)
        file = None if metrics is None else _metrics_file(options.native(metrics), service.statistics)
    except ModuleNotFoundError as error:
        raise streams.UnavailableError(str(error)) from error
    server = PathServer(service, limits=limits, allow=allow, journal=Journal(log, names_peers=log_peers))
    process = PathProcess(server, endpoints, lambda: _opened(urls), metrics=file)
    return serving.serve(process, server.journal)


def _opened(urls: Sequence[str]) -> Router:
    from mailpaths.routing import open_router

    return open_router([options.native(url) for url in urls])


def _metrics_file(path: str, statistics: Statistics) -> MetricsFile:
    from mailpaths.pathservice.metrics import MetricsFile

    return MetricsFile(path, statistics)
