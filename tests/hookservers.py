"""What the tests of the hook share: a server in this loop, and who asks it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from mailpaths.daemon import Endpoint, Limits
from mailpaths.hooks import Listener, Rules, Settings
from mailpaths.hooks.naming import AddressNames
from mailpaths.hooks.netstring import NetstringReader, netstring
from mailpaths.hooks.server import HookServer
from mailpaths.hooks.service import HookService
from mailpaths.hooks.settings import Naming
from tests.pathservers import NEVER_IDLE, Log

SETTINGS = Settings(
    names=("relay.example", "relay"),
    next_hops=("host", "gamma"),
    domains=("host.csnet",),
    transports=((".uucp", "uucp:{next_hop}"),),
)
ANY_PORT = Endpoint("127.0.0.1", 0)
FOUND = b"17:OK user@host.uucp,"
NOT_FOUND = b"9:NOTFOUND ,"
ASKED = b"host!user@relay.example"


class Talk:
    """A mail server that asks by socketmap."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._strings = NetstringReader(most=100_000)

    def send(self, octets: bytes) -> None:
        self.writer.write(octets)

    async def reply(self) -> bytes | None:
        """Return the next reply, ``None`` at the end of the stream."""
        while (found := self._strings.next_string()) is None:
            data = await self.reader.read(65_536)
            if not data:
                return None
            self._strings.feed(data)
        return found

    async def ask(self, name: str, key: bytes) -> bytes | None:
        """Return the reply to a question."""
        self.send(netstring(name.encode() + b" " + key))
        return await self.reply()

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return


@asynccontextmanager
async def serving(  # noqa: PLR0913 - what a test may choose, all by keyword
    rules: Rules | None = None,
    *,
    listeners: Iterable[Listener] = (Listener(address=ANY_PORT),),
    limits: Limits | None = None,
    deadline: float = 1.0,
    log: Log | None = None,
    naming: Naming = "shown",
) -> AsyncIterator[HookServer]:
    """Serve in this loop, on a port that is free; what the loop itself complains about fails the test."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    journal = (Log() if log is None else log).journal(names_peers=naming == "shown")
    service = HookService(journal, AddressNames(naming))
    if rules is not None:
        service.load(rules)
    limits = Limits(connections=0, per_address=0, requests=0, idle=NEVER_IDLE) if limits is None else limits
    server = HookServer(service, limits=limits, deadline=deadline)
    for listener in listeners:
        await server.listen(listener)
    try:
        yield server
    finally:
        await server.stop()
    assert complaints == []


def port_of(server: HookServer, place: int = 0) -> int:
    """Return the port that a server listens on."""
    return int(server.places[place].rpartition(":")[2])


@asynccontextmanager
async def calling(server: HookServer, place: int = 0) -> AsyncIterator[Talk]:
    """Connect to a server."""
    where = server.places[place]
    if where.startswith("unix:"):
        reader, writer = await asyncio.open_unix_connection(where.removeprefix("unix:"))
    else:
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(server, place))
    talk = Talk(reader, writer)
    try:
        yield talk
    finally:
        await talk.close()
