"""Texts in a picture: made harmless, cut to a length, and measured without a font.

Names stand in a font whose letters are all as wide as each other, so that a box fits its name on every machine, and the
layout hangs on no font that is installed or not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from unicodedata import combining, east_asian_width

from mailpaths.routing.uucp.picture import Line, Point, Shape, Way

__all__ = ["LETTER", "costs", "cut", "escaped", "legible", "link_text", "point_text", "width"]

#: How wide a letter of the font for names is, in its size: Menlo's and DejaVu Sans Mono's, the widest in use.
LETTER = 0.61
# A name that is longer is cut: no box is wider than a third of a page, whatever a map says in quotes.
_MOST_LETTERS = 32
# What XML 1.0 has no way to write (2.2), what a terminal or an editor obeys, and the marks that turn the direction of
# a text round: in quotes a map may say anything. A surrogate is an octet that was no UTF-8.
_ILLEGIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def legible(text: str) -> str:
    """Return the text with a replacement for each character that is none to be read."""
    return _ILLEGIBLE.sub("\N{REPLACEMENT CHARACTER}", text)


def escaped(text: str) -> str:
    """Return the text as character data or attribute of XML.

    >>> escaped('<script>"&')
    '&lt;script&gt;&quot;&amp;'
    """
    text = legible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;")


def cut(name: str) -> str:
    """Return a name, or as much of one as has room in a box."""
    name = legible(name)
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"


def width(text: str, size: float) -> float:
    """Return how wide a text is in the font for names."""
    columns = sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)
    return columns * LETTER * size


def costs(points: Mapping[int, Point], line: Line) -> tuple[str, str]:
    """Return what is written beside a line: about the way there, and about the way back; the same text is said once.

    Mail pays to enter a net or a domain, and leaves it free of charge; what costs nothing so is not said.
    """
    if line.is_alias:
        return "=", "="
    there = _cost(line.there, points[line.start].shape)
    back = _cost(line.back, points[line.end].shape)
    return there or back, back or there


def _cost(way: Way | None, shape: Shape) -> str:
    if way is None:
        return ""
    if way.dead:
        return "dead"
    return "" if shape is not Shape.HOST and way.cost == 0 else str(way.cost)


def point_text(point: Point) -> str:
    """Return what is told of a point where somebody points at it."""
    kind = "" if point.shape is Shape.HOST else f"{point.shape.value} "
    known = f" = {', '.join(point.aliases)}" if point.aliases else ""
    return f"{kind}{point.name}{known}{', passes nothing on' if point.dead else ''}"


def link_text(points: Mapping[int, Point], line: Line) -> str:
    """Return what is told of a line where somebody points at it: each way, what it costs and where it is declared."""
    start, end = points[line.start].name, points[line.end].name
    if line.is_alias:
        return f"{start} = {end}"
    told = []
    for one, other, way in ((start, end, line.there), (end, start, line.back)):
        if way is not None:
            cost = "dead" if way.dead else f"{way.cost:,}"
            own = ", its own mail only" if way.terminal else ""
            told.append(f"{one} → {other}: {cost}{own} ({way.place})")
    return "\n".join(told)
