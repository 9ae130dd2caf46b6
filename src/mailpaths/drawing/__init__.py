r"""Pictures of UUCP maps: a road with its alternatives, what lies around a host, a whole map; as SVG, or for Graphviz.

What is in a picture `mailpaths.routing.uucp.picture` says: `road`, `around` and `whole`. Here it is drawn.

>>> from mailpaths.routing import UUCPMap
>>> roads = UUCPMap.from_text("unc duke(HOURLY)\nduke unc(DEMAND), research(DAILY/2)", home="unc")
>>> print(dot(road(roads, "research")).partition("\n")[0])
digraph "The road from unc to research" {

`svg` asks Graphviz where things stand, by pygraphviz (``mailpaths[draw]``), which loads when it is first called; `dot`
needs nothing.
"""

from mailpaths.drawing.dot import dot
from mailpaths.drawing.svg import svg
from mailpaths.routing.uucp.picture import MOST_POINTS, Course, Line, Picture, Point, Shape, Way, around, road, whole

__all__ = [
    "MOST_POINTS",
    "Course",
    "Line",
    "Picture",
    "Point",
    "Shape",
    "Way",
    "around",
    "dot",
    "road",
    "svg",
    "whole",
]
