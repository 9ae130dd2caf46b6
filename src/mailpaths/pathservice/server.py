"""`PathServer`: the service on TCP ports, many callers at once in one event loop."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import replace

from mailpaths.daemon.crew import Crew
from mailpaths.daemon.endpoint import Endpoint
from mailpaths.daemon.limits import Limits, Turnstile, peer_key
from mailpaths.daemon.link import BUFFER
from mailpaths.daemon.links import Links
from mailpaths.daemon.listening import AT_ONCE, deepen
from mailpaths.daemon.logs import Journal
from mailpaths.pathservice.codes import Code
from mailpaths.pathservice.connection import Connection
from mailpaths.pathservice.directory import Directory, check_successor
from mailpaths.pathservice.reply import Reply, printable
from mailpaths.pathservice.service import PathService
from mailpaths.routing.chain import Chain
from mailpaths.routing.router import Router

__all__ = ["Network", "PathServer"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Routers that may be asked at once where they take their time.
_THREADS = 16


class PathServer:
    """Serves a `PathService`.

    ``allow`` are the networks whose peers are served, all where there are none; others are told 510 and go. ``journal``
    is where it writes what happens: unless another is named, to the logger ``mailpaths.pathservice``.

    >>> from mailpaths.pathservice import AsyncPathClient, PathServer, PathService
    >>> from mailpaths.routing import SmartHost
    >>> async def main():
    ...     server = PathServer(PathService(SmartHost("relay.example")))
    ...     await server.listen(Endpoint("127.0.0.1", 0))
    ...     async with AsyncPathClient(server.endpoints[0]) as client:
    ...         print(await client.path("piet@mcvax"))
    ...     await server.stop()
    >>> asyncio.run(main())
    220 mcvax!piet@relay.example
    """

    def __init__(
        self,
        service: PathService,
        *,
        limits: Limits | None = None,
        allow: Iterable[Network] = (),
        journal: Journal | None = None,
    ) -> None:
        self.service = service
        self.limits = Limits() if limits is None else limits
        self.allow = tuple(allow)
        self.journal = Journal(logging.getLogger("mailpaths.pathservice")) if journal is None else journal
        self.buffer = memoryview(bytearray(BUFFER))
        self.threads = Crew(_THREADS, "path-service")
        self._at_work: Counter[str] = Counter()
        # By address: the connections that wait until it may have another thread, the first of them first.
        self._queues: dict[str, deque[Connection]] = {}
        # All roads from a new origin are a tenth of a second of pure computing: one at a time, or nobody else has any.
        self.road_makers = Crew(1, "path-roads")
        self._loaders = Crew(1, "path-loader")
        self.is_stopping = False
        self._unanswered = 0
        self._next_note = 0.0
        self._turnstile = Turnstile(self.limits)
        self._connections: Links[Connection] = Links()
        self._listeners: list[asyncio.Server] = []

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop in which it serves."""
        return asyncio.get_running_loop()

    async def listen(self, endpoint: Endpoint | socket.socket) -> None:
        """Accept connections there from now on. Raises `OSError` where that cannot be."""
        if isinstance(endpoint, socket.socket):
            made = await self.loop.create_server(self._connection, sock=endpoint, backlog=AT_ONCE)
        else:
            made = await self.loop.create_server(
                self._connection, endpoint.host, endpoint.port, backlog=AT_ONCE, reuse_address=True
            )
        deepen(made)
        self._listeners.append(made)

    def _connection(self) -> Connection:
        return Connection(self)

    def restrict(self, connections: int) -> None:
        """Allow no more connections than these from now on."""
        self.limits = replace(self.limits, connections=connections)
        self._turnstile.limits = self.limits

    @property
    def places(self) -> tuple[str, ...]:
        """Where it listens, in words: a socket that systemd opened may be a file."""
        names = [one.getsockname() for listener in self._listeners for one in listener.sockets]
        return tuple([str(Endpoint(name[0], name[1])) if isinstance(name, tuple) else str(name) for name in names])

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where it listens."""
        names = [one.getsockname() for listener in self._listeners for one in listener.sockets]
        return tuple([Endpoint(str(name[0]), int(name[1])) for name in names if isinstance(name, tuple)])

    async def load(self, open_router: Callable[[], Router]) -> None:
        """Take the router that a function opens, in a thread, while the old one serves on.

        Raises whatever the function raises, and `MapError` for a router that lists fewer than half of the hosts of the
        old one, or has faults in its text where that had none: then the old one stays. A file that was cut off, by a
        full disk say, is found out so.
        """
        try:
            await self.loop.run_in_executor(self._loaders, self._load, open_router)
        except BaseException:
            self.service.statistics.reloads["failed"] += 1
            raise

    def _load(self, open_router: Callable[[], Router]) -> None:
        found = Directory(open_router())
        faults = found.faults
        old = self.service.directory
        if old is not None:
            check_successor(found, old)
        self.service.load(found)
        if old is not None:
            Chain([old.router]).close()
        if faults:
            self.journal.warning("faults", count=len(faults), first=faults[0])

    async def stop(self) -> None:
        """Accept nothing more, answer what was read, and end every connection."""
        self.is_stopping = True
        for listener in self._listeners:
            listener.close()
        await self._connections.end()
        for pool in (self.threads, self.road_makers, self._loaders):
            pool.shutdown(wait=False, cancel_futures=True)

    # What connections call.

    def admit(self, connection: Connection, peer: str) -> Reply | None:
        """Let a connection in and return ``None``, or return the reply that says why not."""
        self._connections.add(connection)
        statistics = self.service.statistics
        statistics.accepted += 1
        refusal: Reply | None = None
        if self.is_stopping:
            refusal = Reply(Code.DOWN, "The server is going down. Try again later.")
        elif self.allow and not self._is_allowed(peer):
            refusal = Reply(Code.UNAVAILABLE, "The server is unavailable to your address.")
        elif reason := self._turnstile.enter(peer_key(peer)):
            refusal = Reply(Code.DOWN, printable(f"The server is busy: {reason}. Try again later."))
        if refusal is None:
            statistics.open += 1
        else:
            statistics.refused[str(int(refusal.code))] += 1
        return refusal

    @property
    def is_crowded(self) -> bool:
        """Whether so many are refused that nobody can wait until each has heard it."""
        return bool(self.limits.connections) and len(self._connections) > 2 * self.limits.connections

    def _is_allowed(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self.allow)

    def note(self, reply: Reply) -> None:
        """Write of replies that are no answer, once a second at most: how many, and what the last one said."""
        if not reply.is_temporary or self.service.directory is None:  # while the first maps are read, that is no news
            return
        self._unanswered += 1
        now = self.loop.time()
        if now >= self._next_note:
            self._next_note = now + 1.0
            self.journal.warning("no-answer", count=self._unanswered, code=reply.code, detail=reply.text)
            self._unanswered = 0

    def turn(self, key: str | None) -> float | None:
        """Return the seconds that the next request from an address must wait, ``None`` where it is refused."""
        return self._turnstile.wait(key or "")

    def has_hands(self, key: str | None) -> bool:
        """Whether an address may have another thread: half of them are for others."""
        return self._at_work[key or ""] < _THREADS // 2

    def set_to_work(self, key: str | None, change: int) -> None:
        """Count a thread that works for an address, or that works for it no more."""
        self._at_work[key or ""] += change
        if not self._at_work[key or ""]:
            del self._at_work[key or ""]
        queue = self._queues.get(key or "") if change < 0 else None
        while queue and self.has_hands(key):
            queue.popleft().take_hands()  # which may stand in it again
        if queue is not None and not queue:
            del self._queues[key or ""]

    def queue(self, key: str | None, connection: Connection) -> None:
        """Have a connection go on when its address may have another thread."""
        self._queues.setdefault(key or "", deque()).append(connection)

    def charge(self, key: str | None, seconds: float, requests: int) -> None:
        """Have an address pay for the time that so many requests of it took the loop."""
        self._turnstile.charge(key or "", seconds, requests)

    def lost(self, connection: Connection, key: str | None, reason: str) -> None:
        """Count off a connection that is closed; ``key`` is that of an address that was let in."""
        self._connections.discard(connection)
        statistics = self.service.statistics
        statistics.closed[reason] += 1
        if key is not None:
            self._turnstile.leave(key)
            statistics.open -= 1
