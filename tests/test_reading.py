"""Readings: which route an address means under each policy, hop by hop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import (
    ALL,
    AddressSyntaxError,
    BangPath,
    Hop,
    Mailbox,
    ORAddress,
    ReadingError,
    Route,
    hops,
    parse,
    policy,
    read,
    readings,
)
from mailpaths import reading as reading_room
from mailpaths.testing import address_texts


@pytest.mark.parametrize(
    ("address", "how", "route"),
    [
        ("piet", "internet", ((), "piet")),
        ("a!b", "internet", (("a",), "b")),
        ("a!b@c", "internet", (("c", "a"), "b")),
        ("a!b@c", "uucp", (("a", "c"), "b")),
        ("a!b%c", "internet", (("c", "a"), "b")),
        ("a!b%c", "uucp", (("a", "c"), "b")),
        ("a!b%c", "sendmail", (("a", "c"), "b")),
        ("a!b%c", "sendmail:nouucp", (("c",), "a!b")),
        ("a!b%c", "rfc733", ((), "a!b%c")),
        ("a!b%c", "exim", ((), "a!b%c")),
        ("a!b%c@d", "exim:percent_hack", (("d", "c"), "a!b")),
        ("u%a%b@c", "internet", (("c", "b", "a"), "u")),
        ("u@a@b", "internet", (("b", "a"), "u")),
        ("u@a@b", "postfix", (("b", "a"), "u")),
        ("<@a,@b:u@c>", "internet", (("a", "b", "c"), "u")),
        ("<@a,@b:u@c>", "postfix", (("c",), "u")),
        ("<@a:x!u%d@c>", "internet", (("a", "c", "d", "x"), "u")),
        ("<@a:x!u%d@c>", "mmdf", (("a", "c", "d", "x"), "u")),
        ("@a:u", "internet", (("a",), "u")),
        ('"a%b"@c', "internet", (("c",), "a%b")),
        ('"a%b"@c', "postfix", (("c", "b"), "a")),
        ('"a%b"@c', "sendmail", (("c", "b"), "a")),
        ('"a%b"@c', "postfix:resolve_dequoted_address=no", (("c",), "a%b")),
        ('"john doe"@c', "postfix", (("c",), "john doe")),
        ('"a!b%c"@d', "postfix", (("d", "a", "c"), "b")),
        (r'"\"a%b\"%c"@d', "postfix", (("d", "c", "b"), "a")),
        ('"%a"@c', "postfix", (("c",), "%a")),
        ("node::user", "smail", (("node",), "user")),
        ("node::user", "internet", ((), "node::user")),
        ("node:user", "smail", (("node",), "user")),
        ("a::b:c", "smail", (("a", "b"), "c")),
        ("node::user@relay", "sendmail:decnet", (("relay", "node"), "user")),
        ("user%%A%B", "pmdf", (("B",), "user%%A")),
        ("user%%A", "pmdf", ((), "user%%A")),
        ("user%%A@b", "internet", (("b", "A"), "user%")),
        ("att.!Mark.Horton", "internet", (("att",), "Mark.Horton")),
        ("u@host.", "internet", (("host",), "u")),
        ("u%a@[192.0.2.1]", "internet", (("[192.0.2.1]", "a"), "u")),
        ("[192.0.2.1]!u", "internet", (("[192.0.2.1]",), "u")),
        ("a![x!y]!u", "internet", (("a", "[x!y]"), "u")),
        ('a!"b!c"', "internet", (("a",), "b!c")),
        ('a!"b%c"', "postfix", (("a", "c"), "b")),
        ('IN%"user@domain"@vax', "internet", (("vax",), "IN%user@domain")),
        ("!a@b", "internet", (("b",), "!a")),
        ("a!@b", "internet", (("b",), "a!")),
        ("%a@b", "internet", (("b",), "%a")),
        ("a%@b", "internet", (("b",), "a%")),
        ("a!b", "rfc733", ((), "a!b")),
        ("Friendly User @ hosta @ local-net1", "rfc733", (("local-net1", "hosta"), "Friendly User")),
        ("Piet <mcvax!piet>", "internet", (("mcvax",), "piet")),
    ],
)
def test_read(address: str, how: str, route: tuple[tuple[str, ...], str]) -> None:
    found = read(address, how)
    assert (found.hosts, found.user) == route
    assert read(parse(address), policy.named(how)) == found
    assert tuple(hop.host for hop in hops(address, how)) == found.hosts


def test_who_names_the_notation_says_that_the_hosts_come_first() -> None:
    """RFC 976 2.1: a!(b@c), once somebody has said that this is a bang path; the policy reads the rest."""
    path = BangPath(("a",), "b@c", quoted_user="b@c")
    assert read(path, "internet") == Route(("a", "c"), "b")
    assert parse("a!b@c", "bang") == path
    assert read("a!b@c") == Route(("c", "a"), "b")
    assert read(path, "postfix") == Route(("a", "c"), "b")
    assert read(BangPath(("a",), "b@c")) == Route(("a",), "b@c")
    assert read(Mailbox("a!b", "c", quoted_local_part='"a!b"')) == Route(("c",), "a!b")


@pytest.mark.parametrize("how", ["sendmail", "exim", "sendmail:nouucp", "exim:percent_hack"])
def test_programs_that_take_one_at_refuse_two(how: str) -> None:
    for ask in (read, hops):
        with pytest.raises(ReadingError):
            ask("u@a@b", how)


def test_hops_say_what_each_host_is_handed() -> None:
    assert hops("<@a,@b:x!u%d@c>") == (
        Hop("a", "@b:x!u%d@c", "@,"),
        Hop("b", "x!u%d@c", "@,"),
        Hop("c", "x!u%d", "@"),
        Hop("d", "x!u", "%"),
        Hop("x", "u", "!"),
    )
    assert hops("node::host:u", "smail") == (Hop("node", "host:u", "::"), Hop("host", "u", ":"))
    assert hops('"john doe"@a') == (Hop("a", '"john doe"', "@"),)
    assert hops("piet") == ()


def test_readings_of_the_classic() -> None:
    found = readings("a!b%c")
    assert [(reading.route.hosts, reading.route.user) for reading in found] == [
        (("c", "a"), "b"),
        (("a", "c"), "b"),
        ((), "a!b%c"),
        (("c",), "a!b"),
        (("a",), "b%c"),
    ]
    assert sorted(str(how) for reading in found for how in reading.policies) == sorted(map(str, ALL))
    for reading in found:
        assert reading.rule == reading.policies[0].rule


def test_readings_leave_out_who_refuses() -> None:
    assert all("sendmail" not in map(str, reading.policies) for reading in readings("u@a@b"))
    assert readings("u@a@b", ["exim"]) == ()


def test_readings_of_a_plain_address_are_one() -> None:
    (only,) = readings("piet@mcvax")
    assert only.route == Route(("mcvax",), "piet")
    assert only.policies == ALL


def test_text_that_is_no_address() -> None:
    for ask in (read, hops, readings):
        with pytest.raises(AddressSyntaxError):
            ask("a@@b")


# --- Routes


def test_route_equality_and_key() -> None:
    assert Route(("SEISMO", "mcvax."), "piet") == Route(("seismo", "MCVAX"), "piet")
    assert hash(Route(("SEISMO",), "piet")) == hash(Route(("seismo",), "piet"))
    assert Route(("a",), "Piet") != Route(("a",), "piet")
    assert Route(("a",), "b") != ("a", "b")
    assert Route(("Seismo", "mcvax"), "Piet").key == "seismo!mcvax!Piet"
    assert Route((), "piet").key == "piet"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Route(("a",), "b!c"), Route(("a", "b"), "c")),
        (Route((), "a!b"), Route(("a",), "b")),
    ],
)
def test_different_routes_have_different_keys(one: Route, other: Route) -> None:
    assert one != other
    assert one.key != other.key


def test_a_route_for_people() -> None:
    assert str(Route(("seismo", "mcvax"), "piet")) == "seismo → mcvax: piet"
    assert str(Route((), "piet")) == "here: piet"
    assert repr(Route(("a",), "b")) == "Route(hosts=('a',), user='b')"


@pytest.mark.parametrize("host", ["", ".", "a b", "a@b", 'a"b', "[x", "a\n", "a,b", "a(b)"])
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(AddressSyntaxError):
        Route((host,), "u")


@pytest.mark.parametrize("user", ["a\nb", "a\0", "\udc80"])
def test_what_is_no_user(user: str) -> None:
    with pytest.raises(AddressSyntaxError):
        Route(("a",), user)


def test_a_user_may_be_empty() -> None:
    assert Route(("a",), "").user == ""
    assert read('""') == Route((), "")


@pytest.mark.parametrize("text", ['""', ".!u", "a!.!u", 'a!""', '""@a'])
@pytest.mark.parametrize("how", ["internet", "uucp", "postfix", "exim"])
def test_what_is_read_is_a_route_that_can_be_made(text: str, how: str) -> None:
    try:
        route = read(text, how)
    except (ReadingError, AddressSyntaxError):
        return
    assert Route(route.hosts, route.user) == route


def test_a_hop_is_a_value() -> None:
    hop = hops("a!b")[0]
    assert (hop.host, hop.operator, hop.rest) == ("a", "!", "b")
    assert repr(hop) == "Hop(host='a', rest='b', operator='!')"
    assert eval(repr(hop), {"Hop": Hop}) == hop  # noqa: S307 - the repr is ours
    assert hash(hop) == hash(Hop("a", "b", "!"))
    assert hop != ("a", "b", "!")


def test_the_single_colon_of_berknet_is_found_behind_a_double_one() -> None:
    berknet = policy.Policy("berknet", (policy.Operator.BERKNET,), "a test")
    assert read("a::b:c@d", berknet) == Route(("a::b",), "c@d")


@pytest.mark.parametrize(
    "text",
    [
        "a\t%%c@d",
        "a!b at c",
        "a!b c@d",
        '"a %%c"@d',
        '"a%%c"@d',
        '"a %c"@d',
        '"a!b"@d',
        '"a@b"@d',
        '"a::b"@d',
        '"a:b"@d',
    ],
)
def test_readings_look_into_quotes_where_read_does(text: str) -> None:
    found = {how: reading.route for reading in readings(text) for how in reading.policies}
    assert {how: read(text, how) for how in found} == found


def test_what_holds_an_at_is_no_host_of_a_path() -> None:
    assert "u@c" not in read("u@c!d", "uucp").hosts


def test_keys_of_hosts_with_marks_differ() -> None:
    assert read("c@a!b").key == '"a!b"!c'
    assert read("a!b!c").key == "a!b!c"


def test_readings_under_one_policy() -> None:
    assert readings("a!b", "internet") == readings("a!b", ["internet"]) == readings("a!b", policy.INTERNET)


@given(address_texts(), st.sampled_from(ALL))
def test_the_short_way_and_the_long_one_lead_to_the_same_route(text: str, how: policy.Policy) -> None:
    address = parse(text)
    assert not isinstance(address, ORAddress)
    short = reading_room._read_simple(address, how)
    assert short is None or short == reading_room._read_any(address, how)


@pytest.mark.parametrize("text", ["a!b", "att.!b", "a@b", "a@b.", "a%b@c", "a%b.%c@d", "a!b!c@d", "a!b.!c@d"])
def test_the_short_way_is_taken(text: str) -> None:
    address = parse(text)
    assert not isinstance(address, ORAddress)
    short = reading_room._read_simple(address, policy.INTERNET)
    assert short == reading_room._read_any(address, policy.INTERNET)
    assert short is not None


def test_an_or_address_has_no_hops() -> None:
    address = parse("/S=Doe/O=Acme/C=US/")
    for ask in (lambda: read(address), lambda: hops(address, "uucp")):
        with pytest.raises(ReadingError) as caught:
            ask()
        assert str(caught.value) == (
            "an O/R address names no hosts: a gateway must make an RFC 822 address of it first"
        )
    assert readings(address) == ()


@pytest.mark.parametrize("text", ["at@[192.0.2.1].", "at@[192.0.2.1].example", "at@[a;b]", "at@[a (b]"])
def test_a_literal_in_a_domain_is_a_host(text: str) -> None:
    route = read(text)
    assert [hop.host for hop in hops(text)] == list(route.hosts)
    assert Route(route.hosts, route.user) == route
