"""The path server on real sockets of this machine, with callers good and bad; and the rooms of daemons."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import os
import re
import socket
import struct
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailpaths import MapError
from mailpaths.daemon import systemd
from mailpaths.daemon.endpoint import Endpoint, EndpointError
from mailpaths.daemon.lifecycle import allow_files
from mailpaths.daemon.limits import MOST_PATIENCE, Limits, Turnstile, peer_key
from mailpaths.daemon.logs import Journal
from mailpaths.pathservice.protocol import ClientProtocol
from mailpaths.pathservice.reply import Reply
from mailpaths.pathservice.server import PathServer
from mailpaths.pathservice.service import PathService
from mailpaths.routing import Answer, Found, PathTable, Roads, Router, RouteTemplate, UUCPMap
from tests.pathservers import NEVER_IDLE, Log, Talk, calling, go, serving, until

TABLE = PathTable.from_text("mcvax\tseismo!mcvax!%s\nhere\t%s\n")
PIET = Reply(220, "mcvax!piet@seismo")
GREETING = Reply(210, ("Welcome to the mailpaths network mail path service.", "Type 'HELP' for help."))
BYE = Reply(211, "Bye bye.")


def limits(
    *, connections: int = 0, per_address: int = 0, requests: float = 0, idle: float = NEVER_IDLE, drain: float = 30.0
) -> Limits:
    """Return limits of which only those count that are named."""
    return Limits(connections=connections, per_address=per_address, requests=requests, idle=idle, drain=drain)


# --- replies in their order ------------------------------------------------------------------------------------------


def test_a_conversation() -> None:
    async def test() -> list[Reply]:
        async with serving(TABLE) as server, calling(server, greeting=None) as talk:
            (greeting,) = await talk.replies(1)
            replies = [greeting, *[await talk.ask(line) for line in ("path piet@mcvax", "PATH piet@nowhere", "quit")]]
            return [*replies, *await talk.rest()]

    assert go(test) == [GREETING, PIET, Reply(520, "No host found under the name of 'nowhere'."), BYE]


def test_five_thousand_commands_at_once_are_answered_in_their_order() -> None:
    count = 5_000

    async def test() -> list[Reply]:
        async with serving(TABLE) as server, calling(server) as talk:
            talk.send(b"".join([f"PATH u{number}@mcvax\r\n".encode() for number in range(count)]) + b"QUIT\r\n")
            return await talk.rest()

    assert go(test) == [*[Reply(220, f"mcvax!u{number}@seismo") for number in range(count)], BYE]


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 128, 1_000])
@pytest.mark.parametrize("tail", [b"", b"QUIT", b"\xff", b"x" * 5_000])
def test_a_caller_that_closes_its_side_first_has_a_reply_to_each_whole_line(count: int, tail: bytes) -> None:
    async def test() -> tuple[list[Reply], Counter[str]]:
        async with serving(TABLE) as server, calling(server) as talk:
            talk.send(b"PATH piet@mcvax\r\n" * count + tail)
            talk.writer.write_eof()
            replies = await talk.rest()
            await until(lambda: server.service.statistics.open == 0)
            return replies, server.service.statistics.closed

    assert go(test) == ([PIET] * count, Counter({"eof": 1}))


def test_nothing_is_answered_behind_quit() -> None:
    async def test() -> tuple[list[Reply], Counter[tuple[str, int]]]:
        async with serving(TABLE) as server, calling(server) as talk:
            talk.send(b"QUIT\r\n" + b"PATH piet@mcvax\r\n" * 1_000)
            return await talk.rest(), server.service.statistics.requests

    assert go(test) == ([BYE], Counter({("QUIT", 211): 1}))


@pytest.mark.parametrize("size", [1, 3, 100])
def test_octets_that_trickle_in(size: int) -> None:
    said = b"PATH piet@mcvax\r\n\xff\xfd\x01path piet@here\n" + b"x" * 1_000 + b"\r\n\r\nQUIT\r\n"

    async def test() -> bytes:
        async with serving(TABLE) as server, calling(server) as talk:
            sock = talk.writer.get_extra_info("socket")
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for place in range(0, len(said), size):
                talk.send(said[place : place + size])
                await asyncio.sleep(0)
            return await talk.reader.read()

    refusal = b"\xff\xfc\x01"
    found = go(test)
    assert found.count(refusal) == 1
    assert found.replace(refusal, b"").decode("ascii").split("\r\n") == [
        "220 mcvax!piet@seismo",
        "220 piet@here",
        "501 a line has at most 512 characters (RFC 821 4.5.3)",
        "501 expected a command, found an empty line",
        "211 Bye bye.",
        "",
    ]


def test_a_person_with_telnet_who_breaks_off() -> None:
    """Ctrl-C sends IP and a "synch": DM as urgent data, which must not fall out of the stream behind its IAC."""

    async def test() -> Reply:
        async with serving(TABLE) as server, calling(server) as talk:
            await talk.ask("PATH piet@mcvax")
            loop = asyncio.get_running_loop()
            endpoint = server.endpoints[0]
            with socket.create_connection((endpoint.host, endpoint.port)) as sock:
                sock.setblocking(False)
                await loop.sock_recv(sock, 4_096)
                await loop.sock_sendall(sock, b"\xff\xf4\xff")
                sock.send(b"\xf2", socket.MSG_OOB)
                await loop.sock_sendall(sock, b"PATH piet@mcvax\r\n")
                client = ClientProtocol()
                while (reply := client.next_reply()) is None:
                    client.receive_data(await loop.sock_recv(sock, 4_096))
                return reply

    assert go(test) == PIET


def test_many_callers_at_once_have_their_own_replies() -> None:
    async def call(server: PathServer, who: int) -> None:
        async with calling(server) as talk:
            for number in range(20):
                assert await talk.ask(f"PATH u{who}.{number}@mcvax") == Reply(220, f"mcvax!u{who}.{number}@seismo")

    async def test() -> Counter[tuple[str, int]]:
        async with serving(TABLE) as server:
            await asyncio.gather(*[call(server, who) for who in range(50)])
            return server.service.statistics.requests

    assert go(test) == Counter({("PATH", 220): 1_000})


def test_a_caller_with_much_to_ask_lets_others_have_their_turn() -> None:
    async def test() -> None:
        async with serving(TABLE) as server, calling(server) as greedy, calling(server) as modest:
            taken = asyncio.create_task(greedy.replies(5_000))
            greedy.send(b"PATH piet@mcvax\r\n" * 5_000)
            assert await modest.ask("PATH piet@here") == Reply(220, "piet@here")
            answered = server.service.statistics.requests["PATH", 220]
            await taken
            # It did not have to wait until all of the other's were answered.
            assert answered < 5_001

    go(test)


# --- limits ----------------------------------------------------------------------------------------------------------

IDLE = Reply(412, "No command for too long. Bye bye.")


@pytest.mark.parametrize("said", [b"", b"PATH piet@mcv", b"x" * 5_000, b"\xff\xfd\x01", b"\xff\xfa"])
def test_a_caller_that_says_no_command_for_too_long_is_told_and_goes(said: bytes) -> None:
    async def test() -> tuple[list[Reply], Counter[str]]:
        async with serving(TABLE, limits=limits(idle=0.2)) as server:
            async with calling(server) as talk:
                talk.send(said)
                replies = await talk.rest()
            return replies, await ended(server)

    assert go(test) == ([IDLE], Counter({"idle": 1}))


def test_half_a_line_that_trickles_in_is_no_command() -> None:
    async def test() -> tuple[list[Reply], int]:
        async with serving(TABLE, limits=limits(idle=0.3)) as server, calling(server) as talk:
            count = 0
            resting = asyncio.create_task(talk.rest())
            while not resting.done() and count < 1_000:
                talk.send(b"x\xff\xf1")
                count += 1
                await asyncio.sleep(0.02)
            return await resting, count

    replies, count = go(test)
    assert replies == [IDLE]
    assert count < 1_000


@pytest.mark.slow
def test_commands_keep_a_connection_open() -> None:
    async def test() -> tuple[int, list[Reply]]:
        async with serving(TABLE, limits=limits(idle=1.0)) as server, calling(server) as talk:
            loop = asyncio.get_running_loop()
            start, asked = loop.time(), 0
            while loop.time() - start < 2.5:
                assert await talk.ask("") == Reply(501, "expected a command, found an empty line")
                asked += 1
                await asyncio.sleep(0.1)
            return asked, await talk.rest()

    asked, rest = go(test)
    assert asked > 2
    assert rest == [IDLE]


async def ended(server: PathServer) -> Counter[str]:
    """Return how connections ended, once none is open."""
    await until(lambda: server.service.statistics.open == 0 and not server._connections)
    return server.service.statistics.closed


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (limits(connections=2), "The server is busy: too many connections. Try again later."),
        (limits(per_address=2), "The server is busy: too many connections from your address. Try again later."),
    ],
)
def test_one_connection_too_many_is_told_so_and_a_place_that_is_free_is_given_again(given: Limits, reason: str) -> None:
    async def test() -> None:
        async with serving(TABLE, limits=given) as server:
            async with calling(server) as one, calling(server) as two:
                async with calling(server, greeting=None) as three:
                    assert await three.rest() == [Reply(410, reason)]
                assert await one.ask("PATH piet@mcvax") == await two.ask("PATH piet@mcvax") == PIET
            await ended(server)
            async with calling(server) as talk:
                assert await talk.ask("PATH piet@mcvax") == PIET
            statistics = server.service.statistics
            assert (statistics.refused, statistics.accepted) == (Counter({"410": 1}), 4)

    go(test)


def test_a_crowd_that_is_refused_is_told_so() -> None:
    async def call(server: PathServer) -> list[Reply]:
        try:
            async with calling(server, greeting=None) as talk:
                talk.send(b"PATH piet@mcvax\r\n")
                return await talk.rest()
        except ConnectionError:  # whoever comes when nobody can be waited for may not hear it
            return []

    async def test() -> list[list[Reply]]:
        async with serving(TABLE, limits=limits(connections=5)) as server:
            talks = [asyncio.create_task(call(server)) for _ in range(100)]
            await until(lambda: server.service.statistics.accepted == 100)
            async with asyncio.timeout(30):
                await until(lambda: server.service.statistics.refused.total() >= 95)
            await server.stop()
            return await asyncio.gather(*talks)

    codes = Counter(reply.code for replies in go(test) for reply in replies[:1])
    assert set(codes) == {210, 410}
    assert codes[210] == 5


def test_requests_wait_for_their_turn_and_then_are_refused() -> None:
    refused = Reply(420, "Too many requests from your address. Try again later.")

    async def test() -> tuple[list[Reply], float]:
        async with serving(TABLE, limits=limits(requests=4)) as server, calling(server) as one:
            start = asyncio.get_running_loop().time()
            # The first second's worth at once, and the rest as it is paid for: nothing is refused to one who waits.
            one.send(b"PATH piet@mcvax\r\n" * 8)
            replies = await one.replies(8)
            seconds = asyncio.get_running_loop().time() - start
            # Others of the same address wait with it: more than two seconds' worth, and who comes then is refused.
            talks = [Talk(*await asyncio.open_connection(*address(server))) for _ in range(24)]
            for talk in talks:
                await talk.replies(1)
                talk.send(b"PATH piet@mcvax\r\n")
            replies += [(await talk.replies(1))[0] for talk in talks]
            for talk in talks:
                await talk.close()
            return replies, seconds

    replies, seconds = go(test)
    assert replies[:8] == [PIET] * 8
    assert seconds > 0.5
    assert set(replies) == {PIET, refused}


def address(server: PathServer) -> tuple[str, int]:
    return server.endpoints[0].host, server.endpoints[0].port


@pytest.mark.parametrize(
    ("networks", "served"),
    [
        ([], True),
        (["127.0.0.0/8"], True),
        (["192.0.2.0/24", "127.0.0.1/32"], True),
        (["192.0.2.0/24"], False),
        (["::/0"], False),
    ],
)
def test_networks_that_are_served(networks: list[str], *, served: bool) -> None:
    async def test() -> list[Reply]:
        allow = [ipaddress.ip_network(network) for network in networks]
        async with serving(TABLE, allow=allow) as server, calling(server, greeting=None) as talk:
            talk.send(b"QUIT\r\n")
            return await talk.rest()

    expected = [GREETING, BYE] if served else [Reply(510, "The server is unavailable to your address.")]
    assert go(test) == expected


# --- callers that do not behave --------------------------------------------------------------------------------------


def test_a_caller_that_does_not_read_is_dropped_and_takes_no_memory_until_then() -> None:
    async def test() -> tuple[Counter[str], int]:
        service = PathService(TABLE)
        async with serving(service, limits=limits(drain=0.3)) as server:
            reader, writer = await asyncio.open_connection(*address(server), limit=64)
            sock: socket.socket = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            most = 0
            try:
                while not service.statistics.closed.total():
                    writer.write(b"HELP\r\n" * 1_000 if writer.transport.get_write_buffer_size() < 100_000 else b"")
                    most = max(most, *[one._transport.get_write_buffer_size() for one in server._connections], 0)
                    await asyncio.sleep(0.01)
            finally:
                writer.transport.abort()
                assert not reader.at_eof()
            return service.statistics.closed, most

    closed, most = go(test)
    assert closed == Counter({"slow": 1})
    # 32 KiB, and 64 replies to HELP on top.
    assert most < 100_000


def test_a_caller_that_takes_its_time_gets_every_reply() -> None:
    async def test() -> int:
        async with serving(TABLE, limits=limits(idle=20.0, drain=20.0)) as server, calling(server, limit=256) as talk:
            sending = asyncio.create_task(send_all(talk, b"HELP\r\n" * 3_000 + b"QUIT\r\n"))
            await asyncio.sleep(0.5)
            replies = await talk.rest()
            await sending
            return len(replies)

    assert go(test) == 3_001


async def send_all(talk: Talk, octets: bytes) -> None:
    talk.send(octets)
    await talk.writer.drain()


def reset(sock: socket.socket) -> None:
    """Close a connection as by a crash."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


@pytest.mark.parametrize("said", [b"", b"PATH piet@mcvax\r\n", b"PATH piet@mcvax\r\n" * 2_000, b"QUIT\r\n", b"PATH pi"])
def test_callers_that_crash_leave_nothing_behind(said: bytes) -> None:
    async def test() -> Counter[str]:
        loop = asyncio.get_running_loop()
        async with serving(TABLE, limits=limits(connections=10)) as server:
            for _ in range(30):
                sock = socket.socket()
                sock.setblocking(False)
                await loop.sock_connect(sock, address(server))
                if said:
                    sock.send(said)
                await asyncio.sleep(0)
                reset(sock)
                await until(lambda: not server._connections)
            async with calling(server) as talk:
                assert await talk.ask("PATH piet@mcvax") == PIET
            return await ended(server)

    # Whichever the server hears of first: the end, the crash, or what was asked before.
    assert set(go(test)) <= {"closed", "eof", "quit", "reset"}


class Gone(asyncio.Transport):
    """A transport whose peer went in the very moment in which the last reply was written: the system says ENOTCONN."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.aborted = False
        self.reading = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        self.aborted = True


def test_a_connection_whose_peer_is_gone_when_it_ends_does_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from mailpaths.daemon import link
    from mailpaths.pathservice import connection as room

    monkeypatch.setattr(link, "_LINGER", 0.05)

    async def test() -> Gone:
        async with serving(TABLE) as server:
            transport, connection = Gone(), room.Connection(server)
            connection.connection_made(transport)
            said = b"PATH piet@mcvax\r\n" * 64 + b"QUIT\r\n"
            server.buffer[: len(said)] = said
            connection.buffer_updated(len(said))
            # The first 64 were answered; QUIT has its turn in the next round of the loop, when nobody reads.
            complaints: list[object] = []
            asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
            await asyncio.sleep(0.5)
            assert complaints == []
            connection.connection_lost(None)
            return transport

    found = go(test)
    assert found.written.endswith(b"211 Bye bye.\r\n")
    assert found.aborted


def open_files() -> int:
    return len([*Path("/dev/fd").iterdir()])


def test_two_thousand_connections_opened_and_left() -> None:
    count = min(2_000, (allow_files(4_500) - 300) // 2)
    assert count >= 300

    async def test() -> tuple[int, int, int, Counter[str]]:
        gate = asyncio.Semaphore(100)

        async def call(server: PathServer) -> socket.socket:
            sock = socket.socket()
            sock.setblocking(False)
            async with gate:
                await asyncio.get_running_loop().sock_connect(sock, address(server))
            return sock

        async with serving(TABLE) as server:
            before = open_files()
            socks = await asyncio.gather(*[call(server) for _ in range(count)])
            statistics = server.service.statistics
            await until(lambda: statistics.open == count)
            async with calling(server) as talk:
                assert await talk.ask("PATH piet@mcvax") == PIET
            for number, sock in enumerate(socks):
                if number % 2:
                    sock.close()
                else:
                    reset(sock)
            closed = await ended(server)
            return before, open_files(), statistics.accepted, closed

    before, after, accepted, closed = go(test)
    assert accepted == count + 1
    assert closed.total() == count + 1
    assert after <= before + 1


# --- databases -------------------------------------------------------------------------------------------------------


class Version:
    """A table of one version after the other: 100 hosts, all over the relay of that version."""

    def __init__(self) -> None:
        self.number = 0

    def open(self) -> Router:
        self.number += 1
        return self.table(self.number)

    @staticmethod
    def table(number: int, hosts: int = 100) -> PathTable:
        return PathTable.from_text("".join([f"h{host}\tv{number}!h{host}!%s\n" for host in range(hosts)]))


def test_every_reply_is_of_one_database_while_it_is_replaced() -> None:
    version = Version()

    async def test() -> tuple[list[str], int]:
        async with serving(version.table(0)) as server, calling(server) as talk:
            sending = asyncio.create_task(send_all(talk, b"PATH u@h7\r\n" * 10_000))
            replies: list[Reply] = []

            async def take() -> None:
                replies.extend(await talk.replies(10_000))

            taking = asyncio.create_task(take())
            while not taking.done():
                await server.load(version.open)
            await taking
            await sending
            last = await talk.ask("PATH u@h7")
            return [one.text for one in [*replies, last]], version.number

    texts, last = go(test)
    numbers = [int(text.removeprefix("h7!u@v")) for text in texts]
    assert texts == [f"h7!u@v{number}" for number in numbers]
    # No reply is of a database that was replaced before.
    assert numbers == sorted(numbers)
    assert numbers[-1] == last >= 2


def fails_with(error: Exception) -> Router:
    raise error


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MapError("paths: no such file"), "paths: no such file"),
        (OSError(errno.ENOSPC, "No space left on device"), r"\[Errno 28\] No space left on device"),
        (MemoryError("all gone"), "all gone"),
    ],
)
def test_a_database_that_cannot_be_opened_leaves_the_old_one(error: Exception, message: str) -> None:
    async def test() -> tuple[Reply, Counter[str]]:
        async with serving(TABLE) as server, calling(server) as talk:
            with pytest.raises(type(error), match=f"^{message}$"):
                await server.load(lambda: fails_with(error))
            return await talk.ask("PATH piet@mcvax"), server.service.statistics.reloads

    assert go(test) == (PIET, Counter({"ok": 1, "failed": 1}))


def test_a_map_that_knows_no_roads_leaves_the_old_one() -> None:
    async def test() -> Reply:
        async with serving(TABLE) as server, calling(server) as talk:
            with pytest.raises(MapError, match="no home"):
                await server.load(lambda: UUCPMap.from_text("a b(1)\nb c(1)\n"))
            return await talk.ask("PATH piet@mcvax")

    assert go(test) == PIET


CUT_OFF = "taken for a file that was cut off; a restart takes it as it is"


def test_a_database_with_the_first_fault_leaves_the_old_one_and_one_of_many_is_taken() -> None:
    faulty = PathTable.from_text("mcvax\tnew!mcvax!%s\nhere\t%s\nmcv", name="paths")
    log = Log()

    async def test() -> list[Reply]:
        async with serving(TABLE, log=log) as server, calling(server) as talk:
            message = f"faults (1) after none, the first: {faulty.faults[0]}; {CUT_OFF}"
            with pytest.raises(MapError, match=f"^{re.escape(message)}$"):
                await server.load(lambda: faulty)
            replies = [await talk.ask("PATH piet@mcvax")]
            server.service.load(PathTable.from_text("a\tb\nmcvax\told!mcvax!%s\n"))
            await server.load(lambda: faulty)
            return [*replies, await talk.ask("PATH piet@mcvax")]

    assert go(test) == [PIET, Reply(220, "mcvax!piet@new")]
    warnings = [line for line in log.lines if line.startswith("event=faults")]
    assert warnings == ['event=faults count=1 first="paths:3: expected a host, its route and maybe a cost"']


@pytest.mark.parametrize(("hosts", "taken"), [(0, False), (1, False), (49, False), (50, True), (200, True)])
def test_a_database_that_was_cut_off_leaves_the_old_one(hosts: int, *, taken: bool) -> None:
    async def test() -> Reply:
        async with serving(Version.table(1)) as server, calling(server) as talk:
            try:
                await server.load(lambda: Version.table(2, hosts))
            except MapError as error:
                message = f"it lists {hosts}, after 100 hosts; {CUT_OFF}"
                assert (str(error), taken) == (message, False)  # noqa: PT017 - one of two good outcomes
            return await talk.ask("PATH u@h0")

    assert go(test) == Reply(220, f"h0!u@v{2 if taken else 1}")


# --- routers that do not behave --------------------------------------------------------------------------------------


class Faulty:
    """A router with a fault, which no router should have."""

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        if host == "good":
            return Found(RouteTemplate.parse("gw!good!%s"))
        raise ZeroDivisionError(f"no road\r\n220 to {host} from {origin}")


class FaultyTable(PathTable):
    """The same, and taken for a table: it is asked in the loop itself."""

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        return Faulty().resolve(host, origin=origin)


@pytest.mark.parametrize("router", [Faulty(), FaultyTable(())])
def test_a_router_that_raises_costs_one_reply_and_is_told_of(router: Router) -> None:
    log = Log()
    fault, good = Reply(420, "A fault of this server. Try again later."), Reply(220, "good!u@gw")

    async def test() -> tuple[list[Reply], int]:
        async with serving(router, log=log) as server, calling(server) as talk:
            talk.send(b"PATH u@bad\r\nPATH u@good\r\nPATH u@bad\r\nQUIT\r\n")
            return await talk.rest(), server.service.statistics.faults

    assert go(test) == ([fault, good, fault, BYE], 2)
    # What it says may name who was asked for, and stands in the log only where that is wanted.
    line = "event=fault verb=PATH error=ZeroDivisionError"
    assert [one for one in log.lines if one.startswith("event=fault")] == [line, line]


class Slow:
    """A router that waits to be let go."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.asked: list[str] = []

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - the same from everywhere
        self.asked.append(host)
        if host != "fast" and not self.go_on.wait(60):
            raise TimeoutError
        return Found(RouteTemplate.parse(f"gw!{host}!%s"))


def test_a_router_that_takes_its_time_holds_up_only_who_asked() -> None:
    router = Slow()

    async def test() -> tuple[list[Reply], list[Reply]]:
        async with serving(router) as server, calling(server) as one, calling(server) as two:
            one.send(b"PATH u@slow\r\nPATH u@fast\r\nHELP QUIT\r\n")
            await until(lambda: router.asked == ["slow"])
            modest = [await two.ask("PATH u@fast"), await two.ask("HELP QUIT")]
            # The next command waits for the reply to this one.
            assert router.asked == ["slow", "fast"]
            router.go_on.set()
            return modest, await one.replies(3)

    modest, waited = go(test)
    fast, told = Reply(220, "fast!u@gw"), Reply(200, ("QUIT", "Ends the connection."))
    assert modest == [fast, told]
    assert waited == [Reply(220, "slow!u@gw"), fast, told]


def test_a_caller_that_leaves_while_a_thread_works_for_it() -> None:
    router = Slow()

    async def test() -> tuple[Counter[str], list[str]]:
        async with serving(router) as server:
            async with calling(server) as talk:
                talk.send(b"PATH u@slow\r\n")
                await until(lambda: router.asked == ["slow"])
                reset(talk.writer.get_extra_info("socket").dup())
            router.go_on.set()
            async with calling(server) as talk:
                assert await talk.ask("PATH u@fast") == Reply(220, "fast!u@gw")
            return await ended(server), router.asked

    closed, asked = go(test)
    assert closed.total() == 2
    assert asked == ["slow", "fast"]


def test_a_router_that_never_answers_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    from mailpaths.pathservice import connection as room

    monkeypatch.setattr(room, "_MOST_WORK", 0.2)
    router = Slow()

    async def test() -> list[Reply]:
        async with serving(router) as server, calling(server) as talk:
            talk.send(b"PATH u@slow\r\nPATH u@fast\r\n")
            replies = await talk.replies(2)
            # What the thread finds now has nobody to go to.
            router.go_on.set()
            await asyncio.sleep(0.1)
            return [*replies, await talk.ask("QUIT"), *await talk.rest()]

    late = Reply(420, "No answer in time. Try again later.")
    assert go(test) == [late, Reply(220, "fast!u@gw"), BYE]


class SlowMap(UUCPMap):
    """A map that takes its time for the roads from one of its hosts."""

    go_on = threading.Event()
    done = threading.Event()

    def roads(self, origin: str | None = None) -> Roads:
        if origin != "a":
            return super().roads(origin)
        self.go_on.wait(60)
        found = super().roads(origin)
        self.done.set()
        return found


def test_a_host_to_begin_at_that_was_found_too_late_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was told "No answer in time" goes on from where they were."""
    from mailpaths.pathservice import connection as room

    monkeypatch.setattr(room, "_MOST_WORK", 0.2)
    router = SlowMap.from_text("here a(1)\na b(1)\n", home="here")

    async def test() -> list[Reply]:
        async with serving(router) as server, calling(server) as talk:
            replies = [await talk.ask("PATH u@b"), await talk.ask("FROM a")]
            SlowMap.go_on.set()
            await until(SlowMap.done.is_set)
            await asyncio.sleep(0.1)
            return [*replies, await talk.ask("PATH u@b")]

    home = Reply(220, "b!u@a")
    assert go(test) == [home, Reply(420, "No answer in time. Try again later."), home]


# --- the end ---------------------------------------------------------------------------------------------------------


DOWN = Reply(410, "The server is going down. Try again later.")


def test_what_was_asked_is_answered_before_the_server_stops() -> None:
    router = Slow()

    async def test() -> tuple[list[Reply], list[Reply], Counter[str]]:
        async with serving(router) as server, calling(server) as busy, calling(server) as idle:
            where = address(server)
            busy.send(b"PATH u@slow\r\nPATH u@fast\r\n")
            await until(lambda: router.asked == ["slow"])
            stopping = asyncio.create_task(server.stop())
            left = await idle.rest()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(*where)
            router.go_on.set()
            replies = await busy.rest()
            await idle.close()
            await busy.close()
            await stopping
            return replies, left, server.service.statistics.closed

    found = go(test)
    assert found == ([Reply(220, "slow!u@gw"), Reply(220, "fast!u@gw"), DOWN], [DOWN], Counter({"stopped": 2}))


def test_a_caller_that_has_just_gone_does_not_keep_the_server_from_stopping() -> None:
    async def test() -> tuple[list[Reply], int]:
        loop = asyncio.get_running_loop()
        async with serving(TABLE) as server, calling(server) as talk:
            socks = []
            for _ in range(20):
                socks.append(sock := socket.socket())
                sock.setblocking(False)
                await loop.sock_connect(sock, address(server))
                await loop.sock_recv(sock, 4_096)
            for sock in socks:
                sock.close()
            # The loop has not heard of it yet: the first that the server hears is that its last words come too late.
            stopping = asyncio.create_task(server.stop())
            replies = await talk.rest()
            await talk.close()
            await stopping
            return replies, len(server._connections)

    assert go(test) == ([DOWN], 0)


def test_a_thousand_commands_that_were_read_are_answered_before_the_server_stops() -> None:
    async def test() -> list[Reply]:
        async with serving(TABLE) as server, calling(server) as talk:
            talk.send(b"PATH piet@mcvax\r\n" * 900)
            await until(lambda: server.service.statistics.requests.total() > 0)
            stopping = asyncio.create_task(server.stop())
            replies = await talk.rest()
            await talk.close()
            await stopping
            return replies

    *replies, last = go(test)
    assert set(replies) == {PIET}
    assert len(replies) == 900
    assert last == DOWN


def test_a_stopped_server_stops_again_and_listens_no_more() -> None:
    async def test() -> None:
        async with serving(TABLE) as server:
            where = address(server)
            await server.stop()
            await server.stop()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(*where)

    go(test)


def test_a_caller_that_does_not_read_does_not_keep_the_server_from_stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    from mailpaths.daemon import links as room

    monkeypatch.setattr(room, "_GRACE", 0.3)

    async def test() -> Counter[str]:
        service = PathService(TABLE)
        async with serving(service) as server:
            _, writer = await asyncio.open_connection(*address(server), limit=64)
            writer.write(b"HELP\r\n" * 50_000)
            await until(lambda: any(one._drain_timer for one in server._connections))
            await server.stop()
            writer.transport.abort()
            return service.statistics.closed

    assert go(test).total() == 1


# --- any octets ------------------------------------------------------------------------------------------------------

_OCTETS = st.lists(
    st.binary(max_size=40)
    | st.sampled_from([b"PATH ", b"piet@mcvax", b"\r\n", b"\n", b"HELP\n", b"STAT\r\n", b"FROM x\n", b"QUIT\r\n"])
    | st.sampled_from([b"\xff", b"\xff\xfd", b"\xff\xfa", b"\xff\xf0", b"x" * 600, b'PATH "a\tb"@here\n', b"\0"]),
    max_size=12,
).map(b"".join)


@settings(max_examples=15)
@given(talks=st.lists(_OCTETS, min_size=1, max_size=8))
def test_any_octets_have_coded_replies_and_an_end(talks: list[bytes]) -> None:
    async def call(server: PathServer, said: bytes) -> list[Reply]:
        async with calling(server) as talk:
            talk.send(said)
            talk.writer.write_eof()
            return await talk.rest()

    async def test() -> tuple[list[list[Reply]], int]:
        async with serving(UUCPMap.from_text("here mcvax(1)\n", home="here")) as server:
            found = await asyncio.gather(*[call(server, said) for said in talks])
            await ended(server)
            return found, server.service.statistics.faults

    found, faults = go(test)
    assert {reply.code for replies in found for reply in replies} <= {200, 211, 220, 420, 501, 520, 521}
    assert faults == 0


# --- where it listens ------------------------------------------------------------------------------------------------


def test_a_server_says_where_it_listens() -> None:
    async def test() -> tuple[Endpoint, ...]:
        async with serving(TABLE) as server:
            with socket.create_server(("127.0.0.1", 0)) as given:
                given.setblocking(False)
                await server.listen(given.dup())
                expected = given.getsockname()
            assert server.endpoints[1] == Endpoint(*expected)
            reader, writer = await asyncio.open_connection(*expected)
            assert await reader.readline() == b"210-Welcome to the mailpaths network mail path service.\r\n"
            writer.close()
            await writer.wait_closed()
            return server.endpoints

    found = go(test)
    assert [endpoint.host for endpoint in found] == ["127.0.0.1", "127.0.0.1"]
    assert all(endpoint.port > 0 for endpoint in found)


def test_a_port_that_is_taken() -> None:
    async def test() -> None:
        async with serving(TABLE) as server, serving(TABLE) as other:
            with pytest.raises(OSError, match=r"(?i)address already in use"):
                await other.listen(server.endpoints[0])

    go(test)


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize(("network", "served"), [("::1/128", True), ("127.0.0.0/8", False)])
def test_over_ipv6(network: str, *, served: bool) -> None:
    async def test() -> int:
        allow = [ipaddress.ip_network(network)]
        async with serving(TABLE, allow=allow, host="::1") as server, calling(server, greeting=None) as talk:
            talk.send(b"QUIT\r\n")
            return (await talk.rest())[0].code

    assert go(test) == (210 if served else 510)


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_an_ipv4_caller_of_an_ipv6_socket_is_its_ipv4_address() -> None:
    async def test() -> list[Reply]:
        allow = [ipaddress.ip_network("127.0.0.0/8")]
        async with serving(TABLE, allow=allow) as server:
            both = socket.socket(socket.AF_INET6)
            both.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            both.bind(("::", 0))
            await server.listen(both)
            reader, writer = await asyncio.open_connection("127.0.0.1", both.getsockname()[1])
            talk = Talk(reader, writer)
            talk.send(b"QUIT\r\n")
            replies = await talk.rest()
            await talk.close()
            return replies

    assert go(test) == [GREETING, BYE]


# --- the journal -----------------------------------------------------------------------------------------------------


def test_a_connection_is_told_of_and_who_called_is_not() -> None:
    log = Log()

    async def test() -> None:
        async with serving(TABLE, log=log) as server:
            async with calling(server) as talk:
                await talk.ask("PATH piet@mcvax")
                await talk.ask("QUIT")
                await talk.rest()
            await ended(server)

    go(test)
    (line,) = log.lines
    assert re.fullmatch(r"event=connection reason=quit seconds=\d+\.\d{3} requests=2 octets=23", line)


class Heard:
    """A text that says when it is asked for: a journal asks for nothing that nobody reads."""

    def __str__(self) -> str:
        raise AssertionError


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({}, "event=x"),
        ({"a": 1, "b": 1.5, "c": True, "d": None}, "event=x a=1 b=1.500 c=True"),
        ({"a": "plain-Text_1.2,3:/+@%!"}, "event=x a=plain-Text_1.2,3:/+@%!"),
        ({"a": ""}, 'event=x a=""'),
        ({"a": "two words"}, 'event=x a="two words"'),
        ({"a": "b=c"}, 'event=x a="b=c"'),
        ({"a": 'say "x"'}, r'event=x a="say \"x\""'),
        # One line stays one line, and a terminal obeys nothing.
        ({"a": "x\r\nevent=fault"}, r'event=x a="x\r\nevent=fault"'),
        ({"a": "plain\n"}, r'event=x a="plain\n"'),
        ({"a": "\x1b[2J\x85\u2028\xe9\udc80"}, r'event=x a="\u001b[2J\u0085\u2028\u00e9\udc80"'),
        ({"a": "%s %d"}, 'event=x a="%s %d"'),
        ({"peer": "192.0.2.1", "address": "a@b", "c": 1}, "event=x c=1"),
    ],
)
def test_a_line_of_the_journal(facts: dict[str, object], line: str) -> None:
    log = Log()
    journal = log.journal()
    journal.info("x", **facts)
    journal.warning("x", **facts)
    journal.error("x", **facts)
    assert log.lines == [line] * 3
    assert line.isascii()


def test_a_journal_that_may_names_peers() -> None:
    log = Log()
    log.journal(names_peers=True).info("x", peer="192.0.2.1", address="a b@c")
    assert log.lines == ['event=x peer=192.0.2.1 address="a b@c"']


def test_what_nobody_reads_is_not_written() -> None:
    logger = logging.Logger("a test", logging.ERROR)  # noqa: LOG001 - of this test alone: getLogger would share it
    log = Log()
    logger.addHandler(log)
    journal = Journal(logger)
    journal.info("x", a=Heard())
    journal.error("y")
    assert log.lines == ["event=y"]


# --- endpoints -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("gw.example:1117", "gw.example", 1117),
        ("gw.example", "gw.example", 117),
        (":1117", "127.0.0.1", 1117),
        ("127.0.0.1:0", "127.0.0.1", 0),
        ("gw:65535", "gw", 65_535),
        ("[::1]:1117", "::1", 1117),
        ("[::1]", "::1", 117),
        ("::1", "::1", 117),
        ("::", "::", 117),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1", 117),
        ("[fe80::1%eth0]:117", "fe80::1%eth0", 117),
        ("GW_1.example", "GW_1.example", 117),
    ],
)
def test_an_endpoint(text: str, host: str, port: int) -> None:
    found = Endpoint.parse(text, port=117)
    assert found == Endpoint(host, port)
    assert Endpoint.parse(str(found), port=1) == found


@pytest.mark.parametrize(
    "text",
    ["", " ", "gw:", "gw:x", "gw:65536", "gw:-1", "gw:1 ", " gw", "gw:1\n", "gw\n", "a b", "[::1", "[::1]x", "[]:1",
     "gw:1:2", "gw/x", "user@gw", "gw:123456", "\u0661:1", "gw:\u0661"],
)  # fmt: skip
def test_no_endpoint(text: str) -> None:
    if text == "\u0661:1":
        # A host by a name beyond ASCII is a name; whether it is there, the system says.
        assert Endpoint.parse(text, port=117) == Endpoint("\u0661", 1)
        return
    with pytest.raises(EndpointError) as caught:
        Endpoint.parse(text, port=117)
    assert str(caught.value) == f"expected HOST:PORT with a port up to 65535, found {text!r}"


@given(st.text("[]:.%@/ 0123456789abcdef\n", max_size=12))
def test_any_text_is_an_endpoint_that_says_itself_or_an_error(text: str) -> None:
    try:
        found = Endpoint.parse(text, port=117)
    except EndpointError:
        return
    assert Endpoint.parse(str(found), port=1) == found
    assert 0 <= found.port <= 65_535


# --- limits with a clock of one's own --------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    "numbers",
    [
        {"connections": -1},
        {"per_address": -1},
        {"requests": -0.1},
        {"idle": 0},
        {"drain": 0},
        {"idle": -1},
        {"idle": float("nan")},
    ],
)
def test_no_limits(numbers: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"^limits are counts from 0 on, and times of more than no seconds$"):
        Limits(**numbers)  # type: ignore[arg-type]  # counts among them


def test_a_burst_and_then_so_many_a_second_and_then_none() -> None:
    clock = Clock()
    turnstile = Turnstile(limits(requests=10), clock=clock)
    waits = [turnstile.wait("a") for _ in range(50)]
    free, late = waits[:11], waits[11:]
    assert free == pytest.approx([0.0] * 11)
    served = [wait for wait in late if wait is not None]
    assert served == pytest.approx([0.1 * number for number in range(1, len(served) + 1)])
    assert max(served) <= MOST_PATIENCE + 0.001
    assert late == served + [None] * (len(late) - len(served))
    assert None in late
    # Another address has its own; a refused request costs nothing; a second later ten more may come.
    assert turnstile.wait("b") == 0.0
    clock.now += 1.0
    more = [turnstile.wait("a") for _ in range(11)]
    assert len([wait for wait in more if wait is not None]) in {10, 11}
    clock.now += 60.0
    assert [turnstile.wait("a") for _ in range(11)] == pytest.approx([0.0] * 11)


def test_a_rate_of_less_than_one_a_second() -> None:
    clock = Clock()
    turnstile = Turnstile(limits(requests=0.1), clock=clock)
    assert [turnstile.wait("a"), turnstile.wait("a")] == [0.0, None]
    clock.now += 9.0
    assert turnstile.wait("a") == 0.0


def test_what_is_kept_of_a_million_addresses_goes() -> None:
    clock = Clock()
    turnstile = Turnstile(limits(requests=10), clock=clock)
    most = 0
    for number in range(100_000):
        assert turnstile.wait(f"10.{number}") == 0.0
        clock.now += 0.01
        most = max(most, len(turnstile._paid))
    assert most < 1_000


def test_connections_are_counted_in_and_out() -> None:
    turnstile = Turnstile(Limits(connections=3, per_address=2))
    assert [turnstile.enter("a"), turnstile.enter("a"), turnstile.enter("a")] == [
        None,
        None,
        "too many connections from your address",
    ]
    assert [turnstile.enter("b"), turnstile.enter("b"), turnstile.enter("c")] == [None, *["too many connections"] * 2]
    assert len(turnstile) == 3
    for key in ("a", "a", "b"):
        turnstile.leave(key)
    assert (len(turnstile), turnstile._inside) == (0, {})
    assert turnstile.enter("c") is None


def test_no_limit_at_all() -> None:
    turnstile = Turnstile(limits())
    assert {turnstile.enter("a") for _ in range(10_000)} == {None}
    assert {turnstile.wait("a") for _ in range(10_000)} == {0.0}
    assert turnstile._paid == {}


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1:2:3:4", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::", "2001:db8::/64"),
        ("2001:db8:0:1::", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("local", "local"),
        ("", ""),
    ],
)
def test_what_counts_as_one_address(host: str, key: str) -> None:
    assert peer_key(host) == key


# --- systemd ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(10.0)
        yield listening


def test_what_systemd_is_told(manager: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(manager.getsockname()))
    environment = {"NOTIFY_SOCKET": str(manager.getsockname())}
    assert systemd.notify("READY=1", "STATUS=on port 117", environment=environment)
    assert manager.recv(4_096) == b"READY=1\nSTATUS=on port 117"
    assert systemd.ready("Gr\u00fc\u00dfe")
    assert manager.recv(4_096) == "READY=1\nSTATUS=Gr\u00fc\u00dfe".encode()
    assert systemd.stopping()
    assert manager.recv(4_096) == b"STOPPING=1"
    assert systemd.reloading()
    assert re.fullmatch(rb"RELOADING=1\nMONOTONIC_USEC=[0-9]+", manager.recv(4_096))


def test_a_status_of_a_file_that_is_no_utf_8_is_told_too(manager: socket.socket) -> None:
    """What is wrong with a file is told by its name, which may be any octets (PEP 383)."""
    environment = {"NOTIFY_SOCKET": str(manager.getsockname())}
    assert systemd.notify("STATUS=m\udcfcnchen.paths: no such file", environment=environment)
    assert manager.recv(4_096).startswith(b"STATUS=m")


@pytest.mark.skipif(sys.platform != "linux", reason="abstract sockets are Linux's")
def test_an_abstract_socket() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("")
        listening.settimeout(10.0)
        name = listening.getsockname()
        assert systemd.notify("READY=1", environment={"NOTIFY_SOCKET": f"@{name[1:].decode()}"})
        assert listening.recv(4_096) == b"READY=1"


@pytest.mark.parametrize(
    "path", [None, "", "relative", "vsock:2:1234", "/nowhere/at/all", "/" + "x" * 200, "@", "@nobody"]
)
def test_where_nobody_listens_nothing_happens(path: str | None) -> None:
    environment = {} if path is None else {"NOTIFY_SOCKET": path}
    assert not systemd.notify("READY=1", environment=environment)


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "-1"}, None),
        ({"WATCHDOG_USEC": "x"}, None),
        ({"WATCHDOG_USEC": ""}, None),
    ],
)
def test_how_often_the_watchdog_is_told(environment: dict[str, str], seconds: float | None) -> None:
    assert systemd.watchdog_seconds(environment) == seconds


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"LISTEN_FDS": "1"},
        {"LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "x"},
        {"LISTEN_PID": str(os.getpid())},
        {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "x"},
        {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "-1"},
        {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "0"},
    ],
)
def test_no_sockets_are_inherited(environment: dict[str, str]) -> None:
    given = {**environment, "PATH": "/bin"}
    assert systemd.inherited_sockets(given) == []
    assert given == {"PATH": "/bin"}


_CHILD = """
import os
from mailpaths.daemon.systemd import inherited_sockets
given = inherited_sockets()
found = [one.socket for one in given]
print([one.name for one in given])
print([one.getsockname()[1] for one in found], [one.fileno() for one in found])
print([one.get_inheritable() for one in found], [one.gettimeout() for one in found])
print(sorted(name for name in os.environ if name.startswith("LISTEN_")), inherited_sockets())
"""


def test_sockets_that_were_opened_before_the_process_began() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        # The shell puts them where systemd does, and hands its own number on to the program that it becomes.
        script = (
            f'exec 3<&{one.fileno()} 4<&{two.fileno()}; LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a:b exec "$0" -c "$1"'
        )
        result = subprocess.run(
            ["bash", "-c", script, sys.executable, _CHILD],
            pass_fds=(one.fileno(), two.fileno()),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        ports = [one.getsockname()[1], two.getsockname()[1]]
    assert result.stdout == f"['a', 'b']\n{ports} [3, 4]\n[False, False] [0.0, 0.0]\n[] []\n"
