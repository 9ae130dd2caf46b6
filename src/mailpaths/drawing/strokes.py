"""How lines and boxes look: what a kind of line is drawn with, arrows, outlines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import atan2, cos, pi, sin
from typing import NamedTuple

from mailpaths.drawing.layout import Box
from mailpaths.drawing.scheme import Link, Scheme
from mailpaths.routing.uucp.picture import Line, Picture, Shape

__all__ = ["FILLS", "INK", "PALE", "ROAD", "Pen", "arrow", "number", "outline", "path", "pen_of"]

#: The colours of text, of lesser text, and of the road. All of it stands on white, at a contrast of 4.5 or more.
INK = "#1f2933"
PALE = "#5f6b78"
ROAD = "#0b5cad"
_LINE = "#7b8794"
_FAINT = "#d3d9e0"
_DEAD = "#b3261e"
_GUESS = "#b25e00"
#: How a point is filled and bordered.
FILLS: Mapping[Shape, tuple[str, str]] = {
    Shape.HOST: ("#ffffff", _LINE),
    Shape.NET: ("#e9eef3", _LINE),
    Shape.DOMAIN: ("#fdf5df", "#a5822a"),
}

_THICK = 3.0
_THIN = 1.3


class Pen(NamedTuple):
    """How a line is drawn, what that means, and how much it matters: pens of higher rank draw later."""

    rank: int
    meaning: str
    colour: str
    thickness: float
    dashes: str = ""

    @property
    def is_faint(self) -> bool:
        """Whether the line does not lead to the middle, in a picture of what lies around a host."""
        return self.colour == _FAINT

    @property
    def attributes(self) -> str:
        """The attributes of SVG."""
        dashes = f' stroke-dasharray="{self.dashes}"' if self.dashes else ""
        return f'stroke="{self.colour}" stroke-width="{self.thickness:g}"{dashes}'


def pen_of(scheme: Scheme, link: Link) -> Pen:
    """Return the pen for a link: what stops mail before what is only remarkable, and the road before the rest."""
    picture = scheme.picture
    line = link.lines[0]
    start, end = scheme.points[line.start], scheme.points[line.end]
    rank, thickness = (3, _THICK) if link.is_chosen else (2, _THIN)
    if line.is_dead:
        return Pen(rank, "dead", _DEAD, thickness, "2 4")
    if _is_guess(picture, line):
        return Pen(rank, "taken against the only direction that is declared", _GUESS, thickness, "7 3 2 3")
    if line.is_alias:
        return Pen(rank, "two names for the same", _LINE, thickness, "2 3")
    colour = ROAD if link.is_chosen else _LINE
    # A line to or from the middle, or from one point to the next on the way there, is one over which that is reached.
    if scheme.is_around and end.number != start.above and start.number != end.above:
        rank, colour = 1, _FAINT
    if line.is_one_way and Shape.DOMAIN not in (start.shape, end.shape):
        return Pen(rank, "declared by one of the two only", colour, thickness, "7 4")
    meaning = "the road" if link.is_chosen else "an alternative" if picture.courses else ""
    if colour == _FAINT:
        meaning = "between neighbours"
    return Pen(rank, meaning, colour, thickness)


def _is_guess(picture: Picture, line: Line) -> bool:
    """Tell whether a road leads over a line in a direction that nobody declares."""
    for course in picture.courses:
        for ends in course.legs:
            if ends == (line.start, line.end) and line.there is None:
                return True
            if ends == (line.end, line.start) and line.back is None:
                return True
    return False


def arrow(tip: tuple[float, float], before: tuple[float, float], pen: Pen) -> tuple[str, tuple[float, float]]:
    """Return the head of an arrow, and where the line to it ends."""
    length = 6 + 1.5 * pen.thickness
    angle = atan2(tip[1] - before[1], tip[0] - before[0])
    sides = [(tip[0] - length * cos(angle + turn), tip[1] - length * sin(angle + turn)) for turn in (-pi / 7, pi / 7)]
    base = tip[0] - length * 0.8 * cos(angle), tip[1] - length * 0.8 * sin(angle)
    return f'<path d="M{"L".join(map(_place, [tip, *sides]))}Z" fill="{pen.colour}" stroke="none"/>', base


def path(points: Iterable[tuple[float, float]]) -> str:
    """Return Bézier curves as the data of a path."""
    first, *rest = points
    return f"M{_place(first)}C{' '.join(map(_place, rest))}"


def outline(shape: Shape, box: Box, style: str) -> str:
    """Return the border of a point: a box, an ellipse for a net, a hexagon for a domain."""
    left, top = box.x - box.width / 2, box.y - box.height / 2
    if shape is Shape.NET:
        radii = f'rx="{number(box.width / 2)}" ry="{number(box.height / 2)}"'
        return f'<ellipse cx="{number(box.x)}" cy="{number(box.y)}" {radii} {style}/>'
    if shape is Shape.DOMAIN:
        inset = box.height / 3
        across = (left + inset, left + box.width - inset)
        corners = [
            (across[0], top), (across[1], top), (left + box.width, box.y),
            (across[1], top + box.height), (across[0], top + box.height), (left, box.y),
        ]  # fmt: skip
        return f'<path d="M{"L".join(map(_place, corners))}Z" {style}/>'
    place = f'x="{number(left)}" y="{number(top)}" width="{number(box.width)}" height="{number(box.height)}"'
    return f'<rect {place} rx="4" {style}/>'


def number(value: float) -> str:
    """Return a length with at most one decimal: more is not seen.

    >>> number(12.04), number(12.06)
    ('12', '12.1')
    """
    return f"{value:.1f}".removesuffix(".0")


def _place(point: tuple[float, float]) -> str:
    return f"{number(point[0])},{number(point[1])}"
