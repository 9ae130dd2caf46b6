"""All roads from one host: what is said of them all at once, and how the time for that grows with their length."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given

from mailpaths import names
from mailpaths.routing import Roads, UUCPMap, exports
from mailpaths.routing.exports import Entry, entries, write
from mailpaths.routing.uucp.checking import check
from mailpaths.routing.uucp.mapping import map_world
from mailpaths.routing.uucp.printing import lines
from mailpaths.routing.uucp.reading import read
from mailpaths.routing.uucp.roads import MODES, Mode
from mailpaths.routing.uucp.sources import of_text
from tests.support import Run
from tests.test_best_roads import tiny_maps
from tests.test_hostile import check_growth


def entry(roads: Roads, name: str) -> Entry:
    """Return the row of a name, out of its road alone."""
    line = roads.line(name)
    assert line is not None
    road = roads.road(line)
    toll = line.cost
    if road.hops:
        hop = road.hops[0]
        known = roads.line(names.fold(hop.host)) if hop.obstacles else None
        toll = hop.cost if known is None else known.cost
    hosts = tuple(names.without_dot(hop.host) for hop in road.hops)
    return Entry(line.name, road.template.text, hosts, line.cost, toll, road.obstacles)


def check_summaries(roads: Roads) -> None:
    """Check that what is said of all roads at once is what each of them says by itself."""
    found = list(entries(roads))
    assert found == [entry(roads, names.fold(names.without_dot(line.name))) for line in roads]
    for row, (line, summary) in zip(found, roads.summaries(), strict=True):
        assert summary.hosts() == row.hosts
        assert summary.obstacles == roads.obstacles(line) == row.obstacles
    # A server's table, which is made of less, is the same as one that is made of whole roads.
    whole = exports._write(found, exports.coerce("postfix"), exports._tell_nobody, reliable=False)
    assert list(exports.write(roads, "postfix")) == list(whole)


@pytest.mark.parametrize("mode", MODES)
@given(text=tiny_maps(14))
def test_all_roads_at_once_are_what_each_is(mode: Mode, text: str) -> None:
    world = UUCPMap.from_text(text).world
    check_summaries(Roads(world, world.numbers["h"], mode))


@pytest.mark.parametrize("mode", MODES)
def test_all_roads_of_1988_at_once_are_what_each_is(mode: Mode) -> None:
    check_summaries(UUCPMap.bundled(mode=mode).roads())


def test_a_server_is_given_the_first_host_that_is_not_the_home_under_another_name() -> None:
    text = "unc UNC(1)\nUNC Unc(1)\nUnc duke(1)\nduke phs(1)\n"
    source = UUCPMap.from_text(text, home="unc", fold_case=False)
    rows = [line for line in write(source, "postfix") if line[0] != "#" and ".uucp" not in line]
    assert rows == ["duke uucp:duke\n", "phs uucp:duke\n", "unc :\n"]
    assert [one.hosts for one in entries(source)][-1] == ("UNC", "Unc", "duke", "phs")


# Each makes a map of ``size`` statements whose roads are as long.
DEEP: dict[str, Callable[[int], str]] = {
    "aliases": lambda size: "".join([f"x{one} = x{one + 1}\n" for one in range(size)]),
    "hosts": lambda size: "".join([f"x{one} x{one + 1}(1)\n" for one in range(size)]),
    "hosts backwards": lambda size: "".join([f"x{one + 1} x{one}(1)\n" for one in range(size)]),
    "nets": lambda size: (
        "x0 n0(1)\n" + "".join([f"n{one} = {{n{one + 1}, y{one}}}(1)\nn{one} .d{one}(1)\n" for one in range(size)])
    ),
    "nets far away": lambda size: (
        "x0 x1(1)\nx1 n0(1)\n" + "".join([f"n{one} = {{n{one + 1}}}(1)\nn{one} .d{one}(1)\n" for one in range(size)])
    ),
    "domains": lambda size: "x0 .d0(1)\n" + "".join([f".d{one} .d{one + 1}(1)\n" for one in range(size)]),
    "a name in quotes": lambda size: 'x0 "a b"(1)\n' + "".join([f"x{one} = x{one + 1}\n" for one in range(size)]),
}


def roads_of(text: str, mode: Mode) -> Roads:
    return UUCPMap.from_text(text, home="x0", mode=mode).roads()


@pytest.mark.parametrize("deep", [make for name, make in DEEP.items() if name != "hosts backwards"])
@pytest.mark.parametrize("mode", MODES)
def test_growth_of_checks_and_of_tables_for_servers(deep: Callable[[int], str], mode: Mode) -> None:
    made = {size: roads_of(deep(size), mode) for size in (300, 3_000)}
    check_growth(lambda size: list(check(made[size]._world, made[size])), 300)
    for name in ("postfix", "exim", "sendmail"):
        check_growth(lambda size, name=name: list(write(made[size], name)), 300)  # type: ignore[misc]


@pytest.mark.parametrize("deep", [DEEP[name] for name in ("aliases", "nets", "nets far away", "domains")])
@pytest.mark.parametrize("mode", MODES)
def test_growth_of_roads_and_of_tables_of_whole_roads(deep: Callable[[int], str], mode: Mode) -> None:
    texts = {size: deep(size) for size in (300, 3_000)}
    check_growth(lambda size: roads_of(texts[size], mode), 300)
    made = {size: roads_of(text, mode) for size, text in texts.items()}
    for name in ("smail", "pathalias", "json"):
        check_growth(lambda size, name=name: list(write(made[size], name)), 300)  # type: ignore[misc]


@pytest.mark.parametrize("mode", MODES)
def test_hosts_that_only_know_the_way_out_in_a_chain(mode: Mode) -> None:
    roads = roads_of(DEEP["hosts backwards"](300), mode)
    assert [str(one) for one in check(roads._world, roads) if one.host == "x300"][-1].startswith(
        "[text]:300: backwards"
    )
    check_summaries(roads)


def test_a_long_table_is_written_in_blocks(run: Run, tmp_path: Path) -> None:
    text = DEEP["hosts"](2_000)
    file, out = tmp_path / "chain.map", tmp_path / "paths"
    file.write_text(text)
    world = read([of_text(text, "[text]")], home="x0").world
    expected = "".join([f"{line.name}\t{line.route}\n" for line in lines(map_world(world, 0))])
    result = run("map", "compile", "-l", "x0", str(file))
    assert (result.status, result.err) == (0, "")
    assert result.out == expected
    tracemalloc.start()
    try:
        result = run("map", "compile", "-l", "x0", "-o", str(out), str(file))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (result.status, result.out, result.err) == (0, "", "")
    assert out.read_text() == expected
    assert peak < len(expected) > 10_000_000
