"""`PathProcess`: a path server as a process of its own - what it listens on, what it loads, what it writes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from mailpaths.daemon import systemd
from mailpaths.daemon.endpoint import Endpoint
from mailpaths.daemon.lifecycle import allow_connections
from mailpaths.daemon.listening import explained
from mailpaths.pathservice.server import PathServer
from mailpaths.routing.router import Router

if TYPE_CHECKING:
    from mailpaths.pathservice.metrics import MetricsFile

__all__ = ["PathProcess"]

# Seconds between two states of the metrics file: Prometheus's own usual interval.
_METRICS = 15.0


class PathProcess:
    """What `mailpaths.daemon.lifecycle.live` makes live.

    It listens first and loads then, so that whoever calls meanwhile is told to try again (420) and is not refused.
    ``open_router`` opens the router, at the start and at each reload. Sockets that systemd opened come in place of the
    ``endpoints``.
    """

    def __init__(
        self,
        server: PathServer,
        endpoints: Sequence[Endpoint],
        open_router: Callable[[], Router],
        *,
        metrics: MetricsFile | None = None,
    ) -> None:
        self._server = server
        self._endpoints = endpoints
        self._open_router = open_router
        self._metrics = metrics
        self._writing: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Listen, then load. Raises `ListenError`, or what the router's opener raises."""
        self._allow_files()
        with explained("the sockets of LISTEN_FDS"):
            inherited = [one.socket for one in systemd.inherited_sockets()]
        for one in inherited or self._endpoints:
            with explained(one):
                await self._server.listen(one)
        self._server.journal.info("listening", endpoints=",".join(self._server.places))
        await self._server.load(self._open_router)
        if self._metrics is not None:
            self._writing = asyncio.create_task(self._write(self._metrics))
        return self._status()

    async def reload(self) -> str:
        """Open the router anew: see `PathServer.load`."""
        await self._server.load(self._open_router)
        return self._status()

    async def stop(self) -> None:
        """End: see `PathServer.stop`."""
        if self._writing is not None:
            self._writing.cancel()
            with suppress(asyncio.CancelledError):
                await self._writing
        await self._server.stop()
        if self._metrics is not None:
            self._written(self._metrics)

    def _allow_files(self) -> None:
        wanted = self._server.limits.connections
        allowed = allow_connections(wanted, self._server.journal)
        if allowed != wanted:
            self._server.restrict(allowed)

    def _status(self) -> str:
        directory = self._server.service.directory
        hosts = 0 if directory is None else directory.size
        return f"serving {hosts:,} hosts on {', '.join(self._server.places)}"

    async def _write(self, metrics: MetricsFile) -> None:
        while True:
            await asyncio.to_thread(self._written, metrics)
            await asyncio.sleep(_METRICS)

    def _written(self, metrics: MetricsFile) -> None:
        """Write the metrics; a full disk is no reason to stop serving."""
        try:
            metrics.write()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next one may be written
            reason = error.strerror if isinstance(error, OSError) else None
            self._server.journal.error("metrics-failed", file=metrics.path, error=reason or f"{error!r}")
