"""``mailpaths hook``: what a postmaster needs about the rewrite hook of mail servers."""

from __future__ import annotations

import click

from mailpaths.cli.lazy import LazyGroup

__all__ = ["hook"]


@click.group(
    "hook",
    cls=LazyGroup,
    subcommands={
        "test": "mailpaths.cli.hook_try:try_hook",
        "query": "mailpaths.cli.hook_query:query",
        "check-config": "mailpaths.cli.hook_check:check_config",
        "print-config": "mailpaths.cli.hook_print:print_config",
    },
    epilog="""\b
Example:
  $ mailpaths hook check-config mailpaths.toml
  $ mailpaths hook test --config mailpaths.toml 'relay!host!user'
  $ mailpaths hook print-config postfix --config mailpaths.toml

\b
The hook itself is mailpaths serve socketmap.""",
    no_args_is_help=False,
    short_help="Try, check and set up the rewrite hook of Postfix, Exim and Sendmail.",
)
def hook() -> None:
    """Try, check and set up the rewrite hook of mail servers: see mailpaths hook COMMAND --help."""
