"""Gateways of the historic networks: the documented roads, the rows of the data file, and the user's own rows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import AddressSyntaxError
from mailpaths.routing import Answer, Found, GatewayDomain, GatewayDomains, NotFound, RouteTemplate
from mailpaths.routing.gateways import known_gateways
from tests.support import Row, rows

KNOWN = known_gateways()
DATA = files("mailpaths.routing").joinpath("data", "gateways.jsonl").read_text(encoding="utf-8")


def holds(way: GatewayDomain, day: str) -> bool:
    """Tell whether a way is known for a day; both ends of an era are in it."""
    start, end = way.era
    return (start is None or start <= day) and (end is None or day <= end)


def router_of(row: Row) -> GatewayDomains:
    """Return the router that a row asks: over all ways, over those of a day, or over those through some gateways."""
    known = [way for way in KNOWN if "on" not in row or holds(way, row["on"])]
    if "via" in row:
        # Whoever names the gateways means also those that are not to be taken unasked.
        known = [replace(way, default=True) for way in known if list(way.via) == row["via"]]
    return GatewayDomains(known=known)


def hosts_of(answer: Answer) -> list[str] | None:
    match answer:
        case Found():
            return list(answer.hosts)
        case NotFound(()):
            return None
        case _:
            pytest.fail(repr(answer))


@pytest.mark.parametrize("row", rows("gateways.jsonl"), ids=lambda row: row["id"])
def test_documented_roads(row: Row) -> None:
    assert hosts_of(router_of(row).resolve(row["input"])) == row["expected"]


def test_every_document_has_an_id_and_a_source() -> None:
    found = rows("gateways.jsonl")
    assert [row["id"] for row in found] == [f"gateway-{number:02}" for number in range(1, 46)]
    assert all(row["source"] for row in found)


# --- the data file ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", DATA.splitlines(), ids=lambda line: "{0[domain]}-{0[via]}".format(json.loads(line)))
def test_a_row_of_the_data_file(line: str) -> None:
    row = json.loads(line)
    (way,) = [
        one
        for one in KNOWN
        if (one.domain, list(one.via), one.becomes, one.longer)
        == (row["domain"], row["via"], row["becomes"], row["longer"])
    ]
    assert way.source == row["source"].strip() != ""
    assert way.network == row["network"].strip() != ""
    assert way.domain == row["domain"].lower()
    assert (way.default, way.native, way.note) == (row["default"], row["native"], row["note"] or "")
    era = row["era"] or {"from": None, "until": None}
    assert way.era == (era["from"], era["until"])
    days = [date.fromisoformat(day) for day in way.era if day is not None]
    assert days == sorted(days)
    if way.native:
        assert (way.via, way.becomes) == ((), None)
    else:
        assert way.via or way.becomes


def test_the_data_file_is_read_whole() -> None:
    assert len(KNOWN) == len(set(KNOWN)) == len(DATA.splitlines()) == 45
    assert len({way.domain for way in KNOWN}) == 22


def test_no_network_is_unknown_day_by_day() -> None:
    """A way without dates stands behind those with dates, so that a day that is asked for finds the dated one."""
    for domain in {way.domain for way in KNOWN}:
        dated = [way.era != (None, None) for way in KNOWN if way.domain == domain]
        assert dated == sorted(dated, reverse=True)


# --- answers ------------------------------------------------------------------------------------------------------


def test_the_whole_answer() -> None:
    (way,) = [way for way in KNOWN if way.domain == ".csnet" and way.via == ("relay.cs.net",)]
    assert GatewayDomains().resolve("Ubc.CSNET.") == Found(
        RouteTemplate("%s%%Ubc.CSNET@relay.cs.net", ("relay.cs.net", "Ubc.CSNET")),
        None,
        f"gateway of .csnet ({way.source})",
        ".csnet",
    )


@pytest.mark.parametrize(
    ("host", "text"),
    [
        ("CMU-CC-TE.CARNEGIE.MAILNET", "%s%%CMU-CC-TE%%CARNEGIE.MAILNET@mit-multics.arpa"),
        ("ucb-ean.cdn", "%s%%ucb-ean.cdn%%ubc.csnet@relay.cs.net"),
        ("munnari.oz", "%s@munnari.oz.au"),
        ("monet.Berkeley", "%s%%monet@berkeley.arpa"),
    ],
)
def test_roads_are_written_with_percent_signs(host: str, text: str) -> None:
    answer = GatewayDomains().resolve(host)
    assert isinstance(answer, Found)
    assert answer.template.text == text
    assert RouteTemplate.parse(text) == answer.template


def test_a_gateway_has_no_road_over_itself() -> None:
    router = GatewayDomains({".mine": "gw.example!inner", ".uu.net": "uunet.uu.net"})
    for origin in ("cunyvm.cuny.edu", "CUNYVM.CUNY.EDU"):
        assert router.resolve("pucc.bitnet", origin=origin) == NotFound()
    assert router.resolve("x.mine", origin="gw.example") == NotFound()
    assert hosts_of(router.resolve("x.mine", origin="inner")) == ["gw.example", "inner", "x.mine"]
    # Another way is not taken instead: who stands at a gateway is past the question.
    assert hosts_of(router.resolve("pucc.bitnet", origin="mitvma.mit.edu")) == ["cunyvm.cuny.edu", "pucc.bitnet"]
    # A gateway that is in its own domain is the end of the road.
    assert hosts_of(router.resolve("UUNET.UU.NET")) == ["uunet.uu.net"]
    assert hosts_of(router.resolve("ftp.uu.net")) == ["uunet.uu.net", "ftp.uu.net"]


# --- own rows -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "own",
    [{".BITNET": "gw.example"}, {".bitnet": "gw.example"}, [GatewayDomain(".BitNet", ("gw.example",))]],
    ids=["capitals", "small letters", "row"],
)
def test_own_rows_come_first(own: dict[str, str] | list[GatewayDomain]) -> None:
    router = GatewayDomains(own)
    answer = router.resolve("pucc.BITNET")
    assert hosts_of(answer) == ["gw.example", "pucc.BITNET"]
    assert isinstance(answer, Found)
    assert answer.source.lower() == "gateway of .bitnet (user)"
    # The others are as they were.
    assert hosts_of(router.resolve("ubc.csnet")) == ["relay.cs.net", "ubc.csnet"]


def test_own_rows_alone() -> None:
    router = GatewayDomains({".mine": "a!b"}, known=())
    assert hosts_of(router.resolve("x.y.mine")) == ["a", "b", "x.y.mine"]
    assert router.resolve("pucc.bitnet") == NotFound()
    assert repr(router) == "<GatewayDomains: .mine>"


def test_the_longest_domain_wins() -> None:
    router = GatewayDomains({".b": "one", ".a.b": "two"}, known=())
    assert hosts_of(router.resolve("x.b")) == ["one", "x.b"]
    assert hosts_of(router.resolve("x.a.b")) == ["two", "x.a.b"]
    assert hosts_of(router.resolve("a.b")) == ["one", "a.b"]


@pytest.mark.parametrize(
    ("way", "host", "expected"),
    [
        (GatewayDomain(".x", ("gw",)), "a.b.x", ["gw", "a.b.x"]),
        (GatewayDomain(".x", ("gw",), becomes=""), "a.b.X", ["gw", "a.b"]),
        (GatewayDomain(".x", ("gw",), becomes=".y.z"), "A.x", ["gw", "A.y.z"]),
        (GatewayDomain(".x", (), becomes=".y"), "a.x", ["a.y"]),
        (GatewayDomain(".x", ("gw",), longer="hops"), "a.b.c.x", ["gw", "c.x", "b", "a"]),
        (GatewayDomain(".x", ("gw",), becomes="", longer="hops"), "a.b.x", ["gw", "b", "a"]),
        (GatewayDomain(".x", ("gw",), longer="refuse"), "a.x", ["gw", "a.x"]),
        (GatewayDomain(".x", ("gw",), longer="refuse"), "a.b.x", None),
        (GatewayDomain(".x", ("gw",), default=False), "a.x", None),
        (GatewayDomain(".x", native=True), "a.x", ["a.x"]),
        (GatewayDomain(".x", ("gw",)), ".x", None),
        (GatewayDomain(".x", ("gw",)), "x", None),
        (GatewayDomain(".x", ("gw",)), "ax", None),
        (GatewayDomain(".x", ("gw",)), ".a.x", None),
        (GatewayDomain(".x", ("gw",)), "..x", None),
        (GatewayDomain(".x", ("gw",)), "a..x", None),
        (GatewayDomain(".x", ("gw",)), "a%b.x", None),
        (GatewayDomain(".x", ("gw",)), "a!b.x", None),
        (GatewayDomain(".x", ("gw",)), "u@a.x", None),
        (GatewayDomain(".x", ("gw",)), "a\r\nb.x", None),
        (GatewayDomain(".x", ("gw",)), "-a.x", None),
        (GatewayDomain(".x", ("gw",)), "[192.0.2.1].x", None),
    ],
)
def test_one_way(way: GatewayDomain, host: str, expected: list[str] | None) -> None:
    assert hosts_of(GatewayDomains([way], known=()).resolve(host)) == expected


def test_a_row_that_refuses_leaves_it_to_the_next() -> None:
    ways = [GatewayDomain(".x", ("one",), longer="refuse"), GatewayDomain(".x", ("two",))]
    assert hosts_of(GatewayDomains(ways, known=()).resolve("a.x")) == ["one", "a.x"]
    assert hosts_of(GatewayDomains(ways, known=()).resolve("a.b.x")) == ["two", "a.b.x"]


@pytest.mark.parametrize(
    ("domain", "via", "message"),
    [
        ("bitnet", ("gw",), "expected a domain that begins with a dot\n  bitnet\n  ^~~~~~"),
        ("", ("gw",), "expected a domain that begins with a dot\n  \n  ^"),
        (".", ("gw",), "expected a domain that begins with a dot\n  .\n  ^"),
        (".a b", ("gw",), "not a host name\n  .a b\n  ^~~~"),
        (".x", ("a b",), "not a host name\n  a b\n  ^~~"),
        (".x", ("gw", ""), "not a host name\n  \n  ^"),
        (".x", ("a\nb",), "a line feed may not stand in an address\n  a␊b\n   ^"),
    ],
)
def test_rows_that_cannot_be_made(domain: str, via: tuple[str, ...], message: str) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        GatewayDomain(domain, via)
    assert str(caught.value) == message


@given(
    st.sampled_from(sorted({way.domain for way in KNOWN})),
    st.text("abAB-.0é", min_size=1, max_size=8),
)
def test_a_road_is_read_as_it_is_meant(domain: str, name: str) -> None:
    answer = GatewayDomains().resolve(name + domain)
    if isinstance(answer, Found):
        assert RouteTemplate.parse(answer.template.text) == answer.template
        assert answer.hosts
