"""A load generator for the path service: ``python -m benchmarks.path_load PORT [--connections N] [--depth N] …``.

Closed loop: each connection has so many requests under way and asks the next when a reply comes. Every reply is
compared with the one that its request must have, so a reply that is wrong or out of order ends the run. It talks to
127.0.0.1 alone, and to the echo server too, of which every line is its own reply. Linux: it waits with epoll.
"""

from __future__ import annotations

import argparse
import gc
import random
import select
import socket
import sys
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle, islice
from time import perf_counter
from typing import NamedTuple

from mailpaths.pathservice.protocol import Command, command_line
from mailpaths.pathservice.reply import Reply
from mailpaths.pathservice.service import Caller, PathService
from mailpaths.routing import open_router

HOST = "127.0.0.1"
# Latencies are counted in steps of 10 µs; whatever takes a second or longer is one class.
_STEPS = 100_000
# Octets that are read at once: more than all replies that one connection may have under way.
_MOST = 256 * 1024
# Seconds without any reply after which nobody waits for one.
_PATIENCE = 10.0


class Exchange(NamedTuple):
    """A request and the reply that it must have, as they go over the wire."""

    request: bytes
    reply: bytes


#: What one connection asks, one after the other. Most go round and round (`itertools.cycle`).
Script = Iterator[Exchange]


class WrongReplyError(Exception):
    """A reply is not the one that its request must have, or none came."""


class Load(NamedTuple):
    """What a run found: replies, the seconds from the first request to the last reply, counts of latencies."""

    requests: int
    seconds: float
    latencies: array[int]
    slowest: float

    @property
    def rate(self) -> float:
        """Replies a second."""
        return self.requests / self.seconds

    def quantile(self, share: float) -> float:
        """Return the seconds within which this share of all requests were answered, rounded up to 10 µs."""
        rest = share * self.requests
        for step, count in enumerate(self.latencies):
            rest -= count
            if rest <= 0:
                return min((step + 1) / _STEPS, self.slowest)
        return self.slowest


class _Caller:
    """One connection: what it asks next, and the replies that it waits for."""

    __slots__ = ("connection", "read", "rest", "script", "waiting", "write")

    def __init__(self, connection: socket.socket, script: Script) -> None:
        self.connection = connection
        # Bound once: this is where the time of the generator goes, and the server shall have the rest.
        self.read = connection.recv
        self.write = connection.send
        self.script = script
        self.waiting: deque[tuple[bytes, float]] = deque()
        self.rest = b""

    def ask(self, count: int) -> None:
        """Ask so many requests in one write."""
        asked = list(islice(self.script, count))
        text = asked[0].request if count == 1 else b"".join([one.request for one in asked])
        now = perf_counter()
        for one in asked:
            self.waiting.append((one.reply, now))
        # A window of requests fits into the socket's buffer, or the window is too large to say anything of latency.
        if self.write(text) != len(text):
            raise WrongReplyError("the server does not take the requests: ask for a smaller depth")

    def take(self, latencies: array[int]) -> tuple[int, float]:
        """Take what came, and return how many replies these were and how long the slowest took."""
        data = self.read(_MOST)
        now = perf_counter()
        if not data:
            raise WrongReplyError("the server closed a connection")
        if self.rest:
            data = self.rest + data
        waiting = self.waiting
        place = count = 0
        slowest = 0.0
        while waiting:
            reply, asked = waiting[0]
            if not data.startswith(reply, place):
                break
            place += len(reply)
            count += 1
            waiting.popleft()
            took = now - asked
            slowest = max(slowest, took)
            step = int(took * _STEPS)
            latencies[step if step < _STEPS else -1] += 1
        self.rest = data[place:]
        if self.rest and not (waiting and waiting[0][0].startswith(self.rest)):
            expected = waiting[0][0] if waiting else b""
            raise WrongReplyError(f"expected {expected!r}, found {self.rest[: len(expected) + 80]!r}")
        return count, slowest


def load(  # noqa: PLR0913 - how much is asked of what, all but two by keyword
    port: int,
    scripts: Sequence[Script],
    *,
    depth: int = 1,
    seconds: float = 3600.0,
    requests: int = sys.maxsize,
    greets: bool = True,
) -> Load:
    """Ask until so many requests are asked or so many seconds are over, a connection for each script.

    ``depth`` are the requests that each connection has under way; ``greets`` is unset for a server that says nothing
    before it is asked. Raises `WrongReplyError`.
    """
    with ExitStack() as stack:
        callers: dict[int, _Caller] = {}
        waiter = stack.enter_context(select.epoll(len(scripts)))
        for script in scripts:
            connection = stack.enter_context(connect(port, greets=greets))
            connection.setblocking(False)
            callers[connection.fileno()] = _Caller(connection, script)
            waiter.register(connection, select.EPOLLIN)
        # No collector's pause shall count as the server's.
        gc.collect()
        gc.disable()
        stack.callback(gc.enable)
        return _run(waiter, callers, depth, seconds, requests)


def _run(waiter: select.epoll, callers: dict[int, _Caller], depth: int, seconds: float, requests: int) -> Load:
    latencies = array("Q", [0]) * (_STEPS + 1)
    slowest = 0.0
    asked = answered = 0
    start = perf_counter()
    end = start + seconds
    for caller in callers.values():
        count = min(depth, requests - asked)
        if count > 0:
            caller.ask(count)
            asked += count
    while answered < asked:
        ready = waiter.poll(_PATIENCE)
        if not ready:
            raise WrongReplyError(f"no reply for {_PATIENCE:.0f} s; {asked - answered} are missing")
        for number, _ in ready:
            caller = callers[number]
            count, took = caller.take(latencies)
            answered += count
            slowest = max(slowest, took)
            if count and asked < requests and perf_counter() < end:
                count = min(count, requests - asked)
                caller.ask(count)
                asked += count
    return Load(answered, perf_counter() - start, latencies, slowest)


def connect(port: int, *, greets: bool = True) -> socket.socket:
    """Return a connection, the greeting read."""
    connection = socket.create_connection((HOST, port), timeout=_PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    seen = b""
    # RFC 915: the last line of a reply has a space behind its code.
    while greets and not (seen.endswith(b"\n") and b"\n210 " in b"\n" + seen):
        more = connection.recv(1024)
        seen += more
        if not more or not seen.startswith(b"210"):
            connection.close()
            raise WrongReplyError(f"expected a greeting, found {seen!r}")
    return connection


# What is asked.


def exchanges(service: PathService, commands: Iterable[Command]) -> list[Exchange]:
    """Return the commands of one caller with the replies that the service itself gives, without a socket."""
    caller = Caller()
    found = []
    for command in commands:
        reply = service.answer(command, caller)
        made = reply if isinstance(reply, Reply) else reply()
        found.append(Exchange(command_line(command.verb, command.argument), bytes(made)))
    return found


def paths(hosts: Iterable[str], user: str = "someone") -> list[Command]:
    """Return the questions for the way to these hosts."""
    return [Command("PATH", f"{user}@{host}") for host in hosts]


def shuffled(service: PathService) -> list[str]:
    """Return all hosts of the service's first map that PATH can ask for, in an order that is the same every time."""
    directory = service.directory
    assert directory is not None
    # A few names of the map are none of RFC 822's: they end in a dot or a hyphen.
    hosts = [host for host in directory.maps[0].hosts() if host[-1].isalnum()]
    random.Random(915).shuffle(hosts)
    return hosts


def echoed(script: Sequence[Exchange]) -> list[Exchange]:
    """Return the same requests, to be answered by themselves."""
    return [Exchange(one.request, one.request) for one in script]


def round_and_round(script: Sequence[Exchange], connections: int) -> list[Script]:
    """Return a script for each connection, each of which begins at another place and never ends."""
    starts = [number * len(script) // connections for number in range(connections)]
    return [cycle([*script[start:], *script[:start]]) for start in starts]


def main() -> int:
    """Load a server that runs already."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.path_load", description=__doc__)
    parser.add_argument("port", type=int, help="where it listens on 127.0.0.1")
    parser.add_argument("--connections", type=int, default=16, help="how many at once (default: 16)")
    parser.add_argument("--depth", type=int, default=1, help="requests under way on each (default: 1)")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long (default: 5)")
    parser.add_argument("--router", default="map:", help="the router that the server asks (default: map:)")
    parser.add_argument("--host", default=None, help="ask for this host alone (default: all hosts of the map)")
    parser.add_argument("--echo", action="store_true", help="the server is an echo server")
    chosen = parser.parse_args()
    service = PathService(open_router(chosen.router))
    script = exchanges(service, paths(shuffled(service) if chosen.host is None else [chosen.host]))
    if chosen.echo:
        script = echoed(script)
    scripts = round_and_round(script, chosen.connections)
    found = load(chosen.port, scripts, depth=chosen.depth, seconds=chosen.seconds, greets=not chosen.echo)
    sys.stdout.write(
        f"{found.requests:,} replies in {found.seconds:.2f} s: {found.rate:,.0f}/s, half within "
        f"{found.quantile(0.5) * 1e3:.2f} ms, 99 % within {found.quantile(0.99) * 1e3:.2f} ms, "
        f"the slowest {found.slowest * 1e3:.2f} ms\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
