"""What one caller, or one router, may cost the others; and an end that nothing holds up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from mailpaths.daemon import Limits
from mailpaths.daemon.crew import Crew
from mailpaths.daemon.limits import Turnstile
from mailpaths.pathservice import (
    AsyncPathClient,
    PathClient,
    PathService,
    PathServiceError,
    PathServiceRouter,
    Reply,
    running,
)
from mailpaths.routing import Answer, Cached, Found, PathTable, RouteTemplate
from tests.pathservers import PATIENCE, scripted, serving, wait_until

# Crew


def test_a_crew_works_and_never_more_than_so_many_at_once() -> None:
    crew, together, most = Crew(3, "test"), threading.Semaphore(0), []

    def work(number: int) -> int:
        most.append(threading.active_count())
        assert together.acquire(timeout=PATIENCE)
        return number * number

    before = threading.active_count()
    futures = [crew.submit(work, number) for number in range(8)]
    for _ in futures:
        together.release()
    assert [future.result(PATIENCE) for future in futures] == [number * number for number in range(8)]
    assert max(most) <= before + 3
    crew.shutdown()


def test_what_a_crew_raises_is_raised_where_somebody_waits() -> None:
    crew = Crew(1, "test")
    with pytest.raises(ZeroDivisionError):
        crew.submit(lambda: 1 // 0).result(PATIENCE)
    assert crew.submit(lambda: "and it works on").result(PATIENCE) == "and it works on"
    crew.shutdown()


def test_a_crew_that_has_gone_takes_nothing_and_drops_what_waits() -> None:
    crew, begun, go_on = Crew(1, "test"), threading.Event(), threading.Event()

    def work() -> bool:
        begun.set()
        return go_on.wait(PATIENCE)

    first, second = crew.submit(work), crew.submit(lambda: 2)
    assert begun.wait(PATIENCE)
    crew.shutdown(cancel_futures=True)
    with pytest.raises(RuntimeError, match=r"^this crew has gone$"):
        crew.submit(lambda: 3)
    go_on.set()
    assert first.result(PATIENCE) is True
    with pytest.raises(CancelledError):
        second.result(PATIENCE)


def test_a_process_ends_although_a_crew_still_works() -> None:
    code = "import time; from mailpaths.daemon.crew import Crew; Crew(1, 'x').submit(time.sleep, 600)"
    assert subprocess.run([sys.executable, "-c", code], timeout=PATIENCE, check=False).returncode == 0


# What a request costs


def test_a_request_pays_for_its_time() -> None:
    now = [0.0]
    turnstile = Turnstile(Limits(requests=1000.0), clock=lambda: now[0])
    # One of 10 ms is worth forty: a fourth of the time for one address.
    for _ in range(25):
        assert turnstile.wait("a") == 0.0
        turnstile.charge("a", 0.010, 1)
    assert turnstile.wait("a") == pytest.approx(0.0, abs=0.002)
    turnstile.charge("a", 1.0, 1)
    assert turnstile.wait("a") is None
    assert turnstile.wait("b") == 0.0
    now[0] += 10.0
    assert turnstile.wait("a") == 0.0


def test_cheap_requests_pay_by_their_number_alone() -> None:
    turnstile = Turnstile(Limits(requests=1000.0), clock=lambda: 0.0)
    for _ in range(1000):
        assert turnstile.wait("a") == 0.0
        turnstile.charge("a", 0.0001, 1)
    assert turnstile.wait("a") == pytest.approx(0.0)
    assert turnstile.wait("a") == pytest.approx(0.001)


def test_no_limit_is_no_charge() -> None:
    turnstile = Turnstile(Limits(requests=0), clock=lambda: 0.0)
    turnstile.charge("a", 1000.0, 1)
    assert turnstile.wait("a") == 0.0


# One against all, over real sockets: the attack from 127.0.0.1, the others at 127.0.0.2.

COSTLY = b"PATH " + b".".join([b'"a"'] * 110) + b"@mcvax\r\n"
NEGOTIATION = b"\xff\xfd\x01" * 5461


@pytest.mark.slow
@pytest.mark.parametrize(
    "octets", [COSTLY * 40, NEGOTIATION, b"\xff\xf1" * 8000], ids=["costly questions", "options", "no operation"]
)
def test_a_flood_of_one_address_is_no_flood_for_others(octets: bytes) -> None:
    table = PathTable.from_text("mcvax seismo!mcvax!%s\n")
    with running(table, limits=Limits(per_address=0)) as server:
        stop = threading.Event()

        def flood() -> None:
            while not stop.is_set():
                try:
                    with socket.create_connection((server.host, server.port), timeout=1) as attack:
                        while not stop.is_set():
                            attack.sendall(octets)
                            attack.settimeout(0.01)
                            with contextlib.suppress(TimeoutError):
                                attack.recv(65_536)
                            attack.settimeout(1)
                except OSError:
                    time.sleep(0.01)

        threads = [threading.Thread(target=flood) for _ in range(8)]
        for thread in threads:
            thread.start()
        waits = []
        try:
            with socket.create_connection(
                (server.host, server.port), timeout=PATIENCE, source_address=("127.0.0.2", 0)
            ) as other:
                lines = other.makefile("rb")
                assert [lines.readline()[:4] for _ in range(2)] == [b"210-", b"210 "]
                time.sleep(2)  # the first second's worth is free
                for _ in range(50):
                    begin = time.perf_counter()
                    other.sendall(b"PATH a@mcvax\r\n")
                    assert lines.readline() == b"220 mcvax!a@seismo\r\n"
                    waits.append(time.perf_counter() - begin)
                    time.sleep(0.02)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
    # The attack's own threads share this process, and so its time. Without bounds it was up to a second.
    assert sorted(waits)[len(waits) // 2] < 0.25


def test_telnet_commands_have_an_end() -> None:
    service = PathService(PathTable.from_text("mcvax seismo!mcvax!%s\n"))
    with running(service) as server, socket.create_connection((server.host, server.port), timeout=PATIENCE) as one:
        one.sendall(b"\xff\xfd\x01" * 900 + b"PATH a@mcvax\r\n")
        heard = b""
        while not heard.endswith(b"220 mcvax!a@seismo\r\n"):
            heard += one.recv(65_536)
        one.sendall(b"\xff\xfd\x01" * 900)
        while more := one.recv(65_536):
            heard += more
        wait_until(lambda: service.statistics.closed == {"telnet": 1})


class Slow:
    """A router that waits to be let go, and says who waits."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.waiting = 0

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - the same from everywhere
        if host == "slow":
            self.waiting += 1
            self.go_on.wait(PATIENCE)
        return Found(RouteTemplate.parse(f"gw!{host}!%s"))


def test_half_of_the_threads_are_for_others() -> None:
    router = Slow()
    with running(PathService(router)) as server:
        peers = [socket.create_connection((server.host, server.port), timeout=PATIENCE) for _ in range(40)]
        for peer in peers:
            peer.sendall(b"PATH u@slow\r\n")
        wait_until(lambda: router.waiting == 8)
        with socket.create_connection(
            (server.host, server.port), timeout=PATIENCE, source_address=("127.0.0.2", 0)
        ) as other:
            other.sendall(b"PATH u@fast\r\nQUIT\r\n")
            assert other.makefile("rb").read().endswith(b"220 fast!u@gw\r\n211 Bye bye.\r\n")
        assert router.waiting == 8
        router.go_on.set()
        for peer in peers:
            peer.sendall(b"QUIT\r\n")
            assert peer.makefile("rb").read().endswith(b"220 slow!u@gw\r\n211 Bye bye.\r\n")
            peer.close()


def test_whoever_waits_for_a_thread_has_one_as_soon_as_one_is_free() -> None:
    """Forty callers of one address, each with ten questions, eight threads: all are answered, in order, at once."""

    class Quick:
        def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - the same from everywhere
            return Found(RouteTemplate.parse(f"gw!{host}!%s"))

    with running(PathService(Quick()), limits=Limits(requests=0)) as server:
        begin = time.monotonic()
        peers = [socket.create_connection((server.host, server.port), timeout=PATIENCE) for _ in range(40)]
        for peer in peers:
            peer.sendall(b"".join([b"PATH u@h%d\r\n" % number for number in range(10)]) + b"QUIT\r\n")
        expected = b"".join([b"220 h%d!u@gw\r\n" % number for number in range(10)]) + b"211 Bye bye.\r\n"
        for peer in peers:
            assert peer.makefile("rb").read().endswith(b"for help.\r\n" + expected)
            peer.close()
    # Looked at every twentieth of a second, they would take ten times as long.
    assert time.monotonic() - begin < 10


# The end


def test_whoever_waits_for_an_answer_that_does_not_come_is_told_so_each_in_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mailpaths.daemon.links._GRACE", 0.2)
    router = Slow()

    async def test() -> bytes:
        async with serving(router) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.endpoints[0].port)
            writer.write(b"PATH u@slow\r\nPATH u@fast\r\nNOOP\r\n")
            await asyncio.to_thread(wait_until, lambda: router.waiting == 1)
            await server.stop()
            router.go_on.set()
            heard = await reader.read()
            writer.close()
            return heard

    greeting, *rest = asyncio.run(test()).split(b"\r\n210 ")
    assert greeting.startswith(b"210-")
    going = b"410 The server is going down. Try again later.\r\n"
    assert rest == [b"Type 'HELP' for help.\r\n" + going * 3]


@pytest.mark.parametrize("what", ["fifo", "/dev/full"])
def test_a_server_that_still_reads_its_map_ends_when_it_is_told_to(tmp_path: Path, what: str) -> None:
    """While nothing is read yet, callers are told to ask again."""
    source = Path(what) if what.startswith("/") else tmp_path / what
    if not source.exists():
        os.mkfifo(source)
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    one = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "mailpaths",
            "serve",
            "path",
            "--listen",
            f"127.0.0.1:{port}",
            "--router",
            f"paths:{source}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        client = PathClient(f"127.0.0.1:{port}")
        wait_until(lambda: said(client) is not None)
        assert client.path("a@b") == Reply(420, "Database problems. Try again later.")
        assert client.help() == Reply(421, "Service temporarily unavailable.")
        assert client.help("path").code == 200
        one.send_signal(signal.SIGTERM)
        _, log = one.communicate(timeout=PATIENCE)
        client.close()
    finally:
        one.kill()
        one.wait()
    assert one.returncode == 0
    assert b"event=stopping" in log


def said(client: PathClient) -> Reply | None:
    try:
        return client.ask("NOOP")
    except PathServiceError:
        return None


# Clients


def test_a_line_that_comes_late_is_no_answer_to_the_next_question() -> None:
    def late(peer: socket.socket) -> None:
        peer.sendall(b"210 Hi.\r\n")
        lines = peer.makefile("rb")
        lines.readline()
        peer.sendall(b"521-Which one?\r\n")
        time.sleep(1.3)
        peer.sendall(b"521 postmaster@a\r\n")
        lines.readline()

    def good(peer: socket.socket) -> None:
        peer.sendall(b"210 Hi.\r\n")
        lines = peer.makefile("rb")
        while line := lines.readline():
            host = line.strip().rpartition(b"@")[2]
            peer.sendall(b"220 postmaster@" + host + b"\r\n")

    with scripted(late, good) as server, PathServiceRouter(server) as router:
        router.resolve("first")
        time.sleep(0.5)
        found = [router.resolve(host) for host in ("second", "third")]
    assert [one.hosts for one in found if isinstance(one, Found)] == [("second",), ("third",)]


def test_a_process_that_was_forked_has_a_connection_of_its_own() -> None:
    table = PathTable.from_text("".join([f"h{number} h{number}!%s\n" for number in range(200)]))
    with running(table) as server, PathClient(server) as client:
        assert client.path("u@h0").text == "u@h0"
        child = os.fork()
        if not child:
            wrong = [number for number in range(100) if client.path(f"u@h{number}").text != f"u@h{number}"]
            os._exit(1 if wrong else 0)
        wrong = [number for number in range(100, 200) if client.path(f"u@h{number}").text != f"u@h{number}"]
        _, status = os.waitpid(child, 0)
    assert wrong == []
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_thread_waits_for_its_turn_no_longer_than_for_an_answer() -> None:
    def deaf(peer: socket.socket) -> None:
        peer.sendall(b"210 Hi.\r\n")
        peer.recv(100)
        time.sleep(3)

    with scripted(*[deaf] * 6) as server:
        client, took = PathClient(server, timeout=0.5), []

        def ask() -> None:
            begin = time.monotonic()
            with pytest.raises(PathServiceError):
                client.path("a@b")
            took.append(time.monotonic() - begin)

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    # One after the other they would take 3 s.
    assert max(took) < 2.0


def test_a_task_waits_for_its_turn_no_longer_than_for_an_answer() -> None:
    def deaf(peer: socket.socket) -> None:
        peer.sendall(b"210 Hi.\r\n")
        peer.recv(100)
        time.sleep(3)

    async def test(client: AsyncPathClient) -> tuple[list[BaseException | Reply], float]:
        begin = time.monotonic()
        found = await asyncio.gather(*[client.path("a@b") for _ in range(6)], return_exceptions=True)
        return found, time.monotonic() - begin

    with scripted(*[deaf] * 6) as server:
        found, took = asyncio.run(test(AsyncPathClient(server, timeout=0.5)))
    assert [type(one) for one in found] == [PathServiceError] * 6
    assert took < 2.0


def test_what_a_cached_router_remembers_is_not_asked_again_behind_a_server() -> None:
    class Counting:
        asked = 0

        def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - the same from everywhere
            self.asked += 1
            return Found(RouteTemplate.parse(f"gw!{host}!%s"))

    router = Counting()
    with running(PathService(Cached(router))) as server, PathClient(server) as client:
        assert [client.path("a@b").text for _ in range(5)] == ["b!a@gw"] * 5
    assert router.asked == 1
