"""A picture as SVG: Graphviz says where things stand, and everything that is seen is written here.

Graphviz could write the SVG as well. What it cannot: turn "95 there, 100 back" into arrows once it is known which end
lies on the left, say what a picture shows to people who do not see it, list the roads below, and do without the names
of fonts that a reader may not have. There are no scripts, no style sheets, no links and no ids in it, so that it can
stand in any page, and several of them in one.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailpaths.drawing.labels import place_costs
from mailpaths.drawing.layout import Box, Layout, lay_out
from mailpaths.drawing.scheme import COST_SIZE, ENTRY_HEIGHT, ENTRY_SIZE, NAME_SIZE, Link, Node, Scheme, scheme_of
from mailpaths.drawing.strokes import FILLS, INK, PALE, ROAD, arrow, number, outline, path, pen_of
from mailpaths.drawing.text import cut, escaped, link_text, point_text, width
from mailpaths.drawing.words import broken, described, remarks, road_text, subtitle
from mailpaths.routing.uucp.picture import Picture, Point, Shape

__all__ = ["svg"]

_NAMES = "ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', Consolas, monospace"
_WORDS = "system-ui, sans-serif"
_MARGIN = 20
_TITLE_SIZE = 16
_WORD_SIZE = 12
_LEGEND_SIZE = 11
_ROW = 18
# How wide a letter of other text is, in its size, on the average of fonts.
_WORD_LETTER = 0.56
# No picture is narrower: there is a title above it.
_NARROWEST = 420
# Of the lines that do not lead to the middle; more costs than these nobody can follow to their lines.
_MOST_FAINT_COSTS = 40
# Beyond this a list of roads is broken into lines, unless the picture itself is wider.
_WIDEST_LIST = 900


def svg(picture: Picture) -> str:
    """Return a picture as a document of SVG; the same picture, the same text.

    Hosts that hang on one other alone and cost the same stand in one box, in a picture of many. Costs are written
    beside the lines where there is room; all of them, and where they are declared, are told of a line and of a host
    that somebody points at, and in the description for people who do not see the picture.

    Raises `ModuleNotFoundError` without ``mailpaths[draw]``.
    """
    scheme = scheme_of(picture)
    return _Sheet(scheme, lay_out(scheme)).text()


class _Sheet:
    """A page that fills up from its top: a title, the picture, what is said about it, and a legend."""

    def __init__(self, scheme: Scheme, layout: Layout) -> None:
        self.scheme = scheme
        self.picture = picture = scheme.picture
        self.layout = layout
        self.bottom = float(_MARGIN)
        self.rows: list[str] = []
        chosen = picture.courses[0].points if picture.courses else ()
        self.chosen = frozenset(chosen)
        # The ends of the road, or what lies in the middle of what lies around.
        ends = [chosen[0], chosen[-1]] if chosen else [picture.middle]
        self.marked = frozenset([one for one in ends if one is not None])
        self.pens = [pen_of(scheme, link) for link in scheme.links]
        # What matters lies on top, and has the first choice of a place for its costs.
        self.order = sorted(range(len(scheme.links)), key=lambda place: self.pens[place].rank)
        self.places = place_costs(scheme, layout, self._with_costs())

    def text(self) -> str:
        """Return the whole document."""
        picture = self.picture
        inner = max(self.layout.width, _NARROWEST, self._width_of_text())
        self._words(picture.title, _TITLE_SIZE, "bold")
        self._words(subtitle(picture), _WORD_SIZE, colour=PALE)
        self.bottom += 12
        self._drawing((inner - self.layout.width) / 2)
        self._list(inner)
        for one in remarks(picture):
            self._words(one, _WORD_SIZE)
        self._legend(inner)
        across, down = number(inner + 2 * _MARGIN), number(self.bottom + _MARGIN)
        size = f'width="{across}" height="{down}" viewBox="0 0 {across} {down}"'
        head = [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>',
            f"<title>{escaped(picture.title)}</title>",
            f"<desc>{_lines(described(picture))}</desc>",
            f'<rect width="{across}" height="{down}" fill="#fff"/>',
        ]
        return "\n".join([*head, *self.rows, "</svg>", ""])

    def _width_of_text(self) -> float:
        picture = self.picture
        roads = [width(road_text(course), NAME_SIZE) for course in picture.courses]
        words = [len(one) * _WORD_SIZE * _WORD_LETTER for one in (subtitle(picture), *remarks(picture))]
        return min(max([len(picture.title) * _TITLE_SIZE * _WORD_LETTER, *roads, *words]), _WIDEST_LIST)

    def _words(self, text: str, size: float, weight: str = "", colour: str = INK) -> None:
        self.bottom += size + 6
        bold = f' font-weight="{weight}"' if weight else ""
        self.rows.append(
            f'<text x="{_MARGIN}" y="{number(self.bottom - 5)}" font-family="{_WORDS}" font-size="{size}"'
            f' fill="{colour}"{bold}>{escaped(text)}</text>'
        )

    def _with_costs(self) -> list[int]:
        """Return the links that have costs beside them: all, or those that matter where there are many."""
        faint = [place for place in self.order if self.pens[place].is_faint]
        left_out = set(faint) if len(faint) > _MOST_FAINT_COSTS else set()
        return [place for place in reversed(self.order) if place not in left_out]

    # The picture

    def _drawing(self, indent: float) -> None:
        self.rows.append(f'<g transform="translate({number(_MARGIN + indent)} {number(self.bottom)})">')
        self.rows.append('<g fill="none">')
        self.rows += [self._line(place) for place in self.order]
        self.rows.append("</g>")
        self.rows.append(f'<g font-family="{_NAMES}" font-size="{NAME_SIZE}" text-anchor="middle">')
        for node, box in zip(self.scheme.nodes, self.layout.boxes, strict=True):
            self.rows.append(self._list_box(node, box) if node.is_list else self._box(node.points[0], box))
        self.rows.append("</g>")
        # A border in the colour of the page keeps a line from running through a number.
        self.rows.append(
            f'<g font-family="{_NAMES}" font-size="{COST_SIZE}" text-anchor="middle" fill="{PALE}" stroke="#fff"'
            ' stroke-width="3" stroke-linejoin="round" paint-order="stroke">'
        )
        self.rows += [self._costs(place) for place in self.order if place in self.places]
        self.rows += ["</g>", "</g>"]
        self.bottom += self.layout.height + 12

    def _line(self, place: int) -> str:
        link, pen = self.scheme.links[place], self.pens[place]
        points = list(self.layout.curves[place].points)
        line = link.lines[0]
        head = ""
        if line.is_one_way:
            to = line.end if line.there is not None else line.start
            if not any(point.number == to for point in self.scheme.nodes[link.end].points):
                points.reverse()
            head, points[-1] = arrow(points[-1], points[-2], pen)
        told = "" if len(link.lines) > 1 else f"<title>{_lines(link_text(self.scheme.points, line))}</title>"
        return f'<g {pen.attributes}>{told}<path d="{path(points)}"/>{head}</g>'

    def _box(self, point: Point, box: Box) -> str:
        fill, stroke = FILLS[point.shape]
        ink, thickness, more = INK, 1.2, ""
        if point.number in self.chosen:
            fill, stroke, thickness = "#e6f0fa", ROAD, 2.0
        if point.number in self.marked:
            fill, stroke, ink, more = ROAD, ROAD, "#fff", ' font-weight="bold"'
        dashes = ' stroke-dasharray="2 3"' if point.dead else ""
        style = f'fill="{fill}" stroke="{stroke}" stroke-width="{thickness:g}"{dashes}'
        text = (
            f'<text x="{number(box.x)}" y="{number(box.y + NAME_SIZE * 0.34)}" fill="{ink}"{more}>'
            f"{escaped(cut(point.name))}</text>"
        )
        return f"<g><title>{escaped(point_text(point))}</title>{outline(point.shape, box, style)}{text}</g>"

    def _list_box(self, node: Node, box: Box) -> str:
        place = self.scheme.nodes.index(node)
        link = next(one for one in self.scheme.links if place in (one.start, one.end))
        # The point on which all of them hang stands in it too, and is not asked for.
        lines = {number: line for line in link.lines for number in (line.start, line.end)}
        left, top = box.x - box.width / 2 + 8, box.y - box.height / 2 + 5
        rows = [outline(Shape.HOST, box, 'fill="#f7f9fb" stroke="#7b8794" stroke-width="1.2"')]
        for place, (point, text) in enumerate(zip(node.points, node.texts, strict=True)):
            column, row = divmod(place, node.rows)
            told = _lines(f"{point_text(point)}\n{link_text(self.scheme.points, lines[point.number])}")
            rows.append(
                f'<text x="{number(left + column * node.column)}" y="{number(top + (row + 0.75) * ENTRY_HEIGHT)}"'
                f' xml:space="preserve"><title>{told}</title>{escaped(text)}</text>'
            )
        return f'<g font-size="{ENTRY_SIZE}" text-anchor="start" fill="{INK}">{"".join(rows)}</g>'

    def _costs(self, place: int) -> str:
        link = self.scheme.links[place]
        x, y = self.places[place]
        style = f' fill="{ROAD}" font-weight="bold"' if link.is_chosen else ""
        text = escaped(_with_arrows(self.layout, link))
        return f'<text x="{number(x)}" y="{number(y + COST_SIZE * 0.34)}"{style}>{text}</text>'

    # What is said about it

    def _list(self, inner: float) -> None:
        """List the roads, the chosen one first."""
        letters = int(inner / width("x", NAME_SIZE))
        for place, course in enumerate(self.picture.courses):
            style = f'fill="{INK}"' if place else f'fill="{ROAD}" font-weight="bold"'
            for row in broken(road_text(course), letters):
                self.bottom += _ROW
                self.rows.append(
                    f'<text x="{_MARGIN}" y="{number(self.bottom - 5)}" font-family="{_NAMES}"'
                    f' font-size="{NAME_SIZE}" {style} xml:space="preserve">{escaped(row)}</text>'
                )

    def _signs(self) -> dict[str, str]:
        """Return the legend: every kind of line and of point that occurs, with how it looks."""
        found: dict[str, str] = {}
        for pen in sorted(set(self.pens), key=lambda pen: (-pen.rank, len(pen.dashes), pen)):
            if pen.meaning:
                found.setdefault(pen.meaning, f'<path d="M0 0H28" {pen.attributes}/>')
        for shape in {point.shape: None for point in self.picture.points if point.shape is not Shape.HOST}:
            fill, stroke = FILLS[shape]
            style = f'fill="{fill}" stroke="{stroke}" stroke-width="1.2"'
            found[f"a {shape.value}"] = outline(shape, Box(14, 0, 28, 14), style)
        return found | dict.fromkeys(self._notes(), "")

    def _notes(self) -> Iterator[str]:
        """Yield what is to be said about the costs."""
        if any(self.scheme.links[place].there != self.scheme.links[place].back for place in self.places):
            yield "→ what the way there costs, ← the way back"
        if any("/" in text for node in self.scheme.nodes if node.is_list for text in node.texts):
            yield "200/300: what the way to a host in a list costs, and the way back"
        if any(link.room and place not in self.places for place, link in enumerate(self.scheme.links)):
            yield "no cost: point at the line"

    def _legend(self, inner: float) -> None:
        """Explain what is to be seen."""
        items = self._signs()
        x = inner
        self.bottom += 12 if items else 0
        for text, sign in items.items():
            room = (36 if sign else 0) + len(text) * _LEGEND_SIZE * _WORD_LETTER + 22
            if x + room > inner:
                x = 0.0
                self.bottom += _ROW
            y = self.bottom - 9
            if sign:
                self.rows.append(f'<g transform="translate({number(_MARGIN + x)} {number(y)})" fill="none">{sign}</g>')
            self.rows.append(
                f'<text x="{number(_MARGIN + x + (36 if sign else 0))}" y="{number(y + 4)}" font-family="{_WORDS}"'
                f' font-size="{_LEGEND_SIZE}" fill="{PALE}">{escaped(text)}</text>'
            )
            x += room


def _with_arrows(layout: Layout, link: Link) -> str:
    """Return what costs are beside a link: one number, or two, each with an arrow in the direction it is about."""
    if link.there == link.back:
        return link.there
    one, other = layout.boxes[link.start], layout.boxes[link.end]
    across, down = other.x - one.x, other.y - one.y
    if abs(across) >= abs(down) / 2:
        first, second = (link.there, link.back) if across >= 0 else (link.back, link.there)
        return f"→{first} ←{second}"
    first, second = (link.there, link.back) if down >= 0 else (link.back, link.there)
    return f"↓{first} ↑{second}"


def _lines(text: str) -> str:
    return "\n".join(map(escaped, text.split("\n")))
