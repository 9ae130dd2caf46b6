"""The milter on sockets: what the daemon makes of time, limits and its own end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from mailpaths.daemon import Limits
from mailpaths.hooks import Listener, Rules
from mailpaths.hooks.milter import MilterConversation
from mailpaths.hooks.packets import PacketReader, packet
from mailpaths.hooks.server import HookServer
from mailpaths.routing import Answer, NotFound
from tests.hookservers import ANY_PORT, SETTINGS, calling, port_of, serving
from tests.pathservers import NEVER_IDLE, PATIENCE, Log, go, until

RULES = Rules(SETTINGS)
MILTER = Listener(protocol="milter", address=ANY_PORT)
OFFER = packet(b"O", bytes.fromhex("00000006 000001ff 001fffff"))
AGREED = b"O" + bytes.fromhex("00000006 000000dc 001003d3")
MESSAGE = [
    packet(b"M", b"<user@host.uucp>\0"),
    packet(b"R", b"<relay!host!user>\0"),
    packet(b"L", b"To\0 relay!host!user, x@y.example, relay!gamma!joe\0") + packet(b"E"),
]
CHANGES = [
    b"e<user%host.uucp@relay.example>\0",
    b"-<relay!host!user>\0",
    b"+<user@host.uucp>\0",
    b"m\0\0\0\x01To\0 user@host.uucp, x@y.example, joe@gamma.uucp\0",
    b"c",
]


class Server:
    """A mail server that tells of its messages."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._packets = PacketReader()

    def send(self, octets: bytes) -> None:
        self.writer.write(octets)

    async def reply(self) -> bytes | None:
        """Return the next packet, but for those that say that it goes on; ``None`` at the end of the stream."""
        while True:
            found = self._packets.next_packet()
            if found is not None and found.command != b"p":
                return found.command + found.data
            if found is None:
                data = await self.reader.read(65_536)
                if not data:
                    return None
                self._packets.feed(data)

    async def ask(self, octets: bytes) -> bytes | None:
        self.send(octets)
        return await self.reply()


@asynccontextmanager
async def telling(server: HookServer, place: int = 0) -> AsyncIterator[Server]:
    """Connect to a server, and agree on terms."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server, place))
    talk = Server(reader, writer)
    try:
        assert await talk.ask(OFFER) == AGREED
        yield talk
    finally:
        writer.close()


def test_messages() -> None:
    async def test() -> list[list[bytes | None]]:
        found: list[list[bytes | None]] = []
        async with serving(RULES, listeners=[MILTER]) as server, telling(server) as talk:
            for _ in range(3):
                found.append([await talk.ask(said) for said in MESSAGE])
                found.append([await talk.reply() for _ in CHANGES[1:]])
            talk.send(packet(b"Q"))
            found.append([await talk.reply()])
            await until(lambda: not server._connections)
            assert server.service.statistics.closed == {"quit": 1}
        return found

    assert go(test) == [[b"c", b"c", CHANGES[0]], CHANGES[1:]] * 3 + [[None]]


def test_until_there_are_rules_mail_waits() -> None:
    async def test() -> list[bytes | None]:
        async with serving(listeners=[MILTER]) as server, telling(server) as talk:
            return [await talk.ask(said) for said in MESSAGE]

    assert go(test) == [b"t", b"t", b"t"]


def test_silence_is_nothing_out_of_the_ordinary() -> None:
    """While a message of a slow client comes, nobody says a word; a socketmap is let go meanwhile."""
    limits = Limits(connections=0, per_address=0, requests=0, idle=0.1)
    assert MilterConversation.patience == 7210

    async def test() -> list[bytes | None]:
        listeners = [MILTER, Listener(address=ANY_PORT)]
        async with (
            serving(RULES, listeners=listeners, limits=limits) as server,
            telling(server) as talk,
            calling(server, 1) as other,
        ):
            return [await talk.ask(MESSAGE[0]), await other.reply(), await talk.ask(MESSAGE[1])]

    assert go(test) == [b"c", None, b"c"]


def test_one_too_many_is_put_off() -> None:
    limits = Limits(connections=1, per_address=0, requests=0, idle=NEVER_IDLE)

    async def test() -> list[bytes | None]:
        async with serving(RULES, listeners=[MILTER], limits=limits) as server, telling(server) as one:
            async with telling(server) as two:
                found = [await two.ask(MESSAGE[0]), await two.reply()]
            return [*found, await one.ask(MESSAGE[0])]

    assert go(test) == [b"t", None, b"c"]


class Slow:
    """A router that takes its time, and answers when it is let."""

    def __init__(self) -> None:
        self.is_open = threading.Event()
        self.waiting = 0

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:  # noqa: ARG002 - a router's signature
        self.waiting += 1
        assert self.is_open.wait(PATIENCE)
        return NotFound()


SLOW = packet(b"L", b"Cc\0 a%host.csnet@relay.example\0") + packet(b"E")


def test_a_router_that_is_too_slow_puts_off_what_waits_for_it_alone() -> None:
    router = Slow()

    async def test() -> list[bytes | None]:
        async with serving(Rules(SETTINGS, router=router), listeners=[MILTER], deadline=0.2) as server:
            async with telling(server) as talk, telling(server) as other:
                found = [await talk.ask(packet(b"R", b"<a%host.csnet@relay.example>\0"))]
                found += [await talk.ask(MESSAGE[1]), await talk.ask(SLOW), await talk.ask(MESSAGE[0])]
                talk.send(packet(b"R", b"<b%host.csnet@relay.example>\0"))
                await until(lambda: router.waiting == 3)
                found += [await other.ask(MESSAGE[1]), await talk.reply()]
                router.is_open.set()
                found.append(await talk.ask(packet(b"A") + SLOW))
            return found

    assert go(test) == [b"t", b"c", b"t", b"c", b"c", b"t", b"m\0\0\0\x01Cc\0 a@host.csnet\0"]


def test_the_end_puts_off_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    from mailpaths.daemon import links as room

    monkeypatch.setattr(room, "_GRACE", 0.1)
    router = Slow()

    async def test() -> list[bytes | None]:
        rules = Rules(SETTINGS, router=router)
        async with serving(rules, listeners=[MILTER], deadline=PATIENCE) as server:
            async with telling(server) as talk, telling(server) as idle:
                talk.send(SLOW)
                await until(lambda: router.waiting == 1)
                ending = asyncio.create_task(server.stop())
                found = [await idle.reply(), await talk.reply(), await talk.reply()]
                await ending
                router.is_open.set()
            return found

    assert go(test) == [None, b"t", None]


def test_what_a_mail_server_does_not_let_us_rewrite_is_told_once() -> None:
    log = Log()

    async def test() -> None:
        async with serving(RULES, listeners=[MILTER], log=log) as server:
            for _ in range(3):
                reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
                talk = Server(reader, writer)
                assert await talk.ask(packet(b"O", bytes.fromhex("00000002 0000000f 0000007f"))) is not None
                writer.close()

    go(test)
    detail = "the mail server does not let a milter rewrite the sender, headers"
    assert log.lines == [f'event=terms detail="{detail}"']


def test_what_is_no_packet_ends_the_connection() -> None:
    async def test() -> list[bytes | None]:
        async with serving(RULES, listeners=[MILTER]) as server, telling(server) as talk:
            return [await talk.ask(MESSAGE[0]), await talk.ask(b"GET / HTTP/1.1\r\n\r\n")]

    assert go(test) == [b"c", None]
