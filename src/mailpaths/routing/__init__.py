"""Roads: what answers "how do I get to this host?" - tables, UUCP maps, smart hosts, gateways, and chains of them.

A `Router` has one method, `resolve`, and answers in one of four kinds. What stands in ``__all__`` here is the public
face: documented, typed and stable. Each name loads its room when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailpaths.late import loader

if TYPE_CHECKING:
    from mailpaths.routing.answer import Ambiguous, Answer, Found, NotFound, Obstacle, TemporaryFailure
    from mailpaths.routing.chain import AsyncCached, AsyncChain, Cached, Chain
    from mailpaths.routing.expansion import Expansion, expand
    from mailpaths.routing.gateways import GatewayDomain, GatewayDomains
    from mailpaths.routing.pathtable import PathTable
    from mailpaths.routing.router import AsyncRouter, InThread, Router
    from mailpaths.routing.smarthost import SmartHost
    from mailpaths.routing.tablefile import Row, TableFault
    from mailpaths.routing.template import RouteTemplate
    from mailpaths.routing.urls import open_router
    from mailpaths.routing.uucp.roads import Hop, Road, Roads
    from mailpaths.routing.uucp.uucpmap import UUCPMap
    from mailpaths.routing.uucp.world import Message, Place

__all__ = [
    "Ambiguous",
    "Answer",
    "AsyncCached",
    "AsyncChain",
    "AsyncRouter",
    "Cached",
    "Chain",
    "Expansion",
    "Found",
    "GatewayDomain",
    "GatewayDomains",
    "Hop",
    "InThread",
    "Message",
    "NotFound",
    "Obstacle",
    "PathTable",
    "Place",
    "Road",
    "Roads",
    "RouteTemplate",
    "Router",
    "Row",
    "SmartHost",
    "TableFault",
    "TemporaryFailure",
    "UUCPMap",
    "expand",
    "open_router",
]

_ROOMS = {
    "answer": ("Ambiguous", "Answer", "Found", "NotFound", "Obstacle", "TemporaryFailure"),
    "chain": ("AsyncCached", "AsyncChain", "Cached", "Chain"),
    "expansion": ("Expansion", "expand"),
    "gateways": ("GatewayDomain", "GatewayDomains"),
    "pathtable": ("PathTable",),
    "router": ("AsyncRouter", "InThread", "Router"),
    "smarthost": ("SmartHost",),
    "tablefile": ("Row", "TableFault"),
    "template": ("RouteTemplate",),
    "urls": ("open_router",),
    "uucp.roads": ("Hop", "Road", "Roads"),
    "uucp.uucpmap": ("UUCPMap",),
    "uucp.world": ("Message", "Place"),
}
_load = loader(__name__, _ROOMS)


if not TYPE_CHECKING:  # to a type checker any name would be there

    def __getattr__(name: str) -> object:
        """Return a public name, loaded now."""
        return _load(name)


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return sorted({*globals(), *__all__})
