"""``mailpaths route``: the road to an address over a UUCP map, hop by hop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from mailpaths.addresses import ORAddress, parse
from mailpaths.cli import layout, mapfiles, options, rows, streams
from mailpaths.cli.sections import Section
from mailpaths.errors import ReadingError, RoutingError
from mailpaths.reading import read
from mailpaths.routing.uucp.uucpmap import UUCPMap
from mailpaths.spelling import Style
from mailpaths.translation import Translation, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailpaths.addresses import BangPath, Mailbox
    from mailpaths.policy import Policy
    from mailpaths.routing import Router
    from mailpaths.routing.uucp.roads import Mode, Road

__all__ = ["route"]

_EPILOG = f"""\b
Examples:
  $ mailpaths route --from rutgers 'mcvax!piet'
  mimsy!uunet!mcvax!piet

\b
  From rutgers to mcvax: 3 hops, cost 415
    mimsy   95  d.usa.nj.1:68
    uunet  100  u.usa.md.1:144
    mcvax  220  d.usa.va.1:195

\b
  $ mailpaths route --json --from rutgers 'mcvax!piet'
  {{"input": "mcvax!piet", "status": "ok", "notation": "bang",
   "output": "mimsy!uunet!mcvax!piet",
   "route": {{"hosts": ["mimsy", "uunet", "mcvax"], "user": "piet"}},
   "warnings": [], "error": null, "cost": 415, "source": "…",
   "hops": [{{"host": "mimsy", "cost": 95, "file": "d.usa.nj.1",
   "line": 68, "over": [], "obstacles": []}}, …]}}   (all on one line)

The address is read under a policy, which gives its route; the road to the first host of that comes from the map, and
the rest stays as it was. A hop is a host, the cost of the link to it, and where the map declares that link; "over"
are nets, domains and other names on the way.

With --router any other router is asked; only a map has hops.

{mapfiles.FILES_HELP}

{options.ADDRESSES_HELP}

{options.POLICIES_HELP}

{options.ROUTERS_HELP}

Exit status: 0; 65 when some input was bad (the batch goes on); 68 when a host is unknown, or ambiguous; 75 when a
router has no answer now; 66 when the map cannot be read; 64 for a wrong call."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What is asked for every address: the router, and the map behind it if it is one."""

    policy: Policy
    style: Style
    router: Router
    map: UUCPMap | None

    def answer(self, text: str) -> _Answer:
        """Return the answer about an address. Raises `MailPathsError`."""
        found = translate(_mailbox(text), self.style, policy=self.policy, router=self.router)
        road = None if self.map is None or found.asked is None else self.map.road(found.asked)
        return _Answer(found, road)

    def failure(self, text: str, error: Exception) -> dict[str, object]:
        """Return the row of an address that there is no answer about: what is known of it, and the error."""
        known: dict[str, object] = {"notation": None, "output": None, "route": None, "warnings": []}
        if isinstance(error, RoutingError):
            source = _mailbox(text)
            known |= {"notation": source.notation, "route": rows.route(read(source, self.policy))}
        unknown = dict.fromkeys(("cost", "source", "hops"), None)
        return {"input": text, "status": "error", **known, "error": streams.fault(error, text), **unknown}


def _mailbox(text: str) -> BangPath | Mailbox:
    source = parse(text)
    if isinstance(source, ORAddress):
        raise ReadingError("an O/R address of X.400 is attributes, and no road")
    return source


@dataclass(frozen=True, slots=True)
class _Answer:
    found: Translation
    road: Road | None

    def sections(self) -> list[Section]:
        """Return what is shown below the address."""
        found, to = self.found.road, self.found.asked
        if found is None or to is None:
            user = f"{self.found}"
            return [Section("", f"It stays where it is: {user} is a user here, and as a host would be {user}!user")]
        cost = "" if found.cost is None else f", cost {found.cost:,}"
        count = len(found.hosts)
        hops = f"{count} hop{'' if count == 1 else 's'}"
        if self.road is None:
            table = (("by", found.source), *[("doubt", str(one)) for one in found.obstacles])
            return [Section("", f"To {to}: {hops}{cost}", (table,))]
        lines = tuple(
            [
                (hop.host, f"{hop.cost:,}", "; ".join([*_over(hop.over), *map(str, hop.obstacles), str(hop.place)]))
                for hop in self.road.hops
            ]
        )
        if self.road.over and not self.road.name.startswith("."):
            lines += ((self.road.name, f"{self.road.over_cost:,}", "another name of it"),)
        if self.road.name.startswith("."):
            knows = "the host before it knows the way" if lines else f"{self.road.origin} is a gateway of it itself"
            lines += ((to, "", f"in {self.road.name}: {knows}"),)
        return [Section("", f"From {self.road.origin} to {to}: {hops}{cost}", (lines,))]

    def row(self, text: str) -> dict[str, object]:
        """Return the answer as the row of a batch."""
        road = self.found.road
        warnings = self.found.warnings
        return {
            "input": text,
            "status": rows.status(self.found, warnings),
            "notation": self.found.source.notation,
            "output": str(self.found),
            "route": rows.route(self.found.route),
            "warnings": warnings,
            "error": None,
            "cost": None if road is None else road.cost,
            "source": None if road is None else road.source,
            "hops": None
            if self.road is None
            else [
                {
                    "host": hop.host,
                    "cost": hop.cost,
                    "file": hop.place.file,
                    "line": hop.place.line,
                    "over": hop.over,
                    "obstacles": [one.word for one in hop.obstacles],
                }
                for hop in self.road.hops
            ],
        }


def _over(names: Sequence[str]) -> list[str]:
    return [f"over {', '.join(names)}"] if names else []


@click.command(epilog=_EPILOG, short_help="Show the road to each ADDRESS over a UUCP map, hop by hop.")
@options.addresses
@mapfiles.home
@click.option(
    "--map",
    "paths",
    multiple=True,
    metavar="FILE",
    shell_complete=options.file,
    help="The map to use instead of the one that comes with mailpaths; may be given several times.",
)
@mapfiles.mode
@options.routers
@options.reader
@click.option(
    "--to",
    "style",
    callback=options.style,
    shell_complete=options.complete_style,
    default="bang",
    show_default=True,
    metavar="STYLE",
    help="How to write the address: bang, percent, route-addr, hybrid or domain.",
)
@options.as_json
@options.quiet
def route(  # noqa: PLR0913 - one parameter an option
    *,
    addresses: Sequence[str],
    home: str | None,
    paths: Sequence[str],
    mode: Mode,
    router: Router | None,
    policy: Policy,
    style: Style,
    as_json: bool,
    quiet: bool,
) -> int:
    """Show the road to each ADDRESS, and what it costs.

    The first host is looked up in a UUCP map: itself, in the zone .UUCP without that, then the domains that it is in.
    """
    if router is not None and (home or paths or mode != "pathalias"):
        raise click.UsageError("--router says where roads come from, and so do --map, --from and --mode: not both")
    found = None
    if router is None:
        router = found = mapfiles.load(paths, home, mode)
        mapfiles.table(found)
    if not quiet:
        mapfiles.say_of(router)
    job = _Job(policy, style, router, router if isinstance(router, UUCPMap) else None)
    inputs = streams.inputs(addresses)
    output = streams.Output()
    lay_out = layout.block(output)
    status = streams.OK if found is None or not found.troubles else streams.NO_INPUT
    for place, one in enumerate(inputs):
        try:
            answer = job.answer(one.sound())
        except Exception as error:  # noqa: BLE001 - a batch never stops, not even at a fault of mailpaths
            status = max(status, streams.status(error))
            if as_json:
                output.json(job.failure(one.text, error))
            elif not quiet:
                output.complain(streams.complaint(error, one.text, one.number))
            continue
        if as_json:
            output.json(answer.row(one.text))
        else:
            block = lay_out(str(answer.found), answer.sections())
            output.block(f"\n{block}" if place else block)
            for doubt in [] if quiet else answer.found.warnings:
                output.complain(streams.warning(doubt, one.text, one.number))
    output.flush()
    return status
