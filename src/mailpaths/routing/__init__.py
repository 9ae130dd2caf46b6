"""Roads: what answers "how do I get to this host?" - tables, UUCP maps, smart hosts, gateways, and chains of them.

A `Router` has one method, `resolve`, and answers in one of four kinds. What stands in ``__all__`` here is the public
face: documented, typed and stable. UUCP maps load when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from mailpaths.routing.uucp.roads import Hop, Road, Roads
    from mailpaths.routing.uucp.uucpmap import UUCPMap

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
    "NotFound",
    "Obstacle",
    "PathTable",
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

_LATE = {"UUCPMap": "uucpmap", "Road": "roads", "Roads": "roads", "Hop": "roads"}


def __getattr__(name: str) -> object:
    """Return what loads when it is first used."""
    if name in _LATE:
        from importlib import import_module

        return getattr(import_module(f"mailpaths.routing.uucp.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
