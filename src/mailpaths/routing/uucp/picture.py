"""What belongs in a picture of a UUCP map: hosts, nets and domains, and what connects them. No drawing is done here.

There are three pictures: of a road with its alternatives, of what lies around a host, and of a whole map. All three
draw a host once, whatever names it has, and one line between two hosts, whatever is declared about them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from heapq import heappop, heappush
from itertools import pairwise

from mailpaths.errors import AmbiguousHostError, MapError, UnknownHostError
from mailpaths.routing.answer import Ambiguous
from mailpaths.routing.lookup import keys, near_misses
from mailpaths.routing.uucp.flags import ALIAS, DEAD, DEAD_HOST, DOMAIN, INFINITY, NET, PRIVATE, TERMINAL
from mailpaths.routing.uucp.namesakes import Namesakes
from mailpaths.routing.uucp.printing import Line as TableLine
from mailpaths.routing.uucp.roads import Road, Roads
from mailpaths.routing.uucp.uucpmap import UUCPMap
from mailpaths.routing.uucp.world import Place, World

__all__ = ["MOST_POINTS", "Course", "Line", "Picture", "Point", "Shape", "Way", "around", "road", "whole"]

#: How many points a picture has at most, unless more are asked for: as many as somebody can still read.
MOST_POINTS = 200
# A link that costs so much is not to be used, declared dead or not: half of DEAD, what pathalias gives a link that is
# declared by its death alone.
_DEAD_COST = INFINITY // 2


class Shape(Enum):
    """What a point stands for."""

    HOST = "host"
    NET = "net"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Point:
    """A host under all of its names, a net or a domain.

    ``number`` tells it from the others of its picture. ``dead`` is a host that passes nothing on. ``above`` is the
    point over which it is reached, in a picture of what lies around a host; ``None`` in the middle and elsewhere.
    """

    number: int
    name: str
    shape: Shape = Shape.HOST
    aliases: tuple[str, ...] = ()
    dead: bool = False
    above: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """What is declared about a line in one of its directions: the best link of all that there are.

    ``dead`` is a link that is not to be used, ``terminal`` one over which the host takes its own mail only.
    """

    cost: int
    place: Place
    dead: bool = False
    terminal: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What connects two points: a way there, a way back, or both; neither where they are two names for one thing."""

    start: int
    end: int
    there: Way | None = None
    back: Way | None = None

    @property
    def is_alias(self) -> bool:
        """Whether the two are the same under two names: a host that is known as a domain too."""
        return self.there is None and self.back is None

    @property
    def is_one_way(self) -> bool:
        """Whether only one of the two declares the other."""
        return (self.there is None) != (self.back is None)

    @property
    def is_dead(self) -> bool:
        """Whether nothing goes over this line."""
        ways = [way for way in (self.there, self.back) if way is not None]
        return bool(ways) and all(way.dead for way in ways)


@dataclass(frozen=True, slots=True)
class Course:
    """A road in a picture: the ``points`` on it, and what it costs and leads over (``road``).

    ``avoids`` names the links, by their two ends, without which this is the best road: none for the best of all.
    """

    road: Road
    points: tuple[int, ...]
    avoids: tuple[tuple[str, str], ...] = ()

    @property
    def legs(self) -> tuple[tuple[int, int], ...]:
        """The lines of the road, as pairs of points."""
        return tuple(pairwise(self.points))


@dataclass(frozen=True, slots=True)
class Picture:
    """Points and lines, those in the middle or at the beginning first.

    ``source`` is what the map is called. ``courses`` are a road and its alternatives, the road first, and ``needed``
    the links without which there is no road at all. ``left_out`` counts points that were too many.
    """

    title: str
    source: str
    points: tuple[Point, ...]
    lines: tuple[Line, ...]
    courses: tuple[Course, ...] = ()
    needed: tuple[tuple[str, str], ...] = ()
    left_out: int = 0

    @property
    def by_number(self) -> dict[int, Point]:
        """The points by their numbers."""
        return {point.number: point for point in self.points}

    @property
    def middle(self) -> int | None:
        """The point that all others lie around; ``None`` in a picture of something else."""
        return self.points[0].number if any(point.above is not None for point in self.points) else None


def road(found: UUCPMap, to: str, *, origin: str | None = None) -> Picture:
    """Return the picture of the road to a host and of its alternatives.

    The alternatives are, for each link of the road, the best road that does without this link, in either direction:
    what mail would do if that link broke. There are never more of them than links on the road, the cheapest of them is
    the second best road of all, and a link that has none is a bridge that everything hangs on (`Picture.needed`). The
    next best roads of all, which one might draw instead, most often differ only in how they get round the same link.

    Raises `UnknownHostError` or `AmbiguousHostError` for a host that is not in the map or that no road leads to, and
    `MapError` for a map without a home where no ``origin`` is given.

    >>> picture = road(UUCPMap.bundled(), "mcvax", origin="rutgers")
    >>> [(course.road.cost, course.road.template.text, course.avoids) for course in picture.courses][:2]
    [(415, 'mimsy!uunet!mcvax!%s', ()), (520, 'oddjob!mimsy!uunet!mcvax!%s', (('rutgers', 'mimsy'),))]
    """
    if origin is None and found.home is not None:
        origin = found.home
    if origin is None:
        raise MapError("expected the host at which the road begins: this map has no home")
    home = _number(found, origin)
    roads = found.roads(origin)
    name, line = _line(found, roads, to, origin)
    chart = _Chart(found.world)
    chart.prefer(home)
    best = _Walked(roads, line, chart)
    chosen = [best]
    avoids: dict[tuple[int, ...], list[tuple[str, str]]] = {best.points: []}
    needed: list[tuple[str, str]] = []
    for start, end in pairwise(best.points):
        without = Roads(chart.without(start, end), home, found.mode)
        ends = chart.name(start), chart.name(end)
        other_line = without.line(name)
        if other_line is None:
            needed.append(ends)
            continue
        other = _Walked(without, other_line, chart)
        if other.points not in avoids:
            chosen.append(other)
        avoids.setdefault(other.points, []).append(ends)
    chosen[1:] = sorted(chosen[1:], key=lambda one: one.road.cost)
    used = {ends: link for one in reversed(chosen) for ends, link in one.used.items()}
    numbers = list(dict.fromkeys(number for one in chosen for number in one.points))
    shown = f"{to} (in {line.name})" if line.name.startswith(".") and not to.startswith(".") else to
    return Picture(
        f"The road from {origin} to {shown}",
        found.name,
        tuple([chart.point(number) for number in numbers]),
        tuple([one for one in chart.lines(numbers, used) if _is_on(one, chosen)]),
        tuple([Course(one.road, one.points, tuple(avoids[one.points])) for one in chosen]),
        tuple(needed),
    )


def around(found: UUCPMap, host: str, *, hops: int = 1, most: int = MOST_POINTS) -> Picture:
    """Return the picture of what lies around a host, a net or a domain.

    That is all that is ``hops`` lines away or less, whoever declares them, and every line between two of these. A net
    or domain is a stop like a host, so that the other hosts of a host's net are two lines away. Of more than ``most``
    points the nearest are kept: in hops, then by cost. Raises `UnknownHostError` for a host that is not in the map.
    """
    number = _number(found, host)
    chart = _Chart(found.world)
    chart.prefer(number)
    middle = chart.root(number)
    reached = chart.nearest(middle, hops)
    kept = dict(reached[:most])
    name = chart.name(middle)
    far = "" if hops == 1 else f", {hops} hops far"
    return Picture(
        f"Around {name}{far}",
        found.name,
        tuple([chart.point(one, above) for one, above in kept.items()]),
        tuple(chart.lines(kept)),
        left_out=len(reached) - len(kept),
    )


def whole(found: UUCPMap, *, most: int = MOST_POINTS) -> Picture:
    """Return the picture of a whole map. Raises `MapError` for one with more than ``most`` points."""
    chart = _Chart(found.world)
    numbers = chart.everything()
    if len(numbers) > most:
        raise MapError(f"{found.name} has {len(numbers):,} hosts, nets and domains, too many for one picture")
    return Picture(
        "The whole map",
        found.name,
        tuple([chart.point(number) for number in numbers]),
        tuple(chart.lines(numbers)),
    )


def _number(found: UUCPMap, host: str) -> int:
    """Return the number of a host, a net or a domain."""
    numbers = found.world.numbers
    if host in numbers:
        return numbers[host]
    for key in keys(host):
        if not key.is_parent and key.name in numbers:
            return numbers[key.name]
    likely = near_misses(host, numbers)
    raise UnknownHostError(f"no host {host!r} is in {found.name}{_hint(likely)}", host, likely)


def _line(found: UUCPMap, roads: Roads, to: str, origin: str) -> tuple[str, TableLine]:
    """Return the line of a table about a host, and the folded name that it stands under."""
    for key in keys(to):
        line = roads.line(key.name)
        if line is not None:
            return key.name, line
    answer = found.resolve(to, origin=origin)
    if isinstance(answer, Ambiguous):
        candidates = answer.candidates
        raise AmbiguousHostError(f"{to} is several hosts: {', '.join(candidates)}", to, candidates)
    likely = near_misses(to, roads)
    raise UnknownHostError(f"no road to {to} is known{_hint(likely)}", to, likely)


def _hint(likely: Iterable[str]) -> str:
    shown = ", ".join(likely)
    return f"; there is {shown}" if shown else ""


class _Walked:
    """A road as a walk over the points of a chart."""

    def __init__(self, roads: Roads, line: TableLine, chart: _Chart) -> None:
        self.road = roads.road(line)
        points: list[int] = []
        #: The link that is used between two points, in the direction in which it is declared.
        self.used: dict[tuple[int, int], int] = {}
        for step in roads.steps(line):
            start, end = step.start, step.number
            points = points or [chart.root(start)]
            chart.prefer(end, again=False)
            one, other = chart.root(start), chart.root(end)
            if one == other:
                continue
            points.append(other)
            self.used.setdefault((other, one) if step.turned else (one, other), step.declared)
        self.points = tuple(points or [chart.root(chart.world.numbers[roads.origin])])


def _is_on(line: Line, walks: Iterable[_Walked]) -> bool:
    ends = {line.start, line.end}
    return any({start, end} == ends for walk in walks for start, end in pairwise(walk.points))


class _Chart:
    """A world with one point for each host, whatever names it has; a point's number is that of one of its names."""

    def __init__(self, world: World) -> None:
        self.world = world
        #: The point that a number of the world belongs to.
        self.root = Namesakes(world).host
        self._members: dict[int, list[int]] = {}
        for number in range(len(world.names)):
            self._members.setdefault(self.root(number), []).append(number)
        self._preferred: dict[int, int] = {}

    def prefer(self, number: int, *, again: bool = True) -> None:
        """Show a host under this name, which somebody asked for or which stands in a road."""
        if again or self.root(number) not in self._preferred:
            self._preferred[self.root(number)] = number

    def name(self, point: int) -> str:
        """Return the name under which a point is shown."""
        return self.world.names[self._shown(point)]

    def point(self, number: int, above: int | None = None) -> Point:
        """Return a point."""
        world = self.world
        shown = self._shown(number)
        kind = world.kinds[shown]
        shape = Shape.DOMAIN if kind & DOMAIN else Shape.NET if kind & NET else Shape.HOST
        others = dict.fromkeys(world.names[one] for one in self._members[number] if one != shown)
        others.pop(world.names[shown], None)
        return Point(number, world.names[shown], shape, tuple(others), bool(kind & DEAD_HOST), above)

    def _shown(self, point: int) -> int:
        """Return the name that was asked for, else the one that most links are declared under, else the first."""
        if point in self._preferred:
            return self._preferred[point]
        members = self._members[point]
        return members[0] if len(members) == 1 else max(members, key=lambda one: len(self._links(one)))

    def _links(self, number: int) -> list[int]:
        marks = self.world.marks
        return [link for link in self.world.links[number] if not marks[link] & ALIAS]

    def lines(self, points: Iterable[int], used: Mapping[tuple[int, int], int] | None = None) -> Iterator[Line]:
        """Yield the lines between points, in their order; ``used`` says which link to tell of, if not the best."""
        order = {number: place for place, number in enumerate(points)}
        found: dict[tuple[int, int], int] = {}
        pairs: dict[tuple[int, int], None] = {}
        for start, place in order.items():
            for link, end in self._onward(start):
                if end not in order:
                    continue
                pairs[(start, end) if place < order[end] else (end, start)] = None
                if self.world.marks[link] & ALIAS:
                    continue
                known = found.get((start, end))
                if known is None or self._toll(link) < self._toll(known):
                    found[start, end] = link
        found |= used or {}
        for start, end in sorted(pairs, key=lambda pair: (order[pair[0]], order[pair[1]])):
            yield Line(start, end, self._way(found.get((start, end))), self._way(found.get((end, start))))

    def _onward(self, point: int) -> Iterator[tuple[int, int]]:
        """Yield the links out of a point, each with the point that it leads to."""
        world = self.world
        for number in self._members[point]:
            for link in world.links[number]:
                end = self.root(world.targets[link])
                if end != point:
                    yield link, end

    def _toll(self, link: int) -> tuple[bool, bool, int]:
        """Return what the links between two points are compared by: the living first, then what they cost."""
        world = self.world
        return self._is_dead(link), bool(world.marks[link] & TERMINAL), world.costs[link]

    def _is_dead(self, link: int) -> bool:
        return bool(self.world.marks[link] & DEAD) or self.world.costs[link] >= _DEAD_COST

    def _way(self, link: int | None) -> Way | None:
        if link is None:
            return None
        world = self.world
        return Way(world.costs[link], world.place(link), self._is_dead(link), bool(world.marks[link] & TERMINAL))

    def without(self, start: int, end: int) -> World:
        """Return the world without the links between two points, in both directions."""
        world = copy.copy(self.world)
        world.links = list(world.links)
        for one, other in ((start, end), (end, start)):
            for number in self._members[one]:
                world.links[number] = [link for link in world.links[number] if self.root(world.targets[link]) != other]
        return world

    def nearest(self, middle: int, hops: int) -> list[tuple[int, int | None]]:
        """Return the points at most so many lines away, each with the one before it, the nearest first."""
        into: dict[int, list[tuple[int, int]]] = {}
        for point in self._members:
            for link, end in self._onward(point):
                into.setdefault(end, []).append((link, point))
        found: dict[int, int | None] = {}
        # Lines, cost, the point, the point before it.
        waiting = [(0, 0, middle, -1)]
        while waiting:
            far, cost, point, before = heappop(waiting)
            if point in found:
                continue
            found[point] = before if before >= 0 else None
            if far == hops:
                continue
            onward: dict[int, int] = {}
            # The way back counts only where there is no other.
            for ways in (self._onward(point), into.get(point, ())):
                tolls: dict[int, int] = {}
                for link, end in ways:
                    toll = 0 if self.world.marks[link] & ALIAS else self.world.costs[link]
                    toll += INFINITY if self._is_dead(link) else 0
                    tolls[end] = min(toll, tolls.get(end, toll))
                onward = tolls | onward
            for end, toll in onward.items():
                if end not in found:
                    heappush(waiting, (far + 1, cost + toll, end, point))
        return list(found.items())

    def everything(self) -> list[int]:
        """Return all points; a host that the map deletes is none, unless something is still said of it."""
        used = {end for point in self._members for link, end in self._onward(point)}
        kinds = self.world.kinds
        return [
            point
            for point, members in self._members.items()
            if point in used or any(self.world.links[one] or not kinds[one] & PRIVATE for one in members)
        ]
