"""What is drawn of a picture: a box for each point, or for several that look alike, and a link for each line.

A host of 1988 had a hundred others that nobody else was linked to. A hundred boxes about it are a dandelion, and no
picture: what hangs on one point only, at the same cost, stands in one box, as a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, sqrt
from typing import NamedTuple

from mailpaths.drawing.text import LETTER, costs, cut, width
from mailpaths.routing.uucp.picture import Line, Picture, Point, Shape

__all__ = ["COST_SIZE", "ENTRY_HEIGHT", "ENTRY_SIZE", "MOST_SINGLE", "NAME_SIZE", "Link", "Node", "Scheme", "scheme_of"]

#: The sizes of names, of names in a list, and of costs, in points: what fonts and Graphviz both measure in.
NAME_SIZE = 12
ENTRY_SIZE = 11
COST_SIZE = 10
#: How high a row of a list is.
ENTRY_HEIGHT = 15

#: Pictures with no more points show each in a box of its own.
MOST_SINGLE = 24

_BOX_HEIGHT = 24
# Between the columns of a list: two letters.
_GAP = 2 * LETTER * ENTRY_SIZE
_FEWEST_IN_A_LIST = 3
# Lists are about so many times as wide as they are high.
_WIDTH_OF_LIST = 1.6


@dataclass(frozen=True, slots=True)
class Node:
    """A box: for a point, or for several in a list with a text for each, in ``rows`` rows and columns as they need."""

    points: tuple[Point, ...]
    texts: tuple[str, ...]
    rows: int = 1

    @property
    def is_list(self) -> bool:
        """Whether this is a list, if only of one."""
        return len(self.points) > 1

    @property
    def column(self) -> float:
        """How wide a column is, in points, with the gap to the next."""
        return max(width(text, ENTRY_SIZE) for text in self.texts) + _GAP

    @property
    def size(self) -> tuple[float, float]:
        """How wide and how high the box is, in points."""
        if self.is_list:
            columns = ceil(len(self.points) / self.rows)
            return round(columns * self.column - _GAP + 16, 1), self.rows * ENTRY_HEIGHT + 10
        margin = 18 if self.points[0].shape is Shape.HOST else 34
        return round(max(width(self.texts[0], NAME_SIZE) + margin, 36), 1), _BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class Link:
    """A line between the nodes ``start`` and ``end``, or all the lines to a list, of which ``lines[0]`` is one.

    ``there`` and ``back`` is what is written beside it, the same text twice where both ways cost as much; a link is
    ``chosen`` where the best road leads over it. It goes the way of the first road that leads over it, if any does.
    """

    start: int
    end: int
    lines: tuple[Line, ...]
    there: str
    back: str
    is_chosen: bool = False

    @property
    def room(self) -> float:
        """How wide the text beside it is, in points."""
        text = self.there if self.there == self.back else f"→{self.there} ←{self.back}"
        return round(width(text, COST_SIZE) + 6, 1) if text else 0.0


@dataclass(frozen=True, slots=True)
class Scheme:
    """What is drawn of a picture: ``points`` by their numbers, and nodes, which links tell by their places.

    ``is_around`` says that it is one of what lies around a point.
    """

    picture: Picture
    points: Mapping[int, Point]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    is_around: bool


def scheme_of(picture: Picture, *, most_single: int = MOST_SINGLE) -> Scheme:
    """Return what is drawn of a picture; every point is a box of its own in one with no more than ``most_single``."""
    points = picture.by_number
    groups = _groups(picture, points) if len(points) > most_single else []
    group_of = {number: group for group in groups for number in group.lines}
    nodes: list[Node] = []
    places: dict[int, int] = {}
    for point in picture.points:
        if point.number in places:
            continue
        group = group_of.get(point.number)
        if group is None:
            places[point.number] = len(nodes)
            nodes.append(Node((point,), (cut(point.name),)))
        else:
            places |= dict.fromkeys(group.lines, len(nodes))
            nodes.append(_list(points, group))
    return Scheme(
        picture, points, tuple(nodes), tuple(_links(picture, points, places, group_of)), picture.middle is not None
    )


class _Group(NamedTuple):
    """What hangs on one point only and looks alike: the line of each, and what each costs, out and back."""

    lines: dict[int, Line]
    costs: dict[int, tuple[str, str]]

    @property
    def is_even(self) -> bool:
        """Whether all of them cost as much."""
        return len(set(self.costs.values())) == 1


def _groups(picture: Picture, points: Mapping[int, Point]) -> list[_Group]:
    """Return the groups of hosts that are drawn as a list: those with the same costs, then those with any costs."""
    lines: dict[int, list[Line]] = {}
    for line in picture.lines:
        lines.setdefault(line.start, []).append(line)
        lines.setdefault(line.end, []).append(line)
    groups: dict[tuple[tuple[int, bool, bool, bool], str, str, bool], _Group] = {}
    for point in picture.points[1:]:
        own = lines.get(point.number, [])
        if len(own) != 1 or point.shape is not Shape.HOST or point.dead or own[0].is_alias:
            continue
        line = own[0]
        is_out = line.end == point.number
        hub = line.start if is_out else line.end
        if len(lines[hub]) == 1:
            continue
        there, back = costs(points, line)
        look = hub, line.is_dead, line.is_one_way and (line.there is not None) == is_out, line.is_one_way
        group = groups.setdefault((look, there, back, is_out), _Group({}, {}))
        group.lines[point.number] = line
        group.costs[point.number] = (there, back) if is_out else (back, there)
    even = [group for group in groups.values() if len(group.lines) >= _FEWEST_IN_A_LIST]
    mixed: dict[tuple[object, ...], _Group] = {}
    for (look, *_), group in groups.items():
        if len(group.lines) < _FEWEST_IN_A_LIST:
            rest = mixed.setdefault(look, _Group({}, {}))
            rest.lines.update(group.lines)
            rest.costs.update(group.costs)
    return even + [group for group in mixed.values() if len(group.lines) >= _FEWEST_IN_A_LIST]


def _list(points: Mapping[int, Point], group: _Group) -> Node:
    members = sorted((points[number] for number in group.lines), key=lambda one: (one.name, one.number))
    texts = [cut(point.name) for point in members]
    if not group.is_even:
        longest = max(map(len, texts))
        for place, point in enumerate(members):
            out, back = group.costs[point.number]
            texts[place] = f"{texts[place]:<{longest}} {out if out == back else f'{out}/{back}'}"
    column = max(width(text, ENTRY_SIZE) for text in texts)
    rows = ceil(sqrt(len(texts) * column / ENTRY_HEIGHT / _WIDTH_OF_LIST))
    return Node(tuple(members), tuple(texts), min(max(rows, 1), len(texts)))


def _links(
    picture: Picture, points: Mapping[int, Point], places: Mapping[int, int], group_of: Mapping[int, _Group]
) -> Iterator[Link]:
    along: dict[frozenset[int], tuple[int, int]] = {}
    for course in picture.courses:
        for ends in course.legs:
            along.setdefault(frozenset(ends), ends)
    on_road = {frozenset(ends) for course in picture.courses[:1] for ends in course.legs}
    done: set[int] = set()
    for line in picture.lines:
        group = group_of.get(line.start) or group_of.get(line.end)
        lines: tuple[Line, ...] = (line,)
        there, back = costs(points, line)
        if group is not None:
            if id(group) in done:
                continue
            done.add(id(group))
            lines = tuple(group.lines.values())
            if not group.is_even:
                there = back = ""
        pair = frozenset((line.start, line.end))
        start, end = along.get(pair, (line.start, line.end))
        if start != line.start:
            there, back = back, there
        yield Link(places[start], places[end], lines, there, back, pair in on_road)
