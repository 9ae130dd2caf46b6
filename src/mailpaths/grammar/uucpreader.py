"""Read UUCP maps quickly: one match a statement where it is a usual one, token by token where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths.grammar.uucpcost import Costs
from mailpaths.grammar.uucpmap import (
    ALIASES,
    ANY_NAME,
    COMMENT,
    END_PRIVATE,
    FILE,
    ITEM,
    MARKED,
    MARKED_ITEM,
    NET,
    ONE_STATEMENT,
    PLAIN,
    STATEMENT,
    Aliases,
    EndPrivate,
    File,
    Link,
    Links,
    Net,
    PlainLinks,
    Record,
)
from mailpaths.grammar.uucpreplay import Replay

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Reader"]


class Reader:
    """A reader with all that it carries from one statement to the next: use one for a whole map."""

    def __init__(self, symbols: Mapping[str, int]) -> None:
        self._symbols = symbols
        self._replay = Replay(symbols)
        self._costs = Costs(symbols)

    def begin_file(self) -> None:
        """Count lines anew: another file begins."""
        self._replay.line = 1

    @property
    def line(self) -> int:
        """The number of the line that is read next."""
        return self._replay.line

    def skip(self, lines: int) -> None:
        """Count lines that are left out."""
        self._replay.line += lines

    def end_of_input(self, *, cut: bool) -> list[Record]:
        """Return the fault of a map whose last line has no end (``cut``): to pathalias it is a syntax error."""
        return self._replay.end_of_input(cut=cut)

    def again(self, record: PlainLinks | Links | Aliases | Net) -> list[Record]:
        """Return what a quickly read statement says, a record for each link, with the line where it is complete."""
        replay = Replay(self._symbols)
        replay.line = record.line
        return replay.statement(record.statement)

    def records(self, text: str) -> Iterator[Record]:  # noqa: C901 - one loop, its kinds in the order of how often
        """Yield what a text of whole statements says, in the order in which it takes effect."""
        replay, costs = self._replay, self._costs
        next_statement, plain, items, count = STATEMENT.match, PLAIN.match, ITEM.findall, text.count
        place, size = 0, len(text)
        while place < size:
            if not replay.at_rest:
                found = ONE_STATEMENT.match(text, place)
                assert found is not None  # noqa: S101 - for the type checker: the pattern matches any text
                place = found.end()
                yield from replay.statement(found[0])
                continue
            found = next_statement(text, place)
            assert found is not None  # noqa: S101 - likewise
            start, end = found.span(1)
            if start != place:
                replay.line += count("\n", place, start)
            place = end
            body = found[1]
            if "#" in body and '"' not in body:
                body = COMMENT.sub("", body)
            if plain(body):
                links = items(body)
                if '"' in body:
                    links = [(name.strip('"'), cost) for name, cost in links]
                try:
                    values = [costs[cost] for _, cost in links]
                except KeyError:
                    yield from replay.statement(found[1])
                    continue
                yield PlainLinks(replay.line, links, values, body)
                replay.line += count("\n", start, end)
                continue
            if not body.strip(" \t\n"):
                replay.line += count("\n", start, end)
                continue
            file = FILE.match(body)
            if file is not None:
                replay.line = file[2].count("\n")
                yield File(0, file[1])
                continue
            record = self._other(body)
            if record is None:
                yield from replay.statement(found[1])
            else:
                yield record
                replay.line += count("\n", start, end)

    def _other(self, body: str) -> Aliases | Net | Links | EndPrivate | None:
        """Return a statement of another usual kind, ``None`` for one that is read token by token."""
        line = self._replay.line
        found = ALIASES.match(body)
        if found is not None:
            return Aliases(line, found[1].strip('"'), _names(found[2]), body)
        if "=" in body:
            return self._net(line, body)
        found = MARKED.match(body)
        if found is not None:
            return self._marked(line, found[1].strip('"'), found[2], body)
        return EndPrivate(line) if END_PRIVATE.match(body) else None

    def _marked(self, line: int, host: str, text: str, body: str) -> Links | None:
        links: list[Link] = []
        for before, angle, name, behind, cost in MARKED_ITEM.findall(text):
            value = self._cost(cost)
            if value is None or (before and behind):
                return None
            links.append(Link(name.strip('"'), value, before or behind or "!", bool(before), bool(angle)))
        return Links(line, host, tuple(links), body)

    def _net(self, line: int, body: str) -> Net | None:
        found = NET.match(body)
        if found is None:
            return None
        name, before, members, behind, cost = found.groups(default="")
        value = self._cost(cost)
        if value is None or (before and behind):
            return None
        net = name.strip('"') if name else None
        return Net(line, net, _names(members), value, before or behind or "!", bool(before), body)

    def _cost(self, text: str) -> int | None:
        try:
            return self._costs[text]
        except KeyError:
            return None


def _names(text: str) -> tuple[str, ...]:
    return tuple([name.strip('"') for name in ANY_NAME.findall(text)])
