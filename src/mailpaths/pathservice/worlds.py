"""`World`: what HELP calls a mail world - a network or domain whose hosts a server knows the way to."""

from __future__ import annotations

from dataclasses import dataclass

from mailpaths.routing.gateways import GatewayDomains
from mailpaths.routing.leaves import leaves
from mailpaths.routing.pathtable import PathTable
from mailpaths.routing.router import Router
from mailpaths.routing.smarthost import SmartHost
from mailpaths.routing.uucp.uucpmap import UUCPMap

__all__ = ["World", "worlds"]

UUCP = "UUCP"


@dataclass(frozen=True, slots=True)
class World:
    """A mail world by the ``name`` that HELP gives it, and what is known of it, a sentence each in ``facts``.

    A network has a bare name (``BITNET``), a domain of the Internet its dot (``.AC.UK``), as in RFC 915's own example.

    >>> World("UUCP", ("13,504 hosts.",)).name
    'UUCP'
    """

    name: str
    facts: tuple[str, ...]


def worlds(router: Router) -> tuple[World, ...]:
    """Return the worlds of a router, in the order in which its parts are asked.

    >>> from mailpaths.routing import GatewayDomains
    >>> [world.name for world in worlds(GatewayDomains({".bitnet": "gw.example"}, known=()))]
    ['BITNET']
    """
    found: dict[str, list[str]] = {}
    for leaf in leaves(router):
        for name, fact in _told(leaf):
            found.setdefault(name, []).append(fact)
    return tuple([World(name, tuple(dict.fromkeys(facts))) for name, facts in found.items()])


def _told(leaf: Router) -> list[tuple[str, str]]:
    match leaf:
        case UUCPMap():
            hosts = leaf.hosts()
            return [(UUCP, f"{len(hosts):,} hosts of {leaf.name}, roads from {leaf.home}.")]
        case PathTable():
            own = [name for name in leaf.hosts() if "." not in name]
            told = [(UUCP, f"{len(own):,} hosts of a table.")] if own else []
            return told + [(_name(row.name), f"Over {row.route}") for row in leaf if row.name.startswith(".")]
        case GatewayDomains():
            return [(_name(way.domain), f"Over {', then '.join(way.via)}.") for way in leaf.ways() if way.via]
        case SmartHost(relay):
            return [("OTHERS", f"Whatever nobody knows goes to {relay}.")]
        case _:
            return []


def _name(domain: str) -> str:
    name = domain.upper()
    return name if "." in name[1:] else name[1:]
