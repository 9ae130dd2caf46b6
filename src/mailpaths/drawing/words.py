"""What is said about a picture in words: below its title, in the list of roads, and to people who do not see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mailpaths.drawing.text import costs
from mailpaths.routing.uucp.picture import Course, Line, Picture, Point, Shape

__all__ = ["broken", "described", "remarks", "road_text", "subtitle"]


def subtitle(picture: Picture) -> str:
    """Return what stands below the title.

    >>> subtitle(Picture("The whole map", "unc.map", (), ()))
    'unc.map · nothing'
    """
    if picture.courses:
        best = picture.courses[0].road
        others = len(picture.courses) - 1
        more = f" · {others} alternative{'' if others == 1 else 's'}" if others else ""
        hops = f", {_count(len(best.hops), 'hop')}" if best.hops else ""
        return f"{picture.source} · cost {best.cost:,}{hops}{more}"
    counts = [
        _count(count, shape.value)
        for shape in Shape
        if (count := sum(point.shape is shape for point in picture.points))
    ]
    lines = [_count(len(picture.lines), "line")] if picture.lines else []
    return f"{picture.source} · {', '.join([*counts, *lines]) or 'nothing'}"


def road_text(course: Course) -> str:
    """Return a road as a line of its list: what it costs, how it is written, and which links it does without."""
    road = course.road
    without = " or ".join(f"{start}!{end}" for start, end in course.avoids)
    tail = f"  without {without}" if without else ""
    trouble = f"  ({'; '.join(map(str, road.obstacles))})" if road.obstacles else ""
    return f"{road.cost:,}  {road.template.text}{tail}{trouble}"


def broken(text: str, letters: int) -> Iterator[str]:
    """Yield a line in as many lines as it needs, each of no more than so many letters; a road is broken behind a ``!``.

    >>> list(broken("520  oddjob!mimsy!uunet!%s", 20))
    ['520  oddjob!mimsy!', '    uunet!%s']
    """
    while len(text) > letters:
        place = max(text.rfind(" ", 5, letters), text.rfind("!", 5, letters)) + 1 or letters
        yield text[:place].rstrip()
        text = f"    {text[place:].lstrip()}"
    yield text


def remarks(picture: Picture) -> Iterator[str]:
    """Yield what a reader has to know beside what is drawn."""
    if picture.needed:
        yield f"No other road without {', '.join(f'{start}!{end}' for start, end in picture.needed)}."
    if picture.left_out:
        yield f"{picture.left_out:,} more, further away, are left out."


def described(picture: Picture) -> str:
    """Return the picture in words, whole: roads, remarks, and every line with what it costs."""
    said = [f"{subtitle(picture)}."]
    said += [f"{road_text(course)}." for course in picture.courses]
    said += remarks(picture)
    points = picture.by_number
    said += [f"{_line(points, line)}." for line in picture.lines]
    return "\n".join(said)


def _line(points: Mapping[int, Point], line: Line) -> str:
    start, end = points[line.start].name, points[line.end].name
    if line.is_alias:
        return f"{start} = {end}"
    there, back = costs(points, line)
    if line.is_one_way:
        one, other = (start, end) if line.back is None else (end, start)
        return f"{one} to {other}, one way: {there or 0}"
    if there == back:
        return f"{start} and {end}: {there or 0}"
    return f"{start} to {end}: {there}, back: {back}"


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
