"""`Router`: what answers "how do I get to this host?" - a protocol with one method, and its async twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from mailpaths.routing.answer import Answer

__all__ = ["AsyncRouter", "InThread", "Router"]


@runtime_checkable
class Router(Protocol):
    """Whatever knows roads. There is no class to inherit from: an object with this method is a router.

    >>> from mailpaths.routing import Found, NotFound, RouteTemplate, Router
    >>> class Neighbours:
    ...     def resolve(self, host, *, origin=None):
    ...         if host in ("seismo", "decvax"):
    ...             return Found(RouteTemplate.parse(f"{host}!%s"), source="neighbours")
    ...         return NotFound()
    >>> isinstance(Neighbours(), Router)
    True
    """

    def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        """Return the road to a host, as seen from ``origin``; ``None`` for the host that the router is for.

        Never raises for any text: what is no host name is not found, and a fault of the router's own is a
        `TemporaryFailure`. A router that knows roads from one host only does not look at ``origin``.
        """
        ...


@runtime_checkable
class AsyncRouter(Protocol):
    """The async twin of `Router`: for roads that are asked for over a network."""

    async def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        """Return the road to a host: see `Router.resolve`."""
        ...


@dataclass(frozen=True, slots=True)
class InThread:
    """An `AsyncRouter` that asks a `Router` in a thread of its own, so that it keeps nobody waiting.

    >>> import asyncio
    >>> from mailpaths.routing import SmartHost
    >>> asyncio.run(InThread(SmartHost("relay.example")).resolve("mcvax")).template.text
    'relay.example!mcvax!%s'
    """

    router: Router

    async def resolve(self, host: str, *, origin: str | None = None) -> Answer:
        """Return the router's answer."""
        import asyncio  # loads where somebody runs it: a table or a map needs none of it

        return await asyncio.to_thread(self.router.resolve, host, origin=origin)
