"""Where costs stand beside lines: half way if nothing else is there, near it otherwise, and nowhere if all is full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailpaths.drawing.layout import Box, Curve, Layout
from mailpaths.drawing.scheme import COST_SIZE, Scheme

__all__ = ["place_costs"]

# How far along a line its costs may stand, the best place first.
_PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
# About as long as a box: the side of a square, in points.
_SIDE = 64


def place_costs(scheme: Scheme, layout: Layout, order: Iterable[int]) -> dict[int, tuple[float, float]]:
    """Return the middle of the room for the costs of each link, by its place; those that come first choose first.

    Costs never cover a box nor each other: a link without room for them is left out.
    """
    taken = _Ground()
    for box in layout.boxes:
        taken.cover(box)
    found: dict[int, tuple[float, float]] = {}
    for place in order:
        link, curve = scheme.links[place], layout.curves[place]
        if not link.room:
            continue
        for x, y in [curve.label] if curve.label else _along(curve):
            box = Box(x, y, link.room, COST_SIZE + 1)
            if taken.is_free(box):
                taken.cover(box)
                found[place] = x, y
                break
    return found


class _Ground:
    """What is covered already, in squares, so that only what is near has to be looked at."""

    def __init__(self) -> None:
        self._squares: dict[tuple[int, int], list[Box]] = {}

    def is_free(self, box: Box) -> bool:
        """Tell whether a box would cover no other."""
        return not any(box.overlaps(other) for square in _squares(box) for other in self._squares.get(square, ()))

    def cover(self, box: Box) -> None:
        """Put a box there."""
        for square in _squares(box):
            self._squares.setdefault(square, []).append(box)


def _squares(box: Box) -> Iterator[tuple[int, int]]:
    left, right = int((box.x - box.width / 2) // _SIDE), int((box.x + box.width / 2) // _SIDE)
    top, bottom = int((box.y - box.height / 2) // _SIDE), int((box.y + box.height / 2) // _SIDE)
    return ((x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))


def _along(curve: Curve) -> Iterator[tuple[float, float]]:
    pieces = (len(curve.points) - 1) // 3
    for share in _PLACES:
        piece = min(int(share * pieces), pieces - 1)
        t = share * pieces - piece
        one, two, three, four = curve.points[3 * piece : 3 * piece + 4]
        weights = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
        corners = one, two, three, four
        yield (
            round(sum(weight * x for weight, (x, _) in zip(weights, corners, strict=True)), 1),
            round(sum(weight * y for weight, (_, y) in zip(weights, corners, strict=True)), 1),
        )
