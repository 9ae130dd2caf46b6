"""`Roads`: all the roads from one host over a UUCP world, by name, and each of them hop by hop."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal, NamedTuple

from mailpaths import names as names_room
from mailpaths.routing.answer import Obstacle
from mailpaths.routing.lookup import is_name
from mailpaths.routing.template import PLAIN, RouteTemplate, from_parts
from mailpaths.routing.uucp.best import Labels, find_labels
from mailpaths.routing.uucp.flags import (
    ALIAS,
    DEAD,
    DEAD_HOST,
    DOMAIN,
    GATEWAY,
    INFINITY,
    LEFT,
    NET,
    PRIVATE,
    TERMINAL,
    WRITING,
    operator,
)
from mailpaths.routing.uucp.mapping import map_world
from mailpaths.routing.uucp.printing import Line, domain_name, lines
from mailpaths.routing.uucp.tree import Tree
from mailpaths.routing.uucp.world import Place, Step, World
from mailpaths.routing.uucp.writing import START, Written, adds_host, onward

__all__ = ["MODES", "Hop", "Mode", "Road", "Roads"]

#: How roads are computed: exactly as pathalias does, or the cheapest there are.
Mode = Literal["pathalias", "best"]
#: The modes by their names.
MODES: Mapping[str, Mode] = MappingProxyType({"pathalias": "pathalias", "best": "best"})

# What stands between hosts and is no "!": map makers may ask for ``host@user`` and ``host:user``.
_OTHER_OPERATOR = re.compile(r"[%@:]")


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop of a road: to ``host``, for ``cost``, over a link that is declared at ``place``.

    ``host`` is written as in the road, domains and all. ``over`` names the nets, domains and aliases that the hop leads
    through. ``operator`` is what stands between this host and the rest of the path; ``right`` says that the host stands
    on the right of it, as in ``user@host``. ``cost`` is the sum of its links' costs, without any penalty.
    """

    host: str
    cost: int
    place: Place
    over: tuple[str, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    operator: str = "!"
    right: bool = False


@dataclass(frozen=True, slots=True)
class Road:
    """A road over a map: from ``origin`` to ``name``, with its hops.

    ``cost`` is what the computation says: in the mode ``"pathalias"`` with its penalties of 100,000,000, in the mode
    ``"best"`` without. ``over`` names what lies behind the last hop, for ``over_cost``: the destination may be another
    name of that host, or a domain that it is a gateway of.
    """

    origin: str
    name: str
    cost: int
    template: RouteTemplate
    hops: tuple[Hop, ...]
    over: tuple[str, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    over_cost: int = 0


class Trail(NamedTuple):
    """The hosts of a road from its end on: what two roads have in common they share."""

    before: Trail | None
    host: str


class Summary(NamedTuple):
    """What a road is like as a whole: what a table says of it.

    ``lead`` are its first hosts as the map spells them, as far as the first that is no name of the origin. ``cost`` is
    the sum of its links' costs and ``first_hop_cost`` that of those to its first hop, both without penalties;
    ``is_first_hop_doubtful`` says that there is an obstacle on the way to that.
    """

    cost: int = 0
    obstacles: tuple[Obstacle, ...] = ()
    sides: int = 0
    is_terminal: bool = False
    trail: Trail | None = None
    lead: tuple[str, ...] = ()
    is_away: bool = False
    first_hop_cost: int = 0
    is_first_hop_doubtful: bool = False

    def hosts(self) -> tuple[str, ...]:
        """Return the hosts of the road, the destination last, none with a final dot."""
        found: list[str] = []
        trail = self.trail
        while trail is not None:
            trail, host = trail
            found.append(host)
        return tuple(reversed(found))


_AT_HOME = Summary()


class Roads:
    """The roads from one host over a world, computed when this is made. ``unreachable`` names hosts that have none."""

    def __init__(self, world: World, home: int, mode: Mode = "pathalias") -> None:
        self._world = world
        self._ways: Tree | Labels
        if mode == "best":
            self._ways = labels = find_labels(world, home)
            found = _label_lines(labels)
        else:
            self._ways = tree = map_world(world, home)
            found = lines(tree)
        self.origin = world.names[home]
        if world.has_odd_names:
            found = self._sound(found)
        self._lines: dict[str, Line] = {}
        for line in found:
            name = names_room.fold(names_room.without_dot(line.name))
            known = self._lines.setdefault(name, line)
            # The best roads come in their order, and what they cost says nothing of what may stop them.
            if mode != "best" and known.cost > line.cost:
                self._lines[name] = line
        self.unreachable = tuple(
            [
                world.names[one]
                for one in self._ways.unreachable
                if one < len(world.names) and not world.kinds[one] & PRIVATE
            ]
        )

    def __contains__(self, name: object) -> bool:
        """Tell whether a folded name has a road."""
        return name in self._lines

    def __iter__(self) -> Iterator[Line]:
        """Return the lines of a table of these roads."""
        return iter(self._lines.values())

    def __len__(self) -> int:
        """Return how many names have a road."""
        return len(self._lines)

    @cached_property
    def ordered(self) -> list[str]:
        """The folded names that have a road, in the order of their letters."""
        return sorted(self._lines)

    def line(self, name: str) -> Line | None:
        """Return the line of a table about a folded name, ``None`` where there is none."""
        return self._lines.get(name)

    def template(self, line: Line) -> RouteTemplate:
        """Return the road of a line as a template."""
        before, behind = line.before, line.behind
        text = f"{before}%s{behind}"
        # A path of names alone needs no second look: each name was one where the map was read.
        if PLAIN.match(text) and text[0] != "." and ".!" not in text and not self._world.has_odd_names:
            return from_parts(text, tuple(before[:-1].split("!")))
        if behind or _OTHER_OPERATOR.search(before) or self._world.has_odd_names:
            hosts = tuple([hop.host for hop in self._hops(line.number)[0]])
        else:
            hosts = tuple(before[:-1].split("!")) if before else ()
        return RouteTemplate(text, hosts)

    def obstacles(self, line: Line) -> tuple[Obstacle, ...]:
        """Return what may stop a message on the road of a line."""
        if isinstance(self._ways, Tree) and 0 <= line.cost < INFINITY:
            return ()  # pathalias charges at least that much for any
        found = _AT_HOME
        for number, step in self._back_to((), line.number)[1]:
            found = self._onward(found, number, step, ())
        return found.obstacles

    def summaries(self) -> Iterator[tuple[Line, Summary]]:
        """Yield the lines with what their roads are like.

        That takes no more time than there are links on all roads together: what two roads have in common is looked at
        once.
        """
        known: dict[int, Summary] = {}
        here = {name for name, line in self._lines.items() if not (line.before or line.behind or name[0] == ".")}
        for line in self:
            start, steps = self._back_to(known, line.number)
            found = known.get(start, _AT_HOME)
            for number, step in steps:
                known[number] = found = self._onward(found, number, step, here)
            yield line, found

    def _back_to(self, known: Container[int], number: int) -> tuple[int, list[tuple[int, Step]]]:
        """Return where the road to a host was last known (or home), and the links from there on, each with its end."""
        ways = self._ways
        steps: list[tuple[int, Step]] = []
        while number not in known and (step := ways.last_step(number)) is not None:
            steps.append((number, step))
            number = ways.parent(number)
        steps.reverse()
        return number, steps

    def _onward(self, road: Summary, number: int, step: Step, here: Container[str]) -> Summary:
        """Return what a road is like that goes on over one link more; ``here`` are the folded names of the origin."""
        ways = self._ways
        mark = ways.marks[step.link]
        cost, obstacles, sides, is_terminal, trail, lead, is_away, toll, is_doubtful = road
        for one in self._step_obstacles(step, sides, is_terminal=is_terminal):
            if one not in obstacles:
                obstacles = (*obstacles, one)
        sides |= 1 if mark & LEFT or step.turned else 2
        is_terminal = self._ends_terminal(step, is_terminal=is_terminal)
        if not mark & ALIAS:
            cost += self._world.costs[step.declared]
        if adds_host(ways.kinds[step.number], LEFT if step.turned else mark):
            host = self._host(number, step)
            name = names_room.without_dot(host)
            if trail is None:
                toll, is_doubtful = cost, bool(obstacles)
            trail = Trail(trail, name)
            if not is_away:
                lead = (*lead, host)
                is_away = names_room.fold(name) not in here
        return Summary(cost, obstacles, sides, is_terminal, trail, lead, is_away, toll, is_doubtful)

    def _host(self, number: int, step: Step) -> str:
        """Return how a host is written, with the domains through which it was reached."""
        ways = self._ways
        name = ways.names[step.number]
        while True:
            number = ways.parent(number)
            above = ways.last_step(number)
            if above is None or not ways.kinds[above.number] & DOMAIN:
                return name
            name += ways.names[above.number]

    def steps(self, line: Line) -> list[Step]:
        """Return the links of the road of a line, from one host of the world to the next."""
        original = self._ways.original
        return [
            step._replace(start=original(step.start), number=original(step.number))
            for step in self._ways.steps(line.number)
        ]

    def turned(self, line: Line) -> tuple[str, int] | None:
        """Return the host before that of a line, and the link between, if that is declared the other way round."""
        step = self._ways.last_step(line.number)
        if step is None or not step.turned:
            return None
        return self._ways.names[step.start], step.declared

    def road(self, line: Line) -> Road:
        """Return the road of a line, hop by hop."""
        hops, over, over_cost = self._hops(line.number)
        obstacles = self.obstacles(line)
        return Road(self.origin, line.name, line.cost, self.template(line), hops, over, obstacles, over_cost)

    def _hops(self, number: int) -> tuple[tuple[Hop, ...], tuple[str, ...], int]:
        """Return the hops to a host, the names behind the last of them, and what the links to these cost."""
        ways = self._ways
        kinds, names, marks = ways.kinds, ways.names, ways.marks
        found: list[Hop] = []
        over: list[str] = []
        obstacles: list[Obstacle] = []
        domains = ""
        cost = sides = writing = 0
        is_terminal = False
        before: Step | None = None
        for step in ways.steps(number):
            kind, mark = kinds[step.number], marks[step.link]
            if step.turned:
                mark = LEFT
            if before is not None and kinds[before.number] & (NET | DOMAIN):
                mark = mark & ~WRITING | writing  # as its net was entered
            obstacles += self._step_obstacles(step, sides, is_terminal=is_terminal)
            sides |= 1 if marks[step.link] & LEFT or step.turned else 2
            is_terminal = self._ends_terminal(step, is_terminal=is_terminal)
            cost += 0 if marks[step.link] & ALIAS else self._world.costs[step.declared]
            before, writing = step, mark & WRITING
            if not adds_host(kind, mark):
                over.append(names[step.number])
                domains = names[step.number] + domains if kind & DOMAIN else ""
                continue
            place = self._world.place(step.declared)
            shown = dict.fromkeys(obstacles)
            right = not mark & LEFT
            found.append(
                Hop(names[step.number] + domains, cost, place, tuple(over), tuple(shown), operator(mark), right)
            )
            over, obstacles, domains, cost = [], [], "", 0
        return tuple(found), tuple(over), cost

    def _ends_terminal(self, step: Step, *, is_terminal: bool) -> bool:
        """Tell whether a link ends where nothing is passed on; ``is_terminal`` says so of where it begins."""
        mark = self._world.marks[step.declared]
        if step.turned or mark & ALIAS:
            return is_terminal and not step.turned
        # A net that is reached so passes on to its members alone.
        return bool(mark & TERMINAL) or (is_terminal and bool(self._ways.kinds[step.start] & (NET | DOMAIN)))

    def _step_obstacles(self, step: Step, sides: int, *, is_terminal: bool) -> Iterator[Obstacle]:
        """Yield what pathalias charges a penalty for on one link (costof)."""
        ways = self._ways
        mark = ways.marks[step.link]
        if step.turned:
            yield Obstacle.ONE_WAY
            return
        if mark & ALIAS:
            return
        start = ways.kinds[step.start]
        if mark & DEAD:
            yield Obstacle.DEAD_LINK
        if start & (NET | DOMAIN):
            pass
        elif start & DEAD_HOST:
            yield Obstacle.DEAD_HOST
        elif is_terminal:
            yield Obstacle.PAST_TERMINAL
        elif sides & (2 if mark & LEFT else 1):
            yield Obstacle.MIXED_SYNTAX
        kind = ways.kinds[step.number]
        if (kind & DOMAIN or kind & (NET | DEAD_HOST) == NET | DEAD_HOST) and not mark & GATEWAY:
            yield Obstacle.NO_GATEWAY

    def _sound(self, found: Iterator[Line]) -> Iterator[Line]:
        """Yield the lines on whose roads every name is one: in quotes a map may say anything."""
        ways = self._ways
        known: dict[int, bool] = {}
        for line in found:
            start, steps = self._back_to(known, line.number)
            is_sound = known.get(start, True)
            for number, step in steps:
                is_sound = is_sound and (bool(ways.kinds[step.number] & NET) or is_name(ways.names[step.number]))
                known[number] = is_sound
            if is_sound and is_name(line.name):
                yield line


def _label_lines(labels: Labels) -> Iterator[Line]:  # noqa: C901 - one loop
    """Yield a line for each name of a host or domain that has a best road, the cheapest first."""
    kinds, names, marks = labels.kinds, labels.names, labels.marks
    written: list[tuple[Written, int]] = []
    # Whether a domain that is entered from there is entered from elsewhere than home: see `printing`.
    is_far: list[bool] = []
    called: set[tuple[int, str]] = set()
    for label, number in enumerate(labels.hosts):
        before = labels.before[label]
        if before < 0:
            written.append((START, LEFT))
            is_far.append(False)
            yield Line(names[number], 0, label, "", "")
            continue
        road, writing = written[before]
        kind = kinds[number]
        mark = LEFT if labels.is_turned(label) else marks[labels.links[label]]
        above = kinds[labels.hosts[before]]
        if above & (NET | DOMAIN):
            mark = mark & ~WRITING | writing
        if adds_host(kind, mark):
            name = names[number]
            if above & DOMAIN:
                for one in _above(labels, label):
                    if not kinds[one] & DOMAIN or one == labels.home:
                        break
                    name += names[one]
            road = onward(road, name, mark)
        elif kind & DOMAIN and not road.has_at and is_far[before]:
            road = road._replace(has_at=True)
        written.append((road, mark & WRITING))
        is_far.append(number != labels.home and (is_far[before] or not kind & (NET | DOMAIN)))
        if kind & PRIVATE or kind & (NET | DOMAIN) == NET:
            continue
        if kind & DOMAIN:
            found = domain_name(number, _above(labels, label), kinds, names)
            if found is None or (number, found) in called:
                continue
            called.add((number, found))
            yield Line(found, labels.costs[label], label, road.before, road.behind)
        elif labels.of_host[number] == label:
            yield Line(names[number], labels.costs[label], label, road.before, road.behind)


def _above(labels: Labels, label: int) -> Iterator[int]:
    label = labels.before[label]
    while label >= 0:
        yield labels.hosts[label]
        label = labels.before[label]
