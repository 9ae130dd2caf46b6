"""`explain` and `x400 show` as plain text: for files, pipes and `grep`."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from mailpaths.cli import words
from mailpaths.cli.streams import excerpt, message, visible
from mailpaths.errors import AddressSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailpaths.cli.facts import Explanation, Road
    from mailpaths.cli.sections import Section

__all__ = ["block", "text"]

_WIDTH = 78
_CELL = 40


def text(found: Explanation, *, every: bool) -> str:
    """Return the explanation; ``every`` names all variants of a program. No address or road is broken into lines."""
    return "".join([f"{line.rstrip()}\n" for line in _lines(found, every=every)]).rstrip("\n") + "\n"


def block(head: str, sections: Sequence[Section]) -> str:
    """Return a text and the sections about it."""
    lines = [visible(head) or "(an empty address)"]
    for one in sections:
        lines += ["", *_section(one)]
    return "".join([f"{line}\n" for line in lines])


def _section(one: Section) -> Iterator[str]:
    yield f"{one.head}{visible(one.title)}"
    yield from one.excerpt.splitlines()
    for rows in one.tables:
        # The last column is not filled up: a blank at the end of a line belongs to an address.
        heads = list(_table([tuple(map(visible, row[:-1])) for row in rows]))
        yield from [f"{head}  {visible(row[-1])}" for head, row in zip(heads, rows, strict=True)]


def _lines(found: Explanation, *, every: bool) -> Iterator[str]:
    yield visible(found.text) or "(an empty address)"
    yield ""
    if isinstance(found.error, AddressSyntaxError):
        yield f"No address: {visible(message(found.error, found.text))}"
        yield from excerpt(found.error, found.text).splitlines()
        yield ""
    elif found.described is not None:
        yield from _section(found.described.section)
        yield ""
    elif found.value is not None:
        yield f"Written as {words.notation(found.value)}"
        rows = [(name, visible(part)) for name, part in found.parts]
        rows += [("remark", words.remark(one)) for one in found.defects]
        yield from _table(rows)
        yield ""
    for place, road in enumerate(found.roads, 1):
        yield from _road(road, f"Reading {place} of {len(found.roads)}", every=every)
    for refusal in found.refusals:
        yield f"Not read by {words.names(refusal.policies, every=every)}"
        yield f"  {visible(refusal.message)}"
        yield ""
    if found.crossed is not None:
        yield from _section(found.crossed.section)
        yield ""
    if found.decisions:
        yield f"A host named {' or '.join(map(visible, found.here))} would"
    for decision in found.decisions:
        done, what, host = map(visible, words.verdict(decision.outcome))
        yield f"  {done} {what}{f' to {host}' if host else ''}"
        yield from _wrapped("under ", words.names(decision.policies, every=every), "    ")


def _road(road: Road, head: str, *, every: bool) -> Iterator[str]:
    yield f"{head}: {visible(str(road.route))}"
    yield f"  {visible(words.directions(road.route))}"
    hops = [
        (stop.hop.operator.rstrip(","), visible(stop.hop.host), "gets", visible(stop.hop.rest), f"[{stop.rule}]")
        for stop in road.stops
    ]
    yield from _table(hops, "    ")
    yield from _wrapped("read so by  ", words.names(road.policies, every=every), "  ")
    if road.because:
        yield from _wrapped("because     ", road.because, "  ")
    yield ""


def _table(rows: Sequence[tuple[str, ...]], indent: str = "  ") -> Iterator[str]:
    """Yield rows whose columns stand under each other; a cell that is very long does not push the others away."""
    widths = [
        max([len(cell) for cell in column if len(cell) <= _CELL], default=0) for column in zip(*rows, strict=True)
    ]
    for row in rows:
        yield indent + "  ".join([cell.ljust(width) for cell, width in zip(row, widths, strict=True)])


def _wrapped(head: str, body: str, indent: str) -> list[str]:
    return wrap(
        body,
        _WIDTH,
        initial_indent=indent + head,
        subsequent_indent=indent + " " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
