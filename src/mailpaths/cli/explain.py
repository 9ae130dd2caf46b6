"""``mailpaths explain``: all that is known of an address."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from mailpaths.cli import options, plain, streams
from mailpaths.cli.facts import MOST_HOPS, Explanation, explanation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mailpaths.cli.streams import Input, Output
    from mailpaths.policy import Policy
    from mailpaths.x400 import Gateway, Tables

__all__ = ["explain"]

_EPILOG = f"""\b
Examples:
  $ mailpaths explain --policy internet --policy uucp 'mcvax!piet@seismo.css.gov'
  mcvax!piet@seismo.css.gov

\b
  Written as a mailbox, local-part@domain (RFC 822)
    local part  mcvax!piet
    domain      seismo.css.gov

\b
  Reading 1 of 2: seismo.css.gov → mcvax: piet
    Send it to seismo.css.gov. It goes on to mcvax, for the user piet there.
      @  seismo.css.gov  gets  mcvax!piet  [RFC 822 6.2.4: the domain reads the local part]
      !  mcvax           gets  piet        [RFC 976 2.2: host!host!user]
    read so by  internet
    because     internet: RFC 822 6.2.7: '@' and routes; RFC 1123 5.2.16: '%'
                binds last, so it is peeled before '!'; RFC 976 2.1: (a!b)@c

\b
  Reading 2 of 2: mcvax → seismo.css.gov: piet
    Send it to mcvax. It goes on to seismo.css.gov, for the user piet there.
      !  mcvax           gets  piet@seismo.css.gov  [RFC 976 2.2: host!host!user]
      @  seismo.css.gov  gets  piet                 [RFC 822 6.2.4: the domain reads the local part]
    read so by  uucp
    because     uucp: RFC 976 2.1: a!(b@c), the de facto standard of UUCP
                software

\b
  A host named gw.example would
    pass on mcvax!piet to seismo.css.gov
      under internet
    pass on piet@seismo.css.gov to mcvax
      under uucp

\b
  $ mailpaths explain --gateway gw.example 'X400:c=US;a=X;o=Acme;s=Doe;'
  X400:c=US;a=X;o=Acme;s=Doe;

\b
  Written as an X.400 O/R address, dialect exchange (Microsoft: the X400 proxy address)
    C     country                           US
    ADMD  administration management domain  X
    O     organization                      Acme
    S     surname                           Doe
    form  mnemonic

\b
  Through the gateway: /S=Doe/O=Acme/ADMD=X/C=US/@gw.example
    1  took this gateway's domain, gw.example  [RFC 2156 4.3.5 mapping B, step 3]
    2  wrote what is left as /S=Doe/O=Acme/ADMD=X/C=US/  [RFC 2156 4.3.5 mapping B, step 5; 4.1.3]

One block of text an address, with a blank line between; in colours on a terminal (NO_COLOR and FORCE_COLOR are
honoured). A program's variants are named only where they part from the program. What is wrong with a text that is no
address stands in its block, and on standard error where the block goes elsewhere.

With --json, "status", "notation", "route" (of the first reading), "warnings" and "error" are as for translate;
"parts", "defects", "readings" (with "hops"), "refusals" and "next_hops" hold the rest. Roads of more than {MOST_HOPS}
hops are not shown hop by hop. "x400" is there for an O/R address ("dialect", "forms", "violations"), "gateway" where
one was given ("output", "steps", "losses"), else both are null.

An O/R address of X.400 has no readings: it is attributes and no road. With --gateway or --tables every address is
shown on the other side of that gateway, step by step, with what it lost on the way.

{options.ADDRESSES_HELP}

{options.POLICIES_HELP}

{options.STATUS_HELP}"""


@click.command(epilog=_EPILOG, short_help="Show every reading of each ADDRESS, hop by hop.")
@options.addresses
@click.option(
    "--policy",
    "policies",
    callback=options.policies,
    shell_complete=options.complete_policy,
    multiple=True,
    metavar="POLICY",
    help="Ask only this one of the policies below; may be given several times.",
)
@click.option(
    "--here",
    multiple=True,
    default=["gw.example"],
    show_default=True,
    metavar="NAME",
    help="Name of the host whose next step is shown; its other names may follow in the same way.",
)
@options.gateways
@options.tables
@options.alternatives
@options.as_json
def explain(  # noqa: PLR0913 - one parameter an option
    *,
    addresses: Sequence[str],
    policies: Sequence[Policy],
    here: Sequence[str],
    own: Gateway | None,
    found_tables: Tables | None,
    alternatives: bool,
    as_json: bool,
) -> int:
    """Explain each ADDRESS: what is written, every way to read it, and what mail programs would do next.

    A reading is a road, shown hop by hop, each hop with its rule. The programs are real ones: Postfix, Exim and
    Sendmail with their variants, on a host named as in --here; equal answers stand together.
    """
    inputs = streams.inputs(addresses, braces=alternatives)
    output = streams.Output()
    gateway = options.with_tables(own, found_tables)
    for line in options.row_faults(gateway):
        output.complain(line)
    lay_out = _layout(output)
    status = streams.OK
    for place, one in enumerate(inputs):
        found = _explanation(one, policies, here, gateway)
        if as_json:
            output.json(found.row())
        else:
            block = lay_out(found, every=bool(policies))
            output.block(f"\n{block}" if place else block)
        if found.error is not None:
            status = max(status, streams.status(found.error))
            if not as_json and not output.is_terminal:
                # Where the explanation goes to the terminal, the fault stands in it.
                output.complain(streams.complaint(found.error, one.text, one.number))
    output.flush()
    return status


def _explanation(one: Input, policies: Sequence[Policy], here: Sequence[str], gateway: Gateway | None) -> Explanation:
    try:
        return explanation(one.sound(), policies, here, gateway)
    except Exception as error:  # noqa: BLE001 - a batch never stops, not even at a fault of mailpaths
        return Explanation(one.text, error=error, here=tuple(here))


def _layout(output: Output) -> Callable[..., str]:
    if not output.is_terminal and not os.environ.get("FORCE_COLOR"):
        return plain.text
    from mailpaths.cli.terminal import Screen  # rich loads where somebody looks

    return Screen().text
