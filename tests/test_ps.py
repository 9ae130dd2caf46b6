"""ASCII inside PrintableString (RFC 2156 3.4): every row, every character, strict and lenient, and the way back."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import ConversionError, MailPathsError
from mailpaths.testing import hostile_texts
from mailpaths.x400.ps import decode, encode
from tests.support import Row, x400_rows

# RFC 2156 3.3.1, EBNF.ps-char, less the brackets: 3.4, EBNF.ps-restricted-char.
PLAIN = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '+,-./:=?")
# RFC 2156 3.4, EBNF.ps-encoded-char.
NAMED = {"@": "(a)", "%": "(p)", "!": "(b)", '"': "(q)", "_": "(u)", "(": "(l)", ")": "(r)"}
LINE_ENDS = "\0\n\r"


def refusal(text: str, *, lenient: bool = False) -> tuple[str, str | None]:
    """Return the message of what cannot be decoded, and the character that is to blame."""
    with pytest.raises(ConversionError) as caught:
        decode(text, lenient=lenient)
    assert caught.value.part == "user"
    return str(caught.value), caught.value.character


@pytest.mark.parametrize("row", x400_rows("ps-encode"), ids=lambda row: row["id"])
def test_encode_vectors(row: Row) -> None:
    assert encode(row["input"]) == row["expected"]
    assert decode(row["expected"]) == decode(row["expected"], lenient=True) == row["input"]


@pytest.mark.parametrize("row", x400_rows("ps-decode"), ids=lambda row: row["id"])
def test_decode_vectors(row: Row) -> None:
    assert decode(row["input"]) == decode(row["input"], lenient=True) == row["expected"]
    assert encode(row["expected"]) == row["input"]


def test_the_one_way_examples() -> None:
    """RFC 2156 3.4, its arrows of one head: a capital code, and a bracket that is passed through."""
    assert decode("(A)") == decode("(A)", lenient=True) == "@"
    assert encode("@") == "(a)"
    assert decode("(", lenient=True) == "("
    assert encode("(") == "(l)"
    assert refusal("(") == ("not encoded as RFC 2156 3.4 says: '('", "(")


@pytest.mark.parametrize("number", range(128))
def test_every_ascii_character(number: int) -> None:
    character, code = chr(number), f"({number:03})"
    expected = character if character in PLAIN else NAMED.get(character, code)
    assert encode(character) == expected
    for lenient in (False, True):
        if character in LINE_ENDS:
            told = f"{code} is a control character that no address holds"
            assert refusal(code, lenient=lenient) == refusal(f"a{code}b", lenient=lenient) == (told, None)
        else:
            assert decode(expected, lenient=lenient) == character
            # A code by number is read for any character, also where another is written.
            assert decode(code, lenient=lenient) == character


@pytest.mark.parametrize(("character", "code"), NAMED.items())
def test_codes_are_read_in_either_case(character: str, code: str) -> None:
    assert decode(code.upper()) == decode(code.upper(), lenient=True) == character


def test_a_code_is_decoded_once() -> None:
    assert decode("(l)a(r)") == "(a)"
    assert decode("(040)a(041)") == "(a)"
    assert encode(encode("@")) == "(l)a(r)"
    assert decode(decode("(l)a(r)")) == "@"


@pytest.mark.parametrize("text", ["é", "aéλ", "\u0080", "@\u0661é"])
def test_beyond_ascii_there_is_no_code(text: str) -> None:
    first = next(character for character in text if ord(character) > 127)
    with pytest.raises(ConversionError) as caught:
        encode(text)
    assert str(caught.value) == f"{first!r} has no code in PrintableString (RFC 2156 3.4 knows ASCII)"
    assert (caught.value.character, caught.value.part) == (first, "user")


@pytest.mark.parametrize(
    ("text", "lenient", "blamed"),
    [
        ("(a", "(a", "("),
        ("a)", "a)", ")"),
        ("((a)", "(@", "("),
        ("(a))", "@)", ")"),
        ("()", "()", "("),
        ("(x)", "(x)", "("),
        ("(aa)", "(aa)", "("),
        ("( a)", "( a)", "("),
        ("(1)", "(1)", "("),
        ("(64)", "(64)", "("),
        ("(0064)", "(0064)", "("),
        ("(\u0660\u0664\u0660)", "(\u0660\u0664\u0660)", "("),
        ("first(a)(x)", "first@(x)", "("),
    ],
)
def test_a_bracket_outside_of_a_code(text: str, lenient: str, blamed: str) -> None:
    assert refusal(text) == (f"not encoded as RFC 2156 3.4 says: {text!r}", blamed)
    assert decode(text, lenient=True) == lenient


@pytest.mark.parametrize(
    ("text", "lenient"),
    [("a_b", "a_b"), ("a@b", "a@b"), ("a_b(a)c", "a_b@c"), ("é(a)b", "é@b"), ("*", "*"), ("\t", "\t")],
)
def test_a_character_that_is_not_in_printable_string(text: str, lenient: str) -> None:
    with pytest.raises(ConversionError) as caught:
        decode(text)
    assert str(caught.value) == f"not encoded as RFC 2156 3.4 says: {text!r}"
    assert decode(text, lenient=True) == lenient


@pytest.mark.parametrize("code", ["(128)", "(255)", "(999)"])
def test_a_number_beyond_ascii(code: str) -> None:
    assert refusal(f"(a){code}") == (f"{code} is beyond ASCII (RFC 2156 3.4)", None)
    assert decode(f"(a){code}", lenient=True) == f"@{code}"


@given(st.text(st.characters(max_codepoint=0x7F, exclude_characters=LINE_ENDS), max_size=40))
def test_what_is_encoded_comes_back(text: str) -> None:
    encoded = encode(text)
    assert re.fullmatch(r"[A-Za-z0-9 '()+,./:=?-]*", encoded)
    assert decode(encoded) == decode(encoded, lenient=True) == text


@given(
    hostile_texts() | st.lists(st.sampled_from([*NAMED.values(), "(010)", "(200)", "(", ")", "a", "_"])).map("".join)
)
def test_strict_and_lenient_agree_and_only_our_own_errors_escape(text: str) -> None:
    with contextlib.suppress(MailPathsError):
        encode(text)
    with contextlib.suppress(MailPathsError):
        strict = decode(text)
        assert strict == decode(text, lenient=True)
        assert decode(encode(strict)) == strict
    with contextlib.suppress(MailPathsError):
        assert len(decode(text, lenient=True)) <= len(text)
