"""`Namesakes`: which names of a UUCP world are names of the same host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths.routing.uucp.flags import ALIAS

if TYPE_CHECKING:
    from mailpaths.routing.uucp.world import World

__all__ = ["Namesakes"]


class Namesakes:
    """The hosts of a world with all their names: ``host = name`` joins two, unless one of them is a net or a domain."""

    def __init__(self, world: World) -> None:
        self._above = list(range(len(world.names)))
        for number, links in enumerate(world.links):
            for link in links:
                if world.marks[link] & ALIAS and not world.is_net(number) and not world.is_net(world.targets[link]):
                    self._above[self.host(number)] = self.host(world.targets[link])

    def host(self, number: int) -> int:
        """Return one number that stands for a host, whichever of its names is given."""
        above = self._above
        while above[number] != number:
            above[number] = number = above[above[number]]
        return number
