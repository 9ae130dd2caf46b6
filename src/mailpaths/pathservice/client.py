"""`PathClient` and `AsyncPathClient`: a path server asked over a socket, and in an event loop."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

from mailpaths.daemon.endpoint import Endpoint
from mailpaths.pathservice.dialog import (
    DEFAULT_TIMEOUT,
    Action,
    Connect,
    Dialog,
    LinkError,
    PathServiceError,
    Receive,
    Send,
    Step,
    Steps,
)
from mailpaths.pathservice.reply import Reply

__all__ = ["PORT", "AsyncPathClient", "PathClient", "endpoint"]

#: The port of the service (RFC 915, Overview); IANA calls it uucp-path.
PORT = 117
_SCHEME = "path://"
_OCTETS = 4096
_QUIT = b"QUIT\r\n"
# Seconds for a server to take its leave.
_PARTING = 1.0
# Octets of replies that nobody has asked for yet: more is no server of ours.
_MOST_UNREAD = 64 * 1024


def endpoint(server: Endpoint | str) -> Endpoint:
    """Return the server that ``HOST:PORT`` or ``path://HOST:PORT`` names; port 117 unless it says another.

    Raises `mailpaths.daemon.endpoint.EndpointError` for anything else.
    """
    if isinstance(server, Endpoint):
        return server
    return Endpoint.parse(server.removeprefix(_SCHEME).removesuffix("/"), port=PORT)


class _Client:
    """What both clients know of their server."""

    def __init__(self, server: Endpoint | str, timeout: float) -> None:
        self._dialog = Dialog(endpoint(server), timeout=timeout)

    @property
    def server(self) -> Endpoint:
        """The server that is asked."""
        return self._dialog.endpoint

    @property
    def timeout(self) -> float:
        """The seconds that an answer may take."""
        return self._dialog.timeout

    @property
    def greeting(self) -> Reply | None:
        """What the server said first, the last time that it was connected."""
        return self._dialog.greeting

    def _no_turn(self) -> PathServiceError:
        """Return what it amounts to that others who share the client keep its connection."""
        return PathServiceError(self.server, f"no turn within {self.timeout:g} s")

    def __repr__(self) -> str:
        """Return the call that makes it."""
        return f"{type(self).__name__}({str(self.server)!r}, timeout={self.timeout!r})"


class PathClient(_Client):
    """A client of the path service, for programs that wait for answers.

    ``server`` is ``HOST:PORT``, port 117 unless it says another; nothing is connected before the first question. One
    connection serves them all; where it has died there is a new one. An answer may take ``timeout`` seconds, ten unless
    told otherwise. Threads that share a client take turns.

    Every method raises `PathServiceError` where the server gives no reply, and `WireError` for a text that no question
    can carry.

    >>> from mailpaths.pathservice import PathClient, running
    >>> from mailpaths.routing import UUCPMap
    >>> with running(UUCPMap.bundled()) as server, PathClient(server) as client:
    ...     print(client.path("root@inria.uucp"))
    220 uunet!mcvax!inria!root@mimsy
    """

    def __init__(self, server: Endpoint | str, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        super().__init__(server, timeout)
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._process = os.getpid()

    def path(self, address: str, *, origin: str | None = None) -> Reply:
        """Return the reply to PATH: of code 220 or 230 its text is the address.

        With an ``origin`` the road begins there. Raises `OriginError` where the server does not know the command FROM,
        or not that host.
        """
        return self.ask("PATH", address, origin=origin)

    def help(self, topic: str = "") -> Reply:
        """Return the reply to HELP."""
        return self.ask("HELP", topic)

    def ask(self, verb: str, argument: str = "", *, origin: str | None = None) -> Reply:
        """Return the reply to any command."""
        self._at_home()
        begin = time.monotonic()
        if not self._lock.acquire(timeout=self.timeout):
            raise self._no_turn()
        try:
            left = self.timeout - (time.monotonic() - begin)
            return self._run(self._dialog.ask(verb, argument, origin=origin, seconds=left))
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the connection, if there is one, with QUIT. The client can be used again."""
        self._at_home()
        with self._lock:
            if self._socket is not None:
                # To close with the last reply unread would tell the server of an error (RFC 1122 4.2.2.13).
                with suppress(OSError):
                    self._socket.settimeout(_PARTING)
                    self._socket.sendall(_QUIT)
                    self._socket.shutdown(socket.SHUT_WR)
                    self._socket.recv(_OCTETS)
                    self._socket.recv(_OCTETS)
                self._hang_up()

    def _at_home(self) -> None:
        """Leave a connection to the process that made it: two that ask over one would take each other's answers."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._lock = threading.Lock()
            self._hang_up()

    def _run(self, steps: Steps) -> Reply:
        try:
            action = next(steps)
            while True:
                try:
                    outcome = self._do(action)
                except (OSError, ValueError) as error:  # ValueError: a host that no resolver is asked for
                    action = steps.throw(LinkError(_reason(error)))
                else:
                    action = steps.send(outcome)
        except StopIteration as end:
            reply: Reply = end.value
            return reply
        except PathServiceError:  # the dialog has hung up, if that was needed
            raise
        except BaseException:  # interrupted amid a reply: the next one would be taken for it
            self._hang_up()
            raise

    def _do(self, action: Action) -> bytes | None:
        match action:
            case Connect(seconds):
                self._socket = _connected(self._dialog.endpoint, seconds)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return None
            case Step.HANG_UP:
                self._hang_up()
                return None
        assert self._socket is not None  # noqa: S101 - for the type checker: a dialog connects first
        match action:
            case Send(data, seconds):
                self._socket.settimeout(seconds)
                self._socket.sendall(data)
                return None
            case Receive(seconds):
                self._socket.settimeout(seconds)
            case _:
                self._socket.settimeout(0.0)
        try:
            return self._socket.recv(_OCTETS)
        except (TimeoutError, BlockingIOError):
            return None

    def _hang_up(self) -> None:
        self._dialog.hang_up()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


class AsyncPathClient(_Client):
    """The async twin of `PathClient`: tasks that share one take turns.

    >>> from mailpaths.pathservice import AsyncPathClient, running
    >>> from mailpaths.routing import UUCPMap
    >>> async def ask(server):
    ...     async with AsyncPathClient(server) as client:
    ...         return await client.path("root@inria.uucp")
    >>> with running(UUCPMap.bundled()) as server:
    ...     print(asyncio.run(ask(server)))
    220 uunet!mcvax!inria!root@mimsy
    """

    def __init__(self, server: Endpoint | str, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        super().__init__(server, timeout)
        self._link: _Link | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()

    async def path(self, address: str, *, origin: str | None = None) -> Reply:
        """Return the reply to PATH: see `PathClient.path`."""
        return await self.ask("PATH", address, origin=origin)

    async def help(self, topic: str = "") -> Reply:
        """Return the reply to HELP."""
        return await self.ask("HELP", topic)

    async def ask(self, verb: str, argument: str = "", *, origin: str | None = None) -> Reply:
        """Return the reply to any command."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # a connection lives and dies with its loop
            self._hang_up()
            self._loop, self._lock = loop, asyncio.Lock()
        begin = loop.time()
        try:
            async with asyncio.timeout(self.timeout):
                await self._lock.acquire()
        except TimeoutError as error:
            raise self._no_turn() from error
        try:
            left = self.timeout - (loop.time() - begin)
            return await self._run(self._dialog.ask(verb, argument, origin=origin, seconds=left))
        finally:
            self._lock.release()

    async def close(self) -> None:
        """End the connection, if there is one, with QUIT. The client can be used again."""
        async with self._lock:
            if self._link is not None and self._loop is asyncio.get_running_loop():
                self._link.transport.write(_QUIT)
                if await self._link.receive(_PARTING):
                    await self._link.receive(_PARTING)
            self._hang_up()

    async def _run(self, steps: Steps) -> Reply:
        try:
            action = next(steps)
            while True:
                try:
                    outcome = await self._do(action)
                except (OSError, ValueError) as error:  # ValueError: a host that no resolver is asked for
                    action = steps.throw(LinkError(_reason(error)))
                else:
                    action = steps.send(outcome)
        except StopIteration as end:
            reply: Reply = end.value
            return reply
        except PathServiceError:  # the dialog has hung up, if that was needed
            raise
        except BaseException:  # cancelled amid a reply: the next one would be taken for it
            self._hang_up()
            raise

    async def _do(self, action: Action) -> bytes | None:
        match action:
            case Connect(seconds):
                loop, where = asyncio.get_running_loop(), self._dialog.endpoint
                async with asyncio.timeout(seconds):
                    _, self._link = await loop.create_connection(_Link, where.host, where.port)
                return None
            case Step.HANG_UP:
                self._hang_up()
                return None
        assert self._link is not None  # noqa: S101 - for the type checker: a dialog connects first
        match action:
            case Send(data):
                self._link.transport.write(data)
                return None
            case Receive(seconds):
                return await self._link.receive(seconds)
            case _:
                return self._link.take()

    def _hang_up(self) -> None:
        self._dialog.hang_up()
        if self._link is not None:
            link, self._link = self._link, None
            with suppress(RuntimeError):  # its loop is closed already
                link.transport.abort()

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()


class _Link(asyncio.Protocol):
    """A connection in an event loop: what came and was not taken yet, and whether more can come."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._data = bytearray()
        self._is_closed = False
        self._waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        if len(self._data) > _MOST_UNREAD:
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._is_closed = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own signature
        self._is_closed = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def take(self) -> bytes | None:
        """Return what is there: no octets at the end of the stream, ``None`` where nothing is."""
        if not self._data:
            return b"" if self._is_closed else None
        found = bytes(self._data)
        self._data.clear()
        if not self._is_closed:
            self.transport.resume_reading()
        return found

    async def receive(self, seconds: float) -> bytes | None:
        """Wait so long for something to be there, and return it."""
        found = self.take()
        if found is None:
            self._waiter = asyncio.get_running_loop().create_future()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._waiter
            found = self.take()
        return found


def _connected(where: Endpoint, seconds: float) -> socket.socket:
    """Return a connection made in so many seconds; `socket.create_connection` would take as many for each address."""
    end = time.monotonic() + seconds
    fault: OSError | None = None
    for family, kind, protocol, _, address in socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(left)
            made.connect(address)
        except BaseException as error:
            made.close()
            if not isinstance(error, OSError):
                raise
            fault = error
        else:
            return made
    raise fault or OSError("no address")


def _reason(error: OSError | ValueError) -> str:
    """Return what is wrong in a few words: asyncio has its own for a connection that several addresses refused."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
