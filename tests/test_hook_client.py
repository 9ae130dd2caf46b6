"""A socketmap asked as mail servers ask it: our own, and those that say something else."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailpaths.daemon import Endpoint, UnixSocket
from mailpaths.daemon.endpoint import EndpointError
from mailpaths.hooks import Rules, SocketmapClient, SocketmapError, SocketmapReply, running
from mailpaths.hooks.netstring import netstring
from tests.hookservers import SETTINGS
from tests.pathservers import Script, scripted
from tests.processes import PATIENCE

RULES = Rules(SETTINGS)


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    with running(RULES) as found:
        yield found


def says(*octets: bytes) -> Script:
    """A server that reads a request for each of these, says it, and closes."""

    def script(peer: socket.socket) -> None:
        for one in octets:
            if not peer.recv(65_536):
                return
            peer.sendall(one)

    return script


def test_questions_to_our_own(server: Endpoint) -> None:
    with SocketmapClient(server) as client:
        assert client.ask("rcpt", "relay!host!user@relay.example") == SocketmapReply("OK", "user@host.uucp")
        assert client.ask("rcpt", b"\xff@relay.example") == SocketmapReply("NOTFOUND", "")
        assert client.ask("rcpt", "\udcff@relay.example") == SocketmapReply("NOTFOUND", "")
        assert str(client.ask("nomap", "a@b")) == (
            "TEMP there is no map of this name; there are rcpt, sender, transport, exists"
        )
        with pytest.raises(SocketmapError, match=r"^no octets stand for '\\ud800'$"):
            client.ask("rcpt", "a\ud800b")
        with pytest.raises(SocketmapError, match=r"^the name of a map ends at a blank: 'a b'$"):
            client.ask("a b", "c")
        client.close()
        assert client.ask("transport", "a@host.uucp") == SocketmapReply("OK", "uucp:host")


@pytest.mark.parametrize(
    ("said", "reply", "shown"),
    [
        (b"2:OK,", SocketmapReply("OK", None), "OK"),
        (b"3:OK ,", SocketmapReply("OK", ""), "OK "),
        (b"8:NOTFOUND,", SocketmapReply("NOTFOUND", None), "NOTFOUND"),
        (b"9:TIMEOUT x,", SocketmapReply("TIMEOUT", "x"), "TIMEOUT x"),
        (b"6:PERM x,", SocketmapReply("PERM", "x"), "PERM x"),
        (b"6:OK \xff b,", SocketmapReply("OK", "\udcff b"), "OK \udcff b"),
        (b"0:,", SocketmapReply("", None), ""),
    ],
)
def test_replies_of_others(said: bytes, reply: SocketmapReply, shown: str) -> None:
    with scripted(says(said)) as other, SocketmapClient(other) as client:
        found = client.ask("map", "key")
    assert (found, str(found)) == (reply, shown)


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (b"", "inet:{} closed the connection without a reply"),
        (b"5:OK", "inet:{} closed the connection in the middle of a reply"),
        (b"220 mx ESMTP\r\n", "inet:{} does not speak socketmap: expected the length of a netstring and a colon"),
        (b"4:OK x,4:OK y,", "inet:{} says more than one reply to a question"),
        (b"100001:", "inet:{} does not speak socketmap: a netstring of 100001 octets, and the limit is 100000"),
    ],
)
def test_what_is_no_reply(octets: bytes, message: str) -> None:
    # Behind a fault the next question has a connection of its own.
    with scripted(says(octets), says(b"4:OK x,")) as other, SocketmapClient(other) as client:
        with pytest.raises(SocketmapError) as caught:
            client.ask("map", "key")
        assert str(caught.value) == message.format(other)
        assert client.ask("map", "key") == SocketmapReply("OK", "x")


def test_a_server_that_does_not_answer() -> None:
    def silent(peer: socket.socket) -> None:
        while peer.recv(100):
            pass

    with scripted(silent) as other, SocketmapClient(other, timeout=0.1) as client:
        with pytest.raises(SocketmapError) as caught:
            client.ask("map", "key")
        assert str(caught.value) == f"no answer from inet:{other} in 0.1 s"


def test_a_socket_in_the_file_system_that_does_not_answer(tmp_path: Path) -> None:
    place = UnixSocket(str(tmp_path / "map.sock"))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place.path)
        listener.listen()
        with SocketmapClient(place, timeout=0.1) as client, pytest.raises(SocketmapError) as caught:
            client.ask("map", "key")
    assert str(caught.value) == f"no answer from {place} in 0.1 s"


def test_an_answer_that_never_ends_has_no_more_time_than_any_other() -> None:
    def dripping(peer: socket.socket) -> None:
        peer.recv(100)
        peer.settimeout(0.02)
        peer.sendall(b"90000:")
        while True:
            try:
                if not peer.recv(1):
                    return
            except TimeoutError:
                peer.sendall(b"x")

    with scripted(dripping) as other, SocketmapClient(other, timeout=0.2) as client:
        begin = time.monotonic()
        with pytest.raises(SocketmapError) as caught:
            client.ask("map", "key")
        assert time.monotonic() - begin < PATIENCE
        assert str(caught.value) == f"no answer from inet:{other} in 0.2 s"


def test_a_path_that_no_socket_can_have() -> None:
    for path in ("", "/a\0", "/\ud800", "/" + "x" * 107):
        with pytest.raises(EndpointError) as caught:
            UnixSocket(path)
        assert str(caught.value) == f"expected a path of 1 to 107 octets for a socket, found {path!r}"


def test_nobody_there(tmp_path: Path) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        place = Endpoint("127.0.0.1", reserved.getsockname()[1])
        with pytest.raises(SocketmapError) as caught:
            SocketmapClient(place).ask("map", "key")
    assert str(caught.value) == f"cannot connect to inet:{place}: Connection refused"
    file = UnixSocket(str(tmp_path / "none"))
    with pytest.raises(SocketmapError) as caught:
        SocketmapClient(file).ask("map", "key")
    assert str(caught.value) == f"cannot connect to {file}: No such file or directory"


def test_a_socket_in_the_file_system(tmp_path: Path) -> None:
    place = UnixSocket(str(tmp_path / "map.sock"))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place.path)
        listener.listen()
        with SocketmapClient(place) as client:
            client._connect()
            peer, _ = listener.accept()
            with peer:
                peer.sendall(netstring(b"OK x"))
                assert client.ask("map", "key") == SocketmapReply("OK", "x")
                assert peer.recv(100) == b"7:map key,"
