"""A picture of a map as a tree of text: in colours on a terminal, plain where it goes to a file or a pipe."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from mailpaths.cli.streams import visible
from mailpaths.drawing.words import remarks, subtitle
from mailpaths.routing.uucp.picture import Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mailpaths.routing.uucp.picture import Course, Line, Picture, Point, Way

__all__ = ["text"]

_HOST = "bold cyan"
_COST = "green"
_DIM = "bright_black"
_DOUBT = "yellow"
_BAD = "red"
# Wider than any line: what goes to a file is not broken.
_ENDLESS = 100_000


def text(picture: Picture, *, coloured: bool) -> str:
    """Return the picture as a tree.

    A road is a branch for itself and one for each alternative, hop by hop. What lies around a host hangs on it, each
    point once, where it is reached. A map is a branch for each point, with what that has links to.
    """
    console = (
        Console(highlight=False, markup=False, emoji=False)
        if coloured
        else Console(file=io.StringIO(), width=_ENDLESS, color_system=None, highlight=False, markup=False, emoji=False)
    )
    top = Tree(Text.assemble((visible(picture.title), "bold"), "  ", (visible(subtitle(picture)), _DIM)))
    if picture.courses:
        _grow_roads(top, picture)
    elif picture.middle is not None:
        _grow_around(top, picture, picture.middle)
    else:
        _grow_map(top, picture)
    with console.capture() as shown:
        console.print(top)
        for one in remarks(picture):
            console.print(Text(visible(one), _DOUBT))
    return "".join([f"{line.rstrip()}\n" for line in shown.get().split("\n")[:-1]])


def _grow_roads(top: Tree, picture: Picture) -> None:
    for place, course in enumerate(picture.courses):
        road = course.road
        head = Text.assemble((f"{road.cost:,}", _COST), "  ", (visible(road.template.text), _DIM if place else _HOST))
        if course.avoids:
            head.append(f"  without {visible(' or '.join(f'{one}!{other}' for one, other in course.avoids))}")
        _grow_hops(top.add(head), course)


def _grow_hops(branch: Tree, course: Course) -> None:
    hops = course.road.hops
    widest = max((len(hop.host) for hop in hops), default=0)
    dearest = max((len(f"{hop.cost:,}") for hop in hops), default=0)
    for hop in hops:
        leaf = Text.assemble(
            (f"{visible(hop.host):<{widest}}", _HOST),
            "  ",
            (f"{hop.cost:>{dearest},}", _COST),
            "  ",
            (visible(str(hop.place)), _DIM),
        )
        if hop.over:
            leaf.append(f"  over {visible(', '.join(hop.over))}", _DIM)
        for obstacle in hop.obstacles:
            leaf.append(f"  {obstacle}", _BAD)
        branch.add(leaf)
    if course.road.over:
        branch.add(Text(f"then {visible(', '.join(course.road.over))}", _DIM))


def _grow_around(top: Tree, picture: Picture, middle: int) -> None:
    lines = {frozenset((line.start, line.end)): line for line in picture.lines}
    below: dict[int, list[Point]] = {}
    for point in picture.points:
        if point.above is not None:
            below.setdefault(point.above, []).append(point)
    points = picture.by_number
    waiting = [(top, middle)]
    while waiting:
        branch, number = waiting.pop()
        found = [
            (point, _from(points, lines[frozenset((number, point.number))], number)) for point in below.get(number, ())
        ]
        waiting += [(_add(branch, point, said, found), point.number) for point, said in found]


def _grow_map(top: Tree, picture: Picture) -> None:
    points = picture.by_number
    out: dict[int, list[tuple[Point, str]]] = {}
    for line in picture.lines:
        for start, end, way in ((line.start, line.end, line.there), (line.end, line.start, line.back)):
            if way is not None or line.is_alias:
                said = "the same" if way is None else _cost(way)
                out.setdefault(start, []).append((points[end], said))
    for point in picture.points:
        branch = top.add(Text(_name(point), _HOST))
        found = out.get(point.number, [])
        for other, said in found:
            _add(branch, other, said, found)


def _add(branch: Tree, point: Point, said: str, siblings: Iterable[tuple[Point, str]]) -> Tree:
    """Add a point, in columns with the others beside it."""
    widest = max(len(_name(one)) for one, _ in siblings)
    return branch.add(Text.assemble((f"{_name(point):<{widest}}", _HOST), "  ", (said, _COST)))


def _name(point: Point) -> str:
    dead = ", dead" if point.dead else ""
    return f"{visible(point.name)}{' (net)' if point.shape is Shape.NET else ''}{dead}"


def _from(points: Mapping[int, Point], line: Line, number: int) -> str:
    """Return what a line costs, as seen from one end."""
    if line.is_alias:
        return "the same"
    out, back = (line.there, line.back) if line.start == number else (line.back, line.there)
    if out is None:
        return f"{_cost(back)}, one way from there"
    if back is None:
        return f"{_cost(out)}, one way"
    shapes = points[line.start].shape, points[line.end].shape
    is_same = _cost(out) == _cost(back) or (shapes != (Shape.HOST, Shape.HOST) and 0 in (out.cost, back.cost))
    # What is not paid to leave a net was paid to enter it.
    return _cost(max(out, back, key=lambda way: way.cost)) if is_same else f"{_cost(out)}, back {_cost(back)}"


def _cost(way: Way | None) -> str:
    if way is None:
        return ""
    own = ", its own mail only" if way.terminal else ""
    return "dead" if way.dead else f"{way.cost:,}{own}"
