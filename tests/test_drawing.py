"""Pictures of maps: what belongs in them, as a tree of text, in the language of Graphviz, and as SVG."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import AmbiguousHostError, MapError, UnknownHostError
from mailpaths.drawing import Line, Picture, Point, Shape, Way, around, dot, road, svg, whole
from mailpaths.drawing.labels import place_costs
from mailpaths.drawing.layout import Box, Layout, lay_out
from mailpaths.drawing.scheme import scheme_of
from mailpaths.routing import UUCPMap
from mailpaths.routing.uucp.world import Place
from tests.support import Run

_SVG = "{http://www.w3.org/2000/svg}"

# P. Honeyman, S. M. Bellovin: PATHALIAS or The Care and Feeding of Relative Addresses, 1986.
PAPER = """unc	duke(HOURLY), phs(HOURLY*4)
duke	unc(DEMAND), research(DAILY/2), phs(DEMAND)
phs	unc(HOURLY*4), duke(HOURLY)
research	duke(DEMAND), ucbvax(DEMAND)
ucbvax	research(DAILY)
ARPA = @{mit-ai, ucbvax, stanford}(DEDICATED)
"""
# A square with a tail: two roads to d, one link to e that has no other, one declared the wrong way round to f.
SQUARE = """a	b(10), c(20)
b	a(10), d(10)
c	a(30), d(20)
d	b(10), c(20), e(5)
f	e(7)
a = alpha, alef
dead {c!d}
"""


SQUARE_IN_DOT = r"""digraph "The road from a to e" {
  graph [layout=dot rankdir=LR label="The road from a to e\n[text] · cost 25, 3 hops · 1 alternative" labelloc=t fontname=Helvetica];
  node [shape=box style=filled fillcolor=white height=0.3 margin="0.1,0.03" fontname=Courier fontsize=12];
  edge [dir=none fontname=Courier fontsize=10];
  n0 [label="a" fillcolor="#e6f0fa" color="#0b5cad" penwidth=2 tooltip="a = alpha, alef"];
  n1 [label="b" fillcolor="#e6f0fa" color="#0b5cad" penwidth=2 tooltip="b"];
  n2 [label="d" fillcolor="#e6f0fa" color="#0b5cad" penwidth=2 tooltip="d"];
  n3 [label="e" fillcolor="#e6f0fa" color="#0b5cad" penwidth=2 tooltip="e"];
  n4 [label="c" fillcolor="#ffffff" color="#7b8794" tooltip="c"];
  n0 -> n1 [label="10" color="#0b5cad" penwidth=3 fontcolor="#0b5cad" tooltip="a → b: 10 ([text]:1)\nb → a: 10 ([text]:2)"];
  n0 -> n4 [label="20/30" color="#7b8794" penwidth=1.3 fontcolor="#5f6b78" tooltip="a → c: 20 ([text]:1)\nc → a: 30 ([text]:3)"];
  n1 -> n2 [label="10" color="#0b5cad" penwidth=3 fontcolor="#0b5cad" tooltip="b → d: 10 ([text]:2)\nd → b: 10 ([text]:4)"];
  n2 -> n3 [label="5" color="#0b5cad" penwidth=3 style=dashed dir=forward fontcolor="#0b5cad" tooltip="d → e: 5 ([text]:4)"];
  n4 -> n2 [label="dead/20" color="#7b8794" penwidth=1.3 fontcolor="#5f6b78" tooltip="d → c: 20 ([text]:4)\nc → d: dead ([text]:7)"];
}
"""  # noqa: E501 - as Graphviz reads it


@pytest.fixture
def square(tmp_path: Path) -> str:
    path = tmp_path / "square"
    path.write_text(SQUARE)
    return str(path)


@pytest.fixture(scope="module")
def world() -> UUCPMap:
    return UUCPMap.bundled()


def many(hosts: int) -> UUCPMap:
    """Return a map of so many hosts, each with a link to two of those before it; some are linked back."""
    rows = ["h0 h1(100)"]
    for number in range(1, hosts):
        rows.append(f"h{number} h{number * 7 // 11}(300), h{number // 2}(500)")
        if number % 3:
            rows.append(f"h{number // 2} h{number}(200)")
    return UUCPMap.from_text("\n".join(rows), home="h0")


def texts(picture: Picture) -> list[str]:
    """Return the texts that are seen in a picture, in the order of the document."""
    found = []
    for one in ET.fromstring(svg(picture)).iter(f"{_SVG}text"):  # noqa: S314 - our own
        title = one.find(f"{_SVG}title")
        found.append((one.text or "") if title is None else title.tail or "")
    return found


def titles(picture: Picture) -> list[str]:
    """Return what is told of a picture and its parts where somebody points at them."""
    return [one.text or "" for one in ET.fromstring(svg(picture)).iter(f"{_SVG}title")]  # noqa: S314


# What belongs in a picture


def test_the_alternatives_to_a_road_do_without_one_of_its_links_at_a_time(world: UUCPMap) -> None:
    found = road(world, "mcvax", origin="rutgers")
    assert [(one.road.cost, one.road.template.text, one.avoids) for one in found.courses] == [
        (415, "mimsy!uunet!mcvax!%s", ()),
        (520, "oddjob!mimsy!uunet!mcvax!%s", (("rutgers", "mimsy"),)),
        (593, "mimsy!uunet!enea!mcvax!%s", (("uunet", "mcvax"),)),
        (615, "ukma!uunet!mcvax!%s", (("mimsy", "uunet"),)),
    ]
    assert found.needed == ()
    for course in found.courses:
        assert not {frozenset(leg) for leg in course.legs} & {
            frozenset(point.number for point in found.points if point.name in pair) for pair in course.avoids
        }


@pytest.mark.parametrize("mode", ["pathalias", "best"])
def test_a_link_that_has_no_other_road_is_needed(mode: str) -> None:
    found = road(UUCPMap.from_text(SQUARE, mode="best" if mode == "best" else "pathalias"), "e", origin="a")
    assert [(one.road.template.text, one.avoids) for one in found.courses] == [
        ("b!d!e!%s", ()),
        ("c!d!e!%s", (("a", "b"), ("b", "d"))),
    ]
    assert [str(one) for one in found.courses[1].road.obstacles] == ["a dead link"]
    assert found.needed == (("d", "e"),)


def test_a_host_is_one_point_under_all_of_its_names() -> None:
    found = whole(UUCPMap.from_text(SQUARE))
    assert [(point.name, point.aliases) for point in found.points] == [
        ("a", ("alpha", "alef")),
        ("b", ()),
        ("c", ()),
        ("d", ()),
        ("e", ()),
        ("f", ()),
    ]
    assert road(UUCPMap.from_text(SQUARE), "d", origin="alef").points[0].name == "alef"


def test_a_line_says_what_is_declared_each_way() -> None:
    found = whole(UUCPMap.from_text(SQUARE))
    names = {point.number: point.name for point in found.points}
    lines = {names[one.start] + names[one.end]: one for one in found.lines}
    assert sorted(lines) == ["ab", "ac", "bd", "cd", "de", "ef"]
    place = Place("[text]", 1)
    assert lines["ac"].there == Way(20, place)
    assert lines["ac"].back == Way(30, place._replace(line=3))
    assert lines["cd"].there == Way(20, place._replace(line=7), dead=True)
    assert not lines["cd"].is_dead, "the way back is none"
    assert lines["ef"].is_one_way
    assert lines["ef"].there is None


def test_the_best_of_several_links_is_told_of_and_the_one_that_a_road_uses() -> None:
    roads = UUCPMap.from_text("a <b>(10), b(90)\nb c(5)\na b(300)")
    assert whole(roads).lines[0].there == Way(90, Place("[text]", 1))
    assert road(roads, "b", origin="a").lines[0].there == Way(10, Place("[text]", 1), terminal=True)
    assert road(roads, "c", origin="a").lines[0].there == Way(90, Place("[text]", 1))


def test_a_host_known_as_a_domain_has_a_line_to_it() -> None:
    found = whole(UUCPMap.from_text("a b(10)\nb = .b.org"))
    assert [line.is_alias for line in found.lines] == [False, True]
    assert [point.shape for point in found.points] == [Shape.HOST, Shape.HOST, Shape.DOMAIN]
    assert "=" in texts(found)


def test_what_lies_around_a_host_is_reached_over_the_cheapest_lines() -> None:
    roads = UUCPMap.from_text(SQUARE)
    near = around(roads, "d")
    assert [(point.name, point.above is None) for point in near.points] == [
        ("d", True),
        ("e", False),
        ("b", False),
        ("c", False),
    ]
    far = around(roads, "d", hops=2)
    names = {point.number: point.name for point in far.points}
    assert {point.name: names[point.above] for point in far.points if point.above is not None} == {
        "e": "d",
        "b": "d",
        "c": "d",
        "f": "e",
        "a": "b",
    }


def test_of_too_many_points_the_nearest_are_kept(world: UUCPMap) -> None:
    found = around(world, "uunet", most=20)
    assert len(found.points) == 20
    assert found.left_out == 497
    assert "497 more, further away, are left out." in texts(found)
    assert found.points[0].name == "uunet"


def test_a_whole_map_has_a_limit_and_no_hosts_that_are_deleted() -> None:
    assert [
        point.name for point in whole(UUCPMap.from_text("a b(10)\nc d(5)\ndelete {c}\nprivate {p}\np a(3)")).points
    ] == [
        "a",
        "b",
        "d",
        "p",
    ]
    with pytest.raises(MapError, match=r"^\[text\] has 6 hosts, nets and domains, too many for one picture$"):
        whole(UUCPMap.from_text(SQUARE), most=5)
    assert whole(UUCPMap.from_text("")).points == ()


def test_hosts_that_are_not_there(world: UUCPMap) -> None:
    with pytest.raises(UnknownHostError, match=r"^no host 'mcvx' is in the UUCP map of December 1988; there is mcvax$"):
        around(world, "mcvx")
    with pytest.raises(UnknownHostError, match=r"^no host 'rutgrs' is in "):
        road(world, "mcvax", origin="rutgrs")
    with pytest.raises(UnknownHostError, match=r"^no road to mcvx is known; there is mcvax$"):
        road(world, "mcvx")
    roads = UUCPMap.from_text("a b(1)")
    with pytest.raises(MapError, match=r"^expected the host at which the road begins: this map has no home$"):
        road(roads, "b")


def test_a_name_that_is_private_twice_is_ambiguous(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text(f"private {{bilbo}}\nbilbo a(10)\na bilbo(10), {name}(10)\n")
    roads = UUCPMap.load(tmp_path / "one", tmp_path / "two", home="a")
    with pytest.raises(AmbiguousHostError, match=r"^bilbo is several hosts: bilbo in "):
        road(roads, "bilbo")


def test_a_road_to_where_it_begins() -> None:
    found = road(UUCPMap.from_text(PAPER), "unc", origin="unc")
    assert [(one.road.template.text, one.legs) for one in found.courses] == [("%s", ())]
    assert texts(found)[:2] == ["The road from unc to unc", "[text] · cost 0"]


def test_a_road_to_a_host_of_a_domain_ends_at_the_domain() -> None:
    roads = UUCPMap.from_text("home harvard(100)\nharvard .EDU\n.EDU = {.BERKELEY}", home="home")
    found = road(roads, "ernie.x.edu")
    assert found.title == "The road from home to ernie.x.edu (in .edu)"
    assert [point.name for point in found.points] == ["home", "harvard", ".edu"]


# A tree of text


def test_the_tree_of_a_road(run: Run, square: str) -> None:
    result = run("map", "draw", "--from", "a", "--to", "e", square)
    assert result.status == 0
    assert result.err == ""
    assert (
        result.out
        == f"""\
The road from a to e  {square} · cost 25, 3 hops · 1 alternative
├── 25  b!d!e!%s
│   ├── b  10  {square}:1
│   ├── d  10  {square}:2
│   └── e   5  {square}:4
└── 100,000,046  c!d!e!%s  without a!b or b!d
    ├── c  20  {square}:1
    ├── d  20  {square}:7  a dead link
    └── e   5  {square}:4
No other road without d!e.
"""
    )


def test_the_tree_of_a_road_over_nets_and_against_a_link(run: Run) -> None:
    result = run(
        "map", "draw", "--from", "a", "--to", "d", "--mode", "best", "-", stdin=b"a N(5)\nN = {a, b}(10)\nd b(7)\n"
    )
    assert result.status == 0
    assert (
        result.out
        == """\
The road from a to d  [stdin] · cost 12, 2 hops
└── 12  b!d!%s
    ├── b  5  [stdin]:2  over n
    └── d  7  [stdin]:3  only the other way is declared
No other road without a!n, n!b, b!d.
"""
    )


def test_the_tree_of_what_lies_around_a_host(run: Run, square: str) -> None:
    result = run("map", "draw", "--around", "alpha", "--hops", "3", square)
    assert result.status == 0
    assert (
        result.out
        == f"""\
Around alpha, 3 hops far  {square} · 5 hosts, 5 lines
├── b  10
│   └── d  10
│       └── e  5, one way
└── c  20, back 30
"""
    )


def test_the_tree_of_a_whole_map(run: Run) -> None:
    result = run("map", "draw", "-", stdin=PAPER.encode())
    assert result.status == 0
    assert (
        result.out
        == """\
The whole map  [stdin] · 7 hosts, 1 net, 8 lines
├── unc
│   ├── duke  500
│   └── phs   2,000
├── duke
│   ├── unc       300
│   ├── phs       300
│   └── research  2,500
├── phs
│   ├── unc   2,000
│   └── duke  500
├── research
│   ├── duke    300
│   └── ucbvax  300
├── ucbvax
│   ├── research    5,000
│   └── arpa (net)  100
├── arpa (net)
│   ├── ucbvax    0
│   ├── mit-ai    0
│   └── stanford  0
├── mit-ai
│   └── arpa (net)  100
└── stanford
    └── arpa (net)  100
"""
    )


def test_the_tree_has_colours_on_a_terminal_and_the_same_words(
    run: Run, square: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run("map", "draw", "--around", "d", square)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    coloured = run("map", "draw", "--around", "d", square)
    assert "\x1b[" in coloured.out
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured.out) == plain.out
    assert "\x1b" not in plain.out


def test_the_tree_tells_other_names_and_what_passes_nothing_on(run: Run) -> None:
    text = b"a <b>(5), N(7)\nb a(9)\nN = {a, c}(8)\nb = .b.org\ndead {b}\ndead {a!c}\n"
    assert (
        run("map", "draw", "-", stdin=text).out
        == """\
The whole map  [stdin] · 3 hosts, 1 net, 1 domain, 5 lines
├── a
│   ├── b, dead  5, its own mail only
│   ├── n (net)  7
│   └── c        dead
├── b, dead
│   ├── a       9
│   └── .b.org  the same
├── n (net)
│   ├── a  0
│   └── c  0
├── c
│   └── n (net)  8
└── .b.org
    └── b, dead  the same
"""
    )
    assert (
        run("map", "draw", "--around", "b", "-", stdin=text).out
        == """\
Around b  [stdin] · 2 hosts, 1 domain, 2 lines
├── .b.org  the same
└── a       9, back 5, its own mail only
"""
    )
    assert (
        run("map", "draw", "--from", "a", "--to", ".b.org", "-", stdin=text).out
        == """\
The road from a to .b.org  [stdin] · cost 5, 1 hop
└── 5  b!%s
    ├── b  5  [stdin]:1
    └── then .b.org
No other road without a!b, b!.b.org.
"""
    )


def test_no_terminal_obeys_a_name(run: Run) -> None:
    result = run("map", "draw", "-", stdin=b'a "b\x1b[31m"(5)\n')
    assert "\x1b" not in result.out
    assert "b␛[31m" in result.out


# Graphviz's language


def test_a_picture_in_the_language_of_graphviz() -> None:
    assert dot(road(UUCPMap.from_text(SQUARE), "e", origin="a")) == SQUARE_IN_DOT


def test_names_of_any_kind_do_not_end_a_string_of_graphviz() -> None:
    found = dot(whole(UUCPMap.from_text('a "b\\\\ -> c"(5), "d&lt;"(6)\n')))
    assert r'label="b\\\\ -> c"' in found
    assert 'label="d&amp;lt;"' in found


def test_the_language_of_graphviz_is_what_graphviz_reads() -> None:
    import pygraphviz

    for picture in (whole(UUCPMap.from_text(PAPER)), road(UUCPMap.from_text(SQUARE), "e", origin="a")):
        graph = pygraphviz.AGraph(string=dot(picture))
        assert len(graph.nodes()) == len(picture.points)
        assert len(graph.edges()) == len(picture.lines)
        assert [node.attr["label"] for node in graph.nodes()] == [point.name for point in picture.points]


# SVG


def test_the_texts_of_a_road() -> None:
    assert texts(road(UUCPMap.from_text(SQUARE), "e", origin="a")) == [
        "The road from a to e",
        "[text] · cost 25, 3 hops · 1 alternative",
        "a",
        "b",
        "d",
        "e",
        "c",
        "→20 ←30",
        "→dead ←20",
        "10",
        "10",
        "5",
        "25  b!d!e!%s",
        "100,000,046  c!d!e!%s  without a!b or b!d  (a dead link)",
        "No other road without d!e.",
        "the road",
        "declared by one of the two only",
        "an alternative",
        "→ what the way there costs, ← the way back",
    ]


def test_the_texts_of_a_whole_map() -> None:
    found = texts(whole(UUCPMap.from_text(PAPER)))
    assert found[:10] == [
        "The whole map",
        "[text] · 7 hosts, 1 net, 8 lines",
        "unc",
        "duke",
        "phs",
        "research",
        "ucbvax",
        "arpa",
        "mit-ai",
        "stanford",
    ]
    assert sorted(" ".join(sorted(re.findall("[0-9]+", one))) for one in found[10:18]) == [
        "100",
        "100",
        "100",
        "2000",
        "2500 300",
        "300 500",
        "300 500",
        "300 5000",
    ]
    assert found[18:] == ["a net", "→ what the way there costs, ← the way back"]


def test_an_arrow_beside_a_cost_points_where_that_is_paid_for() -> None:
    picture = whole(UUCPMap.from_text("here there(25)\nthere here(75)"))
    _, (here, there) = boxes_of(picture)
    shown = [one for one in texts(picture) if "25" in one]
    if abs(here.x - there.x) > abs(here.y - there.y):
        assert shown == ["→25 ←75" if here.x < there.x else "→75 ←25"]
    else:
        assert shown == ["↓25 ↑75" if here.y < there.y else "↓75 ↑25"]


def test_people_who_do_not_see_a_picture_are_told_all_of_it() -> None:
    document = ET.fromstring(svg(road(UUCPMap.from_text(SQUARE), "e", origin="a")))  # noqa: S314 - our own
    assert document.get("role") == "img"
    first, second = list(document)[:2]
    assert (first.tag, first.text) == (f"{_SVG}title", "The road from a to e")
    assert second.tag == f"{_SVG}desc"
    assert (
        second.text
        == """\
[text] · cost 25, 3 hops · 1 alternative.
25  b!d!e!%s.
100,000,046  c!d!e!%s  without a!b or b!d  (a dead link).
No other road without d!e.
a and b: 10.
a to c: 20, back: 30.
b and d: 10.
d to e, one way: 5.
d to c: 20, back: dead."""
    )


def test_a_line_and_a_host_tell_more_to_who_points_at_them() -> None:
    found = titles(whole(UUCPMap.from_text(PAPER)))
    assert "unc → duke: 500 ([text]:1)\nduke → unc: 300 ([text]:2)" in found
    assert "net arpa" in found
    assert "a = alpha, alef" in titles(whole(UUCPMap.from_text(SQUARE)))


def test_kinds_of_lines_are_told_apart() -> None:
    roads = UUCPMap.from_text("a b(10), c(5)\nb a(10), d(10)\nc a(5)\ne d(8)\ndead {a!c}\ndead {c!a}\ndead {b}\n")
    found = svg(road(roads, "e", origin="a"))
    legend = texts(road(roads, "e", origin="a"))
    assert "taken against the only direction that is declared" in legend
    assert "declared by one of the two only" in legend
    assert "dead" in texts(whole(roads))
    dashes = set(re.findall(r'stroke-dasharray="([^"]*)"', found + svg(whole(roads))))
    assert dashes == {"7 4", "7 3 2 3", "2 4", "2 3"}
    assert "passes nothing on" in found


HOSTILE = [
    "<script>alert(1)</script>",
    "]]>",
    "'><x onload=alert(1)>",
    "&lt;",
    "&#0;",
    "--",
    "\x1b[31m",
    "\x7f",
    "\u202eback",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_injects_markup(name: str) -> None:
    roads = UUCPMap.from_text(f'a "{name}"(10), b(20)\n"{name}" a(20)', home="a")
    shown = "".join("\N{REPLACEMENT CHARACTER}" if ord(one) < 32 or one in "\x7f\u202e" else one for one in name)
    for picture in (whole(roads), around(roads, "a")):
        document = ET.fromstring(svg(picture))  # noqa: S314 - our own
        tags = {one.tag.removeprefix(_SVG) for one in document.iter()}
        assert tags <= {"svg", "title", "desc", "rect", "g", "path", "text", "ellipse"}
        assert {key for one in document.iter() for key in one.attrib} <= {
            "role", "width", "height", "viewBox", "fill", "x", "y", "font-family", "font-size", "font-weight", "d",
            "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "paint-order", "text-anchor", "rx", "ry",
            "cx", "cy", "transform", "{http://www.w3.org/XML/1998/namespace}space",
        }  # fmt: skip
        assert shown in texts(picture)


@given(st.text(st.characters(exclude_characters='"\n\r'), min_size=1, max_size=50))
def test_a_picture_is_xml_whatever_it_names(name: str) -> None:
    way = Way(5, Place(name, 1))
    points = (Point(1, name, aliases=(name,)), Point(2, "b", Shape.NET))
    picture = Picture(name, name, points, (Line(1, 2, way, None),))
    assert ET.fromstring(svg(picture)).tag == f"{_SVG}svg"  # noqa: S314 - our own


def test_a_long_name_is_cut_and_told_in_full() -> None:
    name = "a" * 60
    picture = whole(UUCPMap.from_text(f"{name} b(5)"))
    assert f"{'a' * 31}…" in texts(picture)
    assert name in titles(picture)


# How it looks


def boxes_of(picture: Picture) -> tuple[Layout, list[Box]]:
    found = lay_out(scheme_of(picture))
    return found, list(found.boxes)


@pytest.mark.parametrize("hosts", [2, 5, 20, 61, 200])
def test_no_two_boxes_overlap_and_the_picture_stays_a_page(hosts: int) -> None:
    layout, boxes = boxes_of(whole(many(hosts)))
    assert len(boxes) <= hosts
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    assert layout.width <= 60 * hosts + 200
    assert max(layout.width, layout.height) <= 2600


@pytest.mark.parametrize(
    ("host", "hops", "most"), [("unc", 1, 200), ("mcvax", 1, 200), ("uunet", 1, 200), ("unc", 2, 100)]
)
def test_no_two_boxes_overlap_around_a_host_of_1988(world: UUCPMap, host: str, hops: int, most: int) -> None:
    layout, boxes = boxes_of(around(world, host, hops=hops, most=most))
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    assert max(layout.width, layout.height) <= 2600
    for box in boxes:
        assert box.x - box.width / 2 >= -1
        assert box.x + box.width / 2 <= layout.width + 1


def test_costs_cover_neither_boxes_nor_each_other(world: UUCPMap) -> None:
    scheme = scheme_of(around(world, "mcvax"))
    layout = lay_out(scheme)
    places = place_costs(scheme, layout, range(len(scheme.links)))
    assert len(places) > 50
    labels = [Box(x, y, scheme.links[place].room, 11) for place, (x, y) in places.items()]
    for one, other in itertools.combinations([*layout.boxes, *labels], 2):
        assert not one.overlaps(other)


def test_hosts_that_hang_on_one_alone_stand_in_lists(world: UUCPMap) -> None:
    picture = around(world, "mcvax")
    scheme = scheme_of(picture)
    assert len(picture.points) == 142
    assert len(scheme.nodes) < 50
    assert sorted(point.number for node in scheme.nodes for point in node.points) == sorted(
        point.number for point in picture.points
    )
    assert sorted(map(repr, (line for link in scheme.links for line in link.lines))) == sorted(map(repr, picture.lines))
    shown = texts(picture)
    assert {"nikhefk", "uva", "hp4nl  100", "engate 30000"} <= set(shown)
    assert "mcvax → nikhefk: 200" in "\n".join(titles(picture))


def test_a_list_with_costs_both_ways_says_what_they_are() -> None:
    rows = "\n".join(f"hub leaf{number}({100 + number})\nleaf{number} hub({200 + number})" for number in range(30))
    found = texts(around(UUCPMap.from_text(rows), "hub"))
    assert "leaf7  107/207" in found
    assert found[-1] == "200/300: what the way to a host in a list costs, and the way back"


def test_a_long_road_leads_down_the_page() -> None:
    rows = "\n".join(f"site{number} site{number + 1}(100)" for number in range(12))
    layout, boxes = boxes_of(road(UUCPMap.from_text(rows), "site12", origin="site0"))
    assert layout.height > layout.width
    assert [box.y for box in boxes] == sorted(box.y for box in boxes)


def test_a_road_leads_to_the_right(world: UUCPMap) -> None:
    picture = road(world, "mcvax", origin="rutgers")
    _, boxes = boxes_of(picture)
    on_road = [boxes[place] for place, point in enumerate(picture.points) if point.number in picture.courses[0].points]
    assert [box.x for box in on_road] == sorted(box.x for box in on_road)


def test_the_same_picture_is_the_same_text_in_another_process(tmp_path: Path) -> None:
    (tmp_path / "map").write_text(PAPER)
    for seed in ("1", "2"):
        arguments = ["-m", "mailpaths", "map", "draw", "-o", f"{seed}.svg", "map"]
        subprocess.run(
            [sys.executable, *arguments], check=True, cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": seed}
        )
    first, second = [(tmp_path / f"{seed}.svg").read_text(encoding="utf-8") for seed in "12"]
    assert first == second


def test_graphviz_has_nothing_to_complain_about(world: UUCPMap, capfd: pytest.CaptureFixture[str]) -> None:
    for picture in (around(world, "mcvax"), around(world, "uunet", most=300), whole(many(200)), whole(many(5))):
        svg(picture)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["rutgers-mcvax", "mcvax-1988", "teaching"])
def test_the_pictures_of_the_docs_are_what_is_drawn_now(world: UUCPMap, name: str) -> None:
    figures = Path(__file__).parent.parent / "docs" / "_figures"
    if name == "teaching":
        roads = UUCPMap.load(figures / "teaching.map")
        roads.name = "teaching.map"
        picture = whole(roads)
    else:
        picture = road(world, "mcvax", origin="rutgers") if name == "rutgers-mcvax" else around(world, "mcvax")
    kept = ET.parse(figures / f"{name}.svg").getroot()  # noqa: S314 - our own
    # Where things stand may differ with the version of Graphviz.
    assert kept.findtext(f"{_SVG}desc") == ET.fromstring(svg(picture)).findtext(f"{_SVG}desc")  # noqa: S314


# The command


@pytest.mark.parametrize("ending", ["svg", "SVG", "dot", "gv"])
def test_the_ending_of_the_file_says_what_is_written(run: Run, square: str, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"picture.{ending}"
    result = run("map", "draw", "--from", "a", "--to", "e", "-o", str(path), square)
    assert (result.status, result.out, result.err) == (0, "", "")
    start = "<svg " if ending.lower() == "svg" else "digraph "
    assert path.read_text(encoding="utf-8").startswith(start)
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name, "square"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["-o", "x.png"],
            "invalid value for '-o' / '--output': 'x.png' ends in none of .svg, .dot, .gv.",
        ),
        (["--from", "a"], "--from is where a road begins: --to says where it leads, or --around HOST what to draw"),
        (["--to", "a"], "--to is where a road leads: --from says where it begins"),
        (
            ["--around", "a", "--to", "b"],
            "--around draws no road, and --from and --to draw nothing else: one of the two",
        ),
        (["--hops", "2"], "--hops is how far to go around a host: --around names it"),
    ],
)
def test_wrong_calls(run: Run, square: str, arguments: list[str], message: str) -> None:
    result = run("map", "draw", *arguments, square)
    assert result.status == 64
    assert result.out == ""
    assert result.err == f"mailpaths: {message}\nTry 'mailpaths map draw --help' for help.\n"


def test_a_map_too_large_for_a_picture(run: Run, square: str) -> None:
    result = run("map", "draw", "--most", "5", square)
    assert result.status == 64
    assert result.err == (
        f"mailpaths: {square} has 6 hosts, nets and domains, too many for one picture; --from HOST --to HOST draws"
        " a road, --around HOST a part of it, --most 8 all of it.\nTry 'mailpaths map draw --help' for help.\n"
    )
    assert run("map", "draw").status == 64


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--around", "mcvx"], "no host 'mcvx' is in the UUCP map of December 1988; there is mcvax"),
        (
            ["--from", "rutgrs", "--to", "mcvax"],
            "no host 'rutgrs' is in the UUCP map of December 1988, so no road begins there; there is rutgers",
        ),
        (["--to", "mcvx"], "no road to mcvx is known; there is mcvax"),
    ],
)
def test_unknown_hosts(run: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    path = tmp_path / "picture.svg"
    path.write_text("old")
    result = run("map", "draw", *arguments, "-o", str(path))
    assert (result.status, result.out, result.err) == (68, "", f"mailpaths: {message}\n")
    assert path.read_text() == "old"


def test_files_that_cannot_be_read(run: Run, square: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    path.write_text("old")
    result = run("map", "draw", "--around", "a", "-o", str(path), square, str(tmp_path / "nowhere"))
    assert result.status == 66
    assert "nowhere: No such file or directory" in result.err
    assert path.read_text() == "old"
    assert run("map", "draw", str(tmp_path / "nowhere")).status == 66
    shown = run("map", "draw", "--around", "a", square, str(tmp_path / "nowhere"))
    assert (shown.status, shown.out[:8]) == (66, "Around a")


def test_a_directory_that_cannot_be_written_to(run: Run, square: str, tmp_path: Path) -> None:
    result = run("map", "draw", "-o", str(tmp_path / "no" / "x.dot"), square)
    assert result.status == 74
    assert result.err.startswith("mailpaths: cannot write ")


def test_without_the_extra(run: Run, square: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    path = tmp_path / "picture.svg"
    path.write_text("old")
    result = run("map", "draw", "-o", str(path), square)
    assert result.status == 69
    assert result.err == "mailpaths: drawing needs pygraphviz, which is not installed: pip install 'mailpaths[draw]'\n"
    assert path.read_text() == "old"
    assert run("map", "draw", "-o", str(tmp_path / "picture.dot"), square).status == 0
    assert run("map", "draw", square).status == 0


def test_the_example_of_the_help(run: Run) -> None:
    shown = run("map", "draw", "--help").out
    tree = run("map", "draw", "--from", "rutgers", "--to", "mcvax").out.splitlines()
    for line in tree[:6]:
        assert line in shown
