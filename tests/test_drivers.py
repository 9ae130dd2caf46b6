"""One grammar, two drivers: the fast patterns and the pyparsing grammar of record read the same language."""

# ruff: noqa: PT017 - an error is one of two good outcomes here, and is checked where it comes up

from __future__ import annotations

import pytest
from hypothesis import given

from mailpaths import AddressSyntaxError
from mailpaths.grammar import bang, lexical, rfc822, tree
from tests.support import any_texts, vector_texts


def check_mailbox(text: str) -> None:
    """Check that both drivers say the same about a text."""
    try:
        masked = lexical.mask(lexical.unfold(text))
    except AddressSyntaxError:
        return
    fast = rfc822.match(masked)
    try:
        slow = tree.read_mailbox(masked)
    except tree.StopError as stop:
        assert fast is None
        assert 0 <= stop.place <= len(text)
        assert stop.expected
    else:
        assert fast == slow


def check_bang(text: str, *, at: bool) -> None:
    """Check that both drivers say the same about a path."""
    fast = bang.match(text, at=at)
    try:
        slow = tree.read_bang(text, at=at)
    except tree.StopError as stop:
        assert fast is None
        assert 0 <= stop.place <= len(text)
    else:
        assert fast == slow


@given(any_texts())
def test_mailbox_drivers_agree(text: str) -> None:
    check_mailbox(text)


@given(any_texts())
def test_bang_drivers_agree(text: str) -> None:
    check_bang(text, at=False)
    check_bang(text, at=True)


@pytest.mark.parametrize("text", vector_texts())
def test_drivers_agree_on_the_vectors(text: str) -> None:
    check_mailbox(text)
    check_bang(text, at=False)
    check_bang(text, at=True)


@given(any_texts())
def test_the_place_in_a_list_makes_no_difference(text: str) -> None:
    """`match_at` reads a piece of a text as `match` reads the piece alone."""
    try:
        masked = lexical.mask(text)
    except AddressSyntaxError:
        return
    alone = rfc822.match(masked)
    whole = f"a@b, {masked.text} ,c@d"
    found = rfc822.match_at(whole, 5, 5 + len(masked.text), masked.comments)
    assert (alone is None) == (found is None)
    if alone is not None and found is not None:
        shifted = tuple(place + 5 for place in alone.address)
        assert (found[:5], found.address) == (alone[:5], shifted)


@given(any_texts())
def test_masking_keeps_every_offset(text: str) -> None:
    try:
        masked = lexical.mask(lexical.unfold(text))
    except AddressSyntaxError:
        return
    assert len(masked.text) == len(text)
    for comment in masked.comments:
        assert masked.text[comment.start : comment.end].strip(" ") == ""
        assert (text[comment.start], text[comment.end - 1]) == ("(", ")")
