"""What no test of the path service noticed when it was broken by hand: options, the DNS, figures, small print."""

from __future__ import annotations

import asyncio
import errno
import importlib.util
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, cast

import dns.resolver as dns_resolver
import pytest

from mailpaths.cli import main
from mailpaths.daemon import Endpoint, Journal, Limits
from mailpaths.daemon import link as link_room
from mailpaths.daemon.lifecycle import live
from mailpaths.pathservice import (
    AsyncPathClient,
    Caller,
    Command,
    DNSDomains,
    PathClient,
    PathServer,
    PathService,
    PathServiceError,
    PathServiceRouter,
    Reply,
    Statistics,
    running,
)
from mailpaths.pathservice.dialog import Dialog, Receive
from mailpaths.pathservice.directory import Directory
from mailpaths.pathservice.metrics import MetricsFile
from mailpaths.pathservice.process import PathProcess
from mailpaths.routing import (
    Answer,
    Found,
    NotFound,
    PathTable,
    Roads,
    Router,
    RouteTemplate,
    SmartHost,
    TemporaryFailure,
    UUCPMap,
    open_router,
)
from mailpaths.routing.leaves import leaves
from tests.pathservers import NEVER_IDLE, Log, Script, answer, calling, go, scripted, serving, until
from tests.support import Result, Run

TABLE = PathTable.from_text("mcvax\tseismo!mcvax!%s\nhere\t%s\n")
PIET = Reply(220, "mcvax!piet@seismo")
GREETING = b"210 Ready.\r\n"


# --- serve path: each option arrives ---------------------------------------------------------------------------------


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> Callable[..., PathProcess]:
    """Return what makes the process of a call of ``serve path`` and does not let it live."""
    made: list[tuple[PathProcess, Journal]] = []

    async def keep(process: PathProcess, journal: Journal) -> None:
        made.append((process, journal))

    monkeypatch.setattr("mailpaths.daemon.lifecycle.live", keep)
    monkeypatch.setattr(sys, "setswitchinterval", lambda _: None)

    def call(*arguments: str) -> PathProcess:
        assert main(["serve", "path", *arguments]) == 0
        return made[-1][0]

    return call


@pytest.fixture(autouse=True)
def logger_as_it_was() -> Iterator[None]:
    """``serve path`` gives the logger a handler, which its process takes along."""
    logger = logging.getLogger("mailpaths.pathservice")
    handlers, level = list(logger.handlers), logger.level
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)


def test_what_is_served_unless_told_otherwise(called: Callable[..., PathProcess]) -> None:
    process = called()
    server = process._server
    # Only this machine can ask.
    assert list(process._endpoints) == [Endpoint("127.0.0.1", 117)]
    assert server.limits == Limits(connections=1000, per_address=100, requests=1000, idle=120)
    assert (server.allow, server.service.extensions, server.service.domains) == ((), True, None)
    assert process._metrics is None
    (router,) = leaves(process._open_router())
    assert isinstance(router, UUCPMap)


def test_each_option_arrives(called: Callable[..., PathProcess], tmp_path: Path) -> None:
    process = called(
        "--listen", ":1117", "--listen", "[::1]:1118", "--router", "smarthost:one", "--router", "smarthost:two",
        "--name", "gw.example", "--rfc-only", "--allow", "192.0.2.0/24", "--allow", "2001:db8::/32",
        "--max-connections", "7", "--max-per-address", "6", "--max-rate", "5.5", "--idle", "4.5",
        "--metrics", str(tmp_path / "x.prom"),
    )  # fmt: skip
    server = process._server
    assert list(process._endpoints) == [Endpoint("127.0.0.1", 1117), Endpoint("::1", 1118)]
    assert leaves(process._open_router()) == (SmartHost("one"), SmartHost("two"))
    assert server.service.greeting().text == "Welcome to the gw.example network mail path service."
    assert not server.service.extensions
    assert [str(network) for network in server.allow] == ["192.0.2.0/24", "2001:db8::/32"]
    assert server.limits == Limits(connections=7, per_address=6, requests=5.5, idle=4.5)
    assert process._metrics is not None
    assert process._metrics.path == tmp_path / "x.prom"


def test_with_dns_the_dns_is_asked(called: Callable[..., PathProcess]) -> None:
    assert isinstance(called("--dns")._server.service.domains, DNSDomains)


@pytest.mark.parametrize(
    ("module", "option", "message"),
    [
        ("dns", ["--dns"], "asking the DNS needs dnspython, which is not installed: pip install 'mailpaths[dns]'"),
        (
            "prometheus_client",
            ["--metrics", "x.prom"],
            "metrics need prometheus-client, which is not installed: pip install 'mailpaths[server]'",
        ),
    ],
)
def test_an_extra_that_is_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch, module: str, option: list[str], message: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert importlib.util.find_spec(module) is None
    assert run("serve", "path", *option) == Result(69, "", f"mailpaths: {message}\n")


@pytest.mark.parametrize("option", ["--idle", "--max-rate"])
@pytest.mark.parametrize("number", ["nan", "inf", "-1", "x"])
def test_what_is_no_number_is_a_wrong_call(run: Run, option: str, number: str) -> None:
    found = run("serve", "path", option, number)
    assert (found.status, found.out) == (64, "")
    assert found.err.startswith(f"mailpaths: invalid value for '{option}': ")


# --- pathto ----------------------------------------------------------------------------------------------------------


def hangs_up(*parts: bytes) -> Script:
    """A script that greets, answers, and closes at once."""

    def play(peer: socket.socket) -> None:
        peer.sendall(GREETING)
        lines = peer.makefile("rb")
        for part in parts:
            lines.readline()
            peer.sendall(part)

    return play


@pytest.mark.parametrize("seconds", ["nan", "inf", "1e308", "0"])
def test_what_is_no_time_is_a_wrong_call(run: Run, seconds: str) -> None:
    found = run("pathto", "--timeout", seconds, "a@b", "--server", "127.0.0.1:1")
    assert (found.status, found.out) == (64, "")
    assert found.err.startswith("mailpaths: invalid value for '--timeout': ")


def goes(peer: socket.socket) -> None:
    """A script that says nothing, and closes."""
    peer.shutdown(socket.SHUT_RDWR)


def waits(peer: socket.socket) -> None:
    """A script that says nothing, and waits for the end."""
    peer.recv(1)


def test_a_time_out_of_ones_own(run: Run) -> None:
    with scripted(waits) as server:
        found = run("pathto", "--timeout", "0.3", "a@b", "--server", str(server))
    assert found == Result(69, "\n", f"mailpaths: path server {server}: no answer within 0.3 s\n  a@b\n")


def test_a_reply_between_silences_is_a_new_beginning(run: Run) -> None:
    answers = hangs_up(b"220 x@y\r\n")
    with scripted(goes, goes, answers, goes, goes, answers) as server:
        found = run("pathto", "--server", str(server), stdin=b"x@y\n" * 6)
    assert found.out == "\n\nx@y\n\n\nx@y\n"
    assert found.status == 69


def test_a_question_that_no_line_carries_is_bad_input(run: Run) -> None:
    with running(TABLE) as server:
        found = run("pathto", f"x@{'y' * 600}", "piet@mcvax", "--server", str(server))
    assert (found.status, found.out) == (65, "\nmcvax!piet@seismo\n")
    assert found.err.startswith("mailpaths: not a line of up to 510 printable characters: ")


def test_roads_from_elsewhere_that_are_not_to_be_had(run: Run) -> None:
    with running(PathService()) as loading, running(TABLE) as tables:
        later = run("pathto", "--from", "a", "x@y", "--server", str(loading))
        never = run("pathto", "--from", "a", "x@y", "--server", str(tables))
        (row,) = run("pathto", "--json", "--from", "a", "x@y", "--server", str(loading)).rows
    assert (later.status, never.status) == (75, 69)
    assert row["error"]["kind"] == "later"
    assert "420 Database problems. Try again later." in later.err
    assert "501 No map is here" in never.err


def test_quiet_is_quiet(run: Run) -> None:
    with running(TABLE) as server:
        found = run("pathto", "-q", "x@nowhere", "piet@mcvax", "--server", str(server))
    assert found == Result(68, "\nmcvax!piet@seismo\n", "")


def test_a_command_that_used_a_path_server_takes_its_leave(run: Run) -> None:
    """A socket that nobody closed is a warning of Python's, and to the server a caller that just went."""
    service = PathService(TABLE)
    with running(service) as server:
        found = run("translate", "--to", "bang", "--router", f"path://{server}", "piet@mcvax.uucp")
        assert found.out == "seismo!mcvax!piet\n"
        end = time.monotonic() + 10
        while not service.statistics.closed:
            assert time.monotonic() < end
            time.sleep(0.01)
    assert service.statistics.closed == Counter({"quit": 1})


def says(*parts: bytes) -> Script:
    """The same, and then it waits for the end."""

    def play(peer: socket.socket) -> None:
        hangs_up(*parts)(peer)
        while peer.recv(100):
            pass

    return play


# --- the client ------------------------------------------------------------------------------------------------------


def resets(*parts: bytes) -> Script:
    """A script that greets, answers, and then breaks the connection off as by a crash."""

    def play(peer: socket.socket) -> None:
        hangs_up(*parts)(peer)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    return play


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_server_that_resets_the_connection(kind: str) -> None:
    """Once it is forgiven, as any connection that has died; twice it is an error, and none of the socket's own."""

    async def twice(server: Endpoint) -> Reply:
        async with AsyncPathClient(server) as client:
            await client.path("x@y")
            return await client.path("x@y")

    def ask(server: Endpoint) -> Reply:
        if kind == "async":
            return asyncio.run(twice(server))
        with PathClient(server) as client:
            client.path("x@y")
            return client.path("x@y")

    with scripted(resets(b"220 a@b\r\n", b"220 half"), hangs_up(b"220 c@d\r\n")) as server:
        assert ask(server) == Reply(220, "c@d")
    with scripted(resets(b"220 a@b\r\n", b"220 half"), resets(b"220 half")) as server, pytest.raises(PathServiceError):
        ask(server)


@pytest.mark.parametrize("timeout", [86_400.1, 1e300])
def test_a_time_out_that_no_system_takes_is_none(timeout: float) -> None:
    with pytest.raises(ValueError, match=r"^a path server needs more than no time to answer, and not for ever$"):
        PathClient("localhost", timeout=timeout)


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_host_of_many_addresses_has_no_more_time_than_one(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    def ask(server: str) -> Reply:
        if kind == "async":
            return asyncio.run(AsyncPathClient(server, timeout=0.5).path("a@b"))
        return PathClient(server, timeout=0.5).path("a@b")

    look_up = socket.getaddrinfo
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = deaf.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:  # a queue that is full: whoever comes then hears nothing
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        many = look_up("127.0.0.1", port, type=socket.SOCK_STREAM) * 8
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: many)
        start = time.monotonic()
        with pytest.raises(PathServiceError):
            ask(f"many.example:{port}")
        assert time.monotonic() - start < 2.5
        for one in waiting:
            one.close()


def test_the_patience_behind_a_line_that_promises_another_one_is_a_second() -> None:
    dialog = Dialog(Endpoint("gw.example", 117), timeout=60.0, clock=lambda: 0.0)
    steps = dialog.ask("PATH", "brad@pitt")
    actions = [next(steps), steps.send(None), steps.send(GREETING), steps.send(None), steps.send(b"521-Which?\r\n")]
    assert actions[-1] == Receive(1.0)
    with pytest.raises(StopIteration) as end:
        steps.send(None)
    assert end.value.value == Reply(521, "Which?")


@pytest.mark.parametrize("more", [b"220 evil@host\r\n", b"220-evil@host\r\n", b"521-evil@host\r\n"])
def test_what_came_with_a_reply_is_not_the_next_one(more: bytes) -> None:
    """Half a reply, too: the next line would end it, and it would stand for the answer."""
    first, second = says(b"220 a@b\r\n" + more, b"220 stale@host\r\n"), says(b"220 c@d\r\n")
    with scripted(first, second) as server, PathClient(server) as client:
        assert [client.path("x@y"), client.path("x@y")] == [Reply(220, "a@b"), Reply(220, "c@d")]


def test_a_server_that_never_stops_talking_takes_no_memory_of_an_async_client() -> None:
    def babble(peer: socket.socket) -> None:
        hangs_up(b"220 a@b\r\n")(peer)
        for _ in range(1_000):
            peer.sendall(b"220 x@y\r\n" * 1_000)

    async def test(server: Endpoint) -> int:
        async with AsyncPathClient(server) as client:
            await client.path("x@y")
            await asyncio.sleep(0.5)
            assert client._link is not None
            return len(client._link._data)

    with scripted(babble) as server:
        assert asyncio.run(test(server)) < 1_000_000


def test_a_question_that_was_cancelled_before_its_reply_came_leaves_none_behind() -> None:
    def late(peer: socket.socket) -> None:
        hangs_up(b"220 a@b\r\n", b"")(peer)
        time.sleep(0.3)
        peer.sendall(b"220 stale@host\r\n")

    async def test(server: Endpoint) -> Reply:
        async with AsyncPathClient(server) as client:
            await client.path("x@y")
            asking = asyncio.create_task(client.path("first@y"))
            await asyncio.sleep(0.1)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            return await client.path("second@y")

    with scripted(late, says(b"220 c@d\r\n")) as server:
        assert asyncio.run(test(server)) == Reply(220, "c@d")


def test_the_time_out_of_a_url_arrives() -> None:
    router = open_router("path://gw.example?timeout=2.5")
    assert isinstance(router, PathServiceRouter)
    assert router._client._dialog.timeout == 2.5


def test_an_interrupted_question_leaves_no_reply_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C between a question and its reply: the next question must not get it."""
    table = PathTable.from_text("one one!%s\ntwo two!%s\n")
    with running(table) as server, PathClient(server) as client:
        client.path("u@one")
        wait = client._do

        def interrupted(action: object) -> bytes | None:
            if type(action).__name__ == "Receive":
                raise KeyboardInterrupt
            return wait(cast("Any", action))

        monkeypatch.setattr(client, "_do", interrupted)
        with pytest.raises(KeyboardInterrupt):
            client.path("u@one")
        monkeypatch.undo()
        assert client.path("u@two") == Reply(220, "u@two")


def test_a_server_that_cannot_say_now_where_roads_begin_is_a_temporary_failure() -> None:
    """FROM answered by 420 says nothing of the host."""
    with running(PathService()) as server, PathServiceRouter(server) as router:
        assert isinstance(router.resolve("mcvax", origin="a"), TemporaryFailure)


# --- the server ------------------------------------------------------------------------------------------------------


class InThread:
    """A router that is asked in a thread, and takes so long."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - the same from everywhere
        time.sleep(self.seconds)
        return Found(RouteTemplate.parse(f"gw!{host}!%s"))


def test_what_a_thread_answered_is_counted_with_the_time_that_it_took() -> None:
    async def test() -> Statistics:
        async with serving(InThread(0.2)) as server, calling(server) as talk:
            assert await talk.ask("PATH u@x") == Reply(220, "x!u@gw")
            return server.service.statistics

    found = go(test)
    assert found.requests == Counter({("PATH", 220): 1})
    assert found.latency.seconds >= 0.2
    assert sum(found.latency.counts) == 1


def test_requests_take_no_longer_than_all_of_the_conversation() -> None:
    async def test() -> tuple[float, float]:
        async with serving(TABLE) as server, calling(server) as talk:
            start = time.perf_counter()
            for _ in range(50):
                await talk.ask("PATH piet@mcvax")
            return server.service.statistics.latency.seconds, time.perf_counter() - start

    counted, whole = go(test)
    assert 0 < counted < whole


def test_a_caller_that_waits_for_a_thread_is_not_idle() -> None:
    limits = Limits(connections=0, per_address=0, requests=0, idle=0.2)

    async def test() -> Reply:
        async with serving(InThread(0.8), limits=limits) as server, calling(server) as talk:
            return await talk.ask("PATH u@x")

    assert go(test) == Reply(220, "x!u@gw")


@pytest.mark.slow
def test_a_caller_that_was_slow_once_is_not_dropped_later() -> None:
    limits = Limits(connections=0, per_address=0, requests=0, idle=NEVER_IDLE, drain=1.0)

    async def test() -> Reply:
        async with serving(TABLE, limits=limits) as server, calling(server, limit=256) as talk:
            count = 0
            while not any(one._drain_timer for one in server._connections):
                talk.send(b"HELP\r\n" * 500)
                count += 500
                await asyncio.sleep(0.01)
            await talk.replies(count)
            await until(lambda: not any(one._drain_timer for one in server._connections))
            await asyncio.sleep(1.3)
            return await talk.ask("PATH piet@mcvax")

    assert go(test) == PIET


@pytest.mark.parametrize("count", [0, 5_000])
def test_a_caller_that_has_closed_behind_its_last_reply_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(link_room, "_LINGER", 600.0)

    async def test() -> Counter[str]:
        async with serving(TABLE) as server:
            async with calling(server) as talk:
                talk.send(b"PATH piet@mcvax\r\n" * count + b"QUIT\r\n")
                await talk.rest()
            await until(lambda: not server._connections)
            return server.service.statistics.closed

    assert go(test) == Counter({"quit": 1})


def test_commands_that_nobody_knows_are_counted_as_one() -> None:
    async def test() -> Counter[tuple[str, int]]:
        async with serving(TABLE) as server, calling(server) as talk:
            for number in range(20):
                await talk.ask(f"X{number}")
            await talk.ask("")
            return server.service.statistics.requests

    assert go(test) == Counter({("other", 501): 21})


def test_a_connection_that_breaks_says_how_in_the_log() -> None:
    log = Log()

    async def call(server: PathServer, *lines: str) -> None:
        endpoint = server.endpoints[0]
        with socket.socket() as sock:
            sock.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(sock, (endpoint.host, endpoint.port))
            await loop.sock_recv(sock, 4_096)
            for line in lines:
                await loop.sock_sendall(sock, f"{line}\r\n".encode())
                await loop.sock_recv(sock, 4_096)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    async def test() -> None:
        async with serving(TABLE, log=log) as server:
            await call(server, "PATH piet@mcvax")
            await until(lambda: len(log.lines) == 1)
            # What a peer does behind its last reply is its own affair.
            await call(server, "PATH piet@mcvax", "QUIT")
            await until(lambda: len(log.lines) == 2)

    go(test)
    one, two = log.lines
    assert " reason=reset " in one
    assert one.endswith(" error=ConnectionResetError")
    assert " reason=quit " in two
    assert "error=" not in two


def test_a_host_where_roads_begin_that_a_new_map_has_no_more() -> None:
    async def test() -> list[Reply]:
        old = UUCPMap.from_text("here a(1), b(1)\na b(1), here(1)\nb a(1)\n", home="here")
        new = UUCPMap.from_text("here b(1)\nb c(1)\n", home="here")
        async with serving(old) as server, calling(server) as talk:
            replies = [await talk.ask("FROM a"), await talk.ask("PATH u@b")]
            await server.load(lambda: new)
            return [*replies, *[await talk.ask(line) for line in ("PATH u@b", "FROM", "PATH u@b")]]

    assert go(test) == [
        Reply(200, "Paths start at a."),
        Reply(220, "u@b"),
        Reply(520, "No host found under the name of 'a', where paths should start. FROM starts them elsewhere."),
        Reply(200, "Paths start at the server's own host."),
        Reply(220, "u@b"),
    ]


def test_addresses_of_one_ipv6_network_are_one_caller_to_the_server() -> None:
    async def test() -> list[bool]:
        limits = Limits(connections=0, per_address=2, requests=1, idle=NEVER_IDLE)
        async with serving(TABLE, limits=limits) as server:
            places = [object() for _ in range(4)]
            peers = ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"]
            refused = [
                server.admit(cast("Any", place), peer) is not None for place, peer in zip(places, peers, strict=True)
            ]
            server._connections.clear()
            # Requests are counted by address, too: one that asks much takes nothing from another.
            while server.turn("192.0.2.1") == 0.0:
                pass
            assert server.turn("192.0.2.2") == 0.0
            return refused

    assert go(test) == [False, False, True, False]


def test_who_is_refused_is_not_counted_as_open() -> None:
    async def test() -> tuple[int, int]:
        limits = Limits(connections=1, per_address=0, requests=0, idle=NEVER_IDLE)
        async with serving(TABLE, limits=limits) as server, calling(server):
            async with calling(server, greeting=410):
                pass
            await until(lambda: len(server._connections) == 1)
            statistics = server.service.statistics
            return statistics.open, statistics.accepted

    assert go(test) == (1, 2)


# --- the process -----------------------------------------------------------------------------------------------------


def make_process(
    log: Log,
    open_router: Callable[[], Router] = lambda: TABLE,
    *,
    limits: Limits | None = None,
    metrics: MetricsFile | None = None,
) -> PathProcess:
    server = PathServer(PathService(name="test"), limits=limits, journal=log.journal())
    return PathProcess(server, [Endpoint("127.0.0.1", 0)], open_router, metrics=metrics)


def living(process: PathProcess, log: Log, during: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Let a process live in this one until something has been done; SIGINT ends it."""

    async def test() -> None:
        life = asyncio.create_task(live(process, log.journal()))
        await until(lambda: any(line.startswith("event=ready") for line in log.lines) or life.done())
        await during()
        os.kill(os.getpid(), signal.SIGINT)
        await life

    go(test)


def test_an_interrupt_from_the_keyboard_ends_it_well() -> None:
    log = Log()

    async def nothing() -> None:
        await asyncio.sleep(0)

    living(make_process(log), log, nothing)
    assert [line.split()[0] for line in log.lines] == ["event=listening", "event=ready", "event=stopping"]


def test_a_second_hangup_amid_a_reload_is_a_second_reload() -> None:
    log, opened = Log(), list[int]()

    def open_router() -> Router:
        opened.append(len(opened))
        if len(opened) == 2:
            time.sleep(0.2)
        return TABLE

    async def during() -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: len(opened) == 2)
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: sum(line.startswith("event=reloaded") for line in log.lines) == 2)

    living(make_process(log, open_router), log, during)
    assert len(opened) == 3


def test_metrics_are_written_while_it_serves_and_where_that_fails_the_log_says_so(tmp_path: Path) -> None:
    log, statistics = Log(), Statistics()
    path, nowhere = tmp_path / "x.prom", tmp_path / "nowhere" / "x.prom"

    async def during() -> None:
        await until(path.exists)

    living(make_process(log, metrics=MetricsFile(path, statistics)), log, during)
    assert not any("metrics" in line for line in log.lines)

    async def failed() -> None:
        await until(lambda: any(line.startswith("event=metrics-failed") for line in log.lines))

    living(make_process(log, metrics=MetricsFile(nowhere, statistics)), log, failed)
    line = f"event=metrics-failed file={nowhere} error={json.dumps(os.strerror(errno.ENOENT))}"
    assert [one for one in log.lines if "metrics" in one] == [line, line]


def test_fewer_files_than_connections_may_need_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    log, asked = Log(), list[int]()

    def allow(count: int) -> int:
        asked.append(count)
        return 100

    monkeypatch.setattr("mailpaths.daemon.lifecycle.allow_files", allow)

    async def nothing() -> None:
        await asyncio.sleep(0)

    living(make_process(log, limits=Limits(connections=500)), log, nothing)
    assert asked == [1_064]
    assert log.lines[0] == "event=few-files wanted=1064 allowed=100"


# --- what is counted -------------------------------------------------------------------------------------------------


def test_each_figure_of_the_metrics_file(tmp_path: Path) -> None:
    now = 1_000.0
    counts = Statistics(clock=lambda: now)
    now += 50
    counts.loaded(7)
    counts.reloads["failed"] = 2
    now += 10
    counts.open, counts.accepted, counts.faults = 3, 20, 4
    counts.refused["410"], counts.closed["idle"] = 5, 6
    for seconds in (0.0001, 0.0002, 0.2, 99.0):
        counts.request("PATH", 220, seconds)
    MetricsFile(tmp_path / "x.prom", counts).write()
    text = (tmp_path / "x.prom").read_text(encoding="utf-8")
    found = {
        name.removeprefix("mailpaths_path_service_"): float(figure)
        for name, _, figure in [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    }
    buckets = {name: figure for name, figure in found.items() if name.startswith("latency_seconds_bucket")}
    assert {name: figure for name, figure in found.items() if name not in buckets} == {
        "uptime_seconds": 60.0,
        "hosts": 7.0,
        "database_age_seconds": 10.0,
        "connections_open": 3.0,
        "connections_total": 20.0,
        "faults_total": 4.0,
        'refused_total{code="410"}': 5.0,
        'closed_total{reason="idle"}': 6.0,
        'reloads_total{outcome="ok"}': 1.0,
        'reloads_total{outcome="failed"}': 2.0,
        'requests_total{code="220",verb="PATH"}': 4.0,
        "latency_seconds_count": 4.0,
        "latency_seconds_sum": pytest.approx(99.2003),
    }
    # Each bound counts all that kept it.
    assert [*buckets.values()] == [1.0, *[2.0] * 9, *[3.0] * 3, 4.0]


@pytest.mark.parametrize(("share", "bound"), [(0.25, 0.0001), (0.5, 0.0001), (0.51, 0.001), (0.99, None)])
def test_a_bound_that_a_share_of_all_requests_kept(share: float, bound: float | None) -> None:
    counts = Statistics()
    for seconds in (0.0001, 0.0001, 0.001, 99.0):
        counts.request("PATH", 220, seconds)
    assert counts.latency.quantile(share) == bound


def test_stat_tells_what_99_of_100_kept() -> None:
    service = PathService(TABLE)
    for _ in range(98):
        service.statistics.request("PATH", 220, 0.0001)
    service.statistics.request("PATH", 220, 0.0005)
    service.statistics.request("PATH", 220, 0.3)
    assert answer(service, Command("STAT")).lines[5] == "latency: 99 % within 0.5 ms"


# --- what may take its time, and where -------------------------------------------------------------------------------


class Known:
    """A domain name system of one host, which keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def knows(self, host: str) -> bool:
        self.asked.append(host)
        return True


def test_the_dns_and_roads_from_elsewhere_are_never_asked_for_in_the_loop() -> None:
    the_map = UUCPMap.from_text("here a(1)\na b(1), here(1)\nb a(1)\n", home="here")
    caller = Caller()
    assert callable(PathService(TABLE, domains=Known()).answer(Command("PATH", "u@here"), caller))
    assert callable(PathService(the_map).answer(Command("FROM", "a"), caller))
    # Roads that are forgotten in the meantime are computed anew, and in a thread.
    directory = Directory(the_map)
    assert (directory.answers_now(None), directory.answers_now("a")) == (True, False)
    the_map.roads("a")
    assert directory.answers_now("a")
    assert isinstance(PathService(directory).answer(Command("PATH", "u@b"), caller), Reply)


def test_the_dns_is_not_asked_about_a_name_that_means_several_hosts() -> None:
    known = Known()
    service = PathService(PathTable.from_text("a.x\tone!%s\na.y\ttwo!%s\n"), domains=known)
    assert answer(service, Command("PATH", "u@a")).code == 521
    assert known.asked == []


class OnlyOneAtATime(UUCPMap):
    """A map that notices when roads from two origins are computed at once."""

    at_work = 0
    most = 0

    def roads(self, origin: str | None = None) -> Roads:
        if origin is None:
            return super().roads(origin)
        kind = type(self)
        kind.at_work += 1
        kind.most = max(kind.most, kind.at_work)
        time.sleep(0.05)
        kind.at_work -= 1
        return super().roads(origin)


def test_roads_from_elsewhere_are_computed_for_one_caller_after_the_other() -> None:
    router = OnlyOneAtATime.from_text("here a(1)\na b(1)\nb a(1)\n", home="here")

    async def ask(server: PathServer) -> Reply:
        async with calling(server) as talk:
            return await talk.ask("FROM a")

    async def test() -> list[Reply]:
        async with serving(router) as server:
            return await asyncio.gather(*[ask(server) for _ in range(6)])

    assert go(test) == [Reply(200, "Paths start at a.")] * 6
    assert OnlyOneAtATime.most == 1


def test_near_misses_of_all_kinds_together_are_five_at_most() -> None:
    rows = "".join([f"host.x{number}\tgw{number}!%s\n" for number in range(9)])
    found = Directory(PathTable.from_text(rows)).resolve("host.elsewhere")
    assert found == NotFound(tuple([f"host.x{number}" for number in range(5)]))


# --- the DNS ---------------------------------------------------------------------------------------------------------


class DNS:
    """A resolver of dnspython's kind: some names have records, some fail, and all questions are kept."""

    def __init__(self, records: dict[tuple[str, str], object]) -> None:
        self.records = records
        self.asked: list[tuple[str, str]] = []

    def resolve(self, name: str, kind: str, *, lifetime: float, search: bool) -> object:
        assert (lifetime, search) == (2.0, False)
        self.asked.append((name, kind))
        found = self.records.get((name, kind), dns_resolver.NoAnswer)
        if isinstance(found, type) and issubclass(found, Exception):
            raise found
        return found


def domains(dns: DNS, clock: Callable[[], float] = lambda: 0.0) -> DNSDomains:
    return DNSDomains(cast("Any", dns), clock=clock)


@pytest.mark.parametrize(
    ("kind", "asked"), [("MX", ["MX"]), ("A", ["MX", "A"]), ("AAAA", ["MX", "A", "AAAA"]), ("TXT", ["MX", "A", "AAAA"])]
)
def test_a_host_with_a_relay_or_an_address_is_in_the_dns(kind: str, asked: list[str]) -> None:
    dns = DNS({("xn--bcher-kva.example.", kind): "a record"})
    assert domains(dns).knows("B\u00fccher.Example.") is (kind != "TXT")
    assert dns.asked == [("xn--bcher-kva.example.", one) for one in asked]


@pytest.mark.parametrize("host", ["mcvax", "", ".", "[192.0.2.1]", "a b.example", "-x.example"])
def test_what_is_no_name_of_the_dns_is_not_asked_for(host: str) -> None:
    dns = DNS({})
    assert not domains(dns).knows(host)
    assert dns.asked == []


def test_what_the_dns_said_is_remembered_for_ten_minutes() -> None:
    now = 0.0
    dns = DNS({("here.example.", "MX"): "a record", ("gone.example.", "MX"): dns_resolver.NXDOMAIN})
    asking = domains(dns, lambda: now)
    for _ in range(3):
        assert asking.knows("here.example")
        assert not asking.knows("gone.example")
    assert len(dns.asked) == 2
    now += 599.0
    asking.knows("here.example")
    assert len(dns.asked) == 2
    now += 2.0
    dns.records["here.example.", "MX"] = dns_resolver.NXDOMAIN
    assert not asking.knows("here.example")
    assert len(dns.asked) == 3


@pytest.mark.parametrize("fault", [dns_resolver.LifetimeTimeout, dns_resolver.NoNameservers, OSError])
def test_a_dns_that_does_not_answer_changes_nothing_and_is_asked_again(fault: type[Exception]) -> None:
    dns = DNS({("here.example.", "MX"): fault})
    asking = domains(dns)
    assert not asking.knows("here.example")
    dns.records["here.example.", "MX"] = "a record"
    assert asking.knows("here.example")


def test_a_machine_without_a_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> object:
        raise dns_resolver.NoResolverConfiguration

    monkeypatch.setattr(dns_resolver, "get_default_resolver", none)
    assert not DNSDomains().knows("here.example")


def test_what_is_remembered_of_many_hosts_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailpaths.pathservice.domains._MOST", 3)
    dns = DNS({})
    asking = domains(dns)
    for number in (1, 2, 3, 1, 4):
        asking.knows(f"h{number}.example")
    assert [*asking._known] == ["h3.example", "h1.example", "h4.example"]


def test_a_service_with_a_dns_of_its_own() -> None:
    dns = DNS({("here.example.", "A"): "a record"})
    service = PathService(PathTable.from_text("here.example\tgw!%s\nthere.example\tgw!%s\n"), domains=domains(dns))
    assert answer(service, Command("PATH", "u@here.example")) == Reply(230, "u@gw")
    assert answer(service, Command("PATH", "u@there.example")) == Reply(220, "u@gw")


# --- modules that are not loaded -------------------------------------------------------------------------------------


def test_an_address_is_translated_without_the_path_service() -> None:
    script = (
        "import sys; from mailpaths.cli import main; main(['translate', '--to', 'bang', 'a!b']); import mailpaths;"
        "rooms = ('asyncio', 'mailpaths.pathservice', 'mailpaths.daemon');"
        "print(sorted(name for name in sys.modules if name.startswith(rooms)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "a!b\n[]\n"
