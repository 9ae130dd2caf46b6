"""The lookup protocols without a socket: netstrings, socketmap and tcp_table, octet for octet."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths.hooks import Conversation, Decision, Deferred, Question, Rewritten, Unchanged, WireError
from mailpaths.hooks.netstring import NetstringReader, netstring
from mailpaths.hooks.socketmap import MAX_REQUEST, SocketmapConversation, reply_to
from mailpaths.hooks.tcptable import MAX_LINE, TcpTableConversation
from tests.pathservers import cuts

_OCTETS = st.lists(st.binary(max_size=40), max_size=8)


def strings(pieces: list[bytes], *, most: int = 1000) -> list[bytes]:
    """Return the strings in octets that come in pieces, each taken as soon as it is there."""
    reader = NetstringReader(most=most)
    found = []
    for piece in pieces:
        reader.feed(piece)
        while (one := reader.next_string()) is not None:
            found.append(one)
    return found


@given(_OCTETS, st.integers())
def test_strings_come_whole_however_their_octets_come(given_strings: list[bytes], seed: int) -> None:
    data = b"".join(map(netstring, given_strings))
    for pieces in cuts(data, seed=seed):
        assert strings(pieces) == given_strings


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"hello", "expected the length of a netstring and a colon"),
        (b":", "expected the length of a netstring and a colon"),
        (b"-1:", "expected the length of a netstring and a colon"),
        (b" 1:a,", "expected the length of a netstring and a colon"),
        (b"1 :a,", "expected the length of a netstring and a colon"),
        (b"01:a,", "expected the length of a netstring and a colon"),
        (b"+1:a,", "expected the length of a netstring and a colon"),
        (b"\xb2:aa,", "expected the length of a netstring and a colon"),
        (b"12345", "expected the length of a netstring and a colon"),
        (b"99999999999999999999999:", "expected the length of a netstring and a colon"),
        (b"1001:", "a netstring of 1001 octets, and the limit is 1000"),
        (b"1:ab,", "expected a comma behind a netstring"),
        (b"0:a", "expected a comma behind a netstring"),
        (b"GET / HTTP/1.0\r\n", "expected the length of a netstring and a colon"),
    ],
)
def test_what_is_no_netstring(data: bytes, message: str) -> None:
    for pieces in cuts(data):
        with pytest.raises(WireError) as caught:
            strings([*pieces, b""])
        assert str(caught.value) == message


@pytest.mark.parametrize(
    ("data", "amid"), [(b"", False), (b"1", True), (b"1:", True), (b"1:a", True), (b"1:a,", False)]
)
def test_whether_a_string_has_begun(data: bytes, *, amid: bool) -> None:
    reader = NetstringReader(most=10)
    reader.feed(data)
    reader.next_string()
    assert reader.is_amid is amid


def test_what_was_taken_is_forgotten() -> None:
    reader = NetstringReader(most=100)
    for number in range(10_000):
        reader.feed(netstring(b"x" * (number % 100)))
        assert reader.next_string() == b"x" * (number % 100)
    assert len(reader._data) < 200


def talk(conversation: Conversation, data: bytes, decision: Decision) -> tuple[list[Question], bytes]:
    """Return what is asked, and what is said where each answer is the same."""
    conversation.receive_data(data)
    asked: list[Question] = []
    said = b""
    while (questions := conversation.next_request()) is not None:
        asked += questions
        said += conversation.reply([decision] * len(questions))
    return asked, said


def fed(conversation: Conversation, pieces: list[bytes]) -> None:
    """Hand over octets in pieces, and look for a request behind each."""
    for piece in pieces:
        conversation.receive_data(piece)
        conversation.next_request()


@pytest.mark.parametrize(
    ("decision", "reply"),
    [
        (Rewritten("user@host.uucp", "why"), b"17:OK user@host.uucp,"),
        (Unchanged("why"), b"9:NOTFOUND ,"),
        (Unchanged("why", refused=True), b"9:NOTFOUND ,"),
        (Deferred("try later"), b"14:TEMP try later,"),
        (Deferred(""), b"14:TEMP try later,"),
        (Deferred("no\r\nmap \x9b\u2028für"), b"18:TEMP no??map ??f?r,"),
        (Deferred("x" * 1000), b"205:TEMP " + b"x" * 200 + b","),
    ],
)
def test_replies_of_socketmap(decision: Decision, reply: bytes) -> None:
    assert reply_to(decision) == reply
    asked, said = talk(SocketmapConversation(), b"9:rcpt a@b ,5:rcpt ,", decision)
    assert asked == [Question("rcpt", b"a@b "), Question("rcpt", b"")]
    assert said == reply * 2


@pytest.mark.parametrize(
    ("request_", "question"),
    [
        (b"rcpt user%host@relay.example", Question("rcpt", b"user%host@relay.example")),
        (b'sender ""', Question("sender", b'""')),
        (b"rcpt a b c", Question("rcpt", b"a b c")),
        (b"rcpt \x9b\xff\0\r\n", Question("rcpt", b"\x9b\xff\0\r\n")),
        (b" key", Question("", b"key")),
        # Nobody reads a longer name in a log.
        (b"n" * 99_000 + b" key", Question("n" * 40, b"key")),
        (b"m\xffp key", Question("m\ufffdp", b"key")),
    ],
)
def test_requests_of_socketmap(request_: bytes, question: Question) -> None:
    asked, _ = talk(SocketmapConversation(), netstring(request_), Unchanged())
    assert asked == [question]


@pytest.mark.parametrize("data", [b"0:,", b"4:rcpt,", b"x", netstring(b"x" * (MAX_REQUEST + 1))])
def test_what_is_no_request_of_socketmap(data: bytes) -> None:
    conversation = SocketmapConversation()
    conversation.receive_data(data)
    with pytest.raises(WireError):
        conversation.next_request()
    assert conversation.last_words("why") == b"8:TEMP why,"
    assert not conversation.is_over


def test_the_longest_request_of_socketmap() -> None:
    key = b"x" * (MAX_REQUEST - 5)
    asked, _ = talk(SocketmapConversation(), netstring(b"rcpt " + key), Unchanged())
    assert asked == [Question("rcpt", key)]


@pytest.mark.parametrize(
    ("decision", "reply"),
    [
        (Rewritten("user%a@host.uucp", "why"), b"200 user%25a@host.uucp\n"),
        (Rewritten('"a b"@host.uucp', "why"), b'200 "a%20b"@host.uucp\n'),
        (Unchanged("why"), b"500 not%20found\n"),
        (Deferred("no map\nyet"), b"400 no%20map%0Ayet\n"),
        (Deferred(""), b"400 try%20later\n"),
        (Deferred("für " + "x" * 1000), b"400 f%C3%BCr%20" + b"x" * 196 + b"\n"),
    ],
)
def test_replies_of_tcp_table(decision: Decision, reply: bytes) -> None:
    asked, said = talk(TcpTableConversation("rcpt"), b"get a@b\nget user%25x%40y%20\n", decision)
    assert asked == [Question("rcpt", b"a@b"), Question("rcpt", b"user%x@y ")]
    assert said == reply * 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\n", "expected get, a blank and a key"),
        (b"get\n", "expected get, a blank and a key"),
        (b"GET a\n", "expected get, a blank and a key"),
        (b"put a b\n", "expected get, a blank and a key"),
        (b"get a%\n", "expected get, a blank and a key"),
        (b"get a%2\n", "expected get, a blank and a key"),
        (b"get a%gg\n", "expected get, a blank and a key"),
        (b"get " + b"x" * MAX_LINE, "a line of more than 4096 octets"),
        (b"get " + b"x" * (MAX_LINE - 4) + b"\n", "a line of more than 4096 octets"),
    ],
)
def test_what_is_no_request_of_tcp_table(data: bytes, message: str) -> None:
    for pieces in cuts(data):
        with pytest.raises(WireError) as caught:
            fed(TcpTableConversation("rcpt"), pieces)
        assert str(caught.value) == message
    assert TcpTableConversation("rcpt").last_words("why") == b"400 why\n"


def test_the_longest_request_of_tcp_table() -> None:
    key = b"x" * (MAX_LINE - 5)
    assert talk(TcpTableConversation("rcpt"), b"get " + key + b"\n", Unchanged())[0] == [Question("rcpt", key)]


@given(st.lists(st.binary(max_size=60)))
def test_noise_is_told_to_be_noise(pieces: list[bytes]) -> None:
    """Whatever comes, it is questions or a `WireError`, and every reply is one of the three of its protocol."""
    for conversation, form in (
        (SocketmapConversation(), rb"(?:17:OK user@host\.uucp,)*"),
        (TcpTableConversation("rcpt"), rb"(?:200 user@host\.uucp\n)*"),
    ):
        said = b""
        try:
            for piece in pieces:
                said += talk(conversation, piece, Rewritten("user@host.uucp"))[1]
        except WireError:
            pass
        assert re.fullmatch(form, said)


def test_octets_one_by_one_are_not_searched_again() -> None:
    conversation = TcpTableConversation("rcpt")
    for count in range(1, MAX_LINE):
        conversation.receive_data(b"x")
        assert conversation.next_request() is None
        assert conversation._searched == count


def test_the_longest_request_is_the_one_that_postfix_may_send() -> None:
    """socketmap_max_reply_size, since it sends back what it was told; tcp_table(5)."""
    assert (MAX_REQUEST, MAX_LINE) == (100_000, 4096)
