"""One grammar, two drivers: the fast patterns and the pyparsing grammar of record read the same language."""

# ruff: noqa: PT017 - an error is one of two good outcomes here, and is checked where it comes up

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import AddressSyntaxError
from mailpaths.grammar import bang, lexical, oraddress, rfc822, tree
from mailpaths.grammar.oraddress import PATTERNS, Marks
from mailpaths.testing import or_address_texts
from tests.support import any_texts, vector_texts
from tests.test_x400_vectors import ROWS


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


def check_oraddress(text: str, marks: Marks, start: int = 0) -> None:
    """Check that both drivers say the same about the pairs of an O/R address, places and all."""
    fast = oraddress.fields(text, marks, start)
    try:
        slow = tree.read_oraddress(text, marks, start)
    except tree.StopError as stop:
        assert fast is None
        assert start <= stop.place <= len(text)
        assert stop.expected
    else:
        assert fast == slow
        for found in slow:
            assert start <= found.start < found.middle <= found.end <= len(text)
            assert text[found.middle - 1] == "="


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


@given(or_address_texts() | any_texts(), st.sampled_from([*PATTERNS]), st.sampled_from(["", "X400:", "X.400: "]))
def test_oraddress_drivers_agree(text: str, marks: Marks, prefix: str) -> None:
    check_oraddress(text, marks)
    check_oraddress(prefix + text, marks, len(prefix))


@pytest.mark.parametrize("text", [row["input"] for row in ROWS if isinstance(row["input"], str)] + vector_texts())
def test_oraddress_drivers_agree_on_the_vectors(text: str) -> None:
    for marks in PATTERNS:
        check_oraddress(text, marks)
        check_oraddress(f"X400:{text}", marks, 5)


@given(st.text("ab/;=$ \t", max_size=12), st.sampled_from([*PATTERNS]))
def test_oraddress_drivers_agree_on_marks(text: str, marks: Marks) -> None:
    check_oraddress(text, marks)


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
