"""The lines that pathalias prints: a route for each host, in the order in which its tree is walked.

The source is printit.c 9.4 of pathalias 10 (1991). A route has one ``%s`` for the user, and a percent sign that is an
operator, or a letter of a name, stands doubled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mailpaths.routing.uucp.flags import ALIAS, DOMAIN, LEFT, NET, PRIVATE, TREE, WRITING
from mailpaths.routing.uucp.tree import IS_TERMINAL
from mailpaths.routing.uucp.writing import START, Written, adds_host, onward

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mailpaths.routing.uucp.tree import Tree

__all__ = ["Line", "domain_name", "lines"]

_ANY_NET = NET | DOMAIN


class Line(NamedTuple):
    """One line: the host or domain, what it costs, the number of its node, and the text about the ``%s``."""

    name: str
    cost: int
    number: int
    before: str
    behind: str

    @property
    def route(self) -> str:
        """The route with its ``%s``."""
        return f"{self.before}%s{self.behind}"


def lines(tree: Tree, *, first_hops: bool = False, only_interesting: bool = False) -> Iterator[Line]:
    """Yield the lines in the order of pathalias.

    With ``first_hops`` (option -f) a cost is that of the first hop of the road; with ``only_interesting`` (option -D)
    hosts are left out for which the route of their domain will do.
    """
    home = tree.home
    yield Line(tree.names[home], tree.costs[home], home, "", "")
    yield from _walk(tree, _Ledger(tree, only_interesting=only_interesting), first_hops=first_hops)


def domain_name(number: int, above: Iterable[int], kinds: Sequence[int], names: Sequence[str]) -> str | None:
    """Return what the line about a domain is called; ``None`` where an outer domain's line stands for it (printdomain).

    ``above`` are the hosts through which it was reached, the last first. Private domains have no lines, so that a name
    can have several of them: ``.navy`` below a private ``.mil`` is ``.navy.mil``.
    """
    if kinds[number] & PRIVATE:
        return None
    name = names[number]
    for one in above:
        if not kinds[one] & DOMAIN:
            break
        if not kinds[one] & PRIVATE:
            return None
        name += names[one]
    return name


def _walk(tree: Tree, ledger: _Ledger, *, first_hops: bool) -> Iterator[Line]:  # noqa: C901 - one loop
    links, marks, targets, kinds = tree.links, tree.marks, tree.targets, tree.kinds
    names, costs, parents, via, copies = tree.names, tree.costs, tree.parents, tree.via, tree.copies
    home = tree.home
    every = not ledger.only_interesting
    is_beyond = _Beyond(tree)
    # What is still to be walked, the next at the end: a link, the marks that say how it is written, the road to its
    # start, and what the first hop costs.
    waiting: list[tuple[int, int, Written, int]] = [
        (link, marks[link], START, costs[targets[link]]) for link in reversed(links[home]) if marks[link] & TREE
    ]
    while waiting:
        link, mark, road, toll = waiting.pop()
        number = targets[link]
        kind = kinds[number]
        if adds_host(kind, mark):
            name = names[number]
            above = parents[number]
            while kinds[above] & DOMAIN and above != home:
                name += names[above]
                above = parents[above]
            if mark & WRITING == LEFT and "%" not in name:
                road = Written(f"{road[0]}{name}!", road[1], road[2])  # `onward`, for nearly every link of a real map
            else:
                road = onward(road, name, mark)
        elif kind & DOMAIN and not road.has_at and is_beyond(number):
            road = road._replace(has_at=True)
        if every and copies[number] == number and not kind & (_ANY_NET | PRIVATE):
            yield Line(names[number], toll if first_hops else costs[number], number, road[0], road[1])
        elif ledger.is_due(number):
            found = domain_name(number, _above(tree, number), kinds, names) if kind & DOMAIN else names[number]
            if found is not None and not (kind & PRIVATE or kind & _ANY_NET == NET):
                yield Line(found, toll if first_hops else costs[number], number, road[0], road[1])
            ledger.tick(number)
        onwards = [one for one in links[number] if marks[one] & TREE and via[targets[one]] == one]
        if kind & _ANY_NET:
            # A member is written as its net was entered.
            side = mark & WRITING
            waiting += [(one, marks[one] & ~WRITING | side, road, toll) for one in reversed(onwards)]
        elif onwards:
            waiting += [(one, marks[one], road, toll) for one in reversed(onwards)]


def _above(tree: Tree, number: int) -> Iterator[int]:
    while number != tree.home:
        number = tree.parents[number]
        yield number


class _Beyond:
    """Tell whether a domain is entered from elsewhere than home, and remember that of all nets on the way.

    Far gateways of a domain often get ``gateway!user@dom.ain`` wrong, and ``gateway!user%dom.ain`` right (setpath).
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._known = {tree.home: False}

    def __call__(self, domain: int) -> bool:
        tree, known = self.tree, self._known
        passed = [domain]
        above = tree.parents[domain]
        while above not in known and tree.kinds[above] & _ANY_NET:
            passed.append(above)
            above = tree.parents[above]
        found = known.get(above, True)  # a host is beyond, but for home
        known.update(dict.fromkeys(passed, found))
        return found


class _Ledger:
    """Which hosts have their line already, and which get none."""

    def __init__(self, tree: Tree, *, only_interesting: bool) -> None:
        self.tree = tree
        self.only_interesting = only_interesting
        self._done = bytearray(len(tree.names))

    def tick(self, number: int) -> None:
        """Note a host, and all its copies, as done."""
        copies = self.tree.copies
        self._done[number] = 1
        copy = copies[number]
        while copy != number:
            self._done[copy] = 1
            copy = copies[copy]

    def is_due(self, number: int) -> bool:
        """Tell whether a line is due: there is no cheaper copy, and no domain whose route will do (printable)."""
        tree = self.tree
        if self._done[number]:
            return False
        copy = tree.copies[number]
        while copy != number:
            if tree.mapped[copy]:
                if tree.costs[number] > tree.costs[copy]:
                    return False
                if tree.costs[number] == tree.costs[copy] and not tree.states[copy] & IS_TERMINAL:
                    return False
            copy = tree.copies[copy]
        parent = tree.parents[number]
        if not self.only_interesting or tree.kinds[number] & _ANY_NET or not tree.kinds[parent] & DOMAIN:
            return True
        while True:
            if any(tree.targets[link] != parent and not tree.marks[link] & ALIAS for link in tree.links[copy]):
                return True
            copy = tree.copies[copy]
            if copy == number:
                return False
