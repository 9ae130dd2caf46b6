"""`HookServer`: the service on sockets, many mail servers at once in one event loop."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import assert_never

from mailpaths.daemon.crew import Crew
from mailpaths.daemon.endpoint import Endpoint, UnixSocket
from mailpaths.daemon.limits import Limits
from mailpaths.daemon.link import BUFFER
from mailpaths.daemon.links import Links
from mailpaths.daemon.listening import AT_ONCE, bind, deepen, remove
from mailpaths.hooks.connection import Connection
from mailpaths.hooks.milter import MilterConversation
from mailpaths.hooks.service import HookService
from mailpaths.hooks.settings import Listener
from mailpaths.hooks.socketmap import SocketmapConversation
from mailpaths.hooks.tcptable import TcpTableConversation
from mailpaths.hooks.wire import Conversation

__all__ = ["HookServer", "opener_of"]

#: Lookups that may wait at once for a router that asks other hosts.
_THREADS = 16


def opener_of(listener: Listener, tell: Callable[[str], None] | None = None) -> Callable[[], Conversation]:
    """Return what makes the conversation of a new connection; ``tell`` is told what a postmaster should know of it.

    >>> opener_of(Listener())().last_words("no map")
    b'11:TEMP no map,'
    """
    match listener.protocol:
        case "socketmap":
            return SocketmapConversation
        case "tcp_table":
            return partial(TcpTableConversation, listener.map or "")
        case "milter":
            return partial(MilterConversation, tell)
        case _:
            assert_never(listener.protocol)


class HookServer:
    """Serves a `HookService`.

    Of ``limits`` it knows ``connections``, ``idle`` and ``drain``: who asks is this machine's own mail server, and none
    is told from another by its address. ``deadline`` are the seconds for a request that a router takes its time for.
    """

    def __init__(self, service: HookService, *, limits: Limits, deadline: float = 1.0) -> None:
        self.service = service
        self.limits = limits
        self.deadline = deadline
        self.buffer = memoryview(bytearray(BUFFER))
        self.threads = Crew(_THREADS, "hook")
        self.is_stopping = False
        self._connections: Links[Connection] = Links()
        self._listeners: list[asyncio.Server] = []
        self._files: list[tuple[UnixSocket, os.stat_result]] = []
        self._told: set[str] = set()

    async def listen(self, listener: Listener, inherited: socket.socket | None = None) -> None:
        """Accept connections there from now on, or on a socket that somebody else has opened.

        Raises `OSError` where that cannot be, `LookupError` for a group that there is not.
        """
        loop = asyncio.get_running_loop()
        conversation = opener_of(listener, self._tell)

        def connection() -> Connection:
            return Connection(self, conversation())

        place = listener.address
        if inherited is not None:
            made = await loop.create_server(connection, sock=inherited, backlog=AT_ONCE)
        elif isinstance(place, Endpoint):
            made = await loop.create_server(connection, place.host, place.port, backlog=AT_ONCE, reuse_address=True)
        else:
            bound = bind(place)
            self._files.append((place, os.lstat(place.path)))
            made = await loop.create_unix_server(connection, sock=bound, backlog=AT_ONCE)
        deepen(made)
        self._listeners.append(made)

    def restrict(self, connections: int) -> None:
        """Allow no more connections than these from now on."""
        self.limits = replace(self.limits, connections=connections)

    @property
    def places(self) -> tuple[str, ...]:
        """Where it listens, in the words of mail servers."""
        names = [one.getsockname() for listener in self._listeners for one in listener.sockets]
        return tuple(
            [f"inet:{Endpoint(name[0], name[1])}" if isinstance(name, tuple) else f"unix:{name}" for name in names]
        )

    async def stop(self) -> None:
        """Accept nothing more, answer what was read, and end every connection."""
        self.is_stopping = True
        for listener in self._listeners:
            listener.close()
        for place, made in self._files:
            remove(place, made)
        await self._connections.end()
        self.threads.shutdown(wait=False, cancel_futures=True)

    # What connections call.

    def admit(self, connection: Connection) -> bool:
        """Let a connection in; tell whether it is not one too many."""
        self._connections.add(connection)
        statistics = self.service.statistics
        statistics.accepted += 1
        if self.limits.connections and statistics.open >= self.limits.connections:
            statistics.refused += 1
            return False
        statistics.open += 1
        return True

    def _tell(self, detail: str) -> None:
        """Tell the journal, once: each connection of a mail server would tell the same."""
        if detail not in self._told:
            self._told.add(detail)
            self.service.journal.warning("terms", detail=detail)

    @property
    def is_crowded(self) -> bool:
        """Whether so many are one too many that nobody can wait until each has heard it."""
        return bool(self.limits.connections) and len(self._connections) > 2 * self.limits.connections

    def lost(self, connection: Connection, reason: str, *, is_counted: bool) -> None:
        """Count off a connection that is closed."""
        self._connections.discard(connection)
        statistics = self.service.statistics
        statistics.closed[reason] += 1
        if is_counted:
            statistics.open -= 1
