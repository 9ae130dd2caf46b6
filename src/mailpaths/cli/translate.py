"""``mailpaths translate``: every address in another notation, a line for a line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import click

from mailpaths.addresses import Address, ORAddress, parse
from mailpaths.cli import options, rows, streams
from mailpaths.errors import ConversionError
from mailpaths.reading import read
from mailpaths.spelling import Style
from mailpaths.translation import translate as convert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mailpaths.addresses.dialects import Dialect
    from mailpaths.cli.streams import Input, Output
    from mailpaths.policy import Policy
    from mailpaths.routing import Router
    from mailpaths.translation import Translation
    from mailpaths.x400 import Gateway, Tables

__all__ = ["translate"]

_EPILOG = f"""\b
Examples:
  $ mailpaths translate --to percent 'seismo!mcvax!piet'
  piet%mcvax@seismo

\b
  $ mailpaths translate --json 'seismo!mcvax!piet'
  {{"input": "seismo!mcvax!piet", "status": "ok", "notation": "bang",
   "output": "piet%mcvax@seismo",
   "route": {{"hosts": ["seismo", "mcvax"], "user": "piet"}},
   "warnings": [], "error": null}}                 (all on one line)

\b
  $ mailpaths translate --to x400 --gateway 'C=GB; A= ; P=mailer' 'decvax!user'
  /RFC-822=decvax(b)user/PRMD=mailer/ADMD= /C=GB/

\b
  $ mailpaths translate --to x400:exchange 'S=Davis; O=Exchange; P=Acme; C=US'
  X400:c=US;a= ;p=Acme;o=Exchange;s=Davis;

\b
  $ mailpaths translate --to bang --router map: piet@mcvax.uucp
  mimsy!uunet!mcvax!piet

Line N of the output is line N of the input: an address that cannot be translated gives an empty line. What is wrong
with it, what other programs would make of an ambiguous one, and what a gateway lost, goes to standard error. (With
--alternatives a line with braces gives several. In x400:f401-table and x400:self-explanatory an address is several
lines, and an empty one behind them.)

Between RFC 822 and X.400 a gateway decides (RFC 2156): --gateway and --tables say what it knows. Without them only
those addresses cross that bring all they need. IMCEAX400-… mailboxes of Exchange become the O/R address inside with
--to x400, and stay the mailboxes that they are with any other style.

With --json, "status" is "ok", "ambiguous" (others read it otherwise), "lossy" (the gateway lost something), "doubtful"
(the road may not work) or "error"; "warnings" say what; "error" holds "message", "span" (from and up to which character
of the input the fault is, or null) and "kind": "syntax", "reading" (the policy refuses it), "conversion" (the style
cannot carry it), "unknown-host", "ambiguous-host" (what routers say) or "later" (a router has no answer now). Every row
has all keys, null where nothing is known: from X.400 to X.400 there is no "route".

{options.ADDRESSES_HELP}

{options.TARGETS_HELP}

{options.POLICIES_HELP}

{options.ROUTERS_HELP}

{options.STATUS_HELP} 68 when no router knows a host, 75 when one has no answer now."""


_NOTATIONS = ("bang", "rfc822", "x400", *[f"x400:{name}" for name in options.DIALECTS])


def _parser(_context: click.Context, _parameter: click.Parameter, notation: str | None) -> Callable[[str], Address]:
    """Return what parses this notation."""
    if notation is None:
        return parse
    if notation not in _NOTATIONS:
        raise options.unknown(notation, _NOTATIONS)
    if notation == "bang":
        return partial(parse, notation="bang")
    if notation == "rfc822":
        return partial(parse, notation="rfc822")
    return partial(ORAddress.parse, dialect=notation.partition(":")[2] or None)


def _complete_notation(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in _NOTATIONS if name.startswith(incomplete)]


@click.command(epilog=_EPILOG, short_help="Write each ADDRESS in another notation.")
@options.addresses
@click.option(
    "--to",
    "style",
    callback=options.target,
    shell_complete=options.complete_target,
    default="percent",
    show_default=True,
    metavar="STYLE",
    help="How to write the address: one of the styles below.",
)
@click.option(
    "--from",
    "parser",
    callback=_parser,
    shell_complete=_complete_notation,
    metavar="NOTATION",
    help=(
        "What the input is written in: bang, rfc822, x400, or x400: and a dialect. Without it the input tells; with "
        "'bang', a!b@c is a!(b@c)."
    ),
)
@options.reader
@options.routers
@options.gateways
@options.tables
@options.alternatives
@options.as_json
@options.quiet
def translate(  # noqa: PLR0913 - one parameter an option
    *,
    addresses: Sequence[str],
    style: Style | Dialect,
    parser: Callable[[str], Address],
    policy: Policy,
    router: Router | None,
    own: Gateway | None,
    found_tables: Tables | None,
    alternatives: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write each ADDRESS in another notation, one a line.

    An address is read under a policy, which gives the route that it means; the route is written in the style asked for.
    An O/R address of X.400 is attributes and no route: a gateway takes it to RFC 822 and back.
    """
    gateway = options.with_tables(own, found_tables)
    job = _Job(parser, policy, style, router, gateway)
    inputs = streams.inputs(addresses, braces=alternatives)
    output = streams.Output()
    if router is not None and not quiet:
        from mailpaths.cli import mapfiles  # loads where a road is asked for

        mapfiles.say_of(router)
    for line in [] if quiet else options.row_faults(gateway):
        output.complain(line)
    status = _write_rows(inputs, output, job) if as_json else _write_lines(inputs, output, job, quiet=quiet)
    output.flush()
    return status


@dataclass(frozen=True, slots=True)
class _Job:
    parse: Callable[[str], Address]
    policy: Policy
    style: Style | Dialect
    router: Router | None
    gateway: Gateway | None

    def translation(self, text: str) -> Translation:
        """Return what becomes of a text."""
        try:
            return convert(self.parse(text), self.style, policy=self.policy, router=self.router, gateway=self.gateway)
        except ConversionError as error:
            if not error.message.endswith(" is not given"):
                raise
            raise ConversionError(f"{error.message}; --gateway gives it", part=error.part) from error


def _write_lines(inputs: Iterable[Input], output: Output, job: _Job, *, quiet: bool) -> int:
    """Write the new addresses, an empty line for each that there is none for, and return the exit status."""
    status = streams.OK
    tall = not isinstance(job.style, Style) and job.style.shape == "columns"
    write = output.paragraph if tall else output.line
    for one in inputs:
        try:
            found = job.translation(one.sound())
            line = str(found)
            # Most of the time of a line goes into what everybody else would read.
            remarks = [] if quiet else [streams.warning(doubt, one.text, one.number) for doubt in found.warnings]
        except Exception as error:  # noqa: BLE001 - a batch never stops, not even at a fault of mailpaths
            status = max(status, streams.status(error))
            line = ""
            remarks = [] if quiet else [streams.complaint(error, one.text, one.number)]
        write(line)
        for remark in remarks:
            output.complain(remark)
    return status


def _write_rows(inputs: Iterable[Input], output: Output, job: _Job) -> int:
    """Write a JSON object for each input and return the exit status."""
    status = streams.OK
    for one in inputs:
        try:
            found = job.translation(one.sound())
            warnings = found.warnings
            row: dict[str, object] = {
                "input": one.text,
                "status": rows.status(found, warnings),
                "notation": found.source.notation,
                "output": str(found),
                "route": rows.route(found.route),
                "warnings": warnings,
                "error": None,
            }
        except Exception as error:  # noqa: BLE001 - a batch never stops, not even at a fault of mailpaths
            status = max(status, streams.status(error))
            known = _what_is_known(one, job)
            row = {"input": one.text, "status": "error", **known, "error": streams.fault(error, one.text)}
        output.json(row)
    return status


def _what_is_known(one: Input, job: _Job) -> dict[str, object]:
    """Return how far the address is understood, for the row of one that cannot be translated."""
    known: dict[str, object] = {"notation": None, "output": None, "route": None, "warnings": []}
    try:
        value = job.parse(one.sound())
        known["notation"] = value.notation
        known["route"] = rows.route(read(value, job.policy))
    except Exception:  # noqa: BLE001, S110 - the row tells of the first fault
        pass
    return known
