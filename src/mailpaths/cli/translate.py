"""``mailpaths translate``: every address in another notation, a line for a line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import click

from mailpaths.addresses import Address, parse
from mailpaths.cli import options, streams
from mailpaths.reading import read
from mailpaths.spelling import STYLES
from mailpaths.translate import translate as convert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mailpaths.cli.streams import Input, Output
    from mailpaths.policy import Policy
    from mailpaths.spelling import Style

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

Line N of the output is line N of the input: an address that cannot be translated gives an empty line. What is wrong
with it, and what other programs would make of an ambiguous one, goes to standard error. (With --alternatives a line
with braces gives several.)

With --json, "status" is "ok", "ambiguous" (there are warnings) or "error"; then "error" holds "message", "span" (from
and up to which character of the input the fault is, or null) and "kind": "syntax", "reading" (the policy refuses it)
or "conversion" (the style cannot carry it). Every row has all keys, null where nothing is known.

{options.ADDRESSES_HELP}

{options.STYLES_HELP}

{options.POLICIES_HELP}

{options.STATUS_HELP}"""


@click.command(epilog=_EPILOG, short_help="Write each ADDRESS in another notation.")
@options.addresses
@click.option(
    "--to",
    "style",
    type=click.Choice(list(STYLES)),
    default="percent",
    show_default=True,
    metavar="STYLE",
    help="How to write the address: one of the styles below.",
)
@click.option(
    "--from",
    "notation",
    type=click.Choice(["bang", "rfc822"]),
    help="What the input is written in. Without it the input tells; with 'bang', a!b@c is a!(b@c).",
)
@click.option(
    "--policy",
    callback=options.policy,
    shell_complete=options.complete_policy,
    default="internet",
    show_default=True,
    metavar="POLICY",
    help="Who reads the address: one of the policies below.",
)
@options.alternatives
@options.as_json
@click.option("-q", "--quiet", is_flag=True, help="Write nothing to standard error; the exit status still tells.")
def translate(  # noqa: PLR0913 - one parameter an option
    *,
    addresses: Sequence[str],
    style: str,
    notation: str | None,
    policy: Policy,
    alternatives: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write each ADDRESS in another notation, one a line.

    An address is read under a policy, which gives the route that it means; the route is written in the style asked for.
    """
    job = _Job(_parser(notation), policy, STYLES[style])
    inputs = streams.inputs(addresses, braces=alternatives)
    output = streams.Output()
    status = _write_rows(inputs, output, job) if as_json else _write_lines(inputs, output, job, quiet=quiet)
    output.flush()
    return status


@dataclass(frozen=True, slots=True)
class _Job:
    parse: Callable[[str], Address]
    policy: Policy
    style: Style


def _parser(notation: str | None) -> Callable[[str], Address]:
    if notation == "bang":
        return partial(parse, notation="bang")
    if notation == "rfc822":
        return partial(parse, notation="rfc822")
    return parse


def _write_lines(inputs: Iterable[Input], output: Output, job: _Job, *, quiet: bool) -> int:
    """Write the new addresses, an empty line for each that there is none for, and return the exit status."""
    status = streams.OK
    for one in inputs:
        try:
            found = convert(job.parse(one.sound()), job.style, policy=job.policy)
            line = str(found)
            # Most of the time of a line goes into what everybody else would read.
            remarks = [] if quiet else [streams.warning(doubt, one.text, one.number) for doubt in found.warnings]
        except Exception as error:  # noqa: BLE001 - a batch never stops, not even at a fault of mailpaths
            status = max(status, streams.status(error))
            line = ""
            remarks = [] if quiet else [streams.complaint(error, one.text, one.number)]
        output.line(line)
        for remark in remarks:
            output.complain(remark)
    return status


def _write_rows(inputs: Iterable[Input], output: Output, job: _Job) -> int:
    """Write a JSON object for each input and return the exit status."""
    status = streams.OK
    for one in inputs:
        try:
            found = convert(job.parse(one.sound()), job.style, policy=job.policy)
            warnings = found.warnings
            row: dict[str, object] = {
                "input": one.text,
                "status": "ambiguous" if warnings else "ok",
                "notation": found.source.notation,
                "output": str(found),
                "route": {"hosts": found.route.hosts, "user": found.route.user},
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
        route = read(value, job.policy)
        known["route"] = {"hosts": route.hosts, "user": route.user}
    except Exception:  # noqa: BLE001, S110 - the row tells of the first fault
        pass
    return known
