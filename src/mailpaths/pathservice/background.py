"""`running`: a path server in a thread of this process, for tests, notebooks and examples."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from mailpaths.daemon.background import in_thread
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

    @asynccontextmanager
    async def serving() -> AsyncIterator[Endpoint]:
        server = PathServer(service, limits=limits)
        await server.listen(Endpoint("127.0.0.1", 0))
        yield server.endpoints[0]
        await server.stop()

    with in_thread("path-server", serving) as found:
        yield found
