"""`expand`: a route that begins where a router knows the way to, as a route from here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple, assert_never

from mailpaths.errors import AmbiguousHostError, TemporaryRoutingError, UnknownHostError
from mailpaths.route import Route
from mailpaths.routing.answer import Ambiguous, Found, NotFound, TemporaryFailure
from mailpaths.routing.router import Router

__all__ = ["Expansion", "expand"]

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Expansion(NamedTuple):
    """A whole ``route``, the ``road`` that a router found for its beginning, and the host that was ``asked`` for.

    Both are ``None`` where the route has no hosts.
    """

    route: Route
    road: Found | None
    asked: str | None


def expand(route: Route, router: Router, *, origin: str | None = None) -> Expansion:
    """Return the route with the road to its first host in that host's place.

    Only the first host is asked for: what comes after it is the affair of the hosts on the way. Where the first host
    is the one that asks, the next one is the first.

    Raises `UnknownHostError`, `AmbiguousHostError` or `TemporaryRoutingError`, all `RoutingError`, for other answers.

    >>> from mailpaths.routing import UUCPMap
    >>> found = expand(Route(("mcvax.uucp",), "piet"), UUCPMap.bundled())
    >>> print(found.route, "- costs", found.road.cost)
    mimsy → uunet → mcvax: piet - costs 415
    """
    found: Found | None = None
    host: str | None = None
    for place, host in enumerate(route.hosts, 1):
        found = _found(host, router, origin)
        if found.hosts:
            return Expansion(Route((*found.hosts, *route.hosts[place:]), route.user), found, host)
    return Expansion(Route((), route.user), found, host)


def _found(host: str, router: Router, origin: str | None) -> Found:
    answer = router.resolve(host, origin=origin)
    match answer:
        case Found():
            return answer
        case NotFound(near_misses):
            hint = f"; there is {_listed(near_misses)}" if near_misses else ""
            raise UnknownHostError(f"no road to {host} is known{hint}", host, near_misses)
        case Ambiguous(candidates):
            raise AmbiguousHostError(f"{host} is several hosts: {_listed(candidates)}", host, candidates)
        case TemporaryFailure(reason):
            raise TemporaryRoutingError(f"no answer now about the road to {host}: {_listed([reason])}", host)
        case _:
            assert_never(answer)


def _listed(texts: Iterable[str]) -> str:
    """Return what a router says, on one line: it may come from another host, and goes into logs and replies."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", ", ".join(texts))
