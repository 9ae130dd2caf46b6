"""`PathClient` and `AsyncPathClient`, against servers of ours and against some that lie, stall, hang up and babble."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpaths import MailPathsError
from mailpaths.daemon import Endpoint, Limits
from mailpaths.pathservice import (
    AsyncPathClient,
    OriginError,
    PathClient,
    PathService,
    PathServiceError,
    Reply,
    WireError,
    running,
)
from mailpaths.pathservice.dialog import Dialog, LinkError, Receive
from mailpaths.routing import PathTable, UUCPMap
from tests.pathservers import Script, scripted, wait_until

GREETING = b"210 Ready.\r\n"


class Asker:
    """Both clients behind one face, so that each test is about both."""

    def __init__(self, kind: str, server: Endpoint | str, timeout: float) -> None:
        self.kind = kind
        self.client = PathClient(server, timeout=timeout)
        self.runner = asyncio.Runner()
        self.twin = AsyncPathClient(server, timeout=timeout)

    def ask(self, verb: str, argument: str = "", origin: str | None = None) -> Reply:
        if self.kind == "plain":
            return self.client.ask(verb, argument, origin=origin)
        return self.runner.run(self.twin.ask(verb, argument, origin=origin))

    def path(self, address: str, origin: str | None = None) -> Reply:
        return self.ask("PATH", address, origin)

    def close(self) -> None:
        if self.kind == "plain":
            self.client.close()
        else:
            self.runner.run(self.twin.close())

    def end(self) -> None:
        self.close()
        self.runner.close()


@pytest.fixture(params=["plain", "async"])
def asker(request: pytest.FixtureRequest) -> Iterator[Callable[..., Asker]]:
    """Return what makes a client of either kind."""
    made: list[Asker] = []

    def make(server: Endpoint | str, timeout: float = 10.0) -> Asker:
        made.append(Asker(request.param, server, timeout))
        return made[-1]

    yield make
    for one in made:
        one.end()


def says(*parts: bytes) -> Script:
    """A script that greets, and answers each line that comes with the next part; then it waits for the end."""

    def play(peer: socket.socket) -> None:
        peer.sendall(GREETING)
        lines = peer.makefile("rb")
        for part in parts:
            lines.readline()
            peer.sendall(part)
        while lines.readline():
            pass

    return play


def hangs_up(*parts: bytes) -> Script:
    """A script that greets, answers, and closes at once."""

    def play(peer: socket.socket) -> None:
        peer.sendall(GREETING)
        lines = peer.makefile("rb")
        for part in parts:
            lines.readline()
            peer.sendall(part)

    return play


def test_questions_over_one_connection(asker: Callable[..., Asker]) -> None:
    service = PathService(UUCPMap.bundled(), name="test")
    with running(service) as server:
        one = asker(server)
        assert one.path("root@inria.uucp") == Reply(220, "uunet!mcvax!inria!root@mimsy")
        assert one.path("root@mcvxa").code == 520
        assert one.ask("HELP").lines[0] == "The server currently knows about the following mail worlds:"
        assert one.ask("NOOP") == Reply(501, "Command 'NOOP' not implemented. Try HELP.")
        client = one.client if one.kind == "plain" else one.twin
        assert client.greeting == Reply(
            210, ("Welcome to the test network mail path service.", "Type 'HELP' for help.")
        )
        assert service.statistics.accepted == 1


def test_roads_from_elsewhere_and_back(asker: Callable[..., Asker]) -> None:
    with running(UUCPMap.bundled()) as server:
        one = asker(server)
        assert one.path("piet@mcvax", "ihnp4").text == "pbi!uunet!mcvax!piet@upba"
        assert one.path("piet@mcvax", "ihnp4").text == "pbi!uunet!mcvax!piet@upba"
        assert one.path("piet@mcvax").text == "uunet!mcvax!piet@mimsy"
        with pytest.raises(OriginError) as caught:
            one.path("piet@mcvax", "no-such-host")
        assert caught.value.origin == "no-such-host"
        assert caught.value.reply == Reply(520, "No host found under the name of 'no-such-host'.")
        assert one.path("piet@mcvax").text == "uunet!mcvax!piet@mimsy"


def test_a_connection_that_died_is_made_anew_and_still_starts_where_it_should(asker: Callable[..., Asker]) -> None:
    service = PathService(UUCPMap.from_text("a b(5)\nb c(5), a(5)\nc b(5)", home="a"))
    with running(service, limits=Limits(idle=0.2)) as server:
        one = asker(server)
        assert one.path("x@a", "c").text == "a!x@b"
        wait_until(lambda: service.statistics.closed["idle"] == 1)
        assert one.path("x@a", "c").text == "a!x@b"
        assert service.statistics.accepted == 2


def test_a_server_that_hangs_up_after_each_reply(asker: Callable[..., Asker]) -> None:
    with scripted(*[hangs_up(b"220 a@b\r\n")] * 3) as server:
        one = asker(server)
        assert [one.path("x@y") for _ in range(3)] == [Reply(220, "a@b")] * 3


def test_a_connection_that_dies_under_the_question_is_made_anew_once(asker: Callable[..., Asker]) -> None:
    with scripted(hangs_up(b"220 a@b\r\n", b""), says(b"220 c@d\r\n")) as server:
        one = asker(server)
        assert [one.path("x@y"), one.path("x@y")] == [Reply(220, "a@b"), Reply(220, "c@d")]
    with scripted(hangs_up(b"220 a@b\r\n", b""), hangs_up(b"")) as server:
        one = asker(server)
        one.path("x@y")
        with pytest.raises(PathServiceError, match="it closed the connection"):
            one.path("x@y")


def test_a_time_out_that_is_announced_is_no_answer(asker: Callable[..., Asker]) -> None:
    """The server's 412 and the question crossed on the way."""
    with scripted(says(b"220 a@b\r\n", b"412 Too late.\r\n"), says(b"220 c@d\r\n")) as server:
        one = asker(server)
        assert [one.path("x@y"), one.path("x@y")] == [Reply(220, "a@b"), Reply(220, "c@d")]


def test_what_nobody_asked_for_is_no_answer_to_the_next_question(asker: Callable[..., Asker]) -> None:
    with scripted(says(b"220 a@b\r\n220 evil@host\r\n"), says(b"220 c@d\r\n")) as server:
        one = asker(server)
        assert one.path("x@y") == Reply(220, "a@b")
        time.sleep(0.1)  # the second line may come later than the first
        assert one.path("x@y") == Reply(220, "c@d")


@pytest.mark.parametrize(
    ("greeting", "reason", "reply"),
    [
        (b"410 Busy.\r\n", "it says 410 Busy.", Reply(410, "Busy.")),
        (b"510-No.\r\n510 Never.\r\n", "it says 510 No.\n510 Never.", Reply(510, ("No.", "Never."))),
        (b"220 a@b\r\n", "it says 220 a@b", Reply(220, "a@b")),
        (b"220 smtp.example ESMTP\r\n", "it says 220 smtp.example ESMTP", Reply(220, "smtp.example ESMTP")),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n",
            "expected a three-digit code from 200 to 599, found 'SSH-2.0-OpenSSH_9.2'",
            None,
        ),
        (b"\0\xff\xf0\r\n", "expected a three-digit code from 200 to 599, found '?'", None),
        (b"199 x\r\n", "expected a three-digit code from 200 to 599, found '199 x'", None),
        (b"2" * 600 + b"\r\n", "a reply line of more than 512 characters (RFC 821 4.5.3)", None),
        (b"", "it closed the connection", None),
        (b"210", "it closed the connection", None),
    ],
)
def test_servers_that_do_not_serve(
    asker: Callable[..., Asker], greeting: bytes, reason: str, reply: Reply | None
) -> None:
    with scripted(lambda peer: peer.sendall(greeting)) as server:
        with pytest.raises(PathServiceError) as caught:
            asker(server).path("x@y")
        assert (caught.value.reason, caught.value.reply) == (reason, reply)
        assert str(caught.value) == f"path server {server}: {reason}"


def test_nobody_is_there(asker: Callable[..., Asker]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Endpoint("127.0.0.1", listener.getsockname()[1])
    with pytest.raises(PathServiceError, match=r"^path server 127\.0\.0\.1:\d+: .*[Rr]efused|Connect call failed"):
        asker(server).path("x@y")


def test_a_name_that_is_none(asker: Callable[..., Asker]) -> None:
    with pytest.raises(PathServiceError, match=r"^path server no-such-host\.invalid:117: "):
        asker("no-such-host.invalid").path("x@y")
    with pytest.raises(PathServiceError):
        asker(f"{'a' * 70}.example").path("x@y")


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(lambda peer: peer.recv(1), id="no greeting"),
        pytest.param(says(b""), id="no reply"),
        pytest.param(says(b"220 half a li"), id="half a line"),
        pytest.param(lambda peer: drip(peer, b"220 " + b"x" * 400), id="an octet at a time"),
    ],
)
def test_a_server_that_stalls(asker: Callable[..., Asker], script: Script) -> None:
    with scripted(script) as server:
        start = time.monotonic()
        with pytest.raises(PathServiceError, match=r"no answer within 0\.3 s$"):
            asker(server, 0.3).path("x@y")
        assert time.monotonic() - start < 5


def drip(peer: socket.socket, data: bytes) -> None:
    for octet in data:
        peer.sendall(bytes([octet]))
        time.sleep(0.02)


def test_the_rfcs_own_example_has_no_last_line(asker: Callable[..., Asker]) -> None:
    """RFC 915, page 9: the reply ends in a line that promises another one."""
    head = b"521-Several hosts found under the name of 'pitt', try one of:\r\n"
    lines = head + b"521-brad@pitt.UUCP\r\n521-brad@pitt.CSNET\r\n"
    # What is late would be taken for the next answer: the next question goes over another connection.
    with scripted(says(lines), says(b"220 brad%pitt@CSNET-RELAY.ARPA\r\n")) as server:
        one = asker(server)
        assert one.path("brad@pitt") == Reply(
            521,
            (
                "Several hosts found under the name of 'pitt', try one of:",
                "brad@pitt.UUCP",
                "brad@pitt.CSNET",
            ),
        )
        assert one.path("brad@pitt.CSNET") == Reply(220, "brad%pitt@CSNET-RELAY.ARPA")


def test_an_endless_reply(asker: Callable[..., Asker]) -> None:
    def play(peer: socket.socket) -> None:
        peer.sendall(GREETING)
        peer.recv(100)
        for _ in range(100_000):
            peer.sendall(b"521-brad@pitt.UUCP\r\n" * 10)

    with scripted(play) as server, pytest.raises(PathServiceError, match="a reply of more than 100 lines"):
        asker(server).path("x@y")


def test_an_endless_line(asker: Callable[..., Asker]) -> None:
    def play(peer: socket.socket) -> None:
        peer.sendall(GREETING)
        peer.recv(100)
        for _ in range(10_000):
            peer.sendall(b"2" * 10_000)

    with scripted(play) as server, pytest.raises(PathServiceError):
        asker(server, 1.0).path("x@y")


def test_a_server_that_negotiates_is_refused(asker: Callable[..., Asker]) -> None:
    heard: list[bytes] = []

    def play(peer: socket.socket) -> None:
        peer.sendall(b"\xff\xfd\x01\xff\xfb\x03" + GREETING)
        heard.append(peer.recv(6, socket.MSG_WAITALL))
        says(b"220 a\xff\xff@b\r\n")(peer)

    with scripted(play) as server:
        one = asker(server)
        # The server greets twice, so that the second is no answer.
        assert one.path("x@y").code == 210
    assert heard == [b"\xff\xfc\x01\xff\xfe\x03"]


@pytest.mark.parametrize("text", ["a@b\r\nQUIT", "a@b\n", "a\0@b", "ä@b", "a@b\x7f", "x@" + "y" * 600])
def test_no_question_carries_two_lines(asker: Callable[..., Asker], text: str) -> None:
    with running(PathTable.from_text("y y!%s")) as server:
        one = asker(server)
        with pytest.raises(WireError):
            one.path(text)
        with pytest.raises(WireError):
            one.path("x@y", text)
        assert one.path("x@y") == Reply(220, "x@y")


def test_quit_ends_and_the_client_goes_on(asker: Callable[..., Asker]) -> None:
    service = PathService(PathTable.from_text("y y!%s"))
    with running(service) as server:
        one = asker(server)
        assert one.ask("QUIT") == Reply(211, "Bye bye.")
        assert one.path("x@y") == Reply(220, "x@y")
        assert service.statistics.accepted == 2
        one.close()
        wait_until(lambda: service.statistics.closed == {"quit": 2})


def test_threads_take_turns() -> None:
    table = PathTable.from_text("".join([f"h{number} h{number}!%s\n" for number in range(50)]))
    with running(table) as server, PathClient(server) as client:
        wrong: list[str] = []

        def ask(number: int) -> None:
            for _ in range(40):
                found = client.path(f"u@h{number}").text
                if found != f"u@h{number}":
                    wrong.append(found)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []


def test_tasks_take_turns_and_one_that_is_cancelled_leaves_no_reply_behind() -> None:
    async def ask(server: Endpoint) -> list[str]:
        async with AsyncPathClient(server) as client:
            tasks = [asyncio.create_task(client.path(f"u@h{number}")) for number in range(20)]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            tasks[0].cancel()
            found = await asyncio.gather(*tasks, return_exceptions=True)
            return [one.text if isinstance(one, Reply) else type(one).__name__ for one in found]

    table = PathTable.from_text("".join([f"h{number} h{number}!%s\n" for number in range(20)]))
    with running(table) as server:
        assert asyncio.run(ask(server)) == ["CancelledError", *[f"u@h{number}" for number in range(1, 20)]]


def test_an_async_client_outlives_a_loop() -> None:
    with running(PathTable.from_text("y y!%s")) as server:
        client = AsyncPathClient(server)
        assert asyncio.run(client.path("x@y")) == Reply(220, "x@y")
        assert asyncio.run(client.path("x@y")) == Reply(220, "x@y")

        async def end() -> None:
            await client.path("x@y")
            await client.close()

        asyncio.run(end())
        # A loop that ends takes its connections with it, unclosed: Python says so, rightly.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_an_answer_takes_time(timeout: float) -> None:
    with pytest.raises(ValueError, match=r"^a path server needs more than no time to answer, and not for ever$"):
        PathClient("localhost", timeout=timeout)


def test_clients_say_what_they_are() -> None:
    assert repr(PathClient("gw.example", timeout=5.0)) == "PathClient('gw.example:117', timeout=5.0)"
    assert repr(AsyncPathClient("[::1]:1117", timeout=5.0)) == "AsyncPathClient('[::1]:1117', timeout=5.0)"


@given(st.lists(st.binary(max_size=60), max_size=6), st.lists(st.binary(max_size=20), max_size=3))
def test_any_octets_are_a_reply_or_an_error(parts: list[bytes], alien: list[bytes]) -> None:
    """The rules without a socket: whatever comes, in whatever pieces, the dialog ends, and in one of two ways."""
    dialog = Dialog(Endpoint("gw.example", 117), timeout=1.0, clock=lambda: 0.0)
    pieces = iter([b"210 Ready.\r\n", *parts, *[b"\r\n" + piece for piece in alien], b"", b""])
    outcome = played(dialog, pieces)
    assert isinstance(outcome, Reply | PathServiceError)


def played(dialog: Dialog, pieces: Iterator[bytes]) -> Reply | MailPathsError:
    """Return what becomes of a question whose answers are these pieces."""
    steps = dialog.ask("PATH", "x@y")
    try:
        action = next(steps)
        for _ in range(100):
            if isinstance(action, Receive):
                piece = next(pieces, None)
                action = steps.throw(LinkError("gone")) if piece is None else steps.send(piece)
            else:
                action = steps.send(None)
    except StopIteration as end:
        reply: Reply = end.value
        return reply
    except MailPathsError as error:
        return error
    raise AssertionError("it never ends")
