"""The milter protocol without a socket: packets, transcripts of real servers, terms, messages, limits, and noise."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailpaths.hooks import transaction
from mailpaths.hooks.decision import Decision, Deferred, Rewritten, Unchanged
from mailpaths.hooks.headers import FIELDS
from mailpaths.hooks.milter import MilterConversation, Terms
from mailpaths.hooks.packets import MAX_PACKET, Action, Packet, PacketReader, Step, packet, strings
from mailpaths.hooks.wire import Question, WireError
from tests.pathservers import cuts
from tests.support import VECTORS

CONTINUE = [b"c"]
TEMPFAIL = [b"t"]
# All that Postfix 3.7 and Sendmail 8.17 offer.
OFFER = (6, 0x1FF, 0x1F_FFFF)
MAP = {
    ("rcpt", b"relay!host!user"): "user@host.uucp",
    ("rcpt", b"relay!host!user@relay.example"): "user@host.uucp",
    ("rcpt", b"relay!host!joe"): "joe@host.uucp",
    ("sender", b"me@host.uucp"): "me%host.uucp@relay.example",
}


def decide(question: Question) -> Decision:
    """Decide as the rules would, if these were their only addresses; and of some nobody can tell."""
    if question.key.startswith(b"later"):
        return Deferred("later")
    value = MAP.get(question)
    return Unchanged() if value is None else Rewritten(value)


def packets(data: bytes) -> list[bytes]:
    """Return the packets in what was sent, each as a command and its data, all of them whole."""
    reader = PacketReader()
    reader.feed(data)
    found: list[bytes] = []
    while (one := reader.next_packet()) is not None:
        found.append(one.command + one.data)
    assert b"".join([packet(one[:1], one[1:]) for one in found]) == data
    return found


def ended(*texts: bytes) -> bytes:
    """Return strings as they stand in a packet, a NUL behind each."""
    return b"".join([text + b"\0" for text in texts])


class Server:
    """A mail server that says one thing at a time and takes down what it is told."""

    def __init__(self, version: int = 6, actions: int = 0x1FF, steps: int = 0x1F_FFFF) -> None:
        self.talk = MilterConversation()
        self.asked: list[Question] = []
        self.progress = 0
        offer = b"".join([number.to_bytes(4) for number in (version, actions, steps)])
        self.terms = self.say(b"O", offer)

    def say(self, command: bytes, data: bytes = b"") -> list[bytes]:
        """Send a packet and return the packets that come back."""
        self.talk.receive_data(packet(command, data))
        out = b""
        while (questions := self.talk.next_request()) is not None:
            self.asked.extend(questions)
            out += self.talk.reply([decide(question) for question in questions])
        found = packets(out)
        self.progress = found.count(b"p")
        return [one for one in found if one != b"p"]

    def mail(self, *arguments: bytes) -> list[bytes]:
        return self.say(b"M", ended(*arguments))

    def rcpt(self, *arguments: bytes) -> list[bytes]:
        return self.say(b"R", ended(*arguments))

    def header(self, name: bytes, value: bytes) -> list[bytes]:
        return self.say(b"L", ended(name, value))

    def end(self) -> list[bytes]:
        return self.say(b"E")


# --- packets ------------------------------------------------------------------------------------------------------

THREE = (Packet(b"M", b"<a@b.example>\0"), Packet(b"A", b""), Packet(b"B", b"\0\0\0\x01c" * 200))


@pytest.mark.parametrize("seed", range(5))
def test_packets_come_out_whole_wherever_they_are_cut(seed: int) -> None:
    data = b"".join([packet(*one) for one in THREE])
    for pieces in cuts(data + b"\0\0\0", seed=seed):
        reader = PacketReader()
        found: list[Packet] = []
        for piece in pieces:
            reader.feed(piece)
            while (one := reader.next_packet()) is not None:
                found.append(one)
        assert tuple(found) == THREE


@pytest.mark.parametrize(
    ("head", "length"),
    [(b"\0\0\0\0", 0), (b"\0\x10\0\x01", MAX_PACKET + 1), (b"\xff\xff\xff\xff", 0xFFFF_FFFF), (b"GET ", 0x4745_5420)],
)
def test_lengths_that_no_packet_has(head: bytes, length: int) -> None:
    reader = PacketReader()
    reader.feed(packet(b"A") + head + b"c" * 100)
    assert reader.next_packet() == Packet(b"A", b"")
    for _ in range(2):
        with pytest.raises(WireError) as caught:
            reader.next_packet()
        assert str(caught.value) == f"a milter packet has 1 to {MAX_PACKET} octets, not {length}"


def test_the_longest_packet() -> None:
    reader = PacketReader()
    reader.feed(packet(b"B", b"x" * (MAX_PACKET - 1)))
    assert reader.next_packet() == Packet(b"B", b"x" * (MAX_PACKET - 1))


def test_a_peer_that_does_not_wait_is_heard_no_further() -> None:
    reader = PacketReader()
    for _ in range(50):
        reader.feed(packet(b"B", b"x" * 65_535))
    assert len(reader._buffer) <= 4 + MAX_PACKET + 65_540
    with pytest.raises(WireError) as caught:
        reader.next_packet()
    assert str(caught.value) == f"more than {MAX_PACKET} octets before anything was answered"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", []),
        (b"\0", [b""]),
        (b"<a@b>\0", [b"<a@b>"]),
        (b"<a@b>", [b"<a@b>"]),
        (b"<a@b>\0SIZE=1\0BODY=7BIT\0", [b"<a@b>", b"SIZE=1", b"BODY=7BIT"]),
        (b"\0\0", [b"", b""]),
    ],
)
def test_strings(data: bytes, found: list[bytes]) -> None:
    assert strings(data) == found


# --- transcripts of real servers ------------------------------------------------------------------------------------


class Transcript(NamedTuple):
    """What a server said, what was asked and decided, and what it was told."""

    title: str
    said: bytes
    asked: list[tuple[Question, Decision]]
    told: list[bytes]


def read_transcripts() -> list[Transcript]:
    found: list[Transcript] = []
    for line in (VECTORS / "milter_transcripts.txt").read_text(encoding="ascii").splitlines():
        if line.startswith("== "):
            found.append(Transcript(line.removeprefix("== "), b"", [], []))
        elif line and not line.startswith("#"):
            who, text = line[:3], line[3:].encode().decode("unicode_escape").encode("latin-1")
            last = found[-1]
            if who == "?: ":
                question, _, decided = text.partition(b" -> ")
                which, _, key = question.partition(b" ")
                decision: Decision = Rewritten(decided.decode())
                if decided in {b"unchanged", b"deferred"}:
                    decision = Unchanged() if decided == b"unchanged" else Deferred("")
                last.asked.append((Question(which.decode(), key), decision))
            elif who == "S: ":
                last.told.append(text[:1] + text[2:])
            else:
                assert who == "C: "
                found[-1] = last._replace(said=last.said + packet(text[:1], text[2:]))
    return found


TRANSCRIPTS = read_transcripts()


def test_there_are_transcripts_of_both_servers() -> None:
    assert [one.title for one in TRANSCRIPTS] == [
        "Postfix 3.7.11 (Debian 12), milter_protocol = 6",
        "Postfix 3.7.11 (Debian 12), milter_protocol = 2",
        "Sendmail 8.17.1.9 (Debian 12)",
        "Postfix 3.7.11 (Debian 12), its sendmail command, swap_bangpath = no",
        "Postfix 3.7.11 (Debian 12), its sendmail command, swap_bangpath = yes",
    ]
    assert [len(one.asked) for one in TRANSCRIPTS] == [10, 10, 10, 2, 2]


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda one: one.title)
@pytest.mark.parametrize("tail", [b"", packet(b"M", b"<a@b>\0")[:5], packet(b"M", b"<a@b>\0"), b"\xff" * 8])
def test_transcripts(transcript: Transcript, tail: bytes) -> None:
    """The same octets whole, one by one, and with a tail behind the last word, which nobody hears."""
    for pieces in cuts(transcript.said + tail):
        talk = MilterConversation()
        left = list(transcript.asked)
        told = b""
        for piece in pieces:
            talk.receive_data(piece)
            while (questions := talk.next_request()) is not None:
                answers, left = left[: len(questions)], left[len(questions) :]
                assert list(questions) == [question for question, _ in answers]
                told += talk.reply([decision for _, decision in answers])
        assert packets(told) == transcript.told
        assert left == []
        assert talk.is_over
        assert talk.last_words("bye") == b""


# --- terms ----------------------------------------------------------------------------------------------------------

V2 = (2, 0x3F, 0x7F)  # Sendmail 8.12
V1_ACTIONS = (2, 0x0F, 0x7F)  # Sendmail 8.11: no header is changed, no envelope sender


@pytest.mark.parametrize(
    ("offer", "agreed", "cannot"),
    [
        (OFFER, (6, 0xDC, 0x10_03D3), ()),
        # Sendmail with MilterMaxDataSize=1m says so in bits that are none of ours.
        ((6, 0x1FF, 0x301F_FFFF), (6, 0xDC, 0x10_03D3), ()),
        ((9, 0xFFFF_FFFF, 0xFFFF_FFFF), (6, 0xDC, 0x10_03D3), ()),
        ((4, 0x1FF, 0x7FF), (4, 0xDC, 0x3D3), ()),
        ((3, 0x1FF, 0x17F), (3, 0xDC, 0x153), ()),
        (V2, (2, 0x1C, 0x53), ("the sender",)),
        (V1_ACTIONS, (2, 0x0C, 0x53), ("the sender", "headers")),
        ((6, 0x04, 0), (6, 0x04, 0), ("recipients", "the sender", "headers")),
        ((6, 0x08, 0), (6, 0x08, 0), ("recipients", "the sender", "headers")),
        ((6, 0x50, 0), (6, 0x50, 0), ("recipients",)),
        ((2, 0, 0), (2, 0, 0), ("recipients", "the sender", "headers")),
    ],
)
def test_terms(offer: tuple[int, int, int], agreed: tuple[int, int, int], cannot: tuple[str, ...]) -> None:
    server = Server(*offer)
    assert server.terms == [b"O" + b"".join([number.to_bytes(4) for number in agreed])]
    terms = server.talk.terms
    assert terms is not None
    assert (terms.version, int(terms.actions), int(terms.steps)) == agreed
    assert terms.cannot == cannot


@pytest.mark.parametrize(
    ("actions", "told"),
    [
        (0x1FF, []),
        (0x1F, ["the mail server does not let a milter rewrite the sender"]),
        (0, ["the mail server does not let a milter rewrite recipients, the sender, headers"]),
    ],
)
def test_a_postmaster_is_told_what_stays(actions: int, told: list[str]) -> None:
    found: list[str] = []
    talk = MilterConversation(found.append)
    talk.receive_data(packet(b"O", b"".join([number.to_bytes(4) for number in (6, actions, 0)])))
    assert talk.next_request() == ()
    assert found == told


@given(st.tuples(*[st.integers(0, 0xFFFF_FFFF)] * 3), st.binary(max_size=20))
def test_terms_are_never_more_than_the_offer(offer: tuple[int, int, int], tail: bytes) -> None:
    data = b"".join([number.to_bytes(4) for number in offer]) + tail
    if offer[0] < 2:
        with pytest.raises(WireError) as caught:
            Terms.agreed(data)
        assert str(caught.value) == f"the milter protocol is spoken from version 2 on, not in {offer[0]}"
        return
    terms = Terms.agreed(data)
    assert terms.version == min(offer[0], 6)
    assert (terms.actions & ~offer[1], terms.steps & ~offer[2]) == (0, 0)


@pytest.mark.parametrize("length", range(12))
def test_an_offer_is_three_numbers(length: int) -> None:
    talk = MilterConversation()
    talk.receive_data(packet(b"O", bytes(length)))
    with pytest.raises(WireError) as caught:
        talk.next_request()
    assert str(caught.value) == "a milter's option negotiation has a version, actions and steps"


@pytest.mark.parametrize("command", b"DCHMRTLNBEUAQK")
def test_the_negotiation_comes_first(command: int) -> None:
    talk = MilterConversation()
    talk.receive_data(packet(bytes([command])))
    with pytest.raises(WireError) as caught:
        talk.next_request()
    assert str(caught.value) == "a milter connection begins with the option negotiation, and has it once"


def test_the_negotiation_comes_once() -> None:
    server = Server()
    server.talk.receive_data(packet(b"O", bytes(12)))
    with pytest.raises(WireError) as caught:
        server.talk.next_request()
    assert str(caught.value) == "a milter connection begins with the option negotiation, and has it once"


def test_a_command_that_there_is_not() -> None:
    server = Server()
    server.talk.receive_data(packet(b"X", b"yz"))
    with pytest.raises(WireError) as caught:
        server.talk.next_request()
    assert str(caught.value) == "a milter knows no command b'X'"


def test_steps_that_a_server_does_not_spare_us_are_answered() -> None:
    server = Server(2, 0x3F, 0)
    for command in (b"C", b"H", b"T", b"N", b"B", b"U"):
        assert server.say(command, b"anything\0") == CONTINUE
    assert server.header(b"To", b"relay!host!user") == CONTINUE
    assert server.header(b"Subject", b"relay!host!user") == CONTINUE
    assert server.say(b"D", b"Mi\0") == []
    assert server.asked == []


def message(server: Server) -> list[list[bytes]]:
    """Send a message that would be rewritten in all places; return what the server is told, by and by."""
    return [
        server.mail(b"<me@host.uucp>", b"BODY=8BITMIME"),
        server.rcpt(b"<relay!host!user>", b"NOTIFY=NEVER"),
        server.header(b"From", b" me@host.uucp"),
        server.header(b"To", b" relay!host!user"),
        server.end(),
    ]


CHANGES: dict[str, list[bytes]] = {
    "the sender": [b"e<me%host.uucp@relay.example>\0"],
    "recipients": [b"-<relay!host!user>\0", b"2<user@host.uucp>\0NOTIFY=NEVER\0"],
    "headers": [b"m\0\0\0\x01From\0 me%host.uucp@relay.example\0", b"m\0\0\0\x01To\0 user@host.uucp\0"],
}


@pytest.mark.parametrize(
    ("actions", "changed", "asked"),
    [
        (0x1FF, ("the sender", "recipients", "headers"), ["sender", "rcpt"]),
        (0x1FF & ~0x40, ("recipients", "headers"), ["rcpt", "sender"]),
        (0x1FF & ~0x10, ("the sender", "recipients"), ["sender", "rcpt"]),
        (0x1FF & ~0x04, ("the sender", "headers"), ["sender", "rcpt"]),
        (0x1FF & ~0x08, ("the sender", "headers"), ["sender", "rcpt"]),
        (0x40, ("the sender",), ["sender"]),
        (0x0C | 0x80, ("recipients",), ["rcpt"]),
        (0x10, ("headers",), ["sender", "rcpt"]),
        (0, (), []),
    ],
)
def test_what_a_server_does_not_let_us_change_stays(actions: int, changed: tuple[str, ...], asked: list[str]) -> None:
    server = Server(6, actions)
    told = message(server)
    assert told == [CONTINUE, CONTINUE, [], [], [*[one for what in changed for one in CHANGES[what]], b"c"]]
    assert [question.map for question in server.asked] == asked
    assert server.talk.terms is not None
    assert set(server.talk.terms.cannot) == set(CHANGES) - set(changed)


def test_a_server_without_parameters_gets_the_recipient_alone() -> None:
    server = Server(6, 0x1FF & ~0x80)
    assert message(server)[-1] == [
        *CHANGES["the sender"],
        b"-<relay!host!user>\0",
        b"+<user@host.uucp>\0",
        *CHANGES["headers"],
        b"c",
    ]


# --- messages -------------------------------------------------------------------------------------------------------


def test_nothing_to_change() -> None:
    server = Server()
    assert server.mail(b"<a@b.example>") == CONTINUE
    assert server.rcpt(b"<c@d.example>") == CONTINUE
    assert server.header(b"To", b" c@d.example") == []
    assert server.end() == CONTINUE
    assert server.progress == 0
    # The header's address was asked about already.
    assert server.asked == [Question("sender", b"a@b.example"), Question("rcpt", b"c@d.example")]


@pytest.mark.parametrize("argument", [b"<>", b"", b" <> ", b"   "])
def test_the_null_sender_is_nobody(argument: bytes) -> None:
    server = Server()
    assert server.mail(argument) == CONTINUE
    assert server.asked == []
    assert server.end() == CONTINUE


def test_mail_and_rcpt_without_an_argument() -> None:
    server = Server()
    assert server.say(b"M") == CONTINUE
    assert server.say(b"R") == CONTINUE
    assert server.end() == CONTINUE
    assert server.asked == []


@pytest.mark.parametrize("argument", [b"<relay!host!user>", b"relay!host!user", b" <relay!host!user> "])
def test_a_recipient_goes_as_it_came(argument: bytes) -> None:
    server = Server()
    assert server.rcpt(argument) == CONTINUE
    assert server.asked == [Question("rcpt", b"relay!host!user")]
    assert server.end() == [b"-" + argument + b"\0", b"+<user@host.uucp>\0", b"c"]


def test_recipients_that_become_one() -> None:
    server = Server()
    server.rcpt(b"<relay!host!user>")
    server.rcpt(b"<relay!host!user@relay.example>", b"NOTIFY=NEVER")
    server.rcpt(b"<relay!host!user>")
    server.rcpt(b"<joe@host.uucp>")
    assert server.end() == [
        b"-<relay!host!user>\0",
        b"-<relay!host!user@relay.example>\0",
        b"+<user@host.uucp>\0",
        b"c",
    ]


@pytest.mark.parametrize("first", [True, False])
def test_whoever_has_the_address_already_goes_and_comes_again(*, first: bool) -> None:
    """Sendmail may take both for one recipient, and delete both; Postfix would deliver twice."""
    server = Server()
    there = b"<user@HOST.uucp>"
    for argument in (there, b"<relay!host!user>") if first else (b"<relay!host!user>", there):
        assert server.rcpt(argument) == CONTINUE
    gone = [b"-" + there + b"\0", b"-<relay!host!user>\0"]
    assert server.end() == [*(gone if first else gone[::-1]), b"+<user@host.uucp>\0", b"c"]


@pytest.mark.parametrize(
    ("argument", "gone"),
    [
        # What Postfix 3.7 tells of "sendmail 'relay!host!user'": with swap_bangpath = no, and with yes.
        (
            b"relay!host!user@relay.example",
            [
                b"relay!host!user@relay.example",
                b"relay!host!user",
                b"relay.example!relay!host!user",
                b"relay!relay!host!user",
            ],
        ),
        (b"host!user@relay", [b"host!user@relay", b"host!user", b"relay!host!user"]),
        (b"relay!host!user", [b"relay!host!user"]),
        (b"user%host@relay", [b"user%host@relay"]),
        (b"<host!user@relay>", [b"<host!user@relay>"]),
    ],
)
def test_of_a_local_submission_all_goes_that_may_have_been_given(argument: bytes, gone: list[bytes]) -> None:
    talk = Server().talk
    talk.receive_data(packet(b"R", argument + b"\0"))
    assert talk.next_request() == (Question("rcpt", argument.strip(b"<>")),)
    assert packets(talk.reply([Rewritten("user@host.uucp")])) == CONTINUE
    talk.receive_data(packet(b"E"))
    assert talk.next_request() == ()
    assert packets(talk.reply([])) == [*[b"-" + way + b"\0" for way in gone], b"+<user@host.uucp>\0", b"c"]


def test_local_parts_are_not_blind_to_case() -> None:
    server = Server()
    server.rcpt(b"<USER@host.uucp>")
    server.rcpt(b"<relay!host!user>")
    assert server.end() == [b"-<relay!host!user>\0", b"+<user@host.uucp>\0", b"c"]


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ([b"NOTIFY=SUCCESS,FAILURE", b"ORCPT=rfc822;a+2Bb@c"], b"NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a+2Bb@c"),
        ([b"orcpt=rfc822;x", b"notify=never"], b"orcpt=rfc822;x notify=never"),
        ([b"RRVS=2014-04-03T23:01:00Z", b"NOTIFY=DELAY"], b"NOTIFY=DELAY"),
        ([b"NOTIFY=NEVER SIZE=1", b"NOTIFY=\r\nx", b"NOTIFY=", b"ORCPT=rfc822;\xe9", b"NOTIFY"], None),
        ([b"MT-PRIORITY=4"], None),
        ([], None),
    ],
)
def test_parameters_of_recipients(given_: list[bytes], kept: bytes | None) -> None:
    server = Server()
    server.rcpt(b"<relay!host!user>", *given_)
    new = b"+<user@host.uucp>\0" if kept is None else b"2<user@host.uucp>\0" + kept + b"\0"
    assert server.end() == [b"-<relay!host!user>\0", new, b"c"]


def test_headers() -> None:
    """Fields are counted by name, whatever its case, those without an address among them."""
    server = Server()
    server.header(b"TO", b" relay!host!user (a\n comment)")
    server.header(b"Subject", b" relay!host!user")
    server.header(b"to", b" no address <")
    server.header(b"To", b"\trelay!host!joe")
    server.header(b"From", b" relay!host!user")
    server.header(b"Sender", b"me@host.uucp")
    server.header(b"Cc", b" group: relay!host!user, x@y.example;")
    server.header(b"Return-Path", b" <relay!host!user>")
    assert server.end() == [
        b"m\0\0\0\x01TO\0 user@host.uucp (a\n comment)\0",
        b"m\0\0\0\x03To\0\tjoe@host.uucp\0",
        b"m\0\0\0\x01Sender\0me%host.uucp@relay.example\0",
        b"m\0\0\0\x01Cc\0 group: user@host.uucp, x@y.example;\0",
        b"c",
    ]
    assert server.asked == [
        Question("rcpt", b"relay!host!user"),
        Question("rcpt", b"relay!host!joe"),
        Question("sender", b"relay!host!user"),
        Question("sender", b"me@host.uucp"),
        Question("rcpt", b"x@y.example"),
    ]
    assert server.progress == 4


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_fields_that_hold_addresses(name: bytes) -> None:
    server = Server()
    server.header(name, b" later@a.example")
    assert server.end() == TEMPFAIL
    assert server.asked == [Question(FIELDS[name], b"later@a.example")]


def test_the_fields_and_their_maps() -> None:
    found: dict[str, list[bytes]] = {}
    for name, which in FIELDS.items():
        found.setdefault(which, []).append(name)
    assert found == {
        "rcpt": [b"to", b"cc", b"bcc", b"resent-to", b"resent-cc", b"resent-bcc"],
        "sender": [
            b"from",
            b"sender",
            b"reply-to",
            b"resent-from",
            b"resent-sender",
            b"resent-reply-to",
            b"disposition-notification-to",
            b"return-receipt-to",
            b"errors-to",
        ],
    }


def test_a_header_without_a_value_and_one_without_an_end() -> None:
    server = Server()
    for data in (b"", b"To", b"To\0", b"\0", b"To\0\0", b"To\0relay!host!user"):
        assert server.say(b"L", data) == []
    assert server.end() == [b"m\0\0\0\x04To\0user@host.uucp\0", b"c"]


# --- what cannot be told now -----------------------------------------------------------------------------------------


def test_a_recipient_that_is_put_off_is_no_recipient() -> None:
    server = Server()
    assert server.mail(b"<a@b.example>") == CONTINUE
    assert server.rcpt(b"<relay!host!user>") == CONTINUE
    assert server.rcpt(b"<later@relay.example>") == TEMPFAIL
    assert server.rcpt(b"<relay!host!joe>") == CONTINUE
    assert server.end() == [
        b"-<relay!host!user>\0",
        b"-<relay!host!joe>\0",
        b"+<user@host.uucp>\0",
        b"+<joe@host.uucp>\0",
        b"c",
    ]


def test_addresses_of_headers_are_asked_about_one_by_one_and_the_server_hears_that_it_goes_on() -> None:
    """Each has the time that one request has, and the first that cannot be told ends it."""
    talk = Server().talk
    for _ in range(2):
        talk.receive_data(packet(b"L", b"To\0 a@b, c@d, e@f, g@h\0") + packet(b"E") + packet(b"R", b"<i@j>\0"))
        assert talk.next_request() == (Question("rcpt", b"a@b"),)
        assert packets(talk.last_words("going down")) == TEMPFAIL
        assert packets(talk.reply([Unchanged()])) == [b"p"]
        # Between two of them the server still waits.
        assert packets(talk.last_words("going down")) == TEMPFAIL
        assert talk.next_request() == (Question("rcpt", b"c@d"),)
        assert packets(talk.reply([Rewritten("x@y.example")])) == [b"p"]
        assert talk.next_request() == (Question("rcpt", b"e@f"),)
        assert packets(talk.reply([Deferred("later")])) == TEMPFAIL
        assert talk.last_words("going down") == b""
        assert talk.next_request() == (Question("rcpt", b"i@j"),)
        assert packets(talk.reply([Unchanged()])) == CONTINUE
        assert talk.next_request() is None
        talk.receive_data(packet(b"A"))


def test_a_sender_that_is_put_off() -> None:
    server = Server()
    assert server.mail(b"<later@host.uucp>") == TEMPFAIL
    assert server.mail(b"<a@b.example>") == CONTINUE


def test_a_header_that_is_put_off_puts_off_the_message_and_nothing_is_changed() -> None:
    server = Server()
    assert server.mail(b"<me@host.uucp>") == CONTINUE
    assert server.rcpt(b"<relay!host!user>") == CONTINUE
    assert server.header(b"To", b" relay!host!user") == []
    assert server.header(b"Cc", b" later@relay.example") == []
    assert server.end() == TEMPFAIL
    # The next message knows nothing of it.
    assert server.mail(b"<>") == CONTINUE
    assert server.end() == CONTINUE


@pytest.mark.parametrize("value", ["", "a@b\r\nRCPT TO:<x@y>", "a@b\0", "ü@b.example", "a@b\tc", "a@b\x7f", "a@b\n"])
def test_an_answer_that_is_no_printable_line_puts_the_mail_off(value: str) -> None:
    for begin in ([packet(b"M", b"<a@b>\0")], [packet(b"R", b"<a@b>\0")], [packet(b"L", b"To\0a@b\0"), packet(b"E")]):
        talk = Server().talk
        talk.receive_data(b"".join(begin))
        assert [len(questions) for questions in [talk.next_request()] if questions is not None] == [1]
        assert packets(talk.reply([Rewritten(value)])) == TEMPFAIL
        talk.receive_data(packet(b"E"))
        assert talk.next_request() == ()
        assert packets(talk.reply([])) == CONTINUE


def test_an_answer_that_a_header_cannot_hold_leaves_it_alone() -> None:
    talk = Server().talk
    talk.receive_data(packet(b"L", b"To\0 a@b, c@d\0") + packet(b"E"))
    assert talk.next_request() == (Question("rcpt", b"a@b"),)
    assert packets(talk.reply([Rewritten("two words")])) == [b"p"]
    assert talk.next_request() == (Question("rcpt", b"c@d"),)
    assert packets(talk.reply([Rewritten("x@y.example")])) == CONTINUE


# --- one connection, many messages -----------------------------------------------------------------------------------


def full(server: Server) -> list[bytes]:
    return message(server)[-1]


WHOLE = [*CHANGES["the sender"], *CHANGES["recipients"], *CHANGES["headers"], b"c"]


def test_messages_know_nothing_of_each_other() -> None:
    server = Server()
    assert [full(server) for _ in range(3)] == [WHOLE] * 3
    assert server.end() == CONTINUE


@pytest.mark.parametrize("command", [b"A", b"K"])
def test_a_message_that_is_given_up_leaves_no_trace(command: bytes) -> None:
    server = Server()
    server.mail(b"<me@host.uucp>")
    server.rcpt(b"<relay!host!joe>")
    server.header(b"To", b" relay!host!joe")
    assert server.say(command) == []
    assert not server.talk.is_over
    assert server.end() == CONTINUE
    assert full(server) == WHOLE


def test_mail_begins_another_message_where_the_last_had_no_end() -> None:
    server = Server()
    server.rcpt(b"<relay!host!joe>")
    server.header(b"To", b" relay!host!joe")
    assert full(server) == WHOLE


def test_quit() -> None:
    server = Server()
    server.rcpt(b"<relay!host!joe>")
    assert server.say(b"Q") == []
    assert server.talk.is_over
    assert server.say(b"E") == []
    assert server.say(b"X") == []


def test_macros_may_be_anything() -> None:
    server = Server()
    for data in (b"", b"R", b"R{rcpt_addr}\0", b"M\xff\0\0\0", b"Ri\0" + b"x" * 70_000):
        assert server.say(b"D", data) == []
    assert full(server) == WHOLE


# --- last words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [b"", packet(b"O", bytes.fromhex("00000006 000001ff 001fffff"))])
def test_nothing_is_said_to_a_server_that_has_not_begun(said: bytes) -> None:
    talk = MilterConversation()
    talk.receive_data(said)
    talk.next_request()
    assert talk.last_words("going down") == b""


@pytest.mark.parametrize("said", [packet(b"M", b"<a@b>\0"), packet(b"R", b"<a@b>\0"), packet(b"E"), packet(b"N")])
def test_last_words_put_off_what_waits(said: bytes) -> None:
    server = Server()
    assert server.talk.last_words("going down") == b""
    server.talk.receive_data(said)
    questions = server.talk.next_request()
    assert questions is not None
    assert packets(server.talk.last_words("going down")) == TEMPFAIL
    server.talk.reply([decide(question) for question in questions])
    assert server.talk.last_words("going down") == b""


def test_no_last_words_behind_what_wants_no_reply() -> None:
    server = Server()
    for said in (packet(b"L", b"To\0a@b\0"), packet(b"D", b"Mi\0"), packet(b"A"), packet(b"K"), packet(b"M")[:3]):
        server.talk.receive_data(said)
        assert server.talk.next_request() is None
        assert server.talk.last_words("going down") == b""


# --- limits ----------------------------------------------------------------------------------------------------------


def test_recipients_beyond_the_limit_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "MAX_RECIPIENTS", 2)
    server = Server()
    told = [server.rcpt(b"<%b>" % name) for name in (b"relay!host!user", b"a@b", b"relay!host!joe", b"c@d")]
    assert told == [CONTINUE, CONTINUE, TEMPFAIL, TEMPFAIL]
    assert server.asked == [Question("rcpt", b"relay!host!user"), Question("rcpt", b"a@b")]
    assert server.end() == [b"-<relay!host!user>\0", b"+<user@host.uucp>\0", b"c"]
    assert server.rcpt(b"<relay!host!joe>") == CONTINUE


def test_octets_of_recipients_beyond_the_limit() -> None:
    server = Server()
    big = b"<" + b"a" * 500_000 + b">"
    assert [server.rcpt(big), server.rcpt(big), server.rcpt(big), server.rcpt(b"<a@b>")] == [
        CONTINUE,
        CONTINUE,
        TEMPFAIL,
        TEMPFAIL,
    ]


def test_a_server_of_which_nothing_can_be_changed_has_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "MAX_RECIPIENTS", 2)
    server = Server(6, 0)
    assert [server.rcpt(b"<a@b>") for _ in range(4)] == [CONTINUE] * 4


def test_fields_beyond_the_limit_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "MAX_FIELDS", 40)
    server = Server()
    server.header(b"To", b"relay!host!user")
    server.header(b"To", b"relay!host!user" + b" " * 20)
    server.header(b"To", b"relay!host!joe")
    assert server.end() == [b"m\0\0\0\x01To\0user@host.uucp\0", b"m\0\0\0\x03To\0joe@host.uucp\0", b"c"]


def test_addresses_beyond_the_limit_leave_their_fields_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "MAX_ASKED", 2)
    server = Server()
    server.header(b"To", b"relay!host!user")
    server.header(b"Cc", b"relay!host!joe, a@b, c@d")
    server.header(b"Bcc", b"relay!host!joe, relay!host!user, relay!host!joe")
    server.header(b"Cc", b"e@f")
    assert server.end() == [
        b"m\0\0\0\x01To\0user@host.uucp\0",
        b"m\0\0\0\x01Bcc\0joe@host.uucp, user@host.uucp, joe@host.uucp\0",
        b"c",
    ]
    assert server.asked == [Question("rcpt", b"relay!host!user"), Question("rcpt", b"relay!host!joe")]


def test_a_body_is_not_kept() -> None:
    server = Server(6, 0x1FF, 0)
    for _ in range(40):
        assert server.say(b"B", b"x" * 65_535) == CONTINUE
    assert len(server.talk._reader._buffer) == 0


def test_the_worst_headers_take_no_time() -> None:
    """A message of nothing but fields that hold addresses: what is read of it is bounded, however long it is."""
    fields = [b"a@b," * 8_000, b"(" * 16_000 + b")" * 16_000 + b"a@b", b'"' * 32_000, b"<" * 32_000, b"a b " * 8_000]
    for value in fields:
        server = Server()
        begin = time.perf_counter()
        for _ in range(50):
            server.header(b"To", value)
        assert server.end() == CONTINUE
        assert time.perf_counter() - begin < 5  # some 0.3 s where nothing else runs


# --- noise -----------------------------------------------------------------------------------------------------------


def run(data: bytes, decisions: Iterable[Decision]) -> list[bytes]:
    """Say octets and return what came back, up to the first that is no packet of a mail server."""
    talk = Server().talk
    talk.receive_data(data)
    out: list[bytes] = []
    left = iter(decisions)
    try:
        while (questions := talk.next_request()) is not None:
            out.extend(packets(talk.reply([next(left, Unchanged()) for _ in questions])))
    except WireError:
        assert packets(talk.last_words("bye")) == []
    return out


@given(st.binary(max_size=300))
@example(b"\0\0\0\x01E" * 3)
@example(b"\0\0\0\x01R\0\0\0\x02R\0\0\0\0\x03R\0\0")
def test_random_octets_raise_nothing_but_a_wire_error(data: bytes) -> None:
    talk = MilterConversation()
    talk.receive_data(data)
    try:
        while (questions := talk.next_request()) is not None:
            packets(talk.reply([Unchanged() for _ in questions]))
    except WireError:
        pass
    run(data, ())


def any_packet() -> st.SearchStrategy[bytes]:
    names: Sequence[bytes] = [b"To", b"from", b"CC", b"Subject", b""]
    values = st.binary(max_size=40) | st.sampled_from([b" a!b@c (d)", b"x: a@b, <c!d>;", b'"\xe9" <a%b@c>,\n d'])
    header = st.builds(lambda name, value: packet(b"L", ended(name, value)), st.sampled_from(names), values)
    envelope = st.builds(
        lambda command, words: packet(command, ended(*words)),
        st.sampled_from([b"M", b"R"]),
        st.lists(st.sampled_from([b"<a!b>", b"<>", b"a%b@c", b"NOTIFY=NEVER", b"\xff"]) | st.binary(max_size=8)),
    )
    rest = st.builds(packet, st.sampled_from([b"E", b"A", b"K", b"D", b"B", b"N", b"C"]), st.binary(max_size=8))
    return header | envelope | rest


def any_decision() -> st.SearchStrategy[Decision]:
    values = st.sampled_from(["a@b.example", '"x y"@z.example', "a%b@c.example"]) | st.text(max_size=12)
    return st.builds(Rewritten, values) | st.builds(Unchanged) | st.builds(Deferred, st.just("later"))


@given(st.lists(any_packet(), max_size=25), st.lists(any_decision(), max_size=40))
def test_whatever_a_server_says_it_is_told_what_it_can_take(said: list[bytes], decided: list[Decision]) -> None:
    out = [one for one in run(b"".join(said), decided) if one != b"p"]
    wants = [one for one in said if one[4:5] in {b"M", b"R", b"E", b"B", b"N", b"C"}]
    assert len([one for one in out if one in {b"c", b"t"}]) == len(wants)
    for one in out:
        command, data = one[:1], one[1:]
        assert command in {b"c", b"t", b"e", b"-", b"+", b"2", b"m"}
        if command in {b"e", b"+"}:
            assert data[:1] == b"<"
            assert data[-2:] == b">\0"
            assert all(0x20 <= octet < 0x7F for octet in data[:-1])
        elif command == b"2":
            address, words = strings(data)
            assert all(0x20 <= octet < 0x7F for octet in address + words)
        elif command == b"m":
            assert data.count(b"\0", 4) == 2
            assert strings(data[4:])[1] != b""


def test_the_worst_flood_takes_no_time() -> None:
    """A million octets of the smallest packets."""
    begin = time.perf_counter()
    assert len(run(b"\0\0\0\x01N" * 200_000, ())) == 200_000
    assert time.perf_counter() - begin < 20  # some 0.6 s where nothing else runs


def test_steps_are_what_the_protocol_calls_them() -> None:
    """The bits are those of Sendmail's mfdef.h and mfapi.h."""
    assert {one.name: one.value for one in Step} == {
        "NO_CONNECT": 0x1,
        "NO_HELO": 0x2,
        "NO_BODY": 0x10,
        "NO_END_OF_HEADERS": 0x40,
        "NO_REPLY_TO_HEADER": 0x80,
        "NO_UNKNOWN": 0x100,
        "NO_DATA": 0x200,
        "LEADING_SPACE": 0x10_0000,
    }
    assert {one.name: one.value for one in Action} == {
        "ADD_RCPT": 0x4,
        "DELETE_RCPT": 0x8,
        "CHANGE_HEADERS": 0x10,
        "CHANGE_FROM": 0x40,
        "ADD_RCPT_WITH_PARAMETERS": 0x80,
    }
