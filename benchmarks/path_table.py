"""The lines about the path service for README: ``python -m benchmarks.path_table [--requests N] [--quick]``.

The server, a bare asyncio echo server and the generator are three processes on the same cores, and share them. The rows
are measured in turn, again and again, so that a slow minute is a slow minute for all; what is printed is the median of
all rounds, the ratio that of each round. Every reply is compared with what the service itself says without a socket.
Memory is the resident size of the server's process; what the kernel keeps of a socket is not in it. Linux: sizes are
read from /proc.
"""

from __future__ import annotations

import argparse
import os
import platform
import socket
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import cycle, islice, pairwise
from typing import NamedTuple

from benchmarks.path_load import (
    Exchange,
    Load,
    Script,
    WrongReplyError,
    connect,
    echoed,
    exchanges,
    load,
    paths,
    round_and_round,
    shuffled,
)
from benchmarks.path_server import ECHO, PATH, Serving
from mailpaths.daemon.lifecycle import allow_files
from mailpaths.pathservice.protocol import Command
from mailpaths.pathservice.service import PathService
from mailpaths.routing import open_router

CONNECTIONS = 16
DEPTH = 16
IDLE = 1_000
LOTS = 4
# A server keeps the roads from the last 16 origins: these stay known, so that none is computed anew.
ORIGINS = ("decvax", "harvard", "ihnp4", "mcvax", "munnari", "seismo", "ukc", "uunet")
# What a long-lived server is asked now and then, and never twice: a host that is not there.
_EACH = 50
_ABSENT = "zq-0-qz.example"


class Row:
    """What runs of one kind of question took."""

    def __init__(
        self, name: str, scripts: Callable[[], list[Script]], *, depth: int = 1, is_echo: bool = False
    ) -> None:
        self.name = name
        self.scripts = scripts
        self.depth = depth
        self.is_echo = is_echo
        self.loads: list[Load] = []
        self.costs: list[float] = []

    def run(self, server: Serving, seconds: float) -> None:
        """Run once more."""
        before = server.cpu()
        found = load(server.port, self.scripts(), depth=self.depth, seconds=seconds, greets=not self.is_echo)
        self.costs.append((server.cpu() - before) / found.requests)
        self.loads.append(found)

    @property
    def rate(self) -> float:
        """Replies a second, the median of all runs."""
        return statistics.median([one.rate for one in self.loads])

    def shown(self, echo: Row) -> str:
        """Return the row of the table."""
        half, most = (statistics.median([one.quantile(share) for one in self.loads]) * 1e3 for share in (0.5, 0.99))
        slowest = max(one.slowest for one in self.loads) * 1e3
        ratio = statistics.median(
            [ours.rate / theirs.rate for ours, theirs in zip(self.loads, echo.loads, strict=True)]
        )
        return (
            f"| {self.name} | {self.rate:,.0f} | {half:.2f} ms | {most:.2f} ms | {slowest:.1f} ms | "
            f"{statistics.median(self.costs) * 1e6:.0f} µs | {'' if self is echo else f'{ratio:.2f}×'} |"
        )


class Questions(NamedTuple):
    """What is asked, with the replies."""

    many: list[Exchange]
    hot: list[Exchange]
    absent: list[Exchange]
    helping: list[Exchange]
    origins: list[list[Exchange]]
    absent_one: Exchange

    @classmethod
    def of(cls, service: PathService, most: int | None = None) -> Questions:
        """Return the questions for a service over the bundled map, over so many of its hosts."""
        hosts = shuffled(service)[:most]
        return cls(
            exchanges(service, paths(hosts)),
            exchanges(service, paths(["mcvax"])),
            exchanges(service, paths([f"{host[::-1]}-{host}" for host in hosts[:1000]])),
            exchanges(service, [Command("HELP")]),
            # Each caller has an origin of its own, so that it begins with FROM wherever the others are.
            [
                exchanges(service, [Command("FROM", origin), *paths(hosts[:9])])
                for origin in islice(cycle(ORIGINS), CONNECTIONS)
            ],
            exchanges(service, paths([_ABSENT]))[0],
        )


def rows(asked: Questions) -> tuple[list[Row], list[Row]]:
    """Return the rows, and for each the row of the echo server that it is compared with."""

    def over(script: Sequence[Exchange]) -> Callable[[], list[Script]]:
        return lambda: round_and_round(script, CONNECTIONS)

    echo = Row("echo", over(echoed(asked.many)), is_echo=True)
    echo_at_once = Row(f"echo, {DEPTH} at once", over(echoed(asked.many)), depth=DEPTH, is_echo=True)
    hosts = f"{len(asked.many):,}"
    ours = [
        (Row(f"`PATH`, {hosts} hosts", over(asked.many)), echo),
        (Row("`PATH`, one host", over(asked.hot)), echo),
        (Row(f"`PATH`, {hosts} hosts, {DEPTH} at once", over(asked.many), depth=DEPTH), echo_at_once),
        (Row("`PATH`, hosts that are not there", over(asked.absent)), echo),
        (Row("`FROM` and nine `PATH`", lambda: [cycle(one) for one in asked.origins]), echo),
        (Row("`HELP`", over(asked.helping)), echo),
        (echo, echo),
        (echo_at_once, echo_at_once),
    ]
    return [one for one, _ in ours], [peer for _, peer in ours]


def speed(asked: Questions, seconds: float, rounds: int) -> list[str]:
    """Return the table about speed."""
    every, peers = rows(asked)
    with Serving(PATH) as ours, Serving(ECHO) as echo:
        # What is computed once and kept is not what a server that runs for months takes.
        load(ours.port, round_and_round(asked.many, CONNECTIONS), requests=len(asked.many))
        for script in asked.origins[: len(ORIGINS)]:
            load(ours.port, [cycle(script)], requests=len(script))
        for _ in range(rounds):
            for row in every:
                row.run(echo if row.is_echo else ours, seconds)
    head = f"| {CONNECTIONS} connections | a second | half within | 99 % within | slowest | CPU each | against echo |"
    return [
        head,
        "| --- | --- | --- | --- | --- | --- | --- |",
        *[a.shown(b) for a, b in zip(every, peers, strict=True)],
    ]


def idle(asked: Questions, count: int) -> list[str]:
    """Return the rows about connections that wait.

    What the map left free when it was read takes the first in, so that more follow, which have to be paid for.
    """
    sizes = []
    with Serving(PATH) as server, ExitStack() as stack:
        load(server.port, round_and_round(asked.many, CONNECTIONS), requests=len(asked.many))
        sizes.append(server.resident())
        for _ in range(LOTS):
            lot = [stack.enter_context(connect(server.port)) for _ in range(count)]
            # They wait for their second command: one that never asked holds less.
            for connection in lot:
                ask(connection, asked.hot[0])
            sizes.append(server.resident())
    each = [(after - before) / count for before, after in pairwise(sizes)]
    return [
        f"| an idle connection, of the first {count:,} | {each[0]:.1f} kB |",
        f"| an idle connection, of the dearest {count:,} out of {LOTS * count:,} | {max(each):.1f} kB |",
    ]


def ask(connection: socket.socket, one: Exchange) -> None:
    """Ask one question of a connection."""
    connection.sendall(one.request)
    found = b""
    while len(found) < len(one.reply):
        more = connection.recv(4096)
        if not more:
            break
        found += more
    if found != one.reply:
        raise WrongReplyError(f"expected {one.reply!r}, found {found!r}")


def growth(asked: Questions, marks: Sequence[int]) -> list[str]:
    """Return the rows about a server that is asked for a long time, no question twice."""
    found: list[str] = []
    with Serving(PATH) as server:
        load(server.port, round_and_round(asked.many, CONNECTIONS), requests=len(asked.many))
        load(server.port, fresh(asked, "warm"), depth=DEPTH, requests=len(asked.many))
        before = server.resident()
        found.append(f"| the server, its map read and every host asked for | {before / 1024:.1f} MiB |")
        scripts = fresh(asked, "grow")
        done = 0
        for mark in marks:
            done += load(server.port, scripts, depth=DEPTH, requests=mark - done).requests
            grown = server.resident() - before
            found.append(f"| growth after {done:,} requests more, no two alike | {grown / 1024:+.2f} MiB |")
    return found


def fresh(asked: Questions, name: str) -> list[Script]:
    """Return a script for each connection that never asks the same twice.

    The users are all different, and of fifty hosts one is not there, by a name that nobody asked for before.
    """
    return [_fresh(asked.many, asked.absent_one, f"{name}-{number}") for number in range(CONNECTIONS)]


def _fresh(many: Sequence[Exchange], absent: Exchange, name: str) -> Iterator[Exchange]:
    # The user and the host that is not there stand in the reply as they do in the request.
    assert _ABSENT.encode() in absent.reply
    user = b"someone"
    for number, one in enumerate(cycle(many), 1):
        new = f"{name}-{number}".encode()
        if number % _EACH:
            yield Exchange(one.request.replace(user, new, 1), one.reply.replace(user, new, 1))
        else:
            host = b"zq-" + new + b"-qz.example"
            yield Exchange(*[text.replace(_ABSENT.encode(), host) for text in absent])


def sample(requests: int = 2_000, *, connections: int = CONNECTIONS, depth: int = 4, hosts: int = 200) -> Load:
    """Load a server of its own with a few requests, for a test: every reply must be right and in order."""
    service = PathService(open_router("map:"))
    script = exchanges(service, paths(shuffled(service)[:hosts]))
    with Serving(PATH) as server:
        return load(server.port, round_and_round(script, connections), depth=depth, requests=requests)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.path_table", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each run is (default: 2)")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is run (default: 7)")
    parser.add_argument("--requests", type=int, default=1_000_000, help="requests for the growth (default: a million)")
    parser.add_argument("--quick", action="store_true", help="a few seconds, to see that it runs; no figures to quote")
    chosen = parser.parse_args()
    seconds, rounds, requests = chosen.seconds, chosen.rounds, chosen.requests
    most, count = None, IDLE
    if chosen.quick:
        seconds, rounds, requests, most, count = 0.1, 1, 5_000, 500, 100
    allow_files(2 * LOTS * IDLE)
    asked = Questions.of(PathService(open_router("map:")), most)
    out = [*speed(asked, seconds, rounds), ""]
    marks = [requests // 10, requests // 2, requests]
    out += ["| resident size | |", "| --- | --- |", *idle(asked, count), *growth(asked, marks), ""]
    out.append(
        f"Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores for all three processes; "
        f"median of {rounds} runs of {seconds:g} s in turn."
    )
    sys.stdout.write("\n".join(out) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
