"""`running`: a path server in a thread of this process, for tests, notebooks and examples."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mailpaths.daemon.endpoint import Endpoint
from mailpaths.daemon.limits import Limits
from mailpaths.pathservice.server import PathServer
from mailpaths.pathservice.service import PathService
from mailpaths.routing.router import Router

__all__ = ["running"]


@contextmanager
def running(served: Router | PathService, *, limits: Limits | None = None) -> Iterator[Endpoint]:
    """Serve a router, or a whole service, on a free port of the loopback, and yield where; it ends with the block.

    >>> from mailpaths.pathservice import PathClient, running
    >>> from mailpaths.routing import SmartHost
    >>> with running(SmartHost("relay.example")) as server, PathClient(server) as client:
    ...     print(client.path("piet@mcvax"))
    220 mcvax!piet@relay.example
    """
    service = served if isinstance(served, PathService) else PathService(served)
    started: list[Endpoint | BaseException] = []
    is_up = threading.Event()
    loop_and_end: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        end = asyncio.Event()
        server = PathServer(service, limits=limits)
        try:
            await server.listen(Endpoint("127.0.0.1", 0))
            loop_and_end.append((asyncio.get_running_loop(), end))
            started.append(server.endpoints[0])
        except BaseException as error:
            started.append(error)
            raise
        finally:
            is_up.set()
        await end.wait()
        await server.stop()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="path-server", daemon=True)
    thread.start()
    is_up.wait()
    (first,) = started
    if isinstance(first, BaseException):
        raise first
    try:
        yield first
    finally:
        loop, end = loop_and_end[0]
        loop.call_soon_threadsafe(end.set)
        thread.join()
