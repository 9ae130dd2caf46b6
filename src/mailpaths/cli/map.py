"""``mailpaths map``: UUCP maps, from their text to tables, exports and pictures."""

from __future__ import annotations

import click

from mailpaths.cli.lazy import LazyGroup

__all__ = ["uucp_map"]


@click.group(
    "map",
    cls=LazyGroup,
    subcommands={
        "compile": "mailpaths.cli.map_compile:compile_map",
        "check": "mailpaths.cli.map_check:check",
        "export": "mailpaths.cli.map_export:export",
        "draw": "mailpaths.cli.map_draw:draw",
    },
    epilog="""\b
Example:
  $ mailpaths map compile -i -c -l rutgers u.*

\b
Without a FILE check, export and draw take the map that comes with mailpaths: the UUCP world of December 1988.""",
    no_args_is_help=False,
    short_help="Compute roads from UUCP maps, and check, export or draw maps.",
)
def uucp_map() -> None:
    """Work on UUCP maps, in the language that pathalias reads: see mailpaths map COMMAND --help."""
