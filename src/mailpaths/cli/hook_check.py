"""``mailpaths hook check-config``: the file read, what it names opened, and what may be meant otherwise said."""

from __future__ import annotations

import click

from mailpaths.cli import hookconfig, options, streams
from mailpaths.hooks.doubting import doubts

__all__ = ["check_config"]

_EPILOG = """\b
Example:
  $ mailpaths hook check-config mailpaths.toml
  mailpaths.toml: 2 names, 2 next hops, 1 domain, 0 routers, 1 listener: no fault

Every fault is told with its line and key, and not only the first. Routers and mapping tables are opened, too. What is
no fault, and may let through more than is meant, is a warning.

Exit status: 0; 66 when the file, or a map or table that it names, cannot be read; 68 for a home that is not in the map;
78 for a fault in the file; 64 for a wrong call."""


@click.command("check-config", epilog=_EPILOG, short_help="Check mailpaths.toml, and all that it names.")
@click.argument("config", default=hookconfig.DEFAULT, metavar="[FILE]", shell_complete=options.file)
def check_config(*, config: str) -> int:
    """Check FILE, mailpaths.toml unless another is named."""
    settings = hookconfig.read(config)
    hookconfig.rules(settings)
    output = streams.Output()
    for doubt in doubts(settings):
        output.complain(streams.visible(f"mailpaths: {config}: warning: {doubt}"))
    counts = (
        (len(settings.names), "name"),
        (len(settings.next_hops), "next hop"),
        (len(settings.domains), "domain"),
        (len(settings.routers), "router"),
        (len(settings.listeners), "listener"),
    )
    told = ", ".join([f"{count} {what}{'' if count == 1 else 's'}" for count, what in counts])
    output.line(f"{config}: {told}: no fault")
    output.flush()
    return streams.OK
