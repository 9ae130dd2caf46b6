"""``mailpaths serve``: the servers."""

from __future__ import annotations

import click

from mailpaths.cli.lazy import LazyGroup

__all__ = ["serve"]


@click.group(
    "serve",
    cls=LazyGroup,
    subcommands={"path": "mailpaths.cli.serve_path:serve_path"},
    epilog="""\b
Example:
  $ mailpaths serve path --listen 127.0.0.1:1117 --router map:""",
    no_args_is_help=False,
    short_help="Run a server: path, the network mail path service of RFC 915.",
)
def serve() -> None:
    """Run a server, in the foreground, until it is told to end: see mailpaths serve COMMAND --help."""
