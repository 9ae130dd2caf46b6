"""The links of one host while commands take some out and put others in: none of that needs a search.

The order is that of pathalias's list, whose laws are in addlink.c 9.7: new links come before all others but the dead
ones that the list begins with, and of those dead ones there is one to each host. A list that is only added to needs no
shelf; commands in their thousands, each with a walk along a list of thousands, do.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from mailpaths.routing.uucp.flags import DEAD, INFINITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mailpaths.routing.uucp.world import World

__all__ = ["Shelf"]

# Stands before the first link and behind the last.
_END = -1


class Shelf:
    """The links of a host, first to last; what they cost and where they lead stays in the world.

    ``links`` are the numbers, the last link first. While they are here, what is added to all costs at once is kept
    aside, and the world's costs lack it; a link that leaves has it.
    """

    __slots__ = ("_ahead", "_behind", "_dead", "_last_dead", "_least", "_named", "_pending", "_rest", "_world")

    def __init__(self, world: World, links: list[int]) -> None:
        self._world = world
        # The links next to each, on either side.
        order = [_END, *links, _END]
        self._ahead = dict(pairwise(order))
        self._behind = {ahead: link for link, ahead in self._ahead.items()}
        # The last of the dead links that the list begins with. By target: those links in order; and all others, of
        # which the first stands at the end, so that it is at hand when it becomes one of those.
        self._last_dead = _END
        self._dead: dict[int, list[int]] = {}
        self._rest: dict[int, list[int]] = {}
        # The targets of each name, since several hosts may have one.
        self._named: dict[str, list[int]] = {}
        # What is still to be added to each cost; no cost, with this, is lower than the least.
        self._pending = 0
        self._least = min((world.costs[link] for link in links), default=INFINITY)
        for link in links:
            self._note(link)
        self._advance()

    def __len__(self) -> int:
        """Return how many links there are."""
        return len(self._behind) - 1

    def __iter__(self) -> Iterator[int]:
        """Go along the links, from the first."""
        link = self._behind[_END]
        while link != _END:
            yield link
            link = self._behind[link]

    @property
    def begins_dead(self) -> bool:
        """Whether the first link is a dead one."""
        return self._last_dead != _END

    def dead_link(self, to: int) -> int | None:
        """Return the first link to a host among the dead ones in front."""
        known = self._dead.get(to)
        return known[0] if known else None

    def cheapen(self, link: int, cost: int) -> bool:
        """Give a link a cost if that is lower than its own, and tell whether it was."""
        costs = self._world.costs
        if cost >= costs[link] + self._pending:
            return False
        costs[link] = cost - self._pending
        self._least = min(self._least, cost)
        return True

    def put(self, links: Iterable[int]) -> None:
        """Put in new links, one after the other, each before all that are there but the dead ones in front."""
        ahead, behind, costs, marks = self._ahead, self._behind, self._world.costs, self._world.marks
        for link in links:
            before = self._last_dead
            after = behind[before]
            behind[before] = ahead[after] = link
            ahead[link], behind[link] = before, after
            self._least = min(self._least, costs[link])
            costs[link] -= self._pending
            self._note(link)
            if marks[link] & DEAD:
                self._advance()

    def disconnect(self, to: int) -> list[int]:
        """Take out the links to a host; return them in their order (deadlink() of addlink.c).

        Of two that stand side by side behind the first link, that loop passes over the second: it stays.
        """
        dead, rest = self._dead.get(to, []), self._rest.get(to, [])
        held: list[int] = []
        passed_over = _END
        for link in (*dead, *reversed(rest)):
            if link != passed_over:
                is_first = self._ahead[link] == _END
                after = self._take_out(link)
                passed_over = _END if is_first else after
                held.append(link)
        for links in (dead, rest):
            links[:] = [link for link in links if link in self._behind]
        self._advance()
        return held

    def delete(self, name: str) -> None:
        """Take out the links to all hosts of a name (deletelink() of addlink.c)."""
        for to in self._named.pop(name, ()):
            for link in (*self._dead.pop(to, ()), *self._rest.pop(to)):
                self._take_out(link)
        self._advance()

    def adjust(self, cost: int) -> list[int]:
        """Add to all costs; return the links whose cost is negative, in their order (adjust() of parse.y).

        They are dead now. Only where there can be any does this look at every link.
        """
        self._pending += cost
        self._least += cost
        if self._least >= 0:
            return []
        costs, marks = self._world.costs, self._world.marks
        links = self.settle()
        links.reverse()
        fallen = [link for link in links if costs[link] < 0]
        for link in fallen:
            marks[link] |= DEAD
        self._least = min((costs[link] for link in links), default=INFINITY)
        self._advance()
        return fallen

    def settle(self) -> list[int]:
        """Return the links, the last first; the world's costs are whole now."""
        links = list(self)
        if self._pending:
            costs = self._world.costs
            for link in links:
                costs[link] += self._pending
            self._pending = 0
        links.reverse()
        return links

    def _note(self, link: int) -> None:
        """Note where a link leads that stands before all that are not among the dead ones in front."""
        to = self._world.targets[link]
        known = self._rest.get(to)
        if known is None:
            self._rest[to] = [link]
            self._named.setdefault(self._world.names[to], []).append(to)
        else:
            known.append(link)

    def _advance(self) -> None:
        """Count among the dead links in front those that have come to follow them."""
        marks, targets = self._world.marks, self._world.targets
        while (link := self._behind[self._last_dead]) != _END and marks[link] & DEAD:
            to = targets[link]
            self._dead.setdefault(to, []).append(self._rest[to].pop())
            self._last_dead = link

    def _take_out(self, link: int) -> int:
        """Take a link out of the order; return the one behind it."""
        before, after = self._ahead.pop(link), self._behind.pop(link)
        self._behind[before], self._ahead[after] = after, before
        if link == self._last_dead:
            self._last_dead = before
        self._world.costs[link] += self._pending
        return after
