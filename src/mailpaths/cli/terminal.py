"""`explain` and `x400 show` on a terminal: the same words, with colours, in columns as wide as the screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mailpaths.cli import words
from mailpaths.cli.streams import excerpt, message, visible
from mailpaths.errors import AddressSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from mailpaths.cli.facts import Explanation, Road, Stop
    from mailpaths.cli.sections import Section
    from mailpaths.policy import Policy

__all__ = ["Screen"]

# rich fills columns up to their width; nobody wants to copy the blanks.
_FILLING = re.compile(r"[ ]+((?:\x1b\[[0-9;]*m)?)[ ]*$", re.MULTILINE)
# Columns below which the rule of each hop has a line of its own: the hosts need the room.
_NARROW = 80
_HOST = "bold cyan"
_USER = "bold green"
_MARK = "bold yellow"
_DIM = "bright_black"
_BAD = "bold red"
# Rows that somebody should look at.
_DOUBTS = dict.fromkeys(["lost", "not", "remark", "violation"], "yellow")


class Screen:
    """A terminal, or what a program calls one (FORCE_COLOR); rich honours NO_COLOR, TERM and COLUMNS."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, markup=False, emoji=False)

    def text(self, found: Explanation, *, every: bool) -> str:
        """Return the explanation with the terminal's own escapes."""
        return self._drawn(_blocks(found, every=every, narrow=self._console.width < _NARROW))

    def block(self, head: str, sections: Sequence[Section]) -> str:
        """Return a text and the sections about it."""
        drawn: list[RenderableType] = [Text(visible(head) or "(an empty address)", overflow="fold")]
        for one in sections:
            drawn += ["", *_section(one)]
        return self._drawn(drawn)

    def _drawn(self, drawn: Iterable[RenderableType]) -> str:
        with self._console.capture() as shown:
            self._console.print(Group(*drawn))
        return _FILLING.sub(r"\1", shown.get())


def _blocks(found: Explanation, *, every: bool, narrow: bool) -> Iterator[RenderableType]:
    yield _address(found.text)
    yield ""
    yield from _written(found)
    for place, road in enumerate(found.roads, 1):
        yield from _road(road, f"Reading {place} of {len(found.roads)}: ", every=every, narrow=narrow)
    for refusal in found.refusals:
        yield Text.assemble(("Not read by ", "bold"), _policies(refusal.policies, every=every))
        yield Padding(Text(visible(refusal.message)), (0, 0, 1, 2))
    if found.crossed is not None:
        yield from _section(found.crossed.section)
        yield ""
    if found.decisions:
        yield Text.assemble(("A host named ", "bold"), (visible(" or ".join(found.here)), _HOST), (" would", "bold"))
    for decision in found.decisions:
        done, what, host = map(visible, words.verdict(decision.outcome))
        style = "red" if done.startswith("refuse") else ""
        line = Text.assemble((f"{done} ", style), what if style else _address(what))
        if host:
            line.append(" to ").append(host, _HOST)
        yield Padding(line, (0, 0, 0, 2))
        yield Padding(Text.assemble(("under ", _DIM), _policies(decision.policies, every=every)), (0, 0, 0, 4))


def _written(found: Explanation) -> Iterator[RenderableType]:
    if isinstance(found.error, AddressSyntaxError):
        yield Text.assemble(("No address: ", _BAD), visible(message(found.error, found.text)))
        yield from _carets(excerpt(found.error, found.text))
    elif found.described is not None:
        yield from _section(found.described.section)
    elif found.value is not None:
        yield Text.assemble(("Written as ", "bold"), words.notation(found.value))
        table = _grid(2)
        for name, part in found.parts:
            table.add_row(Text(name, _DIM), _address(part))
        for one in found.defects:
            table.add_row(Text("remark", "yellow"), words.remark(one))
        yield Padding(table, (0, 0, 0, 2))
    else:
        return
    yield ""


def _section(one: Section) -> Iterator[RenderableType]:
    yield Text.assemble((one.head, _BAD if one.excerpt else "bold"), visible(one.title), overflow="fold")
    yield from _carets(one.excerpt)
    for rows in one.tables:
        if not rows:
            continue
        table = _grid(len(rows[0]))
        for *labels, last in rows:
            style = _DOUBTS.get(labels[0], _DIM)
            table.add_row(*[Text(visible(label), style) for label in labels], Text(visible(last), overflow="fold"))
        yield Padding(table, (0, 0, 0, 2))


def _road(road: Road, head: str, *, every: bool, narrow: bool) -> Iterator[RenderableType]:
    line = Text(head, "bold")
    for place, host in enumerate(road.route.hosts):
        line.append(" → " if place else "", _DIM).append(visible(host), _HOST)
    line.append(": " if road.route.hosts else "here: ", _DIM).append(visible(road.route.user), _USER)
    yield line
    yield Padding(Text(visible(words.directions(road.route))), (0, 0, 0, 2))
    if narrow:
        for stop in road.stops:
            *cells, rule = _cells(stop)
            yield Padding(Text("  ", overflow="fold").join(cells), (0, 0, 0, 4))
            yield Padding(rule, (0, 0, 0, 7))
    elif road.stops:
        table = _grid(5)
        for stop in road.stops:
            table.add_row(*_cells(stop))
        yield Padding(table, (0, 0, 0, 4))
    table = _grid(2)
    table.add_row(Text("read so by", _DIM), _policies(road.policies, every=every))
    if road.because:
        table.add_row(Text("because", _DIM), Text(road.because, _DIM))
    yield Padding(table, (0, 0, 1, 2))


def _cells(stop: Stop) -> tuple[Text, Text, Text, Text, Text]:
    return (
        Text(stop.hop.operator.rstrip(","), _MARK),
        Text(visible(stop.hop.host), _HOST),
        Text("gets", _DIM),
        _address(stop.hop.rest),
        Text(stop.rule, _DIM),
    )


def _grid(columns: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for _column in range(columns):
        table.add_column(overflow="fold")  # in place of dots: no letter of an address is dropped
    return table


def _address(text: str) -> Text:
    """Return an address with its operators made visible."""
    shown = Text(visible(text) or "(an empty address)", overflow="fold")
    shown.highlight_regex(r"[@%!]|::?", _MARK)
    return shown


def _policies(policies: tuple[Policy, ...], *, every: bool) -> Text:
    return Text(words.names(policies, every=every), "magenta")


def _carets(shown: str) -> Iterator[Text]:
    for line, style in zip(shown.splitlines(), ("", _BAD), strict=False):
        yield Text(line, style, no_wrap=True, overflow="ignore")
