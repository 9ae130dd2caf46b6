"""A picture in the language of Graphviz, for people who go on drawing: every point and line, and how it looks."""

from __future__ import annotations

from collections.abc import Iterator

from mailpaths.drawing.layout import direction, engine
from mailpaths.drawing.scheme import Link, Scheme, scheme_of
from mailpaths.drawing.strokes import FILLS, PALE, ROAD, pen_of
from mailpaths.drawing.text import legible, link_text, point_text
from mailpaths.drawing.words import subtitle
from mailpaths.routing.uucp.picture import Picture, Point, Shape

__all__ = ["dot"]

_SHAPES = {Shape.HOST: "box", Shape.NET: "ellipse", Shape.DOMAIN: "hexagon"}


def dot(picture: Picture) -> str:
    """Return a picture in the language DOT; needs no more than mailpaths itself.

    Each host has a node of its own, however many there are. Two costs beside a line are those of the way there and of
    the way back, there being the direction in which it stands in the text.
    """
    scheme = scheme_of(picture, most_single=len(picture.points))
    order = {point.number: f"n{place}" for place, point in enumerate(picture.points)}
    return "\n".join([f"digraph {_quoted(picture.title)} {{", *_rows(scheme, order), "}", ""])


def _rows(scheme: Scheme, order: dict[int, str]) -> Iterator[str]:
    picture = scheme.picture
    label = _quoted(f"{picture.title}\n{subtitle(picture)}")
    program = engine(picture)
    ranks = f" rankdir={direction(picture)}" if program == "dot" else " overlap=false splines=true"
    yield f"  graph [layout={program}{ranks} label={label} labelloc=t fontname=Helvetica];"
    yield '  node [shape=box style=filled fillcolor=white height=0.3 margin="0.1,0.03" fontname=Courier fontsize=12];'
    yield "  edge [dir=none fontname=Courier fontsize=10];"
    chosen = picture.courses[0].points if picture.courses else ()
    for point in picture.points:
        yield f"  {order[point.number]} [{_node(point, is_chosen=point.number in chosen)}];"
    for link in scheme.links:
        start, end = [order[scheme.nodes[one].points[0].number] for one in (link.start, link.end)]
        yield f"  {start} -> {end} [{_edge(scheme, link)}];"


def _node(point: Point, *, is_chosen: bool) -> str:
    fill, border = FILLS[point.shape]
    shape = "" if point.shape is Shape.HOST else f" shape={_SHAPES[point.shape]}"
    look = f' fillcolor="{fill}" color="{border}"'
    if is_chosen:
        look = f' fillcolor="#e6f0fa" color="{ROAD}" penwidth=2'
    dead = ' style="filled,dashed"' if point.dead else ""
    return f"label={_quoted(point.name)}{shape}{look}{dead} tooltip={_quoted(point_text(point))}"


def _edge(scheme: Scheme, link: Link) -> str:
    line = link.lines[0]
    pen = pen_of(scheme, link)
    costs = link.there if link.there == link.back else f"{link.there}/{link.back}"
    label = f"label={_quoted(costs)} " if costs else ""
    arrow = ""
    if line.is_one_way:
        to = line.end if line.there is not None else line.start
        arrow = " dir=forward" if scheme.nodes[link.end].points[0].number == to else " dir=back"
    style = " style=dotted" if pen.dashes.startswith("2") else " style=dashed" if pen.dashes else ""
    ink = f' fontcolor="{ROAD if link.is_chosen else PALE}"' if costs else ""
    told = _quoted(link_text(scheme.points, line))
    return f'{label}color="{pen.colour}" penwidth={pen.thickness:g}{style}{arrow}{ink} tooltip={told}'


def _quoted(text: str) -> str:
    r"""Return a text as a string of DOT that Graphviz shows letter for letter, lines apart.

    >>> print(_quoted('a "b" \\N & c'))
    "a \"b\" \\N &amp; c"
    """
    lines = [legible(line).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for line in text.split("\n")]
    return '"' + "\\n".join(lines) + '"'
