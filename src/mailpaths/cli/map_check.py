"""``mailpaths map check``: what is doubtful in maps, for the people who keep them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from mailpaths.cli import mapfiles, options, streams
from mailpaths.errors import AddressSyntaxError
from mailpaths.routing.uucp.checking import Finding, Kind
from mailpaths.routing.uucp.checking import check as findings
from mailpaths.routing.uucp.world import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mailpaths.routing.uucp.uucpmap import UUCPMap
    from mailpaths.routing.uucp.world import Message

__all__ = ["check"]

_KINDS = {
    "message": "what pathalias itself would complain about, and where in the line",
    "unknown": "hosts that others link to and that have no statement of their own",
    "one-way": "links to a host that has a statement, and no link back",
    "duplicate": "hosts with links in more than one file",
    "dead-end": "hosts whose every link out is dead",
    "unreachable": "hosts that no road leads to (needs --from)",
    "backwards": "hosts that are only reached against a link (needs --from)",
}

_EPILOG = f"""\b
Example:
  $ printf '%s\\n' 'a b(5' 'c a(DEMAND), b(DEMAND)' 'b c(HOURLY)' | mailpaths map check -
  [stdin]:1: message: syntax error: expected '+', '-', '*', '/' or ')', found nothing more
    a b(5
         ^
  [stdin]:3: unknown: c has no statement of its own
  1 message, 1 unknown

Here pathalias, having lost its place, passes over the second line too; so c is not known.

\b
Kinds:
{options.lines(_KINDS)}

{mapfiles.FILES_HELP}

With --json a finding is an object: "file", "line", "kind", "host" and "text".

Exit status: 0; 65 when there is a message; 66 when a file cannot be read (the rest is checked); 68 for a home that is
not in the map; 64 for a wrong call."""


@click.command(epilog=_EPILOG, short_help="Find what is doubtful in maps: one-way links, unknown hosts, dead ends.")
@mapfiles.arguments
@mapfiles.home
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(list(_KINDS)),
    help="Tell only of this kind; may be given several times.",
)
@options.as_json
def check(*, paths: Sequence[str], home: str | None, kinds: Sequence[str], as_json: bool) -> int:
    """Check maps: one line for each finding, with file and line, and a count of each kind."""
    found = mapfiles.load(paths, home)
    roads = None if home is None else mapfiles.table(found)
    output = streams.Output()
    counts: Counter[Kind] = Counter()
    for finding, excerpt in _all(found, findings(found.world, roads)):
        counts[finding.kind] += 1
        if kinds and str(finding.kind) not in kinds:
            continue
        if as_json:
            output.json(_row(finding))
        else:
            output.block("".join([f"{streams.visible(line)}\n" for line in [str(finding), *excerpt]]))
    if not as_json:
        told = [_counted(kind, counts[kind]) for kind in Kind if counts[kind] and (not kinds or str(kind) in kinds)]
        output.line(", ".join(told) or "nothing to complain about")
    output.flush()
    if found.troubles:
        return streams.NO_INPUT
    return streams.BAD_INPUT if counts[Kind.MESSAGE] else streams.OK


def _counted(kind: Kind, count: int) -> str:
    """Return how many findings there are of a kind; some kinds are called by nouns."""
    many = count > 1 and kind in {Kind.MESSAGE, Kind.DUPLICATE, Kind.DEAD_END}
    return f"{count:,} {kind}{'s' if many else ''}"


def _all(found: UUCPMap, others: Iterable[Finding]) -> Iterator[tuple[Finding, Sequence[str]]]:
    """Yield every finding with the lines that show its place in a statement."""
    for message in found.messages:
        yield _of_message(message)
    for finding in others:
        yield finding, ()


def _of_message(message: Message) -> tuple[Finding, Sequence[str]]:
    """Return a message of pathalias as a finding; of a syntax error it says what was expected where."""
    place = Place(message.file or "", message.line)
    text = message.text.strip()
    if not message.statement or text != "syntax error":
        return Finding(place, Kind.MESSAGE, "", text), ()
    from mailpaths.grammar.uucptree import explain  # loads where there is something to explain

    reason = explain(message.statement)
    if reason is None:  # good in itself, but read in the wrong state after the fault before
        return Finding(place, Kind.MESSAGE, "", text), ()
    why, (start, end) = reason
    begin = message.statement.rfind("\n", 0, start) + 1
    place = place._replace(line=message.start + message.statement.count("\n", 0, begin))
    line = message.statement[begin:].partition("\n")[0].replace("\t", " ")
    span = (start - begin, max(start, min(end, begin + len(line))) - begin)
    return Finding(place, Kind.MESSAGE, "", f"{text}: {why}"), AddressSyntaxError("", line, span).excerpt().splitlines()


def _row(finding: Finding) -> dict[str, object]:
    return {
        "file": finding.place.file or None,
        "line": finding.place.line or None,
        "kind": str(finding.kind),
        "host": finding.host or None,
        "text": finding.text,
    }
