"""`Tree`: the shortest roads from one home over a UUCP world, as pathalias sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths.routing.uucp.world import Step

if TYPE_CHECKING:
    from mailpaths.routing.uucp.world import World

__all__ = ["BY_ALIAS", "HAS_LEFT", "HAS_RIGHT", "IS_TERMINAL", "Tree"]

# What a host is while the tree grows, beside its marks in the world: how its road ends, and which sides that has.
BY_ALIAS = 1
HAS_LEFT = 2
HAS_RIGHT = 4
IS_TERMINAL = 8


class Tree:
    """The shortest roads from one home, as pathalias sees them.

    Hosts beyond those of the world are copies: a host that a terminal link leads to is another one than itself.
    ``parents`` says over which host each is reached (-1 for none), ``via`` over which link, ``costs`` what it costs.
    """

    def __init__(self, world: World, home: int) -> None:
        self.world = world
        self.home = home
        size = len(world.names)
        self.names = list(world.names)
        self.kinds = list(world.kinds)
        self.links = list(world.links)
        self.targets = list(world.targets)
        self.link_costs = list(world.costs)
        self.marks = bytearray(world.marks)
        self.parents = [-1] * size
        self.via = [-1] * size
        self.costs = [0] * size
        self.mapped = bytearray(size)
        self.states = bytearray(size)
        #: The host that each is a copy of, or itself; and the ring of copies of the same host.
        self.originals = list(range(size))
        self.copies = list(range(size))
        #: Hosts that no road leads to, in the order in which pathalias names them.
        self.unreachable: list[int] = []
        #: The link of the world behind each link that was made here: copies, and ways back.
        self.made_from: dict[int, int] = {}
        #: Links from hosts to others that only know the way out, made where there was no other way.
        self.back_links: set[int] = set()

    def original(self, number: int) -> int:
        """Return the host of the world that a host is, or is a copy of."""
        return self.originals[number]

    def parent(self, number: int) -> int:
        """Return the host over which a host is reached, -1 at home."""
        return -1 if number == self.home else self.parents[number]

    def last_step(self, number: int) -> Step | None:
        """Return the last link of the road to a host, ``None`` at home."""
        if number == self.home:
            return None
        link = self.via[number]
        return Step(self.parents[number], number, link, self.made_from.get(link, link), link in self.back_links)

    def steps(self, number: int) -> list[Step]:
        """Return the links of the road to a host, from home on."""
        found: list[Step] = []
        while (step := self.last_step(number)) is not None:
            found.append(step)
            number = step.start
        found.reverse()
        return found
