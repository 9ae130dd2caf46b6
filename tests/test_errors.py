"""What people read when an address is wrong: whole messages, the source and the caret under the place."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from mailpaths import (
    AddressSyntaxError,
    AmbiguousHostError,
    BangPath,
    ConversionError,
    Mailbox,
    MailPathsError,
    MapError,
    ReadingError,
    Route,
    RoutingError,
    TemporaryRoutingError,
    UnknownHostError,
    UnknownNameError,
    parse,
    parse_list,
    policy,
    read,
    spell,
)
from mailpaths.addresses.lists import AddressList
from tests.support import why

PARSE = [
    ("", "expected an address, found nothing\n  \n  ^"),
    ("   ", "expected an address, found only white space\n     \n  ^~~"),
    ("\t", "expected an address, found only white space\n  \u2409\n  ^"),
    ("a\x00b@c", "a NUL may not stand in an address\n  a\u2400b@c\n   ^"),
    ("a@b\nBcc: x@y", "a line feed may not stand in an address\n  a@b\u240aBcc: x@y\n     ^"),
    (
        "piet@mcvax\r\nBcc: all@cwi",
        "a carriage return may not stand in an address\n  piet@mcvax\u240d\u240aBcc: all@cwi\n            ^",
    ),
    (
        '"john doe@example.com',
        "expected '\"' to end this quoted string\n  \"john doe@example.com\n  ^~~~~~~~~~~~~~~~~~~~~",
    ),
    ("a(b@c", "expected ')' to end this comment\n  a(b@c\n   ^~~~"),
    ("piet@[192.0.2.1", "expected ']' to end this domain literal\n  piet@[192.0.2.1\n       ^~~~~~~~~~"),
    ("seismo!!piet", "expected a host name between '!' and '!'\n  seismo!!piet\n         ^"),
    ("!a!b", "expected a host name before '!'\n  !a!b\n  ^"),
    ("a!b!", "expected a user after '!'\n  a!b!\n     ^"),
    ("!", "expected a host name before '!'\n  !\n  ^"),
    ("Piet <a!!b>", "expected a host name between '!' and '!'\n  Piet <a!!b>\n          ^"),
    ("Piet <a!b!>", "expected a user after '!'\n  Piet <a!b!>\n           ^"),
    ("a@@b", "expected a domain between '@' and '@'\n  a@@b\n    ^"),
    ("@b", "expected a local part before '@'\n  @b\n  ^"),
    ("a@", "expected a domain after '@'\n  a@\n   ^"),
    (".a@b", "a local part may not begin with a dot\n  .a@b\n  ^"),
    ("a.@b", "a local part may not end with a dot\n  a.@b\n    ^"),
    ("a..b@c", "expected a word between two dots\n  a..b@c\n    ^"),
    ("a@.b", "a domain may not begin with a dot\n  a@.b\n    ^"),
    ("a@b..c", "expected a word between two dots\n  a@b..c\n      ^"),
    ("a@b, c@d", "expected one address, found ','; this is a list of several\n  a@b, c@d\n     ^"),
    ("Friends: a@b;", "expected one address, found a group\n  Friends: a@b;\n         ^"),
    ("a\x07b@c", "control character 0x07 may not stand outside of quotes\n  a\u2407b@c\n   ^"),
    ("a\udc80@b", "byte 0x80 is not UTF-8 text\n  a?@b\n   ^"),
    ("a\ud800@b", "U+D800 is not a text character\n  a?@b\n   ^"),
    ("a\x85@b", "U+0085 is not a text character\n  a\ufffd@b\n   ^"),
    ("none known", "expected '@' and a domain, found nothing more\n  none known\n            ^"),
    ("piet <a@b", "expected '>' to end the angle address, found nothing more\n  piet <a@b\n           ^"),
    ("<>", "expected an address between '<' and '>'\n  <>\n   ^"),
    ("a@b c", "expected the end of the address, found 'c'\n  a@b c\n      ^"),
    ("foo <a@b> bar", "expected the end of the address, found 'b'\n  foo <a@b> bar\n            ^"),
    ("a]b@c", "expected the end of the address, found ']'\n  a]b@c\n   ^"),
    ("a@[192.0.2.1]x", "expected the end of the address, found 'x'\n  a@[192.0.2.1]x\n               ^"),
    ('"a"b@c', "expected the end of the address, found 'b'\n  \"a\"b@c\n     ^"),
    ("a\\b@c", "expected the end of the address, found '\\\\'\n  a\\b@c\n   ^"),
    ("a)b@c", "expected the end of the address, found ')'\n  a)b@c\n   ^"),
    ("(only a comment)", "expected a local part, found nothing more\n  (only a comment)\n                  ^"),
    ("Jones at at Registry", "expected a domain, found 'a'\n  Jones at at Registry\n           ^"),
    ('a!"b', "expected '\"' to end this quoted string\n  a!\"b\n    ^~"),
    ("@a,@b:", "expected a local part, found nothing more\n  @a,@b:\n        ^"),
    ("h!u(a)b", "a bracket or a comment may not stand in a bang path\n  h!u(a)b\n     ^"),
    ("h(a)!u", "a bracket or a comment may not stand in a bang path\n  h(a)!u\n   ^"),
    ("h!u)b", "a bracket or a comment may not stand in a bang path\n  h!u)b\n     ^"),
    ("h!u (a)b", "white space may not stand in a bang path\n  h!u (a)b\n     ^"),
]
BANG = [
    ("a", "expected '!', found nothing more\n  a\n   ^"),
    ("a b", "white space may not stand in a bang path\n  a b\n   ^"),
    ("a!!b", "expected a host name between '!' and '!'\n  a!!b\n    ^"),
    ("a!b c", "white space may not stand in a bang path\n  a!b c\n     ^"),
    ("h!u(a)b", "a bracket or a comment may not stand in a bang path\n  h!u(a)b\n     ^"),
    ("h!u (a)", "a bracket or a comment may not stand in a bang path\n  h!u (a)\n      ^"),
    ("a@b!c", "expected '!', found '@'\n  a@b!c\n   ^"),
]
STRICT = [
    ("piet", "no '@' and domain\n  piet\n      ^"),
    ("a b@c", "words with spaces between for a local part: RFC 733's form\n  a b@c\n  ^~~"),
    ("u@a@b", "more than one '@': RFC 733's form, which RFC 822 dropped\n  u@a@b\n   ^~~~"),
    (
        "Jones at Registry",
        "the word 'at' for '@': RFC 733's form, which RFC 822 dropped\n  Jones at Registry\n        ^~",
    ),
    ("a@b.", "a domain may not end with a dot\n  a@b.\n   ^~~"),
    ("a@-b", "a label may not begin or end with a hyphen\n  a@-b\n   ^~~"),
    ("O. [x] <a@b>", "specials in a display name need quotes\n  O. [x] <a@b>\n     ^"),
    ("node:u@c", "a colon or a quoted string joined to a word\n  node:u@c\n      ^"),
]
LIST = [
    (",", "expected an address, found nothing\n  ,\n  ^"),
    ("a@b,\n c", "a line break in a header field is CRLF with white space behind it\n  a@b,\u240a c\n      ^"),
    (
        "a@b,\r\nc@d",
        "a line break in a header field is CRLF with white space behind it\n  a@b,\u240d\u240ac@d\n      ^~",
    ),
    ("a@b c@d", "expected the end of the address, found 'c'\n  a@b c@d\n      ^"),
    ("a@b,, (x", "expected ')' to end this comment\n  a@b,, (x\n        ^~"),
    ("a@b,\r\n c@", "expected a domain after '@'\n  a@b,\u240d\u240a c@\n          ^"),
    ("Friends: a@b", "expected ';' to end this group\n  Friends: a@b\n  ^~~~~~~~"),
    ("Friends: a@b; c@d", "expected ',' between addresses\n  Friends: a@b; c@d\n                ^"),
    ("a@b, c@@d, e@f", "expected a domain between '@' and '@'\n  a@b, c@@d, e@f\n         ^"),
    (
        "a@b, none known, c@d",
        "expected '@' and a domain, found nothing more\n  a@b, none known, c@d\n                 ^",
    ),
    ('a@b, "x, c@d', "expected '\"' to end this quoted string\n  a@b, \"x, c@d\n       ^~~~~~~"),
    ("good@x, bad..x@y, good@z", "expected a word between two dots\n  good@x, bad..x@y, good@z\n              ^"),
    ("x@y, a!!b", "expected a host name between '!' and '!'\n  x@y, a!!b\n         ^"),
    ("a@b\x00,c", "a NUL may not stand in an address\n  a@b\u2400,c\n     ^"),
    (
        "a@b,\r\n c\x07@d",
        "control character 0x07 may not stand outside of quotes\n  a@b,\u240d\u240a c\u2407@d\n          ^",
    ),
]


def printed(call: Callable[[], object]) -> str:
    """Return what the error prints that the call raises."""
    with pytest.raises(MailPathsError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(("text", "message"), PARSE)
def test_parse(text: str, message: str) -> None:
    assert why(text) == message


@pytest.mark.parametrize(("text", "message"), BANG)
def test_parse_as_a_bang_path(text: str, message: str) -> None:
    assert why(text, "bang") == message


@pytest.mark.parametrize(("text", "message"), STRICT)
def test_strict_parsing(text: str, message: str) -> None:
    assert why(text, "rfc822") == message


@pytest.mark.parametrize(("text", "message"), LIST)
def test_parse_list_shows_the_place_in_the_whole_header(text: str, message: str) -> None:
    assert printed(lambda: parse_list(text)) == message


def test_an_empty_header() -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        parse_list("")
    assert caught.value.span == (0, 0)
    assert str(caught.value) == "expected an address, found nothing\n  \n  ^"


def test_a_text_that_is_too_long_is_shown_by_its_end() -> None:
    message, source, caret = why("x" * 65_600).split("\n")
    assert message == "an address of 65,600 characters; the limit is 65,536"
    assert source == "  …" + "x" * 124
    assert caret == " " * 63 + "^" + "~" * 63


def test_a_long_text_is_cut_on_both_sides() -> None:
    message, source, caret = why("a" * 100 + "@@" + "b" * 100).split("\n")
    assert message == "expected a domain between '@' and '@'"
    assert source == "  …" + "a" * 59 + "@@" + "b" * 60 + "…"
    assert caret == " " * 63 + "^"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("vms", "unknown policy 'vms'; there are {policies}"),
        ("", "unknown policy ''; there are {policies}"),
        ("INTERNET", "unknown policy 'INTERNET'; there are {policies}"),
        ("pmdf:swap", "unknown switch 'swap' of policy 'pmdf'; it has bangoverpercent"),
        ("mmdf:x", "unknown switch 'x' of policy 'mmdf'; it has none"),
        ("sendmail:nouucp=maybe", "switch 'nouucp' of policy 'sendmail' is yes or no, not 'maybe'"),
    ],
)
def test_unknown_policies(name: str, message: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        policy.named(name)
    assert str(caught.value) == message.format(policies=", ".join(policy.NAMED))


def test_unknown_styles_and_notations() -> None:
    assert printed(lambda: spell(Route(("a",), "b"), "uucp")) == (
        "unknown style 'uucp'; there are bang, bang-dotted, percent, route-addr, hybrid, domain"
    )
    assert why("a@b", "x500") == "unknown notation 'x500'; there are 'bang', 'rfc822' and 'x400'"


@pytest.mark.parametrize("name", ["sendmail", "exim"])
def test_programs_that_refuse_several_at(name: str) -> None:
    with pytest.raises(ReadingError) as caught:
        read("u@a@b", name)
    assert str(caught.value) == f"{name} takes no address with several '@': u@a@b"


@pytest.mark.parametrize(
    ("route", "style", "message", "character", "part"),
    [
        (Route(("a",), "u@v"), "bang", "'@' in the user 'u@v' would be read as another hop", "@", "user"),
        (Route(("a",), "u!v"), "percent", "'!' in the user 'u!v' would be read as another hop", "!", "user"),
        (Route((), "u%v"), "percent", "'%' in the user 'u%v' would be read as another hop", "%", "user"),
        (
            Route(("a", "b"), "u v"),
            "percent",
            "' ' in the user 'u v' needs quotes, which style percent cannot carry",
            " ",
            "user",
        ),
        (
            Route(("a",), "u v"),
            "bang",
            "' ' in the user 'u v' needs quotes, which style bang cannot carry",
            " ",
            "user",
        ),
        (
            Route(("a", "b"), "u."),
            "percent",
            "'.' in the user 'u.' needs quotes, which style percent cannot carry",
            ".",
            "user",
        ),
        (Route(("a",), ""), "bang", "an empty user '' needs quotes, which style bang cannot carry", None, "user"),
        (Route((), "u"), "domain", "the user 'u' has no host, and domain needs one", None, "route"),
        (Route((), "u"), "route-addr", "the user 'u' has no host, and route-addr needs one", None, "route"),
        (
            Route(("a", "b"), "u"),
            "domain",
            "2 hosts, and user@domain carries one; styles percent and hybrid carry more",
            None,
            "route",
        ),
        (
            Route(("a", "b%c"), "u"),
            "percent",
            "the host 'b%c' holds '%', which style percent cannot carry there",
            "%",
            "host",
        ),
        (
            Route(("-a",), "u"),
            "bang",
            "the host '-a' begins with '-', which a program would take for an option",
            "-",
            "host",
        ),
        (
            Route(("a", "[192.0.2.1]"), "u"),
            "percent",
            "the host '[192.0.2.1]' holds '[', which style percent cannot carry there",
            "[",
            "host",
        ),
    ],
)
def test_conversion(route: Route, style: str, message: str, character: str | None, part: str) -> None:
    with pytest.raises(ConversionError) as caught:
        spell(route, style)
    assert str(caught.value) == message
    assert (caught.value.character, caught.value.part) == (character, part)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Route((".",), "u"), "not a host name\n  .\n  ^"),
        (lambda: Route(("a b",), "u"), "not a host name\n  a b\n  ^~~"),
        (lambda: Route(("a",), "x\ny"), "a line feed may not stand in an address\n  x\u240ay\n   ^"),
        (lambda: BangPath((), "u"), "a bang path has at least one host\n  u\n  ^"),
        (lambda: BangPath(("a!b",), "u"), "not a host name of a bang path\n  a!b\n  ^~~"),
        (lambda: BangPath((".",), "u"), "not a host name of a bang path\n  .\n  ^"),
        (lambda: BangPath(("a",), "x\ry"), "a carriage return may not stand in an address\n  x\u240dy\n   ^"),
        (lambda: Mailbox("a", "b c"), "not a domain\n  b c\n  ^~~"),
        (lambda: Mailbox("a", "b", display_name="x\ny"), "a line feed may not stand in an address\n  x\u240ay\n   ^"),
        (lambda: Mailbox("a", "b", quoted_local_part='"b"'), "not a quoted form of 'a'\n  \"b\"\n  ^~~"),
        (
            lambda: Mailbox("a b", quoted_local_part="a b"),
            "not a local part and domain that stand together\n  a b\n  ^~~",
        ),
    ],
)
def test_values_that_cannot_be_made(call: Callable[[], object], message: str) -> None:
    assert printed(call) == message


def test_what_the_errors_have_in_common() -> None:
    for kind in (AddressSyntaxError, ConversionError, MapError, ReadingError, RoutingError, UnknownNameError):
        assert issubclass(kind, MailPathsError)
    for kind in (AmbiguousHostError, TemporaryRoutingError, UnknownHostError):
        assert issubclass(kind, RoutingError)
    assert issubclass(MailPathsError, ValueError)


def test_errors_pickle() -> None:
    syntax = AddressSyntaxError("wrong", "a@@b", (2, 3))
    again = pickle.loads(pickle.dumps(syntax))  # noqa: S301 - our own
    assert (again.message, again.text, again.span, str(again)) == ("wrong", "a@@b", (2, 3), str(syntax))
    conversion = ConversionError("wrong", character="%", part="host")
    copied = pickle.loads(pickle.dumps(conversion))  # noqa: S301 - our own
    assert (str(copied), copied.character, copied.part) == ("wrong", "%", "host")


@pytest.mark.parametrize(
    ("error", "more"),
    [
        (RoutingError("no road", "mcvax"), {}),
        (UnknownHostError("no road", "mcvax", ("mcvay",)), {"near_misses": ("mcvay",)}),
        (UnknownHostError("no road", "mcvax"), {"near_misses": ()}),
        (AmbiguousHostError("several", "mcvax", ("a", "b")), {"candidates": ("a", "b")}),
        (AmbiguousHostError("several", "mcvax"), {"candidates": ()}),
        (TemporaryRoutingError("later", "mcvax"), {}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_routing_errors_print_and_pickle(error: RoutingError, more: dict[str, object]) -> None:
    assert str(error) == error.message == error.args[0]
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert type(again) is type(error)
    assert (str(again), again.message, again.host, again.args) == (str(error), error.message, "mcvax", error.args)
    assert {name: getattr(again, name) for name in more} == more


def test_map_errors_print_and_pickle() -> None:
    again = pickle.loads(pickle.dumps(MapError("u.nl.1: no such map")))  # noqa: S301 - our own
    assert (type(again), str(again)) == (MapError, "u.nl.1: no such map")


def test_a_span_of_several_characters_is_underlined() -> None:
    assert str(AddressSyntaxError("look", "abcdef", (1, 4))) == "look\n  abcdef\n   ^~~"


def test_the_list_shows_its_own_text_for_a_fold() -> None:
    """Offsets are those of the header as it was, folds included."""
    with pytest.raises(AddressSyntaxError) as caught:
        AddressList.parse("a@b,\r\n c@@d")
    assert caught.value.text == "a@b,\r\n c@@d"
    assert caught.value.text[slice(*caught.value.span)] == "@"


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ("X400:", "expected an O/R address, found nothing", (0, 5)),
        ("Foo=bar; C=GB; A= ; O=x", "'Foo' is the label of no attribute", (0, 3)),
    ],
)
def test_what_can_only_be_meant_as_an_or_address_fails_as_one(text: str, message: str, span: tuple[int, int]) -> None:
    with pytest.raises(AddressSyntaxError) as caught:
        parse(text)
    assert (caught.value.message, caught.value.span) == (message, span)
