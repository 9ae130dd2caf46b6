"""What the tests of the path service share: a service asked without a socket, a server in this loop, its callers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from mailpaths.daemon.endpoint import Endpoint
from mailpaths.daemon.limits import Limits
from mailpaths.daemon.logs import Journal
from mailpaths.pathservice.protocol import BadLine, ClientProtocol, Command, ServerProtocol
from mailpaths.pathservice.reply import Reply
from mailpaths.pathservice.server import Network, PathServer
from mailpaths.pathservice.service import Caller, PathService
from mailpaths.routing import Router

T = TypeVar("T")
#: What a server does with a caller.
Script = Callable[[socket.socket], None]

#: Seconds after which a test has failed, and is not slow: shared machines stall.
PATIENCE = 60.0
#: What RFC 915 says of an idle caller would end a test that stalls.
NEVER_IDLE = 600.0


def answer(service: PathService, event: Command | BadLine, caller: Caller | None = None) -> Reply:
    """Return the reply to a command, also where a thread should find it."""
    reply = service.answer(event, Caller() if caller is None else caller)
    return reply if isinstance(reply, Reply) else reply()


def path(service: PathService, argument: str) -> Reply:
    """Return the reply to PATH."""
    return answer(service, Command("PATH", argument))


def said(service: PathService, octets: bytes, *, greeting: bool = True) -> bytes:
    """Return all that a server says to these octets, up to the reply to QUIT."""
    protocol, caller = ServerProtocol(), Caller()
    out = [bytes(service.greeting())] if greeting else []
    protocol.receive_data(octets)
    while (event := protocol.next_event()) is not None:
        out.append(bytes(answer(service, event, caller)))
        if event == Command("QUIT"):
            break
    return b"".join([*out, protocol.data_to_send()])


def cuts(data: bytes, *, seed: int = 0) -> Iterable[list[bytes]]:
    """Yield the same octets whole, one by one (long ones in small pieces), in halves, and cut at random places."""
    yield [data]
    step = 1 if len(data) < 3_000 else 511
    yield [data[place : place + step] for place in range(0, len(data), step)]
    yield [data[: len(data) // 2], data[len(data) // 2 :]]
    chance = random.Random(seed)  # noqa: S311 - places to cut at, and no secret
    places = sorted(chance.choices(range(len(data) + 1), k=7))
    yield [data[start:end] for start, end in zip([0, *places], [*places, len(data)], strict=True)]


class Log(logging.Handler):
    """Keeps what a server writes in its journal."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def journal(self, *, names_peers: bool = False) -> Journal:
        """Return a journal that is kept here."""
        logger = logging.Logger("a test")  # noqa: LOG001 - of this test alone: getLogger would share it
        logger.addHandler(self)
        return Journal(logger, names_peers=names_peers)


class Talk:
    """One caller: raw octets out, and replies or raw octets in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._protocol = ClientProtocol()

    def send(self, octets: bytes) -> None:
        self.writer.write(octets)

    async def reply(self) -> Reply | None:
        """Return the next reply, ``None`` at the end of the stream."""
        while (found := self._protocol.next_reply()) is None:
            data = await self.reader.read(65_536)
            if not data:
                return None
            self._protocol.receive_data(data)
        return found

    async def replies(self, count: int) -> list[Reply]:
        found = [await self.reply() for _ in range(count)]
        assert None not in found
        return [one for one in found if one is not None]

    async def rest(self) -> list[Reply]:
        """Return all replies up to the end of the stream."""
        found = []
        while (one := await self.reply()) is not None:
            found.append(one)
        return found

    async def ask(self, line: str) -> Reply:
        """Send a command and return its reply."""
        self.send(f"{line}\r\n".encode())
        (found,) = await self.replies(1)
        return found

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return


@asynccontextmanager
async def calling(server: PathServer, *, greeting: int | None = 210, limit: int = 65_536) -> AsyncIterator[Talk]:
    """Call a server whose greeting has this code; with ``None`` whoever asks reads the greeting."""
    endpoint = server.endpoints[0]
    reader, writer = await asyncio.open_connection(endpoint.host, endpoint.port, limit=limit)
    talk = Talk(reader, writer)
    try:
        if greeting is not None:
            (found,) = await talk.replies(1)
            assert found.code == greeting
        yield talk
    finally:
        await talk.close()


@asynccontextmanager
async def serving(
    routed: PathService | Router,
    *,
    limits: Limits | None = None,
    allow: Iterable[Network] = (),
    log: Log | None = None,
    host: str = "127.0.0.1",
) -> AsyncIterator[PathServer]:
    """Serve in this loop, on a port that is free; what the loop itself complains about fails the test."""
    service = routed if isinstance(routed, PathService) else PathService(routed)
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    limits = Limits(connections=0, per_address=0, requests=0, idle=NEVER_IDLE) if limits is None else limits
    server = PathServer(service, limits=limits, allow=allow, journal=(Log() if log is None else log).journal())
    await server.listen(Endpoint(host, 0))
    try:
        yield server
    finally:
        await server.stop()
    assert complaints == []


def go(test: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a test in a loop of its own; one that hangs fails."""

    async def bounded() -> T:
        return await asyncio.wait_for(test(), PATIENCE)

    return asyncio.run(bounded())


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so; `go` says how long."""
    while not condition():  # noqa: ASYNC110 - counts of the server, which tells nobody of them
        await asyncio.sleep(0.005)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait in a thread until something is so elsewhere."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


@contextmanager
def scripted(*scripts: Script) -> Iterator[Endpoint]:
    """A server that plays one script for each connection, in turn, and then takes no more."""
    listener = socket.create_server(("127.0.0.1", 0))
    peers: list[socket.socket] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            for script in scripts:
                peer, _ = listener.accept()
                peers.append(peer)
                with peer, contextlib.suppress(OSError):
                    peer.settimeout(10)
                    script(peer)
        listener.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield Endpoint("127.0.0.1", listener.getsockname()[1])
    finally:
        for one in (listener, *peers):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        listener.close()
