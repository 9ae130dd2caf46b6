"""Where everything in a picture stands. The only room that knows pygraphviz, and through it Graphviz."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailpaths.drawing.scheme import COST_SIZE, Link, Node, Scheme
from mailpaths.routing.uucp.picture import Picture, Shape

__all__ = ["Box", "Curve", "Layout", "direction", "engine", "lay_out"]

_POINTS_PER_INCH = 72
# Roads with more hops lead down the page, which is longer than it is wide.
_MOST_ACROSS = 9
# How boxes that overlap are moved apart, as Graphviz calls it. Moved each by itself they look best, and stand about a
# middle as they should; but many that crowd drive each other over the horizon.
_BY_THEMSELVES = "voronoi"
_MOST_AROUND = 180
_CROWD_AROUND = "ortho_yx"
_MOST_OF_A_MAP = 60
_CROWD_OF_A_MAP = "vpsc"
# Up to so many links these are led around boxes, and not behind them.
_MOST_LED = 350
# Graphviz keeps much of what it computes in static variables.
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Box:
    """The room for a node: the middle of it, its width and its height."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """Tell whether two boxes cover each other, if only in part."""
        across = (self.width + other.width) / 2
        down = (self.height + other.height) / 2
        return abs(self.x - other.x) < across and abs(self.y - other.y) < down


@dataclass(frozen=True, slots=True)
class Curve:
    """A link as Bézier curves that hang together, of four points each; and the middle of the room for its costs."""

    points: tuple[tuple[float, float], ...]
    label: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout: its size, and a box for each node and a curve for each link, in their order.

    Lengths are points, x grows to the right and y downwards.
    """

    width: float
    height: float
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]


def lay_out(scheme: Scheme) -> Layout:
    """Return the layout of a picture; the same picture, the same layout.

    Raises `ModuleNotFoundError` without ``mailpaths[draw]``.
    """
    try:
        from pygraphviz import AGraph
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "drawing needs pygraphviz, which is not installed: pip install 'mailpaths[draw]'", name="pygraphviz"
        ) from error
    program = engine(scheme.picture)
    with _LOCK:
        graph = AGraph(string=_graph(scheme, program))
        found: dict[str, Any] = json.loads(graph.draw(format="json0", prog=program))
        graph.close()
    return _read(scheme, found)


def engine(picture: Picture) -> str:
    """Return the program of Graphviz that lays a picture out.

    ``dot`` draws what leads somewhere, roads and trees of domains, in ranks; ``neato`` draws what lies around, hosts as
    far from each other as lines lead. ``sfdp``, made for more than anybody wants to see, would need a library that the
    wheels of pygraphviz are built without.
    """
    return "dot" if picture.courses or _is_hierarchy(picture) else "neato"


def direction(picture: Picture) -> str:
    """Return in which direction ranks follow each other: to the right, or downwards where there are many."""
    ranks = max((len(course.points) for course in picture.courses), default=0)
    return "LR" if ranks <= _MOST_ACROSS else "TB"


def _is_hierarchy(picture: Picture) -> bool:
    domains = sum(point.shape is Shape.DOMAIN for point in picture.points)
    return 0 < len(picture.points) <= 2 * domains


def _graph(scheme: Scheme, program: str) -> str:
    """Return the graph in the language of Graphviz: no names, only how much room each thing needs."""
    rows = [_settings(scheme, program), 'node [shape=box fixedsize=true label=""];', "edge [dir=none];"]
    for place, node in enumerate(scheme.nodes):
        width, height = node.size
        shape = " shape=ellipse" if node.points[0].shape is Shape.NET else ""
        rows.append(f"n{place} [width={width / _POINTS_PER_INCH:.3f} height={height / _POINTS_PER_INCH:.3f}{shape}];")
    rows += [f"n{one.start} -> n{one.end} [{_wishes(scheme.nodes, one, program)}];" for one in scheme.links]
    return "\n".join(["digraph {", *rows, "}"])


def _settings(scheme: Scheme, program: str) -> str:
    if program == "dot":
        return f"graph [rankdir={direction(scheme.picture)} nodesep=0.3 ranksep=0.4];"
    # Not "prism", nor "false" which means it: that is what needs the library.
    most, crowd = (_MOST_AROUND, _CROWD_AROUND) if scheme.is_around else (_MOST_OF_A_MAP, _CROWD_OF_A_MAP)
    overlap = _BY_THEMSELVES if len(scheme.nodes) <= most else crowd
    splines = "true" if len(scheme.links) <= _MOST_LED else "line"
    return f'graph [overlap={overlap} sep="+10,8" esep="+4,3" splines={splines}];'


def _wishes(nodes: tuple[Node, ...], link: Link, program: str) -> str:
    """Return what a link asks for: in ranks the room for its costs and a straight line, else a length."""
    if program == "dot":
        weight = "weight=8 " if link.is_chosen else ""
        if not link.room:
            return weight
        return (
            f'{weight}label=<<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0"><TR><TD FIXEDSIZE="TRUE"'
            f' WIDTH="{link.room:.0f}" HEIGHT="{COST_SIZE + 2}"></TD></TR></TABLE>>'
        )
    half_way = sum(max(nodes[one].size) / 2 for one in (link.start, link.end))
    return f"len={(half_way + link.room + 20) / _POINTS_PER_INCH:.3f}"


def _read(scheme: Scheme, found: Mapping[str, Any]) -> Layout:
    left, bottom, right, top = map(float, found["bb"].split(","))

    def place(text: str) -> tuple[float, float]:
        x, y = map(float, text.split(","))
        return round(x - left, 1), round(top - y, 1)

    # An empty graph has none of either.
    boxes = [
        Box(*place(row["pos"]), *node.size) for node, row in zip(scheme.nodes, found.get("objects", ()), strict=True)
    ]
    curves = [
        Curve(tuple(map(place, row["pos"].split())), place(row["lp"]) if "lp" in row else None)
        for row in found.get("edges", ())
    ]
    return Layout(round(right - left, 1), round(top - bottom, 1), tuple(boxes), tuple(curves))
