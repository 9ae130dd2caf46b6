"""Header fields with other addresses in them: whole values, and that nothing but addresses ever changes."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from mailpaths import parse_list
from mailpaths.hooks.headers import MAX_VALUE, AddressField
from mailpaths.testing import header_values
from tests.support import any_texts

NEW: Mapping[bytes, str] = MappingProxyType(
    {
        b"relay!host!user": "user@host.uucp",
        b"user%host.uucp@relay.example": "user@host.uucp",
        b"relay!gamma!joe@relay.example": "joe@gamma.uucp",
        b'"john doe"@relay.example': '"john doe"@host.uucp',
        b"@relay.example:user@host.uucp": "user@host.uucp",
    }
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"relay!host!user", b"user@host.uucp"),
        (b" relay!host!user", b" user@host.uucp"),
        (b"\trelay!host!user ", b"\tuser@host.uucp "),
        (b" <relay!host!user>", b" <user@host.uucp>"),
        (b' "A, B" <relay!host!user>, x@y.example', b' "A, B" <user@host.uucp>, x@y.example'),
        # Every one of them.
        (b"relay!host!user, relay!host!user,relay!host!user", b"user@host.uucp, user@host.uucp,user@host.uucp"),
        # Names and comments that look like addresses are none.
        (b'"relay!host!user" <x@y.example> (relay!host!user)', b'"relay!host!user" <x@y.example> (relay!host!user)'),
        (b"relay!host!user <relay!host!user> (relay!host!user)", b"relay!host!user <user@host.uucp> (relay!host!user)"),
        # Groups, empty places, blanks.
        (b" Crew: relay!host!user , x@y.example; ,, (end)", b" Crew: user@host.uucp , x@y.example; ,, (end)"),
        (b" undisclosed-recipients:;", b" undisclosed-recipients:;"),
        # Folded at LF, as Postfix and Sendmail hand it over, or at CRLF.
        (b"\n relay!host!user,\n\tx@y.example", b"\n user@host.uucp,\n\tx@y.example"),
        (b" a <x@y.example>,\r\n  b\r\n <relay!host!user>", b" a <x@y.example>,\r\n  b\r\n <user@host.uucp>"),
        # A comment inside of an address, and the fold in it, follow it; a fold inside of an address goes with it.
        (b" user%host.uucp(a\n b)@relay.example", b" user@host.uucp (a\n b)"),
        (b" user%host.uucp\n @relay.example (x\n y)", b" user@host.uucp (x\n y)"),
        # Octets that are no UTF-8, in names and comments; text that is; C1 controls; the replacement character itself.
        (b' "J\xf6rg" <relay!host!user> (\xe4\xff)', b' "J\xf6rg" <user@host.uucp> (\xe4\xff)'),
        (b" J\xc3\xb6rg <relay!host!user>", b" J\xc3\xb6rg <user@host.uucp>"),
        (b" \xc2\x85\xef\xbf\xbd\x80 <relay!host!user>", b" \xc2\x85\xef\xbf\xbd\x80 <user@host.uucp>"),
        (b" =?utf-8?q?J=C3=B6rg?= <relay!host!user>", b" =?utf-8?q?J=C3=B6rg?= <user@host.uucp>"),
        # Quotes and routes.
        (b' "john doe"@relay.example', b' "john doe"@host.uucp'),
        (b" <@relay.example:user@host.uucp>", b" <user@host.uucp>"),
    ],
)
def test_values(value: bytes, expected: bytes) -> None:
    field = AddressField(value)
    assert field.value == value
    assert field.rewritten(NEW) == expected
    assert field.rewritten({}) == value


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b" ",
        b" relay!host!user, <",
        b' relay!host!user, "x',
        b" relay!host!user (",
        b" relay!host!user\0, x@y",
        # A line break that is no fold, a lone CR, folds of two kinds.
        b" relay!host!user\nBcc: x@y.example",
        b" relay!host!user,\n",
        b" relay!host!user,\r x@y.example",
        b" relay!host!user,\n x@y.example,\r\n z@y.example",
        b" relay!host!user,\r\r\n x@y.example",
        b" relay!host!user," + b" " * MAX_VALUE,
    ],
)
def test_values_that_stay_as_they_are(value: bytes) -> None:
    field = AddressField(value)
    assert field.addresses == ()
    assert field.rewritten(NEW) == value


def test_a_value_as_long_as_may_be() -> None:
    value = b" relay!host!user" + b" " * (MAX_VALUE - 16)
    assert AddressField(value).rewritten(NEW) == b" user@host.uucp" + b" " * (MAX_VALUE - 16)


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        (b" a@b, x!y (c), A <a@b>, @r,@s:u@v, x%y@z", (b"a@b", b"x!y", b"@r,@s:u@v", b"x%y@z")),
        (b" j\xc3\xb6rg@b.example", (b"j\xc3\xb6rg@b.example",)),
        # No rule knows an address of octets that are no text.
        (b" j\xf6rg@b.example, a@b", (b"a@b",)),
        (b" a(comment)@b , a @ b", (b"a@b",)),
        (b" G: a@b, c@d;, e@f", (b"a@b", b"c@d", b"e@f")),
    ],
)
def test_addresses(value: bytes, addresses: tuple[bytes, ...]) -> None:
    assert AddressField(value).addresses == addresses


@pytest.mark.parametrize("answer", ["no address", "a@b, c@d", "a@b\r\nBcc: x@y", "", "<", "a@b (", "\ufffd@b.example"])
def test_an_answer_that_cannot_stand_there_leaves_the_value(answer: str) -> None:
    value = b" x@y.example, relay!host!user (\xff)"
    assert AddressField(value).rewritten({b"relay!host!user": answer}) == value


def encoded(text: str, fold: str) -> bytes:
    return text.replace("\r\n", fold).encode("utf-8", "surrogatepass")


@given(st.builds(encoded, any_texts() | header_values(), st.sampled_from(["\r\n", "\n"])) | st.binary(max_size=80))
@example(b"a@b,\r\n c@d")
def test_nothing_changes_where_no_address_does(value: bytes) -> None:
    field = AddressField(value)
    assert field.rewritten({}) == value
    assert field.rewritten({b"nobody@among.them": "x@y.example"}) == value
    # Each address is text: what a rule is asked about.
    assert [key.decode().encode() for key in field.addresses] == list(field.addresses)


@given(header_values(), st.sets(st.integers(0, 9), min_size=1), st.sampled_from(["\r\n", "\n"]))
def test_only_addresses_change(text: str, chosen: set[int], fold: str) -> None:
    """Cut the value at the places of its addresses: what stands between them is there afterwards, octet for octet."""
    field = AddressField(encoded(text, fold))
    assume(field.addresses)
    new = {key: f"n{number}@new.example" for number, key in enumerate(field.addresses) if number in chosen}
    assume(new)
    header = parse_list(text)
    expected: list[str] = []
    done = 0
    for member in header.members:
        answer = new.get(member.mailbox.path.encode())
        if answer is not None:
            start, end = member.address_span
            inside = [f" {text[slice(*note.span)]}" for note in header.comments if start <= note.span[0] < end]
            expected += [text[done:start], answer, *inside]
            done = end
    assert field.rewritten(new) == encoded("".join([*expected, text[done:]]), fold)


@given(st.binary(max_size=200) | any_texts().map(lambda text: encoded(text, "\n")), st.text(max_size=20))
def test_no_line_begins_that_was_none(value: bytes, answer: str) -> None:
    field = AddressField(value)
    found = field.rewritten(dict.fromkeys(field.addresses, answer))
    before, after = (re.findall(rb"\r\n|\r|\n", octets) for octets in (value, found))
    assert len(after) <= len(before)
    assert set(after) <= set(before)
    if found != value:
        assert re.search(rb"\n(?![ \t])|\0", found) is None


@given(header_values())
def test_what_comes_out_is_read_as_it_was_meant(text: str) -> None:
    """All addresses made one: the field is a list of as many, under the same names."""
    field = AddressField(text.encode())
    assume(field.addresses)
    found = field.rewritten(dict.fromkeys(field.addresses, "user@host.uucp"))
    after, before = parse_list(found.decode()), parse_list(text)
    assert [box.addr_spec for box in after] == ["user@host.uucp"] * len(before)
    assert [box.display_name for box in after] == [box.display_name for box in before]
    assert sorted(comment.text for comment in after.comments) == sorted(comment.text for comment in before.comments)


@pytest.mark.parametrize(
    "piece",
    [
        b"a@b,",
        b"relay!host!user,",
        b"a@b(c)",
        b"(",
        b'"',
        b"<",
        b"a:;",
        b"a ",
        b"\\",
        b"@a,",
        b"\n ",
        b"\xff",
        b"x!",
        b"%x",
    ],
)
def test_reading_takes_linear_time(piece: bytes) -> None:
    value = (piece * MAX_VALUE)[: MAX_VALUE - 6] + b",a@b.c"
    begin = time.perf_counter()
    field = AddressField(value)
    field.rewritten(dict.fromkeys(field.addresses, "user@host.uucp"))
    assert time.perf_counter() - begin < 3  # some 0.15 s where nothing else runs
