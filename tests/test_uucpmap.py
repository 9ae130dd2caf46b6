"""UUCP maps as a router: origins, aliases, private names, domains, near misses, and files of every sort and fault."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import MapError, UnknownHostError
from mailpaths.grammar.uucpcost import MANUAL
from mailpaths.routing import Ambiguous, Answer, Found, NotFound, Obstacle, RouteTemplate, UUCPMap
from mailpaths.routing.uucp import sources
from mailpaths.routing.uucp.mapping import map_world
from mailpaths.routing.uucp.printing import lines
from mailpaths.routing.uucp.reading import read
from mailpaths.routing.uucp.roads import Hop, Road
from mailpaths.routing.uucp.world import Message, Place
from mailpaths.testing import hostile_texts

TEXT = "h a(10)\na b(5)\n"
ORIGINS = ("ihnp4", "mcvax")


def told(answer: Answer) -> tuple[str, int | None]:
    """Return the road and its cost."""
    assert isinstance(answer, Found), answer
    return answer.template.text, answer.cost


def roads_of(router: UUCPMap, *hosts: str) -> list[str | None]:
    """Return the roads to some hosts, ``None`` where there is none."""
    answers = [router.resolve(host) for host in hosts]
    return [answer.template.text if isinstance(answer, Found) else None for answer in answers]


@pytest.fixture(scope="module")
def bundled() -> UUCPMap:
    return UUCPMap.bundled()


# --- answers ------------------------------------------------------------------------------------------------------


def test_the_whole_answer() -> None:
    router = UUCPMap.from_text("h a(10)\na .edu(5), b(5)\ndead {b}\nb c(1)\n", home="h")
    assert router.resolve("A.UUCP") == Found(RouteTemplate("a!%s", ("a",)), 10, "[text], from h", "a")
    assert router.resolve("Gatech.EDU.") == Found(
        RouteTemplate("a!Gatech.EDU!%s", ("a", "Gatech.EDU")), 15, "[text], from h", ".edu"
    )
    assert router.resolve("c") == Found(
        RouteTemplate("a!b!c!%s", ("a", "b", "c")), 100_000_016, "[text], from h", "c", (Obstacle.DEAD_HOST,)
    )
    assert router.resolve("h") == Found(RouteTemplate("%s", ()), 0, "[text], from h", "h")


def test_every_host_is_an_origin() -> None:
    router = UUCPMap.from_text("h a(10)\na b(5), h(7)\nb a(1)\nb = bb\n", home="h")
    assert [told(router.resolve("b", origin=origin)) for origin in ("h", None, "a", "b")] == [
        ("a!b!%s", 15),
        ("a!b!%s", 15),
        ("b!%s", 5),
        ("%s", 0),
    ]
    for origin in ("H", "h.", "h.UUCP", "H.uucp."):
        assert told(router.resolve("b", origin=origin)) == ("a!b!%s", 15)
    # An alias is an origin too.
    assert told(router.resolve("h", origin="bb")) == ("a!h!%s", 8)


@pytest.mark.parametrize("origin", ["nowhere", "", "h.edu", "x!y", "a b", "h\n"])
def test_an_origin_that_is_not_in_the_map(origin: str) -> None:
    router = UUCPMap.from_text(TEXT, home="h")
    assert router.resolve("b", origin=origin) == NotFound()
    for call in (router.roads, lambda at: router.road("b", origin=at)):
        with pytest.raises(UnknownHostError) as caught:
            call(origin)
        hint = "; there is h" if origin == "h\n" else ""
        assert str(caught.value) == f"no host {origin!r} is in [text], so no road begins there{hint}"
    with pytest.raises(UnknownHostError):
        UUCPMap.from_text(TEXT, home=origin)


def test_a_map_without_a_home() -> None:
    router = UUCPMap.from_text(TEXT)
    assert told(router.resolve("b", origin="a")) == ("b!%s", 5)
    for call in (router.roads, lambda: router.resolve("b"), lambda: router.road("b")):
        with pytest.raises(MapError) as caught:
            call()
        assert str(caught.value) == "expected the host at which the roads begin: this map has no home"
    assert told(router.at("a").resolve("b")) == ("b!%s", 5)
    assert repr(router) == "<UUCPMap [text]: 3 names, home None, pathalias>"


def test_aliases() -> None:
    router = UUCPMap.from_text("h a(10)\na = aa, aaa\naa b(5)\naaa = x.y.edu\n", home="h")
    # pathalias: the road to an alias names the host as its predecessor knows it.
    assert roads_of(router, "a", "aa", "aaa", "x.y.edu") == ["a!%s"] * 4
    assert told(router.resolve("b")) == ("a!b!%s", 15)
    assert router.road("aaa") == Road(
        "h",
        "aaa",
        10,
        RouteTemplate("a!%s", ("a",)),
        (Hop("a", 10, Place("[text]", 1)),),
        ("aaa",),
    )


def test_a_cycle_of_aliases_ends() -> None:
    router = UUCPMap.from_text("h a(10)\na = b\nb = c\nc = a\nc = h2\nh = h2\n", home="h")
    assert roads_of(router, "a", "b", "c", "h2") == ["%s"] * 4
    assert router.messages == ()


def test_names_of_one_file_only() -> None:
    one, two, three = (
        io.BytesIO(text.encode("ascii"))
        for text in (
            "file {one}\nprivate {bilbo, solo}\nh bilbo(10), solo(1), both(2)\nbilbo c(5)\n",
            "file {two}\nprivate {bilbo}\nh bilbo(11)\nbilbo d(5)\n",
            "file {three}\nprivate {Bilbo, both}\nh bilbo\nboth e(1)\n",
        )
    )
    router = UUCPMap.load(one, two, three, home="h")
    assert router.messages == ()
    # A private host is used and named in roads, and has none by its own name.
    assert roads_of(router, "c", "d") == ["bilbo!c!%s", "bilbo!d!%s"]
    expected = Ambiguous(("bilbo in one", "bilbo in two", "bilbo in a file"))
    for host in ("bilbo", "BILBO.", "bilbo.uucp"):
        assert router.resolve(host) == expected
    # One alone is nobody's, and a public one is the one that is meant.
    assert router.resolve("solo") == NotFound()
    assert told(router.resolve("both")) == ("both!%s", 2)
    assert router.hosts() == ("h", "both", "c", "d", "e")


def test_domains_and_nets() -> None:
    router = UUCPMap.from_text(
        "h gw(10), member(20)\ngw .edu(5)\n.edu = {.rutgers, mit}\n.rutgers = {topaz}\nNET = {gw, other}(7)\n", home="h"
    )
    assert roads_of(router, "mit", "topaz", "x.edu", "a.b.edu", ".edu", "other") == [
        "gw!mit.edu!%s",
        "gw!topaz.rutgers.edu!%s",
        "gw!x.edu!%s",
        "gw!a.b.edu!%s",
        "gw!%s",
        "gw!other!%s",
    ]
    # A net is no host.
    assert router.resolve("NET") == NotFound()
    assert router.hosts() == ("h", "gw", "member", "mit", "topaz", "other")


def test_a_home_that_is_a_gateway() -> None:
    router = UUCPMap.from_text("h .edu(10), a(1)\n.edu = {mit}\n", home="h")
    assert told(router.resolve("mit")) == ("mit.edu!%s", 10)
    assert told(router.resolve("x.edu")) == ("x.edu!%s", 10)
    assert told(router.resolve(".edu")) == ("%s", 10)


def test_operators_and_sides() -> None:
    router = UUCPMap.from_text(
        "h a@(10), @c(10), g(10), k:(5)\na b(5)\nc d(5), @e(5)\ng @i(5)\nk l(5), m%(5)\n", home="h"
    )
    expected: dict[str, tuple[str, tuple[str, ...]]] = {
        "a": ("a@%s", ("a",)),
        "b": ("a@b!%s", ("a", "b")),
        "c": ("%s@c", ("c",)),
        "d": ("d!%s@c", ("c", "d")),
        "e": ("%s%%e@c", ("c", "e")),
        "i": ("g!%s@i", ("g", "i")),
        "k": ("k:%s", ("k",)),
        "l": ("k:l!%s", ("k", "l")),
        "m": ("k:m%%%s", ("k", "m")),
    }
    for host, (text, hosts) in expected.items():
        answer = router.resolve(host)
        assert isinstance(answer, Found)
        assert answer.template == RouteTemplate(text, hosts)
        mixed = (Obstacle.MIXED_SYNTAX,) if host in {"d", "i"} else ()
        assert answer.obstacles == mixed


def test_quoted_names_that_are_none() -> None:
    router = UUCPMap.from_text(
        'h "a b"(10), "x!y"(5), "u@z"(2), "m\udcfcn"(3), "-x"(1), "a..b"(1), ok(1)\n"x!y" far(10)\nok "a\x7fb"(1)\n',
        home="h",
    )
    assert roads_of(router, "a b", "x!y", "u@z", "m\udcfcn", "-x", "a..b", "a\x7fb") == [None] * 7
    # No road leads over them either: in a path they would be something else.
    assert roads_of(router, "far", "ok") == [None, "ok!%s"]
    assert set(router.hosts()) == {"h", "a b", "x!y", "u@z", "m\udcfcn", "-x", "a..b", "ok", "far", "a\x7fb"}


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("seismp", ("seismo",)),
        ("esismo", ("seismo",)),
        ("seimo.UUCP", ("seismo",)),
        ("seismo1", ("seismo",)),
        ("seismo.gov", ()),
        ("edu", (".edu",)),
        ("", ()),
        ("mcvax!piet", ()),
    ],
)
def test_near_misses(host: str, near: tuple[str, ...]) -> None:
    assert UUCPMap.from_text("home-x seismo(10), .edu(5)\n", home="home-x").resolve(host) == NotFound(near)


def test_what_no_road_leads_to() -> None:
    router = UUCPMap.from_text("h a(10)\nisland reef(5)\nturned a(7)\n", home="h")
    assert roads_of(router, "island", "reef", "turned") == [None, None, "a!turned!%s"]
    assert router.roads().unreachable == ("reef", "island")
    answer = router.resolve("turned")
    assert isinstance(answer, Found)
    assert answer.obstacles == (Obstacle.ONE_WAY,)


@pytest.mark.parametrize("mode", ["pathalias", "best"])
def test_case(mode: str) -> None:
    assert mode in {"pathalias", "best"}
    text = "H Ab(10)\nab c\nAB d(5)\n"
    folded = UUCPMap.from_text(text, home="h", mode="best" if mode == "best" else "pathalias")
    assert roads_of(folded, "ab", "AB", "c", "D") == ["ab!%s", "ab!%s", "ab!c!%s", "ab!d!%s"]
    kept = UUCPMap.from_text(text, home="H", mode="best" if mode == "best" else "pathalias", fold_case=False)
    # Three hosts, and a question that is blind to case: only one of them is reached.
    assert roads_of(kept, "ab", "AB", "c", "d") == ["Ab!%s", "Ab!%s", None, None]


def test_symbols_of_the_manual() -> None:
    text = b"h a(DEDICATED)\na b(EVENING)\n"
    assert told(UUCPMap.load(io.BytesIO(text), home="h").resolve("b")) == ("a!b!%s", 2_100)
    assert told(UUCPMap.load(io.BytesIO(text), home="h", symbols=MANUAL).resolve("b")) == ("a!b!%s", 1_895)
    own = {"DEDICATED": 1, "EVENING": 2}
    assert told(UUCPMap.load(io.BytesIO(text), home="h", symbols=own).resolve("b")) == ("a!b!%s", 3)


# --- hops ---------------------------------------------------------------------------------------------------------


def test_a_road_hop_by_hop() -> None:
    router = UUCPMap.from_text(
        "h a(10)\n\na = alias\nalias @b(5), NET(3)\nNET = {b, c}(7)\ndead {c!d}\nc d(2)\ne d(1)\nd .edu(4)\n", home="h"
    )
    file = "[text]"
    assert router.road("d") == Road(
        "h",
        "d",
        100_000_015,
        RouteTemplate("a!c!d!%s", ("a", "c", "d")),
        (
            Hop("a", 10, Place(file, 1)),
            Hop("c", 3, Place(file, 5), ("alias", "net")),
            Hop("d", 2, Place(file, 6), (), (Obstacle.DEAD_LINK,)),
        ),
        (),
        (Obstacle.DEAD_LINK,),
    )
    mixed = router.road("b.uucp")
    assert mixed is not None
    assert (mixed.name, mixed.template.text, mixed.cost) == ("b", "a!b!%s", 13)
    behind = router.road("x.edu")
    assert behind is not None
    assert (behind.name, behind.over) == (".edu", (".edu",))
    assert router.road("nowhere") is None
    assert router.road("h") == Road("h", "h", 0, RouteTemplate("%s", ()), ())


# --- the bundled map ----------------------------------------------------------------------------------------------


def test_the_bundled_map(bundled: UUCPMap) -> None:
    assert (bundled.home, bundled.mode, bundled.name) == ("rutgers", "pathalias", "the UUCP map of December 1988")
    assert (bundled.messages, bundled.troubles) == ((), ())
    # The counts of the reference, part 3; hosts are all names but nets, domains and private ones.
    assert (len(bundled.world.names), len(bundled.world.targets)) == (14_359, 33_265)
    assert len(bundled.hosts()) == len(set(bundled.hosts())) == 13_504
    assert bundled.resolve("mcvax.uucp") == Found(
        RouteTemplate("mimsy!uunet!mcvax!%s", ("mimsy", "uunet", "mcvax")),
        415,
        "the UUCP map of December 1988, from rutgers",
        "mcvax",
    )
    road = bundled.road("mcvax")
    assert road is not None
    assert [(hop.host, hop.cost, str(hop.place)) for hop in road.hops] == [
        ("mimsy", 95, "d.usa.nj.1:68"),
        ("uunet", 100, "u.usa.md.1:144"),
        ("mcvax", 220, "d.usa.va.1:195"),
    ]
    assert bundled.resolve("ihpn4") == NotFound(("ihnp4",))


@pytest.mark.parametrize("origin", ORIGINS)
def test_any_origin_has_the_roads_that_pathalias_gives_it_as_home(bundled: UUCPMap, origin: str) -> None:
    """One world, made without a home, against one that is read anew with this home: as if pathalias ran again."""
    with lzma.open(Path(sources.__file__).parents[1] / "data" / "uucp-map-1988-12-31.map.xz") as stream:
        found = read([sources.of_octets(stream.read(), "map")], home=origin, fold_case=True)
    assert found.world.home is not None
    expected: dict[str, tuple[str, int]] = {}
    for line in lines(map_world(found.world, found.world.home)):
        name = line.name.removesuffix(".")
        if name not in expected or line.cost < expected[name][1]:
            expected[name] = (line.route, line.cost)
    assert {name: told(bundled.resolve(name, origin=origin)) for name in expected} == expected
    assert len(bundled.roads(origin)) == len(expected)


@pytest.mark.parametrize("origin", ["rutgers", *ORIGINS])
def test_the_hosts_of_every_road_are_those_of_its_text(bundled: UUCPMap, origin: str) -> None:
    for line in bundled.roads(origin):
        answer = bundled.resolve(line.name, origin=origin)
        assert isinstance(answer, Found)
        assert answer.hosts == tuple(answer.template.text.split("!")[:-1])
        # No penalty without a name for it, and no name without a penalty.
        assert (line.cost >= 100_000_000) == bool(answer.obstacles)


# --- the cache, and threads ---------------------------------------------------------------------------------------


def test_roads_are_computed_once_and_the_oldest_forgotten() -> None:
    router = UUCPMap.from_text("".join(f"h{number} h{number + 1}(10)\n" for number in range(30)), home="h0")
    first = router.roads("h0")
    assert router.roads() is router.roads("H0.uucp") is first
    for number in range(1, 16):
        router.roads(f"h{number}")
    assert router.roads("h0") is first
    for number in range(16, 31):
        router.resolve("h30", origin=f"h{number}")
    assert router.roads("h0") is first
    router.roads("h1")
    assert len(router._computed) == 16
    for number in range(1, 17):
        router.roads(f"h{number}")
    assert router.roads("h0") is not first
    assert told(router.resolve("h30")) == ("".join(f"h{number}!" for number in range(1, 31)) + "%s", 300)


@pytest.mark.parametrize("mode", ["pathalias", "best"])
def test_threads_share_a_map(mode: str) -> None:
    text = "".join(
        f"h{number} h{(number * 7 + 3) % 40}({number}), h{(number + 1) % 40}, .d{number % 5}(5)\n"
        for number in range(40)
    )

    def fresh() -> UUCPMap:
        return UUCPMap.from_text(text, home="h0", mode="best" if mode == "best" else "pathalias")

    def ask(router: UUCPMap, number: int) -> list[Answer]:
        # Forty origins: more than are kept, so that they come and go.
        return [
            router.resolve(host, origin=f"h{(number * 11 + turn) % 40}")
            for turn in range(40)
            for host in ("h7", "x.d3", "nowhere")
        ]

    expected = [ask(fresh(), number) for number in range(8)]
    router = fresh()
    answers: list[list[Answer]] = [[] for _ in range(8)]
    gate = threading.Barrier(8)

    def work(number: int) -> None:
        gate.wait()
        answers[number] = ask(router, number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == expected
    assert len(router._computed) <= 16


# --- messages -----------------------------------------------------------------------------------------------------


# The lines are those that pathalias v10 says: of a syntax error, where the next token stands.
@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", []),
        ("\n\n# nothing\n", []),
        ("h a(FOO)\n", ['"[text]", line 1: unknown cost (FOO), using default']),
        ("h a(1-2)\n", ['"[text]", line 1: link to a ignored with negative cost']),
        ("h a\n\nh b(((\n", ['"[text]", line 4: syntax error']),
        ("h a(10)\n\n\nh b((\nh c, d(10/0)\n", ['"[text]", line 5: syntax error', '"[text]", line 5: zero divisor\n']),
        ("h a(10)\na b", ['"[text]", line 1: syntax error']),
        ("file {u.usa.nj.1}\nh a(10)\n)\n", ['"u.usa.nj.1", line 2: syntax error']),
        (".a = .b\n", ["pathalias: domain alias .a = .b is illegal"]),
    ],
)
def test_messages(text: str, messages: list[str]) -> None:
    assert [str(message) for message in UUCPMap.from_text(text).messages] == messages


def test_the_parts_of_a_message() -> None:
    (message,) = UUCPMap.from_text("h a(10)\nh b(FOO), c(5)\n").messages
    assert message[:3] == Message("[text]", 2, "unknown cost (FOO), using default")[:3]
    assert "h b(FOO)" in message.statement


def test_a_fault_leaves_the_rest() -> None:
    router = UUCPMap.from_text("h a(10), b(((\nh c(5)\n)(\n= = =\nh d(FOO)\nc e(1)\n", home="h")
    assert roads_of(router, "a", "b", "c", "d", "e") == ["a!%s", None, "c!%s", "d!%s", "c!e!%s"]
    assert [message.line for message in router.messages] == [2, 3, 5]


@given(hostile_texts() | st.text('ha \t\n,()!@{}=.#"<>1*/-+\r\0é\udcfc', max_size=40))
def test_no_text_is_too_bad(text: str) -> None:
    try:
        router = UUCPMap.from_text(f"h a(10)\n{text}\nh zz(5)\n", home="h")
    except UnknownHostError:  # no text
        assert "\0" in text
        return
    for host in ("a", "zz", "h", text):
        answer = router.resolve(host)
        if isinstance(answer, Found):
            assert "\n" not in answer.template.text
    assert all(message.text for message in router.messages)


# --- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("u.map", bytes),
        ("u", bytes),
        ("u.usa.nj.1", bytes),
        ("u.gz", gzip.compress),
        ("u.map.xz", lzma.compress),
        ("u.bz2", bz2.compress),
        ("odd [name]*", bytes),
    ],
)
def test_a_file(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / name
    path.write_bytes(pack(b"h a(10)\na b(FOO)\n"))
    for given_as in (path, str(path)):
        router = UUCPMap.load(given_as, home="h")
        assert told(router.resolve("b")) == ("a!b!%s", 4_010)
        assert [str(message) for message in router.messages] == [f'"{path}", line 2: unknown cost (FOO), using default']
        assert (router.name, router.troubles) == (str(path), ())
        assert router.road("b").hops[1].place == Place(str(path), 2)  # type: ignore[union-attr]


def test_directories_and_patterns(tmp_path: Path) -> None:
    maps = tmp_path / "maps"
    (maps / "below").mkdir(parents=True)
    (maps / ".hidden").write_text("h hidden(1)\n")
    (maps / "below" / "c").write_text("h below(1)\n")
    (maps / "u.b").write_text("a b(5)\n")
    (maps / "u.a").write_text("h a(10)\n")
    (maps / "v.gz").write_bytes(gzip.compress(b"b v(1)\n"))
    whole = UUCPMap.load(maps, home="h")
    assert whole.hosts() == ("h", "a", "b", "v")
    assert (whole.name, told(whole.resolve("v"))) == (f"{maps}/u.a and 2 more", ("a!b!v!%s", 16))
    pattern = UUCPMap.load(f"{maps}/u.*", home="h")
    assert pattern.hosts() == ("h", "a", "b")
    named = UUCPMap.load(maps / "u.b", str(maps / "u.a"), home="h")
    assert named.hosts() == ("a", "b", "h")


def test_standard_input_and_streams(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"h a(FOO)\n")))
    router = UUCPMap.load("-", home="h")
    assert [str(message) for message in router.messages] == ['"[stdin]", line 1: unknown cost (FOO), using default']
    path = tmp_path / "a map"
    path.write_bytes(b"a b(5)\n")
    with path.open("rb") as stream:
        both = UUCPMap.load(io.BytesIO(b"h a(10)\n"), stream, home="h")
    assert told(both.resolve("b")) == ("a!b!%s", 15)
    assert both.road("b").hops[1].place == Place(str(path), 1)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    ["h a(10)\r\na b(5)\r\n", "h a(10)\r\n\r\na b(5)\r\n# x\r\n", "h a(10),\r\n\tz(1)\r\na b(5),\r\n\tc\r\n"],
)
def test_carriage_returns_are_told_and_lose_nothing(text: str) -> None:
    router = UUCPMap.from_text(text, home="h")
    plain = UUCPMap.from_text(text.replace("\r", ""), home="h")
    assert {line.name: line.cost for line in router.roads()} == {line.name: line.cost for line in plain.roads()}
    assert {message.text for message in router.messages} == {"syntax error"}
    assert plain.messages == ()


@pytest.mark.parametrize("text", ["h a(10)\na b(5)", "h a(10)\na b(5) ", "h a(10)\na b(5)#x", "h a(10)\n\na b(5)"])
def test_a_last_line_without_its_end(text: str) -> None:
    router = UUCPMap.from_text(text, home="h")
    assert (told(router.resolve("b")), router.messages) == (("a!b!%s", 15), ())


def test_a_last_line_without_its_end_that_ends_in_a_name() -> None:
    """To pathalias that is a syntax error, and the link is read all the same."""
    router = UUCPMap.from_text("h a(10)\na b", home="h")
    assert told(router.resolve("b")) == ("a!b!%s", 4_010)
    assert [message.text for message in router.messages] == ["syntax error"]


SHORT = "Compressed file ended before the end-of-stream marker was reached"


def _flipped(octets: bytes) -> bytes:
    return octets[:40] + bytes([octets[40] ^ 255]) + octets[41:]


LONG = (TEXT * 3_000).encode("ascii")


@pytest.mark.parametrize(
    ("name", "octets", "reason"),
    [
        ("cut.gz", gzip.compress(LONG)[:-1], SHORT),
        ("cut.xz", lzma.compress(LONG)[:60], SHORT),
        ("cut.bz2", bz2.compress(LONG)[:3], SHORT),
        ("flipped.xz", _flipped(lzma.compress(LONG)), "Corrupt input data"),
        ("plain.gz", b"h a(10)\n", "Not a gzipped file (b'h ')"),
        ("plain.xz", b"h a(10)\n", "Input format not supported by decoder"),
        ("plain.bz2", b"h a(10)\n", "Invalid data stream"),
        ("binary", b"\x7fELF\0\0\nh z(1)\n", "not a text: it holds NUL octets"),
        ("utf-16", "h a(10)\n".encode("utf-16"), "not a text: it holds NUL octets"),
        ("missing", None, "No such file or directory"),
        ("x" * 300, None, "File name too long"),
        ("nothing.*", None, "No such file or directory"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, octets: bytes | None, reason: str) -> None:
    path = tmp_path / name
    if octets is not None:
        path.write_bytes(octets)
    with pytest.raises(MapError) as caught:
        UUCPMap.load(path)
    assert str(caught.value) == f"{path}: {reason}"
    # Beside it the others are used, before and after.
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("h a(10)\n")
    two.write_text("a b(5)\n")
    router = UUCPMap.load(one, path, two, home="h")
    assert told(router.resolve("b")) == ("a!b!%s", 15)
    assert [(trouble.name, trouble.reason) for trouble in router.troubles] == [(str(path), reason)]
    assert [str(message) for message in router.messages] == [f"pathalias: {path}: {reason}"]


@pytest.mark.parametrize("flip", [30, 60, 100])
def test_a_packed_file_with_a_wrong_octet(tmp_path: Path, flip: int) -> None:
    octets = bytearray(gzip.compress(LONG))
    octets[flip] ^= 255
    path = tmp_path / "map.gz"
    path.write_bytes(octets)
    with pytest.raises(MapError) as caught:
        UUCPMap.load(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_several_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(MapError) as caught:
        UUCPMap.load(tmp_path / "a", tmp_path / "b")
    reason = "No such file or directory"
    assert str(caught.value) == f"{tmp_path}/a: {reason}; {tmp_path}/b: {reason}"


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b", "a\0b*"])
def test_names_that_no_file_can_have(name: str) -> None:
    with pytest.raises(MapError) as caught:
        UUCPMap.load(name)
    assert str(caught.value).startswith(f"{name}: ")


def test_no_map_at_all(tmp_path: Path) -> None:
    for names in ((), (tmp_path,)):
        with pytest.raises(MapError) as caught:
            UUCPMap.load(*names)
        assert str(caught.value) == "no map is named"


def test_a_file_that_vanishes_and_one_that_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "u"
    path.write_text(TEXT)
    (source,) = sources.find([path])
    path.unlink()
    assert list(source.pieces()) == [sources.Trouble(str(path), "No such file or directory")]

    class Broken(io.BytesIO):
        name = "nfs"

        def read(self, size: int | None = -1, /) -> bytes:
            found = super().read(min(size or 7, 7))
            if not found:
                raise OSError(5, "Input/output error")
            return found

    router = UUCPMap.load(io.BytesIO(b"h a(10)\n"), Broken(b"a b(5)\na c(1)\n"), home="h")
    # What stood in whole statements before is used.
    assert told(router.resolve("b")) == ("a!b!%s", 15)
    assert [str(trouble) for trouble in router.troubles] == ["nfs: Input/output error"]
    with pytest.raises(MapError) as caught:
        UUCPMap.load(Broken(b""))
    assert str(caught.value) == "nfs: Input/output error"


def test_a_stream_that_is_closed() -> None:
    stream = io.BytesIO(b"h a(10)\n")
    stream.close()
    with pytest.raises(MapError) as caught:
        UUCPMap.load(stream)
    assert str(caught.value) == "[stdin]: I/O operation on closed file."


class Endless(io.BytesIO):
    """A file of so many octets that nobody holds: two good statements, and between them a line without end."""

    def __init__(self, size: int, filling: bytes) -> None:
        super().__init__()
        self.chunks = self._chunks(size, filling)
        self.most = 0

    @staticmethod
    def _chunks(size: int, filling: bytes) -> Iterator[bytes]:
        yield b"h a(10)\nh b("
        block = filling * ((1 << 20) // len(filling))
        for _ in range(size >> 20):
            yield block
        yield b"\nh z(5)\nh z(FOO)\n"

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        self.most = max(self.most, size)
        return next(self.chunks, b"")


@pytest.mark.parametrize(("filling", "lines_of_it"), [(b"x", 0), (b"b(10), ", 0), (b"b(10),\n\t", 131_072)])
def test_a_line_without_end_is_left_out(filling: bytes, lines_of_it: int) -> None:
    size = 20 << 20
    stream = Endless(size, filling)
    start = time.process_time()
    router = UUCPMap.load(stream, home="h")
    assert time.process_time() - start < 20
    assert roads_of(router, "a", "z") == ["a!%s", "z!%s"]
    assert [str(message) for message in router.messages] == [
        '"[stdin]", line 2: a statement too long for any map is left out',
        f'"[stdin]", line {4 + lines_of_it * 20}: unknown cost (FOO), using default',
    ]
    assert 0 < stream.most <= 1 << 20


def test_a_map_of_many_pieces_is_the_same_map() -> None:
    text = "".join(
        f"h{number}\th{number + 1}(10),\n\th{number * 3 % 60_000}({'5' if number % 1_000 else 'FOO'})\n\n# {number}\n"
        for number in range(60_000)
    )
    pieces = list(sources.of_text(text, "x").pieces())
    assert len(pieces) > 2
    assert "".join([piece for piece in pieces if isinstance(piece, str)]) == text
    router = UUCPMap.from_text(text)
    # A statement of two lines, an empty line and a comment each.
    assert [message.line for message in router.messages] == [4_000 * number + 2 for number in range(60)]
    assert len(router.world.targets) == 120_000
