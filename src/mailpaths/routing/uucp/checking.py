"""What is doubtful in a UUCP map, for the people who keep it: each finding with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from mailpaths.routing.uucp.flags import ALIAS, DEAD, DEAD_HOST, DOMAIN, NET, PRIVATE
from mailpaths.routing.uucp.namesakes import Namesakes
from mailpaths.routing.uucp.roads import Roads
from mailpaths.routing.uucp.world import Place, World

__all__ = ["Finding", "Kind", "check"]

# A link of this cost or more is as good as none: DEAD in the table of costs.
_DEAD_COST = 1_000_000


class Kind(Enum):
    """What a finding is about, by the word that stands in its line."""

    MESSAGE = "message"
    UNKNOWN = "unknown"
    ONE_WAY = "one-way"
    DUPLICATE = "duplicate"
    BACKWARDS = "backwards"
    UNREACHABLE = "unreachable"
    DEAD_END = "dead-end"

    def __str__(self) -> str:
        """Return the word."""
        return self.value


class Finding(NamedTuple):
    """Something doubtful: where, of which kind, about which host, and what it is."""

    place: Place
    kind: Kind
    host: str
    text: str

    def __str__(self) -> str:
        """Return the finding as programs print one: place if there is one, kind, text."""
        return f"{self.place}: {self.kind}: {self.text}" if self.place.file else f"{self.kind}: {self.text}"


def check(world: World, roads: Roads | None = None) -> Iterator[Finding]:
    """Yield what is doubtful in a map, kind by kind, each in the order of the map.

    With ``roads``, the roads from one host, also what cannot be reached from there, or only backwards. Messages about
    the language are no part of this: they stand in `World.messages`.
    """
    graph = _Graph(world)
    yield from _unknown(graph)
    yield from _one_way(graph)
    yield from _duplicates(graph)
    yield from _dead_ends(graph)
    if roads is not None:
        yield from _unreachable(graph, roads)


class _Graph:
    """The links of a world by what they join, and by who declares them."""

    def __init__(self, world: World) -> None:
        self.world = world
        #: The host that a name is a name of.
        self.owner = Namesakes(world).host
        #: The links that lead into each host, in the order of the map.
        self.into: list[list[int]] = [[] for _ in world.names]
        self.starts: dict[int, int] = {}
        for number, links in enumerate(world.links):
            for link in links:
                self.starts[link] = number
        for link in sorted(self.starts):
            self.into[world.targets[link]].append(link)

    def is_host(self, number: int) -> bool:
        return not self.world.kinds[number] & (NET | DOMAIN)

    def onward(self, number: int) -> list[int]:
        """Return the links of a host that lead to other hosts than itself."""
        world = self.world
        return [link for link in world.links[number] if not world.marks[link] & ALIAS]


def _unknown(graph: _Graph) -> Iterator[Finding]:
    """Hosts that others link to, and that nobody declares: neither links nor another name."""
    world = graph.world
    for number, name in enumerate(world.names):
        if world.links[number] or not graph.is_host(number) or world.kinds[number] & PRIVATE or not graph.into[number]:
            continue
        links = graph.into[number]
        if any(not graph.is_host(graph.starts[link]) for link in links):
            continue  # a member of a net or domain, which says so in its place
        others = "" if len(links) == 1 else f" ({len(links)} links lead there)"
        yield Finding(world.place(links[0]), Kind.UNKNOWN, name, f"{name} has no statement of its own{others}")


def _one_way(graph: _Graph) -> Iterator[Finding]:
    """Links between two declared hosts of which one does not know of the other."""
    world = graph.world
    pairs = {
        (graph.owner(start), graph.owner(world.targets[link]))
        for link, start in graph.starts.items()
        if not world.marks[link] & ALIAS
    }
    # Two members of a net reach each other over it.
    nets: dict[int, set[int]] = {}
    for number in range(len(world.names)):
        if world.kinds[number] & NET:
            for link in world.links[number]:
                nets.setdefault(graph.owner(world.targets[link]), set()).add(number)
    declared = {graph.owner(number) for number in range(len(world.names)) if graph.onward(number)}
    for link in sorted(graph.starts):
        start, to = graph.owner(graph.starts[link]), graph.owner(world.targets[link])
        if world.marks[link] & ALIAS or start == to or to not in declared:
            continue
        if not graph.is_host(graph.starts[link]) or not graph.is_host(world.targets[link]):
            continue
        if (to, start) in pairs or nets.get(start, set()) & nets.get(to, set()):
            continue
        host, other = world.names[graph.starts[link]], world.names[world.targets[link]]
        yield Finding(world.place(link), Kind.ONE_WAY, other, f"{host} has a link to {other}, which has none back")


def _duplicates(graph: _Graph) -> Iterator[Finding]:
    """Hosts that more than one file declares: two worlds with the same name, or an entry that was never taken out."""
    world = graph.world
    for number, name in enumerate(world.names):
        if not graph.is_host(number) or world.kinds[number] & PRIVATE:
            continue
        places: dict[str, Place] = {}
        for link in sorted(graph.onward(number)):
            if graph.is_host(world.targets[link]):
                place = world.place(link)
                places.setdefault(place.file, place)
        first, *others = places.values() or [Place("", 0)]
        for place in others:
            yield Finding(place, Kind.DUPLICATE, name, f"{name} is declared at {first} already")


def _dead_ends(graph: _Graph) -> Iterator[Finding]:
    """Hosts that one does not get away from: all that they have is dead."""
    world = graph.world
    for number, name in enumerate(world.names):
        if not graph.is_host(number) or world.kinds[number] & PRIVATE:
            continue
        links = sorted(graph.onward(number))
        if not links:
            continue
        if world.kinds[number] & DEAD_HOST:
            yield Finding(world.place(links[0]), Kind.DEAD_END, name, f"{name} is dead: it passes nothing on")
        elif all(world.marks[link] & DEAD or world.costs[link] >= _DEAD_COST for link in links):
            yield Finding(world.place(links[0]), Kind.DEAD_END, name, f"every link of {name} is dead")


def _unreachable(graph: _Graph, roads: Roads) -> Iterator[Finding]:
    """Hosts that no road leads to, or only one that goes against a link."""
    world = graph.world
    for name in roads.unreachable:
        number = world.numbers.get(name)
        links = [] if number is None else sorted(world.links[number] + graph.into[number])
        place = world.place(links[0]) if links else Place("", 0)
        yield Finding(place, Kind.UNREACHABLE, name, f"no road leads from {roads.origin} to {name}")
    found = [(*road, line.name) for line in roads if (road := roads.turned(line)) is not None]
    for start, declared, name in sorted(found, key=lambda one: one[1]):
        text = f"{name} is only reached from {start}, which has no link to it"
        yield Finding(world.place(declared), Kind.BACKWARDS, name, text)
