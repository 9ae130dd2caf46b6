"""``mailpaths serve``: the servers."""

from __future__ import annotations

import click

from mailpaths.cli.lazy import LazyGroup

__all__ = ["serve"]


@click.group(
    "serve",
    cls=LazyGroup,
    subcommands={
        "path": "mailpaths.cli.serve_path:serve_path",
        "socketmap": "mailpaths.cli.serve_socketmap:serve_socketmap",
    },
    epilog="""\b
Example:
  $ mailpaths serve path --listen 127.0.0.1:1117 --router map:
  $ mailpaths serve socketmap --config mailpaths.toml""",
    no_args_is_help=False,
    short_help="Run a server: mail paths (RFC 915), or the rewrite hook of mail servers.",
)
def serve() -> None:
    """Run a server, in the foreground, until it is told to end: see mailpaths serve COMMAND --help."""
