"""Bang paths: what they are made of, how they print, what they equal."""

from __future__ import annotations

import pytest

from mailpaths import AddressSyntaxError, BangPath, Mailbox, Route, parse, read


@pytest.mark.parametrize(
    ("text", "hosts", "user"),
    [
        ("seismo!mcvax!piet", ("seismo", "mcvax"), "piet"),
        ("att.!Mark.Horton", ("att.",), "Mark.Horton"),
        ("a!b%c", ("a",), "b%c"),
        ("a!node::user", ("a",), "node::user"),
        ("a!host:user", ("a",), "host:user"),
        ("[192.0.2.1]!piet", ("[192.0.2.1]",), "piet"),
        ("a![x!y]!piet", ("a", "[x!y]"), "piet"),
        ('a!"john doe"', ("a",), "john doe"),
        ('a!"b!c"', ("a",), "b!c"),
        ("bücher.example!пит", ("bücher.example",), "пит"),
        ("{ihnp4,decvax}!x".replace(",", "|"), ("{ihnp4|decvax}",), "x"),
        ("...!r...", ("...",), "r..."),
    ],
)
def test_parse(text: str, hosts: tuple[str, ...], user: str) -> None:
    path = parse(text)
    assert isinstance(path, BangPath)
    assert (path.hosts, path.user) == (hosts, user)
    assert str(path) == text
    assert path == BangPath(hosts, user) == BangPath.parse(text)
    assert str(BangPath(hosts, user)) == text


def test_the_notation_named_reads_an_at_as_old_rmail_did() -> None:
    path = parse("a!b@c", "bang")
    assert path == BangPath(("a",), "b@c", quoted_user="b@c")
    assert str(path) == "a!b@c"
    assert repr(path) == "BangPath(hosts=('a',), user='b@c', quoted_user='b@c')"
    assert isinstance(parse("a!b@c"), Mailbox)


def test_quotes_keep_a_user_whole() -> None:
    """One rule for paths and mailboxes: what stands in quotes is one word, and no operator is looked for in it."""
    assert read('a!"x%y"') == read('"x%y"@a') == Route(("a",), "x%y")
    assert read('a!"x@y"') == read('"x@y"@a') == Route(("a",), "x@y")
    assert read('a!"x!y"') == read('"x!y"@a') == Route(("a",), "x!y")
    assert read("a!x%y") == Route(("y", "a"), "x")
    assert parse('a!"x%y"') != parse("a!x%y")
    assert parse('a!"xy"') == parse("a!xy")
    assert repr(parse('a!"x%y"')) == """BangPath(hosts=('a',), user='x%y', quoted_user='"x%y"')"""


def test_quotes_come_only_where_they_are_needed() -> None:
    assert str(BangPath(("a",), "b c")) == 'a!"b c"'
    assert str(BangPath(("a",), 'b"c')) == r'a!"b\"c"'
    assert str(BangPath(("a",), "b.c")) == "a!b.c"
    assert BangPath.parse('a!"piet"') == BangPath(("a",), "piet")


def test_equality_is_blind_to_the_case_of_hosts_and_to_the_final_dot() -> None:
    assert BangPath(("SEISMO",), "piet") == BangPath(("seismo",), "piet")
    assert BangPath(("att.",), "piet") == BangPath(("att",), "piet")
    assert hash(BangPath(("att.",), "piet")) == hash(BangPath(("ATT",), "piet"))
    assert BangPath(("a",), "Piet") != BangPath(("a",), "piet")
    assert BangPath(("a",), "b") != "a!b"
    assert BangPath(("a",), "b") != Mailbox("b", "a")


def test_hosts_may_come_as_a_list() -> None:
    assert BangPath(["a", "b"], "c").hosts == ("a", "b")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hosts", "user"),
    [((), "u"), (("",), "u"), (("a b",), "u"), (("a!b",), "u"), ((".",), "u"), (("a\n",), "u"), (("a",), "u\0")],
)
def test_what_no_path_can_hold(hosts: tuple[str, ...], user: str) -> None:
    with pytest.raises(AddressSyntaxError):
        BangPath(hosts, user)


@pytest.mark.parametrize(
    "text", ["a", "!a", "a!", "a!!b", "a!b c", "a,b!c", "a@b!c", "", "a!b\n", "a!b\u2028", "a!(c)b"]
)
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(AddressSyntaxError):
        BangPath.parse(text)


def test_repr() -> None:
    assert repr(parse("SEISMO!piet")) == "BangPath(hosts=('SEISMO',), user='piet')"


def test_the_notation_is_a_constant_of_the_class() -> None:
    assert BangPath.notation == "bang"
    assert parse("a!b").notation == "bang"


def test_a_host_that_is_only_a_dot_makes_no_route_with_an_empty_host() -> None:
    """The final dot is no part of a host: nothing is left of this one, and a route has no empty hosts."""
    try:
        route = read(".!piet")
    except ValueError:
        return
    assert "" not in route.hosts


def test_an_empty_user_in_quotes_is_refused_or_can_be_made_anew() -> None:
    try:
        path = BangPath.parse('a!""')
    except AddressSyntaxError:
        return
    assert BangPath(path.hosts, path.user) == path
