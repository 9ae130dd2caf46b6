"""Spelling: one route in every style, and what a style refuses to carry."""

from __future__ import annotations

import pytest

from mailpaths import (
    ALL,
    STYLES,
    BangPath,
    ConversionError,
    Mailbox,
    Route,
    Style,
    UnknownNameError,
    parse,
    policy,
    read,
    spell,
    spelling,
)

PLAIN = Route(("seismo", "mcvax"), "piet")


@pytest.mark.parametrize(
    ("style", "none", "one", "two", "three"),
    [
        ("bang", "u", "a!u", "a!b!u", "a!b!c!u"),
        ("bang-dotted", "u", "a.!u", "a!b.!u", "a!b!c.!u"),
        ("percent", "u", "u@a", "u%b@a", "u%c%b@a"),
        ("route-addr", None, "u@a", "<@a:u@b>", "<@a,@b:u@c>"),
        ("hybrid", "u", "u@a", "b!u@a", "b!c!u@a"),
        ("domain", None, "u@a", None, None),
    ],
)
def test_styles(style: str, none: str | None, one: str | None, two: str | None, three: str | None) -> None:
    for hosts, text in ((), none), (("a",), one), (("a", "b"), two), (("a", "b", "c"), three):
        route = Route(hosts, "u")
        if text is None:
            with pytest.raises(ConversionError):
                spell(route, style)
            continue
        written = spell(route, style)
        assert str(written) == text
        assert written == parse(text)
        assert spell(route, STYLES[style]) == written
        for how in STYLES[style].safe:
            assert read(text, how) == route


def test_the_default_is_percent() -> None:
    assert str(spell(PLAIN)) == "piet%mcvax@seismo"


def test_values_are_of_the_notation() -> None:
    assert isinstance(spell(PLAIN, "bang"), BangPath)
    assert isinstance(spell(PLAIN, "hybrid"), Mailbox)
    assert isinstance(spell(Route((), "u"), "bang"), Mailbox)


def test_the_dot_of_rfc_976_is_for_a_last_host_of_one_label() -> None:
    assert str(spell(Route(("att",), "Mark.Horton"), "bang-dotted")) == "att.!Mark.Horton"
    assert str(spell(Route(("a", "cbosgd.ATT.COM"), "mark"), "bang-dotted")) == "a!cbosgd.ATT.COM!mark"
    assert str(spell(Route(("a",), "u"), spelling.BANG.replace(dotted=True))) == "a.!u"
    assert str(spell(Route(("a",), "u"), spelling.BANG_DOTTED.replace(dotted=False))) == "a!u"


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("percent", '"john doe"@a'),
        ("hybrid", '"john doe"@a'),
        ("domain", '"john doe"@a'),
        ("route-addr", '"john doe"@a'),
        ("bang", None),
    ],
)
def test_quotes_where_they_are_all_of_the_local_part(style: str, expected: str | None) -> None:
    route = Route(("a",), "john doe")
    if expected is None:
        with pytest.raises(ConversionError):
            spell(route, style)
    else:
        assert str(spell(route, style)) == expected


@pytest.mark.parametrize("style", ["percent", "hybrid", "bang", "bang-dotted"])
@pytest.mark.parametrize("user", ["john doe", "", "a.", ".a", "a..b", "a,b", "a:b", 'a"b', "a\\b", "\x07"])
def test_quotes_would_hide_the_hops(style: str, user: str) -> None:
    if style.startswith("bang") and user in {"a.", ".a", "a..b"}:
        # rmail knows no dot-atoms: a path's user has its dots anywhere.
        assert read(str(spell(Route(("a", "b"), user), style))) == Route(("a", "b"), user)
        return
    with pytest.raises(ConversionError) as caught:
        spell(Route(("a", "b"), user), style)
    assert caught.value.part == "user"


def test_a_route_addr_quotes_the_user_of_any_route() -> None:
    assert str(spell(Route(("a", "b"), "john doe"), "route-addr")) == '<@a:"john doe"@b>'
    assert str(spell(Route(("a", "b"), ""), "route-addr")) == '<@a:""@b>'


@pytest.mark.parametrize("style", list(STYLES))
@pytest.mark.parametrize("user", ["a@b", "a%b", "a!b", "!a", "a%", "@", "a b@c"])
def test_no_style_carries_an_operator_in_the_user(style: str, user: str) -> None:
    """Quotes do not protect: Postfix and Sendmail look into them at their own names."""
    with pytest.raises(ConversionError) as caught:
        spell(Route(("a",), user), style)
    assert caught.value.part == "user"
    assert caught.value.character in {"@", "%", "!"}


@pytest.mark.parametrize("style", list(STYLES))
@pytest.mark.parametrize("host", ["-x", "a%b", "a!b", "a:b", "a..b", ".a", "..", "[a", "[a b]", "[a@b]"])
def test_no_style_carries_an_odd_host(style: str, host: str) -> None:
    try:
        route = Route((host,), "u")
    except ValueError:
        return
    with pytest.raises(ConversionError) as caught:
        spell(route, style)
    assert caught.value.part == "host"


@pytest.mark.parametrize(
    ("style", "hosts", "text"),
    [
        ("percent", ("[192.0.2.1]",), "u@[192.0.2.1]"),
        ("percent", ("[192.0.2.1]", "b"), "u%b@[192.0.2.1]"),
        ("percent", ("a", "[192.0.2.1]"), None),
        ("hybrid", ("[192.0.2.1]", "b"), "b!u@[192.0.2.1]"),
        ("hybrid", ("a", "[192.0.2.1]"), None),
        ("route-addr", ("[192.0.2.1]", "[IPv6:::1]"), "<@[192.0.2.1]:u@[IPv6:::1]>"),
        ("domain", ("[192.0.2.1]",), "u@[192.0.2.1]"),
        ("bang", ("[192.0.2.1]",), None),
        ("bang-dotted", ("a", "[192.0.2.1]"), None),
    ],
)
def test_literals_stand_where_a_domain_stands(style: str, hosts: tuple[str, ...], text: str | None) -> None:
    route = Route(hosts, "u")
    if text is None:
        with pytest.raises(ConversionError) as caught:
            spell(route, style)
        assert caught.value.character == "["
    else:
        assert str(spell(route, style)) == text
        assert all(read(text, how) == route for how in STYLES[style].safe)


def test_unknown_styles() -> None:
    with pytest.raises(UnknownNameError):
        spell(PLAIN, "x400")
    assert spelling.coerce("bang") is spelling.coerce(spelling.BANG)


def test_safe_policies_are_those_that_know_the_marks() -> None:
    def safe(name: str) -> set[str]:
        return {str(how) for how in STYLES[name].safe}

    everyone = {str(how) for how in ALL}
    assert safe("domain") == everyone
    assert "internet" in safe("bang") & safe("percent") & safe("hybrid") & safe("route-addr")
    assert "uucp" in safe("bang")
    assert "uucp" not in safe("hybrid")
    assert not safe("route-addr") & {"postfix", "sendmail", "exim"}
    assert "exim" not in safe("percent")
    assert "exim:percent_hack" in safe("percent")
    assert "sendmail:nouucp" not in safe("bang")
    assert safe("bang") == safe("bang-dotted")


def test_a_style_says_its_name_and_source() -> None:
    for name, style in STYLES.items():
        assert str(style) == style.name == name
        assert style.rule
        assert isinstance(style, Style)


def test_unsafe_policies_really_read_it_otherwise() -> None:
    """For each style and each policy that is not safe there is a route that does not come back."""
    routes = [Route(("a",), "u"), Route(("a", "b"), "u"), Route(("a", "b", "c"), "u")]
    for style in (STYLES["bang"], STYLES["percent"], STYLES["hybrid"], STYLES["route-addr"]):
        for how in set(policy.ALL) - set(style.safe):
            assert any(read(str(spell(route, style)), how) != route for route in routes), (style, how)


@pytest.mark.parametrize("style", list(STYLES))
def test_a_decnet_mark_in_the_user_is_refused_or_comes_back(style: str) -> None:
    """Sendmail with DECnet looks into quotes and peels "::" all the same."""
    route = Route(("c",), "a::b")
    try:
        text = str(spell(route, style))
    except ConversionError:
        return
    for how in STYLES[style].safe:
        assert read(text, how) == route, how


def test_no_spelled_address_is_longer_than_parse_takes() -> None:
    hosts = tuple([f"h{number}" for number in range(20_000)])
    with pytest.raises(ConversionError) as caught:
        spell(Route(hosts, "u"), "bang")
    assert str(caught.value) == "20,000 hosts make an address longer than 65,536 characters"
    assert read(str(spell(Route(hosts[:9_000], "u"), "bang"))) == Route(hosts[:9_000], "u")
