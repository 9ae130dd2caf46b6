"""The options that several subcommands take, and the texts of their help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mailpaths import policy as policy_room
from mailpaths.errors import UnknownNameError
from mailpaths.spelling import STYLES

if TYPE_CHECKING:
    from mailpaths.policy import Policy

__all__ = [
    "ADDRESSES_HELP",
    "POLICIES",
    "POLICIES_HELP",
    "STATUS_HELP",
    "STYLES_HELP",
    "addresses",
    "alternatives",
    "as_json",
    "complete_policy",
    "policies",
    "policy",
]

#: One line for each policy, for people who choose one.
POLICIES = {
    "internet": "RFC 822 with RFC 976 and RFC 1123: @, then %, then ! (the default)",
    "uucp": "rmail of the UUCP world: the first ! before anything else",
    "rfc733": "the ARPANET of 1977: only @ (or 'at'), and several of them",
    "sendmail": "Sendmail 8. Switches: nouucp, decnet",
    "postfix": (
        "Postfix 3. Switches: swap_bangpath, allow_percent_hack,\n"
        "resolve_dequoted_address, append_dot_mydomain,\n"
        "resolve_null_domain, each =yes or =no"
    ),
    "exim": "Exim 4: only @. Switches: percent_hack,\nallow_domain_literals, strip_trailing_dot",
    "smail": "smail 3. Switches: switch_percent_and_bang,\nUSE_DECNET, USE_BERKENET",
    "mmdf": "MMDF of CSNET and SCO: @, then %, then !",
    "pmdf": "PMDF of VMS: %% is no operator. Switch: bangoverpercent",
}


def _table(rows: dict[str, str]) -> str:
    """Return the rows as a paragraph that click leaves as it is."""
    width = max(map(len, rows)) + 2
    return "\n".join([f"  {name:<{width}}{text}".replace("\n", f"\n  {'':<{width}}") for name, text in rows.items()])


POLICIES_HELP = f"""\b
Policies: who reads the address, and so what binds first. A program's
own switches follow a colon: postfix:swap_bangpath=no
{_table(POLICIES)}"""

STYLES_HELP = f"""\b
Styles:
{_table({name: style.rule for name, style in STYLES.items()})}"""

ADDRESSES_HELP = """Addresses are the arguments, or one a line on standard input where there are none. A line ends at LF
or CRLF; an empty line is an input too. An address that begins with '-' goes after '--'. Text is UTF-8 in every
locale. Of a line that is longer than any address only the beginning is kept, and it is an error."""

STATUS_HELP = """Exit status: 0; 65 when some input was bad (the batch goes on); 64 for a wrong call; 74 when reading or
writing fails."""


def policy(context: click.Context, parameter: click.Parameter, value: str) -> Policy:
    """Return the policy of that name; an unknown one is a wrong call, found before the first address is read."""
    try:
        return policy_room.named(value)
    except UnknownNameError as error:
        raise click.BadParameter(str(error), context, parameter) from error


def policies(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[Policy, ...]:
    """Return the policies of those names."""
    return tuple([policy(context, parameter, name) for name in value])


def complete_policy(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the policies whose names begin so, for a shell that completes a line."""
    return [known.name for known in policy_room.ALL if known.name.startswith(incomplete)]


addresses = click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
alternatives = click.option(
    "--alternatives",
    is_flag=True,
    help="Write braces out first: {ihnp4,hplabs}!gw!sam is two inputs, ihnp4!gw!sam and hplabs!gw!sam.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Write one JSON object a line.")
