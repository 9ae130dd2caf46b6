"""The options that several subcommands take, and the texts of their help."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from mailpaths import policy as policy_room
from mailpaths.cli import streams
from mailpaths.cli.paths import directory, file, native
from mailpaths.errors import MailPathsError, MapError, UnknownHostError, UnknownNameError
from mailpaths.spelling import STYLES
from mailpaths.translation import RFC822, targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailpaths.addresses.dialects import Dialect
    from mailpaths.policy import Policy
    from mailpaths.routing import Router
    from mailpaths.spelling import Style
    from mailpaths.x400 import Gateway, Tables

__all__ = [
    "ADDRESSES_HELP",
    "DIALECTS",
    "DIALECTS_HELP",
    "POLICIES",
    "POLICIES_HELP",
    "ROUTERS",
    "ROUTERS_HELP",
    "STATUS_HELP",
    "STYLES_HELP",
    "TARGETS_HELP",
    "Number",
    "addresses",
    "alternatives",
    "as_json",
    "complete_dialect",
    "complete_policy",
    "complete_router",
    "complete_style",
    "complete_target",
    "dialect",
    "directory",
    "file",
    "gateways",
    "lines",
    "native",
    "open_routers",
    "own_gateway",
    "policies",
    "policy",
    "quiet",
    "read_tables",
    "reader",
    "router_fault",
    "routers",
    "row_faults",
    "style",
    "tables",
    "target",
    "unknown",
    "with_tables",
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


def lines(rows: dict[str, str], width: int | None = None) -> str:
    """Return the rows as a paragraph that click leaves as it is."""
    width = width or max(map(len, rows)) + 2
    return "\n".join([f"  {name:<{width}}{text}".replace("\n", f"\n  {'':<{width}}") for name, text in rows.items()])


POLICIES_HELP = f"""\b
Policies: who reads the address, and so what binds first. A program's
own switches follow a colon: postfix:swap_bangpath=no
{lines(POLICIES)}"""

STYLES_HELP = f"""\b
Styles:
{lines({name: style.rule for name, style in STYLES.items()}, 23)}"""

#: One line for each dialect of X.400. Written out, so that a batch of other addresses loads no dialect.
DIALECTS = {
    "mixer": "/S=Doe/OU=Sales/O=Acme/ADMD=X/C=US/  RFC 2156 4.1.3",
    "f401": "S=Doe; O=Acme; OU1=Sales; A=X; C=US  RFC 1685 F.3.2",
    "f401-slash": "/S=Doe/O=Acme/OU1=Sales/A=X/C=US  RFC 1685 F.3.2",
    "f401-table": "labels and values in two columns  RFC 1685 F.3.2.1",
    "self-explanatory": "Surname (S)  Doe, a line each  RFC 1685 F.3.3",
    "exchange": "X400:c=US;a=X;o=Acme;ou1=Sales;s=Doe;  Microsoft",
    "ean": "S=Doe; OU=Sales; O=Acme; ADMD=X; C=US  RFC 1506 3.1.3",
    "rare": "C=US; ADMD=X; O=Acme; OU=Sales; S=Doe  RFC 1506 3.1.3",
    "dmn-or": "S$Doe.OU$Sales.O$Acme.PRMD$@.ADMD$X.C$US  RFC 2156 F.3",
    "px": "O-Acme.PRMD.ADMD-X.C-US, no persons  RFC 2163 4.2.1",
}

DIALECTS_HELP = f"""\b
Dialects of X.400:
{lines(DIALECTS)}"""

#: One line for each router that comes with mailpaths.
ROUTERS = {
    "map:": "the UUCP map of December 1988, as seen from rutgers",
    "map:FILE,FILE": "UUCP maps of your own; ?from=HOST says where roads begin,\n&mode=best asks for the cheapest",
    "paths:FILE": "a table of roads, as pathalias prints and smail reads",
    "smarthost:HOST": "everything over this host",
    "gateways:": "pseudo-domains of old networks (.BITNET, .CSNET, …);\n?.bitnet=HOST names a gateway of your own",
    "path://HOST:PORT": "a path server (RFC 915); ?timeout=SECONDS",
}

ROUTERS_HELP = f"""\b
Routers, which are asked for the road to the first host:
{lines(ROUTERS)}"""

_BEYOND = {
    "rfc822": RFC822.rule,
    "x400": "an X.400 O/R address, as x400:mixer",
    **{f"x400:{name}": text for name, text in DIALECTS.items()},
}

TARGETS_HELP = f"""{STYLES_HELP}
{lines(_BEYOND, len(max(_BEYOND, key=len)) + 2)}"""

ADDRESSES_HELP = """Addresses are the arguments, or one a line on standard input where there are none. A line ends at LF
or CRLF; an empty line is an input too. An address that begins with '-' goes after '--'. Text is UTF-8 in every
locale. Of a line that is longer than any address only the beginning is kept, and it is an error."""

STATUS_HELP = """Exit status: 0; 65 when some input was bad (the batch goes on); 64 for a wrong call; 66 when what
the call names cannot be read; 74 when reading or writing fails."""


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


def unknown(value: str, names: Sequence[str]) -> click.BadParameter:
    """Return the wrong call that a name is which is none of these; click adds the option."""
    return click.BadParameter(f"{value!r} is not one of {', '.join(map(repr, names))}.")


def target(_context: click.Context, _parameter: click.Parameter, value: str) -> Style | Dialect:
    """Return the style or dialect of that name; only a name of X.400 loads that room."""
    known = STYLES.get(value) or (RFC822 if value == RFC822.name else None)
    if known is not None:
        return known
    every = targets()
    if value not in every:
        raise unknown(value, list(every))
    return every[value]


def complete_target(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the styles and dialects whose names begin so."""
    return [name for name in (*STYLES, *_BEYOND) if name.startswith(incomplete)]


def style(_context: click.Context, _parameter: click.Parameter, value: str) -> Style:
    """Return the style of that name."""
    if value not in STYLES:
        raise unknown(value, list(STYLES))
    return STYLES[value]


def complete_style(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the styles whose names begin so."""
    return [name for name in STYLES if name.startswith(incomplete)]


class Number(click.FloatRange):
    """A number within bounds. `click.FloatRange` lets "nan" through, which is neither below nor above any."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Return the number."""
        found: float = super().convert(value, param, ctx)
        if not math.isfinite(found):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return found


def open_routers(context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> Router | None:
    """Return the router of these URLs; of several, the one that asks them in turn. What is open ends with the call."""
    if not values:
        return None
    from mailpaths.routing import open_router  # loads where a road is asked for

    try:
        router = open_router([native(value) for value in values])
    except MailPathsError as error:
        raise router_fault(error) from error
    close = getattr(router, "close", None)  # a router that holds a connection has one
    if callable(close):
        context.call_on_close(close)
    return router


def router_fault(error: MailPathsError) -> click.ClickException:
    """Return how a call ends whose routers cannot be opened: 66 for a file, 68 for a home, else a wrong call."""
    if isinstance(error, MapError):
        return streams.NoInputError(str(error))
    if isinstance(error, UnknownHostError):
        return streams.NoHostError(str(error))
    return click.BadParameter(str(error))


def complete_router(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the schemes of routers that begin so."""
    from mailpaths.routing.urls import schemes

    return [f"{scheme}:" for scheme in schemes() if scheme.startswith(incomplete)]


def dialect(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Dialect | None:
    """Return the dialect of that name."""
    if value is None:
        return None
    if value not in DIALECTS:
        raise unknown(value, list(DIALECTS))
    from mailpaths.addresses import dialects

    return dialects.coerce(value)


def complete_dialect(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the dialects whose names begin so."""
    return [name for name in DIALECTS if name.startswith(incomplete)]


def own_gateway(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> Gateway | None:
    """Return a gateway that knows itself: a value with ``=`` is its O/R address, any other its domain."""
    if not values:
        return None
    from mailpaths.x400 import Gateway

    domain = or_address = None
    try:
        for value in values:
            if "=" in value:
                if or_address is not None:
                    raise click.BadParameter("a gateway has one O/R address; this is a second one.")
                or_address = Gateway(or_address=value).or_address
            elif domain is not None:
                raise click.BadParameter("a gateway has one domain; this is a second one.")
            else:
                domain = Gateway(domain=value).domain
    except MailPathsError as error:
        raise click.BadParameter(str(error)) from error
    return Gateway(domain=domain, or_address=or_address)


def read_tables(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Tables | None:
    """Return the mapping tables of a directory."""
    if value is None:
        return None
    from mailpaths.x400 import TableError, Tables

    try:
        return Tables.load(native(value))
    except TableError as error:
        raise streams.NoInputError(str(error)) from error


def with_tables(own: Gateway | None, found: Tables | None) -> Gateway | None:
    """Return the gateway that the options describe, ``None`` where they describe none."""
    if found is None:
        return own
    from mailpaths.x400 import Gateway

    return Gateway(found) if own is None else Gateway(found, domain=own.domain, or_address=own.or_address)


def row_faults(gateway: Gateway | None) -> list[str]:
    """Return a line for each row of the gateway's tables that breaks a rule."""
    return [] if gateway is None else [streams.visible(str(fault)) for fault in gateway.tables.faults]


addresses = click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
alternatives = click.option(
    "--alternatives",
    is_flag=True,
    help="Write braces out first: {ihnp4,hplabs}!gw!sam is two inputs, ihnp4!gw!sam and hplabs!gw!sam.",
)
reader = click.option(
    "--policy",
    callback=policy,
    shell_complete=complete_policy,
    default="internet",
    show_default=True,
    metavar="POLICY",
    help="Who reads the address: one of the policies below.",
)
quiet = click.option(
    "-q", "--quiet", is_flag=True, help="Write nothing to standard error; the exit status still tells."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Write one JSON object a line.")
routers = click.option(
    "--router",
    "router",
    callback=open_routers,
    shell_complete=complete_router,
    multiple=True,
    metavar="URL",
    help="Who knows roads, by URL, as listed below; several are asked in turn.",
)
gateways = click.option(
    "--gateway",
    "own",
    callback=own_gateway,
    multiple=True,
    metavar="VALUE",
    help=(
        "The gateway between RFC 822 and X.400 (RFC 2156): with '=' its own O/R address, where RFC 822 addresses live "
        "that no table knows, else its own domain, where such X.400 addresses live. Both may be given."
    ),
)
tables = click.option(
    "--tables",
    "found_tables",
    callback=read_tables,
    shell_complete=directory,
    metavar="DIR",
    help="The gateway's mapping tables: files table1, table2, gate1, gate2 as in RFC 2156 appendix F.",
)
