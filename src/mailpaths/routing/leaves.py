"""`leaves`: the routers that a router is made of, and whether all of them answer from memory."""

from __future__ import annotations

from mailpaths.routing.chain import Cached, Chain
from mailpaths.routing.gateways import GatewayDomains
from mailpaths.routing.pathtable import PathTable
from mailpaths.routing.router import Router
from mailpaths.routing.smarthost import SmartHost
from mailpaths.routing.uucp.uucpmap import UUCPMap

__all__ = ["answers_from_memory", "leaves"]

_QUICK = (UUCPMap, PathTable, GatewayDomains, SmartHost)


def leaves(router: Router) -> tuple[Router, ...]:
    """Return the routers that a router is made of, in the order in which they are asked.

    >>> from mailpaths.routing import open_router
    >>> leaves(open_router(["smarthost:seismo", "smarthost:mcvax"]))
    (SmartHost(relay='seismo'), SmartHost(relay='mcvax'))
    """
    if isinstance(router, Chain):
        return tuple([leaf for one in router.routers for leaf in leaves(one)])
    if isinstance(router, Cached) and answers_from_memory(router.router):
        return leaves(router.router)  # what answers from memory needs no second one
    return (router,)


def answers_from_memory(router: Router) -> bool:
    """Tell whether nobody who waits for an answer keeps others waiting: no file is read, and no other host asked.

    >>> from mailpaths.routing import open_router
    >>> answers_from_memory(open_router("smarthost:seismo")), answers_from_memory(open_router("path://localhost"))
    (True, False)
    """
    return all(isinstance(leaf, _QUICK) for leaf in leaves(router))
