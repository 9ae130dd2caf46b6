"""RFC 915 without a socket: codes, TELNET, lines, replies, and both sides over octets that are cut anywhere."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailpaths.pathservice.codes import HIGHEST, LAST_WORDS, LOWEST, Code
from mailpaths.pathservice.lines import MAX_LINE, TOO_LONG, LineReader
from mailpaths.pathservice.protocol import (
    BadLine,
    ClientProtocol,
    Command,
    ServerProtocol,
    command_line,
    is_last_word,
)
from mailpaths.pathservice.reply import MAX_REPLY_LINES, MAX_TEXT, Reply, ReplyReader, WireError, printable
from mailpaths.pathservice.telnet import Telnet
from tests.pathservers import cuts


def shortly(value: object) -> str:
    """Return a name for a parameter that may be 100,000 octets."""
    return repr(value)[:40]


# --- codes --------------------------------------------------------------------------------------------------------

# RFC 915, Detailed Protocol Description, pages 5 to 7: in its own words, but for the line breaks.
RFC_915 = {
    210: ["Greeting message indicating the server is ready."],
    410: ["The server is down for some unknown reason for a short time."],
    510: ["The server is unavailable."],
    200: ["General or specific documentation given."],
    # 220 and 501 stand there twice, for HELP and for PATH.
    220: ["Documentation given from a database.", "Rigid format route given."],
    421: ["Service temporarily unavailable."],
    501: ["Command not implemented or topic not known.", "Invalid argument form or null argument given."],
    230: ["Rigid format route given. Domain servers should be used."],
    420: ["Database problems. Try again later."],
    520: ["No such host found in database."],
    521: ["Host name is ambiguous."],
    211: ["Close the connection down."],
    # "The code is 412 and is sent when the server has been waiting for a response for more then 2 minutes".
    412: ["waiting for", "more than 2 minutes"],
}


def test_the_codes_are_those_of_the_rfc() -> None:
    assert {int(code) for code in Code} == set(RFC_915)
    assert (LOWEST, HIGHEST) == (200, 599)


@pytest.mark.parametrize("code", Code)
def test_a_code_means_what_the_rfc_says(code: Code) -> None:
    meaning = code.meaning
    if code is Code.NOT_IMPLEMENTED:
        # Both meanings in one sentence.
        assert meaning == "Command not implemented, topic not known, or invalid or null argument given."
    elif code is Code.ROUTE:
        assert meaning == RFC_915[220][1]
    elif code is Code.TIMED_OUT:
        assert all(words in meaning for words in RFC_915[412])
    else:
        assert [meaning] == RFC_915[code]


def test_codes_behind_which_nothing_comes() -> None:
    assert {int(code) for code in LAST_WORDS} == {211, 410, 412, 510}
    assert [code for code in range(200, 600) if is_last_word(Reply(code, ""))] == [211, 410, 412, 510]


@pytest.mark.parametrize(
    ("code", "is_positive", "is_temporary"),
    [(220, True, False), (350, False, False), (412, False, True), (520, False, False)],
)
def test_the_first_digit_says_whether_it_worked(code: int, *, is_positive: bool, is_temporary: bool) -> None:
    reply = Reply(code, "")
    assert (reply.is_positive, reply.is_temporary) == (is_positive, is_temporary)


# --- TELNET (RFC 854) ---------------------------------------------------------------------------------------------

IAC, SE, NOP, DM, IP, AYT, SB = b"\xff", b"\xf0", b"\xf1", b"\xf2", b"\xf4", b"\xf6", b"\xfa"
WILL, WONT, DO, DONT = b"\xfb", b"\xfc", b"\xfd", b"\xfe"


@pytest.mark.parametrize(
    ("data", "text", "answers"),
    [
        (b"HELP\r\n", b"HELP\r\n", b""),
        # Every option is refused, whatever its number: that of a command or of IAC, too.
        *[
            (
                b"".join([IAC + ask + bytes([option]) for option in range(256)]),
                b"",
                b"".join([IAC + no + bytes([option]) for option in range(256)]),
            )
            for ask, no in ((DO, WONT), (WILL, DONT))
        ],
        # "WON'T" and "DON'T" ask for nothing; an answer could begin a loop (RFC 854, page 2, rule b).
        *[(b"".join([IAC + verb + bytes([option]) for option in range(256)]), b"", b"") for verb in (WONT, DONT)],
        # An octet 255 of the text is sent twice.
        (b"a" + IAC + IAC + b"b", b"a\xffb", b""),
        (IAC * 4, b"\xff\xff", b""),
        (IAC * 5 + NOP, b"\xff\xff", b""),
        # Commands without an option.
        *[(b"HE" + IAC + bytes([command]) + b"LP", b"HELP", b"") for command in range(240, 250)],
        # What is no command is taken out with its IAC.
        (b"HE" + IAC + b"\x07LP", b"HELP", b""),
        # Subnegotiation: of the terminal's type, with a 255 in it and an IAC that is no end.
        (b"HE" + IAC + SB + b"\x18\x00VT100" + IAC + SE + b"LP", b"HELP", b""),
        (b"HE" + IAC + SB + b"\x1f\x00" + IAC + IAC + b"\x00\x18" + IAC + SE + b"LP", b"HELP", b""),
        (b"HE" + IAC + SB + IAC + DO + b"\x01" + IAC + SE + b"LP", b"HELP", b""),
        (b"HE" + IAC + SB + SE + IAC + SE + b"LP", b"HELP", b""),
        (IAC + SB + IAC + SE, b"", b""),
        (IAC + SB + b"never ends", b"", b""),
        # What the telnet program of BSD says first, on a port that it takes for a TELNET server's.
        (
            IAC + DO + b"\x03" + IAC + WILL + b"\x18" + IAC + WILL + b"\x1f" + IAC + DONT + b"\x05",
            b"",
            IAC + WONT + b"\x03" + IAC + DONT + b"\x18" + IAC + DONT + b"\x1f",
        ),
        # A person breaks off: interrupt process, then "synch".
        (b"HELP\r\n" + IAC + IP + IAC + DM + b"QUIT\r\n", b"HELP\r\nQUIT\r\n", b""),
        (IAC + AYT, b"", b""),
        (b"QUIT" + IAC, b"QUIT", b""),
    ],
    ids=shortly,
)
def test_telnet_is_taken_out_and_refused_wherever_it_is_cut(data: bytes, text: bytes, answers: bytes) -> None:
    for pieces in cuts(data):
        telnet = Telnet()
        assert b"".join([telnet.text(piece) for piece in pieces]) == text
        assert telnet.answers() == answers
        assert telnet.answers() == b""


@given(data=st.binary(max_size=200), places=st.lists(st.integers(0, 200), max_size=6))
def test_any_octets_are_the_same_telnet_however_they_are_cut(data: bytes, places: list[int]) -> None:
    whole, cut = Telnet(), Telnet()
    ends = sorted([min(place, len(data)) for place in places])
    pieces = [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]
    assert b"".join([cut.text(piece) for piece in pieces]) == whole.text(data)
    assert cut.answers() == whole.answers()


@given(text=st.binary(max_size=100))
def test_any_text_comes_through_telnet_as_it_is(text: bytes) -> None:
    telnet = Telnet()
    assert telnet.text(text.replace(IAC, IAC + IAC)) == text
    assert telnet.answers() == b""


# --- lines --------------------------------------------------------------------------------------------------------

Line = bytes | object


def lines_of(pieces: Sequence[bytes], *, at_once: bool = False) -> list[Line]:
    """Return the lines, each piece's before the next comes; or all of them once all is there."""
    reader, found = LineReader(), list[Line]()
    for piece in pieces:
        reader.feed(piece)
        while not at_once and (line := reader.next_line()) is not None:
            found.append(line)
    while (line := reader.next_line()) is not None:
        found.append(line)
    return found


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"HELP", []),
        (b"HELP\r\n", [b"HELP"]),
        (b"HELP\n", [b"HELP"]),
        (b"\r\n\n", [b"", b""]),
        # A telnet that is fed CR LF sends CR CR LF.
        (b"a\r\r\nb\rc\nd\n\r\n", [b"a", b"b\rc", b"d", b""]),
        (b"HELP\r\nQUIT\r\nPA", [b"HELP", b"QUIT"]),
        # 512 octets with the end.
        (b"x" * 510 + b"\r\n" + b"y\n", [b"x" * 510, b"y"]),
        (b"x" * 511 + b"\r\n" + b"y\n", [TOO_LONG, b"y"]),
        (b"x" * 511 + b"\n" + b"y\n", [b"x" * 511, b"y"]),
        (b"x" * 512 + b"\n" + b"y\n", [TOO_LONG, b"y"]),
        (b"x" * 100_000 + b"\r\n" + b"y\n", [TOO_LONG, b"y"]),
        (b"x" * 2_000 + b"\n" + b"y" * 2_000 + b"\nz\n", [TOO_LONG, TOO_LONG, b"z"]),
        (b"x" * 2_000, []),
    ],
    ids=shortly,
)
def test_lines_however_they_are_cut(data: bytes, expected: list[Line]) -> None:
    for pieces in cuts(data):
        assert lines_of(pieces) == expected
        assert lines_of(pieces, at_once=True) == expected


def test_what_comes_behind_a_long_line_in_several_pieces_is_kept() -> None:
    reader = LineReader()
    reader.feed(b"x" * 600)
    assert reader.next_line() is None
    reader.feed(b"\nHEL")
    reader.feed(b"P\r\n")
    assert [reader.next_line(), reader.next_line(), reader.next_line()] == [TOO_LONG, b"HELP", None]


_PIECES = st.sampled_from([b"x", b"x" * 300, b"x" * 512, b"\n", b"\r\n", b"\r", b"\nHE", b"LP\r\nx"])


@example([(b"x" * 512, 1), (b"\nHE", 0), (b"LP\r\nx", 0)])
@given(st.lists(st.tuples(_PIECES, st.integers(0, 2)), max_size=12))
def test_lines_do_not_depend_on_cuts_nor_on_when_they_are_asked_for(pieces: list[tuple[bytes, int]]) -> None:
    reader, found = LineReader(), list[Line]()
    for piece, times in pieces:
        reader.feed(piece)
        found += [line for _ in range(times) if (line := reader.next_line()) is not None]
    while (line := reader.next_line()) is not None:
        found.append(line)
    whole = b"".join([piece for piece, _ in pieces]).split(b"\n")[:-1]
    assert found == [line.rstrip(b"\r") if len(line) < MAX_LINE else TOO_LONG for line in whole]


def test_a_reader_says_whether_a_line_is_there_and_takes_none() -> None:
    reader = LineReader()
    told = []
    for piece in (b"", b"HE", b"LP\r", b"\nQ", b"UIT\r\n"):
        reader.feed(piece)
        told.append(reader.has_line)
    assert told == [False, False, False, True, True]
    assert (reader.next_line(), reader.has_line, reader.next_line(), reader.has_line) == (b"HELP", True, b"QUIT", False)


@pytest.mark.parametrize("piece", [b"x" * 4_096, b"x", b"\xff\xfa" + b"x" * 4_000, b"\xff\xf1" * 50], ids=shortly)
def test_a_line_without_an_end_takes_no_memory(piece: bytes) -> None:
    server = ServerProtocol()
    count = 500 if len(piece) > 1_000 else 5_000
    tracemalloc.start()
    try:
        for _ in range(count):
            server.receive_data(piece)
            assert server.next_event() is None
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 16 * 1024


def test_a_reply_line_without_an_end_takes_no_memory() -> None:
    client = ClientProtocol()
    tracemalloc.start()
    try:
        for _ in range(500):
            client.receive_data(b"2" * 4_096)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 16 * 1024
    assert client.next_reply() is None


# --- replies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        (" !~", " !~"),
        ("a\r\n220 b\0c\td\x7fe\xe9\u20ac\udc80", "a??220 b?c?d?e???"),
        ("x" * 506, "x" * 506),
        ("x" * 507, "x" * 503 + "..."),
        ("\u20ac" * 600, "?" * 503 + "..."),
    ],
    ids=shortly,
)
def test_what_a_reply_may_carry(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert bytes(Reply(200, printable(text))) == f"200 {shown}\r\n".encode("ascii")


@given(st.text())
def test_any_text_can_be_made_printable_once(text: str) -> None:
    shown = printable(text)
    assert Reply(200, shown).text == shown == printable(shown)


@pytest.mark.parametrize(
    ("code", "lines", "message"),
    [
        (199, "x", "a reply code lies between 200 and 599, and 199 does not"),
        (600, "x", "a reply code lies between 200 and 599, and 600 does not"),
        (-220, "x", "a reply code lies between 200 and 599, and -220 does not"),
        (220, (), "a reply has 1 to 100 lines, and not 0"),
        (220, ("x",) * 101, "a reply has 1 to 100 lines, and not 101"),
        (220, "a\r\n220 b", r"not the text of a reply, up to 506 printable ASCII characters: 'a\r\n220 b'"),
        (220, "a\nb", r"not the text of a reply, up to 506 printable ASCII characters: 'a\nb'"),
        (220, ("a", "b\0"), r"not the text of a reply, up to 506 printable ASCII characters: 'b\x00'"),
        (220, "a\tb", r"not the text of a reply, up to 506 printable ASCII characters: 'a\tb'"),
        (220, "\xe9", "not the text of a reply, up to 506 printable ASCII characters: '\xe9'"),
        (220, "x" * 507, f"not the text of a reply, up to 506 printable ASCII characters: '{'x' * 80}'"),
    ],
    ids=shortly,
)
def test_no_reply(code: int, lines: str | tuple[str, ...], message: str) -> None:
    with pytest.raises(WireError, match=f"^{re.escape(message)}$"):
        Reply(code, lines)


def test_a_reply_over_the_wire_and_for_people() -> None:
    one, several = Reply(Code.ROUTE, "piet@mcvax"), Reply(200, ("a", "", "b"))
    assert (bytes(one), str(one)) == (b"220 piet@mcvax\r\n", "220 piet@mcvax")
    assert (bytes(several), str(several)) == (b"200-a\r\n200-\r\n200 b\r\n", "200 a\n200\n200 b")
    assert (one.text, several.text) == ("piet@mcvax", "a")
    assert (one, hash(one), repr(one)) == (
        Reply(220, ("piet@mcvax",)),
        hash(Reply(220, ("piet@mcvax",))),
        "Reply(code=220, lines=('piet@mcvax',))",
    )


def test_the_longest_line_of_a_reply_is_one_that_a_client_takes() -> None:
    reply = Reply(521, ("x" * MAX_TEXT,) * MAX_REPLY_LINES)
    assert {len(line) for line in bytes(reply).splitlines(keepends=True)} == {MAX_LINE}
    client = ClientProtocol()
    client.receive_data(bytes(reply))
    assert client.next_reply() == reply


# Pages 9 and 8: the last line of the example of code 521 promises another one, and is followed by the next reply.
EXAMPLE_521 = (
    b"521-Several hosts found under the name of 'pitt', try one of:\r\n521-brad@pitt.UUCP\r\n521-brad@pitt.CSNET\r\n"
)
AMBIGUOUS = Reply(
    521, ("Several hosts found under the name of 'pitt', try one of:", "brad@pitt.UUCP", "brad@pitt.CSNET")
)
PITT = Reply(220, "brad%pitt@CSNET-RELAY.ARPA")


def take_all(client: ClientProtocol, pieces: Sequence[bytes]) -> None:
    for piece in pieces:
        client.receive_data(piece)


def replies_of(pieces: Sequence[bytes]) -> tuple[list[Reply], bool]:
    """Return the replies and whether an error ended them."""
    client, found = ClientProtocol(), list[Reply]()
    failed = False
    for piece in pieces:
        try:
            client.receive_data(piece)
        except WireError:
            failed = True
        while (reply := client.next_reply()) is not None:
            found.append(reply)
        if failed:
            break
    return found, failed


def test_the_rfcs_own_example_ends_where_another_code_begins() -> None:
    for pieces in cuts(EXAMPLE_521 + bytes(PITT)):
        assert replies_of(pieces) == ([AMBIGUOUS, PITT], False)


def test_the_rfcs_own_example_ends_where_patience_does() -> None:
    for pieces in cuts(EXAMPLE_521):
        client = ClientProtocol()
        take_all(client, pieces)
        assert (client.next_reply(), client.is_amid) == (None, True)
        assert (client.finish(), client.is_amid, client.finish()) == (AMBIGUOUS, False, None)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"220 a@b\r\n", [Reply(220, "a@b")]),
        (b"220 a@b\n", [Reply(220, "a@b")]),
        # The code alone, and no text: somebody's own server.
        (b"211\r\n", [Reply(211, "")]),
        (b"211 \r\n", [Reply(211, "")]),
        (b"200-\r\n200\r\n", [Reply(200, ("", ""))]),
        (b"200-a\r\n200-b\r\n200 c\r\n211 d\r\n", [Reply(200, ("a", "b", "c")), Reply(211, "d")]),
        # Only the first mark is one.
        (b"200--a\r\n200  b\r\n", [Reply(200, ("-a", " b"))]),
        (b"200-a\r\n421 b\r\n", [Reply(200, "a"), Reply(421, "b")]),
        (b"200-a\r\n421-b\r\n421 c\r\n", [Reply(200, "a"), Reply(421, ("b", "c"))]),
        # A code that RFC 915 does not have is one all the same.
        (b"354 go on\r\n599 no\r\n", [Reply(354, "go on"), Reply(599, "no")]),
        # What a terminal would obey does not reach one.
        (b"220 a\x1b[2J\x00\xe9\rb\r\n", [Reply(220, "a?[2J???b")]),
        # TELNET in the midst of it.
        (b"2\xff\xfb\x0120 a\xff\xff\r\n", [Reply(220, "a?")]),
    ],
)
def test_replies_however_they_are_cut(data: bytes, expected: list[Reply]) -> None:
    for pieces in cuts(data):
        assert replies_of(pieces) == (expected, False)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"", "expected a three-digit code from 200 to 599, found ''"),
        (b"HTTP/1.1 400 Bad Request", "expected a three-digit code from 200 to 599, found 'HTTP/1.1 400 Bad Request'"),
        (b"199 a", "expected a three-digit code from 200 to 599, found '199 a'"),
        (b"600 a", "expected a three-digit code from 200 to 599, found '600 a'"),
        (b"2200 a", "expected a three-digit code from 200 to 599, found '2200 a'"),
        (b" 220 a", "expected a three-digit code from 200 to 599, found ' 220 a'"),
        (b"220\ta", "expected a three-digit code from 200 to 599, found '220?a'"),
        (b"22\xb2 a", "expected a three-digit code from 200 to 599, found '22? a'"),
        (b"220 " + b"x" * 600, "a reply line of more than 512 characters (RFC 821 4.5.3)"),
    ],
    ids=shortly,
)
def test_no_line_of_a_reply(line: bytes, message: str) -> None:
    for pieces in cuts(line + b"\r\n"):
        with pytest.raises(WireError, match=f"^{re.escape(message)}$"):
            take_all(ClientProtocol(), pieces)


def test_a_reply_of_more_lines_than_a_person_reads() -> None:
    reader = ReplyReader()
    for _ in range(MAX_REPLY_LINES):
        reader.take(b"521-x")
    with pytest.raises(WireError, match=r"^a reply of more than 100 lines$"):
        reader.take(b"521-x")


def test_a_whole_reply_of_a_hundred_lines_is_taken() -> None:
    reader = ReplyReader()
    for line in bytes(Reply(521, ("x",) * MAX_REPLY_LINES)).split(b"\r\n")[:-1]:
        reader.take(line)
    assert reader.next_reply() == Reply(521, ("x",) * MAX_REPLY_LINES)


# --- the server's side --------------------------------------------------------------------------------------------

Event = Command | BadLine


def events_of(pieces: Sequence[bytes]) -> list[Event]:
    server, found = ServerProtocol(), list[Event]()
    for piece in pieces:
        server.receive_data(piece)
        while (event := server.next_event()) is not None:
            found.append(event)
    return found


def octet(number: int, place: int) -> BadLine:
    return BadLine(f"octet {number} (0x{number:02x}) at place {place} is not printable ASCII")


EMPTY = BadLine("expected a command, found an empty line")
LONG = BadLine("a line has at most 512 characters (RFC 821 4.5.3)")
PATH = Command("PATH", "root@inria.uucp")


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (b"path root@inria.uucp", PATH),
        (b"PATH root@inria.uucp", PATH),
        (b"pAtH\troot@inria.uucp\t", PATH),
        (b"  path \t  root@inria.uucp \t ", PATH),
        (b"PATH Root@INRIA.uucp", Command("PATH", "Root@INRIA.uucp")),
        (b"PATH two  words\tapart", Command("PATH", "two  words\tapart")),
        (b"HELP", Command("HELP")),
        (b"help \t", Command("HELP")),
        (b"SEAR", Command("SEAR")),
        (b"HELP?", Command("HELP?")),
        # What HTTP and SMTP clients say is a command like any other, which nobody knows.
        (b"GET / HTTP/1.1", Command("GET", "/ HTTP/1.1")),
        (b"EHLO [127.0.0.1]", Command("EHLO", "[127.0.0.1]")),
        (b"", EMPTY),
        (b" \t ", EMPTY),
        (b"PATH a\rb", octet(13, 7)),
        (b"PATH a\0b", octet(0, 7)),
        (b"\0", octet(0, 1)),
        (b"PATH \xe9@mcvax", octet(0xE9, 6)),
        (b"PATH \xff\xff@mcvax", octet(0xFF, 6)),
        (b"\x7f", octet(0x7F, 1)),
        (b"\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0", octet(0x0B, 1)),
        (b"HELP\xff\xf1", Command("HELP")),
        (b"\xff\xfd\x01HELP", Command("HELP")),
        (b"x" * 510, Command("X" * 510)),
        (b"x" * 511 + b"\r", LONG),
        (b"x" * 100_000, LONG),
        (b"\xe9" * 100_000, LONG),
    ],
    ids=shortly,
)
def test_a_line_is_one_event_however_it_is_cut_and_whatever_follows(line: bytes, event: Event) -> None:
    for end in (b"\r\n", b"\n"):
        for data, expected in (
            (line + end, [event]),
            (line + end + b"QU", [event]),
            (line + end + b"QUIT" + end, [event, Command("QUIT")]),
            (b"HELP" + end + line + end + line + end, [Command("HELP"), event, event]),
        ):
            for pieces in cuts(data):
                assert events_of(pieces) == expected


def test_a_line_without_its_end_is_no_event() -> None:
    for line in (b"QUIT", b"QUIT\r", b"x" * 2_000, b"\xff\xfd", b""):
        assert events_of([line]) == []


_OCTETS = st.lists(
    st.binary(max_size=20)
    | st.sampled_from([b"\r\n", b"\n", b"\r", b"PATH a@b", b"help", b" ", b"\t", b"x" * 509, b"x" * 300])
    | st.sampled_from([b"\xff", b"\xff\xff", b"\xff\xfd\x01", b"\xff\xfa\x18", b"\xff\xf0", b"\xff\xfb\n", b"\xff\xf1"])
    | st.sampled_from([b"220 ", b"521-", b"211", b"200-x\r\n", b"412 bye\r\n"]),
    max_size=16,
).map(b"".join)
_PLACES = st.lists(st.integers(0, 4_000), max_size=8)


@given(data=_OCTETS, places=_PLACES)
def test_any_octets_give_the_same_events_and_answers_however_they_are_cut(data: bytes, places: list[int]) -> None:
    ends = sorted([min(place, len(data)) for place in places])
    pieces = [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]
    expected = events_of([data])
    assert events_of(pieces) == expected
    assert events_of([data[place : place + 1] for place in range(len(data))]) == expected
    telnet = Telnet()
    assert len(expected) == telnet.text(data).count(b"\n")
    server = ServerProtocol()
    server.receive_data(data)
    assert server.data_to_send() == telnet.answers()


@given(data=_OCTETS, places=_PLACES)
def test_any_octets_give_the_same_replies_or_the_same_error_however_they_are_cut(
    data: bytes, places: list[int]
) -> None:
    ends = sorted([min(place, len(data)) for place in places])
    pieces = [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]
    expected = replies_of([data])
    assert replies_of(pieces) == expected
    assert replies_of([data[place : place + 1] for place in range(len(data))]) == expected


def test_whether_a_line_waits_and_none_is_taken_by_asking() -> None:
    server = ServerProtocol()
    server.receive_data(b"HELP\r\nQUIT\r")
    assert (server.has_line, server.next_event(), server.has_line) == (True, Command("HELP"), False)
    server.receive_data(b"\n")
    assert (server.has_line, server.next_event(), server.next_event()) == (True, Command("QUIT"), None)


# --- the client's side --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "argument", "line"),
    [
        ("QUIT", "", b"QUIT\r\n"),
        ("PATH", "root@inria.uucp", b"PATH root@inria.uucp\r\n"),
        ("path", '"a b"@c', b'path "a b"@c\r\n'),
        ("PATH", "x" * 505, b"PATH " + b"x" * 505 + b"\r\n"),
        ("FROM", "mcvax  ", b"FROM mcvax\r\n"),
    ],
    ids=shortly,
)
def test_a_command_over_the_wire(verb: str, argument: str, line: bytes) -> None:
    assert command_line(verb, argument) == line
    assert len(line) <= MAX_LINE


@pytest.mark.parametrize(
    "argument",
    ["a\r\nQUIT", "a\n", "\n", "a\r", "a\0b", "a\x7f", "\x0b", "a\x1b[2J", "x" * 506, "x" * 100_000],
    ids=shortly,
)
def test_what_would_be_another_command_is_none(argument: str) -> None:
    text = repr(f"PATH {argument}"[:80])
    with pytest.raises(WireError, match=f"^not a line of up to 510 printable characters: {re.escape(text)}$"):
        command_line("PATH", argument)


@pytest.mark.parametrize("argument", ["\xe9@mcvax", "piet@b\u00fccher", "\ud800", "\u2028"])
def test_what_is_no_ascii_is_no_command(argument: str) -> None:
    with pytest.raises(WireError, match=f"^not ASCII, as a command must be: {re.escape(repr(f'PATH {argument}'))}$"):
        command_line("PATH", argument)


@given(st.text())
def test_a_command_is_one_line_or_an_error(argument: str) -> None:
    try:
        line = command_line("PATH", argument)
    except WireError:
        return
    # A TAB is white space to the server, and so is what stands at the ends.
    assert events_of([line]) == [Command("PATH", argument.strip(" \t"))]


# --- face to face -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [1, 2, 7, 10_000])
def test_client_and_server_face_to_face(step: int) -> None:
    """Both sides, and between them a wire that carries so many octets at a time, TELNET on it in both directions."""
    server, client = ServerProtocol(), ClientProtocol()
    told: dict[str, Callable[[Command], Reply]] = {
        "PATH": lambda command: Reply(220, f"{command.argument}@relay"),
        "HELP": lambda command: Reply(200, ("a", "b", command.argument)),
        "QUIT": lambda _: Reply(211, "Bye bye."),
    }
    commands = [("PATH", "a"), ("HELP", "x y"), *[("PATH", str(number)) for number in range(50)], ("QUIT", "")]
    there = b"\xff\xfd\x03".join([command_line(*command) for command in commands])
    replies = list[Reply]()
    while there:
        server.receive_data(there[:step])
        there = there[step:]
        back = b""
        while (event := server.next_event()) is not None:
            assert isinstance(event, Command)
            back += b"\xff\xfb\x01" + bytes(told[event.verb](event))
        back += server.data_to_send()
        for place in range(0, len(back), step):
            client.receive_data(back[place : place + step])
            while (reply := client.next_reply()) is not None:
                replies.append(reply)
        # The client's refusals go to the server, which answers none of them: there is no loop.
        there += client.data_to_send()
    assert replies == [told[verb](Command(verb, argument)) for verb, argument in commands]
    assert (client.is_amid, server.next_event()) == (False, None)
