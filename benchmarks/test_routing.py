"""Roads: reading a map, computing roads, looking one up (``tox -e bench``).

No other program in Python knows UUCP maps, so no peer stands here; `benchmarks.routing_table` times whole processes,
and a pathalias of your own beside them.
"""

from __future__ import annotations

from itertools import cycle

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from mailpaths.routing import Found, PathTable, UUCPMap

ROUTES = 35_000


@pytest.fixture(scope="module")
def bundled() -> UUCPMap:
    """Return the map of 1988, its home's roads computed."""
    found = UUCPMap.bundled()
    found.roads()
    return found


def test_read_the_map_of_1988(benchmark: BenchmarkFixture) -> None:
    """Read, and no roads computed."""
    benchmark.group = "map"
    assert len(benchmark(UUCPMap.bundled).hosts()) > 10_000


def test_roads_from_a_new_origin(benchmark: BenchmarkFixture, bundled: UUCPMap) -> None:
    """At most 0.25 s on the machine of reference."""
    benchmark.group = "map"
    # More origins than are kept, so that each round computes.
    origins = cycle(bundled.hosts()[:40])
    assert len(benchmark(lambda: bundled.roads(next(origins)))) > 14_000


def test_a_road_from_a_known_origin(benchmark: BenchmarkFixture, bundled: UUCPMap) -> None:
    """At most 20 µs on the machine of reference."""
    benchmark.group = "look-up"
    assert isinstance(benchmark(bundled.resolve, "mcvax"), Found)


@pytest.mark.parametrize("name", ["h7", "x.sub.edu"], ids=["host", "parent"])
def test_a_route_in_a_large_table(benchmark: BenchmarkFixture, name: str) -> None:
    """At most 5 µs on the machine of reference."""
    benchmark.group = "look-up"
    rows = [f"h{number}\thub{number % 50}!h{number}!%s\n" for number in range(ROUTES)]
    table = PathTable.from_text("".join([*rows, ".edu\trelay!%s\n"]))
    assert isinstance(benchmark(table.resolve, name), Found)
