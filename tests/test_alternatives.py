"""Braces of Usenet signatures, written out."""

from __future__ import annotations

import pytest

from mailpaths import AddressSyntaxError, alternatives


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("piet@mcvax.example", ("piet@mcvax.example",)),
        ("{ihnp4,hplabs}!gw!sam", ("ihnp4!gw!sam", "hplabs!gw!sam")),
        ("{ ihnp4 | hplabs }!gw!sam", ("ihnp4!gw!sam", "hplabs!gw!sam")),
        ("...!{a, b!c}!gw!{usenet,news}", ("...!a!gw!usenet", "...!a!gw!news", "...!b!c!gw!usenet", "...!b!c!gw!news")),
        # Braces that offer no choice are characters of an atom (RFC 822 3.3).
        ("!#$%&`*+/=?^`{|}~@iana.example", ("!#$%&`*+/=?^`{|}~@iana.example",)),
        ("{sam}@host", ("{sam}@host",)),
        ("{a,}!b", ("{a,}!b",)),
        ("{a", ("{a",)),
        ("}{", ("}{",)),
        ("", ("",)),
    ],
)
def test_alternatives(text: str, addresses: tuple[str, ...]) -> None:
    assert alternatives(text) == addresses


def test_braces_multiply_up_to_a_limit() -> None:
    assert len(alternatives("{a,b}" * 8)) == 256
    with pytest.raises(AddressSyntaxError) as caught:
        alternatives("{a,b}" * 9)
    assert caught.value.message == "braces that stand for more than 256 addresses"
    assert caught.value.span == (40, 45)


@pytest.mark.parametrize("text", ["{" * 100_000, "{a," * 30_000, "{a" + " " * 100_000, "}" * 100_000])
def test_hostile_braces_are_text(text: str) -> None:
    assert alternatives(text) == (text,)


@pytest.mark.parametrize("text", ['"{a,b}"@c', "s@h (call {home,work})", "u@[{a,b}]"])
def test_braces_in_quotes_comments_and_literals_are_theirs(text: str) -> None:
    assert alternatives(text) == (text,)
