"""`running`: the hook in a thread of this process, for tests, notebooks and examples."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from mailpaths.daemon.background import in_thread
from mailpaths.daemon.endpoint import Endpoint
from mailpaths.daemon.limits import Limits
from mailpaths.daemon.logs import Journal
from mailpaths.hooks.naming import AddressNames
from mailpaths.hooks.rules import Rules
from mailpaths.hooks.server import HookServer
from mailpaths.hooks.service import HookService
from mailpaths.hooks.settings import Listener

__all__ = ["running"]

_IDLE = 300.0


@contextmanager
def running(rules: Rules) -> Iterator[Endpoint]:
    """Serve rules by socketmap on a free port of the loopback, and yield where; it ends with the block.

    >>> from mailpaths.hooks import Rules, Settings, SocketmapClient, running
    >>> rules = Rules(Settings(names=("relay",), next_hops=("host",)))
    >>> with running(rules) as server, SocketmapClient(server) as client:
    ...     print(client.ask("rcpt", "relay!host!user"))
    OK user@host.uucp
    """

    @asynccontextmanager
    async def serving() -> AsyncIterator[Endpoint]:
        settings = rules.settings
        journal = Journal(logging.getLogger("mailpaths.hooks"), names_peers=settings.addresses == "shown")
        service = HookService(journal, AddressNames(settings.addresses))
        service.load(rules)
        limits = Limits(connections=settings.connections, per_address=0, requests=0, idle=_IDLE)
        server = HookServer(service, limits=limits, deadline=settings.deadline)
        await server.listen(Listener(address=Endpoint("127.0.0.1", 0)))
        yield Endpoint.parse(server.places[0].removeprefix("inet:"), port=0)
        await server.stop()

    with in_thread("hook", serving) as found:
        yield found
