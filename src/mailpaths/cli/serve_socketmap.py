"""``mailpaths serve socketmap``: the rewrite hook of mail servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailpaths.cli import hookconfig, serving, streams

if TYPE_CHECKING:
    from mailpaths.hooks import Settings

__all__ = ["serve_socketmap"]

_EPILOG = """\b
Examples:
  $ mailpaths serve socketmap --config mailpaths.toml
  $ postmap -q 'relay!host!user@relay.example' socketmap:inet:127.0.0.1:9001:rcpt
  user@host.uucp

It listens where the [[listen]] tables of the file say, on 127.0.0.1 port 9001 unless there are any, in the protocol
that each names: socketmap, for Postfix, Sendmail and Exim; tcp_table, for Postfix; milter, for Postfix and Sendmail.
See mailpaths hook --help for what tries it, and for the lines that a mail server needs.

While rules are read at the start, and where a router has no answer in time, a mail server is told to try again: no mail
is lost. SIGHUP reads the file, routers and tables anew while the old rules serve on; they stay if the new ones have a
fault. SIGTERM and SIGINT end: what was asked is answered first. Under systemd it says when it is ready, reloads or
stops, feeds the watchdog, and takes the sockets of a socket unit, by their names, in place of its own.

Standard error has a line for each address that is rewritten or refused and for each failure, "event=… key=value …".
How addresses stand there, the table [log] says.

Exit status: 0 when told to end; 64 for a wrong call; 66 when a map or table cannot be read; 68 for a home that is not
in the map; 69 when it cannot listen there, or an extra is missing; 78 for a fault in the file."""


@click.command("socketmap", epilog=_EPILOG, short_help="Rewrite addresses for Postfix, Exim and Sendmail.")
@hookconfig.option
@click.option("-q", "--quiet", is_flag=True, help="Log only what went wrong.")
def serve_socketmap(*, config: str, quiet: bool) -> int:
    """Serve the rewrite hook, until SIGTERM.

    Mail servers ask what becomes of an address that came for one of our names.
    """
    from mailpaths.daemon import Journal
    from mailpaths.hooks.process import HookProcess

    settings = hookconfig.read(config)
    log = serving.LineLog(quiet=quiet)
    journal = Journal(log, names_peers=settings.addresses == "shown")

    def again() -> Settings:
        return hookconfig.load(config)

    try:
        process = HookProcess(settings, again, journal)
    except ModuleNotFoundError as error:
        raise streams.UnavailableError(str(error)) from error
    return serving.serve(process, journal)
